/* SPDX-License-Identifier: Apache-2.0 */
/* The files the binary carries: the contract, the migrations, the seed. The Makefile lists them. */
#pragma once

#include "text.h"

struct embed {
    const char *name; /* "openapi.json", "sql/migrate/001_catalogue.sql" */
    struct text text; /* the byte after the end is 0 */
};

bool embed_find(const char *name, struct embed *out);

/* The files whose names begin with `prefix`, in the order of their names: `*i` is 0 at first, false
 * comes after the last. */
bool embed_next(const char *prefix, int *i, struct embed *out);
