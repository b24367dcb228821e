/* SPDX-License-Identifier: Apache-2.0 */
/* A write happens once, however often it is asked for. Its answer is written by the same statement
 * as its effect, so the record and the effect exist together or not at all: whoever has the key can
 * find out what happened, this room too when a connection dies between the write and the word that
 * it was committed. */
#include "inside.h"

#include "../base/digest.h"
#include "../base/log.h"
#include "../base/metric.h"
#include "../base/uuid.h"

struct result once_find(struct call *c, const struct idempotency *once, struct written *out)
{
    *out = (struct written){0};
    if (once->key.size == 0) return DONE;
    struct idempotency found;
    struct result r = store_find_answer(c, once->key, &found);
    if (r.code == NOT_FOUND) return DONE;
    TRY(r);
    if (memcmp(found.fingerprint, once->fingerprint, DIGEST_SIZE) != 0) {
        return call_fail(c, KEY_REUSED, "Send a new Idempotency-Key with a new request.");
    }
    out->answer = found.answer;
    out->replayed = true;
    metric_add(c->worker->metrics, METRIC_WRITES_REPLAYED, 1);
    return DONE;
}

void once_answer(struct call *c, struct idempotency *once, struct answer answer)
{
    once->answer = answer;
    if (once->key.size > 0) return;
    char id[UUID_TEXT_SIZE];
    uuid_write(uuid_make(c->now_us), id);
    once->key = text_format(c->arena, "request:%s", id);
}

/* The connection died after the statement had been sent. A record proves that it was committed.
 * Without one it may still be under way, so nothing may be said about it. */
static struct result find_outcome(struct call *c, const struct idempotency *once,
                                  struct written *out)
{
    for (int again = 0; again < 3; again++) {
        struct result r = once_find(c, once, out);
        if (r.code == OK && out->replayed) {
            LOG(INFO, COMMIT_RESOLVED, .request_id = c->request_id);
            out->replayed = false; /* it is this request's own answer */
            return DONE;
        }
        if (r.code == KEY_REUSED) return r;
        if (r.code != DATABASE_AWAY && r.code != OK) break;
    }
    c->problem.retry_after_s = 1;
    return (struct result){OUTCOME_UNKNOWN};
}

struct result once_settle(struct call *c, struct result written, const struct idempotency *once,
                          struct written *out)
{
    *out = (struct written){.answer = once->answer};
    if (written.code == UNKNOWN_COMMIT) return find_outcome(c, once, out);
    if (written.code != REPLAY) return written;
    TRY(once_find(c, once, out));
    if (out->replayed) return DONE;
    c->problem.retry_after_s = 1;
    return (struct result){KEY_IN_USE};
}
