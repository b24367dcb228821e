/* SPDX-License-Identifier: Apache-2.0 */
/* The route table. Few rows, and most differ from a path within a few letters: they are tried one
 * after the other. */

#include "router.h"

static const struct route table[] = {
#define ROUTE(method, path, scope, handler)                                                        \
    {method, path, scope, {&#handler[4], sizeof #handler - 5}, handler},
#include "../api/route.def"
#undef ROUTE
};

size_t router_count(void)
{
    return sizeof table / sizeof *table;
}

const struct route *router_row(size_t index)
{
    return index < router_count() ? &table[index] : NULL;
}

struct text router_operation(const struct route *r, struct rehab_arena *arena)
{
    char *to = rehab_alloc(arena, r->name.size + 1);
    size_t n = 0;
    for (size_t i = 0; to != NULL && i < r->name.size; i++) {
        bool word = i > 0 && r->name.at[i - 1] == '_';
        if (r->name.at[i] != '_')
            to[n++] = (char)(word ? r->name.at[i] - 'a' + 'A' : r->name.at[i]);
    }
    return (struct text){to, n};
}

/* Does the path follow the pattern? Each {name} takes one segment that is not empty. */
static bool follows(const char *pattern, struct text path, struct text parts[PATH_PARAMETERS_MAX])
{
    const char *at = path.at, *end = path.at + path.size;
    size_t n = 0;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '{') {
            if (at == end || *at != *pattern) return false;
            at++;
            continue;
        }
        const char *from = at;
        while (at < end && *at != '/')
            at++;
        if (at == from) return false;
        parts[n++] = (struct text){from, (size_t)(at - from)};
        while (*pattern != '}')
            pattern++;
    }
    return at == end;
}

static bool serves(const struct route *r, enum method method)
{
    return r->method == method || (method == HEAD && r->method == GET);
}

const struct route *router_find(struct request *in, unsigned int *allowed)
{
    struct text parts[PATH_PARAMETERS_MAX] = {{NULL, 0}};
    *allowed = 0;
    for (size_t i = 0; i < router_count(); i++) {
        if (!follows(table[i].path, in->path, parts)) continue;
        if (serves(&table[i], in->method)) {
            memcpy(in->parts, parts, sizeof parts);
            *allowed = 0;
            return &table[i];
        }
        *allowed |=
            1u << table[i].method | (table[i].method == GET ? 1u << HEAD : 0u) | 1u << OPTIONS;
    }
    return NULL;
}
