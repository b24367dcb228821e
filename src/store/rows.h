/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of one statement, copied into the arena of the call: it lives as long as the call and
 * holds nothing of libpq. Readers assert the type. Rows count from 0; columns are
 * LOAD_EPISODE_PHASE and the like (statement.h). */
#pragma once

#include "../base/model.h"
#include "statement.h"

struct cell {
    const unsigned char *at; /* followed by a 0 */
    int32_t size;            /* -1: NULL */
};

struct rows {
    const char *types;
    const struct cell *cell;
    uint32_t count;
    uint32_t columns;
};

bool row_is_null(const struct rows *rows, uint32_t row, uint32_t column);
bool row_bool(const struct rows *rows, uint32_t row, uint32_t column);    /* NULL: false */
int32_t row_int4(const struct rows *rows, uint32_t row, uint32_t column); /* int2 too; NULL: 0 */
int64_t row_int8(const struct rows *rows, uint32_t row,
                 uint32_t column); /* int2, int4 too; NULL: 0 */
struct uuid row_uuid(const struct rows *rows, uint32_t row, uint32_t column); /* NULL: nil */
struct text row_text(const struct rows *rows, uint32_t row,
                     uint32_t column); /* NULL: at is NULL; also a C string */
struct text row_bytes(const struct rows *rows, uint32_t row, uint32_t column); /* bytea */
int64_t row_time(const struct rows *rows, uint32_t row, uint32_t column);      /* NULL: NO_TIME */
int32_t row_day(const struct rows *rows, uint32_t row, uint32_t column);       /* NULL: NO_DAY */

/* Arrays of one dimension: number of elements; `out` lies in the arena. NULL arrays count 0; NULL
 * elements read as above. */
uint32_t row_texts(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, struct text **out);
uint32_t row_uuids(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, struct uuid **out);
uint32_t row_times(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, int64_t **out);
uint32_t row_int8s(const struct rows *rows, uint32_t row, uint32_t column,
                   struct rehab_arena *arena, int64_t **out);
