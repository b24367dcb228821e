/* SPDX-License-Identifier: Apache-2.0 */
/* The seal of the audit log. Rows are written with the change they describe; the database links
 * them into blocks a moment later (trust.seal_audit), so that no write waits for a chain. Verifying
 * trusts none of that: every digest is computed anew here. PostgreSQL's binary form of integers,
 * times and ids is the canonical form of 003_trust.sql, so cells are hashed as they come.
 *
 * What a chain cannot show by itself is a tail that was cut off or replaced whole. Whoever wants to
 * know notes the head elsewhere. */
#include "store.h"

#include "../base/digest.h"
#include "statement.h"

#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_IN_BLOCK = 4096,   /* a block fills a few hundred kilobytes at most */
    ANSWERS_AT_ONCE = 5000, /* so many old answers are cleared in one transaction */
    ANSWERS_KEPT_S = 24 * 3600,

};

struct audit_log {
    PGconn *db;
    bool sealer; /* the session has taken the role on */
};

/* ---- connection ---- */

static bool explain(char *why, size_t size, const char *what, const char *said)
{
    snprintf(why, size, "%s: %s", what, said);
    for (char *at = why; *at != '\0'; at++) { /* libpq speaks in several lines */
        if (*at == '\n') *at = at[1] == '\0' ? '\0' : ' ';
    }
    return false;
}

static void drop_rows(PGresult **rows)
{
    PQclear(*rows);
}

/* One int8 or int4 parameter as text, or none. The caller clears the result. NULL with `why`: it
 * failed. */
static PGresult *ask(struct audit_log *log, enum statement what, const char *const *values,
                     char *why, size_t size)
{
    const struct statement_text *s = &statement_table[what];
    PGresult *got = PQexecParams(log->db, s->text, (int)strlen(s->in), NULL, values, NULL, NULL, 1);
    ExecStatusType status = PQresultStatus(got);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return got;
    explain(why, size, s->label, PQerrorMessage(log->db));
    PQclear(got);
    return NULL;
}

static bool run(struct audit_log *log, enum statement what, char *why, size_t size)
{
    PGresult *got = ask(log, what, NULL, why, size);
    PQclear(got);
    return got != NULL;
}

struct audit_log *store_open_audit(const char *database_url, char *why, size_t size)
{
    static const char *const key[] = {
        "application_name", "connect_timeout",  "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "dbname",          NULL};
    const char *const value[] = {"rehabd", "2", "10", "3", "3", "10000", database_url, NULL};
    struct audit_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        explain(why, size, "audit", "no memory");
        return NULL;
    }
    log->db = PQconnectdbParams(key, value, 1);
    if (PQstatus(log->db) == CONNECTION_OK) return log;
    explain(why, size, "the database cannot be reached", PQerrorMessage(log->db));
    store_close_audit(log);
    return NULL;
}

void store_close_audit(struct audit_log *log)
{
    if (log == NULL) return;
    PQfinish(log->db);
    free(log);
}

bool store_has_lost_audit(const struct audit_log *log)
{
    return PQstatus(log->db) != CONNECTION_OK;
}

/* Connected, and as the sealer. */
static bool prepare(struct audit_log *log, char *why, size_t size)
{
    if (store_has_lost_audit(log)) {
        log->sealer = false;
        PQreset(log->db);
    }
    if (store_has_lost_audit(log))
        return explain(why, size, "the database cannot be reached", PQerrorMessage(log->db));
    log->sealer = log->sealer || run(log, STATEMENT_BECOME_SEALER, why, size);
    return log->sealer;
}

/* ---- cells ---- */

static struct text cell(const PGresult *rows, int row, int column)
{
    if (PQgetisnull(rows, row, column)) return (struct text){NULL, 0};
    return (struct text){PQgetvalue(rows, row, column), (size_t)PQgetlength(rows, row, column)};
}

static int64_t cell_int8(const PGresult *rows, int row, int column)
{
    uint64_t value = 0;
    struct text t = cell(rows, row, column);
    if (t.size != sizeof value) return 0;
    memcpy(&value, t.at, sizeof value);
    return (int64_t)be64toh(value);
}

static int32_t cell_int4(const PGresult *rows, int row, int column)
{
    uint32_t value = 0;
    struct text t = cell(rows, row, column);
    if (t.size != sizeof value) return 0;
    memcpy(&value, t.at, sizeof value);
    return (int32_t)be32toh(value);
}

static bool cell_digest(const PGresult *rows, int row, int column, struct digest *out)
{
    struct text t = cell(rows, row, column);
    if (t.size != sizeof out->byte) return false;
    memcpy(out->byte, t.at, sizeof out->byte);
    return true;
}

/* ---- sealing ---- */

/* The number a statement answers with; `seconds` is the age of what is cleared, absent for sealing.
 */
static bool count_of(struct audit_log *log, enum statement what, const char *const *values,
                     int32_t *out, char *why, size_t size)
{
    __attribute__((cleanup(drop_rows))) PGresult *got = ask(log, what, values, why, size);
    if (got == NULL) return false;
    *out = cell_int4(got, 0, 0);
    return true;
}

static bool clear_answers(struct audit_log *log, char *why, size_t size)
{
    char age[24];
    char most[12];
    snprintf(age, sizeof age, "%d", ANSWERS_KEPT_S);
    snprintf(most, sizeof most, "%d", ANSWERS_AT_ONCE);
    int32_t cleared;
    return count_of(log, STATEMENT_CLEAR_ANSWERS, (const char *[]){age, most}, &cleared, why, size);
}

bool store_seal_audit(struct audit_log *log, uint32_t *sealed, char *why, size_t size)
{
    char most[12];
    snprintf(most, sizeof most, "%d", ROWS_IN_BLOCK);
    *sealed = 0;
    if (!prepare(log, why, size)) return false;
    int32_t rows;
    do {
        if (!count_of(log, STATEMENT_SEAL_AUDIT, (const char *[]){most}, &rows, why, size))
            return false;
        *sealed += (uint32_t)rows;
    } while (rows >= ROWS_IN_BLOCK);
    return clear_answers(log, why, size);
}

bool store_measure_unsealed(struct audit_log *log, int64_t *age_s, char *why, size_t size)
{
    if (!prepare(log, why, size)) return false;
    __attribute__((cleanup(drop_rows))) PGresult *got =
        ask(log, STATEMENT_MEASURE_UNSEALED, NULL, why, size);
    if (got == NULL) return false;
    *age_s = cell_int8(got, 0, MEASURE_UNSEALED_AGE_S);
    return true;
}

/* ---- verifying ---- */

struct verification {
    struct audit_log *log;
    struct audit_finding *found;
    int64_t last_block; /* newest block that was seen */
    int64_t horizon;    /* of the newest block */
    struct digest head;
    char *why;
    size_t size;
};

static void find(struct verification *v, enum audit_fault fault, int64_t block, int64_t seq)
{
    v->found->fault = fault;
    v->found->block = block;
    v->found->seq = seq;
}

static struct digest digest_of_block(const PGresult *rows)
{
    const struct text parts[] = {
        TEXT("rehab-audit-block/1"),
        cell(rows, 0, LIST_AUDIT_BLOCKS_BLOCK),
        cell(rows, 0, LIST_AUDIT_BLOCKS_PREVIOUS),
        cell(rows, 0, LIST_AUDIT_BLOCKS_SEALED_AT),
        cell(rows, 0, LIST_AUDIT_BLOCKS_HORIZON),
        cell(rows, 0, LIST_AUDIT_BLOCKS_ROWS),
        cell(rows, 0, LIST_AUDIT_BLOCKS_SEQS),
        cell(rows, 0, LIST_AUDIT_BLOCKS_DIGESTS),
    };
    return digest_of_parts(parts, sizeof parts / sizeof parts[0]);
}

/* One block; false ends the walk, with a finding. */
static bool check_block(struct verification *v, const PGresult *rows)
{
    int64_t block = cell_int8(rows, 0, LIST_AUDIT_BLOCKS_BLOCK);
    struct digest previous;
    struct digest hash;
    struct digest expected = digest_of_block(rows);
    bool whole = cell_digest(rows, 0, LIST_AUDIT_BLOCKS_PREVIOUS, &previous) &&
                 cell_digest(rows, 0, LIST_AUDIT_BLOCKS_HASH, &hash);
    if (block != v->last_block + 1) {
        find(v, AUDIT_BLOCK_MISSING, v->last_block + 1, 0);
    } else if (!whole || !digest_equal(&hash, &expected)) {
        find(v, AUDIT_BLOCK_CHANGED, block, 0);
    } else if (!digest_equal(&previous, &v->head)) {
        find(v, AUDIT_BLOCK_CHANGED, v->last_block > 0 ? v->last_block : block, 0);
    } else {
        v->last_block = block;
        v->head = hash;
        v->horizon = cell_int8(rows, 0, LIST_AUDIT_BLOCKS_HORIZON);
        v->found->blocks++;
        return true;
    }
    return false;
}

static struct digest digest_of_row(const PGresult *rows)
{
    static const int framed[] = {LIST_AUDIT_ROWS_ACTOR_ROLE,  LIST_AUDIT_ROWS_ACTION,
                                 LIST_AUDIT_ROWS_ENTITY,      LIST_AUDIT_ROWS_ENTITY_ID,
                                 LIST_AUDIT_ROWS_ENTITY_NAME, LIST_AUDIT_ROWS_DETAIL};
    enum { FRAMED = sizeof framed / sizeof framed[0] };
    struct text value[FRAMED];
    struct text length[FRAMED];
    uint32_t bytes[FRAMED];
    for (int i = 0; i < FRAMED; i++) {
        value[i] = cell(rows, 0, framed[i]);
        bytes[i] = htobe32(PQgetisnull(rows, 0, framed[i]) ? UINT32_MAX : (uint32_t)value[i].size);
        length[i] = (struct text){(const char *)&bytes[i], sizeof bytes[i]};
    }
    const struct text parts[] = {
        TEXT("rehab-audit-row/1"),
        cell(rows, 0, LIST_AUDIT_ROWS_CLINIC),
        cell(rows, 0, LIST_AUDIT_ROWS_SEQ),
        cell(rows, 0, LIST_AUDIT_ROWS_AT),
        cell(rows, 0, LIST_AUDIT_ROWS_ACTOR),
        length[0],
        value[0],
        length[1],
        value[1],
        length[2],
        value[2],
        length[3],
        value[3],
        length[4],
        value[4],
        cell(rows, 0, LIST_AUDIT_ROWS_REQUEST),
        length[5],
        value[5],
    };
    return digest_of_parts(parts, sizeof parts / sizeof parts[0]);
}

/* One row beside the digest that names it; false ends the walk, with a finding. */
static bool check_row(struct verification *v, const PGresult *rows)
{
    int64_t block = cell_int8(rows, 0, LIST_AUDIT_ROWS_BLOCK);
    int64_t seq = cell_int8(rows, 0, LIST_AUDIT_ROWS_SEQ);
    if (PQgetisnull(rows, 0, LIST_AUDIT_ROWS_SEQ)) {
        find(v, AUDIT_ROW_MISSING, block, cell_int8(rows, 0, LIST_AUDIT_ROWS_SEALED_SEQ));
        return false;
    }
    if (PQgetisnull(rows, 0, LIST_AUDIT_ROWS_BLOCK)) {
        bool settled = *PQgetvalue(rows, 0, LIST_AUDIT_ROWS_SETTLED) != 0;
        if (settled) find(v, AUDIT_ROW_INSERTED, 0, seq);
        if (!settled) v->found->waiting++;
        return !settled;
    }
    struct digest sealed;
    struct digest now = digest_of_row(rows);
    if (!cell_digest(rows, 0, LIST_AUDIT_ROWS_DIGEST, &sealed) || !digest_equal(&sealed, &now)) {
        find(v, AUDIT_ROW_CHANGED, block, seq);
        return false;
    }
    v->found->rows++;
    return true;
}

/* Walks the rows of a statement one by one, however many there are, until `check` says no. */
static bool walk(struct verification *v, enum statement what, const char *const *values,
                 bool (*check)(struct verification *, const PGresult *))
{
    const struct statement_text *s = &statement_table[what];
    PGconn *db = v->log->db;
    if (!PQsendQueryParams(db, s->text, (int)strlen(s->in), NULL, values, NULL, NULL, 1) ||
        !PQsetSingleRowMode(db)) {
        return explain(v->why, v->size, s->label, PQerrorMessage(db));
    }
    bool going = true;
    bool well = true;
    for (PGresult *rows = PQgetResult(db); rows != NULL; rows = PQgetResult(db)) {
        ExecStatusType status = PQresultStatus(rows);
        if (status == PGRES_SINGLE_TUPLE) {
            going = going && check(v, rows);
        } else if (status != PGRES_TUPLES_OK) {
            well = explain(v->why, v->size, s->label, PQerrorMessage(db));
        }
        PQclear(rows);
    }
    return well;
}

/* Rows are judged only by a chain that is whole: a torn one names its own first fault, and its
 * digests prove nothing. */
static bool verify(struct verification *v)
{
    if (!walk(v, STATEMENT_LIST_AUDIT_BLOCKS, NULL, check_block)) return false;
    memcpy(v->found->head, v->head.byte, sizeof v->found->head);
    if (v->found->fault != AUDIT_WHOLE) return true;
    char horizon[24];
    snprintf(horizon, sizeof horizon, "%lld", (long long)v->horizon);
    return walk(v, STATEMENT_LIST_AUDIT_ROWS, (const char *[]){horizon}, check_row);
}

bool store_verify_audit(struct audit_log *log, struct audit_finding *out, char *why, size_t size)
{
    *out = (struct audit_finding){.fault = AUDIT_WHOLE};
    struct verification v = {.log = log, .found = out, .why = why, .size = size};
    if (!prepare(log, why, size) || !run(log, STATEMENT_BEGIN_VERIFICATION, why, size))
        return false;
    bool done = verify(&v);
    return run(log, STATEMENT_END_VERIFICATION, done ? why : (char[1]){0}, done ? size : 1) && done;
}
