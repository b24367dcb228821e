/* SPDX-License-Identifier: Apache-2.0 */
/* The value that a leaf looks at, at one observation, and its comparison. What is difficult here is the second value of a
 * pair: the other side from the same occasion, the baseline, the value before. It is never taken from after the first one's
 * evaluation, and when two candidates are equally near, the one that makes the safer verdict is taken. */
#include "core.h"

/* By operator: which signs of (value - bound) satisfy it; bit 0 less, bit 1 equal, bit 2 greater. */
static const uint8_t SIGNS[REHAB_BETWEEN] = {[REHAB_LT] = 1, [REHAB_LE] = 3, [REHAB_EQ] = 2,
                                             [REHAB_NE] = 5, [REHAB_GE] = 6, [REHAB_GT] = 4};

/*= src:EVIDENCE#6.2-7  exact: 100 * top / bottom against a percentage without dividing */
static int sign_of(int64_t top, int64_t bottom, int64_t bound)
{
    if (bottom > 0) return rehab_compare_products(top, 100 * REHAB_SCALE, bound, bottom);
    return (top > bound) - (top < bound);
}

bool rehab_compare(const struct rehab_criterion_row *row, int64_t top, int64_t bottom, int64_t bound)
{
    if (row->op < REHAB_BETWEEN) return SIGNS[row->op] >> (sign_of(top, bottom, bound) + 1) & 1;
    if (row->op == REHAB_IN) return (uint64_t)bound >> ((uint64_t)(top / REHAB_SCALE) & 63) & 1;
    return sign_of(top, bottom, bound) >= 0 && sign_of(top, bottom, row->upper_nano) <= 0;
}

/* ---- the second value ---- */

/* A candidate for the second value: how near it is, and what it would make of the leaf. */
struct second {
    uint32_t observation; /* REHAB_NONE: none yet */
    int64_t apart_us;     /* from the first; an own assessment: -1 */
};

/* Symmetry: turned so that more is better. False when the ratio has no reference. */
/*= src:EVIDENCE#3.3  100 * involved / other, or the other way round where lower is better */
static bool read_symmetry(const struct rehab_measure_row *m, int64_t involved, int64_t other, struct rehab_finding *f)
{
    bool lower = m->direction == REHAB_LOWER_IS_BETTER;
    f->top = lower ? other : involved;
    f->bottom = lower ? involved : other;
    return other > 0 && f->bottom > 0;
}

static int64_t distance_of(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* The leaf's value from both observations. */
static bool read_two(const struct rehab_view *v, const struct rehab_criterion_row *row, struct rehab_finding *f)
{
    int64_t first = v->s->at[f->observation].value_nano, second = v->s->at[f->second].value_nano;
    f->bottom = 0;
    if (row->expression == REHAB_SYMMETRY) return read_symmetry(&v->s->p->measures[row->measure], first, second, f);
    f->top = row->expression == REHAB_DIFFERENCE ? distance_of(first, second) : first - second;
    return true;
}

/* Qualifiers: known what must be known, true what must be true, and not true what must not. */
static bool is_qualified(const struct rehab_observation *o, const struct rehab_criterion_row *row)
{
    return ((row->need_known & ~o->known) | (row->need_held & ~o->held) | (row->need_absent & o->known & o->held)) == 0;
}

static bool is_pair(const struct rehab_criterion_row *row)
{
    return row->expression == REHAB_SYMMETRY || row->expression == REHAB_DIFFERENCE;
}

static void settle(struct rehab_finding *f, enum rehab_verdict verdict, enum rehab_reason reason)
{
    f->verdict = (uint8_t)verdict;
    f->reason = (uint8_t)reason;
}

/* The verdict with f->second as the second value. */
static void weigh_two(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                      struct rehab_finding *f)
{
    const struct rehab_observation *a = &v->s->at[f->observation], *b = &v->s->at[f->second];
    f->has_value = 0;
    if (is_pair(row) && !is_qualified(b, row)) {
        settle(f, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED);
    } else if ((row->flags & REHAB_ONE_ASSESSOR) && (a->assessor != b->assessor || a->assessor == REHAB_NONE)) {
        settle(f, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_ASSESSOR);
    } else if (!read_two(v, row, f)) {
        settle(f, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE);
    } else {
        f->has_value = 1;
        settle(f, rehab_compare(row, f->top, f->bottom, bound) ? REHAB_MET : REHAB_NOT_MET, REHAB_REASON_NONE);
    }
}

/* Keeps the nearer candidate; of two equally near ones the safer. */
static void offer(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound, struct second *best,
                  struct second candidate, struct rehab_finding *f)
{
    struct rehab_finding trial = *f;
    if (best->observation != REHAB_NONE && candidate.apart_us > best->apart_us) return;
    trial.second = candidate.observation;
    weigh_two(v, row, bound, &trial);
    if (best->observation == REHAB_NONE || candidate.apart_us < best->apart_us ||
        rehab_caution(row, trial.verdict) > rehab_caution(row, f->verdict)) {
        *f = trial;
        *best = candidate;
    }
}

/* The other side: of the same assessment, else the nearest within pair_us. */
static bool pair_up(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                    struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    const struct rehab_observation *first = &s->at[f->observation];
    struct second best = {REHAB_NONE, 0};
    for (uint32_t i = rehab_newest(s, row->measure, REHAB_OTHER); i != REHAB_NONE; i = rehab_older(s, REHAB_OTHER, i)) {
        bool calendar = (row->flags & REHAB_PAIR_DAYS) != 0;
        int64_t apart = calendar ? distance_of(s->at[i].at.local_us, first->at.local_us)
                                 : distance_of(s->at[i].at.utc_us, first->at.utc_us);
        if (s->at[i].assessment == first->assessment) apart = -1;
        if (apart <= row->pair_us && (apart < 0 || row->pair_us > 0))
            offer(v, row, bound, &best, (struct second){i, apart}, f);
        if (apart > row->pair_us && s->at[i].at.utc_us < first->at.utc_us) break;
    }
    return best.observation != REHAB_NONE;
}

/* Earlier values of the list that begins at `i`: the newest of them, or the oldest when `oldest`. */
static bool look_back(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound, uint32_t i,
                      struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    struct rehab_instant first = s->at[f->observation].at;
    struct second best = {REHAB_NONE, 0};
    bool oldest = row->from == REHAB_BASELINE || row->from == REHAB_PHASE;
    int64_t from_us = row->from == REHAB_PHASE ? v->track->entered.utc_us : INT64_MIN;
    uint32_t side = row->expression == REHAB_RISE ? row->over_side : row->side;
    for (; i != REHAB_NONE && s->at[i].at.utc_us >= from_us; i = rehab_older(s, side, i)) {
        int64_t apart = first.utc_us - s->at[i].at.utc_us;
        if (apart <= 0) continue;
        if (row->pair_us > 0 && rehab_is_older(s->at[i].at, first, row->pair_us, row->flags & REHAB_PAIR_DAYS)) break;
        offer(v, row, bound, &best, (struct second){i, oldest ? -apart : apart}, f);
    }
    return best.observation != REHAB_NONE;
}

/* ---- one observation ---- */

static void weigh_pair(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                       struct rehab_finding *f)
{
    if (v->s->e->bilateral) {
        settle(f, REHAB_UNKNOWN, REHAB_REASON_INVALID);
    } else if (!pair_up(v, row, bound, f)) {
        settle(f, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING);
    }
}

static void weigh_change(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                         struct rehab_finding *f)
{
    uint32_t i = row->expression == REHAB_RISE ? rehab_newest(v->s, row->over, row->over_side)
                                               : rehab_older(v->s, row->side, f->observation);
    if (!look_back(v, row, bound, i, f)) settle(f, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING);
}

void rehab_weigh_observation(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                             uint32_t observation, struct rehab_finding *f)
{
    const struct rehab_observation *o = &v->s->at[observation];
    f->observation = observation;
    f->second = REHAB_NONE;
    f->top = o->value_nano;
    f->bottom = 0;
    f->has_value = row->expression <= REHAB_BEST;
    if (!is_qualified(o, row)) {
        settle(f, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED);
    } else if (row->expression <= REHAB_BEST) {
        settle(f, rehab_compare(row, f->top, 0, bound) ? REHAB_MET : REHAB_NOT_MET, REHAB_REASON_NONE);
    } else if (is_pair(row)) {
        weigh_pair(v, row, bound, f);
    } else {
        weigh_change(v, row, bound, f);
    }
}
