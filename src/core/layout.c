/* SPDX-License-Identifier: Apache-2.0 */
/* The library's structs, described for callers in other languages. The compiler itself tells types
 * and places, so that no row of layout.def can say anything wrong about them. As in phrase.c the
 * words are members of one big struct, and rows tell where they begin: nothing needs relocation. */
#include "core.h"

#include <stddef.h>

#define MEMBER(s, m) (((struct rehab_##s *)0)->m)

/* ---- types ---- */

/* clang-format off */
enum type {
    IS_POINTER, IS_BOOL, IS_U8, IS_U16, IS_U32, IS_I32, IS_I64, IS_STRUCT, IS_CONSTANT,
    IS_ROWS_U16, IS_ROWS_U32,
#define STRUCT(s) IS_##s, IS_ROWS_##s,
#define FIELD(s, m, means)
#define ROWS(s, m, count, means)
#define CONSTANT(set, name, value)
#include "layout.def"
#undef STRUCT
#undef FIELD
#undef ROWS
#undef CONSTANT
};

#define TYPE(member)                                                                               \
    _Generic((member), bool: IS_BOOL, uint8_t: IS_U8, uint16_t: IS_U16, uint32_t: IS_U32,          \
             int32_t: IS_I32, int64_t: IS_I64, default: IS_POINTER,                                \
             const uint16_t *: IS_ROWS_U16, const uint32_t *: IS_ROWS_U32,                         \
             struct rehab_instant: IS_instant,                                                     \
             struct rehab_event: IS_event,                                                         \
             struct rehab_range: IS_range,                                                         \
             struct rehab_recommendation: IS_recommendation,                                       \
             struct rehab_expectation_result: IS_expectation_result,                               \
             const struct rehab_observation *: IS_ROWS_observation,                                \
             const struct rehab_session *: IS_ROWS_session,                                        \
             const struct rehab_clearance *: IS_ROWS_clearance,                                    \
             const struct rehab_flag_clearance *: IS_ROWS_flag_clearance,                          \
             const struct rehab_track_state *: IS_ROWS_track_state,                                \
             const struct rehab_finding *: IS_ROWS_finding,                                        \
             const struct rehab_gate_result *: IS_ROWS_gate_result,                                \
             const struct rehab_band_result *: IS_ROWS_band_result,                                \
             const struct rehab_red_flag_result *: IS_ROWS_red_flag_result,                        \
             const struct rehab_advice_result *: IS_ROWS_advice_result,                            \
             const struct rehab_prescription_result *: IS_ROWS_prescription_result,                \
             const struct rehab_track_result *: IS_ROWS_track_result,                              \
             const struct rehab_proposal *: IS_ROWS_proposal,                                      \
             const struct rehab_hurdle *: IS_ROWS_hurdle,                                          \
             const struct rehab_need *: IS_ROWS_need)

/* ---- words ---- */

struct words {
    char none[1];
    char types[IS_STRUCT + 4][9];
#define STRUCT(s) char s##_[sizeof "*" #s];
#define FIELD(s, m, means) char s##_##m[sizeof #m], s##_##m##_means[sizeof means];
#define ROWS(s, m, count, means) FIELD(s, m, means)
#define CONSTANT(set, name, value) char set##_of_##name[sizeof #set], set##_c_##name[sizeof #name];
#include "layout.def"
#undef STRUCT
#undef FIELD
#undef ROWS
#undef CONSTANT
};

static const struct words WORD = {
    .types = {[IS_POINTER] = "pointer", [IS_BOOL] = "bool", [IS_U8] = "u8", [IS_U16] = "u16",
              [IS_U32] = "u32", [IS_I32] = "i32", [IS_I64] = "i64", [IS_STRUCT] = "struct",
              [IS_CONSTANT] = "constant", [IS_ROWS_U16] = "*u16", [IS_ROWS_U32] = "*u32"},
#define STRUCT(s) .s##_ = "*" #s,
#define FIELD(s, m, means) .s##_##m = #m, .s##_##m##_means = means,
#define ROWS(s, m, count, means) FIELD(s, m, means)
#define CONSTANT(set, name, value) .set##_of_##name = #set, .set##_c_##name = #name,
#include "layout.def"
#undef STRUCT
#undef FIELD
#undef ROWS
#undef CONSTANT
};

/* Where the word of a type begins: that of a struct behind its *. */
static const uint16_t TYPE_AT[] = {
#define NUMBER_TYPE(is) [is] = offsetof(struct words, types[is]),
    NUMBER_TYPE(IS_POINTER) NUMBER_TYPE(IS_BOOL) NUMBER_TYPE(IS_U8) NUMBER_TYPE(IS_U16)
    NUMBER_TYPE(IS_U32) NUMBER_TYPE(IS_I32) NUMBER_TYPE(IS_I64) NUMBER_TYPE(IS_STRUCT)
    NUMBER_TYPE(IS_CONSTANT) NUMBER_TYPE(IS_ROWS_U16) NUMBER_TYPE(IS_ROWS_U32)
#define STRUCT(s) [IS_##s] = offsetof(struct words, s##_) + 1, [IS_ROWS_##s] = offsetof(struct words, s##_),
#define FIELD(s, m, means)
#define ROWS(s, m, count, means)
#define CONSTANT(set, name, value)
#include "layout.def"
#undef STRUCT
#undef FIELD
#undef ROWS
#undef CONSTANT
};

/* ---- rows ---- */

static const struct {
    uint16_t of, name, means, count; /* where they begin in WORD */
    uint16_t type;                   /* of enum type */
    uint16_t at, size;
} FIELDS[] = {
#define WORD_AT(member) offsetof(struct words, member)
#define ROW(s, m, count_at)                                                                        \
    {WORD_AT(s##_) + 1, WORD_AT(s##_##m), WORD_AT(s##_##m##_means), count_at,                      \
     TYPE(MEMBER(s, m)), offsetof(struct rehab_##s, m), sizeof(MEMBER(s, m))},
#define STRUCT(s) {WORD_AT(s##_) + 1, 0, 0, 0, IS_STRUCT, 0, sizeof(struct rehab_##s)},
#define FIELD(s, m, means) ROW(s, m, 0)
#define ROWS(s, m, count, means) ROW(s, m, WORD_AT(s##_##count))
#define CONSTANT(set, name, value)                                                                 \
    {WORD_AT(set##_of_##name), WORD_AT(set##_c_##name), 0, 0, IS_CONSTANT, value, 0},
#include "layout.def"
};
/* clang-format on */

bool rehab_layout(uint32_t row, struct rehab_field *out)
{
    const char *words = (const char *)&WORD;
    if (row >= sizeof FIELDS / sizeof FIELDS[0]) return false;
    *out = (struct rehab_field){.of = words + FIELDS[row].of,
                                .name = words + FIELDS[row].name,
                                .type = words + TYPE_AT[FIELDS[row].type],
                                .means = words + FIELDS[row].means,
                                .count = words + FIELDS[row].count,
                                .at = FIELDS[row].at,
                                .size = FIELDS[row].size};
    return true;
}

/* ---- names of rows ---- */

/* Behind which byte of a row its name begins, counted from 1; 0: the table's rows have none. */
#define NAMED(row, member) offsetof(struct row, member) + 1
static const uint8_t NAME_AT[REHAB_TABLE_COUNT] = {
    [REHAB_TEXTS] = NAMED(rehab_text_row, text),
    [REHAB_MEASURES] = NAMED(rehab_measure_row, code),
    [REHAB_STRATA] = NAMED(rehab_stratum_row, id),
    [REHAB_ACTIVITIES] = NAMED(rehab_activity_row, id),
    [REHAB_TERMS] = NAMED(rehab_term_row, id),
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
    if ((uint32_t)table >= REHAB_TABLE_COUNT || NAME_AT[table] == 0 || row >= rehab_count(p, table))
        return (struct rehab_text){NULL, 0};
    memcpy(&name,
           (const unsigned char *)p->head + p->head->table[table].at +
               (size_t)row * rehab_row_size(table) + NAME_AT[table] - 1,
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

enum rehab_measure_kind rehab_kind_of(const struct rehab_protocol *p, uint32_t measure)
{
    if (measure >= rehab_count(p, REHAB_MEASURES)) return REHAB_MEASURE_KIND_COUNT;
    return (enum rehab_measure_kind)p->measures[measure].kind;
}

bool rehab_is_sided(const struct rehab_protocol *p, uint32_t measure)
{
    return measure < rehab_count(p, REHAB_MEASURES) && p->measures[measure].sided != 0;
}

int64_t rehab_step_of(const struct rehab_protocol *p, uint32_t measure)
{
    return measure < rehab_count(p, REHAB_MEASURES) ? p->measures[measure].step_nano : 0;
}

static bool read_number(const struct rehab_measure_row *m, struct rehab_text text, int64_t *nano)
{
    int64_t value;
    if (!rehab_read_quantity(text, &value)) return false;
    if (m->step_nano > 0 && value % m->step_nano != 0) return false;
    *nano = value;
    return true;
}

bool rehab_read_value(const struct rehab_protocol *p, uint32_t measure, struct rehab_text text,
                      int64_t *nano)
{
    if (measure >= rehab_count(p, REHAB_MEASURES)) return false;
    const struct rehab_measure_row *m = &p->measures[measure];
    if (m->kind == REHAB_BOOLEAN) return read_truth(text, nano);
    if (m->kind == REHAB_ORDINAL) return read_label(p, m, text, nano);
    return read_number(m, text, nano);
}
