/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and times. No floating point decides about a patient: quantities are counts of
 * billionths, products are compared in 128 bits, and nothing is rounded before it is compared. */
#ifndef REHAB_QUANTITY_H
#define REHAB_QUANTITY_H

#include "arena.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One unit of a measure in billionths: 12.5 deg is 12'500'000'000 (`_nano`). false is 0, true is
 * REHAB_SCALE; the n-th label of an ordinal (from 0) is n * REHAB_SCALE. */
#define REHAB_SCALE INT64_C(1000000000)

/* No observed value or bound may be further from zero: 1e6 units. */
#define REHAB_VALUE_MAX INT64_C(1000000000000000)

/* Microseconds. */
#define REHAB_HOUR INT64_C(3600000000)
#define REHAB_DAY  INT64_C(86400000000)

/* A point in time, twice: rules in hours use utc_us, rules in days use local_us.
 * utc_us    microseconds since 1970-01-01T00:00Z
 * local_us  the clinic's wall clock at that moment, in the same scale as if it were UTC: its day
 *           number is floor(local_us / REHAB_DAY)
 * Both between years 1 and 9999. */
struct rehab_instant {
    int64_t utc_us;
    int64_t local_us;
};

/* A length of time. calendar: `us` is a whole number of REHAB_DAY and local days are counted (P5D,
 * P2W); else elapsed time is measured (PT72H). us is 0 or more; a duration that is absent has given
 * == false. */
struct rehab_duration {
    int64_t us;
    bool calendar;
    bool given;
};

/* Comparisons of a criterion: value, operator, bound. */
enum rehab_op {
    REHAB_LT,
    REHAB_LE,
    REHAB_EQ,
    REHAB_NE,
    REHAB_GE,
    REHAB_GT,
    REHAB_BETWEEN, /* bound <= value <= upper */
    REHAB_IN,      /* ordinals and strata: the bound is a set, bit n for the n-th label */
    REHAB_OP_COUNT
};

/* The sign (-1, 0, +1) of a * b - c * d, exact for all arguments. */
REHAB_API int rehab_compare_products(int64_t a, int64_t b, int64_t c, int64_t d);

/* 100 * top / bottom in billionths of a percent, rounded towards minus infinity, for showing only:
 * comparisons use rehab_compare_products. bottom > 0; both at most REHAB_VALUE_MAX in size. Where
 * the result would not fit: the nearest that does. */
REHAB_API int64_t rehab_percent(int64_t top, int64_t bottom);

/* A decimal number as JSON writes it, without exponent: "-12.50". False when it is not one, has
 * more than 9 decimals that count, or lies beyond REHAB_VALUE_MAX; then *nano is untouched. */
REHAB_API bool rehab_read_quantity(struct rehab_text text, int64_t *nano);

/* The shortest decimal for it ("-12.5", "0"). Writes at most REHAB_QUANTITY_TEXT bytes, no
 * terminator; returns how many. */
#define REHAB_QUANTITY_TEXT 24
REHAB_API uint32_t rehab_write_quantity(int64_t nano, char *out);

/* ISO 8601: P5D, P2W, PT36H, PT90M, PT30S, PT1H30M (no years, months, fractions, signs; days and
 * hours do not mix). At most 36500 days. False when it is not one; then *out is untouched. */
REHAB_API bool rehab_read_duration(struct rehab_text text, struct rehab_duration *out);

/* The day number of an instant's local date: days since 1970-01-01. */
REHAB_API int32_t rehab_local_day(struct rehab_instant at);

#ifdef __cplusplus
}
#endif

#endif
