/* SPDX-License-Identifier: Apache-2.0 */
/* What it would take to turn a gate: the smallest set of observations that makes a gate that is not
 * met, or not known, met; or one that is met, not met.
 *
 * Proposed observations are of measures and sides that the gate looks at, one at most of each, of a
 * value that the measure can have (range and step), all of one new assessment at the index's as_of,
 * under the conditions that the gate asks for, taken by one person (or by whom a comparison needs,
 * see assessor). The set turns the gate when rehab_judge_gate says so of the evidence with the set
 * added. Nothing is taken away from the evidence: two values at one instant count as they always
 * do, the worse first.
 *
 * Smallest is exact (flip.exact) where no more than six measures and sides hang together by
 * criteria that look at two of them, and where there are no more than 65535 ways to combine them
 * (fewer in a long history that guards look through): so in every gate of up to 20 criteria each of
 * which looks at one measure, whatever else looks at it. Not exact with what a session leaves
 * behind, nor where one value is held against more than two and neither more nor less is asked for.
 *
 * All items of a score hang together, so that it is exact for scores of up to six, where so many
 * points can be combined in no more ways than that. Of more items those are tried first that the
 * score gains most by. Of one occasion a score is that of its oldest item; where another becomes
 * the oldest, the set is not exact.
 *
 * One observation takes a history one step on; a state that is farther away is REHAB_TAKES_OTHER.
 * Where trials are asked for, all are proposed of one value. That is exact for a measure and side
 * that one criterion looks at which asks for more or for less; a mean may lie where no value does,
 * and of two criteria each may take another of the same trials.
 *
 * REHAB_NONE - 1 stands for the new assessment and its assessor, the REHAB_MAX_RUN - 1 numbers
 * below for the assessments of a run; no observation may have them. Hurdles are weighed one by one:
 * whether two of them exclude each other is not looked at.
 *
 * What no observation brings about now is named beside the set: time is waited for, a run needs
 * more than one occasion, a clearance is an act, a stratum or a date is a fact to be recorded. As
 * few of these as possible, then as few observations as possible. */
#ifndef REHAB_FLIP_H
#define REHAB_FLIP_H

#include "decision.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rehab_proposal {
    uint32_t measure;     /* measures */
    enum rehab_side side; /* REHAB_SIDE_NONE, REHAB_INVOLVED or REHAB_OTHER; of an episode that
                             concerns both sides REHAB_INVOLVED: of each of them */
    int64_t value_nano;   /* one value that does it: of those tried (bounds, what lies beside them,
                             some of the range) the one nearest to what was observed before */
    uint8_t held;         /* of rehab_qualifier: these are told to hold, the others not to */
    uint32_t assessor; /* who has to take it, for it is compared with a value of theirs; REHAB_NONE:
                          anybody */
    uint32_t criterion; /* criteria: the first of the gate that it is for */
    uint32_t trials;    /* how often that value has to be measured; 1: once is enough */
};

enum rehab_hurdle_kind {
    REHAB_TAKES_TIME,      /* a time has to pass, or a value to grow old or have one before it */
    REHAB_TAKES_OCCASIONS, /* more than one occasion: `occasions` from now on, the first at as_of */
    REHAB_TAKES_CLEARANCE, /* somebody has to clear it, or to withdraw that */
    REHAB_TAKES_FACT,      /* a stratum or the date of an event is not known; what else it takes is
                              told once it is */
    REHAB_TAKES_MOVE,      /* another track has to move */
    REHAB_TAKES_SESSION,   /* a session has to be done, of `activity`: completed, not missed */
    REHAB_TAKES_OTHER,     /* something else, such as a history of more than one step, or a value
                              from before an event that was not taken then */
    REHAB_HURDLE_COUNT
};

struct rehab_hurdle {
    uint32_t criterion; /* criteria */
    enum rehab_hurdle_kind kind;
    uint32_t occasions; /* REHAB_TAKES_OCCASIONS; else 0 */
    uint32_t activity;  /* activities: of REHAB_TAKES_SESSION; REHAB_NONE: of whichever, or none */
};

enum rehab_flip_state {
    REHAB_FLIP_NOW,   /* the proposals turn it */
    REHAB_FLIP_LATER, /* they do once the hurdles are taken */
    REHAB_FLIP_NEVER, /* nothing does, as the episode stands: e.g. the criteria exclude each other,
                         or what a guard without a window has seen since the last move stays seen:
                         only that somebody records a move makes it begin anew */
    REHAB_FLIP_STATE_COUNT
};

struct rehab_flip {
    uint32_t gate;
    enum rehab_verdict from, to; /* to: REHAB_MET, or REHAB_NOT_MET when it is met now */
    enum rehab_flip_state state;
    bool exact;                             /* no smaller set was overlooked */
    const struct rehab_proposal *proposals; /* in the order of the document */
    uint32_t proposal_count;
    const struct rehab_hurdle *hurdles;
    uint32_t hurdle_count;
};

/* Finds it; changes nothing. What *out points to lies in the arena, with about 3 kB for each
 * measure and side that the gate looks at and 60 bytes for each observation of work beside it.
 * returns  false when the arena is full */
REHAB_API bool rehab_find_flip(const struct rehab_series *s, uint32_t gate,
                               struct rehab_arena *arena, struct rehab_flip *out);

/* What to measure next, by how much it would settle. rehab_decide tells it in the order of how many
 * criteria ask for it, for it does not look for sets, each of which takes longer than the decision.
 *
 * First comes what stands in the set of the nearest gate ahead, then what stands in that of the
 * next, and so on, then what stands in none; among equals what more criteria of gates ahead ask
 * for, then the order of the document. A gate ahead is an advance or complete gate that is not met
 * and that something turns (not REHAB_FLIP_NEVER). It is nearer the fewer hurdles its set leaves,
 * then the fewer observations stand in it, then the earlier it stands in the decision. The set is
 * the one that rehab_find_flip gives: where several are as small, the others have no say.
 * flips  of every gate of d->gates, in their order
 * needs  room for d->need_count: the same as d->needs, in this order */
REHAB_API void rehab_order_needs(const struct rehab_decision *d, const struct rehab_flip *flips,
                                 struct rehab_need *needs);

/* "time", "occasions", ...; "now", "later", "never". Static. */
REHAB_API struct rehab_text rehab_hurdle_name(enum rehab_hurdle_kind kind);
REHAB_API struct rehab_text rehab_flip_name(enum rehab_flip_state state);

#ifdef __cplusplus
}
#endif

#endif
