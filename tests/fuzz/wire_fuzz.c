/* SPDX-License-Identifier: Apache-2.0 */
/* Eats bodies: every reader of src/wire gets the input, and what is taken is written again and must
 * be JSON.
 *
 * Built and played by tests/fuzz/run.sh. */
#include "wire/wire.h"

#include <jansson.h>
#include <stdlib.h>

#define NANO INT64_C(1000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct text labels[] = {{"mild", 4}, {"3+", 2}, {"4", 1}};
static const struct measure measures[] = {
    {.code = {"pain", 4},
     .unit = {"{score}", 7},
     .high_nano = 10 * NANO,
     .step_nano = NANO,
     .sided = true,
     .from_vas = true},
    {.code = {"weight", 6}, .unit = {"kg", 2}, .high_nano = 1'000'000 * NANO},
    {.code = {"flag", 4}, .kind = MEASURE_BOOLEAN, .high_nano = NANO},
    {.code = {"gait", 4},
     .kind = MEASURE_ORDINAL,
     .high_nano = 2 * NANO,
     .labels = labels,
     .label_count = 3},
};
enum { MEASURES = sizeof measures / sizeof measures[0] };

static void must_be_json(struct text t)
{
    json_t *root = json_loadb(t.at, t.size, JSON_REJECT_DUPLICATES, NULL);
    if (root == NULL) abort();
    json_decref(root);
}

static void round_trip_assessment(struct call *c, struct text body)
{
    struct assessment a;
    struct text out;
    if (wire_read_assessment(c, body, measures, MEASURES, &a).code != OK) return;
    a.recorded_us = 0;
    if (a.occurred_us == NO_TIME) a.occurred_us = 0;
    if (wire_write_assessment(c, &a, &out).code == OK) must_be_json(out);
}

static void round_trip_patient(struct call *c, struct text body)
{
    struct patient p;
    struct text out;
    if (wire_read_patient(c, body, &p).code != OK) return;
    p.created_us = 0;
    if (wire_write_patient(c, &p, &out).code == OK) must_be_json(out);
}

static void round_trip_episode(struct call *c, struct text body)
{
    struct episode e;
    struct text out;
    if (wire_read_episode(c, body, &e).code != OK) return;
    e.created_us = 0;
    if (wire_write_episode(c, &e, &out).code == OK) must_be_json(out);
}

static void read_others(struct call *c, struct text body)
{
    struct transition_request t = {.if_match = 1};
    struct text reason;
    struct measure *read;
    struct exercise *exercises;
    struct rehab_measure *rules;
    struct rehab_document document;
    struct protocol_head head;
    struct demo demo;
    uint32_t count;
    (void)wire_read_transition(c, body, &t);
    (void)wire_read_void(c, body, &reason);
    (void)wire_read_measures(c, body, &read, &count);
    (void)wire_read_exercises(c, body, &exercises, &count);
    (void)wire_read_rules_measures(c, body, &rules, &count);
    (void)wire_read_protocol_head(c, body, &head);
    (void)wire_read_demo(c, body, measures, MEASURES, &demo);
    (void)wire_read_protocol(c, body, NULL, 0, &document);
}

/* The first byte says how much memory there is, so that refusals are met too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char room[1 << 20];
    static struct call c;
    if (size == 0) return 0;
    struct rehab_arena arena = {.at = room,
                                .end = room + (data[0] < 64 ? (size_t)data[0] * 64 : sizeof room)};
    const struct text body = {(const char *)data + 1, size - 1};
    memset(&c, 0, sizeof c);
    c.arena = &arena;
    round_trip_assessment(&c, body);
    round_trip_patient(&c, body);
    round_trip_episode(&c, body);
    read_others(&c, body);
    must_be_json(wire_write_problem(&c, INVALID, (struct text){"/v1/x", 5}));
    return 0;
}
