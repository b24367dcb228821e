/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

struct result api_create_patient(struct call *c, const struct request *in, struct response *out)
{
    struct idempotency once;
    struct patient p;
    struct written w;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_once(c, in, &once));
    TRY(wire_read_patient(c, in->body, &p));
    TRY(service_create_patient(c, &once, &p, wire_write_patient, &w));
    answer_written(&w, out);
    return DONE;
}

struct result api_get_patient(struct call *c, const struct request *in, struct response *out)
{
    struct uuid id;
    struct patient p;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_part(in, 0, &id));
    TRY(service_get_patient(c, id, &p));
    out->etag = version_etag(c, p.version);
    return wire_write_patient(c, &p, &out->body);
}

/* system|value; the first bar divides, so a value may hold bars. */
static struct result read_identifier(struct call *c, const struct request *in,
                                     struct identifier *out)
{
    struct text both = query_value(in, "identifier");
    *out = (struct identifier){{NULL, 0}, {NULL, 0}};
    if (both.at == NULL) return DONE;
    const char *bar = memchr(both.at, '|', both.size);
    size_t before = bar == NULL ? 0 : (size_t)(bar - both.at);
    if (before == 0 || before + 1 == both.size) {
        return call_fault(c, BAD_PARAMETER, TEXT("identifier"),
                          TEXT("Send system|value; write | as %7C."));
    }
    out->system = (struct text){both.at, before};
    out->value = (struct text){bar + 1, both.size - before - 1};
    return DONE;
}

struct result api_list_patients(struct call *c, const struct request *in, struct response *out)
{
    struct page page;
    struct identifier by;
    struct patient_page items = {0};
    struct patient *found = NULL;
    TRY(read_query(c, in, ONLY("identifier", "limit", "cursor")));
    TRY(read_page(c, in, &page));
    TRY(read_identifier(c, in, &by));
    TRY(service_list_patients(c, by.system.size > 0 ? &by : NULL, &page, &found, &items.count));
    items.items = found;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_patients(c, &items, &out->body);
}
