/* SPDX-License-Identifier: Apache-2.0 */
/* What a request must look like before anything of it is believed. No state, no library: tested on
 * plain structs. */
#pragma once

#include "../api/api.h"

enum { HEADERS_MAX = 64, TARGET_MAX = 2048, BODY_MAX = 256 * 1024 };

struct header {
    struct text name;
    struct text value;
};

struct guarded {
    struct text method;
    struct text version; /* "HTTP/1.1" */
    const struct header *header;
    size_t count;
};

struct envelope {
    enum method method;
    bool known_method;
    bool has_body;
    bool has_length;
    uint64_t length;
};

/* OK, or the problem the request is refused with. Every refusal ends the connection: what follows
 * on it cannot be trusted. */
enum problem_code guard_check(const struct guarded *in, struct envelope *out);

/* The only header of this name, or an empty text. */
struct text guard_find(const struct header *header, size_t count, const char *name);

/* The trace id and the flags of a traceparent (W3C Trace Context, version 00), terminated; false
 * when it is none. */
bool guard_read_trace(struct text traceparent, char id[static 33], char flags[static 3]);

/* The raw target of the request line into a decoded path and query. Refused: %00 %2F %5C, bad
 * percents, what is not UTF-8, control characters, dot segments, empty segments in the middle;
 * TARGET_TOO_LONG above 2 kB. */
enum problem_code guard_read_target(struct text raw, struct rehab_arena *arena,
                                    struct request *out);
