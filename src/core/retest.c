/* SPDX-License-Identifier: Apache-2.0 */
/* A test that may be repeated after a failure, but not at once. Whether a value counts depends on
 * those before it, so this is the one leaf that is read from the oldest observation on. */
#include "core.h"

/* What is left of the values so far. */
struct memory {
    struct rehab_finding kept; /* of the last that counted */
    bool any, failed;
};

static bool is_after(const struct rehab_extra_row *x, struct rehab_instant failed,
                     struct rehab_instant at)
{
    return rehab_time_between(failed, at, x->after_days != 0) >= x->after_us;
}

static bool is_overdue(const struct rehab_extra_row *x, struct rehab_instant failed,
                       struct rehab_instant now)
{
    return rehab_time_between(failed, now, x->until_days != 0) > x->until_us;
}

/* One instant's finding. After a failure another one always counts, and the waiting begins anew;
 * what is not known never does, and what passes only when it is not too early. */
static void remember(const struct rehab_series *s, const struct rehab_extra_row *x,
                     struct memory *m, const struct rehab_finding *f)
{
    if (m->failed && f->verdict == REHAB_UNKNOWN) return;
    if (m->failed && f->verdict == REHAB_MET &&
        !is_after(x, s->at[m->kept.observation].at, s->at[f->observation].at))
        return;
    m->kept = *f;
    m->any = true;
    m->failed = f->verdict == REHAB_NOT_MET;
}

static bool does_count(const struct rehab_series *s, const struct rehab_criterion_row *row,
                       int64_t from_us, uint32_t i)
{
    return s->at[i].measure == row->measure && s->at[i].at.utc_us >= from_us &&
           rehab_is_listed(s, row->side, i) && rehab_is_during(s, row->activity, i);
}

/* The next observation at or behind `i` that counts; s->count: none. */
static uint32_t seek(const struct rehab_series *s, const struct rehab_criterion_row *row,
                     int64_t from_us, uint32_t i)
{
    while (i < s->count && !does_count(s, row, from_us, i))
        i++;
    return i;
}

/*= src:EVIDENCE#6.1-R43  fail, wait, repeat; what passes too early counts for nothing */
static struct memory recall(const struct rehab_view *v, const struct rehab_criterion_row *row,
                            int64_t bound, const struct rehab_finding *bare)
{
    const struct rehab_series *s = v->s;
    int64_t from_us = rehab_window_start(v, row);
    struct memory m = {*bare, false, false};
    for (uint32_t i = seek(s, row, from_us, 0); i < s->count;) {
        struct rehab_finding now = *bare;
        rehab_weigh_observation(v, row, bound, i, &now);
        uint32_t j = seek(s, row, from_us, i + 1);
        for (; j < s->count && s->at[j].at.utc_us == s->at[i].at.utc_us;
             j = seek(s, row, from_us, j + 1)) {
            struct rehab_finding other = *bare;
            rehab_weigh_observation(v, row, bound, j, &other);
            if (rehab_is_safer(v, row, &other, &now)) now = other;
        }
        remember(s, &v->s->p->extras[row->extra], &m, &now);
        i = j;
    }
    return m;
}

bool rehab_judge_retest(const struct rehab_view *v, const struct rehab_criterion_row *row,
                        int64_t bound, struct rehab_finding *f)
{
    const struct rehab_extra_row *x = &v->s->p->extras[row->extra];
    struct memory m = recall(v, row, bound, f);
    if (!m.any) return false;
    *f = m.kept;
    struct rehab_instant at = v->s->at[f->observation].at, now = v->s->as_of;
    bool stale = row->within_us > 0 &&
                 rehab_is_older(at, now, row->within_us, (row->flags & REHAB_WITHIN_DAYS) != 0);
    if (stale) {
        f->verdict = REHAB_UNKNOWN;
        f->reason = REHAB_REASON_STALE;
    }
    if (m.failed)
        f->reason = !is_after(x, at, now)    ? REHAB_REASON_RETEST_NOT_YET
                    : is_overdue(x, at, now) ? REHAB_REASON_RETEST_OVERDUE
                                             : REHAB_REASON_RETEST_DUE;
    return true;
}
