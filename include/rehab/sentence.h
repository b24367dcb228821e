/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts in plain words, so that every face says the same. */
#ifndef REHAB_SENTENCE_H
#define REHAB_SENTENCE_H

#include "decision.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longest sentence, in bytes, whatever the protocol: names beyond it are cut. */
#define REHAB_SENTENCE_MAX 512

/* The language in which the sentences for a BCP 47 tag are: "es" for "es" and "es-MX", "en" for
 * everything else. Static. */
REHAB_API struct rehab_text rehab_language(struct rehab_text tag);

/* One finding as a sentence: "Pain at rest is 0, needs 0 on 2 days in a row: met."
 * language  a BCP 47 tag, see rehab_language; names of the protocol come in it where it has them
 * buffer    room for `size` bytes, no terminator is written
 * returns   how many bytes were written, at most REHAB_SENTENCE_MAX */
REHAB_API uint32_t rehab_sentence(const struct rehab_protocol *p,
                                  const struct rehab_finding *finding, struct rehab_text language,
                                  char *buffer, uint32_t size);

/* A criterion without a verdict: "Pain at rest must be 0 on 2 days in a row." Of a bound that
 * depends on a stratum the one for who belongs to none of those named; rehab_sentence tells that of
 * the patient. */
REHAB_API uint32_t rehab_requirement(const struct rehab_protocol *p, uint32_t criterion,
                                     struct rehab_text language, char *buffer, uint32_t size);

#ifdef __cplusplus
}
#endif

#endif
