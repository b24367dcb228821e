/* SPDX-License-Identifier: Apache-2.0 */
/* The table of statements, and PostgreSQL's numbers for the types they speak of. */

#include "statement.h"

#include <stddef.h>

#pragma GCC diagnostic ignored                                                                     \
    "-Woverlength-strings" /* a statement may be longer than the 4095 bytes C promises */

const struct statement_text statement_table[STATEMENT_COUNT + 1] = {
#define STATEMENT(name, label, in, out, many, text) {label, in, out, text, many},
#define COLUMN(name, index)
#include "statement.def"
#undef STATEMENT
#undef COLUMN
    {NULL, NULL, NULL, NULL, 0},
};

/* From pg_type.dat; these numbers have been the same since PostgreSQL 8 or 9. */
static const struct {
    char letter;
    uint32_t oid, array_oid;
} type_table[] = {
    {TYPE_BOOL, 16, 1000},   {TYPE_INT2, 21, 1005},      {TYPE_INT4, 23, 1007},
    {TYPE_INT8, 20, 1016},   {TYPE_TEXT, 25, 1009},      {TYPE_UUID, 2950, 2951},
    {TYPE_BYTES, 17, 1001},  {TYPE_TIME, 1184, 1185},    {TYPE_DAY, 1082, 1182},
    {TYPE_JSON, 3802, 3807}, {TYPE_NUMERIC, 1700, 1231},
};

uint32_t statement_type_oid(char letter)
{
    for (size_t i = 0; i < sizeof type_table / sizeof *type_table; i++) {
        if (type_table[i].letter == letter) return type_table[i].oid;
        if (type_table[i].letter == (letter | 0x20)) return type_table[i].array_oid;
    }
    return 0;
}
