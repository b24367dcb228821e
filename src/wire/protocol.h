/* SPDX-License-Identifier: Apache-2.0 */
/* The other half of the door: documents for the core. A protocol as an author writes it becomes what rehab_compile takes.
 * Everything lies in the call's arena; faults are noted on the call with their pointers. */
#pragma once

#include "../base/call.h"
#include "rehab/protocol.h"

/* sql/seed/measures.json, as the core wants measures: with names, labels and freshness. */
struct result wire_read_rules_measures(struct call *c, struct text body, struct rehab_measure **out, uint32_t *count);

/* A protocol document. `measures` is the whole catalogue; it is lent to *out. What refers to what is checked by
 * rehab_compile, not here. */
struct result wire_read_protocol(struct call *c, struct text body, const struct rehab_measure *measures, uint32_t count,
                                 struct rehab_document *out);

/* Notes what rehab_compile found wrong as BAD_DOCUMENT, and returns that. */
struct result wire_note_fault(struct call *c, const struct rehab_fault *f);
