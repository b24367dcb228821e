/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown: values, bounds and margins in their unit, and the sentences made of them. */
#include "sample.h"

static void assert_said(const struct world *w, uint32_t i, const char *wanted)
{
    char found[REHAB_SENTENCE_MAX + 1];
    uint32_t size = rehab_sentence(&w->protocol, finding(w, i), T("en"), found, REHAB_SENTENCE_MAX);
    found[size] = '\0';
    assert_string_equal(found, wanted);
}

static void assert_required(const struct world *w, uint32_t i, const char *wanted)
{
    char found[REHAB_SENTENCE_MAX + 1];
    uint32_t size = rehab_requirement(&w->protocol, finding(w, i)->criterion, T("en"), found,
                                      REHAB_SENTENCE_MAX);
    found[size] = '\0';
    assert_string_equal(found, wanted);
}

static struct world *all_of(const struct rehab_criterion *c, uint32_t n)
{
    struct rehab_criterion all = group(REHAB_ALL, c, n);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    return w;
}

static void values_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_EQ, 0),      leaf(FORCE, REHAB_GE, 90),
                                  leaf(SWELLING, REHAB_LE, 1),  leaf(SUDDEN, REHAB_EQ, 0),
                                  leaf(BEND, REHAB_BETWEEN, 5), leaf(FORCE, REHAB_GT, 100),
                                  leaf(FORCE, REHAB_NE, 1),     leaf(FORCE, REHAB_LT, 500)};
    c[0].for_days = 2;
    c[1].expression = REHAB_SYMMETRY;
    c[4].upper = number(10);
    struct world *w = all_of(c, 8);
    observe(w, PAIN, 0, 1);
    struct rehab_observation *a = observe(w, FORCE, 179.9, 1), *b = observe(w, FORCE, 200, 1);
    b->side = REHAB_OTHER;
    b->assessment = a->assessment;
    observe(w, SWELLING, 2, 1);
    observe(w, SUDDEN, 1, 1);
    observe(w, BEND, 7.5, 1);
    decide(w, 2);
    assert_said(
        w, 0,
        "Pain is 0, needs 0 on 2 days in a row: not known, not observed often enough in a row.");
    assert_said(
        w, 1, "Force, involved side against the other, is 89.95 %, needs at least 90 %: not met.");
    assert_said(w, 2, "Swelling is severe, needs at most mild: not met.");
    assert_said(w, 3, "Sudden is yes, needs no: not met.");
    assert_said(w, 4, "Bend is 7.5 deg, needs between 5 deg and 10 deg: met.");
    assert_said(w, 5, "Force is 179.9 N, needs more than 100 N: met.");
    assert_said(w, 6, "Force is 179.9 N, needs other than 1 N: met.");
    assert_said(w, 7, "Force is 179.9 N, needs less than 500 N: met.");
    assert_required(w, 0, "Pain must be 0 on 2 days in a row.");
    assert_int_equal(rehab_criterion_unit(&w->protocol, finding(w, 1)->criterion).size, 1);
    world_free(w);
}

static void expressions_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[8] = {leaf(PAIN, REHAB_LE, -2),  leaf(PAIN, REHAB_LE, 0),
                                   leaf(PAIN, REHAB_LE, 0),   leaf(MORNING, REHAB_LE, 0),
                                   leaf(FORCE, REHAB_LE, 10), leaf(PAIN, REHAB_LE, 3),
                                   leaf(FORCE, REHAB_GE, 3),  leaf(FORCE, REHAB_GE, 3)};
    const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE};
    for (int i = 0; i < 3; i++) {
        c[i].expression = REHAB_CHANGE;
        c[i].from = from[i];
    }
    c[3].expression = REHAB_RISE;
    c[3].over = sample_measures[PAIN].code;
    c[4].expression = REHAB_DIFFERENCE;
    c[5].expression = REHAB_WORST;
    c[6].expression = REHAB_BEST;
    c[7].side = REHAB_OTHER;
    c[7].for_observations = 3;
    struct world *w = all_of(c, 8);
    observe(w, PAIN, 5, 1);
    observe(w, PAIN, 4, 2);
    observe(w, MORNING, 3, 3);
    observe(w, FORCE, 100, 3);
    decide(w, 4);
    assert_said(w, 0, "Pain, change since the first value, is -1, needs at most -2: not met.");
    assert_said(w, 1, "Pain, change since the value before, is -1, needs at most 0: met.");
    assert_said(w, 2, "Pain, change in this phase, is -1, needs at most 0: met.");
    assert_said(w, 3, "Morning, rise over pain before, is -1, needs at most 0: met.");
    assert_said(w, 4,
                "Force, difference between the sides, needs at most 10 N: not known, the other "
                "side was not measured with it.");
    assert_said(w, 5, "Worst pain is 5, needs at most 3: not met.");
    assert_said(w, 6, "Best force is 100 N, needs at least 3 N: met.");
    assert_said(w, 7,
                "Force of the other side needs at least 3 N, 3 times in a row: not known, it has "
                "not been observed.");
    world_free(w);
}

static void earlier_values_are_told(void **state)
{
    (void)state;
    struct rehab_criterion c[8];
    const enum rehab_anchor from[] = {REHAB_BASELINE, REHAB_PREVIOUS, REHAB_PHASE, REHAB_AGO};
    const char *const ago[] = {"P7D", "PT48H", "P1D", "PT1H"};
    for (int i = 0; i < 8; i++) {
        c[i] = leaf(FORCE, REHAB_GE, 50);
        c[i].expression = i < 4 ? REHAB_PERCENT_OF : REHAB_IMPROVEMENT;
        c[i].from = i < 4 ? from[i] : REHAB_AGO;
        if (c[i].from == REHAB_AGO) c[i].ago = duration(i < 4 ? "P2D" : ago[i - 4]);
    }
    struct world *w = all_of(c, 8);
    observe(w, FORCE, 100, 0);
    observe(w, FORCE, 80, 24 * 8);
    decide(w, 24 * 8);
    assert_said(w, 0, "Force, against the first value, is 80 %, needs at least 50 %: met.");
    assert_said(w, 1, "Force, against the value before, is 80 %, needs at least 50 %: met.");
    assert_said(w, 2,
                "Force, against the first value of this phase, is 80 %, needs at least 50 %: met.");
    assert_said(w, 3,
                "Force, against the value before the last 2 days, is 80 %, needs at least 50 %: "
                "met.");
    assert_said(w, 4,
                "Force, improvement over at least 7 days, is -20 N, needs at least 50 N: not met.");
    assert_said(w, 5,
                "Force, improvement over at least 48 hours, is -20 N, needs at least 50 N: not "
                "met.");
    assert_said(w, 6,
                "Force, improvement over at least 1 day, is -20 N, needs at least 50 N: not met.");
    assert_said(w, 7,
                "Force, improvement over at least 1 hour, is -20 N, needs at least 50 N: not met.");
    world_free(w);
    c[0] = leaf(BEND, REHAB_BETWEEN, 40);
    c[0].upper = number(60);
    c[0].warn_above = true;
    w = all_of(c, 1);
    observe(w, BEND, 70, 1);
    decide(w, 2);
    assert_said(w, 0,
                "Bend is 70 deg, needs between 40 deg and 60 deg: not met, it is more than it may "
                "be, take care.");
    world_free(w);
    c[0] = leaf(FORCE, REHAB_LE, 10);
    c[0].expression = REHAB_ASYMMETRY;
    w = all_of(c, 1);
    observe(w, FORCE, 220, 1);
    observe(w, FORCE, 200, 1)->side = REHAB_OTHER;
    w->observations[1].assessment = 0;
    decide(w, 2);
    assert_said(w, 0, "Force, asymmetry of the sides, is 10 %, needs at most 10 %: met.");
    world_free(w);
}

static void phases_are_told(void **state)
{
    (void)state;
    const struct rehab_wording title[] = {{T("en"), T("Late sprint")}};
    struct rehab_criterion c[2];
    for (int i = 0; i < 2; i++) {
        c[i] = leaf(SUDDEN, REHAB_EQ, 1);
        c[i].expression = REHAB_REACHED;
        c[i].name = T(i == 0 ? "second" : "third");
    }
    for (int tracks = 1; tracks <= 2; tracks++) {
        struct rehab_criterion both = group(REHAB_ALL, c, 2);
        struct world *w = world();
        struct rehab_phase other = {.id = T("only")};
        struct rehab_track two[2] = {w->track,
                                     {.id = T("gym"), .phases = &other, .phase_count = 1}};
        struct rehab_track_state states[2] = {w->state, {3, hour(0), hour(0)}};
        w->phases[2].title = (struct rehab_words){title, 1};
        w->document.tracks = two;
        w->evidence.tracks = states;
        w->document.track_count = w->evidence.track_count = (uint32_t)tracks;
        add_gate(w, REHAB_ADVANCE, &both);
        compile(w);
        decide(w, 1);
        if (tracks == 1) assert_said(w, 0, "Having reached second is yes, needs yes: met.");
        if (tracks == 1) assert_said(w, 1, "Having reached Late sprint is no, needs yes: not met.");
        if (tracks == 2)
            assert_said(w, 1, "Having reached Late sprint of main is no, needs yes: not met.");
        world_free(w);
    }
}

static void facts_are_told(void **state)
{
    (void)state;
    struct rehab_value set[] = {label("1"), label("3")};
    struct rehab_value_by by[] = {{T("grade"), T("2"), number(2)}};
    struct rehab_criterion c[9] = {elapsed(REHAB_PHASE, REHAB_GE, "PT24H"),
                                   elapsed(REHAB_EPISODE, REHAB_GE, "P1D"),
                                   elapsed(REHAB_ONSET, REHAB_LE, "P5D"),
                                   elapsed(REHAB_SURGERY, REHAB_GE, "PT1H"),
                                   {.kind = REHAB_LEAF,
                                    .id = T("ok"),
                                    .expression = REHAB_CLEARED,
                                    .name = T("running"),
                                    .roles = REHAB_CLINICIAN,
                                    .is = REHAB_EQ,
                                    .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}},
                                   {.kind = REHAB_LEAF,
                                    .id = T("in"),
                                    .expression = REHAB_STRATUM,
                                    .name = T("grade"),
                                    .is = REHAB_IN,
                                    .values = set,
                                    .value_count = 2},
                                   leaf(PAIN, REHAB_LE, 3),
                                   elapsed(REHAB_PHASE, REHAB_GE, "PT24H"),
                                   leaf(SWELLING, REHAB_EQ, 0)};
    c[6].value_by = by;
    c[6].value_by_count = 1;
    struct world *w = all_of(c, 9);
    w->state.entered = hour(10);
    decide(w, 0.5);
    assert_said(w, 0,
                "Time in this phase is -9.5 hours, needs at least 24 hours: not met, the time has "
                "not passed yet.");
    assert_said(w, 1,
                "Time since care began is 0 days, needs at least 1 day: not met, the time has not "
                "passed yet.");
    assert_said(w, 2, "Time since onset needs at most 5 days: not known, the date is not known.");
    assert_said(w, 3,
                "Time since surgery needs at least 1 hour: not known, the date is not known.");
    assert_said(w, 4,
                "Clearance running is no, needs yes: not met, nobody who may has cleared it.");
    assert_said(w, 5, "Grade needs 1 or 3: not known, the patient's group is not known.");
    assert_said(w, 6,
                "Pain needs a bound for this patient's group: not known, the patient's group is "
                "not known.");
    int64_t bound = 0;
    assert_false(rehab_finding_bound(&w->protocol, finding(w, 6), &bound));
    w->stratum = 2;
    decide(w, 34.5);
    assert_said(w, 0, "Time in this phase is 24.5 hours, needs at least 24 hours: met.");
    assert_said(w, 5, "Grade is 3, needs 1 or 3: met.");
    world_free(w);
}

static void margins_point_to_the_good_side(void **state)
{
    (void)state;
    const struct {
        enum rehab_op op;
        double bound, value, margin;
    } rows[] = {{REHAB_LE, 3, 1, 2},      {REHAB_LT, 3, 4, -1},     {REHAB_GE, 3, 1, -2},
                {REHAB_GT, 3, 4, 1},      {REHAB_EQ, 3, 1, -2},     {REHAB_EQ, 3, 5, -2},
                {REHAB_BETWEEN, 3, 5, 2}, {REHAB_BETWEEN, 3, 9, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rehab_criterion c = leaf(PAIN, rows[i].op, rows[i].bound);
        c.upper = number(8);
        struct world *w = all_of(&c, 1);
        int64_t margin = 0;
        decide(w, 1);
        assert_false(rehab_finding_margin(&w->protocol, finding(w, 0), &margin));
        observe(w, PAIN, rows[i].value, 1);
        decide(w, 1);
        assert_true(rehab_finding_margin(&w->protocol, finding(w, 0), &margin));
        assert_int_equal(margin, N(rows[i].margin));
        world_free(w);
    }
}

static void some_have_no_margin(void **state)
{
    (void)state;
    struct rehab_value set[] = {label("mild")};
    struct rehab_criterion c[] = {leaf(SWELLING, REHAB_LE, 1), leaf(SUDDEN, REHAB_EQ, 1),
                                  leaf(PAIN, REHAB_NE, 1), leaf(SWELLING, REHAB_IN, 1)};
    c[3].values = set;
    c[3].value_count = 1;
    struct world *w = all_of(c, 4);
    int64_t margin = 0;
    observe(w, SWELLING, 1, 1);
    observe(w, SUDDEN, 1, 1);
    observe(w, PAIN, 1, 1);
    decide(w, 1);
    for (uint32_t i = 0; i < 4; i++)
        assert_false(rehab_finding_margin(&w->protocol, finding(w, i), &margin));
    assert_said(w, 3, "Swelling is mild, needs mild: met.");
    struct rehab_finding huge = *finding(w, 2);
    struct rehab_protocol p = w->protocol;
    struct rehab_criterion_row row = p.criteria[huge.criterion];
    p.criteria = &row;
    huge.criterion = 0;
    row.op = REHAB_GE;
    huge.top = INT64_MAX;
    huge.bound_nano = -5;
    assert_true(rehab_finding_margin(&p, &huge, &margin));
    assert_int_equal(margin, INT64_MAX);
    huge.top = INT64_MIN;
    huge.bound_nano = 5;
    assert_true(rehab_finding_margin(&p, &huge, &margin));
    assert_int_equal(margin, INT64_MIN);
    world_free(w);
}

static void sentences_are_cut_not_overrun(void **state)
{
    (void)state;
    char name[601], buffer[REHAB_SENTENCE_MAX];
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_wording words[] = {{T("en"), {name, 600}}};
    memcpy(own, sample_measures, sizeof own);
    for (int odd = 0; odd < 2; odd++) {
        name[0] = '.';
        for (int i = odd; i < 600; i += 2)
            memcpy(name + i, "\xc3\xa4", 2); /* two bytes a letter */
        own[PAIN].name = (struct rehab_words){words, 1};
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
        struct world *w = world();
        w->document.measures = own;
        add_gate(w, REHAB_ADVANCE, &c);
        compile(w);
        decide(w, 1);
        uint32_t whole =
            rehab_sentence(&w->protocol, finding(w, 0), T("en"), buffer, sizeof buffer);
        assert_in_range(whole, 100, 200);
        assert_int_equal(buffer[odd ? 95 : 96], ' '); /* a blank follows a whole letter */
        for (uint32_t size = 0; size < whole; size++) {
            char exact[REHAB_SENTENCE_MAX];
            memset(exact, '~', sizeof exact);
            assert_int_equal(rehab_sentence(&w->protocol, finding(w, 0), T("xx"), exact, size),
                             size);
            assert_memory_equal(exact, buffer, size);
            assert_int_equal(exact[size], '~');
        }
        world_free(w);
    }
}

static void names_that_are_no_text_do_no_harm(void **state)
{
    (void)state;
    char name[600], buffer[REHAB_SENTENCE_MAX];
    struct rehab_measure own[SAMPLE_MEASURES];
    struct rehab_wording words[] = {{T("en"), {name, sizeof name}}};
    memset(name, 0x80, sizeof name);
    memcpy(own, sample_measures, sizeof own);
    own[PAIN].name = (struct rehab_words){words, 1};
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    w->document.measures = own;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    decide(w, 1);
    uint32_t size = rehab_requirement(&w->protocol, 0, T("en"), buffer, sizeof buffer);
    assert_int_equal(size, strlen(" must be at most 3."));
    world_free(w);
}

static void names_are_names(void **state)
{
    (void)state;
    assert_true(rehab_text_equal(rehab_verdict_name(REHAB_UNKNOWN), T("unknown")));
    assert_true(rehab_text_equal(rehab_reason_name(REHAB_REASON_TOO_FEW_DAYS), T("too_few_days")));
    assert_true(rehab_text_equal(rehab_move_name(REHAB_STOP), T("stop")));
    assert_true(rehab_text_equal(rehab_op_name(REHAB_GE), T(">=")));
    assert_true(rehab_text_equal(rehab_level_name(REHAB_LEVEL_URGENT), T("urgent")));
    assert_true(rehab_text_equal(rehab_certainty_name(REHAB_MEMORY), T("memory")));
    assert_true(rehab_text_equal(rehab_side_name(REHAB_OTHER), T("other")));
    assert_true(rehab_text_equal(rehab_pace_name(REHAB_EXCEEDED), T("exceeded")));
    assert_int_equal(rehab_verdict_name(REHAB_VERDICT_COUNT).size, 0);
    for (int i = 0; i < REHAB_FAULT_COUNT; i++)
        assert_true(rehab_fault_sentence((enum rehab_fault_code)i).size > 0);
    assert_int_equal(rehab_fault_sentence(REHAB_FAULT_COUNT).size, 0);
    for (int i = 1; i < REHAB_REASON_COUNT; i++)
        assert_true(rehab_reason_name((enum rehab_reason)i).size > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_told),
        cmocka_unit_test(expressions_are_told),
        cmocka_unit_test(earlier_values_are_told),
        cmocka_unit_test(phases_are_told),
        cmocka_unit_test(facts_are_told),
        cmocka_unit_test(margins_point_to_the_good_side),
        cmocka_unit_test(some_have_no_margin),
        cmocka_unit_test(sentences_are_cut_not_overrun),
        cmocka_unit_test(names_that_are_no_text_do_no_harm),
        cmocka_unit_test(names_are_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
