/* SPDX-License-Identifier: Apache-2.0 */
/* What the document makes of observations before it compares: scores, tables, automata. What an
 * item of a score can give at least and at most is found by trying every value at which its bands
 * can change: between two bounds nothing does. */
#include "build.h"

/* The side that is looked at; only a sided measure has one. */
static uint8_t put_side(struct builder *b, const struct rehab_measure *m, enum rehab_side side)
{
    build_need(b, side == REHAB_SIDE_NONE || (m->sided && side < REHAB_BOTH), REHAB_WRONG_SIDE,
               "side");
    if (!m->sided) return REHAB_SIDE_NONE;
    return side == REHAB_OTHER ? REHAB_OTHER : REHAB_INVOLVED;
}

/* ---- scores ---- */

struct bands {
    struct rehab_score_band_row row[REHAB_MAX_SCORED];
    uint32_t count;
};

static int64_t points_of(const struct bands *bands, int64_t value)
{
    for (uint32_t i = 0; i < bands->count; i++) {
        const struct rehab_score_band_row *r = &bands->row[i];
        if (rehab_fits(r->op, value, r->bound_nano, r->upper_nano)) return r->points_nano;
    }
    return 0;
}

/* The values that a measure can have: multiples of its step from low to high. */
struct values {
    int64_t low, high, step;
};

static void try_value(const struct bands *bands, const struct values *v, int64_t value,
                      struct rehab_score_item_row *r)
{
    if (value < v->low || value > v->high) return;
    int64_t points = points_of(bands, value);
    if (points < r->least_nano) r->least_nano = points;
    if (points > r->most_nano) r->most_nano = points;
}

/* The value on the grid at a bound or below it, and its neighbours. */
static void try_around(const struct bands *bands, const struct values *v, int64_t bound,
                       struct rehab_score_item_row *r)
{
    int64_t rest = bound % v->step, on = bound - rest - (rest < 0 ? v->step : 0);
    try_value(bands, v, on - v->step, r);
    try_value(bands, v, on, r);
    try_value(bands, v, on + v->step, r);
}

/* A measure of which labels are compared is tried label by label, for sets have no bounds. */
static void find_points(const struct bands *bands, const struct rehab_measure *m,
                        struct rehab_score_item_row *r)
{
    bool number = m->kind == REHAB_NUMBER;
    int64_t places = m->kind == REHAB_ORDINAL ? (int64_t)m->labels.count : 2;
    struct values v = {0, (places - 1) * REHAB_SCALE, REHAB_SCALE};
    if (number) v = (struct values){m->low_nano, m->high_nano, m->step_nano > 0 ? m->step_nano : 1};
    if (v.low < -REHAB_VALUE_MAX || v.high > REHAB_VALUE_MAX || v.step > REHAB_VALUE_MAX)
        return; /* refused where the measure is written */
    r->least_nano = REHAB_VALUE_MAX;
    r->most_nano = -REHAB_VALUE_MAX;
    for (int64_t i = 0; i < places && !number; i++)
        try_value(bands, &v, i * REHAB_SCALE, r);
    try_around(bands, &v, v.low, r);
    try_around(bands, &v, v.high, r);
    for (uint32_t i = 0; i < bands->count && number; i++) {
        try_around(bands, &v, bands->row[i].bound_nano, r);
        try_around(bands, &v, bands->row[i].upper_nano, r);
    }
    if (r->least_nano > r->most_nano) r->least_nano = r->most_nano = 0; /* no value at all */
}

static void put_score_bands(struct builder *b, const struct rehab_score_item *item,
                            const struct rehab_measure *m, struct rehab_score_item_row *r)
{
    struct bands bands = {.count = 0};
    build_need(b, item->band_count > 0, REHAB_MISSING, "bands");
    build_need(b, item->band_count <= REHAB_MAX_SCORED, REHAB_TOO_MANY, "bands");
    if (b->fault->code != REHAB_FINE) return;
    r->bands = build_take(b, REHAB_SCORE_BANDS, item->band_count);
    for (; bands.count < item->band_count; bands.count++) {
        const struct rehab_score_band *k = &item->bands[bands.count];
        struct rehab_criterion_row c = {0};
        build_enter_at(b, "bands", bands.count);
        build_comparison(b, &k->comparison, m, &c);
        struct rehab_score_band_row band = {c.bound_nano, c.upper_nano,
                                            build_number(b, &k->points, "points"), c.op, 0};
        build_leave(b, 2);
        bands.row[bands.count] = band;
        struct rehab_score_band_row *out =
            build_row(b, REHAB_SCORE_BANDS, r->bands.first + bands.count);
        *out = band;
    }
    if (b->fault->code == REHAB_FINE) find_points(&bands, m, r);
}

static void put_item(struct builder *b, const struct rehab_score_item *item, uint32_t index)
{
    struct rehab_score_item_row r = {.citation = build_citation(b, &item->citation)};
    r.measure = build_use_measure(b, item->measure, "latest");
    if (r.measure == REHAB_NONE) return;
    const struct rehab_measure *m = build_measure_at(b, r.measure);
    struct rehab_duration window = item->within.given ? item->within : build_window(b, m);
    if (window.given) {
        build_need(b, window.us > 0 && window.us <= 36500 * REHAB_DAY, REHAB_WRONG_RANGE, "within");
        r.within_us = window.us;
        r.calendar = window.calendar;
    }
    r.side = put_side(b, m, item->side);
    put_score_bands(b, item, m, &r);
    struct rehab_score_item_row *out = build_row(b, REHAB_SCORE_ITEMS, index);
    *out = r;
}

static void put_score(struct builder *b, uint32_t i)
{
    const struct rehab_score *s = &b->d->scores[i];
    build_enter(b, "scores");
    build_enter_id(b, s->id);
    build_need(b, s->item_count > 0, REHAB_MISSING, "items");
    build_need(b, s->item_count <= REHAB_MAX_SCORED, REHAB_TOO_MANY, "items");
    struct rehab_score_row r = {.id = build_text(b, s->id), .title = build_words(b, s->title)};
    r.items = build_take(b, REHAB_SCORE_ITEMS, s->item_count);
    for (uint32_t k = 0; k < s->item_count; k++) {
        build_enter_at(b, "items", k);
        put_item(b, &s->items[k], r.items.first + k);
        build_leave(b, 2);
    }
    build_leave(b, 2);
    struct rehab_score_row *out = build_row(b, REHAB_SCORES, i);
    *out = r;
}

/* ---- tables ---- */

/*= src:EVIDENCE#6.1-R36  rows by rising value, so that the last one not above a value is the one */
static struct rehab_range put_norm_rows(struct builder *b, const struct rehab_norm *n)
{
    struct rehab_range range = build_take(b, REHAB_NORM_STEPS, n->row_count);
    for (uint32_t i = 0; i < n->row_count; i++) {
        build_enter_at(b, "rows", i);
        struct rehab_norm_step_row r = {build_number(b, &n->rows[i].value, "0"),
                                        build_number(b, &n->rows[i].percentile, "1")};
        build_need(b, i == 0 || n->rows[i].value.nano > n->rows[i - 1].value.nano,
                   REHAB_WRONG_RANGE, "0");
        build_need(b, r.percentile_nano >= 0 && r.percentile_nano <= 100 * REHAB_SCALE,
                   REHAB_WRONG_RANGE, "1");
        build_leave(b, 2);
        struct rehab_norm_step_row *out = build_row(b, REHAB_NORM_STEPS, range.first + i);
        *out = r;
    }
    return range;
}

static void put_norm(struct builder *b, uint32_t i)
{
    const struct rehab_norm *n = &b->d->norms[i];
    build_enter(b, "tables");
    build_enter_id(b, n->id);
    build_need(b, n->row_count > 0, REHAB_MISSING, "rows");
    build_need(b, n->row_count <= REHAB_MAX_NORMED, REHAB_TOO_MANY, "rows");
    struct rehab_norm_table_row r = {.id = build_text(b, n->id), .rows = put_norm_rows(b, n)};
    r.measure = build_use_measure(b, n->measure, "measure");
    if (r.measure != REHAB_NONE)
        build_need(b, build_measure_at(b, r.measure)->kind == REHAB_NUMBER, REHAB_WRONG_VALUE,
                   "measure");
    r.citation = build_citation(b, &n->citation);
    build_leave(b, 2);
    struct rehab_norm_table_row *out = build_row(b, REHAB_NORMS, i);
    *out = r;
}

/* ---- automata ---- */

/* start, and every `to` that is new. */
static bool find_states(struct builder *b, const struct rehab_automaton *a,
                        struct rehab_texts *states)
{
    struct rehab_text *all = rehab_alloc(b->scratch, (a->step_count + (size_t)1) * sizeof *all);
    if (all == NULL) return false;
    *states = (struct rehab_texts){all, 1};
    all[0] = a->start;
    for (uint32_t i = 0; i < a->step_count; i++) {
        if (rehab_find_id(a->steps[i].to, all, sizeof *all, states->count) == REHAB_NONE)
            all[states->count++] = a->steps[i].to;
    }
    return true;
}

bool build_states(struct builder *b)
{
    const uint32_t count = b->d->automaton_count;
    if (count == 0) return true;
    struct rehab_texts *all = rehab_alloc(b->scratch, count * sizeof *all);
    b->states = all;
    for (uint32_t i = 0; all != NULL && i < count; i++) {
        if (!find_states(b, &b->d->automata[i], &all[i])) return false;
    }
    return all != NULL;
}

static uint32_t put_from(struct builder *b, const struct rehab_state_step *step,
                         struct rehab_texts states)
{
    uint32_t in = step->in.count > 0 ? 0 : UINT32_MAX;
    for (uint32_t i = 0; i < step->in.count; i++)
        in |= UINT32_C(1) << (build_find_label(b, step->in.at[i], states, "in") & 31);
    return in;
}

static void put_steps(struct builder *b, const struct rehab_automaton *a,
                      const struct rehab_measure *m, struct rehab_texts states,
                      struct rehab_range range)
{
    for (uint32_t i = 0; i < a->step_count; i++) {
        const struct rehab_state_step *step = &a->steps[i];
        struct rehab_criterion_row c = {0};
        build_enter_at(b, "steps", i);
        build_need(b, step->to.size > 0, REHAB_MISSING, "to");
        if (b->fault->code == REHAB_FINE) build_comparison(b, &step->comparison, m, &c);
        struct rehab_state_step_row r = {
            c.bound_nano,
            c.upper_nano,
            put_from(b, step, states),
            rehab_find_id(step->to, states.at, sizeof *states.at, states.count),
            c.op,
            0};
        build_leave(b, 2);
        struct rehab_state_step_row *out = build_row(b, REHAB_STATE_STEPS, range.first + i);
        *out = r;
    }
}

static void put_automaton(struct builder *b, uint32_t i)
{
    const struct rehab_automaton *a = &b->d->automata[i];
    struct rehab_texts states = b->states[i];
    build_enter(b, "states");
    build_enter_id(b, a->id);
    build_need(b, a->start.size > 0, REHAB_MISSING, "start");
    build_need(b, a->step_count > 0, REHAB_MISSING, "steps");
    build_need(b, states.count <= REHAB_MAX_STATES && a->step_count <= REHAB_MAX_SCORED,
               REHAB_TOO_MANY, "steps");
    struct rehab_automaton_row r = {.id = build_text(b, a->id), .title = build_words(b, a->title)};
    r.states = build_texts(b, states);
    r.steps = build_take(b, REHAB_STATE_STEPS, a->step_count);
    r.measure = build_use_measure(b, a->of, "of");
    if (r.measure != REHAB_NONE) {
        const struct rehab_measure *m = build_measure_at(b, r.measure);
        r.side = put_side(b, m, a->side);
        put_steps(b, a, m, states, r.steps);
    }
    r.citation = build_citation(b, &a->citation);
    build_leave(b, 2);
    struct rehab_automaton_row *out = build_row(b, REHAB_AUTOMATA, i);
    *out = r;
}

void build_derived(struct builder *b)
{
    const struct rehab_document *d = b->d;
    build_take(b, REHAB_SCORES, d->score_count);
    for (uint32_t i = 0; i < d->score_count; i++)
        put_score(b, i);
    build_take(b, REHAB_NORMS, d->norm_count);
    for (uint32_t i = 0; i < d->norm_count; i++)
        put_norm(b, i);
    build_take(b, REHAB_AUTOMATA, d->automaton_count);
    for (uint32_t i = 0; i < d->automaton_count; i++)
        put_automaton(b, i);
}
