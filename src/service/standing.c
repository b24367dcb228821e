/* SPDX-License-Identifier: Apache-2.0 */
/* Where the patient stands: the fold of the recorded moves. The state of an episode is never
 * guessed: it follows from them and from the red flags that are raised. */
#include "inside.h"

/* Every track in its first phase, from `at` on. */
static void begin_tracks(const struct rehab_protocol *p, struct rehab_instant at,
                         struct standing *s)
{
    for (uint32_t t = 0; t < s->track_count; t++) {
        s->tracks[t] = (struct rehab_track_state){p->tracks[t].phases.first, at, at};
        if (s->states[t] == TRACK_COMPLETED) s->states[t] = TRACK_ACTIVE;
    }
}

static void move_track(const struct case_file *file, const struct transition *move, uint32_t track,
                       struct standing *s)
{
    struct rehab_track_state *t = &s->tracks[track];
    struct rehab_instant at = instant_of(file->zone, move->occurred_us);
    if (s->states[track] == TRACK_COMPLETED) return;
    t->moved = at;
    switch (move->kind) {
    case MOVE_ADVANCE:
    case MOVE_REGRESS:
        t->phase = rehab_find_phase(file->rules, track, text_to(move->to));
        t->entered = at;
        break;
    case MOVE_HOLD: s->states[track] = TRACK_ON_HOLD; break;
    case MOVE_RESUME: s->states[track] = TRACK_ACTIVE; break;
    case MOVE_COMPLETE:
        t->phase = REHAB_NONE;
        s->states[track] = TRACK_COMPLETED;
        break;
    case MOVE_CLEAR_RED_FLAG:
    case MOVE_WITHDRAW:
    case MOVE_RESTART:
    case MOVE_ACKNOWLEDGE: break;
    }
}

static bool is_completed(const struct standing *s)
{
    for (uint32_t t = 0; t < s->track_count; t++) {
        if (s->states[t] != TRACK_COMPLETED) return false;
    }
    return true;
}

/* The gates of an episode that has ended are not asked any more. */
static void end(struct standing *s, int64_t at_us)
{
    for (uint32_t t = 0; t < s->track_count; t++)
        s->tracks[t].phase = REHAB_NONE;
    s->ended_us = at_us;
}

static void apply_move(const struct case_file *file, const struct transition *move,
                       struct standing *s)
{
    uint32_t only =
        move->track.size > 0 ? rehab_find_track(file->rules, text_to(move->track)) : REHAB_NONE;
    if (move->kind == MOVE_CLEAR_RED_FLAG || move->kind == MOVE_ACKNOWLEDGE) return;
    if (move->kind == MOVE_RESTART) {
        begin_tracks(file->rules, instant_of(file->zone, move->occurred_us), s);
        s->restart = move;
        return;
    }
    if (move->kind == MOVE_WITHDRAW) {
        s->withdrawn = true;
        end(s, move->occurred_us);
        return;
    }
    for (uint32_t t = 0; t < s->track_count; t++) {
        if (only == REHAB_NONE || only == t) move_track(file, move, t, s);
    }
    if (is_completed(s)) end(s, move->occurred_us);
}

struct result case_stand(struct call *c, const struct case_file *file, int64_t as_of_us,
                         struct standing *out)
{
    uint32_t count = rehab_count(file->rules, REHAB_TRACKS);
    *out = (struct standing){.track_count = count, .ended_us = NO_TIME};
    out->tracks = rehab_alloc(c->arena, count * sizeof *out->tracks + 1);
    out->states = rehab_alloc(c->arena, count * sizeof *out->states + 1);
    if (out->tracks == NULL || out->states == NULL) return (struct result){NO_MEMORY};
    memset(out->states, TRACK_ACTIVE, count * sizeof *out->states);
    begin_tracks(file->rules, instant_of(file->zone, file->episode.started_us), out);
    for (uint32_t i = 0; i < file->transition_count; i++) {
        if (file->transitions[i].occurred_us <= as_of_us)
            apply_move(file, &file->transitions[i], out);
    }
    return DONE;
}

/* ---- the episode as it stands ---- */

/* What is completed holds nothing up. */
static bool is_on_hold(const struct standing *s)
{
    for (uint32_t t = 0; t < s->track_count; t++) {
        if (s->states[t] == TRACK_ACTIVE) return false;
    }
    return true;
}

static enum episode_state judge_standing(const struct standing *s, const struct rehab_decision *d)
{
    if (s->withdrawn) return EPISODE_WITHDRAWN;
    if (is_completed(s)) return EPISODE_COMPLETED;
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        if (d->red_flags[i].raised) return EPISODE_STOPPED;
    }
    return is_on_hold(s) ? EPISODE_ON_HOLD : EPISODE_ACTIVE;
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
    struct text first = text_from(rehab_text_at(p, p->phases[p->tracks[track].phases.first].id));
    struct text phase = first;
    for (uint32_t i = 0; i < file->transition_count; i++) {
        const struct transition *t = &file->transitions[i];
        if (t->kind == MOVE_RESTART) phase = first;
        if (t->to.size > 0 && text_equal(t->track, id)) phase = t->to;
    }
    return phase;
}

struct result case_describe(struct call *c, const struct case_file *file, const struct standing *s,
                            const struct rehab_decision *d, struct episode *out)
{
    struct track *tracks = rehab_alloc(c->arena, s->track_count * sizeof *tracks + 1);
    if (tracks == NULL) return (struct result){NO_MEMORY};
    for (uint32_t t = 0; t < s->track_count; t++) {
        tracks[t] =
            (struct track){text_from(rehab_text_at(file->rules, file->rules->tracks[t].id)),
                           last_phase(file, t, s), s->tracks[t].entered.utc_us, s->states[t]};
    }
    *out = file->episode;
    out->tracks = tracks;
    out->track_count = s->track_count;
    out->state = judge_standing(s, d);
    out->ended_us = s->ended_us;
    return DONE;
}
