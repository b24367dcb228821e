/* SPDX-License-Identifier: Apache-2.0 */
/* What can be met. A leaf whose value no other leaf looks at is free: it is whatever its own range
 * lets it be, and trees of such leaves are computed in one pass, exactly, for no leaf stands twice.
 * Values that several leaves look at are tried out: from every stretch between two bounds one, and
 * every bound. Strata turn like one more wheel. */
#include "lint.h"

enum { WORK_MAX = 4096 };

static const int64_t FAR = INT64_MAX / 2;       /* beyond every value and every bound */
static const int64_t WHOLE = 100 * REHAB_SCALE; /* as much as the other side */

/* ---- the values of a leaf ---- */

int64_t lint_floor(int64_t value, int64_t step)
{
    int64_t rest = value % step;
    return rest < 0 ? value - rest - step : value - rest;
}

static int64_t common_step(int64_t a, int64_t b)
{
    while (b > 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/*= src:EVIDENCE#3.3  a ratio of positive values; what is seen of it is not more exact than they */
static struct lint_span ratio_span(const struct rehab_measure_row *m, bool turned)
{
    if (m->high_nano <= 0) return (struct lint_span){1, 0, 1};
    if (m->low_nano > 0) {
        int64_t most = rehab_percent(m->high_nano, m->low_nano); /* rounded down */
        return (struct lint_span){rehab_percent(m->low_nano, m->high_nano),
                                  most < FAR ? most + 1 : FAR, 1};
    }
    return (struct lint_span){turned ? 1 : m->low_nano < 0 ? -FAR : 0, FAR, 1};
}

/* How much that is per one, rounded down: beyond every bound where it is too much to be said. */
static int64_t per_one(int64_t top, int64_t bottom)
{
    int64_t percent = rehab_percent(top, bottom);
    return percent / 100 - (percent % 100 < 0);
}

/*= src:EVIDENCE#6.1-R35  one value per another, which is positive */
static struct lint_span quotient_span(const struct rehab_measure_row *m,
                                      const struct rehab_measure_row *over)
{
    const int64_t most = over->high_nano, least = over->low_nano > 0 ? over->low_nano : 1;
    if (most <= 0) return (struct lint_span){1, 0, 1};
    return (struct lint_span){per_one(m->low_nano, m->low_nano < 0 ? least : most),
                              -per_one(-m->high_nano, m->high_nano < 0 ? most : least), 1};
}

/* Of an expression that is not known here any value is thought possible. */
static struct lint_span measured_span(const struct rehab_protocol *p,
                                      const struct rehab_criterion_row *row)
{
    const struct rehab_measure_row *m = &p->measures[row->measure];
    int64_t width = m->high_nano - m->low_nano, step = m->step_nano > 0 ? m->step_nano : 1;
    struct lint_span s = {-FAR, FAR, 1};
    if (rehab_is_quotient(row)) return quotient_span(m, &p->measures[row->over]);
    if (row->expression <= REHAB_BEST) s = (struct lint_span){m->low_nano, m->high_nano, step};
    if (row->expression == REHAB_SYMMETRY) s = ratio_span(m, m->direction == REHAB_LOWER_IS_BETTER);
    if (row->expression == REHAB_PERCENT_OF) s = ratio_span(m, false);
    if (row->expression == REHAB_ASYMMETRY)
        s = (struct lint_span){0, m->high_nano > 0 ? FAR : -1, 1};
    if (row->expression == REHAB_DIFFERENCE) s = (struct lint_span){0, width, step};
    if (row->expression == REHAB_CHANGE || row->expression == REHAB_IMPROVEMENT)
        s = (struct lint_span){-width, width, step};
    if (row->expression == REHAB_NEXT_MORNING)
        s = (struct lint_span){m->low_nano, m->high_nano, step};
    bool rounded = row->take == REHAB_TAKE_MEAN || row->take == REHAB_TAKE_MEDIAN;
    if (rounded) s.step = 1;
    if (row->expression >= REHAB_RISE && row->over != REHAB_NONE16) {
        const struct rehab_measure_row *over = &p->measures[row->over];
        s.low = m->low_nano - over->high_nano;
        s.high = m->high_nano - over->low_nano;
        s.step = common_step(step, over->step_nano > 0 ? over->step_nano : 1);
    }
    return s;
}

static struct lint_span score_span(const struct rehab_protocol *p, uint32_t score)
{
    const struct rehab_range items = p->scores[score].items;
    struct lint_span s = {0, 0, 1};
    for (uint32_t i = items.first; i < items.first + items.count; i++) {
        s.low += p->score_items[i].least_nano;
        s.high += p->score_items[i].most_nano;
    }
    return s;
}

static struct lint_span percentile_span(const struct rehab_protocol *p, uint32_t norm)
{
    const struct rehab_range rows = p->norms[norm].rows;
    struct lint_span s = {0, 0, 1};
    for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
        int64_t percentile = p->norm_steps[i].percentile_nano;
        s.high = percentile > s.high ? percentile : s.high;
    }
    return s;
}

static struct lint_span span_of(const struct rehab_protocol *p,
                                const struct rehab_criterion_row *row)
{
    struct lint_span s = {-FAR, FAR, 1};
    if (lint_is_observed(row)) s = measured_span(p, row);
    if (row->expression == REHAB_SCORE) s = score_span(p, row->name);
    if (row->expression == REHAB_PERCENTILE) s = percentile_span(p, row->name);
    if (row->expression == REHAB_CLEARED || row->expression == REHAB_REACHED)
        s = (struct lint_span){0, REHAB_SCALE, REHAB_SCALE};
    if (row->expression == REHAB_STRATUM)
        s = (struct lint_span){0, (p->strata[row->name].values.count - INT64_C(1)) * REHAB_SCALE,
                               REHAB_SCALE};
    if (row->expression == REHAB_STATE)
        s = (struct lint_span){0, (p->automata[row->name].states.count - INT64_C(1)) * REHAB_SCALE,
                               REHAB_SCALE};
    bool from_nothing = row->expression == REHAB_ELAPSED || row->expression == REHAB_AGE ||
                        row->expression == REHAB_SETTLE || rehab_is_of_sessions(row->expression);
    if (from_nothing) s.low = 0;
    if (row->expression == REHAB_AGE || row->expression == REHAB_SESSIONS) s.step = REHAB_SCALE;
    if (row->expression == REHAB_ADHERENCE) s.high = 100 * REHAB_SCALE;
    if (row->flags & REHAB_BOUND_DAYS) s.step = REHAB_DAY;
    s.low = -lint_floor(-s.low, s.step);
    return s;
}

/* The next value worth trying: a bound, or the first one behind a bound. */
static int64_t behind(const struct lint_leaf *l, int64_t bound, int64_t value)
{
    int64_t on = lint_floor(bound, l->span.step), after = on + l->span.step;
    return on > value ? on : after > value ? after : FAR;
}

/* Label by label; a set has no more of them, whatever the range is said to be. */
static int64_t next_label(int64_t value)
{
    if (value < 0) return 0;
    return value / REHAB_SCALE < REHAB_MAX_LABELS - 1 ? value + REHAB_SCALE : FAR;
}

/* At a bound, or where the value is as far off 100 % as it says, on either side. */
static int64_t at_bound(const struct lint_leaf *l, int64_t bound, int64_t value)
{
    if (!l->mirrored) return behind(l, bound, value);
    int64_t below = behind(l, WHOLE - bound, value), above = behind(l, WHOLE + bound, value);
    return below < above ? below : above;
}

/* The next of the states that some value leads to. */
static int64_t next_state(const struct lint_leaf *l, int64_t value)
{
    for (int64_t place = value / REHAB_SCALE + 1; place < REHAB_MAX_STATES; place++) {
        if (l->states >> place & 1) return place * REHAB_SCALE;
    }
    return FAR;
}

static int64_t next_value(const struct lint_leaf *l, int64_t value)
{
    if (l->row->expression == REHAB_STATE) return next_state(l, value);
    if (l->row->op == REHAB_IN) return next_label(value);
    int64_t next = at_bound(l, l->bound, value);
    int64_t upper = l->row->op == REHAB_BETWEEN ? at_bound(l, l->row->upper_nano, value) : FAR;
    return next < upper ? next : upper;
}

static uint8_t truth(const struct lint_leaf *l, int64_t value)
{
    if (l->mirrored) value = value < WHOLE ? WHOLE - value : value - WHOLE;
    return rehab_compare(l->row, value, 0, l->bound) ? LINT_TRUE : LINT_FALSE;
}

static uint8_t alone(const struct lint_leaf *l)
{
    uint8_t mask = 0;
    for (int64_t v = l->span.low; v <= l->span.high && v < FAR; v = next_value(l, v))
        mask |= truth(l, v);
    return mask;
}

uint8_t lint_leaf_alone(const struct rehab_protocol *p, const struct rehab_criterion_row *row,
                        int64_t bound)
{
    struct lint_leaf l = {
        .row = row, .states = UINT32_MAX, .span = span_of(p, row), .bound = bound};
    return alone(&l);
}

/* ---- what is known of some besides ---- */

uint8_t lint_truth(const struct lint_leaf *l, int64_t value)
{
    return l->row->expression == REHAB_RECORDED ? LINT_TRUE : truth(l, value);
}

/* There is nothing between the rows of a table. */
static int64_t next_percentile(const struct lint_leaf *l, int64_t value)
{
    int64_t next = FAR;
    for (uint32_t i = 0; i < l->norms; i++) {
        int64_t percentile = l->norm[i].percentile_nano;
        if (percentile > value && percentile < next) next = percentile;
    }
    return next;
}

static int64_t value_after(const struct lint_leaf *l, int64_t value)
{
    return l->norm != NULL ? next_percentile(l, value) : next_value(l, value);
}

/* That something is recorded is met or not known, and never not met: under `not` it helps nobody.
 */
static uint8_t alone_of(const struct lint_leaf *l)
{
    uint8_t mask = 0;
    if (l->row->expression == REHAB_RECORDED && l->row->negative) return LINT_TRUE;
    if (l->norm == NULL) return alone(l);
    for (int64_t v = l->span.low; v < FAR; v = next_percentile(l, v))
        mask |= truth(l, v);
    return mask;
}

/* Sums of points are multiples of what all points are multiples of; where no band holds there are
 * none. */
static int64_t score_step(const struct rehab_protocol *p, uint32_t score)
{
    const struct rehab_range items = p->scores[score].items;
    int64_t step = 0;
    for (uint32_t i = items.first; i < items.first + items.count; i++) {
        const struct rehab_range bands = p->score_items[i].bands;
        for (uint32_t k = bands.first; k < bands.first + bands.count; k++) {
            int64_t points = p->score_bands[k].points_nano;
            step = common_step(points < 0 ? -points : points, step);
        }
    }
    return step > 0 ? step : 1;
}

/* From the least percentile on: that of the lowest value, or of a row above it. */
static void set_norm(const struct rehab_protocol *p, struct lint_leaf *l)
{
    const struct rehab_range rows = p->norms[l->row->name].rows;
    const int64_t lowest = p->measures[l->row->measure].low_nano;
    l->norm = &p->norm_steps[rows.first];
    l->norms = rows.count;
    l->span.low = rehab_find_percentile(p, l->row->name, lowest);
    for (uint32_t i = 0; i < l->norms; i++) {
        int64_t percentile = l->norm[i].percentile_nano;
        if (l->norm[i].value_nano > lowest && percentile < l->span.low) l->span.low = percentile;
    }
}

/* The next value at which one of the steps may fit, or not fit any more. */
static int64_t next_input(const struct rehab_protocol *p, const struct rehab_automaton_row *a,
                          struct lint_span span, int64_t value)
{
    int64_t next = FAR;
    for (uint32_t i = a->steps.first; i < a->steps.first + a->steps.count; i++) {
        const struct rehab_state_step_row *step = &p->state_steps[i];
        const struct rehab_criterion_row row = {
            .upper_nano = step->upper_nano, .expression = REHAB_LATEST, .op = (uint8_t)step->op};
        const struct lint_leaf l = {.row = &row, .span = span, .bound = step->bound_nano};
        int64_t after = next_value(&l, value);
        next = after < next ? after : next;
    }
    return next;
}

/* Adds the states to which the value leads from those that there are, and from the first. */
static uint32_t led_to(const struct rehab_protocol *p, const struct rehab_automaton_row *a,
                       int64_t value, uint32_t states)
{
    for (uint8_t from = 0; from < a->states.count; from++) {
        if ((states | 1) >> from & 1) states |= 1u << rehab_step_from(p, a->steps, from, value);
    }
    return states;
}

/*= src:EVIDENCE#6.1-R44  what is done depends on what was before: the states in which somebody can
 * be, once there is a value */
static void set_states(const struct rehab_protocol *p, struct lint_leaf *l)
{
    const struct rehab_automaton_row *a = &p->automata[l->row->name];
    const struct rehab_criterion_row seen = {
        .expression = REHAB_LATEST, .measure = (uint16_t)a->measure, .over = REHAB_NONE16};
    const struct lint_span span = span_of(p, &seen);
    uint32_t before;
    do {
        before = l->states;
        for (int64_t v = span.low; v <= span.high; v = next_input(p, a, span, v))
            l->states = led_to(p, a, v, l->states);
    } while (l->states != before);
    l->span.low = next_state(l, -REHAB_SCALE);
}

uint8_t lint_shown(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    if (row->expression != REHAB_SESSIONS || row->extra == REHAB_NONE)
        return LINT_TRUE | LINT_FALSE;
    const struct rehab_extra_row *x = &p->extras[row->extra];
    const struct rehab_criterion_row seen = {.expression = REHAB_LATEST,
                                             .op = x->with_op,
                                             .measure = x->with_measure,
                                             .over = REHAB_NONE16};
    return lint_leaf_alone(p, &seen, x->with_nano);
}

struct lint_leaf lint_leaf_of(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    struct lint_leaf l = {.row = row, .span = span_of(p, row), .bound = row->bound_nano};
    if (row->expression == REHAB_PERCENTILE) set_norm(p, &l);
    if (row->expression == REHAB_SCORE) l.span.step = score_step(p, row->name);
    if (row->expression == REHAB_STATE) set_states(p, &l);
    if (!(lint_shown(p, row) & LINT_TRUE)) l.span.high = 0; /* no session counts */
    return l;
}

bool lint_sweep(const struct lint_leaf *leaf, uint32_t count, const struct lint_span *span,
                int64_t *value, uint64_t *inside)
{
    const int64_t at = *value;
    if (at > span->high || at >= FAR) return false;
    *inside = 0;
    *value = FAR;
    for (uint32_t i = 0; i < count; i++) {
        int64_t next = value_after(&leaf[i], at);
        *inside |= (uint64_t)(lint_truth(&leaf[i], at) == LINT_TRUE) << i;
        *value = next < *value ? next : *value;
    }
    return true;
}

/* ---- which leaves look at one value ---- */

static bool is_newest(uint8_t expression)
{
    return expression <= REHAB_BEST || expression == REHAB_RECORDED;
}

/* A value that a session showed is one of those that are looked at whatever was done, too: where
 * the question is of an activity, both are of that one observation. */
static bool is_of_activity(const struct lint_trial *t, const struct rehab_criterion_row *row)
{
    return row->activity == REHAB_NONE16 || row->activity == REHAB_ANY_ACTIVITY ||
           row->activity == t->activity;
}

static bool is_same_activity(const struct lint_trial *t, const struct rehab_criterion_row *a,
                             const struct rehab_criterion_row *b)
{
    if (a->activity == b->activity) return true;
    if (t->activity == REHAB_NONE16 || !lint_is_observed(a)) return false;
    return is_of_activity(t, a) && is_of_activity(t, b);
}

/* Of one value per another the name is that of its unit, spelt out for each leaf. */
static bool is_same_value(const struct rehab_criterion_row *a, const struct rehab_criterion_row *b)
{
    bool trials = (a->trials == b->trials) & (a->take == b->take);
    bool name = rehab_is_quotient(a) || a->name == b->name;
    bool days = ((a->flags ^ b->flags) & (REHAB_BOUND_DAYS | REHAB_APART_DAYS)) == 0;
    return days && a->apart_us == b->apart_us && a->measure == b->measure && a->over == b->over &&
           trials && name && a->side == b->side && a->from == b->from && a->roles == b->roles;
}

/* Of sessions: do they ask for the same of them? And of what is left behind of what is seen then.
 */
static bool is_same_kind(const struct rehab_protocol *p, const struct rehab_criterion_row *a,
                         const struct rehab_criterion_row *b)
{
    bool asked = a->asked == b->asked;
    bool plain = a->extra == REHAB_NONE, other = b->extra == REHAB_NONE;
    if (plain && other) return asked || !rehab_is_aftermath(a->expression);
    if (plain || other || !asked) return false;
    return memcmp(&p->extras[a->extra], &p->extras[b->extra], sizeof *p->extras) == 0;
}

/* Sessions are of a stretch of time, what happened is, and so is a clearance that lasts. */
static bool is_same_stretch(const struct rehab_criterion_row *a,
                            const struct rehab_criterion_row *b)
{
    bool days = ((a->flags ^ b->flags) & REHAB_WITHIN_DAYS) == 0;
    if (a->expression == REHAB_STATE) /* of the phase, or of all the episode */
        return (a->since == REHAB_SINCE_PHASE) == (b->since == REHAB_SINCE_PHASE);
    return days && a->within_us == b->within_us && a->since == b->since;
}

/* The expressions whose value is_same_value can tell apart; strata are tried besides. */
static const uint64_t KNOWN =
    1u << REHAB_LATEST | 1u << REHAB_WORST | 1u << REHAB_BEST | 1u << REHAB_SYMMETRY |
    1u << REHAB_DIFFERENCE | 1u << REHAB_CHANGE | 1u << REHAB_RISE | 1u << REHAB_ELAPSED |
    1u << REHAB_CLEARED | 1u << REHAB_ASYMMETRY | 1u << REHAB_PERCENT_OF | 1u << REHAB_IMPROVEMENT |
    1u << REHAB_REACHED | 1u << REHAB_AGE | 1u << REHAB_PERCENTILE | 1u << REHAB_SCORE |
    1u << REHAB_STATE | 1u << REHAB_SETTLE | 1u << REHAB_NEXT_MORNING | 1u << REHAB_SESSIONS |
    1u << REHAB_ADHERENCE | 1u << REHAB_SPACING;

/* Does the leaf say something of the newest value alone? Guards and the best of a window look at
 * any value of a stretch of time, and under `not` a run does. */
static bool is_tied(const struct lint_trial *t, const struct rehab_criterion_row *row)
{
    bool progress = row->stance == REHAB_FOR_PROGRESS || row->stance == REHAB_FOR_ADVICE;
    bool many = row->expression == REHAB_WORST || row->for_days + row->for_observations > 0;
    bool lifted = many && row->negative;
    if (row->extra != REHAB_NONE && !rehab_is_of_sessions(row->expression))
        return false; /* not the newest, perhaps */
    if (row->expression == REHAB_RECORDED) return t->same && rehab_is_wary(row);
    bool tied = t->same || (progress && row->expression != REHAB_BEST && !lifted);
    return tied & (KNOWN >> row->expression & 1);
}

/* Of the best of a window the less cautious verdict counts: ahead one value that leads on is
 * enough, and for a guard all must be what it asks for. Is the leaf met by any of them? */
static bool takes_any(const struct rehab_criterion_row *row)
{
    return (row->stance == REHAB_FOR_PROGRESS) != (row->negative != 0);
}

/* It may hold although this value does not satisfy. */
static bool may_hold(const struct rehab_criterion_row *row)
{
    return row->expression == REHAB_BEST && takes_any(row);
}

/* It may fail although the value satisfies: for others before it, or because of how or when it was
 * obtained. */
static bool may_fail(const struct lint_leaf *l)
{
    const struct rehab_criterion_row *row = l->row;
    bool run = row->for_days + row->for_observations > 0;
    if (row->expression == REHAB_BEST && !takes_any(row)) return true;
    bool aged = row->within_us > 0 && row->expression != REHAB_CLEARED;
    if (rehab_is_wary(row)) return run || row->asked != 0 || aged || l->loose;
    return run || row->expression == REHAB_WORST;
}

/* Do they ask for other things of the second value of a pair? */
static bool is_paired_apart(const struct rehab_criterion_row *a,
                            const struct rehab_criterion_row *b)
{
    return a->pair_us != b->pair_us ||
           ((a->flags ^ b->flags) & (REHAB_PAIR_DAYS | REHAB_ONE_ASSESSOR)) != 0;
}

static void note_stratum(struct lint_trial *t, uint16_t stratum)
{
    if (stratum != REHAB_NONE16) t->used[stratum] = true;
}

void lint_begin(struct lint_trial *t, const struct rehab_protocol *p,
                const struct lint_reach *reach, bool same)
{
    memset(t, 0, sizeof *t);
    t->p = p;
    t->reach = reach;
    t->same = same;
    t->activity = REHAB_NONE16;
}

/*= src:EVIDENCE#6.1-R39  behind one is what was reached before; the first phase of a track is, too,
 * and of others what can be; ahead of one, in the own track, is what was not. Advice that is given
 * from a phase on asks for no more than that, and is not told that it is always given there. */
static struct lint_span reached_span(const struct lint_trial *t,
                                     const struct rehab_criterion_row *row, uint32_t phase)
{
    const uint32_t track = t->p->phases[row->name].track;
    bool own = phase != REHAB_NONE && t->p->phases[phase].track == track;
    bool always = t->p->tracks[track].phases.first == row->name || (own && row->name <= phase);
    bool ever = always || (!own && row->name <= t->reach->furthest[track]);
    bool given = always && row->stance != REHAB_FOR_ADVICE;
    return (struct lint_span){given * REHAB_SCALE, ever * REHAB_SCALE, REHAB_SCALE};
}

/* Is it made of a stretch of time: sessions, what happened, or what was cleared? */
static bool is_of_stretch(const struct rehab_criterion_row *row)
{
    return rehab_is_of_sessions(row->expression) || row->expression == REHAB_STATE ||
           row->expression == REHAB_CLEARED;
}

/* Is it another value in each phase? */
static bool is_of_phase(const struct rehab_criterion_row *row)
{
    return row->expression == REHAB_REACHED || row->from == REHAB_PHASE ||
           (is_of_stretch(row) && row->since == REHAB_SINCE_PHASE);
}

/* What comes back counts for as long as the bound says: of another one it is another time. */
static bool is_same_bound(const struct rehab_criterion_row *a, const struct rehab_criterion_row *b)
{
    return a->expression != REHAB_SETTLE ||
           (a->bound_nano == b->bound_nano && a->by.count + b->by.count == 0);
}

/* The expression whose value tells what the leaf asks for. */
static uint8_t told_by(const struct lint_leaf *l)
{
    if (l->mirrored) return REHAB_SYMMETRY;
    return is_newest(l->row->expression) ? REHAB_LATEST : l->row->expression;
}

static bool looks_at_one(const struct lint_trial *t, const struct lint_leaf *a,
                         const struct lint_leaf *b)
{
    return told_by(a) == told_by(b) && is_same_value(a->row, b->row) &&
           is_same_bound(a->row, b->row) && is_same_kind(t->p, a->row, b->row) &&
           is_same_activity(t, a->row, b->row) && (a->phase == b->phase || !is_of_phase(a->row)) &&
           (!is_of_stretch(a->row) || is_same_stretch(a->row, b->row));
}

/* Is it an asymmetry that is told by the symmetry: how far off 100 % that is, both ways? */
static bool is_mirrored(const struct rehab_protocol *p, const struct rehab_criterion_row *row)
{
    if (row->expression != REHAB_ASYMMETRY) return false;
    const struct rehab_measure_row *m = &p->measures[row->measure];
    return m->direction != REHAB_LOWER_IS_BETTER && m->low_nano >= 0;
}

/* Those of one name are tried together, for what is one may be the other. */
static void tie_clearances(struct lint_trial *t, struct lint_leaf *l)
{
    for (uint32_t i = 0; i + 1 < t->count; i++) {
        struct lint_leaf *other = &t->leaf[i];
        if (!lint_is_kin(l->row, other->row)) continue;
        l->shared = t->leaf[l->first].only = true;
        other->shared = t->leaf[other->first].only = true;
    }
}

static void add_leaf(struct lint_trial *t, const struct rehab_criterion_row *row, uint32_t phase)
{
    uint32_t i = t->count++;
    struct lint_leaf *l = &t->leaf[i];
    *l = lint_leaf_of(t->p, row);
    l->phase = phase;
    l->first = i;
    l->mirrored = is_mirrored(t->p, row);
    if (l->mirrored) l->span = ratio_span(&t->p->measures[row->measure], false);
    if (row->expression == REHAB_REACHED) l->span = reached_span(t, row, phase);
    note_stratum(t, row->by_stratum);
    if (row->expression == REHAB_STRATUM) note_stratum(t, row->name);
    if (!is_tied(t, row)) return;
    for (uint32_t j = 0; j < i; j++) {
        struct lint_leaf *other = &t->leaf[j];
        if (!is_tied(t, other->row) || !looks_at_one(t, l, other)) continue;
        l->first = other->first;
        l->loose = l->loose || is_paired_apart(row, other->row);
        l->shared = t->leaf[l->first].shared = t->leaf[l->first].only = true;
    }
    tie_clearances(t, l);
}

uint32_t lint_add(struct lint_trial *t, uint32_t rule, uint32_t phase)
{
    const struct rehab_range range = t->p->rules[rule].criteria;
    uint32_t first = t->count;
    for (uint32_t i = 0; i < range.count; i++)
        add_leaf(t, &t->p->criteria[range.first + i], phase);
    return first;
}

/* ---- combinations ---- */

static int64_t bound_of(const struct lint_trial *t, const struct rehab_criterion_row *row)
{
    int64_t bound = row->bound_nano;
    for (uint32_t i = 0; i < row->by.count; i++) {
        const struct rehab_bound_row *by = &t->p->bounds[row->by.first + i];
        if (by->stratum_value == t->place[row->by_stratum]) bound = by->bound_nano;
    }
    return bound;
}

uint8_t lint_mask_at(const struct lint_leaf *l, int64_t value)
{
    uint8_t now = lint_truth(l, value);
    bool other = now == LINT_TRUE ? may_fail(l) : may_hold(l->row);
    return other ? l->alone : now;
}

static uint8_t mask_of(const struct lint_trial *t, const struct lint_leaf *l)
{
    if (l->row->expression == REHAB_STRATUM)
        return lint_truth(l, t->place[l->row->name] * REHAB_SCALE);
    if (!l->shared) return l->alone;
    return lint_mask_at(l, t->leaf[l->first].at);
}

static void set_masks(struct lint_trial *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        t->leaf[i].mask = mask_of(t, &t->leaf[i]);
}

/* New places of the strata: other bounds, and all values begin again. False: a value that several
 * leaves look at cannot be at all. */
static bool set_places(struct lint_trial *t)
{
    bool possible = true;
    for (uint32_t i = 0; i < t->count; i++) {
        struct lint_leaf *l = &t->leaf[i];
        l->bound = bound_of(t, l->row);
        l->alone = alone_of(l);
        l->at = l->span.low;
        possible = possible && (!l->only || l->alone != 0);
    }
    set_masks(t);
    return possible;
}

/* The next value of one wheel; false: it is through and begins again. */
static bool turn(struct lint_trial *t, uint32_t wheel)
{
    struct lint_leaf *w = &t->leaf[wheel];
    int64_t next = FAR;
    for (uint32_t i = wheel; i < t->count; i++) {
        if (t->leaf[i].first != wheel) continue;
        int64_t v = value_after(&t->leaf[i], w->at);
        next = v < next ? v : next;
    }
    bool more = next <= w->span.high && next < FAR;
    w->at = more ? next : w->span.low;
    return more;
}

static bool turn_strata(struct lint_trial *t)
{
    for (uint32_t i = 0; i < REHAB_MAX_STRATA; i++) {
        if (!t->used[i] || t->fixed[i]) continue;
        if (++t->place[i] < t->p->strata[i].values.count) return true;
        t->place[i] = 0;
    }
    return false;
}

bool lint_first(struct lint_trial *t)
{
    t->work = 0;
    return set_places(t);
}

/* Is the one met whenever the other is? It must ask for no fewer roles, and no shorter a time; what
 * is withdrawn is so for everybody. */
/*= src:EVIDENCE#6.1-R28  a clearance: by whom, and for how long */
static bool is_implied(const struct rehab_criterion_row *row,
                       const struct rehab_criterion_row *other)
{
    bool clock = ((row->flags ^ other->flags) & REHAB_WITHIN_DAYS) == 0;
    bool longer = clock && other->within_us > 0 && other->within_us <= row->within_us;
    return (other->roles & ~row->roles) == 0 && (longer || row->within_us == 0);
}

/* Can the clearances that are tried stand side by side? */
static bool is_coherent(const struct lint_trial *t)
{
    bool coherent = true;
    for (uint32_t i = 0; i < t->count; i++) {
        for (uint32_t j = 0; j < t->count && t->leaf[i].only; j++) {
            const struct lint_leaf *a = &t->leaf[i], *b = &t->leaf[j];
            bool clash = b->only && lint_is_kin(a->row, b->row) && a->at > b->at &&
                         is_implied(b->row, a->row);
            coherent = coherent && !clash;
        }
    }
    return coherent;
}

static bool turn_on(struct lint_trial *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        if (!t->leaf[i].only || !turn(t, i)) continue;
        set_masks(t);
        return true;
    }
    if (!turn_strata(t)) return false;
    return set_places(t);
}

bool lint_next(struct lint_trial *t)
{
    bool more = true;
    do {
        t->lost = ++t->work > WORK_MAX;
        more = !t->lost && turn_on(t);
    } while (more && !is_coherent(t));
    return more;
}

/* ---- trees ---- */

struct tally {
    uint8_t can_be_true, can_be_false;
    uint8_t turn;                  /* children that can turn */
    uint8_t can_stand, must_stand; /* of the others: can be true, cannot be false */
};

static void count_child(struct tally *up, uint8_t mask)
{
    bool met = mask & LINT_TRUE, missed = mask & LINT_FALSE, turn = mask & LINT_TURN;
    up->can_be_true = (uint8_t)(up->can_be_true + met);
    up->can_be_false = (uint8_t)(up->can_be_false + missed);
    up->turn = (uint8_t)(up->turn + turn);
    up->can_stand = (uint8_t)(up->can_stand + (!turn & met));
    up->must_stand = (uint8_t)(up->must_stand + (!turn & met & !missed));
}

/*= src:EVIDENCE#6.2-1  a threshold can be met when enough children can, and missed when enough can
 * fail; it turns when those that turn, with others, are enough, and the others alone are not */
static uint8_t combine(const struct rehab_node_row *node, struct tally t)
{
    bool met = t.can_be_true >= node->least, missed = t.can_be_false > node->arity - node->least;
    bool turns = t.turn > 0 && t.turn + t.can_stand >= node->least && t.must_stand < node->least;
    if (node->kind == REHAB_NOT) {
        bool swap = met;
        met = missed;
        missed = swap;
    }
    return (uint8_t)(met * LINT_TRUE + missed * LINT_FALSE + turns * LINT_TURN);
}

uint8_t lint_tree(const struct lint_trial *t, uint32_t rule, uint32_t first)
{
    const struct rehab_rule_row *r = &t->p->rules[rule];
    const struct rehab_node_row *node = &t->p->nodes[r->nodes.first];
    struct tally tally[REHAB_MAX_NODES] = {0};
    uint8_t mask = 0;
    for (uint32_t i = 0; i < r->nodes.count; i++) {
        mask = node[i].kind == REHAB_LEAF ? t->leaf[first + node[i].first_leaf].mask
                                          : combine(&node[i], tally[i]);
        count_child(&tally[node[i].parent], mask);
    }
    return mask;
}
