/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal text to billionths, without a double on the way: 0.1 is a tenth. */
#include "json_in.h"

enum { PLACES = 9 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Splits `-12.50` into its digits; false when it has another form. */
static bool split_digits(struct text t, struct text *whole, struct text *part)
{
    if (t.size == 0) return false;
    size_t at = t.at[0] == '-', dot = at;
    while (dot < t.size && is_digit(t.at[dot]))
        dot++;
    size_t end = dot < t.size && t.at[dot] == '.' ? dot + 1 : dot;
    while (end < t.size && end > dot && is_digit(t.at[end]))
        end++;
    *whole = (struct text){t.at + at, dot - at};
    *part = end > dot ? (struct text){t.at + dot + 1, end - dot - 1} : (struct text){t.at, 0};
    return whole->size > 0 && end == t.size && (end == dot || part->size > 0);
}

static bool has_exponent(struct text t)
{
    return t.size > 1 && (memchr(t.at, 'e', t.size) != NULL || memchr(t.at, 'E', t.size) != NULL);
}

static bool add_digit(int64_t *sum, int digit)
{
    return !__builtin_mul_overflow(*sum, 10, sum) &&
           !__builtin_add_overflow(*sum, digit - '0', sum);
}

enum number_form wire_number_nano(struct text digits, uint32_t decimals_max, int64_t *nano)
{
    struct text whole, part;
    int64_t sum = 0;
    if (!split_digits(digits, &whole, &part))
        return has_exponent(digits) ? NUMBER_EXPONENT : NUMBER_NOT_ONE;
    if (part.size > decimals_max || part.size > PLACES) return NUMBER_TOO_PRECISE;
    for (size_t i = 0; i < whole.size; i++) {
        if (!add_digit(&sum, whole.at[i])) return NUMBER_TOO_LARGE;
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (!add_digit(&sum, i < part.size ? part.at[i] : '0')) return NUMBER_TOO_LARGE;
    }
    *nano = digits.at[0] == '-' ? -sum : sum;
    return NUMBER_EXACT;
}

bool wire_number_whole(struct text digits, int64_t least, int64_t most, int64_t *out)
{
    struct text whole, part;
    int64_t sum = 0;
    if (!split_digits(digits, &whole, &part) || part.size > 0) return false;
    for (size_t i = 0; i < whole.size; i++) {
        if (!add_digit(&sum, whole.at[i])) return false;
    }
    *out = digits.at[0] == '-' ? -sum : sum;
    return *out >= least && *out <= most;
}
