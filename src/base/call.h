/* SPDX-License-Identifier: Apache-2.0 */
/* The two structs that everything above the core hangs on. `struct app` lives as long as the
 * process and is read-only after start but for what locks itself; `struct call` lives as long as
 * one request and is the first argument everywhere. */
#pragma once

#include <stdint.h>

#include "model.h"
#include "rehab/arena.h"
#include "result.h"
#include "text.h"

struct app;    /* app.h */
struct fiber;  /* fiber.h */
struct worker; /* what one loop owns: lanes, fibers, counters, caches (http and store know its
                  parts) */

/* One field of the request that is wrong: where (RFC 6901 pointer, or the name of a parameter or
 * header), which problem, and what would be right. Texts never carry patient data or SQL. */
struct fault {
    struct text pointer;
    enum problem_code code;
    struct text detail;
};

enum { FAULTS_KEPT = 32 };

/* The particulars of a failure, filled where it is understood. */
struct problem {
    struct text detail;   /* what to do next; empty: what the table says of the kind */
    struct text existing; /* the id of what stands in the way, or empty */
    struct text etag;     /* the current ETag of a stale resource, or empty */
    struct text body;     /* further members, rendered: `"evaluation":{...}`; empty: none */
    uint32_t retry_after_s;
    uint32_t fault_count;
    struct fault faults[FAULTS_KEPT];
};

struct call {
    struct app *app;
    struct worker *worker;
    struct fiber *fiber; /* what a store call yields; NULL: it blocks (command line, tests) */
    struct rehab_arena *arena;
    struct principal caller;
    int64_t now_us; /* microseconds since 1970 UTC, stamped by the loop */
    struct uuid request_id;
    struct text operation; /* route, for the audit: "recordTransition" */
    struct text language;  /* of sentences and titles: a BCP 47 tag; empty: English */
    int64_t database_us;   /* spent waiting for the store */
    int64_t rules_us;      /* spent judging */
    struct problem problem;
};

/* Notes one wrong field and returns its code; the first fault's code becomes the answer's when all
 * are alike, INVALID otherwise (call_fault_code). */
struct result call_fault(struct call *c, enum problem_code code, struct text pointer,
                         struct text detail);

/* What the noted faults amount to: DONE when there are none. */
struct result call_faults(const struct call *c);

/* A failure with a sentence of its own. */
struct result call_fail(struct call *c, enum problem_code code, const char *detail);
