/* SPDX-License-Identifier: Apache-2.0 */
/* The coded form of a body, as `Content-Encoding: gzip` has it. */
#pragma once

#include "text.h"

/* A gzip of `plain` in the arena; level 1 (fast) to 12 (small). Empty when there is no memory for
 * it: send it plain. */
struct text gzip_copy(struct rehab_arena *arena, struct text plain, int level);
