/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include "base/text.h"

enum { ROOM = 40 };

static size_t plain_run_slowly(const char *at, size_t size)
{
    size_t n = 0;
    while (n < size && at[n] >= 0x20 && at[n] <= 0x7e)
        n++;
    return n;
}

/* Each byte at each place, before and after bytes next to the bounds. */
static void a_run_ends_where_it_ends(void **state)
{
    (void)state;
    static const char filler[] = {' ', '~', 'x', '@'};
    for (int value = 0; value < 256; value++) {
        for (size_t i = 0; i < ROOM * sizeof filler; i++) {
            char text[ROOM];
            memset(text, filler[i / ROOM], sizeof text);
            text[i % ROOM] = (char)value;
            for (size_t from = 0; from < 9; from++)
                assert_int_equal(plain_run_slowly(text + from, ROOM - from),
                                 text_plain_run(text + from, ROOM - from));
        }
    }
}

/* Of two, the first: what the second borrows does not reach it. */
static void the_first_of_two_ends_a_run(void **state)
{
    (void)state;
    static const char odd[] = {0, '\n', 0x1f, 0x7f, (char)0x80, (char)0xff};
    for (size_t i = 0; i < ROOM * sizeof odd; i++) {
        for (size_t j = 0; j < ROOM * sizeof odd; j++) {
            char text[ROOM];
            memset(text, ' ', sizeof text);
            text[i % ROOM] = odd[i / ROOM];
            text[j % ROOM] = odd[j / ROOM];
            assert_int_equal(plain_run_slowly(text, ROOM), text_plain_run(text, ROOM));
        }
    }
}

static void a_run_of_nothing_is_empty(void **state)
{
    (void)state;
    assert_int_equal(0, text_plain_run(NULL, 0));
    for (size_t size = 0; size < ROOM; size++)
        assert_int_equal(size, text_plain_run("0123456789012345678901234567890123456789", size));
}

static void clean_text_is_valid_and_shows_what_it_is(void **state)
{
    (void)state;
    static const char *const clean[] = {"", "plain", "plain and long enough",
                                        "Übung: 90° \xe2\x89\xa5 80 %", "long before \xc3\xbc"};
    static const char *const not_clean[] = {"tab\there",
                                            "line\nline",
                                            "long before the tab\t",
                                            "\x7f",
                                            "c1 \xc2\x85",
                                            "cut off \xc3",
                                            "overlong \xc0\xaf",
                                            "half \xed\xa0\x80",
                                            "too high \xf4\x90\x80\x80",
                                            "bidi \xe2\x80\xae x",
                                            "alone \x80 byte\xff"};
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
        assert_true(text_is_clean(text_of(clean[i]), false));
    for (size_t i = 0; i < sizeof not_clean / sizeof not_clean[0]; i++)
        if (text_is_clean(text_of(not_clean[i]), false)) fail_msg("%s", not_clean[i]);
    assert_true(text_is_clean(TEXT("line\n\tand line"), true));
    assert_false(text_is_clean(TEXT("line\r\nline"), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_where_it_ends),
        cmocka_unit_test(the_first_of_two_ends_a_run),
        cmocka_unit_test(a_run_of_nothing_is_empty),
        cmocka_unit_test(clean_text_is_valid_and_shows_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
