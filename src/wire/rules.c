/* SPDX-License-Identifier: Apache-2.0 */
/* The simple things of the core's documents, and measures as the core knows them. */
#include "rules.h"

#include "words.h"

static struct rehab_text to_core(struct text t)
{
    return (struct rehab_text){t.at, (uint32_t)t.size};
}

void *wire_make(struct reader *r, size_t count, size_t size)
{
    void *room = rehab_alloc(r->c->arena, (count + 1) * size);
    if (room != NULL) memset(room, 0, (count + 1) * size);
    return room;
}

static void read_line(struct reader *r, json_t *value, const struct json_path *path, void *at,
                      enum wire_kind kind, uint32_t most)
{
    const struct field line = {.kind = kind, .least = 1, .most = most};
    struct rehab_text text = to_core(wire_read_line(r, value, path, &line));
    memcpy(at, &text, sizeof text);
}

void wire_read_rule_id(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    read_line(r, value, path, at, WIRE_CODE, RULES_NAME_MAX);
}

void wire_read_rule_text(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    read_line(r, value, path, at, WIRE_TEXT, RULES_NAME_MAX);
}

void wire_read_rule_prose(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    read_line(r, value, path, at, WIRE_LINES, RULES_PROSE_MAX);
}

/* What is not clean is not told either. */
struct rehab_text wire_read_rule_name(struct reader *r, void *i, const struct json_path *path)
{
    const struct json_path member = {path, json_object_iter_key(i), 0};
    struct text name = text_of(member.key);
    bool clean = text_is_clean(name, false);
    if (clean && name.size >= 1 && name.size <= RULES_NAME_MAX)
        return to_core(text_copy(r->c->arena, name));
    struct text detail = TEXT("has a name that holds control or direction characters");
    if (clean)
        detail = text_format(r->c->arena, "the name must have 1 to %d bytes", RULES_NAME_MAX);
    (void)wire_fault_at(r->c, BAD_VALUE, clean ? &member : path, NULL, detail);
    return (struct rehab_text){NULL, 0};
}

static bool is_tag_part(const char *at, size_t size)
{
    bool fits = size >= 1 && size <= 8;
    for (size_t i = 0; fits && i < size; i++)
        fits = (at[i] >= 'a' && at[i] <= 'z') || (at[i] >= 'A' && at[i] <= 'Z') ||
               (at[i] >= '0' && at[i] <= '9');
    return fits;
}

/* es, es-MX: BCP 47, which nobody who asks for Spanish finds as es_MX or spanish. */
static bool is_language(const char *tag)
{
    size_t size = strcspn(tag, "-");
    bool fits =
        (size == 2 || size == 3) && strcspn(tag, "0123456789") >= size && is_tag_part(tag, size);
    for (const char *at = tag + size; fits && *at == '-'; at += 1 + size) {
        size = strcspn(at + 1, "-");
        fits = is_tag_part(at + 1, size);
    }
    return fits;
}

static struct rehab_text read_language(struct reader *r, void *i, const struct json_path *path)
{
    const struct json_path member = {path, json_object_iter_key(i), 0};
    struct rehab_text name = wire_read_rule_name(r, i, path);
    if (name.size > 0 && !is_language(member.key))
        (void)wire_fault_at(r->c, BAD_VALUE, &member, NULL,
                            TEXT("the language must be a tag, as en, es or es-MX"));
    return name;
}

void wire_read_rule_words(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object of texts by language")) return;
    struct rehab_wording *all = wire_make(r, json_object_size(value), sizeof *all);
    uint32_t count = 0;
    if (all == NULL) return;
    for (void *i = json_object_iter(value); i != NULL; i = json_object_iter_next(value, i)) {
        const struct json_path member = {path, json_object_iter_key(i), 0};
        all[count].language = read_language(r, i, path);
        wire_read_rule_prose(r, json_object_iter_value(i), &member, &all[count++].text);
    }
    if (count == 0) (void)wire_fault_at(r->c, MISSING_MEMBER, path, "en", (struct text){NULL, 0});
    memcpy(at, &(struct rehab_words){all, count}, sizeof(struct rehab_words));
}

void wire_read_rule_texts(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array of texts")) return;
    size_t count = json_array_size(value);
    struct rehab_text *all = wire_make(r, count, sizeof *all);
    for (size_t i = 0; all != NULL && i < count; i++) {
        const struct json_path item = {path, NULL, i};
        wire_read_rule_text(r, json_array_get(value, i), &item, &all[i]);
    }
    memcpy(at, &(struct rehab_texts){all, (uint32_t)count}, sizeof(struct rehab_texts));
}

void wire_read_rule_duration(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    struct rehab_duration d = {.given = false};
    if (!wire_is_type(r, value, JSON_STRING, path, "a string")) return;
    struct rehab_text text = {json_string_value(value), (uint32_t)json_string_length(value)};
    if (!rehab_read_duration(text, &d)) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL,
                            TEXT("must be a duration: days (P5D), weeks (P2W) or hours, "
                                 "minutes and seconds (PT36H)"));
        return;
    }
    memcpy(at, &d, sizeof d);
}

void wire_read_rule_pair(struct reader *r, json_t *value, const struct json_path *path,
                         wire_read_own *read, void *low, void *high)
{
    const struct json_path first = {path, NULL, 0}, second = {path, NULL, 1};
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array of two")) return;
    if (json_array_size(value) != 2) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, TEXT("must have two items: from, to"));
        return;
    }
    read(r, json_array_get(value, 0), &first, low);
    read(r, json_array_get(value, 1), &second, high);
}

const void *wire_read_rule_named(struct reader *r, json_t *value, const struct json_path *path,
                                 const struct table *t, uint32_t *count)
{
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return NULL;
    unsigned char *all = wire_make(r, json_object_size(value), t->size), *at = all;
    for (void *i = json_object_iter(value); all != NULL && i != NULL;
         i = json_object_iter_next(value, i), at += t->size) {
        const struct json_path member = {path, json_object_iter_key(i), 0};
        struct rehab_text id = wire_read_rule_name(r, i, path);
        memcpy(at, &id, sizeof id);
        wire_read_object(r, json_object_iter_value(i), &member, t, at);
        ++*count;
    }
    return all;
}

static const char *const certainty_names[] = {
    [REHAB_VERIFIED] = "verified", [REHAB_MEMORY] = "memory", [REHAB_CONVENTION] = "convention"};
const struct words wire_certainties = {certainty_names,
                                       sizeof certainty_names / sizeof certainty_names[0]};

/* ---- measures ---- */

_Static_assert((int)REHAB_BOOLEAN == (int)MEASURE_BOOLEAN &&
                   (int)REHAB_ORDINAL == (int)MEASURE_ORDINAL,
               "both kinds are read by one table of words");

static const char *const direction_names[] = {[REHAB_NEUTRAL] = "none",
                                              [REHAB_HIGHER_IS_BETTER] = "higher",
                                              [REHAB_LOWER_IS_BETTER] = "lower"};
static const struct words directions = {direction_names,
                                        sizeof direction_names / sizeof direction_names[0]};

static const struct field freshness_fields[] = {
    FIELD_AT(rehab_measure, freshness_class, "class", OPTIONAL, wire_read_rule_text),
    FIELD_AT(rehab_measure, window, "window", OPTIONAL, wire_read_rule_duration),
};
static const struct table freshness_table = TABLE(rehab_measure, freshness_fields);

static void read_freshness(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &freshness_table, at);
}

/* One published smallest detectable change. */
struct detectable {
    int64_t nano;
    struct rehab_text unit;
    int assessor; /* of both values */
};

enum { ANY_ASSESSOR, SAME_ASSESSOR };
static const char *const assessor_names[] = {[ANY_ASSESSOR] = "any", [SAME_ASSESSOR] = "same"};
static const struct words assessors = {assessor_names,
                                       sizeof assessor_names / sizeof assessor_names[0]};

static const struct field detectable_fields[] = {
    FIELD(detectable, nano, "value", WIRE_NANO, REQUIRED),
    FIELD_AT(detectable, unit, "unit", REQUIRED, wire_read_rule_text),
    FIELD_WORD(detectable, assessor, "assessor", OPTIONAL, assessors),
    FIELD_ANY("what"),
    FIELD_ANY("source"),
    FIELD_ANY("certainty"),
    FIELD_ANY("sign_off"),
    FIELD_ANY("note"),
};
static const struct table detectable_table = TABLE(detectable, detectable_fields);

/* Of several in the measure's own unit the largest: a change counts when every source says so. That
 * of one tester says nothing of two. */
static void read_detectable(struct reader *r, json_t *value, const struct json_path *path,
                            struct rehab_measure *m)
{
    const struct json_path list = {path, "mdc", 0};
    if (value == NULL || !wire_is_type(r, value, JSON_ARRAY, &list, "an array")) return;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct json_path item = {&list, NULL, i};
        struct detectable d = {.nano = 0};
        wire_read_object(r, json_array_get(value, i), &item, &detectable_table, &d);
        if (!rehab_text_equal(d.unit, m->unit)) continue;
        int64_t *mdc = d.assessor == SAME_ASSESSOR ? &m->mdc_same_nano : &m->mdc_nano;
        if (d.nano > *mdc) *mdc = d.nano;
    }
}

/* How often it is usually taken. */
static const struct field interval_fields[] = {
    FIELD_AT(rehab_measure, interval, "every", REQUIRED, wire_read_rule_duration),
    FIELD_ANY("source"),
    FIELD_ANY("certainty"),
    FIELD_ANY("note"),
};
static const struct table interval_table = TABLE(rehab_measure, interval_fields);

static void read_interval(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &interval_table, at);
}

/* What else a measure's document holds is judged where the catalogue reads it. */
static const struct field measure_fields[] = {
    FIELD_AT(rehab_measure, code, "code", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_measure, name, "name", REQUIRED, wire_read_rule_words),
    FIELD_AT(rehab_measure, unit, "unit", OPTIONAL, wire_read_rule_text),
    FIELD_WORD(rehab_measure, kind, "kind", REQUIRED, wire_measure_kinds),
    FIELD_WORD(rehab_measure, direction, "direction", REQUIRED, directions),
    FIELD(rehab_measure, sided, "sided", WIRE_BOOL, REQUIRED),
    FIELD(rehab_measure, low_nano, "low", WIRE_NANO, OPTIONAL),
    FIELD(rehab_measure, high_nano, "high", WIRE_NANO, OPTIONAL),
    FIELD(rehab_measure, step_nano, "step", WIRE_NANO, OPTIONAL),
    FIELD_AT(rehab_measure, labels, "labels", OPTIONAL, wire_read_rule_texts),
    FIELD_OWN("freshness", OPTIONAL, read_freshness),
    FIELD_OWN("interval", OPTIONAL, read_interval),
    FIELD_ANY("description"),
    FIELD_ANY("accepts"),
    FIELD_ANY("mdc"),
    FIELD_ANY("codes"),
    FIELD_ANY("sources"),
    FIELD_ANY("note"),
};
static const struct table measure_table = TABLE(rehab_measure, measure_fields);

struct result wire_read_rules_measures(struct call *c, struct text body, struct rehab_measure **out,
                                       uint32_t *count)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    TRY(wire_open_json(c, body, TOP_ARRAY, &in));
    struct reader r = {c, &in, NULL};
    size_t size = json_array_size(in.root);
    struct rehab_measure *all = wire_make(&r, size, sizeof *all);
    for (size_t i = 0; all != NULL && i < size; i++) {
        const struct json_path item = {NULL, NULL, i};
        json_t *document = json_array_get(in.root, i);
        wire_read_object(&r, document, &item, &measure_table, &all[i]);
        read_detectable(&r, json_object_get(document, "mdc"), &item, &all[i]);
    }
    if (c->arena->full) return (struct result){NO_MEMORY};
    TRY(call_faults(c));
    *out = all;
    *count = (uint32_t)size;
    return DONE;
}
