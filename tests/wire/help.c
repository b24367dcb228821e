/* SPDX-License-Identifier: Apache-2.0 */
/* See help.h. */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>

struct bench_piece {
    struct bench_piece *next;
    void *bytes;
};

/* Exactly what was asked for: rehab_alloc asks for 32 bytes more than it takes, and malloc's pieces
 * are aligned already. */
static bool give_piece(struct rehab_arena *arena, size_t need)
{
    struct bench *b = (struct bench *)arena;
    if (b->pieces >= b->refuse_at) return false;
    b->pieces++;
    struct bench_piece *piece = malloc(sizeof *piece);
    size_t size = need - 32;
    *piece = (struct bench_piece){b->held, malloc(size)};
    b->held = piece;
    arena->at = piece->bytes;
    arena->end = arena->at + size;
    return true;
}

struct call *bench_open(struct bench *b)
{
    *b = (struct bench){.arena = {.grow = give_piece}, .refuse_at = SIZE_MAX};
    b->call.arena = &b->arena;
    b->call.now_us = INT64_C(1772700000000000);
    strcpy(b->call.caller.zone, "UTC");
    return &b->call;
}

void bench_close(struct bench *b)
{
    while (b->held != NULL) {
        struct bench_piece *piece = b->held;
        b->held = piece->next;
        free(piece->bytes);
        free(piece);
    }
}

void check_fault(const struct call *c, enum problem_code code, const char *pointer,
                 const char *file, int line)
{
    const struct problem *p = &c->problem;
    for (uint32_t i = 0; i < p->fault_count; i++) {
        if (p->faults[i].code == code && text_is(p->faults[i].pointer, pointer)) return;
    }
    print_error("no %s at '%s'; there is:\n", problem_slug(code), pointer);
    for (uint32_t i = 0; i < p->fault_count; i++) {
        print_error("  %s at '%.*s': %.*s\n", problem_slug(p->faults[i].code),
                    TEXT_FMT(p->faults[i].pointer), TEXT_FMT(p->faults[i].detail));
    }
    _fail(file, line);
}

void check_text(struct text t, const char *expected, const char *file, int line)
{
    if (text_is(t, expected)) return;
    print_error("is       %.*s\nexpected %s\n", TEXT_FMT(t), expected);
    _fail(file, line);
}

void check_every_refusal(struct result (*work)(struct call *c))
{
    enum { ENOUGH = 100'000 };
    size_t n = 0;
    for (enum problem_code code = NO_MEMORY; code != OK; n++) {
        struct bench b;
        struct call *c = bench_open(&b);
        b.refuse_at = n;
        code = work(c).code;
        bench_close(&b);
        if (code != OK) assert_int_equal(code, NO_MEMORY);
        assert_true(n < ENOUGH);
    }
    assert_true(n > 1);
}

#define NANO INT64_C(1000000000)

static struct text gaits[] = {{"normal", 6}, {"antalgic", 8}, {"aided", 5}};
static struct text powers[] = {{"3", 1}, {"3+", 2}, {"4", 1}};

const struct measure bench_measures[] = {
    {.code = {"pain", 4},
     .unit = {"{score}", 7},
     .high_nano = 10 * NANO,
     .step_nano = NANO,
     .sided = true,
     .from_vas = true,
     .direction = -1},
    {.code = {"strength", 8},
     .unit = {"N", 1},
     .high_nano = 800 * NANO,
     .sided = true,
     .direction = 1},
    {.code = {"weight", 6}, .unit = {"kg", 2}, .low_nano = 20 * NANO, .high_nano = 250 * NANO},
    {.code = {"length", 6}, .unit = {"cm", 2}, .high_nano = 40 * NANO, .sided = true},
    {.code = {"flag", 4}, .kind = MEASURE_BOOLEAN, .high_nano = NANO, .step_nano = NANO},
    {.code = {"gait", 4},
     .kind = MEASURE_ORDINAL,
     .high_nano = 2 * NANO,
     .labels = gaits,
     .label_count = 3},
    {.code = {"power", 5},
     .kind = MEASURE_ORDINAL,
     .high_nano = 2 * NANO,
     .labels = powers,
     .label_count = 3,
     .sided = true},
};
const uint32_t bench_measure_count = sizeof bench_measures / sizeof bench_measures[0];

struct text read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) fail_msg("cannot open %s (run from the top of the tree)", path);
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *bytes = malloc((size_t)size + 1);
    assert_int_equal(fread(bytes, 1, (size_t)size, f), size);
    bytes[size] = '\0';
    fclose(f);
    return (struct text){bytes, (size_t)size};
}
