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
    c.citation.certainty = REHAB_VERIFIED;
    assert_refused(w, REHAB_WRONG_CONDITION, WHEN "/sign_off");
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
    assert_true(finding(w, 0)->has_value);
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
    deficits[0] = T("worse"); /* of a guard */
    assert_refused(w, REHAB_UNKNOWN_CRITERION, PHASE "/prescriptions/0/deficits/0");
    w->prescriptions[0].deficits.count = REHAB_MAX_ITEMS + 1;
    assert_refused(w, REHAB_TOO_MANY, PHASE "/prescriptions/0/deficits");
    w->prescriptions[0].deficits.count = 2;
    deficits[0] = T("weak");
    compile(w);
    decide(w, 1);
    const struct rehab_prescription_result *r = &w->decision.prescriptions[0];
    assert_true(r->has_deficits && r->selected == REHAB_UNKNOWN);
    observe(w, FORCE, 90, 2);
    decide(w, 3);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_MET);
    observe(w, FORCE, 100, 4);
    decide(w, 5);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_UNKNOWN);
    observe(w, PAIN, 0, 6);
    decide(w, 7);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_NOT_MET);
    world_free(w);
}

/* A criterion of another phase is not judged here: nothing is known of it. */
static void a_deficit_elsewhere_is_not_known(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion here = leaf(PAIN, REHAB_LE, 3), there = leaf(FORCE, REHAB_GE, 100);
    struct rehab_text deficit = here.id;
    struct rehab_gate first = {
        .id = T("g"), .move = REHAB_ADVANCE, .to = T("second"), .when = &there};
    w->phases[0].gates = &first;
    w->phases[0].gate_count = 1;
    add_gate(w, REHAB_ADVANCE, &here);
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("p"), .exercise = T("bridge"), .deficits = {&deficit, 1}};
    w->phases[1].prescription_count = 1;
    compile(w);
    struct rehab_head *head = (struct rehab_head *)(void *)w->block;
    struct rehab_deficit_row *row =
        (struct rehab_deficit_row *)(void *)(w->block + head->table[REHAB_DEFICITS].at);
    assert_int_equal(row->criterion, 1);
    row->criterion = 0;
    observe(w, PAIN, 5, 1);
    decide(w, 2);
    assert_int_equal(w->decision.prescriptions[0].selected, REHAB_UNKNOWN);
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

static void the_critic_takes_a_quotient_for_anything(void **state)
{
    (void)state;
    struct world *w = world();
    struct rehab_criterion c = leaf(FORCE, REHAB_GT, 5000);
    c.per = sample_measures[WEIGHT].code;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 0);
    assert_int_equal(count_found(w, REHAB_LINT_CRITERION_NEVER), 0);
    c.per = T("");
    compile(w);
    assert_int_equal(count_found(w, REHAB_LINT_GATE_NEVER), 1);
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

/* ---- not so far ---- */

static void what_cannot_be_judged_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum rehab_expression expression;
        const char *pointer;
    } leaves[] = {{REHAB_PERCENTILE, WHEN "/percentile"},
                  {REHAB_SCORE, WHEN "/score"},
                  {REHAB_STATE, WHEN "/state"}};
    struct world *w = world();
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    add_gate(w, REHAB_ADVANCE, &c);
    for (size_t i = 0; i < sizeof leaves / sizeof leaves[0]; i++) {
        c.expression = leaves[i].expression;
        assert_refused(w, REHAB_NOT_JUDGED, leaves[i].pointer);
    }
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_may_wait_for_a_signature),
        cmocka_unit_test(a_restart_goes_before_a_step_back_and_after_a_red_flag),
        cmocka_unit_test(a_value_is_divided_by_another),
        cmocka_unit_test(a_quotient_has_a_sign_and_an_upper_bound),
        cmocka_unit_test(what_it_is_divided_by_grows_old),
        cmocka_unit_test(a_divisor_has_to_be_one),
        cmocka_unit_test(a_unit_has_its_place_among_the_texts),
        cmocka_unit_test(age_is_whole_years),
        cmocka_unit_test(a_deficit_selects_an_exercise),
        cmocka_unit_test(a_deficit_elsewhere_is_not_known),
        cmocka_unit_test(ids_need_room),
        cmocka_unit_test(the_critic_takes_a_quotient_for_anything),
        cmocka_unit_test(the_critic_knows_ages),
        cmocka_unit_test(a_pair_without_its_other_is_not_stale),
        cmocka_unit_test(what_cannot_be_judged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
