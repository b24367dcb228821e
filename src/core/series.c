/* SPDX-License-Identifier: Apache-2.0 */
/* The observations of an episode by measure and side. They arrive oldest first, so putting each in
 * front of its list leaves the newest at the head: one pass, and the newest value of anything is
 * one look away; what most leaves ask about it is noted when all are in (plain.h). What lies after
 * as_of is never put in; what is out of range or on a side the measure does not have is only
 * remembered as invalid. */
#include "plain.h"

/* Which list an observation goes to, by sided and side; REHAB_SIDE_COUNT: none, it does not count.
 */
static const uint8_t LIST[2][REHAB_SIDE_COUNT] = {
    {REHAB_SIDE_NONE, REHAB_SIDE_COUNT, REHAB_SIDE_COUNT, REHAB_SIDE_NONE},
    {REHAB_SIDE_COUNT, REHAB_INVOLVED, REHAB_OTHER, REHAB_INVOLVED},
};

bool rehab_is_listed(const struct rehab_series *s, uint32_t side, uint32_t observation)
{
    const struct rehab_observation *o = &s->at[observation];
    const struct rehab_measure_row *m = &s->p->measures[o->measure];
    uint32_t list = o->side < REHAB_SIDE_COUNT ? LIST[m->sided][o->side] : REHAB_SIDE_COUNT;
    bool valid = o->value_nano >= m->low_nano && o->value_nano <= m->high_nano;
    uint32_t second = o->side == REHAB_BOTH ? (uint32_t)REHAB_OTHER : list;
    return valid && (list == s->place[side] || second == s->place[side]);
}

static inline void push(const struct rehab_series *s, uint32_t list, uint32_t link, uint32_t i)
{
    s->older[link] = s->lists[list].newest;
    s->lists[list].newest = i;
}

static inline void index_observation(const struct rehab_series *s,
                                     const struct rehab_measure_row *m, uint32_t i)
{
    const struct rehab_observation *o = &s->at[i];
    uint32_t list = o->side < REHAB_SIDE_COUNT ? LIST[m->sided][o->side] : REHAB_SIDE_COUNT;
    if (list == REHAB_SIDE_COUNT || o->value_nano < m->low_nano || o->value_nano > m->high_nano) {
        s->invalid[o->measure] = 1;
        return;
    }
    push(s, 3u * o->measure + list, 2 * i + (list == REHAB_OTHER), i);
    if (m->sided && o->side == REHAB_BOTH) push(s, 3u * o->measure + REHAB_OTHER, 2 * i + 1, i);
}

/* Is the newest of a list alone at its instant? */
static void note_tie(const struct rehab_series *s, struct rehab_list *list, uint32_t side)
{
    if (list->newest == REHAB_NONE) return;
    uint32_t older = rehab_older(s, side, list->newest);
    list->tied = older != REHAB_NONE && s->at[older].at.utc_us == s->at[list->newest].at.utc_us;
}

/* What is asked once of each list, when all are put in. */
static void note_newest(const struct rehab_series *s, uint32_t measures)
{
    for (uint32_t i = 0; i < measures; i++) {
        struct rehab_list *list = &s->lists[3 * (size_t)i];
        for (uint32_t side = REHAB_SIDE_NONE; side <= REHAB_OTHER; side++)
            note_tie(s, &list[side], side);
        uint32_t own = s->p->measures[i].sided ? REHAB_INVOLVED : REHAB_SIDE_NONE;
        s->newest[i] = newest_of(s->at, list[own], list[REHAB_OTHER]);
        if (s->bilateral) s->newest[i].unusual = ANYTHING; /* each side is looked at apart */
    }
}

/* Puts in what is not later than as_of; false when observations are out of order. */
static bool index_all(struct rehab_series *s, uint32_t measures)
{
    const struct rehab_series in = *s; /* a copy that no store can reach stays in registers */
    const struct rehab_measure_row *m = s->p->measures;
    int64_t latest = INT64_MIN;
    uint32_t count = 0;
    for (uint32_t i = 0, n = s->e->observation_count; i < n; i++) {
        const struct rehab_observation *o = &in.at[i];
        if (o->at.utc_us < latest) return false;
        latest = o->at.utc_us;
        if (latest > in.as_of.utc_us) continue; /* only its order matters */
        count = i + 1;
        if (o->measure < measures) index_observation(&in, &m[o->measure], i);
    }
    s->count = count;
    note_newest(s, measures);
    return true;
}

bool rehab_is_fitting(const struct rehab_protocol *p, const struct rehab_evidence *e)
{
    if (e->observation_count > REHAB_MAX_EVIDENCE || e->session_count > REHAB_MAX_EVIDENCE)
        return false;
    if (e->track_count != rehab_count(p, REHAB_TRACKS) ||
        e->stratum_count != rehab_count(p, REHAB_STRATA))
        return false;
    for (uint32_t i = 0; i < e->track_count; i++) {
        struct rehab_range phases = p->tracks[i].phases;
        if (e->tracks[i].phase != REHAB_NONE && e->tracks[i].phase - phases.first >= phases.count)
            return false;
    }
    for (uint32_t i = 0; i < e->stratum_count; i++) {
        if (e->strata[i] != REHAB_STRATUM_UNKNOWN && e->strata[i] >= p->strata[i].values.count)
            return false;
    }
    return true;
}

size_t rehab_copy_room(const struct rehab_protocol *p)
{
    return rehab_count(p, REHAB_MEASURES) *
           (sizeof(struct rehab_newest) + 3 * sizeof(struct rehab_list));
}

struct rehab_series *rehab_index_fitting(const struct rehab_protocol *p,
                                         const struct rehab_evidence *e, struct rehab_instant as_of,
                                         struct rehab_arena *arena)
{
    uint32_t measures = rehab_count(p, REHAB_MEASURES);
    const size_t heads = rehab_copy_room(p);
    const size_t links = 2 * (size_t)e->observation_count * sizeof(uint32_t);
    const size_t sessions = rehab_session_room(e);
    struct rehab_series *s = rehab_alloc(arena, sizeof *s + heads + links + sessions + measures);
    if (s == NULL) return NULL;
    unsigned char *at = (unsigned char *)(s + 1);
    *s = (struct rehab_series){.newest = (void *)at,
                               .as_of = as_of,
                               .p = p,
                               .e = e,
                               .at = e->observations,
                               .bilateral = e->bilateral,
                               .place = {REHAB_SIDE_NONE, REHAB_INVOLVED, REHAB_OTHER},
                               .lists = (void *)(at + measures * sizeof *s->newest),
                               .older = (void *)(at + heads),
                               .invalid = at + heads + links + sessions};
    memset(s->lists, 0xff, 3 * (size_t)measures * sizeof *s->lists); /* REHAB_NONE, and not alone */
    memset(s->invalid, 0, measures);
    return index_all(s, measures) && rehab_index_sessions(s, at + heads + links) ? s : NULL;
}

struct rehab_series *rehab_index_evidence(const struct rehab_protocol *p,
                                          const struct rehab_evidence *e,
                                          struct rehab_instant as_of, struct rehab_arena *arena)
{
    return rehab_is_fitting(p, e) ? rehab_index_fitting(p, e, as_of, arena) : NULL;
}

void rehab_copy_series(struct rehab_series *to, void *room, const struct rehab_series *from)
{
    *to = *from;
    to->newest = room;
    to->lists = (void *)(to->newest + rehab_count(from->p, REHAB_MEASURES));
    memcpy(to->newest, from->newest, rehab_copy_room(from->p));
}

/* The newest observation of all leaves every list whose head it is. */
static void pop(struct rehab_series *s)
{
    uint32_t i = --s->count;
    if (s->at[i].measure >= rehab_count(s->p, REHAB_MEASURES)) return;
    s->newest[s->at[i].measure].unusual = UINT32_MAX;
    for (uint32_t side = REHAB_SIDE_NONE; side <= REHAB_OTHER; side++) {
        struct rehab_list *list = &s->lists[3 * s->at[i].measure + side];
        if (list->newest == i)
            *list = (struct rehab_list){rehab_older(s, side, i), 1}; /* perhaps tied */
    }
}

void rehab_rewind(struct rehab_series *s, struct rehab_instant to)
{
    while (s->count > 0 && s->at[s->count - 1].at.utc_us > to.utc_us)
        pop(s);
    while (s->session_count > 0 && s->e->sessions[s->session_count - 1].from.utc_us > to.utc_us)
        s->session_count--;
    s->as_of = to;
}

bool rehab_step_back(struct rehab_series *s)
{
    uint32_t n = s->count;
    while (n > 0 && s->at[n - 1].at.utc_us == s->as_of.utc_us)
        n--;
    if (n == 0) return false;
    rehab_rewind(s, s->at[n - 1].at);
    return true;
}
