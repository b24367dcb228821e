/* SPDX-License-Identifier: Apache-2.0 */
/* The cluster is one of tests/cluster.sh: started for a test program, gone when it ends. */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/embed.h"

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1'000'000 + t.tv_nsec / 1000;
}

static bool start_cluster(struct fixture *f)
{
    char command[160];
    snprintf(command, sizeof command, "tests/cluster.sh start %s/pg", f->dir);
    FILE *out = popen(command, "r");
    if (out == NULL) return false;
    bool read = fgets(f->url, sizeof f->url, out) != NULL;
    f->url[strcspn(f->url, "\n")] = '\0';
    return pclose(out) == 0 && read;
}

/* Whatever becomes of this program, the cluster does not outlive it: a child waits for the end of a
 * pipe that only we hold open, and then stops it. */
static bool guard_cluster(struct fixture *f)
{
    strcpy(f->dir, "/tmp/rehab-XXXXXX");
    if (mkdtemp(f->dir) == NULL || chmod(f->dir, 0755) != 0) return false;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    f->guard = fork();
    if (f->guard < 0) return false;
    if (f->guard > 0) {
        close(ends[0]);
        f->alive = ends[1];
        return true;
    }
    char byte;
    setsid(); /* what ends the test by its group must not end this */
    close(ends[1]);
    while (read(ends[0], &byte, 1) > 0)
        continue;
    execl("/bin/sh", "sh", "-c", "tests/cluster.sh stop \"$0/pg\" && rmdir \"$0\"", f->dir,
          (char *)NULL);
    _exit(127);
}

size_t fixture_migrations(struct migration *out, size_t room)
{
    static const char folder[] = "sql/migrate/";
    struct embed e;
    size_t n = 0;
    for (int i = 0; n < room && embed_next(folder, &i, &e); n++) {
        const char *name = e.name + strlen(folder);
        out[n] = (struct migration){(int32_t)strtol(name, NULL, 10), name, e.text};
    }
    return n;
}

static bool open_database(struct fixture *f)
{
    struct migration list[64];
    struct migration_report report;
    char why[512];
    if (!store_migrate(f->url, list, fixture_migrations(list, 64), NULL, &report, why,
                       sizeof why)) {
        fprintf(stderr, "# %s\n", why);
        return false;
    }
    f->root = PQconnectdb(f->url);
    return PQstatus(f->root) == CONNECTION_OK;
}

static bool open_lane(struct fixture *f)
{
    char why[512];
    f->worker.app = &f->app;
    f->worker.lane = lane_open(&(struct lane_setting){.url = f->url,
                                                      .role = "rehab_service",
                                                      .connections = 2,
                                                      .queue_limit = 1024,
                                                      .epoll = -1});
    if (f->worker.lane == NULL) return false;
    if (lane_wait_ready(f->worker.lane, 5000, why, sizeof why)) return true;
    fprintf(stderr, "# lane: %s\n", why);
    return false;
}

struct call *fixture_call(struct fixture *f, struct uuid clinic)
{
    struct rehab_arena **arena = &f->arenas[f->calls++ % (sizeof f->arenas / sizeof f->arenas[0])];
    arena_drop(*arena);
    *arena = arena_take(f->pool);
    f->call = (struct call){
        .app = &f->app,
        .worker = &f->worker,
        .arena = *arena,
        .caller = {.clinic = clinic, .key = f->key, .role = ROLE_CLINICIAN, .zone = "UTC"},
        .now_us = now_us(),
        .operation = TEXT("testStore"),
    };
    f->call.request_id = uuid_make(f->call.now_us);
    return &f->call;
}

void fixture_run(struct fixture *f, const char *sql)
{
    PGresult *got = PQexec(f->root, sql);
    ExecStatusType status = PQresultStatus(got);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s\n%s", sql, PQerrorMessage(f->root));
    PQclear(got);
}

const char *fixture_text(struct fixture *f, const char *sql)
{
    static char text[2048];
    PGresult *got = PQexec(f->root, sql);
    if (PQresultStatus(got) != PGRES_TUPLES_OK || PQntuples(got) != 1)
        fail_msg("%s\n%s", sql, PQerrorMessage(f->root));
    snprintf(text, sizeof text, "%s", PQgetvalue(got, 0, 0));
    PQclear(got);
    return text;
}

int64_t fixture_count(struct fixture *f, const char *sql)
{
    return strtoll(fixture_text(f, sql), NULL, 10);
}

struct idempotency fixture_once(struct fixture *f)
{
    struct idempotency once = {
        .key = text_format(f->call.arena, "key-%u", f->answers++),
        .operation = TEXT("testStore"),
        .answer = {.status = 201,
                   .etag = TEXT("\"v1\""),
                   .location = TEXT("/v1/x"),
                   .body = TEXT("{\"answer\":true}")},
    };
    memset(once.fingerprint, 7, sizeof once.fingerprint);
    return once;
}

struct uuid fixture_add_clinic(struct fixture *f, const char *zone)
{
    struct call *c = fixture_call(f, (struct uuid){0});
    struct clinic clinic = {
        .id = uuid_make(c->now_us), .name = TEXT("Clinic"), .zone = text_of(zone)};
    assert_code(OK, store_create_clinic(c, &clinic));
    return clinic.id;
}

struct uuid fixture_add_patient(struct fixture *f, struct uuid clinic, const char *mrn)
{
    struct call *c = fixture_call(f, clinic);
    struct identifier ids[] = {{TEXT("urn:mrn"), text_of(mrn)}, {TEXT("urn:other"), text_of(mrn)}};
    struct patient p = {.id = uuid_make(c->now_us),
                        .identifiers = ids,
                        .identifier_count = 2,
                        .birth_day = 7305,
                        .sex = SEX_FEMALE,
                        .label = TEXT("P")};
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_create_patient(c, &p, &once));
    return p.id;
}

struct uuid fixture_add_episode(struct fixture *f, struct uuid clinic, struct uuid patient)
{
    struct call *c = fixture_call(f, clinic);
    struct stratum strata[] = {{TEXT("grade"), TEXT("2")}};
    struct track tracks[] = {{TEXT("gym"), TEXT("protect"), c->now_us, TRACK_ACTIVE},
                             {TEXT("run"), TEXT("rest"), c->now_us, TRACK_ACTIVE}};
    struct episode e = {
        .id = uuid_make(c->now_us),
        .patient = patient,
        .protocol = TEXT("test"),
        .protocol_version = 1,
        .protocol_etag = TEXT("\"p1\""),
        .side = SIDE_LEFT,
        .onset_day = 20'000,
        .surgery_day = NO_DAY,
        .strata = strata,
        .stratum_count = 1,
        .tracks = tracks,
        .track_count = 2,
        .started_us = c->now_us - 86'400'000'000,
    };
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_create_episode(c, &e, &once));
    return e.id;
}

struct uuid fixture_add_assessment(struct fixture *f, struct uuid clinic, struct uuid episode,
                                   int hours)
{
    struct call *c = fixture_call(f, clinic);
    struct episode seen;
    assert_code(OK, store_load_episode(c, episode, &seen));
    struct observation o[] = {
        {.measure = TEXT("pain_rest"),
         .side = SIDE_NONE,
         .value = TEXT("2"),
         .unit = TEXT("{score}"),
         .value_nano = 2'000'000'000},
        {.measure = TEXT("pain_walk"),
         .side = SIDE_NONE,
         .value = TEXT("3.50"),
         .unit = TEXT("{score}"),
         .value_nano = 3'500'000'000,
         .qualifiers_known = 3,
         .qualifiers_held = 1},
        {.measure = TEXT("flexor_force"),
         .side = SIDE_LEFT,
         .value = TEXT("210.4"),
         .unit = {NULL, 0},
         .value_nano = 210'400'000'000},
    };
    struct assessment a = {.id = uuid_make(c->now_us),
                           .episode = episode,
                           .occurred_us = c->now_us - hours * INT64_C(3'600'000'000),
                           .assessor = TEXT("PT-7"),
                           .observations = o,
                           .observation_count = 3};
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_record_assessment(c, &seen, seen.state, &a, &once));
    return a.id;
}

static void add_protocol(struct fixture *f)
{
    struct call *c = fixture_call(f, (struct uuid){0});
    enum outcome outcome;
    struct protocol_version v = {.protocol = TEXT("test"),
                                 .version = 1,
                                 .document = TEXT("{\"id\":\"test\"}"),
                                 .compiled = TEXT("block"),
                                 .etag = TEXT("\"p1\"")};
    assert_code(OK, store_publish_version(c, &v, &outcome));
    assert_int_equal(OUTCOME_SAVED, outcome);
}

int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL) return -1;
    *state = f;
    f->pool = arena_pool_open(16);
    if (f->pool == NULL || !guard_cluster(f) || !start_cluster(f) || !open_database(f) ||
        !open_lane(f)) {
        fixture_close(state);
        return -1;
    }
    f->key = uuid_make(now_us());
    add_protocol(f);
    f->clinic = fixture_add_clinic(f, "Europe/Vienna");
    f->patient = fixture_add_patient(f, f->clinic, "first");
    f->episode = fixture_add_episode(f, f->clinic, f->patient);
    return 0;
}

int fixture_close(void **state)
{
    struct fixture *f = *state;
    if (f->worker.lane != NULL) lane_close(f->worker.lane);
    PQfinish(f->root);
    for (size_t i = 0; i < sizeof f->arenas / sizeof f->arenas[0]; i++)
        arena_drop(f->arenas[i]);
    arena_pool_close(f->pool);
    int status = 0;
    if (f->guard > 0) {
        close(f->alive);
        waitpid(f->guard, &status, 0);
    }
    free(f);
    return status;
}
