/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules are to judge: the codes of what is on record become rows of the protocol, sides
 * are seen from the injury, instants get their second clock. What came before a restart is left
 * out. */
#include "inside.h"

#include "../base/metric.h"
#include "../base/time.h"

static enum rehab_side side_of(const struct episode *e, enum side side)
{
    if (side == SIDE_NONE) return REHAB_SIDE_NONE;
    if (side == SIDE_BOTH) return REHAB_BOTH;
    const enum side involved = e->side == SIDE_RIGHT ? SIDE_RIGHT : SIDE_LEFT; /* of both: one */
    return side == involved ? REHAB_INVOLVED : REHAB_OTHER;
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
        .trial = (uint8_t)o->trial,
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

/* The number of the assessment that the session is of: that of its observations, or one of its own
 * beyond all of them. `*from` is where to look: sessions come in the order of time, as observations
 * do. */
static uint32_t number_session(const struct case_file *file, const struct rehab_observation *seen,
                               uint32_t session, uint32_t *from)
{
    const struct care_session *s = &file->sessions[session];
    while (*from < file->observation_count &&
           file->observations[*from].occurred_us < s->occurred_us)
        (*from)++;
    for (uint32_t i = *from; i < file->observation_count; i++) {
        if (file->observations[i].occurred_us > s->occurred_us) break;
        if (same_id(file->observations[i].assessment, s->assessment)) return seen[i].assessment;
    }
    return file->observation_count + session;
}

static struct result fill_sessions(struct call *c, const struct case_file *file,
                                   struct rehab_evidence *out)
{
    struct rehab_session *all = rehab_alloc(c->arena, file->session_count * sizeof *all + 1);
    uint32_t from = 0;
    if (all == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < file->session_count; i++) {
        const struct care_session *s = &file->sessions[i];
        uint32_t activity = rehab_find_activity(file->rules, text_to(s->activity));
        all[i] = (struct rehab_session){
            .from = instant_of(file->zone, s->occurred_us),
            .to = instant_of(file->zone, s->ended_us),
            .assessment = number_session(file, out->observations, i, &from),
            .activity = activity == REHAB_NONE ? REHAB_NONE16 : (uint16_t)activity,
            .completed = s->completed,
            .prescribed = s->prescribed,
        };
    }
    out->sessions = all;
    out->session_count = file->session_count;
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

struct result case_decide(struct call *c, const struct case_file *file,
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
    TRY(case_decide(c, file, &late, t->occurred_us, decision));
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

struct result case_gather(struct call *c, const struct case_file *file, const struct standing *s,
                          struct rehab_evidence *out)
{
    const struct episode *e = &file->episode;
    const struct transition *restart = s->restart;
    bool injured_again = restart != NULL && e->onset_day != NO_DAY;
    int64_t started_us = restart != NULL ? restart->occurred_us : e->started_us;
    struct rehab_instant started = instant_of(file->zone, started_us);
    *out = (struct rehab_evidence){
        .tracks = s->tracks,
        .track_count = s->track_count,
        .onset = event_of(injured_again ? time_day_of(started.local_us) : e->onset_day),
        .surgery = event_of(e->surgery_day),
        .birth = event_of(file->birth_day),
        .started = started,
        .bilateral = e->side != SIDE_LEFT && e->side != SIDE_RIGHT,
    };
    TRY(fill_observations(c, file, out));
    TRY(fill_sessions(c, file, out));
    TRY(fill_clearances(c, file, out));
    TRY(fill_strata(c, file, out));
    return fill_flag_clearances(c, file, out);
}

/* ---- what a restart leaves behind ---- */

/* Dated before the restart, and on record only after it: nobody who restarted has seen it. */
static bool is_late(const struct transition *restart, int64_t occurred_us, int64_t recorded_us)
{
    return occurred_us <= restart->occurred_us && recorded_us > restart->recorded_us;
}

static void note_raising(const struct rehab_decision *d, bool *raises)
{
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        for (uint32_t k = 0; d->red_flags[i].raised && k < d->red_flags[i].findings.count; k++) {
            const struct rehab_finding *f = &d->findings[d->red_flags[i].findings.first + k];
            if (f->verdict == REHAB_MET && f->observation != REHAB_NONE)
                raises[f->observation] = true;
        }
    }
}

/* Of what is late, that which raises a red flag by itself: a danger is a danger whenever it is told
 * of. `late` becomes it. */
static struct result keep_raising(struct call *c, const struct standing *s, struct case_file *late)
{
    struct rehab_evidence evidence;
    struct rehab_decision decision;
    uint32_t kept = 0;
    if (late->observation_count == 0) return DONE;
    bool *raises = rehab_alloc(c->arena, late->observation_count);
    if (raises == NULL) return (struct result){NO_MEMORY};
    memset(raises, false, late->observation_count);
    TRY(case_gather(c, late, s, &evidence));
    evidence.flag_clearance_count = 0;
    TRY(case_decide(c, late, &evidence, s->restart->occurred_us, &decision));
    note_raising(&decision, raises);
    for (uint32_t i = 0; i < late->observation_count; i++) {
        if (raises[i]) late->observations[kept++] = late->observations[i];
    }
    late->observation_count = kept;
    return DONE;
}

struct result case_leave_out(struct call *c, const struct case_file *file, const struct standing *s,
                             struct case_file *out)
{
    uint32_t first = 0;
    uint32_t session = 0;
    *out = *file;
    if (s->restart == NULL) return DONE;
    out->observations =
        rehab_alloc(c->arena, file->observation_count * sizeof *out->observations + 1);
    if (out->observations == NULL) return (struct result){NO_MEMORY};
    out->observation_count = 0;
    for (; first < file->observation_count; first++) {
        const struct observation *o = &file->observations[first];
        if (o->occurred_us > s->restart->occurred_us) break;
        if (is_late(s->restart, o->occurred_us, o->recorded_us))
            out->observations[out->observation_count++] = *o;
    }
    TRY(keep_raising(c, s, out));
    for (uint32_t i = first; i < file->observation_count; i++)
        out->observations[out->observation_count++] = file->observations[i];
    while (session < file->session_count &&
           file->sessions[session].occurred_us <= s->restart->occurred_us)
        session++;
    out->sessions += session;
    out->session_count -= session;
    return DONE;
}
