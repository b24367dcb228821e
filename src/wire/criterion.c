/* SPDX-License-Identifier: Apache-2.0 */
/* Criteria trees. A leaf is one expression, one comparison, then conditions, and its members may
 * come in any order; so what depends on the expression (is "P5D" a duration or a label?) is kept as
 * it came and read when all members are known. */
#include "rules.h"

#include <assert.h>

/* A criterion while it is read. */
struct draft {
    struct rehab_criterion *criterion;
    uint32_t expressions; /* how many were given */
    json_t *is, *value, *between, *in, *value_by, *zones, *during;
    struct rehab_words title;
};

static void fault(struct reader *r, enum problem_code code, const struct json_path *path,
                  const char *key, struct text detail)
{
    (void)wire_fault_at(r->c, code, path, key, detail);
}

static const struct text no_text = {NULL, 0};

/* ---- values ---- */

static bool read_number(struct reader *r, json_t *value, const struct json_path *path,
                        int64_t *nano)
{
    struct text digits = wire_number_text(r->in, value);
    if (rehab_read_quantity((struct rehab_text){digits.at, (uint32_t)digits.size}, nano))
        return true;
    fault(r, BAD_VALUE, path, NULL,
          TEXT("must be a decimal of at most 9 places and within a million, without exponent"));
    return false;
}

struct rehab_value wire_read_rule_value(struct reader *r, json_t *value,
                                        const struct json_path *path, bool elapsed)
{
    struct rehab_value v = {.kind = REHAB_VALUE_NONE};
    if (elapsed) {
        wire_read_rule_duration(r, value, path, &v.duration);
        v.kind = REHAB_VALUE_DURATION;
    } else if (json_is_integer(value)) {
        if (read_number(r, value, path, &v.nano)) v.kind = REHAB_VALUE_NUMBER;
    } else if (json_is_boolean(value)) {
        v.kind = REHAB_VALUE_BOOLEAN;
        v.nano = json_is_true(value) ? REHAB_SCALE : 0;
    } else if (json_is_string(value)) {
        wire_read_rule_text(r, value, path, &v.label);
        v.kind = REHAB_VALUE_LABEL;
    } else {
        fault(r, WRONG_TYPE, path, NULL, TEXT("must be a number, true, false or a label"));
    }
    return v;
}

/* ---- expressions ---- */

static void begin_expression(struct draft *d, enum rehab_expression expression)
{
    d->criterion->expression = expression;
    d->expressions++;
}

#define OF_MEASURE(name, expression)                                                               \
    static void name(struct reader *r, json_t *value, const struct json_path *path, void *at)      \
    {                                                                                              \
        begin_expression(at, (expression));                                                        \
        wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->measure);            \
    }
OF_MEASURE(read_latest, REHAB_LATEST)
OF_MEASURE(read_worst, REHAB_WORST)
OF_MEASURE(read_best, REHAB_BEST)
OF_MEASURE(read_symmetry, REHAB_SYMMETRY)
OF_MEASURE(read_difference, REHAB_DIFFERENCE)
OF_MEASURE(read_asymmetry, REHAB_ASYMMETRY)
OF_MEASURE(read_change, REHAB_CHANGE)
OF_MEASURE(read_percent_of, REHAB_PERCENT_OF)
OF_MEASURE(read_improvement, REHAB_IMPROVEMENT)
OF_MEASURE(read_rise, REHAB_RISE)
OF_MEASURE(read_recorded, REHAB_RECORDED)
OF_MEASURE(read_settle, REHAB_SETTLE)
OF_MEASURE(read_next_morning, REHAB_NEXT_MORNING)

#define OF_ACTIVITY(name, expression)                                                              \
    static void name(struct reader *r, json_t *value, const struct json_path *path, void *at)      \
    {                                                                                              \
        begin_expression(at, (expression));                                                        \
        wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->activity);           \
    }
OF_ACTIVITY(read_sessions, REHAB_SESSIONS)
OF_ACTIVITY(read_adherence, REHAB_ADHERENCE)
OF_ACTIVITY(read_spacing, REHAB_SPACING)

#define OF_NAME(name_, expression)                                                                 \
    static void name_(struct reader *r, json_t *value, const struct json_path *path, void *at)     \
    {                                                                                              \
        begin_expression(at, (expression));                                                        \
        wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->name);               \
    }
OF_NAME(read_cleared, REHAB_CLEARED)
OF_NAME(read_stratum, REHAB_STRATUM)
OF_NAME(read_reached, REHAB_REACHED)
OF_NAME(read_score, REHAB_SCORE)
OF_NAME(read_percentile, REHAB_PERCENTILE)
OF_NAME(read_state, REHAB_STATE)

static uint32_t read_word(struct reader *r, json_t *value, const struct json_path *path,
                          const struct words *w)
{
    if (!wire_is_type(r, value, JSON_STRING, path, "a string")) return 0;
    for (uint32_t i = 0; i < w->count; i++) {
        if (w->at[i] != NULL && strcmp(json_string_value(value), w->at[i]) == 0) return i;
    }
    fault(r, BAD_VALUE, path, NULL, wire_list_words(r, w, json_string_value(value)));
    return 0;
}

#define WORDS(name, ...)                                                                           \
    static const char *const name##_names[] = {__VA_ARGS__};                                       \
    static const struct words name = {name##_names, sizeof name##_names / sizeof name##_names[0]}

WORDS(elapsed_anchors, [REHAB_PHASE] = "phase", [REHAB_EPISODE] = "episode",
      [REHAB_ONSET] = "onset", [REHAB_SURGERY] = "surgery");
WORDS(
    change_anchors, [REHAB_BASELINE] = "baseline", [REHAB_PREVIOUS] = "previous",
    [REHAB_PRE_ONSET] = "pre_onset", [REHAB_PRE_SURGERY] = "pre_surgery", [REHAB_PHASE] = "phase");
WORDS(sides, [REHAB_INVOLVED] = "involved", [REHAB_OTHER] = "other", [REHAB_BOTH] = "both");
WORDS(sinces, [REHAB_SINCE_PHASE] = "phase", [REHAB_SINCE_EPISODE] = "episode");
WORDS(conditions, "unmedicated", "pain_free", "no_warm_up", "good_quality",
      "same_assessor");                 /* by bit number */
WORDS(roles, "clinician", "physician"); /* by bit number */

static const char *const op_names[] = {[REHAB_LT] = "<",  [REHAB_LE] = "<=", [REHAB_EQ] = "==",
                                       [REHAB_NE] = "!=", [REHAB_GE] = ">=", [REHAB_GT] = ">"};
const struct words wire_ops = {op_names, sizeof op_names / sizeof op_names[0]};

_Static_assert(REHAB_UNMEDICATED == 1 << 0 && REHAB_SAME_ASSESSOR == 1 << 4,
               "conditions are listed by bit number");
_Static_assert(REHAB_CLINICIAN == 1 << 0 && REHAB_PHYSICIAN == 1 << 1,
               "roles are listed by bit number");

static void read_elapsed(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    begin_expression(at, REHAB_ELAPSED);
    ((struct draft *)at)->criterion->from =
        (enum rehab_anchor)read_word(r, value, path, &elapsed_anchors);
}

WORDS(age_units, "years");

static void read_age(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    begin_expression(at, REHAB_AGE);
    (void)read_word(r, value, path, &age_units);
}

static void read_track(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->track);
}

static void read_from(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct draft *)at)->criterion->from =
        (enum rehab_anchor)read_word(r, value, path, &change_anchors);
}

/* Instead of `from`: check_leaf makes it so. */
static void read_ago(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_duration(r, value, path, &((struct draft *)at)->criterion->ago);
    ((struct draft *)at)->criterion->ago.given = true;
}

static void read_over(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->over);
}

static void read_per(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->per);
}

/* ---- conditions ---- */

void wire_read_rule_role(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    uint32_t bit = 1U << read_word(r, value, path, &roles);
    memcpy(at, &bit, sizeof bit);
}

/* A list of words as bits. */
static uint32_t read_bits(struct reader *r, json_t *value, const struct json_path *path,
                          const struct words *w)
{
    uint32_t bits = 0;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return 0;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const struct json_path item = {path, NULL, i};
        bits |= 1U << read_word(r, json_array_get(value, i), &item, w);
    }
    return bits;
}

static void read_by(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct draft *)at)->criterion->roles = read_bits(r, value, path, &roles);
}

static void read_relaxed_by(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_role(r, value, path, &((struct draft *)at)->criterion->roles);
}

static void read_qualified(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct draft *)at)->criterion->qualified = read_bits(r, value, path, &conditions);
}

static void read_side(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct draft *)at)->criterion->side = (enum rehab_side)read_word(r, value, path, &sides);
}

static void read_since(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct draft *)at)->criterion->since = (enum rehab_since)read_word(r, value, path, &sinces);
}

static void read_floor(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_TRUE, path, "true or false")) return;
    ((struct draft *)at)->criterion->floor = json_is_true(value);
}

static void read_within(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_duration(r, value, path, &((struct draft *)at)->criterion->within);
}

static void read_within_pair(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    wire_read_rule_duration(r, value, path, &((struct draft *)at)->criterion->within_pair);
}

WORDS(above_words, "warn");

static void read_above(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    (void)read_word(r, value, path, &above_words);
    ((struct draft *)at)->criterion->warn_above = true;
}

static const struct field for_fields[] = {
    FIELD_WHOLE(rehab_criterion, for_days, "days", OPTIONAL, 1, REHAB_MAX_RUN),
    FIELD_WHOLE(rehab_criterion, for_observations, "observations", OPTIONAL, 1, REHAB_MAX_RUN),
    FIELD_AT(rehab_criterion, apart, "apart", OPTIONAL, wire_read_rule_duration),
};
static const struct table for_table = TABLE(rehab_criterion, for_fields);

static void read_for(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_criterion *k = ((struct draft *)at)->criterion;
    wire_read_object(r, value, path, &for_table, k);
    if (json_is_object(value) && (k->for_days > 0) == (k->for_observations > 0)) {
        fault(r, BAD_VALUE, path, NULL, TEXT("must have either days or observations"));
    }
}

/* ---- sessions, trials ---- */

static void read_failed(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_TRUE, path, "true or false")) return;
    ((struct draft *)at)->criterion->failed = json_is_true(value);
}

static void read_plain_value(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    struct rehab_value v = wire_read_rule_value(r, value, path, false);
    memcpy(at, &v, sizeof v);
}

/* {"measure": "m", "is": "<=", "value": 0} */
static const struct field with_fields[] = {
    FIELD_AT(rehab_with, measure, "measure", REQUIRED, wire_read_rule_text),
    FIELD_WORD(rehab_with, is, "is", REQUIRED, wire_ops),
    FIELD_AT(rehab_with, value, "value", REQUIRED, read_plain_value),
};
static const struct table with_table = TABLE(rehab_with, with_fields);

static void read_with(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_with *with = &((struct draft *)at)->criterion->with;
    with->given = true;
    wire_read_object(r, value, path, &with_table, with);
}

WORDS(takes, [REHAB_TAKE_BEST] = "best", [REHAB_TAKE_MEAN] = "mean", [REHAB_TAKE_MEDIAN] = "median",
      [REHAB_TAKE_LAST] = "last");

static void read_take(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct draft *)at)->criterion->take = (enum rehab_take)read_word(r, value, path, &takes);
}

static void read_trials(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    int64_t whole = 0;
    if (!wire_is_type(r, value, JSON_INTEGER, path, "a number")) return;
    if (!wire_number_whole(wire_number_text(r->in, value), 1, REHAB_MAX_TRIALS, &whole))
        fault(r, BAD_VALUE, path, NULL, TEXT("must be a whole number from 1 to 20"));
    ((struct draft *)at)->criterion->trials = (uint32_t)whole;
}

static const struct field retest_fields[] = {
    FIELD_AT(rehab_retest, after, "after", REQUIRED, wire_read_rule_duration),
    FIELD_AT(rehab_retest, until, "until", REQUIRED, wire_read_rule_duration),
};
static const struct table retest_table = TABLE(rehab_retest, retest_fields);

static void read_retest(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_retest *retest = &((struct draft *)at)->criterion->retest;
    retest->given = true;
    wire_read_object(r, value, path, &retest_table, retest);
}

static void read_id(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_id(r, value, path, &((struct draft *)at)->criterion->id);
}

static void read_source(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_text(r, value, path, &((struct draft *)at)->criterion->citation.source);
}

static void read_certainty(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    enum rehab_certainty certainty =
        (enum rehab_certainty)read_word(r, value, path, &wire_certainties);
    ((struct draft *)at)->criterion->citation.certainty = certainty;
}

static void read_sign_off(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_TRUE, path, "true or false")) return;
    ((struct draft *)at)->criterion->citation.sign_off = json_is_true(value);
}

static void read_note(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_rule_prose(r, value, path, &((struct draft *)at)->criterion->citation.note);
}

#define KEEP(name)                                                                                 \
    static void keep_##name(struct reader *r, json_t *value, const struct json_path *path,         \
                            void *at)                                                              \
    {                                                                                              \
        (void)r;                                                                                   \
        (void)path;                                                                                \
        ((struct draft *)at)->name = value;                                                        \
    }
KEEP(is)
KEEP(value)
KEEP(between)
KEEP(in)
KEEP(value_by)
KEEP(zones)
KEEP(during)

/* What every leaf has; what it is compared with stands apart. */
#define LEAF_FIELDS                                                                                \
    FIELD_OWN("id", REQUIRED, read_id), FIELD_OWN("latest", OPTIONAL, read_latest),                \
        FIELD_OWN("worst", OPTIONAL, read_worst), FIELD_OWN("best", OPTIONAL, read_best),          \
        FIELD_OWN("symmetry", OPTIONAL, read_symmetry),                                            \
        FIELD_OWN("difference", OPTIONAL, read_difference),                                        \
        FIELD_OWN("asymmetry", OPTIONAL, read_asymmetry),                                          \
        FIELD_OWN("change", OPTIONAL, read_change),                                                \
        FIELD_OWN("percent_of", OPTIONAL, read_percent_of),                                        \
        FIELD_OWN("improvement", OPTIONAL, read_improvement),                                      \
        FIELD_OWN("rise", OPTIONAL, read_rise), FIELD_OWN("settle", OPTIONAL, read_settle),        \
        FIELD_OWN("recorded", OPTIONAL, read_recorded),                                            \
        FIELD_OWN("next_morning", OPTIONAL, read_next_morning),                                    \
        FIELD_OWN("elapsed", OPTIONAL, read_elapsed),                                              \
        FIELD_OWN("sessions", OPTIONAL, read_sessions),                                            \
        FIELD_OWN("adherence", OPTIONAL, read_adherence),                                          \
        FIELD_OWN("spacing", OPTIONAL, read_spacing), FIELD_OWN("during", OPTIONAL, keep_during),  \
        FIELD_OWN("with", OPTIONAL, read_with), FIELD_OWN("failed", OPTIONAL, read_failed),        \
        FIELD_OWN("trials", OPTIONAL, read_trials), FIELD_OWN("take", OPTIONAL, read_take),        \
        FIELD_OWN("retest", OPTIONAL, read_retest), FIELD_OWN("cleared", OPTIONAL, read_cleared),  \
        FIELD_OWN("stratum", OPTIONAL, read_stratum),                                              \
        FIELD_OWN("reached", OPTIONAL, read_reached), FIELD_OWN("score", OPTIONAL, read_score),    \
        FIELD_OWN("percentile", OPTIONAL, read_percentile),                                        \
        FIELD_OWN("state", OPTIONAL, read_state), FIELD_OWN("age", OPTIONAL, read_age),            \
        FIELD_OWN("track", OPTIONAL, read_track), FIELD_OWN("from", OPTIONAL, read_from),          \
        FIELD_OWN("ago", OPTIONAL, read_ago), FIELD_OWN("over", OPTIONAL, read_over),              \
        FIELD_OWN("per", OPTIONAL, read_per), FIELD_OWN("by", OPTIONAL, read_by),                  \
        FIELD_OWN("side", OPTIONAL, read_side), FIELD_OWN("within", OPTIONAL, read_within),        \
        FIELD_OWN("within_pair", OPTIONAL, read_within_pair),                                      \
        FIELD_OWN("for", OPTIONAL, read_for), FIELD_OWN("since", OPTIONAL, read_since),            \
        FIELD_OWN("qualified", OPTIONAL, read_qualified),                                          \
        FIELD_OWN("floor", OPTIONAL, read_floor),                                                  \
        FIELD_OWN("relaxed_by", OPTIONAL, read_relaxed_by),                                        \
        FIELD_OWN("source", REQUIRED, read_source),                                                \
        FIELD_OWN("certainty", REQUIRED, read_certainty),                                          \
        FIELD_OWN("sign_off", OPTIONAL, read_sign_off), FIELD_OWN("note", OPTIONAL, read_note)

/* The combinators are known here only to be suggested: an object that has one is none. */
static const struct field leaf_fields[] = {
    FIELD_ANY("all"),
    FIELD_ANY("any"),
    FIELD_ANY("not"),
    FIELD_ANY("at_least"),
    FIELD_ANY("same_occasion"),
    LEAF_FIELDS,
    FIELD_OWN("is", OPTIONAL, keep_is),
    FIELD_OWN("value", OPTIONAL, keep_value),
    FIELD_OWN("between", OPTIONAL, keep_between),
    FIELD_OWN("above", OPTIONAL, read_above),
    FIELD_OWN("in", OPTIONAL, keep_in),
    FIELD_OWN("value_by", OPTIONAL, keep_value_by),
};
static const struct table leaf_table = TABLE(draft, leaf_fields);

/* A band is a leaf with zones in place of a comparison. */
static const struct field reading_fields[] = {
    LEAF_FIELDS,
    FIELD_AT(draft, title, "title", OPTIONAL, wire_read_rule_words),
    FIELD_OWN("zones", REQUIRED, keep_zones),
};
static const struct table reading_table = TABLE(draft, reading_fields);

/* ---- the comparison ---- */

/* Is it a time that is compared? */
static bool is_time(const struct rehab_criterion *k)
{
    return k->expression == REHAB_ELAPSED || k->expression == REHAB_SETTLE ||
           k->expression == REHAB_SPACING;
}

static void read_set(struct reader *r, const struct draft *d, const struct json_path *path)
{
    const struct json_path list = {path, "in", 0};
    struct rehab_criterion *k = d->criterion;
    k->is = REHAB_IN;
    if (!wire_is_type(r, d->in, JSON_ARRAY, &list, "an array")) return;
    size_t count = json_array_size(d->in);
    struct rehab_value *values = wire_make(r, count, sizeof *values);
    for (size_t i = 0; values != NULL && i < count; i++) {
        const struct json_path item = {&list, NULL, i};
        values[i] = wire_read_rule_value(r, json_array_get(d->in, i), &item, false);
    }
    k->values = values;
    k->value_count = (uint32_t)count;
}

static void read_between(struct reader *r, const struct draft *d, const struct json_path *path)
{
    const struct json_path list = {path, "between", 0}, low = {&list, NULL, 0},
                           high = {&list, NULL, 1};
    struct rehab_criterion *k = d->criterion;
    bool elapsed = is_time(k);
    k->is = REHAB_BETWEEN;
    if (!wire_is_type(r, d->between, JSON_ARRAY, &list, "an array of two")) return;
    if (json_array_size(d->between) != 2) {
        fault(r, BAD_VALUE, &list, NULL, TEXT("must have two items: from, to"));
        return;
    }
    k->value = wire_read_rule_value(r, json_array_get(d->between, 0), &low, elapsed);
    k->upper = wire_read_rule_value(r, json_array_get(d->between, 1), &high, elapsed);
}

/* `"is": true` compares with a truth, `"is": ">="` goes with a value. A clearance, a phase
 * reached and what is on record need neither: they are so or not. */
static void read_comparison(struct reader *r, const struct draft *d, const struct json_path *path)
{
    const struct json_path is = {path, "is", 0}, value = {path, "value", 0};
    struct rehab_criterion *k = d->criterion;
    if (json_is_boolean(d->is)) {
        k->is = REHAB_EQ;
        k->value = wire_read_rule_value(r, d->is, &is, false);
        if (d->value != NULL)
            fault(r, BAD_VALUE, path, "value",
                  TEXT("stands beside a comparison, not beside true or false"));
        return;
    }
    bool stands = k->expression == REHAB_CLEARED || k->expression == REHAB_REACHED ||
                  k->expression == REHAB_RECORDED;
    if (d->is == NULL && d->value == NULL && stands) {
        k->is = REHAB_EQ;
        k->value = (struct rehab_value){.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE};
        return;
    }
    if (d->is == NULL) fault(r, MISSING_MEMBER, path, "is", no_text);
    if (d->value == NULL) fault(r, MISSING_MEMBER, path, "value", no_text);
    if (d->is != NULL) k->is = (enum rehab_op)read_word(r, d->is, &is, &wire_ops);
    if (d->value != NULL) k->value = wire_read_rule_value(r, d->value, &value, is_time(k));
}

const struct rehab_value_by *wire_read_value_by(struct reader *r, json_t *value,
                                                const struct json_path *path, bool elapsed,
                                                uint32_t *count)
{
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return NULL;
    void *stratum = json_object_iter(value);
    if (json_object_size(value) != 1) {
        fault(r, BAD_VALUE, path, NULL, TEXT("must name one stratum"));
        return NULL;
    }
    const struct json_path member = {path, json_object_iter_key(stratum), 0};
    json_t *bounds = json_object_iter_value(stratum);
    if (!wire_is_type(r, bounds, JSON_OBJECT, &member, "an object")) return NULL;
    struct rehab_value_by *all = wire_make(r, json_object_size(bounds), sizeof *all);
    struct text id = text_copy(r->c->arena, text_of(member.key));
    for (void *i = json_object_iter(bounds); all != NULL && i != NULL;
         i = json_object_iter_next(bounds, i)) {
        const struct json_path bound = {&member, json_object_iter_key(i), 0};
        struct text name = text_copy(r->c->arena, text_of(bound.key));
        all[(*count)++] = (struct rehab_value_by){
            .stratum = {id.at, (uint32_t)id.size},
            .stratum_value = {name.at, (uint32_t)name.size},
            .value = wire_read_rule_value(r, json_object_iter_value(i), &bound, elapsed),
        };
    }
    return all;
}

static void read_value_by(struct reader *r, const struct draft *d, const struct json_path *path)
{
    const struct json_path by = {path, "value_by", 0};
    struct rehab_criterion *k = d->criterion;
    k->value_by = wire_read_value_by(r, d->value_by, &by, is_time(k), &k->value_by_count);
}

/* Whether an expression has a condition is the compiler's business, but for what would not reach
 * it.
 */
static void check_session(struct reader *r, const struct draft *d, const struct json_path *path)
{
    struct rehab_criterion *k = d->criterion;
    const struct json_path during = {path, "during", 0};
    bool own = k->expression == REHAB_SESSIONS || k->expression == REHAB_ADHERENCE ||
               k->expression == REHAB_SPACING;
    bool after = k->expression == REHAB_SETTLE || k->expression == REHAB_NEXT_MORNING;
    if (d->during == NULL && after) fault(r, MISSING_MEMBER, path, "during", no_text);
    if (d->during != NULL && own)
        fault(r, BAD_VALUE, path, "during", TEXT("belongs to what is measured in a session"));
    if (d->during != NULL && !own) wire_read_rule_text(r, d->during, &during, &k->activity);
    if (k->with.given && k->expression != REHAB_SESSIONS)
        fault(r, BAD_VALUE, path, "with", TEXT("belongs to sessions"));
    if (k->failed && k->expression != REHAB_SPACING)
        fault(r, BAD_VALUE, path, "failed", TEXT("belongs to spacing"));
    if ((k->trials > 0) != (k->take != REHAB_TAKE_NONE))
        fault(r, BAD_VALUE, path, k->trials > 0 ? "trials" : "take",
              TEXT("trials and take go together"));
}

static void check_leaf(struct reader *r, const struct draft *d, const struct json_path *path)
{
    struct rehab_criterion *k = d->criterion;
    bool since = k->expression == REHAB_CHANGE || k->expression == REHAB_PERCENT_OF ||
                 k->expression == REHAB_IMPROVEMENT;
    if (k->ago.given && (!since || k->from != REHAB_ANCHOR_NONE))
        fault(r, BAD_VALUE, path, "ago",
              TEXT("belongs to change, percent_of and improvement, instead of from"));
    if (k->ago.given && since) k->from = REHAB_AGO;
    if (since && k->from == REHAB_ANCHOR_NONE) fault(r, MISSING_MEMBER, path, "from", no_text);
    if (k->expression == REHAB_RISE && k->over.size == 0)
        fault(r, MISSING_MEMBER, path, "over", no_text);
    if (k->expression == REHAB_CLEARED && k->roles == 0)
        fault(r, MISSING_MEMBER, path, "by", no_text);
    if (k->expression != REHAB_RISE && k->expression != REHAB_NEXT_MORNING && k->over.size > 0)
        fault(r, BAD_VALUE, path, "over", TEXT("belongs to rise and next_morning"));
    if (k->track.size > 0 && k->expression != REHAB_REACHED)
        fault(r, BAD_VALUE, path, "track", TEXT("belongs to reached"));
    if (k->warn_above && d->between == NULL)
        fault(r, BAD_VALUE, path, "above", TEXT("belongs to between"));
    if (k->floor && k->expression != REHAB_ELAPSED)
        fault(r, BAD_VALUE, path, "floor", TEXT("belongs to elapsed"));
    if (k->per.size > 0 && k->expression > REHAB_BEST)
        fault(r, BAD_VALUE, path, "per", TEXT("belongs to latest, worst and best"));
}

/* What has one expression; others are told which there are. */
static bool is_leaf(struct reader *r, const struct draft *d, const struct json_path *path)
{
    if (d->expressions == 1) return true;
    fault(r, BAD_VALUE, path, NULL,
          TEXT("must have one expression: latest, worst, best, symmetry, difference, asymmetry, "
               "change, percent_of, improvement, rise, settle, next_morning, elapsed, cleared, "
               "stratum, reached, recorded, score, percentile, state, age, sessions, adherence or "
               "spacing; "
               "or be all, any, not, at_least or same_occasion"));
    return false;
}

static void read_compared(struct reader *r, const struct draft *d, const struct json_path *path)
{
    int comparisons = (d->is != NULL || d->value != NULL) + (d->between != NULL) + (d->in != NULL);
    if (d->between != NULL) {
        read_between(r, d, path);
    } else if (d->in != NULL) {
        read_set(r, d, path);
    } else {
        read_comparison(r, d, path);
    }
    if (comparisons > 1)
        fault(r, BAD_VALUE, path, NULL, TEXT("must have one comparison: is, between or in"));
}

static void read_leaf(struct reader *r, json_t *value, const struct json_path *path,
                      struct rehab_criterion *k)
{
    struct draft d = {.criterion = k};
    k->kind = REHAB_LEAF;
    wire_read_object(r, value, path, &leaf_table, &d);
    if (!is_leaf(r, &d, path)) return;
    read_compared(r, &d, path);
    if (d.value_by != NULL) read_value_by(r, &d, path);
    check_session(r, &d, path);
    check_leaf(r, &d, path);
}

void wire_read_rule_comparison(struct reader *r, json_t *value, const struct json_path *path,
                               bool sets, struct rehab_comparison *out)
{
    struct rehab_criterion k = {.kind = REHAB_LEAF};
    struct draft d = {.criterion = &k,
                      .is = json_object_get(value, "is"),
                      .value = json_object_get(value, "value"),
                      .between = json_object_get(value, "between"),
                      .in = sets ? json_object_get(value, "in") : NULL};
    if (!json_is_object(value)) return; /* told already */
    read_compared(r, &d, path);
    *out = (struct rehab_comparison){k.is, k.value, k.upper, k.values, k.value_count};
}

json_t *wire_read_rule_reading(struct reader *r, json_t *value, const struct json_path *path,
                               struct rehab_criterion *out, struct rehab_words *title)
{
    struct draft d = {.criterion = out};
    out->kind = REHAB_LEAF;
    wire_read_object(r, value, path, &reading_table, &d);
    if (is_leaf(r, &d, path)) {
        check_session(r, &d, path);
        check_leaf(r, &d, path);
    }
    *title = d.title;
    return d.zones;
}

/* ---- combinators ---- */

static void read_any_criterion(struct reader *r, json_t *value, const struct json_path *path,
                               struct rehab_criterion *k);

/* The depth of the JSON text bounds the recursion. */
static void read_children(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_criterion *k = at;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array of criteria")) return;
    size_t count = json_array_size(value);
    if (count == 0) fault(r, BAD_VALUE, path, NULL, TEXT("must not be empty"));
    struct rehab_criterion *all = wire_make(r, count, sizeof *all);
    for (size_t i = 0; all != NULL && i < count; i++) {
        const struct json_path item = {path, NULL, i};
        read_any_criterion(r, json_array_get(value, i), &item, &all[i]);
    }
    k->of = all;
    k->of_count = all == NULL ? 0 : (uint32_t)count;
}

static void read_child(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_criterion *k = at, *child = wire_make(r, 1, sizeof *child);
    if (child == NULL) return;
    read_any_criterion(r, value, path, child);
    k->of = child;
    k->of_count = 1;
}

static const struct field all_fields[] = {FIELD_OWN("all", REQUIRED, read_children)};
static const struct field any_fields[] = {FIELD_OWN("any", REQUIRED, read_children)};
static const struct field not_fields[] = {FIELD_OWN("not", REQUIRED, read_child)};
static const struct field at_least_fields[] = {
    FIELD_WHOLE(rehab_criterion, least, "at_least", REQUIRED, 1, REHAB_MAX_NODES),
    FIELD_OWN("of", REQUIRED, read_children),
};
static const struct field same_occasion_fields[] = {
    FIELD_OWN("same_occasion", REQUIRED, read_children),
    FIELD_AT(rehab_criterion, window, "within", REQUIRED, wire_read_rule_duration),
};

static const struct combinator {
    const char *name;
    enum rehab_node_kind kind;
    struct table table;
} combinators[] = {
    {"all", REHAB_ALL, TABLE(rehab_criterion, all_fields)},
    {"any", REHAB_ANY, TABLE(rehab_criterion, any_fields)},
    {"not", REHAB_NOT, TABLE(rehab_criterion, not_fields)},
    {"at_least", REHAB_AT_LEAST, TABLE(rehab_criterion, at_least_fields)},
    {"same_occasion", REHAB_SAME_OCCASION, TABLE(rehab_criterion, same_occasion_fields)},
};

static void read_any_criterion(struct reader *r, json_t *value, const struct json_path *path,
                               struct rehab_criterion *k)
{
    for (size_t i = 0; i < sizeof combinators / sizeof combinators[0]; i++) {
        if (json_object_get(value, combinators[i].name) == NULL) continue;
        k->kind = combinators[i].kind;
        wire_read_object(r, value, path, &combinators[i].table, k);
        return;
    }
    read_leaf(r, value, path, k);
}

void wire_read_criterion(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_criterion *k = wire_make(r, 1, sizeof *k);
    if (k == NULL) return;
    read_any_criterion(r, value, path, k);
    *(const struct rehab_criterion **)at = k;
}
