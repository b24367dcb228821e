/* SPDX-License-Identifier: Apache-2.0 */
/* What lives as long as the process, and what one loop owns. Rooms see the parts of other rooms as
 * names only. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct config;    /* base/config.h */
struct metrics;   /* base/metric.h */
struct lane;      /* store: the pipelined connections of one worker */
struct catalogue; /* service: published documents, compiled and pre-serialised */
struct key_cache; /* service: keys judged within the last seconds */
struct loop;      /* http: the epoll loop, its fibers and timers */

/* Read-only after start but for its atomics. */
struct app {
    const struct config *config;
    struct worker *workers;
    uint32_t worker_count;
    int64_t started_us;
    struct metrics *metrics;        /* of the thread that is no worker's; NULL: there is none */
    _Atomic uint32_t workers_ready; /* that have their database and their catalogue */
    _Atomic bool draining;
};

/* One thread. Nothing in it is shared, but for the counters that /metrics adds up. */
struct worker {
    struct app *app;
    uint32_t number;
    struct loop *loop;
    struct lane *lane;
    struct catalogue *catalogue;
    struct key_cache *keys;
    struct metrics *metrics;
};
