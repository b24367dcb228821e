/* SPDX-License-Identifier: Apache-2.0 */
/* Two trees over the same values: does one value, or do two that lie side by side, lead ahead and
 * back? */
#include "lint.h"

struct pair {
    struct lint_trial t;
    uint32_t ahead, other; /* rules */
    uint32_t first;        /* the first leaf of the other */
};

static void begin(struct pair *q, const struct lint *l, const struct rehab_gate_row *ahead,
                  const struct rehab_gate_row *other, uint16_t activity)
{
    q->ahead = ahead->rule;
    q->other = other->rule;
    lint_begin(&q->t, l->p, &l->reach, true);
    q->t.activity = activity;
    lint_add(&q->t, ahead->rule, ahead->from);
    q->first = lint_add(&q->t, other->rule, other->from);
}

/* ---- ahead and back ---- */

/* Does no value lie beside another: of labels that have no order, and of what passes by itself? */
static bool is_unordered(const struct rehab_criterion_row *row)
{
    return row->expression == REHAB_STATE || row->expression == REHAB_CLEARED ||
           row->expression == REHAB_SETTLE;
}

/* Is something observed, made of what was, or said? */
static bool is_found(const struct rehab_criterion_row *row)
{
    return lint_is_observed(row) || row->expression == REHAB_SCORE || is_unordered(row);
}

/* Some values in a row must satisfy it, so that the first of them holds and nothing more. */
static bool is_run(const struct rehab_criterion_row *row)
{
    return row->for_days > 1 || row->for_observations > 1;
}

/* What a leaf of the way back can be: LINT_TURN, if the value is what lets it lead back. */
static uint8_t turning(const struct lint_leaf *l, int64_t value, bool next)
{
    uint8_t leads = l->row->negative ? LINT_FALSE : LINT_TRUE;
    if (lint_truth(l, value) != leads) return lint_mask_at(l, value);
    return next && is_run(l->row) ? l->alone : LINT_TURN;
}

/* What a leaf of the way ahead can be. The best of a window may be another value than this one. */
static uint8_t leading(const struct lint_leaf *l, int64_t value)
{
    return l->row->expression == REHAB_BEST ? lint_truth(l, value) : lint_mask_at(l, value);
}

/* Does the leaf look at the value of the wheel? Or at a clearance that stands as that one does, for
 * it may be the same. */
static bool is_over(const struct pair *q, uint32_t wheel, const struct lint_leaf *l)
{
    const struct lint_leaf *first = &q->t.leaf[wheel];
    return l->first == wheel ||
           (lint_is_kin(first->row, l->row) && q->t.leaf[l->first].at == first->at);
}

/* Does the one value lead ahead, and the other back, all others being as they are? */
static bool clash(struct pair *q, uint32_t wheel, int64_t ahead, int64_t back)
{
    for (uint32_t i = 0; i < q->t.count; i++) {
        struct lint_leaf *l = &q->t.leaf[i];
        if (!is_over(q, wheel, l)) continue;
        l->mask = i < q->first ? leading(l, ahead) : turning(l, back, ahead != back);
    }
    bool both = (lint_tree(&q->t, q->ahead, 0) & LINT_TRUE) &&
                (lint_tree(&q->t, q->other, q->first) & LINT_TURN);
    for (uint32_t i = 0; i < q->t.count; i++) {
        struct lint_leaf *l = &q->t.leaf[i];
        if (is_over(q, wheel, l)) l->mask = lint_mask_at(l, q->t.leaf[wheel].at);
    }
    return both;
}

/* Is all that is said of the value read in a source? */
static bool is_read(const struct pair *q, uint32_t wheel)
{
    bool read = true;
    for (uint32_t i = 0; i < q->t.count; i++) {
        const struct lint_leaf *l = &q->t.leaf[i];
        read = read && (l->first != wheel || l->row->citation.certainty == REHAB_VERIFIED);
    }
    return read;
}

/* What leads back stands at the end of the scale, where there is nothing farther off to ask for; or
 * the sources want none at all ahead, and let anything lead back. */
/*= src:EVIDENCE#5.11  steps 4-6 are left without symptoms, and any symptom leads back */
static bool is_far(const struct pair *q, uint32_t wheel, int64_t ahead, int64_t back)
{
    const struct lint_span *s = &q->t.leaf[wheel].span;
    int64_t beyond = back + (back - ahead);
    return beyond < s->low || beyond > s->high || (ahead == 0 && is_read(q, wheel));
}

static bool is_next(struct pair *q, uint32_t wheel, int64_t ahead, int64_t back)
{
    return !is_far(q, wheel, ahead, back) && clash(q, wheel, ahead, back);
}

/* Beside is below: where a leaf changes, the value above is tried as well. */
static uint8_t look(struct pair *q, uint32_t wheel)
{
    const struct lint_leaf *l = &q->t.leaf[wheel];
    const int64_t at = l->at, below = at - l->span.step;
    if (clash(q, wheel, at, at)) return LINT_BOTH;
    if (below < l->span.low || is_unordered(l->row)) return 0;
    bool next = is_next(q, wheel, at, below) || is_next(q, wheel, below, at);
    return next ? LINT_NEXT : 0;
}

static uint8_t clash_during(const struct lint *l, const struct rehab_gate_row *ahead,
                            const struct rehab_gate_row *back, uint16_t activity)
{
    struct pair q;
    uint8_t found = 0;
    begin(&q, l, ahead, back, activity);
    for (bool more = lint_first(&q.t); more && !(found & LINT_BOTH); more = lint_next(&q.t)) {
        for (uint32_t i = 0; i < q.first; i++) {
            if (q.t.leaf[i].only && is_found(q.t.leaf[i].row)) found |= look(&q, i);
        }
    }
    return found;
}

static bool is_named(const struct rehab_protocol *p, uint32_t rule, uint16_t activity)
{
    const struct rehab_range range = p->rules[rule].criteria;
    bool named = false;
    for (uint32_t i = range.first; i < range.first + range.count; i++)
        named = named || p->criteria[i].activity == activity;
    return named;
}

/* And once more for what was observed during each activity that is named. */
uint8_t lint_clash(const struct lint *l, const struct rehab_gate_row *ahead,
                   const struct rehab_gate_row *back)
{
    const uint32_t count = rehab_count(l->p, REHAB_ACTIVITIES);
    uint8_t found = clash_during(l, ahead, back, REHAB_NONE16);
    for (uint32_t i = 0; i <= count; i++) {
        uint16_t activity = i < count ? (uint16_t)i : REHAB_ANY_ACTIVITY;
        if (is_named(l->p, ahead->rule, activity) || is_named(l->p, back->rule, activity))
            found |= clash_during(l, ahead, back, activity);
    }
    return found;
}
