/* SPDX-License-Identifier: Apache-2.0 */
/* Red flags latch: nothing but a clearance undoes what has raised one. Most leaves see to that
 * themselves, for in a flag they look at the worst since then. Others are met for a while only (a
 * state, an age, a pair whose other side is measured again), so all instants since then are gone
 * through, newest first. Between two events a verdict changes with time alone, so each span is
 * judged where it begins, and in the last microsecond before the next event. */
#include "core.h"

/* In a flag: once met, is it met for good? */
static bool does_last(const struct rehab_criterion_row *row)
{
    const uint32_t passing = 1u << REHAB_BEST | 1u << REHAB_SYMMETRY | 1u << REHAB_DIFFERENCE |
                             1u << REHAB_ASYMMETRY | 1u << REHAB_SETTLE | 1u << REHAB_ELAPSED |
                             1u << REHAB_CLEARED | 1u << REHAB_STATE | 1u << REHAB_AGE |
                             1u << REHAB_SESSIONS | 1u << REHAB_ADHERENCE | 1u << REHAB_SPACING;
    _Static_assert(REHAB_EXPRESSION_COUNT <= 32, "one bit each");
    return (passing >> row->expression & 1) == 0 && !rehab_is_quotient(row) && row->trials == 0;
}

static bool do_all_last(const struct rehab_protocol *p, struct rehab_range criteria)
{
    uint32_t i = criteria.first, end = criteria.first + criteria.count;
    while (i < end && does_last(&p->criteria[i]))
        i++;
    return i == end;
}

/* Keeps the later of two that are not after `now`. */
static void keep_later(struct rehab_instant *kept, struct rehab_instant at,
                       struct rehab_instant now)
{
    if (at.utc_us <= now.utc_us && at.utc_us > kept->utc_us) *kept = at;
}

/* When something last happened. */
static struct rehab_instant find_event(const struct rehab_series *s)
{
    struct rehab_instant last = {INT64_MIN, INT64_MIN};
    if (s->count > 0) last = s->at[s->count - 1].at;
    for (uint32_t i = 0; i < s->session_count; i++) {
        keep_later(&last, s->e->sessions[i].from, s->as_of);
        keep_later(&last, s->e->sessions[i].to, s->as_of);
    }
    for (uint32_t i = 0; i < s->e->clearance_count; i++)
        keep_later(&last, s->e->clearances[i].at, s->as_of);
    return last;
}

/* To where the span of as_of begins, or from there to the end of the one before; false: that is
 * before from_us. */
static bool go_back(struct rehab_series *s, int64_t from_us)
{
    struct rehab_instant at = find_event(s);
    int64_t end = at.utc_us == s->as_of.utc_us; /* a microsecond */
    if (at.utc_us < from_us + end) return false;
    rehab_rewind(s, (struct rehab_instant){at.utc_us - end, at.local_us - end});
    return true;
}

/*= src:EVIDENCE#4.1  latched: a later normal value does not clear a red flag */
bool rehab_judge_latch(const struct rehab_view *v, const struct rehab_rule_row *rule, void *room,
                       struct rehab_finding *findings)
{
    struct rehab_tree_verdicts verdicts;
    struct rehab_finding then[REHAB_MAX_NODES];
    struct rehab_series past;
    struct rehab_view back = {&past, v->track, v->from_us};
    bool raised = rehab_judge_tree(v, rule, findings, &verdicts) == REHAB_MET;
    if (do_all_last(v->s->p, rule->criteria)) return raised;
    rehab_copy_series(&past, room, v->s);
    while (go_back(&past, v->from_us)) {
        if (rehab_judge_tree(&back, rule, then, &verdicts) != REHAB_MET) continue;
        raised = true;
        memcpy(findings, then, rule->criteria.count * sizeof *then);
    }
    return raised;
}
