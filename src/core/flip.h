/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that look for the smallest set: an index that observations can be put into and
 * taken out of again, and what one set of measures that hang together can be made to say. */
#pragma once

#include "core.h"

enum {
    FLIP_VALUES = 64,       /* tried of one measure and side */
    FLIP_MANNERS = 8,       /* ways of observing it */
    FLIP_TOGETHER = 6,      /* measures and sides that hang together */
    FLIP_OPTIONS = 16,      /* kept by key, of all that hang together */
    FLIP_WORK = UINT16_MAX, /* values tried together; combinations of options */
    FLIP_SESSIONS = 256,    /* completed one after the other */
    FLIP_SWEPT = 8          /* observations looked at in the time of one try */
};

/* How a proposed value is obtained. */
struct flip_manner {
    uint8_t held;
    uint32_t assessor;
};

/* A measure and side that leaves look at. */
struct flip_key {
    uint16_t measure;
    uint8_t side;
    uint8_t trials; /* put in each time */
    uint8_t manner_count;
    bool known;
    int64_t had;    /* its newest value, if one is known */
    uint32_t group; /* those that hang together have one number, a key's place */
    uint32_t value_count;
    uint64_t leaves; /* bit i: the i-th leaf of the rule looks at it */
    struct flip_manner manner[FLIP_MANNERS];
    int64_t value[FLIP_VALUES];
};

struct flip_choice {
    uint32_t key;
    uint32_t manner;
    int64_t value;
};

/* One way to observe what hangs together: which leaves are then as they are wanted. */
struct flip_option {
    uint64_t good;  /* if now is the occasion */
    uint64_t old;   /* if the occasion is the one that it was */
    uint64_t left;  /* those that look at what they looked at, so that it is that one */
    uint32_t count; /* of observations */
    struct flip_choice choice[FLIP_TOGETHER];
};

/* The leaves over keys that hang together, and the options worth choosing, fewest observations
 * first; the first is to observe nothing. */
struct flip_group {
    uint64_t leaves;
    uint64_t open;  /* those of them that are good or that an observation may make good */
    uint64_t apart; /* those whose occasion may stay the one that it was, though one is observed */
    uint32_t first, count;
};

/* How the index was before something was put in. */
struct flip_mark {
    struct rehab_list list[3]; /* by side */
    uint32_t count;
};

struct flip_trial {
    struct rehab_series s;
    struct rehab_view view;
    const struct rehab_rule_row *rule;
    const struct rehab_criterion_row *row; /* of the rule */
    const struct rehab_finding *now;       /* by leaf: what it is with nothing put in */
    uint8_t wanted; /* of the root (enum rehab_verdict); under an odd number of `not` the other */
    bool exact;
    uint32_t price; /* of one try, of FLIP_WORK */
    uint32_t key_room, key_count, option_count, option_room, group_count, put, work;
    struct rehab_observation *at; /* what s.at points to */
    struct flip_mark *before;     /* for each choice put in */
    struct flip_key *key;
    struct flip_option *option;
    struct flip_group *group;
    uint64_t further; /* leaves of occasions that look further than at the newest value */
    uint64_t direct;  /* leaves that hold the value of a key itself against bounds */
    uint64_t one_way; /* leaves that ask for more, or for less */
    const struct rehab_node_row *occasion[REHAB_MAX_NODES]; /* by leaf: that it stands in; NULL */
    struct rehab_used used[REHAB_MAX_NODES];      /* by leaf of an occasion, nothing put in */
    struct rehab_instant latest[REHAB_MAX_NODES]; /* by leaf: of its occasion, nothing put in */
};

/* The first of a set of leaves that has one. */
static inline uint32_t flip_first(uint64_t leaves)
{
    return (uint32_t)__builtin_ctzll(leaves);
}

/* Copies the index; false when the arena is full. */
bool flip_begin(struct flip_trial *t, const struct rehab_series *s, uint32_t gate,
                struct rehab_arena *arena);

bool flip_is_nobody(const struct flip_manner *manner);

/* Is the i-th leaf as it is wanted, whatever the other leaves of its occasion were observed? */
bool flip_is_good(const struct flip_trial *t, uint32_t leaf);

/* Is the leaf one that nothing turns: it looks for good at what was observed, or holds each new
 * value against one that stays what it is? What none of them brings about now none ever will. */
bool flip_is_settled(struct flip_trial *t, uint32_t leaf);

/* Would a value be held against one from before an event that was not taken then? */
bool flip_is_too_late(struct flip_trial *t, uint32_t leaf);

/* All groups with their options. */
void flip_fill_groups(struct flip_trial *t);

/* How many occasions, one observation of each of its keys on each, make a leaf with a run good; 0:
 * they do not. */
uint32_t flip_count_occasions(struct flip_trial *t, uint32_t leaf);
