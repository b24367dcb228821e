/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of the catalogue. They are kept and answered as their authors wrote them; only what the
 * service itself needs is taken out of them. Protocol documents have a reader of their own. */
#include "inside.h"
#include "json_in.h"
#include "unit.h"
#include "wire.h"
#include "words.h"

#include "rehab/quantity.h"

/* ---- measures ---- */

enum { LABELS_MAX = 64, DOCUMENTS_MAX = 10'000 };

#define NOT_SAID INT64_MIN

/* A measure while its document is read. */
struct draft {
    struct measure m;
    json_t *accepts;
};

static void read_direction(struct reader *r, json_t *value, const struct json_path *path,
                           void *owner)
{
    static const char *const names[] = {"lower", "none", "higher"};
    static const struct words directions = {names, 3};
    if (!wire_is_type(r, value, JSON_STRING, path, "a string")) return;
    for (uint32_t i = 0; i < directions.count; i++) {
        if (strcmp(json_string_value(value), names[i]) != 0) continue;
        ((struct draft *)owner)->m.direction = (int8_t)((int)i - 1);
        return;
    }
    (void)wire_fault_at(r->c, BAD_VALUE, path, NULL,
                        wire_list_words(r, &directions, json_string_value(value)));
}

static void read_labels(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    static const struct field line = {.kind = WIRE_TEXT, .least = 1, .most = WIRE_CODE_MAX};
    struct measure *m = &((struct draft *)owner)->m;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return;
    size_t count = json_array_size(value);
    if (count < 2 || count > LABELS_MAX) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, TEXT("must have 2 to 64 labels"));
        return;
    }
    m->labels = rehab_alloc(r->c->arena, count * sizeof *m->labels);
    if (m->labels == NULL) return;
    for (size_t i = 0; i < count; i++) {
        const struct json_path item = {path, NULL, i};
        m->labels[i] = wire_read_line(r, json_array_get(value, i), &item, &line);
    }
    m->label_count = (uint32_t)count;
}

static void keep_accepts(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    if (wire_is_type(r, value, JSON_ARRAY, path, "an array"))
        ((struct draft *)owner)->accepts = value;
}

static const struct field measure_fields[] = {
    FIELD_TEXT(draft, m.code, "code", WIRE_CODE, REQUIRED, WIRE_CODE_MAX),
    FIELD_ANY("name"),
    FIELD_ANY("description"),
    FIELD_WORD(draft, m.kind, "kind", REQUIRED, wire_measure_kinds),
    FIELD_TEXT(draft, m.unit, "unit", WIRE_TEXT, OPTIONAL, WIRE_UNIT_MAX),
    FIELD(draft, m.low_nano, "low", WIRE_NANO, OPTIONAL),
    FIELD(draft, m.high_nano, "high", WIRE_NANO, OPTIONAL),
    FIELD(draft, m.step_nano, "step", WIRE_NANO, OPTIONAL),
    FIELD(draft, m.sided, "sided", WIRE_BOOL, REQUIRED),
    FIELD_OWN("direction", REQUIRED, read_direction),
    FIELD_OWN("labels", OPTIONAL, read_labels),
    FIELD_OWN("accepts", OPTIONAL, keep_accepts),
    FIELD_ANY("freshness"),
    FIELD_ANY("interval"),
    FIELD_ANY("mdc"),
    FIELD_ANY("codes"),
    FIELD_ANY("sources"),
    FIELD_ANY("note"),
};
static const struct table measure_table = TABLE(draft, measure_fields);

static void missing(struct reader *r, const struct json_path *path, const char *key)
{
    (void)wire_fault_at(r->c, MISSING_MEMBER, path, key, (struct text){NULL, 0});
}

static void check_number(struct reader *r, const struct json_path *path, struct measure *m)
{
    if (m->unit.size == 0) missing(r, path, "unit");
    if (m->low_nano == NOT_SAID) missing(r, path, "low");
    if (m->high_nano == NOT_SAID) missing(r, path, "high");
    if (m->low_nano != NOT_SAID && m->high_nano != NOT_SAID && m->low_nano >= m->high_nano) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, "high", TEXT("must lie above low"));
    }
    if (m->step_nano < 0)
        (void)wire_fault_at(r->c, BAD_VALUE, path, "step", TEXT("must not be negative"));
    if (m->label_count > 0)
        (void)wire_fault_at(r->c, BAD_VALUE, path, "labels", TEXT("belong to an ordinal"));
}

/* Truths and labels have a range of their own making. */
static void check_other(struct reader *r, const struct json_path *path, struct measure *m)
{
    bool ordinal = m->kind == MEASURE_ORDINAL;
    if (m->low_nano != NOT_SAID || m->high_nano != NOT_SAID || m->step_nano != 0) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, "kind",
                            TEXT("only a number has low, high and step"));
    }
    if (ordinal && m->label_count == 0) missing(r, path, "labels");
    if (!ordinal && m->label_count > 0)
        (void)wire_fault_at(r->c, BAD_VALUE, path, "labels", TEXT("belong to an ordinal"));
    m->low_nano = 0;
    m->high_nano = ordinal ? ((int64_t)m->label_count - 1) * REHAB_SCALE : REHAB_SCALE;
    m->step_nano = REHAB_SCALE;
}

/* Units of one dimension convert anyway; what must be said is that a score is also told on a line
 * of 100 mm. */
static void check_accepts(struct reader *r, const struct json_path *path, struct draft *d)
{
    const struct json_path list = {path, "accepts", 0};
    for (size_t i = 0; i < json_array_size(d->accepts); i++) {
        const struct json_path item = {&list, NULL, i};
        json_t *value = json_array_get(d->accepts, i);
        int64_t ignored;
        if (!wire_is_type(r, value, JSON_STRING, &item, "a string")) continue;
        struct text unit = text_of(json_string_value(value));
        if (text_is(unit, "mm") && text_is(d->m.unit, "{score}")) {
            d->m.from_vas = true;
        } else if (wire_convert_unit(&d->m, unit, 0, &ignored) != UNIT_CONVERTED) {
            (void)wire_fault_at(r->c, WRONG_UNIT, &item, NULL,
                                TEXT("no exact factor leads to the measure's unit"));
        }
    }
}

static void read_measure(struct reader *r, json_t *value, const struct json_path *path,
                         struct text document, struct measure *out)
{
    uint32_t before = r->c->problem.fault_count;
    struct draft d = {.m = {.low_nano = NOT_SAID, .high_nano = NOT_SAID, .document = document}};
    wire_read_object(r, value, path, &measure_table, &d);
    *out = d.m;
    if (r->c->problem.fault_count > before) return;
    if (d.m.kind == MEASURE_NUMBER) {
        check_number(r, path, &d.m);
    } else {
        check_other(r, path, &d.m);
    }
    check_accepts(r, path, &d);
    *out = d.m;
}

static struct result settle(struct call *c)
{
    if (c->arena->full) return (struct result){NO_MEMORY};
    return call_faults(c);
}

struct result wire_read_measure(struct call *c, struct text document, struct measure *out)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    struct measure m;
    TRY(wire_open_json(c, document, TOP_OBJECT, &in));
    struct reader r = {c, &in, NULL};
    read_measure(&r, in.root, NULL, document, &m);
    TRY(settle(c));
    *out = m;
    return DONE;
}

/* Opens an array of documents and gives room for what becomes of them. */
static struct result open_documents(struct call *c, struct text body, struct json_in *in,
                                    const struct text **texts, size_t size, void **items)
{
    TRY(wire_open_json(c, body, TOP_ARRAY, in));
    size_t count = json_array_size(in->root);
    if (count > DOCUMENTS_MAX)
        return wire_fault_at(c, BAD_VALUE, NULL, NULL, TEXT("too many documents"));
    *texts = wire_split_items(c, in);
    *items = rehab_alloc(c->arena, (count + 1) * size);
    if (*texts == NULL || *items == NULL) return (struct result){NO_MEMORY};
    return DONE;
}

struct result wire_read_measures(struct call *c, struct text body, struct measure **out,
                                 uint32_t *count)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    const struct text *texts = NULL;
    void *room = NULL;
    TRY(open_documents(c, body, &in, &texts, sizeof **out, &room));
    struct measure *items = room;
    struct reader r = {c, &in, NULL};
    for (size_t i = 0; texts != NULL && i < json_array_size(in.root); i++) {
        const struct json_path path = {NULL, NULL, i};
        read_measure(&r, json_array_get(in.root, i), &path, texts[i], &items[i]);
    }
    TRY(settle(c));
    *out = items;
    *count = (uint32_t)json_array_size(in.root);
    return DONE;
}

/* ---- exercises ---- */

static const struct field exercise_fields[] = {
    FIELD_TEXT(exercise, id, "id", WIRE_CODE, REQUIRED, WIRE_CODE_MAX),
    FIELD_ANY("title"),
    FIELD_ANY("purpose"),
    FIELD_ANY("groups"),
    FIELD_ANY("muscles"),
    FIELD_ANY("position"),
    FIELD_ANY("equipment"),
    FIELD_ANY("sides"),
    FIELD_ANY("steps"),
    FIELD_ANY("dosage"),
    FIELD_ANY("contraindications"),
    FIELD_ANY("stop_rules"),
    FIELD_ANY("sources"),
    FIELD_ANY("note"),
};
static const struct table exercise_table = TABLE(exercise, exercise_fields);

struct result wire_read_exercise(struct call *c, struct text document, struct exercise *out)
{
    struct exercise e = {.document = document};
    TRY(wire_read_body(c, document, &exercise_table, NULL, &e));
    *out = e;
    return DONE;
}

struct result wire_read_exercises(struct call *c, struct text body, struct exercise **out,
                                  uint32_t *count)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    const struct text *texts = NULL;
    void *room = NULL;
    TRY(open_documents(c, body, &in, &texts, sizeof **out, &room));
    struct exercise *items = room;
    struct reader r = {c, &in, NULL};
    for (size_t i = 0; texts != NULL && i < json_array_size(in.root); i++) {
        const struct json_path path = {NULL, NULL, i};
        items[i] = (struct exercise){.document = texts[i]};
        wire_read_object(&r, json_array_get(in.root, i), &path, &exercise_table, &items[i]);
    }
    TRY(settle(c));
    *out = items;
    *count = (uint32_t)json_array_size(in.root);
    return DONE;
}

/* ---- protocols ---- */

static struct text title_literal(struct text document)
{
    return wire_find_member(wire_find_member(document, "title"), "en");
}

static struct text condition_literal(struct text document)
{
    return wire_find_member(wire_find_member(document, "condition"), "text");
}

struct result wire_read_protocol_head(struct call *c, struct text document,
                                      struct protocol_head *out)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    TRY(wire_open_json(c, document, TOP_DOCUMENT, &in));
    struct protocol_head head = {
        .id = wire_decode_string(c, wire_find_member(document, "id")),
        .title = wire_decode_string(c, title_literal(document)),
        .condition = wire_decode_string(c, condition_literal(document)),
    };
    int64_t version = 0;
    if (wire_number_whole(wire_find_member(document, "version"), 1, INT32_MAX, &version))
        head.version = (int32_t)version;
    if (head.id.size == 0)
        (void)wire_fault_at(c, MISSING_MEMBER, NULL, "id", (struct text){NULL, 0});
    TRY(settle(c));
    *out = head;
    return DONE;
}

/* ---- lists ---- */

struct result wire_write_measures(struct call *c, const struct measure_page *page, struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 1024);
    for (uint32_t i = 0; i < page->count; i++)
        wire_put_raw(&o, page->items[i].document);
    return wire_finish_page(&o, page->next, out);
}

struct result wire_write_exercises(struct call *c, const struct exercise_page *page,
                                   struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 2048);
    for (uint32_t i = 0; i < page->count; i++)
        wire_put_raw(&o, page->items[i].document);
    return wire_finish_page(&o, page->next, out);
}

static void put_edition_members(struct json_out *o, const struct protocol_version *v)
{
    wire_put_member(o, "state", text, wire_word(&wire_version_states, v->state));
    wire_put_member(o, "etag", text, v->etag);
    wire_put_text_if(o, "digest", v->digest);
    wire_put_member(o, "published_at", time, v->published_us);
}

static void put_titles(struct json_out *o, struct text document)
{
    struct text title = title_literal(document), condition = condition_literal(document);
    if (title.size > 0) wire_put_member(o, "title", raw, title);
    if (condition.size > 0) wire_put_member(o, "condition", raw, condition);
}

struct result wire_write_protocols(struct call *c, const struct protocol_page *page,
                                   struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 320);
    for (uint32_t i = 0; i < page->count; i++) {
        const struct protocol_version *v = &page->items[i];
        wire_open_object(&o);
        wire_put_member(&o, "id", text, v->protocol);
        wire_put_member(&o, "version", whole, v->version);
        put_titles(&o, v->document);
        put_edition_members(&o, v);
        wire_close(&o);
    }
    return wire_finish_page(&o, page->next, out);
}

struct result wire_write_protocol(struct call *c, const struct protocol_answer *p, struct text *out)
{
    struct json_out o = wire_begin(c->arena, 512 + (size_t)p->count * 160);
    uint32_t latest = 0;
    while (latest + 1 < p->count && p->versions[latest].state != VERSION_PUBLISHED)
        latest++;
    wire_open_object(&o);
    wire_put_member(&o, "id", text, p->versions[latest].protocol);
    put_titles(&o, p->versions[latest].document);
    wire_put_member(&o, "latest", whole, p->versions[latest].version);
    wire_put_key(&o, "versions");
    wire_open_array(&o);
    for (uint32_t i = 0; i < p->count; i++) {
        wire_open_object(&o);
        wire_put_member(&o, "version", whole, p->versions[i].version);
        put_edition_members(&o, &p->versions[i]);
        wire_close(&o);
    }
    wire_close(&o);
    wire_close(&o);
    return wire_finish(&o, out);
}
