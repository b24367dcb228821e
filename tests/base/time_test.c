/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle for the calendar is timegm and gmtime_r of the C library. */
#include "base/test.h"

#include <stdio.h>
#include <time.h>

#include "base/time.h"

static void instants_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"1970-01-01T00:00:00.5Z", 500000},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1969-12-31T18:30:00-05:30", 0},
        {"2000-02-29T12:00:00Z", INT64_C(951825600000000)},
        {"2024-02-29T23:59:59+14:00", INT64_C(1709200799000000)},
        {"1970-01-01T00:00:00-00:00", 0},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000000)},
        {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t us = -7;
        assert_true(time_read(text_of(cases[i].text), &us));
        assert_int_equal(us, cases[i].us);
    }
}

static void other_instants_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2026-03-01",
        "2026-03-01T10:00:00",
        "2026-03-01t10:00:00Z",
        "2026-03-01T10:00:00z",
        "2026-03-01 10:00:00Z",
        "2026-03-01T10:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T10:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-02-29T10:00:00Z",
        "1900-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "2026-03-00T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-03-01T10:00:00.Z",
        "2026-03-01T10:00:00.1234567Z",
        "2026-03-01T10:00:00,5Z",
        "2026-03-01T10:00:00+0100",
        "2026-03-01T10:00:00+24:00",
        "2026-03-01T10:00:00+01:60",
        "2026-03-01T10:00:00Z ",
        " 2026-03-01T10:00:00Z",
        "+2026-03-01T10:00:00Z",
        "2026-3-01T10:00:00Z",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00+00:01",
    };
    int64_t us = -7;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (time_read(text_of(wrong[i]), &us)) fail_msg("%s was read", wrong[i]);
        assert_int_equal(us, -7);
    }
}

/* No byte behind the text is looked at. */
static void a_cut_text_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "2026-03-01T10:00:00.123456+01:00";
    int64_t us = 0;
    for (size_t n = 0; n + 1 < sizeof whole; n++)
        assert_false(time_read((struct text){whole, n}, &us));
    assert_true(time_read((struct text){whole, sizeof whole - 1}, &us));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    char text[TIME_TEXT_SIZE];
    assert_int_equal(time_write(INT64_C(1772359200000000), text), 20);
    assert_string_equal(text, "2026-03-01T10:00:00Z");
    assert_int_equal(time_write(INT64_C(1772359200000050), text), 27);
    assert_string_equal(text, "2026-03-01T10:00:00.000050Z");
    for (int64_t us = INT64_C(-62135596800000000); us < INT64_C(253402300800000000);
         us += INT64_C(7777777777777)) {
        int64_t back = 0;
        assert_true(time_read((struct text){text, time_write(us, text)}, &back));
        assert_int_equal(back, us);
    }
}

static void the_calendar_is_that_of_libc(void **state)
{
    (void)state;
    int32_t last = time_day_from_civil(9999, 12, 31);
    for (int32_t day = time_day_from_civil(1, 1, 1); day <= last; day++) {
        int32_t year = 0;
        uint32_t month = 0;
        uint32_t month_day = 0;
        struct tm tm;
        time_t t = (time_t)day * 86400;
        assert_non_null(gmtime_r(&t, &tm));
        time_civil_from_day(day, &year, &month, &month_day);
        if (year != tm.tm_year + 1900 || month != (uint32_t)tm.tm_mon + 1 ||
            month_day != (uint32_t)tm.tm_mday ||
            time_day_from_civil(year, month, month_day) != day) {
            fail_msg("day %d is %d-%u-%u", day, year, month, month_day);
        }
    }
}

static void dates(void **state)
{
    (void)state;
    char text[DATE_TEXT_SIZE];
    int32_t day = 0;
    assert_true(time_read_date(TEXT("2026-03-01"), &day));
    assert_int_equal(day, 20513);
    assert_int_equal(time_write_date(day, text), 10);
    assert_string_equal(text, "2026-03-01");
    assert_false(time_read_date(TEXT("2026-02-29"), &day));
    assert_false(time_read_date(TEXT("2026-03-01T"), &day));
    assert_false(time_read_date(TEXT("20260301"), &day));
    assert_int_equal(time_day_of(-1), -1);
    assert_int_equal(time_day_of(US_PER_DAY - 1), 0);
}

static void durations_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct duration d;
    } cases[] = {
        {"P6W", {0, 42, 0}},
        {"P7D", {0, 7, 0}},
        {"PT72H", {0, 0, INT64_C(72) * 3600 * 1000000}},
        {"P1Y2M3DT4H5M6.5S", {14, 3, INT64_C(14706500000)}},
        {"PT0S", {0, 0, 0}},
        {"PT0.000001S", {0, 0, 1}},
        {"P3M", {3, 0, 0}},
        {"PT3M", {0, 0, 180000000}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct duration d = {-1, -1, -1};
        if (!time_read_duration(text_of(cases[i].text), &d))
            fail_msg("%s was refused", cases[i].text);
        assert_int_equal(d.months, cases[i].d.months);
        assert_int_equal(d.days, cases[i].d.days);
        assert_int_equal(d.us, cases[i].d.us);
    }
}

static void other_durations_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",      "P",    "PT",    "P1",         "1D",     "P-1D",  "-P1D",         "P1H",
        "PT1D",  "P1DT", "P1D2D", "P1D1M",      "PT1S1H", "P1.5D", "P1WT1H",       "P1W1D",
        "P1D1W", "p1d",  "P1D ",  "P99999999D", "PT.5S",  "PT1.S", "PT1.1234567S", "PT1H-1M"};
    struct duration d;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (time_read_duration(text_of(wrong[i]), &d)) fail_msg("%s was read", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_read),
        cmocka_unit_test(other_instants_are_refused),
        cmocka_unit_test(a_cut_text_is_refused),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(dates),
        cmocka_unit_test(the_calendar_is_that_of_libc),
        cmocka_unit_test(durations_are_read),
        cmocka_unit_test(other_durations_are_refused),
    };
    return cmocka_run_group_tests_name("time", tests, NULL, NULL);
}
