/* SPDX-License-Identifier: Apache-2.0 */
/* What a session left behind: until it had settled, and the next morning. */
#include "sample.h"

#include <stdlib.h>
#include <time.h>

static struct world *gated(enum rehab_move move, const struct rehab_criterion *when)
{
    struct world *w = world();
    add_gate(w, move, when);
    compile(w);
    return w;
}

static struct rehab_criterion settling(int measure, enum rehab_op is, const char *text)
{
    struct rehab_criterion c = elapsed(REHAB_ANCHOR_NONE, is, text);
    c.expression = REHAB_SETTLE;
    c.measure = sample_measures[measure].code;
    c.activity = T("run");
    return c;
}

static struct rehab_criterion morning(int measure, enum rehab_op is, double units)
{
    struct rehab_criterion c = leaf(measure, is, units);
    c.expression = REHAB_NEXT_MORNING;
    c.activity = T("run");
    return c;
}

static void activities_may_have_short_names(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT60M");
    c.activity = T("r");
    struct world *w = world();
    w->activities[RUN].id = T("r");
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    world_free(w);
}

/* ---- R19 ---- */

static void it_has_settled_when_it_is_back(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT60M");
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NO_SESSION, 1);
    assert_int_equal(w->decision.need_count, 0);
    observe(w, PAIN, 3, 1);
    observe(w, PAIN, 2, 2);
    struct rehab_session *s = train(w, RUN, 3, 4);
    observe_in(w, s, PAIN, 5, 3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NO_SESSION, 3.5); /* it has not ended */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 4);
    assert_int_equal(w->decision.need_count, 1);
    observe(w, PAIN, 3, 4.5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED, 4.5);
    assert_int_equal(w->decision.need_count, 1);
    observe(w, PAIN, 2, 5);
    observe(w, PAIN, 4, 28); /* the next morning */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 29);
    assert_int_equal(finding(w, 0)->top, REHAB_HOUR);
    assert_int_equal(finding(w, 0)->has_value, 1);
    assert_int_equal(finding(w, 0)->observation, 4);
    assert_int_equal(finding(w, 0)->second, 1);
    world_free(w);
}

/* Worse again before the next morning, or within the bound: it had not settled. */
static void a_relief_that_does_not_last_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *bound;
        double worse;
        enum rehab_verdict verdict;
    } cases[] = {{"PT60M", 4.5, REHAB_NOT_MET},  {"PT60M", 6, REHAB_NOT_MET},
                 {"PT60M", 27.9, REHAB_NOT_MET}, {"PT60M", 28, REHAB_MET},
                 {"PT30H", 28, REHAB_UNKNOWN},   {"PT30H", 34, REHAB_NOT_MET},
                 {"PT30H", 34.1, REHAB_MET}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rehab_criterion c = settling(PAIN, REHAB_LE, cases[i].bound);
        struct world *w = gated(REHAB_ADVANCE, &c);
        observe(w, PAIN, 2, 2);
        train(w, RUN, 3, 4);
        observe(w, PAIN, 2, 4.2);
        observe(w, PAIN, 4, cases[i].worse);
        if (cases[i].worse < 5) observe(w, PAIN, 2, 6); /* too late */
        if (decide(w, 40) != cases[i].verdict) fail_msg("case %zu", i);
        world_free(w);
    }
}

/* What is seen when the next session has begun is of that one. */
static void a_next_session_ends_the_looks(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
    c.activity = T("run");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    train(w, LIFT, 3.5, 4); /* beside it */
    observe(w, PAIN, 2, 5);
    struct rehab_session *s = train(w, LIFT, 6, 7);
    observe_in(w, s, PAIN, 6, 6);
    observe(w, PAIN, 6, 8);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 9);
    assert_int_equal(finding(w, 0)->top, REHAB_HOUR);
    w->evidence.observations = &w->observations[0];
    w->observations[1].value_nano = N(3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED, 9);
    world_free(w);
}

/* The very next one, and without it all that was seen. */
/* One that begins where it ends goes on with it. */
static void what_goes_on_is_no_next_session(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
    c.activity = T("run");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    train(w, LIFT, 4, 5);
    observe(w, PAIN, 2, 6);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 9);
    world_free(w);
}

static void the_next_session_is_the_next(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 3, 5);
    train(w, LIFT, 6, 7);
    observe(w, PAIN, 2, 6.5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED, 9);
    w->evidence.session_count = 1;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 9);
    world_free(w);
}

/* A bound in days counts local days, as everywhere. */
static void it_may_have_days_to_settle(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "P1D");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 2, 46); /* 42 hours, and the next day */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 47);
    assert_int_equal(finding(w, 0)->top, REHAB_DAY);
    world_free(w);
}

static void not_back_when_the_time_has_passed_is_not_met(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(FORCE, REHAB_LE, "PT2H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, FORCE, 100, 2);
    train(w, RUN, 3, 4);
    observe(w, FORCE, 90, 5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED, 7);
    observe(w, FORCE, 99, 7);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_SETTLED, 7);
    assert_int_equal(finding(w, 0)->top, 3 * REHAB_HOUR);
    observe(w, FORCE, 101, 8);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 8);
    world_free(w);
}

static void at_one_instant_every_value_must_be_back(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
        struct world *w = gated(REHAB_ADVANCE, &c);
        observe(w, PAIN, order ? 2 : 1, 2); /* the better one is to be reached */
        observe(w, PAIN, order ? 1 : 2, 2);
        train(w, RUN, 3, 4);
        observe(w, PAIN, order ? 1 : 2, 5);
        observe(w, PAIN, order ? 2 : 1, 5);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED, 5);
        observe(w, PAIN, 1, 6);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
        assert_int_equal(finding(w, 0)->top, 2 * REHAB_HOUR);
        observe(w, PAIN, 1, 7);
        observe(w, PAIN, 5, 28);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 29);
        assert_int_equal(finding(w, 0)->top, 2 * REHAB_HOUR);
        world_free(w);
    }
}

/* Of a session without an end the value before and the one after may bear the same time. */
static void it_may_have_settled_at_once(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = gated(REHAB_ADVANCE, &c);
    struct rehab_session *s = train(w, RUN, 3, 3);
    observe(w, PAIN, 2, 3)->known = REHAB_ANALGESIC_24H;
    observe_in(w, s, PAIN, 2, 3)->known = REHAB_ANALGESIC_24H;
    observe(w, PAIN, 9, 4); /* perhaps under painkillers */
    observe(w, PAIN, 2, 5)->known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    assert_int_equal(finding(w, 0)->top, 0);
    assert_int_equal(finding(w, 0)->observation, 1);
    world_free(w);
}

static void without_a_value_before_nothing_is_known(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 2, 5)->known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 6);
    assert_int_equal(w->decision.need_count, 1);
    w->observations[0].known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    w->observations[1].known = 0;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 6);
    world_free(w);
}

/* Nobody said when it ended: what was there at that instant was there before. */
static void a_session_without_an_end_has_none_before_its_beginning(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT9H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 3);
    observe_in(w, train(w, RUN, 3, 3), PAIN, 5, 3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_SETTLED, 4);
    observe(w, PAIN, 2, 5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    assert_int_equal(finding(w, 0)->top, 2 * REHAB_HOUR);
    world_free(w);
}

static void settling_may_be_counted_in_days(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LT, "P2D");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 22, 23);
    observe(w, PAIN, 2, 47);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 48);
    assert_int_equal(finding(w, 0)->top, REHAB_DAY);
    world_free(w);
}

static void guards_look_at_every_session_since_the_last_move(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_GT, "PT2H");
    struct world *w = gated(REHAB_HOLD, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 3, 5);
    observe(w, PAIN, 3, 7);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 3, 11.5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NOT_SETTLED, 12);
    w->state.moved = hour(5);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 12);
    world_free(w);
    c.is = REHAB_LE;
    w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 3, 9);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 3, 11.5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 12); /* the newest is enough */
    world_free(w);
}

static void of_two_sessions_at_once_the_worse_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT2H");
        struct world *w = gated(REHAB_ADVANCE, &c);
        observe(w, PAIN, 2, 2);
        train(w, RUN, 3, order ? 4 : 7);
        train(w, RUN, 3, order ? 7 : 4);
        observe(w, PAIN, 2, 8);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
        world_free(w);
    }
}

static void the_last_sessions_must_all_have_settled(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT2H");
    c.for_observations = 2;
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 2, 8);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 9);
    train(w, RUN, 13, 14);
    observe(w, PAIN, 2, 15);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 16);
    train(w, LIFT, 17, 18);
    train(w, RUN, 23, 24);
    observe(w, PAIN, 2, 25);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
    w->state.entered = hour(20);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 26);
    world_free(w);
}

/* Three in a row, wherever in the row one differs, and whichever row of several it is; bad ones
 * from the beginning on may have been more. */
static void every_session_of_a_row_counts(void **state)
{
    (void)state;
    static const struct {
        const char *settled; /* session by session: in time, or not */
        enum rehab_verdict all, none;
    } rows[] = {{"+++", REHAB_MET, REHAB_NOT_MET},         {"-++", REHAB_NOT_MET, REHAB_UNKNOWN},
                {"+-+", REHAB_NOT_MET, REHAB_NOT_MET},     {"++-", REHAB_NOT_MET, REHAB_NOT_MET},
                {"---", REHAB_NOT_MET, REHAB_MET},         {"-+++", REHAB_MET, REHAB_UNKNOWN},
                {"+---+", REHAB_NOT_MET, REHAB_MET},       {"--+--", REHAB_NOT_MET, REHAB_UNKNOWN},
                {"+-+--++", REHAB_NOT_MET, REHAB_NOT_MET}, {"---+-+", REHAB_NOT_MET, REHAB_MET}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion good = settling(PAIN, REHAB_LE, "PT2H"),
                               bad = settling(PAIN, REHAB_GT, "PT2H");
        good.for_observations = bad.for_observations = 3;
        struct world *w = gated(REHAB_ADVANCE, &good);
        add_gate(w, REHAB_REGRESS, &bad);
        compile(w);
        observe(w, PAIN, 2, 1);
        double h = 10;
        for (const char *one = rows[i].settled; *one != '\0'; one++, h += 10) {
            train(w, RUN, h, h + 1);
            observe(w, PAIN, 2, *one == '+' ? h + 2 : h + 5);
        }
        if (decide(w, h) != rows[i].all) fail_msg("all of %s", rows[i].settled);
        if (w->decision.gates[1].verdict != rows[i].none) fail_msg("none of %s", rows[i].settled);
        world_free(w);
    }
}

/* Of two that took equally too long the longer is shown, whichever way its measure is better. */
static void more_time_is_worse(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(FORCE, REHAB_GT, "PT1H");
    struct world *w = gated(REHAB_HOLD, &c);
    observe(w, FORCE, 100, 2);
    train(w, RUN, 3, 4);
    observe(w, FORCE, 100, 9);
    train(w, RUN, 10, 11);
    observe(w, FORCE, 100, 13);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 14);
    assert_int_equal(finding(w, 0)->top, 5 * REHAB_HOUR);
    world_free(w);
}

/* ---- R20 ---- */

static void the_next_morning_is_from_four_to_twelve(void **state)
{
    (void)state;
    static const struct {
        double at;
        enum rehab_verdict verdict;
        enum rehab_reason reason;
    } rows[] = {
        {27.9, REHAB_UNKNOWN, REHAB_REASON_MORNING_MISSED},
        {28, REHAB_MET, REHAB_REASON_NONE},
        {36, REHAB_MET, REHAB_REASON_NONE},
        {36.1, REHAB_UNKNOWN, REHAB_REASON_MORNING_MISSED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion c = morning(PAIN, REHAB_LE, 2);
        struct world *w = gated(REHAB_ADVANCE, &c);
        train(w, RUN, 10, 11);
        observe(w, PAIN, 2, rows[i].at);
        assert_judged(w, rows[i].verdict, rows[i].reason, 40);
        world_free(w);
    }
}

static void until_then_nothing_is_known(void **state)
{
    (void)state;
    struct rehab_criterion c = morning(PAIN, REHAB_LE, 2);
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NO_SESSION, 9);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 1, 9);
    observe(w, PAIN, 1, 12);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NOT_YET, 12);
    assert_int_equal(w->decision.need_count, 0);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 28);
    assert_int_equal(w->decision.need_count, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 36);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MORNING_MISSED, 36.5);
    assert_int_equal(w->decision.need_count, 0);
    world_free(w);
}

static void the_first_value_of_the_morning_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = morning(PAIN, REHAB_LE, 2);
        struct world *w = gated(REHAB_ADVANCE, &c);
        train(w, RUN, 10, 11);
        observe(w, PAIN, order ? 3 : 1, 30);
        observe(w, PAIN, order ? 1 : 3, 30);
        observe(w, PAIN, 0, 31);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 32);
        assert_int_equal(finding(w, 0)->top, N(3));
        world_free(w);
    }
}

static void mornings_know_labels_and_truths(void **state)
{
    (void)state;
    struct rehab_criterion both[] = {morning(SWELLING, REHAB_LE, 1), morning(SUDDEN, REHAB_EQ, 0)};
    struct rehab_criterion c = group(REHAB_ALL, both, 2);
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 10, 11);
    observe(w, SWELLING, 1, 30);
    observe(w, SUDDEN, 0, 30);
    assert_int_equal(decide(w, 32), REHAB_MET);
    world_free(w);
}

static void a_morning_is_held_against_the_day_before(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = morning(MORNING, REHAB_LE, 0);
        c.over = sample_measures[PAIN].code;
        struct world *w = gated(REHAB_ADVANCE, &c);
        struct rehab_session *s = train(w, RUN, 10, 11);
        observe_in(w, s, PAIN, 5, 10);
        observe(w, MORNING, 2, 30);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 31);
        assert_int_equal(w->decision.needs[0].measure, rehab_find_measure(&w->protocol, T("pain")));
        w->observations[0] = w->observations[1];
        w->evidence.observation_count = 0;
        observe(w, PAIN, 4, 8);
        observe(w, PAIN, order ? 2 : 1, 9);
        observe(w, PAIN, order ? 1 : 2, 9); /* the lower one: the safer */
        observe_in(w, s, PAIN, 5, 10);
        observe(w, MORNING, 2, 30);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 31);
        assert_int_equal(finding(w, 0)->top, N(1));
        world_free(w);
        c.is = REHAB_LT;
        w = gated(REHAB_HOLD, &c); /* met is the cautious answer here: the higher one */
        observe(w, PAIN, order ? 3 : 1, 9);
        observe(w, PAIN, order ? 1 : 3, 9);
        train(w, RUN, 10, 11);
        observe(w, MORNING, 2, 30);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 31);
        world_free(w);
    }
}

static void mornings_ask_for_conditions(void **state)
{
    (void)state;
    struct rehab_criterion c = morning(PAIN, REHAB_LE, 2);
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 1, 30);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 32);
    w->observations[0].known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 32);
    world_free(w);
}

/* However short the name of what it is held against. */
static void a_rise_over_the_day_before_may_be_detectable(void **state)
{
    (void)state;
    struct rehab_measure measures[SAMPLE_MEASURES];
    struct rehab_criterion c = morning(PAIN, REHAB_LE, 0);
    memcpy(measures, sample_measures, sizeof measures);
    measures[PAIN].code = c.measure = c.over = T("p");
    measures[PAIN].mdc_nano = N(2);
    c.value = label("mdc");
    struct world *w = world();
    w->document.measures = measures;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    assert_int_equal(w->protocol.criteria[0].bound_nano, N(2));
    world_free(w);
}

static void two_bad_mornings_in_a_row(void **state)
{
    (void)state;
    struct rehab_criterion c = morning(PAIN, REHAB_GE, 1);
    c.for_observations = 2;
    struct world *w = gated(REHAB_REGRESS, &c);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 1, 30);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 31);
    train(w, RUN, 34, 35);
    observe(w, PAIN, 2, 54);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 55);
    assert_int_equal(finding(w, 0)->observation, 1); /* of two as bad the newer */
    world_free(w);
}

static void flags_look_at_sessions_since_they_were_cleared(void **state)
{
    (void)state;
    struct rehab_criterion c = morning(PAIN, REHAB_GE, 8), when = leaf(PAIN, REHAB_GE, 0);
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("bad"), .cleared_by = REHAB_CLINICIAN, .when = &c};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &when);
    compile(w);
    train(w, RUN, -20, -19);
    observe(w, PAIN, 9, 5);
    decide(w, 6);
    assert_true(w->decision.red_flags[0].raised);
    world_free(w);
}

static void sessions_may_be_too_long_ago(void **state)
{
    (void)state;
    struct rehab_criterion c = morning(PAIN, REHAB_LE, 2);
    c.within = duration("P2D");
    struct world *w = gated(REHAB_ADVANCE, &c);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 1, 30);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 50);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_NO_SESSION, 60);
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
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT1H");
    c.activity.size = 0;
    refuses(&c, REHAB_MISSING, "during");
    c = settling(BEND, REHAB_LE, "PT1H");
    refuses(&c, REHAB_WRONG_VALUE, "settle");
    c = settling(SWELLING, REHAB_LE, "PT1H");
    refuses(&c, REHAB_WRONG_VALUE, "settle");
    c = settling(PAIN, REHAB_EQ, "PT1H");
    refuses(&c, REHAB_WRONG_OPERATOR, "is");
    c = settling(PAIN, REHAB_LE, "PT1H");
    c.for_days = 2;
    refuses(&c, REHAB_WRONG_CONDITION, "for");
    c.for_days = 0;
    c.for_observations = 2;
    c.apart = duration("P1D");
    refuses(&c, REHAB_WRONG_CONDITION, "for");
    c = morning(PAIN, REHAB_LE, 1);
    c.qualified = REHAB_SAME_ASSESSOR;
    refuses(&c, REHAB_WRONG_CONDITION, "qualified");
    c = morning(PAIN, REHAB_LE, 1);
    c.over = T("force");
    refuses(&c, REHAB_WRONG_VALUE, "over");
    c = morning(SWELLING, REHAB_LE, 1);
    c.over = T("swelling");
    refuses(&c, REHAB_WRONG_VALUE, "next_morning");
    c = leaf(PAIN, REHAB_LE, 1);
    c.expression = REHAB_AGE;
    c.measure.size = 0;
    c.activity = T("run");
    refuses(&c, REHAB_WRONG_CONDITION, "during");
}

/* ---- in words ---- */

static void says(const struct rehab_criterion *c, const char *language, const char *sentence)
{
    char words[REHAB_SENTENCE_MAX];
    struct world *w = gated(REHAB_ADVANCE, c);
    observe(w, PAIN, 2, 9);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 3, 30);
    decide(w, 31);
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T(language), words, sizeof words);
    assert_int_equal(size, strlen(sentence));
    assert_memory_equal(words, sentence, size);
    world_free(w);
}

static void aftermaths_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c = settling(PAIN, REHAB_LE, "PT1H");
    says(&c, "en",
         "Pain, time to settle after a session (running), is 19 hours, needs at most 1 hour: not "
         "met, it had not settled when last looked at.");
    c = morning(PAIN, REHAB_LE, 3);
    says(&c, "en", "Pain, the morning after a session (running), is 3, needs at most 3: met.");
    says(&c, "es",
         "Dolor, la mañana siguiente a una sesión (running): 3; requisito: como máximo 3; se "
         "cumple.");
    c.over = T("pain");
    says(&c, "en",
         "Pain, the morning after a session (running), rise over pain before, is 1, needs at most "
         "3: met.");
}

/* ---- many sessions ---- */

/* A session each day, with a value before it and one in it: four thousand of them. */
static void put_days(struct world *w, struct rehab_session *sessions,
                     struct rehab_observation *observations, uint32_t days)
{
    uint16_t pain = (uint16_t)rehab_find_measure(&w->protocol, T("pain"));
    for (uint32_t i = 0; i < days; i++) {
        sessions[i] = (struct rehab_session){.from = hour(i * 24.0 + 10),
                                             .to = hour(i * 24.0 + 11),
                                             .assessment = 2 * i,
                                             .completed = 1};
        for (uint32_t k = 0; k < 2; k++)
            observations[2 * i + k] =
                (struct rehab_observation){.value_nano = N(2),
                                           .at = hour(i * 24.0 + (k ? 11 : 9)),
                                           .assessment = 2 * i + 1 - k,
                                           .measure = pain,
                                           .side = REHAB_INVOLVED};
    }
    w->evidence.sessions = sessions;
    w->evidence.session_count = days;
    w->evidence.observations = observations;
    w->evidence.observation_count = 2 * days;
}

/* Every one is looked at, sixty at a time: with the product of them it would take minutes. */
static void work_grows_with_sessions_and_not_with_their_product(void **state)
{
    (void)state;
    enum { DAYS = 20000 };
    struct rehab_session *sessions = calloc(DAYS, sizeof *sessions);
    struct rehab_observation *observations = calloc(2 * (size_t)DAYS, sizeof *observations);
    unsigned char *memory = malloc(8 << 20);
    struct rehab_criterion settle = elapsed(REHAB_ANCHOR_NONE, REHAB_LE, "PT1H"),
                           shown = leaf(PAIN, REHAB_GE, DAYS);
    assert_true(sessions != NULL && observations != NULL && memory != NULL);
    settle.expression = REHAB_SETTLE;
    settle.measure = T("pain");
    settle.activity = shown.activity = T("run");
    settle.for_observations = REHAB_MAX_RUN;
    shown.expression = REHAB_SESSIONS;
    shown.with = (struct rehab_with){
        .given = true, .measure = T("pain"), .is = REHAB_LE, .value = number(2)};
    struct world *w = world();
    add_gate(w, REHAB_HOLD, &settle);
    add_gate(w, REHAB_HOLD, &shown);
    compile(w);
    put_days(w, sessions, observations, DAYS);
    struct rehab_arena arena = {.at = memory, .end = memory + (8 << 20)};
    clock_t begun = clock();
    assert_int_equal(
        rehab_decide(&w->protocol, &w->evidence, hour(DAYS * 24.0), &arena, &w->decision),
        REHAB_DECIDED);
    assert_in_range(clock() - begun, 0, 2 * CLOCKS_PER_SEC);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_MET);
    assert_int_equal(w->decision.gates[1].verdict, REHAB_MET);
    world_free(w);
    free(memory);
    free(observations);
    free(sessions);
}

/* A session that was missed leaves nothing behind, and ends no looks at the one before. */
static void what_was_missed_leaves_nothing_behind(void **state)
{
    (void)state;
    for (int next = 0; next < 2; next++) {
        struct rehab_criterion c =
            next ? morning(PAIN, REHAB_LE, 1) : settling(PAIN, REHAB_LE, "PT60M");
        struct world *w = gated(REHAB_ADVANCE, &c);
        observe(w, PAIN, 1, 9);
        train(w, RUN, 10, 10.5);
        train(w, LIFT, 10.6, 10.6)->completed = 0;
        observe(w, PAIN, 4, 11.6);
        if (!next) assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_SETTLED, 12);
        observe(w, PAIN, 1, 31);
        train(w, RUN, 34, 34)->completed = 0;
        assert_int_equal(decide(w, 35), next ? REHAB_MET : REHAB_NOT_MET);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activities_may_have_short_names),
        cmocka_unit_test(it_has_settled_when_it_is_back),
        cmocka_unit_test(a_relief_that_does_not_last_is_none),
        cmocka_unit_test(a_next_session_ends_the_looks),
        cmocka_unit_test(what_goes_on_is_no_next_session),
        cmocka_unit_test(the_next_session_is_the_next),
        cmocka_unit_test(it_may_have_settled_at_once),
        cmocka_unit_test(it_may_have_days_to_settle),
        cmocka_unit_test(not_back_when_the_time_has_passed_is_not_met),
        cmocka_unit_test(at_one_instant_every_value_must_be_back),
        cmocka_unit_test(without_a_value_before_nothing_is_known),
        cmocka_unit_test(a_session_without_an_end_has_none_before_its_beginning),
        cmocka_unit_test(settling_may_be_counted_in_days),
        cmocka_unit_test(guards_look_at_every_session_since_the_last_move),
        cmocka_unit_test(of_two_sessions_at_once_the_worse_counts),
        cmocka_unit_test(the_last_sessions_must_all_have_settled),
        cmocka_unit_test(every_session_of_a_row_counts),
        cmocka_unit_test(more_time_is_worse),
        cmocka_unit_test(the_next_morning_is_from_four_to_twelve),
        cmocka_unit_test(until_then_nothing_is_known),
        cmocka_unit_test(the_first_value_of_the_morning_counts),
        cmocka_unit_test(mornings_know_labels_and_truths),
        cmocka_unit_test(a_morning_is_held_against_the_day_before),
        cmocka_unit_test(mornings_ask_for_conditions),
        cmocka_unit_test(a_rise_over_the_day_before_may_be_detectable),
        cmocka_unit_test(two_bad_mornings_in_a_row),
        cmocka_unit_test(flags_look_at_sessions_since_they_were_cleared),
        cmocka_unit_test(sessions_may_be_too_long_ago),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(aftermaths_are_told),
        cmocka_unit_test(work_grows_with_sessions_and_not_with_their_product),
        cmocka_unit_test(what_was_missed_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
