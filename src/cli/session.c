/* SPDX-License-Identifier: Apache-2.0 */
/* The command line uses the same functions as the service. Its calls have no fiber, so the store
 * blocks instead of yielding; the caller is the operator, who in the audit has the nil key. */
#include "cli.h"

#include "../base/arena.h"
#include "../base/metric.h"
#include "../base/time.h"
#include "../base/uuid.h"
#include "../store/lane.h"

#include <stdio.h>
#include <stdlib.h>

enum { READY_MS = 5000, UNITS = 64 };

struct session {
    struct app app;
    struct worker worker;
    struct arena_pool *pool;
    struct call call;
};

struct session *session_open(const char *url, const struct config *config, char *why)
{
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    const struct lane_setting setting = {
        .url = url, .role = "rehab_service", .connections = 1, .queue_limit = UNITS, .epoll = -1};
    s->app.config = config;
    s->app.workers = &s->worker;
    s->app.worker_count = 1;
    s->worker.app = &s->app;
    s->worker.metrics = metric_open(0);
    s->pool = arena_pool_open(1);
    s->worker.lane = lane_open(&setting);
    if (s->pool == NULL || s->worker.lane == NULL || s->worker.metrics == NULL) {
        snprintf(why, WHY_SIZE, "there is no memory");
    } else if (lane_wait_ready(s->worker.lane, READY_MS, why, WHY_SIZE)) {
        return s;
    }
    session_close(s);
    return NULL;
}

struct call *session_call(struct session *s)
{
    arena_drop(s->call.arena);
    s->call = (struct call){.app = &s->app, .worker = &s->worker, .now_us = time_now_us()};
    s->call.arena = arena_take(s->pool);
    if (s->call.arena == NULL) abort();
    s->call.request_id = uuid_make(s->call.now_us);
    s->call.caller.role = ROLE_ADMIN;
    s->call.caller.scopes = CATALOGUE_READ | CARE_READ | CARE_WRITE | CARE_OVERRIDE | TRUST_ADMIN;
    return &s->call;
}

void session_close(struct session *s)
{
    arena_drop(s->call.arena);
    if (s->worker.lane != NULL) lane_close(s->worker.lane);
    if (s->pool != NULL) arena_pool_close(s->pool);
    metric_close(s->worker.metrics);
    free(s);
}

/* Here nobody sends a request: what is read is a document. */
const char *session_title(enum problem_code code)
{
    switch ((int)code) {
    case MALFORMED_JSON: return "The document is not valid JSON";
    case UNKNOWN_MEMBER: return "The document holds a member that is not known here";
    case TOO_DEEP: return "The document is nested too deep";
    case INVALID: return "The document breaks rules of its members";
    default: return problem_title(code);
    }
}

/* How much of a text is told, up to the end of a word: three of them and a title have room. */
static int shown(struct text t)
{
    int size = WHY_SIZE / 3 - 32;
    if (t.size <= (size_t)size) return (int)t.size;
    while (size > 0 && t.at[size] != ' ')
        size--;
    return size > 0 ? size : WHY_SIZE / 3 - 32;
}

void session_explain(const struct call *c, struct result r, char *why)
{
    const struct problem *p = &c->problem;
    int n = snprintf(why, WHY_SIZE, "%s", session_title(r.code));
    if (p->detail.size > 0)
        n += snprintf(why + n, (size_t)(WHY_SIZE - n), ": %.*s", shown(p->detail), p->detail.at);
    if (p->fault_count > 0) {
        const struct fault *f = &p->faults[0];
        struct text detail = f->detail;
        if (detail.size == 0 && r.code == INVALID) detail = text_of(session_title(f->code));
        const char *between = f->pointer.size > 0 ? " " : "";
        snprintf(why + n, (size_t)(WHY_SIZE - n), ": %.*s%s%.*s", shown(f->pointer), f->pointer.at,
                 between, shown(detail), detail.at);
    }
}
