/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence as the plain facts of src/bind/README.md, in JSON: how a case becomes a vector. */
#pragma once

#include <stdio.h>

#include "rehab/rehab.h"

/* One line without its end. `side` is the involved one: left, right, both or none. */
void facts_write(FILE *f, const struct rehab_protocol *p, const struct rehab_evidence *e,
                 const char *side);
void facts_write_time(FILE *f, struct rehab_instant at);
/* In quotes, escaped. */
void facts_write_text(FILE *f, struct rehab_text text);
