/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of api/route.def as a table, and the way from an address to a row. */
#pragma once

#include "../api/api.h"

struct route {
    enum method method;
    const char *path;
    enum scope scope;
    struct text name; /* "record_transition": the handler's name without `api_` */
    struct result (*handler)(struct call *c, const struct request *in, struct response *out);
};

/* NULL after the last. */
const struct route *router_row(size_t index);
size_t router_count(void);

/* The operationId of the contract: "recordTransition". */
struct text router_operation(const struct route *r, struct rehab_arena *arena);

/* The row for this path and method, with in->parts filled; HEAD finds GET. Without a row NULL, and
 * `allowed` has a bit (1 << method) for each method the path does know: 0 means there is no such
 * address. */
const struct route *router_find(struct request *in, unsigned int *allowed);
