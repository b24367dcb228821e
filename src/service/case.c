/* SPDX-License-Identifier: Apache-2.0 */
/* From what is on record to what the rules can judge. Codes become rows of the protocol, sides are
 * seen from the injury, instants get their second clock, transitions become the place where the
 * patient stands. The state of an episode is never guessed: it follows from the recorded moves and
 * from the red flags that are raised. */
#include "inside.h"

#include "../base/metric.h"
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

static bool same_id(struct uuid a, struct uuid b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

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
    out->transitions = on_record.transitions;
    out->transition_count = on_record.transition_count;
    out->observations = on_record.observations;
    out->observation_count = on_record.observation_count;
    out->sessions = on_record.sessions;
    out->session_count = on_record.session_count;
    out->rules = &version->rules;
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

void case_drop_assessment(struct case_file *file, struct uuid assessment)
{
    uint32_t kept = 0;
    uint32_t sessions = 0;
    for (uint32_t i = 0; i < file->observation_count; i++) {
        if (same_id(file->observations[i].assessment, assessment)) continue;
        file->observations[kept++] = file->observations[i];
    }
    file->observation_count = kept;
    for (uint32_t i = 0; i < file->session_count; i++) {
        if (!same_id(file->sessions[i].assessment, assessment))
            file->sessions[sessions++] = file->sessions[i];
    }
    file->session_count = sessions;
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

/* ---- where the patient stands: the fold of the moves ---- */

struct standing {
    struct rehab_track_state *tracks;
    bool held, completed, withdrawn;
    int64_t ended_us;
};

static void move_track(struct rehab_track_state *t, const struct rehab_protocol *p, uint32_t track,
                       const struct transition *move, struct rehab_instant at)
{
    t->moved = at;
    if (move->kind != MOVE_ADVANCE && move->kind != MOVE_REGRESS) return;
    t->phase = rehab_find_phase(p, track, text_to(move->to));
    t->entered = at;
}

static void apply_move(const struct case_file *file, const struct transition *move,
                       struct standing *s)
{
    struct rehab_instant at = instant_of(file->zone, move->occurred_us);
    uint32_t only =
        move->track.size > 0 ? rehab_find_track(file->rules, text_to(move->track)) : REHAB_NONE;
    uint32_t count = rehab_count(file->rules, REHAB_TRACKS);
    bool ends = move->kind == MOVE_COMPLETE || move->kind == MOVE_WITHDRAW;
    for (uint32_t t = 0; t < count; t++) {
        if (ends) s->tracks[t].phase = REHAB_NONE;
        if (move->kind == MOVE_CLEAR_RED_FLAG || ends) continue;
        if (only == REHAB_NONE || only == t) move_track(&s->tracks[t], file->rules, t, move, at);
    }
    if (move->kind == MOVE_HOLD) s->held = true;
    if (move->kind == MOVE_RESUME) s->held = false;
    if (move->kind == MOVE_COMPLETE) s->completed = true;
    if (move->kind == MOVE_WITHDRAW) s->withdrawn = true;
    if (ends) s->ended_us = move->occurred_us;
}

static struct result fold_moves(struct call *c, const struct case_file *file, int64_t as_of_us,
                                struct standing *out)
{
    uint32_t count = rehab_count(file->rules, REHAB_TRACKS);
    *out = (struct standing){.ended_us = NO_TIME};
    out->tracks = rehab_alloc(c->arena, count * sizeof *out->tracks + 1);
    if (out->tracks == NULL) return (struct result){NO_MEMORY};
    struct rehab_instant started = instant_of(file->zone, file->episode.started_us);
    for (uint32_t t = 0; t < count; t++) {
        out->tracks[t] =
            (struct rehab_track_state){file->rules->tracks[t].phases.first, started, started};
    }
    for (uint32_t i = 0; i < file->transition_count; i++) {
        if (file->transitions[i].occurred_us <= as_of_us)
            apply_move(file, &file->transitions[i], out);
    }
    return DONE;
}

bool case_is_held(const struct case_file *file)
{
    bool held = false;
    for (uint32_t i = 0; i < file->transition_count; i++) {
        if (file->transitions[i].kind == MOVE_HOLD) held = true;
        if (file->transitions[i].kind == MOVE_RESUME) held = false;
    }
    return held;
}

/* ---- evidence ---- */

static enum rehab_side side_of(const struct episode *e, enum side side)
{
    if (side == SIDE_NONE) return REHAB_SIDE_NONE;
    if (e->side != SIDE_LEFT && e->side != SIDE_RIGHT) return REHAB_INVOLVED;
    if (side == SIDE_BOTH) return REHAB_BOTH;
    return side == e->side ? REHAB_INVOLVED : REHAB_OTHER;
}

/* The bits of both sides are the same; the tables of model.h and evidence.h are held together here.
 */
_Static_assert((int)QUALIFIER_ANALGESIC_24H == (int)REHAB_ANALGESIC_24H &&
                   (int)QUALIFIER_PAIN_FREE == (int)REHAB_WAS_PAIN_FREE &&
                   (int)QUALIFIER_WARMED_UP == (int)REHAB_WARMED_UP &&
                   (int)QUALIFIER_POOR_QUALITY == (int)REHAB_POOR_QUALITY,
               "qualifiers are passed on as they are");

/* People are told apart by number; few of them look after one patient. */
static uint32_t number_assessor(const struct observation *all, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        if (text_equal(all[k].assessor, all[i].assessor)) return k;
    }
    return i;
}

static void fill_observation(const struct case_file *file, uint32_t i,
                             struct rehab_observation *all)
{
    const struct observation *o = &file->observations[i];
    bool same = i > 0 && same_id(o->assessment, o[-1].assessment);
    uint32_t measure = rehab_find_measure(file->rules, text_to(o->measure));
    all[i] = (struct rehab_observation){
        .value_nano = o->value_nano,
        .at = same ? all[i - 1].at : instant_of(file->zone, o->occurred_us),
        .assessment = same ? all[i - 1].assessment : i,
        .assessor = same                    ? all[i - 1].assessor
                    : o->assessor.size == 0 ? REHAB_NONE
                                            : number_assessor(file->observations, i),
        .measure = measure == REHAB_NONE ? REHAB_NONE16 : (uint16_t)measure,
        .side = (uint8_t)side_of(&file->episode, o->side),
        .known = (uint8_t)o->qualifiers_known,
        .held = (uint8_t)o->qualifiers_held,
    };
}

/* An analgesic that was told once in an assessment was in effect for all of it, whatever else was
 * said: where the two contradict each other pain may have been hidden. The observations of an
 * assessment stand together. */
static void spread_analgesic(const struct case_file *file, struct rehab_observation *all)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < file->observation_count; i++) {
        if (all[i].assessment != all[first].assessment) first = i;
        if (!text_is(file->observations[i].measure, "analgesic_24h")) continue;
        for (uint32_t k = first; k < file->observation_count; k++) {
            if (all[k].assessment != all[i].assessment) break;
            all[k].known |= REHAB_ANALGESIC_24H;
            if (all[i].value_nano != 0) all[k].held |= REHAB_ANALGESIC_24H;
        }
    }
}

static struct result fill_observations(struct call *c, const struct case_file *file,
                                       struct rehab_evidence *out)
{
    struct rehab_observation *all =
        rehab_alloc(c->arena, file->observation_count * sizeof *all + 1);
    if (all == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < file->observation_count; i++)
        fill_observation(file, i, all);
    spread_analgesic(file, all);
    out->observations = all;
    out->observation_count = file->observation_count;
    return DONE;
}

/* A clearance is an observation of what a criterion asks to be cleared, recorded by somebody who
 * may. */
static struct result fill_clearances(struct call *c, const struct case_file *file,
                                     struct rehab_evidence *out)
{
    struct rehab_clearance *all = rehab_alloc(c->arena, file->observation_count * sizeof *all + 1);
    uint32_t count = 0;
    if (all == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0;
         rehab_count(file->rules, REHAB_CLEARANCES) > 0 && i < file->observation_count; i++) {
        const struct observation *o = &file->observations[i];
        uint32_t name = rehab_find_clearance(file->rules, text_to(o->measure));
        if (name == REHAB_NONE || role_bit(o->actor_role) == 0) continue;
        all[count++] = (struct rehab_clearance){name, role_bit(o->actor_role),
                                                out->observations[i].at, o->value_nano != 0};
    }
    out->clearances = all;
    out->clearance_count = count;
    return DONE;
}

static uint16_t stratum_value(const struct case_file *file, uint32_t stratum)
{
    const struct rehab_protocol *p = file->rules;
    struct text id = text_from(rehab_text_at(p, p->strata[stratum].id));
    for (uint32_t i = 0; i < file->episode.stratum_count; i++) {
        if (!text_equal(file->episode.strata[i].name, id)) continue;
        uint32_t value =
            rehab_find_stratum_value(p, stratum, text_to(file->episode.strata[i].value));
        return value == REHAB_NONE ? REHAB_STRATUM_UNKNOWN : (uint16_t)value;
    }
    return REHAB_STRATUM_UNKNOWN;
}

static struct result fill_strata(struct call *c, const struct case_file *file,
                                 struct rehab_evidence *out)
{
    uint32_t count = rehab_count(file->rules, REHAB_STRATA);
    uint16_t *all = rehab_alloc(c->arena, count * sizeof *all + 1);
    if (all == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < count; i++)
        all[i] = stratum_value(file, i);
    out->strata = all;
    out->stratum_count = count;
    return DONE;
}

static struct result decide(struct call *c, const struct case_file *file,
                            const struct rehab_evidence *evidence, int64_t as_of_us,
                            struct rehab_decision *out)
{
    metric_add(c->worker->metrics, METRIC_DECISIONS, 1);
    switch (rehab_decide(file->rules, evidence, instant_of(file->zone, as_of_us), c->arena, out)) {
    case REHAB_DECIDED: return DONE;
    case REHAB_FULL: return (struct result){NO_MEMORY};
    case REHAB_UNSORTED:
    case REHAB_MISFIT:
    case REHAB_OUTCOME_COUNT: break;
    }
    return call_fail(c, INTERNAL,
                     "What is on record does not fit the protocol version of this episode.");
}

/* What came on record after the clearance `t` and is dated at or before it: the clearance cannot
 * have been about that. */
static uint32_t pick_late(const struct case_file *file, const struct rehab_evidence *all,
                          const struct transition *t, struct rehab_observation *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < file->observation_count; i++) {
        const struct observation *o = &file->observations[i];
        if (o->occurred_us <= t->occurred_us && o->recorded_us > t->recorded_us)
            out[count++] = all->observations[i];
    }
    return count;
}

/* The red flags that late evidence raises by itself; NULL when there is none. */
static struct result judge_late(struct call *c, const struct case_file *file,
                                const struct rehab_evidence *all, const struct transition *t,
                                const struct rehab_decision **out)
{
    struct rehab_evidence late = *all;
    struct rehab_observation *some =
        rehab_alloc(c->arena, file->observation_count * sizeof *some + 1);
    struct rehab_decision *decision = rehab_alloc(c->arena, sizeof *decision);
    *out = NULL;
    if (some == NULL || decision == NULL) return (struct result){NO_MEMORY};
    late.observation_count = pick_late(file, all, t, some);
    if (late.observation_count == 0) return DONE;
    late.observations = some;
    late.flag_clearance_count = 0;
    TRY(decide(c, file, &late, t->occurred_us, decision));
    *out = decision;
    return DONE;
}

static struct result add_clearances(struct call *c, const struct case_file *file,
                                    const struct transition *t, struct rehab_evidence *out,
                                    struct rehab_flag_clearance *all)
{
    const struct rehab_decision *late = NULL;
    if (t->red_flag_count > 0) TRY(judge_late(c, file, out, t, &late));
    for (uint32_t k = 0; k < t->red_flag_count; k++) {
        uint32_t flag = rehab_find_red_flag(file->rules, text_to(t->red_flags[k]));
        if (flag == REHAB_NONE || (late != NULL && decision_raises(late, flag))) continue;
        all[out->flag_clearance_count++] = (struct rehab_flag_clearance){
            flag, role_bit(t->actor_role), instant_of(file->zone, t->occurred_us)};
    }
    return DONE;
}

/* A clearance stands for what was on record when it was given. One that later evidence of an
 * earlier time speaks against is left out, flag by flag. */
static struct result fill_flag_clearances(struct call *c, const struct case_file *file,
                                          struct rehab_evidence *out)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < file->transition_count; i++)
        most += file->transitions[i].red_flag_count;
    struct rehab_flag_clearance *all = rehab_alloc(c->arena, most * sizeof *all + 1);
    if (all == NULL) return (struct result){NO_MEMORY};
    out->flag_clearances = all;
    for (uint32_t i = 0; i < file->transition_count; i++)
        TRY(add_clearances(c, file, &file->transitions[i], out, all));
    return DONE;
}

static struct rehab_event event_of(int32_t day)
{
    return (struct rehab_event){.known = day != NO_DAY, .day = day};
}

static struct result fill_evidence(struct call *c, const struct case_file *file,
                                   const struct standing *s, struct rehab_evidence *out)
{
    const struct episode *e = &file->episode;
    *out = (struct rehab_evidence){
        .tracks = s->tracks,
        .track_count = rehab_count(file->rules, REHAB_TRACKS),
        .onset = event_of(e->onset_day),
        .surgery = event_of(e->surgery_day),
        .started = instant_of(file->zone, e->started_us),
        .bilateral = e->side != SIDE_LEFT && e->side != SIDE_RIGHT,
    };
    TRY(fill_observations(c, file, out));
    TRY(fill_clearances(c, file, out));
    TRY(fill_strata(c, file, out));
    return fill_flag_clearances(c, file, out);
}

/* ---- deciding ---- */

static enum episode_state judge_standing(const struct standing *s, const struct rehab_decision *d)
{
    if (s->completed) return EPISODE_COMPLETED;
    if (s->withdrawn) return EPISODE_WITHDRAWN;
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        if (d->red_flags[i].raised) return EPISODE_STOPPED;
    }
    return s->held ? EPISODE_ON_HOLD : EPISODE_ACTIVE;
}

/* The last phase before the end stays to be seen: an episode that was completed in a phase still
 * names it. */
static struct text last_phase(const struct case_file *file, uint32_t track,
                              const struct standing *s)
{
    const struct rehab_protocol *p = file->rules;
    if (s->tracks[track].phase != REHAB_NONE)
        return text_from(rehab_text_at(p, p->phases[s->tracks[track].phase].id));
    struct text id = text_from(rehab_text_at(p, p->tracks[track].id));
    struct text phase = text_from(rehab_text_at(p, p->phases[p->tracks[track].phases.first].id));
    for (uint32_t i = 0; i < file->transition_count; i++) {
        const struct transition *t = &file->transitions[i];
        if (t->to.size > 0 && text_equal(t->track, id)) phase = t->to;
    }
    return phase;
}

static struct result stand_episode(struct call *c, const struct case_file *file,
                                   const struct standing *s, const struct rehab_decision *d,
                                   struct episode *out)
{
    uint32_t count = rehab_count(file->rules, REHAB_TRACKS);
    struct track *tracks = rehab_alloc(c->arena, count * sizeof *tracks + 1);
    if (tracks == NULL) return (struct result){NO_MEMORY};
    for (uint32_t t = 0; t < count; t++) {
        tracks[t] = (struct track){text_from(rehab_text_at(file->rules, file->rules->tracks[t].id)),
                                   last_phase(file, t, s), s->tracks[t].entered.utc_us};
    }
    *out = file->episode;
    out->tracks = tracks;
    out->track_count = count;
    out->state = judge_standing(s, d);
    out->ended_us = s->ended_us;
    return DONE;
}

struct result case_evaluate(struct call *c, const struct case_file *file, int64_t as_of_us,
                            int64_t known_at_us, struct evaluation *out)
{
    struct standing standing;
    struct rehab_evidence evidence;
    struct rehab_decision *decision = rehab_alloc(c->arena, sizeof *decision);
    struct episode *episode = rehab_alloc(c->arena, sizeof *episode);
    if (decision == NULL || episode == NULL) return (struct result){NO_MEMORY};
    int64_t begun_us = time_tick_us();
    TRY(fold_moves(c, file, as_of_us, &standing));
    TRY(fill_evidence(c, file, &standing, &evidence));
    TRY(decide(c, file, &evidence, as_of_us, decision));
    c->rules_us += time_tick_us() - begun_us;
    TRY(stand_episode(c, file, &standing, decision, episode));
    *out = (struct evaluation){
        .episode = episode,
        .protocol_title = text_from(
            rehab_words_at(file->rules, file->rules->head->title, (struct rehab_text){"en", 2})),
        .protocol = file->rules,
        .decision = decision,
        .observations = file->observations,
        .observation_count = file->observation_count,
        .as_of_us = as_of_us,
        .known_at_us = known_at_us,
        .language = c->language,
    };
    return DONE;
}
