/* SPDX-License-Identifier: Apache-2.0 */
/* Looking without touching: where the patient stands, now or then, and what is to be done. */
#include "inside.h"

#include "../base/time.h"

static struct result evaluate(struct call *c, struct uuid episode, int64_t as_of_us,
                              int64_t known_at_us, struct case_file *file, struct evaluation *out)
{
    bool now = as_of_us == NO_TIME;
    TRY(settle_time(c, TEXT("as_of"), &as_of_us));
    if (known_at_us != NO_TIME) TRY(settle_time(c, TEXT("known_at"), &known_at_us));
    TRY(case_load(c, episode, now ? c->now_us + US_PER_DAY : as_of_us, known_at_us, file));
    if (known_at_us != NO_TIME && known_at_us < file->episode.created_us)
        return call_fail(c, NOT_FOUND, "The episode was not on record yet at `known_at`.");
    if (now) as_of_us = case_latest_us(file, as_of_us);
    if (as_of_us < file->episode.started_us) {
        return call_fault(c, BEFORE_ONSET, TEXT("as_of"),
                          TEXT("Send a time on or after `started_at` of the episode."));
    }
    return case_evaluate(c, file, as_of_us, known_at_us, out);
}

struct result service_evaluate(struct call *c, struct uuid episode, int64_t as_of_us,
                               int64_t known_at_us, struct evaluation *out)
{
    struct case_file file;
    TRY(evaluate(c, episode, as_of_us, known_at_us, &file, out));
    return case_find_sets(c, &file, out);
}

struct result service_plan(struct call *c, struct uuid episode, int64_t as_of_us, struct plan *out)
{
    struct case_file file;
    TRY(evaluate(c, episode, as_of_us, NO_TIME, &file, &out->evaluation));
    catalogue_exercises(c, &out->exercises, &out->exercise_count);
    return DONE;
}
