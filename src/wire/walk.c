/* SPDX-License-Identifier: Apache-2.0 */
/* The one walker: reads a JSON object into a struct by its field table. It goes on after a fault,
 * so that a caller is told everything at once. Details quote names of members and allowed values,
 * never what was sent. */
#include "json_in.h"
#include "wire.h"
#include "words.h"

#include <assert.h>

#include "../base/time.h"
#include "../base/uuid.h"

enum { WORDS_MAX = 32 };

#define SAY(r, ...) text_format((r)->c->arena, __VA_ARGS__)

bool wire_is_type(struct reader *r, json_t *value, json_type type, const struct json_path *path,
                  const char *wanted)
{
    json_type is = json_typeof(value);
    if (is == type || (type == JSON_TRUE && is == JSON_FALSE)) return true;
    struct text detail = is == JSON_NULL
                             ? SAY(r, "must be %s; leave the member out instead of null", wanted)
                             : SAY(r, "must be %s", wanted);
    (void)wire_fault_at(r->c, WRONG_TYPE, path, NULL, detail);
    return false;
}

static void bad_value(struct reader *r, const struct json_path *path, struct text detail)
{
    (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, detail);
}

static bool is_string(struct reader *r, json_t *value, const struct json_path *path)
{
    return wire_is_type(r, value, JSON_STRING, path, "a string");
}

static struct text string_of(json_t *value)
{
    return (struct text){json_string_value(value), json_string_length(value)};
}

static bool is_code(struct text t)
{
    for (size_t i = 0; i < t.size; i++) {
        char c = t.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || strchr("_.-", c) == NULL)) return false;
    }
    return t.size > 0;
}

struct text wire_read_line(struct reader *r, json_t *value, const struct json_path *path,
                           const struct field *f)
{
    const struct text none = {NULL, 0};
    if (!is_string(r, value, path)) return none;
    struct text t = string_of(value);
    if (t.size < f->least || t.size > f->most) {
        bad_value(r, path, SAY(r, "must have %u to %u bytes", f->least, f->most));
        return none;
    }
    if (f->kind == WIRE_CODE && !is_code(t)) {
        bad_value(r, path, TEXT("must be lower case letters, digits and _ . - after the first"));
        return none;
    }
    if (!text_is_clean(t, f->kind == WIRE_LINES)) {
        bad_value(r, path, TEXT("must not hold control or direction characters"));
        return none;
    }
    return text_copy(r->c->arena, t);
}

struct text wire_nearest(struct text wrong, const struct rehab_text *names, uint32_t count)
{
    struct rehab_text word = {wrong.at,
                              wrong.size > UINT32_MAX ? UINT32_MAX : (uint32_t)wrong.size};
    uint32_t nearest = rehab_nearest(word, names, count);
    return nearest == REHAB_NONE ? (struct text){NULL, 0}
                                 : (struct text){names[nearest].at, names[nearest].size};
}

struct text wire_list_words(struct reader *r, const struct words *w, const char *wrong)
{
    struct rehab_text names[WORDS_MAX];
    struct text list = TEXT("must be one of");
    uint32_t count = 0;
    assert(w->count <= WORDS_MAX);
    for (uint32_t i = 0; i < w->count; i++) {
        if (w->at[i] == NULL) continue;
        list = SAY(r, "%.*s %s", TEXT_FMT(list), w->at[i]);
        names[count++] = (struct rehab_text){w->at[i], (uint32_t)strlen(w->at[i])};
    }
    struct text near = wire_nearest(text_of(wrong), names, count);
    return near.size == 0 ? list
                          : SAY(r, "%.*s; did you mean %.*s?", TEXT_FMT(list), TEXT_FMT(near));
}

static void read_word(struct reader *r, json_t *value, const struct json_path *path,
                      const struct field *f, void *at)
{
    if (!is_string(r, value, path)) return;
    for (uint32_t i = 0; i < f->words->count; i++) {
        const char *word = f->words->at[i];
        if (word == NULL || !text_is(string_of(value), word)) continue;
        memcpy(at, &i, sizeof i);
        return;
    }
    bad_value(r, path, wire_list_words(r, f->words, json_string_value(value)));
}

static void read_uuid(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!is_string(r, value, path)) return;
    if (!uuid_read(string_of(value), at))
        bad_value(r, path, TEXT("must be a UUID of 36 characters"));
}

static void read_time(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!is_string(r, value, path)) return;
    if (!time_read(string_of(value), at)) {
        bad_value(r, path,
                  TEXT("must be an RFC 3339 time with offset, as 2026-03-01T10:00:00Z, "
                       "with at most 6 decimals"));
    }
}

static void read_date(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!is_string(r, value, path)) return;
    if (!time_read_date(string_of(value), at))
        bad_value(r, path, TEXT("must be a date, as 2026-03-01"));
}

static void read_whole(struct reader *r, json_t *value, const struct json_path *path,
                       const struct field *f, void *at)
{
    int64_t whole = 0;
    assert(f->most <= INT32_MAX);
    if (!wire_is_type(r, value, JSON_INTEGER, path, "a number")) return;
    if (!wire_number_whole(wire_number_text(r->in, value), f->least, f->most, &whole)) {
        bad_value(r, path, SAY(r, "must be a whole number from %u to %u", f->least, f->most));
        return;
    }
    memcpy(at, &(int32_t){(int32_t)whole}, sizeof(int32_t));
}

static void read_nano(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_INTEGER, path, "a number")) return;
    enum number_form form = wire_number_nano(wire_number_text(r->in, value), 9, at);
    if (form == NUMBER_EXACT) return;
    (void)wire_fault_at(r->c, form == NUMBER_TOO_PRECISE ? TOO_PRECISE : BAD_VALUE, path, NULL,
                        TEXT("must be a decimal of at most 9 places, without exponent"));
}

static void read_bool(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_TRUE, path, "true or false")) return;
    memcpy(at, &(bool){json_is_true(value)}, sizeof(bool));
}

static void read_list(struct reader *r, json_t *value, const struct json_path *path,
                      const struct field *f, unsigned char *owner)
{
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return;
    size_t count = json_array_size(value);
    if (count < f->least || count > f->most) {
        bad_value(r, path, SAY(r, "must have %u to %u items", f->least, f->most));
        return;
    }
    unsigned char *items = rehab_alloc(r->c->arena, (count + 1) * f->table->size);
    if (items == NULL) return;
    memset(items, 0, (count + 1) * f->table->size);
    for (size_t i = 0; i < count; i++) {
        struct json_path item = {path, NULL, i};
        wire_read_object(r, json_array_get(value, i), &item, f->table, items + i * f->table->size);
    }
    memcpy(owner + f->at, &items, sizeof items);
    memcpy(owner + f->count_at, &(uint32_t){(uint32_t)count}, sizeof(uint32_t));
}

static void read_line(struct reader *r, json_t *value, const struct json_path *path,
                      const struct field *f, void *at)
{
    struct text t = wire_read_line(r, value, path, f);
    memcpy(at, &t, sizeof t);
}

static void read_field(struct reader *r, json_t *value, const struct json_path *path,
                       const struct field *f, unsigned char *owner)
{
    void *at = owner + f->at;
    switch (f->kind) {
    case WIRE_TEXT:
    case WIRE_LINES:
    case WIRE_CODE: read_line(r, value, path, f, at); break;
    case WIRE_WORD: read_word(r, value, path, f, at); break;
    case WIRE_UUID: read_uuid(r, value, path, at); break;
    case WIRE_TIME: read_time(r, value, path, at); break;
    case WIRE_DATE: read_date(r, value, path, at); break;
    case WIRE_WHOLE: read_whole(r, value, path, f, at); break;
    case WIRE_NANO: read_nano(r, value, path, at); break;
    case WIRE_BOOL: read_bool(r, value, path, at); break;
    case WIRE_OBJECT: wire_read_object(r, value, path, f->table, at); break;
    case WIRE_LIST: read_list(r, value, path, f, owner); break;
    case WIRE_OWN: f->own(r, value, path, at); break;
    case WIRE_ANY: break;
    }
}

static void report_unknown(struct reader *r, const struct json_path *member, const struct table *t)
{
    struct rehab_text names[64];
    for (uint32_t i = 0; i < t->count; i++)
        names[i] = (struct rehab_text){t->fields[i].name, (uint32_t)strlen(t->fields[i].name)};
    struct text nearest = wire_nearest(text_of(member->key), names, t->count);
    struct text known = wire_list_names(r->c, names, t->count);
    struct text detail = nearest.size > 0 ? SAY(r, "did you mean %.*s?", TEXT_FMT(nearest))
                                          : SAY(r, "known here: %.*s", TEXT_FMT(known));
    (void)wire_fault_at(r->c, UNKNOWN_MEMBER, member, NULL, detail);
}

static const struct field *find_field(const struct table *t, const char *name)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (strcmp(t->fields[i].name, name) == 0) return &t->fields[i];
    }
    return NULL;
}

/* Members are judged in the order they were sent. */
static uint64_t read_members(struct reader *r, json_t *value, const struct json_path *path,
                             const struct table *t, void *out)
{
    uint64_t seen = 0;
    for (void *i = json_object_iter(value); i != NULL; i = json_object_iter_next(value, i)) {
        struct json_path member = {path, json_object_iter_key(i), 0};
        const struct field *f = find_field(t, member.key);
        if (f == NULL) {
            report_unknown(r, &member, t);
            continue;
        }
        seen |= UINT64_C(1) << (f - t->fields);
        read_field(r, json_object_iter_value(i), &member, f, out);
    }
    return seen;
}

void wire_read_object(struct reader *r, json_t *value, const struct json_path *path,
                      const struct table *t, void *out)
{
    assert(t->count <= 64);
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return;
    uint64_t seen = read_members(r, value, path, t, out);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct field *f = &t->fields[i];
        if (f->need == OPTIONAL || (seen >> i & 1) != 0) continue;
        (void)wire_fault_at(r->c, MISSING_MEMBER, path, f->name, (struct text){NULL, 0});
    }
}

struct result wire_read_body(struct call *c, struct text body, const struct table *t,
                             const void *context, void *out)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    TRY(wire_open_json(c, body, TOP_OBJECT, &in));
    struct reader r = {c, &in, context};
    wire_read_object(&r, in.root, NULL, t, out);
    if (c->arena->full) return (struct result){NO_MEMORY};
    return call_faults(c);
}
