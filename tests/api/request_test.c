/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include "api/inside.h"

static unsigned char memory[1 << 16];
static struct rehab_arena arena;
static struct call c;

static int renew(void **state)
{
    (void)state;
    arena = (struct rehab_arena){.at = memory, .end = memory + sizeof memory};
    c = (struct call){.arena = &arena};
    return 0;
}

static struct request query(const char *name, const char *value)
{
    return (struct request){.query = {{text_of(name), text_of(value)}}, .query_count = 1};
}

static void unknown_parameters(void **state)
{
    (void)state;
    struct request in = query("limitt", "1");
    assert_int_equal(read_query(&c, &in, ONLY("limit", "cursor")).code, UNKNOWN_PARAMETER);
    assert_true(text_is(c.problem.faults[0].pointer, "limitt"));
    renew(NULL);
    in.query[0].name = TEXT("limit");
    assert_int_equal(read_query(&c, &in, ONLY("limit", "cursor")).code, OK);
    assert_int_equal(read_query(&c, &in, NO_PARAMETERS).code, UNKNOWN_PARAMETER);
    renew(NULL);
    in.query[in.query_count++] = in.query[0];
    assert_int_equal(read_query(&c, &in, ONLY("limit")).code, BAD_PARAMETER);
}

static void limits(void **state)
{
    (void)state;
    static const struct {
        const char *sent;
        uint32_t taken; /* 0: refused */
    } rows[] = {{"1", 1},   {"50", 50},        {"200", 200}, {"201", 200}, {"999999999", 200},
                {"0", 1},   {"007", 7},        {"", 0},      {"-1", 0},    {"1.5", 0},
                {"ten", 0}, {"9999999999", 0}, {" 5", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;
        struct request in = query("limit", rows[i].sent);
        renew(NULL);
        struct result r = read_page(&c, &in, &page);
        assert_int_equal(r.code, rows[i].taken == 0 ? BAD_PARAMETER : OK);
        if (rows[i].taken > 0) assert_int_equal(page.limit, rows[i].taken);
    }
    struct page page;
    struct request none = {0};
    assert_int_equal(read_page(&c, &none, &page).code, OK);
    assert_int_equal(page.limit, 50);
}

static void versions_in_if_match(void **state)
{
    (void)state;
    static const struct {
        const char *sent;
        int64_t version; /* -1: none */
    } rows[] = {{"\"v1\"", 1},
                {"\"v17\"", 17},
                {"\"v17-gz\"", 17},
                {"W/\"v17\"", -1},
                {"v17", -1},
                {"\"v\"", -1},
                {"\"17\"", -1},
                {"\"v17-br\", W/\"v3\", \"v2\"", 2},
                {"\"a,\"v9\",b\" ,\t\"v8\"", 8},
                {",, \"v4\" ,", 4},
                {"\"v17-br\"", -1},
                {"\"v-1\"", -1},
                {"\"v99999999999999999999999\"", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct if_match read;
        struct request in = {.if_match = text_of(rows[i].sent)};
        assert_int_equal(read_if_match_required(&c, &in, &read).code, OK);
        assert_false(read.any);
        assert_int_equal(read.count, rows[i].version >= 0);
        if (read.count > 0) assert_int_equal(read.versions[0], rows[i].version);
    }
    struct if_match read;
    struct request list = {.if_match = TEXT("\"v7\", \"v1\",\"v3-gz\"")};
    assert_int_equal(read_if_match(&c, &list, &read).code, OK);
    assert_int_equal(read.count, 3);
    assert_int_equal(read.versions[0] * 100 + read.versions[1] * 10 + read.versions[2], 713);
    struct request none = {0};
    assert_int_equal(read_if_match_required(&c, &none, &read).code, IF_MATCH_REQUIRED);
    assert_int_equal(read_if_match(&c, &none, &read).code, OK);
    assert_true(read.any);
    struct request any = {.if_match = TEXT("*")};
    assert_int_equal(read_if_match_required(&c, &any, &read).code, OK);
    assert_true(read.any);
}

static struct request post(const char *key, const char *type, const char *body)
{
    return (struct request){.method = POST,
                            .path = TEXT("/v1/patients"),
                            .idempotency_key = text_of(key),
                            .content_type = text_of(type),
                            .body = text_of(body)};
}

static void keys_and_types(void **state)
{
    (void)state;
    struct idempotency once;
    struct request in = post("k-1", "application/json", "{}");
    assert_int_equal(read_once(&c, &in, &once).code, OK);
    in.content_type = TEXT("Application/JSON; charset=utf-8");
    assert_int_equal(read_once(&c, &in, &once).code, OK);
    static const char *const taken[] = {"application/json;charset=UTF-8",
                                        "application/json ; v=\"a;charset=x\"; charset=\"utf-8\"",
                                        "application/json;"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        in.content_type = text_of(taken[i]);
        assert_int_equal(read_once(&c, &in, &once).code, OK);
    }
    static const char *const refused[] = {
        "application/json; charset=latin1", "application/json; a=b; Charset=\"utf-16\"",
        "application/json; charset=",       "application/json x",
        "application/problem+json",         ";"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        in.content_type = text_of(refused[i]);
        assert_int_equal(read_once(&c, &in, &once).code, UNSUPPORTED_MEDIA_TYPE);
    }
    in.content_type = TEXT("application/jsonx");
    assert_int_equal(read_once(&c, &in, &once).code, UNSUPPORTED_MEDIA_TYPE);
    in.content_type = (struct text){NULL, 0};
    assert_int_equal(read_once(&c, &in, &once).code, UNSUPPORTED_MEDIA_TYPE);
    in = post("a b", "application/json", "{}");
    assert_int_equal(read_once(&c, &in, &once).code, BAD_KEY);
    in.idempotency_key = TEXT("");
    assert_int_equal(read_once(&c, &in, &once).code, BAD_KEY);
    in.idempotency_key = (struct text){NULL, 0};
    assert_int_equal(read_once(&c, &in, &once).code, OK);
    assert_int_equal(read_once_required(&c, &in, &once).code, KEY_REQUIRED);
    char longest[130];
    memset(longest, 'k', sizeof longest);
    in.idempotency_key = (struct text){longest, 128};
    assert_int_equal(read_once(&c, &in, &once).code, OK);
    in.idempotency_key.size = 129;
    assert_int_equal(read_once(&c, &in, &once).code, BAD_KEY);
}

/* The same key with another address or body is another request. */
static void fingerprints(void **state)
{
    (void)state;
    struct idempotency first;
    struct idempotency other;
    struct request in = post("k-1", "application/json", "{\"a\":1}");
    assert_int_equal(read_once(&c, &in, &first).code, OK);
    assert_int_equal(read_once(&c, &in, &other).code, OK);
    assert_memory_equal(first.fingerprint, other.fingerprint, sizeof first.fingerprint);
    in.body = TEXT("{\"a\":2}");
    assert_int_equal(read_once(&c, &in, &other).code, OK);
    assert_memory_not_equal(first.fingerprint, other.fingerprint, sizeof first.fingerprint);
    in.body = TEXT("{\"a\":1}");
    in.path = TEXT("/v1/episodes");
    assert_int_equal(read_once(&c, &in, &other).code, OK);
    assert_memory_not_equal(first.fingerprint, other.fingerprint, sizeof first.fingerprint);
}

static void next_addresses(void **state)
{
    (void)state;
    struct request in = {.path = TEXT("/v1/patients"),
                         .query = {{TEXT("identifier"), TEXT("a|b c&d")},
                                   {TEXT("cursor"), TEXT("old")},
                                   {TEXT("limit"), TEXT("5")}},
                         .query_count = 3};
    struct text next = next_address(&c, &in, TEXT("new"));
    assert_true(text_is(next, "/v1/patients?cursor=new&identifier=a%7Cb%20c%26d&limit=5"));
    assert_int_equal(next_address(&c, &in, (struct text){NULL, 0}).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(unknown_parameters, renew),
        cmocka_unit_test_setup(limits, renew),
        cmocka_unit_test_setup(versions_in_if_match, renew),
        cmocka_unit_test_setup(keys_and_types, renew),
        cmocka_unit_test_setup(fingerprints, renew),
        cmocka_unit_test_setup(next_addresses, renew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
