/* SPDX-License-Identifier: Apache-2.0 */
/* The whole decision: precedence, latched flags, advice, exercise gates, pace, and properties that
 * hold whatever happens. */
#include "sample.h"

#include <stdlib.h>

static enum rehab_move recommended(struct world *w, double h)
{
    assert_int_equal(try_decide(w, h), REHAB_DECIDED);
    return w->decision.recommendation.move;
}

/* ---- precedence ---- */

static void the_stronger_move_wins(void **state)
{
    (void)state;
    struct rehab_criterion flag = leaf(SUDDEN, REHAB_EQ, 1), back = leaf(PAIN, REHAB_GE, 8),
                           hold = leaf(PAIN, REHAB_GE, 6), done = leaf(PAIN, REHAB_LE, 1),
                           on = leaf(PAIN, REHAB_LE, 3), look = leaf(PAIN, REHAB_GE, 2);
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("again"), .when = &flag, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &on);
    add_gate(w, REHAB_COMPLETE, &done);
    add_gate(w, REHAB_HOLD, &hold);
    add_gate(w, REHAB_REGRESS, &back);
    add_gate(w, REHAB_REVIEW, &look);
    compile(w);
    assert_int_equal(recommended(w, 1), REHAB_STAY);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_UNKNOWN);
    observe(w, PAIN, 1, 1);
    assert_int_equal(recommended(w, 1), REHAB_COMPLETE);
    assert_int_equal(w->decision.recommendation.from, 1);
    assert_int_equal(w->decision.recommendation.to, REHAB_NONE);
    assert_false(w->decision.review);
    observe(w, PAIN, 3, 2);
    assert_int_equal(recommended(w, 2), REHAB_ADVANCE);
    assert_int_equal(w->decision.recommendation.to, 2);
    assert_true(w->decision.review);
    observe(w, PAIN, 5, 3);
    assert_int_equal(recommended(w, 3), REHAB_STAY);
    observe(w, PAIN, 7, 4);
    observe(w, PAIN, 0, 5);
    assert_int_equal(recommended(w, 5), REHAB_HOLD);
    observe(w, PAIN, 9, 6);
    observe(w, PAIN, 0, 7);
    assert_int_equal(recommended(w, 7), REHAB_REGRESS);
    assert_int_equal(w->decision.recommendation.to, 0);
    observe(w, SUDDEN, 1, 8);
    assert_int_equal(recommended(w, 9), REHAB_STOP);
    assert_int_equal(w->decision.recommendation.gate, REHAB_NONE);
    world_free(w);
}

static void of_two_ways_back_the_longer_is_taken(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion one = leaf(PAIN, REHAB_GE, 3), two = leaf(PAIN, REHAB_GE, 4);
        struct world *w = world();
        w->phases[1].gates = NULL;
        w->phases[2].gates = w->gates;
        add_gate(w, REHAB_REGRESS, order ? &one : &two);
        add_gate(w, REHAB_REGRESS, order ? &two : &one);
        w->gates[order ? 0 : 1].to = T("");
        w->gates[order ? 0 : 1].back = 1;
        w->phases[2].gate_count = w->phases[1].gate_count;
        w->phases[1].gate_count = 0;
        w->state.phase = 2;
        compile(w);
        observe(w, PAIN, 3, 1);
        assert_int_equal(recommended(w, 1), REHAB_REGRESS);
        assert_int_equal(w->decision.recommendation.to, 1);
        observe(w, PAIN, 4, 2);
        assert_int_equal(recommended(w, 2), REHAB_REGRESS);
        assert_int_equal(w->decision.recommendation.to, 0);
        world_free(w);
    }
}

static void of_two_gates_that_lead_back_alike_the_first_is_named(void **state)
{
    (void)state;
    struct rehab_criterion one = leaf(PAIN, REHAB_GE, 3), two = leaf(PAIN, REHAB_GE, 4);
    struct world *w = world();
    add_gate(w, REHAB_REGRESS, &one);
    add_gate(w, REHAB_REGRESS, &two);
    compile(w);
    observe(w, PAIN, 4, 1);
    assert_int_equal(recommended(w, 1), REHAB_REGRESS);
    assert_int_equal(w->decision.gates[1].verdict, REHAB_MET);
    assert_int_equal(w->decision.recommendation.gate, w->decision.gates[0].gate);
    world_free(w);
}

static void two_tracks_move_by_themselves(void **state)
{
    (void)state;
    struct rehab_criterion a = leaf(PAIN, REHAB_LE, 3), b = leaf(FORCE, REHAB_LE, 100);
    struct rehab_gate gates[2] = {
        {.id = T("on"), .move = REHAB_ADVANCE, .to = T("y"), .when = &a},
        {.id = T("back"), .move = REHAB_REGRESS, .to = T("x"), .when = &b}};
    struct rehab_phase left[2] = {{.id = T("x"), .gates = &gates[0], .gate_count = 1},
                                  {.id = T("y")}};
    struct rehab_phase right[2] = {{.id = T("x")},
                                   {.id = T("y"), .gates = &gates[1], .gate_count = 1}};
    struct rehab_track tracks[2] = {{.id = T("gym"), .phases = left, .phase_count = 2},
                                    {.id = T("run"), .phases = right, .phase_count = 2}};
    struct world *w = world();
    w->document.tracks = tracks;
    w->document.track_count = 2;
    compile(w);
    struct rehab_track_state states[2] = {{0, hour(0), hour(0)}, {3, hour(0), hour(0)}};
    w->evidence.tracks = states;
    w->evidence.track_count = 2;
    observe(w, PAIN, 1, 1);
    assert_int_equal(recommended(w, 1), REHAB_ADVANCE);
    assert_int_equal(w->decision.recommendation.track, 0);
    observe(w, FORCE, 50, 2);
    assert_int_equal(recommended(w, 2), REHAB_REGRESS);
    assert_int_equal(w->decision.recommendation.track, 1);
    assert_int_equal(w->decision.recommendation.to, 2);
    assert_int_equal(rehab_find_phase(&w->protocol, 1, T("y")), 3);
    assert_int_equal(rehab_find_phase(&w->protocol, 1, T("z")), REHAB_NONE);
    assert_int_equal(rehab_find_track(&w->protocol, T("run")), 1);
    states[0].phase = REHAB_NONE; /* completed */
    assert_int_equal(recommended(w, 2), REHAB_REGRESS);
    assert_int_equal(w->decision.tracks[0].phase, REHAB_NONE);
    assert_int_equal(w->decision.tracks[0].phase_expectation.expectation, REHAB_NONE);
    states[1].phase = 0; /* a phase of the other track */
    assert_int_equal(try_decide(w, 2), REHAB_MISFIT);
    world_free(w);
}

static void two_tracks_have_ways_back_of_their_own(void **state)
{
    (void)state;
    struct rehab_criterion a = leaf(PAIN, REHAB_GE, 3), b = leaf(FORCE, REHAB_LE, 100);
    struct rehab_gate gates[2] = {
        {.id = T("back"), .move = REHAB_REGRESS, .to = T("x"), .when = &a},
        {.id = T("back"), .move = REHAB_REGRESS, .to = T("x"), .when = &b}};
    struct rehab_phase left[2] = {{.id = T("x")},
                                  {.id = T("y"), .gates = &gates[0], .gate_count = 1}};
    struct rehab_phase right[2] = {{.id = T("x")},
                                   {.id = T("y"), .gates = &gates[1], .gate_count = 1}};
    struct rehab_track tracks[2] = {{.id = T("gym"), .phases = left, .phase_count = 2},
                                    {.id = T("run"), .phases = right, .phase_count = 2}};
    struct world *w = world();
    w->document.tracks = tracks;
    w->document.track_count = 2;
    compile(w);
    struct rehab_track_state states[2] = {{1, hour(0), hour(0)}, {3, hour(0), hour(0)}};
    w->evidence.tracks = states;
    w->evidence.track_count = 2;
    observe(w, PAIN, 5, 1);
    observe(w, FORCE, 5, 1);
    assert_int_equal(recommended(w, 1), REHAB_REGRESS);
    assert_int_equal(w->decision.recommendation.track, 0);
    world_free(w);
}

/* Of two that may go on at the same instant the first says how it is counted. */
static void of_two_tracks_that_wait_alike_the_first_is_told(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c[2] = {elapsed(REHAB_PHASE, REHAB_GE, order ? "P1D" : "PT24H"),
                                       elapsed(REHAB_PHASE, REHAB_GE, order ? "PT24H" : "P1D")};
        struct rehab_gate gates[2];
        struct rehab_phase phases[2][2];
        struct rehab_track tracks[2];
        for (int i = 0; i < 2; i++) {
            gates[i] = (struct rehab_gate){
                .id = T("on"), .move = REHAB_ADVANCE, .to = T("y"), .when = &c[i]};
            phases[i][0] = (struct rehab_phase){.id = T("x"), .gates = &gates[i], .gate_count = 1};
            phases[i][1] = (struct rehab_phase){.id = T("y")};
            tracks[i] = (struct rehab_track){
                .id = T(i == 0 ? "gym" : "run"), .phases = phases[i], .phase_count = 2};
        }
        struct world *w = world();
        w->document.tracks = tracks;
        w->document.track_count = 2;
        compile(w);
        struct rehab_track_state states[2] = {{0, hour(0), hour(0)}, {2, hour(0), hour(0)}};
        w->evidence.tracks = states;
        w->evidence.track_count = 2;
        assert_int_equal(recommended(w, 1), REHAB_STAY);
        assert_true(w->decision.tracks[0].earliest.utc_us == hour(24).utc_us &&
                    w->decision.tracks[1].earliest.utc_us == hour(24).utc_us);
        assert_true(w->decision.has_earliest && w->decision.earliest_is_local == (order == 1));
        world_free(w);
    }
}

/* Under `not` what is not met is as it should be, and what is not known stands in the way. */
static void what_must_not_be_blocks_when_it_may_be(void **state)
{
    (void)state;
    struct rehab_criterion c[3] = {leaf(PAIN, REHAB_GE, 3), leaf(FORCE, REHAB_LT, 100),
                                   leaf(SWELLING, REHAB_GE, 1)},
                           none[3] = {group(REHAB_NOT, &c[0], 1), group(REHAB_NOT, &c[1], 1),
                                      group(REHAB_NOT, &c[2], 1)},
                           all = group(REHAB_ALL, none, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    observe(w, FORCE, 120, 1);
    observe(w, SWELLING, 2, 1);
    assert_int_equal(decide(w, 2), REHAB_NOT_MET);
    assert_int_equal(w->decision.blocker_count, 2);
    assert_int_equal(w->decision.blockers[0], 0);
    assert_int_equal(w->decision.blockers[1], 2);
    assert_int_equal(w->decision.need_count, 1);
    world_free(w);
}

/* ---- R46 ---- */

static void red_flags_are_latched(void **state)
{
    (void)state;
    struct rehab_criterion c[2] = {leaf(SUDDEN, REHAB_EQ, 1), leaf(PAIN, REHAB_GE, 7)},
                           any = group(REHAB_ANY, c, 2);
    struct rehab_criterion other = leaf(FORCE, REHAB_LE, 10);
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("again"), .when = &any, .cleared_by = REHAB_PHYSICIAN};
    w->flags[1] =
        (struct rehab_red_flag){.id = T("weak"), .when = &other, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 2;
    compile(w);
    assert_int_equal(recommended(w, 1), REHAB_STAY);
    observe(w, PAIN, 8, 1);
    observe(w, SUDDEN, 1, 2);
    observe(w, PAIN, 9, 3);
    observe(w, PAIN, 0, 4);
    observe(w, SUDDEN, 0, 4); /* does not clear it */
    assert_int_equal(recommended(w, 1000), REHAB_STOP);
    assert_true(w->decision.red_flags[0].raised);
    assert_int_equal(w->decision.red_flags[0].observation, 0); /* the one that raised it */
    assert_false(w->decision.red_flags[1].raised);
    w->flag_clearances[0] = (struct rehab_flag_clearance){0, REHAB_CLINICIAN, hour(5)};
    w->flag_clearances[1] = (struct rehab_flag_clearance){1, REHAB_PHYSICIAN, hour(5)};
    w->evidence.flag_clearance_count = 2;
    assert_int_equal(recommended(w, 6), REHAB_STOP);
    w->flag_clearances[2] = (struct rehab_flag_clearance){0, REHAB_PHYSICIAN, hour(6)};
    w->flag_clearances[3] = (struct rehab_flag_clearance){0, REHAB_PHYSICIAN, hour(2)};
    w->evidence.flag_clearance_count = 4;
    assert_int_equal(recommended(w, 5), REHAB_STOP);
    assert_int_equal(w->decision.red_flags[0].observation, 2); /* after hour 2 */
    assert_int_equal(recommended(w, 6), REHAB_STAY);
    observe(w, SUDDEN, 1, 7);
    assert_int_equal(recommended(w, 8), REHAB_STOP);
    assert_int_equal(rehab_find_red_flag(&w->protocol, T("weak")), 1);
    observe(w, PAIN, 9, 9);
    assert_int_equal(recommended(w, 9), REHAB_STOP);
    assert_int_equal(w->decision.red_flags[0].observation, 5); /* both, the first of them */
    world_free(w);
}

/* In memory that has been used before: what lies behind its findings did not raise a flag. */
static void a_flag_is_raised_by_its_own_findings(void **state)
{
    (void)state;
    struct rehab_criterion flag = leaf(SUDDEN, REHAB_EQ, 1), on = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("again"), .when = &flag, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &on);
    compile(w);
    observe(w, PAIN, 1, 1);
    observe(w, SUDDEN, 1, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(decide(w, 3), REHAB_MET);
        assert_int_equal(finding(w, 0)->observation, 0);
        assert_int_equal(w->decision.red_flags[0].observation, 1);
    }
    world_free(w);
}

/* ---- R49 ---- */

static void advice_stands_between_give_and_withdraw(void **state)
{
    (void)state;
    struct rehab_criterion give = leaf(PAIN, REHAB_GE, 4), withdraw = leaf(PAIN, REHAB_EQ, 0);
    struct world *w = world();
    w->advice[0] = (struct rehab_advice){.id = T("crutches"), .give = &give, .withdraw = &withdraw};
    w->phases[1].advice_count = 1;
    add_gate(w, REHAB_ADVANCE, &withdraw);
    give.id = T("give");
    withdraw.id = T("withdraw");
    struct rehab_criterion on = leaf(FORCE, REHAB_GE, 1);
    w->gates[0].when = &on;
    compile(w);
    assert_int_equal(recommended(w, 1), REHAB_STAY);
    assert_false(w->decision.advice[0].given); /* nothing is known, nothing was */
    observe(w, PAIN, 2, 1);
    observe(w, SPRINT, 2, 1);
    recommended(w, 2);
    assert_false(w->decision.advice[0].given);
    observe(w, PAIN, 5, 3);
    recommended(w, 3);
    assert_true(w->decision.advice[0].given);
    observe(w, FORCE, 5, 4)->side = REHAB_BOTH;
    observe(w, PAIN, 2, 5);
    observe(w, PAIN, 3, 5);
    recommended(w, 6);
    assert_true(w->decision.advice[0].given); /* still */
    observe(w, PAIN, 0, 7);
    observe(w, PAIN, 2, 8);
    recommended(w, 9);
    assert_false(w->decision.advice[0].given);
    w->advice[0].withdraw = NULL;
    compile(w);
    recommended(w, 5);
    assert_false(w->decision.advice[0].given);
    recommended(w, 3);
    assert_true(w->decision.advice[0].given);
    world_free(w);
}

/* Before anything was observed nothing was given, whatever comes. */
static void advice_does_not_look_ahead(void **state)
{
    (void)state;
    struct rehab_criterion give = elapsed(REHAB_PHASE, REHAB_GE, "PT4H"),
                           withdraw = leaf(PAIN, REHAB_EQ, 0);
    struct world *w = world();
    w->advice[0] = (struct rehab_advice){.id = T("walk"), .give = &give, .withdraw = &withdraw};
    w->phases[1].advice_count = 1;
    compile(w);
    observe(w, PAIN, 2, 5);
    recommended(w, 1);
    assert_false(w->decision.advice[0].given);
    recommended(w, 5);
    assert_true(w->decision.advice[0].given);
    world_free(w);
}

/* ---- R40 ---- */

static void exercises_have_gates_of_their_own(void **state)
{
    (void)state;
    struct rehab_criterion gate = leaf(SWELLING, REHAB_EQ, 0), more = leaf(PAIN, REHAB_EQ, 0);
    struct world *w = world();
    w->prescriptions[0] = (struct rehab_prescription){.id = T("curl"), .exercise = T("curl")};
    w->phases[1].prescription_count = 1;
    compile(w);
    recommended(w, 1);
    assert_int_equal(w->decision.prescriptions[0].verdict, REHAB_MET);
    assert_false(w->decision.prescriptions[0].has_progress);
    w->prescriptions[0].gate = &gate;
    w->prescriptions[0].progress = &more;
    compile(w);
    recommended(w, 1);
    assert_int_equal(w->decision.prescriptions[0].verdict, REHAB_UNKNOWN);
    assert_true(w->decision.prescriptions[0].has_progress);
    assert_int_equal(w->decision.prescriptions[0].progress, REHAB_UNKNOWN);
    observe(w, SWELLING, 0, 2);
    observe(w, PAIN, 1, 2);
    recommended(w, 2);
    assert_int_equal(w->decision.prescriptions[0].verdict, REHAB_MET);
    assert_int_equal(w->decision.prescriptions[0].progress, REHAB_NOT_MET);
    assert_int_equal(w->decision.prescriptions[0].progress_findings.first, 1);
    world_free(w);
}

/* ---- expectations ---- */

/* ---- R15: deadlines ---- */

/* On the last day it may still be met; the day after somebody is asked, whether it is known not to
 * be met or not known at all; and nothing moves by itself. */
static void deadlines_ask_for_a_review(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    const enum rehab_anchor from[] = {REHAB_PHASE, REHAB_EPISODE, REHAB_ONSET, REHAB_SURGERY};
    for (int i = 0; i < 4; i++) {
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &c);
        w->gates[0].deadline =
            (struct rehab_deadline){.given = true, .from = from[i], .by = duration("P28D")};
        compile(w);
        w->evidence.onset.day = w->evidence.surgery.day = rehab_local_day(hour(0));
        decide(w, 29 * 24);
        assert_int_equal(w->decision.review, i < 2); /* no date, no deadline */
        w->evidence.onset.known = w->evidence.surgery.known = true;
        decide(w, 28 * 24 + 23);
        assert_false(w->decision.review || w->decision.gates[0].overdue);
        assert_int_equal(decide(w, 29 * 24), REHAB_UNKNOWN);
        assert_true(w->decision.review && w->decision.gates[0].overdue);
        observe(w, PAIN, 4, 29 * 24);
        assert_int_equal(decide(w, 29 * 24), REHAB_NOT_MET);
        assert_true(w->decision.review && w->decision.gates[0].overdue);
        assert_int_equal(w->decision.recommendation.move, REHAB_STAY);
        observe(w, PAIN, 3, 30 * 24);
        assert_int_equal(decide(w, 30 * 24), REHAB_MET);
        assert_false(w->decision.review || w->decision.gates[0].overdue);
        world_free(w);
    }
}

static void pace_is_told_and_decides_nothing(void **state)
{
    (void)state;
    struct rehab_expectation_by by[] = {{T("grade"), T("2"), duration("P1D"), duration("P2D")},
                                        {T("grade"), T("3"), duration("P10D"), duration("P20D")},
                                        {T("grade"), T("1"), duration("P3D"), duration("P4D")}};
    struct world *w = world();
    w->phases[1].expect = (struct rehab_expectation){
        .given = true, .from = REHAB_PHASE, .low = duration("P2D"), .high = duration("P4D")};
    w->track.expect = w->phases[1].expect;
    w->track.expect.from = REHAB_ONSET;
    w->track.expect.by = by;
    w->track.expect.by_count = 3;
    compile(w);
    recommended(w, 30);
    assert_int_equal(w->decision.tracks[0].days_in_phase, 1);
    assert_int_equal(w->decision.tracks[0].phase_expectation.pace, REHAB_BEFORE);
    assert_int_equal(w->decision.tracks[0].track_expectation.pace, REHAB_PACE_NONE); /* no grade */
    w->stratum = 0;
    recommended(w, 48);
    assert_int_equal(w->decision.tracks[0].phase_expectation.pace, REHAB_WITHIN);
    assert_int_equal(w->decision.tracks[0].track_expectation.pace, REHAB_PACE_NONE); /* no date */
    recommended(w, 96);
    assert_int_equal(w->decision.tracks[0].phase_expectation.pace,
                     REHAB_WITHIN); /* the last day of it */
    w->evidence.onset = (struct rehab_event){.known = true, .day = 19999};
    recommended(w, 120);
    assert_int_equal(w->decision.tracks[0].phase_expectation.pace, REHAB_EXCEEDED);
    assert_int_equal(w->decision.tracks[0].track_expectation.days, 6);
    w->stratum = 2;
    w->evidence.onset = (struct rehab_event){.known = true, .timed = true, .at = hour(-240)};
    recommended(w, 120);
    assert_int_equal(w->decision.tracks[0].track_expectation.pace, REHAB_WITHIN);
    assert_int_equal(w->decision.tracks[0].track_expectation.high_days, 20);
    w->track.expect.from = REHAB_SURGERY;
    compile(w);
    recommended(w, 120);
    assert_int_equal(w->decision.tracks[0].track_expectation.pace, REHAB_PACE_NONE);
    w->track.expect.from = REHAB_EPISODE;
    compile(w);
    recommended(w, 120);
    assert_int_equal(w->decision.tracks[0].track_expectation.days, 5);
    w->phases[1].expect = (struct rehab_expectation){0};
    compile(w);
    recommended(w, 120);
    const struct rehab_expectation_result *none = &w->decision.tracks[0].phase_expectation;
    assert_int_equal(none->expectation, REHAB_NONE);
    assert_true(none->days == 0 && none->low_days == 0 && none->high_days == 0);
    world_free(w);
}

/* ---- what does not fit ---- */

/* By whatever door: nobody gets an index of it, and no verdict where one would be needed. */
static void assert_misfit(struct world *w)
{
    const struct rehab_made_move made = {REHAB_ADVANCE, 0, 2, hour(3)};
    static _Alignas(16) unsigned char room[4096];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &arena);
    struct rehab_review review;
    uint8_t verdict = REHAB_VERDICT_COUNT;
    assert_int_equal(try_decide(w, 3), REHAB_MISFIT);
    assert_null(rehab_index_evidence(&w->protocol, &w->evidence, hour(3), &arena));
    assert_int_equal(rehab_review_move(&w->protocol, &w->evidence, &made, &arena, &review),
                     REHAB_MISFIT);
    assert_int_equal(rehab_judge_population(plan, &w->evidence, 1, hour(3), &arena, &verdict), 0);
    assert_int_equal(verdict, REHAB_VERDICT_COUNT);
    assert_false(arena.full);
}

static void evidence_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    c.for_days = 2; /* no gate that newest values alone would settle */
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    observe(w, PAIN, 1, 2);
    observe(w, PAIN, 1, 1);
    assert_int_equal(try_decide(w, 3), REHAB_UNSORTED);
    assert_int_equal(try_decide(w, 0), REHAB_UNSORTED); /* although all of it comes later */
    w->evidence.observation_count = 1;
    w->stratum = 3;
    assert_misfit(w);
    w->stratum = 0;
    w->evidence.stratum_count = 0;
    assert_misfit(w);
    w->evidence.stratum_count = 1;
    w->evidence.track_count = 0;
    assert_misfit(w);
    w->evidence.track_count = 1;
    w->state.phase = 3;
    assert_misfit(w);
    w->state.phase = 1;
    w->evidence.observation_count = REHAB_MAX_EVIDENCE + 1;
    assert_int_equal(try_decide(w, 3), REHAB_MISFIT);
    w->evidence.observation_count = 1;
    w->evidence.session_count = UINT32_MAX;
    assert_int_equal(try_decide(w, 3), REHAB_MISFIT);
    w->evidence.session_count = REHAB_MAX_EVIDENCE; /* that many fit, but into no such memory */
    assert_int_equal(try_decide(w, 3), REHAB_FULL);
    w->evidence.session_count = 0;
    assert_int_equal(try_decide(w, 3), REHAB_DECIDED);
    world_free(w);
}

/* ---- what to measure next settles ---- */

/* The needs as bits of sides: one of each of a measure. */
static void assert_needs(struct world *w, double h, int measure, uint32_t sides, int other,
                         uint32_t of_other)
{
    uint32_t seen[2] = {0, 0};
    (void)decide(w, h);
    for (uint32_t i = 0; i < w->decision.need_count; i++) {
        const struct rehab_need *n = &w->decision.needs[i];
        bool first = n->measure == rehab_find_measure(&w->protocol, sample_measures[measure].code);
        if (!first)
            assert_int_equal(n->measure,
                             rehab_find_measure(&w->protocol, sample_measures[other].code));
        assert_int_equal(seen[!first] >> n->side & 1, 0);
        seen[!first] |= 1u << n->side;
    }
    assert_int_equal(seen[0], sides);
    assert_int_equal(seen[1], of_other);
}

enum {
    NO = 0,
    UNSIDED = 1u << REHAB_SIDE_NONE,
    OWN = 1u << REHAB_INVOLVED,
    REST = 1u << REHAB_OTHER
};

/* Whoever observes all of them at one new occasion. */
static void follow(struct world *w, double h)
{
    struct rehab_need needs[8];
    uint32_t count = w->decision.need_count;
    uint32_t assessment = w->evidence.observation_count;
    assert_in_range(count, 1, 8);
    memcpy(needs, w->decision.needs, count * sizeof *needs);
    for (uint32_t i = 0; i < count; i++) {
        struct rehab_observation *o =
            observe(w, PAIN, needs[i].side == REHAB_SIDE_NONE ? 50 : 3, h);
        o->known = REHAB_ANALGESIC_24H;
        o->measure = (uint16_t)needs[i].measure;
        o->side = (uint8_t)needs[i].side;
        o->assessment = assessment;
    }
    assert_int_not_equal(decide(w, h), REHAB_UNKNOWN);
}

static struct rehab_criterion paired(const char *within)
{
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 50);
    c.expression = REHAB_SYMMETRY;
    if (within != NULL) c.within_pair = duration(within);
    return c;
}

static struct world *ahead(const struct rehab_criterion *c)
{
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, c);
    compile(w);
    return w;
}

static void a_pair_asks_for_what_can_no_more_be_paired(void **state)
{
    (void)state;
    struct rehab_criterion c = paired(NULL);
    struct world *w = ahead(&c);
    observe(w, FORCE, 5, 1);
    assert_needs(w, 1, FORCE, OWN | REST, FORCE, NO); /* of one assessment, that is over */
    follow(w, 2);
    world_free(w);
    c = paired("PT24H");
    w = ahead(&c);
    observe(w, FORCE, 5, 1);
    assert_needs(w, 25, FORCE, REST, FORCE, NO);
    assert_needs(w, 25.1, FORCE, OWN | REST, FORCE, NO);
    follow(w, 26);
    world_free(w);
    w = ahead(&c);
    observe(w, FORCE, 5, 1)->side = REHAB_OTHER;
    observe(w, FORCE, 5, 26);
    assert_needs(w, 27, FORCE, REST, FORCE, NO);
    observe(w, FORCE, 5, 55)->side = REHAB_OTHER;
    assert_needs(w, 56, FORCE, OWN, FORCE, NO);
    follow(w, 56);
    world_free(w);
    c.qualified = REHAB_SAME_ASSESSOR; /* nobody knows who takes the next */
    w = ahead(&c);
    observe(w, FORCE, 5, 1)->assessor = 7;
    assert_needs(w, 2, FORCE, OWN | REST, FORCE, NO);
    world_free(w);
}

static void a_pair_does_not_ask_for_the_newer_side(void **state)
{
    (void)state;
    struct rehab_criterion c = paired("PT24H");
    c.within = duration("P30D");
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = ahead(&c);
    observe(w, FORCE, 5, 1)->known = REHAB_ANALGESIC_24H;
    observe(w, FORCE, 5, 30)->side = REHAB_OTHER; /* nobody knows how */
    struct rehab_observation *o = observe(w, FORCE, 5, 49);
    o->side = REHAB_OTHER;
    o->known = REHAB_ANALGESIC_24H;
    assert_needs(w, 50, FORCE, OWN, FORCE, NO);
    follow(w, 50);
    w->evidence.observation_count = 3;
    assert_needs(w, 73.1, FORCE, OWN | REST, FORCE, NO);
    o->held = REHAB_ANALGESIC_24H;
    assert_needs(w, 50, FORCE, OWN | REST, FORCE, NO);
    follow(w, 50);
    world_free(w);
}

/* What was taken elsewhere than in a session is none of its values. */
static void a_side_of_no_session_is_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c = paired("PT24H");
    c.activity = T("run");
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    observe_in(w, train(w, RUN, 1, 2), FORCE, 5, 1);
    struct rehab_observation *o = observe_in(w, train(w, RUN, 27, 28), FORCE, 5, 27);
    o->side = REHAB_OTHER;
    observe(w, FORCE, 5, 40)->side = REHAB_OTHER;
    assert_needs(w, 50, FORCE, OWN, FORCE, NO);
    o->assessment = 7;
    assert_needs(w, 50, FORCE, OWN | REST, FORCE, NO);
    world_free(w);
}

/* It may be near enough, and yet be too old to count. */
static void a_side_that_is_stale_is_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c = paired("PT2H");
    c.within = duration("PT24H");
    struct world *w = ahead(&c);
    observe(w, FORCE, 5, 20);
    observe(w, FORCE, 5, 23)->side = REHAB_OTHER;
    assert_needs(w, 24, FORCE, OWN, FORCE, NO);
    world_free(w);
    c = paired("PT2H");
    c.within = duration("P1D");
    w = ahead(&c);
    observe(w, FORCE, 5, 20);
    observe(w, FORCE, 5, 23)->side = REHAB_OTHER;
    assert_needs(w, 24, FORCE, OWN, FORCE, NO);
    w->observations[1].at.local_us -= 24 * REHAB_HOUR; /* the wall clock was put forward by a day */
    assert_needs(w, 24, FORCE, OWN | REST, FORCE, NO);
    world_free(w);
}

/* Both together, and then they are divided. */
static void a_quotient_asks_for_both_of_its_values(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 0.01);
    c.per = T("weight");
    c.within_pair = duration("PT24H");
    struct world *w = ahead(&c);
    assert_needs(w, 1, FORCE, OWN, WEIGHT, UNSIDED);
    follow(w, 1);
    w->evidence.observation_count = 0;
    observe(w, WEIGHT, 70, 1);
    assert_needs(w, 25, FORCE, OWN, WEIGHT, NO);
    assert_needs(w, 25.1, FORCE, OWN, WEIGHT, UNSIDED);
    w->evidence.observation_count = 0;
    observe(w, FORCE, 70, 1);
    assert_needs(w, 2, FORCE, NO, WEIGHT, UNSIDED);
    world_free(w);
}

/* What is felt now is held against what was felt before: that is observed first. */
static void a_rise_asks_for_the_value_before(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(MORNING, REHAB_LE, 2);
    c.expression = REHAB_RISE;
    c.over = T("pain");
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = ahead(&c);
    for (int bilateral = 0; bilateral < 2; bilateral++) {
        w->evidence.bilateral = bilateral;
        w->evidence.observation_count = 0;
        assert_needs(w, 1, MORNING, OWN, PAIN, OWN);
        assert_int_equal(w->decision.needs[0].measure, rehab_find_measure(&w->protocol, T("pain")));
        observe(w, MORNING, 3, 2)->known = REHAB_ANALGESIC_24H;
        assert_needs(w, 2, MORNING, OWN, PAIN, OWN);
        struct rehab_observation *o = observe(w, PAIN, 3, 3);
        o->known = REHAB_ANALGESIC_24H;
        observe(w, PAIN, 3, 4); /* nobody knows how */
        if (bilateral) {
            assert_needs(w, 5, MORNING, OWN, PAIN, OWN);
            o->side = REHAB_OTHER;
            assert_needs(w, 5, MORNING, OWN, PAIN, OWN);
            o->side = REHAB_BOTH;
        }
        assert_needs(w, 5, MORNING, OWN, PAIN, NO);
    }
    world_free(w);
}

/* R13: what was met on another day is of no use beside what is observed now. */
static void an_occasion_is_asked_for_as_a_whole(void **state)
{
    (void)state;
    struct rehab_criterion of[3] = {leaf(PAIN, REHAB_LE, 5), leaf(FORCE, REHAB_GE, 1),
                                    leaf(SWELLING, REHAB_LE, 1)},
                           c[2] = {group(REHAB_SAME_OCCASION, of, 2), of[2]};
    c[0].window = duration("PT24H");
    struct rehab_criterion all = group(REHAB_ALL, c, 2);
    struct world *w = ahead(&all);
    observe(w, SWELLING, 0, 1);
    assert_needs(w, 1, PAIN, OWN, FORCE, OWN);
    observe(w, PAIN, 3, 1);
    assert_needs(w, 25, PAIN, NO, FORCE, OWN);
    follow(w, 25);
    w->evidence.observation_count = 2;
    assert_needs(w, 25.1, PAIN, OWN, FORCE, OWN);
    assert_int_equal(w->decision.needs[0].reason, REHAB_REASON_DIFFERENT_OCCASION);
    assert_int_equal(w->decision.needs[0].criteria, 1);
    follow(w, 26);
    w->evidence.observation_count = 2;
    observe(w, FORCE, 5, 30); /* all is known, and lies apart */
    assert_needs(w, 31, PAIN, OWN, FORCE, NO);
    assert_needs(w, 60, PAIN, OWN, FORCE, OWN);
    w->observations[1].value_nano = N(9); /* not met: whatever is observed besides */
    w->observations[2].at = hour(2);
    assert_needs(w, 60, PAIN, NO, FORCE, NO);
    w->evidence.observation_count = 2; /* and of the rest what is not known yet */
    assert_needs(w, 60, PAIN, NO, FORCE, OWN);
    world_free(w);
    struct rehab_criterion hold = leaf(SUDDEN, REHAB_EQ, 1); /* whatever rule comes behind it */
    w = world();
    add_gate(w, REHAB_ADVANCE, &c[0]);
    add_gate(w, REHAB_HOLD, &hold);
    compile(w);
    observe(w, PAIN, 3, 1);
    assert_needs(w, 60, PAIN, OWN, FORCE, OWN);
    world_free(w);
}

/* Days are those of the wall clock, which was put forward by an hour; hours are not. */
static void what_is_near_in_days_goes_by_the_wall_clock(void **state)
{
    (void)state;
    for (int days = 0; days < 2; days++) {
        const char *day = days ? "P1D" : "PT24H";
        struct rehab_criterion two = paired(day);
        struct rehab_criterion of[2] = {leaf(PAIN, REHAB_LE, 5), leaf(FORCE, REHAB_GE, 1)};
        struct rehab_criterion one = group(REHAB_SAME_OCCASION, of, 2);
        one.window = duration(day);
        struct world *w = ahead(&two);
        observe(w, FORCE, 5, 1)->at.local_us -= REHAB_HOUR;
        assert_needs(w, 25, FORCE, days ? OWN | REST : REST, FORCE, NO);
        world_free(w);
        w = ahead(&one);
        observe(w, PAIN, 3, 1)->at.local_us -= REHAB_HOUR;
        assert_needs(w, 25, PAIN, days ? OWN : NO, FORCE, OWN);
        world_free(w);
    }
}

/* What may still be paired or divided may yet be too old for the occasion. */
static void a_value_of_an_occasion_is_of_now(void **state)
{
    (void)state;
    struct rehab_criterion of[2] = {leaf(PAIN, REHAB_LE, 5), paired("PT24H")},
                           c = group(REHAB_SAME_OCCASION, of, 2);
    c.window = duration("PT2H");
    struct world *w = ahead(&c);
    observe(w, FORCE, 5, 1);
    assert_needs(w, 3, PAIN, OWN, FORCE, REST);
    assert_needs(w, 4, PAIN, OWN, FORCE, OWN | REST);
    follow(w, 4);
    world_free(w);
    of[1] = leaf(FORCE, REHAB_GE, 0);
    of[1].per = T("weight");
    w = ahead(&c);
    observe(w, PAIN, 3, 1);
    observe(w, FORCE, 5, 1);
    assert_needs(w, 3, FORCE, NO, WEIGHT, UNSIDED);
    (void)decide(w, 4);
    assert_int_equal(w->decision.need_count, 3);
    follow(w, 4);
    world_free(w);
}

/* Two sides of each of many, and whatever a score is made of: every need has its place. */
/* What most criteria ask for, wherever the document asks for it first. */
static void needs_are_in_order(void **state)
{
    (void)state;
    static const int of[] = {PAIN, BEND, FORCE, SPRINT, FORCE, SPRINT, SPRINT};
    static const int wanted[] = {SPRINT, FORCE, PAIN, BEND};
    struct rehab_criterion c[7];
    for (int i = 0; i < 7; i++)
        c[i] = leaf(of[i], REHAB_GE, 1 + i);
    struct rehab_criterion all = group(REHAB_ALL, c, 7);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    decide(w, 1);
    assert_int_equal(w->decision.need_count, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(w->decision.needs[i].measure,
                         rehab_find_measure(&w->protocol, sample_measures[wanted[i]].code));
    world_free(w);
}

static void needs_have_room(void **state)
{
    (void)state;
    enum { MANY = 20 };
    static const char words[] = "abcdefghijklmnopqrst";
    struct rehab_measure measures[MANY];
    struct rehab_criterion c[MANY];
    struct rehab_score_band band = {.comparison = {.is = REHAB_GE}, .points = number(1)};
    struct rehab_score_item items[MANY];
    struct rehab_score score = {.id = T("sum"), .items = items, .item_count = MANY};
    band.comparison.value = number(90);
    for (int i = 0; i < MANY; i++) {
        measures[i] = sample_measures[FORCE];
        measures[i].code = (struct rehab_text){&words[i], 1};
        c[i] = leaf(FORCE, REHAB_GE, 90);
        c[i].measure = measures[i].code;
        c[i].expression = REHAB_SYMMETRY;
        items[i] =
            (struct rehab_score_item){.measure = measures[i].code, .bands = &band, .band_count = 1};
    }
    struct rehab_criterion all = group(REHAB_ALL, c, MANY), sum = leaf(FORCE, REHAB_GE, MANY);
    sum.expression = REHAB_SCORE;
    sum.measure = T("");
    sum.name = T("sum");
    for (int scored = 0; scored < 2; scored++) {
        struct world *w = world();
        w->document.measures = measures;
        w->document.measure_count = MANY;
        w->document.scores = &score;
        w->document.score_count = (uint32_t)scored;
        add_gate(w, REHAB_ADVANCE, scored ? &sum : &all);
        compile(w);
        assert_int_equal(decide(w, 1), REHAB_UNKNOWN);
        const struct rehab_decision *d = &w->decision;
        assert_int_equal(d->track_count, 1);
        assert_int_equal(d->need_count, scored ? MANY : 2 * MANY);
        assert_int_equal(d->blocker_count, scored ? 1 : MANY);
        for (uint32_t i = 0; i < d->need_count; i++)
            assert_int_equal(d->needs[i].measure, scored ? i : i / 2);
        for (uint32_t i = 0; i < d->blocker_count; i++)
            assert_int_equal(d->blockers[i], i);
        assert_true((const void *)(d->needs + d->need_count) <= (const void *)d->blockers);
        world_free(w);
    }
}

static void every_size_of_arena_is_enough_or_refused(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    observe(w, PAIN, 1, 2);
    int refused = 0;
    for (size_t size = 0; size < 4096; size += 16) {
        struct rehab_arena arena = {.at = w->memory, .end = w->memory + size};
        struct rehab_decision untouched = {.gate_count = 77}, out = untouched;
        enum rehab_outcome outcome =
            rehab_decide(&w->protocol, &w->evidence, hour(3), &arena, &out);
        assert_true(outcome == (arena.full ? REHAB_FULL : REHAB_DECIDED));
        if (outcome == REHAB_FULL) assert_memory_equal(&out, &untouched, sizeof out);
        refused += outcome == REHAB_FULL;
    }
    assert_in_range(refused, 2, 200);
    world_free(w);
}

/* The least memory in which a phase of so many zones is decided. */
static size_t least_room(uint32_t count)
{
    struct rehab_zone zones[2] = {{.id = T("much")}, {.id = T("more")}};
    struct rehab_band band = {.reading = leaf(PAIN, REHAB_LT, 0), .zones = zones};
    struct world *w = world();
    size_t size = 0;
    for (int i = 0; i < 2; i++)
        zones[i].comparison = (struct rehab_comparison){.is = REHAB_GE, .value = number(5)};
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 3); /* the measure is always there */
    add_gate(w, REHAB_ADVANCE, &on);
    band.zone_count = count;
    w->phases[1].bands = &band;
    w->phases[1].band_count = count > 0;
    compile(w);
    struct rehab_arena arena = {.full = true};
    for (; arena.full; size += 16) {
        struct rehab_decision out;
        arena = (struct rehab_arena){.at = w->memory, .end = w->memory + size};
        (void)rehab_decide(&w->protocol, &w->evidence, hour(3), &arena, &out);
    }
    world_free(w);
    return size;
}

static void room_is_for_no_more_zones_than_there_are(void **state)
{
    (void)state;
    size_t one = least_room(1), each = least_room(2) - one;
    assert_in_range(one - least_room(0), each, 2 * each - 1);
}

/* In the least memory that is enough for it every piece of a decision ends before the next one
 * begins, and the last before the memory does. */
static void pieces_lie_behind_one_another(void **state)
{
    (void)state;
    enum { MANY = 24 };
    struct rehab_criterion of[2 * MANY + 4], ways[2], give[3];
    struct rehab_zone zones[MANY];
    struct rehab_band band = {.reading = leaf(PAIN, REHAB_LT, 0), .zones = zones, .zone_count = 8};
    struct world *w = world();
    struct rehab_red_flag flags[3];
    struct rehab_advice advice[3];
    struct rehab_phase side = {.id = T("only")};
    struct rehab_track tracks[3];
    struct rehab_track_state states[3];
    for (int i = 0; i < 2 * MANY + 4; i++)
        of[i] = leaf(PAIN, REHAB_LE, 3);
    for (int i = 0; i < 2; i++)
        ways[i] = group(REHAB_ALL, &of[i * MANY], MANY);
    for (int i = 0; i < 8; i++) {
        static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
        zones[i] = (struct rehab_zone){.id = T(ids[i]),
                                       .comparison = {.is = REHAB_GE, .value = number(i)}};
    }
    for (int i = 0; i < 3; i++)
        flags[i] =
            (struct rehab_red_flag){.id = zones[i].id, .when = &of[2 * MANY + i], .cleared_by = 1};
    w->document.red_flags = flags;
    w->document.red_flag_count = 3;
    for (int i = 0; i < 3; i++) {
        give[i] = leaf(PAIN, REHAB_LE, 3);
        advice[i] = (struct rehab_advice){.id = zones[i].id, .give = &give[i]};
        tracks[i] = (struct rehab_track){.id = zones[i].id, .phases = &side, .phase_count = 1};
        states[i] = (struct rehab_track_state){(uint32_t)i + 2, hour(0), hour(0)};
    }
    w->phases[1].advice = advice;
    w->phases[1].advice_count = 3;
    add_gate(w, REHAB_ADVANCE, &of[2 * MANY + 3]);
    w->prescriptions[0] = (struct rehab_prescription){.id = T("p"), .exercise = T("x")};
    w->prescriptions[0].gate = &ways[0];
    w->prescriptions[0].progress = &ways[1];
    w->phases[1].prescription_count = 1;
    w->phases[1].bands = &band;
    w->phases[1].band_count = 1;
    tracks[0] = w->track;
    states[0] = w->state;
    w->document.tracks = tracks;
    w->evidence.tracks = states;
    w->document.track_count = w->evidence.track_count = 3;
    compile(w);
    struct rehab_decision d = {.gate_count = 0};
    struct rehab_arena arena = {.full = true};
    for (size_t size = 0; arena.full; size += 16) {
        arena = (struct rehab_arena){.at = w->memory, .end = w->memory + size};
        (void)rehab_decide(&w->protocol, &w->evidence, hour(3), &arena, &d);
    }
    const char *const at[] = {(const char *)(d.findings + d.finding_count),
                              (const char *)d.tracks,
                              (const char *)(d.tracks + d.track_count),
                              (const char *)d.gates,
                              (const char *)(d.gates + d.gate_count),
                              (const char *)d.red_flags,
                              (const char *)(d.red_flags + d.red_flag_count),
                              (const char *)d.advice,
                              (const char *)(d.advice + d.advice_count),
                              (const char *)d.bands,
                              (const char *)(d.bands + d.band_count),
                              (const char *)d.prescriptions,
                              (const char *)(d.prescriptions + d.prescription_count),
                              (const char *)d.needs,
                              (const char *)(d.needs + d.need_count),
                              (const char *)d.blockers,
                              (const char *)(d.blockers + d.finding_count),
                              (const char *)arena.end};
    assert_int_equal(d.finding_count, 3 + 3 + 1 + 2 * MANY + 8);
    assert_true(d.track_count == 3 && d.advice_count == 3);
    for (size_t i = 0; i + 1 < sizeof at / sizeof at[0]; i++)
        if (at[i] > at[i + 1]) fail_msg("piece %zu begins in the one before", i / 2);
    world_free(w);
}

/* ---- properties ---- */

/* A protocol with a bit of everything, and an episode of chance. */
static struct world *anything(struct rehab_criterion *c)
{
    struct world *w = world();
    c[0] = leaf(PAIN, REHAB_LE, 3);
    c[0].within = duration("PT36H");
    c[1] = leaf(FORCE, REHAB_GE, 80);
    c[1].expression = REHAB_SYMMETRY;
    c[1].within_pair = duration("PT24H");
    c[2] = leaf(PAIN, REHAB_EQ, 0);
    c[2].for_days = 2;
    c[3] = leaf(PAIN, REHAB_LE, 0);
    c[3].expression = REHAB_CHANGE;
    c[3].from = REHAB_PREVIOUS;
    c[4] = leaf(BEND, REHAB_LE, 30);
    c[4].expression = REHAB_DIFFERENCE;
    c[5] = leaf(MORNING, REHAB_GT, 2);
    c[5].expression = REHAB_RISE;
    c[5].over = sample_measures[PAIN].code;
    c[6] = leaf(PAIN, REHAB_GE, 7);
    c[7] = leaf(SUDDEN, REHAB_EQ, 1);
    c[8] = group(REHAB_ANY, &c[2], 2);
    c[9] = c[0];
    c[9].id = T("again");
    c[9].within = duration("P3D");
    c[10] = group(REHAB_ALL, &c[12], 8);
    c[12] = c[0];
    c[13] = c[1];
    c[14] = c[8];
    c[15] = c[4];
    for (int i = 0; i < 4; i++) {
        const enum rehab_expression e[] = {REHAB_ASYMMETRY, REHAB_PERCENT_OF, REHAB_IMPROVEMENT,
                                           REHAB_CHANGE};
        c[16 + i] = leaf(FORCE, REHAB_GE, 10 * i);
        c[16 + i].expression = e[i];
        c[16 + i].from = i == 0 ? REHAB_ANCHOR_NONE : i == 1 ? REHAB_BASELINE : REHAB_AGO;
        if (i >= 2) c[16 + i].ago = duration("P1D");
    }
    add_gate(w, REHAB_ADVANCE, &c[10]);
    add_gate(w, REHAB_HOLD, &c[5]);
    add_gate(w, REHAB_REGRESS, &c[6]);
    w->flags[0] =
        (struct rehab_red_flag){.id = T("f"), .when = &c[7], .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 1;
    w->advice[0] = (struct rehab_advice){.id = T("a"), .give = &c[9]};
    w->phases[1].advice_count = 1;
    compile(w);
    return w;
}

static void happen(struct world *w, uint32_t n)
{
    const int measures[] = {PAIN, FORCE, FORCE, BEND, MORNING, PAIN, SUDDEN};
    double h = 0;
    for (uint32_t i = 0; i < n; i++) {
        int m = measures[rand() % 7], last = m == SUDDEN  ? rand() % 40 == 0
                                             : m == FORCE ? 90 + rand() % 20
                                                          : rand() % 9;
        if (rand() % 3 > 0) h += rand() % 20;
        struct rehab_observation *o = observe(w, m, last, h);
        o->assessment = (uint32_t)(h * 10);
        if (m != SUDDEN)
            o->side = (uint8_t)(REHAB_INVOLVED + (m == FORCE || m == BEND ? rand() % 2 : 0));
    }
}

/* What a decision says, without the places of the observations it used. */
static void tell_verdicts(const struct rehab_decision *d, uint8_t *out, size_t *size)
{
    *size = 0;
    out[(*size)++] = (uint8_t)d->recommendation.move;
    for (uint32_t i = 0; i < d->finding_count; i++) {
        out[(*size)++] = d->findings[i].verdict;
        out[(*size)++] = d->findings[i].reason;
        if (!d->findings[i].has_value) continue;
        memcpy(out + *size, &d->findings[i].top, sizeof d->findings[i].top);
        *size += sizeof d->findings[i].top;
    }
    for (uint32_t i = 0; i < d->advice_count; i++)
        out[(*size)++] = d->advice[i].given;
}

static void order_within_an_instant_changes_nothing(void **state)
{
    (void)state;
    for (unsigned int seed = 0; seed < 300; seed++) {
        srand(seed);
        struct rehab_criterion c[20];
        uint8_t before[512], after[512];
        size_t size = 0, again = 0;
        struct world *w = anything(c);
        happen(w, 40);
        int64_t end = w->observations[39].at.utc_us;
        double h = (double)((end - hour(0).utc_us) / REHAB_HOUR);
        assert_int_equal(try_decide(w, h), REHAB_DECIDED);
        tell_verdicts(&w->decision, before, &size);
        for (uint32_t i = 0; i + 1 < 40; i++) {
            if (w->observations[i].at.utc_us != w->observations[i + 1].at.utc_us || rand() % 2)
                continue;
            struct rehab_observation o = w->observations[i];
            w->observations[i] = w->observations[i + 1];
            w->observations[i + 1] = o;
        }
        assert_int_equal(try_decide(w, h), REHAB_DECIDED);
        tell_verdicts(&w->decision, after, &again);
        assert_int_equal(size, again);
        assert_memory_equal(before, after, size);
        world_free(w);
    }
}

static void what_comes_later_changes_nothing(void **state)
{
    (void)state;
    for (unsigned int seed = 0; seed < 300; seed++) {
        srand(seed);
        struct rehab_criterion c[20];
        uint8_t with[512], without[512];
        size_t size = 0, again = 0;
        struct world *w = anything(c);
        happen(w, 40);
        double h = (double)((w->observations[20].at.utc_us - hour(0).utc_us) / REHAB_HOUR);
        assert_int_equal(try_decide(w, h), REHAB_DECIDED);
        tell_verdicts(&w->decision, with, &size);
        uint32_t known = 0;
        while (known < 40 && w->observations[known].at.utc_us <= hour(h).utc_us)
            known++;
        w->evidence.observation_count = known;
        assert_int_equal(try_decide(w, h), REHAB_DECIDED);
        tell_verdicts(&w->decision, without, &again);
        assert_int_equal(size, again);
        assert_memory_equal(with, without, size);
        world_free(w);
    }
}

static void one_more_good_value_never_shuts_a_gate(void **state)
{
    (void)state;
    int met = 0;
    for (unsigned int seed = 0; seed < 400; seed++) {
        srand(seed);
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 5);
        struct world *w = world();
        c.for_days = seed % 2;
        c.for_observations = c.for_days ? 0 : 2;
        c.within = duration("PT40H");
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        happen(w, 30);
        double h = (double)((w->observations[29].at.utc_us - hour(0).utc_us) / REHAB_HOUR);
        enum rehab_verdict before = decide(w, h);
        observe(w, PAIN, 5, h);
        if (before == REHAB_MET) assert_int_equal(decide(w, h), REHAB_MET);
        met += before == REHAB_MET;
        world_free(w);
    }
    assert_in_range(met, 20, 380);
}

static void the_same_bytes_come_out_again(void **state)
{
    (void)state;
    srand(7);
    struct rehab_criterion c[20];
    struct world *w = anything(c);
    happen(w, 60);
    struct rehab_finding first[32];
    assert_int_equal(try_decide(w, 500), REHAB_DECIDED);
    uint32_t n = w->decision.finding_count;
    memcpy(first, w->decision.findings, n * sizeof *first);
    memset(w->memory, 0x5a, sizeof w->memory);
    assert_int_equal(try_decide(w, 500), REHAB_DECIDED);
    assert_memory_equal(first, w->decision.findings, n * sizeof *first);
    world_free(w);
}

/* ---- step by step ---- */

static void a_gate_may_be_judged_alone(void **state)
{
    (void)state;
    srand(3);
    struct rehab_criterion c[20];
    struct world *w = anything(c);
    happen(w, 40);
    assert_int_equal(try_decide(w, 200), REHAB_DECIDED);
    struct rehab_finding findings[32];
    struct rehab_arena arena = {.at = w->memory + WORLD_MEMORY / 2,
                                .end = w->memory + WORLD_MEMORY};
    struct rehab_series *s = rehab_index_evidence(&w->protocol, &w->evidence, hour(200), &arena);
    assert_non_null(s);
    for (uint32_t i = 0; i < w->decision.gate_count; i++) {
        const struct rehab_gate_result *g = &w->decision.gates[i];
        assert_int_equal(rehab_judge_gate(s, g->gate, findings), g->verdict);
        assert_memory_equal(findings, w->decision.findings + g->findings.first,
                            g->findings.count * sizeof *findings);
    }
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stronger_move_wins),
        cmocka_unit_test(of_two_ways_back_the_longer_is_taken),
        cmocka_unit_test(of_two_gates_that_lead_back_alike_the_first_is_named),
        cmocka_unit_test(two_tracks_move_by_themselves),
        cmocka_unit_test(two_tracks_have_ways_back_of_their_own),
        cmocka_unit_test(of_two_tracks_that_wait_alike_the_first_is_told),
        cmocka_unit_test(what_must_not_be_blocks_when_it_may_be),
        cmocka_unit_test(red_flags_are_latched),
        cmocka_unit_test(a_flag_is_raised_by_its_own_findings),
        cmocka_unit_test(advice_stands_between_give_and_withdraw),
        cmocka_unit_test(advice_does_not_look_ahead),
        cmocka_unit_test(exercises_have_gates_of_their_own),
        cmocka_unit_test(deadlines_ask_for_a_review),
        cmocka_unit_test(pace_is_told_and_decides_nothing),
        cmocka_unit_test(evidence_that_does_not_fit_is_refused),
        cmocka_unit_test(a_pair_asks_for_what_can_no_more_be_paired),
        cmocka_unit_test(a_pair_does_not_ask_for_the_newer_side),
        cmocka_unit_test(a_side_of_no_session_is_asked_for),
        cmocka_unit_test(a_side_that_is_stale_is_asked_for),
        cmocka_unit_test(a_quotient_asks_for_both_of_its_values),
        cmocka_unit_test(a_rise_asks_for_the_value_before),
        cmocka_unit_test(an_occasion_is_asked_for_as_a_whole),
        cmocka_unit_test(a_value_of_an_occasion_is_of_now),
        cmocka_unit_test(what_is_near_in_days_goes_by_the_wall_clock),
        cmocka_unit_test(needs_are_in_order),
        cmocka_unit_test(needs_have_room),
        cmocka_unit_test(every_size_of_arena_is_enough_or_refused),
        cmocka_unit_test(room_is_for_no_more_zones_than_there_are),
        cmocka_unit_test(pieces_lie_behind_one_another),
        cmocka_unit_test(order_within_an_instant_changes_nothing),
        cmocka_unit_test(what_comes_later_changes_nothing),
        cmocka_unit_test(one_more_good_value_never_shuts_a_gate),
        cmocka_unit_test(the_same_bytes_come_out_again),
        cmocka_unit_test(a_gate_may_be_judged_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
