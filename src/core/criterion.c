/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict of one leaf. A leaf over observations is one walk from the newest back to a limit: to
 * the newest instant when the newest value counts, to the start of a window when the worst does. Of
 * all candidates on the way (a single observation, or the run of days or observations that ends
 * with it) the safest verdict is kept, so that neither the order of two values at one instant nor a
 * good value after a bad one can help a patient on. */
#include "core.h"

/* ---- runs: R10 and R11 ---- */

/* What a walk over a leaf's observations needs. */
struct walk {
    const struct rehab_view *v;
    const struct rehab_criterion_row *row;
    int64_t bound;
    int64_t from_us; /* observations before do not count */
};

/* The next older observation that the leaf looks at. */
static uint32_t before(const struct walk *w, uint32_t observation)
{
    const struct rehab_series *s = w->v->s;
    uint32_t older = rehab_older(s, w->row->side, observation);
    return rehab_seek(s, w->row->side, w->row->activity, older);
}

/* A run is as good as the worst of its parts: keeps the worse finding. */
static void fold(struct rehab_finding *run, const struct rehab_finding *part)
{
    if (part->verdict < run->verdict) *run = *part;
}

/* The days of a run, newest first. */
struct days {
    struct rehab_finding at[REHAB_MAX_RUN];
    uint64_t seen; /* bit n: the n-th day has an observation */
};

/* Puts one more observation of a day to those before: every one must satisfy, or (where being met
 * is the cautious answer) any one may. */
static void add_to_day(const struct walk *w, struct days *days, uint32_t n,
                       const struct rehab_finding *f)
{
    struct rehab_finding *day = &days->at[n];
    bool first = (days->seen >> n & 1) == 0;
    if (first || rehab_is_safer(w->v, w->row, f, day)) *day = *f;
    days->seen |= UINT64_C(1) << n;
}

/*= src:EVIDENCE#6.1-R11  N local days in a row; a failing one is a failure even beside an empty one
 */
static void judge_days(const struct walk *w, uint32_t newest, struct rehab_finding *run)
{
    const struct rehab_series *s = w->v->s;
    uint32_t wanted = w->row->for_days;
    int32_t end = rehab_local_day(s->at[newest].at);
    struct days days;
    days.seen = 0;
    for (uint32_t i = newest; i != REHAB_NONE && s->at[i].at.utc_us >= w->from_us;
         i = before(w, i)) {
        struct rehab_finding f = *run;
        int32_t back = end - rehab_local_day(s->at[i].at);
        if (back >= (int32_t)wanted) break;
        rehab_weigh_observation(w->v, w->row, w->bound, i, &f);
        add_to_day(w, &days, back < 0 ? 0 : (uint32_t)back,
                   &f); /* the wall clock may have been set back a day */
    }
    *run = days.at[0];
    for (uint32_t n = 1; n < wanted; n++) {
        if (days.seen >> n & 1) fold(run, &days.at[n]);
    }
    if (run->verdict == REHAB_MET && days.seen != UINT64_MAX >> (64 - wanted))
        rehab_settle(run, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS);
}

static bool is_apart(const struct rehab_criterion_row *row, struct rehab_instant older,
                     struct rehab_instant newer)
{
    int64_t apart = row->flags & REHAB_APART_DAYS ? newer.local_us - older.local_us
                                                  : newer.utc_us - older.utc_us;
    return apart >= row->apart_us;
}

/*= src:EVIDENCE#6.2-5  of the values at one instant the worse; the last of them */
static uint32_t weigh_instant(const struct walk *w, uint32_t newest, struct rehab_finding *f)
{
    const struct rehab_series *s = w->v->s;
    uint32_t last = newest, i = newest;
    rehab_weigh_observation(w->v, w->row, w->bound, newest, f);
    while ((i = before(w, i)) != REHAB_NONE && s->at[i].at.utc_us == s->at[newest].at.utc_us) {
        struct rehab_finding next = *f; /* what is the same for all; the rest is written anew */
        rehab_weigh_observation(w->v, w->row, w->bound, i, &next);
        if (rehab_is_safer(w->v, w->row, &next, f)) *f = next;
        last = i;
    }
    return last;
}

/* Of one occasion with one of the `n` observations that count? */
static bool is_counted(const struct rehab_series *s, const uint32_t *counted, uint32_t n,
                       uint32_t observation)
{
    uint32_t i = 0;
    while (i < n && s->at[counted[i]].assessment != s->at[observation].assessment)
        i++;
    return i < n;
}

/*= src:EVIDENCE#6.1-R10  the last N observations, each two at least `apart`; what lies closer must
 * satisfy but counts once. Of sessions: every value of the last N, though they overlap */
static void judge_observations(const struct walk *w, uint32_t newest, struct rehab_finding *run)
{
    const struct rehab_series *s = w->v->s;
    const bool grouped = w->row->activity != REHAB_NONE16 || w->row->trials > 0;
    uint32_t counted[REHAB_MAX_RUN] = {newest}, n = 1, i = weigh_instant(w, newest, run);
    while ((i = before(w, i)) != REHAB_NONE && s->at[i].at.utc_us >= w->from_us) {
        struct rehab_finding f = *run;
        bool together = grouped && is_counted(s, counted, n, i);
        if (!together && n == w->row->for_observations) {
            if (!grouped) break;
            continue;
        }
        if (!together && is_apart(w->row, s->at[i].at, s->at[counted[n - 1]].at)) counted[n++] = i;
        i = weigh_instant(w, i, &f);
        fold(run, &f);
    }
    if (run->verdict == REHAB_MET && n < w->row->for_observations)
        rehab_settle(run, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS);
}

static void judge_candidate(const struct walk *w, uint32_t i, struct rehab_finding *f)
{
    if (w->row->for_days > 0) {
        judge_days(w, i, f);
    } else if (w->row->for_observations > 0) {
        judge_observations(w, i, f);
    } else {
        rehab_weigh_observation(w->v, w->row, w->bound, i, f);
    }
}

/* ---- which candidate stands ---- */

/* Keeps `f` when it is the safer one; for `best` the other way round; for a red flag the earlier
 * one, which raised it. */
static void choose(const struct walk *w, const struct rehab_finding *f, struct rehab_finding *kept)
{
    bool best = w->row->expression == REHAB_BEST;
    bool earlier = w->row->stance == REHAB_FOR_FLAG && f->verdict == kept->verdict;
    const struct rehab_finding *one = best ? kept : f, *two = best ? f : kept;
    if (earlier || rehab_is_safer(w->v, w->row, one, two)) *kept = *f;
}

/* Of the list's newest instant, is there perhaps more than one value that counts? */
static bool is_tied(const struct walk *w)
{
    return rehab_list_of(w->v->s, w->row->measure, w->row->side)->tied ||
           w->row->activity != REHAB_NONE16;
}

static bool is_stale(const struct rehab_view *v, const struct rehab_criterion_row *row,
                     uint32_t observation)
{
    if (row->within_us == 0 || observation == REHAB_NONE) return false;
    return rehab_is_older(v->s->at[observation].at, v->s->as_of, row->within_us,
                          row->flags & REHAB_WITHIN_DAYS);
}

bool rehab_is_sweep(const struct rehab_criterion_row *row)
{
    return rehab_is_wary(row) || row->expression == REHAB_WORST || row->expression == REHAB_BEST;
}

int64_t rehab_window_start(const struct rehab_view *v, const struct rehab_criterion_row *row)
{
    if (row->since == REHAB_SINCE_PHASE) return v->track->entered.utc_us;
    return row->since == REHAB_SINCE_EPISODE ? INT64_MIN : v->from_us;
}

/* Nothing in the window: what was there last (of several at one instant the worst), and why it does
 * not count. */
static void report_absence(const struct walk *w, uint32_t newest, struct rehab_finding *f)
{
    const struct rehab_series *s = w->v->s;
    if (newest == REHAB_NONE) {
        rehab_settle(f, REHAB_UNKNOWN,
                     s->invalid[w->row->measure] ? REHAB_REASON_INVALID : REHAB_REASON_MISSING);
        return;
    }
    (void)weigh_instant(w, newest, f);
    rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_STALE);
}

/* All candidates before `newest`, which is judged already, back to the limit; the run before one
 * may reach further. A run begins with a whole instant. */
static void judge_before(const struct walk *w, uint32_t newest, int64_t limit_us,
                         struct rehab_finding *f)
{
    const struct rehab_series *s = w->v->s;
    int64_t newer_us = s->at[newest].at.utc_us;
    for (uint32_t i = before(w, newest); i != REHAB_NONE && s->at[i].at.utc_us >= limit_us;
         i = before(w, i)) {
        bool begun =
            w->row->for_days + w->row->for_observations > 0 && s->at[i].at.utc_us == newer_us;
        newer_us = s->at[i].at.utc_us;
        if (is_stale(w->v, w->row, i)) break;
        if (begun) continue;
        struct rehab_finding next = *f;
        judge_candidate(w, i, &next);
        choose(w, &next, f);
    }
}

static void judge_observed(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t bound, struct rehab_finding *f)
{
    struct walk w = {v, row, bound, rehab_window_start(v, row)};
    uint32_t newest = rehab_list_of(v->s, row->measure, row->side)->newest;
    if (row->extra != REHAB_NONE && rehab_judge_retest(v, row, bound, f)) return;
    newest = rehab_seek(v->s, row->side, row->activity, newest);
    if (newest == REHAB_NONE || v->s->at[newest].at.utc_us < w.from_us ||
        is_stale(v, row, newest)) {
        report_absence(&w, newest, f);
        return;
    }
    judge_candidate(&w, newest, f);
    if (rehab_is_sweep(row)) {
        judge_before(&w, newest, w.from_us, f);
    } else if (is_tied(&w)) {
        judge_before(&w, newest, v->s->at[newest].at.utc_us, f);
    }
    if (rehab_is_pair(row->expression) && is_stale(v, row, f->second))
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_STALE);
}

/* ---- facts: R14, R16, R28, R34, R39 ---- */

bool rehab_measure_elapsed(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t *us)
{
    const struct rehab_evidence *e = v->s->e;
    const struct rehab_event *event = row->from == REHAB_ONSET ? &e->onset : &e->surgery;
    struct rehab_instant now = v->s->as_of,
                         start = row->from == REHAB_PHASE ? v->track->entered : e->started;
    bool calendar = (row->flags & REHAB_BOUND_DAYS) != 0;
    if (row->from >= REHAB_ONSET) {
        if (!event->known) return false;
        if (!event->timed) {
            /* hours from an hour after the end of that day, for the clock may have been put forward
             * since: never sooner than the truth */
            int32_t today = rehab_local_day(now);
            *us = calendar ? (today - (int64_t)event->day) * REHAB_DAY
                           : now.local_us - (event->day + INT64_C(1)) * REHAB_DAY - REHAB_HOUR;
            return true;
        }
        start = event->at;
    }
    *us = rehab_time_between(start, now, calendar);
    return true;
}

static void judge_elapsed(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, struct rehab_finding *f)
{
    if (!rehab_measure_elapsed(v, row, &f->top)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING);
        return;
    }
    f->has_value = 1;
    if (rehab_compare(row, f->top, 0, bound)) {
        rehab_settle(f, REHAB_MET, REHAB_REASON_NONE);
    } else {
        rehab_settle(f, REHAB_NOT_MET,
                     row->op >= REHAB_GE ? REHAB_REASON_NOT_YET : REHAB_REASON_NONE);
    }
}

/* The newest clearance of the name that counts; of two at one instant the withdrawal. */
static const struct rehab_clearance *find_clearance(const struct rehab_view *v,
                                                    const struct rehab_criterion_row *row)
{
    const struct rehab_clearance *found = NULL;
    for (uint32_t i = 0; i < v->s->e->clearance_count; i++) {
        const struct rehab_clearance *c = &v->s->e->clearances[i];
        if (c->name != row->name || c->at.utc_us > v->s->as_of.utc_us) continue;
        if (c->given && (c->role & row->roles) == 0) continue;
        if (found == NULL || c->at.utc_us > found->at.utc_us ||
            (c->at.utc_us == found->at.utc_us && !c->given))
            found = c;
    }
    return found;
}

static void judge_clearance(const struct rehab_view *v, const struct rehab_criterion_row *row,
                            struct rehab_finding *f)
{
    const struct rehab_clearance *c = find_clearance(v, row);
    bool stands = c != NULL && c->given;
    bool stale = stands && row->within_us > 0 &&
                 rehab_is_older(c->at, v->s->as_of, row->within_us, row->flags & REHAB_WITHIN_DAYS);
    f->top = stands && !stale ? REHAB_SCALE : 0;
    f->has_value = 1;
    if (f->top > 0) {
        rehab_settle(f, REHAB_MET, REHAB_REASON_NONE);
    } else {
        rehab_settle(f, REHAB_NOT_MET, stale ? REHAB_REASON_STALE : REHAB_REASON_NOT_CLEARED);
    }
}

static void judge_stratum(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, struct rehab_finding *f)
{
    uint16_t place = v->s->e->strata[row->name];
    if (place == REHAB_STRATUM_UNKNOWN) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_STRATUM_MISSING);
        return;
    }
    f->top = place * REHAB_SCALE;
    f->has_value = 1;
    rehab_settle(f, rehab_compare(row, f->top, 0, bound) ? REHAB_MET : REHAB_NOT_MET,
                 REHAB_REASON_NONE);
}

/*= src:EVIDENCE#6.1-R39  a ladder has an order: whoever stands on a later step has been on this one
 */
static void judge_reached(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, struct rehab_finding *f)
{
    const struct rehab_phase_row *phase = &v->s->p->phases[row->name];
    uint32_t stands = v->s->e->tracks[phase->track].phase; /* completed: beyond all phases */
    f->top = stands >= row->name ? REHAB_SCALE : 0;
    f->has_value = 1;
    rehab_settle(f, rehab_compare(row, f->top, 0, bound) ? REHAB_MET : REHAB_NOT_MET,
                 REHAB_REASON_NONE);
}

/* Days of a year, of four with their leap day, of a century without one, of the 400 years after
 * which the calendar repeats, and from 0000-03-01, where counting begins, to 1970; and of March to
 * July, the five months whose lengths repeat. */
enum {
    YEAR_SIZE = 365,
    YEARS_SIZE = 1461,
    CENTURY_SIZE = 36524,
    ERA_SIZE = 146097,
    EPOCH_SIZE = 719468,
    MONTHS_SIZE = 153
};

/* A day of the calendar, as a number that grows with the date: years, months and days in 32nds of
 * the one before, of years that begin in March, so that 29 February is their last day. */
static int32_t calendar_day(int32_t day)
{
    int64_t shifted = day + (int64_t)EPOCH_SIZE; /* never below zero */
    int64_t era = shifted / ERA_SIZE;
    int32_t of_era = (int32_t)(shifted % ERA_SIZE);
    int32_t year =
        (of_era - of_era / (YEARS_SIZE - 1) + of_era / CENTURY_SIZE - of_era / (ERA_SIZE - 1)) /
        YEAR_SIZE;
    int32_t of_year = of_era - (YEAR_SIZE * year + year / 4 - year / 100);
    int32_t month = (5 * of_year + 2) / MONTHS_SIZE;
    return ((int32_t)(era * 400 + year) * 32 + month) * 32 +
           (of_year - (MONTHS_SIZE * month + 2) / 5 + 1);
}

/* Whole years from one day to another. */
static int32_t years_between(int32_t born, int32_t day)
{
    return (calendar_day(day) - calendar_day(born)) / (32 * 32);
}

int32_t rehab_find_birthday(int32_t born, int32_t years)
{
    int32_t day = born + years * YEAR_SIZE;
    while (years_between(born, day) < years)
        day++;
    return day;
}

/*= src:EVIDENCE#6.1-R34  age is computed as of then: whole years, and one more on the birthday */
static void judge_age(const struct rehab_view *v, const struct rehab_criterion_row *row,
                      int64_t bound, struct rehab_finding *f)
{
    const struct rehab_event *birth = &v->s->e->birth;
    int32_t born = rehab_event_day(birth);
    int32_t today = rehab_local_day(v->s->as_of);
    if (!birth->known || born > today || born < -EPOCH_SIZE) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING);
        return;
    }
    f->top = years_between(born, today) * REHAB_SCALE;
    f->has_value = 1;
    rehab_settle(f, rehab_compare(row, f->top, 0, bound) ? REHAB_MET : REHAB_NOT_MET,
                 REHAB_REASON_NONE);
}

/* ---- the leaf ---- */

/* The bound that applies to this episode; false: it depends on a stratum that is not known. */
static bool find_bound(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       int64_t *bound)
{
    *bound = row->bound_nano;
    if (row->by_stratum == REHAB_NONE16) return true;
    uint16_t place = v->s->e->strata[row->by_stratum];
    for (uint32_t i = 0; i < row->by.count; i++) {
        const struct rehab_bound_row *by = &v->s->p->bounds[row->by.first + i];
        if (by->stratum_value == place) *bound = by->bound_nano;
    }
    return place != REHAB_STRATUM_UNKNOWN;
}

static void judge_leaf(const struct rehab_view *v, uint32_t criterion, struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &v->s->p->criteria[criterion];
    *f = (struct rehab_finding){
        .criterion = criterion, .observation = REHAB_NONE, .second = REHAB_NONE};
    f->has_bound = find_bound(v, row, &f->bound_nano);
    if (!f->has_bound) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_STRATUM_MISSING);
    } else if (rehab_is_aftermath(row->expression)) {
        rehab_judge_aftermath(v, row, f->bound_nano, f);
    } else if (row->expression < REHAB_ELAPSED) {
        judge_observed(v, row, f->bound_nano, f);
    } else if (row->expression == REHAB_ELAPSED) {
        judge_elapsed(v, row, f->bound_nano, f);
    } else if (row->expression == REHAB_CLEARED) {
        judge_clearance(v, row, f);
    } else if (row->expression == REHAB_SCORE) {
        rehab_judge_score(v, row, f);
    } else if (row->expression == REHAB_STATE) {
        rehab_judge_state(v, row, f);
    } else if (row->expression == REHAB_AGE) {
        judge_age(v, row, f->bound_nano, f);
    } else if (row->expression == REHAB_REACHED) {
        judge_reached(v, row, f->bound_nano, f);
    } else if (rehab_is_of_sessions(row->expression)) {
        rehab_judge_sessions(v, row, f->bound_nano, f);
    } else {
        judge_stratum(v, row, f->bound_nano, f);
    }
}

void rehab_judge_side(const struct rehab_view *v, uint32_t criterion, uint32_t side,
                      struct rehab_finding *f)
{
    const struct rehab_series seen = rehab_side_of(v->s, side);
    const struct rehab_view view = {&seen, v->track, v->from_us};
    judge_leaf(&view, criterion, f);
}

/*= src:EVIDENCE#3.3  both are hurt: no side is the sound one, and each has to reach the target */
static void judge_sides(const struct rehab_view *v, uint32_t criterion, struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &v->s->p->criteria[criterion];
    struct rehab_finding other;
    rehab_judge_side(v, criterion, REHAB_INVOLVED, f);
    rehab_judge_side(v, criterion, REHAB_OTHER, &other);
    bool safer = row->measure == REHAB_NONE16
                     ? rehab_caution(row, other.verdict) > rehab_caution(row, f->verdict)
                     : rehab_is_safer(v, row, &other, f);
    if (safer) *f = other;
}

void rehab_judge_criterion(const struct rehab_view *v, uint32_t criterion, struct rehab_finding *f)
{
    if (v->s->bilateral) {
        judge_sides(v, criterion, f);
    } else {
        judge_leaf(v, criterion, f);
    }
}
