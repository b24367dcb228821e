/* SPDX-License-Identifier: Apache-2.0 */
/* Exact numbers: products in 128 bits against the compiler's own, decimals there and back,
 * durations, days. */
#include "sample.h"

static int64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    int64_t n;
    memcpy(&n, seed, sizeof n);
    return n >> (*seed % 60); /* large and small alike */
}

static void products_are_exact(void **state)
{
    (void)state;
    const int64_t edge[] = {INT64_MIN, INT64_MIN + 1,   -REHAB_VALUE_MAX, -1, 0,
                            1,         REHAB_VALUE_MAX, INT64_MAX};
    uint64_t seed = 88172645463325252u;
    for (uint32_t i = 0; i < 200000; i++) {
        int64_t n[4];
        for (uint32_t k = 0; k < 4; k++)
            n[k] = i < 4096 ? edge[i >> (3 * k) & 7] : next(&seed);
        if (i > 100000 && i % 2 == 0) {
            n[2] = n[1];
            n[3] = n[0];
        }
        __extension__ __int128 left = (__int128)n[0] * n[1], right = (__int128)n[2] * n[3];
        assert_int_equal(rehab_compare_products(n[0], n[1], n[2], n[3]),
                         (left > right) - (left < right));
    }
}

static void percentages_are_rounded_down(void **state)
{
    (void)state;
    assert_int_equal(rehab_percent(180, 200), N(90));
    assert_int_equal(rehab_percent(1, 3), INT64_C(33333333333));
    assert_int_equal(rehab_percent(-1, 3), INT64_C(-33333333334));
    assert_int_equal(rehab_percent(-1, 4), N(-25));
    assert_int_equal(rehab_percent(0, 7), 0);
    assert_int_equal(rehab_percent(REHAB_VALUE_MAX, 1), INT64_MAX);
    assert_int_equal(rehab_percent(100000000, 1), INT64_MAX);
    assert_int_equal(rehab_percent(1000000000, 1), INT64_MAX);
    assert_int_equal(rehab_percent(-REHAB_VALUE_MAX, 1), INT64_MIN);
    assert_int_equal(rehab_percent(92000000, 1),
                     INT64_C(92000000) * 100 * REHAB_SCALE); /* almost too much */
    assert_int_equal(rehab_percent(REHAB_VALUE_MAX, REHAB_VALUE_MAX), N(100));
}

static void decimals_are_read_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t nano;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"12.5", 12500000000},
                {"-12.50", -12500000000},
                {"0.000000001", 1},
                {"0.1000000000", 100000000},
                {"1000000", REHAB_VALUE_MAX},
                {"-1000000", -REHAB_VALUE_MAX}};
    const char *bad[] = {"",          "-",        "01",           "1.", ".5", "1e3", "+1",
                         "1000000.1", "10000000", "0.0000000001", "1 ", "a",  "1.a", "1a"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t nano = 77;
        assert_true(rehab_read_quantity(T(good[i].text), &nano));
        assert_int_equal(nano, good[i].nano);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t nano = 77;
        assert_false(rehab_read_quantity(T(bad[i]), &nano));
        assert_int_equal(nano, 77);
    }
    int64_t nano = 77; /* what lies behind the text is not of it */
    assert_false(rehab_read_quantity((struct rehab_text){NULL, 0}, &nano));
    assert_true(rehab_read_quantity((struct rehab_text){"12.5", 2}, &nano) && nano == N(12));
    assert_true(rehab_read_quantity((struct rehab_text){"12.57", 4}, &nano) && nano == N(12.5));
}

static void decimals_come_back(void **state)
{
    (void)state;
    static const struct {
        int64_t nano;
        const char *text;
    } rows[] = {{0, "0"},
                {-12500000000, "-12.5"},
                {1, "0.000000001"},
                {N(90), "90"},
                {INT64_MIN, "-9223372036.854775808"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[REHAB_QUANTITY_TEXT];
        uint32_t size = rehab_write_quantity(rows[i].nano, text);
        assert_int_equal(size, strlen(rows[i].text));
        assert_memory_equal(text, rows[i].text, size);
    }
}

static void durations_are_days_or_hours(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
        bool calendar;
    } good[] = {{"P5D", 5 * REHAB_DAY, true},
                {"P2W", 14 * REHAB_DAY, true},
                {"P1W3D", 10 * REHAB_DAY, true},
                {"PT36H", 36 * REHAB_HOUR, false},
                {"PT1H30M", 90 * REHAB_HOUR / 60, false},
                {"PT30S", 30000000, false},
                {"P36500D", 36500 * REHAB_DAY, true}};
    const char *bad[] = {"",           "P",
                         "PT",         "5D",
                         "P5",         "PT5",
                         "P5H",        "PT5D",
                         "P1DT2H",     "P1M",
                         "P1Y",        "PT1M1H",
                         "P1D1D",      "P-1D",
                         "P36501D",    "P99999999D",
                         "P00000005D", "PT1.5H",
                         "X",          "X5D",
                         "XT5H",       "P18446744073709551621D"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct rehab_duration d = {0, false, false};
        assert_true(rehab_read_duration(T(good[i].text), &d));
        assert_true(d.given && d.us == good[i].us && d.calendar == good[i].calendar);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct rehab_duration d = {7, true, false};
        assert_false(rehab_read_duration(T(bad[i]), &d));
        assert_int_equal(d.us, 7);
    }
}

/* What would come round to 5. */
static void long_numbers_do_not_come_round(void **state)
{
    (void)state;
    int64_t nano = 7;
    assert_false(rehab_read_quantity(T("18446744073709551621"), &nano));
    assert_int_equal(nano, 7);
}

static void days_are_local(void **state)
{
    (void)state;
    assert_int_equal(rehab_local_day((struct rehab_instant){0, 0}), 0);
    assert_int_equal(rehab_local_day((struct rehab_instant){0, -1}), -1);
    assert_int_equal(rehab_local_day((struct rehab_instant){0, -REHAB_DAY}), -1);
    assert_int_equal(rehab_local_day((struct rehab_instant){0, -REHAB_DAY - 1}), -2);
    assert_int_equal(rehab_local_day((struct rehab_instant){0, REHAB_DAY - 1}), 0);
    assert_int_equal(rehab_local_day((struct rehab_instant){0, REHAB_DAY}), 1);
}

/* ---- memory and words ---- */

static unsigned char second[256];

static bool grow_once(struct rehab_arena *arena, size_t need)
{
    if (arena->at >= second && arena->at <= second + sizeof second) return false;
    if (need > sizeof second) return false;
    arena->at = second;
    arena->end = second + sizeof second;
    return true;
}

static unsigned char third[256];

/* Says it has grown, and gives too little. */
static bool grow_too_little(struct rehab_arena *arena, size_t need)
{
    (void)need;
    arena->at = third;
    arena->end = third + 16;
    return true;
}

static void arenas_give_aligned_pieces_until_full(void **state)
{
    (void)state;
    _Alignas(16) unsigned char memory[64];
    struct rehab_arena a = {.at = memory + 1, .end = memory + sizeof memory};
    unsigned char *p = rehab_alloc(&a, 5), *q = rehab_alloc(&a, 16);
    assert_ptr_equal(p, memory + 16);
    assert_ptr_equal(q, memory + 32);
    assert_false(a.full);
    assert_null(rehab_alloc(&a, 17));
    assert_true(a.full);
    assert_non_null(rehab_alloc(&a, 16));
    struct rehab_arena none = {.at = NULL};
    assert_null(rehab_alloc(&none, 0));
    assert_true(none.full);
    struct rehab_arena end = {.at = memory + 63, .end = memory + sizeof memory};
    assert_ptr_equal(rehab_alloc(&end, 0), memory + 64);
    assert_null(rehab_alloc(&end, 1));
    struct rehab_arena odd = {.at = memory + 61, .end = memory + 62};
    assert_null(rehab_alloc(&odd, 0));
    struct rehab_arena lying = {.grow = grow_too_little};
    assert_null(rehab_alloc(&lying, 100));
    struct rehab_arena growing = {.grow = grow_once};
    assert_non_null(rehab_alloc(&growing, 100));
    assert_null(rehab_alloc(&growing, 200));
    assert_null(rehab_alloc(&growing, SIZE_MAX));
    assert_true(growing.full);
}

/* What was on the stack before must not count. */
__attribute__((noinline)) static void soil_the_stack(void)
{
    volatile unsigned char soil[4096];
    for (size_t i = 0; i < sizeof soil; i++)
        soil[i] = 0x7f;
}

static void the_nearest_word_is_found(void **state)
{
    (void)state;
    const struct rehab_text whole[] = {T("aim_wall"), T("pain_walk")};
    soil_the_stack();
    assert_int_equal(rehab_nearest(T("ain_walk"), whole, 2), 1);
    const struct rehab_text less[] = {T("xpain_wall"), T("pain_walk")};
    assert_int_equal(rehab_nearest(T("xpain_walk"), less + 1, 1), 0);
    assert_int_equal(rehab_nearest(T("xpain_walkk"), less, 2), 0);
    const struct rehab_text short_ones[] = {T("yab"), T("bc")};
    assert_int_equal(rehab_nearest(T("abc"), short_ones, 2), 1);
    const struct rehab_text longer[] = {T("pain"), T("abpaix")};
    assert_int_equal(rehab_nearest(T("abpain"), longer, 2), 1);
    assert_int_equal(rehab_nearest(T("abcd"), &T("abxy"), 1), REHAB_NONE);
    char wide[66];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    const struct rehab_text words[] = {T("pain_rest"), T("pain_walk"), T("swelling"), T(wide)};
    assert_int_equal(rehab_nearest(T("pain_wlak"), words, 4), 1);
    assert_int_equal(rehab_nearest(T("sweling"), words, 4), 2);
    assert_int_equal(rehab_nearest(T("temperature"), words, 4), REHAB_NONE);
    assert_int_equal(rehab_nearest(T(""), words, 4), REHAB_NONE);
    assert_int_equal(rehab_nearest(T(wide), words, 4), REHAB_NONE);
    wide[64] = '\0';
    assert_int_equal(rehab_nearest((struct rehab_text){wide, 63}, &T(wide), 1), 0);
    assert_int_equal(rehab_nearest(T(wide), &(struct rehab_text){wide, 63}, 1), 0);
    assert_true(rehab_text_equal(T(""), (struct rehab_text){NULL, 0}));
    assert_false(rehab_text_equal(T("ab"), T("ac")));
    assert_false(rehab_text_equal(T("ab"), T("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_exact),
        cmocka_unit_test(percentages_are_rounded_down),
        cmocka_unit_test(decimals_are_read_exactly),
        cmocka_unit_test(decimals_come_back),
        cmocka_unit_test(durations_are_days_or_hours),
        cmocka_unit_test(long_numbers_do_not_come_round),
        cmocka_unit_test(days_are_local),
        cmocka_unit_test(arenas_give_aligned_pieces_until_full),
        cmocka_unit_test(the_nearest_word_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
