/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue this program carries, sql/seed, into the database. What stands there with the same
 * bytes is left alone, so that every start may do this. A published version is never replaced:
 * other bytes under its number are refused. */
#include "cli.h"

#include "../base/digest.h"
#include "../base/embed.h"
#include "../store/store.h"
#include "../wire/wire.h"

#include "rehab/rehab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETAG_DIGITS = 16 };

struct counts {
    uint32_t documents, changed;
};

static struct text make_etag(struct call *c, struct text document)
{
    char hex[DIGEST_TEXT_SIZE];
    struct digest d = digest_of(document);
    digest_write(&d, hex);
    return text_copy(c->arena, (struct text){hex, ETAG_DIGITS});
}

/* Of which file it is said. */
static bool fail_of(const char *name, const char *particulars, char *why)
{
    snprintf(why, WHY_SIZE, "%.100s: %.*s", name, WHY_SIZE - 110, particulars);
    return false;
}

static bool fail(const struct call *c, struct result r, const char *name, char *why)
{
    char particulars[WHY_SIZE];
    session_explain(c, r, particulars);
    return fail_of(name, particulars, why);
}

static bool open_file(const char *name, struct embed *file, char *why)
{
    if (embed_find(name, file)) return true;
    snprintf(why, WHY_SIZE, "this program carries no %s", name);
    return false;
}

static void count(struct counts *n, enum outcome outcome)
{
    n->documents++;
    n->changed += outcome != OUTCOME_SAME;
}

static bool seed_measures(struct session *s, struct counts *n, char *why)
{
    struct embed file;
    struct measure *list = NULL;
    uint32_t size = 0;
    enum outcome outcome = OUTCOME_SAME;
    struct call *c = session_call(s);
    if (!open_file("sql/seed/measures.json", &file, why)) return false;
    struct result r = wire_read_measures(c, file.text, &list, &size);
    for (uint32_t i = 0; i < size && r.code == OK; i++) {
        list[i].etag = make_etag(c, list[i].document);
        r = store_save_measure(c, &list[i], &outcome);
        count(n, outcome);
    }
    return r.code == OK || fail(c, r, file.name, why);
}

static bool seed_exercises(struct session *s, struct counts *n, char *why)
{
    struct embed file;
    struct exercise *list = NULL;
    uint32_t size = 0;
    enum outcome outcome = OUTCOME_SAME;
    struct call *c = session_call(s);
    if (!open_file("sql/seed/exercises.json", &file, why)) return false;
    struct result r = wire_read_exercises(c, file.text, &list, &size);
    for (uint32_t i = 0; i < size && r.code == OK; i++) {
        list[i].etag = make_etag(c, list[i].document);
        r = store_save_exercise(c, &list[i], &outcome);
        count(n, outcome);
    }
    return r.code == OK || fail(c, r, file.name, why);
}

static bool explain(const struct call *c, struct result r, char *why)
{
    session_explain(c, r, why);
    return false;
}

bool protocol_publish(struct session *s, struct text json, bool *changed, char *why)
{
    struct protocol_head head;
    struct text block;
    enum outcome outcome = OUTCOME_SAME;
    struct call *c = session_call(s);
    struct result r = wire_read_protocol_head(c, json, &head);
    if (r.code != OK) return explain(c, r, why);
    if (!protocol_compile(c, json, &block, why)) return false;
    struct protocol_version v = {
        .protocol = head.id, .version = head.version, .state = VERSION_PUBLISHED, .document = json};
    v.compiled = block;
    v.etag = make_etag(c, json);
    r = store_publish_version(c, &v, &outcome);
    if (r.code != OK) return explain(c, r, why);
    if (outcome == OUTCOME_OTHER) {
        snprintf(why, WHY_SIZE,
                 "version %d of %.*s is published with other content, which never changes: "
                 "give the new one a higher number",
                 head.version, TEXT_FMT(head.id));
        return false;
    }
    *changed = outcome != OUTCOME_SAME;
    return true;
}

/* The document of the next version from *i on whose block this release cannot open, to be freed;
 * NULL: there is none. */
static char *next_stale(struct session *s, uint32_t *i)
{
    struct protocol_version *rows = NULL;
    struct rehab_protocol opened;
    uint32_t size = 0;
    struct call *c = session_call(s);
    if (store_list_protocol_versions(c, &rows, &size).code != OK) return NULL;
    while (*i < size) {
        const struct protocol_version *row = &rows[(*i)++];
        struct text block = text_copy(c->arena, row->compiled);
        if (rehab_open(block.at, block.size, &opened) != REHAB_FINE)
            return strndup(row->document.at, row->document.size);
    }
    return NULL;
}

/* Versions that somebody published by hand: their documents stand, and their blocks are made again
 * when another release made them. One that no longer compiles must not keep the others from their
 * patients: it is told, and stays as it is. */
static void renew_blocks(struct session *s, struct counts *n)
{
    char why[WHY_SIZE], *document;
    bool changed = false;
    for (uint32_t i = 0; (document = next_stale(s, &i)) != NULL; free(document)) {
        if (protocol_publish(s, text_of(document), &changed, why)) {
            n->documents++;
            n->changed += changed;
        } else {
            (void)cli_fail("a published protocol: %s", why);
        }
    }
}

bool seed_catalogue(struct session *s, bool tell, char *why)
{
    struct counts n = {0, 0};
    struct embed file;
    if (!seed_measures(s, &n, why) || !seed_exercises(s, &n, why)) return false;
    for (int i = 0; embed_next("sql/seed/protocols/", &i, &file);) {
        bool changed = false;
        char fault[WHY_SIZE];
        if (!protocol_publish(s, file.text, &changed, fault)) return fail_of(file.name, fault, why);
        n.documents++;
        n.changed += changed;
    }
    renew_blocks(s, &n);
    if (tell) printf("%u documents, %u of them new or changed\n", n.documents, n.changed);
    return true;
}

int cli_seed(int argc, char **argv)
{
    struct config config = {0};
    struct database d;
    char why[WHY_SIZE] = "";
    cli_parse_nothing(
        argc, argv,
        "Load the measures, exercises and protocols that this program carries. Safe to repeat.");
    if (!cli_read_config(&config)) return EXIT_FAULT;
    if (!database_open(&d, &config, why)) return cli_fail("%s", why);
    struct session *s = session_open(d.url, &config, why);
    bool done = s != NULL && seed_catalogue(s, true, why);
    if (s != NULL) session_close(s);
    database_close(&d);
    return done ? EXIT_SUCCESS : cli_fail("%s", why);
}
