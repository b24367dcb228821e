/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and may they? The header is read here, the judgement is the service's: the only file of
 * this room that knows it. */

#include "inside.h"

#include "../service/service.h"

struct result auth_admit(struct call *c, struct text authorization, enum scope scope)
{
    if (scope == SCOPE_NONE) return DONE;
    TRY(service_judge_key(c, authorization));
    return service_check_scope(c, scope);
}
