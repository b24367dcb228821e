/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

#include "../base/language.h"

/* What is kept on record is in one language, whoever moved the patient. */
static struct result write_record(struct call *c, const struct evaluation *e, struct text *out)
{
    struct evaluation english = *e;
    english.language = TEXT("");
    return wire_write_evaluation(c, &english, out);
}

static const struct transition_render render = {write_record, wire_write_transition};

struct result api_record_transition(struct call *c, const struct request *in, struct response *out)
{
    struct uuid episode;
    struct idempotency once;
    struct transition_request asked;
    struct if_match if_match;
    struct written w;
    struct evaluation refused;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_part(in, 0, &episode));
    TRY(read_once_required(c, in, &once));
    TRY(read_if_match_required(c, in, &if_match));
    TRY(wire_read_transition(c, in->body, &asked));
    asked.if_match = if_match;
    struct result moved =
        service_record_transition(c, &once, episode, &asked, &render, &w, &refused);
    if (refused.decision != NULL) {
        out->language = language_spoken(c->language);
        TRY(wire_attach_evaluation(c, &refused));
    }
    TRY(moved);
    answer_written(&w, out);
    return DONE;
}

struct result api_list_transitions(struct call *c, const struct request *in, struct response *out)
{
    struct uuid episode;
    struct page page;
    struct transition_page items = {0};
    struct transition *found = NULL;
    TRY(read_query(c, in, ONLY("limit", "cursor")));
    TRY(read_part(in, 0, &episode));
    TRY(read_page(c, in, &page));
    TRY(service_list_transitions(c, episode, &page, &found, &items.count));
    items.items = found;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_transitions(c, &items, &out->body);
}
