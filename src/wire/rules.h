/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: reading into the core's structs. Each of these is for FIELD_AT and fills what
 * its name says. */
#pragma once

#include "json_in.h"
#include "wire.h"

/* rules.c */

enum { RULES_ITEMS_MAX = 1'000, RULES_PROSE_MAX = 4'000, RULES_NAME_MAX = 64 };

wire_read_own wire_read_rule_id;       /* struct rehab_text: a code */
wire_read_own wire_read_rule_text;     /* struct rehab_text: one line of at most 64 bytes */
wire_read_own wire_read_rule_prose;    /* struct rehab_text: lines */
wire_read_own wire_read_rule_words;    /* struct rehab_words: {"en": "..."} */
wire_read_own wire_read_rule_texts;    /* struct rehab_texts: ["..."] */
wire_read_own wire_read_rule_duration; /* struct rehab_duration */

/* The members every cited thing has: source, certainty, note. */
extern const struct words wire_certainties;
#define CITATION_FIELDS(owner, member, need)                                                       \
    FIELD_AT(owner, member.source, "source", need, wire_read_rule_text),                           \
        FIELD_WORD(owner, member.certainty, "certainty", need, wire_certainties),                  \
        FIELD(owner, member.sign_off, "sign_off", WIRE_BOOL, OPTIONAL),                            \
        FIELD_AT(owner, member.note, "note", OPTIONAL, wire_read_rule_prose)

/* Room for `count` structs, zeroed; NULL on a full arena. */
void *wire_make(struct reader *r, size_t count, size_t size);

/* [low, high] by `read`, into two structs that lie `size` apart. */
void wire_read_rule_pair(struct reader *r, json_t *value, const struct json_path *path,
                         wire_read_own *read, void *low, void *high);

/* The name of the member of the object at `path` that a JSON iterator stands on, copied: a line of
 * at most 64 bytes. */
struct rehab_text wire_read_rule_name(struct reader *r, void *i, const struct json_path *path);

/* An object of objects by name, as an array of structs of `t` that begin with their id. */
const void *wire_read_rule_named(struct reader *r, json_t *value, const struct json_path *path,
                                 const struct table *t, uint32_t *count);

/* criterion.c */

wire_read_own wire_read_criterion; /* const struct rehab_criterion *: made in the arena */
wire_read_own wire_read_rule_role; /* uint32_t: one bit of enum rehab_role */
extern const struct words wire_ops;

/* The members that compare, of an object that has others besides; without `sets`, `in` is one of
 * those. */
#define COMPARISON_FIELDS FIELD_ANY("is"), FIELD_ANY("value"), FIELD_ANY("between"), FIELD_ANY("in")
void wire_read_rule_comparison(struct reader *r, json_t *value, const struct json_path *path,
                               bool sets, struct rehab_comparison *out);

/* A leaf that compares with nothing, and `zones` besides, which are given back. */
json_t *wire_read_rule_reading(struct reader *r, json_t *value, const struct json_path *path,
                               struct rehab_criterion *out, struct rehab_words *title);

/* derived.c: what is made of observations. Each is for FIELD_OWN. */
wire_read_own wire_read_rule_scores;   /* of struct rehab_document */
wire_read_own wire_read_rule_norms;    /* the same */
wire_read_own wire_read_rule_automata; /* the same */
wire_read_own wire_read_rule_bands;    /* of struct rehab_phase */

/* A number, truth, label, or (with `elapsed`) a duration. */
struct rehab_value wire_read_rule_value(struct reader *r, json_t *value,
                                        const struct json_path *path, bool elapsed);
/* {"grade": {"3": 95}}: one stratum, another bound for each of its values; *count of them. */
const struct rehab_value_by *wire_read_value_by(struct reader *r, json_t *value,
                                                const struct json_path *path, bool elapsed,
                                                uint32_t *count);
