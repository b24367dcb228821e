/* SPDX-License-Identifier: Apache-2.0 */
/* Clock and calendar. Instants are microseconds since 1970-01-01T00:00Z, dates are days since
 * 1970-01-01, both in the proleptic Gregorian calendar from year 1 to 9999. The readers are strict:
 * what they take can be kept exactly. */
#pragma once

#include "text.h"

#include <stdint.h>

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY    INT64_C(86400000000)

enum { TIME_TEXT_SIZE = 28, DATE_TEXT_SIZE = 11 };

int64_t time_now_us(
    void); /* the wall clock; the loop asks it once a turn, everything below uses call.now_us */
int64_t time_tick_us(void); /* the monotonic clock, for measuring */

/* RFC 3339 with an offset: 2026-03-01T10:00:00Z, 2026-03-01T11:00:00.5+01:00. Capital T and Z, at
 * most 6 decimals, no leap second. */
bool time_read(struct text t, int64_t *us);

/* 2026-03-01T10:00:00Z, with 6 decimals when there are microseconds; terminated. Returns the
 * length. */
size_t time_write(int64_t us, char out[static TIME_TEXT_SIZE]);

bool time_read_date(struct text t, int32_t *day);
size_t time_write_date(int32_t day, char out[static DATE_TEXT_SIZE]);

/* ISO 8601: P6W, P1Y2M3DT4H5M6.5S. Designators in order, each once, no sign. Weeks stand alone. */
struct duration {
    int64_t months;
    int64_t days;
    int64_t us;
};
bool time_read_duration(struct text t, struct duration *out);

int32_t time_day_of(int64_t us); /* the day an instant (or a wall clock reading) lies on */
int32_t time_day_from_civil(int32_t year, uint32_t month, uint32_t day);
void time_civil_from_day(int32_t day, int32_t *year, uint32_t *month, uint32_t *month_day);
