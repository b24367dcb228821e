/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the REST face. http gives a handler an understood request and sends what it fills in;
 * a handler is four lines: read, call the service, write, return. On a failure the problem is noted
 * on the call and http writes it. */
#pragma once

#include "../base/call.h"

enum method { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, METHOD_COUNT };

enum { PATH_PARAMETERS_MAX = 4, QUERY_PARAMETERS_MAX = 16 };

struct parameter {
    struct text name;
    struct text value; /* percent-decoded, valid UTF-8 */
};

struct request {
    enum method method;
    struct text path;                       /* decoded target without the query */
    struct text parts[PATH_PARAMETERS_MAX]; /* values of {..} in the order of the route */
    struct parameter query[QUERY_PARAMETERS_MAX];
    uint32_t query_count;
    struct text if_match, if_none_match, idempotency_key, content_type;
    bool accepts_gzip;
    struct text body;
};

struct response {
    int status;       /* 0 means 200 */
    struct text etag; /* without quotes; empty: none */
    struct text location;
    struct text content_type; /* empty: application/json */
    struct text next;         /* address of the next page, for the Link header; empty: none */
    struct text language;     /* of the sentences in the body; empty: it has none */
    struct text body; /* lies in the call's arena, or lives as long as the worker when `lasting` */
    struct text body_gzip; /* the same body coded, only when lasting; empty: none */
    bool lasting;
    bool replayed;  /* the stored answer of an earlier request */
    bool cacheable; /* catalogue: private, max-age=60; else no-store */
};

/* Reads the catalogue into c->worker before its first request (catalogue.c), again when it may have
 * changed, and lets go of it. A body handed out as `lasting` stays readable for 300 s after it was
 * replaced. */
struct result api_start_worker(struct call *c);
struct result api_refresh_catalogue(struct call *c);
void api_stop_worker(struct worker *w);

/* The problem of the call as application/problem+json; never fails. */
struct text api_write_problem(struct call *c, enum problem_code code, struct text instance);

#define ROUTE(method, path, scope, handler)                                                        \
    struct result handler(struct call *c, const struct request *in, struct response *out);
#include "route.def"
#undef ROUTE
