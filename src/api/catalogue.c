/* SPDX-License-Identifier: Apache-2.0 */
/* What protocols say. The usual answers lie ready in the worker; only pages of a long list are made
 * on the way. */
#include "inside.h"

/* ---- documents made when the catalogue is read ---- */

static struct result render_measures(struct call *c, const struct measure *items, uint32_t count,
                                     struct text *out)
{
    return wire_write_measures(c, &(struct measure_page){.items = items, .count = count}, out);
}

static struct result render_exercises(struct call *c, const struct exercise *items, uint32_t count,
                                      struct text *out)
{
    return wire_write_exercises(c, &(struct exercise_page){.items = items, .count = count}, out);
}

static struct result render_protocols(struct call *c, const struct protocol_version *items,
                                      uint32_t count, struct text *out)
{
    return wire_write_protocols(c, &(struct protocol_page){.items = items, .count = count}, out);
}

static const struct catalogue_render render = {render_measures, render_exercises, render_protocols};

struct result api_start_worker(struct call *c)
{
    return service_start_worker(c, &render);
}

struct result api_refresh_catalogue(struct call *c)
{
    return service_refresh_catalogue(c);
}

void api_stop_worker(struct worker *w)
{
    service_stop_worker(w);
}

/* ---- lists ---- */

struct result api_list_protocols(struct call *c, const struct request *in, struct response *out)
{
    struct page page;
    struct document whole;
    struct protocol_page items = {0};
    TRY(read_query(c, in, ONLY("limit", "cursor")));
    TRY(read_page(c, in, &page));
    TRY(service_list_protocols(c, &page, &items.items, &items.count, &whole));
    answer_document(&whole, out);
    if (whole.plain.size > 0) return DONE;
    out->lasting = false;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_protocols(c, &items, &out->body);
}

struct result api_list_exercises(struct call *c, const struct request *in, struct response *out)
{
    struct page page;
    struct document whole;
    struct exercise_page items = {0};
    TRY(read_query(c, in, ONLY("limit", "cursor")));
    TRY(read_page(c, in, &page));
    TRY(service_list_exercises(c, &page, &items.items, &items.count, &whole));
    answer_document(&whole, out);
    if (whole.plain.size > 0) return DONE;
    out->lasting = false;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_exercises(c, &items, &out->body);
}

struct result api_list_measures(struct call *c, const struct request *in, struct response *out)
{
    struct page page;
    struct document whole;
    struct measure_page items = {0};
    TRY(read_query(c, in, ONLY("limit", "cursor")));
    TRY(read_page(c, in, &page));
    TRY(service_list_measures(c, &page, &items.items, &items.count, &whole));
    answer_document(&whole, out);
    if (whole.plain.size > 0) return DONE;
    out->lasting = false;
    out->next = items.next = next_address(c, in, page.next);
    return wire_write_measures(c, &items, &out->body);
}

/* ---- single documents ---- */

struct result api_get_protocol(struct call *c, const struct request *in, struct response *out)
{
    struct document d;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(service_get_protocol(c, in->parts[0], 0, &d));
    answer_document(&d, out);
    return DONE;
}

/* 1, 2, 3 ...; 0 for what is no version. */
static int32_t read_version(struct text t)
{
    int32_t version = 0;
    if (t.size == 0 || t.size > 9 || t.at[0] == '0') return 0;
    for (size_t i = 0; i < t.size; i++) {
        if (t.at[i] < '0' || t.at[i] > '9') return 0;
        version = version * 10 + (t.at[i] - '0');
    }
    return version;
}

struct result api_get_protocol_version(struct call *c, const struct request *in,
                                       struct response *out)
{
    struct document d;
    int32_t version = read_version(in->parts[1]);
    TRY(read_query(c, in, NO_PARAMETERS));
    if (version == 0) return (struct result){NOT_FOUND};
    TRY(service_get_protocol(c, in->parts[0], version, &d));
    answer_document(&d, out);
    return DONE;
}

struct result api_get_exercise(struct call *c, const struct request *in, struct response *out)
{
    struct document d;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(service_get_exercise(c, in->parts[0], &d));
    answer_document(&d, out);
    return DONE;
}

struct result api_get_measure(struct call *c, const struct request *in, struct response *out)
{
    struct document d;
    TRY(read_query(c, in, NO_PARAMETERS));
    TRY(service_get_measure(c, in->parts[0], &d));
    answer_document(&d, out);
    return DONE;
}
