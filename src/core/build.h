/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the compiler: where in the document it is, and where rows go. */
#pragma once

#include "core.h"

enum { PATH_MAX_STEPS = 48, ROW_MAX = 192 };

static const struct rehab_text BUILD_NOTHING = {NULL, 0};

/* One step of the way into the document: a member, or (name NULL) an element, or (id.at not NULL)
 * what stands there under its id. */
struct step {
    const char *name;
    uint32_t index;
    struct rehab_text id;
};

struct builder {
    const struct rehab_document *d;
    struct rehab_arena *scratch;
    struct rehab_fault *fault;
    unsigned char *block;             /* NULL: counting */
    uint32_t at[REHAB_TABLE_COUNT];   /* where tables begin, once counted */
    uint32_t used[REHAB_TABLE_COUNT]; /* rows so far */
    uint16_t *measure;    /* by measure of the document: its row, REHAB_NONE16: not used so far */
    uint32_t *measure_of; /* and back */
    uint32_t measures;
    uint32_t *leaf; /* leaves by the hash of their id, REHAB_NONE; twice as many places */
    uint32_t leaf_mask;
    struct rehab_text clearance[REHAB_MAX_CLEARANCES];
    uint32_t clearances;
    const struct rehab_texts *states; /* by automaton */
    uint32_t track;                   /* whose gates are being written */
    uint32_t drift;                   /* of the red flag that is being written */
    struct step path[PATH_MAX_STEPS];
    uint32_t depth;
    uint64_t nowhere[ROW_MAX / 8]; /* where rows go while counting */
};

/* What time alone does to leaves of a red flag: they begin to be so, they end. */
enum { BUILD_BEGINS = 1, BUILD_ENDS = 2 };

/* ---- build_fault.c ---- */

/* Into a member, into an element of a list, and out again. */
void build_enter(struct builder *b, const char *name);
void build_enter_at(struct builder *b, const char *name, uint32_t index);
void build_enter_id(struct builder *b, struct rehab_text id);
void build_leave(struct builder *b, uint32_t steps);

/* Keeps a fault at the place reached, when it is the first. */
void build_blame(struct builder *b, enum rehab_fault_code code, struct rehab_text subject,
                 struct rehab_text nearest);

/* The same for a member of what is there (NULL: for that itself, as with every `name` below);
 * build_need: unless something holds. */
void build_blame_member(struct builder *b, enum rehab_fault_code code, const char *name);
void build_need(struct builder *b, bool holds, enum rehab_fault_code code, const char *name);

/* The place of `word` among structs that begin with their id; blames the member when there is none.
 */
uint32_t build_look_up(struct builder *b, struct rehab_text word, const void *first, size_t stride,
                       uint32_t count, enum rehab_fault_code code, const char *name);

/* Every id there, none twice, and not more than `most`. `name` is the member that holds the list.
 */
void build_check_ids(struct builder *b, const void *first, size_t stride, uint32_t count,
                     uint32_t most, const char *name);

/* ---- build_row.c ---- */

/* `count` new rows of a table; they are filled through build_row. */
struct rehab_range build_take(struct builder *b, enum rehab_table table, uint32_t count);
void *build_row(struct builder *b, enum rehab_table table, uint32_t index);

struct rehab_ref build_text(struct builder *b, struct rehab_text text);
struct rehab_range build_texts(struct builder *b, struct rehab_texts texts);
struct rehab_range build_words(struct builder *b, struct rehab_words words);
struct rehab_citation_row build_citation(struct builder *b, const struct rehab_citation *c);

/* The row of a measure, which is used from now on; and the measure of a row. */
uint32_t build_use_measure(struct builder *b, struct rehab_text code, const char *name);
const struct rehab_measure *build_measure_at(const struct builder *b, uint32_t used);

uint32_t build_find_stratum(struct builder *b, struct rehab_text id, const char *name);
/* REHAB_ANY_ACTIVITY for "any"; REHAB_NONE16. */
uint16_t build_find_activity(struct builder *b, struct rehab_text id, const char *name);
uint32_t build_find_label(struct builder *b, struct rehab_text label, struct rehab_texts labels,
                          const char *name);

/* A clinician's act may always be a physician's. */
uint32_t build_widen_roles(uint32_t roles);

/* ---- build_leaf.c ---- */

/* A leaf that an author named has an id of its own. */
void build_leaf_id(struct builder *b, struct rehab_text id);

/* Places to find leaves at by their id, once they are counted; false: there is no room. */
bool build_leaf_places(struct builder *b);

void build_leaf(struct builder *b, const struct rehab_criterion *c, uint32_t index, uint32_t stance,
                bool negative);

/* How long a value of the measure counts when nothing else is said: the document's word for it or
 * for its class, else the measure's own. */
struct rehab_duration build_window(const struct builder *b, const struct rehab_measure *m);

/* A bound that is a number, in billionths. */
int64_t build_number(struct builder *b, const struct rehab_value *value, const char *name);

/* A comparison with values of a measure, into the row's operator and bounds. */
void build_comparison(struct builder *b, const struct rehab_comparison *k,
                      const struct rehab_measure *m, struct rehab_criterion_row *row);

/* ---- build_derived.c ---- */

/* The states of every automaton, for leaves to name; false: no room. Before the first walk. */
bool build_states(struct builder *b);

/* Scores, tables and automata. */
void build_derived(struct builder *b);

/* ---- build_tree.c ---- */

/* A tree of criteria, its rule. NULL: REHAB_NONE. `name` is the member that holds it. */
uint32_t build_rule(struct builder *b, const struct rehab_criterion *c, enum rehab_stance stance,
                    const char *name);
/* A tree of one leaf, at the place reached. */
uint32_t build_leaf_rule(struct builder *b, const struct rehab_criterion *c,
                         enum rehab_stance stance);
uint32_t build_required_rule(struct builder *b, const struct rehab_criterion *c,
                             enum rehab_stance stance, const char *name);

/* ---- build_phase.c ---- */

void build_track(struct builder *b, uint32_t i);
