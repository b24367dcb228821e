/* SPDX-License-Identifier: Apache-2.0 */
/* One question to many episodes: who of all patients could go on today? A gate is made ready once
 * (rehab_plan_gate) and then asked about one episode after the other, for its verdict alone. Who
 * needs to know why asks rehab_judge_gate or rehab_decide about that one episode.
 *
 *     const struct rehab_plan *plan = rehab_plan_gate(&protocol, gate, &arena);
 *     while ((count = fetch(episodes, 1024)) > 0) {          // struct rehab_evidence[1024]
 *         rehab_judge_population(plan, episodes, count, now, &scratch, verdicts);
 *         ...                                                // verdicts[i] == REHAB_MET
 *     }
 */
#ifndef REHAB_POPULATION_H
#define REHAB_POPULATION_H

#include "decision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A gate made ready to be asked about many episodes. It is read only: several threads may share it.
 */
struct rehab_plan;

/* gate     a row of gates
 * arena    the plan lies in it: 56 bytes a criterion, 24 a measure of the protocol, 100 besides
 * returns  NULL when the arena is full. The plan needs the open protocol where it is. */
REHAB_API const struct rehab_plan *rehab_plan_gate(const struct rehab_protocol *p, uint32_t gate,
                                                   struct rehab_arena *arena);

/* The verdict of rehab_judge_gate alone: no trace is written, and no criterion is judged once the
 * verdict cannot change. No allocation.
 * s  an index over evidence, made with the plan's protocol */
REHAB_API enum rehab_verdict rehab_plan_verdict(const struct rehab_plan *plan,
                                                const struct rehab_series *s);

/* The same for many episodes, straight from their evidence. No index is made: observations are read
 * from the newest back, until every measure that the gate asks for has been seen or the longest
 * window of its criteria has passed. The cost grows with the observations read, not with those
 * there are. The verdict is that of rehab_judge_gate.
 *
 * episodes  `count` of them, each as rehab_decide wants it; lent until the call returns. Many small
 *           calls are as fast as a large one; a thousand episodes a call is a good size
 * as_of     one instant for all, told by one wall clock: episodes of clinics in other zones are
 *           asked about in a call of their own
 * scratch   room for the index of one episode (rehab_index_evidence: 8 bytes an observation,
 *           73 a measure of the protocol, with sessions 8 an observation and 20 a session, and
 *           128). Few episodes need one: those with two values at one instant, with sides that were
 *           measured apart, and every episode when the gate asks for more than newest values. All
 *           of it is free again when the call returns, unless the arena had to grow
 * verdicts  room for `count`: enum rehab_verdict of each
 * returns   how many were judged, from the first on. Fewer than `count`: the next one was not,
 *           because scratch is full (scratch->full), its observations are out of order, or it does
 *           not fit the protocol (REHAB_MISFIT); the caller may go on behind it. Its verdict and
 *           those behind it are not written
 *
 * Not looked at: the phase in which the episode stands (ask about those that stand in the gate's);
 * where no index is needed, whether its tracks and strata fit (nothing of them is read then); and
 * whatever lies before the observations that were read, so neither its order. Local time and
 * UTC of an observation lie at most a day apart. */
REHAB_API uint32_t rehab_judge_population(const struct rehab_plan *plan,
                                          const struct rehab_evidence *episodes, uint32_t count,
                                          struct rehab_instant as_of, struct rehab_arena *scratch,
                                          uint8_t *verdicts);

#ifdef __cplusplus
}
#endif

#endif
