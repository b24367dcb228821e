/* SPDX-License-Identifier: Apache-2.0 */
/* All in one: what somebody types first. Steps in order, each leaving things so that the next start
 * finds them done; what is printed at the end is all that is printed. */
#include "cli.h"

#include "../base/log.h"
#include "../base/time.h"
#include "version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct run {
    struct config config;
    struct cluster cluster;
    bool private_database;
    char url[2048]; /* what it is served from */
    char token[TOKEN_SIZE];
    int64_t started_us;
};

/* The place where the token lies, and the private database when there is no other. From here on we
 * are no longer root. */
static bool prepare_folder(struct run *r, char *why)
{
    r->private_database = *r->config.database_url == '\0';
    return cluster_choose(&r->cluster, r->config.data_dir, true, why) &&
           cluster_become_user(&r->cluster, why) &&
           cluster_lock(&r->cluster, r->config.listen, why);
}

/* Only migrations are made as the owner of the database. Whose own it is has named one login for
 * both. */
static bool prepare_database(struct run *r, char *why)
{
    const char *own = r->config.database_url;
    if (r->private_database && !cluster_start(&r->cluster, why)) return false;
    snprintf(r->url, sizeof r->url, "%s", r->private_database ? r->cluster.login_url : own);
    return migrate_database(r->private_database ? r->cluster.url : own, false, why);
}

static bool prepare_content(struct run *r, char *why)
{
    log_set_level(LOG_WARNING); /* of these steps only what goes wrong is of interest */
    struct session *s = session_open(r->url, &r->config, why);
    if (s == NULL) return false;
    bool done = seed_catalogue(s, false, why) && demo_prepare(s, r->config.data_dir, r->token, why);
    session_close(s);
    return done;
}

/* What people paste into chats is the block below: without being asked, only what goes wrong is
 * logged beside it. */
static void quieten(struct config *config)
{
    if (strcmp(config_source("log_level"), "default") == 0) config->log_level = "warning";
}

static void print_ready(void *world)
{
    const struct run *r = world;
    const char *at = r->config.listen;
    printf("rehabd %s is ready in %.1f s\n", REHABD_VERSION,
           (double)(time_tick_us() - r->started_us) / 1e6);
    printf("  API         http://%s/v1          spec: /openapi.json\n", at);
    printf("  token       %s\n", r->token);
    printf("              try: curl -H \"Authorization: Bearer %s\" http://%s/v1/protocols\n",
           r->token, at);
    if (r->private_database) {
        printf("  data        %s (private PostgreSQL, unix socket only)\n", r->config.data_dir);
        printf("              own database: REHABD_DATABASE_URL=postgres://user@host/name\n");
    } else {
        printf("  data        the database of REHABD_DATABASE_URL; the token lies in %s\n",
               r->config.data_dir);
    }
    printf("  stop        Ctrl-C        another key: %s key create --role clinician\n",
           program_invocation_name);
    fflush(stdout);
}

static bool run(struct run *r, char *why)
{
    if (!serve_can_listen(r->config.listen, why) || !prepare_database(r, why) ||
        !prepare_content(r, why))
        return false;
    if (!r->private_database) return serve_until_stopped(&r->config, r->url, print_ready, r, why);
    struct keeper *keeper = keeper_start(&r->cluster);
    if (keeper == NULL) snprintf(why, WHY_SIZE, "a thread cannot be started");
    bool served = keeper != NULL && serve_until_stopped(&r->config, r->url, print_ready, r, why);
    keeper_stop(keeper);
    return served;
}

int cli_run(int argc, char **argv)
{
    static struct run r;
    char why[WHY_SIZE] = "";
    r.started_us = time_tick_us();
    cli_parse_nothing(argc, argv,
                      "Start a private PostgreSQL, load the catalogue and a demonstration clinic, "
                      "and serve until Ctrl-C. The "
                      "data stays for the next start.");
    if (!cli_read_config(&r.config)) return EXIT_FAULT;
    quieten(&r.config);
    if (!prepare_folder(&r, why)) return cli_fail("%s", why);
    bool done = run(&r, why);
    cluster_stop(&r.cluster);
    return done ? EXIT_SUCCESS : cli_fail("%s", why);
}
