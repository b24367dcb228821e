/* SPDX-License-Identifier: Apache-2.0 */
/* What a forger may not do who knows the check sum: pass a limit of document.h, or let rows share
 * what belongs to one of them, so that a small block asks for endless work. Rows are put behind
 * those that a document gave, up to each limit, which opens, and one further, which does not. */
#include "sample.h"

static enum rehab_fault_code reopen(struct world *w)
{
    struct rehab_protocol p;
    seal(w->block, w->size);
    return rehab_open(w->block, w->size, &p);
}

/* ---- rows by hand ---- */

/* Bytes of a row; 0: no rows are made of it. */
static const size_t SIZE[REHAB_TABLE_COUNT] = {
    [REHAB_TEXTS] = sizeof(struct rehab_text_row),
    [REHAB_MEASURES] = sizeof(struct rehab_measure_row),
    [REHAB_STRATA] = sizeof(struct rehab_stratum_row),
    [REHAB_ACTIVITIES] = sizeof(struct rehab_activity_row),
    [REHAB_TERMS] = sizeof(struct rehab_term_row),
    [REHAB_SOURCES] = sizeof(struct rehab_source_row),
    [REHAB_CLEARANCES] = sizeof(struct rehab_text_row),
    [REHAB_CRITERIA] = sizeof(struct rehab_criterion_row),
    [REHAB_BOUNDS] = sizeof(struct rehab_bound_row),
    [REHAB_NODES] = sizeof(struct rehab_node_row),
    [REHAB_RULES] = sizeof(struct rehab_rule_row),
    [REHAB_EXPECTATIONS] = sizeof(struct rehab_expectation_row),
    [REHAB_EXPECTATION_BOUNDS] = sizeof(struct rehab_expectation_by_row),
    [REHAB_GATES] = sizeof(struct rehab_gate_row),
    [REHAB_RED_FLAGS] = sizeof(struct rehab_red_flag_row),
    [REHAB_TREATMENTS] = sizeof(struct rehab_treatment_row),
    [REHAB_ADVICE] = sizeof(struct rehab_advice_row),
    [REHAB_PRESCRIPTIONS] = sizeof(struct rehab_prescription_row),
    [REHAB_DEFICITS] = sizeof(struct rehab_deficit_row),
    [REHAB_LIMITS] = sizeof(struct rehab_limit_row),
    [REHAB_BANDS] = sizeof(struct rehab_band_row),
    [REHAB_ZONES] = sizeof(struct rehab_zone_row),
    [REHAB_SCORES] = sizeof(struct rehab_score_row),
    [REHAB_SCORE_ITEMS] = sizeof(struct rehab_score_item_row),
    [REHAB_SCORE_BANDS] = sizeof(struct rehab_score_band_row),
    [REHAB_NORMS] = sizeof(struct rehab_norm_table_row),
    [REHAB_NORM_STEPS] = sizeof(struct rehab_norm_step_row),
    [REHAB_AUTOMATA] = sizeof(struct rehab_automaton_row),
    [REHAB_STATE_STEPS] = sizeof(struct rehab_state_step_row),
    [REHAB_GOALS] = sizeof(struct rehab_goal_row),
    [REHAB_PHASES] = sizeof(struct rehab_phase_row),
    [REHAB_TRACKS] = sizeof(struct rehab_track_row),
};

static uint32_t count(const struct world *w, enum rehab_table table)
{
    return ((const struct rehab_head *)(const void *)w->block)->table[table].count;
}

static void *row(struct world *w, enum rehab_table table, uint32_t i)
{
    const struct rehab_head *head = (const void *)w->block;
    assert_true(i < head->table[table].count);
    return w->block + head->table[table].at + i * SIZE[table];
}

/* One row more, of zeros, behind the others of its table. */
static uint32_t extend(struct world *w, enum rehab_table table)
{
    struct rehab_head *head = (void *)w->block;
    size_t used = head->table[table].count * SIZE[table], more = (used + SIZE[table] + 7) / 8 * 8;
    size_t at = head->table[table].at + (used + 7) / 8 * 8, grow = more - (used + 7) / 8 * 8;
    assert_true(w->size + grow <= sizeof w->block);
    memmove(w->block + at + grow, w->block + at, w->size - at);
    memset(w->block + head->table[table].at + used, 0, more - used);
    for (uint32_t i = table + 1; i < REHAB_TABLE_COUNT; i++)
        head->table[i].at += (uint32_t)grow;
    w->size += grow;
    head->size = (uint32_t)w->size;
    return head->table[table].count++;
}

/* One of the document's leaves, of that stance, again. */
static uint32_t add_leaf(struct world *w, enum rehab_stance stance)
{
    uint32_t made = extend(w, REHAB_CRITERIA), from = 0;
    struct rehab_criterion_row *r = row(w, REHAB_CRITERIA, made);
    while (((const struct rehab_criterion_row *)row(w, REHAB_CRITERIA, from))->stance != stance)
        from++;
    memcpy(r, row(w, REHAB_CRITERIA, from), sizeof *r);
    r->id.size = r->citation.note.size = 0;
    return made;
}

static uint32_t add_node(struct world *w, uint32_t criterion)
{
    uint32_t made = extend(w, REHAB_NODES);
    *(struct rehab_node_row *)row(w, REHAB_NODES, made) =
        (struct rehab_node_row){.kind = REHAB_LEAF, .criterion = criterion};
    return made;
}

static uint32_t add_rule(struct world *w, enum rehab_stance stance)
{
    uint32_t criterion = add_leaf(w, stance), node = add_node(w, criterion),
             rule = extend(w, REHAB_RULES);
    *(struct rehab_rule_row *)row(w, REHAB_RULES, rule) =
        (struct rehab_rule_row){.nodes = {node, 1}, .criteria = {criterion, 1}, .stance = stance};
    return rule;
}

/* What the members of a row must be that are not zero. */
static void fill(struct world *w, enum rehab_table table, void *made)
{
    struct rehab_expectation_row *expectation = made;
    struct rehab_gate_row *gate = made;
    struct rehab_treatment_row *treatment = made;
    struct rehab_prescription_row *prescription = made;
    struct rehab_zone_row *zone = made;
    struct rehab_score_item_row *item = made;
    struct rehab_norm_table_row *norm = made;
    struct rehab_automaton_row *automaton = made;
    struct rehab_phase_row *phase = made;
    struct rehab_track_row *track = made;
    if (table == REHAB_EXPECTATIONS)
        expectation->by_stratum = expectation->citation.source = REHAB_NONE;
    if (table == REHAB_TREATMENTS) treatment->citation.source = REHAB_NONE;
    if (table == REHAB_PRESCRIPTIONS)
        prescription->gate = prescription->progress = prescription->activity =
            prescription->citation.source = prescription->progress_citation.source = REHAB_NONE;
    if (table == REHAB_ZONES) zone->gate = REHAB_NONE;
    if (table == REHAB_SCORE_ITEMS) item->citation.source = REHAB_NONE;
    if (table == REHAB_NORMS) norm->citation.source = REHAB_NONE;
    if (table == REHAB_AUTOMATA) automaton->citation.source = REHAB_NONE;
    if (table == REHAB_PHASES) phase->expectation = REHAB_NONE;
    if (table == REHAB_TRACKS) track->expectation = REHAB_NONE;
    if (table == REHAB_GATES)
        *gate = (struct rehab_gate_row){.move = REHAB_HOLD,
                                        .from = count(w, REHAB_PHASES) - 1,
                                        .to = REHAB_NONE,
                                        .deadline = REHAB_NONE};
}

/* A row that opens, and what it cannot be without. */
static uint32_t add(struct world *w, enum rehab_table table)
{
    uint32_t leaf = 0, rule = 0, part = 0;
    if (table == REHAB_CRITERIA) return add_leaf(w, REHAB_FOR_GUARD);
    if (table == REHAB_LIMITS) leaf = add_leaf(w, REHAB_FOR_ADVICE);
    if (table == REHAB_GATES) rule = add_rule(w, REHAB_FOR_GUARD);
    if (table == REHAB_RED_FLAGS) rule = add_rule(w, REHAB_FOR_FLAG);
    if (table == REHAB_ADVICE || table == REHAB_ZONES) rule = add_rule(w, REHAB_FOR_ADVICE);
    if (table == REHAB_AUTOMATA) part = add(w, REHAB_TEXTS);
    if (table == REHAB_SCORES) part = add(w, REHAB_SCORE_ITEMS);
    if (table == REHAB_TRACKS) part = add(w, REHAB_PHASES);
    uint32_t i = extend(w, table);
    void *made = row(w, table, i);
    fill(w, table, made);
    if (table == REHAB_LIMITS) ((struct rehab_limit_row *)made)->criterion = leaf;
    if (table == REHAB_GATES) {
        struct rehab_phase_row *phase = row(w, REHAB_PHASES, count(w, REHAB_PHASES) - 1);
        ((struct rehab_gate_row *)made)->rule = rule;
        if (phase->gates.count++ == 0) phase->gates.first = i;
    }
    if (table == REHAB_RED_FLAGS) ((struct rehab_red_flag_row *)made)->rule = rule;
    if (table == REHAB_ZONES) ((struct rehab_zone_row *)made)->rule = rule;
    if (table == REHAB_ADVICE) {
        ((struct rehab_advice_row *)made)->give = rule;
        ((struct rehab_advice_row *)made)->withdraw = REHAB_NONE;
    }
    if (table == REHAB_AUTOMATA)
        ((struct rehab_automaton_row *)made)->states = (struct rehab_range){part, 1};
    if (table == REHAB_SCORES)
        ((struct rehab_score_row *)made)->items = (struct rehab_range){part, 1};
    if (table == REHAB_TRACKS) {
        ((struct rehab_track_row *)made)->phases = (struct rehab_range){part, 1};
        ((struct rehab_phase_row *)row(w, REHAB_PHASES, part))->track = i;
    }
    return i;
}

/* A leaf of every stance, in the second of three phases; and a flag. */
static struct world *small(struct rehab_criterion leaves[4])
{
    struct world *w = world();
    for (int i = 0; i < 4; i++)
        leaves[i] = leaf(PAIN, REHAB_GE, 3);
    add_gate(w, REHAB_ADVANCE, &leaves[0]);
    add_gate(w, REHAB_HOLD, &leaves[1]);
    w->flags[0] = (struct rehab_red_flag){.id = T("f"), .when = &leaves[2], .cleared_by = 1};
    w->document.red_flag_count = 1;
    w->advice[0] = (struct rehab_advice){.id = T("a"), .give = &leaves[3]};
    w->phases[1].advice_count = 1;
    compile(w);
    return w;
}

/* ---- limits ---- */

/* A range of a table, of one row of another. */
struct limit {
    enum rehab_table of;
    size_t at;
    enum rehab_table rows;
    uint32_t most;
};

#define LIMIT(of, row, member, rows, most)                                                         \
    {                                                                                              \
        of, offsetof(struct row, member), rows, most                                               \
    }

static const struct limit LIMITS[] = {
    LIMIT(REHAB_MEASURES, rehab_measure_row, labels, REHAB_TEXTS, REHAB_MAX_LABELS),
    LIMIT(REHAB_STRATA, rehab_stratum_row, values, REHAB_TEXTS, REHAB_MAX_LABELS),
    LIMIT(REHAB_CRITERIA, rehab_criterion_row, by, REHAB_BOUNDS, REHAB_MAX_LABELS),
    LIMIT(REHAB_EXPECTATIONS, rehab_expectation_row, by, REHAB_EXPECTATION_BOUNDS,
          REHAB_MAX_LABELS),
    LIMIT(REHAB_PRESCRIPTIONS, rehab_prescription_row, deficits, REHAB_DEFICITS, REHAB_MAX_ITEMS),
    LIMIT(REHAB_PRESCRIPTIONS, rehab_prescription_row, limits, REHAB_LIMITS, REHAB_MAX_ITEMS + 1),
    LIMIT(REHAB_BANDS, rehab_band_row, zones, REHAB_ZONES, REHAB_MAX_ZONES),
    LIMIT(REHAB_SCORES, rehab_score_row, items, REHAB_SCORE_ITEMS, REHAB_MAX_SCORED),
    LIMIT(REHAB_SCORE_ITEMS, rehab_score_item_row, bands, REHAB_SCORE_BANDS, REHAB_MAX_SCORED),
    LIMIT(REHAB_NORMS, rehab_norm_table_row, rows, REHAB_NORM_STEPS, REHAB_MAX_NORMED),
    LIMIT(REHAB_AUTOMATA, rehab_automaton_row, states, REHAB_TEXTS, REHAB_MAX_STATES),
    LIMIT(REHAB_AUTOMATA, rehab_automaton_row, steps, REHAB_STATE_STEPS, REHAB_MAX_SCORED),
    LIMIT(REHAB_PHASES, rehab_phase_row, goals, REHAB_GOALS, REHAB_MAX_ITEMS),
    LIMIT(REHAB_PHASES, rehab_phase_row, treatments, REHAB_TREATMENTS, REHAB_MAX_ITEMS),
    LIMIT(REHAB_PHASES, rehab_phase_row, prescriptions, REHAB_PRESCRIPTIONS, REHAB_MAX_ITEMS),
    LIMIT(REHAB_PHASES, rehab_phase_row, restrictions, REHAB_TEXTS, REHAB_MAX_ITEMS),
    LIMIT(REHAB_PHASES, rehab_phase_row, advice, REHAB_ADVICE, REHAB_MAX_ITEMS),
    LIMIT(REHAB_PHASES, rehab_phase_row, gates, REHAB_GATES, REHAB_MAX_GATES),
    LIMIT(REHAB_PHASES, rehab_phase_row, bands, REHAB_BANDS, REHAB_MAX_ITEMS),
};
enum { LIMIT_COUNT = sizeof LIMITS / sizeof LIMITS[0] };

/* The row of which a range is made larger; a phase must be the last, for its gates know it. */
static uint32_t prepare(struct world *w, const struct limit *l)
{
    uint32_t i = l->of == REHAB_PHASES ? count(w, REHAB_PHASES) - 1 : add(w, l->of);
    if (l->of == REHAB_CRITERIA)
        ((struct rehab_criterion_row *)row(w, REHAB_CRITERIA, i))->by_stratum = 0;
    assert_int_equal(reopen(w), REHAB_FINE);
    return i;
}

static void set_range(struct world *w, const struct limit *l, uint32_t i, struct rehab_range range)
{
    memcpy((unsigned char *)row(w, l->of, i) + l->at, &range, sizeof range);
}

static void ranges_have_a_limit(void **state)
{
    (void)state;
    for (size_t n = 0; n < LIMIT_COUNT; n++) {
        const struct limit *l = &LIMITS[n];
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        uint32_t i = prepare(w, l);
        struct rehab_range range = {count(w, l->rows), 0};
        while (range.count < l->most) {
            assert_int_equal(add(w, l->rows), range.first + range.count);
            range.count++;
        }
        set_range(w, l, i, range);
        if (reopen(w) != REHAB_FINE) fail_msg("range %zu does not open at its limit", n);
        add(w, l->rows);
        range.count++;
        set_range(w, l, i, range);
        if (reopen(w) != REHAB_BAD_BLOCK) fail_msg("range %zu opens beyond its limit", n);
        world_free(w);
    }
}

static void tables_have_a_limit(void **state)
{
    (void)state;
    static const struct {
        enum rehab_table table;
        uint32_t most;
    } tables[] = {
        {REHAB_MEASURES, REHAB_MAX_MEASURES},     {REHAB_STRATA, REHAB_MAX_STRATA},
        {REHAB_ACTIVITIES, REHAB_MAX_ACTIVITIES}, {REHAB_SOURCES, REHAB_MAX_ITEMS},
        {REHAB_CLEARANCES, REHAB_MAX_CLEARANCES}, {REHAB_RED_FLAGS, REHAB_MAX_ITEMS},
        {REHAB_SCORES, REHAB_MAX_DERIVED},        {REHAB_NORMS, REHAB_MAX_DERIVED},
        {REHAB_AUTOMATA, REHAB_MAX_DERIVED},      {REHAB_PHASES, REHAB_MAX_PHASES},
        {REHAB_TRACKS, REHAB_MAX_TRACKS},         {REHAB_TERMS, REHAB_MAX_TERMS},
    };
    for (size_t n = 0; n < sizeof tables / sizeof tables[0]; n++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        while (count(w, tables[n].table) < tables[n].most)
            add(w, tables[n].table);
        if (reopen(w) != REHAB_FINE) fail_msg("table %zu does not open at its limit", n);
        add(w, tables[n].table);
        if (reopen(w) != REHAB_BAD_BLOCK) fail_msg("table %zu opens beyond its limit", n);
        world_free(w);
    }
}

/* `depth` combinators above one another and a leaf, in a guard of the last phase. */
static void add_deep(struct world *w, uint32_t depth)
{
    uint32_t criterion = add_leaf(w, REHAB_FOR_GUARD), first = add_node(w, criterion);
    for (uint32_t i = 1; i <= depth; i++) {
        struct rehab_node_row *n = row(w, REHAB_NODES, extend(w, REHAB_NODES));
        *n = (struct rehab_node_row){
            .kind = REHAB_ALL, .arity = 1, .least = 1, .parent = (uint8_t)i};
        n[-1].parent = (uint8_t)i;
    }
    struct rehab_rule_row *rule = row(w, REHAB_RULES, extend(w, REHAB_RULES));
    *rule = (struct rehab_rule_row){.nodes = {first, depth + 1},
                                    .criteria = {criterion, 1},
                                    .stance = REHAB_FOR_GUARD,
                                    .depth = depth};
}

static void trees_have_a_depth(void **state)
{
    (void)state;
    for (uint32_t depth = REHAB_MAX_DEPTH; depth <= REHAB_MAX_DEPTH + 1; depth++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        add_deep(w, depth);
        assert_int_equal(reopen(w), depth > REHAB_MAX_DEPTH ? REHAB_BAD_BLOCK : REHAB_FINE);
        struct rehab_rule_row *rule = row(w, REHAB_RULES, count(w, REHAB_RULES) - 1);
        rule->depth = REHAB_MAX_DEPTH - 1; /* a lie */
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
        world_free(w);
    }
}

/* One combinator over leaves, in a guard. */
static void add_wide(struct world *w, uint32_t leaves)
{
    uint32_t criterion = count(w, REHAB_CRITERIA), first = count(w, REHAB_NODES);
    for (uint32_t i = 0; i < leaves; i++) {
        struct rehab_node_row *n = row(w, REHAB_NODES, add_node(w, add_leaf(w, REHAB_FOR_GUARD)));
        n->first_leaf = (uint8_t)i;
        n->parent = (uint8_t)leaves;
    }
    struct rehab_node_row *root = row(w, REHAB_NODES, extend(w, REHAB_NODES));
    *root = (struct rehab_node_row){
        .kind = REHAB_ANY, .arity = (uint8_t)leaves, .least = 1, .parent = (uint8_t)leaves};
    struct rehab_rule_row *rule = row(w, REHAB_RULES, extend(w, REHAB_RULES));
    *rule = (struct rehab_rule_row){.nodes = {first, leaves + 1},
                                    .criteria = {criterion, leaves},
                                    .stance = REHAB_FOR_GUARD,
                                    .depth = 1};
}

static void trees_have_a_width(void **state)
{
    (void)state;
    for (uint32_t nodes = REHAB_MAX_NODES; nodes <= REHAB_MAX_NODES + 1; nodes++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        add_wide(w, nodes - 1);
        assert_int_equal(reopen(w), nodes > REHAB_MAX_NODES ? REHAB_BAD_BLOCK : REHAB_FINE);
        world_free(w);
    }
}

/* A gate of no phase would be one more than phases can have. */
static void gates_stand_in_their_phase(void **state)
{
    (void)state;
    struct rehab_criterion leaves[4];
    struct world *w = small(leaves);
    uint32_t last = count(w, REHAB_PHASES) - 1;
    add(w, REHAB_GATES);
    add(w, REHAB_GATES);
    struct rehab_phase_row *phase = row(w, REHAB_PHASES, last);
    assert_int_equal(reopen(w), REHAB_FINE);
    phase->gates.count--; /* the last stands outside */
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    phase->gates.first++; /* the one before it */
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    world_free(w);
}

/* Of what has no labels at all, too: the critic tries no more of them than a set can have. */
static void a_set_has_so_many_labels(void **state)
{
    (void)state;
    struct rehab_criterion leaves[4];
    for (uint8_t expression = 0; expression < REHAB_EXPRESSION_COUNT; expression++) {
        struct world *w = small(leaves);
        struct rehab_protocol p;
        struct rehab_criterion_row *r = row(w, REHAB_CRITERIA, 1);
        r->expression = expression;
        r->op = REHAB_IN;
        r->flags = 0;
        seal(w->block, w->size);
        if (rehab_open(w->block, w->size, &p) == REHAB_FINE)
            assert_int_not_equal(rehab_lint(&p, T(""), NULL, 0), 0);
        world_free(w);
    }
}

/* ---- what belongs to one row ---- */

static void rows_share_no_range(void **state)
{
    (void)state;
    for (size_t n = 0; n < LIMIT_COUNT; n++) {
        const struct limit *l = &LIMITS[n];
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        struct limit early = *l;
        uint32_t first = add(w, l->of), second = prepare(w, &early);
        if (l->of == REHAB_PHASES) second = first - 1; /* both are there */
        if (l->of == REHAB_CRITERIA)
            ((struct rehab_criterion_row *)row(w, REHAB_CRITERIA, first))->by_stratum = 0;
        uint32_t a = second < first ? second : first, b = second < first ? first : second;
        struct rehab_range range = {add(w, l->rows), 1}, next = {add(w, l->rows), 1};
        if (l->rows == REHAB_GATES)
            ((struct rehab_gate_row *)row(w, REHAB_GATES, range.first))->from = a;
        set_range(w, l, a, range);
        set_range(w, l, b, next);
        if (reopen(w) != REHAB_FINE) fail_msg("two of range %zu do not open", n);
        set_range(w, l, b, range);
        if (reopen(w) != REHAB_BAD_BLOCK) fail_msg("range %zu is shared", n);
        world_free(w);
    }
}

/* A member that names a rule of its own, or (limits) a leaf. */
static const struct {
    enum rehab_table table;
    size_t at;
    enum rehab_stance stance;
} RULES[] = {
    {REHAB_GATES, offsetof(struct rehab_gate_row, rule), REHAB_FOR_GUARD},
    {REHAB_RED_FLAGS, offsetof(struct rehab_red_flag_row, rule), REHAB_FOR_FLAG},
    {REHAB_ADVICE, offsetof(struct rehab_advice_row, give), REHAB_FOR_ADVICE},
    {REHAB_ADVICE, offsetof(struct rehab_advice_row, withdraw), REHAB_FOR_PROGRESS},
    {REHAB_PRESCRIPTIONS, offsetof(struct rehab_prescription_row, gate), REHAB_FOR_PROGRESS},
    {REHAB_PRESCRIPTIONS, offsetof(struct rehab_prescription_row, progress), REHAB_FOR_PROGRESS},
    {REHAB_ZONES, offsetof(struct rehab_zone_row, rule), REHAB_FOR_ADVICE},
    {REHAB_LIMITS, offsetof(struct rehab_limit_row, criterion), REHAB_FOR_ADVICE},
};
enum { RULE_COUNT = sizeof RULES / sizeof RULES[0] };

/* The n-th of them names a new rule of that stance; where it stands. */
static void name_rule(struct world *w, size_t n, uint32_t i, enum rehab_stance stance)
{
    uint32_t made = RULES[n].table == REHAB_LIMITS ? add_leaf(w, stance) : add_rule(w, stance);
    memcpy((unsigned char *)row(w, RULES[n].table, i) + RULES[n].at, &made, sizeof made);
}

/* A row may take no rule that is judged otherwise. */
static void assert_its_stance(struct world *w, size_t n, uint32_t i)
{
    for (uint32_t stance = 0; stance < REHAB_STANCE_COUNT; stance++) {
        name_rule(w, n, i, (enum rehab_stance)stance);
        if ((reopen(w) == REHAB_FINE) != (stance == RULES[n].stance))
            fail_msg("row %u of member %zu with stance %u", i, n, stance);
    }
}

static void rows_have_rules_of_their_stance(void **state)
{
    (void)state;
    for (size_t n = 0; n < RULE_COUNT; n++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        assert_its_stance(w, n, add(w, RULES[n].table));
        world_free(w);
    }
}

/* The second of two rows takes the rule of the first, or one that is judged otherwise. */
static void rows_have_rules_of_their_own(void **state)
{
    (void)state;
    for (size_t n = 0; n < RULE_COUNT; n++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        uint32_t a = add(w, RULES[n].table), b = add(w, RULES[n].table);
        name_rule(w, n, a, RULES[n].stance);
        name_rule(w, n, b, RULES[n].stance);
        if (reopen(w) != REHAB_FINE) fail_msg("two of member %zu do not open", n);
        memcpy((unsigned char *)row(w, RULES[n].table, b) + RULES[n].at,
               (unsigned char *)row(w, RULES[n].table, a) + RULES[n].at, sizeof(uint32_t));
        if (reopen(w) != REHAB_BAD_BLOCK) fail_msg("member %zu is shared", n);
        assert_its_stance(w, n, b);
        world_free(w);
    }
}

/* A bound of a criterion, of a band of a score and of a step of a history; a set is any. */
static void bounds_have_a_range(void **state)
{
    (void)state;
    const int64_t most = 36500 * REHAB_DAY;
    const struct {
        enum rehab_table table;
        size_t at;
    } each[] = {{REHAB_CRITERIA, offsetof(struct rehab_criterion_row, bound_nano)},
                {REHAB_CRITERIA, offsetof(struct rehab_criterion_row, upper_nano)},
                {REHAB_SCORE_BANDS, offsetof(struct rehab_score_band_row, bound_nano)},
                {REHAB_SCORE_BANDS, offsetof(struct rehab_score_band_row, upper_nano)},
                {REHAB_STATE_STEPS, offsetof(struct rehab_state_step_row, bound_nano)},
                {REHAB_STATE_STEPS, offsetof(struct rehab_state_step_row, upper_nano)}};
    const struct {
        int64_t bound;
        enum rehab_fault_code code;
    } rows[] = {{most, REHAB_FINE},  {most + 1, REHAB_BAD_BLOCK},  {INT64_MAX, REHAB_BAD_BLOCK},
                {-most, REHAB_FINE}, {-most - 1, REHAB_BAD_BLOCK}, {INT64_MIN, REHAB_BAD_BLOCK}};
    for (size_t n = 0; n < sizeof each / sizeof each[0]; n++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        uint32_t i = each[n].table == REHAB_CRITERIA ? 0 : add(w, each[n].table);
        unsigned char *at = (unsigned char *)row(w, each[n].table, i) + each[n].at;
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            memcpy(at, &rows[k].bound, sizeof rows[k].bound);
            if (reopen(w) != rows[k].code) fail_msg("bound %zu of member %zu", k, n);
        }
        world_free(w);
    }
    struct rehab_criterion leaves[4];
    struct world *w = small(leaves);
    struct rehab_score_band_row *band = row(w, REHAB_SCORE_BANDS, add(w, REHAB_SCORE_BANDS));
    *band = (struct rehab_score_band_row){.op = REHAB_IN, .bound_nano = INT64_MIN};
    assert_int_equal(reopen(w), REHAB_FINE);
    world_free(w);
}

/* The first of its steps leads to a state that it has, and so does the last. */
static void steps_lead_to_a_state(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 2; n++) {
        struct rehab_criterion leaves[4];
        struct world *w = small(leaves);
        uint32_t states = add(w, REHAB_TEXTS), first = add(w, REHAB_STATE_STEPS);
        (void)add(w, REHAB_STATE_STEPS);
        uint32_t made = add(w, REHAB_AUTOMATA);
        struct rehab_automaton_row *a = row(w, REHAB_AUTOMATA, made);
        a->states = (struct rehab_range){states, 1};
        a->steps = (struct rehab_range){first, 2};
        assert_int_equal(reopen(w), REHAB_FINE);
        ((struct rehab_state_step_row *)row(w, REHAB_STATE_STEPS, first + n))->to = 1;
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
        world_free(w);
    }
}

/* Only of one occasion it is asked where its leaves begin; whatever another says is not trusted. */
static void nobody_asks_where_leaves_begin(void **state)
{
    (void)state;
    struct rehab_criterion of[] = {leaf(PAIN, REHAB_LE, 3), leaf(BEND, REHAB_LE, 5)};
    for (uint32_t lie = 0; lie <= UINT8_MAX; lie += 51) {
        struct rehab_criterion all = group(REHAB_ALL, of, 2);
        struct world *w = world();
        struct rehab_flip flip;
        add_gate(w, REHAB_ADVANCE, &all);
        compile(w);
        ((struct rehab_node_row *)row(w, REHAB_NODES, 2))->first_leaf = (uint8_t)lie;
        seal(w->block, w->size);
        assert_int_equal(rehab_open(w->block, w->size, &w->protocol), REHAB_FINE);
        observe(w, PAIN, 2, 1);
        w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
        struct rehab_series *s =
            rehab_index_evidence(&w->protocol, &w->evidence, hour(2), &w->arena);
        assert_true(rehab_find_flip(s, 0, &w->arena, &flip));
        assert_int_equal(flip.proposal_count, 1);
        assert_int_equal(flip.proposals[0].measure, rehab_find_measure(&w->protocol, T("bend")));
        world_free(w);
    }
}

/* One value has one assessor: a flag that only pairs have changes nothing, whichever way is taken.
 */
static void one_value_has_one_assessor(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(WEIGHT, REHAB_LE, 50);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    ((struct rehab_criterion_row *)row(w, REHAB_CRITERIA, 0))->flags |= REHAB_ONE_ASSESSOR;
    assert_int_equal(reopen(w), REHAB_FINE);
    observe(w, WEIGHT, 80, 1);
    assert_int_equal(decide(w, 2), REHAB_NOT_MET);
    const struct rehab_plan *plan = rehab_plan_gate(&w->protocol, 0, &w->arena);
    uint8_t verdict = REHAB_VERDICT_COUNT;
    assert_int_equal(rehab_judge_population(plan, &w->evidence, 1, hour(2), &w->arena, &verdict),
                     1);
    assert_int_equal(verdict, REHAB_NOT_MET);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_have_a_limit),
        cmocka_unit_test(tables_have_a_limit),
        cmocka_unit_test(trees_have_a_depth),
        cmocka_unit_test(rows_share_no_range),
        cmocka_unit_test(rows_have_rules_of_their_own),
        cmocka_unit_test(trees_have_a_width),
        cmocka_unit_test(gates_stand_in_their_phase),
        cmocka_unit_test(a_set_has_so_many_labels),
        cmocka_unit_test(nobody_asks_where_leaves_begin),
        cmocka_unit_test(rows_have_rules_of_their_stance),
        cmocka_unit_test(bounds_have_a_range),
        cmocka_unit_test(steps_lead_to_a_state),
        cmocka_unit_test(one_value_has_one_assessor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
