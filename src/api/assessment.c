/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

#include "../base/language.h"

struct result api_record_assessment(struct call *c, const struct request *in, struct response *out)
{
    struct uuid episode;
    struct idempotency once;
    struct if_match if_match;
    struct assessment a;
    struct written w;
    const struct measure *measures = NULL;
    uint32_t count = 0;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_part(in, 0, &episode));
    TRY(read_once(c, in, &once));
    TRY(read_if_match(c, in, &if_match));
    service_all_measures(c, &measures, &count);
    TRY(wire_read_assessment(c, in->body, measures, count, &a));
    TRY(service_record_assessment(c, &once, episode, &if_match, &a, wire_write_assessment_answer,
                                  &w));
    answer_written(&w, out);
    if (!w.replayed) out->language = language_spoken(c->language);
    return DONE;
}

struct result api_list_assessments(struct call *c, const struct request *in, struct response *out)
{
    struct uuid episode;
    struct page page;
    struct assessment_page items = {0};
    struct assessment *found = NULL;
    TRY(read_query(c, in, ONLY("limit", "cursor")));
    TRY(read_part(in, 0, &episode));
    TRY(read_page(c, in, &page));
    TRY(service_list_assessments(c, episode, &page, &found, &items.count));
    items.items = found;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_assessments(c, &items, &out->body);
}

struct result api_void_assessment(struct call *c, const struct request *in, struct response *out)
{
    struct uuid id;
    struct idempotency once;
    struct if_match if_match;
    struct text reason;
    struct written w;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_part(in, 0, &id));
    TRY(read_once(c, in, &once));
    TRY(read_if_match(c, in, &if_match));
    TRY(wire_read_void(c, in->body, &reason));
    TRY(service_void_assessment(c, &once, id, &if_match, reason, wire_write_assessment_answer, &w));
    answer_written(&w, out);
    return DONE;
}
