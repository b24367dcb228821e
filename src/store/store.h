/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the store: rows of PostgreSQL <-> structs of model.h, and nothing about rules, JSON
 * or HTTP.
 *
 * Every function works for the clinic of c->caller and waits on the call's fiber. What `out` points
 * to lies in the call's arena. Loading one thing answers NOT_FOUND when the clinic has none such.
 * DATABASE_AWAY, OVERLOADED, TIMED_OUT, NO_MEMORY and INTERNAL may come from everywhere.
 *
 * A write takes a complete `struct idempotency`, with the answer as it will leave, and is one
 * statement: effect, audit row, event and answer stand or fall together. c->now_us is its time,
 * c->operation its name in the audit. It may also answer GUARD_MISSED     what was read has changed
 * meanwhile; nothing happened: read again and decide anew REPLAY           this key of this caller
 * has an answer already (store_find_answer) UNKNOWN_COMMIT   the connection died before the word
 * came: the answer of the key tells whether it happened
 *
 * Pages: at most `most` items after the given place; the place before the first is NO_TIME and the
 * nil id. */
#pragma once

#include <stddef.h>

#include "../base/call.h"

/* ---- catalogue.c: belongs to no clinic; c->caller.clinic may be nil ---- */

struct result store_list_measures(struct call *c, struct measure **out, uint32_t *count);
struct result store_list_exercises(struct call *c, struct exercise **out, uint32_t *count);

/* Published and retired ones, by protocol and version. */
struct result store_list_protocol_versions(struct call *c, struct protocol_version **out,
                                           uint32_t *count);

/* What saving a document came to. */
enum outcome {
    OUTCOME_SAME,     /* it stood there with these bytes */
    OUTCOME_SAVED,    /* it is new, or was replaced */
    OUTCOME_COMPILED, /* a published version stands; only its block was renewed */
    OUTCOME_OTHER     /* a published version stands with other bytes: nothing was changed */
};
struct result store_save_measure(struct call *c, const struct measure *m, enum outcome *out);
struct result store_save_exercise(struct call *c, const struct exercise *e, enum outcome *out);

/* Of `v` are read: protocol, version, document, compiled, etag. */
struct result store_publish_version(struct call *c, const struct protocol_version *v,
                                    enum outcome *out);

/* ---- trust.c ---- */

struct clinic {
    struct uuid id;
    struct text name;
    struct text zone;
    int64_t created_us;
};

struct api_key {
    struct uuid id;
    uint8_t digest[32]; /* SHA-256 of the secret */
    struct principal who;
    struct text label;
    int64_t created_us;
    int64_t expires_us; /* NO_TIME: never */
    int64_t revoked_us; /* NO_TIME: stands */
};

/* Whose key is this? Asked before a clinic is known; c->caller is not read. The caller judges
 * digest and times. */
struct result store_find_key(struct call *c, struct uuid id, struct api_key *out);

/* For the operator's command line. Nothing but `who` names the clinic of a new key; a revoked or
 * unknown one is NOT_FOUND. */
struct result store_list_clinics(struct call *c, struct clinic **out, uint32_t *count);
struct result store_create_clinic(struct call *c, const struct clinic *clinic);
struct result store_create_key(struct call *c, const struct api_key *key);
struct result store_list_keys(struct call *c, struct api_key **out, uint32_t *count);
struct result store_revoke_key(struct call *c, struct uuid id);

/* What this caller was answered under this key; NOT_FOUND: nothing yet. */
struct result store_find_answer(struct call *c, struct text key, struct idempotency *out);

struct store_state {
    int32_t migration;  /* number of the newest one that was applied */
    int32_t migrations; /* how many were */
    bool standby;
    struct text server;
};
struct result store_check_ready(struct call *c, struct store_state *out);

/* ---- patient.c ---- */

/* GUARD_MISSED: an identifier is taken; store_find_patient tells by whom. */
struct result store_create_patient(struct call *c, const struct patient *p,
                                   const struct idempotency *once);
struct result store_load_patient(struct call *c, struct uuid id, struct patient *out);
struct result store_list_patients(struct call *c, struct uuid after, uint32_t most,
                                  struct patient **out, uint32_t *count);

/* The patient who has the first of these identifiers that anybody has. */
struct result store_find_patient(struct call *c, const struct identifier *ids, uint32_t count,
                                 struct uuid *out);

/* ---- episode.c ---- */

/* GUARD_MISSED: there is no such patient. */
struct result store_create_episode(struct call *c, const struct episode *e,
                                   const struct idempotency *once);
struct result store_load_episode(struct call *c, struct uuid id, struct episode *out);

/* In the order of enrolment. */
struct result store_list_episodes(struct call *c, const struct episode_filter *by,
                                  struct uuid after, uint32_t most, struct episode **out,
                                  uint32_t *count);

/* An assessment that was voided: when it was true, when it was known, when it no longer was. */
struct taken_back {
    int64_t occurred_us, recorded_us, voided_us;
};

/* All a decision rests on, read in one go: the head of the episode, its moves, its observations and
 * sessions that were true at `as_of_us` and known and not voided at `known_at_us` (NO_TIME:
 * whatever is known by now). The moves come without their decisions. Sessions and voids are asked
 * for only where the episode has any; a write is guarded by the versions of the head all the same.
 */
struct store_case {
    struct episode episode;
    int32_t birth_day; /* of the patient; NO_DAY: not told */
    struct transition *transitions;
    uint32_t transition_count;
    struct observation *observations; /* oldest first */
    uint32_t observation_count;
    struct care_session *sessions; /* oldest first */
    uint32_t session_count;
    struct taken_back *voids;
    uint32_t void_count;
};
struct result store_load_case(struct call *c, struct uuid episode, int64_t as_of_us,
                              int64_t known_at_us, struct store_case *out);

/* Oldest first. NOT_FOUND is not told: an unknown episode has no story. */
struct result store_list_timeline(struct call *c, struct uuid episode, int64_t after_us,
                                  struct uuid after, uint32_t most, struct timeline_entry **out,
                                  uint32_t *count);

/* ---- assessment.c ---- */

/* `seen` is the episode as it was read, `state` what it becomes by this. */
struct result store_record_assessment(struct call *c, const struct episode *seen,
                                      enum episode_state state, const struct assessment *a,
                                      const struct idempotency *once);

/* GUARD_MISSED also when it is voided already. */
struct result store_void_assessment(struct call *c, const struct episode *seen,
                                    enum episode_state state, const struct assessment_void *v,
                                    const struct idempotency *once);
struct result store_load_assessment(struct call *c, struct uuid id, struct assessment *out);

/* Oldest first by occurred_us, voided ones too. */
struct result store_list_assessments(struct call *c, struct uuid episode, int64_t after_us,
                                     struct uuid after, uint32_t most, struct assessment **out,
                                     uint32_t *count);

/* ---- transition.c ---- */

/* `seen` is the episode as it was read, `then` the same after the move: state, phases and entry
 * times of its tracks, ended_us. A clearance also moves `evidence`. */
struct result store_record_transition(struct call *c, const struct episode *seen,
                                      const struct episode *then, const struct transition *t,
                                      const struct idempotency *once);

/* In order; `with_decision` brings the long texts. */
struct result store_list_transitions(struct call *c, struct uuid episode, int32_t after_seq,
                                     uint32_t most, bool with_decision, struct transition **out,
                                     uint32_t *count);

/* ---- address.c ---- */

/* The hosts of a connection string and their ports, for people: without user, password and
 * database. False: libpq does not understand it. */
bool store_name_host(const char *database_url, char *out, size_t size);

/* ---- audit.c: over a connection of its own, blocking; for the sealing thread and the command
 * line, never on a fiber ---- */

struct audit_log;

/* NULL when it cannot connect; `why` then says so in one line. */
struct audit_log *store_open_audit(const char *database_url, char *why, size_t size);
void store_close_audit(struct audit_log *log);

/* After a call has failed: was it the connection? */
bool store_has_lost_audit(const struct audit_log *log);

/* Seals what is settled, block after block until nothing is left, and clears answers older than a
 * day. False with `why`: the connection may be gone; it is made anew by the next call. */
bool store_seal_audit(struct audit_log *log, uint32_t *sealed, char *why, size_t size);

/* Seconds that the oldest row waits for its block; 0: none does. False with `why`, as above. */
bool store_measure_unsealed(struct audit_log *log, int64_t *age_s, char *why, size_t size);

enum audit_fault {
    AUDIT_WHOLE,
    AUDIT_BLOCK_CHANGED, /* its hash is not that of what it says, or not the one the next block is
                            linked to */
    AUDIT_BLOCK_MISSING, /* the chain does not go on from the block before */
    AUDIT_ROW_CHANGED,
    AUDIT_ROW_MISSING,
    AUDIT_ROW_INSERTED /* not sealed, though everything of its time is */
};

struct audit_finding {
    enum audit_fault fault; /* of the first row or block that does not fit */
    int64_t block;          /* the block; 0: none */
    int64_t seq;            /* the row; 0: the whole block */
    uint64_t blocks, rows;  /* how much fitted */
    uint64_t waiting;       /* rows that will be sealed next */
    uint8_t head[32]; /* hash of the newest block: noted elsewhere, it shows later that no tail was
                         cut */
};

/* Recomputes every digest and every link. False with `why`: it could not be done. */
bool store_verify_audit(struct audit_log *log, struct audit_finding *out, char *why, size_t size);
