/* SPDX-License-Identifier: Apache-2.0 */
/* The words of documents and answers for the core's enumerations. Arrays of characters, not of
 * pointers: a block of code that needs no relocation may be linked anywhere. */
#include "core.h"

enum { NAME_MAX_SIZE = 24 };

static struct rehab_text name_of(const char (*names)[NAME_MAX_SIZE], uint32_t i, uint32_t count)
{
    uint32_t size = 0;
    if (i >= count) return (struct rehab_text){NULL, 0};
    while (names[i][size] != '\0')
        size++;
    return (struct rehab_text){names[i], size};
}

static const char VERDICT[REHAB_VERDICT_COUNT][NAME_MAX_SIZE] = {
    [REHAB_NOT_MET] = "not_met", [REHAB_UNKNOWN] = "unknown", [REHAB_MET] = "met"};

static const char REASON[REHAB_REASON_COUNT][NAME_MAX_SIZE] = {
    [REHAB_REASON_NONE] = "none",
    [REHAB_REASON_MISSING] = "missing",
    [REHAB_REASON_STALE] = "stale",
    [REHAB_REASON_INVALID] = "invalid",
    [REHAB_REASON_UNQUALIFIED] = "unqualified",
    [REHAB_REASON_SIDE_MISSING] = "side_missing",
    [REHAB_REASON_ZERO_REFERENCE] = "zero_reference",
    [REHAB_REASON_TOO_FEW_DAYS] = "too_few_days",
    [REHAB_REASON_NOT_YET] = "not_yet",
    [REHAB_REASON_BASELINE_MISSING] = "baseline_missing",
    [REHAB_REASON_STRATUM_MISSING] = "stratum_missing",
    [REHAB_REASON_NOT_CLEARED] = "not_cleared",
    [REHAB_REASON_EVENT_MISSING] = "event_missing",
    [REHAB_REASON_DIFFERENT_OCCASION] = "different_occasion",
    [REHAB_REASON_DIFFERENT_ASSESSOR] = "different_assessor",
    [REHAB_REASON_REFERENCE_MISSING] = "reference_missing",
    [REHAB_REASON_TOO_FEW_TRIALS] = "too_few_trials",
    [REHAB_REASON_RETEST_NOT_YET] = "retest_not_yet",
    [REHAB_REASON_RETEST_DUE] = "retest_due",
    [REHAB_REASON_RETEST_OVERDUE] = "retest_overdue",
    [REHAB_REASON_NO_SESSION] = "no_session",
    [REHAB_REASON_NOT_SETTLED] = "not_settled",
    [REHAB_REASON_MORNING_MISSED] = "morning_missed",
    [REHAB_REASON_NONE_PRESCRIBED] = "none_prescribed",
    [REHAB_REASON_ABOVE] = "above",
};

static const char MOVE[REHAB_MOVE_COUNT][NAME_MAX_SIZE] = {
    [REHAB_STAY] = "stay", [REHAB_ADVANCE] = "advance", [REHAB_COMPLETE] = "complete",
    [REHAB_HOLD] = "hold", [REHAB_REGRESS] = "regress", [REHAB_RESTART] = "restart",
    [REHAB_STOP] = "stop", [REHAB_REVIEW] = "review"};

static const char OP[REHAB_OP_COUNT][NAME_MAX_SIZE] = {
    [REHAB_LT] = "<",  [REHAB_LE] = "<=", [REHAB_EQ] = "==",           [REHAB_NE] = "!=",
    [REHAB_GE] = ">=", [REHAB_GT] = ">",  [REHAB_BETWEEN] = "between", [REHAB_IN] = "in"};

static const char LEVEL[REHAB_LEVEL_COUNT][NAME_MAX_SIZE] = {[REHAB_LEVEL_HOLD] = "hold",
                                                             [REHAB_LEVEL_URGENT] = "urgent",
                                                             [REHAB_LEVEL_EMERGENCY] = "emergency"};

static const char CERTAINTY[REHAB_CERTAINTY_COUNT][NAME_MAX_SIZE] = {[REHAB_CERTAINTY_NONE] = "",
                                                                     [REHAB_VERIFIED] = "verified",
                                                                     [REHAB_MEMORY] = "memory",
                                                                     [REHAB_CONVENTION] =
                                                                         "convention"};

static const char SIDE[REHAB_SIDE_COUNT][NAME_MAX_SIZE] = {[REHAB_SIDE_NONE] = "none",
                                                           [REHAB_INVOLVED] = "involved",
                                                           [REHAB_OTHER] = "other",
                                                           [REHAB_BOTH] = "both"};

static const char PACE[REHAB_PACE_COUNT][NAME_MAX_SIZE] = {[REHAB_PACE_NONE] = "",
                                                           [REHAB_BEFORE] = "before",
                                                           [REHAB_WITHIN] = "within",
                                                           [REHAB_EXCEEDED] = "exceeded"};

struct rehab_text rehab_verdict_name(enum rehab_verdict verdict)
{
    return name_of(VERDICT, verdict, REHAB_VERDICT_COUNT);
}

struct rehab_text rehab_reason_name(enum rehab_reason reason)
{
    return name_of(REASON, reason, REHAB_REASON_COUNT);
}

struct rehab_text rehab_move_name(enum rehab_move move)
{
    return name_of(MOVE, move, REHAB_MOVE_COUNT);
}

struct rehab_text rehab_op_name(enum rehab_op op)
{
    return name_of(OP, op, REHAB_OP_COUNT);
}

struct rehab_text rehab_level_name(enum rehab_level level)
{
    return name_of(LEVEL, level, REHAB_LEVEL_COUNT);
}

struct rehab_text rehab_certainty_name(enum rehab_certainty certainty)
{
    return name_of(CERTAINTY, certainty, REHAB_CERTAINTY_COUNT);
}

struct rehab_text rehab_side_name(enum rehab_side side)
{
    return name_of(SIDE, side, REHAB_SIDE_COUNT);
}

struct rehab_text rehab_pace_name(enum rehab_pace pace)
{
    return name_of(PACE, pace, REHAB_PACE_COUNT);
}

static const char HURDLE[REHAB_HURDLE_COUNT][NAME_MAX_SIZE] = {
    [REHAB_TAKES_TIME] = "time",           [REHAB_TAKES_OCCASIONS] = "occasions",
    [REHAB_TAKES_CLEARANCE] = "clearance", [REHAB_TAKES_FACT] = "fact",
    [REHAB_TAKES_MOVE] = "move",           [REHAB_TAKES_SESSION] = "session",
    [REHAB_TAKES_OTHER] = "other"};

static const char FLIP[REHAB_FLIP_STATE_COUNT][NAME_MAX_SIZE] = {
    [REHAB_FLIP_NOW] = "now", [REHAB_FLIP_LATER] = "later", [REHAB_FLIP_NEVER] = "never"};

struct rehab_text rehab_hurdle_name(enum rehab_hurdle_kind kind)
{
    return name_of(HURDLE, kind, REHAB_HURDLE_COUNT);
}

struct rehab_text rehab_flip_name(enum rehab_flip_state state)
{
    return name_of(FLIP, state, REHAB_FLIP_STATE_COUNT);
}
