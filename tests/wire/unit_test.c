/* SPDX-License-Identifier: Apache-2.0 */
/* Units: every conversion of the table against figures of another implementation, and refusals. */
#include "help.h"

#include "wire/unit.h"

/* What @lhncbc/ucum-lhc 7.1.9 (npm) answers to convertUnitTo(from, 1, to), in double precision. */
static const struct {
    const char *from, *to;
    double factor;
} figures[] = {
    {"m", "cm", 100},
    {"m", "mm", 1000},
    {"m", "[in_i]", 39.370078740157474},
    {"m", "[ft_i]", 3.280839895013123},
    {"cm", "m", 0.01},
    {"cm", "mm", 10},
    {"cm", "[in_i]", 0.39370078740157477},
    {"cm", "[ft_i]", 0.03280839895013123},
    {"mm", "m", 0.001},
    {"mm", "cm", 0.1},
    {"mm", "[in_i]", 0.03937007874015748},
    {"mm", "[ft_i]", 0.0032808398950131233},
    {"[in_i]", "m", 0.025400000000000002},
    {"[in_i]", "cm", 2.54},
    {"[in_i]", "mm", 25.400000000000002},
    {"[in_i]", "[ft_i]", 0.08333333333333334},
    {"[ft_i]", "m", 0.3048},
    {"[ft_i]", "cm", 30.48},
    {"[ft_i]", "mm", 304.8},
    {"[ft_i]", "[in_i]", 12},
    {"kg", "g", 1000},
    {"kg", "[lb_av]", 2.2046226218487757},
    {"g", "kg", 0.001},
    {"g", "[lb_av]", 0.002204622621848776},
    {"[lb_av]", "kg", 0.45359237},
    {"[lb_av]", "g", 453.59237},
    {"N", "kgf", 0.10197162129779283},
    {"kgf", "N", 9.80665},
    {"s", "min", 0.016666666666666666},
    {"s", "h", 0.0002777777777777778},
    {"min", "s", 60},
    {"min", "h", 0.016666666666666666},
    {"h", "s", 3600},
    {"h", "min", 60},
};

static struct measure in_unit(const char *unit)
{
    return (struct measure){.unit = text_of(unit)};
}

/* A value that every factor of its dimension divides, so that the product is exact both ways. */
static int64_t divisible(const char *unit)
{
    if (strchr("mc[", unit[0]) != NULL && strcmp(unit, "min") != 0 &&
        strcmp(unit, "[lb_av]") != 0) {
        return INT64_C(127) * 381 * 1'000'000'000;
    }
    if (strcmp(unit, "kg") == 0 || strcmp(unit, "g") == 0 || strcmp(unit, "[lb_av]") == 0) {
        return INT64_C(45359237) * 100'000'000;
    }
    return strcmp(unit, "N") == 0 || strcmp(unit, "kgf") == 0 ? INT64_C(196133) * 1'000'000'000
                                                              : INT64_C(3600) * 1'000'000'000;
}

static void test_factors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct measure m = in_unit(figures[i].to);
        int64_t nano = divisible(figures[i].from), out = 0;
        assert_int_equal(wire_convert_unit(&m, text_of(figures[i].from), nano, &out),
                         UNIT_CONVERTED);
        double error = (double)out / (double)nano / figures[i].factor - 1;
        if (error > 1e-14 || error < -1e-14) fail_msg("%s to %s", figures[i].from, figures[i].to);
    }
}

static void test_exactness(void **state)
{
    (void)state;
    struct measure kg = in_unit("kg"), h = in_unit("h"), mm = in_unit("mm");
    int64_t out = -1;
    assert_int_equal(wire_convert_unit(&kg, TEXT("[lb_av]"), 1, &out), UNIT_NOT_EXACT);
    assert_int_equal(wire_convert_unit(&h, TEXT("min"), INT64_C(1'000'000'000), &out),
                     UNIT_NOT_EXACT);
    assert_int_equal(out, -1);
    assert_int_equal(wire_convert_unit(&h, TEXT("min"), INT64_C(-45'000'000'000), &out),
                     UNIT_CONVERTED);
    assert_int_equal(out, -750'000'000);
    assert_int_equal(wire_convert_unit(&mm, TEXT("m"), INT64_MAX / 999, &out), UNIT_TOO_LARGE);
    assert_int_equal(wire_convert_unit(&mm, TEXT("m"), -(INT64_MAX / 999), &out), UNIT_TOO_LARGE);
    assert_int_equal(wire_convert_unit(&mm, TEXT("m"), INT64_MAX / 1000, &out), UNIT_CONVERTED);
}

static void test_strangers(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"N", "N.m"},     {"N.m", "N"},      {"kgf", "kg"},
                                           {"%", "{score}"}, {"mm", "{score}"}, {"cm", "deg"},
                                           {"s", "cm"},      {"KG", "kg"},      {"lb", "kg"},
                                           {"N/kg", "N"},    {"", "never"}};
    int64_t out = 0;
    for (size_t i = 0; pairs[i][0][0] != '\0'; i++) {
        struct measure m = in_unit(pairs[i][1]);
        if (wire_convert_unit(&m, text_of(pairs[i][0]), 0, &out) != UNIT_FOREIGN)
            fail_msg("%s to %s", pairs[i][0], pairs[i][1]);
    }
    struct measure own = in_unit("N.m");
    assert_int_equal(wire_convert_unit(&own, TEXT("N.m"), 5, &out), UNIT_CONVERTED);
    assert_int_equal(out, 5);
}

/* A line of 100 mm is read in tenths, where the measure says so, and nothing else is. */
static void test_line(void **state)
{
    (void)state;
    struct measure m = in_unit("{score}");
    int64_t out = 0;
    m.from_vas = true;
    assert_int_equal(wire_convert_unit(&m, TEXT("mm"), INT64_C(35'000'000'000), &out),
                     UNIT_CONVERTED);
    assert_int_equal(out, INT64_C(3'500'000'000));
    assert_int_equal(wire_convert_unit(&m, TEXT("cm"), 0, &out), UNIT_FOREIGN);
}

static void test_accepted(void **state)
{
    (void)state;
    struct measure cm = in_unit("cm"), torque = in_unit("N.m"), none = in_unit("");
    static const char *const lengths[] = {"cm", "m", "mm", "[in_i]", "[ft_i]", ""};
    for (uint32_t n = 0; n < 6; n++)
        assert_text(wire_accepted_unit(&cm, n), lengths[n]);
    assert_text(wire_accepted_unit(&torque, 0), "N.m");
    assert_text(wire_accepted_unit(&torque, 1), "");
    assert_text(wire_accepted_unit(&none, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factors),   cmocka_unit_test(test_exactness),
        cmocka_unit_test(test_strangers), cmocka_unit_test(test_line),
        cmocka_unit_test(test_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
