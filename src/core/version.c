/* SPDX-License-Identifier: Apache-2.0 */
/* The version, for callers that were compiled with other headers than they run with. */
#include "rehab/version.h"

const char *rehab_version(void)
{
    return REHAB_VERSION;
}
