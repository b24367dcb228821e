/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the room: parts of answers that several files write. */
#pragma once

#include "../base/evaluation.h"
#include "json_out.h"

/* care_write.c */

/* A list: begin, put each item (`each`: about how many bytes it takes), finish with the address of
 * the next page. */
struct json_out wire_begin_page(struct rehab_arena *arena, uint32_t count, size_t each);
struct result wire_finish_page(struct json_out *o, struct text next, struct text *out);

/* {id, version, etag, title?} of the protocol an episode is held to. */
void wire_put_pinned(struct json_out *o, const struct episode *e, struct text title,
                     struct text digest);

/* The value as sent: digits, true or false, or a label. */
void wire_put_value(struct json_out *o, const struct observation *b);

void wire_put_assessment_members(struct json_out *o, const struct assessment *a);

/* evaluation.c: names and texts of the core's rows, and the members that evaluation and plan share
 */

struct text wire_of_core(struct rehab_text t);
struct text wire_ref(const struct evaluation *e, struct rehab_ref r);
struct text wire_words(const struct evaluation *e, struct rehab_range wordings);
const char *wire_tongue(const struct evaluation *e); /* the language of its sentences: "en", "es" */
enum side wire_side_of(const struct evaluation *e, enum rehab_side side); /* left and right again */
void wire_put_side(struct json_out *o, enum side side);
struct text wire_track_id(const struct evaluation *e, uint32_t track); /* empty for REHAB_NONE */

void wire_put_heading(struct json_out *o, const struct evaluation *e);
void wire_put_red_flags(struct json_out *o, const struct evaluation *e);
void wire_put_expectation(struct json_out *o, const struct evaluation *e,
                          const struct rehab_track_result *t);
void wire_put_source(struct json_out *o, const struct evaluation *e,
                     const struct rehab_citation_row *cited);
/* A limit or cap of a prescription (a row of limits), and what was found of it. */
void wire_put_limit(struct json_out *o, const struct evaluation *e, uint32_t limit,
                    uint32_t finding);
void wire_put_criteria(struct json_out *o, const struct evaluation *e, struct rehab_range findings);

/* flip.c */

void wire_put_flip(struct json_out *o, const struct evaluation *e, const struct rehab_flip *flip);
