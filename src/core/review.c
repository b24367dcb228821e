/* SPDX-License-Identifier: Apache-2.0 */
/* A move on record judged again: the whole decision as of then, and of it what would have gone
 * before the move. */
#include "rehab/review.h"
#include "core.h"

/*= src:EVIDENCE#6.2-16  late data that would have blocked a move raises a review */

struct again {
    const struct rehab_protocol *p;
    const struct rehab_made_move *made;
    struct rehab_decision d;
    struct rehab_finding *kept;
    struct rehab_review review;
};

static void keep(struct again *a, uint32_t finding)
{
    a->kept[a->review.finding_count++] = a->d.findings[finding];
}

/* What makes a rule met that is. */
static void keep_props(struct again *a, uint32_t rule, struct rehab_range findings)
{
    bool props[REHAB_MAX_NODES];
    rehab_find_props(a->p, &a->p->rules[rule], &a->d.findings[findings.first], props);
    for (uint32_t i = 0; i < findings.count; i++) {
        if (props[i]) keep(a, findings.first + i);
    }
}

/* What keeps a gate ahead from being met. */
static void keep_blockers(struct again *a, struct rehab_range findings)
{
    for (uint32_t i = 0; i < a->d.blocker_count; i++) {
        if (a->d.blockers[i] - findings.first < findings.count) keep(a, a->d.blockers[i]);
    }
}

static const struct rehab_gate_result *result_of(const struct again *a, uint32_t gate)
{
    const struct rehab_gate_result *g = a->d.gates;
    while (g->gate != gate)
        g++;
    return g;
}

static void block(struct again *a, enum rehab_move by, uint32_t flag, uint32_t gate)
{
    a->review.blocked = true;
    a->review.by = by;
    a->review.flag = flag;
    a->review.gate = gate;
}

static void judge_flags(struct again *a)
{
    for (uint32_t i = 0; i < a->d.red_flag_count && !a->review.blocked; i++) {
        const struct rehab_red_flag_result *flag = &a->d.red_flags[i];
        if (!flag->raised) continue;
        block(a, REHAB_STOP, flag->flag, REHAB_NONE);
        keep_props(a, a->p->red_flags[flag->flag].rule, flag->findings);
    }
}

/* A restart is of all tracks, so that of another one counts, too. */
static void judge_guards(struct again *a)
{
    const struct rehab_recommendation *first = &a->d.recommendation;
    if (first->move != REHAB_RESTART) first = &a->d.tracks[a->made->track].recommendation;
    if (first->move < REHAB_HOLD) return;
    block(a, first->move, REHAB_NONE, first->gate);
    keep_props(a, a->p->gates[first->gate].rule, result_of(a, first->gate)->findings);
}

static bool leads(const struct again *a, const struct rehab_gate_result *g)
{
    return g->move == a->made->move && g->track == a->made->track && g->to == a->made->to;
}

static void judge_ways(struct again *a)
{
    const struct rehab_gate_result *shut = NULL;
    for (uint32_t i = a->d.gate_count; i-- > 0;) {
        const struct rehab_gate_result *g = &a->d.gates[i];
        if (!leads(a, g)) continue;
        if (g->verdict == REHAB_MET) return;
        shut = g;
    }
    if (shut == NULL) return;
    block(a, shut->move, REHAB_NONE, shut->gate);
    keep_blockers(a, shut->findings);
}

enum rehab_outcome rehab_review_move(const struct rehab_protocol *p, const struct rehab_evidence *e,
                                     const struct rehab_made_move *made, struct rehab_arena *arena,
                                     struct rehab_review *out)
{
    struct again a = {.p = p, .made = made};
    a.review = (struct rehab_review){.by = REHAB_STAY, .flag = REHAB_NONE, .gate = REHAB_NONE};
    if (made->track >= rehab_count(p, REHAB_TRACKS)) return REHAB_MISFIT;
    enum rehab_outcome outcome = rehab_decide(p, e, made->at, arena, &a.d);
    if (outcome != REHAB_DECIDED) return outcome;
    a.kept = rehab_alloc(arena, REHAB_MAX_NODES * sizeof *a.kept);
    if (a.kept == NULL) return REHAB_FULL;
    judge_flags(&a);
    if (!a.review.blocked) judge_guards(&a);
    if (!a.review.blocked) judge_ways(&a);
    a.review.findings = a.kept;
    *out = a.review;
    return REHAB_DECIDED;
}
