/* SPDX-License-Identifier: Apache-2.0 */
/* Path, query and headers of a request, strictly: what a caller sends and this operation does not
 * know is refused, so that a misspelled filter cannot silently list everything. */
#include "inside.h"

#include "../base/digest.h"
#include "../base/time.h"
#include "../base/uuid.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200, KEY_MAX = 128 };

/* ---- query ---- */

static bool is_known(struct text name, const char *const *known)
{
    for (; *known != NULL; known++) {
        if (text_is(name, *known)) return true;
    }
    return false;
}

static bool stands_before(const struct request *in, uint32_t place)
{
    for (uint32_t i = 0; i < place; i++) {
        if (text_equal(in->query[i].name, in->query[place].name)) return true;
    }
    return false;
}

struct result read_query(struct call *c, const struct request *in, const char *const *known)
{
    for (uint32_t i = 0; i < in->query_count; i++) {
        struct text name = in->query[i].name;
        if (!is_known(name, known)) {
            (void)call_fault(c, UNKNOWN_PARAMETER, name,
                             TEXT("Leave it out, or check its spelling."));
        } else if (stands_before(in, i)) {
            (void)call_fault(c, BAD_PARAMETER, name, TEXT("Send it once."));
        }
    }
    return call_faults(c);
}

struct text query_value(const struct request *in, const char *name)
{
    for (uint32_t i = 0; i < in->query_count; i++) {
        if (text_is(in->query[i].name, name)) {
            struct text value = in->query[i].value;
            return value.at != NULL ? value : TEXT("");
        }
    }
    return (struct text){NULL, 0};
}

struct result read_time(struct call *c, const struct request *in, const char *name, int64_t *out)
{
    struct text value = query_value(in, name);
    if (value.at == NULL || time_read(value, out)) return DONE;
    return call_fault(c, BAD_PARAMETER, text_of(name),
                      TEXT("Send an RFC 3339 time such as 2026-03-01T10:00:00Z; write + as %2B."));
}

struct result read_id(struct call *c, const struct request *in, const char *name, struct uuid *out)
{
    struct text value = query_value(in, name);
    if (value.at == NULL || uuid_read(value, out)) return DONE;
    return call_fault(c, BAD_PARAMETER, text_of(name),
                      TEXT("Send an id as this service answers it."));
}

/* More than the page may hold is taken as what it may hold: the caller wants many. */
static bool read_limit(struct text value, uint32_t *out)
{
    uint32_t limit = 0;
    if (value.size == 0 || value.size > 9) return false;
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') return false;
        limit = limit * 10 + (uint32_t)(value.at[i] - '0');
    }
    *out = limit < 1 ? 1 : limit > LIMIT_MAX ? LIMIT_MAX : limit;
    return true;
}

struct result read_page(struct call *c, const struct request *in, struct page *out)
{
    *out = (struct page){.limit = LIMIT_DEFAULT, .cursor = query_value(in, "cursor")};
    struct text limit = query_value(in, "limit");
    if (limit.at != NULL && !read_limit(limit, &out->limit)) {
        return call_fault(c, BAD_PARAMETER, TEXT("limit"),
                          TEXT("Send a whole number from 1 to 200."));
    }
    if (out->cursor.at != NULL && out->cursor.size == 0) {
        return call_fault(c, BAD_CURSOR, TEXT("cursor"), TEXT("Leave it out for the first page."));
    }
    return DONE;
}

/* ---- path ---- */

struct result read_part(const struct request *in, uint32_t place, struct uuid *out)
{
    return uuid_read(in->parts[place], out) ? DONE : (struct result){NOT_FOUND};
}

/* ---- headers ---- */

static struct text method_name(enum method method)
{
    static const char *const names[METHOD_COUNT] = {
        [GET] = "GET",     [HEAD] = "HEAD",     [POST] = "POST",       [PUT] = "PUT",
        [PATCH] = "PATCH", [DELETE] = "DELETE", [OPTIONS] = "OPTIONS",
    };
    return text_of(names[method]);
}

static bool is_visible(struct text key)
{
    for (size_t i = 0; i < key.size; i++) {
        if (key.at[i] < '!' || key.at[i] > '~') return false;
    }
    return key.size >= 1 && key.size <= KEY_MAX;
}

static char lower(char ch)
{
    if (ch < 'A' || ch > 'Z') return ch;
    return (char)(ch - 'A' + 'a');
}

/* `value` names `name`, in any case. */
static bool is_same(struct text value, const char *name)
{
    for (size_t i = 0; i < value.size; i++) {
        if (lower(value.at[i]) != name[i]) return false;
    }
    return name[value.size] == '\0';
}

static struct text trim(struct text t)
{
    while (t.size > 0 && (t.at[0] == ' ' || t.at[0] == '\t')) {
        t.at++;
        t.size--;
    }
    while (t.size > 0 && (t.at[t.size - 1] == ' ' || t.at[t.size - 1] == '\t'))
        t.size--;
    return t;
}

/* Cuts off what stands before the next `mark` that is not within quotes. */
static struct text cut(struct text *rest, char mark)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->size && (quoted || rest->at[i] != mark); i++)
        quoted ^= rest->at[i] == '"';
    struct text piece = trim((struct text){rest->at, i});
    size_t used = i < rest->size ? i + 1 : i;
    *rest = (struct text){rest->at + used, rest->size - used};
    return piece;
}

/* application/json, and when it names a charset, utf-8 (quoted or not). Other parameters mean
 * nothing. */
static bool is_json(struct text type)
{
    if (type.size == 0 || !is_same(cut(&type, ';'), "application/json")) return false;
    while (type.size > 0) {
        struct text value = cut(&type, ';');
        if (value.size == 0 || !is_same(cut(&value, '='), "charset")) continue;
        if (!is_same(value, "utf-8") && !is_same(value, "\"utf-8\"")) return false;
    }
    return true;
}

struct result read_once(struct call *c, const struct request *in, struct idempotency *out)
{
    if (!is_json(in->content_type)) return (struct result){UNSUPPORTED_MEDIA_TYPE};
    *out = (struct idempotency){.key = in->idempotency_key, .operation = c->operation};
    if (out->key.at != NULL && !is_visible(out->key)) return (struct result){BAD_KEY};
    struct digest d = digest_of_parts(
        (const struct text[]){method_name(in->method), TEXT(" "), in->path, TEXT("\n"), in->body},
        5);
    memcpy(out->fingerprint, d.byte, sizeof out->fingerprint);
    return DONE;
}

struct result read_once_required(struct call *c, const struct request *in, struct idempotency *out)
{
    if (in->idempotency_key.at == NULL) return (struct result){KEY_REQUIRED};
    return read_once(c, in, out);
}

/* "v17", or "v17-gz" of a coded answer; -1 for what no version of ours was ever called. */
static int64_t read_version(struct text tag)
{
    if (tag.size < 4 || tag.size > 24 || tag.at[0] != '"' || tag.at[1] != 'v') return -1;
    int64_t version = 0;
    size_t i = 2;
    for (; i < tag.size && i < 20 && tag.at[i] >= '0' && tag.at[i] <= '9'; i++) {
        version = version * 10 + (tag.at[i] - '0');
    }
    struct text rest = {tag.at + i, tag.size - i};
    bool whole = text_is(rest, "\"") || text_is(rest, "-gz\"");
    return i > 2 && whole ? version : -1;
}

struct result read_if_match(struct call *c, const struct request *in, struct if_match *out)
{
    struct text rest = in->if_match;
    *out = (struct if_match){.any = rest.size == 0 || text_is(rest, "*")};
    if (out->any) return DONE;
    int64_t *versions = rehab_alloc(c->arena, (rest.size / 2 + 1) * sizeof *versions);
    if (versions == NULL) return (struct result){NO_MEMORY};
    while (rest.size > 0) {
        int64_t version = read_version(cut(&rest, ','));
        if (version >= 0) versions[out->count++] = version;
    }
    out->versions = versions;
    return DONE;
}

struct result read_if_match_required(struct call *c, const struct request *in, struct if_match *out)
{
    if (in->if_match.size == 0) return (struct result){IF_MATCH_REQUIRED};
    return read_if_match(c, in, out);
}
