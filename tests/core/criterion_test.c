/* SPDX-License-Identifier: Apache-2.0 */
/* One leaf at a time: what it looks at, when it counts, and which of several candidates stands. */
#include "sample.h"

static struct world *advance(const struct rehab_criterion *when)
{
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, when);
    compile(w);
    return w;
}

static struct world *regress(const struct rehab_criterion *when)
{
    struct world *w = world();
    add_gate(w, REHAB_REGRESS, when);
    compile(w);
    return w;
}

/* ---- R1: the newest value ---- */

static void compares_the_newest_value_literally(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_OPERATORS; i++) {
        const struct sample_operator *o = &sample_operators[i];
        struct rehab_criterion c = leaf(PAIN, o->is, 3);
        struct world *w = advance(&c);
        observe(w, PAIN, 2, 1);
        observe(w, PAIN, 3, 2);
        observe(w, PAIN, 4, 3);
        assert_int_equal(decide(w, 1), o->below);
        assert_int_equal(decide(w, 2), o->at);
        assert_int_equal(decide(w, 3), o->above);
        world_free(w);
    }
}

static void without_a_value_is_unknown(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = advance(&c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 5);
    assert_int_equal(w->decision.recommendation.move, REHAB_STAY);
    observe(w, PAIN, 11, 1); /* not on the scale */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 5);
    observe(w, PAIN, -1, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 5);
    observe(w, PAIN, 2, 2)->side = REHAB_SIDE_NONE; /* of which leg? */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 5);
    observe(w, PAIN, 2, 2)->side = 77;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 5);
    observe(w, PAIN, 2, 2)->side = REHAB_OTHER;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 5);
    observe(w, SPRINT, 2, 2); /* a measure this protocol does not use */
    observe(w, PAIN, 2, 2)->measure = (uint16_t)rehab_count(&w->protocol, REHAB_MEASURES);
    observe(w, PAIN, 2, 3)->side = REHAB_BOTH;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5);
    world_free(w);
}

/* In no more memory than is needed, nothing behind it is touched. */
static void a_measure_that_is_none_is_not_indexed(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = advance(&c);
    struct rehab_observation *o = observe(w, PAIN, 2, 1);
    o->measure = (uint16_t)rehab_count(&w->protocol, REHAB_MEASURES);
    o->side = 77;
    for (size_t size = 0; size < 4096; size++) {
        struct rehab_arena arena = {.at = w->memory, .end = w->memory + size};
        w->memory[size] = 0x55;
        bool enough = rehab_index_evidence(&w->protocol, &w->evidence, hour(2), &arena) != NULL;
        assert_int_equal(w->memory[size], 0x55);
        if (enough) break;
    }
    world_free(w);
}

/* Nor where nothing was observed of many measures. */
static void an_index_of_nothing_stays_in_its_room(void **state)
{
    (void)state;
    enum { BEHIND = 128 };
    struct rehab_criterion c[SAMPLE_MEASURES];
    for (int i = 0; i < SAMPLE_MEASURES; i++)
        c[i] = leaf(i, REHAB_EQ, 1);
    struct rehab_criterion all = group(REHAB_ALL, c, SAMPLE_MEASURES);
    struct world *w = advance(&all);
    unsigned char soil[BEHIND];
    memset(soil, 0x55, BEHIND);
    for (size_t size = 0; size < 4096; size++) {
        struct rehab_arena arena = {.at = w->memory, .end = w->memory + size};
        memset(w->memory + size, 0x55, BEHIND);
        bool enough = rehab_index_evidence(&w->protocol, &w->evidence, hour(2), &arena) != NULL;
        assert_memory_equal(w->memory + size, soil, BEHIND);
        if (enough) break;
    }
    world_free(w);
}

static void an_invalid_value_hides_no_valid_one(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 1);
    observe(w, PAIN, 12, 2);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5);
    assert_int_equal(finding(w, 0)->observation, 0);
    world_free(w);
}

static void sees_nothing_that_comes_later(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 6);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    world_free(w);
}

static void of_two_values_at_one_instant_the_worse_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3), never = group(REHAB_NOT, &c, 1);
        struct world *w = advance(&c), *guard = regress(&c), *negated = advance(&never);
        struct world *all[] = {w, guard, negated};
        for (int i = 0; i < 3; i++) {
            observe(all[i], PAIN, order ? 2 : 5, 1);
            observe(all[i], PAIN, order ? 5 : 2, 1);
        }
        assert_int_equal(decide(w, 2), REHAB_NOT_MET);
        assert_int_equal(finding(w, 0)->top, N(5));
        assert_int_equal(decide(guard, 2), REHAB_MET);
        assert_int_equal(decide(negated, 2), REHAB_NOT_MET);
        for (int i = 0; i < 3; i++)
            world_free(all[i]);
    }
}

static void of_two_reasons_at_one_instant_the_warning_is_told(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_BETWEEN, 10);
    c.upper = number(20);
    c.warn_above = true;
    for (int order = 0; order < 2; order++) {
        struct world *w = advance(&c);
        observe(w, FORCE, order ? 5 : 30, 1);
        observe(w, FORCE, order ? 30 : 5, 1);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_ABOVE, 2);
        assert_int_equal(finding(w, 0)->top, N(30));
        world_free(w);
    }
}

static void the_least_reference_is_one(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 90);
    c.expression = REHAB_SYMMETRY;
    c.within_pair = duration("PT1H");
    struct world *w = advance(&c);
    observe(w, FORCE, 50, 1);
    struct rehab_observation *other = observe(w, FORCE, 0, 1);
    other->side = REHAB_OTHER;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 2);
    other->value_nano = 1;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

/* None of them is safer than the other: the one that was told last. */
static void of_two_equal_values_the_last_is_shown(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = advance(&c);
    for (int i = 0; i < 3; i++)
        observe(w, PAIN, 2, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->observation, 2);
    c.qualified = REHAB_PAIN_FREE; /* nor is it another one if none of them counts */
    compile(w);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 2);
    assert_int_equal(finding(w, 0)->observation, 2);
    world_free(w);
}

static void of_equally_good_values_the_worse_is_shown(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion low = leaf(PAIN, REHAB_LE, 9), high = leaf(FORCE, REHAB_GE, 1);
        struct rehab_criterion both[] = {low, high}, all = group(REHAB_ALL, both, 2);
        struct world *w = advance(&all);
        for (int i = 0; i < 2; i++) {
            observe(w, PAIN, i == order ? 2 : 5, 1);
            observe(w, FORCE, i == order ? 200 : 500, 1);
        }
        assert_int_equal(decide(w, 2), REHAB_MET);
        assert_int_equal(finding(w, 0)->top, N(5));
        assert_int_equal(finding(w, 1)->top, N(200));
        world_free(w);
    }
}

static void takes_the_side_that_is_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 100);
    c.side = REHAB_OTHER;
    struct world *w = advance(&c);
    observe(w, FORCE, 50, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 2);
    observe(w, FORCE, 150, 1)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    observe(w, FORCE, 60, 2)->side = REHAB_BOTH;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

static void compares_findings_scales_ranges_and_sets(void **state)
{
    (void)state;
    struct rehab_value set[] = {label("none"), label("severe")};
    struct rehab_criterion c[] = {leaf(SUDDEN, REHAB_EQ, 0), leaf(SWELLING, REHAB_LE, 1),
                                  leaf(SWELLING, REHAB_IN, 0), leaf(BEND, REHAB_BETWEEN, 0)};
    c[2].values = set;
    c[2].value_count = 2;
    c[3].upper = number(10);
    struct rehab_criterion all = group(REHAB_ALL, c, 4);
    struct world *w = advance(&all);
    observe(w, SUDDEN, 1, 1);
    observe(w, SWELLING, 2, 1);
    observe(w, BEND, 11, 1);
    assert_int_equal(decide(w, 1), REHAB_NOT_MET);
    const uint8_t first[] = {REHAB_NOT_MET, REHAB_NOT_MET, REHAB_MET, REHAB_NOT_MET};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(finding(w, i)->verdict, first[i]);
    observe(w, SUDDEN, 0, 2)->side = REHAB_BOTH;
    observe(w, SUDDEN, 1, 2)->side = REHAB_INVOLVED; /* has no side: ignored */
    observe(w, SWELLING, 1, 2);
    observe(w, BEND, 10, 2);
    assert_int_equal(decide(w, 4), REHAB_NOT_MET);
    const uint8_t second[] = {REHAB_MET, REHAB_MET, REHAB_NOT_MET, REHAB_MET};
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(finding(w, i)->verdict, second[i]);
    observe(w, BEND, -1, 5);
    decide(w, 5);
    assert_int_equal(finding(w, 3)->verdict, REHAB_NOT_MET);
    world_free(w);
}

/* ---- R12: freshness ---- */

static void a_value_is_fresh_up_to_its_window(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.within = duration("PT36H");
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 37);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 37.01);
    assert_int_equal(finding(w, 0)->observation, 0);
    assert_int_equal(w->decision.need_count, 1);
    world_free(w);
}

static void windows_come_from_class_code_or_measure(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct rehab_measure own[SAMPLE_MEASURES];
    struct world *w = world();
    w->freshness[0] = (struct rehab_freshness){T("symptom"), duration("PT10H")};
    w->document.freshness_count = 1;
    add_gate(w, REHAB_ADVANCE, &c);
    for (int round = 0; round < 4; round++) {
        const double last[] = {11, 21, 31, 1000};
        memcpy(own, sample_measures, sizeof own);
        if (round == 1) w->freshness[0] = (struct rehab_freshness){T("pain"), duration("PT20H")};
        if (round >= 2) w->document.freshness_count = 0;
        if (round == 2) own[PAIN].window = duration("PT30H");
        if (round == 3) own[PAIN].freshness_class = T("");
        w->document.measures = own;
        compile(w);
        w->evidence.observation_count = 0;
        observe(w, PAIN, 2, 1);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, last[round]);
        if (round < 3) assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, last[round] + 0.01);
    }
    world_free(w);
}

/* The clock was put forward in between: hours are those that went by. */
static void a_window_of_hours_is_not_one_of_the_wall_clock(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.within = duration("PT24H");
    struct world *w = advance(&c);
    observe(w, PAIN, 1, 1)->at.local_us += 2 * REHAB_HOUR;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 25);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 26);
    world_free(w);
}

/* What was observed as the phase was entered is of it. */
static void a_window_begins_with_the_phase(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.since = REHAB_SINCE_PHASE;
    struct world *w = advance(&c);
    observe(w, PAIN, 1, 5);
    w->state.entered = hour(5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    w->state.entered.utc_us++;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 6);
    world_free(w);
}

static void days_are_counted_on_the_wall_clock(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.within = duration("P1D");
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 10);
    w->observations[0].at.local_us -=
        REHAB_HOUR; /* the clocks went forward in the night: 09:00, and 23 hours later 09:00 */
    struct rehab_instant now = hour(33);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    assert_int_equal(rehab_decide(&w->protocol, &w->evidence, now, &w->arena, &w->decision),
                     REHAB_DECIDED);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_MET);
    now.local_us += 1;
    assert_int_equal(rehab_decide(&w->protocol, &w->evidence, now, &w->arena, &w->decision),
                     REHAB_DECIDED);
    assert_int_equal(w->decision.gates[0].verdict, REHAB_UNKNOWN);
    world_free(w);
}

/* ---- R37, R52: qualified ---- */

static void counts_only_under_the_conditions_asked_for(void **state)
{
    (void)state;
    static const struct {
        uint32_t asked;
        uint8_t bit;
        enum rehab_verdict untold, no, yes;
    } rows[] = {
        {REHAB_UNMEDICATED, REHAB_ANALGESIC_24H, REHAB_UNKNOWN, REHAB_MET, REHAB_UNKNOWN},
        {REHAB_PAIN_FREE, REHAB_WAS_PAIN_FREE, REHAB_UNKNOWN, REHAB_UNKNOWN, REHAB_MET},
        {REHAB_NO_WARM_UP, REHAB_WARMED_UP, REHAB_UNKNOWN, REHAB_MET, REHAB_UNKNOWN},
        {REHAB_GOOD_QUALITY, REHAB_POOR_QUALITY, REHAB_MET, REHAB_MET, REHAB_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
        c.qualified = rows[i].asked;
        struct world *w = advance(&c);
        struct rehab_observation *o = observe(w, PAIN, 0, 1);
        assert_int_equal(decide(w, 1), rows[i].untold);
        o->known = rows[i].bit;
        assert_int_equal(decide(w, 1), rows[i].no);
        o->held = rows[i].bit;
        assert_int_equal(decide(w, 1), rows[i].yes);
        if (rows[i].yes == REHAB_UNKNOWN)
            assert_int_equal(finding(w, 0)->reason, REHAB_REASON_UNQUALIFIED);
        o->known = 0; /* what nobody told does not hold */
        assert_int_equal(decide(w, 1), REHAB_UNKNOWN);
        world_free(w);
    }
}

/* ---- R3, R4: the two sides ---- */

static void pair(struct world *w, int measure, double involved, double other, double h)
{
    struct rehab_observation *a = observe(w, measure, involved, h),
                             *b = observe(w, measure, other, h);
    b->side = REHAB_OTHER;
    b->assessment = a->assessment;
}

static struct rehab_criterion symmetry(int measure, enum rehab_op op, double percent)
{
    struct rehab_criterion c = leaf(measure, op, percent);
    c.expression = REHAB_SYMMETRY;
    return c;
}

static void of_two_references_the_worse_counts(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 30);
    c.within_pair = duration("PT1H");
    for (int order = 0; order < 2; order++) {
        struct world *w = advance(&c);
        observe(w, FORCE, 50, 1);
        observe(w, FORCE, order ? 100 : 120, 1)->side = REHAB_OTHER;
        observe(w, FORCE, order ? 120 : 100, 1)->side = REHAB_OTHER;
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
        assert_int_equal(finding(w, 0)->bottom, N(120));
        assert_int_equal(finding(w, 0)->has_value, 1);
        world_free(w);
    }
}

static void symmetry_is_not_rounded(void **state)
{
    (void)state;
    struct rehab_criterion at_least = symmetry(FORCE, REHAB_GE, 90),
                           more = symmetry(FORCE, REHAB_GT, 90);
    struct world *a = advance(&at_least), *b = advance(&more);
    int64_t value = 0;
    pair(a, FORCE, 180, 200, 1);
    pair(b, FORCE, 180, 200, 1);
    assert_judged(a, REHAB_MET, REHAB_REASON_NONE, 1);
    assert_judged(b, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    pair(a, FORCE, 179.9, 200, 2);
    assert_judged(a, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    assert_true(rehab_finding_value(&a->protocol, finding(a, 0), &value));
    assert_int_equal(value, N(89) + 950000000);
    world_free(a);
    world_free(b);
}

static void symmetry_of_times_is_turned_round(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(SPRINT, REHAB_GE, 90);
    struct world *w = advance(&c);
    pair(w, SPRINT, 2.2, 2.0, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    pair(w, SPRINT, 2.3, 2.0, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    pair(w, SPRINT, 0, 2.0, 3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 3);
    pair(w, SPRINT, 2.0, -1, 4);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 4);
    pair(w, SPRINT, 2.0, 0, 5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 5);
    world_free(w);
}

static void symmetry_needs_a_reference_of_the_same_occasion(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    struct world *w = advance(&c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.need_count, 2);
    assert_int_equal(w->decision.needs[0].side, REHAB_INVOLVED);
    assert_int_equal(w->decision.needs[1].side, REHAB_OTHER);
    pair(w, FORCE, 180, 0, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 1);
    observe(w, FORCE, 200, 2)->side = REHAB_OTHER;
    observe(w, FORCE, 180, 3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 3);
    assert_int_equal(w->decision.need_count, 2); /* a value of an assessment that is over */
    assert_int_equal(w->decision.needs[0].side, REHAB_INVOLVED);
    assert_int_equal(w->decision.needs[1].side, REHAB_OTHER);
    w->evidence.bilateral = true;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 3);
    assert_int_equal(w->decision.need_count, 0);
    world_free(w);
}

static void pairs_may_lie_apart_as_far_as_the_document_says(void **state)
{
    (void)state;
    const char *windows[] = {"PT24H", "P1D"};
    for (int i = 0; i < 2; i++) {
        struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
        if (i == 0) c.within_pair = duration(windows[i]);
        struct world *w = world();
        if (i == 1) w->document.within_pair = duration(windows[i]);
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        observe(w, FORCE, 100, 0)->side = REHAB_OTHER; /* too long ago */
        observe(w, FORCE, 190, 2)->side = REHAB_OTHER;
        observe(w, FORCE, 400, 24.5)->side = REHAB_OTHER; /* nearer */
        observe(w, FORCE, 180, 25);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 25);
        observe(w, FORCE, 181, 25.1)->side = REHAB_OTHER; /* nearer still, and after it */
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
        assert_int_equal(finding(w, 0)->second, 4);
        struct rehab_observation *o = observe(w, FORCE, 200, 49.2);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 50);
        o->at.local_us -= REHAB_HOUR; /* days are those of the wall clock, hours are not */
        assert_judged(w, i == 0 ? REHAB_UNKNOWN : REHAB_MET,
                      i == 0 ? REHAB_REASON_SIDE_MISSING : REHAB_REASON_NONE, 50);
        world_free(w);
    }
}

static void a_pair_may_lie_apart_as_far_as_its_window(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    c.within_pair = duration("PT24H");
    struct world *w = advance(&c);
    observe(w, FORCE, 200, 1)->side = REHAB_OTHER;
    observe(w, FORCE, 180, 25);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
    w->observations[0].at.utc_us--;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 26);
    world_free(w);
}

/* Even before another at the very instant. */
static void the_same_assessment_goes_first(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    c.within_pair = duration("PT24H");
    struct world *w = advance(&c);
    pair(w, FORCE, 180, 200, 1);
    observe(w, FORCE, 300, 1)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->second, 1);
    world_free(w);
}

static void observe_at(struct world *w, double units, double true_hour, double wall_hour,
                       uint8_t side)
{
    struct rehab_observation *o = observe(w, FORCE, units, true_hour);
    o->at.local_us = hour(wall_hour).local_us;
    o->side = side;
}

/* What was seen before the clock was set back, at three, bears a later time of the wall than what
 * was seen after it. */
static void an_hour_that_comes_twice_hides_no_reference(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    c.within_pair = duration("P1D");
    struct world *w = advance(&c);
    observe_at(w, 200, 1.5, 2.5, REHAB_OTHER);
    observe_at(w, 300, 2.1, 2.1, REHAB_OTHER);
    observe_at(w, 180, 26.2, 26.2, REHAB_INVOLVED); /* more than a day after 2.1, not after 2.5 */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 27);
    assert_int_equal(finding(w, 0)->second, 0);
    w->observations[2].at = hour(1.9);
    w->observations[2].at.local_us += REHAB_HOUR;
    struct rehab_observation first = w->observations[2];
    w->observations[2] = w->observations[1];
    w->observations[1] = first; /* nearer in time to what came after it, though not by the wall */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
    assert_int_equal(finding(w, 0)->second, 2);
    world_free(w);
}

static void an_hour_that_comes_twice_hides_no_earlier_value(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 10);
    c.expression = REHAB_CHANGE;
    c.from = REHAB_AGO;
    c.ago = duration("PT1H");
    c.within_pair = duration("P1D");
    struct world *w = advance(&c);
    observe_at(w, 100, 1.5, 2.5, REHAB_INVOLVED);
    observe_at(w, 120, 2.1, 2.1, REHAB_INVOLVED);
    observe_at(w, 110, 26.2, 26.2, REHAB_INVOLVED);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 27);
    assert_int_equal(finding(w, 0)->second, 0);
    world_free(w);
}

/* Two assessments whose values lie between each other. */
static void a_value_of_the_same_assessment_is_found_behind_others(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    struct world *w = advance(&c);
    struct rehab_observation *other = observe(w, FORCE, 200, 1);
    other->side = REHAB_OTHER;
    observe(w, FORCE, 300, 2)->side = REHAB_OTHER;
    observe(w, FORCE, 180, 3)->assessment = other->assessment;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    assert_int_equal(finding(w, 0)->second, 0);
    world_free(w);
}

static void of_two_references_equally_near_the_safer_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
        struct world *w = advance(&c);
        struct rehab_observation *a = observe(w, FORCE, 180, 1),
                                 *b = observe(w, FORCE, order ? 100 : 300, 1),
                                 *d = observe(w, FORCE, order ? 300 : 100, 1);
        b->side = d->side = REHAB_OTHER;
        b->assessment = d->assessment = a->assessment;
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
        assert_int_equal(w->observations[finding(w, 0)->second].value_nano, N(300));
        world_free(w);
    }
}

static void both_values_of_a_pair_must_count(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    c.qualified = REHAB_PAIN_FREE | REHAB_SAME_ASSESSOR;
    c.within = duration("PT10H");
    c.within_pair = duration("PT24H");
    struct world *w = advance(&c);
    struct rehab_observation *b = observe(w, FORCE, 180, 1), *a = observe(w, FORCE, 180, 2);
    b->side = REHAB_OTHER;
    a->known = a->held = REHAB_WAS_PAIN_FREE;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 2);
    b->known = b->held = REHAB_WAS_PAIN_FREE;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    b->assessor = 2;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_ASSESSOR, 2);
    a->assessor = b->assessor = REHAB_NONE;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_ASSESSOR, 2);
    a->assessor = b->assessor = 3;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 11);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 11.5); /* the older of the two */
    world_free(w);
}

static void a_margin_beyond_all_numbers_is_the_largest(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, -5);
    struct world *w = advance(&c);
    int64_t margin = 0;
    pair(w, FORCE, 800, 1e-9, 1);
    w->observations[0].value_nano = 800 * REHAB_SCALE;
    w->observations[1].value_nano = 1;
    assert_int_equal(decide(w, 1), REHAB_MET);
    assert_true(rehab_finding_margin(&w->protocol, finding(w, 0), &margin));
    assert_int_equal(margin, INT64_MAX);
    world_free(w);
}

static void bounds_may_be_anything(void **state)
{
    (void)state;
    const double bounds[] = {-1, 90, 90.5, 91, 9000, 9001};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        struct rehab_criterion both[2] = {symmetry(FORCE, REHAB_GE, bounds[i]),
                                          symmetry(FORCE, REHAB_BETWEEN, bounds[i])};
        both[1].upper = number(100000);
        struct rehab_criterion all = group(REHAB_ALL, both, 2);
        struct world *w = advance(&all);
        const double involved[] = {181, 180.99, 720, 719.9};
        for (int k = 0; k < 4; k++) {
            double other = k < 2 ? 200 : 8;
            pair(w, FORCE, involved[k], other, k + 1);
            enum rehab_verdict wanted =
                100 * involved[k] >= bounds[i] * other ? REHAB_MET : REHAB_NOT_MET;
            assert_int_equal(decide(w, k + 1), wanted);
            assert_int_equal(finding(w, 0)->verdict, finding(w, 1)->verdict);
        }
        world_free(w);
    }
}

static void the_largest_values_do_not_overflow(void **state)
{
    (void)state;
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 0);
    c.value.nano = REHAB_VALUE_MAX;
    memcpy(own, sample_measures, sizeof own);
    own[FORCE].high_nano = REHAB_VALUE_MAX;
    struct world *w = world();
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    pair(w, FORCE, 1000000, 1000000, 1);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    pair(w, FORCE, 14000, 14000, 2); /* 1e6 * 1.4e13 would turn negative in 64 bits */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    c.value.nano = -REHAB_VALUE_MAX; /* and positive */
    compile(w);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

static void one_instant_is_not_one_assessment(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    struct world *w = advance(&c);
    struct rehab_observation *a = observe(w, FORCE, 180, 1), *b = observe(w, FORCE, 190, 1);
    b->side = REHAB_OTHER;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 2);
    b->assessment = a->assessment;
    b->at = hour(1.5); /* nor the other way round: an assessment may take its time */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

/* Measured again on the way: neither the best nor the worst of the other side, but the one beside
 * the value, whatever another assessment has that lies nearer. */
static void of_one_assessment_the_nearest_other_side_counts(void **state)
{
    (void)state;
    for (int newest = 0; newest < 2; newest++) {
        struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
        c.within_pair = duration("PT24H");
        struct world *w = advance(&c);
        pair(w, FORCE, 100, 300, 1);
        pair(w, FORCE, 180, 200, 2);
        w->observations[2].assessment = w->observations[3].assessment =
            w->observations[0].assessment;
        struct rehab_observation *o = observe(w, FORCE, newest ? 185 : 170, newest ? 2.2 : 2.1);
        o->assessment = w->observations[0].assessment;
        observe(w, FORCE, 100, 2.2)->side = REHAB_OTHER;
        assert_judged(w, newest ? REHAB_MET : REHAB_NOT_MET, REHAB_REASON_NONE, 3);
        assert_int_equal(finding(w, 0)->second, 3);
        world_free(w);
    }
}

static void the_other_side_must_count_too(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    c.qualified = REHAB_PAIN_FREE | REHAB_SAME_ASSESSOR;
    struct world *w = advance(&c);
    pair(w, FORCE, 180, 190, 1);
    w->observations[0].known = w->observations[0].held = REHAB_WAS_PAIN_FREE;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 1);
    w->observations[1].known = w->observations[1].held = REHAB_WAS_PAIN_FREE;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    w->observations[1].assessor = 5;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_ASSESSOR, 1);
    w->observations[0].assessor = w->observations[1].assessor = REHAB_NONE;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_ASSESSOR, 1);
    world_free(w);
}

/* Of references that do not count the last is shown, and no value; one that does not count goes
 * before one that does. */
static void a_reference_that_does_not_count_gives_no_value(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
    c.qualified = REHAB_PAIN_FREE;
    struct world *w = advance(&c);
    for (int i = 0; i < 3; i++) {
        struct rehab_observation *o = observe(w, FORCE, 180, 1);
        o->assessment = 0;
        o->side = i == 0 ? REHAB_INVOLVED : REHAB_OTHER;
    }
    w->observations[0].known = w->observations[0].held = REHAB_WAS_PAIN_FREE;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 1);
    assert_int_equal(finding(w, 0)->second, 2);
    assert_int_equal(finding(w, 0)->has_value, 0);
    w->observations[2].known = w->observations[2].held = REHAB_WAS_PAIN_FREE;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 1);
    assert_int_equal(finding(w, 0)->second, 1);
    assert_int_equal(finding(w, 0)->has_value, 0);
    w->observations[1] = w->observations[2];
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    assert_int_equal(finding(w, 0)->has_value, 1);
    world_free(w);
}

/* Of two references that are next to nothing, too, the larger makes less of the value. */
static void references_may_be_next_to_nothing(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
        struct world *w = advance(&c);
        for (int i = 0; i < 3; i++) {
            struct rehab_observation *o = observe(w, FORCE, 180, 1);
            o->assessment = 0;
            o->side = i == 0 ? REHAB_INVOLVED : REHAB_OTHER;
        }
        w->observations[1].value_nano = order ? 1 : 2;
        w->observations[2].value_nano = order ? 2 : 1;
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
        assert_int_equal(finding(w, 0)->bottom, 2);
        world_free(w);
    }
}

static void of_two_unknown_the_first_reason_is_told(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = symmetry(FORCE, REHAB_GE, 90);
        c.qualified = REHAB_SAME_ASSESSOR;
        struct world *w = advance(&c);
        for (int i = 0; i < 2; i++) {
            if (i == order) {
                observe(w, FORCE, 180, 1); /* alone */
            } else {
                pair(w, FORCE, 180, 190, 1);
                w->observations[w->evidence.observation_count - 1].assessor = 2;
            }
        }
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 1);
        world_free(w);
    }
}

static void differences_have_no_sign(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(BEND, REHAB_LE, 10);
    c.expression = REHAB_DIFFERENCE;
    struct world *w = advance(&c);
    pair(w, BEND, 20, 30, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    pair(w, BEND, 30, 19, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    world_free(w);
}

/* ---- R2: more than was meant ---- */

static void above_the_interval_is_a_warning(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(BEND, REHAB_BETWEEN, 40);
    c.upper = number(60);
    c.warn_above = true;
    struct world *w = advance(&c);
    observe(w, BEND, 39, 1);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    observe(w, BEND, 60, 2);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    observe(w, BEND, 60.5, 3);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_ABOVE, 3);
    for (int order = 0; order < 2; order++) { /* of two at one instant the warning stays */
        observe(w, BEND, order ? 70 : 30, 4 + order);
        observe(w, BEND, order ? 30 : 70, 4 + order);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_ABOVE, 4 + order);
    }
    world_free(w);
    c.warn_above = false;
    w = advance(&c);
    observe(w, BEND, 61, 1);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    world_free(w);
}

/* ---- R5: asymmetry ---- */

static void asymmetry_has_no_better_side(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_LE, 10);
    c.expression = REHAB_ASYMMETRY;
    struct world *w = advance(&c);
    pair(w, FORCE, 180, 200, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    pair(w, FORCE, 220, 200, 2); /* the stronger one fails as well */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    pair(w, FORCE, 220.2, 200, 3);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
    pair(w, FORCE, 179.9, 200, 4);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 4);
    pair(w, FORCE, 0, 200, 5);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 5);
    pair(w, FORCE, 200, 0, 6);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 6);
    observe(w, FORCE, 200, 7);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 7);
    assert_int_equal(w->decision.needs[1].side, REHAB_OTHER);
    world_free(w);
}

static void of_two_asymmetries_the_larger_counts(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_LE, 50);
    c.expression = REHAB_ASYMMETRY;
    for (int order = 0; order < 2; order++) {
        struct world *w = advance(&c);
        pair(w, FORCE, order ? 180 : 190, 200, 1);
        pair(w, FORCE, order ? 190 : 180, 200, 1);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
        assert_int_equal(finding(w, 0)->top, N(20));
        world_free(w);
    }
}

/* ---- R7, R8, R9: against an earlier value ---- */

static struct rehab_criterion since(struct rehab_criterion c, enum rehab_expression expression,
                                    enum rehab_anchor from)
{
    c.expression = expression;
    c.from = from;
    return c;
}

static void percent_of_the_first_value_is_exact(void **state)
{
    (void)state;
    struct rehab_criterion c = since(leaf(FORCE, REHAB_GE, 50), REHAB_PERCENT_OF, REHAB_BASELINE);
    struct world *w = advance(&c);
    observe(w, FORCE, 300.2, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 1);
    assert_int_equal(w->decision.needs[0].side, REHAB_INVOLVED);
    observe(w, FORCE, 150, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    observe(w, FORCE, 150.1, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 3);
    assert_int_equal(finding(w, 0)->second, 0);
    w->observations[0].value_nano = 0;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 3);
    world_free(w);
    c = since(leaf(SPRINT, REHAB_GE, -60), REHAB_PERCENT_OF, REHAB_BASELINE);
    w = advance(&c); /* below zero is a value, not a reference */
    observe(w, SPRINT, 2, 1);
    observe(w, SPRINT, -1, 2);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    w->observations[0].value_nano = N(-1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_ZERO_REFERENCE, 2);
    world_free(w);
}

/* The whole local day on which care began counts, and nothing before it. */
static void the_baseline_is_from_after_care_began(void **state)
{
    (void)state;
    struct rehab_criterion c = since(leaf(PAIN, REHAB_LE, -2), REHAB_CHANGE, REHAB_BASELINE);
    struct world *w = advance(&c);
    w->evidence.started = hour(30);
    observe(w, PAIN, 9, 23.9);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 23.9);
    observe(w, PAIN, 5, 24);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 24);
    assert_int_equal(w->decision.need_count, 1);
    observe(w, PAIN, 4, 31);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 31);
    assert_int_equal(finding(w, 0)->second, 1);
    observe(w, PAIN, 3, 40);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 40);
    assert_int_equal(finding(w, 0)->second, 1);
    w->evidence.started = hour(31); /* the hour does not matter */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 40);
    w->evidence.started = hour(48);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 40);
    world_free(w);
}

/* The newest value from before the day of the event; for values from that day on. */
/* What does not count now counted no more then. */
static void an_earlier_value_has_to_count_too(void **state)
{
    (void)state;
    static const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE};
    for (int i = 0; i < 3; i++) {
        struct rehab_criterion c = since(leaf(FORCE, REHAB_GE, 150), REHAB_PERCENT_OF, from[i]);
        c.qualified = REHAB_PAIN_FREE;
        struct world *w = advance(&c);
        double least = from[i] == REHAB_PREVIOUS ? 3 : 1;
        observe(w, FORCE, 140, 2);
        observe(w, FORCE, 100, least)->known = 0; /* not told */
        if (least < 2) {
            struct rehab_observation first = w->observations[0];
            w->observations[0] = w->observations[1];
            w->observations[1] = first;
        }
        observe(w, FORCE, 150, 4);
        for (int k = 0; k < 3; k++) {
            if (w->observations[k].value_nano == N(100)) continue;
            w->observations[k].known = w->observations[k].held = REHAB_WAS_PAIN_FREE;
        }
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 5);
        assert_int_equal(finding(w, 0)->bottom, N(140));
        world_free(w);
    }
}

static void a_baseline_is_from_before_a_named_event(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const enum rehab_anchor from = i ? REHAB_PRE_ONSET : REHAB_PRE_SURGERY;
        struct rehab_criterion c = since(leaf(FORCE, REHAB_GE, 50), REHAB_PERCENT_OF, from);
        struct world *w = advance(&c);
        struct rehab_event *event = i ? &w->evidence.onset : &w->evidence.surgery;
        int32_t day = rehab_local_day(hour(50));
        w->evidence.started = hour(24);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
        observe(w, FORCE, 10, 1); /* also from before care */
        observe(w, FORCE, 200, 47.9);
        observe(w, FORCE, 100, 48);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING, 48);
        assert_int_equal(w->decision.need_count, 0);
        *event = (struct rehab_event){.known = true, .day = day};
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 48);
        assert_int_equal(finding(w, 0)->second, 1);
        *event = (struct rehab_event){.known = true, .timed = true, .at = hour(70)};
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 48);
        observe(w, FORCE, 99.9, 50);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 50);
        assert_int_equal(finding(w, 0)->second, 1);
        event->at = hour(72); /* not yet: what was before is no outcome */
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 50);
        assert_int_equal(w->decision.need_count, 0);
        event->at = hour(0);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 50);
        assert_int_equal(w->decision.need_count, 0);
        world_free(w);
    }
}

/* ---- on record, whatever its value ---- */

static void what_is_recorded_is_not_judged(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_EQ, 1);
    c.expression = REHAB_RECORDED;
    c.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    c.within = duration("PT24H");
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = advance(&c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_true(w->decision.need_count == 1 && w->decision.needs[0].side == REHAB_INVOLVED);
    observe(w, FORCE, -1, 2);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_INVALID, 2);
    observe(w, FORCE, 0, 3);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 3);
    observe(w, FORCE, 7, 4)->known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    int64_t nano;
    assert_int_equal(rehab_criterion_scale(&w->protocol, finding(w, 0)->criterion), REHAB_IN_TRUTH);
    assert_true(rehab_finding_value(&w->protocol, finding(w, 0), &nano) && nano == REHAB_SCALE);
    assert_true(rehab_finding_bound(&w->protocol, finding(w, 0), &nano) && nano == REHAB_SCALE);
    assert_int_equal(finding(w, 0)->observation, 2);
    assert_int_equal(finding(w, 0)->has_value, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 28);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 28.1);
    world_free(w);
}

/* More is better of the one, less of the other; what is worse than before is below zero. */
static void improvement_is_turned_to_the_better(void **state)
{
    (void)state;
    const int measures[] = {FORCE, PAIN};
    const double values[2][3] = {{4, 6, 5}, {6, 4, 5}};
    for (int i = 0; i < 2; i++) {
        struct rehab_criterion c =
            since(leaf(measures[i], REHAB_GT, 1.5), REHAB_IMPROVEMENT, REHAB_BASELINE);
        struct world *w = advance(&c);
        observe(w, measures[i], values[i][0], 1);
        observe(w, measures[i], values[i][1], 2);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
        assert_int_equal(finding(w, 0)->top, N(2));
        observe(w, measures[i], values[i][2], 3);
        observe(w, measures[i], values[i][1], 3); /* of two at one instant the worse */
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
        assert_int_equal(finding(w, 0)->top, N(1));
        world_free(w);
    }
}

static void of_two_improvements_the_smaller_counts(void **state)
{
    (void)state;
    const int measures[] = {FORCE, PAIN};
    for (int i = 0; i < 4; i++) {
        int m = measures[i / 2];
        struct rehab_criterion c = since(leaf(m, REHAB_GE, -9), REHAB_IMPROVEMENT, REHAB_PREVIOUS);
        struct world *w = advance(&c);
        observe(w, m, 5, 1);
        observe(w, m, i % 2 ? 3 : 7, 2);
        observe(w, m, i % 2 ? 7 : 3, 2);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
        assert_int_equal(finding(w, 0)->top, N(-2));
        world_free(w);
    }
}

static void improvement_beyond_error_of_measurement(void **state)
{
    (void)state;
    struct rehab_measure measures[SAMPLE_MEASURES];
    memcpy(measures, sample_measures, sizeof measures);
    measures[SPRINT].mdc_nano = N(0.15);
    struct rehab_criterion c = since(leaf(SPRINT, REHAB_GT, 0), REHAB_IMPROVEMENT, REHAB_BASELINE);
    c.value = label("mdc");
    struct world *w = world();
    w->document.measures = measures;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    observe(w, SPRINT, 4.5, 1);
    observe(w, SPRINT, 4.35, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->bound_nano, N(0.15));
    observe(w, SPRINT, 4.349, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 3);
    world_free(w);
}

static void trends_have_endpoints(void **state)
{
    (void)state;
    struct rehab_criterion c = since(leaf(PAIN, REHAB_LE, 0), REHAB_CHANGE, REHAB_AGO);
    c.ago = duration("P7D");
    c.within_pair = duration("P10D");
    struct world *w = advance(&c);
    observe(w, PAIN, 3, 23);
    observe(w, PAIN, 9, 7 * 24 - 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 7 * 24 - 1);
    observe(w, PAIN, 3, 7 * 24 + 1); /* not 7 times 24 hours later, but 7 days */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 7 * 24 + 1);
    assert_int_equal(finding(w, 0)->second, 0);
    observe(w, PAIN, 4, 10 * 24);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 10 * 24);
    observe(w, PAIN, 3, 10 * 24 + 23.5); /* the first one is too long ago now */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 10 * 24 + 23.5);
    world_free(w);
    c.ago = duration("PT48H");
    c.within_pair.given = false;
    w = advance(&c);
    observe(w, PAIN, 3, 1);
    observe(w, PAIN, 3, 48.5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 49);
    observe(w, PAIN, 3, 49);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 49);
    world_free(w);
}

/* A plateau: nothing gained over 14 days asks for a review; too little known asks for nothing. */
static void no_progress_is_seen(void **state)
{
    (void)state;
    struct rehab_criterion c = since(leaf(FORCE, REHAB_LT, 10), REHAB_IMPROVEMENT, REHAB_AGO);
    c.ago = duration("P14D");
    c.within = duration("P1D"); /* what was not gained earlier has been looked at then */
    struct world *w = world();
    add_gate(w, REHAB_REVIEW, &c);
    compile(w);
    observe(w, FORCE, 100, 1);
    assert_int_equal(decide(w, 13 * 24), REHAB_UNKNOWN);
    assert_false(w->decision.review);
    observe(w, FORCE, 110, 14 * 24);
    assert_int_equal(decide(w, 14 * 24), REHAB_NOT_MET);
    observe(w, FORCE, 109, 15 * 24);
    assert_int_equal(decide(w, 15 * 24), REHAB_MET);
    assert_true(w->decision.review);
    world_free(w);
}

/* ---- R6, R21: change ---- */

static void change_from_baseline_previous_and_phase(void **state)
{
    (void)state;
    struct rehab_criterion c[3];
    const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE};
    for (int i = 0; i < 3; i++) {
        c[i] = leaf(PAIN, REHAB_LE, -2);
        c[i].expression = REHAB_CHANGE;
        c[i].from = from[i];
    }
    struct rehab_criterion all = group(REHAB_ALL, c, 3);
    struct world *w = advance(&all);
    w->state.entered = hour(5);
    observe(w, PAIN, 6, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 2);
    observe(w, PAIN, 5, 3);
    observe(w, PAIN, 4, 6);
    decide(w, 6);
    assert_int_equal(finding(w, 0)->top, N(-2));
    assert_int_equal(finding(w, 0)->verdict, REHAB_MET);
    assert_int_equal(finding(w, 1)->top, N(-1));
    assert_int_equal(finding(w, 1)->verdict, REHAB_NOT_MET);
    assert_int_equal(finding(w, 2)->reason, REHAB_REASON_BASELINE_MISSING);
    observe(w, PAIN, 3, 7);
    observe(w, PAIN, 1, 7.5);
    assert_int_equal(decide(w, 8), REHAB_MET);
    assert_int_equal(finding(w, 0)->second, 0);
    assert_int_equal(finding(w, 1)->second, 3);
    assert_int_equal(finding(w, 2)->second, 2);
    world_free(w);
    c[0].for_observations = 2; /* how far a run's lie apart is another matter */
    c[0].apart = duration("PT24H");
    w = advance(&c[0]);
    observe(w, PAIN, 6, 1);
    observe(w, PAIN, 4, 2);
    observe(w, PAIN, 3, 26);
    assert_int_equal(decide(w, 27), REHAB_MET);
    world_free(w);
}

static void change_compares_with_the_safer_of_two_earlier_values(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 0);
    c.expression = REHAB_CHANGE;
    c.from = REHAB_PREVIOUS;
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 1);
    observe(w, PAIN, 5, 1);
    observe(w, PAIN, 2, 1);
    observe(w, PAIN, 3, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->top, N(1));
    world_free(w);
}

static void rise_looks_at_what_was_before(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(MORNING, REHAB_GT, 0);
    c.expression = REHAB_RISE;
    c.over = sample_measures[PAIN].code;
    struct world *w = regress(&c);
    w->state.moved = hour(-100);
    observe(w, MORNING, 3, 8);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 9);
    observe(w, PAIN, 2, 20);
    observe(w, MORNING, 2, 32);
    observe(w, PAIN, 1, 32); /* together with it, not before */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 33);
    observe(w, MORNING, 2, 56);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 57);
    assert_int_equal(finding(w, 0)->second, 3);
    world_free(w);
}

static void rise_may_be_limited_to_a_time_before(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(MORNING, REHAB_LE, 0);
    c.expression = REHAB_RISE;
    c.over = sample_measures[PAIN].code;
    c.within_pair = duration("PT24H");
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 1);
    observe(w, MORNING, 2, 25.5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 26);
    assert_int_equal(w->decision.needs[0].measure, rehab_find_measure(&w->protocol, T("pain")));
    observe(w, MORNING, 2, 25.6);
    w->observations[0].at = hour(2);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
    c.within_pair.us = 1; /* the shortest there is */
    compile(w);
    w->observations[0].at.utc_us = w->observations[1].at.utc_us - 2;
    w->observations[2].at = w->observations[1].at;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_BASELINE_MISSING, 26);
    w->observations[0].at.utc_us++;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
    world_free(w);
}

static void rise_keeps_to_its_side(void **state)
{
    (void)state;
    struct rehab_criterion c[2] = {leaf(MORNING, REHAB_LE, 0), leaf(WEIGHT, REHAB_LE, 2)};
    c[0].expression = c[1].expression = REHAB_RISE;
    c[0].over = sample_measures[PAIN].code;
    c[0].side = REHAB_OTHER;
    c[1].over = sample_measures[WEIGHT].code;
    struct rehab_criterion all = group(REHAB_ALL, c, 2);
    struct world *w = advance(&all);
    decide(w, 1);
    assert_int_equal(w->decision.need_count, 3); /* the values themselves, and those before */
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(w->decision.needs[i].criteria, 1);
    observe(w, PAIN, 1, 1);
    observe(w, PAIN, 3, 1)->side = REHAB_OTHER;
    observe(w, WEIGHT, 80, 1);
    observe(w, WEIGHT, 81, 2);
    observe(w, MORNING, 2, 2)->side = REHAB_OTHER;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->top, N(-1));
    assert_int_equal(finding(w, 1)->top, N(1));
    world_free(w);
}

/* ---- R39, R51: ladders and joins ---- */

/* The gym may be done when running is as far as its second step, wherever it went from there. */
static void tracks_wait_for_each_other(void **state)
{
    (void)state;
    struct rehab_criterion c[2];
    for (int i = 0; i < 2; i++) {
        c[i] = leaf(SUDDEN, i == 0 ? REHAB_EQ : REHAB_NE, 1);
        c[i].measure = T("");
        c[i].expression = REHAB_REACHED;
        c[i].name = T("second");
        c[i].track = T(i == 0 ? "running" : "");
    }
    struct world *w = world();
    struct rehab_phase plain[3] = {{.id = T("first")}, {.id = T("second")}, {.id = T("third")}};
    struct rehab_track tracks[2] = {w->track,
                                    {.id = T("running"), .phases = plain, .phase_count = 3}};
    struct rehab_track_state states[2] = {w->state, w->state};
    w->document.tracks = tracks;
    w->document.track_count = w->evidence.track_count = 2;
    w->evidence.tracks = states;
    add_gate(w, REHAB_COMPLETE, &c[0]);
    add_gate(w, REHAB_HOLD, &c[1]);
    compile(w);
    const uint32_t stands[] = {3, 4, 5, REHAB_NONE};
    for (int i = 0; i < 4; i++) {
        states[1].phase = stands[i];
        assert_judged(w, i == 0 ? REHAB_NOT_MET : REHAB_MET, REHAB_REASON_NONE, 1);
        assert_int_equal(finding(w, 0)->top, i == 0 ? 0 : REHAB_SCALE);
        assert_int_equal(finding(w, 0)->has_value, 1);
        assert_int_equal(w->decision.gates[1].verdict, REHAB_NOT_MET);
    }
    world_free(w);
}

/* ---- R10, R11: sustained ---- */

static void every_value_of_every_day_must_satisfy(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.for_days = 2;
    struct world *w = advance(&c);
    observe(w, PAIN, 0, 8);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 9);
    observe(w, PAIN, 0, 32);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 33);
    assert_int_equal(finding(w, 0)->observation, 1); /* the newest is shown */
    observe(w, PAIN, 1, 44);                         /* 08:00 was 0, 20:00 is 1: the day fails */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 45);
    observe(w, PAIN, 0, 46);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 47);
    assert_int_equal(finding(w, 0)->observation, 2);
    observe(w, PAIN, 0, 56);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 57); /* yesterday failed */
    observe(w, PAIN, 0, 80);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 81);
    observe(w, PAIN, 0, 128); /* a day was left out */
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 129);
    world_free(w);
}

static void a_failing_day_fails_even_beside_an_empty_one(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.for_days = 3;
    c.qualified = REHAB_UNMEDICATED;
    struct world *w = advance(&c);
    observe(w, PAIN, 1, 8)->known = REHAB_ANALGESIC_24H;
    observe(w, PAIN, 0, 56)->known = REHAB_ANALGESIC_24H;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 57);
    w->observations[0].known = 0;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_UNQUALIFIED, 57);
    world_free(w);
}

static void runs_begin_with_the_phase(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.for_days = 2;
    struct rehab_criterion free = c;
    free.id = T("free");
    free.since = REHAB_SINCE_EPISODE;
    struct rehab_criterion both[] = {c, free}, any = group(REHAB_ANY, both, 2);
    struct world *w = advance(&any);
    w->state.entered = hour(20);
    observe(w, PAIN, 0, 8);
    observe(w, PAIN, 0, 32);
    assert_int_equal(decide(w, 33), REHAB_MET);
    assert_int_equal(finding(w, 0)->reason, REHAB_REASON_TOO_FEW_DAYS);
    assert_int_equal(finding(w, 1)->verdict, REHAB_MET);
    w->state.entered = hour(40);
    decide(w, 41);
    assert_int_equal(finding(w, 0)->reason, REHAB_REASON_STALE);
    world_free(w);
}

static void a_guard_finds_any_bad_run_since_the_last_move(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 4);
    c.expression = REHAB_WORST;
    c.for_days = 2;
    struct world *w = regress(&c);
    observe(w, PAIN, 5, 8);
    observe(w, PAIN, 0, 9);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 10);
    observe(w, PAIN, 6, 32);
    observe(w, PAIN, 1, 33); /* a good value does not hide the bad one of the day */
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 34);
    observe(w, PAIN, 0, 56);
    observe(w, PAIN, 0, 80);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 81); /* nor do later days */
    assert_int_equal(w->decision.recommendation.move, REHAB_REGRESS);
    w->state.moved = hour(32);
    assert_int_equal(decide(w, 81), REHAB_NOT_MET);
    w->state.moved = hour(81);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 81);
    world_free(w);
}

static void the_wall_clock_may_go_back_a_day(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.for_days = 1;
    struct world *w = advance(&c);
    observe(w, PAIN, 1, 24.2);
    observe(w, PAIN, 0, 24.7)->at.local_us = hour(23.7).local_us;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 25);
    world_free(w);
}

static void observations_in_a_row_and_apart(void **state)
{
    (void)state;
    const char *apart[] = {"P1D", "PT24H"};
    for (int i = 0; i < 2; i++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
        c.for_observations = 2;
        c.apart = duration(apart[i]);
        struct world *w = advance(&c);
        observe(w, PAIN, 0, 1);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 2);
        observe(w, PAIN, 0, 20); /* too close to count twice */
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 21);
        observe(w, PAIN, 0, 25);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 26);
        observe(w, PAIN, 1, 40); /* too close to count, but it fails */
        observe(w, PAIN, 0, 50);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 51);
        world_free(w);
    }
}

/* What was seen at the instant the phase began is of it. */
static void runs_of_observations_begin_with_the_phase(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    c.for_observations = 2;
    c.since = REHAB_SINCE_PHASE;
    struct world *w = advance(&c);
    observe(w, PAIN, 2, 0);
    observe(w, PAIN, 2, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    w->observations[0].at.utc_us--;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 2);
    world_free(w);
}

static void runs_of_observations_may_reach_back_before_the_phase(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.for_observations = 2;
    c.since = REHAB_SINCE_EPISODE;
    struct world *w = advance(&c);
    w->state.entered = hour(3);
    observe(w, PAIN, 0, 1);
    observe(w, PAIN, 0, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5);
    world_free(w);
}

static void the_same_instant_is_one_observation(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.for_observations = 2;
    struct world *w = advance(&c);
    w->state.entered = hour(3);
    observe(w, PAIN, 0, 1); /* before the phase */
    observe(w, PAIN, 0, 4);
    observe(w, PAIN, 0, 4);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_DAYS, 5);
    observe(w, PAIN, 0, 5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5);
    world_free(w);
}

/* One good value beside a bad one makes the instant no better. */
static void in_a_row_the_worse_of_an_instant_counts(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
        c.for_observations = 2;
        struct world *w = advance(&c);
        observe(w, PAIN, 2, 1);
        observe(w, PAIN, order ? 5 : 2, 2);
        observe(w, PAIN, order ? 2 : 5, 2);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
        assert_int_equal(finding(w, 0)->top, N(5));
        world_free(w);
    }
}

/* ---- worst and best ---- */

static void worst_and_best_of_a_window(void **state)
{
    (void)state;
    struct rehab_criterion worst = leaf(PAIN, REHAB_LE, 3), best = leaf(FORCE, REHAB_GE, 100);
    worst.expression = REHAB_WORST;
    best.expression = REHAB_BEST;
    worst.within = best.within = duration("PT24H");
    struct rehab_criterion both[] = {worst, best}, all = group(REHAB_ALL, both, 2);
    struct world *w = advance(&all);
    observe(w, PAIN, 9, 1);
    observe(w, FORCE, 50, 2);
    observe(w, PAIN, 2, 26);
    observe(w, PAIN, 3, 27);
    observe(w, PAIN, 1, 28);
    observe(w, FORCE, 120, 28);
    observe(w, FORCE, 130, 29);
    observe(w, FORCE, 110, 30);
    observe(w, FORCE, 90, 31);
    assert_int_equal(decide(w, 31), REHAB_MET);
    assert_int_equal(finding(w, 0)->top, N(3));
    assert_int_equal(finding(w, 1)->top, N(130));
    world_free(w);
}

static void labels_have_a_best_too(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(SWELLING, REHAB_EQ, 0);
    c.expression = REHAB_BEST;
    struct world *w = advance(&c);
    observe(w, SWELLING, 1, 1);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    observe(w, SWELLING, 0, 3);
    observe(w, SWELLING, 2, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    world_free(w);
}

static void a_guard_takes_the_worst_since_the_last_move(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 4);
    c.within = duration("PT30H");
    struct world *w = regress(&c);
    observe(w, PAIN, 5, 1);
    observe(w, PAIN, 6, 2);
    observe(w, PAIN, 0, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    assert_int_equal(finding(w, 0)->top, N(6));
    observe(w, PAIN, 0, 32);
    assert_int_equal(decide(w, 32), REHAB_MET);
    assert_int_equal(decide(w, 32.5), REHAB_NOT_MET); /* its own window */
    w->state.moved = hour(33);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STALE, 33);
    world_free(w);
}

/* The worst is a value without its other side: nothing of the pair before it stands in it. */
static void what_is_not_known_has_no_reference(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_LE, 50);
    c.expression = REHAB_SYMMETRY;
    struct world *w = world();
    add_gate(w, REHAB_HOLD, &c);
    compile(w);
    observe(w, FORCE, 80, 1);
    pair(w, FORCE, 100, 100, 2);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 3);
    assert_int_equal(finding(w, 0)->observation, 0);
    assert_true(!finding(w, 0)->has_value && finding(w, 0)->bottom == 0);
    world_free(w);
}

static void guards_may_look_at_the_phase_or_the_episode(void **state)
{
    (void)state;
    struct rehab_criterion c[2] = {leaf(PAIN, REHAB_GE, 4), leaf(PAIN, REHAB_GE, 4)};
    c[0].since = REHAB_SINCE_PHASE;
    c[1].since = REHAB_SINCE_EPISODE;
    struct rehab_criterion any = group(REHAB_ANY, c, 2);
    struct world *w = regress(&any);
    w->state.moved = w->state.entered = hour(10);
    observe(w, PAIN, 5, 5);
    decide(w, 11);
    assert_int_equal(finding(w, 0)->reason, REHAB_REASON_STALE);
    assert_int_equal(finding(w, 1)->verdict, REHAB_MET);
    world_free(w);
}

/* ---- R14, R16: time ---- */

static void hours_are_hours(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_PHASE, REHAB_GE, "PT24H");
    struct world *w = advance(&c);
    w->state.entered = hour(10);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, 33.99);
    assert_true(w->decision.has_earliest && !w->decision.earliest_is_local);
    assert_int_equal(w->decision.earliest.utc_us, hour(34).utc_us);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 34);
    assert_false(w->decision.has_earliest);
    world_free(w);
}

static void days_begin_at_midnight(void **state)
{
    (void)state;
    const struct {
        enum rehab_op op;
        double first;
    } rows[] = {{REHAB_GE, 120}, {REHAB_GT, 144}};
    for (int i = 0; i < 2; i++) {
        struct rehab_criterion c = elapsed(REHAB_ONSET, rows[i].op, "P5D");
        struct world *w = advance(&c);
        assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_EVENT_MISSING, 1);
        w->evidence.onset = (struct rehab_event){.known = true, .day = 20000};
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, rows[i].first - 0.01);
        assert_true(w->decision.earliest_is_local);
        assert_int_equal(w->decision.earliest.local_us, hour(rows[i].first).local_us);
        assert_judged(w, REHAB_MET, REHAB_REASON_NONE, rows[i].first);
        world_free(w);
    }
}

static void hours_since_a_date_count_from_an_hour_after_that_day(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_SURGERY, REHAB_GT, "PT72H");
    struct world *w = advance(&c);
    w->evidence.surgery = (struct rehab_event){.known = true, .day = 20000};
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_YET, 97);
    assert_int_equal(w->decision.earliest.utc_us, hour(97).utc_us + 1);
    assert_int_equal(decide(w, 97.1), REHAB_MET);
    w->evidence.surgery = (struct rehab_event){.known = true, .timed = true, .at = hour(10)};
    assert_int_equal(decide(w, 82), REHAB_NOT_MET);
    assert_int_equal(decide(w, 82.1), REHAB_MET);
    world_free(w);
}

static void time_may_also_run_out(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_EPISODE, REHAB_LT, "P2D");
    struct world *w = advance(&c);
    w->evidence.started = hour(5);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 47.9);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 48);
    assert_false(w->decision.has_earliest); /* never again */
    world_free(w);
    /* since a day that nobody knows: not waited for */
    struct rehab_criterion since[] = {elapsed(REHAB_ONSET, REHAB_GE, "P9D"),
                                      elapsed(REHAB_EPISODE, REHAB_GE, "P3D")},
                           known = group(REHAB_ALL, since, 2);
    w = advance(&known);
    assert_int_equal(decide(w, 30), REHAB_NOT_MET);
    assert_true(w->decision.has_earliest);
    assert_int_equal(w->decision.earliest.local_us, hour(72).local_us);
    world_free(w);
    since[0] = elapsed(REHAB_EPISODE, REHAB_LT, "P9D"); /* nor what has time still */
    w = advance(&known);
    assert_int_equal(decide(w, 30), REHAB_NOT_MET);
    assert_int_equal(w->decision.earliest.local_us, hour(72).local_us);
    world_free(w);
    since[0] = leaf(FORCE, REHAB_GE, 700); /* nor is a value, however far it is from its bound */
    w = advance(&known);
    observe(w, FORCE, 100, 1);
    assert_int_equal(decide(w, 30), REHAB_NOT_MET);
    assert_int_equal(w->decision.earliest.local_us, hour(72).local_us);
    world_free(w);
    struct rehab_criterion both[] = {c, elapsed(REHAB_EPISODE, REHAB_GE, "P9D")},
                           all = group(REHAB_ALL, both, 2), any = group(REHAB_ANY, both, 2);
    for (int i = 0; i < 2; i++) {
        w = advance(i ? &any : &all);
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 72);
        assert_int_equal(w->decision.has_earliest, i);
        world_free(w);
    }
}

static void bounds_follow_the_stratum(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_PHASE, REHAB_GE, "PT10H");
    struct rehab_value_by by[] = {{T("grade"), T("2"), c.value}, {T("grade"), T("3"), c.value}};
    by[0].value.duration = duration("PT20H");
    by[1].value.duration = duration("PT30H");
    c.value_by = by;
    c.value_by_count = 2;
    struct world *w = advance(&c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STRATUM_MISSING, 50);
    const double from[] = {10, 20, 30};
    for (uint16_t grade = 0; grade < 3; grade++) {
        w->stratum = grade;
        assert_int_equal(decide(w, from[grade] - 0.1), REHAB_NOT_MET);
        assert_int_equal(decide(w, from[grade]), REHAB_MET);
    }
    world_free(w);
}

/* ---- R28, R34: facts ---- */

/* What has no other side is shown without one. */
static void a_guard_shows_no_side_that_is_missing(void **state)
{
    (void)state;
    struct rehab_criterion c = symmetry(FORCE, REHAB_LT, 90);
    c.within = duration("P7D");
    struct world *w = world();
    add_gate(w, REHAB_HOLD, &c);
    compile(w);
    observe(w, FORCE, 50, 1);
    pair(w, FORCE, 100, 100, 5);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_SIDE_MISSING, 6);
    assert_int_equal(finding(w, 0)->observation, 0);
    assert_int_equal(finding(w, 0)->second, REHAB_NONE);
    world_free(w);
}

static void clearances_stand_until_withdrawn_or_expired(void **state)
{
    (void)state;
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .id = T("ok"),
                                .expression = REHAB_CLEARED,
                                .name = T("running"),
                                .roles = REHAB_PHYSICIAN,
                                .is = REHAB_EQ,
                                .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}};
    c.within = duration("P7D");
    struct world *w = advance(&c);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_CLEARED, 1);
    w->clearances[0] = (struct rehab_clearance){0, REHAB_CLINICIAN, hour(2), true};
    w->clearances[1] = (struct rehab_clearance){0, REHAB_PHYSICIAN, hour(4), true};
    w->clearances[2] = (struct rehab_clearance){0, REHAB_PHYSICIAN, hour(3), false};
    w->clearances[3] = (struct rehab_clearance){7, REHAB_PHYSICIAN, hour(5), false};
    w->evidence.clearance_count = 4;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_CLEARED, 3);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    assert_int_equal(finding(w, 0)->has_value, 1);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4 + 168);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_STALE, 4 + 168.1);
    w->clearances[0].role = REHAB_PHYSICIAN;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_CLEARED, 3);
    w->clearances[2].at = hour(4); /* given and withdrawn at once */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_CLEARED, 5);
    w->clearances[2] = w->clearances[1];
    w->clearances[1].given = false;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_CLEARED, 5);
    c.within = (struct rehab_duration){0, false, false}; /* for good */
    w->clearances[1].given = true;
    compile(w);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 5000);
    w->clearances[0].given = false; /* what lies behind the list is none of it */
    w->evidence.clearance_count = 1;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NOT_CLEARED, 5000);
    world_free(w);
}

static void strata_are_facts(void **state)
{
    (void)state;
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .id = T("mild"),
                                .expression = REHAB_STRATUM,
                                .name = T("grade"),
                                .is = REHAB_LE,
                                .value = label("2")};
    struct world *w = advance(&c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_STRATUM_MISSING, 1);
    assert_int_equal(w->decision.need_count, 0);
    w->stratum = 1;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 1);
    assert_int_equal(finding(w, 0)->has_value, 1);
    w->stratum = 2;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_the_newest_value_literally),
        cmocka_unit_test(without_a_value_is_unknown),
        cmocka_unit_test(a_measure_that_is_none_is_not_indexed),
        cmocka_unit_test(an_index_of_nothing_stays_in_its_room),
        cmocka_unit_test(an_invalid_value_hides_no_valid_one),
        cmocka_unit_test(sees_nothing_that_comes_later),
        cmocka_unit_test(of_two_values_at_one_instant_the_worse_counts),
        cmocka_unit_test(of_two_reasons_at_one_instant_the_warning_is_told),
        cmocka_unit_test(the_least_reference_is_one),
        cmocka_unit_test(of_two_equal_values_the_last_is_shown),
        cmocka_unit_test(of_equally_good_values_the_worse_is_shown),
        cmocka_unit_test(takes_the_side_that_is_asked_for),
        cmocka_unit_test(compares_findings_scales_ranges_and_sets),
        cmocka_unit_test(a_value_is_fresh_up_to_its_window),
        cmocka_unit_test(windows_come_from_class_code_or_measure),
        cmocka_unit_test(a_window_of_hours_is_not_one_of_the_wall_clock),
        cmocka_unit_test(a_window_begins_with_the_phase),
        cmocka_unit_test(days_are_counted_on_the_wall_clock),
        cmocka_unit_test(counts_only_under_the_conditions_asked_for),
        cmocka_unit_test(of_two_references_the_worse_counts),
        cmocka_unit_test(symmetry_is_not_rounded),
        cmocka_unit_test(symmetry_of_times_is_turned_round),
        cmocka_unit_test(symmetry_needs_a_reference_of_the_same_occasion),
        cmocka_unit_test(pairs_may_lie_apart_as_far_as_the_document_says),
        cmocka_unit_test(a_pair_may_lie_apart_as_far_as_its_window),
        cmocka_unit_test(the_same_assessment_goes_first),
        cmocka_unit_test(an_hour_that_comes_twice_hides_no_reference),
        cmocka_unit_test(an_hour_that_comes_twice_hides_no_earlier_value),
        cmocka_unit_test(a_value_of_the_same_assessment_is_found_behind_others),
        cmocka_unit_test(of_two_references_equally_near_the_safer_counts),
        cmocka_unit_test(both_values_of_a_pair_must_count),
        cmocka_unit_test(a_margin_beyond_all_numbers_is_the_largest),
        cmocka_unit_test(bounds_may_be_anything),
        cmocka_unit_test(the_largest_values_do_not_overflow),
        cmocka_unit_test(one_instant_is_not_one_assessment),
        cmocka_unit_test(of_one_assessment_the_nearest_other_side_counts),
        cmocka_unit_test(the_other_side_must_count_too),
        cmocka_unit_test(a_reference_that_does_not_count_gives_no_value),
        cmocka_unit_test(references_may_be_next_to_nothing),
        cmocka_unit_test(of_two_unknown_the_first_reason_is_told),
        cmocka_unit_test(differences_have_no_sign),
        cmocka_unit_test(above_the_interval_is_a_warning),
        cmocka_unit_test(asymmetry_has_no_better_side),
        cmocka_unit_test(of_two_asymmetries_the_larger_counts),
        cmocka_unit_test(percent_of_the_first_value_is_exact),
        cmocka_unit_test(what_is_recorded_is_not_judged),
        cmocka_unit_test(the_baseline_is_from_after_care_began),
        cmocka_unit_test(an_earlier_value_has_to_count_too),
        cmocka_unit_test(a_baseline_is_from_before_a_named_event),
        cmocka_unit_test(improvement_is_turned_to_the_better),
        cmocka_unit_test(of_two_improvements_the_smaller_counts),
        cmocka_unit_test(improvement_beyond_error_of_measurement),
        cmocka_unit_test(trends_have_endpoints),
        cmocka_unit_test(no_progress_is_seen),
        cmocka_unit_test(change_from_baseline_previous_and_phase),
        cmocka_unit_test(change_compares_with_the_safer_of_two_earlier_values),
        cmocka_unit_test(rise_looks_at_what_was_before),
        cmocka_unit_test(rise_may_be_limited_to_a_time_before),
        cmocka_unit_test(rise_keeps_to_its_side),
        cmocka_unit_test(tracks_wait_for_each_other),
        cmocka_unit_test(every_value_of_every_day_must_satisfy),
        cmocka_unit_test(a_failing_day_fails_even_beside_an_empty_one),
        cmocka_unit_test(runs_begin_with_the_phase),
        cmocka_unit_test(a_guard_finds_any_bad_run_since_the_last_move),
        cmocka_unit_test(the_wall_clock_may_go_back_a_day),
        cmocka_unit_test(observations_in_a_row_and_apart),
        cmocka_unit_test(runs_of_observations_begin_with_the_phase),
        cmocka_unit_test(runs_of_observations_may_reach_back_before_the_phase),
        cmocka_unit_test(the_same_instant_is_one_observation),
        cmocka_unit_test(in_a_row_the_worse_of_an_instant_counts),
        cmocka_unit_test(worst_and_best_of_a_window),
        cmocka_unit_test(labels_have_a_best_too),
        cmocka_unit_test(a_guard_takes_the_worst_since_the_last_move),
        cmocka_unit_test(what_is_not_known_has_no_reference),
        cmocka_unit_test(guards_may_look_at_the_phase_or_the_episode),
        cmocka_unit_test(hours_are_hours),
        cmocka_unit_test(days_begin_at_midnight),
        cmocka_unit_test(hours_since_a_date_count_from_an_hour_after_that_day),
        cmocka_unit_test(time_may_also_run_out),
        cmocka_unit_test(bounds_follow_the_stratum),
        cmocka_unit_test(a_guard_shows_no_side_that_is_missing),
        cmocka_unit_test(clearances_stand_until_withdrawn_or_expired),
        cmocka_unit_test(strata_are_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
