/* SPDX-License-Identifier: Apache-2.0 */
/* Each worker writes its own numbers with relaxed stores; nobody else does, so a load and a store
 * do for an addition and the bus is never locked. A reader may see one counter a moment before
 * another: for a scrape that is exact enough. */
#include "metric.h"

#include <assert.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "time.h"
#include "version.h"

typedef _Atomic int64_t cell;

enum { BUCKETS = 16, CODES = 32 };

/* upper bounds; the last bucket has none */
static const int64_t time_bounds_us[BUCKETS - 1] = {
    100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};
static const int64_t size_bounds[BUCKETS - 1] = {1,  2,  3,  4,  6,  8,   12, 16,
                                                 24, 32, 48, 64, 96, 128, 256};

/* the statuses the service answers; the last cell is for any other */
static const int codes[CODES - 1] = {200, 201, 202, 204, 304, 400, 401, 403, 404,
                                     405, 406, 408, 409, 411, 412, 413, 414, 415,
                                     417, 422, 428, 429, 431, 500, 501, 503, 505};

struct histogram {
    cell bucket[BUCKETS];
    cell sum;
};

struct metrics {
    size_t routes;
    cell plain[METRIC_COUNT];
    struct histogram spread[METRIC_COUNT];
    struct route_cells {
        struct histogram time;
        cell code[CODES];
    } route[];
};

enum kind { COUNTER, GAUGE, TIME, SIZE };

static const struct row {
    enum kind kind;
    const char *name;
    const char *help;
} rows[] = {
#define METRIC(kind, name, shown, sentence) {kind, shown, sentence},
#include "metric.def"
#undef METRIC
};

struct metrics *metric_open(size_t routes)
{
    struct metrics *m = calloc(1, sizeof *m + (routes + 1) * sizeof m->route[0]);
    if (m != NULL) m->routes = routes;
    return m;
}

void metric_close(struct metrics *m)
{
    free(m);
}

static void bump(cell *c, int64_t by)
{
    int64_t now = atomic_load_explicit(c, memory_order_relaxed);
    atomic_store_explicit(c, now + by, memory_order_relaxed);
}

void metric_add(struct metrics *m, enum metric which, int64_t by)
{
    bump(&m->plain[which], by);
}

void metric_set(struct metrics *m, enum metric which, int64_t to)
{
    atomic_store_explicit(&m->plain[which], to, memory_order_relaxed);
}

static void observe(struct histogram *h, const int64_t *bounds, int64_t value)
{
    int i = 0;
    while (i < BUCKETS - 1 && value > bounds[i])
        i++;
    bump(&h->bucket[i], 1);
    bump(&h->sum, value);
}

void metric_time(struct metrics *m, enum metric which, int64_t us)
{
    observe(&m->spread[which], time_bounds_us, us);
}

void metric_size(struct metrics *m, enum metric which, int64_t size)
{
    observe(&m->spread[which], size_bounds, size);
}

void metric_count_request(struct metrics *m, size_t route, int status, int64_t duration_us)
{
    struct route_cells *r = &m->route[route < m->routes ? route : m->routes];
    int i = 0;
    while (i < CODES - 1 && codes[i] != status)
        i++;
    bump(&r->code[i], 1);
    observe(&r->time, time_bounds_us, duration_us);
}

/* ---- writing ---- */

/* Measures on the first pass, when `at` is NULL, and writes on the second. */
struct page {
    char *at;
    size_t size, limit;
};

[[gnu::format(printf, 2, 3)]] static void print(struct page *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool fits = p->at != NULL && p->size < p->limit;
    int n = vsnprintf(fits ? p->at + p->size : NULL, fits ? p->limit - p->size : 0, format, args);
    va_end(args);
    p->size += n > 0 ? (size_t)n : 0;
}

static int64_t get(const cell *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

static int64_t sum_plain(const struct app *app, size_t which)
{
    int64_t sum = app->metrics == NULL ? 0 : get(&app->metrics->plain[which]);
    for (uint32_t w = 0; w < app->worker_count; w++)
        sum += get(&app->workers[w].metrics->plain[which]);
    return sum;
}

struct totals {
    int64_t bucket[BUCKETS], sum;
};

static void add_histogram(struct totals *t, const struct histogram *h)
{
    for (int i = 0; i < BUCKETS; i++)
        t->bucket[i] += get(&h->bucket[i]);
    t->sum += get(&h->sum);
}

/* `labels` is empty or ends in a comma: the bucket's own label follows it */
static void print_histogram(struct page *p, const char *name, const char *labels, bool seconds,
                            const struct totals *t)
{
    int64_t below = 0;
    int bare = (int)strlen(labels) - (*labels != '\0');
    for (int i = 0; i < BUCKETS; i++) {
        below += t->bucket[i];
        if (i == BUCKETS - 1) {
            print(p, "%s_bucket{%sle=\"+Inf\"} %lld\n", name, labels, (long long)below);
        } else if (seconds) {
            print(p, "%s_bucket{%sle=\"%g\"} %lld\n", name, labels, (double)time_bounds_us[i] / 1e6,
                  (long long)below);
        } else {
            print(p, "%s_bucket{%sle=\"%lld\"} %lld\n", name, labels, (long long)size_bounds[i],
                  (long long)below);
        }
    }
    const char *open = bare > 0 ? "{" : "";
    const char *shut = bare > 0 ? "}" : "";
    print(p, "%s_sum%s%.*s%s ", name, open, bare, labels, shut);
    if (seconds) {
        print(p, "%.6f\n", (double)t->sum / 1e6);
    } else {
        print(p, "%lld\n", (long long)t->sum);
    }
    print(p, "%s_count%s%.*s%s %lld\n", name, open, bare, labels, shut, (long long)below);
}

static void print_head(struct page *p, const char *name, const char *type, const char *help)
{
    print(p, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_rows(struct page *p, const struct app *app)
{
    static const char *const types[] = {"counter", "gauge", "histogram", "histogram"};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const struct row *row = &rows[i];
        print_head(p, row->name, types[row->kind], row->help);
        if (row->kind == COUNTER || row->kind == GAUGE) {
            print(p, "%s %lld\n", row->name, (long long)sum_plain(app, i));
            continue;
        }
        struct totals t = {0};
        for (uint32_t w = 0; w < app->worker_count; w++)
            add_histogram(&t, &app->workers[w].metrics->spread[i]);
        print_histogram(p, row->name, "", row->kind == TIME, &t);
    }
}

static int64_t sum_code(const struct app *app, size_t route, int code)
{
    int64_t sum = 0;
    assert(app->worker_count == 0 || route <= app->workers[0].metrics->routes);
    for (uint32_t w = 0; w < app->worker_count; w++)
        sum += get(&app->workers[w].metrics->route[route].code[code]);
    return sum;
}

/* only what has happened: thirty routes by thirty statuses would mostly be zeros */
static void print_requests(struct page *p, const struct app *app, const struct metric_route *routes,
                           size_t count)
{
    static const char name[] = "rehab_http_requests_total";
    print_head(p, name, "counter", "requests answered, by route and status");
    for (size_t r = 0; r <= count; r++) {
        const char *method = r < count ? routes[r].method : "other";
        const char *path = r < count ? routes[r].path : "unknown";
        for (int i = 0; i < CODES; i++) {
            int64_t n = sum_code(app, r, i);
            if (n == 0) continue;
            print(p, "%s{method=\"%s\",route=\"%s\",code=\"%.*d\"} %lld\n", name, method, path, 3,
                  i < CODES - 1 ? codes[i] : 0, (long long)n);
        }
    }
}

static void print_request_times(struct page *p, const struct app *app,
                                const struct metric_route *routes, size_t count)
{
    static const char name[] = "rehab_http_request_duration_seconds";
    char labels[256];
    print_head(p, name, "histogram", "from the request read to its answer given to the network");
    for (size_t r = 0; r <= count; r++) {
        struct totals t = {0};
        for (uint32_t w = 0; w < app->worker_count; w++)
            add_histogram(&t, &app->workers[w].metrics->route[r].time);
        int64_t n = 0;
        for (int i = 0; i < BUCKETS; i++)
            n += t.bucket[i];
        if (n == 0) continue;
        snprintf(labels, sizeof labels, "method=\"%s\",route=\"%s\",",
                 r < count ? routes[r].method : "other", r < count ? routes[r].path : "unknown");
        print_histogram(p, name, labels, true, &t);
    }
}

static int64_t resident_bytes(void)
{
    char text[128] = "";
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL) return 0;
    const char *got = fgets(text, sizeof text, f);
    fclose(f);
    const char *second = got == NULL ? NULL : strchr(text, ' ');
    return second == NULL ? 0 : strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static void print_process(struct page *p, const struct app *app)
{
    print_head(p, "rehab_build_info", "gauge", "the version that runs");
    print(p, "rehab_build_info{version=\"%s\",commit=\"%s\"} 1\n", REHABD_VERSION, REHABD_COMMIT);
    print_head(p, "rehab_workers", "gauge", "loops that serve requests");
    print(p, "rehab_workers %u\n", app->worker_count);
    print_head(p, "rehab_draining", "gauge", "1 while the service stops");
    print(p, "rehab_draining %d\n", app->draining ? 1 : 0);
    print_head(p, "process_start_time_seconds", "gauge", "when the process started, since 1970");
    print(p, "process_start_time_seconds %.3f\n", (double)app->started_us / 1e6);
    print_head(p, "process_resident_memory_bytes", "gauge",
               "memory of the process that lies in RAM");
    print(p, "process_resident_memory_bytes %lld\n", (long long)resident_bytes());
}

static void print_all(struct page *p, const struct app *app, const struct metric_route *routes,
                      size_t count)
{
    print_process(p, app);
    print_requests(p, app, routes, count);
    print_request_times(p, app, routes, count);
    print_rows(p, app);
}

enum {
    GROWTH = 4096
}; /* counters move between measuring and writing: a line or two more, a digit here and there */

struct text metric_write(const struct app *app, const struct metric_route *routes, size_t count,
                         struct rehab_arena *arena)
{
    struct page p = {NULL, 0, 0};
    print_all(&p, app, routes, count);
    size_t limit = p.size + GROWTH;
    p = (struct page){rehab_alloc(arena, limit), 0, limit};
    if (p.at == NULL) return (struct text){NULL, 0};
    print_all(&p, app, routes, count);
    return (struct text){p.at, p.size < limit ? p.size : limit - 1};
}
