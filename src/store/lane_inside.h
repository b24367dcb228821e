/* SPDX-License-Identifier: Apache-2.0 */
/* What lane.c (queues, waiting, time) and connection.c (libpq) share. Nobody else includes this. */
#pragma once

#include <libpq-fe.h>

#include "../base/arena.h"
#include "../base/fiber.h"
#include "../base/metric.h"
#include "../base/watch.h"
#include "lane.h"

enum unit_kind { UNIT_READ, UNIT_WRITE };

/* What one store call asks for; lies on the stack of its caller until it is answered. */
struct unit {
    struct unit *next;
    enum unit_kind kind;
    struct call *call;
    struct query *query;
    size_t count;
    struct uuid order;
    int64_t since_us;
    uint8_t tries; /* times it was run again for a reason of its own */
    bool alone;    /* a batch it was in failed: it runs in a transaction of its own */
    bool done;
    char sqlstate[6];       /* of its own error in the transaction under way, or "" */
    struct text constraint; /* that the error named */
    struct result result;
};

struct queue {
    struct unit *first, *last;
    uint32_t count;
};

void queue_append(struct queue *q, struct unit *u);
void queue_prepend(struct queue *q, struct unit *u);
struct unit *queue_take(struct queue *q);

enum {
    BATCH_UNITS = 64,       /* that share one Sync */
    BATCH_STATEMENTS = 256, /* and what they hold together */
    CONNECT_US = 1'500'000,
    ANSWER_US =
        5'000'000, /* statement_timeout is 2 s: whoever is silent longer than this is not there */
    AWAY_US = 800'000,   /* a unit waits so long for a connection to come */
    WAIT_US = 5'000'000, /* and so long for its turn */
    BACKOFF_FIRST_US = 50'000,
    BACKOFF_LAST_US = 1'000'000,
};

enum connection_state {
    CONNECTION_DOWN,
    CONNECTION_DIALLING,
    CONNECTION_PREPARING,
    CONNECTION_READY,
    CONNECTION_BUSY
};

/* One message of the pipeline whose answer is awaited. */
enum step_kind { STEP_TENANT, STEP_QUERY, STEP_SYNC };
struct step {
    enum step_kind kind;
    struct unit **unit; /* those it is for: one, or the many of a statement for many */
    uint32_t units;
    uint32_t query;
};

struct connection {
    struct watch watch; /* first: the epoll set points here */
    struct lane *lane;
    PGconn *pg;
    int fd;
    uint32_t events;
    enum connection_state state;
    bool reads, writes, listens;
    bool tired;    /* to be opened anew after this batch */
    bool doubtful; /* the server warned that a commit may not have been replicated */
    int64_t retry_us, backoff_us, deadline_us, sent_us;
    uint32_t prepared; /* answers of the preparation that have come */

    /* the batch under way: its transactions one after the other, members in the order they were
     * sent */
    struct unit *member[BATCH_UNITS];
    struct step step[2 * BATCH_STATEMENTS + BATCH_UNITS];
    uint32_t member_count, member_at; /* first member of the transaction under way */
    uint32_t member_sent;             /* members whose Sync was handed to libpq */
    uint32_t step_count, step_at;
    bool failed;   /* the transaction under way */
    bool separate; /* each member is a transaction of its own */
};

struct lane {
    struct lane_setting setting;
    int epoll;
    bool owns_epoll;
    struct queue read, write;
    struct queue answered; /* whose fibers are to be resumed */
    struct lane_figures figures;
    struct arena_pool *arenas;           /* for what is made while a batch is sent */
    int64_t down_read_us, down_write_us; /* since when no connection could take them; 0: some can */
    char fault[256];
    char url[1024];
    struct connection connection[];
};

/* ---- connection.c ---- */

void connection_dial(struct connection *k, int64_t now_us);

/* Closes it and gives its members back to the lane: again, or answered as unknown. */
void connection_lose(struct connection *k, int64_t now_us);

/* Sends `n` members as one batch; they are in k->member. */
void connection_send(struct connection *k, int64_t now_us);

/* The descriptor is ready: goes on dialling, preparing, or reading answers. */
void connection_ready(struct watch *watch, uint32_t events);

/* ---- lane.c ---- */

/* A query of this statement whose parameters lie in `arena`. */
struct query lane_query(const struct lane *lane, struct rehab_arena *arena, enum statement what);

/* A transaction has ended; `committed` says how. Its members are answered or run again. */
void lane_settle(struct connection *k, struct unit **member, uint32_t n, bool committed);

/* Resumes the fibers whose units are answered. */
void lane_resume(struct lane *lane);

void lane_answer(struct lane *lane, struct unit *u, enum problem_code code);
void lane_again(struct lane *lane, struct unit *u);
void lane_count(struct lane *lane, enum metric which, int64_t by);
