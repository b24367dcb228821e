/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of sql/query, by index. statement.def is generated (statement.awk): nothing here
 * assembles SQL. */
#pragma once

#include <stdint.h>

enum statement {
#define STATEMENT(name, label, in, out, many, text) STATEMENT_##name,
#define COLUMN(name, index)
#include "statement.def"
#undef STATEMENT
#undef COLUMN
    STATEMENT_COUNT
};

/* Places of columns in the rows of a statement: LOAD_EPISODE_PHASE. */
enum statement_column {
#define STATEMENT(name, label, in, out, many, text)
#define COLUMN(name, index) name = (index),
#include "statement.def"
#undef STATEMENT
#undef COLUMN
    STATEMENT_COLUMNS_END = -1
};

/* A letter for each type; in capitals it is an array of it. */
enum {
    TYPE_BOOL = 'b',
    TYPE_INT2 = 's',
    TYPE_INT4 = 'i',
    TYPE_INT8 = 'l',
    TYPE_TEXT = 't',
    TYPE_UUID = 'u',
    TYPE_BYTES = 'y',
    TYPE_TIME = 'z',
    TYPE_DAY = 'd',
    TYPE_JSON = 'j',    /* parameter only: select it ::text */
    TYPE_NUMERIC = 'n', /* parameter only: select it ::text */
};

struct statement_text {
    const char *label; /* the name it is prepared under */
    const char *in;    /* a type letter for each parameter */
    const char *out;   /* a type letter for each column */
    const char *text;
    uint32_t many; /* the statement that does the same for many at once; 0: there is none */
};

extern const struct statement_text statement_table[STATEMENT_COUNT + 1];

/* PostgreSQL's number for a type letter; 0 is no type. */
uint32_t statement_type_oid(char letter);
