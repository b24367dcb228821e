/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/time.h"
#include "base/uuid.h"

enum { MANY = 20000, THREADS = 4 };

static void text_goes_there_and_back(void **state)
{
    (void)state;
    struct uuid id;
    char text[UUID_TEXT_SIZE];
    assert_true(uuid_read(TEXT("01920D2C-7b6e-7c1a-9f00-3c0f1e2d4b5a"), &id));
    assert_int_equal(id.byte[0], 0x01);
    assert_int_equal(id.byte[15], 0x5a);
    uuid_write(id, text);
    assert_string_equal(text, "01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5a");
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5",
                                        "01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5a0",
                                        "01920d2c7-b6e-7c1a-9f00-3c0f1e2d4b5a",
                                        "01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5g",
                                        "01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b-a",
                                        "{1920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5}"};
    struct uuid id;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(uuid_read(text_of(wrong[i]), &id));
    }
}

static void it_is_version_7_of_its_time(void **state)
{
    (void)state;
    /* RFC 9562, appendix A.6: 2022-02-22T19:22:22Z is 017F22E279B0 */
    struct uuid id = uuid_make(INT64_C(1645557742000) * 1000);
    static const uint8_t stamp[] = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x70};
    assert_memory_equal(id.byte, stamp, sizeof stamp);
    assert_int_equal(id.byte[8] >> 6, 2);
}

static void ids_of_a_thread_rise(void **state)
{
    (void)state;
    int64_t now = INT64_C(4102444800000000);
    struct uuid last = uuid_make(now);
    for (int i = 0; i < MANY; i++) {
        /* the clock stands, steps back, and goes on */
        struct uuid next = uuid_make(i % 3 == 0 ? now : i % 3 == 1 ? now - 5000000 : now + i);
        assert_true(memcmp(&last, &next, sizeof last) < 0);
        last = next;
    }
}

static void *make_many(void *out)
{
    struct uuid *ids = out;
    for (int i = 0; i < MANY; i++)
        ids[i] = uuid_make(1);
    return NULL;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

static void ids_of_all_threads_differ(void **state)
{
    (void)state;
    static struct uuid ids[THREADS * MANY];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, ids + i * MANY), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    qsort(ids, sizeof ids / sizeof ids[0], sizeof ids[0], compare);
    for (size_t i = 1; i < sizeof ids / sizeof ids[0]; i++)
        assert_true(compare(&ids[i - 1], &ids[i]) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_there_and_back),    cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(it_is_version_7_of_its_time), cmocka_unit_test(ids_of_a_thread_rise),
        cmocka_unit_test(ids_of_all_threads_differ),
    };
    return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
