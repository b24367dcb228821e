/* SPDX-License-Identifier: Apache-2.0 */
/* A closed table of units. Each row says how many of its dimension's base unit one of it is, as a
 * fraction of whole numbers, so that every conversion is a product and a division without
 * remainder, or is refused. The figures are the definitions: pound, inch and foot of 1959, standard
 * gravity of 1901. Values never change their dimension: newtons and newton metres are strangers. */
#include "unit.h"

enum dimension { LENGTH, MASS, FORCE, DURATION };

struct unit {
    const char *code;
    enum dimension dimension;
    int64_t over, under; /* base units = over / under */
};

/* clang-format off */
static const struct unit units[] = {
    {"m",       LENGTH,   1,        1},
    {"cm",      LENGTH,   1,        100},
    {"mm",      LENGTH,   1,        1'000},
    {"[in_i]",  LENGTH,   127,      5'000},
    {"[ft_i]",  LENGTH,   381,      1'250},
    {"kg",      MASS,     1,        1},
    {"g",       MASS,     1,        1'000},
    {"[lb_av]", MASS,     45359237, 100'000'000},
    {"N",       FORCE,    1,        1},
    {"kgf",     FORCE,    196133,   20'000},
    {"s",       DURATION, 1,        1},
    {"min",     DURATION, 60,       1},
    {"h",       DURATION, 3'600,    1},
};
/* clang-format on */

enum { UNIT_COUNT = sizeof units / sizeof units[0] };

__extension__ typedef __int128 wide;

static const struct unit *find_unit(struct text code)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (text_is(code, units[i].code)) return &units[i];
    }
    return NULL;
}

/* nano * over / under; the factors are at most 1e8 * 1e4, so the product fits in 128 bits. */
static enum unit_result scale(int64_t nano, int64_t over, int64_t under, int64_t *out)
{
    wide product = (wide)nano * over;
    if (product % under != 0) return UNIT_NOT_EXACT;
    product /= under;
    if (product > INT64_MAX || product < -INT64_MAX) return UNIT_TOO_LARGE;
    *out = (int64_t)product;
    return UNIT_CONVERTED;
}

enum unit_result wire_convert_unit(const struct measure *m, struct text unit, int64_t nano,
                                   int64_t *out)
{
    if (unit.size == 0 || text_equal(unit, m->unit)) return scale(nano, 1, 1, out);
    if (m->from_vas) return text_is(unit, "mm") ? scale(nano, 1, 10, out) : UNIT_FOREIGN;
    const struct unit *from = find_unit(unit), *to = find_unit(m->unit);
    if (from == NULL || to == NULL || from->dimension != to->dimension) return UNIT_FOREIGN;
    return scale(nano, from->over * to->under, from->under * to->over, out);
}

struct text wire_accepted_unit(const struct measure *m, uint32_t n)
{
    const struct unit *own = find_unit(m->unit);
    if (n == 0) return m->unit;
    if (m->from_vas) return n == 1 ? TEXT("mm") : (struct text){NULL, 0};
    for (size_t i = 0; own != NULL && i < UNIT_COUNT; i++) {
        if (&units[i] != own && units[i].dimension == own->dimension && --n == 0)
            return text_of(units[i].code);
    }
    return (struct text){NULL, 0};
}
