/* SPDX-License-Identifier: Apache-2.0 */
#include "chance.h"

enum { WIDEST = 4 };

static uint64_t dice;

void throw_from(uint64_t seed)
{
    dice = seed;
}

uint32_t roll(uint32_t sides)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice >> 33) % sides;
}

struct rehab_criterion make_tree(struct shelf *s, uint32_t depth,
                                 struct rehab_criterion (*leaf_of)(void), bool negate)
{
    static const enum rehab_node_kind kinds[] = {REHAB_ALL, REHAB_ANY, REHAB_AT_LEAST, REHAB_NOT};
    bool full = s->used + WIDEST > REHAB_MAX_NODES / 2;
    if (depth == 0 || full || roll(4) == 0) return leaf_of();
    enum rehab_node_kind kind = kinds[roll(negate ? 4 : 3)];
    uint32_t n = kind == REHAB_NOT ? 1 : 1 + roll(WIDEST), first = s->used;
    s->used += n;
    for (uint32_t i = 0; i < n; i++)
        s->at[first + i] = make_tree(s, depth - 1, leaf_of, negate);
    struct rehab_criterion c = group(kind, &s->at[first], n);
    c.least = kind == REHAB_AT_LEAST ? 1 + roll(n) : 0;
    return c;
}
