/* SPDX-License-Identifier: Apache-2.0 */
/* librehab: rules of rehabilitation protocols, as arithmetic on their arguments. No input or
 * output, no clock, no memory of its own, no state: a decision is a function of protocol, evidence
 * and instant.
 *
 *   document.h  a protocol as written         protocol.h  a protocol compiled, opened
 *   evidence.h  what is known of an episode   decision.h  what follows, and why
 *   sentence.h  the same in words             quantity.h, arena.h  numbers, times, memory, strings
 *   flip.h      what it would take to turn a gate
 *   population.h  one gate asked about many episodes
 *   review.h    a move on record, judged again
 *   lint.h      what is wrong with a protocol although it compiles
 *   layout.h    the structs described, for scripts and pages
 *   version.h   which version this is
 */
#ifndef REHAB_REHAB_H
#define REHAB_REHAB_H

#include "arena.h"
#include "decision.h"
#include "document.h"
#include "evidence.h"
#include "flip.h"
#include "layout.h"
#include "lint.h"
#include "population.h"
#include "protocol.h"
#include "quantity.h"
#include "review.h"
#include "sentence.h"
#include "version.h"

#endif
