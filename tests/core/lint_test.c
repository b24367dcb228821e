/* SPDX-License-Identifier: Apache-2.0 */
/* The critic: what it says, where, and what it lets pass. Faults planted in a whole protocol are in
 * tests/core/lint. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>

#define GATE "/tracks/0/phases/1/gates/0/when"

enum { FOUND_MAX = 128 };
static struct rehab_lint_finding found[FOUND_MAX];
static uint32_t found_count;

static const struct rehab_source SOURCES[] = {{{"book", 4}, {"A book", 6}}};

static struct rehab_criterion cite(struct rehab_criterion c)
{
    c.citation = (struct rehab_citation){.source = T("book"), .certainty = REHAB_VERIFIED};
    return c;
}

static struct rehab_criterion with(struct rehab_criterion c, enum rehab_expression expression)
{
    c.expression = expression;
    return c;
}

static void lint(struct world *w)
{
    w->document.sources = SOURCES;
    w->document.source_count = 1;
    compile(w);
    found_count = rehab_lint(&w->protocol, T("sudden"), found, FOUND_MAX);
    assert_true(found_count <= FOUND_MAX);
}

static const struct rehab_lint_finding *find(enum rehab_lint_code code, const char *pointer)
{
    for (uint32_t i = 0; i < found_count; i++) {
        if (found[i].code == code && found[i].pointer_size == strlen(pointer) &&
            memcmp(found[i].pointer, pointer, strlen(pointer)) == 0)
            return &found[i];
    }
    return NULL;
}

/* A world whose second phase has one gate over this tree. */
static struct world *gate_of(const struct rehab_criterion *when, enum rehab_move move)
{
    struct world *w = world();
    add_gate(w, move, when);
    lint(w);
    return w;
}

#define said(code, pointer)   assert_non_null(find(code, pointer))
#define unsaid(code, pointer) assert_null(find(code, pointer))

/* All of the leaves in one advance gate: can it be met? */
static void assert_possible(const struct rehab_criterion *leaves, uint32_t count, bool possible)
{
    struct rehab_criterion all = group(REHAB_ALL, leaves, count);
    world_free(gate_of(&all, REHAB_ADVANCE));
    if (possible) unsaid(REHAB_LINT_GATE_NEVER, GATE);
    if (!possible) said(REHAB_LINT_GATE_NEVER, GATE);
}

static void assert_leaf(struct rehab_criterion c, enum rehab_lint_code code)
{
    world_free(gate_of(&c, REHAB_ADVANCE));
    static const enum rehab_lint_code codes[] = {REHAB_LINT_CRITERION_NEVER,
                                                 REHAB_LINT_CRITERION_ALWAYS, REHAB_LINT_UNFED};
    for (size_t i = 0; i < 3; i++) {
        if (codes[i] == code) said(code, GATE);
        if (codes[i] != code) unsaid(codes[i], GATE);
    }
}

static const enum rehab_lint_code NEVER = REHAB_LINT_CRITERION_NEVER,
                                  ALWAYS = REHAB_LINT_CRITERION_ALWAYS,
                                  EITHER = REHAB_LINT_CODE_COUNT;

static void other_values_have_steps_too(void **state)
{
    (void)state;
    struct rehab_criterion c = with(leaf(PAIN, REHAB_EQ, 17.5), REHAB_AGE);
    c.measure = T("");
    assert_leaf(c, NEVER);
    c.value = number(17);
    assert_leaf(c, EITHER);
    c = leaf(PAIN, REHAB_EQ, 0); /* the mean of three */
    c.value.nano = 333333333;
    assert_leaf(c, NEVER);
    c.trials = 3;
    c.take = REHAB_TAKE_MEAN;
    assert_leaf(c, EITHER);
    c = with(leaf(PAIN, REHAB_EQ, 0.5), REHAB_RISE);
    c.over = sample_measures[MORNING].code;
    assert_leaf(c, EITHER);
    c.value.nano = 1;
    assert_leaf(c, EITHER);
    c.value = number(0.5);
    c.over = sample_measures[PAIN].code;
    assert_leaf(c, NEVER);
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    own[PAIN].low_nano = N(0.5); /* what is seen of it begins at 1 */
    c = leaf(PAIN, REHAB_LT, 1);
    struct world *w = world();
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    said(REHAB_LINT_CRITERION_NEVER, GATE);
    world_free(w);
}

/* The same value cannot be high and low, whatever is made of it. */
static void one_value_contradicts_itself(void **state)
{
    (void)state;
    static const enum rehab_expression made[] = {
        REHAB_LATEST, REHAB_SYMMETRY, REHAB_DIFFERENCE,  REHAB_ASYMMETRY,
        REHAB_CHANGE, REHAB_RISE,     REHAB_IMPROVEMENT, REHAB_PERCENT_OF};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        struct rehab_criterion c[2] = {leaf(FORCE, REHAB_GE, 90), leaf(FORCE, REHAB_LT, 80)};
        for (int k = 0; k < 2; k++) {
            c[k].expression = made[i];
            if (made[i] == REHAB_RISE) c[k].over = sample_measures[FORCE].code;
            if (i == 4 || i > 5) c[k].from = REHAB_BASELINE;
        }
        assert_possible(c, 2, false);
        c[1].value = number(100);
        assert_possible(c, 2, true);
    }
    struct rehab_criterion ages[2] = {with(leaf(PAIN, REHAB_GE, 18), REHAB_AGE),
                                      with(leaf(PAIN, REHAB_LT, 18), REHAB_AGE)};
    ages[0].measure = ages[1].measure = T("");
    assert_possible(ages, 2, false);
}

/* How far the sides are apart is told by how much of the other one is. */
static void symmetry_tells_asymmetry(void **state)
{
    (void)state;
    static const struct {
        enum rehab_op is, apart;
        double symmetry, asymmetry;
        bool possible;
    } cases[] = {{REHAB_GT, REHAB_LE, 110, 5, false},  {REHAB_GT, REHAB_LE, 104, 5, true},
                 {REHAB_GT, REHAB_LE, 105, 5, false},  {REHAB_GE, REHAB_LE, 105, 5, true},
                 {REHAB_LT, REHAB_LE, 95, 5, false},   {REHAB_LE, REHAB_LE, 95, 5, true},
                 {REHAB_GE, REHAB_GT, 100, 150, true}, {REHAB_LE, REHAB_GT, 100, 100, false},
                 {REHAB_GE, REHAB_LE, 100, 0, true},   {REHAB_LT, REHAB_LE, 100, 0, false},
                 {REHAB_LT, REHAB_LE, 96, 5, true},    {REHAB_LE, REHAB_GE, 50, 100, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rehab_criterion c[] = {
            with(leaf(FORCE, cases[i].is, cases[i].symmetry), REHAB_SYMMETRY),
            with(leaf(FORCE, cases[i].apart, cases[i].asymmetry), REHAB_ASYMMETRY)};
        assert_possible(c, 2, cases[i].possible);
        struct rehab_criterion turned[] = {c[1], c[0]};
        assert_possible(turned, 2, cases[i].possible);
    }
    struct rehab_criterion zone[] = {with(leaf(FORCE, REHAB_BETWEEN, 10), REHAB_ASYMMETRY),
                                     with(leaf(FORCE, REHAB_GT, 90), REHAB_SYMMETRY),
                                     with(leaf(FORCE, REHAB_LT, 115), REHAB_SYMMETRY)};
    zone[0].upper = number(20);
    assert_possible(zone, 3, true);
    zone[2].value = number(110);
    assert_possible(zone, 3, false);
    struct rehab_criterion less[] = {with(leaf(PAIN, REHAB_GT, 110), REHAB_SYMMETRY),
                                     with(leaf(PAIN, REHAB_LE, 5), REHAB_ASYMMETRY)};
    assert_possible(less, 2, true); /* the other way round: tried apart */
    struct rehab_measure below[SAMPLE_MEASURES];
    memcpy(below, sample_measures, sizeof below);
    below[FORCE].low_nano = -REHAB_SCALE; /* as are ratios of what may be less than nothing */
    struct rehab_criterion both[] = {with(leaf(FORCE, REHAB_GT, 110), REHAB_SYMMETRY),
                                     with(leaf(FORCE, REHAB_LE, 5), REHAB_ASYMMETRY)};
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    said(REHAB_LINT_GATE_NEVER, GATE);
    w->document.measures = below;
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    world_free(w);
}

static void ranges_and_steps_count(void **state)
{
    (void)state;
    assert_leaf(leaf(PAIN, REHAB_GT, 10), NEVER);
    assert_leaf(leaf(PAIN, REHAB_GE, 10), EITHER);
    assert_leaf(leaf(PAIN, REHAB_LE, 10), ALWAYS);
    assert_leaf(leaf(PAIN, REHAB_EQ, 2.5), NEVER);
    assert_leaf(leaf(PAIN, REHAB_NE, 2.5), ALWAYS);
    assert_leaf(leaf(FORCE, REHAB_EQ, 2.5), EITHER);
    assert_leaf(leaf(SWELLING, REHAB_LT, 0), NEVER);
    assert_leaf(leaf(SUDDEN, REHAB_EQ, 0), EITHER);
    struct rehab_criterion c = with(leaf(PAIN, REHAB_LE, -10.5), REHAB_CHANGE);
    c.from = REHAB_BASELINE;
    assert_leaf(c, NEVER);
    c.value = number(-9.5);
    assert_leaf(c, EITHER);
    assert_leaf(with(leaf(FORCE, REHAB_GT, 800), REHAB_DIFFERENCE), NEVER);
    assert_leaf(with(leaf(FORCE, REHAB_LE, 0), REHAB_DIFFERENCE), EITHER);
    assert_leaf(with(leaf(BEND, REHAB_GT, 100), REHAB_DIFFERENCE), NEVER); /* from -10 to 90 */
    assert_leaf(with(leaf(BEND, REHAB_GE, 100), REHAB_DIFFERENCE), EITHER);
    assert_leaf(with(leaf(PAIN, REHAB_GT, 10), REHAB_BEST), NEVER);
    assert_leaf(with(leaf(PAIN, REHAB_LE, 0), REHAB_ASYMMETRY), EITHER);
    assert_leaf(with(leaf(PAIN, REHAB_LE, 0), REHAB_SYMMETRY), NEVER);
    assert_leaf(with(leaf(FORCE, REHAB_LE, 0), REHAB_SYMMETRY), EITHER);
    assert_leaf(with(leaf(FORCE, REHAB_LT, 0), REHAB_SYMMETRY), NEVER);
    c.expression = REHAB_IMPROVEMENT;
    assert_leaf(c, EITHER);
    c.value = number(-10.5);
    assert_leaf(c, NEVER);
    c = with(leaf(FORCE, REHAB_LT, 0), REHAB_PERCENT_OF);
    c.from = REHAB_BASELINE;
    assert_leaf(c, NEVER);
    c.value = number(1);
    assert_leaf(c, EITHER);
    c.is = REHAB_LE;
    c.value = number(0);
    assert_leaf(c, EITHER);
    assert_leaf(with(leaf(FORCE, REHAB_LT, 0), REHAB_ASYMMETRY), NEVER);
    assert_leaf(with(leaf(FORCE, REHAB_LE, 10), REHAB_ASYMMETRY), EITHER);
    c = with(leaf(PAIN, REHAB_GT, 10), REHAB_RISE);
    c.over = T("morning");
    assert_leaf(c, NEVER);
    c = with(leaf(MORNING, REHAB_GE, -10), REHAB_RISE);
    c.over = T("pain");
    assert_leaf(c, ALWAYS);
    c = leaf(PAIN, REHAB_BETWEEN, 2.2);
    c.upper = number(2.8);
    assert_leaf(c, NEVER);
    c.upper = number(3);
    assert_leaf(c, EITHER);
    c = leaf(SWELLING, REHAB_IN, 0);
    struct rehab_value labels[] = {label("none"), label("mild"), label("severe")};
    c.values = labels;
    c.value_count = 3;
    assert_leaf(c, ALWAYS);
    c.value_count = 2;
    assert_leaf(c, EITHER);
    assert_leaf(elapsed(REHAB_ONSET, REHAB_LT, "P0D"), NEVER);
    assert_leaf(elapsed(REHAB_PHASE, REHAB_GE, "PT0S"), ALWAYS);
    assert_leaf(elapsed(REHAB_ONSET, REHAB_GE, "P3D"), EITHER);
    c = with(leaf(BEND, REHAB_GT, 100), REHAB_RISE);
    c.over = T("bend");
    assert_leaf(c, NEVER);
    c.is = REHAB_GE;
    assert_leaf(c, EITHER);
    c = with(leaf(PAIN, REHAB_GE, 0), REHAB_AGE);
    c.measure = T("");
    assert_leaf(c, ALWAYS);
}

/* The last of as many labels as there may be; the ratio of two measures, to the billionth. */
static void all_that_can_be_said_is_tried(void **state)
{
    (void)state;
    static char letters[REHAB_MAX_LABELS];
    struct rehab_text labels[REHAB_MAX_LABELS];
    for (int i = 0; i < REHAB_MAX_LABELS; i++) {
        letters[i] = (char)('0' + i);
        labels[i] = (struct rehab_text){&letters[i], 1};
    }
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    own[SWELLING].labels = (struct rehab_texts){labels, REHAB_MAX_LABELS};
    const struct rehab_value last = {.kind = REHAB_VALUE_LABEL,
                                     .label = labels[REHAB_MAX_LABELS - 1]};
    struct rehab_criterion c = leaf(SWELLING, REHAB_IN, 0);
    c.values = &last;
    c.value_count = 1;
    struct world *w = world();
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    unsaid(NEVER, GATE);
    c = leaf(FORCE, REHAB_EQ, 1);
    c.per = sample_measures[WEIGHT].code;
    c.value.nano++;
    lint(w);
    unsaid(NEVER, GATE);
    world_free(w);
}

/* One value per another: from the least per the most to the most per the least. */
static void quotients_have_a_range(void **state)
{
    (void)state;
    static const struct {
        int64_t low, high, least,
            most; /* of the value, and of what it is divided by: thousandths */
        enum rehab_op op;
        double bound;
        enum rehab_lint_code code;
    } cases[] = {{0, 800000, 20000, 250000, REHAB_GT, 40, REHAB_LINT_CRITERION_NEVER},
                 {0, 800000, 20000, 250000, REHAB_GE, 40, REHAB_LINT_CODE_COUNT},
                 {0, 800000, 20000, 250000, REHAB_LE, 40, REHAB_LINT_CRITERION_ALWAYS},
                 {0, 800000, 20000, 250000, REHAB_LT, 0, REHAB_LINT_CRITERION_NEVER},
                 {0, 800000, 20000, 250000, REHAB_LE, 0, REHAB_LINT_CODE_COUNT},
                 {4000, 10000, 20000, 250000, REHAB_LT, 0.016, REHAB_LINT_CRITERION_NEVER},
                 {4000, 10000, 20000, 250000, REHAB_LE, 0.016, REHAB_LINT_CODE_COUNT},
                 {-10000, -4000, 20000, 250000, REHAB_LT, -0.5, REHAB_LINT_CRITERION_NEVER},
                 {-10000, -4000, 20000, 250000, REHAB_LE, -0.5, REHAB_LINT_CODE_COUNT},
                 {-10000, -4000, 20000, 250000, REHAB_GT, -0.016, REHAB_LINT_CRITERION_NEVER},
                 {-10000, -4000, 20000, 250000, REHAB_GE, -0.016, REHAB_LINT_CODE_COUNT},
                 {-10000, 10000, 3000, 5000, REHAB_GE, 3.333333333, REHAB_LINT_CODE_COUNT},
                 {-10000, 10000, 3000, 5000, REHAB_GT, 3.333333333, REHAB_LINT_CODE_COUNT},
                 {-10000, 10000, 3000, 5000, REHAB_LT, -3.333333333, REHAB_LINT_CODE_COUNT},
                 {-10000, 10000, 3000, 5000, REHAB_GT, 3.333333334, REHAB_LINT_CRITERION_NEVER},
                 {-10000, 10000, 3000, 5000, REHAB_LE, -3.333333333, REHAB_LINT_CODE_COUNT},
                 {-10000, 10000, 3000, 5000, REHAB_LT, -3.333333334, REHAB_LINT_CRITERION_NEVER},
                 {-800, 800, 0, 250000, REHAB_GT, 900000, REHAB_LINT_CODE_COUNT},
                 {-800, 800, 0, 250000, REHAB_LT, -900000, REHAB_LINT_CODE_COUNT},
                 {0, 800, -1000, 1000, REHAB_GT, 900000, REHAB_LINT_CODE_COUNT},
                 {0, 1, 0, 250000, REHAB_GT, 900000, REHAB_LINT_CODE_COUNT},
                 {0, 800, -1000, 0, REHAB_GT, 1, REHAB_LINT_UNFED}};
    static const enum rehab_lint_code codes[] = {REHAB_LINT_CRITERION_NEVER,
                                                 REHAB_LINT_CRITERION_ALWAYS, REHAB_LINT_UNFED};
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rehab_criterion c = leaf(FORCE, cases[i].op, cases[i].bound);
        struct world *w = world();
        c.per = sample_measures[WEIGHT].code;
        c.value.nano = (int64_t)(cases[i].bound * 1e9 + (cases[i].bound < 0 ? -0.5 : 0.5));
        own[FORCE].low_nano = cases[i].low * (REHAB_SCALE / 1000);
        own[FORCE].high_nano = cases[i].high * (REHAB_SCALE / 1000);
        own[WEIGHT].low_nano = cases[i].least * (REHAB_SCALE / 1000);
        own[WEIGHT].high_nano = cases[i].most * (REHAB_SCALE / 1000);
        w->document.measures = own;
        add_gate(w, REHAB_ADVANCE, &c);
        lint(w);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(find(codes[k], GATE) != NULL, codes[k] == cases[i].code);
        world_free(w);
    }
}

/* Ratios of measures with other ranges; a grid without a point. */
static void odd_ranges_count(void **state)
{
    (void)state;
    struct rehab_measure odd[SAMPLE_MEASURES];
    memcpy(odd, sample_measures, sizeof odd);
    struct rehab_criterion c = with(leaf(FORCE, REHAB_GE, 90), REHAB_SYMMETRY);
    struct rehab_criterion empty[] = {leaf(PAIN, REHAB_GE, 0), leaf(PAIN, REHAB_LE, 1), c};
    struct rehab_criterion all = group(REHAB_ALL, empty, 3);
    struct world *w = gate_of(&c, REHAB_ADVANCE);
    w->document.measures = odd;
    odd[FORCE].low_nano = -REHAB_SCALE;
    lint(w);
    unsaid(REHAB_LINT_UNFED, GATE);
    odd[FORCE].low_nano = 790 * REHAB_SCALE;
    lint(w);
    said(ALWAYS, GATE);
    odd[FORCE].low_nano = 1;
    lint(w);
    unsaid(ALWAYS, GATE);
    unsaid(REHAB_LINT_UNFED, GATE);
    odd[FORCE].low_nano = N(3); /* at most 333 and a third */
    odd[FORCE].high_nano = N(10);
    for (int64_t end = 2; end <= 5; end++) {
        c.value.nano = 333 * REHAB_SCALE + 333333330 + end;
        lint(w);
        assert_int_equal(find(NEVER, GATE) != NULL, end == 5);
    }
    c.is = REHAB_EQ;
    c.value.nano = 200 * REHAB_SCALE + 1;
    lint(w);
    unsaid(NEVER, GATE);
    c = with(leaf(FORCE, REHAB_GT, 233.5), REHAB_ASYMMETRY);
    lint(w);
    said(NEVER, GATE);
    c = with(leaf(FORCE, REHAB_GE, 90), REHAB_SYMMETRY);
    odd[FORCE].low_nano = 1;
    odd[FORCE].high_nano = odd[FORCE].low_nano; /* but one value, however small */
    lint(w);
    said(ALWAYS, GATE);
    odd[FORCE].high_nano = odd[FORCE].low_nano = 0;
    lint(w);
    said(REHAB_LINT_UNFED, GATE);
    odd[PAIN].low_nano = N(0.2);
    odd[PAIN].high_nano = N(0.8);
    c.expression = REHAB_ASYMMETRY;
    lint(w);
    said(REHAB_LINT_UNFED, GATE);
    odd[FORCE].direction = REHAB_LOWER_IS_BETTER;
    for (int64_t most = -1; most <= 1; most++) {
        odd[FORCE].low_nano = -1;
        odd[FORCE].high_nano = most;
        lint(w);
        assert_int_equal(find(REHAB_LINT_UNFED, GATE) != NULL, most < 1);
    }
    odd[FORCE].direction = REHAB_HIGHER_IS_BETTER;
    odd[FORCE].high_nano = odd[FORCE].low_nano = 0;
    w->gates[0].when = &all;
    lint(w);
    said(REHAB_LINT_UNFED, GATE "/all/2");
    said(REHAB_LINT_GATE_NEVER, GATE);
    odd[PAIN].low_nano = 0; /* what cannot be is not low, nor high */
    empty[0] = with(leaf(FORCE, REHAB_GE, 0), REHAB_SYMMETRY);
    empty[1] = with(leaf(FORCE, REHAB_LE, 110), REHAB_SYMMETRY);
    all.of_count = 2;
    lint(w);
    said(REHAB_LINT_GATE_NEVER, GATE);
    empty[1] = leaf(BEND, REHAB_LE, 10); /* another way does not need it */
    all.kind = REHAB_ANY;
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    empty[0] = leaf(BEND, REHAB_GE, -8); /* one value, and below nothing */
    empty[1] = leaf(BEND, REHAB_LE, -5);
    all.kind = REHAB_ALL;
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    world_free(w);
}

/* A way ahead by the best of one window and another. */
static void windows_have_a_best_each(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {with(leaf(PAIN, REHAB_GE, 3), REHAB_BEST),
                                  with(leaf(PAIN, REHAB_LE, 2), REHAB_BEST)};
    c[0].within = duration("P1D");
    c[1].within = duration("P7D");
    assert_possible(c, 2, true);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    struct rehab_criterion ways[] = {elapsed(REHAB_ONSET, REHAB_GE, "P5D"), group(REHAB_ALL, c, 2)};
    struct rehab_criterion any = group(REHAB_ANY, ways, 2);
    ways[0].floor = true;
    ways[0].roles = REHAB_PHYSICIAN;
    world_free(gate_of(&any, REHAB_ADVANCE));
    said(REHAB_LINT_FLOOR_PASSED, GATE);
}

static void one_value_is_one_value(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_GE, 3), leaf(PAIN, REHAB_LE, 2),
                                  leaf(FORCE, REHAB_LE, 2)};
    assert_possible(c, 2, false);
    c[1].value = number(3);
    assert_possible(c, 3, true);
    c[1].value = number(2);
    c[0].side = REHAB_OTHER;
    assert_possible(c, 3, true);
    c[0].side = REHAB_INVOLVED;
    c[0].for_days = 2;
    assert_possible(c, 3, false);
    c[0].for_days = 0;
    c[0].for_observations = 2;
    assert_possible(c, 3, false);
    c[0] = with(leaf(PAIN, REHAB_GE, 3), REHAB_WORST);
    assert_possible(c, 3, false);
    struct rehab_criterion no[] = {group(REHAB_NOT, c, 1), leaf(PAIN, REHAB_GE, 5)};
    c[0] = with(leaf(PAIN, REHAB_LE, 5), REHAB_WORST);
    assert_possible(no, 2, true);
    c[0] = with(leaf(PAIN, REHAB_GE, 3), REHAB_BEST);
    assert_possible(c, 3, true);
    c[0].expression = REHAB_DIFFERENCE;
    assert_possible(c, 3, true);
    c[1].expression = REHAB_DIFFERENCE;
    assert_possible(c, 3, false);
    c[0] = with(leaf(PAIN, REHAB_GE, 3), REHAB_CHANGE);
    c[1] = with(leaf(PAIN, REHAB_LE, 2), REHAB_CHANGE);
    c[0].from = REHAB_BASELINE;
    c[1].from = REHAB_PREVIOUS;
    assert_possible(c, 3, true);
    c[0].from = c[1].from = REHAB_AGO;
    c[0].ago = c[1].ago = duration("P7D");
    assert_possible(c, 3, false);
    c[0].ago = duration("P14D");
    assert_possible(c, 3, true);
    c[0] = with(leaf(FORCE, REHAB_GE, 3), REHAB_RISE);
    c[1] = with(leaf(FORCE, REHAB_LE, 2), REHAB_RISE);
    c[0].over = T("force");
    c[1].over = T("force");
    assert_possible(c, 3, false);
    c[0] = with(leaf(PAIN, REHAB_GE, 3), REHAB_RISE);
    c[1] = with(leaf(PAIN, REHAB_LE, 2), REHAB_RISE);
    c[0].over = T("pain");
    c[1].over = T("morning");
    assert_possible(c, 3, true);
}

static struct rehab_criterion sessions(struct rehab_criterion c, enum rehab_expression expression,
                                       const char *activity)
{
    c.expression = expression;
    if (expression != REHAB_LATEST) c.measure.size = 0;
    c.activity = T(activity);
    return c;
}

static void sessions_may_be_anything(void **state)
{
    (void)state;
    assert_leaf(sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "run"), EITHER);
    assert_leaf(sessions(leaf(PAIN, REHAB_GE, 0), REHAB_SESSIONS, "run"), ALWAYS);
    assert_leaf(sessions(leaf(PAIN, REHAB_GE, 80), REHAB_ADHERENCE, "any"), EITHER);
    assert_leaf(sessions(elapsed(REHAB_ANCHOR_NONE, REHAB_GE, "P1D"), REHAB_SPACING, "run"),
                EITHER);
    assert_leaf(sessions(leaf(PAIN, REHAB_GT, 10), REHAB_LATEST, "run"), NEVER);
    struct rehab_criterion c[] = {sessions(leaf(PAIN, REHAB_GE, 3), REHAB_LATEST, "run"),
                                  sessions(leaf(PAIN, REHAB_LE, 2), REHAB_LATEST, "lift")};
    assert_possible(c, 2, true);
    c[1].activity = T("");
    assert_possible(c, 2, true);
    c[0].activity = T("any");
    assert_possible(c, 2, true); /* of two observations, perhaps */
    c[0].activity = c[1].activity = T("run");
    assert_possible(c, 2, false);
}

/* What is asked of the sessions themselves: the leaf, and its `with`. */
static void assert_shown(enum rehab_op is, double bound, enum rehab_op count,
                         enum rehab_lint_code leaf_is, enum rehab_lint_code with_is)
{
    struct rehab_criterion c = sessions(leaf(PAIN, count, 3), REHAB_SESSIONS, "run");
    c.with = (struct rehab_with){true, sample_measures[PAIN].code, is, number(bound)};
    assert_leaf(c, leaf_is);
    assert_int_equal(find(NEVER, GATE "/with") != NULL, with_is == NEVER);
    assert_int_equal(find(ALWAYS, GATE "/with") != NULL, with_is == ALWAYS);
    assert_possible(&c, 1, leaf_is != NEVER);
}

static void some_value_meets_what_sessions_show(void **state)
{
    (void)state;
    assert_shown(REHAB_LE, 2, REHAB_GE, EITHER, EITHER);
    assert_shown(REHAB_GT, 10, REHAB_GE, NEVER, NEVER);
    assert_shown(REHAB_GE, 10, REHAB_GE, EITHER, EITHER);
    assert_shown(REHAB_GT, 10, REHAB_LT, ALWAYS, NEVER); /* none is less than three */
    assert_shown(REHAB_LE, 20, REHAB_GE, EITHER, ALWAYS);
    assert_shown(REHAB_LE, 10, REHAB_GE, EITHER, ALWAYS);
    assert_shown(REHAB_LT, 10, REHAB_GE, EITHER, EITHER);
    struct rehab_criterion c = sessions(leaf(PAIN, REHAB_GE, 1), REHAB_SESSIONS, "run");
    c.with = (struct rehab_with){true, sample_measures[SWELLING].code, REHAB_GT, label("severe")};
    assert_leaf(c, NEVER); /* the last label */
    c.with.is = REHAB_GE;
    assert_leaf(c, EITHER);
    c = sessions(elapsed(REHAB_ANCHOR_NONE, REHAB_GE, "P1D"), REHAB_SPACING, "run");
    c.failed = true;
    assert_leaf(c, EITHER); /* that asks for something else of them */
    unsaid(NEVER, GATE "/with");
    unsaid(ALWAYS, GATE "/with");
}

/* Of one stretch of time there is one number of sessions. */
static void sessions_are_of_a_stretch(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "run"),
                                  sessions(leaf(PAIN, REHAB_LE, 2), REHAB_SESSIONS, "run")};
    assert_possible(c, 2, false);
    c[0].since = REHAB_SINCE_EPISODE;
    assert_possible(c, 2, true);
    c[1].since = REHAB_SINCE_EPISODE;
    c[0].within = duration("P7D");
    assert_possible(c, 2, true);
    c[1].within = duration("P7D");
    assert_possible(c, 2, false);
    c[1].within = duration("PT168H");
    assert_possible(c, 2, true);
    c[0].within = duration("PT24H");
    assert_possible(c, 2, true);
    for (int i = 0; i < 2; i++) {
        c[0] = sessions(leaf(PAIN, REHAB_GE, 80), REHAB_ADHERENCE, "run");
        c[1] = sessions(leaf(PAIN, REHAB_LE, i ? 80 : 79), REHAB_ADHERENCE, "run");
        assert_possible(c, 2, i == 1);
        c[0] = sessions(elapsed(REHAB_ANCHOR_NONE, REHAB_GE, "P3D"), REHAB_SPACING, "run");
        c[1] =
            sessions(elapsed(REHAB_ANCHOR_NONE, REHAB_LE, i ? "P3D" : "P2D"), REHAB_SPACING, "run");
        assert_possible(c, 2, i == 1);
    }
}

static void aftermaths_may_be_anything(void **state)
{
    (void)state;
    struct rehab_criterion c = elapsed(REHAB_ANCHOR_NONE, REHAB_LE, "PT1H");
    c.expression = REHAB_SETTLE;
    c.measure = T("pain");
    c.activity = T("run");
    assert_leaf(c, EITHER);
    c = with(leaf(PAIN, REHAB_GT, 10), REHAB_NEXT_MORNING);
    c.activity = T("run");
    assert_leaf(c, NEVER);
    c.is = REHAB_LE;
    c.over = T("pain");
    assert_leaf(c, ALWAYS);
    c.value = number(-1);
    assert_leaf(c, EITHER);
    c = with(leaf(SWELLING, REHAB_IN, 1), REHAB_NEXT_MORNING);
    c.activity = T("run");
    const struct rehab_value mild = label("mild");
    c.values = &mild;
    c.value_count = 1;
    assert_leaf(c, EITHER);
    struct rehab_criterion two[] = {sessions(leaf(PAIN, REHAB_GE, 3), REHAB_LATEST, "run"),
                                    sessions(leaf(PAIN, REHAB_LE, 2), REHAB_LATEST, "run")};
    two[0].expression = two[1].expression = REHAB_NEXT_MORNING;
    assert_possible(two, 2, false);
    two[1].value = number(3);
    assert_possible(two, 2, true);
    two[1].value = number(2);
    for (uint32_t other = REHAB_UNMEDICATED; other <= REHAB_GOOD_QUALITY;
         other += REHAB_GOOD_QUALITY - REHAB_UNMEDICATED) {
        two[0].qualified = other; /* of that morning another value, perhaps */
        assert_possible(two, 2, true);
        two[1].qualified = other;
        assert_possible(two, 2, false);
        two[1].qualified = 0;
    }
    two[0].qualified = 0;
    two[1].over = T("pain");
    assert_possible(two, 2, true);
    two[1].over = T("");
    two[1].activity = T("lift");
    assert_possible(two, 2, true);
    for (int i = 0; i < 2; i++) {
        two[i] = elapsed(REHAB_ANCHOR_NONE, i ? REHAB_LT : REHAB_GE, i ? "PT10H" : "PT20H");
        two[i].expression = REHAB_SETTLE;
        two[i].measure = T("pain");
        two[i].activity = T("run");
    }
    assert_possible(two, 2, true); /* what comes back counts for as long as the bound says */
}

/* Of the mornings after sessions, and of sessions of a kind, as the engine says. */
static void mornings_and_kinds_are_one_value(void **state)
{
    (void)state;
    struct rehab_criterion on = sessions(leaf(PAIN, REHAB_LE, 3), REHAB_LATEST, "run"), back = on;
    on.expression = back.expression = REHAB_NEXT_MORNING;
    back.id = T("back");
    back.is = REHAB_GE;
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_REGRESS, &back);
    lint(w);
    said(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when");
    train(w, RUN, 10, 11);
    observe(w, PAIN, 3, 24 + 8);
    assert_int_equal(decide(w, 24 + 9), REHAB_MET);
    assert_int_equal(w->decision.gates[1].verdict, REHAB_MET);
    world_free(w);
    struct rehab_criterion two[] = {sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "run"),
                                    sessions(leaf(PAIN, REHAB_LT, 2), REHAB_SESSIONS, "run")};
    for (int i = 0; i < 2; i++)
        two[i].with = (struct rehab_with){true, sample_measures[PAIN].code, REHAB_LE, number(2)};
    assert_possible(two, 2, false);
    two[1].with.value = number(1);
    assert_possible(two, 2, true);
    struct rehab_criterion all = group(REHAB_ALL, two, 2);
    w = gate_of(&all, REHAB_ADVANCE);
    for (int i = 0; i < 3; i++)
        observe_in(w, train(w, RUN, i + 1, i + 1.5), PAIN, 2, i + 1.5);
    assert_int_equal(decide(w, 5), REHAB_MET);
    world_free(w);
    two[1].with = two[0].with;
    two[1].qualified = REHAB_GOOD_QUALITY;
    assert_possible(two, 2, true);
    two[0].qualified = REHAB_GOOD_QUALITY;
    assert_possible(two, 2, false);
    two[1].with.given = false;
    two[1].qualified = 0;
    assert_possible(two, 2, true);
    struct rehab_criterion turned[] = {two[1], two[0]};
    assert_possible(turned, 2, true);
    for (int i = 0; i < 2; i++) {
        two[i] = sessions(elapsed(REHAB_ANCHOR_NONE, i ? REHAB_LT : REHAB_GE, i ? "P10D" : "P20D"),
                          REHAB_SPACING, "run");
        two[i].failed = true;
    }
    assert_possible(two, 2, false);
    two[1].failed = false;
    assert_possible(two, 2, true);
}

/* Between the rows of a table, and between sums of points, there is nothing. */
static void sums_and_percentiles_have_steps(void **state)
{
    (void)state;
    struct rehab_norm_row rows[] = {
        {number(0), number(10)}, {number(50), number(15)}, {number(90), number(40)}};
    const struct rehab_norm norm = {
        .id = T("go"), .measure = sample_measures[FORCE].code, .rows = rows, .row_count = 3};
    struct rehab_criterion c = with(leaf(PAIN, REHAB_EQ, 15), REHAB_PERCENTILE);
    c.measure = T("");
    c.name = T("go");
    struct world *w = world();
    w->document.norms = &norm;
    w->document.norm_count = 1;
    add_gate(w, REHAB_ADVANCE, &c);
    for (int percentile = 0; percentile <= 41; percentile++) {
        c.value = number(percentile);
        lint(w);
        bool is = percentile == 10 || percentile == 15 || percentile == 40;
        assert_int_equal(find(REHAB_LINT_GATE_NEVER, GATE) == NULL, is);
        w->evidence.observation_count = 0;
        bool met = false; /* as the engine says */
        for (int force = 0; force <= 100; force += 10) {
            observe(w, FORCE, force, 1 + force / 100.0);
            met = met || decide(w, 3) == REHAB_MET;
        }
        assert_int_equal(met, is);
    }
    rows[0].percentile = number(90); /* where less is better */
    for (int percentile = 0; percentile <= 91; percentile++) {
        c.value = number(percentile);
        lint(w);
        bool is = percentile == 15 || percentile == 40 || percentile == 90;
        assert_int_equal(find(REHAB_LINT_GATE_NEVER, GATE) == NULL, is);
    }
    rows[0].value = number(-1); /* lower than any: the second is the first */
    rows[1].value = number(0);
    rows[1].percentile = number(50);
    rows[0].percentile = number(10);
    c.value = number(40);
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    c.is = REHAB_LT;
    lint(w);
    said(REHAB_LINT_GATE_NEVER, GATE);
    c.is = REHAB_EQ;
    rows[0].value = number(1); /* what is less is below the first row */
    rows[1].value = number(2);
    c.value = number(0);
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    world_free(w);
    struct rehab_score_band bands[] = {
        {.comparison = {.is = REHAB_LE, .value = number(2)}, .points = number(-4)},
        {.comparison = {.is = REHAB_LE, .value = number(5)}, .points = number(6)}};
    const struct rehab_score_item item = {
        .measure = sample_measures[PAIN].code, .bands = bands, .band_count = 2};
    const struct rehab_score_band odd = {.comparison = {.is = REHAB_LE, .value = number(2)},
                                         .points = number(1)};
    const struct rehab_score_item other = {
        .measure = sample_measures[PAIN].code, .bands = &odd, .band_count = 1};
    const struct rehab_score scores[] = {{.id = T("sum"), .items = &item, .item_count = 1},
                                         {.id = T("next"), .items = &other, .item_count = 1}};
    struct rehab_criterion sum = with(leaf(PAIN, REHAB_EQ, 0), REHAB_SCORE);
    sum.measure = T("");
    sum.name = T("sum");
    w = world();
    w->document.scores = scores;
    w->document.score_count = 2;
    add_gate(w, REHAB_ADVANCE, &sum);
    for (int points = -5; points <= 7; points++) {
        sum.value = number(points);
        lint(w);
        assert_int_equal(find(REHAB_LINT_GATE_NEVER, GATE) == NULL,
                         points % 2 == 0 && points >= -4 && points <= 6);
    }
    bands[0].points = bands[1].points = number(0);
    sum.value = number(0);
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    world_free(w);
}

static void trials_are_values_of_their_own(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_GE, 3), leaf(PAIN, REHAB_LE, 2)};
    c[0].trials = c[1].trials = 3;
    c[0].take = REHAB_TAKE_BEST;
    c[1].take = REHAB_TAKE_LAST;
    assert_possible(c, 2, true);
    c[1].take = REHAB_TAKE_BEST;
    assert_possible(c, 2, false);
    c[1].trials = 2;
    assert_possible(c, 2, true);
    struct rehab_criterion half = leaf(PAIN, REHAB_EQ, 2.5);
    half.trials = 2;
    half.take = REHAB_TAKE_LAST;
    assert_leaf(half, NEVER);
    half.take = REHAB_TAKE_MEAN;
    assert_leaf(half, EITHER);
    half.take = REHAB_TAKE_MEDIAN;
    assert_leaf(half, EITHER);
}

/* The last that counts need not be the newest. */
static void a_retest_is_no_newest_value(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_GE, 3), leaf(PAIN, REHAB_LE, 2)};
    c[0].retest = (struct rehab_retest){true, duration("P3D"), duration("P14D")};
    assert_possible(c, 2, true);
    struct rehab_criterion turned[] = {c[1], c[0]};
    assert_possible(turned, 2, true);
    c[1].retest = c[0].retest; /* what passes too early for the one fails the other */
    struct rehab_criterion no[] = {group(REHAB_NOT, &c[0], 1), group(REHAB_NOT, &c[1], 1)};
    struct rehab_criterion all = group(REHAB_ALL, no, 2);
    assert_possible(no, 2, true);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    observe(w, PAIN, 1, 1);
    observe(w, PAIN, 5, 2);
    assert_int_equal(decide(w, 3), REHAB_MET); /* as the engine says */
    world_free(w);
}

static void times_are_one_value_too(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {elapsed(REHAB_ONSET, REHAB_GE, "P5D"),
                                  elapsed(REHAB_ONSET, REHAB_LT, "P5D"), leaf(PAIN, REHAB_LE, 2)};
    assert_possible(c, 3, false);
    c[1] = elapsed(REHAB_ONSET, REHAB_LE, "P5D");
    assert_possible(c, 3, true);
    c[1] = elapsed(REHAB_ONSET, REHAB_LT, "PT72H");
    assert_possible(c, 3, true);
    c[0] = elapsed(REHAB_ONSET, REHAB_GT, "P5D");
    c[1] = elapsed(REHAB_ONSET, REHAB_LT, "P6D"); /* days are whole */
    assert_possible(c, 3, false);
    c[0] = elapsed(REHAB_ONSET, REHAB_GE, "PT1S");
    c[1] = elapsed(REHAB_ONSET, REHAB_LE, "PT1S");
    c[0].value.duration.us = c[1].value.duration.us = 1;
    assert_possible(c, 3, true);
}

static struct rehab_criterion cleared(const char *name, uint32_t roles, bool is)
{
    struct rehab_criterion c = with(leaf(PAIN, REHAB_EQ, 0), REHAB_CLEARED);
    c.measure.size = 0;
    c.name = T(name);
    c.roles = roles;
    c.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = is ? REHAB_SCALE : 0};
    return c;
}

static void clearances_are_by_name_and_role(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {cleared("scan", REHAB_PHYSICIAN, true),
                                  cleared("scan", REHAB_PHYSICIAN, false), leaf(PAIN, REHAB_LE, 2)};
    assert_possible(c, 3, false);
    c[1] = cleared("scan", REHAB_CLINICIAN, false);
    assert_possible(c, 3, false); /* a physician is one, too */
    c[0] = cleared("scan", REHAB_CLINICIAN, true);
    c[1] = cleared("scan", REHAB_PHYSICIAN, false);
    assert_possible(c, 3, true);
    c[1] = cleared("sport", REHAB_CLINICIAN, false);
    assert_possible(c, 3, true);
    c[1] = cleared("scan", REHAB_PHYSICIAN, false);
    struct rehab_criterion any = group(REHAB_ANY, c, 2);
    world_free(gate_of(&any, REHAB_ADVANCE));
    said(REHAB_LINT_GATE_ALWAYS, GATE); /* it is, or it is not */
}

/* One that lasts for a time is gone before one that stands until it is withdrawn. */
static void clearances_last_for_a_time(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {cleared("scan", REHAB_PHYSICIAN, true),
                                  cleared("scan", REHAB_PHYSICIAN, true)};
    struct rehab_criterion both[] = {c[0], group(REHAB_NOT, &c[1], 1)};
    assert_possible(both, 2, false);
    c[1].within = duration("PT24H");
    assert_possible(both, 2, true);
    c[1].within = duration("P1D");
    assert_possible(both, 2, true);
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    w->clearances[0] =
        (struct rehab_clearance){.at = hour(1), .role = REHAB_PHYSICIAN, .given = true};
    w->evidence.clearance_count = 1;
    assert_int_equal(decide(w, 2), REHAB_NOT_MET);
    assert_int_equal(decide(w, 49), REHAB_MET); /* as the engine says */
    world_free(w);
    both[0].within = duration("P7D");
    assert_possible(both, 2, true);
    c[1].within = duration("P7D");
    assert_possible(both, 2, false);
    c[1].within = duration("PT168H");
    assert_possible(both, 2, true);
    c[1].within = duration("P9D");
    struct rehab_criterion three[] = {leaf(PAIN, REHAB_LE, 3), both[0], both[1]};
    assert_possible(three, 3, false); /* whatever stands before them */
}

/* Of whom, and for how long. */
static const struct scope {
    uint32_t roles;
    const char *within;
} SCOPES[] = {{REHAB_PHYSICIAN, NULL},  {REHAB_CLINICIAN, NULL},  {REHAB_PHYSICIAN, "P1D"},
              {REHAB_CLINICIAN, "P1D"}, {REHAB_PHYSICIAN, "P7D"}, {REHAB_CLINICIAN, "P7D"}};
enum { SCOPE_COUNT = sizeof SCOPES / sizeof SCOPES[0], SCAN_AT = 400 };

static struct rehab_criterion scoped(struct scope s)
{
    struct rehab_criterion c = cleared("scan", s.roles, true);
    if (s.within != NULL) c.within = duration(s.within);
    return c;
}

/* As the engine says: which verdicts of the first two gates can be side by side, by who cleared it
 * when, if anybody did, and whether it was withdrawn. Bits: 1 << first + 2 * second. */
static uint32_t pairs_of_verdicts(struct world *w)
{
    static const enum rehab_role roles[] = {REHAB_PHYSICIAN, REHAB_CLINICIAN};
    static const double ago[] = {1, 30, 200};
    uint32_t seen = 0;
    for (uint32_t i = 0; i < 2 * 3 * 3; i++) {
        w->clearances[0] =
            (struct rehab_clearance){.at = hour(SCAN_AT - ago[i % 3]), .role = roles[i / 3 % 2]};
        w->clearances[0].given = i < 2 * 3;
        w->evidence.clearance_count = i < 2 * 3 * 2;
        (void)decide(w, SCAN_AT);
        bool second = w->decision.gate_count > 1 && w->decision.gates[1].verdict == REHAB_MET;
        seen |= 1u << ((w->decision.gates[0].verdict == REHAB_MET) + 2 * second);
    }
    return seen;
}

/* A clearance that is fresh is given, and one by a physician is one by a clinician. */
static void one_clearance_implies_another(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SCOPE_COUNT * SCOPE_COUNT * 4; i++) {
        bool first = i & 1, second = i & 2;
        struct rehab_criterion of[] = {scoped(SCOPES[i / 4 % SCOPE_COUNT]),
                                       scoped(SCOPES[i / 4 / SCOPE_COUNT])};
        struct rehab_criterion c[] = {first ? of[0] : group(REHAB_NOT, &of[0], 1),
                                      second ? of[1] : group(REHAB_NOT, &of[1], 1)};
        struct rehab_criterion all = group(REHAB_ALL, c, 2), any = group(REHAB_ANY, c, 2);
        struct world *w = gate_of(&all, REHAB_ADVANCE);
        bool never = !(pairs_of_verdicts(w) & 2);
        assert_int_equal(find(REHAB_LINT_GATE_NEVER, GATE) != NULL, never);
        w->gates[0].when = &any;
        lint(w);
        bool always = pairs_of_verdicts(w) == 2;
        assert_int_equal(find(REHAB_LINT_GATE_ALWAYS, GATE) != NULL, always);
        w->gates[0].when = &c[0];
        add_gate(w, REHAB_HOLD, &c[1]);
        lint(w);
        bool shadowed = !(pairs_of_verdicts(w) & 2);
        assert_int_equal(find(REHAB_LINT_SHADOWED, GATE) != NULL, shadowed);
        w->gates[1].move = REHAB_REGRESS;
        w->gates[1].to = T("first");
        lint(w);
        assert_int_equal(find(REHAB_LINT_SHADOWED, GATE) != NULL, shadowed);
        assert_int_equal(find(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when") != NULL,
                         first == second);
        world_free(w);
    }
}

/* Three of one name, among other things. */
static void clearances_are_tried_together(void **state)
{
    (void)state;
    const struct rehab_criterion week = scoped((struct scope){REHAB_CLINICIAN, "P7D"}),
                                 day = scoped((struct scope){REHAB_CLINICIAN, "P1D"}),
                                 hours = scoped((struct scope){REHAB_CLINICIAN, "PT400H"}),
                                 ever = scoped((struct scope){REHAB_CLINICIAN, NULL});
    struct rehab_criterion no[] = {week, day, scoped((struct scope){REHAB_PHYSICIAN, "P7D"})};
    struct rehab_criterion c[] = {no[2],
                                  day,
                                  group(REHAB_NOT, &no[0], 1),
                                  cleared("sport", REHAB_PHYSICIAN, true),
                                  leaf(PAIN, REHAB_LE, 2),
                                  leaf(PAIN, REHAB_GE, 2)};
    assert_possible(c, 6, false);
    c[2] = week;
    assert_possible(c, 6, true);
    c[0] = group(REHAB_NOT, &no[2], 1);
    assert_possible(c, 6, true);
    c[1] = group(REHAB_NOT, &no[1], 1);
    assert_possible(c, 6, true); /* two days ago, by another */
    c[1] = day;
    c[2] = group(REHAB_NOT, &no[0], 1);
    no[0] = hours;
    assert_possible(c, 6, true); /* by another clock: each by itself */
    struct rehab_criterion old[] = {ever, group(REHAB_NOT, &no[0], 1)};
    assert_possible(old, 2, true); /* it stands, and is no longer fresh */
    c[1] = group(REHAB_NOT, &no[1], 1);
    c[2] = week;
    struct rehab_criterion ahead = group(REHAB_ALL, c, 6);
    struct rehab_criterion back[] = {day, cleared("sport", REHAB_PHYSICIAN, false),
                                     leaf(PAIN, REHAB_GE, 4)};
    struct rehab_criterion any = group(REHAB_ANY, back, 3);
    back[0].id = T("back");
    struct world *w = gate_of(&ahead, REHAB_ADVANCE);
    add_gate(w, REHAB_REGRESS, &any);
    lint(w);
    unsaid(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when");
    unsaid(REHAB_LINT_SHADOWED, GATE);
    back[0] = ever;
    back[0].id = T("back");
    lint(w);
    said(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when");
    said(REHAB_LINT_SHADOWED, GATE);
    world_free(w);
}

static struct rehab_criterion reached(const char *track, const char *phase, bool is)
{
    struct rehab_criterion c = with(cleared(phase, 0, is), REHAB_REACHED);
    c.track = T(track);
    return c;
}

/* In the second phase: it and the first are always reached, the third never. */
static void a_phase_is_reached_or_not(void **state)
{
    (void)state;
    assert_leaf(reached("", "first", true), ALWAYS);
    assert_leaf(reached("", "second", true), ALWAYS);
    assert_leaf(reached("", "second", false), NEVER);
    assert_leaf(reached("", "third", true), NEVER);
    assert_leaf(reached("", "third", false), ALWAYS);
}

/* A red flag stands in no phase; and asks for none, if a compiler of ours made it. */
static void a_flag_may_ask_for_any_phase(void **state)
{
    (void)state;
    struct rehab_criterion bad = leaf(PAIN, REHAB_GE, 5), low = leaf(PAIN, REHAB_LE, 2);
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("rf"), .cleared_by = REHAB_PHYSICIAN, .when = &bad};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &low);
    lint(w);
    struct rehab_criterion_row rows[2];
    struct rehab_protocol p = w->protocol;
    memcpy(rows, p.criteria, sizeof rows);
    p.criteria = rows;
    rows[p.rules[p.red_flags[0].rule].criteria.first].expression = REHAB_REACHED;
    rows[p.rules[p.red_flags[0].rule].criteria.first].name = 2;
    found_count = rehab_lint(&p, T("sudden"), found, FOUND_MAX);
    unsaid(REHAB_LINT_GATE_ALWAYS, "/red_flags/0/when");
    world_free(w);
}

/* Two tracks of two steps; their first ones lead on by these leaves. */
struct ladders {
    struct rehab_criterion on[2];
    struct rehab_gate gates[2];
    struct rehab_phase phases[2][3];
    struct rehab_track tracks[2];
};

static struct world *ladders(struct ladders *s, struct rehab_criterion main,
                             struct rehab_criterion run)
{
    static const char *const names[2][3] = {{"m1", "m2", "m3"}, {"r1", "r2", "r3"}};
    struct world *w = world();
    *s = (struct ladders){.on = {main, run}};
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 3; k++)
            s->phases[i][k].id = T(names[i][k]);
        s->gates[i] = (struct rehab_gate){
            .id = T("on"), .move = REHAB_ADVANCE, .to = s->phases[i][1].id, .when = &s->on[i]};
        s->phases[i][0].gates = &s->gates[i];
        s->phases[i][0].gate_count = 1;
        s->tracks[i] = (struct rehab_track){
            .id = T(i ? "run" : "main"), .phases = s->phases[i], .phase_count = 3};
    }
    w->document.tracks = s->tracks;
    w->document.track_count = 2;
    return w;
}

#define MAIN "/tracks/0/phases/0"
#define RUNS "/tracks/1/phases/0"

static void assert_waiting(struct rehab_criterion main, struct rehab_criterion run, bool main_goes,
                           bool run_goes)
{
    struct ladders s;
    struct world *w = ladders(&s, main, run);
    lint(w);
    assert_int_equal(find(REHAB_LINT_GATE_NEVER, MAIN "/gates/0/when") == NULL, main_goes);
    assert_int_equal(find(REHAB_LINT_NO_WAY_OUT, MAIN) == NULL, main_goes);
    assert_int_equal(find(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/1") == NULL, main_goes);
    assert_int_equal(find(REHAB_LINT_GATE_NEVER, RUNS "/gates/0/when") == NULL, run_goes);
    assert_int_equal(find(REHAB_LINT_NO_WAY_OUT, RUNS) == NULL, run_goes);
    assert_int_equal(find(REHAB_LINT_UNREACHABLE, "/tracks/1/phases/1") == NULL, run_goes);
    world_free(w);
}

static void tracks_do_not_wait_for_each_other(void **state)
{
    (void)state;
    struct rehab_criterion m2 = reached("main", "m2", true), r2 = reached("run", "r2", true),
                           low = leaf(PAIN, REHAB_LE, 2);
    assert_waiting(r2, m2, false, false);
    assert_waiting(r2, low, true, true); /* the first waits for the second, which goes on */
    assert_waiting(low, m2, true, true);
    assert_waiting(reached("run", "r3", true), low, false, true);
    assert_waiting(reached("run", "r1", true), low, true, true);
    assert_waiting(reached("run", "r2", false), m2, true, true);
    assert_waiting(m2, r2, false, false); /* waits for itself */
    struct rehab_criterion yes_and_no[] = {r2, reached("run", "r2", false)};
    assert_waiting(group(REHAB_ALL, yes_and_no, 2), low, false, true);
    struct rehab_criterion both[] = {r2, leaf(PAIN, REHAB_LE, 2)};
    assert_waiting(group(REHAB_ALL, both, 2), m2, false, false);
    both[0] = reached("run", "r2", true);
    assert_waiting(group(REHAB_ALL, both, 2), leaf(FORCE, REHAB_GE, 90), true, true);
    both[0] = low;
    both[1] = reached("run", "r2", true); /* wherever it stands */
    assert_waiting(group(REHAB_ALL, both, 2), leaf(FORCE, REHAB_GE, 90), true, true);
}

/* Who has gone beyond a phase, or is through with the track, has reached it. */
static void later_phases_count_as_reached(void **state)
{
    (void)state;
    struct ladders s;
    struct world *w = ladders(&s, reached("run", "r2", true), leaf(PAIN, REHAB_LE, 2));
    s.gates[1].to = T("r3");
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, MAIN "/gates/0/when");
    said(REHAB_LINT_UNREACHABLE, "/tracks/1/phases/1");
    unsaid(REHAB_LINT_UNREACHABLE, "/tracks/1/phases/2");
    s.gates[1].move = REHAB_COMPLETE;
    s.gates[1].to = T("");
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, MAIN "/gates/0/when");
    unsaid(REHAB_LINT_NO_WAY_OUT, MAIN);
    unsaid(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/1");
    said(REHAB_LINT_UNREACHABLE, "/tracks/1/phases/2");
    s.gates[1].move = REHAB_HOLD;
    lint(w);
    said(REHAB_LINT_GATE_NEVER, MAIN "/gates/0/when");
    world_free(w);
}

static void steps_of_tracks_are_in_order(void **state)
{
    (void)state;
    struct ladders s;
    struct world *w = ladders(&s, reached("run", "r1", true), leaf(PAIN, REHAB_LE, 2));
    lint(w);
    said(ALWAYS, MAIN "/gates/0/when"); /* every track begins in its first phase */
    unsaid(REHAB_LINT_GATE_NEVER, MAIN "/gates/0/when");
    struct rehab_criterion ahead = reached("run", "r2", true);
    struct rehab_gate both[] = {
        s.gates[1], {.id = T("far"), .move = REHAB_ADVANCE, .to = T("r3"), .when = &ahead}};
    s.phases[1][0].gates = both;
    s.phases[1][0].gate_count = 2;
    lint(w);
    unsaid(REHAB_LINT_UNREACHABLE, "/tracks/1/phases/1");
    said(REHAB_LINT_GATE_NEVER, RUNS "/gates/1/when"); /* who is there is here no more */
    world_free(w);
}

/* What two phases say of one moment: since it was entered is not since the other was. */
static void each_phase_has_a_time_of_its_own(void **state)
{
    (void)state;
    struct rehab_criterion into[] = {leaf(PAIN, REHAB_LE, 2),
                                     elapsed(REHAB_PHASE, REHAB_GE, "P7D")},
                           back[] = {leaf(PAIN, REHAB_GE, 2),
                                     elapsed(REHAB_PHASE, REHAB_LT, "P3D")};
    struct rehab_criterion all = group(REHAB_ALL, into, 2), both = group(REHAB_ALL, back, 2),
                           free = leaf(FORCE, REHAB_GE, 90);
    struct rehab_gate first[] = {
        {.id = T("in"), .move = REHAB_ADVANCE, .to = T("second"), .when = &all}};
    struct world *w = world();
    w->phases[0].gates = first;
    w->phases[0].gate_count = 1;
    add_gate(w, REHAB_REGRESS, &both);
    lint(w);
    said(REHAB_LINT_OSCILLATES, GATE);
    into[1] = elapsed(REHAB_ONSET, REHAB_GE, "P7D");
    back[1] = elapsed(REHAB_ONSET, REHAB_LT, "P3D");
    lint(w);
    unsaid(REHAB_LINT_OSCILLATES, GATE);
    into[1] = sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "run");
    back[1] = sessions(leaf(PAIN, REHAB_LT, 3), REHAB_SESSIONS, "run");
    into[1].since = back[1].since = REHAB_SINCE_PHASE;
    lint(w);
    said(REHAB_LINT_OSCILLATES, GATE);
    into[1].since = back[1].since = REHAB_SINCE_EPISODE;
    lint(w);
    unsaid(REHAB_LINT_OSCILLATES, GATE);
    struct rehab_phase steps[2] = {{.id = T("r1")}, {.id = T("r2")}};
    struct rehab_gate on = {.id = T("on"), .move = REHAB_ADVANCE, .to = T("r2"), .when = &free};
    struct rehab_track tracks[2] = {w->track, {.id = T("run"), .phases = steps, .phase_count = 2}};
    steps[0].gates = &on;
    steps[0].gate_count = 1;
    w->document.tracks = tracks;
    w->document.track_count = 2;
    into[1] = reached("run", "r2", true);
    back[1] = reached("run", "r2", false);
    lint(w);
    said(REHAB_LINT_OSCILLATES, GATE); /* it may have gone back there in between */
    world_free(w);
}

static struct rehab_criterion grade(enum rehab_op is, const char *value)
{
    struct rehab_criterion c = with(leaf(PAIN, is, 0), REHAB_STRATUM);
    c.measure.size = 0;
    c.name = T("grade");
    c.value = label(value);
    return c;
}

static void strata_are_tried_one_by_one(void **state)
{
    (void)state;
    assert_leaf(grade(REHAB_EQ, "1"), EITHER);
    assert_leaf(grade(REHAB_EQ, "3"), EITHER);
    assert_leaf(grade(REHAB_LE, "2"), EITHER);
    assert_leaf(grade(REHAB_LE, "3"), ALWAYS);
    said(REHAB_LINT_GATE_ALWAYS, GATE);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1"); /* there is no fourth */
    struct rehab_value_by by[] = {{T("grade"), T("3"), number(-1)}};
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_LE, 2), grade(REHAB_NE, "3"),
                                  grade(REHAB_EQ, "3")};
    c[0].value_by = by;
    c[0].value_by_count = 1;
    assert_possible(c, 1, true);
    const struct rehab_lint_finding *f = find(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    assert_non_null(f);
    assert_int_equal(f->stratum, 0);
    assert_int_equal(f->stratum_value, 2);
    struct rehab_value_by two[] = {{T("grade"), T("1"), number(3)}, by[0]};
    c[0].value_by = two;
    c[0].value_by_count = 2;
    assert_possible(c, 1, true);
    f = find(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    assert_non_null(f);
    assert_int_equal(f->stratum_value, 2);
    c[0].value_by = by;
    c[0].value_by_count = 1;
    by[0].stratum_value = T("1");
    assert_possible(c, 1, true);
    f = find(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    assert_non_null(f);
    assert_int_equal(f->stratum_value, 0);
    by[0].stratum_value = T("3");
    assert_possible(c, 2, true);
    assert_possible(c, 3, false);
    assert_possible(&c[1], 2, false);
    c[1] = c[2];
    assert_possible(c, 2, false);
    assert_leaf(grade(REHAB_GT, "3"), NEVER);
}

/* What the second stratum lets nobody meet. */
static void every_stratum_is_tried(void **state)
{
    (void)state;
    struct rehab_value_by by[] = {{T("sport"), T("yes"), number(-1)}};
    const struct rehab_text values[] = {T("no"), T("yes")};
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 2);
    c.value_by = by;
    c.value_by_count = 1;
    struct world *w = world();
    const struct rehab_stratum strata[] = {w->strata[0], {.id = T("sport"), .values = {values, 2}}};
    w->document.strata = strata;
    w->document.stratum_count = 2;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    const struct rehab_lint_finding *f = find(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    assert_non_null(f);
    assert_int_equal(f->stratum, 1);
    assert_int_equal(f->stratum_value, 1);
    by[0].value = number(2);
    c.value = number(-1); /* the second of its values lets somebody */
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    struct rehab_criterion both[] = {grade(REHAB_EQ, "1"), grade(REHAB_EQ, "yes")};
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    both[1].name = T("sport");
    w->gates[0].when = &all;
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    world_free(w);
}

/* More combinations than are worth trying: nothing is said, for nothing is known. */
static void too_much_is_left_alone(void **state)
{
    (void)state;
    struct rehab_criterion c[2 * 11];
    static const int measures[] = {PAIN, FORCE, SPRINT, BEND, MORNING};
    uint32_t n = 0;
    for (uint32_t i = 0; i < 10; i++) {
        for (int k = 0; k < 2; k++) {
            c[n] = leaf(measures[i / 2], REHAB_GE, 2);
            c[n++].side = i % 2 ? REHAB_OTHER : REHAB_INVOLVED;
        }
    }
    c[n++] = leaf(WEIGHT, REHAB_GE, 50);
    c[n++] = leaf(WEIGHT, REHAB_LT, 50);
    assert_possible(c, n, true);
    unsaid(NEVER, GATE "/all/20"); /* though not all that they could be was tried */
    unsaid(ALWAYS, GATE "/all/21");
    struct rehab_criterion weight = c[n - 1];
    c[n - 1] = grade(REHAB_EQ, "3");
    assert_possible(c, n, true);
    unsaid(NEVER, GATE "/all/21");
    c[n - 1] = weight;
    assert_possible(&c[n - 2], 2, false);
    assert_possible(c, n - 2, true);
    unsaid(REHAB_LINT_NO_SCREEN, GATE);
    struct rehab_criterion all = group(REHAB_ALL, c, n), hold = leaf(PAIN, REHAB_GE, 0);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    world_free(w);
}

/* Twelve that are so or not: 4096 ways, and that is not too much. */
static void all_that_is_worth_trying_is_tried(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
    struct rehab_criterion c[24];
    for (size_t i = 0; i < 24; i++)
        c[i] = cleared(names[i / 2], REHAB_PHYSICIAN, i < 23);
    assert_possible(c, 24, false);
}

static void trees_are_three_valued(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_GE, 0), leaf(FORCE, REHAB_GE, 90),
                                  leaf(PAIN, REHAB_GT, 10)};
    struct rehab_criterion any = group(REHAB_ANY, c, 3), least = group(REHAB_AT_LEAST, c, 3),
                           no = group(REHAB_NOT, &any, 1);
    world_free(gate_of(&any, REHAB_ADVANCE));
    said(REHAB_LINT_GATE_ALWAYS, GATE);
    said(ALWAYS, GATE "/any/0");
    said(NEVER, GATE "/any/2");
    unsaid(NEVER, GATE "/any/1");
    world_free(gate_of(&no, REHAB_HOLD));
    said(REHAB_LINT_GATE_NEVER, GATE);
    said(NEVER, GATE "/not/any/2");
    struct rehab_criterion nested[] = {any, leaf(FORCE, REHAB_GT, 800)};
    struct rehab_criterion outer = group(REHAB_ANY, nested, 2);
    world_free(gate_of(&outer, REHAB_HOLD));
    said(NEVER, GATE "/any/0/any/2");
    said(NEVER, GATE "/any/1");
    least.least = 2;
    world_free(gate_of(&least, REHAB_ADVANCE));
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    said(NEVER, GATE "/of/2");
    least.least = 3;
    world_free(gate_of(&least, REHAB_ADVANCE));
    said(REHAB_LINT_GATE_NEVER, GATE);
    struct rehab_criterion never = group(REHAB_NOT, &c[2], 1);
    world_free(gate_of(&never, REHAB_ADVANCE));
    said(REHAB_LINT_GATE_ALWAYS, GATE);
    struct rehab_criterion run[] = {with(leaf(PAIN, REHAB_LE, 2), REHAB_WORST),
                                    leaf(PAIN, REHAB_GE, 3)};
    struct rehab_criterion both[] = {group(REHAB_NOT, &run[0], 1), group(REHAB_NOT, &run[1], 1)};
    assert_possible(both, 2, true); /* the worst of a window may be another value */
    run[0].expression = REHAB_LATEST;
    assert_possible(both, 2, false);
    for (run[0].for_days = 1; run[0].for_days <= 2; run[0].for_days++)
        assert_possible(both, 2, true);
    run[0].for_days = 0;
    run[0].for_observations = 2;
    assert_possible(both, 2, true);
    struct rehab_criterion held[] = {leaf(PAIN, REHAB_GE, 3), leaf(PAIN, REHAB_LE, 2)};
    struct rehab_criterion all = group(REHAB_ALL, held, 2);
    world_free(gate_of(&all, REHAB_HOLD)); /* two values of a while */
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
}

/* The one or the other always is, unless the one is of other values as well. */
static void runs_under_not_are_of_any_time(void **state)
{
    (void)state;
    static const struct {
        enum rehab_expression expression;
        uint32_t days, observations;
        bool always;
    } cases[] = {{REHAB_LATEST, 0, 0, true},
                 {REHAB_WORST, 0, 0, false},
                 {REHAB_LATEST, 1, 0, false},
                 {REHAB_LATEST, 2, 0, false},
                 {REHAB_LATEST, 0, 2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rehab_criterion run = with(leaf(PAIN, REHAB_LE, 2), cases[i].expression);
        run.for_days = cases[i].days;
        run.for_observations = cases[i].observations;
        struct rehab_criterion ways[] = {group(REHAB_NOT, &run, 1), leaf(PAIN, REHAB_LE, 2)};
        struct rehab_criterion any = group(REHAB_ANY, ways, 2);
        world_free(gate_of(&any, REHAB_ADVANCE));
        assert_int_equal(find(REHAB_LINT_GATE_ALWAYS, GATE) != NULL, cases[i].always);
    }
}

/* What is tried are the values of all leaves that look at one, and of no others. */
static void each_value_has_its_own_bounds(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_LE, 9), leaf(FORCE, REHAB_GE, 90),
                                  leaf(PAIN, REHAB_EQ, 5)};
    assert_possible(c, 3, true);
    c[0] = leaf(PAIN, REHAB_GT, 2);
    c[1] = leaf(PAIN, REHAB_LT, 3);
    c[2] = leaf(FORCE, REHAB_GE, 2.5); /* there is no such pain */
    assert_possible(c, 3, false);
}

static void criteria_are_looked_at(void **state)
{
    (void)state;
    struct rehab_criterion c[12];
    for (size_t i = 0; i < 12; i++)
        c[i] = cite(leaf(FORCE, REHAB_GE, (double)i + 1));
    c[1].within = duration("P7D");
    c[2].since = REHAB_SINCE_PHASE;
    c[3].citation.certainty = REHAB_CERTAINTY_NONE;
    c[4] = elapsed(REHAB_SURGERY, REHAB_GE, "P5D");
    c[5] = elapsed(REHAB_ONSET, REHAB_GE, "P5D");
    c[6] = elapsed(REHAB_PHASE, REHAB_GE, "P5D");
    for (size_t i = 7; i < 10; i++)
        c[i].expression = REHAB_PERCENT_OF;
    c[7].from = REHAB_PRE_SURGERY;
    c[8].from = REHAB_PRE_ONSET;
    c[9].from = REHAB_BASELINE;
    struct rehab_criterion any = group(REHAB_ANY, c, 12);
    world_free(gate_of(&any, REHAB_ADVANCE));
    said(REHAB_LINT_NO_WINDOW, GATE "/any/0");
    said(REHAB_LINT_NO_WINDOW, GATE "/any/10");
    said(REHAB_LINT_NO_WINDOW, GATE "/any/11");
    unsaid(REHAB_LINT_NO_WINDOW, GATE "/any/1");
    unsaid(REHAB_LINT_NO_WINDOW, GATE "/any/2");
    unsaid(REHAB_LINT_NO_WINDOW, GATE "/any/4");
    unsaid(REHAB_LINT_NO_SOURCE, GATE "/any/0");
    said(REHAB_LINT_NO_SOURCE, GATE "/any/3");
    said(REHAB_LINT_NO_SOURCE, GATE "/any/4");
    said(REHAB_LINT_OTHER_EVENT, GATE "/any/4");
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/5");
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/6");
    said(REHAB_LINT_OTHER_EVENT, GATE "/any/7");
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/8");
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/9");
    struct world *w = world();
    w->document.day_zero = REHAB_SURGERY;
    add_gate(w, REHAB_ADVANCE, &any);
    lint(w);
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/4");
    said(REHAB_LINT_OTHER_EVENT, GATE "/any/5");
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/6");
    unsaid(REHAB_LINT_OTHER_EVENT, GATE "/any/7");
    said(REHAB_LINT_OTHER_EVENT, GATE "/any/8");
    world_free(w);
    world_free(gate_of(&any, REHAB_HOLD));
    unsaid(REHAB_LINT_NO_WINDOW, GATE "/any/0");
}

/* Force: 30 N apart is error, 20 N by one tester; it is taken every other day. */
static struct world *errors_of(struct rehab_criterion c)
{
    static struct rehab_measure own[SAMPLE_MEASURES];
    static struct rehab_criterion when;
    memcpy(own, sample_measures, sizeof own);
    own[FORCE].mdc_nano = N(30);
    own[FORCE].mdc_same_nano = N(20);
    own[BEND].mdc_nano = N(5);
    own[FORCE].interval = duration("P2D");
    when = cite(c);
    struct world *w = world();
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &when);
    lint(w);
    return w;
}

static void changes_within_the_error_are_told(void **state)
{
    (void)state;
    const enum rehab_expression e[] = {REHAB_DIFFERENCE, REHAB_CHANGE, REHAB_IMPROVEMENT};
    for (int i = 0; i < 3; i++) {
        for (int bound = -31; bound <= 31; bound++) {
            struct rehab_criterion c = with(leaf(FORCE, REHAB_GE, bound), e[i]);
            if (i > 0) c.from = REHAB_BASELINE;
            for (int same = 0; same < 2; same++) {
                int error = same ? 20 : 30, far = bound < 0 ? -bound : bound;
                c.qualified = same ? REHAB_SAME_ASSESSOR : 0;
                world_free(errors_of(c));
                bool told = find(REHAB_LINT_WITHIN_ERROR, GATE) != NULL;
                assert_int_equal(told, far < error && (bound != 0 || i == 0));
            }
        }
    }
    struct rehab_value_by by[] = {{T("grade"), T("1"), number(40)},
                                  {T("grade"), T("3"), number(12)}};
    struct rehab_criterion c = with(leaf(FORCE, REHAB_LE, 50), REHAB_DIFFERENCE);
    c.value_by = by;
    for (c.value_by_count = 1; c.value_by_count <= 2; c.value_by_count++) {
        world_free(errors_of(c));
        assert_int_equal(find(REHAB_LINT_WITHIN_ERROR, GATE) != NULL, c.value_by_count == 2);
    }
    c.value_by_count = 1;
    by[0].value = number(12);
    world_free(errors_of(c));
    said(REHAB_LINT_WITHIN_ERROR, GATE);
    by[0].value = number(40);
    c.value = number(5);
    world_free(errors_of(c));
    said(REHAB_LINT_WITHIN_ERROR, GATE);
    c = with(leaf(BEND, REHAB_GE, 4), REHAB_DIFFERENCE); /* of one error it is everybody's */
    c.qualified = REHAB_SAME_ASSESSOR;
    world_free(errors_of(c));
    said(REHAB_LINT_WITHIN_ERROR, GATE);
    world_free(errors_of(leaf(FORCE, REHAB_GE, 3)));
    unsaid(REHAB_LINT_WITHIN_ERROR, GATE);
}

static void windows_last_until_the_next(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 50);
    const struct {
        const char *within;
        bool told;
    } windows[] = {{"PT47H", true}, {"PT48H", false}, {"P1D", true}, {"P2D", false}};
    for (size_t i = 0; i < 4; i++) {
        c.within = duration(windows[i].within);
        world_free(errors_of(c));
        assert_int_equal(find(REHAB_LINT_SHORT_WINDOW, GATE) != NULL, windows[i].told);
    }
    struct rehab_criterion old = leaf(FORCE, REHAB_GE, 50);
    world_free(errors_of(old)); /* of any age */
    unsaid(REHAB_LINT_SHORT_WINDOW, GATE);
    c.within = duration("P1D");
    world_free(gate_of(&c, REHAB_ADVANCE)); /* nobody says how often */
    unsaid(REHAB_LINT_SHORT_WINDOW, GATE);
}

/* A painkiller must not keep a step back, a hold or a red flag from acting. */
static void guards_act_under_painkillers(void **state)
{
    (void)state;
    static const enum rehab_move moves[] = {REHAB_HOLD, REHAB_REGRESS, REHAB_RESTART, REHAB_REVIEW};
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 5), rest = leaf(PAIN, REHAB_LE, 5),
                           flag = leaf(PAIN, REHAB_LE, 5);
    c.qualified = REHAB_UNMEDICATED;
    world_free(gate_of(&c, REHAB_ADVANCE));
    unsaid(REHAB_LINT_MEDICATED, GATE);
    for (size_t i = 0; i < 4; i++) {
        world_free(gate_of(&c, moves[i]));
        said(REHAB_LINT_MEDICATED, GATE);
        rest.qualified = REHAB_PAIN_FREE | REHAB_GOOD_QUALITY;
        world_free(gate_of(&rest, moves[i]));
        unsaid(REHAB_LINT_MEDICATED, GATE);
    }
    struct world *w = gate_of(&rest, REHAB_ADVANCE);
    w->flags[0] =
        (struct rehab_red_flag){.id = T("rf"), .cleared_by = REHAB_PHYSICIAN, .when = &flag};
    w->document.red_flag_count = 1;
    lint(w);
    unsaid(REHAB_LINT_MEDICATED, "/red_flags/0/when");
    flag.qualified = REHAB_UNMEDICATED;
    lint(w);
    said(REHAB_LINT_MEDICATED, "/red_flags/0/when");
    world_free(w);
}

/* Sessions of what is no exercise are sessions; who keeps to a plan has one. */
static void adherence_is_to_a_plan(void **state)
{
    (void)state;
    struct rehab_criterion c = sessions(leaf(PAIN, REHAB_GE, 80), REHAB_ADHERENCE, "run");
    struct world *w = gate_of(&c, REHAB_ADVANCE);
    said(REHAB_LINT_UNPRESCRIBED, GATE);
    w->prescriptions[0] =
        (struct rehab_prescription){.id = T("p"), .exercise = T("jog"), .activity = T("lift")};
    w->phases[1].prescription_count = 1;
    lint(w);
    said(REHAB_LINT_UNPRESCRIBED, GATE);
    struct rehab_prescription plan[] = {w->prescriptions[0], w->prescriptions[0]};
    plan[1].id = T("q");
    plan[1].activity = T("run");
    w->phases[1].prescriptions = plan;
    w->phases[1].prescription_count = 2;
    lint(w);
    unsaid(REHAB_LINT_UNPRESCRIBED, GATE);
    w->phases[1].prescription_count = 1;
    c.activity = T("any");
    lint(w);
    unsaid(REHAB_LINT_UNPRESCRIBED, GATE);
    c.activity = T("lift");
    lint(w);
    unsaid(REHAB_LINT_UNPRESCRIBED, GATE);
    c = sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "run");
    lint(w);
    unsaid(REHAB_LINT_UNPRESCRIBED, GATE);
    world_free(w);
}

struct zone {
    enum rehab_op is;
    double value, upper;
};

/* What is said of zones over the newest value of a measure. */
static void assert_tiling_of(struct rehab_criterion reading, const struct zone *zones,
                             uint32_t count, bool hole, bool overlap)
{
    struct rehab_zone all[REHAB_MAX_ZONES] = {0};
    static const char ids[] = "abcdefghijklmnop";
    for (uint32_t i = 0; i < count; i++) {
        all[i].id = (struct rehab_text){&ids[i], 1};
        all[i].comparison = (struct rehab_comparison){
            .is = zones[i].is, .value = number(zones[i].value), .upper = number(zones[i].upper)};
        all[i].move = REHAB_STAY;
    }
    const struct rehab_band band = {.reading = cite(reading), .zones = all, .zone_count = count};
    struct world *w = world();
    struct rehab_criterion gate = cite(leaf(PAIN, REHAB_LE, 3));
    w->phases[1].bands = &band;
    w->phases[1].band_count = 1;
    add_gate(w, REHAB_ADVANCE, &gate);
    lint(w);
    assert_int_equal(find(REHAB_LINT_HOLE, "/tracks/0/phases/1/bands/0") != NULL, hole);
    assert_int_equal(find(REHAB_LINT_OVERLAP, "/tracks/0/phases/1/bands/0") != NULL, overlap);
    struct rehab_band_row row = w->protocol.bands[0]; /* no compiler made these */
    for (row.zones.count = 0; row.zones.count <= REHAB_MAX_ZONES + 1;
         row.zones.count += REHAB_MAX_ZONES + 1) {
        struct rehab_protocol p = w->protocol;
        p.bands = &row;
        found_count = rehab_lint(&p, T("sudden"), found, FOUND_MAX);
        unsaid(REHAB_LINT_HOLE, "/tracks/0/phases/1/bands/0");
        unsaid(REHAB_LINT_OVERLAP, "/tracks/0/phases/1/bands/0");
    }
    world_free(w);
}

static void assert_tiling(int measure, const struct zone *zones, uint32_t count, bool hole,
                          bool overlap)
{
    assert_tiling_of(leaf(measure, REHAB_EQ, 0), zones, count, hole, overlap);
}

/* Pain has whole steps from 0 to 10, force has none from 0 to 800. */
static void zones_tile_the_range(void **state)
{
    (void)state;
    struct zone many[REHAB_MAX_ZONES];
    for (int i = 0; i < REHAB_MAX_ZONES; i++)
        many[i] = (struct zone){REHAB_EQ, i, 0};
    assert_tiling(PAIN, many, REHAB_MAX_ZONES, false, false);
    assert_tiling(FORCE, many, REHAB_MAX_ZONES, true, false);
    struct zone steps[] = {{REHAB_BETWEEN, 0, 2}, {REHAB_BETWEEN, 3, 5}, {REHAB_BETWEEN, 6, 10}};
    assert_tiling(PAIN, steps, 3, false, false);
    assert_tiling(PAIN, steps, 2, true, false); /* 6 to 10 */
    assert_tiling(PAIN, steps + 1, 2, true, false);
    steps[1].value = 2;
    assert_tiling(PAIN, steps, 3, false, true);
    steps[1].value = 4;
    assert_tiling(PAIN, steps, 3, true, false);
    steps[2].value = 5;
    assert_tiling(PAIN, steps, 3, true, true);
    struct zone sharp[] = {{REHAB_LT, 100, 0}, {REHAB_BETWEEN, 100, 200}, {REHAB_GT, 200, 0}};
    assert_tiling(FORCE, sharp, 3, false, false);
    sharp[2].is = REHAB_GE;
    assert_tiling(FORCE, sharp, 3, false, true); /* 200 itself */
    sharp[0].is = REHAB_LE;
    sharp[1].value = 100.001;
    sharp[2].is = REHAB_GT;
    assert_tiling(FORCE, sharp, 3, true, false); /* between 100 and 100.001 */
    struct zone all[] = {{REHAB_GE, 0, 0}};
    assert_tiling(FORCE, all, 1, false, false);
    struct zone sides[] = {{REHAB_LT, 80, 0}, {REHAB_GE, 90, 0}};
    assert_tiling_of(with(leaf(FORCE, REHAB_EQ, 0), REHAB_SYMMETRY), sides, 2, true, false);
}

/* What a leaf over something made of observations can be. Points from -1 to 5, percentiles from 0
 * to 50, sessions and adherence from 0. */
static void assert_derived(enum rehab_expression expression, enum rehab_op is, double value,
                           const enum rehab_lint_code *code)
{
    const struct rehab_score_band pain[] = {
        {.comparison = {.is = REHAB_LE, .value = number(2)}, .points = number(3)},
        {.comparison = {.is = REHAB_GT, .value = number(5)}, .points = number(-1)}};
    const struct rehab_score_band force[] = {
        {.comparison = {.is = REHAB_GE, .value = number(100)}, .points = number(2)}};
    const struct rehab_score_item items[] = {
        {.measure = sample_measures[PAIN].code, .bands = pain, .band_count = 2},
        {.measure = sample_measures[FORCE].code, .bands = force, .band_count = 1}};
    const struct rehab_score score = {.id = T("go"), .items = items, .item_count = 2};
    const struct rehab_norm_row rows[] = {{number(50), number(5)}, {number(90), number(50)}},
                                high = {number(90), number(99)};
    const struct rehab_norm norms[] = {
        {.id = T("go"), .measure = sample_measures[FORCE].code, .rows = rows, .row_count = 2},
        {.id = T("far"), .measure = sample_measures[FORCE].code, .rows = &high, .row_count = 1}};
    const struct rehab_activity run = {.id = T("run")};
    struct rehab_criterion c = cite(leaf(PAIN, is, value));
    struct world *w = world();
    c.expression = expression;
    c.measure = T("");
    if (expression == REHAB_SCORE || expression == REHAB_PERCENTILE) c.name = T("go");
    if (expression == REHAB_SESSIONS || expression == REHAB_ADHERENCE) c.activity = T("run");
    w->document.scores = &score;
    w->document.norms = norms;
    w->document.norm_count = 2;
    w->document.activities = &run;
    w->document.score_count = w->document.activity_count = 1;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    assert_int_equal(find(NEVER, GATE) != NULL, code == &NEVER);
    assert_int_equal(find(ALWAYS, GATE) != NULL, code == &ALWAYS);
    world_free(w);
}

/* Where nothing says otherwise a value may be any billionth. */
static void values_may_be_any_billionth(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_EQ, 1);
    c.value.nano++;
    assert_leaf(c, EITHER);
    assert_leaf(with(c, REHAB_DIFFERENCE), EITHER);
    assert_leaf(with(c, REHAB_SYMMETRY), EITHER);
    assert_leaf(with(c, REHAB_ASYMMETRY), EITHER);
    c = with(leaf(PAIN, REHAB_EQ, 1), REHAB_ASYMMETRY);
    c.value.nano++;
    assert_leaf(c, EITHER);
    c = with(leaf(PAIN, REHAB_LE, 0), REHAB_SYMMETRY);
    c.value.nano++;
    assert_leaf(c, EITHER);
    const struct rehab_score_band band = {.comparison = {.is = REHAB_GE, .value = number(5)},
                                          .points = {.kind = REHAB_VALUE_NUMBER, .nano = 1}};
    const struct rehab_score_item item = {
        .measure = sample_measures[PAIN].code, .bands = &band, .band_count = 1};
    const struct rehab_score score = {.id = T("go"), .items = &item, .item_count = 1};
    const struct rehab_norm_row row = {number(50), band.points};
    const struct rehab_norm norm = {
        .id = T("go"), .measure = sample_measures[FORCE].code, .rows = &row, .row_count = 1};
    for (int i = 0; i < 2; i++) {
        c = with(leaf(PAIN, REHAB_EQ, 0), i == 0 ? REHAB_SCORE : REHAB_PERCENTILE);
        c.measure = T("");
        c.name = T("go");
        c.value = band.points;
        struct world *w = world();
        w->document.scores = &score;
        w->document.norms = &norm;
        w->document.score_count = w->document.norm_count = 1;
        add_gate(w, REHAB_ADVANCE, &c);
        lint(w);
        unsaid(NEVER, GATE);
        world_free(w);
    }
}

/* One percentile cannot be high and low; a table may tell none. */
static void percentiles_are_one_value(void **state)
{
    (void)state;
    struct rehab_norm_row row = {number(50), number(90)};
    const struct rehab_norm norm = {
        .id = T("go"), .measure = sample_measures[FORCE].code, .rows = &row, .row_count = 1};
    struct rehab_criterion c[] = {with(leaf(PAIN, REHAB_GE, 50), REHAB_PERCENTILE),
                                  with(leaf(PAIN, REHAB_LE, 40), REHAB_PERCENTILE)};
    struct rehab_criterion all = group(REHAB_ALL, c, 2);
    for (int i = 0; i < 2; i++) {
        c[i].measure = T("");
        c[i].name = T("go");
    }
    struct world *w = world();
    w->document.norms = &norm;
    w->document.norm_count = 1;
    add_gate(w, REHAB_ADVANCE, &all);
    lint(w);
    said(REHAB_LINT_GATE_NEVER, GATE);
    row.percentile = c[1].value = number(0);
    lint(w);
    said(ALWAYS, GATE "/all/1");
    world_free(w);
}

/* What is on record or not is never sure. */
static void a_record_may_be_there_or_not(void **state)
{
    (void)state;
    struct rehab_criterion c = cite(leaf(WEIGHT, REHAB_EQ, 1)),
                           low = cite(leaf(FORCE, REHAB_LE, 5));
    c.expression = REHAB_RECORDED;
    c.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    struct rehab_criterion of[] = {c, low}, all = group(REHAB_ALL, of, 2);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    lint(w);
    unsaid(NEVER, GATE "/all/0");
    unsaid(ALWAYS, GATE "/all/0");
    world_free(w);
}

static void what_is_made_of_observations_has_a_range(void **state)
{
    (void)state;
    assert_derived(REHAB_SCORE, REHAB_GT, 5, &NEVER);
    assert_derived(REHAB_SCORE, REHAB_GE, 5, NULL);
    assert_derived(REHAB_SCORE, REHAB_LT, -1, &NEVER);
    assert_derived(REHAB_SCORE, REHAB_GE, -1, &ALWAYS);
    assert_derived(REHAB_SCORE, REHAB_LE, -1, NULL);
    assert_derived(REHAB_PERCENTILE, REHAB_GT, 50, &NEVER);
    assert_derived(REHAB_PERCENTILE, REHAB_GE, 50, NULL);
    assert_derived(REHAB_PERCENTILE, REHAB_GE, 0, &ALWAYS);
    assert_derived(REHAB_PERCENTILE, REHAB_LE, 0, NULL);
    assert_derived(REHAB_ADHERENCE, REHAB_GT, 100, &NEVER);
    assert_derived(REHAB_ADHERENCE, REHAB_GE, 100, NULL);
    assert_derived(REHAB_ADHERENCE, REHAB_LE, 100, &ALWAYS);
    assert_derived(REHAB_SESSIONS, REHAB_EQ, 1.5, &NEVER);
    assert_derived(REHAB_SESSIONS, REHAB_GE, 0, &ALWAYS);
    assert_derived(REHAB_SESSIONS, REHAB_GE, 1, NULL);
}

struct points {
    enum rehab_op is;
    double value, upper, points;
};

/* What is said of the bands of the second item of the second score, as digits: the last band is the
 * last digit, and 1 if there is something wrong with it. */
static void assert_scored(int measure, const struct points *bands, uint32_t count,
                          const char *never, const char *mixed)
{
    struct rehab_score_band all[REHAB_MAX_SCORED] = {0};
    for (uint32_t i = 0; i < count; i++) {
        all[i].comparison = (struct rehab_comparison){
            .is = bands[i].is, .value = number(bands[i].value), .upper = number(bands[i].upper)};
        all[i].points = number(bands[i].points);
    }
    const struct rehab_score_item items[] = {
        {.measure = sample_measures[PAIN].code, .bands = all, .band_count = count},
        {.measure = sample_measures[measure].code, .bands = all, .band_count = count}};
    const struct rehab_score scores[] = {{.id = T("one"), .items = items, .item_count = 1},
                                         {.id = T("two"), .items = items, .item_count = 2}};
    struct world *w = world();
    w->document.scores = scores;
    w->document.score_count = 2;
    lint(w);
    for (uint32_t i = 0; i < count; i++) {
        char at[64];
        snprintf(at, sizeof at, "/scores/two/items/1/bands/%u", i);
        assert_int_equal(find(REHAB_LINT_BAND_NEVER, at) != NULL, never[i] == '1');
        assert_int_equal(find(REHAB_LINT_BAND_OVERLAP, at) != NULL, mixed[i] == '1');
    }
    unsaid(REHAB_LINT_BAND_NEVER, "/scores/two/items/1/bands/64"); /* of 64 */
    said(REHAB_LINT_NO_RED_FLAG, "/red_flags");                    /* and the way begins anew */
    world_free(w);
}

/* Pain has whole steps from 0 to 10, force has none from 0 to 800. */
static void bands_of_a_score_are_in_order(void **state)
{
    (void)state;
    const struct points down[] = {{REHAB_GE, 8, 0, 2}, {REHAB_GE, 4, 0, 1}, {REHAB_GE, 0, 0, 0}};
    assert_scored(PAIN, down, 3, "000", "000");
    const struct points up[] = {{REHAB_GE, 4, 0, 1}, {REHAB_GE, 8, 0, 2}, {REHAB_LT, 4, 0, 0}};
    assert_scored(PAIN, up, 3, "010", "000");
    struct points wide[] = {
        {REHAB_LE, 4, 0, 1}, {REHAB_GE, 5, 0, 2}, {REHAB_BETWEEN, 3, 6, 3}, {REHAB_EQ, 11, 0, 4}};
    assert_scored(PAIN, wide, 4, "0011", "0000"); /* two of them take it; there is no 11 */
    wide[1].value = 6;
    assert_scored(PAIN, wide, 4, "0001", "0010");
    wide[1].value = 6.5;
    wide[2].value = 4.5;
    assert_scored(PAIN, wide, 4, "0001", "0000");  /* 5 and 6 are its own */
    assert_scored(FORCE, wide, 4, "0001", "0000"); /* and 11 is a force, but taken */
    wide[2].upper = 6.501;
    assert_scored(PAIN, wide, 4, "0001", "0000");
    assert_scored(FORCE, wide, 4, "0001", "0010");
    wide[2].points = 2;
    assert_scored(FORCE, wide, 4, "0001", "0000"); /* as many points, whichever it is */
    const struct points edge[] = {
        {REHAB_EQ, 3, 0, 9}, {REHAB_LE, 3, 0, 1}, {REHAB_GE, 3, 0, 2}, {REHAB_LE, 2, 0, 1}};
    assert_scored(PAIN, edge, 4, "0001", "0000"); /* what two share is the first one's */
    assert_scored(PAIN, edge + 1, 2, "00", "01");
    const struct points beyond[] = {{REHAB_GT, 10, 0, 1}, {REHAB_LE, 10, 0, 2}};
    assert_scored(PAIN, beyond, 2, "10", "00");
    assert_scored(FORCE, beyond, 2, "00", "00");
    const struct points holes[] = {{REHAB_EQ, 3, 0, 1}, {REHAB_EQ, 5, 0, 1}};
    assert_scored(PAIN, holes, 2, "00", "00"); /* no points for the others */
    struct points many[REHAB_MAX_SCORED];
    char never[REHAB_MAX_SCORED + 1] = {0}, mixed[REHAB_MAX_SCORED + 1] = {0};
    memset(never, '0', REHAB_MAX_SCORED);
    memset(mixed, '0', REHAB_MAX_SCORED);
    for (int i = 0; i < REHAB_MAX_SCORED; i++)
        many[i] = (struct points){REHAB_EQ, i, 0, i};
    assert_scored(FORCE, many, REHAB_MAX_SCORED, never, mixed);
    many[REHAB_MAX_SCORED - 1].value = 0;
    never[REHAB_MAX_SCORED - 1] = '1';
    assert_scored(FORCE, many, REHAB_MAX_SCORED, never, mixed);
    many[0].value = 900;
    never[0] = '1';
    never[REHAB_MAX_SCORED - 1] = '0';
    assert_scored(FORCE, many, REHAB_MAX_SCORED, never, mixed);
}

/* Labels are in a set or not; a long id leaves no room for what stands below it, and a block that
 * no compiler made may have no bands at all. */
static void bands_of_labels_are_looked_at(void **state)
{
    (void)state;
    const struct rehab_value low[] = {label("none"), label("mild")},
                             high[] = {label("mild"), label("severe")};
    struct rehab_score_band bands[] = {
        {.comparison = {.is = REHAB_IN, .values = low, .value_count = 2}, .points = number(1)},
        {.comparison = {.is = REHAB_IN, .values = high, .value_count = 2}, .points = number(2)}};
    const struct rehab_score_item item = {
        .measure = sample_measures[SWELLING].code, .bands = bands, .band_count = 2};
    struct rehab_score score = {.id = T("s"), .items = &item, .item_count = 1};
    struct world *w = world();
    w->document.scores = &score;
    w->document.score_count = 1;
    lint(w);
    unsaid(REHAB_LINT_BAND_OVERLAP, "/scores/s/items/0/bands/0");
    said(REHAB_LINT_BAND_OVERLAP, "/scores/s/items/0/bands/1");
    assert_true(rehab_text_equal(
        find(REHAB_LINT_BAND_OVERLAP, "/scores/s/items/0/bands/1")->subject, T("s")));
    bands[1].comparison.value_count = 1;
    lint(w);
    said(REHAB_LINT_BAND_NEVER, "/scores/s/items/0/bands/1");
    struct rehab_score_item_row row = w->protocol.score_items[0];
    struct rehab_protocol p = w->protocol;
    p.score_items = &row;
    row.bands.count = 0;
    found_count = rehab_lint(&p, T("sudden"), found, FOUND_MAX);
    unsaid(REHAB_LINT_BAND_NEVER, "/scores/s/items/0/bands/1");
    char name[REHAB_LINT_POINTER_MAX];
    memset(name, 'x', sizeof name);
    score.id = (struct rehab_text){name, sizeof name};
    lint(w);
    assert_int_equal(found[0].code, REHAB_LINT_BAND_NEVER);
    assert_int_equal(found[0].pointer_size, REHAB_LINT_POINTER_MAX);
    assert_memory_equal(found[0].pointer, "/scores/xxx", 11);
    world_free(w);
}

/* Swelling holds; none lets go again, if it is asked in that state. */
static struct world *history(struct rehab_text id, const char *in)
{
    const struct rehab_text from[] = {T(in)};
    const struct rehab_state_step steps[] = {
        {.comparison = {.is = REHAB_GE, .value = label("severe")}, .to = T("held")},
        {.in = {from, 1},
         .comparison = {.is = REHAB_EQ, .value = label("none")},
         .to = T("clear")}};
    const struct rehab_automaton a = {.id = id,
                                      .of = sample_measures[SWELLING].code,
                                      .start = T("clear"),
                                      .steps = steps,
                                      .step_count = 2};
    struct rehab_criterion c = cite(leaf(PAIN, REHAB_EQ, 0));
    struct world *w = world();
    c.expression = REHAB_STATE;
    c.measure = T("");
    c.name = id;
    c.value = label("clear");
    w->document.automata = &a;
    w->document.automaton_count = 1;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    return w;
}

static void states_lead_on(void **state)
{
    (void)state;
    char name[REHAB_LINT_POINTER_MAX];
    memset(name, 'x', sizeof name);
    world_free(history(T("story"), "held"));
    unsaid(REHAB_LINT_DEAD_END, "/states/story");
    struct world *w = history(T("story"), "clear");
    said(REHAB_LINT_DEAD_END, "/states/story");
    assert_true(rehab_text_equal(find(REHAB_LINT_DEAD_END, "/states/story")->subject, T("held")));
    assert_int_equal(found[0].stratum, REHAB_NONE);
    said(REHAB_LINT_NO_RED_FLAG, "/red_flags"); /* and the way begins anew */
    world_free(w);
    const struct rehab_state_step stay = {.comparison = {.is = REHAB_GE, .value = label("mild")},
                                          .to = T("clear")};
    const struct rehab_text up[] = {T("clear")}, down[] = {T("held")};
    const struct rehab_state_step there[] = {
        {.in = {up, 1}, .comparison = stay.comparison, .to = T("held")},
        {.in = {down, 1}, .comparison = stay.comparison, .to = T("clear")}};
    const struct rehab_automaton still[] = {{.id = T("there"),
                                             .of = sample_measures[SWELLING].code,
                                             .start = T("clear"),
                                             .steps = there,
                                             .step_count = 2},
                                            {.id = T("still"),
                                             .of = sample_measures[SWELLING].code,
                                             .start = T("clear"),
                                             .steps = &stay,
                                             .step_count = 1},
                                            {.id = T("again"),
                                             .of = sample_measures[SWELLING].code,
                                             .start = T("clear"),
                                             .steps = there,
                                             .step_count = 2}};
    const struct rehab_value clear = label("clear");
    struct rehab_criterion c = leaf(PAIN, REHAB_IN, 0);
    c.expression = REHAB_STATE;
    c.measure = T("");
    c.name = T("still");
    c.values = &clear;
    c.value_count = 1;
    w = world(); /* there is but one state, and no way out of it */
    w->document.automata = still;
    w->document.automaton_count = 3;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    said(REHAB_LINT_DEAD_END, "/states/still");
    unsaid(REHAB_LINT_DEAD_END, "/states/there");
    said(REHAB_LINT_CRITERION_ALWAYS, GATE);
    world_free(w);
    world_free(history((struct rehab_text){name, sizeof name}, "clear"));
    assert_int_equal(found[0].code, REHAB_LINT_DEAD_END);
    assert_int_equal(found[0].pointer_size, REHAB_LINT_POINTER_MAX); /* cut, not beyond */
}

/* Of pain from 0 to 10: high from a bound on, and past from there on another value. */
static void assert_state(double high, enum rehab_op is, double past, const char *in,
                         enum rehab_lint_code code)
{
    const struct rehab_text low_only[] = {T("low")}, high_only[] = {T("high")};
    const struct rehab_state_step steps[] = {
        {.in = {high_only, 1},
         .comparison = {.is = is, .value = number(past), .upper = number(10)},
         .to = T("past")},
        {.in = {low_only, 1},
         .comparison = {.is = REHAB_GE, .value = number(high)},
         .to = T("high")}};
    const struct rehab_automaton a = {.id = T("story"),
                                      .of = sample_measures[PAIN].code,
                                      .start = T("low"),
                                      .steps = steps,
                                      .step_count = 2};
    struct rehab_criterion c = leaf(PAIN, REHAB_EQ, 0);
    c.expression = REHAB_STATE;
    c.measure = T("");
    c.name = T("story");
    c.value = label(in);
    struct world *w = world();
    w->document.automata = &a;
    w->document.automaton_count = 1;
    add_gate(w, REHAB_ADVANCE, &c);
    lint(w);
    assert_int_equal(find(NEVER, GATE) != NULL, code == NEVER);
    assert_int_equal(find(REHAB_LINT_GATE_NEVER, GATE) != NULL, code == NEVER);
    assert_int_equal(find(ALWAYS, GATE) != NULL, code == ALWAYS);
    world_free(w);
}

static void some_value_leads_to_a_state(void **state)
{
    (void)state;
    assert_state(50, REHAB_GE, 5, "high", NEVER);
    assert_state(50, REHAB_GE, 5, "past", NEVER); /* nor to what lies behind it */
    assert_state(50, REHAB_GE, 5, "low", ALWAYS);
    assert_state(10, REHAB_GE, 5, "high", EITHER);
    assert_state(10, REHAB_GE, 5, "past", EITHER);
    assert_state(10, REHAB_GE, 5, "low", EITHER);
    assert_state(10, REHAB_LT, 0, "past", NEVER);
    assert_state(10, REHAB_LE, 0, "past", EITHER);
    assert_state(5, REHAB_BETWEEN, 9, "past", EITHER);
    assert_state(0, REHAB_GT, 10, "low", NEVER); /* whatever is seen first leads out of it */
    assert_state(0, REHAB_GT, 10, "high", ALWAYS);
}

static void assert_swing_of_states(const struct rehab_criterion *ahead,
                                   const struct rehab_criterion *back, bool both)
{
    const struct rehab_text held[] = {T("held")}, second[] = {T("second")}, third[] = {T("third")};
    const struct rehab_state_step steps[] = {
        {.comparison = {.is = REHAB_GE, .value = label("severe")}, .to = T("held")},
        {.in = {held, 1},
         .comparison = {.is = REHAB_EQ, .value = label("mild")},
         .to = T("second")},
        {.in = {second, 1},
         .comparison = {.is = REHAB_EQ, .value = label("mild")},
         .to = T("third")},
        {.in = {third, 1},
         .comparison = {.is = REHAB_EQ, .value = label("none")},
         .to = T("clear")},
        {.in = {held, 1},
         .comparison = {.is = REHAB_EQ, .value = label("none")},
         .to = T("clear")}};
    const struct rehab_automaton a = {.id = T("story"),
                                      .of = sample_measures[SWELLING].code,
                                      .start = T("clear"),
                                      .steps = steps,
                                      .step_count = 5};
    struct rehab_gate first[] = {
        {.id = T("in"), .move = REHAB_ADVANCE, .to = T("second"), .when = ahead}};
    struct world *w = world();
    w->document.automata = &a;
    w->document.automaton_count = 1;
    w->phases[0].gates = first;
    w->phases[0].gate_count = 1;
    add_gate(w, REHAB_REGRESS, back);
    lint(w);
    assert_int_equal(find(REHAB_LINT_OSCILLATES, GATE) != NULL, both);
    unsaid(REHAB_LINT_NO_HOLD, GATE);
    world_free(w);
}

/* A state or a clearance that lets in must not lead back; and none lies beside another. */
static void what_is_not_measured_leads_in_and_out(void **state)
{
    (void)state;
    struct rehab_criterion ahead = leaf(PAIN, REHAB_EQ, 0);
    ahead.expression = REHAB_STATE;
    ahead.measure = T("");
    ahead.name = T("story");
    ahead.value = label("clear");
    struct rehab_criterion back = ahead;
    back.id = T("back");
    assert_swing_of_states(&ahead, &back, true);
    back.value = label("held");
    assert_swing_of_states(&ahead, &back, false);
    back.value = label("clear");
    back.since = REHAB_SINCE_PHASE; /* there it begins anew */
    assert_swing_of_states(&ahead, &back, false);
    ahead.since = REHAB_SINCE_EPISODE;
    back.since = REHAB_SINCE_DEFAULT; /* the same, spelt out */
    assert_swing_of_states(&ahead, &back, true);
    back.since = ahead.since = REHAB_SINCE_PHASE;
    assert_swing_of_states(&ahead, &back, false);
    ahead.value = label("held");
    back.value = label("second"); /* neither is the last */
    assert_swing_of_states(&ahead, &back, false);
    struct rehab_criterion yes = cleared("team", REHAB_PHYSICIAN, true),
                           no = cleared("team", REHAB_PHYSICIAN, false), again = yes;
    again.id = T("again");
    assert_swing_of_states(&yes, &again, true);
    assert_swing_of_states(&yes, &no, false);
}

static void without_sides_there_is_no_other(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {with(leaf(FORCE, REHAB_GE, 90), REHAB_SYMMETRY),
                                  with(leaf(FORCE, REHAB_LE, 9), REHAB_DIFFERENCE),
                                  leaf(FORCE, REHAB_GE, 90), leaf(FORCE, REHAB_GE, 90)};
    c[2].side = REHAB_OTHER;
    struct rehab_criterion all = group(REHAB_ALL, c, 4);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    unsaid(REHAB_LINT_UNFED, GATE "/all/0");
    w->document.sided = false;
    lint(w);
    said(REHAB_LINT_UNFED, GATE "/all/0");
    said(REHAB_LINT_UNFED, GATE "/all/1");
    said(REHAB_LINT_UNFED, GATE "/all/2");
    unsaid(REHAB_LINT_UNFED, GATE "/all/3");
    world_free(w);
}

static void floors_hold(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {elapsed(REHAB_ONSET, REHAB_GE, "P5D"), leaf(PAIN, REHAB_LE, 2)};
    struct rehab_criterion all = group(REHAB_ALL, c, 2), any = group(REHAB_ANY, c, 2);
    c[0].floor = true;
    c[0].roles = REHAB_PHYSICIAN;
    world_free(gate_of(&all, REHAB_ADVANCE));
    unsaid(REHAB_LINT_FLOOR_PASSED, GATE);
    unsaid(REHAB_LINT_FLOOR_SOFT, GATE);
    world_free(gate_of(&any, REHAB_COMPLETE));
    said(REHAB_LINT_FLOOR_PASSED, GATE);
    struct rehab_criterion last[] = {c[1], c[0]}; /* wherever it stands */
    any.of = last;
    world_free(gate_of(&any, REHAB_COMPLETE));
    said(REHAB_LINT_FLOOR_PASSED, GATE);
    c[0].roles = REHAB_CLINICIAN;
    world_free(gate_of(&all, REHAB_ADVANCE));
    said(REHAB_LINT_FLOOR_SOFT, GATE);
    struct rehab_criterion none[] = {elapsed(REHAB_ONSET, REHAB_GE, "P9D"),
                                     leaf(FORCE, REHAB_GE, 90)};
    any.of = none;
    struct world *w = gate_of(&any, REHAB_ADVANCE);
    add_gate(w, REHAB_COMPLETE, &all);
    lint(w);
    unsaid(REHAB_LINT_FLOOR_PASSED, GATE); /* the floor behind it is of another gate */
    unsaid(REHAB_LINT_FLOOR_SOFT, GATE);
    world_free(w);
}

static void flags_are_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(SUDDEN, REHAB_EQ, 1), leaf(PAIN, REHAB_LE, 2),
                                  elapsed(REHAB_ONSET, REHAB_GE, "P5D")};
    c[0].within = duration("PT36H");
    struct rehab_criterion all = group(REHAB_ALL, c, 3), any = group(REHAB_ANY, c, 3),
                           bad = leaf(PAIN, REHAB_LE, 2);
    world_free(gate_of(&bad, REHAB_ADVANCE));
    said(REHAB_LINT_NO_SCREEN, GATE);
    struct world *w = gate_of(&any, REHAB_ADVANCE);
    said(REHAB_LINT_NO_SCREEN, GATE);
    said(REHAB_LINT_NO_RED_FLAG, "/red_flags");
    assert_true(rehab_lint(&w->protocol, T(""), NULL, 0) < found_count);
    w->gates[0].when = &all;
    w->flags[0] =
        (struct rehab_red_flag){.id = T("rf"), .cleared_by = REHAB_PHYSICIAN, .when = &bad};
    w->document.red_flag_count = 1;
    lint(w);
    unsaid(REHAB_LINT_NO_SCREEN, GATE);
    unsaid(REHAB_LINT_NO_RED_FLAG, "/red_flags");
    unsaid(REHAB_LINT_GATE_ALWAYS, "/red_flags/0/when");
    bad.value = number(10);
    lint(w);
    said(REHAB_LINT_GATE_ALWAYS, "/red_flags/0/when");
    struct rehab_criterion never = leaf(PAIN, REHAB_GT, 10), same = leaf(PAIN, REHAB_LE, 10);
    w->flags[1] =
        (struct rehab_red_flag){.id = T("g"), .cleared_by = REHAB_PHYSICIAN, .when = &same};
    w->document.red_flag_count = 2;
    w->gates[0].when = &never;
    lint(w);
    said(REHAB_LINT_GATE_ALWAYS, "/red_flags/1/when");
    said(REHAB_LINT_GATE_NEVER, GATE); /* and the way begins anew */
    world_free(w);
}

static void assert_screen(struct rehab_criterion screen, bool good)
{
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_LE, 2), screen};
    struct rehab_criterion all = group(REHAB_ALL, c, 2);
    world_free(gate_of(&all, REHAB_ADVANCE));
    assert_int_equal(find(REHAB_LINT_NO_SCREEN, GATE) == NULL, good);
}

/* A screen is one that is clear, of lately. */
static void a_screen_is_clear_and_fresh(void **state)
{
    (void)state;
    struct rehab_criterion clear = leaf(SUDDEN, REHAB_EQ, 1), bad = leaf(SUDDEN, REHAB_EQ, 0);
    assert_screen(clear, false);
    clear.within = bad.within = duration("PT36H");
    assert_screen(clear, true);
    assert_screen(bad, false);
    assert_screen(group(REHAB_NOT, &bad, 1), true);
    assert_screen(group(REHAB_NOT, &clear, 1), false);
    clear.within.us = 1;
    assert_screen(clear, true);
    clear.within = bad.within;
    assert_screen(with(clear, REHAB_WORST), true);
    assert_screen(with(clear, REHAB_BEST), false);
    struct rehab_criterion recorded = with(clear, REHAB_RECORDED);
    recorded.id = T("recorded");
    assert_screen(recorded, false);
    struct rehab_criterion both[] = {recorded, clear}, either[] = {bad, clear};
    assert_screen(group(REHAB_ALL, both, 2), true);
    assert_screen(group(REHAB_ANY, either, 2), false);
    clear.within.given = bad.within.given = false;
    clear.since = REHAB_SINCE_PHASE;
    assert_screen(clear, false);
    assert_screen(group(REHAB_NOT, &bad, 1), false);
}

static void values_do_not_lead_in_and_out(void **state)
{
    (void)state;
    struct rehab_criterion in = leaf(PAIN, REHAB_LE, 2), far = leaf(PAIN, REHAB_LE, 2),
                           low = leaf(PAIN, REHAB_LE, 2), rest[4];
    struct rehab_gate first[] = {
        {.id = T("in"), .move = REHAB_ADVANCE, .to = T("second"), .when = &in},
        {.id = T("far"), .move = REHAB_ADVANCE, .to = T("third"), .when = &far}};
    rest[0] = leaf(PAIN, REHAB_GE, 2);
    rest[1] = leaf(FORCE, REHAB_GE, 2);
    rest[2] = group(REHAB_NOT, &low, 1);
    rest[3] = elapsed(REHAB_ONSET, REHAB_GE, "P5D");
    struct rehab_criterion any = group(REHAB_ANY, rest, 4);
    struct world *w = world();
    w->phases[0].gates = first;
    w->phases[0].gate_count = 2;
    add_gate(w, REHAB_REGRESS, &any);
    lint(w);
    said(REHAB_LINT_OSCILLATES, GATE);
    rest[0].value = number(3);
    lint(w);
    unsaid(REHAB_LINT_OSCILLATES, GATE);
    struct rehab_gate_row rows[4]; /* behind them is none, whatever stands there */
    struct rehab_protocol p = w->protocol;
    memcpy(rows, p.gates, 3 * sizeof rows[0]);
    rows[3] = rows[0];
    rows[3].rule = rows[2].rule;
    rows[3].to = REHAB_NONE;
    rows[3].from = rows[2].from;
    p.gates = rows;
    found_count = rehab_lint(&p, T("sudden"), found, FOUND_MAX);
    unsaid(REHAB_LINT_BOTH_WAYS, GATE);
    rest[0] = leaf(PAIN, REHAB_GE, 0); /* every value leads back */
    rest[2] = leaf(PAIN, REHAB_LE, 10);
    lint(w);
    said(REHAB_LINT_OSCILLATES, GATE);
    struct rehab_criterion late[] = {leaf(PAIN, REHAB_GE, 2), leaf(PAIN, REHAB_GE, 3)};
    struct rehab_criterion every = group(REHAB_ALL, late, 2); /* the second does not let it */
    w->gates[0].when = &every;
    lint(w);
    unsaid(REHAB_LINT_OSCILLATES, GATE);
    struct rehab_criterion time = elapsed(REHAB_ONSET, REHAB_GE, "P5D");
    struct rehab_criterion both[] = {in, time};
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    first[0].when = &all;
    w->gates[0].when = &rest[3];
    lint(w);
    unsaid(REHAB_LINT_OSCILLATES, GATE);
    world_free(w);
}

/* What is said of a way ahead and a way back out of one phase, and of that way into it. */
static void assert_swing(struct rehab_criterion ahead, struct rehab_criterion back, bool both,
                         bool next)
{
    struct rehab_gate first[] = {
        {.id = T("in"), .move = REHAB_ADVANCE, .to = T("second"), .when = &ahead}};
    struct world *w = world();
    w->phases[0].gates = first;
    w->phases[0].gate_count = 1;
    add_gate(w, REHAB_REGRESS, &back);
    lint(w);
    assert_int_equal(find(REHAB_LINT_OSCILLATES, GATE) != NULL, both);
    assert_int_equal(find(REHAB_LINT_NO_HOLD, GATE) != NULL, next);
    unsaid(REHAB_LINT_BOTH_WAYS, GATE);
    w->phases[0].gate_count = 0;
    add_gate(w, REHAB_ADVANCE, &ahead);
    lint(w);
    assert_int_equal(find(REHAB_LINT_BOTH_WAYS, GATE) != NULL, both);
    assert_int_equal(find(REHAB_LINT_NO_HOLD, GATE) != NULL, next);
    unsaid(REHAB_LINT_OSCILLATES, GATE);
    w->gates[1].move = REHAB_COMPLETE;
    w->gates[1].to = T("");
    lint(w);
    assert_int_equal(find(REHAB_LINT_BOTH_WAYS, GATE) != NULL, both);
    w->gates[0].move = REHAB_HOLD; /* between is hold */
    w->gates[0].to = T("");
    lint(w);
    unsaid(REHAB_LINT_BOTH_WAYS, GATE);
    unsaid(REHAB_LINT_NO_HOLD, GATE);
    world_free(w);
}

/* What a session showed is a value as any other; what another one showed is not. */
static void sessions_do_not_lead_in_and_out(void **state)
{
    (void)state;
    static const struct {
        const char *ahead, *back;
        bool both;
    } cases[] = {{"run", "", true},     {"", "run", true},    {"run", "any", true},
                 {"any", "", true},     {"run", "run", true}, {"run", "lift", false},
                 {"lift", "run", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rehab_criterion ahead = leaf(PAIN, REHAB_LE, 4), back = leaf(PAIN, REHAB_GT, 2);
        ahead.activity = T(cases[i].ahead);
        back.activity = T(cases[i].back);
        assert_swing(ahead, back, cases[i].both, false);
        back.value = number(4);
        assert_swing(ahead, back, false, cases[i].both);
        back.value = number(6);
        assert_swing(ahead, back, false, false);
    }
    struct rehab_criterion two[] = {sessions(leaf(PAIN, REHAB_LE, 4), REHAB_LATEST, "run"),
                                    sessions(leaf(PAIN, REHAB_LE, 1), REHAB_LATEST, "lift")};
    assert_swing(group(REHAB_ALL, two, 2), leaf(PAIN, REHAB_GT, 2), true, false);
    assert_swing(group(REHAB_ALL, two, 2), leaf(PAIN, REHAB_GT, 4), false, true);
    struct rehab_criterion late[] = {two[1], two[0]}; /* named by the second */
    late[0].measure = sample_measures[FORCE].code;
    assert_swing(group(REHAB_ALL, late, 2), leaf(PAIN, REHAB_GT, 2), true, false);
    struct rehab_criterion counts = sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "run"),
                           others = sessions(leaf(PAIN, REHAB_GE, 3), REHAB_SESSIONS, "any");
    assert_swing(counts, others, false, false);
    others.is = REHAB_LT;
    struct rehab_criterion ahead[] = {two[0], counts}, back[] = {leaf(PAIN, REHAB_GT, 2), others};
    assert_swing(group(REHAB_ALL, ahead, 2), group(REHAB_ALL, back, 2), true, false);
}

/* Every two bounds on a scale of eleven, against every value of it. */
static void between_ahead_and_back_is_hold(void **state)
{
    (void)state;
    for (int upto = 1; upto <= 9; upto++) {
        for (int from = 1; from <= 10; from++) {
            assert_swing(leaf(PAIN, REHAB_LE, upto), leaf(PAIN, REHAB_GE, from), from <= upto,
                         from == upto + 1 && from < 10);
            assert_swing(leaf(PAIN, REHAB_GE, from), leaf(PAIN, REHAB_LT, upto), upto > from,
                         upto == from && upto > 1);
            assert_swing(leaf(PAIN, REHAB_LT, upto), leaf(PAIN, REHAB_GE, from), from < upto,
                         from == upto && from < 10);
        }
    }
}

/* Beyond the scale there is no value that leads anywhere. */
static void beyond_the_scale_is_nothing(void **state)
{
    (void)state;
    assert_swing(leaf(PAIN, REHAB_GT, 10), leaf(PAIN, REHAB_LE, 10), false, false);
    assert_swing(leaf(PAIN, REHAB_LT, 0), leaf(PAIN, REHAB_GE, 0), false, false);
}

/* Where the one value leads ahead and the other back no other value does so as well. */
static void values_swing_one_at_a_time(void **state)
{
    (void)state;
    struct rehab_criterion in[] = {leaf(PAIN, REHAB_LE, 3), leaf(FORCE, REHAB_LE, 100)},
                           out[] = {leaf(PAIN, REHAB_GT, 3), leaf(FORCE, REHAB_GE, 100)};
    assert_swing(group(REHAB_ALL, in, 2), group(REHAB_ALL, out, 2), false, true);
    struct rehab_criterion turned[] = {in[1], in[0]};
    assert_swing(group(REHAB_ALL, turned, 2), group(REHAB_ALL, out, 2), false, true);
    in[0] = leaf(PAIN, REHAB_GE, 4); /* the other way round */
    out[0] = leaf(PAIN, REHAB_LT, 4);
    assert_swing(group(REHAB_ALL, in, 2), group(REHAB_ALL, out, 2), false, true);
}

static void what_has_no_steps_lies_side_by_side_too(void **state)
{
    (void)state;
    assert_swing(leaf(FORCE, REHAB_GE, 90), leaf(FORCE, REHAB_LT, 90), false, true);
    assert_swing(leaf(FORCE, REHAB_GE, 90), leaf(FORCE, REHAB_LT, 89.9), false, false);
    assert_swing(leaf(FORCE, REHAB_GE, 90), leaf(FORCE, REHAB_LE, 90), true, false);
    assert_swing(with(leaf(FORCE, REHAB_GE, 90), REHAB_SYMMETRY),
                 with(leaf(FORCE, REHAB_LT, 90), REHAB_SYMMETRY), false, true);
    assert_swing(leaf(SWELLING, REHAB_LE, 0), leaf(SWELLING, REHAB_GE, 1), false, true);
    assert_swing(leaf(SWELLING, REHAB_LE, 0), leaf(SWELLING, REHAB_GE, 2), false, false);
    assert_swing(leaf(SUDDEN, REHAB_EQ, 0), leaf(SUDDEN, REHAB_EQ, 1), false, false);
    assert_swing(leaf(PAIN, REHAB_LE, 2), leaf(FORCE, REHAB_GT, 2), false, false);
    assert_swing(elapsed(REHAB_ONSET, REHAB_LE, "P5D"), elapsed(REHAB_ONSET, REHAB_GT, "P5D"),
                 false, false);
}

/* Some bad values in a row, and the first of them holds. */
static void a_run_leaves_time_to_hold(void **state)
{
    (void)state;
    struct rehab_criterion back = leaf(PAIN, REHAB_GT, 2);
    for (uint32_t n = 0; n <= 2; n++) {
        back.for_observations = n;
        assert_swing(leaf(PAIN, REHAB_LE, 2), back, false, n < 2);
        back.for_observations = 0;
        back.for_days = n;
        assert_swing(leaf(PAIN, REHAB_LE, 2), back, false, n < 2);
        assert_swing(leaf(PAIN, REHAB_LE, 3), back, true, false);
        back.for_days = 0;
    }
}

/* None ahead and any back, both as they were read: what the sources say. */
static void none_and_any_may_be_read(void **state)
{
    (void)state;
    struct rehab_criterion none = leaf(PAIN, REHAB_LE, 0), any = leaf(PAIN, REHAB_GT, 0);
    assert_swing(cite(none), cite(any), false, false);
    assert_swing(none, cite(any), false, true);
    assert_swing(cite(none), any, false, true);
    assert_swing(cite(leaf(PAIN, REHAB_LE, 1)), cite(leaf(PAIN, REHAB_GT, 1)), false, true);
    struct rehab_criterion also[] = {cite(any), leaf(FORCE, REHAB_LT, 90)};
    assert_swing(cite(none), group(REHAB_ANY, also, 2), false, false);
}

/* It is what the value does that counts: in whatever tree, and whatever else leads back. */
static void the_value_must_be_what_leads_back(void **state)
{
    (void)state;
    struct rehab_criterion in = leaf(PAIN, REHAB_LE, 2), no = leaf(PAIN, REHAB_LE, 2), some[3];
    assert_swing(in, group(REHAB_NOT, &no, 1), false, true);
    no.value = number(1);
    assert_swing(in, group(REHAB_NOT, &no, 1), true, false);
    no.for_days = 2;
    assert_swing(in, group(REHAB_NOT, &no, 1), true, false);
    no.value = number(3);
    assert_swing(in, group(REHAB_NOT, &no, 1), false, false);
    some[0] = leaf(PAIN, REHAB_GE, 1); /* twice the same, and so none of them by itself */
    some[1] = leaf(PAIN, REHAB_GE, 2);
    some[2] = leaf(FORCE, REHAB_LT, 90);
    struct rehab_criterion c = group(REHAB_ANY, some, 3);
    assert_swing(in, c, true, false);
    c.kind = REHAB_ALL;
    assert_swing(in, c, true, false);
    c.kind = REHAB_AT_LEAST;
    c.least = 2;
    assert_swing(in, c, true, false);
    some[2] = leaf(FORCE, REHAB_GE, 0); /* is met anyhow */
    c.least = 1;
    assert_swing(in, c, false, false);
    some[2] = leaf(FORCE, REHAB_LT, 0); /* never is */
    c.least = 3;
    assert_swing(in, c, false, false);
    struct rehab_criterion inner = c, outer[] = {inner, leaf(FORCE, REHAB_GE, 90)};
    assert_swing(in, group(REHAB_ANY, outer, 2), false, false);
    struct rehab_criterion pair[] = {leaf(PAIN, REHAB_GE, 2), leaf(FORCE, REHAB_LT, 90)};
    struct rehab_criterion nested[] = {group(REHAB_ANY, pair, 2), leaf(MORNING, REHAB_GE, 5)};
    assert_swing(in, group(REHAB_ANY, nested, 2), true, false);
    nested[1] = leaf(MORNING, REHAB_LT, 0);
    assert_swing(in, group(REHAB_ALL, nested, 2), false, false);
    struct rehab_criterion three[] = {pair[0], pair[1], nested[1]};
    assert_swing(in, group(REHAB_ALL, three, 3), false, false);
}

/* Two leaves of one way look at pain, and the other way does not. */
static void other_values_do_not_swing(void **state)
{
    (void)state;
    struct rehab_criterion some[] = {leaf(PAIN, REHAB_LE, 2), leaf(PAIN, REHAB_GE, 1)};
    assert_swing(group(REHAB_ALL, some, 2), leaf(MORNING, REHAB_GE, 2), false, false);
    assert_swing(leaf(MORNING, REHAB_GE, 2), group(REHAB_ALL, some, 2), false, false);
}

static struct rehab_criterion per_weight(enum rehab_op is, double bound)
{
    struct rehab_criterion c = leaf(FORCE, is, bound);
    c.per = sample_measures[WEIGHT].code;
    return c;
}

/* One value per another is one value, too, whatever leaf spells its unit. */
static void quotients_are_one_value(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {per_weight(REHAB_GE, 20), per_weight(REHAB_LT, 10)};
    assert_possible(c, 2, false);
    c[1].value = number(21);
    assert_possible(c, 2, true);
    c[1] = leaf(FORCE, REHAB_LT, 10); /* what is divided is another one */
    assert_possible(c, 2, true);
    c[1] = per_weight(REHAB_LT, 10);
    c[1].side = REHAB_OTHER;
    assert_possible(c, 2, true);
    c[0].expression = c[1].expression = REHAB_WORST;
    c[1].side = REHAB_INVOLVED;
    assert_possible(c, 2, false);
    assert_swing(per_weight(REHAB_GE, 2), per_weight(REHAB_LE, 2), true, false);
    assert_swing(per_weight(REHAB_GE, 2), per_weight(REHAB_LT, 2), false, true);
    assert_swing(per_weight(REHAB_GE, 2), per_weight(REHAB_LE, 1.9), false, false);
    struct rehab_criterion on = per_weight(REHAB_GE, 2), back = per_weight(REHAB_LE, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_REGRESS, &back);
    lint(w);
    said(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when");
    observe(w, FORCE, 160, 1);
    observe(w, WEIGHT, 80, 1);
    assert_int_equal(decide(w, 2), REHAB_MET); /* both of them, as the engine says */
    assert_int_equal(w->decision.gates[1].verdict, REHAB_MET);
    assert_int_equal(w->decision.recommendation.move, REHAB_REGRESS);
    world_free(w);
}

static struct rehab_criterion paired(double bound, const char *within)
{
    struct rehab_criterion c = with(leaf(FORCE, REHAB_GE, bound), REHAB_SYMMETRY);
    c.within_pair = duration(within);
    return c;
}

/* A guard does not see the other side that was measured too long before, nor by somebody else. */
static void guards_may_miss_the_second_value(void **state)
{
    (void)state;
    struct rehab_criterion on[] = {paired(90, "P7D"), paired(95, "P7D")}, hold = paired(80, "P7D");
    struct rehab_criterion any = group(REHAB_ANY, on, 2);
    struct world *w = gate_of(&any, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    static const char *const others[] = {"PT168H", "P1D"};
    for (int i = 0; i < 2; i++) {
        hold.within_pair = duration(others[i]);
        lint(w);
        unsaid(REHAB_LINT_SHADOWED, GATE);
    }
    observe(w, FORCE, 200, 1)->side = REHAB_OTHER;
    observe(w, FORCE, 190, 49);
    assert_int_equal(decide(w, 50), REHAB_MET); /* and the guard is not, as the engine says */
    assert_int_equal(w->decision.gates[1].verdict, REHAB_UNKNOWN);
    hold.within_pair = duration("P7D");
    on[0].within_pair = duration("P14D"); /* by whichever leaf it goes on */
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    on[0].within_pair = duration("P7D");
    on[1].within_pair = duration("P14D");
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    on[1].within_pair = duration("P7D");
    hold.qualified = REHAB_SAME_ASSESSOR;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    on[0].qualified = on[1].qualified = REHAB_SAME_ASSESSOR;
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    world_free(w);
}

/* The best of a window leads ahead by one value, and for a guard all of them must satisfy. */
static void the_best_swings_too(void **state)
{
    (void)state;
    struct rehab_criterion best = with(leaf(FORCE, REHAB_GE, 50), REHAB_BEST),
                           worst = with(leaf(FORCE, REHAB_LE, 50), REHAB_WORST);
    assert_swing(best, worst, true, false);
    struct rehab_criterion ahead = best, back = worst;
    struct world *w = gate_of(&ahead, REHAB_ADVANCE);
    add_gate(w, REHAB_REGRESS, &back);
    lint(w);
    said(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when");
    observe(w, FORCE, 50, 1);
    assert_int_equal(decide(w, 2), REHAB_MET); /* as the engine says */
    assert_int_equal(w->decision.gates[1].verdict, REHAB_MET);
    world_free(w);
    worst.value = number(40); /* the best may be more than that, but not this value */
    assert_swing(best, worst, false, false);
    worst.is = REHAB_LT;
    worst.value = number(50);
    assert_swing(best, worst, false, true);
    assert_swing(leaf(FORCE, REHAB_GE, 50), with(leaf(FORCE, REHAB_LE, 50), REHAB_BEST), true,
                 false);
}

/* Two values of a window can both be the best, each of what it is asked for. */
static void the_best_is_any_that_leads_on(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {with(leaf(FORCE, REHAB_GE, 20), REHAB_BEST),
                                  with(leaf(FORCE, REHAB_LT, 10), REHAB_BEST)};
    struct rehab_criterion all = group(REHAB_ALL, c, 2), hold = leaf(PAIN, REHAB_GE, 5);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    observe(w, FORCE, 5, 1);
    observe(w, FORCE, 25, 2);
    assert_int_equal(decide(w, 3), REHAB_MET); /* as the engine says */
    struct rehab_criterion on[] = {group(REHAB_NOT, &c[1], 1), leaf(FORCE, REHAB_LT, 10)};
    struct rehab_criterion both = group(REHAB_ALL, on, 2);
    w->gates[0].when = &both; /* under `not` one that is not so is enough, too */
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->evidence.observation_count = 0;
    observe(w, FORCE, 25, 1);
    observe(w, FORCE, 5, 2);
    assert_int_equal(decide(w, 3), REHAB_MET);
    world_free(w);
}

static void scores_swing_too(void **state)
{
    (void)state;
    const struct rehab_score_band bands[] = {
        {.comparison = {.is = REHAB_LE, .value = number(2)}, .points = number(5)}};
    const struct rehab_score_item item = {
        .measure = sample_measures[PAIN].code, .bands = bands, .band_count = 1};
    const struct rehab_score score = {.id = T("go"), .items = &item, .item_count = 1};
    struct rehab_criterion ahead = with(leaf(PAIN, REHAB_GE, 5), REHAB_SCORE),
                           back = with(leaf(PAIN, REHAB_LE, 5), REHAB_SCORE);
    ahead.measure = back.measure = T("");
    ahead.name = back.name = T("go");
    struct world *w = world();
    w->document.scores = &score;
    w->document.score_count = 1;
    add_gate(w, REHAB_REGRESS, &back);
    add_gate(w, REHAB_ADVANCE, &ahead);
    lint(w);
    said(REHAB_LINT_BOTH_WAYS, GATE);
    back.value = number(1);
    lint(w);
    unsaid(REHAB_LINT_BOTH_WAYS, GATE);
    struct rehab_criterion two[] = {ahead, back};
    struct rehab_criterion all = group(REHAB_ALL, two, 2);
    w->phases[1].gate_count = 0;
    add_gate(w, REHAB_ADVANCE, &all);
    lint(w);
    said(REHAB_LINT_GATE_NEVER, GATE);
    back.id = T("hold");
    add_gate(w, REHAB_HOLD, &back); /* it holds nobody who could go on: nobody could */
    lint(w);
    said(REHAB_LINT_GATE_NEVER, GATE);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    world_free(w);
}

static void guards_do_not_go_first_always(void **state)
{
    (void)state;
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 2), hold = leaf(PAIN, REHAB_LE, 3),
                           look = leaf(PAIN, REHAB_LE, 3), back = leaf(PAIN, REHAB_LE, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    add_gate(w, REHAB_REVIEW, &look);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    struct rehab_criterion same = hold;
    hold.for_days = 2;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    hold = same;
    hold.qualified = REHAB_UNMEDICATED;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    hold = same;
    hold.for_days = 1;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    hold = same;
    hold.within = duration("P2D");
    for (int i = 0; i < 2; i++) {
        lint(w);
        unsaid(REHAB_LINT_SHADOWED, GATE);
        hold.within.us = 1;
    }
    hold = with(same, REHAB_WORST);
    hold.within = duration("P2D");
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    hold = with(same, REHAB_BEST); /* all values must be what holds */
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    on.expression = REHAB_BEST;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    observe(w, PAIN, 8, 1);
    observe(w, PAIN, 2, 2);
    assert_int_equal(decide(w, 3), REHAB_MET); /* as the engine says */
    assert_int_equal(w->decision.gates[1].verdict, REHAB_NOT_MET);
    on.expression = REHAB_LATEST;
    hold = leaf(PAIN, REHAB_GE, 2);
    struct rehab_criterion both[] = {leaf(PAIN, REHAB_LE, 3), reached("", "first", true)};
    struct rehab_criterion here = group(REHAB_ALL, both, 2); /* where it stands is known */
    w->gates[1].when = &here;
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    w->gates[1].when = &hold;
    struct rehab_criterion later = leaf(PAIN, REHAB_LE, 3);
    const struct rehab_gate third = {.id = T("later"), .move = REHAB_HOLD, .when = &later};
    w->phases[2].gates = &third; /* in another phase it does no harm */
    w->phases[2].gate_count = 1;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->phases[2].gate_count = 0;
    add_gate(w, REHAB_REGRESS, &back);
    for (uint32_t n = 1; n <= 2; n++) { /* by the one, then by each; not by all together, too */
        lint(w);
        said(REHAB_LINT_SHADOWED, GATE);
        uint32_t times = 0;
        for (uint32_t i = 0; i < found_count; i++)
            times += found[i].code == REHAB_LINT_SHADOWED;
        assert_int_equal(times, n);
        add_gate(w, REHAB_HOLD, &later);
    }
    world_free(w);
}

static void move_is(struct world *w, double h, enum rehab_move move)
{
    (void)decide(w, h);
    assert_int_equal(w->decision.recommendation.move, move);
}

/* What one guard lets pass another one may not. */
static void guards_act_together(void **state)
{
    (void)state;
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 3), low = leaf(PAIN, REHAB_LE, 1),
                           high = leaf(PAIN, REHAB_GE, 2), more = leaf(FORCE, REHAB_LT, 50),
                           look = leaf(PAIN, REHAB_GE, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &low);
    add_gate(w, REHAB_REVIEW, &look); /* that holds nobody */
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    add_gate(w, REHAB_REGRESS, &high);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    add_gate(w, REHAB_HOLD, &more);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    assert_true(rehab_text_equal(find(REHAB_LINT_SHADOWED, GATE)->subject, T("g3")));
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    observe(w, FORCE, 90, 0);
    for (int pain = 0; pain <= 3; pain++) { /* as the engine says */
        w->evidence.observation_count = 1;
        observe(w, PAIN, pain, 1);
        move_is(w, 2, pain < 2 ? REHAB_HOLD : REHAB_REGRESS);
        assert_int_equal(w->decision.gates[0].verdict, REHAB_MET);
    }
    high.value = number(3);
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->evidence.observation_count = 1;
    observe(w, PAIN, 2, 1);
    move_is(w, 2, REHAB_ADVANCE);
    low.value = number(2); /* the last of three that leave nothing */
    w->gates[2].move = REHAB_HOLD;
    struct rehab_criterion far = leaf(PAIN, REHAB_GE, 9);
    w->gates[2].when = &far;
    lint(w);
    assert_true(rehab_text_equal(find(REHAB_LINT_SHADOWED, GATE)->subject, T("g3")));
    world_free(w);
}

/* A guard does not see what nobody needs to observe to go on. */
static void what_is_spared_holds_nobody(void **state)
{
    (void)state;
    struct rehab_criterion ways[] = {leaf(PAIN, REHAB_LE, 5), leaf(FORCE, REHAB_GE, 90),
                                     leaf(PAIN, REHAB_GE, 1)},
                           all_pain[] = {leaf(PAIN, REHAB_LE, 4), leaf(PAIN, REHAB_GE, 5)};
    struct rehab_criterion on = group(REHAB_ANY, ways, 2), hold = group(REHAB_ANY, all_pain, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    observe(w, FORCE, 95, 1);
    move_is(w, 2, REHAB_ADVANCE); /* as the engine says */
    ways[1] = leaf(PAIN, REHAB_GE, 9);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    ways[1] = leaf(FORCE, REHAB_GE, 90);
    on.kind = REHAB_ALL;
    on.of_count = 3;
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    struct rehab_criterion time[] = {elapsed(REHAB_ONSET, REHAB_LT, "P5D"), ways[1]};
    struct rehab_criterion soon = group(REHAB_ANY, time, 2),
                           day = elapsed(REHAB_ONSET, REHAB_GE, "P0D");
    w->gates[0].when = &soon;
    w->gates[1].when = &day; /* of which the date is known, whoever needs it */
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    time[0].from = day.from = REHAB_SURGERY;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->document.day_zero = REHAB_SURGERY;
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    time[0].from = day.from = REHAB_ONSET; /* then the other date need not be */
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    day.from = REHAB_PHASE;
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    world_free(w);
}

/* Of two values each is spared by the other, and by all leaves that look at it. */
static void each_value_is_spared_by_itself(void **state)
{
    (void)state;
    struct rehab_criterion ways[] = {leaf(PAIN, REHAB_LE, 5), leaf(FORCE, REHAB_GE, 90)},
                           bad[] = {leaf(PAIN, REHAB_GE, 9), leaf(FORCE, REHAB_GE, 0)},
                           same[] = {leaf(PAIN, REHAB_GE, 0), leaf(PAIN, REHAB_GE, 9)},
                           turned[] = {leaf(FORCE, REHAB_GE, 700), leaf(PAIN, REHAB_GE, 0)},
                           known[] = {elapsed(REHAB_PHASE, REHAB_GE, "P0D"),
                                      leaf(FORCE, REHAB_GE, 0)};
    struct rehab_criterion on = group(REHAB_ANY, ways, 2), hold = group(REHAB_ANY, bad, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    observe(w, PAIN, 3, 1);
    move_is(w, 2, REHAB_ADVANCE); /* as the engine says */
    hold.of = same;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->evidence.observation_count = 0;
    observe(w, FORCE, 95, 1);
    move_is(w, 2, REHAB_ADVANCE);
    hold.of = turned;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    hold.kind = REHAB_ALL; /* nor is a value known because a time before it is */
    hold.of = known;
    on.of_count = 1;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->evidence.observation_count = 0;
    observe(w, PAIN, 3, 1);
    move_is(w, 2, REHAB_ADVANCE);
    world_free(w);
}

/* What is left out for want of room holds nobody. */
static void many_guards_are_left_out(void **state)
{
    (void)state;
    struct rehab_criterion c[5][60], all[5], on = leaf(PAIN, REHAB_LE, 2),
                                             hold = leaf(PAIN, REHAB_LE, 3);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < 60; i++)
            c[k][i] = cite(leaf(FORCE, REHAB_GE, i + 1));
        all[k] = group(REHAB_ALL, c[k], 60);
        add_gate(w, REHAB_HOLD, &all[k]);
    }
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    add_gate(w, REHAB_HOLD, &hold);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE); /* there is room for a small one behind a large one */
    assert_true(rehab_text_equal(find(REHAB_LINT_SHADOWED, GATE)->subject, T("g6")));
    world_free(w);
}

/* To the last leaf that there is room for, behind one that there is none for. */
static void guards_fill_the_room(void **state)
{
    (void)state;
    struct rehab_criterion c[5][60], d[14], on = leaf(PAIN, REHAB_LE, 3),
                                            low = leaf(PAIN, REHAB_LE, 1);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    for (int i = 0; i < 14; i++)
        d[i] = cite(leaf(i == 0 ? PAIN : FORCE, REHAB_GE, i + 2));
    struct rehab_criterion all[5], high = group(REHAB_ANY, d, 14);
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < 60; i++)
            c[k][i] = cite(leaf(FORCE, REHAB_GE, i + 1));
        all[k] = group(REHAB_ALL, c[k], 60);
        add_gate(w, REHAB_HOLD, &all[k]);
    }
    add_gate(w, REHAB_HOLD, &low);
    add_gate(w, REHAB_HOLD, &high);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    assert_true(rehab_text_equal(find(REHAB_LINT_SHADOWED, GATE)->subject, T("g7")));
    world_free(w);
}

/* Those of whom the stratum has one of so many values, from the first on, have no way out. */
static void assert_stuck(struct world *w, uint32_t first, uint32_t count)
{
    uint32_t stuck = 0;
    lint(w);
    for (uint32_t i = 0; i < found_count; i++) {
        if (found[i].code != REHAB_LINT_NO_WAY_OUT || found[i].stratum == REHAB_NONE) continue;
        assert_int_equal(found[i].stratum_value, first + stuck++);
    }
    assert_int_equal(stuck, count);
}

/* What holds them takes too long to try: what leads on is looked at by itself. */
static void ways_beside_large_guards_are_tried(void **state)
{
    (void)state;
    static const int of[] = {FORCE, BEND, SPRINT, MORNING};
    static const char *const grades[] = {"1", "2", "3"};
    struct rehab_value_by by[] = {{T("grade"), T("1"), number(-1)}};
    struct rehab_criterion c[40], hold = group(REHAB_ALL, c, 40), on = leaf(PAIN, REHAB_LE, 2);
    on.value_by = by;
    on.value_by_count = 1;
    for (int i = 0; i < 40; i++)
        c[i] = cite(leaf(of[i % 4], REHAB_GE, 1 + i / 4));
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold);
    for (uint32_t i = 0; i < 3; i++) {
        by[0].stratum_value = T(grades[i]);
        assert_stuck(w, i, 1);
    }
    world_free(w);
}

/* Who has one value of a stratum is held for ever. */
static void guards_are_tried_for_each_stratum(void **state)
{
    (void)state;
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 2),
                           hold[] = {grade(REHAB_GE, "2"), leaf(FORCE, REHAB_LT, 50)},
                           high = leaf(PAIN, REHAB_GE, 3);
    struct rehab_criterion both = group(REHAB_ALL, hold, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &hold[0]);
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    observe(w, PAIN, 0, 1);
    for (w->stratum = 0; w->stratum < 3; w->stratum++) /* as the engine says */
        move_is(w, 2, w->stratum > 0 ? REHAB_HOLD : REHAB_ADVANCE);
    assert_stuck(w, 1, 2);
    w->gates[1].move = REHAB_REGRESS; /* or sent back */
    w->gates[1].to = T("first");
    assert_stuck(w, 1, 2);
    struct rehab_criterion low = grade(REHAB_LE, "2"); /* what is behind does not help them */
    w->gates[1].when = &low;
    assert_stuck(w, 0, 2);
    w->gates[1].move = REHAB_HOLD;
    w->gates[1].to = T("");
    struct rehab_criterion second[] = {leaf(FORCE, REHAB_GT, 800), grade(REHAB_GE, "2")};
    struct rehab_criterion either = group(REHAB_ANY, second, 2);
    w->gates[1].when = &either; /* wherever in the tree */
    assert_stuck(w, 1, 2);
    second[0] = elapsed(REHAB_ONSET, REHAB_GE, "P14D");
    either.kind = REHAB_ALL;
    assert_stuck(w, 0, 0); /* not from the beginning */
    w->gates[1].when = &both;
    lint(w);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    struct rehab_value_by by[] = {{T("grade"), T("3"), number(0)}};
    high.value_by = by;
    high.value_by_count = 1;
    w->gates[1].when = &high;
    lint(w);
    const struct rehab_lint_finding *f = find(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    assert_non_null(f);
    assert_int_equal(f->stratum_value, 2);
    by[0].value = number(1);
    lint(w);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    world_free(w);
}

#define PHASE "/tracks/0/phases/1"

static struct rehab_criterion aged(enum rehab_op is, double years)
{
    struct rehab_criterion c = with(leaf(PAIN, is, years), REHAB_AGE);
    c.measure = T("");
    return c;
}

/* Is the second phase closed from some day on, if this guard is there? */
static void assert_closing(struct rehab_criterion guard, enum rehab_move move, bool closes)
{
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 2);
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, move, &guard);
    lint(w);
    assert_int_equal(find(REHAB_LINT_CLOSES, PHASE) != NULL, closes);
    unsaid(REHAB_LINT_NO_WAY_OUT, PHASE);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->evidence.onset = w->evidence.birth = (struct rehab_event){.known = true, .day = 20000};
    w->evidence.birth.day -= 40 * 366;
    observe(w, PAIN, 0, 30 * 24 - 1);
    if (closes) move_is(w, 30 * 24, move); /* as the engine says: not ahead */
    world_free(w);
}

static void time_closes_no_phase(void **state)
{
    (void)state;
    struct rehab_criterion pain = leaf(PAIN, REHAB_GE, 5),
                           old[] = {elapsed(REHAB_ONSET, REHAB_GE, "P14D"), pain};
    assert_closing(old[0], REHAB_REGRESS, true);
    assert_closing(group(REHAB_ANY, old, 2), REHAB_REGRESS, true);
    assert_closing(group(REHAB_ALL, old, 2), REHAB_REGRESS, false);
    assert_closing(elapsed(REHAB_ONSET, REHAB_LT, "P14D"), REHAB_REGRESS, false);
    assert_closing(elapsed(REHAB_EPISODE, REHAB_GE, "P14D"), REHAB_HOLD, true);
    assert_closing(elapsed(REHAB_SURGERY, REHAB_GE, "P14D"), REHAB_HOLD, false); /* if there was */
    assert_closing(aged(REHAB_GE, 18), REHAB_REGRESS, true);
    assert_closing(aged(REHAB_LT, 18), REHAB_HOLD, false); /* they grow up */
    assert_closing(elapsed(REHAB_PHASE, REHAB_GE, "P14D"), REHAB_HOLD, true);
    assert_closing(elapsed(REHAB_PHASE, REHAB_GE, "P14D"), REHAB_REGRESS, false); /* anew */
    assert_closing(elapsed(REHAB_PHASE, REHAB_GE, "P14D"), REHAB_REVIEW, false);
}

/* Is everybody stopped by this red flag from some day on, and once more as soon as it is cleared?
 */
static void assert_stopping(struct rehab_criterion flag, bool stops)
{
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 2);
    struct world *w = world();
    w->flags[0] =
        (struct rehab_red_flag){.id = T("rf"), .cleared_by = REHAB_PHYSICIAN, .when = &flag};
    w->document.red_flag_count = 1;
    add_gate(w, REHAB_ADVANCE, &on);
    lint(w);
    assert_int_equal(find(REHAB_LINT_CLOSES, "/red_flags/0/when") != NULL, stops);
    unsaid(REHAB_LINT_GATE_ALWAYS, "/red_flags/0/when");
    unsaid(REHAB_LINT_CLOSES, PHASE);
    w->evidence.onset = w->evidence.birth = (struct rehab_event){.known = true, .day = 20000};
    w->evidence.birth.day -= 40 * 366;
    observe(w, PAIN, 0, 30 * 24 - 1);
    w->flag_clearances[0] =
        (struct rehab_flag_clearance){.role = REHAB_PHYSICIAN, .at = hour(30 * 24)};
    w->evidence.flag_clearance_count = 1;
    move_is(w, 30 * 24, stops ? REHAB_STOP : REHAB_ADVANCE); /* as the engine says */
    world_free(w);
}

static void time_raises_no_flag(void **state)
{
    (void)state;
    struct rehab_criterion pain = leaf(PAIN, REHAB_GE, 5), seen = cleared("scan", 1, true),
                           old[] = {elapsed(REHAB_ONSET, REHAB_GE, "P14D"), pain};
    assert_stopping(old[0], true);
    assert_stopping(group(REHAB_ANY, old, 2), true);
    assert_stopping(group(REHAB_ALL, old, 2), false);
    assert_stopping(elapsed(REHAB_ONSET, REHAB_LT, "P14D"), false);
    assert_stopping(elapsed(REHAB_SURGERY, REHAB_GE, "P14D"), false); /* if there was */
    assert_stopping(aged(REHAB_GE, 18), true);
    assert_stopping(aged(REHAB_LT, 18), false);
    seen.roles = REHAB_PHYSICIAN; /* until somebody has looked */
    old[1] = seen;
    assert_stopping(group(REHAB_ALL, old, 2), false);
    old[1] = group(REHAB_NOT, &pain, 1);
    assert_stopping(group(REHAB_ALL, old, 2), false);
}

/* A limit that no value keeps. */
static void limits_can_be_kept(void **state)
{
    (void)state;
    struct rehab_criterion on = leaf(PAIN, REHAB_LE, 2);
    struct world *w = world();
    const struct rehab_limit bad = {.given = true,
                                    .during = T("pain"),
                                    .is = REHAB_LT,
                                    .value = number(0),
                                    .otherwise = T("stop"),
                                    .citation = on.citation};
    struct rehab_limit caps[] = {bad, bad, bad};
    const struct rehab_value_by by = {T("grade"), T("3"), number(4)};
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("curl"), .exercise = T("curl"), .limit = bad, .caps = caps, .cap_count = 3};
    w->phases[1].prescription_count = 1;
    caps[0].value = number(1);
    caps[2].value_by = &by;
    caps[2].value_by_count = 1;
    add_gate(w, REHAB_ADVANCE, &on);
    lint(w);
    said(NEVER, PHASE "/prescriptions/0/limit");
    unsaid(NEVER, PHASE "/prescriptions/0/caps/0");
    said(NEVER, PHASE "/prescriptions/0/caps/1");
    unsaid(NEVER, PHASE "/prescriptions/0/caps/2");
    w->prescriptions[0].limit.is = REHAB_LE;
    lint(w);
    unsaid(NEVER, PHASE "/prescriptions/0/limit");
    w->prescriptions[0].limit.given = false;
    lint(w);
    said(NEVER, PHASE "/prescriptions/0/caps/1");
    const struct rehab_value_by last[] = {{T("grade"), T("2"), number(0)}, by};
    caps[2].value_by = last; /* one value of the last stratum is enough */
    caps[2].value_by_count = 2;
    lint(w);
    unsaid(NEVER, PHASE "/prescriptions/0/caps/2");
    struct rehab_prescription two[] = {w->prescriptions[0], w->prescriptions[0]};
    two[0].cap_count = 1;
    two[1].id = two[1].exercise = T("squat");
    two[1].caps = &caps[1];
    two[1].cap_count = 1;
    w->phases[1].prescriptions = two; /* each has its own */
    w->phases[1].prescription_count = 2;
    lint(w);
    unsaid(NEVER, PHASE "/prescriptions/0/caps/1");
    said(NEVER, PHASE "/prescriptions/1/caps/0");
    world_free(w);
}

/* Time to settle, of one bound: by another one what comes back counts for longer. */
static void what_settles_is_one_time(void **state)
{
    (void)state;
    struct rehab_criterion on = elapsed(REHAB_ANCHOR_NONE, REHAB_LE, "PT1H");
    on.expression = REHAB_SETTLE;
    on.measure = T("pain");
    on.activity = T("run");
    struct rehab_criterion guard = on;
    guard.id = T("guard");
    const struct rehab_value_by by = {T("grade"), T("3"), guard.value};
    struct world *w = gate_of(&on, REHAB_ADVANCE);
    add_gate(w, REHAB_HOLD, &guard);
    lint(w);
    said(REHAB_LINT_SHADOWED, GATE);
    observe(w, PAIN, 1, 9);
    train(w, RUN, 10, 11);
    observe(w, PAIN, 1, 12);
    move_is(w, 13, REHAB_HOLD); /* as the engine says */
    guard.qualified = REHAB_UNMEDICATED;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    guard.qualified = 0;
    guard.value_by = &by;
    guard.value_by_count = 1;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    on.value_by = &by;
    on.value_by_count = 1;
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    guard.value_by_count = on.value_by_count = 0;
    guard.value.duration = duration("PT2H");
    lint(w);
    unsaid(REHAB_LINT_SHADOWED, GATE);
    w->gates[1].move = REHAB_REGRESS;
    w->gates[1].to = T("first");
    guard.value.duration = duration("PT1H");
    for (enum rehab_op is = REHAB_GE; is <= REHAB_GT; is++) {
        guard.is = is;
        lint(w);
        unsaid(REHAB_LINT_SHADOWED, GATE);
        unsaid(REHAB_LINT_NO_HOLD, "/tracks/0/phases/1/gates/1/when");
        assert_int_equal(find(REHAB_LINT_BOTH_WAYS, "/tracks/0/phases/1/gates/1/when") != NULL,
                         is == REHAB_GE);
        move_is(w, 13, is == REHAB_GE ? REHAB_REGRESS : REHAB_ADVANCE);
    }
    world_free(w);
}

static void windows_ahead_do_not_close(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {elapsed(REHAB_PHASE, REHAB_LT, "P5D"), leaf(FORCE, REHAB_GE, 90),
                                  leaf(PAIN, REHAB_LE, 2)};
    struct rehab_criterion all = group(REHAB_ALL, c, 3), any = group(REHAB_ANY, c, 3),
                           back = elapsed(REHAB_PHASE, REHAB_GE, "P9D"),
                           bad = leaf(PAIN, REHAB_GE, 5);
    struct world *w = gate_of(&all, REHAB_ADVANCE);
    said(REHAB_LINT_CLOSES, PHASE);
    unsaid(REHAB_LINT_NO_WAY_OUT, PHASE);
    struct rehab_criterion low = leaf(PAIN, REHAB_LE, 2);
    const struct rehab_gate last = {.id = T("last"), .move = REHAB_COMPLETE, .when = &low};
    w->phases[2].gates = &last; /* what leads out of the next one is no way out of this */
    w->phases[2].gate_count = 1;
    lint(w);
    said(REHAB_LINT_CLOSES, PHASE);
    w->phases[2].gate_count = 0;
    lint(w);
    observe(w, FORCE, 100, 24 * 6);
    observe(w, PAIN, 0, 24 * 6);
    move_is(w, 24 * 6, REHAB_STAY); /* as the engine says */
    add_gate(w, REHAB_REGRESS, &bad);
    lint(w);
    said(REHAB_LINT_CLOSES, PHASE);
    add_gate(w, REHAB_HOLD, &back); /* who is held stays */
    lint(w);
    said(REHAB_LINT_CLOSES, PHASE);
    w->phases[1].gate_count = 2;
    w->gates[1].when = &back; /* who stayed too long begins anew */
    lint(w);
    unsaid(REHAB_LINT_CLOSES, PHASE);
    back.from = REHAB_ONSET; /* though not by any time */
    lint(w);
    said(REHAB_LINT_CLOSES, PHASE);
    struct rehab_criterion held[] = {elapsed(REHAB_PHASE, REHAB_GE, "P9D"), bad};
    struct rehab_criterion two = group(REHAB_ALL, held, 2);
    w->gates[1].when = &two; /* nor only those */
    lint(w);
    unsaid(REHAB_LINT_CLOSES, PHASE);
    w->gates[1].move = REHAB_HOLD;
    w->gates[1].to = T("");
    lint(w);
    said(REHAB_LINT_CLOSES, PHASE);
    w->phases[1].gate_count = 1;
    w->gates[0].when = &any;
    lint(w);
    unsaid(REHAB_LINT_CLOSES, PHASE);
    struct rehab_criterion force = leaf(FORCE, REHAB_GE, 90);
    struct rehab_gate other = {
        .id = T("other"), .move = REHAB_ADVANCE, .to = T("third"), .when = &force};
    w->gates[0].when = &all;
    w->gates[1] = other;
    w->phases[1].gate_count = 2;
    lint(w);
    unsaid(REHAB_LINT_CLOSES, PHASE);
    c[0] = aged(REHAB_LT, 40);
    w->phases[1].gate_count = 1;
    lint(w);
    said(REHAB_LINT_CLOSES, PHASE);
    c[0] = aged(REHAB_LE, 120);
    lint(w);
    unsaid(REHAB_LINT_CLOSES, PHASE);
    world_free(w);
}

static struct rehab_criterion recorded(int measure)
{
    struct rehab_criterion c = with(leaf(measure, REHAB_EQ, 1), REHAB_RECORDED);
    c.value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    return c;
}

/* One gate ahead of the second phase, one of two red flags: does the one raise the other? */
static void assert_raising(const struct rehab_criterion *ahead, const struct rehab_criterion *flag,
                           bool raises)
{
    struct rehab_criterion other = leaf(SUDDEN, REHAB_EQ, 1);
    struct world *w = world();
    w->flags[0] = (struct rehab_red_flag){.id = T("other"), .when = &other};
    w->flags[1] = (struct rehab_red_flag){.id = T("stop"), .when = flag};
    for (int i = 0; i < 2; i++) {
        w->flags[i].level = REHAB_LEVEL_HOLD;
        w->flags[i].cleared_by = REHAB_CLINICIAN;
    }
    w->document.red_flag_count = 2;
    add_gate(w, REHAB_ADVANCE, ahead);
    lint(w);
    const struct rehab_lint_finding *f = find(REHAB_LINT_RAISES_FLAG, GATE);
    assert_int_equal(f != NULL, raises);
    if (raises) assert_true(rehab_text_equal(f->subject, T("stop")));
    struct rehab_red_flag stop = w->flags[1];
    w->flags[1] = w->flags[0];
    w->flags[0] = stop;
    lint(w);
    assert_int_equal(find(REHAB_LINT_RAISES_FLAG, GATE) != NULL, raises);
    w->gates[0].move = REHAB_HOLD; /* who is held is not led on */
    w->gates[0].to = T("");
    lint(w);
    unsaid(REHAB_LINT_RAISES_FLAG, GATE);
    world_free(w);
}

static void what_leads_ahead_raises_no_flag(void **state)
{
    (void)state;
    struct rehab_criterion ahead = leaf(PAIN, REHAB_GE, 7), flag = leaf(PAIN, REHAB_GE, 7);
    assert_raising(&ahead, &flag, true);
    ahead.value = number(6.5); /* there is nothing between */
    assert_raising(&ahead, &flag, true);
    ahead.value = number(6);
    assert_raising(&ahead, &flag, false);
    ahead.value = number(7);
    flag.side = REHAB_OTHER;
    assert_raising(&ahead, &flag, false);
    flag.side = REHAB_INVOLVED;
    flag.expression = REHAB_WORST;
    assert_raising(&ahead, &flag, true);
    flag.expression = REHAB_LATEST;
    flag.qualified = REHAB_GOOD_QUALITY; /* the value may be one that does not count */
    assert_raising(&ahead, &flag, false);
    flag.qualified = 0;
    flag.for_observations = 2;
    assert_raising(&ahead, &flag, false);
    flag.for_observations = 0;
    flag.activity = T("run"); /* it may not have been observed in it */
    assert_raising(&ahead, &flag, false);
    flag.activity = T("");
    struct rehab_criterion ways[] = {leaf(PAIN, REHAB_GE, 8), leaf(FORCE, REHAB_GE, 90)};
    struct rehab_criterion any = group(REHAB_ANY, ways, 2);
    assert_raising(&any, &flag, false);
    ways[1] = leaf(PAIN, REHAB_EQ, 7);
    assert_raising(&any, &flag, true);
    struct rehab_criterion below = leaf(PAIN, REHAB_LT, 7), no = group(REHAB_NOT, &below, 1);
    assert_raising(&no, &flag, true);
    below.expression = REHAB_WORST; /* it was worse, and is better now */
    assert_raising(&no, &flag, false);
    struct rehab_criterion never = leaf(PAIN, REHAB_GT, 10); /* nobody meets it */
    assert_raising(&never, &flag, false);
}

/* What is on record or not known is never not met; and what is asked for ahead is on record. */
static void a_record_is_met_or_not_known(void **state)
{
    (void)state;
    struct rehab_criterion is = recorded(PAIN), no = group(REHAB_NOT, &is, 1),
                           not_no = group(REHAB_NOT, &no, 1), ahead = leaf(PAIN, REHAB_GE, 7);
    struct world *w = gate_of(&no, REHAB_ADVANCE);
    said(REHAB_LINT_GATE_NEVER, GATE);
    assert_int_equal(decide(w, 1), REHAB_UNKNOWN); /* as the engine says */
    observe(w, PAIN, 2, 1);
    assert_int_equal(decide(w, 2), REHAB_NOT_MET);
    w->gates[0].when = &not_no;
    lint(w);
    unsaid(REHAB_LINT_GATE_NEVER, GATE);
    assert_int_equal(decide(w, 2), REHAB_MET);
    world_free(w);
    assert_raising(&ahead, &is, true);
    ahead.value = number(0); /* whatever it is */
    ahead.is = REHAB_EQ;
    assert_raising(&ahead, &is, true);
    ahead.expression = REHAB_WORST;
    assert_raising(&ahead, &is, true);
    ahead.expression = REHAB_BEST;
    assert_raising(&ahead, &is, true);
    ahead.expression = REHAB_LATEST;
    is.qualified = REHAB_GOOD_QUALITY;
    assert_raising(&ahead, &is, false);
    is = recorded(MORNING);
    assert_raising(&ahead, &is, false);
    is = recorded(PAIN);
    struct rehab_criterion ways[] = {leaf(PAIN, REHAB_LE, 5), leaf(FORCE, REHAB_GE, 90)};
    struct rehab_criterion any = group(REHAB_ANY, ways, 2);
    assert_raising(&any, &is, false); /* it need not be */
    any.kind = REHAB_ALL;
    assert_raising(&any, &is, true);
    struct rehab_criterion on = recorded(PAIN);
    assert_raising(&on, &is, false); /* of one that counts only there, perhaps */
}

/* Only values that the way ahead looks at are known. */
static void what_is_unknown_raises_no_flag(void **state)
{
    (void)state;
    struct rehab_criterion ahead = leaf(PAIN, REHAB_GE, 7), flags[3], any = {0};
    flags[0] = leaf(FORCE, REHAB_GE, 90);
    flags[1] = leaf(FORCE, REHAB_LT, 90);
    flags[2] = leaf(FORCE, REHAB_GE, 90);
    any = group(REHAB_ANY, flags, 3);
    assert_raising(&ahead, &any, false); /* though every force raises it */
    flags[2] = leaf(PAIN, REHAB_GE, 5);
    assert_raising(&ahead, &any, true);
    any.kind = REHAB_ALL;
    assert_raising(&ahead, &any, false);
    flags[0] = elapsed(REHAB_ONSET, REHAB_GE, "P0D"); /* but days pass */
    flags[1] = leaf(PAIN, REHAB_GE, 6);
    assert_raising(&ahead, &any, true);
    flags[0] = with(leaf(PAIN, REHAB_GE, 0), REHAB_AGE); /* a date of birth may not be known */
    flags[0].measure = T("");
    assert_raising(&ahead, &any, false);
    struct rehab_criterion both[] = {leaf(PAIN, REHAB_GE, 7),
                                     with(leaf(PAIN, REHAB_GE, 40), REHAB_AGE)};
    both[1].measure = T("");
    struct rehab_criterion all = group(REHAB_ALL, both, 2);
    assert_raising(&all, &any, true);
}

static void phases_lead_on_and_back(void **state)
{
    (void)state;
    struct rehab_criterion in = leaf(PAIN, REHAB_LE, 2), never = leaf(PAIN, REHAB_LT, 0), c[4];
    for (size_t i = 0; i < 4; i++)
        c[i] = leaf(PAIN, REHAB_LE, 2);
    struct rehab_gate first[] = {
        {.id = T("in"), .move = REHAB_ADVANCE, .to = T("second"), .when = &in}};
    struct world *w = world();
    w->phases[0].gates = first;
    w->phases[0].gate_count = 1;
    add_gate(w, REHAB_REVIEW, &c[0]);
    lint(w);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/0");
    unsaid(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/0");
    unsaid(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/1");
    said(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    said(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/1");
    said(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/2");
    struct rehab_gate next = {
        .id = T("next"), .move = REHAB_REGRESS, .to = T("second"), .when = &c[1]};
    w->phases[2].gates = &next;
    w->phases[2].gate_count = 1;
    lint(w);
    said(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/1");
    unsaid(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/2");
    w->phases[2].gate_count = 0;
    add_gate(w, REHAB_ADVANCE, &c[1]);
    add_gate(w, REHAB_REGRESS, &c[2]);
    add_gate(w, REHAB_HOLD, &c[3]);
    w->gates[2].move = REHAB_RESTART; /* all the way back */
    w->gates[2].to = T("");
    lint(w);
    unsaid(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/1");
    said(REHAB_LINT_OSCILLATES, "/tracks/0/phases/1/gates/2/when");
    struct rehab_gate back = w->gates[2];
    w->gates[2] = w->gates[0];
    w->gates[0] = back; /* the first of them */
    lint(w);
    unsaid(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/1");
    w->gates[0] = w->gates[2];
    w->gates[2] = back;
    w->gates[2].move = REHAB_REGRESS;
    w->gates[2].to = T("first");
    lint(w);
    unsaid(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/1");
    unsaid(REHAB_LINT_NO_WAY_BACK, "/tracks/0/phases/1");
    unsaid(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/2");
    first[0].when = &never;
    lint(w);
    said(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/0");
    said(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/1");
    said(REHAB_LINT_UNREACHABLE, "/tracks/0/phases/2");
    world_free(w);
}

static void the_second_of_each_list_is_looked_at(void **state)
{
    (void)state;
    struct rehab_criterion often = leaf(PAIN, REHAB_GE, 5),
                           never[] = {leaf(PAIN, REHAB_GT, 10), leaf(PAIN, REHAB_GT, 11),
                                      leaf(PAIN, REHAB_GT, 12)},
                           ahead = leaf(PAIN, REHAB_LE, 2);
    struct rehab_advice advice[] = {{.id = T("ice"), .give = &often},
                                    {.id = T("rest"), .give = &never[0], .withdraw = &never[1]}};
    struct rehab_prescription squat[] = {{.id = T("p"), .exercise = T("squat")},
                                         {.id = T("q"), .exercise = T("squat"), .gate = &never[2]}};
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &ahead);
    w->phases[1].advice = advice;
    w->phases[1].prescriptions = squat;
    w->phases[1].advice_count = w->phases[1].prescription_count = 2;
    lint(w);
    said(REHAB_LINT_RULE_NEVER, "/tracks/0/phases/1/advice/1/give");
    said(REHAB_LINT_RULE_NEVER, "/tracks/0/phases/1/advice/1/withdraw");
    said(REHAB_LINT_RULE_NEVER, "/tracks/0/phases/1/prescriptions/1/gate");
    unsaid(REHAB_LINT_RULE_NEVER, "/tracks/0/phases/1/advice/0/give");
    const struct rehab_treatment ice[] = {{.id = T("ice"), .citation = {.source = T("book")}},
                                          {.id = T("sleeve")}};
    w->phases[1].treatments = ice;
    w->phases[1].treatment_count = 2;
    lint(w);
    unsaid(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/treatments/0");
    said(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/treatments/1");
    w->phases[0].treatments = &ice[0];
    w->phases[1].treatments = &ice[1];
    w->phases[0].treatment_count = w->phases[1].treatment_count = 1;
    lint(w);
    unsaid(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/0/treatments/1"); /* it is of the next phase */
    said(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/treatments/0");
    world_free(w);
}

/* Three bands: what the zones of each move is blamed where it stands, and so are gates. */
static void zones_of_every_band_are_found(void **state)
{
    (void)state;
    struct rehab_criterion never = leaf(PAIN, REHAB_GT, 10);
    struct rehab_zone zones[3][2];
    struct rehab_band bands[3];
    static const char *const names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        zones[i][0] =
            (struct rehab_zone){.id = T("x"), .comparison = {.is = REHAB_GT}, .move = REHAB_HOLD};
        zones[i][1] = (struct rehab_zone){.id = T("low"), .comparison = {.is = REHAB_LE}};
        zones[i][0].comparison.value = zones[i][1].comparison.value = number(10);
        bands[i] = (struct rehab_band){.zones = zones[i], .zone_count = 2};
        bands[i].reading = leaf(PAIN, REHAB_LT, 0);
        bands[i].reading.id = T(names[i]);
    }
    struct world *w = world();
    add_gate(w, REHAB_REVIEW, &never);
    w->phases[1].bands = bands;
    w->phases[1].band_count = 3;
    lint(w);
    said(REHAB_LINT_GATE_NEVER, GATE);
    said(REHAB_LINT_GATE_NEVER, "/tracks/0/phases/1/bands/0/zones/0");
    said(REHAB_LINT_GATE_NEVER, "/tracks/0/phases/1/bands/1/zones/0");
    said(REHAB_LINT_GATE_NEVER, "/tracks/0/phases/1/bands/2/zones/0");
    zones[1][1].comparison.is = zones[2][1].comparison.is = REHAB_LT; /* and 10 itself */
    lint(w);
    unsaid(REHAB_LINT_HOLE, "/tracks/0/phases/1/bands/0");
    said(REHAB_LINT_HOLE, "/tracks/0/phases/1/bands/1");
    said(REHAB_LINT_HOLE, "/tracks/0/phases/1/bands/2");
    world_free(w);
}

/* What is to be said all the time. */
static void advice_may_be_given_from_a_phase_on(void **state)
{
    (void)state;
    struct rehab_criterion here = reached("", "second", true), later = reached("", "third", true),
                           ahead = leaf(PAIN, REHAB_LE, 2);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &ahead);
    w->advice[0] = (struct rehab_advice){.id = T("slowly"), .give = &here};
    w->phases[1].advice_count = 1;
    lint(w);
    unsaid(REHAB_LINT_RULE_ALWAYS, "/tracks/0/phases/1/advice/0/give");
    unsaid(ALWAYS, "/tracks/0/phases/1/advice/0/give");
    w->advice[0].give = &later;
    lint(w);
    said(REHAB_LINT_RULE_NEVER, "/tracks/0/phases/1/advice/0/give");
    world_free(w);
}

static void advice_and_exercises_are_looked_at(void **state)
{
    (void)state;
    struct rehab_criterion give[] = {leaf(PAIN, REHAB_GE, 1), leaf(PAIN, REHAB_GE, 0)};
    struct rehab_criterion all = group(REHAB_ALL, give, 2), never = leaf(PAIN, REHAB_LT, 0),
                           more = leaf(PAIN, REHAB_GE, 0);
    struct rehab_treatment ice[] = {{.id = T("ice")},
                                    {.id = T("sleeve"), .citation = {.source = T("book")}}};
    struct world *w = world();
    w->phases[1].treatments = ice;
    w->phases[1].treatment_count = 2;
    w->advice[0] = (struct rehab_advice){.id = T("crutches"), .give = &all};
    w->phases[1].advice_count = 1;
    w->prescriptions[0] = (struct rehab_prescription){
        .id = T("bridge"), .exercise = T("bridge"), .gate = &never, .progress = &more};
    w->phases[1].prescription_count = 1;
    lint(w);
    unsaid(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/prescriptions/0/progress"); /* by nothing */
    w->prescriptions[0].load_percent_low = w->prescriptions[0].load_percent_high = 1;
    w->prescriptions[0].progress_citation.source = T("book");
    lint(w);
    unsaid(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/prescriptions/0/progress");
    w->prescriptions[0].progress_citation = (struct rehab_citation){.certainty = REHAB_MEMORY};
    lint(w);
    said(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/prescriptions/0/progress");
    said(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/treatments/0");
    unsaid(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/treatments/1");
    said(REHAB_LINT_NO_SOURCE, "/tracks/0/phases/1/prescriptions/0");
    said(REHAB_LINT_RULE_NEVER, "/tracks/0/phases/1/prescriptions/0/gate");
    said(REHAB_LINT_RULE_ALWAYS, "/tracks/0/phases/1/prescriptions/0/progress/when");
    unsaid(REHAB_LINT_RULE_ALWAYS, "/tracks/0/phases/1/advice/0/give");
    said(ALWAYS, "/tracks/0/phases/1/advice/0/give/all/1");
    world_free(w);
}

static void every_track_is_looked_at(void **state)
{
    (void)state;
    struct world *w = world();
    const struct rehab_track tracks[] = {w->track,
                                         {.id = T("other"), .phases = w->phases, .phase_count = 1}};
    w->document.tracks = tracks;
    w->document.track_count = 2;
    lint(w);
    said(REHAB_LINT_NO_WAY_OUT, "/tracks/0/phases/2");
    said(REHAB_LINT_NO_WAY_OUT, "/tracks/1/phases/0");
    world_free(w);
}

static void every_code_has_words(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < REHAB_LINT_CODE_COUNT; i++) {
        enum rehab_lint_code code = (enum rehab_lint_code)i;
        assert_true(rehab_lint_name(code).size > 0);
        assert_true(rehab_lint_sentence(code, T("en")).size > 0);
        assert_true(rehab_severity_name(rehab_lint_severity(code)).size > 0);
    }
    assert_int_equal(rehab_lint_name(REHAB_LINT_CODE_COUNT).size, 0);
    assert_int_equal(rehab_lint_sentence(REHAB_LINT_CODE_COUNT, T("es")).size, 0);
    assert_int_equal(rehab_lint_severity(REHAB_LINT_CODE_COUNT), REHAB_NOTE);
    assert_int_equal(rehab_severity_name(REHAB_SEVERITY_COUNT).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_values_have_steps_too),
        cmocka_unit_test(one_value_contradicts_itself),
        cmocka_unit_test(symmetry_tells_asymmetry),
        cmocka_unit_test(ranges_and_steps_count),
        cmocka_unit_test(all_that_can_be_said_is_tried),
        cmocka_unit_test(quotients_have_a_range),
        cmocka_unit_test(odd_ranges_count),
        cmocka_unit_test(windows_have_a_best_each),
        cmocka_unit_test(one_value_is_one_value),
        cmocka_unit_test(sessions_may_be_anything),
        cmocka_unit_test(some_value_meets_what_sessions_show),
        cmocka_unit_test(sessions_are_of_a_stretch),
        cmocka_unit_test(aftermaths_may_be_anything),
        cmocka_unit_test(mornings_and_kinds_are_one_value),
        cmocka_unit_test(sums_and_percentiles_have_steps),
        cmocka_unit_test(trials_are_values_of_their_own),
        cmocka_unit_test(a_retest_is_no_newest_value),
        cmocka_unit_test(times_are_one_value_too),
        cmocka_unit_test(clearances_are_by_name_and_role),
        cmocka_unit_test(clearances_last_for_a_time),
        cmocka_unit_test(one_clearance_implies_another),
        cmocka_unit_test(clearances_are_tried_together),
        cmocka_unit_test(a_phase_is_reached_or_not),
        cmocka_unit_test(a_flag_may_ask_for_any_phase),
        cmocka_unit_test(tracks_do_not_wait_for_each_other),
        cmocka_unit_test(later_phases_count_as_reached),
        cmocka_unit_test(steps_of_tracks_are_in_order),
        cmocka_unit_test(each_phase_has_a_time_of_its_own),
        cmocka_unit_test(strata_are_tried_one_by_one),
        cmocka_unit_test(every_stratum_is_tried),
        cmocka_unit_test(too_much_is_left_alone),
        cmocka_unit_test(all_that_is_worth_trying_is_tried),
        cmocka_unit_test(trees_are_three_valued),
        cmocka_unit_test(runs_under_not_are_of_any_time),
        cmocka_unit_test(each_value_has_its_own_bounds),
        cmocka_unit_test(criteria_are_looked_at),
        cmocka_unit_test(changes_within_the_error_are_told),
        cmocka_unit_test(windows_last_until_the_next),
        cmocka_unit_test(guards_act_under_painkillers),
        cmocka_unit_test(adherence_is_to_a_plan),
        cmocka_unit_test(zones_tile_the_range),
        cmocka_unit_test(values_may_be_any_billionth),
        cmocka_unit_test(percentiles_are_one_value),
        cmocka_unit_test(a_record_may_be_there_or_not),
        cmocka_unit_test(what_is_made_of_observations_has_a_range),
        cmocka_unit_test(bands_of_a_score_are_in_order),
        cmocka_unit_test(bands_of_labels_are_looked_at),
        cmocka_unit_test(states_lead_on),
        cmocka_unit_test(some_value_leads_to_a_state),
        cmocka_unit_test(what_is_not_measured_leads_in_and_out),
        cmocka_unit_test(without_sides_there_is_no_other),
        cmocka_unit_test(floors_hold),
        cmocka_unit_test(flags_are_asked_for),
        cmocka_unit_test(a_screen_is_clear_and_fresh),
        cmocka_unit_test(sessions_do_not_lead_in_and_out),
        cmocka_unit_test(values_do_not_lead_in_and_out),
        cmocka_unit_test(between_ahead_and_back_is_hold),
        cmocka_unit_test(beyond_the_scale_is_nothing),
        cmocka_unit_test(values_swing_one_at_a_time),
        cmocka_unit_test(what_has_no_steps_lies_side_by_side_too),
        cmocka_unit_test(a_run_leaves_time_to_hold),
        cmocka_unit_test(none_and_any_may_be_read),
        cmocka_unit_test(the_value_must_be_what_leads_back),
        cmocka_unit_test(other_values_do_not_swing),
        cmocka_unit_test(quotients_are_one_value),
        cmocka_unit_test(guards_may_miss_the_second_value),
        cmocka_unit_test(the_best_swings_too),
        cmocka_unit_test(the_best_is_any_that_leads_on),
        cmocka_unit_test(scores_swing_too),
        cmocka_unit_test(guards_do_not_go_first_always),
        cmocka_unit_test(guards_act_together),
        cmocka_unit_test(what_is_spared_holds_nobody),
        cmocka_unit_test(each_value_is_spared_by_itself),
        cmocka_unit_test(many_guards_are_left_out),
        cmocka_unit_test(guards_fill_the_room),
        cmocka_unit_test(guards_are_tried_for_each_stratum),
        cmocka_unit_test(ways_beside_large_guards_are_tried),
        cmocka_unit_test(time_closes_no_phase),
        cmocka_unit_test(time_raises_no_flag),
        cmocka_unit_test(what_settles_is_one_time),
        cmocka_unit_test(limits_can_be_kept),
        cmocka_unit_test(windows_ahead_do_not_close),
        cmocka_unit_test(what_leads_ahead_raises_no_flag),
        cmocka_unit_test(a_record_is_met_or_not_known),
        cmocka_unit_test(what_is_unknown_raises_no_flag),
        cmocka_unit_test(phases_lead_on_and_back),
        cmocka_unit_test(the_second_of_each_list_is_looked_at),
        cmocka_unit_test(zones_of_every_band_are_found),
        cmocka_unit_test(advice_may_be_given_from_a_phase_on),
        cmocka_unit_test(advice_and_exercises_are_looked_at),
        cmocka_unit_test(every_track_is_looked_at),
        cmocka_unit_test(every_code_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
