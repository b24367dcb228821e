/* SPDX-License-Identifier: Apache-2.0 */
/* A move of the patient: the one place where a decision becomes a fact. It is judged on the
 * evidence as of the moment it happened, recorded with that evaluation byte for byte as it is
 * answered, and written only if nothing it rests on has changed since it was read. What is judged,
 * in this order: the version the caller saw, the time, the state, red flags, and then what the kind
 * of move asks for. */
#include "inside.h"

#include "../base/time.h"
#include "../base/uuid.h"

enum { ATTEMPTS = 3 };

/* One attempt: what was read and what is being made of it. */
struct moving {
    const struct transition_request *asked;
    struct case_file file;
    struct evaluation evaluation; /* as of the moment of the move */
    struct transition made;
    uint32_t track; /* REHAB_NONE: the move is of the whole episode */
    uint32_t phase; /* where that track stands */
};

static struct result bad_member(struct call *c, enum problem_code code, const char *pointer,
                                const char *detail)
{
    return call_fault(c, code, text_of(pointer), text_of(detail));
}

static struct text phase_id(const struct moving *m, uint32_t phase)
{
    const struct rehab_protocol *p = m->file.rules;
    return phase == REHAB_NONE ? (struct text){NULL, 0}
                               : text_from(rehab_text_at(p, p->phases[phase].id));
}

/* ---- the gates of the phase the patient stands in ---- */

/* Does this gate lead where the move goes? */
static bool leads(const struct moving *m, const struct rehab_gate_result *g, enum rehab_move move,
                  uint32_t to)
{
    return g->move == move && g->track == m->track && (to == REHAB_NONE || g->to == to);
}

/* Several gates may lead to one place: the one that is recommended, else one that is met, else the
 * first. */
static const struct rehab_gate_result *find_gate(const struct moving *m, enum rehab_move move,
                                                 uint32_t to)
{
    const struct rehab_decision *d = m->evaluation.decision;
    const struct rehab_gate_result *found = NULL;
    for (uint32_t i = 0; i < d->gate_count; i++) {
        const struct rehab_gate_result *g = &d->gates[i];
        if (!leads(m, g, move, to)) continue;
        if (g->gate == d->recommendation.gate) return g;
        bool better = found == NULL || (g->verdict == REHAB_MET && found->verdict != REHAB_MET);
        if (better) found = g;
    }
    return found;
}

/* A gate of this kind that is met, on the track of the move or, when it has none, on any; the one
 * that is recommended goes first. */
static const struct rehab_gate_result *find_met(const struct moving *m, enum rehab_move move)
{
    const struct rehab_decision *d = m->evaluation.decision;
    const struct rehab_gate_result *found = NULL;
    for (uint32_t i = 0; i < d->gate_count; i++) {
        const struct rehab_gate_result *g = &d->gates[i];
        bool here = m->track == REHAB_NONE || g->track == m->track;
        if (g->move != move || g->verdict != REHAB_MET || !here) continue;
        if (found == NULL || g->gate == d->recommendation.gate) found = g;
    }
    return found;
}

/* ---- overriding ---- */

/* A time floor is not met and may be relaxed by some roles only: the first such that this role may
 * not. */
static const struct rehab_criterion_row *find_floor(struct call *c, const struct moving *m,
                                                    const struct rehab_gate_result *g)
{
    for (uint32_t i = 0; i < g->findings.count; i++) {
        const struct rehab_finding *f = &m->evaluation.decision->findings[g->findings.first + i];
        const struct rehab_criterion_row *row = &m->file.rules->criteria[f->criterion];
        if (row->floor != 0 && f->verdict != REHAB_MET &&
            !role_is_among(c->caller.role, row->roles))
            return row;
    }
    return NULL;
}

/* The floor that bars all ways of this kind to this place; NULL: one of them is open. */
static const struct rehab_criterion_row *find_bar(struct call *c, const struct moving *m,
                                                  enum rehab_move move, uint32_t to)
{
    const struct rehab_decision *d = m->evaluation.decision;
    const struct rehab_criterion_row *bar = NULL;
    for (uint32_t i = 0; i < d->gate_count; i++) {
        if (!leads(m, &d->gates[i], move, to)) continue;
        const struct rehab_criterion_row *floor = find_floor(c, m, &d->gates[i]);
        if (floor == NULL) return NULL;
        if (bar == NULL || bar->roles == 0)
            bar = floor; /* one that some role may relax goes first */
    }
    return bar;
}

static struct result use_override(struct call *c, struct moving *m,
                                  const struct rehab_gate_result *g)
{
    TRY(service_check_scope(c, CARE_OVERRIDE));
    const struct rehab_criterion_row *floor = find_bar(c, m, g->move, g->to);
    if (floor != NULL && floor->roles == 0) {
        return bad_member(c, NOT_OVERRIDABLE, "/override",
                          "The time that must pass first cannot be overridden.");
    }
    if (floor != NULL) {
        return call_fail(c, ROLE_MISSING,
                         "The time that must pass first may be relaxed by a physician only.");
    }
    m->made.override_code = m->asked->override_code;
    m->made.override_reason = m->asked->override_reason;
    return DONE;
}

static struct result refuse_gate(struct call *c, const struct moving *m,
                                 const struct rehab_gate_result *g)
{
    uint32_t counts[REHAB_VERDICT_COUNT] = {0};
    for (uint32_t i = 0; i < g->findings.count; i++) {
        counts[m->evaluation.decision->findings[g->findings.first + i].verdict]++;
    }
    c->problem.detail = text_format(
        c->arena,
        "Criteria met: %u, not met: %u, not known: %u. Measure what is missing, or send an "
        "override with a reason.",
        counts[REHAB_MET], counts[REHAB_NOT_MET], counts[REHAB_UNKNOWN]);
    return (struct result){GATE_NOT_SATISFIED};
}

/* ---- kinds of move ---- */

/* Forward: through a gate that is met, while none that leads back or holds is. */
static struct result judge_forward(struct call *c, struct moving *m, enum rehab_move move,
                                   uint32_t to)
{
    const struct rehab_gate_result *g = find_gate(m, move, to);
    if (g == NULL)
        return bad_member(c, UNKNOWN_PHASE, "/to", "No gate of the present phase leads there.");
    m->made.to = phase_id(m, g->to);
    bool held_back = find_met(m, REHAB_REGRESS) != NULL || find_met(m, REHAB_HOLD) != NULL ||
                     m->evaluation.decision->recommendation.move == REHAB_RESTART;
    if (g->verdict == REHAB_MET && !held_back) return DONE;
    if (m->asked->has_override) return use_override(c, m, g);
    if (g->verdict != REHAB_MET) return refuse_gate(c, m, g);
    return call_fail(c, GATE_NOT_SATISFIED,
                     "The gate itself is met, but another one asks to step back, to hold or to "
                     "begin again. Follow it, or send an override with a reason.");
}

/* To how many places do gates of this kind lead? */
static uint32_t count_ways(const struct moving *m, enum rehab_move move)
{
    const struct rehab_gate_result *g = m->evaluation.decision->gates;
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->evaluation.decision->gate_count; i++) {
        uint32_t k = 0;
        if (!leads(m, &g[i], move, REHAB_NONE)) continue;
        while (k < i && !leads(m, &g[k], move, g[i].to))
            k++;
        count += k == i;
    }
    return count;
}

static struct result judge_advance(struct call *c, struct moving *m)
{
    uint32_t to = REHAB_NONE;
    if (m->asked->to.size > 0) {
        to = rehab_find_phase(m->file.rules, m->track, text_to(m->asked->to));
        if (to == REHAB_NONE)
            return bad_member(c, UNKNOWN_PHASE, "/to", "The track has no phase of this id.");
    } else if (count_ways(m, REHAB_ADVANCE) == 0) {
        return call_fail(c, STATE_FORBIDS, "No gate leads on from the present phase.");
    } else if (count_ways(m, REHAB_ADVANCE) > 1) {
        return bad_member(c, UNKNOWN_PHASE, "/to",
                          "Gates lead to several phases from here: name one.");
    }
    return judge_forward(c, m, REHAB_ADVANCE, to);
}

static struct result judge_complete(struct call *c, struct moving *m)
{
    if (count_ways(m, REHAB_COMPLETE) == 0)
        return call_fail(c, STATE_FORBIDS,
                         "No gate of the present phase completes: advance first.");
    struct result r = judge_forward(c, m, REHAB_COMPLETE, REHAB_NONE);
    m->made.to = (struct text){NULL, 0};
    return r;
}

static struct result need_reason(struct call *c, const struct moving *m)
{
    if (m->asked->reason.size > 0) return DONE;
    return bad_member(c, REASON_REQUIRED, "/reason", "Say why.");
}

/* Back: always possible with a reason, without one where a gate asks for it. */
static struct result judge_regress(struct call *c, struct moving *m)
{
    const struct rehab_protocol *p = m->file.rules;
    const struct rehab_gate_result *met = find_met(m, REHAB_REGRESS);
    uint32_t first = p->tracks[m->track].phases.first;
    uint32_t to = m->phase > first ? m->phase - 1 : REHAB_NONE;
    if (m->asked->to.size > 0) {
        to = rehab_find_phase(p, m->track, text_to(m->asked->to));
    } else if (met != NULL) {
        to = met->to;
    }
    if (to == REHAB_NONE && m->asked->to.size == 0)
        return call_fail(c, STATE_FORBIDS, "The present phase is the first: hold, or withdraw.");
    if (to == REHAB_NONE || to >= m->phase) {
        return bad_member(c, UNKNOWN_PHASE, "/to",
                          "There is no such phase before the present one.");
    }
    m->made.to = phase_id(m, to);
    const struct rehab_gate_result *asks = find_gate(m, REHAB_REGRESS, to);
    return asks != NULL && asks->verdict == REHAB_MET ? DONE : need_reason(c, m);
}

/* Is any track that is meant in this state? */
static bool stands(const struct moving *m, enum track_state state)
{
    const struct episode *e = m->evaluation.episode;
    for (uint32_t t = 0; t < e->track_count; t++) {
        bool meant = m->track == REHAB_NONE || m->track == t;
        if (meant && e->tracks[t].state == state) return true;
    }
    return false;
}

static struct result judge_hold(struct call *c, struct moving *m)
{
    if (!stands(m, TRACK_ACTIVE)) return call_fail(c, STATE_FORBIDS, "It is on hold already.");
    return find_met(m, REHAB_HOLD) != NULL ? DONE : need_reason(c, m);
}

static struct result judge_resume(struct call *c, struct moving *m)
{
    return stands(m, TRACK_ON_HOLD) ? DONE : call_fail(c, STATE_FORBIDS, "It is not on hold.");
}

/* All tracks begin again, and what was seen before counts no more. */
static struct result judge_restart(struct call *c, struct moving *m)
{
    return find_met(m, REHAB_RESTART) != NULL ? DONE : need_reason(c, m);
}

static struct result judge_clearance(struct call *c, struct moving *m)
{
    const struct rehab_protocol *p = m->file.rules;
    const struct rehab_decision *d = m->evaluation.decision;
    struct text *cleared = rehab_alloc(c->arena, (d->red_flag_count + 1) * sizeof *cleared);
    uint32_t count = 0;
    if (cleared == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        const struct rehab_red_flag_row *row = &p->red_flags[d->red_flags[i].flag];
        struct text id = text_from(rehab_text_at(p, row->id));
        bool meant = m->asked->red_flag.size == 0 || text_equal(m->asked->red_flag, id);
        if (!d->red_flags[i].raised || !meant) continue;
        TRY(check_clearing(c, p, d->red_flags[i].flag));
        cleared[count++] = id;
    }
    m->made.red_flags = cleared;
    m->made.red_flag_count = count;
    if (count > 0) return need_reason(c, m);
    if (m->asked->red_flag.size > 0)
        return bad_member(c, BAD_VALUE, "/red_flag", "No red flag of this id is raised.");
    return call_fail(c, STATE_FORBIDS, "No red flag is raised.");
}

/* Somebody has looked at what came on record after a move, and leaves all as it is. */
static struct result judge_acknowledgement(struct call *c, struct moving *m)
{
    for (uint32_t i = 0; i < m->evaluation.review_count; i++) {
        bool meant = m->track == REHAB_NONE ||
                     text_equal(m->evaluation.reviews[i].move->track, m->made.track);
        if (meant) return need_reason(c, m);
    }
    return call_fail(c, STATE_FORBIDS, "No move is under review.");
}

static struct result judge_kind(struct call *c, struct moving *m)
{
    switch (m->asked->kind) {
    case MOVE_ADVANCE: return judge_advance(c, m);
    case MOVE_COMPLETE: return judge_complete(c, m);
    case MOVE_REGRESS: return judge_regress(c, m);
    case MOVE_HOLD: return judge_hold(c, m);
    case MOVE_RESUME: return judge_resume(c, m);
    case MOVE_CLEAR_RED_FLAG: return judge_clearance(c, m);
    case MOVE_WITHDRAW: return need_reason(c, m);
    case MOVE_RESTART: return judge_restart(c, m);
    case MOVE_ACKNOWLEDGE: return judge_acknowledgement(c, m);
    }
    return (struct result){INTERNAL};
}

/* ---- what comes before the kind ---- */

static struct result check_time(struct call *c, struct moving *m)
{
    m->made.occurred_us = m->asked->occurred_us;
    TRY(settle_time(c, TEXT("/occurred_at"), &m->made.occurred_us));
    uint32_t count = m->file.transition_count;
    int64_t last_us =
        count > 0 ? m->file.transitions[count - 1].occurred_us : m->file.episode.started_us;
    if (m->asked->occurred_us == NO_TIME && m->made.occurred_us < last_us)
        m->made.occurred_us = last_us;
    if (m->made.occurred_us >= last_us) return DONE;
    if (count > 0)
        return bad_member(c, OUT_OF_ORDER, "/occurred_at",
                          "Send a time after the last transition.");
    return bad_member(c, OUT_OF_ORDER, "/occurred_at",
                      "Send a time after `started_at` of the episode.");
}

/* Members that this kind of move has no use for would be lost without a word. */
static void check_members(struct call *c, const struct transition_request *asked)
{
    bool forward = asked->kind == MOVE_ADVANCE || asked->kind == MOVE_COMPLETE;
    bool to = asked->kind == MOVE_ADVANCE || asked->kind == MOVE_REGRESS;
    if (asked->has_override && !forward) {
        (void)bad_member(c, NOT_OVERRIDABLE, "/override",
                         "Only advance and complete go through a gate: leave it out.");
    }
    if (asked->to.size > 0 && !to)
        (void)bad_member(c, BAD_VALUE, "/to", "Leave it out: this move leads to no phase.");
    if (asked->red_flag.size > 0 && asked->kind != MOVE_CLEAR_RED_FLAG) {
        (void)bad_member(c, BAD_VALUE, "/red_flag", "Leave it out, or send kind clear_red_flag.");
    }
    if (asked->track.size > 0 && asked->kind == MOVE_RESTART)
        (void)bad_member(c, BAD_VALUE, "/track", "Leave it out: all tracks begin again.");
}

static bool moves_track(enum move kind)
{
    return kind == MOVE_ADVANCE || kind == MOVE_REGRESS || kind == MOVE_COMPLETE;
}

/* The track that is meant: the only one, or the one that is named. */
static struct result find_track(struct call *c, struct moving *m)
{
    const struct rehab_protocol *p = m->file.rules;
    bool named = m->asked->track.size > 0;
    m->track = named ? rehab_find_track(p, text_to(m->asked->track)) : REHAB_NONE;
    if (named && m->track == REHAB_NONE)
        return bad_member(c, UNKNOWN_TRACK, "/track", "The episode shows its tracks.");
    if (!named && moves_track(m->asked->kind)) {
        if (rehab_count(p, REHAB_TRACKS) > 1)
            return bad_member(c, UNKNOWN_TRACK, "/track", "Name one of its tracks.");
        m->track = 0;
    }
    if (m->track == REHAB_NONE) return DONE;
    m->phase = m->evaluation.decision->tracks[m->track].phase;
    m->made.track = text_from(rehab_text_at(p, p->tracks[m->track].id));
    if (moves_track(m->asked->kind)) m->made.from = phase_id(m, m->phase);
    return DONE;
}

static bool is_flagged(const struct rehab_decision *d)
{
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        if (d->red_flags[i].raised) return true;
    }
    return false;
}

/* A track that is on hold or completed does not go on; one that is completed does not go back. */
static struct result check_track(struct call *c, const struct moving *m)
{
    if (m->track == REHAB_NONE) return DONE;
    enum track_state state = m->evaluation.episode->tracks[m->track].state;
    if (state == TRACK_COMPLETED && m->asked->kind != MOVE_ACKNOWLEDGE)
        return call_fail(c, STATE_FORBIDS, "The track is completed. Move another one.");
    if (state == TRACK_ON_HOLD &&
        (m->asked->kind == MOVE_ADVANCE || m->asked->kind == MOVE_COMPLETE))
        return call_fail(c, STATE_FORBIDS, "The track is on hold. Resume it first.");
    return DONE;
}

/* The state on record, and red flags as of the moment of the move. A move that is dated before a
 * flag was raised is stopped by it all the same, and is then shown the evaluation of now. */
static struct result check_state(struct call *c, struct moving *m)
{
    enum problem_code code = judge_state(m->file.episode.state, m->asked->kind);
    bool flagged = is_flagged(m->evaluation.decision);
    if (code == OK && flagged) code = judge_state(EPISODE_STOPPED, m->asked->kind);
    if (code == OK) return DONE;
    if (code != RED_FLAG_RAISED) {
        return call_fail(c, code, "Read the episode: its state says what can be done.");
    }
    if (!flagged)
        TRY(case_evaluate(c, &m->file, case_latest_us(&m->file, c->now_us), NO_TIME,
                          &m->evaluation));
    return (struct result){RED_FLAG_RAISED};
}

static struct result judge(struct call *c, struct moving *m)
{
    TRY(check_version(c, &m->asked->if_match, &m->file.episode));
    TRY(check_time(c, m));
    TRY(case_evaluate(c, &m->file, m->made.occurred_us, NO_TIME, &m->evaluation));
    TRY(check_state(c, m));
    check_members(c, m->asked);
    TRY(call_faults(c));
    TRY(find_track(c, m));
    TRY(check_track(c, m));
    return judge_kind(c, m);
}

/* ---- writing ---- */

static void fill_transition(struct call *c, struct moving *m)
{
    uint32_t count = m->file.transition_count;
    struct transition *t = &m->made;
    t->id = uuid_make(c->now_us);
    t->episode = m->file.episode.id;
    t->seq = count > 0 ? m->file.transitions[count - 1].seq + 1 : 1;
    t->kind = m->asked->kind;
    t->recorded_us = c->now_us > t->occurred_us ? c->now_us : t->occurred_us;
    t->actor = c->caller.key;
    t->actor_role = c->caller.role;
    t->reason = m->asked->reason;
    t->disturbed_us = NO_TIME;
}

/* The episode after the move: the same judgement as every reader will make of it. */
static struct result stand_after(struct call *c, struct moving *m, struct episode *out)
{
    struct evaluation after;
    TRY(case_add_transition(c, &m->file, &m->made));
    TRY(case_evaluate(c, &m->file, case_latest_us(&m->file, c->now_us), NO_TIME, &after));
    *out = *after.episode;
    out->version++;
    return DONE;
}

static struct result try_move(struct call *c, struct idempotency *once, struct uuid episode,
                              struct moving *m, const struct transition_render *render)
{
    struct episode then;
    struct answer answer = {.status = 201};
    TRY(case_load(c, episode, c->now_us + US_PER_DAY, NO_TIME, &m->file));
    TRY(judge(c, m));
    fill_transition(c, m);
    TRY(render->evaluation(c, &m->evaluation, &m->made.decision));
    TRY(stand_after(c, m, &then));
    TRY(render->transition(c, &m->made, &answer.body));
    answer.etag = text_format(c->arena, "v%lld", (long long)then.version);
    once_answer(c, once, answer);
    return store_record_transition(c, &m->file.episode, &then, &m->made, once);
}

struct result service_record_transition(struct call *c, struct idempotency *once,
                                        struct uuid episode, const struct transition_request *asked,
                                        const struct transition_render *render, struct written *out,
                                        struct evaluation *refused)
{
    *refused = (struct evaluation){0};
    for (int i = 0; i < ATTEMPTS; i++) {
        struct moving m = {.asked = asked, .track = REHAB_NONE, .phase = REHAB_NONE};
        TRY(once_find(c, once, out));
        if (out->replayed) return DONE;
        struct result r = try_move(c, once, episode, &m, render);
        if (r.code == GATE_NOT_SATISFIED || r.code == RED_FLAG_RAISED) {
            TRY(case_find_sets(c, &m.file, &m.evaluation));
            *refused = m.evaluation;
        }
        if (r.code != GUARD_MISSED && r.code != UNIQUE_VIOLATION)
            return once_settle(c, r, once, out);
    }
    return (struct result){CONFLICT};
}

/* ---- reading ---- */

struct result service_list_transitions(struct call *c, struct uuid episode, struct page *page,
                                       struct transition **items, uint32_t *count)
{
    struct place after;
    struct episode e;
    struct text list = list_of(c, "transitions", episode);
    TRY(cursor_open(c, page, list, &after));
    int32_t after_seq = after.us == NO_TIME ? 0 : (int32_t)after.us;
    TRY(store_list_transitions(c, episode, after_seq, page->limit + 1, true, items, count));
    if (*count == 0)
        return store_load_episode(c, episode, &e); /* none yet, or no episode at all? */
    if (*count <= page->limit) return DONE;
    *count = page->limit;
    page->next = cursor_write(c->arena, list, (struct place){.us = (*items)[*count - 1].seq});
    return DONE;
}
