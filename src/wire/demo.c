/* SPDX-License-Identifier: Apache-2.0 */
/* The demonstration clinic. Its observations are judged as those of a request are. */
#include "json_in.h"
#include "wire.h"

enum { MANY = 1'000, DAYS_MAX = 10'000, HOURS_MAX = 240'000 };

static const struct field clinic_fields[] = {
    FIELD_TEXT(demo, clinic, "name", WIRE_TEXT, REQUIRED, WIRE_NAME_MAX),
    FIELD_TEXT(demo, zone, "zone", WIRE_TEXT, REQUIRED, 63),
};
static const struct table clinic_table = TABLE(demo, clinic_fields);

static void read_clinic(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    wire_read_object(r, value, path, &clinic_table, owner);
}

static void read_scopes(struct reader *r, json_t *value, const struct json_path *path, void *owner)
{
    static const struct field line = {.kind = WIRE_TEXT, .least = 1, .most = WIRE_CODE_MAX};
    struct demo_key *key = owner;
    if (!wire_is_type(r, value, JSON_ARRAY, path, "an array")) return;
    size_t count = json_array_size(value);
    key->scopes = rehab_alloc(r->c->arena, (count + 1) * sizeof *key->scopes);
    if (key->scopes == NULL) return;
    for (size_t i = 0; i < count; i++) {
        const struct json_path item = {path, NULL, i};
        key->scopes[i] = wire_read_line(r, json_array_get(value, i), &item, &line);
    }
    key->scope_count = (uint32_t)count;
}

static const struct field key_fields[] = {
    FIELD_TEXT(demo_key, label, "label", WIRE_TEXT, REQUIRED, WIRE_NAME_MAX),
    FIELD_WORD(demo_key, role, "role", REQUIRED, wire_roles),
    FIELD_OWN("scopes", OPTIONAL, read_scopes),
};
static const struct table key_table = TABLE(demo_key, key_fields);

_Static_assert(offsetof(struct demo_assessment, assessment) == 0,
               "wire_read_observations takes the owner for one");
_Static_assert(offsetof(struct demo_episode, episode) == 0,
               "wire_read_strata takes the owner for one");

static const struct field assessment_fields[] = {
    FIELD_WHOLE(demo_assessment, hours_ago, "hours_ago", REQUIRED, 0, HOURS_MAX),
    FIELD_TEXT(demo_assessment, assessment.assessor, "assessor", WIRE_TEXT, OPTIONAL,
               WIRE_NAME_MAX),
    FIELD_OWN("observations", REQUIRED, wire_read_observations),
};
static const struct table assessment_table = TABLE(demo_assessment, assessment_fields);

static const struct field episode_fields[] = {
    FIELD_TEXT(demo_episode, episode.protocol, "protocol", WIRE_TEXT, REQUIRED, WIRE_CODE_MAX),
    FIELD_WHOLE(demo_episode, episode.protocol_version, "version", OPTIONAL, 1, INT32_MAX),
    FIELD_WORD(demo_episode, episode.side, "side", REQUIRED, wire_sides),
    FIELD_WHOLE(demo_episode, onset_days_ago, "onset_days_ago", REQUIRED, 0, DAYS_MAX),
    FIELD_OWN("strata", OPTIONAL, wire_read_strata),
    FIELD_LIST(demo_episode, assessments, assessment_count, "assessments", REQUIRED,
               assessment_table, 0, MANY),
};
static const struct table episode_table = TABLE(demo_episode, episode_fields);

static const struct field patient_fields[] = {
    FIELD_TEXT(demo_patient, patient.label, "label", WIRE_TEXT, REQUIRED, WIRE_NAME_MAX),
    FIELD_LIST(demo_patient, patient.identifiers, patient.identifier_count, "identifiers", REQUIRED,
               wire_identifiers, 1, WIRE_IDENTIFIERS_MAX),
    FIELD(demo_patient, patient.birth_day, "birth_date", WIRE_DATE, REQUIRED),
    FIELD_WORD(demo_patient, patient.sex, "sex", REQUIRED, wire_sexes),
    FIELD_LIST(demo_patient, episodes, episode_count, "episodes", REQUIRED, episode_table, 0, MANY),
};
static const struct table patient_table = TABLE(demo_patient, patient_fields);

static const struct field demo_fields[] = {
    FIELD_OWN("clinic", REQUIRED, read_clinic),
    FIELD_LIST(demo, keys, key_count, "keys", OPTIONAL, key_table, 0, MANY),
    FIELD_LIST(demo, patients, patient_count, "patients", REQUIRED, patient_table, 0, MANY),
};
static const struct table demo_table = TABLE(demo, demo_fields);

/* Lists begin as zeros; what is absent has other marks. */
static void mark_absent(struct demo_episode *e)
{
    e->episode.onset_day = NO_DAY;
    e->episode.surgery_day = NO_DAY;
    e->episode.started_us = NO_TIME;
    e->episode.ended_us = NO_TIME;
    for (uint32_t i = 0; i < e->assessment_count; i++) {
        e->assessments[i].assessment.occurred_us = NO_TIME;
        e->assessments[i].assessment.recorded_us = NO_TIME;
        e->assessments[i].assessment.voided_us = NO_TIME;
    }
}

struct result wire_read_demo(struct call *c, struct text body, const struct measure *measures,
                             uint32_t measure_count, struct demo *out)
{
    const struct measures all = {measures, measure_count};
    struct demo d = {.patient_count = 0};
    TRY(wire_read_body(c, body, &demo_table, &all, &d));
    for (uint32_t i = 0; i < d.patient_count; i++) {
        for (uint32_t k = 0; k < d.patients[i].episode_count; k++)
            mark_absent(&d.patients[i].episodes[k]);
    }
    *out = d;
    return DONE;
}
