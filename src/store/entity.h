/* SPDX-License-Identifier: Apache-2.0 */
/* What the entity files of the store share: words for enums, the parameters every write ends with,
 * arrays of columns. */
#pragma once

#include "lane.h"
#include "store.h"

/* ---- the words that stand in the database, by enum; a word that is not in the table is a fault of
 * ours ---- */

struct text word_of_role(enum role role);
struct text word_of_side(enum side side);
struct text word_of_sex(enum sex sex);
struct text word_of_state(enum episode_state state);
struct text word_of_track_state(enum track_state state);
struct text word_of_move(enum move move);
struct text word_of_override(enum override_code code); /* empty for none */
struct text word_of_kind(enum measure_kind kind);
struct text word_of_scope(enum scope scope);

enum role role_of_word(struct text word);
enum side side_of_word(struct text word);
enum sex sex_of_word(struct text word);
enum episode_state state_of_word(struct text word);
enum track_state track_state_of_word(struct text word);
enum move move_of_word(struct text word);
enum override_code override_of_word(struct text word);
enum measure_kind kind_of_word(struct text word);
enum version_state version_state_of_word(struct text word);
uint32_t scope_of_word(struct text word); /* 0: unknown, which allows nothing */

/* ---- parameters ---- */

/* A text that may be empty, but is not NULL. */
void bind_plain(struct params *in, struct text t);

/* now, actor, actor_role, request: who writes, and when. */
void bind_author(struct params *in, const struct call *c);

/* The twelve parameters that end every write of care: author, operation, event, and the answer kept
 * for retries. */
void bind_witness(struct params *in, const struct call *c, const struct idempotency *once);

/* Room for n values of a column; NULL only when the arena is full, and then the query itself says
 * NO_MEMORY. */
void *column_of(const struct params *in, size_t n, size_t size);

/* ---- running ---- */

/* Runs a write: GUARD_MISSED when it returned no row. */
struct result write_guarded(struct call *c, struct query *q, struct uuid order);

/* Room in the call's arena for `count` structs of `size` bytes, cleared. */
struct result make_room(struct call *c, uint32_t count, size_t size, void *out);

/* A page never asks for more than an int4 can say. */
void bind_most(struct params *in, uint32_t most);

/* ---- rows of one entity that another file also reads ---- */

/* transition.c: a move as load_transitions and list_transitions tell it, without its decision. */
void read_transition(struct call *c, const struct rows *rows, uint32_t row, struct uuid episode,
                     struct transition *out);

/* assessment.c: the rows of load_observations. */
struct result read_observations(struct call *c, const struct rows *rows, struct observation **out,
                                uint32_t *count);

/* assessment.c: the rows of load_sessions. */
struct result read_sessions(struct call *c, const struct rows *rows, struct care_session **out,
                            uint32_t *count);
