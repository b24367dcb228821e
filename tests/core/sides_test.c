/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides are hurt: no side is the sound one, and what is asked of the involved side is asked of
 * each. */
#include "sample.h"

static struct world *both(enum rehab_move move, const struct rehab_criterion *when)
{
    struct world *w = world();
    add_gate(w, move, when);
    compile(w);
    w->evidence.bilateral = true;
    return w;
}

static struct rehab_observation *on_right(struct world *w, int measure, double units, double h)
{
    struct rehab_observation *o = observe(w, measure, units, h);
    o->side = REHAB_OTHER;
    return o;
}

static void to_go_on_each_side_has_to_do(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 100);
    struct world *w = both(REHAB_ADVANCE, &c);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    observe(w, FORCE, 150, 1);
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.need_count, 1);
    assert_int_equal(w->decision.needs[0].side, REHAB_INVOLVED);
    on_right(w, FORCE, 20, 2);
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 2);
    assert_int_equal(finding(w, 0)->observation, 1);
    observe(w, FORCE, 150, 3); /* what is newer of the other side hides nothing */
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 3);
    on_right(w, FORCE, 100, 4);
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 4);
    observe(w, FORCE, 99, 5)->side = REHAB_BOTH;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 5);
    observe(w, FORCE, 120, 6)->side = REHAB_BOTH;
    assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 6);
    world_free(w);
}

/* One that is short is no, whatever the other would be. */
static void one_that_is_short_is_enough(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 100);
    for (int right = 0; right < 2; right++) {
        struct world *w = both(REHAB_ADVANCE, &c);
        observe(w, FORCE, 20, 1)->side = right ? REHAB_OTHER : REHAB_INVOLVED;
        assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
        world_free(w);
    }
}

static void one_is_enough_to_be_held_back(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_GE, 5);
    for (int right = 0; right < 2; right++) {
        struct world *w = both(REHAB_REGRESS, &c);
        observe(w, PAIN, right ? 1 : 7, 1);
        on_right(w, PAIN, right ? 7 : 1, 1);
        assert_int_equal(decide(w, 2), REHAB_MET);
        assert_int_equal(finding(w, 0)->observation, right);
        world_free(w);
    }
}

static void trials_of_one_side_are_not_those_of_the_other(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 100);
    c.trials = 3;
    c.take = REHAB_TAKE_BEST;
    struct world *w = both(REHAB_ADVANCE, &c);
    observe(w, FORCE, 20, 1)->assessment = 9;
    observe(w, FORCE, 25, 1)->assessment = 9;
    on_right(w, FORCE, 150, 1)->assessment = 9;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_TOO_FEW_TRIALS, 1);
    observe(w, FORCE, 22, 1)->assessment = 9;
    for (int i = 0; i < 2; i++)
        on_right(w, FORCE, 150, 1)->assessment = 9;
    assert_judged(w, REHAB_NOT_MET, REHAB_REASON_NONE, 1);
    world_free(w);
}

/* Nothing is asked of a sound side where there is none. */
static void there_is_no_other_side(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 100);
    c.side = REHAB_OTHER;
    struct world *w = both(REHAB_ADVANCE, &c);
    observe(w, FORCE, 150, 1)->side = REHAB_BOTH;
    assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_MISSING, 1);
    assert_int_equal(w->decision.need_count, 0);
    world_free(w);
}

static void what_has_no_side_is_one(void **state)
{
    (void)state;
    struct rehab_criterion of[] = {leaf(WEIGHT, REHAB_LE, 80),
                                   elapsed(REHAB_PHASE, REHAB_GE, "PT2H")};
    struct rehab_criterion c = group(REHAB_ALL, of, 2);
    struct world *w = both(REHAB_ADVANCE, &c);
    observe(w, WEIGHT, 70, 1);
    assert_int_equal(decide(w, 1), REHAB_NOT_MET);
    assert_int_equal(decide(w, 2), REHAB_MET);
    world_free(w);
}

/* Values of one occasion are those of both sides, and of a pair those of both. */
static void an_occasion_is_of_all_values(void **state)
{
    (void)state;
    struct rehab_criterion of[] = {leaf(FORCE, REHAB_GE, 90), leaf(BEND, REHAB_GE, 10)};
    for (int pair = 0; pair < 2; pair++) {
        if (pair) of[0].expression = REHAB_SYMMETRY;
        if (pair) of[0].within_pair = duration("P9D");
        for (int way = 0; way < 4; way++) { /* the side that is shown may be the one of now */
            const bool late = way & 1, better = way & 2;
            struct rehab_criterion c = group(REHAB_SAME_OCCASION, of, 2);
            c.window = duration("PT2H");
            struct world *w = both(REHAB_ADVANCE, &c);
            w->evidence.bilateral = !pair;
            observe(w, FORCE, better ? 110 : 100, 1)->side = late ? REHAB_OTHER : REHAB_INVOLVED;
            observe(w, FORCE, 100, 9)->side = late ? REHAB_INVOLVED : REHAB_OTHER;
            observe(w, BEND, 10, 9)->side = pair ? REHAB_INVOLVED : REHAB_BOTH;
            assert_judged(w, REHAB_UNKNOWN, REHAB_REASON_DIFFERENT_OCCASION, 9);
            observe(w, BEND, 10, 10)->side = pair ? REHAB_INVOLVED : REHAB_BOTH;
            observe(w, FORCE, 100, 10)->side = REHAB_BOTH;
            assert_judged(w, REHAB_MET, REHAB_REASON_NONE, 10);
            world_free(w);
        }
    }
}

/* Force: 90 and more gives a point; of any band the zone that the worse side lies in. */
struct scored {
    struct rehab_criterion c;
    struct rehab_score score;
    struct rehab_score_item items[2];
    struct rehab_score_band points;
    struct rehab_band band;
    struct rehab_zone zones[2];
};

static struct world *scored(struct scored *s, enum rehab_op is, double points)
{
    struct world *w = world();
    *s = (struct scored){.c = leaf(FORCE, is, points),
                         .points.comparison = {.is = REHAB_GE, .value = number(90)},
                         .points.points = number(1)};
    for (int i = 0; i < 2; i++)
        s->items[i] = (struct rehab_score_item){.measure = sample_measures[i ? PAIN : FORCE].code,
                                                .side = i ? REHAB_OTHER : REHAB_SIDE_NONE,
                                                .bands = &s->points,
                                                .band_count = 1};
    s->score = (struct rehab_score){.id = T("go"), .items = s->items, .item_count = 2};
    for (int i = 0; i < 2; i++) {
        s->zones[i].id = T(i ? "weak" : "strong");
        s->zones[i].comparison = (struct rehab_comparison){.is = i ? REHAB_LT : REHAB_GE};
        s->zones[i].comparison.value = number(90);
    }
    s->band = (struct rehab_band){.zones = s->zones, .zone_count = 2};
    s->band.reading = leaf(FORCE, REHAB_LT, 0);
    s->band.reading.id = T("strength");
    w->document.scores = &s->score;
    w->document.score_count = 1;
    w->phases[1].bands = &s->band;
    w->phases[1].band_count = 1;
    s->c.measure = T("");
    s->c.name = T("go");
    s->c.expression = REHAB_SCORE;
    add_gate(w, REHAB_ADVANCE, &s->c);
    w->evidence.bilateral = true;
    return w;
}

static void each_side_has_its_score(void **state)
{
    (void)state;
    struct scored s;
    struct world *w = scored(&s, REHAB_GE, 1);
    s.score.item_count = 1;
    compile(w);
    assert_int_equal(decide(w, 1), REHAB_UNKNOWN);
    assert_int_equal(w->decision.need_count, 1);
    observe(w, FORCE, 100, 1);
    assert_int_equal(decide(w, 1), REHAB_UNKNOWN);
    assert_int_equal(w->decision.need_count, 1);
    on_right(w, FORCE, 80, 1);
    assert_int_equal(decide(w, 1), REHAB_NOT_MET);
    observe(w, FORCE, 100, 2)->side = REHAB_BOTH;
    assert_int_equal(decide(w, 2), REHAB_MET);
    s.score.item_count = 2; /* of no other side nothing is to be measured */
    s.points.comparison = (struct rehab_comparison){.is = REHAB_LE, .value = number(5)};
    compile(w);
    w->evidence.observation_count = 0;
    on_right(w, FORCE, 100, 3);
    assert_int_equal(decide(w, 3), REHAB_UNKNOWN);
    assert_int_equal(w->decision.need_count, 1);
    assert_int_equal(w->decision.needs[0].measure, rehab_find_measure(&w->protocol, T("force")));
    observe(w, FORCE, 100, 3);
    assert_int_equal(decide(w, 3), REHAB_UNKNOWN);
    assert_int_equal(w->decision.need_count, 0);
    world_free(w);
}

static void the_worse_zone_is_told(void **state)
{
    (void)state;
    struct scored s;
    for (int right = 0; right < 2; right++) {
        for (int order = 0; order < 2; order++) {
            struct world *w = scored(&s, REHAB_GE, 1);
            if (order) {
                struct rehab_zone first = s.zones[0];
                s.zones[0] = s.zones[1];
                s.zones[1] = first;
            }
            compile(w);
            observe(w, FORCE, right ? 100 : 20, 1);
            on_right(w, FORCE, right ? 20 : 100, 1);
            decide(w, 2);
            assert_int_equal(w->decision.bands[0].zone, w->protocol.bands[0].zones.first + !order);
            w->evidence.bilateral = false;
            decide(w, 2);
            assert_int_equal(w->decision.bands[0].zone,
                             w->protocol.bands[0].zones.first + (order == right));
            world_free(w);
        }
    }
}

static void find(struct world *w, struct rehab_flip *flip)
{
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    struct rehab_series *s = rehab_index_evidence(&w->protocol, &w->evidence, hour(2), &w->arena);
    assert_true(rehab_find_flip(s, 0, &w->arena, flip));
}

/* What is proposed is proposed of each. */
static void a_set_is_of_both_sides(void **state)
{
    (void)state;
    struct rehab_criterion of[] = {leaf(FORCE, REHAB_GE, 50), leaf(PAIN, REHAB_LE, 3)};
    struct rehab_criterion c = group(REHAB_ALL, of, 2);
    of[1].value = number(-1);
    for (int i = 0; i < 2; i++) {
        of[i].expression = REHAB_CHANGE;
        of[i].from = REHAB_PREVIOUS;
    }
    struct world *w = both(REHAB_ADVANCE, &c);
    struct rehab_flip flip;
    observe(w, FORCE, 100, 1);
    on_right(w, FORCE, 200, 1);
    observe(w, PAIN, 3, 1);
    on_right(w, PAIN, 9, 1);
    find(w, &flip);
    assert_true(flip.exact && flip.state == REHAB_FLIP_NOW);
    assert_int_equal(flip.proposal_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(flip.proposals[i].side, REHAB_INVOLVED);
        struct rehab_observation *o = observe(w, i ? PAIN : FORCE, 0, 2);
        o->value_nano = flip.proposals[i].value_nano;
        o->side = REHAB_BOTH;
    }
    assert_int_equal(flip.proposals[0].value_nano, N(250)); /* the right one was stronger */
    assert_int_equal(flip.proposals[1].value_nano, N(2));   /* the left one hurt less */
    assert_int_equal(decide(w, 2), REHAB_MET);
    world_free(w);
}

static void no_set_is_of_the_other_side(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 50);
    struct rehab_flip flip;
    c.side = REHAB_OTHER;
    struct world *w = both(REHAB_ADVANCE, &c);
    find(w, &flip);
    assert_int_equal(flip.state, REHAB_FLIP_NEVER);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_go_on_each_side_has_to_do),
        cmocka_unit_test(one_that_is_short_is_enough),
        cmocka_unit_test(one_is_enough_to_be_held_back),
        cmocka_unit_test(trials_of_one_side_are_not_those_of_the_other),
        cmocka_unit_test(there_is_no_other_side),
        cmocka_unit_test(what_has_no_side_is_one),
        cmocka_unit_test(an_occasion_is_of_all_values),
        cmocka_unit_test(each_side_has_its_score),
        cmocka_unit_test(the_worse_zone_is_told),
        cmocka_unit_test(a_set_is_of_both_sides),
        cmocka_unit_test(no_set_is_of_the_other_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
