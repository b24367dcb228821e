/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: units of measure (UCUM codes) that can be told in one another by an exact
 * factor. */
#pragma once

#include "../base/model.h"

enum unit_result {
    UNIT_CONVERTED,
    UNIT_FOREIGN,   /* not a unit of this measure */
    UNIT_NOT_EXACT, /* the converted value is not a whole number of billionths */
    UNIT_TOO_LARGE,
};

/* Turns billionths of `unit` into billionths of the measure's own unit. */
enum unit_result wire_convert_unit(const struct measure *m, struct text unit, int64_t nano,
                                   int64_t *out);

/* The n-th unit that values of the measure may come in, its own first; empty when there is no
 * further one. */
struct text wire_accepted_unit(const struct measure *m, uint32_t n);
