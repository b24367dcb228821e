/* SPDX-License-Identifier: Apache-2.0 */
/* The problem table as three lookups. */
#include "result.h"

#include <assert.h>

struct row {
    int status;
    const char *slug;
    const char *title;
};

static const struct row rows[PROBLEM_COUNT] = {
    [OK] = {200, "ok", "Done"},
#define PROBLEM(name, status, slug, title) [name] = {status, slug, title},
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

const char *problem_title(enum problem_code code)
{
    return find_row(code)->title;
}
