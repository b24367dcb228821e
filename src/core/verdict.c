/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict of a gate alone, for many episodes. A gate is made ready once (plan.h); then nothing
 * is written down about a leaf, and none is looked into once the verdict cannot change. What is not
 * plain, in the gate or in the evidence, is judged as always, so the verdict is the same. */
#include "plan.h"

/* ---- making ready ---- */

/* The others. Of all there are none: what is never met lies where no value does. */
static void turn(struct ready *r)
{
    bool all = r->span == UINT64_MAX;
    r->low = all ? (uint64_t)INT64_MAX : r->low + r->span + 1;
    r->span = all ? 0 : ~r->span - 1;
}

/* Values op bound, as an interval: from `bound` on, up to it, or only it; or the others. */
static void aim(struct ready *r, uint32_t op, int64_t bound)
{
    bool below = op == REHAB_LE || op == REHAB_GT, at = op == REHAB_EQ || op == REHAB_NE;
    r->low = below ? (uint64_t)INT64_MIN : (uint64_t)bound;
    r->span = at ? 0 : below ? (uint64_t)bound - r->low : (uint64_t)INT64_MAX - r->low;
    if (op == REHAB_LT || op == REHAB_GT || op == REHAB_NE) turn(r);
}

/* How far apart, either way: at most `bound` (LE, GT), or less than that (LT, GE). */
static bool aim_apart(struct ready *r, uint32_t op, int64_t bound)
{
    int64_t most = op == REHAB_LE || op == REHAB_GT ? bound : bound - 1;
    bool within = op == REHAB_LE || op == REHAB_LT;
    r->low = most < 0 ? 0 : -(uint64_t)most;
    r->span = most < 0 ? UINT64_MAX : 2 * (uint64_t)most;
    if (within == (most < 0)) turn(r);
    r->times = r->less = 1;
    return op != REHAB_EQ && op != REHAB_NE;
}

/* The operator that holds of -x when `op` holds of x. */
static uint32_t mirrored(uint32_t op)
{
    return op == REHAB_EQ || op == REHAB_NE ? op : (uint32_t)REHAB_LT + REHAB_GT - op;
}

/* 100 * top / other op a whole percentage; less is better: 100 * other / top. */
static bool aim_ratio(struct ready *r, const struct rehab_criterion_row *row)
{
    int64_t percent = row->bound_nano / REHAB_SCALE;
    bool whole = percent * REHAB_SCALE == row->bound_nano && percent >= 0;
    bool back = (row->flags & REHAB_TURNED) != 0;
    r->times = back ? (uint32_t)percent : 100;
    r->less = back ? 100 : (uint32_t)percent;
    aim(r, back ? mirrored(row->op) : row->op, 0);
    return whole && percent <= INT64_MAX / REHAB_VALUE_MAX;
}

/* False: the leaf is judged as always. */
static bool make_ready(const struct rehab_criterion_row *row, struct ready *r)
{
    *r = (struct ready){.within_us = row->within_us > 0 ? row->within_us : INT64_MAX / 2,
                        .times = 1,
                        .asked = spread(row, row->asked),
                        .wanted = spread(row, row->wanted),
                        .measure = row->measure,
                        .minds = (uint8_t)minds_of(row),
                        .calendar = (row->flags & REHAB_WITHIN_DAYS) != 0};
    if ((row->flags & REHAB_PLAIN) == 0 || row->side == REHAB_OTHER) return false;
    if (row->expression == REHAB_DIFFERENCE) return aim_apart(r, row->op, row->bound_nano);
    if (row->expression == REHAB_SYMMETRY) return aim_ratio(r, row);
    aim(r, row->op, row->bound_nano);
    return true;
}

/* What is ready first: how many are met is all that counts. */
static void sort_leaves(struct rehab_plan *plan, const struct rehab_rule_row *rule)
{
    uint32_t last = plan->count;
    for (uint32_t i = 0; i < plan->count; i++) {
        struct ready r;
        uint32_t criterion = rule->criteria.first + i;
        bool is_ready = make_ready(&plan->p->criteria[criterion], &r);
        r.criterion = criterion;
        plan->leaf[is_ready ? plan->ready++ : --last] = r;
    }
}

/* ---- slots ---- */

/* The slot of the measure's own or (side REHAB_OTHER) other side, which is looked at from now on.
 */
static uint8_t slot_of(struct rehab_plan *plan, struct asked *m, uint32_t side)
{
    if (m->first == NOWHERE) {
        plan->large = plan->slots >= SLOTS;
        if (plan->large) return 0;
        m->first = (uint8_t)plan->slots;
        plan->slots += 2;
    }
    m->slot[side] = (uint8_t)(m->first + (side == REHAB_OTHER));
    plan->open |= UINT64_C(1) << m->slot[side];
    return m->slot[side];
}

/* A value of both sides: to both, or where the other is not looked at to its own; without sides it
 * is one. */
static uint8_t slot_of_both(const struct asked *m, bool sided)
{
    if (!sided) return m->slot[REHAB_SIDE_NONE];
    return m->slot[REHAB_OTHER] == NOWHERE ? m->slot[REHAB_INVOLVED] : TO_BOTH;
}

static void give_slots(struct rehab_plan *plan, struct asked *asked)
{
    const struct rehab_measure_row *m = plan->p->measures;
    for (uint32_t i = 0; i < plan->measures; i++) {
        asked[i] = (struct asked){.low = m[i].low_nano, .high = m[i].high_nano, .first = NOWHERE};
        memset(asked[i].slot, NOWHERE, sizeof asked[i].slot);
    }
    for (uint32_t i = 0; i < plan->ready && !plan->large; i++) {
        struct ready *r = &plan->leaf[i];
        if (r->within_us > plan->reach_us) plan->reach_us = r->within_us;
        r->place = slot_of(plan, &asked[r->measure], m[r->measure].sided) / 2;
        if (r->minds & NOT_PAIRED) (void)slot_of(plan, &asked[r->measure], REHAB_OTHER);
    }
    plan->reach_us += CLOCKS_APART;
    for (uint32_t i = 0; i < plan->measures; i++)
        asked[i].slot[REHAB_BOTH] = slot_of_both(&asked[i], m[i].sided);
}

const struct rehab_plan *rehab_plan_gate(const struct rehab_protocol *p, uint32_t gate,
                                         struct rehab_arena *arena)
{
    const struct rehab_rule_row *rule = &p->rules[p->gates[gate].rule];
    const struct rehab_node_row *root = &p->nodes[rule->nodes.first + rule->nodes.count - 1];
    const uint32_t count = rule->criteria.count, measures = rehab_count(p, REHAB_MEASURES);
    const size_t leaves = count * sizeof(struct ready);
    struct rehab_plan *plan =
        rehab_alloc(arena, sizeof *plan + leaves + measures * sizeof(struct asked));
    if (plan == NULL) return NULL;
    struct asked *asked = (void *)&plan->leaf[count];
    const bool one = rule->nodes.count == 1; /* the leaf itself */
    *plan = (struct rehab_plan){.p = p,
                                .asked = asked,
                                .gate = gate,
                                .least = one ? 1 : root->least,
                                .count = count,
                                .measures = measures};
    plan->whole = !one && (rule->nodes.count != count + 1 || root->kind == REHAB_SAME_OCCASION ||
                           root->kind == REHAB_NOT);
    sort_leaves(plan, rule);
    plan->bare = !plan->whole && plan->ready == count;
    give_slots(plan, asked);
    return plan;
}

/* ---- judging ---- */

static enum rehab_verdict judge_whole(const struct rehab_series *s,
                                      const struct rehab_rule_row *rule,
                                      const struct rehab_track_state *track)
{
    struct rehab_view v = rehab_view_of(s, rule, track, track->moved);
    struct rehab_finding findings[REHAB_MAX_NODES];
    struct rehab_tree_verdicts verdicts;
    return rehab_judge_tree(&v, rule, findings, &verdicts);
}

static uint8_t judge_leaf(const struct rehab_series *s, const struct rehab_rule_row *rule,
                          const struct rehab_track_state *track, uint32_t criterion)
{
    struct rehab_view v = rehab_view_of(s, rule, track, track->moved);
    struct rehab_finding f;
    rehab_judge_criterion(&v, criterion, &f);
    return f.verdict;
}

/* Leaf by leaf, as long as the verdict can change. */
static __attribute__((noinline)) enum rehab_verdict judge_leaves(const struct rehab_plan *plan,
                                                                 const struct rehab_series *s)
{
    const struct rehab_gate_row *row = &s->p->gates[plan->gate];
    const struct rehab_rule_row *rule = &s->p->rules[row->rule];
    const struct rehab_track_state *track = &s->e->tracks[row->track];
    uint32_t met = 0, open = plan->count;
    if (plan->whole) return judge_whole(s, rule, track);
    for (uint32_t i = 0; i < plan->count && met < plan->least && open >= plan->least; i++) {
        const struct ready *r = &plan->leaf[i];
        int one = i < plan->ready ? weigh(r, &s->newest[r->measure], s->as_of) : -1;
        uint8_t verdict =
            one < 0 ? judge_leaf(s, rule, track, r->criterion) : (uint8_t)(one * REHAB_MET);
        met += verdict == REHAB_MET;
        open -= verdict == REHAB_NOT_MET;
    }
    return (enum rehab_verdict)((met >= plan->least) + (open >= plan->least));
}

enum rehab_verdict rehab_plan_verdict(const struct rehab_plan *plan, const struct rehab_series *s)
{
    struct glance g = {0, 0, 0};
    if (!plan->bare) return judge_leaves(plan, s);
    for (uint32_t i = 0; i < plan->count; i++)
        look_at(&plan->leaf[i], &s->newest[plan->leaf[i].measure], s->as_of, &g);
    if (!is_clear(&g)) return judge_leaves(plan, s);
    return (enum rehab_verdict)(REHAB_MET * (g.met >= plan->least));
}
