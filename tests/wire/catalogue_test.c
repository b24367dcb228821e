/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: the files of sql/seed as they stand, and what is refused in a measure. */
#include "help.h"

#include <stdlib.h>

static const struct measure *find(const struct measure *all, uint32_t count, const char *code)
{
    for (uint32_t i = 0; i < count; i++) {
        if (text_is(all[i].code, code)) return &all[i];
    }
    fail_msg("no measure %s", code);
    return NULL;
}

static void test_seed_measures(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct measure *all = NULL;
    uint32_t count = 0;
    struct text file = read_file("sql/seed/measures.json");
    assert_int_equal(wire_read_measures(c, file, &all, &count).code, OK);
    assert_true(count >= 40);
    const struct measure *pain = find(all, count, "pain_rest");
    assert_int_equal(pain->kind, MEASURE_NUMBER);
    assert_text(pain->unit, "{score}");
    assert_true(pain->high_nano == INT64_C(10'000'000'000) && pain->low_nano == 0);
    assert_true(pain->step_nano == INT64_C(1'000'000'000));
    assert_int_equal(pain->direction, -1);
    assert_true(pain->sided);
    const struct measure *gait = find(all, count, "gait");
    assert_int_equal(gait->kind, MEASURE_ORDINAL);
    assert_true(gait->high_nano == (int64_t)(gait->label_count - 1) * 1'000'000'000);
    for (uint32_t i = 0; i < count; i++) {
        struct measure alone;
        assert_true(all[i].document.at[0] == '{' &&
                    all[i].document.at[all[i].document.size - 1] == '}');
        assert_int_equal(wire_read_measure(c, all[i].document, &alone).code, OK);
        assert_true(text_equal(alone.code, all[i].code) && alone.high_nano == all[i].high_nano);
    }
    free((void *)(uintptr_t)file.at);
    bench_close(&b);
}

static void test_seed_exercises(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct exercise *all = NULL;
    uint32_t count = 0;
    struct text file = read_file("sql/seed/exercises.json");
    assert_int_equal(wire_read_exercises(c, file, &all, &count).code, OK);
    assert_true(count >= 6);
    for (uint32_t i = 0; i < count; i++) {
        struct exercise alone;
        assert_int_equal(wire_read_exercise(c, all[i].document, &alone).code, OK);
        assert_true(text_equal(alone.id, all[i].id));
    }
    free((void *)(uintptr_t)file.at);
    bench_close(&b);
}

static void test_seed_protocol(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct protocol_head head;
    struct text file = read_file("sql/seed/protocols/hamstring-strain-staged.json");
    assert_int_equal(wire_read_protocol_head(c, file, &head).code, OK);
    assert_text(head.id, "hamstring-strain-staged");
    assert_text(head.title, "Hamstring strain, staged rehabilitation");
    assert_int_equal(head.version, 1);
    assert_true(head.condition.size > 0);
    free((void *)(uintptr_t)file.at);
    bench_close(&b);
}

static void test_seed_demo(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct measure *measures = NULL;
    uint32_t count = 0;
    struct demo demo;
    struct text file = read_file("sql/seed/measures.json"), story = read_file("sql/seed/demo.json");
    assert_int_equal(wire_read_measures(c, file, &measures, &count).code, OK);
    if (wire_read_demo(c, story, measures, count, &demo).code != OK)
        assert_fault(c, OK, "no fault");
    assert_text(demo.zone, "UTC");
    assert_true(demo.patient_count > 0);
    const struct demo_episode *e = &demo.patients[0].episodes[0];
    assert_true(e->assessment_count > 0 && e->assessments[0].hours_ago > 0);
    assert_true(e->assessments[0].assessment.occurred_us == NO_TIME);
    assert_int_equal(e->episode.onset_day, NO_DAY);
    assert_true(e->assessments[0].assessment.observation_count > 0);
    free((void *)(uintptr_t)file.at);
    free((void *)(uintptr_t)story.at);
    bench_close(&b);
}

#define NUMBER                                                                                     \
    "\"code\":\"x\",\"kind\":\"number\",\"sided\":false,\"direction\":\"none\",\"unit\":\"cm\""

static void test_refused_measures(void **state)
{
    (void)state;
    static const struct {
        const char *document;
        enum problem_code code;
        const char *pointer;
    } cases[] = {
        {"{}", MISSING_MEMBER, "/code"},
        {"{" NUMBER ",\"low\":0}", MISSING_MEMBER, "/high"},
        {"{" NUMBER ",\"low\":0,\"high\":0}", BAD_VALUE, "/high"},
        {"{" NUMBER ",\"low\":0,\"high\":1e3}", BAD_VALUE, "/high"},
        {"{" NUMBER ",\"low\":0.0000000001,\"high\":1}", TOO_PRECISE, "/low"},
        {"{" NUMBER ",\"low\":0,\"high\":1,\"step\":-1}", BAD_VALUE, "/step"},
        {"{" NUMBER ",\"low\":0,\"high\":1,\"labels\":[\"a\",\"b\"]}", BAD_VALUE, "/labels"},
        {"{" NUMBER ",\"low\":0,\"high\":1,\"accepts\":[\"N\"]}", WRONG_UNIT, "/accepts/0"},
        {"{" NUMBER ",\"low\":0,\"high\":1,\"colour\":1}", UNKNOWN_MEMBER, "/colour"},
        {"{\"code\":\"x\",\"kind\":\"ordinal\",\"sided\":false,\"direction\":\"none\"}",
         MISSING_MEMBER, "/labels"},
        {"{\"code\":\"x\",\"kind\":\"ordinal\",\"sided\":false,\"direction\":\"none\",\"labels\":["
         "\"a\"]}",
         BAD_VALUE, "/labels"},
        {"{\"code\":\"x\",\"kind\":\"boolean\",\"sided\":false,\"direction\":\"none\",\"low\":0}",
         BAD_VALUE, "/kind"},
        {"{\"code\":\"x\",\"kind\":\"boolean\",\"sided\":false,\"direction\":\"up\"}", BAD_VALUE,
         "/direction"},
        {"{\"code\":\"x\",\"kind\":\"boolean\",\"sided\":0,\"direction\":\"none\"}", WRONG_TYPE,
         "/sided"},
        {"{\"code\":\"X\",\"kind\":\"boolean\",\"sided\":true,\"direction\":\"none\"}", BAD_VALUE,
         "/code"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        struct measure m;
        assert_int_not_equal(wire_read_measure(c, text_of(cases[i].document), &m).code, OK);
        assert_fault(c, cases[i].code, cases[i].pointer);
        bench_close(&b);
    }
}

static void test_pointer_into_list(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct measure *all = NULL;
    uint32_t count = 0;
    struct text body =
        TEXT("[{\"code\":\"x\",\"kind\":\"boolean\",\"sided\":true,\"direction\":\"none\"},{" NUMBER
             "}]");
    assert_int_equal(wire_read_measures(c, body, &all, &count).code, MISSING_MEMBER);
    assert_fault(c, MISSING_MEMBER, "/1/low");
    assert_int_equal(wire_read_measures(c, TEXT("{}"), &all, &count).code, WRONG_TYPE);
    bench_close(&b);
}

static void test_lists(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    const struct measure measures[] = {{.document = TEXT("{\"code\": \"a\"}")},
                                       {.document = TEXT("{ }")}};
    assert_int_equal(
        wire_write_measures(c, &(struct measure_page){measures, 2, TEXT("")}, &out).code, OK);
    assert_text(out, "{\"items\":[{\"code\": \"a\"},{ }]}");
    const struct exercise exercise = {.document = TEXT("{\"id\":1}")};
    assert_int_equal(
        wire_write_exercises(
            c, &(struct exercise_page){&exercise, 1, TEXT("/v1/exercises?cursor=x")}, &out)
            .code,
        OK);
    assert_text(out, "{\"items\":[{\"id\":1}],\"next\":\"/v1/exercises?cursor=x\"}");
    assert_int_equal(wire_write_exercises(c, &(struct exercise_page){NULL, 0, TEXT("")}, &out).code,
                     OK);
    assert_text(out, "{\"items\":[]}");
    bench_close(&b);
}

static void test_protocols(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    struct text document =
        TEXT("{\"id\":\"p\",\"title\":{\"de\":\"Zerrung\",\"en\":\"A \\u00e4 \\\"strain\\\"\"},"
             "\"condition\":{\"text\":\"Strain\"}}");
    const struct protocol_version versions[] = {
        {.protocol = TEXT("p"),
         .version = 3,
         .state = VERSION_RETIRED,
         .document = TEXT("{}"),
         .etag = TEXT("e3")},
        {.protocol = TEXT("p"),
         .version = 2,
         .state = VERSION_PUBLISHED,
         .document = document,
         .etag = TEXT("e2"),
         .published_us = INT64_C(1772359200) * 1'000'000},
    };
    assert_int_equal(
        wire_write_protocols(c, &(struct protocol_page){&versions[1], 1, TEXT("")}, &out).code, OK);
    assert_text(
        out,
        "{\"items\":[{\"id\":\"p\",\"version\":2,\"title\":\"A \\u00e4 "
        "\\\"strain\\\"\",\"condition\":\"Strain\","
        "\"state\":\"published\",\"etag\":\"e2\",\"published_at\":\"2026-03-01T10:00:00Z\"}]}");
    assert_int_equal(wire_write_protocol(c, &(struct protocol_answer){versions, 2}, &out).code, OK);
    assert_text(out, "{\"id\":\"p\",\"title\":\"A \\u00e4 "
                     "\\\"strain\\\"\",\"condition\":\"Strain\",\"latest\":2,\"versions\":["
                     "{\"version\":3,\"state\":\"retired\",\"etag\":\"e3\",\"published_at\":\"1970-"
                     "01-01T00:00:00Z\"},"
                     "{\"version\":2,\"state\":\"published\",\"etag\":\"e2\",\"published_at\":"
                     "\"2026-03-01T10:00:00Z\"}]}");
    bench_close(&b);
}

static struct result read_and_write(struct call *c)
{
    struct measure *all = NULL;
    uint32_t count = 0;
    struct text out;
    TRY(wire_read_measures(
        c,
        TEXT("[{" NUMBER
             ",\"low\":0,\"high\":1},{\"code\":\"y\",\"kind\":\"ordinal\",\"sided\":false,"
             "\"direction\":\"none\",\"labels\":[\"a\",\"b\"]}]"),
        &all, &count));
    return wire_write_measures(c, &(struct measure_page){all, count, TEXT("")}, &out);
}

static void test_refused_memory(void **state)
{
    (void)state;
    check_every_refusal(read_and_write);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seed_measures),
        cmocka_unit_test(test_seed_exercises),
        cmocka_unit_test(test_seed_protocol),
        cmocka_unit_test(test_seed_demo),
        cmocka_unit_test(test_refused_measures),
        cmocka_unit_test(test_pointer_into_list),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_protocols),
        cmocka_unit_test(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
