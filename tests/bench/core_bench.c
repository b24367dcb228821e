/* SPDX-License-Identifier: Apache-2.0 */
/* The gate to running, six criteria, judged with its full trace: nanoseconds a decision, the best
 * of 200 short rounds, over 256 patients so that no branch is learnt by heart. Linked with
 * --wrap=malloc: the core must not allocate.
 *
 *   core_bench decision     one gate over evidence indexed beforehand, as gate.mjs has its values
 * looked up beforehand core_bench indexed      the same with the index made anew each time
 *   core_bench verdict      the same gate, made ready, its verdict alone
 *   core_bench episode      a whole decision: 200 observations, four gates
 *   core_bench flips        what turns each of the gates of that decision, and the order of needs
 *   core_bench population   a million episodes of 50 observations each, one gate, from the
 * observations on, a thousand a call: nanoseconds of processor time an episode
 *   core_bench population_whole  the same where all observations must be read: 2 GB
 *   core_bench population_half   and with half as many each
 *   core_bench compile      a document of 8 phases, 32 gates and 192 criteria, more than any of
 * the library, in microseconds
 *   core_bench compile_many     eight times as many of all, 1,536 criteria: is it linear?
 *   core_bench allocations  how many times decision, index and episode called malloc */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rehab/rehab.h"

enum { PATIENTS = 256, PER_PATIENT = 11, ROUNDS = 200, DECISIONS = 51200 };

#define WORD(literal) ((struct rehab_text){(literal), sizeof(literal) - 1})
#define COUNT(array)  ((uint32_t)(sizeof(array) / sizeof(array)[0]))

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static unsigned long allocations;

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

static const struct rehab_text measure_codes[] = {
    WORD("kf_iso_90"),   WORD("kf_iso_15"),   WORD("ke_iso"),
    WORD("pain_resist"), WORD("ake_deficit"), WORD("slr_passive"),
};

static struct rehab_criterion make_leaf(struct rehab_text code, enum rehab_expression expression,
                                        enum rehab_op is, int64_t bound)
{
    return (struct rehab_criterion){
        .kind = REHAB_LEAF,
        .id = code,
        .expression = expression,
        .measure = code,
        .is = is,
        .value = {.kind = REHAB_VALUE_NUMBER, .nano = bound * REHAB_SCALE},
        .within = {7 * REHAB_DAY, true, true}};
}

/* The compiled gate; the block stays for the run. */
static struct rehab_protocol compile_gate(void)
{
    static _Alignas(8) unsigned char block[65536];
    static unsigned char scratch[1 << 20];
    struct rehab_measure measures[COUNT(measure_codes)];
    for (uint32_t i = 0; i < COUNT(measure_codes); i++) {
        measures[i] = (struct rehab_measure){.code = measure_codes[i],
                                             .unit = WORD("1"),
                                             .kind = REHAB_NUMBER,
                                             .sided = true,
                                             .high_nano = 1500 * REHAB_SCALE,
                                             .direction = i < 3 || i == 5 ? REHAB_HIGHER_IS_BETTER
                                                                          : REHAB_LOWER_IS_BETTER};
    }
    struct rehab_criterion leaves[] = {
        make_leaf(measure_codes[0], REHAB_SYMMETRY, REHAB_GE, 90),
        make_leaf(measure_codes[1], REHAB_SYMMETRY, REHAB_GE, 90),
        make_leaf(measure_codes[2], REHAB_SYMMETRY, REHAB_GE, 90),
        make_leaf(measure_codes[3], REHAB_LATEST, REHAB_EQ, 0),
        make_leaf(measure_codes[4], REHAB_DIFFERENCE, REHAB_LE, 10),
        make_leaf(measure_codes[5], REHAB_DIFFERENCE, REHAB_LE, 10),
    };
    struct rehab_criterion all = {.kind = REHAB_ALL, .of = leaves, .of_count = COUNT(leaves)};
    struct rehab_criterion back = make_leaf(measure_codes[3], REHAB_WORST, REHAB_GE, 5);
    back.id = WORD("back");
    struct rehab_gate forth_gate = {
        .id = WORD("run"), .move = REHAB_ADVANCE, .to = WORD("running"), .when = &all};
    struct rehab_gate back_gate = {
        .id = WORD("back"), .move = REHAB_REGRESS, .to = WORD("strengthen"), .when = &back};
    struct rehab_phase phases[] = {
        {.id = WORD("strengthen"), .gates = &forth_gate, .gate_count = 1},
        {.id = WORD("running"), .gates = &back_gate, .gate_count = 1}};
    struct rehab_track track = {.id = WORD("main"), .phases = phases, .phase_count = COUNT(phases)};
    struct rehab_document document = {.id = WORD("bench"),
                                      .version = 1,
                                      .sided = true,
                                      .day_zero = REHAB_ONSET,
                                      .measures = measures,
                                      .measure_count = COUNT(measures),
                                      .tracks = &track,
                                      .track_count = 1};
    struct rehab_arena arena = {.at = scratch, .end = scratch + sizeof scratch};
    struct rehab_fault fault = {0};
    struct rehab_protocol protocol;
    size_t used = 0;
    if (rehab_compile(&document, &arena, block, sizeof block, &used, &fault) != REHAB_FINE ||
        rehab_open(block, used, &protocol) != REHAB_FINE) {
        fprintf(stderr, "core_bench: the gate does not compile: fault %d at %.*s\n",
                (int)fault.code, (int)fault.pointer.size, fault.pointer.at);
        exit(1);
    }
    return protocol;
}

struct patient {
    struct rehab_observation observations[PER_PATIENT];
    struct rehab_track_state track;
    struct rehab_evidence evidence;
};

static struct rehab_instant at_hour(int64_t hour)
{
    return (struct rehab_instant){hour * REHAB_HOUR, (hour + 1) * REHAB_HOUR};
}

/* The values of gate.mjs, all of one assessment. */
static void fill_patient(const struct rehab_protocol *p, struct patient *who, int i)
{
    const int64_t values[PER_PATIENT] = {180 + i % 40, 200, 181 + i % 40, 200,
                                         420 + i % 40, 460, i % 7 == 0,   20 + i % 3,
                                         15,           70,  75 + i % 4};
    static const uint8_t places[PER_PATIENT] = {0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 5};
    for (int k = 0; k < PER_PATIENT; k++) {
        bool involved = k == 6 || (k < 6 && k % 2 == 0) || (k > 6 && k % 2 == 1);
        who->observations[k] = (struct rehab_observation){
            .value_nano = values[k] * REHAB_SCALE,
            .at = at_hour(480000),
            .assessment = 1,
            .assessor = 1,
            .measure = (uint16_t)rehab_find_measure(p, measure_codes[places[k]]),
            .side = involved ? REHAB_INVOLVED : REHAB_OTHER};
    }
    who->track = (struct rehab_track_state){0, at_hour(479000), at_hour(479000)};
    who->evidence = (struct rehab_evidence){.observations = who->observations,
                                            .observation_count = PER_PATIENT,
                                            .tracks = &who->track,
                                            .track_count = 1,
                                            .started = at_hour(478000)};
}

static double now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct patient patients[PATIENTS];
static struct rehab_series *series[PATIENTS];
static _Alignas(16) unsigned char memory[PATIENTS * 1024]; /* one index behind the other, as a
                                                              population would have them */
static _Alignas(16) unsigned char again[4096], planned[1024];

static struct rehab_series *index_patient(const struct rehab_protocol *p, int i,
                                          struct rehab_arena *arena)
{
    return rehab_index_evidence(p, &patients[i].evidence, at_hour(480010), arena);
}

/* How many were met: the gate must tell patients apart, or nothing was measured. */
static const struct rehab_plan *plan;

static unsigned long judge_verdicts(unsigned long count)
{
    unsigned long met = 0;
    for (unsigned long n = 0; n < count; n++)
        met += rehab_plan_verdict(plan, series[n % PATIENTS]) == REHAB_MET;
    return met;
}

static unsigned long judge(const struct rehab_protocol *p, bool index, unsigned long count)
{
    struct rehab_finding findings[8];
    unsigned long met = 0;
    for (unsigned long n = 0; n < count; n++) {
        int i = (int)(n % PATIENTS);
        struct rehab_arena arena = {.at = again, .end = again + sizeof again};
        const struct rehab_series *s = index ? index_patient(p, i, &arena) : series[i];
        met += rehab_judge_gate(s, 0, findings) == REHAB_MET;
        __asm__ volatile("" : : "r"(findings) : "memory");
    }
    return met;
}

static double measure(const struct rehab_protocol *p, char what)
{
    double best = 1e18;
    for (int r = 0; r < ROUNDS; r++) {
        double start = now_ns(CLOCK_MONOTONIC);
        unsigned long met =
            what == 'v' ? judge_verdicts(DECISIONS) : judge(p, what == 'i', DECISIONS);
        double each = (now_ns(CLOCK_MONOTONIC) - start) / DECISIONS;
        best = each < best ? each : best;
        if (met == 0 || met == DECISIONS) {
            fprintf(stderr, "core_bench: the gate does not discriminate (%lu met)\n", met);
            exit(1);
        }
    }
    return best;
}

/* ---- a whole decision ---- */

enum { GATES = 4, LONG = 200, PEOPLE = 1000000, EACH = 50, BIG_PHASES = 8, MANY_PHASES = 64 };

static _Alignas(8) unsigned char big_block[1 << 21];
static _Alignas(16) unsigned char big_scratch[1 << 23];

/* As many phases, four gates each, of six criteria over `measures` measures. */
static enum rehab_fault_code compile_many(uint32_t phases, uint32_t measures, size_t *used)
{
    static char words[256 + MANY_PHASES * (1 + GATES * 7)][8];
    static struct rehab_measure m[256];
    static struct rehab_criterion leaf[MANY_PHASES * GATES * 6], all[MANY_PHASES * GATES];
    static struct rehab_gate gate[MANY_PHASES * GATES];
    static struct rehab_phase phase[MANY_PHASES + 1];
    static const enum rehab_move moves[GATES] = {REHAB_ADVANCE, REHAB_HOLD, REHAB_REVIEW,
                                                 REHAB_ADVANCE};
    uint32_t word = 0;
#define ID()                                                                                       \
    ((struct rehab_text){words[word], (uint32_t)sprintf(words[word], "w%u", word)});               \
    word++
    for (uint32_t i = 0; i < measures; i++) {
        m[i] = (struct rehab_measure){.unit = WORD("1"),
                                      .kind = REHAB_NUMBER,
                                      .sided = true,
                                      .high_nano = 1500 * REHAB_SCALE,
                                      .direction = REHAB_HIGHER_IS_BETTER};
        m[i].code = ID();
    }
    for (uint32_t p = 0; p < phases; p++) {
        phase[p] = (struct rehab_phase){.gates = &gate[p * GATES], .gate_count = GATES};
        phase[p].id = ID();
        for (uint32_t g = p * GATES; g < (p + 1) * GATES; g++) {
            for (uint32_t k = g * 6; k < (g + 1) * 6; k++) {
                enum rehab_expression e = k % 6 < 3 ? REHAB_SYMMETRY : REHAB_LATEST;
                leaf[k] = make_leaf(m[k % measures].code, e, REHAB_GE, 90 + k % 7);
                leaf[k].id = ID();
            }
            all[g] = (struct rehab_criterion){.kind = REHAB_ALL, .of = &leaf[g * 6], .of_count = 6};
            gate[g] = (struct rehab_gate){.move = moves[g % GATES], .when = &all[g]};
            gate[g].id = ID();
        }
    }
#undef ID
    phase[phases] = (struct rehab_phase){.id = WORD("last")};
    for (uint32_t g = 0; g < phases * GATES; g++) {
        if (gate[g].move == REHAB_ADVANCE) gate[g].to = phase[g / GATES + 1].id;
    }
    struct rehab_track track = {.id = WORD("main"), .phases = phase, .phase_count = phases + 1};
    struct rehab_document document = {.id = WORD("big"),
                                      .version = 1,
                                      .sided = true,
                                      .day_zero = REHAB_ONSET,
                                      .measures = m,
                                      .measure_count = measures,
                                      .tracks = &track,
                                      .track_count = 1};
    struct rehab_arena arena = {.at = big_scratch, .end = big_scratch + sizeof big_scratch};
    struct rehab_fault fault = {0};
    enum rehab_fault_code code =
        rehab_compile(&document, &arena, big_block, sizeof big_block, used, &fault);
    if (code != REHAB_FINE)
        fprintf(stderr, "core_bench: fault %d at %.*s\n", (int)code, (int)fault.pointer.size,
                fault.pointer.at);
    return code;
}

static double measure_compile(uint32_t phases)
{
    double best = 1e18;
    size_t used = 0;
    for (int r = 0; r < 50; r++) {
        double start = now_ns(CLOCK_MONOTONIC);
        if (compile_many(phases, 64, &used) != REHAB_FINE) exit(1);
        double each = now_ns(CLOCK_MONOTONIC) - start;
        best = each < best ? each : best;
    }
    return best / 1000;
}

/* What turns each gate, and what to measure next. */
static void find_flips(const struct rehab_protocol *p, const struct rehab_evidence *e,
                       struct rehab_decision *d)
{
    static _Alignas(16) unsigned char room[1 << 20];
    static struct rehab_need needs[256];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    struct rehab_flip flips[GATES];
    struct rehab_series *s = rehab_index_evidence(p, e, at_hour(479230), &arena);
    for (uint32_t i = 0; i < GATES; i++) {
        if (!rehab_find_flip(s, d->gates[i].gate, &arena, &flips[i])) exit(1);
    }
    rehab_order_needs(d, flips, needs);
    __asm__ volatile("" : : "r"(needs) : "memory");
}

static double measure_episode(bool flips)
{
    static struct rehab_observation observations[LONG];
    static _Alignas(16) unsigned char room[1 << 16];
    struct rehab_protocol p;
    size_t used = 0;
    double best = 1e18;
    if (compile_many(1, 12, &used) != REHAB_FINE || rehab_open(big_block, used, &p) != REHAB_FINE)
        exit(1);
    for (int i = 0; i < LONG; i++)
        observations[i] =
            (struct rehab_observation){.value_nano = (80 + i % 30) * REHAB_SCALE,
                                       .at = at_hour(479000 + i / 20 * 24),
                                       .assessment = (uint32_t)i / 20,
                                       .measure = (uint16_t)(i % 12),
                                       .side = i / 12 % 2 ? REHAB_OTHER : REHAB_INVOLVED};
    struct rehab_track_state state = {0, at_hour(478000), at_hour(478000)};
    struct rehab_evidence e = {.observations = observations,
                               .observation_count = LONG,
                               .tracks = &state,
                               .track_count = 1,
                               .started = at_hour(478000)};
    for (int r = 0; r < 400; r++) {
        double start = now_ns(CLOCK_MONOTONIC);
        for (int n = 0; n < 100; n++) {
            struct rehab_arena arena = {.at = room, .end = room + sizeof room};
            struct rehab_decision d;
            if (rehab_decide(&p, &e, at_hour(479230), &arena, &d) != REHAB_DECIDED ||
                d.gate_count != GATES)
                exit(1);
            __asm__ volatile("" : : "r"(&d) : "memory");
            if (flips) find_flips(&p, &e, &d);
        }
        double each = (now_ns(CLOCK_MONOTONIC) - start) / 100;
        best = each < best ? each : best;
    }
    return best;
}

/* ---- a population ---- */

/* One after the other, as they would lie in a column store. The newest 11 are those of fill_patient
 * at the end; before them the same measures again and again. missing: of nobody was the last
 * measure ever observed, so that all observations are read. */
static struct rehab_observation *make_people(const struct rehab_protocol *p, uint32_t people,
                                             uint32_t each, bool missing)
{
    struct rehab_observation *all = malloc((size_t)people * each * sizeof *all);
    if (all == NULL) exit(1);
    for (uint32_t i = 0; i < people; i++) {
        fill_patient(p, &patients[0], (int)i);
        for (uint32_t k = 0; k < each; k++) {
            struct rehab_observation *o = &all[(size_t)i * each + k];
            uint32_t place = k + PER_PATIENT - each % PER_PATIENT;
            *o = patients[0].observations[place % PER_PATIENT];
            o->assessment = place / PER_PATIENT;
            o->at = at_hour(480000 - 48 + 24 * (int64_t)o->assessment / 2);
            if (missing && o->measure == rehab_find_measure(p, measure_codes[5]))
                o->measure = REHAB_NONE16;
        }
    }
    return all;
}

/* A thousand at a time, as they come from a store. Of one core: others may have the rest. */
static double measure_population(const struct rehab_protocol *p, uint32_t each, bool missing)
{
    enum { CHUNK = 1000 };
    static struct rehab_evidence episodes[CHUNK];
    static uint8_t verdicts[CHUNK];
    struct rehab_observation *all = make_people(p, PEOPLE, each, missing);
    double best = 1e18;
    for (int r = 0; r < 5; r++) {
        unsigned long seen[REHAB_VERDICT_COUNT] = {0};
        double start = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        for (uint32_t i = 0; i < PEOPLE; i += CHUNK) {
            struct rehab_arena arena = {.at = again, .end = again + sizeof again};
            for (uint32_t k = 0; k < CHUNK; k++) {
                episodes[k] = patients[0].evidence;
                episodes[k].observations = &all[(size_t)(i + k) * each];
                episodes[k].observation_count = each;
            }
            if (rehab_judge_population(plan, episodes, CHUNK, at_hour(480010), &arena, verdicts) <
                CHUNK)
                exit(1);
            for (uint32_t k = 0; k < CHUNK; k++)
                seen[verdicts[k]]++;
        }
        double spent = (now_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / PEOPLE;
        best = spent < best ? spent : best;
        if (seen[REHAB_NOT_MET] == 0 || seen[missing ? REHAB_UNKNOWN : REHAB_MET] == 0) exit(1);
    }
    free(all);
    return best;
}

int main(int count, char **arguments)
{
    const char *what = count == 2 ? arguments[1] : "";
    struct rehab_protocol protocol = compile_gate();
    struct rehab_arena arena = {.at = memory, .end = memory + sizeof memory};
    for (int i = 0; i < PATIENTS; i++) {
        fill_patient(&protocol, &patients[i], i);
        series[i] = index_patient(&protocol, i, &arena);
        if (series[i] == NULL) return 1;
    }
    struct rehab_arena more = {.at = planned, .end = planned + sizeof planned};
    plan = rehab_plan_gate(&protocol, 0, &more);
    if (strcmp(what, "allocations") == 0) {
        allocations = 0;
        judge(&protocol, true, PATIENTS);
        measure_episode(false);
        printf("%lu\n", allocations);
    } else if (strcmp(what, "decision") == 0 || strcmp(what, "indexed") == 0 ||
               strcmp(what, "verdict") == 0) {
        printf("%.1f\n", measure(&protocol, what[0]));
    } else if (strcmp(what, "episode") == 0) {
        printf("%.0f\n", measure_episode(false));
    } else if (strcmp(what, "flips") == 0) {
        printf("%.0f\n", measure_episode(true) - measure_episode(false));
    } else if (strcmp(what, "population") == 0) {
        printf("%.1f\n", measure_population(&protocol, EACH, false));
    } else if (strcmp(what, "population_whole") == 0) {
        printf("%.1f\n", measure_population(&protocol, EACH, true));
    } else if (strcmp(what, "population_half") == 0) { /* half the observations: is it linear? */
        printf("%.1f\n", measure_population(&protocol, EACH / 2, true));
    } else if (strcmp(what, "compile") == 0) {
        printf("%.0f\n", measure_compile(BIG_PHASES));
    } else if (strcmp(what, "compile_many") == 0) {
        printf("%.0f\n", measure_compile(MANY_PHASES));
    } else {
        fprintf(stderr, "usage: core_bench decision|indexed|verdict|episode|flips|population|"
                        "population_whole|population_half|compile|compile_many|allocations\n");
        return 2;
    }
    return 0;
}
