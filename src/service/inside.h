/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share among themselves. The door of the room is service.h. */
#pragma once

#include "../base/zone.h"
#include "../store/store.h"
#include "rehab/rehab.h"
#include "service.h"

/* ---- cursor.c ---- */

/* The last line of a page: what a list is ordered by. Lists without a time keep their number in
 * `us`, or nothing. */
struct place {
    int64_t us;
    struct uuid id;
};

/* A place of the list named `list` (its name and filters, in any form that tells lists apart), as a
 * word. */
struct text cursor_write(struct rehab_arena *arena, struct text list, struct place place);

/* false: not a cursor of this list. */
bool cursor_read(struct text word, struct text list, struct place *out);

/* The place a page begins after, NO_TIME and nil for the first page. BAD_CURSOR when its cursor is
 * of another list. Lists are read by one item more than the page holds, to know whether there is
 * another. */
struct result cursor_open(struct call *c, const struct page *page, struct text list,
                          struct place *out);

/* The name of a list of the caller's clinic: its kind and whose it is. */
struct text list_of(struct call *c, const char *kind, struct uuid owner);

/* ---- moves.c ---- */

/* OK, STATE_FORBIDS or RED_FLAG_RAISED. */
enum problem_code judge_state(enum episode_state state, enum move kind);

/* ---- once.c ---- */

/* The answer given to this key before, if any: out->replayed tells. KEY_REUSED when it was another
 * request. */
struct result once_find(struct call *c, const struct idempotency *once, struct written *out);

/* Completes the record before the write: an own key when the caller sent none, and the answer. */
void once_answer(struct call *c, struct idempotency *once, struct answer answer);

/* What came of the write: fills `out`, and finds out when the store could not tell. */
struct result once_settle(struct call *c, struct result written, const struct idempotency *once,
                          struct written *out);

/* ---- catalogue.c ---- */

/* One version with its rules open. */
struct published {
    struct protocol_version version;
    struct rehab_protocol rules;
    struct document document;
};

/* Version 0: the newest published one; any other: published or retired. NULL: there is none. */
const struct published *catalogue_find(struct call *c, struct text protocol, int32_t version);

/* Says of each observation what it is of, so that a value that came in another unit can be told in
 * both. */
void catalogue_name_measures(struct call *c, struct observation *items, uint32_t count);
void catalogue_exercises(struct call *c, const struct exercise **items, uint32_t *count);
bool catalogue_is_empty(struct call *c);

/* ---- case.c: all that a decision about one episode rests on ---- */

struct case_file {
    struct episode episode; /* as it stands on record */
    int32_t birth_day;      /* of the patient */
    struct transition *transitions;
    uint32_t transition_count;
    struct observation *observations; /* oldest first, nothing voided */
    uint32_t observation_count;
    struct care_session *sessions; /* oldest first, nothing voided */
    uint32_t session_count;
    const struct rehab_protocol *rules;
    struct text rules_digest; /* of the block they lie in */
    const struct zone *zone;
};

/* All that happened until `until_us` and was known by `known_at_us` (NO_TIME: all). NOT_FOUND. */
struct result case_load(struct call *c, struct uuid episode, int64_t until_us, int64_t known_at_us,
                        struct case_file *out);

/* Nothing on record lies after this. */
int64_t case_latest_us(const struct case_file *file, int64_t now_us);

/* Puts the observations and the session of an assessment where their time belongs. */
struct result case_add_assessment(struct call *c, struct case_file *file,
                                  const struct assessment *a);
/* Takes it out of the file, as of now. */
void case_drop_assessment(struct case_file *file, const struct assessment *a, int64_t now_us);
struct result case_add_transition(struct call *c, struct case_file *file,
                                  const struct transition *t);

/* Where every track stands as of an instant. */
struct standing {
    struct rehab_track_state *tracks;
    enum track_state *states;
    uint32_t track_count;
    bool withdrawn;
    int64_t ended_us;                 /* NO_TIME while it runs */
    const struct transition *restart; /* the last one; NULL: there was none */
};

/* standing.c */
struct result case_stand(struct call *c, const struct case_file *file, int64_t as_of_us,
                         struct standing *out);
struct result case_describe(struct call *c, const struct case_file *file, const struct standing *s,
                            const struct rehab_decision *d, struct episode *out);

/* evidence.c */

/* The file without what a restart has left behind. */
struct result case_leave_out(struct call *c, const struct case_file *file, const struct standing *s,
                             struct case_file *out);
struct result case_gather(struct call *c, const struct case_file *file, const struct standing *s,
                          struct rehab_evidence *out);
struct result case_decide(struct call *c, const struct case_file *file,
                          const struct rehab_evidence *evidence, int64_t as_of_us,
                          struct rehab_decision *out);

/* review.c */

/* The moves until as_of that what is known by now would have blocked, and nobody has looked at
 * since. */
struct result case_review(struct call *c, const struct case_file *file, int64_t as_of_us,
                          struct evaluation *out);

/* case.c */

/* What the rules say as of an instant. The evaluation's episode stands as it stood then: tracks,
 * state, end. */
struct result case_evaluate(struct call *c, const struct case_file *file, int64_t as_of_us,
                            int64_t known_at_us, struct evaluation *out);

/* What would turn each gate of an evaluation of this file, and what to measure next in the order of
 * how much it would settle. Takes some times as long as the evaluation: for those who are told. */
struct result case_find_sets(struct call *c, const struct case_file *file, struct evaluation *e);

/* ---- versions ---- */

/* STALE_ETAG, and the present tag, unless the episode stands as the caller would have it. NULL: the
 * caller does not mind. */
struct result check_version(struct call *c, const struct if_match *asked, const struct episode *e);

/* ---- red flags ---- */

/* ROLE_MISSING, and who may, when the caller may not make this flag go. */
struct result check_clearing(struct call *c, const struct rehab_protocol *p, uint32_t flag);

bool decision_raises(const struct rehab_decision *d, uint32_t flag);

/* ---- times ---- */

/* What the clinic's wall showed: both clocks of an instant. */
struct rehab_instant instant_of(const struct zone *zone, int64_t us);

/* NO_TIME becomes now, and so does a time that is ahead of our clock by no more than clocks differ.
 * IN_FUTURE beyond that. */
struct result settle_time(struct call *c, struct text pointer, int64_t *us);

/* BEFORE_ONSET for a time before the local day of onset. */
struct result check_onset(struct call *c, struct text pointer, const struct zone *zone,
                          int32_t onset_day, int64_t us);

/* The caller's zone; INTERNAL when this machine does not know it. */
struct result find_zone(struct call *c, const struct zone **out);

static inline bool same_id(struct uuid a, struct uuid b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static inline struct text text_from(struct rehab_text t)
{
    return (struct text){t.at, t.size};
}

static inline struct rehab_text text_to(struct text t)
{
    return (struct rehab_text){t.at, (uint32_t)t.size};
}

/* The role as the rules count it: one bit, 0 for roles that do not treat patients. */
uint32_t role_bit(enum role role);

/* May somebody of this role do what is reserved for `roles`? A physician may what a clinician may.
 */
bool role_is_among(enum role role, uint32_t roles);
