/* SPDX-License-Identifier: Apache-2.0 */
/* What came of a write, when the store could say and when it could not. The record of answers is
 * played by this file. */
#include "base/test.h"

#include "base/log.h"
#include "base/metric.h"
#include "service/inside.h"

static struct {
    enum problem_code says[8]; /* one after the other; the last again and again */
    uint32_t asked;
    struct idempotency kept;
} record;

struct result store_find_answer(struct call *c, struct text key, struct idempotency *out)
{
    (void)c;
    assert_true(key.size > 0);
    uint32_t i = record.asked < 7 ? record.asked : 7;
    record.asked++;
    if (record.says[i] == OK) *out = record.kept;
    return (struct result){record.says[i]};
}

static unsigned char memory[1 << 16];
static struct rehab_arena arena;
static struct worker worker;
static struct call c;
static struct idempotency once;
static struct written out;

static int renew(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    if (worker.metrics == NULL) worker.metrics = metric_open(1);
    arena = (struct rehab_arena){.at = memory, .end = memory + sizeof memory};
    c = (struct call){.arena = &arena, .worker = &worker};
    once = (struct idempotency){.key = TEXT("k-1"), .fingerprint = {7}};
    memset(&record, 0, sizeof record);
    record.kept = (struct idempotency){.fingerprint = {7},
                                       .answer = {.status = 201, .body = TEXT("{\"first\":true}")}};
    for (size_t i = 0; i < 8; i++)
        record.says[i] = NOT_FOUND;
    once_answer(&c, &once, (struct answer){.status = 201, .body = TEXT("{\"mine\":true}")});
    return 0;
}

static void a_write_answers_its_own(void **state)
{
    (void)state;
    assert_int_equal(once_settle(&c, DONE, &once, &out).code, OK);
    assert_true(text_is(out.answer.body, "{\"mine\":true}"));
    assert_false(out.replayed);
    assert_int_equal(record.asked, 0);
}

static void a_second_call_gets_the_first_answer(void **state)
{
    (void)state;
    record.says[0] = OK;
    assert_int_equal(once_find(&c, &once, &out).code, OK);
    assert_true(out.replayed);
    assert_true(text_is(out.answer.body, "{\"first\":true}"));
}

static void another_request_does_not(void **state)
{
    (void)state;
    record.says[0] = OK;
    once.fingerprint[0] = 8;
    assert_int_equal(once_find(&c, &once, &out).code, KEY_REUSED);
}

/* Two with one key at a time: the store lets one through and tells the other. */
static void of_two_at_a_time_both_get_one(void **state)
{
    (void)state;
    record.says[0] = OK;
    assert_int_equal(once_settle(&c, (struct result){REPLAY}, &once, &out).code, OK);
    assert_true(out.replayed);
    assert_true(text_is(out.answer.body, "{\"first\":true}"));
    renew(NULL);
    assert_int_equal(once_settle(&c, (struct result){REPLAY}, &once, &out).code, KEY_IN_USE);
}

static void an_unknown_commit_is_looked_up(void **state)
{
    (void)state;
    record.says[0] = DATABASE_AWAY;
    record.says[1] = OK;
    assert_int_equal(once_settle(&c, (struct result){UNKNOWN_COMMIT}, &once, &out).code, OK);
    assert_true(text_is(out.answer.body, "{\"first\":true}"));
    assert_int_equal(record.asked, 2);
}

/* Without a record it may still come to be: it is never said to have failed. */
static void what_cannot_be_known_is_said_so(void **state)
{
    (void)state;
    static const enum problem_code answers[] = {NOT_FOUND, DATABASE_AWAY, OVERLOADED, TIMED_OUT,
                                                INTERNAL};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        renew(NULL);
        for (size_t k = 0; k < 8; k++)
            record.says[k] = answers[i];
        struct result r = once_settle(&c, (struct result){UNKNOWN_COMMIT}, &once, &out);
        assert_int_equal(r.code, OUTCOME_UNKNOWN);
        assert_true(c.problem.retry_after_s > 0);
        assert_in_range(record.asked, 1, 3);
    }
}

static void other_failures_pass(void **state)
{
    (void)state;
    assert_int_equal(once_settle(&c, (struct result){DATABASE_AWAY}, &once, &out).code,
                     DATABASE_AWAY);
    assert_int_equal(once_settle(&c, (struct result){GUARD_MISSED}, &once, &out).code,
                     GUARD_MISSED);
    assert_int_equal(record.asked, 0);
}

static void a_caller_without_a_key_gets_one(void **state)
{
    (void)state;
    once.key = (struct text){NULL, 0};
    assert_int_equal(once_find(&c, &once, &out).code, OK);
    assert_int_equal(record.asked, 0);
    once_answer(&c, &once, (struct answer){.status = 201});
    assert_int_equal(once.key.size, 8 + 36);
    assert_memory_equal(once.key.at, "request:", 8);
    struct idempotency other = {.key = {NULL, 0}};
    once_answer(&c, &other, (struct answer){.status = 201});
    assert_false(text_equal(once.key, other.key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_write_answers_its_own, renew),
        cmocka_unit_test_setup(a_second_call_gets_the_first_answer, renew),
        cmocka_unit_test_setup(another_request_does_not, renew),
        cmocka_unit_test_setup(of_two_at_a_time_both_get_one, renew),
        cmocka_unit_test_setup(an_unknown_commit_is_looked_up, renew),
        cmocka_unit_test_setup(what_cannot_be_known_is_said_so, renew),
        cmocka_unit_test_setup(other_failures_pass, renew),
        cmocka_unit_test_setup(a_caller_without_a_key_gets_one, renew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
