/* SPDX-License-Identifier: Apache-2.0 */
/* A small world to ask the core about: one protocol around the criteria under test, one episode,
 * times in hours. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rehab/rehab.h"

#define T(literal) ((struct rehab_text){(literal), (uint32_t)strlen(literal)})
#define N(units)   ((int64_t)((units)*1000) * (REHAB_SCALE / 1000))

/* Measures, in the order of sample_measures. */
enum { PAIN, FORCE, SPRINT, BEND, SWELLING, SUDDEN, MORNING, WEIGHT, SAMPLE_MEASURES };
extern const struct rehab_measure sample_measures[SAMPLE_MEASURES];

/* What each operator says of a value below, at and above its bound. */
enum { SAMPLE_OPERATORS = 6 };
struct sample_operator {
    enum rehab_op is;
    enum rehab_verdict below, at, above;
};
extern const struct sample_operator sample_operators[SAMPLE_OPERATORS];

/* A leaf: newest `measure` `is` `units`; change what the test is about. */
struct rehab_criterion leaf(int measure, enum rehab_op is, double units);
struct rehab_criterion group(enum rehab_node_kind kind, const struct rehab_criterion *of,
                             uint32_t count);
struct rehab_criterion elapsed(enum rehab_anchor from, enum rehab_op is, const char *duration);
struct rehab_duration duration(const char *text);
struct rehab_value number(double units);
struct rehab_value label(const char *text);

enum { WORLD_OBSERVATIONS = 256, WORLD_MEMORY = 1 << 20 };

struct world {
    struct rehab_document document;
    struct rehab_track track;
    struct rehab_phase
        phases[3]; /* first, second, third: all gates of the tests are in the second */
    struct rehab_gate gates[8];
    struct rehab_red_flag flags[2];
    struct rehab_advice advice[1];
    struct rehab_prescription prescriptions[1];
    struct rehab_stratum strata[1];
    struct rehab_activity activities[2]; /* run, lift */
    struct rehab_freshness freshness[1];
    struct rehab_fault fault;
    size_t size;
    struct rehab_protocol protocol;

    struct rehab_evidence evidence;
    struct rehab_track_state state;
    uint16_t stratum;
    struct rehab_observation observations[WORLD_OBSERVATIONS];
    struct rehab_session sessions[16];
    struct rehab_clearance clearances[4];
    struct rehab_flag_clearance flag_clearances[4];
    struct rehab_arena arena;
    struct rehab_decision decision;
    _Alignas(16) unsigned char block[1 << 16];
    _Alignas(16) unsigned char memory[WORLD_MEMORY];
};

/* Hour 0 is a midnight; the episode begins and the second phase is entered then. */
struct rehab_instant hour(double h);

/* A fresh world without gates. */
struct world *world(void);
void world_free(struct world *w);

/* Adds a gate of the second phase. */
void add_gate(struct world *w, enum rehab_move move, const struct rehab_criterion *when);

/* Compiles and opens; fails the test when that is not possible. */
void compile(struct world *w);
enum rehab_fault_code try_compile(struct world *w);

/* One observation: its own assessment, the involved side of what has sides. */
struct rehab_observation *observe(struct world *w, int measure, double units, double h);

/* One session of an activity, prescribed and completed; in order. */
enum { RUN, LIFT };
struct rehab_session *train(struct world *w, int activity, double from, double to);

/* One observation made in it. */
struct rehab_observation *observe_in(struct world *w, const struct rehab_session *session,
                                     int measure, double units, double h);

/* Decides; the verdict of the first gate. */
enum rehab_verdict decide(struct world *w, double h);
enum rehab_outcome try_decide(struct world *w, double h);
const struct rehab_finding *finding(const struct world *w, uint32_t i);

/* Everything in one: an advance gate of one leaf, decided at hour h. */
#define assert_judged(w, verdict_, reason_, h)                                                     \
    do {                                                                                           \
        assert_int_equal(decide(w, h), verdict_);                                                  \
        assert_int_equal(finding(w, 0)->reason, reason_);                                          \
    } while (0)

/* Sums a block up as the library does; a forger knows how, too. */
void seal(unsigned char *block, size_t size);
