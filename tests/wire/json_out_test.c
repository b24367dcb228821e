/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: escapes, commas, exact numbers, growth, refusal. */
#include "help.h"

#include <stdio.h>

#include "wire/json_out.h"

static void test_containers(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct json_out o = wire_begin(c->arena, 16);
    struct text out;
    wire_open_object(&o);
    wire_put_member(&o, "a", whole, -12);
    wire_put_key(&o, "b");
    wire_open_array(&o);
    wire_open_object(&o);
    wire_close(&o);
    wire_put_bool(&o, true);
    wire_open_array(&o);
    wire_close(&o);
    wire_put_bool(&o, false);
    wire_close(&o);
    wire_put_text_if(&o, "absent", TEXT(""));
    wire_put_time_if(&o, "absent", NO_TIME);
    wire_put_date_if(&o, "absent", NO_DAY);
    wire_put_uuid_if(&o, "absent", (struct uuid){{0}});
    wire_put_member(&o, "c", raw, TEXT("{\"x\":1}"));
    wire_put_name(&o, TEXT("odd\"name"));
    wire_put_text(&o, TEXT(""));
    wire_close(&o);
    assert_int_equal(wire_finish(&o, &out).code, OK);
    assert_text(out, "{\"a\":-12,\"b\":[{},true,[],false],\"c\":{\"x\":1},\"odd\\\"name\":\"\"}");
    bench_close(&b);
}

static void expect_escaped(struct text in, const char *expected)
{
    struct bench b;
    struct call *c = bench_open(&b);
    struct json_out o = wire_begin(c->arena, 16);
    struct text out;
    wire_put_text(&o, in);
    assert_int_equal(wire_finish(&o, &out).code, OK);
    assert_text(out, expected);
    bench_close(&b);
}

static void test_escapes(void **state)
{
    (void)state;
    expect_escaped(TEXT("plain"), "\"plain\"");
    expect_escaped(TEXT("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
    expect_escaped(TEXT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\"");
    expect_escaped(TEXT("\x01\x1f\x7f"), "\"\\u0001\\u001f\x7f\"");
    expect_escaped((struct text){"a\0b", 3}, "\"a\\u0000b\"");
    expect_escaped(TEXT("übermäßig 🦵 – ja"), "\"übermäßig 🦵 – ja\"");
    expect_escaped(
        TEXT("sixteen bytes....\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"),
        "\"sixteen bytes....\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\"");
}

/* Every byte at every place of a word: the eight-at-a-time scan must find each that needs an
 * escape, and only those. */
static void test_every_byte_everywhere(void **state)
{
    (void)state;
    for (size_t place = 0; place < 19; place++) {
        for (int byte = 1; byte < 256; byte++) {
            char in[20] = "abcdefghijklmnopqrs", expected[32];
            in[place] = (char)byte;
            char escape[8] = {(char)byte};
            if (byte == '"' || byte == '\\') snprintf(escape, sizeof escape, "\\%c", byte);
            if (byte < 0x20) snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte);
            const char *shorts = "b\bf\fn\nr\rt\t";
            for (const char *s = shorts; *s != '\0'; s += 2) {
                if (s[1] == byte) snprintf(escape, sizeof escape, "\\%c", s[0]);
            }
            snprintf(expected, sizeof expected, "\"%.*s%s%s\"", (int)place, in, escape,
                     in + place + 1);
            expect_escaped((struct text){in, 19}, expected);
        }
    }
}

static void expect_nano(int64_t nano, const char *expected)
{
    struct bench b;
    struct call *c = bench_open(&b);
    struct json_out o = wire_begin(c->arena, 16);
    struct text out;
    wire_put_nano(&o, nano);
    assert_int_equal(wire_finish(&o, &out).code, OK);
    assert_text(out, expected);
    bench_close(&b);
}

static void test_decimals(void **state)
{
    (void)state;
    expect_nano(0, "0");
    expect_nano(1, "0.000000001");
    expect_nano(-1, "-0.000000001");
    expect_nano(100'000'000, "0.1");
    expect_nano(-12'500'000'000, "-12.5");
    expect_nano(INT64_C(90'100'000'000), "90.1");
    expect_nano(INT64_C(1'000'000'000'000'000), "1000000");
}

static void expect_written(void (*put)(struct json_out *), const char *expected)
{
    struct bench b;
    struct call *c = bench_open(&b);
    struct json_out o = wire_begin(c->arena, 16);
    struct text out;
    put(&o);
    assert_int_equal(wire_finish(&o, &out).code, OK);
    assert_text(out, expected);
    bench_close(&b);
}

static void put_whole_second(struct json_out *o)
{
    wire_put_time(o, INT64_C(1772359200) * 1'000'000);
}
static void put_microsecond(struct json_out *o)
{
    wire_put_time(o, INT64_C(1772359200) * 1'000'000 + 1);
}
static void put_day(struct json_out *o)
{
    wire_put_date(o, 20513);
}
static void put_least(struct json_out *o)
{
    wire_put_whole(o, INT64_MIN);
}
static void put_id(struct json_out *o)
{
    struct uuid id;
    for (uint8_t i = 0; i < 16; i++)
        id.byte[i] = (uint8_t)(i * 17);
    wire_put_uuid(o, id);
}

static void test_values(void **state)
{
    (void)state;
    expect_written(put_whole_second, "\"2026-03-01T10:00:00Z\"");
    expect_written(put_microsecond, "\"2026-03-01T10:00:00.000001Z\"");
    expect_written(put_day, "\"2026-03-01\"");
    expect_written(put_least, "-9223372036854775808");
    expect_written(put_id, "\"00112233-4455-6677-8899-aabbccddeeff\"");
}

/* The arena of a request lets the buffer grow in place; the test's never does. Both give the same
 * bytes. */
static void test_growth(void **state)
{
    (void)state;
    static unsigned char room[64 * 1024];
    struct rehab_arena lasting = {.at = room, .end = room + sizeof room};
    struct bench b;
    struct call *c = bench_open(&b);
    struct text out[2];
    for (int way = 0; way < 2; way++) {
        struct json_out o = wire_begin(way == 0 ? &lasting : c->arena, 16);
        wire_open_array(&o);
        for (int i = 0; i < 3000; i++)
            wire_put_whole(&o, i);
        wire_close(&o);
        assert_int_equal(wire_finish(&o, &out[way]).code, OK);
    }
    assert_int_equal(out[0].size, out[1].size);
    assert_memory_equal(out[0].at, out[1].at, out[0].size);
    assert_true(lasting.at - room < 17 * 1024); /* in place: one buffer, not seven */
    bench_close(&b);
}

static struct result write_much(struct call *c)
{
    struct json_out o = wire_begin(c->arena, 16);
    struct text out;
    wire_open_array(&o);
    for (int i = 0; i < 200; i++) {
        wire_open_object(&o);
        wire_put_member(&o, "name", text, TEXT("one \n two"));
        wire_put_name(&o, TEXT("x"));
        wire_put_nano(&o, i);
        wire_close(&o);
    }
    wire_close(&o);
    return wire_finish(&o, &out);
}

static void test_refusal(void **state)
{
    (void)state;
    check_every_refusal(write_much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_containers),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_every_byte_everywhere),
        cmocka_unit_test(test_decimals),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
