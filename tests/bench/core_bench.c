/* SPDX-License-Identifier: Apache-2.0 */
/* The gate to running, six criteria, judged with its full trace: nanoseconds a decision, the best
 * of five rounds, over 256 patients so that no branch is learnt by heart. Linked with
 * --wrap=malloc: the core must not allocate.
 *
 *   core_bench decision     one gate over evidence indexed beforehand, as gate.mjs has its values
 * looked up beforehand core_bench indexed      the same with the index made anew each time
 *   core_bench allocations  how many times the two called malloc */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rehab/rehab.h"

enum { PATIENTS = 256, PER_PATIENT = 11, ROUNDS = 5, DECISIONS = 2000000 };

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

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct patient patients[PATIENTS];
static struct rehab_series *series[PATIENTS];
static _Alignas(16) unsigned char memory[PATIENTS * 1024]; /* one index behind the other, as a
                                                              population would have them */
static unsigned char again[4096];

static struct rehab_series *index_patient(const struct rehab_protocol *p, int i,
                                          struct rehab_arena *arena)
{
    return rehab_index_evidence(p, &patients[i].evidence, at_hour(480010), arena);
}

/* How many were met: the gate must tell patients apart, or nothing was measured. */
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

static double measure(const struct rehab_protocol *p, bool index)
{
    double best = 1e18;
    for (int r = 0; r < ROUNDS; r++) {
        double start = now_ns();
        unsigned long met = judge(p, index, DECISIONS);
        double each = (now_ns() - start) / DECISIONS;
        best = each < best ? each : best;
        if (met == 0 || met == DECISIONS) {
            fprintf(stderr, "core_bench: the gate does not discriminate (%lu met)\n", met);
            exit(1);
        }
    }
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
    if (strcmp(what, "allocations") == 0) {
        allocations = 0;
        judge(&protocol, true, PATIENTS);
        printf("%lu\n", allocations);
    } else if (strcmp(what, "decision") == 0 || strcmp(what, "indexed") == 0) {
        printf("%.1f\n", measure(&protocol, what[0] == 'i'));
    } else {
        fprintf(stderr, "usage: core_bench decision|indexed|allocations\n");
        return 2;
    }
    return 0;
}
