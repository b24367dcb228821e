/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of one request: a rehab_arena that grows by chunks from a pool of its worker, up to a
 * ceiling, and is dropped whole. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "rehab/arena.h"

/* The ceiling is what judging an episode of some 30'000 observations takes: years of daily care. */
enum { ARENA_CHUNK = 16 * 1024, ARENA_CEILING = 32 * 1024 * 1024 };

struct arena_pool; /* not locked: one thread */

/* From now on what requests have given back stays with the process: to return it to the kernel and
 * to fetch it anew, page by page and zeroed, took a third of the time of an evaluation. */
void arena_keep_memory(void);

/* `keep` chunks stay allotted when idle. NULL: no memory. */
struct arena_pool *arena_pool_open(uint32_t keep);

/* Every arena must have been dropped. */
void arena_pool_close(struct arena_pool *pool);

/* An empty arena, itself lying in its first chunk. NULL: no memory. */
struct rehab_arena *arena_take(struct arena_pool *pool);

/* Gives everything back; NULL is allowed. Only for arenas of arena_take. */
void arena_drop(struct rehab_arena *arena);
