/* SPDX-License-Identifier: Apache-2.0 */
/* What comes on record late never undoes a move. But a move that it would have blocked is looked at
 * again: it is judged as of the moment it was made, from where the patient stood then, on all that
 * is known by now. */
#include "inside.h"

/*= src:EVIDENCE#6.2-16  a back-dated value raises a review */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* When something it may rest on last came on record, or left it, after the move; NO_TIME: never. */
static int64_t disturbed_us(const struct case_file *file, const struct transition *t)
{
    int64_t since_us = t->disturbed_us;
    for (uint32_t i = 0; i < file->observation_count; i++) {
        const struct observation *o = &file->observations[i];
        if (o->occurred_us > t->occurred_us) break;
        if (o->recorded_us > t->recorded_us) since_us = later(since_us, o->recorded_us);
    }
    for (uint32_t i = 0; i < file->session_count; i++) {
        const struct care_session *s = &file->sessions[i];
        if (s->occurred_us > t->occurred_us) break;
        if (s->recorded_us > t->recorded_us) since_us = later(since_us, s->recorded_us);
    }
    return since_us;
}

/* Has the patient been taken back behind the move, whatever the reason? */
static bool takes_back(const struct rehab_protocol *p, const struct transition *move,
                       const struct transition *after)
{
    if (after->kind == MOVE_RESTART || after->kind == MOVE_WITHDRAW) return true;
    if (after->kind != MOVE_REGRESS || !text_equal(after->track, move->track)) return false;
    uint32_t track = rehab_find_track(p, text_to(move->track));
    return rehab_find_phase(p, track, text_to(after->to)) <=
           rehab_find_phase(p, track, text_to(move->from));
}

/* Did somebody act on the track, knowing of it? */
static bool answers(const struct transition *move, const struct transition *after, int64_t since_us)
{
    bool acts =
        after->kind == MOVE_HOLD || after->kind == MOVE_REGRESS || after->kind == MOVE_ACKNOWLEDGE;
    bool here = after->track.size == 0 || text_equal(after->track, move->track);
    return acts && here && after->recorded_us > since_us;
}

static bool is_settled(const struct case_file *file, uint32_t move, int64_t since_us,
                       int64_t as_of_us)
{
    const struct transition *t = &file->transitions[move];
    for (uint32_t i = move + 1; i < file->transition_count; i++) {
        const struct transition *after = &file->transitions[i];
        if (after->occurred_us > as_of_us) break;
        if (takes_back(file->rules, t, after) || answers(t, after, since_us)) return true;
    }
    return false;
}

/* ---- the move, judged again ---- */

static struct rehab_made_move made_of(const struct case_file *file, const struct transition *t,
                                      uint32_t track)
{
    struct rehab_made_move made = {.move = REHAB_COMPLETE, .track = track, .to = REHAB_NONE};
    made.at = instant_of(file->zone, t->occurred_us);
    if (t->kind == MOVE_COMPLETE) return made;
    made.move = REHAB_ADVANCE;
    made.to = rehab_find_phase(file->rules, track, text_to(t->to));
    return made;
}

static struct result judge_again(struct call *c, const struct case_file *file, uint32_t move,
                                 struct review *out, bool *blocked)
{
    const struct transition *t = &file->transitions[move];
    struct case_file before = *file;
    struct case_file seen;
    struct standing standing;
    struct rehab_evidence evidence;
    uint32_t track = rehab_find_track(file->rules, text_to(t->track));
    before.transition_count = move;
    *blocked = false;
    TRY(case_stand(c, &before, t->occurred_us, &standing));
    if (track == REHAB_NONE || standing.tracks[track].phase == REHAB_NONE) return DONE;
    TRY(case_leave_out(c, &before, &standing, &seen));
    TRY(case_gather(c, &seen, &standing, &evidence));
    struct rehab_made_move made = made_of(file, t, track);
    struct rehab_review review;
    if (rehab_review_move(file->rules, &evidence, &made, c->arena, &review) != REHAB_DECIDED)
        return (struct result){c->arena->full ? NO_MEMORY : INTERNAL};
    *blocked = review.blocked;
    *out = (struct review){t, review.flag, review.findings, review.finding_count};
    return DONE;
}

/* Moves that went through a gate by its verdict; an override went against it with open eyes. */
static bool is_judged(const struct transition *t)
{
    bool forward = t->kind == MOVE_ADVANCE || t->kind == MOVE_COMPLETE;
    return forward && t->override_code == OVERRIDE_NONE;
}

struct result case_review(struct call *c, const struct case_file *file, int64_t as_of_us,
                          struct evaluation *out)
{
    struct review *reviews = NULL;
    for (uint32_t i = 0; i < file->transition_count; i++) {
        const struct transition *t = &file->transitions[i];
        bool blocked = false;
        if (t->occurred_us > as_of_us) break;
        if (!is_judged(t)) continue;
        int64_t since_us = disturbed_us(file, t);
        if (since_us == NO_TIME || is_settled(file, i, since_us, as_of_us)) continue;
        if (reviews == NULL)
            reviews = rehab_alloc(c->arena, file->transition_count * sizeof *reviews);
        if (reviews == NULL) return (struct result){NO_MEMORY};
        TRY(judge_again(c, file, i, &reviews[out->review_count], &blocked));
        out->review_count += blocked;
    }
    out->reviews = reviews;
    return DONE;
}
