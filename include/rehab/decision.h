/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a protocol and the evidence, and why. All results lie in the arena the caller
 * gave; indexes lead to the protocol's tables and to the evidence's observations. */
#ifndef REHAB_DECISION_H
#define REHAB_DECISION_H

#include "evidence.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Kleene's three values. */
enum rehab_verdict { REHAB_NOT_MET, REHAB_UNKNOWN, REHAB_MET, REHAB_VERDICT_COUNT };

/* Why a criterion is unknown, or why it is not met although no value was compared; or a warning. */
enum rehab_reason {
    REHAB_REASON_NONE,
    REHAB_REASON_MISSING,     /* never observed */
    REHAB_REASON_STALE,       /* the newest value is too old, or from before the window */
    REHAB_REASON_INVALID,     /* observed, but out of range or on the wrong side; symmetry without a
                                 sound side */
    REHAB_REASON_UNQUALIFIED, /* observed under conditions that do not count, or not told */
    REHAB_REASON_SIDE_MISSING,       /* one side of a pair has no value of that occasion */
    REHAB_REASON_ZERO_REFERENCE,     /* a ratio to zero or less */
    REHAB_REASON_TOO_FEW_DAYS,       /* days or observations in a row */
    REHAB_REASON_NOT_YET,            /* a time has not passed */
    REHAB_REASON_BASELINE_MISSING,   /* nothing earlier to compare with */
    REHAB_REASON_STRATUM_MISSING,    /* the bound depends on a stratum that is not known */
    REHAB_REASON_NOT_CLEARED,        /* nobody who may has cleared it */
    REHAB_REASON_EVENT_MISSING,      /* the date of onset or surgery is not known */
    REHAB_REASON_DIFFERENT_OCCASION, /* observations that belong together lie too far apart */
    REHAB_REASON_DIFFERENT_ASSESSOR, /* a pair was not taken by one person */
    REHAB_REASON_REFERENCE_MISSING,  /* what it is divided by was not observed, or too long ago */
    REHAB_REASON_TOO_FEW_TRIALS,     /* of one assessment */
    REHAB_REASON_RETEST_NOT_YET,     /* it failed, and must not be repeated yet */
    REHAB_REASON_RETEST_DUE,         /* it failed, and may be repeated now */
    REHAB_REASON_RETEST_OVERDUE,     /* it failed, and has not been repeated in time: a review */
    REHAB_REASON_NO_SESSION,         /* no session of the activity has ended */
    REHAB_REASON_NOT_SETTLED,        /* not back to what it was at the last look */
    REHAB_REASON_MORNING_MISSED,     /* not observed on the morning after the session */
    REHAB_REASON_NONE_PRESCRIBED,    /* no session was prescribed */
    REHAB_REASON_ABOVE,              /* not met, for it is more than it may be: a warning */
    REHAB_REASON_COUNT
};

/* The trace of one criterion. */
struct rehab_finding {
    uint32_t criterion;   /* criteria */
    uint8_t verdict;      /* enum rehab_verdict */
    uint8_t reason;       /* enum rehab_reason */
    uint8_t has_value;    /* a value was compared (rehab_finding_value); 0 too for a score that is
                             met or not met whatever its unknown items are */
    uint8_t has_bound;    /* 0: the bound depends on a stratum that is not known */
    uint32_t observation; /* evidence: the one used, of a score the oldest, REHAB_NONE */
    uint32_t second;      /* evidence: the other of a pair, the earlier of a change, REHAB_NONE */
    int64_t top, bottom;  /* the value: bottom 0: top itself, else 100 * top / bottom percent, or
                             (per) top / bottom of the units; elapsed: microseconds */
    int64_t
        bound_nano; /* the bound that applied; elapsed: microseconds; REHAB_IN: a set of labels */
};

/* What a finding's numbers are counted in. */
enum rehab_scale {
    REHAB_IN_UNIT, /* the measure's unit */
    REHAB_IN_PERCENT,
    REHAB_IN_DAYS,
    REHAB_IN_HOURS,
    REHAB_IN_TRUTH,  /* 0 or REHAB_SCALE */
    REHAB_IN_LABELS, /* place of a label of the measure, of a value of the stratum, or of a state */
    REHAB_IN_YEARS,
    REHAB_IN_SESSIONS, /* how many */
    REHAB_IN_POINTS,   /* of a score; a percentile */
    REHAB_SCALE_COUNT
};
REHAB_API enum rehab_scale rehab_criterion_scale(const struct rehab_protocol *p,
                                                 uint32_t criterion);

/* The unit as UCUM: the measure's, that of a quotient, "%", "d", "h", "a", or empty (truth,
 * labels).
 */
REHAB_API struct rehab_text rehab_criterion_unit(const struct rehab_protocol *p,
                                                 uint32_t criterion);

/* The value in billionths of that unit (a percentage and hours are rounded down, for showing).
 * False without a value. */
REHAB_API bool rehab_finding_value(const struct rehab_protocol *p, const struct rehab_finding *f,
                                   int64_t *nano);

/* The bound in the same unit. False without one (also for REHAB_IN: f->bound_nano is the set). */
REHAB_API bool rehab_finding_bound(const struct rehab_protocol *p, const struct rehab_finding *f,
                                   int64_t *nano);

/* By how much the value lies on the good side of the bound (negative: short of it). False without
 * value, bound or order. */
REHAB_API bool rehab_finding_margin(const struct rehab_protocol *p, const struct rehab_finding *f,
                                    int64_t *nano);

/* The label of place `nano / REHAB_SCALE` for REHAB_IN_LABELS criteria. */
REHAB_API struct rehab_text rehab_criterion_label(const struct rehab_protocol *p,
                                                  uint32_t criterion, int64_t nano);

/* ---- step by step ---- */

/* The observations of an episode by measure and side, as of one instant: nothing later is in it. */
struct rehab_series;

/* Linear in the observations and sessions. The evidence must stay as it is while the index is used:
 * that it fits the protocol is looked at here, once, and nowhere that takes an index.
 * returns  NULL when the arena is full (arena->full), or as for REHAB_MISFIT and REHAB_UNSORTED */
REHAB_API struct rehab_series *rehab_index_evidence(const struct rehab_protocol *p,
                                                    const struct rehab_evidence *e,
                                                    struct rehab_instant as_of,
                                                    struct rehab_arena *arena);

/* Judges one gate over an index: no memory of its own, no allocation.
 * gate      a row of gates; its track's state is taken from the evidence
 * findings  room for the rule's criteria.count records, filled in the order of the document */
REHAB_API enum rehab_verdict rehab_judge_gate(const struct rehab_series *s, uint32_t gate,
                                              struct rehab_finding *findings);

/* The same for any rule (exercise gates, advice), as seen from `track`, with observations counting
 * for guards from `moved` on. */
REHAB_API enum rehab_verdict rehab_judge_rule(const struct rehab_series *s, uint32_t rule,
                                              uint32_t track, struct rehab_instant moved,
                                              struct rehab_finding *findings);

/* ---- the whole decision ---- */

struct rehab_gate_result {
    uint32_t gate; /* gates */
    enum rehab_move move;
    uint32_t track, from, to; /* tracks, phases, phases or REHAB_NONE */
    enum rehab_verdict verdict;
    struct rehab_range findings; /* decision.findings */
    bool overdue;                /* its deadline has passed and it is not met */
};

struct rehab_red_flag_result {
    uint32_t flag; /* red flags */
    bool raised;
    uint32_t
        observation; /* evidence: the first that raised it since it was last cleared, REHAB_NONE */
    struct rehab_range findings; /* as of when it was raised */
};

struct rehab_advice_result {
    uint32_t advice; /* advice */
    bool given;
    struct rehab_range findings; /* of `give` as of now */
};

struct rehab_band_result {
    uint32_t band;               /* bands */
    uint32_t zone;               /* zones: the first that the newest value lies in, where both
                                    sides are concerned the worse of two; REHAB_NONE */
    struct rehab_range findings; /* one for each zone */
};

struct rehab_prescription_result {
    uint32_t prescription;      /* prescriptions */
    enum rehab_verdict verdict; /* of its gate; met when it has none */
    struct rehab_range findings;
    bool has_progress;
    enum rehab_verdict progress; /* may the load be raised? */
    struct rehab_range progress_findings;
    bool has_deficits;
    enum rehab_verdict selected; /* is one of its deficits there? Met: a criterion is not met */
    struct rehab_range limits; /* decision.findings: of each of its limits, in their order; met: it
                                  holds, not met: it was passed, and a warning is due */
    bool has_due;    /* it is open and not unselected, and its schedule and the activity of its
                        sessions are known */
    int32_t due_day; /* the local day on which it is due next: as_of's day at the earliest, for what
                        was missed is not made up for; and as_of's when there was no session yet */
};

enum rehab_pace { REHAB_PACE_NONE, REHAB_BEFORE, REHAB_WITHIN, REHAB_EXCEEDED, REHAB_PACE_COUNT };

/* Days so far against what is usual. */
struct rehab_expectation_result {
    uint32_t expectation; /* expectations, REHAB_NONE */
    enum rehab_pace
        pace; /* REHAB_PACE_NONE: none given, or the date or stratum it depends on is not known */
    int32_t days;
    uint32_t low_days, high_days;
};

struct rehab_recommendation {
    enum rehab_move move; /* REHAB_STAY, ADVANCE, COMPLETE, HOLD, REGRESS, RESTART or STOP. COMPLETE
                             is of its track: the episode ends with it where that track's result
                             says `completes`, and only then */
    uint32_t track, from, to; /* REHAB_NONE where the move has none */
    uint32_t gate;            /* gates; REHAB_NONE for stay and stop */
};

struct rehab_track_result {
    uint32_t track;
    uint32_t phase; /* phases, REHAB_NONE when completed */
    int32_t days_in_phase;
    struct rehab_expectation_result phase_expectation, track_expectation;
    struct rehab_recommendation recommendation; /* of its own gates; a red flag stops every track */
    bool completes; /* to be completed, and every other track is: with it the episode */
    bool has_earliest, earliest_is_local; /* as of the decision, of this track's gates alone */
    struct rehab_instant earliest;
};

/* An observation that would settle something: the measure on the side, because of the criterion. */
struct rehab_need {
    uint32_t measure; /* measures */
    enum rehab_side side;
    enum rehab_reason reason;
    uint32_t finding;  /* decision.findings: the first criterion that asks for it */
    uint32_t criteria; /* how many criteria of the gates ahead ask for it */
};

struct rehab_decision {
    struct rehab_recommendation recommendation; /* red flag > restart > regress > hold > complete >
                                                   advance > stay; of two tracks the first */
    bool review; /* a review gate is met, or a gate ahead is overdue: somebody should look again */

    const struct rehab_finding
        *findings; /* every criterion judged, in the order of the document within each rule */
    uint32_t finding_count;
    const struct rehab_gate_result *gates; /* of the current phase of every track */
    uint32_t gate_count;
    const struct rehab_red_flag_result *red_flags; /* all of the protocol */
    uint32_t red_flag_count;
    const struct rehab_advice_result *advice; /* of the current phases */
    uint32_t advice_count;
    const struct rehab_prescription_result *prescriptions; /* of the current phases */
    uint32_t prescription_count;
    const struct rehab_band_result *bands; /* of the current phases */
    uint32_t band_count;
    const struct rehab_track_result *tracks;
    uint32_t track_count;

    const uint32_t *blockers; /* findings that keep an advance or complete gate from being met */
    uint32_t blocker_count;
    const struct rehab_need
        *needs; /* what to measure next: the one that most criteria of the gates ahead ask for
                   first, then the order of the document. Once all are observed at one occasion
                   (what a rise is held against: before it) no criterion lacks a value of now; runs
                   and later sessions take more. rehab_order_needs (flip.h) orders them by how much
                   they would settle */
    uint32_t need_count;

    /* When an advance or complete gate is held back by a time rule: from when on, at the earliest,
     * the time rules alone (time and age, spacing, a retest) would allow one. One of the two clocks
     * of `earliest` is exact, and the other is as far from it as at as_of: local_us for rules in
     * days (earliest_is_local), utc_us for rules in hours. Of several tracks the one that time
     * alone would let on first. */
    bool has_earliest;
    bool earliest_is_local;
    struct rehab_instant earliest;
};

enum rehab_outcome {
    REHAB_DECIDED,
    REHAB_FULL,     /* the arena is too small */
    REHAB_UNSORTED, /* observations or sessions are out of order */
    REHAB_MISFIT,   /* track states or strata do not fit the protocol, or there is more than
                       REHAB_MAX_EVIDENCE. A measure, activity or clearance that the protocol does
                       not have is not counted */
    REHAB_OUTCOME_COUNT
};

/* Decides. No memory but the arena's, no clock but as_of: nothing that the evidence dates after
 * as_of is used. *out is filled only on REHAB_DECIDED. The same arguments give the same decision,
 * byte for byte. Of the arena it takes some 150 bytes for every criterion of the current phases and
 * of red flags, 8 for every observation, 48 for every session and some kilobytes besides: 64 KiB
 * are plenty for most, and REHAB_FULL asks for more. */
REHAB_API enum rehab_outcome rehab_decide(const struct rehab_protocol *p,
                                          const struct rehab_evidence *e,
                                          struct rehab_instant as_of, struct rehab_arena *arena,
                                          struct rehab_decision *out);

/* Lower case names for documents and answers: "met", "stale", "advance", "<=" ... static. */
REHAB_API struct rehab_text rehab_verdict_name(enum rehab_verdict verdict);
REHAB_API struct rehab_text rehab_reason_name(enum rehab_reason reason);
REHAB_API struct rehab_text rehab_move_name(enum rehab_move move);
REHAB_API struct rehab_text rehab_op_name(enum rehab_op op);
REHAB_API struct rehab_text rehab_level_name(enum rehab_level level);
REHAB_API struct rehab_text rehab_certainty_name(enum rehab_certainty certainty);
REHAB_API struct rehab_text rehab_side_name(enum rehab_side side);
REHAB_API struct rehab_text rehab_pace_name(enum rehab_pace pace);

#ifdef __cplusplus
}
#endif

#endif
