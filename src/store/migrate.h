/* SPDX-License-Identifier: Apache-2.0 */
/* Brings a database to the schema of this program: numbered files, only forward, each in one
 * transaction, under a lock, and each remembered with its digest so that a file that was changed
 * afterwards is noticed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "../base/text.h"

struct migration {
    int32_t number;
    const char *name; /* 003_trust.sql */
    struct text sql;  /* terminated */
};

struct migration_report {
    int32_t applied; /* now, by this call */
    int32_t newest;  /* number of the newest one the database has */
};

/* `list` is ordered by number. `tell` hears of each one that was applied; may be NULL. The user of
 * `url` owns the database or is a superuser. On a failure false with one line in `why`, and the
 * database is as the last whole migration left it. */
bool store_migrate(const char *url, const struct migration *list, size_t count,
                   void (*tell)(const struct migration *), struct migration_report *out, char *why,
                   size_t size);
