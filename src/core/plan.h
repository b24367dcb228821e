/* SPDX-License-Identifier: Apache-2.0 */
/* A gate made ready (verdict.c), shared with who asks it about populations. Of each plain leaf
 * (plain.h) what its comparison needs lies in one line of memory, all that could be computed
 * beforehand done. The value of every plain leaf, whatever it compares, is then
 *
 *     times * top - less * other        newest: 1, 0   difference: 1, 1   symmetry: 100, bound
 *
 * which must lie in low .. low + span. Unsigned arithmetic wraps (so may the interval), and the
 * truth is exact: what is plain has values of at most REHAB_VALUE_MAX and bounds that fit. */
#pragma once

#include "core.h"

/* Leaves are sorted: those of one value, of a difference, of a ratio; those of two values that must
 * be one person's; and those that are judged as always. */
enum sort { ALONE, APART, RATIO, ASSESSED, SLOW, SORTS };

struct ready {
    uint64_t low, span;
    int64_t within_us; /* INT64_MAX / 2: no limit */
    uint32_t times, less;
    uint32_t asked, wanted;
    uint32_t criterion;
    uint16_t list; /* the other side's is the next */
    uint8_t slot;  /* of a population; so is the other side's */
    bool calendar;
};

/* Where an observation of a measure goes, by its side. */
struct asked {
    int64_t low, high; /* values beyond do not count */
    uint8_t slot[REHAB_SIDE_COUNT];
    uint8_t first; /* its slots are this and the next */
    uint8_t reserved[3];
};

/* Slots in which a population's newest values are kept, two for a measure; nowhere, and what goes
 * to both slots of a measure. */
enum { NOWHERE = 63, TO_BOTH, SLOTS = NOWHERE - 1 };

/* More than local time and UTC of one observation ever lie apart, twice. */
#define CLOCKS_APART (2 * REHAB_DAY)

struct rehab_plan {
    const struct rehab_protocol *p;
    const struct asked *asked; /* by measure */
    int64_t reach_us;          /* what is older is too old for every leaf; INT64_MAX: no limit */
    uint32_t gate, least, count;
    uint32_t end[SORTS]; /* where leaves of that sort end */
    uint32_t measures, slots;
    uint64_t open; /* bit n: slot n is looked at */
    bool whole;    /* not one node over leaves: judged as always */
    bool large;    /* there are not slots enough */
    bool bare;     /* not whole, and a glance is enough for every leaf */
    struct ready leaf[];
};

/* What all leaves look at: the newest observation of each list, or slot. */
struct scene {
    const struct rehab_observation *at;
    const struct rehab_list *lists;
    struct rehab_instant as_of;
    bool bilateral;
};

static inline uint32_t qualifiers_of(const struct rehab_observation *o)
{
    return (uint32_t)(o->known | o->held << 8);
}

/* Not 0: it was not observed as the leaf asks. */
static inline uint32_t is_unqualified(const struct ready *r, const struct rehab_observation *o)
{
    return (qualifiers_of(o) & r->asked) ^ r->wanted;
}

/* Below zero: too old. */
static inline int64_t time_left(const struct ready *r, const struct scene *s,
                                const struct rehab_observation *o)
{
    int64_t age = r->calendar ? s->as_of.local_us - o->at.local_us : s->as_of.utc_us - o->at.utc_us;
    return r->within_us - age;
}

static inline bool is_met(const struct ready *r, uint64_t value)
{
    return value - r->low <= r->span;
}

static inline bool is_ratio_met(const struct ready *r, int64_t top, int64_t other)
{
    return is_met(r, r->times * (uint64_t)top - r->less * (uint64_t)other);
}

static inline bool is_difference_met(const struct ready *r, int64_t top, int64_t other)
{
    return is_met(r, (uint64_t)top - (uint64_t)other);
}

/* The list of a leaf; that of the other side is the next. `slots` is a constant wherever it stands.
 */
static inline const struct rehab_list *list_of(const struct ready *r, const struct scene *s,
                                               bool slots)
{
    return &s->lists[r->slot * (uint32_t)slots + r->list * (uint32_t)!slots];
}

/* One leaf: 1 met, 0 not met, -1: something is unusual. */
static inline int weigh(const struct rehab_plan *plan, uint32_t i, const struct scene *s,
                        bool slots)
{
    const struct ready *r = &plan->leaf[i];
    if (i >= plan->end[ASSESSED]) return -1;
    const struct rehab_list *list = list_of(r, s, slots);
    if (list[0].tied) return -1;
    const struct rehab_observation *a = &s->at[list[0].newest];
    if (is_unqualified(r, a) || time_left(r, s, a) < 0) return -1;
    if (i < plan->end[ALONE]) return is_met(r, (uint64_t)a->value_nano);
    if (list[1].tied || s->bilateral) return -1;
    const struct rehab_observation *b = &s->at[list[1].newest];
    if (is_unqualified(r, b) || a->assessment != b->assessment || a->at.utc_us != b->at.utc_us)
        return -1;
    if (i < plan->end[APART]) return is_difference_met(r, a->value_nano, b->value_nano);
    if (a->value_nano <= 0 || b->value_nano <= 0) return -1;
    if (i >= plan->end[RATIO] && (a->assessor != b->assessor || a->assessor == REHAB_NONE))
        return -1;
    return is_ratio_met(r, a->value_nano, b->value_nano);
}

/* What is unusual about any of several leaves: not 0, not 0, below zero. */
struct oddity {
    uint32_t different;
    uint64_t apart;
    int64_t negative;
};

static inline void look_at_pair(const struct ready *r, const struct scene *s,
                                const struct rehab_observation *a,
                                const struct rehab_observation *b, struct oddity *odd)
{
    odd->different |= is_unqualified(r, a) | is_unqualified(r, b) | (a->assessment ^ b->assessment);
    odd->apart |= (uint64_t)(a->at.utc_us ^ b->at.utc_us);
    odd->negative |= time_left(r, s, a);
}

/* Can leaves from `i` on not change the verdict? */
static inline bool is_settled(const struct rehab_plan *plan, uint32_t met, uint32_t i)
{
    return (met >= plan->least) | (met + plan->count - i < plan->least);
}

/* How many leaves of one value, and of two, are met, and what is unusual about any; false: a newest
 * value is missing, or not alone. */
static inline bool glance_alone(const struct rehab_plan *plan, const struct scene *s, bool slots,
                                uint32_t *met, struct oddity *odd)
{
    for (uint32_t i = 0; i < plan->end[ALONE]; i++) {
        const struct ready *r = &plan->leaf[i];
        const struct rehab_list *list = list_of(r, s, slots);
        if (list->tied) return false;
        const struct rehab_observation *a = &s->at[list->newest];
        odd->different |= is_unqualified(r, a);
        odd->negative |= time_left(r, s, a);
        *met += is_met(r, (uint64_t)a->value_nano);
    }
    return true;
}

static inline bool glance_pairs(const struct rehab_plan *plan, const struct scene *s, bool slots,
                                uint32_t *met, struct oddity *odd)
{
    uint32_t i = plan->end[ALONE];
    for (; i < plan->end[APART]; i++) {
        const struct ready *r = &plan->leaf[i];
        const struct rehab_list *list = list_of(r, s, slots);
        if (list[0].tied | list[1].tied) return false;
        const struct rehab_observation *a = &s->at[list[0].newest], *b = &s->at[list[1].newest];
        look_at_pair(r, s, a, b, odd);
        *met += is_difference_met(r, a->value_nano, b->value_nano);
    }
    for (; i < plan->end[RATIO]; i++) {
        const struct ready *r = &plan->leaf[i];
        const struct rehab_list *list = list_of(r, s, slots);
        if (list[0].tied | list[1].tied) return false;
        const struct rehab_observation *a = &s->at[list[0].newest], *b = &s->at[list[1].newest];
        look_at_pair(r, s, a, b, odd);
        odd->negative |= (a->value_nano - 1) | (b->value_nano - 1);
        *met += is_ratio_met(r, a->value_nano, b->value_nano);
    }
    return true;
}

/* All leaves up to RATIO, the same work whatever the patient: no branch to foretell but whether
 * pairs matter yet. How many of those looked at are met, or REHAB_NONE when anything about any of
 * them is unusual. */
static inline uint32_t glance(const struct rehab_plan *plan, const struct scene *s, bool slots)
{
    struct oddity odd = {0, 0, 0};
    uint32_t met = 0;
    if (!glance_alone(plan, s, slots, &met, &odd)) return REHAB_NONE;
    if (!is_settled(plan, met, plan->end[ALONE]) &&
        (s->bilateral || !glance_pairs(plan, s, slots, &met, &odd)))
        return REHAB_NONE;
    bool usual = (odd.different == 0) & (odd.apart == 0) & (odd.negative >= 0);
    return usual ? met : REHAB_NONE;
}
