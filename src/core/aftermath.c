/* SPDX-License-Identifier: Apache-2.0 */
/* What a session left behind: how long until it had settled, and what was there the next morning.
 * Both are of one session, the newest; guards look at every one since the last move, and runs at
 * the last n. */
#include "core.h"

/* ---- what was there before ---- */

/* The observation, or the newest before it, that was made before the session and not in it. */
static uint32_t seek_before(const struct rehab_series *s, const struct rehab_criterion_row *row,
                            uint32_t side, uint32_t session, uint32_t i)
{
    while (i != REHAB_NONE && (s->made_in[i] == session || !rehab_is_qualified(&s->at[i], row) ||
                               s->at[i].at.utc_us > s->e->sessions[session].from.utc_us))
        i = rehab_older(s, side, i);
    return i;
}

/* The lowest and the highest of the values of the newest instant before the session; false: there
 * is none. */
static bool read_before(const struct rehab_series *s, const struct rehab_criterion_row *row,
                        uint32_t measure, uint32_t side, uint32_t session, int64_t range[2],
                        uint32_t *observation)
{
    uint32_t first = seek_before(s, row, side, session, rehab_list_of(s, measure, side)->newest);
    *observation = first;
    if (first == REHAB_NONE) return false;
    range[0] = range[1] = s->at[first].value_nano;
    for (uint32_t i = first; i != REHAB_NONE && s->at[i].at.utc_us == s->at[first].at.utc_us;
         i = seek_before(s, row, side, session, rehab_older(s, side, i))) {
        if (s->at[i].value_nano < range[0]) range[0] = s->at[i].value_nano;
        if (s->at[i].value_nano > range[1]) range[1] = s->at[i].value_nano;
    }
    return true;
}

/* ---- R19: until it had settled ---- */

/*= src:EVIDENCE#6.2-8  the next morning: local, from four to twelve, both included */
static struct rehab_range64 morning_after(struct rehab_instant session)
{
    int64_t day = (rehab_local_day(session) + INT64_C(1)) * REHAB_DAY;
    return (struct rehab_range64){day + 4 * REHAB_HOUR, day + 12 * REHAB_HOUR};
}

static int64_t time_since(const struct rehab_criterion_row *row, struct rehab_instant from,
                          struct rehab_instant at)
{
    if (row->flags & REHAB_BOUND_DAYS)
        return ((int64_t)rehab_local_day(at) - rehab_local_day(from)) * REHAB_DAY;
    return at.utc_us - from.utc_us;
}

/* A value that is worse again undoes a relief before the next morning, and as long as the bound
 * has not passed; later it is another matter. */
static bool is_relapse(const struct rehab_criterion_row *row, const struct rehab_session *over,
                       int64_t bound, struct rehab_instant at)
{
    return at.local_us < morning_after(over->from).low || time_since(row, over->to, at) <= bound;
}

/* The looks after a session. */
struct looks {
    uint32_t last, back; /* the last one; from which on the value was back, REHAB_NONE: it is not */
};

/* When the next session begins, whatever is done in it: what is seen then is not of this one. */
static int64_t find_next(const struct rehab_series *s, uint32_t session)
{
    int64_t end = s->e->sessions[session].to.utc_us;
    for (uint32_t i = session + 1; i < s->session_count; i++) {
        if (s->e->sessions[i].from.utc_us > end) return s->e->sessions[i].from.utc_us;
    }
    return INT64_MAX;
}

/* Newest first, instant by instant, of which every value must be back. */
static struct looks look(const struct rehab_series *s, const struct rehab_criterion_row *row,
                         uint32_t session, int64_t bound, int64_t before)
{
    const struct rehab_session *over = &s->e->sessions[session];
    bool higher = s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    struct looks l = {REHAB_NONE, REHAB_NONE};
    uint32_t later = REHAB_NONE; /* what l.back was before this instant */
    int64_t instant = find_next(s, session);
    for (uint32_t i = rehab_list_of(s, row->measure, row->side)->newest;
         i != REHAB_NONE && s->at[i].at.utc_us >= over->to.utc_us;
         i = rehab_older(s, row->side, i)) {
        bool earlier = s->at[i].at.utc_us == over->from.utc_us && s->made_in[i] != session;
        if (earlier || !rehab_is_qualified(&s->at[i], row)) continue;
        int64_t value = s->at[i].value_nano;
        if (s->at[i].at.utc_us < instant) {
            instant = s->at[i].at.utc_us;
            later = l.back;
            l.back = i;
        } else if (l.last == REHAB_NONE) {
            continue; /* of the next session, or after it */
        }
        if (l.last == REHAB_NONE) l.last = i;
        if (higher ? value >= before : value <= before) continue;
        l.back = later;
        if (is_relapse(row, over, bound, s->at[i].at)) break;
    }
    return l;
}

/* Not back at the last look: it took longer than that, and so perhaps longer than the bound. */
static void conclude_open(const struct rehab_criterion_row *row, int64_t bound,
                          struct rehab_finding *f)
{
    if (f->top < bound) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED);
        return;
    }
    f->has_value = 1;
    rehab_settle(f, row->op < REHAB_GE ? REHAB_NOT_MET : REHAB_MET, REHAB_REASON_NOT_SETTLED);
}

static void judge_settling(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t bound, uint32_t session, struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    struct rehab_instant end = s->e->sessions[session].to;
    bool higher = s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    int64_t before[2];
    if (!read_before(s, row, row->measure, row->side, session, before, &f->second)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING);
        return;
    }
    struct looks l = look(s, row, session, bound, before[higher]);
    f->observation = l.back != REHAB_NONE ? l.back : l.last;
    if (l.last == REHAB_NONE) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_MISSING);
        return;
    }
    f->top = time_since(row, end, s->at[f->observation].at);
    if (l.back == REHAB_NONE) {
        conclude_open(row, bound, f);
    } else {
        f->has_value = 1;
        rehab_conclude(row, bound, f);
    }
}

/* ---- R20: the next morning ---- */

/* Nothing was observed then: why not, or not yet. */
static enum rehab_reason why_no_morning(struct rehab_range64 morning, struct rehab_instant now)
{
    if (now.local_us < morning.low) return REHAB_REASON_NOT_YET;
    return now.local_us <= morning.high ? REHAB_REASON_MISSING : REHAB_REASON_MORNING_MISSED;
}

/* With `over` the higher or the lower of what was there before, whichever is the safer to take. */
static void weigh_morning(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, uint32_t session, uint32_t observation,
                          struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    int64_t value = s->at[observation].value_nano, before[2] = {0, 0};
    f->observation = observation;
    if (!rehab_is_qualified(&s->at[observation], row)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED);
        return;
    }
    if (row->over != REHAB_NONE16 &&
        !read_before(s, row, row->over, rehab_over_side(s->p, row), session, before, &f->second)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING);
        return;
    }
    f->has_value = 1;
    f->top = value - before[0];
    rehab_conclude(row, bound, f);
    struct rehab_finding other = *f;
    other.top = value - before[1];
    rehab_conclude(row, bound, &other);
    if (rehab_is_safer(v, row, &other, f)) *f = other;
}

static void judge_morning(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, uint32_t session, struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    struct rehab_instant from = s->e->sessions[session].from;
    struct rehab_range64 morning = morning_after(from);
    struct rehab_finding bare = *f;
    rehab_settle(f, REHAB_UNKNOWN, why_no_morning(morning, s->as_of));
    for (uint32_t i = rehab_list_of(s, row->measure, row->side)->newest;
         i != REHAB_NONE && s->at[i].at.utc_us >= from.utc_us; i = rehab_older(s, row->side, i)) {
        int64_t local = s->at[i].at.local_us;
        if (local < morning.low || local > morning.high) continue;
        struct rehab_finding one = bare;
        weigh_morning(v, row, bound, session, i, &one);
        bool tied =
            f->observation != REHAB_NONE && s->at[f->observation].at.utc_us == s->at[i].at.utc_us;
        if (!tied || rehab_is_safer(v, row, &one, f)) *f = one;
    }
}

/* ---- which session ---- */

/* The session, or the newest before it, that counts: `end` is how many are looked at; REHAB_NONE.
 */
static uint32_t seek_session(const struct rehab_view *v, const struct rehab_criterion_row *row,
                             uint32_t end)
{
    int64_t from_us = rehab_window_start(v, row);
    while (end > 0) {
        if (rehab_is_session_of(v, row, &v->s->e->sessions[--end], from_us)) return end;
    }
    return REHAB_NONE;
}

static void judge_one(const struct rehab_view *v, const struct rehab_criterion_row *row,
                      int64_t bound, uint32_t session, struct rehab_finding *f)
{
    if (row->expression == REHAB_SETTLE) {
        judge_settling(v, row, bound, session, f);
    } else {
        judge_morning(v, row, bound, session, f);
    }
}

/* The run of sessions that ends with this one: as good as the worst of them. */
static void judge_run(const struct rehab_view *v, const struct rehab_criterion_row *row,
                      int64_t bound, uint32_t session, struct rehab_finding *f)
{
    const struct rehab_finding bare = *f;
    judge_one(v, row, bound, session, f);
    for (uint32_t n = 1; n < row->for_observations; n++) {
        struct rehab_finding part = bare;
        session = seek_session(v, row, session);
        if (session == REHAB_NONE) {
            if (f->verdict == REHAB_MET) rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS);
            return;
        }
        judge_one(v, row, bound, session, &part);
        if (part.verdict < f->verdict) *f = part;
    }
}

/*= src:EVIDENCE#6.2-3  guards take the worst since the last move, so that a good session hides no
 * bad one */
void rehab_judge_aftermath(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t bound, struct rehab_finding *f)
{
    const struct rehab_finding bare = *f;
    bool all = rehab_is_wary(row);
    uint32_t newest = seek_session(v, row, v->s->session_count);
    rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_NO_SESSION);
    for (uint32_t i = newest; i != REHAB_NONE; i = seek_session(v, row, i)) {
        const struct rehab_session *sessions = v->s->e->sessions;
        struct rehab_finding one = bare;
        if (!all && sessions[i].from.utc_us != sessions[newest].from.utc_us) break;
        judge_run(v, row, bound, i, &one);
        if (i == newest || rehab_is_safer(v, row, &one, f)) *f = one;
    }
}
