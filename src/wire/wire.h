/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the room where JSON and structs meet.
 *
 * wire_read_*   bytes -> struct. What is read lies in the call's arena or points into `body`, which
 * must live as long. Every fault is noted on the call (call_fault) with its JSON pointer; the
 * result is what they amount to. `out` is filled only on success. Rules that need a clock, a zone,
 * the database or a protocol (in_future, before_onset, unknown_patient, unknown_track ...) are the
 * service's. wire_write_*  struct -> bytes in the call's arena; NO_MEMORY is the only failure.
 * Absent texts, NO_DAY, NO_TIME and nil ids are left out: there is no null. */
#pragma once

#include "../base/call.h"
#include "../base/evaluation.h"

/* Lengths in bytes of what a caller may send; openapi/rehabd.yaml says the same. */
enum wire_limit {
    WIRE_IDENTIFIERS_MAX = 16,
    WIRE_OBSERVATIONS_MAX = 200,
    WIRE_STRATA_MAX = 16,
    WIRE_CODE_MAX = 64,     /* measure, protocol, track, phase, stratum: [a-z][a-z0-9_-]* */
    WIRE_NAME_MAX = 200,    /* identifier system and value, label, assessor */
    WIRE_REASON_MAX = 2000, /* free text; may hold line ends */
    WIRE_UNIT_MAX = 32,
};

/* A list as answered: `next` is the address of the next page, empty on the last one. */
#define WIRE_PAGE(name, type)                                                                      \
    struct name {                                                                                  \
        const struct type *items;                                                                  \
        uint32_t count;                                                                            \
        struct text next;                                                                          \
    }

WIRE_PAGE(patient_page, patient);
WIRE_PAGE(episode_page, episode);
WIRE_PAGE(assessment_page, assessment);
WIRE_PAGE(transition_page, transition);
WIRE_PAGE(timeline_page, timeline_entry);
WIRE_PAGE(measure_page, measure);
WIRE_PAGE(exercise_page, exercise);
WIRE_PAGE(protocol_page, protocol_version);

/* care_read.c: the bodies of requests */

struct result wire_read_patient(struct call *c, struct text body, struct patient *out);

/* protocol_version is 0, the days NO_DAY and started_us NO_TIME when left out. */
struct result wire_read_episode(struct call *c, struct text body, struct episode *out);

/* `measures` are those an observation may name, in any order; observations lend their codes and
 * labels and point to them. occurred_us and the end of a session are NO_TIME and assessor is empty
 * when left out. */
struct result wire_read_assessment(struct call *c, struct text body, const struct measure *measures,
                                   uint32_t measure_count, struct assessment *out);

struct result wire_read_void(struct call *c, struct text body, struct text *reason);

/* occurred_us is NO_TIME when left out; if_match is left alone: it comes from a header. */
struct result wire_read_transition(struct call *c, struct text body,
                                   struct transition_request *out);

/* care_write.c */

struct result wire_write_patient(struct call *c, const struct patient *p, struct text *out);
struct result wire_write_patients(struct call *c, const struct patient_page *page,
                                  struct text *out);
struct result wire_write_episode(struct call *c, const struct episode *e, struct text *out);
struct result wire_write_episodes(struct call *c, const struct episode_page *page,
                                  struct text *out);
struct result wire_write_assessment(struct call *c, const struct assessment *a, struct text *out);
struct result wire_write_assessments(struct call *c, const struct assessment_page *page,
                                     struct text *out);
/* `decision` of a transition is JSON already (wire_write_evaluation) and is quoted as it is. */
struct result wire_write_transition(struct call *c, const struct transition *t, struct text *out);
struct result wire_write_transitions(struct call *c, const struct transition_page *page,
                                     struct text *out);
struct result wire_write_timeline(struct call *c, const struct timeline_page *page,
                                  struct text *out);

/* evaluation.c */

struct result wire_write_evaluation(struct call *c, const struct evaluation *e, struct text *out);
/* The assessment's members, and `episode`, `red_flags`, `recommendation` as they are after it. */
struct result wire_write_assessment_answer(struct call *c, const struct assessment_answer *a,
                                           struct text *out);

/* Renders `"evaluation":{...}` into c->problem.body, for a refused transition. */
struct result wire_attach_evaluation(struct call *c, const struct evaluation *e);

/* plan.c */

struct result wire_write_plan(struct call *c, const struct plan *p, struct text *out);

/* catalogue.c */

/* The files of sql/seed: an array of documents. Each item keeps its own text, whitespace and all,
 * in `document`; `etag` is left empty. */
struct result wire_read_measures(struct call *c, struct text body, struct measure **out,
                                 uint32_t *count);
struct result wire_read_exercises(struct call *c, struct text body, struct exercise **out,
                                  uint32_t *count);
/* One document as it stands in the database. */
struct result wire_read_measure(struct call *c, struct text document, struct measure *out);
struct result wire_read_exercise(struct call *c, struct text document, struct exercise *out);

/* What a list shows of a protocol document, without checking the rest of it. */
struct protocol_head {
    struct text id;
    struct text title;     /* English */
    struct text condition; /* its text, or empty */
    int32_t version;       /* 0 when the document does not say */
};
struct result wire_read_protocol_head(struct call *c, struct text document,
                                      struct protocol_head *out);

/* Lists of documents: each item is quoted as it stands. */
struct result wire_write_measures(struct call *c, const struct measure_page *page,
                                  struct text *out);
struct result wire_write_exercises(struct call *c, const struct exercise_page *page,
                                   struct text *out);
/* Items {id, version, title, condition, state, etag, published_at}. */
struct result wire_write_protocols(struct call *c, const struct protocol_page *page,
                                   struct text *out);

/* One protocol with its versions, newest first; title and condition are those of the newest
 * published one. */
struct protocol_answer {
    const struct protocol_version *versions;
    uint32_t count;
};
struct result wire_write_protocol(struct call *c, const struct protocol_answer *p,
                                  struct text *out);

/* trust.c: the problem body and what the service says of itself */

/* The problem of the call as application/problem+json. Never fails: on a full arena it is the bare
 * problem, without particulars. `instance` is the path of the request, or empty. */
struct text wire_write_problem(struct call *c, enum problem_code code, struct text instance);

/* What GET /problems/{problem} shows of a kind of problem. */
struct result wire_write_problem_kind(struct call *c, const enum problem_code *code,
                                      struct text *out);

struct build {
    struct text name, version, commit, built;
};
struct result wire_write_version(struct call *c, const struct build *b, struct text *out);

struct health_check {
    struct text name;
    struct text detail; /* what is wrong when it fails, or empty */
    bool ok;
    int64_t took_us; /* negative: not measured */
};
struct health {
    const struct health_check *checks;
    uint32_t count;
};
/* Plain text for people: "[+]database ok 0.9ms\n[-]schema behind\nreadyz check failed\n". */
struct result wire_write_health(struct call *c, const struct health *h, struct text *out);

/* demo.c: sql/seed/demo.json, a clinic to try things with. Its times are told from now backwards.
 */

struct demo_assessment {
    struct assessment assessment; /* occurred_us is NO_TIME */
    int32_t hours_ago;
};
struct demo_episode {
    struct episode episode; /* patient is nil, onset_day NO_DAY */
    int32_t onset_days_ago;
    struct demo_assessment *assessments;
    uint32_t assessment_count;
};
struct demo_patient {
    struct patient patient;
    struct demo_episode *episodes;
    uint32_t episode_count;
};
struct demo_key {
    struct text label;
    enum role role;
    struct text *scopes; /* beyond those of the role: "care:override" */
    uint32_t scope_count;
};
struct demo {
    struct text clinic;
    struct text zone;
    struct demo_key *keys;
    uint32_t key_count;
    struct demo_patient *patients;
    uint32_t patient_count;
};
struct result wire_read_demo(struct call *c, struct text body, const struct measure *measures,
                             uint32_t measure_count, struct demo *out);

/* protocol.c and rules.c: documents as the core takes them. A protocol as an author writes it
 * becomes what rehab_compile reads; everything lies in the call's arena. */

/* sql/seed/measures.json, as the core wants measures: with names, labels and freshness. */
struct result wire_read_rules_measures(struct call *c, struct text body, struct rehab_measure **out,
                                       uint32_t *count);

/* A protocol document. `measures` is the whole catalogue; it is lent to *out. What refers to what
 * is checked by rehab_compile, not here. */
struct result wire_read_protocol(struct call *c, struct text body,
                                 const struct rehab_measure *measures, uint32_t count,
                                 struct rehab_document *out);

/* places.c: places of a document that the compiled form has lost, in its order. */
struct place {
    struct text pointer, name;
    struct place *next;
};
struct place_list {
    struct place *first, *last;
};
struct document_places {
    struct place_list cleared;    /* what criteria ask to be cleared; name: the clearance */
    struct place_list terms;      /* what keys are called; name: the key */
    struct place_list no_english; /* texts of other languages only */
};
struct result wire_read_places(struct call *c, struct text document, struct document_places *out);

/* Of `count` names the one most like `wrong`, for "did you mean"; size 0 when none is near. */
struct text wire_nearest(struct text wrong, const struct rehab_text *names, uint32_t count);

/* fault.c: what is wrong with a document */

/* The names with blanks between; of very many the first, and how many more there are. */
struct text wire_list_names(struct call *c, const struct rehab_text *names, uint32_t count);

/* Notes what rehab_compile found wrong as BAD_DOCUMENT, and returns that. */
struct result wire_note_fault(struct call *c, const struct rehab_fault *f);

/* The same, and which labels there are where one does not exist: `d` was read from `body`. */
struct result wire_note_fault_of(struct call *c, const struct rehab_fault *f, struct text body,
                                 const struct rehab_document *d);
