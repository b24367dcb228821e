/* SPDX-License-Identifier: Apache-2.0 */
/* Episodes: the head of everything that happens under a protocol, the case a decision rests on, and
 * the story of it all. */
#include "entity.h"

static void bind_strata(struct params *in, const struct stratum *s, uint32_t count)
{
    struct text *names = column_of(in, count, sizeof *names);
    struct text *values = column_of(in, count, sizeof *values);
    if (in->arena->full) return;
    for (uint32_t i = 0; i < count; i++) {
        names[i] = s[i].name;
        values[i] = s[i].value;
    }
    param_texts(in, names, count);
    param_texts(in, values, count);
}

static void bind_tracks(struct params *in, const struct track *t, uint32_t count)
{
    struct text *ids = column_of(in, count, sizeof *ids);
    struct text *phases = column_of(in, count, sizeof *phases);
    int64_t *entered = column_of(in, count, sizeof *entered);
    if (in->arena->full) return;
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = t[i].id;
        phases[i] = t[i].phase;
        entered[i] = t[i].entered_us;
    }
    param_texts(in, ids, count);
    param_texts(in, phases, count);
    param_times(in, entered, count);
}

struct result store_create_episode(struct call *c, const struct episode *e,
                                   const struct idempotency *once)
{
    struct query q = store_query(c, STATEMENT_CREATE_EPISODE);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, e->id);
    param_uuid(&q.in, e->patient);
    param_text(&q.in, e->protocol);
    param_int4(&q.in, e->protocol_version);
    param_text(&q.in, e->protocol_etag);
    param_text(&q.in, word_of_side(e->side));
    param_day(&q.in, e->onset_day);
    param_day(&q.in, e->surgery_day);
    bind_strata(&q.in, e->strata, e->stratum_count);
    bind_tracks(&q.in, e->tracks, e->track_count);
    param_time(&q.in, e->started_us);
    bind_witness(&q.in, c, once);
    return write_guarded(c, &q, e->id);
}

/* All statements that tell episodes tell them in the same columns. */
#define SAME_COLUMNS(statement)                                                                    \
    _Static_assert((int)statement##_ID == (int)LOAD_EPISODE_ID &&                                  \
                       (int)statement##_ENDED_AT == (int)LOAD_EPISODE_ENDED_AT,                    \
                   "one reader for all")
SAME_COLUMNS(LIST_EPISODES);
SAME_COLUMNS(LIST_EPISODES_OF_PATIENT);
SAME_COLUMNS(LIST_EPISODES_BY_PHASE);
SAME_COLUMNS(LIST_EPISODES_BY_STATE);
SAME_COLUMNS(LIST_EPISODES_BY_PROTOCOL);

static struct result read_strata(struct call *c, const struct rows *rows, uint32_t i,
                                 struct episode *out)
{
    struct text *names;
    struct text *values;
    uint32_t n = row_texts(rows, i, LOAD_EPISODE_STRATUM_NAMES, c->arena, &names);
    uint32_t m = row_texts(rows, i, LOAD_EPISODE_STRATUM_VALUES, c->arena, &values);
    if (n != m) return (struct result){INTERNAL};
    TRY(make_room(c, n, sizeof *out->strata, &out->strata));
    for (uint32_t k = 0; k < n; k++)
        out->strata[k] = (struct stratum){names[k], values[k]};
    out->stratum_count = n;
    return DONE;
}

/* Nothing is told of the tracks until the first move: they stand as the episode does. */
static enum track_state as_episode(enum episode_state state)
{
    if (state == EPISODE_ON_HOLD) return TRACK_ON_HOLD;
    return state == EPISODE_COMPLETED ? TRACK_COMPLETED : TRACK_ACTIVE;
}

static struct result read_tracks(struct call *c, const struct rows *rows, uint32_t i,
                                 struct episode *out)
{
    struct text *ids;
    struct text *phases;
    struct text *states;
    int64_t *entered;
    uint32_t n = row_texts(rows, i, LOAD_EPISODE_TRACK_IDS, c->arena, &ids);
    uint32_t m = row_texts(rows, i, LOAD_EPISODE_TRACK_PHASES, c->arena, &phases);
    uint32_t l = row_times(rows, i, LOAD_EPISODE_TRACK_ENTERED, c->arena, &entered);
    uint32_t s = row_texts(rows, i, LOAD_EPISODE_TRACK_STATES, c->arena, &states);
    if (n != m || n != l || (s != 0 && n != s)) return (struct result){INTERNAL};
    TRY(make_room(c, n, sizeof *out->tracks, &out->tracks));
    for (uint32_t k = 0; k < n; k++)
        out->tracks[k] =
            (struct track){ids[k], phases[k], entered[k],
                           s == 0 ? as_episode(out->state) : track_state_of_word(states[k])};
    out->track_count = n;
    return DONE;
}

static struct result read_episode(struct call *c, const struct rows *rows, uint32_t i,
                                  struct episode *out)
{
    *out = (struct episode){
        .id = row_uuid(rows, i, LOAD_EPISODE_ID),
        .patient = row_uuid(rows, i, LOAD_EPISODE_PATIENT),
        .protocol = row_text(rows, i, LOAD_EPISODE_PROTOCOL),
        .protocol_version = row_int4(rows, i, LOAD_EPISODE_PROTOCOL_VERSION),
        .protocol_etag = row_text(rows, i, LOAD_EPISODE_PROTOCOL_ETAG),
        .side = side_of_word(row_text(rows, i, LOAD_EPISODE_SIDE)),
        .onset_day = row_day(rows, i, LOAD_EPISODE_ONSET_DATE),
        .surgery_day = row_day(rows, i, LOAD_EPISODE_SURGERY_DATE),
        .state = state_of_word(row_text(rows, i, LOAD_EPISODE_STATE)),
        .version = row_int8(rows, i, LOAD_EPISODE_VERSION),
        .evidence = row_int8(rows, i, LOAD_EPISODE_EVIDENCE),
        .started_us = row_time(rows, i, LOAD_EPISODE_STARTED_AT),
        .created_us = row_time(rows, i, LOAD_EPISODE_CREATED_AT),
        .ended_us = row_time(rows, i, LOAD_EPISODE_ENDED_AT),
    };
    TRY(read_strata(c, rows, i, out));
    return read_tracks(c, rows, i, out);
}

static struct query ask_episode(struct call *c, struct uuid id)
{
    struct query q = store_query(c, STATEMENT_LOAD_EPISODE);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, id);
    return q;
}

struct result store_load_episode(struct call *c, struct uuid id, struct episode *out)
{
    struct query q = ask_episode(c, id);
    TRY(store_read(c, &q, 1));
    if (q.out.count == 0) return (struct result){NOT_FOUND};
    return read_episode(c, &q.out, 0, out);
}

/* The statement whose index fits the filters: the narrowest first. */
static enum statement choose_list(const struct episode_filter *by)
{
    if (!uuid_is_nil(by->patient)) return STATEMENT_LIST_EPISODES_OF_PATIENT;
    if (by->phase.size > 0) return STATEMENT_LIST_EPISODES_BY_PHASE;
    if (by->has_state) return STATEMENT_LIST_EPISODES_BY_STATE;
    if (by->protocol.size > 0) return STATEMENT_LIST_EPISODES_BY_PROTOCOL;
    return STATEMENT_LIST_EPISODES;
}

/* The filters of each statement, in its order. */
static void bind_filters(struct query *q, const struct episode_filter *by)
{
    struct text state = by->has_state ? word_of_state(by->state) : (struct text){NULL, 0};
    if (q->what == STATEMENT_LIST_EPISODES_OF_PATIENT) {
        param_uuid(&q->in, by->patient);
        param_optional(&q->in, state);
        param_optional(&q->in, by->protocol);
        param_optional(&q->in, by->phase);
    } else if (q->what == STATEMENT_LIST_EPISODES_BY_PHASE) {
        param_text(&q->in, by->phase);
        param_optional(&q->in, state);
        param_optional(&q->in, by->protocol);
    } else if (q->what == STATEMENT_LIST_EPISODES_BY_STATE) {
        param_text(&q->in, state);
        param_optional(&q->in, by->protocol);
    } else if (q->what == STATEMENT_LIST_EPISODES_BY_PROTOCOL) {
        param_text(&q->in, by->protocol);
    }
}

struct result store_list_episodes(struct call *c, const struct episode_filter *by,
                                  struct uuid after, uint32_t most, struct episode **out,
                                  uint32_t *count)
{
    struct query q = store_query(c, choose_list(by));
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, after);
    bind_most(&q.in, most);
    bind_filters(&q, by);
    TRY(store_read(c, &q, 1));
    struct episode *e;
    TRY(make_room(c, q.out.count, sizeof *e, &e));
    for (uint32_t i = 0; i < q.out.count; i++)
        TRY(read_episode(c, &q.out, i, &e[i]));
    *out = e;
    *count = q.out.count;
    return DONE;
}

static struct query ask_history(struct call *c, enum statement what, struct uuid episode,
                                int64_t as_of_us, int64_t known_at_us)
{
    struct query q = store_query(c, what);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, episode);
    param_time(&q.in, as_of_us == NO_TIME ? c->now_us : as_of_us);
    param_time(&q.in, known_at_us);
    return q;
}

static struct result read_moves(struct call *c, const struct rows *rows, struct uuid episode,
                                struct store_case *out)
{
    TRY(make_room(c, rows->count, sizeof *out->transitions, &out->transitions));
    for (uint32_t i = 0; i < rows->count; i++)
        read_transition(c, rows, i, episode, &out->transitions[i]);
    out->transition_count = rows->count;
    return DONE;
}

static struct query ask_voids(struct call *c, struct uuid episode, int64_t known_at_us)
{
    struct query q = store_query(c, STATEMENT_LOAD_VOIDS);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, episode);
    param_time(&q.in, known_at_us);
    return q;
}

static struct result read_voids(struct call *c, const struct rows *rows, struct store_case *out)
{
    TRY(make_room(c, rows->count, sizeof *out->voids, &out->voids));
    for (uint32_t i = 0; i < rows->count; i++) {
        out->voids[i] = (struct taken_back){row_time(rows, i, LOAD_VOIDS_OCCURRED_AT),
                                            row_time(rows, i, LOAD_VOIDS_RECORDED_AT),
                                            row_time(rows, i, LOAD_VOIDS_VOIDED_AT)};
    }
    out->void_count = rows->count;
    return DONE;
}

/* What few episodes have, and only they are asked for. */
static struct result load_rest(struct call *c, struct uuid episode, int64_t as_of_us,
                               int64_t known_at_us, struct store_case *out)
{
    struct query q[] = {
        ask_history(c, STATEMENT_LOAD_SESSIONS, episode, as_of_us, known_at_us),
        ask_voids(c, episode, known_at_us),
    };
    TRY(store_read(c, q, sizeof q / sizeof q[0]));
    TRY(read_sessions(c, &q[0].out, &out->sessions, &out->session_count));
    return read_voids(c, &q[1].out, out);
}

struct result store_load_case(struct call *c, struct uuid episode, int64_t as_of_us,
                              int64_t known_at_us, struct store_case *out)
{
    struct query q[] = {
        ask_episode(c, episode),
        ask_history(c, STATEMENT_LOAD_TRANSITIONS, episode, as_of_us, known_at_us),
        ask_history(c, STATEMENT_LOAD_OBSERVATIONS, episode, as_of_us, known_at_us),
    };
    *out = (struct store_case){0};
    TRY(store_read(c, q, sizeof q / sizeof q[0]));
    if (q[0].out.count == 0) return (struct result){NOT_FOUND};
    TRY(read_episode(c, &q[0].out, 0, &out->episode));
    out->birth_day = row_day(&q[0].out, 0, LOAD_EPISODE_BIRTH_DATE);
    TRY(read_moves(c, &q[1].out, episode, out));
    TRY(read_observations(c, &q[2].out, &out->observations, &out->observation_count));
    bool more = row_int4(&q[0].out, 0, LOAD_EPISODE_SESSIONS) > 0 ||
                row_int4(&q[0].out, 0, LOAD_EPISODE_VOIDS) > 0;
    return more ? load_rest(c, episode, as_of_us, known_at_us, out) : DONE;
}

static void read_entry(struct call *c, const struct rows *rows, uint32_t i,
                       struct timeline_entry *out)
{
    out->occurred_us = row_time(rows, i, LIST_TIMELINE_OCCURRED_AT);
    out->recorded_us = row_time(rows, i, LIST_TIMELINE_RECORDED_AT);
    out->kind = row_text(rows, i, LIST_TIMELINE_KIND);
    out->id = row_uuid(rows, i, LIST_TIMELINE_ID);
    out->summary_kind = row_text(rows, i, LIST_TIMELINE_MOVE);
    out->summary_from = row_text(rows, i, LIST_TIMELINE_FROM_PHASE);
    out->summary_to = row_text(rows, i, LIST_TIMELINE_TO_PHASE);
    out->observation_count = (uint32_t)row_int4(rows, i, LIST_TIMELINE_OBSERVATIONS);
    out->red_flag_count = row_texts(rows, i, LIST_TIMELINE_RED_FLAGS, c->arena, &out->red_flags);
    out->overridden = row_bool(rows, i, LIST_TIMELINE_OVERRIDDEN);
    out->activity = row_text(rows, i, LIST_TIMELINE_ACTIVITY);
    out->completed = row_bool(rows, i, LIST_TIMELINE_COMPLETED);
}

struct result store_list_timeline(struct call *c, struct uuid episode, int64_t after_us,
                                  struct uuid after, uint32_t most, struct timeline_entry **out,
                                  uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_TIMELINE);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, episode);
    param_time(&q.in, after_us);
    param_uuid(&q.in, after);
    bind_most(&q.in, most);
    TRY(store_read(c, &q, 1));
    struct timeline_entry *entries;
    TRY(make_room(c, q.out.count, sizeof *entries, &entries));
    for (uint32_t i = 0; i < q.out.count; i++)
        read_entry(c, &q.out, i, &entries[i]);
    *out = entries;
    *count = q.out.count;
    return DONE;
}
