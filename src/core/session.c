/* SPDX-License-Identifier: Apache-2.0 */
/* Occasions of doing something. Which session an observation was made in is looked up once, when
 * the index is made: a table of slots by assessment, each looked for from its own place on, and
 * what was made in one session is strung together. So the work of the index, and of every leaf
 * here, grows with observations and sessions and not with their product. */
#include "core.h"

/* ---- which session an observation was made in ---- */

/* Twice as many slots as sessions, a power of two: some are always free. No more than 2^31, for
 * REHAB_MAX_EVIDENCE. */
static uint32_t count_slots(const struct rehab_evidence *e)
{
    uint32_t slots = 2;
    while (slots < 2 * e->session_count)
        slots *= 2;
    return slots;
}

size_t rehab_session_room(const struct rehab_evidence *e)
{
    if (e->session_count == 0) return 0;
    return sizeof(uint32_t) *
           ((size_t)count_slots(e) + e->session_count + 2 * (size_t)e->observation_count);
}

/* The slot of the session with the assessment, or the free one where it belongs. */
static uint32_t *find_slot(const struct rehab_evidence *e, uint32_t *slots, uint32_t mask,
                           uint32_t assessment)
{
    uint32_t i = assessment * UINT32_C(0x9e3779b9) >> 7 & mask;
    while (slots[i] != REHAB_NONE && e->sessions[slots[i]].assessment != assessment)
        i = (i + 1) & mask;
    return &slots[i];
}

bool rehab_index_sessions(struct rehab_series *s, void *room)
{
    const struct rehab_evidence *e = s->e;
    if (e->session_count == 0) return true;
    uint32_t *slots = room, mask = count_slots(e) - 1;
    s->last_in = slots + mask + 1;
    s->made_in = s->last_in + e->session_count;
    s->same = s->made_in + e->observation_count;
    memset(slots, 0xff, (mask + (size_t)1 + e->session_count) * sizeof *slots); /* REHAB_NONE */
    for (uint32_t i = 0; i < e->session_count; i++) {
        const struct rehab_session *one = &e->sessions[i];
        if (one->to.utc_us < one->from.utc_us) return false;
        if (i > 0 && one->from.utc_us < one[-1].from.utc_us) return false;
        if (one->from.utc_us <= s->as_of.utc_us) s->session_count = i + 1;
        *find_slot(e, slots, mask, one->assessment) = i;
    }
    for (uint32_t i = 0; i < e->observation_count; i++) {
        uint32_t session = *find_slot(e, slots, mask, s->at[i].assessment);
        s->made_in[i] = session;
        if (session == REHAB_NONE) continue;
        s->same[i] = s->last_in[session];
        s->last_in[session] = i;
    }
    return true;
}

bool rehab_is_in_session(const struct rehab_series *s, uint16_t activity, uint32_t observation)
{
    if (s->made_in == NULL || s->made_in[observation] >= s->session_count) return false;
    return activity == REHAB_ANY_ACTIVITY ||
           s->e->sessions[s->made_in[observation]].activity == activity;
}

/* ---- which sessions count ---- */

bool rehab_was_begun(const struct rehab_series *s, uint32_t session)
{
    const struct rehab_session *one = &s->e->sessions[session];
    uint32_t seen = s->last_in[session];
    while (seen != REHAB_NONE && seen >= s->count) /* not yet */
        seen = s->same[seen];
    return one->completed || one->to.utc_us > one->from.utc_us || seen != REHAB_NONE;
}

static bool is_of(const struct rehab_session *session, uint16_t activity)
{
    return activity == REHAB_ANY_ACTIVITY || session->activity == activity;
}

static bool has_ended(const struct rehab_view *v, const struct rehab_session *session)
{
    return session->to.utc_us <= v->s->as_of.utc_us;
}

static const struct rehab_extra_row *extra_of(const struct rehab_view *v,
                                              const struct rehab_criterion_row *row)
{
    return row->extra == REHAB_NONE ? NULL : &v->s->p->extras[row->extra];
}

bool rehab_is_session_of(const struct rehab_view *v, const struct rehab_criterion_row *row,
                         const struct rehab_session *session, int64_t from_us)
{
    if (!is_of(session, row->activity) || !has_ended(v, session)) return false;
    if (session->from.utc_us < from_us) return false;
    return row->within_us == 0 || !rehab_is_older(session->from, v->s->as_of, row->within_us,
                                                  (row->flags & REHAB_WITHIN_DAYS) != 0);
}

/* Was the measure observed in the session, and does every value satisfy, as the leaf asks for it?
 */
/*= src:EVIDENCE#6.1-R22  sessions of a kind: those of which what was asked for was seen */
static bool has_shown(const struct rehab_view *v, const struct rehab_criterion_row *row,
                      const struct rehab_extra_row *x, uint32_t session)
{
    const struct rehab_series *s = v->s;
    uint32_t side = s->p->measures[x->with_measure].sided ? REHAB_INVOLVED : REHAB_SIDE_NONE;
    bool seen = false;
    for (uint32_t i = s->last_in[session]; i != REHAB_NONE; i = s->same[i]) {
        int64_t value = s->at[i].value_nano;
        if (i >= s->count || s->at[i].measure != x->with_measure || !rehab_is_listed(s, side, i))
            continue;
        if (!rehab_is_qualified(&s->at[i], row)) return false;
        if (!rehab_holds(x->with_op, (value > x->with_nano) - (value < x->with_nano))) return false;
        seen = true;
    }
    return seen;
}

/* ---- the leaves ---- */

static void count_completed(const struct rehab_view *v, const struct rehab_criterion_row *row,
                            int64_t bound, struct rehab_finding *f)
{
    const struct rehab_extra_row *x = extra_of(v, row);
    int64_t from_us = rehab_window_start(v, row);
    for (uint32_t i = 0; i < v->s->session_count; i++) {
        const struct rehab_session *session = &v->s->e->sessions[i];
        if (!session->completed || !rehab_is_session_of(v, row, session, from_us)) continue;
        if (x == NULL || has_shown(v, row, x, i)) f->top += REHAB_SCALE;
    }
    f->has_value = 1;
    rehab_conclude(row, bound, f);
}

/*= src:EVIDENCE#6.1-R23  completed of those prescribed; none prescribed is not known */
static void judge_adherence(const struct rehab_view *v, const struct rehab_criterion_row *row,
                            int64_t bound, struct rehab_finding *f)
{
    int64_t from_us = rehab_window_start(v, row);
    for (uint32_t i = 0; i < v->s->session_count; i++) {
        const struct rehab_session *session = &v->s->e->sessions[i];
        if (!session->prescribed || !rehab_is_session_of(v, row, session, from_us)) continue;
        f->bottom++;
        f->top += session->completed;
    }
    if (f->bottom == 0) {
        rehab_settle(f, REHAB_UNKNOWN, REHAB_REASON_NONE_PRESCRIBED);
    } else {
        f->has_value = 1;
        rehab_conclude(row, bound, f);
    }
}

/*= src:EVIDENCE#6.1-R24  from the beginning of the newest one, or of the newest that failed */
static void judge_spacing(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, struct rehab_finding *f)
{
    uint32_t i = v->s->session_count;
    bool calendar = (row->flags & REHAB_BOUND_DAYS) != 0, away = row->op >= REHAB_GE;
    for (; i > 0; i--) {
        const struct rehab_session *session = &v->s->e->sessions[i - 1];
        bool failed = !session->completed && has_ended(v, session);
        if (!is_of(session, row->activity) || !rehab_was_begun(v->s, i - 1)) continue;
        if (row->extra == REHAB_NONE || failed) break;
    }
    if (i == 0) {
        rehab_settle(f, away ? REHAB_MET : REHAB_NOT_MET, REHAB_REASON_NONE);
        return;
    }
    f->top = rehab_time_between(v->s->e->sessions[i - 1].from, v->s->as_of, calendar);
    f->has_value = 1;
    rehab_conclude(row, bound, f);
    if (f->verdict == REHAB_NOT_MET && away) rehab_settle(f, REHAB_NOT_MET, REHAB_REASON_NOT_YET);
}

void rehab_judge_sessions(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, struct rehab_finding *f)
{
    if (row->expression == REHAB_SESSIONS) {
        count_completed(v, row, bound, f);
    } else if (row->expression == REHAB_ADHERENCE) {
        judge_adherence(v, row, bound, f);
    } else {
        judge_spacing(v, row, bound, f);
    }
}
