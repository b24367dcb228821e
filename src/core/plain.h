/* SPDX-License-Identifier: Apache-2.0 */
/* The short way to judge a leaf. Most leaves ask for the newest value, and most values are alone at
 * their instant, fresh, and where both sides matter, from one assessment. All that may be unusual
 * about the newest values of a measure is found once, when an index is made; then one straight line
 * is enough: no walk, no copy, no call. Whatever a leaf minds is left to rehab_judge_criterion,
 * which comes to the same wherever both could. With the trace of a leaf this way is gone in gate.c,
 * without it in plan.h. */
#pragma once

#include "core.h"

/* The newest value of a measure on its own side (the involved one, or none), and on the other. */
struct rehab_newest {
    int64_t value_nano[2];
    struct rehab_instant at; /* of the first, and of both when they are a pair */
    uint32_t observation[2]; /* REHAB_NONE */
    uint32_t qualifiers;     /* known and held of the first, and above them those of the second */
    uint32_t unusual;        /* bits, as follow */
};

/* What a leaf may mind. */
enum {
    NOT_ALONE = 1,                   /* the first is missing, or not alone at its instant */
    NOT_PAIRED = 2,                  /* nor the second, or not of one assessment and instant */
    NOT_POSITIVE = 4,                /* of either, the value */
    NOT_OF_ONE = REHAB_ONE_ASSESSOR, /* they are of two assessors, or of one who is not known */
    NOT_HERE = 32,                   /* always: the leaf asks for the other side alone */
    ANYTHING = NOT_ALONE | NOT_PAIRED | NOT_POSITIVE | NOT_OF_ONE | NOT_HERE
};

static inline uint32_t qualifiers_of(const struct rehab_observation *o)
{
    return (uint32_t)(o->known | o->held << 8);
}

/* What is unusual about a pair. */
static inline uint32_t compare_pair(const struct rehab_observation *a,
                                    const struct rehab_observation *b)
{
    bool apart = (a->assessment != b->assessment) | (a->at.utc_us != b->at.utc_us) |
                 (a->at.local_us != b->at.local_us);
    bool two = (a->assessor != b->assessor) | (a->assessor == REHAB_NONE);
    bool empty = (a->value_nano <= 0) | (b->value_nano <= 0);
    return NOT_HERE | (apart ? NOT_PAIRED : 0u) | (two ? NOT_OF_ONE : 0u) |
           (empty ? NOT_POSITIVE : 0u);
}

static inline struct rehab_newest newest_of(const struct rehab_observation *at,
                                            struct rehab_list own, struct rehab_list other)
{
    struct rehab_newest n = {.observation = {own.newest, other.newest}, .unusual = ANYTHING};
    if (own.newest == REHAB_NONE) return n;
    const struct rehab_observation *a = &at[own.newest];
    n.value_nano[0] = a->value_nano;
    n.at = a->at;
    n.qualifiers = qualifiers_of(a);
    if (own.tied) return n;
    n.unusual = ANYTHING & ~(uint32_t)NOT_ALONE;
    if (other.tied) return n;
    const struct rehab_observation *b = &at[other.newest];
    n.value_nano[1] = b->value_nano;
    n.qualifiers |= qualifiers_of(b) << 16;
    n.unusual = compare_pair(a, b);
    return n;
}

/* What a plain leaf minds. Without a branch: a gate has leaves of every sort. */
static inline uint32_t minds_of(const struct rehab_criterion_row *row)
{
    bool pair = row->expression != REHAB_LATEST, ratio = row->expression == REHAB_SYMMETRY;
    return NOT_ALONE | (row->side == REHAB_OTHER ? NOT_HERE : 0u) | (ratio ? NOT_POSITIVE : 0u) |
           (pair ? NOT_PAIRED | (row->flags & REHAB_ONE_ASSESSOR) : 0u);
}

/* Qualifiers as a leaf asks for them: of a pair on both sides. */
static inline uint32_t spread(const struct rehab_criterion_row *row, uint32_t qualifiers)
{
    return row->expression == REHAB_LATEST ? qualifiers : qualifiers << 16 | qualifiers;
}

/* Not 0: there is something about the newest values that the leaf minds. */
static inline uint32_t oddities_of(const struct rehab_newest *n, uint32_t minds, uint32_t asked,
                                   uint32_t wanted)
{
    return (n->unusual & minds) | ((n->qualifiers & asked) ^ wanted);
}
