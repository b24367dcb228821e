/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes in, the same bytes out: documents and evidence made by chance, what the core makes
 * of them boiled down to a number that is the same for every compiler and machine. Freestanding
 * like the core, so that it runs as WebAssembly too. */
#pragma once

#include "rehab/rehab.h"

/* ---- chance.c ---- */

/* SplitMix64. The order of calls is part of the result: one call a statement, never two in one
 * expression. */
struct chance {
    uint64_t state;
};
uint64_t chance_next(struct chance *c);
uint32_t chance_below(struct chance *c, uint32_t n); /* 0 .. n - 1; 0 when n is 0 */
bool chance_one_in(struct chance *c, uint32_t n);

/* ---- document.c ---- */

/* A document; most of them compile. The same memory each time. */
const struct rehab_document *make_document(struct chance *c);

/* ---- evidence.c ---- */

/* Evidence for the protocol, and an instant. The same memory each time. */
const struct rehab_evidence *make_evidence(struct chance *c, const struct rehab_protocol *p,
                                           struct rehab_instant *as_of);

/* ---- digest.c ---- */

struct digest {
    uint64_t at;
};
void digest_add(struct digest *d, uint64_t value);
void digest_bytes(struct digest *d, const void *bytes, size_t size);

/* A struct of rehab_layout, member by member, and the rows it leads to: what lies between members
 * is not looked at, and new members are by themselves. */
void digest_struct(struct digest *d, const char *name, const void *at);
