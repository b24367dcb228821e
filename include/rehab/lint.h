/* SPDX-License-Identifier: Apache-2.0 */
/* The critic: what is wrong with a protocol although it compiles. It reads the compiled form, in
 * which every name is resolved, every default (freshness, sides, the range of an ordinal) is filled
 * in and every kind, unit and side fits, so that whoever holds a block can ask, without the text.
 *
 * What can be met is found by trying: of every value that a tree looks at, one from each stretch
 * between its bounds (on the grid of the measure's step, within its range), in every combination
 * with the values of the strata, and of a way ahead with all guards of its phase. A finding is
 * therefore true. What is made of one measure in different ways is tried apart, though, and so are
 * measures and sides: that the newest value and a change to it contradict each other is not seen.
 * Symmetry tells asymmetry where more is better and nothing is below zero. Where there are more
 * combinations than are worth trying, nothing is said.
 *
 * Not seen either: that nobody gets on who has these values of two strata (it is asked of one at a
 * time); contradictions between two leaves of settle, or with a retest, or of sessions or mornings
 * of which one asks for more than the other; sums that no points give, though they are multiples of
 * what all points are; that less time has passed since one event than since a later one; and that
 * sessions, times or ages lead ahead and back, unless nobody gets on from some day or age on.
 */
#ifndef REHAB_LINT_H
#define REHAB_LINT_H

#include "protocol.h"

#ifdef __cplusplus
extern "C" {
#endif

enum rehab_lint_code {
    REHAB_LINT_GATE_NEVER,       /* gate, red flag: nothing that can be observed meets it */
    REHAB_LINT_GATE_ALWAYS,      /* gate, red flag: whatever is observed meets it */
    REHAB_LINT_RULE_NEVER,       /* the same of advice and exercises */
    REHAB_LINT_RULE_ALWAYS,      /* and whatever is observed meets that */
    REHAB_LINT_CRITERION_NEVER,  /* one criterion that nothing meets */
    REHAB_LINT_CRITERION_ALWAYS, /* one that everything meets */
    REHAB_LINT_UNFED,            /* one that no assessment can decide */
    REHAB_LINT_UNPRESCRIBED,     /* adherence to what no phase prescribes */
    REHAB_LINT_OTHER_EVENT,      /* it counts from a date that enrolment does not ask for */
    REHAB_LINT_NO_WINDOW,        /* progress on a value of any age */
    REHAB_LINT_WITHIN_ERROR,     /* a difference or change that is less than the measure's error */
    REHAB_LINT_SHORT_WINDOW, /* a window that is over before the measure is usually taken again */
    REHAB_LINT_MEDICATED,    /* a guard or red flag that a painkiller keeps from acting */
    REHAB_LINT_HOLE,         /* a value that lies in no zone of a band */
    REHAB_LINT_OVERLAP,      /* a value that lies in two of them */
    REHAB_LINT_BAND_NEVER,   /* of a score: no value comes to it */
    REHAB_LINT_BAND_OVERLAP, /* and one that lies across another, and gives other points */
    REHAB_LINT_DEAD_END,     /* a state of a history that no step leads on from */
    REHAB_LINT_NO_SOURCE,    /* a number without a source or without how sure it is */
    REHAB_LINT_FLOOR_PASSED, /* a floor beside a way around it */
    REHAB_LINT_FLOOR_SOFT,   /* a floor that everybody who may override may pass */
    REHAB_LINT_NO_SCREEN,    /* progress without a fresh screen for red flags that is clear */
    REHAB_LINT_NO_RED_FLAG,  /* a protocol without red flags */
    REHAB_LINT_UNREACHABLE,  /* a phase that no gate leads to */
    REHAB_LINT_NO_WAY_OUT,   /* a phase that cannot be left forwards (for a stratum) */
    REHAB_LINT_CLOSES,       /* the same from some day or age on, or for all by a red flag */
    REHAB_LINT_NO_WAY_BACK,  /* a later phase without regress */
    REHAB_LINT_OSCILLATES,   /* one value leads into a phase and out of it again */
    REHAB_LINT_BOTH_WAYS,    /* one value leads ahead from a phase and back */
    REHAB_LINT_NO_HOLD,      /* the same of two values that lie side by side: none to hold at */
    REHAB_LINT_SHADOWED, /* what meets the gate within the phase meets a guard too, which goes first
                          */
    REHAB_LINT_RAISES_FLAG, /* and what raises a red flag, too, which stops everything */
    REHAB_LINT_CODE_COUNT
};

enum rehab_severity { REHAB_ERROR, REHAB_WARNING, REHAB_NOTE, REHAB_SEVERITY_COUNT };

enum { REHAB_LINT_POINTER_MAX = 640 };

/* subject                  id of what is found (of two: the other one), lent from the block
 * stratum, stratum_value   it holds where the stratum has this value; REHAB_NONE: always
 * pointer                  RFC 6901, into the JSON form of the document */
struct rehab_lint_finding {
    enum rehab_lint_code code;
    struct rehab_text subject;
    uint32_t stratum, stratum_value;
    uint32_t pointer_size;
    char pointer[REHAB_LINT_POINTER_MAX];
};

/* Looks through a protocol.
 * screen    code of the measure that is true when red flags were asked for and none was found;
 *           empty: gates are not looked at for it
 * findings  room for `size` of them, in the order of the document
 * returns   how many there are, also beyond `size` */
REHAB_API uint32_t rehab_lint(const struct rehab_protocol *p, struct rehab_text screen,
                              struct rehab_lint_finding *findings, uint32_t size);

/* How bad a code is, its name ("gate_never"), one sentence (language as in rehab_sentence). Static;
 * of an unknown code the note, or nothing. */
REHAB_API enum rehab_severity rehab_lint_severity(enum rehab_lint_code code);
REHAB_API struct rehab_text rehab_severity_name(enum rehab_severity severity);
REHAB_API struct rehab_text rehab_lint_name(enum rehab_lint_code code);
REHAB_API struct rehab_text rehab_lint_sentence(enum rehab_lint_code code,
                                                struct rehab_text language);

#ifdef __cplusplus
}
#endif

#endif
