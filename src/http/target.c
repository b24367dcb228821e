/* SPDX-License-Identifier: Apache-2.0 */
/* The request target as the client wrote it, decoded here and not by the library: that one cuts a
 * path at %00 and takes any bytes. */

#include "guard.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Percents become bytes; in a query `+` is a blank. Empty `at` on what is refused. */
static struct text decode(struct text in, bool query, char *to)
{
    const struct text refused = {NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < in.size; i++) {
        char c = in.at[i];
        if (c == '%') {
            if (i + 2 >= in.size) return refused;
            int high = hex(in.at[i + 1]), low = hex(in.at[i + 2]);
            if (high < 0 || low < 0) return refused;
            c = (char)(high * 16 + low);
            if (c == '\0' || (!query && (c == '/' || c == '\\'))) return refused;
            i += 2;
        } else if (c == '\\') {
            return refused;
        } else if (query && c == '+') {
            c = ' ';
        }
        to[n++] = c;
    }
    struct text out = {to, n};
    return text_is_clean(out, false) ? out : refused;
}

/* A path of `/segment/segment`: no dots that climb, nothing empty but the last. */
static bool is_path_sound(struct text path)
{
    size_t from = 1;
    for (size_t i = 1; i <= path.size; i++) {
        if (i < path.size && path.at[i] != '/') continue;
        struct text segment = {path.at + from, i - from};
        if (text_is(segment, ".") || text_is(segment, "..")) return false;
        if (segment.size == 0 && i < path.size) return false;
        from = i + 1;
    }
    return true;
}

/* `http://host/path` is what a proxy is asked for; RFC 9112 wants servers to understand it as well.
 */
static struct text without_authority(struct text raw)
{
    static const char *const scheme[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(scheme[i]);
        if (raw.size <= n || memcmp(raw.at, scheme[i], n) != 0) continue;
        const char *slash = memchr(raw.at + n, '/', raw.size - n);
        return slash != NULL ? (struct text){slash, raw.size - (size_t)(slash - raw.at)}
                             : TEXT("/");
    }
    return raw;
}

static bool read_parameter(struct text part, char **room, struct request *out)
{
    const char *equal = memchr(part.at, '=', part.size);
    struct text name = {part.at, equal != NULL ? (size_t)(equal - part.at) : part.size};
    struct text value = {equal != NULL ? equal + 1 : part.at,
                         equal != NULL ? part.size - name.size - 1 : 0};
    if (out->query_count == QUERY_PARAMETERS_MAX) return false;
    struct parameter *p = &out->query[out->query_count++];
    p->name = decode(name, true, *room);
    *room += name.size + 1;
    p->value = decode(value, true, *room);
    *room += value.size + 1;
    return p->name.at != NULL && p->value.at != NULL;
}

static bool read_query(struct text query, char *room, struct request *out)
{
    const char *at = query.at, *end = query.at + query.size;
    while (at < end) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        if (stop == NULL) stop = end;
        if (stop > at && !read_parameter((struct text){at, (size_t)(stop - at)}, &room, out))
            return false;
        at = stop + 1;
    }
    return true;
}

enum problem_code guard_read_target(struct text raw, struct rehab_arena *arena, struct request *out)
{
    if (raw.size > TARGET_MAX) return TARGET_TOO_LONG;
    raw = without_authority(raw);
    char *room = rehab_alloc(arena, 2 * raw.size + 2 * (size_t)QUERY_PARAMETERS_MAX + 2);
    if (room == NULL) return NO_MEMORY;
    if (text_is(raw, "*")) {
        out->path = TEXT("*");
        return OK;
    }
    const char *mark = raw.size > 0 ? memchr(raw.at, '?', raw.size) : NULL;
    struct text path = {raw.at, mark != NULL ? (size_t)(mark - raw.at) : raw.size};
    if (path.size == 0 || path.at[0] != '/') return BAD_REQUEST;
    out->path = decode(path, false, room);
    if (out->path.at == NULL || !is_path_sound(out->path)) return BAD_REQUEST;
    if (mark == NULL) return OK;
    struct text query = {mark + 1, raw.size - path.size - 1};
    return read_query(query, room + path.size + 1, out) ? OK : BAD_REQUEST;
}
