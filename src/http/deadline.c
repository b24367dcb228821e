/* SPDX-License-Identifier: Apache-2.0 */
/* Absolute deadlines. A list for each limit; setting one appends to its list, so each list is in
 * order of time. */

#include "inside.h"

#include <sys/socket.h>

static const int64_t limit_us[LIMIT_COUNT] = {
    [LIMIT_HEADERS] = 5'000'000,
    [LIMIT_IDLE] = 15'000'000, /* between two requests, and the headers of the second */
    [LIMIT_BODY] = 10'000'000,
    [LIMIT_REQUEST] = 30'000'000,
};

void deadline_clear(struct deadlines *d, struct link *l)
{
    if (l->due_us == 0) return;
    *(l->before != NULL ? &l->before->after : &d->first[l->limit]) = l->after;
    *(l->after != NULL ? &l->after->before : &d->last[l->limit]) = l->before;
    l->due_us = 0;
}

void deadline_set(struct deadlines *d, struct link *l, enum limit limit, int64_t now_us)
{
    deadline_clear(d, l);
    l->limit = limit;
    l->due_us = now_us + limit_us[limit];
    l->before = d->last[limit];
    l->after = NULL;
    *(l->before != NULL ? &l->before->after : &d->first[limit]) = l;
    d->last[limit] = l;
}

/* The library sees the end of the stream, closes, and tells us of it in its own time. */
uint32_t deadline_cut(struct deadlines *d, int64_t now_us)
{
    uint32_t n = 0;
    for (int i = 0; i < LIMIT_COUNT; i++) {
        while (d->first[i] != NULL && d->first[i]->due_us <= now_us) {
            struct link *l = d->first[i];
            deadline_clear(d, l);
            shutdown(l->fd, SHUT_RDWR);
            n += i != LIMIT_IDLE;
        }
    }
    return n;
}

int64_t deadline_next(const struct deadlines *d)
{
    int64_t next = INT64_MAX;
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (d->first[i] != NULL && d->first[i]->due_us < next) next = d->first[i]->due_us;
    return next;
}
