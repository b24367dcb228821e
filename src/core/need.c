/* SPDX-License-Identifier: Apache-2.0 */
/* What to measure next, by how much it would settle: what turns the nearest gate first. */

#include "rehab/flip.h"

/* Does it lie ahead, and is not met? The set of one that nothing turns is empty. */
static bool is_ahead(const struct rehab_gate_result *g, const struct rehab_flip *flip)
{
    bool ahead = (g->move == REHAB_ADVANCE) | (g->move == REHAB_COMPLETE);
    return ahead & (flip->to == REHAB_MET);
}

static bool is_nearer(const struct rehab_flip *a, const struct rehab_flip *b)
{
    if (a->hurdle_count != b->hurdle_count) return a->hurdle_count < b->hurdle_count;
    return a->proposal_count < b->proposal_count;
}

static bool has(const struct rehab_flip *flip, const struct rehab_need *need)
{
    for (uint32_t i = 0; i < flip->proposal_count; i++) {
        const struct rehab_proposal *p = &flip->proposals[i];
        if (p->measure == need->measure && p->side == need->side) return true;
    }
    return false;
}

/* The nearest gate ahead whose set it stands in; REHAB_NONE. */
static uint32_t find_gate(const struct rehab_decision *d, const struct rehab_flip *flips,
                          const struct rehab_need *need)
{
    uint32_t best = REHAB_NONE;
    for (uint32_t i = 0; i < d->gate_count; i++) {
        if (!is_ahead(&d->gates[i], &flips[i]) || !has(&flips[i], need)) continue;
        if (best == REHAB_NONE || is_nearer(&flips[i], &flips[best])) best = i;
    }
    return best;
}

/* Does what turns gate a go before what turns gate b? */
static bool goes_before(const struct rehab_flip *flips, uint32_t a, uint32_t b)
{
    if (a == REHAB_NONE) return false;
    if (b == REHAB_NONE) return true;
    if (is_nearer(&flips[a], &flips[b])) return true;
    return !is_nearer(&flips[b], &flips[a]) && a < b;
}

/* They come in order of criteria and document, and keep it where their gate is the same. */
void rehab_order_needs(const struct rehab_decision *d, const struct rehab_flip *flips,
                       struct rehab_need *needs)
{
    for (uint32_t i = 0; i < d->need_count; i++) {
        uint32_t j = i, gate = find_gate(d, flips, &d->needs[i]);
        for (; j > 0 && goes_before(flips, gate, find_gate(d, flips, &needs[j - 1])); j--)
            needs[j] = needs[j - 1];
        needs[j] = d->needs[i];
    }
}
