/* SPDX-License-Identifier: Apache-2.0 */
/* Where a page of a list ended, as a word for the caller: 8 bytes of a digest over the list, its
 * filters and the place, then the place, in base64url. The digest binds the cursor to its list; it
 * keeps no secret, row level security does. */
#include "inside.h"

#include "../base/digest.h"
#include "../base/uuid.h"

enum { BOUND_SIZE = 8, PLACE_SIZE = 24, CURSOR_SIZE = BOUND_SIZE + PLACE_SIZE };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void write_place(struct place p, unsigned char out[static PLACE_SIZE])
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)p.us >> (56 - 8 * i));
    memcpy(out + 8, p.id.byte, sizeof p.id.byte);
}

static void bind_place(struct text list, const unsigned char *place, unsigned char *out)
{
    struct digest d =
        digest_of_parts((const struct text[]){list, {(const char *)place, PLACE_SIZE}}, 2);
    memcpy(out, d.byte, BOUND_SIZE);
}

struct text cursor_write(struct rehab_arena *arena, struct text list, struct place place)
{
    unsigned char raw[CURSOR_SIZE + 1] = {0};
    write_place(place, raw + BOUND_SIZE);
    bind_place(list, raw + BOUND_SIZE, raw);
    enum { SIZE = (CURSOR_SIZE * 8 + 5) / 6 };
    char word[SIZE];
    for (size_t i = 0; i < SIZE; i++) {
        size_t bit = 6 * i;
        uint32_t two = (uint32_t)raw[bit / 8] << 8 | raw[bit / 8 + 1];
        word[i] = alphabet[two >> (10 - bit % 8) & 63];
    }
    return text_copy(arena, (struct text){word, SIZE});
}

static bool decode_word(struct text word, unsigned char raw[static CURSOR_SIZE])
{
    uint32_t held = 0;
    uint32_t bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < word.size; i++) {
        const char *at = strchr(alphabet, word.at[i]);
        if (at == NULL || *at == '\0') return false;
        held = held << 6 | (uint32_t)(at - alphabet);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        if (n == CURSOR_SIZE) return false;
        raw[n++] = (unsigned char)(held >> bits);
    }
    return n == CURSOR_SIZE && (held & ((1U << bits) - 1)) == 0;
}

bool cursor_read(struct text word, struct text list, struct place *out)
{
    unsigned char raw[CURSOR_SIZE];
    unsigned char bound[BOUND_SIZE];
    if (!decode_word(word, raw)) return false;
    bind_place(list, raw + BOUND_SIZE, bound);
    if (memcmp(bound, raw, BOUND_SIZE) != 0) return false;
    const unsigned char *at = raw + BOUND_SIZE;
    uint64_t us = 0;
    for (int i = 0; i < 8; i++)
        us = us << 8 | at[i];
    out->us = (int64_t)us;
    memcpy(out->id.byte, at + 8, sizeof out->id.byte);
    return true;
}

struct result cursor_open(struct call *c, const struct page *page, struct text list,
                          struct place *out)
{
    *out = (struct place){.us = NO_TIME};
    if (page->cursor.size == 0 || cursor_read(page->cursor, list, out)) return DONE;
    return call_fault(
        c, BAD_CURSOR, TEXT("cursor"),
        TEXT("Use `next` of the page before, with the same filters; or leave cursor out."));
}

struct text list_of(struct call *c, const char *kind, struct uuid owner)
{
    char clinic[UUID_TEXT_SIZE];
    char id[UUID_TEXT_SIZE];
    uuid_write(c->caller.clinic, clinic);
    uuid_write(owner, id);
    return text_format(c->arena, "%s %s %s", clinic, kind, id);
}
