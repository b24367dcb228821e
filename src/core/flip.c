/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest set of observations that turns a gate. Seen from what is wanted of it, a tree is a
 * tree of thresholds: so many children of a node have to be as they are wanted, and a leaf under
 * `not` is wanted the other way. No leaf stands twice, so with a price on every leaf the cheapest
 * way is one pass. Prices hang together only where one observation serves several leaves: those
 * groups are turned through their options like wheels, and so are the groups of one occasion, which
 * are either left as they are or observed anew.
 *
 * An observation costs 1, what no observation brings about HURDLE. */
#include "flip.h"

#include "lint.h"

static const uint32_t HURDLE = UINT16_MAX, NEVER = UINT32_MAX / 16;

/* No hurdle: nothing brings it about. */
enum { NO_HURDLE = REHAB_HURDLE_COUNT };

/* What a leaf costs, and why. */
struct price {
    uint32_t cost;
    uint32_t option; /* REHAB_NONE: none is needed, or none does */
    uint8_t kind;    /* enum rehab_hurdle_kind, or NO_HURDLE */
};

struct search {
    struct flip_trial t;
    const struct rehab_node_row *node;
    uint64_t good;                       /* leaves as they are wanted already */
    struct price alone[REHAB_MAX_NODES]; /* of each leaf, by itself */
    uint32_t wheel[REHAB_MAX_NODES];     /* by group: the option chosen */
    uint64_t kept;                       /* nodes of one occasion that stay of the one they were */
    uint32_t price[REHAB_MAX_NODES];     /* by leaf, as the wheels stand */
    uint32_t cost[REHAB_MAX_NODES];      /* by node */
    uint32_t best;                       /* the cheapest so far */
    uint32_t best_wheel[REHAB_MAX_NODES];
    uint64_t best_kept;
};

/* ---- prices ---- */

static uint8_t wanted_at(const struct search *x, uint32_t node)
{
    return x->node[node].negative ? REHAB_MET - x->t.wanted : x->t.wanted;
}

static uint8_t wanted_of(const struct search *x, uint32_t leaf)
{
    return x->t.row[leaf].negative ? REHAB_MET - x->t.wanted : x->t.wanted;
}

/* Is there a value further on, by whole steps, at which the leaf is as it is wanted? Time passes
 * one way, and what was done is not undone. */
static bool grows_into(const struct rehab_criterion_row *row, uint8_t wanted,
                       const struct rehab_finding *f, int64_t step)
{
    const int64_t last = row->op == REHAB_BETWEEN ? row->upper_nano : f->bound_nano;
    const int64_t later[] = {f->bound_nano, f->bound_nano + step, last + step};
    for (uint32_t i = 0; i < 3; i++) {
        if (later[i] > f->top &&
            rehab_compare(row, later[i], 0, f->bound_nano) == (wanted == REHAB_MET))
            return true;
    }
    return false;
}

/* Does the share come to be as it is wanted with sessions that are completed, as many as it takes?
 * One that was missed once is never whole again. */
static bool catches_up(const struct rehab_criterion_row *row, uint8_t wanted,
                       const struct rehab_finding *f)
{
    const int64_t most = INT32_MAX - 1;
    for (int64_t n = 1; n <= FLIP_SESSIONS; n++) {
        if (rehab_compare(row, f->top + n, f->bottom + n, f->bound_nano) == (wanted == REHAB_MET))
            return true;
    }
    return rehab_compare(row, most, most + 1, f->bound_nano) == (wanted == REHAB_MET);
}

/* Of those in a window some fall out of it by themselves; else there are never fewer. */
static uint8_t find_session(const struct search *x, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &x->t.row[leaf];
    const struct rehab_finding *f = &x->t.now[leaf];
    const uint8_t wanted = wanted_of(x, leaf);
    bool helps = true;
    if (!f->has_value) return REHAB_TAKES_SESSION;
    if (row->expression == REHAB_SPACING)
        return grows_into(row, wanted, f, REHAB_DAY) ? REHAB_TAKES_TIME : REHAB_TAKES_SESSION;
    if (row->expression == REHAB_SESSIONS) helps = grows_into(row, wanted, f, REHAB_SCALE);
    if (row->expression == REHAB_ADHERENCE) helps = catches_up(row, wanted, f);
    if (helps) return REHAB_TAKES_SESSION;
    return row->within_us > 0 ? REHAB_TAKES_TIME : NO_HURDLE;
}

/* A leaf that looks at no observation. */
static uint8_t find_fact(const struct search *x, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &x->t.row[leaf];
    const struct rehab_finding *f = &x->t.now[leaf];
    if ((f->reason == REHAB_REASON_EVENT_MISSING) | (f->reason == REHAB_REASON_STRATUM_MISSING))
        return REHAB_TAKES_FACT;
    switch (row->expression) {
    case REHAB_AGE:
    case REHAB_ELAPSED:
        return grows_into(row, wanted_of(x, leaf), f, REHAB_DAY) ? REHAB_TAKES_TIME : NO_HURDLE;
    case REHAB_CLEARED: return REHAB_TAKES_CLEARANCE;
    case REHAB_REACHED: return REHAB_TAKES_MOVE;
    case REHAB_STRATUM: return NO_HURDLE;
    case REHAB_SESSIONS:
    case REHAB_ADHERENCE:
    case REHAB_SPACING: return find_session(x, leaf);
    default: return REHAB_TAKES_OTHER;
    }
}

/* Can the leaf be as it is wanted, whatever is observed? That something is recorded is met or not
 * known. */
static bool is_possible(const struct search *x, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &x->t.row[leaf];
    const bool met = wanted_of(x, leaf) == REHAB_MET;
    const uint8_t can = lint_leaf_alone(x->t.s.p, row, x->t.now[leaf].bound_nano);
    if (row->expression == REHAB_RECORDED) return met;
    return (can & (met ? LINT_TRUE : LINT_FALSE)) != 0;
}

/* What stands in the way of a leaf that no observation now makes good. */
static uint8_t find_hurdle(struct search *x, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &x->t.row[leaf];
    const struct rehab_finding *f = &x->t.now[leaf];
    const bool possible = is_possible(x, leaf);
    bool beyond = row->expression == REHAB_SCORE && f->has_bound && !possible;
    if (beyond) return NO_HURDLE;
    if (!lint_is_observed(row)) return find_fact(x, leaf);
    if (!f->has_bound || f->reason == REHAB_REASON_EVENT_MISSING) return REHAB_TAKES_FACT;
    bool of_other = rehab_is_pair(row->expression) || row->side == REHAB_OTHER;
    if (of_other && x->t.s.bilateral) return NO_HURDLE;
    if (flip_is_too_late(&x->t, leaf)) return REHAB_TAKES_OTHER;
    if (!possible || flip_is_settled(&x->t, leaf)) return NO_HURDLE;
    if (row->activity != REHAB_NONE16) return REHAB_TAKES_SESSION;
    return row->for_days + row->for_observations > 0 ? REHAB_TAKES_OCCASIONS : REHAB_TAKES_TIME;
}

/* The option of fewest observations that makes the leaf good; REHAB_NONE. */
static uint32_t find_option(const struct search *x, uint32_t leaf)
{
    for (uint32_t g = 0; g < x->t.group_count; g++) {
        const struct flip_group *group = &x->t.group[g];
        for (uint32_t i = group->first; i < group->first + group->count; i++) {
            if (x->t.option[i].good >> leaf & 1) return i;
        }
    }
    return REHAB_NONE;
}

static void set_prices(struct search *x)
{
    uint64_t observed = 0;
    for (uint32_t g = 0; g < x->t.group_count; g++)
        observed |= x->t.group[g].leaves;
    for (uint32_t i = 0; i < x->t.rule->criteria.count; i++) {
        struct price *price = &x->alone[i];
        price->option = find_option(x, i);
        if (price->option != REHAB_NONE) {
            price->cost = x->t.option[price->option].count;
        } else if (((observed | ~x->good) >> i & 1) != 0) {
            price->kind = find_hurdle(x, i);
            price->cost = price->kind == NO_HURDLE ? NEVER : HURDLE;
        }
    }
}

/* ---- the tree ---- */

/* How many children have to be as they are wanted. */
static uint32_t needed_of(const struct search *x, uint32_t node)
{
    const struct rehab_node_row *n = &x->node[node];
    if (n->kind == REHAB_NOT) return 1;
    return wanted_at(x, node) == REHAB_MET ? n->least : n->arity + 1u - n->least;
}

/* The cheapest child of a node that is not taken yet; of equal ones the first. */
static uint32_t cheapest(const struct search *x, uint32_t node, uint64_t taken)
{
    uint32_t best = REHAB_NONE;
    for (uint32_t i = 0; i < node; i++) {
        if (x->node[i].parent != node || (taken >> i & 1)) continue;
        if (best == REHAB_NONE || x->cost[i] < x->cost[best]) best = i;
    }
    return best;
}

/* What the whole tree costs at the leaves' prices. */
static uint32_t sum_up(struct search *x)
{
    uint32_t nodes = x->t.rule->nodes.count;
    for (uint32_t i = 0; i < nodes; i++) {
        uint64_t taken = 0;
        uint32_t sum = 0;
        if (x->node[i].kind == REHAB_LEAF) {
            x->cost[i] = x->price[x->node[i].first_leaf];
            continue;
        }
        for (uint32_t n = needed_of(x, i); n > 0; n--) {
            uint32_t child = cheapest(x, i, taken) & 63; /* a place: nodes are 64 */
            taken |= UINT64_C(1) << child;
            sum = sum + x->cost[child] < NEVER ? sum + x->cost[child] : NEVER;
        }
        x->cost[i] = sum;
    }
    return x->cost[nodes - 1];
}

/* Marks the leaves that the cheapest way goes through. */
static uint64_t choose_leaves(const struct search *x)
{
    uint32_t root = x->t.rule->nodes.count - 1;
    uint64_t open = UINT64_C(1) << (root & 63), leaves = 0;
    for (uint32_t i = root + 1; i-- > 0;) {
        uint64_t taken = 0;
        if ((open >> i & 1) == 0) continue;
        if (x->node[i].kind == REHAB_LEAF) {
            leaves |= UINT64_C(1) << x->node[i].first_leaf;
            continue;
        }
        for (uint32_t n = needed_of(x, i); n > 0; n--)
            taken |= UINT64_C(1) << (cheapest(x, i, taken) & 63);
        open |= taken;
    }
    return leaves;
}

/* ---- the wheels ---- */

/* One leaf, so that its price is that of its cheapest option? */
static bool is_single(const struct flip_group *g)
{
    return (g->leaves & (g->leaves - 1)) == 0 && g->apart == 0;
}

/* Leaves of the occasions that are kept. */
static uint64_t kept_leaves(const struct search *x)
{
    uint64_t leaves = 0;
    for (uint32_t i = 0; i < x->t.rule->nodes.count; i++) {
        uint32_t parent = x->node[i].parent;
        if (x->node[i].kind == REHAB_LEAF && (x->kept >> parent & 1))
            leaves |= UINT64_C(1) << x->node[i].first_leaf;
    }
    return leaves;
}

/* Prices as the wheels stand. What would make now the occasion of one that is kept is too dear.
 * Returns what the wheels cost. */
static uint32_t set_wheels(struct search *x)
{
    uint64_t kept = kept_leaves(x);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < x->t.rule->criteria.count; i++)
        x->price[i] = x->alone[i].cost;
    for (uint32_t g = 0; g < x->t.group_count; g++) {
        const struct flip_group *group = &x->t.group[g];
        uint64_t fixed = group->leaves & kept;
        if (is_single(group) && fixed == 0) continue;
        const struct flip_option *option = &x->t.option[group->first + x->wheel[g]];
        uint64_t good = (option->good & ~fixed) | (option->old & fixed);
        if ((option->left & fixed) != fixed) return NEVER;
        for (uint64_t rest = group->leaves; rest != 0; rest &= rest - 1) {
            uint32_t i = flip_first(rest);
            bool later = x->alone[i].option == REHAB_NONE;
            x->price[i] = good >> i & 1 ? 0 : later ? x->alone[i].cost : NEVER;
        }
        sum += option->count;
    }
    return sum;
}

/* The next option of the next wheel; false: all are through. */
static bool turn_wheels(struct search *x)
{
    for (uint32_t g = 0; g < x->t.group_count; g++) {
        if (is_single(&x->t.group[g])) continue;
        if (++x->wheel[g] < x->t.group[g].count) return true;
        x->wheel[g] = 0;
    }
    return false;
}

/* The next set of occasions that are kept, out of those where that may help. */
static bool turn_kept(struct search *x, uint64_t occasions)
{
    x->kept = (x->kept - occasions) & occasions;
    return x->kept != 0;
}

/* Those that are good as they are, and those that may become so without a value of their own. */
static uint64_t find_occasions(const struct search *x, const struct rehab_tree_verdicts *verdicts)
{
    uint64_t occasions = 0;
    for (uint32_t i = 0; i < x->t.rule->nodes.count; i++) {
        if (x->node[i].kind != REHAB_SAME_OCCASION) continue;
        uint64_t leaves = ((UINT64_C(1) << x->node[i].arity) - 1) << x->node[i].first_leaf;
        if (verdicts->at[i] == wanted_at(x, i) || (leaves & x->t.further) != 0)
            occasions |= UINT64_C(1) << i;
    }
    return occasions;
}

/* Keeps how the wheels stand, if that is the cheapest way so far. */
static bool weigh(struct search *x)
{
    uint32_t wheels = set_wheels(x);
    if (wheels >= x->best) return false;
    uint32_t all = sum_up(x) + wheels;
    if (all >= x->best) return false;
    x->best = all;
    x->best_kept = x->kept;
    memcpy(x->best_wheel, x->wheel, sizeof x->wheel);
    return true;
}

/* A good way to begin with: every wheel at its last option, then each by itself where it is best.
 */
static void climb(struct search *x)
{
    for (uint32_t g = 0; g < x->t.group_count; g++)
        x->wheel[g] = is_single(&x->t.group[g]) ? 0 : x->t.group[g].count - 1;
    weigh(x);
    for (uint32_t g = 0; g < x->t.group_count; g++) {
        uint32_t stays = x->wheel[g];
        for (x->wheel[g] = 0; x->wheel[g] + 1 < x->t.group[g].count; x->wheel[g]++) {
            if (weigh(x)) stays = x->wheel[g];
        }
        x->wheel[g] = stays;
    }
    memset(x->wheel, 0, sizeof x->wheel);
}

static void look(struct search *x, uint64_t occasions)
{
    uint32_t work = 0;
    x->best = NEVER;
    climb(x);
    do {
        do {
            weigh(x);
            if (++work > FLIP_WORK) {
                x->t.exact = false;
                return;
            }
        } while (turn_wheels(x));
    } while (turn_kept(x, occasions));
}

/* ---- telling ---- */

static void propose(const struct search *x, const struct flip_choice *choice, uint64_t leaves,
                    struct rehab_proposal *out)
{
    const struct flip_key *key = &x->t.key[choice->key];
    const struct flip_manner *manner = &key->manner[choice->manner];
    const uint64_t last = UINT64_C(1) << (x->t.rule->criteria.count - 1); /* where none is chosen */
    const uint32_t leaf = flip_first((key->leaves & leaves) | last);
    *out =
        (struct rehab_proposal){.measure = key->measure,
                                .side = (enum rehab_side)key->side,
                                .value_nano = choice->value,
                                .held = manner->held,
                                .assessor = flip_is_nobody(manner) ? REHAB_NONE : manner->assessor,
                                .criterion = x->t.rule->criteria.first + leaf,
                                .trials = key->trials};
}

/* The option of a group that the best way takes. */
static uint32_t option_of(const struct search *x, uint32_t g, uint64_t leaves)
{
    const struct flip_group *group = &x->t.group[g];
    if (!is_single(group)) return group->first + x->best_wheel[g];
    uint32_t option = x->alone[flip_first(group->leaves)].option;
    if (group->leaves & kept_leaves(x)) return group->first;
    return (leaves & group->leaves) && option != REHAB_NONE ? option : group->first;
}

static void tell_proposals(const struct search *x, uint64_t leaves, struct rehab_proposal *to,
                           struct rehab_flip *out)
{
    for (uint32_t g = 0; g < x->t.group_count; g++) {
        const struct flip_option *option = &x->t.option[option_of(x, g, leaves)];
        for (uint32_t i = 0; i < option->count; i++)
            propose(x, &option->choice[i], leaves, &to[out->proposal_count++]);
    }
    for (uint32_t i = 1; i < out->proposal_count; i++) {
        struct rehab_proposal one = to[i];
        uint32_t j = i;
        for (; j > 0 && to[j - 1].criterion > one.criterion; j--)
            to[j] = to[j - 1];
        to[j] = one;
    }
    out->proposals = to;
}

static void tell_hurdles(struct search *x, uint64_t leaves, struct rehab_hurdle *to,
                         struct rehab_flip *out)
{
    for (uint64_t rest = leaves; rest != 0; rest &= rest - 1) {
        const uint32_t i = flip_first(rest);
        if (x->price[i] < HURDLE) continue;
        struct rehab_hurdle *h = &to[out->hurdle_count++];
        uint16_t activity = x->t.row[i].activity;
        *h = (struct rehab_hurdle){x->t.rule->criteria.first + i,
                                   (enum rehab_hurdle_kind)x->alone[i].kind, 0, REHAB_NONE};
        if (h->kind == REHAB_TAKES_SESSION && activity < REHAB_ANY_ACTIVITY) h->activity = activity;
        if (h->kind == REHAB_TAKES_OCCASIONS) h->occasions = flip_count_occasions(&x->t, i);
        if (h->kind == REHAB_TAKES_OCCASIONS && h->occasions == 0) h->kind = REHAB_TAKES_TIME;
    }
    out->hurdles = to;
}

static void tell(struct search *x, struct rehab_proposal *proposals, struct rehab_hurdle *hurdles,
                 struct rehab_flip *out)
{
    out->exact = x->t.exact;
    if (x->best >= NEVER) return;
    x->kept = x->best_kept;
    memcpy(x->wheel, x->best_wheel, sizeof x->wheel);
    set_wheels(x);
    sum_up(x);
    uint64_t leaves = choose_leaves(x);
    out->state = x->best < HURDLE ? REHAB_FLIP_NOW : REHAB_FLIP_LATER;
    tell_proposals(x, leaves, proposals, out);
    tell_hurdles(x, leaves, hurdles, out);
}

bool rehab_find_flip(const struct rehab_series *s, uint32_t gate, struct rehab_arena *arena,
                     struct rehab_flip *out)
{
    const struct rehab_rule_row *rule = &s->p->rules[s->p->gates[gate].rule];
    uint32_t leaves = rule->criteria.count;
    struct rehab_hurdle *hurdles = rehab_alloc(arena, leaves * sizeof *hurdles);
    struct search *x = rehab_alloc(arena, sizeof *x);
    struct rehab_finding findings[REHAB_MAX_NODES];
    struct rehab_tree_verdicts verdicts;
    if (arena->full) return false;
    memset(x, 0, sizeof *x);
    if (!flip_begin(&x->t, s, gate, arena)) return false;
    struct rehab_proposal *proposals = rehab_alloc(arena, x->t.key_room * sizeof *proposals);
    if (arena->full) return false;
    enum rehab_verdict now = rehab_judge_tree(&x->t.view, rule, findings, &verdicts);
    x->t.now = findings;
    x->t.wanted = now == REHAB_MET ? REHAB_NOT_MET : REHAB_MET;
    x->node = &s->p->nodes[rule->nodes.first];
    for (uint32_t i = 0; i < leaves; i++) {
        if (findings[i].verdict == wanted_of(x, i)) x->good |= UINT64_C(1) << i;
    }
    flip_fill_groups(&x->t);
    set_prices(x);
    look(x, find_occasions(x, &verdicts));
    *out = (struct rehab_flip){.gate = gate,
                               .from = now,
                               .to = (enum rehab_verdict)x->t.wanted,
                               .state = REHAB_FLIP_NEVER};
    tell(x, proposals, hurdles, out);
    return true;
}
