/* SPDX-License-Identifier: Apache-2.0 */
/* What to do today: the prescriptions of the present phases with their dosage, which of them are
 * open and why not, and what else the phases say. */
#include "../base/time.h"
#include "inside.h"
#include "json_in.h"
#include "wire.h"

#include <assert.h>
#include <stdio.h>

/* ---- where the patient stands ---- */

static void put_plan_tracks(struct json_out *o, const struct evaluation *e)
{
    wire_put_key(o, "tracks");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->track_count; i++) {
        const struct rehab_track_result *t = &e->decision->tracks[i];
        if (t->phase == REHAB_NONE) continue;
        const struct rehab_phase_row *phase = &e->protocol->phases[t->phase];
        wire_open_object(o);
        wire_put_member(o, "id", text, wire_track_id(e, t->track));
        wire_put_key(o, "phase");
        wire_open_object(o);
        wire_put_member(o, "id", text, wire_ref(e, phase->id));
        wire_put_text_if(o, "title", wire_words(e, phase->title));
        wire_close(o);
        wire_put_member(o, "days", whole, t->days_in_phase);
        wire_put_expectation(o, e, t);
        wire_close(o);
    }
    wire_close(o);
}

/* ---- exercises ---- */

#define PUT_SECONDS(o, key, seconds)                                                               \
    do {                                                                                           \
        char duration_[16];                                                                        \
        size_t size_ = write_seconds(duration_, (seconds));                                        \
        if (size_ > 0) wire_put_member(o, key, text, ((struct text){duration_, size_}));           \
    } while (0)

/* ISO 8601, as documents write it; nothing for none. */
static size_t write_seconds(char out[static 16], uint32_t seconds)
{
    int size = seconds == 0 ? 0 : snprintf(out, 16, "PT%uS", seconds);
    assert(size >= 0 && size < 16);
    return (size_t)size;
}

#define PUT_COUNT(o, key, count)                                                                   \
    do {                                                                                           \
        if ((count) > 0) wire_put_member(o, key, whole, count);                                    \
    } while (0)

static void put_dosage(struct json_out *o, const struct evaluation *e,
                       const struct rehab_prescription_row *p)
{
    PUT_COUNT(o, "sets", p->sets);
    PUT_COUNT(o, "repetitions", p->repetitions);
    PUT_SECONDS(o, "hold", p->hold_s);
    if (p->tempo_up_s > 0 || p->tempo_down_s > 0) {
        wire_put_key(o, "tempo");
        wire_open_object(o);
        PUT_SECONDS(o, "up", p->tempo_up_s);
        PUT_SECONDS(o, "down", p->tempo_down_s);
        wire_close(o);
    }
    if (p->per_day > 0 || p->per_week > 0 || p->every_days > 0) {
        wire_put_key(o, "schedule");
        wire_open_object(o);
        PUT_COUNT(o, "per_day", p->per_day);
        PUT_COUNT(o, "per_week", p->per_week);
        PUT_COUNT(o, "every_days", p->every_days);
        wire_close(o);
    }
    wire_put_text_if(o, "side", wire_ref(e, p->side));
}

static void put_caps(struct json_out *o, const struct evaluation *e, uint32_t first,
                     const struct rehab_prescription_row *row,
                     const struct rehab_prescription_result *r)
{
    if (first == row->limits.count) return;
    wire_put_key(o, "caps");
    wire_open_array(o);
    for (uint32_t i = first; i < row->limits.count; i++)
        wire_put_limit(o, e, row->limits.first + i, r->limits.first + i);
    wire_close(o);
}

/* The limit stands before the caps. */
static void put_limits(struct json_out *o, const struct evaluation *e,
                       const struct rehab_prescription_row *row,
                       const struct rehab_prescription_result *r)
{
    bool limit = row->limits.count > 0 && !e->protocol->limits[row->limits.first].cap;
    if (limit) {
        wire_put_key(o, "limit");
        wire_put_limit(o, e, row->limits.first, r->limits.first);
    }
    put_caps(o, e, limit, row, r);
}

static void put_due(struct json_out *o, const struct rehab_prescription_result *r)
{
    char date[DATE_TEXT_SIZE];
    if (!r->has_due) return;
    size_t size = time_write_date(r->due_day, date);
    wire_put_member(o, "due", text, ((struct text){date, size}));
}

/* May the load be raised, and by how much. */
static void put_progress(struct json_out *o, const struct evaluation *e,
                         const struct rehab_prescription_row *p,
                         const struct rehab_prescription_result *r)
{
    if (!r->has_progress) return;
    wire_put_key(o, "progress");
    wire_open_object(o);
    wire_put_member(o, "verdict", text, wire_of_core(rehab_verdict_name(r->progress)));
    if (p->load_percent_high > 0) {
        wire_put_key(o, "load_percent");
        wire_open_array(o);
        wire_put_whole(o, p->load_percent_low);
        wire_put_whole(o, p->load_percent_high);
        wire_close(o);
    }
    wire_put_key(o, "criteria");
    wire_put_criteria(o, e, r->progress_findings);
    wire_put_source(o, e, &p->progress_citation);
    wire_close(o);
}

/* The title as it stands in the exercise's document, in the language of the answer or in English: a
 * literal, so it needs no decoding. */
static struct text title_literal(const struct plan *p, struct text id)
{
    const char *language = wire_tongue(&p->evaluation);
    for (uint32_t i = 0; i < p->exercise_count; i++) {
        if (!text_equal(p->exercises[i].id, id)) continue;
        struct text titles = wire_find_member(p->exercises[i].document, "title");
        struct text title = wire_find_member(titles, language);
        return title.size > 0 ? title : wire_find_member(titles, "en");
    }
    return (struct text){NULL, 0};
}

/* A red flag closes everything, and so does the end of the course. A hold only stops going on. */
static bool may_exercise(const struct evaluation *e)
{
    enum episode_state state = e->episode->state;
    return e->decision->recommendation.move != REHAB_STOP &&
           (state == EPISODE_ACTIVE || state == EPISODE_ON_HOLD);
}

static void put_exercise(struct json_out *o, const struct plan *p,
                         const struct rehab_prescription_result *r)
{
    const struct evaluation *e = &p->evaluation;
    const struct rehab_prescription_row *row = &e->protocol->prescriptions[r->prescription];
    struct text exercise = wire_ref(e, row->exercise), title = title_literal(p, exercise);
    wire_open_object(o);
    wire_put_text_if(o, "prescription", wire_ref(e, row->id));
    wire_put_member(o, "exercise", text, exercise);
    if (title.size > 0) wire_put_member(o, "title", raw, title);
    put_dosage(o, e, row);
    put_due(o, r);
    put_limits(o, e, row, r);
    bool selected = !r->has_deficits || r->selected == REHAB_MET;
    wire_put_member(o, "open", bool, r->verdict == REHAB_MET && selected && may_exercise(e));
    if (r->has_deficits)
        wire_put_member(o, "selected", text, wire_of_core(rehab_verdict_name(r->selected)));
    wire_put_member(o, "verdict", text, wire_of_core(rehab_verdict_name(r->verdict)));
    wire_put_key(o, "criteria");
    wire_put_criteria(o, e, r->findings);
    put_progress(o, e, row, r);
    wire_put_source(o, e, &row->citation);
    wire_close(o);
}

static void put_exercises(struct json_out *o, const struct plan *p)
{
    wire_put_key(o, "exercises");
    wire_open_array(o);
    for (uint32_t i = 0; i < p->evaluation.decision->prescription_count; i++) {
        put_exercise(o, p, &p->evaluation.decision->prescriptions[i]);
    }
    wire_close(o);
}

/* ---- treatments, advice, restrictions ---- */

static void put_pair(struct json_out *o, uint32_t low, uint32_t high)
{
    wire_open_array(o);
    wire_put_whole(o, low);
    wire_put_whole(o, high);
    wire_close(o);
}

static void put_treatment(struct json_out *o, const struct evaluation *e,
                          const struct rehab_treatment_row *t)
{
    wire_open_object(o);
    wire_put_member(o, "id", text, wire_ref(e, t->id));
    wire_put_text_if(o, "title", wire_words(e, t->title));
    wire_put_text_if(o, "text", wire_words(e, t->text));
    if (t->minutes_high > 0 || t->per_day_high > 0) {
        wire_put_key(o, "dosage");
        wire_open_object(o);
        if (t->minutes_high > 0)
            wire_put_key(o, "minutes"), put_pair(o, t->minutes_low, t->minutes_high);
        if (t->per_day_high > 0)
            wire_put_key(o, "per_day"), put_pair(o, t->per_day_low, t->per_day_high);
        wire_close(o);
    }
    wire_put_source(o, e, &t->citation);
    wire_close(o);
}

static void put_treatments(struct json_out *o, const struct evaluation *e)
{
    wire_put_key(o, "treatments");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->track_count; i++) {
        if (e->decision->tracks[i].phase == REHAB_NONE) continue;
        struct rehab_range all = e->protocol->phases[e->decision->tracks[i].phase].treatments;
        for (uint32_t k = 0; k < all.count; k++)
            put_treatment(o, e, &e->protocol->treatments[all.first + k]);
    }
    wire_close(o);
}

static void put_advice(struct json_out *o, const struct evaluation *e)
{
    wire_put_key(o, "advice");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->advice_count; i++) {
        const struct rehab_advice_result *r = &e->decision->advice[i];
        const struct rehab_advice_row *row = &e->protocol->advice[r->advice];
        if (!r->given) continue;
        wire_open_object(o);
        wire_put_member(o, "id", text, wire_ref(e, row->id));
        wire_put_text_if(o, "title", wire_words(e, row->title));
        wire_put_text_if(o, "text", wire_words(e, row->text));
        wire_close(o);
    }
    wire_close(o);
}

/* Is the k-th restriction of track i also one of an earlier track? */
static bool said_before(const struct evaluation *e, uint32_t i, struct text restriction)
{
    while (i-- > 0) {
        if (e->decision->tracks[i].phase == REHAB_NONE) continue;
        struct rehab_range all = e->protocol->phases[e->decision->tracks[i].phase].restrictions;
        for (uint32_t k = 0; k < all.count; k++) {
            if (text_equal(wire_ref(e, e->protocol->texts[all.first + k].text), restriction))
                return true;
        }
    }
    return false;
}

static void put_restrictions(struct json_out *o, const struct evaluation *e)
{
    wire_put_key(o, "restrictions");
    wire_open_array(o);
    for (uint32_t i = 0; i < e->decision->track_count; i++) {
        if (e->decision->tracks[i].phase == REHAB_NONE) continue;
        struct rehab_range all = e->protocol->phases[e->decision->tracks[i].phase].restrictions;
        for (uint32_t k = 0; k < all.count; k++) {
            struct text restriction = wire_ref(e, e->protocol->texts[all.first + k].text);
            if (!said_before(e, i, restriction)) wire_put_text(o, restriction);
        }
    }
    wire_close(o);
}

struct result wire_write_plan(struct call *c, const struct plan *p, struct text *out)
{
    const struct evaluation *e = &p->evaluation;
    struct json_out o = wire_begin(c->arena, 2048 + (size_t)e->decision->prescription_count * 512);
    wire_open_object(&o);
    wire_put_heading(&o, e);
    put_plan_tracks(&o, e);
    wire_put_red_flags(&o, e);
    put_exercises(&o, p);
    put_treatments(&o, e);
    put_advice(&o, e);
    put_restrictions(&o, e);
    wire_close(&o);
    return wire_finish(&o, out);
}
