/* SPDX-License-Identifier: Apache-2.0 */
/* The queues of a worker in front of its connections, and what store calls wait on.
 *
 * All that waits when a connection is idle goes out as one batch with one Sync; while the
 * connection is busy the next batch grows, so that load makes batches larger and not queues longer.
 * Reads and writes have connections of their own: a write that waits for the disk holds up no read,
 * and reads share one snapshot. When one member of a batch fails, all roll back and each is run
 * again in a transaction of its own: no request sees another's error. Units are answered in
 * lane_answer alone. */

#include "lane_inside.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../base/app.h"
#include "../base/log.h"
#include "../base/time.h"

/* ---- queues ---- */

void queue_append(struct queue *q, struct unit *u)
{
    u->next = NULL;
    if (q->last != NULL)
        q->last->next = u;
    else
        q->first = u;
    q->last = u;
    q->count++;
}

void queue_prepend(struct queue *q, struct unit *u)
{
    u->next = q->first;
    q->first = u;
    if (q->last == NULL) q->last = u;
    q->count++;
}

struct unit *queue_take(struct queue *q)
{
    struct unit *u = q->first;
    if (u == NULL) return NULL;
    q->first = u->next;
    if (q->first == NULL) q->last = NULL;
    q->count--;
    return u;
}

static struct queue *queue_for(struct lane *lane, enum unit_kind kind)
{
    return kind == UNIT_READ ? &lane->read : &lane->write;
}

void lane_count(struct lane *lane, enum metric which, int64_t by)
{
    if (lane->setting.metrics != NULL) metric_add(lane->setting.metrics, which, by);
}

/* ---- answers ---- */

void lane_answer(struct lane *lane, struct unit *u, enum problem_code code)
{
    u->result.code = code;
    u->done = true;
    lane->figures.units++;
    queue_append(&lane->answered, u);
}

/* Before all that came later. */
void lane_again(struct lane *lane, struct unit *u)
{
    queue_prepend(queue_for(lane, u->kind), u);
}

/* Fibers go on only here, when no batch is half read. */
void lane_resume(struct lane *lane)
{
    for (struct unit *u; (u = queue_take(&lane->answered)) != NULL;) {
        struct fiber *fiber = u->call->fiber; /* the unit is gone as soon as its fiber runs */
        if (fiber != NULL) fiber_resume(fiber);
    }
}

/* What an error of a transaction of one's own means to the caller (docs: SQLSTATE). */
static const struct {
    const char *state; /* begins so */
    uint8_t tries;     /* run again so often first */
    bool reopen;       /* on a new connection */
    enum problem_code code;
} error_table[] = {
    {"40001", 3, false, CONFLICT},     /* serialisation */
    {"40P01", 3, false, CONFLICT},     /* deadlock */
    {"55P03", 0, false, TIMED_OUT},    /* lock_timeout */
    {"57014", 0, false, TIMED_OUT},    /* statement_timeout */
    {"26000", 1, true, INTERNAL},      /* the prepared statement is gone */
    {"0A000", 1, true, INTERNAL},      /* its plan does not fit any more */
    {"25006", 2, true, DATABASE_AWAY}, /* a standby now */
    {"57P0", 2, true, DATABASE_AWAY},  /* going down, or coming up */
    {"08", 2, true, DATABASE_AWAY},    /* connection */
    {"23503", 0, false, NOT_FOUND},    /* foreign key */
    {"23505", 0, false, UNIQUE_VIOLATION},
    {"23P01", 0, false, UNIQUE_VIOLATION}, /* exclusion */
    {"42501", 0, false, NOT_FOUND},        /* privilege, row level security */
    {"53", 0, false, DATABASE_AWAY},       /* disk, memory, connections */
    {"58", 0, false, DATABASE_AWAY},       /* files */
    {"", 0, false, INTERNAL},
};

static void answer_error(struct connection *k, struct unit *u)
{
    struct lane *lane = k->lane;
    const char *state = u->sqlstate[0] != '\0' ? u->sqlstate : "XX000";
    if (u->kind == UNIT_READ && strcmp(state, "25006") == 0)
        state = "XX000"; /* a read that writes is a fault of ours */
    size_t i = 0;
    while (strncmp(state, error_table[i].state, strlen(error_table[i].state)) != 0)
        i++;
    enum problem_code code = error_table[i].code;
    if (error_table[i].reopen) k->tired = true;
    if (u->tries < error_table[i].tries) {
        u->tries++;
        u->alone = true;
        lane_again(lane, u);
        return;
    }
    if (code == UNIQUE_VIOLATION && text_is(u->constraint, "idempotency_pkey")) code = REPLAY;
    if (code != REPLAY && code != UNIQUE_VIOLATION) {
        lane_count(lane, METRIC_DATABASE_ERRORS, 1);
        LOG(ERROR, DATABASE_ERROR, .request_id = u->call->request_id, .sqlstate = state,
            .statement = lane->setting.statements[u->query[0].what].label);
    }
    lane_answer(lane, u, code);
}

void lane_settle(struct connection *k, struct unit **member, uint32_t n, bool committed)
{
    struct lane *lane = k->lane;
    if (!committed && n == 1) {
        answer_error(k, member[0]);
        return;
    }
    if (!committed) {
        lane_count(lane, METRIC_BATCHES_RERUN, 1);
        lane->figures.reruns += n;
    }
    for (uint32_t i = n; i > 0; i--) {
        struct unit *u = member[i - 1];
        if (!committed) {
            u->alone = true;
            lane_again(lane, u);
        } else {
            lane_answer(lane, u,
                        k->doubtful && u->kind == UNIT_WRITE ? UNKNOWN_COMMIT : u->result.code);
        }
    }
}

/* ---- batches ---- */

/* Those that must run alone stand first, and go in one pipeline with a Sync each; else as many as
 * may share one. */
static void fill_batch(struct connection *k, struct queue *q)
{
    size_t statements = 0;
    bool alone = q->first->alone;
    while (q->first != NULL && q->first->alone == alone && k->member_count < BATCH_UNITS) {
        statements += q->first->count;
        if (statements > BATCH_STATEMENTS) break;
        k->member[k->member_count++] = queue_take(q);
    }
    struct lane *lane = k->lane;
    if (lane->setting.metrics == NULL) return;
    bool write = q == &lane->write;
    metric_add(lane->setting.metrics, write ? METRIC_WRITE_BATCHES : METRIC_READ_BATCHES, 1);
    metric_size(lane->setting.metrics, write ? METRIC_WRITE_BATCH_SIZE : METRIC_READ_BATCH_SIZE,
                k->member_count);
}

static void feed(struct connection *k, int64_t now_us)
{
    struct unit *read = k->reads ? k->lane->read.first : NULL,
                *write = k->writes ? k->lane->write.first : NULL;
    if (read == NULL && write == NULL) return;
    bool reads = write == NULL || (read != NULL && read->since_us <= write->since_us);
    fill_batch(k, reads ? &k->lane->read : &k->lane->write);
    connection_send(k, now_us);
}

/* ---- time ---- */

static bool can(const struct lane *lane, enum unit_kind kind)
{
    for (uint32_t i = 0; i < lane->setting.connections; i++) {
        const struct connection *k = &lane->connection[i];
        bool suits = kind == UNIT_READ ? k->reads : k->writes;
        if (suits && (k->state == CONNECTION_READY || k->state == CONNECTION_BUSY)) return true;
    }
    return false;
}

/* Since when can no connection take units of this kind? 0: one can. */
static int64_t down_since(const struct lane *lane, enum unit_kind kind, int64_t before_us,
                          int64_t now_us)
{
    return can(lane, kind) ? 0 : before_us != 0 ? before_us : now_us;
}

static bool is_away(int64_t down_us, int64_t now_us)
{
    return down_us != 0 && now_us - down_us >= AWAY_US;
}

/* The oldest stand first. */
static void expire(struct lane *lane, struct queue *q, int64_t down_us, int64_t now_us)
{
    bool away = is_away(down_us, now_us);
    while (q->first != NULL) {
        int64_t waited_us = now_us - q->first->since_us;
        if (!(away && waited_us >= AWAY_US) && waited_us < WAIT_US) return;
        lane_answer(lane, queue_take(q), away ? DATABASE_AWAY : TIMED_OUT);
    }
}

static void tend(struct connection *k, int64_t now_us)
{
    bool working = k->state != CONNECTION_DOWN && k->state != CONNECTION_READY;
    if (k->state == CONNECTION_DOWN && now_us >= k->retry_us)
        connection_dial(k, now_us);
    else if (working && now_us >= k->deadline_us)
        connection_lose(k, now_us);
    if (k->state == CONNECTION_READY) feed(k, now_us);
}

void lane_turn(struct lane *lane)
{
    int64_t now_us = time_tick_us();
    for (uint32_t i = 0; i < lane->setting.connections; i++)
        tend(&lane->connection[i], now_us);
    lane->down_read_us = down_since(lane, UNIT_READ, lane->down_read_us, now_us);
    lane->down_write_us = down_since(lane, UNIT_WRITE, lane->down_write_us, now_us);
    expire(lane, &lane->read, lane->down_read_us, now_us);
    expire(lane, &lane->write, lane->down_write_us, now_us);
    lane_resume(lane);
    lane->figures.waiting = lane->read.count + lane->write.count;
    if (lane->setting.metrics != NULL)
        metric_set(lane->setting.metrics, METRIC_DATABASE_WAITING, lane->figures.waiting);
}

int lane_sleep_ms(const struct lane *lane)
{
    bool calm = true;
    for (uint32_t i = 0; i < lane->setting.connections; i++) {
        const struct connection *k = &lane->connection[i];
        bool reads = k->reads && lane->read.first != NULL,
             writes = k->writes && lane->write.first != NULL;
        if (k->state == CONNECTION_READY && (reads || writes)) return 0;
        calm = calm && k->state == CONNECTION_READY;
    }
    return calm ? 1000 : 50;
}

bool lane_is_ready(const struct lane *lane)
{
    return can(lane, UNIT_READ) && can(lane, UNIT_WRITE);
}

/* ---- opening and closing ---- */

enum { CHUNKS_KEPT = 4 };

static void set_up(struct lane *lane, uint32_t i)
{
    struct connection *k = &lane->connection[i];
    uint32_t n = lane->setting.connections, reading = n > 1 ? n / 2 : 1;
    k->watch.ready = connection_ready;
    k->lane = lane;
    k->fd = -1;
    k->reads = i < reading;
    k->writes = n == 1 || i >= reading;
    k->listens = i == 0;
    k->backoff_us = BACKOFF_FIRST_US;
}

struct lane *lane_open(const struct lane_setting *setting)
{
    uint32_t n = setting->connections > 0 ? setting->connections : 1;
    struct lane *lane = calloc(1, sizeof *lane + n * sizeof lane->connection[0]);
    if (lane == NULL) return NULL;
    lane->setting = *setting;
    lane->setting.connections = n;
    if (setting->statements == NULL) {
        lane->setting.statements = statement_table;
        lane->setting.statement_count = STATEMENT_COUNT;
    }
    snprintf(lane->url, sizeof lane->url, "%s", setting->url);
    lane->owns_epoll = setting->epoll < 0;
    lane->epoll = lane->owns_epoll ? epoll_create1(EPOLL_CLOEXEC) : setting->epoll;
    lane->arenas = arena_pool_open(CHUNKS_KEPT);
    if (lane->epoll < 0 || lane->arenas == NULL) {
        if (lane->owns_epoll && lane->epoll >= 0) close(lane->epoll);
        if (lane->arenas != NULL) arena_pool_close(lane->arenas);
        free(lane);
        return NULL;
    }
    lane->down_read_us = lane->down_write_us = time_tick_us();
    for (uint32_t i = 0; i < n; i++)
        set_up(lane, i);
    return lane;
}

void lane_close(struct lane *lane)
{
    if (lane == NULL) return;
    assert(lane->read.count == 0 && lane->write.count == 0);
    for (uint32_t i = 0; i < lane->setting.connections; i++) {
        assert(lane->connection[i].state != CONNECTION_BUSY);
        PQfinish(lane->connection[i].pg);
    }
    if (lane->owns_epoll) close(lane->epoll);
    arena_pool_close(lane->arenas);
    free(lane);
}

/* ---- the door ---- */

/* One turn of a lane that is its own loop. */
static void pump(struct lane *lane)
{
    struct epoll_event event[16];
    lane_turn(lane);
    int n = epoll_wait(lane->epoll, event, 16, lane_sleep_ms(lane));
    for (int i = 0; i < n; i++) {
        struct watch *watch = event[i].data.ptr;
        watch->ready(watch, event[i].events);
    }
}

bool lane_wait_ready(struct lane *lane, int ms, char *why, size_t size)
{
    assert(lane->owns_epoll);
    int64_t end_us = time_tick_us() + (int64_t)ms * 1000;
    while (!lane_is_ready(lane) && time_tick_us() < end_us)
        pump(lane);
    if (!lane_is_ready(lane)) snprintf(why, size, "%s", lane->fault);
    return lane_is_ready(lane);
}

const struct lane_figures *lane_figures(const struct lane *lane)
{
    return &lane->figures;
}

const char *lane_fault(const struct lane *lane)
{
    return lane->fault;
}

struct query lane_query(const struct lane *lane, struct rehab_arena *arena, enum statement what)
{
    assert((uint32_t)what < lane->setting.statement_count);
    const char *types = lane->setting.statements[what].in;
    size_t n = strlen(types) + 1;
    struct params in = {.arena = arena, .types = types};
    in.value = rehab_alloc(arena, n * sizeof *in.value);
    in.size = rehab_alloc(arena, n * sizeof *in.size);
    in.format = rehab_alloc(arena, n * sizeof *in.format);
    return (struct query){.what = what, .in = in};
}

struct query store_query(struct call *c, enum statement what)
{
    return lane_query(c->worker->lane, c->arena, what);
}

static struct result run(struct call *c, struct unit *u)
{
    struct lane *lane = c->worker->lane;
    struct queue *q = queue_for(lane, u->kind);
    if (c->arena->full) return (struct result){NO_MEMORY};
    for (size_t i = 0; i < u->count; i++)
        assert(u->query[i].in.types[u->query[i].in.count] == '\0');
    u->since_us = time_tick_us();
    int64_t down_us = u->kind == UNIT_READ ? lane->down_read_us : lane->down_write_us;
    if (is_away(down_us, u->since_us) && !can(lane, u->kind)) return (struct result){DATABASE_AWAY};
    if (lane->read.count + lane->write.count >= lane->setting.queue_limit) {
        lane->figures.shed++;
        return (struct result){OVERLOADED};
    }
    queue_append(q, u);
    while (!u->done) {
        if (c->fiber != NULL)
            fiber_yield(c->fiber);
        else
            pump(lane);
    }
    c->database_us += time_tick_us() - u->since_us;
    return u->result;
}

struct result store_read(struct call *c, struct query *q, size_t n)
{
    assert(n > 0 && n <= 16);
    struct unit u = {.kind = UNIT_READ, .call = c, .query = q, .count = n};
    return run(c, &u);
}

struct result store_write(struct call *c, struct query *q, struct uuid order)
{
    struct unit u = {.kind = UNIT_WRITE, .call = c, .query = q, .count = 1, .order = order};
    return run(c, &u);
}
