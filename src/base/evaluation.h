/* SPDX-License-Identifier: Apache-2.0 */
/* A decision together with what it was made from, so that it can be told: the core's records speak
 * in indexes, and the texts behind them stand in the protocol and in the observations. The service
 * fills it, wire writes it. */
#pragma once

#include "model.h"
#include "rehab/decision.h"
#include "rehab/flip.h"
#include "rehab/protocol.h"

/* A recorded move that late evidence would have blocked. The move stands; somebody should look. */
struct review {
    const struct transition *move;
    uint32_t red_flag;                    /* the one that would have stopped it; REHAB_NONE */
    const struct rehab_finding *findings; /* of what would have blocked it, as of the move */
    uint32_t finding_count;
};

struct evaluation {
    const struct episode *episode;
    struct text protocol_digest; /* of the compiled block it was decided by */
    const struct rehab_protocol *protocol;
    const struct rehab_decision *decision;
    const struct rehab_evidence *evidence; /* what it was decided by */
    const struct rehab_flip *flips; /* what would turn each gate of the decision; NULL: not asked */
    const struct rehab_need *needs; /* of the decision, in the order of what they would settle;
                                       NULL: not asked */
    const struct observation
        *observations; /* in the order of the evidence: the decision's indexes point in here */
    uint32_t observation_count;
    const struct review *reviews; /* oldest move first */
    uint32_t review_count;
    int64_t as_of_us;
    int64_t known_at_us;  /* NO_TIME: all that is on record */
    struct text language; /* in which it is told: a BCP 47 tag; empty: English */
};

/* What to do today: the evaluation says what is open, the catalogue what the exercises are. */
struct plan {
    struct evaluation evaluation;
    const struct exercise
        *exercises; /* of the whole catalogue, by id; their documents are quoted */
    uint32_t exercise_count;
};

/* What recording or voiding an assessment is answered with: the assessment, and where the patient
 * stands after it. */
struct assessment_answer {
    const struct assessment *assessment;
    const struct evaluation *evaluation; /* its episode has the state and version after the write */
};
