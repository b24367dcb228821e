/* SPDX-License-Identifier: Apache-2.0 */
/* Three values: Kleene's tables for every combination of up to four children and two levels,
 * blockers, and what time alone would allow. Leaf k is met with pain[k] = 0, not met with 9,
 * unknown without a value: each has a measure of its own. */
#include "sample.h"

enum { WIDEST = 4 };

static const int OWN[WIDEST] = {PAIN, FORCE, SPRINT, BEND};

static enum rehab_verdict digit(uint32_t code, uint32_t place)
{
    while (place-- > 0)
        code /= 3;
    return (enum rehab_verdict)(code % 3);
}

static uint32_t power(uint32_t exponent)
{
    uint32_t n = 1;
    while (exponent-- > 0)
        n *= 3;
    return n;
}

static void tell(struct world *w, uint32_t code, uint32_t leaves)
{
    w->evidence.observation_count = 0;
    for (uint32_t i = 0; i < leaves; i++) {
        if (digit(code, i) != REHAB_UNKNOWN)
            observe(w, OWN[i], digit(code, i) == REHAB_MET ? 0 : 9, 1);
    }
}

/* What the tables say, written down a second time. */
static enum rehab_verdict expect(enum rehab_node_kind kind, uint32_t least,
                                 const enum rehab_verdict *of, uint32_t n)
{
    uint32_t met = 0, unknown = 0;
    enum rehab_verdict low = REHAB_MET, high = REHAB_NOT_MET;
    for (uint32_t i = 0; i < n; i++) {
        met += of[i] == REHAB_MET;
        unknown += of[i] == REHAB_UNKNOWN;
        low = of[i] < low ? of[i] : low;
        high = of[i] > high ? of[i] : high;
    }
    if (kind == REHAB_NOT) return (enum rehab_verdict)(REHAB_MET - of[0]);
    if (kind == REHAB_ALL) return low;
    if (kind == REHAB_ANY) return high;
    return met >= least ? REHAB_MET : met + unknown < least ? REHAB_NOT_MET : REHAB_UNKNOWN;
}

static void leaves_of(struct rehab_criterion *c)
{
    for (int i = 0; i < WIDEST; i++)
        c[i] = leaf(OWN[i], REHAB_EQ, 0);
}

static void one_level(void **state)
{
    (void)state;
    const enum rehab_node_kind kinds[] = {REHAB_ALL, REHAB_ANY, REHAB_AT_LEAST,
                                          REHAB_SAME_OCCASION};
    for (uint32_t n = 1; n <= WIDEST; n++) {
        for (uint32_t k = 0; k < 4; k++) {
            for (uint32_t least = 1; least <= (kinds[k] == REHAB_AT_LEAST ? n : 1); least++) {
                struct rehab_criterion c[WIDEST], root;
                leaves_of(c);
                root = group(kinds[k], c, n);
                root.least = least;
                root.window = duration("P1D");
                struct world *w = world();
                add_gate(w, REHAB_ADVANCE, &root);
                compile(w);
                for (uint32_t code = 0; code < power(n); code++) {
                    enum rehab_verdict of[WIDEST];
                    for (uint32_t i = 0; i < n; i++)
                        of[i] = digit(code, i);
                    tell(w, code, n);
                    uint32_t threshold = kinds[k] == REHAB_SAME_OCCASION ? n : least;
                    assert_int_equal(decide(w, 2), expect(kinds[k], threshold, of, n));
                }
                world_free(w);
            }
        }
    }
}

static void two_levels_and_not(void **state)
{
    (void)state;
    const enum rehab_node_kind kinds[] = {REHAB_ALL, REHAB_ANY, REHAB_AT_LEAST};
    for (uint32_t k = 0; k < 27; k++) {
        struct rehab_criterion c[WIDEST], inner[2], no[2], root;
        leaves_of(c);
        inner[0] = group(kinds[k % 3], c, 2);
        inner[1] = group(kinds[k / 3 % 3], c + 2, 2);
        inner[0].least = inner[1].least = 2;
        no[0] = group(REHAB_NOT, &inner[0], 1);
        no[1] = inner[1];
        root = group(kinds[k / 9], no, 2);
        root.least = 1;
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &root);
        compile(w);
        for (uint32_t code = 0; code < power(4); code++) {
            enum rehab_verdict of[WIDEST], level[2];
            for (uint32_t i = 0; i < 4; i++)
                of[i] = digit(code, i);
            level[0] = (enum rehab_verdict)(REHAB_MET - expect(inner[0].kind, 2, of, 2));
            level[1] = expect(inner[1].kind, 2, of + 2, 2);
            tell(w, code, 4);
            assert_int_equal(decide(w, 2), expect(root.kind, 1, level, 2));
        }
        world_free(w);
    }
}

static void three_of_four(void **state)
{
    (void)state;
    struct rehab_criterion c[WIDEST], root;
    leaves_of(c);
    root = group(REHAB_AT_LEAST, c, 4);
    root.least = 3;
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &root);
    compile(w);
    observe(w, PAIN, 0, 1);
    observe(w, FORCE, 0, 1);
    observe(w, BEND, 9, 1);
    assert_int_equal(decide(w, 1), REHAB_UNKNOWN); /* met 2, one more may be */
    world_free(w);
}

/* ---- what is in the way ---- */

static void blockers_are_what_could_open_the_gate(void **state)
{
    (void)state;
    struct rehab_criterion c[WIDEST], any, no, three[3], root;
    leaves_of(c);
    any = group(REHAB_ANY, c, 2);
    no = group(REHAB_NOT, &c[2], 1);
    three[0] = any;
    three[1] = no;
    three[2] = c[3];
    root = group(REHAB_ALL, three, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &root);
    compile(w);
    observe(w, PAIN, 9, 1);
    observe(w, FORCE, 0, 1);  /* the other branch is met: pain is not in the way */
    observe(w, SPRINT, 0, 1); /* met, under not: in the way */
    assert_int_equal(decide(w, 1), REHAB_NOT_MET);
    assert_int_equal(w->decision.blocker_count, 2);
    assert_int_equal(w->decision.blockers[0], 2);
    assert_int_equal(w->decision.blockers[1], 3);
    assert_int_equal(w->decision.need_count, 1);
    assert_int_equal(w->decision.needs[0].measure, rehab_find_measure(&w->protocol, T("bend")));
    world_free(w);
}

static void needs_come_in_order_of_use(void **state)
{
    (void)state;
    struct rehab_criterion c[3] = {leaf(PAIN, REHAB_EQ, 0), leaf(FORCE, REHAB_GE, 1),
                                   leaf(FORCE, REHAB_LE, 700)};
    struct rehab_criterion all = group(REHAB_ALL, c, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    decide(w, 1);
    assert_int_equal(w->decision.need_count, 2);
    assert_int_equal(w->decision.needs[0].measure, rehab_find_measure(&w->protocol, T("force")));
    assert_int_equal(w->decision.needs[0].criteria, 2);
    assert_int_equal(w->decision.needs[0].finding, 1);
    world_free(w);
}

/* ---- R13 ---- */

static void one_occasion(void **state)
{
    (void)state;
    const char *windows[] = {"PT2H", "P1D"};
    for (int k = 0; k < 2; k++) {
        struct rehab_criterion c[3] = {leaf(PAIN, REHAB_EQ, 0), leaf(FORCE, REHAB_GE, 100),
                                       elapsed(REHAB_PHASE, REHAB_GE, "PT1H")};
        struct rehab_criterion root = group(REHAB_SAME_OCCASION, c, 3);
        root.window = duration(windows[k]);
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &root);
        compile(w);
        double window = k ? 24 : 2;
        observe(w, PAIN, 0, 3);
        observe(w, FORCE, 200, 3 + window);
        assert_int_equal(decide(w, 40), REHAB_MET);
        observe(w, FORCE, 200, 3.01 + window);
        assert_int_equal(decide(w, 40), REHAB_UNKNOWN);
        assert_int_equal(finding(w, 0)->reason, REHAB_REASON_DIFFERENT_OCCASION);
        assert_int_equal(w->decision.blocker_count, 1);
        observe(w, FORCE, 20, 3.02 + window);
        assert_int_equal(decide(w, 40), REHAB_NOT_MET);
        world_free(w);
    }
}

/* ---- earliest ---- */

static void earliest_follows_the_tree(void **state)
{
    (void)state;
    struct rehab_criterion t[3] = {elapsed(REHAB_PHASE, REHAB_GE, "PT10H"),
                                   elapsed(REHAB_PHASE, REHAB_GE, "PT20H"),
                                   elapsed(REHAB_PHASE, REHAB_GE, "PT30H")};
    const struct {
        enum rehab_node_kind kind;
        uint32_t least;
        double hour;
    } rows[] = {{REHAB_ALL, 0, 30}, {REHAB_ANY, 0, 10}, {REHAB_AT_LEAST, 2, 20}};
    for (int i = 0; i < 3; i++) {
        struct rehab_criterion root = group(rows[i].kind, t, 3);
        root.least = rows[i].least;
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &root);
        compile(w);
        assert_int_equal(decide(w, 1), REHAB_NOT_MET);
        assert_true(w->decision.has_earliest);
        assert_int_equal(w->decision.earliest.utc_us, hour(rows[i].hour).utc_us);
        world_free(w);
    }
}

static void earliest_ignores_what_time_cannot_change(void **state)
{
    (void)state;
    struct rehab_criterion early = elapsed(REHAB_PHASE, REHAB_GE, "PT10H"),
                           no = group(REHAB_NOT, &early, 1);
    struct rehab_criterion both[] = {no, leaf(PAIN, REHAB_EQ, 0)}, all = group(REHAB_ALL, both, 2);
    struct rehab_criterion over[] = {elapsed(REHAB_PHASE, REHAB_LE, "PT1H"),
                                     leaf(FORCE, REHAB_EQ, 0)};
    struct rehab_criterion late = group(REHAB_ALL, over, 2);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    add_gate(w, REHAB_COMPLETE, &late);
    compile(w);
    decide(w, 20);
    assert_false(w->decision.has_earliest);
    world_free(w);
}

/* The earliest instant from hour 1 on, from hour 0; below zero: never, or now. */
static int64_t earliest_of(const struct rehab_criterion *root)
{
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, root);
    compile(w);
    decide(w, 1);
    const struct rehab_decision *d = &w->decision;
    const int64_t at = d->has_earliest ? d->earliest.utc_us - hour(0).utc_us : -1;
    world_free(w);
    return at;
}

static struct rehab_criterion before(const char *time)
{
    return elapsed(REHAB_PHASE, REHAB_LT, time);
}

static struct rehab_criterion after(const char *time)
{
    return elapsed(REHAB_PHASE, REHAB_GE, time);
}

/* What time allows now it may no longer allow then. */
static void what_has_run_out_by_then_is_not_waited_for(void **state)
{
    (void)state;
    struct rehab_criterion over[] = {after("PT10H"), before("PT8H")},
                           open[] = {after("PT10H"), before("PT20H")},
                           sharp[] = {after("PT10H"), before("PT10H")};
    struct rehab_criterion all = group(REHAB_ALL, over, 2);
    assert_true(earliest_of(&all) < 0);
    struct rehab_criterion either[] = {all, after("PT30H")}, any = group(REHAB_ANY, either, 2);
    assert_true(earliest_of(&any) == 30 * REHAB_HOUR);
    all = group(REHAB_ALL, open, 2);
    assert_true(earliest_of(&all) == 10 * REHAB_HOUR);
    all = group(REHAB_ALL, sharp, 2);
    assert_true(earliest_of(&all) < 0);
    sharp[1].is = REHAB_LE;
    assert_true(earliest_of(&all) == 10 * REHAB_HOUR);
}

/* Under `not` as without it. */
static void earliest_is_told_under_not(void **state)
{
    (void)state;
    struct rehab_criterion t[] = {before("PT10H"), before("PT20H"), before("PT30H")}, one = t[0],
                           no = group(REHAB_NOT, &one, 1), kind;
    assert_true(earliest_of(&no) == 10 * REHAB_HOUR);
    one.is = REHAB_LE;
    assert_true(earliest_of(&no) > 10 * REHAB_HOUR);
    one = after("PT0H");
    assert_true(earliest_of(&no) < 0);
    no = group(REHAB_NOT, &kind, 1);
    kind = group(REHAB_ANY, t, 3);
    assert_true(earliest_of(&no) == 30 * REHAB_HOUR);
    kind = group(REHAB_ALL, t, 3);
    assert_true(earliest_of(&no) == 10 * REHAB_HOUR);
    kind = group(REHAB_AT_LEAST, t, 3);
    kind.least = 2;
    assert_true(earliest_of(&no) == 20 * REHAB_HOUR);
    struct rehab_criterion twice = group(REHAB_NOT, &no, 1);
    kind = after("PT10H");
    assert_true(earliest_of(&twice) == 10 * REHAB_HOUR);
    struct rehab_criterion late[] = {no, after("PT5H")}, both = group(REHAB_ALL, late, 2);
    kind = after("PT6H");
    assert_true(earliest_of(&both) == 5 * REHAB_HOUR);
    kind = after("PT4H");
    assert_true(earliest_of(&both) < 0);
}

/* The day from which on a patient born 365 days before the 20000th is old enough; 0: none. */
static int32_t day_of_age(enum rehab_op is, double years, double upper, bool negative)
{
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .id = T("old"),
                                .expression = REHAB_AGE,
                                .is = is,
                                .value = number(years)};
    struct rehab_criterion no = group(REHAB_NOT, &c, 1);
    if (is == REHAB_BETWEEN) c.upper = number(upper);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, negative ? &no : &c);
    compile(w);
    w->evidence.birth = (struct rehab_event){.known = true, .day = 20000 - 365}; /* 2023-10-05 */
    decide(w, 1);
    const struct rehab_decision *d = &w->decision;
    const int32_t day = d->has_earliest ? rehab_local_day(d->earliest) : 0;
    if (d->has_earliest) assert_true(d->earliest_is_local);
    world_free(w);
    return day;
}

static void an_age_is_waited_for_until_the_birthday(void **state)
{
    (void)state;
    enum { NEXT = 20001, THIRD = 20001 + 365 }; /* one of the years has a leap day */
    assert_int_equal(day_of_age(REHAB_GE, 1, 0, false), NEXT);
    assert_int_equal(day_of_age(REHAB_GE, 0.5, 0, false), NEXT);
    assert_int_equal(day_of_age(REHAB_GE, 2, 0, false), THIRD);
    assert_int_equal(day_of_age(REHAB_GT, 1, 0, false), THIRD);
    assert_int_equal(day_of_age(REHAB_EQ, 1, 0, false), NEXT);
    assert_int_equal(day_of_age(REHAB_BETWEEN, 1, 4, false), NEXT);
    assert_int_equal(day_of_age(REHAB_LT, 1, 0, true), NEXT);
    assert_int_equal(day_of_age(REHAB_LE, 1, 0, true), THIRD);
    assert_int_equal(day_of_age(REHAB_GE, 200, 0, false), 20000 - 365 + 200 * 365 + 48);
    assert_int_equal(day_of_age(REHAB_GE, 201, 0, false), 0); /* nobody is */
    assert_int_equal(day_of_age(REHAB_GE, 0, 0, true), 0);
    assert_int_equal(day_of_age(REHAB_NE, 0, 0, false), 0); /* not waited for */
    assert_int_equal(day_of_age(REHAB_EQ, 0, 0, true), 0);
}

/* An age of so many years is over at the next birthday. */
static void an_age_of_one_year_is_over_a_year_later(void **state)
{
    (void)state;
    static const enum rehab_op is[] = {REHAB_EQ, REHAB_BETWEEN};
    for (int i = 0; i < 4; i++) {
        struct rehab_criterion c[] = {
            {.kind = REHAB_LEAF, .id = T("old"), .expression = REHAB_AGE, .value = number(1)},
            elapsed(REHAB_EPISODE, REHAB_GE, i < 2 ? "P365D" : "P366D")};
        struct rehab_criterion all = group(REHAB_ALL, c, 2);
        c[0].is = is[i % 2];
        if (i % 2) c[0].upper = number(1);
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &all);
        compile(w);
        w->evidence.birth = (struct rehab_event){.known = true, .day = 20000 - 365};
        decide(w, 1);
        assert_int_equal(w->decision.has_earliest, i < 2);
        if (i < 2) assert_int_equal(rehab_local_day(w->decision.earliest), 20365);
        world_free(w);
    }
}

/* Nobody waits for an age that everybody has, before the first birthday either. */
static void an_age_of_none_is_not_waited_for(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {{.kind = REHAB_LEAF,
                                   .id = T("old"),
                                   .expression = REHAB_AGE,
                                   .is = REHAB_GE,
                                   .value = number(0)},
                                  after("PT10H")};
    struct rehab_criterion all = group(REHAB_ALL, c, 2);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    w->evidence.birth = (struct rehab_event){.known = true, .day = 20000 - 30};
    decide(w, 1);
    assert_true(w->decision.has_earliest && w->decision.earliest.utc_us == hour(10).utc_us);
    world_free(w);
}

/* Of two that come at one time the first says by which clock. */
static void the_first_of_two_clocks_is_told(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rehab_criterion c[] = {after(order ? "P1D" : "PT24H"),
                                      after(order ? "PT24H" : "P1D")};
        struct rehab_criterion all = group(REHAB_ALL, c, 2);
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &all);
        compile(w);
        decide(w, 1);
        assert_true(w->decision.has_earliest && w->decision.earliest.utc_us == hour(24).utc_us);
        assert_int_equal(w->decision.earliest_is_local, order);
        world_free(w);
    }
}

/* What is not of time may be so now. */
static void only_time_is_waited_for(void **state)
{
    (void)state;
    struct rehab_criterion either[] = {after("PT10H"), leaf(PAIN, REHAB_EQ, 0)},
                           any = group(REHAB_ANY, either, 2);
    assert_true(earliest_of(&either[0]) == 10 * REHAB_HOUR);
    assert_true(earliest_of(&either[1]) < 0);
    assert_true(earliest_of(&any) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_level),
        cmocka_unit_test(two_levels_and_not),
        cmocka_unit_test(three_of_four),
        cmocka_unit_test(blockers_are_what_could_open_the_gate),
        cmocka_unit_test(needs_come_in_order_of_use),
        cmocka_unit_test(one_occasion),
        cmocka_unit_test(earliest_follows_the_tree),
        cmocka_unit_test(earliest_ignores_what_time_cannot_change),
        cmocka_unit_test(what_has_run_out_by_then_is_not_waited_for),
        cmocka_unit_test(earliest_is_told_under_not),
        cmocka_unit_test(an_age_is_waited_for_until_the_birthday),
        cmocka_unit_test(an_age_of_one_year_is_over_a_year_later),
        cmocka_unit_test(an_age_of_none_is_not_waited_for),
        cmocka_unit_test(the_first_of_two_clocks_is_told),
        cmocka_unit_test(only_time_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
