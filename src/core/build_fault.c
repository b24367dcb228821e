/* SPDX-License-Identifier: Apache-2.0 */
/* The way into the document, and the first fault found there: it is kept with its pointer, with the
 * word that is wrong and with the one that was perhaps meant. */
#include "build.h"

void build_enter(struct builder *b, const char *name)
{
    b->path[b->depth++] = (struct step){name, 0, BUILD_NOTHING};
}

void build_enter_at(struct builder *b, const char *name, uint32_t index)
{
    build_enter(b, name);
    b->path[b->depth++] = (struct step){NULL, index, BUILD_NOTHING};
}

void build_enter_id(struct builder *b, struct rehab_text id)
{
    b->path[b->depth++] = (struct step){.name = "", .id = id}; /* of no id the name is empty */
}

void build_leave(struct builder *b, uint32_t steps)
{
    b->depth -= steps;
}

static uint32_t write_number(uint32_t n, char *out)
{
    char reversed[10];
    uint32_t used = 0, size = 0;
    do {
        reversed[used++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (used > 0)
        out[size++] = reversed[--used];
    return size;
}

/* RFC 6901: ~ and / of a name are written ~0 and ~1. */
static uint32_t write_id(struct rehab_text id, char *out)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < id.size; i++) {
        bool escaped = id.at[i] == '~' || id.at[i] == '/';
        out[size++] = (char)(escaped ? '~' : id.at[i]);
        if (escaped) out[size++] = id.at[i] == '~' ? '0' : '1';
    }
    return size;
}

static uint32_t write_step(const struct step *s, char *out)
{
    uint32_t size = 0;
    out[size++] = '/';
    if (s->id.at != NULL) return size + write_id(s->id, out + size);
    if (s->name == NULL) return size + write_number(s->index, out + size);
    for (const char *c = s->name; *c != '\0'; c++)
        out[size++] = *c;
    return size;
}

/* The way as a JSON pointer. Names of members are short and known: 16 bytes are enough for those.
 */
static struct rehab_text write_path(struct builder *b)
{
    size_t room = 1;
    for (uint32_t i = 0; i < b->depth; i++)
        room += 16 + 2 * (size_t)b->path[i].id.size;
    char *out = rehab_alloc(b->scratch, room);
    uint32_t size = 0;
    if (out == NULL) return (struct rehab_text){NULL, 0};
    for (uint32_t i = 0; i < b->depth; i++)
        size += write_step(&b->path[i], out + size);
    return (struct rehab_text){out, size};
}

void build_blame(struct builder *b, enum rehab_fault_code code, struct rehab_text subject,
                 struct rehab_text nearest)
{
    if (b->fault->code != REHAB_FINE) return;
    *b->fault = (struct rehab_fault){code, BUILD_NOTHING, subject, nearest};
    b->fault->pointer = write_path(b);
}

/* About a word, in a member or right here. */
static void blame_word(struct builder *b, enum rehab_fault_code code, const char *name,
                       struct rehab_text word, struct rehab_text nearest)
{
    uint32_t depth = b->depth;
    if (name != NULL) build_enter(b, name);
    build_blame(b, code, word, nearest);
    b->depth = depth;
}

void build_blame_member(struct builder *b, enum rehab_fault_code code, const char *name)
{
    blame_word(b, code, name, BUILD_NOTHING, BUILD_NOTHING);
}

void build_need(struct builder *b, bool holds, enum rehab_fault_code code, const char *name)
{
    if (!holds) build_blame_member(b, code, name);
}

uint32_t build_look_up(struct builder *b, struct rehab_text word, const void *first, size_t stride,
                       uint32_t count, enum rehab_fault_code code, const char *name)
{
    uint32_t found = rehab_find_id(word, first, stride, count);
    if (found != REHAB_NONE) return found;
    uint32_t near = rehab_nearest_id(word, first, stride, count);
    struct rehab_text nearest = BUILD_NOTHING;
    if (near != REHAB_NONE)
        memcpy(&nearest, (const unsigned char *)first + near * stride, sizeof nearest);
    blame_word(b, code, name, word, nearest);
    return REHAB_NONE;
}

void build_check_ids(struct builder *b, const void *first, size_t stride, uint32_t count,
                     uint32_t most, const char *name)
{
    if (count > most) build_blame_member(b, REHAB_TOO_MANY, name);
    for (uint32_t i = 0; i < count && i < most; i++) {
        struct rehab_text id;
        memcpy(&id, (const unsigned char *)first + i * stride, sizeof id);
        build_enter_at(b, name, i);
        if (id.size == 0) build_blame(b, REHAB_MISSING, BUILD_NOTHING, BUILD_NOTHING);
        if (rehab_find_id(id, first, stride, i) != REHAB_NONE)
            build_blame(b, REHAB_DUPLICATE_ID, id, BUILD_NOTHING);
        build_leave(b, 2);
    }
}
