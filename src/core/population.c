/* SPDX-License-Identifier: Apache-2.0 */
/* A gate asked about many episodes. An index of everything that was observed would cost more than
 * the answer: a gate asks for a few newest values, and they lie together at the end. So
 * observations are read from there back into one slot for each list that the gate looks at
 * (plan.h), no further than they can matter. Whatever the slots alone cannot settle is judged over
 * an index as always. */
#include "plan.h"

/* The newest value in each slot. One that is empty has REHAB_NONE, and is not alone. */
struct scan {
    struct rehab_list lists[SLOTS];
    uint64_t open;  /* bit n: slot n is empty */
    uint64_t fresh; /* bit n: it was filled at the instant that is being read */
    struct rehab_newest newest[SLOTS / 2]; /* of the two slots of a measure, once they are filled */
};

static inline void take(struct scan *s, uint32_t slot, uint32_t observation)
{
    uint64_t bit = UINT64_C(1) << slot;
    if (s->open & bit) {
        s->lists[slot] = (struct rehab_list){observation, 0};
        s->open ^= bit;
        s->fresh |= bit;
    } else if (s->fresh & bit) {
        s->lists[slot].tied = 1;
    }
}

static inline void take_observation(struct scan *s, const struct rehab_plan *plan,
                                    const struct rehab_observation *o, uint32_t observation)
{
    if (o->measure >= plan->measures || o->side >= REHAB_SIDE_COUNT) return;
    const struct asked *m = &plan->asked[o->measure];
    uint32_t slot = m->slot[o->side];
    if (slot == NOWHERE || o->value_nano < m->low || o->value_nano > m->high) return;
    if (slot == TO_BOTH) {
        take(s, m->slot[REHAB_INVOLVED], observation);
        slot = m->slot[REHAB_OTHER];
    }
    take(s, slot, observation);
}

/* From the newest back to where nothing older matters; false: out of order. */
static bool fill_slots(struct scan *s, const struct rehab_plan *plan,
                       const struct rehab_evidence *e, struct rehab_instant as_of)
{
    const struct rehab_observation *at = e->observations;
    int64_t now_us = INT64_MAX;
    int64_t last_us = as_of.utc_us - plan->reach_us;
    memset(s->lists, 0xff, plan->slots * sizeof s->lists[0]);
    s->open = plan->open;
    s->fresh = 0;
    for (uint32_t i = e->observation_count; i-- > 0;) {
        if (at[i].at.utc_us != now_us) {
            if (at[i].at.utc_us > now_us) return false;
            if (at[i].at.utc_us < last_us || s->open == 0) break;
            now_us = at[i].at.utc_us;
            s->fresh = 0;
        }
        if (now_us <= as_of.utc_us) take_observation(s, plan, &at[i], i);
    }
    return true;
}

static void note_newest(struct scan *s, const struct rehab_plan *plan,
                        const struct rehab_evidence *e)
{
    for (uint32_t i = 0; i < plan->slots; i += 2)
        s->newest[i / 2] = newest_of(e->observations, s->lists[i], s->lists[i + 1]);
}

/* Of an unusual leaf: is it unknown, whatever an index would say? */
static bool is_unknown(const struct ready *r, const struct rehab_newest *n,
                       struct rehab_instant as_of)
{
    if (n->observation[0] == REHAB_NONE || time_left(r, n, as_of) < 0) return true;
    if (n->unusual & NOT_ALONE) return false;
    if (((n->qualifiers & r->asked) ^ r->wanted) & UINT16_MAX) return true;
    return n->observation[1] == REHAB_NONE; /* a pair, then */
}

/* The verdict by what the slots say, or false. */
static bool settle(const struct rehab_plan *plan, const struct scan *s, struct rehab_instant as_of,
                   uint8_t *verdict)
{
    uint32_t met = 0, open = plan->count, doubts = plan->count - plan->ready;
    for (uint32_t i = 0; i < plan->ready; i++) {
        const struct ready *r = &plan->leaf[i];
        const struct rehab_newest *n = &s->newest[r->place];
        int one = weigh(r, n, as_of);
        met += one > 0;
        open -= one == 0;
        if (one < 0) doubts += !is_unknown(r, n, as_of);
    }
    uint8_t found = (uint8_t)((met >= plan->least) + (open >= plan->least));
    if (doubts > 0 && found == REHAB_UNKNOWN) return false;
    *verdict = found;
    return true;
}

static bool judge_indexed(const struct rehab_plan *plan, const struct rehab_evidence *e,
                          struct rehab_instant as_of, struct rehab_arena *scratch, uint8_t *verdict)
{
    const struct rehab_arena before = *scratch;
    const struct rehab_series *s = rehab_index_evidence(plan->p, e, as_of, scratch);
    if (s != NULL) *verdict = (uint8_t)rehab_plan_verdict(plan, s);
    if (scratch->end == before.end) scratch->at = before.at; /* it has not grown */
    return s != NULL;
}

static bool judge_one(const struct rehab_plan *plan, const struct rehab_evidence *e,
                      struct rehab_instant as_of, struct rehab_arena *scratch, uint8_t *verdict)
{
    struct scan scan;
    if (plan->whole || plan->large || e->bilateral)
        return judge_indexed(plan, e, as_of, scratch, verdict);
    if (!fill_slots(&scan, plan, e, as_of)) return false;
    note_newest(&scan, plan, e);
    return settle(plan, &scan, as_of, verdict) || judge_indexed(plan, e, as_of, scratch, verdict);
}

/* How many episodes ahead memory is asked for, and how much of it comes at once. */
enum { AHEAD = 4, LINE = 64 };

/* Memory is far away, and where an episode to come has its newest observations is known: what is
 * asked for now is there when its turn comes. Always inline, for gcc drops the call of a function
 * that does nothing else. */
static inline __attribute__((always_inline)) void fetch_ahead(const struct rehab_plan *plan,
                                                              const struct rehab_evidence *e)
{
    uint32_t count = e->observation_count < plan->slots ? e->observation_count : plan->slots;
    for (size_t back = 1; back <= count * sizeof *e->observations; back += LINE) {
        const unsigned char *end = (const void *)&e->observations[e->observation_count];
        __builtin_prefetch(end - back); /* the list of an empty episode may be NULL: no end */
    }
}

uint32_t rehab_judge_population(const struct rehab_plan *plan,
                                const struct rehab_evidence *episodes, uint32_t count,
                                struct rehab_instant as_of, struct rehab_arena *scratch,
                                uint8_t *verdicts)
{
    for (uint32_t i = 0; i < count; i++) {
        if (count - i > AHEAD) fetch_ahead(plan, &episodes[i + AHEAD]);
        if (!judge_one(plan, &episodes[i], as_of, scratch, &verdicts[i])) return i;
    }
    return count;
}
