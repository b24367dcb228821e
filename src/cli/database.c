/* SPDX-License-Identifier: Apache-2.0 */
/* A command works on the database that the settings name. When they name none it is the private
 * one: that of a `rehabd run` going on at this moment, or else started for just as long as the
 * command takes. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

bool database_open(struct database *d, const struct config *config, char *why)
{
    *d = (struct database){.started = false};
    if (*config->database_url != '\0') {
        snprintf(d->url, sizeof d->url, "%s", config->database_url);
        return true;
    }
    if (!cluster_choose(&d->cluster, config->data_dir, true, why)) return false;
    if (!cluster_find(&d->cluster)) {
        d->started = true;
        if (!cluster_lock(&d->cluster, "for a command", why) || !cluster_start(&d->cluster, why)) {
            cluster_stop(&d->cluster);
            return false;
        }
    }
    snprintf(d->url, sizeof d->url, "%s", d->cluster.url);
    return true;
}

void database_close(struct database *d)
{
    if (d->started) cluster_stop(&d->cluster);
    d->started = false;
}
