/* SPDX-License-Identifier: Apache-2.0 */
/* A gate made ready (verdict.c), shared with who asks it about populations. Of each plain leaf
 * (plain.h) what its comparison needs lies together, all that could be computed beforehand done.
 * The value of every plain leaf, whatever it compares, is then
 *
 *     times * first - less * second     newest: 1, 0   difference: 1, 1   symmetry: 100, bound
 *
 * which must lie in low .. low + span. Unsigned arithmetic wraps (so may the interval), and the
 * truth is exact: what is plain has values of at most REHAB_VALUE_MAX and bounds that fit. */
#pragma once

#include "plain.h"

struct ready {
    uint64_t low, span;
    int64_t within_us; /* INT64_MAX / 2: no limit */
    uint32_t times, less;
    uint32_t asked, wanted;
    uint32_t criterion;
    uint16_t measure;
    uint8_t place; /* of the measure's newest values in a population */
    uint8_t minds;
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
    int64_t reach_us;          /* what is older is too old for every leaf */
    uint32_t gate, least, count;
    uint32_t ready; /* leaves before this are, and those from it on are judged as always */
    uint32_t measures, slots;
    uint64_t open; /* bit n: slot n is looked at */
    bool whole;    /* not one node over leaves: judged as always */
    bool large;    /* there are not slots enough */
    bool bare;     /* not whole, and every leaf is ready */
    struct ready leaf[];
};

/* What a look at leaves has found. */
struct glance {
    uint32_t met;      /* how many */
    uint32_t oddities; /* not 0: there is something that one of them minds */
    int64_t left_us;   /* negative: of one the value is too old */
};

/* Below zero: too old. */
static inline int64_t time_left(const struct ready *r, const struct rehab_newest *n,
                                struct rehab_instant as_of)
{
    int64_t age = r->calendar ? as_of.local_us - n->at.local_us : as_of.utc_us - n->at.utc_us;
    return r->within_us - age;
}

/* The same work whatever the leaf and the patient: no branch to foretell. */
static inline void look_at(const struct ready *r, const struct rehab_newest *n,
                           struct rehab_instant as_of, struct glance *g)
{
    uint64_t first = (uint64_t)n->value_nano[0], second = (uint64_t)n->value_nano[1];
    g->met += r->times * first - r->less * second - r->low <= r->span;
    g->oddities |= oddities_of(n, r->minds, r->asked, r->wanted);
    g->left_us |= time_left(r, n, as_of);
}

static inline bool is_clear(const struct glance *g)
{
    return (g->oddities == 0) & (g->left_us >= 0);
}

/* One leaf: 1 met, 0 not met, -1: it is to be judged as always. */
static inline int weigh(const struct ready *r, const struct rehab_newest *n,
                        struct rehab_instant as_of)
{
    struct glance g = {0, 0, 0};
    look_at(r, n, as_of, &g);
    return is_clear(&g) ? (int)g.met : -1;
}
