/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, told to the caller (RFC 9457), and what the service says of itself. */
#include "inside.h"
#include "json_in.h"
#include "wire.h"

#include <assert.h>
#include <stdio.h>

static void put_kind(struct json_out *o, enum problem_code code)
{
    char type[96];
    int size = snprintf(type, sizeof type, "/problems/%s", problem_type(code));
    assert(size > 0 && (size_t)size < sizeof type);
    wire_put_member(o, "type", text, ((struct text){type, (size_t)size}));
    wire_put_member(o, "title", text, text_of(problem_title(code)));
    wire_put_member(o, "status", whole, problem_status(code));
    wire_put_member(o, "code", text, text_of(problem_slug(code)));
}

/* A place in the body is a pointer and begins with a slash, or is the whole of it; anything else
 * names a parameter or a header. */
static void put_fault(struct json_out *o, const struct fault *f)
{
    wire_open_object(o);
    if (f->pointer.size == 0 || f->pointer.at[0] == '/') {
        wire_put_member(o, "pointer", text, f->pointer);
    } else {
        wire_put_member(o, "parameter", text, f->pointer);
    }
    wire_put_member(o, "code", text, text_of(problem_slug(f->code)));
    wire_put_text_if(o, "detail", f->detail);
    wire_close(o);
}

static void put_faults(struct json_out *o, const struct problem *p)
{
    if (p->fault_count == 0) return;
    wire_put_key(o, "errors");
    wire_open_array(o);
    for (uint32_t i = 0; i < p->fault_count; i++)
        put_fault(o, &p->faults[i]);
    wire_close(o);
}

static void put_existing(struct json_out *o, enum problem_code code, struct text id)
{
    if (id.size == 0) return;
    wire_put_key(o, "existing");
    wire_open_object(o);
    if (code == IDENTIFIER_TAKEN) {
        wire_put_member(o, "patient_id", text, id);
    } else {
        wire_put_member(o, "id", text, id);
    }
    wire_close(o);
}

/* The bare problem, for when there is no memory for more: as text of the program itself. */
static struct text bare_problem(enum problem_code code)
{
    static const char *const bodies[PROBLEM_COUNT] = {
#define PROBLEM(name, status, slug, type, title, detail)                                           \
    [name] = "{\"type\":\"/problems/" type "\",\"title\":\"" title "\",\"status\":" #status        \
             ",\"code\":\"" slug "\",\"detail\":\"" detail "\"}",
#include "../base/problem.def"
#undef PROBLEM
    };
    return text_of(bodies[code]);
}

struct text wire_write_problem(struct call *c, enum problem_code code, struct text instance)
{
    const struct problem *p = &c->problem;
    struct text out;
    assert(code > OK && code < PROBLEM_COUNT);
    struct json_out o = wire_begin(c->arena, 512 + p->body.size + (size_t)p->fault_count * 160);
    wire_open_object(&o);
    put_kind(&o, code);
    wire_put_member(&o, "detail", text,
                    p->detail.size > 0 ? p->detail : text_of(problem_detail(code)));
    wire_put_text_if(&o, "instance", instance);
    wire_put_member(&o, "request_id", uuid, c->request_id);
    put_faults(&o, p);
    put_existing(&o, code, p->existing);
    if (p->body.size > 0) wire_put_rendered(&o, p->body);
    wire_close(&o);
    return wire_finish(&o, &out).code == OK ? out : bare_problem(code);
}

struct result wire_write_problem_kind(struct call *c, const enum problem_code *code,
                                      struct text *out)
{
    struct json_out o = wire_begin(c->arena, 256);
    wire_open_object(&o);
    put_kind(&o, *code);
    wire_put_member(&o, "detail", text, text_of(problem_detail(*code)));
    wire_close(&o);
    return wire_finish(&o, out);
}

struct result wire_write_version(struct call *c, const struct build *b, struct text *out)
{
    struct json_out o = wire_begin(c->arena, 256);
    wire_open_object(&o);
    wire_put_member(&o, "name", text, b->name);
    wire_put_member(&o, "version", text, b->version);
    wire_put_member(&o, "commit", text, b->commit);
    wire_put_member(&o, "built", text, b->built);
    wire_close(&o);
    return wire_finish(&o, out);
}

static struct text health_line(struct call *c, const struct health_check *check)
{
    if (!check->ok) {
        struct text why = check->detail.size > 0 ? check->detail : TEXT("failed");
        return text_format(c->arena, "[-]%.*s %.*s\n", TEXT_FMT(check->name), TEXT_FMT(why));
    }
    if (check->took_us < 0) return text_format(c->arena, "[+]%.*s ok\n", TEXT_FMT(check->name));
    return text_format(c->arena, "[+]%.*s ok %lld.%lldms\n", TEXT_FMT(check->name),
                       (long long)(check->took_us / 1000),
                       (long long)(check->took_us % 1000 / 100));
}

struct result wire_write_health(struct call *c, const struct health *h, struct text *out)
{
    struct text all = TEXT("");
    bool ok = true;
    for (uint32_t i = 0; i < h->count; i++) {
        struct text line = health_line(c, &h->checks[i]);
        all = text_format(c->arena, "%.*s%.*s", TEXT_FMT(all), TEXT_FMT(line));
        ok = ok && h->checks[i].ok;
    }
    all = text_format(c->arena, "%.*sreadyz check %s\n", TEXT_FMT(all), ok ? "passed" : "failed");
    if (c->arena->full) return (struct result){NO_MEMORY};
    *out = all;
    return DONE;
}
