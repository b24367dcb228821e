/* SPDX-License-Identifier: Apache-2.0 */
/* Several trials of one thing, and a failed test that is repeated. */
#include "sample.h"

static struct world *gated(enum rehab_move move, const struct rehab_criterion *when)
{
    struct world *w = world();
    add_gate(w, move, when);
    compile(w);
    return w;
}

static void refuses(const struct rehab_criterion *c, enum rehab_move move,
                    enum rehab_fault_code code, const char *member)
{
    struct world *w = world();
    char pointer[64] = "/tracks/0/phases/1/gates/0/when/";
    add_gate(w, move, c);
    assert_int_equal(try_compile(w), code);
    strcat(pointer, member);
    assert_int_equal(w->fault.pointer.size, strlen(pointer));
    assert_memory_equal(w->fault.pointer.at, pointer, strlen(pointer));
    world_free(w);
}

static struct rehab_criterion best_of(int measure, enum rehab_op is, double units, uint32_t n,
                                      enum rehab_take take)
{
    struct rehab_criterion c = leaf(measure, is, units);
    c.trials = n;
    c.take = take;
    return c;
}

static struct rehab_observation *attempt(struct world *w, int measure, double units, double h,
                                         uint32_t assessment)
{
    struct rehab_observation *o = observe(w, measure, units, h);
    o->assessment = assessment;
    return o;
}

/* ---- R38 ---- */

static void what_is_taken_of_three(void **state)
{
    (void)state;
    static const struct {
        int measure;
        enum rehab_take take;
        double values[3], wanted;
    } rows[] = {
        {FORCE, REHAB_TAKE_BEST, {100, 120, 110}, 120},
        {SPRINT, REHAB_TAKE_BEST, {10, 12, 11}, 10},
        {FORCE, REHAB_TAKE_MEAN, {100, 120, 110}, 110},
        {FORCE, REHAB_TAKE_MEDIAN, {100, 130, 110}, 110},
        {FORCE, REHAB_TAKE_LAST, {100, 130, 110}, 110},
        {BEND, REHAB_TAKE_MEAN, {-1, -2, -6}, -3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion c =
            best_of(rows[i].measure, REHAB_EQ, rows[i].wanted, 3, rows[i].take);
        struct world *w = gated(REHAB_ADVANCE, &c);
        for (uint32_t k = 0; k < 3; k++)
            attempt(w, rows[i].measure, rows[i].values[k], 1, 7)->trial = (uint8_t)(k + 1);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
        world_free(w);
    }
}

static void means_are_rounded_to_the_nearest(void **state)
{
    (void)state;
    static const struct {
        int64_t values[2], wanted;
        enum rehab_take take;
    } rows[] = {{{1, 2}, 2, REHAB_TAKE_MEAN},
                {{-1, -2}, -2, REHAB_TAKE_MEAN},
                {{1, 2}, 2, REHAB_TAKE_MEDIAN},
                {{2, 2}, 2, REHAB_TAKE_MEDIAN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion c = best_of(BEND, REHAB_GE, -5, 2, rows[i].take);
        struct world *w = gated(REHAB_ADVANCE, &c);
        for (uint32_t k = 0; k < 2; k++)
            attempt(w, BEND, 0, 1, 7)->value_nano = rows[i].values[k];
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
        assert_int_equal(finding(w, 0)->top, rows[i].wanted);
        world_free(w);
    }
}

static void fewer_trials_are_not_known(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 100, 3, REHAB_TAKE_BEST);
    struct world *w = gated(REHAB_ADVANCE, &c);
    attempt(w, FORCE, 120, 1, 7);
    attempt(w, FORCE, 120, 1, 7);
    attempt(w, FORCE, 120, 1, 8);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_TRIALS, 2);
    assert_int_equal(w->decision.need_count, 1);
    struct rehab_observation *o = attempt(w, FORCE, 120, 1, 7);
    o->known = o->held = REHAB_POOR_QUALITY;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_TRIALS, 2);
    o->held = 0;
    assert_int_equal(decide(w, 2), REHAB_UNKNOWN); /* the other assessment of that instant */
    w->observations[2].assessment = 7;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

static void the_newest_of_poor_quality_hides_no_other(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 100, 1, REHAB_TAKE_LAST);
    struct world *w = gated(REHAB_ADVANCE, &c);
    attempt(w, FORCE, 120, 1, 7);
    struct rehab_observation *o = attempt(w, FORCE, 90, 1.5, 7);
    o->known = o->held = REHAB_POOR_QUALITY;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

static void too_many_trials_are_none(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 1, 1, REHAB_TAKE_BEST);
    struct world *w = gated(REHAB_ADVANCE, &c);
    for (int i = 0; i < REHAB_MAX_TRIALS; i++)
        attempt(w, FORCE, 10 + i * 7 % 5, 1, 7);
    c.trials = REHAB_MAX_TRIALS; /* so many may be asked for */
    compile(w);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->top, N(14));
    attempt(w, FORCE, 10, 1, 7);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 2);
    world_free(w);
}

static void the_last_is_told_by_time_number_and_worse(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = best_of(FORCE, REHAB_EQ, 90, 2, REHAB_TAKE_LAST);
        struct rehab_criterion d = best_of(SPRINT, REHAB_EQ, 9, 2, REHAB_TAKE_LAST);
        const struct rehab_criterion both[] = {c, d};
        struct rehab_criterion all = group(REHAB_ALL, both, 2);
        struct world *w = gated(REHAB_ADVANCE, &all);
        attempt(w, FORCE, order ? 90 : 110, 1, 7);
        attempt(w, FORCE, order ? 110 : 90, 1, 7);
        attempt(w, SPRINT, order ? 9 : 8, 1, 7);
        attempt(w, SPRINT, order ? 8 : 9, 1, 7);
        assert_int_equal(decide(w, 2), REHAB_MET);
        attempt(w, FORCE, 90, 3, 8);
        attempt(w, FORCE, 110, 2.5, 8)->trial = 9;
        w->observations[4].at = hour(2.5);
        w->observations[5].at = hour(3);
        assert_int_equal(decide(w, 4), REHAB_NOT_MET); /* the later one, whatever its number */
        w->observations[4].trial = 9;
        w->observations[5].trial = 1;
        assert_int_equal(decide(w, 4), REHAB_NOT_MET);
        world_free(w);
    }
}

static void each_side_has_trials(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 90, 2, REHAB_TAKE_BEST);
    c.expression = REHAB_SYMMETRY;
    struct world *w = gated(REHAB_ADVANCE, &c);
    attempt(w, FORCE, 80, 1, 7);
    attempt(w, FORCE, 90, 1, 7);
    attempt(w, FORCE, 100, 1, 7)->side = REHAB_OTHER;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_TRIALS, 2);
    struct rehab_observation *o = attempt(w, FORCE, 200, 1, 7);
    o->side = REHAB_OTHER;
    o->known = o->held = REHAB_POOR_QUALITY;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_TRIALS, 2);
    attempt(w, FORCE, 95, 1, 7)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->top, N(90));
    assert_int_equal(finding(w, 0)->bottom, N(100));
    world_free(w);
}

static void trials_of_what_it_is_divided_by_are_not_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 2, 2, REHAB_TAKE_MEAN);
    c.per = sample_measures[WEIGHT].code;
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, WEIGHT, 50, 0);
    attempt(w, FORCE, 90, 1, 7);
    attempt(w, FORCE, 110, 1, 7);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

static void trials_of_one_assessment_are_one_of_a_run(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 100, 2, REHAB_TAKE_BEST);
    c.for_observations = 2;
    struct world *w = gated(REHAB_ADVANCE, &c);
    attempt(w, FORCE, 120, 1, 7);
    attempt(w, FORCE, 90, 1.5, 7);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 2);
    attempt(w, FORCE, 120, 3, 8);
    attempt(w, FORCE, 90, 3, 8);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    world_free(w);
    c = best_of(FORCE, REHAB_GE, 100, 1, REHAB_TAKE_BEST); /* of one, too */
    c.for_observations = 2;
    w = gated(REHAB_ADVANCE, &c);
    attempt(w, FORCE, 120, 1, 7);
    attempt(w, FORCE, 120, 1.5, 7);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 2);
    world_free(w);
}

static void trials_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(BEND, REHAB_GE, 1, 2, REHAB_TAKE_BEST);
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_VALUE, "take");
    c = best_of(SWELLING, REHAB_LE, 1, 2, REHAB_TAKE_MEDIAN);
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_VALUE, "take");
    c = best_of(PAIN, REHAB_LE, 1, 1, REHAB_TAKE_NONE);
    refuses(&c, REHAB_ADVANCE, REHAB_MISSING, "take");
    c = best_of(PAIN, REHAB_LE, 1, 2, REHAB_TAKE_NONE);
    refuses(&c, REHAB_ADVANCE, REHAB_MISSING, "take");
    c = best_of(PAIN, REHAB_LE, 1, 2, REHAB_TAKE_COUNT);
    refuses(&c, REHAB_ADVANCE, REHAB_MISSING, "take");
    c = best_of(PAIN, REHAB_LE, 1, 0, REHAB_TAKE_BEST);
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_RANGE, "trials");
    c = best_of(PAIN, REHAB_LE, 1, 33, REHAB_TAKE_BEST);
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_RANGE, "trials");
    c = best_of(PAIN, REHAB_LE, 1, 2, REHAB_TAKE_BEST);
    c.expression = REHAB_RISE;
    c.over = T("pain");
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, "trials");
    c = best_of(PAIN, REHAB_LE, 1, 2, REHAB_TAKE_BEST);
    c.measure = T("pian");
    refuses(&c, REHAB_ADVANCE, REHAB_UNKNOWN_MEASURE, "latest");
    c = best_of(SWELLING, REHAB_LE, 1, 2, REHAB_TAKE_BEST);
    world_free(gated(REHAB_ADVANCE, &c));
    c = best_of(SWELLING, REHAB_LE, 1, 2, REHAB_TAKE_LAST);
    world_free(gated(REHAB_ADVANCE, &c));
}

/* ---- R43 ---- */

static struct rehab_criterion again(const char *after, const char *until)
{
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.retest = (struct rehab_retest){true, duration(after), duration(until)};
    return c;
}

static void a_failed_test_is_repeated_but_not_at_once(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    observe(w, FORCE, 1, 9);
    observe(w, PAIN, 4, 10);
    observe(w, PAIN, 0, 50); /* too early */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_NOT_YET, 51);
    assert_int_equal(finding(w, 0)->top, N(4));
    assert_true(w->decision.has_earliest);
    assert_int_equal(w->decision.earliest.utc_us, hour(82).utc_us);
    assert_int_equal(w->decision.need_count, 0);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_DUE, 82);
    assert_int_equal(w->decision.need_count, 1);
    assert_false(w->decision.review);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_DUE, 346);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_OVERDUE, 346.5);
    assert_true(w->decision.review);
    assert_int_equal(w->decision.need_count, 1);
    observe(w, PAIN, 0, 350);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 351);
    assert_false(w->decision.review);
    observe(w, PAIN, 1, 352);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_NOT_YET, 353);
    world_free(w);
}

/* One that fails while it waits is a failure: three days from then on. */
static void a_failure_begins_the_waiting_anew(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 4, 10);
    observe(w, PAIN, 5, 50);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_NOT_YET, 51);
    assert_int_equal(finding(w, 0)->top, N(5));
    assert_int_equal(w->decision.earliest.utc_us, hour(122).utc_us);
    observe(w, PAIN, 0, 82);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_NOT_YET, 83);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_DUE, 122);
    observe(w, PAIN, 0, 122);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 122);
    world_free(w);
}

static void what_may_not_be_repeated_yet_is_not_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H");
    c.within = duration("PT24H");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 4, 10);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_RETEST_NOT_YET, 40); /* and stale */
    assert_int_equal(w->decision.need_count, 0);
    world_free(w);
}

static void retests_may_count_local_days(void **state)
{
    (void)state;
    struct rehab_criterion c = again("P3D", "P14D");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 4, 20);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_NOT_YET, 71);
    assert_true(w->decision.earliest_is_local);
    assert_int_equal(w->decision.earliest.local_us, hour(72).local_us);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_DUE, 72);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_DUE, 359);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_OVERDUE, 360);
    observe(w, PAIN, 0, 72);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 360);
    world_free(w);
}

static void at_one_instant_the_worse_of_two_tests_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = again("PT72H", "PT336H");
        struct world *w = gated(REHAB_ADVANCE, &c);
        observe(w, PAIN, order ? 4 : 0, 10);
        observe(w, FORCE, 4, 10);
        observe(w, PAIN, order ? 0 : 4, 10);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_NOT_YET, 11);
        world_free(w);
    }
}

static void what_is_not_known_repeats_no_test(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H");
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 0, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 2);
    observe(w, PAIN, 4, 10)->known = REHAB_ANALGESIC_24H;
    observe(w, PAIN, 0, 90);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_RETEST_DUE, 91);
    observe(w, PAIN, 0, 92)->known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 93);
    world_free(w);
}

static void a_test_grows_old(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H");
    c.within = duration("P2D");
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 0, 10);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 48);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 72);
    observe(w, PAIN, 3, 80);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_RETEST_DUE, 160);
    assert_int_equal(w->decision.need_count, 1);
    world_free(w);
}

/* Sides, invalid values and sessions as everywhere. */
static void only_what_counts_is_a_test(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H"), other = again("PT72H", "PT336H");
    other.side = REHAB_OTHER;
    c.activity = T("run");
    c.since = REHAB_SINCE_EPISODE;
    const struct rehab_criterion both[] = {c, other};
    struct rehab_criterion all = group(REHAB_ANY, both, 2);
    struct world *w = gated(REHAB_ADVANCE, &all);
    observe(w, PAIN, 3, 1);
    observe(w, PAIN, 11, 2);
    observe(w, PAIN, -1, 2);
    observe(w, PAIN, 3, 2)->side = 77;
    observe(w, PAIN, 3, 2)->side = REHAB_SIDE_NONE;
    assert_int_equal(decide(w, 3), REHAB_UNKNOWN);
    observe(w, PAIN, 3, 3)->side = REHAB_BOTH;
    assert_int_equal(decide(w, 4), REHAB_UNKNOWN);
    assert_int_equal(finding(w, 0)->verdict, REHAB_UNKNOWN);
    assert_int_equal(finding(w, 1)->verdict, REHAB_NOT_MET);
    struct rehab_session *s = train(w, RUN, 5, 6);
    observe_in(w, s, PAIN, 3, 5);
    decide(w, 6);
    assert_int_equal(finding(w, 0)->verdict, REHAB_NOT_MET);
    world_free(w);
}

static void tests_of_the_phase_before_are_forgotten(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H");
    c.since = REHAB_SINCE_PHASE;
    struct world *w = gated(REHAB_ADVANCE, &c);
    observe(w, PAIN, 3, -1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 1);
    observe(w, PAIN, 0, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

static void under_not_nothing_is_waited_for(void **state)
{
    (void)state;
    struct rehab_criterion c = again("PT72H", "PT336H"), never = group(REHAB_NOT, &c, 1);
    struct rehab_criterion pair[] = {never, elapsed(REHAB_PHASE, REHAB_GE, "PT100H")};
    struct rehab_criterion all = group(REHAB_ALL, pair, 2);
    struct world *w = gated(REHAB_ADVANCE, &all);
    observe(w, PAIN, 3, 1);
    assert_int_equal(decide(w, 2), REHAB_NOT_MET);
    assert_int_equal(w->decision.earliest.utc_us, hour(100).utc_us);
    world_free(w);
}

static void retests_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct rehab_criterion c = again("P3D", "P2D");
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_RANGE, "retest/until");
    c = again("P3D", "P14D");
    c.retest.after.us = 0;
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_RANGE, "retest/after");
    c.retest.after.us = 1;
    world_free(gated(REHAB_ADVANCE, &c));
    c = again("P3D", "P36500D");
    struct world *w = gated(REHAB_ADVANCE, &c);
    assert_int_equal(rehab_count(&w->protocol, REHAB_EXTRAS), 1);
    world_free(w);
    c = again("P3D", "P14D");
    c.retest.until.us = INT64_MAX;
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_RANGE, "retest/until");
    c = again("P3D", "P14D");
    refuses(&c, REHAB_HOLD, REHAB_WRONG_CONDITION, "retest");
    c.expression = REHAB_BEST;
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, "retest");
    c.expression = REHAB_LATEST;
    c.for_days = 2;
    refuses(&c, REHAB_ADVANCE, REHAB_WRONG_CONDITION, "retest");
}

/* ---- in words ---- */

static void says(const struct rehab_criterion *c, const char *language, const char *sentence)
{
    char words[REHAB_SENTENCE_MAX];
    struct world *w = gated(REHAB_ADVANCE, c);
    attempt(w, FORCE, 120, 1, 7);
    observe(w, PAIN, 4, 1);
    decide(w, 2);
    uint32_t size = rehab_sentence(&w->protocol, finding(w, 0), T(language), words, sizeof words);
    assert_int_equal(size, strlen(sentence));
    assert_memory_equal(words, sentence, size);
    world_free(w);
}

static void trials_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c = best_of(FORCE, REHAB_GE, 100, 1, REHAB_TAKE_BEST);
    says(&c, "en", "Force, best of at least 1 trial, is 120 N, needs at least 100 N: met.");
    c = best_of(FORCE, REHAB_GE, 100, 3, REHAB_TAKE_MEAN);
    says(&c, "en",
         "Force, mean of at least 3 trials, needs at least 100 N: not known, there were too few "
         "trials that count.");
    c.take = REHAB_TAKE_MEDIAN;
    says(&c, "es",
         "Force, mediana de al menos 3 intentos: sin dato válido; requisito: al menos 100 N; no se "
         "sabe si se cumple: hubo menos intentos válidos de los necesarios.");
    c = best_of(FORCE, REHAB_GE, 100, 1, REHAB_TAKE_LAST);
    says(&c, "en", "Force, last of at least 1 trial, is 120 N, needs at least 100 N: met.");
    c = again("P3D", "P14D");
    says(&c, "en", "Pain is 4, needs 0: not met, it failed, and must not be repeated yet.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_of_three),
        cmocka_unit_test(means_are_rounded_to_the_nearest),
        cmocka_unit_test(fewer_trials_are_not_known),
        cmocka_unit_test(the_newest_of_poor_quality_hides_no_other),
        cmocka_unit_test(too_many_trials_are_none),
        cmocka_unit_test(the_last_is_told_by_time_number_and_worse),
        cmocka_unit_test(each_side_has_trials),
        cmocka_unit_test(trials_of_what_it_is_divided_by_are_not_asked_for),
        cmocka_unit_test(trials_of_one_assessment_are_one_of_a_run),
        cmocka_unit_test(trials_that_make_no_sense_are_refused),
        cmocka_unit_test(a_failed_test_is_repeated_but_not_at_once),
        cmocka_unit_test(a_failure_begins_the_waiting_anew),
        cmocka_unit_test(what_may_not_be_repeated_yet_is_not_asked_for),
        cmocka_unit_test(retests_may_count_local_days),
        cmocka_unit_test(at_one_instant_the_worse_of_two_tests_counts),
        cmocka_unit_test(what_is_not_known_repeats_no_test),
        cmocka_unit_test(a_test_grows_old),
        cmocka_unit_test(only_what_counts_is_a_test),
        cmocka_unit_test(tests_of_the_phase_before_are_forgotten),
        cmocka_unit_test(under_not_nothing_is_waited_for),
        cmocka_unit_test(retests_that_make_no_sense_are_refused),
        cmocka_unit_test(trials_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
