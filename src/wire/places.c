/* SPDX-License-Identifier: Apache-2.0 */
/* Where a protocol document says what only a catalogue or a reader of another language can judge.
 * The compiled form has lost the places, so the text is walked once more. What is an object of
 * texts by language is told by its name and by what it holds: somebody may call a stratum `title`.
 */
#include "json_in.h"
#include "wire.h"

static void put_place(struct call *c, struct place_list *list, const struct json_path *path,
                      const char *name)
{
    struct place *place = rehab_alloc(c->arena, sizeof *place);
    if (place == NULL) return;
    *place = (struct place){wire_pointer(c, path), text_copy(c->arena, text_of(name)), NULL};
    *(list->last == NULL ? &list->first : &list->last->next) = place;
    list->last = place;
}

static bool is_among(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

/* By its own name, or by that of the list or object that it stands in. */
static bool is_told(const struct json_path *path)
{
    static const char *const told[] = {"title", "message", "text", "description", NULL};
    const struct json_path *up = path->up;
    if (path->key != NULL && is_among(path->key, told)) return true;
    return up != NULL && up->key != NULL &&
           strcmp(up->key, path->key == NULL ? "goals" : "terms") == 0;
}

/* {"es": "...", "de": "..."} */
static bool is_by_language(json_t *value)
{
    const char *key;
    json_t *text;
    json_object_foreach(value, key, text)
    {
        if (!json_is_string(text)) return false;
    }
    return json_object_size(value) > 0;
}

struct places {
    struct call *c;
    struct document_places *out;
};

/* What holds keys of the author's own, and neither texts by language nor criteria. */
static bool is_opaque(const char *key)
{
    static const char *const opaque[] = {"sources", "value_by", "by", "freshness", NULL};
    return is_among(key, opaque);
}

/* The depth of the JSON text bounds the recursion. */
static void walk(const struct places *p, json_t *value, const struct json_path *path)
{
    const char *key;
    json_t *inner;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct json_path item = {path, NULL, i};
        walk(p, json_array_get(value, i), &item);
    }
    if (path != NULL && is_told(path) && is_by_language(value)) {
        if (json_object_get(value, "en") == NULL) put_place(p->c, &p->out->no_english, path, "");
        return;
    }
    json_object_foreach(value, key, inner)
    {
        const struct json_path member = {path, key, 0};
        if (strcmp(key, "cleared") == 0 && json_is_string(inner))
            put_place(p->c, &p->out->cleared, &member, json_string_value(inner));
        if (!is_opaque(key)) walk(p, inner, &member);
    }
}

static void put_terms(const struct places *p, json_t *terms)
{
    const struct json_path path = {NULL, "terms", 0};
    const char *key;
    json_t *words;
    json_object_foreach(terms, key, words)
    {
        const struct json_path member = {&path, key, 0};
        put_place(p->c, &p->out->terms, &member, key);
    }
}

struct result wire_read_places(struct call *c, struct text document, struct document_places *out)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    *out = (struct document_places){.cleared = {NULL, NULL}};
    TRY(wire_open_json(c, document, TOP_DOCUMENT, &in));
    const struct places p = {c, out};
    walk(&p, in.root, NULL);
    put_terms(&p, json_object_get(in.root, "terms"));
    return c->arena->full ? (struct result){NO_MEMORY} : DONE;
}
