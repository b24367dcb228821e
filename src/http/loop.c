/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of one worker: its HTTP connections, its database connections, its fibers and its
 * timers, on one thread.
 *
 * A turn: sleep until something is ready; let the lane take answers (which resumes fibers, which
 * queue HTTP answers); let the library read and write; then send what now waits for the database as
 * one batch. libmicrohttpd has an epoll set of its own which stands in ours. It must not be stopped
 * with a connection suspended (it would abort), so stopping waits for the fibers. */

#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/config.h"
#include "../base/log.h"
#include "../base/time.h"
#include "../store/lane.h"

enum {
    CHUNKS_KEPT = 256,
    STACKS_KEPT = 128,
    CONNECTION_MEMORY = 16 * 1024, /* the library clears it after every request */
    REFRESH_US =
        30'000'000, /* the catalogue is looked at so often even when nobody has told of a change */
    RETRY_US = 500'000,
};

/* ---- what the library calls ---- */

static void note_connection(void *world, struct MHD_Connection *connection, void **context,
                            enum MHD_ConnectionNotificationCode code)
{
    struct loop *loop = world;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        struct link *l = *context;
        if (l == NULL) return;
        deadline_clear(&loop->deadlines, l);
        socket_forget(loop, l->fd);
        loop->links--;
        metric_set(loop->worker->metrics, METRIC_CONNECTIONS, loop->links);
        free(l);
        return;
    }
    struct link *l = calloc(1, sizeof *l);
    *context = l;
    if (l == NULL) return; /* exchange_open refuses what has no link */
    l->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (!socket_note(loop, l, l->fd)) shutdown(l->fd, SHUT_RDWR);
    loop->links++;
    metric_set(loop->worker->metrics, METRIC_CONNECTIONS, loop->links);
    deadline_set(&loop->deadlines, l, LIMIT_HEADERS, loop->tick_us);
}

/* The target is decoded by guard_read_target; the library is to leave it alone. */
static size_t leave_escaped(void *world, struct MHD_Connection *connection, char *s)
{
    (void)world;
    (void)connection;
    return strlen(s);
}

static void stay_silent(void *world, const char *format, va_list arguments)
{
    (void)world;
    (void)format;
    (void)arguments;
}

/* ---- what stands behind the descriptors ---- */

static void on_http(struct watch *watch, uint32_t events)
{
    (void)events;
    struct loop *loop = (struct loop *)(void *)((char *)watch - offsetof(struct loop, http));
    loop->http_due = true;
}

static void on_wake(struct watch *watch, uint32_t events)
{
    (void)events;
    struct loop *loop = (struct loop *)(void *)((char *)watch - offsetof(struct loop, wake));
    uint64_t count;
    if (read(loop->wake_fd, &count, sizeof count) < 0) return; /* woken is woken */
}

static void on_catalogue_changed(void *world)
{
    struct loop *loop = world;
    loop->stale = true;
}

/* ---- the catalogue of the worker ---- */

static void refresh(struct fiber *self, void *world)
{
    struct loop *loop = world;
    struct rehab_arena *arena = arena_take(loop->arenas);
    struct call c = {.app = loop->worker->app,
                     .worker = loop->worker,
                     .fiber = self,
                     .arena = arena,
                     .now_us = loop->now_us};
    struct result r = {NO_MEMORY};
    loop->refreshing = true;
    loop->stale = false;
    if (arena != NULL) r = loop->started ? api_refresh_catalogue(&c) : api_start_worker(&c);
    if (r.code == OK) loop->started = true;
    loop->refreshing = false;
    loop->refresh_us = loop->tick_us + (r.code == OK ? REFRESH_US : RETRY_US);
    arena_drop(arena);
}

static void refresh_when_due(struct loop *loop)
{
    if (loop->refreshing || !lane_is_ready(loop->worker->lane)) return;
    if (loop->stale || loop->tick_us >= loop->refresh_us)
        (void)fiber_start(loop->fibers, refresh, loop);
}

/* ---- a turn ---- */

static int sleep_ms(const struct loop *loop)
{
    if (loop->http_due) return 0;
    int64_t ms = lane_sleep_ms(loop->worker->lane), next_us = deadline_next(&loop->deadlines),
            until_us = next_us - loop->tick_us;
    if (until_us / 1000 < ms) ms = until_us > 0 ? until_us / 1000 + 1 : 0;
    return loop->stopping != 0 && ms > 10 ? 10 : (int)ms;
}

static void run_http(struct loop *loop)
{
    MHD_UNSIGNED_LONG_LONG due;
    loop->http_due = false;
    MHD_run(loop->daemon);
    if (MHD_get_timeout(loop->daemon, &due) == MHD_YES && due == 0) loop->http_due = true;
}

static void publish(struct loop *loop)
{
    bool ready = loop->started && lane_is_ready(loop->worker->lane);
    if (ready != loop->ready) {
        loop->ready = ready;
        loop->worker->app->workers_ready += ready ? 1 : UINT32_MAX;
    }
    metric_set(loop->worker->metrics, METRIC_FIBERS, fiber_count(loop->fibers));
}

static void turn(struct loop *loop)
{
    struct epoll_event event[64];
    int n = epoll_wait(loop->epoll, event, 64, sleep_ms(loop));
    loop->now_us = time_now_us();
    loop->tick_us = time_tick_us();
    for (int i = 0; i < n; i++) {
        struct watch *watch = event[i].data.ptr;
        watch->ready(watch, event[i].events);
    }
    if (loop->http_due) run_http(loop);
    uint32_t cut = deadline_cut(&loop->deadlines, loop->tick_us);
    if (cut > 0) metric_add(loop->worker->metrics, METRIC_REQUESTS_EXPIRED, cut);
    refresh_when_due(loop);
    lane_turn(loop->worker->lane);
    publish(loop);
}

/* ---- stopping ---- */

static void stop_listening(struct loop *loop)
{
    int fd = MHD_quiesce_daemon(loop->daemon);
    if (fd >= 0) close(fd);
    loop->listening = false;
}

/* Nothing under way, or no more time for it; but fibers are always waited for: the lane gives each
 * an answer in bounded time. */
static bool is_drained(struct loop *loop)
{
    int stopping = loop->stopping;
    if (stopping == 0) return false;
    if (loop->cut_us == 0) {
        loop->cut_us = loop->tick_us + loop->worker->app->config->drain_s * 1'000'000;
        loop->quiet_us = loop->tick_us + loop->grace_us;
    }
    if (stopping > 1) loop->quiet_us = loop->cut_us = loop->tick_us;
    if (loop->listening && loop->tick_us >= loop->quiet_us) stop_listening(loop);
    bool over = loop->active == 0 || loop->tick_us >= loop->cut_us;
    return !loop->listening && over && fiber_count(loop->fibers) == 0 && !loop->http_due;
}

void *loop_run(void *world)
{
    struct loop *loop = world;
    socket_watch(loop);
    do
        turn(loop);
    while (!is_drained(loop));
    MHD_stop_daemon(loop->daemon);
    loop->daemon = NULL;
    if (loop->started) api_stop_worker(loop->worker);
    lane_close(loop->worker->lane);
    loop->worker->lane = NULL;
    return NULL;
}

/* ---- opening and closing ---- */

static bool watch_fd(struct loop *loop, int fd, struct watch *watch,
                     void (*ready)(struct watch *, uint32_t))
{
    watch->ready = ready;
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = watch};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static unsigned int connection_limit(const struct app *app)
{
    return (unsigned int)(app->config->connection_limit / app->worker_count) + 1;
}

static bool start_http(struct loop *loop, int listen_fd)
{
    loop->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
            MHD_USE_SUPPRESS_DATE_NO_CLOCK,
        0, NULL, NULL, exchange_handle, loop, MHD_OPTION_EXTERNAL_LOGGER, stay_silent, NULL,
        MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
        connection_limit(loop->worker->app), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_NOTIFY_COMPLETED, exchange_close, loop,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, loop, MHD_OPTION_URI_LOG_CALLBACK,
        exchange_open, loop, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
#if MHD_VERSION >= 0x01000000
        MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#endif
        MHD_OPTION_END);
    loop->listening = loop->daemon != NULL;
    if (!loop->listening) return false;
    int fd = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return watch_fd(loop, fd, &loop->http, on_http);
}

static bool start_lane(struct loop *loop, const char *database_url)
{
    const struct config *config = loop->worker->app->config;
    struct lane_setting setting = {
        .url = database_url,
        .role = "rehab_service",
        .connections = (uint32_t)config->database_connections,
        .queue_limit = (uint32_t)config->queue_limit,
        .epoll = loop->epoll,
        .catalogue_changed = on_catalogue_changed,
        .world = loop,
        .metrics = loop->worker->metrics,
    };
    loop->worker->lane = lane_open(&setting);
    return loop->worker->lane != NULL;
}

bool loop_open(struct loop *loop, struct worker *worker, const char *database_url, int listen_fd,
               char *error, size_t size)
{
    const struct config *config = worker->app->config;
    *loop = (struct loop){.worker = worker, .cors_origins = config->cors_origins};
    worker->loop = loop;
    loop->now_us = time_now_us();
    loop->tick_us = time_tick_us();
    worker->metrics = metric_open(router_count());
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->arenas = arena_pool_open(CHUNKS_KEPT);
    loop->fibers = fiber_pool_open(STACKS_KEPT, (uint32_t)config->queue_limit + STACKS_KEPT);
    bool open = loop->epoll >= 0 && loop->wake_fd >= 0 && loop->arenas != NULL &&
                loop->fibers != NULL && worker->metrics != NULL;
    open = open && watch_fd(loop, loop->wake_fd, &loop->wake, on_wake) &&
           start_lane(loop, database_url) && start_http(loop, listen_fd);
    if (!open) snprintf(error, size, "a worker cannot be started: memory or descriptors are out");
    return open;
}

void loop_close(struct loop *loop)
{
    if (loop->daemon != NULL) MHD_stop_daemon(loop->daemon);
    lane_close(loop->worker->lane);
    fiber_pool_close(loop->fibers);
    arena_pool_close(loop->arenas);
    metric_close(loop->worker->metrics);
    free(loop->by_fd);
    if (loop->epoll >= 0) close(loop->epoll);
    if (loop->wake_fd >= 0) close(loop->wake_fd);
}
