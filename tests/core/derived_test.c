/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of observations before they are compared (scores, percentiles, histories, zones, one
 * value per another, age), and the moves and marks that came with it. */
#include "sample.h"

#include <stdlib.h>

static void assert_refused(struct world *w, enum rehab_fault_code code, const char *pointer)
{
    assert_int_equal(try_compile(w), code);
    if (w->fault.pointer.size != strlen(pointer) ||
        memcmp(w->fault.pointer.at, pointer, strlen(pointer)) != 0)
        fail_msg("at %.*s, not at %s", (int)w->fault.pointer.size, w->fault.pointer.at, pointer);
}

#define PHASE "/tracks/0/phases/1"
#define WHEN  PHASE "/gates/0/when"

/* ---- sign-off ---- */

static void a_number_may_wait_for_a_signature(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    add_gate(w, REHAB_ADVANCE, &c);
    c.citation.sign_off = true;
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/sign_off");
    c.citation.certainty = REHAB_VERIFIED; /* read, and yet to be confirmed */
    compile(w);
    assert_int_equal(w->protocol.criteria[0].citation.sign_off, 1);
    c.citation.certainty = REHAB_CONVENTION;
    compile(w);
    c.citation.certainty = REHAB_MEMORY;
    compile(w);
    const struct rehab_citation_row *row = &w->protocol.criteria[0].citation;
    assert_true(row->sign_off == 1 && row->certainty == REHAB_MEMORY);
    world_free(w);
}

/* ---- restart ---- */

static void a_restart_goes_before_a_step_back_and_after_a_red_flag(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion back = leaf(PAIN, REHAB_GE, 5), again = leaf(PAIN, REHAB_GE, 7),
                           flag = leaf(PAIN, REHAB_GE, 9);
    add_gate(w, REHAB_RESTART, &again);
    add_gate(w, REHAB_REGRESS, &back);
    w->flags[0] =
        (struct rehab_red_flag){.id = T("f"), .cleared_by = REHAB_CLINICIAN, .when = &flag};
    w->document.red_flag_count = 1;
    w->gates[0].to = T("first");
    assert_refused(w, REHAB_WRONG_CONDITION, PHASE "/gates/0/to");
    w->gates[0].to = T("");
    compile(w);
    observe(w, PAIN, 6, 1);
    decide(w, 2);
    assert_int_equal(w->decision.recommendation.move, REHAB_REGRESS);
    observe(w, PAIN, 7, 3);
    decide(w, 4);
    assert_int_equal(w->decision.recommendation.move, REHAB_RESTART);
    assert_int_equal(w->decision.recommendation.to, REHAB_NONE);
    observe(w, PAIN, 9, 5);
    decide(w, 6);
    assert_int_equal(w->decision.recommendation.move, REHAB_STOP);
    world_free(w);
}

/* ---- one value per another: R35 ---- */

static void names_may_be_short(void **state)
{
    (void)state;
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    own[WEIGHT].code = T("w");
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 3);
    c.per = T("w");
    c.within_pair = duration("P1D");
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    assert_true(rehab_text_equal(rehab_criterion_unit(&w->protocol, 0), T("N/kg")));
    own[FORCE].freshness_class = T("s");
    w->freshness[0] = (struct rehab_freshness){T("s"), duration("P2D")};
    w->document.freshness_count = 1;
    compile(w);
    assert_int_equal(w->protocol.criteria[0].within_us, 2 * REHAB_DAY);
    c = leaf(PAIN, REHAB_LE, 1);
    c.expression = REHAB_NEXT_MORNING;
    c.over = own[MORNING].code = T("m");
    c.activity = T("run");
    compile(w);
    assert_int_equal(w->protocol.criteria[0].over, rehab_find_measure(&w->protocol, T("m")));
    world_free(w);
}

static void a_value_is_divided_by_another(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 3);
    c.per = sample_measures[WEIGHT].code;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    char said[REHAB_SENTENCE_MAX];
    observe(w, FORCE, 210, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_REFERENCE_MISSING, 2);
    assert_int_equal(finding(w, 0)->has_value, 0);
    assert_int_equal(w->decision.needs[0].measure,
                     rehab_find_measure(&w->protocol, sample_measures[WEIGHT].code));
    assert_int_equal(w->decision.needs[0].side, REHAB_SIDE_NONE);
    observe(w, WEIGHT, 70, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    int64_t value = 0, margin = 1;
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &value));
    assert_true(value == 3 * REHAB_SCALE && finding(w, 0)->second == 1);
    assert_true(rehab_finding_margin(&w->protocol, finding(w, 0), &margin) && margin == 0);
    assert_true(rehab_text_equal(rehab_criterion_unit(&w->protocol, 0), T("N/kg")));
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T("en"), said, sizeof said);
    assert_true(rehab_text_equal((struct rehab_text){said, size},
                                 T("Force, per weight, is 3 N/kg, needs at least 3 N/kg: met.")));
    size = rehab_sentence(&w->protocol, finding(w, 0), T("es"), said, sizeof said);
    assert_true(
        rehab_text_equal((struct rehab_text){said, size},
                         T("Force, por weight: 3 N/kg; requisito: al menos 3 N/kg; se cumple.")));
    observe(w, FORCE, 209.999, 5); /* nothing is rounded */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 6);
    observe(w, FORCE, 210, 7);
    observe(w, WEIGHT, 70, 8);
    observe(w, WEIGHT, 80, 8); /* of two at one instant the one that holds back */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
    world_free(w);
}

static void a_quotient_has_a_sign_and_an_upper_bound(void **state)
{
    (void)state;
    struct rehab_measure measures[SAMPLE_MEASURES];
    memcpy(measures, sample_measures, sizeof measures);
    measures[WEIGHT].low_nano = 0;
    struct world *w = world();
    struct rehab_criterion c = leaf(BEND, REHAB_BETWEEN, -1);
    w->document.measures = measures;
    c.per = measures[WEIGHT].code;
    c.upper = number(2);
    c.warn_above = true;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    int64_t value = 0;
    observe(w, BEND, -5, 1);
    observe(w, WEIGHT, 0, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 2);
    observe(w, WEIGHT, 3, 3);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 4);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &value));
    assert_true(value == -INT64_C(1666666667)); /* rounded down for showing */
    observe(w, BEND, -6, 4.2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 4.5);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &value));
    assert_int_equal(value, N(-2));
    observe(w, BEND, 6, 5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    observe(w, BEND, 6.001, 7);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_ABOVE, 8);
    world_free(w);
}

static void what_it_is_divided_by_grows_old(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 3);
    c.per = sample_measures[WEIGHT].code;
    add_gate(w, REHAB_ADVANCE, &c);
    w->freshness[0] = (struct rehab_freshness){T("weight"), duration("PT10H")};
    w->document.freshness_count = 1;
    compile(w);
    observe(w, WEIGHT, 70, 1);
    observe(w, FORCE, 210, 2);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 11);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_REFERENCE_MISSING, 11.1);
    c.within_pair = duration("P1D");
    compile(w);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 25);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_REFERENCE_MISSING, 25.1);
    c.within_pair = (struct rehab_duration){1, false, true}; /* the shortest there is */
    compile(w);
    w->observations[0].at.utc_us = hour(25).utc_us - 1;
    w->observations[1].at = hour(25);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 25);
    w->observations[0].at.utc_us--;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_REFERENCE_MISSING, 25);
    world_free(w);
}

static void a_divisor_has_to_be_one(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 3);
    add_gate(w, REHAB_ADVANCE, &c);
    c.per = T("wieght");
    assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/per");
    assert_true(rehab_text_equal(w->fault.nearest, T("weight")));
    c.per = sample_measures[PAIN].code;
    assert_refused(w, REHAB_WRONG_SIDE, WHEN "/per");
    c.per = sample_measures[SUDDEN].code;
    assert_refused(w, REHAB_WRONG_VALUE, WHEN "/per");
    c.per = sample_measures[WEIGHT].code;
    c.expression = REHAB_SYMMETRY;
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/per");
    c = leaf(SWELLING, REHAB_LE, 1);
    c.per = sample_measures[WEIGHT].code;
    assert_refused(w, REHAB_WRONG_VALUE, WHEN "/per");
    c = leaf(FORCE, REHAB_GE, 3);
    c.measure = T("frce");
    c.per = sample_measures[WEIGHT].code;
    assert_refused(w, REHAB_UNKNOWN_MEASURE, WHEN "/latest");
    world_free(w);
}

/* More labels before it than a criterion can count. */
static void a_unit_has_its_place_among_the_texts(void **state)
{
    (void)state;
    enum { MANY = 0xffff };
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 3);
    struct rehab_text *texts = calloc(MANY, sizeof *texts);
    for (uint32_t i = 0; i < MANY; i++)
        texts[i] = T("x");
    c.per = sample_measures[WEIGHT].code;
    add_gate(w, REHAB_ADVANCE, &c);
    w->strata[0].values = (struct rehab_texts){texts, MANY};
    (void)try_compile(w); /* refused for the labels before all; here it is enough that it ends */
    assert_int_equal(w->fault.code, REHAB_TOO_MANY);
    free(texts);
    world_free(w);
}

/* ---- age: R34 ---- */

static void judge_age_at(struct world *w, int32_t born, int32_t day, int64_t years)
{
    struct rehab_instant at = {day * REHAB_DAY, day * REHAB_DAY};
    w->evidence.birth = (struct rehab_event){.known = true, .day = born};
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    assert_int_equal(rehab_decide(&w->protocol, &w->evidence, at, &w->arena, &w->decision),
                     REHAB_DECIDED);
    assert_int_equal(finding(w, 0)->has_value, 1);
    assert_int_equal(finding(w, 0)->top / REHAB_SCALE, years);
}

static void age_is_whole_years(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 18);
    c.measure = T("");
    c.expression = REHAB_AGE;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING, 1);
    assert_int_equal(w->decision.need_count, 0);
    judge_age_at(w, 14000, 20573, 17); /* 2008-05-01, 2026-04-30 */
    judge_age_at(w, 14000, 20574, 18); /* 2026-05-01 */
    judge_age_at(w, 11016, 18320, 19); /* 2000-02-29, 2020-02-28 */
    judge_age_at(w, 11016, 18321, 20); /* 2020-02-29 */
    judge_age_at(w, 11016, 20512, 25); /* 2026-02-28 */
    judge_age_at(w, 11016, 20513, 26); /* 2026-03-01 */
    judge_age_at(w, 11016, 11016, 0);
    judge_age_at(w, -24778, 11016, 97);  /* 1902-03-01, 2000-02-29 */
    judge_age_at(w, -24778, 11017, 98);  /* 2000-03-01 */
    judge_age_at(w, -24779, 11014, 97);  /* 1902-02-28, 2000-02-27 */
    judge_age_at(w, -24779, 11015, 98);  /* 2000-02-28 */
    judge_age_at(w, -25508, 11016, 99);  /* 1900-03-01, 2000-02-29 */
    judge_age_at(w, -25508, 11017, 100); /* 2000-03-01 */
    judge_age_at(w, -719162, 20575, 2025);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_MET);
    char said[REHAB_SENTENCE_MAX];
    uint32_t size = rehab_requirement(&w->protocol, 0, T("en"), said, sizeof said);
    assert_true(
        rehab_text_equal((struct rehab_text){said, size}, T("Age must be at least 18 years.")));
    judge_age_at(w, 20000, 20365, 1);
    size = rehab_sentence(&w->protocol, finding(w, 0), T("es"), said, sizeof said);
    assert_true(rehab_text_equal((struct rehab_text){said, size},
                                 T("Edad: 1 año; requisito: al menos 18 años; no se cumple.")));
    assert_int_equal(rehab_criterion_scale(&w->protocol, 0), REHAB_IN_YEARS);
    assert_true(rehab_text_equal(rehab_criterion_unit(&w->protocol, 0), T("a")));
    w->evidence.birth = (struct rehab_event){.known = true, .timed = true, .at = hour(0)};
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    w->evidence.birth.timed = false;
    w->evidence.birth.day = -719469; /* no date */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING, 1);
    w->evidence.birth.day = 20001; /* tomorrow */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING, 1);
    world_free(w);
}

/* ---- what is not met selects an exercise: R53 ---- */

static void a_deficit_selects_an_exercise(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion ahead[2] = {leaf(PAIN, REHAB_LE, 3), leaf(FORCE, REHAB_GE, 100)},
                           all = group(REHAB_ALL, ahead, 2), guard = leaf(PAIN, REHAB_GE, 7);
    struct rehab_text deficits[2] = {T("weak"), T("sore")};
    ahead[0].id = T("sore");
    ahead[1].id = T("weak");
    guard.id = T("worse");
    add_gate(w, REHAB_HOLD, &guard);
    add_gate(w, REHAB_ADVANCE, &all);
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("p"), .exercise = T("bridge"), .deficits = {deficits, 2}};
    w->phases[1].prescription_count = 1;
    deficits[0] = T("weakk");
    assert_refused(w, REHAB_UNKNOWN_CRITERION, PHASE "/prescriptions/0/deficits/0");
    assert_true(rehab_text_equal(w->fault.nearest, T("weak")));
    deficits[0] = T("something");
    assert_refused(w, REHAB_UNKNOWN_CRITERION, PHASE "/prescriptions/0/deficits/0");
    assert_int_equal(w->fault.nearest.size, 0);
    struct rehab_criterion early = leaf(PAIN, REHAB_LE, 5); /* of another phase */
    const struct rehab_gate before = {
        .id = T("go"), .move = REHAB_ADVANCE, .to = T("second"), .when = &early};
    early.id = T("early");
    w->phases[0].gates = &before;
    w->phases[0].gate_count = 1;
    deficits[0] = T("early");
    assert_refused(w, REHAB_UNKNOWN_CRITERION, PHASE "/prescriptions/0/deficits/0");
    w->phases[0].gate_count = 0;
    deficits[0] = T("worse"); /* of a guard */
    assert_refused(w, REHAB_UNKNOWN_CRITERION, PHASE "/prescriptions/0/deficits/0");
    w->prescriptions[0].deficits.count = REHAB_MAX_ITEMS + 1;
    assert_refused(w, REHAB_TOO_MANY, PHASE "/prescriptions/0/deficits");
    w->prescriptions[0].deficits.count = 2;
    deficits[0] = T("weak");
    w->prescriptions[0].activity = T("run");
    w->prescriptions[0].per_day = 1;
    compile(w);
    decide(w, 1);
    const struct rehab_prescription_result *r = &w->decision.prescriptions[0];
    assert_true(r->has_deficits && r->selected == REHAB_UNKNOWN && !r->has_due);
    observe(w, FORCE, 90, 2);
    decide(w, 3);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_MET);
    assert_true(w->decision.prescriptions[0].has_due); /* what is selected has its day */
    observe(w, FORCE, 100, 4);
    decide(w, 5);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_UNKNOWN);
    observe(w, PAIN, 0, 6);
    decide(w, 7);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_NOT_MET);
    assert_false(w->decision.prescriptions[0].has_due);
    struct rehab_prescription behind[] = {w->prescriptions[0], w->prescriptions[0]};
    behind[0].id = T("plain"); /* one that is for everybody goes before it */
    behind[0].deficits.count = 0;
    w->phases[1].prescriptions = behind;
    w->phases[1].prescription_count = 2;
    compile(w);
    decide(w, 7);
    assert_false(w->decision.prescriptions[0].has_deficits);
    assert_true(w->decision.prescriptions[1].has_deficits);
    assert_int_equal(w->decision.prescriptions[1].selected, REHAB_NOT_MET);
    struct rehab_text as_many[REHAB_MAX_ITEMS]; /* as there may be */
    for (int i = 0; i < REHAB_MAX_ITEMS; i++)
        as_many[i] = T("weak");
    behind[0].deficits = (struct rehab_texts){as_many, REHAB_MAX_ITEMS};
    behind[1].deficits.count = 0;
    compile(w);
    assert_int_equal(w->protocol.prescriptions[0].deficits.count, REHAB_MAX_ITEMS);
    assert_true(w->protocol.prescriptions[1].deficits.first == 0 &&
                w->protocol.prescriptions[1].deficits.count == 0);
    behind[0].deficits = (struct rehab_texts){deficits, 2};
    behind[1].deficits = (struct rehab_texts){deficits, 2};
    const struct rehab_text unknown = T("something"); /* behind one that is known */
    behind[0].deficits.count = 2;
    behind[1].deficits = (struct rehab_texts){&unknown, 1};
    assert_refused(w, REHAB_UNKNOWN_CRITERION, PHASE "/prescriptions/1/deficits/0");
    world_free(w);
}

/* A criterion of another phase is not judged here, whatever was found there before: nothing is
 * known of it. */
static void a_deficit_elsewhere_is_not_known(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion here = leaf(PAIN, REHAB_LE, 3), hold = leaf(PAIN, REHAB_GE, 9),
                           there[2] = {leaf(FORCE, REHAB_GE, 100), leaf(PAIN, REHAB_LE, 1)};
    struct rehab_criterion both = group(REHAB_ALL, there, 2);
    struct rehab_text deficit = here.id;
    struct rehab_gate first[2] = {
        {.id = T("g"), .move = REHAB_ADVANCE, .to = T("second"), .when = &both},
        {.id = T("h"), .move = REHAB_HOLD, .when = &hold}};
    w->phases[0].gates = first;
    w->phases[0].gate_count = 2;
    add_gate(w, REHAB_ADVANCE, &here);
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("p"), .exercise = T("bridge"), .deficits = {&deficit, 1}};
    w->phases[1].prescription_count = 1;
    compile(w);
    struct rehab_head *head = (struct rehab_head *)(void *)w->block;
    struct rehab_deficit_row *row =
        (struct rehab_deficit_row *)(void *)(w->block + head->table[REHAB_DEFICITS].at);
    assert_int_equal(row->criterion, 3);
    assert_int_equal(row->reserved, 0);
    observe(w, PAIN, 5, 1);
    for (uint32_t i = 0; i < 3; i++) {
        row->criterion = i;
        w->state.phase = 0;
        decide(w, 2);
        assert_int_equal(w->decision.gate_count, 2);
        w->state.phase = 1;
        decide(w, 2);
        assert_int_equal(w->decision.gate_count, 1);
        assert_int_equal(w->decision.prescriptions[0].selected, REHAB_UNKNOWN);
    }
    world_free(w);
}

/* Nor is the one behind those of the gates, though something else was found behind theirs. */
static void a_deficit_behind_the_gates_is_not_known(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion here = leaf(PAIN, REHAB_LE, 3), give = leaf(PAIN, REHAB_GE, 1),
                           there = leaf(FORCE, REHAB_GE, 100);
    const struct rehab_gate last = {.id = T("end"), .move = REHAB_COMPLETE, .when = &there};
    struct rehab_text deficit = here.id;
    w->phases[2].gates = &last;
    w->phases[2].gate_count = 1;
    add_gate(w, REHAB_ADVANCE, &here);
    w->advice[0] = (struct rehab_advice){.id = T("ice"), .give = &give};
    w->phases[1].advice_count = 1;
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("p"), .exercise = T("bridge"), .deficits = {&deficit, 1}};
    w->phases[1].prescription_count = 1;
    compile(w);
    struct rehab_head *head = (struct rehab_head *)(void *)w->block;
    struct rehab_deficit_row *row =
        (struct rehab_deficit_row *)(void *)(w->block + head->table[REHAB_DEFICITS].at);
    observe(w, PAIN, 2, 1);
    assert_int_equal(decide(w, 2), REHAB_MET);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_NOT_MET);
    row->criterion++;
    decide(w, 2);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_UNKNOWN);
    for (uint32_t i = 1; i < 3; i++) { /* the last one, and one that is none */
        row->criterion = rehab_count(&w->protocol, REHAB_CRITERIA) + i - 2;
        seal(w->block, w->size);
        assert_int_equal(rehab_open(w->block, w->size, &w->protocol),
                         i == 1 ? REHAB_FINE : REHAB_BAD_BLOCK);
    }
    world_free(w);
}

/* Of every gate ahead, however many leaves they have. */
static void deficits_are_found_among_many(void **state)
{
    (void)state;
    static struct rehab_criterion leaves[3][REHAB_MAX_NODES - 1];
    struct rehab_criterion any[3];
    struct world *w = world();
    for (int g = 0; g < 3; g++) {
        for (int i = 0; i < REHAB_MAX_NODES - 1; i++)
            leaves[g][i] = leaf(PAIN, REHAB_LE, 3);
        any[g] = group(REHAB_ANY, leaves[g], REHAB_MAX_NODES - 1);
        add_gate(w, REHAB_ADVANCE, &any[g]);
    }
    for (int g = 0; g < 3; g++) {
        struct rehab_text deficit = leaves[g][REHAB_MAX_NODES - 2].id;
        w->prescriptions[0] = (struct rehab_prescription){
            .id = T("p"), .exercise = T("bridge"), .deficits = {&deficit, 1}};
        w->phases[1].prescription_count = 1;
        compile(w);
        const struct rehab_criterion_row *row =
            &w->protocol.criteria[w->protocol.deficits[0].criterion];
        assert_true(rehab_text_equal(rehab_text_at(&w->protocol, row->id), deficit));
    }
    world_free(w);
}

/* The ids of the gates ahead need room too. */
static void ids_need_room(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct rehab_text deficit = c.id;
    add_gate(w, REHAB_ADVANCE, &c);
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("p"), .exercise = T("bridge"), .deficits = {&deficit, 1}};
    w->phases[1].prescription_count = 1;
    compile(w);
    size_t used = 0;
    uint32_t refused = 0;
    for (size_t room = 0; room < 4096; room += 16) {
        struct rehab_arena scratch = {.at = w->memory, .end = w->memory + room};
        refused += rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used,
                                 &w->fault) == REHAB_NO_ROOM;
    }
    assert_true(refused > 60 && refused < 256);
    struct rehab_criterion many[60];
    for (int i = 0; i < 60; i++)
        many[i] = leaf(PAIN, REHAB_LE, 3);
    struct rehab_criterion all = group(REHAB_ALL, many, 60);
    w->gates[0].when = &all;
    deficit = many[59].id;
    for (size_t room = 0; room < 8192; room += 16) { /* nothing behind it is touched */
        struct rehab_arena scratch = {.at = w->memory, .end = w->memory + room};
        memset(w->memory + room, 0x55, 512);
        (void)rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used, &w->fault);
        for (size_t i = 0; i < 512; i++)
            assert_int_equal(w->memory[room + i], 0x55);
    }
    world_free(w);
}

/* ---- the critic ---- */

static uint32_t count_found(struct world *w, enum rehab_lint_code code)
{
    static struct rehab_lint_finding found[64];
    uint32_t n = rehab_lint(&w->protocol, T(""), found, 64), count = 0;
    for (uint32_t i = 0; i < n && i < 64; i++)
        count += found[i].code == code;
    return count;
}

static void the_critic_knows_the_range_of_a_quotient(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GT, 5000);
    c.per = sample_measures[WEIGHT].code;
    c.expression = REHAB_BEST;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    c.expression = REHAB_LATEST;
    w->phases[1].gate_count = 0;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 1);
    assert_int_equal(count_found(w, REHAB_LINT_CRITERION_NEVER), 1);
    c.value = number(39);
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    assert_int_equal(count_found(w, REHAB_LINT_CRITERION_NEVER), 0);
    struct rehab_measure measures[SAMPLE_MEASURES]; /* by next to nothing */
    memcpy(measures, sample_measures, sizeof measures);
    measures[WEIGHT].low_nano = measures[WEIGHT].high_nano = 1;
    w->document.measures = measures;
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    w->document.measures = sample_measures;
    c.value = number(700);
    c.per = T("");
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    world_free(w);
}

static void the_critic_knows_ages(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c[2] = {leaf(PAIN, REHAB_GE, 18), leaf(PAIN, REHAB_LT, 18)},
                           all = group(REHAB_ALL, c, 2);
    for (int i = 0; i < 2; i++) {
        c[i].measure = T("");
        c[i].expression = REHAB_AGE;
    }
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 1);
    c[1].value = number(19);
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    world_free(w);
}

/* Both sides, and a window: without the other there is nothing to be stale. */
static void a_pair_without_its_other_is_not_stale(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 90);
    c.expression = REHAB_SYMMETRY;
    c.within = duration("PT10H");
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    observe(w, FORCE, 100, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 2);
    world_free(w);
}

/* ---- scores: R33 ---- */

/* pain: at most 2 gives 3 points, 3 to 5 gives 1; force of the other side: 100 and more gives 2 */
struct scored {
    struct world *w;
    struct rehab_criterion c;
    struct rehab_score score;
    struct rehab_score_item items[2];
    struct rehab_score_band pain[2], force[1];
};

static struct rehab_comparison compared(enum rehab_op is, double value, double upper)
{
    return (struct rehab_comparison){.is = is, .value = number(value), .upper = number(upper)};
}

static struct scored *scored(enum rehab_op is, double points)
{
    struct scored *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->w = world();
    s->pain[0] = (struct rehab_score_band){compared(REHAB_LE, 2, 0), number(3)};
    s->pain[1] = (struct rehab_score_band){compared(REHAB_BETWEEN, 3, 5), number(1)};
    s->force[0] = (struct rehab_score_band){compared(REHAB_GE, 100, 0), number(2)};
    s->items[0] = (struct rehab_score_item){
        .measure = sample_measures[PAIN].code, .bands = s->pain, .band_count = 2};
    s->items[1] = (struct rehab_score_item){.measure = sample_measures[FORCE].code,
                                            .side = REHAB_OTHER,
                                            .within = duration("PT10H"),
                                            .bands = s->force,
                                            .band_count = 1};
    s->score = (struct rehab_score){.id = T("go"), .items = s->items, .item_count = 2};
    s->w->document.scores = &s->score;
    s->w->document.score_count = 1;
    s->c = leaf(PAIN, is, points);
    s->c.measure = T("");
    s->c.name = T("go");
    s->c.expression = REHAB_SCORE;
    add_gate(s->w, REHAB_ADVANCE, &s->c);
    return s;
}

static void scored_free(struct scored *s)
{
    world_free(s->w);
    free(s);
}

/* What every value gives is given without one. */
static void points_that_all_values_give_are_sure(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_GE, 3);
    struct world *w = s->w;
    s->pain[0].comparison = compared(REHAB_GE, 0, 0);
    s->score.item_count = 1;
    compile(w);
    assert_int_equal(decide(w, 1), REHAB_MET);
    s->pain[0].comparison = compared(REHAB_GE, 1, 0);
    compile(w);
    assert_int_equal(decide(w, 1), REHAB_UNKNOWN);
    s->pain[0].comparison = compared(REHAB_NE, 10, 0); /* but for the last value */
    compile(w);
    assert_int_equal(decide(w, 1), REHAB_UNKNOWN);
    scored_free(s);
}

static void points_add_up(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_GE, 5);
    struct world *w = s->w;
    int64_t value = 0;
    char said[REHAB_SENTENCE_MAX];
    struct rehab_wording title = {T("en"), T("the score")};
    s->score.title = (struct rehab_words){&title, 1};
    compile(w);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.need_count, 2);
    assert_true(w->decision.needs[1].side == REHAB_OTHER && w->decision.needs[1].criteria == 1);
    observe(w, PAIN, 2, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.need_count, 1);
    assert_false(finding(w, 0)->has_value);
    observe(w, FORCE, 100, 2)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 3);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &value));
    assert_true(value == 5 * REHAB_SCALE && finding(w, 0)->observation == 0);
    assert_int_equal(rehab_criterion_scale(&w->protocol, 0), REHAB_IN_POINTS);
    assert_int_equal(rehab_criterion_unit(&w->protocol, 0).size, 0);
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T("en"), said, sizeof said);
    assert_true(rehab_text_equal((struct rehab_text){said, size},
                                 T("The score is 5, needs at least 5: met.")));
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 13);
    observe(w, PAIN, 3, 14);
    observe(w, PAIN, 6, 14); /* of two the worse */
    observe(w, PAIN, 4, 14);
    observe(w, FORCE, 300, 14)->side = REHAB_OTHER;
    observe(w, FORCE, 99, 14)->side = REHAB_OTHER;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 15);
    assert_true(finding(w, 0)->top == 0 && finding(w, 0)->has_value);
    scored_free(s);
}

/* Days are those of the wall clock, hours are not; the least window is one. */
static void items_grow_old(void **state)
{
    (void)state;
    for (int days = 0; days < 2; days++) {
        struct scored *s = scored(REHAB_GE, 3);
        struct world *w = s->w;
        s->score.item_count = 1;
        s->items[0].within = duration(days ? "P1D" : "PT24H");
        compile(w);
        observe(w, PAIN, 0, 1)->at.local_us -= REHAB_HOUR;
        assert_int_equal(decide(w, 25), days ? REHAB_UNKNOWN : REHAB_MET);
        w->observations[0].at.local_us += 2 * REHAB_HOUR;
        assert_int_equal(decide(w, 26), days ? REHAB_MET : REHAB_UNKNOWN);
        s->items[0].within = duration("P36500D");
        compile(w);
        s->items[0].within = duration(days ? "P1D" : "PT24H");
        s->items[0].within.us = 1;
        compile(w);
        w->observations[0].at = hour(26);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
        w->observations[0].at.utc_us -= 2;
        w->observations[0].at.local_us -= 2;
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 26);
        scored_free(s);
    }
}

/* What is unknown may give 0, 1 or 3 points; force gives 2. */
static void an_unknown_item_may_not_matter(void **state)
{
    (void)state;
    static const struct {
        enum rehab_op is;
        double value, upper;
        enum rehab_verdict verdict;
    } cases[] = {
        {REHAB_GE, 2, 0, REHAB_MET},          {REHAB_GE, 2.1, 0, REHAB_UNKNOWN},
        {REHAB_GE, 5, 0, REHAB_UNKNOWN},      {REHAB_GE, 5.1, 0, REHAB_NOT_MET},
        {REHAB_GT, 1.9, 0, REHAB_MET},        {REHAB_GT, 2, 0, REHAB_UNKNOWN},
        {REHAB_GT, 5, 0, REHAB_NOT_MET},      {REHAB_LE, 5, 0, REHAB_MET},
        {REHAB_LE, 4.9, 0, REHAB_UNKNOWN},    {REHAB_LE, 1.9, 0, REHAB_NOT_MET},
        {REHAB_LT, 5.1, 0, REHAB_MET},        {REHAB_LT, 5, 0, REHAB_UNKNOWN},
        {REHAB_LT, 2, 0, REHAB_NOT_MET},      {REHAB_EQ, 3, 0, REHAB_UNKNOWN},
        {REHAB_EQ, 6, 0, REHAB_NOT_MET},      {REHAB_EQ, 1, 0, REHAB_NOT_MET},
        {REHAB_NE, 3, 0, REHAB_UNKNOWN},      {REHAB_NE, 6, 0, REHAB_MET},
        {REHAB_BETWEEN, 2, 5, REHAB_MET},     {REHAB_BETWEEN, 3, 5, REHAB_UNKNOWN},
        {REHAB_BETWEEN, 6, 9, REHAB_NOT_MET}, {REHAB_BETWEEN, 0, 1, REHAB_NOT_MET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct scored *s = scored(cases[i].is, cases[i].value);
        s->c.upper = number(cases[i].upper);
        compile(s->w);
        observe(s->w, FORCE, 100, 1)->side = REHAB_OTHER;
        enum rehab_verdict verdict = decide(s->w, 2);
        if (verdict != cases[i].verdict) fail_msg("case %zu: %d", i, (int)verdict);
        assert_int_equal(finding(s->w, 0)->reason,
                         verdict == REHAB_UNKNOWN ? REHAB_REASON_MISSING : REHAB_REASON_NONE);
        assert_false(finding(s->w, 0)->has_value);
        scored_free(s);
    }
    struct scored *s = scored(REHAB_NE, 5); /* all is known */
    compile(s->w);
    observe(s->w, PAIN, 0, 1);
    observe(s->w, FORCE, 100, 1)->side = REHAB_OTHER;
    assert_judged(s->w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    scored_free(s);
}

/* A guard looks at what was observed since the last move. */
static void a_score_may_hold(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_LE, 2);
    s->w->gates[0].move = REHAB_HOLD;
    s->w->gates[0].to = T("");
    compile(s->w);
    observe(s->w, PAIN, 9, 1);
    observe(s->w, FORCE, 90, 1)->side = REHAB_OTHER;
    assert_judged(s->w, REHAB_MET, REHAB_REASON_NONE, 2);
    s->w->state.moved = hour(1);
    assert_judged(s->w, REHAB_UNKNOWN, REHAB_REASON_STALE, 2);
    scored_free(s);
}

/* Both are hurt: of two sides as bad the involved one is shown. */
static void of_two_sides_with_points_the_involved_is_shown(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct scored *s = scored(REHAB_GE, 1);
        s->score.item_count = 1;
        compile(s->w);
        s->w->evidence.bilateral = true;
        observe(s->w, PAIN, order ? 4 : 1, 1);
        observe(s->w, PAIN, order ? 1 : 4, 1)->side = REHAB_OTHER;
        assert_judged(s->w, REHAB_MET, REHAB_REASON_NONE, 1);
        assert_int_equal(finding(s->w, 0)->top, order ? N(1) : N(3));
        scored_free(s);
    }
}

static void bounds_of_a_score_may_depend(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_GE, 5);
    struct rehab_value_by by = {T("grade"), T("3"), number(3)};
    s->c.value_by = &by;
    s->c.value_by_count = 1;
    compile(s->w);
    assert_judged(s->w, REHAB_UNKNOWN, REHAB_REASON_STRATUM_MISSING, 1);
    assert_int_equal(s->w->decision.need_count, 0);
    s->w->stratum = 2;
    observe(s->w, PAIN, 0, 1);
    assert_judged(s->w, REHAB_MET, REHAB_REASON_NONE, 2);
    scored_free(s);
}

static const struct rehab_score_item_row *first_item(const struct world *w)
{
    return &w->protocol.score_items[w->protocol.scores[0].items.first];
}

static void the_least_and_most_points_are_found(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_GE, 5);
    struct world *w = s->w;
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == 3 * REHAB_SCALE);
    s->pain[1].comparison = compared(REHAB_GT, 2, 0); /* no hole, and 2.5 cannot be */
    compile(w);
    assert_true(first_item(w)->least_nano == REHAB_SCALE);
    s->pain[1].comparison = compared(REHAB_GE, 2.5, 0);
    compile(w);
    assert_true(first_item(w)->least_nano == REHAB_SCALE);
    s->items[0].band_count = 1;
    s->pain[0].comparison = compared(REHAB_BETWEEN, 2.2, 2.9); /* nor anything else in there */
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == 0);
    s->pain[0].comparison = compared(REHAB_BETWEEN, 3, 5);
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == 3 * REHAB_SCALE);
    observe(w, PAIN, 2, 0);
    decide(w, 0);
    observe(w, PAIN, 4, 1);
    decide(w, 1);
    w->evidence.observation_count = 0;
    s->items[0].band_count = 2;
    s->pain[0].comparison = compared(REHAB_LT, -3.5, 0);
    s->pain[0].points = number(-7); /* never */
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == REHAB_SCALE);
    struct rehab_value mild = label("mild");
    s->items[0].measure = sample_measures[SWELLING].code;
    s->pain[0] =
        (struct rehab_score_band){{.is = REHAB_IN, .values = &mild, .value_count = 1}, number(4)};
    s->pain[1] = (struct rehab_score_band){{.is = REHAB_NE, .value = label("mild")}, number(-1)};
    compile(w);
    assert_true(first_item(w)->least_nano == -REHAB_SCALE &&
                first_item(w)->most_nano == 4 * REHAB_SCALE);
    observe(w, SWELLING, 1, 1);
    observe(w, FORCE, 100, 1)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    const struct rehab_text five[] = {T("a"), T("b"), T("c"), T("d"), T("e")};
    struct rehab_measure own[SAMPLE_MEASURES]; /* a label in the middle is tried too */
    memcpy(own, sample_measures, sizeof own);
    own[SWELLING].labels = (struct rehab_texts){five, 5};
    w->document.measures = own;
    s->pain[0].comparison = (struct rehab_comparison){.is = REHAB_EQ, .value = label("c")};
    s->items[0].band_count = 1;
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == 4 * REHAB_SCALE);
    w->document.measures = sample_measures;
    s->items[0].measure = sample_measures[SUDDEN].code;
    s->pain[0].comparison = compared(REHAB_EQ, 1, 0);
    s->pain[0].comparison.value.kind = REHAB_VALUE_BOOLEAN;
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == 4 * REHAB_SCALE);
    s->items[0].band_count = 2;
    s->pain[1] = (struct rehab_score_band){s->pain[0].comparison, number(2)};
    s->pain[1].comparison.is = REHAB_NE; /* one of the two */
    s->pain[1].comparison.value.nano = REHAB_SCALE;
    compile(w);
    assert_true(first_item(w)->least_nano == 2 * REHAB_SCALE);
    s->pain[1].comparison.is = REHAB_EQ;
    s->pain[1].comparison.value.nano = 0;
    compile(w);
    assert_true(first_item(w)->least_nano == 2 * REHAB_SCALE &&
                first_item(w)->most_nano == 4 * REHAB_SCALE);
    s->items[0].band_count = 1;
    s->items[0].measure = sample_measures[BEND].code; /* any value from -10 on */
    s->pain[0].comparison = compared(REHAB_LT, -9.999, 0);
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == 4 * REHAB_SCALE);
    s->pain[0] = (struct rehab_score_band){compared(REHAB_LE, 90, 0), number(-2)};
    compile(w);
    assert_true(first_item(w)->least_nano == N(-2) && first_item(w)->most_nano == N(-2));
    s->items[0].band_count = 2; /* around the second band, too */
    s->items[0].measure = sample_measures[PAIN].code;
    s->pain[0] = (struct rehab_score_band){compared(REHAB_BETWEEN, 2, 3), number(1)};
    s->pain[1] = (struct rehab_score_band){compared(REHAB_BETWEEN, 6, 7), number(9)};
    compile(w);
    assert_true(first_item(w)->least_nano == 0 && first_item(w)->most_nano == N(9));
    scored_free(s);
}

static void ranges_of_measures_are_refused_as_ever(void **state)
{
    (void)state;
    static const int64_t far = INT64_MAX - 1;
    for (int i = 0; i < 4; i++) {
        struct rehab_measure measures[SAMPLE_MEASURES];
        memcpy(measures, sample_measures, sizeof measures);
        if (i == 0) measures[PAIN].low_nano = -far;
        if (i == 1) measures[PAIN].high_nano = far;
        if (i == 2) measures[PAIN].step_nano = far;
        if (i == 3) measures[PAIN].low_nano = measures[PAIN].high_nano = 1;
        struct scored *s = scored(REHAB_GE, 5);
        s->w->document.measures = measures;
        enum rehab_fault_code code = try_compile(s->w);
        assert_int_equal(code, i == 3 ? REHAB_FINE : REHAB_WRONG_RANGE);
        if (i == 3) assert_true(first_item(s->w)->least_nano == 0);
        scored_free(s);
    }
}

#define SCORE "/scores/go"

static void scores_are_whole(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_GE, 5);
    struct world *w = s->w;
    s->c.name = T("og");
    assert_refused(w, REHAB_UNKNOWN_DERIVED, WHEN "/score");
    s->c.name = T("go");
    s->c.since = REHAB_SINCE_EPISODE;
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/since");
    s->c.since = REHAB_SINCE_DEFAULT;
    s->c.within = duration("P1D");
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/within");
    s->c.within.given = false;
    s->c.value = label("much");
    assert_refused(w, REHAB_WRONG_VALUE, WHEN "/value");
    s->c.value = number(5);
    s->items[0].measure = T("pian");
    assert_refused(w, REHAB_UNKNOWN_MEASURE, SCORE "/items/0/latest");
    s->items[0].measure = sample_measures[PAIN].code;
    s->items[1].side = REHAB_BOTH;
    assert_refused(w, REHAB_WRONG_SIDE, SCORE "/items/1/side");
    s->items[0].measure = sample_measures[WEIGHT].code;
    s->items[0].side = REHAB_OTHER;
    assert_refused(w, REHAB_WRONG_SIDE, SCORE "/items/0/side");
    s->items[0].measure = sample_measures[PAIN].code;
    s->items[0].side = REHAB_INVOLVED;
    s->items[1].side = REHAB_OTHER;
    s->items[1].within = (struct rehab_duration){0, false, true};
    assert_refused(w, REHAB_WRONG_RANGE, SCORE "/items/1/within");
    s->items[1].within.us = 36501 * REHAB_DAY;
    assert_refused(w, REHAB_WRONG_RANGE, SCORE "/items/1/within");
    s->items[1].within.us = 1;
    assert_int_equal(try_compile(w), REHAB_FINE);
    s->items[1].within = duration("P2D");
    s->pain[1].comparison.is = REHAB_IN;
    assert_refused(w, REHAB_WRONG_OPERATOR, SCORE "/items/0/bands/1/in");
    s->pain[1].comparison.is = REHAB_GE;
    s->pain[1].points = label("two");
    assert_refused(w, REHAB_WRONG_VALUE, SCORE "/items/0/bands/1/points");
    s->pain[1].points = number(1);
    s->items[0].band_count = 0;
    assert_refused(w, REHAB_MISSING, SCORE "/items/0/bands");
    static struct rehab_score_band bands[REHAB_MAX_SCORED + 1];
    for (int i = 0; i <= REHAB_MAX_SCORED; i++)
        bands[i] = s->pain[0];
    s->items[0].bands = bands;
    s->items[0].band_count = REHAB_MAX_SCORED;
    assert_int_equal(try_compile(w), REHAB_FINE);
    s->items[0].band_count = REHAB_MAX_SCORED + 1;
    assert_refused(w, REHAB_TOO_MANY, SCORE "/items/0/bands");
    s->items[0].band_count = 2;
    s->score.item_count = 0;
    assert_refused(w, REHAB_MISSING, SCORE "/items");
    s->score.item_count = 2;
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_ALWAYS), 0);
    scored_free(s);
}

static void scores_have_a_limit(void **state)
{
    (void)state;
    struct scored *s = scored(REHAB_GE, 5);
    static struct rehab_score_item many[REHAB_MAX_SCORED + 1];
    for (int i = 0; i <= REHAB_MAX_SCORED; i++)
        many[i] = s->items[0];
    s->score.items = many;
    s->score.item_count = REHAB_MAX_SCORED + 1;
    assert_refused(s->w, REHAB_TOO_MANY, SCORE "/items");
    s->score.item_count = REHAB_MAX_SCORED;
    compile(s->w);
    scored_free(s);
}

/* ---- percentiles: R36 ---- */

static void a_percentile_is_that_of_the_last_row_not_above(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_norm_row rows[3] = {
        {number(50), number(5)}, {number(100), number(15)}, {number(200), number(50)}};
    struct rehab_norm norm = {
        .id = T("norm"), .measure = sample_measures[FORCE].code, .rows = rows, .row_count = 3};
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 15);
    char said[REHAB_SENTENCE_MAX];
    w->document.norms = &norm;
    w->document.norm_count = 1;
    c.expression = REHAB_PERCENTILE;
    c.measure = T("");
    c.name = T("nrom");
    add_gate(w, REHAB_ADVANCE, &c);
    assert_refused(w, REHAB_UNKNOWN_DERIVED, WHEN "/percentile");
    c.name = T("norm");
    c.qualified = REHAB_SAME_ASSESSOR;
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/qualified");
    c.qualified = 0;
    compile(w);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.need_count, 1);
    observe(w, FORCE, 49.999, 1);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    assert_true(finding(w, 0)->top == 0);
    observe(w, FORCE, 99.999, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    assert_true(finding(w, 0)->top == 5 * REHAB_SCALE);
    observe(w, FORCE, 100, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 3);
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T("en"), said, sizeof said);
    assert_true(rehab_text_equal((struct rehab_text){said, size},
                                 T("Force, percentile, is 15, needs at least 15: met.")));
    size = rehab_sentence(&w->protocol, finding(w, 0), T("es"), said, sizeof said);
    assert_true(rehab_text_equal((struct rehab_text){said, size},
                                 T("Force, percentil: 15; requisito: al menos 15; se cumple.")));
    observe(w, FORCE, 800, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    assert_true(finding(w, 0)->top == 50 * REHAB_SCALE);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    world_free(w);
}

static void tables_are_whole(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_norm_row rows[2] = {{number(50), number(5)}, {number(100), number(15)}};
    struct rehab_norm norm = {.id = T("norm"), .rows = rows, .row_count = 2};
    w->document.norms = &norm;
    w->document.norm_count = 1;
    norm.measure = T("forse");
    assert_refused(w, REHAB_UNKNOWN_MEASURE, "/tables/norm/measure");
    norm.measure = sample_measures[SWELLING].code;
    assert_refused(w, REHAB_WRONG_VALUE, "/tables/norm/measure");
    norm.measure = sample_measures[FORCE].code;
    rows[1].value = number(50);
    assert_refused(w, REHAB_WRONG_RANGE, "/tables/norm/rows/1/0");
    rows[1].value = number(51);
    rows[1].percentile = number(101);
    assert_refused(w, REHAB_WRONG_RANGE, "/tables/norm/rows/1/1");
    rows[1].percentile = number(-1);
    assert_refused(w, REHAB_WRONG_RANGE, "/tables/norm/rows/1/1");
    rows[1].percentile = label("many");
    assert_refused(w, REHAB_WRONG_VALUE, "/tables/norm/rows/1/1");
    rows[1].percentile = number(100);
    struct rehab_norm two[] = {norm, norm};
    two[1].id = T("next");
    w->document.norms = two;
    w->document.norm_count = 2;
    compile(w);
    assert_int_equal(w->protocol.norms[1].rows.count, 2);
    w->document.norms = &norm;
    w->document.norm_count = 1;
    norm.row_count = 0;
    assert_refused(w, REHAB_MISSING, "/tables/norm/rows");
    static struct rehab_norm_row many[REHAB_MAX_NORMED + 1];
    for (int i = 0; i <= REHAB_MAX_NORMED; i++)
        many[i] = (struct rehab_norm_row){number(i), number(1)};
    norm.rows = many;
    norm.row_count = REHAB_MAX_NORMED + 1;
    assert_refused(w, REHAB_TOO_MANY, "/tables/norm/rows");
    norm.row_count = REHAB_MAX_NORMED;
    compile(w);
    world_free(w);
}

/* ---- histories: R44 ---- */

/* Swelling: severe holds; mild after that repeats; else clear. */
struct told {
    struct world *w;
    struct rehab_criterion c;
    struct rehab_automaton automaton;
    struct rehab_state_step steps[4];
    struct rehab_text held[1], again[1];
};

static struct told *told(const char *wanted)
{
    struct told *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->w = world();
    t->held[0] = T("held");
    t->again[0] = T("repeat");
    t->steps[0] = (struct rehab_state_step){
        .comparison = {.is = REHAB_GE, .value = label("severe")}, .to = T("held")};
    t->steps[1] = (struct rehab_state_step){.in = {t->held, 1},
                                            .comparison = {.is = REHAB_GE, .value = label("mild")},
                                            .to = T("repeat")};
    t->steps[2] = (struct rehab_state_step){.in = {t->again, 1},
                                            .comparison = {.is = REHAB_LE, .value = label("mild")},
                                            .to = T("clear")};
    t->steps[3] = (struct rehab_state_step){.in = {t->held, 1},
                                            .comparison = {.is = REHAB_EQ, .value = label("none")},
                                            .to = T("clear")};
    t->automaton = (struct rehab_automaton){.id = T("story"),
                                            .of = sample_measures[SWELLING].code,
                                            .start = T("clear"),
                                            .steps = t->steps,
                                            .step_count = 4};
    t->w->document.automata = &t->automaton;
    t->w->document.automaton_count = 1;
    t->c = leaf(PAIN, REHAB_EQ, 0);
    t->c.measure = T("");
    t->c.name = T("story");
    t->c.expression = REHAB_STATE;
    t->c.value = label(wanted);
    add_gate(t->w, REHAB_ADVANCE, &t->c);
    return t;
}

static void told_free(struct told *t)
{
    world_free(t->w);
    free(t);
}

static void assert_state(struct world *w, const char *name, double h)
{
    decide(w, h);
    assert_true(finding(w, 0)->has_value);
    struct rehab_text found = rehab_criterion_label(&w->protocol, 0, finding(w, 0)->top);
    if (!rehab_text_equal(found, T(name))) fail_msg("at %g: %.*s", h, (int)found.size, found.at);
}

/* Each has steps of its own, and names of its own states. */
static void histories_lie_side_by_side(void **state)
{
    (void)state;
    struct told *t = told("clear");
    const struct rehab_state_step step = {.comparison = {.is = REHAB_EQ, .value = label("mild")},
                                          .to = T("held")};
    const struct rehab_automaton both[] = {t->automaton,
                                           {.id = T("next"),
                                            .of = sample_measures[SWELLING].code,
                                            .start = T("clear"),
                                            .steps = &step,
                                            .step_count = 1}};
    t->w->document.automata = both;
    t->w->document.automaton_count = 2;
    compile(t->w);
    observe(t->w, SWELLING, 1, 1); /* what only the other one knows */
    assert_state(t->w, "clear", 2);
    for (uint32_t i = 0; i < rehab_count(&t->w->protocol, REHAB_STATE_STEPS); i++)
        assert_int_equal(t->w->protocol.state_steps[i].reserved, 0);
    uint32_t states = t->w->protocol.automata[0].states.count;
    assert_true(rehab_criterion_label(&t->w->protocol, 0, (states - 1) * REHAB_SCALE).size > 0);
    assert_int_equal(rehab_criterion_label(&t->w->protocol, 0, states * REHAB_SCALE).size, 0);
    told_free(t);
}

static void the_last_state_is_possible(void **state)
{
    (void)state;
    struct told *t = told("repeat");
    compile(t->w);
    assert_int_equal(count_found(t->w, REHAB_LINT_GATE_NEVER), 0);
    assert_int_equal(count_found(t->w, REHAB_LINT_CRITERION_NEVER), 0);
    told_free(t);
}

static void what_was_before_counts(void **state)
{
    (void)state;
    struct told *t = told("clear");
    struct world *w = t->w;
    char said[REHAB_SENTENCE_MAX];
    compile(w);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.needs[0].measure,
                     rehab_find_measure(&w->protocol, sample_measures[SWELLING].code));
    observe(w, SWELLING, 1, 1); /* mild from the start is nothing */
    assert_state(w, "clear", 1);
    observe(w, SWELLING, 2, 2);
    assert_state(w, "held", 2);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_NOT_MET);
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T("en"), said, sizeof said);
    assert_true(rehab_text_equal((struct rehab_text){said, size},
                                 T("Story is held, needs clear: not met.")));
    observe(w, SWELLING, 1, 3);
    assert_state(w, "repeat", 3);
    observe(w, SWELLING, 1, 4);
    assert_state(w, "clear", 4);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_MET);
    observe(w, SWELLING, 2, 5);
    observe(w, SWELLING, 0, 6);
    assert_state(w, "clear", 6);
    observe(w, SWELLING, 0, 7);
    observe(w, SWELLING, 2, 7); /* the worse of two; the other is not seen */
    observe(w, SWELLING, 0, 7);
    assert_state(w, "held", 7);
    assert_int_equal(finding(w, 0)->observation, 7);
    assert_int_equal(rehab_criterion_scale(&w->protocol, 0), REHAB_IN_LABELS);
    told_free(t);
}

static void a_history_may_begin_with_the_phase(void **state)
{
    (void)state;
    struct told *t = told("clear");
    struct world *w = t->w;
    t->c.since = REHAB_SINCE_PHASE;
    t->automaton.side = REHAB_OTHER;
    compile(w);
    observe(w, SWELLING, 2, 1)->side = REHAB_OTHER;
    w->state.entered = hour(2);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 3);
    assert_int_equal(finding(w, 0)->observation, 0);
    assert_int_equal(w->decision.needs[0].side, REHAB_OTHER);
    observe(w, SWELLING, 1, 3)->side = REHAB_OTHER;
    assert_state(w, "clear", 3);
    w->state.entered = hour(1); /* with it */
    assert_state(w, "repeat", 3);
    w->state.entered = hour(2);
    t->c.since = REHAB_SINCE_EPISODE;
    compile(w);
    assert_state(w, "repeat", 3);
    t->c.within = duration("PT1H");
    compile(w);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 4.1);
    observe(w, SWELLING, 1, 5)->side = REHAB_SIDE_NONE; /* on no side of it */
    w->evidence.observations = &w->observations[2];
    w->evidence.observation_count = 1;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 6);
    told_free(t);
}

/* Days are those of the wall clock, hours are not. */
static void a_state_grows_old(void **state)
{
    (void)state;
    for (int days = 0; days < 2; days++) {
        struct told *t = told("held");
        t->c.within = duration(days ? "P1D" : "PT24H");
        compile(t->w);
        observe(t->w, SWELLING, 2, 1)->at.local_us -= REHAB_HOUR;
        assert_int_equal(decide(t->w, 25), days ? REHAB_UNKNOWN : REHAB_MET);
        t->w->observations[0].at.local_us += 2 * REHAB_HOUR;
        assert_int_equal(decide(t->w, 26), days ? REHAB_MET : REHAB_UNKNOWN);
        told_free(t);
    }
}

static void a_guard_looks_at_the_state_of_now(void **state)
{
    (void)state;
    struct told *t = told("held");
    struct world *w = t->w;
    t->w->gates[0].move = REHAB_HOLD;
    t->w->gates[0].to = T("");
    compile(w);
    observe(w, SWELLING, 2, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    w->state.moved = hour(1); /* held: nothing is new */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 2);
    observe(w, SWELLING, 1, 3);
    assert_state(w, "repeat", 3);
    t->c.since = REHAB_SINCE_PHASE;
    compile(w);
    w->state.moved = hour(2.5);
    assert_state(w, "repeat", 3);
    told_free(t);
}

static void higher_may_be_better(void **state)
{
    (void)state;
    struct told *t = told("held");
    t->automaton.of = sample_measures[WEIGHT].code;
    t->automaton.step_count = 1;
    t->steps[0].comparison = compared(REHAB_GE, 100, 0);
    compile(t->w);
    observe(t->w, WEIGHT, 90, 1);
    observe(t->w, WEIGHT, 100, 1); /* no direction: the higher */
    assert_state(t->w, "held", 1);
    t->automaton.of = sample_measures[FORCE].code;
    t->w->evidence.observation_count = 0;
    compile(t->w);
    observe(t->w, FORCE, 100, 1);
    observe(t->w, FORCE, 90, 1);
    observe(t->w, FORCE, 110, 1);
    assert_state(t->w, "clear", 1);
    observe(t->w, FORCE, 90, 1); /* of two as bad the last is shown */
    assert_state(t->w, "clear", 1);
    assert_int_equal(finding(t->w, 0)->observation, 3);
    told_free(t);
}

#define STORY "/states/story"

static void histories_are_whole(void **state)
{
    (void)state;
    struct told *t = told("clear");
    struct world *w = t->w;
    t->c.name = T("stroy");
    assert_refused(w, REHAB_UNKNOWN_DERIVED, WHEN "/state");
    t->c.name = T("story");
    t->c.value = label("hled");
    assert_refused(w, REHAB_UNKNOWN_LABEL, WHEN "/value");
    t->c.value = label("held");
    t->c.is = REHAB_GE;
    assert_refused(w, REHAB_WRONG_OPERATOR, WHEN "/is");
    t->c.is = REHAB_NE;
    t->c.side = REHAB_OTHER;
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/side");
    t->c.side = REHAB_SIDE_NONE;
    t->automaton.of = T("sweling");
    assert_refused(w, REHAB_UNKNOWN_MEASURE, STORY "/of");
    t->automaton.of = sample_measures[SWELLING].code;
    t->automaton.side = REHAB_BOTH;
    assert_refused(w, REHAB_WRONG_SIDE, STORY "/side");
    t->automaton.side = REHAB_INVOLVED;
    t->steps[1].comparison.value = label("mlid");
    assert_refused(w, REHAB_UNKNOWN_LABEL, STORY "/steps/1/value");
    t->steps[1].comparison.value = label("mild");
    t->held[0] = T("helt");
    assert_refused(w, REHAB_UNKNOWN_LABEL, STORY "/steps/1/in");
    t->held[0] = T("held");
    t->steps[1].to = T("");
    assert_refused(w, REHAB_MISSING, STORY "/steps/1/to");
    t->steps[1].to = T("repeat");
    t->automaton.start = T("");
    assert_refused(w, REHAB_MISSING, STORY "/start");
    t->automaton.start = T("c");
    t->steps[2].to = t->steps[3].to = T("c");
    compile(w);
    t->automaton.start = T("clear");
    t->steps[2].to = t->steps[3].to = T("clear");
    t->automaton.step_count = 0;
    assert_refused(w, REHAB_MISSING, STORY "/steps");
    t->automaton.step_count = 4;
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    w->flags[0] =
        (struct rehab_red_flag){.id = T("f"), .cleared_by = REHAB_CLINICIAN, .when = &t->c};
    w->document.red_flag_count = 1;
    w->phases[1].gate_count = 0;
    t->c.since = REHAB_SINCE_PHASE;
    assert_refused(w, REHAB_WRONG_CONDITION, "/red_flags/0/when/since");
    t->c.since = REHAB_SINCE_DEFAULT;
    compile(w);
    observe(w, SWELLING, 0, 1);
    assert_int_equal(try_decide(w, 2), REHAB_DECIDED);
    assert_true(w->decision.red_flags[0].raised);
    told_free(t);
}

static void histories_have_limits(void **state)
{
    (void)state;
    struct told *t = told("clear");
    static struct rehab_state_step many[REHAB_MAX_SCORED + 1];
    static char names[REHAB_MAX_SCORED + 1][2];
    for (int i = 0; i <= REHAB_MAX_SCORED; i++) {
        names[i][0] = (char)('A' + i);
        many[i] = t->steps[0];
        many[i].to = (struct rehab_text){names[i], 1};
    }
    t->automaton.steps = many;
    t->automaton.step_count = REHAB_MAX_STATES;
    assert_refused(t->w, REHAB_TOO_MANY, STORY "/steps");
    t->automaton.step_count = REHAB_MAX_STATES - 1;
    compile(t->w);
    for (int i = 0; i <= REHAB_MAX_SCORED; i++)
        many[i].to = T("held");
    t->automaton.step_count = REHAB_MAX_SCORED + 1;
    assert_refused(t->w, REHAB_TOO_MANY, STORY "/steps");
    t->automaton.step_count = REHAB_MAX_SCORED;
    compile(t->w);
    told_free(t);
}

static void states_need_room(void **state)
{
    (void)state;
    struct told *t = told("clear");
    struct world *w = t->w;
    compile(w);
    size_t used = 0, refused = 0;
    for (size_t room = 0; room < 4096; room += 16) {
        struct rehab_arena scratch = {.at = w->memory, .end = w->memory + room};
        refused += rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used,
                                 &w->fault) == REHAB_NO_ROOM;
    }
    assert_true(refused > 8 && refused < 256);
    told_free(t);
}

/* Any value in one word of a table: refused, or judged without harm. */
static void forged_tables_do_no_harm(void **state)
{
    (void)state;
    static const uint32_t words[] = {0,   1,          2,          15,         17,        65,
                                     255, 0x7fffffff, 0xffffffff, 0xffff00ff, 0xffff0000};
    static struct rehab_score_item many[REHAB_MAX_SCORED - 20];
    static const char *const grades = "abcdefghijklmnopqrst";
    struct rehab_text values[20];
    struct rehab_score scores[2];
    static _Alignas(16) unsigned char kept[1 << 16];
    struct told *t = told("clear");
    struct scored *s = scored(REHAB_GE, 5);
    struct world *w = t->w;
    struct rehab_norm_row rows[2] = {{number(50), number(5)}, {number(100), number(15)}};
    struct rehab_norm norm = {
        .id = T("norm"), .measure = sample_measures[FORCE].code, .rows = rows, .row_count = 2};
    struct rehab_criterion percentile = leaf(PAIN, REHAB_GE, 15);
    percentile.expression = REHAB_PERCENTILE;
    percentile.measure = T("");
    percentile.name = T("norm");
    w->document.norms = &norm;
    w->document.norm_count = 1;
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++)
        many[i] = s->items[i % 2];
    for (int i = 0; i < 20; i++)
        values[i] = (struct rehab_text){grades + i, 1};
    scores[0] = scores[1] =
        (struct rehab_score){.id = T("other"), .items = many, .item_count = REHAB_MAX_SCORED - 20};
    scores[1].id = T("go");
    w->strata[0].values = w->phases[1].restrictions = (struct rehab_texts){values, 20};
    w->document.scores = scores;
    w->document.score_count = 2;
    add_gate(w, REHAB_ADVANCE, &s->c);
    add_gate(w, REHAB_ADVANCE, &percentile);
    compile(w);
    observe(w, SWELLING, 2, 1);
    observe(w, PAIN, 2, 2);
    observe(w, FORCE, 100, 3);
    memcpy(kept, w->block, w->size);
    struct rehab_head *head = (struct rehab_head *)(void *)w->block;
    uint32_t taken = 0, refused = 0;
    for (int table = REHAB_CRITERIA; table <= REHAB_STATE_STEPS; table++) {
        if (table > REHAB_CRITERIA && table < REHAB_SCORES) continue;
        uint32_t end = head->table[table + 1].at;
        for (uint32_t at = head->table[table].at; at < end; at += 4) {
            for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
                memcpy(w->block + at, &words[k], 4);
                head->check = 0;
                uint64_t sum = UINT64_C(0xcbf29ce484222325);
                for (size_t i = offsetof(struct rehab_head, size); i < w->size; i += 8) {
                    uint64_t word;
                    memcpy(&word, w->block + i, 8);
                    sum = (sum ^ word) * UINT64_C(0x100000001b3);
                    sum ^= sum >> 29;
                }
                head->check = sum;
                bool open = rehab_open(w->block, w->size, &w->protocol) == REHAB_FINE;
                taken += open;
                refused += !open;
                if (open) (void)try_decide(w, 4);
            }
            memcpy(w->block + at, kept + at, 4);
        }
    }
    assert_true(taken > 100 && refused > 100);
    scored_free(s);
    told_free(t);
}

/* ---- bands: R45 ---- */

struct zoned {
    struct world *w;
    struct rehab_band band;
    struct rehab_zone zones[3];
};

#define BAND PHASE "/bands/0"

static struct zoned *zoned(void)
{
    struct zoned *z = calloc(1, sizeof *z);
    assert_non_null(z);
    z->w = world();
    z->zones[0] = (struct rehab_zone){.id = T("green"), .comparison = compared(REHAB_LE, 2, 0)};
    z->zones[1] = (struct rehab_zone){
        .id = T("yellow"), .comparison = compared(REHAB_BETWEEN, 3, 5), .move = REHAB_HOLD};
    z->zones[2] = (struct rehab_zone){
        .id = T("red"), .comparison = compared(REHAB_GT, 5, 0), .move = REHAB_REGRESS, .back = 1};
    z->band.reading = leaf(PAIN, REHAB_LT, 0);
    z->band.reading.id = T("sore");
    z->band.zones = z->zones;
    z->band.zone_count = 3;
    z->w->phases[1].bands = &z->band;
    z->w->phases[1].band_count = 1;
    return z;
}

static void zoned_free(struct zoned *z)
{
    world_free(z->w);
    free(z);
}

static struct rehab_text zone_told(const struct world *w)
{
    uint32_t zone = w->decision.bands[0].zone;
    if (zone == REHAB_NONE) return T("none");
    return rehab_text_at(&w->protocol, w->protocol.zones[zone].id);
}

static void zones_may_be_sets(void **state)
{
    (void)state;
    const struct rehab_value calm[] = {label("none"), label("mild")}, hot = label("severe");
    struct zoned *z = zoned();
    z->band.reading = leaf(SWELLING, REHAB_LT, 0);
    z->band.zone_count = 2;
    z->zones[0].comparison =
        (struct rehab_comparison){.is = REHAB_IN, .values = calm, .value_count = 2};
    z->zones[1].comparison =
        (struct rehab_comparison){.is = REHAB_IN, .values = &hot, .value_count = 1};
    compile(z->w);
    observe(z->w, SWELLING, 1, 1);
    observe(z->w, SWELLING, 2, 3);
    (void)try_decide(z->w, 2);
    assert_true(rehab_text_equal(zone_told(z->w), T("green")));
    (void)try_decide(z->w, 4);
    assert_true(rehab_text_equal(zone_told(z->w), T("yellow")));
    zoned_free(z);
}

static void a_band_tells_the_zone_and_its_zones_move(void **state)
{
    (void)state;
    struct zoned *z = zoned();
    struct world *w = z->w;
    struct rehab_criterion on = leaf(FORCE, REHAB_GE, 100);
    add_gate(w, REHAB_ADVANCE, &on);
    compile(w);
    decide(w, 1);
    assert_true(w->decision.band_count == 1 && w->decision.gate_count == 3);
    assert_true(rehab_text_equal(zone_told(w), T("none")));
    assert_int_equal(w->decision.bands[0].findings.count, 3);
    assert_true(
        rehab_text_equal(rehab_text_at(&w->protocol, w->protocol.gates[2].id), T("sore.red")));
    observe(w, PAIN, 2, 1);
    decide(w, 1);
    assert_true(rehab_text_equal(zone_told(w), T("green")));
    assert_int_equal(w->decision.recommendation.move, REHAB_STAY);
    observe(w, PAIN, 5, 2);
    decide(w, 2);
    assert_true(rehab_text_equal(zone_told(w), T("yellow")));
    assert_int_equal(w->decision.recommendation.move, REHAB_HOLD);
    observe(w, PAIN, 6, 3);
    observe(w, PAIN, 1, 4); /* a good one after a bad one */
    decide(w, 4);
    assert_true(rehab_text_equal(zone_told(w), T("green")));
    assert_int_equal(w->decision.recommendation.move, REHAB_REGRESS);
    assert_int_equal(w->decision.recommendation.to, 0);
    static struct rehab_lint_finding found[64];
    uint32_t count = rehab_lint(&w->protocol, T(""), found, 64);
    bool there = false;
    for (uint32_t i = 0; i < count; i++)
        there =
            there || rehab_text_equal((struct rehab_text){found[i].pointer, found[i].pointer_size},
                                      T(BAND "/zones/2"));
    assert_true(there); /* it has no source */
    zoned_free(z);
}

/* Zones may overlap: the first is told. */
static void the_first_of_two_zones_is_told(void **state)
{
    (void)state;
    struct zoned *z = zoned();
    z->zones[1].comparison = compared(REHAB_GE, 2, 0);
    compile(z->w);
    observe(z->w, PAIN, 2, 1);
    assert_int_equal(try_decide(z->w, 1), REHAB_DECIDED);
    assert_true(rehab_text_equal(zone_told(z->w), T("green")));
    assert_int_equal(z->w->decision.bands[0].findings.count, 3); /* and all are looked at */
    zoned_free(z);
}

/* Each band tells a zone of its own. */
static void every_band_tells_its_zone(void **state)
{
    (void)state;
    struct zoned *z = zoned();
    struct rehab_zone strong[2] = {{.id = T("weak"), .comparison = compared(REHAB_LT, 100, 0)},
                                   {.id = T("strong"), .comparison = compared(REHAB_GE, 100, 0)}};
    struct rehab_band bands[2] = {z->band, {.zones = strong, .zone_count = 2}};
    bands[1].reading = leaf(FORCE, REHAB_LT, 0);
    z->w->phases[1].bands = bands;
    z->w->phases[1].band_count = 2;
    compile(z->w);
    observe(z->w, PAIN, 1, 1);
    observe(z->w, FORCE, 120, 1);
    assert_int_equal(try_decide(z->w, 2), REHAB_DECIDED);
    assert_int_equal(z->w->decision.band_count, 2);
    assert_true(rehab_text_equal(zone_told(z->w), T("green")));
    assert_int_equal(z->w->decision.bands[1].band, 1);
    assert_true(rehab_text_equal(
        rehab_text_at(&z->w->protocol, z->w->protocol.zones[z->w->decision.bands[1].zone].id),
        T("strong")));
    zoned_free(z);
}

static void bands_are_whole(void **state)
{
    (void)state;
    struct zoned *z = zoned();
    struct world *w = z->w;
    struct rehab_criterion on = leaf(FORCE, REHAB_GE, 100);
    add_gate(w, REHAB_ADVANCE, &on);
    z->zones[0].back = 1;
    assert_refused(w, REHAB_WRONG_CONDITION, BAND "/zones/0/move");
    z->zones[0].back = 0;
    z->zones[0].to = T("first");
    assert_refused(w, REHAB_WRONG_CONDITION, BAND "/zones/0/move");
    z->zones[0].to = T("");
    z->zones[0].move = REHAB_ADVANCE;
    assert_refused(w, REHAB_WRONG_VALUE, BAND "/zones/0/move");
    z->zones[0].move = REHAB_REVIEW;
    z->zones[2].back = 2;
    assert_refused(w, REHAB_WRONG_RANGE, BAND "/zones/2/back");
    z->zones[2].back = 1;
    z->zones[2].comparison.value = label("much");
    assert_refused(w, REHAB_WRONG_VALUE, BAND "/zones/2/value");
    z->zones[2].comparison.value = number(5);
    z->zones[1].id = T("green");
    assert_refused(w, REHAB_DUPLICATE_ID, BAND "/zones/1");
    z->zones[1].id = T("yellow");
    w->gates[0].id = T("sore.yellow");
    assert_refused(w, REHAB_DUPLICATE_ID, BAND "/zones/1/id");
    w->gates[0].id = T("g");
    on.id = T("sore.green"); /* as the leaf of the zone */
    assert_refused(w, REHAB_DUPLICATE_ID, BAND "/zones/0/id");
    on.id = T("on");
    z->band.reading.id = T("");
    assert_refused(w, REHAB_MISSING, BAND "/id");
    z->band.reading.id = T("s"); /* short, but a name */
    compile(w);
    const struct rehab_zone still = {.id = T("green"), .comparison = compared(REHAB_LE, 2, 0)};
    static struct rehab_band as_many[REHAB_MAX_ITEMS];
    static char as_named[REHAB_MAX_ITEMS][2];
    for (int i = 0; i < REHAB_MAX_ITEMS; i++) {
        as_named[i][0] = (char)('a' + i / 16);
        as_named[i][1] = (char)('a' + i % 16);
        as_many[i] = z->band;
        as_many[i].reading.id = (struct rehab_text){as_named[i], 2};
        as_many[i].zones = &still;
        as_many[i].zone_count = 1;
    }
    w->phases[1].bands = as_many;
    w->phases[1].band_count = REHAB_MAX_ITEMS;
    compile(w);
    w->phases[1].bands = &z->band;
    w->phases[1].band_count = 1;
    z->band.reading.id = T("sore");
    z->band.zone_count = 0;
    assert_refused(w, REHAB_MISSING, BAND "/zones");
    static struct rehab_zone many[REHAB_MAX_GATES];
    static char names[REHAB_MAX_GATES][2];
    for (int i = 0; i < REHAB_MAX_GATES; i++) {
        names[i][0] = (char)('A' + i);
        many[i] = z->zones[1];
        many[i].id = (struct rehab_text){names[i], 1};
    }
    z->band.zones = many;
    z->band.zone_count = REHAB_MAX_ZONES + 1;
    assert_refused(w, REHAB_TOO_MANY, BAND "/zones");
    z->band.zone_count = REHAB_MAX_GATES;
    assert_refused(w, REHAB_TOO_MANY, PHASE "/bands");
    z->band.zone_count = REHAB_MAX_ZONES;
    compile(w);
    static struct rehab_band bands[REHAB_MAX_ITEMS + 1];
    for (int i = 0; i <= REHAB_MAX_ITEMS; i++) {
        bands[i] = z->band;
        bands[i].zones = z->zones;
        bands[i].zone_count = 1;
    }
    z->zones[0].move = REHAB_STAY;
    w->phases[1].bands = bands;
    w->phases[1].band_count = REHAB_MAX_ITEMS + 1;
    assert_refused(w, REHAB_TOO_MANY, PHASE "/bands");
    zoned_free(z);
}

static void names_of_zones_need_room(void **state)
{
    (void)state;
    struct zoned *z = zoned();
    struct world *w = z->w;
    compile(w);
    size_t used = 0, refused = 0;
    z->zones[2].id = T("a zone of which the name with all around takes 65 by");
    z->band.reading.id = T("a band");
    for (size_t room = 0; room < 8192; room += 16) {
        struct rehab_arena scratch = {.at = w->memory, .end = w->memory + room};
        memset(w->memory + room, 0x55, 64);
        enum rehab_fault_code code =
            rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &used, &w->fault);
        assert_true(code == REHAB_NO_ROOM || code == REHAB_FINE);
        refused += code == REHAB_NO_ROOM;
        for (size_t i = 0; i < 64; i++)
            assert_int_equal(w->memory[room + i], 0x55); /* nothing behind it is touched */
    }
    assert_true(refused > 8 && refused < 512);
    zoned_free(z);
}

static uint64_t sum_of(const struct world *w)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = offsetof(struct rehab_head, size); i < w->size; i += 8) {
        uint64_t word;
        memcpy(&word, w->block + i, 8);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    return sum;
}

/* A zone that is not read as advice is. */
static void a_zone_has_a_rule_of_its_own(void **state)
{
    (void)state;
    struct zoned *z = zoned();
    struct world *w = z->w;
    compile(w);
    struct rehab_head *head = (struct rehab_head *)(void *)w->block;
    struct rehab_zone_row *zone =
        (struct rehab_zone_row *)(void *)(w->block + head->table[REHAB_ZONES].at);
    zone[0].rule = w->protocol.gates[0].rule;
    head->check = sum_of(w);
    assert_int_equal(rehab_open(w->block, w->size, &w->protocol), REHAB_BAD_BLOCK);
    zoned_free(z);
}

/* ---- tracks: R51 ---- */

static void tracks_go_on_and_end_by_themselves(void **state)
{
    (void)state;
    struct rehab_criterion done[2] = {leaf(PAIN, REHAB_LE, 3),
                                      elapsed(REHAB_PHASE, REHAB_GE, "PT10H")},
                           both = group(REHAB_ALL, done, 2),
                           later = elapsed(REHAB_PHASE, REHAB_GE, "P1D"),
                           hold = leaf(FORCE, REHAB_LE, 10);
    struct rehab_gate gym = {.id = T("end"), .move = REHAB_COMPLETE, .when = &both};
    struct rehab_gate run[2] = {{.id = T("end"), .move = REHAB_COMPLETE, .when = &later},
                                {.id = T("wait"), .move = REHAB_HOLD, .when = &hold}};
    struct rehab_phase left = {.id = T("x"), .gates = &gym, .gate_count = 1},
                       right = {.id = T("x"), .gates = run, .gate_count = 2};
    struct rehab_track tracks[2] = {{.id = T("gym"), .phases = &left, .phase_count = 1},
                                    {.id = T("run"), .phases = &right, .phase_count = 1}};
    struct rehab_track_state states[2] = {{0, hour(0), hour(0)}, {1, hour(0), hour(0)}};
    struct world *w = world();
    w->document.tracks = tracks;
    w->document.track_count = 2;
    w->evidence.tracks = states;
    w->evidence.track_count = 2;
    compile(w);
    observe(w, PAIN, 1, 1);
    assert_int_equal(try_decide(w, 2), REHAB_DECIDED);
    const struct rehab_track_result *r = w->decision.tracks;
    assert_true(r[0].has_earliest && !r[0].earliest_is_local &&
                r[0].earliest.utc_us == hour(10).utc_us);
    assert_true(r[1].has_earliest && r[1].earliest_is_local &&
                r[1].earliest.local_us == hour(24).local_us);
    assert_true(w->decision.has_earliest && w->decision.earliest.utc_us == hour(10).utc_us);
    states[0].entered = hour(1.5); /* now the other is the sooner one */
    states[1].entered = hour(-20);
    assert_int_equal(try_decide(w, 2), REHAB_DECIDED);
    r = w->decision.tracks;
    assert_int_equal(r[1].recommendation.move, REHAB_COMPLETE);
    assert_true(w->decision.has_earliest && w->decision.earliest.utc_us == hour(11.5).utc_us);
    assert_false(r[1].has_earliest || r[1].completes);
    states[1].entered = hour(1);
    states[0].entered = hour(23.9);
    assert_int_equal(try_decide(w, 23.95), REHAB_DECIDED);
    assert_true(w->decision.earliest_is_local &&
                w->decision.earliest.local_us == hour(24).local_us);
    states[0].entered = hour(0);
    observe(w, FORCE, 5, 24);
    assert_int_equal(try_decide(w, 25), REHAB_DECIDED);
    r = w->decision.tracks;
    assert_int_equal(w->decision.recommendation.move, REHAB_HOLD);
    assert_int_equal(w->decision.recommendation.track, 1);
    assert_int_equal(r[0].recommendation.move, REHAB_COMPLETE);
    assert_true(r[0].recommendation.track == 0 && !r[0].completes);
    assert_int_equal(r[1].recommendation.move, REHAB_HOLD);
    states[1].phase = REHAB_NONE;
    assert_int_equal(try_decide(w, 25), REHAB_DECIDED);
    r = w->decision.tracks;
    assert_true(r[0].completes && r[1].recommendation.move == REHAB_STAY);
    assert_int_equal(w->decision.recommendation.move, REHAB_COMPLETE);
    world_free(w);
}

/* To end one track hides nothing that another has to do, but goes before doing nothing. */
static void to_end_one_track_of_two_comes_last(void **state)
{
    (void)state;
    struct rehab_criterion end = leaf(PAIN, REHAB_LE, 3), on = leaf(FORCE, REHAB_GE, 50);
    struct rehab_criterion also = end;
    struct rehab_gate gym[2] = {
        {.id = T("end"), .move = REHAB_COMPLETE, .when = &end},
        {.id = T("further"), .move = REHAB_ADVANCE, .to = T("y"), .when = &also}};
    struct rehab_gate run = {.id = T("on"), .move = REHAB_ADVANCE, .to = T("y"), .when = &on};
    struct rehab_phase left[2] = {{.id = T("x"), .gates = gym, .gate_count = 2}, {.id = T("y")}},
                       right[2] = {{.id = T("x"), .gates = &run, .gate_count = 1}, {.id = T("y")}};
    struct rehab_track tracks[2] = {{.id = T("gym"), .phases = left, .phase_count = 2},
                                    {.id = T("run"), .phases = right, .phase_count = 2}};
    also.id = T("also");
    for (uint32_t first = 0; first < 2; first++) { /* whichever is told first */
        struct world *w = world();
        const struct rehab_track told[2] = {tracks[first], tracks[1 - first]};
        struct rehab_track_state states[2] = {{0, hour(0), hour(0)}, {2, hour(0), hour(0)}};
        w->document.tracks = told;
        w->document.track_count = 2;
        w->evidence.tracks = states;
        w->evidence.track_count = 2;
        compile(w);
        observe(w, PAIN, 1, 1);
        assert_int_equal(try_decide(w, 1), REHAB_DECIDED);
        const struct rehab_recommendation *r = &w->decision.recommendation;
        assert_true(r->move == REHAB_COMPLETE && r->track == first);
        assert_false(w->decision.tracks[first].completes);
        observe(w, FORCE, 60, 2);
        assert_int_equal(try_decide(w, 2), REHAB_DECIDED);
        assert_true(r->move == REHAB_ADVANCE && r->track == 1 - first);
        assert_int_equal(w->decision.tracks[first].recommendation.move, REHAB_COMPLETE);
        states[1 - first].phase = REHAB_NONE; /* the only one that is open: it ends the episode */
        assert_int_equal(try_decide(w, 2), REHAB_DECIDED);
        assert_true(r->move == REHAB_COMPLETE && r->track == first);
        assert_true(w->decision.tracks[first].completes);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_may_wait_for_a_signature),
        cmocka_unit_test(a_restart_goes_before_a_step_back_and_after_a_red_flag),
        cmocka_unit_test(names_may_be_short),
        cmocka_unit_test(a_value_is_divided_by_another),
        cmocka_unit_test(a_quotient_has_a_sign_and_an_upper_bound),
        cmocka_unit_test(what_it_is_divided_by_grows_old),
        cmocka_unit_test(a_divisor_has_to_be_one),
        cmocka_unit_test(a_unit_has_its_place_among_the_texts),
        cmocka_unit_test(age_is_whole_years),
        cmocka_unit_test(a_deficit_selects_an_exercise),
        cmocka_unit_test(a_deficit_elsewhere_is_not_known),
        cmocka_unit_test(a_deficit_behind_the_gates_is_not_known),
        cmocka_unit_test(deficits_are_found_among_many),
        cmocka_unit_test(ids_need_room),
        cmocka_unit_test(the_critic_knows_the_range_of_a_quotient),
        cmocka_unit_test(the_critic_knows_ages),
        cmocka_unit_test(a_pair_without_its_other_is_not_stale),
        cmocka_unit_test(points_that_all_values_give_are_sure),
        cmocka_unit_test(points_add_up),
        cmocka_unit_test(items_grow_old),
        cmocka_unit_test(an_unknown_item_may_not_matter),
        cmocka_unit_test(a_score_may_hold),
        cmocka_unit_test(of_two_sides_with_points_the_involved_is_shown),
        cmocka_unit_test(bounds_of_a_score_may_depend),
        cmocka_unit_test(the_least_and_most_points_are_found),
        cmocka_unit_test(ranges_of_measures_are_refused_as_ever),
        cmocka_unit_test(scores_are_whole),
        cmocka_unit_test(scores_have_a_limit),
        cmocka_unit_test(a_percentile_is_that_of_the_last_row_not_above),
        cmocka_unit_test(tables_are_whole),
        cmocka_unit_test(histories_lie_side_by_side),
        cmocka_unit_test(the_last_state_is_possible),
        cmocka_unit_test(what_was_before_counts),
        cmocka_unit_test(a_history_may_begin_with_the_phase),
        cmocka_unit_test(a_state_grows_old),
        cmocka_unit_test(a_guard_looks_at_the_state_of_now),
        cmocka_unit_test(higher_may_be_better),
        cmocka_unit_test(histories_are_whole),
        cmocka_unit_test(histories_have_limits),
        cmocka_unit_test(states_need_room),
        cmocka_unit_test(forged_tables_do_no_harm),
        cmocka_unit_test(a_band_tells_the_zone_and_its_zones_move),
        cmocka_unit_test(the_first_of_two_zones_is_told),
        cmocka_unit_test(every_band_tells_its_zone),
        cmocka_unit_test(bands_are_whole),
        cmocka_unit_test(names_of_zones_need_room),
        cmocka_unit_test(a_zone_has_a_rule_of_its_own),
        cmocka_unit_test(zones_may_be_sets),
        cmocka_unit_test(tracks_go_on_and_end_by_themselves),
        cmocka_unit_test(to_end_one_track_of_two_comes_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
