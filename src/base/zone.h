/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones: what the clock on the clinic's wall shows. Wall clock readings have the scale of
 * instants: microseconds since 1970-01-01T00:00 as the wall shows it, so that the day of a reading
 * is time_day_of(reading). */
#pragma once

#include <stdint.h>

#include "text.h"

struct zone;

/* The zone of an IANA name, read from the system's zone files at the first call and kept; NULL when
 * there is none. Any thread may ask. "UTC" is always there. */
const struct zone *zone_find(struct text name);

/* What the wall shows at an instant. */
int64_t zone_local(const struct zone *z, int64_t utc_us);

/* The instant at which the wall shows a reading. Shown twice (clocks go back): the first of the
 * two. Never shown (clocks go forward): as if they had not yet gone forward, which is the same
 * distance after the gap. */
int64_t zone_utc(const struct zone *z, int64_t local_us);
