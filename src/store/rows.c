/* SPDX-License-Identifier: Apache-2.0 */
/* What PostgreSQL wrote (big endian binary) into values. */

#include "rows.h"

#include <assert.h>
#include <endian.h>

static const int64_t epoch_us = INT64_C(946'684'800'000'000);
static const int32_t epoch_day = 10'957;

static const struct cell *cell_at(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(row < rows->count && column < rows->columns);
    return &rows->cell[row * rows->columns + column];
}

static uint32_t get_32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

static uint64_t get_64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return be64toh(value);
}

/* Any whole number by its width. */
static int64_t whole(const struct cell *c)
{
    uint16_t narrow;
    switch (c->size) {
    case 2: memcpy(&narrow, c->at, sizeof narrow); return (int16_t)be16toh(narrow);
    case 4: return (int32_t)get_32(c->at);
    case 8: return (int64_t)get_64(c->at);
    default: return 0;
    }
}

/* PostgreSQL's infinities stay infinite. */
static int64_t time_of(int64_t since_2000)
{
    if (since_2000 == INT64_MIN) return INT64_MIN + 1;
    return since_2000 > INT64_MAX - epoch_us ? INT64_MAX : since_2000 + epoch_us;
}

bool row_is_null(const struct rows *rows, uint32_t row, uint32_t column)
{
    return cell_at(rows, row, column)->size < 0;
}

bool row_bool(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_BOOL);
    const struct cell *c = cell_at(rows, row, column);
    return c->size == 1 && c->at[0] != 0;
}

int32_t row_int4(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_INT4 || rows->types[column] == TYPE_INT2);
    return (int32_t)whole(cell_at(rows, row, column));
}

int64_t row_int8(const struct rows *rows, uint32_t row, uint32_t column)
{
    char type = rows->types[column];
    assert(type == TYPE_INT8 || type == TYPE_INT4 || type == TYPE_INT2);
    (void)type;
    return whole(cell_at(rows, row, column));
}

struct uuid row_uuid(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_UUID);
    const struct cell *c = cell_at(rows, row, column);
    struct uuid id = {{0}};
    if (c->size == (int32_t)sizeof id.byte) memcpy(id.byte, c->at, sizeof id.byte);
    return id;
}

static struct text bytes_of(const struct cell *c)
{
    return c->size < 0 ? (struct text){NULL, 0}
                       : (struct text){(const char *)c->at, (size_t)c->size};
}

struct text row_text(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_TEXT);
    return bytes_of(cell_at(rows, row, column));
}

struct text row_bytes(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_BYTES);
    return bytes_of(cell_at(rows, row, column));
}

int64_t row_time(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_TIME);
    const struct cell *c = cell_at(rows, row, column);
    return c->size < 0 ? NO_TIME : time_of(whole(c));
}

int32_t row_day(const struct rows *rows, uint32_t row, uint32_t column)
{
    assert(rows->types[column] == TYPE_DAY);
    const struct cell *c = cell_at(rows, row, column);
    return c->size < 0 ? NO_DAY : (int32_t)whole(c) + epoch_day;
}

/* ---- arrays ---- */

/* The elements as cells in the arena; NULL and *n 0 when there are none, or the array is not one of
 * one dimension. */
static struct cell *elements(const struct cell *c, struct rehab_arena *arena, uint32_t *n)
{
    *n = 0;
    if (c->size < 20 || get_32(c->at) != 1) return NULL;
    uint32_t count = get_32(c->at + 12);
    const unsigned char *at = c->at + 20, *end = c->at + c->size;
    struct cell *list = rehab_alloc(arena, count * sizeof *list);
    if (list == NULL) return NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (end - at < 4) return NULL;
        int32_t size = (int32_t)get_32(at);
        at += 4;
        if (size > end - at) return NULL;
        list[i] = (struct cell){at, size};
        at += size > 0 ? size : 0;
    }
    *n = count;
    return list;
}

uint32_t row_texts(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, struct text **out)
{
    assert(rows->types[column] == (TYPE_TEXT & ~0x20));
    uint32_t n;
    struct cell *list = elements(cell_at(rows, row, column), arena, &n);
    struct text *value = rehab_alloc(arena, (n + 1) * sizeof *value);
    *out = value;
    if (value == NULL) return 0;
    for (uint32_t i = 0; i < n; i++)
        value[i] = bytes_of(&list[i]);
    return n;
}

uint32_t row_uuids(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, struct uuid **out)
{
    assert(rows->types[column] == (TYPE_UUID & ~0x20));
    uint32_t n;
    struct cell *list = elements(cell_at(rows, row, column), arena, &n);
    struct uuid *value = rehab_alloc(arena, (n + 1) * sizeof *value);
    *out = value;
    if (value == NULL) return 0;
    for (uint32_t i = 0; i < n; i++) {
        memset(&value[i], 0, sizeof value[i]);
        if (list[i].size == (int32_t)sizeof value[i])
            memcpy(&value[i], list[i].at, sizeof value[i]);
    }
    return n;
}

/* Whole numbers or times: `null` stands for NULL elements. */
static uint32_t numbers(const struct cell *c, struct rehab_arena *arena, bool times, int64_t **out)
{
    uint32_t n;
    struct cell *list = elements(c, arena, &n);
    int64_t *value = rehab_alloc(arena, (n + 1) * sizeof *value);
    *out = value;
    if (value == NULL) return 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t number = list[i].size < 0 ? 0 : whole(&list[i]);
        value[i] = !times ? number : list[i].size < 0 ? NO_TIME : time_of(number);
    }
    return n;
}

uint32_t row_times(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, int64_t **out)
{
    assert(rows->types[column] == (TYPE_TIME & ~0x20));
    return numbers(cell_at(rows, row, column), arena, true, out);
}

uint32_t row_int8s(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, int64_t **out)
{
    char type = rows->types[column];
    assert(type == (TYPE_INT8 & ~0x20) || type == (TYPE_INT4 & ~0x20) ||
           type == (TYPE_INT2 & ~0x20));
    (void)type;
    return numbers(cell_at(rows, row, column), arena, false, out);
}
