/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: read whole by every worker, written by seeding and publishing. It belongs to no
 * clinic, so its writes are audited under the nil clinic. */
#include "entity.h"

#include <assert.h>

static const struct uuid nil;

static void read_measure(const struct rows *rows, uint32_t i, struct rehab_arena *arena,
                         struct measure *out)
{
    out->code = row_text(rows, i, LIST_MEASURES_CODE);
    out->kind = kind_of_word(row_text(rows, i, LIST_MEASURES_KIND));
    out->unit = row_text(rows, i, LIST_MEASURES_UNIT);
    out->low_nano = row_int8(rows, i, LIST_MEASURES_LOW_NANO);
    out->high_nano = row_int8(rows, i, LIST_MEASURES_HIGH_NANO);
    out->step_nano = row_int8(rows, i, LIST_MEASURES_STEP_NANO);
    out->sided = row_bool(rows, i, LIST_MEASURES_SIDED);
    out->direction = (int8_t)row_int4(rows, i, LIST_MEASURES_DIRECTION);
    out->from_vas = row_bool(rows, i, LIST_MEASURES_FROM_VAS);
    out->label_count = row_texts(rows, i, LIST_MEASURES_LABELS, arena, &out->labels);
    out->document = row_text(rows, i, LIST_MEASURES_DOCUMENT);
    out->etag = row_text(rows, i, LIST_MEASURES_ETAG);
}

struct result store_list_measures(struct call *c, struct measure **out, uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_MEASURES);
    TRY(store_read(c, &q, 1));
    struct measure *m;
    TRY(make_room(c, q.out.count, sizeof *m, &m));
    for (uint32_t i = 0; i < q.out.count; i++)
        read_measure(&q.out, i, c->arena, &m[i]);
    *out = m;
    *count = q.out.count;
    if (c->arena->full) return (struct result){NO_MEMORY};
    return DONE;
}

struct result store_list_exercises(struct call *c, struct exercise **out, uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_EXERCISES);
    TRY(store_read(c, &q, 1));
    struct exercise *e;
    TRY(make_room(c, q.out.count, sizeof *e, &e));
    for (uint32_t i = 0; i < q.out.count; i++) {
        e[i].id = row_text(&q.out, i, LIST_EXERCISES_ID);
        e[i].document = row_text(&q.out, i, LIST_EXERCISES_DOCUMENT);
        e[i].etag = row_text(&q.out, i, LIST_EXERCISES_ETAG);
    }
    *out = e;
    *count = q.out.count;
    return DONE;
}

struct result store_list_protocol_versions(struct call *c, struct protocol_version **out,
                                           uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_PROTOCOL_VERSIONS);
    TRY(store_read(c, &q, 1));
    struct protocol_version *v;
    TRY(make_room(c, q.out.count, sizeof *v, &v));
    for (uint32_t i = 0; i < q.out.count; i++) {
        v[i].protocol = row_text(&q.out, i, LIST_PROTOCOL_VERSIONS_PROTOCOL);
        v[i].version = row_int4(&q.out, i, LIST_PROTOCOL_VERSIONS_VERSION);
        v[i].state = version_state_of_word(row_text(&q.out, i, LIST_PROTOCOL_VERSIONS_STATE));
        v[i].document = row_text(&q.out, i, LIST_PROTOCOL_VERSIONS_DOCUMENT);
        v[i].compiled = row_bytes(&q.out, i, LIST_PROTOCOL_VERSIONS_COMPILED);
        v[i].etag = row_text(&q.out, i, LIST_PROTOCOL_VERSIONS_ETAG);
        v[i].published_us = row_time(&q.out, i, LIST_PROTOCOL_VERSIONS_PUBLISHED_AT);
    }
    *out = v;
    *count = q.out.count;
    return DONE;
}

static enum outcome outcome_of_word(struct text word)
{
    if (text_is(word, "same")) return OUTCOME_SAME;
    if (text_is(word, "compiled")) return OUTCOME_COMPILED;
    if (text_is(word, "other")) return OUTCOME_OTHER;
    assert(text_is(word, "saved") || text_is(word, "published"));
    return OUTCOME_SAVED;
}

static struct result save(struct call *c, struct query *q, enum outcome *out)
{
    TRY(store_write(c, q, nil));
    if (q->out.count != 1) return (struct result){INTERNAL};
    *out = outcome_of_word(row_text(&q->out, 0, 0));
    return DONE;
}

_Static_assert(SAVE_MEASURE_OUTCOME == 0 && SAVE_EXERCISE_OUTCOME == 0 &&
                   PUBLISH_PROTOCOL_VERSION_OUTCOME == 0,
               "save reads the first column");

struct result store_save_measure(struct call *c, const struct measure *m, enum outcome *out)
{
    struct query q = store_query(c, STATEMENT_SAVE_MEASURE);
    param_text(&q.in, m->code);
    param_text(&q.in, word_of_kind(m->kind));
    bind_plain(&q.in, m->unit);
    param_int8(&q.in, m->low_nano);
    param_int8(&q.in, m->high_nano);
    param_int8(&q.in, m->step_nano);
    param_bool(&q.in, m->sided);
    param_int2(&q.in, m->direction);
    param_bool(&q.in, m->from_vas);
    param_texts(&q.in, m->labels, m->label_count);
    param_text(&q.in, m->document);
    param_text(&q.in, m->etag);
    bind_author(&q.in, c);
    return save(c, &q, out);
}

struct result store_save_exercise(struct call *c, const struct exercise *e, enum outcome *out)
{
    struct query q = store_query(c, STATEMENT_SAVE_EXERCISE);
    param_text(&q.in, e->id);
    param_text(&q.in, e->document);
    param_text(&q.in, e->etag);
    bind_author(&q.in, c);
    return save(c, &q, out);
}

struct result store_publish_version(struct call *c, const struct protocol_version *v,
                                    enum outcome *out)
{
    struct query q = store_query(c, STATEMENT_PUBLISH_PROTOCOL_VERSION);
    param_text(&q.in, v->protocol);
    param_int4(&q.in, v->version);
    param_text(&q.in, v->document);
    param_bytes(&q.in, v->compiled.at == NULL ? "" : v->compiled.at, v->compiled.size);
    param_text(&q.in, v->etag);
    bind_author(&q.in, c);
    return save(c, &q, out);
}
