/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies that say what happens to a patient. Most of it is tables; observations are judged here
 * too, since whether a value can be kept exactly depends on the digits and the unit it came in. */
#include "json_in.h"
#include "unit.h"
#include "wire.h"
#include "words.h"

#include "rehab/quantity.h"

#define SAY(r, ...) text_format((r)->c->arena, __VA_ARGS__)

/* ---- patient ---- */

/* `system|value` is how the list is asked for one, so a system holds no bar. */
static void read_system(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    static const struct field line = {.kind = WIRE_TEXT, .least = 1, .most = WIRE_NAME_MAX};
    struct text system = wire_read_line(r, value, path, &line);
    ((struct identifier *)owner)->system = system;
    if (system.size == 0 || memchr(system.at, '|', system.size) == NULL) return;
    (void)wire_fault_at(r->c, BAD_VALUE, path, NULL, TEXT("must not hold a |"));
}

static const struct field identifier_fields[] = {
    FIELD_OWN("system", REQUIRED, read_system),
    FIELD_TEXT(identifier, value, "value", WIRE_TEXT, REQUIRED, WIRE_NAME_MAX),
};
const struct table wire_identifiers = TABLE(identifier, identifier_fields);

static const struct field patient_fields[] = {
    FIELD_LIST(patient, identifiers, identifier_count, "identifiers", OPTIONAL, wire_identifiers, 0,
               WIRE_IDENTIFIERS_MAX),
    FIELD(patient, birth_day, "birth_date", WIRE_DATE, OPTIONAL),
    FIELD_WORD(patient, sex, "sex", OPTIONAL, wire_sexes),
    FIELD_TEXT(patient, label, "label", WIRE_TEXT, OPTIONAL, WIRE_NAME_MAX),
};
static const struct table patient_table = TABLE(patient, patient_fields);

static bool same_identifier(struct identifier a, struct identifier b)
{
    return text_equal(a.system, b.system) && text_equal(a.value, b.value);
}

static void check_identifiers(struct call *c, const struct patient *p)
{
    const struct json_path list = {NULL, "identifiers", 0};
    for (uint32_t i = 1; i < p->identifier_count; i++) {
        const struct json_path item = {&list, NULL, i};
        uint32_t j = 0;
        while (j < i && !same_identifier(p->identifiers[j], p->identifiers[i]))
            j++;
        if (j < i) (void)wire_fault_at(c, BAD_VALUE, &item, NULL, TEXT("stands twice in the list"));
    }
}

struct result wire_read_patient(struct call *c, struct text body, struct patient *out)
{
    struct patient p = {.birth_day = NO_DAY};
    TRY(wire_read_body(c, body, &patient_table, NULL, &p));
    check_identifiers(c, &p);
    if (p.identifier_count == 0 && p.label.size == 0) {
        (void)wire_fault_at(c, MISSING_MEMBER, NULL, "label",
                            TEXT("send a label or an identifier, to find the patient by"));
    }
    TRY(call_faults(c));
    *out = p;
    return DONE;
}

/* ---- episode ---- */

/* {"grade": "2"}: names and values are the protocol's, so only their form is judged. */
void wire_read_strata(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    static const struct field name = {.kind = WIRE_TEXT, .least = 1, .most = WIRE_CODE_MAX};
    struct episode *e = owner;
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return;
    size_t count = json_object_size(value);
    if (count > WIRE_STRATA_MAX) {
        (void)wire_fault_at(r->c, BAD_VALUE, path, NULL,
                            SAY(r, "must have at most %d members", WIRE_STRATA_MAX));
        return;
    }
    e->strata = rehab_alloc(r->c->arena, (count + 1) * sizeof *e->strata);
    if (e->strata == NULL) return;
    for (void *i = json_object_iter(value); i != NULL; i = json_object_iter_next(value, i)) {
        const struct json_path member = {path, json_object_iter_key(i), 0};
        e->strata[e->stratum_count++] = (struct stratum){
            text_copy(r->c->arena, text_of(member.key)),
            wire_read_line(r, json_object_iter_value(i), &member, &name),
        };
    }
}

static const struct field episode_fields[] = {
    FIELD(episode, patient, "patient_id", WIRE_UUID, REQUIRED),
    FIELD_TEXT(episode, protocol, "protocol", WIRE_TEXT, REQUIRED, WIRE_CODE_MAX),
    FIELD_WHOLE(episode, protocol_version, "version", OPTIONAL, 1, INT32_MAX),
    FIELD_WORD(episode, side, "side", REQUIRED, wire_sides),
    FIELD(episode, onset_day, "onset_date", WIRE_DATE, OPTIONAL),
    FIELD(episode, surgery_day, "surgery_date", WIRE_DATE, OPTIONAL),
    FIELD(episode, started_us, "started_at", WIRE_TIME, OPTIONAL),
    FIELD_OWN("strata", OPTIONAL, wire_read_strata),
};
static const struct table episode_table = TABLE(episode, episode_fields);

struct result wire_read_episode(struct call *c, struct text body, struct episode *out)
{
    struct episode e = {
        .onset_day = NO_DAY, .surgery_day = NO_DAY, .started_us = NO_TIME, .ended_us = NO_TIME};
    TRY(wire_read_body(c, body, &episode_table, NULL, &e));
    *out = e;
    return DONE;
}

/* ---- assessment ---- */

/* One observation as sent, before its measure is looked up. */
struct sent {
    struct text measure;
    enum side side;
    bool side_refused; /* it was no side at all, and that has been told */
    json_t *value;
    struct text unit;
    uint32_t qualifiers_known, qualifiers_held;
    int32_t trial;
};

static void keep_value(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    (void)r;
    (void)path;
    ((struct sent *)owner)->value = value;
}

static void read_qualifiers(struct reader *r, json_t *value, const struct json_path *path,
                            void *owner)
{
    struct sent *s = owner;
    if (!wire_is_type(r, value, JSON_OBJECT, path, "an object")) return;
    for (void *i = json_object_iter(value); i != NULL; i = json_object_iter_next(value, i)) {
        const struct json_path member = {path, json_object_iter_key(i), 0};
        json_t *held = json_object_iter_value(i);
        uint32_t bit = 0;
        while (bit < wire_qualifiers.count && strcmp(wire_qualifiers.at[bit], member.key) != 0)
            bit++;
        if (bit == wire_qualifiers.count) {
            (void)wire_fault_at(r->c, WRONG_QUALIFIER, &member, NULL,
                                wire_list_words(r, &wire_qualifiers, member.key));
        } else if (wire_is_type(r, held, JSON_TRUE, &member, "true or false")) {
            s->qualifiers_known |= 1U << bit;
            s->qualifiers_held |= (uint32_t)json_is_true(held) << bit;
        }
    }
}

static const struct field sent_fields[] = {
    FIELD_TEXT(sent, measure, "measure", WIRE_TEXT, REQUIRED, WIRE_CODE_MAX),
    FIELD_WORD(sent, side, "side", OPTIONAL, wire_sides),
    FIELD_OWN("value", REQUIRED, keep_value),
    FIELD_TEXT(sent, unit, "unit", WIRE_TEXT, OPTIONAL, WIRE_UNIT_MAX),
    FIELD_WHOLE(sent, trial, "trial", OPTIONAL, 1, REHAB_MAX_TRIALS),
    FIELD_OWN("qualifiers", OPTIONAL, read_qualifiers),
};
static const struct table sent_table = TABLE(sent, sent_fields);

static const struct measure *find_measure(const struct measures *all, struct text code)
{
    for (uint32_t i = 0; i < all->count; i++) {
        if (text_equal(all->items[i].code, code)) return &all->items[i];
    }
    return NULL;
}

static void report_measure(struct reader *r, const struct json_path *item, struct text code)
{
    const struct measures *all = r->context;
    struct text detail = {NULL, 0};
    struct rehab_text *codes = rehab_alloc(r->c->arena, (all->count + 1) * sizeof *codes);
    if (codes == NULL) return;
    for (uint32_t i = 0; i < all->count; i++) {
        codes[i] = (struct rehab_text){all->items[i].code.at, (uint32_t)all->items[i].code.size};
    }
    struct text nearest = wire_nearest(code, codes, all->count);
    if (nearest.size > 0) detail = SAY(r, "did you mean %.*s?", TEXT_FMT(nearest));
    (void)wire_fault_at(r->c, UNKNOWN_MEASURE, item, "measure", detail);
}

static void check_side(struct reader *r, const struct json_path *item, const struct measure *m,
                       enum side side)
{
    if (m->sided == (side != SIDE_NONE)) return;
    (void)wire_fault_at(r->c, WRONG_SIDE, item, "side",
                        m->sided ? TEXT("this measure belongs to a side: left, right or both")
                                 : TEXT("this measure belongs to no side: leave it out"));
}

static void report_unit(struct reader *r, const struct json_path *item, const struct measure *m)
{
    struct text detail = TEXT("this measure has no unit: leave it out"),
                unit = wire_accepted_unit(m, 0);
    for (uint32_t n = 1; unit.size > 0; unit = wire_accepted_unit(m, n++)) {
        detail = n == 1 ? SAY(r, "accepted: %.*s", TEXT_FMT(unit))
                        : SAY(r, "%.*s, %.*s", TEXT_FMT(detail), TEXT_FMT(unit));
    }
    (void)wire_fault_at(r->c, WRONG_UNIT, item, "unit", detail);
}

static struct text decimal(struct reader *r, int64_t nano)
{
    char digits[REHAB_QUANTITY_TEXT];
    uint32_t size = rehab_write_quantity(nano, digits);
    return text_copy(r->c->arena, (struct text){digits, size});
}

/* A scale's step binds what is told on that scale: 25 mm of a line is 2.5 of ten, and is meant so.
 */
static void check_range(struct reader *r, const struct json_path *item, const struct measure *m,
                        struct text unit, int64_t nano)
{
    bool own = unit.size == 0 || text_equal(unit, m->unit);
    if (nano < m->low_nano || nano > m->high_nano) {
        struct text low = decimal(r, m->low_nano), high = decimal(r, m->high_nano);
        (void)wire_fault_at(r->c, OUT_OF_RANGE, item, "value",
                            SAY(r, "must lie from %.*s to %.*s %.*s", TEXT_FMT(low), TEXT_FMT(high),
                                TEXT_FMT(m->unit)));
    } else if (own && m->step_nano > 0 && nano % m->step_nano != 0) {
        struct text step = decimal(r, m->step_nano);
        (void)wire_fault_at(
            r->c, OFF_STEP, item, "value",
            SAY(r, "must be a multiple of %.*s %.*s", TEXT_FMT(step), TEXT_FMT(m->unit)));
    }
}

static void report_form(struct reader *r, const struct json_path *item, enum number_form form)
{
    if (form == NUMBER_TOO_PRECISE) {
        (void)wire_fault_at(r->c, TOO_PRECISE, item, "value", TEXT("at most 6 decimals are kept"));
    } else if (form == NUMBER_TOO_LARGE) {
        (void)wire_fault_at(r->c, OUT_OF_RANGE, item, "value", TEXT("too large for any measure"));
    } else {
        (void)wire_fault_at(r->c, BAD_VALUE, item, "value",
                            TEXT("must be a plain decimal, without exponent"));
    }
}

static void read_number(struct reader *r, const struct json_path *item, const struct measure *m,
                        const struct sent *s, struct observation *out)
{
    const struct json_path path = {item, "value", 0};
    int64_t nano = 0;
    if (!wire_is_type(r, s->value, JSON_INTEGER, &path, "a number")) return;
    out->value = wire_number_text(r->in, s->value);
    enum number_form form = wire_number_nano(out->value, 6, &nano);
    if (form != NUMBER_EXACT) {
        report_form(r, item, form);
        return;
    }
    switch (wire_convert_unit(m, s->unit, nano, &out->value_nano)) {
    case UNIT_CONVERTED: check_range(r, item, m, s->unit, out->value_nano); break;
    case UNIT_FOREIGN: report_unit(r, item, m); break;
    case UNIT_NOT_EXACT:
        (void)wire_fault_at(
            r->c, TOO_PRECISE, item, "value",
            SAY(r, "cannot be told exactly in %.*s: send it in that unit", TEXT_FMT(m->unit)));
        break;
    case UNIT_TOO_LARGE: report_form(r, item, NUMBER_TOO_LARGE); break;
    }
}

static void read_boolean(struct reader *r, const struct json_path *item, const struct sent *s,
                         struct observation *out)
{
    const struct json_path path = {item, "value", 0};
    if (!wire_is_type(r, s->value, JSON_TRUE, &path, "true or false")) return;
    out->value = json_is_true(s->value) ? TEXT("true") : TEXT("false");
    out->value_nano = json_is_true(s->value) ? REHAB_SCALE : 0;
}

static void read_label(struct reader *r, const struct json_path *item, const struct measure *m,
                       const struct sent *s, struct observation *out)
{
    const struct json_path path = {item, "value", 0};
    if (!wire_is_type(r, s->value, JSON_STRING, &path, "a string")) return;
    struct text sent = {json_string_value(s->value), json_string_length(s->value)},
                allowed = TEXT("must be one of");
    for (uint32_t i = 0; i < m->label_count; i++) {
        if (text_equal(sent, m->labels[i])) {
            out->value = m->labels[i];
            out->value_nano = (int64_t)i * REHAB_SCALE;
            return;
        }
        allowed = SAY(r, "%.*s %.*s", TEXT_FMT(allowed), TEXT_FMT(m->labels[i]));
    }
    (void)wire_fault_at(r->c, BAD_VALUE, &path, NULL, allowed);
}

static void judge_observation(struct reader *r, const struct json_path *item, const struct sent *s,
                              struct observation *out)
{
    const struct measure *m = find_measure(r->context, s->measure);
    if (m == NULL) {
        report_measure(r, item, s->measure);
        return;
    }
    *out = (struct observation){.measure = m->code,
                                .of = m,
                                .side = s->side,
                                .unit = s->unit,
                                .trial = s->trial,
                                .qualifiers_known = s->qualifiers_known,
                                .qualifiers_held = s->qualifiers_held};
    if (!s->side_refused) check_side(r, item, m, s->side);
    if (m->kind != MEASURE_NUMBER && s->unit.size > 0 && !text_equal(s->unit, m->unit))
        report_unit(r, item, m);
    switch (m->kind) {
    case MEASURE_NUMBER: read_number(r, item, m, s, out); break;
    case MEASURE_BOOLEAN: read_boolean(r, item, s, out); break;
    case MEASURE_ORDINAL: read_label(r, item, m, s, out); break;
    }
}

static bool overlap(const struct observation *a, const struct observation *b)
{
    if (a->trial != 0 && b->trial != 0 && a->trial != b->trial) return false;
    bool sides = a->side == b->side || a->side == SIDE_BOTH || b->side == SIDE_BOTH;
    return a->measure.size > 0 && a->measure.at == b->measure.at && sides;
}

/* Which of two values of one measure and side is meant, nobody could say later. */
static void check_duplicates(struct reader *r, const struct json_path *list,
                             const struct assessment *a)
{
    for (uint32_t i = 1; i < a->observation_count; i++) {
        const struct json_path item = {list, NULL, i};
        uint32_t j = 0;
        while (j < i && !overlap(&a->observations[j], &a->observations[i]))
            j++;
        if (j == i) continue;
        (void)wire_fault_at(r->c, DUPLICATE_OBSERVATION, &item, NULL,
                            SAY(r, "the same as item %u: several values need a trial each", j));
    }
}

static struct sent read_sent(struct reader *r, json_t *value, const struct json_path *item)
{
    enum { UNSAID = SIDE_BOTH + 1 };
    struct sent s = {.side = (enum side)UNSAID};
    wire_read_object(r, value, item, &sent_table, &s);
    if ((int)s.side != UNSAID) return s;
    s.side = SIDE_NONE;
    s.side_refused = json_object_get(value, "side") != NULL;
    return s;
}

static void report_count(struct call *c, const struct json_path *path)
{
    (void)wire_fault_at(c, BAD_VALUE, path, NULL,
                        text_format(c->arena, "must have 1 to %d items", WIRE_OBSERVATIONS_MAX));
}

static void read_observations(struct reader *r, json_t *value, const struct json_path *path,
                              void *owner)
{
    struct assessment *a = owner;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return;
    size_t count = json_array_size(value);
    if (count > WIRE_OBSERVATIONS_MAX) {
        report_count(r->c, path);
        return;
    }
    a->observations = rehab_alloc(r->c->arena, (count + 1) * sizeof *a->observations);
    if (a->observations == NULL) return;
    memset(a->observations, 0, count * sizeof *a->observations);
    for (size_t i = 0; i < count; i++) {
        const struct json_path item = {path, NULL, i};
        struct sent s = read_sent(r, json_array_get(value, i), &item);
        if (s.measure.size > 0 && s.value != NULL)
            judge_observation(r, &item, &s, &a->observations[i]);
    }
    a->observation_count = (uint32_t)count;
    check_duplicates(r, path, a);
}

void wire_read_observations(struct reader *r, json_t *value, const struct json_path *path,
                            void *owner)
{
    read_observations(r, value, path, owner);
    if (json_is_array(value) && json_array_size(value) == 0) report_count(r->c, path);
}

static const struct field session_fields[] = {
    FIELD_TEXT(care_session, activity, "activity", WIRE_TEXT, REQUIRED, WIRE_CODE_MAX),
    FIELD(care_session, completed, "completed", WIRE_BOOL, REQUIRED),
    FIELD(care_session, prescribed, "prescribed", WIRE_BOOL, OPTIONAL),
    FIELD(care_session, ended_us, "ended_at", WIRE_TIME, OPTIONAL),
};
static const struct table session_table = TABLE(care_session, session_fields);

static const struct field assessment_fields[] = {
    FIELD(assessment, occurred_us, "occurred_at", WIRE_TIME, OPTIONAL),
    FIELD_TEXT(assessment, assessor, "assessor", WIRE_TEXT, OPTIONAL, WIRE_NAME_MAX),
    FIELD_OBJECT(assessment, session, "session", OPTIONAL, session_table),
    FIELD_OWN("observations", OPTIONAL, read_observations),
};
static const struct table assessment_table = TABLE(assessment, assessment_fields);

/* What was neither seen nor done is no assessment. */
static struct result check_seen(struct call *c, const struct assessment *a)
{
    const struct json_path list = {NULL, "observations", 0};
    if (a->observation_count > 0 || a->session.activity.size > 0) return DONE;
    if (a->observations == NULL)
        return wire_fault_at(c, MISSING_MEMBER, NULL, "observations", (struct text){NULL, 0});
    report_count(c, &list);
    return call_faults(c);
}

struct result wire_read_assessment(struct call *c, struct text body, const struct measure *measures,
                                   uint32_t measure_count, struct assessment *out)
{
    const struct measures all = {measures, measure_count};
    struct assessment a = {.occurred_us = NO_TIME,
                           .recorded_us = NO_TIME,
                           .session = {.prescribed = true, .ended_us = NO_TIME},
                           .voided_us = NO_TIME};
    TRY(wire_read_body(c, body, &assessment_table, &all, &a));
    TRY(check_seen(c, &a));
    *out = a;
    return DONE;
}

struct voiding {
    struct text reason;
};
static const struct field void_fields[] = {
    FIELD_TEXT(voiding, reason, "reason", WIRE_LINES, REQUIRED, WIRE_REASON_MAX),
};
static const struct table void_table = TABLE(voiding, void_fields);

struct result wire_read_void(struct call *c, struct text body, struct text *reason)
{
    struct voiding v = {.reason = {NULL, 0}};
    TRY(wire_read_body(c, body, &void_table, NULL, &v));
    *reason = v.reason;
    return DONE;
}

/* ---- transition ---- */

static const struct field override_fields[] = {
    FIELD_WORD(transition_request, override_code, "reason_code", REQUIRED, wire_overrides),
    FIELD_TEXT(transition_request, override_reason, "reason", WIRE_LINES, REQUIRED,
               WIRE_REASON_MAX),
};
static const struct table override_table = TABLE(transition_request, override_fields);

static void read_override(struct reader *r, json_t *value, const struct json_path *path,
                          void *owner)
{
    ((struct transition_request *)owner)->has_override = true;
    wire_read_object(r, value, path, &override_table, owner);
}

static const struct field transition_fields[] = {
    FIELD_WORD(transition_request, kind, "kind", REQUIRED, wire_moves),
    FIELD_TEXT(transition_request, track, "track", WIRE_TEXT, OPTIONAL, WIRE_CODE_MAX),
    FIELD_TEXT(transition_request, to, "to", WIRE_TEXT, OPTIONAL, WIRE_CODE_MAX),
    FIELD_TEXT(transition_request, red_flag, "red_flag", WIRE_TEXT, OPTIONAL, WIRE_CODE_MAX),
    FIELD(transition_request, occurred_us, "occurred_at", WIRE_TIME, OPTIONAL),
    FIELD_TEXT(transition_request, reason, "reason", WIRE_LINES, OPTIONAL, WIRE_REASON_MAX),
    FIELD_OWN("override", OPTIONAL, read_override),
};
static const struct table transition_table = TABLE(transition_request, transition_fields);

struct result wire_read_transition(struct call *c, struct text body, struct transition_request *out)
{
    struct transition_request t = {.occurred_us = NO_TIME};
    TRY(wire_read_body(c, body, &transition_table, NULL, &t));
    t.if_match = out->if_match;
    *out = t;
    return DONE;
}
