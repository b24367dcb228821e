/* SPDX-License-Identifier: Apache-2.0 */
/* The library's structs, described for callers in other languages. The compiler itself tells types
 * and places, so that no row of layout.def can say anything wrong about them. */
#include "rehab/layout.h"
#include "core.h"

#include <stddef.h>

#define MEMBER(s, m) (((struct rehab_##s *)0)->m)

/* clang-format off */
#define TYPE(member)                                                                               \
    _Generic((member), bool: "bool", uint8_t: "u8", uint16_t: "u16", uint32_t: "u32",              \
             int32_t: "i32", int64_t: "i64", default: "pointer",                                   \
             struct rehab_instant: "instant", struct rehab_event: "event",                         \
             struct rehab_range: "range", struct rehab_recommendation: "recommendation",           \
             struct rehab_expectation_result: "expectation_result",                                \
             const uint16_t *: "*u16", const uint32_t *: "*u32",                                   \
             const struct rehab_observation *: "*observation",                                     \
             const struct rehab_session *: "*session",                                             \
             const struct rehab_clearance *: "*clearance",                                         \
             const struct rehab_flag_clearance *: "*flag_clearance",                               \
             const struct rehab_track_state *: "*track_state",                                     \
             const struct rehab_finding *: "*finding",                                             \
             const struct rehab_gate_result *: "*gate_result",                                     \
             const struct rehab_red_flag_result *: "*red_flag_result",                             \
             const struct rehab_advice_result *: "*advice_result",                                 \
             const struct rehab_prescription_result *: "*prescription_result",                     \
             const struct rehab_track_result *: "*track_result",                                   \
             const struct rehab_need *: "*need")
#define STRUCT(s) {#s, "", "struct", "", "", 0, sizeof(struct rehab_##s)},
#define FIELD(s, m, means)                                                                         \
    {#s, #m, TYPE(MEMBER(s, m)), means, "", offsetof(struct rehab_##s, m), sizeof(MEMBER(s, m))},
#define ROWS(s, m, count, means)                                                                   \
    {#s, #m, TYPE(MEMBER(s, m)), means, #count, offsetof(struct rehab_##s, m), sizeof(MEMBER(s, m))},
#define CONSTANT(set, name, value) {#set, #name, "constant", "", "", value, 0},
/* clang-format on */

static const struct rehab_field FIELDS[] = {
#include "layout.def"
};

const struct rehab_field *rehab_layout(uint32_t *count)
{
    *count = sizeof FIELDS / sizeof FIELDS[0];
    return FIELDS;
}

/* ---- names of rows ---- */

/* Where in a row its name stands; tables that have none have rows of no size. */
#define NAMED(row, member)                                                                         \
    {                                                                                              \
        sizeof(struct row), offsetof(struct row, member)                                           \
    }
static const struct {
    uint16_t size, at;
} NAMED_ROWS[REHAB_TABLE_COUNT] = {
    [REHAB_TEXTS] = NAMED(rehab_text_row, text),
    [REHAB_MEASURES] = NAMED(rehab_measure_row, code),
    [REHAB_STRATA] = NAMED(rehab_stratum_row, id),
    [REHAB_ACTIVITIES] = NAMED(rehab_activity_row, id),
    [REHAB_SOURCES] = NAMED(rehab_source_row, id),
    [REHAB_CLEARANCES] = NAMED(rehab_text_row, text),
    [REHAB_CRITERIA] = NAMED(rehab_criterion_row, id),
    [REHAB_GATES] = NAMED(rehab_gate_row, id),
    [REHAB_RED_FLAGS] = NAMED(rehab_red_flag_row, id),
    [REHAB_TREATMENTS] = NAMED(rehab_treatment_row, id),
    [REHAB_ADVICE] = NAMED(rehab_advice_row, id),
    [REHAB_PRESCRIPTIONS] = NAMED(rehab_prescription_row, id),
    [REHAB_BANDS] = NAMED(rehab_band_row, id),
    [REHAB_ZONES] = NAMED(rehab_zone_row, id),
    [REHAB_SCORES] = NAMED(rehab_score_row, id),
    [REHAB_NORMS] = NAMED(rehab_norm_table_row, id),
    [REHAB_AUTOMATA] = NAMED(rehab_automaton_row, id),
    [REHAB_PHASES] = NAMED(rehab_phase_row, id),
    [REHAB_TRACKS] = NAMED(rehab_track_row, id),
};

struct rehab_text rehab_row_name(const struct rehab_protocol *p, enum rehab_table table,
                                 uint32_t row)
{
    struct rehab_ref name;
    if ((uint32_t)table >= REHAB_TABLE_COUNT || NAMED_ROWS[table].size == 0 ||
        row >= rehab_count(p, table))
        return (struct rehab_text){NULL, 0};
    memcpy(&name,
           (const unsigned char *)p->head + p->head->table[table].at +
               (size_t)row * NAMED_ROWS[table].size + NAMED_ROWS[table].at,
           sizeof name);
    return rehab_text_at(p, name);
}

/* ---- values as one writes them ---- */

static bool read_label(const struct rehab_protocol *p, const struct rehab_measure_row *m,
                       struct rehab_text text, int64_t *nano)
{
    for (uint32_t i = 0; i < m->labels.count; i++) {
        if (!rehab_text_equal(rehab_text_at(p, p->texts[m->labels.first + i].text), text)) continue;
        *nano = i * REHAB_SCALE;
        return true;
    }
    return false;
}

static bool read_truth(struct rehab_text text, int64_t *nano)
{
    bool yes = rehab_text_equal(text, (struct rehab_text){"true", 4});
    if (!yes && !rehab_text_equal(text, (struct rehab_text){"false", 5})) return false;
    *nano = yes ? REHAB_SCALE : 0;
    return true;
}

bool rehab_read_value(const struct rehab_protocol *p, uint32_t measure, struct rehab_text text,
                      int64_t *nano)
{
    if (measure >= rehab_count(p, REHAB_MEASURES)) return false;
    const struct rehab_measure_row *m = &p->measures[measure];
    if (m->kind == REHAB_BOOLEAN) return read_truth(text, nano);
    if (m->kind == REHAB_ORDINAL) return read_label(p, m, text, nano);
    return rehab_read_quantity(text, nano);
}
