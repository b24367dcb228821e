/* SPDX-License-Identifier: Apache-2.0 */
/* What a caller may send about a patient: each refusal by its code and pointer, and what is kept of
 * what is taken. */
#include "help.h"

#include "base/time.h"

#define ID "019cb2b6-0800-7a11-83f0-5c2d7e914b60"

static struct result read_patient(struct call *c, struct text body)
{
    struct patient p;
    return wire_read_patient(c, body, &p);
}

static struct result read_episode(struct call *c, struct text body)
{
    struct episode e;
    return wire_read_episode(c, body, &e);
}

static struct result read_assessment(struct call *c, struct text body)
{
    struct assessment a;
    return wire_read_assessment(c, body, bench_measures, bench_measure_count, &a);
}

static struct result read_void(struct call *c, struct text body)
{
    struct text reason;
    return wire_read_void(c, body, &reason);
}

static struct result read_transition(struct call *c, struct text body)
{
    struct transition_request t = {.if_match = {.any = true}};
    return wire_read_transition(c, body, &t);
}

struct refusal {
    struct result (*read)(struct call *c, struct text body);
    const char *body;
    enum problem_code code;
    const char *pointer;
};

#define OBSERVED(observations) "{\"observations\":[" observations "]}"

static const struct refusal refusals[] = {
    {read_patient, "[]", WRONG_TYPE, ""},
    {read_patient, "{}", MISSING_MEMBER, "/label"},
    {read_patient, "{\"sex\":\"male\",\"identifiers\":[]}", MISSING_MEMBER, "/label"},
    {read_patient, "{\"sex\":\"female\",\"sex\":\"male\"}", DUPLICATE_MEMBER, "/sex"},
    {read_patient, "{\"lable\":\"x\"}", UNKNOWN_MEMBER, "/lable"},
    {read_patient, "{\"sex\":\"both\"}", BAD_VALUE, "/sex"},
    {read_patient, "{\"sex\":1}", WRONG_TYPE, "/sex"},
    {read_patient, "{\"sex\":null}", WRONG_TYPE, "/sex"},
    {read_patient, "{\"birth_date\":\"2026-02-30\"}", BAD_VALUE, "/birth_date"},
    {read_patient, "{\"birth_date\":20260228}", WRONG_TYPE, "/birth_date"},
    {read_patient, "{\"label\":\"\"}", BAD_VALUE, "/label"},
    {read_patient, "{\"label\":\"a\\nb\"}", BAD_VALUE, "/label"},
    {read_patient, "{\"label\":\"a\\u202eb\"}", BAD_VALUE, "/label"},
    {read_patient, "{\"identifiers\":{}}", WRONG_TYPE, "/identifiers"},
    {read_patient, "{\"identifiers\":[1]}", WRONG_TYPE, "/identifiers/0"},
    {read_patient, "{\"identifiers\":[{\"system\":\"s\"}]}", MISSING_MEMBER,
     "/identifiers/0/value"},
    {read_patient, "{\"identifiers\":[{\"system\":\"a|b\",\"value\":\"v\"}]}", BAD_VALUE,
     "/identifiers/0/system"},
    {read_patient,
     "{\"identifiers\":[{\"system\":\"s\",\"value\":\"v\"},{\"value\":\"v\",\"system\":\"s\"}]}",
     BAD_VALUE, "/identifiers/1"},

    {read_episode, "{}", MISSING_MEMBER, "/patient_id"},
    {read_episode, "{\"patient_id\":\"" ID "\",\"side\":\"left\"}", MISSING_MEMBER, "/protocol"},
    {read_episode, "{\"patient_id\":\"nobody\",\"protocol\":\"p\",\"side\":\"left\"}", BAD_VALUE,
     "/patient_id"},
    {read_episode, "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"middle\"}", BAD_VALUE,
     "/side"},
    {read_episode, "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"left\",\"version\":0}",
     BAD_VALUE, "/version"},
    {read_episode,
     "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"left\",\"version\":1.0}", BAD_VALUE,
     "/version"},
    {read_episode,
     "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"left\",\"version\":\"1\"}",
     WRONG_TYPE, "/version"},
    {read_episode,
     "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"left\",\"version\":3000000000}",
     BAD_VALUE, "/version"},
    {read_episode,
     "{\"patient_id\":\"" ID
     "\",\"protocol\":\"p\",\"side\":\"left\",\"started_at\":\"2026-03-01\"}",
     BAD_VALUE, "/started_at"},
    {read_episode,
     "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"left\",\"strata\":{\"grade\":2}}",
     WRONG_TYPE, "/strata/grade"},
    {read_episode, "{\"patient_id\":\"" ID "\",\"protocol\":\"p\",\"side\":\"left\",\"strata\":[]}",
     WRONG_TYPE, "/strata"},

    {read_assessment, "{}", MISSING_MEMBER, "/observations"},
    {read_assessment, "{\"observations\":[]}", BAD_VALUE, "/observations"},
    {read_assessment, "{\"occurred_at\":\"yesterday\",\"observations\":[]}", BAD_VALUE,
     "/occurred_at"},
    {read_assessment, OBSERVED("{\"value\":1}"), MISSING_MEMBER, "/observations/0/measure"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\"}"), MISSING_MEMBER,
     "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"pian\",\"side\":\"left\",\"value\":1}"),
     UNKNOWN_MEASURE, "/observations/0/measure"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":\"1\"}"),
     WRONG_TYPE, "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":null}"),
     WRONG_TYPE, "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":11}"),
     OUT_OF_RANGE, "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":-1}"),
     OUT_OF_RANGE, "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":2.5}"), OFF_STEP,
     "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":1e0}"), BAD_VALUE,
     "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"strength\",\"side\":\"left\",\"value\":1.0000001}"),
     TOO_PRECISE, "/observations/0/value"},
    {read_assessment,
     OBSERVED("{\"measure\":\"strength\",\"side\":\"left\",\"value\":99999999999999999999}"),
     OUT_OF_RANGE, "/observations/0/value"},
    {read_assessment,
     OBSERVED("{\"measure\":\"strength\",\"side\":\"left\",\"value\":1,\"unit\":\"N.m\"}"),
     WRONG_UNIT, "/observations/0/unit"},
    {read_assessment,
     OBSERVED("{\"measure\":\"strength\",\"side\":\"left\",\"value\":1,\"unit\":\"\"}"), BAD_VALUE,
     "/observations/0/unit"},
    {read_assessment, OBSERVED("{\"measure\":\"weight\",\"value\":150.25,\"unit\":\"[lb_av]\"}"),
     TOO_PRECISE, "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"weight\",\"value\":19.999999}"), OUT_OF_RANGE,
     "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"weight\",\"value\":70,\"side\":\"left\"}"),
     WRONG_SIDE, "/observations/0/side"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"value\":1}"), WRONG_SIDE,
     "/observations/0/side"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"value\":1,\"side\":\"none\"}"), WRONG_SIDE,
     "/observations/0/side"},
    {read_assessment, OBSERVED("{\"measure\":\"flag\",\"value\":1}"), WRONG_TYPE,
     "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"flag\",\"value\":true,\"unit\":\"N\"}"), WRONG_UNIT,
     "/observations/0/unit"},
    {read_assessment, OBSERVED("{\"measure\":\"gait\",\"value\":\"limping\"}"), BAD_VALUE,
     "/observations/0/value"},
    {read_assessment, OBSERVED("{\"measure\":\"power\",\"side\":\"left\",\"value\":3}"), WRONG_TYPE,
     "/observations/0/value"},
    {read_assessment,
     OBSERVED("{\"measure\":\"flag\",\"value\":true,\"qualifiers\":{\"drunk\":true}}"),
     WRONG_QUALIFIER, "/observations/0/qualifiers/drunk"},
    {read_assessment,
     OBSERVED("{\"measure\":\"flag\",\"value\":true,\"qualifiers\":{\"pain_free\":1}}"), WRONG_TYPE,
     "/observations/0/qualifiers/pain_free"},
    {read_assessment,
     OBSERVED("{\"measure\":\"flag\",\"value\":true},{\"measure\":\"flag\",\"value\":false}"),
     DUPLICATE_OBSERVATION, "/observations/1"},
    {read_assessment,
     OBSERVED("{\"measure\":\"pain\",\"side\":\"both\",\"value\":1},{\"measure\":\"pain\",\"side\":"
              "\"left\",\"value\":2}"),
     DUPLICATE_OBSERVATION, "/observations/1"},

    {read_assessment,
     OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":1},{\"measure\":\"pain\",\"side\":"
              "\"both\",\"value\":2}"),
     DUPLICATE_OBSERVATION, "/observations/1"},

    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":1,\"trial\":0}"),
     BAD_VALUE, "/observations/0/trial"},
    {read_assessment, OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":1,\"trial\":21}"),
     BAD_VALUE, "/observations/0/trial"},
    {read_assessment,
     OBSERVED("{\"measure\":\"flag\",\"value\":true,\"trial\":2},{\"measure\":\"flag\",\"value\":"
              "true,\"trial\":2}"),
     DUPLICATE_OBSERVATION, "/observations/1"},
    {read_assessment,
     OBSERVED("{\"measure\":\"flag\",\"value\":true},{\"measure\":\"flag\",\"value\":true,"
              "\"trial\":1}"),
     DUPLICATE_OBSERVATION, "/observations/1"},
    {read_assessment, "{\"session\":{\"completed\":true}}", MISSING_MEMBER, "/session/activity"},
    {read_assessment, "{\"session\":{\"activity\":\"run\"}}", MISSING_MEMBER, "/session/completed"},
    {read_assessment, "{\"session\":{\"activity\":\"run\",\"completed\":1}}", WRONG_TYPE,
     "/session/completed"},
    {read_assessment,
     "{\"session\":{\"activity\":\"run\",\"completed\":true,\"ended_at\":\"late\"}}", BAD_VALUE,
     "/session/ended_at"},

    {read_void, "{}", MISSING_MEMBER, "/reason"},
    {read_void, "{\"reason\":\"\"}", BAD_VALUE, "/reason"},

    {read_transition, "{}", MISSING_MEMBER, "/kind"},
    {read_transition, "{\"kind\":\"jump\"}", BAD_VALUE, "/kind"},
    {read_transition, "{\"kind\":\"advance\",\"to\":4}", WRONG_TYPE, "/to"},
    {read_transition, "{\"kind\":\"advance\",\"override\":{\"reason\":\"x\"}}", MISSING_MEMBER,
     "/override/reason_code"},
    {read_transition,
     "{\"kind\":\"advance\",\"override\":{\"reason\":\"x\",\"reason_code\":\"Not A Code\"}}",
     BAD_VALUE, "/override/reason_code"},
    {read_transition,
     "{\"kind\":\"advance\",\"override\":{\"reason\":\"x\",\"reason_code\":\"zz\"}}", BAD_VALUE,
     "/override/reason_code"},
    {read_transition, "{\"kind\":\"advance\",\"override\":true}", WRONG_TYPE, "/override"},
};

/* One thing is wrong with each: the answer has its code, not the general one. */
static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        enum problem_code code = refusals[i].read(c, text_of(refusals[i].body)).code;
        if (c->problem.fault_count == 1 && code != refusals[i].code) {
            fail_msg("%s gives %s", refusals[i].body, problem_slug(code));
        }
        assert_int_not_equal(code, OK);
        assert_fault(c, refusals[i].code, refusals[i].pointer);
        bench_close(&b);
    }
}

static void test_everything_at_once(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    assert_int_equal(
        read_assessment(c,
                        TEXT("{\"occured_at\":\"x\",\"assessor\":7,\"observations\":["
                             "{\"measure\":\"pain\",\"side\":\"up\",\"value\":12,\"unit\":\"kg\"},"
                             "{\"measure\":\"strength\",\"value\":801.5,\"side\":\"left\"}]}"))
            .code,
        INVALID);
    assert_fault(c, UNKNOWN_MEMBER, "/occured_at");
    assert_fault(c, WRONG_TYPE, "/assessor");
    assert_fault(c, BAD_VALUE, "/observations/0/side");
    assert_fault(c, WRONG_UNIT, "/observations/0/unit");
    assert_fault(c, OUT_OF_RANGE, "/observations/1/value");
    assert_text(c->problem.faults[0].detail, "did you mean occurred_at?");
    bench_close(&b);
}

static struct text detail_of(struct call *c, const char *body)
{
    assert_int_not_equal(read_assessment(c, text_of(body)).code, OK);
    return c->problem.faults[0].detail;
}

/* A side that is none is told once, not once more as a wrong one. */
static void test_one_fault_for_a_bad_side(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    assert_int_equal(
        read_assessment(c, TEXT(OBSERVED("{\"measure\":\"pain\",\"side\":\"west\",\"value\":1},"
                                         "{\"measure\":\"flag\",\"side\":3,\"value\":true}")))
            .code,
        INVALID);
    assert_int_equal(c->problem.fault_count, 2);
    assert_fault(c, BAD_VALUE, "/observations/0/side");
    assert_fault(c, WRONG_TYPE, "/observations/1/side");
    bench_close(&b);
}

/* The detail says what would be right. */
static void test_details(void **state)
{
    (void)state;
    static const struct {
        const char *body, *detail;
    } cases[] = {
        {OBSERVED("{\"measure\":\"pan\",\"value\":1}"), "did you mean pain?"},
        {OBSERVED("{\"measure\":\"xxxxxxxxxx\",\"value\":1}"), ""},
        {OBSERVED("{\"measure\":\"weight\",\"value\":300}"), "must lie from 20 to 250 kg"},
        {OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":0.5}"),
         "must be a multiple of 1 {score}"},
        {OBSERVED("{\"measure\":\"weight\",\"value\":70,\"unit\":\"N\"}"),
         "accepted: kg, g, [lb_av]"},
        {OBSERVED("{\"measure\":\"pain\",\"side\":\"left\",\"value\":7,\"unit\":\"cm\"}"),
         "accepted: {score}, mm"},
        {OBSERVED("{\"measure\":\"flag\",\"value\":true,\"unit\":\"cm\"}"),
         "this measure has no unit: leave it out"},
        {OBSERVED("{\"measure\":\"gait\",\"value\":\"x\"}"),
         "must be one of normal antalgic aided"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        assert_text(detail_of(c, cases[i].body), cases[i].detail);
        bench_close(&b);
    }
}

/* What was sent never stands in a text that may be logged; only its place does. */
static void test_no_echo(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        (void)refusals[i].read(c, text_of(refusals[i].body));
        for (uint32_t k = 0; k < c->problem.fault_count; k++) {
            struct text detail = c->problem.faults[k].detail;
            if (detail.size == 0) continue;
            assert_null(memmem(detail.at, detail.size, "nobody", 6));
            assert_null(memmem(detail.at, detail.size, "limping", 7));
            assert_null(memmem(detail.at, detail.size, "99999", 5));
        }
        bench_close(&b);
    }
}

static void test_patient(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct patient p;
    assert_int_equal(
        wire_read_patient(
            c,
            TEXT("{\"identifiers\":[{\"system\":\"urn:x\",\"value\":\"A 1\"}],"
                 "\"birth_date\":\"1999-07-14\",\"sex\":\"female\",\"label\":\"Ünï\"}"),
            &p)
            .code,
        OK);
    assert_int_equal(p.identifier_count, 1);
    assert_text(p.identifiers[0].system, "urn:x");
    assert_text(p.identifiers[0].value, "A 1");
    assert_int_equal(p.birth_day, time_day_from_civil(1999, 7, 14));
    assert_int_equal(p.sex, SEX_FEMALE);
    assert_text(p.label, "Ünï");
    assert_int_equal(wire_read_patient(c, TEXT("{\"label\":\"x\"}"), &p).code, OK);
    assert_int_equal(p.birth_day, NO_DAY);
    assert_int_equal(p.sex, SEX_UNKNOWN);
    assert_int_equal(p.identifier_count, 0);
    bench_close(&b);
}

static void test_episode(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct episode e;
    assert_int_equal(wire_read_episode(c,
                                       TEXT("{\"patient_id\":\"" ID
                                            "\",\"protocol\":\"hamstring\",\"version\":2,"
                                            "\"side\":\"right\",\"onset_date\":\"2026-03-02\","
                                            "\"strata\":{\"grade\":\"2\",\"sport\":\"sprint\"}}"),
                                       &e)
                         .code,
                     OK);
    assert_text(e.protocol, "hamstring");
    assert_int_equal(e.protocol_version, 2);
    assert_int_equal(e.side, SIDE_RIGHT);
    assert_int_equal(e.onset_day, time_day_from_civil(2026, 3, 2));
    assert_int_equal(e.surgery_day, NO_DAY);
    assert_true(e.started_us == NO_TIME);
    assert_int_equal(e.stratum_count, 2);
    assert_text(e.strata[0].name, "grade");
    assert_text(e.strata[1].value, "sprint");
    assert_int_equal(e.patient.byte[0], 0x01);
    assert_int_equal(e.patient.byte[15], 0x60);
    bench_close(&b);
}

struct taken {
    const char *observation;
    const char *value, *unit;
    int64_t nano;
};

static const struct taken taken[] = {
    {"{\"measure\":\"strength\",\"side\":\"left\",\"value\":72.40}", "72.40", "",
     INT64_C(72'400'000'000)},
    {"{\"measure\":\"strength\",\"side\":\"left\",\"value\":0.1,\"unit\":\"N\"}", "0.1", "N",
     INT64_C(100'000'000)},
    {"{\"measure\":\"strength\",\"side\":\"left\",\"value\":10,\"unit\":\"kgf\"}", "10", "kgf",
     INT64_C(98'066'500'000)},
    {"{\"measure\":\"weight\",\"value\":150,\"unit\":\"[lb_av]\"}", "150", "[lb_av]",
     INT64_C(68'038'855'500)},
    {"{\"measure\":\"weight\",\"value\":70500.125,\"unit\":\"g\"}", "70500.125", "g",
     INT64_C(70'500'125'000)},
    {"{\"measure\":\"length\",\"side\":\"right\",\"value\":62,\"unit\":\"mm\"}", "62", "mm",
     INT64_C(6'200'000'000)},
    {"{\"measure\":\"length\",\"side\":\"right\",\"value\":0.062,\"unit\":\"m\"}", "0.062", "m",
     INT64_C(6'200'000'000)},
    {"{\"measure\":\"length\",\"side\":\"right\",\"value\":1.5,\"unit\":\"[in_i]\"}", "1.5",
     "[in_i]", INT64_C(3'810'000'000)},
    {"{\"measure\":\"pain\",\"side\":\"left\",\"value\":25,\"unit\":\"mm\"}", "25", "mm",
     INT64_C(2'500'000'000)},
    {"{\"measure\":\"pain\",\"side\":\"both\",\"value\":10,\"unit\":\"{score}\"}", "10", "{score}",
     INT64_C(10'000'000'000)},
    {"{\"measure\":\"pain\",\"side\":\"left\",\"value\":3.000}", "3.000", "",
     INT64_C(3'000'000'000)},
    {"{\"measure\":\"flag\",\"value\":true}", "true", "", INT64_C(1'000'000'000)},
    {"{\"measure\":\"flag\",\"value\":false,\"side\":\"none\"}", "false", "", 0},
    {"{\"measure\":\"gait\",\"value\":\"aided\"}", "aided", "", INT64_C(2'000'000'000)},
    {"{\"measure\":\"power\",\"side\":\"left\",\"value\":\"3+\"}", "3+", "",
     INT64_C(1'000'000'000)},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        struct assessment a;
        struct text body = text_format(c->arena, "{\"observations\":[%s]}", taken[i].observation);
        struct result r = wire_read_assessment(c, body, bench_measures, bench_measure_count, &a);
        if (r.code != OK) fail_msg("%s: %s", taken[i].observation, problem_slug(r.code));
        assert_text(a.observations[0].value, taken[i].value);
        assert_text(a.observations[0].unit, taken[i].unit);
        assert_true(a.observations[0].value_nano == taken[i].nano);
        bench_close(&b);
    }
}

static void test_assessment(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct assessment a;
    assert_int_equal(
        wire_read_assessment(c,
                             TEXT("{\"occurred_at\":\"2026-03-05T10:10:00.25+01:00\",\"assessor\":"
                                  "\"pt-1\",\"observations\":["
                                  "{\"measure\":\"pain\",\"side\":\"left\",\"value\":1,"
                                  "\"qualifiers\":{\"analgesic_24h\":false,\"warmed_up\":true}},"
                                  "{\"measure\":\"pain\",\"side\":\"right\",\"value\":0}]}"),
                             bench_measures, bench_measure_count, &a)
            .code,
        OK);
    assert_true(a.occurred_us == INT64_C(1772701800) * 1'000'000 + 250'000);
    assert_text(a.assessor, "pt-1");
    assert_int_equal(a.observation_count, 2);
    assert_int_equal(a.observations[0].qualifiers_known,
                     QUALIFIER_ANALGESIC_24H | QUALIFIER_WARMED_UP);
    assert_int_equal(a.observations[0].qualifiers_held, QUALIFIER_WARMED_UP);
    assert_int_equal(a.observations[1].qualifiers_known, 0);
    assert_int_equal(a.observations[1].side, SIDE_RIGHT);
    assert_ptr_equal(a.observations[0].of, &bench_measures[0]);
    bench_close(&b);
}

static void test_session(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct assessment a;
    struct text missed = TEXT("{\"session\":{\"activity\":\"run\",\"completed\":false}}");
    assert_int_equal(wire_read_assessment(c, missed, bench_measures, bench_measure_count, &a).code,
                     OK);
    assert_text(a.session.activity, "run");
    assert_false(a.session.completed);
    assert_true(a.session.prescribed);
    assert_true(a.session.ended_us == NO_TIME);
    assert_int_equal(a.observation_count, 0);

    struct text done =
        TEXT("{\"session\":{\"activity\":\"run\",\"completed\":true,\"prescribed\":false,"
             "\"ended_at\":\"2026-03-05T09:10:00Z\"},\"observations\":["
             "{\"measure\":\"pain\",\"side\":\"left\",\"value\":1,\"trial\":20},"
             "{\"measure\":\"pain\",\"side\":\"left\",\"value\":2,\"trial\":1}]}");
    assert_int_equal(wire_read_assessment(c, done, bench_measures, bench_measure_count, &a).code,
                     OK);
    assert_true(a.session.completed);
    assert_false(a.session.prescribed);
    assert_true(a.session.ended_us == INT64_C(1772701800) * 1'000'000);
    assert_int_equal(a.observations[0].trial, 20);
    assert_int_equal(a.observations[1].trial, 1);
    bench_close(&b);
}

static void test_transition(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct transition_request t = {.if_match = {.any = true}};
    struct text reason;
    assert_int_equal(
        wire_read_transition(
            c,
            TEXT("{\"kind\":\"clear_red_flag\",\"red_flag\":\"rf_dvt\",\"reason\":\"seen\\nagain\","
                 "\"override\":{\"reason_code\":\"clinical_judgement\",\"reason\":\"why\"}}"),
            &t)
            .code,
        OK);
    assert_int_equal(t.kind, MOVE_CLEAR_RED_FLAG);
    assert_text(t.red_flag, "rf_dvt");
    assert_text(t.reason, "seen\nagain");
    assert_true(t.has_override);
    assert_int_equal(t.override_code, OVERRIDE_CLINICAL_JUDGEMENT);
    assert_true(t.if_match.any);
    assert_true(t.occurred_us == NO_TIME);
    assert_int_equal(wire_read_void(c, TEXT("{\"reason\":\"Wrong patient.\"}"), &reason).code, OK);
    assert_text(reason, "Wrong patient.");
    bench_close(&b);
}

/* Many faults are told up to a ceiling, and the rest is not lost on the code. */
static void test_more_faults_than_kept(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text body = TEXT("{\"observations\":[{}");
    for (int i = 0; i < 60; i++)
        body = text_format(c->arena, "%.*s,{}", TEXT_FMT(body));
    body = text_format(c->arena, "%.*s]}", TEXT_FMT(body));
    assert_int_equal(read_assessment(c, body).code, MISSING_MEMBER);
    assert_int_equal(c->problem.fault_count, FAULTS_KEPT);
    bench_close(&b);
}

static struct result read_good(struct call *c)
{
    TRY(read_patient(
        c, TEXT("{\"identifiers\":[{\"system\":\"s\",\"value\":\"v\"}],\"label\":\"x\"}")));
    TRY(read_episode(c, TEXT("{\"patient_id\":\"" ID
                             "\",\"protocol\":\"p\",\"side\":\"left\",\"strata\":{\"a\":\"b\"}}")));
    TRY(read_transition(c, TEXT("{\"kind\":\"advance\",\"reason\":\"x\"}")));
    return read_assessment(
        c, TEXT(OBSERVED("{\"measure\":\"weight\",\"value\":150,\"unit\":\"[lb_av]\"},"
                         "{\"measure\":\"gait\",\"value\":\"aided\"}")));
}

static void test_refused_memory(void **state)
{
    (void)state;
    check_every_refusal(read_good);
}

/* Without memory for a fault's words the refusal stays one. */
static void test_refused_memory_for_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        for (size_t n = 0; n < 24; n++) {
            struct bench b;
            struct call *c = bench_open(&b);
            b.refuse_at = n;
            assert_int_not_equal(refusals[i].read(c, text_of(refusals[i].body)).code, OK);
            bench_close(&b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_everything_at_once),
        cmocka_unit_test(test_one_fault_for_a_bad_side),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_no_echo),
        cmocka_unit_test(test_patient),
        cmocka_unit_test(test_episode),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_assessment),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_transition),
        cmocka_unit_test(test_more_faults_than_kept),
        cmocka_unit_test(test_refused_memory),
        cmocka_unit_test(test_refused_memory_for_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
