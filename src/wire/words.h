/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: the names that the enums of the model have in JSON. An entry NULL has none
 * and is never read. */
#pragma once

#include "../base/model.h"

struct words {
    const char *const *at;
    uint32_t count;
};

extern const struct words wire_sexes, wire_sides, wire_states, wire_moves, wire_track_states,
    wire_overrides, wire_roles, wire_measure_kinds, wire_version_states, wire_qualifiers;

struct text wire_word(const struct words *w, uint32_t value);
