/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the critic: what can be, of one tree or of two over the same values. */
#pragma once

#include "core.h"

enum { LINT_FALSE = 1, LINT_TRUE = 2 }; /* what a leaf or a tree can be: bits */
enum { LINT_LEAVES = 2 * REHAB_MAX_NODES };

/* Values from low to high, multiples of step. */
struct lint_span {
    int64_t low, high, step;
};

struct lint_leaf {
    const struct rehab_criterion_row *row;
    struct lint_span span;
    int64_t bound;  /* of the strata tried */
    uint32_t first; /* the first leaf over the same value; it holds `at` */
    bool shared;    /* there is another one */
    bool only;      /* first: several leaves look at the value, so that it must be tried out */
    int64_t at;     /* first: the value tried */
    uint8_t alone;  /* what it can be by itself */
    uint8_t mask;   /* what it can be now */
};

/* The last multiple of step that is not above the value. */
int64_t lint_floor(int64_t value, int64_t step);

/* What a leaf can be by itself, whatever is observed. */
uint8_t lint_leaf_alone(const struct rehab_protocol *p, const struct rehab_criterion_row *row,
                        int64_t bound);

/* Does it look at observations of a measure? */
static inline bool lint_is_observed(const struct rehab_criterion_row *row)
{
    return row->expression < REHAB_ELAPSED;
}

/* One question: the leaves of one or two trees, and the combination that is being tried. */
struct lint_trial {
    const struct rehab_protocol *p;
    struct lint_leaf leaf[LINT_LEAVES];
    uint32_t count;
    bool same; /* guards look at the very value that progress looks at */
    uint16_t place[REHAB_MAX_STRATA];
    bool used[REHAB_MAX_STRATA];
    uint32_t fixed; /* a stratum that stays at its place; REHAB_NONE */
    uint32_t work;
    bool lost; /* there was too much to try */
};

void lint_begin(struct lint_trial *t, const struct rehab_protocol *p, bool same);

/* Puts the leaves of a rule behind those that are there; their first place. */
uint32_t lint_add(struct lint_trial *t, uint32_t rule);

/* The first combination, and the next; false: there is none. */
bool lint_first(struct lint_trial *t);
bool lint_next(struct lint_trial *t);

enum { LINT_HOLE = 1, LINT_OVERLAP = 2 };

/* Every value that the zones look at, against all of them: bits. */
uint8_t lint_tiling(const struct rehab_protocol *p, struct rehab_range zones);

/* What the tree can be now, its leaves beginning at `first`. */
uint8_t lint_tree(const struct lint_trial *t, uint32_t rule, uint32_t first);
