/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict of a gate alone, for many episodes. A gate is made ready once: of each plain leaf
 * (plain.h) what its comparison needs lies in 40 bytes, all that could be computed beforehand done.
 * Then nothing is written down about a leaf, and none is looked at once the verdict cannot change.
 * What is not plain, in the gate or in the evidence, is judged as always, so the verdict is the
 * same. */
#include "core.h"

enum kind { SLOW, VALUE, APART, RATIO };

struct ready {
    int64_t bound;        /* RATIO: a whole percentage */
    int64_t within_us;    /* INT64_MAX: no limit */
    uint32_t top, bottom; /* lists; of VALUE only the first */
    uint16_t asked, wanted;
    uint8_t kind;
    uint8_t signs; /* bit n: a sign of n - 1 satisfies */
    bool calendar, one_assessor;
};

struct rehab_plan {
    uint32_t gate, least, count, first; /* first: of its criteria */
    bool whole;                         /* not one node over leaves: judged as always */
    struct ready leaf[];
};

/* ---- making ready ---- */

static struct ready make_ready(const struct rehab_criterion_row *row)
{
    struct ready r = {.bound = row->bound_nano,
                      .within_us = row->within_us > 0 ? row->within_us : INT64_MAX,
                      .top = 3u * row->measure + row->side,
                      .asked = row->asked,
                      .wanted = row->wanted,
                      .calendar = (row->flags & REHAB_WITHIN_DAYS) != 0,
                      .one_assessor = (row->flags & REHAB_ONE_ASSESSOR) != 0};
    if ((row->flags & REHAB_PLAIN) == 0) return r;
    for (int sign = -1; sign <= 1; sign++)
        r.signs |= (uint8_t)(rehab_holds(row->op, sign) << (sign + 1));
    r.kind = row->expression == REHAB_LATEST ? VALUE : APART;
    r.bottom = 3u * row->measure + REHAB_OTHER;
    if (row->expression != REHAB_SYMMETRY) return r;
    r.bound = row->bound_nano / REHAB_SCALE;
    bool whole = r.bound * REHAB_SCALE == row->bound_nano && r.bound >= 0;
    r.kind = whole && r.bound <= INT64_MAX / REHAB_VALUE_MAX ? RATIO : SLOW;
    if (row->flags & REHAB_TURNED) {
        uint32_t top = r.top;
        r.top = r.bottom;
        r.bottom = top;
    }
    return r;
}

const struct rehab_plan *rehab_plan_gate(const struct rehab_protocol *p, uint32_t gate,
                                         struct rehab_arena *arena)
{
    const struct rehab_rule_row *rule = &p->rules[p->gates[gate].rule];
    const struct rehab_node_row *root = &p->nodes[rule->nodes.first + rule->nodes.count - 1];
    uint32_t count = rule->criteria.count;
    struct rehab_plan *plan = rehab_alloc(arena, sizeof *plan + count * sizeof plan->leaf[0]);
    if (plan == NULL) return NULL;
    *plan = (struct rehab_plan){
        .gate = gate, .least = root->least, .count = count, .first = rule->criteria.first};
    plan->whole = rule->nodes.count != count + 1 || root->kind == REHAB_SAME_OCCASION ||
                  root->kind == REHAB_NOT;
    for (uint32_t i = 0; i < count; i++)
        plan->leaf[i] = make_ready(&p->criteria[plan->first + i]);
    return plan;
}

/* ---- judging ---- */

static inline uint32_t qualifiers_of(const struct rehab_observation *o)
{
    return (uint32_t)(o->known | o->held << 8);
}

/* 1 met, 0 not met, -1: something is unusual. */
static inline int weigh(const struct ready *r, const struct rehab_series *s)
{
    struct rehab_list list = s->lists[r->top];
    if (r->kind == SLOW || list.tied) return -1;
    const struct rehab_observation *a = &s->at[list.newest];
    int64_t age = r->calendar ? s->as_of.local_us - a->at.local_us : s->as_of.utc_us - a->at.utc_us;
    uint32_t odd = (age > r->within_us) | ((qualifiers_of(a) & r->asked) ^ r->wanted);
    int64_t top = a->value_nano, bound = r->bound;
    if (r->kind != VALUE) {
        struct rehab_list other = s->lists[r->bottom];
        if (other.tied) return -1;
        const struct rehab_observation *b = &s->at[other.newest];
        int64_t bottom = b->value_nano;
        odd |= (qualifiers_of(b) & r->asked) ^ r->wanted;
        odd |= (a->assessment ^ b->assessment) | (a->at.utc_us != b->at.utc_us) | s->bilateral;
        odd |= r->one_assessor & ((a->assessor != b->assessor) | (a->assessor == REHAB_NONE));
        if (r->kind == RATIO) {
            odd |= (top <= 0) | (bottom <= 0);
            if (odd) return -1;
            top *= 100;
            bound *= bottom;
        } else {
            top = top < bottom ? bottom - top : top - bottom;
        }
    }
    if (odd) return -1;
    return r->signs >> ((top > bound) - (top < bound) + 1) & 1;
}

static enum rehab_verdict judge_leaves(const struct rehab_plan *plan, const struct rehab_series *s,
                                       const struct rehab_view *v)
{
    uint32_t met = 0, open = plan->count;
    for (uint32_t i = 0; i < plan->count; i++) {
        int one = weigh(&plan->leaf[i], s);
        if (one < 0) {
            struct rehab_finding f;
            rehab_judge_criterion(v, plan->first + i, &f);
            met += f.verdict == REHAB_MET;
            open -= f.verdict == REHAB_NOT_MET;
        } else {
            met += (uint32_t)one;
            open -= 1 - (uint32_t)one;
        }
        if (met >= plan->least) return REHAB_MET;
        if (open < plan->least) return REHAB_NOT_MET;
    }
    return REHAB_UNKNOWN;
}

enum rehab_verdict rehab_plan_verdict(const struct rehab_plan *plan, const struct rehab_series *s)
{
    const struct rehab_gate_row *row = &s->p->gates[plan->gate];
    const struct rehab_rule_row *rule = &s->p->rules[row->rule];
    const struct rehab_track_state *track = &s->e->tracks[row->track];
    struct rehab_view v = rehab_view_of(s, rule, track, track->moved);
    if (!plan->whole) return judge_leaves(plan, s, &v);
    struct rehab_finding findings[REHAB_MAX_NODES];
    struct rehab_tree_verdicts verdicts;
    return rehab_judge_tree(&v, rule, findings, &verdicts);
}
