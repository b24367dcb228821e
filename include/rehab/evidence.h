/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about one episode. The caller fills it and lends it; the library reads it only.
 * Codes have been mapped to rows of the protocol (rehab_find_*). */
#ifndef REHAB_EVIDENCE_H
#define REHAB_EVIDENCE_H

#include "protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What was told about how a value was obtained (bits). */
enum rehab_qualifier {
    REHAB_ANALGESIC_24H = 1 << 0,
    REHAB_WAS_PAIN_FREE = 1 << 1,
    REHAB_WARMED_UP = 1 << 2,
    REHAB_POOR_QUALITY = 1 << 3
};

/* One value, of its measure's step: bands leave no hole between steps, but within them they may,
 * so the caller refuses what lies there (rehab_step_of). Values of retracted assessments are left
 * out by the caller, too; a value outside its measure's range or on a side that the measure does
 * not have is left out by the library. In an episode that concerns both sides, left is
 * REHAB_INVOLVED and right REHAB_OTHER. REHAB_BOTH counts for the involved and the other side. */
struct rehab_observation {
    int64_t value_nano;
    struct rehab_instant at; /* when it was true */
    uint32_t assessment;     /* any number; the same number: the same occasion */
    uint32_t assessor;   /* any number; the same number: the same person. REHAB_NONE: not known */
    uint16_t measure;    /* measures; REHAB_NONE16: one the protocol does not use */
    uint8_t side;        /* enum rehab_side */
    uint8_t trial;       /* which of the trials of an assessment, from 1; 0: not told */
    uint8_t known, held; /* of rehab_qualifier: told at all, and true (which is also known) */
    uint8_t reserved2[2];
};

/* An occasion of doing something; what was observed with the same assessment was observed in it.
 * One that has not ended at as_of has begun, and is neither completed nor broken off. One that was
 * prescribed and missed ends as it began, is not completed, and nothing was observed in it: it
 * counts for adherence alone. */
struct rehab_session {
    struct rehab_instant from, to; /* it began, it ended: not before */
    uint32_t assessment;           /* of no other session */
    uint16_t activity; /* activities; REHAB_NONE16: one that the protocol does not know */
    uint8_t completed, prescribed; /* 0, 1 */
};

/* Somebody cleared something (`cleared` criteria). The newest of a name at or before as_of decides.
 */
struct rehab_clearance {
    uint32_t name; /* clearances */
    uint32_t role; /* of rehab_role: one bit */
    struct rehab_instant at;
    bool given; /* false: withdrawn */
};

/* Somebody cleared a red flag. One whose role may not clear this flag is not counted. */
struct rehab_flag_clearance {
    uint32_t flag; /* red flags */
    uint32_t role; /* of rehab_role: one bit */
    struct rehab_instant at;
};

/* Where the episode stands in one track. */
struct rehab_track_state {
    uint32_t phase; /* phases: a phase of this track; REHAB_NONE: the track is completed */
    struct rehab_instant
        entered; /* when it was entered; after a step back: when it was entered again */
    struct rehab_instant moved; /* the last move, hold or resumption of this track; guards look at
                                   what came after it */
};

/* Day zero. One that is planned may lie after as_of: then days since it are negative. Often only
 * its local date is known: then rules in hours count from one hour after the end of that day (never
 * sooner than the truth, even if the clock has been put forward since), rules in days from the day
 * itself. */
struct rehab_event {
    bool known;
    bool timed;              /* `at` holds the instant; else only `day` */
    int32_t day;             /* local date, days since 1970-01-01 */
    struct rehab_instant at; /* when timed */
};

/* The episode's value of a stratum is not known. */
#define REHAB_STRATUM_UNKNOWN UINT16_C(0xffff)

/* Observations, and sessions, of one episode: at most so many. */
#define REHAB_MAX_EVIDENCE (UINT32_C(1) << 30)

struct rehab_evidence {
    const struct rehab_observation
        *observations; /* oldest first by at.utc_us; order within one instant is free */
    uint32_t observation_count;
    const struct rehab_session
        *sessions; /* oldest first by from.utc_us; order within one instant is free */
    uint32_t session_count;
    const struct rehab_clearance *clearances; /* any order */
    uint32_t clearance_count;
    const struct rehab_flag_clearance *flag_clearances; /* any order */
    uint32_t flag_clearance_count;
    const struct rehab_track_state *tracks; /* one per track of the protocol */
    uint32_t track_count;
    const uint16_t
        *strata; /* one per stratum of the protocol: place of its value, or REHAB_STRATUM_UNKNOWN */
    uint32_t stratum_count;
    struct rehab_event onset, surgery, birth; /* of birth the day is enough */
    struct rehab_instant started;             /* when care under the protocol began */
    bool bilateral; /* no sound side to compare with: symmetry, difference and what is asked of the
                       other side are unknown; of the involved side each is judged, and to go on
                       both have to be as asked, to be held or sent back one is enough */
};

#ifdef __cplusplus
}
#endif

#endif
