/* SPDX-License-Identifier: Apache-2.0 */
/* Answers are written once, front to back, into the arena they leave from. The buffer doubles; when
 * the arena's next piece happens to follow it, it grows in place and nothing is copied. Room is
 * made once per token, so the token itself is stored without further checks. */
#include "json_out.h"

#include <assert.h>

#include "../base/time.h"
#include "../base/uuid.h"
#include "rehab/quantity.h"

/* From here on there is no room for anything, and no key waits. */
static bool fail(struct json_out *o)
{
    o->failed = true;
    o->valued = false;
    o->end = o->at;
    return false;
}

/* Moves what is written to a larger piece, or lets it grow where it lies. */
static bool make_room(struct json_out *o, size_t need)
{
    size_t held = (size_t)(o->at - o->start), size = (size_t)(o->end - o->start);
    if (o->failed || need > SIZE_MAX / 4) return fail(o);
    size_t more = size > need ? size : (need + 15) & ~(size_t)15;
    bool follows = (char *)o->arena->at == o->end && (size_t)(o->arena->end - o->arena->at) >= more;
    char *piece = rehab_alloc(o->arena, follows ? more : size + more);
    if (piece == NULL) return fail(o);
    if (piece != o->end) {
        memcpy(piece, o->start, held);
        o->start = piece;
        o->at = piece + held;
        o->end = piece + size;
    }
    o->end += more;
    return true;
}

static inline bool has_room(struct json_out *o, size_t need)
{
    return (size_t)(o->end - o->at) >= need || make_room(o, need);
}

/* Room for a value of `need` bytes, and the comma before it. */
static bool begin_value(struct json_out *o, size_t need)
{
    if (!has_room(o, need + 1)) return false;
    if (o->begun && !o->valued) *o->at++ = ',';
    o->begun = true;
    o->valued = false;
    return true;
}

static void put_bytes(struct json_out *o, const char *bytes, size_t size)
{
    if (!begin_value(o, size)) return;
    memcpy(o->at, bytes, size);
    o->at += size;
}

struct json_out wire_begin(struct rehab_arena *arena, size_t hint)
{
    size_t size = (hint + 15) & ~(size_t)15;
    char *piece = rehab_alloc(arena, size);
    return (struct json_out){.arena = arena,
                             .start = piece,
                             .at = piece,
                             .end = piece == NULL ? NULL : piece + size,
                             .failed = piece == NULL};
}

struct result wire_finish(struct json_out *o, struct text *out)
{
    if (o->failed) return (struct result){NO_MEMORY};
    assert(o->depth == 0 && !o->valued && "every container is closed, every key has its value");
    *out = (struct text){o->start, (size_t)(o->at - o->start)};
    return DONE;
}

void wire_put_key_sized(struct json_out *o, const char *key, size_t size)
{
    assert(!o->valued && (o->failed || (o->depth > 0 && o->closing[o->depth - 1] == '}')));
    if (!begin_value(o, size + 3)) return;
    *o->at++ = '"';
    memcpy(o->at, key, size);
    o->at += size;
    *o->at++ = '"';
    *o->at++ = ':';
    o->valued = true;
}

static void open_container(struct json_out *o, char opening, char closing)
{
    assert(o->depth < WIRE_OUT_DEPTH);
    put_bytes(o, &opening, 1);
    if (o->failed) return;
    o->closing[o->depth++] = closing;
    o->begun = false;
}

void wire_open_object(struct json_out *o)
{
    open_container(o, '{', '}');
}

void wire_open_array(struct json_out *o)
{
    open_container(o, '[', ']');
}

void wire_close(struct json_out *o)
{
    if (!has_room(o, 1)) return;
    assert(o->depth > 0 && !o->valued);
    *o->at++ = o->closing[--o->depth];
    o->begun = true;
}

/* How many of the next bytes go out as they are: all but the quote, the backslash and what lies
 * below the space. Eight at a time; the masks are the usual ones for "has a byte below n" and "has
 * a zero byte". */
static size_t count_plain(const unsigned char *at, size_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, at + i, 8);
        uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
        uint64_t odd =
            ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
        if ((odd & tops) != 0) break;
    }
    while (i < size && at[i] >= 0x20 && at[i] != '"' && at[i] != '\\')
        i++;
    return i;
}

static void put_escape(struct json_out *o, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef", shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i + 1 < sizeof shorts; i += 2) {
        if ((unsigned char)shorts[i] != byte) continue;
        *o->at++ = '\\';
        *o->at++ = shorts[i + 1];
        return;
    }
    memcpy(o->at, "\\u00", 4);
    o->at[4] = hex[byte >> 4];
    o->at[5] = hex[byte & 15];
    o->at += 6;
}

void wire_put_text(struct json_out *o, struct text t)
{
    const unsigned char *in = (const unsigned char *)t.at;
    if (!begin_value(o, t.size + 2)) return;
    *o->at++ = '"';
    for (size_t i = 0; i < t.size;) {
        size_t plain = count_plain(in + i, t.size - i);
        if (plain > 0) memcpy(o->at, in + i, plain);
        o->at += plain;
        i += plain;
        if (i == t.size) break;
        if (!has_room(o, 6 + (t.size - i) + 1)) return;
        put_escape(o, in[i++]);
    }
    *o->at++ = '"';
}

void wire_put_name(struct json_out *o, struct text name)
{
    wire_put_text(o, name);
    if (!has_room(o, 1)) return;
    *o->at++ = ':';
    o->valued = true;
}

void wire_put_bool(struct json_out *o, bool value)
{
    put_bytes(o, value ? "true" : "false", value ? 4 : 5);
}

void wire_put_whole(struct json_out *o, int64_t value)
{
    char digits[24];
    char *end = digits + sizeof digits, *at = end;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0) *--at = '-';
    put_bytes(o, at, (size_t)(end - at));
}

void wire_put_nano(struct json_out *o, int64_t nano)
{
    char digits[REHAB_QUANTITY_TEXT];
    uint32_t size = rehab_write_quantity(nano, digits);
    put_bytes(o, digits, size);
}

void wire_put_raw(struct json_out *o, struct text json)
{
    assert(json.size > 0);
    put_bytes(o, json.at, json.size);
}

void wire_put_rendered(struct json_out *o, struct text members)
{
    assert(!o->valued && members.size > 0);
    put_bytes(o, members.at, members.size);
}

static void put_quoted(struct json_out *o, const char *plain, size_t size)
{
    if (!begin_value(o, size + 2)) return;
    *o->at++ = '"';
    memcpy(o->at, plain, size);
    o->at += size;
    *o->at++ = '"';
}

void wire_put_time(struct json_out *o, int64_t us)
{
    char plain[TIME_TEXT_SIZE];
    size_t size = time_write(us, plain);
    put_quoted(o, plain, size);
}

void wire_put_date(struct json_out *o, int32_t day)
{
    char plain[DATE_TEXT_SIZE];
    size_t size = time_write_date(day, plain);
    put_quoted(o, plain, size);
}

void wire_put_uuid(struct json_out *o, struct uuid id)
{
    char plain[UUID_TEXT_SIZE];
    uuid_write(id, plain);
    put_quoted(o, plain, UUID_TEXT_SIZE - 1);
}
