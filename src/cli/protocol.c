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
#include <unistd.h>

enum { DOCUMENT_LIMIT = 1024 * 1024 };

/* Once for the size, once for the block. */
static struct result compile(struct call *c, const struct rehab_document *document,
                             struct text json, struct text *block)
{
    struct rehab_fault fault = {0};
    size_t size = 0;
    rehab_compile(document, c->arena, NULL, 0, &size, &fault);
    if (size == 0) return wire_note_fault_of(c, &fault, json, document);
    void *at = rehab_alloc(c->arena, size);
    if (at == NULL) return (struct result){NO_MEMORY};
    if (rehab_compile(document, c->arena, at, size, &size, &fault) != REHAB_FINE)
        return wire_note_fault_of(c, &fault, json, document);
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
    return compile(c, &document, json, block);
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
        if (a->file == NULL) argp_error(state, "it takes lint, compile or import, and a FILE");
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
    if (path == NULL && isatty(STDOUT_FILENO)) {
        snprintf(why, WHY_SIZE, "a block is not for reading: say where it goes with -o FILE");
        return false;
    }
    FILE *f = path == NULL ? stdout : fopen(path, "we");
    bool done = f != NULL && fwrite(block.at, 1, block.size, f) == block.size;
    if (f != NULL && f != stdout) done = fclose(f) == 0 && done;
    if (!done)
        snprintf(why, WHY_SIZE, "%.200s cannot be written: %s",
                 path == NULL ? "standard output" : path, strerror(errno));
    return done;
}

static bool publish(const char *name, struct text document, char *why)
{
    struct config config = {0};
    struct database d;
    bool changed = false;
    if (!cli_read_config(&config) || !database_open(&d, &config, why)) return false;
    struct session *s = session_open(d.url, &config, why);
    bool done = s != NULL && protocol_publish(s, document, &changed, why);
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
    if (!protocol_lint(c, document, block, why)) return false;
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
        struct text detail = f->detail.size > 0 ? f->detail : text_of(session_title(f->code));
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
