/* SPDX-License-Identifier: Apache-2.0 */
/* The value that a leaf looks at, at one observation, and its comparison. What is difficult here is
 * the second value of a pair: the other side from the same occasion, the baseline, the value
 * before. It is never taken from after the first one's evaluation, and when two candidates are
 * equally near, the one that makes the safer verdict is taken. */
#include "core.h"

/* The sign of value - bound. */
/*= src:EVIDENCE#6.2-7  exact: 100 * top / bottom against a percentage without dividing */
/*= src:EVIDENCE#6.1-R35  and one value per another against a bound in the quotient's unit */
static int sign_of(const struct rehab_criterion_row *row, int64_t top, int64_t bottom,
                   int64_t bound)
{
    const int64_t one = row->expression <= REHAB_BEST ? REHAB_SCALE : 100 * REHAB_SCALE;
    if (bottom == 0) return (top > bound) - (top < bound);
    if ((top | bound) < 0) return rehab_compare_products(top, one, bound, bottom);
    return rehab_compare_sizes((uint64_t)top, (uint64_t)one, (uint64_t)bound, (uint64_t)bottom);
}

bool rehab_compare(const struct rehab_criterion_row *row, int64_t top, int64_t bottom,
                   int64_t bound)
{
    if (row->op < REHAB_BETWEEN) return rehab_holds(row->op, sign_of(row, top, bottom, bound));
    if (row->op == REHAB_IN) return (uint64_t)bound >> ((uint64_t)(top / REHAB_SCALE) & 63) & 1;
    return sign_of(row, top, bottom, bound) >= 0 && sign_of(row, top, bottom, row->upper_nano) <= 0;
}

uint32_t rehab_over_side(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    if (!p->measures[row->over].sided) return REHAB_SIDE_NONE;
    return row->side == REHAB_OTHER ? REHAB_OTHER : REHAB_INVOLVED;
}

/* -1, 0, 1: the value of `a` against that of `b`. */
static int compare_values(const struct rehab_finding *a, const struct rehab_finding *b)
{
    if (a->bottom > 0) return rehab_compare_products(a->top, b->bottom, b->top, a->bottom);
    return (a->top > b->top) - (a->top < b->top);
}

/* By its reason; a warning goes before everything. */
static int rank_of(const struct rehab_finding *f)
{
    return f->reason == REHAB_REASON_ABOVE ? -1 : f->reason;
}

bool rehab_is_safer(const struct rehab_view *v, const struct rehab_criterion_row *row,
                    const struct rehab_finding *a, const struct rehab_finding *b)
{
    int gain = rehab_caution(row, a->verdict) - rehab_caution(row, b->verdict);
    bool higher = v->s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    if (gain != 0) return gain > 0;
    if (a->reason != b->reason || !a->has_value) return rank_of(a) < rank_of(b);
    bool less_is_worse =
        row->expression == REHAB_SYMMETRY || row->expression == REHAB_IMPROVEMENT ||
        (!rehab_is_pair(row->expression) && row->expression != REHAB_SETTLE && higher);
    return (less_is_worse ? compare_values(b, a) : compare_values(a, b)) > 0;
}

/* ---- the second value ---- */

/* A candidate for the second value: how near it is, and what it would make of the leaf. */
struct second {
    uint32_t observation; /* REHAB_NONE: none yet */
    int64_t apart_us; /* from the first; below zero: of its assessment, nearer than all others */
};

static int64_t distance_of(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/*= src:EVIDENCE#3.3  100 * involved / other, or the other way round where less is better: more is
 * always better */
bool rehab_read_two(const struct rehab_criterion_row *row, int64_t first, int64_t second,
                    struct rehab_finding *f)
{
    bool turned = (row->flags & REHAB_TURNED) != 0;
    switch (row->expression) {
    case REHAB_SYMMETRY:
        f->bottom = turned ? first : second;
        f->top = turned ? second : first;
        return second > 0 && f->bottom > 0;
    case REHAB_ASYMMETRY:
        f->top = distance_of(first, second);
        f->bottom = second;
        return second > 0;
    case REHAB_LATEST:
    case REHAB_WORST:
    case REHAB_BEST:
    case REHAB_PERCENT_OF: f->bottom = second; return second > 0;
    case REHAB_DIFFERENCE: f->top = distance_of(first, second); return true;
    default: f->top = turned ? second - first : first - second; return true;
    }
}

/* Without a branch but for a rare flag: which way it goes cannot be foretold. */
/*= src:EVIDENCE#6.1-R2  above the interval is not met, and a warning besides */
void rehab_conclude(const struct rehab_criterion_row *row, int64_t bound, struct rehab_finding *f)
{
    bool holds = rehab_compare(row, f->top, f->bottom, bound);
    _Static_assert(REHAB_NOT_MET == 0 && REHAB_MET == 2, "a verdict is twice a truth");
    f->verdict = (uint8_t)(holds * REHAB_MET);
    f->reason = REHAB_REASON_NONE;
    if ((row->flags & REHAB_WARN_ABOVE) && sign_of(row, f->top, f->bottom, row->upper_nano) > 0)
        f->reason = REHAB_REASON_ABOVE;
}

/* The verdict with f->second as the second value. */
static void weigh_two(const struct rehab_view *v, const struct rehab_criterion_row *row,
                      int64_t bound, struct rehab_finding *f)
{
    const struct rehab_observation *a = &v->s->at[f->observation], *b = &v->s->at[f->second];
    int64_t first, second;
    bool pair = rehab_is_pair(row->expression);
    uint32_t side = pair ? REHAB_OTHER : row->side;
    enum rehab_reason few = rehab_take_value(v->s, row, side, f->second, &second);
    (void)rehab_take_value(v->s, row, row->side, f->observation, &first);
    f->has_value = 0;
    if (few != REHAB_REASON_NONE) {
        rehab_settle(f, REHAB_UNKNOWN, few);
    } else if (pair && row->trials == 0 && !rehab_is_qualified(b, row)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED);
    } else if ((row->flags & REHAB_ONE_ASSESSOR) &&
               (a->assessor != b->assessor || a->assessor == REHAB_NONE)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_ASSESSOR);
    } else if (!rehab_read_two(row, first, second, f)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE);
    } else {
        f->has_value = 1;
        rehab_conclude(row, bound, f);
    }
}

/* Keeps the nearer candidate; of two equally near ones the safer. */
static void offer(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                  struct second *best, struct second candidate, struct rehab_finding *f)
{
    if (best->observation == REHAB_NONE || candidate.apart_us < best->apart_us) {
        f->second = candidate.observation;
        weigh_two(v, row, bound, f);
        *best = candidate;
    } else if (candidate.apart_us == best->apart_us) {
        struct rehab_finding trial = *f;
        trial.second = candidate.observation;
        weigh_two(v, row, bound, &trial);
        if (rehab_is_safer(v, row, &trial, f)) *f = trial;
    }
}

/* The other side: the nearest of the same assessment, else the nearest within pair_us. How near is
 * a matter of time; how far they may lie apart, in days, one of the wall clock, which may be set
 * back: what is older is not always farther. */
static bool pair_up(const struct rehab_view *v, const struct rehab_criterion_row *row,
                    int64_t bound, struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    const struct rehab_observation *first = &s->at[f->observation];
    struct second best = {REHAB_NONE, 0};
    uint32_t i = rehab_list_of(s, row->measure, REHAB_OTHER)->newest;
    for (; i != REHAB_NONE; i = rehab_older(s, REHAB_OTHER, i)) {
        const struct rehab_observation *other = &s->at[i];
        bool together = other->assessment == first->assessment;
        int64_t apart = distance_of(other->at.utc_us, first->at.utc_us), span = apart;
        if (row->flags & REHAB_PAIR_DAYS)
            span = distance_of(other->at.local_us, first->at.local_us);
        if (!together && (row->pair_us == 0 || span > row->pair_us)) continue;
        if (!rehab_is_during(s, row->activity, i)) continue;
        if (together) apart += INT64_MIN;
        offer(v, row, bound, &best, (struct second){i, apart}, f);
    }
    return best.observation != REHAB_NONE;
}

/* What comes before onset or surgery, and from then on. */
static const struct rehab_event *event_of(const struct rehab_evidence *e, uint32_t from)
{
    return from == REHAB_PRE_ONSET ? &e->onset : from == REHAB_PRE_SURGERY ? &e->surgery : NULL;
}

static bool is_undated(const struct rehab_evidence *e, uint32_t from)
{
    return (from == REHAB_PRE_ONSET && !e->onset.known) ||
           (from == REHAB_PRE_SURGERY && !e->surgery.known);
}

/* Does it lie where the anchor looks for it? */
/*= src:EVIDENCE#6.1-R9  the endpoints of a trend: the newest value, and the newest of `ago` before
 */
/*= src:EVIDENCE#6.2-10  the baseline is from after enrolment, unless it is named */
static bool is_anchored(const struct rehab_evidence *e, const struct rehab_criterion_row *row,
                        struct rehab_instant earlier, struct rehab_instant first)
{
    const struct rehab_event *event = event_of(e, row->from);
    if (event != NULL) {
        int32_t day = rehab_event_day(event);
        return rehab_local_day(earlier) < day && rehab_local_day(first) >= day;
    }
    if (row->from == REHAB_BASELINE) return rehab_local_day(earlier) >= rehab_local_day(e->started);
    if (row->from != REHAB_AGO) return true;
    return rehab_time_between(earlier, first, (row->flags & REHAB_APART_DAYS) != 0) >=
           row->apart_us;
}

/* With `during`: was it observed before that session, and not in it? Nothing is before a session
 * that is none: what somebody thinks of observing (flip.c) is made in no session. */
/*= src:EVIDENCE#6.1-R21  the peak of a session against the value before the activity */
static bool is_before_session(const struct rehab_series *s, const struct rehab_criterion_row *row,
                              uint32_t observation, uint32_t earlier)
{
    if (row->activity == REHAB_NONE16) return true;
    if (!rehab_is_during(s, row->activity, observation)) return false;
    const struct rehab_session *session = &s->e->sessions[s->made_in[observation]];
    return s->at[earlier].assessment != session->assessment &&
           s->at[earlier].at.utc_us <= session->from.utc_us;
}

/* Earlier values of the list that begins at `i`: the newest of them, or the oldest when `oldest`.
 */
static bool look_back(const struct rehab_view *v, const struct rehab_criterion_row *row,
                      int64_t bound, uint32_t i, struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    struct rehab_instant first = s->at[f->observation].at;
    struct second best = {REHAB_NONE, 0};
    bool oldest = row->from == REHAB_BASELINE || row->from == REHAB_PHASE;
    int64_t from_us = row->from == REHAB_PHASE ? v->track->entered.utc_us : INT64_MIN;
    bool rise = row->expression == REHAB_RISE;
    uint32_t side = rise ? rehab_over_side(s->p, row) : row->side;
    for (; i != REHAB_NONE && s->at[i].at.utc_us >= from_us; i = rehab_older(s, side, i)) {
        int64_t apart = first.utc_us - s->at[i].at.utc_us;
        if (apart <= 0 || !is_anchored(s->e, row, s->at[i].at, first)) continue;
        if (rise ? !is_before_session(s, row, f->observation, i)
                 : !rehab_is_during(s, row->activity, i))
            continue;
        if (row->pair_us > 0 &&
            rehab_is_older(s->at[i].at, first, row->pair_us, row->flags & REHAB_PAIR_DAYS))
            continue;
        if (!rehab_is_qualified(&s->at[i], row)) continue;
        offer(v, row, bound, &best, (struct second){i, oldest ? -apart : apart}, f);
    }
    return best.observation != REHAB_NONE;
}

/* ---- one observation ---- */

static void weigh_pair(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       int64_t bound, struct rehab_finding *f)
{
    if (v->s->e->bilateral) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_INVALID);
    } else if (!pair_up(v, row, bound, f)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING);
    }
}

static void weigh_change(const struct rehab_view *v, const struct rehab_criterion_row *row,
                         int64_t bound, struct rehab_finding *f)
{
    uint32_t i = row->expression == REHAB_RISE
                     ? rehab_list_of(v->s, row->over, rehab_over_side(v->s->p, row))->newest
                     : rehab_older(v->s, row->side, f->observation);
    if (is_undated(v->s->e, row->from)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING);
    } else if (!look_back(v, row, bound, i, f)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING);
    }
}

/* Divided by the newest value of another measure, when that is new enough; of several at its
 * instant by the one that makes the safer verdict. */
static void weigh_quotient(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t bound, struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    uint32_t newest = rehab_list_of(s, row->over, REHAB_SIDE_NONE)->newest;
    struct second best = {REHAB_NONE, 0};
    f->has_value = 0;
    if (newest == REHAB_NONE ||
        (row->pair_us > 0 &&
         rehab_is_older(s->at[newest].at, s->as_of, row->pair_us, row->flags & REHAB_PAIR_DAYS))) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_REFERENCE_MISSING);
        return;
    }
    for (uint32_t i = newest; i != REHAB_NONE && s->at[i].at.utc_us == s->at[newest].at.utc_us;
         i = rehab_older(s, REHAB_SIDE_NONE, i))
        offer(v, row, bound, &best, (struct second){i, 0}, f);
}

void rehab_weigh_observation(const struct rehab_view *v, const struct rehab_criterion_row *row,
                             int64_t bound, uint32_t observation, struct rehab_finding *f)
{
    const struct rehab_observation *o = &v->s->at[observation];
    f->observation = observation;
    f->second = REHAB_NONE;
    f->bottom = 0;
    f->has_value = row->expression <= REHAB_BEST;
    enum rehab_reason few = rehab_take_value(v->s, row, row->side, observation, &f->top);
    if (few != REHAB_REASON_NONE) {
        f->has_value = 0;
        rehab_settle(f, REHAB_UNKNOWN, few);
    } else if (row->trials == 0 && !rehab_is_qualified(o, row)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED);
    } else if (rehab_is_quotient(row)) {
        weigh_quotient(v, row, bound, f);
    } else if (row->expression <= REHAB_BEST) {
        rehab_conclude(row, bound, f);
    } else if (row->expression == REHAB_PERCENTILE || row->expression == REHAB_RECORDED) {
        f->top = row->expression == REHAB_RECORDED
                     ? REHAB_SCALE
                     : rehab_find_percentile(v->s->p, row->name, f->top);
        f->has_value = 1;
        rehab_conclude(row, bound, f);
    } else if (rehab_is_pair(row->expression)) {
        weigh_pair(v, row, bound, f);
    } else {
        weigh_change(v, row, bound, f);
    }
}
