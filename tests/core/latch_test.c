/* SPDX-License-Identifier: Apache-2.0 */
/* Red flags latch, whatever their rule looks at: raised once, only a clearance ends them. Guards
 * over a score take the worst since the last move. */
#include "sample.h"

/* A world with one red flag, and the flag itself. */
static struct world *flagged(const struct rehab_criterion *when)
{
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("f"), .when = when, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 1;
    return w;
}

static const struct rehab_red_flag_result *flag_at(struct world *w, double h)
{
    assert_int_equal(try_decide(w, h), REHAB_DECIDED);
    return &w->decision.red_flags[0];
}

static void clear_flag(struct world *w, double h)
{
    w->flag_clearances[w->evidence.flag_clearance_count++] =
        (struct rehab_flag_clearance){0, REHAB_CLINICIAN, hour(h)};
}

/* Leaves that last are told as they stand now, each by what raised it first. */
static void each_leaf_keeps_what_raised_it(void **state)
{
    (void)state;
    struct rehab_criterion c[2] = {leaf(PAIN, REHAB_GE, 7), leaf(SUDDEN, REHAB_EQ, 1)},
                           any = group(REHAB_ANY, c, 2);
    struct rehab_criterion other = leaf(PAIN, REHAB_GE, 3);
    struct world *w = flagged(&any);
    add_gate(w, REHAB_HOLD, &other); /* of another rule */
    compile(w);
    observe(w, PAIN, 8, 1);
    observe(w, SUDDEN, 1, 2);
    observe(w, PAIN, 9, 3);
    const struct rehab_red_flag_result *flag = flag_at(w, 4);
    const struct rehab_finding *f = &w->decision.findings[flag->findings.first];
    assert_true(flag->raised && flag->observation == 0);
    assert_true(f[0].verdict == REHAB_MET && f[0].observation == 0);
    assert_true(f[1].verdict == REHAB_MET && f[1].observation == 1);
    clear_flag(w, 3.5);
    assert_false(flag_at(w, 4)->raised);
    w->evidence.flag_clearance_count = 0; /* what lies behind the list is none of it */
    assert_true(flag_at(w, 4)->raised);
    world_free(w);
}

/* ---- states ---- */

static void a_state_that_has_passed_still_stops(void **state)
{
    (void)state;
    struct rehab_text from[1] = {T("held")};
    struct rehab_state_step steps[2] = {
        {.comparison = {.is = REHAB_GE, .value = label("severe")}, .to = T("held")},
        {.in = {from, 1},
         .comparison = {.is = REHAB_EQ, .value = label("none")},
         .to = T("clear")}};
    struct rehab_automaton story = {.id = T("story"),
                                    .of = sample_measures[SWELLING].code,
                                    .start = T("clear"),
                                    .steps = steps,
                                    .step_count = 2};
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.expression = REHAB_STATE;
    c.measure = T("");
    c.name = T("story");
    c.value = label("held");
    struct world *w = flagged(&c);
    w->document.automata = &story;
    w->document.automaton_count = 1;
    compile(w);
    assert_false(flag_at(w, 1)->raised);
    observe(w, PAIN, 0, 2)->measure = REHAB_NONE16; /* the protocol does not know it */
    observe(w, SWELLING, 2, 2);
    assert_true(flag_at(w, 2)->raised);
    observe(w, SWELLING, 0, 3);
    observe(w, SWELLING, 2, 4);
    observe(w, SWELLING, 0, 5);
    observe(w, SWELLING, 1, 6);
    assert_true(flag_at(w, 7)->raised);
    assert_int_equal(flag_at(w, 7)->observation, 1); /* the first that raised it */
    const struct rehab_finding *f = &w->decision.findings[flag_at(w, 7)->findings.first];
    assert_true(f->verdict == REHAB_MET && f->observation == 1);
    clear_flag(w, 3);
    assert_int_equal(flag_at(w, 7)->observation, 3);
    clear_flag(w, 4);                  /* what was seen then is settled */
    w->observations[3].at.utc_us += 1; /* a microsecond later, and gone in the next */
    w->observations[4].at.utc_us = w->observations[3].at.utc_us + 1;
    assert_true(flag_at(w, 7)->raised);
    w->observations[3].at.utc_us -= 1;
    assert_false(flag_at(w, 7)->raised);
    assert_int_equal(flag_at(w, 7)->observation, REHAB_NONE);
    world_free(w);
}

/* ---- time ---- */

static void a_birthday_clears_nothing(void **state)
{
    (void)state;
    struct rehab_criterion young = leaf(PAIN, REHAB_LT, 18);
    young.expression = REHAB_AGE;
    young.measure = T("");
    struct rehab_criterion both[2] = {young, leaf(SUDDEN, REHAB_EQ, 1)};
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    struct world *w = flagged(&all);
    compile(w);
    int32_t today = rehab_local_day(hour(0));
    w->evidence.birth = (struct rehab_event){.known = true, .day = today + 2 - 18 * 365 - 5};
    observe(w, SUDDEN, 1, 1);
    assert_true(flag_at(w, 2)->raised);
    assert_true(flag_at(w, 24 * 30)->raised);
    clear_flag(w, 3);
    assert_false(flag_at(w, 24 * 30)->raised);
    world_free(w);
}

/* Met just before the next event, by time alone. */
static void a_time_that_was_up_still_stops(void **state)
{
    (void)state;
    struct rehab_criterion c[2] = {elapsed(REHAB_EPISODE, REHAB_GE, "PT10H"),
                                   leaf(PAIN, REHAB_GE, 5)};
    c[1].expression = REHAB_BEST; /* even the best pain */
    struct rehab_criterion all = group(REHAB_ALL, c, 2);
    struct world *w = flagged(&all);
    compile(w);
    observe(w, PAIN, 6, 1);
    assert_false(flag_at(w, 9)->raised);
    assert_true(flag_at(w, 10)->raised);
    observe(w, PAIN, 2, 11);
    assert_true(flag_at(w, 12)->raised);
    assert_int_equal(flag_at(w, 12)->observation, 0);
    clear_flag(w, 10.5);
    assert_false(flag_at(w, 12)->raised);
    world_free(w);
}

/* Before anything happened there is no day. */
static void time_to_come_raises_nothing(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_EPISODE, REHAB_GE, "P3D");
    struct world *w = flagged(&c);
    compile(w);
    assert_false(flag_at(w, 24)->raised);
    assert_true(flag_at(w, 72)->raised);
    world_free(w);
    struct rehab_criterion soon[] = {elapsed(REHAB_EPISODE, REHAB_LT, "PT10H"),
                                     leaf(PAIN, REHAB_GE, 5)};
    struct rehab_criterion all = group(REHAB_ALL, soon, 2); /* and what was in time stays so */
    w = flagged(&all);
    compile(w);
    observe(w, PAIN, 6, 1);
    assert_true(flag_at(w, 30)->raised);
    world_free(w);
}

/* ---- facts that change ---- */

static void a_withdrawal_in_between_still_stops(void **state)
{
    (void)state;
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .id = T("cleared"),
                                .expression = REHAB_CLEARED,
                                .name = T("surgeon"),
                                .roles = REHAB_CLINICIAN,
                                .is = REHAB_EQ,
                                .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}};
    struct rehab_criterion none = group(REHAB_NOT, &c, 1);
    struct world *w = flagged(&none);
    compile(w);
    w->clearances[0] = (struct rehab_clearance){0, REHAB_CLINICIAN, hour(1), true};
    w->clearances[1] = (struct rehab_clearance){0, REHAB_CLINICIAN, hour(5), false};
    w->clearances[2] = (struct rehab_clearance){0, REHAB_CLINICIAN, hour(6), true};
    w->evidence.clearance_count = 3;
    clear_flag(w, 2);
    assert_false(flag_at(w, 4)->raised);
    assert_true(flag_at(w, 5)->raised);
    assert_true(flag_at(w, 7)->raised);
    clear_flag(w, 6);
    assert_false(flag_at(w, 7)->raised);
    world_free(w);
}

static void a_session_that_came_late_still_stops(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LT, 50);
    c.expression = REHAB_ADHERENCE;
    c.measure = T("");
    c.activity = T("run");
    struct world *w = flagged(&c);
    w->document.activities = w->activities;
    w->document.activity_count = 2;
    compile(w);
    assert_false(flag_at(w, 1)->raised);
    train(w, RUN, 2, 3)->completed = 0;
    train(w, RUN, 4, 5);
    train(w, RUN, 9, 10);
    assert_false(flag_at(w, 2.5)->raised); /* it has not ended */
    assert_true(flag_at(w, 3)->raised);
    assert_true(flag_at(w, 6)->raised);
    clear_flag(w, 2);
    assert_false(flag_at(w, 6)->raised);
    world_free(w);
}

/* Counted, so that more of them end it: of what was done, and of what was best. */
static void what_was_too_little_still_stops(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LT, 1);
    c.expression = REHAB_SESSIONS;
    c.measure = T("");
    c.activity = T("run");
    struct world *w = flagged(&c);
    compile(w);
    train(w, LIFT, 1, 2);
    train(w, RUN, 3, 4);
    assert_true(flag_at(w, 5)->raised);
    clear_flag(w, 2);
    assert_true(flag_at(w, 5)->raised); /* there was none until four */
    world_free(w);
    c = leaf(PAIN, REHAB_GE, 5);
    c.expression = REHAB_BEST;
    w = flagged(&c);
    compile(w);
    observe(w, PAIN, 6, 1);
    assert_true(flag_at(w, 2)->raised);
    observe(w, PAIN, 2, 3);
    assert_true(flag_at(w, 4)->raised);
    clear_flag(w, 1);
    assert_false(flag_at(w, 4)->raised);
    world_free(w);
}

/* What had settled in time does so no longer when it is worse again: which is met until then. */
static void a_relief_in_between_still_stops(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_ANCHOR_NONE, REHAB_LE, "PT60M");
    c.expression = REHAB_SETTLE;
    c.measure = sample_measures[PAIN].code;
    c.activity = T("run");
    struct world *w = flagged(&c);
    compile(w);
    observe(w, PAIN, 2, 2);
    train(w, RUN, 3, 4);
    observe(w, PAIN, 2, 4.5);
    assert_true(flag_at(w, 4.6)->raised);
    observe(w, PAIN, 6, 4.7);
    observe(w, PAIN, 6, 8);
    assert_true(flag_at(w, 9)->raised);
    clear_flag(w, 4.6);
    assert_false(flag_at(w, 9)->raised);
    world_free(w);
}

/* ---- windows ---- */

/* It is over when the next session begins, not when that ends. */
static void a_pause_that_was_too_long_still_stops(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_ANCHOR_NONE, REHAB_GE, "PT24H");
    c.expression = REHAB_SPACING;
    c.activity = T("run");
    struct world *w = flagged(&c);
    compile(w);
    train(w, RUN, 1, 2);
    train(w, RUN, 30, 31);
    clear_flag(w, 3);
    assert_false(flag_at(w, 20)->raised);
    assert_true(flag_at(w, 32)->raised);
    world_free(w);
}

/* Of a whole instant, whichever value was told first. */
static void a_bad_day_shows_its_worst(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_GE, 4);
        c.for_days = 1;
        struct world *w = flagged(&c);
        compile(w);
        observe(w, PAIN, order ? 6 : 5, 10);
        observe(w, PAIN, order ? 5 : 6, 10);
        const struct rehab_red_flag_result *flag = flag_at(w, 11);
        assert_true(flag->raised);
        assert_int_equal(w->decision.findings[flag->findings.first].top, N(6));
        world_free(w);
    }
}

static void a_flag_has_no_window(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 7);
    c.within = duration("PT36H");
    struct world *w = flagged(&c);
    assert_int_equal(try_compile(w), REHAB_WRONG_CONDITION);
    assert_true(rehab_text_equal(w->fault.pointer, T("/red_flags/0/when/within")));
    c.within = (struct rehab_duration){0};
    compile(w);
    world_free(w);
}

/* ---- what a second value may change ---- */

static void a_second_value_clears_nothing(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_LT, 50);
    c.expression = REHAB_SYMMETRY;
    c.within_pair = duration("PT10H");
    struct world *w = flagged(&c);
    compile(w);
    observe(w, FORCE, 100, 1)->side = REHAB_OTHER;
    observe(w, FORCE, 40, 4);
    assert_true(flag_at(w, 4)->raised);
    observe(w, FORCE, 41, 5)->side = REHAB_OTHER; /* nearer to the one at hour 4 */
    assert_true(flag_at(w, 6)->raised);
    world_free(w);

    for (int i = 0; i < 2; i++) {
        c = leaf(FORCE, REHAB_GE, 50);
        c.expression = i == 0 ? REHAB_DIFFERENCE : REHAB_ASYMMETRY;
        c.within_pair = duration("PT10H");
        w = flagged(&c);
        compile(w);
        observe(w, FORCE, 100, 1)->side = REHAB_OTHER;
        observe(w, FORCE, 40, 4);
        assert_true(flag_at(w, 4)->raised);
        observe(w, FORCE, 41, 5)->side = REHAB_OTHER;
        assert_true(flag_at(w, 6)->raised);
        world_free(w);
    }

    c = leaf(FORCE, REHAB_LT, 2);
    c.per = sample_measures[WEIGHT].code;
    w = flagged(&c);
    compile(w);
    observe(w, WEIGHT, 100, 1);
    observe(w, FORCE, 150, 2);
    assert_true(flag_at(w, 2)->raised);
    observe(w, WEIGHT, 70, 3);
    assert_true(flag_at(w, 4)->raised);
    world_free(w);

    c = leaf(PAIN, REHAB_GE, 7);
    c.trials = 1;
    c.take = REHAB_TAKE_LAST;
    w = flagged(&c);
    compile(w);
    observe(w, PAIN, 8, 1)->assessment = 7;
    assert_true(flag_at(w, 1)->raised);
    observe(w, PAIN, 2, 2)->assessment = 7;
    assert_true(flag_at(w, 3)->raised);
    world_free(w);
}

/* ---- scores ---- */

/* Pain from 5 gives 2 points, sudden pain 1. */
struct scored {
    struct rehab_score score;
    struct rehab_score_item items[2];
    struct rehab_score_band bands[2];
    struct rehab_criterion c;
};

static void make_score(struct scored *s, enum rehab_op is, double points)
{
    *s = (struct scored){0};
    s->bands[0] = (struct rehab_score_band){{.is = REHAB_GE, .value = number(5)}, number(2)};
    s->bands[1] = (struct rehab_score_band){
        {.is = REHAB_EQ, .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}}, number(1)};
    for (int i = 0; i < 2; i++)
        s->items[i] =
            (struct rehab_score_item){.measure = sample_measures[i == 0 ? PAIN : SUDDEN].code,
                                      .within = duration("PT10H"),
                                      .bands = &s->bands[i],
                                      .band_count = 1};
    s->score = (struct rehab_score){.id = T("sum"), .items = s->items, .item_count = 2};
    s->c = leaf(PAIN, is, points);
    s->c.expression = REHAB_SCORE;
    s->c.measure = T("");
    s->c.name = T("sum");
}

static void put_score(struct world *w, struct scored *s)
{
    w->document.scores = &s->score;
    w->document.score_count = 1;
    compile(w);
}

static void a_score_that_has_gone_down_still_stops(void **state)
{
    (void)state;
    struct scored s;
    make_score(&s, REHAB_GE, 2);
    struct world *w = flagged(&s.c);
    put_score(w, &s);
    assert_false(flag_at(w, 1)->raised);
    observe(w, PAIN, 3, 1);
    observe(w, PAIN, 5, 2);
    assert_true(flag_at(w, 2)->raised);
    observe(w, PAIN, 6, 3);
    observe(w, PAIN, 0, 4);
    observe(w, SUDDEN, 0, 5);
    assert_true(flag_at(w, 6)->raised);
    assert_int_equal(flag_at(w, 6)->observation, 1); /* the first that raised it */
    assert_true(flag_at(w, 40)->raised);             /* whatever has grown too old since */
    clear_flag(w, 2);
    w->evidence.flag_clearance_count = 1;
    w->flag_clearances[0].at.utc_us--; /* just before it */
    assert_int_equal(flag_at(w, 6)->observation, 1);
    w->flag_clearances[0].at.utc_us++;
    assert_int_equal(flag_at(w, 6)->observation, 2);
    clear_flag(w, 3);
    assert_false(flag_at(w, 6)->raised);
    world_free(w);
    make_score(&s, REHAB_GE, 1); /* whichever item it was */
    w = flagged(&s.c);
    put_score(w, &s);
    observe(w, SUDDEN, 1, 1);
    observe(w, SUDDEN, 0, 2);
    assert_true(flag_at(w, 3)->raised);
    assert_int_equal(flag_at(w, 3)->observation, 0);
    world_free(w);
}

static void a_guard_takes_the_worst_score(void **state)
{
    (void)state;
    struct scored s;
    make_score(&s, REHAB_GE, 3);
    struct world *w = world();
    add_gate(w, REHAB_HOLD, &s.c);
    put_score(w, &s);
    w->state.moved = hour(0);
    observe(w, PAIN, 5, 1);
    observe(w, SUDDEN, 1, 2);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 3);
    observe(w, PAIN, 1, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5);
    assert_true(finding(w, 0)->top == 3 * REHAB_SCALE && finding(w, 0)->observation == 0);
    observe(w, PAIN, 7, 6); /* as bad again: the newest of the worst is told */
    observe(w, PAIN, 1, 7);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 8);
    assert_int_equal(finding(w, 0)->observation, 1);
    w->evidence.observation_count -= 2;
    w->state.moved = hour(1.5);
    observe(w, PAIN, 5, 12.5); /* the other one is too old: not together */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 12.5);
    world_free(w);
}

/* Not (at most 2): what is cautious is not to be met. */
static void under_not_the_contrary_is_the_worst(void **state)
{
    (void)state;
    struct scored s;
    make_score(&s, REHAB_LE, 2);
    struct rehab_criterion none = group(REHAB_NOT, &s.c, 1);
    struct world *w = flagged(&none);
    put_score(w, &s);
    observe(w, PAIN, 5, 1);
    observe(w, SUDDEN, 1, 1);
    observe(w, PAIN, 0, 2);
    observe(w, PAIN, 0, 3);
    assert_true(flag_at(w, 4)->raised);
    clear_flag(w, 1);
    assert_false(flag_at(w, 4)->raised);
    world_free(w);
}

/* What time begins and time ends would be raised in between and nowhere else: nobody would see it.
 */
static void what_comes_and_goes_with_time_is_refused(void **state)
{
    (void)state;
    struct rehab_criterion pain = leaf(PAIN, REHAB_GE, 5), c[3] = {pain};
    struct rehab_score_band band = {{.is = REHAB_GE, .value = number(5)}, number(1)};
    struct rehab_score_item items[2] = {{.measure = T("force"), .bands = &band, .band_count = 1},
                                        {.measure = T("pain"), .bands = &band, .band_count = 1}};
    struct rehab_score score = {.id = T("sum"), .items = items, .item_count = 2};
    enum { PLAIN, GROWS, SHRINKS, KINDS = 14 };
    static const char *const names[] = {"", "run"};
    const struct {
        enum rehab_expression expression;
        enum rehab_op is;
        bool within;
        uint32_t drift; /* 1: it begins, 2: it ends */
    } rows[KINDS] = {{REHAB_ELAPSED, REHAB_GE, false, 1},   {REHAB_ELAPSED, REHAB_GT, false, 1},
                     {REHAB_ELAPSED, REHAB_LE, false, 2},   {REHAB_AGE, REHAB_EQ, false, 3},
                     {REHAB_SPACING, REHAB_GE, false, 1},   {REHAB_SPACING, REHAB_LT, false, 2},
                     {REHAB_SESSIONS, REHAB_GE, false, 0},  {REHAB_SESSIONS, REHAB_GE, true, 2},
                     {REHAB_SESSIONS, REHAB_LT, true, 1},   {REHAB_SESSIONS, REHAB_NE, true, 3},
                     {REHAB_ADHERENCE, REHAB_LT, false, 0}, {REHAB_ADHERENCE, REHAB_LT, true, 3},
                     {REHAB_SCORE, REHAB_GE, false, 0},     {REHAB_SCORE, REHAB_GE, true, 2}};
    for (int i = 0; i < KINDS; i++) {
        for (int turned = 0; turned < 2; turned++) {
            for (uint32_t beside = 0; beside < 3; beside++) {
                const bool time =
                    rows[i].expression == REHAB_ELAPSED || rows[i].expression == REHAB_SPACING;
                const bool score_leaf = rows[i].expression == REHAB_SCORE;
                struct rehab_criterion one = elapsed(REHAB_EPISODE, rows[i].is, "PT9H");
                if (!time) one = leaf(PAIN, rows[i].is, 1);
                one.id = T("one");
                one.expression = rows[i].expression;
                if (rows[i].expression != REHAB_ELAPSED) one.from = REHAB_ANCHOR_NONE;
                one.measure = T("");
                one.name = score_leaf ? T("sum") : T("");
                one.activity = T(names[rows[i].expression >= REHAB_SESSIONS &&
                                       rows[i].expression <= REHAB_SPACING]);
                if (rows[i].within && !score_leaf) one.within = duration("PT30H");
                items[1].within =
                    rows[i].within && score_leaf ? duration("PT30H") : (struct rehab_duration){0};
                struct rehab_criterion not = group(REHAB_NOT, &one, 1);
                c[1] = turned ? not : one;
                c[2] = beside == PLAIN
                           ? leaf(SUDDEN, REHAB_EQ, 1)
                           : elapsed(REHAB_EPISODE, beside == GROWS ? REHAB_GE : REHAB_LT, "PT3H");
                struct rehab_criterion all = group(REHAB_ALL, c, 3);
                struct world *w = flagged(&all);
                w->document.scores = &score;
                w->document.score_count = 1;
                uint32_t drift = rows[i].drift;
                bool turns = turned && !score_leaf && (drift == 1 || drift == 2);
                drift = turns ? 3 - drift : drift;
                const bool fine = (drift | beside) != 3;
                assert_int_equal(try_compile(w), fine ? REHAB_FINE : REHAB_WRONG_TIME);
                if (!fine) assert_true(rehab_text_equal(w->fault.pointer, T("/red_flags/0/when")));
                world_free(w);
            }
        }
    }
}

/* So is what lapses beside what comes; alone it may be. */
static void what_lapses_may_not_come(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        const bool quotient = i & 1, lapses = i & 2, comes = i & 4;
        struct rehab_criterion one = quotient
                                         ? leaf(FORCE, REHAB_GE, 3)
                                         : (struct rehab_criterion){.kind = REHAB_LEAF,
                                                                    .expression = REHAB_CLEARED,
                                                                    .name = T("surgeon"),
                                                                    .roles = REHAB_CLINICIAN,
                                                                    .is = REHAB_EQ};
        one.id = T("one");
        if (quotient) one.per = T("weight");
        if (!quotient) one.value = (struct rehab_value){REHAB_VALUE_BOOLEAN, REHAB_SCALE, {0}, {0}};
        if (lapses) *(quotient ? &one.within_pair : &one.within) = duration("P1D");
        struct rehab_criterion not = group(REHAB_NOT, &one, 1);
        struct rehab_criterion c[] = {one,
                                      elapsed(REHAB_EPISODE, comes ? REHAB_GE : REHAB_LT, "PT9H")};
        struct rehab_criterion all = group(REHAB_ALL, c, 2);
        struct world *w = flagged(&all);
        assert_int_equal(try_compile(w), lapses && comes ? REHAB_WRONG_TIME : REHAB_FINE);
        c[0] = not ;
        const bool turned = lapses && (quotient ? comes : !comes);
        assert_int_equal(try_compile(w), turned ? REHAB_WRONG_TIME : REHAB_FINE);
        world_free(w);
    }
}

/* What one flag begins and another one ends is no matter; a window of an instant is one. */
static void flags_drift_each_by_itself(void **state)
{
    (void)state;
    struct rehab_criterion grows = elapsed(REHAB_EPISODE, REHAB_GE, "PT9H"),
                           shrinks = elapsed(REHAB_EPISODE, REHAB_LT, "PT3H"),
                           often = leaf(PAIN, REHAB_GE, 1);
    struct world *w = flagged(&grows);
    w->flags[1] = w->flags[0];
    w->flags[1].id = T("g");
    w->flags[1].when = &shrinks;
    w->document.red_flag_count = 2;
    compile(w);
    w->document.red_flag_count = 1;
    often.expression = REHAB_SESSIONS;
    often.measure = T("");
    often.activity = T("run");
    often.within = (struct rehab_duration){1, false, true};
    struct rehab_criterion c[] = {often, grows}, all = group(REHAB_ALL, c, 2);
    w->flags[0].when = &all;
    assert_int_equal(try_compile(w), REHAB_WRONG_TIME);
    c[0] = leaf(FORCE, REHAB_GE, 3);
    c[0].per = T("weight");
    c[0].within_pair = (struct rehab_duration){1, false, true};
    assert_int_equal(try_compile(w), REHAB_WRONG_TIME);
    struct rehab_score_band band = {{.is = REHAB_GE, .value = number(5)}, number(1)};
    struct rehab_score_item items[2] = {{.measure = T("force"), .bands = &band, .band_count = 1}};
    struct rehab_score score = {.id = T("sum"), .items = items, .item_count = 1};
    items[1].within = duration("PT30H"); /* what is behind the items is none of them */
    c[0] = leaf(PAIN, REHAB_GE, 1);
    c[0].expression = REHAB_SCORE;
    c[0].measure = T("");
    c[0].name = T("sum");
    assert_int_equal(try_compile(w), REHAB_UNKNOWN_DERIVED);
    w->document.scores = &score;
    w->document.score_count = 1;
    compile(w);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_leaf_keeps_what_raised_it),
        cmocka_unit_test(a_state_that_has_passed_still_stops),
        cmocka_unit_test(a_birthday_clears_nothing),
        cmocka_unit_test(a_time_that_was_up_still_stops),
        cmocka_unit_test(time_to_come_raises_nothing),
        cmocka_unit_test(a_withdrawal_in_between_still_stops),
        cmocka_unit_test(a_session_that_came_late_still_stops),
        cmocka_unit_test(a_pause_that_was_too_long_still_stops),
        cmocka_unit_test(a_bad_day_shows_its_worst),
        cmocka_unit_test(what_was_too_little_still_stops),
        cmocka_unit_test(a_relief_in_between_still_stops),
        cmocka_unit_test(a_flag_has_no_window),
        cmocka_unit_test(a_second_value_clears_nothing),
        cmocka_unit_test(a_score_that_has_gone_down_still_stops),
        cmocka_unit_test(a_guard_takes_the_worst_score),
        cmocka_unit_test(under_not_the_contrary_is_the_worst),
        cmocka_unit_test(what_comes_and_goes_with_time_is_refused),
        cmocka_unit_test(what_lapses_may_not_come),
        cmocka_unit_test(flags_drift_each_by_itself),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
