/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing: what is refused and where, and numbers with their digits. */
#include "help.h"

#include "wire/json_in.h"

#include <stdio.h>
#include <stdlib.h>

static enum problem_code open_code(struct call *c, struct text body, enum json_top top)
{
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    return wire_open_json(c, body, top, &in).code;
}

static void expect_malformed(struct text body, const char *detail)
{
    struct bench b;
    struct call *c = bench_open(&b);
    assert_int_equal(open_code(c, body, TOP_OBJECT), MALFORMED_JSON);
    assert_text(c->problem.detail, detail);
    bench_close(&b);
}

static void test_malformed(void **state)
{
    (void)state;
    expect_malformed(TEXT(""), "The body is empty.");
    expect_malformed(TEXT("\xef\xbb\xbf{}"), "At line 1, column 1: a byte order mark stands first; "
                                             "write UTF-8 without one.");
    expect_malformed(TEXT("{"), "At line 1, column 1: the body ends too early.");
    expect_malformed(TEXT("{\"a\":1,}"), "At line 1, column 8: the syntax is wrong.");
    expect_malformed(TEXT("{\"a\":\n [1, 2,\n  x]}"), "At line 3, column 3: the syntax is wrong.");
    expect_malformed(TEXT("{\"ä\":01}"), "At line 1, column 6: the syntax is wrong.");
    expect_malformed(TEXT("{\"a\":1} {"),
                     "At line 1, column 9: something follows the end of the JSON text.");
    expect_malformed(TEXT("{\"a\":\"\xff\"}"), "At line 1, column 6: the bytes are not UTF-8.");
    expect_malformed(TEXT("{\"a\":\"\\u0000\"}"),
                     "At line 1, column 13: the character U+0000 is not taken.");
    expect_malformed(TEXT("{\"a\\u0000\":1}"),
                     "At line 1, column 10: the character U+0000 is not taken.");
    expect_malformed(TEXT("{\"a\":1.}"), "At line 1, column 7: the syntax is wrong.");
    expect_malformed(TEXT("{\"a\":-}"), "At line 1, column 6: the syntax is wrong.");
    expect_malformed(TEXT("{\"a\":NaN}"), "At line 1, column 8: the syntax is wrong.");
    expect_malformed((struct text){"{\"a\":1}\0", 8},
                     "At line 1, column 8: something follows the end of the JSON text.");
    expect_malformed((struct text){"{\"a\0\":1}", 8}, "At line 1, column 3: the syntax is wrong.");
}

/* The numbers before a fault are shorter or longer in the library's copy than in the body. */
static void test_position_after_numbers(void **state)
{
    (void)state;
    expect_malformed(TEXT("[123456789.123456789, 1,\n 22222222222222222222222, ?]"),
                     "At line 2, column 27: the syntax is wrong.");
    expect_malformed(TEXT("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,\n1,1,1,?]"),
                     "At line 2, column 7: the syntax is wrong.");
}

static void test_duplicates(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    assert_int_equal(open_code(c, TEXT("{\"a\":1,\"b\":2.50,\"a\":3}"), TOP_OBJECT),
                     DUPLICATE_MEMBER);
    assert_fault(c, DUPLICATE_MEMBER, "/a");
    bench_close(&b);
    c = bench_open(&b);
    assert_int_equal(
        open_code(
            c, TEXT("{\"l\":[11,{\"z\":{\"q\":[]}},{\"x/y~\":0,\"k\":[1,{}],\"x\\u002fy~\":0}]}"),
            TOP_OBJECT),
        DUPLICATE_MEMBER);
    assert_fault(c, DUPLICATE_MEMBER, "/l/2/x~1y~0");
    bench_close(&b);
}

static enum problem_code open_document(size_t depth)
{
    struct bench b;
    char at[512] = "{\"a\":";
    size_t size = strlen(at);
    memset(at + size, '[', depth - 1);
    memset(at + size + depth - 1, ']', depth - 1);
    at[size + 2 * (depth - 1)] = '}';
    enum problem_code code =
        open_code(bench_open(&b), (struct text){at, size + 2 * (depth - 1) + 1}, TOP_DOCUMENT);
    bench_close(&b);
    return code;
}

static enum problem_code open_nested(size_t depth)
{
    struct bench b;
    char *at = malloc(depth * 2);
    memset(at, '[', depth);
    memset(at + depth, ']', depth);
    enum problem_code code = open_code(bench_open(&b), (struct text){at, depth * 2}, TOP_ARRAY);
    bench_close(&b);
    free(at);
    return code;
}

static void test_depth(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    assert_int_equal(open_nested(32), OK);
    assert_int_equal(open_nested(33), TOO_DEEP);
    assert_int_equal(open_nested(100'000), TOO_DEEP);
    assert_int_equal(open_document(32), OK);
    assert_int_equal(open_document(48), OK);
    assert_int_equal(open_document(49), TOO_DEEP);
    assert_int_equal(open_code(c,
                               TEXT("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}"),
                               TOP_OBJECT),
                     OK);
    bench_close(&b);
}

static void test_top(void **state)
{
    (void)state;
    static const char *const others[] = {"[]", "1", "\"x\"", "true", "null"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        assert_int_equal(open_code(c, text_of(others[i]), TOP_OBJECT), WRONG_TYPE);
        assert_fault(c, WRONG_TYPE, "");
        bench_close(&b);
    }
}

/* Each number of a body, in the order of the document, with the digits as sent. */
static void test_digits(void **state)
{
    (void)state;
    static const char *const sent[] = {
        "90.10", "0",    "-0", "1e999", "-12.500000", "123456789012345678901234567890",
        "0.1",   "1E+2", "7",  "42",    "0.10",       "3",
        "100.0"};
    char body[512] = "[";
    size_t count = sizeof sent / sizeof sent[0];
    for (size_t i = 0; i < count; i++) {
        strcat(body, i > 0 ? ", " : "");
        strcat(body, sent[i]);
    }
    strcat(body, "]");
    struct bench b;
    struct call *c = bench_open(&b);
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    assert_int_equal(wire_open_json(c, text_of(body), TOP_ARRAY, &in).code, OK);
    for (size_t i = 0; i < count; i++)
        assert_text(wire_number_text(&in, json_array_get(in.root, i)), sent[i]);
    bench_close(&b);
}

static void test_nano(void **state)
{
    (void)state;
    static const struct {
        const char *digits;
        uint32_t decimals;
        enum number_form form;
        int64_t nano;
    } cases[] = {
        {"0.1", 6, NUMBER_EXACT, 100'000'000},
        {"-0.1", 6, NUMBER_EXACT, -100'000'000},
        {"90.10", 6, NUMBER_EXACT, 90'100'000'000},
        {"-0", 6, NUMBER_EXACT, 0},
        {"0.000001", 6, NUMBER_EXACT, 1'000},
        {"0.0000001", 6, NUMBER_TOO_PRECISE, 0},
        {"1.0000000", 6, NUMBER_TOO_PRECISE, 0},
        {"0.000000001", 9, NUMBER_EXACT, 1},
        {"0.0000000001", 20, NUMBER_TOO_PRECISE, 0},
        {"9223372036.854775807", 9, NUMBER_EXACT, INT64_MAX},
        {"9223372036.854775808", 9, NUMBER_TOO_LARGE, 0},
        {"99999999999999999999", 6, NUMBER_TOO_LARGE, 0},
        {"1e3", 6, NUMBER_EXPONENT, 0},
        {"1E-3", 6, NUMBER_EXPONENT, 0},
        {"", 6, NUMBER_NOT_ONE, 0},
        {"-", 6, NUMBER_NOT_ONE, 0},
        {"1.", 6, NUMBER_NOT_ONE, 0},
        {".5", 6, NUMBER_NOT_ONE, 0},
        {"1.2.3", 6, NUMBER_NOT_ONE, 0},
        {"mild", 6, NUMBER_NOT_ONE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t nano = 0;
        enum number_form form =
            wire_number_nano(text_of(cases[i].digits), cases[i].decimals, &nano);
        if (form != cases[i].form || (form == NUMBER_EXACT && nano != cases[i].nano)) {
            fail_msg("'%s' gives form %d and %lld", cases[i].digits, (int)form, (long long)nano);
        }
    }
}

static void test_whole(void **state)
{
    (void)state;
    int64_t whole = 0;
    assert_true(wire_number_whole(TEXT("12"), 1, 20, &whole));
    assert_int_equal(whole, 12);
    assert_true(wire_number_whole(TEXT("-3"), -3, 20, &whole));
    assert_int_equal(whole, -3);
    assert_false(wire_number_whole(TEXT("21"), 1, 20, &whole));
    assert_false(wire_number_whole(TEXT("1.0"), 1, 20, &whole));
    assert_false(wire_number_whole(TEXT("1e1"), 1, 20, &whole));
    assert_false(wire_number_whole(TEXT("99999999999999999999"), 1, INT64_MAX, &whole));
}

static void test_pointer(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    const struct json_path a = {NULL, "a~/b", 0}, item = {&a, NULL, 1234567},
                           empty = {&item, "", 0};
    assert_text(wire_pointer(c, NULL), "");
    assert_text(wire_pointer(c, &a), "/a~0~1b");
    assert_text(wire_pointer(c, &empty), "/a~0~1b/1234567/");
    bench_close(&b);
}

static void test_find_member(void **state)
{
    (void)state;
    struct text object =
        TEXT("{ \"x\": {\"title\": 1}, \"list\": [\"title\", {\"title\":2}], \"s\": \"title\",\n"
             "\"title\" : {\"en\":\"A \\\"title\\\", so\"} ,\"n\":-1.50}");
    assert_text(wire_find_member(object, "title"), "{\"en\":\"A \\\"title\\\", so\"}");
    assert_text(wire_find_member(object, "n"), "-1.50");
    assert_text(wire_find_member(object, "s"), "\"title\"");
    assert_text(wire_find_member(object, "list"), "[\"title\", {\"title\":2}]");
    assert_text(wire_find_member(object, "en"), "");
    struct bench b;
    struct call *c = bench_open(&b);
    struct text literal = wire_find_member(wire_find_member(object, "title"), "en");
    assert_text(wire_decode_string(c, literal), "A \"title\", so");
    assert_text(wire_decode_string(c, TEXT("12")), "");
    bench_close(&b);
}

static void test_split(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    struct text body = TEXT(" [ {\"a\":[1,2]} ,\n{\"b\":\"],[\"},[ ], 5 ]\n");
    assert_int_equal(wire_open_json(c, body, TOP_ARRAY, &in).code, OK);
    const struct text *items = wire_split_items(c, &in);
    assert_text(items[0], "{\"a\":[1,2]}");
    assert_text(items[1], "{\"b\":\"],[\"}");
    assert_text(items[2], "[ ]");
    assert_text(items[3], "5");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed),  cmocka_unit_test(test_position_after_numbers),
        cmocka_unit_test(test_duplicates), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_top),        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_nano),       cmocka_unit_test(test_whole),
        cmocka_unit_test(test_pointer),    cmocka_unit_test(test_find_member),
        cmocka_unit_test(test_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
