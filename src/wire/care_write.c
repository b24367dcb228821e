/* SPDX-License-Identifier: Apache-2.0 */
/* What is on record about a patient, as answered. Values go out with the digits they came in with.
 */
#include "inside.h"
#include "json_in.h"
#include "wire.h"
#include "words.h"

struct json_out wire_begin_page(struct rehab_arena *arena, uint32_t count, size_t each)
{
    struct json_out o = wire_begin(arena, 64 + count * each);
    wire_open_object(&o);
    wire_put_key(&o, "items");
    wire_open_array(&o);
    return o;
}

struct result wire_finish_page(struct json_out *o, struct text next, struct text *out)
{
    wire_close(o);
    wire_put_text_if(o, "next", next);
    wire_close(o);
    return wire_finish(o, out);
}

/* ---- patient ---- */

static void put_patient(struct json_out *o, const struct patient *p)
{
    wire_open_object(o);
    wire_put_member(o, "id", uuid, p->id);
    wire_put_key(o, "identifiers");
    wire_open_array(o);
    for (uint32_t i = 0; i < p->identifier_count; i++) {
        wire_open_object(o);
        wire_put_member(o, "system", text, p->identifiers[i].system);
        wire_put_member(o, "value", text, p->identifiers[i].value);
        wire_close(o);
    }
    wire_close(o);
    wire_put_date_if(o, "birth_date", p->birth_day);
    wire_put_member(o, "sex", text, wire_word(&wire_sexes, p->sex));
    wire_put_text_if(o, "label", p->label);
    wire_put_member(o, "created_at", time, p->created_us);
    wire_close(o);
}

struct result wire_write_patient(struct call *c, const struct patient *p, struct text *out)
{
    struct json_out o = wire_begin(c->arena, 384);
    put_patient(&o, p);
    return wire_finish(&o, out);
}

struct result wire_write_patients(struct call *c, const struct patient_page *page, struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 320);
    for (uint32_t i = 0; i < page->count; i++)
        put_patient(&o, &page->items[i]);
    return wire_finish_page(&o, page->next, out);
}

/* ---- episode ---- */

void wire_put_pinned(struct json_out *o, const struct episode *e, struct text title,
                     struct text digest)
{
    wire_open_object(o);
    wire_put_member(o, "id", text, e->protocol);
    wire_put_member(o, "version", whole, e->protocol_version);
    wire_put_member(o, "etag", text, e->protocol_etag);
    wire_put_text_if(o, "digest", digest);
    wire_put_text_if(o, "title", title);
    wire_close(o);
}

static void put_strata(struct json_out *o, const struct episode *e)
{
    if (e->stratum_count == 0) return;
    wire_put_key(o, "strata");
    wire_open_object(o);
    for (uint32_t i = 0; i < e->stratum_count; i++) {
        wire_put_name(o, e->strata[i].name);
        wire_put_text(o, e->strata[i].value);
    }
    wire_close(o);
}

static void put_tracks(struct json_out *o, const struct episode *e)
{
    wire_put_key(o, "tracks");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->track_count; i++) {
        wire_open_object(o);
        wire_put_member(o, "id", text, e->tracks[i].id);
        wire_put_text_if(o, "phase", e->tracks[i].phase);
        wire_put_time_if(o, "entered_at", e->tracks[i].entered_us);
        wire_put_member(o, "state", text, wire_word(&wire_track_states, e->tracks[i].state));
        wire_close(o);
    }
    wire_close(o);
}

static void put_episode(struct json_out *o, const struct episode *e)
{
    wire_open_object(o);
    wire_put_member(o, "id", uuid, e->id);
    wire_put_member(o, "patient_id", uuid, e->patient);
    wire_put_key(o, "protocol");
    wire_put_pinned(o, e, (struct text){NULL, 0}, (struct text){NULL, 0});
    wire_put_member(o, "side", text, wire_word(&wire_sides, e->side));
    wire_put_date_if(o, "onset_date", e->onset_day);
    wire_put_date_if(o, "surgery_date", e->surgery_day);
    put_strata(o, e);
    wire_put_member(o, "state", text, wire_word(&wire_states, e->state));
    put_tracks(o, e);
    wire_put_member(o, "version", whole, e->version);
    wire_put_time_if(o, "started_at", e->started_us);
    wire_put_member(o, "created_at", time, e->created_us);
    wire_put_time_if(o, "ended_at", e->ended_us);
    wire_close(o);
}

struct result wire_write_episode(struct call *c, const struct episode *e, struct text *out)
{
    struct json_out o = wire_begin(c->arena, 640);
    put_episode(&o, e);
    return wire_finish(&o, out);
}

struct result wire_write_episodes(struct call *c, const struct episode_page *page, struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 576);
    for (uint32_t i = 0; i < page->count; i++)
        put_episode(&o, &page->items[i]);
    return wire_finish_page(&o, page->next, out);
}

/* ---- assessment ---- */

/* Read back from the store without its measure at hand, a value tells its kind by its form. */
static enum measure_kind kind_of(const struct observation *b)
{
    int64_t nano;
    if (b->of != NULL) return b->of->kind;
    if (text_is(b->value, "true") || text_is(b->value, "false")) return MEASURE_BOOLEAN;
    return wire_number_nano(b->value, 9, &nano) == NUMBER_EXACT ? MEASURE_NUMBER : MEASURE_ORDINAL;
}

void wire_put_value(struct json_out *o, const struct observation *b)
{
    if (kind_of(b) == MEASURE_ORDINAL) {
        wire_put_text(o, b->value);
    } else {
        wire_put_raw(o, b->value);
    }
}

static void put_canonical(struct json_out *o, const struct observation *b)
{
    if (b->of == NULL || b->unit.size == 0 || text_equal(b->unit, b->of->unit)) return;
    wire_put_key(o, "canonical");
    wire_open_object(o);
    wire_put_member(o, "value", nano, b->value_nano);
    wire_put_member(o, "unit", text, b->of->unit);
    wire_close(o);
}

static void put_qualifiers(struct json_out *o, const struct observation *b)
{
    if (b->qualifiers_known == 0) return;
    wire_put_key(o, "qualifiers");
    wire_open_object(o);
    for (uint32_t bit = 0; bit < wire_qualifiers.count; bit++) {
        if ((b->qualifiers_known >> bit & 1) == 0) continue;
        wire_put_name(o, wire_word(&wire_qualifiers, bit));
        wire_put_bool(o, (b->qualifiers_held >> bit & 1) != 0);
    }
    wire_close(o);
}

static void put_observation(struct json_out *o, const struct observation *b)
{
    wire_open_object(o);
    wire_put_member(o, "measure", text, b->measure);
    if (b->side != SIDE_NONE) wire_put_member(o, "side", text, wire_word(&wire_sides, b->side));
    wire_put_key(o, "value");
    wire_put_value(o, b);
    wire_put_text_if(o, "unit", b->unit);
    put_canonical(o, b);
    if (b->trial != 0) wire_put_member(o, "trial", whole, b->trial);
    put_qualifiers(o, b);
    wire_close(o);
}

static void put_session(struct json_out *o, const struct care_session *s)
{
    if (s->activity.size == 0) return;
    wire_put_key(o, "session");
    wire_open_object(o);
    wire_put_member(o, "activity", text, s->activity);
    wire_put_member(o, "completed", bool, s->completed);
    wire_put_member(o, "prescribed", bool, s->prescribed);
    wire_put_time_if(o, "ended_at", s->ended_us);
    wire_close(o);
}

void wire_put_assessment_members(struct json_out *o, const struct assessment *a)
{
    wire_put_member(o, "id", uuid, a->id);
    wire_put_member(o, "episode_id", uuid, a->episode);
    wire_put_member(o, "occurred_at", time, a->occurred_us);
    wire_put_member(o, "recorded_at", time, a->recorded_us);
    wire_put_text_if(o, "assessor", a->assessor);
    if (a->actor_role != ROLE_NONE)
        wire_put_member(o, "actor_role", text, wire_word(&wire_roles, a->actor_role));
    put_session(o, &a->session);
    wire_put_key(o, "observations");
    wire_open_array(o);
    for (uint32_t i = 0; i < a->observation_count; i++)
        put_observation(o, &a->observations[i]);
    wire_close(o);
    if (a->voided_us == NO_TIME) return;
    wire_put_key(o, "voided");
    wire_open_object(o);
    wire_put_member(o, "at", time, a->voided_us);
    wire_put_member(o, "reason", text, a->void_reason);
    wire_close(o);
}

static void put_assessment(struct json_out *o, const struct assessment *a)
{
    wire_open_object(o);
    wire_put_assessment_members(o, a);
    wire_close(o);
}

struct result wire_write_assessment(struct call *c, const struct assessment *a, struct text *out)
{
    struct json_out o = wire_begin(c->arena, 320 + (size_t)a->observation_count * 128);
    put_assessment(&o, a);
    return wire_finish(&o, out);
}

struct result wire_write_assessments(struct call *c, const struct assessment_page *page,
                                     struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 768);
    for (uint32_t i = 0; i < page->count; i++)
        put_assessment(&o, &page->items[i]);
    return wire_finish_page(&o, page->next, out);
}

/* ---- transition ---- */

static void put_override(struct json_out *o, const struct transition *t)
{
    if (t->override_code == OVERRIDE_NONE) return;
    wire_put_key(o, "override");
    wire_open_object(o);
    wire_put_member(o, "reason_code", text, wire_word(&wire_overrides, t->override_code));
    wire_put_member(o, "reason", text, t->override_reason);
    wire_close(o);
}

static void put_red_flags(struct json_out *o, const struct text *ids, uint32_t count)
{
    if (count == 0) return;
    wire_put_key(o, "red_flags");
    wire_open_array(o);
    for (uint32_t i = 0; i < count; i++)
        wire_put_text(o, ids[i]);
    wire_close(o);
}

static void put_transition(struct json_out *o, const struct transition *t)
{
    wire_open_object(o);
    wire_put_member(o, "id", uuid, t->id);
    wire_put_member(o, "episode_id", uuid, t->episode);
    wire_put_member(o, "seq", whole, t->seq);
    wire_put_member(o, "kind", text, wire_word(&wire_moves, t->kind));
    wire_put_text_if(o, "track", t->track);
    wire_put_text_if(o, "from", t->from);
    wire_put_text_if(o, "to", t->to);
    put_red_flags(o, t->red_flags, t->red_flag_count);
    wire_put_member(o, "occurred_at", time, t->occurred_us);
    wire_put_member(o, "recorded_at", time, t->recorded_us);
    wire_put_uuid_if(o, "actor", t->actor);
    if (t->actor_role != ROLE_NONE)
        wire_put_member(o, "actor_role", text, wire_word(&wire_roles, t->actor_role));
    wire_put_text_if(o, "reason", t->reason);
    put_override(o, t);
    if (t->decision.size > 0) wire_put_member(o, "decision", raw, t->decision);
    wire_close(o);
}

struct result wire_write_transition(struct call *c, const struct transition *t, struct text *out)
{
    struct json_out o = wire_begin(c->arena, 640 + t->decision.size + t->reason.size);
    put_transition(&o, t);
    return wire_finish(&o, out);
}

struct result wire_write_transitions(struct call *c, const struct transition_page *page,
                                     struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 4096);
    for (uint32_t i = 0; i < page->count; i++)
        put_transition(&o, &page->items[i]);
    return wire_finish_page(&o, page->next, out);
}

/* ---- timeline ---- */

static void put_timeline_entry(struct json_out *o, const struct timeline_entry *t)
{
    wire_open_object(o);
    wire_put_member(o, "kind", text, t->kind);
    wire_put_member(o, "id", uuid, t->id);
    wire_put_member(o, "occurred_at", time, t->occurred_us);
    wire_put_member(o, "recorded_at", time, t->recorded_us);
    wire_put_text_if(o, "move", t->summary_kind);
    wire_put_text_if(o, "from", t->summary_from);
    wire_put_text_if(o, "to", t->summary_to);
    if (t->summary_kind.size > 0) wire_put_member(o, "overridden", bool, t->overridden);
    if (t->observation_count > 0)
        wire_put_member(o, "observation_count", whole, t->observation_count);
    put_red_flags(o, t->red_flags, t->red_flag_count);
    wire_put_text_if(o, "activity", t->activity);
    if (t->activity.size > 0) wire_put_member(o, "completed", bool, t->completed);
    wire_close(o);
}

struct result wire_write_timeline(struct call *c, const struct timeline_page *page,
                                  struct text *out)
{
    struct json_out o = wire_begin_page(c->arena, page->count, 256);
    for (uint32_t i = 0; i < page->count; i++)
        put_timeline_entry(&o, &page->items[i]);
    return wire_finish_page(&o, page->next, out);
}
