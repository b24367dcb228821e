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

/* ---- not so far ---- */

static void what_cannot_be_judged_is_refused(void **state)
{
    (void)state;
    static const struct {
        enum rehab_expression expression;
        const char *pointer;
    } leaves[] = {{REHAB_PERCENTILE, WHEN "/percentile"},
                  {REHAB_SCORE, WHEN "/score"},
                  {REHAB_STATE, WHEN "/state"},
                  {REHAB_AGE, WHEN "/age"}};
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
        cmocka_unit_test(what_cannot_be_judged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
