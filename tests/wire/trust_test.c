/* SPDX-License-Identifier: Apache-2.0 */
/* Problems as they are told, and what the service says of itself. */
#include "help.h"

#include <jansson.h>
#include <stdlib.h>

#define NIL "00000000-0000-0000-0000-000000000000"

static void test_bare(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    assert_text(
        wire_write_problem(c, NOT_FOUND, TEXT("")),
        "{\"type\":\"/problems/not-found\",\"title\":\"There is nothing here, or it "
        "belongs to someone else\","
        "\"status\":404,\"code\":\"not_found\",\"detail\":\"Check the address and the ids in "
        "it, and that the key belongs to the right clinic.\",\"request_id\":\"" NIL "\"}");
    bench_close(&b);
}

static void test_particulars(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    (void)call_fault(c, WRONG_UNIT, TEXT("/observations/0/unit"), TEXT("accepted: N, kgf"));
    (void)call_fault(c, WRONG_TYPE, TEXT(""), TEXT("the body must be an object"));
    (void)call_fault(c, BAD_PARAMETER, TEXT("limit"), (struct text){NULL, 0});
    c->problem.detail = TEXT("Say \"please\".");
    c->problem.existing = TEXT("abc");
    c->problem.body = TEXT("\"evaluation\":{\"as_of\":1}");
    assert_text(
        wire_write_problem(c, IDENTIFIER_TAKEN, TEXT("/v1/patients")),
        "{\"type\":\"/problems/identifier-taken\",\"title\":\"Another patient of this clinic has "
        "this identifier\","
        "\"status\":409,\"code\":\"identifier_taken\",\"detail\":\"Say "
        "\\\"please\\\".\",\"instance\":\"/v1/patients\","
        "\"request_id\":\"" NIL "\",\"errors\":["
        "{\"pointer\":\"/observations/0/unit\",\"code\":\"wrong_unit\",\"detail\":\"accepted: N, "
        "kgf\"},"
        "{\"pointer\":\"\",\"code\":\"wrong_type\",\"detail\":\"the body must be an object\"},"
        "{\"parameter\":\"limit\",\"code\":\"bad_parameter\"}],"
        "\"existing\":{\"patient_id\":\"abc\"},\"evaluation\":{\"as_of\":1}}");
    assert_non_null(
        strstr(wire_write_problem(c, ALREADY_VOID, TEXT("")).at, "\"existing\":{\"id\":\"abc\"}"));
    bench_close(&b);
}

/* Every row of the table, with and without memory, is one JSON object that names itself. */
static void test_every_problem(void **state)
{
    (void)state;
    for (enum problem_code code = OK + 1; code < PROBLEM_COUNT; code++) {
        for (size_t refuse_at = 0; refuse_at < 2; refuse_at++) {
            struct bench b;
            struct call *c = bench_open(&b);
            b.refuse_at = refuse_at == 0 ? 0 : SIZE_MAX;
            struct text body = wire_write_problem(c, code, TEXT("/v1/x"));
            json_t *root = json_loadb(body.at, body.size, JSON_REJECT_DUPLICATES, NULL);
            assert_non_null(root);
            assert_string_equal(json_string_value(json_object_get(root, "code")),
                                problem_slug(code));
            assert_string_equal(json_string_value(json_object_get(root, "title")),
                                problem_title(code));
            assert_int_equal(json_integer_value(json_object_get(root, "status")),
                             problem_status(code));
            assert_string_equal(json_string_value(json_object_get(root, "detail")),
                                problem_detail(code));
            json_decref(root);
            bench_close(&b);
        }
    }
}

static void test_kind(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    assert_int_equal(wire_write_problem_kind(c, &(enum problem_code){STALE_ETAG}, &out).code, OK);
    assert_text(out, "{\"type\":\"/problems/stale-etag\",\"title\":\"The resource has changed "
                     "since it was read\",\"status\":412,"
                     "\"code\":\"stale_etag\",\"detail\":\"Read the episode again and decide "
                     "anew; the ETag of this answer is the present one.\"}");
    bench_close(&b);
}

static void test_service(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out;
    const struct build build = {TEXT("rehabd"), TEXT("0.1.0"), TEXT("abc"),
                                TEXT("2026-03-01T07:00:00Z")};
    assert_int_equal(wire_write_version(c, &build, &out).code, OK);
    assert_text(out, "{\"name\":\"rehabd\",\"version\":\"0.1.0\",\"commit\":\"abc\",\"built\":"
                     "\"2026-03-01T07:00:00Z\"}");
    const struct health_check checks[] = {
        {.name = TEXT("database"), .ok = true, .took_us = 1234},
        {.name = TEXT("schema"), .ok = true, .took_us = -1},
        {.name = TEXT("draining"),
         .detail = TEXT("the service is stopping"),
         .ok = false,
         .took_us = -1},
    };
    assert_int_equal(wire_write_health(c, &(struct health){checks, 2}, &out).code, OK);
    assert_text(out, "[+]database ok 1.2ms\n[+]schema ok\nreadyz check passed\n");
    assert_int_equal(wire_write_health(c, &(struct health){checks, 3}, &out).code, OK);
    assert_text(out, "[+]database ok 1.2ms\n[+]schema ok\n[-]draining the service is "
                     "stopping\nreadyz check failed\n");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bare),          cmocka_unit_test(test_particulars),
        cmocka_unit_test(test_every_problem), cmocka_unit_test(test_kind),
        cmocka_unit_test(test_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
