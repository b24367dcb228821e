/* SPDX-License-Identifier: Apache-2.0 */
/* One libpq connection in nonblocking pipeline mode: dialling, preparing every statement, sending a
 * batch, reading its answers.
 *
 * What is difficult here: answers come strictly in the order of what was sent, so a batch is a list
 * of steps and a place in it; one error spoils everything up to the next Sync; and a commit counts
 * only when the answer to its Sync has been read. A connection that dies before that leaves its
 * writes unknown, never failed. */

#include "lane_inside.h"

#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "../base/log.h"
#include "../base/time.h"
#include "../base/uuid.h"

static const char tenant_label[] = "tenant";
static const char tenant_text[] = "select set_config('rehab.clinic', $1, true)";

static void note_fault(struct lane *lane, const char *what, const char *message)
{
    snprintf(lane->fault, sizeof lane->fault, "%s%s%s", what, what[0] != '\0' ? ": " : "", message);
    lane->fault[strcspn(lane->fault, "\n")] = '\0';
}

/* ---- the socket in the epoll set ---- */

/* libpq may have changed its socket while dialling: the set is told anew each time the events
 * change. */
static bool watch_socket(struct connection *k, uint32_t events)
{
    int fd = PQsocket(k->pg);
    if (fd == k->fd && events == k->events) return true;
    struct epoll_event e = {.events = events, .data.ptr = &k->watch};
    int done = fd == k->fd ? epoll_ctl(k->lane->epoll, EPOLL_CTL_MOD, fd, &e) : -1;
    if (done != 0) done = epoll_ctl(k->lane->epoll, EPOLL_CTL_ADD, fd, &e);
    k->fd = fd;
    k->events = events;
    return done == 0;
}

static bool flush(struct connection *k)
{
    int left = PQflush(k->pg);
    return left >= 0 && watch_socket(k, left > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* ---- losing ---- */

/* What was not answered when the connection went: not sent or only read is run again once, a write
 * is unknown. */
static void give_back(struct connection *k)
{
    for (uint32_t i = k->member_count; i > k->member_at; i--) {
        struct unit *u = k->member[i - 1];
        bool unsent = i - 1 >= k->member_sent;
        if (!unsent && u->kind == UNIT_WRITE) {
            lane_count(k->lane, METRIC_COMMITS_UNKNOWN, 1);
            LOG(WARNING, COMMIT_UNKNOWN, .request_id = u->call->request_id);
            lane_answer(k->lane, u, UNKNOWN_COMMIT);
        } else if (u->tries++ < 2) {
            lane_again(k->lane, u);
        } else {
            lane_answer(k->lane, u, DATABASE_AWAY);
        }
    }
    k->member_count = k->member_at = k->member_sent = 0;
}

void connection_lose(struct connection *k, int64_t now_us)
{
    bool served = k->state == CONNECTION_READY || k->state == CONNECTION_BUSY;
    if (k->pg != NULL) {
        if (PQstatus(k->pg) == CONNECTION_BAD && PQerrorMessage(k->pg)[0] != '\0' &&
            k->state != CONNECTION_PREPARING)
            note_fault(k->lane, "", PQerrorMessage(k->pg));
        PQfinish(k->pg);
    }
    k->pg = NULL;
    k->fd = -1;
    k->state = CONNECTION_DOWN;
    k->tired = k->doubtful = false;
    if (served) {
        k->lane->figures.lost++;
        lane_count(k->lane, METRIC_DATABASE_LOST, 1);
        lane_count(k->lane, METRIC_DATABASE_OPEN, -1);
        LOG(DEBUG, CONNECTION_LOST, .connection_error = k->lane->fault);
        k->backoff_us = BACKOFF_FIRST_US;
    } else {
        k->backoff_us = k->backoff_us < BACKOFF_LAST_US / 2 ? k->backoff_us * 2 : BACKOFF_LAST_US;
    }
    k->retry_us = now_us + k->backoff_us;
    give_back(k);
}

/* ---- dialling and preparing ---- */

/* With synchronous replication a cancelled wait is told as a warning only, and the commit answered
 * as a success. */
static void hear_notice(void *world, const PGresult *notice)
{
    struct connection *k = world;
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    if (state != NULL && (strcmp(state, "57014") == 0 || strcmp(state, "57P01") == 0))
        k->doubtful = true;
}

void connection_dial(struct connection *k, int64_t now_us)
{
    static const char *const key[] = {
        "application_name", "client_encoding",  "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "dbname",          NULL};
    const char *const value[] = {"rehabd", "UTF8", "10", "3", "3", "10000", k->lane->url, NULL};
    k->pg = PQconnectStartParams(key, value, 1);
    k->fd = -1;
    k->events = 0;
    k->state = CONNECTION_DIALLING;
    k->deadline_us = now_us + CONNECT_US;
    if (k->pg == NULL || PQstatus(k->pg) == CONNECTION_BAD) {
        connection_lose(k, now_us);
        return;
    }
    PQsetNoticeReceiver(k->pg, hear_notice, k);
    if (!watch_socket(k, EPOLLOUT)) connection_lose(k, now_us);
}

static bool send_settings(struct connection *k)
{
    const char *role = k->lane->setting.role;
    if (role != NULL && !PQsendQueryParams(k->pg, "select set_config('role', $1, false)", 1, NULL,
                                           &role, NULL, NULL, 0))
        return false;
    if (!PQsendQueryParams(k->pg,
                           "select set_config('statement_timeout', '2s', false), "
                           "set_config('lock_timeout', '500ms', false),"
                           " set_config('idle_in_transaction_session_timeout', '5s', false), "
                           "set_config('jit', 'off', false),"
                           /* every statement has an index: its plan must not hang on what the
                              tables held at the first run */
                           " set_config('enable_seqscan', 'off', false), "
                           "set_config('random_page_cost', '1.1', false),"
                           /* nor on how many are in the first arrays */
                           " set_config('plan_cache_mode', 'force_generic_plan', false)",
                           0, NULL, NULL, NULL, NULL, 0))
        return false;
    if (!k->writes &&
        !PQsendQueryParams(
            k->pg,
            "select set_config('default_transaction_isolation', 'repeatable read', false),"
            " set_config('default_transaction_read_only', 'on', false)",
            0, NULL, NULL, NULL, NULL, 0))
        return false;
    return !k->listens ||
           PQsendQueryParams(k->pg, "listen catalogue", 0, NULL, NULL, NULL, NULL, 0);
}

/* Answers that come before those of the statements. */
static uint32_t settings_count(const struct connection *k)
{
    return (k->lane->setting.role != NULL) + 1u + !k->writes + k->listens;
}

static bool send_statement(struct connection *k, const struct statement_text *s)
{
    Oid types[256];
    size_t n = strlen(s->in);
    assert(n < sizeof types / sizeof *types);
    for (size_t i = 0; i < n; i++)
        types[i] = statement_type_oid(s->in[i]);
    return PQsendPrepare(k->pg, s->label, s->text, (int)n, types);
}

static bool send_preparation(struct connection *k)
{
    const struct lane_setting *setting = &k->lane->setting;
    if (PQsetnonblocking(k->pg, 1) != 0 || PQenterPipelineMode(k->pg) != 1) return false;
    if (!send_settings(k) || !PQsendPrepare(k->pg, tenant_label, tenant_text, 0, NULL))
        return false;
    for (uint32_t i = 0; i < setting->statement_count; i++)
        if (!send_statement(k, &setting->statements[i])) return false;
    return PQpipelineSync(k->pg) == 1 && flush(k);
}

static void go_on_dialling(struct connection *k, int64_t now_us)
{
    PostgresPollingStatusType next = PQconnectPoll(k->pg);
    bool going = next != PGRES_POLLING_FAILED;
    if (next == PGRES_POLLING_OK) {
        k->state = CONNECTION_PREPARING;
        k->prepared = 0;
        going = send_preparation(k);
    } else if (going) {
        going = watch_socket(k, next == PGRES_POLLING_READING ? EPOLLIN : EPOLLOUT);
    }
    if (!going) connection_lose(k, now_us);
}

/* Which step of the preparation was refused: the name of its statement, or "session". */
static void note_refused(struct connection *k, const PGresult *r)
{
    uint32_t first = settings_count(k) + 1;
    const char *label =
        k->prepared < first ? "session" : k->lane->setting.statements[k->prepared - first].label;
    char before[sizeof k->lane->fault];
    memcpy(before, k->lane->fault, sizeof before);
    note_fault(k->lane, label, PQresultErrorMessage(r));
    if (strcmp(before, k->lane->fault) == 0) return; /* said already: it is tried again and again */
    LOG(ERROR, DATABASE_ERROR, .statement = label,
        .sqlstate = PQresultErrorField(r, PG_DIAG_SQLSTATE), .connection_error = k->lane->fault);
}

/* The connection serves from now on. Notices of the catalogue may have been missed while it was
 * away. */
static void stand_ready(struct connection *k)
{
    k->state = CONNECTION_READY;
    k->backoff_us = BACKOFF_FIRST_US;
    k->member_count = k->member_at = k->member_sent = 0;
    lane_count(k->lane, METRIC_DATABASE_OPEN, 1);
    k->lane->fault[0] = '\0';
    if (k->listens && k->lane->setting.catalogue_changed != NULL)
        k->lane->setting.catalogue_changed(k->lane->setting.world);
}

static void read_preparation(struct connection *k, int64_t now_us)
{
    bool refused = false;
    while (!refused && k->state == CONNECTION_PREPARING && !PQisBusy(k->pg)) {
        PGresult *r = PQgetResult(k->pg);
        ExecStatusType status = PQresultStatus(r);
        if (r == NULL) {
            refused = PQstatus(k->pg) != CONNECTION_OK;
        } else if (status == PGRES_PIPELINE_SYNC) {
            stand_ready(k);
        } else if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            k->prepared++;
        } else {
            note_refused(k, r);
            refused = true;
        }
        PQclear(r);
    }
    if (refused) connection_lose(k, now_us);
}

/* ---- sending a batch ---- */

/* Of one commit, clinic by clinic, and in one order of what is locked. What is locked by nobody:
 * like beside like. */
static int by_clinic_and_order(const void *a, const void *b)
{
    const struct unit *x = *(struct unit *const *)a, *y = *(struct unit *const *)b;
    int d = memcmp(&x->call->caller.clinic, &y->call->caller.clinic, sizeof(struct uuid));
    if (d == 0) d = memcmp(&x->order, &y->order, sizeof(struct uuid));
    if (d == 0) d = (int)x->query[0].what - (int)y->query[0].what;
    return d != 0 ? d : (int)x->count - (int)y->count;
}

static void add_step(struct connection *k, struct step step)
{
    assert(k->step_count < sizeof k->step / sizeof *k->step);
    k->step[k->step_count++] = step;
}

static bool send_tenant(struct connection *k, struct unit **u)
{
    char text[UUID_TEXT_SIZE];
    const char *value = text;
    uuid_write((*u)->call->caller.clinic, text);
    add_step(k, (struct step){STEP_TENANT, u, 1, 0});
    return PQsendQueryPrepared(k->pg, tenant_label, 1, &value, NULL, NULL, 0) == 1;
}

static const struct statement_text *text_of_query(const struct connection *k, const struct query *q)
{
    return &k->lane->setting.statements[q->what];
}

/* Sends what stands for the i-th query of these units. */
static bool send_query(struct connection *k, const struct query *q, struct step step)
{
    const struct params *in = &q->in;
    add_step(k, step);
    k->lane->figures.statements++;
    lane_count(k->lane, METRIC_STATEMENTS, 1);
    return PQsendQueryPrepared(k->pg, text_of_query(k, q)->label, (int)in->count, in->value,
                               in->size, in->format, 1) == 1;
}

/* ---- many units as one ---- */

/* Do both ask for the same, of the same clinic? */
static bool is_like(const struct unit *a, const struct unit *b)
{
    const struct uuid *x = &a->call->caller.clinic, *y = &b->call->caller.clinic;
    bool like = a->count == b->count && memcmp(x, y, sizeof *x) == 0;
    for (size_t i = 0; like && i < a->count; i++)
        like = a->query[i].what == b->query[i].what;
    return like;
}

/* How many members from this one on may be sent together. */
static uint32_t count_like(const struct connection *k, uint32_t first)
{
    uint32_t n = 1;
    while (first + n < k->member_count && is_like(k->member[first], k->member[first + n]))
        n++;
    return n;
}

/* The i-th query of these units as one of the statement for many. false: there is none. */
static bool join_queries(const struct lane *lane, struct unit **u, uint32_t n, uint32_t i,
                         struct rehab_arena *arena, struct query *out)
{
    const struct params *in[BATCH_UNITS];
    uint32_t many = lane->setting.statements[u[0]->query[i].what].many;
    if (many == 0) return false;
    for (uint32_t k = 0; k < n; k++)
        in[k] = &u[k]->query[i].in;
    *out = lane_query(lane, arena, many);
    return !arena->full && param_join(&out->in, in, n);
}

static bool send_each(struct connection *k, struct unit **u, uint32_t n, uint32_t i)
{
    for (uint32_t at = 0; at < n; at++) {
        if (!send_query(k, &u[at]->query[i], (struct step){STEP_QUERY, &u[at], 1, i})) return false;
    }
    return true;
}

static bool send_together(struct connection *k, struct unit **u, uint32_t n)
{
    struct rehab_arena *arena = n > 1 ? arena_take(k->lane->arenas) : NULL;
    bool sent = true;
    for (uint32_t i = 0; sent && i < u[0]->count; i++) {
        struct query many;
        if (arena != NULL && join_queries(k->lane, u, n, i, arena, &many))
            sent = send_query(k, &many, (struct step){STEP_QUERY, u, n, i});
        else
            sent = send_each(k, u, n, i);
    }
    arena_drop(arena);
    return sent;
}

/* ---- a batch ---- */

static bool send_sync(struct connection *k, uint32_t members)
{
    add_step(k, (struct step){STEP_SYNC, NULL, 0, 0});
    if (PQpipelineSync(k->pg) != 1) return false;
    k->member_sent = members;
    return true;
}

static bool send_members(struct connection *k)
{
    const struct uuid *clinic = NULL; /* what the setting holds: a transaction begins with none */
    for (uint32_t i = 0, n; i < k->member_count; i += n) {
        struct unit **u = &k->member[i];
        const struct uuid *own = &(*u)->call->caller.clinic;
        n = k->separate ? 1 : count_like(k, i);
        bool other = clinic == NULL || memcmp(clinic, own, sizeof *clinic) != 0;
        if (other && !send_tenant(k, u)) return false;
        clinic = own;
        if (!send_together(k, u, n)) return false;
        if (!k->separate) continue;
        if (!send_sync(k, i + 1)) return false;
        clinic = NULL;
    }
    return k->separate || send_sync(k, k->member_count);
}

static void prepare_members(struct connection *k)
{
    for (uint32_t i = 0; i < k->member_count; i++) {
        k->member[i]->sqlstate[0] = '\0';
        k->member[i]->result = DONE;
    }
}

void connection_send(struct connection *k, int64_t now_us)
{
    k->state = CONNECTION_BUSY;
    k->member_at = k->member_sent = k->step_count = k->step_at = 0;
    k->failed = false;
    k->sent_us = now_us;
    k->deadline_us = now_us + ANSWER_US;
    k->separate = k->member[0]->alone;
    if (!k->separate && k->member_count > 1)
        qsort(k->member, k->member_count, sizeof(struct unit *), by_clinic_and_order);
    k->lane->figures.batches++;
    prepare_members(k);
    if (!send_members(k) || !flush(k)) connection_lose(k, now_us);
}

/* ---- reading its answers ---- */

/* What of an answer belongs to one unit. */
struct part {
    const PGresult *r;
    int row, rows;
    int column; /* the first one of its own: before it stands whose the row is */
};

/* The columns are those the statement promised? Fails only when sql/query and its header differ. */
static bool fits(const struct part *p, const char *types)
{
    int n = PQnfields(p->r) - p->column;
    if (n < 0 || (size_t)n != strlen(types)) return false;
    for (int i = 0; i < n; i++)
        if (PQftype(p->r, p->column + i) != statement_type_oid(types[i])) return false;
    return p->column == 0 || PQftype(p->r, 0) == statement_type_oid(TYPE_INT4);
}

static struct cell copy_cell(const PGresult *r, int row, int column, struct rehab_arena *arena)
{
    if (PQgetisnull(r, row, column)) return (struct cell){NULL, -1};
    int size = PQgetlength(r, row, column);
    unsigned char *at = rehab_alloc(arena, (size_t)size + 1);
    if (at == NULL) return (struct cell){NULL, -1};
    memcpy(at, PQgetvalue(r, row, column), (size_t)size);
    at[size] = '\0';
    return (struct cell){at, size};
}

static struct result copy_rows(const struct part *p, const char *types, struct rehab_arena *arena,
                               struct rows *out)
{
    if (!fits(p, types)) return (struct result){INTERNAL};
    int columns = PQnfields(p->r) - p->column;
    struct cell *cell = rehab_alloc(arena, sizeof *cell * ((size_t)p->rows * (size_t)columns + 1));
    if (cell == NULL) return (struct result){NO_MEMORY};
    *out = (struct rows){types, cell, (uint32_t)p->rows, (uint32_t)columns};
    for (int i = p->row; i < p->row + p->rows; i++)
        for (int j = p->column; j < p->column + columns; j++)
            *cell++ = copy_cell(p->r, i, j, arena);
    return arena->full ? (struct result){NO_MEMORY} : DONE;
}

/* Of a statement for many nobody knows whose error it is: each is run again by itself. */
static void note_error(struct connection *k, const struct step *s, const PGresult *r)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
    struct unit *u = *s->unit;
    snprintf(u->sqlstate, sizeof u->sqlstate, "%s", state != NULL ? state : "XX000");
    u->constraint = text_copy(u->call->arena, text_of(constraint));
    u->query[s->query].constraint = u->constraint;
    k->failed = true;
}

static void take_part(struct connection *k, struct unit *u, uint32_t query, const struct part *p)
{
    struct query *q = &u->query[query];
    const struct statement_text *statement = text_of_query(k, q);
    struct result copied = copy_rows(p, statement->out, u->call->arena, &q->out);
    if (copied.code == INTERNAL)
        LOG(ERROR, DATABASE_ERROR, .statement = statement->label, .sqlstate = "columns");
    if (copied.code != OK) u->result = copied;
}

/* Whose row of a statement for many it is, from 1 on. */
static uint32_t place_of_row(const PGresult *r, int row)
{
    uint32_t place;
    if (PQgetlength(r, row, 0) != sizeof place) return 0;
    memcpy(&place, PQgetvalue(r, row, 0), sizeof place);
    return be32toh(place);
}

/* Rows come in the order of the units they are of. */
static void take_parts(struct connection *k, const struct step *s, const PGresult *r)
{
    int row = 0;
    for (uint32_t i = 0; i < s->units; i++) {
        struct part p = {.r = r, .row = row, .column = 1};
        while (row < PQntuples(r) && place_of_row(r, row) == i + 1)
            row++;
        p.rows = row - p.row;
        take_part(k, s->unit[i], s->query, &p);
    }
    assert(row == PQntuples(r));
}

static void take_query(struct connection *k, const struct step *s, const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    if (status == PGRES_PIPELINE_ABORTED) return;
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        note_error(k, s, r);
    else if (s->units > 1)
        take_parts(k, s, r);
    else
        take_part(k, *s->unit, s->query, &(struct part){.r = r, .rows = PQntuples(r)});
}

static void take_sync(struct connection *k)
{
    uint32_t first = k->member_at, n = k->separate ? 1 : k->member_count;
    bool committed = !k->failed;
    k->member_at += n;
    k->failed = false;
    lane_settle(k, k->member + first, n, committed);
    k->doubtful = false;
}

/* An error in the place of a Sync: the commit was refused, or the server says goodbye before it.
 * Its Sync comes after it, or never. */
static void note_refused_commit(struct connection *k, const PGresult *r)
{
    note_error(k, &(struct step){STEP_QUERY, &k->member[k->member_at], 1, 0}, r);
}

static void take_answer(struct connection *k, const PGresult *r)
{
    const struct step *s = &k->step[k->step_at];
    bool sync = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
    if (s->kind == STEP_SYNC && !sync) {
        note_refused_commit(k, r);
        return;
    }
    assert(sync == (s->kind == STEP_SYNC));
    k->step_at++;
    if (sync)
        take_sync(k);
    else if (s->kind == STEP_QUERY)
        take_query(k, s, r);
    else if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_PIPELINE_ABORTED)
        note_error(k, s, r);
}

/* false: the connection is gone */
static bool read_answers(struct connection *k)
{
    while (k->step_at < k->step_count && !PQisBusy(k->pg)) {
        PGresult *r = PQgetResult(k->pg);
        if (PQstatus(k->pg) == CONNECTION_BAD) {
            PQclear(r);
            return false;
        }
        if (r != NULL) take_answer(k, r); /* NULL only parts one answer from the next */
        PQclear(r);
    }
    return true;
}

/* What waits is not sent at once: the fibers that go on now, and the requests that came meanwhile,
 * make the next batch larger. */
static void finish_batch(struct connection *k)
{
    int64_t now_us = time_tick_us();
    if (k->lane->setting.metrics != NULL)
        metric_time(k->lane->setting.metrics, METRIC_DATABASE_TIME, now_us - k->sent_us);
    k->state = CONNECTION_READY;
    k->member_count = k->member_at = k->member_sent = 0;
    if (k->tired) connection_lose(k, now_us);
}

static void hear_notifications(struct connection *k)
{
    bool any = false;
    for (PGnotify *n; (n = PQnotifies(k->pg)) != NULL; PQfreemem(n))
        any = true;
    if (any && k->lane->setting.catalogue_changed != NULL)
        k->lane->setting.catalogue_changed(k->lane->setting.world);
}

static void go_on_serving(struct connection *k, uint32_t events)
{
    bool alive = true;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) alive = PQconsumeInput(k->pg) == 1;
    if (alive && (events & EPOLLOUT)) alive = flush(k);
    if (k->state == CONNECTION_PREPARING) {
        if (alive) read_preparation(k, time_tick_us());
    } else if (k->state == CONNECTION_BUSY) {
        /* answers that came before the end still count */
        alive = read_answers(k) && (alive || k->step_at == k->step_count);
        if (alive && k->step_at == k->step_count) finish_batch(k);
    } else if (alive) {
        (void)PQisBusy(
            k->pg); /* takes in what comes while idle: notifications, and the server's goodbye */
        alive = PQstatus(k->pg) == CONNECTION_OK;
    }
    if (k->pg == NULL) return;
    if (alive && k->state != CONNECTION_PREPARING)
        hear_notifications(k);
    else if (!alive)
        connection_lose(k, time_tick_us());
}

void connection_ready(struct watch *watch, uint32_t events)
{
    struct connection *k = (struct connection *)watch;
    if (k->state == CONNECTION_DIALLING)
        go_on_dialling(k, time_tick_us());
    else if (k->state != CONNECTION_DOWN)
        go_on_serving(k, events);
    lane_resume(k->lane);
}
