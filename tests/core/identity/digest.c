/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

enum { DEEP = 16 };

/* MemorySanitizer looks at what is read here, not at what becomes of it */
#ifdef IDENTITY_MSAN
#include <sanitizer/msan_interface.h>
#define MUST_BE_WRITTEN(at, size) __msan_check_mem_is_initialized(at, size)
#else
#define MUST_BE_WRITTEN(at, size) ((void)0)
#endif

/* The layout, with every name looked up once. */
struct member {
    char kind;      /* of a number: its letter; 's': a struct; 0: not looked at */
    uint32_t size;  /* of one */
    uint32_t inner; /* struct: its own row */
    uint32_t count; /* rows: where their number stands; REHAB_NONE: no rows */
};
enum { FIELDS = 1024 };
static struct member members[FIELDS];
static struct rehab_field fields[FIELDS];
static uint32_t field_count;

void digest_add(struct digest *d, uint64_t value)
{
    d->at = (d->at ^ value) * UINT64_C(0x100000001b3);
    d->at ^= d->at >> 29;
}

void digest_bytes(struct digest *d, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    MUST_BE_WRITTEN(bytes, size);
    digest_add(d, size);
    for (size_t i = 0; i < size; i++)
        digest_add(d, at[i]);
}

static bool same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static uint32_t find(const char *of, const char *name)
{
    uint32_t i = 0;
    while (i < field_count && !(same(fields[i].of, of) && same(fields[i].name, name)))
        i++;
    return i;
}

static struct member look_up(const struct rehab_field *f)
{
    static const struct {
        const char *type;
        char kind;
        uint32_t size;
    } numbers[] = {{"bool", 'b', 1}, {"u8", 'b', 1},  {"u16", 'h', 2},
                   {"u32", 'w', 4},  {"i32", 'i', 4}, {"i64", 'l', 8}};
    const char *type = f->type + (*f->type == '*');
    struct member m = {.count = REHAB_NONE};
    for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (!same(type, numbers[i].type)) continue;
        m.kind = numbers[i].kind;
        m.size = numbers[i].size;
    }
    uint32_t inner = find(type, "");
    if (inner < field_count) {
        m.kind = 's';
        m.size = fields[inner].size;
        m.inner = inner;
    }
    if (*f->type == '*') m.count = fields[find(f->of, f->count)].at;
    return m;
}

static void read_layout(void)
{
    if (field_count > 0) return;
    while (field_count < FIELDS && rehab_layout(field_count, &fields[field_count]))
        field_count++;
    for (uint32_t i = 0; i < field_count; i++)
        members[i] = look_up(&fields[i]);
}

static uint64_t number(char kind, uint32_t size, const unsigned char *at)
{
    MUST_BE_WRITTEN(at, size);
    (void)size;
    switch (kind) {
    case 'h': return *(const uint16_t *)(const void *)at;
    case 'w': return *(const uint32_t *)(const void *)at;
    case 'i': return (uint64_t)(int64_t) * (const int32_t *)(const void *)at;
    case 'l': return (uint64_t) * (const int64_t *)(const void *)at;
    default: return *at;
    }
}

static void add_struct(struct digest *d, uint32_t row, const unsigned char *at, int depth)
{
    for (uint32_t i = row + 1; i < field_count && *fields[i].name != '\0'; i++) {
        const struct member *m = &members[i];
        const unsigned char *value = at + fields[i].at;
        uint32_t count = 1;
        if (m->kind == 0 || same(fields[i].type, "constant") || depth > DEEP) continue;
        if (m->count != REHAB_NONE) {
            count = *(const uint32_t *)(const void *)(at + m->count);
            value = *(const unsigned char *const *)(const void *)value;
        }
        for (uint32_t k = 0; k < count; k++) {
            if (m->kind == 's') add_struct(d, m->inner, value + k * m->size, depth + 1);
            if (m->kind != 's') digest_add(d, number(m->kind, m->size, value + k * m->size));
        }
    }
}

void digest_struct(struct digest *d, const char *name, const void *at)
{
    read_layout();
    add_struct(d, find(name, ""), at, 0);
}
