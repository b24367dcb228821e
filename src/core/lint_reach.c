/* SPDX-License-Identifier: Apache-2.0 */
/* How far a protocol can be gone: which gates can be met, and which phases are reached by them.
 * Tracks may wait for one another (`reached`), so what can be met depends on what is reached, and
 * is looked at again until nothing is new. Two that wait for each other are never reached. */
#include "lint.h"

bool lint_is_possible(const struct lint *l, uint32_t gate)
{
    return l->possible[gate / CHAR_BIT] >> gate % CHAR_BIT & 1;
}

/* Of everybody (stratum REHAB_NONE), or of those of whom the stratum has this value. */
static bool can_be_met(const struct lint *l, const struct rehab_gate_row *gate, uint32_t stratum,
                       uint32_t value)
{
    struct lint_trial t;
    bool found = false;
    lint_begin(&t, l->p, &l->reach, false);
    lint_add(&t, gate->rule, gate->from);
    if (stratum != REHAB_NONE) {
        t.fixed[stratum] = true;
        t.place[stratum] = (uint16_t)value;
    }
    for (bool more = lint_first(&t); more && !found; more = lint_next(&t))
        found = lint_tree(&t, gate->rule, 0) & LINT_TRUE;
    return found || t.lost;
}

bool lint_has_way_out(const struct lint *l, const struct rehab_phase_row *phase, uint32_t stratum,
                      uint32_t value)
{
    for (uint32_t i = phase->gates.first; i < phase->gates.first + phase->gates.count; i++) {
        const struct rehab_gate_row *gate = &l->p->gates[i];
        if (lint_is_ahead(gate->move) && lint_is_possible(l, i) &&
            (stratum == REHAB_NONE || can_be_met(l, gate, stratum, value)))
            return true;
    }
    return false;
}

static void note_possible(struct lint *l, uint32_t gate)
{
    bool possible = can_be_met(l, &l->p->gates[gate], REHAB_NONE, REHAB_NONE);
    l->possible[gate / CHAR_BIT] |= (uint8_t)(possible << gate % CHAR_BIT);
}

/* Does the gate lead to where nobody has been so far? */
static bool leads_further(struct lint *l, const struct rehab_gate_row *gate)
{
    const uint32_t track = l->p->phases[gate->from].track;
    const struct rehab_range phases = l->p->tracks[track].phases;
    uint32_t *furthest = &l->reach.furthest[track];
    uint32_t to = gate->move == REHAB_COMPLETE ? phases.first + phases.count : gate->to;
    if (to == REHAB_NONE || !l->reached[gate->from]) return false;
    bool new = to > *furthest;
    if (new) *furthest = to;
    if (gate->move == REHAB_COMPLETE || l->reached[to]) return new;
    return l->reached[to] = true;
}

void lint_explore(struct lint *l)
{
    const uint32_t gates = rehab_count(l->p, REHAB_GATES);
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_TRACKS); i++)
        l->reached[l->p->tracks[i].phases.first] = true;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < gates; i++) {
            if (!lint_is_possible(l, i)) note_possible(l, i);
            if (lint_is_possible(l, i) && leads_further(l, &l->p->gates[i])) more = true;
        }
    }
}
