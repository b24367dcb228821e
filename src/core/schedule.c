/* SPDX-License-Identifier: Apache-2.0 */
/* When an exercise is due next: on days that lie so far apart, so often on each, so often in any
 * seven days. Every session of its activity counts, of whatever phase, for the body rests from all
 * of them; one that was missed does not, for nothing was done. */
#include "core.h"

/* What was done last, newest first. */
struct done {
    int32_t last;     /* local day of the newest session */
    uint32_t on_last; /* how many on it */
    int32_t eldest;   /* local day of the last that was looked at */
    uint32_t count;
};

/* The newest sessions of an activity, `wanted` at most. */
static struct done look_back(const struct rehab_series *s, uint32_t activity, uint32_t wanted)
{
    struct done done = {0};
    for (uint32_t i = s->session_count; i > 0 && done.count < wanted; i--) {
        const struct rehab_session *session = &s->e->sessions[i - 1];
        if (session->activity != activity || !rehab_was_begun(s, i - 1)) continue;
        done.eldest = rehab_local_day(session->from);
        if (done.count++ == 0) done.last = done.eldest;
        done.on_last += done.eldest == done.last;
    }
    return done;
}

/*= src:EVIDENCE#6.1-R48  every day, every second, every third: from the sessions so far */
void rehab_find_due(const struct rehab_series *s, const struct rehab_prescription_row *row,
                    struct rehab_prescription_result *r)
{
    enum { WEEK = 7 };
    uint32_t spread = row->per_week <= WEEK ? 1 : (row->per_week + WEEK - 1) / WEEK;
    uint32_t per_day = row->per_day > 0 ? row->per_day : spread;
    uint32_t wanted = row->per_week > per_day ? row->per_week : per_day;
    r->has_due =
        row->activity != REHAB_NONE && (row->per_day | row->per_week | row->every_days) != 0;
    if (!r->has_due) return;
    int32_t today = r->due_day = rehab_local_day(s->as_of);
    struct done done = look_back(s, row->activity, wanted);
    if (done.count == 0) return;
    int32_t apart = row->every_days > 0 ? (int32_t)row->every_days : 1;
    if ((done.last < today || done.on_last >= per_day) && done.last + apart > r->due_day)
        r->due_day = done.last + apart;
    if (row->per_week > 0 && done.count == row->per_week && done.eldest + WEEK > r->due_day)
        r->due_day = done.eldest + WEEK;
}
