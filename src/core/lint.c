/* SPDX-License-Identifier: Apache-2.0 */
/* The critic's walk through a protocol. */
#include "lint.h"

/* ---- gates ---- */

/*= src:EVIDENCE#6.2-4  a bound of regress on the bound of progress makes patients oscillate */
static void check_clash(struct lint *l, const struct rehab_gate_row *ahead,
                        const struct rehab_gate_row *back, enum rehab_lint_code both)
{
    uint8_t found = lint_clash(l, ahead, back);
    if (found & LINT_BOTH) {
        lint_say(l, both, ahead->id);
    } else if (found & LINT_NEXT) {
        lint_say(l, REHAB_LINT_NO_HOLD, ahead->id);
    }
}

/* Against the advances into the phase that a step back leaves, and against its ways ahead. */
static void check_back(struct lint *l, const struct rehab_gate_row *back)
{
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_GATES); i++) {
        const struct rehab_gate_row *other = &l->p->gates[i];
        if (!lint_is_ahead(other->move)) continue;
        if (other->to == back->from) check_clash(l, other, back, REHAB_LINT_OSCILLATES);
        if (other->from == back->from) check_clash(l, other, back, REHAB_LINT_BOTH_WAYS);
    }
}

static bool is_shadowed(const struct lint *l, const struct rehab_gate_row *gate,
                        const struct lint_guards *guards)
{
    const struct lint_case anybody = {.late = false};
    return !lint_can_pass(l, gate, guards, &anybody);
}

/* By one of them; or by as many of the first as it takes, of which the last is named. */
/*= src:EVIDENCE#6.2-2  regress and hold go before progress */
static void check_shadows(struct lint *l, const struct rehab_gate_row *gate,
                          struct rehab_range others)
{
    struct lint_guards all = lint_guards_of(l, others, true), some = {.count = 1};
    bool found = false;
    for (uint32_t i = 0; i < all.count; i++) {
        some.at[0] = all.at[i];
        if (!is_shadowed(l, gate, &some)) continue;
        lint_say(l, REHAB_LINT_SHADOWED, all.at[i]->id);
        found = true;
    }
    if (found || all.count < 2 || !is_shadowed(l, gate, &all)) return;
    while (all.count > 1 && is_shadowed(l, gate, &all))
        all.count--;
    lint_say(l, REHAB_LINT_SHADOWED, all.at[all.count]->id);
}

/*= src:EVIDENCE#6.2-2  a red flag goes before everything, and stays raised */
static void check_raised(struct lint *l, const struct rehab_gate_row *gate)
{
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_RED_FLAGS); i++) {
        const struct rehab_red_flag_row *flag = &l->p->red_flags[i];
        const struct rehab_gate_row stop = {.rule = flag->rule, .from = REHAB_NONE};
        const struct lint_guards one = {1, {&stop}};
        if (is_shadowed(l, gate, &one)) lint_say(l, REHAB_LINT_RAISES_FLAG, flag->id);
    }
}

static void check_gate(struct lint *l, uint32_t index, struct rehab_range others)
{
    const struct rehab_gate_row *gate = &l->p->gates[index];
    lint_check_rule(l, gate->rule, gate->id, REHAB_LINT_GATE_NEVER);
    if (lint_is_back(gate->move)) check_back(l, gate);
    if (!lint_is_ahead(gate->move)) return;
    lint_check_floors(l, gate);
    if (!lint_is_possible(l, index)) return;
    lint_check_screen(l, gate);
    check_shadows(l, gate, others);
    check_raised(l, gate);
}

/* ---- phases ---- */

/* Is the stratum asked for by a gate of the phase? */
static bool is_asked(const struct lint *l, const struct rehab_phase_row *phase, uint32_t stratum)
{
    bool found = false;
    for (uint32_t i = phase->gates.first; i < phase->gates.first + phase->gates.count; i++) {
        const struct rehab_range leaves = l->p->rules[l->p->gates[i].rule].criteria;
        for (uint32_t k = leaves.first; k < leaves.first + leaves.count; k++) {
            const struct rehab_criterion_row *row = &l->p->criteria[k];
            found = found || row->by_stratum == stratum ||
                    (row->expression == REHAB_STRATUM && row->name == stratum);
        }
    }
    return found;
}

/* True: those of whom the stratum has this value have no way out. */
static bool is_stuck(const struct lint *l, const struct rehab_phase_row *phase, uint32_t stratum,
                     uint32_t value)
{
    struct lint_case those = {.late = false};
    those.fixed[stratum] = true;
    those.place[stratum] = (uint16_t)value;
    return !lint_has_way_out(l, phase, stratum, value) || !lint_has_way(l, phase, &those);
}

static void check_way_out(struct lint *l, const struct rehab_phase_row *phase)
{
    const struct lint_case anybody = {.late = false};
    if (!lint_has_way_out(l, phase, REHAB_NONE, REHAB_NONE)) {
        lint_say(l, REHAB_LINT_NO_WAY_OUT, phase->id);
        return;
    }
    if (!lint_has_way(l, phase, &anybody)) return; /* its gates are shadowed */
    for (uint32_t s = 0; s < rehab_count(l->p, REHAB_STRATA); s++) {
        uint32_t count = is_asked(l, phase, s) ? l->p->strata[s].values.count : 0;
        for (uint32_t value = 0; value < count; value++) {
            if (is_stuck(l, phase, s, value))
                lint_say_of(l, REHAB_LINT_NO_WAY_OUT, phase->id, s, value);
        }
    }
    if (lint_is_closing(l, phase)) lint_say(l, REHAB_LINT_CLOSES, phase->id);
}

static bool has_way_back(const struct lint *l, const struct rehab_phase_row *phase)
{
    bool found = false;
    for (uint32_t i = 0; i < phase->gates.count; i++)
        found = found || lint_is_back(l->p->gates[phase->gates.first + i].move);
    return found;
}

static void check_source(struct lint *l, const char *list, uint32_t index, struct rehab_ref id,
                         const struct rehab_citation_row *citation)
{
    uint32_t here = l->next.pointer_size;
    lint_enter_at(l, list, index);
    if (citation->source == REHAB_NONE) lint_say(l, REHAB_LINT_NO_SOURCE, id);
    l->next.pointer_size = here;
}

static void check_advice(struct lint *l, uint32_t index, const struct rehab_advice_row *advice)
{
    uint32_t here = l->next.pointer_size;
    lint_enter_at(l, "advice", index);
    uint32_t there = l->next.pointer_size;
    lint_enter(l, "give");
    lint_check_rule(l, advice->give, advice->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = there;
    lint_enter(l, "withdraw");
    lint_check_rule(l, advice->withdraw, advice->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = here;
}

/* A limit or cap that no value keeps, whoever it is. */
static void check_limit(struct lint *l, const struct rehab_limit_row *limit, struct rehab_ref id)
{
    const struct rehab_criterion_row *row = &l->p->criteria[limit->criterion];
    uint8_t can_be = lint_leaf_alone(l->p, row, row->bound_nano);
    for (uint32_t i = 0; i < row->by.count; i++)
        can_be |= lint_leaf_alone(l->p, row, l->p->bounds[row->by.first + i].bound_nano);
    if ((can_be & LINT_TRUE) == 0) lint_say(l, REHAB_LINT_CRITERION_NEVER, id);
}

static void check_limits(struct lint *l, const struct rehab_prescription_row *prescription)
{
    const uint32_t here = l->next.pointer_size;
    uint32_t caps = 0;
    for (uint32_t i = 0; i < prescription->limits.count; i++) {
        const struct rehab_limit_row *limit = &l->p->limits[prescription->limits.first + i];
        if (limit->cap) {
            lint_enter_at(l, "caps", caps++);
        } else {
            lint_enter(l, "limit");
        }
        check_limit(l, limit, prescription->id);
        l->next.pointer_size = here;
    }
}

static void check_prescription(struct lint *l, uint32_t index,
                               const struct rehab_prescription_row *prescription)
{
    uint32_t here = l->next.pointer_size;
    check_source(l, "prescriptions", index, prescription->id, &prescription->citation);
    lint_enter_at(l, "prescriptions", index);
    check_limits(l, prescription);
    uint32_t there = l->next.pointer_size;
    lint_enter(l, "gate");
    lint_check_rule(l, prescription->gate, prescription->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = there;
    lint_enter(l, "progress");
    if (prescription->load_percent_high > 0 && prescription->progress_citation.source == REHAB_NONE)
        lint_say(l, REHAB_LINT_NO_SOURCE, prescription->id);
    lint_enter(l, "when");
    lint_check_rule(l, prescription->progress, prescription->id, REHAB_LINT_RULE_NEVER);
    l->next.pointer_size = here;
}

/* A gate is one of the phase, or of a zone of its bands. */
static void enter_gate(struct lint *l, const struct rehab_phase_row *phase, uint32_t gate)
{
    for (uint32_t i = 0; i < phase->bands.count; i++) {
        const struct rehab_range zones = l->p->bands[phase->bands.first + i].zones;
        for (uint32_t k = 0; k < zones.count; k++) {
            if (l->p->zones[zones.first + k].gate != phase->gates.first + gate) continue;
            lint_enter_at(l, "bands", i);
            lint_enter_at(l, "zones", k);
            return;
        }
    }
    lint_enter_at(l, "gates", gate);
    lint_enter(l, "when");
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
        lint_enter_at(l, "bands", i);
        if (found & LINT_HOLE) lint_say(l, REHAB_LINT_HOLE, band->id);
        if (found & LINT_OVERLAP) lint_say(l, REHAB_LINT_OVERLAP, band->id);
        l->next.pointer_size = here;
    }
}

static void check_phases(struct lint *l, const struct rehab_track_row *track)
{
    uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < track->phases.count; i++) {
        l->phase = track->phases.first + i;
        lint_enter_at(l, "phases", i);
        check_parts(l, &l->p->phases[track->phases.first + i]);
        check_bands(l, &l->p->phases[track->phases.first + i]);
        l->next.pointer_size = here;
    }
    for (uint32_t i = 0; i < track->phases.count; i++) {
        const struct rehab_phase_row *phase = &l->p->phases[track->phases.first + i];
        lint_enter_at(l, "phases", i);
        if (!l->reached[track->phases.first + i]) lint_say(l, REHAB_LINT_UNREACHABLE, phase->id);
        check_way_out(l, phase);
        if (i > 0 && !has_way_back(l, phase)) lint_say(l, REHAB_LINT_NO_WAY_BACK, phase->id);
        l->next.pointer_size = here;
    }
}

/* ---- the whole ---- */

static void check_item(struct lint *l, struct rehab_ref score,
                       const struct rehab_score_item_row *item)
{
    const struct lint_scored found = lint_look_at_item(l->p, item);
    const uint32_t here = l->next.pointer_size;
    for (uint32_t i = 0; i < item->bands.count; i++) {
        lint_enter_at(l, "bands", i);
        if (found.never >> i & 1) lint_say(l, REHAB_LINT_BAND_NEVER, score);
        if (found.mixed >> i & 1) lint_say(l, REHAB_LINT_BAND_OVERLAP, score);
        l->next.pointer_size = here;
    }
}

static void check_scores(struct lint *l)
{
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_SCORES); i++) {
        const struct rehab_score_row *score = &l->p->scores[i];
        lint_enter(l, "scores");
        lint_enter_id(l, rehab_text_at(l->p, score->id));
        const uint32_t here = l->next.pointer_size;
        for (uint32_t k = 0; k < score->items.count; k++) {
            lint_enter_at(l, "items", k);
            check_item(l, score->id, &l->p->score_items[score->items.first + k]);
            l->next.pointer_size = here;
        }
        l->next.pointer_size = 0;
    }
}

static bool leads_on(const struct lint *l, const struct rehab_automaton_row *a, uint32_t state)
{
    bool found = false;
    for (uint32_t i = a->steps.first; i < a->steps.first + a->steps.count; i++) {
        const struct rehab_state_step_row *step = &l->p->state_steps[i];
        found = found || ((step->in >> state & 1) && step->to != state);
    }
    return found;
}

static void check_histories(struct lint *l)
{
    for (uint32_t i = 0; i < rehab_count(l->p, REHAB_AUTOMATA); i++) {
        const struct rehab_automaton_row *a = &l->p->automata[i];
        lint_enter(l, "states");
        lint_enter_id(l, rehab_text_at(l->p, a->id));
        for (uint32_t state = 0; state < a->states.count; state++) {
            if (!leads_on(l, a, state))
                lint_say(l, REHAB_LINT_DEAD_END, l->p->texts[a->states.first + state].text);
        }
        l->next.pointer_size = 0;
    }
}

/* From some day or age on it is raised for everybody, and again as soon as it is cleared. */
static bool is_closing(const struct lint *l, const struct rehab_red_flag_row *flag)
{
    const struct lint_case late = {.late = true};
    const struct rehab_gate_row stop = {.rule = flag->rule, .from = REHAB_NONE};
    const struct lint_guards one = {1, {&stop}};
    return !lint_can_pass(l, NULL, &one, &late);
}

static void check_flags(struct lint *l)
{
    const uint32_t count = rehab_count(l->p, REHAB_RED_FLAGS);
    if (count == 0) {
        lint_enter(l, "red_flags");
        lint_say(l, REHAB_LINT_NO_RED_FLAG, l->p->head->id);
        l->next.pointer_size = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct rehab_red_flag_row *flag = &l->p->red_flags[i];
        lint_enter_at(l, "red_flags", i);
        lint_enter(l, "when");
        lint_check_rule(l, flag->rule, flag->id, REHAB_LINT_GATE_NEVER);
        if (is_closing(l, flag)) lint_say(l, REHAB_LINT_CLOSES, flag->id);
        l->next.pointer_size = 0;
    }
}

uint32_t rehab_lint(const struct rehab_protocol *p, struct rehab_text screen,
                    struct rehab_lint_finding *findings, uint32_t size)
{
    struct lint l = {.p = p, .screen = screen, .out = findings, .size = size, .phase = REHAB_NONE};
    lint_explore(&l);
    check_scores(&l);
    check_histories(&l);
    check_flags(&l);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_TRACKS); i++) {
        lint_enter_at(&l, "tracks", i);
        check_phases(&l, &p->tracks[i]);
        l.next.pointer_size = 0;
    }
    return l.count;
}
