/* SPDX-License-Identifier: Apache-2.0 */
/* Moves on record judged again, when more is known about the time before them. */
#include "sample.h"

static const uint32_t THIRD = 2;

static struct rehab_review review_at(struct world *w, enum rehab_move move, uint32_t to, double h)
{
    struct rehab_review out = {.by = REHAB_MOVE_COUNT};
    struct rehab_made_move made = {.move = move, .to = to, .at = hour(h)};
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    assert_int_equal(rehab_review_move(&w->protocol, &w->evidence, &made, &w->arena, &out),
                     REHAB_DECIDED);
    return out;
}

static void assert_finding(const struct world *w, const struct rehab_review *r, uint32_t i,
                           const struct rehab_criterion *c)
{
    assert_true(i < r->finding_count);
    const struct rehab_criterion_row *row = &w->protocol.criteria[r->findings[i].criterion];
    assert_true(rehab_text_equal(rehab_text_at(&w->protocol, row->id), c->id));
}

/* Pain at most 2, and stronger or further, leads on; pain from 5 holds, from 7 on a day of swelling
 * goes back, from 9 begins again; a sudden pain is a danger. */
struct course {
    struct rehab_criterion low, either[2], any, both[2], on, hold, back[2], gone, again, danger,
        same;
};

static struct world *course(struct course *c)
{
    struct world *w = world();
    c->low = leaf(PAIN, REHAB_LE, 2);
    c->either[0] = leaf(FORCE, REHAB_GE, 10);
    c->either[1] = leaf(BEND, REHAB_GE, 80);
    c->any = group(REHAB_ANY, c->either, 2);
    c->both[0] = c->low;
    c->both[1] = c->any;
    c->on = group(REHAB_ALL, c->both, 2);
    c->hold = leaf(PAIN, REHAB_GE, 5);
    c->back[0] = leaf(PAIN, REHAB_GE, 7);
    c->back[1] = leaf(SUDDEN, REHAB_EQ, 0);
    c->gone = group(REHAB_ANY, c->back, 2);
    c->again = leaf(PAIN, REHAB_GE, 9);
    c->danger = leaf(SUDDEN, REHAB_EQ, 1);
    w->flags[0] = (struct rehab_red_flag){
        .id = T("danger"), .when = &c->danger, .cleared_by = REHAB_CLINICIAN};
    c->same = leaf(SUDDEN, REHAB_EQ, 1);
    w->flags[1] =
        (struct rehab_red_flag){.id = T("same"), .when = &c->same, .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 2;
    add_gate(w, REHAB_HOLD, &c->hold);
    add_gate(w, REHAB_ADVANCE, &c->on);
    add_gate(w, REHAB_REGRESS, &c->gone);
    add_gate(w, REHAB_RESTART, &c->again);
    compile(w);
    return w;
}

static void a_move_that_stands_is_not_blocked(void **state)
{
    (void)state;
    struct course c;
    struct world *w = course(&c);
    observe(w, PAIN, 1, 1);
    observe(w, FORCE, 11, 1);
    struct rehab_review r = review_at(w, REHAB_ADVANCE, THIRD, 2);
    assert_true(!r.blocked && r.by == REHAB_STAY && r.finding_count == 0);
    assert_true(r.flag == REHAB_NONE && r.gate == REHAB_NONE);
    observe(w, PAIN, 9, 3); /* what came later is of no matter */
    assert_false(review_at(w, REHAB_ADVANCE, THIRD, 2).blocked);
    world_free(w);
}

static void a_gate_that_is_not_met_says_by_what(void **state)
{
    (void)state;
    struct course c;
    struct world *w = course(&c);
    observe(w, FORCE, 11, 1);
    observe(w, BEND, 20, 1);
    observe(w, PAIN, 3, 1);
    struct rehab_review r = review_at(w, REHAB_ADVANCE, THIRD, 2);
    assert_true(r.blocked && r.by == REHAB_ADVANCE && r.gate == 1 && r.flag == REHAB_NONE);
    assert_int_equal(r.finding_count, 1); /* bend is not met, and stands in nobody's way */
    assert_finding(w, &r, 0, &c.low);
    assert_int_equal(r.findings[0].verdict, REHAB_NOT_MET);
    observe(w, FORCE, 1, 1.5);
    r = review_at(w, REHAB_ADVANCE, THIRD, 2);
    assert_int_equal(r.finding_count, 3);
    assert_finding(w, &r, 2, &c.either[1]);
    assert_false(review_at(w, REHAB_COMPLETE, REHAB_NONE, 2).blocked); /* no gate completes */
    assert_false(review_at(w, REHAB_ADVANCE, 0, 2).blocked);
    world_free(w);
}

static void what_goes_first_blocks_first(void **state)
{
    (void)state;
    struct course c;
    struct world *w = course(&c);
    observe(w, FORCE, 11, 1);
    observe(w, PAIN, 6, 1);
    observe(w, PAIN, 1, 2); /* the worst counts for a guard */
    struct rehab_review r = review_at(w, REHAB_ADVANCE, THIRD, 3);
    assert_true(r.blocked && r.by == REHAB_HOLD && r.gate == 0 && r.finding_count == 1);
    assert_finding(w, &r, 0, &c.hold);
    w->observations[1].value_nano = N(8);
    r = review_at(w, REHAB_ADVANCE, THIRD, 3);
    assert_true(r.blocked && r.by == REHAB_REGRESS && r.gate == 2 && r.finding_count == 1);
    assert_finding(w, &r, 0, &c.back[0]);
    observe(w, SUDDEN, 0, 2.5);
    r = review_at(w, REHAB_ADVANCE, THIRD, 3);
    assert_true(r.by == REHAB_REGRESS && r.finding_count == 2);
    w->observations[1].value_nano = N(9);
    r = review_at(w, REHAB_ADVANCE, THIRD, 3);
    assert_true(r.blocked && r.by == REHAB_RESTART && r.gate == 3 && r.finding_count == 1);
    observe(w, SUDDEN, 1, 2.7);
    r = review_at(w, REHAB_ADVANCE, THIRD, 3);
    assert_true(r.blocked && r.by == REHAB_STOP && r.flag == 0 && r.gate == REHAB_NONE);
    assert_finding(w, &r, 0, &c.danger);
    w->flag_clearances[0] = (struct rehab_flag_clearance){0, REHAB_CLINICIAN, hour(2.8)};
    w->evidence.flag_clearance_count = 1;
    r = review_at(w, REHAB_ADVANCE, THIRD, 3);
    assert_true(r.by == REHAB_STOP && r.flag == 1 && r.finding_count == 1);
    world_free(w);
}

/* Of several gates that lead there one is enough; where none is, the first is told. */
static void one_way_is_enough(void **state)
{
    (void)state;
    struct rehab_criterion few = leaf(FORCE, REHAB_GE, 10), far = leaf(BEND, REHAB_GE, 80);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &few);
    add_gate(w, REHAB_ADVANCE, &far);
    compile(w);
    struct rehab_review r = review_at(w, REHAB_ADVANCE, THIRD, 2);
    assert_true(r.blocked && r.gate == 0 && r.finding_count == 1);
    assert_int_equal(r.findings[0].verdict, REHAB_UNKNOWN);
    observe(w, BEND, 80, 1);
    assert_false(review_at(w, REHAB_ADVANCE, THIRD, 2).blocked);
    w->state.phase = REHAB_NONE; /* a track that stood nowhere */
    assert_false(review_at(w, REHAB_ADVANCE, THIRD, 2).blocked);
    world_free(w);
}

/* Met under `not`, and all of several. */
static void what_makes_a_guard_met_is_told(void **state)
{
    (void)state;
    struct rehab_criterion calm = leaf(PAIN, REHAB_LE, 2), strong = leaf(FORCE, REHAB_GE, 10),
                           not_calm = group(REHAB_NOT, &calm, 1);
    struct rehab_criterion sides[] = {leaf(BEND, REHAB_LE, 50), leaf(WEIGHT, REHAB_GE, 90)};
    struct rehab_criterion visit = group(REHAB_ALL, sides, 2);
    struct rehab_criterion of[] = {not_calm, visit, strong};
    struct rehab_criterion some = group(REHAB_AT_LEAST, of, 3);
    struct rehab_criterion on = leaf(SPRINT, REHAB_GE, 1);
    some.least = 2;
    struct world *w = world();
    add_gate(w, REHAB_HOLD, &some);
    add_gate(w, REHAB_ADVANCE, &on);
    compile(w);
    observe(w, FORCE, 9, 1);
    observe(w, BEND, 50, 1);
    observe(w, WEIGHT, 95, 2);
    observe(w, PAIN, 3, 3);
    struct rehab_review r = review_at(w, REHAB_ADVANCE, THIRD, 4);
    assert_true(r.blocked && r.by == REHAB_HOLD && r.finding_count == 3);
    assert_finding(w, &r, 0, &calm);
    assert_int_equal(r.findings[0].verdict, REHAB_NOT_MET);
    observe(w, FORCE, 12, 3);
    r = review_at(w, REHAB_ADVANCE, THIRD, 7);
    assert_true(r.blocked && r.by == REHAB_HOLD && r.finding_count == 4);
    assert_finding(w, &r, 3, &strong);
    w->observations[2].value_nano = N(80); /* then the bend holds nothing by itself */
    r = review_at(w, REHAB_ADVANCE, THIRD, 7);
    assert_true(r.blocked && r.by == REHAB_HOLD && r.finding_count == 2);
    assert_finding(w, &r, 1, &strong);
    world_free(w);
}

/* A new beginning is of all tracks, whichever of them asks. */
static void another_track_begins_again(void **state)
{
    (void)state;
    struct rehab_criterion on = leaf(FORCE, REHAB_GE, 10), again = leaf(PAIN, REHAB_GE, 9),
                           back = leaf(PAIN, REHAB_GE, 7), done = leaf(FORCE, REHAB_GE, 400);
    struct world *w = world();
    struct rehab_phase second = {.id = T("other")};
    struct rehab_gate gates[] = {{.id = T("r"), .move = REHAB_RESTART, .when = &again},
                                 {.id = T("h"), .move = REHAB_HOLD, .when = &back},
                                 {.id = T("c"), .move = REHAB_COMPLETE, .when = &done}};
    struct rehab_track tracks[2];
    struct rehab_track_state states[2];
    second.gates = gates;
    second.gate_count = 3;
    add_gate(w, REHAB_ADVANCE, &on);
    tracks[0] = w->track;
    tracks[1] = (struct rehab_track){.id = T("side"), .phases = &second, .phase_count = 1};
    w->document.tracks = tracks;
    w->document.track_count = 2;
    compile(w);
    states[0] = w->state;
    states[1] = (struct rehab_track_state){3, hour(0), hour(0)};
    w->evidence.tracks = states;
    w->evidence.track_count = 2;
    observe(w, FORCE, 10, 1);
    observe(w, PAIN, 8, 1);
    assert_false(review_at(w, REHAB_ADVANCE, THIRD, 2).blocked);       /* the other one holds */
    assert_false(review_at(w, REHAB_COMPLETE, REHAB_NONE, 2).blocked); /* its gate is not asked */
    w->observations[1].value_nano = N(9);
    struct rehab_review r = review_at(w, REHAB_ADVANCE, THIRD, 2);
    assert_true(r.blocked && r.by == REHAB_RESTART && r.gate == 1);
    world_free(w);
}

/* Every answer that is no review; and no room, wherever it ends. */
static void what_cannot_be_reviewed_is_refused(void **state)
{
    (void)state;
    struct course c;
    struct world *w = course(&c);
    struct rehab_review out = {.by = REHAB_MOVE_COUNT};
    struct rehab_made_move made = {.move = REHAB_ADVANCE, .track = 1, .to = 2, .at = hour(2)};
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    assert_int_equal(rehab_review_move(&w->protocol, &w->evidence, &made, &w->arena, &out),
                     REHAB_MISFIT);
    made.track = 0;
    bool fitted = false;
    for (size_t room = 0; !fitted; room += 16) {
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + room};
        enum rehab_outcome outcome =
            rehab_review_move(&w->protocol, &w->evidence, &made, &w->arena, &out);
        fitted = outcome == REHAB_DECIDED;
        assert_true(fitted || (outcome == REHAB_FULL && out.by == REHAB_MOVE_COUNT));
    }
    assert_true(out.blocked);
    assert_int_equal(out.finding_count, 3); /* and they end where the room does, or before */
    assert_true((const unsigned char *)(out.findings + out.finding_count) <= w->arena.end);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_move_that_stands_is_not_blocked),
        cmocka_unit_test(a_gate_that_is_not_met_says_by_what),
        cmocka_unit_test(what_goes_first_blocks_first),
        cmocka_unit_test(one_way_is_enough),
        cmocka_unit_test(what_makes_a_guard_met_is_told),
        cmocka_unit_test(another_track_begins_again),
        cmocka_unit_test(what_cannot_be_reviewed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
