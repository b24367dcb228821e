/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: a body as a tree whose numbers are exact, pointers into it, and the walker
 * over field tables. Nothing here leaves src/wire. */
#pragma once

#include <jansson.h>

#include "../base/call.h"
#include "words.h"

/* The criteria of a document may be nested REHAB_MAX_DEPTH deep, each with an object and a list. */
enum { WIRE_DEPTH_MAX = 32, WIRE_DOCUMENT_DEPTH_MAX = 48 };

/* A parsed body. Every number of the tree is a JSON integer that only tells where in `numbers` its
 * text stands: ask wire_number_text, never json_integer_value. */
struct json_in {
    json_t *root;
    const struct text *numbers;
    uint32_t number_count;
    struct text body;
};

enum json_top { TOP_OBJECT, TOP_ARRAY, TOP_DOCUMENT /* an object, that may be deeper */ };

/* Parses and checks: valid JSON, no member twice, at most WIRE_DEPTH_MAX levels (of a
 * document WIRE_DOCUMENT_DEPTH_MAX), the top as asked.
 * Faults are noted on the call. Close with SCOPED(wire_close_json). */
struct result wire_open_json(struct call *c, struct text body, enum json_top top,
                             struct json_in *out);
void wire_close_json(struct json_in *in);
#define SCOPED(close_) __attribute__((cleanup(close_)))

/* The texts of the items of a top level array, as they stand in the body; NULL on a full arena. */
const struct text *wire_split_items(struct call *c, const struct json_in *in);

/* For documents that are known to be valid JSON, without building a tree: the text of an object's
 * member, quotes and all, or size 0. */
struct text wire_find_member(struct text object, const char *name);
/* What a JSON string literal means, in the arena; size 0 when it is none. */
struct text wire_decode_string(struct call *c, struct text literal);

/* The digits as sent: "90.10". */
struct text wire_number_text(const struct json_in *in, json_t *number);

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

/* A place in the tree: a chain on the stack, rendered as an RFC 6901 pointer only when something is
 * wrong there. */
struct json_path {
    const struct json_path *up; /* NULL at the top */
    const char *key;            /* NULL: an index */
    size_t index;
};
struct text wire_pointer(struct call *c, const struct json_path *path);
/* A fault at `path`, or at its member `key` when that is not NULL. */
struct result wire_fault_at(struct call *c, enum problem_code code, const struct json_path *path,
                            const char *key, struct text detail);

/* walk.c: field tables. A table says which members an object may and must have and where each goes
 * in a struct; the walker reads an object by it and notes every fault. */

struct reader {
    struct call *c;
    const struct json_in *in;
    const void *context; /* for the functions of WIRE_OWN fields */
};

/* `at` is the member of FIELD_AT, or the struct itself with FIELD_OWN. */
typedef void wire_read_own(struct reader *r, json_t *value, const struct json_path *path, void *at);

enum wire_kind {
    WIRE_TEXT,   /* struct text: one line, clean, `least`..`most` bytes */
    WIRE_LINES,  /* struct text: may hold line ends and tabs */
    WIRE_CODE,   /* struct text: [a-z0-9][a-z0-9_.-]* */
    WIRE_WORD,   /* an enum: one of `words` */
    WIRE_UUID,   /* struct uuid */
    WIRE_TIME,   /* int64_t, microseconds */
    WIRE_DATE,   /* int32_t, days */
    WIRE_WHOLE,  /* int32_t, `least`..`most` */
    WIRE_NANO,   /* int64_t, billionths */
    WIRE_BOOL,   /* bool */
    WIRE_OBJECT, /* a struct inside, by `table` */
    WIRE_LIST,   /* a pointer to structs by `table`, and a uint32_t count at `count_at`;
                    `least`..`most` items */
    WIRE_OWN,    /* what `own` makes of it */
    WIRE_ANY,    /* known, not looked at */
};

enum wire_need { OPTIONAL, REQUIRED };

struct field {
    const char *name;
    enum wire_kind kind;
    enum wire_need need;
    size_t at, count_at;
    uint32_t least, most;
    const struct words *words;
    const struct table *table;
    wire_read_own *own;
};

struct table {
    const struct field *fields;
    uint32_t count; /* at most 64 */
    size_t size;    /* of the struct */
};

#define TABLE(owner, fields_)                                                                      \
    {                                                                                              \
        (fields_), sizeof(fields_) / sizeof(fields_)[0], sizeof(struct owner)                      \
    }

#define FIELD(owner, member, name_, kind_, need_)                                                  \
    {                                                                                              \
        .name = (name_), .kind = (kind_), .need = (need_), .at = offsetof(struct owner, member)    \
    }
#define FIELD_TEXT(owner, member, name_, kind_, need_, most_)                                      \
    {                                                                                              \
        .name = (name_), .kind = (kind_), .need = (need_), .at = offsetof(struct owner, member),   \
        .least = 1, .most = (most_)                                                                \
    }
#define FIELD_WORD(owner, member, name_, need_, words_)                                            \
    {                                                                                              \
        .name = (name_), .kind = WIRE_WORD, .need = (need_), .at = offsetof(struct owner, member), \
        .words = &(words_)                                                                         \
    }
#define FIELD_WHOLE(owner, member, name_, need_, least_, most_)                                    \
    {                                                                                              \
        .name = (name_), .kind = WIRE_WHOLE, .need = (need_),                                      \
        .at = offsetof(struct owner, member), .least = (least_), .most = (most_)                   \
    }
#define FIELD_OBJECT(owner, member, name_, need_, table_)                                          \
    {                                                                                              \
        .name = (name_), .kind = WIRE_OBJECT, .need = (need_),                                     \
        .at = offsetof(struct owner, member), .table = &(table_)                                   \
    }
#define FIELD_LIST(owner, member, count_, name_, need_, table_, least_, most_)                     \
    {                                                                                              \
        .name = (name_), .kind = WIRE_LIST, .need = (need_), .at = offsetof(struct owner, member), \
        .count_at = offsetof(struct owner, count_), .table = &(table_), .least = (least_),         \
        .most = (most_)                                                                            \
    }
#define FIELD_OWN(name_, need_, own_)                                                              \
    {                                                                                              \
        .name = (name_), .kind = WIRE_OWN, .need = (need_), .own = (own_)                          \
    }
#define FIELD_AT(owner, member, name_, need_, own_)                                                \
    {                                                                                              \
        .name = (name_), .kind = WIRE_OWN, .need = (need_), .at = offsetof(struct owner, member),  \
        .own = (own_)                                                                              \
    }
#define FIELD_ANY(name_)                                                                           \
    {                                                                                              \
        .name = (name_), .kind = WIRE_ANY, .need = OPTIONAL                                        \
    }

/* A whole body. Defaults are what `out` holds before; it is to be used only on success. */
struct result wire_read_body(struct call *c, struct text body, const struct table *t,
                             const void *context, void *out);

/* An object inside; faults are noted on the call. */
void wire_read_object(struct reader *r, json_t *value, const struct json_path *path,
                      const struct table *t, void *out);

/* Notes wrong_type unless the value has the type; `wanted` names it: "a string". */
bool wire_is_type(struct reader *r, json_t *value, json_type type, const struct json_path *path,
                  const char *wanted);

/* One clean line (or lines) of `least`..`most` bytes, copied; size 0 when a fault was noted. */
struct text wire_read_line(struct reader *r, json_t *value, const struct json_path *path,
                           const struct field *f);

/* "must be one of a b c; did you mean b?" */
struct text wire_list_words(struct reader *r, const struct words *w, const char *wrong);

/* care_read.c: parts of requests that the demonstration's file has too */

extern const struct table wire_identifiers; /* of struct identifier */

/* The owner begins with a struct episode. */
wire_read_own wire_read_strata;

/* The owner begins with a struct assessment; the reader's context is a struct measures. */
wire_read_own wire_read_observations;
struct measures {
    const struct measure *items;
    uint32_t count;
};
