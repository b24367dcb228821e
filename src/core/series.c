/* SPDX-License-Identifier: Apache-2.0 */
/* The observations of an episode by measure and side. They arrive oldest first, so putting each in front of its list leaves
 * the newest at the head: one pass, and the newest value of anything is one look away. What lies after as_of is never put
 * in; what is out of range or on a side the measure does not have is only remembered as invalid. */
#include "core.h"

/* Which list an observation goes to, by sided and side; REHAB_SIDE_COUNT: none, it does not count. */
static const uint8_t LIST[2][REHAB_SIDE_COUNT] = {
    {REHAB_SIDE_NONE, REHAB_SIDE_COUNT, REHAB_SIDE_COUNT, REHAB_SIDE_NONE},
    {REHAB_SIDE_COUNT, REHAB_INVOLVED, REHAB_OTHER, REHAB_INVOLVED},
};

static void push(struct rehab_series *s, uint32_t measure, uint32_t side, uint32_t i)
{
    struct rehab_list *list = &s->lists[3 * measure + side];
    uint32_t before = list->newest;
    s->older[2 * i + (side == REHAB_OTHER)] = before;
    *list = (struct rehab_list){i, before != REHAB_NONE && s->at[before].at.utc_us == s->at[i].at.utc_us};
}

static void index_observation(struct rehab_series *s, uint32_t i)
{
    const struct rehab_observation *o = &s->at[i];
    const struct rehab_measure_row *m = &s->p->measures[o->measure];
    uint32_t list = o->side < REHAB_SIDE_COUNT ? LIST[m->sided][o->side] : REHAB_SIDE_COUNT;
    if (list == REHAB_SIDE_COUNT || o->value_nano < m->low_nano || o->value_nano > m->high_nano) {
        s->invalid[o->measure] = 1;
        return;
    }
    push(s, o->measure, list, i);
    if (m->sided && o->side == REHAB_BOTH) push(s, o->measure, REHAB_OTHER, i);
}

/* How many observations are not later than as_of; REHAB_NONE when they are out of order. */
static uint32_t count_known(const struct rehab_evidence *e, int64_t as_of_us)
{
    uint32_t known = 0;
    for (uint32_t i = 0; i < e->observation_count; i++) {
        int64_t at = e->observations[i].at.utc_us;
        if (i > 0 && at < e->observations[i - 1].at.utc_us) return REHAB_NONE;
        if (at <= as_of_us) known = i + 1;
    }
    return known;
}

static bool is_used(const struct rehab_series *s, uint32_t i)
{
    return s->at[i].measure < rehab_count(s->p, REHAB_MEASURES);
}

struct rehab_series *rehab_index_evidence(const struct rehab_protocol *p, const struct rehab_evidence *e,
                                          struct rehab_instant as_of, struct rehab_arena *arena)
{
    uint32_t known = count_known(e, as_of.utc_us), measures = rehab_count(p, REHAB_MEASURES);
    const size_t lists = 3 * (size_t)measures * sizeof(struct rehab_list), links = 2 * (size_t)known * sizeof(uint32_t);
    if (known == REHAB_NONE) return NULL;
    struct rehab_series *s = rehab_alloc(arena, sizeof *s + lists + links + measures);
    if (s == NULL) return NULL;
    unsigned char *at = (unsigned char *)(s + 1);
    *s = (struct rehab_series){.p = p, .e = e, .at = e->observations, .as_of = as_of, .count = known, .bilateral = e->bilateral,
                               .lists = (void *)at, .older = (void *)(at + lists), .invalid = at + lists + links};
    memset(s->lists, 0xff, lists); /* REHAB_NONE */
    memset(s->invalid, 0, measures);
    for (uint32_t i = 0; i < known; i++) {
        if (is_used(s, i)) index_observation(s, i);
    }
    return s;
}

void rehab_copy_series(struct rehab_series *to, struct rehab_list *lists, const struct rehab_series *from)
{
    *to = *from;
    to->lists = lists;
    memcpy(lists, from->lists, 3 * (size_t)rehab_count(from->p, REHAB_MEASURES) * sizeof *lists);
}

/* The newest observation of all leaves every list whose head it is. */
static void pop(struct rehab_series *s)
{
    uint32_t i = --s->count;
    if (!is_used(s, i)) return;
    for (uint32_t side = REHAB_SIDE_NONE; side <= REHAB_OTHER; side++) {
        struct rehab_list *list = &s->lists[3 * s->at[i].measure + side];
        if (list->newest == i) *list = (struct rehab_list){rehab_older(s, side, i), 1}; /* perhaps tied */
    }
}

bool rehab_step_back(struct rehab_series *s)
{
    int64_t latest = s->as_of.utc_us;
    while (s->count > 0 && s->at[s->count - 1].at.utc_us == latest) pop(s);
    if (s->count == 0) return false;
    s->as_of = s->at[s->count - 1].at;
    return true;
}
