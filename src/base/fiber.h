/* SPDX-License-Identifier: Apache-2.0 */
/* Sequential code on a loop: a request runs on a fiber, and yields where it would have to wait.
 *
 * What a fiber may not do: block the thread, keep a pointer into another fiber's stack, recurse
 * without a bound, use more than half of its stack of FIBER_STACK bytes (below it lies a guard
 * page: an overflow stops the process, it does not corrupt it), or be resumed by another thread
 * than the one that started it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FIBER_STACK = 128 * 1024 };

struct fiber;
struct fiber_pool;

/* `keep` stacks stay allotted when idle; at most `limit` fibers run at a time. NULL: no memory. */
struct fiber_pool *fiber_pool_open(uint32_t keep, uint32_t limit);

/* No fiber may be running. */
void fiber_pool_close(struct fiber_pool *pool);

/* Runs work(self, world) until it first yields or returns. false: the limit is reached, or memory
 * is out; nothing ran. */
bool fiber_start(struct fiber_pool *pool, void (*work)(struct fiber *self, void *world),
                 void *world);

/* Back to whoever started or resumed this fiber, until it is resumed again. */
void fiber_yield(struct fiber *self);

/* Goes on where the fiber yielded, until it yields again or ends. Called from the loop, never from
 * a fiber. */
void fiber_resume(struct fiber *fiber);

/* Fibers that were started and have not ended. */
uint32_t fiber_count(const struct fiber_pool *pool);
