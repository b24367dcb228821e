/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzzers of the core share: the library's protocols, one patient, and a look at
 * everything a decision holds. Played from the top of the tree. */
#pragma once

#include "base/text.h"
#include "rehab/rehab.h"

#include <string.h>

enum { FUZZ_OBSERVATIONS = 256, FUZZ_ACTS = 16 };

struct fuzz_facts {
    struct rehab_evidence evidence;
    struct rehab_observation observations[FUZZ_OBSERVATIONS];
    struct rehab_session sessions[FUZZ_ACTS];
    struct rehab_clearance clearances[FUZZ_ACTS];
    struct rehab_flag_clearance flag_clearances[FUZZ_ACTS];
    struct rehab_track_state tracks[REHAB_MAX_TRACKS];
    uint16_t strata[REHAB_MAX_STRATA];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Reads the catalogue and compiles the documents of the tree. `-seeds=FOLDER` on the command line:
 * writes their blocks there and ends. */
int fuzz_begin(int argc, char **argv, bool seeds);

/* A document to a block, which lies in the room of that number (0, 1) until the next call. */
bool fuzz_compile(struct text document, int room, struct text *block);

/* One of the tree's protocols, any number. */
const struct rehab_protocol *fuzz_protocol(uint32_t number);

/* Hours from a fixed midnight. */
struct rehab_instant fuzz_hour(uint32_t hour);

/* An empty patient; the same memory each time. */
struct fuzz_facts *fuzz_facts(void);

/* In the first phase of every track, strata unknown. */
void fuzz_stand(struct fuzz_facts *f, const struct rehab_protocol *p);
void fuzz_observe(struct fuzz_facts *f, struct rehab_observation o);
void fuzz_train(struct fuzz_facts *f, struct rehab_session s);
void fuzz_clear(struct fuzz_facts *f, struct rehab_clearance c);
void fuzz_clear_flag(struct fuzz_facts *f, struct rehab_flag_clearance c);

/* Decides and puts every finding into words. Two decisions are kept, the last two; NULL: the core
 * did not decide. */
const struct rehab_decision *fuzz_decide(struct fuzz_facts *f, const struct rehab_protocol *p,
                                         struct rehab_instant as_of);

/* Every other door of the library, with this evidence: gate by gate, prepared and for a population,
 * what would turn it, and a move on record. `as_of` for all of them. Of evidence that does not fit
 * none of them may say a thing, and of what fits all must agree with the decision `d` (NULL: there
 * is none). */
void fuzz_knock(struct fuzz_facts *f, const struct rehab_protocol *p, struct rehab_instant as_of,
                const struct rehab_decision *d);

void fuzz_criticise(const struct rehab_protocol *p);
