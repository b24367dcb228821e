/* SPDX-License-Identifier: Apache-2.0 */
/* Answers about patients, byte for byte: what is absent is left out, what was sent comes back. */
#include "help.h"

#include "base/uuid.h"

#define AT INT64_C(1772701800000000) /* 2026-03-05T09:10:00Z */

static struct uuid id_of(const char *text)
{
    struct uuid id;
    assert_true(uuid_read(text_of(text), &id));
    return id;
}

#define ONE "019cb2b6-0800-7a11-83f0-5c2d7e914b60"
#define TWO "019cb2b7-dcc0-7c3d-881a-e4b9075f2c18"

static void test_patient(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    struct identifier identifiers[] = {{TEXT("urn:x"), TEXT("A\"1")}};
    struct patient p = {.id = id_of(ONE),
                        .identifiers = identifiers,
                        .identifier_count = 1,
                        .birth_day = 10786,
                        .sex = SEX_FEMALE,
                        .label = TEXT("Sprinter"),
                        .created_us = AT + 5};
    assert_int_equal(wire_write_patient(c, &p, &out).code, OK);
    assert_text(out,
                "{\"id\":\"" ONE "\",\"identifiers\":[{\"system\":\"urn:x\",\"value\":\"A\\\"1\"}],"
                "\"birth_date\":\"1999-07-14\",\"sex\":\"female\",\"label\":\"Sprinter\","
                "\"created_at\":\"2026-03-05T09:10:00.000005Z\"}");
    struct patient bare = {.id = id_of(ONE), .birth_day = NO_DAY, .created_us = AT};
    assert_int_equal(wire_write_patients(
                         c, &(struct patient_page){&bare, 1, TEXT("/v1/patients?cursor=c")}, &out)
                         .code,
                     OK);
    assert_text(out,
                "{\"items\":[{\"id\":\"" ONE "\",\"identifiers\":[],\"sex\":\"unknown\","
                "\"created_at\":\"2026-03-05T09:10:00Z\"}],\"next\":\"/v1/patients?cursor=c\"}");
    bench_close(&b);
}

static void test_episode(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    struct stratum strata[] = {{TEXT("grade"), TEXT("2")}};
    struct track tracks[] = {{TEXT("main"), TEXT("protect"), AT, TRACK_ON_HOLD}};
    struct episode e = {.id = id_of(TWO),
                        .patient = id_of(ONE),
                        .protocol = TEXT("hamstring"),
                        .protocol_version = 1,
                        .protocol_etag = TEXT("3f1c"),
                        .side = SIDE_LEFT,
                        .onset_day = 20514,
                        .surgery_day = NO_DAY,
                        .started_us = AT,
                        .strata = strata,
                        .stratum_count = 1,
                        .state = EPISODE_ON_HOLD,
                        .tracks = tracks,
                        .track_count = 1,
                        .version = 7,
                        .created_us = AT,
                        .ended_us = NO_TIME};
    assert_int_equal(wire_write_episode(c, &e, &out).code, OK);
    assert_text(out, "{\"id\":\"" TWO "\",\"patient_id\":\"" ONE
                     "\",\"protocol\":{\"id\":\"hamstring\",\"version\":1,"
                     "\"etag\":\"3f1c\"},\"side\":\"left\",\"onset_date\":\"2026-03-02\","
                     "\"strata\":{\"grade\":\"2\"},"
                     "\"state\":\"on_hold\",\"tracks\":[{\"id\":\"main\",\"phase\":\"protect\","
                     "\"entered_at\":\"2026-03-05T09:10:00Z\",\"state\":\"on_hold\"}],"
                     "\"version\":7,\"started_at\":"
                     "\"2026-03-05T09:10:00Z\","
                     "\"created_at\":\"2026-03-05T09:10:00Z\"}");
    assert_int_equal(wire_write_episodes(c, &(struct episode_page){&e, 0, TEXT("")}, &out).code,
                     OK);
    assert_text(out, "{\"items\":[]}");
    bench_close(&b);
}

/* What was sent comes back with its digits, and beside it what it was taken for when it came in
 * another unit. */
static void test_round_trip(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct assessment a;
    struct text out;
    const char *observations =
        "[{\"measure\":\"strength\",\"side\":\"left\",\"value\":72.40,\"unit\":\"N\"},"
        "{\"measure\":\"length\",\"side\":\"right\",\"value\":62.0,\"unit\":\"mm\","
        "\"canonical\":{\"value\":6.2,\"unit\":\"cm\"}},"
        "{\"measure\":\"weight\",\"value\":150,\"unit\":\"[lb_av]\","
        "\"canonical\":{\"value\":68.0388555,\"unit\":\"kg\"}},"
        "{\"measure\":\"flag\",\"value\":false,"
        "\"qualifiers\":{\"analgesic_24h\":false,\"poor_quality\":true}},"
        "{\"measure\":\"power\",\"side\":\"both\",\"value\":\"4\"}]";
    struct text sent =
        TEXT("{\"occurred_at\":\"2026-03-05T09:10:00Z\",\"assessor\":\"pt-1\",\"observations\":["
             "{\"measure\":\"strength\",\"side\":\"left\",\"value\":72.40,\"unit\":\"N\"},"
             "{\"measure\":\"length\",\"side\":\"right\",\"value\":62.0,\"unit\":\"mm\"},"
             "{\"measure\":\"weight\",\"value\":150,\"unit\":\"[lb_av]\"},"
             "{\"measure\":\"flag\",\"value\":false,"
             "\"qualifiers\":{\"poor_quality\":true,\"analgesic_24h\":false}},"
             "{\"measure\":\"power\",\"side\":\"both\",\"value\":\"4\"}]}");
    assert_int_equal(wire_read_assessment(c, sent, bench_measures, bench_measure_count, &a).code,
                     OK);
    a.id = id_of(ONE);
    a.episode = id_of(TWO);
    a.recorded_us = AT + 1;
    a.actor_role = ROLE_CLINICIAN;
    assert_int_equal(wire_write_assessment(c, &a, &out).code, OK);
    assert_text(out,
                text_format(c->arena,
                            "{\"id\":\"" ONE "\",\"episode_id\":\"" TWO
                            "\",\"occurred_at\":\"2026-03-05T09:10:00Z\","
                            "\"recorded_at\":\"2026-03-05T09:10:00.000001Z\",\"assessor\":\"pt-1\","
                            "\"actor_role\":\"clinician\",\"observations\":%s}",
                            observations)
                    .at);
    bench_close(&b);
}

/* Without the measure at hand the form decides; only a label that looks like a number needs the
 * measure. */
static void test_forms(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    struct observation seen[] = {
        {.measure = TEXT("a"), .value = TEXT("-0.50")},
        {.measure = TEXT("b"), .value = TEXT("true")},
        {.measure = TEXT("c"), .value = TEXT("4-")},
        {.measure = TEXT("d"), .value = TEXT("mild"), .side = SIDE_LEFT},
    };
    struct assessment a = {.id = id_of(ONE),
                           .episode = id_of(TWO),
                           .occurred_us = AT,
                           .recorded_us = AT,
                           .observations = seen,
                           .observation_count = 4,
                           .voided_us = AT,
                           .void_reason = TEXT("Wrong\npatient.")};
    assert_int_equal(
        wire_write_assessments(c, &(struct assessment_page){&a, 1, TEXT("")}, &out).code, OK);
    assert_text(out,
                "{\"items\":[{\"id\":\"" ONE "\",\"episode_id\":\"" TWO
                "\",\"occurred_at\":\"2026-03-05T09:10:00Z\","
                "\"recorded_at\":\"2026-03-05T09:10:00Z\",\"observations\":[{\"measure\":\"a\","
                "\"value\":-0.50},"
                "{\"measure\":\"b\",\"value\":true},{\"measure\":\"c\",\"value\":\"4-\"},"
                "{\"measure\":\"d\",\"side\":\"left\",\"value\":\"mild\"}],"
                "\"voided\":{\"at\":\"2026-03-05T09:10:00Z\",\"reason\":\"Wrong\\npatient.\"}}]}");
    bench_close(&b);
}

static void test_session(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    struct observation seen = {.measure = TEXT("a"), .value = TEXT("1"), .trial = 3};
    struct assessment a = {.id = id_of(ONE),
                           .episode = id_of(TWO),
                           .occurred_us = AT,
                           .recorded_us = AT,
                           .session = {TEXT("run"), true, false, .ended_us = AT},
                           .observations = &seen,
                           .observation_count = 1,
                           .voided_us = NO_TIME};
    assert_int_equal(wire_write_assessment(c, &a, &out).code, OK);
    assert_text(out, "{\"id\":\"" ONE "\",\"episode_id\":\"" TWO
                     "\",\"occurred_at\":\"2026-03-05T09:10:00Z\","
                     "\"recorded_at\":\"2026-03-05T09:10:00Z\",\"session\":{\"activity\":\"run\","
                     "\"completed\":true,\"prescribed\":false,"
                     "\"ended_at\":\"2026-03-05T09:10:00Z\"},"
                     "\"observations\":[{\"measure\":\"a\",\"value\":1,\"trial\":3}]}");
    bench_close(&b);
}

static void test_transition(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    struct transition t = {.id = id_of(ONE),
                           .episode = id_of(TWO),
                           .seq = 2,
                           .kind = MOVE_ADVANCE,
                           .track = TEXT("main"),
                           .from = TEXT("protect"),
                           .to = TEXT("stretch"),
                           .occurred_us = AT,
                           .recorded_us = AT,
                           .actor = id_of(TWO),
                           .actor_role = ROLE_PHYSICIAN,
                           .override_code = OVERRIDE_PATIENT_CIRCUMSTANCES,
                           .override_reason = TEXT("Seen."),
                           .decision = TEXT("{\"as_of\":1}")};
    assert_int_equal(wire_write_transition(c, &t, &out).code, OK);
    assert_text(out,
                "{\"id\":\"" ONE "\",\"episode_id\":\"" TWO
                "\",\"seq\":2,\"kind\":\"advance\",\"track\":\"main\","
                "\"from\":\"protect\",\"to\":\"stretch\",\"occurred_at\":\"2026-03-05T09:10:00Z\","
                "\"recorded_at\":\"2026-03-05T09:10:00Z\",\"actor\":\"" TWO
                "\",\"actor_role\":\"physician\","
                "\"override\":{\"reason_code\":\"patient_circumstances\",\"reason\":\"Seen.\"},"
                "\"decision\":{"
                "\"as_of\":1}}");
    struct transition bare = {.id = id_of(ONE),
                              .episode = id_of(TWO),
                              .seq = 1,
                              .kind = MOVE_CLEAR_RED_FLAG,
                              .red_flags = (struct text[]){TEXT("rf_a"), TEXT("rf_b")},
                              .red_flag_count = 2,
                              .reason = TEXT("ok"),
                              .occurred_us = AT,
                              .recorded_us = AT};
    assert_int_equal(
        wire_write_transitions(c, &(struct transition_page){&bare, 1, TEXT("")}, &out).code, OK);
    assert_text(out, "{\"items\":[{\"id\":\"" ONE "\",\"episode_id\":\"" TWO
                     "\",\"seq\":1,\"kind\":\"clear_red_flag\","
                     "\"red_flags\":[\"rf_a\",\"rf_b\"],\"occurred_at\":\"2026-03-05T09:10:00Z\","
                     "\"recorded_at\":\"2026-03-05T09:10:00Z\",\"reason\":\"ok\"}]}");
    bench_close(&b);
}

static void test_timeline(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    const struct timeline_entry entries[] = {
        {.occurred_us = AT,
         .recorded_us = AT,
         .kind = TEXT("assessment"),
         .id = id_of(ONE),
         .observation_count = 4,
         .activity = TEXT("run")},
        {.occurred_us = AT,
         .recorded_us = AT,
         .kind = TEXT("transition"),
         .id = id_of(TWO),
         .summary_kind = TEXT("advance"),
         .summary_from = TEXT("protect"),
         .summary_to = TEXT("stretch"),
         .overridden = true},
    };
    assert_int_equal(
        wire_write_timeline(c, &(struct timeline_page){entries, 2, TEXT("")}, &out).code, OK);
    assert_text(out, "{\"items\":[{\"kind\":\"assessment\",\"id\":\"" ONE
                     "\",\"occurred_at\":\"2026-03-05T09:10:00Z\","
                     "\"recorded_at\":\"2026-03-05T09:10:00Z\",\"observation_count\":4,"
                     "\"activity\":\"run\",\"completed\":false},"
                     "{\"kind\":\"transition\",\"id\":\"" TWO
                     "\",\"occurred_at\":\"2026-03-05T09:10:00Z\","
                     "\"recorded_at\":\"2026-03-05T09:10:00Z\",\"move\":\"advance\",\"from\":"
                     "\"protect\",\"to\":\"stretch\","
                     "\"overridden\":true}]}");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patient),    cmocka_unit_test(test_episode),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_forms),
        cmocka_unit_test(test_session),    cmocka_unit_test(test_transition),
        cmocka_unit_test(test_timeline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
