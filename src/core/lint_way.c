/* SPDX-License-Identifier: Apache-2.0 */
/* Who gets on: a way ahead and the guards of its phase, which go first, all over the same values.
 * What is difficult here is what is known: a guard that looks at what nobody needs to observe to go
 * on does not fire, for it may not have been observed. */
#include "lint.h"

/* Beyond every bound of time, and an age that some reach. */
static const int64_t LATE = INT64_MAX / 4, OLDEST = 100 * REHAB_SCALE;

struct way {
    struct lint_trial t;
    const struct lint_case *of;
    uint32_t ahead; /* its rule, if there is one; its leaves stand first */
    uint32_t first; /* the first leaf of the guards */
    uint32_t count;
    struct {
        uint32_t rule, first;
    } guard[REHAB_MAX_GATES];
};

/* Is it known although nobody observed it? Enrolment asks for the date of one event. */
static bool is_certain(const struct way *w, const struct rehab_criterion_row *row)
{
    bool asked = row->from < REHAB_ONSET || row->from == w->t.p->head->day_zero;
    if (row->expression == REHAB_AGE) return w->of->late;
    if (row->expression == REHAB_ELAPSED) return asked;
    return row->expression >= REHAB_ELAPSED && row->expression <= REHAB_REACHED;
}

/* Can the way ahead be gone without the value that this wheel turns? */
static bool is_spared(struct way *w, uint32_t wheel)
{
    struct lint_leaf *leaf = w->t.leaf;
    for (uint32_t i = 0; i < w->first; i++) {
        if (leaf[i].first == wheel) leaf[i].mask = 0;
    }
    bool spared = lint_tree(&w->t, w->ahead, 0) & LINT_TRUE;
    for (uint32_t i = 0; i < w->first; i++) {
        if (leaf[i].first == wheel) leaf[i].mask = lint_mask_at(&leaf[i], leaf[wheel].at);
    }
    return spared;
}

/*= src:EVIDENCE#6.2-3  UNKNOWN does not fire: what is observed beside the values that lead ahead
 * may not have been */
static void doubt(struct way *w)
{
    for (uint32_t i = w->first; i < w->t.count; i++) {
        struct lint_leaf *l = &w->t.leaf[i];
        if (is_certain(w, l->row)) continue;
        if (l->first >= w->first || is_spared(w, l->first)) l->mask = LINT_TRUE | LINT_FALSE;
    }
}

static bool is_free(const struct way *w)
{
    bool fires = false;
    for (uint32_t i = 0; i < w->count; i++)
        fires = fires || !(lint_tree(&w->t, w->guard[i].rule, w->guard[i].first) & LINT_FALSE);
    return !fires;
}

static void fix(struct way *w)
{
    for (uint32_t i = 0; i < w->t.count; i++) {
        struct lint_leaf *l = &w->t.leaf[i];
        bool clock =
            l->row->expression == REHAB_ELAPSED && (l->row->from != REHAB_PHASE || w->of->stayed);
        if (clock && w->of->late) l->span.low = l->span.high = lint_floor(LATE, l->span.step);
        if (l->row->expression == REHAB_AGE && w->of->late) l->span.low = l->span.high = OLDEST;
    }
    memcpy(w->t.fixed, w->of->fixed, sizeof w->t.fixed);
    memcpy(w->t.place, w->of->place, sizeof w->t.place);
}

/* Guards for which there is no room are left out, as if they never fired. Ahead may be none. */
static void begin(struct way *w, const struct lint *l, const struct rehab_gate_row *ahead,
                  const struct lint_guards *guards, const struct lint_case *of)
{
    w->of = of;
    w->ahead = ahead != NULL ? ahead->rule : REHAB_NONE;
    w->count = 0;
    lint_begin(&w->t, l->p, &l->reach, true);
    if (ahead != NULL) lint_add(&w->t, ahead->rule, ahead->from);
    w->first = w->t.count;
    for (uint32_t i = 0; i < guards->count; i++) {
        const struct rehab_gate_row *guard = guards->at[i];
        if (w->t.count + l->p->rules[guard->rule].criteria.count > LINT_LEAVES) continue;
        w->guard[w->count].rule = guard->rule;
        w->guard[w->count++].first = lint_add(&w->t, guard->rule, guard->from);
    }
    fix(w);
}

bool lint_can_pass(const struct lint *l, const struct rehab_gate_row *ahead,
                   const struct lint_guards *guards, const struct lint_case *of)
{
    struct way w;
    bool free = false;
    begin(&w, l, ahead, guards, of);
    for (bool more = lint_first(&w.t); more && !free; more = lint_next(&w.t)) {
        if (ahead != NULL && !(lint_tree(&w.t, w.ahead, 0) & LINT_TRUE)) continue;
        doubt(&w);
        free = is_free(&w);
    }
    return free || w.t.lost;
}

/* ---- phases ---- */

struct lint_guards lint_guards_of(const struct lint *l, struct rehab_range gates, bool back)
{
    struct lint_guards found = {0};
    for (uint32_t i = gates.first; i < gates.first + gates.count; i++) {
        const struct rehab_gate_row *gate = &l->p->gates[i];
        if (gate->move == REHAB_HOLD || (back && lint_is_back(gate->move)))
            found.at[found.count++] = gate;
    }
    return found;
}

bool lint_has_way(const struct lint *l, const struct rehab_phase_row *phase,
                  const struct lint_case *of)
{
    const struct lint_guards guards = lint_guards_of(l, phase->gates, !of->stayed);
    bool found = false;
    for (uint32_t i = phase->gates.first; i < phase->gates.first + phase->gates.count; i++) {
        found = found || (lint_is_ahead(l->p->gates[i].move) &&
                          lint_can_pass(l, &l->p->gates[i], &guards, of));
    }
    return found;
}

/* Does a step back look at how long it has been stayed? Then that time begins anew. */
static bool is_sent_back(const struct lint *l, const struct rehab_phase_row *phase)
{
    bool found = false;
    for (uint32_t i = phase->gates.first; i < phase->gates.first + phase->gates.count; i++) {
        const struct rehab_gate_row *gate = &l->p->gates[i];
        const struct rehab_range leaves = l->p->rules[gate->rule].criteria;
        for (uint32_t k = leaves.first; k < leaves.first + leaves.count; k++) {
            const struct rehab_criterion_row *row = &l->p->criteria[k];
            found = found || (lint_is_back(gate->move) && row->expression == REHAB_ELAPSED &&
                              row->from == REHAB_PHASE);
        }
    }
    return found;
}

bool lint_is_closing(const struct lint *l, const struct rehab_phase_row *phase)
{
    const struct lint_case late = {.late = true}, stayed = {.late = true, .stayed = true};
    if (!lint_has_way(l, phase, &late)) return true;
    return !is_sent_back(l, phase) && !lint_has_way(l, phase, &stayed);
}
