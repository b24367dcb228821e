/* SPDX-License-Identifier: Apache-2.0 */
/* Transitions: the recorded moves of an episode. */
#include "entity.h"

#include <assert.h>

/* Where the episode stands after the move. */
static void bind_standing(struct params *in, const struct episode *then)
{
    struct text *phases = column_of(in, then->track_count, sizeof *phases);
    int64_t *entered = column_of(in, then->track_count, sizeof *entered);
    struct text *states = column_of(in, then->track_count, sizeof *states);
    if (in->arena->full) return;
    for (uint32_t i = 0; i < then->track_count; i++) {
        phases[i] = then->tracks[i].phase;
        entered[i] = then->tracks[i].entered_us;
        states[i] = word_of_track_state(then->tracks[i].state);
    }
    param_text(in, word_of_state(then->state));
    param_texts(in, phases, then->track_count);
    param_times(in, entered, then->track_count);
    param_texts(in, states, then->track_count);
    param_time(in, then->ended_us);
}

static void bind_move(struct params *in, const struct transition *t)
{
    param_uuid(in, t->id);
    param_int4(in, t->seq);
    param_text(in, word_of_move(t->kind));
    param_optional(in, t->track);
    param_optional(in, t->from);
    param_optional(in, t->to);
    if (t->red_flag_count > 0) {
        param_texts(in, t->red_flags, t->red_flag_count);
    } else {
        param_null(in);
    }
    param_time(in, t->occurred_us);
    param_optional(in, t->reason);
    param_optional(in, word_of_override(t->override_code));
    param_optional(in, t->override_reason);
    param_bytes(in, t->decision.at == NULL ? "" : t->decision.at, t->decision.size);
}

struct result store_record_transition(struct call *c, const struct episode *seen,
                                      const struct episode *then, const struct transition *t,
                                      const struct idempotency *once)
{
    assert(seen->track_count == then->track_count);
    struct query q = store_query(c, STATEMENT_RECORD_TRANSITION);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, seen->id);
    param_int8(&q.in, seen->version);
    param_int8(&q.in, seen->evidence);
    bind_standing(&q.in, then);
    bind_move(&q.in, t);
    bind_witness(&q.in, c, once);
    struct result r = write_guarded(c, &q, seen->id);
    /* another move took this place in the order: what was read is old */
    if (r.code == UNIQUE_VIOLATION) return (struct result){GUARD_MISSED};
    return r;
}

/* load_transitions and list_transitions tell moves in the same columns, but for the decision. */
_Static_assert((int)LOAD_TRANSITIONS_SEQ == (int)LIST_TRANSITIONS_SEQ &&
                   (int)LOAD_TRANSITIONS_OVERRIDE_REASON == (int)LIST_TRANSITIONS_OVERRIDE_REASON,
               "one reader for both");

void read_transition(struct call *c, const struct rows *rows, uint32_t i, struct uuid episode,
                     struct transition *out)
{
    *out = (struct transition){
        .id = row_uuid(rows, i, LOAD_TRANSITIONS_ID),
        .episode = episode,
        .seq = row_int4(rows, i, LOAD_TRANSITIONS_SEQ),
        .kind = move_of_word(row_text(rows, i, LOAD_TRANSITIONS_KIND)),
        .track = row_text(rows, i, LOAD_TRANSITIONS_TRACK),
        .from = row_text(rows, i, LOAD_TRANSITIONS_FROM_PHASE),
        .to = row_text(rows, i, LOAD_TRANSITIONS_TO_PHASE),
        .occurred_us = row_time(rows, i, LOAD_TRANSITIONS_OCCURRED_AT),
        .recorded_us = row_time(rows, i, LOAD_TRANSITIONS_RECORDED_AT),
        .actor = row_uuid(rows, i, LOAD_TRANSITIONS_ACTOR),
        .actor_role = role_of_word(row_text(rows, i, LOAD_TRANSITIONS_ACTOR_ROLE)),
        .reason = row_text(rows, i, LOAD_TRANSITIONS_REASON),
        .override_code = override_of_word(row_text(rows, i, LOAD_TRANSITIONS_OVERRIDE_CODE)),
        .override_reason = row_text(rows, i, LOAD_TRANSITIONS_OVERRIDE_REASON),
        .disturbed_us = NO_TIME,
    };
    out->red_flag_count = row_texts(rows, i, LOAD_TRANSITIONS_RED_FLAGS, c->arena, &out->red_flags);
}

struct result store_list_transitions(struct call *c, struct uuid episode, int32_t after_seq,
                                     uint32_t most, bool with_decision, struct transition **out,
                                     uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_TRANSITIONS);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, episode);
    param_int4(&q.in, after_seq);
    bind_most(&q.in, most);
    param_bool(&q.in, with_decision);
    TRY(store_read(c, &q, 1));
    struct transition *t;
    TRY(make_room(c, q.out.count, sizeof *t, &t));
    for (uint32_t i = 0; i < q.out.count; i++) {
        read_transition(c, &q.out, i, episode, &t[i]);
        t[i].decision = row_bytes(&q.out, i, LIST_TRANSITIONS_DECISION);
    }
    *out = t;
    *count = q.out.count;
    return DONE;
}
