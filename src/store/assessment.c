/* SPDX-License-Identifier: Apache-2.0 */
/* Assessments and their observations. An assessment comes back as one row for each observation, so
 * rows are grouped here. */
#include "entity.h"

#include "../base/uuid.h"

/* The observations as columns: what the statement unnests. */
static void bind_observations(struct params *in, const struct observation *o, uint32_t count)
{
    struct text *measures = column_of(in, count, sizeof *measures);
    struct text *sides = column_of(in, count, sizeof *sides);
    struct text *values = column_of(in, count, sizeof *values);
    struct text *units = column_of(in, count, sizeof *units);
    int64_t *nano = column_of(in, count, sizeof *nano);
    int32_t *known = column_of(in, count, sizeof *known);
    int32_t *held = column_of(in, count, sizeof *held);
    int32_t *trials = column_of(in, count, sizeof *trials);
    if (in->arena->full) return;
    for (uint32_t i = 0; i < count; i++) {
        measures[i] = o[i].measure;
        sides[i] = word_of_side(o[i].side);
        values[i] = o[i].value;
        units[i] = o[i].unit.at == NULL ? TEXT("") : o[i].unit;
        nano[i] = o[i].value_nano;
        known[i] = (int32_t)o[i].qualifiers_known;
        held[i] = (int32_t)o[i].qualifiers_held;
        trials[i] = o[i].trial;
    }
    param_texts(in, measures, count);
    param_texts(in, sides, count);
    param_texts(in, values, count);
    param_texts(in, units, count);
    param_int8s(in, nano, count);
    param_int4s(in, known, count);
    param_int4s(in, held, count);
    param_int4s(in, trials, count);
}

static void bind_session(struct params *in, const struct care_session *s)
{
    if (s->activity.size == 0) {
        for (int i = 0; i < 4; i++)
            param_null(in);
        return;
    }
    param_text(in, s->activity);
    param_bool(in, s->completed);
    param_bool(in, s->prescribed);
    param_time(in, s->ended_us);
}

/* The episode as it was read, and what it becomes. */
static void bind_guard(struct params *in, const struct call *c, const struct episode *seen,
                       enum episode_state state)
{
    param_uuid(in, c->caller.clinic);
    param_uuid(in, seen->id);
    param_int8(in, seen->version);
    param_int8(in, seen->evidence);
    param_text(in, word_of_state(state));
}

struct result store_record_assessment(struct call *c, const struct episode *seen,
                                      enum episode_state state, const struct assessment *a,
                                      const struct idempotency *once)
{
    struct query q = store_query(c, STATEMENT_RECORD_ASSESSMENT);
    bind_guard(&q.in, c, seen, state);
    param_uuid(&q.in, a->id);
    param_time(&q.in, a->occurred_us);
    bind_plain(&q.in, a->assessor);
    param_texts(&q.in, a->red_flags, a->red_flag_count);
    param_uuid(&q.in, uuid_make(c->now_us));
    bind_observations(&q.in, a->observations, a->observation_count);
    bind_session(&q.in, &a->session);
    bind_witness(&q.in, c, once);
    return write_guarded(c, &q, seen->id);
}

struct result store_void_assessment(struct call *c, const struct episode *seen,
                                    enum episode_state state, const struct assessment_void *v,
                                    const struct idempotency *once)
{
    struct query q = store_query(c, STATEMENT_VOID_ASSESSMENT);
    bind_guard(&q.in, c, seen, state);
    param_uuid(&q.in, v->assessment);
    bind_plain(&q.in, v->reason);
    param_texts(&q.in, v->red_flags, v->red_flag_count);
    bind_witness(&q.in, c, once);
    return write_guarded(c, &q, seen->id);
}

/* load_assessment and list_assessments tell assessments in the same columns. */
_Static_assert((int)LOAD_ASSESSMENT_ID == (int)LIST_ASSESSMENTS_ID &&
                   (int)LOAD_ASSESSMENT_TRIAL == (int)LIST_ASSESSMENTS_TRIAL,
               "one reader for both");

static void read_head(const struct rows *rows, uint32_t i, struct assessment *out)
{
    out->id = row_uuid(rows, i, LOAD_ASSESSMENT_ID);
    out->episode = row_uuid(rows, i, LOAD_ASSESSMENT_EPISODE);
    out->occurred_us = row_time(rows, i, LOAD_ASSESSMENT_OCCURRED_AT);
    out->recorded_us = row_time(rows, i, LOAD_ASSESSMENT_RECORDED_AT);
    out->assessor = row_text(rows, i, LOAD_ASSESSMENT_ASSESSOR);
    out->actor = row_uuid(rows, i, LOAD_ASSESSMENT_ACTOR);
    out->actor_role = role_of_word(row_text(rows, i, LOAD_ASSESSMENT_ACTOR_ROLE));
    out->session.activity = row_text(rows, i, LOAD_ASSESSMENT_ACTIVITY);
    out->session.completed = row_bool(rows, i, LOAD_ASSESSMENT_COMPLETED);
    out->session.prescribed = row_bool(rows, i, LOAD_ASSESSMENT_PRESCRIBED);
    out->session.ended_us = row_time(rows, i, LOAD_ASSESSMENT_ENDED_AT);
    out->voided_us = row_time(rows, i, LOAD_ASSESSMENT_VOIDED_AT);
    out->void_reason = row_text(rows, i, LOAD_ASSESSMENT_VOID_REASON);
}

static void read_line(const struct rows *rows, uint32_t i, const struct assessment *of,
                      struct observation *out)
{
    out->measure = row_text(rows, i, LOAD_ASSESSMENT_MEASURE);
    out->side = side_of_word(row_text(rows, i, LOAD_ASSESSMENT_SIDE));
    out->value = row_text(rows, i, LOAD_ASSESSMENT_VALUE);
    out->unit = row_text(rows, i, LOAD_ASSESSMENT_UNIT);
    out->value_nano = row_int8(rows, i, LOAD_ASSESSMENT_VALUE_NANO);
    out->qualifiers_known = (uint32_t)row_int4(rows, i, LOAD_ASSESSMENT_QUALIFIERS_KNOWN);
    out->qualifiers_held = (uint32_t)row_int4(rows, i, LOAD_ASSESSMENT_QUALIFIERS_HELD);
    out->trial = row_int4(rows, i, LOAD_ASSESSMENT_TRIAL);
    out->assessment = of->id;
    out->assessor = of->assessor;
    out->actor_role = of->actor_role;
    out->occurred_us = of->occurred_us;
    out->recorded_us = of->recorded_us;
}

static bool same_uuid(struct uuid a, struct uuid b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Rows of one assessment follow each other. All observations share one array, of which each
 * assessment holds its stretch. A missed session may have none: its row names no measure. */
static struct result read_assessments(struct call *c, const struct rows *rows,
                                      struct assessment **out, uint32_t *count)
{
    struct assessment *a;
    struct observation *o;
    TRY(make_room(c, rows->count, sizeof *a, &a));
    TRY(make_room(c, rows->count, sizeof *o, &o));
    uint32_t n = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        if (n == 0 || !same_uuid(a[n - 1].id, row_uuid(rows, i, LOAD_ASSESSMENT_ID))) {
            read_head(rows, i, &a[n]);
            a[n].observations = &o[i];
            n++;
        }
        if (row_is_null(rows, i, LOAD_ASSESSMENT_MEASURE)) continue;
        read_line(rows, i, &a[n - 1], &o[i]);
        a[n - 1].observation_count++;
    }
    *out = a;
    *count = n;
    return DONE;
}

struct result store_load_assessment(struct call *c, struct uuid id, struct assessment *out)
{
    struct query q = store_query(c, STATEMENT_LOAD_ASSESSMENT);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, id);
    TRY(store_read(c, &q, 1));
    struct assessment *found;
    uint32_t n;
    TRY(read_assessments(c, &q.out, &found, &n));
    if (n == 0) return (struct result){NOT_FOUND};
    *out = found[0];
    return DONE;
}

struct result store_list_assessments(struct call *c, struct uuid episode, int64_t after_us,
                                     struct uuid after, uint32_t most, struct assessment **out,
                                     uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_ASSESSMENTS);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, episode);
    param_time(&q.in, after_us);
    param_uuid(&q.in, after);
    bind_most(&q.in, most);
    TRY(store_read(c, &q, 1));
    return read_assessments(c, &q.out, out, count);
}

static void read_observation(const struct rows *rows, uint32_t i, struct observation *out)
{
    out->measure = row_text(rows, i, LOAD_OBSERVATIONS_MEASURE);
    out->side = side_of_word(row_text(rows, i, LOAD_OBSERVATIONS_SIDE));
    out->value = row_text(rows, i, LOAD_OBSERVATIONS_VALUE);
    out->unit = row_text(rows, i, LOAD_OBSERVATIONS_UNIT);
    out->value_nano = row_int8(rows, i, LOAD_OBSERVATIONS_VALUE_NANO);
    out->qualifiers_known = (uint32_t)row_int4(rows, i, LOAD_OBSERVATIONS_QUALIFIERS_KNOWN);
    out->qualifiers_held = (uint32_t)row_int4(rows, i, LOAD_OBSERVATIONS_QUALIFIERS_HELD);
    out->trial = row_int4(rows, i, LOAD_OBSERVATIONS_TRIAL);
    out->assessment = row_uuid(rows, i, LOAD_OBSERVATIONS_ASSESSMENT);
    out->assessor = row_text(rows, i, LOAD_OBSERVATIONS_ASSESSOR);
    out->actor_role = role_of_word(row_text(rows, i, LOAD_OBSERVATIONS_ACTOR_ROLE));
    out->occurred_us = row_time(rows, i, LOAD_OBSERVATIONS_OCCURRED_AT);
    out->recorded_us = row_time(rows, i, LOAD_OBSERVATIONS_RECORDED_AT);
}

struct result read_observations(struct call *c, const struct rows *rows, struct observation **out,
                                uint32_t *count)
{
    struct observation *o;
    TRY(make_room(c, rows->count, sizeof *o, &o));
    for (uint32_t i = 0; i < rows->count; i++)
        read_observation(rows, i, &o[i]);
    *out = o;
    *count = rows->count;
    return DONE;
}

struct result read_sessions(struct call *c, const struct rows *rows, struct care_session **out,
                            uint32_t *count)
{
    struct care_session *s;
    TRY(make_room(c, rows->count, sizeof *s, &s));
    for (uint32_t i = 0; i < rows->count; i++) {
        s[i] = (struct care_session){
            .activity = row_text(rows, i, LOAD_SESSIONS_ACTIVITY),
            .completed = row_bool(rows, i, LOAD_SESSIONS_COMPLETED),
            .prescribed = row_bool(rows, i, LOAD_SESSIONS_PRESCRIBED),
            .ended_us = row_time(rows, i, LOAD_SESSIONS_ENDED_AT),
            .assessment = row_uuid(rows, i, LOAD_SESSIONS_ASSESSMENT),
            .occurred_us = row_time(rows, i, LOAD_SESSIONS_OCCURRED_AT),
            .recorded_us = row_time(rows, i, LOAD_SESSIONS_RECORDED_AT),
        };
    }
    *out = s;
    *count = rows->count;
    return DONE;
}
