/* SPDX-License-Identifier: Apache-2.0 */
/* Where what is found is put. The way through the document is kept as text in the finding to come,
 * so that every finding is a copy of it. */
#include "lint.h"

/* Names of members are ours and short, and a tree has 64 nodes; but an id is the author's and may
 * be long: what has no room is left out. */
static void put_character(struct lint *l, char c)
{
    if (l->next.pointer_size == REHAB_LINT_POINTER_MAX) return;
    l->next.pointer[l->next.pointer_size++] = c;
}

void lint_enter(struct lint *l, const char *name)
{
    put_character(l, '/');
    for (; *name != '\0'; name++)
        put_character(l, *name);
}

void lint_enter_at(struct lint *l, const char *name, uint32_t index)
{
    uint32_t unit = 1;
    lint_enter(l, name);
    put_character(l, '/');
    while (index / unit >= 10)
        unit *= 10;
    for (; unit > 0; unit /= 10)
        put_character(l, (char)('0' + index / unit % 10));
}

void lint_say_of(struct lint *l, enum rehab_lint_code code, struct rehab_ref subject,
                 uint32_t stratum, uint32_t value)
{
    l->next.code = code;
    l->next.subject = rehab_text_at(l->p, subject);
    l->next.stratum = stratum;
    l->next.stratum_value = value;
    if (l->count < l->size) l->out[l->count] = l->next;
    l->count++;
}

void lint_say(struct lint *l, enum rehab_lint_code code, struct rehab_ref subject)
{
    lint_say_of(l, code, subject, REHAB_NONE, REHAB_NONE);
}

static const char *kind_name(uint8_t kind)
{
    static const char NAME[REHAB_NODE_KIND_COUNT][16] = {"",    "all", "any",
                                                         "not", "of",  "same_occasion"};
    return NAME[kind];
}

/* From the root of a tree down to one of its nodes. */
void lint_enter_node(struct lint *l, const struct rehab_rule_row *rule, uint32_t place)
{
    const struct rehab_node_row *node = &l->p->nodes[rule->nodes.first];
    uint32_t way[REHAB_MAX_NODES], depth = 0;
    for (; place != rule->nodes.count - 1; place = node[place].parent)
        way[depth++] = place;
    while (depth > 0) {
        uint32_t child = way[--depth], parent = node[child].parent, index = 0;
        for (uint32_t i = 0; i < child; i++)
            index += node[i].parent == parent;
        if (node[parent].kind == REHAB_NOT) {
            lint_enter(l, kind_name(REHAB_NOT));
        } else {
            lint_enter_at(l, kind_name(node[parent].kind), index);
        }
    }
}

void lint_enter_id(struct lint *l, struct rehab_text id)
{
    put_character(l, '/');
    for (uint32_t i = 0; i < id.size; i++)
        put_character(l, id.at[i]);
}
