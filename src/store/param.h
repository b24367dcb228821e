/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of one statement, bound in the order of its `in` list. Each binder asserts that the
 * statement expects its type there. Values are copied into the arena of the call in the form
 * PostgreSQL reads; a full arena is noticed once, when the query is run. */
#pragma once

#include "../base/model.h"
#include "statement.h"

struct params {
    struct rehab_arena *arena;
    const char *types; /* letters of the statement, counted off as values come */
    const char **value;
    int *size;
    int *format;
    uint32_t count;
};

void param_null(struct params *p);
void param_bool(struct params *p, bool value);
void param_int2(struct params *p, int16_t value);
void param_int4(struct params *p, int32_t value);
void param_int8(struct params *p, int64_t value);
void param_uuid(struct params *p, struct uuid value);
void param_text(struct params *p,
                struct text value); /* text, jsonb, numeric; NULL only when value.at is NULL */
void param_optional(struct params *p, struct text value); /* the same, but an empty text is NULL */
void param_bytes(struct params *p, const void *at, size_t size); /* NULL when at is NULL */
void param_time(struct params *p, int64_t us);                   /* NO_TIME is NULL */
void param_day(struct params *p, int32_t day);                   /* NO_DAY is NULL */

void param_bools(struct params *p, const bool *value, size_t n);
void param_int4s(struct params *p, const int32_t *value, size_t n);
void param_int8s(struct params *p, const int64_t *value, size_t n);
void param_uuids(struct params *p, const struct uuid *value, size_t n);
void param_texts(struct params *p, const struct text *value,
                 size_t n); /* an element with at == NULL is NULL */
void param_times(struct params *p, const int64_t *us, size_t n); /* NO_TIME elements are NULL */

/* The parameters of `n` executions of one statement become those of the statement that does the
 * same for all of them at once (statement.awk tells their form). false: an array that is NULL
 * cannot be told there, or the arena is full. */
bool param_join(struct params *p, const struct params *const *one, size_t n);
