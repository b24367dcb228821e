/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled protocol: one flat block of bytes, the same on every platform, without pointers
 * (offsets from its start, little endian, 8-byte aligned), that a program may store, send and open
 * again. Rows lie in tables; an index is always a row number of the table its comment names,
 * REHAB_NONE when absent. */
#ifndef REHAB_PROTOCOL_H
#define REHAB_PROTOCOL_H

#include "document.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- rows ---- */

/* A text inside the block: rehab_text_at. */
struct rehab_ref {
    uint32_t at;
    uint32_t size;
};

/* Rows first .. first + count - 1 of a table. */
struct rehab_range {
    uint32_t first;
    uint32_t count;
};

struct rehab_wording_row {
    struct rehab_ref language, text;
};

struct rehab_text_row {
    struct rehab_ref text;
};

struct rehab_measure_row {
    struct rehab_ref code, unit;
    struct rehab_range name;   /* wordings */
    struct rehab_range labels; /* texts; of an ordinal */
    int64_t low_nano, high_nano, step_nano;
    int64_t mdc_nano, mdc_same_nano; /* 0: not known */
    int64_t interval_us;             /* 0: not known */
    uint8_t kind;                    /* enum rehab_measure_kind */
    uint8_t direction;               /* enum rehab_direction */
    uint8_t sided;                   /* 0, 1 */
    uint8_t reserved[5];
};

struct rehab_stratum_row {
    struct rehab_ref id;
    struct rehab_range values; /* texts */
    uint32_t ordered;          /* 0, 1 */
    uint32_t reserved;
};

struct rehab_activity_row {
    struct rehab_ref id;
    struct rehab_range title; /* wordings */
};

struct rehab_term_row {
    struct rehab_ref id;
    struct rehab_range words; /* wordings */
};

struct rehab_source_row {
    struct rehab_ref id, citation;
};

struct rehab_citation_row {
    uint32_t source;   /* sources */
    uint8_t certainty; /* enum rehab_certainty */
    uint8_t sign_off;  /* 0, 1 */
    uint8_t reserved[2];
    struct rehab_ref note;
};

/* A leaf. Hot members first: judging reads the first 64 bytes of most. */
struct rehab_criterion_row {
    int64_t bound_nano; /* elapsed: microseconds; REHAB_IN: a set of labels */
    int64_t upper_nano; /* REHAB_BETWEEN */
    int64_t within_us;  /* 0: no limit */
    int64_t pair_us; /* 0: same assessment only (symmetry, difference, asymmetry), any time before
                        (others) */
    uint8_t expression; /* enum rehab_expression */
    uint8_t op;         /* enum rehab_op */
    uint8_t stance;     /* enum rehab_stance */
    uint8_t negative;   /* 1: it stands under an odd number of `not` */
    uint8_t side;       /* enum rehab_side */
    uint8_t from;       /* enum rehab_anchor */
    uint8_t since;      /* enum rehab_since, default resolved */
    uint8_t flags;      /* bits: REHAB_WITHIN_DAYS ... */
    uint16_t asked;     /* qualifiers that matter: known in the low byte, held in the high one */
    uint16_t wanted;    /* and what they must be */
    uint8_t for_days;
    uint8_t for_observations;
    uint8_t roles;         /* of rehab_role */
    uint8_t floor;         /* 0, 1 */
    uint16_t measure;      /* measures */
    uint16_t over;         /* measures: of rise, and what a value is divided by */
    uint16_t name;         /* clearances, strata, phases, norms, scores or automata; of what is
                              divided: texts, its unit */
    uint16_t by_stratum;   /* strata: the bound depends on it */
    struct rehab_range by; /* bounds */
    int64_t apart_us;      /* between two that count; REHAB_AGO: from the earlier value on */
    uint16_t activity; /* activities; REHAB_NONE16: none, REHAB_ANY_ACTIVITY: whatever was done */
    uint8_t trials;    /* 0: values stand for themselves */
    uint8_t take;      /* enum rehab_take */
    uint32_t extra;    /* extras; REHAB_NONE */
    /* what tells about it */
    struct rehab_ref id;
    struct rehab_citation_row citation;
};

/* Which durations of a criterion count local days; whether a pair must be of one person, and a
 * ratio is turned round because less is better; and whether the criterion is of the plain sort: the
 * newest value, or both sides of one assessment, and nothing else that would make one look further;
 * and whether more than the upper bound is a warning. */
enum {
    REHAB_WITHIN_DAYS = 1,
    REHAB_PAIR_DAYS = 2,
    REHAB_APART_DAYS = 4,
    REHAB_BOUND_DAYS = 8,
    REHAB_ONE_ASSESSOR = 16,
    REHAB_TURNED = 32,
    REHAB_PLAIN = 64,
    REHAB_WARN_ABOVE = 128
};

/* No measure, stratum, clearance or activity in a criterion. */
#define REHAB_NONE16       UINT16_C(0xffff)
#define REHAB_ANY_ACTIVITY UINT16_C(0xfffe)

/* Conditions that few criteria have. */
struct rehab_extra_row {
    int64_t after_us, until_us;     /* a retest; until_us 0: none */
    int64_t with_nano;              /* the bound of what a session must have shown */
    uint16_t with_measure;          /* measures; REHAB_NONE16: nothing */
    uint8_t with_op;                /* enum rehab_op, none of sets and ranges */
    uint8_t after_days, until_days; /* 1: local days are counted */
    uint8_t failed;                 /* 1: only sessions that were not completed */
    uint8_t reserved[2];
};

/* How a tree is read.
 * progress  the newest value counts; the worse of two at one instant; unknown blocks
 * guard     the worst value since the track's last move counts; unknown does not fire
 * flag      the worst value since the flag was last cleared counts; unknown does not fire
 * advice    the newest value counts; unknown does not fire */
enum rehab_stance {
    REHAB_FOR_PROGRESS,
    REHAB_FOR_GUARD,
    REHAB_FOR_FLAG,
    REHAB_FOR_ADVICE,
    REHAB_STANCE_COUNT
};

struct rehab_bound_row {
    int64_t bound_nano;
    uint32_t stratum_value; /* place among the stratum's values */
    uint32_t reserved;
};

/* A node of a tree; children stand before their parent, the root last. */
struct rehab_node_row {
    int64_t window_us;  /* REHAB_SAME_OCCASION */
    uint32_t criterion; /* REHAB_LEAF: criteria */
    uint8_t kind;       /* enum rehab_node_kind */
    uint8_t negative;   /* 1: under an odd number of `not` */
    uint8_t arity;      /* children */
    uint8_t least;      /* REHAB_AT_LEAST */
    uint8_t parent;     /* place in the tree; the root: its own */
    uint8_t calendar;   /* 1: window_us counts days */
    uint8_t first_leaf; /* how many leaves of the tree stand before this node's own; a leaf: before
                           it */
    uint8_t reserved[5];
};

/* A criteria tree. */
struct rehab_rule_row {
    struct rehab_range nodes;
    struct rehab_range criteria; /* its leaves, in the order of the document */
    uint32_t stance;             /* enum rehab_stance */
    uint32_t depth;
};

struct rehab_expectation_row {
    uint32_t from; /* enum rehab_anchor */
    uint32_t low_days, high_days;
    uint32_t by_stratum;   /* strata */
    struct rehab_range by; /* expectation_bounds */
    struct rehab_citation_row citation;
};

struct rehab_expectation_by_row {
    uint32_t stratum_value;
    uint32_t low_days, high_days;
    uint32_t reserved;
};

struct rehab_gate_row {
    struct rehab_ref id;
    uint32_t move; /* enum rehab_move */
    uint32_t track;
    uint32_t from; /* phases */
    uint32_t to;   /* phases; REHAB_NONE: the move leads nowhere else */
    uint32_t rule;
    uint32_t deadline; /* expectations: overdue beyond high_days; REHAB_NONE */
};

struct rehab_red_flag_row {
    struct rehab_ref id;
    struct rehab_range title, message; /* wordings */
    uint32_t level;                    /* enum rehab_level */
    uint32_t cleared_by;               /* of rehab_role */
    uint32_t rule;
    uint32_t reserved;
};

struct rehab_treatment_row {
    struct rehab_ref id;
    struct rehab_range title, text; /* wordings */
    uint32_t minutes_low, minutes_high, per_day_low, per_day_high;
    struct rehab_citation_row citation;
};

struct rehab_advice_row {
    struct rehab_ref id;
    struct rehab_range title, text; /* wordings */
    uint32_t give;                  /* rules */
    uint32_t withdraw;              /* rules; REHAB_NONE: not `give` */
};

struct rehab_limit_row {
    uint32_t criterion; /* criteria: one without an id; newest value, for advice */
    uint32_t cap;       /* 0, 1 */
    struct rehab_ref otherwise;
};

struct rehab_prescription_row {
    struct rehab_ref id, exercise, side;
    uint32_t sets, repetitions; /* 0: not said */
    uint32_t hold_s, tempo_up_s, tempo_down_s;
    uint32_t per_day, per_week, every_days;
    uint32_t activity; /* activities: what its sessions are; REHAB_NONE */
    uint32_t reserved;
    uint32_t gate;     /* rules; REHAB_NONE: always open */
    uint32_t progress; /* rules; REHAB_NONE */
    uint32_t load_percent_low, load_percent_high;
    struct rehab_range deficits; /* deficits */
    struct rehab_range limits;   /* limits: the limit, if there is one, then the caps */
    struct rehab_citation_row citation, progress_citation;
};

struct rehab_band_row {
    struct rehab_ref id;
    struct rehab_range title; /* wordings */
    struct rehab_range zones; /* zones */
};

struct rehab_zone_row {
    struct rehab_ref id;
    struct rehab_range text; /* wordings */
    uint32_t rule;           /* rules: does the newest value lie in it? For advice */
    uint32_t gate;           /* gates; REHAB_NONE: no move */
};

struct rehab_score_row {
    struct rehab_ref id;
    struct rehab_range title; /* wordings */
    struct rehab_range items; /* score items */
};

struct rehab_score_item_row {
    int64_t within_us;             /* 0: of any age */
    int64_t least_nano, most_nano; /* the fewest and the most points that any value gives */
    struct rehab_range bands;      /* score bands */
    uint32_t measure;              /* measures */
    uint8_t side;                  /* enum rehab_side */
    uint8_t calendar;              /* 1: within_us counts days */
    uint8_t reserved[2];
    struct rehab_citation_row citation;
};

struct rehab_score_band_row {
    int64_t bound_nano, upper_nano; /* as of a criterion */
    int64_t points_nano;
    uint32_t op; /* enum rehab_op */
    uint32_t reserved;
};

struct rehab_norm_table_row {
    struct rehab_ref id;
    struct rehab_range rows; /* norm steps */
    uint32_t measure;        /* measures */
    uint32_t reserved;
    struct rehab_citation_row citation;
};

/* From this value on, this percentile. */
struct rehab_norm_step_row {
    int64_t value_nano, percentile_nano;
};

struct rehab_automaton_row {
    struct rehab_ref id;
    struct rehab_range title;  /* wordings */
    struct rehab_range states; /* texts; it begins in the first */
    struct rehab_range steps;  /* state steps */
    uint32_t measure;          /* measures */
    uint32_t side;             /* enum rehab_side */
    struct rehab_citation_row citation;
};

struct rehab_state_step_row {
    int64_t bound_nano, upper_nano; /* as of a criterion */
    uint32_t in;                    /* bit n: from the n-th state */
    uint32_t to;                    /* place of a state */
    uint32_t op;                    /* enum rehab_op */
    uint32_t reserved;
};

/* A criterion of the phase's gates ahead that selects a prescription while it is not met. */
struct rehab_deficit_row {
    uint32_t criterion; /* criteria */
    uint32_t reserved;
};

struct rehab_phase_row {
    struct rehab_ref id;
    struct rehab_range title; /* wordings */
    uint32_t track;
    uint32_t expectation;     /* expectations; REHAB_NONE */
    struct rehab_range goals; /* goals */
    struct rehab_range treatments;
    struct rehab_range prescriptions;
    struct rehab_range restrictions; /* texts */
    struct rehab_range advice;
    struct rehab_range gates; /* its own, then those of zones */
    struct rehab_range bands; /* bands */
};

struct rehab_goal_row {
    struct rehab_range text; /* wordings */
};

struct rehab_track_row {
    struct rehab_ref id;
    struct rehab_range phases;
    uint32_t expectation; /* expectations; REHAB_NONE */
    uint32_t reserved;
};

/* ---- the block ---- */

enum rehab_table {
    REHAB_WORDINGS,
    REHAB_TEXTS,
    REHAB_MEASURES,
    REHAB_STRATA,
    REHAB_ACTIVITIES,
    REHAB_TERMS,
    REHAB_SOURCES,
    REHAB_CLEARANCES, /* texts: the names that criteria ask for */
    REHAB_CRITERIA,
    REHAB_EXTRAS,
    REHAB_BOUNDS,
    REHAB_NODES,
    REHAB_RULES,
    REHAB_EXPECTATIONS,
    REHAB_EXPECTATION_BOUNDS,
    REHAB_GATES,
    REHAB_RED_FLAGS,
    REHAB_TREATMENTS,
    REHAB_ADVICE,
    REHAB_PRESCRIPTIONS,
    REHAB_DEFICITS,
    REHAB_LIMITS,
    REHAB_BANDS,
    REHAB_ZONES,
    REHAB_SCORES,
    REHAB_SCORE_ITEMS,
    REHAB_SCORE_BANDS,
    REHAB_NORMS,
    REHAB_NORM_STEPS,
    REHAB_AUTOMATA,
    REHAB_STATE_STEPS,
    REHAB_GOALS,
    REHAB_PHASES,
    REHAB_TRACKS,
    REHAB_CHARACTERS, /* the bytes of all texts */
    REHAB_TABLE_COUNT
};

#define REHAB_BLOCK_MAGIC UINT32_C(0x31424852) /* "RHB1" */
enum { REHAB_BLOCK_FORMAT = 10 };

struct rehab_table_place {
    uint32_t at;    /* bytes from the start of the block */
    uint32_t count; /* rows */
};

struct rehab_head {
    uint32_t magic;
    uint32_t format;
    uint64_t check;   /* over everything behind it */
    uint32_t size;    /* of the whole block */
    uint32_t version; /* of the document */
    struct rehab_ref id;
    struct rehab_range title; /* wordings */
    uint32_t day_zero;        /* enum rehab_anchor: onset or surgery */
    uint32_t sided;           /* 0, 1 */
    struct rehab_table_place table[REHAB_TABLE_COUNT];
};

/* An open block. The pointers lead into the caller's bytes, which must stay where they are,
 * unchanged. */
struct rehab_protocol {
    const struct rehab_head *head;
    const char *characters;
    const struct rehab_wording_row *wordings;
    const struct rehab_text_row *texts;
    const struct rehab_measure_row *measures;
    const struct rehab_stratum_row *strata;
    const struct rehab_activity_row *activities;
    const struct rehab_term_row *terms;
    const struct rehab_source_row *sources;
    const struct rehab_text_row *clearances;
    const struct rehab_criterion_row *criteria;
    const struct rehab_extra_row *extras;
    const struct rehab_bound_row *bounds;
    const struct rehab_node_row *nodes;
    const struct rehab_rule_row *rules;
    const struct rehab_expectation_row *expectations;
    const struct rehab_expectation_by_row *expectation_bounds;
    const struct rehab_gate_row *gates;
    const struct rehab_red_flag_row *red_flags;
    const struct rehab_treatment_row *treatments;
    const struct rehab_advice_row *advice;
    const struct rehab_prescription_row *prescriptions;
    const struct rehab_deficit_row *deficits;
    const struct rehab_limit_row *limits;
    const struct rehab_band_row *bands;
    const struct rehab_zone_row *zones;
    const struct rehab_score_row *scores;
    const struct rehab_score_item_row *score_items;
    const struct rehab_score_band_row *score_bands;
    const struct rehab_norm_table_row *norms;
    const struct rehab_norm_step_row *norm_steps;
    const struct rehab_automaton_row *automata;
    const struct rehab_state_step_row *state_steps;
    const struct rehab_goal_row *goals;
    const struct rehab_phase_row *phases;
    const struct rehab_track_row *tracks;
};

/* How many rows a table of an open protocol has. */
REHAB_API uint32_t rehab_count(const struct rehab_protocol *p, enum rehab_table table);

/* The bytes that a row refers to, lent from the block. */
REHAB_API struct rehab_text rehab_text_at(const struct rehab_protocol *p, struct rehab_ref ref);

/* The wording in `language` (a BCP 47 tag); else in one of the same first part ("es" for "es-MX");
 * else English; else the first; else empty. */
REHAB_API struct rehab_text rehab_words_at(const struct rehab_protocol *p,
                                           struct rehab_range wordings, struct rehab_text language);

/* Row numbers by spelling, REHAB_NONE when there is none. Linear; meant for opening an episode, not
 * for every judgement. */
REHAB_API uint32_t rehab_find_measure(const struct rehab_protocol *p, struct rehab_text code);
REHAB_API uint32_t rehab_find_clearance(const struct rehab_protocol *p, struct rehab_text name);
REHAB_API uint32_t rehab_find_activity(const struct rehab_protocol *p, struct rehab_text id);
REHAB_API uint32_t rehab_find_red_flag(const struct rehab_protocol *p, struct rehab_text id);
REHAB_API uint32_t rehab_find_track(const struct rehab_protocol *p, struct rehab_text id);
REHAB_API uint32_t rehab_find_phase(const struct rehab_protocol *p, uint32_t track,
                                    struct rehab_text id);
REHAB_API uint32_t rehab_find_stratum(const struct rehab_protocol *p, struct rehab_text id);
REHAB_API uint32_t rehab_find_stratum_value(const struct rehab_protocol *p, uint32_t stratum,
                                            struct rehab_text value);

/* ---- making and opening ---- */

enum rehab_fault_code {
    REHAB_FINE,
    REHAB_NO_ROOM,  /* the scratch arena or the block is too small */
    REHAB_TOO_MANY, /* a limit of document.h is passed */
    REHAB_TOO_DEEP,
    REHAB_MISSING, /* something required is absent */
    REHAB_DUPLICATE_ID,
    REHAB_UNKNOWN_MEASURE,
    REHAB_UNKNOWN_PHASE,
    REHAB_UNKNOWN_STRATUM,
    REHAB_UNKNOWN_TRACK,
    REHAB_UNKNOWN_LABEL, /* of an ordinal or a stratum */
    REHAB_UNKNOWN_SOURCE,
    REHAB_UNKNOWN_ACTIVITY,
    REHAB_UNKNOWN_DERIVED,   /* a score, a table or a history */
    REHAB_UNKNOWN_CRITERION, /* of the gates ahead of the phase */
    REHAB_UNKNOWN_ERROR,     /* no detectable change of the measure under the leaf's condition */
    REHAB_WRONG_VALUE,       /* the bound's kind does not fit the expression */
    REHAB_WRONG_OPERATOR,    /* e.g. < on something without an order */
    REHAB_WRONG_SIDE,        /* e.g. symmetry of a measure that has no sides */
    REHAB_WRONG_CONDITION,   /* a condition that this expression does not have */
    REHAB_WRONG_RULE,        /* nothing for a guard or a red flag */
    REHAB_WRONG_TIME,        /* a red flag that time alone raises and takes back */
    REHAB_WRONG_WAY,         /* an advance that does not lead ahead, a regress not back */
    REHAB_WRONG_RANGE,       /* a number outside what its place allows */
    REHAB_BAD_BLOCK,         /* rehab_open: not a block, or a damaged one */
    REHAB_FAULT_COUNT
};

/* The first fault found. pointer: RFC 6901, into the JSON form of the document, lies in the scratch
 * arena; subject: the offending word, lent from the document; nearest: what was perhaps meant, or
 * empty. */
struct rehab_fault {
    enum rehab_fault_code code;
    struct rehab_text pointer;
    struct rehab_text subject;
    struct rehab_text nearest;
};

/* One sentence for a code, static; language as in rehab_sentence. Empty for an unknown code. */
REHAB_API struct rehab_text rehab_fault_sentence(enum rehab_fault_code code,
                                                 struct rehab_text language);

/* Checks `document` and writes its block.
 * scratch  holds the work (about three times the block) and the fault's pointer
 * block    8-byte aligned room of `size` bytes; NULL with size 0 asks for the size only
 * used     the block's size, also when there was no room for it
 * returns  fault->code. Same document, same bytes. */
REHAB_API enum rehab_fault_code rehab_compile(const struct rehab_document *document,
                                              struct rehab_arena *scratch, void *block, size_t size,
                                              size_t *used, struct rehab_fault *fault);

/* Opens `size` bytes at `block` (8-byte aligned). Every offset, index and enumeration is checked
 * before it is used, the limits of document.h, and the check sum too: REHAB_BAD_BLOCK, or
 * REHAB_FINE with *out filled. Rows share no range and no rule, so what a block asks for, whoever
 * made it, grows with its size. */
REHAB_API enum rehab_fault_code rehab_open(const void *block, size_t size,
                                           struct rehab_protocol *out);

#ifdef __cplusplus
}
#endif

#endif
