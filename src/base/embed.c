/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes lie in an assembler file of .incbin lines, between two symbols a file (gen/embed.S);
 * gcc 12 has no #embed. The list is sorted by name, as the Makefile writes it. */
#include "embed.h"

#define EMBED(n, name, path) extern const char embed_##n[], embed_##n##_end[];
#include "embed.def"
#undef EMBED

/* a size between two symbols is not a constant to the compiler, so the end waits here until someone
 * asks */
struct file {
    const char *name, *at, *end;
};

static const struct file files[] = {
#define EMBED(n, name, path) {name, embed_##n, embed_##n##_end},
#include "embed.def"
#undef EMBED
    {NULL, NULL, NULL},
};

enum { FILE_COUNT = sizeof files / sizeof files[0] - 1 };

static bool embed_at(int i, struct embed *out)
{
    if (i >= FILE_COUNT) return false;
    *out = (struct embed){files[i].name, {files[i].at, (size_t)(files[i].end - files[i].at)}};
    return true;
}

bool embed_find(const char *name, struct embed *out)
{
    for (int i = 0; i < FILE_COUNT; i++) {
        if (strcmp(files[i].name, name) == 0) return embed_at(i, out);
    }
    return false;
}

bool embed_next(const char *prefix, int *i, struct embed *out)
{
    for (; *i < FILE_COUNT; (*i)++) {
        if (strncmp(files[*i].name, prefix, strlen(prefix)) == 0) return embed_at((*i)++, out);
    }
    return false;
}
