/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of observations before it is compared: points of a score, a percentile, the state of
 * an automaton. An automaton is told from the newest observation back: what is kept is where each
 * state would lead from there on, and as soon as all lead to the same one, what lies before cannot
 * matter. */
#include "core.h"

/*= src:EVIDENCE#6.2-5  of two values at one instant the worse, by the measure's direction: the
 * lower where more is better, else the higher */
static uint32_t worst_of_instant(const struct rehab_series *s, uint32_t side, uint32_t first)
{
    const struct rehab_observation *at = s->at;
    bool lower = s->p->measures[at[first].measure].direction == REHAB_HIGHER_IS_BETTER;
    uint32_t worst = first;
    for (uint32_t i = rehab_older(s, side, first);
         i != REHAB_NONE && at[i].at.utc_us == at[first].at.utc_us; i = rehab_older(s, side, i)) {
        if (lower ? at[i].value_nano < at[worst].value_nano
                  : at[i].value_nano > at[worst].value_nano)
            worst = i;
    }
    return worst;
}

/* How old what counts may be. */
struct window {
    int64_t from_us, within_us;
    bool calendar;
};

/* Why the newest observation of a list does not count at `now`; REHAB_REASON_NONE: it does. */
static enum rehab_reason refuse(const struct rehab_series *s, uint32_t measure, uint32_t newest,
                                struct rehab_instant now, struct window w)
{
    if (newest == REHAB_NONE)
        return s->invalid[measure] ? REHAB_REASON_INVALID : REHAB_REASON_MISSING;
    struct rehab_instant at = s->at[newest].at;
    bool old = w.within_us > 0 && rehab_is_older(at, now, w.within_us, w.calendar);
    return at.utc_us < w.from_us || old ? REHAB_REASON_STALE : REHAB_REASON_NONE;
}

/* ---- percentiles: R36 ---- */

int64_t rehab_find_percentile(const struct rehab_protocol *p, uint32_t norm, int64_t value)
{
    const struct rehab_range rows = p->norms[norm].rows;
    int64_t percentile = 0;
    for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
        if (p->norm_steps[i].value_nano > value) break;
        percentile = p->norm_steps[i].percentile_nano;
    }
    return percentile;
}

/* ---- scores: R33 ---- */

/* The observation that an item counts at `now`, of those from `newest` back. */
static uint32_t find_item(const struct rehab_series *s, const struct rehab_score_item_row *item,
                          uint32_t newest, struct rehab_instant now, int64_t from_us,
                          enum rehab_reason *reason)
{
    const struct window w = {from_us, item->within_us, item->calendar != 0};
    *reason = refuse(s, item->measure, newest, now, w);
    return *reason == REHAB_REASON_NONE ? worst_of_instant(s, item->side, newest) : REHAB_NONE;
}

uint32_t rehab_find_item(const struct rehab_series *s, const struct rehab_score_item_row *item,
                         int64_t from_us, enum rehab_reason *reason)
{
    uint32_t newest = rehab_list_of(s, item->measure, item->side)->newest;
    return find_item(s, item, newest, s->as_of, from_us, reason);
}

int64_t rehab_find_points(const struct rehab_protocol *p, struct rehab_range bands, int64_t value)
{
    for (uint32_t i = bands.first; i < bands.first + bands.count; i++) {
        const struct rehab_score_band_row *r = &p->score_bands[i];
        if (rehab_fits(r->op, value, r->bound_nano, r->upper_nano)) return r->points_nano;
    }
    return 0;
}

/* Between which points the score lies. */
struct span {
    int64_t low, high;
};

/*= src:EVIDENCE#6.1-R33  met or not met when every completion of what is unknown says so */
static enum rehab_verdict judge_span(const struct rehab_criterion_row *row, int64_t bound,
                                     struct span s)
{
    struct span good = {bound, bound};
    if (row->op == REHAB_LT || row->op == REHAB_LE) good.low = INT64_MIN;
    if (row->op == REHAB_GT || row->op == REHAB_GE) good.high = INT64_MAX;
    if (row->op == REHAB_LT) good.high--;
    if (row->op == REHAB_GT) good.low++;
    if (row->op == REHAB_BETWEEN) good.high = row->upper_nano;
    bool inside = s.low >= good.low && s.high <= good.high;
    bool outside = s.high < good.low || s.low > good.high, turned = row->op == REHAB_NE;
    if (turned ? outside : inside) return REHAB_MET;
    return (turned ? inside : outside) ? REHAB_NOT_MET : REHAB_UNKNOWN;
}

/* A score at one instant. */
struct look {
    struct rehab_instant now;
    uint32_t newest[REHAB_MAX_SCORED]; /* by item: observation of its list, REHAB_NONE */
};

static void judge_look(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       const struct look *look, struct rehab_finding *f)
{
    const struct rehab_protocol *p = v->s->p;
    const struct rehab_range items = p->scores[row->name].items;
    struct span sum = {0, 0};
    enum rehab_reason first = REHAB_REASON_NONE, reason;
    for (uint32_t i = 0; i < items.count; i++) {
        const struct rehab_score_item_row *item = &p->score_items[items.first + i];
        uint32_t found = find_item(v->s, item, look->newest[i], look->now, v->from_us, &reason);
        bool known = found != REHAB_NONE;
        int64_t points = known ? rehab_find_points(p, item->bands, v->s->at[found].value_nano) : 0;
        sum.low += known ? points : item->least_nano;
        sum.high += known ? points : item->most_nano;
        if (first == REHAB_REASON_NONE) first = reason;
        if (found < f->observation) f->observation = found; /* the oldest */
    }
    f->top = sum.low;
    f->has_value = first == REHAB_REASON_NONE;
    enum rehab_verdict verdict = judge_span(row, f->bound_nano, sum);
    rehab_settle(f, verdict, verdict == REHAB_UNKNOWN ? first : REHAB_REASON_NONE);
}

/* To the instant before at which an item was observed; false: that is before from_us. */
static bool look_back(const struct rehab_view *v, struct rehab_range items, struct look *look)
{
    const struct rehab_observation *at = v->s->at;
    struct rehab_instant before = {INT64_MIN, INT64_MIN};
    for (uint32_t i = 0; i < items.count; i++) {
        uint32_t side = v->s->p->score_items[items.first + i].side, *newest = &look->newest[i];
        while (*newest != REHAB_NONE && at[*newest].at.utc_us == look->now.utc_us)
            *newest = rehab_older(v->s, side, *newest);
        if (*newest != REHAB_NONE && at[*newest].at.utc_us > before.utc_us) before = at[*newest].at;
    }
    look->now = before;
    return before.utc_us >= v->from_us;
}

/*= src:EVIDENCE#6.2-3  guards and flags take the worst since the last move: of all instants since
 * then at which an item was observed; a red flag the first that raised it */
void rehab_judge_score(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       struct rehab_finding *f)
{
    const struct rehab_range items = v->s->p->scores[row->name].items;
    const struct rehab_finding bare = *f;
    struct look look = {.now = v->s->as_of};
    for (uint32_t i = 0; i < items.count; i++) {
        const struct rehab_score_item_row *item = &v->s->p->score_items[items.first + i];
        look.newest[i] = rehab_list_of(v->s, item->measure, item->side)->newest;
    }
    judge_look(v, row, &look, f);
    if (!rehab_is_wary(row)) return;
    while (look_back(v, items, &look)) {
        struct rehab_finding then = bare;
        judge_look(v, row, &look, &then);
        int gain = rehab_caution(row, then.verdict) - rehab_caution(row, f->verdict);
        bool first = row->stance == REHAB_FOR_FLAG && then.verdict == REHAB_MET;
        if (gain + first > 0) *f = then;
    }
}

/* ---- automata: R44 ---- */

uint8_t rehab_step_from(const struct rehab_protocol *p, struct rehab_range steps, uint8_t state,
                        int64_t value)
{
    for (uint32_t i = steps.first; i < steps.first + steps.count; i++) {
        const struct rehab_state_step_row *r = &p->state_steps[i];
        if ((r->in >> state & 1) != 0 && rehab_fits(r->op, value, r->bound_nano, r->upper_nano))
            return (uint8_t)r->to;
    }
    return state;
}

/* Where every state leads to from some observation on. */
struct leads {
    uint8_t to[REHAB_MAX_STATES];
    uint8_t count;
};

/* Puts an observation before those that are there. False: all states lead to one. */
static bool put_before(const struct rehab_protocol *p, struct rehab_range steps, int64_t value,
                       struct leads *leads)
{
    const struct leads after = *leads;
    bool differ = false;
    for (uint8_t state = 0; state < leads->count; state++) {
        leads->to[state] = after.to[rehab_step_from(p, steps, state, value)];
        differ = differ || leads->to[state] != leads->to[0];
    }
    return differ;
}

/*= src:EVIDENCE#6.1-R44  what is done depends on what was before: the state after the newest of
 * all observations from `from_us` on, as if each had been seen in turn */
static uint8_t find_state(const struct rehab_series *s, const struct rehab_automaton_row *a,
                          int64_t from_us, uint32_t newest)
{
    struct leads leads = {.count = (uint8_t)a->states.count};
    bool more = true;
    for (uint8_t i = 0; i < leads.count; i++)
        leads.to[i] = i;
    for (uint32_t i = newest; more && i != REHAB_NONE && s->at[i].at.utc_us >= from_us;) {
        int64_t instant = s->at[i].at.utc_us;
        more =
            put_before(s->p, a->steps, s->at[worst_of_instant(s, a->side, i)].value_nano, &leads);
        while (i != REHAB_NONE && s->at[i].at.utc_us == instant)
            i = rehab_older(s, a->side, i);
    }
    return leads.to[0];
}

void rehab_judge_state(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       struct rehab_finding *f)
{
    const struct rehab_series *s = v->s;
    const struct rehab_automaton_row *a = &s->p->automata[row->name];
    uint32_t newest = rehab_list_of(s, a->measure, a->side)->newest;
    int64_t start = row->since == REHAB_SINCE_PHASE ? v->track->entered.utc_us : INT64_MIN;
    int64_t from_us = start > v->from_us ? start : v->from_us;
    const struct window w = {from_us, row->within_us, (row->flags & REHAB_WITHIN_DAYS) != 0};
    enum rehab_reason reason = refuse(s, a->measure, newest, s->as_of, w);
    f->observation = newest;
    if (reason != REHAB_REASON_NONE) {
        rehab_settle(f, REHAB_UNKNOWN, reason);
        return;
    }
    f->observation = worst_of_instant(s, a->side, newest);
    f->top = find_state(s, a, start, newest) * REHAB_SCALE;
    f->has_value = 1;
    rehab_settle(f, rehab_compare(row, f->top, 0, f->bound_nano) ? REHAB_MET : REHAB_NOT_MET,
                 REHAB_REASON_NONE);
}
