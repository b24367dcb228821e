/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"

#include "../base/language.h"

struct result api_create_episode(struct call *c, const struct request *in, struct response *out)
{
    struct idempotency once;
    struct episode e;
    struct written w;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_once(c, in, &once));
    TRY(wire_read_episode(c, in->body, &e));
    TRY(service_create_episode(c, &once, &e, wire_write_episode, &w));
    answer_written(&w, out);
    return DONE;
}

struct result api_get_episode(struct call *c, const struct request *in, struct response *out)
{
    struct uuid id;
    struct episode e;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(read_part(in, 0, &id));
    TRY(service_get_episode(c, id, &e));
    out->etag = version_etag(c, e.version);
    return wire_write_episode(c, &e, &out->body);
}

static struct result read_state(struct call *c, const struct request *in,
                                struct episode_filter *out)
{
    static const char *const names[] = {
        [EPISODE_ACTIVE] = "active",       [EPISODE_ON_HOLD] = "on_hold",
        [EPISODE_STOPPED] = "stopped",     [EPISODE_COMPLETED] = "completed",
        [EPISODE_WITHDRAWN] = "withdrawn",
    };
    struct text value = query_value(in, "state");
    if (value.at == NULL) return DONE;
    for (int i = EPISODE_ACTIVE; i <= EPISODE_WITHDRAWN; i++) {
        if (!text_is(value, names[i])) continue;
        out->has_state = true;
        out->state = (enum episode_state)i;
        return DONE;
    }
    return call_fault(c, BAD_PARAMETER, TEXT("state"),
                      TEXT("Send active, on_hold, stopped, completed or withdrawn."));
}

static struct result read_word(struct call *c, const struct request *in, const char *name,
                               struct text *out)
{
    *out = query_value(in, name);
    if (out->at == NULL || out->size > 0) return DONE;
    return call_fault(c, BAD_PARAMETER, text_of(name), TEXT("Send a value, or leave it out."));
}

struct result api_list_episodes(struct call *c, const struct request *in, struct response *out)
{
    struct page page;
    struct episode_filter by = {0};
    struct episode_page items = {0};
    struct episode *found = NULL;
    TRY(read_query(c, in, ONLY("patient_id", "state", "protocol", "phase", "limit", "cursor")));
    TRY(read_page(c, in, &page));
    TRY(read_id(c, in, "patient_id", &by.patient));
    TRY(read_state(c, in, &by));
    TRY(read_word(c, in, "protocol", &by.protocol));
    TRY(read_word(c, in, "phase", &by.phase));
    TRY(service_list_episodes(c, &by, &page, &found, &items.count));
    items.items = found;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_episodes(c, &items, &out->body);
}

struct result api_get_evaluation(struct call *c, const struct request *in, struct response *out)
{
    struct uuid id;
    struct evaluation e;
    int64_t as_of_us = NO_TIME;
    int64_t known_at_us = NO_TIME;
    TRY(read_query(c, in, ONLY("as_of", "known_at")));
    TRY(read_part(in, 0, &id));
    TRY(read_time(c, in, "as_of", &as_of_us));
    TRY(read_time(c, in, "known_at", &known_at_us));
    TRY(service_evaluate(c, id, as_of_us, known_at_us, &e));
    out->language = language_spoken(c->language);
    return wire_write_evaluation(c, &e, &out->body);
}

struct result api_get_plan(struct call *c, const struct request *in, struct response *out)
{
    struct uuid id;
    struct plan p;
    int64_t as_of_us = NO_TIME;
    TRY(read_query(c, in, ONLY("as_of")));
    TRY(read_part(in, 0, &id));
    TRY(read_time(c, in, "as_of", &as_of_us));
    TRY(service_plan(c, id, as_of_us, &p));
    out->language = language_spoken(c->language);
    return wire_write_plan(c, &p, &out->body);
}

struct result api_get_timeline(struct call *c, const struct request *in, struct response *out)
{
    struct uuid id;
    struct page page;
    struct timeline_page items = {0};
    struct timeline_entry *found = NULL;
    TRY(read_query(c, in, ONLY("limit", "cursor")));
    TRY(read_part(in, 0, &id));
    TRY(read_page(c, in, &page));
    TRY(service_list_timeline(c, id, &page, &found, &items.count));
    items.items = found;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_timeline(c, &items, &out->body);
}
