/* SPDX-License-Identifier: Apache-2.0 */
/* A track: its phases, and what they hold. */
#include "build.h"

static uint32_t whole_days(struct builder *b, struct rehab_duration d, const char *name)
{
    build_need(b, d.us >= 0 && d.us <= 36500 * REHAB_DAY && d.us % REHAB_DAY == 0,
               REHAB_WRONG_RANGE, name);
    return (uint32_t)((uint64_t)d.us / (uint64_t)REHAB_DAY);
}

static uint32_t whole_seconds(struct rehab_duration d)
{
    return (uint32_t)((uint64_t)d.us / UINT64_C(1000000));
}

static void put_expectation_by(struct builder *b, const struct rehab_expectation *e,
                               struct rehab_expectation_row *r)
{
    r->by = build_take(b, REHAB_EXPECTATION_BOUNDS, e->by_count);
    r->by_stratum = REHAB_NONE;
    if (e->by_count == 0) return;
    build_need(b, e->by_count <= REHAB_MAX_LABELS, REHAB_TOO_MANY, "by");
    build_enter(b, "by");
    build_enter_id(b, e->by[0].stratum);
    r->by_stratum = build_find_stratum(b, e->by[0].stratum, NULL);
    for (uint32_t i = 0; i < e->by_count && r->by_stratum != REHAB_NONE; i++) {
        struct rehab_expectation_by_row by = {0};
        build_need(b, rehab_text_equal(e->by[i].stratum, e->by[0].stratum), REHAB_TOO_MANY, NULL);
        build_enter_id(b, e->by[i].stratum_value);
        by.stratum_value =
            build_find_label(b, e->by[i].stratum_value, b->d->strata[r->by_stratum].values, NULL);
        by.low_days = whole_days(b, e->by[i].low, NULL);
        by.high_days = whole_days(b, e->by[i].high, NULL);
        build_leave(b, 1);
        struct rehab_expectation_by_row *out =
            build_row(b, REHAB_EXPECTATION_BOUNDS, r->by.first + i);
        *out = by;
    }
    build_leave(b, 2);
}

static uint32_t put_expectation(struct builder *b, const struct rehab_expectation *e,
                                const char *name)
{
    if (!e->given) return REHAB_NONE;
    uint32_t index = build_take(b, REHAB_EXPECTATIONS, 1).first;
    struct rehab_expectation_row r = {.from = (uint32_t)e->from};
    build_enter(b, name);
    build_need(b, e->from >= REHAB_PHASE && e->from < REHAB_ANCHOR_COUNT, REHAB_WRONG_RANGE,
               "from");
    build_need(b, e->low.us <= e->high.us, REHAB_WRONG_RANGE, "typical");
    r.low_days = whole_days(b, e->low, "typical");
    r.high_days = whole_days(b, e->high, "typical");
    put_expectation_by(b, e, &r);
    r.citation = build_citation(b, &e->citation);
    build_leave(b, 1);
    struct rehab_expectation_row *out = build_row(b, REHAB_EXPECTATIONS, index);
    *out = r;
    return index;
}

static struct rehab_range put_treatments(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = build_take(b, REHAB_TREATMENTS, phase->treatment_count);
    for (uint32_t i = 0; i < phase->treatment_count; i++) {
        const struct rehab_treatment *t = &phase->treatments[i];
        build_enter_at(b, "treatments", i);
        struct rehab_treatment_row r = {.minutes_low = t->minutes_low,
                                        .minutes_high = t->minutes_high,
                                        .per_day_low = t->per_day_low,
                                        .per_day_high = t->per_day_high};
        r.id = build_text(b, t->id);
        r.title = build_words(b, t->title);
        r.text = build_words(b, t->text);
        r.citation = build_citation(b, &t->citation);
        build_leave(b, 2);
        struct rehab_treatment_row *out = build_row(b, REHAB_TREATMENTS, range.first + i);
        *out = r;
    }
    return range;
}

static struct rehab_range put_advice(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = build_take(b, REHAB_ADVICE, phase->advice_count);
    for (uint32_t i = 0; i < phase->advice_count; i++) {
        const struct rehab_advice *a = &phase->advice[i];
        build_enter_at(b, "advice", i);
        struct rehab_advice_row r = {.id = build_text(b, a->id)};
        r.title = build_words(b, a->title);
        r.text = build_words(b, a->text);
        r.give = build_required_rule(b, a->give, REHAB_FOR_ADVICE, "give");
        r.withdraw = build_rule(b, a->withdraw, REHAB_FOR_PROGRESS, "withdraw");
        build_leave(b, 2);
        struct rehab_advice_row *out = build_row(b, REHAB_ADVICE, range.first + i);
        *out = r;
    }
    return range;
}

/* What its sessions are: as it says, else the activity that is called as its exercise. */
static uint32_t find_activity(struct builder *b, const struct rehab_prescription *p)
{
    const struct rehab_document *d = b->d;
    const struct rehab_activity *all = d->activities;
    if (p->activity.size == 0)
        return rehab_find_id(p->exercise, all, sizeof *all, d->activity_count);
    return build_look_up(b, p->activity, all, sizeof *all, d->activity_count,
                         REHAB_UNKNOWN_ACTIVITY, "activity");
}

/* A limit is a leaf that asks for the newest value in the sessions of the prescription. */
static void put_limit(struct builder *b, const struct rehab_prescription *p,
                      const struct rehab_limit *limit, uint32_t index)
{
    struct rehab_criterion c = {.kind = REHAB_LEAF,
                                .measure = limit->during,
                                .is = limit->is,
                                .value = limit->value,
                                .value_by = limit->value_by,
                                .value_by_count = limit->value_by_count,
                                .within = {36500 * REHAB_DAY, false, true},
                                .since = REHAB_SINCE_PHASE,
                                .citation = limit->citation};
    uint32_t measure = build_use_measure(b, limit->during, "during");
    uint32_t activity = find_activity(b, p);
    bool other = rehab_text_equal(p->side, REHAB_LITERAL("other"));
    build_need(b, (uint32_t)limit->is < REHAB_BETWEEN, REHAB_WRONG_OPERATOR, "is");
    if (b->fault->code != REHAB_FINE) return;
    if (other && build_measure_at(b, measure)->sided) c.side = REHAB_OTHER;
    if (activity != REHAB_NONE) c.activity = b->d->activities[activity].id;
    struct rehab_limit_row r = {.criterion = build_take(b, REHAB_CRITERIA, 1).first,
                                .cap = limit != &p->limit,
                                .otherwise = build_text(b, limit->otherwise)};
    build_leaf(b, &c, r.criterion, REHAB_FOR_ADVICE, false);
    struct rehab_limit_row *out = build_row(b, REHAB_LIMITS, index);
    *out = r;
}

static struct rehab_range put_limits(struct builder *b, const struct rehab_prescription *p)
{
    struct rehab_range range = build_take(b, REHAB_LIMITS, p->limit.given + p->cap_count);
    build_need(b, p->cap_count <= REHAB_MAX_ITEMS, REHAB_TOO_MANY, "caps");
    build_enter(b, "limit");
    if (p->limit.given) put_limit(b, p, &p->limit, range.first);
    build_leave(b, 1);
    for (uint32_t i = 0; i < p->cap_count; i++) {
        build_enter_at(b, "caps", i);
        put_limit(b, p, &p->caps[i], range.first + p->limit.given + i);
        build_leave(b, 2);
    }
    return range;
}

static void check_schedule(struct builder *b, const struct rehab_prescription *p)
{
    build_enter(b, "schedule");
    build_need(b, p->per_day <= REHAB_MAX_OFTEN, REHAB_WRONG_RANGE, "per_day");
    build_need(b, p->per_week <= REHAB_MAX_OFTEN, REHAB_WRONG_RANGE, "per_week");
    build_need(b, p->every_days <= REHAB_MAX_OFTEN, REHAB_WRONG_RANGE, "every_days");
    build_leave(b, 1);
}

static struct rehab_range put_prescriptions(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = build_take(b, REHAB_PRESCRIPTIONS, phase->prescription_count);
    for (uint32_t i = 0; i < phase->prescription_count; i++) {
        const struct rehab_prescription *p = &phase->prescriptions[i];
        build_enter_at(b, "prescriptions", i);
        build_need(b, p->exercise.size > 0, REHAB_MISSING, "exercise");
        check_schedule(b, p);
        struct rehab_prescription_row r = {.sets = p->sets,
                                           .repetitions = p->repetitions,
                                           .hold_s = whole_seconds(p->hold),
                                           .tempo_up_s = whole_seconds(p->tempo_up),
                                           .tempo_down_s = whole_seconds(p->tempo_down),
                                           .per_day = p->per_day,
                                           .per_week = p->per_week,
                                           .every_days = p->every_days,
                                           .activity = find_activity(b, p),
                                           .load_percent_low = p->load_percent_low,
                                           .load_percent_high = p->load_percent_high};
        r.id = build_text(b, p->id);
        r.exercise = build_text(b, p->exercise);
        r.side = build_text(b, p->side);
        r.gate = build_rule(b, p->gate, REHAB_FOR_PROGRESS, "gate");
        build_enter(b, "progress");
        r.progress = build_rule(b, p->progress, REHAB_FOR_PROGRESS, "when");
        r.progress_citation = build_citation(b, &p->progress_citation);
        build_leave(b, 1);
        r.limits = put_limits(b, p);
        r.citation = build_citation(b, &p->citation);
        build_leave(b, 2);
        struct rehab_prescription_row *out = build_row(b, REHAB_PRESCRIPTIONS, range.first + i);
        *out = r;
    }
    return range;
}

static struct rehab_range put_goals(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = build_take(b, REHAB_GOALS, phase->goal_count);
    build_need(b, phase->goal_count <= REHAB_MAX_ITEMS, REHAB_TOO_MANY, "goals");
    for (uint32_t i = 0; i < phase->goal_count; i++) {
        struct rehab_range words = build_words(b, phase->goals[i]);
        struct rehab_goal_row *out = build_row(b, REHAB_GOALS, range.first + i);
        out->text = words;
    }
    return range;
}

/* Where the phases of a track stand, and which of them is looked at. */
struct place {
    const struct rehab_track *track;
    uint32_t track_index, first; /* row of its first phase */
    uint32_t phase;              /* place in the track */
};

/* The phase a gate leads to, REHAB_NONE for those that lead nowhere else. */
static uint32_t find_target(struct builder *b, const struct rehab_gate *g, const struct place *at)
{
    bool advance = g->move == REHAB_ADVANCE, regress = g->move == REHAB_REGRESS;
    uint32_t to = REHAB_NONE;
    build_need(b, g->to.size == 0 || advance || regress, REHAB_WRONG_CONDITION, "to");
    build_need(b, g->back == 0 || (regress && g->to.size == 0), REHAB_WRONG_CONDITION, "back");
    if (!advance && !regress) return REHAB_NONE;
    if (g->back > 0) {
        build_need(b, g->back <= at->phase, REHAB_WRONG_RANGE, "back");
        return at->first + at->phase - g->back;
    }
    to = build_look_up(b, g->to, at->track->phases, sizeof *at->track->phases,
                       at->track->phase_count, REHAB_UNKNOWN_PHASE, "to");
    build_need(b, to == REHAB_NONE || (advance ? to > at->phase : to < at->phase), REHAB_WRONG_WAY,
               "to");
    return at->first + to;
}

/* Kept as an expectation of which only the end matters. */
static uint32_t put_deadline(struct builder *b, const struct rehab_gate *g, bool ahead)
{
    const struct rehab_deadline *d = &g->deadline;
    const struct rehab_expectation e = {
        .given = d->given, .from = d->from, .high = d->by, .citation = d->citation};
    build_need(b, ahead || !d->given, REHAB_WRONG_CONDITION, "deadline");
    build_enter(b, "deadline");
    (void)whole_days(b, d->by, "by");
    build_leave(b, 1);
    return put_expectation(b, &e, "deadline");
}

/* Zones that are gates. */
static uint32_t count_moves(const struct rehab_phase *phase)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < phase->band_count; i++) {
        for (uint32_t k = 0; k < phase->bands[i].zone_count; k++)
            count += phase->bands[i].zones[k].move != REHAB_STAY;
    }
    return count;
}

static struct rehab_range put_gates(struct builder *b, const struct rehab_phase *phase,
                                    const struct place *at)
{
    struct rehab_range range = build_take(b, REHAB_GATES, phase->gate_count + count_moves(phase));
    build_need(b, range.count <= REHAB_MAX_GATES, REHAB_TOO_MANY, "bands");
    for (uint32_t i = 0; i < phase->gate_count; i++) {
        const struct rehab_gate *g = &phase->gates[i];
        bool ahead = g->move == REHAB_ADVANCE || g->move == REHAB_COMPLETE;
        bool known = ahead || g->move == REHAB_HOLD || g->move == REHAB_REGRESS ||
                     g->move == REHAB_RESTART || g->move == REHAB_REVIEW;
        build_enter_at(b, "gates", i);
        build_need(b, known, REHAB_WRONG_VALUE, "move");
        struct rehab_gate_row r = {.id = build_text(b, g->id),
                                   .move = (uint32_t)g->move,
                                   .track = at->track_index,
                                   .from = at->first + at->phase};
        r.to = find_target(b, g, at);
        r.rule =
            build_required_rule(b, g->when, ahead ? REHAB_FOR_PROGRESS : REHAB_FOR_GUARD, "when");
        r.deadline = put_deadline(b, g, ahead);
        build_leave(b, 2);
        struct rehab_gate_row *out = build_row(b, REHAB_GATES, range.first + i);
        *out = r;
    }
    return range;
}

/* ---- bands: R45 ---- */

/* "band.zone", and what else comes behind. */
static struct rehab_text join(struct builder *b, struct rehab_text band, struct rehab_text zone,
                              struct rehab_text end)
{
    const struct rehab_text parts[4] = {band, REHAB_LITERAL("."), zone, end};
    char *at = rehab_alloc(b->scratch, (size_t)band.size + zone.size + end.size + 1);
    struct rehab_text whole = {at, 0};
    if (at == NULL) {
        build_blame(b, REHAB_NO_ROOM, BUILD_NOTHING, BUILD_NOTHING);
        return BUILD_NOTHING;
    }
    for (uint32_t i = 0; i < 4; i++) {
        if (parts[i].size > 0) memcpy(at + whole.size, parts[i].at, parts[i].size);
        whole.size += parts[i].size;
    }
    return whole;
}

static struct rehab_criterion compare_zone(const struct rehab_band *band,
                                           const struct rehab_zone *zone, struct rehab_text id)
{
    struct rehab_criterion c = band->reading;
    c.id = id;
    c.is = zone->comparison.is;
    c.value = zone->comparison.value;
    c.upper = zone->comparison.upper;
    c.values = zone->comparison.values;
    c.value_count = zone->comparison.value_count;
    return c;
}

/* The gate that a zone with a move is. */
static void put_zone_gate(struct builder *b, const struct place *at, const struct rehab_band *band,
                          const struct rehab_zone *zone, uint32_t index)
{
    const struct rehab_phase *phase = &at->track->phases[at->phase];
    struct rehab_text id = join(b, band->reading.id, zone->id, BUILD_NOTHING);
    struct rehab_criterion c =
        compare_zone(band, zone, join(b, band->reading.id, zone->id, REHAB_LITERAL(".worst")));
    const struct rehab_gate g = {.id = id, .move = zone->move, .to = zone->to, .back = zone->back};
    bool known = g.move == REHAB_HOLD || g.move == REHAB_REGRESS || g.move == REHAB_REVIEW;
    bool new =
        rehab_find_id(id, phase->gates, sizeof *phase->gates, phase->gate_count) == REHAB_NONE;
    build_need(b, known, REHAB_WRONG_VALUE, "move");
    build_need(b, new, REHAB_DUPLICATE_ID, "id");
    struct rehab_gate_row r = {.id = build_text(b, id),
                               .move = (uint32_t)g.move,
                               .track = at->track_index,
                               .from = at->first + at->phase,
                               .deadline = REHAB_NONE};
    r.to = find_target(b, &g, at);
    r.rule = build_leaf_rule(b, &c, REHAB_FOR_GUARD);
    struct rehab_gate_row *out = build_row(b, REHAB_GATES, index);
    *out = r;
}

/* The gates of zones follow those of the phase; *gate is the next. */
static struct rehab_range put_zones(struct builder *b, const struct place *at,
                                    const struct rehab_band *band, uint32_t *gate)
{
    struct rehab_range range = build_take(b, REHAB_ZONES, band->zone_count);
    for (uint32_t i = 0; i < band->zone_count; i++) {
        const struct rehab_zone *zone = &band->zones[i];
        bool moves = zone->move != REHAB_STAY;
        build_enter_at(b, "zones", i);
        build_need(b, moves || (zone->to.size == 0 && zone->back == 0), REHAB_WRONG_CONDITION,
                   "move");
        struct rehab_criterion c =
            compare_zone(band, zone, join(b, band->reading.id, zone->id, BUILD_NOTHING));
        struct rehab_zone_row r = {.id = build_text(b, zone->id),
                                   .text = build_words(b, zone->text),
                                   .rule = build_leaf_rule(b, &c, REHAB_FOR_ADVICE),
                                   .gate = moves ? *gate : REHAB_NONE};
        if (moves) put_zone_gate(b, at, band, zone, (*gate)++);
        build_leave(b, 2);
        struct rehab_zone_row *out = build_row(b, REHAB_ZONES, range.first + i);
        *out = r;
    }
    return range;
}

static struct rehab_range put_bands(struct builder *b, const struct rehab_phase *phase,
                                    const struct place *at, uint32_t gate)
{
    struct rehab_range range = build_take(b, REHAB_BANDS, phase->band_count);
    build_need(b, phase->band_count <= REHAB_MAX_ITEMS, REHAB_TOO_MANY, "bands");
    for (uint32_t i = 0; i < phase->band_count; i++) {
        const struct rehab_band *band = &phase->bands[i];
        build_enter_at(b, "bands", i);
        build_need(b, band->reading.id.size > 0, REHAB_MISSING, "id");
        build_need(b, band->zone_count > 0, REHAB_MISSING, "zones");
        build_check_ids(b, band->zones, sizeof *band->zones, band->zone_count, REHAB_MAX_ZONES,
                        "zones");
        struct rehab_band_row r = {.id = build_text(b, band->reading.id),
                                   .title = build_words(b, band->title)};
        r.zones = put_zones(b, at, band, &gate);
        build_leave(b, 2);
        struct rehab_band_row *out = build_row(b, REHAB_BANDS, range.first + i);
        *out = r;
    }
    return range;
}

/* Ids of the criteria of the gates ahead, and their rows: once they are written. */
struct ahead {
    struct rehab_text *id;
    uint32_t *criterion;
    uint32_t count;
};

static void add_ahead(const struct builder *b, struct ahead *all, const struct rehab_rule_row *rule)
{
    const char *characters = (const char *)b->block + b->at[REHAB_CHARACTERS];
    const struct rehab_criterion_row *rows = (const void *)(b->block + b->at[REHAB_CRITERIA]);
    for (uint32_t i = rule->criteria.first; i < rule->criteria.first + rule->criteria.count; i++) {
        all->id[all->count] = (struct rehab_text){characters + rows[i].id.at, rows[i].id.size};
        all->criterion[all->count++] = i;
    }
}

/* False: not written yet, or no room. */
static bool find_ahead(struct builder *b, struct rehab_range gates, struct ahead *all)
{
    const size_t most = (size_t)gates.count * REHAB_MAX_NODES + 1;
    if (b->block == NULL) return false;
    all->id = rehab_alloc(b->scratch, most * sizeof *all->id);
    all->criterion = rehab_alloc(b->scratch, most * sizeof *all->criterion);
    if (all->id == NULL || all->criterion == NULL) {
        build_blame(b, REHAB_NO_ROOM, BUILD_NOTHING, BUILD_NOTHING);
        return false;
    }
    for (uint32_t i = gates.first; i < gates.first + gates.count; i++) {
        const struct rehab_gate_row *g = build_row(b, REHAB_GATES, i);
        const struct rehab_rule_row *rule = build_row(b, REHAB_RULES, g->rule);
        if (rule->stance == REHAB_FOR_PROGRESS) add_ahead(b, all, rule);
    }
    return true;
}

static void put_deficits(struct builder *b, const struct rehab_prescription *p,
                         const struct ahead *all, struct rehab_range range)
{
    for (uint32_t i = 0; i < p->deficits.count; i++) {
        struct rehab_text word = p->deficits.at[i];
        uint32_t found = rehab_find_id(word, all->id, sizeof *all->id, all->count);
        uint32_t near = rehab_nearest(word, all->id, all->count);
        build_enter_at(b, "deficits", i);
        if (found == REHAB_NONE)
            build_blame(b, REHAB_UNKNOWN_CRITERION, word,
                        near == REHAB_NONE ? BUILD_NOTHING : all->id[near]);
        build_leave(b, 2);
        struct rehab_deficit_row *out = build_row(b, REHAB_DEFICITS, range.first + i);
        *out = (struct rehab_deficit_row){found == REHAB_NONE ? 0 : all->criterion[found], 0};
    }
}

/*= src:EVIDENCE#6.1-R53  once the gates are there: what is not met selects a prescription */
static void put_selections(struct builder *b, const struct rehab_phase *phase,
                           const struct rehab_phase_row *r)
{
    for (uint32_t i = 0; i < phase->prescription_count; i++) {
        const struct rehab_prescription *p = &phase->prescriptions[i];
        struct rehab_range range = {0, p->deficits.count};
        struct ahead all = {NULL, NULL, 0};
        if (range.count == 0) continue;
        build_enter_at(b, "prescriptions", i);
        build_need(b, range.count <= REHAB_MAX_ITEMS, REHAB_TOO_MANY, "deficits");
        range = build_take(b, REHAB_DEFICITS, range.count);
        if (find_ahead(b, r->gates, &all)) put_deficits(b, p, &all, range);
        build_leave(b, 2);
        struct rehab_prescription_row *out =
            build_row(b, REHAB_PRESCRIPTIONS, r->prescriptions.first + i);
        out->deficits = range;
    }
}

static void check_phase_ids(struct builder *b, const struct rehab_phase *phase)
{
    build_check_ids(b, phase->treatments, sizeof *phase->treatments, phase->treatment_count,
                    REHAB_MAX_ITEMS, "treatments");
    build_check_ids(b, phase->advice, sizeof *phase->advice, phase->advice_count, REHAB_MAX_ITEMS,
                    "advice");
    build_check_ids(b, phase->gates, sizeof *phase->gates, phase->gate_count, REHAB_MAX_GATES,
                    "gates");
    build_check_ids(b, phase->prescriptions, sizeof *phase->prescriptions,
                    phase->prescription_count, REHAB_MAX_ITEMS, "prescriptions");
    build_check_ids(b, phase->restrictions.at, sizeof *phase->restrictions.at,
                    phase->restrictions.count, REHAB_MAX_ITEMS, "restrictions");
}

static void put_phase(struct builder *b, const struct place *at)
{
    const struct rehab_phase *phase = &at->track->phases[at->phase];
    struct rehab_phase_row r = {.track = at->track_index};
    build_enter_at(b, "phases", at->phase);
    check_phase_ids(b, phase);
    r.id = build_text(b, phase->id);
    r.title = build_words(b, phase->title);
    r.goals = put_goals(b, phase);
    r.treatments = put_treatments(b, phase);
    r.prescriptions = put_prescriptions(b, phase);
    r.restrictions = build_texts(b, phase->restrictions);
    r.advice = put_advice(b, phase);
    r.gates = put_gates(b, phase, at);
    r.bands = put_bands(b, phase, at, r.gates.first + phase->gate_count);
    put_selections(b, phase, &r);
    r.expectation = put_expectation(b, &phase->expect, "expect");
    build_leave(b, 2);
    struct rehab_phase_row *out = build_row(b, REHAB_PHASES, at->first + at->phase);
    *out = r;
}

void build_track(struct builder *b, uint32_t i)
{
    const struct rehab_track *track = &b->d->tracks[i];
    b->track = i;
    build_enter_at(b, "tracks", i);
    build_check_ids(b, track->phases, sizeof *track->phases, track->phase_count, REHAB_MAX_PHASES,
                    "phases");
    build_need(b, track->phase_count > 0, REHAB_MISSING, "phases");
    struct rehab_track_row r = {.id = build_text(b, track->id),
                                .phases = build_take(b, REHAB_PHASES, track->phase_count)};
    build_need(b, b->used[REHAB_PHASES] <= REHAB_MAX_PHASES, REHAB_TOO_MANY, "phases");
    r.expectation = put_expectation(b, &track->expect, "expect");
    struct place at = {track, i, r.phases.first, 0};
    for (; at.phase < track->phase_count && at.phase < REHAB_MAX_PHASES; at.phase++)
        put_phase(b, &at);
    build_leave(b, 2);
    struct rehab_track_row *out = build_row(b, REHAB_TRACKS, i);
    *out = r;
}
