/* SPDX-License-Identifier: Apache-2.0 */
/* Counters. Each worker has its own and writes them without a lock; whoever asks adds them up.
 * Shown in the Prometheus text format 0.0.4. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct app;
struct metrics;

enum metric {
#define METRIC(kind, name, shown, sentence) METRIC_##name,
#include "metric.def"
#undef METRIC
    METRIC_COUNT
};

/* One set, all zero, for a worker; `routes` is the number of rows of route.def. NULL when there is
 * no memory. */
struct metrics *metric_open(size_t routes);
void metric_close(struct metrics *m);

void metric_add(struct metrics *m, enum metric which, int64_t by); /* a gauge may also go down */
void metric_set(struct metrics *m, enum metric which, int64_t to);
void metric_time(struct metrics *m, enum metric which, int64_t us);
void metric_size(struct metrics *m, enum metric which, int64_t size);

/* A request answered: `route` counts the rows of route.def from 0; `routes` itself stands for an
 * address no row knows. */
void metric_count_request(struct metrics *m, size_t route, int status, int64_t duration_us);

/* How a row of route.def is shown. */
struct metric_route {
    const char *method;
    const char *path;
};

/* All of it, summed over the workers of the app, as the body of GET /metrics. Empty on a full
 * arena. */
struct text metric_write(const struct app *app, const struct metric_route *routes, size_t count,
                         struct rehab_arena *arena);
