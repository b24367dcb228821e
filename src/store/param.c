/* SPDX-License-Identifier: Apache-2.0 */
/* Values into the form PostgreSQL reads: big endian binary, but for jsonb and numeric, which go as
 * text. */

#include "param.h"

#include <assert.h>
#include <endian.h>

/* PostgreSQL counts from 2000-01-01 */
static const int64_t epoch_us = INT64_C(946'684'800'000'000);
static const int32_t epoch_day = 10'957;

/* The next place, whose type must be `letter`. NULL: the arena is full, and the caller leaves it at
 * that. */
static void *place(struct params *p, char letter, size_t size)
{
    assert(p->arena->full ||
           p->types[p->count] == letter); /* of a full arena the count stands still */
    void *at = rehab_alloc(p->arena, size > 0 ? size : 1);
    if (p->arena->full) return NULL;
    p->value[p->count] = at;
    p->size[p->count] = (int)size;
    p->format[p->count] = 1;
    p->count++;
    return at;
}

void param_null(struct params *p)
{
    if (p->arena->full) return;
    assert(p->types[p->count] != '\0');
    p->value[p->count] = NULL;
    p->size[p->count] = 0;
    p->format[p->count] = 1;
    p->count++;
}

static void place_16(struct params *p, char letter, uint16_t value)
{
    value = htobe16(value);
    void *at = place(p, letter, sizeof value);
    if (at != NULL) memcpy(at, &value, sizeof value);
}

static void place_32(struct params *p, char letter, uint32_t value)
{
    value = htobe32(value);
    void *at = place(p, letter, sizeof value);
    if (at != NULL) memcpy(at, &value, sizeof value);
}

static void place_64(struct params *p, char letter, uint64_t value)
{
    value = htobe64(value);
    void *at = place(p, letter, sizeof value);
    if (at != NULL) memcpy(at, &value, sizeof value);
}

void param_bool(struct params *p, bool value)
{
    unsigned char *at = place(p, TYPE_BOOL, 1);
    if (at != NULL) *at = value;
}

void param_int2(struct params *p, int16_t value)
{
    place_16(p, TYPE_INT2, (uint16_t)value);
}

void param_int4(struct params *p, int32_t value)
{
    place_32(p, TYPE_INT4, (uint32_t)value);
}

void param_int8(struct params *p, int64_t value)
{
    place_64(p, TYPE_INT8, (uint64_t)value);
}

void param_uuid(struct params *p, struct uuid value)
{
    void *at = place(p, TYPE_UUID, sizeof value.byte);
    if (at != NULL) memcpy(at, value.byte, sizeof value.byte);
}

void param_text(struct params *p, struct text value)
{
    if (value.at == NULL) {
        param_null(p);
        return;
    }
    char letter = p->types[p->count];
    assert(p->arena->full || letter == TYPE_TEXT || letter == TYPE_JSON || letter == TYPE_NUMERIC);
    char *at = place(p, letter, value.size + 1);
    if (at == NULL) return;
    if (value.size > 0) memcpy(at, value.at, value.size);
    at[value.size] = '\0';
    p->size[p->count - 1] = (int)value.size;
    p->format[p->count - 1] = letter == TYPE_TEXT;
}

void param_optional(struct params *p, struct text value)
{
    param_text(p, value.size > 0 ? value : (struct text){NULL, 0});
}

void param_bytes(struct params *p, const void *at, size_t size)
{
    if (at == NULL) {
        param_null(p);
        return;
    }
    void *copy = place(p, TYPE_BYTES, size);
    if (copy != NULL && size > 0) memcpy(copy, at, size);
}

void param_time(struct params *p, int64_t us)
{
    if (us == NO_TIME)
        param_null(p);
    else
        place_64(p, TYPE_TIME, (uint64_t)(us - epoch_us));
}

void param_day(struct params *p, int32_t day)
{
    if (day == NO_DAY)
        param_null(p);
    else
        place_32(p, TYPE_DAY, (uint32_t)(day - epoch_day));
}

/* ---- arrays: a head of 20 bytes, then for each element its length (-1: NULL) and its bytes ----
 */

static unsigned char *put_32(unsigned char *at, uint32_t value)
{
    value = htobe32(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

static unsigned char *put_64(unsigned char *at, uint64_t value)
{
    value = htobe64(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

/* Room for n elements with `bytes` bytes of content between them; returns where the first element
 * begins. */
static unsigned char *array(struct params *p, char letter, size_t n, size_t bytes, bool has_null)
{
    size_t size = n == 0 ? 12 : 20 + 4 * n + bytes;
    unsigned char *at = place(p, (char)(letter & ~0x20), size);
    if (at == NULL) return NULL;
    at = put_32(at, n > 0);
    at = put_32(at, has_null);
    at = put_32(at, statement_type_oid(letter));
    if (n == 0) return at;
    at = put_32(at, (uint32_t)n);
    return put_32(at, 1);
}

void param_bools(struct params *p, const bool *value, size_t n)
{
    unsigned char *at = array(p, TYPE_BOOL, n, n, false);
    for (size_t i = 0; at != NULL && i < n; i++) {
        at = put_32(at, 1);
        *at++ = value[i];
    }
}

void param_int4s(struct params *p, const int32_t *value, size_t n)
{
    unsigned char *at = array(p, TYPE_INT4, n, 4 * n, false);
    for (size_t i = 0; at != NULL && i < n; i++)
        at = put_32(put_32(at, 4), (uint32_t)value[i]);
}

void param_int8s(struct params *p, const int64_t *value, size_t n)
{
    unsigned char *at = array(p, TYPE_INT8, n, 8 * n, false);
    for (size_t i = 0; at != NULL && i < n; i++)
        at = put_64(put_32(at, 8), (uint64_t)value[i]);
}

void param_uuids(struct params *p, const struct uuid *value, size_t n)
{
    unsigned char *at = array(p, TYPE_UUID, n, sizeof *value * n, false);
    for (size_t i = 0; at != NULL && i < n; i++) {
        at = put_32(at, sizeof *value);
        memcpy(at, value[i].byte, sizeof *value);
        at += sizeof *value;
    }
}

void param_texts(struct params *p, const struct text *value, size_t n)
{
    size_t bytes = 0;
    bool has_null = false;
    for (size_t i = 0; i < n; i++) {
        bytes += value[i].size;
        has_null = has_null || value[i].at == NULL;
    }
    unsigned char *at = array(p, TYPE_TEXT, n, bytes, has_null);
    for (size_t i = 0; at != NULL && i < n; i++) {
        if (value[i].at == NULL) {
            at = put_32(at, UINT32_MAX);
            continue;
        }
        at = put_32(at, (uint32_t)value[i].size);
        memcpy(at, value[i].at, value[i].size);
        at += value[i].size;
    }
}

void param_times(struct params *p, const int64_t *us, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += us[i] == NO_TIME ? 0 : 8;
    unsigned char *at = array(p, TYPE_TIME, n, bytes, bytes < 8 * n);
    for (size_t i = 0; at != NULL && i < n; i++) {
        at = us[i] == NO_TIME ? put_32(at, UINT32_MAX)
                              : put_64(put_32(at, 8), (uint64_t)(us[i] - epoch_us));
    }
}

/* ---- many at once ---- */

static bool is_array(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

static uint32_t get_32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

/* Of an array as made above; one without elements has no dimension. */
static uint32_t count_elements(const struct params *one, uint32_t at)
{
    return one->size[at] > 12 ? get_32(one->value[at] + 12) : 0;
}

/* Single values become the elements of an array. */
static void join_values(struct params *p, const struct params *const *one, size_t n, uint32_t at)
{
    size_t bytes = 0;
    bool has_null = false;
    for (size_t i = 0; i < n; i++) {
        assert(one[i]->format[at] == 1);
        bytes += (size_t)one[i]->size[at];
        has_null = has_null || one[i]->value[at] == NULL;
    }
    unsigned char *to = array(p, one[0]->types[at], n, bytes, has_null);
    for (size_t i = 0; to != NULL && i < n; i++) {
        size_t size = (size_t)one[i]->size[at];
        to = put_32(to, one[i]->value[at] != NULL ? (uint32_t)size : UINT32_MAX);
        if (size > 0) to = mempcpy(to, one[i]->value[at], size);
    }
}

/* The elements of arrays end to end. */
static void join_arrays(struct params *p, const struct params *const *one, size_t n, uint32_t at)
{
    size_t elements = 0;
    size_t bytes = 0;
    bool has_null = false;
    for (size_t i = 0; i < n; i++) {
        uint32_t count = count_elements(one[i], at);
        if (count == 0) continue;
        elements += count;
        bytes += (size_t)one[i]->size[at] - 20 - 4 * (size_t)count;
        has_null = has_null || get_32(one[i]->value[at] + 4) != 0;
    }
    unsigned char *to = array(p, (char)(one[0]->types[at] | 0x20), elements, bytes, has_null);
    for (size_t i = 0; to != NULL && i < n; i++) {
        if (count_elements(one[i], at) > 0)
            to = mempcpy(to, one[i]->value[at] + 20, (size_t)one[i]->size[at] - 20);
    }
}

/* Where among them the elements of each begin, and where the last ones end. */
static void add_places(struct params *p, const struct params *const *one, size_t n, uint32_t at)
{
    uint32_t place_of = 0;
    unsigned char *to = array(p, TYPE_INT4, n + 1, 4 * (n + 1), false);
    for (size_t i = 0; to != NULL && i <= n; i++) {
        to = put_32(put_32(to, 4), place_of);
        if (i < n) place_of += count_elements(one[i], at);
    }
}

static bool has_null_array(const struct params *one)
{
    for (uint32_t i = 0; i < one->count; i++) {
        if (is_array(one->types[i]) && one->value[i] == NULL) return true;
    }
    return false;
}

bool param_join(struct params *p, const struct params *const *one, size_t n)
{
    const char *types = one[0]->types;
    for (size_t i = 0; i < n; i++) {
        assert(one[i]->size[0] == one[0]->size[0] &&
               memcmp(one[i]->value[0], one[0]->value[0], (size_t)one[0]->size[0]) == 0);
        if (has_null_array(one[i])) return false;
    }
    void *first = place(p, types[0], (size_t)one[0]->size[0]);
    if (first != NULL) memcpy(first, one[0]->value[0], (size_t)one[0]->size[0]);
    for (uint32_t at = 1; at < one[0]->count; at++) {
        if (!is_array(types[at])) {
            join_values(p, one, n, at);
            continue;
        }
        join_arrays(p, one, n, at);
        if (!is_array(types[at + 1])) add_places(p, one, n, at);
    }
    return !p->arena->full;
}
