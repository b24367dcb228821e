/* SPDX-License-Identifier: Apache-2.0 */
/* The way to PostgreSQL: one lane a worker, a few connections in pipeline mode, everything that
 * waits in one turn of the loop sent as one batch. Entity files of the store see the first part;
 * only the loop and the command line see the second. */
#pragma once

#include "../base/call.h"
#include "param.h"
#include "rows.h"

/* ---- for the functions of the store ---- */

struct query {
    enum statement what;
    struct params in;
    struct rows out;        /* filled when the call succeeded */
    struct text constraint; /* the constraint a UNIQUE_VIOLATION or NOT_FOUND named */
};

/* A query of this statement, without parameters yet. */
struct query store_query(struct call *c, enum statement what);

/* Runs n statements as one unit for c->caller.clinic (nil: for no clinic) in one read-only
 * snapshot, waiting on the call's fiber; without a fiber it blocks. DATABASE_AWAY, OVERLOADED,
 * TIMED_OUT, NO_MEMORY, INTERNAL. */
struct result store_read(struct call *c, struct query *q, size_t n);

/* Runs one statement and returns after it is committed, with others in one commit. `order` names
 * the thing that is locked (the episode, the patient): writes of one commit run in its order, so
 * that two commits cannot deadlock. Also REPLAY (the idempotency record exists), UNIQUE_VIOLATION
 * (another unique key), NOT_FOUND (a foreign key finds nothing), CONFLICT (serialisation failed
 * three times), UNKNOWN_COMMIT (the connection died after the statement was sent). */
struct result store_write(struct call *c, struct query *q, struct uuid order);

/* ---- for the loop, the command line and tests ---- */

struct metrics; /* base/metric.h */

struct lane_setting {
    const char *url;      /* a libpq connection string */
    const char *role;     /* SET ROLE at session start; NULL: none */
    uint32_t connections; /* half for reads, the rest for writes; 1: both on one */
    uint32_t queue_limit; /* units that may wait; over it OVERLOADED */
    int epoll; /* the loop's epoll set; -1: one of its own, and callers without fibers pump it */
    void (*catalogue_changed)(
        void *world); /* on NOTIFY catalogue, and after a connection that could have missed one */
    void *world;
    struct metrics *metrics;                 /* NULL: not counted */
    const struct statement_text *statements; /* NULL: statement_table */
    uint32_t statement_count;
};

/* Figures of one lane, for its own thread; the service counts the same in its metrics. */
struct lane_figures {
    uint64_t units;      /* answered */
    uint64_t batches;    /* pipelines sent */
    uint64_t statements; /* in them */
    uint64_t reruns;     /* units run again alone because a neighbour failed */
    uint64_t shed;       /* units refused by the queue limit */
    uint64_t lost;       /* connections lost */
    uint32_t waiting;    /* units in the queues now */
};

/* Starts connecting and returns at once; NULL only when memory or descriptors are out. */
struct lane *lane_open(const struct lane_setting *setting);

/* Every unit must have been answered. */
void lane_close(struct lane *lane);

/* Sends what waits, gives up what waited too long, reconnects. Call it once in every turn of the
 * loop, after the sockets were served. */
void lane_turn(struct lane *lane);

/* How long the loop may sleep before the next turn is due. */
int lane_sleep_ms(const struct lane *lane);

/* Can both a read and a write be answered now? */
bool lane_is_ready(const struct lane *lane);

/* Pumps a lane with an epoll set of its own until it is ready or `ms` have passed; false with `why`
 * filled when it is not. */
bool lane_wait_ready(struct lane *lane, int ms, char *why, size_t size);

const struct lane_figures *lane_figures(const struct lane *lane);

/* What went wrong last, for the log and the operator: "" when all is well. */
const char *lane_fault(const struct lane *lane);
