/* SPDX-License-Identifier: Apache-2.0 */
/* From an address to a row of the route table. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/router.h"

static const struct route *find(enum method method, const char *path, struct request *in,
                                unsigned int *allowed)
{
    *in = (struct request){.method = method, .path = text_of(path)};
    return router_find(in, allowed);
}

static void rows_are_found(void **state)
{
    (void)state;
    struct request in;
    unsigned int allowed;
    const struct route *r = find(GET, "/v1/protocols/hamstring/versions/12", &in, &allowed);
    assert_non_null(r);
    assert_string_equal(r->path, "/v1/protocols/{protocol}/versions/{version}");
    assert_true(r->handler == api_get_protocol_version);
    assert_true(text_is(in.parts[0], "hamstring") && text_is(in.parts[1], "12"));
    assert_true(find(POST, "/v1/episodes", &in, &allowed)->handler == api_create_episode);
    assert_true(find(GET, "/v1/episodes", &in, &allowed)->handler == api_list_episodes);
    assert_true(find(HEAD, "/healthz", &in, &allowed)->handler == api_get_health);
    assert_int_equal(find(HEAD, "/healthz", &in, &allowed)->scope, SCOPE_NONE);
}

/* The first row that fits is the one: no two may fit the same path and method. */
static void every_row_finds_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < router_count(); i++) {
        const struct route *r = router_row(i);
        struct request in;
        unsigned int allowed;
        assert_ptr_equal(find(r->method, r->path, &in, &allowed), r);
    }
    assert_null(router_row(router_count()));
}

static void other_addresses_are_not(void **state)
{
    (void)state;
    static const char *const unknown[] = {"/",
                                          "",
                                          "/v1",
                                          "/v1/",
                                          "/v1/episodes/",
                                          "/v1/episodes//evaluation",
                                          "/v1/episodes/a/evaluation/",
                                          "/v1/protocols/a/versions/",
                                          "/v1/protocols/a/b",
                                          "/V1/episodes",
                                          "/healthz/x",
                                          "/healthzx"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        struct request in;
        unsigned int allowed;
        if (find(GET, unknown[i], &in, &allowed) != NULL || allowed != 0)
            fail_msg("%s is served", unknown[i]);
    }
}

static void other_methods_are_told_what_is(void **state)
{
    (void)state;
    struct request in;
    unsigned int allowed;
    assert_null(find(DELETE, "/v1/episodes", &in, &allowed));
    assert_int_equal(allowed, 1u << GET | 1u << HEAD | 1u << POST | 1u << OPTIONS);
    assert_null(find(GET, "/v1/assessments/a/void", &in, &allowed));
    assert_int_equal(allowed, 1u << POST | 1u << OPTIONS);
    assert_non_null(find(GET, "/v1/patients", &in,
                         &allowed)); /* its row stands after another of the same path */
    assert_int_equal(allowed, 0);
}

static void operations_are_named_as_in_the_contract(void **state)
{
    (void)state;
    unsigned char room[128];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    struct request in;
    unsigned int allowed;
    const struct route *r = find(POST, "/v1/episodes/a/transitions", &in, &allowed);
    assert_true(text_is(router_operation(r, &arena), "recordTransition"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(every_row_finds_itself),
        cmocka_unit_test(other_addresses_are_not),
        cmocka_unit_test(other_methods_are_told_what_is),
        cmocka_unit_test(operations_are_named_as_in_the_contract),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
