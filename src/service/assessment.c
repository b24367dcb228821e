/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen, and what follows from it at once: an assessment that raises a red flag stops the
 * episode in the statement that records it. The state was judged on what had been read; when that
 * has changed meanwhile the write has no effect and all is read and judged again. */
#include "inside.h"

#include "../base/time.h"
#include "../base/uuid.h"

enum { ATTEMPTS = 5 };

/* The episode after a write that leaves its tracks alone: another state is another version. */
static struct result settle_state(struct call *c, const struct case_file *file,
                                  struct evaluation *e)
{
    struct episode *after = rehab_alloc(c->arena, sizeof *after);
    if (after == NULL) return (struct result){NO_MEMORY};
    *after = file->episode;
    after->state = e->episode->state;
    after->version += after->state != file->episode.state;
    e->episode = after;
    return DONE;
}

static struct result evaluate_now(struct call *c, const struct case_file *file,
                                  struct evaluation *out)
{
    TRY(case_evaluate(c, file, case_latest_us(file, c->now_us), NO_TIME, out));
    return settle_state(c, file, out);
}

/* The red flags that this assessment raised: those that were not before it. */
static struct result note_raised(struct call *c, const struct case_file *before,
                                 const struct evaluation *e, struct assessment *a)
{
    struct evaluation prior;
    const struct rehab_decision *d = e->decision;
    a->red_flag_count = 0;
    a->red_flags = rehab_alloc(c->arena, (d->red_flag_count + 1) * sizeof *a->red_flags);
    if (a->red_flags == NULL) return (struct result){NO_MEMORY};
    if (e->episode->state != EPISODE_STOPPED) return DONE;
    TRY(evaluate_now(c, before, &prior));
    for (uint32_t i = 0; i < d->red_flag_count; i++) {
        uint32_t flag = d->red_flags[i].flag;
        if (!d->red_flags[i].raised || decision_raises(prior.decision, flag)) continue;
        const struct rehab_red_flag_row *row = &e->protocol->red_flags[flag];
        a->red_flags[a->red_flag_count++] = text_from(rehab_text_at(e->protocol, row->id));
    }
    return DONE;
}

/* ---- recording ---- */

/* In an episode about one side, `both` would be of no side that a criterion asks for. */
static struct result check_sides(struct call *c, const struct episode *e,
                                 const struct assessment *a)
{
    bool one = e->side == SIDE_LEFT || e->side == SIDE_RIGHT;
    for (uint32_t i = 0; one && i < a->observation_count; i++) {
        if (a->observations[i].side != SIDE_BOTH) continue;
        (void)call_fault(c, WRONG_SIDE, text_format(c->arena, "/observations/%u/side", i),
                         TEXT("Send left and right, each with its value."));
    }
    return call_faults(c);
}

/* A session of what the protocol does not know would count for nothing. */
static struct result check_activity(struct call *c, const struct rehab_protocol *p,
                                    struct text activity)
{
    uint32_t count = rehab_count(p, REHAB_ACTIVITIES);
    struct text detail = TEXT("The protocol asks for no sessions: leave `session` out.");
    if (rehab_find_activity(p, text_to(activity)) != REHAB_NONE) return DONE;
    for (uint32_t i = 0; i < count; i++) {
        struct text id = text_from(rehab_text_at(p, p->activities[i].id));
        detail = i == 0 ? text_format(c->arena, "Send one of %.*s", TEXT_FMT(id))
                        : text_format(c->arena, "%.*s, %.*s", TEXT_FMT(detail), TEXT_FMT(id));
    }
    if (count > 0) detail = text_format(c->arena, "%.*s.", TEXT_FMT(detail));
    return call_fault(c, UNKNOWN_ACTIVITY, TEXT("/session/activity"), detail);
}

/* It begins when the assessment occurred, and is over by now. */
static struct result check_session(struct call *c, const struct rehab_protocol *p,
                                   const struct assessment *a, struct care_session *s)
{
    struct text pointer = TEXT("/session/ended_at");
    if (s->activity.size == 0) return DONE;
    TRY(check_activity(c, p, s->activity));
    if (s->ended_us == NO_TIME) s->ended_us = a->occurred_us;
    TRY(settle_time(c, pointer, &s->ended_us));
    if (s->ended_us >= a->occurred_us) return DONE;
    return call_fault(c, BAD_VALUE, pointer,
                      TEXT("Send a time at or after `occurred_at`, when the session began."));
}

static struct result check_assessment(struct call *c, const struct case_file *file,
                                      struct assessment *a)
{
    enum episode_state state = file->episode.state;
    if (state == EPISODE_COMPLETED || state == EPISODE_WITHDRAWN) {
        return call_fail(c, STATE_FORBIDS, "The episode has ended. Start another one to go on.");
    }
    TRY(check_sides(c, &file->episode, a));
    TRY(settle_time(c, TEXT("/occurred_at"), &a->occurred_us));
    TRY(check_session(c, file->rules, a, &a->session));
    return check_onset(c, TEXT("/occurred_at"), file->zone, file->episode.onset_day,
                       a->occurred_us);
}

static void fill_assessment(struct call *c, struct uuid episode, struct assessment *a)
{
    a->id = uuid_make(c->now_us);
    a->episode = episode;
    a->recorded_us = c->now_us;
    a->actor = c->caller.key;
    a->actor_role = c->caller.role;
    a->voided_us = NO_TIME;
}

static struct result
try_record(struct call *c, struct idempotency *once, struct uuid episode,
           const struct if_match *if_match, struct assessment *a,
           struct result (*render)(struct call *, const struct assessment_answer *, struct text *))
{
    struct case_file file;
    struct evaluation e;
    struct answer answer = {.status = 201};
    TRY(case_load(c, episode, c->now_us + US_PER_DAY, NO_TIME, &file));
    TRY(check_version(c, if_match, &file.episode));
    TRY(check_assessment(c, &file, a));
    fill_assessment(c, episode, a);
    struct case_file before = file;
    TRY(case_add_assessment(c, &file, a));
    TRY(evaluate_now(c, &file, &e));
    TRY(note_raised(c, &before, &e, a));
    TRY(render(c, &(struct assessment_answer){.assessment = a, .evaluation = &e}, &answer.body));
    once_answer(c, once, answer);
    return store_record_assessment(c, &file.episode, e.episode->state, a, once);
}

struct result service_record_assessment(
    struct call *c, struct idempotency *once, struct uuid episode, const struct if_match *if_match,
    struct assessment *a,
    struct result (*render)(struct call *, const struct assessment_answer *, struct text *),
    struct written *out)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        TRY(once_find(c, once, out));
        if (out->replayed) return DONE;
        struct result r = try_record(c, once, episode, if_match, a, render);
        if (r.code != GUARD_MISSED) return once_settle(c, r, once, out);
    }
    return (struct result){CONFLICT};
}

/* ---- voiding ---- */

/* Voiding what alone holds a red flag up clears it: who may do the one may do the other. */
static struct result note_fallen(struct call *c, const struct rehab_decision *before,
                                 const struct evaluation *after, struct assessment_void *v)
{
    v->red_flags = rehab_alloc(c->arena, (before->red_flag_count + 1) * sizeof *v->red_flags);
    if (v->red_flags == NULL) return (struct result){NO_MEMORY};
    for (uint32_t i = 0; i < before->red_flag_count; i++) {
        uint32_t flag = before->red_flags[i].flag;
        if (!before->red_flags[i].raised || decision_raises(after->decision, flag)) continue;
        TRY(check_clearing(c, after->protocol, flag));
        v->red_flags[v->red_flag_count++] =
            text_from(rehab_text_at(after->protocol, after->protocol->red_flags[flag].id));
    }
    return DONE;
}

static struct result
try_void(struct call *c, struct idempotency *once, struct uuid id, const struct if_match *if_match,
         struct text reason,
         struct result (*render)(struct call *, const struct assessment_answer *, struct text *))
{
    struct assessment a;
    struct case_file file;
    struct evaluation before;
    struct evaluation e;
    struct assessment_void v = {.assessment = id, .reason = reason};
    struct answer answer = {.status = 200};
    TRY(store_load_assessment(c, id, &a));
    if (a.voided_us != NO_TIME) return (struct result){ALREADY_VOID};
    catalogue_name_measures(c, a.observations, a.observation_count);
    TRY(case_load(c, a.episode, c->now_us + US_PER_DAY, NO_TIME, &file));
    TRY(check_version(c, if_match, &file.episode));
    TRY(evaluate_now(c, &file, &before));
    case_drop_assessment(&file, &a, c->now_us);
    TRY(evaluate_now(c, &file, &e));
    TRY(note_fallen(c, before.decision, &e, &v));
    a.voided_us = c->now_us;
    a.void_reason = reason;
    TRY(render(c, &(struct assessment_answer){.assessment = &a, .evaluation = &e}, &answer.body));
    once_answer(c, once, answer);
    return store_void_assessment(c, &file.episode, e.episode->state, &v, once);
}

struct result service_void_assessment(
    struct call *c, struct idempotency *once, struct uuid assessment,
    const struct if_match *if_match, struct text reason,
    struct result (*render)(struct call *, const struct assessment_answer *, struct text *),
    struct written *out)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        TRY(once_find(c, once, out));
        if (out->replayed) return DONE;
        struct result r = try_void(c, once, assessment, if_match, reason, render);
        if (r.code != GUARD_MISSED) return once_settle(c, r, once, out);
    }
    return (struct result){CONFLICT};
}

/* ---- reading ---- */

struct result service_list_assessments(struct call *c, struct uuid episode, struct page *page,
                                       struct assessment **items, uint32_t *count)
{
    struct place after;
    struct episode e;
    struct text list = list_of(c, "assessments", episode);
    TRY(cursor_open(c, page, list, &after));
    TRY(store_list_assessments(c, episode, after.us, after.id, page->limit + 1, items, count));
    if (*count == 0)
        return store_load_episode(c, episode, &e); /* none of it, or no episode at all? */
    for (uint32_t i = 0; i < *count; i++) {
        catalogue_name_measures(c, (*items)[i].observations, (*items)[i].observation_count);
    }
    if (*count <= page->limit) return DONE;
    *count = page->limit;
    const struct assessment *last = &(*items)[*count - 1];
    page->next =
        cursor_write(c->arena, list, (struct place){.us = last->occurred_us, .id = last->id});
    return DONE;
}
