/* SPDX-License-Identifier: Apache-2.0 */
/* What the service says of itself: to load balancers, to Prometheus, to developers, without a key.
 */
#include "inside.h"

#include "../base/digest.h"
#include "../base/embed.h"
#include "../base/metric.h"
#include "version.h"

#define PLAIN_TEXT TEXT("text/plain; charset=utf-8")

struct result api_get_health(struct call *c, const struct request *in, struct response *out)
{
    TRY(read_query(c, in, NO_PARAMETERS));
    out->content_type = PLAIN_TEXT;
    out->body = TEXT("ok\n");
    out->lasting = true;
    return DONE;
}

static struct text check_line(struct call *c, bool ok, struct text line)
{
    return text_format(c->arena, "[%c]%.*s\n", ok ? '+' : '-', TEXT_FMT(line));
}

static struct text database_line(struct call *c, const struct readiness *r)
{
    if (!r->database) return check_line(c, false, TEXT("database away"));
    long long tenths = (r->database_us + 50) / 100;
    return check_line(c, true,
                      text_format(c->arena, "database ok %lld.%lldms", tenths / 10, tenths % 10));
}

static struct text schema_line(struct call *c, const struct readiness *r)
{
    if (!r->database)
        return check_line(c, false, TEXT("schema not known while the database is away"));
    return check_line(c, r->schema,
                      text_format(c->arena, "schema %s %d of %d",
                                  r->schema ? "ok" : "is another one:", r->schema_applied,
                                  r->schema_known));
}

/* One line for each check, in the style of Kubernetes. */
static struct text describe(struct call *c, const struct readiness *r)
{
    struct text catalogue =
        r->catalogue ? TEXT("catalogue ok") : TEXT("catalogue holds no published protocol");
    struct text draining = r->draining ? TEXT("service is stopping") : TEXT("service ok");
    bool all = r->workers >= r->workers_wanted;
    struct text workers = text_format(c->arena, "workers %s %u of %u",
                                      all ? "ok" : "starting:", r->workers, r->workers_wanted);
    struct text lines[] = {database_line(c, r), schema_line(c, r),
                           check_line(c, r->catalogue, catalogue), check_line(c, all, workers),
                           check_line(c, !r->draining, draining)};
    return text_format(c->arena, "%.*s%.*s%.*s%.*s%.*sreadyz check %s\n", TEXT_FMT(lines[0]),
                       TEXT_FMT(lines[1]), TEXT_FMT(lines[2]), TEXT_FMT(lines[3]),
                       TEXT_FMT(lines[4]), r->ready ? "passed" : "failed");
}

struct result api_get_readiness(struct call *c, const struct request *in, struct response *out)
{
    struct readiness r;
    TRY(read_query(c, in, ONLY("verbose")));
    TRY(service_check_readiness(c, &r));
    bool verbose = query_value(in, "verbose").at != NULL;
    out->status = r.ready ? 200 : 503;
    out->content_type = PLAIN_TEXT;
    out->body = verbose || !r.ready ? describe(c, &r) : text_copy(c->arena, TEXT("ok\n"));
    return DONE;
}

struct result api_get_version(struct call *c, const struct request *in, struct response *out)
{
    const struct build build = {TEXT("rehabd"), TEXT(REHABD_VERSION), TEXT(REHABD_COMMIT),
                                TEXT(REHABD_BUILT)};
    TRY(read_query(c, in, NO_PARAMETERS));
    return wire_write_version(c, &build, &out->body);
}

static const struct metric_route routes[] = {
#define ROUTE(method, path, scope, handler) {#method, path},
#include "route.def"
#undef ROUTE
};

struct result api_get_metrics(struct call *c, const struct request *in, struct response *out)
{
    TRY(read_query(c, in, NO_PARAMETERS));
    out->content_type = TEXT("text/plain; version=0.0.4; charset=utf-8");
    out->body = metric_write(c->app, routes, sizeof routes / sizeof *routes, c->arena);
    return out->body.size > 0 ? DONE : (struct result){NO_MEMORY};
}

/* A file of the contract, which is the same as long as the program is. */
static struct result send_embedded(struct call *c, const struct request *in, const char *name,
                                   struct response *out)
{
    struct embed file;
    TRY(read_query(c, in, NO_PARAMETERS));
    if (!embed_find(name, &file)) return (struct result){NOT_FOUND};
    char hex[DIGEST_TEXT_SIZE];
    struct digest d = digest_of(file.text);
    digest_write(&d, hex);
    out->etag = text_copy(c->arena, (struct text){hex, 16});
    out->body = file.text;
    out->lasting = true;
    out->cacheable = true;
    return DONE;
}

struct result api_get_openapi(struct call *c, const struct request *in, struct response *out)
{
    return send_embedded(c, in, "openapi.json", out);
}

struct result api_get_protocol_schema(struct call *c, const struct request *in,
                                      struct response *out)
{
    out->content_type = TEXT("application/schema+json");
    return send_embedded(c, in, "openapi/protocol.schema.json", out);
}

struct result api_get_problem(struct call *c, const struct request *in, struct response *out)
{
    TRY(read_query(c, in, NO_PARAMETERS));
    for (enum problem_code code = OK + 1; code < REPLAY; code++) {
        if (text_is(in->parts[0], problem_type(code)) || text_is(in->parts[0], problem_slug(code)))
            return wire_write_problem_kind(c, &code, &out->body);
    }
    return (struct result){NOT_FOUND};
}
