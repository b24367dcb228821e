/* SPDX-License-Identifier: Apache-2.0 */
/* How keys are judged and kept. The database is played by this file: it knows keys made of one
 * byte. */
#include "base/test.h"

#include "base/digest.h"
#include "base/log.h"
#include "service/inside.h"

static struct {
    uint32_t asked;
    int64_t revoked_us, expires_us;
    enum problem_code fails;
} table;

static unsigned char memory[1 << 20];
static struct rehab_arena arena;
static struct worker worker;
static struct call c;

static struct text make(uint8_t fill)
{
    struct uuid id;
    uint8_t secret[32];
    memset(id.byte, fill, sizeof id.byte);
    memset(secret, fill, sizeof secret);
    struct text key = service_write_key(&arena, id, secret);
    return text_format(&arena, "Bearer %.*s", TEXT_FMT(key));
}

struct result store_find_key(struct call *call, struct uuid id, struct api_key *out)
{
    (void)call;
    struct uuid back;
    struct text secret;
    table.asked++;
    if (table.fails != OK) return (struct result){table.fails};
    if (id.byte[0] == 0) return (struct result){NOT_FOUND};
    struct text header = make(id.byte[0]);
    service_read_key((struct text){header.at + 7, header.size - 7}, &back, &secret);
    struct digest digest = digest_of(secret);
    *out =
        (struct api_key){.id = id, .who = {.key = id, .role = ROLE_CLINICIAN, .scopes = CARE_READ}};
    memcpy(out->digest, digest.byte, sizeof out->digest);
    out->expires_us = table.expires_us;
    out->revoked_us = table.revoked_us;
    return DONE;
}

static int renew(void **state)
{
    (void)state;
    log_set_level(LOG_ERROR);
    service_stop_worker(&worker);
    arena = (struct rehab_arena){.at = memory, .end = memory + sizeof memory};
    c = (struct call){.arena = &arena, .worker = &worker, .now_us = INT64_C(1800000000000000)};
    table.asked = 0;
    table.fails = OK;
    table.revoked_us = table.expires_us = NO_TIME;
    return 0;
}

static int end(void **state)
{
    (void)state;
    service_stop_worker(&worker);
    return 0;
}

static void a_right_key_is_asked_once(void **state)
{
    (void)state;
    struct text key = make(7);
    for (int i = 0; i < 3; i++) {
        c.caller = (struct principal){0};
        assert_int_equal(service_judge_key(&c, key).code, OK);
        assert_int_equal(c.caller.role, ROLE_CLINICIAN);
        assert_int_equal(c.caller.key.byte[3], 7);
    }
    assert_int_equal(table.asked, 1);
}

static void and_again_after_five_seconds(void **state)
{
    (void)state;
    struct text key = make(7);
    assert_int_equal(service_judge_key(&c, key).code, OK);
    c.now_us += 4999999;
    table.revoked_us = c.now_us;
    assert_int_equal(service_judge_key(&c, key).code, OK);
    c.now_us += 1;
    assert_int_equal(service_judge_key(&c, key).code, UNAUTHENTICATED);
    assert_int_equal(table.asked, 2);
}

static void a_kept_key_expires_in_time(void **state)
{
    (void)state;
    struct text key = make(7);
    table.expires_us = c.now_us + 1000;
    assert_int_equal(service_judge_key(&c, key).code, OK);
    c.now_us += 1000;
    assert_int_equal(service_judge_key(&c, key).code, UNAUTHENTICATED);
}

/* Each digit of the secret counts, whether the key is kept or not. */
static void a_wrong_secret_is_refused(void **state)
{
    (void)state;
    struct text key = make(7);
    for (int kept = 0; kept < 2; kept++) {
        for (size_t i = key.size - 43; i < key.size; i++) {
            char bent[128];
            memcpy(bent, key.at, key.size);
            bent[i] = bent[i] == '1' ? '2' : '1';
            struct text wrong = {bent, key.size};
            assert_int_equal(service_judge_key(&c, wrong).code, UNAUTHENTICATED);
        }
        assert_int_equal(service_judge_key(&c, key).code, OK);
    }
}

static void unknown_keys_are_not_kept(void **state)
{
    (void)state;
    struct text key = make(0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(service_judge_key(&c, key).code, UNAUTHENTICATED);
    assert_int_equal(table.asked, 3);
}

/* A database that is away is no reason to send somebody off as unknown. */
static void other_failures_pass(void **state)
{
    (void)state;
    table.fails = DATABASE_AWAY;
    assert_int_equal(service_judge_key(&c, make(7)).code, DATABASE_AWAY);
}

static void many_keys_find_their_own_caller(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int fill = 1; fill < 256; fill++) {
            assert_int_equal(service_judge_key(&c, make((uint8_t)fill)).code, OK);
            assert_int_equal(c.caller.key.byte[0], fill);
        }
        arena.at = memory;
    }
    assert_true(table.asked < 3 * 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_right_key_is_asked_once, renew),
        cmocka_unit_test_setup(and_again_after_five_seconds, renew),
        cmocka_unit_test_setup(a_kept_key_expires_in_time, renew),
        cmocka_unit_test_setup(a_wrong_secret_is_refused, renew),
        cmocka_unit_test_setup(unknown_keys_are_not_kept, renew),
        cmocka_unit_test_setup(other_failures_pass, renew),
        cmocka_unit_test_setup_teardown(many_keys_find_their_own_caller, renew, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
