/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <stdlib.h>

static const struct rehab_text SWELLING_LABELS[] = {{"none", 4}, {"mild", 4}, {"severe", 6}};
static const struct rehab_text GRADES[] = {{"1", 1}, {"2", 1}, {"3", 1}};
static const struct rehab_wording PAIN_NAMES[] = {{{"es", 2}, {"dolor", 5}},
                                                  {{"en", 2}, {"pain", 4}}};

static const struct rehab_wording RUN_TITLES[] = {{{"en", 2}, {"running", 7}}};

#define NUMBER(code_, unit_, low, high, sided_, direction_)                                        \
    {                                                                                              \
        .code = {code_, sizeof(code_) - 1}, .unit = {unit_, sizeof(unit_) - 1},                    \
        .kind = REHAB_NUMBER, .sided = (sided_), .direction = (direction_),                        \
        .low_nano = (low)*REHAB_SCALE, .high_nano = (high)*REHAB_SCALE                             \
    }

const struct sample_operator sample_operators[SAMPLE_OPERATORS] = {
    {REHAB_LT, REHAB_MET, REHAB_NOT_MET, REHAB_NOT_MET},
    {REHAB_LE, REHAB_MET, REHAB_MET, REHAB_NOT_MET},
    {REHAB_EQ, REHAB_NOT_MET, REHAB_MET, REHAB_NOT_MET},
    {REHAB_NE, REHAB_MET, REHAB_NOT_MET, REHAB_MET},
    {REHAB_GE, REHAB_NOT_MET, REHAB_MET, REHAB_MET},
    {REHAB_GT, REHAB_NOT_MET, REHAB_NOT_MET, REHAB_MET},
};

const struct rehab_measure sample_measures[SAMPLE_MEASURES] = {
    [PAIN] = {.code = {"pain", 4},
              .unit = {"{score}", 7},
              .name = {PAIN_NAMES, 2},
              .kind = REHAB_NUMBER,
              .sided = true,
              .direction = REHAB_LOWER_IS_BETTER,
              .low_nano = 0,
              .high_nano = 10 * REHAB_SCALE,
              .step_nano = REHAB_SCALE,
              .freshness_class = {"symptom", 7}},
    [FORCE] = NUMBER("force", "N", 0, 800, true, REHAB_HIGHER_IS_BETTER),
    [SPRINT] = NUMBER("sprint", "s", -1, 20, true, REHAB_LOWER_IS_BETTER),
    [BEND] = NUMBER("bend", "deg", -10, 90, true, REHAB_NEUTRAL),
    [SWELLING] = {.code = {"swelling", 8},
                  .kind = REHAB_ORDINAL,
                  .sided = true,
                  .labels = {SWELLING_LABELS, 3},
                  .direction = REHAB_LOWER_IS_BETTER},
    [SUDDEN] = {.code = {"sudden", 6}, .kind = REHAB_BOOLEAN},
    [MORNING] = NUMBER("morning", "{score}", 0, 10, true, REHAB_LOWER_IS_BETTER),
    [WEIGHT] = NUMBER("weight", "kg", 20, 250, false, REHAB_NEUTRAL),
};

struct rehab_duration duration(const char *text)
{
    struct rehab_duration d = {0, false, false};
    assert_true(rehab_read_duration(T(text), &d));
    return d;
}

struct rehab_value number(double units)
{
    return (struct rehab_value){.kind = REHAB_VALUE_NUMBER, .nano = N(units)};
}

struct rehab_value label(const char *text)
{
    return (struct rehab_value){.kind = REHAB_VALUE_LABEL, .label = T(text)};
}

/* Ids differ: a counter in the text. */
static struct rehab_text fresh_id(void)
{
    static char text[4096][8];
    static unsigned int n;
    char *id = text[n % 4096];
    unsigned int rest = ++n, i = 0;
    id[i++] = 'c';
    for (; rest > 0; rest /= 10)
        id[i++] = (char)('0' + rest % 10);
    return (struct rehab_text){id, i};
}

struct rehab_criterion leaf(int measure, enum rehab_op is, double units)
{
    struct rehab_criterion c = {
        .kind = REHAB_LEAF, .id = fresh_id(), .measure = sample_measures[measure].code, .is = is};
    c.value = number(units);
    if (sample_measures[measure].kind == REHAB_BOOLEAN) c.value.kind = REHAB_VALUE_BOOLEAN;
    if (sample_measures[measure].kind == REHAB_ORDINAL)
        c.value =
            (struct rehab_value){.kind = REHAB_VALUE_LABEL, .label = SWELLING_LABELS[(int)units]};
    return c;
}

struct rehab_criterion elapsed(enum rehab_anchor from, enum rehab_op is, const char *text)
{
    struct rehab_criterion c = {
        .kind = REHAB_LEAF, .id = fresh_id(), .expression = REHAB_ELAPSED, .from = from, .is = is};
    c.value = (struct rehab_value){.kind = REHAB_VALUE_DURATION, .duration = duration(text)};
    return c;
}

struct rehab_criterion group(enum rehab_node_kind kind, const struct rehab_criterion *of,
                             uint32_t count)
{
    return (struct rehab_criterion){.kind = kind, .of = of, .of_count = count};
}

struct rehab_instant hour(double h)
{
    int64_t at = 20000 * REHAB_DAY + (int64_t)(h * 3600) * 1000000;
    return (struct rehab_instant){at, at};
}

struct world *world(void)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    static const char *const names[] = {"first", "second", "third"};
    for (int i = 0; i < 3; i++)
        w->phases[i].id = T(names[i]);
    w->phases[1].gates = w->gates;
    w->phases[1].advice = w->advice;
    w->phases[1].prescriptions = w->prescriptions;
    w->track = (struct rehab_track){.id = T("main"), .phases = w->phases, .phase_count = 3};
    w->strata[0] = (struct rehab_stratum){.id = T("grade"), .values = {GRADES, 3}, .ordered = true};
    w->document = (struct rehab_document){.id = T("sample"),
                                          .version = 1,
                                          .sided = true,
                                          .day_zero = REHAB_ONSET,
                                          .measures = sample_measures,
                                          .measure_count = SAMPLE_MEASURES,
                                          .tracks = &w->track,
                                          .track_count = 1,
                                          .strata = w->strata,
                                          .stratum_count = 1,
                                          .red_flags = w->flags,
                                          .activities = w->activities,
                                          .activity_count = 2,
                                          .freshness = w->freshness};
    w->activities[RUN] = (struct rehab_activity){.id = T("run"), .title = {RUN_TITLES, 1}};
    w->activities[LIFT] = (struct rehab_activity){.id = T("lift")};
    w->state = (struct rehab_track_state){1, hour(0), hour(0)};
    w->stratum = REHAB_STRATUM_UNKNOWN;
    w->evidence = (struct rehab_evidence){.observations = w->observations,
                                          .sessions = w->sessions,
                                          .clearances = w->clearances,
                                          .flag_clearances = w->flag_clearances,
                                          .tracks = &w->state,
                                          .track_count = 1,
                                          .strata = &w->stratum,
                                          .stratum_count = 1,
                                          .started = hour(0)};
    return w;
}

void world_free(struct world *w)
{
    free(w);
}

void add_gate(struct world *w, enum rehab_move move, const struct rehab_criterion *when)
{
    static const char *const ids[] = {"g0", "g1", "g2", "g3", "g4", "g5", "g6", "g7"};
    uint32_t n = w->phases[1].gate_count++;
    struct rehab_gate *g = &w->gates[n];
    *g = (struct rehab_gate){.id = T(ids[n]), .move = move, .when = when};
    if (move == REHAB_ADVANCE) g->to = T("third");
    if (move == REHAB_REGRESS) g->to = T("first");
}

enum rehab_fault_code try_compile(struct world *w)
{
    struct rehab_arena scratch = {.at = w->memory, .end = w->memory + WORLD_MEMORY};
    enum rehab_fault_code code =
        rehab_compile(&w->document, &scratch, w->block, sizeof w->block, &w->size, &w->fault);
    if (code == REHAB_FINE)
        assert_int_equal(rehab_open(w->block, w->size, &w->protocol), REHAB_FINE);
    return code;
}

void compile(struct world *w)
{
    enum rehab_fault_code code = try_compile(w);
    if (code != REHAB_FINE)
        print_error("%s at %.*s: %.*s\n", rehab_fault_sentence(code, T("en")).at,
                    (int)w->fault.pointer.size, w->fault.pointer.at, (int)w->fault.subject.size,
                    w->fault.subject.at);
    assert_int_equal(code, REHAB_FINE);
}

struct rehab_observation *observe(struct world *w, int measure, double units, double h)
{
    uint32_t n = w->evidence.observation_count++,
             row = rehab_find_measure(&w->protocol, sample_measures[measure].code);
    struct rehab_observation *o = &w->observations[n];
    assert_true(n < WORLD_OBSERVATIONS);
    *o = (struct rehab_observation){
        .value_nano = N(units), .at = hour(h), .assessment = n, .assessor = 1};
    o->measure = row == REHAB_NONE ? REHAB_NONE16 : (uint16_t)row;
    o->side = sample_measures[measure].sided ? REHAB_INVOLVED : REHAB_SIDE_NONE;
    return o;
}

struct rehab_session *train(struct world *w, int activity, double from, double to)
{
    uint32_t n = w->evidence.session_count++;
    assert_true(n < sizeof w->sessions / sizeof w->sessions[0]);
    w->sessions[n] = (struct rehab_session){.from = hour(from),
                                            .to = hour(to),
                                            .assessment = 1000 + n,
                                            .activity = (uint16_t)activity,
                                            .completed = 1,
                                            .prescribed = 1};
    return &w->sessions[n];
}

struct rehab_observation *observe_in(struct world *w, const struct rehab_session *session,
                                     int measure, double units, double h)
{
    struct rehab_observation *o = observe(w, measure, units, h);
    o->assessment = session->assessment;
    return o;
}

enum rehab_outcome try_decide(struct world *w, double h)
{
    w->arena = (struct rehab_arena){.at = w->memory, .end = w->memory + WORLD_MEMORY};
    return rehab_decide(&w->protocol, &w->evidence, hour(h), &w->arena, &w->decision);
}

enum rehab_verdict decide(struct world *w, double h)
{
    assert_int_equal(try_decide(w, h), REHAB_DECIDED);
    assert_true(w->decision.gate_count > 0);
    return w->decision.gates[0].verdict;
}

const struct rehab_finding *finding(const struct world *w, uint32_t i)
{
    return &w->decision.findings[w->decision.gates[0].findings.first + i];
}

void seal(unsigned char *block, size_t size)
{
    const size_t from = offsetof(struct rehab_head, size);
    uint64_t sum = UINT64_C(0xcbf29ce484222325), word;
    for (size_t i = from; i < size; i += 8) {
        memcpy(&word, block + i, 8);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    memcpy(block + offsetof(struct rehab_head, check), &sum, 8);
}
