/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share among themselves. The door of the room is service.h. */
#pragma once

#include "service.h"

/* ---- cursor.c ---- */

/* The last line of a page: lists are ordered by time and id, or by id alone (us is 0). */
struct place {
    int64_t us;
    struct uuid id;
};

/* A place of the list named `list` (its name and filters, in any form that tells lists apart), as a word. */
struct text cursor_write(struct rehab_arena *arena, struct text list, struct place place);

/* false: not a cursor of this list. */
bool cursor_read(struct text word, struct text list, struct place *out);

/* The place a page begins after: BAD_CURSOR when the page's cursor is of another list. `first` tells the first page. */
struct result cursor_open(struct call *c, const struct page *page, struct text list, struct place *out, bool *first);

/* ---- moves.c ---- */

/* OK, STATE_FORBIDS or RED_FLAG_RAISED. */
enum problem_code judge_state(enum episode_state state, enum move kind);

/* ---- once.c ---- */

/* The answer given to this key before, if any: out->replayed tells. KEY_REUSED when it was another request. */
struct result once_find(struct call *c, const struct idempotency *once, struct written *out);

/* Completes the record before the write: an own key when the caller sent none, and the answer. */
void once_answer(struct call *c, struct idempotency *once, struct answer answer);

/* What came of the write: fills `out`, and finds out when the store could not tell. */
struct result once_settle(struct call *c, struct result written, const struct idempotency *once, struct written *out);
