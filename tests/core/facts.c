/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"

#include "base/time.h"

#include <string.h>

struct writer {
    FILE *f;
    const struct rehab_protocol *p;
    const struct rehab_evidence *e;
    const char *side;
};

void facts_write_text(FILE *f, struct rehab_text text)
{
    fputc('"', f);
    for (uint32_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\') fputc('\\', f);
        fputc(text.at[i], f);
    }
    fputc('"', f);
}

static void write_name(const struct writer *w, enum rehab_table table, uint32_t row)
{
    facts_write_text(w->f, rehab_row_name(w->p, table, row));
}

void facts_write_time(FILE *f, struct rehab_instant at)
{
    int64_t day = rehab_local_day(at), us = at.local_us - day * REHAB_DAY, seconds = us / 1000000;
    int64_t shift = (at.local_us - at.utc_us) / INT64_C(60000000);
    char date[DATE_TEXT_SIZE];
    time_write_date((int32_t)day, date);
    fprintf(f, "\"%.10sT%02d:%02d", date, (int)(seconds / 3600), (int)(seconds / 60 % 60));
    if (us % INT64_C(60000000) > 0)
        fprintf(f, ":%02d.%06d", (int)(seconds % 60), (int)(us % 1000000));
    if (shift == 0) fputs("Z\"", f);
    if (shift != 0)
        fprintf(f, "%c%02d:%02d\"", shift < 0 ? '-' : '+', (int)(shift < 0 ? -shift : shift) / 60,
                (int)(shift < 0 ? -shift : shift) % 60);
}

static void write_event(const struct writer *w, const char *name, const struct rehab_event *event)
{
    char date[DATE_TEXT_SIZE];
    if (!event->known) return;
    fprintf(w->f, ",\"%s\":", name);
    if (event->timed) {
        facts_write_time(w->f, event->at);
        return;
    }
    time_write_date(event->day, date);
    fprintf(w->f, "\"%.10s\"", date);
}

static void write_qualifiers(const struct writer *w, const struct rehab_observation *o)
{
    static const char *const names[] = {"analgesic_24h", "was_pain_free", "warmed_up",
                                        "poor_quality"};
    const char *before = ",\"qualifiers\":{";
    for (int i = 0; i < 4; i++) {
        if (((o->known >> i) & 1) == 0) continue;
        fprintf(w->f, "%s\"%s\":%s", before, names[i], (o->held >> i) & 1 ? "true" : "false");
        before = ",";
    }
    if (o->known != 0) fputc('}', w->f);
}

static void write_value(const struct writer *w, const struct rehab_observation *o)
{
    const struct rehab_measure_row *m = &w->p->measures[o->measure];
    char digits[REHAB_QUANTITY_TEXT];
    if (m->kind == REHAB_BOOLEAN) fputs(o->value_nano == 0 ? "false" : "true", w->f);
    if (m->kind == REHAB_ORDINAL)
        write_name(w, REHAB_TEXTS, m->labels.first + (uint32_t)(o->value_nano / REHAB_SCALE));
    if (m->kind == REHAB_NUMBER)
        fprintf(w->f, "%.*s", (int)rehab_write_quantity(o->value_nano, digits), digits);
}

static void write_observation(const struct writer *w, const struct rehab_observation *o)
{
    const char *other = strcmp(w->side, "left") == 0 ? "right" : "left";
    fputs("{\"measure\":", w->f);
    write_name(w, REHAB_MEASURES, o->measure);
    if (o->side != REHAB_SIDE_NONE)
        fprintf(w->f, ",\"side\":\"%s\"",
                o->side == REHAB_BOTH ? "both" : (o->side == REHAB_INVOLVED ? w->side : other));
    fputs(",\"value\":", w->f);
    write_value(w, o);
    if (o->trial != 0) fprintf(w->f, ",\"trial\":%d", o->trial);
    write_qualifiers(w, o);
    fputc('}', w->f);
}

/* The observations of the assessment of `first`, in order. */
static void write_observations(const struct writer *w, uint32_t first)
{
    const struct rehab_observation *o = w->e->observations;
    fputs(",\"observations\":[", w->f);
    for (uint32_t i = first; i < w->e->observation_count; i++) {
        if (o[i].assessment != o[first].assessment) continue;
        if (i > first) fputc(',', w->f);
        write_observation(w, &o[i]);
    }
    fputc(']', w->f);
}

static void write_session(const struct writer *w, const struct rehab_session *s)
{
    fputs(",\"session\":{\"activity\":", w->f);
    if (s->activity == REHAB_NONE16) fputs("\"another\"", w->f);
    if (s->activity != REHAB_NONE16) write_name(w, REHAB_ACTIVITIES, s->activity);
    fprintf(w->f,
            ",\"completed\":%s,\"prescribed\":%s,\"ended_at\":", s->completed ? "true" : "false",
            s->prescribed ? "true" : "false");
    facts_write_time(w->f, s->to);
    fputc('}', w->f);
}

static const struct rehab_session *session_of(const struct writer *w, uint32_t assessment)
{
    for (uint32_t i = 0; i < w->e->session_count; i++) {
        if (w->e->sessions[i].assessment == assessment) return &w->e->sessions[i];
    }
    return NULL;
}

static bool is_observed(const struct writer *w, uint32_t assessment, uint32_t before)
{
    for (uint32_t i = 0; i < before; i++) {
        if (w->e->observations[i].assessment == assessment) return true;
    }
    return false;
}

static void write_assessments(const struct writer *w)
{
    const char *before = ",\"assessments\":[";
    for (uint32_t i = 0; i < w->e->observation_count; i++) {
        const struct rehab_observation *o = &w->e->observations[i];
        if (is_observed(w, o->assessment, i)) continue;
        fprintf(w->f, "%s{\"occurred_at\":", before);
        facts_write_time(w->f, o->at);
        if (o->assessor != REHAB_NONE)
            fprintf(w->f, ",\"assessor\":\"pt-%x\"", (unsigned)o->assessor & 0xffff);
        write_observations(w, i);
        const struct rehab_session *s = session_of(w, o->assessment);
        if (s != NULL) write_session(w, s);
        fputc('}', w->f);
        before = ",";
    }
    for (uint32_t i = 0; i < w->e->session_count; i++) {
        const struct rehab_session *s = &w->e->sessions[i];
        if (is_observed(w, s->assessment, w->e->observation_count)) continue;
        fprintf(w->f, "%s{\"occurred_at\":", before);
        facts_write_time(w->f, s->from);
        write_session(w, s);
        fputc('}', w->f);
        before = ",";
    }
    if (*before == ',' && before[1] == '\0') fputc(']', w->f);
}

static void write_clearances(const struct writer *w)
{
    for (uint32_t i = 0; i < w->e->clearance_count; i++) {
        const struct rehab_clearance *c = &w->e->clearances[i];
        fputs(i == 0 ? ",\"clearances\":[{\"name\":" : ",{\"name\":", w->f);
        write_name(w, REHAB_CLEARANCES, c->name);
        fprintf(w->f, ",\"role\":\"%s\",\"given\":%s,\"at\":",
                c->role == REHAB_PHYSICIAN ? "physician" : "clinician",
                c->given ? "true" : "false");
        facts_write_time(w->f, c->at);
        fputs(i + 1 == w->e->clearance_count ? "}]" : "}", w->f);
    }
    for (uint32_t i = 0; i < w->e->flag_clearance_count; i++) {
        const struct rehab_flag_clearance *c = &w->e->flag_clearances[i];
        fputs(i == 0 ? ",\"red_flag_clearances\":[{\"red_flag\":" : ",{\"red_flag\":", w->f);
        write_name(w, REHAB_RED_FLAGS, c->flag);
        fprintf(w->f,
                ",\"role\":\"%s\",\"at\":", c->role == REHAB_PHYSICIAN ? "physician" : "clinician");
        facts_write_time(w->f, c->at);
        fputs(i + 1 == w->e->flag_clearance_count ? "}]" : "}", w->f);
    }
}

static void write_tracks(const struct writer *w)
{
    for (uint32_t i = 0; i < w->e->track_count; i++) {
        const struct rehab_track_state *t = &w->e->tracks[i];
        fputs(i == 0 ? ",\"tracks\":{" : ",", w->f);
        write_name(w, REHAB_TRACKS, i);
        fputs(":{\"phase\":", w->f);
        if (t->phase == REHAB_NONE) fputs("null", w->f);
        if (t->phase != REHAB_NONE) write_name(w, REHAB_PHASES, t->phase);
        fputs(",\"entered_at\":", w->f);
        facts_write_time(w->f, t->entered);
        if (memcmp(&t->entered, &t->moved, sizeof t->moved) != 0) {
            fputs(",\"moved_at\":", w->f);
            facts_write_time(w->f, t->moved);
        }
        fputs(i + 1 == w->e->track_count ? "}}" : "}", w->f);
    }
}

static void write_strata(const struct writer *w)
{
    const char *before = ",\"strata\":{";
    for (uint32_t i = 0; i < w->e->stratum_count; i++) {
        if (w->e->strata[i] == REHAB_STRATUM_UNKNOWN) continue;
        fputs(before, w->f);
        write_name(w, REHAB_STRATA, i);
        fputc(':', w->f);
        write_name(w, REHAB_TEXTS, w->p->strata[i].values.first + w->e->strata[i]);
        before = ",";
    }
    if (before[1] == '\0') fputc('}', w->f);
}

void facts_write(FILE *f, const struct rehab_protocol *p, const struct rehab_evidence *e,
                 const char *side)
{
    struct writer w = {f, p, e, *side == '\0' || strcmp(side, "none") == 0 ? "left" : side};
    fprintf(f, "{\"side\":\"%s\",\"started_at\":", w.side);
    facts_write_time(f, e->started);
    write_event(&w, "onset", &e->onset);
    write_event(&w, "surgery", &e->surgery);
    write_event(&w, "birth", &e->birth);
    write_strata(&w);
    write_tracks(&w);
    write_assessments(&w);
    write_clearances(&w);
    fputc('}', f);
}
