/* SPDX-License-Identifier: Apache-2.0 */
/* The header guard. libmicrohttpd 0.9 takes much that RFC 9112 forbids: two lengths, a blank before the colon, codings it does not
 * know. Behind a proxy each of these lets one request hide in the body of another, so they are refused here, whole connection
 * and all. Bodies are small JSON: a length is insisted on, and no transfer coding is taken (RFC 9112, 6.3 and 9.3: 411). */

#include "guard.h"

#include <strings.h>

static bool is_token_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(struct text t)
{
    for (size_t i = 0; i < t.size; i++)
        if (!is_token_char((unsigned char)t.at[i])) return false;
    return t.size > 0;
}

static bool is_value(struct text t)
{
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

static bool same_name(struct text a, const char *b)
{
    return a.size == strlen(b) && strncasecmp(a.at, b, a.size) == 0;
}

static size_t occurrences(const struct guarded *in, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < in->count; i++) n += same_name(in->header[i].name, name);
    return n;
}

struct text guard_find(const struct header *header, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (same_name(header[i].name, name)) return header[i].value;
    return (struct text){NULL, 0};
}

static bool read_method(struct text t, enum method *out)
{
    static const char *const word[METHOD_COUNT] = {[GET] = "GET",     [HEAD] = "HEAD",     [POST] = "POST",      [PUT] = "PUT",
                                                   [PATCH] = "PATCH", [DELETE] = "DELETE", [OPTIONS] = "OPTIONS"};
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!text_is(t, word[i])) continue;
        *out = (enum method)i;
        return true;
    }
    return false;
}

/* Digits only, and no more than could ever be a size. */
static bool read_length(struct text t, uint64_t *out)
{
    if (t.size == 0 || t.size > 18) return false;
    *out = 0;
    for (size_t i = 0; i < t.size; i++) {
        if (t.at[i] < '0' || t.at[i] > '9') return false;
        *out = *out * 10 + (uint64_t)(t.at[i] - '0');
    }
    return true;
}

/* These carry one value; which of two is meant, nobody can say. */
static bool has_double(const struct guarded *in)
{
    static const char *const single[] = {"authorization", "content-type", "content-length",  "idempotency-key", "if-match",
                                         "host",          "forwarded",    "traceparent",     "expect",          "origin",
                                         "x-request-id",  "content-encoding"};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (occurrences(in, single[i]) > 1) return true;
    return false;
}

static bool are_fields_sound(const struct guarded *in)
{
    for (size_t i = 0; i < in->count; i++)
        if (!is_token(in->header[i].name) || !is_value(in->header[i].value)) return false;
    return true;
}

/* Is the body framed as this service wants it? */
static enum problem_code check_framing(const struct guarded *in, struct envelope *out)
{
    if (occurrences(in, "transfer-encoding") > 0) return LENGTH_REQUIRED;
    struct text length = guard_find(in->header, in->count, "content-length");
    out->has_length = occurrences(in, "content-length") == 1;
    if (out->has_length && !read_length(length, &out->length)) return BAD_REQUEST;
    out->has_body = out->length > 0;
    bool bodiless = out->known_method && (out->method == GET || out->method == HEAD || out->method == DELETE || out->method == OPTIONS);
    if (out->has_body && bodiless) return BAD_REQUEST;
    if (!out->has_length && out->known_method && !bodiless) return LENGTH_REQUIRED;
    return out->length > BODY_MAX ? BODY_TOO_LARGE : OK;
}

enum problem_code guard_check(const struct guarded *in, struct envelope *out)
{
    *out = (struct envelope){.method = GET};
    bool is_11 = text_is(in->version, "HTTP/1.1");
    if (!is_11 && !text_is(in->version, "HTTP/1.0")) return BAD_REQUEST;
    if (in->count > HEADERS_MAX) return HEADERS_TOO_LARGE;
    if (!is_token(in->method) || !are_fields_sound(in) || has_double(in)) return BAD_REQUEST;
    if (is_11 && occurrences(in, "host") != 1) return BAD_REQUEST;
    out->known_method = read_method(in->method, &out->method);
    enum problem_code framing = check_framing(in, out);
    if (framing != OK) return framing;
    struct text expect = guard_find(in->header, in->count, "expect");
    bool expects = occurrences(in, "expect") > 0;
    return expects && !(expect.size == 12 && strncasecmp(expect.at, "100-continue", 12) == 0) ? EXPECTATION_FAILED : OK;
}
