/* SPDX-License-Identifier: Apache-2.0 */
/* A call with an arena that hands out every piece apart from the others, so that an overrun shows
 * under the sanitizers, and that can be told to refuse. */
#pragma once

#include "base/test.h"

#include "wire/wire.h"

struct bench {
    struct rehab_arena arena; /* first: grow gets a pointer to it */
    struct call call;
    size_t pieces;    /* given so far */
    size_t refuse_at; /* the piece of this number (from 0) and all after it are refused */
    struct bench_piece *held;
};

struct call *bench_open(struct bench *b);
void bench_close(struct bench *b);

/* The fault at `pointer` has this code; says what there is otherwise. */
#define assert_fault(c, code, pointer) check_fault((c), (code), (pointer), __FILE__, __LINE__)
void check_fault(const struct call *c, enum problem_code code, const char *pointer,
                 const char *file, int line);

#define assert_text(text, expected) check_text((text), (expected), __FILE__, __LINE__)
void check_text(struct text t, const char *expected, const char *file, int line);

/* Runs `work` with the first, the second ... piece refused until it succeeds; each failure must be
 * NO_MEMORY. */
void check_every_refusal(struct result (*work)(struct call *c));

/* A handful of measures: pain (number, sided, 0..10, step 1, also mm of a line), strength (N),
 * weight (kg), length (cm), flag (boolean), gait (ordinal), power (mm4: ordinal whose labels look
 * like numbers). */
extern const struct measure bench_measures[];
extern const uint32_t bench_measure_count;

/* The file's bytes, terminated, for the length of the test program. */
struct text read_file(const char *path);
