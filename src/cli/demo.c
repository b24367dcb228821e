/* SPDX-License-Identifier: Apache-2.0 */
/* A clinic to try things with. Its patients are enrolled and assessed by the same verbs as any
 * other, and its times are told from now backwards. The key that `rehabd run` prints is remembered
 * in the data folder, or it would be a new one at every start. */
#include "cli.h"

#include "../api/api.h"
#include "../base/digest.h"
#include "../base/embed.h"
#include "../base/time.h"
#include "../base/uuid.h"
#include "../base/zone.h"
#include "../service/service.h"
#include "../store/store.h"
#include "../wire/wire.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct making {
    struct call *c;
    const struct zone *zone;
    int64_t now_us;
    char *why;
};

static bool fail(const struct making *m, struct result r)
{
    char particulars[WHY_SIZE];
    session_explain(m->c, r, particulars);
    snprintf(m->why, WHY_SIZE, "the demonstration clinic: %.*s", WHY_SIZE - 100, particulars);
    return false;
}

/* A write needs a name and a fingerprint; nobody will ever repeat this one. */
static struct idempotency once(struct making *m, const char *operation)
{
    m->c->operation = text_of(operation);
    m->c->request_id = uuid_make(m->now_us);
    return (struct idempotency){.operation = m->c->operation};
}

static bool make_assessment(struct making *m, struct uuid episode, struct demo_assessment *a)
{
    struct written out;
    struct idempotency key = once(m, "recordAssessment");
    a->assessment.occurred_us = m->now_us - a->hours_ago * INT64_C(3600) * US_PER_SECOND;
    struct result r = service_record_assessment(m->c, &key, episode, NULL, &a->assessment,
                                                wire_write_assessment_answer, &out);
    return r.code == OK || fail(m, r);
}

static bool make_episode(struct making *m, struct uuid patient, struct demo_episode *e)
{
    struct written out;
    struct idempotency key = once(m, "createEpisode");
    e->episode.patient = patient;
    e->episode.onset_day = time_day_of(zone_local(m->zone, m->now_us)) - e->onset_days_ago;
    e->episode.started_us = NO_TIME;
    struct result r = service_create_episode(m->c, &key, &e->episode, wire_write_episode, &out);
    if (r.code != OK) return fail(m, r);
    for (uint32_t i = 0; i < e->assessment_count; i++) {
        if (!make_assessment(m, e->episode.id, &e->assessments[i])) return false;
    }
    return true;
}

static bool make_patient(struct making *m, struct demo_patient *p)
{
    struct written out;
    struct idempotency key = once(m, "createPatient");
    struct result r = service_create_patient(m->c, &key, &p->patient, wire_write_patient, &out);
    if (r.code != OK) return fail(m, r);
    for (uint32_t i = 0; i < p->episode_count; i++) {
        if (!make_episode(m, p->patient.id, &p->episodes[i])) return false;
    }
    return true;
}

static bool read_demo(struct call *c, struct demo *out, char *why)
{
    struct embed file;
    const struct measure *measures = NULL;
    uint32_t count = 0;
    if (!embed_find("sql/seed/demo.json", &file)) {
        snprintf(why, WHY_SIZE, "this program carries no demonstration clinic");
        return false;
    }
    service_all_measures(c, &measures, &count);
    struct result r = wire_read_demo(c, file.text, measures, count, out);
    if (r.code != OK) session_explain(c, r, why);
    return r.code == OK;
}

/* The clinic of that name, made with its patients when there is none. */
static bool find_or_make(struct call *c, struct demo *demo, struct uuid *id, char *why)
{
    struct clinic *list = NULL;
    uint32_t count = 0;
    struct making m = {.c = c, .zone = zone_find(demo->zone), .now_us = c->now_us, .why = why};
    struct result r = store_list_clinics(c, &list, &count);
    if (r.code != OK) return fail(&m, r);
    for (uint32_t i = 0; i < count; i++) {
        if (!text_equal(list[i].name, demo->clinic)) continue;
        *id = list[i].id;
        return true;
    }
    if (!clinic_create(c, demo->clinic, demo->zone, id, why)) return false;
    snprintf(c->caller.zone, sizeof c->caller.zone, "%.*s", TEXT_FMT(demo->zone));
    c->caller.role = ROLE_CLINICIAN;
    for (uint32_t i = 0; i < demo->patient_count; i++) {
        if (!make_patient(&m, &demo->patients[i])) return false;
    }
    return true;
}

/* ---- its key ---- */

static const char token_file[] = "demo.token";

/* The key we remember, if it is still one of this clinic. */
static bool recall_token(struct call *c, const char *path, struct uuid clinic,
                         char token[static TOKEN_SIZE])
{
    struct uuid id;
    struct text secret;
    struct api_key key;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, token, TOKEN_SIZE - 1);
    if (fd >= 0) close(fd);
    token[n > 0 ? n : 0] = '\0';
    if (!service_read_key(text_of(token), &id, &secret) || store_find_key(c, id, &key).code != OK)
        return false;
    struct digest digest = digest_of(secret);
    bool stands =
        key.revoked_us == NO_TIME && (key.expires_us == NO_TIME || key.expires_us > c->now_us);
    return stands && memcmp(key.digest, digest.byte, sizeof key.digest) == 0 &&
           memcmp(&key.who.clinic, &clinic, sizeof clinic) == 0;
}

static bool keep_token(const char *path, const char *token, char *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, token, strlen(token)) == (ssize_t)strlen(token);
    if (fd >= 0) close(fd);
    if (!done) snprintf(why, WHY_SIZE, "%.200s cannot be written", path);
    return done;
}

bool demo_prepare(struct session *s, const char *folder, char token[static TOKEN_SIZE], char *why)
{
    char path[CLUSTER_PATH_SIZE];
    struct demo demo;
    struct uuid clinic;
    struct text made;
    struct call *c = session_call(s);
    snprintf(path, sizeof path, "%s/%s", folder, token_file);
    struct result r = api_start_worker(c);
    if (r.code != OK) session_explain(c, r, why);
    bool done = r.code == OK && read_demo(c, &demo, why) && find_or_make(c, &demo, &clinic, why);
    if (done && !recall_token(c, path, clinic, token)) {
        c->caller.role = ROLE_ADMIN;
        done = key_create(c, clinic, ROLE_PHYSICIAN, 0, TEXT("printed by rehabd run"), NO_TIME,
                          &made, why);
        if (done) snprintf(token, TOKEN_SIZE, "%.*s", TEXT_FMT(made));
        done = done && keep_token(path, token, why);
    }
    if (r.code == OK) api_stop_worker(c->worker);
    return done;
}
