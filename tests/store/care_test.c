/* SPDX-License-Identifier: Apache-2.0 */
/* What is written comes back as it was, once, with its audit row; and what was decided on something
 * that has changed is not written. */
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOUR_US INT64_C(3'600'000'000)

static bool same_id(struct uuid a, struct uuid b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

#define assert_id(a, b)         assert_true(same_id((a), (b)))
#define assert_text(literal, t) assert_true(text_is((t), (literal)))

/* ---- what every write leaves behind ---- */

struct trace {
    int64_t audit, outbox, answers;
};

static struct trace trace_of(struct fixture *f)
{
    return (struct trace){fixture_count(f, "SELECT count(*) FROM trust.audit"),
                          fixture_count(f, "SELECT count(*) FROM trust.outbox"),
                          fixture_count(f, "SELECT count(*) FROM trust.idempotency")};
}

static void assert_traces(struct fixture *f, struct trace before, int64_t audit, int64_t outbox,
                          int64_t answers)
{
    struct trace after = trace_of(f);
    assert_int_equal(audit, after.audit - before.audit);
    assert_int_equal(outbox, after.outbox - before.outbox);
    assert_int_equal(answers, after.answers - before.answers);
}

/* An episode of its own, so that tests do not meet. */
static struct episode fresh(struct fixture *f)
{
    struct episode e;
    struct uuid id = fixture_add_episode(f, f->clinic, f->patient);
    assert_code(OK, store_load_episode(fixture_call(f, f->clinic), id, &e));
    return e;
}

static struct transition a_move(const struct call *c, const struct episode *e, int32_t seq)
{
    return (struct transition){
        .id = uuid_make(c->now_us),
        .episode = e->id,
        .seq = seq,
        .kind = MOVE_ADVANCE,
        .track = TEXT("gym"),
        .from = TEXT("protect"),
        .to = TEXT("stretch"),
        .occurred_us = c->now_us - HOUR_US,
        .decision = TEXT("{\"decision\": true}"),
    };
}

static struct episode after_move(struct call *c, const struct episode *e,
                                 const struct transition *t)
{
    struct episode then = *e;
    then.tracks = rehab_alloc(c->arena, e->track_count * sizeof *then.tracks);
    memcpy(then.tracks, e->tracks, e->track_count * sizeof *then.tracks);
    then.tracks[0].phase = t->to;
    then.tracks[0].entered_us = t->occurred_us;
    return then;
}

static struct assessment an_assessment(const struct call *c, const struct episode *e)
{
    static struct observation o = {.measure = {"pain_rest", 9},
                                   .value = {"1", 1},
                                   .unit = {"", 0},
                                   .value_nano = 1'000'000'000};
    return (struct assessment){.id = uuid_make(c->now_us),
                               .episode = e->id,
                               .occurred_us = c->now_us,
                               .assessor = TEXT("PT-7"),
                               .observations = &o,
                               .observation_count = 1};
}

static void every_write_of_care_leaves_one_of_each(void **state)
{
    struct fixture *f = *state;
    struct trace before = trace_of(f);
    struct uuid patient = fixture_add_patient(f, f->clinic, "traced");
    assert_traces(f, before, 1, 1, 1);
    before = trace_of(f);
    struct uuid id = fixture_add_episode(f, f->clinic, patient);
    assert_traces(f, before, 1, 1, 1);
    before = trace_of(f);
    struct uuid assessment = fixture_add_assessment(f, f->clinic, id, 2);
    assert_traces(f, before, 1, 1, 1);

    before = trace_of(f);
    struct call *c = fixture_call(f, f->clinic);
    struct episode e;
    assert_code(OK, store_load_episode(c, id, &e));
    struct idempotency once = fixture_once(f);
    assert_code(OK,
                store_void_assessment(c, &e, e.state,
                                      &(struct assessment_void){.assessment = assessment,
                                                                .reason = TEXT("wrong patient")},
                                      &once));
    assert_traces(f, before, 1, 1, 1);

    before = trace_of(f);
    assert_code(OK, store_load_episode(c, id, &e));
    struct transition t = a_move(c, &e, 1);
    struct episode then = after_move(c, &e, &t);
    once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &then, &t, &once));
    assert_traces(f, before, 1, 1, 1);
}

static void the_audit_row_says_who_did_what(void **state)
{
    struct fixture *f = *state;
    char key[UUID_TEXT_SIZE];
    char sql[512];
    struct uuid patient = fixture_add_patient(f, f->clinic, "audited");
    char id[UUID_TEXT_SIZE];
    uuid_write(f->key, key);
    uuid_write(patient, id);
    snprintf(sql, sizeof sql,
             "SELECT (actor = '%s' AND actor_role = 'clinician' AND action = 'testStore' AND "
             "entity = 'patient' AND "
             "entity_id = '%s' AND detail = sha256('{\"answer\":true}'::bytea))::int FROM "
             "trust.audit ORDER BY seq DESC LIMIT 1",
             key, id);
    assert_int_equal(1, fixture_count(f, sql));
}

/* A statement that fails or misses its guard leaves no trace at all. */
static void nothing_is_half_written(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct trace before = trace_of(f);
    struct call *c = fixture_call(f, f->clinic);
    struct assessment a = an_assessment(c, &e);
    struct observation bad[] = {a.observations[0], a.observations[0]};
    bad[1].qualifiers_held = 1; /* held but not known: the table refuses it */
    a.observations = bad;
    a.observation_count = 2;
    struct idempotency once = fixture_once(f);
    struct result r = store_record_assessment(c, &e, e.state, &a, &once);
    assert_int_not_equal(OK, r.code);
    assert_traces(f, before, 0, 0, 0);
    assert_int_equal(
        e.evidence, fixture_count(f, "SELECT evidence FROM care.episode ORDER BY id DESC LIMIT 1"));
}

/* ---- patients ---- */

static void a_patient_comes_back(void **state)
{
    struct fixture *f = *state;
    struct uuid id = fixture_add_patient(f, f->clinic, "again");
    struct call *c = fixture_call(f, f->clinic);
    struct patient p;
    assert_code(OK, store_load_patient(c, id, &p));
    assert_id(id, p.id);
    assert_int_equal(2, p.identifier_count);
    assert_text("urn:mrn", p.identifiers[0].system);
    assert_text("again", p.identifiers[1].value);
    assert_int_equal(7305, p.birth_day);
    assert_int_equal(SEX_FEMALE, p.sex);
    assert_text("P", p.label);
    assert_int_equal(1, p.version);
    struct identifier ids[] = {{TEXT("urn:none"), TEXT("x")}, {TEXT("urn:other"), TEXT("again")}};
    struct uuid found;
    assert_code(OK, store_find_patient(c, ids, 2, &found));
    assert_id(id, found);
    assert_code(NOT_FOUND, store_find_patient(c, ids, 1, &found));
    assert_code(NOT_FOUND, store_load_patient(c, uuid_make(c->now_us), &p));
}

static void an_identifier_belongs_to_one(void **state)
{
    struct fixture *f = *state;
    struct uuid first = fixture_add_patient(f, f->clinic, "taken");
    struct trace before = trace_of(f);
    struct call *c = fixture_call(f, f->clinic);
    struct identifier ids[] = {{TEXT("urn:mrn"), TEXT("free")}, {TEXT("urn:mrn"), TEXT("taken")}};
    struct patient p = {
        .id = uuid_make(c->now_us), .identifiers = ids, .identifier_count = 2, .birth_day = NO_DAY};
    struct idempotency once = fixture_once(f);
    assert_code(GUARD_MISSED, store_create_patient(c, &p, &once));
    assert_traces(f, before, 0, 0, 0);
    struct uuid who;
    assert_code(OK, store_find_patient(c, ids, 2, &who));
    assert_id(first, who);
}

static void a_patient_may_have_nothing_but_an_id(void **state)
{
    struct fixture *f = *state;
    struct call *c = fixture_call(f, f->clinic);
    struct patient p = {.id = uuid_make(c->now_us), .birth_day = NO_DAY};
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_create_patient(c, &p, &once));
    struct patient back;
    assert_code(OK, store_load_patient(c, p.id, &back));
    assert_int_equal(0, back.identifier_count);
    assert_int_equal(NO_DAY, back.birth_day);
    assert_int_equal(0, back.label.size);
}

/* ---- episodes ---- */

static void an_episode_comes_back(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    assert_id(f->patient, e.patient);
    assert_text("test", e.protocol);
    assert_int_equal(1, e.protocol_version);
    assert_text("\"p1\"", e.protocol_etag);
    assert_int_equal(SIDE_LEFT, e.side);
    assert_int_equal(20'000, e.onset_day);
    assert_int_equal(NO_DAY, e.surgery_day);
    assert_int_equal(1, e.stratum_count);
    assert_text("grade", e.strata[0].name);
    assert_text("2", e.strata[0].value);
    assert_int_equal(EPISODE_ACTIVE, e.state);
    assert_int_equal(2, e.track_count);
    assert_text("run", e.tracks[1].id);
    assert_text("rest", e.tracks[1].phase);
    assert_int_equal(1, e.version);
    assert_int_equal(1, e.evidence);
    assert_int_equal(NO_TIME, e.ended_us);
    assert_true(e.started_us < e.created_us);
}

static void an_episode_needs_a_patient_of_the_clinic(void **state)
{
    struct fixture *f = *state;
    struct uuid other = fixture_add_clinic(f, "UTC");
    struct trace before = trace_of(f);
    struct call *c = fixture_call(f, other);
    struct episode e = {.id = uuid_make(c->now_us),
                        .patient = f->patient,
                        .protocol = TEXT("test"),
                        .protocol_version = 1,
                        .protocol_etag = TEXT("x"),
                        .onset_day = NO_DAY,
                        .surgery_day = NO_DAY,
                        .started_us = c->now_us};
    struct idempotency once = fixture_once(f);
    assert_code(GUARD_MISSED, store_create_episode(c, &e, &once));
    assert_traces(f, before, 0, 0, 0);
    assert_code(NOT_FOUND,
                store_load_episode(c, f->episode, &e)); /* another clinic's: as if unknown */
}

static uint32_t listed(struct fixture *f, struct uuid clinic, struct episode_filter by)
{
    struct uuid after = {0};
    struct episode *e;
    uint32_t n;
    uint32_t all = 0;
    do {
        assert_code(OK, store_list_episodes(fixture_call(f, clinic), &by, after, 2, &e, &n));
        for (uint32_t i = 0; i < n; i++) {
            assert_true(memcmp(&after, &e[i].id, sizeof after) < 0); /* order, and nothing twice */
            after = e[i].id;
            if (!uuid_is_nil(by.patient)) assert_id(by.patient, e[i].patient);
            if (by.has_state) assert_int_equal(by.state, e[i].state);
        }
        all += n;
    } while (n == 2);
    return all;
}

static void lists_filter_and_turn_pages(void **state)
{
    struct fixture *f = *state;
    struct uuid clinic = fixture_add_clinic(f, "UTC");
    struct uuid one = fixture_add_patient(f, clinic, "one");
    struct uuid two = fixture_add_patient(f, clinic, "two");
    struct uuid last = {0};
    for (int i = 0; i < 5; i++)
        last = fixture_add_episode(f, clinic, i < 3 ? one : two);
    struct call *c = fixture_call(f, clinic);
    struct episode e;
    assert_code(OK, store_load_episode(c, last, &e));
    struct transition t = a_move(c, &e, 1);
    struct episode then = after_move(c, &e, &t);
    then.state = EPISODE_STOPPED;
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &then, &t, &once));

    assert_int_equal(5, listed(f, clinic, (struct episode_filter){0}));
    assert_int_equal(3, listed(f, clinic, (struct episode_filter){.patient = one}));
    assert_int_equal(
        1, listed(f, clinic, (struct episode_filter){.patient = two, .phase = TEXT("stretch")}));
    assert_int_equal(0, listed(f, clinic,
                               (struct episode_filter){
                                   .patient = one, .has_state = true, .state = EPISODE_STOPPED}));
    assert_int_equal(4, listed(f, clinic, (struct episode_filter){.phase = TEXT("protect")}));
    assert_int_equal(5, listed(f, clinic, (struct episode_filter){.phase = TEXT("rest")}));
    assert_int_equal(1, listed(f, clinic,
                               (struct episode_filter){.phase = TEXT("rest"),
                                                       .has_state = true,
                                                       .state = EPISODE_STOPPED}));
    assert_int_equal(
        0, listed(f, clinic,
                  (struct episode_filter){.phase = TEXT("rest"), .protocol = TEXT("other")}));
    assert_int_equal(
        4, listed(f, clinic, (struct episode_filter){.has_state = true, .state = EPISODE_ACTIVE}));
    assert_int_equal(5, listed(f, clinic, (struct episode_filter){.protocol = TEXT("test")}));
    assert_int_equal(0, listed(f, clinic, (struct episode_filter){.protocol = TEXT("other")}));
    struct patient *p;
    uint32_t n;
    assert_code(OK, store_list_patients(fixture_call(f, clinic), one, 10, &p, &n));
    assert_int_equal(1, n);
    assert_id(two, p[0].id);
}

/* ---- assessments ---- */

static void an_assessment_comes_back(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct uuid id = fixture_add_assessment(f, f->clinic, e.id, 3);
    struct call *c = fixture_call(f, f->clinic);
    struct assessment a;
    assert_code(OK, store_load_assessment(c, id, &a));
    assert_id(e.id, a.episode);
    assert_text("PT-7", a.assessor);
    assert_int_equal(ROLE_CLINICIAN, a.actor_role);
    assert_id(f->key, a.actor);
    assert_int_equal(NO_TIME, a.voided_us);
    assert_int_equal(3 * HOUR_US, a.recorded_us - a.occurred_us);
    assert_int_equal(3, a.observation_count);
    assert_text("pain_walk", a.observations[1].measure);
    assert_text("3.50",
                a.observations[1].value); /* what was sent comes back, trailing zero included */
    assert_int_equal(3'500'000'000, a.observations[1].value_nano);
    assert_int_equal(3, a.observations[1].qualifiers_known);
    assert_int_equal(1, a.observations[1].qualifiers_held);
    assert_int_equal(SIDE_LEFT, a.observations[2].side);
    assert_int_equal(0, a.observations[2].unit.size);
    assert_code(NOT_FOUND, store_load_assessment(c, e.id, &a));
}

static void evidence_moves_and_the_version_stays(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    fixture_add_assessment(f, f->clinic, e.id, 3);
    struct episode now;
    assert_code(OK, store_load_episode(fixture_call(f, f->clinic), e.id, &now));
    assert_int_equal(e.evidence + 1, now.evidence);
    assert_int_equal(e.version, now.version);
}

static void a_raised_flag_stops_the_episode_with_the_assessment(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct assessment a = an_assessment(c, &e);
    struct text flags[] = {TEXT("rf_dvt"), TEXT("rf_pe")};
    a.red_flags = flags;
    a.red_flag_count = 2;
    struct trace before = trace_of(f);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_assessment(c, &e, EPISODE_STOPPED, &a, &once));
    assert_traces(f, before, 1, 2, 1);
    assert_int_equal(1, fixture_count(f, "SELECT count(*) FROM trust.outbox WHERE kind = "
                                         "'red_flag.raised'"));
    struct timeline_entry *line;
    uint32_t n;
    assert_code(OK, store_list_timeline(c, e.id, NO_TIME, (struct uuid){0}, 10, &line, &n));
    assert_int_equal(2, n);
    struct timeline_entry told = line[0].red_flag_count > 0 ? line[0] : line[1];
    assert_text("assessment", told.kind);
    assert_int_equal(2, told.red_flag_count);
    assert_text("rf_pe", told.red_flags[1]);
    struct episode now;
    assert_code(OK, store_load_episode(c, e.id, &now));
    assert_int_equal(EPISODE_STOPPED, now.state);
    assert_int_equal(e.version + 1, now.version);
}

static void what_was_judged_on_old_evidence_is_not_written(void **state)
{
    struct fixture *f = *state;
    struct episode old = fresh(f);
    struct uuid id = fixture_add_assessment(f, f->clinic, old.id, 3);
    struct trace before = trace_of(f);
    struct call *c = fixture_call(f, f->clinic);
    struct assessment a = an_assessment(c, &old);
    struct idempotency once = fixture_once(f);
    assert_code(GUARD_MISSED, store_record_assessment(c, &old, old.state, &a, &once));
    assert_code(GUARD_MISSED,
                store_void_assessment(
                    c, &old, old.state,
                    &(struct assessment_void){.assessment = id, .reason = TEXT("x")}, &once));
    struct transition t = a_move(c, &old, 1);
    struct episode then = after_move(c, &old, &t);
    assert_code(GUARD_MISSED, store_record_transition(c, &old, &then, &t, &once));
    assert_traces(f, before, 0, 0, 0);
}

static void an_assessment_is_voided_once(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct uuid id = fixture_add_assessment(f, f->clinic, e.id, 3);
    struct call *c = fixture_call(f, f->clinic);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_load_episode(c, e.id, &e));
    assert_code(OK, store_void_assessment(
                        c, &e, e.state,
                        &(struct assessment_void){.assessment = id, .reason = TEXT("typing error")},
                        &once));
    struct assessment a;
    assert_code(OK, store_load_assessment(c, id, &a));
    assert_int_equal(c->now_us, a.voided_us);
    assert_text("typing error", a.void_reason);
    assert_int_equal(3, a.observation_count);
    assert_code(OK, store_load_episode(c, e.id, &e));
    once = fixture_once(f);
    assert_code(GUARD_MISSED,
                store_void_assessment(
                    c, &e, e.state,
                    &(struct assessment_void){.assessment = id, .reason = TEXT("again")}, &once));
    struct episode other = fresh(f);
    struct uuid foreign = fixture_add_assessment(f, f->clinic, e.id, 1);
    once = fixture_once(f);
    assert_code(GUARD_MISSED,
                store_void_assessment(
                    fixture_call(f, f->clinic), &other, other.state,
                    &(struct assessment_void){.assessment = foreign, .reason = TEXT("x")}, &once));
}

static void assessments_turn_pages_by_time(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    static const int hours[] = {2, 9, 5, 7, 3}; /* recorded in this order, told oldest first */
    struct uuid made[10];
    for (int i = 0; i < 5; i++)
        made[hours[i]] = fixture_add_assessment(f, f->clinic, e.id, hours[i]);
    static const int told[] = {9, 7, 5, 3, 2};
    struct uuid after = {0};
    int64_t after_us = NO_TIME;
    uint32_t all = 0;
    for (uint32_t n = 2; n == 2;) {
        struct assessment *a;
        assert_code(OK, store_list_assessments(fixture_call(f, f->clinic), e.id, after_us, after, 2,
                                               &a, &n));
        for (uint32_t i = 0; i < n; i++, all++) {
            assert_id(made[told[all]], a[i].id);
            assert_int_equal(3, a[i].observation_count);
            assert_text("pain_rest", a[i].observations[0].measure);
        }
        after = a[n - 1].id;
        after_us = a[n - 1].occurred_us;
    }
    assert_int_equal(5, all);
}

/* ---- transitions ---- */

static void a_transition_moves_the_head(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct transition t = a_move(c, &e, 1);
    t.reason = TEXT("clinic rule");
    t.override_code = OVERRIDE_CLINICAL_JUDGEMENT;
    t.override_reason = TEXT("seen by the physician");
    struct episode then = after_move(c, &e, &t);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &then, &t, &once));
    struct episode now;
    assert_code(OK, store_load_episode(c, e.id, &now));
    assert_int_equal(e.version + 1, now.version);
    assert_int_equal(e.evidence, now.evidence);
    assert_text("stretch", now.tracks[0].phase);
    assert_int_equal(t.occurred_us, now.tracks[0].entered_us);
    assert_text("rest", now.tracks[1].phase);
    assert_int_equal(e.tracks[1].entered_us, now.tracks[1].entered_us);

    struct transition *list;
    uint32_t n;
    assert_code(OK, store_list_transitions(c, e.id, 0, 10, true, &list, &n));
    assert_int_equal(1, n);
    assert_id(t.id, list[0].id);
    assert_int_equal(MOVE_ADVANCE, list[0].kind);
    assert_text("{\"decision\": true}", list[0].decision); /* byte for byte */
    assert_int_equal(OVERRIDE_CLINICAL_JUDGEMENT, list[0].override_code);
    assert_text("seen by the physician", list[0].override_reason);
    assert_int_equal(ROLE_CLINICIAN, list[0].actor_role);
    assert_code(OK, store_list_transitions(c, e.id, 0, 10, false, &list, &n));
    assert_int_equal(0, list[0].decision.size);
    assert_code(OK, store_list_transitions(c, e.id, 1, 10, true, &list, &n));
    assert_int_equal(0, n);
}

static void of_two_that_race_one_wins(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct transition t = a_move(c, &e, 1);
    struct episode then = after_move(c, &e, &t);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &then, &t, &once));
    struct trace before = trace_of(f);
    struct transition late = a_move(c, &e, 1);
    once = fixture_once(f);
    assert_code(GUARD_MISSED, store_record_transition(c, &e, &then, &late, &once));
    /* even a caller who read the new version but counted wrong meets the unique place */
    struct episode now;
    assert_code(OK, store_load_episode(c, e.id, &now));
    then = after_move(c, &now, &late);
    assert_code(GUARD_MISSED, store_record_transition(c, &now, &then, &late, &once));
    assert_traces(f, before, 0, 0, 0);
}

/* Ends the superuser's transaction while a write of the service waits for it. */
static void *commit_soon(void *root)
{
    usleep(150'000);
    PQclear(PQexec(root, "COMMIT"));
    return NULL;
}

/* Both have read the same version; the later waits for the row, and then finds it changed. */
static void a_move_that_waited_is_judged_again(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct trace before = trace_of(f);
    char id[UUID_TEXT_SIZE];
    char sql[128];
    uuid_write(e.id, id);
    snprintf(sql, sizeof sql,
             "BEGIN; UPDATE care.episode SET version = version + 1 WHERE id = '%s'", id);
    fixture_run(f, sql);
    pthread_t other;
    assert_int_equal(0, pthread_create(&other, NULL, commit_soon, f->root));
    struct transition t = a_move(c, &e, 1);
    struct episode then = after_move(c, &e, &t);
    struct idempotency once = fixture_once(f);
    struct result r = store_record_transition(c, &e, &then, &t, &once);
    pthread_join(other, NULL);
    assert_code(GUARD_MISSED, r);
    assert_traces(f, before, 0, 0, 0);
}

/* The same request twice at once: the later waits for the first's answer and is sent to it. */
static void a_request_that_runs_twice_happens_once(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct idempotency once = fixture_once(f);
    char sql[512];
    char key[UUID_TEXT_SIZE];
    char clinic[UUID_TEXT_SIZE];
    uuid_write(f->key, key);
    uuid_write(f->clinic, clinic);
    snprintf(sql, sizeof sql,
             "BEGIN; INSERT INTO trust.idempotency VALUES ('%s', '%s', '%.*s', 'testStore', "
             "sha256('x'), 201, NULL, NULL, '', now())",
             clinic, key, TEXT_FMT(once.key));
    fixture_run(f, sql);
    pthread_t other;
    assert_int_equal(0, pthread_create(&other, NULL, commit_soon, f->root));
    struct assessment a = an_assessment(c, &e);
    struct result r = store_record_assessment(c, &e, e.state, &a, &once);
    pthread_join(other, NULL);
    assert_code(REPLAY, r);
    struct episode now;
    assert_code(OK, store_load_episode(fixture_call(f, f->clinic), e.id, &now));
    assert_int_equal(e.evidence, now.evidence);
}

static void a_clearance_is_evidence_and_an_end_has_a_time(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct transition t = {.id = uuid_make(c->now_us),
                           .seq = 1,
                           .kind = MOVE_CLEAR_RED_FLAG,
                           .red_flags = (struct text[]){TEXT("rf_dvt"), TEXT("rf_sciatic")},
                           .red_flag_count = 2,
                           .occurred_us = c->now_us,
                           .decision = TEXT("{}")};
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &e, &t, &once));
    struct episode now;
    assert_code(OK, store_load_episode(c, e.id, &now));
    assert_int_equal(e.evidence + 1, now.evidence);
    struct transition *told;
    uint32_t n;
    assert_code(OK, store_list_transitions(c, e.id, 0, 10, true, &told, &n));
    assert_int_equal(1, n);
    assert_int_equal(2, told[0].red_flag_count);
    assert_text("rf_sciatic", told[0].red_flags[1]);
    struct timeline_entry *line;
    assert_code(OK, store_list_timeline(c, e.id, NO_TIME, (struct uuid){0}, 10, &line, &n));
    assert_int_equal(2, n);
    assert_int_equal(0, line[0].red_flag_count);
    assert_int_equal(2, line[1].red_flag_count);
    assert_text("rf_dvt", line[1].red_flags[0]);
    struct episode then = now;
    then.state = EPISODE_WITHDRAWN;
    then.ended_us = c->now_us;
    t = (struct transition){.id = uuid_make(c->now_us),
                            .seq = 2,
                            .kind = MOVE_WITHDRAW,
                            .occurred_us = c->now_us,
                            .reason = TEXT("moved away"),
                            .decision = TEXT("{}")};
    once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &now, &then, &t, &once));
    assert_code(OK, store_load_episode(c, e.id, &now));
    assert_int_equal(EPISODE_WITHDRAWN, now.state);
    assert_int_equal(c->now_us, now.ended_us);
}

/* care.track repeats the arrays of the episode for lists by phase: they agree after all that was
 * done here. */
static void both_standings_agree(void **state)
{
    struct fixture *f = *state;
    assert_true(fixture_count(f, "SELECT count(*) FROM care.track WHERE phase = 'stretch'") > 0);
    assert_int_equal(
        0,
        fixture_count(
            f, "SELECT count(*) FROM (SELECT clinic_id, id, t.track, t.phase FROM care.episode e, "
               "unnest(e.track_ids, e.track_phases) AS t (track, phase)) h FULL JOIN care.track t "
               "ON t.clinic_id = h.clinic_id AND t.episode_id = h.id AND t.track = h.track "
               "WHERE t.phase IS DISTINCT FROM h.phase"));
    assert_int_equal(0, fixture_count(f, "SELECT count(*) FROM care.observation o JOIN "
                                         "care.assessment a ON a.clinic_id = o.clinic_id "
                                         "AND a.id = o.assessment_id WHERE (o.episode_id, "
                                         "o.occurred_at, o.recorded_at, o.assessor, "
                                         "o.actor_role) <> (a.episode_id, a.occurred_at, "
                                         "a.recorded_at, a.assessor, a.actor_role)"));
}

/* ---- the case ---- */

static void a_case_is_what_was_true_and_known(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct uuid wrong = fixture_add_assessment(f, f->clinic, e.id, 9);
    fixture_add_assessment(f, f->clinic, e.id, 2);
    int64_t before_void = f->call.now_us;
    struct call *c = fixture_call(f, f->clinic);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_load_episode(c, e.id, &e));
    assert_code(OK, store_void_assessment(c, &e, e.state,
                                          &(struct assessment_void){
                                              .assessment = wrong, .reason = TEXT("other patient")},
                                          &once));
    assert_code(OK, store_load_episode(c, e.id, &e));
    struct transition t = a_move(c, &e, 1); /* an hour ago */
    struct episode then = after_move(c, &e, &t);
    once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &then, &t, &once));

    c = fixture_call(f, f->clinic);
    struct store_case now;
    assert_code(OK, store_load_case(c, e.id, NO_TIME, NO_TIME, &now));
    assert_int_equal(3, now.observation_count); /* the voided one is gone */
    assert_int_equal(1, now.transition_count);
    assert_text("stretch", now.transitions[0].to);
    assert_int_equal(now.episode.version, e.version + 1);
    struct store_case then_known;
    assert_code(OK, store_load_case(c, e.id, NO_TIME, before_void, &then_known));
    assert_int_equal(6, then_known.observation_count); /* nobody knew yet that it was wrong */
    assert_int_equal(0, then_known.transition_count);
    assert_true(then_known.observations[0].occurred_us < then_known.observations[3].occurred_us);
    assert_text("pain_rest", then_known.observations[0].measure);
    assert_text("flexor_force", then_known.observations[5].measure);
    assert_int_equal(ROLE_CLINICIAN, then_known.observations[5].actor_role);
    struct store_case earlier;
    assert_code(OK, store_load_case(c, e.id, c->now_us - 5 * HOUR_US, NO_TIME, &earlier));
    assert_int_equal(
        0, earlier.observation_count); /* the good one was made later, the early one is void */
    assert_int_equal(0, earlier.transition_count);
    assert_code(NOT_FOUND, store_load_case(c, f->patient, NO_TIME, NO_TIME, &earlier));
}

/* One that was missed has no observation; what it says comes back all the same. */
static struct uuid add_session(struct fixture *f, struct episode *e, const char *activity,
                               bool completed, struct observation *seen, uint32_t count)
{
    struct call *c = fixture_call(f, f->clinic);
    struct assessment a = {
        .id = uuid_make(c->now_us),
        .episode = e->id,
        .occurred_us = c->now_us - HOUR_US,
        .session = {text_of(activity), completed, true, .ended_us = c->now_us - HOUR_US / 2},
        .observations = seen,
        .observation_count = count};
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_load_episode(c, e->id, e));
    assert_code(OK, store_record_assessment(c, e, e->state, &a, &once));
    return a.id;
}

static void sessions_and_trials_come_back(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct observation seen[] = {
        {.measure = TEXT("hop"), .side = SIDE_LEFT, .value = TEXT("2"), .trial = 2},
        {.measure = TEXT("hop"), .side = SIDE_LEFT, .value = TEXT("1"), .trial = 1},
    };
    struct uuid missed = add_session(f, &e, "run", false, NULL, 0);
    struct uuid done = add_session(f, &e, "hops", true, seen, 2);
    int64_t before_void = f->call.now_us;

    struct call *c = fixture_call(f, f->clinic);
    struct store_case now;
    assert_code(OK, store_load_case(c, e.id, NO_TIME, NO_TIME, &now));
    assert_int_equal(2, now.session_count);
    assert_text("run", now.sessions[0].activity);
    assert_false(now.sessions[0].completed);
    assert_true(now.sessions[0].prescribed);
    assert_id(missed, now.sessions[0].assessment);
    assert_id(done, now.sessions[1].assessment);
    assert_true(now.sessions[1].completed);
    assert_true(now.sessions[1].ended_us > now.sessions[1].occurred_us);
    assert_int_equal(2, now.observation_count);
    assert_int_equal(2, now.observations[0].trial); /* as they were sent */
    assert_int_equal(1, now.observations[1].trial);

    struct assessment *told;
    uint32_t n;
    assert_code(OK, store_list_assessments(c, e.id, NO_TIME, (struct uuid){0}, 10, &told, &n));
    assert_int_equal(2, n);
    assert_int_equal(0, told[0].observation_count);
    assert_text("run", told[0].session.activity);
    assert_int_equal(2, told[1].observation_count);
    struct timeline_entry *line;
    assert_code(OK, store_list_timeline(c, e.id, NO_TIME, (struct uuid){0}, 10, &line, &n));
    assert_int_equal(3, n);
    assert_text("run", line[1].activity);
    assert_true(line[2].completed);

    struct idempotency once = fixture_once(f);
    assert_code(OK, store_load_episode(c, e.id, &e));
    assert_code(OK, store_void_assessment(c, &e, e.state,
                                          &(struct assessment_void){.assessment = missed,
                                                                    .reason = TEXT("it was done")},
                                          &once));
    c = fixture_call(f, f->clinic);
    assert_code(OK, store_load_case(c, e.id, NO_TIME, NO_TIME, &now));
    assert_int_equal(1, now.session_count);
    assert_id(done, now.sessions[0].assessment);
    assert_code(OK, store_load_case(c, e.id, NO_TIME, before_void, &now));
    assert_int_equal(2, now.session_count);
}

static void a_story_is_told_in_order(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct uuid first = fixture_add_assessment(f, f->clinic, e.id, 9);
    struct call *c = fixture_call(f, f->clinic);
    assert_code(OK, store_load_episode(c, e.id, &e));
    struct transition t = a_move(c, &e, 1);
    struct episode then = after_move(c, &e, &t);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &e, &then, &t, &once));
    assert_code(OK, store_load_episode(c, e.id, &e));
    once = fixture_once(f);
    assert_code(OK, store_void_assessment(c, &e, e.state,
                                          &(struct assessment_void){.assessment = first,
                                                                    .reason = TEXT("typing error")},
                                          &once));

    static const char *const kinds[] = {"enrolment", "assessment", "transition",
                                        "assessment_voided"};
    struct uuid after = {0};
    int64_t after_us = NO_TIME;
    for (int i = 0; i < 4; i++) {
        struct timeline_entry *line;
        uint32_t n;
        c = fixture_call(f, f->clinic);
        assert_code(OK, store_list_timeline(c, e.id, after_us, after, 1, &line, &n));
        assert_int_equal(1, n);
        assert_text(kinds[i], line[0].kind);
        assert_true(line[0].occurred_us >= after_us);
        if (i == 1) assert_int_equal(3, line[0].observation_count);
        assert_int_equal(0, line[0].red_flag_count);
        if (i == 2) assert_text("stretch", line[0].summary_to);
        after_us = line[0].occurred_us;
        after = line[0].id;
    }
    struct timeline_entry *line;
    uint32_t n;
    assert_code(OK, store_list_timeline(c, e.id, after_us, after, 1, &line, &n));
    assert_int_equal(0, n);
}

/* ---- once ---- */

static void a_key_is_used_once(void **state)
{
    struct fixture *f = *state;
    struct episode e = fresh(f);
    struct call *c = fixture_call(f, f->clinic);
    struct assessment a = an_assessment(c, &e);
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_assessment(c, &e, e.state, &a, &once));
    struct trace before = trace_of(f);
    struct episode now;
    assert_code(OK, store_load_episode(c, e.id, &now));
    a.id = uuid_make(c->now_us);
    assert_code(REPLAY, store_record_assessment(c, &now, now.state, &a, &once));
    assert_traces(f, before, 0, 0, 0);

    struct idempotency found;
    assert_code(OK, store_find_answer(c, once.key, &found));
    assert_int_equal(201, found.answer.status);
    assert_text("{\"answer\":true}", found.answer.body);
    assert_text("\"v1\"", found.answer.etag);
    assert_text("/v1/x", found.answer.location);
    assert_text("testStore", found.operation);
    assert_memory_equal(once.fingerprint, found.fingerprint, sizeof found.fingerprint);
    assert_code(NOT_FOUND, store_find_answer(c, TEXT("never"), &found));
    c->caller.key = uuid_make(c->now_us); /* another caller's key of the same name is another key */
    assert_code(NOT_FOUND, store_find_answer(c, once.key, &found));
}

/* ---- trust and catalogue ---- */

static void a_key_opens_until_it_is_revoked(void **state)
{
    struct fixture *f = *state;
    struct call *c = fixture_call(f, (struct uuid){0});
    struct api_key key = {.id = uuid_make(c->now_us),
                          .digest = {1, 2, 3},
                          .label = TEXT("tablet"),
                          .expires_us = c->now_us + HOUR_US,
                          .who = {.clinic = f->clinic,
                                  .role = ROLE_PHYSICIAN,
                                  .scopes = CARE_READ | CARE_WRITE | CARE_OVERRIDE}};
    struct trace before = trace_of(f);
    assert_code(OK, store_create_key(c, &key));
    assert_traces(f, before, 1, 0, 0);
    assert_true(uuid_is_nil(c->caller.clinic));
    struct api_key found;
    assert_code(OK, store_find_key(c, key.id, &found));
    assert_memory_equal(key.digest, found.digest, sizeof key.digest);
    assert_id(f->clinic, found.who.clinic);
    assert_id(key.id, found.who.key);
    assert_int_equal(ROLE_PHYSICIAN, found.who.role);
    assert_int_equal(CARE_READ | CARE_WRITE | CARE_OVERRIDE, found.who.scopes);
    assert_string_equal("Europe/Vienna", found.who.zone);
    assert_int_equal(key.expires_us, found.expires_us);
    assert_int_equal(NO_TIME, found.revoked_us);
    assert_code(NOT_FOUND, store_find_key(c, f->clinic, &found));

    c = fixture_call(f, f->clinic);
    assert_code(OK, store_revoke_key(c, key.id));
    assert_traces(f, before, 2, 0, 0);
    assert_code(NOT_FOUND, store_revoke_key(c, key.id));
    assert_code(OK, store_find_key(c, key.id, &found));
    assert_int_equal(c->now_us, found.revoked_us);
    struct api_key *keys;
    uint32_t n;
    assert_code(OK, store_list_keys(c, &keys, &n));
    assert_int_equal(1, n);
    assert_text("tablet", keys[0].label);
    struct clinic *clinics;
    assert_code(OK, store_list_clinics(c, &clinics, &n));
    assert_id(f->clinic, clinics[0].id);
}

static void a_published_version_never_changes(void **state)
{
    struct fixture *f = *state;
    struct call *c = fixture_call(f, (struct uuid){0});
    struct protocol_version v = {.protocol = TEXT("fixed"),
                                 .version = 1,
                                 .document = TEXT("{\"a\":1}"),
                                 .compiled = TEXT("b1"),
                                 .etag = TEXT("\"e\"")};
    enum outcome o;
    struct trace before = trace_of(f);
    assert_code(OK, store_publish_version(c, &v, &o));
    assert_int_equal(OUTCOME_SAVED, o);
    assert_traces(f, before, 1, 0, 0);
    assert_code(OK, store_publish_version(c, &v, &o));
    assert_int_equal(OUTCOME_SAME, o);
    assert_traces(f, before, 1, 0, 0);
    v.compiled = TEXT("b2");
    assert_code(OK, store_publish_version(c, &v, &o));
    assert_int_equal(OUTCOME_COMPILED, o);
    v.document = TEXT("{\"a\":2}");
    v.compiled = TEXT("b3");
    assert_code(OK, store_publish_version(c, &v, &o));
    assert_int_equal(OUTCOME_OTHER, o);
    assert_traces(f, before, 2, 0, 0);

    struct protocol_version *list;
    uint32_t n;
    assert_code(OK, store_list_protocol_versions(c, &list, &n));
    assert_int_equal(2, n);
    assert_text("fixed", list[0].protocol);
    assert_text("{\"a\":1}", list[0].document);
    assert_text("b2", list[0].compiled);
    assert_int_equal(VERSION_PUBLISHED, list[0].state);
}

static void the_catalogue_comes_back(void **state)
{
    struct fixture *f = *state;
    struct call *c = fixture_call(f, (struct uuid){0});
    struct text labels[] = {TEXT("none"), TEXT("mild")};
    struct measure m = {.code = TEXT("swelling"),
                        .kind = MEASURE_ORDINAL,
                        .unit = {NULL, 0},
                        .high_nano = 1'000'000'000,
                        .sided = true,
                        .direction = -1,
                        .labels = labels,
                        .label_count = 2,
                        .document = TEXT("{}"),
                        .etag = TEXT("\"m\"")};
    struct exercise e = {
        .id = TEXT("bridge"), .document = TEXT("{\"id\":\"bridge\"}"), .etag = TEXT("\"x\"")};
    enum outcome o;
    assert_code(OK, store_save_measure(c, &m, &o));
    assert_int_equal(OUTCOME_SAVED, o);
    assert_code(OK, store_save_measure(c, &m, &o));
    assert_int_equal(OUTCOME_SAME, o);
    m.document = TEXT("{\"new\":1}");
    assert_code(OK, store_save_measure(c, &m, &o));
    assert_int_equal(OUTCOME_SAVED, o);
    assert_code(OK, store_save_exercise(c, &e, &o));
    assert_code(OK, store_save_exercise(c, &e, &o));
    assert_int_equal(OUTCOME_SAME, o);
    struct measure *measures;
    struct exercise *exercises;
    uint32_t n;
    assert_code(OK, store_list_measures(c, &measures, &n));
    assert_int_equal(1, n);
    assert_int_equal(MEASURE_ORDINAL, measures[0].kind);
    assert_int_equal(-1, measures[0].direction);
    assert_int_equal(2, measures[0].label_count);
    assert_text("mild", measures[0].labels[1]);
    assert_text("{\"new\":1}", measures[0].document);
    assert_code(OK, store_list_exercises(c, &exercises, &n));
    assert_int_equal(1, n);
    assert_text("bridge", exercises[0].id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_write_of_care_leaves_one_of_each),
        cmocka_unit_test(the_audit_row_says_who_did_what),
        cmocka_unit_test(nothing_is_half_written),
        cmocka_unit_test(a_patient_comes_back),
        cmocka_unit_test(an_identifier_belongs_to_one),
        cmocka_unit_test(a_patient_may_have_nothing_but_an_id),
        cmocka_unit_test(an_episode_comes_back),
        cmocka_unit_test(an_episode_needs_a_patient_of_the_clinic),
        cmocka_unit_test(lists_filter_and_turn_pages),
        cmocka_unit_test(an_assessment_comes_back),
        cmocka_unit_test(evidence_moves_and_the_version_stays),
        cmocka_unit_test(a_raised_flag_stops_the_episode_with_the_assessment),
        cmocka_unit_test(what_was_judged_on_old_evidence_is_not_written),
        cmocka_unit_test(an_assessment_is_voided_once),
        cmocka_unit_test(assessments_turn_pages_by_time),
        cmocka_unit_test(a_transition_moves_the_head),
        cmocka_unit_test(of_two_that_race_one_wins),
        cmocka_unit_test(a_move_that_waited_is_judged_again),
        cmocka_unit_test(a_request_that_runs_twice_happens_once),
        cmocka_unit_test(a_clearance_is_evidence_and_an_end_has_a_time),
        cmocka_unit_test(both_standings_agree),
        cmocka_unit_test(a_case_is_what_was_true_and_known),
        cmocka_unit_test(sessions_and_trials_come_back),
        cmocka_unit_test(a_story_is_told_in_order),
        cmocka_unit_test(a_key_is_used_once),
        cmocka_unit_test(a_key_opens_until_it_is_revoked),
        cmocka_unit_test(a_published_version_never_changes),
        cmocka_unit_test(the_catalogue_comes_back),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
