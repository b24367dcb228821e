/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with one criterion, or with one tree of them. */
#include "lint.h"

/* ---- one criterion ---- */

/* No assessment can decide it: no other side to compare with, or no value that could be. */
static bool is_unfed(const struct lint *l, const struct rehab_criterion_row *row, uint8_t can_be)
{
    bool other = rehab_is_pair(row->expression) || row->side == REHAB_OTHER;
    return can_be == 0 || (other && l->p->head->sided == 0);
}

static void check_value(struct lint *l, const struct rehab_criterion_row *row, uint8_t can_be)
{
    if (is_unfed(l, row, can_be)) {
        lint_say(l, REHAB_LINT_UNFED, row->id);
    } else if (can_be == LINT_FALSE) {
        lint_say(l, REHAB_LINT_CRITERION_NEVER, row->id);
    } else if (can_be == LINT_TRUE) {
        lint_say(l, REHAB_LINT_CRITERION_ALWAYS, row->id);
    }
}

/*= src:EVIDENCE#6.1-R22  sessions of a kind: those of which what was asked for was seen */
static void check_shown(struct lint *l, const struct rehab_criterion_row *row)
{
    const uint32_t here = l->next.pointer_size;
    const uint8_t can_be = lint_shown(l->p, row);
    lint_enter(l, "with");
    if (!(can_be & LINT_TRUE)) lint_say(l, REHAB_LINT_CRITERION_NEVER, row->id);
    if (can_be == LINT_TRUE) lint_say(l, REHAB_LINT_CRITERION_ALWAYS, row->id);
    l->next.pointer_size = here;
}

/*= src:EVIDENCE#6.1-R8  a change counts only if it is more than the error of measurement */
static bool is_finer(int64_t bound, int64_t mdc)
{
    return (bound < 0 ? -bound : bound) < mdc;
}

/* A bound of zero on a change says which way, not how far. */
static void check_error(struct lint *l, const struct rehab_criterion_row *row)
{
    bool change = row->expression == REHAB_CHANGE || row->expression == REHAB_IMPROVEMENT;
    if (!change && row->expression != REHAB_DIFFERENCE) return;
    const struct rehab_measure_row *m = &l->p->measures[row->measure];
    int64_t mdc = row->flags & REHAB_ONE_ASSESSOR ? m->mdc_same_nano : m->mdc_nano;
    bool which_way = change && row->bound_nano == 0;
    bool finer = is_finer(row->bound_nano, mdc) && !which_way;
    for (uint32_t i = 0; i < row->by.count; i++)
        finer = finer || is_finer(l->p->bounds[row->by.first + i].bound_nano, mdc);
    if (finer) lint_say(l, REHAB_LINT_WITHIN_ERROR, row->id);
}

/* Progress on a value that cannot be fresh any more when the next is due. */
static void check_window(struct lint *l, const struct rehab_criterion_row *row)
{
    if (!lint_is_observed(row) || row->stance != REHAB_FOR_PROGRESS || row->within_us == 0) return;
    if (row->within_us < l->p->measures[row->measure].interval_us)
        lint_say(l, REHAB_LINT_SHORT_WINDOW, row->id);
}

/* How well is kept to what nobody is told to do? Sessions may be of anything that the document
 * names, training with a team as well; adherence is to a plan. */
/*= src:EVIDENCE#6.1-R23  sessions that were done, of those that were prescribed */
static bool is_unprescribed(const struct lint *l, const struct rehab_criterion_row *row)
{
    bool found = row->expression != REHAB_ADHERENCE;
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_PRESCRIPTIONS); i++)
        found = found || row->activity == REHAB_ANY_ACTIVITY ||
                l->p->prescriptions[i].activity == row->activity;
    return !found;
}

/*= src:EVIDENCE#6.1-R52  medication blocks progress, and never a step back */
static bool is_unmedicated_guard(const struct rehab_criterion_row *row)
{
    return rehab_is_wary(row) && (row->asked & REHAB_ANALGESIC_24H) != 0;
}

/* Of which event the date must be known; REHAB_ANCHOR_NONE: of none. */
static uint32_t event_of(const struct rehab_criterion_row *row)
{
    if (row->from == REHAB_PRE_ONSET) return REHAB_ONSET;
    if (row->from == REHAB_PRE_SURGERY) return REHAB_SURGERY;
    return row->from >= REHAB_ONSET ? row->from : (uint32_t)REHAB_ANCHOR_NONE;
}

static bool is_of_other_event(const struct lint *l, const struct rehab_criterion_row *row)
{
    uint32_t event = event_of(row);
    return event != REHAB_ANCHOR_NONE && event != l->p->head->day_zero;
}

static void check_criterion(struct lint *l, const struct rehab_criterion_row *row, uint8_t can_be)
{
    bool aged = lint_is_observed(row) && row->stance == REHAB_FOR_PROGRESS && row->within_us == 0 &&
                row->since != REHAB_SINCE_PHASE;
    check_value(l, row, can_be);
    check_shown(l, row);
    if (is_of_other_event(l, row)) lint_say(l, REHAB_LINT_OTHER_EVENT, row->id);
    if (aged) lint_say(l, REHAB_LINT_NO_WINDOW, row->id);
    if (is_unprescribed(l, row)) lint_say(l, REHAB_LINT_UNPRESCRIBED, row->id);
    if (is_unmedicated_guard(row)) lint_say(l, REHAB_LINT_MEDICATED, row->id);
    check_window(l, row);
    check_error(l, row);
    if (row->citation.source == REHAB_NONE || row->citation.certainty == REHAB_CERTAINTY_NONE)
        lint_say(l, REHAB_LINT_NO_SOURCE, row->id);
}

/* Every leaf of a rule, with what it could be in any of the combinations. */
static void check_criteria(struct lint *l, const struct rehab_rule_row *rule, const uint8_t *can_be)
{
    uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        const struct rehab_node_row *node = &l->p->nodes[rule->nodes.first + i];
        if (node->kind != REHAB_LEAF) continue;
        lint_enter_node(l, rule, i);
        check_criterion(l, &l->p->criteria[node->criterion], can_be[node->first_leaf]);
        l->next.pointer_size = here;
    }
}

/* ---- one tree ---- */

/* Tries everything; what the tree can be, and each leaf by itself. When that is too much: all. */
static uint8_t try_rule(const struct lint *l, uint32_t rule, uint8_t *can_be)
{
    struct lint_trial t;
    uint8_t mask = 0;
    lint_begin(&t, l->p, &l->reach, false);
    lint_add(&t, rule, l->phase);
    for (bool more = lint_first(&t); more; more = lint_next(&t)) {
        mask |= lint_tree(&t, rule, 0);
        for (uint32_t i = 0; i < t.count; i++)
            can_be[i] |= t.leaf[i].alone;
    }
    return t.lost ? LINT_TRUE | LINT_FALSE : mask;
}

void lint_check_rule(struct lint *l, uint32_t rule, struct rehab_ref id, enum rehab_lint_code never)
{
    uint8_t can_be[REHAB_MAX_NODES] = {0};
    if (rule == REHAB_NONE) return;
    uint8_t mask = try_rule(l, rule, can_be);
    enum rehab_lint_code always =
        never == REHAB_LINT_GATE_NEVER ? REHAB_LINT_GATE_ALWAYS : REHAB_LINT_RULE_ALWAYS;
    if ((mask & LINT_TRUE) == 0) lint_say(l, never, id);
    if (mask == LINT_TRUE) lint_say(l, always, id);
    check_criteria(l, &l->p->rules[rule], can_be);
}

static uint8_t when_missed(const struct lint_leaf *leaf)
{
    (void)leaf;
    return LINT_FALSE;
}

/* Can the rule be met while the leaves that `chosen` names are as they are seen? */
static bool can_do(const struct lint *l, uint32_t rule, const bool *chosen,
                   uint8_t (*see)(const struct lint_leaf *leaf))
{
    struct lint_trial t;
    bool found = false;
    lint_begin(&t, l->p, &l->reach, false);
    lint_add(&t, rule, l->phase);
    for (bool more = lint_first(&t); more && !found; more = lint_next(&t)) {
        for (uint32_t i = 0; i < t.count; i++) {
            if (chosen[i]) t.leaf[i].mask = see(&t.leaf[i]);
        }
        found = lint_tree(&t, rule, 0) & LINT_TRUE;
    }
    return found;
}

static bool is_screen(const struct lint *l, const struct rehab_criterion_row *row)
{
    return lint_is_observed(row) &&
           rehab_text_equal(rehab_text_at(l->p, l->p->measures[row->measure].code), l->screen);
}

/* What a leaf makes of an answer. One that does not look at the newest may be met by whatever it
 * is: by that there is one, or by a better one before. */
static uint8_t answered(const struct lint_leaf *leaf, int64_t value)
{
    bool newest = leaf->row->expression == REHAB_LATEST || leaf->row->expression == REHAB_WORST;
    return newest ? lint_truth(leaf, value) : LINT_TRUE;
}

/* Something was found, just now. */
static uint8_t when_found(const struct lint_leaf *leaf)
{
    return answered(leaf, 0);
}

/* It was clear, long ago: where there is a window that is neither met nor missed. */
static uint8_t when_old(const struct lint_leaf *leaf)
{
    return leaf->row->within_us > 0 ? 0 : answered(leaf, REHAB_SCALE);
}

/*= src:EVIDENCE#6.2-3  a fresh screen to progress: asked lately, and nothing found */
void lint_check_screen(struct lint *l, const struct rehab_gate_row *gate)
{
    const struct rehab_range range = l->p->rules[gate->rule].criteria;
    bool chosen[REHAB_MAX_NODES];
    if (l->screen.size == 0) return;
    for (uint32_t i = 0; i < range.count; i++)
        chosen[i] = is_screen(l, &l->p->criteria[range.first + i]);
    if (can_do(l, gate->rule, chosen, when_found) || can_do(l, gate->rule, chosen, when_old))
        lint_say(l, REHAB_LINT_NO_SCREEN, gate->id);
}

/*= src:EVIDENCE#6.2-12  a floor holds by itself, and only a named role may relax it */
void lint_check_floors(struct lint *l, const struct rehab_gate_row *gate)
{
    const struct rehab_range range = l->p->rules[gate->rule].criteria;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct rehab_criterion_row *row = &l->p->criteria[range.first + i];
        bool chosen[REHAB_MAX_NODES] = {false};
        if (row->floor == 0) continue;
        chosen[i] = true;
        if (can_do(l, gate->rule, chosen, when_missed))
            lint_say(l, REHAB_LINT_FLOOR_PASSED, row->id);
        if (row->roles & REHAB_CLINICIAN) lint_say(l, REHAB_LINT_FLOOR_SOFT, row->id);
    }
}
