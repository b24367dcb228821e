/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of requests. The common request lives and dies in one pooled chunk: no call of malloc at
 * all. Larger needs take chunks of doubling size from the heap. Under AddressSanitizer an idle
 * chunk is poisoned, so that whoever keeps a pointer past the end of a request is caught. */

#include "arena.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#define ARENA_ASAN 1
#endif
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, size)   ASAN_POISON_MEMORY_REGION(at, size)
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#else
#define POISON(at, size)   ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

struct chunk {
    struct chunk *next;
    size_t size; /* with this head */
    _Alignas(16) unsigned char bytes[];
};

struct arena {
    struct rehab_arena head; /* first: what everyone else sees */
    struct arena_pool *pool;
    struct chunk *chunks; /* newest first; the last one holds this struct */
    size_t held, step;
};

struct arena_pool {
    struct chunk *idle;
    uint32_t idle_count, keep, taken;
};

static struct chunk *chunk_take(struct arena_pool *pool, size_t size)
{
    struct chunk *c = NULL;
    if (size == ARENA_CHUNK && pool->idle != NULL) {
        c = pool->idle;
        UNPOISON(c, ARENA_CHUNK);
        pool->idle = c->next;
        pool->idle_count--;
    } else {
        c = malloc(size);
        if (c == NULL) return NULL;
        c->size = size;
    }
    c->next = NULL;
    return c;
}

static void chunk_drop(struct arena_pool *pool, struct chunk *c)
{
    UNPOISON(c, c->size);
    if (c->size != ARENA_CHUNK || pool->idle_count >= pool->keep) {
        free(c);
        return;
    }
    c->next = pool->idle;
    pool->idle = c;
    pool->idle_count++;
    POISON(c, ARENA_CHUNK);
}

/* rehab_alloc found no room for `need` bytes */
static bool grow(struct rehab_arena *head, size_t need)
{
    struct arena *a = (struct arena *)head;
    size_t size = a->step;
    if (need > ARENA_CEILING) return false;
    while (size < need + sizeof(struct chunk) + 16)
        size *= 2;
    if (a->held + size > ARENA_CEILING) return false;
    struct chunk *c = chunk_take(a->pool, size);
    if (c == NULL) return false;
    c->next = a->chunks;
    a->chunks = c;
    a->held += size;
    if (a->step < (size_t)256 * 1024) a->step *= 2;
    head->at = c->bytes;
    head->end = (unsigned char *)c + size;
    return true;
}

void arena_keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
}

struct arena_pool *arena_pool_open(uint32_t keep)
{
    struct arena_pool *pool = calloc(1, sizeof *pool);
    if (pool != NULL) pool->keep = keep;
    return pool;
}

void arena_pool_close(struct arena_pool *pool)
{
    if (pool == NULL) return;
    assert(pool->taken == 0);
    while (pool->idle != NULL) {
        struct chunk *c = pool->idle;
        UNPOISON(c, ARENA_CHUNK);
        pool->idle = c->next;
        free(c);
    }
    free(pool);
}

struct rehab_arena *arena_take(struct arena_pool *pool)
{
    struct chunk *c = chunk_take(pool, ARENA_CHUNK);
    if (c == NULL) return NULL;
    struct arena *a = (struct arena *)(void *)c->bytes;
    *a = (struct arena){
        .pool = pool, .chunks = c, .held = ARENA_CHUNK, .step = (size_t)2 * ARENA_CHUNK};
    a->head.at = c->bytes + ((sizeof *a + 15) & ~(size_t)15);
    a->head.end = (unsigned char *)c + ARENA_CHUNK;
    a->head.grow = grow;
    pool->taken++;
    return &a->head;
}

void arena_drop(struct rehab_arena *arena)
{
    if (arena == NULL) return;
    struct arena *a = (struct arena *)arena;
    struct arena_pool *pool = a->pool;
    struct chunk *c = a->chunks;
    while (c != NULL) {
        struct chunk *next = c->next;
        chunk_drop(pool, c);
        c = next;
    }
    pool->taken--;
}
