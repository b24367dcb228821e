/* SPDX-License-Identifier: Apache-2.0 */
/* For authors: is the document right, what does it compile to, and into the catalogue with it. The
 * measures are those this program carries. */
#include "cli.h"

#include "../base/arena.h"
#include "../base/digest.h"
#include "../base/embed.h"
#include "../base/time.h"
#include "../wire/wire.h"
#include "rehab/rehab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { DOCUMENT_LIMIT = 1024 * 1024, FINDINGS_LIMIT = 256 };

/* Once for the size, once for the block. */
static struct result compile(struct call *c, const struct rehab_document *document,
                             struct text *block)
{
    struct rehab_fault fault = {0};
    size_t size = 0;
    rehab_compile(document, c->arena, NULL, 0, &size, &fault);
    if (size == 0) return wire_note_fault(c, &fault);
    void *at = rehab_alloc(c->arena, size);
    if (at == NULL) return (struct result){NO_MEMORY};
    if (rehab_compile(document, c->arena, at, size, &size, &fault) != REHAB_FINE)
        return wire_note_fault(c, &fault);
    *block = (struct text){at, size};
    return DONE;
}

static struct result read_and_compile(struct call *c, struct text measures_json, struct text json,
                                      struct text *block)
{
    struct rehab_measure *measures = NULL;
    struct rehab_document document;
    uint32_t count = 0;
    TRY(wire_read_rules_measures(c, measures_json, &measures, &count));
    TRY(wire_read_protocol(c, json, measures, count, &document));
    return compile(c, &document, block);
}

bool protocol_compile(struct call *c, struct text json, struct text *block, char *why)
{
    struct embed file;
    if (!embed_find("sql/seed/measures.json", &file)) {
        snprintf(why, WHY_SIZE, "this program carries no measures");
        return false;
    }
    struct result r = read_and_compile(c, file.text, json, block);
    if (r.code != OK) session_explain(c, r, why);
    return r.code == OK;
}

/* ---- the command ---- */

struct asked {
    const char *verb, *file, *output;
};

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "where compile writes the block; else standard output", 0},
    {0},
};

static error_t take_option(int key, char *arg, struct argp_state *state)
{
    struct asked *a = state->input;
    switch (key) {
    case 'o': a->output = arg; break;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) a->verb = arg;
        if (state->arg_num == 1) a->file = arg;
        if (state->arg_num > 1) return ARGP_ERR_UNKNOWN;
        break;
    case ARGP_KEY_END:
        if (a->file == NULL) argp_usage(state);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static bool read_document(struct call *c, const char *path, struct text *out, char *why)
{
    char *bytes = rehab_alloc(c->arena, DOCUMENT_LIMIT);
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    size_t size = f == NULL || bytes == NULL ? 0 : fread(bytes, 1, DOCUMENT_LIMIT, f);
    if (f == NULL) snprintf(why, WHY_SIZE, "it cannot be read: %s", strerror(errno));
    if (size == DOCUMENT_LIMIT)
        snprintf(why, WHY_SIZE, "it is larger than %d bytes", DOCUMENT_LIMIT);
    if (f != NULL && f != stdin) fclose(f);
    *out = (struct text){bytes, size};
    return f != NULL && bytes != NULL && size < DOCUMENT_LIMIT;
}

static bool write_block(const char *path, struct text block, char *why)
{
    FILE *f = path == NULL ? stdout : fopen(path, "we");
    bool done = f != NULL && fwrite(block.at, 1, block.size, f) == block.size;
    if (f != NULL && f != stdout) done = fclose(f) == 0 && done;
    if (!done)
        snprintf(why, WHY_SIZE, "%.200s cannot be written: %s",
                 path == NULL ? "standard output" : path, strerror(errno));
    return done;
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
 * yes is good news. Without a code: there is none. */
static struct rehab_measure find_screen(struct call *c)
{
    const struct rehab_text screen = {"screen", 6};
    const struct rehab_measure none = {.code = {NULL, 0}};
    struct rehab_measure *m = NULL;
    uint32_t count = 0;
    struct embed file;
    if (!embed_find("sql/seed/measures.json", &file) ||
        wire_read_rules_measures(c, file.text, &m, &count).code != OK)
        return none;
    for (uint32_t i = 0; i < count; i++) {
        if (m[i].direction == REHAB_HIGHER_IS_BETTER &&
            rehab_text_equal(m[i].freshness_class, screen))
            return m[i];
    }
    return none;
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
static uint32_t check_screens(const struct rehab_protocol *p, const struct rehab_measure *screen)
{
    const uint32_t measure = rehab_find_measure(p, screen->code);
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

static bool has_exercise(const struct exercise *all, uint32_t count, struct rehab_text id)
{
    bool found = false;
    for (uint32_t i = 0; i < count; i++)
        found = found || text_equal(all[i].id, (struct text){id.at, id.size});
    return found;
}

/* What a phase prescribes must be an exercise of the catalogue, which the core does not know. How
 * many are none. */
static uint32_t check_exercises(struct call *c, const struct rehab_protocol *p)
{
    struct embed file;
    struct exercise *all = NULL;
    uint32_t count = 0, unknown = 0;
    if (!embed_find("sql/seed/exercises.json", &file) ||
        wire_read_exercises(c, file.text, &all, &count).code != OK)
        return 0;
    for (uint32_t i = 0; i < rehab_count(p, REHAB_PHASES); i++) {
        const struct rehab_phase_row *phase = &p->phases[i];
        for (uint32_t k = 0; k < phase->prescriptions.count; k++) {
            const struct rehab_prescription_row *row =
                &p->prescriptions[phase->prescriptions.first + k];
            struct rehab_text id = rehab_text_at(p, row->exercise);
            if (has_exercise(all, count, id)) continue;
            printf("error /tracks/%u/phases/%u/prescriptions/%u/exercise unknown_exercise: there "
                   "is no such exercise in the catalogue (%.*s)\n",
                   phase->track, i - p->tracks[phase->track].phases.first, k, (int)id.size, id.at);
            unknown++;
        }
    }
    return unknown;
}

/* Whether the critic let it pass: it found no error. */
static bool lint(struct call *c, struct text block, char *why)
{
    struct rehab_protocol p;
    struct rehab_lint_finding *found = rehab_alloc(c->arena, FINDINGS_LIMIT * sizeof *found);
    uint32_t errors = 0;
    if (found == NULL || rehab_open(block.at, block.size, &p) != REHAB_FINE) return false;
    const struct rehab_measure screen = find_screen(c);
    uint32_t count = rehab_lint(&p, screen.code, found, FINDINGS_LIMIT);
    for (uint32_t i = 0; i < count && i < FINDINGS_LIMIT; i++) {
        show_finding(&p, &found[i]);
        errors += rehab_lint_severity(found[i].code) == REHAB_ERROR;
    }
    const uint32_t unknown = check_exercises(c, &p), old = check_screens(&p, &screen);
    errors += unknown;
    if (count > FINDINGS_LIMIT) printf("and %u more\n", count - FINDINGS_LIMIT);
    bool passed = errors == 0 && count <= FINDINGS_LIMIT;
    if (!passed) snprintf(why, WHY_SIZE, "%u errors in %u findings", errors, count + unknown + old);
    return passed;
}

static bool publish(const char *name, struct text document, char *why)
{
    struct config config = {0};
    struct database d;
    bool changed = false;
    if (!cli_read_config(&config) || !database_open(&d, &config, why)) return false;
    struct session *s = session_open(d.url, &config, why);
    bool done = s != NULL && protocol_publish(s, name, document, &changed, why);
    if (done) printf("%s: %s\n", name, changed ? "published" : "is published already");
    if (s != NULL) session_close(s);
    database_close(&d);
    return done;
}

static bool work(const struct asked *a, struct call *c, char *why)
{
    struct text document;
    struct text block = {NULL, 0};
    if (!read_document(c, a->file, &document, why) || !protocol_compile(c, document, &block, why))
        return false;
    if (strcmp(a->verb, "compile") == 0) return write_block(a->output, block, why);
    if (!lint(c, block, why)) return false;
    if (strcmp(a->verb, "import") == 0) return publish(a->file, document, why);
    const struct digest d = digest_of(block);
    char digest[DIGEST_TEXT_SIZE];
    digest_write(&d, digest);
    printf("%s: no error; it compiles to %zu bytes, SHA-256 %s\n", a->file, block.size, digest);
    return true;
}

/* The first stands in what the program fails with; an author wants all of them at once. */
static void show_other_faults(const struct problem *p)
{
    for (uint32_t i = 1; i < p->fault_count; i++) {
        const struct fault *f = &p->faults[i];
        struct text detail = f->detail.size > 0 ? f->detail : text_of(problem_title(f->code));
        fprintf(stderr, "  and %.*s %.*s\n", TEXT_FMT(f->pointer), TEXT_FMT(detail));
    }
}

int cli_protocol(int argc, char **argv)
{
    struct asked a = {0};
    char why[WHY_SIZE] = "there is no memory";
    cli_parse(argc, argv, options, take_option, "lint FILE\ncompile FILE\nimport FILE",
              "Check a protocol document, compile it to the block that librehab reads, or publish "
              "it when it is found without an error. FILE may be - for standard input.",
              &a);
    if (strcmp(a.verb, "lint") != 0 && strcmp(a.verb, "compile") != 0 &&
        strcmp(a.verb, "import") != 0) {
        return cli_fail("there is no protocol %s: lint, compile or import", a.verb);
    }
    struct arena_pool *pool = arena_pool_open(1);
    if (pool == NULL) return cli_fail("%s", why);
    struct call c = {.now_us = time_now_us(), .arena = arena_take(pool)};
    bool done = c.arena != NULL && work(&a, &c, why);
    int status = done ? EXIT_SUCCESS : cli_fail("%s: %s", a.file, why);
    if (!done) show_other_faults(&c.problem);
    arena_drop(c.arena);
    arena_pool_close(pool);
    return status;
}
