/* SPDX-License-Identifier: Apache-2.0 */
/* What libmicrohttpd reads passes through here. Its calls of recv() are bound to the one below,
 * because a program's own symbols go before those of the C library; every other descriptor
 * (libpq's) goes straight through. That this is so is checked at each request: one whose head was
 * not seen here is refused (exchange.c), so a library that reads in another way cannot be taken for
 * guarded.
 *
 * Here stands the only variable of the program that is neither on a stack nor handed on: recv() has
 * no argument for it. */

#undef _FORTIFY_SOURCE /* with it the C library has an inline recv() of its own in its headers */

#include "inside.h"

#include <stdlib.h>
#include <sys/socket.h>

static _Thread_local struct loop *here;

#define BODY                                                                                       \
    "{\"type\":\"/problems/bad-request\",\"title\":\"The request is not valid HTTP for this "      \
    "service\",\"status\":400,\"code\":\"bad_request\",\"detail\":\"Send one Host, a clean "       \
    "target, and headers that do not contradict each other.\"}"

static const char refusal[] = "HTTP/1.1 400 Bad Request\r\n"
                              "Content-Type: application/problem+json\r\n"
                              "X-Problem-Code: bad_request\r\n"
                              "Cache-Control: no-store\r\n"
                              "X-Content-Type-Options: nosniff\r\n"
                              "Connection: close\r\n"
                              "Content-Length: 212\r\n\r\n" BODY;
_Static_assert(sizeof BODY - 1 == 212, "Content-Length says how long it is");

void socket_watch(struct loop *loop)
{
    here = loop;
}

bool socket_note(struct loop *loop, struct link *l, int fd)
{
    size_t place = (size_t)fd;
    if (place >= loop->by_fd_room) {
        size_t room = loop->by_fd_room > 0 ? loop->by_fd_room : 256;
        while (room <= place)
            room *= 2;
        struct link **grown = realloc(loop->by_fd, room * sizeof(struct link *));
        if (grown == NULL) return false;
        memset(grown + loop->by_fd_room, 0, (room - loop->by_fd_room) * sizeof(struct link *));
        loop->by_fd = grown;
        loop->by_fd_room = room;
    }
    loop->by_fd[place] = l;
    return true;
}

void socket_forget(struct loop *loop, int fd)
{
    if ((size_t)fd < loop->by_fd_room) loop->by_fd[fd] = NULL;
}

/* One whole answer, and the end: the library sees a client that has gone. */
static ssize_t refuse(int fd)
{
    metric_add(here->worker->metrics, METRIC_REQUESTS_REFUSED, 1);
    if (send(fd, refusal, sizeof refusal - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return 0;
    shutdown(fd, SHUT_RDWR);
    return 0;
}

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    struct link *l =
        here != NULL && fd >= 0 && (size_t)fd < here->by_fd_room ? here->by_fd[fd] : NULL;
    if (l != NULL && l->frame.bad) return refuse(fd);
    ssize_t came = recvfrom(fd, buffer, size, flags, NULL, NULL);
    if (l == NULL || came <= 0) return came;
    size_t good = frame_scan(&l->frame, buffer, (size_t)came);
    return good > 0 ? (ssize_t)good : refuse(fd);
}
