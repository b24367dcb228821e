/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include "service/inside.h"

static unsigned char memory[1 << 16];

static struct rehab_arena fresh(void)
{
    return (struct rehab_arena){.at = memory, .end = memory + sizeof memory};
}

static const struct place somewhere = {
    .us = INT64_C(1772359200123456),
    .id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}},
};

static void comes_back(void **state)
{
    (void)state;
    struct rehab_arena arena = fresh();
    const struct place places[] = {
        somewhere, {.us = 0}, {.us = -1}, {.us = INT64_MIN}, {.us = INT64_MAX}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct place back;
        struct text word = cursor_write(&arena, TEXT("patients"), places[i]);
        assert_int_equal(word.size, 43);
        assert_true(cursor_read(word, TEXT("patients"), &back));
        assert_int_equal(back.us, places[i].us);
        assert_memory_equal(&back.id, &places[i].id, sizeof back.id);
    }
}

static void belongs_to_its_list(void **state)
{
    (void)state;
    struct place back;
    struct rehab_arena arena = fresh();
    struct text word = cursor_write(&arena, TEXT("episodes of one patient"), somewhere);
    assert_false(cursor_read(word, TEXT("episodes of another"), &back));
    assert_false(cursor_read(word, TEXT(""), &back));
}

/* Every word that differs in one character is refused: no place can be made up, no page be skipped
 * by hand. */
static void cannot_be_bent(void **state)
{
    (void)state;
    struct place back;
    struct rehab_arena arena = fresh();
    struct text word = cursor_write(&arena, TEXT("timeline"), somewhere);
    char bent[64];
    for (size_t i = 0; i < word.size; i++) {
        for (int ch = 1; ch < 256; ch++) {
            if ((char)ch == word.at[i]) continue;
            memcpy(bent, word.at, word.size);
            bent[i] = (char)ch;
            assert_false(cursor_read((struct text){bent, word.size}, TEXT("timeline"), &back));
        }
    }
}

static void has_one_length(void **state)
{
    (void)state;
    struct place back;
    struct rehab_arena arena = fresh();
    struct text word = cursor_write(&arena, TEXT("timeline"), somewhere);
    struct text longer = text_format(&arena, "%.*sA", TEXT_FMT(word));
    assert_false(cursor_read(longer, TEXT("timeline"), &back));
    for (size_t size = 0; size < word.size; size++) {
        assert_false(cursor_read((struct text){word.at, size}, TEXT("timeline"), &back));
    }
}

static void faults_are_told(void **state)
{
    (void)state;
    struct rehab_arena arena = fresh();
    struct call c = {.arena = &arena};
    struct place place;
    struct page page = {.limit = 50, .cursor = TEXT("nonsense")};
    assert_int_equal(cursor_open(&c, &page, TEXT("patients"), &place).code, BAD_CURSOR);
    assert_int_equal(c.problem.fault_count, 1);
    page.cursor = (struct text){NULL, 0};
    assert_int_equal(cursor_open(&c, &page, TEXT("patients"), &place).code, OK);
    assert_int_equal(place.us, NO_TIME);
    assert_true(uuid_is_nil(place.id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back),      cmocka_unit_test(belongs_to_its_list),
        cmocka_unit_test(cannot_be_bent),  cmocka_unit_test(has_one_length),
        cmocka_unit_test(faults_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
