/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include "base/language.h"

static void the_most_wanted_is_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *accepted, *chosen, *spoken;
    } rows[] = {{"", "", "en"},
                {"es", "es", "es"},
                {"es-MX,es;q=0.9,en;q=0.8", "es-MX", "es"},
                {"en-GB, es", "en-GB", "en"},
                {"en;q=0.5, ES-419 ; q=0.51", "ES-419", "es"},
                {"de, fr;q=0.9, es;q=0.1", "es", "es"},
                {"de", "", "en"},
                {"*", "", "en"},
                {"es;q=0", "", "en"},
                {"es;q=0.000, en;q=0.001", "en", "en"},
                {"es;q=1.000", "es", "es"},
                {"en;q=0.999,es;q=7", "es", "es"},
                {"en;q=0.1234,es;q=0.1235", "en", "en"}, /* no more than three decimals count */
                {"es;q=x, en;q=0.1", "en", "en"},
                {"es;level=1", "es", "es"},
                {"est, e, es_MX, , ;q=1, -", "", "en"},
                {" \tes\t ,en", "es", "es"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text found = language_choose(text_of(rows[i].accepted));
        if (!text_is(found, rows[i].chosen))
            fail_msg("%s: %.*s", rows[i].accepted, TEXT_FMT(found));
        assert_true(text_is(language_spoken(found), rows[i].spoken));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_most_wanted_is_chosen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
