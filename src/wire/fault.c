/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler found wrong, as it is told: and where a label does not exist, which ones do.
 * The compiler tells only the place; which scale, stratum or state is meant there is said by the
 * object around it, or further out: a zone's by its band, a step's by its states. */
#include "json_in.h"
#include "wire.h"

#include <stdlib.h>

enum { LIST_MAX = 600, POINTER_MAX = 640 };

struct text wire_list_names(struct call *c, const struct rehab_text *names, uint32_t count)
{
    struct text list = {NULL, 0};
    for (uint32_t i = 0; i < count; i++) {
        if (list.size + names[i].size > LIST_MAX)
            return text_format(c->arena, "%.*s and %u more", TEXT_FMT(list), count - i);
        list = text_format(c->arena, "%.*s%s%.*s", TEXT_FMT(list), i > 0 ? " " : "",
                           (int)names[i].size, names[i].at);
    }
    return list;
}

static struct text of_core(struct rehab_text t)
{
    return (struct text){t.at, t.size};
}

static bool is_named(struct rehab_text id, const char *name)
{
    return name != NULL && text_is(of_core(id), name);
}

static struct rehab_texts labels_of_measure(const struct rehab_document *d, const char *code)
{
    for (uint32_t i = 0; i < d->measure_count; i++)
        if (is_named(d->measures[i].code, code)) return d->measures[i].labels;
    return (struct rehab_texts){NULL, 0};
}

static struct rehab_texts values_of_stratum(const struct rehab_document *d, const char *id)
{
    for (uint32_t i = 0; i < d->stratum_count; i++)
        if (is_named(d->strata[i].id, id)) return d->strata[i].values;
    return (struct rehab_texts){NULL, 0};
}

/* Where it begins and where its steps lead, each once. */
static struct rehab_texts states_of(struct call *c, const struct rehab_automaton *a)
{
    struct rehab_text *all = rehab_alloc(c->arena, (a->step_count + 1) * sizeof *all);
    uint32_t count = 0;
    if (all == NULL) return (struct rehab_texts){NULL, 0};
    all[count++] = a->start;
    for (uint32_t i = 0; i < a->step_count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < count; k++)
            known = known || rehab_text_equal(all[k], a->steps[i].to);
        if (!known) all[count++] = a->steps[i].to;
    }
    return (struct rehab_texts){all, count};
}

static struct rehab_texts states_of_automaton(struct call *c, const struct rehab_document *d,
                                              const char *id)
{
    for (uint32_t i = 0; i < d->automaton_count; i++)
        if (is_named(d->automata[i].id, id)) return states_of(c, &d->automata[i]);
    return (struct rehab_texts){NULL, 0};
}

static const char *word_in(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* What this object says the labels inside are; none: it does not say. */
static struct rehab_texts labels_in(struct call *c, const struct rehab_document *d, json_t *object)
{
    static const char *const measured[] = {"latest", "worst", "best", "during", "measure", "of"};
    struct rehab_texts labels = values_of_stratum(d, word_in(object, "stratum"));
    if (labels.count == 0) labels = states_of_automaton(c, d, word_in(object, "state"));
    for (size_t i = 0; labels.count == 0 && i < sizeof measured / sizeof measured[0]; i++)
        labels = labels_of_measure(d, word_in(object, measured[i]));
    return labels;
}

/* One step of a pointer, without its escapes, and what it leads to. */
static json_t *step_into(json_t *at, char *step)
{
    char *to = step;
    for (const char *from = step; *from != '\0'; from++) {
        bool escaped = *from == '~' && from[1] != '\0';
        if (escaped) from++;
        *to++ = (char)(!escaped ? *from : *from == '1' ? '/' : '~');
    }
    *to = '\0';
    return json_is_array(at) ? json_array_get(at, strtoul(step, NULL, 10))
                             : json_object_get(at, step);
}

static struct rehab_texts find_labels(struct call *c, const struct rehab_document *d, json_t *at,
                                      char *pointer)
{
    struct rehab_texts found = {NULL, 0};
    bool by = false; /* the next step is a stratum */
    for (char *rest = pointer, *step; (step = strsep(&rest, "/")) != NULL && at != NULL;) {
        at = step == pointer ? at : step_into(at, step);
        struct rehab_texts here = labels_in(c, d, at);
        if (here.count > 0) found = here;
        if (by) return values_of_stratum(d, step);
        by = strcmp(step, "value_by") == 0 || (strcmp(step, "by") == 0 && json_is_object(at));
    }
    return found;
}

static struct result note(struct call *c, const struct rehab_fault *f, struct rehab_texts labels)
{
    const struct text subject = of_core(f->subject), near = of_core(f->nearest);
    struct text said = of_core(rehab_fault_sentence(f->code, (struct rehab_text){"en", 2}));
    if (subject.size > 0)
        said = text_format(c->arena, "%.*s (%.*s)", TEXT_FMT(said), TEXT_FMT(subject));
    if (near.size > 0)
        said = text_format(c->arena, "%.*s; did you mean %.*s?", TEXT_FMT(said), TEXT_FMT(near));
    if (labels.count > 0) {
        const struct text list = wire_list_names(c, labels.at, labels.count);
        said = text_format(c->arena, "%.*s; there are: %.*s", TEXT_FMT(said), TEXT_FMT(list));
    }
    return call_fault(c, BAD_DOCUMENT, text_copy(c->arena, of_core(f->pointer)), said);
}

struct result wire_note_fault(struct call *c, const struct rehab_fault *f)
{
    return note(c, f, (struct rehab_texts){NULL, 0});
}

struct result wire_note_fault_of(struct call *c, const struct rehab_fault *f, struct text body,
                                 const struct rehab_document *d)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    char pointer[POINTER_MAX];
    if (f->code != REHAB_UNKNOWN_LABEL || f->nearest.size > 0 || f->pointer.size >= POINTER_MAX)
        return wire_note_fault(c, f);
    TRY(wire_open_json(c, body, TOP_DOCUMENT, &in));
    memcpy(pointer, f->pointer.at, f->pointer.size);
    pointer[f->pointer.size] = '\0';
    return note(c, f, find_labels(c, d, in.root, pointer));
}
