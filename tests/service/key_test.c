/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include "base/log.h"
#include "service/service.h"

static unsigned char memory[1 << 16];

static struct text make(struct rehab_arena *arena, uint8_t fill, struct uuid *id)
{
    uint8_t secret[32];
    memset(id->byte, fill, sizeof id->byte);
    memset(secret, fill, sizeof secret);
    *arena = (struct rehab_arena){.at = memory, .end = memory + sizeof memory};
    return service_write_key(arena, *id, secret);
}

static void comes_back(void **state)
{
    (void)state;
    for (int fill = 0; fill < 256; fill++) {
        struct rehab_arena arena;
        struct uuid id;
        struct uuid back;
        struct text secret;
        struct text key = make(&arena, (uint8_t)fill, &id);
        assert_int_equal(key.size, 70);
        assert_true(service_read_key(key, &back, &secret));
        assert_memory_equal(&id, &back, sizeof id);
        assert_int_equal(secret.size, 43);
        assert_ptr_equal(secret.at, key.at + 27);
    }
}

static bool reads(const char *key)
{
    struct uuid id;
    struct text secret;
    return service_read_key(text_of(key), &id, &secret);
}

static void only_whole_keys(void **state)
{
    (void)state;
    assert_true(reads("rhb_0000000000000000000000_0000000000000000000000000000000000000000000"));
    assert_false(reads(""));
    assert_false(reads("rhb_"));
    assert_false(reads("rhc_0000000000000000000000_0000000000000000000000000000000000000000000"));
    assert_false(reads("rhb_0000000000000000000000-0000000000000000000000000000000000000000000"));
    assert_false(reads("rhb_000000000000000000000!_0000000000000000000000000000000000000000000"));
    assert_false(reads("rhb_0000000000000000000000_000000000000000000000000000000000000000000!"));
    assert_false(reads("rhb_0000000000000000000000_00000000000000000000000000000000000000000000"));
    assert_false(reads("rhb_0000000000000000000000_000000000000000000000000000000000000000000"));
    /* numbers that no id and no secret has */
    assert_false(reads("rhb_zzzzzzzzzzzzzzzzzzzzzz_0000000000000000000000000000000000000000000"));
    assert_false(reads("rhb_0000000000000000000000_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"));
}

/* What is no key is refused before anything is asked of the database (there is none here), and is
 * not told apart. */
static void refused_unseen(void **state)
{
    (void)state;
    const char *const headers[] = {
        "",
        "Bearer",
        "Bearer ",
        "Basic Zm9vOmJhcg==",
        "Bearer rhb_x",
        "bearer\trhb_",
        "Bearerrhb_0000000000000000000000_0000000000000000000000000000000000000000000",
    };
    log_set_level(LOG_ERROR);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct call c = {0};
        assert_int_equal(service_judge_key(&c, text_of(headers[i])).code, UNAUTHENTICATED);
    }
}

static void scopes(void **state)
{
    (void)state;
    struct rehab_arena arena = {.at = memory, .end = memory + sizeof memory};
    struct call c = {.arena = &arena, .caller.scopes = CARE_READ | CATALOGUE_READ};
    assert_int_equal(service_check_scope(&c, CARE_READ).code, OK);
    assert_int_equal(service_check_scope(&c, SCOPE_NONE).code, OK);
    assert_int_equal(service_check_scope(&c, CARE_WRITE).code, SCOPE_MISSING);
    assert_true(text_is(c.problem.detail, "Use a key that carries the scope care:write."));
    assert_int_equal(service_check_scope(&c, CARE_OVERRIDE).code, SCOPE_MISSING);
    assert_int_equal(service_check_scope(&c, TRUST_ADMIN).code, SCOPE_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(comes_back),
                                       cmocka_unit_test(only_whole_keys),
                                       cmocka_unit_test(refused_unseen), cmocka_unit_test(scopes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
