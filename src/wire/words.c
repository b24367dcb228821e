/* SPDX-License-Identifier: Apache-2.0 */
/* One table for each enum, read by the readers and the writers alike. */
#include "words.h"

#include <assert.h>

#define WORDS(name, ...)                                                                           \
    static const char *const name##_names[] = {__VA_ARGS__};                                       \
    const struct words wire_##name = {name##_names, sizeof name##_names / sizeof name##_names[0]};

WORDS(sexes, [SEX_UNKNOWN] = "unknown", [SEX_FEMALE] = "female", [SEX_MALE] = "male",
      [SEX_OTHER] = "other")

WORDS(
    sides, [SIDE_NONE] = "none", [SIDE_LEFT] = "left", [SIDE_RIGHT] = "right", [SIDE_BOTH] = "both")

WORDS(states, [EPISODE_ACTIVE] = "active", [EPISODE_ON_HOLD] = "on_hold",
      [EPISODE_STOPPED] = "stopped", [EPISODE_COMPLETED] = "completed",
      [EPISODE_WITHDRAWN] = "withdrawn")

WORDS(moves, [MOVE_ADVANCE] = "advance", [MOVE_REGRESS] = "regress", [MOVE_HOLD] = "hold",
      [MOVE_RESUME] = "resume", [MOVE_CLEAR_RED_FLAG] = "clear_red_flag",
      [MOVE_COMPLETE] = "complete", [MOVE_WITHDRAW] = "withdraw", [MOVE_RESTART] = "restart",
      [MOVE_ACKNOWLEDGE] = "acknowledge")

WORDS(track_states, [TRACK_ACTIVE] = "active", [TRACK_ON_HOLD] = "on_hold",
      [TRACK_COMPLETED] = "completed")

WORDS(overrides, [OVERRIDE_NONE] = NULL, [OVERRIDE_CLINICAL_JUDGEMENT] = "clinical_judgement",
      [OVERRIDE_EQUIPMENT_UNAVAILABLE] = "equipment_unavailable",
      [OVERRIDE_EXTERNAL_ASSESSMENT] = "external_assessment",
      [OVERRIDE_PATIENT_CIRCUMSTANCES] = "patient_circumstances", [OVERRIDE_OTHER] = "other")

WORDS(roles, [ROLE_NONE] = NULL, [ROLE_VIEWER] = "viewer", [ROLE_CLINICIAN] = "clinician",
      [ROLE_PHYSICIAN] = "physician", [ROLE_AUTHOR] = "author", [ROLE_ADMIN] = "admin")

WORDS(measure_kinds, [MEASURE_NUMBER] = "number", [MEASURE_BOOLEAN] = "boolean",
      [MEASURE_ORDINAL] = "ordinal")

WORDS(version_states, [VERSION_DRAFT] = "draft", [VERSION_PUBLISHED] = "published",
      [VERSION_RETIRED] = "retired")

/* by bit number */
WORDS(qualifiers, "analgesic_24h", "pain_free", "warmed_up", "poor_quality")

struct text wire_word(const struct words *w, uint32_t value)
{
    assert(value < w->count);
    return text_of(w->at[value]);
}
