/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar arithmetic on 64 bit integers, without libc: its functions know locales and leap
 * seconds, these must not. Days are counted in eras of 400 years that begin on the first of March,
 * so that the leap day is the last of its year. */
#include "time.h"

#include <time.h> /* the system's; ours is "time.h" */

static int64_t read_clock(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return t.tv_sec * US_PER_SECOND + t.tv_nsec / 1000;
}

int64_t time_now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t time_tick_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* ---- the calendar ---- */

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t time_day_of(int64_t us)
{
    return (int32_t)floor_divide(us, US_PER_DAY);
}

int32_t time_day_from_civil(int32_t year, uint32_t month, uint32_t day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_divide(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year =
        (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int32_t)(era * 146097 + day_of_era - 719468);
}

void time_civil_from_day(int32_t day, int32_t *year, uint32_t *month, uint32_t *month_day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = floor_divide(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *month_day = (uint32_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (uint32_t)(month_from_march + (month_from_march < 10 ? 3 : -9));
    *year = (int32_t)(year_of_era + era * 400 + (*month <= 2));
}

static uint32_t days_in_month(int32_t year, uint32_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* ---- reading: a cursor that only moves over what it knows ---- */

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted) return false;
    c->at++;
    return true;
}

static bool is_digit(const struct cursor *c)
{
    return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

/* exactly `digits` digits */
static bool take_fixed(struct cursor *c, int digits, uint32_t *out)
{
    uint32_t value = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit(c)) return false;
        value = value * 10 + (uint32_t)(*c->at++ - '0');
    }
    *out = value;
    return true;
}

/* one to six decimals, as microseconds */
static bool take_fraction(struct cursor *c, int64_t *us)
{
    int64_t scale = 100000;
    if (!is_digit(c)) return false;
    for (; is_digit(c); scale /= 10) {
        if (scale == 0) return false;
        *us += (*c->at++ - '0') * scale;
    }
    return true;
}

static bool take_date(struct cursor *c, int32_t *day)
{
    uint32_t year = 0;
    uint32_t month = 0;
    uint32_t month_day = 0;
    if (!take_fixed(c, 4, &year) || !take(c, '-') || !take_fixed(c, 2, &month) || !take(c, '-') ||
        !take_fixed(c, 2, &month_day)) {
        return false;
    }
    if (year < 1 || month < 1 || month > 12 || month_day < 1) return false;
    if (month_day > days_in_month((int32_t)year, month)) return false;
    *day = time_day_from_civil((int32_t)year, month, month_day);
    return true;
}

static bool take_clock(struct cursor *c, int64_t *us)
{
    uint32_t hour = 0;
    uint32_t minute = 0;
    uint32_t second = 0;
    if (!take_fixed(c, 2, &hour) || !take(c, ':') || !take_fixed(c, 2, &minute) || !take(c, ':') ||
        !take_fixed(c, 2, &second)) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    *us = ((int64_t)hour * 3600 + (int64_t)minute * 60 + second) * US_PER_SECOND;
    return !take(c, '.') || take_fraction(c, us);
}

static bool take_offset(struct cursor *c, int64_t *us)
{
    uint32_t hour = 0;
    uint32_t minute = 0;
    *us = 0;
    if (take(c, 'Z')) return true;
    bool west = take(c, '-');
    if (!west && !take(c, '+')) return false;
    if (!take_fixed(c, 2, &hour) || !take(c, ':') || !take_fixed(c, 2, &minute)) return false;
    if (hour > 23 || minute > 59) return false;
    *us = ((int64_t)hour * 60 + minute) * 60 * US_PER_SECOND * (west ? -1 : 1);
    return true;
}

bool time_read(struct text t, int64_t *us)
{
    struct cursor c = {t.at, t.at + t.size};
    int32_t day = 0;
    int64_t clock = 0;
    int64_t offset = 0;
    if (!take_date(&c, &day) || !take(&c, 'T') || !take_clock(&c, &clock) ||
        !take_offset(&c, &offset)) {
        return false;
    }
    int64_t instant = day * US_PER_DAY + clock - offset;
    int32_t year = 0;
    uint32_t month = 0;
    time_civil_from_day(time_day_of(instant), &year, &month, &(uint32_t){0});
    if (c.at != c.end || year < 1 || year > 9999)
        return false; /* the offset may have left the range */
    *us = instant;
    return true;
}

bool time_read_date(struct text t, int32_t *day)
{
    struct cursor c = {t.at, t.at + t.size};
    int32_t read = 0;
    if (!take_date(&c, &read) || c.at != c.end) return false;
    *day = read;
    return true;
}

/* ---- durations ---- */

/* A number and its designator out of those still allowed, "YMWD" or "HMS". */
static bool take_part(struct cursor *c, const char **allowed, char *designator, int64_t *whole,
                      int64_t *us)
{
    *whole = *us = 0;
    if (!is_digit(c)) return false;
    for (int digits = 0; is_digit(c); digits++) {
        if (digits == 7) return false;
        *whole = *whole * 10 + (*c->at++ - '0');
    }
    bool fraction = take(c, '.');
    if (fraction && !take_fraction(c, us)) return false;
    if (c->at == c->end) return false;
    const char *found = strchr(*allowed, *c->at);
    if (found == NULL || *found == '\0' || (fraction && *found != 'S')) return false;
    c->at++;
    *designator = *found;
    *allowed = found + 1;
    return true;
}

static void add_part(struct duration *d, char designator, bool clock, int64_t whole, int64_t us)
{
    switch (designator) {
    case 'Y': d->months += whole * 12; break;
    case 'W': d->days += whole * 7; break;
    case 'D': d->days += whole; break;
    case 'H': d->us += whole * 3600 * US_PER_SECOND; break;
    case 'S': d->us += whole * US_PER_SECOND + us; break;
    default: /* M is months before the T and minutes after it */
        if (clock) {
            d->us += whole * 60 * US_PER_SECOND;
        } else {
            d->months += whole;
        }
    }
}

/* The parts of one side of the T; at least one. */
static bool take_parts(struct cursor *c, const char *allowed, bool clock, struct duration *d)
{
    do {
        char designator = 0;
        int64_t whole = 0;
        int64_t us = 0;
        if (!take_part(c, &allowed, &designator, &whole, &us)) return false;
        add_part(d, designator, clock, whole, us);
    } while (c->at != c->end && (clock || *c->at != 'T'));
    return true;
}

bool time_read_duration(struct text t, struct duration *out)
{
    struct cursor c = {t.at, t.at + t.size};
    struct duration d = {0};
    if (!take(&c, 'P') || c.at == c.end) return false;
    bool weeks = t.at[t.size - 1] == 'W';
    if (*c.at != 'T' && !take_parts(&c, weeks ? "W" : "YMD", false, &d)) return false;
    if (c.at != c.end && (!take(&c, 'T') || !take_parts(&c, "HMS", true, &d))) return false;
    *out = d;
    return true;
}

/* ---- writing ---- */

static char *put_fixed(char *at, uint32_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

size_t time_write_date(int32_t day, char out[static DATE_TEXT_SIZE])
{
    int32_t year = 0;
    uint32_t month = 0;
    uint32_t month_day = 0;
    time_civil_from_day(day, &year, &month, &month_day);
    char *at = put_fixed(out, (uint32_t)year, 4);
    *at++ = '-';
    at = put_fixed(at, month, 2);
    *at++ = '-';
    at = put_fixed(at, month_day, 2);
    *at = '\0';
    return (size_t)(at - out);
}

size_t time_write(int64_t us, char out[static TIME_TEXT_SIZE])
{
    int32_t day = time_day_of(us);
    int64_t rest = us - day * US_PER_DAY;
    uint32_t second = (uint32_t)(rest / US_PER_SECOND);
    uint32_t fraction = (uint32_t)(rest % US_PER_SECOND);
    char *at = out + time_write_date(day, out);
    *at++ = 'T';
    at = put_fixed(at, second / 3600, 2);
    *at++ = ':';
    at = put_fixed(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_fixed(at, second % 60, 2);
    if (fraction != 0) *at++ = '.';
    if (fraction != 0) at = put_fixed(at, fraction, 6);
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - out);
}
