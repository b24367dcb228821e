/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include <stdlib.h>

#include "base/app.h"
#include "base/metric.h"

static unsigned char room[256 * 1024];

static const struct metric_route routes[] = {{"GET", "/v1/a"}, {"POST", "/v1/b/{id}"}};

static struct text show(struct app *app)
{
    struct rehab_arena arena = {room, room + sizeof room, false, NULL};
    struct text t = metric_write(app, routes, 2, &arena);
    assert_false(arena.full);
    ((char *)(uintptr_t)t.at)[t.size] = '\0'; /* there is room behind it */
    return t;
}

/* The line is there, whole. */
static void has(struct text t, const char *line)
{
    const char *at = strstr(t.at, line);
    bool whole = at != NULL && (at == t.at || at[-1] == '\n') && at[strlen(line)] == '\n';
    if (!whole) fail_msg("there is no line `%s`", line);
}

static void workers_are_added_up(void **state)
{
    (void)state;
    struct worker workers[2] = {{.metrics = metric_open(2)}, {.metrics = metric_open(2)}};
    struct metrics *others = metric_open(0);
    struct app app = {.workers = workers, .worker_count = 2, .metrics = others};
    metric_add(workers[0].metrics, METRIC_STATEMENTS, 5);
    metric_add(workers[1].metrics, METRIC_STATEMENTS, 7);
    metric_add(others, METRIC_AUDIT_SEALED, 41);
    metric_set(workers[1].metrics, METRIC_CONNECTIONS, 3);
    metric_add(workers[1].metrics, METRIC_CONNECTIONS, -1);
    struct text t = show(&app);
    has(t, "rehab_db_statements_total 12");
    has(t, "rehab_http_connections 2");
    has(t, "# TYPE rehab_db_statements_total counter");
    has(t, "rehab_workers 2");
    has(t, "rehab_audit_rows_sealed_total 41");
    metric_close(others);
    metric_close(workers[0].metrics);
    metric_close(workers[1].metrics);
}

static void requests_are_told_apart(void **state)
{
    (void)state;
    struct worker w = {.metrics = metric_open(2)};
    struct app app = {.workers = &w, .worker_count = 1};
    metric_count_request(w.metrics, 0, 200, 300);
    metric_count_request(w.metrics, 0, 200, 700);
    metric_count_request(w.metrics, 1, 409, 20000000);
    metric_count_request(w.metrics, 2, 404, 1);
    metric_count_request(w.metrics, 99, 599, 1);
    struct text t = show(&app);
    has(t, "rehab_http_requests_total{method=\"GET\",route=\"/v1/a\",code=\"200\"} 2");
    has(t, "rehab_http_requests_total{method=\"POST\",route=\"/v1/b/{id}\",code=\"409\"} 1");
    has(t, "rehab_http_requests_total{method=\"other\",route=\"unknown\",code=\"404\"} 1");
    has(t, "rehab_http_requests_total{method=\"other\",route=\"unknown\",code=\"000\"} 1");
    has(t, "rehab_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/"
           "a\",le=\"0.0005\"} 1");
    has(t, "rehab_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/"
           "a\",le=\"0.001\"} 2");
    has(t,
        "rehab_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/a\",le=\"+Inf\"} 2");
    has(t, "rehab_http_request_duration_seconds_sum{method=\"GET\",route=\"/v1/a\"} 0.001000");
    has(t, "rehab_http_request_duration_seconds_count{method=\"POST\",route=\"/v1/b/{id}\"} 1");
    has(t, "rehab_http_request_duration_seconds_bucket{method=\"POST\",route=\"/v1/b/"
           "{id}\",le=\"10\"} 0");
    metric_close(w.metrics);
}

static void histograms_are_cumulative(void **state)
{
    (void)state;
    struct worker w = {.metrics = metric_open(2)};
    struct app app = {.workers = &w, .worker_count = 1};
    metric_size(w.metrics, METRIC_READ_BATCH_SIZE, 1);
    metric_size(w.metrics, METRIC_READ_BATCH_SIZE, 5);
    metric_size(w.metrics, METRIC_READ_BATCH_SIZE, 5000);
    metric_time(w.metrics, METRIC_DATABASE_TIME, 2500);
    struct text t = show(&app);
    has(t, "rehab_db_read_batch_size_bucket{le=\"1\"} 1");
    has(t, "rehab_db_read_batch_size_bucket{le=\"4\"} 1");
    has(t, "rehab_db_read_batch_size_bucket{le=\"6\"} 2");
    has(t, "rehab_db_read_batch_size_bucket{le=\"+Inf\"} 3");
    has(t, "rehab_db_read_batch_size_sum 5006");
    has(t, "rehab_db_read_batch_size_count 3");
    has(t, "rehab_db_time_seconds_bucket{le=\"0.0025\"} 1");
    has(t, "rehab_db_time_seconds_sum 0.002500");
    metric_close(w.metrics);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    struct worker w = {.metrics = metric_open(2)};
    struct app app = {.workers = &w, .worker_count = 1};
    struct rehab_arena arena = {room, room + 64, false, NULL};
    assert_int_equal(metric_write(&app, routes, 0, &arena).size, 0);
    assert_true(arena.full);
    metric_close(w.metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workers_are_added_up),
        cmocka_unit_test(requests_are_told_apart),
        cmocka_unit_test(histograms_are_cumulative),
        cmocka_unit_test(a_full_arena_is_told),
    };
    return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
