/* SPDX-License-Identifier: Apache-2.0 */
/* Gates made by chance, the same ones on every machine. */
#pragma once

#include "sample.h"

/* Begins a sequence. */
void throw_from(uint64_t seed);

/* 0 .. sides - 1 */
uint32_t roll(uint32_t sides);

/* Where the nodes of a tree lie. */
struct shelf {
    struct rehab_criterion at[REHAB_MAX_NODES];
    uint32_t used;
};

/* A tree of at most half the nodes there may be; `negate`: with `not` in it. */
struct rehab_criterion make_tree(struct shelf *s, uint32_t depth,
                                 struct rehab_criterion (*leaf_of)(void), bool negate);
