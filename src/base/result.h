/* SPDX-License-Identifier: Apache-2.0 */
/* What can go wrong, as a type. The rows of problem.def are the only list of problems: codes here,
 * HTTP status, problem type and title for the answer, and the responses of the contract are all
 * made from them. */
#pragma once

enum problem_code {
    OK = 0,
#define PROBLEM(name, status, slug, type, title, detail) name,
#include "problem.def"
#undef PROBLEM
    PROBLEM_COUNT
};

/* Returned by everything above the core that can fail. A struct, so that no other integer is taken
 * for it. */
struct [[nodiscard]] result {
    enum problem_code code;
};

#define DONE ((struct result){OK})

/* The only macro that returns: leaves the function with the first failure. */
#define TRY(call_)                                                                                 \
    do {                                                                                           \
        struct result try_ = (call_);                                                              \
        if (try_.code != OK) return try_;                                                          \
    } while (0)

int problem_status(enum problem_code code);
const char *problem_slug(enum problem_code code);   /* "gate_not_satisfied" */
const char *problem_type(enum problem_code code);   /* "gate-not-satisfied" */
const char *problem_title(enum problem_code code);  /* one sentence, no data in it */
const char *problem_detail(enum problem_code code); /* what to do next, as far as the kind tells */
