/* SPDX-License-Identifier: Apache-2.0 */
/* All that is on record about an episode, and what follows from it: the moves become the place
 * where the patient stands (standing.c), what was seen becomes evidence (evidence.c), and the rules
 * decide. */
#include "inside.h"

#include "../base/time.h"

/* ---- times and roles ---- */

struct rehab_instant instant_of(const struct zone *zone, int64_t us)
{
    return (struct rehab_instant){.utc_us = us, .local_us = zone_local(zone, us)};
}

struct result settle_time(struct call *c, struct text pointer, int64_t *us)
{
    if (*us == NO_TIME) *us = c->now_us;
    if (*us <= c->now_us) return DONE;
    if (*us - c->now_us > CLOCK_SKEW_US) {
        return call_fault(c, IN_FUTURE, pointer, TEXT("Send a time that has passed."));
    }
    *us = c->now_us;
    return DONE;
}

struct result check_onset(struct call *c, struct text pointer, const struct zone *zone,
                          int32_t onset_day, int64_t us)
{
    if (onset_day == NO_DAY || time_day_of(zone_local(zone, us)) >= onset_day) return DONE;
    return call_fault(c, BEFORE_ONSET, pointer, TEXT("Send a time on or after the day of onset."));
}

struct result find_zone(struct call *c, const struct zone **out)
{
    *out = zone_find(text_of(c->caller.zone));
    return *out != NULL
               ? DONE
               : call_fail(c, INTERNAL, "The clinic's time zone is not installed on the server.");
}

uint32_t role_bit(enum role role)
{
    return role == ROLE_PHYSICIAN ? REHAB_PHYSICIAN : role == ROLE_CLINICIAN ? REHAB_CLINICIAN : 0;
}

bool role_is_among(enum role role, uint32_t roles)
{
    if (role == ROLE_PHYSICIAN) return (roles & (REHAB_PHYSICIAN | REHAB_CLINICIAN)) != 0;
    return (roles & role_bit(role)) != 0;
}

/* ---- versions ---- */

struct result check_version(struct call *c, const struct if_match *asked, const struct episode *e)
{
    bool found = asked == NULL || asked->any;
    for (uint32_t i = 0; !found && i < asked->count; i++)
        found = asked->versions[i] == e->version;
    if (found) return DONE;
    c->problem.etag = text_format(c->arena, "v%lld", (long long)e->version);
    return (struct result){STALE_ETAG};
}

/* ---- red flags ---- */

struct result check_clearing(struct call *c, const struct rehab_protocol *p, uint32_t flag)
{
    const struct rehab_red_flag_row *row = &p->red_flags[flag];
    if (role_is_among(c->caller.role, row->cleared_by)) return DONE;
    struct text id = text_from(rehab_text_at(p, row->id));
    bool any = (row->cleared_by & REHAB_CLINICIAN) != 0;
    c->problem.detail = text_format(c->arena, "The red flag %.*s may be cleared by a %s only.",
                                    TEXT_FMT(id), any ? "clinician or physician" : "physician");
    return (struct result){ROLE_MISSING};
}

bool decision_raises(const struct rehab_decision *d, uint32_t flag)
{
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        if (d->red_flags[i].flag == flag) return d->red_flags[i].raised;
    }
    return false;
}

/* ---- loading and changing ---- */

/* Within an assessment the rules see trials in the order of their numbers, however they were sent.
 */
static void order_trials(struct observation *all, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct observation o = all[i];
        uint32_t k = i;
        for (; k > 0 && all[k - 1].trial > o.trial && same_id(all[k - 1].assessment, o.assessment);
             k--)
            all[k] = all[k - 1];
        if (k != i) all[k] = o;
    }
}

/* The moves that may have rested on what was taken back after them. */
static void disturb_moves(struct case_file *file, const struct taken_back *v)
{
    for (uint32_t i = 0; i < file->transition_count; i++) {
        struct transition *t = &file->transitions[i];
        bool under = v->occurred_us <= t->occurred_us && v->recorded_us <= t->recorded_us &&
                     v->voided_us > t->recorded_us;
        if (under && v->voided_us > t->disturbed_us) t->disturbed_us = v->voided_us;
    }
}

struct result case_load(struct call *c, struct uuid episode, int64_t until_us, int64_t known_at_us,
                        struct case_file *out)
{
    struct store_case on_record;
    *out = (struct case_file){0};
    TRY(find_zone(c, &out->zone));
    TRY(store_load_case(c, episode, until_us, known_at_us, &on_record));
    const struct published *version =
        catalogue_find(c, on_record.episode.protocol, on_record.episode.protocol_version);
    if (version == NULL)
        return call_fail(c, INTERNAL, "The protocol version of this episode cannot be read.");
    out->episode = on_record.episode;
    out->birth_day = on_record.birth_day;
    out->transitions = on_record.transitions;
    out->transition_count = on_record.transition_count;
    out->observations = on_record.observations;
    out->observation_count = on_record.observation_count;
    out->sessions = on_record.sessions;
    out->session_count = on_record.session_count;
    out->rules = &version->rules;
    out->rules_digest = version->version.digest;
    for (uint32_t i = 0; i < on_record.void_count; i++)
        disturb_moves(out, &on_record.voids[i]);
    catalogue_name_measures(c, out->observations, out->observation_count);
    order_trials(out->observations, out->observation_count);
    return DONE;
}

int64_t case_latest_us(const struct case_file *file, int64_t now_us)
{
    int64_t latest = now_us;
    if (file->observation_count > 0) {
        int64_t seen = file->observations[file->observation_count - 1].occurred_us;
        if (seen > latest) latest = seen;
    }
    if (file->transition_count > 0) {
        int64_t moved = file->transitions[file->transition_count - 1].occurred_us;
        if (moved > latest) latest = moved;
    }
    return latest;
}

static struct result add_session(struct call *c, struct case_file *file, const struct assessment *a)
{
    if (a->session.activity.size == 0) return DONE;
    struct care_session *all = rehab_alloc(c->arena, (file->session_count + 1) * sizeof *all);
    if (all == NULL) return (struct result){NO_MEMORY};
    uint32_t at = file->session_count;
    while (at > 0 && file->sessions[at - 1].occurred_us > a->occurred_us)
        at--;
    for (uint32_t i = 0; i < at; i++)
        all[i] = file->sessions[i];
    all[at] = a->session;
    all[at].assessment = a->id;
    all[at].occurred_us = a->occurred_us;
    all[at].recorded_us = a->recorded_us;
    for (uint32_t i = at; i < file->session_count; i++)
        all[i + 1] = file->sessions[i];
    file->sessions = all;
    file->session_count++;
    return DONE;
}

struct result case_add_assessment(struct call *c, struct case_file *file,
                                  const struct assessment *a)
{
    uint32_t count = file->observation_count + a->observation_count;
    struct observation *all = rehab_alloc(c->arena, count * sizeof *all + 1);
    if (all == NULL) return (struct result){NO_MEMORY};
    uint32_t before = file->observation_count;
    while (before > 0 && file->observations[before - 1].occurred_us > a->occurred_us)
        before--;
    for (uint32_t i = 0; i < before; i++)
        all[i] = file->observations[i];
    for (uint32_t i = 0; i < a->observation_count; i++) {
        struct observation *o = &all[before + i];
        *o = a->observations[i];
        o->assessment = a->id;
        o->assessor = a->assessor;
        o->actor_role = a->actor_role;
        o->occurred_us = a->occurred_us;
        o->recorded_us = a->recorded_us;
    }
    for (uint32_t i = before; i < file->observation_count; i++)
        all[i + a->observation_count] = file->observations[i];
    order_trials(all + before, a->observation_count);
    file->observations = all;
    file->observation_count = count;
    return add_session(c, file, a);
}

void case_drop_assessment(struct case_file *file, const struct assessment *a, int64_t now_us)
{
    uint32_t kept = 0;
    uint32_t sessions = 0;
    for (uint32_t i = 0; i < file->observation_count; i++) {
        if (same_id(file->observations[i].assessment, a->id)) continue;
        file->observations[kept++] = file->observations[i];
    }
    file->observation_count = kept;
    for (uint32_t i = 0; i < file->session_count; i++) {
        if (!same_id(file->sessions[i].assessment, a->id))
            file->sessions[sessions++] = file->sessions[i];
    }
    file->session_count = sessions;
    disturb_moves(file, &(struct taken_back){a->occurred_us, a->recorded_us, now_us});
}

struct result case_add_transition(struct call *c, struct case_file *file,
                                  const struct transition *t)
{
    struct transition *all = rehab_alloc(c->arena, (file->transition_count + 1) * sizeof *all);
    if (all == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < file->transition_count; i++)
        all[i] = file->transitions[i];
    all[file->transition_count++] = *t;
    file->transitions = all;
    return DONE;
}

/* ---- deciding ---- */

struct result case_evaluate(struct call *c, const struct case_file *file, int64_t as_of_us,
                            int64_t known_at_us, struct evaluation *out)
{
    struct standing standing;
    struct case_file seen;
    struct rehab_evidence *evidence = rehab_alloc(c->arena, sizeof *evidence);
    struct rehab_decision *decision = rehab_alloc(c->arena, sizeof *decision);
    struct episode *episode = rehab_alloc(c->arena, sizeof *episode);
    if (evidence == NULL || decision == NULL || episode == NULL) return (struct result){NO_MEMORY};
    int64_t begun_us = time_tick_us();
    TRY(case_stand(c, file, as_of_us, &standing));
    TRY(case_leave_out(c, file, &standing, &seen));
    TRY(case_gather(c, &seen, &standing, evidence));
    TRY(case_decide(c, &seen, evidence, as_of_us, decision));
    c->rules_us += time_tick_us() - begun_us;
    TRY(case_describe(c, file, &standing, decision, episode));
    *out = (struct evaluation){
        .episode = episode,
        .protocol_digest = file->rules_digest,
        .protocol = file->rules,
        .decision = decision,
        .evidence = evidence,
        .observations = seen.observations,
        .observation_count = seen.observation_count,
        .as_of_us = as_of_us,
        .known_at_us = known_at_us,
        .language = c->language,
    };
    return case_review(c, file, as_of_us, out);
}

/* ---- what would turn it ---- */

struct result case_find_sets(struct call *c, const struct case_file *file, struct evaluation *e)
{
    const struct rehab_decision *d = e->decision;
    const struct rehab_instant as_of = instant_of(file->zone, e->as_of_us);
    int64_t begun_us = time_tick_us();
    struct rehab_series *series = rehab_index_evidence(file->rules, e->evidence, as_of, c->arena);
    struct rehab_flip *flips = rehab_alloc(c->arena, d->gate_count * sizeof *flips + 1);
    struct rehab_need *needs = rehab_alloc(c->arena, d->need_count * sizeof *needs + 1);
    if (series == NULL || flips == NULL || needs == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < d->gate_count; i++) {
        if (!rehab_find_flip(series, d->gates[i].gate, c->arena, &flips[i]))
            return (struct result){NO_MEMORY};
    }
    rehab_order_needs(d, flips, needs);
    e->flips = flips;
    e->needs = needs;
    c->rules_us += time_tick_us() - begun_us;
    return DONE;
}
