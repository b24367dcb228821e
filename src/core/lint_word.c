/* SPDX-License-Identifier: Apache-2.0 */
/* The names of what the critic says, and how bad it is. Arrays of characters, not of pointers, as
 * in name.c. */
#include "lint.h"

struct word {
    enum rehab_severity severity;
    char name[24];
};

static const struct word WORD[REHAB_LINT_CODE_COUNT] = {
    [REHAB_LINT_GATE_NEVER] = {REHAB_ERROR, "gate_never"},
    [REHAB_LINT_GATE_ALWAYS] = {REHAB_ERROR, "gate_always"},
    [REHAB_LINT_RULE_NEVER] = {REHAB_WARNING, "rule_never"},
    [REHAB_LINT_RULE_ALWAYS] = {REHAB_WARNING, "rule_always"},
    [REHAB_LINT_CRITERION_NEVER] = {REHAB_WARNING, "criterion_never"},
    [REHAB_LINT_CRITERION_ALWAYS] = {REHAB_WARNING, "criterion_always"},
    [REHAB_LINT_UNFED] = {REHAB_ERROR, "criterion_unfed"},
    [REHAB_LINT_UNPRESCRIBED] = {REHAB_WARNING, "unprescribed"},
    [REHAB_LINT_OTHER_EVENT] = {REHAB_NOTE, "other_event"},
    [REHAB_LINT_NO_WINDOW] = {REHAB_WARNING, "no_window"},
    [REHAB_LINT_WITHIN_ERROR] = {REHAB_WARNING, "within_error"},
    [REHAB_LINT_SHORT_WINDOW] = {REHAB_WARNING, "short_window"},
    [REHAB_LINT_MEDICATED] = {REHAB_ERROR, "medicated"},
    [REHAB_LINT_HOLE] = {REHAB_ERROR, "hole"},
    [REHAB_LINT_OVERLAP] = {REHAB_ERROR, "overlap"},
    [REHAB_LINT_BAND_NEVER] = {REHAB_WARNING, "band_never"},
    [REHAB_LINT_BAND_OVERLAP] = {REHAB_WARNING, "band_overlap"},
    [REHAB_LINT_DEAD_END] = {REHAB_WARNING, "dead_end"},
    [REHAB_LINT_NO_SOURCE] = {REHAB_WARNING, "no_source"},
    [REHAB_LINT_FLOOR_PASSED] = {REHAB_ERROR, "floor_passed"},
    [REHAB_LINT_FLOOR_SOFT] = {REHAB_WARNING, "floor_soft"},
    [REHAB_LINT_NO_SCREEN] = {REHAB_ERROR, "no_screen"},
    [REHAB_LINT_NO_RED_FLAG] = {REHAB_ERROR, "no_red_flag"},
    [REHAB_LINT_UNREACHABLE] = {REHAB_ERROR, "unreachable"},
    [REHAB_LINT_NO_WAY_OUT] = {REHAB_ERROR, "no_way_out"},
    [REHAB_LINT_CLOSES] = {REHAB_ERROR, "closes"},
    [REHAB_LINT_NO_WAY_BACK] = {REHAB_WARNING, "no_way_back"},
    [REHAB_LINT_OSCILLATES] = {REHAB_ERROR, "oscillates"},
    [REHAB_LINT_BOTH_WAYS] = {REHAB_ERROR, "both_ways"},
    [REHAB_LINT_NO_HOLD] = {REHAB_WARNING, "no_hold"},
    [REHAB_LINT_SHADOWED] = {REHAB_ERROR, "shadowed"},
    [REHAB_LINT_RAISES_FLAG] = {REHAB_ERROR, "raises_flag"},
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
