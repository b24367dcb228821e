/* SPDX-License-Identifier: Apache-2.0 */
/* Spans of text: copies into an arena, and what may be stored as a label. */
#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

struct text text_copy(struct rehab_arena *arena, struct text t)
{
    char *copy = rehab_alloc(arena, t.size + 1);
    if (copy == NULL) return (struct text){NULL, 0};
    if (t.size > 0) memcpy(copy, t.at, t.size);
    copy[t.size] = '\0';
    return (struct text){copy, t.size};
}

struct text text_format(struct rehab_arena *arena, const char *format, ...)
{
    va_list again;
    va_list args;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = size < 0 ? NULL : rehab_alloc(arena, (size_t)size + 1);
    if (out != NULL) vsnprintf(out, (size_t)size + 1, format, again);
    va_end(again);
    return out == NULL ? (struct text){NULL, 0} : (struct text){out, (size_t)size};
}

/* Decodes one code point; returns its length, 0 when the bytes are not the shortest valid form. */
static size_t decode_point(const unsigned char *at, size_t left, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = at[0] < 0x80       ? 1
                  : at[0] >> 5 == 6  ? 2
                  : at[0] >> 4 == 14 ? 3
                  : at[0] >> 3 == 30 ? 4
                                     : 0;
    if (size == 0 || size > left) return 0;
    uint32_t value = size == 1 ? at[0] : at[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (at[i] >> 6 != 2) return 0;
        value = value << 6 | (at[i] & 0x3fU);
    }
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
    *point = value;
    return size;
}

static bool is_control(uint32_t point, bool lines)
{
    if (point == '\t' || point == '\n') return !lines;
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/* The overrides and isolates can make a label read as something else than what is stored. */
static bool is_bidi_control(uint32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

bool text_is_clean(struct text t, bool lines)
{
    for (size_t i = text_plain_run(t.at, t.size); i < t.size;
         i += text_plain_run(t.at + i, t.size - i)) {
        uint32_t point = 0;
        size_t size = decode_point((const unsigned char *)t.at + i, t.size - i, &point);
        if (size == 0 || is_control(point, lines) || is_bidi_control(point)) return false;
        i += size;
    }
    return true;
}
