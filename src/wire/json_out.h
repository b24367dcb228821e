/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: writing JSON straight into the arena of a call. Append only; commas, colons
 * and closing marks come by themselves. When the arena refuses, `failed` is remembered, later
 * writes do nothing, and wire_finish tells. */
#pragma once

#include "../base/call.h"

enum { WIRE_OUT_DEPTH = 16 };

struct json_out {
    struct rehab_arena *arena;
    char *start, *at, *end;
    uint32_t depth;
    bool failed;
    bool begun;  /* the innermost container holds something: a comma is due */
    bool valued; /* a key was written and waits for its value */
    char closing[WIRE_OUT_DEPTH];
};

/* `hint`: how many bytes are expected; more is made room for as it comes. */
struct json_out wire_begin(struct rehab_arena *arena, size_t hint);
struct result wire_finish(struct json_out *o, struct text *out);

/* The text of the next member's name: must need no escape. */
void wire_put_key_sized(struct json_out *o, const char *key, size_t size);
#define wire_put_key(o, key) wire_put_key_sized(o, "" key, sizeof(key) - 1)

/* A name that comes from data, escaped as it needs. */
void wire_put_name(struct json_out *o, struct text name);

/* Values: the next item of an array, or the value of the key before. */
void wire_open_object(struct json_out *o);
void wire_open_array(struct json_out *o);
void wire_close(struct json_out *o); /* whichever is innermost */
void wire_put_text(struct json_out *o, struct text t);
void wire_put_bool(struct json_out *o, bool value);
void wire_put_whole(struct json_out *o, int64_t value);
void wire_put_nano(struct json_out *o,
                   int64_t nano); /* billionths as a decimal, no needless zeros */
void wire_put_raw(struct json_out *o, struct text json);         /* is JSON already */
void wire_put_rendered(struct json_out *o, struct text members); /* whole members: "a":1,"b":2 */
void wire_put_time(struct json_out *o, int64_t us);
void wire_put_date(struct json_out *o, int32_t day);
void wire_put_uuid(struct json_out *o, struct uuid id);

/* A member of one of the kinds above: wire_put_member(o, "seq", whole, t->seq). */
#define wire_put_member(o, key, kind, value) (wire_put_key(o, key), wire_put_##kind(o, value))

/* Members that are left out when absent. */
#define wire_put_text_if(o, key, value)                                                            \
    do {                                                                                           \
        struct text text_ = (value);                                                               \
        if (text_.size > 0) wire_put_key(o, key), wire_put_text(o, text_);                         \
    } while (0)
#define wire_put_time_if(o, key, value)                                                            \
    do {                                                                                           \
        int64_t time_ = (value);                                                                   \
        if (time_ != NO_TIME) wire_put_key(o, key), wire_put_time(o, time_);                       \
    } while (0)
#define wire_put_date_if(o, key, value)                                                            \
    do {                                                                                           \
        int32_t day_ = (value);                                                                    \
        if (day_ != NO_DAY) wire_put_key(o, key), wire_put_date(o, day_);                          \
    } while (0)
#define wire_put_uuid_if(o, key, value)                                                            \
    do {                                                                                           \
        struct uuid id_ = (value);                                                                 \
        if (!uuid_is_nil(id_)) wire_put_key(o, key), wire_put_uuid(o, id_);                        \
    } while (0)
