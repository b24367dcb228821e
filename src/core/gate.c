/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of criteria in three values. Every leaf is judged (the trace is always whole), in the order
 * of the document. Children stand before their parent, so a tree is one more pass without
 * recursion: every node is counted into its parent. All combinators but `not` are thresholds: met
 * when `least` children are (all: every one, any: one), not met when too few can still be. */
#include "plain.h"

struct tally {
    uint8_t met, unknown;
};

static void count(struct tally *t, uint8_t verdict)
{
    t->met = (uint8_t)(t->met + (verdict == REHAB_MET));
    t->unknown = (uint8_t)(t->unknown + (verdict == REHAB_UNKNOWN));
}

/*= src:EVIDENCE#6.2-1  Kleene's and, or, not, and at least k */
/* Without a branch: a threshold is met when enough are met, and can be met when enough are met or
 * unknown. */
static uint8_t combine(const struct rehab_node_row *node, struct tally t)
{
    if (node->kind == REHAB_NOT)
        return (uint8_t)(REHAB_MET - REHAB_MET * t.met - REHAB_UNKNOWN * t.unknown);
    return (uint8_t)((t.met >= node->least) + (t.met + t.unknown >= node->least));
}

/* ---- R13: one occasion ---- */

static void note_used(const struct rehab_series *s, uint32_t observation, struct rehab_used *used)
{
    if (observation == REHAB_NONE) return;
    struct rehab_instant at = s->at[observation].at;
    if (at.utc_us < used->first.utc_us) used->first = at;
    if (at.utc_us > used->last.utc_us) used->last = at;
}

static void note_finding(const struct rehab_view *v, const struct rehab_finding *f,
                         struct rehab_used *used)
{
    note_used(v->s, f->observation, used);
    if (rehab_is_pair(v->s->p->criteria[f->criterion].expression)) note_used(v->s, f->second, used);
}

struct rehab_used rehab_find_used(const struct rehab_view *v, const struct rehab_finding *f)
{
    struct rehab_used used = {{INT64_MAX, INT64_MAX}, {INT64_MIN, INT64_MIN}};
    struct rehab_finding one;
    note_finding(v, f, &used);
    for (uint32_t side = REHAB_INVOLVED; v->s->bilateral && side <= REHAB_OTHER; side++) {
        rehab_judge_side(v, f->criterion, side, &one);
        note_finding(v, &one, &used);
    }
    return used;
}

static struct rehab_instant latest_of(const struct rehab_view *v,
                                      const struct rehab_finding *findings, uint32_t n)
{
    struct rehab_instant latest = {INT64_MIN, INT64_MIN};
    for (uint32_t i = 0; i < n; i++) {
        struct rehab_used used = rehab_find_used(v, &findings[i]);
        if (used.last.utc_us > latest.utc_us) latest = used.last;
    }
    return latest;
}

/* Met leaves of which a value lies more than the window before the latest one of the group belong
 * to another occasion. The leaves of `node` stand just before it. */
static struct tally judge_occasion(const struct rehab_view *v, const struct rehab_node_row *node,
                                   struct rehab_finding *findings, uint8_t *verdicts)
{
    struct rehab_finding *f = &findings[node->first_leaf];
    struct rehab_instant latest = latest_of(v, f, node->arity);
    struct tally t = {0, 0};
    for (uint32_t i = 0; i < node->arity; i++, f++) {
        if (f->verdict == REHAB_MET && f->observation != REHAB_NONE &&
            rehab_is_older(rehab_find_used(v, f).first, latest, node->window_us,
                           node->calendar != 0)) {
            f->verdict = REHAB_UNKNOWN;
            f->reason = REHAB_REASON_DIFFERENT_OCCASION;
        }
        verdicts[i] = f->verdict;
        count(&t, f->verdict);
    }
    return t;
}

/* ---- the short way (plain.h) ---- */

/* The sign of 100 * top / bottom - bound, where bound is a whole percentage: then 64 bits are
 * enough. */
static inline int compare_percent(int64_t top, int64_t bottom, int64_t bound)
{
    int64_t whole = bound / REHAB_SCALE;
    if (whole * REHAB_SCALE != bound || whole < 0 || whole > INT64_MAX / REHAB_VALUE_MAX)
        return rehab_compare_products(top, 100 * REHAB_SCALE, bound, bottom);
    return (100 * top > whole * bottom) - (100 * top < whole * bottom);
}

/* Is there nothing that the leaf minds? */
static inline bool is_usual(const struct rehab_criterion_row *row, const struct rehab_newest *n,
                            struct rehab_instant as_of)
{
    if (oddities_of(n, minds_of(row), spread(row, row->asked), spread(row, row->wanted)) != 0)
        return false;
    return row->within_us == 0 ||
           !rehab_is_older(n->at, as_of, row->within_us, row->flags & REHAB_WITHIN_DAYS);
}

/* False, with nothing said, when this leaf cannot be judged so. */
static inline bool judge_plain(const struct rehab_series *s, uint32_t criterion,
                               struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &s->p->criteria[criterion];
    if ((row->flags & REHAB_PLAIN) == 0) return false;
    const struct rehab_newest *n = &s->newest[row->measure];
    if (!is_usual(row, n, s->as_of)) return false;
    bool pair = row->expression != REHAB_LATEST, ratio = row->expression == REHAB_SYMMETRY;
    bool turned = ratio && (row->flags & REHAB_TURNED) != 0;
    int64_t top = n->value_nano[turned], other = n->value_nano[!turned];
    int64_t bottom = ratio ? other : 0, bound = row->bound_nano;
    if (pair && !ratio) top = top < other ? other - top : top - other;
    int sign = ratio ? compare_percent(top, bottom, bound) : (top > bound) - (top < bound);
    *f = (struct rehab_finding){.criterion = criterion,
                                .verdict = (uint8_t)(rehab_holds(row->op, sign) * REHAB_MET),
                                .reason = REHAB_REASON_NONE,
                                .has_value = 1,
                                .has_bound = 1,
                                .observation = n->observation[0],
                                .second = pair ? n->observation[1] : REHAB_NONE,
                                .top = top,
                                .bottom = bottom,
                                .bound_nano = bound};
    return true;
}

/* ---- the tree ---- */

/* Verdicts of all nodes, once those of the leaves are in the findings. */
static void combine_nodes(const struct rehab_view *v, const struct rehab_rule_row *rule,
                          struct rehab_finding *findings, struct rehab_tree_verdicts *out)
{
    const struct rehab_node_row *node = &v->s->p->nodes[rule->nodes.first];
    struct tally tally[REHAB_MAX_NODES] = {0};
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        if (node[i].kind == REHAB_LEAF) {
            out->at[i] = findings[node[i].first_leaf].verdict;
        } else {
            if (node[i].kind == REHAB_SAME_OCCASION)
                tally[i] = judge_occasion(v, &node[i], findings, &out->at[i - node[i].arity]);
            out->at[i] = combine(&node[i], tally[i]);
        }
        count(&tally[node[i].parent], out->at[i]);
    }
}

enum rehab_verdict rehab_judge_tree(const struct rehab_view *v, const struct rehab_rule_row *rule,
                                    struct rehab_finding *findings, struct rehab_tree_verdicts *out)
{
    const struct rehab_node_row *root = &v->s->p->nodes[rule->nodes.first + rule->nodes.count - 1];
    uint32_t met = 0, unknown = 0, n = rule->criteria.count;
    for (uint32_t i = 0; i < n; i++) {
        if (!judge_plain(v->s, rule->criteria.first + i, &findings[i]))
            rehab_judge_criterion(v, rule->criteria.first + i, &findings[i]);
        out->at[i] = findings[i].verdict;
        met += findings[i].verdict == REHAB_MET;
        unknown += findings[i].verdict == REHAB_UNKNOWN;
    }
    if (rule->nodes.count == n + 1 && root->kind != REHAB_SAME_OCCASION) {
        out->at[n] = combine(
            root, (struct tally){(uint8_t)met,
                                 (uint8_t)unknown}); /* leaves under one node, as most are */
    } else {
        combine_nodes(v, rule, findings, out);
    }
    return (enum rehab_verdict)out->at[rule->nodes.count - 1];
}

/* A node is in the way when its parent is, and it is not what the parent needs: met, or under `not`
 * not met. */
void rehab_find_blockers(const struct rehab_protocol *p, const struct rehab_rule_row *rule,
                         const struct rehab_tree_verdicts *verdicts, bool blocks[REHAB_MAX_NODES])
{
    const struct rehab_node_row *node = &p->nodes[rule->nodes.first];
    bool open[REHAB_MAX_NODES];
    uint32_t root = rule->nodes.count - 1;
    open[root] = true;
    for (uint32_t i = rule->nodes.count; i-- > 0;) {
        uint8_t needed = node[i].negative ? REHAB_NOT_MET : REHAB_MET;
        open[i] = open[node[i].parent] && verdicts->at[i] != needed;
        if (node[i].kind == REHAB_LEAF) blocks[node[i].first_leaf] = open[i];
    }
}

/* A node holds a tree that is met when its parent does, and it is what the parent needs. */
void rehab_find_props(const struct rehab_protocol *p, const struct rehab_rule_row *rule,
                      const struct rehab_finding *findings, bool props[REHAB_MAX_NODES])
{
    const struct rehab_node_row *node = &p->nodes[rule->nodes.first];
    struct tally tally[REHAB_MAX_NODES] = {0};
    uint8_t verdict[REHAB_MAX_NODES];
    bool open[REHAB_MAX_NODES];
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        bool is_leaf = node[i].kind == REHAB_LEAF;
        verdict[i] = is_leaf ? findings[node[i].first_leaf].verdict : combine(&node[i], tally[i]);
        count(&tally[node[i].parent], verdict[i]);
    }
    open[rule->nodes.count - 1] = true;
    for (uint32_t i = rule->nodes.count; i-- > 0;) {
        uint8_t needed = node[i].negative ? REHAB_NOT_MET : REHAB_MET;
        open[i] = open[node[i].parent] && verdict[i] == needed;
        if (node[i].kind == REHAB_LEAF) props[node[i].first_leaf] = open[i];
    }
}

/* ---- how long the time rules make wait ---- */

/* Until a failed test may be repeated. */
static struct rehab_wait await_retest(const struct rehab_view *v, const struct rehab_finding *f)
{
    const struct rehab_extra_row *x = &v->s->p->extras[v->s->p->criteria[f->criterion].extra];
    struct rehab_instant failed = v->s->at[f->observation].at, now = v->s->as_of;
    if (!x->after_days) return (struct rehab_wait){failed.utc_us + x->after_us - now.utc_us, false};
    int64_t midnight = rehab_local_day(failed) * REHAB_DAY + x->after_us;
    return (struct rehab_wait){midnight - now.local_us, true};
}

/* Until an age of that many years, or of more: the birthday; INT64_MAX: nobody gets that old. */
static struct rehab_wait await_age(const struct rehab_view *v, int64_t bound, bool beyond)
{
    enum { AGE_MAX = 200 };
    int32_t years = 0;
    while (years <= AGE_MAX && years * REHAB_SCALE < bound + beyond)
        years++;
    if (years > AGE_MAX) return (struct rehab_wait){INT64_MAX, false};
    int64_t day = rehab_find_birthday(rehab_event_day(&v->s->e->birth), years);
    return (struct rehab_wait){day * REHAB_DAY - v->s->as_of.local_us, true};
}

/* Until the time of a leaf is the bound, or is beyond it. */
static struct rehab_wait await_bound(const struct rehab_view *v, const struct rehab_finding *f,
                                     int64_t bound, bool beyond)
{
    const struct rehab_criterion_row *row = &v->s->p->criteria[f->criterion];
    struct rehab_wait wait = {bound - f->top, (row->flags & REHAB_BOUND_DAYS) != 0};
    if (row->expression == REHAB_AGE) return await_age(v, bound, beyond);
    if (wait.local) {
        /* a day is reached at its midnight; later than 1 day is 2 days */
        int64_t midnight = (rehab_local_day(v->s->as_of) + wait.us / REHAB_DAY) * REHAB_DAY;
        wait.us = midnight + beyond * REHAB_DAY - v->s->as_of.local_us;
    } else {
        wait.us += beyond;
    }
    return wait;
}

/* When a leaf is what its tree needs, as far as time says so. */
struct stretch {
    struct rehab_wait from;
    int64_t until_us;
};

/* Of a leaf over time; of one that is needed at two times, or does not end by itself, always. */
static struct stretch find_time(const struct rehab_view *v, const struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &v->s->p->criteria[f->criterion];
    const uint32_t begin = 1u << REHAB_EQ | 1u << REHAB_GE | 1u << REHAB_GT | 1u << REHAB_BETWEEN,
                   end = 1u << REHAB_LT | 1u << REHAB_LE | 1u << REHAB_EQ | 1u << REHAB_BETWEEN;
    const int64_t upper = row->op == REHAB_BETWEEN ? row->upper_nano : f->bound_nano;
    const bool begins = begin >> row->op & 1, ends = end >> row->op & 1;
    struct stretch met = {{0, false}, INT64_MAX}, other = met;
    if (begins) met.from = await_bound(v, f, f->bound_nano, row->op == REHAB_GT);
    if (begins) other.until_us = met.from.us;
    if (ends) other.from = await_bound(v, f, upper, row->op != REHAB_LT);
    if (ends) met.until_us = other.from.us;
    if (row->negative && begins == ends) return (struct stretch){{0, false}, INT64_MAX};
    if (row->negative) met = other;
    if (row->expression == REHAB_SPACING) met.until_us = INT64_MAX; /* a session begins it anew */
    return met;
}

static struct stretch find_stretch(const struct rehab_view *v, const struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &v->s->p->criteria[f->criterion];
    bool timed = row->expression == REHAB_ELAPSED || row->expression == REHAB_SPACING ||
                 row->expression == REHAB_AGE;
    if (f->reason == REHAB_REASON_RETEST_NOT_YET && !row->negative)
        return (struct stretch){await_retest(v, f), INT64_MAX};
    if (!timed || !f->has_value) return (struct stretch){{0, false}, INT64_MAX};
    return find_time(v, f);
}

/* Is the tree met then, if all but time is as it needs it? */
static bool is_let(const struct rehab_node_row *node, uint32_t count, const struct stretch *leaf,
                   int64_t at_us)
{
    uint8_t good[REHAB_MAX_NODES] = {0};
    bool is_good = false;
    for (uint32_t i = 0; i < count; i++) {
        const struct stretch *own = &leaf[node[i].first_leaf];
        uint32_t least = node[i].negative ? node[i].arity + 1u - node[i].least : node[i].least;
        if (node[i].kind == REHAB_NOT) least = 1;
        is_good = good[i] >= least;
        if (node[i].kind == REHAB_LEAF) is_good = own->from.us <= at_us && at_us < own->until_us;
        good[node[i].parent] = (uint8_t)(good[node[i].parent] + is_good);
    }
    return is_good;
}

/* Nothing comes to be good but where a leaf does. */
static struct rehab_wait next_of(const struct stretch *leaf, uint32_t count, int64_t after_us)
{
    struct rehab_wait next = {INT64_MAX, false};
    for (uint32_t i = 0; i < count; i++) {
        if (leaf[i].from.us > after_us && leaf[i].from.us < next.us) next = leaf[i].from;
    }
    return next;
}

struct rehab_wait rehab_await_tree(const struct rehab_view *v, const struct rehab_rule_row *rule,
                                   const struct rehab_finding *findings)
{
    const struct rehab_node_row *node = &v->s->p->nodes[rule->nodes.first];
    struct stretch leaf[REHAB_MAX_NODES];
    struct rehab_wait at = {0, false};
    for (uint32_t i = 0; i < rule->criteria.count; i++)
        leaf[i] = find_stretch(v, &findings[i]);
    while (at.us < INT64_MAX && !is_let(node, rule->nodes.count, leaf, at.us))
        at = next_of(leaf, rule->criteria.count, at.us);
    return at;
}
