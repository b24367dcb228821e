/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that somebody else owns, and words. The difficult part is the distance of two spellings:
 * one row of the usual table is enough, and words are short. */
#include "core.h"

enum { WORD_MAX = 64 };

static const size_t ALIGN = 16;

void *rehab_alloc(struct rehab_arena *arena, size_t size)
{
    size_t need = size > SIZE_MAX - 2 * ALIGN ? SIZE_MAX : size + 2 * ALIGN;
    for (bool grown = false;; grown = true) {
        size_t skip = (size_t)(0 - (uintptr_t)arena->at) & (ALIGN - 1);
        size_t room = (size_t)((uintptr_t)arena->end - (uintptr_t)arena->at);
        if (room >= skip && room - skip >= size && room > 0) {
            unsigned char *piece = arena->at + skip;
            arena->at = piece + size;
            return piece;
        }
        if (grown || arena->grow == NULL || !arena->grow(arena, need)) break;
    }
    arena->full = true;
    return NULL;
}

bool rehab_text_equal(struct rehab_text a, struct rehab_text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Letters to change, insert or take away to make b of a. Both at most WORD_MAX. */
static uint32_t distance(struct rehab_text a, struct rehab_text b)
{
    uint32_t row[WORD_MAX + 1];
    for (uint32_t j = 0; j <= b.size; j++)
        row[j] = j;
    for (uint32_t i = 0; i < a.size; i++) {
        uint32_t corner = row[0];
        row[0] = i + 1;
        for (uint32_t j = 0; j < b.size; j++) {
            uint32_t change = corner + (a.at[i] == b.at[j] ? 0 : 1);
            corner = row[j + 1];
            row[j + 1] = least(change, least(row[j], row[j + 1]) + 1);
        }
    }
    return row[b.size];
}

static struct rehab_text id_at(const void *first, size_t stride, uint32_t i)
{
    struct rehab_text id;
    memcpy(&id, (const unsigned char *)first + i * stride, sizeof id);
    return id;
}

uint32_t rehab_find_id(struct rehab_text word, const void *first, size_t stride, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rehab_text_equal(word, id_at(first, stride, i))) return i;
    }
    return REHAB_NONE;
}

uint32_t rehab_nearest_id(struct rehab_text word, const void *first, size_t stride, uint32_t count)
{
    uint32_t best = REHAB_NONE, fewest = (word.size + 1) / 2;
    if (word.size > WORD_MAX) return REHAB_NONE;
    for (uint32_t i = 0; i < count; i++) {
        struct rehab_text id = id_at(first, stride, i);
        uint32_t d = id.size > WORD_MAX ? fewest : distance(word, id);
        if (d < fewest) {
            fewest = d;
            best = i;
        }
    }
    return best;
}

uint32_t rehab_nearest(struct rehab_text word, const struct rehab_text *candidates, uint32_t count)
{
    return rehab_nearest_id(word, candidates, sizeof *candidates, count);
}
