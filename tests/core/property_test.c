/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for every gate and every patient: the order of what was observed at one instant
 * does not matter, what comes later is not looked at, and where more of the good can only help, one
 * more good value never takes anything away. */
#include "chance.h"

#include <stdlib.h>

enum { GATES = 400, PATIENTS = 8, NOW = 40, DEEPEST = 3 };

static const int NUMBERS[] = {PAIN, FORCE, SPRINT};

/* ---- gates ---- */

static bool less_is_better(int measure)
{
    return sample_measures[measure].direction == REHAB_LOWER_IS_BETTER;
}

/* Any leaf about sessions themselves. */
static struct rehab_criterion session_leaf(enum rehab_op op)
{
    static const enum rehab_op far[] = {REHAB_LT, REHAB_LE, REHAB_GE, REHAB_GT};
    bool spacing = roll(2);
    struct rehab_criterion c = spacing ? elapsed(REHAB_ANCHOR_NONE, far[roll(4)], "PT6H")
                                       : leaf(PAIN, op, (double)roll(4));
    c.expression = spacing ? REHAB_SPACING : REHAB_SESSIONS;
    c.measure = T("");
    c.activity = roll(2) ? T("run") : T("any");
    c.failed = spacing && roll(2);
    if (!spacing && roll(2)) c.with = (struct rehab_with){true, T("pain"), REHAB_LE, number(5)};
    return c;
}

/* Any leaf over observations, or over sessions. */
static struct rehab_criterion any_leaf(void)
{
    static const enum rehab_op ops[] = {REHAB_LT, REHAB_LE, REHAB_EQ, REHAB_NE, REHAB_GE, REHAB_GT};
    int measure = NUMBERS[roll(3)];
    enum rehab_op op = ops[roll(6)];
    struct rehab_criterion c = leaf(measure, op, (double)roll(11));
    switch (roll(14)) {
    case 10: return session_leaf(op);
    case 11: c.activity = T("any"); break;
    case 12:
        c.activity = T("run");
        c.for_observations = roll(3);
        break;
    case 13:
        c.trials = 1 + roll(2);
        c.take = (enum rehab_take)(REHAB_TAKE_BEST + roll(4));
        break;
    case 0: c.expression = REHAB_WORST; break;
    case 1: c.expression = REHAB_BEST; break;
    case 2: c.expression = REHAB_DIFFERENCE; break;
    case 3: c.for_observations = 2 + roll(3); break;
    case 4: c.for_days = 1 + roll(2); break;
    case 5: c.within = duration("PT12H"); break;
    case 6: c.qualified = REHAB_UNMEDICATED; break;
    case 7:
    case 8:
        c.expression = roll(2) ? REHAB_CHANGE : REHAB_IMPROVEMENT;
        c.from = roll(2) ? REHAB_BASELINE : REHAB_PREVIOUS;
        break;
    default: break;
    }
    if (c.expression == REHAB_WORST || c.expression == REHAB_BEST) c.within = duration("P1D");
    return c;
}

/* A leaf that asks for the good side of its measure. */
static struct rehab_criterion good_leaf(void)
{
    int measure = NUMBERS[roll(3)];
    bool less = less_is_better(measure), strict = roll(2);
    enum rehab_op op = less ? (strict ? REHAB_LT : REHAB_LE) : (strict ? REHAB_GT : REHAB_GE);
    struct rehab_criterion c = leaf(measure, op, 1 + (double)roll(9));
    switch (roll(6)) {
    case 0: c.for_observations = 2 + roll(3); break;
    case 1: c.for_days = 1 + roll(2); break;
    case 2:
        c.expression = REHAB_IMPROVEMENT;
        c.is = REHAB_GE;
        c.value = number(0); /* the best is no worse than any first value */
        c.from = REHAB_BASELINE;
        break;
    case 3: c.within = duration("PT12H"); break;
    case 4:
        c.expression = REHAB_BEST;
        c.within = duration("P1D");
        break;
    default: break;
    }
    return c;
}

static struct world *gate_of(struct shelf *shelf, struct rehab_criterion *root,
                             struct rehab_criterion (*leaf_of)(void), bool negate,
                             enum rehab_move move)
{
    shelf->used = 0;
    *root = make_tree(shelf, DEEPEST, leaf_of, negate);
    struct world *w = world();
    add_gate(w, move, root);
    compile(w);
    return w;
}

/* ---- patients ---- */

static void see(struct world *w, int measure, double units, uint32_t hour_)
{
    struct rehab_observation *o = observe(w, measure, units, hour_);
    o->known = (uint8_t)roll(2);
    o->held = o->known & (uint8_t)roll(2);
    if (roll(4) == 0) o->side = REHAB_OTHER;
}

static void forget(struct world *w)
{
    w->evidence.observation_count = w->evidence.session_count = 0;
}

/* A session in which a few things were seen. */
static void make_session(struct world *w, uint32_t h)
{
    if (w->evidence.session_count == sizeof w->sessions / sizeof w->sessions[0]) return;
    int activity = roll(2) ? RUN : LIFT;
    struct rehab_session *s = train(w, activity, h, h + roll(3));
    s->completed = (uint8_t)roll(2);
    for (uint32_t i = 0, n = roll(4); i < n; i++) {
        int measure = NUMBERS[roll(3)];
        struct rehab_observation *o = observe_in(w, s, measure, (double)roll(11), h);
        o->trial = (uint8_t)roll(3);
    }
}

static void make_patient(struct world *w, uint32_t from, uint32_t until)
{
    for (uint32_t h = from; h < until; h += roll(4)) {
        if (roll(4) == 0) make_session(w, h);
        int measure = NUMBERS[roll(3)];
        see(w, measure, (double)roll(11), h);
    }
}

/* The findings of the first gate but for the rows they point to. */
static void assert_same(const struct rehab_decision *a, const struct rehab_decision *b)
{
    assert_int_equal(a->finding_count, b->finding_count);
    assert_int_equal(a->recommendation.move, b->recommendation.move);
    assert_int_equal(a->need_count, b->need_count);
    for (uint32_t i = 0; i < a->finding_count; i++) {
        assert_int_equal(a->findings[i].verdict, b->findings[i].verdict);
        assert_int_equal(a->findings[i].reason, b->findings[i].reason);
        assert_int_equal(a->findings[i].has_value, b->findings[i].has_value);
        if (!a->findings[i].has_value) continue;
        assert_int_equal(a->findings[i].top, b->findings[i].top);
        assert_int_equal(a->findings[i].bottom, b->findings[i].bottom);
    }
}

static struct rehab_decision keep(const struct world *w, struct rehab_finding *findings)
{
    struct rehab_decision d = w->decision;
    memcpy(findings, d.findings, d.finding_count * sizeof *findings);
    d.findings = findings;
    return d;
}

/* Turns the order of what was observed at one instant round. */
static void turn_ties(struct world *w)
{
    struct rehab_observation *o = w->observations;
    for (uint32_t i = 0, end; i < w->evidence.observation_count; i = end) {
        for (end = i; end < w->evidence.observation_count && o[end].at.utc_us == o[i].at.utc_us;)
            end++;
        for (uint32_t a = i, b = end - 1; a < b; a++, b--) {
            struct rehab_observation kept = o[a];
            o[a] = o[b];
            o[b] = kept;
        }
    }
}

/* The same with sessions. */
static void turn_sessions(struct world *w)
{
    struct rehab_session *s = w->sessions;
    for (uint32_t i = 1; i < w->evidence.session_count; i++) {
        if (s[i].from.utc_us != s[i - 1].from.utc_us) continue;
        struct rehab_session kept = s[i];
        s[i] = s[i - 1];
        s[i - 1] = kept;
    }
}

/* How a session that is under way will end is not known. */
static void end_otherwise(struct world *w)
{
    for (uint32_t i = 0; i < w->evidence.session_count; i++) {
        struct rehab_session *s = &w->sessions[i];
        if (s->to.utc_us <= hour(NOW).utc_us) continue;
        s->to = hour(NOW + 9);
        s->completed ^= 1;
    }
}

/* ---- what holds ---- */

static void order_within_an_instant_does_not_matter(void **state)
{
    (void)state;
    static const enum rehab_move moves[] = {REHAB_ADVANCE, REHAB_REGRESS, REHAB_HOLD, REHAB_REVIEW};
    throw_from(1);
    for (uint32_t g = 0; g < GATES; g++) {
        struct shelf shelf;
        struct rehab_criterion root;
        struct world *w = gate_of(&shelf, &root, any_leaf, true, moves[roll(4)]);
        for (uint32_t i = 0; i < PATIENTS; i++) {
            struct rehab_finding findings[256];
            forget(w);
            make_patient(w, 1, NOW);
            decide(w, NOW);
            struct rehab_decision before = keep(w, findings);
            turn_ties(w);
            turn_sessions(w);
            decide(w, NOW);
            assert_same(&before, &w->decision);
        }
        world_free(w);
    }
}

static void what_comes_later_is_not_looked_at(void **state)
{
    (void)state;
    throw_from(2);
    for (uint32_t g = 0; g < GATES; g++) {
        struct shelf shelf;
        struct rehab_criterion root;
        struct world *w = gate_of(&shelf, &root, any_leaf, true, REHAB_ADVANCE);
        for (uint32_t i = 0; i < PATIENTS; i++) {
            struct rehab_finding findings[256];
            forget(w);
            make_patient(w, 1, NOW);
            decide(w, NOW);
            struct rehab_decision before = keep(w, findings);
            end_otherwise(w);
            make_patient(w, NOW + 1, NOW + 30);
            decide(w, NOW);
            assert_same(&before, &w->decision);
        }
        world_free(w);
    }
}

/* The best there is of every measure, under conditions that count, later than all. */
static void add_the_best(struct world *w)
{
    for (int i = 0; i < 3; i++) {
        const struct rehab_measure *m = &sample_measures[NUMBERS[i]];
        struct rehab_observation *o = observe(w, NUMBERS[i], 0, NOW);
        o->value_nano = less_is_better(NUMBERS[i]) ? m->low_nano : m->high_nano;
        o->known = REHAB_ANALGESIC_24H;
    }
}

static void one_more_good_value_takes_nothing_away(void **state)
{
    (void)state;
    uint32_t met = 0, risen = 0;
    throw_from(3);
    for (uint32_t g = 0; g < GATES; g++) {
        struct shelf shelf;
        struct rehab_criterion root;
        struct world *w = gate_of(&shelf, &root, good_leaf, false, REHAB_ADVANCE);
        for (uint32_t i = 0; i < PATIENTS; i++) {
            forget(w);
            make_patient(w, 1, NOW);
            enum rehab_verdict before = decide(w, NOW);
            add_the_best(w);
            enum rehab_verdict after = decide(w, NOW);
            assert_true(after >= before);
            met += before == REHAB_MET;
            risen += after > before;
        }
        world_free(w);
    }
    assert_true(met > GATES && risen > GATES); /* it was seen both ways */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_within_an_instant_does_not_matter),
        cmocka_unit_test(what_comes_later_is_not_looked_at),
        cmocka_unit_test(one_more_good_value_takes_nothing_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
