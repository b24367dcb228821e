/* SPDX-License-Identifier: Apache-2.0 */
/* One leaf. What is difficult here is how much depends on the expression: which conditions it may
 * have, what it is compared with, and from when on observations count where the author says
 * nothing. */
#include "build.h"

/* What a leaf is about, as far as it is known. */
struct leaf {
    const struct rehab_criterion *c;
    struct rehab_criterion_row *row;
    const struct rehab_measure *measure; /* NULL: none, or not known */
    struct rehab_texts labels;           /* what its labels are */
    bool ordered;
    bool apart; /* two values' difference, in the measure's unit */
    enum rehab_value_kind wants;
};

/* What values of a measure are compared with. */
static enum rehab_value_kind value_kind_of(const struct rehab_measure *m)
{
    return m->kind == REHAB_BOOLEAN   ? REHAB_VALUE_BOOLEAN
           : m->kind == REHAB_ORDINAL ? REHAB_VALUE_LABEL
                                      : REHAB_VALUE_NUMBER;
}

static bool is_pair(const struct rehab_criterion *c)
{
    return rehab_is_pair((uint32_t)c->expression);
}

/* Is more always better of what it looks at? */
static bool is_turned(const struct rehab_criterion *c)
{
    return c->expression == REHAB_SYMMETRY || c->expression == REHAB_IMPROVEMENT;
}

/* "mdc": the measure's own, under the condition that the leaf asks for. */
static bool is_mdc(const struct leaf *l, const struct rehab_value *value)
{
    return l->apart && value->kind == REHAB_VALUE_LABEL &&
           rehab_text_equal(value->label, REHAB_LITERAL("mdc"));
}

/* A bound in the row's scale. `name` is the member it came from. */
static int64_t put_bound(struct builder *b, const struct leaf *l, const struct rehab_value *value,
                         const char *name)
{
    if (is_mdc(l, value)) {
        bool one = (l->c->qualified & REHAB_SAME_ASSESSOR) != 0;
        int64_t mdc = one ? l->measure->mdc_same_nano : l->measure->mdc_nano;
        build_need(b, mdc > 0, REHAB_UNKNOWN_ERROR, name);
        build_need(b, mdc <= REHAB_VALUE_MAX, REHAB_WRONG_RANGE, name);
        return mdc;
    }
    if (value->kind != l->wants) {
        build_blame_member(b, REHAB_WRONG_VALUE, name);
        return 0;
    }
    if (value->kind == REHAB_VALUE_LABEL) {
        uint32_t place = build_find_label(b, value->label, l->labels, name);
        return place == REHAB_NONE ? 0 : place * REHAB_SCALE;
    }
    if (value->kind == REHAB_VALUE_DURATION) {
        bool same = value->duration.calendar == l->c->value.duration.calendar;
        build_need(b, same && value->duration.us >= 0 && value->duration.us <= 36500 * REHAB_DAY,
                   REHAB_WRONG_RANGE, name);
        return same ? value->duration.us : 0;
    }
    bool fits = value->nano >= -REHAB_VALUE_MAX && value->nano <= REHAB_VALUE_MAX;
    build_need(b, fits, REHAB_WRONG_RANGE, name);
    return fits ? value->nano : 0;
}

int64_t build_number(struct builder *b, const struct rehab_value *value, const char *name)
{
    const struct leaf l = {.wants = REHAB_VALUE_NUMBER};
    return put_bound(b, &l, value, name);
}

static int64_t put_set(struct builder *b, const struct leaf *l)
{
    uint64_t set = 0;
    build_need(b, l->c->value_count > 0, REHAB_MISSING, "in");
    for (uint32_t i = 0; i < l->c->value_count; i++) {
        build_enter_at(b, "in", i);
        int64_t nano = put_bound(b, l, &l->c->values[i], NULL);
        build_leave(b, 2);
        set |= UINT64_C(1) << ((uint64_t)(nano / REHAB_SCALE) & 63);
    }
    return (int64_t)set;
}

static void put_value_by(struct builder *b, const struct leaf *l)
{
    const struct rehab_criterion *c = l->c;
    l->row->by = build_take(b, REHAB_BOUNDS, c->value_by_count);
    if (c->value_by_count == 0) return;
    build_need(b, c->is != REHAB_IN && c->is != REHAB_BETWEEN, REHAB_WRONG_CONDITION, "value_by");
    build_need(b, c->value_by_count <= REHAB_MAX_LABELS, REHAB_TOO_MANY, "value_by");
    build_enter(b, "value_by");
    build_enter_id(b, c->value_by[0].stratum);
    uint32_t stratum = build_find_stratum(b, c->value_by[0].stratum, NULL);
    l->row->by_stratum = (uint16_t)stratum;
    for (uint32_t i = 0; i < c->value_by_count && stratum != REHAB_NONE; i++) {
        const struct rehab_value_by *by = &c->value_by[i];
        struct rehab_bound_row r = {0};
        build_need(b, rehab_text_equal(by->stratum, c->value_by[0].stratum), REHAB_TOO_MANY, NULL);
        build_enter_id(b, by->stratum_value);
        r.stratum_value =
            build_find_label(b, by->stratum_value, b->d->strata[stratum].values, NULL);
        r.bound_nano = put_bound(b, l, &by->value, NULL);
        build_leave(b, 1);
        struct rehab_bound_row *out = build_row(b, REHAB_BOUNDS, l->row->by.first + i);
        *out = r;
    }
    build_leave(b, 2);
}

/* Which operators a leaf may have: all of them for what has an order, but no sets of numbers and no
 * ranges of labels. */
static bool is_operator(const struct leaf *l)
{
    enum rehab_op op = l->c->is;
    if (op == REHAB_EQ || op == REHAB_NE) return l->wants != REHAB_VALUE_DURATION;
    if (op == REHAB_IN) return l->wants == REHAB_VALUE_LABEL;
    return l->ordered && (op != REHAB_BETWEEN || l->wants == REHAB_VALUE_NUMBER);
}

/* Both ends of an interval, each blamed where it stands. */
static void put_interval(struct builder *b, const struct leaf *l)
{
    build_enter_at(b, "between", 0);
    l->row->bound_nano = put_bound(b, l, &l->c->value, NULL);
    build_leave(b, 2);
    build_enter_at(b, "between", 1);
    l->row->upper_nano = put_bound(b, l, &l->c->upper, NULL);
    build_leave(b, 2);
}

/* The member that compares; a truth may stand in `is` itself. */
static const char *comparison_name(const struct rehab_criterion *c)
{
    return c->is == REHAB_IN ? "in" : c->is == REHAB_BETWEEN ? "between" : "is";
}

static void put_comparison(struct builder *b, const struct leaf *l)
{
    const struct rehab_criterion *c = l->c;
    l->row->op = (uint8_t)c->is;
    build_need(b, (uint32_t)c->is < REHAB_OP_COUNT && is_operator(l), REHAB_WRONG_OPERATOR,
               comparison_name(c));
    if (c->is == REHAB_BETWEEN) {
        put_interval(b, l);
    } else if (c->is == REHAB_IN) {
        l->row->bound_nano = put_set(b, l);
    } else {
        l->row->bound_nano =
            put_bound(b, l, &c->value, c->value.kind == REHAB_VALUE_BOOLEAN ? "is" : "value");
    }
    build_need(b, !c->warn_above || c->is == REHAB_BETWEEN, REHAB_WRONG_CONDITION, "above");
    if (c->warn_above) l->row->flags |= REHAB_WARN_ABOVE;
    if (c->value.duration.calendar) l->row->flags |= REHAB_BOUND_DAYS;
    put_value_by(b, l);
}

struct rehab_duration build_window(const struct builder *b, const struct rehab_measure *m)
{
    const struct rehab_document *d = b->d;
    uint32_t i = rehab_find_id(m->code, d->freshness, sizeof *d->freshness, d->freshness_count);
    if (i == REHAB_NONE && m->freshness_class.size > 0)
        i = rehab_find_id(m->freshness_class, d->freshness, sizeof *d->freshness,
                          d->freshness_count);
    return i == REHAB_NONE ? m->window : d->freshness[i].window;
}

/* The window of a leaf: its own, else where freshness matters the measure's. What raises a red flag
 * may not grow old. */
static struct rehab_duration find_window(struct builder *b, const struct leaf *l, uint32_t stance)
{
    build_need(b, stance != REHAB_FOR_FLAG || !l->c->within.given, REHAB_WRONG_CONDITION, "within");
    bool fresh = stance == REHAB_FOR_PROGRESS || stance == REHAB_FOR_ADVICE;
    bool after = rehab_is_aftermath((uint32_t)l->c->expression); /* how old the session may be */
    bool own = l->c->within.given || !fresh || after;
    return own ? l->c->within : build_window(b, l->measure);
}

static void put_duration(struct builder *b, struct rehab_duration from, int64_t *us,
                         struct rehab_criterion_row *r, uint8_t flag, const char *name)
{
    if (!from.given) return;
    build_need(b, from.us > 0 && from.us <= 36500 * REHAB_DAY, REHAB_WRONG_RANGE, name);
    *us = from.us;
    if (from.calendar) r->flags |= flag;
}

/* A qualifier must be (or, when it need not be known, must not be the contrary of) `held`. */
static void ask(struct rehab_criterion_row *r, uint32_t asked, uint32_t qualifier, bool known,
                bool held)
{
    if (asked == 0) return;
    r->asked = (uint16_t)(r->asked | qualifier << 8 | (known ? qualifier : 0));
    r->wanted = (uint16_t)(r->wanted | (held ? qualifier << 8 : 0) | (known ? qualifier : 0));
}

static void put_qualifiers(struct builder *b, const struct leaf *l)
{
    uint32_t q = l->c->qualified;
    bool two = l->c->expression > REHAB_BEST && l->c->expression <= REHAB_RISE;
    build_need(b, two || (q & REHAB_SAME_ASSESSOR) == 0, REHAB_WRONG_CONDITION, "qualified");
    if (q & REHAB_SAME_ASSESSOR) l->row->flags |= REHAB_ONE_ASSESSOR;
    ask(l->row, q & REHAB_UNMEDICATED, REHAB_ANALGESIC_24H, true, false);
    ask(l->row, q & REHAB_PAIN_FREE, REHAB_WAS_PAIN_FREE, true, true);
    ask(l->row, q & REHAB_NO_WARM_UP, REHAB_WARMED_UP, true, false);
    ask(l->row, q & REHAB_GOOD_QUALITY, REHAB_POOR_QUALITY, false, false);
}

/* Sustained conditions, and from when on observations count. */
static void put_run(struct builder *b, const struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    bool run = c->for_days > 0 || c->for_observations > 0;
    bool window = c->expression == REHAB_WORST || c->expression == REHAB_BEST;
    bool progress = stance == REHAB_FOR_PROGRESS || stance == REHAB_FOR_ADVICE;
    build_need(b, c->for_days <= REHAB_MAX_RUN && c->for_observations <= REHAB_MAX_RUN,
               REHAB_WRONG_RANGE, "for");
    build_need(b, c->for_days == 0 || c->for_observations == 0, REHAB_WRONG_CONDITION, "for");
    build_need(b, !run || c->expression != REHAB_BEST, REHAB_WRONG_CONDITION, "for");
    build_need(b, !run || !progress || c->expression != REHAB_WORST, REHAB_WRONG_CONDITION, "for");
    build_need(b, !c->apart.given || c->for_observations > 0, REHAB_WRONG_CONDITION, "for");
    bool after = rehab_is_aftermath((uint32_t)c->expression);
    build_need(b, !after || (c->for_days == 0 && !c->apart.given), REHAB_WRONG_CONDITION, "for");
    build_need(b, c->since != REHAB_SINCE_PHASE || stance != REHAB_FOR_FLAG, REHAB_WRONG_CONDITION,
               "since");
    l->row->for_days = (uint8_t)c->for_days;
    l->row->for_observations = (uint8_t)c->for_observations;
    put_duration(b, c->apart, &l->row->apart_us, l->row, REHAB_APART_DAYS, "for");
    l->row->since = (uint8_t)c->since;
    if (c->since == REHAB_SINCE_DEFAULT && progress && (run || window || c->activity.size > 0))
        l->row->since = REHAB_SINCE_PHASE;
}

/* The measure that a leaf names, or that its table is of. */
static struct rehab_text find_measure(struct builder *b, struct leaf *l, const char *name)
{
    const struct rehab_document *d = b->d;
    if (l->c->expression != REHAB_PERCENTILE) return l->c->measure;
    uint32_t i = build_look_up(b, l->c->name, d->norms, sizeof *d->norms, d->norm_count,
                               REHAB_UNKNOWN_DERIVED, name);
    l->row->name = (uint16_t)i;
    return i == REHAB_NONE ? BUILD_NOTHING : d->norms[i].measure;
}

static void put_observed(struct builder *b, struct leaf *l, uint32_t stance, const char *name)
{
    const struct rehab_criterion *c = l->c;
    struct rehab_criterion_row *r = l->row;
    uint32_t used = build_use_measure(b, find_measure(b, l, name), name);
    r->measure = (uint16_t)used;
    if (used == REHAB_NONE) return;
    const struct rehab_measure *m = l->measure = build_measure_at(b, used);
    bool rise = c->expression == REHAB_NEXT_MORNING && c->over.size > 0;
    bool recorded = c->expression == REHAB_RECORDED;
    bool plain =
        c->expression <= REHAB_BEST || recorded || (c->expression == REHAB_NEXT_MORNING && !rise);
    bool side = c->side == REHAB_SIDE_NONE || (m->sided && !is_pair(c) && c->side != REHAB_BOTH);
    build_need(b, side && (m->sided || !is_pair(c)), REHAB_WRONG_SIDE, side ? name : "side");
    r->side = (uint8_t)(!m->sided                    ? REHAB_SIDE_NONE
                        : c->side == REHAB_SIDE_NONE ? REHAB_INVOLVED
                                                     : c->side);
    build_need(b, plain || m->kind == REHAB_NUMBER, REHAB_WRONG_VALUE, name);
    build_need(b, !is_turned(c) || m->direction != REHAB_NEUTRAL, REHAB_WRONG_VALUE, name);
    build_need(b, c->expression != REHAB_SETTLE || m->direction != REHAB_NEUTRAL, REHAB_WRONG_VALUE,
               name);
    l->wants = c->expression == REHAB_SETTLE ? REHAB_VALUE_DURATION
               : recorded                    ? REHAB_VALUE_BOOLEAN
                                             : value_kind_of(m);
    bool so = c->is == REHAB_EQ && c->value.kind == REHAB_VALUE_BOOLEAN && c->value.nano != 0;
    build_need(b, !recorded || so, REHAB_WRONG_VALUE, "is");
    if (is_turned(c) && m->direction == REHAB_LOWER_IS_BETTER) r->flags |= REHAB_TURNED;
    l->labels = m->labels;
    l->apart = c->expression == REHAB_DIFFERENCE || c->expression == REHAB_CHANGE ||
               c->expression == REHAB_IMPROVEMENT || c->expression == REHAB_RISE || rise;
    l->ordered = m->kind != REHAB_BOOLEAN;
    put_duration(b, find_window(b, l, stance), &r->within_us, r, REHAB_WITHIN_DAYS, "within");
    bool paired = is_pair(c) || c->expression == REHAB_RISE || c->ago.given || c->per.size > 0;
    build_need(b, paired || !c->within_pair.given, REHAB_WRONG_CONDITION, "within_pair");
    bool own = c->within_pair.given || !is_pair(c);
    put_duration(b, own ? c->within_pair : b->d->within_pair, &r->pair_us, r, REHAB_PAIR_DAYS,
                 "within_pair");
    put_qualifiers(b, l);
    put_run(b, l, stance);
}

/* What the value is divided by, how old that may be, and the unit of both. */
static void put_per(struct builder *b, const struct leaf *l)
{
    const struct rehab_criterion *c = l->c;
    build_need(b, c->expression <= REHAB_BEST, REHAB_WRONG_CONDITION, "per");
    uint32_t used = build_use_measure(b, c->per, "per");
    if (used == REHAB_NONE || l->measure == NULL) return;
    const struct rehab_measure *m = build_measure_at(b, used);
    build_need(b, m->kind == REHAB_NUMBER && l->measure->kind == REHAB_NUMBER, REHAB_WRONG_VALUE,
               "per");
    build_need(b, !m->sided, REHAB_WRONG_SIDE, "per");
    if (!c->within_pair.given)
        put_duration(b, build_window(b, m), &l->row->pair_us, l->row, REHAB_PAIR_DAYS, "per");
    struct rehab_range unit = build_take(b, REHAB_TEXTS, 1);
    struct rehab_ref ref = build_text(b, l->measure->unit); /* the parts lie side by side */
    ref.size += build_text(b, REHAB_LITERAL("/")).size + build_text(b, m->unit).size;
    struct rehab_text_row *out = build_row(b, REHAB_TEXTS, unit.first);
    out->text = ref;
    build_need(b, unit.first < REHAB_NONE16, REHAB_TOO_MANY, "per");
    l->row->over = (uint16_t)used;
    l->row->name = (uint16_t)unit.first;
}

/* The second measure of `rise`: in the same unit. */
static void put_over(struct builder *b, struct leaf *l)
{
    uint32_t used = build_use_measure(b, l->c->over, "over");
    l->row->over = (uint16_t)used;
    if (used == REHAB_NONE || l->measure == NULL) return;
    const struct rehab_measure *m = build_measure_at(b, used);
    build_need(b, m->kind == REHAB_NUMBER && rehab_text_equal(m->unit, l->measure->unit),
               REHAB_WRONG_VALUE, "over");
}

static bool is_anchor(const struct rehab_criterion *c, uint32_t stance)
{
    if (c->from == REHAB_PHASE) return stance != REHAB_FOR_FLAG;
    if (c->expression != REHAB_ELAPSED) return c->from > REHAB_ANCHOR_NONE && c->from < REHAB_PHASE;
    return c->from >= REHAB_EPISODE && c->from < REHAB_ANCHOR_COUNT;
}

/* What the newest value is held against: with `ago`, `apart_us` is how long before. */
static void put_since(struct builder *b, struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    bool ago = c->from == REHAB_AGO;
    build_need(b, is_anchor(c, stance), REHAB_WRONG_CONDITION, "from");
    build_need(b, c->ago.given == ago, ago ? REHAB_MISSING : REHAB_WRONG_CONDITION, "ago");
    build_need(b, !ago || c->for_observations == 0, REHAB_WRONG_CONDITION, "for");
    if (ago) put_duration(b, c->ago, &l->row->apart_us, l->row, REHAB_APART_DAYS, "ago");
}

static uint32_t put_clearance(struct builder *b, struct rehab_text name)
{
    uint32_t i = rehab_find_id(name, b->clearance, sizeof *b->clearance, b->clearances);
    if (i != REHAB_NONE) return i;
    build_need(b, name.size > 0, REHAB_MISSING, "cleared");
    if (b->clearances == REHAB_MAX_CLEARANCES) {
        build_blame_member(b, REHAB_TOO_MANY, "cleared");
        return 0;
    }
    b->clearance[b->clearances] = name;
    return b->clearances++;
}

/* A phase of another track, or of its own: the row it will have. */
static void put_reached(struct builder *b, const struct leaf *l, uint32_t stance)
{
    const struct rehab_document *d = b->d;
    uint32_t track = b->track, first = 0;
    build_need(b, stance != REHAB_FOR_FLAG, REHAB_WRONG_CONDITION, "reached");
    if (l->c->track.size > 0)
        track = build_look_up(b, l->c->track, d->tracks, sizeof *d->tracks, d->track_count,
                              REHAB_UNKNOWN_TRACK, "track");
    if (track == REHAB_NONE) return;
    for (uint32_t i = 0; i < track; i++)
        first += d->tracks[i].phase_count;
    const struct rehab_track *t = &d->tracks[track];
    uint32_t phase = build_look_up(b, l->c->name, t->phases, sizeof *t->phases, t->phase_count,
                                   REHAB_UNKNOWN_PHASE, "reached");
    l->row->name = (uint16_t)(first + phase);
}

/* The history of a measure: whoever looks at it looks at the measure. */
static void put_state(struct builder *b, struct leaf *l, uint32_t stance)
{
    const struct rehab_document *d = b->d;
    struct rehab_criterion_row *r = l->row;
    uint32_t i = build_look_up(b, l->c->name, d->automata, sizeof *d->automata, d->automaton_count,
                               REHAB_UNKNOWN_DERIVED, "state");
    l->wants = REHAB_VALUE_LABEL;
    l->ordered = false;
    build_need(b, l->c->since != REHAB_SINCE_PHASE || stance != REHAB_FOR_FLAG,
               REHAB_WRONG_CONDITION, "since");
    if (b->fault->code != REHAB_FINE) return;
    uint32_t used = build_use_measure(b, d->automata[i].of, "state");
    const struct rehab_measure *m = l->measure = build_measure_at(b, used);
    r->name = (uint16_t)i;
    r->measure = (uint16_t)used;
    r->since = (uint8_t)l->c->since;
    r->side = (uint8_t)(!m->sided                                ? REHAB_SIDE_NONE
                        : d->automata[i].side == REHAB_SIDE_NONE ? REHAB_INVOLVED
                                                                 : d->automata[i].side);
    l->labels = b->states[i];
    put_duration(b, find_window(b, l, stance), &r->within_us, r, REHAB_WITHIN_DAYS, "within");
}

/* What a session must have shown to be counted. */
static void put_with(struct builder *b, const struct rehab_with *with, struct rehab_extra_row *x)
{
    build_enter(b, "with");
    uint32_t used = build_use_measure(b, with->measure, "measure");
    x->with_measure = (uint16_t)used;
    x->with_op = (uint8_t)with->is;
    build_need(b, (uint32_t)with->is < REHAB_BETWEEN, REHAB_WRONG_OPERATOR, "is");
    if (used != REHAB_NONE) {
        const struct rehab_measure *m = build_measure_at(b, used);
        const struct leaf l = {.measure = m,
                               .labels = m->labels,
                               .ordered = m->kind != REHAB_BOOLEAN,
                               .wants = value_kind_of(m)};
        bool ordered = l.ordered || with->is == REHAB_EQ || with->is == REHAB_NE;
        build_need(b, ordered, REHAB_WRONG_OPERATOR, "is");
        x->with_nano = put_bound(b, &l, &with->value, "value");
    }
    build_leave(b, 1);
}

/* Expressions over sessions themselves. */
static void put_sessions(struct builder *b, struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    struct rehab_criterion_row *r = l->row;
    struct rehab_extra_row x = {.with_measure = REHAB_NONE16, .failed = c->failed};
    l->wants = c->expression == REHAB_SPACING ? REHAB_VALUE_DURATION : REHAB_VALUE_NUMBER;
    r->since = (uint8_t)c->since;
    if (c->since == REHAB_SINCE_DEFAULT && stance != REHAB_FOR_FLAG) r->since = REHAB_SINCE_PHASE;
    build_need(b, c->since != REHAB_SINCE_PHASE || stance != REHAB_FOR_FLAG, REHAB_WRONG_CONDITION,
               "since");
    put_duration(b, c->within, &r->within_us, r, REHAB_WITHIN_DAYS, "within");
    if (!c->with.given && !c->failed) return;
    if (c->with.given) put_with(b, &c->with, &x);
    put_qualifiers(b, l);
    r->extra = build_take(b, REHAB_EXTRAS, 1).first;
    struct rehab_extra_row *out = build_row(b, REHAB_EXTRAS, r->extra);
    *out = x;
}

/* Whose sessions it is about, or in whose it was observed. */
static void put_activity(struct builder *b, const struct leaf *l, const char *name)
{
    const struct rehab_criterion *c = l->c;
    bool own = rehab_is_of_sessions((uint32_t)c->expression);
    build_need(b, !c->with.given || c->expression == REHAB_SESSIONS, REHAB_WRONG_CONDITION, "with");
    build_need(b, !c->failed || c->expression == REHAB_SPACING, REHAB_WRONG_CONDITION, "failed");
    bool after = rehab_is_aftermath((uint32_t)c->expression);
    build_need(b, !after || c->activity.size > 0, REHAB_MISSING, "during");
    if (own || c->activity.size > 0)
        l->row->activity = build_find_activity(b, c->activity, own ? name : "during");
    build_need(b, own || after || c->activity.size == 0 || c->expression <= REHAB_RISE,
               REHAB_WRONG_CONDITION, "during");
}

/* Facts have no conditions of observations, but some look at a window. */
static void refuse_conditions(struct builder *b, const struct rehab_criterion *c)
{
    bool window = c->expression == REHAB_STATE || c->expression == REHAB_SESSIONS ||
                  c->expression == REHAB_ADHERENCE;
    bool run = c->for_days > 0 || c->for_observations > 0 || c->apart.given;
    build_need(b, !c->within_pair.given, REHAB_WRONG_CONDITION, "within_pair");
    build_need(b, !run, REHAB_WRONG_CONDITION, "for");
    build_need(b, c->qualified == 0 || c->with.given, REHAB_WRONG_CONDITION, "qualified");
    build_need(b, c->side == REHAB_SIDE_NONE, REHAB_WRONG_CONDITION, "side");
    build_need(b, !c->within.given || window || c->expression == REHAB_CLEARED,
               REHAB_WRONG_CONDITION, "within");
    build_need(b, c->since == REHAB_SINCE_DEFAULT || window, REHAB_WRONG_CONDITION, "since");
}

/* Expressions over facts: time, clearance, stratum, phase, sessions. */
static void put_fact(struct builder *b, struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    struct rehab_criterion_row *r = l->row;
    bool state = c->expression == REHAB_STATE;
    refuse_conditions(b, c);
    if (rehab_is_of_sessions((uint32_t)c->expression)) {
        put_sessions(b, l, stance);
    } else if (c->expression == REHAB_ELAPSED) {
        build_need(b, is_anchor(c, stance), REHAB_WRONG_CONDITION, "elapsed");
        l->wants = REHAB_VALUE_DURATION;
        l->ordered = true;
    } else if (c->expression == REHAB_CLEARED) {
        l->wants = REHAB_VALUE_BOOLEAN;
        build_need(b, c->roles != 0, REHAB_MISSING, "by");
        r->name = (uint16_t)put_clearance(b, c->name);
        put_duration(b, c->within, &r->within_us, r, REHAB_WITHIN_DAYS, "within");
    } else if (c->expression == REHAB_AGE) {
        l->wants = REHAB_VALUE_NUMBER;
    } else if (c->expression == REHAB_SCORE) {
        r->name = (uint16_t)build_look_up(b, c->name, b->d->scores, sizeof *b->d->scores,
                                          b->d->score_count, REHAB_UNKNOWN_DERIVED, "score");
    } else if (state) {
        put_state(b, l, stance);
    } else if (c->expression == REHAB_REACHED) {
        l->wants = REHAB_VALUE_BOOLEAN;
        l->ordered = false;
        put_reached(b, l, stance);
    } else {
        l->wants = REHAB_VALUE_LABEL;
        uint32_t stratum = build_find_stratum(b, c->name, "stratum");
        r->name = (uint16_t)stratum;
        if (stratum == REHAB_NONE) return;
        l->labels = b->d->strata[stratum].values;
        l->ordered = b->d->strata[stratum].ordered;
    }
}

static const char *const_name(enum rehab_expression expression)
{
    static const char NAME[REHAB_EXPRESSION_COUNT][16] = {
        "latest", "worst",        "best",        "symmetry", "difference", "asymmetry",
        "change", "percent_of",   "improvement", "rise",     "percentile", "recorded",
        "settle", "next_morning", "elapsed",     "cleared",  "stratum",    "reached",
        "score",  "state",        "age",         "sessions", "adherence",  "spacing"};
    return NAME[expression];
}

bool build_leaf_places(struct builder *b)
{
    uint32_t places = 2; /* some are always free */
    while (places < 2 * b->used[REHAB_CRITERIA])
        places *= 2;
    b->leaf_mask = places - 1;
    b->leaf = rehab_alloc(b->scratch, places * sizeof *b->leaf);
    if (b->leaf == NULL) return false;
    memset(b->leaf, 0xff, places * sizeof *b->leaf); /* REHAB_NONE */
    return true;
}

/* Where an id stands among those of the leaves so far, or the free place where it belongs. */
static uint32_t *find_place(struct builder *b, struct rehab_text id)
{
    const struct rehab_criterion_row *rows = build_row(b, REHAB_CRITERIA, 0);
    const char *characters = (const char *)b->block + b->at[REHAB_CHARACTERS];
    uint32_t place = UINT32_C(0x811c9dc5);
    for (uint32_t i = 0; i < id.size; i++)
        place = (place ^ (unsigned char)id.at[i]) * UINT32_C(0x01000193);
    for (place &= b->leaf_mask; b->leaf[place] != REHAB_NONE; place = (place + 1) & b->leaf_mask) {
        struct rehab_ref other = rows[b->leaf[place]].id;
        if (rehab_text_equal(id, (struct rehab_text){characters + other.at, other.size})) break;
    }
    return &b->leaf[place];
}

void build_leaf_id(struct builder *b, struct rehab_text id)
{
    build_need(b, id.size > 0, REHAB_MISSING, "id");
    if (b->block == NULL || *find_place(b, id) == REHAB_NONE) return;
    build_enter(b, "id");
    build_blame(b, REHAB_DUPLICATE_ID, id, BUILD_NOTHING);
    build_leave(b, 1);
}

/* The row of a leaf, which can be found by its id from now on. */
static void put_row(struct builder *b, uint32_t index, const struct rehab_criterion_row *row,
                    struct rehab_text id)
{
    struct rehab_criterion_row *out = build_row(b, REHAB_CRITERIA, index);
    *out = *row;
    if (b->block != NULL) *find_place(b, id) = index;
}

/* Several trials of one assessment: of good quality, and what is taken must exist. */
static void put_trials(struct builder *b, const struct leaf *l)
{
    const struct rehab_criterion *c = l->c;
    bool given = c->trials > 0 || c->take != REHAB_TAKE_NONE;
    if (!given) return;
    build_need(b, c->expression < REHAB_RISE, REHAB_WRONG_CONDITION, "trials");
    build_need(b, c->trials > 0 && c->trials <= REHAB_MAX_TRIALS, REHAB_WRONG_RANGE, "trials");
    build_need(b, c->take > REHAB_TAKE_NONE && c->take < REHAB_TAKE_COUNT, REHAB_MISSING, "take");
    if (l->measure == NULL) return;
    bool number = l->measure->kind == REHAB_NUMBER || c->take == REHAB_TAKE_LAST;
    bool better = l->measure->direction != REHAB_NEUTRAL || c->take != REHAB_TAKE_BEST;
    build_need(b, better && (number || c->take == REHAB_TAKE_BEST), REHAB_WRONG_VALUE, "take");
    l->row->trials = (uint8_t)c->trials;
    l->row->take = (uint8_t)c->take;
    ask(l->row, 1, REHAB_POOR_QUALITY, false, false);
}

/* When a failed test may be repeated, and until when it should be. */
static void put_retest(struct builder *b, const struct leaf *l, uint32_t stance)
{
    const struct rehab_retest *t = &l->c->retest;
    struct rehab_extra_row x = {.with_measure = REHAB_NONE16,
                                .after_us = t->after.us,
                                .until_us = t->until.us,
                                .after_days = t->after.calendar,
                                .until_days = t->until.calendar};
    if (!t->given) return;
    bool fits = l->c->expression == REHAB_LATEST && stance == REHAB_FOR_PROGRESS &&
                l->c->for_days + l->c->for_observations == 0;
    build_need(b, fits, REHAB_WRONG_CONDITION, "retest");
    build_enter(b, "retest");
    build_need(b, t->after.us > 0, REHAB_WRONG_RANGE, "after");
    build_need(b, t->until.us >= t->after.us && t->until.us <= 36500 * REHAB_DAY, REHAB_WRONG_RANGE,
               "until");
    build_leave(b, 1);
    l->row->extra = build_take(b, REHAB_EXTRAS, 1).first;
    struct rehab_extra_row *out = build_row(b, REHAB_EXTRAS, l->row->extra);
    *out = x;
}

void build_comparison(struct builder *b, const struct rehab_comparison *k,
                      const struct rehab_measure *m, struct rehab_criterion_row *row)
{
    const struct rehab_criterion c = {.kind = REHAB_LEAF,
                                      .is = k->is,
                                      .value = k->value,
                                      .upper = k->upper,
                                      .values = k->values,
                                      .value_count = k->value_count};
    const struct leaf l = {.c = &c,
                           .row = row,
                           .measure = m,
                           .labels = m->labels,
                           .ordered = m->kind != REHAB_BOOLEAN,
                           .wants = value_kind_of(m)};
    put_comparison(b, &l);
}

/* Points that are known for a while? */
static bool is_passing(const struct rehab_score *score)
{
    uint32_t i = 0;
    while (i < score->item_count && !score->items[i].within.given)
        i++;
    return i < score->item_count;
}

/* Of what is compared: it grows with time, and of a window what was done falls out of it. */
static uint32_t find_way(const struct rehab_criterion_row *r)
{
    const uint32_t growing = 1u << REHAB_ELAPSED | 1u << REHAB_AGE | 1u << REHAB_SPACING;
    const uint32_t falling = 1u << REHAB_SESSIONS | 1u << REHAB_ADHERENCE | 1u << REHAB_CLEARED;
    if (growing >> r->expression & 1) return BUILD_BEGINS;
    return (falling >> r->expression & 1) && r->within_us > 0 ? BUILD_ENDS : 0;
}

/* To ask for less, or under `not`, turns it; a share may go either way. */
static uint32_t find_drift(const struct builder *b, const struct rehab_criterion_row *r)
{
    const uint32_t both = BUILD_BEGINS | BUILD_ENDS, way = find_way(r);
    const bool less = r->op < REHAB_EQ, more = r->op == REHAB_GE || r->op == REHAB_GT;
    if (r->expression == REHAB_SCORE) return is_passing(&b->d->scores[r->name]) ? BUILD_ENDS : 0;
    if (rehab_is_quotient(r) && r->pair_us > 0) return BUILD_ENDS; /* not known any more */
    if (way == 0) return 0;
    if (r->expression == REHAB_CLEARED) return r->negative ? both - way : way;
    if (r->expression == REHAB_ADHERENCE || (!less && !more)) return both;
    return less != (r->negative != 0) ? both - way : way;
}

void build_leaf(struct builder *b, const struct rehab_criterion *c, uint32_t index, uint32_t stance,
                bool negative)
{
    struct rehab_criterion_row r = {.measure = REHAB_NONE16,
                                    .over = REHAB_NONE16,
                                    .name = REHAB_NONE16,
                                    .by_stratum = REHAB_NONE16,
                                    .activity = REHAB_NONE16,
                                    .extra = REHAB_NONE};
    struct leaf l = {.c = c, .row = &r, .wants = REHAB_VALUE_NUMBER, .ordered = true};
    if ((uint32_t)c->expression >= REHAB_EXPRESSION_COUNT) {
        build_blame_member(b, REHAB_WRONG_VALUE, "id");
        return;
    }
    const char *name = const_name(c->expression);
    r.expression = (uint8_t)c->expression;
    r.stance = (uint8_t)stance;
    r.negative = negative;
    r.from = (uint8_t)c->from;
    r.floor = c->floor;
    r.roles = (uint8_t)build_widen_roles(c->roles);
    if (c->expression < REHAB_ELAPSED) {
        put_observed(b, &l, stance, name);
    } else {
        put_fact(b, &l, stance);
    }
    bool over = c->expression == REHAB_NEXT_MORNING && c->over.size > 0;
    if (over || c->expression == REHAB_RISE) put_over(b, &l);
    if (c->per.size > 0) put_per(b, &l);
    put_activity(b, &l, name);
    put_trials(b, &l);
    put_retest(b, &l, stance);
    if (rehab_is_since((uint32_t)c->expression)) {
        put_since(b, &l, stance);
    } else {
        bool from = c->from == REHAB_ANCHOR_NONE || c->expression == REHAB_ELAPSED;
        build_need(b, from, REHAB_WRONG_CONDITION, "from");
        build_need(b, !c->ago.given, REHAB_WRONG_CONDITION, "ago");
    }
    build_need(b, !c->floor || (c->expression == REHAB_ELAPSED && c->roles != 0),
               REHAB_WRONG_CONDITION, "floor");
    if (b->fault->code == REHAB_FINE) put_comparison(b, &l);
    if (rehab_is_plain(&r)) r.flags |= REHAB_PLAIN;
    if (stance == REHAB_FOR_FLAG && b->fault->code == REHAB_FINE) b->drift |= find_drift(b, &r);
    r.id = build_text(b, c->id);
    r.citation = build_citation(b, &c->citation);
    put_row(b, index, &r, c->id);
}
