/* SPDX-License-Identifier: Apache-2.0 */
/* The short way to judge a leaf. Most leaves ask for the newest value, and most values are alone at
 * their instant, fresh, and where both sides matter, from one assessment. Then one straight line is
 * enough: no walk, no copy, no call. Whatever is unusual is left to rehab_judge_criterion, which
 * comes to the same wherever both could. Included by gate.c alone. */
#pragma once

#include "core.h"

/* What the short way reads of an index, held in registers over all leaves of a gate. */
struct plain {
    const struct rehab_criterion_row *criteria;
    const struct rehab_list *lists;
    const struct rehab_observation *at;
    struct rehab_instant as_of;
    bool bilateral;
};

static inline struct plain plain_of(const struct rehab_series *s)
{
    return (struct plain){s->p->criteria, s->lists, s->at, s->as_of, s->bilateral};
}

/* The observation of the other side in the assessment of `a`, or REHAB_NONE when anything about it
 * is unusual. */
static inline uint32_t plain_other(const struct plain *s, const struct rehab_criterion_row *row,
                                   uint32_t list, const struct rehab_observation *a)
{
    struct rehab_list other = s->lists[list];
    if (other.tied || s->bilateral) return REHAB_NONE;
    const struct rehab_observation *b = &s->at[other.newest];
    if (a->assessment != b->assessment || a->at.utc_us != b->at.utc_us ||
        !rehab_is_qualified(b, row))
        return REHAB_NONE;
    if ((row->flags & REHAB_ONE_ASSESSOR) &&
        (a->assessor != b->assessor || a->assessor == REHAB_NONE))
        return REHAB_NONE;
    return other.newest;
}

/* The sign of 100 * top / bottom - bound, where bound is a whole percentage: then 64 bits are
 * enough. */
static inline int plain_percent(int64_t top, int64_t bottom, int64_t bound)
{
    int64_t whole = bound / REHAB_SCALE;
    if (whole * REHAB_SCALE != bound || whole < 0 || whole > INT64_MAX / REHAB_VALUE_MAX)
        return rehab_compare_products(top, 100 * REHAB_SCALE, bound, bottom);
    return (100 * top > whole * bottom) - (100 * top < whole * bottom);
}

/* False, with nothing said, when this leaf cannot be judged so. */
static inline bool judge_plain(const struct plain *s, uint32_t criterion, struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &s->criteria[criterion];
    if ((row->flags & REHAB_PLAIN) == 0) return false;
    uint32_t list = 3u * row->measure + row->side, second = REHAB_NONE,
             newest = s->lists[list].newest;
    if (s->lists[list].tied) return false;
    const struct rehab_observation *a = &s->at[newest];
    if (row->within_us > 0 &&
        rehab_is_older(a->at, s->as_of, row->within_us, row->flags & REHAB_WITHIN_DAYS))
        return false;
    if (!rehab_is_qualified(a, row)) return false;
    int64_t top = a->value_nano, bottom = 0, bound = row->bound_nano;
    if (row->expression != REHAB_LATEST) {
        second = plain_other(s, row, 3u * row->measure + REHAB_OTHER, a);
        if (second == REHAB_NONE) return false;
        int64_t other = s->at[second].value_nano;
        bool ratio = row->expression == REHAB_SYMMETRY, turned = (row->flags & REHAB_TURNED) != 0;
        if (ratio && (top <= 0 || other <= 0)) return false;
        bottom = !ratio ? 0 : turned ? top : other;
        top = turned ? other : ratio ? top : top < other ? other - top : top - other;
    }
    int sign = bottom > 0 ? plain_percent(top, bottom, bound) : (top > bound) - (top < bound);
    *f = (struct rehab_finding){.criterion = criterion,
                                .verdict = (uint8_t)(rehab_holds(row->op, sign) * REHAB_MET),
                                .reason = REHAB_REASON_NONE,
                                .has_value = 1,
                                .has_bound = 1,
                                .observation = newest,
                                .second = second,
                                .top = top,
                                .bottom = bottom,
                                .bound_nano = bound};
    return true;
}
