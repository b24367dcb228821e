/* SPDX-License-Identifier: Apache-2.0 */
/* The process around the loops: sockets, threads, signals. The main thread only waits. */

#include "http.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"

#include "../base/config.h"
#include "../base/log.h"
#include "../base/time.h"

struct server {
    struct app *app;
    struct loop *loops;
    uint32_t open, running; /* loops that are */
    int signals;
};

static void panic(void *world, const char *file, unsigned int line, const char *reason)
{
    (void)world;
    (void)file;
    (void)reason;
    LOG(ERROR, HTTP_PANIC, .count = line);
    abort();
}

static uint32_t worker_count(const struct config *config)
{
    if (config->workers > 0) return (uint32_t)config->workers;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && cores <= 256 ? (uint32_t)cores : 1;
}

/* As many descriptors as we may have: each connection is one. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- listening ---- */

/* One of several sockets on the same address (`shared`), or the only one: then it fails when
 * anybody else listens there. */
static int listen_on(const struct addrinfo *at, bool shared)
{
    const int one = 1;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (shared) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 4096) == 0) return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static struct addrinfo *find_address(const struct config *config, char *error, size_t size)
{
    struct config_address address;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *found = NULL;
    char port[8];
    if (!config_read_address(config->listen, &address)) {
        snprintf(error, size, "listen: `%s` is not host:port, like 127.0.0.1:8080", config->listen);
        return NULL;
    }
    snprintf(port, sizeof port, "%u", address.port);
    int failed = getaddrinfo(address.host, port, &hints, &found);
    if (failed != 0)
        snprintf(error, size, "listen: the host of `%s` cannot be found: %s", config->listen,
                 gai_strerror(failed));
    return failed == 0 ? found : NULL;
}

static bool open_loops(struct server *s, const char *database_url, char *error, size_t size)
{
    const char *listen_text = s->app->config->listen;
    struct addrinfo *at = find_address(s->app->config, error, size);
    if (at == NULL) return false;
    int probe = listen_on(
        at,
        false); /* with SO_REUSEPORT alone, a second service would share the port without a word */
    bool fine = probe >= 0;
    if (fine) close(probe);
    while (fine && s->open < s->app->worker_count) {
        int fd = listen_on(at, true);
        fine = fd >= 0;
        if (!fine) break;
        struct worker *worker = &s->app->workers[s->open];
        *worker = (struct worker){.app = s->app, .number = s->open};
        bool opened = loop_open(&s->loops[s->open++], worker, database_url, fd, error, size);
        if (!opened) break;
    }
    if (!fine) snprintf(error, size, "listen: %s cannot be used: %s", listen_text, strerror(errno));
    freeaddrinfo(at);
    return fine && error[0] == '\0';
}

/* ---- running ---- */

static bool start_threads(struct server *s, char *error, size_t size)
{
    while (s->running < s->open) {
        struct loop *loop = &s->loops[s->running];
        if (pthread_create(&loop->thread, NULL, loop_run, loop) != 0) {
            snprintf(error, size, "a worker cannot be started: there are no more threads");
            return false;
        }
        s->running++;
    }
    return true;
}

static bool are_ready(const struct server *s)
{
    for (uint32_t i = 0; i < s->running; i++)
        if (!s->loops[i].ready) return false;
    return true;
}

/* The signal that came, or 0 after `ms`. */
static int wait_signal(const struct server *s, int ms)
{
    struct pollfd p = {.fd = s->signals, .events = POLLIN};
    struct signalfd_siginfo info;
    if (poll(&p, 1, ms) <= 0 || read(s->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return 0;
    return (int)info.ssi_signo;
}

static void tell(struct server *s, int how)
{
    const uint64_t one = 1;
    for (uint32_t i = 0; i < s->running; i++) {
        s->loops[i].stopping = how;
        if (write(s->loops[i].wake_fd, &one, sizeof one) < 0)
            continue; /* it looks by itself within a second */
    }
}

/* Joins the threads; a second signal ends the patience. */
static void join(struct server *s)
{
    while (s->running > 0) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += 100'000'000;
        if (until.tv_nsec >= 1'000'000'000)
            until = (struct timespec){until.tv_sec + 1, until.tv_nsec - 1'000'000'000};
        if (pthread_timedjoin_np(s->loops[s->running - 1].thread, NULL, &until) == 0)
            s->running--;
        else if (wait_signal(s, 0) != 0)
            tell(s, 2);
    }
}

/* An orchestrator (SIGTERM) needs a moment to see that we are not ready any more; a person at the
 * terminal does not. */
static void drain(struct server *s, int signal)
{
    int64_t most_us = s->app->config->drain_s * 1'000'000;
    for (uint32_t i = 0; i < s->running; i++)
        s->loops[i].grace_us = signal != SIGTERM ? 0 : most_us < 1'000'000 ? most_us : 1'000'000;
    s->app->draining = true;
    LOG(INFO, SERVICE_DRAINING, .signal = signal);
    tell(s, 1);
    join(s);
    LOG(INFO, SERVICE_STOPPED);
}

static void serve(struct server *s, void (*ready)(void *), void *world)
{
    bool told = false;
    int signal = 0;
    LOG(INFO, SERVICE_STARTED, .listen = s->app->config->listen, .workers = s->running);
    while (signal == 0 || signal == SIGHUP) {
        signal = wait_signal(s, told ? -1 : 5);
        if (told || !are_ready(s)) continue;
        told = true;
        LOG(INFO, SERVICE_READY, .duration_us = time_now_us() - s->app->started_us);
        if (ready != NULL) ready(world);
    }
    drain(s, signal);
}

static int block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool http_serve(struct app *app, const char *database_url, void (*ready)(void *world), void *world,
                char *error, size_t size)
{
    struct server s = {.app = app};
    error[0] = '\0';
    raise_descriptor_limit();
    MHD_set_panic_func(panic, NULL);
    app->worker_count = worker_count(app->config);
    app->workers_ready = 0;
    app->workers = calloc(app->worker_count, sizeof *app->workers);
    s.loops = calloc(app->worker_count, sizeof *s.loops);
    s.signals = block_signals();
    bool fine = app->workers != NULL && s.loops != NULL && s.signals >= 0;
    if (!fine)
        snprintf(error, size, "the service cannot be started: memory or descriptors are out");
    fine = fine && open_loops(&s, database_url, error, size) && start_threads(&s, error, size);
    if (fine)
        serve(&s, ready, world);
    else if (s.running > 0) {
        tell(&s, 2);
        join(&s);
    }
    while (s.open > 0)
        loop_close(&s.loops[--s.open]);
    free(s.loops);
    free(app->workers);
    app->workers = NULL;
    app->worker_count = 0;
    if (s.signals >= 0) close(s.signals);
    return fine;
}
