/* SPDX-License-Identifier: Apache-2.0 */
/* librehab from C: open a compiled protocol, tell what is known, decide, say why.
 *
 *   rehabd protocol compile hamstring-strain-staged.json --output hamstring.block
 *   cc decide.c $(pkg-config --cflags --libs librehab) -o decide && ./decide hamstring.block
 *
 * decide.py and decide.mjs beside this do the same and print the same. */
#include <stdio.h>
#include <string.h>

#include <rehab/rehab.h>

enum { OBSERVATIONS = 9, BLOCK_SIZE = 1 << 18, MEMORY_SIZE = 1 << 18 };

static struct rehab_text text(const char *s)
{
    struct rehab_text t = {s, (uint32_t)strlen(s)};
    return t;
}

/* An hour of March 2026 on a clock that is one hour ahead of UTC. */
static struct rehab_instant march(int day, int hour)
{
    struct rehab_instant at;
    at.local_us = (20513 + (int64_t)day - 1) * REHAB_DAY + hour * REHAB_HOUR; /* 1 March 2026 */
    at.utc_us = at.local_us - REHAB_HOUR;
    return at;
}

struct told {
    const char *measure;
    int day;
    int64_t units;
};

/* What was observed on the day of injury and two days later; nobody had taken a painkiller. */
static const struct told STORY[OBSERVATIONS] = {
    {"pain_worst_24h", 1, 6},  {"pain_rest", 1, 3}, {"pain_walk", 1, 4}, {"pain_worst_24h", 3, 3},
    {"pain_rest", 3, 1},       {"pain_walk", 3, 1}, {"gait", 3, 0}, /* the first label of its scale:
                                                                       normal */
    {"red_flag_screen", 3, 1}, {"swelling", 3, 1},
};

static struct rehab_observation observation(const struct rehab_protocol *p, const struct told *t)
{
    struct rehab_observation o = {0};
    uint32_t measure = rehab_find_measure(p, text(t->measure));
    o.measure = measure == REHAB_NONE ? REHAB_NONE16 : (uint16_t)measure;
    o.side = measure != REHAB_NONE && p->measures[measure].sided ? REHAB_INVOLVED : REHAB_SIDE_NONE;
    o.value_nano = t->units * REHAB_SCALE;
    o.at = march(t->day, 18);
    o.assessment = (uint32_t)t->day;
    o.assessor = 1;
    o.known = REHAB_ANALGESIC_24H;
    return o;
}

static void print_decision(const struct rehab_protocol *p, const struct rehab_decision *d)
{
    struct rehab_text move = rehab_move_name(d->recommendation.move);
    char sentence[REHAB_SENTENCE_MAX];
    printf("%.*s", (int)move.size, move.at);
    if (d->recommendation.to != REHAB_NONE) {
        struct rehab_text to = rehab_text_at(p, p->phases[d->recommendation.to].id);
        printf(" to %.*s", (int)to.size, to.at);
    }
    printf("\n");
    for (uint32_t i = 0; i < d->gate_count; i++) {
        const struct rehab_gate_result *g = &d->gates[i];
        for (uint32_t k = 0; k < g->findings.count; k++) {
            uint32_t size = rehab_sentence(p, &d->findings[g->findings.first + k], text("en"),
                                           sentence, sizeof sentence);
            printf("  %.*s\n", (int)size, sentence);
        }
    }
}

static int decide(const struct rehab_protocol *p)
{
    static _Alignas(16) unsigned char memory[MEMORY_SIZE];
    struct rehab_arena arena = {memory, memory + sizeof memory, false, NULL};
    struct rehab_observation observations[OBSERVATIONS];
    struct rehab_track_state track;
    struct rehab_evidence e;
    struct rehab_decision d;
    uint16_t strata[REHAB_MAX_STRATA];
    memset(&e, 0, sizeof e);
    memset(strata, 0xff, sizeof strata); /* REHAB_STRATUM_UNKNOWN, but for */
    strata[rehab_find_stratum(p, text("grade"))] =
        (uint16_t)rehab_find_stratum_value(p, rehab_find_stratum(p, text("grade")), text("2"));
    for (int i = 0; i < OBSERVATIONS; i++)
        observations[i] = observation(p, &STORY[i]);
    track.phase = p->tracks[0].phases.first;
    track.entered = track.moved = e.started = march(1, 12);
    e.onset.known = true;
    e.onset.day = rehab_local_day(march(1, 0));
    e.observations = observations;
    e.observation_count = OBSERVATIONS;
    e.tracks = &track;
    e.track_count = 1;
    e.strata = strata;
    e.stratum_count = rehab_count(p, REHAB_STRATA);
    enum rehab_outcome outcome = rehab_decide(p, &e, march(3, 19), &arena, &d);
    if (outcome == REHAB_DECIDED) print_decision(p, &d);
    return outcome == REHAB_DECIDED ? 0 : 1;
}

int main(int count, char **argument)
{
    static _Alignas(8) unsigned char block[BLOCK_SIZE];
    struct rehab_protocol protocol;
    FILE *f = count == 2 ? fopen(argument[1], "rb") : NULL;
    size_t size = f == NULL ? 0 : fread(block, 1, sizeof block, f);
    if (f != NULL) fclose(f);
    if (rehab_open(block, size, &protocol) != REHAB_FINE) {
        fprintf(stderr, "usage: decide BLOCK\n");
        return 2;
    }
    return decide(&protocol);
}
