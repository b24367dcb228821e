/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a block that may come from anywhere. Judging trusts its tables blindly, so here every row
 * is held against a list of what each of its members may be: a text inside the characters, a range
 * inside its table, an index, a small enumeration. Trees are checked to be trees, and no limit of
 * document.h is passed. What the check sum would find by itself is checked all the same: it can be
 * forged. */
#include "core.h"

/* Bytes of a row, and how many rows there may be (0: as many as the block holds). */
static const struct {
    uint8_t size;
    uint16_t most;
} TABLE[REHAB_TABLE_COUNT] = {
    [REHAB_WORDINGS] = {sizeof(struct rehab_wording_row), 0},
    [REHAB_TEXTS] = {sizeof(struct rehab_text_row), 0},
    [REHAB_MEASURES] = {sizeof(struct rehab_measure_row), REHAB_MAX_MEASURES},
    [REHAB_STRATA] = {sizeof(struct rehab_stratum_row), REHAB_MAX_STRATA},
    [REHAB_ACTIVITIES] = {sizeof(struct rehab_activity_row), REHAB_MAX_ACTIVITIES},
    [REHAB_TERMS] = {sizeof(struct rehab_term_row), REHAB_MAX_TERMS},
    [REHAB_SOURCES] = {sizeof(struct rehab_source_row), REHAB_MAX_ITEMS},
    [REHAB_CLEARANCES] = {sizeof(struct rehab_text_row), REHAB_MAX_CLEARANCES},
    [REHAB_CRITERIA] = {sizeof(struct rehab_criterion_row), 0},
    [REHAB_EXTRAS] = {sizeof(struct rehab_extra_row), 0},
    [REHAB_BOUNDS] = {sizeof(struct rehab_bound_row), 0},
    [REHAB_NODES] = {sizeof(struct rehab_node_row), 0},
    [REHAB_RULES] = {sizeof(struct rehab_rule_row), 0},
    [REHAB_EXPECTATIONS] = {sizeof(struct rehab_expectation_row), 0},
    [REHAB_EXPECTATION_BOUNDS] = {sizeof(struct rehab_expectation_by_row), 0},
    [REHAB_GATES] = {sizeof(struct rehab_gate_row), 0},
    [REHAB_RED_FLAGS] = {sizeof(struct rehab_red_flag_row), REHAB_MAX_ITEMS},
    [REHAB_TREATMENTS] = {sizeof(struct rehab_treatment_row), 0},
    [REHAB_ADVICE] = {sizeof(struct rehab_advice_row), 0},
    [REHAB_PRESCRIPTIONS] = {sizeof(struct rehab_prescription_row), 0},
    [REHAB_DEFICITS] = {sizeof(struct rehab_deficit_row), 0},
    [REHAB_LIMITS] = {sizeof(struct rehab_limit_row), 0},
    [REHAB_BANDS] = {sizeof(struct rehab_band_row), 0},
    [REHAB_ZONES] = {sizeof(struct rehab_zone_row), 0},
    [REHAB_SCORES] = {sizeof(struct rehab_score_row), REHAB_MAX_DERIVED},
    [REHAB_SCORE_ITEMS] = {sizeof(struct rehab_score_item_row), 0},
    [REHAB_SCORE_BANDS] = {sizeof(struct rehab_score_band_row), 0},
    [REHAB_NORMS] = {sizeof(struct rehab_norm_table_row), REHAB_MAX_DERIVED},
    [REHAB_NORM_STEPS] = {sizeof(struct rehab_norm_step_row), 0},
    [REHAB_AUTOMATA] = {sizeof(struct rehab_automaton_row), REHAB_MAX_DERIVED},
    [REHAB_STATE_STEPS] = {sizeof(struct rehab_state_step_row), 0},
    [REHAB_GOALS] = {sizeof(struct rehab_goal_row), 0},
    [REHAB_PHASES] = {sizeof(struct rehab_phase_row), REHAB_MAX_PHASES},
    [REHAB_TRACKS] = {sizeof(struct rehab_track_row), REHAB_MAX_TRACKS},
    [REHAB_CHARACTERS] = {1, 0},
};

_Static_assert(sizeof(struct rehab_criterion_row) == 96 + 8 &&
                   sizeof(struct rehab_node_row) == 24 &&
                   sizeof(struct rehab_prescription_row) == 96 + 2 * 16 &&
                   sizeof(struct rehab_head) == 32 + 16 + 8 * REHAB_TABLE_COUNT,
               "rows are laid out the same everywhere");

uint32_t rehab_row_size(enum rehab_table table)
{
    return TABLE[table].size;
}

uint64_t rehab_check_sum(const unsigned char *bytes, size_t size)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i += sizeof sum) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    return sum;
}

/* ---- what members may be ---- */

/* RANGE and OWN belong to their row alone: they stand behind those of the row before. So nothing is
 * counted twice, and the work that a block can ask for grows with its size. */
enum shape {
    RANGE,    /* struct rehab_range of table `limit`, of at most `most` rows (0: any) */
    OWN,      /* uint32_t, a row of table `limit` */
    OWN_OR,   /* the same, or REHAB_NONE */
    INDEX,    /* uint32_t, a row of table `limit` that others may name too */
    INDEX_OR, /* the same, or REHAB_NONE */
    WORD,     /* uint32_t below `limit` */
    BYTE,     /* uint8_t below `limit` */
    AMOUNT,   /* int64_t, at most REHAB_VALUE_MAX in size */
    SPAN,     /* int64_t, 0 to 36500 days in microseconds */
};

struct member {
    uint8_t table, shape, limit;
    uint16_t at, most;
};

#define M(table, row, member, shape, limit)                                                        \
    {                                                                                              \
        table, shape, limit, offsetof(struct row, member), 0                                       \
    }
#define MOST(table, row, member, limit, most)                                                      \
    {                                                                                              \
        table, RANGE, limit, offsetof(struct row, member), most                                    \
    }
#define TEXT(table, row, member) M(table, row, member, RANGE, REHAB_CHARACTERS)
#define CITATION(table, row, member)                                                               \
    M(table, row, member.source, INDEX_OR, REHAB_SOURCES), TEXT(table, row, member.note),          \
        M(table, row, member.certainty, BYTE, REHAB_CERTAINTY_COUNT),                              \
        M(table, row, member.sign_off, BYTE, 2)

static const struct member MEMBERS[] = {
    TEXT(REHAB_WORDINGS, rehab_wording_row, language),
    TEXT(REHAB_WORDINGS, rehab_wording_row, text),
    TEXT(REHAB_TEXTS, rehab_text_row, text),
    TEXT(REHAB_MEASURES, rehab_measure_row, code),
    TEXT(REHAB_MEASURES, rehab_measure_row, unit),
    M(REHAB_MEASURES, rehab_measure_row, name, RANGE, REHAB_WORDINGS),
    MOST(REHAB_MEASURES, rehab_measure_row, labels, REHAB_TEXTS, REHAB_MAX_LABELS),
    M(REHAB_MEASURES, rehab_measure_row, low_nano, AMOUNT, 0),
    M(REHAB_MEASURES, rehab_measure_row, high_nano, AMOUNT, 0),
    M(REHAB_MEASURES, rehab_measure_row, step_nano, AMOUNT, 0),
    M(REHAB_MEASURES, rehab_measure_row, mdc_nano, AMOUNT, 0),
    M(REHAB_MEASURES, rehab_measure_row, mdc_same_nano, AMOUNT, 0),
    M(REHAB_MEASURES, rehab_measure_row, interval_us, SPAN, 0),
    M(REHAB_MEASURES, rehab_measure_row, kind, BYTE, REHAB_MEASURE_KIND_COUNT),
    M(REHAB_MEASURES, rehab_measure_row, direction, BYTE, REHAB_DIRECTION_COUNT),
    M(REHAB_MEASURES, rehab_measure_row, sided, BYTE, 2),
    TEXT(REHAB_STRATA, rehab_stratum_row, id),
    MOST(REHAB_STRATA, rehab_stratum_row, values, REHAB_TEXTS, REHAB_MAX_LABELS),
    M(REHAB_STRATA, rehab_stratum_row, ordered, WORD, 2),
    TEXT(REHAB_ACTIVITIES, rehab_activity_row, id),
    M(REHAB_ACTIVITIES, rehab_activity_row, title, RANGE, REHAB_WORDINGS),
    TEXT(REHAB_TERMS, rehab_term_row, id),
    M(REHAB_TERMS, rehab_term_row, words, RANGE, REHAB_WORDINGS),
    TEXT(REHAB_SOURCES, rehab_source_row, id),
    TEXT(REHAB_SOURCES, rehab_source_row, citation),
    TEXT(REHAB_CLEARANCES, rehab_text_row, text),
    M(REHAB_CRITERIA, rehab_criterion_row, within_us, SPAN, 0),
    M(REHAB_CRITERIA, rehab_criterion_row, pair_us, SPAN, 0),
    M(REHAB_CRITERIA, rehab_criterion_row, apart_us, SPAN, 0),
    M(REHAB_CRITERIA, rehab_criterion_row, expression, BYTE, REHAB_EXPRESSION_COUNT),
    M(REHAB_CRITERIA, rehab_criterion_row, op, BYTE, REHAB_OP_COUNT),
    M(REHAB_CRITERIA, rehab_criterion_row, stance, BYTE, REHAB_STANCE_COUNT),
    M(REHAB_CRITERIA, rehab_criterion_row, negative, BYTE, 2),
    M(REHAB_CRITERIA, rehab_criterion_row, side, BYTE, REHAB_BOTH),
    M(REHAB_CRITERIA, rehab_criterion_row, from, BYTE, REHAB_ANCHOR_COUNT),
    M(REHAB_CRITERIA, rehab_criterion_row, since, BYTE, REHAB_SINCE_COUNT),
    M(REHAB_CRITERIA, rehab_criterion_row, for_days, BYTE, REHAB_MAX_RUN + 1),
    M(REHAB_CRITERIA, rehab_criterion_row, for_observations, BYTE, REHAB_MAX_RUN + 1),
    M(REHAB_CRITERIA, rehab_criterion_row, floor, BYTE, 2),
    MOST(REHAB_CRITERIA, rehab_criterion_row, by, REHAB_BOUNDS, REHAB_MAX_LABELS),
    M(REHAB_CRITERIA, rehab_criterion_row, trials, BYTE, REHAB_MAX_TRIALS + 1),
    M(REHAB_CRITERIA, rehab_criterion_row, take, BYTE, REHAB_TAKE_COUNT),
    M(REHAB_CRITERIA, rehab_criterion_row, extra, INDEX_OR, REHAB_EXTRAS),
    M(REHAB_EXTRAS, rehab_extra_row, after_us, SPAN, 0),
    M(REHAB_EXTRAS, rehab_extra_row, until_us, SPAN, 0),
    M(REHAB_EXTRAS, rehab_extra_row, with_nano, AMOUNT, 0),
    M(REHAB_EXTRAS, rehab_extra_row, with_op, BYTE, REHAB_BETWEEN),
    M(REHAB_EXTRAS, rehab_extra_row, after_days, BYTE, 2),
    M(REHAB_EXTRAS, rehab_extra_row, until_days, BYTE, 2),
    M(REHAB_EXTRAS, rehab_extra_row, failed, BYTE, 2),
    TEXT(REHAB_CRITERIA, rehab_criterion_row, id),
    CITATION(REHAB_CRITERIA, rehab_criterion_row, citation),
    M(REHAB_NODES, rehab_node_row, criterion, INDEX_OR, REHAB_CRITERIA),
    M(REHAB_NODES, rehab_node_row, kind, BYTE, REHAB_NODE_KIND_COUNT),
    M(REHAB_NODES, rehab_node_row, negative, BYTE, 2),
    M(REHAB_NODES, rehab_node_row, window_us, SPAN, 0),
    MOST(REHAB_RULES, rehab_rule_row, nodes, REHAB_NODES, REHAB_MAX_NODES),
    M(REHAB_RULES, rehab_rule_row, criteria, RANGE, REHAB_CRITERIA),
    M(REHAB_RULES, rehab_rule_row, stance, WORD, REHAB_STANCE_COUNT),
    M(REHAB_RULES, rehab_rule_row, depth, WORD, REHAB_MAX_DEPTH + 1),
    M(REHAB_EXPECTATIONS, rehab_expectation_row, from, WORD, REHAB_ANCHOR_COUNT),
    M(REHAB_EXPECTATIONS, rehab_expectation_row, by_stratum, INDEX_OR, REHAB_STRATA),
    MOST(REHAB_EXPECTATIONS, rehab_expectation_row, by, REHAB_EXPECTATION_BOUNDS, REHAB_MAX_LABELS),
    CITATION(REHAB_EXPECTATIONS, rehab_expectation_row, citation),
    TEXT(REHAB_GATES, rehab_gate_row, id),
    M(REHAB_GATES, rehab_gate_row, move, WORD, REHAB_MOVE_COUNT),
    M(REHAB_GATES, rehab_gate_row, track, INDEX, REHAB_TRACKS),
    M(REHAB_GATES, rehab_gate_row, from, INDEX, REHAB_PHASES),
    M(REHAB_GATES, rehab_gate_row, to, INDEX_OR, REHAB_PHASES),
    M(REHAB_GATES, rehab_gate_row, rule, OWN, REHAB_RULES),
    M(REHAB_GATES, rehab_gate_row, deadline, INDEX_OR, REHAB_EXPECTATIONS),
    TEXT(REHAB_RED_FLAGS, rehab_red_flag_row, id),
    M(REHAB_RED_FLAGS, rehab_red_flag_row, title, RANGE, REHAB_WORDINGS),
    M(REHAB_RED_FLAGS, rehab_red_flag_row, message, RANGE, REHAB_WORDINGS),
    M(REHAB_RED_FLAGS, rehab_red_flag_row, level, WORD, REHAB_LEVEL_COUNT),
    M(REHAB_RED_FLAGS, rehab_red_flag_row, rule, OWN, REHAB_RULES),
    TEXT(REHAB_TREATMENTS, rehab_treatment_row, id),
    M(REHAB_TREATMENTS, rehab_treatment_row, title, RANGE, REHAB_WORDINGS),
    M(REHAB_TREATMENTS, rehab_treatment_row, text, RANGE, REHAB_WORDINGS),
    CITATION(REHAB_TREATMENTS, rehab_treatment_row, citation),
    TEXT(REHAB_ADVICE, rehab_advice_row, id),
    M(REHAB_ADVICE, rehab_advice_row, title, RANGE, REHAB_WORDINGS),
    M(REHAB_ADVICE, rehab_advice_row, text, RANGE, REHAB_WORDINGS),
    M(REHAB_ADVICE, rehab_advice_row, give, OWN, REHAB_RULES),
    M(REHAB_ADVICE, rehab_advice_row, withdraw, OWN_OR, REHAB_RULES),
    TEXT(REHAB_PRESCRIPTIONS, rehab_prescription_row, id),
    TEXT(REHAB_PRESCRIPTIONS, rehab_prescription_row, exercise),
    TEXT(REHAB_PRESCRIPTIONS, rehab_prescription_row, side),
    M(REHAB_PRESCRIPTIONS, rehab_prescription_row, per_day, WORD, REHAB_MAX_OFTEN + 1),
    M(REHAB_PRESCRIPTIONS, rehab_prescription_row, per_week, WORD, REHAB_MAX_OFTEN + 1),
    M(REHAB_PRESCRIPTIONS, rehab_prescription_row, every_days, WORD, REHAB_MAX_OFTEN + 1),
    M(REHAB_PRESCRIPTIONS, rehab_prescription_row, activity, INDEX_OR, REHAB_ACTIVITIES),
    M(REHAB_PRESCRIPTIONS, rehab_prescription_row, gate, OWN_OR, REHAB_RULES),
    M(REHAB_PRESCRIPTIONS, rehab_prescription_row, progress, OWN_OR, REHAB_RULES),
    MOST(REHAB_PRESCRIPTIONS, rehab_prescription_row, limits, REHAB_LIMITS, REHAB_MAX_ITEMS + 1),
    M(REHAB_LIMITS, rehab_limit_row, criterion, OWN, REHAB_CRITERIA),
    M(REHAB_LIMITS, rehab_limit_row, cap, WORD, 2),
    TEXT(REHAB_LIMITS, rehab_limit_row, otherwise),
    CITATION(REHAB_PRESCRIPTIONS, rehab_prescription_row, citation),
    CITATION(REHAB_PRESCRIPTIONS, rehab_prescription_row, progress_citation),
    MOST(REHAB_PRESCRIPTIONS, rehab_prescription_row, deficits, REHAB_DEFICITS, REHAB_MAX_ITEMS),
    M(REHAB_DEFICITS, rehab_deficit_row, criterion, INDEX, REHAB_CRITERIA),
    TEXT(REHAB_BANDS, rehab_band_row, id),
    M(REHAB_BANDS, rehab_band_row, title, RANGE, REHAB_WORDINGS),
    MOST(REHAB_BANDS, rehab_band_row, zones, REHAB_ZONES, REHAB_MAX_ZONES),
    TEXT(REHAB_ZONES, rehab_zone_row, id),
    M(REHAB_ZONES, rehab_zone_row, text, RANGE, REHAB_WORDINGS),
    M(REHAB_ZONES, rehab_zone_row, rule, OWN, REHAB_RULES),
    M(REHAB_ZONES, rehab_zone_row, gate, INDEX_OR, REHAB_GATES),
    TEXT(REHAB_SCORES, rehab_score_row, id),
    M(REHAB_SCORES, rehab_score_row, title, RANGE, REHAB_WORDINGS),
    MOST(REHAB_SCORES, rehab_score_row, items, REHAB_SCORE_ITEMS, REHAB_MAX_SCORED),
    M(REHAB_SCORE_ITEMS, rehab_score_item_row, within_us, SPAN, 0),
    M(REHAB_SCORE_ITEMS, rehab_score_item_row, least_nano, AMOUNT, 0),
    M(REHAB_SCORE_ITEMS, rehab_score_item_row, most_nano, AMOUNT, 0),
    MOST(REHAB_SCORE_ITEMS, rehab_score_item_row, bands, REHAB_SCORE_BANDS, REHAB_MAX_SCORED),
    M(REHAB_SCORE_ITEMS, rehab_score_item_row, measure, INDEX, REHAB_MEASURES),
    M(REHAB_SCORE_ITEMS, rehab_score_item_row, side, BYTE, REHAB_BOTH),
    CITATION(REHAB_SCORE_ITEMS, rehab_score_item_row, citation),
    M(REHAB_SCORE_BANDS, rehab_score_band_row, points_nano, AMOUNT, 0),
    M(REHAB_SCORE_BANDS, rehab_score_band_row, op, WORD, REHAB_OP_COUNT),
    TEXT(REHAB_NORMS, rehab_norm_table_row, id),
    MOST(REHAB_NORMS, rehab_norm_table_row, rows, REHAB_NORM_STEPS, REHAB_MAX_NORMED),
    M(REHAB_NORMS, rehab_norm_table_row, measure, INDEX, REHAB_MEASURES),
    CITATION(REHAB_NORMS, rehab_norm_table_row, citation),
    M(REHAB_NORM_STEPS, rehab_norm_step_row, percentile_nano, AMOUNT, 0),
    TEXT(REHAB_AUTOMATA, rehab_automaton_row, id),
    M(REHAB_AUTOMATA, rehab_automaton_row, title, RANGE, REHAB_WORDINGS),
    MOST(REHAB_AUTOMATA, rehab_automaton_row, states, REHAB_TEXTS, REHAB_MAX_STATES),
    MOST(REHAB_AUTOMATA, rehab_automaton_row, steps, REHAB_STATE_STEPS, REHAB_MAX_SCORED),
    M(REHAB_AUTOMATA, rehab_automaton_row, measure, INDEX, REHAB_MEASURES),
    M(REHAB_AUTOMATA, rehab_automaton_row, side, WORD, REHAB_BOTH),
    CITATION(REHAB_AUTOMATA, rehab_automaton_row, citation),
    M(REHAB_STATE_STEPS, rehab_state_step_row, op, WORD, REHAB_OP_COUNT),
    M(REHAB_STATE_STEPS, rehab_state_step_row, to, WORD, REHAB_MAX_STATES),
    M(REHAB_GOALS, rehab_goal_row, text, RANGE, REHAB_WORDINGS),
    TEXT(REHAB_PHASES, rehab_phase_row, id),
    M(REHAB_PHASES, rehab_phase_row, title, RANGE, REHAB_WORDINGS),
    M(REHAB_PHASES, rehab_phase_row, track, INDEX, REHAB_TRACKS),
    M(REHAB_PHASES, rehab_phase_row, expectation, INDEX_OR, REHAB_EXPECTATIONS),
    MOST(REHAB_PHASES, rehab_phase_row, goals, REHAB_GOALS, REHAB_MAX_ITEMS),
    MOST(REHAB_PHASES, rehab_phase_row, treatments, REHAB_TREATMENTS, REHAB_MAX_ITEMS),
    MOST(REHAB_PHASES, rehab_phase_row, prescriptions, REHAB_PRESCRIPTIONS, REHAB_MAX_ITEMS),
    MOST(REHAB_PHASES, rehab_phase_row, restrictions, REHAB_TEXTS, REHAB_MAX_ITEMS),
    MOST(REHAB_PHASES, rehab_phase_row, advice, REHAB_ADVICE, REHAB_MAX_ITEMS),
    MOST(REHAB_PHASES, rehab_phase_row, gates, REHAB_GATES, REHAB_MAX_GATES),
    MOST(REHAB_PHASES, rehab_phase_row, bands, REHAB_BANDS, REHAB_MAX_ITEMS),
    TEXT(REHAB_TRACKS, rehab_track_row, id),
    M(REHAB_TRACKS, rehab_track_row, phases, RANGE, REHAB_PHASES),
    M(REHAB_TRACKS, rehab_track_row, expectation, INDEX_OR, REHAB_EXPECTATIONS),
};

uint32_t rehab_count(const struct rehab_protocol *p, enum rehab_table table)
{
    return p->head->table[table].count;
}

static bool is_range(struct rehab_range r, uint32_t count)
{
    return r.first <= count && r.count <= count - r.first;
}

static uint32_t word_at(const unsigned char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* Rows behind `*end`, where what the row before has ends; they move it on. */
static bool is_own(struct rehab_range r, uint32_t count, uint32_t *end)
{
    if (!is_range(r, count)) return false;
    if (r.count == 0) return true;
    if (r.first < *end) return false;
    *end = r.first + r.count;
    return true;
}

static bool is_pair(const struct member *m, const unsigned char *at, uint32_t count, uint32_t *end)
{
    struct rehab_range r = {word_at(at), word_at(at + sizeof(uint32_t))};
    return (m->most == 0 || r.count <= m->most) && is_own(r, count, end);
}

static bool is_amount(const unsigned char *at, int64_t least, int64_t most)
{
    int64_t amount;
    memcpy(&amount, at, sizeof amount);
    return amount >= least && amount <= most;
}

/* *end: of what the rows before have of its table. */
static bool is_member(const struct rehab_head *head, const struct member *m,
                      const unsigned char *at, uint32_t *end)
{
    uint32_t count = head->table[m->limit % REHAB_TABLE_COUNT].count;
    switch (m->shape) {
    case RANGE: return is_pair(m, at, count, end);
    case OWN: return is_own((struct rehab_range){word_at(at), 1}, count, end);
    case OWN_OR:
        return word_at(at) == REHAB_NONE ||
               is_own((struct rehab_range){word_at(at), 1}, count, end);
    case INDEX: return word_at(at) < count;
    case INDEX_OR: return word_at(at) < count || word_at(at) == REHAB_NONE;
    case WORD: return word_at(at) < m->limit;
    case BYTE: return *at < m->limit;
    case AMOUNT: return is_amount(at, -REHAB_VALUE_MAX, REHAB_VALUE_MAX);
    default: return is_amount(at, 0, 36500 * REHAB_DAY);
    }
}

static bool are_members(const struct rehab_head *head, const unsigned char *block)
{
    for (uint32_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        const struct member *m = &MEMBERS[i];
        const unsigned char *at = block + head->table[m->table].at + m->at;
        uint32_t end = 0;
        for (uint32_t row = 0; row < head->table[m->table].count; row++) {
            if (!is_member(head, m, at + row * (size_t)TABLE[m->table].size, &end)) return false;
        }
    }
    return true;
}

/* Tables lie one behind the other, in order, each at a multiple of 8, and fill the block; none has
 * more rows than it may. */
static bool are_tables(const struct rehab_head *head)
{
    uint64_t at = sizeof *head;
    for (uint32_t i = 0; i < REHAB_TABLE_COUNT; i++) {
        if (head->table[i].at != at) return false;
        if (TABLE[i].most > 0 && head->table[i].count > TABLE[i].most) return false;
        at += (head->table[i].count * (uint64_t)TABLE[i].size + 7) & ~UINT64_C(7);
        if (at > head->size) return false;
    }
    return at == head->size;
}

/* ---- what members mean together ---- */

/* A bound that can be subtracted from any value; a set of labels may be anything. */
static bool is_bound(uint32_t op, int64_t bound)
{
    return op == REHAB_IN || (bound >= -36500 * REHAB_DAY && bound <= 36500 * REHAB_DAY);
}

static bool are_bounds(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    bool sound = is_bound(row->op, row->bound_nano) && is_bound(row->op, row->upper_nano);
    for (uint32_t i = 0; i < row->by.count; i++)
        sound = sound && is_bound(row->op, p->bounds[row->by.first + i].bound_nano);
    return sound;
}

/* What a value is divided by has no sides, and the quotient a unit. */
static bool is_quotient(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    return p->measures[row->over].sided == 0 && row->name < rehab_count(p, REHAB_TEXTS);
}

/* What only leaves about sessions have, and what they cannot be without. */
static bool is_session(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    const struct rehab_extra_row *x = row->extra == REHAB_NONE ? NULL : &p->extras[row->extra];
    bool known =
        row->activity >= REHAB_ANY_ACTIVITY || row->activity < rehab_count(p, REHAB_ACTIVITIES);
    bool needed = rehab_is_of_sessions(row->expression) || rehab_is_aftermath(row->expression);
    if (!known || (needed && row->activity == REHAB_NONE16)) return false;
    if ((row->trials > 0) != (row->take != REHAB_TAKE_NONE)) return false;
    if (row->expression == REHAB_SETTLE && row->over != REHAB_NONE16) return false;
    if (x == NULL) return true;
    if (row->expression == REHAB_LATEST)
        return row->stance == REHAB_FOR_PROGRESS && x->until_us > 0;
    if (row->expression == REHAB_SESSIONS) return x->with_measure < rehab_count(p, REHAB_MEASURES);
    return row->expression == REHAB_SPACING && x->failed;
}

static bool is_score(const struct rehab_score_row *s)
{
    return s->items.count > 0;
}

static bool is_band(const struct rehab_score_band_row *b)
{
    return is_bound(b->op, b->bound_nano) && is_bound(b->op, b->upper_nano);
}

static bool is_step(const struct rehab_state_step_row *s)
{
    return is_bound(s->op, s->bound_nano) && is_bound(s->op, s->upper_nano);
}

/* Its steps lead to states of its own. */
static bool is_automaton(const struct rehab_protocol *p, const struct rehab_automaton_row *a)
{
    bool sound = a->states.count > 0;
    for (uint32_t i = 0; i < a->steps.count; i++)
        sound = sound && p->state_steps[a->steps.first + i].to < a->states.count;
    return sound;
}

/* Whatever the expression: a second measure and the bounds of a stratum exist where they are told,
 * and a run is of days or of observations. */
static bool are_conditions(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    bool over = row->expression == REHAB_RISE || row->over != REHAB_NONE16;
    if (over && row->over >= rehab_count(p, REHAB_MEASURES)) return false;
    if (row->for_days > 0 && row->for_observations > 0) return false;
    if (row->by_stratum == REHAB_NONE16) return row->by.count == 0;
    return row->by_stratum < rehab_count(p, REHAB_STRATA);
}

static bool is_criterion(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    uint32_t measures = rehab_count(p, REHAB_MEASURES);
    bool phase = row->from == REHAB_PHASE || row->since == REHAB_SINCE_PHASE;
    if ((row->stance == REHAB_FOR_FLAG && phase) || !are_bounds(p, row)) return false;
    if (!are_conditions(p, row) || !is_session(p, row)) return false;
    if (rehab_is_plain(row) != ((row->flags & REHAB_PLAIN) != 0)) return false;
    if (row->expression < REHAB_ELAPSED && row->measure >= measures) return false;
    if (rehab_is_quotient(row) && !is_quotient(p, row)) return false;
    if (row->expression == REHAB_REACHED)
        return row->name < rehab_count(p, REHAB_PHASES) && row->stance != REHAB_FOR_FLAG;
    if (row->expression == REHAB_PERCENTILE) return row->name < rehab_count(p, REHAB_NORMS);
    if (row->expression == REHAB_SCORE) return row->name < rehab_count(p, REHAB_SCORES);
    if (row->expression == REHAB_STATE)
        return row->name < rehab_count(p, REHAB_AUTOMATA) && row->measure < measures;
    if (row->expression == REHAB_CLEARED) return row->name < rehab_count(p, REHAB_CLEARANCES);
    return row->expression != REHAB_STRATUM || row->name < rehab_count(p, REHAB_STRATA);
}

/* A node against those before it; *leaves is how many leaves stood before. */
static bool is_node(const struct rehab_protocol *p, const struct rehab_rule_row *rule, uint32_t i,
                    uint32_t *leaves, const uint8_t *children)
{
    const struct rehab_node_row *n = &p->nodes[rule->nodes.first + i];
    bool last = i + 1 == rule->nodes.count;
    if (last ? n->parent != i || n->negative : n->parent <= i || n->parent >= rule->nodes.count)
        return false;
    const struct rehab_node_row *up = n - i + n->parent;
    if (!last &&
        (up->kind == REHAB_LEAF || n->negative != (up->negative ^ (up->kind == REHAB_NOT))))
        return false;
    if (n->kind != REHAB_LEAF) {
        if (n->arity != children[i] || n->arity == 0 || n->least == 0 || n->least > n->arity)
            return false;
        if (n->kind == REHAB_SAME_OCCASION)
            return !rehab_guards(rule->stance) && n->first_leaf + n->arity == *leaves &&
                   n[-1].kind == REHAB_LEAF && n[-n->arity].kind == REHAB_LEAF &&
                   n[-n->arity].first_leaf == n->first_leaf;
        return n->kind != REHAB_NOT || n->arity == 1;
    }
    const struct rehab_criterion_row *row = &p->criteria[n->criterion];
    if (n->first_leaf != *leaves || n->criterion != rule->criteria.first + *leaves) return false;
    if (*leaves >= rule->criteria.count || row->negative != n->negative ||
        row->stance != rule->stance)
        return false;
    ++*leaves;
    return true;
}

/* How many combinators stand above one another; parents stand behind their children. */
static uint32_t depth_of(const struct rehab_protocol *p, const struct rehab_rule_row *rule)
{
    uint8_t above[REHAB_MAX_NODES] = {0};
    uint8_t deepest = 0;
    for (uint32_t i = rule->nodes.count; i-- > 0;) {
        const struct rehab_node_row *n = &p->nodes[rule->nodes.first + i];
        above[i] = (uint8_t)(above[n->parent] + (n->kind != REHAB_LEAF));
        if (above[i] > deepest) deepest = above[i];
    }
    return deepest;
}

static bool is_rule(const struct rehab_protocol *p, const struct rehab_rule_row *rule)
{
    uint8_t children[REHAB_MAX_NODES] = {0};
    uint32_t leaves = 0;
    if (rule->nodes.count == 0) return false;
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        if (!is_node(p, rule, i, &leaves, children)) return false;
        children[p->nodes[rule->nodes.first + i].parent]++;
    }
    return leaves == rule->criteria.count && depth_of(p, rule) == rule->depth;
}

static uint32_t stance_of(const struct rehab_protocol *p, uint32_t rule)
{
    return rule == REHAB_NONE ? (uint32_t)REHAB_FOR_PROGRESS : p->rules[rule].stance;
}

/* It stands in the phase that it leads out of; so there are no more than phases can have. */
static bool is_gate(const struct rehab_protocol *p, const struct rehab_gate_row *g)
{
    const struct rehab_range here = p->phases[g->from].gates;
    bool ahead = g->move == REHAB_ADVANCE || g->move == REHAB_COMPLETE;
    if ((uint32_t)(g - p->gates) - here.first >= here.count) return false;
    if (g->deadline != REHAB_NONE && !ahead) return false;
    return stance_of(p, g->rule) == (ahead ? REHAB_FOR_PROGRESS : REHAB_FOR_GUARD);
}

static bool is_advice(const struct rehab_protocol *p, const struct rehab_advice_row *a)
{
    return stance_of(p, a->give) == REHAB_FOR_ADVICE &&
           stance_of(p, a->withdraw) == REHAB_FOR_PROGRESS;
}

static bool is_prescription(const struct rehab_protocol *p, const struct rehab_prescription_row *r)
{
    return stance_of(p, r->gate) == REHAB_FOR_PROGRESS &&
           stance_of(p, r->progress) == REHAB_FOR_PROGRESS;
}

static bool is_limit(const struct rehab_protocol *p, const struct rehab_limit_row *l)
{
    const struct rehab_criterion_row *row = &p->criteria[l->criterion];
    return row->expression == REHAB_LATEST && row->stance == REHAB_FOR_ADVICE &&
           row->op < REHAB_BETWEEN;
}

/* Gates of a phase belong to its track; a phase knows its track. */
static bool is_track(const struct rehab_protocol *p, uint32_t track)
{
    struct rehab_range phases = p->tracks[track].phases;
    if (phases.count == 0) return false; /* whoever enters it must stand somewhere */
    for (uint32_t i = phases.first; i < phases.first + phases.count; i++) {
        struct rehab_range gates = p->phases[i].gates;
        if (p->phases[i].track != track) return false;
        for (uint32_t g = gates.first; g < gates.first + gates.count; g++) {
            if (p->gates[g].track != track) return false;
        }
    }
    return true;
}

static bool is_sound(const struct rehab_protocol *p)
{
    bool sound = is_range(p->head->title, rehab_count(p, REHAB_WORDINGS)) &&
                 is_range((struct rehab_range){p->head->id.at, p->head->id.size},
                          rehab_count(p, REHAB_CHARACTERS));
    for (uint32_t i = 0; i < rehab_count(p, REHAB_CRITERIA); i++)
        sound = sound && is_criterion(p, &p->criteria[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_ZONES); i++)
        sound = sound && p->rules[p->zones[i].rule].stance == REHAB_FOR_ADVICE;
    for (uint32_t i = 0; i < rehab_count(p, REHAB_SCORES); i++)
        sound = sound && is_score(&p->scores[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_SCORE_BANDS); i++)
        sound = sound && is_band(&p->score_bands[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_STATE_STEPS); i++)
        sound = sound && is_step(&p->state_steps[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_AUTOMATA); i++)
        sound = sound && is_automaton(p, &p->automata[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_RULES); i++)
        sound = sound && is_rule(p, &p->rules[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_GATES); i++)
        sound = sound && is_gate(p, &p->gates[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_RED_FLAGS); i++)
        sound = sound && p->rules[p->red_flags[i].rule].stance == REHAB_FOR_FLAG;
    for (uint32_t i = 0; i < rehab_count(p, REHAB_ADVICE); i++)
        sound = sound && is_advice(p, &p->advice[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_PRESCRIPTIONS); i++)
        sound = sound && is_prescription(p, &p->prescriptions[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_LIMITS); i++)
        sound = sound && is_limit(p, &p->limits[i]);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_TRACKS); i++)
        sound = sound && is_track(p, i);
    return sound;
}

static const void *table_at(const struct rehab_head *head, enum rehab_table table)
{
    return (const unsigned char *)head + head->table[table].at;
}

static struct rehab_protocol tables_of(const struct rehab_head *head)
{
    return (struct rehab_protocol){
        .head = head,
        .characters = table_at(head, REHAB_CHARACTERS),
        .wordings = table_at(head, REHAB_WORDINGS),
        .texts = table_at(head, REHAB_TEXTS),
        .measures = table_at(head, REHAB_MEASURES),
        .strata = table_at(head, REHAB_STRATA),
        .activities = table_at(head, REHAB_ACTIVITIES),
        .terms = table_at(head, REHAB_TERMS),
        .sources = table_at(head, REHAB_SOURCES),
        .clearances = table_at(head, REHAB_CLEARANCES),
        .criteria = table_at(head, REHAB_CRITERIA),
        .extras = table_at(head, REHAB_EXTRAS),
        .bounds = table_at(head, REHAB_BOUNDS),
        .nodes = table_at(head, REHAB_NODES),
        .rules = table_at(head, REHAB_RULES),
        .expectations = table_at(head, REHAB_EXPECTATIONS),
        .expectation_bounds = table_at(head, REHAB_EXPECTATION_BOUNDS),
        .gates = table_at(head, REHAB_GATES),
        .red_flags = table_at(head, REHAB_RED_FLAGS),
        .treatments = table_at(head, REHAB_TREATMENTS),
        .advice = table_at(head, REHAB_ADVICE),
        .prescriptions = table_at(head, REHAB_PRESCRIPTIONS),
        .deficits = table_at(head, REHAB_DEFICITS),
        .limits = table_at(head, REHAB_LIMITS),
        .bands = table_at(head, REHAB_BANDS),
        .zones = table_at(head, REHAB_ZONES),
        .scores = table_at(head, REHAB_SCORES),
        .score_items = table_at(head, REHAB_SCORE_ITEMS),
        .score_bands = table_at(head, REHAB_SCORE_BANDS),
        .norms = table_at(head, REHAB_NORMS),
        .norm_steps = table_at(head, REHAB_NORM_STEPS),
        .automata = table_at(head, REHAB_AUTOMATA),
        .state_steps = table_at(head, REHAB_STATE_STEPS),
        .goals = table_at(head, REHAB_GOALS),
        .phases = table_at(head, REHAB_PHASES),
        .tracks = table_at(head, REHAB_TRACKS),
    };
}

enum rehab_fault_code rehab_open(const void *block, size_t size, struct rehab_protocol *out)
{
    const struct rehab_head *head = block;
    const size_t checked = offsetof(struct rehab_head, size);
    if (size < sizeof *head || ((uintptr_t)block & 7) != 0) return REHAB_BAD_BLOCK;
    if (head->magic != REHAB_BLOCK_MAGIC || head->format != REHAB_BLOCK_FORMAT)
        return REHAB_BAD_BLOCK;
    if (head->size != size || !are_tables(head)) return REHAB_BAD_BLOCK;
    if (rehab_check_sum((const unsigned char *)block + checked, size - checked) != head->check)
        return REHAB_BAD_BLOCK;
    struct rehab_protocol p = tables_of(head);
    if (!are_members(head, block) || !is_sound(&p)) return REHAB_BAD_BLOCK;
    *out = p;
    return REHAB_FINE;
}

/* ---- looking into it ---- */

struct rehab_text rehab_text_at(const struct rehab_protocol *p, struct rehab_ref ref)
{
    return (struct rehab_text){p->characters + ref.at, ref.size};
}

/* How well a wording in `spoken` does for who asks for `language`. */
static uint32_t rank_language(struct rehab_text spoken, struct rehab_text language)
{
    if (rehab_text_equal(spoken, language)) return 4;
    if (rehab_same_language(spoken, language)) return 3;
    return rehab_same_language(spoken, REHAB_LITERAL("en")) ? 2 : 1;
}

struct rehab_text rehab_words_at(const struct rehab_protocol *p, struct rehab_range wordings,
                                 struct rehab_text language)
{
    struct rehab_text found = {NULL, 0};
    uint32_t best = 0;
    for (uint32_t i = 0; i < wordings.count; i++) {
        const struct rehab_wording_row *row = &p->wordings[wordings.first + i];
        uint32_t rank = rank_language(rehab_text_at(p, row->language), language);
        if (rank <= best) continue;
        best = rank;
        found = rehab_text_at(p, row->text);
    }
    return found;
}

/* Rows whose first member is a rehab_ref. */
static uint32_t find(const struct rehab_protocol *p, enum rehab_table table,
                     struct rehab_range range, struct rehab_text id)
{
    const unsigned char *row = table_at(p->head, table);
    for (uint32_t i = range.first; i < range.first + range.count; i++) {
        struct rehab_ref ref;
        memcpy(&ref, row + i * (size_t)TABLE[table].size, sizeof ref);
        if (rehab_text_equal(rehab_text_at(p, ref), id)) return i;
    }
    return REHAB_NONE;
}

static uint32_t find_in(const struct rehab_protocol *p, enum rehab_table table,
                        struct rehab_text id)
{
    return find(p, table, (struct rehab_range){0, rehab_count(p, table)}, id);
}

uint32_t rehab_find_measure(const struct rehab_protocol *p, struct rehab_text code)
{
    return find_in(p, REHAB_MEASURES, code);
}

uint32_t rehab_find_clearance(const struct rehab_protocol *p, struct rehab_text name)
{
    return find_in(p, REHAB_CLEARANCES, name);
}

uint32_t rehab_find_activity(const struct rehab_protocol *p, struct rehab_text id)
{
    return find_in(p, REHAB_ACTIVITIES, id);
}

uint32_t rehab_find_term(const struct rehab_protocol *p, struct rehab_text key)
{
    return find_in(p, REHAB_TERMS, key);
}

uint32_t rehab_find_red_flag(const struct rehab_protocol *p, struct rehab_text id)
{
    return find_in(p, REHAB_RED_FLAGS, id);
}

uint32_t rehab_find_track(const struct rehab_protocol *p, struct rehab_text id)
{
    return find_in(p, REHAB_TRACKS, id);
}

uint32_t rehab_find_phase(const struct rehab_protocol *p, uint32_t track, struct rehab_text id)
{
    return find(p, REHAB_PHASES, p->tracks[track].phases, id);
}

uint32_t rehab_find_stratum(const struct rehab_protocol *p, struct rehab_text id)
{
    return find_in(p, REHAB_STRATA, id);
}

uint32_t rehab_find_stratum_value(const struct rehab_protocol *p, uint32_t stratum,
                                  struct rehab_text value)
{
    struct rehab_range values = p->strata[stratum].values;
    uint32_t found = find(p, REHAB_TEXTS, values, value);
    return found == REHAB_NONE ? REHAB_NONE : found - values.first;
}
