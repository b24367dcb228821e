/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the critic: what can be, of one tree or of two over the same values; how far
 * a protocol can be gone; and where what is found is put. */
#pragma once

#include "core.h"

/* What a leaf or a tree can be: bits. LINT_TURN: one thing because of a value that is looked at,
 * and the other without it (turning, lint_pair.c). */
enum { LINT_FALSE = 1, LINT_TRUE = 2, LINT_TURN = 4 };
enum { LINT_LEAVES = 4 * REHAB_MAX_NODES };

/* Values from low to high, multiples of step. */
struct lint_span {
    int64_t low, high, step;
};

struct lint_leaf {
    const struct rehab_criterion_row *row;
    struct lint_span span;
    const struct rehab_norm_step_row *norm; /* of a percentile: its table */
    uint32_t norms;
    uint32_t states; /* of a history: bits of those that some value leads to */
    int64_t bound;   /* of the strata tried */
    uint32_t phase;  /* where it stands; REHAB_NONE: nowhere */
    uint32_t first;  /* the first leaf over the same value; it holds `at` */
    bool shared;     /* there is another one */
    bool loose;      /* and it asks for another second value of a pair than this leaf */
    bool mirrored;   /* it looks at how far off 100 % the value is */
    bool only;       /* first: several leaves look at the value, so that it must be tried out */
    int64_t at;      /* first: the value tried */
    uint8_t alone;   /* what it can be by itself */
    uint8_t mask;    /* what it can be now */
};

/* The last multiple of step that is not above the value. */
int64_t lint_floor(int64_t value, int64_t step);

/* What a leaf can be by itself, whatever is observed; of a history, in whichever state. */
uint8_t lint_leaf_alone(const struct rehab_protocol *p, const struct rehab_criterion_row *row,
                        int64_t bound);

/* What a value makes of what sessions are asked to have shown (`with`); either, if that is nothing.
 */
uint8_t lint_shown(const struct rehab_protocol *p, const struct rehab_criterion_row *row);

/* Does it look at observations of a measure? */
static inline bool lint_is_observed(const struct rehab_criterion_row *row)
{
    return row->expression < REHAB_ELAPSED;
}

/* Are they clearances of one name? */
static inline bool lint_is_kin(const struct rehab_criterion_row *a,
                               const struct rehab_criterion_row *b)
{
    return a->expression == REHAB_CLEARED && b->expression == REHAB_CLEARED && a->name == b->name;
}

/* ---- lint_trial.c ---- */

/* How far each track can be gone: the last phase but the first that can be entered, and beyond all
 * of them where the track can be completed. */
struct lint_reach {
    uint32_t furthest[REHAB_MAX_TRACKS];
};

/* One question: the leaves of some trees, and the combination that is being tried. */
struct lint_trial {
    const struct rehab_protocol *p;
    const struct lint_reach *reach;
    struct lint_leaf leaf[LINT_LEAVES];
    uint32_t count;
    bool same;         /* guards look at the very value that progress looks at */
    uint16_t activity; /* and at what was observed during it; REHAB_NONE16 */
    uint16_t place[REHAB_MAX_STRATA];
    bool used[REHAB_MAX_STRATA];
    bool fixed[REHAB_MAX_STRATA]; /* those that stay at their place */
    uint32_t work;
    bool lost; /* there was too much to try */
};

void lint_begin(struct lint_trial *t, const struct rehab_protocol *p,
                const struct lint_reach *reach, bool same);

/* Puts the leaves of a rule of this phase (REHAB_NONE: of none) behind those that are there; their
 * first place. */
uint32_t lint_add(struct lint_trial *t, uint32_t rule, uint32_t phase);

/* The first combination, and the next; false: there is none. */
bool lint_first(struct lint_trial *t);
bool lint_next(struct lint_trial *t);

/* A leaf by itself. */
struct lint_leaf lint_leaf_of(const struct rehab_protocol *p,
                              const struct rehab_criterion_row *row);

/* Which of the leaves over one value hold at `value`, as bits; it goes on to the next value at
 * which that may change. False: it is beyond the span, and there are no more. */
bool lint_sweep(const struct lint_leaf *leaf, uint32_t count, const struct lint_span *span,
                int64_t *value, uint64_t *inside);

/* What the tree can be now, its leaves beginning at `first`. */
uint8_t lint_tree(const struct lint_trial *t, uint32_t rule, uint32_t first);

/* What a value makes of a leaf: true or false; and what it can be with others before it. */
uint8_t lint_truth(const struct lint_leaf *l, int64_t value);
uint8_t lint_mask_at(const struct lint_leaf *l, int64_t value);

/* ---- lint_band.c ---- */

enum { LINT_HOLE = 1, LINT_OVERLAP = 2 };

/* Every value that the zones look at, against all of them: bits. */
uint8_t lint_tiling(const struct rehab_protocol *p, struct rehab_range zones);

/* Bands of an item, as bits: those that no value comes to, and those that have values in common
 * with one before them, neither lying within the other. */
struct lint_scored {
    uint64_t never, mixed;
};

struct lint_scored lint_look_at_item(const struct rehab_protocol *p,
                                     const struct rehab_score_item_row *item);

/* ---- the walk ---- */

struct lint {
    const struct rehab_protocol *p;
    struct rehab_text screen;
    struct rehab_lint_finding *out;
    uint32_t size, count;
    struct rehab_lint_finding next; /* its pointer: where we are */
    uint32_t phase;                 /* which we are in; REHAB_NONE */
    struct lint_reach reach;
    bool reached[REHAB_MAX_PHASES];
    uint8_t possible[REHAB_MAX_PHASES * REHAB_MAX_GATES / CHAR_BIT]; /* by gate: it can be met */
};

static inline bool lint_is_ahead(uint32_t move)
{
    return move == REHAB_ADVANCE || move == REHAB_COMPLETE;
}

static inline bool lint_is_back(uint32_t move)
{
    return move == REHAB_REGRESS || move == REHAB_RESTART;
}

/* ---- lint_place.c ---- */

void lint_enter(struct lint *l, const char *name);
void lint_enter_at(struct lint *l, const char *name, uint32_t index);
void lint_enter_id(struct lint *l, struct rehab_text id);

/* From the root of a tree down to one of its nodes. */
void lint_enter_node(struct lint *l, const struct rehab_rule_row *rule, uint32_t place);

void lint_say(struct lint *l, enum rehab_lint_code code, struct rehab_ref subject);
void lint_say_of(struct lint *l, enum rehab_lint_code code, struct rehab_ref subject,
                 uint32_t stratum, uint32_t value);

/* ---- lint_rule.c ---- */

/* Looks at a tree and its leaves; REHAB_NONE: there is none. */
void lint_check_rule(struct lint *l, uint32_t rule, struct rehab_ref id,
                     enum rehab_lint_code never);
void lint_check_screen(struct lint *l, const struct rehab_gate_row *gate);
void lint_check_floors(struct lint *l, const struct rehab_gate_row *gate);

/* ---- lint_pair.c ---- */

/* LINT_BOTH: one value leads ahead and back. LINT_NEXT: the value beside does, by itself. */
enum { LINT_BOTH = 1, LINT_NEXT = 2 };

uint8_t lint_clash(const struct lint *l, const struct rehab_gate_row *ahead,
                   const struct rehab_gate_row *back);

/* ---- lint_way.c ---- */

/* Of whom is asked, or when. */
struct lint_case {
    uint16_t place[REHAB_MAX_STRATA];
    bool fixed[REHAB_MAX_STRATA]; /* those whose stratum is at this place */
    bool late;                    /* when much time has passed */
    bool stayed;                  /* all of it in this phase */
};

struct lint_guards {
    uint32_t count;
    const struct rehab_gate_row *at[REHAB_MAX_GATES];
};

/* What holds in a phase, and what leads back out of it where that is asked for, too. */
struct lint_guards lint_guards_of(const struct lint *l, struct rehab_range gates, bool back);

/* Can the gate be met while no guard is? Of a red flag the rule stands for a guard. Ahead NULL: of
 * whoever stays where he is. */
bool lint_can_pass(const struct lint *l, const struct rehab_gate_row *ahead,
                   const struct lint_guards *guards, const struct lint_case *of);

/* Does one of the gates ahead let pass? Who stayed so long is not looked at for steps back. */
bool lint_has_way(const struct lint *l, const struct rehab_phase_row *phase,
                  const struct lint_case *of);

/* Does none, from some time on? */
bool lint_is_closing(const struct lint *l, const struct rehab_phase_row *phase);

/* ---- lint_reach.c ---- */

/* Finds what can be met and reached. */
void lint_explore(struct lint *l);

bool lint_is_possible(const struct lint *l, uint32_t gate);

/* For everybody (stratum REHAB_NONE), or for those of whom the stratum has this value. */
bool lint_has_way_out(const struct lint *l, const struct rehab_phase_row *phase, uint32_t stratum,
                      uint32_t value);
