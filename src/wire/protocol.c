/* SPDX-License-Identifier: Apache-2.0 */
/* A protocol document into the structs of rehab/document.h, table by table. What an author may
 * write is exactly what the tables say; whether it makes sense is the compiler's business. */
#include "rules.h"

static void read_pair_of_durations(struct reader *r, json_t *value, const struct json_path *path,
                                   struct rehab_duration *low, struct rehab_duration *high)
{
    wire_read_rule_pair(r, value, path, wire_read_rule_duration, low, high);
}

/* One small whole number, into a uint32_t. */
static void read_count(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    int64_t whole = 0;
    if (!wire_is_type(r, value, JSON_INTEGER, path, "a number")) return;
    if (!wire_number_whole(wire_number_text(r->in, value), 0, 10'000, &whole)) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL,
                            TEXT("must be a whole number from 0 to 10000"));
    }
    memcpy(at, &(uint32_t){(uint32_t)whole}, sizeof(uint32_t));
}

#define WORDS(name, ...)                                                                           \
    static const char *const name##_names[] = {__VA_ARGS__};                                       \
    static const struct words name = {name##_names, sizeof name##_names / sizeof name##_names[0]}

/* ---- how long it usually takes ---- */

WORDS(anchors, [REHAB_PHASE] = "phase", [REHAB_EPISODE] = "episode", [REHAB_ONSET] = "onset",
      [REHAB_SURGERY] = "surgery");

static void read_typical(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_expectation *x = at;
    read_pair_of_durations(r, value, path, &x->low, &x->high);
}

/* {"grade": {"3": ["P42D", "P180D"]}} */
static void read_expectation_by(struct reader *r, json_t *value, const struct json_path *path,
                                void *at)
{
    struct rehab_expectation *x = at;
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return;
    if (json_object_size(value) != 1) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, TEXT("must name one stratum"));
        return;
    }
    void *stratum = json_object_iter(value);
    const struct json_path member = {path, json_object_iter_key(stratum), 0};
    json_t *values = json_object_iter_value(stratum);
    if (!wire_is_type(r, values, JSON_OBJECT, &member, "an object")) return;
    struct rehab_expectation_by *all = wire_make(r, json_object_size(values), sizeof *all);
    struct text id = text_copy(r->c->arena, text_of(member.key));
    for (void *i = json_object_iter(values); all != NULL && i != NULL;
         i = json_object_iter_next(values, i)) {
        const struct json_path pair = {&member, json_object_iter_key(i), 0};
        struct rehab_expectation_by *by = &all[x->by_count++];
        struct text name = text_copy(r->c->arena, text_of(pair.key));
        by->stratum = (struct rehab_text){id.at, (uint32_t)id.size};
        by->stratum_value = (struct rehab_text){name.at, (uint32_t)name.size};
        read_pair_of_durations(r, json_object_iter_value(i), &pair, &by->low, &by->high);
    }
    x->by = all;
}

static const struct field expectation_fields[] = {
    FIELD_WORD(rehab_expectation, from, "from", OPTIONAL, anchors),
    FIELD_OWN("typical", REQUIRED, read_typical),
    FIELD_OWN("by", OPTIONAL, read_expectation_by),
    CITATION_FIELDS(rehab_expectation, citation, OPTIONAL),
};
static const struct table expectation_table = TABLE(rehab_expectation, expectation_fields);

static void read_expectation(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    struct rehab_expectation *x = at;
    x->given = true;
    wire_read_object(r, value, path, &expectation_table, x);
}

static void read_phase_expectation(struct reader *r, json_t *value, const struct json_path *path,
                                   void *at)
{
    struct rehab_expectation *x = at;
    read_expectation(r, value, path, x);
    if (x->from == REHAB_ANCHOR_NONE) x->from = REHAB_PHASE;
}

static void read_track_expectation(struct reader *r, json_t *value, const struct json_path *path,
                                   void *at)
{
    struct rehab_expectation *x = at;
    read_expectation(r, value, path, x);
    if (x->from == REHAB_ANCHOR_NONE) x->from = REHAB_EPISODE;
}

/* ---- prescriptions ---- */

static const struct field tempo_fields[] = {
    FIELD_AT(rehab_prescription, tempo_up, "up", OPTIONAL, wire_read_rule_duration),
    FIELD_AT(rehab_prescription, tempo_down, "down", OPTIONAL, wire_read_rule_duration),
};
static const struct table tempo_table = TABLE(rehab_prescription, tempo_fields);

static void read_tempo(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &tempo_table, at);
}

static const struct field schedule_fields[] = {
    FIELD_WHOLE(rehab_prescription, per_day, "per_day", OPTIONAL, 1, 100),
    FIELD_WHOLE(rehab_prescription, per_week, "per_week", OPTIONAL, 1, 100),
    FIELD_WHOLE(rehab_prescription, every_days, "every_days", OPTIONAL, 1, 100),
};
static const struct table schedule_table = TABLE(rehab_prescription, schedule_fields);

static void read_schedule(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &schedule_table, at);
}

static void read_limit_value(struct reader *r, json_t *value, const struct json_path *path,
                             void *at)
{
    struct rehab_value v = wire_read_rule_value(r, value, path, false);
    memcpy(at, &v, sizeof v);
}

/* {"grade": {"3": 95}}: as in criteria. */
static void read_limit_by(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_limit *limit = at;
    limit->value_by = wire_read_value_by(r, value, path, false, &limit->value_by_count);
}

static const struct field limit_fields[] = {
    FIELD_AT(rehab_limit, during, "during", REQUIRED, wire_read_rule_text),
    FIELD_WORD(rehab_limit, is, "is", REQUIRED, wire_ops),
    FIELD_AT(rehab_limit, value, "value", REQUIRED, read_limit_value),
    FIELD_OWN("value_by", OPTIONAL, read_limit_by),
    FIELD_AT(rehab_limit, otherwise, "else", REQUIRED, wire_read_rule_text),
    CITATION_FIELDS(rehab_limit, citation, OPTIONAL),
};
static const struct table limit_table = TABLE(rehab_limit, limit_fields);

static void read_limit(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    ((struct rehab_limit *)at)->given = true;
    wire_read_object(r, value, path, &limit_table, at);
}

static void read_caps(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_prescription *p = at;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return;
    size_t count = json_array_size(value);
    struct rehab_limit *caps = wire_make(r, count, sizeof *caps);
    for (size_t i = 0; caps != NULL && i < count; i++) {
        const struct json_path item = {path, NULL, i};
        read_limit(r, json_array_get(value, i), &item, &caps[i]);
    }
    p->caps = caps;
    p->cap_count = caps == NULL ? 0 : (uint32_t)count;
}

static void read_load_percent(struct reader *r, json_t *value, const struct json_path *path,
                              void *at)
{
    struct rehab_prescription *p = at;
    wire_read_rule_pair(r, value, path, read_count, &p->load_percent_low, &p->load_percent_high);
}

static const struct field raise_fields[] = {FIELD_OWN("load_percent", REQUIRED, read_load_percent)};
static const struct table raise_table = TABLE(rehab_prescription, raise_fields);

static void read_raise(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &raise_table, at);
}

static const struct field progress_fields[] = {
    FIELD_AT(rehab_prescription, progress, "when", REQUIRED, wire_read_criterion),
    FIELD_OWN("raise", OPTIONAL, read_raise),
    CITATION_FIELDS(rehab_prescription, progress_citation, OPTIONAL),
};
static const struct table progress_table = TABLE(rehab_prescription, progress_fields);

static void read_progress(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &progress_table, at);
}

static const struct field prescription_fields[] = {
    FIELD_AT(rehab_prescription, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_prescription, exercise, "exercise", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_prescription, activity, "activity", OPTIONAL, wire_read_rule_id),
    FIELD_AT(rehab_prescription, side, "side", OPTIONAL, wire_read_rule_text),
    FIELD_WHOLE(rehab_prescription, sets, "sets", OPTIONAL, 1, 1000),
    FIELD_WHOLE(rehab_prescription, repetitions, "repetitions", OPTIONAL, 1, 10000),
    FIELD_AT(rehab_prescription, hold, "hold", OPTIONAL, wire_read_rule_duration),
    FIELD_OWN("tempo", OPTIONAL, read_tempo),
    FIELD_OWN("schedule", OPTIONAL, read_schedule),
    FIELD_AT(rehab_prescription, limit, "limit", OPTIONAL, read_limit),
    FIELD_OWN("caps", OPTIONAL, read_caps),
    FIELD_AT(rehab_prescription, gate, "gate", OPTIONAL, wire_read_criterion),
    FIELD_OWN("progress", OPTIONAL, read_progress),
    FIELD_AT(rehab_prescription, deficits, "deficits", OPTIONAL, wire_read_rule_texts),
    CITATION_FIELDS(rehab_prescription, citation, OPTIONAL),
};
static const struct table prescription_table = TABLE(rehab_prescription, prescription_fields);

/* ---- the other parts of a phase ---- */

static void read_minutes(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_treatment *t = at;
    wire_read_rule_pair(r, value, path, read_count, &t->minutes_low, &t->minutes_high);
}

static void read_per_day(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_treatment *t = at;
    wire_read_rule_pair(r, value, path, read_count, &t->per_day_low, &t->per_day_high);
}

static const struct field dosage_fields[] = {
    FIELD_OWN("minutes", OPTIONAL, read_minutes),
    FIELD_OWN("per_day", OPTIONAL, read_per_day),
};
static const struct table dosage_table = TABLE(rehab_treatment, dosage_fields);

static void read_dosage(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &dosage_table, at);
}

static const struct field treatment_fields[] = {
    FIELD_AT(rehab_treatment, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_treatment, title, "title", REQUIRED, wire_read_rule_words),
    FIELD_AT(rehab_treatment, text, "text", OPTIONAL, wire_read_rule_words),
    FIELD_OWN("dosage", OPTIONAL, read_dosage),
    CITATION_FIELDS(rehab_treatment, citation, OPTIONAL),
};
static const struct table treatment_table = TABLE(rehab_treatment, treatment_fields);

static const struct field advice_fields[] = {
    FIELD_AT(rehab_advice, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_advice, title, "title", OPTIONAL, wire_read_rule_words),
    FIELD_AT(rehab_advice, text, "text", REQUIRED, wire_read_rule_words),
    FIELD_AT(rehab_advice, give, "give", REQUIRED, wire_read_criterion),
    FIELD_AT(rehab_advice, withdraw, "withdraw", OPTIONAL, wire_read_criterion),
    FIELD_AT(rehab_advice, note, "note", OPTIONAL, wire_read_rule_prose),
};
static const struct table advice_table = TABLE(rehab_advice, advice_fields);

WORDS(gate_moves, [REHAB_ADVANCE] = "advance", [REHAB_COMPLETE] = "complete", [REHAB_HOLD] = "hold",
      [REHAB_REGRESS] = "regress", [REHAB_RESTART] = "restart", [REHAB_REVIEW] = "review");

static const struct field deadline_fields[] = {
    FIELD_WORD(rehab_deadline, from, "from", REQUIRED, anchors),
    FIELD_AT(rehab_deadline, by, "by", REQUIRED, wire_read_rule_duration),
    CITATION_FIELDS(rehab_deadline, citation, REQUIRED),
};
static const struct table deadline_table = TABLE(rehab_deadline, deadline_fields);

static void read_deadline(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_deadline *d = at;
    d->given = true;
    wire_read_object(r, value, path, &deadline_table, d);
}

static const struct field gate_fields[] = {
    FIELD_AT(rehab_gate, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_WORD(rehab_gate, move, "move", REQUIRED, gate_moves),
    FIELD_AT(rehab_gate, to, "to", OPTIONAL, wire_read_rule_id),
    FIELD_WHOLE(rehab_gate, back, "back", OPTIONAL, 1, REHAB_MAX_PHASES),
    FIELD_AT(rehab_gate, when, "when", REQUIRED, wire_read_criterion),
    FIELD_AT(rehab_gate, deadline, "deadline", OPTIONAL, read_deadline),
    FIELD_AT(rehab_gate, note, "note", OPTIONAL, wire_read_rule_prose),
};
static const struct table gate_table = TABLE(rehab_gate, gate_fields);

static void read_goals(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_phase *p = at;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return;
    size_t count = json_array_size(value);
    struct rehab_words *goals = wire_make(r, count, sizeof *goals);
    for (size_t i = 0; goals != NULL && i < count; i++) {
        const struct json_path item = {path, NULL, i};
        wire_read_rule_words(r, json_array_get(value, i), &item, &goals[i]);
    }
    p->goals = goals;
    p->goal_count = goals == NULL ? 0 : (uint32_t)count;
}

#define LIST(owner, member, count, name, need, table)                                              \
    FIELD_LIST(owner, member, count, name, need, table, 0, RULES_ITEMS_MAX)

static const struct field phase_fields[] = {
    FIELD_AT(rehab_phase, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_phase, title, "title", REQUIRED, wire_read_rule_words),
    FIELD_OWN("goals", OPTIONAL, read_goals),
    LIST(rehab_phase, treatments, treatment_count, "treatments", OPTIONAL, treatment_table),
    LIST(rehab_phase, prescriptions, prescription_count, "prescriptions", OPTIONAL,
         prescription_table),
    FIELD_AT(rehab_phase, restrictions, "restrictions", OPTIONAL, wire_read_rule_texts),
    LIST(rehab_phase, advice, advice_count, "advice", OPTIONAL, advice_table),
    LIST(rehab_phase, gates, gate_count, "gates", OPTIONAL, gate_table),
    FIELD_OWN("bands", OPTIONAL, wire_read_rule_bands),
    FIELD_AT(rehab_phase, expect, "expect", OPTIONAL, read_phase_expectation),
    FIELD_AT(rehab_phase, note, "note", OPTIONAL, wire_read_rule_prose),
};
static const struct table phase_table = TABLE(rehab_phase, phase_fields);

static const struct field track_fields[] = {
    FIELD_AT(rehab_track, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_track, expect, "expect", OPTIONAL, read_track_expectation),
    LIST(rehab_track, phases, phase_count, "phases", REQUIRED, phase_table),
};
static const struct table track_table = TABLE(rehab_track, track_fields);

/* ---- red flags ---- */

WORDS(levels, [REHAB_LEVEL_HOLD] = "hold", [REHAB_LEVEL_URGENT] = "urgent",
      [REHAB_LEVEL_EMERGENCY] = "emergency");

/* All a flag can do is stop; the member says so aloud. */
static void read_then(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    (void)at;
    if (!wire_is_type(r, value, JSON_STRING, path, "a string")) return;
    if (strcmp(json_string_value(value), "stop") != 0)
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, TEXT("must be stop"));
}

static const struct field red_flag_fields[] = {
    FIELD_AT(rehab_red_flag, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_AT(rehab_red_flag, title, "title", OPTIONAL, wire_read_rule_words),
    FIELD_AT(rehab_red_flag, message, "message", REQUIRED, wire_read_rule_words),
    FIELD_WORD(rehab_red_flag, level, "level", REQUIRED, levels),
    FIELD_AT(rehab_red_flag, when, "when", REQUIRED, wire_read_criterion),
    FIELD_OWN("then", OPTIONAL, read_then),
    FIELD_AT(rehab_red_flag, cleared_by, "cleared_by", REQUIRED, wire_read_rule_role),
    FIELD_AT(rehab_red_flag, note, "note", OPTIONAL, wire_read_rule_prose),
};
static const struct table red_flag_table = TABLE(rehab_red_flag, red_flag_fields);

/* ---- members by name: strata, activities, terms, sources, freshness ---- */

static struct text of_core(struct rehab_text t)
{
    return (struct text){t.at, t.size};
}

static const struct field stratum_fields[] = {
    FIELD_AT(rehab_stratum, values, "values", REQUIRED, wire_read_rule_texts),
    FIELD(rehab_stratum, ordered, "ordered", WIRE_BOOL, OPTIONAL),
};
static const struct table stratum_table = TABLE(rehab_stratum, stratum_fields);

static void read_strata(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    d->strata = wire_read_rule_named(r, value, path, &stratum_table, &d->stratum_count);
}

static const struct field activity_fields[] = {
    FIELD_AT(rehab_activity, title, "title", OPTIONAL, wire_read_rule_words),
};
static const struct table activity_table = TABLE(rehab_activity, activity_fields);

static void read_activities(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    d->activities = wire_read_rule_named(r, value, path, &activity_table, &d->activity_count);
}

static void read_terms(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return;
    struct rehab_term *all = wire_make(r, json_object_size(value), sizeof *all);
    for (void *i = json_object_iter(value); all != NULL && i != NULL;
         i = json_object_iter_next(value, i)) {
        const struct json_path member = {path, json_object_iter_key(i), 0};
        struct rehab_term *term = &all[d->term_count++];
        term->id = wire_read_rule_name(r, i, path);
        wire_read_rule_words(r, json_object_iter_value(i), &member, &term->words);
    }
    d->terms = all;
}

static const struct field source_fields[] = {
    FIELD_AT(rehab_source, citation, "citation", REQUIRED, wire_read_rule_prose),
    FIELD_ANY("url"),
    FIELD_ANY("doi"),
    FIELD_ANY("pmid"),
    FIELD_ANY("note"),
};
static const struct table source_table = TABLE(rehab_source, source_fields);

static void read_sources(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    d->sources = wire_read_rule_named(r, value, path, &source_table, &d->source_count);
}

static void report_freshness(struct reader *r, const struct rehab_document *d,
                             struct rehab_text name, const struct json_path *member)
{
    const size_t count = 2 * (size_t)d->measure_count;
    struct rehab_text *names = rehab_alloc(r->c->arena, (count + 1) * sizeof *names);
    if (names == NULL) return;
    for (size_t i = 0; i < count; i++)
        names[i] = i % 2 == 0 ? d->measures[i / 2].code : d->measures[i / 2].freshness_class;
    struct text near = wire_nearest(of_core(name), names, (uint32_t)count);
    struct text detail = TEXT("must be a measure or a class of measures");
    if (near.size > 0)
        detail =
            text_format(r->c->arena, "%.*s; did you mean %.*s?", TEXT_FMT(detail), TEXT_FMT(near));
    (void)wire_fault_at(r->c, BAD_VALUE, member, NULL, detail);
}

/* A window that is for nothing would leave the measures with another one, and nobody would know. */
static void check_freshness(struct reader *r, const struct rehab_document *d,
                            struct rehab_text name, const struct json_path *member)
{
    for (uint32_t i = 0; i < d->measure_count; i++) {
        const struct rehab_measure *m = &d->measures[i];
        if (rehab_text_equal(m->code, name) || rehab_text_equal(m->freshness_class, name)) return;
    }
    report_freshness(r, d, name, member);
}

static void read_freshness(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    struct rehab_document *d = at;
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return;
    struct rehab_freshness *all = wire_make(r, json_object_size(value), sizeof *all);
    for (void *i = json_object_iter(value); all != NULL && i != NULL;
         i = json_object_iter_next(value, i)) {
        const struct json_path member = {path, json_object_iter_key(i), 0};
        all[d->freshness_count].of = wire_read_rule_name(r, i, path);
        if (all[d->freshness_count].of.size > 0)
            check_freshness(r, d, all[d->freshness_count].of, &member);
        wire_read_rule_duration(r, json_object_iter_value(i), &member,
                                &all[d->freshness_count++].window);
    }
    d->freshness = all;
}

/* ---- the document ---- */

static const struct field code_fields[] = {
    FIELD_AT(rehab_code, system, "system", REQUIRED, wire_read_rule_prose),
    FIELD_AT(rehab_code, code, "code", REQUIRED, wire_read_rule_text),
};
static const struct table code_table = TABLE(rehab_code, code_fields);

static const struct field condition_fields[] = {
    FIELD_AT(rehab_document, condition, "text", REQUIRED, wire_read_rule_prose),
    LIST(rehab_document, codes, code_count, "codes", OPTIONAL, code_table),
};
static const struct table condition_table = TABLE(rehab_document, condition_fields);

static void read_condition(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    wire_read_object(r, value, path, &condition_table, at);
}

static void read_format(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    (void)at;
    if (!wire_is_type(r, value, JSON_STRING, path, "a string")) return;
    if (strcmp(json_string_value(value), "rehab-protocol/1") == 0) return;
    (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, TEXT("must be rehab-protocol/1"));
}

WORDS(involved, "none", "one", "both");

/* Both sides involved is a sided protocol too: what is measured belongs to a side. */
static void read_side(struct reader *r, json_t *value, const struct json_path *path, void *at)
{
    if (!wire_is_type(r, value, JSON_STRING, path, "a string")) return;
    for (uint32_t i = 0; i < involved.count; i++) {
        if (strcmp(json_string_value(value), involved.at[i]) != 0) continue;
        ((struct rehab_document *)at)->sided = i > 0;
        return;
    }
    (void)wire_fault_at(r->c, BAD_VALUE, path, NULL,
                        wire_list_words(r, &involved, json_string_value(value)));
}

WORDS(day_zeros, [REHAB_ONSET] = "onset", [REHAB_SURGERY] = "surgery");

static const struct field note_fields[] = {
    FIELD_AT(rehab_note, id, "id", REQUIRED, wire_read_rule_text),
    FIELD_AT(rehab_note, text, "text", REQUIRED, wire_read_rule_words),
};
static const struct table note_table = TABLE(rehab_note, note_fields);

static const struct field document_fields[] = {
    FIELD_OWN("format", REQUIRED, read_format),
    FIELD_AT(rehab_document, id, "id", REQUIRED, wire_read_rule_id),
    FIELD_WHOLE(rehab_document, version, "version", REQUIRED, 1, INT32_MAX),
    FIELD_AT(rehab_document, title, "title", REQUIRED, wire_read_rule_words),
    FIELD_AT(rehab_document, description, "description", OPTIONAL, wire_read_rule_words),
    FIELD_OWN("condition", OPTIONAL, read_condition),
    FIELD_OWN("side", REQUIRED, read_side),
    FIELD_WORD(rehab_document, day_zero, "day_zero", REQUIRED, day_zeros),
    FIELD_OWN("strata", OPTIONAL, read_strata),
    FIELD_OWN("activities", OPTIONAL, read_activities),
    FIELD_OWN("terms", OPTIONAL, read_terms),
    FIELD_OWN("sources", OPTIONAL, read_sources),
    FIELD_OWN("freshness", OPTIONAL, read_freshness),
    FIELD_AT(rehab_document, within_pair, "within_pair", OPTIONAL, wire_read_rule_duration),
    FIELD_OWN("scores", OPTIONAL, wire_read_rule_scores),
    FIELD_OWN("tables", OPTIONAL, wire_read_rule_norms),
    FIELD_OWN("states", OPTIONAL, wire_read_rule_automata),
    LIST(rehab_document, red_flags, red_flag_count, "red_flags", OPTIONAL, red_flag_table),
    LIST(rehab_document, tracks, track_count, "tracks", REQUIRED, track_table),
    LIST(rehab_document, notes, note_count, "notes", OPTIONAL, note_table),
};
static const struct table document_table = TABLE(rehab_document, document_fields);

struct result wire_read_protocol(struct call *c, struct text body,
                                 const struct rehab_measure *measures, uint32_t count,
                                 struct rehab_document *out)
{
    struct rehab_document d = {.measures = measures, .measure_count = count};
    SCOPED(wire_close_json) struct json_in in = {.root = NULL};
    TRY(wire_open_json(c, body, TOP_DOCUMENT, &in));
    struct reader r = {c, &in, NULL};
    wire_read_object(&r, in.root, NULL, &document_table, &d);
    if (c->arena->full) return (struct result){NO_MEMORY};
    TRY(call_faults(c));
    *out = d;
    return DONE;
}
