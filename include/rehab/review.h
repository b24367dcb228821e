/* SPDX-License-Identifier: Apache-2.0 */
/* A move that is on record, looked at again. What comes to be known late never undoes a move; but
 * one that it would have blocked should be looked at by somebody. */
#ifndef REHAB_REVIEW_H
#define REHAB_REVIEW_H

#include "decision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A move that was made through a gate. */
struct rehab_made_move {
    enum rehab_move move; /* REHAB_ADVANCE or REHAB_COMPLETE */
    uint32_t track;       /* tracks: the one that was moved */
    uint32_t to;          /* phases: where an advance led to; REHAB_NONE of a complete */
    struct rehab_instant at;
};

struct rehab_review {
    bool blocked;        /* as of then, it would not be made now */
    enum rehab_move by;  /* what stands against it. REHAB_STOP: a red flag; REHAB_RESTART, REGRESS,
                            HOLD: a guard that would have gone first; the move itself: its gate is
                            not met; REHAB_STAY: nothing */
    uint32_t flag, gate; /* the red flag, or the gate: the guard, or the first that leads there;
                            else REHAB_NONE */
    const struct rehab_finding *findings; /* as of then, in the order of the document: of a flag or
                                             a guard what makes it met, of the gate what keeps it
                                             from being met (its blockers) */
    uint32_t finding_count;
};

/* Judges the move again as of the moment it was made, by the rules of rehab_decide: red flag >
 * restart (of whatever track) > regress > hold > the gates that lead there, of which one has to be
 * met. Where no gate of the phase leads there it is not blocked by a gate.
 * e  all that is known now, and of tracks and clearances what stood before the move: nothing after
 *    made->at is looked at
 * returns  REHAB_MISFIT too when the track is none of the protocol. *out lies in the arena, and is
 *          filled on REHAB_DECIDED only. */
REHAB_API enum rehab_outcome rehab_review_move(const struct rehab_protocol *p,
                                               const struct rehab_evidence *e,
                                               const struct rehab_made_move *made,
                                               struct rehab_arena *arena, struct rehab_review *out);

#ifdef __cplusplus
}
#endif

#endif
