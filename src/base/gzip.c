/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows libdeflate: whole bodies, no streams. */
#include "gzip.h"

#include <libdeflate.h>
#include <stdlib.h>

struct text gzip_copy(struct rehab_arena *arena, struct text plain, int level)
{
    struct text out = {NULL, 0};
    struct libdeflate_compressor *z = libdeflate_alloc_compressor(level);
    if (z == NULL) return out;
    size_t bound = libdeflate_gzip_compress_bound(z, plain.size);
    char *room = malloc(bound);
    if (room != NULL) {
        size_t size = libdeflate_gzip_compress(z, plain.at, plain.size, room, bound);
        if (size > 0) out = text_copy(arena, (struct text){room, size});
    }
    free(room);
    libdeflate_free_compressor(z);
    return out;
}
