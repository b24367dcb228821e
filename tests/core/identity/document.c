/* SPDX-License-Identifier: Apache-2.0 */
/* A document, made up: trees of criteria of every kind with conditions of every kind. Some do not
 * compile; then the fault must be the same everywhere. A new kind: a line in the function of its
 * part. */
#include "identity.h"

#define T(literal)                                                                                 \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define COUNT(array)   (sizeof(array) / sizeof(array)[0])
#define PICK(c, array) (array)[chance_below(c, COUNT(array))]
#define ZERO(thing)    zero(&(thing), sizeof(thing))

enum { POOL = 512, TEXT_POOL = 8192, PHASES = 3, GATES = 4, FLAGS = 2 };

static const struct rehab_text LABELS[] = {T("none"), T("mild"), T("severe")};
static const struct rehab_text GRADES[] = {T("1"), T("2"), T("3")};
#define NUMBER(code_, unit_, low, high, step, sided_, direction_)                                  \
    {                                                                                              \
        .code = T(code_), .unit = T(unit_), .kind = REHAB_NUMBER, .sided = (sided_),               \
        .direction = (direction_), .low_nano = (low)*REHAB_SCALE, .high_nano = (high)*REHAB_SCALE, \
        .step_nano = (step), .freshness_class = T("all")                                           \
    }
static const struct rehab_measure MEASURES[] = {
    NUMBER("pain", "{score}", 0, 10, REHAB_SCALE, true, REHAB_LOWER_IS_BETTER),
    NUMBER("ache", "{score}", 0, 10, REHAB_SCALE / 2, false, REHAB_LOWER_IS_BETTER),
    NUMBER("force", "N", 0, 800, REHAB_SCALE, true, REHAB_HIGHER_IS_BETTER),
    NUMBER("bend", "deg", -10, 140, REHAB_SCALE / 10, true, REHAB_NEUTRAL),
    NUMBER("weight", "kg", 20, 250, REHAB_SCALE / 10, false, REHAB_NEUTRAL),
    {.code = T("swelling"),
     .kind = REHAB_ORDINAL,
     .sided = true,
     .labels = {LABELS, 3},
     .direction = REHAB_LOWER_IS_BETTER},
    {.code = T("sudden"), .kind = REHAB_BOOLEAN},
    {.code = T("screen"), .kind = REHAB_BOOLEAN, .direction = REHAB_HIGHER_IS_BETTER},
};
enum { NUMBERS = 5 }; /* so many of the first; the last of them has no sides */
static const struct rehab_freshness FRESHNESS[] = {{T("all"), {60 * REHAB_HOUR, false, true}}};
static const struct rehab_stratum STRATA[] = {{T("grade"), {GRADES, 3}, true}};
static const struct rehab_activity ACTIVITIES[] = {{.id = T("run")}, {.id = T("lift")}};
#define IS(op_, units)                                                                             \
    {                                                                                              \
        .is = (op_), .value = {.kind = REHAB_VALUE_NUMBER, .nano = (units)*REHAB_SCALE }           \
    }
#define POINTS(units)                                                                              \
    {                                                                                              \
        .kind = REHAB_VALUE_NUMBER, .nano = (units)*REHAB_SCALE                                    \
    }
static const struct rehab_score_band PAIN_BANDS[] = {{IS(REHAB_LE, 1), POINTS(2)},
                                                     {IS(REHAB_LE, 4), POINTS(1)}};
static const struct rehab_score_band FORCE_BANDS[] = {{IS(REHAB_GE, 400), POINTS(3)}};
static const struct rehab_score_item ITEMS[] = {
    {.measure = T("pain"), .bands = PAIN_BANDS, .band_count = 2},
    {.measure = T("force"), .bands = FORCE_BANDS, .band_count = 1}};
static const struct rehab_score SCORES[] = {{.id = T("total"), .items = ITEMS, .item_count = 2}};
static const struct rehab_norm_row NORM_ROWS[] = {
    {POINTS(100), POINTS(10)}, {POINTS(300), POINTS(50)}, {POINTS(500), POINTS(90)}};
static const struct rehab_norm NORMS[] = {
    {.id = T("strong"), .measure = T("force"), .rows = NORM_ROWS, .row_count = 3}};
static const struct rehab_text CALM[] = {T("calm")}, HELD[] = {T("held")};
static const struct rehab_state_step STEPS[] = {{{CALM, 1}, IS(REHAB_GE, 4), T("held")},
                                                {{HELD, 1}, IS(REHAB_LE, 1), T("calm")}};
static const struct rehab_automaton AUTOMATA[] = {
    {.id = T("irritation"), .of = T("pain"), .start = T("calm"), .steps = STEPS, .step_count = 2}};
static const struct rehab_text PHASE_IDS[] = {T("first"), T("second"), T("third"),
                                              T("one"),   T("two"),    T("three")};

static struct rehab_criterion pool[POOL];
static uint32_t used;
static struct rehab_value values[POOL][2];
static struct rehab_value_by bys[POOL][3];
static char texts[TEXT_POOL];
static uint32_t text_used;
static bool ahead; /* the tree leads forward: a retest may be asked for */
static bool bold;  /* takes kinds and conditions that rarely go together, or not at all */
static struct rehab_gate gates[2 * PHASES][GATES];
static struct rehab_red_flag flags[FLAGS];
static struct rehab_advice advice[2 * PHASES];
static struct rehab_prescription prescriptions[2 * PHASES][2];
static struct rehab_limit caps[2 * PHASES][2];
static struct rehab_band bands[2 * PHASES];
static struct rehab_zone zones[2 * PHASES][3];
static struct rehab_text deficits[2 * PHASES];
static struct rehab_phase phases[2 * PHASES];
static struct rehab_track tracks[2];

static void zero(void *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)at)[i] = 0;
}

/* c0, c1, ... */
static struct rehab_text fresh_id(char letter)
{
    uint32_t n = text_used;
    char *at = &texts[text_used];
    at[0] = letter;
    for (int i = 4; i > 0; i--, n /= 10)
        at[i] = (char)('0' + n % 10);
    text_used += 5;
    return (struct rehab_text){at, 5};
}

static struct rehab_duration days(uint32_t n)
{
    return (struct rehab_duration){n * REHAB_DAY, true, true};
}

static struct rehab_duration hours(uint32_t n)
{
    return (struct rehab_duration){n * REHAB_HOUR, false, true};
}

static struct rehab_duration make_duration(struct chance *c)
{
    uint32_t n = chance_below(c, 12) + 1;
    return chance_one_in(c, 2) ? days(n) : hours(6 * n);
}

static struct rehab_value number(int64_t nano)
{
    return (struct rehab_value){.kind = REHAB_VALUE_NUMBER, .nano = nano};
}

/* ---- leaves ---- */

static struct rehab_value value_of(struct chance *c, const struct rehab_measure *m)
{
    uint32_t n = chance_below(c, 12);
    if (m->kind == REHAB_BOOLEAN)
        return (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = (n & 1) * REHAB_SCALE};
    if (m->kind == REHAB_ORDINAL)
        return (struct rehab_value){.kind = REHAB_VALUE_LABEL, .label = LABELS[n % 3]};
    return number(m->low_nano + (m->high_nano - m->low_nano) / 10 * (n < 10 ? n : 4));
}

/* Newest, worst or best; any measure. */
static void of_value(struct chance *c, struct rehab_criterion *leaf)
{
    const struct rehab_measure *m = &PICK(c, MEASURES);
    uint32_t n = used;
    leaf->measure = m->code;
    leaf->value = value_of(c, m);
    if (m->kind == REHAB_BOOLEAN) leaf->is = REHAB_EQ;
    uint32_t kind = chance_below(c, 10);
    if (m->kind == REHAB_NUMBER && kind == 0) {
        leaf->is = REHAB_BETWEEN;
        leaf->upper = number(leaf->value.nano + 4 * m->step_nano);
        leaf->warn_above = chance_one_in(c, 2);
    }
    if (m->kind == REHAB_ORDINAL && kind < 3) {
        values[n][0] = value_of(c, m);
        values[n][1] = values[n][0];
        values[n][1].label = LABELS[0];
        leaf->is = REHAB_IN;
        leaf->values = values[n];
        leaf->value_count = rehab_text_equal(values[n][0].label, LABELS[0]) ? 1 : 2;
        leaf->value = (struct rehab_value){.kind = REHAB_VALUE_NONE};
    }
    if (m->kind == REHAB_NUMBER && kind == 1) {
        for (uint32_t i = 0; i < 3; i++)
            bys[n][i] = (struct rehab_value_by){STRATA[0].id, GRADES[i],
                                                number(leaf->value.nano + i * m->step_nano)};
        leaf->value_by = bys[n];
        leaf->value_by_count = 3;
    }
    if (m->kind == REHAB_NUMBER && kind == 2) leaf->per = MEASURES[NUMBERS - 1].code;
    if (ahead && leaf->expression == REHAB_LATEST && kind == 3) {
        leaf->retest.given = true;
        leaf->retest.after = make_duration(c);
        leaf->retest.until = leaf->retest.after;
        leaf->retest.until.us *= 2;
    }
}

/* Both sides of a number. */
static void of_pair(struct chance *c, struct rehab_criterion *leaf)
{
    leaf->measure = MEASURES[chance_one_in(c, 2) ? 0 : 2].code;
    leaf->value = number((int64_t)chance_below(c, 12) * 10 * REHAB_SCALE);
    if (leaf->expression == REHAB_DIFFERENCE) leaf->value.nano /= 10;
    if (chance_one_in(c, 3)) leaf->within_pair = make_duration(c);
    if (chance_one_in(c, 4)) leaf->qualified |= REHAB_SAME_ASSESSOR;
}

/* A number against an earlier one. */
static void of_change(struct chance *c, struct rehab_criterion *leaf)
{
    static const enum rehab_anchor anchors[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_AGO,
                                                REHAB_PHASE, REHAB_PRE_SURGERY};
    leaf->measure = MEASURES[chance_below(c, 3)].code;
    leaf->from = PICK(c, anchors);
    leaf->value = number(((int64_t)chance_below(c, 9) - 4) * REHAB_SCALE);
    if (leaf->expression == REHAB_PERCENT_OF)
        leaf->value = number(chance_below(c, 15) * 10 * REHAB_SCALE);
    if (leaf->from == REHAB_AGO) leaf->ago = make_duration(c);
}

static void of_rise(struct chance *c, struct rehab_criterion *leaf)
{
    leaf->measure = MEASURES[chance_below(c, 2)].code;
    leaf->over = MEASURES[chance_below(c, 2)].code;
    leaf->value = number((int64_t)chance_below(c, 4) * REHAB_SCALE);
}

static void of_elapsed(struct chance *c, struct rehab_criterion *leaf)
{
    static const enum rehab_anchor anchors[] = {REHAB_PHASE, REHAB_EPISODE, REHAB_ONSET,
                                                REHAB_SURGERY};
    leaf->from = PICK(c, anchors);
    leaf->value.kind = REHAB_VALUE_DURATION;
    leaf->value.duration = make_duration(c);
    leaf->is = chance_one_in(c, 2) ? REHAB_GE : REHAB_LT;
    leaf->floor = leaf->is == REHAB_GE && chance_one_in(c, 4);
    leaf->roles = leaf->floor ? REHAB_PHYSICIAN : 0;
}

static void of_name(struct chance *c, struct rehab_criterion *leaf)
{
    leaf->is = REHAB_EQ;
    if (leaf->expression == REHAB_CLEARED) {
        leaf->name = (struct rehab_text)T("surgeon");
        leaf->roles = 1u + chance_below(c, 3);
        leaf->value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    }
    if (leaf->expression == REHAB_STRATUM) {
        leaf->name = STRATA[0].id;
        leaf->value = (struct rehab_value){.kind = REHAB_VALUE_LABEL, .label = PICK(c, GRADES)};
        leaf->is = chance_one_in(c, 2) ? REHAB_EQ : REHAB_GE;
    }
    if (leaf->expression == REHAB_REACHED) {
        leaf->name = PHASE_IDS[chance_below(c, PHASES)];
        leaf->track = (struct rehab_text)T("main");
        leaf->value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
    }
    if (leaf->expression == REHAB_AGE) {
        leaf->is = chance_one_in(c, 2) ? REHAB_GE : REHAB_LT;
        leaf->value = number((20 + (int64_t)chance_below(c, 8)) * REHAB_SCALE);
    }
}

static void of_sessions(struct chance *c, struct rehab_criterion *leaf)
{
    leaf->activity = PICK(c, ACTIVITIES).id;
    if (chance_one_in(c, 4)) leaf->activity = (struct rehab_text)T("any");
    leaf->value = number((int64_t)chance_below(c, 4) * REHAB_SCALE);
    if (leaf->expression == REHAB_ADHERENCE) leaf->value.nano *= 25;
    if (leaf->expression == REHAB_SPACING || leaf->expression == REHAB_SETTLE) {
        leaf->value =
            (struct rehab_value){.kind = REHAB_VALUE_DURATION, .duration = make_duration(c)};
        leaf->is = leaf->expression == REHAB_SPACING ? REHAB_GE : REHAB_LE;
    }
    if (leaf->expression == REHAB_SETTLE || leaf->expression == REHAB_NEXT_MORNING)
        leaf->measure = MEASURES[0].code;
    if (leaf->expression == REHAB_NEXT_MORNING && chance_one_in(c, 2))
        leaf->over = MEASURES[0].code;
    if (leaf->expression == REHAB_SPACING) leaf->failed = chance_one_in(c, 2);
    if (leaf->expression == REHAB_SESSIONS && chance_one_in(c, 2))
        leaf->with = (struct rehab_with){true, MEASURES[0].code, REHAB_LE, number(2 * REHAB_SCALE)};
}

/* Over something the document makes of its measures. */
static void of_derived(struct chance *c, struct rehab_criterion *leaf)
{
    if (leaf->expression == REHAB_SCORE) leaf->name = SCORES[0].id;
    if (leaf->expression == REHAB_PERCENTILE) leaf->name = NORMS[0].id;
    leaf->value = number((int64_t)chance_below(c, 6) * REHAB_SCALE);
    if (leaf->expression == REHAB_PERCENTILE) leaf->value.nano *= 20;
    if (leaf->expression == REHAB_STATE) {
        leaf->name = AUTOMATA[0].id;
        leaf->is = REHAB_EQ;
        leaf->value = (struct rehab_value){.kind = REHAB_VALUE_LABEL,
                                           .label = chance_one_in(c, 2) ? CALM[0] : HELD[0]};
    }
}

static void of_record(struct chance *c, struct rehab_criterion *leaf)
{
    leaf->measure = MEASURES[chance_below(c, 3)].code;
    leaf->is = REHAB_EQ;
    leaf->value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
}

static const struct {
    enum rehab_expression expression;
    void (*fill)(struct chance *c, struct rehab_criterion *leaf);
} KINDS[] = {
    {REHAB_LATEST, of_value},       {REHAB_LATEST, of_value},
    {REHAB_LATEST, of_value},       {REHAB_SCORE, of_derived},
    {REHAB_PERCENTILE, of_derived}, {REHAB_RECORDED, of_record},
    {REHAB_STATE, of_derived},      {REHAB_WORST, of_value},
    {REHAB_BEST, of_value},         {REHAB_SYMMETRY, of_pair},
    {REHAB_DIFFERENCE, of_pair},    {REHAB_ASYMMETRY, of_pair},
    {REHAB_CHANGE, of_change},      {REHAB_PERCENT_OF, of_change},
    {REHAB_IMPROVEMENT, of_change}, {REHAB_RISE, of_rise},
    {REHAB_ELAPSED, of_elapsed},    {REHAB_CLEARED, of_name},
    {REHAB_STRATUM, of_name},       {REHAB_REACHED, of_name},
    {REHAB_AGE, of_name},           {REHAB_SESSIONS, of_sessions},
    {REHAB_ADHERENCE, of_sessions}, {REHAB_SPACING, of_sessions},
    {REHAB_SETTLE, of_sessions},    {REHAB_NEXT_MORNING, of_sessions},
};

/* Conditions that any expression over a measure has. */
static void add_conditions(struct chance *c, struct rehab_criterion *leaf)
{
    if (leaf->measure.size == 0) return;
    if (chance_one_in(c, 3)) leaf->within = make_duration(c);
    if (chance_one_in(c, 4)) leaf->qualified |= 1u << chance_below(c, 4);
    if (leaf->expression == REHAB_LATEST && chance_one_in(c, 5)) leaf->for_days = 2;
    if (leaf->expression == REHAB_LATEST && leaf->for_days == 0 && chance_one_in(c, 5)) {
        leaf->for_observations = 2 + chance_below(c, 2);
        if (chance_one_in(c, 2)) leaf->apart = make_duration(c);
    }
    if (leaf->expression <= REHAB_BEST && leaf->per.size == 0 &&
        leaf->value.kind == REHAB_VALUE_NUMBER && chance_one_in(c, 6)) {
        leaf->trials = 2;
        leaf->take = 1 + chance_below(c, REHAB_TAKE_COUNT - 1);
    }
    if (leaf->expression <= REHAB_RISE && chance_one_in(c, 6))
        leaf->activity = PICK(c, ACTIVITIES).id;
    if (chance_one_in(c, 8)) leaf->since = 1 + chance_below(c, 2);
}

static void make_leaf(struct chance *c, struct rehab_criterion *leaf)
{
    static const enum rehab_op orders[] = {REHAB_LT, REHAB_LE, REHAB_EQ,
                                           REHAB_NE, REHAB_GE, REHAB_GT};
    uint32_t kind = chance_below(c, COUNT(KINDS));
    ZERO(*leaf);
    leaf->id = fresh_id('c');
    leaf->expression = KINDS[kind].expression;
    leaf->is = PICK(c, orders);
    KINDS[kind].fill(c, leaf);
    add_conditions(c, leaf);
}

/* ---- trees ---- */

static struct rehab_criterion *take(uint32_t count)
{
    struct rehab_criterion *at = &pool[used];
    used += count;
    return at;
}

/* Two floors of combinators at most. */
static const struct rehab_criterion *make_tree(struct chance *c)
{
    static const enum rehab_node_kind kinds[] = {REHAB_ALL, REHAB_ALL, REHAB_ANY, REHAB_AT_LEAST,
                                                 REHAB_NOT};
    struct rehab_criterion *root = take(1);
    uint32_t count = 1 + chance_below(c, 4);
    struct rehab_criterion *of = take(count);
    for (uint32_t i = 0; i < count; i++)
        make_leaf(c, &of[i]);
    if (chance_one_in(c, 4)) {
        struct rehab_criterion *inner = take(2);
        make_leaf(c, &inner[0]);
        make_leaf(c, &inner[1]);
        ZERO(of[0]);
        of[0].kind = chance_one_in(c, 2) ? REHAB_ANY : REHAB_ALL;
        of[0].of = inner;
        of[0].of_count = 2;
    }
    ZERO(*root);
    root->kind = PICK(c, kinds);
    root->of = of;
    root->of_count = root->kind == REHAB_NOT ? 1 : count;
    root->least = root->kind == REHAB_AT_LEAST ? 1 + chance_below(c, count) : 0;
    if (root->kind == REHAB_NOT && of[0].kind == REHAB_LEAF && chance_one_in(c, 2)) return of;
    return root;
}

/* ---- the document ---- */

static void make_gates(struct chance *c, struct rehab_phase *phase, uint32_t number)
{
    static const enum rehab_move moves[] = {REHAB_ADVANCE, REHAB_REGRESS, REHAB_HOLD, REHAB_REVIEW,
                                            REHAB_RESTART};
    uint32_t place = number % PHASES;
    phase->gates = gates[number];
    phase->gate_count = 1 + chance_below(c, GATES);
    for (uint32_t i = 0; i < phase->gate_count; i++) {
        struct rehab_gate *g = &gates[number][i];
        ZERO(*g);
        g->id = fresh_id('g');
        g->move = i == 0 ? (place + 1 < PHASES ? REHAB_ADVANCE : REHAB_COMPLETE) : PICK(c, moves);
        if (g->move == REHAB_REGRESS && place == 0) g->move = REHAB_HOLD;
        if (g->move == REHAB_ADVANCE && place + 1 == PHASES) g->move = REHAB_COMPLETE;
        if (g->move == REHAB_ADVANCE) g->to = PHASE_IDS[number + 1];
        if (g->move == REHAB_REGRESS) g->to = PHASE_IDS[number - 1];
        ahead = i == 0;
        g->when = make_tree(c);
        ahead = false;
        if (i == 0 && chance_one_in(c, 3)) {
            g->deadline.given = true;
            g->deadline.from = REHAB_PHASE;
            g->deadline.by = days(7 + chance_below(c, 14));
        }
    }
}

static void make_prescriptions(struct chance *c, struct rehab_phase *phase, uint32_t number)
{
    phase->prescriptions = prescriptions[number];
    phase->prescription_count = chance_below(c, 3);
    for (uint32_t i = 0; i < phase->prescription_count; i++) {
        struct rehab_prescription *x = &prescriptions[number][i];
        ZERO(*x);
        x->id = fresh_id('x');
        x->exercise = (struct rehab_text)T("run");
        x->every_days = chance_below(c, 4);
        if (x->every_days == 0) x->per_week = chance_below(c, 4);
        if (chance_one_in(c, 2)) x->gate = make_tree(c);
        if (chance_one_in(c, 2)) x->progress = make_tree(c);
        if (bold && chance_one_in(c, 3)) {
            struct rehab_limit *cap = &caps[number][i];
            ZERO(*cap);
            cap->given = true;
            cap->during = MEASURES[0].code;
            cap->is = REHAB_LE;
            cap->value = (struct rehab_value){.kind = REHAB_VALUE_NUMBER, .nano = 3 * REHAB_SCALE};
            cap->otherwise = (struct rehab_text)T("adjust");
            x->caps = cap;
            x->cap_count = 1;
        }
    }
}

/* Three zones that need not tile the range. */
static void make_band(struct chance *c, struct rehab_phase *phase, uint32_t place)
{
    static const enum rehab_move moves[] = {REHAB_STAY, REHAB_HOLD, REHAB_REVIEW};
    struct rehab_band *band = &bands[place];
    ZERO(*band);
    band->reading.id = fresh_id('b');
    band->reading.measure = MEASURES[0].code;
    if (chance_one_in(c, 2)) band->reading.within = make_duration(c);
    for (uint32_t i = 0; i < 3; i++) {
        struct rehab_zone *zone = &zones[place][i];
        ZERO(*zone);
        zone->id = fresh_id('z');
        zone->comparison.is = REHAB_BETWEEN;
        zone->comparison.value = number((int64_t)i * 3 * REHAB_SCALE);
        zone->comparison.upper = number(((int64_t)i * 3 + 2) * REHAB_SCALE);
        zone->move = i == 0 ? REHAB_STAY : PICK(c, moves);
    }
    band->zones = zones[place];
    band->zone_count = 3;
    phase->bands = band;
    phase->band_count = 1;
}

/* One of the gate's leaves that stand directly under its root. */
static void make_deficits(struct rehab_phase *phase, uint32_t place)
{
    const struct rehab_criterion *when = phase->gates[0].when;
    if (phase->prescription_count == 0 || when->kind == REHAB_LEAF) return;
    if (when->of[when->of_count - 1].kind != REHAB_LEAF) return;
    deficits[place] = when->of[when->of_count - 1].id;
    prescriptions[place][0].deficits = (struct rehab_texts){&deficits[place], 1};
}

static void make_phase(struct chance *c, uint32_t number)
{
    struct rehab_phase *phase = &phases[number];
    ZERO(*phase);
    phase->id = PHASE_IDS[number];
    make_gates(c, phase, number);
    make_prescriptions(c, phase, number);
    if (chance_one_in(c, 2)) make_deficits(phase, number);
    if (chance_one_in(c, 2)) make_band(c, phase, number);
    if (chance_one_in(c, 2)) {
        ZERO(advice[number]);
        advice[number].id = fresh_id('a');
        advice[number].give = make_tree(c);
        if (chance_one_in(c, 2)) advice[number].withdraw = make_tree(c);
        phase->advice = &advice[number];
        phase->advice_count = 1;
    }
    if (chance_one_in(c, 2)) {
        phase->expect.given = true;
        phase->expect.from = REHAB_PHASE;
        phase->expect.low = days(3);
        phase->expect.high = days(3 + chance_below(c, 20));
    }
}

static uint32_t make_flags(struct chance *c)
{
    uint32_t count = chance_below(c, FLAGS + 1);
    for (uint32_t i = 0; i < count; i++) {
        struct rehab_criterion *leaf = take(1);
        ZERO(flags[i]);
        flags[i].id = fresh_id('f');
        flags[i].level = chance_below(c, 3);
        flags[i].cleared_by = 1u + chance_below(c, 3);
        ZERO(*leaf);
        leaf->id = fresh_id('c');
        leaf->is = REHAB_EQ;
        of_value(c, leaf);
        leaf->retest.given = false;
        flags[i].when = leaf;
    }
    return count;
}

const struct rehab_document *make_document(struct chance *c)
{
    static struct rehab_document d;
    used = 0;
    text_used = 0;
    bold = chance_one_in(c, 4);
    uint32_t track_count = 1 + chance_below(c, 2);
    for (uint32_t i = 0; i < track_count * PHASES; i++)
        make_phase(c, i);
    tracks[0] = (struct rehab_track){.id = T("main"), .phases = phases, .phase_count = PHASES};
    tracks[1] =
        (struct rehab_track){.id = T("side"), .phases = phases + PHASES, .phase_count = PHASES};
    d = (struct rehab_document){.id = T("made"),
                                .version = 1,
                                .sided = true,
                                .strata = STRATA,
                                .stratum_count = COUNT(STRATA),
                                .activities = ACTIVITIES,
                                .activity_count = COUNT(ACTIVITIES),
                                .freshness = FRESHNESS,
                                .freshness_count = COUNT(FRESHNESS),
                                .measures = MEASURES,
                                .measure_count = COUNT(MEASURES),
                                .scores = SCORES,
                                .score_count = COUNT(SCORES),
                                .norms = NORMS,
                                .norm_count = COUNT(NORMS),
                                .automata = AUTOMATA,
                                .automaton_count = COUNT(AUTOMATA),
                                .red_flags = flags,
                                .tracks = tracks,
                                .track_count = track_count};
    d.day_zero = chance_one_in(c, 2) ? REHAB_ONSET : REHAB_SURGERY;
    d.red_flag_count = make_flags(c);
    return &d;
}
