/* SPDX-License-Identifier: Apache-2.0 */
/* Many assessments in one statement leave what each would have left by itself, and are refused as
 * each would have been; and who reads together reads what each would have read. Each caller is a
 * fiber, as in the service. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/fiber.h"
#include "base/time.h"
#include "base/watch.h"

#define HOUR_US INT64_C(3'600'000'000)

enum { JOBS = 6, LONG_JOBS = 64, LONGEST = 200 };

/* One caller: what it records or asks for, and what it was told. */
struct job {
    void (*work)(struct job *j);
    struct call call;
    struct uuid wanted;
    int64_t as_of_us, known_at_us;
    struct store_case found;
    struct episode episode;
    struct assessment assessment;
    struct observation observation[4];
    struct text flag[2];
    struct idempotency once;
    enum episode_state state;
    struct result result;
    bool done;
};

/* A lane with a loop of its own, beside the one of the fixture, which blocks. */
struct loop {
    struct worker worker;
    struct fiber_pool *fibers;
    int epoll;
};

static void turn(struct loop *l)
{
    struct epoll_event event[16];
    lane_turn(l->worker.lane);
    int n = epoll_wait(l->epoll, event, 16, 10);
    for (int i = 0; i < n; i++) {
        struct watch *watch = event[i].data.ptr;
        watch->ready(watch, event[i].events);
    }
}

static void open_loop(struct fixture *f, struct loop *l)
{
    *l = (struct loop){.worker = {.app = &f->app}, .epoll = epoll_create1(EPOLL_CLOEXEC)};
    l->fibers = fiber_pool_open(JOBS, LONG_JOBS);
    l->worker.lane = lane_open(&(struct lane_setting){.url = f->url,
                                                      .role = "rehab_service",
                                                      .connections = 2,
                                                      .queue_limit = LONG_JOBS,
                                                      .epoll = l->epoll});
    int64_t end_us = time_tick_us() + 5'000'000;
    while (!lane_is_ready(l->worker.lane) && time_tick_us() < end_us)
        turn(l);
    assert_true(lane_is_ready(l->worker.lane));
}

static void close_loop(struct loop *l)
{
    lane_close(l->worker.lane);
    fiber_pool_close(l->fibers);
    close(l->epoll);
}

static void record(struct job *j)
{
    j->result = store_record_assessment(&j->call, &j->episode, j->state, &j->assessment, &j->once);
}

static void load(struct job *j)
{
    j->result = store_load_case(&j->call, j->wanted, j->as_of_us, j->known_at_us, &j->found);
}

static void work_on_fiber(struct fiber *self, void *world)
{
    struct job *j = world;
    j->call.fiber = self;
    j->work(j);
    j->done = true;
}

static void begin(struct loop *l, struct job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        jobs[i].call.worker = &l->worker;
        assert_true(fiber_start(l->fibers, work_on_fiber, &jobs[i]));
    }
}

/* Until what was sent waits for a lock that the test holds. */
static void turn_until_it_waits(struct fixture *f, struct loop *l)
{
    static const char waiting[] =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    int64_t end_us = time_tick_us() + 5'000'000;
    do
        turn(l);
    while (fixture_count(f, waiting) == 0 && time_tick_us() < end_us);
}

static void finish(struct loop *l, const struct job *jobs, size_t n)
{
    int64_t end_us = time_tick_us() + 10'000'000;
    while (fiber_count(l->fibers) > 0 && time_tick_us() < end_us)
        turn(l);
    for (size_t i = 0; i < n; i++)
        assert_true(jobs[i].done);
}

/* All of them in one turn; the number of statements that took. */
static uint64_t work_together(struct fixture *f, struct job *jobs, size_t n)
{
    struct loop l;
    open_loop(f, &l);
    begin(&l, jobs, n);
    finish(&l, jobs, n);
    uint64_t statements = lane_figures(l.worker.lane)->statements;
    close_loop(&l);
    return statements;
}

/* ---- what is recorded ---- */

static void fill_observations(struct job *j, int kind)
{
    for (int i = 0; i < kind; i++) {
        j->observation[i] = (struct observation){
            .measure = i == 0 ? TEXT("pain_rest") : TEXT("jump, \"far\" {1}"),
            .side = i % 2 == 0 ? SIDE_LEFT : SIDE_NONE,
            .value = TEXT("2.50"),
            .unit = i == 1 ? (struct text){NULL, 0} : TEXT("{score}"),
            .value_nano = i == 2 ? INT64_MIN : (kind * 10 + i) * INT64_C(1'000'000'000),
            .qualifiers_known = 3,
            .qualifiers_held = (uint32_t)i % 2,
            .trial = i,
        };
    }
    j->assessment.observations = j->observation;
    j->assessment.observation_count = (uint32_t)kind;
}

/* The kind-th of several that differ in all that may be left out: kind observations, a session,
 * red flags, headers of the answer. All of one kind are recorded at one instant. */
static void fill_job(struct fixture *f, struct job *j, struct uuid clinic, struct uuid patient,
                     int kind)
{
    static const int64_t now_us = 1'772'359'200'123'456;
    struct uuid id = fixture_add_episode(f, clinic, patient);
    assert_code(OK, store_load_episode(fixture_call(f, clinic), id, &j->episode));
    j->once = fixture_once(f);
    j->work = record;
    j->call = f->call;
    j->call.now_us = now_us;
    j->state = kind == 2 ? EPISODE_STOPPED : EPISODE_ACTIVE;
    j->assessment = (struct assessment){.id = uuid_make(j->call.now_us),
                                        .episode = id,
                                        .occurred_us = now_us - (kind + 1) * HOUR_US,
                                        .assessor = TEXT("PT-7")};
    fill_observations(j, kind % 4);
    j->flag[0] = TEXT("rf_dvt");
    j->flag[1] = TEXT("rf_pe, or \"none\"");
    j->assessment.red_flags = j->flag;
    j->assessment.red_flag_count = kind == 2 ? 2 : kind == 4;
    if (kind % 3 == 0) {
        j->assessment.session = (struct care_session){
            .activity = TEXT("run"), .completed = true, .ended_us = now_us - HOUR_US};
    }
    if (kind == 1) j->once.answer.etag = j->once.answer.location = (struct text){NULL, 0};
    j->once.answer.body = kind == 3 ? TEXT("{}") : TEXT("{\"answer\":true}");
}

static void fill_jobs(struct fixture *f, struct job *jobs)
{
    memset(jobs, 0, JOBS * sizeof *jobs);
    for (int i = 0; i < JOBS; i++)
        fill_job(f, &jobs[i], f->clinic, f->patient, i);
}

/* Everything that came of it but the ids, as one text. The arena of the calls is that of the
 * fixture: it is asked before many more are made. */
static struct text trace_of(struct fixture *f, const struct job *j)
{
    static const char sql[] =
        "SELECT concat_ws(E'\\n',"
        " (SELECT (e.state, e.version, e.evidence, e.sessions)::text FROM care.episode e WHERE "
        "e.id = a.episode_id),"
        " (to_jsonb(a) - 'id' - 'episode_id')::text,"
        " (SELECT string_agg((to_jsonb(o) - 'episode_id' - 'assessment_id')::text, E'\\n' ORDER BY "
        "o.place) FROM care.observation o WHERE o.assessment_id = a.id AND o.episode_id = "
        "a.episode_id),"
        " (SELECT string_agg((to_jsonb(t) - 'seq' - 'entity_id' - 'request_id' - 'xid')::text, "
        "E'\\n') FROM trust.audit t WHERE t.entity_id = a.id),"
        " (SELECT string_agg((to_jsonb(m) - 'id' - 'entity_id' - 'episode_id' - 'xid')::text, "
        "E'\\n' ORDER BY m.kind) FROM trust.outbox m WHERE m.entity_id = a.id AND m.episode_id = "
        "a.episode_id),"
        " (SELECT string_agg((to_jsonb(i) - 'key')::text, E'\\n') FROM trust.idempotency i WHERE "
        "i.key = '%.*s')) FROM care.assessment a WHERE a.id = '%s'";
    char id[UUID_TEXT_SIZE];
    char filled[sizeof sql + 256];
    uuid_write(j->assessment.id, id);
    snprintf(filled, sizeof filled, sql, TEXT_FMT(j->once.key), id);
    PGresult *got = PQexec(f->root, filled);
    if (PQresultStatus(got) != PGRES_TUPLES_OK) fail_msg("%s", PQerrorMessage(f->root));
    assert_int_equal(1, PQntuples(got));
    struct text text = text_copy(f->call.arena, text_of(PQgetvalue(got, 0, 0)));
    PQclear(got);
    return text;
}

static bool is_recorded(struct fixture *f, const struct job *j)
{
    char sql[128];
    char id[UUID_TEXT_SIZE];
    uuid_write(j->assessment.id, id);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM care.assessment WHERE id = '%s'", id);
    return fixture_count(f, sql) == 1;
}

/* ---- the tests ---- */

static void many_leave_what_each_leaves(void **state)
{
    struct fixture *f = *state;
    struct job alone[JOBS];
    struct job jobs[JOBS];
    fill_jobs(f, alone);
    fill_jobs(f, jobs);
    for (int i = 0; i < JOBS; i++)
        record(&alone[i]);
    assert_int_equal(1, work_together(f, jobs, JOBS));
    for (int i = 0; i < JOBS; i++) {
        assert_code(OK, alone[i].result);
        assert_code(OK, jobs[i].result);
        assert_string_equal(trace_of(f, &alone[i]).at, trace_of(f, &jobs[i]).at);
    }
}

static void one_that_is_stale_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    fill_jobs(f, jobs);
    jobs[1].episode.evidence--;
    jobs[4].episode.version--;
    assert_int_equal(1, work_together(f, jobs, JOBS));
    for (int i = 0; i < JOBS; i++) {
        bool stale = i == 1 || i == 4;
        assert_code(stale ? GUARD_MISSED : OK, jobs[i].result);
        assert_int_equal(!stale, is_recorded(f, &jobs[i]));
    }
}

/* Both were judged on the same evidence: the second is to be judged again. */
static void of_two_for_one_episode_one_is_written(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    fill_jobs(f, jobs);
    jobs[3].episode = jobs[5].episode;
    assert_int_equal(1, work_together(f, jobs, JOBS));
    bool third = jobs[3].result.code == OK;
    assert_code(third ? GUARD_MISSED : OK, jobs[5].result);
    assert_code(third ? OK : GUARD_MISSED, jobs[3].result);
    assert_int_equal(third, is_recorded(f, &jobs[3]));
    assert_int_equal(!third, is_recorded(f, &jobs[5]));
    struct episode now;
    assert_code(OK,
                store_load_episode(fixture_call(f, f->clinic), jobs[5].assessment.episode, &now));
    assert_int_equal(jobs[5].episode.evidence + 1, now.evidence);
}

/* Each is run again by itself, and told what is wrong with it alone. */
static void one_that_is_refused_spares_the_others(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    fill_jobs(f, jobs);
    jobs[2].once.key = jobs[0].once.key;
    jobs[3].observation[1].qualifiers_known = 0; /* held but not known: the table refuses it */
    assert_int_equal(1 + JOBS, work_together(f, jobs, JOBS));
    bool first = jobs[0].result.code == OK;
    assert_code(first ? REPLAY : OK, jobs[2].result);
    assert_code(first ? OK : REPLAY, jobs[0].result);
    assert_code(INTERNAL, jobs[3].result);
    for (int i = 0; i < JOBS; i++) {
        if (i == 1 || i > 3) assert_code(OK, jobs[i].result);
        assert_int_equal(jobs[i].result.code == OK, is_recorded(f, &jobs[i]));
    }
}

/* Clinics have a statement each, and cannot reach each other's episodes. */
static void clinics_stay_apart(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    struct uuid other = fixture_add_clinic(f, "UTC");
    struct uuid patient = fixture_add_patient(f, other, "elsewhere");
    fill_jobs(f, jobs);
    for (int i = 1; i < JOBS; i += 2)
        fill_job(f, &jobs[i], other, patient, i);
    jobs[5].call.caller.clinic = f->clinic;
    assert_int_equal(2, work_together(f, jobs, JOBS));
    for (int i = 0; i < JOBS; i++) {
        assert_code(i == 5 ? GUARD_MISSED : OK, jobs[i].result);
        assert_int_equal(i != 5, is_recorded(f, &jobs[i]));
    }
    assert_int_equal(0, fixture_count(f, "SELECT count(*) FROM care.assessment a JOIN care.episode "
                                         "e ON e.id = a.episode_id WHERE e.clinic_id <> "
                                         "a.clinic_id"));
}

/* Another writer holds one of the episodes, and moves it while the many wait for it. */
static void one_that_moves_meanwhile_is_judged_again(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    struct loop l;
    char sql[256];
    char id[UUID_TEXT_SIZE];
    fill_jobs(f, jobs);
    uuid_write(jobs[2].episode.id, id);
    snprintf(sql, sizeof sql,
             "BEGIN; UPDATE care.episode SET evidence = evidence + 1 WHERE id = '%s'", id);
    open_loop(f, &l);
    fixture_run(f, sql);
    begin(&l, jobs, JOBS);
    turn_until_it_waits(f, &l);
    for (int i = 0; i < JOBS; i++)
        assert_false(jobs[i].done);
    fixture_run(f, "COMMIT");
    finish(&l, jobs, JOBS);
    assert_int_equal(1, lane_figures(l.worker.lane)->statements);
    for (int i = 0; i < JOBS; i++) {
        assert_code(i == 2 ? GUARD_MISSED : OK, jobs[i].result);
        assert_int_equal(i != 2, is_recorded(f, &jobs[i]));
    }
    close_loop(&l);
}

/* The same, but it is not let go in time: the others do not pay for it. */
static void one_that_is_locked_spares_the_others(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    char sql[256];
    char id[UUID_TEXT_SIZE];
    fill_jobs(f, jobs);
    uuid_write(jobs[2].episode.id, id);
    snprintf(sql, sizeof sql,
             "BEGIN; UPDATE care.episode SET evidence = evidence + 1 WHERE id = '%s'", id);
    fixture_run(f, sql);
    assert_int_equal(1 + JOBS, work_together(f, jobs, JOBS));
    fixture_run(f, "ROLLBACK");
    for (int i = 0; i < JOBS; i++) {
        assert_code(i == 2 ? TIMED_OUT : OK, jobs[i].result);
        assert_int_equal(i != 2, is_recorded(f, &jobs[i]));
    }
}

/* The word of the commit never came: none is told that it failed, nor that it is done. */
static void a_lost_connection_leaves_all_unknown(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS];
    struct loop l;
    fill_jobs(f, jobs);
    open_loop(f, &l);
    fixture_run(f, "BEGIN; LOCK TABLE care.observation IN EXCLUSIVE MODE");
    begin(&l, jobs, JOBS);
    turn_until_it_waits(f, &l);
    fixture_run(
        f, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    finish(&l, jobs, JOBS);
    fixture_run(f, "ROLLBACK");
    for (int i = 0; i < JOBS; i++) {
        assert_code(UNKNOWN_COMMIT, jobs[i].result);
        assert_false(is_recorded(f, &jobs[i]));
    }
    close_loop(&l);
    assert_int_equal(1, work_together(f, jobs, JOBS)); /* and asked once more, all is well */
    for (int i = 0; i < JOBS; i++)
        assert_code(OK, jobs[i].result);
}

/* More than one arena holds, whose pieces double in size: then each goes by itself, in the same
 * commit. */
static void what_is_too_large_together_goes_one_by_one(void **state)
{
    enum { SIZE = ARENA_CEILING / 2 / JOBS + 1 };
    struct fixture *f = *state;
    struct job jobs[JOBS];
    char *body = malloc(SIZE);
    assert_non_null(body);
    memset(body, 'x', SIZE);
    fill_jobs(f, jobs);
    for (int i = 0; i < JOBS; i++)
        jobs[i].once.answer.body = (struct text){body, SIZE};
    assert_int_equal(JOBS, work_together(f, jobs, JOBS));
    for (int i = 0; i < JOBS; i++) {
        assert_code(OK, jobs[i].result);
        assert_true(is_recorded(f, &jobs[i]));
    }
    free(body);
}

/* As many as share a batch, each with as many observations as one assessment may have. */
static void fill_long_jobs(struct fixture *f, struct job *jobs, struct observation *o)
{
    for (int i = 0; i < LONG_JOBS; i++) {
        jobs[i] = (struct job){.work = record};
        fill_job(f, &jobs[i], f->clinic, f->patient, 0);
        jobs[i].call.arena = arena_take(f->pool);
        jobs[i].once.key = text_copy(jobs[i].call.arena, jobs[i].once.key);
        jobs[i].assessment.observations = o;
        jobs[i].assessment.observation_count = LONGEST;
    }
}

static int64_t time_alone(struct job *jobs)
{
    int64_t from_us = time_tick_us();
    for (int i = 0; i < LONG_JOBS; i++) {
        record(&jobs[i]);
        assert_code(OK, jobs[i].result);
    }
    return time_tick_us() - from_us;
}

static int64_t time_together(struct fixture *f, struct job *jobs)
{
    struct loop l;
    open_loop(f, &l);
    int64_t from_us = time_tick_us();
    begin(&l, jobs, LONG_JOBS);
    finish(&l, jobs, LONG_JOBS);
    int64_t took_us = time_tick_us() - from_us;
    assert_int_equal(1, lane_figures(l.worker.lane)->statements);
    close_loop(&l);
    for (int i = 0; i < LONG_JOBS; i++)
        assert_code(OK, jobs[i].result);
    return took_us;
}

/* What is found by walking through all that came before takes the square of the time: ten times as
 * long as one by one. */
static void long_ones_take_no_longer_than_one_by_one(void **state)
{
    struct fixture *f = *state;
    struct observation o[LONGEST];
    static struct job alone[LONG_JOBS];
    static struct job jobs[LONG_JOBS];
    for (int i = 0; i < LONGEST; i++)
        o[i] = (struct observation){.measure = TEXT("pain_rest"),
                                    .value = TEXT("1"),
                                    .unit = TEXT("long"),
                                    .trial = i % 20};
    fill_long_jobs(f, alone, o);
    fill_long_jobs(f, jobs, o);
    int64_t alone_us = time_alone(alone);
    int64_t together_us = time_together(f, jobs);
    if (together_us > 3 * alone_us)
        fail_msg("%lld us together, %lld one by one", (long long)together_us, (long long)alone_us);
    assert_int_equal(2 * LONG_JOBS * LONGEST,
                     fixture_count(f, "SELECT count(*) FROM care.observation WHERE unit = 'long'"));
    for (int i = 0; i < LONG_JOBS; i++) {
        arena_drop(alone[i].call.arena);
        arena_drop(jobs[i].call.arena);
    }
}

/* ---- reading ---- */

static void add_moves(struct fixture *f, struct uuid episode)
{
    char sql[1024];
    char id[UUID_TEXT_SIZE];
    uuid_write(episode, id);
    snprintf(
        sql, sizeof sql,
        "INSERT INTO care.transition (clinic_id, episode_id, seq, id, kind, track, from_phase, "
        "to_phase, red_flags, reason, occurred_at, recorded_at, actor, actor_role, protocol, "
        "protocol_version, decision) SELECT clinic_id, id, n, gen_random_uuid(), "
        "CASE n WHEN 2 THEN 'clear_red_flag' ELSE 'advance' END, 'gym', 'protect', "
        "CASE n WHEN 2 THEN NULL ELSE 'stretch' END, CASE n WHEN 2 THEN '{rf_dvt,rf_pe}'::text[] "
        "END, 'reason ' || n, now() - n * interval '1 h', now() - n * interval '1 h', id, "
        "'clinician', protocol, 1, '{}' FROM care.episode, generate_series(1, 3) n WHERE id = "
        "'%s'",
        id);
    fixture_run(f, sql);
}

static size_t tell_episode(const struct episode *e, char *out, size_t size)
{
    char id[UUID_TEXT_SIZE];
    uuid_write(e->id, id);
    int n = snprintf(out, size, "%s %lld %lld %d %d %.*s\n", id, (long long)e->version,
                     (long long)e->evidence, (int)e->state, (int)e->side, TEXT_FMT(e->protocol));
    for (uint32_t i = 0; i < e->track_count; i++)
        n += snprintf(out + n, size - (size_t)n, "%.*s in %.*s\n", TEXT_FMT(e->tracks[i].id),
                      TEXT_FMT(e->tracks[i].phase));
    return (size_t)n;
}

/* What was read, as one text. */
static void tell_case(const struct job *j, char *out, size_t size)
{
    const struct store_case *k = &j->found;
    int n = snprintf(out, size, "code %d\n", (int)j->result.code);
    if (j->result.code != OK) return;
    n += (int)tell_episode(&k->episode, out + n, size - (size_t)n);
    for (uint32_t i = 0; i < k->transition_count; i++) {
        const struct transition *t = &k->transitions[i];
        n += snprintf(out + n, size - (size_t)n, "%d %d %.*s>%.*s %lld %.*s %u flags\n", t->seq,
                      (int)t->kind, TEXT_FMT(t->from), TEXT_FMT(t->to), (long long)t->occurred_us,
                      TEXT_FMT(t->reason), t->red_flag_count);
    }
    for (uint32_t i = 0; i < k->observation_count; i++) {
        const struct observation *o = &k->observations[i];
        n += snprintf(out + n, size - (size_t)n, "%.*s %.*s %lld\n", TEXT_FMT(o->measure),
                      TEXT_FMT(o->value), (long long)o->occurred_us);
    }
}

static void load_head(struct job *j)
{
    j->result = store_load_episode(&j->call, j->wanted, &j->found.episode);
}

/* Those that begin alike and go on differently do not part those that are alike. */
static void like_goes_with_like(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS] = {0};
    for (int i = 0; i < JOBS; i++) {
        (void)fixture_call(f, f->clinic);
        jobs[i] = (struct job){.work = i % 2 == 0 ? load_head : load,
                               .call = f->call,
                               .wanted = f->episode,
                               .as_of_us = f->call.now_us,
                               .known_at_us = NO_TIME};
    }
    assert_int_equal(1 + 2 + JOBS / 2, work_together(f, jobs, JOBS));
    for (int i = 0; i < JOBS; i++)
        assert_code(OK, jobs[i].result);
}

static void who_reads_together_reads_what_is_his(void **state)
{
    struct fixture *f = *state;
    struct job jobs[JOBS] = {0};
    char alone[2048];
    char together[2048];
    struct uuid other = fixture_add_clinic(f, "UTC");
    struct uuid patient = fixture_add_patient(f, other, "read elsewhere");
    for (int i = 0; i < JOBS; i++) {
        struct uuid clinic = i == 4 ? other : f->clinic;
        struct uuid id = fixture_add_episode(f, clinic, i == 4 ? patient : f->patient);
        if (i % 2 == 0) add_moves(f, id);
        if (i != 1) (void)fixture_add_assessment(f, clinic, id, i);
        (void)fixture_call(f, f->clinic);
        jobs[i] = (struct job){.work = load, .call = f->call, .wanted = id, .known_at_us = NO_TIME};
        jobs[i].as_of_us = f->call.now_us - (i == 2 ? 150 * HOUR_US / 60 : 0);
    }
    jobs[3].wanted = jobs[2].wanted; /* one episode twice, as of two times; 4 is another clinic's */
    jobs[0].known_at_us = jobs[0].as_of_us - 150 * HOUR_US / 60;
    jobs[5].known_at_us = jobs[5].as_of_us - 24 * HOUR_US;
    assert_int_equal(2 + JOBS, work_together(f, jobs, JOBS));
    for (int i = 0; i < JOBS; i++) {
        struct job again = jobs[i];
        again.call.worker = &f->worker;
        again.call.fiber = NULL;
        load(&again);
        tell_case(&again, alone, sizeof alone);
        tell_case(&jobs[i], together, sizeof together);
        assert_string_equal(alone, together);
        assert_code(i == 4 ? NOT_FOUND : OK, jobs[i].result);
    }
    assert_int_equal(1, jobs[2].found.transition_count);
    assert_int_equal(3, jobs[3].found.transition_count);
    assert_int_equal(1, jobs[0].found.transition_count);
    assert_int_equal(3, jobs[3].found.observation_count);
    assert_int_equal(0, jobs[5].found.observation_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_leave_what_each_leaves),
        cmocka_unit_test(one_that_is_stale_leaves_nothing),
        cmocka_unit_test(of_two_for_one_episode_one_is_written),
        cmocka_unit_test(one_that_is_refused_spares_the_others),
        cmocka_unit_test(clinics_stay_apart),
        cmocka_unit_test(one_that_moves_meanwhile_is_judged_again),
        cmocka_unit_test(one_that_is_locked_spares_the_others),
        cmocka_unit_test(a_lost_connection_leaves_all_unknown),
        cmocka_unit_test(what_is_too_large_together_goes_one_by_one),
        cmocka_unit_test(long_ones_take_no_longer_than_one_by_one),
        cmocka_unit_test(like_goes_with_like),
        cmocka_unit_test(who_reads_together_reads_what_is_his),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
