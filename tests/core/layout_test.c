/* SPDX-License-Identifier: Apache-2.0 */
/* The structs as the library describes them; names of rows; values as one writes them. */
#include "sample.h"

#include <stdio.h>

/* Rows have no pointers, so they are the same on every machine that aligns 64 bits to 8 bytes. */
_Static_assert(sizeof(struct rehab_observation) == 40, "callers may lay observations out by hand");
_Static_assert(sizeof(struct rehab_session) == 40, "and sessions");
_Static_assert(sizeof(struct rehab_clearance) == 32, "and clearances");
_Static_assert(sizeof(struct rehab_flag_clearance) == 24, "and those of red flags");
_Static_assert(sizeof(struct rehab_track_state) == 40, "and where a track stands");
_Static_assert(sizeof(struct rehab_finding) == 40, "and read findings so");

static struct rehab_field field(const char *of, const char *name)
{
    struct rehab_field f = {0};
    for (uint32_t i = 0; rehab_layout(i, &f); i++) {
        if (strcmp(f.of, of) == 0 && strcmp(f.name, name) == 0) return f;
    }
    fail_msg("there is no %s.%s", of, name);
    return f;
}

static void members_are_where_the_compiler_put_them(void **state)
{
    (void)state;
    struct rehab_field f = field("observation", "at");
    assert_int_equal(f.at, offsetof(struct rehab_observation, at));
    assert_string_equal(f.type, "instant");
    f = field("evidence", "observations");
    assert_string_equal(f.type, "*observation");
    assert_string_equal(f.count, "observation_count");
    assert_string_equal(f.means, "");
    f = field("observation", "value_nano");
    assert_true(strlen(f.means) > 0);
    f = field("finding", "");
    assert_string_equal(f.means, "");
    assert_string_equal(f.type, "struct");
    assert_int_equal(f.size, sizeof(struct rehab_finding));
    f = field("role", "physician");
    assert_string_equal(f.type, "constant");
    assert_int_equal(f.at, REHAB_PHYSICIAN);
}

/* What a binding can walk: every struct that a member is of or leads to is described, members lie
 * inside and in order, and counts are members too. */
static void the_description_is_whole(void **state)
{
    (void)state;
    static const char *const numbers[] = {"bool", "u8",  "u16",     "u32",
                                          "i32",  "i64", "pointer", "constant"};
    uint32_t size = 0, end = 0;
    struct rehab_field f;
    for (uint32_t i = 0; rehab_layout(i, &f); i++) {
        const char *type = f.type + (*f.type == '*');
        bool number = false;
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
            number = number || strcmp(type, numbers[k]) == 0;
        if (strcmp(type, "struct") == 0) {
            size = f.size;
            end = 0;
            continue;
        }
        if (!number) assert_string_equal(field(type, "").type, "struct");
        if (strcmp(type, "constant") == 0) continue;
        assert_true(f.at >= end && f.at + f.size <= size);
        end = f.at + f.size;
        assert_int_equal(*f.count != '\0', *f.type == '*'); /* else TYPE in layout.c lacks it */
        if (*f.count != '\0') assert_string_equal(field(f.of, f.count).type, "u32");
    }
}

static struct world *open_world(void)
{
    static struct rehab_criterion when[3];
    static struct rehab_criterion all;
    struct world *w = world();
    when[0] = leaf(PAIN, REHAB_LE, 2);
    when[1] = leaf(SWELLING, REHAB_EQ, 0);
    when[2] = leaf(SUDDEN, REHAB_EQ, 0);
    when[0].id = T("pain-low");
    all = group(REHAB_ALL, when, 3);
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    return w;
}

static void assert_named(const struct world *w, enum rehab_table table, uint32_t row,
                         const char *name)
{
    struct rehab_text found = rehab_row_name(&w->protocol, table, row);
    assert_int_equal(found.size, strlen(name));
    assert_memory_equal(found.at, name, found.size);
}

static void rows_have_names(void **state)
{
    (void)state;
    struct world *w = open_world();
    assert_named(w, REHAB_MEASURES, rehab_find_measure(&w->protocol, T("pain")), "pain");
    assert_named(w, REHAB_PHASES, 1, "second");
    assert_named(w, REHAB_TRACKS, 0, "main");
    assert_named(w, REHAB_GATES, 0, "g0");
    assert_named(w, REHAB_CRITERIA, 0, "pain-low");
    assert_named(w, REHAB_STRATA, 0, "grade");
    assert_int_equal(rehab_row_name(&w->protocol, REHAB_GATES, 1).size, 0);
    assert_int_equal(rehab_row_name(&w->protocol, REHAB_GATES, REHAB_NONE).size, 0);
    assert_int_equal(rehab_row_name(&w->protocol, REHAB_NODES, 0).size, 0);
    assert_int_equal(rehab_row_name(&w->protocol, REHAB_TABLE_COUNT, 0).size, 0);
    static const enum rehab_table nameless[] = {REHAB_NODES, REHAB_RULES};
    for (size_t i = 0; i < 2; i++) {
        assert_true(rehab_count(&w->protocol, nameless[i]) > 0);
        assert_null(rehab_row_name(&w->protocol, nameless[i], 0).at);
    }
    world_free(w);
}

static void what_lies_between_steps_is_no_value(void **state)
{
    (void)state;
    struct rehab_criterion of[] = {leaf(PAIN, REHAB_LE, 1), leaf(WEIGHT, REHAB_LE, 80)};
    struct rehab_criterion c = group(REHAB_ALL, of, 2);
    struct world *w = world();
    int64_t nano = 7;
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    own[PAIN].step_nano = N(0.5);
    own[WEIGHT].step_nano = 0;
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    uint32_t pain = rehab_find_measure(&w->protocol, T("pain"));
    uint32_t weight = rehab_find_measure(&w->protocol, own[WEIGHT].code);
    assert_int_equal(rehab_step_of(&w->protocol, pain), N(0.5));
    assert_int_equal(rehab_step_of(&w->protocol, weight), 0);
    assert_int_equal(rehab_step_of(&w->protocol, REHAB_NONE), 0);
    assert_false(rehab_read_value(&w->protocol, pain, T("2.75"), &nano));
    assert_false(rehab_read_value(&w->protocol, pain, T("two"), &nano));
    assert_int_equal(nano, 7);
    assert_true(rehab_read_value(&w->protocol, pain, T("-2.5"), &nano)); /* a range is not a step */
    assert_true(rehab_read_value(&w->protocol, weight, T("70.123"), &nano));
    assert_int_equal(nano, N(70.123));
    world_free(w);
}

static void assert_read(const struct world *w, const char *measure, const char *text, int64_t nano)
{
    int64_t found = -1;
    uint32_t row = rehab_find_measure(&w->protocol, T(measure));
    assert_true(rehab_read_value(&w->protocol, row, T(text), &found));
    assert_int_equal(found, nano);
}

static void labels_are_those_of_the_measure(void **state)
{
    (void)state;
    static const struct rehab_text feels[] = {{"soft", 4}, {"firm", 4}};
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    own[BEND].kind = REHAB_ORDINAL;
    own[BEND].labels = (struct rehab_texts){feels, 2};
    struct rehab_criterion c[2] = {leaf(SWELLING, REHAB_EQ, 0), leaf(BEND, REHAB_EQ, 0)},
                           all = group(REHAB_ALL, c, 2);
    c[1].value = label("soft");
    for (int order = 0; order < 2; order++) {
        int64_t found = -1;
        struct world *w = world();
        struct rehab_criterion first = c[order];
        c[0] = c[!order];
        c[1] = first;
        w->document.measures = own;
        add_gate(w, REHAB_ADVANCE, &all);
        compile(w);
        uint32_t swelling = rehab_find_measure(&w->protocol, T("swelling")),
                 bend = rehab_find_measure(&w->protocol, T("bend"));
        assert_false(rehab_read_value(&w->protocol, swelling, T("soft"), &found));
        assert_false(rehab_read_value(&w->protocol, bend, T("none"), &found));
        assert_true(rehab_read_value(&w->protocol, bend, T("firm"), &found));
        world_free(w);
    }
}

static void values_are_read(void **state)
{
    (void)state;
    struct world *w = open_world();
    assert_read(w, "pain", "2", N(2));
    assert_read(w, "swelling", "none", 0);
    assert_read(w, "swelling", "severe", N(2));
    assert_read(w, "sudden", "true", REHAB_SCALE);
    assert_read(w, "sudden", "false", 0);
    static const char *const wrong[][2] = {{"pain", "much"}, {"pain", "true"},  {"swelling", "4"},
                                           {"sudden", "1"},  {"sudden", "yes"}, {"weather", "1"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t found = -1;
        uint32_t row = rehab_find_measure(&w->protocol, T(wrong[i][0]));
        assert_false(rehab_read_value(&w->protocol, row, T(wrong[i][1]), &found));
        assert_int_equal(found, -1);
    }
    world_free(w);
}

static void a_measure_says_what_it_is(void **state)
{
    (void)state;
    struct world *w = open_world();
    const struct rehab_protocol *p = &w->protocol;
    uint32_t pain = rehab_find_measure(p, T("pain")),
             swelling = rehab_find_measure(p, T("swelling")),
             sudden = rehab_find_measure(p, T("sudden"));
    assert_int_equal(rehab_kind_of(p, pain), REHAB_NUMBER);
    assert_int_equal(rehab_kind_of(p, swelling), REHAB_ORDINAL);
    assert_int_equal(rehab_kind_of(p, sudden), REHAB_BOOLEAN);
    assert_int_equal(rehab_kind_of(p, REHAB_NONE), REHAB_MEASURE_KIND_COUNT);
    assert_true(rehab_is_sided(p, swelling));
    assert_false(rehab_is_sided(p, sudden));
    assert_false(rehab_is_sided(p, REHAB_NONE));
    world_free(w);
}

static void the_version_is_told_twice_alike(void **state)
{
    (void)state;
    int major = 0, minor = 0, patch = 0;
    assert_string_equal(rehab_version(), REHAB_VERSION);
    assert_int_equal(sscanf(REHAB_VERSION, "%d.%d.%d", &major, &minor, &patch), 3);
    assert_int_equal(major * 1000000 + minor * 1000 + patch, REHAB_VERSION_NUMBER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_where_the_compiler_put_them),
        cmocka_unit_test(the_description_is_whole),
        cmocka_unit_test(rows_have_names),
        cmocka_unit_test(labels_are_those_of_the_measure),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(a_measure_says_what_it_is),
        cmocka_unit_test(the_version_is_told_twice_alike),
        cmocka_unit_test(what_lies_between_steps_is_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
