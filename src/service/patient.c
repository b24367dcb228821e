/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

#include "../base/time.h"
#include "../base/uuid.h"

/* Who has one of these identifiers already. */
static struct result name_owner(struct call *c, const struct patient *p)
{
    struct uuid owner;
    struct result r = store_find_patient(c, p->identifiers, p->identifier_count, &owner);
    if (r.code == NOT_FOUND) return (struct result){CONFLICT};
    TRY(r);
    char id[UUID_TEXT_SIZE];
    uuid_write(owner, id);
    c->problem.existing = text_copy(c->arena, text_of(id));
    return call_fail(c, IDENTIFIER_TAKEN,
                     "Use the patient that `existing` names, or correct the identifier.");
}

static struct result check_birth(struct call *c, const struct patient *p)
{
    const struct zone *zone = NULL;
    TRY(find_zone(c, &zone));
    if (p->birth_day == NO_DAY || p->birth_day <= time_day_of(zone_local(zone, c->now_us)))
        return DONE;
    return call_fault(c, IN_FUTURE, TEXT("/birth_date"), TEXT("Send a day that has come."));
}

struct result service_create_patient(struct call *c, struct idempotency *once, struct patient *p,
                                     struct result (*render)(struct call *, const struct patient *,
                                                             struct text *),
                                     struct written *out)
{
    TRY(once_find(c, once, out));
    if (out->replayed) return DONE;
    TRY(check_birth(c, p));
    p->id = uuid_make(c->now_us);
    p->created_us = c->now_us;
    p->version = 1;
    char id[UUID_TEXT_SIZE];
    uuid_write(p->id, id);
    struct answer answer = {.status = 201, .etag = TEXT("v1")};
    answer.location = text_format(c->arena, "/v1/patients/%s", id);
    TRY(render(c, p, &answer.body));
    once_answer(c, once, answer);
    struct result r = store_create_patient(c, p, once);
    if (r.code != GUARD_MISSED && r.code != UNIQUE_VIOLATION) return once_settle(c, r, once, out);
    TRY(once_find(c, once, out)); /* the same request may have come twice at a time */
    return out->replayed ? DONE : name_owner(c, p);
}

struct result service_get_patient(struct call *c, struct uuid id, struct patient *out)
{
    return store_load_patient(c, id, out);
}

static struct result find_one(struct call *c, const struct identifier *by, struct patient **items,
                              uint32_t *count)
{
    struct uuid id;
    *count = 0;
    *items = rehab_alloc(c->arena, sizeof **items);
    if (*items == NULL) return (struct result){NO_MEMORY};
    struct result r = store_find_patient(c, by, 1, &id);
    if (r.code == NOT_FOUND) return DONE;
    TRY(r);
    TRY(store_load_patient(c, id, *items));
    *count = 1;
    return DONE;
}

struct result service_list_patients(struct call *c, const struct identifier *by, struct page *page,
                                    struct patient **items, uint32_t *count)
{
    struct place after;
    const struct uuid nobody = {0};
    struct text list = list_of(c, by != NULL ? "patient" : "patients", nobody);
    TRY(cursor_open(c, page, list, &after));
    if (by != NULL) return find_one(c, by, items, count);
    TRY(store_list_patients(c, after.id, page->limit + 1, items, count));
    if (*count <= page->limit) return DONE;
    *count = page->limit;
    page->next = cursor_write(c->arena, list, (struct place){.id = (*items)[*count - 1].id});
    return DONE;
}
