/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle is the C library's localtime_r, over every zone that Debian lists. */
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/time.h"
#include "base/zone.h"

static const struct zone *find(const char *name)
{
    const struct zone *z = zone_find(text_of(name));
    if (z == NULL) fail_msg("no zone %s", name);
    return z;
}

static int64_t at(const char *text)
{
    int64_t us = 0;
    if (!time_read(text_of(text), &us)) fail_msg("%s is no time", text);
    return us;
}

static void compare_zone(const char *name)
{
    const struct zone *z = find(name);
    setenv("TZ", name, 1);
    tzset();
    /* every five days and some from 1900 to 2100, at an odd second; then hourly through 2026 and
     * 2060 */
    for (int64_t t = INT64_C(-2208988800); t < INT64_C(4102444800); t += 1042801) {
        struct tm tm;
        localtime_r(&(time_t){t}, &tm);
        if (zone_local(z, t * 1000000) != (t + tm.tm_gmtoff) * 1000000)
            fail_msg("%s at %lld", name, (long long)t);
    }
    for (int64_t t = INT64_C(1767225600); t < INT64_C(1767225600) + 366 * 86400; t += 2 * 3600) {
        for (int64_t u = t; u <= t + INT64_C(1072915200); u += INT64_C(1072915200)) {
            struct tm tm;
            localtime_r(&(time_t){u}, &tm);
            int64_t local = (u + tm.tm_gmtoff) * 1000000;
            if (zone_local(z, u * 1000000) != local) fail_msg("%s at %lld", name, (long long)u);
            /* the way back shows the same reading, at this instant or an earlier one */
            int64_t back = zone_utc(z, local);
            if (zone_local(z, back) != local || back > u * 1000000)
                fail_msg("%s back from %lld", name, (long long)u);
        }
    }
}

static void all_zones_are_those_of_libc(void **state)
{
    (void)state;
    char line[256];
    int zones = 0;
    FILE *f = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        char name[64];
        if (sscanf(line, "Z %63s", name) != 1) continue;
        compare_zone(name);
        zones++;
    }
    fclose(f);
    assert_true(zones > 300);
}

static void clocks_go_forward_and_back(void **state)
{
    (void)state;
    const struct zone *z = find("Europe/Berlin");
    /* 2026-03-29 02:00 to 03:00 is never shown */
    assert_int_equal(zone_utc(z, at("2026-03-29T01:59:59Z")), at("2026-03-29T00:59:59Z"));
    assert_int_equal(zone_utc(z, at("2026-03-29T02:30:00Z")), at("2026-03-29T01:30:00Z"));
    assert_int_equal(zone_utc(z, at("2026-03-29T03:00:00Z")), at("2026-03-29T01:00:00Z"));
    /* 2026-10-25 02:00 to 03:00 is shown twice: the first is meant */
    assert_int_equal(zone_utc(z, at("2026-10-25T02:30:00Z")), at("2026-10-25T00:30:00Z"));
    assert_int_equal(zone_local(z, at("2026-10-25T00:30:00Z")), at("2026-10-25T02:30:00Z"));
    assert_int_equal(zone_local(z, at("2026-10-25T01:30:00Z")), at("2026-10-25T02:30:00Z"));
    assert_int_equal(zone_utc(z, at("2026-10-25T03:00:00Z")), at("2026-10-25T02:00:00Z"));
}

/* Samoa crossed the date line: there was no 30 December 2011. */
static void a_day_may_be_missing(void **state)
{
    (void)state;
    const struct zone *z = find("Pacific/Apia");
    assert_int_equal(zone_local(z, at("2011-12-30T09:59:59Z")), at("2011-12-29T23:59:59Z"));
    assert_int_equal(zone_local(z, at("2011-12-30T10:00:00Z")), at("2011-12-31T00:00:00Z"));
    assert_int_equal(zone_utc(z, at("2011-12-30T12:00:00Z")), at("2011-12-30T22:00:00Z"));
}

static void microseconds_are_kept(void **state)
{
    (void)state;
    const struct zone *z = find("America/New_York");
    assert_int_equal(zone_local(z, at("2026-03-08T06:59:59.999999Z")),
                     at("2026-03-08T01:59:59.999999Z"));
    assert_int_equal(zone_local(z, at("1969-12-31T23:59:59.999999Z")),
                     at("1969-12-31T18:59:59.999999Z"));
}

static void other_names_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "Nowhere/Never",
        "/etc/passwd",
        "../../../etc/passwd",
        "Europe",
        "tzdata.zi",
        "europe/Ber lin",
        "Europe/Berlin/",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_null(zone_find(text_of(wrong[i])));
    assert_ptr_equal(find("UTC"), find("UTC"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_go_forward_and_back),  cmocka_unit_test(a_day_may_be_missing),
        cmocka_unit_test(microseconds_are_kept),       cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(all_zones_are_those_of_libc),
    };
    return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
