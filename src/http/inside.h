/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. Nobody else includes this. */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <sys/types.h>

#include "../api/api.h"
#include "../base/app.h"
#include "../base/arena.h"
#include "../base/fiber.h"
#include "../base/metric.h"
#include "../base/watch.h"
#include "frame.h"
#include "guard.h"
#include "router.h"

/* ---- connections and their deadlines (deadline.c) ---- */

/* How long each part of a request may take, whatever the client does meanwhile: the library's own
 * timeout is one of inactivity, and a byte a second keeps a connection for ever. */
enum limit { LIMIT_HEADERS, LIMIT_IDLE, LIMIT_BODY, LIMIT_REQUEST, LIMIT_COUNT };

struct link {
    struct link *before, *after; /* in the list of its limit: all last equally long, so the first is
                                    the next to fall due */
    enum limit limit;
    int64_t due_us;
    int fd;
    struct frame frame;        /* what its bytes have said so far */
    uint64_t served;           /* requests whose headers the library has handed on */
    struct exchange *exchange; /* the request under way, or NULL */
};

struct deadlines {
    struct link *first[LIMIT_COUNT], *last[LIMIT_COUNT];
};

void deadline_set(struct deadlines *d, struct link *l, enum limit limit, int64_t now_us);
void deadline_clear(struct deadlines *d, struct link *l);

/* Cuts what is overdue; returns how many. */
uint32_t deadline_cut(struct deadlines *d, int64_t now_us);

/* When the next falls due; INT64_MAX: none. */
int64_t deadline_next(const struct deadlines *d);

/* ---- what the library reads (socket.c) ---- */

/* The calling thread runs this loop. */
void socket_watch(struct loop *loop);

/* From now on the bytes of this descriptor are looked at; false: no memory. */
bool socket_note(struct loop *loop, struct link *l, int fd);
void socket_forget(struct loop *loop, int fd);

/* ---- a request and its answer (exchange.c, message.c) ---- */

enum stage { STAGE_FRESH, STAGE_READING, STAGE_RUNNING, STAGE_SUSPENDED, STAGE_ANSWERED };

/* One request; lies in its own arena. */
struct exchange {
    struct loop *loop;
    struct link *link;
    struct MHD_Connection *connection;
    struct rehab_arena *arena;
    enum stage stage;
    struct text target; /* as it came */
    struct header *header;
    size_t header_count;
    struct envelope envelope;
    const struct route *route; /* NULL: none */
    unsigned int allowed;      /* methods of an address without this one */
    enum problem_code refusal; /* OK: it may run */
    bool close;                /* the connection ends with the answer */
    bool finished;             /* the handler has returned */
    char *body;
    size_t body_size, body_room;
    int64_t started_us; /* monotonic */
    char trace[33];     /* trace id of the caller's traceparent, or "" */
    char trace_flags[3];
    int status;
    struct call call;
    struct request request;
    struct response response;
    struct result result;
};

/* libmicrohttpd's callbacks; `world` is the loop. */
void *exchange_open(void *world, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *world, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **context);
void exchange_close(void *world, struct MHD_Connection *connection, void **context,
                    enum MHD_RequestTerminationCode why);

/* Makes the message out of x->result and x->response and queues it. */
enum MHD_Result message_send(struct exchange *x);

/* ---- auth.c ---- */

struct result auth_admit(struct call *c, struct text authorization, enum scope scope);

/* ---- the loop of a worker (loop.c) ---- */

struct loop {
    struct worker *worker;
    struct MHD_Daemon *daemon;
    int epoll;
    struct watch http, wake; /* what stands behind the descriptors of MHD and of the wake-up */
    bool http_due;           /* MHD has something to do */
    int wake_fd;
    struct fiber_pool *fibers;
    struct arena_pool *arenas;
    struct deadlines deadlines;
    struct link **by_fd; /* connections by their descriptor */
    size_t by_fd_room;
    uint32_t links, active; /* connections, requests not completed */
    int64_t now_us;         /* wall clock of this turn */
    int64_t tick_us;        /* monotonic clock of this turn */
    bool started;           /* the worker has its catalogue */
    bool stale;             /* and should look at it again */
    bool refreshing;
    int64_t refresh_us; /* when to look again at the latest */
    int64_t shed_us;    /* when QUEUE_FULL was logged last */
    const char *cors_origins;
    char date[32]; /* of date_s, as HTTP writes it */
    time_t date_s;
    _Atomic bool ready;   /* read by the main thread */
    _Atomic int stopping; /* 1: drain; 2: at once */
    int64_t grace_us;     /* how long it still listens after it was told to stop */
    int64_t quiet_us,
        cut_us; /* while stopping: when to stop listening, when to give up on what is under way */
    bool listening;
    pthread_t thread;
};

/* Everything but the thread. false: `error` says why. */
bool loop_open(struct loop *loop, struct worker *worker, const char *database_url, int listen_fd,
               char *error, size_t size);

/* The thread: runs until loop->stopping, drains, and returns NULL. */
void *loop_run(void *world);

void loop_close(struct loop *loop);
