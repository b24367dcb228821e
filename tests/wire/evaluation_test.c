/* SPDX-License-Identifier: Apache-2.0 */
/* A decision as it is told: names, sides, values, bounds, times and sources, from a small protocol
 * made here. */
#include "help.h"

#include "base/uuid.h"
#include "rehab/rehab.h"

#include <jansson.h>
#include <stdlib.h>

#define NANO  REHAB_SCALE
#define HOUR  REHAB_HOUR
#define START INT64_C(1772701800000000) /* 2026-03-05T09:10:00Z */
#define T(literal)                                                                                 \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* ---- the protocol ---- */

#define WORDS(name, literal) static const struct rehab_wording name##_at[] = {{T("en"), T(literal)}}

WORDS(pain_name, "Pain");
WORDS(strength_name, "Strength");
WORDS(gait_name, "Gait");
WORDS(alarm_name, "Alarm");
WORDS(title, "Small protocol");
WORDS(first_title, "First phase");
WORDS(second_title, "Second phase");
WORDS(message, "Examine again.");
WORDS(ice_title, "Ice");
WORDS(advice_text, "Use crutches.");

static const struct rehab_text gaits[] = {T("normal"), T("antalgic"), T("unable")};
static const struct rehab_measure measures[] = {
    {.code = T("pain"),
     .name = {pain_name_at, 1},
     .unit = T("{score}"),
     .direction = REHAB_LOWER_IS_BETTER,
     .sided = true,
     .high_nano = 10 * NANO,
     .window = {.us = 36 * HOUR, .given = true}},
    {.code = T("strength"),
     .name = {strength_name_at, 1},
     .unit = T("N"),
     .direction = REHAB_HIGHER_IS_BETTER,
     .sided = true,
     .high_nano = 800 * NANO},
    {.code = T("gait"),
     .name = {gait_name_at, 1},
     .kind = REHAB_ORDINAL,
     .direction = REHAB_LOWER_IS_BETTER,
     .labels = {gaits, 3}},
    {.code = T("alarm"),
     .name = {alarm_name_at, 1},
     .kind = REHAB_BOOLEAN,
     .direction = REHAB_LOWER_IS_BETTER},
};

#define NUMBER(n)                                                                                  \
    {                                                                                              \
        .kind = REHAB_VALUE_NUMBER, .nano = (n)*NANO                                               \
    }
#define CITED                                                                                      \
    {                                                                                              \
        .source = T("book"), .certainty = REHAB_VERIFIED                                           \
    }

static const struct rehab_value easy[] = {{.kind = REHAB_VALUE_LABEL, .label = T("normal")},
                                          {.kind = REHAB_VALUE_LABEL, .label = T("antalgic")}};
static const struct rehab_criterion leaves[] = {
    {.id = T("no-pain"),
     .expression = REHAB_LATEST,
     .measure = T("pain"),
     .is = REHAB_LE,
     .value = NUMBER(2),
     .citation = CITED},
    {.id = T("even"),
     .expression = REHAB_SYMMETRY,
     .measure = T("strength"),
     .is = REHAB_GE,
     .value = NUMBER(90),
     .citation = CITED},
    {.id = T("walks"),
     .expression = REHAB_LATEST,
     .measure = T("gait"),
     .is = REHAB_IN,
     .values = easy,
     .value_count = 2,
     .citation = CITED},
    {.id = T("waited"),
     .expression = REHAB_ELAPSED,
     .from = REHAB_PHASE,
     .is = REHAB_GE,
     .value = {.kind = REHAB_VALUE_DURATION, .duration = {72 * HOUR, false, true}},
     .citation = CITED},
};
static const struct rehab_criterion ahead = {.kind = REHAB_ALL, .of = leaves, .of_count = 4};
static const struct rehab_criterion back = {.id = T("hurts"),
                                            .expression = REHAB_WORST,
                                            .measure = T("pain"),
                                            .is = REHAB_BETWEEN,
                                            .value = NUMBER(8),
                                            .upper = NUMBER(10),
                                            .citation = CITED};
static const struct rehab_criterion alarmed = {.id = T("alarm-true"),
                                               .expression = REHAB_LATEST,
                                               .measure = T("alarm"),
                                               .is = REHAB_EQ,
                                               .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = NANO},
                                               .citation = CITED};
static const struct rehab_criterion limping = {
    .id = T("limps"),
    .expression = REHAB_LATEST,
    .measure = T("gait"),
    .is = REHAB_NE,
    .value = {.kind = REHAB_VALUE_LABEL, .label = T("normal")},
    .citation = CITED};
static const struct rehab_criterion little_pain = {
    .id = T("little-pain"),
    .expression = REHAB_LATEST,
    .measure = T("pain"),
    .is = REHAB_LT,
    .value = NUMBER(5),
    .citation = {.source = T("book"), .certainty = REHAB_CONVENTION, .sign_off = true}};
static const struct rehab_criterion less_pain = {.id = T("less-pain"),
                                                 .expression = REHAB_LATEST,
                                                 .measure = T("pain"),
                                                 .is = REHAB_LT,
                                                 .value = NUMBER(3),
                                                 .citation = CITED};

static const struct rehab_zone zones[] = {
    {.id = T("green"), .comparison = {.is = REHAB_LE, .value = NUMBER(2)}, .move = REHAB_STAY},
    {.id = T("red"),
     .comparison = {.is = REHAB_GE, .value = NUMBER(6)},
     .move = REHAB_HOLD,
     .text = {advice_text_at, 1}},
};
static const struct rehab_band bands[] = {
    {.reading =
         {.id = T("light"), .expression = REHAB_LATEST, .measure = T("pain"), .citation = CITED},
     .title = {ice_title_at, 1},
     .zones = zones,
     .zone_count = 2},
};
static const struct rehab_text deficit = T("even");

static const struct rehab_gate gates[] = {
    {.id = T("go"), .move = REHAB_ADVANCE, .to = T("second"), .when = &ahead},
};
static const struct rehab_gate gates_back[] = {
    {.id = T("step-back"), .move = REHAB_REGRESS, .to = T("first"), .when = &back},
};
static const struct rehab_red_flag flags[] = {
    {.id = T("rf_alarm"),
     .message = {message_at, 1},
     .title = {alarm_name_at, 1},
     .level = REHAB_LEVEL_URGENT,
     .cleared_by = REHAB_PHYSICIAN,
     .when = &alarmed},
};
static const struct rehab_limit caps[] = {{.given = true,
                                           .during = T("pain"),
                                           .is = REHAB_LE,
                                           .value = NUMBER(5),
                                           .otherwise = T("adjust"),
                                           .citation = CITED}};
static const struct rehab_prescription prescriptions[] = {
    {.id = T("lift"),
     .exercise = T("leg_lift"),
     .side = T("both"),
     .sets = 3,
     .repetitions = 12,
     .hold = {30'000'000, false, true},
     .tempo_up = {2'000'000, false, true},
     .per_day = 2,
     .gate = &little_pain,
     .progress = &less_pain,
     .load_percent_low = 5,
     .load_percent_high = 10,
     .progress_citation = {.source = T("book"), .certainty = REHAB_VERIFIED, .sign_off = true},
     .citation = CITED,
     .limit = {.given = true,
               .during = T("pain"),
               .is = REHAB_LT,
               .value = NUMBER(2),
               .otherwise = T("stop"),
               .citation = CITED}},
    {.id = T("free"),
     .exercise = T("unknown_one"),
     .sets = 1,
     .repetitions = 4,
     .per_week = 3,
     .activity = T("run"),
     .caps = caps,
     .cap_count = 1,
     .citation = CITED},
    {.id = T("for-weak-legs"), .exercise = T("unknown_one"), .deficits = {&deficit, 1}},
};
static const struct rehab_treatment treatments[] = {
    {.id = T("ice"),
     .title = {ice_title_at, 1},
     .text = {ice_title_at, 1},
     .minutes_low = 10,
     .minutes_high = 15,
     .per_day_low = 2,
     .per_day_high = 3,
     .citation = CITED},
};
static const struct rehab_advice advice[] = {
    {.id = T("crutches"),
     .title = {ice_title_at, 1},
     .text = {advice_text_at, 1},
     .give = &limping},
};
static const struct rehab_text restrictions[] = {T("running"), T("jumping")};
static const struct rehab_phase phases[] = {
    {.id = T("first"),
     .title = {first_title_at, 1},
     .treatments = treatments,
     .treatment_count = 1,
     .prescriptions = prescriptions,
     .prescription_count = 3,
     .restrictions = {restrictions, 2},
     .advice = advice,
     .advice_count = 1,
     .gates = gates,
     .gate_count = 1,
     .expect = {.given = true,
                .from = REHAB_PHASE,
                .low = {3 * REHAB_DAY, true, true},
                .high = {14 * REHAB_DAY, true, true},
                .citation = CITED}},
    {.id = T("second"),
     .title = {second_title_at, 1},
     .gates = gates_back,
     .gate_count = 1,
     .bands = bands,
     .band_count = 1},
};
static const struct rehab_track tracks[] = {{.id = T("main"), .phases = phases, .phase_count = 2}};
static const struct rehab_activity activities[] = {{.id = T("run")}};
static const struct rehab_source sources[] = {{T("book"), T("A book")}};
static const struct rehab_document document = {
    .id = T("small"),
    .version = 1,
    .title = {title_at, 1},
    .activities = activities,
    .activity_count = 1,
    .sided = true,
    .day_zero = REHAB_ONSET,
    .sources = sources,
    .source_count = 1,
    .measures = measures,
    .measure_count = 4,
    .red_flags = flags,
    .red_flag_count = 1,
    .tracks = tracks,
    .track_count = 1,
    .within_pair = {24 * HOUR, false, true},
};

/* ---- a patient in it ---- */

static const struct measure number = {.kind = MEASURE_NUMBER}, label = {.kind = MEASURE_ORDINAL},
                            truth = {.kind = MEASURE_BOOLEAN};

struct scene {
    struct rehab_protocol protocol;
    struct rehab_decision decision;
    struct rehab_flip flips[4];
    struct rehab_need needs[8];
    struct observation observations[8];
    struct rehab_observation evidence[8];
    uint32_t count;
    struct track track;
    struct episode episode;
    struct evaluation evaluation;
};

static void compile_protocol(struct rehab_protocol *out)
{
    static unsigned char room[256 * 1024];
    static _Alignas(16) unsigned char block[64 * 1024];
    struct rehab_arena scratch = {.at = room, .end = room + sizeof room};
    struct rehab_fault fault = {.code = REHAB_FINE};
    size_t used = 0;
    if (rehab_compile(&document, &scratch, block, sizeof block, &used, &fault) != REHAB_FINE) {
        fail_msg("code %d at %.*s", (int)fault.code, (int)fault.pointer.size, fault.pointer.at);
    }
    assert_int_equal(rehab_open(block, used, out), REHAB_FINE);
}

static void observe(struct scene *s, const char *measure, enum side side, const char *value,
                    int64_t nano, const struct measure *of)
{
    struct rehab_text code = {measure, (uint32_t)strlen(measure)};
    int64_t at =
        START + (s->count + 1) * 60'000'000; /* after the phase was entered: guards look there */
    s->observations[s->count] = (struct observation){.measure = text_of(measure),
                                                     .side = side,
                                                     .value = text_of(value),
                                                     .value_nano = nano,
                                                     .of = of,
                                                     .occurred_us = at};
    s->observations[s->count].assessment.byte[15] = 7;
    s->evidence[s->count++] =
        (struct rehab_observation){.value_nano = nano,
                                   .at = {at, at},
                                   .assessment = 1,
                                   .assessor = 1,
                                   .measure = (uint16_t)rehab_find_measure(&s->protocol, code),
                                   .side = side == SIDE_LEFT    ? REHAB_INVOLVED
                                           : side == SIDE_RIGHT ? REHAB_OTHER
                                                                : REHAB_SIDE_NONE};
}

static void begin_scene(struct scene *s)
{
    memset(s, 0, sizeof *s);
    compile_protocol(&s->protocol);
    s->track = (struct track){TEXT("main"), TEXT("first"), START, TRACK_ACTIVE};
    s->episode = (struct episode){.protocol = TEXT("small"),
                                  .protocol_version = 1,
                                  .protocol_etag = TEXT("e1"),
                                  .side = SIDE_LEFT,
                                  .state = EPISODE_ACTIVE,
                                  .tracks = &s->track,
                                  .track_count = 1,
                                  .version = 4};
}

/* What turns each gate, and the order of what to measure. */
static void find_sets(struct scene *s, struct call *c, const struct rehab_evidence *e,
                      int64_t as_of)
{
    struct rehab_series *series =
        rehab_index_evidence(&s->protocol, e, (struct rehab_instant){as_of, as_of}, c->arena);
    assert_true(s->decision.gate_count <= COUNT(s->flips));
    assert_true(s->decision.need_count <= COUNT(s->needs));
    for (uint32_t i = 0; i < s->decision.gate_count; i++)
        assert_true(rehab_find_flip(series, s->decision.gates[i].gate, c->arena, &s->flips[i]));
    rehab_order_needs(&s->decision, s->flips, s->needs);
}

static const struct evaluation *decide(struct scene *s, struct call *c, uint32_t phase,
                                       int64_t as_of)
{
    struct rehab_track_state state = {phase, {START, START}, {START, START}};
    struct rehab_evidence e = {.observations = s->evidence,
                               .observation_count = s->count,
                               .tracks = &state,
                               .track_count = 1,
                               .onset = {.known = true, .day = 20517},
                               .started = {START, START}};
    assert_int_equal(rehab_decide(&s->protocol, &e, (struct rehab_instant){as_of, as_of}, c->arena,
                                  &s->decision),
                     REHAB_DECIDED);
    find_sets(s, c, &e, as_of);
    s->evaluation = (struct evaluation){.episode = &s->episode,
                                        .protocol_digest = TEXT("d1"),
                                        .protocol = &s->protocol,
                                        .decision = &s->decision,
                                        .flips = s->flips,
                                        .needs = s->needs,
                                        .observations = s->observations,
                                        .observation_count = s->count,
                                        .as_of_us = as_of,
                                        .known_at_us = NO_TIME};
    return &s->evaluation;
}

/* ---- looking into the answer ---- */

static json_t *parse(struct text t)
{
    json_error_t error;
    json_t *root = json_loadb(t.at, t.size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) fail_msg("%s in %.*s", error.text, TEXT_FMT(t));
    return root;
}

/* A member by a path of keys and indexes: "gates/0/criteria/1/value". */
static json_t *at(json_t *root, const char *path)
{
    char step[64];
    for (const char *p = path; *p != '\0';) {
        size_t size = strcspn(p, "/");
        assert_true(size < sizeof step);
        memcpy(step, p, size);
        step[size] = '\0';
        root = json_is_array(root) ? json_array_get(root, (size_t)atoi(step))
                                   : json_object_get(root, step);
        p += size + (p[size] == '/');
    }
    return root;
}

static void expect_name(json_t *root, const char *path, const char *expected)
{
    const char *is = json_string_value(at(root, path));
    if (is == NULL) fail_msg("nothing at %s", path);
    assert_string_equal(is, expected);
}

static void expect_json(json_t *root, const char *path, const char *expected)
{
    char *is = json_dumps(at(root, path), JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    if (is == NULL) fail_msg("nothing at %s", path);
    assert_string_equal(is, expected);
    free(is);
}

static json_t *tell(struct call *c, const struct evaluation *e)
{
    struct text out;
    assert_int_equal(wire_write_evaluation(c, e, &out).code, OK);
    return parse(out);
}

static void observe_all(struct scene *s)
{
    observe(s, "pain", SIDE_LEFT, "1", NANO, &number);
    observe(s, "strength", SIDE_LEFT, "270.0", 270 * NANO, &number);
    observe(s, "strength", SIDE_RIGHT, "300", 300 * NANO, &number);
    observe(s, "gait", SIDE_NONE, "antalgic", NANO, &label);
    observe(s, "alarm", SIDE_NONE, "false", 0, &truth);
}

static void test_all_met(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    observe_all(&s);
    json_t *root = tell(c, decide(&s, c, 0, START + 30 * HOUR));
    expect_name(root, "as_of", "2026-03-06T15:10:00Z");
    expect_json(root, "protocol",
                "{\"id\":\"small\",\"version\":1,\"etag\":\"e1\",\"digest\":\"d1\","
                "\"title\":\"Small protocol\"}");
    assert_null(at(root, "bands"));
    expect_name(root, "state", "active");
    expect_json(root, "recommendation", "{\"move\":\"stay\"}");
    expect_name(root, "gates/0/id", "go");
    expect_name(root, "gates/0/kind", "advance");
    expect_name(root, "gates/0/from", "first");
    expect_name(root, "gates/0/to", "second");
    expect_name(root, "gates/0/verdict", "not_met");
    /* a number */
    expect_name(root, "gates/0/criteria/0/id", "no-pain");
    expect_name(root, "gates/0/criteria/0/verdict", "met");
    expect_name(root, "gates/0/criteria/0/measure", "pain");
    expect_name(root, "gates/0/criteria/0/side", "left");
    expect_name(root, "gates/0/criteria/0/op", "<=");
    expect_json(root, "gates/0/criteria/0/value", "1");
    expect_json(root, "gates/0/criteria/0/bound", "2");
    expect_json(root, "gates/0/criteria/0/margin", "1");
    expect_name(root, "gates/0/criteria/0/unit", "{score}");
    expect_name(root, "gates/0/criteria/0/observed_at", "2026-03-05T09:11:00Z");
    expect_name(root, "gates/0/criteria/0/assessment_id", "00000000-0000-0000-0000-000000000007");
    expect_name(root, "gates/0/criteria/0/source", "book");
    expect_name(root, "gates/0/criteria/0/certainty", "verified");
    assert_null(at(root, "gates/0/criteria/0/reason"));
    assert_true(json_string_length(at(root, "gates/0/criteria/0/sentence")) > 10);
    /* a pair */
    expect_json(root, "gates/0/criteria/1/value", "90");
    expect_name(root, "gates/0/criteria/1/unit", "%");
    expect_json(root, "gates/0/criteria/1/margin", "0");
    expect_json(root, "gates/0/criteria/1/compared/value", "300");
    expect_name(root, "gates/0/criteria/1/compared/side", "right");
    /* a label against a set */
    expect_name(root, "gates/0/criteria/2/value", "antalgic");
    expect_json(root, "gates/0/criteria/2/bound", "[\"normal\",\"antalgic\"]");
    assert_null(at(root, "gates/0/criteria/2/side"));
    /* a time */
    expect_name(root, "gates/0/criteria/3/reason", "not_yet");
    expect_json(root, "gates/0/criteria/3/value", "30");
    expect_json(root, "gates/0/criteria/3/bound", "72");
    expect_name(root, "gates/0/criteria/3/unit", "h");
    expect_name(root, "earliest", "2026-03-08T09:10:00Z");
    expect_name(root, "blockers/0/kind", "criterion");
    expect_name(root, "blockers/0/id", "waited");
    assert_int_equal(json_array_size(at(root, "blockers")), 1);
    expect_json(root, "measure_next", "[]");
    expect_json(root, "red_flags", "[]");
    expect_name(root, "phases/0/phase", "first");
    expect_name(root, "phases/0/entered_at", "2026-03-05T09:10:00Z");
    expect_json(root, "phases/0/days", "1");
    expect_name(root, "phases/0/expectation/status", "before");
    expect_json(root, "phases/0/expectation/high_days", "14");
    expect_name(root, "phases/0/expectation/from", "phase");
    assert_null(at(root, "known_at"));
    assert_null(at(root, "review"));
    json_decref(root);
    bench_close(&b);
}

/* What would turn a gate, as it can be sent. */
static void test_flips(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    observe(&s, "strength", SIDE_RIGHT, "300", 300 * NANO, &number);
    json_t *root = tell(c, decide(&s, c, 0, START + 30 * HOUR));
    expect_name(root, "gates/0/verdict", "not_met");
    expect_name(root, "gates/0/flip/to", "met");
    expect_name(root, "gates/0/flip/state", "later");
    expect_json(root, "gates/0/flip/exact", "true");
    expect_json(root, "gates/0/flip/also", "[{\"criterion\":\"waited\",\"kind\":\"time\"}]");
    assert_int_equal(json_array_size(at(root, "gates/0/flip/observations")), 4);
    expect_json(root, "gates/0/flip/observations/0",
                "{\"measure\":\"pain\",\"side\":\"left\",\"value\":2,\"unit\":\"{score}\","
                "\"criterion\":\"no-pain\"}");
    expect_name(root, "gates/0/flip/observations/1/measure", "strength");
    expect_name(root, "gates/0/flip/observations/2/measure", "strength");
    expect_json(root, "gates/0/flip/observations/3",
                "{\"measure\":\"gait\",\"value\":\"normal\",\"criterion\":\"walks\"}");
    expect_name(root, "measure_next/0/measure", "pain");
    json_decref(root);
    const struct evaluation *e = decide(&s, c, 0, START + 30 * HOUR);
    s.evaluation.flips = NULL; /* nobody asked */
    s.evaluation.needs = NULL;
    root = tell(c, e);
    assert_null(at(root, "gates/0/flip"));
    expect_name(root, "measure_next/0/measure", "pain");
    json_decref(root);
    bench_close(&b);
}

/* A value between the zones lies in none of them, and none is known without a value. */
static void test_bands(void **state)
{
    static const struct {
        int64_t pain;
        const char *band;
    } rows[] = {
        {-1, "{\"id\":\"light\",\"title\":\"Ice\"}"},
        {2, "{\"id\":\"light\",\"title\":\"Ice\",\"zone\":\"green\",\"move\":\"stay\","
            "\"value\":2,\"unit\":\"{score}\",\"observed_at\":\"2026-03-05T09:11:00Z\","
            "\"assessment_id\":\"00000000-0000-0000-0000-000000000007\"}"},
        {4, "{\"id\":\"light\",\"title\":\"Ice\",\"value\":4,\"unit\":\"{score}\","
            "\"observed_at\":\"2026-03-05T09:11:00Z\","
            "\"assessment_id\":\"00000000-0000-0000-0000-000000000007\"}"},
        {7, "{\"id\":\"light\",\"title\":\"Ice\",\"zone\":\"red\",\"move\":\"hold\","
            "\"text\":\"Use crutches.\",\"value\":7,\"unit\":\"{score}\","
            "\"observed_at\":\"2026-03-05T09:11:00Z\","
            "\"assessment_id\":\"00000000-0000-0000-0000-000000000007\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        struct scene s;
        begin_scene(&s);
        if (rows[i].pain >= 0) observe(&s, "pain", SIDE_LEFT, "", rows[i].pain * NANO, &number);
        json_t *root = tell(c, decide(&s, c, 1, START + HOUR));
        expect_json(root, "bands/0", rows[i].band);
        assert_int_equal(json_array_size(at(root, "bands")), 1);
        json_decref(root);
        bench_close(&b);
    }
}

static void test_nothing_known(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    decide(&s, c, 0, START + 80 * HOUR);
    s.evaluation.known_at_us = START + 80 * HOUR;
    s.episode.side = SIDE_RIGHT;
    json_t *root = tell(c, &s.evaluation);
    expect_name(root, "known_at", "2026-03-08T17:10:00Z");
    expect_name(root, "gates/0/verdict", "unknown");
    expect_name(root, "gates/0/criteria/0/reason", "missing");
    expect_name(root, "gates/0/criteria/0/side", "right");
    assert_null(at(root, "gates/0/criteria/0/value"));
    assert_null(at(root, "gates/0/criteria/0/observed_at"));
    assert_true(json_array_size(at(root, "measure_next")) >= 3);
    bool other_side = false;
    for (size_t i = 0; i < json_array_size(at(root, "measure_next")); i++) {
        json_t *need = json_array_get(at(root, "measure_next"), i);
        assert_non_null(json_object_get(need, "why"));
        other_side =
            other_side || (json_object_get(need, "side") != NULL &&
                           strcmp(json_string_value(json_object_get(need, "side")), "left") == 0);
    }
    assert_true(other_side); /* the other side of a right one is left */
    json_decref(root);
    s.episode.side = SIDE_NONE; /* what has sides is asked of both all the same */
    root = tell(c, &s.evaluation);
    expect_name(root, "gates/0/criteria/0/side", "both");
    expect_name(root, "measure_next/0/side", "both");
    json_decref(root);
    bench_close(&b);
}

static void test_red_flag(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    struct text out;
    begin_scene(&s);
    observe_all(&s);
    observe(&s, "alarm", SIDE_NONE, "true", NANO, &truth);
    s.episode.state = EPISODE_STOPPED;
    const struct evaluation *e = decide(&s, c, 0, START + HOUR);
    json_t *root = tell(c, e);
    expect_name(root, "recommendation/move", "stop");
    expect_json(root, "red_flags",
                "[{\"id\":\"rf_alarm\",\"level\":\"urgent\",\"title\":\"Alarm\",\"message\":"
                "\"Examine again.\","
                "\"raised_at\":\"2026-03-05T09:16:00Z\","
                "\"assessment_id\":\"00000000-0000-0000-0000-000000000007\",\"cleared_by\":"
                "\"physician\"}]");
    expect_name(root, "blockers/0/kind", "red_flag");
    expect_name(root, "blockers/0/sentence", "Examine again.");
    json_decref(root);

    struct assessment a = {.observations = s.observations,
                           .observation_count = 1,
                           .occurred_us = START,
                           .recorded_us = START,
                           .voided_us = NO_TIME};
    assert_int_equal(wire_write_assessment_answer(c, &(struct assessment_answer){&a, e}, &out).code,
                     OK);
    root = parse(out);
    expect_json(
        root, "episode",
        "{\"id\":\"00000000-0000-0000-0000-000000000000\",\"state\":\"stopped\",\"version\":4}");
    expect_name(root, "recommendation/move", "stop");
    expect_name(root, "red_flags/0/id", "rf_alarm");
    expect_name(root, "observations/0/measure", "pain");
    json_decref(root);
    bench_close(&b);
}

/* The second phase: a range as a bound, and a step back. */
static void test_range(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    observe(&s, "pain", SIDE_LEFT, "9", 9 * NANO, &number);
    s.episode.state = EPISODE_ON_HOLD;
    json_t *root = tell(c, decide(&s, c, 1, START + HOUR));
    expect_json(root, "recommendation",
                "{\"move\":\"regress\",\"track\":\"main\",\"from\":\"second\",\"to\":\"first\"}");
    expect_json(root, "gates/0/criteria/0/bound", "8");
    expect_json(root, "gates/0/criteria/0/upper", "10");
    expect_name(root, "blockers/0/kind", "state");
    expect_name(root, "blockers/0/id", "on_hold");
    json_decref(root);
    bench_close(&b);
}

/* Rules in days end by the clock on the clinic's wall. */
static void test_earliest_in_zone(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    decide(&s, c, 0, START);
    s.decision.has_earliest = true;
    s.decision.earliest_is_local = true;
    s.decision.earliest = (struct rehab_instant){START, INT64_C(20520) * REHAB_DAY};
    json_t *root = tell(c, &s.evaluation);
    expect_name(root, "earliest", "2026-03-08T00:00:00Z");
    json_decref(root);
    strcpy(c->caller.zone, "No/Such_Zone");
    root = tell(c, &s.evaluation);
    expect_name(root, "earliest", "2026-03-05T09:10:00Z");
    json_decref(root);
    bench_close(&b);
}

static json_t *tell_plan(struct call *c, struct scene *s)
{
    static const struct exercise exercises[] = {
        {.id = T("leg_lift"),
         .document = T("{\"id\":\"leg_lift\",\"title\":{\"en\":\"Leg \\\"lift\\\"\"}}")}};
    const struct plan p = {s->evaluation, exercises, 1};
    struct text out;
    assert_int_equal(wire_write_plan(c, &p, &out).code, OK);
    return parse(out);
}

static void test_plan(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    observe_all(&s);
    decide(&s, c, 0, START + HOUR);
    json_t *root = tell_plan(c, &s);
    expect_json(root, "tracks/0/phase", "{\"id\":\"first\",\"title\":\"First phase\"}");
    expect_json(root, "exercises/0/title", "\"Leg \\\"lift\\\"\"");
    expect_name(root, "exercises/0/prescription", "lift");
    expect_json(root, "exercises/0/sets", "3");
    expect_name(root, "exercises/0/hold", "PT30S");
    expect_json(root, "exercises/0/tempo", "{\"up\":\"PT2S\"}");
    expect_json(root, "exercises/0/schedule", "{\"per_day\":2}");
    expect_name(root, "exercises/0/side", "both");
    expect_json(
        root, "exercises/0/limit",
        "{\"during\":\"pain\",\"is\":\"<\",\"value\":2,\"unit\":\"{score}\",\"else\":\"stop\","
        "\"verdict\":\"met\",\"sentence\":\"Pain is 1, needs less than 2: met.\",\"observed\":1,"
        "\"observed_at\":\"2026-03-05T09:11:00Z\",\"assessment_id\":\"00000000-0000-0000-0000-"
        "000000000007\",\"source\":\"book\",\"certainty\":\"verified\"}");
    expect_json(root, "exercises/1/caps/0/value", "5");
    expect_name(root, "exercises/1/caps/0/verdict", "unknown");
    expect_name(root, "exercises/1/caps/0/reason", "missing");
    assert_null(at(root, "exercises/1/caps/0/observed"));
    expect_name(root, "exercises/1/due", "2026-03-05");
    assert_null(at(root, "exercises/0/caps"));
    assert_null(at(root, "exercises/0/due"));
    expect_json(root, "exercises/0/open", "true");
    expect_name(root, "exercises/0/criteria/0/id", "little-pain");
    expect_name(root, "exercises/0/progress/criteria/0/id", "less-pain");
    expect_json(root, "exercises/0/progress/load_percent", "[5,10]");
    expect_name(root, "exercises/0/progress/source", "book");
    expect_name(root, "exercises/0/progress/certainty", "verified");
    expect_json(root, "exercises/0/progress/sign_off", "true");
    assert_null(at(root, "exercises/1/progress"));
    expect_json(root, "exercises/1/open", "true");
    expect_json(root, "exercises/1/criteria", "[]");
    expect_json(root, "exercises/1/schedule", "{\"per_week\":3}");
    expect_json(root, "exercises/0/criteria/0/sign_off", "true");
    assert_null(at(root, "exercises/0/selected"));
    expect_name(root, "exercises/2/selected", "not_met");
    expect_json(root, "exercises/2/open", "false");
    assert_null(at(root, "exercises/1/title"));
    assert_null(at(root, "exercises/1/hold"));
    assert_null(at(root, "exercises/1/limit"));
    expect_json(
        root, "treatments",
        "[{\"id\":\"ice\",\"title\":\"Ice\",\"text\":\"Ice\",\"dosage\":{\"minutes\":[10,15],"
        "\"per_day\":[2,3]},\"source\":\"book\",\"certainty\":\"verified\"}]");
    expect_json(root, "advice",
                "[{\"id\":\"crutches\",\"title\":\"Ice\",\"text\":\"Use crutches.\"}]");
    expect_json(root, "restrictions", "[\"running\",\"jumping\"]");
    json_decref(root);
    bench_close(&b);
}

/* What is gated says so, and a red flag or the end of the course closes everything. */
static void test_closed_plan(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    observe(&s, "pain", SIDE_LEFT, "6", 6 * NANO, &number);
    decide(&s, c, 0, START + HOUR);
    json_t *root = tell_plan(c, &s);
    expect_json(root, "exercises/0/open", "false");
    expect_name(root, "exercises/0/verdict", "not_met");
    expect_json(root, "exercises/1/open", "true");
    json_decref(root);
    s.episode.state = EPISODE_WITHDRAWN;
    root = tell_plan(c, &s);
    expect_json(root, "exercises/1/open", "false");
    json_decref(root);
    s.episode.state = EPISODE_ACTIVE;
    observe(&s, "alarm", SIDE_NONE, "true", NANO, &truth);
    decide(&s, c, 0, START + HOUR);
    root = tell_plan(c, &s);
    expect_json(root, "exercises/1/open", "false");
    expect_name(root, "exercises/1/verdict", "met");
    expect_name(root, "red_flags/0/id", "rf_alarm");
    json_decref(root);
    bench_close(&b);
}

static void test_attached(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct scene s;
    begin_scene(&s);
    assert_int_equal(wire_attach_evaluation(c, decide(&s, c, 0, START)).code, OK);
    json_t *root = parse(wire_write_problem(c, GATE_NOT_SATISFIED, TEXT("")));
    expect_name(root, "code", "gate_not_satisfied");
    expect_name(root, "evaluation/gates/0/id", "go");
    json_decref(root);
    bench_close(&b);
}

static struct result write_everything(struct call *c)
{
    static unsigned char room[256 * 1024];
    struct rehab_arena apart = {.at = room, .end = room + sizeof room}, *own = c->arena;
    struct scene s;
    struct text out;
    begin_scene(&s);
    observe_all(&s);
    c->arena = &apart; /* the decision is not what is tested here */
    decide(&s, c, 0, START);
    c->arena = own;
    struct plan p = {.evaluation = s.evaluation};
    TRY(wire_write_evaluation(c, &s.evaluation, &out));
    TRY(wire_attach_evaluation(c, &s.evaluation));
    return wire_write_plan(c, &p, &out);
}

static void test_refused_memory(void **state)
{
    (void)state;
    check_every_refusal(write_everything);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_met),
        cmocka_unit_test(test_nothing_known),
        cmocka_unit_test(test_red_flag),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_earliest_in_zone),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_closed_plan),
        cmocka_unit_test(test_attached),
        cmocka_unit_test(test_refused_memory),
        cmocka_unit_test(test_flips),
        cmocka_unit_test(test_bands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
