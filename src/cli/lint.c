/* SPDX-License-Identifier: Apache-2.0 */
/* The critic on the command line: what librehab finds in the compiled form, and beside it what only
 * the catalogue that this program carries can tell, or the text of the document. */
#include "cli.h"

#include "../base/embed.h"
#include "../wire/wire.h"
#include "rehab/rehab.h"

#include <stdio.h>

enum { FINDINGS_LIMIT = 256 };

/* What is looked through, and what it is held against. */
struct checked {
    const struct rehab_protocol *p;
    struct rehab_measure *measures;
    struct exercise *exercises;
    uint32_t measure_count, exercise_count;
    struct document_places places;
};

static struct rehab_text to_core(struct text t)
{
    return (struct rehab_text){t.at, (uint32_t)t.size};
}

/* A finding in a line: how bad, where, what, of which. */
static void show_finding(const struct rehab_protocol *p, const struct rehab_lint_finding *f)
{
    struct rehab_text severity = rehab_severity_name(rehab_lint_severity(f->code));
    struct rehab_text name = rehab_lint_name(f->code);
    struct rehab_text sentence = rehab_lint_sentence(f->code, (struct rehab_text){"en", 2});
    printf("%.*s %.*s %.*s: %.*s (%.*s", (int)severity.size, severity.at, (int)f->pointer_size,
           f->pointer, (int)name.size, name.at, (int)sentence.size, sentence.at,
           (int)f->subject.size, f->subject.at);
    if (f->stratum != REHAB_NONE) {
        const struct rehab_stratum_row *s = &p->strata[f->stratum];
        struct rehab_text id = rehab_text_at(p, s->id);
        struct rehab_text value =
            rehab_text_at(p, p->texts[s->values.first + f->stratum_value].text);
        printf("; %.*s %.*s", (int)id.size, id.at, (int)value.size, value.at);
    }
    printf(")\n");
}

/* The measure by which it is said that red flags were asked for: of all that screen, the one whose
 * yes is good news. NULL: there is none. */
static const struct rehab_measure *find_screen(const struct checked *k)
{
    const struct rehab_text screen = {"screen", 6};
    for (uint32_t i = 0; i < k->measure_count; i++) {
        const struct rehab_measure *m = &k->measures[i];
        if (m->direction == REHAB_HIGHER_IS_BETTER && rehab_text_equal(m->freshness_class, screen))
            return m;
    }
    return NULL;
}

/* Does the gate ask for the screen, and nowhere for one that is as fresh as the catalogue has it?
 */
static bool has_old_screen(const struct rehab_protocol *p, const struct rehab_gate_row *gate,
                           uint32_t screen, int64_t window_us)
{
    const struct rehab_range range = p->rules[gate->rule].criteria;
    bool old = false, fresh = false;
    for (uint32_t i = range.first; i < range.first + range.count; i++) {
        const struct rehab_criterion_row *row = &p->criteria[i];
        if (row->measure != screen || row->within_us == 0) continue;
        if (row->within_us > window_us) {
            old = true;
        } else {
            fresh = true;
        }
    }
    return old && !fresh;
}

/* How long an answer about red flags is good for is said in the catalogue, not in the block. A
 * document may let it grow older, so it is told, and no error. How many gates ahead do.
 *= src:EVIDENCE#6.2  the window of the screen, a default that criteria may override */
static uint32_t check_screens(const struct checked *k)
{
    const struct rehab_protocol *p = k->p;
    const struct rehab_measure *screen = find_screen(k);
    const uint32_t measure = screen == NULL ? REHAB_NONE : rehab_find_measure(p, screen->code);
    uint32_t old = 0;
    if (measure == REHAB_NONE || !screen->window.given) return 0;
    for (uint32_t i = 0; i < rehab_count(p, REHAB_GATES); i++) {
        const struct rehab_gate_row *gate = &p->gates[i];
        const struct rehab_phase_row *phase = &p->phases[gate->from];
        bool ahead = gate->move == REHAB_ADVANCE || gate->move == REHAB_COMPLETE;
        if (!ahead || !has_old_screen(p, gate, measure, screen->window.us)) continue;
        struct rehab_text id = rehab_text_at(p, gate->id);
        printf("warning /tracks/%u/phases/%u/gates/%u/when old_screen: the screen for red flags "
               "may be older than its window in the catalogue (%.*s)\n",
               phase->track, gate->from - p->tracks[phase->track].phases.first,
               i - phase->gates.first, (int)id.size, id.at);
        old++;
    }
    return old;
}

static void tell_nearest(struct text near)
{
    if (near.size > 0) printf("; did you mean %.*s?", TEXT_FMT(near));
    printf("\n");
}

static bool has_exercise(const struct checked *k, struct rehab_text id)
{
    bool found = false;
    for (uint32_t i = 0; i < k->exercise_count; i++)
        found = found || rehab_text_equal(to_core(k->exercises[i].id), id);
    return found;
}

/* What a phase prescribes must be an exercise of the catalogue, which the core does not know. How
 * many are none. */
static uint32_t check_exercises(struct call *c, const struct checked *k)
{
    const struct rehab_protocol *p = k->p;
    struct rehab_text *ids = rehab_alloc(c->arena, k->exercise_count * sizeof *ids + 1);
    uint32_t unknown = 0, count = ids == NULL ? 0 : k->exercise_count;
    for (uint32_t i = 0; i < count; i++)
        ids[i] = to_core(k->exercises[i].id);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_PHASES); i++) {
        const struct rehab_phase_row *phase = &p->phases[i];
        for (uint32_t n = 0; n < phase->prescriptions.count; n++) {
            const struct rehab_prescription_row *row =
                &p->prescriptions[phase->prescriptions.first + n];
            struct rehab_text id = rehab_text_at(p, row->exercise);
            if (has_exercise(k, id)) continue;
            printf("error /tracks/%u/phases/%u/prescriptions/%u/exercise unknown_exercise: there "
                   "is no such exercise in the catalogue (%.*s)",
                   phase->track, i - p->tracks[phase->track].phases.first, n, (int)id.size, id.at);
            tell_nearest(wire_nearest((struct text){id.at, id.size}, ids, count));
            unknown++;
        }
    }
    return unknown;
}

static bool is_truth(const struct checked *k, struct text code)
{
    bool found = false;
    for (uint32_t i = 0; i < k->measure_count; i++)
        found = found || (k->measures[i].kind == REHAB_BOOLEAN &&
                          rehab_text_equal(k->measures[i].code, to_core(code)));
    return found;
}

/* The service takes a clearance as an observation of the measure of that name, so what is none can
 * never be given. How many are none. */
static uint32_t check_clearances(struct call *c, const struct checked *k)
{
    struct rehab_text *truths = rehab_alloc(c->arena, k->measure_count * sizeof *truths + 1);
    uint32_t count = 0, unknown = 0;
    for (uint32_t i = 0; truths != NULL && i < k->measure_count; i++) {
        if (k->measures[i].kind == REHAB_BOOLEAN) truths[count++] = k->measures[i].code;
    }
    for (const struct place *at = k->places.cleared.first; at != NULL; at = at->next) {
        if (is_truth(k, at->name)) continue;
        printf("error %.*s unknown_clearance: there is no such measure of yes and no in the "
               "catalogue, so nobody can give it (%.*s)",
               TEXT_FMT(at->pointer), TEXT_FMT(at->name));
        tell_nearest(wire_nearest(at->name, truths, count));
        unknown++;
    }
    return unknown;
}

/* ---- words ---- */

/* What sentences tell by its key where no term says otherwise. */
struct keys {
    struct rehab_text *at;
    uint32_t count, room;
};

static void add_key(struct keys *k, struct rehab_text key)
{
    if (k->count < k->room) k->at[k->count++] = key;
}

static void add_keys(struct keys *k, const struct rehab_protocol *p, struct rehab_range texts)
{
    for (uint32_t i = texts.first; i < texts.first + texts.count; i++)
        add_key(k, rehab_text_at(p, p->texts[i].text));
}

/* What has a title is told by that. */
static void add_untitled(struct keys *k, const struct rehab_protocol *p)
{
    for (uint32_t i = 0; i < rehab_count(p, REHAB_ACTIVITIES); i++)
        if (p->activities[i].title.count == 0) add_key(k, rehab_text_at(p, p->activities[i].id));
    for (uint32_t i = 0; i < rehab_count(p, REHAB_AUTOMATA); i++) {
        if (p->automata[i].title.count == 0) add_key(k, rehab_text_at(p, p->automata[i].id));
        add_keys(k, p, p->automata[i].states);
    }
}

static struct keys list_keys(struct call *c, const struct rehab_protocol *p)
{
    struct keys k = {.room = rehab_count(p, REHAB_TEXTS) + rehab_count(p, REHAB_STRATA) +
                             rehab_count(p, REHAB_CLEARANCES) + rehab_count(p, REHAB_TRACKS) +
                             rehab_count(p, REHAB_ACTIVITIES) + rehab_count(p, REHAB_AUTOMATA)};
    k.at = rehab_alloc(c->arena, k.room * sizeof *k.at + 1);
    if (k.at == NULL) return (struct keys){NULL, 0, 0};
    for (uint32_t i = 0; i < rehab_count(p, REHAB_STRATA); i++) {
        add_key(&k, rehab_text_at(p, p->strata[i].id));
        add_keys(&k, p, p->strata[i].values);
    }
    for (uint32_t i = 0; i < rehab_count(p, REHAB_MEASURES); i++)
        add_keys(&k, p, p->measures[i].labels);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_CLEARANCES); i++)
        add_key(&k, rehab_text_at(p, p->clearances[i].text));
    for (uint32_t i = 0; rehab_count(p, REHAB_TRACKS) > 1 && i < rehab_count(p, REHAB_TRACKS); i++)
        add_key(&k, rehab_text_at(p, p->tracks[i].id));
    add_untitled(&k, p);
    return k;
}

static bool has_key(const struct keys *k, struct text name)
{
    bool found = false;
    for (uint32_t i = 0; i < k->count; i++)
        found = found || rehab_text_equal(k->at[i], to_core(name));
    return found;
}

static uint32_t check_terms(struct call *c, const struct checked *k)
{
    const struct keys told = list_keys(c, k->p);
    uint32_t unused = 0;
    for (const struct place *at = k->places.terms.first; at != NULL; at = at->next) {
        if (has_key(&told, at->name)) continue;
        printf("warning %.*s unused_term: no sentence about this document tells this key (%.*s)",
               TEXT_FMT(at->pointer), TEXT_FMT(at->name));
        tell_nearest(wire_nearest(at->name, told.at, told.count));
        unused++;
    }
    return unused;
}

static uint32_t check_english(const struct checked *k)
{
    uint32_t count = 0;
    for (const struct place *at = k->places.no_english.first; at != NULL; at = at->next, count++)
        printf("warning %.*s no_english: the text is not in English, which all other languages "
               "fall back to\n",
               TEXT_FMT(at->pointer));
    return count;
}

/* ---- all of it ---- */

static bool load(struct call *c, struct text document, struct checked *k)
{
    struct embed measures, exercises;
    return embed_find("sql/seed/measures.json", &measures) &&
           embed_find("sql/seed/exercises.json", &exercises) &&
           wire_read_rules_measures(c, measures.text, &k->measures, &k->measure_count).code == OK &&
           wire_read_exercises(c, exercises.text, &k->exercises, &k->exercise_count).code == OK &&
           wire_read_places(c, document, &k->places).code == OK;
}

static void tell_count(uint32_t errors, uint32_t findings, char *why)
{
    snprintf(why, WHY_SIZE, "%u error%s in %u finding%s", errors, errors == 1 ? "" : "s", findings,
             findings == 1 ? "" : "s");
}

bool protocol_lint(struct call *c, struct text document, struct text block, char *why)
{
    struct rehab_protocol p;
    struct checked k = {.p = &p};
    struct rehab_lint_finding *found = rehab_alloc(c->arena, FINDINGS_LIMIT * sizeof *found);
    uint32_t errors = 0;
    if (found == NULL || !load(c, document, &k) ||
        rehab_open(block.at, block.size, &p) != REHAB_FINE)
        return false;
    const struct rehab_measure *screen = find_screen(&k);
    const struct rehab_text none = {NULL, 0};
    uint32_t count = rehab_lint(&p, screen == NULL ? none : screen->code, found, FINDINGS_LIMIT);
    for (uint32_t i = 0; i < count && i < FINDINGS_LIMIT; i++) {
        show_finding(&p, &found[i]);
        errors += rehab_lint_severity(found[i].code) == REHAB_ERROR;
    }
    const uint32_t unknown = check_exercises(c, &k) + check_clearances(c, &k);
    const uint32_t warned = check_screens(&k) + check_terms(c, &k) + check_english(&k);
    errors += unknown;
    if (count > FINDINGS_LIMIT) printf("and %u more\n", count - FINDINGS_LIMIT);
    bool passed = errors == 0 && count <= FINDINGS_LIMIT;
    if (!passed) tell_count(errors, count + unknown + warned, why);
    return passed;
}
