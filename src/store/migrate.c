/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations run on a connection of their own that waits for each answer: they come before
 * everything else, once. */
#include "migrate.h"

#include "../base/digest.h"
#include "statement.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { OLDEST_SERVER = 150000 };

struct run {
    PGconn *db;
    char *why;
    size_t size;
};

[[gnu::format(printf, 2, 3)]] static bool explain(struct run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->why, r->size, format, args);
    va_end(args);
    for (char *at = r->why; *at != '\0'; at++) { /* libpq speaks in several lines */
        if (*at == '\n') *at = at[1] == '\0' ? '\0' : ' ';
    }
    return false;
}

static void ignore_notice(void *world, const PGresult *notice)
{
    (void)world;
    (void)notice;
}

static bool open_database(struct run *r, const char *url)
{
    r->db = PQconnectdb(url);
    if (PQstatus(r->db) != CONNECTION_OK)
        return explain(r, "the database cannot be reached: %s", PQerrorMessage(r->db));
    PQsetNoticeReceiver(r->db, ignore_notice, NULL);
    int version = PQserverVersion(r->db);
    if (version >= OLDEST_SERVER) return true;
    return explain(r, "the database is PostgreSQL %d, it must be %d or newer", version / 10000,
                   OLDEST_SERVER / 10000);
}

/* NULL with `why` filled; else to be cleared. */
static PGresult *ask(struct run *r, enum statement which, const char *const *values)
{
    const struct statement_text *s = &statement_table[which];
    int count = (int)strlen(s->in);
    PGresult *got = PQexecParams(r->db, s->text, count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(got);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return got;
    explain(r, "%s: %s", s->label, PQerrorMessage(r->db));
    PQclear(got);
    return NULL;
}

static bool run_statement(struct run *r, enum statement which, const char *const *values)
{
    PGresult *got = ask(r, which, values);
    PQclear(got);
    return got != NULL;
}

static bool prepare_record(struct run *r)
{
    if (!run_statement(r, STATEMENT_LOCK_MIGRATIONS, NULL)) return false;
    PGresult *got = ask(r, STATEMENT_FIND_MIGRATIONS, NULL);
    if (got == NULL) return false;
    bool there = *PQgetvalue(got, 0, FIND_MIGRATIONS_THERE) == 't';
    PQclear(got);
    return there || (run_statement(r, STATEMENT_MAKE_MIGRATION_SCHEMA, NULL) &&
                     run_statement(r, STATEMENT_MAKE_MIGRATION_TABLE, NULL));
}

/* What the database has must be the beginning of what we have, byte for byte; it may have more, of
 * a newer program. */
static bool compare_record(struct run *r, PGresult *had, const struct migration *list, size_t count)
{
    char hex[DIGEST_TEXT_SIZE];
    int rows = PQntuples(had);
    for (int i = 0; i < rows && (size_t)i < count; i++) {
        const char *name = PQgetvalue(had, i, LIST_MIGRATIONS_NAME);
        if (strtol(PQgetvalue(had, i, LIST_MIGRATIONS_NUMBER), NULL, 10) != list[i].number) {
            return explain(r,
                           "the database has migration %s where this program has %s: it is another "
                           "program's database",
                           name, list[i].name);
        }
        struct digest d = digest_of(list[i].sql);
        digest_write(&d, hex);
        if (strcmp(hex, PQgetvalue(had, i, LIST_MIGRATIONS_SHA256)) != 0) {
            return explain(r,
                           "migration %s was applied in another form than this program has "
                           "(SHA-256 %.12s there, %.12s here): "
                           "a migration is never changed once it is released",
                           name, PQgetvalue(had, i, LIST_MIGRATIONS_SHA256), hex);
        }
    }
    return true;
}

static bool apply(struct run *r, const struct migration *m)
{
    char number[12];
    char hex[DIGEST_TEXT_SIZE];
    struct digest d = digest_of(m->sql);
    digest_write(&d, hex);
    snprintf(number, sizeof number, "%d", m->number);
    if (!run_statement(r, STATEMENT_BEGIN_MIGRATION, NULL)) return false;
    PGresult *got = PQexec(r->db, m->sql.at);
    ExecStatusType status = PQresultStatus(got);
    PQclear(got);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        return explain(r, "migration %s failed and was undone: %s", m->name, PQerrorMessage(r->db));
    }
    return run_statement(r, STATEMENT_NOTE_MIGRATION, (const char *[]){number, m->name, hex}) &&
           run_statement(r, STATEMENT_COMMIT_MIGRATION, NULL);
}

static bool migrate(struct run *r, const struct migration *list, size_t count,
                    void (*tell)(const struct migration *), struct migration_report *out)
{
    if (!prepare_record(r)) return false;
    PGresult *had = ask(r, STATEMENT_LIST_MIGRATIONS, NULL);
    if (had == NULL) return false;
    size_t rows = (size_t)PQntuples(had);
    bool same = compare_record(r, had, list, count);
    if (rows > 0)
        out->newest =
            (int32_t)strtol(PQgetvalue(had, (int)rows - 1, LIST_MIGRATIONS_NUMBER), NULL, 10);
    PQclear(had);
    if (!same) return false;
    for (size_t i = rows; i < count; i++) {
        if (!apply(r, &list[i])) return false;
        out->applied++;
        out->newest = list[i].number;
        if (tell != NULL) tell(&list[i]);
    }
    return true;
}

bool store_migrate(const char *url, const struct migration *list, size_t count,
                   void (*tell)(const struct migration *), struct migration_report *out, char *why,
                   size_t size)
{
    struct run r = {NULL, why, size};
    *out = (struct migration_report){0, 0};
    bool done = open_database(&r, url) && migrate(&r, list, count, tell, out);
    PQfinish(r.db);
    return done;
}
