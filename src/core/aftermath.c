/* SPDX-License-Identifier: Apache-2.0 */
/* What a session left behind: how long until it had settled, and what was there the next morning.
 * Both are of one session, the newest; guards look at every one since the last move, and runs at
 * the last n. Sessions are gone through from the newest back, each judged once, and cursors go back
 * with them through the values before and after: so the work grows with sessions and observations,
 * and with their product only as far as sessions overlap or lie within the same few days. */
#include "core.h"

/* ---- going back ---- */

/* The newest of a list that is not later than `until`. */
struct cursor {
    int64_t until;
    uint32_t at;
};

/* Sessions of one leaf, the newest first. */
struct walk {
    const struct rehab_view *v;
    const struct rehab_criterion_row *row;
    int64_t bound, from_us;
    struct cursor before, after;
};

/* Back to `until`; from the newest again where it stood earlier than that. */
static uint32_t go_back(const struct rehab_series *s, uint32_t measure, uint32_t side,
                        struct cursor *c, int64_t until)
{
    if (until > c->until) c->at = rehab_list_of(s, measure, side)->newest;
    c->until = until;
    while (c->at != REHAB_NONE && s->at[c->at].at.utc_us > until)
        c->at = rehab_older(s, side, c->at);
    return c->at;
}

/* ---- what was there before ---- */

/* From low to high. */
struct span {
    int64_t low, high;
};

/* The observation, or the newest before it, that was made before the session and not in it: `i` is
 * not later than its begin. */
static uint32_t seek_before(const struct walk *w, uint32_t side, uint32_t session, uint32_t i)
{
    const struct rehab_series *s = w->v->s;
    while (i != REHAB_NONE && (s->made_in[i] == session || !rehab_is_qualified(&s->at[i], w->row)))
        i = rehab_older(s, side, i);
    return i;
}

/* The lowest and the highest of the values of the newest instant before the session; false: there
 * is none. */
static bool read_before(struct walk *w, uint32_t measure, uint32_t side, uint32_t session,
                        struct span *values, uint32_t *observation)
{
    const struct rehab_series *s = w->v->s;
    int64_t begin = s->e->sessions[session].from.utc_us;
    uint32_t first = seek_before(w, side, session, go_back(s, measure, side, &w->before, begin));
    *observation = first;
    if (first == REHAB_NONE) return false;
    values->low = values->high = s->at[first].value_nano;
    for (uint32_t i = first; i != REHAB_NONE && s->at[i].at.utc_us == s->at[first].at.utc_us;
         i = seek_before(w, side, session, rehab_older(s, side, i))) {
        if (s->at[i].value_nano < values->low) values->low = s->at[i].value_nano;
        if (s->at[i].value_nano > values->high) values->high = s->at[i].value_nano;
    }
    return true;
}

/* ---- R19: until it had settled ---- */

/*= src:EVIDENCE#6.2-8  the next morning: local, from four to twelve, both included */
static struct span morning_after(struct rehab_instant session)
{
    int64_t day = (rehab_local_day(session) + INT64_C(1)) * REHAB_DAY;
    return (struct span){day + 4 * REHAB_HOUR, day + 12 * REHAB_HOUR};
}

static int64_t time_since(const struct rehab_criterion_row *row, struct rehab_instant from,
                          struct rehab_instant at)
{
    return rehab_time_between(from, at, (row->flags & REHAB_BOUND_DAYS) != 0);
}

/* A value that is worse again undoes a relief before the next morning, and as long as the bound
 * has not passed; later it is another matter. */
static bool is_relapse(const struct rehab_criterion_row *row, const struct rehab_session *over,
                       int64_t bound, struct rehab_instant at)
{
    return at.local_us < morning_after(over->from).low || time_since(row, over->to, at) <= bound;
}

/* The looks after a session: the last one; and `back`, the oldest so far from which on no value was
 * bad, REHAB_NONE: the last look was not good. */
struct looks {
    uint32_t last, back;
};

/* When the next session begins, whatever is done in it: what is seen then is not of this one. */
static int64_t find_next(const struct rehab_series *s, uint32_t session)
{
    int64_t end = s->e->sessions[session].to.utc_us;
    for (uint32_t i = session + 1; i < s->session_count; i++) {
        const struct rehab_session *next = &s->e->sessions[i];
        if (next->from.utc_us > end && rehab_was_begun(s, i)) return next->from.utc_us;
    }
    return INT64_MAX;
}

/* Newest first, instant by instant, of which every value must be back: at first an instant is taken
 * for good, and `later` is what one of its values that is not good goes back to. */
static struct looks look(struct walk *w, uint32_t session, int64_t before)
{
    const struct rehab_series *s = w->v->s;
    const struct rehab_criterion_row *row = w->row;
    const struct rehab_session *over = &s->e->sessions[session];
    bool higher = s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    struct looks l = {REHAB_NONE, REHAB_NONE};
    uint32_t later = REHAB_NONE;
    int64_t instant = find_next(s, session);
    for (uint32_t i = go_back(s, row->measure, row->side, &w->after, instant - 1);
         i != REHAB_NONE && s->at[i].at.utc_us >= over->to.utc_us;
         i = rehab_older(s, row->side, i)) {
        bool earlier = s->at[i].at.utc_us == over->from.utc_us && s->made_in[i] != session;
        if (earlier || !rehab_is_qualified(&s->at[i], row)) continue;
        int64_t value = s->at[i].value_nano;
        if (s->at[i].at.utc_us < instant) {
            instant = s->at[i].at.utc_us;
            later = l.back;
            l.back = i;
        }
        if (l.last == REHAB_NONE) l.last = i;
        if (higher ? value >= before : value <= before) continue;
        l.back = later;
        if (is_relapse(row, over, w->bound, s->at[i].at)) break;
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

static void judge_settling(struct walk *w, uint32_t session, struct rehab_finding *f)
{
    const struct rehab_series *s = w->v->s;
    const struct rehab_criterion_row *row = w->row;
    bool higher = s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    struct span before;
    if (!read_before(w, row->measure, row->side, session, &before, &f->second)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING);
        return;
    }
    struct looks l = look(w, session, higher ? before.high : before.low);
    f->observation = l.back != REHAB_NONE ? l.back : l.last;
    if (l.last == REHAB_NONE) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_MISSING);
        return;
    }
    f->top = time_since(row, s->e->sessions[session].to, s->at[f->observation].at);
    if (l.back == REHAB_NONE) {
        conclude_open(row, w->bound, f);
    } else {
        f->has_value = 1;
        rehab_conclude(row, w->bound, f);
    }
}

/* ---- R20: the next morning ---- */

/* Nothing was observed then: why not, or not yet. */
static enum rehab_reason why_no_morning(struct span morning, struct rehab_instant now)
{
    if (now.local_us < morning.low) return REHAB_REASON_NOT_YET;
    return now.local_us <= morning.high ? REHAB_REASON_MISSING : REHAB_REASON_MORNING_MISSED;
}

/* With `over` the higher or the lower of what was there before, whichever is the safer to take. */
static void weigh_morning(struct walk *w, uint32_t session, uint32_t observation,
                          struct rehab_finding *f)
{
    const struct rehab_series *s = w->v->s;
    const struct rehab_criterion_row *row = w->row;
    struct span before = {0, 0};
    f->observation = observation;
    if (!rehab_is_qualified(&s->at[observation], row)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED);
        return;
    }
    if (row->over != REHAB_NONE16 &&
        !read_before(w, row->over, rehab_over_side(s->p, row), session, &before, &f->second)) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING);
        return;
    }
    f->has_value = 1;
    f->top = s->at[observation].value_nano - before.low;
    rehab_conclude(row, w->bound, f);
    struct rehab_finding other = *f;
    other.top = s->at[observation].value_nano - before.high;
    rehab_conclude(row, w->bound, &other);
    if (rehab_is_safer(w->v, row, &other, f)) *f = other;
}

static void judge_morning(struct walk *w, uint32_t session, struct rehab_finding *f)
{
    const struct rehab_series *s = w->v->s;
    const struct rehab_criterion_row *row = w->row;
    struct rehab_instant from = s->e->sessions[session].from;
    struct span morning = morning_after(from);
    struct rehab_finding bare = *f;
    int64_t until = morning.high + REHAB_DAY; /* UTC: no further from local time than that */
    rehab_settle(f, REHAB_UNKNOWN, why_no_morning(morning, s->as_of));
    for (uint32_t i = go_back(s, row->measure, row->side, &w->after, until);
         i != REHAB_NONE && s->at[i].at.utc_us >= from.utc_us; i = rehab_older(s, row->side, i)) {
        int64_t local = s->at[i].at.local_us;
        if (local < morning.low || local > morning.high) continue;
        struct rehab_finding one = bare;
        weigh_morning(w, session, i, &one);
        bool tied =
            f->observation != REHAB_NONE && s->at[f->observation].at.utc_us == s->at[i].at.utc_us;
        if (!tied || rehab_is_safer(w->v, row, &one, f)) *f = one;
    }
}

/* ---- which session ---- */

/* The newest session that counts of the first `end`; REHAB_NONE. One that was missed leaves nothing
 * behind. */
static uint32_t seek_session(const struct walk *w, uint32_t end)
{
    while (end > 0) {
        const struct rehab_session *session = &w->v->s->e->sessions[--end];
        if (rehab_was_begun(w->v->s, end) && rehab_is_session_of(w->v, w->row, session, w->from_us))
            return end;
    }
    return REHAB_NONE;
}

static void judge_one(struct walk *w, uint32_t session, struct rehab_finding *f)
{
    if (w->row->expression == REHAB_SETTLE) {
        judge_settling(w, session, f);
    } else {
        judge_morning(w, session, f);
    }
}

/* The run of sessions that is looked at: findings of each, in a ring. */
struct run {
    struct rehab_finding at[REHAB_MAX_RUN];
    uint32_t wanted, first, count;
    uint32_t next; /* the session to be judged next, REHAB_NONE */
};

/* As many as there are, up to `wanted`. */
static void fill(struct run *r, struct walk *w, const struct rehab_finding *bare)
{
    for (; r->count < r->wanted && r->next != REHAB_NONE; r->count++) {
        struct rehab_finding *f = &r->at[(r->first + r->count) % r->wanted];
        *f = *bare;
        judge_one(w, r->next, f);
        r->next = seek_session(w, r->next);
    }
}

/* A run is as good as the worst session of it, and not met when it is short. */
static struct rehab_finding worst_of(const struct run *r)
{
    struct rehab_finding f = r->at[r->first];
    for (uint32_t i = 1; i < r->count; i++) {
        const struct rehab_finding *part = &r->at[(r->first + i) % r->wanted];
        if (part->verdict < f.verdict) f = *part;
    }
    if (r->count < r->wanted && f.verdict == REHAB_MET)
        rehab_settle(&f, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS);
    return f;
}

/*= src:EVIDENCE#6.2-3  guards take the worst since the last move, so that a good session hides no
 * bad one */
void rehab_judge_aftermath(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t bound, struct rehab_finding *f)
{
    const struct rehab_finding bare = *f;
    const struct rehab_session *sessions = v->s->e->sessions;
    struct walk w = {v, row, bound, rehab_window_start(v, row), {INT64_MIN, 0}, {INT64_MIN, 0}};
    const uint32_t newest = seek_session(&w, v->s->session_count);
    struct run r;
    r.wanted = row->for_observations > 1 ? row->for_observations : 1;
    r.first = r.count = 0;
    r.next = newest;
    rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_NO_SESSION);
    for (uint32_t i = newest; i != REHAB_NONE; i = seek_session(&w, i)) {
        if (!rehab_is_wary(row) && sessions[i].from.utc_us != sessions[newest].from.utc_us) break;
        fill(&r, &w, &bare);
        struct rehab_finding one = worst_of(&r);
        if (i == newest || rehab_is_safer(v, row, &one, f)) *f = one;
        r.first = (r.first + 1) % r.wanted;
        r.count--;
    }
}
