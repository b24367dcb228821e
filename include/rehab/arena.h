/* SPDX-License-Identifier: Apache-2.0 */
/* Memory and strings of librehab. The library owns no memory: everything it makes lies in an arena
 * that the caller gives and drops whole. */
#ifndef REHAB_ARENA_H
#define REHAB_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define REHAB_API __attribute__((visibility("default")))
#else
#define REHAB_API
#endif

/* Free memory from `at` up to `end`. Both may be NULL: an empty arena.
 * grow  called when a piece does not fit; gives the arena another stretch of at least `need` bytes
 * (at and end move to it) and returns true, or returns false. NULL: the arena never grows. */
struct rehab_arena {
    unsigned char *at;
    unsigned char *end;
    bool full; /* a piece was asked for that could not be had; stays true until the caller resets it
                */
    bool (*grow)(struct rehab_arena *arena, size_t need);
};

/* A piece of `size` bytes at a multiple of 16, not cleared. NULL, with arena->full set, when there
 * is no room. Nothing is given back one by one. */
REHAB_API void *rehab_alloc(struct rehab_arena *arena, size_t size);

/* Lent bytes, UTF-8, not terminated. `at` may be NULL when size is 0. */
struct rehab_text {
    const char *at;
    uint32_t size;
};

/* The same bytes? */
REHAB_API bool rehab_text_equal(struct rehab_text a, struct rehab_text b);

/* Which of `count` candidates looks most like `word`? For "did you mean". Its index, or REHAB_NONE
 * when none differs by fewer than half of its letters. Words longer than 64 bytes are not looked
 * at. */
REHAB_API uint32_t rehab_nearest(struct rehab_text word, const struct rehab_text *candidates,
                                 uint32_t count);

/* No index: stands wherever an index may be absent. */
#define REHAB_NONE UINT32_C(0xffffffff)

#ifdef __cplusplus
}
#endif

#endif
