/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include "base/digest.h"

/* FIPS 180-4 examples */
static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void known_answers(void **state)
{
    (void)state;
    char hex[DIGEST_TEXT_SIZE];
    struct digest d = digest_of(TEXT("abc"));
    digest_write(&d, hex);
    assert_string_equal(hex, abc);
    d = digest_of((struct text){"", 0});
    digest_write(&d, hex);
    assert_string_equal(hex, empty);
}

static void parts_are_one(void **state)
{
    (void)state;
    const struct text parts[] = {TEXT("a"), {"", 0}, TEXT("bc")};
    struct digest whole = digest_of(TEXT("abc"));
    struct digest d = digest_of_parts(parts, 3);
    assert_true(digest_equal(&whole, &d));
    d = digest_of_parts(parts, 2);
    assert_false(digest_equal(&whole, &d));
}

static void every_bit_counts(void **state)
{
    (void)state;
    const struct digest d = digest_of(TEXT("abc"));
    for (int i = 0; i < DIGEST_SIZE * 8; i++) {
        struct digest other = d;
        other.byte[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(digest_equal(&d, &other));
    }
}

static void hexadecimal_is_strict(void **state)
{
    (void)state;
    struct digest d;
    struct digest expected = digest_of(TEXT("abc"));
    assert_true(digest_read(TEXT(abc), &d));
    assert_true(digest_equal(&d, &expected));
    assert_false(digest_read((struct text){abc, 62}, &d));
    assert_false(
        digest_read(TEXT("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), &d));
    assert_false(
        digest_read(TEXT("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), &d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(parts_are_one),
        cmocka_unit_test(every_bit_counts),
        cmocka_unit_test(hexadecimal_is_strict),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
