/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "wire/wire.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROTOCOLS = 64, ROOM = 1 << 22, BLOCK = 1 << 20 };

static const struct rehab_measure *measures;
static uint32_t measure_count;
static struct rehab_protocol protocols[PROTOCOLS];
static struct text blocks[PROTOCOLS];
static uint32_t protocol_count;

static struct text read_file(const char *path)
{
    char *at = malloc(ROOM);
    FILE *f = fopen(path, "re");
    size_t size = f == NULL ? 0 : fread(at, 1, ROOM, f);
    if (f == NULL) {
        fprintf(stderr, "%s: start from the top of the tree\n", path);
        exit(2);
    }
    fclose(f);
    return (struct text){at, size};
}

/* ---- protocols ---- */

bool fuzz_compile(struct text document, int room, struct text *block)
{
    static _Alignas(16) unsigned char memory[ROOM];
    static _Alignas(16) unsigned char rooms[2][BLOCK];
    struct rehab_arena arena = {.at = memory, .end = memory + sizeof memory};
    struct call c = {.arena = &arena};
    struct rehab_document d;
    struct rehab_fault fault = {0};
    size_t size = 0;
    if (wire_read_protocol(&c, document, measures, measure_count, &d).code != OK) return false;
    if (rehab_compile(&d, &arena, rooms[room], BLOCK, &size, &fault) != REHAB_FINE) {
        if (fault.pointer.size > 0 && fault.pointer.at[0] != '/') abort();
        return false;
    }
    *block = (struct text){(const char *)rooms[room], size};
    return true;
}

static void keep(const char *path)
{
    struct text block, document = read_file(path);
    if (protocol_count == PROTOCOLS || !fuzz_compile(document, 0, &block)) {
        fprintf(stderr, "%s does not compile\n", path);
        exit(2);
    }
    unsigned char *at = aligned_alloc(16, (block.size + 15) / 16 * 16);
    memcpy(at, block.at, block.size);
    blocks[protocol_count] = (struct text){(char *)at, block.size};
    if (rehab_open(at, block.size, &protocols[protocol_count++]) != REHAB_FINE) abort();
    free((void *)document.at);
}

static void write_seeds(const char *folder)
{
    for (uint32_t i = 0; i < protocol_count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%u.block", folder, i);
        FILE *f = fopen(path, "we");
        if (f == NULL || fwrite(blocks[i].at, 1, blocks[i].size, f) != blocks[i].size) exit(2);
        fclose(f);
    }
    exit(0);
}

int fuzz_begin(int argc, char **argv, bool seeds)
{
    static unsigned char room[ROOM];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    struct call c = {.arena = &arena};
    struct rehab_measure *read = NULL;
    glob_t found = {0};
    struct text catalogue = read_file("sql/seed/measures.json");
    if (wire_read_rules_measures(&c, catalogue, &read, &measure_count).code != OK) abort();
    measures = read;
    glob("sql/seed/protocols/*.json", 0, NULL, &found);
    glob("tests/core/protocols/*.json", GLOB_APPEND, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        keep(found.gl_pathv[i]);
    globfree(&found);
    for (int i = 1; seeds && i < argc; i++) {
        if (strncmp(argv[i], "-seeds=", 7) == 0) write_seeds(argv[i] + 7);
    }
    return 0;
}

const struct rehab_protocol *fuzz_protocol(uint32_t number)
{
    return &protocols[number % protocol_count];
}

/* ---- the patient ---- */

struct rehab_instant fuzz_hour(uint32_t hour)
{
    int64_t at = 20000 * REHAB_DAY + (int64_t)hour * (REHAB_DAY / 24);
    return (struct rehab_instant){at, at + REHAB_DAY / 24};
}

struct fuzz_facts *fuzz_facts(void)
{
    static struct fuzz_facts f;
    f = (struct fuzz_facts){.evidence = {.observations = f.observations,
                                         .sessions = f.sessions,
                                         .clearances = f.clearances,
                                         .flag_clearances = f.flag_clearances,
                                         .tracks = f.tracks,
                                         .strata = f.strata}};
    return &f;
}

void fuzz_stand(struct fuzz_facts *f, const struct rehab_protocol *p)
{
    f->evidence.track_count = rehab_count(p, REHAB_TRACKS);
    f->evidence.stratum_count = rehab_count(p, REHAB_STRATA);
    f->evidence.started = fuzz_hour(0);
    for (uint32_t t = 0; t < f->evidence.track_count && t < REHAB_MAX_TRACKS; t++)
        f->tracks[t] =
            (struct rehab_track_state){p->tracks[t].phases.first, fuzz_hour(0), fuzz_hour(0)};
    for (uint32_t i = 0; i < f->evidence.stratum_count && i < REHAB_MAX_STRATA; i++)
        f->strata[i] = REHAB_STRATUM_UNKNOWN;
}

void fuzz_observe(struct fuzz_facts *f, struct rehab_observation o)
{
    if (f->evidence.observation_count < FUZZ_OBSERVATIONS)
        f->observations[f->evidence.observation_count++] = o;
}

void fuzz_train(struct fuzz_facts *f, struct rehab_session s)
{
    if (f->evidence.session_count < FUZZ_ACTS) f->sessions[f->evidence.session_count++] = s;
}

void fuzz_clear(struct fuzz_facts *f, struct rehab_clearance c)
{
    if (f->evidence.clearance_count < FUZZ_ACTS) f->clearances[f->evidence.clearance_count++] = c;
}

void fuzz_clear_flag(struct fuzz_facts *f, struct rehab_flag_clearance c)
{
    if (f->evidence.flag_clearance_count < FUZZ_ACTS)
        f->flag_clearances[f->evidence.flag_clearance_count++] = c;
}

/* ---- what follows ---- */

static void say_all(const struct rehab_protocol *p, const struct rehab_decision *d)
{
    static const char *const languages[] = {"en", "es"};
    char words[REHAB_SENTENCE_MAX];
    for (uint32_t i = 0; i < d->finding_count; i++) {
        int64_t value;
        struct rehab_text language = {languages[i % 2], 2};
        if (rehab_sentence(p, &d->findings[i], language, words, sizeof words) == 0) abort();
        (void)rehab_requirement(p, d->findings[i].criterion, language, words, sizeof words);
        (void)rehab_finding_value(p, &d->findings[i], &value);
        (void)rehab_finding_bound(p, &d->findings[i], &value);
        (void)rehab_finding_margin(p, &d->findings[i], &value);
    }
}

const struct rehab_decision *fuzz_decide(struct fuzz_facts *f, const struct rehab_protocol *p,
                                         struct rehab_instant as_of)
{
    static _Alignas(16) unsigned char rooms[2][BLOCK];
    static struct rehab_decision decisions[2];
    static int turn;
    struct rehab_decision *d = &decisions[turn ^= 1];
    struct rehab_arena arena = {.at = rooms[turn], .end = rooms[turn] + BLOCK};
    if (rehab_decide(p, &f->evidence, as_of, &arena, d) != REHAB_DECIDED) return NULL;
    say_all(p, d);
    return d;
}

static void must(bool holds)
{
    if (!holds) abort();
}

static void knock_flip(const struct rehab_protocol *p, const struct rehab_series *series,
                       uint32_t gate, struct rehab_arena *arena, struct rehab_flip *flip)
{
    *flip = (struct rehab_flip){.gate = gate, .state = REHAB_FLIP_NEVER};
    if (!rehab_find_flip(series, gate, arena, flip)) return;
    for (uint32_t i = 0; i < flip->proposal_count; i++)
        must(flip->proposals[i].measure < rehab_count(p, REHAB_MEASURES));
}

static void knock_gate(struct fuzz_facts *f, const struct rehab_protocol *p,
                       const struct rehab_series *series, struct rehab_instant as_of, uint32_t gate)
{
    static _Alignas(16) unsigned char room[BLOCK];
    static struct rehab_finding findings[REHAB_MAX_NODES];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    const struct rehab_plan *plan = rehab_plan_gate(p, gate, &arena);
    uint8_t many = REHAB_VERDICT_COUNT;
    must(plan != NULL);
    uint32_t judged = rehab_judge_population(plan, &f->evidence, 1, as_of, &arena, &many);
    if (series == NULL) return;
    enum rehab_verdict verdict = rehab_judge_gate(series, gate, findings);
    must(rehab_plan_verdict(plan, series) == verdict);
    must(judged == 1 && many == verdict);
}

static void knock_review(struct fuzz_facts *f, const struct rehab_protocol *p,
                         struct rehab_instant as_of, bool fits)
{
    static _Alignas(16) unsigned char room[BLOCK];
    for (uint32_t t = 0; t < rehab_count(p, REHAB_TRACKS); t++) {
        struct rehab_arena arena = {.at = room, .end = room + sizeof room};
        struct rehab_review review;
        const struct rehab_made_move made = {t % 2 ? REHAB_COMPLETE : REHAB_ADVANCE, t,
                                             t % 2 ? REHAB_NONE : p->tracks[t].phases.first + 1,
                                             as_of};
        enum rehab_outcome outcome = rehab_review_move(p, &f->evidence, &made, &arena, &review);
        must(outcome == REHAB_FULL || fits == (outcome == REHAB_DECIDED));
    }
}

void fuzz_knock(struct fuzz_facts *f, const struct rehab_protocol *p, struct rehab_instant as_of,
                const struct rehab_decision *d)
{
    enum { GATES = 24, NEEDS = 512 };
    static _Alignas(16) unsigned char room[ROOM];
    static struct rehab_flip flips[GATES];
    static struct rehab_need needs[NEEDS];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    const struct rehab_series *series = rehab_index_evidence(p, &f->evidence, as_of, &arena);
    must(d == NULL || series != NULL);
    for (uint32_t i = 0; i < rehab_count(p, REHAB_GATES) && i < GATES; i++)
        knock_gate(f, p, series, as_of, i);
    knock_review(f, p, as_of, series != NULL);
    if (d == NULL) return;
    for (uint32_t i = 0; i < d->gate_count && i < GATES; i++) {
        knock_flip(p, series, d->gates[i].gate, &arena, &flips[i]);
        must(flips[i].from == d->gates[i].verdict || flips[i].state == REHAB_FLIP_NEVER);
    }
    if (d->gate_count <= GATES && d->need_count <= NEEDS) rehab_order_needs(d, flips, needs);
}

void fuzz_criticise(const struct rehab_protocol *p)
{
    static struct rehab_lint_finding found[64];
    uint32_t n = rehab_lint(p, (struct rehab_text){"red_flag_screen", 15}, found, 64);
    for (uint32_t i = 0; i < n && i < 64; i++) {
        if (found[i].pointer_size > sizeof found[i].pointer) abort();
    }
}
