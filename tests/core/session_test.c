/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: what was observed in them, how many there were, how well they were kept to and how long
 * ago they are. */
#include "sample.h"

static struct world *gated(enum rehab_move move, const struct rehab_criterion *when)
{
    struct world *w = world();
    add_gate(w, move, when);
    compile(w);
    return w;
}

static struct rehab_criterion of(enum rehab_expression expression, const char *activity,
                                 enum rehab_op is, double units)
{
    struct rehab_criterion c = leaf(PAIN, is, units);
    c.expression = expression;
    c.measure = (struct rehab_text){NULL, 0};
    c.activity = T(activity);
    return c;
}

static struct rehab_criterion spaced(const char *activity, enum rehab_op is, const char *text)
{
    struct rehab_criterion c = elapsed(REHAB_ANCHOR_NONE, is, text);
    c.expression = REHAB_SPACING;
    c.activity = T(activity);
    return c;
}

/* ---- R18: what was observed in a session ---- */

static void only_what_was_observed_in_a_session_counts(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("run");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 1, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 2); /* no sessions at all */
    observe_in(w, train(w, RUN, 3, 4), PAIN, 5, 3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
    observe(w, PAIN, 1, 4);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 5);
    observe_in(w, train(w, LIFT, 6, 7), PAIN, 1, 6);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 7);
    observe_in(w, train(w, RUN, 8, 9), PAIN, 2, 8);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 9);
    world_free(w);
}

static void any_activity_fits(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("any");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 1, 1);
    observe_in(w, train(w, REHAB_NONE16, 2, 3), PAIN, 4, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 5);
    world_free(w);
}

static void of_two_values_of_a_session_at_one_instant_the_worse_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
        c.activity = T("run");
        struct world *w = gated(REHAB_ADVANCE, &c);
        struct rehab_session *s = train(w, RUN, 1, 2);
        observe_in(w, s, PAIN, order ? 1 : 5, 1);
        observe_in(w, s, PAIN, order ? 5 : 1, 1);
        observe(w, PAIN, 0, 1);
        observe(w, PAIN, 0, 3);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 4);
        world_free(w);
    }
}

static void sessions_before_the_phase_do_not_count(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("run");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe_in(w, train(w, RUN, -3, -2), PAIN, 1, -2);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 2);
    world_free(w);
}

static void every_value_of_the_last_sessions_must_satisfy(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("run");
    c.for_observations = 2;
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *s = train(w, RUN, 1, 2);
    observe_in(w, s, PAIN, 9, 1);
    s = train(w, RUN, 10, 12);
    observe_in(w, s, PAIN, 2, 10);
    observe_in(w, s, PAIN, 1, 11);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 13);
    s = train(w, RUN, 20, 22);
    observe_in(w, s, PAIN, 2, 20);
    observe_in(w, s, PAIN, 0, 21);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 23);
    s = train(w, RUN, 30, 32);
    observe_in(w, s, PAIN, 3, 30);
    observe_in(w, s, PAIN, 0, 31);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 33);
    s = train(w, RUN, 40, 42);
    observe_in(w, s, PAIN, 0, 40);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 43);
    s = train(w, RUN, 50, 52);
    observe_in(w, s, PAIN, 0, 50);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 53);
    world_free(w);
}

/* Two of one activity, of which each goes on after something was seen in the other. */
static void sessions_that_overlap_are_two(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("run");
    c.for_observations = 3;
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *first = train(w, RUN, 1, 9), *second = train(w, RUN, 2, 9);
    observe_in(w, first, PAIN, 2, 3);
    observe_in(w, second, PAIN, 2, 4);
    observe_in(w, first, PAIN, 2, 5);
    observe_in(w, second, PAIN, 2, 6);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 10);
    c.for_observations = 2;
    compile(w);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 10);
    w->observations[0].value_nano = N(3);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 10);
    assert_int_equal(finding(w, 0)->observation, 0);
    c.for_observations = 1; /* the second alone */
    compile(w);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 10);
    w->observations[1].value_nano = N(3);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 10);
    assert_int_equal(finding(w, 0)->observation, 1);
    world_free(w);
}

static void one_session_is_not_two(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("run");
    c.for_observations = 2;
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *s = train(w, RUN, 1, 5);
    observe_in(w, s, PAIN, 0, 1);
    observe_in(w, s, PAIN, 0, 2);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 6);
    world_free(w);
}

static void both_sides_are_of_a_session(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 90);
    c.expression = REHAB_SYMMETRY;
    c.activity = T("lift");
    c.within_pair = duration("PT4H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, FORCE, 95, 1)->side = REHAB_OTHER;
    struct rehab_session *s = train(w, LIFT, 1, 2);
    observe_in(w, s, FORCE, 90, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 3);
    s = train(w, LIFT, 4, 5);
    observe_in(w, s, FORCE, 90, 4);
    observe_in(w, s, FORCE, 100, 4)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    observe(w, FORCE, 200, 5)->side = REHAB_OTHER; /* newer, but of no session */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    world_free(w);
}

/* ---- R21: rise from before a session ---- */

static void rises_are_counted_from_before_the_session(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.expression = REHAB_RISE;
    c.over = sample_measures[PAIN].code;
    c.activity = T("run");
    struct world *w = gated(REHAB_HOLD, &c);
    w->state.moved = hour(-100);
    observe(w, PAIN, 1, 1);
    struct rehab_session *s = train(w, RUN, 2, 4);
    observe_in(w, s, PAIN, 2, 2);
    observe(w, PAIN, 3, 2.5);
    observe_in(w, s, PAIN, 4, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->top, N(1));
    c.is = REHAB_GT;
    world_free(w);
    w = gated(REHAB_HOLD, &c);
    w->state.moved = hour(-100);
    observe(w, PAIN, 1, 1);
    s = train(w, RUN, 2, 4);
    observe_in(w, s, PAIN, 2, 2);
    observe(w, PAIN, 3, 2.5);
    observe_in(w, s, PAIN, 4, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5);
    assert_int_equal(finding(w, 0)->top, N(3)); /* not over what was felt in the session */
    world_free(w);
}

static void changes_are_from_session_to_session(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 0);
    c.expression = REHAB_CHANGE;
    c.from = REHAB_PREVIOUS;
    c.activity = T("run");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe_in(w, train(w, RUN, 1, 2), PAIN, 3, 1);
    observe(w, PAIN, 0, 3);
    observe_in(w, train(w, RUN, 4, 5), PAIN, 2, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    assert_int_equal(finding(w, 0)->top, N(-1));
    world_free(w);
}

/* ---- R22: how many ---- */

static void completed_sessions_are_counted_since_the_phase(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 2);
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    assert_int_equal(finding(w, 0)->top, 0);
    assert_int_equal(w->decision.need_count, 0);
    train(w, RUN, -2, -1);
    train(w, RUN, 1, 2);
    train(w, LIFT, 3, 4);
    train(w, RUN, 5, 6)->completed = 0;
    train(w, RUN, 7, 8);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 7.5); /* it has not ended */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 8);
    world_free(w);
    c.since = REHAB_SINCE_PHASE;
    w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, -2, -1);
    train(w, RUN, 1, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 8);
    world_free(w);
    c.since = REHAB_SINCE_EPISODE;
    c.value = number(3);
    w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, -2, -1);
    train(w, RUN, 1, 2);
    train(w, RUN, 3, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 8);
    world_free(w);
}

static void sessions_may_be_counted_in_a_window(void **state)
{
    (void)state;
    struct rehab_criterion hours = of(REHAB_SESSIONS, "any", REHAB_EQ, 1), days = hours;
    hours.within = duration("PT10H");
    days.id = T("days");
    days.within = duration("P1D");
    const struct rehab_criterion both[] = {hours, days};
    struct rehab_criterion c = group(REHAB_ALL, both, 2);
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 1, 2);
    train(w, LIFT, 10, 11);
    assert_int_equal(decide(w, 12), REHAB_NOT_MET);
    assert_int_equal(finding(w, 0)->top, N(1));
    assert_int_equal(finding(w, 1)->top, N(2));
    assert_int_equal(decide(w, 30), REHAB_NOT_MET);
    assert_int_equal(finding(w, 0)->top, N(0));
    assert_int_equal(finding(w, 1)->top, N(1));
    world_free(w);
}

/* Days are those of the wall clock, hours are not. */
static void windows_of_sessions_have_clocks(void **state)
{
    (void)state;
    struct rehab_criterion hours = of(REHAB_SESSIONS, "any", REHAB_EQ, 1), days = hours;
    hours.within = duration("PT24H");
    days.id = T("days");
    days.within = duration("P1D");
    const struct rehab_criterion both[] = {hours, days};
    struct rehab_criterion c = group(REHAB_ALL, both, 2);
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *s = train(w, RUN, 1, 2);
    s->from.local_us -= REHAB_HOUR;
    assert_int_equal(decide(w, 25), REHAB_NOT_MET);
    assert_int_equal(finding(w, 0)->top, N(1));
    assert_int_equal(finding(w, 1)->top, N(0));
    s->from.local_us += 2 * REHAB_HOUR;
    assert_int_equal(decide(w, 26), REHAB_NOT_MET);
    assert_int_equal(finding(w, 0)->top, N(0));
    assert_int_equal(finding(w, 1)->top, N(1));
    world_free(w);
}

static void a_session_counts_with_what_it_showed(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 2);
    c.with = (struct rehab_with){
        .given = true, .measure = sample_measures[PAIN].code, .is = REHAB_LE, .value = number(1)};
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *s = train(w, RUN, 1, 2);
    observe_in(w, s, PAIN, 1, 1);
    observe(w, PAIN, 5, 1.5);
    train(w, RUN, 3, 4); /* nothing observed */
    s = train(w, RUN, 5, 6);
    observe_in(w, s, PAIN, 1, 5);
    observe_in(w, s, PAIN, 2, 5.5);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 7);
    assert_int_equal(finding(w, 0)->top, N(1));
    s = train(w, RUN, 8, 9);
    struct rehab_observation *o = observe_in(w, s, PAIN, 0, 8);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 9);
    c.qualified = REHAB_UNMEDICATED;
    compile(w);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
    o->known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
    assert_int_equal(finding(w, 0)->top, N(1));
    o->held = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
    assert_int_equal(finding(w, 0)->top, N(0));
    c.qualified = REHAB_SAME_ASSESSOR;
    assert_int_equal(try_compile(w), REHAB_WRONG_CONDITION);
    world_free(w);
    c.qualified = 0;
    c.with.measure = sample_measures[SUDDEN].code;
    c.with.is = REHAB_EQ;
    c.with.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    w = gated(REHAB_ADVANCE, &c);
    s = train(w, RUN, 1, 2);
    observe_in(w, s, SUDDEN, 1, 1);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 7);
    assert_int_equal(finding(w, 0)->top, N(1));
    world_free(w);
}

/* On both sides is on the side that is asked for, and on none of what has no sides. */
static void a_session_shows_what_is_of_both_sides(void **state)
{
    (void)state;
    for (int sided = 0; sided < 2; sided++) {
        struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 1);
        c.with = (struct rehab_with){.given = true,
                                     .measure = sample_measures[sided ? PAIN : WEIGHT].code,
                                     .is = REHAB_LE,
                                     .value = number(90)};
        struct world *w = gated(REHAB_ADVANCE, &c);
        struct rehab_session *s = train(w, RUN, 1, 2);
        struct rehab_observation *o = observe_in(w, s, sided ? PAIN : WEIGHT, sided ? 5 : 80, 1);
        for (int both = 0; both < 2; both++) {
            if (both) o->side = REHAB_BOTH;
            w->evidence.bilateral = both;
            assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 3);
        }
        o->side = sided ? REHAB_OTHER : REHAB_INVOLVED;
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
        world_free(w);
    }
}

/* What does not count, or is not yet, takes nothing from a session. */
static void a_session_shows_what_counts_by_then(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 1);
    c.with = (struct rehab_with){
        .given = true, .measure = sample_measures[PAIN].code, .is = REHAB_LE, .value = number(1)};
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *s = train(w, RUN, 1, 2);
    observe_in(w, s, PAIN, 1, 1);
    observe_in(w, s, PAIN, 99, 1.25); /* out of range */
    observe_in(w, s, PAIN, 5, 1.5)->side = REHAB_OTHER;
    observe_in(w, s, PAIN, 5, 9); /* written down that evening */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 8);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
    world_free(w);
}

static void flags_count_sessions_since_they_were_cleared(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 2);
    struct world *w = world();
    struct rehab_criterion when = leaf(PAIN, REHAB_GE, 0);
    w->flags[0] =
        (struct rehab_red_flag){.id = T("many"), .cleared_by = REHAB_CLINICIAN, .when = &c};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &when);
    compile(w);
    train(w, RUN, -2, -1);
    train(w, RUN, 1, 2);
    decide(w, 3);
    assert_true(w->decision.red_flags[0].raised);
    w->flag_clearances[0] = (struct rehab_flag_clearance){0, REHAB_CLINICIAN, hour(1)};
    w->evidence.flag_clearance_count = 1;
    decide(w, 3);
    assert_false(w->decision.red_flags[0].raised);
    world_free(w);
    c = of(REHAB_SESSIONS, "run", REHAB_GE, 1); /* it counts from its end on */
    c.within = duration("PT3H");
    w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("late"), .cleared_by = REHAB_CLINICIAN, .when = &c};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &when);
    compile(w);
    train(w, RUN, 1, 2);
    decide(w, 30);
    assert_true(w->decision.red_flags[0].raised);
    world_free(w);
    c = of(REHAB_SPACING, "run", REHAB_LT, 0); /* and another from its beginning on */
    c.value = (struct rehab_value){.kind = REHAB_VALUE_DURATION, .duration = duration("PT30M")};
    w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("soon"), .cleared_by = REHAB_CLINICIAN, .when = &c};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &when);
    compile(w);
    train(w, RUN, 1, 3);
    decide(w, 30);
    assert_true(w->decision.red_flags[0].raised);
    world_free(w);
    c = of(REHAB_SESSIONS, "run", REHAB_GE, 1);
    c.since = REHAB_SINCE_PHASE;
    w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("many"), .cleared_by = REHAB_CLINICIAN, .when = &c};
    w->document.red_flag_count = 1;
    assert_int_equal(try_compile(w), REHAB_WRONG_CONDITION);
    world_free(w);
}

/* ---- R23: how well kept to ---- */

static void adherence_is_of_what_was_prescribed(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_ADHERENCE, "any", REHAB_GE, 66.666);
    struct world *w = gated(REHAB_ADVANCE, &c);
    int64_t value = 0;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NONE_PRESCRIBED, 1);
    assert_int_equal(w->decision.need_count, 0); /* no value would tell */
    train(w, RUN, 1, 2)->prescribed = 0;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NONE_PRESCRIBED, 3);
    train(w, RUN, 4, 5);
    train(w, LIFT, 6, 7)->completed = 0;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 8);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &value));
    assert_int_equal(finding(w, 0)->has_value, 1);
    assert_int_equal(value, N(50));
    train(w, LIFT, 9, 10);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 11); /* two of three */
    assert_int_equal(rehab_criterion_scale(&w->protocol, 0), REHAB_IN_PERCENT);
    world_free(w);
}

/* ---- R24: how long ago ---- */

static void spacing_counts_hours_or_days(void **state)
{
    (void)state;
    struct rehab_criterion hours = spaced("run", REHAB_GE, "PT24H"),
                           days = spaced("run", REHAB_GE, "P1D");
    const struct rehab_criterion both[] = {hours, days};
    struct rehab_criterion c = group(REHAB_ALL, both, 2);
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_int_equal(decide(w, 1), REHAB_MET); /* none so far */
    assert_false(finding(w, 0)->has_value);
    train(w, RUN, 20, 21);
    train(w, LIFT, 22, 23);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, 23);
    assert_int_equal(finding(w, 1)->verdict, REHAB_NOT_MET);
    assert_true(w->decision.has_earliest);
    assert_int_equal(w->decision.earliest.utc_us, hour(44).utc_us);
    assert_int_equal(decide(w, 24), REHAB_NOT_MET);
    assert_int_equal(finding(w, 0)->verdict, REHAB_NOT_MET);
    assert_int_equal(finding(w, 1)->verdict, REHAB_MET);
    assert_int_equal(decide(w, 43.5), REHAB_NOT_MET);
    assert_int_equal(decide(w, 44), REHAB_MET);
    world_free(w);
}

static void activities_may_have_short_names(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.activity = T("r");
    struct world *w = world();
    w->activities[RUN].id = T("r");
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    observe(w, PAIN, 2, 1); /* in no session */
    assert_int_equal(decide(w, 2), REHAB_UNKNOWN);
    observe_in(w, train(w, RUN, 3, 4), PAIN, 2, 3);
    assert_int_equal(decide(w, 5), REHAB_MET);
    world_free(w);
}

static void a_session_that_has_begun_is_the_newest(void **state)
{
    (void)state;
    struct rehab_criterion c = spaced("any", REHAB_LT, "PT2H");
    struct world *w = gated(REHAB_HOLD, &c);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 0); /* none so far is long ago */
    train(w, REHAB_NONE16, 1, 9);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 0.5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
    world_free(w);
}

static void after_a_failure_one_waits(void **state)
{
    (void)state;
    struct rehab_criterion c = spaced("run", REHAB_GE, "PT12H");
    c.failed = true;
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 1, 2)->completed = 0;
    train(w, LIFT, 3, 4)->completed = 0;
    train(w, RUN, 5, 6);
    train(w, RUN, 14, 15)->completed = 0;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, 7);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 14); /* it has begun, not failed */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, 15);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
    world_free(w);
}

/* A new session may come at any time: no rule of time says never. */
static void a_session_too_long_ago_is_not_for_ever(void **state)
{
    (void)state;
    struct rehab_criterion c = spaced("run", REHAB_LE, "PT48H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 1, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 60);
    assert_false(w->decision.has_earliest);
    world_free(w);
    struct rehab_criterion both[] = {c, elapsed(REHAB_PHASE, REHAB_GE, "P9D")},
                           all = group(REHAB_ALL, both, 2);
    w = gated(REHAB_ADVANCE, &all);
    train(w, RUN, 1, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 60);
    assert_true(w->decision.has_earliest);
    assert_int_equal(w->decision.earliest.local_us, hour(216).local_us);
    world_free(w);
}

/* ---- evidence ---- */

static void sessions_out_of_order_are_refused(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 1);
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 5, 6);
    train(w, RUN, 4, 7);
    assert_int_equal(try_decide(w, 10), REHAB_UNSORTED);
    w->sessions[1].from = hour(8);
    assert_int_equal(try_decide(w, 10), REHAB_UNSORTED); /* it ends before it begins */
    w->sessions[1].to = hour(8);
    assert_int_equal(try_decide(w, 10), REHAB_DECIDED);
    w->sessions[0].from = hour(9);
    w->evidence.sessions = &w->sessions[1]; /* what lies before the list is none of it */
    w->evidence.session_count = 1;
    assert_int_equal(try_decide(w, 10), REHAB_DECIDED);
    world_free(w);
}

/* Many sessions: their slots meet. */
static void each_observation_finds_its_session(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_EQ, 5);
    c.with = (struct rehab_with){
        .given = true, .measure = sample_measures[PAIN].code, .is = REHAB_EQ, .value = number(3)};
    struct world *w = gated(REHAB_ADVANCE, &c);
    for (int i = 0; i < 16; i++)
        train(w, RUN, i, i + 1)->assessment = (uint32_t)i * 64;
    for (int i = 0; i < 16; i++)
        observe_in(w, &w->sessions[i], PAIN, i % 3 == 1 ? 3 : 4, i);
    observe(w, PAIN, 3, 16)->assessment = 65;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 20);
    world_free(w);
}

/* Advice looks back: what had not begun then did not count then. */
static void sessions_come_and_go_with_time(void **state)
{
    (void)state;
    struct rehab_criterion give = of(REHAB_SESSIONS, "run", REHAB_EQ, 1),
                           withdraw = leaf(PAIN, REHAB_EQ, 9);
    struct rehab_criterion when = leaf(PAIN, REHAB_GE, 0);
    struct world *w = world();
    w->advice[0] = (struct rehab_advice){.id = T("shoes"), .give = &give, .withdraw = &withdraw};
    w->phases[1].advice_count = 1;
    add_gate(w, REHAB_ADVANCE, &when);
    compile(w);
    train(w, RUN, 1, 2);
    observe(w, PAIN, 1, 3);
    train(w, RUN, 4, 5);
    observe(w, PAIN, 1, 6);
    decide(w, 6);
    assert_true(w->decision.advice[0].given); /* at hour 3 there had been one */
    world_free(w);
}

/* ---- what the compiler refuses ---- */

static void refuses(const struct rehab_criterion *c, enum rehab_fault_code code, const char *member)
{
    struct world *w = world();
    char pointer[64] = "/tracks/0/phases/1/gates/0/when/";
    add_gate(w, REHAB_ADVANCE, c);
    assert_int_equal(try_compile(w), code);
    strcat(pointer, member);
    assert_int_equal(w->fault.pointer.size, strlen(pointer));
    assert_memory_equal(w->fault.pointer.at, pointer, strlen(pointer));
    world_free(w);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "rum", REHAB_GE, 1);
    refuses(&c, REHAB_UNKNOWN_ACTIVITY, "sessions");
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    assert_int_equal(try_compile(w), REHAB_UNKNOWN_ACTIVITY);
    assert_memory_equal(w->fault.nearest.at, "run", 3);
    world_free(w);
    c.activity = T("run");
    c.within_pair = duration("P1D");
    refuses(&c, REHAB_WRONG_CONDITION, "within_pair");
    c = leaf(PAIN, REHAB_GE, 1);
    c.activity = T("rum");
    refuses(&c, REHAB_UNKNOWN_ACTIVITY, "during");
    c = elapsed(REHAB_PHASE, REHAB_GE, "P1D");
    c.activity = T("run");
    refuses(&c, REHAB_WRONG_CONDITION, "during");
    c = elapsed(REHAB_PHASE, REHAB_GE, "P1D");
    c.within = duration("P1D");
    refuses(&c, REHAB_WRONG_CONDITION, "within");
    c = spaced("run", REHAB_GE, "P1D");
    c.since = REHAB_SINCE_EPISODE;
    refuses(&c, REHAB_WRONG_CONDITION, "since");
    c = spaced("run", REHAB_EQ, "P1D");
    refuses(&c, REHAB_WRONG_OPERATOR, "is");
    c = leaf(PAIN, REHAB_GE, 1);
    c.failed = true;
    refuses(&c, REHAB_WRONG_CONDITION, "failed");
    c = of(REHAB_ADHERENCE, "run", REHAB_GE, 1);
    c.with.given = true;
    c.with.measure = T("pain");
    c.with.value = number(1);
    refuses(&c, REHAB_WRONG_CONDITION, "with");
    c.expression = REHAB_SESSIONS;
    c.with.measure = T("pian");
    refuses(&c, REHAB_UNKNOWN_MEASURE, "with/measure");
    c.with.measure = T("pain");
    c.with.is = REHAB_BETWEEN;
    refuses(&c, REHAB_WRONG_OPERATOR, "with/is");
    c.with.is = REHAB_IN;
    refuses(&c, REHAB_WRONG_OPERATOR, "with/is");
    c.with.is = REHAB_EQ;
    c.with.value = label("mild");
    refuses(&c, REHAB_WRONG_VALUE, "with/value");
    c.with.measure = T("sudden");
    c.with.is = REHAB_LT;
    refuses(&c, REHAB_WRONG_OPERATOR, "with/is");
    c.with.is = REHAB_NE;
    c.with.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN};
    w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    assert_int_equal(try_compile(w), REHAB_FINE);
    world_free(w);
}

static void any_is_no_name(void **state)
{
    (void)state;
    struct world *w = world();
    w->activities[LIFT].id = T("any");
    assert_int_equal(try_compile(w), REHAB_WRONG_VALUE);
    world_free(w);
}

static void activities_are_found(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 1);
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_int_equal(rehab_find_activity(&w->protocol, T("lift")), LIFT);
    assert_int_equal(rehab_find_activity(&w->protocol, T("any")), REHAB_NONE);
    world_free(w);
}

/* ---- in words ---- */

static void says(const struct rehab_criterion *c, const char *language, const char *sentence)
{
    char words[REHAB_SENTENCE_MAX];
    struct world *w = gated(REHAB_ADVANCE, c);
    train(w, RUN, 1, 2);
    decide(w, 3);
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T(language), words, sizeof words);
    assert_int_equal(size, strlen(sentence));
    assert_memory_equal(words, sentence, size);
    world_free(w);
}

static void sessions_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c = of(REHAB_SESSIONS, "run", REHAB_GE, 2);
    says(&c, "en", "Number of completed sessions (running) is 1, needs at least 2: not met.");
    says(&c, "es",
         "Número de sesiones completadas (running): 1; requisito: al menos 2; no se cumple.");
    c.with = (struct rehab_with){
        .given = true, .measure = sample_measures[PAIN].code, .is = REHAB_LE, .value = number(1)};
    says(&c, "en",
         "Number of completed sessions (running) with pain at most 1 is 0, needs at least 2: not "
         "met.");
    c.with.measure = sample_measures[SWELLING].code;
    c.with.is = REHAB_EQ;
    c.with.value = label("mild");
    says(&c, "en",
         "Number of completed sessions (running) with swelling mild is 0, needs at least 2: not "
         "met.");
    c.with.measure = sample_measures[SUDDEN].code;
    c.with.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    says(&c, "en",
         "Number of completed sessions (running) with sudden yes is 0, needs at least 2: not met.");
    c.with.value.nano = 0;
    says(&c, "es",
         "Número de sesiones completadas (running) con sudden: no: 0; requisito: al menos 2; no se "
         "cumple.");
    c = of(REHAB_ADHERENCE, "lift", REHAB_GE, 80);
    says(&c, "en",
         "Share of prescribed sessions completed (lift) needs at least 80 %: not known, no session "
         "was prescribed.");
    c = spaced("any", REHAB_GE, "PT12H");
    says(&c, "en",
         "Time since the last session (any activity) is 2 hours, needs at least 12 hours: not met, "
         "the time has not passed yet.");
    c.failed = true;
    says(&c, "en",
         "Time since the last session broken off (any activity) needs at least 12 hours: met.");
    c = leaf(PAIN, REHAB_LE, 2);
    c.activity = T("run");
    says(&c, "en",
         "Pain during a session (running) needs at most 2: not known, it has not been observed.");
}

/* ---- R48: what is due next ---- */

static int32_t due(struct world *w, double h)
{
    assert_int_equal(try_decide(w, h), REHAB_DECIDED);
    assert_true(w->decision.prescriptions[0].has_due);
    return w->decision.prescriptions[0].due_day - 20000;
}

static struct world *prescribed(uint32_t per_day, uint32_t per_week, uint32_t every_days)
{
    struct world *w = world();
    w->prescriptions[0] = (struct rehab_prescription){.id = T("p"),
                                                      .exercise = T("run"),
                                                      .per_day = per_day,
                                                      .per_week = per_week,
                                                      .every_days = every_days};
    w->phases[1].prescription_count = 1;
    compile(w);
    return w;
}

static void without_a_schedule_or_an_activity_nothing_is_due(void **state)
{
    (void)state;
    struct world *w = prescribed(0, 0, 0);
    try_decide(w, 1);
    assert_false(w->decision.prescriptions[0].has_due);
    w->prescriptions[0].per_day = 1;
    w->prescriptions[0].exercise = T("squat");
    compile(w);
    try_decide(w, 1);
    assert_false(w->decision.prescriptions[0].has_due);
    w->prescriptions[0].activity = T("lift");
    compile(w);
    train(w, RUN, 0, 1);
    assert_int_equal(due(w, 1), 0);
    struct rehab_criterion calm = leaf(PAIN, REHAB_LE, 2);
    w->prescriptions[0].gate = &calm;
    compile(w);
    try_decide(w, 1);
    assert_false(w->decision.prescriptions[0].has_due); /* not open */
    world_free(w);
}

static void days_between_are_left_free(void **state)
{
    (void)state;
    struct world *w = prescribed(0, 0, 3);
    assert_int_equal(due(w, 30), 1);
    train(w, RUN, 34, 35);
    assert_int_equal(due(w, 33), 1); /* not begun */
    assert_int_equal(due(w, 34), 4);
    assert_int_equal(due(w, 36), 4);
    assert_int_equal(due(w, 96), 4);
    assert_int_equal(due(w, 200), 8); /* not made up for */
    train(w, RUN, 60, 60)->completed = 0;
    assert_int_equal(due(w, 61), 4); /* missed */
    train(w, RUN, 62, 63)->completed = 0;
    assert_int_equal(due(w, 64), 5); /* broken off */
    train(w, LIFT, 80, 81);
    assert_int_equal(due(w, 81), 5);
    train(w, RUN, 100, 100);
    assert_int_equal(due(w, 100), 7); /* nobody told how long */
    world_free(w);
}

/* Nor when days are counted from the first of 1970 on, where nothing was done yet. */
static void without_a_session_it_is_due_at_once(void **state)
{
    (void)state;
    struct world *w = prescribed(0, 0, 3);
    const struct rehab_instant day = {REHAB_DAY, REHAB_DAY};
    w->evidence.started = w->state.entered = w->state.moved = day;
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    assert_int_equal(rehab_decide(&w->protocol, &w->evidence, day, &w->arena, &w->decision),
                     REHAB_DECIDED);
    assert_true(w->decision.prescriptions[0].has_due);
    assert_int_equal(w->decision.prescriptions[0].due_day, 1);
    world_free(w);
}

static void so_often_a_day(void **state)
{
    (void)state;
    struct world *w = prescribed(2, 0, 0);
    train(w, RUN, 8, 9);
    assert_int_equal(due(w, 10), 0);
    train(w, RUN, 12, 13);
    assert_int_equal(due(w, 14), 1);
    train(w, RUN, 20, 21);
    assert_int_equal(due(w, 22), 1);
    assert_int_equal(due(w, 30), 1);
    train(w, RUN, 32, 33);
    assert_int_equal(due(w, 34), 1);
    w->prescriptions[0].every_days = 2;
    compile(w);
    assert_int_equal(due(w, 22), 2);
    assert_int_equal(due(w, 34), 1);
    world_free(w);
}

static void so_often_in_seven_days(void **state)
{
    (void)state;
    struct world *w = prescribed(0, 3, 0);
    train(w, RUN, 24, 25);
    assert_int_equal(due(w, 26), 2);
    train(w, RUN, 72, 73);
    assert_int_equal(due(w, 74), 4);
    train(w, RUN, 96, 97);
    assert_int_equal(due(w, 98), 8);
    assert_int_equal(due(w, 220), 9);
    train(w, RUN, 192, 193);
    assert_int_equal(due(w, 194), 10);
    w->prescriptions[0].per_week = 14; /* so often that it is twice a day */
    compile(w);
    assert_int_equal(due(w, 98), 4);
    w->prescriptions[0].per_week = 13;
    compile(w);
    train(w, RUN, 193.5, 194);
    assert_int_equal(due(w, 194), 9);
    w->evidence.session_count--;
    w->prescriptions[0].per_week = 8; /* twice on one day at least */
    compile(w);
    assert_int_equal(due(w, 98), 4);
    assert_int_equal(due(w, 194), 8);
    w->prescriptions[0].per_day = 1; /* but where it is said how often on one day, so often */
    compile(w);
    assert_int_equal(due(w, 194), 9);
    w->prescriptions[0].per_day = 0;
    compile(w);
    train(w, RUN, 200, 201);
    assert_int_equal(due(w, 202), 9);
    world_free(w);
}

/* ---- R18, R25: limits and caps ---- */

static void assert_limit(struct world *w, uint32_t i, enum rehab_verdict verdict,
                         enum rehab_reason reason, double h)
{
    assert_int_equal(try_decide(w, h), REHAB_DECIDED);
    struct rehab_range limits = w->decision.prescriptions[0].limits;
    assert_true(i < limits.count);
    assert_int_equal(w->decision.findings[limits.first + i].verdict, verdict);
    assert_int_equal(w->decision.findings[limits.first + i].reason, reason);
}

static void limits_look_at_the_sessions_of_the_exercise(void **state)
{
    (void)state;
    const struct rehab_value_by by = {T("grade"), T("3"), number(0)};
    struct rehab_limit caps[] = {
        {.given = true, .during = T("swelling"), .is = REHAB_LE, .value = label("mild")},
        {.given = true, .during = T("pain"), .is = REHAB_LE, .value = number(2)}};
    struct rehab_criterion gate = leaf(WEIGHT, REHAB_GE, 50);
    struct world *w = prescribed(1, 0, 0);
    caps[1].value_by = &by;
    caps[1].value_by_count = 1;
    w->prescriptions[0].gate = &gate;
    w->prescriptions[0].limit = (struct rehab_limit){
        .given = true, .during = T("pain"), .is = REHAB_LT, .value = number(2)};
    w->prescriptions[0].caps = caps;
    w->prescriptions[0].cap_count = 2;
    compile(w);
    assert_false(w->protocol.limits[0].cap);
    assert_true(w->protocol.limits[1].cap);
    struct rehab_session *s = train(w, RUN, -2, -1);
    observe_in(w, s, PAIN, 5, -2);
    observe(w, PAIN, 7, 1);
    assert_limit(w, 0, REHAB_UNKNOWN, REHAB_REASON_STALE, 2); /* not in this phase */
    assert_limit(w, 1, REHAB_UNKNOWN, REHAB_REASON_MISSING, 2);
    s = train(w, RUN, 3, 4);
    observe_in(w, s, PAIN, 1, 3);
    observe_in(w, s, SWELLING, 2, 3);
    observe(w, PAIN, 9, 5);
    assert_limit(w, 0, REHAB_MET, REHAB_REASON_NONE, 2000); /* whatever its age */
    assert_limit(w, 1, REHAB_NOT_MET, REHAB_REASON_NONE, 6);
    assert_limit(w, 2, REHAB_UNKNOWN, REHAB_REASON_STRATUM_MISSING, 6);
    w->stratum = 2;
    assert_limit(w, 2, REHAB_NOT_MET, REHAB_REASON_NONE, 6);
    observe_in(w, s, PAIN, 3, 6);
    assert_limit(w, 0, REHAB_NOT_MET, REHAB_REASON_NONE, 6);
    assert_int_equal(w->decision.recommendation.move, REHAB_STAY);
    world_free(w);
}

static void limits_without_an_activity_look_everywhere(void **state)
{
    (void)state;
    struct rehab_limit caps[] = {
        {.given = true, .during = T("weight"), .is = REHAB_LE, .value = number(80)}};
    struct world *w = prescribed(0, 0, 0);
    w->prescriptions[0].exercise = T("squat");
    w->prescriptions[0].side = T("other");
    w->prescriptions[0].caps = caps;
    w->prescriptions[0].cap_count = 1;
    compile(w);
    observe(w, WEIGHT, 90, 1);
    assert_limit(w, 0, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    caps[0].during = T("pain");
    caps[0].value = number(2);
    compile(w);
    w->evidence.observation_count = 0;
    observe(w, PAIN, 9, 1);
    observe(w, PAIN, 1, 1)->side = REHAB_OTHER;
    assert_limit(w, 0, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

/* A session that was missed was none to rest from, and nobody broke it off. */
static void what_was_missed_was_not_done(void **state)
{
    (void)state;
    for (int failed = 0; failed < 2; failed++) {
        struct rehab_criterion c = spaced("run", REHAB_GE, "P2D");
        c.failed = failed;
        struct world *w = gated(REHAB_ADVANCE, &c);
        train(w, RUN, 1, 2)->completed = !failed;
        train(w, RUN, 50, 50)->completed = 0;
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 60);
        train(w, RUN, 61, failed ? 61 : 61.5)->completed = 0; /* broken off */
        if (failed) observe_in(w, &w->sessions[2], PAIN, 7, 63);
        assert_judged(w, failed ? REHAB_MET : REHAB_NOT_MET,
                      failed ? REHAB_REASON_NONE : REHAB_REASON_NOT_YET, 62);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, 63);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_was_observed_in_a_session_counts),
        cmocka_unit_test(any_activity_fits),
        cmocka_unit_test(of_two_values_of_a_session_at_one_instant_the_worse_counts),
        cmocka_unit_test(sessions_before_the_phase_do_not_count),
        cmocka_unit_test(every_value_of_the_last_sessions_must_satisfy),
        cmocka_unit_test(sessions_that_overlap_are_two),
        cmocka_unit_test(one_session_is_not_two),
        cmocka_unit_test(both_sides_are_of_a_session),
        cmocka_unit_test(rises_are_counted_from_before_the_session),
        cmocka_unit_test(changes_are_from_session_to_session),
        cmocka_unit_test(completed_sessions_are_counted_since_the_phase),
        cmocka_unit_test(sessions_may_be_counted_in_a_window),
        cmocka_unit_test(windows_of_sessions_have_clocks),
        cmocka_unit_test(a_session_counts_with_what_it_showed),
        cmocka_unit_test(a_session_shows_what_is_of_both_sides),
        cmocka_unit_test(a_session_shows_what_counts_by_then),
        cmocka_unit_test(flags_count_sessions_since_they_were_cleared),
        cmocka_unit_test(adherence_is_of_what_was_prescribed),
        cmocka_unit_test(spacing_counts_hours_or_days),
        cmocka_unit_test(activities_may_have_short_names),
        cmocka_unit_test(a_session_that_has_begun_is_the_newest),
        cmocka_unit_test(after_a_failure_one_waits),
        cmocka_unit_test(a_session_too_long_ago_is_not_for_ever),
        cmocka_unit_test(sessions_out_of_order_are_refused),
        cmocka_unit_test(each_observation_finds_its_session),
        cmocka_unit_test(sessions_come_and_go_with_time),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(any_is_no_name),
        cmocka_unit_test(activities_are_found),
        cmocka_unit_test(sessions_are_told),
        cmocka_unit_test(without_a_schedule_or_an_activity_nothing_is_due),
        cmocka_unit_test(days_between_are_left_free),
        cmocka_unit_test(without_a_session_it_is_due_at_once),
        cmocka_unit_test(so_often_a_day),
        cmocka_unit_test(so_often_in_seven_days),
        cmocka_unit_test(limits_look_at_the_sessions_of_the_exercise),
        cmocka_unit_test(limits_without_an_activity_look_everywhere),
        cmocka_unit_test(what_was_missed_was_not_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
