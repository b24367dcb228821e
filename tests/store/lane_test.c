/* SPDX-License-Identifier: Apache-2.0 */
/* The lane against a real PostgreSQL, with tables and statements of its own: batches, tenants,
 * errors among neighbours, and what callers are told when the database goes away. Each caller is a
 * fiber, as in the service. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/app.h"
#include "base/arena.h"
#include "base/fiber.h"
#include "base/time.h"
#include "base/uuid.h"
#include "base/watch.h"
#include "store/lane.h"

enum {
    READ_ITEM,
    READ_CLINIC,
    DIVIDE,
    ADD_ITEM,
    ADD_ANSWER,
    SLOW_ADD,
    SLOW_READ,
    ECHO,
    LOCKED,
    WRONG_COLUMNS,
    CHILD,
    PUT_ITEM,
    PUT_ITEMS,
    ADD_LATE,
    STATEMENTS
};

static const struct statement_text own_statements[STATEMENTS] = {
    [READ_ITEM] = {"read_item", "i", "t", "select value from test.item where id = $1", 0},
    [READ_CLINIC] = {"read_clinic", "", "t", "select current_setting('rehab.clinic', true)", 0},
    [DIVIDE] = {"divide", "i", "i", "select 12 / $1", 0},
    [ADD_ITEM] = {"add_item", "uit", "i",
                  "insert into test.item (clinic_id, id, value) values ($1, $2, $3) returning id",
                  0},
    [ADD_ANSWER] = {"add_answer", "t", "", "insert into test.answer values ($1)", 0},
    [SLOW_ADD] = {"slow_add", "ui", "b",
                  "with a as (insert into test.item values ($1, $2, 'slow')) select pg_sleep(0.4) "
                  "is not null",
                  0},
    [SLOW_READ] = {"slow_read", "", "b", "select pg_sleep(0.4) is not null", 0},
    [ECHO] = {"echo", "bsiltuyzdtnTULZ", "bsiltuyzdttTULZ",
              "select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text, $12, $13, $14, $15", 0},
    [LOCKED] = {"locked", "i", "i", "update test.locked set n = n + 1 where id = $1 returning n",
                0},
    [WRONG_COLUMNS] = {"wrong_columns", "", "l", "select 1::int4", 0},
    [CHILD] = {"child", "i", "", "insert into test.child values ($1)", 0},
    [PUT_ITEM] = {"put_item", "uitT", "it",
                  "insert into test.item (clinic_id, id, value) select $1, $2, "
                  "concat_ws('+', $3, array_to_string($4, '+', '?')) where $2 >= 0 returning id, "
                  "value",
                  PUT_ITEMS},
    [PUT_ITEMS] = {"put_items", "uITTI", "iit",
                   "with a as (insert into test.item (clinic_id, id, value) select $1, $2[i], "
                   "concat_ws('+', $3[i], array_to_string($4[$5[i] + 1:$5[i + 1]], '+', '?')) from "
                   "generate_subscripts($2, 1) i where $2[i] >= 0 returning id, value) select "
                   "array_position($2, id) as place, id, value from a order by place",
                   0},
    [ADD_LATE] = {"add_late", "i", "", "insert into test.late values ($1)", 0},
};

static const char schema[] =
    "create role rehab_service nologin; create schema test; grant usage on schema test to "
    "rehab_service;"
    "create table test.item (clinic_id uuid, id int4, value text, n serial, primary key "
    "(clinic_id, id));"
    "alter table test.item enable row level security; alter table test.item force row level "
    "security;"
    "create policy clinic on test.item using (clinic_id = nullif(current_setting('rehab.clinic', "
    "true), '')::uuid);"
    "create table test.answer (key text, constraint idempotency_pkey primary key (key));"
    "create table test.locked (id int4 primary key, n int4); insert into test.locked values (1, 0);"
    "create table test.late (id int4, constraint late_key unique (id) deferrable initially "
    "deferred);"
    "create table test.child (id int4 references test.locked);"
    "grant select, insert, update on all tables in schema test to rehab_service;"
    "grant usage on all sequences in schema test to rehab_service";

struct world {
    char dir[32], url[256], socket[80];
    PGconn *root;
    struct app app;
    struct worker worker;
    struct fiber_pool *fibers;
    struct arena_pool *arenas;
    int epoll;
    int catalogue_changes;
};

/* One caller: what it does, and what it was told. */
struct job {
    struct world *w;
    void (*work)(struct job *j);
    struct call call;
    int n;
    struct uuid clinic, order;
    const char *value;
    struct query query;
    struct result result;
    int64_t took_us;
    bool done;
};

static struct uuid clinic_of(unsigned char n)
{
    return (struct uuid){{[0] = 1, [15] = n}};
}

/* ---- callers ---- */

static void read_item(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)READ_ITEM);
    param_int4(&j->query.in, j->n);
    j->result = store_read(&j->call, &j->query, 1);
}

static void read_clinic(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)READ_CLINIC);
    j->result = store_read(&j->call, &j->query, 1);
}

static void divide(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)DIVIDE);
    param_int4(&j->query.in, j->n);
    j->result = store_read(&j->call, &j->query, 1);
}

static void add_item(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)ADD_ITEM);
    param_uuid(&j->query.in, j->clinic);
    param_int4(&j->query.in, j->n);
    param_text(&j->query.in, text_of(j->value != NULL ? j->value : "v"));
    j->result = store_write(&j->call, &j->query, j->order);
}

static void add_answer(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)ADD_ANSWER);
    param_text(&j->query.in, text_of(j->value));
    j->result = store_write(&j->call, &j->query, j->order);
}

static void slow_add(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)SLOW_ADD);
    param_uuid(&j->query.in, j->clinic);
    param_int4(&j->query.in, j->n);
    j->result = store_write(&j->call, &j->query, j->order);
}

static void slow_read(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)SLOW_READ);
    j->result = store_read(&j->call, &j->query, 1);
}

static void write_locked(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)LOCKED);
    param_int4(&j->query.in, j->n);
    j->result = store_write(&j->call, &j->query, j->order);
}

static void read_wrong_columns(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)WRONG_COLUMNS);
    j->result = store_read(&j->call, &j->query, 1);
}

static void write_on_read(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)ADD_ITEM);
    param_uuid(&j->query.in, j->clinic);
    param_int4(&j->query.in, j->n);
    param_text(&j->query.in, TEXT("v"));
    j->result = store_read(&j->call, &j->query, 1);
}

static void add_child(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)CHILD);
    param_int4(&j->query.in, j->n);
    j->result = store_write(&j->call, &j->query, j->order);
}

static void add_late(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)ADD_LATE);
    param_int4(&j->query.in, j->n);
    j->result = store_write(&j->call, &j->query, j->order);
}

static void put_item(struct job *j)
{
    static const struct text words[] = {{"a", 1}, {NULL, 0}, {"", 0}};
    j->query = store_query(&j->call, (enum statement)PUT_ITEM);
    param_uuid(&j->query.in, j->clinic);
    param_int4(&j->query.in, j->n);
    param_text(&j->query.in, j->value != NULL ? text_of(j->value) : (struct text){NULL, 0});
    if (j->n == 99)
        param_null(&j->query.in);
    else
        param_texts(&j->query.in, words, (size_t)(j->n + 4) % 4);
    j->result = store_write(&j->call, &j->query, j->order);
}

/* ---- the loop ---- */

static void run_job(struct fiber *self, void *world)
{
    struct job *j = world;
    int64_t from_us = time_tick_us();
    j->call.fiber = self;
    j->work(j);
    j->took_us = time_tick_us() - from_us;
    j->done = true;
}

static void start(struct world *w, struct job *j)
{
    j->w = w;
    j->call = (struct call){.app = &w->app, .worker = &w->worker, .arena = arena_take(w->arenas)};
    j->call.caller.clinic = j->clinic;
    assert_true(fiber_start(w->fibers, run_job, j));
}

static void turn(struct world *w)
{
    struct epoll_event event[16];
    lane_turn(w->worker.lane);
    int ms = lane_sleep_ms(w->worker.lane), n = epoll_wait(w->epoll, event, 16, ms < 20 ? ms : 20);
    for (int i = 0; i < n; i++) {
        struct watch *watch = event[i].data.ptr;
        watch->ready(watch, event[i].events);
    }
}

static void finish(struct world *w, struct job *jobs, size_t n)
{
    int64_t end_us = time_tick_us() + 15'000'000;
    for (size_t i = 0; i < n; i++) {
        while (!jobs[i].done && time_tick_us() < end_us)
            turn(w);
        assert_true(jobs[i].done);
    }
}

static void together(struct world *w, struct job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        start(w, &jobs[i]);
    finish(w, jobs, n);
}

static void forget(struct job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        arena_drop(jobs[i].call.arena);
}

static void wait_ready(struct world *w, int ms)
{
    int64_t end_us = time_tick_us() + ms * INT64_C(1000);
    while (!lane_is_ready(w->worker.lane) && time_tick_us() < end_us)
        turn(w);
    if (!lane_is_ready(w->worker.lane)) fail_msg("not ready: %s", lane_fault(w->worker.lane));
}

static void count_change(void *world)
{
    struct world *w = world;
    w->catalogue_changes++;
}

static void open_lane(struct world *w, uint32_t connections, uint32_t queue_limit)
{
    struct lane_setting s = {.url = w->url,
                             .role = "rehab_service",
                             .connections = connections,
                             .queue_limit = queue_limit,
                             .epoll = w->epoll,
                             .catalogue_changed = count_change,
                             .world = w,
                             .statements = own_statements,
                             .statement_count = STATEMENTS};
    w->worker.lane = lane_open(&s);
    assert_non_null(w->worker.lane);
    wait_ready(w, 5000);
}

static void sql(struct world *w, const char *text)
{
    PGresult *r = PQexec(w->root, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(w->root));
    PQclear(r);
}

static long number(struct world *w, const char *text)
{
    PGresult *r = PQexec(w->root, text);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) fail_msg("%s", PQerrorMessage(w->root));
    long n = strtol(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return n;
}

static const char kill_all[] =
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rehabd'";

static int open_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    *state = w;
    strcpy(w->dir, "/tmp/lane-XXXXXX");
    if (mkdtemp(w->dir) == NULL || chmod(w->dir, 0755) != 0) return -1;
    char command[128];
    snprintf(command, sizeof command, "tests/cluster.sh start %s/pg", w->dir);
    FILE *out = popen(command, "r");
    if (out == NULL || fgets(w->url, sizeof w->url, out) == NULL || pclose(out) != 0) return -1;
    w->url[strcspn(w->url, "\n")] = '\0';
    snprintf(w->socket, sizeof w->socket, "%s/pg/run/.s.PGSQL.5432", w->dir);
    w->root = PQconnectdb(w->url);
    if (PQstatus(w->root) != CONNECTION_OK) return -1;
    sql(w, schema);
    w->worker.app = &w->app;
    w->fibers = fiber_pool_open(16, 256);
    w->arenas = arena_pool_open(16);
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    open_lane(w, 2, 1024);
    return 0;
}

static int close_world(void **state)
{
    struct world *w = *state;
    lane_close(w->worker.lane);
    PQfinish(w->root);
    close(w->epoll);
    fiber_pool_close(w->fibers);
    arena_pool_close(w->arenas);
    char command[128];
    snprintf(command, sizeof command, "tests/cluster.sh stop %s/pg", w->dir);
    int stopped = system(command);
    rmdir(w->dir);
    free(w);
    return stopped;
}

static int clear(void **state)
{
    struct world *w = *state;
    wait_ready(w, 5000);
    sql(w, "truncate test.item, test.answer");
    return 0;
}

static const struct lane_figures *figures(const struct world *w)
{
    return lane_figures(w->worker.lane);
}

/* ---- reads ---- */

static void reads_of_one_turn_share_a_batch(void **state)
{
    struct world *w = *state;
    sql(w, "insert into test.item select '01000000-0000-0000-0000-000000000001', i, 'v' || i from "
           "generate_series(1, 20) i");
    struct job jobs[20] = {0};
    for (int i = 0; i < 20; i++)
        jobs[i] = (struct job){.work = read_item, .n = i + 1, .clinic = clinic_of(1)};
    uint64_t before = figures(w)->batches;
    together(w, jobs, 20);
    assert_int_equal(figures(w)->batches - before, 1);
    for (int i = 0; i < 20; i++) {
        char expected[16];
        snprintf(expected, sizeof expected, "v%d", i + 1);
        assert_int_equal(jobs[i].result.code, OK);
        assert_int_equal(jobs[i].query.out.count, 1);
        assert_string_equal(row_text(&jobs[i].query.out, 0, 0).at, expected);
    }
    forget(jobs, 20);
}

/* Neighbours of three clinics and of none, in one batch: each sees its own setting and nothing of
 * the others' rows. */
static void no_clinic_leaks_into_its_neighbour(void **state)
{
    struct world *w = *state;
    sql(w, "insert into test.item values ('01000000-0000-0000-0000-000000000001', 1, 'one')");
    struct job jobs[24] = {0};
    for (unsigned char i = 0; i < 24; i++) {
        struct uuid clinic = i % 4 == 0 ? (struct uuid){{0}} : clinic_of(i % 4);
        jobs[i] = (struct job){.work = i < 12 ? read_clinic : read_item, .n = 1, .clinic = clinic};
    }
    uint64_t before = figures(w)->batches;
    together(w, jobs, 24);
    assert_int_equal(figures(w)->batches - before, 1);
    for (int i = 0; i < 24; i++) {
        char expected[UUID_TEXT_SIZE];
        uuid_write(jobs[i].clinic, expected);
        assert_int_equal(jobs[i].result.code, OK);
        if (i < 12)
            assert_string_equal(row_text(&jobs[i].query.out, 0, 0).at, expected);
        else
            assert_int_equal(jobs[i].query.out.count, i % 4 == 1);
    }
    forget(jobs, 24);
}

static void a_failed_read_spares_its_neighbours(void **state)
{
    struct world *w = *state;
    struct job jobs[8] = {0};
    for (int i = 0; i < 8; i++)
        jobs[i] = (struct job){.work = divide, .n = i == 3 ? 0 : i + 1};
    uint64_t before = figures(w)->reruns;
    together(w, jobs, 8);
    assert_int_equal(figures(w)->reruns - before, 8);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(jobs[i].result.code, i == 3 ? INTERNAL : OK);
        if (i != 3) assert_int_equal(row_int4(&jobs[i].query.out, 0, 0), 12 / (i + 1));
    }
    forget(jobs, 8);
}

static void read_three(struct job *j)
{
    struct query q[3] = {store_query(&j->call, (enum statement)READ_CLINIC),
                         store_query(&j->call, (enum statement)DIVIDE),
                         store_query(&j->call, (enum statement)READ_CLINIC)};
    param_int4(&q[1].in, j->n);
    j->result = store_read(&j->call, q, 3);
    if (j->result.code != OK) return;
    assert_int_equal(row_int4(&q[1].out, 0, 0), 12 / j->n);
    assert_true(text_equal(row_text(&q[0].out, 0, 0), row_text(&q[2].out, 0, 0)));
    j->query = q[2];
}

static void several_statements_are_one_unit(void **state)
{
    struct world *w = *state;
    struct job jobs[3] = {0};
    for (int i = 0; i < 3; i++)
        jobs[i] = (struct job){
            .work = read_three, .n = 3 * (i % 2), .clinic = clinic_of((unsigned char)(i + 1))};
    together(w, jobs, 3);
    assert_int_equal(jobs[0].result.code, INTERNAL);
    assert_int_equal(jobs[2].result.code, INTERNAL);
    assert_int_equal(jobs[1].result.code, OK);
    assert_string_equal(row_text(&jobs[1].query.out, 0, 0).at,
                        "01000000-0000-0000-0000-000000000002");
    forget(jobs, 3);
}

static void a_read_cannot_write(void **state)
{
    struct world *w = *state;
    struct job j = {.work = write_on_read, .n = 5, .clinic = clinic_of(1)};
    together(w, &j, 1);
    assert_int_equal(j.result.code, INTERNAL);
    assert_int_equal(number(w, "select count(*) from test.item"), 0);
    assert_int_equal(figures(w)->lost, 0);
    forget(&j, 1);
}

static void columns_must_be_those_of_the_header(void **state)
{
    struct world *w = *state;
    struct job j = {.work = read_wrong_columns};
    together(w, &j, 1);
    assert_int_equal(j.result.code, INTERNAL);
    forget(&j, 1);
}

/* ---- types ---- */

static void bind_all(struct job *j)
{
    struct params *p = &j->query.in;
    const struct text words[3] = {TEXT("a"), {NULL, 0}, TEXT("")};
    const struct uuid ids[2] = {clinic_of(7), clinic_of(8)};
    const int64_t numbers[2] = {INT64_MIN, INT64_MAX}, times[2] = {1, NO_TIME};
    param_bool(p, true);
    param_int2(p, -2);
    param_int4(p, INT32_MIN);
    param_int8(p, INT64_MAX);
    param_text(p, TEXT("gr\xc3\xbc\xc3\x9f"));
    param_uuid(p, clinic_of(9));
    param_bytes(p, "\0\1\377", 3);
    param_time(p, 1'772'359'200'123'456);
    param_day(p, 20'513);
    param_optional(p, (struct text){NULL, 0});
    param_text(p, TEXT("72.40"));
    param_texts(p, words, 3);
    param_uuids(p, ids, 2);
    param_int8s(p, numbers, 2);
    param_times(p, times, 2);
}

static void echo(struct job *j)
{
    j->query = store_query(&j->call, (enum statement)ECHO);
    bind_all(j);
    j->result = store_read(&j->call, &j->query, 1);
}

static void every_type_comes_back(void **state)
{
    struct world *w = *state;
    struct job j = {.work = echo};
    together(w, &j, 1);
    assert_int_equal(j.result.code, OK);
    const struct rows *r = &j.query.out;
    assert_true(row_bool(r, 0, 0));
    assert_int_equal(row_int4(r, 0, 1), -2);
    assert_int_equal(row_int4(r, 0, 2), INT32_MIN);
    assert_true(row_int8(r, 0, 3) == INT64_MAX);
    assert_string_equal(row_text(r, 0, 4).at, "gr\xc3\xbc\xc3\x9f");
    struct uuid id = row_uuid(r, 0, 5), expected = clinic_of(9);
    assert_memory_equal(&id, &expected, sizeof id);
    assert_int_equal(row_bytes(r, 0, 6).size, 3);
    assert_memory_equal(row_bytes(r, 0, 6).at, "\0\1\377", 3);
    assert_true(row_time(r, 0, 7) == 1'772'359'200'123'456);
    assert_int_equal(row_day(r, 0, 8), 20'513);
    assert_true(row_is_null(r, 0, 9));
    assert_string_equal(row_text(r, 0, 10).at, "72.40");
    struct text *words;
    assert_int_equal(row_texts(r, 0, 11, j.call.arena, &words), 3);
    assert_true(text_is(words[0], "a") && words[1].at == NULL && words[2].at != NULL &&
                words[2].size == 0);
    struct uuid *ids;
    assert_int_equal(row_uuids(r, 0, 12, j.call.arena, &ids), 2);
    assert_int_equal(ids[1].byte[15], 8);
    int64_t *numbers, *times;
    assert_int_equal(row_int8s(r, 0, 13, j.call.arena, &numbers), 2);
    assert_true(numbers[0] == INT64_MIN && numbers[1] == INT64_MAX);
    assert_int_equal(row_times(r, 0, 14, j.call.arena, &times), 2);
    assert_true(times[0] == 1 && times[1] == NO_TIME);
    forget(&j, 1);
}

/* ---- writes ---- */

static void writes_of_one_turn_share_a_commit(void **state)
{
    struct world *w = *state;
    struct job jobs[12] = {0};
    for (int i = 0; i < 12; i++)
        jobs[i] = (struct job){.work = add_item,
                               .n = i,
                               .clinic = clinic_of(i % 3 == 0),
                               .order = clinic_of((unsigned char)(99 - i))};
    together(w, jobs, 12);
    for (int i = 0; i < 12; i++)
        assert_int_equal(jobs[i].result.code, OK);
    assert_int_equal(number(w, "select count(*) from test.item"), 12);
    assert_int_equal(number(w, "select count(distinct xmin::text) from test.item"), 1);
    /* clinic by clinic, and in the order of what they lock */
    assert_int_equal(number(w, "select count(*) from (select n, lag(n) over (order by clinic_id, "
                               "id desc) as p from test.item) o"
                               " where n < p"),
                     0);
    forget(jobs, 12);
}

/* Each gets the row that is its own, and no row where it has none. */
static void writes_for_which_there_is_a_statement_share_it(void **state)
{
    static const char *const expected[] = {"v0+", "v1+a", "v2+a+?", "a+?+", "v4+", "v5+a"};
    static const char *const value[] = {"v0", "v1", "v2", NULL, "v4", "v5"};
    struct world *w = *state;
    struct job jobs[8] = {0};
    for (int i = 0; i < 6; i++)
        jobs[i] = (struct job){
            .work = put_item, .n = i, .value = value[i], .clinic = clinic_of(i < 4 ? 1 : 2)};
    jobs[6] = (struct job){.work = put_item, .n = -1, .clinic = clinic_of(1)};
    jobs[7] = (struct job){.work = add_item, .n = 7, .clinic = clinic_of(2), .order = clinic_of(1)};
    uint64_t before = figures(w)->statements;
    together(w, jobs, 8);
    assert_int_equal(figures(w)->statements - before, 3);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(jobs[i].result.code, OK);
        assert_int_equal(jobs[i].query.out.count, 1);
        assert_int_equal(row_int4(&jobs[i].query.out, 0, 0), i);
        assert_string_equal(row_text(&jobs[i].query.out, 0, 1).at, expected[i]);
    }
    assert_int_equal(jobs[6].result.code, OK);
    assert_int_equal(jobs[6].query.out.count, 0);
    assert_int_equal(jobs[7].result.code, OK);
    forget(jobs, 8);
}

static void a_null_array_goes_by_itself(void **state)
{
    struct world *w = *state;
    struct job jobs[3] = {0};
    for (int i = 0; i < 3; i++)
        jobs[i] = (struct job){
            .work = put_item, .n = i == 1 ? 99 : i, .value = "v", .clinic = clinic_of(1)};
    uint64_t before = figures(w)->statements;
    together(w, jobs, 3);
    assert_int_equal(figures(w)->statements - before, 3);
    assert_string_equal(row_text(&jobs[1].query.out, 0, 1).at, "v");
    assert_string_equal(row_text(&jobs[2].query.out, 0, 1).at, "v+a+?");
    forget(jobs, 3);
}

static void a_refused_one_of_many_spares_the_others(void **state)
{
    struct world *w = *state;
    sql(w, "insert into test.item values ('01000000-0000-0000-0000-000000000001', 4, 'before')");
    struct job jobs[8] = {0};
    for (int i = 0; i < 8; i++)
        jobs[i] = (struct job){.work = put_item, .n = i, .clinic = clinic_of(1)};
    uint64_t before = figures(w)->statements;
    together(w, jobs, 8);
    assert_int_equal(figures(w)->statements - before, 9);
    for (int i = 0; i < 8; i++)
        assert_int_equal(jobs[i].result.code, i == 4 ? UNIQUE_VIOLATION : OK);
    assert_true(text_is(jobs[4].query.constraint, "item_pkey"));
    assert_int_equal(number(w, "select count(*) from test.item"), 8);
    forget(jobs, 8);
}

static void a_refused_write_spares_its_neighbours(void **state)
{
    struct world *w = *state;
    sql(w, "insert into test.item values ('01000000-0000-0000-0000-000000000001', 4, 'before')");
    struct job jobs[8] = {0};
    for (int i = 0; i < 8; i++)
        jobs[i] = (struct job){.work = add_item, .n = i, .clinic = clinic_of(1)};
    together(w, jobs, 8);
    for (int i = 0; i < 8; i++)
        assert_int_equal(jobs[i].result.code, i == 4 ? UNIQUE_VIOLATION : OK);
    assert_true(text_is(jobs[4].query.constraint, "item_pkey"));
    assert_int_equal(number(w, "select count(*) from test.item"), 8);
    assert_int_equal(number(w, "select count(*) from test.item where id = 4 and value = 'before'"),
                     1);
    forget(jobs, 8);
}

/* Every statement has succeeded, and the commit has not. */
static void a_refused_commit_is_an_error_like_others(void **state)
{
    struct world *w = *state;
    struct job jobs[4] = {{.work = add_late, .n = 1},
                          {.work = add_late, .n = 2},
                          {.work = add_late, .n = 1},
                          {.work = add_item, .n = 1, .clinic = clinic_of(1)}};
    together(w, jobs, 4);
    assert_int_equal((jobs[0].result.code == OK) + (jobs[2].result.code == OK), 1);
    struct job *refused = jobs[0].result.code == OK ? &jobs[2] : &jobs[0];
    assert_int_equal(refused->result.code, UNIQUE_VIOLATION);
    assert_true(text_is(refused->query.constraint, "late_key"));
    assert_int_equal(jobs[1].result.code, OK);
    assert_int_equal(jobs[3].result.code, OK);
    assert_int_equal(number(w, "select count(*) from test.late"), 2);
    assert_int_equal(number(w, "select count(*) from test.item"), 1);
    forget(jobs, 4);
}

static void a_repeated_key_is_a_replay(void **state)
{
    struct world *w = *state;
    struct job jobs[3] = {{.work = add_answer, .value = "k1"},
                          {.work = add_answer, .value = "k2"},
                          {.work = add_answer, .value = "k1"}};
    together(w, jobs, 3);
    assert_int_equal(jobs[1].result.code, OK);
    assert_int_equal((jobs[0].result.code == OK) + (jobs[2].result.code == OK), 1);
    assert_int_equal((jobs[0].result.code == REPLAY) + (jobs[2].result.code == REPLAY), 1);
    assert_int_equal(number(w, "select count(*) from test.answer"), 2);
    forget(jobs, 3);
}

static void a_row_of_another_clinic_is_not_found(void **state)
{
    struct world *w = *state;
    struct job j = {.work = add_item, .n = 1, .clinic = clinic_of(1)};
    struct job stranger = {.work = add_child, .n = 77, .clinic = clinic_of(1)};
    together(w, &stranger, 1);
    assert_int_equal(stranger.result.code, NOT_FOUND);
    start(w, &j);
    j.call.caller.clinic =
        clinic_of(2); /* the row says 1, the setting will say 2: row level security refuses it */
    finish(w, &j, 1);
    assert_int_equal(j.result.code, NOT_FOUND);
    assert_int_equal(number(w, "select count(*) from test.item"), 0);
    forget(&j, 1);
    forget(&stranger, 1);
}

static void a_lock_is_not_waited_for_long(void **state)
{
    struct world *w = *state;
    sql(w, "begin; update test.locked set n = 0");
    struct job jobs[2] = {{.work = write_locked, .n = 1},
                          {.work = add_item, .n = 1, .clinic = clinic_of(1)}};
    together(w, jobs, 2);
    sql(w, "rollback");
    assert_int_equal(jobs[0].result.code, TIMED_OUT);
    assert_int_equal(jobs[1].result.code, OK);
    assert_true(jobs[0].took_us < 2'000'000);
    forget(jobs, 2);
}

/* ---- when it goes wrong ---- */

static void the_queue_is_bounded(void **state)
{
    struct world *w = *state;
    lane_close(w->worker.lane);
    open_lane(w, 2, 4);
    struct job jobs[6] = {0};
    for (int i = 0; i < 6; i++)
        jobs[i] = (struct job){.work = read_clinic};
    together(w, jobs, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(jobs[i].result.code, i < 4 ? OK : OVERLOADED);
    assert_true(jobs[5].took_us < 5'000);
    assert_int_equal(figures(w)->shed, 2);
    forget(jobs, 6);
    lane_close(w->worker.lane);
    open_lane(w, 2, 1024);
}

static void one_connection_serves_both(void **state)
{
    struct world *w = *state;
    lane_close(w->worker.lane);
    open_lane(w, 1, 1024);
    struct job jobs[4] = {{.work = read_clinic},
                          {.work = add_item, .n = 1, .clinic = clinic_of(1)},
                          {.work = read_clinic},
                          {.work = add_item, .n = 2, .clinic = clinic_of(1)}};
    together(w, jobs, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(jobs[i].result.code, OK);
    forget(jobs, 4);
    lane_close(w->worker.lane);
    open_lane(w, 2, 1024);
}

/* A backend killed in the middle: the write is unknown, not failed; the read is simply run again.
 */
static void a_killed_backend_leaves_writes_unknown(void **state)
{
    struct world *w = *state;
    struct job jobs[4] = {{.work = slow_add, .n = 1, .clinic = clinic_of(1)},
                          {.work = slow_add, .n = 2, .clinic = clinic_of(1)},
                          {.work = slow_read},
                          {.work = slow_read}};
    for (int i = 0; i < 4; i++)
        start(w, &jobs[i]);
    for (int64_t end_us = time_tick_us() + 200'000; time_tick_us() < end_us;)
        turn(w);
    sql(w, kill_all);
    finish(w, jobs, 4);
    assert_int_equal(jobs[0].result.code, UNKNOWN_COMMIT);
    assert_int_equal(jobs[1].result.code, UNKNOWN_COMMIT);
    assert_int_equal(jobs[2].result.code, OK);
    assert_int_equal(jobs[3].result.code, OK);
    assert_int_equal(number(w, "select count(*) from test.item"), 0);
    forget(jobs, 4);
    struct job after = {.work = add_item, .n = 3, .clinic = clinic_of(1)};
    together(w, &after, 1);
    assert_int_equal(after.result.code, OK);
    forget(&after, 1);
}

static void an_absent_database_is_told_within_a_second(void **state)
{
    struct world *w = *state;
    char away[96];
    snprintf(away, sizeof away, "%s.away", w->socket);
    assert_int_equal(rename(w->socket, away), 0);
    sql(w, kill_all);
    struct job jobs[2] = {{.work = read_clinic},
                          {.work = add_item, .n = 1, .clinic = clinic_of(1)}};
    for (int64_t end_us = time_tick_us() + 100'000; time_tick_us() < end_us;)
        turn(w);
    assert_false(lane_is_ready(w->worker.lane));
    together(w, jobs, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(jobs[i].result.code, DATABASE_AWAY);
        assert_true(jobs[i].took_us <
                    2'000'000); /* promised at 0.8 s; a busy machine looks later */
    }
    forget(jobs, 2);
    struct job later = {.work = read_clinic}; /* who comes later is not kept waiting at all */
    together(w, &later, 1);
    assert_int_equal(later.result.code, DATABASE_AWAY);
    assert_true(later.took_us < 400'000); /* half of what the others waited */
    forget(&later, 1);
    assert_int_equal(rename(away, w->socket), 0);
    wait_ready(w, 2000);
    struct job back = {.work = read_clinic};
    together(w, &back, 1);
    assert_int_equal(back.result.code, OK);
    forget(&back, 1);
}

static void a_notice_of_the_catalogue_is_heard(void **state)
{
    struct world *w = *state;
    int before = w->catalogue_changes;
    sql(w, "notify catalogue");
    for (int64_t end_us = time_tick_us() + 1'000'000;
         w->catalogue_changes == before && time_tick_us() < end_us;)
        turn(w);
    assert_int_equal(w->catalogue_changes, before + 1);
}

static void a_statement_that_does_not_fit_is_named(void **state)
{
    struct world *w = *state;
    static const struct statement_text broken[1] = {
        {"broken", "", "i", "select nothing from nowhere", 0}};
    struct lane *lane = lane_open(&(struct lane_setting){.url = w->url,
                                                         .role = "rehab_service",
                                                         .connections = 2,
                                                         .queue_limit = 4,
                                                         .epoll = -1,
                                                         .statements = broken,
                                                         .statement_count = 1});
    char why[256] = "";
    assert_false(lane_wait_ready(lane, 300, why, sizeof why));
    assert_non_null(strstr(why, "broken"));
    assert_non_null(strstr(why, "nowhere"));
    lane_close(lane);
}

/* Without a fiber the caller pumps the lane itself, as the command line does. */
static void a_caller_without_a_fiber_blocks(void **state)
{
    struct world *w = *state;
    struct worker worker = {.app = &w->app};
    char why[256] = "";
    worker.lane = lane_open(&(struct lane_setting){.url = w->url,
                                                   .role = "rehab_service",
                                                   .connections = 2,
                                                   .queue_limit = 4,
                                                   .epoll = -1,
                                                   .statements = own_statements,
                                                   .statement_count = STATEMENTS});
    if (!lane_wait_ready(worker.lane, 5000, why, sizeof why)) fail_msg("%s", why);
    struct job j = {.clinic = clinic_of(1), .n = 1};
    j.call = (struct call){.app = &w->app,
                           .worker = &worker,
                           .arena = arena_take(w->arenas),
                           .caller = {.clinic = clinic_of(1)}};
    add_item(&j);
    assert_int_equal(j.result.code, OK);
    read_item(&j);
    assert_int_equal(j.result.code, OK);
    assert_string_equal(row_text(&j.query.out, 0, 0).at, "v");
    forget(&j, 1);
    lane_close(worker.lane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_of_one_turn_share_a_batch, clear),
        cmocka_unit_test_setup(no_clinic_leaks_into_its_neighbour, clear),
        cmocka_unit_test_setup(a_failed_read_spares_its_neighbours, clear),
        cmocka_unit_test_setup(several_statements_are_one_unit, clear),
        cmocka_unit_test_setup(a_read_cannot_write, clear),
        cmocka_unit_test_setup(columns_must_be_those_of_the_header, clear),
        cmocka_unit_test_setup(every_type_comes_back, clear),
        cmocka_unit_test_setup(writes_of_one_turn_share_a_commit, clear),
        cmocka_unit_test_setup(writes_for_which_there_is_a_statement_share_it, clear),
        cmocka_unit_test_setup(a_null_array_goes_by_itself, clear),
        cmocka_unit_test_setup(a_refused_one_of_many_spares_the_others, clear),
        cmocka_unit_test_setup(a_refused_write_spares_its_neighbours, clear),
        cmocka_unit_test_setup(a_refused_commit_is_an_error_like_others, clear),
        cmocka_unit_test_setup(a_repeated_key_is_a_replay, clear),
        cmocka_unit_test_setup(a_row_of_another_clinic_is_not_found, clear),
        cmocka_unit_test_setup(a_lock_is_not_waited_for_long, clear),
        cmocka_unit_test_setup(the_queue_is_bounded, clear),
        cmocka_unit_test_setup(one_connection_serves_both, clear),
        cmocka_unit_test_setup(a_killed_backend_leaves_writes_unknown, clear),
        cmocka_unit_test_setup(an_absent_database_is_told_within_a_second, clear),
        cmocka_unit_test_setup(a_notice_of_the_catalogue_is_heard, clear),
        cmocka_unit_test_setup(a_statement_that_does_not_fit_is_named, clear),
        cmocka_unit_test_setup(a_caller_without_a_fiber_blocks, clear),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
