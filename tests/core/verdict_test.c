/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict alone, over an index and straight from the evidence, is that of the full trace: gates
 * and evidence by chance, most of them of the plain sort that goes the short way. */
#include "../../src/core/core.h"
#include "sample.h"

static uint32_t dice;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 1664525 + 1013904223;
    return (dice >> 8) % sides;
}

static struct rehab_criterion any_leaf(void)
{
    static const int of[] = {PAIN, FORCE, SPRINT, WEIGHT};
    static const double percents[] = {90, 110, 90.5, -10, 9300, 0};
    static const char *const windows[] = {"P1D", "PT36H", "P3D"};
    int m = of[roll(4)];
    uint32_t bound = roll(5);
    struct rehab_criterion c = leaf(m, (enum rehab_op)roll(REHAB_BETWEEN), bound);
    if (m != WEIGHT && roll(2)) c.expression = REHAB_SYMMETRY;
    if (m != WEIGHT && roll(4) == 0) c.expression = REHAB_DIFFERENCE;
    if (c.expression == REHAB_SYMMETRY) c.value = number(percents[roll(6)]);
    if (c.expression == REHAB_LATEST && roll(6) == 0) c.for_days = 2;
    if (c.expression == REHAB_LATEST && m != WEIGHT && roll(4) == 0) c.side = REHAB_OTHER;
    if (roll(2)) c.within = duration(windows[roll(3)]);
    if (roll(3) == 0) c.qualified = roll(2) ? REHAB_PAIN_FREE : REHAB_GOOD_QUALITY;
    if (c.expression != REHAB_LATEST && roll(3) == 0) c.qualified |= REHAB_SAME_ASSESSOR;
    if (c.expression != REHAB_LATEST && roll(3) == 0) c.within_pair = duration(windows[roll(3)]);
    return c;
}

static void any_evidence(struct world *w)
{
    static const int of[] = {PAIN, FORCE, SPRINT, WEIGHT};
    double h = 0;
    uint32_t count = roll(14);
    for (uint32_t i = 0; i < count; i++) {
        int m = of[roll(4)];
        bool sided = sample_measures[m].sided;
        bool pair = roll(4) > 0;
        struct rehab_observation *o = observe(w, m, m == WEIGHT ? 20 + roll(5) : roll(5), h);
        o->assessor = roll(5) ? 1 + roll(2) : REHAB_NONE;
        o->known = (uint8_t)(roll(4) ? 0xff : 0);
        o->held = roll(3) ? REHAB_WAS_PAIN_FREE & o->known : 0;
        o->held |= roll(6) ? 0 : REHAB_POOR_QUALITY & o->known;
        if (sided && pair) {
            struct rehab_observation *other = observe(w, m, roll(5), h);
            double value = (double)(other->value_nano / REHAB_SCALE);
            *other = *o;
            other->value_nano = N(value);
            other->side = REHAB_OTHER;
            if (roll(6) == 0) other->assessor = 1;
            if (roll(6) == 0) other->held = 0;
            if (roll(6) == 0) other->assessment = 900;
            if (roll(4) == 0) o->assessment = other->assessment = 901 + roll(2); /* a long one */
            if (roll(6) == 0) other->at = hour(h + 0.5);
            if (roll(6) == 0) other->at.local_us -= 20 * REHAB_HOUR; /* the clock was set back */
        }
        const struct rehab_observation *last = &w->observations[w->evidence.observation_count - 1];
        h += roll(5) || last->at.utc_us > hour(h).utc_us ? 1 + roll(20) : 0;
    }
    w->evidence.bilateral = roll(10) == 0;
}

/* What the protocol does not ask for, cannot be, or is of both sides. */
static void disturb(struct world *w)
{
    for (uint32_t i = 0; i < w->evidence.observation_count; i++) {
        struct rehab_observation *o = &w->observations[i];
        uint32_t how = roll(40);
        if (how == 0) o->measure = REHAB_NONE16;
        if (how == 1) o->value_nano = N(-1);
        if (how == 2) o->value_nano = REHAB_VALUE_MAX;
        if (how == 3) o->side = REHAB_SIDE_COUNT;
        if (how == 4) o->side = REHAB_SIDE_NONE;
        if (how > 4 && how < 9) o->side = REHAB_BOTH;
    }
}

/* The same episode several times, and the memory for its index is given back. */
static void ask_population(struct world *w, const struct rehab_plan *plan, double h, uint32_t seed,
                           enum rehab_verdict wanted)
{
    struct rehab_evidence episodes[6];
    uint8_t verdicts[6];
    uint32_t n = 1 + seed % 6;
    unsigned char *before = w->arena.at;
    for (uint32_t i = 0; i < n; i++)
        episodes[i] = w->evidence;
    assert_int_equal(rehab_judge_population(plan, episodes, n, hour(h), &w->arena, verdicts), n);
    for (uint32_t i = 0; i < n; i++) {
        if (verdicts[i] != wanted) fail_msg("population: gate %u at hour %g", seed, h);
    }
    assert_ptr_equal(w->arena.at, before);
}

/* Leaf by leaf the trace is the one that is found the long way. */
static void judge_again(const struct rehab_series *s, const struct rehab_finding *findings,
                        uint32_t seed)
{
    const struct rehab_rule_row *rule = &s->p->rules[s->p->gates[0].rule];
    struct rehab_view v = rehab_view_of(s, rule, &s->e->tracks[0], s->e->tracks[0].moved);
    for (uint32_t i = 0; i < rule->criteria.count; i++) {
        struct rehab_finding f;
        rehab_judge_criterion(&v, rule->criteria.first + i, &f);
        if (findings[i].reason == REHAB_REASON_DIFFERENT_OCCASION) continue;
        if (memcmp(&f, &findings[i], sizeof f) != 0) fail_msg("gate %u: leaf %u", seed, i);
    }
}

/* An index that has gone back to an instant judges as one made for it. */
static void go_back(struct world *w, const struct rehab_series *s, double h,
                    enum rehab_verdict wanted, uint32_t seed)
{
    struct rehab_series past;
    struct rehab_finding findings[REHAB_MAX_NODES];
    rehab_copy_series(&past, rehab_alloc(&w->arena, rehab_copy_room(s->p)), s);
    rehab_rewind(&past, hour(h));
    if (rehab_judge_gate(&past, 0, findings) != wanted) fail_msg("gate %u back at %g", seed, h);
    judge_again(&past, findings, seed);
}

static void one_gate(uint32_t seed, uint32_t seen[REHAB_VERDICT_COUNT])
{
    static const enum rehab_node_kind kinds[] = {
        REHAB_ALL, REHAB_ALL, REHAB_ANY, REHAB_ANY, REHAB_AT_LEAST, REHAB_SAME_OCCASION, REHAB_NOT};
    dice = seed * 2654435761u + 5;
    struct rehab_criterion c[4], inner, root;
    for (int i = 0; i < 4; i++)
        c[i] = any_leaf();
    enum rehab_node_kind kind = kinds[roll(7)];
    uint32_t count = kind == REHAB_NOT ? 1 : 1 + roll(4);
    inner = group(REHAB_ANY, c, 2);
    root = group(kind, c, count);
    root.least = 1 + roll(count);
    root.window = duration("P1D");
    if (roll(8) == 0) root = group(REHAB_ALL, &inner, 1);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &root);
    if (try_compile(w) == REHAB_FINE) {
        struct rehab_finding findings[REHAB_MAX_NODES];
        any_evidence(w);
        if (seed % 3 == 0) disturb(w);
        memset(w->memory, 0x55, 1 << 14);
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
        const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
        enum rehab_verdict before = REHAB_VERDICT_COUNT;
        for (double h = 0; h < 200; h += 17) {
            struct rehab_series *s =
                rehab_index_evidence(&w->protocol, &w->evidence, hour(h), &w->arena);
            assert_non_null(s);
            enum rehab_verdict wanted = rehab_judge_gate(s, 0, findings);
            judge_again(s, findings, seed);
            if (h > 0) go_back(w, s, h - 17, before, seed);
            before = wanted;
            if (rehab_plan_verdict(plan, s) != wanted) fail_msg("gate %u at hour %g", seed, h);
            ask_population(w, plan, h, seed, wanted);
            seen[wanted]++;
        }
    }
    world_free(w);
}

static void the_verdict_is_that_of_the_trace(void **state)
{
    (void)state;
    uint32_t seen[REHAB_VERDICT_COUNT] = {0};
    for (uint32_t seed = 0; seed < 3000; seed++)
        one_gate(seed, seen);
    for (int v = 0; v < REHAB_VERDICT_COUNT; v++)
        assert_true(seen[v] > 1000);
}

/* One measure for each of more sides than there are slots for. */
static void a_gate_may_ask_for_many_measures(void **state)
{
    (void)state;
    enum { MANY = 33 };
    static const char words[] = "abcdefghijklmnopqrstuvwxyz0123456";
    struct rehab_measure measures[MANY];
    struct rehab_criterion c[MANY];
    for (int i = 0; i < MANY; i++) {
        measures[i] = sample_measures[FORCE];
        measures[i].code = (struct rehab_text){&words[i], 1};
        c[i] = leaf(FORCE, REHAB_GE, 90);
        c[i].id = c[i].measure = measures[i].code;
        c[i].expression = REHAB_SYMMETRY;
    }
    for (uint32_t count = MANY - 2; count <= MANY; count++) {
        struct rehab_criterion root = group(REHAB_ALL, c, count);
        struct world *w = world();
        w->document.measures = measures;
        w->document.measure_count = MANY;
        add_gate(w, REHAB_ADVANCE, &root);
        compile(w);
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
        const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
        for (int i = 0; i < 2 * MANY; i++) {
            struct rehab_observation *o = observe(w, FORCE, 100, 1);
            o->measure = (uint16_t)(i / 2);
            o->assessment = 7;
            o->side = i % 2 ? REHAB_OTHER : REHAB_INVOLVED;
        }
        ask_population(w, plan, 2, 0, REHAB_MET);
        w->observations[2 * (count - 1)].value_nano = N(80);
        ask_population(w, plan, 2, 0, REHAB_NOT_MET);
        world_free(w);
    }
}

static void a_population_stops_at_what_cannot_be_judged(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    uint8_t verdicts[3] = {9, 9, 9};
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    observe(w, PAIN, 5, 3);
    observe(w, PAIN, 2, 1);
    struct rehab_evidence episodes[] = {w->evidence, w->evidence, w->evidence};
    struct rehab_arena none = {0};
    episodes[0].observation_count = 1;
    assert_int_equal(rehab_judge_population(plan, episodes, 3, hour(4), &none, verdicts), 1);
    assert_int_equal(verdicts[0], REHAB_NOT_MET);
    assert_int_equal(verdicts[1], 9);
    assert_false(none.full);
    w->observations[1].at = hour(3); /* two at once: an index is needed */
    assert_int_equal(rehab_judge_population(plan, episodes, 3, hour(4), &none, verdicts), 1);
    assert_true(none.full);
    assert_int_equal(rehab_judge_population(plan, episodes, 3, hour(4), &w->arena, verdicts), 3);
    assert_int_equal(verdicts[2], REHAB_NOT_MET);
    world_free(w);
}

/* What lies before all that the gate asks for, or too long ago, is not read, nor its order. */
static void what_cannot_matter_is_not_read(void **state)
{
    (void)state;
    for (int old = 0; old < 2; old++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
        if (old) c.within = duration("PT24H");
        struct world *w = world();
        uint8_t verdict = 9;
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
        const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
        if (!old) observe(w, PAIN, 9, 200);
        observe(w, PAIN, 9, 2);
        observe(w, PAIN, 9, 1);
        observe(w, PAIN, 9, 1.5);
        if (!old) observe(w, PAIN, 2, 100);
        assert_int_equal(
            rehab_judge_population(plan, &w->evidence, 1, hour(101), &w->arena, &verdict), 1);
        assert_int_equal(verdict, old ? REHAB_UNKNOWN : REHAB_MET);
        world_free(w);
    }
}

/* A ratio that is just what is asked for. */
static void at_the_bound_a_ratio_is_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * SAMPLE_OPERATORS; i++) {
        bool back = i % 2 == 1; /* less is better: the other way round */
        struct rehab_criterion c = leaf(back ? SPRINT : FORCE, sample_operators[i / 2].is, 90);
        c.expression = REHAB_SYMMETRY;
        struct world *w = world();
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
        const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
        struct rehab_observation *own = observe(w, back ? SPRINT : FORCE, 9, 1);
        struct rehab_observation *other = observe(w, back ? SPRINT : FORCE, 10, 1);
        other->assessment = own->assessment;
        *(back ? &own->side : &other->side) = REHAB_OTHER;
        struct rehab_observation *top = own;
        ask_population(w, plan, 2, 0, sample_operators[i / 2].at);
        top->value_nano--;
        ask_population(w, plan, 2, 0, sample_operators[i / 2].below);
        top->value_nano += 2;
        ask_population(w, plan, 2, 0, sample_operators[i / 2].above);
        world_free(w);
    }
}

/* Whatever lies behind the plan. */
static void a_measure_that_is_none_is_not_asked_for(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    memset(w->memory, 0, 4096);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    observe(w, PAIN, 9, 1);
    observe(w, PAIN, 0, 2)->measure = (uint16_t)rehab_count(&w->protocol, REHAB_MEASURES);
    ask_population(w, plan, 3, 0, REHAB_NOT_MET);
    world_free(w);
}

/* A value of both sides is the other side's too, when the own one has a newer. */
static void both_sides_are_two_values(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 90);
    c.expression = REHAB_SYMMETRY;
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    observe(w, FORCE, 100, 1)->side = REHAB_BOTH;
    observe(w, FORCE, 95, 2)->assessment = 0;
    ask_population(w, plan, 3, 0, REHAB_MET);
    w->observations[1].value_nano = N(85);
    ask_population(w, plan, 3, 0, REHAB_NOT_MET);
    world_free(w);
}

/* Of a percentage that is not whole, too: 1 is not quite 1.000000001. */
/* One gate of one leaf, asked of a population of one course. */
static void assert_asked(const struct rehab_criterion *c, const int64_t *values, double hours,
                         int64_t back_us, enum rehab_verdict wanted)
{
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, c);
    compile(w);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    struct rehab_observation *own = observe(w, FORCE, 0, 1), *other = observe(w, FORCE, 0, 1);
    own->value_nano = values[0];
    other->value_nano = values[1];
    other->assessment = own->assessment;
    other->side = REHAB_OTHER;
    own->at.local_us -= back_us;
    other->at.local_us -= back_us;
    ask_population(w, plan, hours, 0, wanted);
    world_free(w);
}

static void a_billionth_tells_apart(void **state)
{
    (void)state;
    const int64_t values[] = {N(90), N(80)}, more[] = {N(90) + 1, N(80)},
                  less[] = {N(90) - 1, N(80)};
    struct rehab_criterion c = leaf(FORCE, REHAB_EQ, 90), d = leaf(FORCE, REHAB_LT, 10);
    d.expression = REHAB_DIFFERENCE;
    assert_asked(&c, values, 2, 0, REHAB_MET);
    assert_asked(&c, more, 2, 0, REHAB_NOT_MET);
    assert_asked(&d, values, 2, 0, REHAB_NOT_MET);
    assert_asked(&d, less, 2, 0, REHAB_MET);
    const int64_t most[] = {800 * REHAB_SCALE, 0};
    struct rehab_criterion high = leaf(FORCE, REHAB_GE, 90);
    assert_asked(&high, most, 2, 0, REHAB_MET); /* as much as there can be */
    c.within = duration("PT24H");               /* hours are hours, whatever the clock shows */
    assert_asked(&c, values, 25, 0, REHAB_MET);
    assert_asked(&c, values, 25.5, -REHAB_HOUR, REHAB_UNKNOWN);
    assert_asked(&c, values, 24.5, REHAB_HOUR, REHAB_MET);
    c.within = duration("P1D"); /* and days are of the clock */
    assert_asked(&c, values, 40, -20 * REHAB_HOUR, REHAB_MET);
    assert_asked(&c, values, 40, 0, REHAB_UNKNOWN);
}

static void just_below_is_below(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(FORCE, REHAB_GE, 1);
    c.expression = REHAB_SYMMETRY;
    c.value.nano++;
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    observe(w, FORCE, 1, 1)->assessment = 7;
    struct rehab_observation *other = observe(w, FORCE, 100, 1);
    other->assessment = 7;
    other->side = REHAB_OTHER;
    ask_population(w, plan, 2, 0, REHAB_NOT_MET);
    world_free(w);
}

/* Nothing was ever observed of them, and so there is nowhere that it lies. */
static void an_episode_may_be_empty(void **state)
{
    (void)state;
    enum { MANY = 9 };
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    struct rehab_evidence episodes[MANY];
    uint8_t verdicts[MANY];
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    w->evidence.observations = NULL;
    for (uint32_t i = 0; i < MANY; i++)
        episodes[i] = w->evidence;
    assert_int_equal(rehab_judge_population(plan, episodes, MANY, hour(1), &w->arena, verdicts),
                     MANY);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(verdicts[i], REHAB_UNKNOWN);
    world_free(w);
}

static unsigned char more[4096];

static bool give_more(struct rehab_arena *arena, size_t need)
{
    arena->at = more;
    arena->end = more + sizeof more;
    return need <= sizeof more;
}

static void what_the_arena_grew_by_is_left_to_its_owner(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    uint8_t verdict;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    struct rehab_arena growing = {.grow = give_more};
    observe(w, PAIN, 3, 1);
    observe(w, PAIN, 2, 1);
    assert_int_equal(rehab_judge_population(plan, &w->evidence, 1, hour(4), &growing, &verdict), 1);
    assert_int_equal(verdict, REHAB_MET);
    assert_ptr_equal(growing.end, more + sizeof more);
    world_free(w);
}

static void a_plan_needs_room(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    uint32_t refused = 0;
    for (size_t room = 0; room < 1024; room += 16) { /* and touches nothing behind it */
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + room};
        for (size_t i = 0; i < 256; i++)
            w->memory[room + i] = (unsigned char)i;
        refused += rehab_plan_gate(&w->protocol, 0, &w->arena) == NULL;
        for (size_t i = 0; i < 256; i++)
            assert_int_equal(w->memory[room + i], i);
    }
    assert_in_range(refused, 4, 60);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_is_that_of_the_trace),
        cmocka_unit_test(a_gate_may_ask_for_many_measures),
        cmocka_unit_test(a_population_stops_at_what_cannot_be_judged),
        cmocka_unit_test(what_cannot_matter_is_not_read),
        cmocka_unit_test(at_the_bound_a_ratio_is_exact),
        cmocka_unit_test(a_billionth_tells_apart),
        cmocka_unit_test(just_below_is_below),
        cmocka_unit_test(a_measure_that_is_none_is_not_asked_for),
        cmocka_unit_test(both_sides_are_two_values),
        cmocka_unit_test(an_episode_may_be_empty),
        cmocka_unit_test(what_the_arena_grew_by_is_left_to_its_owner),
        cmocka_unit_test(a_plan_needs_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
