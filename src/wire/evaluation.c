/* SPDX-License-Identifier: Apache-2.0 */
/* A decision as it is told: the core's findings are indexes into the protocol and the evidence;
 * here they get their names, sentences, dates and sources. Sides, relative to the injury in the
 * core, become left and right again. */
#include "inside.h"
#include "wire.h"
#include "words.h"

#include <assert.h>

#include "../base/zone.h"
#include "rehab/sentence.h"

struct text wire_of_core(struct rehab_text t)
{
    return (struct text){t.at, t.size};
}

struct text wire_ref(const struct evaluation *e, struct rehab_ref r)
{
    return wire_of_core(rehab_text_at(e->protocol, r));
}

static struct rehab_text language_of(const struct evaluation *e)
{
    return (struct rehab_text){e->language.at, (uint32_t)e->language.size};
}

struct text wire_words(const struct evaluation *e, struct rehab_range wordings)
{
    return wire_of_core(rehab_words_at(e->protocol, wordings, language_of(e)));
}

struct text wire_track_id(const struct evaluation *e, uint32_t track)
{
    return track == REHAB_NONE ? TEXT("") : wire_ref(e, e->protocol->tracks[track].id);
}

static struct text phase_id(const struct evaluation *e, uint32_t phase)
{
    return phase == REHAB_NONE ? TEXT("") : wire_ref(e, e->protocol->phases[phase].id);
}

static const struct observation *observation_at(const struct evaluation *e, uint32_t index)
{
    if (index == REHAB_NONE) return NULL;
    assert(index < e->observation_count);
    return &e->observations[index];
}

/* ---- sides ---- */

static enum side opposite(enum side side)
{
    return side == SIDE_LEFT ? SIDE_RIGHT : side == SIDE_RIGHT ? SIDE_LEFT : side;
}

/* Of an episode without a side a measure that has sides is asked of both. */
enum side wire_side_of(const struct evaluation *e, enum rehab_side side)
{
    const enum side own = e->episode->side == SIDE_NONE ? SIDE_BOTH : e->episode->side;
    switch (side) {
    case REHAB_INVOLVED: return own;
    case REHAB_OTHER: return opposite(own);
    case REHAB_BOTH: return SIDE_BOTH;
    case REHAB_SIDE_NONE:
    case REHAB_SIDE_COUNT: break;
    }
    return SIDE_NONE;
}

void wire_put_side(struct json_out *o, enum side side)
{
    if (side != SIDE_NONE) wire_put_member(o, "side", text, wire_word(&wire_sides, side));
}

/* ---- one criterion ---- */

/* A number in the criterion's unit as what it means: a truth, a label, or itself. */
static void put_quantity(struct json_out *o, const struct evaluation *e, uint32_t criterion,
                         int64_t nano)
{
    enum rehab_scale scale = rehab_criterion_scale(e->protocol, criterion);
    if (scale == REHAB_IN_TRUTH) {
        wire_put_bool(o, nano != 0);
    } else if (scale == REHAB_IN_LABELS) {
        wire_put_text(o, wire_of_core(rehab_criterion_label(e->protocol, criterion, nano)));
    } else {
        wire_put_nano(o, nano);
    }
}

/* A set of labels: bit n stands for the n-th. */
static void put_bound_set(struct json_out *o, const struct evaluation *e,
                          const struct rehab_finding *f)
{
    wire_put_key(o, "bound");
    wire_open_array(o);
    for (uint32_t bit = 0; bit < REHAB_MAX_LABELS; bit++) {
        if (((uint64_t)f->bound_nano >> bit & 1) == 0) continue;
        put_quantity(o, e, f->criterion, (int64_t)bit * REHAB_SCALE);
    }
    wire_close(o);
}

static void put_upper(struct json_out *o, const struct evaluation *e, const struct rehab_finding *f)
{
    struct rehab_finding upper = *f;
    int64_t nano = 0;
    upper.bound_nano = e->protocol->criteria[f->criterion].upper_nano;
    if (!rehab_finding_bound(e->protocol, &upper, &nano)) return;
    wire_put_key(o, "upper");
    put_quantity(o, e, f->criterion, nano);
}

static void put_numbers(struct json_out *o, const struct evaluation *e,
                        const struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &e->protocol->criteria[f->criterion];
    int64_t nano = 0;
    if (rehab_finding_value(e->protocol, f, &nano)) {
        wire_put_key(o, "value");
        put_quantity(o, e, f->criterion, nano);
    }
    wire_put_member(o, "op", text, wire_of_core(rehab_op_name((enum rehab_op)row->op)));
    if (row->op == REHAB_IN && f->has_bound) put_bound_set(o, e, f);
    if (rehab_finding_bound(e->protocol, f, &nano)) {
        wire_put_key(o, "bound");
        put_quantity(o, e, f->criterion, nano);
    }
    if (row->op == REHAB_BETWEEN) put_upper(o, e, f);
    wire_put_text_if(o, "unit", wire_of_core(rehab_criterion_unit(e->protocol, f->criterion)));
    if (rehab_finding_margin(e->protocol, f, &nano)) wire_put_member(o, "margin", nano, nano);
}

static void put_observed(struct json_out *o, const struct observation *b)
{
    if (b == NULL) return;
    wire_put_member(o, "observed_at", time, b->occurred_us);
    wire_put_uuid_if(o, "assessment_id", b->assessment);
}

/* The other of a pair, or the earlier of a change. */
static void put_compared(struct json_out *o, const struct observation *b)
{
    if (b == NULL) return;
    wire_put_key(o, "compared");
    wire_open_object(o);
    wire_put_member(o, "measure", text, b->measure);
    wire_put_side(o, b->side);
    wire_put_key(o, "value");
    wire_put_value(o, b);
    wire_put_text_if(o, "unit", b->unit);
    put_observed(o, b);
    wire_close(o);
}

/* The side looked at: that of the observation used, else the one that is asked for. */
static enum side finding_side(const struct evaluation *e, const struct rehab_criterion_row *row,
                              const struct observation *b)
{
    if (b != NULL) return b->side;
    if (row->measure == REHAB_NONE16 || !e->protocol->measures[row->measure].sided)
        return SIDE_NONE;
    return wire_side_of(e,
                        row->side == REHAB_SIDE_NONE ? REHAB_INVOLVED : (enum rehab_side)row->side);
}

static void put_sentence(struct json_out *o, const struct evaluation *e,
                         const struct rehab_finding *f)
{
    char sentence[REHAB_SENTENCE_MAX];
    uint32_t size = rehab_sentence(e->protocol, f, language_of(e), sentence, sizeof sentence);
    wire_put_member(o, "sentence", text, ((struct text){sentence, size}));
}

void wire_put_source(struct json_out *o, const struct evaluation *e,
                     const struct rehab_citation_row *cited)
{
    if (cited->source != REHAB_NONE)
        wire_put_member(o, "source", text, wire_ref(e, e->protocol->sources[cited->source].id));
    if (cited->certainty == REHAB_CERTAINTY_NONE) return;
    wire_put_member(o, "certainty", text,
                    wire_of_core(rehab_certainty_name((enum rehab_certainty)cited->certainty)));
    if (cited->sign_off) wire_put_member(o, "sign_off", bool, true);
}

static void put_verdict(struct json_out *o, const struct rehab_finding *f)
{
    wire_put_member(o, "verdict", text,
                    wire_of_core(rehab_verdict_name((enum rehab_verdict)f->verdict)));
    if (f->reason == REHAB_REASON_NONE) return;
    wire_put_member(o, "reason", text,
                    wire_of_core(rehab_reason_name((enum rehab_reason)f->reason)));
}

static void put_criterion(struct json_out *o, const struct evaluation *e,
                          const struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &e->protocol->criteria[f->criterion];
    const struct observation *b = observation_at(e, f->observation);
    wire_open_object(o);
    wire_put_member(o, "id", text, wire_ref(e, row->id));
    put_verdict(o, f);
    put_sentence(o, e, f);
    if (row->measure != REHAB_NONE16) {
        wire_put_member(o, "measure", text, wire_ref(e, e->protocol->measures[row->measure].code));
    }
    wire_put_side(o, finding_side(e, row, b));
    put_numbers(o, e, f);
    put_observed(o, b);
    put_compared(o, observation_at(e, f->second));
    wire_put_source(o, e, &row->citation);
    wire_close(o);
}

void wire_put_criteria(struct json_out *o, const struct evaluation *e, struct rehab_range findings)
{
    wire_open_array(o);
    for (uint32_t i = 0; i < findings.count; i++) {
        put_criterion(o, e, &e->decision->findings[findings.first + i]);
    }
    wire_close(o);
}

void wire_put_limit(struct json_out *o, const struct evaluation *e, uint32_t limit,
                    uint32_t finding)
{
    const struct rehab_limit_row *l = &e->protocol->limits[limit];
    const struct rehab_criterion_row *row = &e->protocol->criteria[l->criterion];
    const struct rehab_finding *f = &e->decision->findings[finding];
    const struct observation *b = observation_at(e, f->observation);
    int64_t nano = 0;
    wire_open_object(o);
    wire_put_member(o, "during", text, wire_ref(e, e->protocol->measures[row->measure].code));
    wire_put_member(o, "is", text, wire_of_core(rehab_op_name((enum rehab_op)row->op)));
    wire_put_key(o, "value");
    put_quantity(o, e, f->criterion, f->has_bound ? f->bound_nano : row->bound_nano);
    wire_put_text_if(o, "unit", wire_of_core(rehab_criterion_unit(e->protocol, f->criterion)));
    wire_put_text_if(o, "else", wire_ref(e, l->otherwise));
    put_verdict(o, f);
    put_sentence(o, e, f);
    if (rehab_finding_value(e->protocol, f, &nano)) {
        wire_put_key(o, "observed");
        put_quantity(o, e, f->criterion, nano);
    }
    put_observed(o, b);
    wire_put_source(o, e, &row->citation);
    wire_close(o);
}

/* ---- what follows ---- */

static void put_recommendation(struct json_out *o, const struct evaluation *e,
                               const struct rehab_recommendation *r)
{
    wire_put_key(o, "recommendation");
    wire_open_object(o);
    wire_put_member(o, "move", text, wire_of_core(rehab_move_name(r->move)));
    wire_put_text_if(o, "track", wire_track_id(e, r->track));
    wire_put_text_if(o, "from", phase_id(e, r->from));
    wire_put_text_if(o, "to", phase_id(e, r->to));
    wire_close(o);
}

static void put_blocker(struct json_out *o, struct text kind, struct text id, struct text sentence)
{
    wire_open_object(o);
    wire_put_member(o, "kind", text, kind);
    wire_put_member(o, "id", text, id);
    wire_put_text_if(o, "sentence", sentence);
    wire_close(o);
}

static void put_criterion_blocker(struct json_out *o, const struct evaluation *e,
                                  const struct rehab_finding *f)
{
    char sentence[REHAB_SENTENCE_MAX];
    uint32_t size = rehab_sentence(e->protocol, f, language_of(e), sentence, sizeof sentence);
    put_blocker(o, TEXT("criterion"), wire_ref(e, e->protocol->criteria[f->criterion].id),
                (struct text){sentence, size});
}

enum tongue { ENGLISH, SPANISH, TONGUE_COUNT };
static const char *const tongues[] = {[ENGLISH] = "en", [SPANISH] = "es"};

/* The one of the two that sentences come in. */
static enum tongue tongue_of(const struct evaluation *e)
{
    struct text language = wire_of_core(rehab_language(language_of(e)));
    return text_is(language, tongues[SPANISH]) ? SPANISH : ENGLISH;
}

const char *wire_tongue(const struct evaluation *e)
{
    return tongues[tongue_of(e)];
}

static void put_state_blocker(struct json_out *o, const struct evaluation *e)
{
    static const char *const sentences[][TONGUE_COUNT] = {
        [EPISODE_ON_HOLD] = {"The episode is on hold and must be resumed first.",
                             "El episodio está en pausa y debe reanudarse primero."},
        [EPISODE_COMPLETED] = {"The episode is completed.", "El episodio ha concluido."},
        [EPISODE_WITHDRAWN] = {"The patient was withdrawn from the protocol.",
                               "Se retiró al paciente del protocolo."},
    };
    enum episode_state state = e->episode->state;
    if (state == EPISODE_ACTIVE || state == EPISODE_STOPPED) return;
    put_blocker(o, TEXT("state"), wire_word(&wire_states, state),
                text_of(sentences[state][tongue_of(e)]));
}

/* In an episode that goes on, a track may rest. */
static void put_track_blockers(struct json_out *o, const struct evaluation *e)
{
    static const char *const sentence[] = {
        "The track is on hold and must be resumed first.",
        "El itinerario está en pausa y debe reanudarse primero."};
    if (e->episode->state != EPISODE_ACTIVE && e->episode->state != EPISODE_STOPPED) return;
    for (uint32_t i = 0; i < e->episode->track_count; i++) {
        const struct track *t = &e->episode->tracks[i];
        if (t->state != TRACK_ON_HOLD) continue;
        put_blocker(o, TEXT("track"), t->id, text_of(sentence[tongue_of(e)]));
    }
}

static void put_red_flag_blocker(struct json_out *o, const struct evaluation *e, uint32_t flag)
{
    const struct rehab_red_flag_row *row = &e->protocol->red_flags[flag];
    put_blocker(o, TEXT("red_flag"), wire_ref(e, row->id), wire_words(e, row->message));
}

/* Everything that stands between the patient and the next phase: what stops all moves first, then
 * the criteria. */
static void put_blockers(struct json_out *o, const struct evaluation *e)
{
    const struct rehab_decision *d = e->decision;
    wire_put_key(o, "blockers");
    wire_open_array(o);
    put_state_blocker(o, e);
    put_track_blockers(o, e);
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        if (d->red_flags[i].raised) put_red_flag_blocker(o, e, d->red_flags[i].flag);
    }
    for (uint32_t i = 0; i < d->blocker_count; i++) {
        put_criterion_blocker(o, e, &d->findings[d->blockers[i]]);
    }
    wire_close(o);
}

/* A red flag speaks for itself; else the criteria. */
static void put_review_blockers(struct json_out *o, const struct evaluation *e,
                                const struct review *r)
{
    wire_put_key(o, "blockers");
    wire_open_array(o);
    if (r->red_flag != REHAB_NONE) {
        put_red_flag_blocker(o, e, r->red_flag);
    } else {
        for (uint32_t i = 0; i < r->finding_count; i++)
            put_criterion_blocker(o, e, &r->findings[i]);
    }
    wire_close(o);
}

/* Moves that late evidence would have blocked. */
static void put_reviews(struct json_out *o, const struct evaluation *e)
{
    if (e->review_count == 0) return;
    wire_put_key(o, "reviews");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->review_count; i++) {
        const struct transition *t = e->reviews[i].move;
        wire_open_object(o);
        wire_put_member(o, "transition_id", uuid, t->id);
        wire_put_member(o, "seq", whole, t->seq);
        wire_put_member(o, "kind", text, wire_word(&wire_moves, t->kind));
        wire_put_text_if(o, "track", t->track);
        wire_put_text_if(o, "from", t->from);
        wire_put_text_if(o, "to", t->to);
        wire_put_member(o, "occurred_at", time, t->occurred_us);
        put_review_blockers(o, e, &e->reviews[i]);
        wire_close(o);
    }
    wire_close(o);
}

static void put_measure_next(struct json_out *o, const struct evaluation *e)
{
    const struct rehab_decision *d = e->decision;
    wire_put_key(o, "measure_next");
    wire_open_array(o);
    for (uint32_t i = 0; i < d->need_count; i++) {
        const struct rehab_need *need = e->needs != NULL ? &e->needs[i] : &d->needs[i];
        wire_open_object(o);
        wire_put_member(o, "measure", text, wire_ref(e, e->protocol->measures[need->measure].code));
        wire_put_side(o, wire_side_of(e, need->side));
        wire_put_member(o, "why", text, wire_of_core(rehab_reason_name(need->reason)));
        wire_put_member(
            o, "criterion", text,
            wire_ref(e, e->protocol->criteria[d->findings[need->finding].criterion].id));
        wire_put_member(o, "criteria", whole, need->criteria);
        wire_close(o);
    }
    wire_close(o);
}

/* Rules in days end at a reading of the clinic's wall clock, which only its zone can place. */
static void put_earliest(struct json_out *o, struct call *c, bool local, struct rehab_instant at)
{
    const struct zone *zone = local ? zone_find(text_of(c->caller.zone)) : NULL;
    wire_put_member(o, "earliest", time, zone == NULL ? at.utc_us : zone_utc(zone, at.local_us));
}

void wire_put_red_flags(struct json_out *o, const struct evaluation *e)
{
    const struct rehab_decision *d = e->decision;
    wire_put_key(o, "red_flags");
    wire_open_array(o);
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        if (!d->red_flags[i].raised) continue;
        const struct rehab_red_flag_row *row = &e->protocol->red_flags[d->red_flags[i].flag];
        const struct observation *b = observation_at(e, d->red_flags[i].observation);
        wire_open_object(o);
        wire_put_member(o, "id", text, wire_ref(e, row->id));
        wire_put_member(o, "level", text,
                        wire_of_core(rehab_level_name((enum rehab_level)row->level)));
        wire_put_text_if(o, "title", wire_words(e, row->title));
        wire_put_text_if(o, "message", wire_words(e, row->message));
        if (b != NULL) wire_put_member(o, "raised_at", time, b->occurred_us);
        if (b != NULL) wire_put_uuid_if(o, "assessment_id", b->assessment);
        wire_put_member(o, "cleared_by", text,
                        (row->cleared_by & REHAB_CLINICIAN) != 0 ? TEXT("clinician")
                                                                 : TEXT("physician"));
        wire_close(o);
    }
    wire_close(o);
}

static struct text anchor_name(uint32_t anchor)
{
    switch ((enum rehab_anchor)anchor) {
    case REHAB_PHASE: return TEXT("phase");
    case REHAB_EPISODE: return TEXT("episode");
    case REHAB_ONSET: return TEXT("onset");
    case REHAB_SURGERY: return TEXT("surgery");
    case REHAB_BASELINE:
    case REHAB_PREVIOUS:
    case REHAB_AGO:
    case REHAB_PRE_ONSET:
    case REHAB_PRE_SURGERY:
    case REHAB_ANCHOR_NONE:
    case REHAB_ANCHOR_COUNT: break;
    }
    return TEXT("episode");
}

/* What is usual for the phase; else for the whole course. */
void wire_put_expectation(struct json_out *o, const struct evaluation *e,
                          const struct rehab_track_result *t)
{
    const struct rehab_expectation_result *x = &t->phase_expectation;
    if (x->pace == REHAB_PACE_NONE) x = &t->track_expectation;
    if (x->pace == REHAB_PACE_NONE) return;
    const struct rehab_expectation_row *row = &e->protocol->expectations[x->expectation];
    wire_put_key(o, "expectation");
    wire_open_object(o);
    wire_put_member(o, "from", text, anchor_name(row->from));
    wire_put_member(o, "days", whole, x->days);
    wire_put_member(o, "low_days", whole, x->low_days);
    wire_put_member(o, "high_days", whole, x->high_days);
    wire_put_member(o, "status", text, wire_of_core(rehab_pace_name(x->pace)));
    wire_put_source(o, e, &row->citation);
    wire_close(o);
}

static const struct track *find_track(const struct evaluation *e, struct text id)
{
    for (uint32_t i = 0; i < e->episode->track_count; i++) {
        if (text_equal(e->episode->tracks[i].id, id)) return &e->episode->tracks[i];
    }
    return NULL;
}

/* Where there are several, what each track is to do by itself. */
static void put_track_advice(struct json_out *o, struct call *c, const struct evaluation *e,
                             const struct rehab_track_result *t)
{
    if (e->decision->track_count < 2) return;
    put_recommendation(o, e, &t->recommendation);
    if (t->completes) wire_put_member(o, "completes", bool, true);
    if (t->has_earliest) put_earliest(o, c, t->earliest_is_local, t->earliest);
}

static void put_phases(struct json_out *o, struct call *c, const struct evaluation *e)
{
    wire_put_key(o, "phases");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->track_count; i++) {
        const struct rehab_track_result *t = &e->decision->tracks[i];
        const struct track *stands = find_track(e, wire_track_id(e, t->track));
        wire_open_object(o);
        wire_put_member(o, "track", text, wire_track_id(e, t->track));
        wire_put_text_if(o, "phase", phase_id(e, t->phase));
        if (stands != NULL) {
            wire_put_time_if(o, "entered_at", stands->entered_us);
            wire_put_member(o, "state", text, wire_word(&wire_track_states, stands->state));
        }
        wire_put_member(o, "days", whole, t->days_in_phase);
        wire_put_expectation(o, e, t);
        put_track_advice(o, c, e, t);
        wire_close(o);
    }
    wire_close(o);
}

static void put_gates(struct json_out *o, const struct evaluation *e)
{
    wire_put_key(o, "gates");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->gate_count; i++) {
        const struct rehab_gate_result *g = &e->decision->gates[i];
        wire_open_object(o);
        wire_put_text_if(o, "id", wire_ref(e, e->protocol->gates[g->gate].id));
        wire_put_member(o, "kind", text, wire_of_core(rehab_move_name(g->move)));
        wire_put_member(o, "track", text, wire_track_id(e, g->track));
        wire_put_text_if(o, "from", phase_id(e, g->from));
        wire_put_text_if(o, "to", phase_id(e, g->to));
        wire_put_member(o, "verdict", text, wire_of_core(rehab_verdict_name(g->verdict)));
        if (g->overdue) wire_put_member(o, "overdue", bool, true);
        wire_put_key(o, "criteria");
        wire_put_criteria(o, e, g->findings);
        if (e->flips != NULL) wire_put_flip(o, e, &e->flips[i]);
        wire_close(o);
    }
    wire_close(o);
}

/* The value that lies in a zone, or in none of them, as the first of their findings has it. */
static void put_band_value(struct json_out *o, const struct evaluation *e,
                           const struct rehab_band_result *r)
{
    const struct rehab_finding *f = &e->decision->findings[r->findings.first];
    int64_t nano = 0;
    if (r->findings.count == 0 || !rehab_finding_value(e->protocol, f, &nano)) return;
    wire_put_key(o, "value");
    put_quantity(o, e, f->criterion, nano);
    wire_put_text_if(o, "unit", wire_of_core(rehab_criterion_unit(e->protocol, f->criterion)));
    put_observed(o, observation_at(e, f->observation));
}

static void put_zone(struct json_out *o, const struct evaluation *e,
                     const struct rehab_zone_row *zone)
{
    enum rehab_move move = zone->gate == REHAB_NONE
                               ? REHAB_STAY
                               : (enum rehab_move)e->protocol->gates[zone->gate].move;
    wire_put_member(o, "zone", text, wire_ref(e, zone->id));
    wire_put_member(o, "move", text, wire_of_core(rehab_move_name(move)));
    wire_put_text_if(o, "text", wire_words(e, zone->text));
}

static void put_bands(struct json_out *o, const struct evaluation *e)
{
    if (e->decision->band_count == 0) return;
    wire_put_key(o, "bands");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->band_count; i++) {
        const struct rehab_band_result *r = &e->decision->bands[i];
        const struct rehab_band_row *row = &e->protocol->bands[r->band];
        wire_open_object(o);
        wire_put_member(o, "id", text, wire_ref(e, row->id));
        wire_put_text_if(o, "title", wire_words(e, row->title));
        if (r->zone != REHAB_NONE) put_zone(o, e, &e->protocol->zones[r->zone]);
        put_band_value(o, e, r);
        wire_close(o);
    }
    wire_close(o);
}

/* What evaluation and plan both begin with. */
void wire_put_heading(struct json_out *o, const struct evaluation *e)
{
    wire_put_member(o, "episode_id", uuid, e->episode->id);
    wire_put_member(o, "as_of", time, e->as_of_us);
    wire_put_time_if(o, "known_at", e->known_at_us);
    wire_put_key(o, "protocol");
    wire_put_pinned(o, e->episode, wire_words(e, e->protocol->head->title), e->protocol_digest);
    wire_put_member(o, "state", text, wire_word(&wire_states, e->episode->state));
}

static void put_evaluation(struct json_out *o, struct call *c, const struct evaluation *e)
{
    wire_open_object(o);
    wire_put_heading(o, e);
    put_recommendation(o, e, &e->decision->recommendation);
    if (e->decision->review || e->review_count > 0) wire_put_member(o, "review", bool, true);
    put_reviews(o, e);
    put_blockers(o, e);
    put_measure_next(o, e);
    if (e->decision->has_earliest)
        put_earliest(o, c, e->decision->earliest_is_local, e->decision->earliest);
    wire_put_red_flags(o, e);
    put_phases(o, c, e);
    put_gates(o, e);
    put_bands(o, e);
    wire_close(o);
}

static size_t expected_size(const struct evaluation *e)
{
    return 1024 + (size_t)e->decision->finding_count * 448 + (size_t)e->decision->gate_count * 256;
}

struct result wire_write_evaluation(struct call *c, const struct evaluation *e, struct text *out)
{
    struct json_out o = wire_begin(c->arena, expected_size(e));
    put_evaluation(&o, c, e);
    return wire_finish(&o, out);
}

struct result wire_attach_evaluation(struct call *c, const struct evaluation *e)
{
    struct json_out o = wire_begin(c->arena, expected_size(e));
    struct text object = {NULL, 0};
    wire_open_object(&o);
    wire_put_key(&o, "evaluation");
    put_evaluation(&o, c, e);
    wire_close(&o);
    TRY(wire_finish(&o, &object));
    c->problem.body =
        (struct text){object.at + 1, object.size - 2}; /* the member without its braces */
    return DONE;
}

struct result wire_write_assessment_answer(struct call *c, const struct assessment_answer *a,
                                           struct text *out)
{
    struct json_out o = wire_begin(c->arena, 768 + (size_t)a->assessment->observation_count * 128);
    const struct episode *episode = a->evaluation->episode;
    wire_open_object(&o);
    wire_put_assessment_members(&o, a->assessment);
    wire_put_key(&o, "episode");
    wire_open_object(&o);
    wire_put_member(&o, "id", uuid, episode->id);
    wire_put_member(&o, "state", text, wire_word(&wire_states, episode->state));
    wire_put_member(&o, "version", whole, episode->version);
    wire_close(&o);
    wire_put_red_flags(&o, a->evaluation);
    put_recommendation(&o, a->evaluation, &a->evaluation->decision->recommendation);
    put_reviews(&o, a->evaluation);
    wire_close(&o);
    return wire_finish(&o, out);
}
