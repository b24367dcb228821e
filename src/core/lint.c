/* SPDX-License-Identifier: Apache-2.0 */
/* The critic's walk through a protocol. The way is kept as text in the finding to come, so that
 * every finding is a copy of it. */
#include "lint.h"

struct lint {
    const struct rehab_protocol *p;
    struct rehab_text screen;
    struct rehab_lint_finding *out;
    uint32_t size, count;
    struct rehab_lint_finding next; /* its pointer: where we are */
    bool reached[REHAB_MAX_PHASES];
    uint8_t possible[REHAB_MAX_PHASES * REHAB_MAX_GATES / CHAR_BIT]; /* by gate: it can be met */
};

/* ---- the way ---- */

/* Names of members are ours and short, and a tree has 64 nodes: there is always room. */
static void put_character(struct lint *l, char c)
{
    l->next.pointer[l->next.pointer_size++] = c;
}

static void enter(struct lint *l, const char *name)
{
    put_character(l, '/');
    for (; *name != '\0'; name++)
        put_character(l, *name);
}

static void enter_at(struct lint *l, const char *name, uint32_t index)
{
    uint32_t unit = 1;
    enter(l, name);
    put_character(l, '/');
    while (index / unit >= 10)
        unit *= 10;
    for (; unit > 0; unit /= 10)
        put_character(l, (char)('0' + index / unit % 10));
}

static void say_of(struct lint *l, enum rehab_lint_code code, struct rehab_ref subject,
                   uint32_t stratum, uint32_t value)
{
    l->next.code = code;
    l->next.subject = rehab_text_at(l->p, subject);
    l->next.stratum = stratum;
    l->next.stratum_value = value;
    if (l->count < l->size) l->out[l->count] = l->next;
    l->count++;
}

static void say(struct lint *l, enum rehab_lint_code code, struct rehab_ref subject)
{
    say_of(l, code, subject, REHAB_NONE, REHAB_NONE);
}

static const char *kind_name(uint8_t kind)
{
    static const char NAME[REHAB_NODE_KIND_COUNT][16] = {"",    "all", "any",
                                                         "not", "of",  "same_occasion"};
    return NAME[kind];
}

/* From the root of a tree down to one of its nodes. */
static void enter_node(struct lint *l, const struct rehab_rule_row *rule, uint32_t place)
{
    const struct rehab_node_row *node = &l->p->nodes[rule->nodes.first];
    uint32_t way[REHAB_MAX_NODES], depth = 0;
    for (; place != rule->nodes.count - 1; place = node[place].parent)
        way[depth++] = place;
    while (depth > 0) {
        uint32_t child = way[--depth], parent = node[child].parent, index = 0;
        for (uint32_t i = 0; i < child; i++)
            index += node[i].parent == parent;
        if (node[parent].kind == REHAB_NOT) {
            enter(l, kind_name(REHAB_NOT));
        } else {
            enter_at(l, kind_name(node[parent].kind), index);
        }
    }
}

/* ---- one criterion ---- */

static bool is_ahead(uint32_t move)
{
    return move == REHAB_ADVANCE || move == REHAB_COMPLETE;
}

static bool is_back(uint32_t move)
{
    return move == REHAB_REGRESS || move == REHAB_RESTART;
}

/* No assessment can decide it: no other side to compare with, or no value that could be. */
static bool is_unfed(const struct lint *l, const struct rehab_criterion_row *row, uint8_t can_be)
{
    bool other = rehab_is_pair(row->expression) || row->side == REHAB_OTHER;
    return can_be == 0 || (other && l->p->head->sided == 0);
}

static void check_value(struct lint *l, const struct rehab_criterion_row *row, uint8_t can_be)
{
    if (is_unfed(l, row, can_be)) {
        say(l, REHAB_LINT_UNFED, row->id);
    } else if (can_be == LINT_FALSE) {
        say(l, REHAB_LINT_CRITERION_NEVER, row->id);
    } else if (can_be == LINT_TRUE) {
        say(l, REHAB_LINT_CRITERION_ALWAYS, row->id);
    }
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
    if (finer) say(l, REHAB_LINT_WITHIN_ERROR, row->id);
}

/* Progress on a value that cannot be fresh any more when the next is due. */
static void check_window(struct lint *l, const struct rehab_criterion_row *row)
{
    if (!lint_is_observed(row) || row->stance != REHAB_FOR_PROGRESS || row->within_us == 0) return;
    if (row->within_us < l->p->measures[row->measure].interval_us)
        say(l, REHAB_LINT_SHORT_WINDOW, row->id);
}

static void check_criterion(struct lint *l, const struct rehab_criterion_row *row, uint8_t can_be)
{
    bool aged = lint_is_observed(row) && row->stance == REHAB_FOR_PROGRESS && row->within_us == 0 &&
                row->since != REHAB_SINCE_PHASE;
    bool event = row->expression == REHAB_ELAPSED && row->from >= REHAB_ONSET;
    check_value(l, row, can_be);
    if (event && row->from != l->p->head->day_zero) say(l, REHAB_LINT_OTHER_EVENT, row->id);
    if (aged) say(l, REHAB_LINT_NO_WINDOW, row->id);
    check_window(l, row);
    check_error(l, row);
    if (row->citation.source == REHAB_NONE || row->citation.certainty == REHAB_CERTAINTY_NONE)
        say(l, REHAB_LINT_NO_SOURCE, row->id);
}

/* Every leaf of a rule, with what it could be in any of the combinations. */
static void check_criteria(struct lint *l, const struct rehab_rule_row *rule, const uint8_t *can_be)
{
    uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        const struct rehab_node_row *node = &l->p->nodes[rule->nodes.first + i];
        if (node->kind != REHAB_LEAF) continue;
        enter_node(l, rule, i);
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
    lint_begin(&t, l->p, false);
    lint_add(&t, rule);
    for (bool more = lint_first(&t); more; more = lint_next(&t)) {
        mask |= lint_tree(&t, rule, 0);
        for (uint32_t i = 0; i < t.count; i++)
            can_be[i] |=
                t.leaf[i].row->expression == REHAB_STRATUM ? t.leaf[i].mask : t.leaf[i].alone;
    }
    return t.lost ? LINT_TRUE | LINT_FALSE : mask;
}

/* Returns whether it can be met. */
static bool check_rule(struct lint *l, uint32_t rule, struct rehab_ref id,
                       enum rehab_lint_code never)
{
    uint8_t can_be[REHAB_MAX_NODES] = {0};
    if (rule == REHAB_NONE) return true;
    uint8_t mask = try_rule(l, rule, can_be);
    enum rehab_lint_code always =
        never == REHAB_LINT_GATE_NEVER ? REHAB_LINT_GATE_ALWAYS : REHAB_LINT_RULE_ALWAYS;
    if ((mask & LINT_TRUE) == 0) say(l, never, id);
    if (mask == LINT_TRUE) say(l, always, id);
    check_criteria(l, &l->p->rules[rule], can_be);
    return mask & LINT_TRUE;
}

/* Can the rule be met while the leaves that `chosen` names are not? */
static bool can_do_without(const struct lint *l, uint32_t rule, const bool *chosen)
{
    struct lint_trial t;
    bool found = false;
    lint_begin(&t, l->p, false);
    lint_add(&t, rule);
    for (bool more = lint_first(&t); more && !found; more = lint_next(&t)) {
        for (uint32_t i = 0; i < t.count; i++) {
            if (chosen[i]) t.leaf[i].mask = LINT_FALSE;
        }
        found = lint_tree(&t, rule, 0) & LINT_TRUE;
    }
    return found;
}

static void check_screen(struct lint *l, const struct rehab_gate_row *gate)
{
    const struct rehab_range range = l->p->rules[gate->rule].criteria;
    bool chosen[REHAB_MAX_NODES] = {false};
    if (l->screen.size == 0) return;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct rehab_criterion_row *row = &l->p->criteria[range.first + i];
        if (!lint_is_observed(row)) continue;
        chosen[i] =
            rehab_text_equal(rehab_text_at(l->p, l->p->measures[row->measure].code), l->screen);
    }
    if (can_do_without(l, gate->rule, chosen)) say(l, REHAB_LINT_NO_SCREEN, gate->id);
}

/*= src:EVIDENCE#6.2-12  a floor holds by itself, and only a named role may relax it */
static void check_floors(struct lint *l, const struct rehab_gate_row *gate)
{
    const struct rehab_range range = l->p->rules[gate->rule].criteria;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct rehab_criterion_row *row = &l->p->criteria[range.first + i];
        bool chosen[REHAB_MAX_NODES] = {false};
        if (row->floor == 0) continue;
        chosen[i] = true;
        if (can_do_without(l, gate->rule, chosen)) say(l, REHAB_LINT_FLOOR_PASSED, row->id);
        if (row->roles & REHAB_CLINICIAN) say(l, REHAB_LINT_FLOOR_SOFT, row->id);
    }
}

/* ---- two trees ---- */

/* Does progress through the leaves before look at the value of this one too? */
static bool is_shared(const struct lint_trial *t, uint32_t leaf, uint32_t before)
{
    return t->leaf[leaf].first < before && lint_is_observed(t->leaf[leaf].row) &&
           t->leaf[leaf].row->negative == 0;
}

/* Is the rule behind met because of this leaf? */
static bool decides(struct lint_trial *t, uint32_t rule, uint32_t first, uint32_t leaf)
{
    uint8_t kept = t->leaf[leaf].mask;
    if ((kept & LINT_TRUE) == 0) return false;
    t->leaf[leaf].mask = LINT_FALSE;
    bool without = lint_tree(t, rule, first) & LINT_FALSE;
    t->leaf[leaf].mask = LINT_TRUE;
    bool with = lint_tree(t, rule, first) & LINT_TRUE;
    t->leaf[leaf].mask = kept;
    return without & with;
}

static bool turns_back(struct lint_trial *t, uint32_t rule, uint32_t first)
{
    for (uint32_t i = first; i < t->count; i++) {
        if (is_shared(t, i, first) && decides(t, rule, first, i)) return true;
    }
    return false;
}

/*= src:EVIDENCE#6.2-4  a bound of regress on the bound of progress makes patients oscillate */
static bool oscillates(const struct lint *l, uint32_t into, uint32_t back)
{
    struct lint_trial t;
    lint_begin(&t, l->p, true);
    lint_add(&t, into);
    uint32_t first = lint_add(&t, back);
    bool found = false;
    for (bool more = lint_first(&t); more && !found; more = lint_next(&t))
        found = (lint_tree(&t, into, 0) & LINT_TRUE) && turns_back(&t, back, first);
    return found;
}

/* Is there no way to meet the one without the other? */
static bool is_shadowed(const struct lint *l, uint32_t ahead, uint32_t guard)
{
    struct lint_trial t;
    lint_begin(&t, l->p, true);
    lint_add(&t, ahead);
    uint32_t first = lint_add(&t, guard);
    bool free = false;
    for (bool more = lint_first(&t); more && !free; more = lint_next(&t))
        free = (lint_tree(&t, ahead, 0) & LINT_TRUE) && (lint_tree(&t, guard, first) & LINT_FALSE);
    return !free && !t.lost;
}

/* ---- gates ---- */

static bool is_possible(const struct lint *l, uint32_t gate)
{
    return l->possible[gate / CHAR_BIT] >> gate % CHAR_BIT & 1;
}

/* Advances into the phase that a step back leaves. */
static void check_oscillation(struct lint *l, const struct rehab_gate_row *back)
{
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_GATES); i++) {
        const struct rehab_gate_row *into = &l->p->gates[i];
        if (into->move == REHAB_ADVANCE && into->to == back->from &&
            oscillates(l, into->rule, back->rule))
            say(l, REHAB_LINT_OSCILLATES, into->id);
    }
}

/*= src:EVIDENCE#6.2-2  regress and hold go before progress */
static void check_shadows(struct lint *l, const struct rehab_gate_row *gate,
                          struct rehab_range others)
{
    for (uint32_t i = others.first; i < others.first + others.count; i++) {
        const struct rehab_gate_row *guard = &l->p->gates[i];
        if ((is_back(guard->move) || guard->move == REHAB_HOLD) &&
            is_shadowed(l, gate->rule, guard->rule))
            say(l, REHAB_LINT_SHADOWED, guard->id);
    }
}

static void check_gate(struct lint *l, uint32_t index, struct rehab_range others)
{
    const struct rehab_gate_row *gate = &l->p->gates[index];
    bool possible = check_rule(l, gate->rule, gate->id, REHAB_LINT_GATE_NEVER);
    l->possible[index / CHAR_BIT] |= (uint8_t)(possible << index % CHAR_BIT);
    if (is_back(gate->move)) check_oscillation(l, gate);
    if (!is_ahead(gate->move)) return;
    check_floors(l, gate);
    if (!possible) return;
    check_screen(l, gate);
    check_shadows(l, gate, others);
}

/* ---- phases ---- */

static bool can_be_met_in(const struct lint *l, uint32_t rule, uint32_t stratum, uint32_t value)
{
    struct lint_trial t;
    bool found = false;
    lint_begin(&t, l->p, false);
    lint_add(&t, rule);
    t.fixed = stratum;
    t.place[stratum] = (uint16_t)value;
    for (bool more = lint_first(&t); more && !found; more = lint_next(&t))
        found = lint_tree(&t, rule, 0) & LINT_TRUE;
    return found || t.lost;
}

static bool has_way_out(const struct lint *l, const struct rehab_phase_row *phase, uint32_t stratum,
                        uint32_t value)
{
    for (uint32_t i = phase->gates.first; i < phase->gates.first + phase->gates.count; i++) {
        const struct rehab_gate_row *gate = &l->p->gates[i];
        if (is_ahead(gate->move) && is_possible(l, i) &&
            (stratum == REHAB_NONE || can_be_met_in(l, gate->rule, stratum, value)))
            return true;
    }
    return false;
}

static void check_way_out(struct lint *l, const struct rehab_phase_row *phase)
{
    if (!has_way_out(l, phase, REHAB_NONE, 0)) {
        say(l, REHAB_LINT_NO_WAY_OUT, phase->id);
        return;
    }
    for (uint32_t s = 0; s < rehab_count(l->p, REHAB_STRATA); s++) {
        for (uint32_t value = 0; value < l->p->strata[s].values.count; value++) {
            if (!has_way_out(l, phase, s, value))
                say_of(l, REHAB_LINT_NO_WAY_OUT, phase->id, s, value);
        }
    }
}

static bool has_way_back(const struct lint *l, const struct rehab_phase_row *phase)
{
    bool found = false;
    for (uint32_t i = 0; i < phase->gates.count; i++)
        found = found || is_back(l->p->gates[phase->gates.first + i].move);
    return found;
}

/* Marks what can be reached from the first phase; gates lead to later phases, or back to reached
 * ones or between, so it is repeated until nothing is new. */
static void reach(struct lint *l, const struct rehab_track_row *track)
{
    l->reached[track->phases.first] = true;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < rehab_count(l->p, REHAB_GATES); i++) {
            const struct rehab_gate_row *gate = &l->p->gates[i];
            if (gate->to == REHAB_NONE || !l->reached[gate->from] || !is_possible(l, i) ||
                l->reached[gate->to])
                continue;
            l->reached[gate->to] = more = true;
        }
    }
}

static void check_source(struct lint *l, const char *list, uint32_t index, struct rehab_ref id,
                         const struct rehab_citation_row *citation)
{
    uint32_t here = l->next.pointer_size;
    enter_at(l, list, index);
    if (citation->source == REHAB_NONE) say(l, REHAB_LINT_NO_SOURCE, id);
    l->next.pointer_size = here;
}

static void check_advice(struct lint *l, uint32_t index, const struct rehab_advice_row *advice)
{
    uint32_t here = l->next.pointer_size;
    enter_at(l, "advice", index);
    uint32_t there = l->next.pointer_size;
    enter(l, "give");
    check_rule(l, advice->give, advice->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = there;
    enter(l, "withdraw");
    check_rule(l, advice->withdraw, advice->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = here;
}

static void check_prescription(struct lint *l, uint32_t index,
                               const struct rehab_prescription_row *prescription)
{
    uint32_t here = l->next.pointer_size;
    check_source(l, "prescriptions", index, prescription->id, &prescription->citation);
    enter_at(l, "prescriptions", index);
    uint32_t there = l->next.pointer_size;
    enter(l, "gate");
    check_rule(l, prescription->gate, prescription->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = there;
    enter(l, "progress");
    enter(l, "when");
    check_rule(l, prescription->progress, prescription->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = here;
}

/* A gate is one of the phase, or of a zone of its bands. */
static void enter_gate(struct lint *l, const struct rehab_phase_row *phase, uint32_t gate)
{
    for (uint32_t i = 0; i < phase->bands.count; i++) {
        const struct rehab_range zones = l->p->bands[phase->bands.first + i].zones;
        for (uint32_t k = 0; k < zones.count; k++) {
            if (l->p->zones[zones.first + k].gate != phase->gates.first + gate) continue;
            enter_at(l, "bands", i);
            enter_at(l, "zones", k);
            return;
        }
    }
    enter_at(l, "gates", gate);
    enter(l, "when");
}

static void check_parts(struct lint *l, const struct rehab_phase_row *phase)
{
    for (uint32_t i = 0; i < phase->treatments.count; i++) {
        const struct rehab_treatment_row *t = &l->p->treatments[phase->treatments.first + i];
        check_source(l, "treatments", i, t->id, &t->citation);
    }
    for (uint32_t i = 0; i < phase->prescriptions.count; i++)
        check_prescription(l, i, &l->p->prescriptions[phase->prescriptions.first + i]);
    for (uint32_t i = 0; i < phase->advice.count; i++)
        check_advice(l, i, &l->p->advice[phase->advice.first + i]);
    uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < phase->gates.count; i++) {
        enter_gate(l, phase, i);
        check_gate(l, phase->gates.first + i, phase->gates);
        l->next.pointer_size = here;
    }
}

static void check_bands(struct lint *l, const struct rehab_phase_row *phase)
{
    uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < phase->bands.count; i++) {
        const struct rehab_band_row *band = &l->p->bands[phase->bands.first + i];
        uint8_t found = lint_tiling(l->p, band->zones);
        enter_at(l, "bands", i);
        if (found & LINT_HOLE) say(l, REHAB_LINT_HOLE, band->id);
        if (found & LINT_OVERLAP) say(l, REHAB_LINT_OVERLAP, band->id);
        l->next.pointer_size = here;
    }
}

static void check_phases(struct lint *l, const struct rehab_track_row *track)
{
    uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < track->phases.count; i++) {
        enter_at(l, "phases", i);
        check_parts(l, &l->p->phases[track->phases.first + i]);
        check_bands(l, &l->p->phases[track->phases.first + i]);
        l->next.pointer_size = here;
    }
    reach(l, track);
    for (uint32_t i = 0; i < track->phases.count; i++) {
        const struct rehab_phase_row *phase = &l->p->phases[track->phases.first + i];
        enter_at(l, "phases", i);
        if (!l->reached[track->phases.first + i]) say(l, REHAB_LINT_UNREACHABLE, phase->id);
        check_way_out(l, phase);
        if (i > 0 && !has_way_back(l, phase)) say(l, REHAB_LINT_NO_WAY_BACK, phase->id);
        l->next.pointer_size = here;
    }
}

/* ---- the whole ---- */

static bool leads_on(const struct lint *l, const struct rehab_automaton_row *a, uint32_t state)
{
    bool found = false;
    for (uint32_t i = a->steps.first; i < a->steps.first + a->steps.count; i++) {
        const struct rehab_state_step_row *step = &l->p->state_steps[i];
        found = found || ((step->in >> state & 1) && step->to != state);
    }
    return found;
}

/* An id is the author's and may be long: what has no room is left out. */
static void enter_id(struct lint *l, struct rehab_text id)
{
    put_character(l, '/');
    for (uint32_t i = 0; i < id.size && l->next.pointer_size < REHAB_LINT_POINTER_MAX; i++)
        put_character(l, id.at[i]);
}

static void check_histories(struct lint *l)
{
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_AUTOMATA); i++) {
        const struct rehab_automaton_row *a = &l->p->automata[i];
        enter(l, "states");
        enter_id(l, rehab_text_at(l->p, a->id));
        for (uint32_t state = 0; state < a->states.count; state++) {
            if (!leads_on(l, a, state))
                say(l, REHAB_LINT_DEAD_END, l->p->texts[a->states.first + state].text);
        }
        l->next.pointer_size = 0;
    }
}

static void check_flags(struct lint *l)
{
    const uint32_t count = rehab_count(l->p, REHAB_RED_FLAGS);
    if (count == 0) {
        enter(l, "red_flags");
        say(l, REHAB_LINT_NO_RED_FLAG, l->p->head->id);
        l->next.pointer_size = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct rehab_red_flag_row *flag = &l->p->red_flags[i];
        enter_at(l, "red_flags", i);
        enter(l, "when");
        check_rule(l, flag->rule, flag->id, REHAB_LINT_GATE_NEVER);
        l->next.pointer_size = 0;
    }
}

/* rehab_open takes larger blocks than rehab_compile makes. */
static bool is_within_limits(const struct rehab_protocol *p)
{
    return rehab_count(p, REHAB_PHASES) <= REHAB_MAX_PHASES &&
           rehab_count(p, REHAB_GATES) <= REHAB_MAX_PHASES * REHAB_MAX_GATES &&
           rehab_count(p, REHAB_STRATA) <= REHAB_MAX_STRATA;
}

uint32_t rehab_lint(const struct rehab_protocol *p, struct rehab_text screen,
                    struct rehab_lint_finding *findings, uint32_t size)
{
    struct lint l = {.p = p, .screen = screen, .out = findings, .size = size};
    if (!is_within_limits(p)) return REHAB_NONE;
    check_histories(&l);
    check_flags(&l);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_TRACKS); i++) {
        enter_at(&l, "tracks", i);
        check_phases(&l, &p->tracks[i]);
        l.next.pointer_size = 0;
    }
    return l.count;
}
