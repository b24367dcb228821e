/* SPDX-License-Identifier: Apache-2.0 */
/* The service, and beside it the sealer of the audit log: a thread that waits on its own
 * connection, so that no request ever does. */
#include "cli.h"

#include "../base/arena.h"
#include "../base/log.h"
#include "../base/metric.h"
#include "../base/time.h"
#include "../http/http.h"
#include "../store/store.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SEAL_EVERY_MS = 500 };

/* ---- the address ---- */

static bool try_listen(const struct addrinfo *a)
{
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    if (fd < 0) return false;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bool free_address = bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 1) == 0;
    int error = errno;
    close(fd);
    errno = error;
    return free_address;
}

/* The workers share the port among themselves, and would share it with another service of this user
 * too: so it is asked for here, alone. */
bool serve_can_listen(const char *listen, char *why)
{
    struct config_address address;
    struct addrinfo *found = NULL;
    char port[8];
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_NUMERICSERV | AI_PASSIVE};
    config_read_address(listen, &address);
    snprintf(port, sizeof port, "%u", address.port);
    int failed = getaddrinfo(address.host, port, &wanted, &found);
    if (failed != 0) {
        snprintf(why, WHY_SIZE, "listen is %s, and %s is no address of this machine (%s)", listen,
                 address.host, gai_strerror(failed));
        return false;
    }
    bool can = try_listen(found);
    freeaddrinfo(found);
    if (can) return true;
    const char *reason = errno == EADDRINUSE ? "in use by another program" : strerror(errno);
    snprintf(why, WHY_SIZE,
             "%s (listen) is not free: %s; choose another with REHABD_LISTEN=127.0.0.1:8081",
             listen, reason);
    return false;
}

/* ---- the sealer ---- */

struct sealer {
    const struct config *config;
    const char *url;
    struct metrics *metrics;
    struct audit_log *log; /* NULL: not connected yet */
    bool lost, refused;    /* and told so */
    int64_t whole_us;      /* when all was sealed last, monotonic */
    char host[HOST_SIZE];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
};

/* true: it is time to stop */
static bool rest(struct sealer *s)
{
    struct timespec until;
    int64_t end = time_tick_us() + SEAL_EVERY_MS * INT64_C(1000);
    until.tv_sec = end / US_PER_SECOND;
    until.tv_nsec = end % US_PER_SECOND * 1000;
    pthread_mutex_lock(&s->lock);
    if (!s->stop) pthread_cond_timedwait(&s->wake, &s->lock, &until);
    bool stop = s->stop;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

/* Of all that speak to the database this thread alone tells that it is away, once: it has one
 * connection and asks twice a second. */
static void tell_lost(struct sealer *s, const char *why)
{
    bool named = *s->config->database_url != '\0'; /* else it is the private one */
    if (s->lost) return;
    s->lost = true;
    LOG(WARNING, DATABASE_LOST, .setting = named ? "database_url" : NULL,
        .source = named ? config_source("database_url") : NULL, .host = s->host,
        .connection_error = why);
}

static void tell_refused(struct sealer *s, const char *why)
{
    if (!s->refused) LOG(ERROR, AUDIT_UNSEALED, .connection_error = why);
    s->refused = true;
}

static bool seal_all(struct sealer *s, int64_t *age_s, char *why)
{
    uint32_t sealed = 0;
    if (s->log == NULL) s->log = store_open_audit(s->url, why, WHY_SIZE);
    if (s->log == NULL) return false;
    bool done = store_seal_audit(s->log, &sealed, why, WHY_SIZE);
    metric_add(s->metrics, METRIC_AUDIT_SEALED, sealed);
    if (sealed > 0) LOG(DEBUG, AUDIT_SEALED, .count = sealed);
    return done && store_measure_unsealed(s->log, age_s, why, WHY_SIZE);
}

static void tend(struct sealer *s)
{
    char why[WHY_SIZE] = "";
    int64_t age_s = 0;
    bool done = seal_all(s, &age_s, why);
    bool away = s->log == NULL || store_has_lost_audit(s->log);
    if (away)
        tell_lost(s, why);
    else if (s->lost)
        LOG(INFO, DATABASE_BACK, .host = s->host);
    if (!away) s->lost = false;
    if (done)
        s->refused = false;
    else if (!away)
        tell_refused(s, why);
    if (done) s->whole_us = time_tick_us() - age_s * US_PER_SECOND;
    metric_set(s->metrics, METRIC_AUDIT_UNSEALED_S,
               done ? age_s : (time_tick_us() - s->whole_us) / US_PER_SECOND);
}

static void *seal(void *world)
{
    struct sealer *s = world;
    do
        tend(s);
    while (!rest(s));
    tend(s); /* what the last requests wrote */
    if (s->log != NULL) store_close_audit(s->log);
    return NULL;
}

static bool start_sealer(struct sealer *s)
{
    pthread_condattr_t clock;
    sigset_t all;
    sigset_t before;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &clock);
    pthread_mutex_init(&s->lock, NULL);
    sigfillset(&all); /* signals are for the service's own thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&s->thread, NULL, seal, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* What the last requests wrote is sealed before the thread ends. */
static void stop_sealer(struct sealer *s)
{
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
}

/* ---- both ---- */

bool serve_until_stopped(const struct config *config, const char *url, void (*ready)(void *),
                         void *world, char *why)
{
    enum log_level level = LOG_INFO;
    struct app app = {.config = config, .started_us = time_now_us(), .metrics = metric_open(0)};
    struct sealer sealer = {
        .config = config, .url = url, .metrics = app.metrics, .whole_us = time_tick_us()};
    arena_keep_memory();
    log_read_level(config->log_level, &level);
    log_set_level(level);
    if (!serve_can_listen(config->listen, why)) return false;
    store_name_host(url, sealer.host, sizeof sealer.host);
    if (app.metrics == NULL || !start_sealer(&sealer)) {
        snprintf(why, WHY_SIZE, "a thread cannot be started");
        metric_close(app.metrics);
        return false;
    }
    bool served = http_serve(&app, url, ready, world, why, WHY_SIZE);
    stop_sealer(&sealer);
    metric_close(app.metrics);
    return served;
}

static void do_nothing(void *world)
{
    (void)world;
}

int cli_serve(int argc, char **argv)
{
    struct config config = {0};
    char why[WHY_SIZE] = "";
    cli_parse_nothing(argc, argv,
                      "Serve until SIGTERM. The database is the one database_url names, migrated "
                      "(`rehabd migrate`) and seeded (`rehabd seed`). Migrations need the owner of "
                      "the database; to serve, any login will do that is a member of rehab_service "
                      "and rehab_sealer, like rehab_login, and it should be no more.");
    if (!cli_read_config(&config)) return EXIT_FAULT;
    if (*config.database_url == '\0') {
        return cli_fail(
            "database_url is not set: set REHABD_DATABASE_URL=postgres://user@host/name, or type "
            "`rehabd run` for a private "
            "database");
    }
    return serve_until_stopped(&config, config.database_url, do_nothing, NULL, why)
               ? 0
               : cli_fail("%s", why);
}
