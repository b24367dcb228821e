/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a request: it is opened with its address, guarded when its headers are there, filled
 * with its body, run on a fiber, answered, and closed when the last byte is gone.
 *
 * libmicrohttpd calls exchange_handle first with the headers, then with each piece of the body,
 * then once more. A fiber that yields suspends its connection; the library does nothing with it
 * until the fiber has queued the answer and resumed it. */

#include "inside.h"

#include "../base/language.h"
#include "../base/log.h"
#include "../base/time.h"
#include "../base/uuid.h"

enum {
    SWALLOW_MAX = 4 * 1024 * 1024
}; /* a body too large is still read up to here, so that its sender sees the answer */

void *exchange_open(void *world, const char *uri, struct MHD_Connection *connection)
{
    struct loop *loop = world;
    struct link *l =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    struct rehab_arena *arena = l != NULL ? arena_take(loop->arenas) : NULL;
    if (arena == NULL) return NULL;
    struct exchange *x = rehab_alloc(arena, sizeof *x);
    memset(x, 0, sizeof *x);
    x->loop = loop;
    x->arena = arena;
    x->connection = connection;
    x->link = l;
    x->link->exchange = x;
    x->started_us = loop->tick_us;
    x->target = text_copy(arena, text_of(uri)); /* the library cuts its own copy into pieces next */
    x->call = (struct call){
        .app = loop->worker->app, .worker = loop->worker, .arena = arena, .now_us = loop->now_us};
    loop->active++;
    metric_add(loop->worker->metrics, METRIC_REQUESTS_ACTIVE, 1);
    return x;
}

void exchange_close(void *world, struct MHD_Connection *connection, void **context,
                    enum MHD_RequestTerminationCode why)
{
    (void)connection;
    (void)why;
    struct loop *loop = world;
    struct exchange *x = *context;
    if (x == NULL) return;
    *context = NULL;
    size_t row = x->route != NULL ? (size_t)(x->route - router_row(0)) : router_count();
    if (x->stage == STAGE_ANSWERED) {
        int64_t took_us = loop->tick_us - x->started_us;
        metric_count_request(loop->worker->metrics, row, x->status, took_us);
        LOG(DEBUG, REQUEST_SERVED, .request_id = x->call.request_id, .trace_id = x->trace,
            .route = x->route != NULL ? x->route->path : NULL, .status = x->status,
            .clinic = x->call.caller.clinic, .key = x->call.caller.key, .duration_us = took_us);
    }
    metric_add(loop->worker->metrics, METRIC_REQUESTS_ACTIVE, -1);
    x->link->exchange = NULL;
    loop->active--;
    deadline_set(&loop->deadlines, x->link, LIMIT_IDLE, loop->tick_us);
    arena_drop(x->arena);
}

/* ---- understanding ---- */

static enum MHD_Result note_header(void *world, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    (void)kind;
    struct exchange *x = world;
    x->header[x->header_count++] =
        (struct header){{name, name_size}, {value != NULL ? value : "", value_size}};
    return x->header_count <= HEADERS_MAX ? MHD_YES : MHD_NO;
}

static struct text find(const struct exchange *x, const char *name)
{
    return guard_find(x->header, x->header_count, name);
}

/* `gzip` named, and not with q=0. */
static bool accepts_gzip(struct text accepted)
{
    for (size_t i = 0; i + 4 <= accepted.size; i++) {
        if (memcmp(accepted.at + i, "gzip", 4) != 0) continue;
        struct text rest = {accepted.at + i + 4, accepted.size - i - 4};
        return !(rest.size >= 4 && memcmp(rest.at, ";q=0", 4) == 0 &&
                 (rest.size == 4 || rest.at[4] == ','));
    }
    return false;
}

static void fill_request(struct exchange *x)
{
    struct request *r = &x->request;
    r->method = x->envelope.method;
    r->if_match = find(x, "if-match");
    r->if_none_match = find(x, "if-none-match");
    r->idempotency_key = find(x, "idempotency-key");
    r->content_type = find(x, "content-type");
    r->accepts_gzip = accepts_gzip(find(x, "accept-encoding"));
    x->call.language = language_choose(find(x, "accept-language"));
}

/* Which row, and may it run? */
static enum problem_code choose_route(struct exchange *x)
{
    if (!x->envelope.known_method) return METHOD_NOT_ALLOWED;
    if (text_is(x->request.path, "*")) return x->request.method == OPTIONS ? OK : BAD_REQUEST;
    x->route = router_find(&x->request, &x->allowed);
    if (x->route == NULL)
        return x->allowed == 0 ? NOT_FOUND : x->request.method == OPTIONS ? OK : METHOD_NOT_ALLOWED;
    x->call.operation = router_operation(x->route, x->arena);
    if (x->route->scope != SCOPE_NONE && find(x, "authorization").size == 0) return UNAUTHENTICATED;
    if (x->route->scope != SCOPE_NONE && !x->loop->started) return DATABASE_AWAY;
    return OK;
}

static enum problem_code understand(struct exchange *x, const char *method, const char *version)
{
    x->header = rehab_alloc(x->arena, (HEADERS_MAX + 2) * sizeof *x->header);
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, note_header, x);
    struct text id = find(x, "x-request-id");
    if (!uuid_read(id, &x->call.request_id)) x->call.request_id = uuid_make(x->call.now_us);
    if (!guard_read_trace(find(x, "traceparent"), x->trace, x->trace_flags)) x->trace[0] = '\0';
    struct guarded in = {text_of(method), text_of(version), x->header, x->header_count};
    enum problem_code refusal = guard_check(&in, &x->envelope);
    if (++x->link->served > x->link->frame.heads)
        refusal = BAD_REQUEST; /* it came in by a way that is not watched */
    if (refusal == OK) refusal = guard_read_target(x->target, x->arena, &x->request);
    if (refusal != OK) {
        x->close = true;
        metric_add(x->loop->worker->metrics, METRIC_REQUESTS_REFUSED, 1);
        return refusal;
    }
    fill_request(x);
    return choose_route(x);
}

/* ---- running ---- */

static void work(struct fiber *self, void *world)
{
    struct exchange *x = world;
    struct call *c = &x->call;
    c->fiber = self;
    x->result = auth_admit(c, find(x, "authorization"), x->route->scope);
    if (x->result.code == OK) x->result = x->route->handler(c, &x->request, &x->response);
    x->finished = true;
    if (x->stage != STAGE_SUSPENDED) return;
    message_send(x);
    MHD_resume_connection(x->connection);
    x->loop->http_due = true;
}

static void note_shed(struct exchange *x)
{
    struct loop *loop = x->loop;
    metric_add(loop->worker->metrics, METRIC_REQUESTS_SHED, 1);
    if (loop->tick_us - loop->shed_us < 1'000'000) return;
    loop->shed_us = loop->tick_us;
    LOG(WARNING, QUEUE_FULL, .worker = (int64_t)loop->worker->number + 1,
        .count = fiber_count(loop->fibers));
}

static enum MHD_Result run(struct exchange *x)
{
    x->request.body = (struct text){x->body, x->body_size};
    if (x->refusal == OK && x->arena->full) x->refusal = NO_MEMORY;
    x->result.code = x->refusal;
    if (x->refusal != OK || x->route == NULL) return message_send(x);
    deadline_set(&x->loop->deadlines, x->link, LIMIT_REQUEST, x->started_us);
    x->stage = STAGE_RUNNING;
    if (!fiber_start(x->loop->fibers, work, x)) {
        note_shed(x);
        x->result.code = OVERLOADED;
        return message_send(x);
    }
    if (x->finished) return message_send(x);
    x->stage = STAGE_SUSPENDED;
    MHD_suspend_connection(x->connection);
    return MHD_YES;
}

/* ---- reading ---- */

/* A body grows as it comes: a promise of 256 KiB takes no memory. */
static bool take_piece(struct exchange *x, const char *at, size_t size)
{
    size_t need = x->body_size + size;
    if (x->refusal != OK) return true;
    if (need > BODY_MAX || need > x->envelope.length) return false;
    if (need + 1 > x->body_room) {
        size_t room = x->body_room > 0 ? x->body_room : 1024;
        while (room < need + 1)
            room *= 2;
        char *body = rehab_alloc(x->arena, room);
        if (body == NULL) return true; /* run() sees the full arena */
        if (x->body_size > 0) memcpy(body, x->body, x->body_size);
        x->body = body;
        x->body_room = room;
    }
    memcpy(x->body + x->body_size, at, size);
    x->body_size = need;
    x->body[need] = '\0';
    return true;
}

/* The headers are there. What is refused for its form is answered at once and its body not looked
 * at; what is refused for its sense has its body read first, so that the connection can go on,
 * unless the client waits to be asked for it. */
static enum MHD_Result begin(struct exchange *x, const char *method, const char *version)
{
    x->stage = STAGE_READING;
    x->refusal = understand(x, method, version);
    deadline_set(&x->loop->deadlines, x->link, x->envelope.has_body ? LIMIT_BODY : LIMIT_REQUEST,
                 x->loop->tick_us);
    if (x->refusal == OK) return MHD_YES;
    bool swallow = x->refusal == BODY_TOO_LARGE && x->envelope.length <= SWALLOW_MAX;
    bool waits = find(x, "expect").size > 0;
    if (!waits && (!x->close || swallow)) return MHD_YES;
    x->close = true;
    x->result.code = x->refusal;
    return message_send(x);
}

enum MHD_Result exchange_handle(void *world, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **context)
{
    (void)world;
    (void)connection;
    (void)url;
    struct exchange *x = *context;
    if (x == NULL) return MHD_NO;
    if (x->stage == STAGE_FRESH) return begin(x, method, version);
    if (x->stage != STAGE_READING) return MHD_YES;
    if (*upload_size == 0) return run(x);
    bool taken = take_piece(x, upload, *upload_size);
    *upload_size = 0;
    return taken ? MHD_YES : MHD_NO;
}
