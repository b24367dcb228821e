/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: a body as a tree whose numbers are exact, pointers into it, and the walker over field tables.
 * Nothing here leaves src/wire. */
#pragma once

#include <jansson.h>

#include "../base/call.h"

enum { WIRE_DEPTH_MAX = 32 };

/* A parsed body. Every number of the tree is a JSON integer that only tells where in `numbers` its text stands: ask
 * wire_number_text, never json_integer_value. */
struct json_in {
    json_t *root;
    const struct text *numbers;
    uint32_t number_count;
    struct text body;
    const struct text *spans; /* of the items when the top is an array: the text of each */
};

enum json_top { TOP_OBJECT, TOP_ARRAY };

/* Parses and checks: valid JSON, no member twice, at most WIRE_DEPTH_MAX levels, the top as asked. Faults are noted on the
 * call. Close with SCOPED(wire_close_json). */
struct result wire_open_json(struct call *c, struct text body, enum json_top top, struct json_in *out);
void wire_close_json(struct json_in *in);
#define SCOPED(close_) __attribute__((cleanup(close_)))

/* The digits as sent: "90.10". */
struct text wire_number_text(const struct json_in *in, const json_t *number);

/* number.c: decimal text -> billionths, exactly. */
enum number_form {
    NUMBER_EXACT,
    NUMBER_EXPONENT,    /* 1e3: not a form this service takes */
    NUMBER_TOO_PRECISE, /* more decimals than `decimals_max` */
    NUMBER_TOO_LARGE,   /* beyond what 64 bits of billionths hold */
    NUMBER_NOT_ONE,     /* not a decimal at all */
};
enum number_form wire_number_nano(struct text digits, uint32_t decimals_max, int64_t *nano);
/* A whole number between the two. */
bool wire_number_whole(struct text digits, int64_t least, int64_t most, int64_t *out);

/* A place in the tree: a chain on the stack, rendered as an RFC 6901 pointer only when something is wrong there. */
struct json_path {
    const struct json_path *up; /* NULL at the top */
    const char *key;            /* NULL: an index */
    size_t index;
};
struct text wire_pointer(struct call *c, const struct json_path *path);
/* A fault at `path`, or at its member `key` when that is not NULL. */
struct result wire_fault_at(struct call *c, enum problem_code code, const struct json_path *path,
                            const char *key, struct text detail);
