/* SPDX-License-Identifier: Apache-2.0 */
/* The migrations lie in the program itself: sql/migrate/NNN_name.sql. */
#include "cli.h"

#include "../base/embed.h"
#include "../store/migrate.h"

#include <stdio.h>
#include <stdlib.h>

enum { MIGRATIONS_LIMIT = 1000 };

static const char folder[] = "sql/migrate/";

static void tell_applied(const struct migration *m)
{
    printf("applied %s\n", m->name);
}

static size_t list_migrations(struct migration *out)
{
    struct embed file;
    size_t count = 0;
    for (int i = 0; count < MIGRATIONS_LIMIT && embed_next(folder, &i, &file); count++) {
        const char *name = file.name + sizeof folder - 1;
        out[count] = (struct migration){(int32_t)strtol(name, NULL, 10), name, file.text};
    }
    return count;
}

static bool migrate(const char *url, bool tell, struct migration_report *report, char *why)
{
    struct migration *list = calloc(MIGRATIONS_LIMIT, sizeof *list);
    if (list == NULL) return false;
    size_t count = list_migrations(list);
    bool done = store_migrate(url, list, count, tell ? tell_applied : NULL, report, why, WHY_SIZE);
    free(list);
    return done;
}

bool migrate_database(const char *url, bool tell, char *why)
{
    struct migration_report report;
    return migrate(url, tell, &report, why);
}

int cli_migrate(int argc, char **argv)
{
    struct config config = {0};
    struct database d;
    struct migration_report report;
    char why[WHY_SIZE] = "there is no memory";
    cli_parse_nothing(argc, argv,
                      "Bring the database to the schema of this program. Safe to repeat, and from "
                      "several machines at once.");
    if (!cli_read_config(&config)) return EXIT_FAULT;
    if (!database_open(&d, &config, why)) return cli_fail("%s", why);
    bool done = migrate(d.url, true, &report, why);
    database_close(&d);
    if (!done) return cli_fail("%s", why);
    printf("%d applied, the database is at %d\n", report.applied, report.newest);
    return EXIT_SUCCESS;
}
