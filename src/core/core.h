/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the core: what its files share and strangers do not see. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rehab/rehab.h"

/* The four functions that a compiler may call by itself; nothing else is asked of the world. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *at, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#define REHAB_LITERAL(s) ((struct rehab_text){(s), (uint32_t)(sizeof(s) - 1)})

/* ---- arena.c ---- */

/* Of `count` structs of `stride` bytes that begin with a struct rehab_text, the one spelled most like `word`. */
uint32_t rehab_nearest_id(struct rehab_text word, const void *first, size_t stride, uint32_t count);

/* The one spelled just so. */
uint32_t rehab_find_id(struct rehab_text word, const void *first, size_t stride, uint32_t count);

/* ---- block.c: the shape of a block ---- */

/* Bytes of one row of a table. */
uint32_t rehab_row_size(enum rehab_table table);

/* The check sum over `size` bytes (a multiple of 8): no change within one word leaves it as it was. */
uint64_t rehab_check_sum(const unsigned char *bytes, size_t size);

/* Children stand before their parent in a tree, so one pass over this many places is enough. */
struct rehab_tree_verdicts {
    uint8_t at[REHAB_MAX_NODES]; /* enum rehab_verdict of every node */
};

/* ---- series.c ---- */

/* Newest first by measure and side: newest[3 * measure + side] is an observation, older[...] the one before it in the same
 * list. An observation of both sides stands in two lists, so the other side has links of its own. */
struct rehab_series {
    const struct rehab_protocol *p;
    const struct rehab_evidence *e;
    const struct rehab_observation *at; /* e->observations */
    struct rehab_instant as_of;
    uint32_t count; /* observations not later than as_of */
    uint32_t *newest;
    uint32_t *older;  /* 2 * i: of the involved side or none; 2 * i + 1: of the other */
    uint8_t *invalid; /* by measure; 1: something was observed that does not count */
};

static inline uint32_t rehab_newest(const struct rehab_series *s, uint32_t measure, uint32_t side)
{
    return s->newest[3 * measure + side];
}

static inline uint32_t rehab_older(const struct rehab_series *s, uint32_t side, uint32_t observation)
{
    return s->older[2 * observation + (side == REHAB_OTHER)];
}

/* A second index over the same links, to step back with; `newest` has room for 3 per measure. */
void rehab_copy_series(struct rehab_series *to, uint32_t *newest, const struct rehab_series *from);

/* Goes back to the last instant before as_of at which something was observed; false when there is none. */
bool rehab_step_back(struct rehab_series *s);

/* ---- expression.c ---- */

/* How a leaf sees the episode. */
struct rehab_view {
    const struct rehab_series *s;
    const struct rehab_track_state *track; /* NULL: none (red flags) */
    int64_t from_us;                       /* guards and flags: what was observed before does not count */
};

/* How much a verdict counts against going on: the larger, the safer to take. Under `not`, and in guards, being met does. */
static inline int rehab_caution(const struct rehab_criterion_row *row, uint8_t verdict)
{
    return (row->stance != REHAB_FOR_PROGRESS) != (row->negative != 0) ? verdict : REHAB_MET - verdict;
}

/* Is `at` longer ago than `span_us` at `as_of`? */
static inline bool rehab_is_older(struct rehab_instant at, struct rehab_instant as_of, int64_t span_us, bool calendar)
{
    int64_t age = calendar ? as_of.local_us - at.local_us : as_of.utc_us - at.utc_us;
    return age > span_us;
}

/* The value of the leaf at one observation (a second one is found by itself) and its verdict, whatever its age. */
void rehab_weigh_observation(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t bound,
                             uint32_t observation, struct rehab_finding *f);

/* value op bound? bottom 0: value is top; else 100 * top / bottom percent. */
bool rehab_compare(const struct rehab_criterion_row *row, int64_t top, int64_t bottom, int64_t bound);

/* ---- criterion.c ---- */

/* Judges one leaf. */
void rehab_judge_criterion(const struct rehab_view *v, uint32_t criterion, struct rehab_finding *f);

/* Elapsed time of a leaf in microseconds; false: its event is not known. */
bool rehab_measure_elapsed(const struct rehab_view *v, const struct rehab_criterion_row *row, int64_t *us);

/* ---- gate.c ---- */

enum rehab_verdict rehab_judge_tree(const struct rehab_view *v, const struct rehab_rule_row *rule,
                                    struct rehab_finding *findings, struct rehab_tree_verdicts *out);

/* Marks the leaves that keep a tree from being met: blocks[i] for the i-th finding. */
void rehab_find_blockers(const struct rehab_protocol *p, const struct rehab_rule_row *rule,
                         const struct rehab_tree_verdicts *verdicts, bool blocks[REHAB_MAX_NODES]);

/* How long until the time rules of a tree alone would let it be met. us 0: they do already; INT64_MAX: never. */
struct rehab_wait {
    int64_t us;
    bool local; /* counted on the wall clock */
};
struct rehab_wait rehab_await_tree(const struct rehab_view *v, const struct rehab_rule_row *rule,
                                   const struct rehab_finding *findings);

/* ---- track.c ---- */

/* Days so far against what is usual. */
struct rehab_expectation_result rehab_judge_pace(const struct rehab_series *s, uint32_t expectation,
                                                 const struct rehab_track_state *track);
