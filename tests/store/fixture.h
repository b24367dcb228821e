/* SPDX-License-Identifier: Apache-2.0 */
/* A throw-away cluster, migrated, with a lane and a call of a clinic: what every test of the store
 * stands on. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/app.h"
#include "base/arena.h"
#include "base/uuid.h"
#include "store/lane.h"
#include "store/migrate.h"
#include "store/store.h"

struct fixture {
    char dir[64];
    char url[256];
    pid_t guard;  /* stops the cluster when we are gone */
    int alive;    /* what it watches */
    PGconn *root; /* a superuser: sees and changes everything */
    struct app app;
    struct worker worker;
    struct arena_pool *pool;
    struct call call;
    struct rehab_arena
        *arenas[32]; /* of the last calls: what they loaded stays readable for a while */
    uint32_t calls;
    struct uuid clinic; /* one clinic, with a patient and an episode of it */
    struct uuid key;
    struct uuid patient;
    struct uuid episode;
    uint32_t answers; /* keys given out by fixture_once */
};

/* cmocka group setup and teardown: *state is the fixture. */
int fixture_open(void **state);
int fixture_close(void **state);

/* The migrations of the program; their number. */
size_t fixture_migrations(struct migration *out, size_t room);

/* A fresh arena, time and request for the next operation of this clinic. What the last 31 calls
 * loaded stays readable. */
struct call *fixture_call(struct fixture *f, struct uuid clinic);

/* Runs SQL as the superuser; fails the test when it fails. */
void fixture_run(struct fixture *f, const char *sql);

/* One number. */
int64_t fixture_count(struct fixture *f, const char *sql);

/* One text, in a buffer of the fixture's call. */
const char *fixture_text(struct fixture *f, const char *sql);

/* An answer kept under a key that was not used before. */
struct idempotency fixture_once(struct fixture *f);

/* A clinic with a patient and an episode of `protocol` version 1, two tracks. */
struct uuid fixture_add_clinic(struct fixture *f, const char *zone);
struct uuid fixture_add_patient(struct fixture *f, struct uuid clinic, const char *mrn);
struct uuid fixture_add_episode(struct fixture *f, struct uuid clinic, struct uuid patient);

/* Three observations made `hours` ago. */
struct uuid fixture_add_assessment(struct fixture *f, struct uuid clinic, struct uuid episode,
                                   int hours);

#define assert_code(expected, call_) assert_int_equal(expected, (call_).code)
