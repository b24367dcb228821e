/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment: a patient is put on one version of one protocol and stays on it. Whatever the version
 * does not know is refused now, while the person who knows better is still there. */
#include "inside.h"

#include "../base/time.h"
#include "../base/uuid.h"

#include <assert.h>

/* ---- checks; each notes its fault and lets the others speak ---- */

static void check_day(struct call *c, struct text pointer, int32_t day, int32_t today)
{
    if (day != NO_DAY && day > today)
        (void)call_fault(c, IN_FUTURE, pointer, TEXT("Send a day that has come."));
}

/* Without its day zero a protocol could never tell a time: floors would stay unknown for ever. */
static void check_day_zero(struct call *c, const struct rehab_protocol *p, const struct episode *e)
{
    bool surgery = p->head->day_zero == REHAB_SURGERY;
    if ((surgery ? e->surgery_day : e->onset_day) != NO_DAY) return;
    (void)call_fault(c, MISSING_MEMBER, surgery ? TEXT("/surgery_date") : TEXT("/onset_date"),
                     TEXT("Send it: the protocol counts from this day."));
}

static void check_side(struct call *c, const struct rehab_protocol *p, enum side side)
{
    if (p->head->sided != 0 && side == SIDE_NONE) {
        (void)call_fault(c, WRONG_SIDE, TEXT("/side"),
                         TEXT("Send left, right or both: the protocol is about a side."));
    }
    if (p->head->sided == 0 && side != SIDE_NONE) {
        (void)call_fault(c, WRONG_SIDE, TEXT("/side"),
                         TEXT("Leave it out: the protocol is about no side."));
    }
}

/* "a, b, c" of the texts first .. first + count - 1. */
static struct text join_texts(struct call *c, const struct rehab_protocol *p,
                              struct rehab_range texts)
{
    struct text all = TEXT("");
    for (uint32_t i = 0; i < texts.count; i++) {
        struct text one = text_from(rehab_text_at(p, p->texts[texts.first + i].text));
        all = text_format(c->arena, "%.*s%s%.*s", TEXT_FMT(all), i > 0 ? ", " : "", TEXT_FMT(one));
    }
    return all;
}

static void check_stratum(struct call *c, const struct rehab_protocol *p, const struct stratum *s)
{
    uint32_t found = rehab_find_stratum(p, text_to(s->name));
    struct text pointer = text_format(c->arena, "/strata/%.*s", TEXT_FMT(s->name));
    if (found == REHAB_NONE) {
        (void)call_fault(c, UNKNOWN_STRATUM, pointer,
                         TEXT("Leave it out: the protocol does not ask for it."));
    } else if (rehab_find_stratum_value(p, found, text_to(s->value)) == REHAB_NONE) {
        struct text known = join_texts(c, p, p->strata[found].values);
        struct text detail = text_format(c->arena, "Send one of %.*s.", TEXT_FMT(known));
        (void)call_fault(c, UNKNOWN_STRATUM, pointer, detail);
    }
}

/* ---- when care began ---- */

/* Day zero as far as it is known: the first phase began when the injury did, unless the caller
 * knows better. */
static int64_t default_start(const struct episode *e, const struct rehab_protocol *p,
                             const struct zone *zone, int64_t now_us)
{
    int32_t day = p->head->day_zero == REHAB_SURGERY && e->surgery_day != NO_DAY ? e->surgery_day
                                                                                 : e->onset_day;
    if (day == NO_DAY) return now_us;
    int64_t midnight_us = zone_utc(zone, (int64_t)day * US_PER_DAY);
    return midnight_us < now_us ? midnight_us : now_us;
}

static void settle_start(struct call *c, struct episode *e, const struct rehab_protocol *p,
                         const struct zone *zone)
{
    if (e->started_us == NO_TIME) {
        e->started_us = default_start(e, p, zone, c->now_us);
    } else if (settle_time(c, TEXT("/started_at"), &e->started_us).code == OK) {
        (void)check_onset(c, TEXT("/started_at"), zone, e->onset_day, e->started_us);
    }
}

/* Nobody is hurt before being born: one of the two days is a slip. */
static struct result check_birth(struct call *c, const struct episode *e)
{
    struct patient p;
    struct result r = store_load_patient(c, e->patient, &p);
    if (r.code == NOT_FOUND) {
        return call_fault(c, UNKNOWN_PATIENT, TEXT("/patient_id"),
                          TEXT("Register the patient first: POST /v1/patients."));
    }
    TRY(r);
    struct text detail = TEXT("Send a day of the patient's life.");
    if (e->onset_day != NO_DAY && e->onset_day < p.birth_day)
        (void)call_fault(c, BAD_VALUE, TEXT("/onset_date"), detail);
    if (e->surgery_day != NO_DAY && e->surgery_day < p.birth_day)
        (void)call_fault(c, BAD_VALUE, TEXT("/surgery_date"), detail);
    return DONE;
}

static struct result check_enrolment(struct call *c, struct episode *e,
                                     const struct rehab_protocol *p)
{
    const struct zone *zone = NULL;
    TRY(find_zone(c, &zone));
    TRY(check_birth(c, e));
    int32_t today = time_day_of(zone_local(zone, c->now_us));
    check_day_zero(c, p, e);
    check_day(c, TEXT("/onset_date"), e->onset_day, today);
    check_day(c, TEXT("/surgery_date"), e->surgery_day, today);
    check_side(c, p, e->side);
    for (uint32_t i = 0; i < e->stratum_count; i++)
        check_stratum(c, p, &e->strata[i]);
    settle_start(c, e, p, zone);
    return call_faults(c);
}

/* ---- creating ---- */

static struct result find_version(struct call *c, const struct episode *e,
                                  const struct published **out)
{
    if (catalogue_find(c, e->protocol, 0) == NULL) {
        return call_fault(c, UNKNOWN_PROTOCOL, TEXT("/protocol"),
                          TEXT("GET /v1/protocols lists what can be followed."));
    }
    *out = catalogue_find(c, e->protocol, e->protocol_version);
    if (*out != NULL && (*out)->version.state == VERSION_PUBLISHED) return DONE;
    return call_fault(c, UNPUBLISHED_VERSION, TEXT("/version"),
                      TEXT("Leave it out for the newest published version."));
}

static struct result enter_first_phases(struct call *c, struct episode *e,
                                        const struct rehab_protocol *p)
{
    uint32_t count = rehab_count(p, REHAB_TRACKS);
    e->tracks = rehab_alloc(c->arena, count * sizeof *e->tracks + 1);
    if (e->tracks == NULL) return (struct result){NO_MEMORY};
    for (uint32_t t = 0; t < count; t++) {
        struct rehab_ref phase = p->phases[p->tracks[t].phases.first].id;
        e->tracks[t] =
            (struct track){text_from(rehab_text_at(p, p->tracks[t].id)),
                           text_from(rehab_text_at(p, phase)), e->started_us, TRACK_ACTIVE};
    }
    e->track_count = count;
    return DONE;
}

static struct result fill_episode(struct call *c, struct episode *e)
{
    const struct published *version = NULL;
    TRY(find_version(c, e, &version));
    assert(version != NULL);
    TRY(check_enrolment(c, e, &version->rules));
    e->id = uuid_make(c->now_us);
    e->protocol_version = version->version.version;
    e->protocol_etag = version->version.etag;
    e->state = EPISODE_ACTIVE;
    e->version = 1;
    e->evidence = 1;
    e->created_us = c->now_us;
    e->ended_us = NO_TIME;
    return enter_first_phases(c, e, &version->rules);
}

struct result service_create_episode(struct call *c, struct idempotency *once, struct episode *e,
                                     struct result (*render)(struct call *, const struct episode *,
                                                             struct text *),
                                     struct written *out)
{
    TRY(once_find(c, once, out));
    if (out->replayed) return DONE;
    TRY(fill_episode(c, e));
    char id[UUID_TEXT_SIZE];
    uuid_write(e->id, id);
    struct answer answer = {.status = 201, .etag = TEXT("v1")};
    answer.location = text_format(c->arena, "/v1/episodes/%s", id);
    TRY(render(c, e, &answer.body));
    once_answer(c, once, answer);
    struct result r = store_create_episode(c, e, once);
    if (r.code == GUARD_MISSED)
        return call_fault(c, UNKNOWN_PATIENT, TEXT("/patient_id"), TEXT(""));
    return once_settle(c, r, once, out);
}

/* ---- reading ---- */

struct result service_get_episode(struct call *c, struct uuid id, struct episode *out)
{
    return store_load_episode(c, id, out);
}

static struct text name_list(struct call *c, const struct episode_filter *by)
{
    struct text list = list_of(c, "episodes", by->patient);
    return text_format(c->arena, "%.*s %d %.*s %.*s", TEXT_FMT(list),
                       by->has_state ? (int)by->state : -1, TEXT_FMT(by->protocol),
                       TEXT_FMT(by->phase));
}

struct result service_list_episodes(struct call *c, const struct episode_filter *by,
                                    struct page *page, struct episode **items, uint32_t *count)
{
    struct place after;
    struct text list = name_list(c, by);
    TRY(cursor_open(c, page, list, &after));
    TRY(store_list_episodes(c, by, after.id, page->limit + 1, items, count));
    if (*count <= page->limit) return DONE;
    *count = page->limit;
    page->next = cursor_write(c->arena, list, (struct place){.id = (*items)[*count - 1].id});
    return DONE;
}
