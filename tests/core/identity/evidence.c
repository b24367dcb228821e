/* SPDX-License-Identifier: Apache-2.0 */
/* One patient, made up: values on and beside the bounds of the protocol's criteria, at hours and
 * half hours of some weeks. A new member of the evidence: a line in the function of its struct. */
#include "identity.h"

enum { OBSERVATIONS = 48, SESSIONS = 8, ACTS = 4 };

static struct rehab_observation observations[OBSERVATIONS];
static struct rehab_session sessions[SESSIONS];
static struct rehab_clearance clearances[ACTS];
static struct rehab_flag_clearance flag_clearances[ACTS];
static struct rehab_track_state tracks[REHAB_MAX_TRACKS];
static uint16_t strata[REHAB_MAX_STRATA];

/* Half hours after a midnight, on a clock that changes by an hour once. */
static struct rehab_instant half_hour(uint32_t n)
{
    int64_t utc = 20500 * REHAB_DAY + n * (REHAB_HOUR / 2);
    return (struct rehab_instant){utc, utc + REHAB_HOUR * (n > 700 ? 2 : 1)};
}

static int64_t near_bound(struct chance *c, const struct rehab_protocol *p, uint32_t measure)
{
    const struct rehab_measure_row *m = &p->measures[measure];
    int64_t step = m->step_nano > 0 ? m->step_nano : REHAB_SCALE / 10;
    uint32_t first = chance_below(c, rehab_count(p, REHAB_CRITERIA));
    uint32_t beside = chance_below(c, 3);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_CRITERIA); i++) {
        const struct rehab_criterion_row *row =
            &p->criteria[(first + i) % rehab_count(p, REHAB_CRITERIA)];
        bool plain = row->expression == REHAB_LATEST || row->expression == REHAB_WORST ||
                     row->expression == REHAB_BEST;
        if (row->measure == measure && plain && row->op != REHAB_IN)
            return row->bound_nano + ((int64_t)beside - 1) * step;
    }
    return m->low_nano + step * beside;
}

static int64_t make_value(struct chance *c, const struct rehab_protocol *p, uint32_t measure)
{
    const struct rehab_measure_row *m = &p->measures[measure];
    int64_t step = m->step_nano > 0 ? m->step_nano : REHAB_SCALE / 10;
    uint64_t steps = (uint64_t)(m->high_nano - m->low_nano) / (uint64_t)step + 1;
    uint64_t any = chance_next(c) % steps;
    int64_t near = near_bound(c, p, measure);
    if (chance_one_in(c, 40)) return m->high_nano + step; /* cannot be */
    return chance_one_in(c, 3) ? m->low_nano + (int64_t)any * step : near;
}

static struct rehab_observation make_observation(struct chance *c, const struct rehab_protocol *p)
{
    struct rehab_observation o = {.measure = REHAB_NONE16};
    uint32_t measure = chance_below(c, rehab_count(p, REHAB_MEASURES));
    bool unused = chance_one_in(c, 60), usual = !chance_one_in(c, 5);
    o.value_nano = make_value(c, p, measure);
    if (!unused) o.measure = (uint16_t)measure;
    uint32_t side = chance_below(c, 4);
    o.side = usual ? (p->measures[measure].sided ? REHAB_INVOLVED : REHAB_SIDE_NONE) : side & 3;
    o.assessor = chance_below(c, 3);
    if (o.assessor == 2) o.assessor = REHAB_NONE;
    uint32_t known = chance_below(c, 16), held = chance_below(c, 16);
    o.known = chance_one_in(c, 3) ? (uint8_t)known : 0xf;
    o.held = (uint8_t)(known & held & o.known);
    if (chance_one_in(c, 2)) o.held = 0;
    return o;
}

/* In order of time; some at one instant, some in one assessment, some as trials of one another. */
static uint32_t make_observations(struct chance *c, const struct rehab_protocol *p)
{
    uint32_t count = chance_below(c, OBSERVATIONS), at = chance_below(c, 96), assessment = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct rehab_observation o = make_observation(c, p);
        bool repeated = i > 0 && chance_one_in(c, 4);
        bool pair = i > 0 && chance_one_in(c, 4);
        if (repeated) {
            o.measure = observations[i - 1].measure;
            o.side = observations[i - 1].side;
            o.trial = (uint8_t)(observations[i - 1].trial + 1);
        } else if (pair) {
            o.measure = observations[i - 1].measure;
            o.side = observations[i - 1].side == REHAB_INVOLVED ? REHAB_OTHER : REHAB_INVOLVED;
        } else {
            uint32_t wait = chance_below(c, 96);
            at += wait < 32 ? 0 : wait - 31;
            assessment += wait > 16;
        }
        o.at = half_hour(at);
        o.assessment = assessment;
        observations[i] = o;
    }
    return count;
}

/* The place of the table of activities; REHAB_NONE: none. */
static uint32_t count_activities(const struct rehab_protocol *p)
{
    return rehab_count(p, REHAB_ACTIVITIES);
}

/* Some of the assessments were sessions, and some sessions were nothing else. */
static uint32_t make_sessions(struct chance *c, const struct rehab_protocol *p, uint32_t observed)
{
    uint32_t count = 0, known = count_activities(p);
    for (uint32_t i = 0; i < observed && count < SESSIONS; i++) {
        uint32_t activity = chance_below(c, known + 1), lasts = chance_below(c, 4);
        uint32_t kind = chance_below(c, 8);
        bool again = count > 0 && sessions[count - 1].assessment == observations[i].assessment;
        if (again || kind < 4) continue;
        struct rehab_session s = {.from = observations[i].at, .to = observations[i].at};
        s.to.utc_us += lasts * (REHAB_HOUR / 2);
        s.to.local_us += lasts * (REHAB_HOUR / 2);
        s.assessment = observations[i].assessment;
        s.activity = activity < known ? (uint16_t)activity : REHAB_NONE16;
        s.completed = kind > 4;
        s.prescribed = kind != 6;
        sessions[count++] = s;
    }
    return count;
}

static uint32_t make_clearances(struct chance *c, const struct rehab_protocol *p)
{
    uint32_t names = rehab_count(p, REHAB_CLEARANCES), count = chance_below(c, ACTS);
    for (uint32_t i = 0; i < count; i++) {
        clearances[i].name = chance_below(c, names);
        clearances[i].role = 1u << chance_below(c, 2);
        clearances[i].at = half_hour(chance_below(c, 1600));
        clearances[i].given = !chance_one_in(c, 4);
    }
    return names == 0 ? 0 : count;
}

static uint32_t make_flag_clearances(struct chance *c, const struct rehab_protocol *p)
{
    uint32_t flags = rehab_count(p, REHAB_RED_FLAGS), count = chance_below(c, ACTS);
    for (uint32_t i = 0; i < count; i++) {
        flag_clearances[i].flag = chance_below(c, flags);
        flag_clearances[i].role = 1u << chance_below(c, 2);
        flag_clearances[i].at = half_hour(chance_below(c, 1600));
    }
    return flags == 0 ? 0 : count;
}

static struct rehab_event make_event(struct chance *c, int32_t days_back)
{
    uint32_t kind = chance_below(c, 4), at = chance_below(c, 600);
    struct rehab_event e = {.known = kind > 0, .timed = kind > 2, .at = half_hour(at)};
    e.at.utc_us -= days_back * REHAB_DAY;
    e.at.local_us -= days_back * REHAB_DAY;
    e.day = rehab_local_day(e.at);
    return e;
}

static void make_places(struct chance *c, const struct rehab_protocol *p)
{
    for (uint32_t t = 0; t < rehab_count(p, REHAB_TRACKS); t++) {
        struct rehab_range phases = p->tracks[t].phases;
        uint32_t place = chance_below(c, phases.count);
        bool done = chance_one_in(c, 20);
        uint32_t entered = chance_below(c, 800), since = chance_below(c, 200);
        tracks[t].phase = done ? REHAB_NONE : phases.first + place;
        tracks[t].entered = half_hour(entered);
        tracks[t].moved = half_hour(entered + (since < 120 ? 0 : since));
    }
    for (uint32_t i = 0; i < rehab_count(p, REHAB_STRATA); i++) {
        uint32_t value = chance_below(c, p->strata[i].values.count + 1);
        strata[i] = value < p->strata[i].values.count ? (uint16_t)value : REHAB_STRATUM_UNKNOWN;
    }
}

const struct rehab_evidence *make_evidence(struct chance *c, const struct rehab_protocol *p,
                                           struct rehab_instant *as_of)
{
    static struct rehab_evidence e;
    make_places(c, p);
    e = (struct rehab_evidence){.observations = observations,
                                .sessions = sessions,
                                .clearances = clearances,
                                .flag_clearances = flag_clearances,
                                .tracks = tracks,
                                .strata = strata};
    e.track_count = rehab_count(p, REHAB_TRACKS);
    e.stratum_count = rehab_count(p, REHAB_STRATA);
    e.observation_count = make_observations(c, p);
    e.session_count = make_sessions(c, p, e.observation_count);
    e.clearance_count = make_clearances(c, p);
    e.flag_clearance_count = make_flag_clearances(c, p);
    e.onset = make_event(c, 2);
    e.surgery = make_event(c, 1);
    e.birth = make_event(c, 9000);
    e.started = half_hour(chance_below(c, 96));
    e.bilateral = chance_one_in(c, 10);
    uint32_t after = chance_below(c, 200), last = chance_below(c, e.observation_count + 1);
    *as_of = half_hour(chance_below(c, 1600));
    if (last < e.observation_count) {
        *as_of = observations[last].at;
        as_of->utc_us += after * (REHAB_HOUR / 2);
        as_of->local_us += after * (REHAB_HOUR / 2);
    }
    return &e;
}
