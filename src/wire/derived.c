/* SPDX-License-Identifier: Apache-2.0 */
/* What a document makes of observations before it compares: scores, tables of percentiles,
 * histories, and the zones of a phase. Each list is read into the arena; whether it makes sense is
 * the compiler's business. */
#include "rules.h"

#define WORDS(name, ...)                                                                           \
    static const char *const name##_names[] = {__VA_ARGS__};                                       \
    static const struct words name = {name##_names, sizeof name##_names / sizeof name##_names[0]}

WORDS(one_side, [REHAB_INVOLVED] = "involved", [REHAB_OTHER] = "other");

/* One item of a list, into the struct at `at`. */
typedef void read_item(struct reader *r, json_t *value, const struct json_path *path, void *at);

/* An array, item by item; a pointer to the structs, each of `size` bytes. */
static void *read_items(struct reader *r, json_t *value, const struct json_path *path,
                        read_item *read, size_t size, uint32_t *count)
{
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return NULL;
    size_t n = json_array_size(value);
    unsigned char *all = wire_make(r, n, size);
    for (size_t i = 0; all != NULL && i < n; i++) {
        const struct json_path item = {path, NULL, i};
        read(r, json_array_get(value, i), &item, all + i * size);
    }
    *count = all == NULL ? 0 : (uint32_t)n;
    return all;
}

static void read_number(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_value v = wire_read_rule_value(r, value, path, false);
    memcpy(at, &v, sizeof v);
}

/* ---- scores ---- */

static const struct field points_fields[] = {
    FIELD_AT(rehab_score_band, points, "points", REQUIRED, read_number),
    COMPARISON_FIELDS,
};
static const struct table points_table = TABLE(rehab_score_band, points_fields);

static void read_score_band(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &points_table, at);
    wire_read_rule_comparison(r, value, path, true, &((struct rehab_score_band *)at)->comparison);
}

static void read_score_bands(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    struct rehab_score_item *item = at;
    item->bands =
        read_items(r, value, path, read_score_band, sizeof *item->bands, &item->band_count);
}

static const struct field item_fields[] = {
    FIELD_AT(rehab_score_item, measure, "latest", REQUIRED, wire_read_rule_text),
    FIELD_WORD(rehab_score_item, side, "side", OPTIONAL, one_side),
    FIELD_AT(rehab_score_item, within, "within", OPTIONAL, wire_read_rule_duration),
    FIELD_OWN("bands", REQUIRED, read_score_bands),
    CITATION_FIELDS(rehab_score_item, citation, REQUIRED),
};
static const struct table item_table = TABLE(rehab_score_item, item_fields);

static const struct field score_fields[] = {
    FIELD_AT(rehab_score, title, "title", REQUIRED, wire_read_rule_words),
    FIELD_LIST(rehab_score, items, item_count, "items", REQUIRED, item_table, 1, RULES_ITEMS_MAX),
};
static const struct table score_table = TABLE(rehab_score, score_fields);

void wire_read_rule_scores(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    d->scores = wire_read_rule_named(r, value, path, &score_table, &d->score_count);
}

/* ---- tables ---- */

static void read_norm_row(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_norm_row *row = at;
    wire_read_rule_pair(r, value, path, read_number, &row->value, &row->percentile);
}

static void read_norm_rows(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_norm *n = at;
    n->rows = read_items(r, value, path, read_norm_row, sizeof *n->rows, &n->row_count);
}

static const struct field norm_fields[] = {
    FIELD_AT(rehab_norm, measure, "measure", REQUIRED, wire_read_rule_text),
    FIELD_OWN("rows", REQUIRED, read_norm_rows),
    CITATION_FIELDS(rehab_norm, citation, REQUIRED),
};
static const struct table norm_table = TABLE(rehab_norm, norm_fields);

void wire_read_rule_norms(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    d->norms = wire_read_rule_named(r, value, path, &norm_table, &d->norm_count);
}

/* ---- states ---- */

/* `in` names states here, and so a step compares by is or between. */
static const struct field step_fields[] = {
    FIELD_AT(rehab_state_step, in, "in", OPTIONAL, wire_read_rule_texts),
    FIELD_AT(rehab_state_step, to, "to", REQUIRED, wire_read_rule_text),
    FIELD_ANY("is"),
    FIELD_ANY("value"),
    FIELD_ANY("between"),
};
static const struct table step_table = TABLE(rehab_state_step, step_fields);

static void read_step(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &step_table, at);
    wire_read_rule_comparison(r, value, path, false, &((struct rehab_state_step *)at)->comparison);
}

static void read_steps(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_automaton *a = at;
    a->steps = read_items(r, value, path, read_step, sizeof *a->steps, &a->step_count);
}

static const struct field automaton_fields[] = {
    FIELD_AT(rehab_automaton, title, "title", OPTIONAL, wire_read_rule_words),
    FIELD_AT(rehab_automaton, of, "of", REQUIRED, wire_read_rule_text),
    FIELD_WORD(rehab_automaton, side, "side", OPTIONAL, one_side),
    FIELD_AT(rehab_automaton, start, "start", REQUIRED, wire_read_rule_text),
    FIELD_OWN("steps", REQUIRED, read_steps),
    CITATION_FIELDS(rehab_automaton, citation, REQUIRED),
};
static const struct table automaton_table = TABLE(rehab_automaton, automaton_fields);

void wire_read_rule_automata(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    struct rehab_document *d = at;
    d->automata = wire_read_rule_named(r, value, path, &automaton_table, &d->automaton_count);
}

/* ---- zones ---- */

WORDS(zone_moves, [REHAB_STAY] = "stay", [REHAB_HOLD] = "hold", [REHAB_REGRESS] = "regress",
      [REHAB_REVIEW] = "review");

static const struct field zone_fields[] = {
    FIELD_AT(rehab_zone, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_WORD(rehab_zone, move, "move", REQUIRED, zone_moves),
    FIELD_AT(rehab_zone, to, "to", OPTIONAL, wire_read_rule_id),
    FIELD_WHOLE(rehab_zone, back, "back", OPTIONAL, 1, REHAB_MAX_PHASES),
    FIELD_AT(rehab_zone, text, "text", OPTIONAL, wire_read_rule_words),
    COMPARISON_FIELDS,
};
static const struct table zone_table = TABLE(rehab_zone, zone_fields);

static void read_zone(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &zone_table, at);
    wire_read_rule_comparison(r, value, path, true, &((struct rehab_zone *)at)->comparison);
}

static void read_band(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_band *b = at;
    json_t *zones = wire_read_rule_reading(r, value, path, &b->reading, &b->title);
    const struct json_path list = {path, "zones", 0};
    if (zones == NULL) return;
    b->zones = read_items(r, zones, &list, read_zone, sizeof *b->zones, &b->zone_count);
}

void wire_read_rule_bands(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_phase *p = at;
    p->bands = read_items(r, value, path, read_band, sizeof *p->bands, &p->band_count);
}
