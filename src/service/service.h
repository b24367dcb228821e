/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the product. Each operation has one implementation here, and every face (REST now,
 * FHIR and CDS Hooks later) is thin above it. The room knows no JSON and no HTTP: where an answer
 * must be stored together with its effect, the face gives a function that renders it.
 *
 * Everything runs on the call's fiber and yields in the store. Failures are noted on the call
 * (call_fault, c->problem). What `out` points to lives in the arena of the call, or in the
 * catalogue of the worker, which outlives the call. */
#pragma once

#include "../base/app.h"
#include "../base/call.h"
#include "../base/evaluation.h"

/* Clocks of callers may run ahead of ours by this much. */
#define CLOCK_SKEW_US INT64_C(60000000)

/* ---- what several operations share ---- */

/* A page of a list. The caller sets limit (1 to 200) and cursor (as sent, empty: the first page)
 * and receives `next`: the cursor of the page after it, empty when this was the last. */
struct page {
    uint32_t limit;
    struct text cursor;
    struct text next;
};

/* What a write is answered with. When `replayed`, it is what the first request with this key was
 * answered, byte for byte. */
struct written {
    struct answer answer;
    bool replayed;
};

/* Every write takes a `struct idempotency *once` of which the face has set key (empty: the caller
 * sent none), operation and fingerprint. The service finds an earlier answer before anything else
 * is judged: KEY_REUSED when it belongs to another request. A commit whose outcome was not learned
 * is looked up: OUTCOME_UNKNOWN when that too leaves it open. */

/* ---- trust ---- */

/* trust.c */

/* Who asks: reads `Bearer rhb_...`, and fills c->caller. UNAUTHENTICATED for whatever is wrong with
 * it, without saying what. A key is asked of the database at most every 5 s, so a revoked one may
 * live that long. */
struct result service_judge_key(struct call *c, struct text authorization);

/* SCOPE_MISSING when the caller's key does not carry it; the detail names it. */
struct result service_check_scope(struct call *c, enum scope needed);

/* "care:write" for CARE_WRITE; empty for what is not one scope. */
struct text service_scope_name(enum scope scope);

/* The text of a key: rhb_, 22 digits of base 62 for the id, _, 43 digits of base 62 for the secret.
 * Shown once. */
struct text service_write_key(struct rehab_arena *arena, struct uuid id,
                              const uint8_t secret[static 32]);

/* Takes one apart; `secret` is the text whose SHA-256 is kept. */
bool service_read_key(struct text key, struct uuid *id, struct text *secret);

/* ---- catalogue: published documents, ready to be sent ---- */

/* catalogue.c */

struct document {
    struct text etag;
    struct text plain;
    struct text gzip; /* empty: not worth it */
};

/* How documents are told; given by the face when the worker starts. */
struct catalogue_render {
    struct result (*measures)(struct call *, const struct measure *, uint32_t, struct text *out);
    struct result (*exercises)(struct call *, const struct exercise *, uint32_t, struct text *out);
    struct result (*protocols)(struct call *, const struct protocol_version *, uint32_t,
                               struct text *out);
};

/* Reads the catalogue into c->worker. Documents that cannot be served are logged and left out. */
struct result service_start_worker(struct call *c, const struct catalogue_render *render);

/* Reads it again and replaces it if it has changed. A body handed out before stays readable for
 * CATALOGUE_GRACE_US. */
struct result service_refresh_catalogue(struct call *c);
#define CATALOGUE_GRACE_US INT64_C(300000000)

void service_stop_worker(struct worker *w);

struct result service_get_measure(struct call *c, struct text code, struct document *out);
struct result service_get_exercise(struct call *c, struct text id, struct document *out);
/* The document as it was published; version 0 is the newest published one. */
struct result service_get_protocol(struct call *c, struct text id, int32_t version,
                                   struct document *out);

/* Lists, in the order of their ids. When the page is the whole list, `whole` is its document, else
 * whole->plain is empty. */
struct result service_list_measures(struct call *c, struct page *page, const struct measure **items,
                                    uint32_t *count, struct document *whole);
struct result service_list_exercises(struct call *c, struct page *page,
                                     const struct exercise **items, uint32_t *count,
                                     struct document *whole);
/* Every published version, by id, the newest version first. */
struct result service_list_protocols(struct call *c, struct page *page,
                                     const struct protocol_version **items, uint32_t *count,
                                     struct document *whole);

/* All measures, for reading assessments. */
void service_all_measures(struct call *c, const struct measure **items, uint32_t *count);

/* ---- care ---- */

/* patient.c */

/* IDENTIFIER_TAKEN names the patient who has it in c->problem.existing. */
struct result service_create_patient(struct call *c, struct idempotency *once, struct patient *p,
                                     struct result (*render)(struct call *, const struct patient *,
                                                             struct text *),
                                     struct written *out);
struct result service_get_patient(struct call *c, struct uuid id, struct patient *out);

/* `by` NULL: all patients. */
struct result service_list_patients(struct call *c, const struct identifier *by, struct page *page,
                                    struct patient **items, uint32_t *count);

/* episode.c */

/* Of `e` are read: patient, protocol, protocol_version (0: the newest published one), side,
 * onset_day, surgery_day, started_us, strata; the rest is filled. */
struct result service_create_episode(struct call *c, struct idempotency *once, struct episode *e,
                                     struct result (*render)(struct call *, const struct episode *,
                                                             struct text *),
                                     struct written *out);
struct result service_get_episode(struct call *c, struct uuid id, struct episode *out);
struct result service_list_episodes(struct call *c, const struct episode_filter *by,
                                    struct page *page, struct episode **items, uint32_t *count);

/* assessment.c */

/* Records what was seen and says what follows from it. A newly raised red flag stops the episode in
 * the same statement. `if_match` are the versions of the episode it may be; NULL: any. */
struct result service_record_assessment(
    struct call *c, struct idempotency *once, struct uuid episode, const struct if_match *if_match,
    struct assessment *a,
    struct result (*render)(struct call *, const struct assessment_answer *, struct text *),
    struct written *out);
struct result service_list_assessments(struct call *c, struct uuid episode, struct page *page,
                                       struct assessment **items, uint32_t *count);

/* Takes an assessment out of what decisions rest on. It stays on record with the reason. */
struct result service_void_assessment(
    struct call *c, struct idempotency *once, struct uuid assessment,
    const struct if_match *if_match, struct text reason,
    struct result (*render)(struct call *, const struct assessment_answer *, struct text *),
    struct written *out);

/* evaluation.c */

/* Where the episode stands as of an instant (NO_TIME: now), knowing what was recorded until
 * `known_at_us` (NO_TIME: all). */
struct result service_evaluate(struct call *c, struct uuid episode, int64_t as_of_us,
                               int64_t known_at_us, struct evaluation *out);
struct result service_plan(struct call *c, struct uuid episode, int64_t as_of_us, struct plan *out);

/* transition.c */

struct transition_render {
    struct result (*evaluation)(struct call *, const struct evaluation *, struct text *);
    struct result (*transition)(struct call *, const struct transition *, struct text *);
};

/* Moves the patient, or says why not. On GATE_NOT_SATISFIED and RED_FLAG_RAISED `refused` holds the
 * evaluation it rests on; otherwise refused->decision is NULL. */
struct result service_record_transition(struct call *c, struct idempotency *once,
                                        struct uuid episode, const struct transition_request *asked,
                                        const struct transition_render *render, struct written *out,
                                        struct evaluation *refused);
struct result service_list_transitions(struct call *c, struct uuid episode, struct page *page,
                                       struct transition **items, uint32_t *count);

/* timeline.c */
struct result service_list_timeline(struct call *c, struct uuid episode, struct page *page,
                                    struct timeline_entry **items, uint32_t *count);

/* ---- the service itself ---- */

/* readiness.c */

struct readiness {
    bool database; /* it answers, and so do the lane's connections for reads and writes */
    int64_t database_us;
    bool schema; /* every migration this binary knows has been applied */
    int32_t schema_applied, schema_known;
    bool catalogue;                   /* at least one protocol can be followed */
    uint32_t workers, workers_wanted; /* that have their database and their catalogue */
    bool draining;
    bool ready; /* all of it */
};
struct result service_check_readiness(struct call *c, struct readiness *out);
