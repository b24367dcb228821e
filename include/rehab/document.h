/* SPDX-License-Identifier: Apache-2.0 */
/* A protocol as an author writes it: plain structs that a JSON reader (or a C program) fills and
 * rehab_compile turns into a block. Everything is lent for the time of that call; nothing is
 * changed. An absent text has size 0, an absent list count 0. Codes and ids refer to one another by
 * spelling; rehab_compile resolves and checks them.
 *
 * Limits (a document beyond them is refused): see REHAB_MAX_*. */
#ifndef REHAB_DOCUMENT_H
#define REHAB_DOCUMENT_H

#include "quantity.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    REHAB_MAX_MEASURES = 256, /* used by one protocol */
    REHAB_MAX_LABELS = 64,    /* of one ordinal or stratum */
    REHAB_MAX_STRATA = 16,
    REHAB_MAX_TRACKS = 8,
    REHAB_MAX_PHASES = 256, /* over all tracks */
    REHAB_MAX_GATES = 32,   /* of one phase */
    REHAB_MAX_ITEMS = 128,  /* prescriptions, advice ... of one phase; red flags; sources */
    REHAB_MAX_NODES = 64,   /* of one criteria tree, leaves and combinators together */
    REHAB_MAX_DEPTH = 16,   /* of one criteria tree */
    REHAB_MAX_RUN = 60,     /* days or observations of one `for` */
    REHAB_MAX_DERIVED = 32, /* scores, tables, automata: of each */
    REHAB_MAX_SCORED = 64,  /* items of one score, bands of one item, steps of one automaton */
    REHAB_MAX_NORMED = 256, /* rows of one table */
    REHAB_MAX_STATES = 16,  /* of one automaton */
    REHAB_MAX_ZONES = 16,   /* of one band */
    REHAB_MAX_ACTIVITIES = 64,
    REHAB_MAX_CLEARANCES = 32, /* names */
    REHAB_MAX_TERMS = 128,
    REHAB_MAX_TRIALS = 20, /* of one measure, side and assessment */
    REHAB_MAX_OFTEN = 100  /* times or days of a schedule */
};

/* How sure a number is. */
enum rehab_certainty {
    REHAB_CERTAINTY_NONE,
    REHAB_VERIFIED,   /* read in the cited source */
    REHAB_MEMORY,     /* recalled, to be checked */
    REHAB_CONVENTION, /* chosen by the authors: the sources give only words */
    REHAB_CERTAINTY_COUNT
};

/* Where a number or a sentence comes from. */
struct rehab_citation {
    struct rehab_text source; /* id in document.sources; empty: none */
    enum rehab_certainty certainty;
    struct rehab_text note;
    bool sign_off; /* a clinician must confirm the number before use; beside a certainty only */
};

/* One text in several languages ("en", "es"). */
struct rehab_wording {
    struct rehab_text language;
    struct rehab_text text;
};
struct rehab_words {
    const struct rehab_wording *at;
    uint32_t count;
};

struct rehab_texts {
    const struct rehab_text *at;
    uint32_t count;
};

/* ---- what can be measured ---- */

enum rehab_measure_kind { REHAB_NUMBER, REHAB_BOOLEAN, REHAB_ORDINAL, REHAB_MEASURE_KIND_COUNT };

enum rehab_direction {
    REHAB_NEUTRAL,
    REHAB_HIGHER_IS_BETTER,
    REHAB_LOWER_IS_BETTER,
    REHAB_DIRECTION_COUNT
};

/* A measure of the catalogue. A document may bring more than its criteria use.
 * low_nano, high_nano  a value outside is ignored as invalid; of a boolean 0 and REHAB_SCALE, of an
 *                      ordinal 0 and (labels - 1) * REHAB_SCALE: rehab_compile sets these itself
 * step_nano            0: any value between; else only multiples
 * sided                observed on a side of the body (involved or other), else on none
 * labels               of an ordinal, lowest first
 * freshness_class      under this name the document may give a window
 * window               when it gives none */
struct rehab_measure {
    struct rehab_text code;
    struct rehab_words name;
    struct rehab_text unit; /* UCUM */
    enum rehab_measure_kind kind;
    enum rehab_direction direction;
    bool sided;
    int64_t low_nano, high_nano, step_nano;
    int64_t mdc_nano; /* smallest change that is more than error of measurement, whoever took the
                         two values; 0: not known */
    int64_t mdc_same_nano;          /* where one person took both of them; 0: not known */
    struct rehab_duration interval; /* how often it is usually taken; absent: not known */
    struct rehab_texts labels;
    struct rehab_text freshness_class;
    struct rehab_duration window;
};

/* ---- criteria ---- */

/* The value a leaf looks at. */
enum rehab_expression {
    REHAB_LATEST,   /* newest value of `measure` */
    REHAB_WORST,    /* of the window the value that speaks most against going on; of those that say
                       the same the worst by the measure's direction */
    REHAB_BEST,     /* of the window the value that speaks most for it; of those the best */
    REHAB_SYMMETRY, /* involved side as a percentage of the other, turned so that more is better */
    REHAB_DIFFERENCE, /* |involved - other| in the measure's unit */
    REHAB_ASYMMETRY,  /* |involved - other| as a percentage of the other: the stronger involved side
                         counts as much as the weaker one */
    /* newest value against an earlier one (`from`: baseline, previous, phase, ago, pre_onset,
     * pre_surgery). A guard that is to see a plateau says `within` how lately, for it looks at
     * every value since the last move.
     */
    REHAB_CHANGE,      /* newest minus earlier */
    REHAB_PERCENT_OF,  /* newest as a percentage of the earlier one, which must be above zero */
    REHAB_IMPROVEMENT, /* newest minus earlier, turned so that more is better */
    REHAB_RISE, /* newest value of `measure` minus the newest value of `over` observed before it */
    /* the percentile that the table `name` gives the newest value of the table's measure: that of
     * its last row whose value is not above it; below the first row 0; nothing between rows */
    REHAB_PERCENTILE,
    /* `measure` was observed, whatever its value: met (the leaf is compared with true, by
     * REHAB_EQ), or unknown when there is no value that counts as the leaf asks. What is recorded,
     * not judged
     */
    REHAB_RECORDED,
    /* of the newest session of `activity` that has ended; guards and flags look at every one since
     * the last move, and so do the last n with for_observations */
    REHAB_SETTLE, /* time from the end of the session to the look from which on `measure` was back
                     at (or better than) its newest value before, at every look that day (until
                     four in the morning) and within the bound, and before the next session. Not
                     back at the last look: not settled within the time so far, and no more is known
                   */
    REHAB_NEXT_MORNING, /* the first value of `measure` on the local day after the day on which the
                           session began, from 04:00 to 12:00, both included; with `over` minus the
                           newest value of that measure before the session */
    REHAB_ELAPSED,      /* time since `from` (phase, episode, onset, surgery) */
    REHAB_CLEARED,      /* a clearance of `name` by one of `roles` stands: for as long as `within`
                           says, else until it is withdrawn. It has no end of its own; who means a
                           shorter time withdraws it */
    REHAB_STRATUM,      /* the episode's value of the stratum `name` */
    REHAB_REACHED, /* `track` stands in the phase `name` or a later one, or is completed; a step
                      back before it undoes that. Not in red flags */
    /* Points of the score `name` (struct rehab_score). While items are unknown it lies between the
     * least and the most they could add: met or not met if all of that says so, else unknown. In
     * guards and flags an item counts that was observed since, and the worst score since does. */
    REHAB_SCORE,
    /* The state of the automaton `name` (struct rehab_automaton) behind the newest observation of
     * its measure; unknown when there is none, or (progress) when it is too old. It remembers by
     * itself what went before, and may have come to an end: so guards look at this one state, if
     * there was an observation since, and not at states that have been left (an effusion holds,
     * then repeats, then lets go on, by what its automaton says). Flags latch as always. */
    REHAB_STATE,
    REHAB_AGE, /* whole years since evidence.birth; somebody born on 29 February turns on 1 March */
    /* of `activity`, or of every one when it is "any" */
    REHAB_SESSIONS, /* how many were completed since `since` (the phase; in red flags since the flag
                       was cleared) and `within`, and satisfy `with` */
    REHAB_ADHERENCE, /* completed of those prescribed, in percent, since `since` and `within` as
                        above; none prescribed: unknown */
    REHAB_SPACING,   /* time since the newest session began, local days or hours; with `failed` the
                        newest that ended without being completed. None so far: it is long ago */
    REHAB_EXPRESSION_COUNT
};

enum rehab_anchor {
    REHAB_ANCHOR_NONE,
    REHAB_BASELINE, /* change: the first valid observation in care, from the local day on which it
                       began (evidence.started), whatever the hour; what was there before is none */
    REHAB_PREVIOUS, /* change: the valid observation before */
    REHAB_AGO,      /* change: the newest valid observation that lies at least `ago` before */
    /* change: the newest valid observation from before the local day of the event, for values from
     * that day on; unknown (event_missing) without its date, and (baseline_missing) without one */
    REHAB_PRE_ONSET,
    REHAB_PRE_SURGERY,
    REHAB_PHASE,   /* change: the first valid observation in the phase; elapsed: since the phase was
                      entered */
    REHAB_EPISODE, /* elapsed: since care under the protocol began */
    REHAB_ONSET,
    REHAB_SURGERY,
    REHAB_ANCHOR_COUNT
};

/* Side of the body, seen from the injury. */
enum rehab_side { REHAB_SIDE_NONE, REHAB_INVOLVED, REHAB_OTHER, REHAB_BOTH, REHAB_SIDE_COUNT };

/* From when on observations count. */
enum rehab_since {
    REHAB_SINCE_DEFAULT, /* progress: the phase for `for`, else the episode; guards: the last move
                            of the track */
    REHAB_SINCE_PHASE,
    REHAB_SINCE_EPISODE, /* all that is on record, from before care began, too */
    REHAB_SINCE_COUNT
};

/* Conditions under which a value counts (bits). */
enum rehab_condition {
    REHAB_UNMEDICATED = 1 << 0,  /* known that no analgesic was taken in the 24 hours before */
    REHAB_PAIN_FREE = 1 << 1,    /* known to have been obtained without pain */
    REHAB_NO_WARM_UP = 1 << 2,   /* known to have been obtained without warming up */
    REHAB_GOOD_QUALITY = 1 << 3, /* not known to be of poor quality */
    REHAB_SAME_ASSESSOR = 1 << 4 /* both values of a pair were taken by one person */
};

/* What of several trials counts. */
enum rehab_take {
    REHAB_TAKE_NONE,
    REHAB_TAKE_BEST,   /* by the measure's direction */
    REHAB_TAKE_MEAN,   /* rounded to the nearest billionth, halves away from zero */
    REHAB_TAKE_MEDIAN, /* of an even number the mean of the two in the middle */
    REHAB_TAKE_LAST,   /* by time, then by number; of two alike the worse */
    REHAB_TAKE_COUNT
};

/* Who acted (bits). A physician may do whatever a clinician may. */
enum rehab_role { REHAB_CLINICIAN = 1 << 0, REHAB_PHYSICIAN = 1 << 1 };

/* What a value is compared with. */
enum rehab_value_kind {
    REHAB_VALUE_NONE,
    REHAB_VALUE_NUMBER,
    REHAB_VALUE_BOOLEAN,
    REHAB_VALUE_LABEL,
    REHAB_VALUE_DURATION
};

/* number: billionths (of the measure's unit, or of a percent for symmetry, asymmetry and percent
 * of); boolean: 0 or REHAB_SCALE; label: an ordinal's label or a stratum's value, or "mdc" for the
 * measure's own where a difference or change of numbers is compared in its unit: of one person
 * where the leaf asks for REHAB_SAME_ASSESSOR, else whoever took them, and never one for the other;
 * duration: for
 * elapsed. */
struct rehab_value {
    enum rehab_value_kind kind;
    int64_t nano;
    struct rehab_text label;
    struct rehab_duration duration;
};

/* Another bound where the episode's stratum has this value. */
struct rehab_value_by {
    struct rehab_text stratum;
    struct rehab_text stratum_value;
    struct rehab_value value;
};

/* A condition on what was observed in a session: at all, and every value satisfies, and was
 * observed as the leaf's `qualified` asks. */
struct rehab_with {
    bool given;
    struct rehab_text measure; /* of a sided one the involved side */
    enum rehab_op is;          /* not between, not in */
    struct rehab_value value;
};

/* After a value that fails, the next one that passes counts at least `after` later (local days or
 * hours), and one more that fails begins the waiting anew; without one by `until` the test is
 * overdue, and somebody should look. */
struct rehab_retest {
    bool given;
    struct rehab_duration after, until;
};

enum rehab_node_kind {
    REHAB_LEAF,
    REHAB_ALL,
    REHAB_ANY,
    REHAB_NOT,           /* of one */
    REHAB_AT_LEAST,      /* `least` of them */
    REHAB_SAME_OCCASION, /* all of them (leaves), and the observations they used lie within `window`
                            of each other. Not in guards and red flags: these look at the worst
                            value of each leaf, which may be of another occasion than the next
                            one's; REHAB_ALL there is the more cautious rule */
    REHAB_NODE_KIND_COUNT
};

/* A leaf: one expression, one comparison, then conditions; or a combinator over `of`. */
struct rehab_criterion {
    enum rehab_node_kind kind;

    /* combinators */
    const struct rehab_criterion *of;
    uint32_t of_count;
    uint32_t least;
    struct rehab_duration window;

    /* leaves */
    struct rehab_text id; /* unique in the document */
    enum rehab_expression expression;
    struct rehab_text measure;
    struct rehab_text over;
    struct rehab_text per;   /* latest, worst, best of numbers: divided by the newest value of this
                                measure, which has no sides and must be above zero; the bound is in
                                unit/unit. Not older than `within_pair`, else its freshness window */
    struct rehab_text name;  /* clearance, stratum, phase, score, automaton or table */
    struct rehab_text track; /* of the phase; empty: the track the leaf stands in */
    enum rehab_anchor from;
    uint32_t roles; /* of rehab_role: who may clear (REHAB_CLEARED), who may relax a floor
                       (REHAB_ELAPSED) */
    bool floor;     /* elapsed: an override may not relax it but by `roles` */

    enum rehab_op is;
    struct rehab_value value;
    struct rehab_value upper; /* REHAB_BETWEEN */
    bool warn_above; /* REHAB_BETWEEN: more than `upper` is not only short of the aim, but a warning
                      */
    const struct rehab_value *values; /* REHAB_IN */
    uint32_t value_count;
    const struct rehab_value_by *value_by; /* all of one stratum */
    uint32_t value_by_count;

    enum rehab_side side;         /* REHAB_SIDE_NONE: the involved side of a sided measure */
    struct rehab_duration within; /* freshness; in guards and worst/best the window looked at. Not
                                     in red flags, but of a clearance, sessions and adherence */
    struct rehab_duration within_pair; /* how far the two values of a pair may lie apart; with `ago`
                                          and `over`: how far before the newest the other may lie */
    struct rehab_duration ago;         /* REHAB_AGO: in days, local days are counted */
    uint32_t for_days;                 /* R11; 0: none */
    uint32_t for_observations;         /* R10; 0: none */
    struct rehab_duration apart; /* with for_observations: least time between two that count */
    enum rehab_since since;
    uint32_t qualified;         /* of rehab_condition */
    struct rehab_text activity; /* of expressions over a measure: only what was observed in its
                                   sessions counts, and with for_observations every value of the
                                   last n sessions. "any": whichever activity */
    struct rehab_with with;     /* REHAB_SESSIONS */
    bool failed;                /* REHAB_SPACING */
    uint32_t trials;      /* values of one measure, side and assessment are trials, and so many at
                             least must count: of good quality, and as `qualified` asks; 0: each
                             value stands for itself */
    enum rehab_take take; /* with `trials` */
    struct rehab_retest retest; /* REHAB_LATEST, for progress */
    struct rehab_citation citation;
};

/* A comparison by itself, as a leaf has it. */
struct rehab_comparison {
    enum rehab_op is;
    struct rehab_value value;
    struct rehab_value upper;         /* REHAB_BETWEEN */
    const struct rehab_value *values; /* REHAB_IN */
    uint32_t value_count;
};

/* ---- what is made of observations ---- */

/* The first band that holds gives its points; none: 0. */
struct rehab_score_band {
    struct rehab_comparison comparison;
    struct rehab_value points; /* a number */
};

/* The newest value of a measure (of two at one instant the worse by the measure's direction),
 * not older than `within`, else its freshness window. */
struct rehab_score_item {
    struct rehab_text measure;
    enum rehab_side side; /* REHAB_SIDE_NONE: the involved side of a sided measure */
    struct rehab_duration within;
    const struct rehab_score_band *bands;
    uint32_t band_count;
    struct rehab_citation citation;
};

/* Points of all items together. */
struct rehab_score {
    struct rehab_text id;
    struct rehab_words title;
    const struct rehab_score_item *items;
    uint32_t item_count;
};

/* Percentiles of a measure, by rising value. */
struct rehab_norm_row {
    struct rehab_value value;
    struct rehab_value percentile; /* 0 to 100 */
};
struct rehab_norm {
    struct rehab_text id;
    struct rehab_text measure; /* a number */
    const struct rehab_norm_row *rows;
    uint32_t row_count;
    struct rehab_citation citation;
};

/* From one of the states `in` (none named: from any), on a value that compares so, into `to`. */
struct rehab_state_step {
    struct rehab_texts in;
    struct rehab_comparison comparison;
    struct rehab_text to;
};

/* A history: it begins in `start`; each observation of the measure, oldest first, takes the first
 * step that fits, or none and stays. Of several at one instant the worse by the measure's direction
 * is seen. States are start and every `to`, in the order they first appear. `since` of the leaf:
 * phase, or (default) all of the episode. */
struct rehab_automaton {
    struct rehab_text id;
    struct rehab_words title;
    struct rehab_text of; /* measure */
    enum rehab_side side; /* REHAB_SIDE_NONE: the involved side of a sided measure */
    struct rehab_text start;
    const struct rehab_state_step *steps;
    uint32_t step_count;
    struct rehab_citation citation;
};

/* ---- the parts of a protocol ---- */

struct rehab_source {
    struct rehab_text id;
    struct rehab_text citation;
};

struct rehab_stratum {
    struct rehab_text id;
    struct rehab_texts values;
    bool ordered; /* may be compared with < and > */
};

/* Something that is done in sessions. The id "any" is reserved. */
struct rehab_activity {
    struct rehab_text id;
    struct rehab_words title;
};

/* What sentences say for a key that is written in several places: a label of an ordinal, a stratum
 * or one of its values, a state, a clearance, a track. Without a term they say the key. */
struct rehab_term {
    struct rehab_text id;
    struct rehab_words words;
};

/* A window for a class of measures, or for one measure by its code (which goes first). */
struct rehab_freshness {
    struct rehab_text of;
    struct rehab_duration window;
};

/* From `low` to `high` days is usual; where the stratum has the value, the other pair. */
struct rehab_expectation_by {
    struct rehab_text stratum;
    struct rehab_text stratum_value;
    struct rehab_duration low, high;
};
struct rehab_expectation {
    bool given;
    enum rehab_anchor from; /* onset, surgery, episode or phase */
    struct rehab_duration low, high;
    const struct rehab_expectation_by *by;
    uint32_t by_count;
    struct rehab_citation citation;
};

enum rehab_level { REHAB_LEVEL_HOLD, REHAB_LEVEL_URGENT, REHAB_LEVEL_EMERGENCY, REHAB_LEVEL_COUNT };

/* Raised if `when` was met at any instant since it was last cleared, whatever is observed later and
 * however much time goes by. Nothing but a clearance by one of `cleared_by` ends it. */
struct rehab_red_flag {
    struct rehab_text id;
    struct rehab_words title;
    struct rehab_words message;
    enum rehab_level level;
    uint32_t cleared_by; /* of rehab_role */
    const struct rehab_criterion *when;
    struct rehab_text note;
};

/* In order of precedence: of several gates that are met the move further down is made (a review is
 * asked for besides). To complete goes before to advance: who has reached the aim of the track is
 * not sent through what is left of it (EVIDENCE 6.2-2 has the two the other way round). That is
 * within one track. Of several the episode is recommended the move that is furthest down, too, but
 * to complete a track while another is open ends nothing for the patient: it waits for every other
 * track's move, an advance as well. */
enum rehab_move {
    REHAB_STAY, /* of decisions only */
    REHAB_ADVANCE,
    REHAB_COMPLETE,
    REHAB_HOLD,
    REHAB_REGRESS,
    REHAB_RESTART, /* back to the first phase of every track, with a new baseline: after it the
                      caller leaves out observations from before */
    REHAB_STOP,    /* of decisions only: a red flag is raised */
    REHAB_REVIEW,
    REHAB_MOVE_COUNT
};

/* A gate ahead is expected to be met by so many local days after `from` (phase, episode, onset,
 * surgery). Later, while it is not met or not known, somebody is asked to look again; nothing moves
 * by itself. Where the date is not known there is no deadline. */
struct rehab_deadline {
    bool given;
    enum rehab_anchor from;
    struct rehab_duration by;
    struct rehab_citation citation;
};

/* advance and regress name the phase they lead to (of the same track), or regress says how many
 * phases `back`. */
struct rehab_gate {
    struct rehab_text id;
    enum rehab_move move;
    struct rehab_text to;
    uint32_t back;
    const struct rehab_criterion *when;
    struct rehab_deadline deadline; /* of advance and complete */
    struct rehab_text note;
};

/* A band maps what one leaf looks at to zones; the first zone that the newest value lies in is
 * told. Nothing is refused about how zones tile the range. A zone with a move (hold, regress,
 * review) is a gate of that move besides, "band.zone", met by the worst value since the last move
 * as every guard. */
struct rehab_zone {
    struct rehab_text id;
    struct rehab_comparison comparison;
    enum rehab_move move; /* REHAB_STAY: none */
    struct rehab_text to; /* regress: a phase, or `back` */
    uint32_t back;
    struct rehab_words text;
};
struct rehab_band {
    struct rehab_criterion reading; /* a leaf; its id is the band's, it compares with nothing */
    struct rehab_words title;
    const struct rehab_zone *zones;
    uint32_t zone_count;
};

struct rehab_treatment {
    struct rehab_text id;
    struct rehab_words title;
    struct rehab_words text;
    uint32_t minutes_low, minutes_high; /* 0: not said */
    uint32_t per_day_low, per_day_high;
    struct rehab_citation citation;
};

/* Given while `give` is met, withdrawn while `withdraw` is; in between the last state stands.
 * withdraw NULL: not `give`. */
struct rehab_advice {
    struct rehab_text id;
    struct rehab_words title;
    struct rehab_words text;
    const struct rehab_criterion *give;
    const struct rehab_criterion *withdraw;
    struct rehab_text note;
};

/* What may be felt, or how much may be done, during a session: the newest value of the measure in
 * the activity's sessions (without an activity: wherever) since the phase was entered is held
 * against it, whatever its age. It holds nobody back. */
struct rehab_limit {
    bool given;
    struct rehab_text during; /* measure */
    enum rehab_op is;         /* not between, not in */
    struct rehab_value value;
    const struct rehab_value_by *value_by; /* all of one stratum */
    uint32_t value_by_count;
    struct rehab_text otherwise; /* "stop", "adjust" */
    struct rehab_citation citation;
};

struct rehab_prescription {
    struct rehab_text id;
    struct rehab_text exercise;
    struct rehab_text activity; /* what its sessions are; empty: the one with the exercise's id, if
                                   there is one */
    struct rehab_text side;     /* "involved", "both", "other" or empty */
    uint32_t sets, repetitions; /* 0: not said */
    struct rehab_duration hold;
    struct rehab_duration tempo_up, tempo_down;
    /* So often: on days that lie `every_days` apart, `per_day` times on each, `per_week` times in
     * any seven days. 0: not said; at most REHAB_MAX_OFTEN */
    uint32_t per_day, per_week, every_days;
    struct rehab_limit limit;
    const struct rehab_limit *caps; /* more limits: volume, speed, heart rate ... */
    uint32_t cap_count;
    const struct rehab_criterion *gate;     /* NULL: open as soon as the phase is */
    const struct rehab_criterion *progress; /* NULL: no rule for more load */
    struct rehab_texts deficits; /* criteria of this phase's advance and complete gates: selected
                                    while one of them is not met */
    uint32_t load_percent_low, load_percent_high;
    struct rehab_citation progress_citation; /* of the raise */
    struct rehab_citation citation;
};

struct rehab_phase {
    struct rehab_text id;
    struct rehab_words title;
    const struct rehab_words *goals;
    uint32_t goal_count;
    const struct rehab_treatment *treatments;
    uint32_t treatment_count;
    const struct rehab_prescription *prescriptions;
    uint32_t prescription_count;
    struct rehab_texts restrictions;
    const struct rehab_advice *advice;
    uint32_t advice_count;
    const struct rehab_gate *gates;
    uint32_t gate_count;
    const struct rehab_band *bands;
    uint32_t band_count;
    struct rehab_expectation expect;
    struct rehab_text note;
};

struct rehab_track {
    struct rehab_text id;
    const struct rehab_phase *phases; /* in order; the first is entered at enrolment */
    uint32_t phase_count;
    struct rehab_expectation expect;
};

struct rehab_code {
    struct rehab_text system;
    struct rehab_text code;
};

struct rehab_note {
    struct rehab_text id;
    struct rehab_words text;
};

struct rehab_document {
    struct rehab_text id;
    uint32_t version; /* from 1 */
    struct rehab_words title;
    struct rehab_words description;
    struct rehab_text condition;
    const struct rehab_code *codes;
    uint32_t code_count;
    bool sided;                 /* an episode has an involved side */
    enum rehab_anchor day_zero; /* onset or surgery */
    const struct rehab_stratum *strata;
    uint32_t stratum_count;
    const struct rehab_activity *activities;
    uint32_t activity_count;
    const struct rehab_term *terms;
    uint32_t term_count;
    const struct rehab_source *sources;
    uint32_t source_count;
    const struct rehab_freshness *freshness;
    uint32_t freshness_count;
    struct rehab_duration within_pair; /* for symmetry and difference that say nothing; absent: same
                                          assessment only */
    const struct rehab_measure *measures;
    uint32_t measure_count;
    const struct rehab_score *scores;
    uint32_t score_count;
    const struct rehab_norm *norms;
    uint32_t norm_count;
    const struct rehab_automaton *automata;
    uint32_t automaton_count;
    const struct rehab_red_flag *red_flags;
    uint32_t red_flag_count;
    const struct rehab_track *tracks;
    uint32_t track_count;
    const struct rehab_note *notes;
    uint32_t note_count;
};

#ifdef __cplusplus
}
#endif

#endif
