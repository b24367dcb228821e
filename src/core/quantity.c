/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and times, read, compared and written. */
#include "core.h"

static uint64_t size_of(int64_t a)
{
    return a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
}

int rehab_compare_products(int64_t a, int64_t b, int64_t c, int64_t d)
{
    int left = ((a > 0) - (a < 0)) * ((b > 0) - (b < 0)),
        right = ((c > 0) - (c < 0)) * ((d > 0) - (d < 0));
    if (left != right) return left < right ? -1 : 1;
    return left * rehab_compare_sizes(size_of(a), size_of(b), size_of(c), size_of(d));
}

/*= src:LSI#definition  100 * one side / the other */
int64_t rehab_percent(int64_t top, int64_t bottom)
{
    static const uint64_t step[] = {10000, 10000, 1000}; /* together 100 * REHAB_SCALE */
    uint64_t divisor = (uint64_t)bottom, size = size_of(top);
    uint64_t quotient = size / divisor, rest = size % divisor;
    if (quotient >= INT64_MAX / (100 * REHAB_SCALE)) return top < 0 ? INT64_MIN : INT64_MAX;
    for (int i = 0; i < 3; i++) {
        rest *= step[i]; /* below 1e15 * 1e4 */
        quotient = quotient * step[i] + rest / divisor;
        rest %= divisor;
    }
    if (top >= 0) return (int64_t)quotient;
    return -(int64_t)quotient - (rest > 0 ? 1 : 0);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits from *i on, at most `most` of them, as a number; false when there is none or too many. */
static bool read_digits(struct rehab_text t, uint32_t *i, uint32_t most, int64_t *out)
{
    uint32_t first = *i;
    int64_t n = 0;
    for (; *i < t.size && is_digit(t.at[*i]); ++*i) {
        if (*i - first >= most) return false;
        n = n * 10 + (t.at[*i] - '0');
    }
    *out = n;
    return *i > first;
}

/* The digits behind the point in billionths; zeros behind the ninth do no harm. */
static bool read_fraction(struct rehab_text t, uint32_t *i, int64_t *nano)
{
    uint32_t first = *i;
    int64_t unit = REHAB_SCALE;
    *nano = 0;
    for (; *i < t.size && is_digit(t.at[*i]); ++*i) {
        unit /= 10;
        if (unit == 0 && t.at[*i] != '0') return false;
        *nano += unit * (t.at[*i] - '0');
    }
    return *i > first;
}

bool rehab_read_quantity(struct rehab_text text, int64_t *nano)
{
    uint32_t i = 0;
    int64_t whole = 0, fraction = 0;
    bool negative = text.size > 0 && text.at[0] == '-';
    if (negative) i++;
    uint32_t first = i;
    if (!read_digits(text, &i, 7, &whole)) return false;
    if (i - first > 1 && text.at[first] == '0') return false;
    if (i < text.size && text.at[i] == '.') {
        i++;
        if (!read_fraction(text, &i, &fraction)) return false;
    }
    int64_t size = whole * REHAB_SCALE + fraction;
    if (i < text.size || size > REHAB_VALUE_MAX) return false;
    *nano = negative ? -size : size;
    return true;
}

uint32_t rehab_write_quantity(int64_t nano, char *out)
{
    char reversed[REHAB_QUANTITY_TEXT];
    uint32_t n = 0, used = 0;
    uint64_t size = size_of(nano), fraction = size % (uint64_t)REHAB_SCALE,
             whole = size / (uint64_t)REHAB_SCALE;
    bool digits = false;
    for (int place = 0; place < 9; place++, fraction /= 10) {
        digits = digits || fraction % 10 != 0;
        if (digits) reversed[n++] = (char)('0' + fraction % 10);
    }
    if (digits) reversed[n++] = '.';
    do {
        reversed[n++] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole > 0);
    if (nano < 0) out[used++] = '-';
    while (n > 0)
        out[used++] = reversed[--n];
    return used;
}

/* ---- durations ---- */

struct part {
    char letter;
    bool time; /* behind the T */
    int64_t us;
};

static const struct part PARTS[] = {
    {'W', false, 7 * REHAB_DAY},  {'D', false, REHAB_DAY},        {'H', true, REHAB_HOUR},
    {'M', true, REHAB_HOUR / 60}, {'S', true, REHAB_HOUR / 3600},
};
enum { PART_COUNT = sizeof PARTS / sizeof PARTS[0] };

/* One number and its letter; *part is the first that may still come. */
static bool read_part(struct rehab_text t, uint32_t *i, bool time, uint32_t *part, int64_t *us)
{
    int64_t n = 0;
    if (!read_digits(t, i, 7, &n) || *i == t.size) return false;
    while (*part < PART_COUNT && (PARTS[*part].letter != t.at[*i] || PARTS[*part].time != time))
        ++*part;
    if (*part == PART_COUNT) return false;
    *us += n * PARTS[*part].us;
    ++*part;
    ++*i;
    return true;
}

bool rehab_read_duration(struct rehab_text text, struct rehab_duration *out)
{
    bool time = text.size > 1 && text.at[1] == 'T';
    uint32_t i = time ? 2 : 1, part = 0;
    int64_t us = 0;
    if (text.size == 0 || text.at[0] != 'P') return false;
    do {
        if (!read_part(text, &i, time, &part, &us)) return false;
    } while (i < text.size);
    if (us > 36500 * REHAB_DAY) return false;
    *out = (struct rehab_duration){us, !time, true};
    return true;
}

int32_t rehab_local_day(struct rehab_instant at)
{
    int64_t day = at.local_us / REHAB_DAY;
    return (int32_t)(at.local_us % REHAB_DAY < 0 ? day - 1 : day);
}
