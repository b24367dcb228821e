/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler refuses, where it says so, and that a block is only ever opened whole. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

static void assert_refused(struct world *w, enum rehab_fault_code code, const char *pointer)
{
    assert_int_equal(try_compile(w), code);
    if (w->fault.pointer.size != strlen(pointer) ||
        memcmp(w->fault.pointer.at, pointer, strlen(pointer)) != 0)
        fail_msg("at %.*s, not at %s", (int)w->fault.pointer.size, w->fault.pointer.at, pointer);
}

/* A world whose one gate has this leaf; its pointer begins with GATE. */
#define GATE "/tracks/0/phases/1/gates/0"
#define WHEN GATE "/when"

static void refuse_leaf(struct rehab_criterion c, enum rehab_move move, enum rehab_fault_code code,
                        const char *pointer)
{
    struct world *w = world();
    add_gate(w, move, &c);
    assert_refused(w, code, pointer);
    world_free(w);
}

static void take_leaf(struct rehab_criterion c, enum rehab_move move)
{
    struct world *w = world();
    add_gate(w, move, &c);
    compile(w);
    world_free(w);
}

static struct rehab_criterion with(struct rehab_criterion c, enum rehab_expression expression)
{
    c.expression = expression;
    return c;
}

static void unknown_names_are_refused_with_the_nearest(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.measure = T("pian");
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    w->size = 1;
    assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/latest");
    assert_int_equal(w->size, 0);
    assert_true(rehab_text_equal(w->fault.subject, T("pian")));
    c.measure = T("temperature");
    assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/latest");
    assert_int_equal(w->fault.nearest.size, 0);
    c = leaf(SWELLING, REHAB_LE, 0);
    c.value.label = T("nome");
    assert_refused(w, REHAB_UNKNOWN_LABEL, WHEN "/value");
    assert_true(rehab_text_equal(w->fault.nearest, T("none")));
    c = leaf(PAIN, REHAB_LE, 3);
    c.citation.source = T("book");
    assert_refused(w, REHAB_UNKNOWN_SOURCE, WHEN "/source");
    c.citation.source = T("");
    w->gates[0].to = T("thrid");
    assert_refused(w, REHAB_UNKNOWN_PHASE, GATE "/to");
    assert_true(rehab_text_equal(w->fault.nearest, T("third")));
    world_free(w);
}

static void gates_lead_somewhere(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    struct rehab_gate *g = &w->gates[0];
    g->to = T("first");
    assert_refused(w, REHAB_WRONG_WAY, GATE "/to");
    g->to = T("second"); /* to where it stands */
    assert_refused(w, REHAB_WRONG_WAY, GATE "/to");
    *g = (struct rehab_gate){.id = T("g"), .move = REHAB_REGRESS, .to = T("second"), .when = &c};
    assert_refused(w, REHAB_WRONG_WAY, GATE "/to");
    g->to = T("first");
    g->back = 1;
    assert_refused(w, REHAB_WRONG_CONDITION, GATE "/back");
    g->to = T("");
    g->back = 2;
    assert_refused(w, REHAB_WRONG_RANGE, GATE "/back");
    g->move = REHAB_HOLD;
    g->back = 1;
    assert_refused(w, REHAB_WRONG_CONDITION, GATE "/back");
    g->back = 0;
    g->to = T("first");
    assert_refused(w, REHAB_WRONG_CONDITION, GATE "/to");
    g->to = T("");
    g->move = REHAB_STAY;
    assert_refused(w, REHAB_WRONG_VALUE, GATE "/move");
    g->move = REHAB_REVIEW;
    g->when = NULL;
    assert_refused(w, REHAB_MISSING, WHEN);
    world_free(w);
}

static void values_fit_their_expression(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.value = label("mild");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/value");
    c = leaf(PAIN, REHAB_LE, 3);
    c.value.nano = REHAB_VALUE_MAX + 1;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/value");
    c.value.nano = -REHAB_VALUE_MAX - 1;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/value");
    c = elapsed(REHAB_PHASE, REHAB_GE, "P1D");
    c.value.duration.us = 36501 * REHAB_DAY;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/value");
    c.value.duration.us = -1;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/value");
    refuse_leaf(with(leaf(SWELLING, REHAB_LE, 1), REHAB_SYMMETRY), REHAB_ADVANCE, REHAB_WRONG_VALUE,
                WHEN "/symmetry");
    refuse_leaf(with(leaf(BEND, REHAB_LE, 1), REHAB_SYMMETRY), REHAB_ADVANCE, REHAB_WRONG_VALUE,
                WHEN "/symmetry");
    refuse_leaf(with(leaf(PAIN, REHAB_LE, 1), (enum rehab_expression)99), REHAB_ADVANCE,
                REHAB_WRONG_VALUE, WHEN "/id");
    c = leaf(PAIN, REHAB_LE, 1);
    c.id = T("");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_MISSING, WHEN "/id");
}

static void values_are_blamed_where_they_stand(void **state)
{
    (void)state;
    struct rehab_value set[] = {label("none"), label("midl")};
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/is");
    c = leaf(SWELLING, REHAB_IN, 0);
    c.values = set;
    c.value_count = 2;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_UNKNOWN_LABEL, WHEN "/in/1");
    c = leaf(PAIN, REHAB_BETWEEN, 1);
    c.upper = label("mild");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/between/1");
    c.value = label("mild");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/between/0");
}

static void operators_fit_their_values(void **state)
{
    (void)state;
    refuse_leaf(leaf(SUDDEN, REHAB_LT, 1), REHAB_ADVANCE, REHAB_WRONG_OPERATOR, WHEN "/is");
    refuse_leaf(leaf(PAIN, REHAB_IN, 1), REHAB_ADVANCE, REHAB_WRONG_OPERATOR, WHEN "/in");
    refuse_leaf(leaf(SWELLING, REHAB_BETWEEN, 1), REHAB_ADVANCE, REHAB_WRONG_OPERATOR,
                WHEN "/between");
    refuse_leaf(leaf(PAIN, REHAB_OP_COUNT, 1), REHAB_ADVANCE, REHAB_WRONG_OPERATOR, WHEN "/is");
    refuse_leaf(elapsed(REHAB_PHASE, REHAB_EQ, "P1D"), REHAB_ADVANCE, REHAB_WRONG_OPERATOR,
                WHEN "/is");
    refuse_leaf(leaf(SWELLING, REHAB_IN, 0), REHAB_ADVANCE, REHAB_MISSING, WHEN "/in");
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .id = T("s"),
                                .expression = REHAB_STRATUM,
                                .name = T("grade"),
                                .is = REHAB_LT,
                                .value = label("2")};
    take_leaf(c, REHAB_ADVANCE);
    c.name = T("garde");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_UNKNOWN_STRATUM, WHEN "/stratum");
    struct world *w = world();
    c.name = T("grade");
    w->strata[0].ordered = false;
    add_gate(w, REHAB_ADVANCE, &c);
    assert_refused(w, REHAB_WRONG_OPERATOR, WHEN "/is");
    world_free(w);
}

static void sides_fit_their_measure(void **state)
{
    (void)state;
    refuse_leaf(with(leaf(WEIGHT, REHAB_GE, 90), REHAB_DIFFERENCE), REHAB_ADVANCE, REHAB_WRONG_SIDE,
                WHEN "/difference");
    struct rehab_criterion c = leaf(WEIGHT, REHAB_GE, 90);
    c.side = REHAB_INVOLVED;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_SIDE, WHEN "/side");
    c = leaf(FORCE, REHAB_GE, 90);
    c.side = REHAB_BOTH;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_SIDE, WHEN "/side");
    c.side = REHAB_OTHER;
    take_leaf(c, REHAB_ADVANCE);
    refuse_leaf(with(c, REHAB_SYMMETRY), REHAB_ADVANCE, REHAB_WRONG_SIDE, WHEN "/side");
}

static void conditions_fit_their_expression(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3), plain = c;
    c.within_pair = duration("P1D");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/within_pair");
    take_leaf(with(c, REHAB_DIFFERENCE), REHAB_ADVANCE);
    c = plain;
    c.qualified = REHAB_SAME_ASSESSOR;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/qualified");
    refuse_leaf(with(c, REHAB_BEST), REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/qualified");
    c.from = REHAB_BASELINE;
    take_leaf(with(c, REHAB_CHANGE), REHAB_ADVANCE);
    c.from = REHAB_ONSET;
    refuse_leaf(with(c, REHAB_CHANGE), REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/from");
    c = plain;
    c.within = (struct rehab_duration){0, false, true};
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/within");
    c.within.us = 36501 * REHAB_DAY;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/within");
    c = plain;
    c.floor = true;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/floor");
    c = with(plain, REHAB_EXPRESSION_COUNT);
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/id");
    c = plain;
    c.retest = (struct rehab_retest){true, duration("P3D"), duration("P14D")};
    take_leaf(c, REHAB_ADVANCE);
    c.ago = duration("P1D");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/ago");
    c = elapsed(REHAB_ONSET, REHAB_GE, "P1D");
    c.floor = true;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/floor");
    c.roles = REHAB_CLINICIAN;
    take_leaf(c, REHAB_ADVANCE);
    c.qualified = REHAB_PAIN_FREE;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/qualified");
    c = elapsed(REHAB_BASELINE, REHAB_GE, "P1D");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/elapsed");
    c = elapsed(REHAB_ANCHOR_COUNT, REHAB_GE, "P1D");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/elapsed");
    static const char *const blamed[] = {WHEN "/within_pair", WHEN "/for",   WHEN "/for",
                                         WHEN "/for",         WHEN "/since", WHEN "/side",
                                         WHEN "/within"};
    for (int i = 0; i < 7; i++) {
        c = elapsed(REHAB_PHASE, REHAB_GE, "P1D");
        if (i == 0) c.within_pair = duration("P1D");
        if (i == 1) c.for_days = 1;
        if (i == 2) c.for_observations = 1;
        if (i == 3) c.apart = duration("P1D");
        if (i == 4) c.since = REHAB_SINCE_EPISODE;
        if (i == 5) c.side = REHAB_OTHER;
        if (i == 6) c.within = duration("P1D");
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, blamed[i]);
    }
}

static void runs_fit_their_expression(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3), plain = c;
    c.for_days = REHAB_MAX_RUN + 1;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/for");
    c.for_days = 1;
    c.expression = REHAB_BEST;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/for");
    c = plain;
    c.for_observations = REHAB_MAX_RUN + 1;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/for");
    c.for_days = c.for_observations = 2;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/for");
    c = plain;
    c.apart = duration("P1D");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/for");
    c.for_observations = 1;
    take_leaf(c, REHAB_ADVANCE);
    c = plain;
    c.for_days = 2;
    refuse_leaf(with(c, REHAB_BEST), REHAB_REGRESS, REHAB_WRONG_CONDITION, WHEN "/for");
    refuse_leaf(with(c, REHAB_WORST), REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/for");
    take_leaf(with(c, REHAB_WORST), REHAB_REGRESS);
}

static struct rehab_criterion reached(const char *phase, const char *track)
{
    static struct rehab_criterion c;
    c = leaf(SUDDEN, REHAB_EQ, 1);
    c.measure = T("");
    c.expression = REHAB_REACHED;
    c.name = T(phase);
    c.track = T(track);
    return c;
}

static void deadlines_are_days_of_gates_ahead(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    for (int i = 0; i < 6; i++) {
        struct world *w = world();
        add_gate(w, i == 0 ? REHAB_HOLD : i == 1 ? REHAB_COMPLETE : REHAB_ADVANCE, &c);
        struct rehab_deadline *d = &w->gates[0].deadline;
        *d = (struct rehab_deadline){.given = true, .from = REHAB_PHASE, .by = duration("P28D")};
        if (i == 2) d->by = duration("PT36H");
        if (i == 3) d->from = REHAB_BASELINE;
        if (i == 4) d->citation.source = T("nowhere");
        if (i == 0) assert_refused(w, REHAB_WRONG_CONDITION, GATE "/deadline");
        if (i == 2) assert_refused(w, REHAB_WRONG_RANGE, GATE "/deadline/by");
        if (i == 3) assert_refused(w, REHAB_WRONG_RANGE, GATE "/deadline/from");
        if (i == 4) assert_refused(w, REHAB_UNKNOWN_SOURCE, GATE "/deadline/source");
        if (i % 4 == 1) assert_int_equal(try_compile(w), REHAB_FINE);
        world_free(w);
    }
}

static void warnings_are_of_ranges(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(BEND, REHAB_LE, 3);
    c.warn_above = true;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/above");
    c.is = REHAB_BETWEEN;
    c.upper = number(5);
    take_leaf(c, REHAB_ADVANCE);
}

static void phases_reached_are_phases(void **state)
{
    (void)state;
    take_leaf(reached("third", ""), REHAB_ADVANCE);
    take_leaf(reached("first", "main"), REHAB_HOLD);
    refuse_leaf(reached("thrid", ""), REHAB_ADVANCE, REHAB_UNKNOWN_PHASE, WHEN "/reached");
    struct rehab_criterion there = reached("far", "b"); /* a short name, but a name */
    const struct rehab_phase far = {.id = T("far")};
    struct world *two = world();
    const struct rehab_track tracks[] = {two->track, {T("b"), .phases = &far, .phase_count = 1}};
    two->document.tracks = tracks;
    two->document.track_count = 2;
    add_gate(two, REHAB_ADVANCE, &there);
    compile(two);
    assert_int_equal(two->protocol.criteria[0].name, 3);
    struct rehab_criterion own = reached("near", ""); /* of its own track, whichever it is */
    const struct rehab_gate on = {
        .id = T("on"), .move = REHAB_ADVANCE, .to = T("far"), .when = &own};
    const struct rehab_phase phases[] = {{.id = T("near"), .gates = &on, .gate_count = 1}, far};
    const struct rehab_track both[] = {two->track, {T("b"), .phases = phases, .phase_count = 2}};
    two->document.tracks = both;
    compile(two);
    assert_int_equal(two->protocol.criteria[1].name, 3);
    world_free(two);
    refuse_leaf(reached("third", "mian"), REHAB_ADVANCE, REHAB_UNKNOWN_TRACK, WHEN "/track");
    struct rehab_criterion c = reached("third", "");
    c.is = REHAB_GT;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_OPERATOR, WHEN "/is");
    c = reached("third", "");
    struct world *w = world();
    w->flags[0] = (struct rehab_red_flag){.id = T("f"), .when = &c, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 1;
    assert_refused(w, REHAB_WRONG_CONDITION, "/red_flags/0/when/reached");
    world_free(w);
}

static void what_is_recorded_is_compared_with_nothing_else(void **state)
{
    (void)state;
    for (int measure = PAIN; measure < SAMPLE_MEASURES; measure++) {
        struct rehab_criterion c = with(leaf(measure, REHAB_EQ, 1), REHAB_RECORDED), other = c;
        if (c.value.kind != REHAB_VALUE_BOOLEAN)
            refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/is");
        c.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
        take_leaf(c, REHAB_ADVANCE);
        take_leaf(c, REHAB_HOLD);
        other = c;
        other.is = REHAB_NE;
        refuse_leaf(other, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/is");
        other = c;
        other.value.nano = 0;
        refuse_leaf(other, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/is");
        other = c;
        other.activity = T("run");
        refuse_leaf(other, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/during");
    }
}

static void earlier_values_are_named(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3), plain = c;
    for (int i = 0; i < 3; i++) {
        const enum rehab_expression e[] = {REHAB_CHANGE, REHAB_PERCENT_OF, REHAB_IMPROVEMENT};
        const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE};
        c = with(plain, e[i]);
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/from");
        c.from = from[i];
        take_leaf(c, REHAB_ADVANCE);
        c.ago = duration("P7D");
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/ago");
        c.from = REHAB_AGO;
        take_leaf(c, REHAB_ADVANCE);
        c.within_pair = duration("P10D");
        take_leaf(c, REHAB_ADVANCE);
        c.for_observations = 2;
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/for");
        c.for_observations = 0;
        c.ago.us = 0;
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/ago");
        c.ago.given = c.within_pair.given = false;
        refuse_leaf(c, REHAB_ADVANCE, REHAB_MISSING, WHEN "/ago");
    }
    for (int i = 0; i < 2; i++) {
        c = with(plain, REHAB_PERCENT_OF);
        c.from = i ? REHAB_PRE_ONSET : REHAB_PRE_SURGERY;
        take_leaf(c, REHAB_ADVANCE);
        take_leaf(c, REHAB_REGRESS);
        c.expression = REHAB_LATEST;
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/from");
        c = elapsed(i ? REHAB_PRE_ONSET : REHAB_PRE_SURGERY, REHAB_GE, "P1D");
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/elapsed");
    }
    plain.ago = duration("P7D");
    refuse_leaf(plain, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/ago");
    c = with(leaf(BEND, REHAB_GT, 3), REHAB_IMPROVEMENT); /* neither way is better */
    c.from = REHAB_BASELINE;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/improvement");
}

static void detectable_changes_are_known(void **state)
{
    (void)state;
    const struct rehab_measure *known = sample_measures;
    struct rehab_measure measures[SAMPLE_MEASURES];
    memcpy(measures, known, sizeof measures);
    for (int i = 0; i < 4; i++) {
        const enum rehab_expression e[] = {REHAB_DIFFERENCE, REHAB_CHANGE, REHAB_IMPROVEMENT,
                                           REHAB_RISE};
        struct rehab_criterion c = with(leaf(PAIN, REHAB_GT, 0), e[i]);
        c.value = label("mdc");
        if (e[i] == REHAB_CHANGE || e[i] == REHAB_IMPROVEMENT) c.from = REHAB_BASELINE;
        if (e[i] == REHAB_RISE) c.over = known[MORNING].code;
        for (int given = 0; given < 3; given++) {
            struct world *w = world();
            measures[PAIN].mdc_nano = given == 2 ? REHAB_VALUE_MAX + 1 : given;
            w->document.measures = measures;
            add_gate(w, REHAB_ADVANCE, &c);
            if (given == 0) assert_refused(w, REHAB_UNKNOWN_ERROR, WHEN "/value");
            if (given == 1) assert_int_equal(try_compile(w), REHAB_FINE);
            if (given == 2) assert_refused(w, REHAB_WRONG_RANGE, WHEN "/value");
            world_free(w);
        }
        c.value = label("mcd");
        refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/value");
    }
    struct rehab_criterion c = leaf(PAIN, REHAB_GT, 0);
    c.value = label("mdc");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/value");
    refuse_leaf(with(c, REHAB_SYMMETRY), REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN "/value");
}

/* That of one tester is taken where one took both values, and neither for the other. */
static void detectable_changes_are_those_of_their_condition(void **state)
{
    (void)state;
    struct rehab_measure measures[SAMPLE_MEASURES];
    memcpy(measures, sample_measures, sizeof measures);
    struct rehab_criterion c = with(leaf(PAIN, REHAB_LE, 0), REHAB_DIFFERENCE);
    c.value = label("mdc");
    for (int same = 0; same < 2; same++) {
        c.qualified = same ? REHAB_SAME_ASSESSOR : 0;
        for (int given = 1; given < 4; given++) {
            struct world *w = world();
            measures[PAIN].mdc_nano = given & 1 ? N(3) : 0;
            measures[PAIN].mdc_same_nano = given & 2 ? N(2) : 0;
            w->document.measures = measures;
            add_gate(w, REHAB_ADVANCE, &c);
            if (given >> same & 1) {
                compile(w);
                const struct rehab_measure_row *row =
                    &w->protocol.measures[w->protocol.criteria[0].measure];
                assert_true(w->protocol.criteria[0].bound_nano == (same ? N(2) : N(3)));
                assert_true(row->mdc_nano == (given == 2 ? N(2) : N(3)));
                assert_true(row->mdc_same_nano == (given == 1 ? N(3) : N(2)));
            } else {
                assert_refused(w, REHAB_UNKNOWN_ERROR, WHEN "/value");
            }
            world_free(w);
        }
    }
    struct world *w = world(); /* however little they are */
    measures[PAIN].mdc_nano = measures[PAIN].mdc_same_nano = 1;
    w->document.measures = measures;
    add_gate(w, REHAB_ADVANCE, &c);
    for (int same = 0; same < 2; same++) {
        *(same ? &measures[PAIN].mdc_nano : &measures[PAIN].mdc_same_nano) = N(2);
        *(same ? &measures[PAIN].mdc_same_nano : &measures[PAIN].mdc_nano) = 1;
        compile(w);
        const struct rehab_measure_row *row =
            &w->protocol.measures[w->protocol.criteria[0].measure];
        assert_true(row->mdc_nano == (same ? N(2) : 1) && row->mdc_same_nano == (same ? 1 : N(2)));
    }
    world_free(w);
}

static void rises_compare_like_with_like(void **state)
{
    (void)state;
    struct rehab_criterion c = with(leaf(MORNING, REHAB_GT, 0), REHAB_RISE);
    c.over = T("pian");
    refuse_leaf(c, REHAB_HOLD, REHAB_UNKNOWN_MEASURE, WHEN "/over");
    c.over = sample_measures[FORCE].code;
    refuse_leaf(c, REHAB_HOLD, REHAB_WRONG_VALUE, WHEN "/over");
    c.over = sample_measures[SWELLING].code;
    refuse_leaf(c, REHAB_HOLD, REHAB_WRONG_VALUE, WHEN "/over");
    c.measure = T("morming");
    c.over = sample_measures[PAIN].code;
    refuse_leaf(c, REHAB_HOLD, REHAB_UNKNOWN_MEASURE, WHEN "/rise");
}

static void bounds_by_stratum_are_of_one(void **state)
{
    (void)state;
    struct rehab_value_by by[2] = {{T("grade"), T("2"), number(1)},
                                   {T("grade"), T("3"), number(2)}};
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.value_by = by;
    c.value_by_count = 2;
    take_leaf(c, REHAB_ADVANCE);
    by[1].stratum = T("sex");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/value_by/grade");
    by[1] = (struct rehab_value_by){T("grade"), T("3"), number(1)};
    struct rehab_value_by many[REHAB_MAX_LABELS + 1];
    for (uint32_t i = 0; i <= REHAB_MAX_LABELS; i++)
        many[i] = by[1];
    c.value_by = many;
    c.value_by_count = REHAB_MAX_LABELS;
    take_leaf(c, REHAB_ADVANCE);
    c.value_by_count++;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/value_by");
    c.value_by = by;
    c.value_by_count = 2;
    c.citation.source = T("book");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_UNKNOWN_SOURCE, WHEN "/source");
    c.citation.source = T("");
    by[1].stratum = T("sex");
    by[0].stratum = T("sex");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_UNKNOWN_STRATUM, WHEN "/value_by/sex");
    by[0].stratum = by[1].stratum = T("grade");
    by[1].stratum_value = T("4");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_UNKNOWN_LABEL, WHEN "/value_by/grade/4");
    by[1].stratum_value = T("3");
    c.is = REHAB_BETWEEN;
    c.upper = number(4);
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/value_by");
    struct rehab_value set = label("none");
    struct rehab_criterion in = leaf(SWELLING, REHAB_IN, 0);
    in.values = &set;
    in.value_count = 1;
    in.value_by = by;
    in.value_by_count = 1;
    by[0].value = label("mild");
    refuse_leaf(in, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/value_by");
    struct rehab_criterion t = elapsed(REHAB_PHASE, REHAB_GE, "P1D");
    t.value_by = by;
    t.value_by_count = 1;
    by[0].value = (struct rehab_value){.kind = REHAB_VALUE_DURATION, .duration = duration("PT24H")};
    refuse_leaf(t, REHAB_ADVANCE, REHAB_WRONG_RANGE,
                WHEN "/value_by/grade/2"); /* days and hours are not the same */
}

static void clearances_have_a_name_and_a_role(void **state)
{
    (void)state;
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .id = T("ok"),
                                .expression = REHAB_CLEARED,
                                .name = T("run"),
                                .is = REHAB_EQ,
                                .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}};
    refuse_leaf(c, REHAB_ADVANCE, REHAB_MISSING, WHEN "/by");
    c.roles = REHAB_CLINICIAN;
    take_leaf(c, REHAB_ADVANCE);
    c.name = T("r");
    take_leaf(c, REHAB_ADVANCE);
    c.name = T("");
    refuse_leaf(c, REHAB_ADVANCE, REHAB_MISSING, WHEN "/cleared");
    struct rehab_criterion many[33], all = group(REHAB_ALL, many, 33);
    char names[33][4];
    for (unsigned int i = 0; i < 33; i++) {
        names[i][0] = 'n';
        names[i][1] = (char)('a' + i / 10);
        names[i][2] = (char)('0' + i % 10);
        many[i] = c;
        many[i].id = many[i].name = (struct rehab_text){names[i], 3};
    }
    refuse_leaf(all, REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/all/32/cleared");
    all.of_count = 32;
    many[31].name = many[0].name;
    take_leaf(all, REHAB_ADVANCE);
}

/* ---- trees ---- */

static void trees_are_well_formed(void **state)
{
    (void)state;
    struct rehab_criterion two[2] = {leaf(PAIN, REHAB_LE, 3), leaf(FORCE, REHAB_GE, 3)},
                           c = group(REHAB_ALL, two, 0);
    refuse_leaf(c, REHAB_ADVANCE, REHAB_MISSING, WHEN "/all");
    refuse_leaf(group(REHAB_NOT, two, 2), REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/not");
    c = group(REHAB_AT_LEAST, two, 2);
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/at_least");
    c.least = 3;
    refuse_leaf(c, REHAB_ADVANCE, REHAB_WRONG_RANGE, WHEN "/at_least");
    refuse_leaf(group(REHAB_SAME_OCCASION, two, 2), REHAB_ADVANCE, REHAB_MISSING, WHEN "/within");
    struct rehab_criterion inner = group(REHAB_ANY, two, 2),
                           outer = group(REHAB_SAME_OCCASION, &inner, 1);
    outer.window = duration("P1D");
    refuse_leaf(outer, REHAB_ADVANCE, REHAB_WRONG_CONDITION, WHEN "/same_occasion/0");
    struct rehab_criterion visit = group(REHAB_SAME_OCCASION, two, 2),
                           deep = group(REHAB_ANY, &visit, 1);
    visit.window = duration("P1D");
    take_leaf(visit, REHAB_ADVANCE);
    refuse_leaf(visit, REHAB_HOLD, REHAB_WRONG_RULE, WHEN "/same_occasion");
    refuse_leaf(visit, REHAB_REVIEW, REHAB_WRONG_RULE, WHEN "/same_occasion");
    refuse_leaf(deep, REHAB_REGRESS, REHAB_WRONG_RULE, WHEN "/any/0/same_occasion");
    refuse_leaf(group(REHAB_NODE_KIND_COUNT, two, 2), REHAB_ADVANCE, REHAB_WRONG_VALUE, WHEN);
    two[1].id = two[0].id;
    refuse_leaf(group(REHAB_ANY, two, 2), REHAB_ADVANCE, REHAB_DUPLICATE_ID, WHEN "/any/1/id");
    struct rehab_criterion alike[2] = {two[0], two[1]}; /* what stands behind them is no part */
    alike[0].id = (struct rehab_text){"knee", 3};
    alike[1].id = (struct rehab_text){"knew", 3};
    refuse_leaf(group(REHAB_ANY, alike, 2), REHAB_ADVANCE, REHAB_DUPLICATE_ID, WHEN "/any/1/id");
    struct rehab_criterion three[3] = {leaf(PAIN, REHAB_LE, 3), two[0], two[1]};
    refuse_leaf(group(REHAB_ANY, three, 3), REHAB_ADVANCE, REHAB_DUPLICATE_ID, WHEN "/any/2/id");
    two[1].measure = T("farce");
    struct rehab_criterion fine = group(REHAB_ANY, three, 2), not_fine = group(REHAB_NOT, &fine, 1),
                           behind[2] = {not_fine, two[1]};
    refuse_leaf(group(REHAB_ALL, behind, 2), REHAB_ADVANCE, REHAB_UNKNOWN_MEASURE,
                WHEN "/all/1/latest");
    struct rehab_criterion no = group(REHAB_NOT, &two[1], 1), list[2] = {two[0], no};
    refuse_leaf(group(REHAB_ALL, list, 2), REHAB_ADVANCE, REHAB_UNKNOWN_MEASURE,
                WHEN "/all/1/not/latest");
    no = group(REHAB_NOT, &two[0], 1);
    list[0] = no;
    list[1] = two[1];
    refuse_leaf(group(REHAB_ALL, list, 2), REHAB_ADVANCE, REHAB_UNKNOWN_MEASURE,
                WHEN "/all/1/latest");
}

/* Behind a branch under `not`, too. */
static void leaves_are_blamed_where_they_stand(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3),
                           of[] = {group(REHAB_NOT, &c, 1), leaf(PAIN, REHAB_LE, 3)};
    of[1].measure = T("pian");
    refuse_leaf(group(REHAB_ALL, of, 2), REHAB_ADVANCE, REHAB_UNKNOWN_MEASURE,
                WHEN "/all/1/latest");
}

static void trees_have_limits(void **state)
{
    (void)state;
    struct rehab_criterion deep[REHAB_MAX_DEPTH + 2], wide[REHAB_MAX_NODES], all;
    deep[0] = leaf(PAIN, REHAB_LE, 3);
    for (int i = 1; i < REHAB_MAX_DEPTH + 2; i++)
        deep[i] = group(REHAB_NOT, &deep[i - 1], 1);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &deep[REHAB_MAX_DEPTH]);
    compile(w);
    assert_int_equal(w->protocol.rules[w->protocol.gates[0].rule].depth, REHAB_MAX_DEPTH);
    w->gates[0].when = &deep[REHAB_MAX_DEPTH + 1];
    assert_int_equal(try_compile(w), REHAB_TOO_DEEP);
    world_free(w);
    for (int i = 0; i < REHAB_MAX_NODES; i++)
        wide[i] = leaf(PAIN, REHAB_LE, 3);
    all = group(REHAB_ALL, wide, REHAB_MAX_NODES - 1);
    take_leaf(all, REHAB_ADVANCE);
    all.of_count = REHAB_MAX_NODES;
    refuse_leaf(all, REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/all");
    struct rehab_criterion halves[3] = {group(REHAB_ANY, wide, 31), group(REHAB_ANY, wide + 31, 31),
                                        leaf(PAIN, REHAB_LE, 2)};
    refuse_leaf(group(REHAB_ALL, halves, 3), REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/all/2");
    struct rehab_criterion thirds[3] = {group(REHAB_ANY, wide, 33),
                                        group(REHAB_ANY, wide + 33, 31)};
    refuse_leaf(group(REHAB_ALL, thirds, 2), REHAB_ADVANCE, REHAB_TOO_MANY, WHEN "/all/1/any/30");
}

/* ---- the rest of the document ---- */

/* However many are wrong: the first is told, and the way to it is the same as for one. */
static void of_many_faults_the_first_is_told(void **state)
{
    (void)state;
    static struct rehab_criterion c[REHAB_MAX_NODES - 1];
    for (int i = 0; i < REHAB_MAX_NODES - 1; i++)
        c[i] = leaf(PAIN, REHAB_LE, 3);
    for (int i = 10; i < REHAB_MAX_NODES - 1; i++)
        c[i].id = c[0].id;
    struct rehab_criterion all = group(REHAB_ALL, c, REHAB_MAX_NODES - 1);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    assert_refused(w, REHAB_DUPLICATE_ID, WHEN "/all/10/id");
    world_free(w);
}

/* What is longer than any name is compared with none. */
/* However many there are. */
static void faults_need_no_room(void **state)
{
    (void)state;
    struct rehab_criterion c[8][60], all[8];
    struct world *w = world();
    for (int k = 0; k < 8; k++) {
        for (int i = 0; i < 60; i++) {
            c[k][i] = leaf(PAIN, REHAB_LE, 3);
            c[k][i].measure = T("pian");
        }
        all[k] = group(REHAB_ALL, c[k], 60);
        add_gate(w, REHAB_HOLD, &all[k]);
    }
    assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/all/0/latest");
    world_free(w);
}

static void long_words_have_no_nearest(void **state)
{
    (void)state;
    char word[1000];
    memset(word, 'p', sizeof word);
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    c.measure = (struct rehab_text){word, 3};
    add_gate(w, REHAB_ADVANCE, &c);
    assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/latest");
    struct rehab_measure own[2] = {sample_measures[PAIN], sample_measures[PAIN]};
    own[0].code = (struct rehab_text){word, 60};
    own[1].code = (struct rehab_text){word, 999};
    w->document.measures = own;
    w->document.measure_count = 2;
    for (uint32_t size = 62; size <= 1000; size++) {
        c.measure.size = size;
        if (size == 999) continue;
        assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/latest");
        assert_int_equal(w->fault.nearest.size, size <= 64 ? 60 : 0);
    }
    world_free(w);
}

static void documents_are_whole(void **state)
{
    (void)state;
    struct world *w = world();
    w->document.id = T("");
    assert_refused(w, REHAB_MISSING, "/id");
    w->document.id = T("x");
    w->document.version = 0;
    assert_refused(w, REHAB_MISSING, "/version");
    w->document.version = 1;
    w->document.track_count = 0;
    assert_refused(w, REHAB_MISSING, "/tracks");
    struct rehab_track twins[2] = {w->track, w->track};
    w->document.tracks = twins;
    w->document.track_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/1");
    twins[1].id = T("");
    assert_refused(w, REHAB_MISSING, "/tracks/1");
    w->document.tracks = &w->track;
    w->document.track_count = 1;
    const struct rehab_source books[2] = {{T("book"), T("A book")}, {T("book"), T("Another")}};
    w->document.sources = books;
    w->document.source_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/sources/1");
    w->document.source_count = 0;
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 3);
    for (int i = 0; i < 2; i++)
        w->flags[i] =
            (struct rehab_red_flag){.id = T("f"), .when = &c, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/red_flags/1");
    w->document.red_flag_count = 0;
    w->document.day_zero = REHAB_PHASE;
    assert_refused(w, REHAB_WRONG_VALUE, "/day_zero");
    w->document.day_zero = REHAB_SURGERY;
    w->track.phase_count = 0;
    assert_refused(w, REHAB_MISSING, "/tracks/0/phases");
    w->track.phase_count = 3;
    w->phases[2].id = T("first");
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/0/phases/2");
    w->phases[2].id = T("");
    assert_refused(w, REHAB_MISSING, "/tracks/0/phases/2");
    w->phases[2].id = T("third");
    w->strata[0].values.count = 0;
    assert_refused(w, REHAB_MISSING, "/strata/grade/values");
    w->strata[0].id = T("");
    assert_refused(w, REHAB_MISSING, "/strata/0");
    w->strata[0].id = T("a~b/c");
    assert_refused(w, REHAB_MISSING, "/strata/a~0b~1c/values");
    w->strata[0].id = T("grade");
    const struct rehab_text twice[] = {T("1"), T("1")}, *values = w->strata[0].values.at;
    w->strata[0].values = (struct rehab_texts){twice, 2};
    assert_refused(w, REHAB_DUPLICATE_ID, "/strata/grade/values/1");
    w->strata[0].values = (struct rehab_texts){values, 1};
    compile(w);
    w->strata[0].values.count = 3;
    compile(w);
    world_free(w);
}

static void parts_have_what_they_need(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 3),
                           phase = elapsed(REHAB_PHASE, REHAB_GE, "P1D"), since = c;
    struct world *w = world();
    w->flags[0] = (struct rehab_red_flag){.id = T("f"), .when = &c};
    w->document.red_flag_count = 1;
    assert_refused(w, REHAB_MISSING, "/red_flags/0/cleared_by");
    w->flags[0].cleared_by = REHAB_CLINICIAN;
    w->flags[0].level = REHAB_LEVEL_COUNT;
    assert_refused(w, REHAB_WRONG_VALUE, "/red_flags/0/level");
    w->flags[0].level = REHAB_LEVEL_URGENT;
    w->flags[0].when = &phase;
    assert_refused(w, REHAB_WRONG_CONDITION, "/red_flags/0/when/elapsed");
    since.since = REHAB_SINCE_PHASE;
    w->flags[0].when = &since;
    assert_refused(w, REHAB_WRONG_CONDITION, "/red_flags/0/when/since");
    w->flags[0].when = NULL;
    assert_refused(w, REHAB_MISSING, "/red_flags/0/when");
    w->flags[0].when = &c;
    w->advice[0] = (struct rehab_advice){.id = T("a")};
    w->phases[1].advice_count = 1;
    assert_refused(w, REHAB_MISSING, "/tracks/0/phases/1/advice/0/give");
    w->phases[1].advice_count = 0;
    w->prescriptions[0] = (struct rehab_prescription){.id = T("p")};
    w->phases[1].prescription_count = 1;
    assert_refused(w, REHAB_MISSING, "/tracks/0/phases/1/prescriptions/0/exercise");
    w->prescriptions[0].exercise = T("x"); /* short, but a name */
    compile(w);
    w->prescriptions[0].exercise = T("squat");
    struct rehab_criterion bad = leaf(PAIN, REHAB_IN, 0);
    w->prescriptions[0].progress = &bad;
    assert_refused(w, REHAB_WRONG_OPERATOR, "/tracks/0/phases/1/prescriptions/0/progress/when/in");
    w->prescriptions[0].progress = NULL;
    w->prescriptions[0].progress_citation.source = T("hymnal");
    assert_refused(w, REHAB_UNKNOWN_SOURCE, "/tracks/0/phases/1/prescriptions/0/progress/source");
    w->prescriptions[0].progress_citation.source = T("");
    w->prescriptions[0].limit = (struct rehab_limit){
        .given = true, .during = T("pian"), .is = REHAB_LT, .value = number(2)};
    assert_refused(w, REHAB_UNKNOWN_MEASURE, "/tracks/0/phases/1/prescriptions/0/limit/during");
    w->prescriptions[0].side = T("other"); /* of what is not known */
    assert_refused(w, REHAB_UNKNOWN_MEASURE, "/tracks/0/phases/1/prescriptions/0/limit/during");
    w->prescriptions[0].limit.during = T("pain");
    w->prescriptions[0].limit.is = REHAB_BETWEEN;
    assert_refused(w, REHAB_WRONG_OPERATOR, "/tracks/0/phases/1/prescriptions/0/limit/is");
    w->prescriptions[0].limit.is = REHAB_LT;
    struct rehab_limit caps[] = {w->prescriptions[0].limit, w->prescriptions[0].limit};
    struct rehab_value_by by = {T("grade"), T("4"), number(1)};
    caps[1].value_by = &by;
    caps[1].value_by_count = 1;
    w->prescriptions[0].caps = caps;
    w->prescriptions[0].cap_count = 2;
    assert_refused(w, REHAB_UNKNOWN_LABEL,
                   "/tracks/0/phases/1/prescriptions/0/caps/1/value_by/grade/4");
    by.stratum = (struct rehab_text){NULL, 0}; /* a name that is none is empty */
    assert_refused(w, REHAB_UNKNOWN_STRATUM, "/tracks/0/phases/1/prescriptions/0/caps/1/value_by/");
    w->prescriptions[0].cap_count = REHAB_MAX_ITEMS + 1;
    struct rehab_limit many[REHAB_MAX_ITEMS + 1];
    for (int i = 0; i <= REHAB_MAX_ITEMS; i++)
        many[i] = caps[0];
    w->prescriptions[0].caps = many;
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/phases/1/prescriptions/0/caps");
    w->prescriptions[0].cap_count = REHAB_MAX_ITEMS;
    w->prescriptions[0].side = T("");
    compile(w);
    w->prescriptions[0].side = T("other");
    w->prescriptions[0].cap_count = 1;
    w->prescriptions[0].activity = T("rum");
    assert_refused(w, REHAB_UNKNOWN_ACTIVITY, "/tracks/0/phases/1/prescriptions/0/activity");
    w->prescriptions[0].activity = T("run");
    w->prescriptions[0].per_day = REHAB_MAX_OFTEN + 1;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/phases/1/prescriptions/0/schedule/per_day");
    w->prescriptions[0].per_day = REHAB_MAX_OFTEN;
    w->prescriptions[0].per_week = REHAB_MAX_OFTEN + 1;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/phases/1/prescriptions/0/schedule/per_week");
    w->prescriptions[0].per_week = REHAB_MAX_OFTEN;
    w->prescriptions[0].every_days = REHAB_MAX_OFTEN + 1;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/phases/1/prescriptions/0/schedule/every_days");
    w->prescriptions[0].every_days = REHAB_MAX_OFTEN;
    w->prescriptions[0].hold = duration("PT30S");
    w->prescriptions[0].tempo_up = duration("PT2S");
    w->prescriptions[0].tempo_down = duration("PT1H");
    compile(w);
    assert_int_equal(w->protocol.prescriptions[0].hold_s, 30);
    assert_int_equal(w->protocol.prescriptions[0].tempo_up_s, 2);
    assert_int_equal(w->protocol.prescriptions[0].tempo_down_s, 3600);
    assert_true(rehab_text_equal(rehab_text_at(&w->protocol, w->protocol.prescriptions[0].exercise),
                                 T("squat")));
    assert_true(rehab_text_equal(rehab_text_at(&w->protocol, w->protocol.prescriptions[0].side),
                                 T("other")));
    uint32_t limit = w->protocol.limits[w->protocol.prescriptions[0].limits.first].criterion;
    assert_int_equal(w->protocol.criteria[limit].flags & REHAB_WITHIN_DAYS, 0);
    static const struct rehab_words goals[REHAB_MAX_ITEMS + 1];
    w->phases[1].goals = goals;
    w->phases[1].goal_count = REHAB_MAX_ITEMS;
    compile(w);
    w->phases[1].goal_count++;
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/phases/1/goals");
    w->phases[1].goal_count = 0;
    const struct rehab_prescription twice[] = {w->prescriptions[0], w->prescriptions[0]};
    w->phases[1].prescriptions = twice;
    w->phases[1].prescription_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/0/phases/1/prescriptions/1");
    w->phases[1].prescription_count = 1;
    const struct rehab_treatment treatments[] = {{.id = T("ice")}, {.id = T("ice")}};
    w->phases[1].treatments = treatments;
    w->phases[1].treatment_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/0/phases/1/treatments/1");
    w->phases[1].treatment_count = 1;
    const struct rehab_advice advice[] = {{.id = T("rest"), .give = &c}, {.id = T("rest")}};
    w->phases[1].advice = advice;
    w->phases[1].advice_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/0/phases/1/advice/1");
    w->phases[1].advice_count = 0;
    const struct rehab_text restrictions[] = {T("jumping"), T("jumping")};
    w->phases[1].restrictions = (struct rehab_texts){restrictions, 2};
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/0/phases/1/restrictions/1");
    w->phases[1].restrictions.count = 1;
    const struct rehab_activity run[2] = {{.id = T("run")}, {.id = T("run")}};
    w->document.activities = run;
    assert_refused(w, REHAB_DUPLICATE_ID, "/activities/1");
    w->document.activities = w->activities;
    const struct rehab_score scores[2] = {{.id = T("sum")}, {.id = T("sum")}};
    w->document.scores = scores;
    w->document.score_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/scores/1");
    w->document.score_count = 0;
    const struct rehab_automaton automata[2] = {{.id = T("way")}, {.id = T("way")}};
    w->document.automata = automata;
    w->document.automaton_count = 2;
    assert_refused(w, REHAB_DUPLICATE_ID, "/states/1");
    w->document.automaton_count = 0;
    w->phases[1].expect.given = true; /* behind all that went well */
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/phases/1/expect/from");
    w->phases[1].expect.given = false;
    for (int i = 0; i < 2; i++) {
        add_gate(w, REHAB_HOLD, &since);
        w->gates[i].id = T("twice");
    }
    assert_refused(w, REHAB_DUPLICATE_ID, "/tracks/0/phases/1/gates/1");
    world_free(w);
}

static void expectations_are_whole_days(void **state)
{
    (void)state;
    struct rehab_expectation_by by[2] = {{T("grade"), T("3"), duration("P1D"), duration("P2D")},
                                         {T("grade"), T("2"), duration("P1D"), duration("P2D")}};
    struct world *w = world();
    struct rehab_expectation *e = &w->track.expect;
    *e = (struct rehab_expectation){
        .given = true, .from = REHAB_ONSET, .low = duration("P3D"), .high = duration("P1D")};
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/expect/typical");
    e->high = duration("PT73H");
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/expect/typical");
    e->high = duration("P9D");
    e->from = REHAB_PREVIOUS;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/expect/from");
    e->from = REHAB_ANCHOR_COUNT;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/expect/from");
    e->from = REHAB_ONSET;
    e->by = by;
    e->by_count = 2;
    compile(w);
    struct rehab_expectation_by many[REHAB_MAX_LABELS + 1];
    for (uint32_t i = 0; i <= REHAB_MAX_LABELS; i++)
        many[i] = by[1];
    e->by = many;
    e->by_count = REHAB_MAX_LABELS;
    compile(w);
    e->by_count++;
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/expect/by");
    e->by = by;
    e->by_count = 2;
    by[1].stratum = T("sex");
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/expect/by/grade");
    by[0].stratum = T("sex");
    assert_refused(w, REHAB_UNKNOWN_STRATUM, "/tracks/0/expect/by/sex");
    by[0].stratum = by[1].stratum = T("grade");
    by[0].stratum_value = T("4");
    assert_refused(w, REHAB_UNKNOWN_LABEL, "/tracks/0/expect/by/grade/4");
    by[0].stratum_value = T("3");
    by[0].low.us = -REHAB_DAY;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/expect/by/grade/3");
    by[0].low.us = 36501 * REHAB_DAY;
    assert_refused(w, REHAB_WRONG_RANGE, "/tracks/0/expect/by/grade/3");
    by[0].low = duration("P1D");
    struct rehab_criterion c =
        leaf(PAIN, REHAB_IN, 0); /* what comes behind is blamed where it is */
    add_gate(w, REHAB_ADVANCE, &c);
    assert_refused(w, REHAB_WRONG_OPERATOR, "/tracks/0/phases/1/gates/0/when/in");
    world_free(w);
}

static void measures_have_a_range(void **state)
{
    (void)state;
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 3), s = leaf(SWELLING, REHAB_EQ, 0),
                           both[] = {c, s};
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    struct rehab_text many[REHAB_MAX_LABELS + 1];
    for (int i = 0; i <= REHAB_MAX_LABELS; i++)
        many[i] = T("none");
    for (int i = 0; i < 14; i++) {
        struct world *w = world();
        memcpy(own, sample_measures, sizeof own);
        w->document.measures = own;
        if (i == 0) own[PAIN].low_nano = -REHAB_VALUE_MAX - 1;
        if (i == 1) own[PAIN].high_nano = REHAB_VALUE_MAX + 1;
        if (i == 2) own[PAIN].high_nano = -1;
        if (i == 3) own[PAIN].step_nano = -1;
        if (i == 4) own[PAIN].step_nano = REHAB_VALUE_MAX + 1;
        if (i == 5) own[PAIN].direction = REHAB_DIRECTION_COUNT;
        if (i == 6) own[SWELLING].labels = (struct rehab_texts){many, REHAB_MAX_LABELS + 1};
        if (i == 7) own[PAIN].kind = REHAB_MEASURE_KIND_COUNT;
        if (i == 8) own[PAIN].mdc_nano = -1;
        if (i == 9) own[PAIN].mdc_nano = REHAB_VALUE_MAX + 1;
        if (i == 10) own[PAIN].mdc_same_nano = -1;
        if (i == 11) own[PAIN].mdc_same_nano = REHAB_VALUE_MAX + 1;
        if (i == 12) own[PAIN].interval.us = -1;
        add_gate(w, REHAB_ADVANCE, &all);
        if (i == 13) {
            own[PAIN].low_nano = -REHAB_VALUE_MAX;
            own[PAIN].high_nano = own[PAIN].step_nano = REHAB_VALUE_MAX;
            own[PAIN].mdc_nano = own[PAIN].mdc_same_nano = REHAB_VALUE_MAX;
            compile(w);
            world_free(w);
            break;
        }
        assert_refused(w, i == 5 || i == 7 ? REHAB_WRONG_VALUE : REHAB_WRONG_RANGE,
                       i == 6 ? "/measures/4" : "/measures/0");
        world_free(w);
    }
}

static void scales_may_be_long(void **state)
{
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_text many[REHAB_MAX_LABELS];
    struct rehab_criterion c = leaf(SWELLING, REHAB_EQ, 0);
    struct world *w = world();
    (void)state;
    for (int i = 0; i < REHAB_MAX_LABELS; i++)
        many[i] = T("none");
    memcpy(own, sample_measures, sizeof own);
    own[SWELLING].labels = (struct rehab_texts){many, REHAB_MAX_LABELS};
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    world_free(w);
}

/* What is of nobody is zero, whatever lay there before: the digest is of the whole block. */
static void gaps_are_zero(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = elapsed(REHAB_PHASE, REHAB_GE, "P36500D");
    add_gate(w, REHAB_ADVANCE, &c);
    memset(w->block, 0xff, sizeof w->block);
    for (uint32_t more = 0; more < 8; more++) {
        w->document.id = (struct rehab_text){"sample12", 1 + more};
        compile(w);
        struct rehab_table_place last = w->protocol.head->table[REHAB_CHARACTERS];
        assert_in_range(w->size - last.at - last.count, 0, 7);
        for (size_t i = last.at + last.count; i < w->size; i++)
            assert_int_equal(w->block[i], 0);
    }
    world_free(w);
}

static void lists_have_limits(void **state)
{
    (void)state;
    enum { MANY = REHAB_MAX_PHASES + 1 };
    static char ids[MANY][8];
    static struct rehab_phase phases[MANY];
    static struct rehab_measure measures[MANY];
    static struct rehab_gate gates[MANY];
    static struct rehab_criterion leaves[MANY];
    struct rehab_track tracks[2] = {{.id = T("a"), .phases = phases, .phase_count = 200},
                                    {.id = T("b"), .phases = phases, .phase_count = 200}};
    for (int i = 0; i < MANY; i++) {
        ids[i][0] = 'i';
        ids[i][1] = (char)('0' + i / 100);
        ids[i][2] = (char)('0' + i / 10 % 10);
        ids[i][3] = (char)('0' + i % 10);
        struct rehab_text id = {ids[i], 4};
        phases[i].id = id;
        measures[i] = sample_measures[PAIN];
        measures[i].code = id;
        leaves[i] = leaf(PAIN, REHAB_LE, 1);
        leaves[i].measure = id;
        gates[i] = (struct rehab_gate){.id = id, .move = REHAB_HOLD, .when = &leaves[i]};
    }
    struct world *w = world();
    w->track.phases = phases;
    w->track.phase_count = MANY - 1;
    compile(w);
    w->track.phase_count = MANY;
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/phases");
    w->document.tracks = tracks;
    w->document.track_count = 2;
    assert_refused(w, REHAB_TOO_MANY, "/tracks/1/phases");
    w->document.measures = measures;
    w->document.measure_count = MANY;
    tracks[0].phase_count = 9;
    tracks[1].phase_count = 1;
    for (int i = 0; i < 9; i++) {
        phases[i].gates = gates + 32 * i;
        phases[i].gate_count = i < 8 ? 32 : 1;
    }
    w->document.track_count = 1;
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/phases/8/gates/0/when/latest");
    phases[8].gate_count = 0;
    struct rehab_arena scratch = {.at = w->memory, .end = w->memory + WORLD_MEMORY};
    size_t used = 0;
    assert_int_equal(rehab_compile(&w->document, &scratch, NULL, 0, &used, &w->fault), REHAB_FINE);
    world_free(w);
}

/* Each value per another has a unit of its own, and a leaf can count only so many. */
static void units_have_limits(void **state)
{
    (void)state;
    enum { LEAVES = REHAB_MAX_NODES - 2, PHASES = 34 };
    static struct rehab_criterion leaves[LEAVES];
    static struct rehab_gate gates[REHAB_MAX_GATES];
    static struct rehab_phase phases[PHASES];
    struct rehab_criterion any = group(REHAB_ANY, leaves, LEAVES);
    struct world *w = world();
    for (int i = 0; i < LEAVES; i++) {
        leaves[i] = leaf(FORCE, REHAB_GE, 3);
        leaves[i].per = sample_measures[WEIGHT].code;
    }
    for (int i = 0; i < REHAB_MAX_GATES; i++)
        gates[i] = (struct rehab_gate){.id = leaves[i].id, .move = REHAB_HOLD, .when = &any};
    for (int i = 0; i < PHASES; i++)
        phases[i] =
            (struct rehab_phase){.id = leaves[i].id, .gates = gates, .gate_count = REHAB_MAX_GATES};
    w->document.stratum_count = 0;
    w->track.phases = phases;
    w->track.phase_count = PHASES;
    /* 33 phases of 32 gates of 62 leaves, and one gate, are before the 65535th */
    assert_refused(w, REHAB_TOO_MANY, "/tracks/0/phases/33/gates/1/when/any/1/per");
    w->phases[1] = phases[0];
    w->track.phases = w->phases;
    w->track.phase_count = 3;
    w->phases[1].gate_count = 1;
    w->phases[1].id = T("second");
    compile(w);
    assert_int_equal(rehab_count(&w->protocol, REHAB_TEXTS), LEAVES);
    world_free(w);
}

/* ---- terms ---- */

static void terms_are_checked(void **state)
{
    (void)state;
    const struct rehab_wording word = {T("en"), T("word")};
    char ids[REHAB_MAX_TERMS + 1][8];
    struct rehab_term terms[REHAB_MAX_TERMS + 1];
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    w->document.terms = terms;
    for (int i = 0; i <= REHAB_MAX_TERMS; i++) {
        int size = snprintf(ids[i], sizeof ids[i], "t%d", i);
        terms[i] = (struct rehab_term){{ids[i], (uint32_t)size}, {&word, 1}};
    }
    w->document.term_count = REHAB_MAX_TERMS;
    compile(w);
    assert_int_equal(rehab_count(&w->protocol, REHAB_TERMS), REHAB_MAX_TERMS);
    assert_true(rehab_text_equal(rehab_row_name(&w->protocol, REHAB_TERMS, 3), T("t3")));
    w->document.term_count = REHAB_MAX_TERMS + 1;
    assert_refused(w, REHAB_TOO_MANY, "/terms");
    w->document.term_count = 7;
    terms[6].id = T("t1");
    assert_refused(w, REHAB_DUPLICATE_ID, "/terms/6");
    world_free(w);
}

/* ---- memory ---- */

static void too_little_memory_is_said(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    size_t used = 0;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    struct rehab_arena scratch = {.at = w->memory, .end = w->memory + 4096};
    assert_int_equal(rehab_compile(&w->document, &scratch, NULL, 0, &used, &w->fault), REHAB_FINE);
    assert_int_equal(used, w->size);
    scratch.at = w->memory;
    assert_int_equal(rehab_compile(&w->document, &scratch, w->block, used - 1, &used, &w->fault),
                     REHAB_NO_ROOM);
    scratch.at = w->memory;
    assert_int_equal(rehab_compile(&w->document, &scratch, w->block, w->size, &used, &w->fault),
                     REHAB_FINE);
    for (size_t room = 0; room < 112; room += 16) {
        scratch = (struct rehab_arena){.at = w->memory, .end = w->memory + room};
        assert_int_equal(
            rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used, &w->fault),
            room < 96 ? REHAB_NO_ROOM : REHAB_FINE);
    }
    c.measure = T("pian"); /* a fault, and no room to say where */
    scratch = (struct rehab_arena){.at = w->memory, .end = w->memory + 96};
    assert_int_equal(
        rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used, &w->fault),
        REHAB_UNKNOWN_MEASURE);
    assert_int_equal(w->fault.pointer.size, 0);
    world_free(w);
}

/* However long the ids on the way: the pointer has its room, or there is none. */
static void ways_are_as_long_as_their_ids(void **state)
{
    (void)state;
    struct world *w = world();
    w->strata[0].id = T("~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~");
    w->strata[0].values.count = 0;
    size_t used = 0, told = 0;
    for (size_t room = 0; room < 1024; room += 16) {
        struct rehab_arena scratch = {.at = w->memory, .end = w->memory + room};
        memset(w->memory + room, 0x55, 256);
        (void)rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used, &w->fault);
        for (size_t i = 0; i < 256; i++)
            assert_int_equal(w->memory[room + i], 0x55);
        told += w->fault.pointer.size == strlen("/strata//values") + 2 * 64;
    }
    assert_true(told > 8 && told < 64);
    w->document.id = T(""); /* of one step, too */
    for (size_t room = 0; room < 1024; room++) {
        struct rehab_arena scratch = {.at = w->memory, .end = w->memory + room};
        memset(w->memory + room, 0x55, 256);
        (void)rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used, &w->fault);
        for (size_t i = 0; i < 256; i++)
            assert_int_equal(w->memory[room + i], 0x55);
    }
    world_free(w);
}

static void the_same_document_gives_the_same_bytes(void **state)
{
    (void)state;
    static unsigned char first[1 << 16];
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    memcpy(first, w->block, w->size);
    memset(w->block, 0xa5, sizeof w->block);
    memset(w->memory, 0xa5, sizeof w->memory);
    compile(w);
    assert_memory_equal(first, w->block, w->size);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_refused_with_the_nearest),
        cmocka_unit_test(gates_lead_somewhere),
        cmocka_unit_test(values_fit_their_expression),
        cmocka_unit_test(values_are_blamed_where_they_stand),
        cmocka_unit_test(operators_fit_their_values),
        cmocka_unit_test(sides_fit_their_measure),
        cmocka_unit_test(conditions_fit_their_expression),
        cmocka_unit_test(runs_fit_their_expression),
        cmocka_unit_test(deadlines_are_days_of_gates_ahead),
        cmocka_unit_test(warnings_are_of_ranges),
        cmocka_unit_test(phases_reached_are_phases),
        cmocka_unit_test(what_is_recorded_is_compared_with_nothing_else),
        cmocka_unit_test(earlier_values_are_named),
        cmocka_unit_test(detectable_changes_are_known),
        cmocka_unit_test(detectable_changes_are_those_of_their_condition),
        cmocka_unit_test(rises_compare_like_with_like),
        cmocka_unit_test(bounds_by_stratum_are_of_one),
        cmocka_unit_test(clearances_have_a_name_and_a_role),
        cmocka_unit_test(trees_are_well_formed),
        cmocka_unit_test(leaves_are_blamed_where_they_stand),
        cmocka_unit_test(trees_have_limits),
        cmocka_unit_test(of_many_faults_the_first_is_told),
        cmocka_unit_test(faults_need_no_room),
        cmocka_unit_test(long_words_have_no_nearest),
        cmocka_unit_test(documents_are_whole),
        cmocka_unit_test(parts_have_what_they_need),
        cmocka_unit_test(expectations_are_whole_days),
        cmocka_unit_test(measures_have_a_range),
        cmocka_unit_test(scales_may_be_long),
        cmocka_unit_test(gaps_are_zero),
        cmocka_unit_test(lists_have_limits),
        cmocka_unit_test(units_have_limits),
        cmocka_unit_test(terms_are_checked),
        cmocka_unit_test(too_little_memory_is_said),
        cmocka_unit_test(ways_are_as_long_as_their_ids),
        cmocka_unit_test(the_same_document_gives_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
