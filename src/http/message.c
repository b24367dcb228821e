/* SPDX-License-Identifier: Apache-2.0 */
/* The answer as HTTP: status, headers, body. The body stays where it is, in the arena of the
 * request or with the worker, and is sent from there. */

#include "inside.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "../base/gzip.h"
#include "../base/log.h"
#include "../base/time.h"
#include "../base/uuid.h"

enum { CODED_MIN = 1024 }; /* below it a coded body saves nothing worth its time */

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    MHD_add_response_header(r, name, value);
}

static void add_text(struct exchange *x, struct MHD_Response *r, const char *name,
                     struct text value)
{
    if (value.size > 0) add(r, name, text_copy(x->arena, value).at);
}

/* ---- conditions ---- */

/* Does one of the tags in the list name this one? Plain and coded forms of a thing have tags that
 * differ by `-gz`; either will do. */
static bool has_tag(struct text list, struct text tag)
{
    if (text_is(list, "*")) return true;
    const char *at = list.at, *end = list.at + list.size;
    while (at < end) {
        const char *open = memchr(at, '"', (size_t)(end - at));
        const char *close = open != NULL ? memchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;
        if (close == NULL) return false;
        struct text one = {open + 1, (size_t)(close - open - 1)};
        if (one.size > 3 && memcmp(one.at + one.size - 3, "-gz", 3) == 0) one.size -= 3;
        if (text_equal(one, tag)) return true;
        at = close + 1;
    }
    return false;
}

static bool is_not_modified(const struct exchange *x)
{
    const struct request *in = &x->request;
    bool reads = in->method == GET || in->method == HEAD;
    bool found = x->response.status == 0 || x->response.status == 200;
    return reads && found && x->response.etag.size > 0 && in->if_none_match.size > 0 &&
           has_tag(in->if_none_match, x->response.etag);
}

/* ---- cross origin ---- */

/* Is it one of the words of the list, exactly? */
static bool is_listed(const char *list, struct text origin)
{
    while (*list != '\0') {
        size_t skip = strspn(list, " ,\t"), size = strcspn(list + skip, " ,\t");
        if (size > 0 && text_equal((struct text){list + skip, size}, origin)) return true;
        list += skip + size;
    }
    return false;
}

static void add_origin(struct exchange *x, struct MHD_Response *r)
{
    struct text origin = guard_find(x->header, x->header_count, "origin");
    if (origin.size == 0 || !is_listed(x->loop->cors_origins, origin)) return;
    add_text(x, r, "Access-Control-Allow-Origin", origin);
    add(r, "Access-Control-Expose-Headers",
        "ETag, Link, Location, Retry-After, X-Request-Id, X-Problem-Code, Server-Timing, "
        "Idempotency-Replayed");
    if (x->request.method != OPTIONS) return;
    add(r, "Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    add(r, "Access-Control-Allow-Headers",
        "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Request-Id, "
        "traceparent");
    add(r, "Access-Control-Max-Age", "7200");
}

/* ---- headers ---- */

static void add_allowed(struct exchange *x, struct MHD_Response *r)
{
    static const char *const word[METHOD_COUNT] = {
        [GET] = "GET",     [HEAD] = "HEAD",     [POST] = "POST",      [PUT] = "PUT",
        [PATCH] = "PATCH", [DELETE] = "DELETE", [OPTIONS] = "OPTIONS"};
    char list[80] = "";
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!(x->allowed & 1u << i)) continue;
        size_t n = strlen(list);
        snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", word[i]);
    }
    if (list[0] != '\0') add(r, "Allow", list);
}

/* By hand, and in one go: it stands in nearly every answer. */
static void add_tag(struct exchange *x, struct MHD_Response *r, struct text tag, bool coded)
{
    char *quoted = rehab_alloc(x->arena, tag.size + sizeof "\"-gz\"");
    if (quoted == NULL) return;
    quoted[0] = '"';
    char *end = mempcpy(quoted + 1, tag.at, tag.size);
    if (coded) end = mempcpy(end, "-gz", 3);
    memcpy(end, "\"", 2);
    add(r, "ETag", quoted);
}

static void add_problem(struct exchange *x, struct MHD_Response *r)
{
    add(r, "X-Problem-Code", problem_slug(x->result.code));
    if (x->call.problem.etag.size > 0) add_tag(x, r, x->call.problem.etag, false);
    if (x->status == 401) add(r, "WWW-Authenticate", "Bearer realm=\"rehabd\"");
}

static void add_retry(struct exchange *x, struct MHD_Response *r)
{
    char seconds[16];
    uint32_t after = x->call.problem.retry_after_s > 0 ? x->call.problem.retry_after_s : 1;
    snprintf(seconds, sizeof seconds, "%u", after);
    add(r, "Retry-After", seconds);
}

/* Microseconds as milliseconds with three decimals. By hand: these two numbers stand in every
 * answer. */
static char *put_ms(char *to, int64_t us)
{
    char digit[20];
    int n = 0;
    for (int64_t rest = us > 0 ? us : 0; n < 4 || rest > 0; rest /= 10)
        digit[n++] = (char)('0' + rest % 10);
    while (n > 0) {
        if (n == 3) *to++ = '.';
        *to++ = digit[--n];
    }
    return to;
}

static void add_timing(struct exchange *x, struct MHD_Response *r)
{
    char text[120] = "db;dur=";
    char *end = put_ms(text + 7, x->call.database_us);
    if (x->call.rules_us > 0)
        end = put_ms((char *)mempcpy(end, ", rules;dur=", 12), x->call.rules_us);
    end = put_ms((char *)mempcpy(end, ", total;dur=", 12), time_tick_us() - x->started_us);
    *end = '\0';
    add(r, "Server-Timing", text);
}

/* The caller's trace goes on with a span of ours: the random half of the request's id. */
static void add_trace(struct exchange *x, struct MHD_Response *r)
{
    char text[64];
    uint64_t span;
    if (x->trace[0] == '\0') return;
    memcpy(&span, x->call.request_id.byte + 8, sizeof span);
    snprintf(text, sizeof text, "00-%s-%016" PRIx64 "-%s", x->trace, be64toh(span) | 1,
             x->trace_flags);
    add(r, "traceparent", text);
}

/* The library would ask the clock and the calendar for each answer. */
static void add_date(struct exchange *x, struct MHD_Response *r)
{
    struct loop *loop = x->loop;
    time_t now = (time_t)(loop->now_us / 1'000'000);
    if (now != loop->date_s) {
        struct tm tm;
        loop->date_s = now;
        strftime(loop->date, sizeof loop->date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &tm));
    }
    add(r, "Date", loop->date);
}

/* What the body is. A 304 has none, and is told to leave out what describes it (RFC 9110, 15.4.5).
 */
static void add_nature(struct exchange *x, struct MHD_Response *r)
{
    add(r, "X-Content-Type-Options", "nosniff");
    add_text(x, r, "Content-Language", x->response.language);
}

static void add_always(struct exchange *x, struct MHD_Response *r)
{
    char id[UUID_TEXT_SIZE];
    uuid_write(x->call.request_id, id);
    add_date(x, r);
    add_timing(x, r);
    add_trace(x, r);
    add(r, "X-Request-Id", id);
    add(r, "Vary", "Accept-Encoding, Accept-Language, Origin");
    if (x->status != 304) add_nature(x, r);
    if (x->close || x->loop->worker->app->draining) add(r, "Connection", "close");
    if (x->status == 503) add_retry(x, r);
    add_origin(x, r);
}

static void add_meta(struct exchange *x, struct MHD_Response *r, bool coded)
{
    struct response *out = &x->response;
    add(r, "Cache-Control",
        out->cacheable && x->result.code == OK ? "private, max-age=60" : "no-store");
    if (x->result.code != OK) return;
    if (out->etag.size > 0) add_tag(x, r, out->etag, coded);
    if (out->next.size > 0)
        add(r, "Link", text_format(x->arena, "<%.*s>; rel=\"next\"", TEXT_FMT(out->next)).at);
    add_text(x, r, "Location", out->location);
    if (out->replayed) add(r, "Idempotency-Replayed", "true");
}

/* ---- the message ---- */

/* The library asks for bytes it may change, and with this mode only reads them. */
static struct MHD_Response *lend_body(struct text body)
{
    void *at;
    memcpy(&at, &body.at, sizeof at);
    return MHD_create_response_from_buffer(body.size, at, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *make_problem(struct exchange *x)
{
    struct text body = api_write_problem(&x->call, x->result.code, x->request.path);
    struct MHD_Response *r = lend_body(body);
    x->status = problem_status(x->result.code);
    if (r == NULL) return NULL;
    add(r, "Content-Type", "application/problem+json");
    add_problem(x, r);
    return r;
}

/* The coded form, when it is wanted and worth it: made beforehand for what lasts, here and fast for
 * the rest. */
static struct text code_body(struct exchange *x)
{
    const struct response *out = &x->response;
    if (!x->request.accepts_gzip || out->body.size < CODED_MIN) return (struct text){NULL, 0};
    return out->body_gzip.size > 0 ? out->body_gzip : gzip_copy(x->arena, out->body, 1);
}

/* libmicrohttpd 0.9 cannot leave Content-Length out of a 304. RFC 9110 would have there the length
 * of what is not sent, but parsers in wide use (wrk's, and those of its family) then wait for the
 * bytes: it says 0. */
static struct MHD_Response *make_answer(struct exchange *x)
{
    struct response *out = &x->response;
    struct text coded_body = code_body(x);
    bool coded = coded_body.size > 0, unmodified = is_not_modified(x), bare = x->route == NULL;
    struct text body = bare || unmodified ? TEXT("") : coded ? coded_body : out->body;
    x->status = bare ? 204 : unmodified ? 304 : out->status > 0 ? out->status : 200;
    struct MHD_Response *r = lend_body(body);
    if (r == NULL) return NULL;
    if (body.size > 0) {
        if (coded) add(r, "Content-Encoding", "gzip");
        if (out->content_type.size > 0)
            add_text(x, r, "Content-Type", out->content_type);
        else
            add(r, "Content-Type", "application/json");
    }
    add_meta(x, r, coded);
    return r;
}

/* What went wrong inside is said once, here, in the log. */
static void note_fault(const struct exchange *x)
{
    if (x->status < 500 || x->result.code == OK || x->result.code == OVERLOADED ||
        x->result.code == DATABASE_AWAY || x->result.code == DRAINING)
        return;
    LOG(ERROR, REQUEST_FAILED, .request_id = x->call.request_id, .trace_id = x->trace,
        .route = x->route != NULL ? x->route->path : NULL, .code = problem_slug(x->result.code),
        .status = x->status, .clinic = x->call.caller.clinic);
}

enum MHD_Result message_send(struct exchange *x)
{
    struct MHD_Response *r = x->result.code == OK ? make_answer(x) : make_problem(x);
    if (r == NULL) return MHD_NO;
    if (x->result.code != OK) add_meta(x, r, false);
    if (x->allowed != 0) add_allowed(x, r);
    add_always(x, r);
    note_fault(x);
    x->stage = STAGE_ANSWERED;
    enum MHD_Result queued = MHD_queue_response(x->connection, (unsigned int)x->status, r);
    MHD_destroy_response(r);
    return queued;
}
