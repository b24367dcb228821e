/* SPDX-License-Identifier: Apache-2.0 */
/* Patients and their identifiers. */
#include "entity.h"

/* The systems and the values of some identifiers, as two columns. */
static void bind_identifiers(struct params *in, const struct identifier *ids, uint32_t count)
{
    struct text *systems = column_of(in, count, sizeof *systems);
    struct text *values = column_of(in, count, sizeof *values);
    if (in->arena->full) return;
    for (uint32_t i = 0; i < count; i++) {
        systems[i] = ids[i].system;
        values[i] = ids[i].value;
    }
    param_texts(in, systems, count);
    param_texts(in, values, count);
}

struct result store_create_patient(struct call *c, const struct patient *p,
                                   const struct idempotency *once)
{
    struct query q = store_query(c, STATEMENT_CREATE_PATIENT);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, p->id);
    param_day(&q.in, p->birth_day);
    param_text(&q.in, word_of_sex(p->sex));
    param_optional(&q.in, p->label);
    bind_identifiers(&q.in, p->identifiers, p->identifier_count);
    bind_witness(&q.in, c, once);
    struct result r = write_guarded(c, &q, p->id);
    /* of two that race for an identifier, the later meets the primary key and not the guard */
    if (r.code == UNIQUE_VIOLATION) return (struct result){GUARD_MISSED};
    return r;
}

/* load_patient and list_patients tell a patient in the same columns. */
_Static_assert((int)LOAD_PATIENT_ID == (int)LIST_PATIENTS_ID &&
                   (int)LOAD_PATIENT_VALUES == (int)LIST_PATIENTS_VALUES,
               "one reader for both");

static struct result read_patient(struct call *c, const struct rows *rows, uint32_t i,
                                  struct patient *out)
{
    struct text *systems;
    struct text *values;
    uint32_t n = row_texts(rows, i, LOAD_PATIENT_SYSTEMS, c->arena, &systems);
    uint32_t m = row_texts(rows, i, LOAD_PATIENT_VALUES, c->arena, &values);
    if (n != m) return (struct result){INTERNAL};
    *out = (struct patient){
        .id = row_uuid(rows, i, LOAD_PATIENT_ID),
        .birth_day = row_day(rows, i, LOAD_PATIENT_BIRTH_DATE),
        .sex = sex_of_word(row_text(rows, i, LOAD_PATIENT_SEX)),
        .label = row_text(rows, i, LOAD_PATIENT_LABEL),
        .version = row_int8(rows, i, LOAD_PATIENT_VERSION),
        .created_us = row_time(rows, i, LOAD_PATIENT_CREATED_AT),
        .identifier_count = n,
    };
    TRY(make_room(c, n, sizeof *out->identifiers, &out->identifiers));
    for (uint32_t k = 0; k < n; k++)
        out->identifiers[k] = (struct identifier){systems[k], values[k]};
    return DONE;
}

struct result store_load_patient(struct call *c, struct uuid id, struct patient *out)
{
    struct query q = store_query(c, STATEMENT_LOAD_PATIENT);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, id);
    TRY(store_read(c, &q, 1));
    if (q.out.count == 0) return (struct result){NOT_FOUND};
    return read_patient(c, &q.out, 0, out);
}

struct result store_list_patients(struct call *c, struct uuid after, uint32_t most,
                                  struct patient **out, uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_PATIENTS);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, after);
    bind_most(&q.in, most);
    TRY(store_read(c, &q, 1));
    struct patient *p;
    TRY(make_room(c, q.out.count, sizeof *p, &p));
    for (uint32_t i = 0; i < q.out.count; i++)
        TRY(read_patient(c, &q.out, i, &p[i]));
    *out = p;
    *count = q.out.count;
    return DONE;
}

struct result store_find_patient(struct call *c, const struct identifier *ids, uint32_t count,
                                 struct uuid *out)
{
    struct query q = store_query(c, STATEMENT_FIND_PATIENT);
    param_uuid(&q.in, c->caller.clinic);
    bind_identifiers(&q.in, ids, count);
    TRY(store_read(c, &q, 1));
    if (q.out.count == 0) return (struct result){NOT_FOUND};
    *out = row_uuid(&q.out, 0, FIND_PATIENT_ID);
    return DONE;
}
