/* SPDX-License-Identifier: Apache-2.0 */
/* Where an episode stands in a track: days so far against what is usual. Expectations never decide
 * anything. */
#include "core.h"

/* Local days since the anchor of an expectation; false when it is not known. */
static bool count_days(const struct rehab_series *s, uint32_t from,
                       const struct rehab_track_state *track, int32_t *days)
{
    const struct rehab_event *event = from == REHAB_ONSET ? &s->e->onset : &s->e->surgery;
    int32_t start = rehab_local_day(from == REHAB_PHASE ? track->entered : s->e->started);
    if (from >= REHAB_ONSET) {
        if (!event->known) return false;
        start = event->timed ? rehab_local_day(event->at) : event->day;
    }
    *days = rehab_local_day(s->as_of) - start;
    return true;
}

/* What is usual for the episode's stratum; false when that is not known. */
static bool find_usual(const struct rehab_series *s, const struct rehab_expectation_row *row,
                       struct rehab_expectation_result *out)
{
    out->low_days = row->low_days;
    out->high_days = row->high_days;
    if (row->by_stratum == REHAB_NONE) return true;
    uint16_t place = s->e->strata[row->by_stratum];
    for (uint32_t i = 0; i < row->by.count; i++) {
        const struct rehab_expectation_by_row *by = &s->p->expectation_bounds[row->by.first + i];
        if (by->stratum_value != place) continue;
        out->low_days = by->low_days;
        out->high_days = by->high_days;
    }
    return place != REHAB_STRATUM_UNKNOWN;
}

struct rehab_expectation_result rehab_judge_pace(const struct rehab_series *s, uint32_t expectation,
                                                 const struct rehab_track_state *track)
{
    struct rehab_expectation_result out = {expectation, REHAB_PACE_NONE, 0, 0, 0};
    if (expectation == REHAB_NONE) return out;
    const struct rehab_expectation_row *row = &s->p->expectations[expectation];
    if (!find_usual(s, row, &out) || !count_days(s, row->from, track, &out.days)) return out;
    out.pace = out.days < (int64_t)out.low_days ? REHAB_BEFORE : REHAB_WITHIN;
    if (out.days > (int64_t)out.high_days) out.pace = REHAB_EXCEEDED;
    return out;
}
