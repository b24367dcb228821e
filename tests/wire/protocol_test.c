/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol documents: the one of sql/seed compiles, every member of the language reaches its
 * struct, and what is wrong is told with its pointer. */
#include "help.h"

#include "rehab/rehab.h"

#include <stdlib.h>

struct catalogue_of {
    struct rehab_measure *items;
    uint32_t count;
};

static struct catalogue_of read_measures(struct call *c)
{
    struct catalogue_of m = {NULL, 0};
    struct text file = read_file("sql/seed/measures.json");
    assert_int_equal(wire_read_rules_measures(c, file, &m.items, &m.count).code, OK);
    free((void *)(uintptr_t)file.at);
    return m;
}

static void test_measures(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct catalogue_of m = read_measures(c);
    assert_true(m.count >= 40);
    assert_true(rehab_text_equal(m.items[0].code, (struct rehab_text){"pain_rest", 9}));
    assert_int_equal(m.items[0].direction, REHAB_LOWER_IS_BETTER);
    assert_true(m.items[0].window.us == 36 * REHAB_HOUR && m.items[0].window.given &&
                !m.items[0].window.calendar);
    assert_int_equal(m.items[0].freshness_class.size, 4);
    assert_int_equal(m.items[0].name.count, 2); /* English and Spanish */
    assert_true(m.items[0].high_nano == 10 * REHAB_SCALE && m.items[0].step_nano == REHAB_SCALE &&
                m.items[0].sided);
    /* two sources in its unit: the larger; or only percentages */
    uint32_t detectable = 0, found = 0;
    for (uint32_t i = 0; i < m.count; i++)
        detectable += m.items[i].mdc_nano > 0;
    assert_true(detectable >= 4 && detectable < m.count);
    assert_true(m.items[0].mdc_nano == INT64_C(1'770'000'000) && m.items[0].mdc_same_nano == 0);
    /* that of one tester is not that of two */
    for (uint32_t i = 0; i < m.count; i++) {
        const struct rehab_measure *one = &m.items[i];
        bool bent = rehab_text_equal(one->code, (struct rehab_text){"ake_deficit", 11});
        bool raised = rehab_text_equal(one->code, (struct rehab_text){"slr_passive", 11});
        if (bent || raised) {
            found++;
            assert_true(one->mdc_nano == (bent ? 15 * REHAB_SCALE : 0) &&
                        one->mdc_same_nano == (bent ? 8 : 7) * REHAB_SCALE);
        }
    }
    assert_int_equal(found, 2);
    bench_close(&b);
}

static void test_seed(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct catalogue_of m = read_measures(c);
    struct rehab_document d;
    struct rehab_fault fault = {.code = REHAB_FINE};
    struct rehab_protocol p;
    size_t used = 0;
    struct text file = read_file("sql/seed/protocols/hamstring-strain-staged.json");
    if (wire_read_protocol(c, file, m.items, m.count, &d).code != OK)
        assert_fault(c, OK, "no fault");
    assert_int_equal(d.version, 1);
    assert_int_equal(d.track_count, 1);
    assert_int_equal(d.tracks[0].phase_count, 4);
    assert_true(d.sided);
    static _Alignas(16) unsigned char block[256 * 1024];
    if (rehab_compile(&d, c->arena, block, sizeof block, &used, &fault) != REHAB_FINE) {
        (void)wire_note_fault(c, &fault);
        assert_fault(c, OK, "no fault");
    }
    assert_int_equal(rehab_open(block, used, &p), REHAB_FINE);
    assert_true(rehab_count(&p, REHAB_CRITERIA) > 40);
    free((void *)(uintptr_t)file.at);
    bench_close(&b);
}

/* A document around a part of it. */
static struct text around(struct call *c, const char *phase_members)
{
    return text_format(c->arena,
                       "{\"format\":\"rehab-protocol/"
                       "1\",\"id\":\"p\",\"version\":1,\"title\":{\"en\":\"P\"},\"side\":\"one\","
                       "\"day_zero\":\"onset\",\"tracks\":[{\"id\":\"main\",\"phases\":[{\"id\":"
                       "\"a\",\"title\":{\"en\":\"A\"},%s}]}]}",
                       phase_members);
}

static struct text gate_with(struct call *c, const char *criterion)
{
    struct text gate = text_format(
        c->arena, "\"gates\":[{\"id\":\"g\",\"move\":\"hold\",\"when\":%s}]", criterion);
    return around(c, gate.at);
}

#define CITED "\"id\":\"x\",\"source\":\"convention\",\"certainty\":\"convention\""

static struct rehab_criterion read_criterion(struct call *c, const char *criterion)
{
    struct rehab_document d;
    if (wire_read_protocol(c, gate_with(c, criterion), NULL, 0, &d).code != OK)
        assert_fault(c, OK, "no fault");
    return *d.tracks[0].phases[0].gates[0].when;
}

static void assert_core(struct rehab_text t, const char *expected)
{
    assert_text(((struct text){t.at, t.size}), expected);
}

static void test_leaf(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_criterion k = read_criterion(
        c, "{\"value\":-0.5,\"is\":\">=\",\"symmetry\":\"m\",\"side\":\"other\",\"within\":\"P7D\","
           "\"within_pair\":\"PT24H\","
           "\"for\":{\"observations\":2,\"apart\":\"P1D\"},\"since\":\"phase\",\"qualified\":["
           "\"unmedicated\",\"same_assessor\"],"
           "\"value_by\":{\"grade\":{\"2\":1,\"3\":95.5}},\"note\":\"n\"," CITED "}");
    assert_int_equal(k.kind, REHAB_LEAF);
    assert_core(k.id, "x");
    assert_int_equal(k.expression, REHAB_SYMMETRY);
    assert_core(k.measure, "m");
    assert_int_equal(k.is, REHAB_GE);
    assert_int_equal(k.value.kind, REHAB_VALUE_NUMBER);
    assert_true(k.value.nano == -500'000'000);
    assert_int_equal(k.side, REHAB_OTHER);
    assert_true(k.within.us == 7 * REHAB_DAY && k.within.calendar);
    assert_true(k.within_pair.us == 24 * REHAB_HOUR && !k.within_pair.calendar);
    assert_int_equal(k.for_observations, 2);
    assert_true(k.apart.us == REHAB_DAY);
    assert_int_equal(k.since, REHAB_SINCE_PHASE);
    assert_int_equal(k.qualified, REHAB_UNMEDICATED | REHAB_SAME_ASSESSOR);
    assert_int_equal(k.value_by_count, 2);
    assert_core(k.value_by[1].stratum, "grade");
    assert_core(k.value_by[1].stratum_value, "3");
    assert_true(k.value_by[1].value.nano == INT64_C(95'500'000'000));
    assert_core(k.citation.source, "convention");
    assert_int_equal(k.citation.certainty, REHAB_CONVENTION);
    assert_core(k.citation.note, "n");
    bench_close(&b);
}

static void test_comparisons(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_criterion k = read_criterion(c, "{\"latest\":\"m\",\"is\":false," CITED "}");
    assert_true(k.is == REHAB_EQ && k.value.kind == REHAB_VALUE_BOOLEAN && k.value.nano == 0);
    k = read_criterion(c, "{\"latest\":\"m\",\"is\":\"!=\",\"value\":\"mild\"," CITED "}");
    assert_true(k.is == REHAB_NE && k.value.kind == REHAB_VALUE_LABEL);
    assert_core(k.value.label, "mild");
    k = read_criterion(c, "{\"latest\":\"m\",\"between\":[1,2.5]," CITED "}");
    assert_true(k.is == REHAB_BETWEEN && k.value.nano == REHAB_SCALE &&
                k.upper.nano == 2 * REHAB_SCALE + REHAB_SCALE / 2);
    k = read_criterion(c, "{\"stratum\":\"grade\",\"in\":[\"1\",\"2\"]," CITED "}");
    assert_true(k.is == REHAB_IN && k.value_count == 2 && k.expression == REHAB_STRATUM);
    assert_core(k.values[1].label, "2");
    assert_core(k.name, "grade");
    k = read_criterion(c, "{\"is\":\">=\",\"value\":\"PT72H\",\"elapsed\":\"onset\",\"floor\":true,"
                          "\"relaxed_by\":\"physician\"," CITED "}");
    assert_true(k.expression == REHAB_ELAPSED && k.from == REHAB_ONSET && k.floor &&
                k.roles == REHAB_PHYSICIAN);
    assert_true(k.value.kind == REHAB_VALUE_DURATION && k.value.duration.us == 72 * REHAB_HOUR);
    k = read_criterion(
        c, "{\"cleared\":\"medical\",\"by\":[\"clinician\",\"physician\"],\"within\":\"P7D\"," CITED
           "}");
    assert_true(k.expression == REHAB_CLEARED && k.roles == (REHAB_CLINICIAN | REHAB_PHYSICIAN));
    assert_true(k.is == REHAB_EQ && k.value.kind == REHAB_VALUE_BOOLEAN &&
                k.value.nano == REHAB_SCALE);
    k = read_criterion(c, "{\"change\":\"m\",\"from\":\"previous\",\"is\":\"<\",\"value\":1," CITED
                          "}");
    assert_true(k.expression == REHAB_CHANGE && k.from == REHAB_PREVIOUS);
    k = read_criterion(c, "{\"rise\":\"m\",\"over\":\"n\",\"is\":\"<\",\"value\":1," CITED "}");
    assert_core(k.over, "n");
    k = read_criterion(c, "{\"reached\":\"running\",\"track\":\"field\"," CITED "}");
    assert_true(k.expression == REHAB_REACHED && k.is == REHAB_EQ && k.value.nano == REHAB_SCALE);
    assert_core(k.name, "running");
    assert_core(k.track, "field");
    k = read_criterion(c, "{\"latest\":\"m\",\"between\":[1,2],\"above\":\"warn\"," CITED "}");
    assert_true(k.is == REHAB_BETWEEN && k.warn_above);
    k = read_criterion(c, "{\"recorded\":\"m\",\"within\":\"P7D\"," CITED "}");
    assert_true(k.expression == REHAB_RECORDED && k.within.given && k.is == REHAB_EQ &&
                k.value.kind == REHAB_VALUE_BOOLEAN && k.value.nano == REHAB_SCALE);
    k = read_criterion(
        c, "{\"percent_of\":\"m\",\"from\":\"pre_onset\",\"is\":\">=\",\"value\":50," CITED "}");
    assert_true(k.from == REHAB_PRE_ONSET);
    k = read_criterion(c, "{\"asymmetry\":\"m\",\"is\":\"<=\",\"value\":10," CITED "}");
    assert_true(k.expression == REHAB_ASYMMETRY && k.from == REHAB_ANCHOR_NONE);
    k = read_criterion(
        c, "{\"percent_of\":\"m\",\"from\":\"baseline\",\"is\":\">=\",\"value\":50," CITED "}");
    assert_true(k.expression == REHAB_PERCENT_OF && k.from == REHAB_BASELINE);
    k = read_criterion(
        c, "{\"improvement\":\"m\",\"ago\":\"P14D\",\"is\":\"<\",\"value\":\"mdc\"," CITED "}");
    assert_true(k.expression == REHAB_IMPROVEMENT && k.from == REHAB_AGO && k.ago.given &&
                k.ago.us == 14 * REHAB_DAY && k.value.kind == REHAB_VALUE_LABEL);
    bench_close(&b);
}

static void test_sessions(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_criterion k = read_criterion(
        c, "{\"sessions\":\"run\",\"is\":\">=\",\"value\":3,\"with\":{\"measure\":\"m\","
           "\"is\":\"<=\",\"value\":0}," CITED "}");
    assert_true(k.expression == REHAB_SESSIONS && k.with.given && k.with.is == REHAB_LE &&
                k.with.value.kind == REHAB_VALUE_NUMBER);
    assert_core(k.activity, "run");
    assert_core(k.with.measure, "m");
    k = read_criterion(c, "{\"adherence\":\"any\",\"is\":\">=\",\"value\":80," CITED "}");
    assert_true(k.expression == REHAB_ADHERENCE);
    k = read_criterion(
        c, "{\"spacing\":\"run\",\"failed\":true,\"is\":\">=\",\"value\":\"PT12H\"," CITED "}");
    assert_true(k.expression == REHAB_SPACING && k.failed && k.value.kind == REHAB_VALUE_DURATION &&
                k.value.duration.us == 12 * REHAB_HOUR);
    k = read_criterion(
        c, "{\"settle\":\"m\",\"during\":\"run\",\"is\":\"<=\",\"value\":\"PT60M\"," CITED "}");
    assert_true(k.expression == REHAB_SETTLE && k.value.duration.us == REHAB_HOUR);
    assert_core(k.measure, "m");
    assert_core(k.activity, "run");
    k = read_criterion(c, "{\"next_morning\":\"m\",\"over\":\"n\",\"during\":\"run\",\"is\":\"<=\","
                          "\"value\":1," CITED "}");
    assert_true(k.expression == REHAB_NEXT_MORNING);
    assert_core(k.over, "n");
    k = read_criterion(c,
                       "{\"latest\":\"m\",\"is\":true,\"during\":\"run\",\"trials\":3,\"take\":"
                       "\"median\",\"retest\":{\"after\":\"P3D\",\"until\":\"P14D\"}," CITED "}");
    assert_core(k.activity, "run");
    assert_true(k.trials == 3 && k.take == REHAB_TAKE_MEDIAN && k.retest.given &&
                k.retest.after.us == 3 * REHAB_DAY && k.retest.until.us == 14 * REHAB_DAY);
    bench_close(&b);
}

static void test_derived_leaves(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_criterion k = read_criterion(c, "{\"latest\":\"m\",\"per\":\"body_weight\",\"is\":"
                                                 "\">=\",\"value\":3,\"sign_off\":true," CITED "}");
    assert_core(k.per, "body_weight");
    assert_true(k.citation.sign_off);
    k = read_criterion(c, "{\"score\":\"ankle_go\",\"is\":\">=\",\"value\":8," CITED "}");
    assert_true(k.expression == REHAB_SCORE && !k.citation.sign_off);
    assert_core(k.name, "ankle_go");
    k = read_criterion(c, "{\"percentile\":\"norm\",\"is\":\">=\",\"value\":15," CITED "}");
    assert_true(k.expression == REHAB_PERCENTILE);
    k = read_criterion(c, "{\"state\":\"effusion\",\"in\":[\"held\"]," CITED "}");
    assert_true(k.expression == REHAB_STATE && k.is == REHAB_IN && k.value_count == 1);
    k = read_criterion(c, "{\"age\":\"years\",\"is\":\"<\",\"value\":18," CITED "}");
    assert_true(k.expression == REHAB_AGE && k.value.nano == 18 * REHAB_SCALE);
    bench_close(&b);
}

#define LEAF "{\"latest\":\"m\",\"is\":true," CITED "}"

static void test_derived(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_document d;
    struct text body =
        around(c, "\"prescriptions\":[{\"id\":\"r\",\"exercise\":\"e\",\"deficits\":[\"lsi\"]}],"
                  "\"gates\":[{\"id\":\"r\",\"move\":\"restart\",\"when\":" LEAF "}],"
                  "\"bands\":[{\"id\":\"cs5\",\"title\":{\"en\":\"t\"},\"latest\":\"pain\","
                  "\"within\":\"P2D\","
                  "\"source\":\"s\",\"certainty\":\"memory\",\"zones\":["
                  "{\"id\":\"green\",\"between\":[0,2],\"move\":\"stay\",\"text\":{\"en\":\"go\"}},"
                  "{\"id\":\"red\",\"is\":\">\",\"value\":5,\"move\":\"regress\",\"back\":1}]}]");
    if (wire_read_protocol(c, body, NULL, 0, &d).code != OK) assert_fault(c, OK, "no fault");
    const struct rehab_phase *phase = &d.tracks[0].phases[0];
    assert_core(phase->prescriptions[0].deficits.at[0], "lsi");
    assert_int_equal(phase->gates[0].move, REHAB_RESTART);
    const struct rehab_band *band = &phase->bands[0];
    assert_true(phase->band_count == 1 && band->zone_count == 2 && band->title.count == 1);
    assert_true(band->reading.expression == REHAB_LATEST && band->reading.kind == REHAB_LEAF &&
                band->reading.within.us == 2 * REHAB_DAY);
    assert_core(band->reading.id, "cs5");
    assert_true(band->zones[0].move == REHAB_STAY && band->zones[0].text.count == 1 &&
                band->zones[0].comparison.is == REHAB_BETWEEN &&
                band->zones[0].comparison.upper.nano == 2 * REHAB_SCALE);
    assert_true(band->zones[1].move == REHAB_REGRESS && band->zones[1].back == 1 &&
                band->zones[1].comparison.is == REHAB_GT);
    bench_close(&b);
}

#define MADE                                                                                       \
    "\"format\":\"rehab-protocol/1\",\"id\":\"p\",\"version\":1,\"title\":{\"en\":\"P\"},"         \
    "\"side\":\"one\",\"day_zero\":\"onset\",\"tracks\":[]"
#define FROM "\"source\":\"s\",\"certainty\":\"verified\""

static void test_scores_tables_states(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_document d;
    struct text body =
        TEXT("{" MADE ",\"scores\":{\"go\":{\"title\":{\"en\":\"Go\"},\"items\":[{\"latest\":\"m\","
             "\"side\":\"other\",\"within\":\"P14D\",\"bands\":[{\"is\":\">=\",\"value\":95,"
             "\"points\":2},"
             "{\"in\":[\"a\",\"b\"],\"points\":0.5}]," FROM "}]}},"
             "\"tables\":{\"norm\":{\"measure\":\"ikdc\",\"rows\":[[50,10],[60.5,25]]," FROM "}},"
             "\"states\":{\"effusion\":{\"of\":\"effusion\",\"side\":\"other\",\"start\":\"clear\","
             "\"steps\":[{\"in\":[\"clear\"],\"is\":\">=\",\"value\":\"2+\",\"to\":\"held\"},"
             "{\"between\":[0,1],\"to\":\"clear\"}]," FROM "}}}");
    if (wire_read_protocol(c, body, NULL, 0, &d).code != OK) assert_fault(c, OK, "no fault");
    const struct rehab_score_item *item = &d.scores[0].items[0];
    assert_core(d.scores[0].id, "go");
    assert_true(d.score_count == 1 && d.scores[0].item_count == 1 && d.scores[0].title.count == 1);
    assert_core(item->measure, "m");
    assert_true(item->side == REHAB_OTHER && item->within.us == 14 * REHAB_DAY &&
                item->band_count == 2 && item->citation.certainty == REHAB_VERIFIED);
    assert_true(item->bands[0].comparison.is == REHAB_GE &&
                item->bands[0].points.nano == 2 * REHAB_SCALE);
    assert_true(item->bands[1].comparison.is == REHAB_IN &&
                item->bands[1].comparison.value_count == 2);
    assert_core(d.norms[0].measure, "ikdc");
    assert_true(d.norm_count == 1 && d.norms[0].row_count == 2 &&
                d.norms[0].rows[1].value.nano == 60 * REHAB_SCALE + REHAB_SCALE / 2 &&
                d.norms[0].rows[1].percentile.nano == 25 * REHAB_SCALE);
    const struct rehab_automaton *a = &d.automata[0];
    assert_true(d.automaton_count == 1 && a->step_count == 2 && a->side == REHAB_OTHER);
    assert_core(a->start, "clear");
    assert_core(a->steps[0].in.at[0], "clear");
    assert_core(a->steps[0].to, "held");
    assert_true(a->steps[0].comparison.is == REHAB_GE && a->steps[1].in.count == 0 &&
                a->steps[1].comparison.is == REHAB_BETWEEN);
    bench_close(&b);
}

static void test_refused_derived(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_document d;
    struct text body =
        TEXT("{" MADE ",\"scores\":{\"go\":{\"title\":{\"en\":\"Go\"},\"items\":[{\"latest\":\"m\","
             "\"side\":\"both\",\"bands\":[{\"is\":\">=\",\"points\":2},7]," FROM "}]},"
             "\"no\":{\"title\":{\"en\":\"No\"},\"items\":[]}},"
             "\"tables\":{\"norm\":{\"measure\":\"ikdc\",\"rows\":[[50]]," FROM "},\"n\":7},"
             "\"states\":{\"e\":{\"of\":\"e\",\"start\":\"clear\",\"steps\":{}," FROM "}}}");
    assert_int_equal(wire_read_protocol(c, body, NULL, 0, &d).code, INVALID);
    assert_fault(c, BAD_VALUE, "/scores/go/items/0/side");
    assert_fault(c, MISSING_MEMBER, "/scores/go/items/0/bands/0/value");
    assert_fault(c, WRONG_TYPE, "/scores/go/items/0/bands/1");
    assert_fault(c, BAD_VALUE, "/scores/no/items");
    assert_fault(c, BAD_VALUE, "/tables/norm/rows/0");
    assert_fault(c, WRONG_TYPE, "/tables/n");
    assert_fault(c, WRONG_TYPE, "/states/e/steps");
    bench_close(&b);
    c = bench_open(&b);
    body =
        around(c, "\"bands\":[{\"id\":\"cs5\",\"source\":\"s\",\"certainty\":\"memory\","
                  "\"is\":\">\",\"zones\":[{\"id\":\"g\",\"move\":\"advance\"}]},"
                  "{\"latest\":\"m\",\"id\":\"n\",\"source\":\"s\",\"certainty\":\"memory\"},7]");
    assert_int_equal(wire_read_protocol(c, body, NULL, 0, &d).code, INVALID);
    assert_fault(c, BAD_VALUE, "/tracks/0/phases/0/bands/0");
    assert_fault(c, UNKNOWN_MEMBER, "/tracks/0/phases/0/bands/0/is");
    assert_fault(c, BAD_VALUE, "/tracks/0/phases/0/bands/0/zones/0/move");
    assert_fault(c, MISSING_MEMBER, "/tracks/0/phases/0/bands/0/zones/0/is");
    assert_fault(c, MISSING_MEMBER, "/tracks/0/phases/0/bands/1/zones");
    assert_fault(c, WRONG_TYPE, "/tracks/0/phases/0/bands/2");
    bench_close(&b);
}

static void test_combinators(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_criterion k =
        read_criterion(c, "{\"all\":[" LEAF ",{\"not\":{\"any\":[" LEAF "," LEAF "]}}]}");
    assert_true(k.kind == REHAB_ALL && k.of_count == 2 && k.of[0].kind == REHAB_LEAF);
    assert_true(k.of[1].kind == REHAB_NOT && k.of[1].of_count == 1 &&
                k.of[1].of[0].kind == REHAB_ANY);
    assert_int_equal(k.of[1].of[0].of_count, 2);
    k = read_criterion(c, "{\"at_least\":2,\"of\":[" LEAF "," LEAF "," LEAF "]}");
    assert_true(k.kind == REHAB_AT_LEAST && k.least == 2 && k.of_count == 3);
    k = read_criterion(c, "{\"same_occasion\":[" LEAF "," LEAF "],\"within\":\"PT2H\"}");
    assert_true(k.kind == REHAB_SAME_OCCASION && k.window.us == 2 * REHAB_HOUR && k.of_count == 2);
    bench_close(&b);
}

static void test_phase(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_document d;
    struct text body = around(
        c,
        "\"goals\":[{\"en\":\"g\"}],\"restrictions\":[\"running\"],"
        "\"expect\":{\"typical\":[\"P3D\",\"P14D\"],\"by\":{\"grade\":{\"3\":[\"P7D\",\"P28D\"]}}},"
        "\"treatments\":[{\"id\":\"ice\",\"title\":{\"en\":\"Ice\",\"es\":\"Hielo\"},\"dosage\":{"
        "\"minutes\":[10,15],\"per_day\":[2,3]}}],"
        "\"advice\":[{\"id\":\"c\",\"text\":{\"en\":\"t\"},\"give\":" LEAF ",\"withdraw\":" LEAF
        "}],"
        "\"prescriptions\":[{\"id\":\"r\",\"exercise\":\"e\",\"sets\":3,\"repetitions\":12,"
        "\"hold\":\"PT30S\",\"side\":\"both\","
        "\"tempo\":{\"up\":\"PT2S\",\"down\":\"PT4S\"},\"schedule\":{\"per_day\":1,\"per_week\":3,"
        "\"every_days\":2},"
        "\"limit\":{\"during\":\"pain\",\"is\":\"<\",\"value\":2,\"else\":\"stop\",\"source\":"
        "\"s\",\"certainty\":\"memory\"},"
        "\"activity\":\"walk\",\"caps\":[{\"during\":\"speed\",\"is\":\"<=\",\"value\":50,"
        "\"value_by\":{\"grade\":{\"3\":40}},\"else\":\"adjust\"}],"
        "\"gate\":" LEAF ",\"progress\":{\"when\":" LEAF
        ",\"raise\":{\"load_percent\":[5,10]},\"source\":\"s\"}}],"
        "\"gates\":[{\"id\":\"b\",\"move\":\"regress\",\"back\":2,\"when\":" LEAF "},"
        "{\"id\":\"c\",\"move\":\"complete\",\"when\":" LEAF
        ",\"deadline\":{\"from\":\"surgery\",\"by\":\"P4W\",\"source\":\"s\",\"certainty\":"
        "\"memory\"}}]");
    if (wire_read_protocol(c, body, NULL, 0, &d).code != OK) assert_fault(c, OK, "no fault");
    const struct rehab_phase *phase = &d.tracks[0].phases[0];
    assert_core(phase->goals[0].at[0].text, "g");
    assert_core(phase->restrictions.at[0], "running");
    assert_true(phase->expect.given && phase->expect.from == REHAB_PHASE &&
                phase->expect.high.us == 14 * REHAB_DAY);
    assert_true(phase->expect.by_count == 1 && phase->expect.by[0].low.us == 7 * REHAB_DAY);
    assert_core(phase->treatments[0].title.at[1].language, "es");
    assert_true(phase->treatments[0].minutes_high == 15 && phase->treatments[0].per_day_low == 2);
    assert_true(phase->advice[0].give != NULL && phase->advice[0].withdraw != NULL);
    const struct rehab_prescription *p = &phase->prescriptions[0];
    assert_true(p->sets == 3 && p->repetitions == 12 && p->hold.us == 30'000'000 &&
                p->tempo_down.us == 4'000'000);
    assert_true(p->per_day == 1 && p->per_week == 3 && p->every_days == 2);
    assert_true(p->limit.given && p->limit.is == REHAB_LT &&
                p->limit.value.nano == 2 * REHAB_SCALE);
    assert_int_equal(p->limit.citation.certainty, REHAB_MEMORY);
    assert_core(p->activity, "walk");
    assert_true(p->cap_count == 1 && p->caps[0].given && p->caps[0].value_by_count == 1 &&
                p->caps[0].value_by[0].value.nano == 40 * REHAB_SCALE);
    assert_true(p->gate != NULL && p->progress != NULL && p->load_percent_low == 5 &&
                p->load_percent_high == 10);
    assert_core(p->progress_citation.source, "s");
    assert_true(phase->gates[0].move == REHAB_REGRESS && phase->gates[0].back == 2 &&
                !phase->gates[0].deadline.given);
    const struct rehab_deadline *last = &phase->gates[1].deadline;
    assert_true(last->given && last->from == REHAB_SURGERY && last->by.us == 28 * REHAB_DAY);
    assert_core(last->citation.source, "s");
    bench_close(&b);
}

static void test_refused_criteria(void **state)
{
    (void)state;
    static const struct {
        const char *criterion;
        enum problem_code code;
        const char *pointer; /* after that of the criterion */
    } cases[] = {
        {"{" CITED "}", BAD_VALUE, ""},
        {"{\"latest\":\"m\",\"worst\":\"m\",\"is\":true," CITED "}", BAD_VALUE, ""},
        {"{\"latest\":\"m\",\"is\":true,\"id\":\"x\",\"certainty\":\"verified\"}", MISSING_MEMBER,
         "/source"},
        {"{\"latest\":\"m\",\"is\":true,\"source\":\"s\",\"certainty\":\"verified\"}",
         MISSING_MEMBER, "/id"},
        {"{\"latest\":\"m\"," CITED "}", MISSING_MEMBER, "/is"},
        {"{\"latest\":\"m\",\"track\":\"main\",\"is\":\"<\",\"value\":1," CITED "}", BAD_VALUE,
         "/track"},
        {"{\"latest\":\"m\",\"above\":\"warn\",\"is\":\"<\",\"value\":1," CITED "}", BAD_VALUE,
         "/above"},
        {"{\"latest\":\"m\",\"above\":\"wran\",\"between\":[1,2]," CITED "}", BAD_VALUE, "/above"},
        {"{\"percent_of\":\"m\",\"is\":\"<\",\"value\":1," CITED "}", MISSING_MEMBER, "/from"},
        {"{\"improvement\":\"m\",\"is\":\"<\",\"value\":1," CITED "}", MISSING_MEMBER, "/from"},
        {"{\"latest\":\"m\",\"ago\":\"P7D\",\"is\":\"<\",\"value\":1," CITED "}", BAD_VALUE,
         "/ago"},
        {"{\"change\":\"m\",\"from\":\"phase\",\"ago\":\"P7D\",\"is\":\"<\",\"value\":1," CITED "}",
         BAD_VALUE, "/ago"},
        {"{\"change\":\"m\",\"ago\":\"7\",\"is\":\"<\",\"value\":1," CITED "}", BAD_VALUE, "/ago"},
        {"{\"latest\":\"m\",\"is\":\"<\"," CITED "}", MISSING_MEMBER, "/value"},
        {"{\"latest\":\"m\",\"value\":1," CITED "}", MISSING_MEMBER, "/is"},
        {"{\"latest\":\"m\",\"is\":true,\"value\":1," CITED "}", BAD_VALUE, "/value"},
        {"{\"latest\":\"m\",\"is\":\"=<\",\"value\":1," CITED "}", BAD_VALUE, "/is"},
        {"{\"latest\":\"m\",\"is\":\"<\",\"value\":1e3," CITED "}", BAD_VALUE, "/value"},
        {"{\"latest\":\"m\",\"is\":\"<\",\"value\":[]," CITED "}", WRONG_TYPE, "/value"},
        {"{\"latest\":\"m\",\"is\":\"<\",\"value\":1,\"in\":[1]," CITED "}", BAD_VALUE, ""},
        {"{\"latest\":\"m\",\"between\":[1]," CITED "}", BAD_VALUE, "/between"},
        {"{\"latest\":\"m\",\"in\":\"mild\"," CITED "}", WRONG_TYPE, "/in"},
        {"{\"elapsed\":\"onset\",\"is\":\">\",\"value\":3," CITED "}", WRONG_TYPE, "/value"},
        {"{\"elapsed\":\"onset\",\"is\":\">\",\"value\":\"P1M\"," CITED "}", BAD_VALUE, "/value"},
        {"{\"elapsed\":\"birth\",\"is\":\">\",\"value\":\"P1D\"," CITED "}", BAD_VALUE, "/elapsed"},
        {"{\"change\":\"m\",\"is\":\">\",\"value\":1," CITED "}", MISSING_MEMBER, "/from"},
        {"{\"rise\":\"m\",\"is\":\">\",\"value\":1," CITED "}", MISSING_MEMBER, "/over"},
        {"{\"latest\":\"m\",\"over\":\"n\",\"is\":true," CITED "}", BAD_VALUE, "/over"},
        {"{\"latest\":\"m\",\"floor\":true,\"is\":true," CITED "}", BAD_VALUE, "/floor"},
        {"{\"cleared\":\"m\"," CITED "}", MISSING_MEMBER, "/by"},
        {"{\"cleared\":\"m\",\"by\":[\"nurse\"]," CITED "}", BAD_VALUE, "/by/0"},
        {"{\"latest\":\"m\",\"is\":true,\"for\":{}," CITED "}", BAD_VALUE, "/for"},
        {"{\"latest\":\"m\",\"is\":true,\"for\":{\"days\":2,\"observations\":2}," CITED "}",
         BAD_VALUE, "/for"},
        {"{\"latest\":\"m\",\"is\":true,\"for\":{\"days\":61}," CITED "}", BAD_VALUE, "/for/days"},
        {"{\"latest\":\"m\",\"is\":true,\"qualified\":[\"sober\"]," CITED "}", BAD_VALUE,
         "/qualified/0"},
        {"{\"latest\":\"m\",\"is\":true,\"value_by\":{}," CITED "}", BAD_VALUE, "/value_by"},
        {"{\"latest\":\"m\",\"is\":true,\"value_by\":{\"a\":{\"1\":null}}," CITED "}", WRONG_TYPE,
         "/value_by/a/1"},
        {"{\"latest\":\"m\",\"is\":true,\"sid\":\"left\"," CITED "}", UNKNOWN_MEMBER, "/sid"},
        {"{\"settle\":\"m\",\"is\":\"<=\",\"value\":\"PT1H\"," CITED "}", MISSING_MEMBER,
         "/during"},
        {"{\"sessions\":\"a\",\"during\":\"b\",\"is\":\"<=\",\"value\":1," CITED "}", BAD_VALUE,
         "/during"},
        {"{\"latest\":\"m\",\"is\":true,\"with\":{\"measure\":\"m\",\"is\":\"<\",\"value\":1}"
         "," CITED "}",
         BAD_VALUE, "/with"},
        {"{\"sessions\":\"a\",\"is\":\">\",\"value\":1,\"with\":{\"measure\":\"m\"}," CITED "}",
         MISSING_MEMBER, "/with/is"},
        {"{\"latest\":\"m\",\"is\":true,\"failed\":true," CITED "}", BAD_VALUE, "/failed"},
        {"{\"latest\":\"m\",\"is\":true,\"failed\":1," CITED "}", WRONG_TYPE, "/failed"},
        {"{\"latest\":\"m\",\"is\":true,\"trials\":3," CITED "}", BAD_VALUE, "/trials"},
        {"{\"latest\":\"m\",\"is\":true,\"trials\":33,\"take\":\"best\"," CITED "}", BAD_VALUE,
         "/trials"},
        {"{\"latest\":\"m\",\"is\":true,\"trials\":\"3\",\"take\":\"best\"," CITED "}", WRONG_TYPE,
         "/trials"},
        {"{\"latest\":\"m\",\"is\":true,\"take\":\"best\"," CITED "}", BAD_VALUE, "/take"},
        {"{\"latest\":\"m\",\"is\":true,\"trials\":3,\"take\":\"mode\"," CITED "}", BAD_VALUE,
         "/take"},
        {"{\"latest\":\"m\",\"is\":true,\"retest\":{\"after\":\"P3D\"}," CITED "}", MISSING_MEMBER,
         "/retest/until"},
        {"{\"all\":[]}", BAD_VALUE, "/all"},
        {"{\"all\":[" LEAF "],\"note\":1}", UNKNOWN_MEMBER, "/note"},
        {"{\"any\":[{\"all\":[" LEAF ",7]}]}", WRONG_TYPE, "/any/0/all/1"},
        {"{\"at_least\":0,\"of\":[" LEAF "]}", BAD_VALUE, "/at_least"},
        {"{\"same_occasion\":[" LEAF "]}", MISSING_MEMBER, "/within"},
        {"{\"not\":[]}", WRONG_TYPE, "/not"},
        {"{\"symmetry\":\"m\",\"per\":\"n\",\"is\":\"<\",\"value\":1," CITED "}", BAD_VALUE,
         "/per"},
        {"{\"age\":\"months\",\"is\":\"<\",\"value\":1," CITED "}", BAD_VALUE, "/age"},
        {"{\"latest\":\"m\",\"is\":true,\"sign_off\":1," CITED "}", WRONG_TYPE, "/sign_off"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench b;
        struct call *c = bench_open(&b);
        struct rehab_document d;
        struct text body = gate_with(c, cases[i].criterion);
        struct text pointer =
            text_format(c->arena, "/tracks/0/phases/0/gates/0/when%s", cases[i].pointer);
        if (wire_read_protocol(c, body, NULL, 0, &d).code == OK)
            fail_msg("taken: %s", cases[i].criterion);
        assert_fault(c, cases[i].code, pointer.at);
        bench_close(&b);
    }
}

static void test_refused_documents(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct rehab_document d;
    assert_int_equal(
        wire_read_protocol(
            c,
            TEXT("{\"format\":\"rehab-protocol/"
                 "2\",\"id\":\"P\",\"version\":0,\"title\":\"P\",\"side\":\"two\","
                 "\"day_zero\":\"birth\",\"tracks\":{},\"freshness\":{\"pain\":\"36 h\"},"
                 "\"sources\":{\"s\":{}},\"strata\":{\"grade\":{\"values\":[1]}},"
                 "\"terms\":{\"mild\":\"leve\",\"none\":{}},"
                 "\"red_flags\":[{\"then\":\"go\"}]}"),
            NULL, 0, &d)
            .code,
        INVALID);
    assert_fault(c, BAD_VALUE, "/format");
    assert_fault(c, BAD_VALUE, "/id");
    assert_fault(c, BAD_VALUE, "/version");
    assert_fault(c, WRONG_TYPE, "/title");
    assert_fault(c, BAD_VALUE, "/side");
    assert_fault(c, BAD_VALUE, "/day_zero");
    assert_fault(c, WRONG_TYPE, "/tracks");
    assert_fault(c, BAD_VALUE, "/freshness/pain");
    assert_fault(c, MISSING_MEMBER, "/sources/s/citation");
    assert_fault(c, WRONG_TYPE, "/strata/grade/values/0");
    assert_fault(c, WRONG_TYPE, "/terms/mild");
    assert_fault(c, MISSING_MEMBER, "/terms/none/en");
    assert_fault(c, BAD_VALUE, "/red_flags/0/then");
    assert_fault(c, MISSING_MEMBER, "/red_flags/0/when");
    bench_close(&b);
}

/* A window is of a measure or of a class of them; another name would be for nothing. */
static void test_freshness_of_nothing(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct catalogue_of m = read_measures(c);
    struct rehab_document d;
    struct text body = TEXT("{\"format\":\"rehab-protocol/1\",\"id\":\"p\",\"version\":1,\"title\":"
                            "{\"en\":\"P\"},\"side\":\"one\",\"day_zero\":\"onset\",\"tracks\":[],"
                            "\"freshness\":{\"pain\":\"PT36H\",\"pain_walk\":\"PT36H\","
                            "\"payn\":\"PT36H\",\"qqqqqq\":\"PT36H\"}}");
    assert_int_equal(wire_read_protocol(c, body, m.items, m.count, &d).code, BAD_VALUE);
    assert_int_equal(c->problem.fault_count, 2);
    assert_fault(c, BAD_VALUE, "/freshness/payn");
    assert_text(c->problem.faults[0].detail,
                "must be a measure or a class of measures; did you mean pain?");
    assert_fault(c, BAD_VALUE, "/freshness/qqqqqq");
    assert_text(c->problem.faults[1].detail, "must be a measure or a class of measures");
    bench_close(&b);
}

/* What the compiler finds comes back with a pointer and a suggestion. */
static void test_compiler_fault(void **state)
{
    (void)state;
    struct bench b;
    struct call *c = bench_open(&b);
    struct catalogue_of m = read_measures(c);
    struct rehab_document d;
    struct rehab_fault fault = {.code = REHAB_FINE};
    size_t used = 0;
    struct text body = gate_with(
        c,
        "{\"latest\":\"pain_wolk\",\"is\":\">\",\"value\":1,\"id\":\"x\",\"source\":\"convention\","
        "\"certainty\":\"convention\"}");
    assert_int_equal(wire_read_protocol(c, body, m.items, m.count, &d).code, OK);
    rehab_compile(&d, c->arena, NULL, 0, &used, &fault);
    assert_int_equal(fault.code, REHAB_UNKNOWN_MEASURE);
    assert_int_equal(wire_note_fault(c, &fault).code, BAD_DOCUMENT);
    assert_fault(c, BAD_DOCUMENT, "/tracks/0/phases/0/gates/0/when/latest");
    struct text detail = c->problem.faults[0].detail;
    assert_non_null(memmem(detail.at, detail.size, "did you mean pain_walk?", 23));
    bench_close(&b);
}

static struct result read_one(struct call *c)
{
    static const struct rehab_measure pain = {.code = {"a", 1}, .freshness_class = {"pain", 4}};
    struct rehab_document d;
    return wire_read_protocol(
        c,
        TEXT("{\"format\":\"rehab-protocol/"
             "1\",\"id\":\"p\",\"version\":1,\"title\":{\"en\":\"P\"},\"side\":\"one\","
             "\"day_zero\":\"onset\",\"strata\":{\"g\":{\"values\":[\"1\"]}},\"sources\":{\"s\":{"
             "\"citation\":\"c\"}},"
             "\"terms\":{\"g\":{\"en\":\"G\"}},"
             "\"freshness\":{\"pain\":\"PT36H\"},\"tracks\":[{\"id\":\"main\",\"phases\":[{\"id\":"
             "\"a\","
             "\"title\":{\"en\":\"A\"},\"gates\":[{\"id\":\"g\",\"move\":\"hold\",\"when\":{"
             "\"all\":[" LEAF "]}}]}]}]}"),
        &pain, 1, &d);
}

static void test_refused_memory(void **state)
{
    (void)state;
    check_every_refusal(read_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measures),
        cmocka_unit_test(test_seed),
        cmocka_unit_test(test_leaf),
        cmocka_unit_test(test_comparisons),
        cmocka_unit_test(test_derived_leaves),
        cmocka_unit_test(test_derived),
        cmocka_unit_test(test_scores_tables_states),
        cmocka_unit_test(test_refused_derived),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_combinators),
        cmocka_unit_test(test_phase),
        cmocka_unit_test(test_refused_criteria),
        cmocka_unit_test(test_refused_documents),
        cmocka_unit_test(test_freshness_of_nothing),
        cmocka_unit_test(test_compiler_fault),
        cmocka_unit_test(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
