/* SPDX-License-Identifier: Apache-2.0 */
/* Failures are noted on the call where they are understood and told once, at the edge. */
#include "call.h"

struct result call_fault(struct call *c, enum problem_code code, struct text pointer,
                         struct text detail)
{
    struct problem *p = &c->problem;
    if (p->fault_count < FAULTS_KEPT)
        p->faults[p->fault_count] = (struct fault){pointer, code, detail};
    p->fault_count += p->fault_count < FAULTS_KEPT;
    return (struct result){code};
}

struct result call_faults(const struct call *c)
{
    const struct problem *p = &c->problem;
    if (p->fault_count == 0) return DONE;
    for (uint32_t i = 1; i < p->fault_count; i++) {
        if (p->faults[i].code != p->faults[0].code) return (struct result){INVALID};
    }
    return (struct result){p->faults[0].code};
}

struct result call_fail(struct call *c, enum problem_code code, const char *detail)
{
    c->problem.detail = text_of(detail);
    return (struct result){code};
}
