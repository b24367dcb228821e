/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

#include "../base/embed.h"
#include "../base/time.h"

/* The number of the newest migration that this binary carries: the files begin with it. */
static int32_t newest_migration(void)
{
    static const char folder[] = "sql/migrate/";
    struct embed file;
    int32_t newest = 0;
    for (int i = 0; embed_next(folder, &i, &file);) {
        int32_t number = 0;
        for (const char *at = file.name + sizeof folder - 1; *at >= '0' && *at <= '9'; at++) {
            number = number * 10 + (*at - '0');
        }
        if (number > newest) newest = number;
    }
    return newest;
}

struct result service_check_readiness(struct call *c, struct readiness *out)
{
    struct store_state state = {0};
    int64_t from_us = time_tick_us();
    struct result r = store_check_ready(c, &state);
    if (r.code == NO_MEMORY) return r;
    *out = (struct readiness){
        .database = r.code == OK && !state.standby,
        .database_us = time_tick_us() - from_us,
        .schema_applied = state.migration,
        .schema_known = newest_migration(),
        .catalogue = !catalogue_is_empty(c),
        .workers = atomic_load(&c->app->workers_ready),
        .workers_wanted = c->app->worker_count,
        .draining = atomic_load(&c->app->draining),
    };
    out->schema =
        out->schema_applied >= out->schema_known; /* a newer schema serves an older binary too */
    /* the next request may reach any worker, so one that is ready is not enough */
    out->ready = out->database && out->schema && out->catalogue && !out->draining &&
                 out->workers >= out->workers_wanted;
    return DONE;
}
