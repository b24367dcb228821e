/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the room that speaks HTTP: one loop a worker, one fiber a request. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct app;

/* Runs the service until SIGTERM or SIGINT, and answers what is under way before it returns.
 * database_url  a libpq connection string
 * ready         called once, on this thread, when every worker listens, has its database and its
 * catalogue returns       false when it could not start: `error` is then one line that says why
 * Needs app->config; fills app->workers while it runs. Blocks SIGTERM, SIGINT and SIGHUP in the
 * calling thread. */
bool http_serve(struct app *app, const char *database_url, void (*ready)(void *world), void *world,
                char *error, size_t size);
