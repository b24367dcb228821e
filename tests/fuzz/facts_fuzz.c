/* SPDX-License-Identifier: Apache-2.0 */
/* Eats facts about one patient, for every protocol of the library. Deciding twice gives the same
 * decision, what is dated later than the question changes nothing, and a gate judged alone, ready
 * made or among a population says what it says within the decision. Now and then the facts are of
 * somebody else: too few tracks, phases and strata that the protocol does not have. Then no door
 * opens, and whatever else is foreign (measures, sides, activities, clearances) is not counted.
 *
 * Built and played by tests/fuzz/run.sh. */
#include "fuzz.h"

#include <stdlib.h>

/* The input as a stream of small numbers; at its end zeros. */
struct stream {
    const uint8_t *at, *end;
};

static uint32_t take(struct stream *s, uint32_t sides)
{
    uint32_t n = 0;
    for (uint32_t reach = 1; reach < sides && s->at < s->end; reach *= 256)
        n = n * 256 + *s->at++;
    return n % sides;
}

static int64_t take_value(struct stream *s, const struct rehab_measure_row *m)
{
    int64_t step = m->step_nano > 0 ? m->step_nano : REHAB_SCALE / 10;
    return m->low_nano + (int64_t)take(s, 512) * step - (take(s, 32) == 0 ? 4 * step : 0);
}

static struct rehab_event take_event(struct stream *s)
{
    uint32_t kind = take(s, 3);
    return (struct rehab_event){.known = kind > 0,
                                .timed = kind > 1,
                                .day = rehab_local_day(fuzz_hour(take(s, 4096))),
                                .at = fuzz_hour(take(s, 4096))};
}

static void take_place(struct stream *s, struct fuzz_facts *f, const struct rehab_protocol *p)
{
    fuzz_stand(f, p);
    for (uint32_t t = 0; t < f->evidence.track_count; t++) {
        struct rehab_range phases = p->tracks[t].phases;
        uint32_t place = take(s, phases.count + 1);
        f->tracks[t].phase = place < phases.count ? phases.first + place : REHAB_NONE;
        f->tracks[t].entered = fuzz_hour(take(s, 2048));
        f->tracks[t].moved = fuzz_hour(take(s, 2048));
    }
    for (uint32_t i = 0; i < f->evidence.stratum_count; i++) {
        uint32_t values = p->strata[i].values.count, place = take(s, values + 1);
        f->strata[i] = place < values ? (uint16_t)place : REHAB_STRATUM_UNKNOWN;
    }
    f->evidence.onset = take_event(s);
    f->evidence.surgery = take_event(s);
    f->evidence.birth = take_event(s);
    f->evidence.started = fuzz_hour(take(s, 512));
    f->evidence.bilateral = take(s, 8) == 0;
}

static void take_acts(struct stream *s, struct fuzz_facts *f, const struct rehab_protocol *p)
{
    uint32_t names = rehab_count(p, REHAB_CLEARANCES), flags = rehab_count(p, REHAB_RED_FLAGS);
    for (uint32_t n = take(s, 4); n > 0 && names > 0; n--)
        fuzz_clear(f, (struct rehab_clearance){take(s, names), 1u << take(s, 2),
                                               fuzz_hour(take(s, 4096)), take(s, 4) > 0});
    for (uint32_t n = take(s, 4); n > 0 && flags > 0; n--)
        fuzz_clear_flag(f, (struct rehab_flag_clearance){take(s, flags), 1u << take(s, 2),
                                                         fuzz_hour(take(s, 4096))});
}

static void take_observations(struct stream *s, struct fuzz_facts *f,
                              const struct rehab_protocol *p)
{
    uint32_t measures = rehab_count(p, REHAB_MEASURES), hour = 0, assessment = 0;
    while (s->at < s->end && f->evidence.observation_count < FUZZ_OBSERVATIONS && measures > 0) {
        uint32_t measure = take(s, measures + 1), wait = take(s, 64);
        struct rehab_observation o = {.measure = REHAB_NONE16};
        hour += wait < 32 ? 0 : wait - 31;
        assessment += wait > 16;
        if (measure < measures) {
            o.measure = (uint16_t)measure;
            o.value_nano = take_value(s, &p->measures[measure]);
        }
        o.at = fuzz_hour(hour);
        o.assessment = assessment;
        o.assessor = take(s, 3);
        o.trial = (uint8_t)take(s, 4);
        o.side = (uint8_t)take(s, 4);
        o.held = (uint8_t)take(s, 16);
        o.known = o.held | (uint8_t)take(s, 16);
        fuzz_observe(f, o);
    }
}

/* Every other one is an occasion of observations. */
static void take_sessions(struct stream *s, struct fuzz_facts *f, const struct rehab_protocol *p)
{
    uint32_t activities = rehab_count(p, REHAB_ACTIVITIES), hour = 0;
    for (uint32_t n = take(s, FUZZ_ACTS); n > 0; n--) {
        uint32_t activity = take(s, activities + 1);
        hour += take(s, 48);
        fuzz_train(f, (struct rehab_session){.from = fuzz_hour(hour),
                                             .to = fuzz_hour(hour + take(s, 3)),
                                             .assessment = n,
                                             .activity = activity < activities ? (uint16_t)activity
                                                                               : REHAB_NONE16,
                                             .completed = (uint8_t)take(s, 2),
                                             .prescribed = (uint8_t)take(s, 2)});
    }
}

/* What belongs to another protocol: 0 to 3 spoil what must fit, the others what may be anything. */
static bool spoil(struct stream *s, struct fuzz_facts *f)
{
    struct rehab_evidence *e = &f->evidence;
    uint32_t what = take(s, 8), at = take(s, 65536);
    struct rehab_observation *o = &f->observations[at % FUZZ_OBSERVATIONS];
    if (what == 0)
        e->track_count = at % REHAB_MAX_TRACKS == e->track_count ? 0 : at % REHAB_MAX_TRACKS;
    if (what == 1) f->tracks[at % e->track_count].phase = REHAB_NONE - 1 - at;
    if (what == 2) e->stratum_count = at % 9 == e->stratum_count ? 9 : at % 9;
    if (what == 3) e->observation_count = UINT32_MAX - at;
    if (what == 4) o->measure = (uint16_t)at;
    if (what == 5) o->side = (uint8_t)(at >> 8);
    if (what == 6) f->sessions[at % FUZZ_ACTS].activity = (uint16_t)(at * 257);
    if (what == 7) f->clearances[at % FUZZ_ACTS].name = f->flag_clearances[0].flag = at * 65537;
    return what < 4;
}

static void must(bool holds)
{
    if (!holds) abort();
}

/* Only what a reader of the decision may look at. */
static bool same(const struct rehab_decision *a, const struct rehab_decision *b)
{
    bool equal = a->finding_count == b->finding_count && a->gate_count == b->gate_count &&
                 a->recommendation.move == b->recommendation.move &&
                 a->recommendation.gate == b->recommendation.gate && a->review == b->review &&
                 a->blocker_count == b->blocker_count && a->need_count == b->need_count;
    for (uint32_t i = 0; equal && i < a->finding_count; i++) {
        const struct rehab_finding *x = &a->findings[i], *y = &b->findings[i];
        equal = x->criterion == y->criterion && x->verdict == y->verdict &&
                x->reason == y->reason && x->observation == y->observation &&
                x->second == y->second && x->top == y->top && x->bottom == y->bottom;
    }
    return equal;
}

/* What lies after `as_of` is cut off. */
static uint32_t count_until(const struct fuzz_facts *f, struct rehab_instant as_of)
{
    uint32_t n = 0;
    while (n < f->evidence.observation_count && f->observations[n].at.utc_us <= as_of.utc_us)
        n++;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream s = {data, data + size};
    const struct rehab_protocol *p = fuzz_protocol(take(&s, 64));
    struct rehab_instant as_of = fuzz_hour(take(&s, 4096));
    struct fuzz_facts *f = fuzz_facts();
    take_place(&s, f, p);
    take_acts(&s, f, p);
    take_sessions(&s, f, p);
    take_observations(&s, f, p);

    const struct rehab_decision *first = fuzz_decide(f, p, as_of), *again;
    must(first != NULL);
    again = fuzz_decide(f, p, as_of);
    must(again != NULL && same(first, again));
    f->evidence.observation_count = count_until(f, as_of);
    again = fuzz_decide(f, p, as_of);
    must(again != NULL && same(first, again));
    fuzz_knock(f, p, as_of, again);
    if (spoil(&s, f)) {
        must(fuzz_decide(f, p, as_of) == NULL);
        fuzz_knock(f, p, as_of, NULL);
    } else if ((again = fuzz_decide(f, p, as_of)) != NULL) {
        fuzz_knock(f, p, as_of, again);
    }
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return fuzz_begin(*argc, *argv, false);
}
