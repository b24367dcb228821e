/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of criteria, without recursion: children are written before their parent, and a combinator
 * that is open waits in a frame until its last child is there. */
#include "build.h"

/* A combinator whose children are being written. */
struct frame {
    const struct rehab_criterion *c;
    uint32_t next;       /* child to come */
    uint32_t first_leaf; /* leaves of the tree before */
    bool negative;
    uint8_t child[REHAB_MAX_NODES]; /* nodes of its children, so far */
};

struct tree {
    struct builder *b;
    struct rehab_rule_row rule;
    struct frame frame[REHAB_MAX_DEPTH];
    uint32_t depth;
};

static const char *kind_name(enum rehab_node_kind kind)
{
    static const char NAME[REHAB_NODE_KIND_COUNT][16] = {"",    "all", "any",
                                                         "not", "of",  "same_occasion"};
    return NAME[kind];
}

static uint32_t nodes_so_far(const struct tree *t)
{
    return t->b->used[REHAB_NODES] - t->rule.nodes.first;
}

/* A node is written; its parent remembers it, and only then can say where it stands itself. */
static void add_node(struct tree *t, struct rehab_node_row node)
{
    struct builder *b = t->b;
    uint32_t place = nodes_so_far(t);
    if (place == REHAB_MAX_NODES) {
        build_blame(b, REHAB_TOO_MANY, BUILD_NOTHING, BUILD_NOTHING);
        return;
    }
    node.parent = (uint8_t)place; /* until the parent comes */
    struct rehab_node_row *out = build_row(b, REHAB_NODES, build_take(b, REHAB_NODES, 1).first);
    *out = node;
    if (t->depth == 0) return;
    struct frame *up = &t->frame[t->depth - 1];
    up->child[up->next - 1] = (uint8_t)place;
}

static void add_leaf(struct tree *t, const struct rehab_criterion *c, bool negative)
{
    struct builder *b = t->b;
    struct rehab_range criterion = build_take(b, REHAB_CRITERIA, 1);
    uint32_t first = criterion.first - t->rule.criteria.first;
    build_leaf_id(b, c->id);
    build_leaf(b, c, criterion.first, t->rule.stance, negative);
    add_node(t, (struct rehab_node_row){.criterion = criterion.first,
                                        .kind = REHAB_LEAF,
                                        .negative = negative,
                                        .first_leaf = (uint8_t)first});
}

static void open_frame(struct tree *t, const struct rehab_criterion *c, bool negative)
{
    struct builder *b = t->b;
    if (t->depth == REHAB_MAX_DEPTH) {
        build_blame(b, REHAB_TOO_DEEP, BUILD_NOTHING, BUILD_NOTHING);
        return;
    }
    const char *name = kind_name(c->kind);
    build_need(b, c->of_count > 0, REHAB_MISSING, name);
    build_need(b, c->of_count < REHAB_MAX_NODES, REHAB_TOO_MANY, name);
    build_need(b, c->kind != REHAB_NOT || c->of_count == 1, REHAB_TOO_MANY, name);
    build_need(b, c->kind != REHAB_AT_LEAST || (c->least > 0 && c->least <= c->of_count),
               REHAB_WRONG_RANGE, "at_least");
    build_need(b, c->kind != REHAB_SAME_OCCASION || c->window.given, REHAB_MISSING, "within");
    /* each leaf of a guard has a worst value of its own: they are of no one occasion */
    build_need(b, c->kind != REHAB_SAME_OCCASION || !rehab_guards(t->rule.stance), REHAB_WRONG_RULE,
               name);
    struct frame *f = &t->frame[t->depth++];
    f->c = c;
    f->next = 0;
    f->first_leaf = b->used[REHAB_CRITERIA] - t->rule.criteria.first;
    f->negative = negative;
    if (t->depth > t->rule.depth) t->rule.depth = t->depth;
}

static void close_frame(struct tree *t)
{
    struct builder *b = t->b;
    struct frame *f = &t->frame[--t->depth];
    const struct rehab_criterion *c = f->c;
    uint32_t least = c->kind == REHAB_AT_LEAST ? c->least : c->kind == REHAB_ANY ? 1 : c->of_count;
    uint8_t self = (uint8_t)nodes_so_far(t);
    for (uint32_t i = 0; i < f->next && b->block != NULL; i++) {
        struct rehab_node_row *child = build_row(b, REHAB_NODES, t->rule.nodes.first + f->child[i]);
        child->parent = self;
    }
    add_node(t, (struct rehab_node_row){.window_us = c->window.us,
                                        .criterion = REHAB_NONE,
                                        .kind = (uint8_t)c->kind,
                                        .negative = f->negative,
                                        .arity = (uint8_t)c->of_count,
                                        .least = (uint8_t)least,
                                        .calendar = c->window.calendar,
                                        .first_leaf = (uint8_t)f->first_leaf});
}

static void add_criterion(struct tree *t, const struct rehab_criterion *c, bool negative)
{
    if (c->kind == REHAB_LEAF) {
        add_leaf(t, c, negative);
    } else if ((uint32_t)c->kind < REHAB_NODE_KIND_COUNT) {
        open_frame(t, c, negative);
    } else {
        build_blame(t->b, REHAB_WRONG_VALUE, BUILD_NOTHING, BUILD_NOTHING);
    }
}

/* The next child of the innermost open combinator. */
static void add_child(struct tree *t)
{
    struct builder *b = t->b;
    struct frame *f = &t->frame[t->depth - 1];
    const struct rehab_criterion *child = &f->c->of[f->next];
    uint32_t depth = t->depth;
    if (f->c->kind == REHAB_NOT) {
        build_enter(b, "not");
    } else {
        build_enter_at(b, kind_name(f->c->kind), f->next);
    }
    f->next++;
    if (f->c->kind == REHAB_SAME_OCCASION && child->kind != REHAB_LEAF)
        build_blame(b, REHAB_WRONG_CONDITION, BUILD_NOTHING, BUILD_NOTHING);
    add_criterion(t, child, f->negative != (f->c->kind == REHAB_NOT));
    if (t->depth == depth) build_leave(b, f->c->kind == REHAB_NOT ? 1 : 2);
}

uint32_t build_rule(struct builder *b, const struct rehab_criterion *c, enum rehab_stance stance,
                    const char *name)
{
    if (c == NULL) return REHAB_NONE;
    struct tree t = {.b = b, .rule = {.stance = (uint32_t)stance}};
    uint32_t rule = build_take(b, REHAB_RULES, 1).first, depth = b->depth;
    t.rule.nodes.first = b->used[REHAB_NODES];
    t.rule.criteria.first = b->used[REHAB_CRITERIA];
    build_enter(b, name);
    add_criterion(&t, c, false);
    while (t.depth > 0 && b->fault->code == REHAB_FINE) {
        struct frame *f = &t.frame[t.depth - 1];
        if (f->next < f->c->of_count) {
            add_child(&t);
            continue;
        }
        close_frame(&t);
        if (t.depth > 0) build_leave(b, t.frame[t.depth - 1].c->kind == REHAB_NOT ? 1 : 2);
    }
    b->depth = depth;
    t.rule.nodes.count = nodes_so_far(&t);
    t.rule.criteria.count = b->used[REHAB_CRITERIA] - t.rule.criteria.first;
    struct rehab_rule_row *out = build_row(b, REHAB_RULES, rule);
    *out = t.rule;
    return rule;
}

uint32_t build_leaf_rule(struct builder *b, const struct rehab_criterion *c,
                         enum rehab_stance stance)
{
    const struct rehab_rule_row rule = {.nodes = build_take(b, REHAB_NODES, 1),
                                        .criteria = build_take(b, REHAB_CRITERIA, 1),
                                        .stance = (uint32_t)stance};
    uint32_t index = build_take(b, REHAB_RULES, 1).first;
    build_leaf_id(b, c->id);
    build_leaf(b, c, rule.criteria.first, rule.stance, false);
    struct rehab_node_row *node = build_row(b, REHAB_NODES, rule.nodes.first);
    *node = (struct rehab_node_row){.criterion = rule.criteria.first, .kind = REHAB_LEAF};
    struct rehab_rule_row *out = build_row(b, REHAB_RULES, index);
    *out = rule;
    return index;
}

uint32_t build_required_rule(struct builder *b, const struct rehab_criterion *c,
                             enum rehab_stance stance, const char *name)
{
    build_need(b, c != NULL, REHAB_MISSING, name);
    return build_rule(b, c, stance, name);
}
