/* SPDX-License-Identifier: Apache-2.0 */
/* From a document to a block. The document is walked twice by the same code: the first time rows go
 * nowhere and are only counted, the second time the tables' places are known and every row is
 * written where it belongs. The first fault is kept with the way to it; the walk goes on, for
 * nothing it does can harm, and so no function needs to leave early. */
#include "build.h"

/* ---- the rest of the document ---- */

static void put_red_flag(struct builder *b, uint32_t i)
{
    const struct rehab_red_flag *f = &b->d->red_flags[i];
    build_enter_at(b, "red_flags", i);
    build_need(b, f->cleared_by != 0, REHAB_MISSING, "cleared_by");
    build_need(b, (uint32_t)f->level < REHAB_LEVEL_COUNT, REHAB_WRONG_VALUE, "level");
    struct rehab_red_flag_row r = {.id = build_text(b, f->id),
                                   .level = (uint32_t)f->level,
                                   .cleared_by = build_widen_roles(f->cleared_by)};
    r.title = build_words(b, f->title);
    r.message = build_words(b, f->message);
    b->drift = 0;
    r.rule = build_required_rule(b, f->when, REHAB_FOR_FLAG, "when");
    build_need(b, b->drift != (BUILD_BEGINS | BUILD_ENDS), REHAB_WRONG_TIME, "when");
    build_leave(b, 2);
    struct rehab_red_flag_row *out = build_row(b, REHAB_RED_FLAGS, i);
    *out = r;
}

static void put_stratum(struct builder *b, uint32_t i)
{
    const struct rehab_stratum *s = &b->d->strata[i];
    build_enter(b, "strata");
    build_enter_id(b, s->id);
    build_check_ids(b, s->values.at, sizeof *s->values.at, s->values.count, REHAB_MAX_LABELS,
                    "values");
    build_need(b, s->values.count > 0, REHAB_MISSING, "values");
    build_leave(b, 2);
    struct rehab_stratum_row r = {
        .id = build_text(b, s->id), .values = build_texts(b, s->values), .ordered = s->ordered};
    struct rehab_stratum_row *out = build_row(b, REHAB_STRATA, i);
    *out = r;
}

/* What a boolean or an ordinal can be is known; a number says it. */
static void put_range(struct builder *b, const struct rehab_measure *m, struct rehab_measure_row *r)
{
    r->low_nano = m->kind == REHAB_NUMBER ? m->low_nano : 0;
    r->high_nano = m->kind == REHAB_NUMBER ? m->high_nano : REHAB_SCALE;
    if (m->kind == REHAB_ORDINAL) r->high_nano = (m->labels.count - INT64_C(1)) * REHAB_SCALE;
    r->step_nano = m->kind == REHAB_NUMBER ? m->step_nano : REHAB_SCALE;
    r->mdc_nano = m->mdc_nano > 0 ? m->mdc_nano : m->mdc_same_nano; /* at least */
    r->mdc_same_nano = m->mdc_same_nano > 0 ? m->mdc_same_nano : m->mdc_nano;
    r->interval_us = m->interval.us;
    bool known = m->mdc_nano >= 0 && m->mdc_nano <= REHAB_VALUE_MAX && m->mdc_same_nano >= 0 &&
                 m->mdc_same_nano <= REHAB_VALUE_MAX && m->interval.us >= 0;
    bool fits = r->low_nano >= -REHAB_VALUE_MAX && r->high_nano <= REHAB_VALUE_MAX &&
                r->low_nano <= r->high_nano && r->step_nano >= 0 &&
                r->step_nano <= REHAB_VALUE_MAX && m->labels.count <= REHAB_MAX_LABELS;
    if (!fits || !known) build_blame(b, REHAB_WRONG_RANGE, m->code, BUILD_NOTHING);
}

static void put_measure(struct builder *b, uint32_t i)
{
    const struct rehab_measure *m = build_measure_at(b, i);
    struct rehab_measure_row r = {
        .kind = (uint8_t)m->kind, .direction = (uint8_t)m->direction, .sided = m->sided};
    build_enter_at(b, "measures", b->measure_of[i]);
    if ((uint32_t)m->kind >= REHAB_MEASURE_KIND_COUNT ||
        (uint32_t)m->direction >= REHAB_DIRECTION_COUNT)
        build_blame(b, REHAB_WRONG_VALUE, m->code, BUILD_NOTHING);
    put_range(b, m, &r);
    build_leave(b, 2);
    r.code = build_text(b, m->code);
    r.unit = build_text(b, m->unit);
    r.name = build_words(b, m->name);
    r.labels = build_texts(b, m->labels);
    struct rehab_measure_row *out = build_row(b, REHAB_MEASURES, i);
    *out = r;
}

static void put_activities(struct builder *b)
{
    build_take(b, REHAB_ACTIVITIES, b->d->activity_count);
    for (uint32_t i = 0; i < b->d->activity_count; i++) {
        const struct rehab_activity *a = &b->d->activities[i];
        struct rehab_activity_row r = {build_text(b, a->id), build_words(b, a->title)};
        struct rehab_activity_row *out = build_row(b, REHAB_ACTIVITIES, i);
        *out = r;
    }
}

static void put_terms(struct builder *b)
{
    build_take(b, REHAB_TERMS, b->d->term_count);
    for (uint32_t i = 0; i < b->d->term_count; i++) {
        const struct rehab_term *t = &b->d->terms[i];
        struct rehab_term_row r = {build_text(b, t->id), build_words(b, t->words)};
        struct rehab_term_row *out = build_row(b, REHAB_TERMS, i);
        *out = r;
    }
}

static void put_sources(struct builder *b)
{
    build_take(b, REHAB_SOURCES, b->d->source_count);
    for (uint32_t i = 0; i < b->d->source_count; i++) {
        struct rehab_source_row r = {build_text(b, b->d->sources[i].id),
                                     build_text(b, b->d->sources[i].citation)};
        struct rehab_source_row *out = build_row(b, REHAB_SOURCES, i);
        *out = r;
    }
}

static void put_clearances(struct builder *b)
{
    build_take(b, REHAB_CLEARANCES, b->clearances);
    for (uint32_t i = 0; i < b->clearances; i++) {
        struct rehab_ref text = build_text(b, b->clearance[i]);
        struct rehab_text_row *out = build_row(b, REHAB_CLEARANCES, i);
        out->text = text;
    }
}

static void check_document(struct builder *b)
{
    const struct rehab_document *d = b->d;
    build_need(b, d->id.size > 0, REHAB_MISSING, "id");
    build_need(b, d->version > 0, REHAB_MISSING, "version");
    build_need(b, d->track_count > 0, REHAB_MISSING, "tracks");
    build_need(b, d->day_zero == REHAB_ONSET || d->day_zero == REHAB_SURGERY, REHAB_WRONG_VALUE,
               "day_zero");
    build_check_ids(b, d->tracks, sizeof *d->tracks, d->track_count, REHAB_MAX_TRACKS, "tracks");
    build_check_ids(b, d->red_flags, sizeof *d->red_flags, d->red_flag_count, REHAB_MAX_ITEMS,
                    "red_flags");
    build_check_ids(b, d->strata, sizeof *d->strata, d->stratum_count, REHAB_MAX_STRATA, "strata");
    build_check_ids(b, d->activities, sizeof *d->activities, d->activity_count,
                    REHAB_MAX_ACTIVITIES, "activities");
    build_check_ids(b, d->terms, sizeof *d->terms, d->term_count, REHAB_MAX_TERMS, "terms");
    build_need(b,
               rehab_find_id(REHAB_LITERAL("any"), d->activities, sizeof *d->activities,
                             d->activity_count) == REHAB_NONE,
               REHAB_WRONG_VALUE, "activities");
    build_check_ids(b, d->sources, sizeof *d->sources, d->source_count, REHAB_MAX_ITEMS, "sources");
    build_check_ids(b, d->scores, sizeof *d->scores, d->score_count, REHAB_MAX_DERIVED, "scores");
    build_check_ids(b, d->norms, sizeof *d->norms, d->norm_count, REHAB_MAX_DERIVED, "tables");
    build_check_ids(b, d->automata, sizeof *d->automata, d->automaton_count, REHAB_MAX_DERIVED,
                    "states");
}

/* The whole document, once. */
static void walk(struct builder *b, struct rehab_head *head)
{
    const struct rehab_document *d = b->d;
    head->id = build_text(b, d->id);
    head->title = build_words(b, d->title);
    put_sources(b);
    put_activities(b);
    put_terms(b);
    build_take(b, REHAB_STRATA, d->stratum_count);
    for (uint32_t i = 0; i < d->stratum_count; i++)
        put_stratum(b, i);
    build_derived(b);
    build_take(b, REHAB_RED_FLAGS, d->red_flag_count);
    for (uint32_t i = 0; i < d->red_flag_count; i++)
        put_red_flag(b, i);
    build_take(b, REHAB_TRACKS, d->track_count);
    for (uint32_t i = 0; i < d->track_count; i++)
        build_track(b, i);
    build_take(b, REHAB_MEASURES, b->measures);
    for (uint32_t i = 0; i < b->measures; i++)
        put_measure(b, i);
    put_clearances(b);
}

/* ---- the block ---- */

/* Places of the tables, one behind the other; the size of the whole. */
static size_t lay_out(struct builder *b, struct rehab_head *head)
{
    size_t at = sizeof *head;
    for (uint32_t i = 0; i < REHAB_TABLE_COUNT; i++) {
        head->table[i] = (struct rehab_table_place){(uint32_t)at, b->used[i]};
        b->at[i] = (uint32_t)at;
        at += (b->used[i] * (size_t)rehab_row_size((enum rehab_table)i) + 7) & ~(size_t)7;
    }
    return at;
}

static bool prepare(struct builder *b, struct rehab_arena *scratch)
{
    uint32_t n = b->d->measure_count;
    b->measure = rehab_alloc(scratch, n * sizeof *b->measure + 1);
    b->measure_of = rehab_alloc(scratch, (n + 1) * sizeof *b->measure_of);
    if (b->measure == NULL || b->measure_of == NULL || !build_states(b)) return false;
    memset(b->measure, 0xff, n * sizeof *b->measure); /* REHAB_NONE16 */
    return true;
}

static void seal(struct rehab_head *head, unsigned char *block)
{
    const size_t checked = offsetof(struct rehab_head, size);
    memcpy(block, head, sizeof *head);
    head->check = rehab_check_sum(block + checked, head->size - checked);
    memcpy(block, head, sizeof *head);
}

enum rehab_fault_code rehab_compile(const struct rehab_document *document,
                                    struct rehab_arena *scratch, void *block, size_t size,
                                    size_t *used, struct rehab_fault *fault)
{
    struct builder b = {.d = document, .scratch = scratch, .fault = fault};
    struct rehab_head head = {.magic = REHAB_BLOCK_MAGIC,
                              .format = REHAB_BLOCK_FORMAT,
                              .version = document->version,
                              .day_zero = (uint32_t)document->day_zero,
                              .sided = document->sided};
    *fault = (struct rehab_fault){.code = REHAB_FINE};
    *used = 0;
    if (!prepare(&b, scratch)) return fault->code = REHAB_NO_ROOM;
    check_document(&b);
    if (fault->code == REHAB_FINE) walk(&b, &head);
    if (fault->code != REHAB_FINE) return fault->code;
    *used = lay_out(&b, &head);
    head.size = (uint32_t)*used;
    if (size == 0) return REHAB_FINE;
    if (size < *used || !build_leaf_places(&b)) return fault->code = REHAB_NO_ROOM;
    b.block = block;
    memset(b.block, 0, *used);
    memset(b.used, 0, sizeof b.used);
    walk(&b, &head);
    seal(&head, b.block);
    return fault->code;
}
