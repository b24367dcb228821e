/* SPDX-License-Identifier: Apache-2.0 */
/* In which language a caller is answered. */
#pragma once

#include "text.h"

/* Of what Accept-Language (RFC 9110, 12.5.4) lists, the tag of the most wanted language that the
 * sentences of the rules exist in; of two wanted alike the first. Lent from `accepted`; empty when
 * there is none: English. */
struct text language_choose(struct text accepted);

/* In which language sentences for this tag are. Static. */
struct text language_spoken(struct text tag);
