/* SPDX-License-Identifier: Apache-2.0 */
/* The header guard. libmicrohttpd 0.9 takes much that RFC 9112 forbids: two lengths, a blank before
 * the colon, codings it does not know. Behind a proxy each of these lets one request hide in the
 * body of another, so they are refused here, whole connection and all. Bodies are small JSON: a
 * length is insisted on, and no transfer coding is taken (RFC 9112, 6.3 and 9.3: 411). */

#include "guard.h"

#include "frame.h"

#include <strings.h>

static bool is_token(struct text t)
{
    for (size_t i = 0; i < t.size; i++)
        if (!frame_is_token((unsigned char)t.at[i])) return false;
    return t.size > 0;
}

static bool is_value(struct text t)
{
    return frame_value_run(t.at, t.size) == t.size;
}

static bool same_name(struct text a, struct text b)
{
    return a.size == b.size && strncasecmp(a.at, b.at, a.size) == 0;
}

struct text guard_find(const struct header *header, size_t count, const char *name)
{
    const struct text wanted = text_of(name);
    for (size_t i = 0; i < count; i++)
        if (same_name(header[i].name, wanted)) return header[i].value;
    return (struct text){NULL, 0};
}

/* Headers that carry one value: which of two is meant, nobody can say. Transfer-Encoding is among
 * them because none is taken. */
enum single {
    LENGTH,
    CODING,
    HOST,
    EXPECT,
};
static const struct text single[] = {
    [LENGTH] = {"content-length", 14},
    [CODING] = {"transfer-encoding", 17},
    [HOST] = {"host", 4},
    [EXPECT] = {"expect", 6},
    {"authorization", 13},
    {"content-type", 12},
    {"idempotency-key", 15},
    {"if-match", 8},
    {"forwarded", 9},
    {"traceparent", 11},
    {"origin", 6},
    {"x-request-id", 12},
    {"content-encoding", 16},
};
enum { SINGLES = sizeof single / sizeof *single };

/* What one pass over the headers finds. */
struct survey {
    uint32_t seen; /* a bit for each single */
    struct text value[SINGLES];
};

static bool take_single(const struct header *h, struct survey *s)
{
    for (unsigned int i = 0; i < SINGLES; i++) {
        if (!same_name(h->name, single[i])) continue;
        if (i != CODING && (s->seen & 1u << i)) return false;
        s->seen |= 1u << i;
        s->value[i] = h->value;
    }
    return true;
}

/* Names, values, and nothing double where it must not be? */
static bool survey_headers(const struct guarded *in, struct survey *s)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct header *h = &in->header[i];
        if (!is_token(h->name) || !is_value(h->value) || !take_single(h, s)) return false;
    }
    return true;
}

static bool has(const struct survey *s, enum single which)
{
    return (s->seen & 1u << which) != 0;
}

static bool read_method(struct text t, enum method *out)
{
    static const char *const word[METHOD_COUNT] = {
        [GET] = "GET",     [HEAD] = "HEAD",     [POST] = "POST",      [PUT] = "PUT",
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

/* Is the body framed as this service wants it? */
static enum problem_code check_framing(const struct survey *s, struct envelope *out)
{
    if (has(s, CODING)) return LENGTH_REQUIRED;
    out->has_length = has(s, LENGTH);
    if (out->has_length && !read_length(s->value[LENGTH], &out->length)) return BAD_REQUEST;
    out->has_body = out->length > 0;
    bool bodiless = out->known_method && (out->method == GET || out->method == HEAD ||
                                          out->method == DELETE || out->method == OPTIONS);
    if (out->has_body && bodiless) return BAD_REQUEST;
    if (!out->has_length && out->known_method && !bodiless) return LENGTH_REQUIRED;
    return out->length > BODY_MAX ? BODY_TOO_LARGE : OK;
}

enum problem_code guard_check(const struct guarded *in, struct envelope *out)
{
    struct survey s = {0};
    *out = (struct envelope){.method = GET};
    bool is_11 = text_is(in->version, "HTTP/1.1");
    if (!is_11 && !text_is(in->version, "HTTP/1.0")) return BAD_REQUEST;
    if (in->count > HEADERS_MAX) return HEADERS_TOO_LARGE;
    if (!is_token(in->method) || !survey_headers(in, &s)) return BAD_REQUEST;
    if (is_11 && !has(&s, HOST)) return BAD_REQUEST;
    out->known_method = read_method(in->method, &out->method);
    enum problem_code framing = check_framing(&s, out);
    if (framing != OK || !has(&s, EXPECT)) return framing;
    return same_name(s.value[EXPECT], TEXT("100-continue")) ? OK : EXPECTATION_FAILED;
}

/* Lower case hexadecimal, and not all zeros. */
static bool is_hex_id(const char *at, size_t size)
{
    bool some = false;
    for (size_t i = 0; i < size; i++) {
        if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f'))) return false;
        some = some || at[i] != '0';
    }
    return some;
}

bool guard_read_trace(struct text traceparent, char id[static 33], char flags[static 3])
{
    const char *at = traceparent.at; /* 00-<32>-<16>-<2> */
    if (traceparent.size != 55 || memcmp(at, "00-", 3) != 0 || at[35] != '-' || at[52] != '-')
        return false;
    bool flagged = is_hex_id(at + 53, 2) || memcmp(at + 53, "00", 2) == 0;
    if (!is_hex_id(at + 3, 32) || !is_hex_id(at + 36, 16) || !flagged) return false;
    memcpy(id, at + 3, 32);
    memcpy(flags, at + 53, 2);
    id[32] = flags[2] = '\0';
    return true;
}
