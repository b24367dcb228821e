/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers share: reading the parts of a request that are not its body, and filling the
 * response. */
#pragma once

#include "api.h"

#include "../service/service.h"
#include "../wire/wire.h"

/* ---- request.c ---- */

/* Refuses every query parameter that is not named here, and one that stands twice. */
#define ONLY(...)                                                                                  \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define NO_PARAMETERS                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        NULL                                                                                       \
    }
struct result read_query(struct call *c, const struct request *in, const char *const *known);

/* The value of a parameter; `at` is NULL when it was not sent. */
struct text query_value(const struct request *in, const char *name);

/* Not sent: the value is left as it is. */
struct result read_time(struct call *c, const struct request *in, const char *name, int64_t *out);
struct result read_id(struct call *c, const struct request *in, const char *name, struct uuid *out);
struct result read_page(struct call *c, const struct request *in, struct page *out);

/* An id in the path: what is no id names nothing. */
struct result read_part(const struct request *in, uint32_t place, struct uuid *out);

/* The headers of a write, and the media type of its body. */
struct result read_once(struct call *c, const struct request *in, struct idempotency *out);
struct result read_once_required(struct call *c, const struct request *in, struct idempotency *out);

/* The versions that If-Match names; any when it was not sent or is `*`. What is no tag of ours
 * names none. */
struct result read_if_match(struct call *c, const struct request *in, struct if_match *out);
struct result read_if_match_required(struct call *c, const struct request *in,
                                     struct if_match *out);

/* ---- response.c ---- */

/* The address of the page after this one: the same filters, with this cursor. Empty when there is
 * none. */
struct text next_address(struct call *c, const struct request *in, struct text cursor);

void answer_document(const struct document *d, struct response *out);
void answer_written(const struct written *w, struct response *out);
struct text version_etag(struct call *c, int64_t version);
