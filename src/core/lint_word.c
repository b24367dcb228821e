/* SPDX-License-Identifier: Apache-2.0 */
/* What the critic says. Arrays of characters, not of pointers, as in name.c. */
#include "lint.h"

struct word {
    enum rehab_severity severity;
    char name[24];
    char sentence[96];
};

static const struct word WORD[REHAB_LINT_CODE_COUNT] = {
    [REHAB_LINT_GATE_NEVER] = {REHAB_ERROR, "gate_never",
                               "nothing that can be observed meets this"},
    [REHAB_LINT_GATE_ALWAYS] = {REHAB_ERROR, "gate_always", "whatever is observed meets this"},
    [REHAB_LINT_RULE_NEVER] = {REHAB_WARNING, "rule_never",
                               "nothing that can be observed meets this"},
    [REHAB_LINT_RULE_ALWAYS] = {REHAB_WARNING, "rule_always", "whatever is observed meets this"},
    [REHAB_LINT_CRITERION_NEVER] = {REHAB_WARNING, "criterion_never",
                                    "no value within the measure's range and step meets this"},
    [REHAB_LINT_CRITERION_ALWAYS] = {REHAB_WARNING, "criterion_always",
                                     "every value within the measure's range and step meets this"},
    [REHAB_LINT_UNFED] = {REHAB_ERROR, "criterion_unfed",
                          "no assessment can decide this: there is no such value or no other side"},
    [REHAB_LINT_OTHER_EVENT] = {REHAB_NOTE, "other_event",
                                "this counts from a date that enrolment does not ask for"},
    [REHAB_LINT_NO_WINDOW] = {REHAB_WARNING, "no_window",
                              "progress on a value of any age: say within, or give a freshness"},
    [REHAB_LINT_NO_SOURCE] = {REHAB_WARNING, "no_source",
                              "it is not said where this comes from or how sure it is"},
    [REHAB_LINT_FLOOR_PASSED] = {REHAB_ERROR, "floor_passed",
                                 "the gate can be met without this floor, so it holds nobody"},
    [REHAB_LINT_FLOOR_SOFT] = {REHAB_WARNING, "floor_soft",
                               "everybody who may override a gate may relax this floor"},
    [REHAB_LINT_NO_SCREEN] = {REHAB_ERROR, "no_screen",
                              "the gate can be met without a screen for red flags"},
    [REHAB_LINT_NO_RED_FLAG] = {REHAB_ERROR, "no_red_flag", "the protocol has no red flags"},
    [REHAB_LINT_UNREACHABLE] = {REHAB_ERROR, "unreachable", "no gate leads to this phase"},
    [REHAB_LINT_NO_WAY_OUT] = {REHAB_ERROR, "no_way_out",
                               "no gate that can be met leads on from this phase"},
    [REHAB_LINT_NO_WAY_BACK] = {REHAB_WARNING, "no_way_back",
                                "this phase has no gate that leads back"},
    [REHAB_LINT_OSCILLATES] = {REHAB_ERROR, "oscillates",
                               "the value that lets into the phase by this gate also leads back"},
    [REHAB_LINT_SHADOWED] =
        {REHAB_ERROR, "shadowed",
         "whatever in this phase meets this also meets a guard that goes first"},
};

static const char SEVERITY[REHAB_SEVERITY_COUNT][8] = {
    [REHAB_ERROR] = "error", [REHAB_WARNING] = "warning", [REHAB_NOTE] = "note"};

static struct rehab_text text_of(const char *at)
{
    uint32_t size = 0;
    while (at[size] != '\0')
        size++;
    return (struct rehab_text){at, size};
}

static bool is_code(enum rehab_lint_code code)
{
    return (uint32_t)code < REHAB_LINT_CODE_COUNT;
}

enum rehab_severity rehab_lint_severity(enum rehab_lint_code code)
{
    return is_code(code) ? WORD[code].severity : REHAB_NOTE;
}

struct rehab_text rehab_severity_name(enum rehab_severity severity)
{
    return text_of((uint32_t)severity < REHAB_SEVERITY_COUNT ? SEVERITY[severity] : "");
}

struct rehab_text rehab_lint_name(enum rehab_lint_code code)
{
    return text_of(is_code(code) ? WORD[code].name : "");
}

struct rehab_text rehab_lint_sentence(enum rehab_lint_code code)
{
    return text_of(is_code(code) ? WORD[code].sentence : "");
}
