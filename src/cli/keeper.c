/* SPDX-License-Identifier: Apache-2.0 */
/* The private PostgreSQL belongs to the service: when its server dies, nobody else would start it
 * again. The thread looks often, for meanwhile every request is refused; a server that dies again
 * and again is started less and less often. What is difficult here: the kernel stops the server
 * when the thread that forked it ends, so the thread ends only when the server may. */
#include "cli.h"

#include "../base/log.h"
#include "../base/time.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum {
    LOOK_EVERY_MS = 50,
    WAIT_FIRST_MS = 200,
    WAIT_LAST_MS = 10'000,
    STEADY_US = 10'000'000, /* whoever lived so long has not died of being started */
};

struct keeper {
    struct cluster *cluster;
    pthread_t thread;
    int64_t started_us;
    int wait_ms; /* before it is started */
};

static bool is_over(const struct keeper *k)
{
    return atomic_load(&k->cluster->cancelled);
}

static void rest(const struct keeper *k, int ms)
{
    for (int64_t end = time_tick_us() + ms * INT64_C(1000); !is_over(k) && time_tick_us() < end;)
        nanosleep(&(struct timespec){.tv_nsec = LOOK_EVERY_MS * 1'000'000L}, NULL);
}

/* At once the first time, then twice as late each time. */
static void start_again(struct keeper *k)
{
    char why[WHY_SIZE];
    if (time_tick_us() - k->started_us > STEADY_US) k->wait_ms = 0;
    rest(k, k->wait_ms);
    k->wait_ms = k->wait_ms == 0 ? WAIT_FIRST_MS : k->wait_ms * 2;
    if (k->wait_ms > WAIT_LAST_MS) k->wait_ms = WAIT_LAST_MS;
    if (is_over(k)) return;
    bool started = cluster_start(k->cluster, why);
    k->started_us = time_tick_us();
    if (started)
        LOG(WARNING, CLUSTER_RESTARTED);
    else if (!is_over(k)) /* why is in its log, where words of patients may stand */
        LOG(ERROR, CLUSTER_FAULT, .file = "postgres.log");
}

static void *keep(void *world)
{
    struct keeper *k = world;
    bool ended = false;
    for (; !is_over(k); rest(k, LOOK_EVERY_MS)) {
        bool now = cluster_has_ended(k->cluster);
        if (now && !ended) LOG(WARNING, CLUSTER_ENDED);
        if (now) start_again(k);
        ended = cluster_has_ended(k->cluster);
    }
    return NULL;
}

struct keeper *keeper_start(struct cluster *c)
{
    sigset_t all;
    sigset_t before;
    struct keeper *k = calloc(1, sizeof *k);
    if (k == NULL) return NULL;
    k->cluster = c;
    k->started_us = time_tick_us() - STEADY_US;
    sigfillset(&all); /* signals are for the service's own thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&k->thread, NULL, keep, k) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) return k;
    free(k);
    return NULL;
}

void keeper_stop(struct keeper *k)
{
    if (k == NULL) return;
    atomic_store(&k->cluster->cancelled, true);
    pthread_join(k->thread, NULL);
    free(k);
}
