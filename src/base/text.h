/* SPDX-License-Identifier: Apache-2.0 */
/* Strings are a pointer and a length. Nothing here copies unless its name says so. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "rehab/arena.h"

/* Lent bytes, UTF-8 unless said otherwise; `at` may be NULL when size is 0. Not terminated. */
struct text {
    const char *at;
    size_t size;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
#define TEXT_FMT(t)   (int)(t).size, (t).at /* for "%.*s" */

static inline struct text text_of(const char *s)
{
    return (struct text){s, s ? strlen(s) : 0};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

static inline bool text_is(struct text a, const char *literal)
{
    return text_equal(a, text_of(literal));
}

/* How many bytes from `at` on are printable ASCII, blanks among them: nearly all of nearly every
 * text, so eight are looked at in one go. Of eight that all are, no subtraction borrows; the first
 * that is not sets its high bit. */
static inline size_t text_plain_run(const char *at, size_t size)
{
    size_t n = 0;
    for (uint64_t eight; size - n >= sizeof eight; n += sizeof eight) {
        memcpy(&eight, at + n, sizeof eight);
        uint64_t below = eight - 0x2020202020202020;
        uint64_t del = (eight ^ 0x7f7f7f7f7f7f7f7f) - 0x0101010101010101;
        if ((eight | below | del) & 0x8080808080808080) break;
    }
    while (n < size && at[n] >= ' ' && at[n] < 0x7f)
        n++;
    return n;
}

/* A copy in the arena; its byte after the end is 0, so `.at` is also a C string. Empty on a full
 * arena (arena->full). */
struct text text_copy(struct rehab_arena *arena, struct text t);

/* printf into the arena, terminated like text_copy. */
[[gnu::format(printf, 2, 3)]] struct text text_format(struct rehab_arena *arena, const char *format,
                                                      ...);

/* Valid UTF-8 without control characters (tab, newline allowed when `lines`) and without
 * bidirectional overrides? */
bool text_is_clean(struct text t, bool lines);
