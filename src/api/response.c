/* SPDX-License-Identifier: Apache-2.0 */
/* From what the service says to what http sends. */
#include "inside.h"

static bool is_plain(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
           ch == '-' || ch == '.' || ch == '_' || ch == '~';
}

/* Appends, percent-encoding everything that is not unreserved (RFC 3986, 2.3). */
static char *append_encoded(char *at, struct text t)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < t.size; i++) {
        unsigned char ch = (unsigned char)t.at[i];
        if (is_plain(t.at[i])) {
            *at++ = t.at[i];
            continue;
        }
        *at++ = '%';
        *at++ = hex[ch >> 4];
        *at++ = hex[ch & 15];
    }
    return at;
}

static char *append(char *at, struct text t)
{
    if (t.size > 0) memcpy(at, t.at, t.size);
    return at + t.size;
}

struct text next_address(struct call *c, const struct request *in, struct text cursor)
{
    if (cursor.size == 0) return (struct text){NULL, 0};
    size_t room = in->path.size + cursor.size + sizeof "?cursor=";
    for (uint32_t i = 0; i < in->query_count; i++) {
        room += 3 * (in->query[i].name.size + in->query[i].value.size) + 2;
    }
    char *address = rehab_alloc(c->arena, room);
    if (address == NULL) return (struct text){NULL, 0};
    char *at = append(append(append(address, in->path), TEXT("?cursor=")), cursor);
    for (uint32_t i = 0; i < in->query_count; i++) {
        if (text_is(in->query[i].name, "cursor")) continue;
        at = append_encoded(append(at, TEXT("&")), in->query[i].name);
        at = append_encoded(append(at, TEXT("=")), in->query[i].value);
    }
    return (struct text){address, (size_t)(at - address)};
}

void answer_document(const struct document *d, struct response *out)
{
    out->etag = d->etag;
    out->body = d->plain;
    out->body_gzip = d->gzip;
    out->lasting = true;
    out->cacheable = true;
}

void answer_written(const struct written *w, struct response *out)
{
    out->status = w->answer.status;
    out->etag = w->answer.etag;
    out->location = w->answer.location;
    out->body = w->answer.body;
    out->replayed = w->replayed;
}

struct text version_etag(struct call *c, int64_t version)
{
    return text_format(c->arena, "v%lld", (long long)version);
}

struct text api_write_problem(struct call *c, enum problem_code code, struct text instance)
{
    return wire_write_problem(c, code, instance);
}
