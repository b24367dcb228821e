/* SPDX-License-Identifier: Apache-2.0 */
/* The problem table as lookups. */
#include "result.h"

#include <assert.h>

struct row {
    int status;
    const char *slug;
    const char *type;
    const char *title;
    const char *detail;
};

static const struct row rows[PROBLEM_COUNT] = {
    [OK] = {200, "ok", "ok", "Done", "Nothing is left to do."},
#define PROBLEM(name, status, slug, type, title, detail)                                           \
    [name] = {status, slug, type, title, detail},
#include "problem.def"
#undef PROBLEM
};

static const struct row *find_row(enum problem_code code)
{
    assert(code < PROBLEM_COUNT);
    return &rows[code];
}

int problem_status(enum problem_code code)
{
    return find_row(code)->status;
}

const char *problem_slug(enum problem_code code)
{
    return find_row(code)->slug;
}

const char *problem_type(enum problem_code code)
{
    return find_row(code)->type;
}

const char *problem_title(enum problem_code code)
{
    return find_row(code)->title;
}

const char *problem_detail(enum problem_code code)
{
    return find_row(code)->detail;
}
