/* SPDX-License-Identifier: Apache-2.0 */
/* A block is opened whole or not at all: every byte changed is noticed, and where the check sum is
 * made to fit again, what is opened can be judged without touching anything that is not its own
 * (run under sanitizers this shows). */
#include "sample.h"

#include <stdlib.h>
#include <sys/mman.h>

/* A protocol with some of everything. */
static struct world *full(void)
{
    static struct rehab_criterion c[36];
    static struct rehab_value_by by[1];
    static struct rehab_expectation_by usual[1];
    static const struct rehab_source sources[] = {{{"book", 4}, {"A book", 6}},
                                                  {{"page", 4}, {"A page", 6}}};
    static const struct rehab_wording title[] = {{{"en", 2}, {"Second", 6}}};
    static const struct rehab_words goals[] = {{title, 1}, {title, 1}};
    static const struct rehab_treatment ice[] = {
        {.id = {"ice", 3}, .title = {title, 1}, .text = {title, 1}}};
    static const struct rehab_text forbidden[] = {{"running", 7}};
    struct world *w = world();
    c[0] = leaf(PAIN, REHAB_LE, 3);
    by[0] = (struct rehab_value_by){T("grade"), T("2"), number(2)};
    c[0].value_by = by;
    c[0].value_by_count = 1;
    c[0].citation = (struct rehab_citation){T("book"), REHAB_VERIFIED, T("page 3"), false};
    c[1] = leaf(FORCE, REHAB_GE, 80);
    c[1].expression = REHAB_SYMMETRY;
    c[2] = leaf(PAIN, REHAB_EQ, 0);
    c[2].for_days = 2;
    c[3] = leaf(MORNING, REHAB_GT, 2);
    c[3].expression = REHAB_RISE;
    c[3].over = sample_measures[PAIN].code;
    c[4] = (struct rehab_criterion){.kind = REHAB_LEAF,
                                    .id = T("ok"),
                                    .expression = REHAB_CLEARED,
                                    .name = T("run"),
                                    .roles = REHAB_CLINICIAN,
                                    .is = REHAB_EQ,
                                    .value = {.kind = REHAB_VALUE_BOOLEAN, .nano = REHAB_SCALE}};
    c[5] = (struct rehab_criterion){.kind = REHAB_LEAF,
                                    .id = T("mild"),
                                    .expression = REHAB_STRATUM,
                                    .name = T("grade"),
                                    .is = REHAB_LE,
                                    .value = label("2")};
    c[6] = elapsed(REHAB_PHASE, REHAB_GE, "P2D");
    c[7] = leaf(SWELLING, REHAB_LE, 1);
    c[8] = leaf(BEND, REHAB_BETWEEN, 0);
    c[8].upper = number(20);
    c[9] = group(REHAB_SAME_OCCASION, &c[7], 2);
    c[9].window = duration("PT2H");
    c[10] = group(REHAB_NOT, &c[2], 1);
    c[12] = c[0];
    c[13] = c[1];
    c[14] = c[10];
    c[15] = c[4];
    c[16] = c[5];
    c[17] = c[6];
    c[18] = c[9];
    c[11] = group(REHAB_ALL, &c[12], 7);
    c[19] = leaf(SUDDEN, REHAB_EQ, 1);
    c[20] = leaf(PAIN, REHAB_GE, 5);
    c[21] = leaf(PAIN, REHAB_EQ, 1);
    c[22] = leaf(PAIN, REHAB_EQ, 2);
    add_gate(w, REHAB_ADVANCE, &c[11]);
    add_gate(w, REHAB_HOLD, &c[3]);
    c[23] = leaf(PAIN, REHAB_GE, 3);
    c[23].expression = REHAB_SESSIONS;
    c[23].activity = T("run");
    c[23].with = (struct rehab_with){
        .given = true, .measure = T("swelling"), .is = REHAB_LE, .value = label("mild")};
    c[24] = elapsed(REHAB_ANCHOR_NONE, REHAB_GE, "PT12H");
    c[24].expression = REHAB_SPACING;
    c[24].activity = T("any");
    c[24].failed = true;
    c[25] = leaf(PAIN, REHAB_GE, 3);
    c[25].activity = T("lift");
    c[26] = group(REHAB_ANY, &c[23], 3);
    add_gate(w, REHAB_REVIEW, &c[26]);
    c[27] = elapsed(REHAB_ANCHOR_NONE, REHAB_LE, "PT1H");
    c[27].expression = REHAB_SETTLE;
    c[27].measure = T("pain");
    c[27].activity = T("run");
    c[28] = leaf(MORNING, REHAB_LE, 3);
    c[28].expression = REHAB_NEXT_MORNING;
    c[28].over = T("pain");
    c[28].activity = T("any");
    c[29] = leaf(PAIN, REHAB_LE, 3);
    c[29].retest = (struct rehab_retest){true, duration("P3D"), duration("P14D")};
    c[30] = leaf(FORCE, REHAB_GE, 3);
    c[30].trials = 2;
    c[30].take = REHAB_TAKE_MEDIAN;
    c[31] = group(REHAB_ANY, &c[27], 4);
    add_gate(w, REHAB_ADVANCE, &c[31]);
    w->document.sources = sources;
    w->document.source_count = 2;
    w->document.title = goals[0];
    w->flags[0] = (struct rehab_red_flag){.id = T("f"),
                                          .title = goals[0],
                                          .message = goals[0],
                                          .when = &c[19],
                                          .cleared_by = REHAB_CLINICIAN};
    w->document.red_flag_count = 1;
    w->advice[0] = (struct rehab_advice){
        .id = T("a"), .title = goals[0], .text = goals[0], .give = &c[20], .withdraw = &c[21]};
    w->prescriptions[0] =
        (struct rehab_prescription){.id = T("p"), .exercise = T("squat"), .gate = &c[22]};
    w->prescriptions[0].limit = (struct rehab_limit){
        .given = true, .during = T("pain"), .is = REHAB_LT, .value = number(2)};
    w->phases[1].advice_count = w->phases[1].prescription_count = 1;
    w->phases[1].title = goals[0];
    w->phases[1].goals = goals;
    w->phases[1].goal_count = 2;
    w->phases[1].treatments = ice;
    w->phases[1].treatment_count = 1;
    w->phases[1].restrictions = (struct rehab_texts){forbidden, 1};
    usual[0] = (struct rehab_expectation_by){T("grade"), T("3"), duration("P1D"), duration("P2D")};
    w->track.expect = (struct rehab_expectation){.given = true,
                                                 .from = REHAB_ONSET,
                                                 .low = duration("P1D"),
                                                 .high = duration("P9D"),
                                                 .by = usual,
                                                 .by_count = 1};
    compile(w);
    w->stratum = 1;
    for (int i = 0; i < 40; i++) {
        const int measures[] = {PAIN, FORCE, MORNING, SWELLING, BEND, SUDDEN};
        struct rehab_observation *o =
            observe(w, measures[i % 6], i % 6 == 5 || i % 6 == 3 ? i % 2 : i % 9, i);
        if (i % 6 == 1 && i % 4) o->side = REHAB_OTHER;
        if (i % 4 == 0) o->assessment = train(w, i % 8 ? RUN : LIFT, i, i + 3)->assessment;
    }
    return w;
}

static enum rehab_fault_code reopen(struct world *w)
{
    return rehab_open(w->block, w->size, &w->protocol);
}

static void every_changed_byte_is_noticed(void **state)
{
    (void)state;
    struct world *w = full();
    for (size_t i = 0; i < w->size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            w->block[i] ^= (unsigned char)(1 << bit);
            assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
            w->block[i] ^= (unsigned char)(1 << bit);
        }
        w->block[i] = (unsigned char)~w->block[i];
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
        w->block[i] = (unsigned char)~w->block[i];
    }
    assert_int_equal(reopen(w), REHAB_FINE);
    world_free(w);
}

static void every_size_but_its_own_is_refused(void **state)
{
    (void)state;
    struct world *w = full();
    size_t size = w->size;
    for (w->size = 0; w->size < size; w->size++)
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    w->size = size + 8;
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    assert_int_equal(rehab_open(w->block + 1, size, &w->protocol), REHAB_BAD_BLOCK);
    memcpy(w->memory + 4, w->block, size); /* whole, but where no block may lie */
    assert_int_equal(rehab_open(w->memory + 4, size, &w->protocol), REHAB_BAD_BLOCK);
    world_free(w);
}

/* Whatever is opened can be judged, told and shown. */
static void use(struct world *w)
{
    char sentence[REHAB_SENTENCE_MAX];
    int64_t nano = 0;
    if (reopen(w) != REHAB_FINE || try_decide(w, 30) != REHAB_DECIDED) return;
    for (uint32_t i = 0; i < w->decision.finding_count; i++) {
        const struct rehab_finding *f = &w->decision.findings[i];
        rehab_sentence(&w->protocol, f, T("en"), sentence, sizeof sentence);
        rehab_requirement(&w->protocol, f->criterion, T("es"), sentence, sizeof sentence);
        rehab_finding_margin(&w->protocol, f, &nano);
    }
}

/* A copy that ends where memory does. */
static void *at_the_end(const void *from, size_t size)
{
    const size_t page = 4096, room = (size + page - 1) / page * page;
    unsigned char *at =
        mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(at != MAP_FAILED);
    assert_int_equal(mprotect(at + room, page, PROT_NONE), 0);
    memcpy(at + room - size, from, size);
    return at + room - size;
}

/* Neither behind the block, nor behind what was observed and done, nor behind the memory lent. */
static void nothing_behind_is_touched(void **state)
{
    (void)state;
    struct world *w = full();
    struct rehab_evidence *e = &w->evidence;
    const void *block = at_the_end(w->block, w->size);
    e->observations = at_the_end(w->observations, e->observation_count * sizeof *e->observations);
    e->sessions = at_the_end(w->sessions, e->session_count * sizeof *e->sessions);
    e->tracks = at_the_end(&w->state, sizeof w->state);
    assert_int_equal(rehab_open(block, w->size, &w->protocol), REHAB_FINE);
    int decided = 0;
    for (size_t size = 0; size < 1 << 14; size += 16) {
        struct rehab_arena arena = {.at = w->memory, .end = w->memory + size};
        memset(w->memory + size, 0x55, 1024);
        decided += rehab_decide(&w->protocol, e, hour(50), &arena, &w->decision) == REHAB_DECIDED;
        for (size_t i = 0; i < 1024; i++)
            assert_int_equal(w->memory[size + i], 0x55);
    }
    assert_true(decided > 10);
    world_free(w);
}

static void forged_blocks_do_no_harm(void **state)
{
    (void)state;
    static const unsigned char values[] = {0, 1, 2, 3, 0x7f, 0x80, 0xff};
    struct world *w = full();
    for (size_t i = offsetof(struct rehab_head, size); i < w->size; i++) {
        unsigned char was = w->block[i];
        for (size_t k = 0; k < sizeof values; k++) {
            w->block[i] = values[k];
            seal(w->block, w->size);
            use(w);
        }
        w->block[i] = was;
    }
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_FINE);
    world_free(w);
}

static void forged_words_do_no_harm(void **state)
{
    (void)state;
    srand(11);
    struct world *w = full();
    unsigned char *whole = malloc(w->size);
    memcpy(whole, w->block, w->size);
    for (int round = 0; round < 20000; round++) {
        for (int n = 1 + rand() % 3; n > 0; n--) {
            size_t at = sizeof(struct rehab_head) +
                        (size_t)rand() % (w->size - sizeof(struct rehab_head) - 8);
            uint32_t word = rand() % 4 ? (uint32_t)rand() % 70 : (uint32_t)rand() * 3u;
            memcpy(w->block + (at & ~(size_t)3), &word, rand() % 2 ? 4 : 1);
        }
        seal(w->block, w->size);
        use(w);
        memcpy(w->block, whole, w->size);
    }
    free(whole);
    world_free(w);
}

/* ---- each check by itself ---- */

static unsigned char *row_at(struct world *w, enum rehab_table table, uint32_t i, size_t size)
{
    const struct rehab_head *head = (const void *)w->block;
    assert_true(i < head->table[table].count);
    return w->block + head->table[table].at + i * size;
}

#define CHANGE(table, type, i, statement)                                                          \
    do {                                                                                           \
        struct world *w = full();                                                                  \
        struct type *r = (void *)row_at(w, table, i, sizeof *r);                                   \
        assert_int_equal(reopen(w), REHAB_FINE);                                                   \
        statement;                                                                                 \
        seal(w->block, w->size);                                                                   \
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);                                              \
        world_free(w);                                                                             \
    } while (0)

/* What stands in the document and decides nothing is in the block too. */
static void all_that_is_told_is_written(void **state)
{
    (void)state;
    struct world *w = full();
    const struct rehab_protocol *p = &w->protocol;
    const struct rehab_phase_row *phase = &p->phases[1];
    const struct rehab_treatment_row *ice = &p->treatments[phase->treatments.first];
    const struct rehab_range told[] = {p->head->title,
                                       phase->title,
                                       ice->title,
                                       ice->text,
                                       p->red_flags->title,
                                       p->red_flags->message,
                                       p->advice[phase->advice.first].title,
                                       p->advice[phase->advice.first].text,
                                       p->goals[phase->goals.first].text};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        assert_true(rehab_text_equal(rehab_words_at(p, told[i], T("en")), T("Second")));
    assert_true(rehab_text_equal(rehab_text_at(p, p->head->id), T("sample")));
    assert_true(p->head->version == 1 && p->head->day_zero == REHAB_ONSET && p->head->sided == 1);
    assert_int_equal(phase->goals.count, 2);
    assert_true(rehab_text_equal(rehab_words_at(p, p->goals[phase->goals.first + 1].text, T("en")),
                                 T("Second")));
    assert_true(rehab_text_equal(rehab_text_at(p, p->sources[1].citation), T("A page")));
    assert_int_equal(phase->restrictions.count, 1);
    assert_true(
        rehab_text_equal(rehab_text_at(p, p->texts[phase->restrictions.first].text), T("running")));
    assert_true(rehab_text_equal(rehab_text_at(p, ice->id), T("ice")));
    assert_true(rehab_text_equal(rehab_text_at(p, p->sources[0].id), T("book")) &&
                rehab_text_equal(rehab_text_at(p, p->sources[0].citation), T("A book")));
    world_free(w);
}

static void members_that_contradict_are_refused(void **state)
{
    (void)state;
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->citation.sign_off = 2));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->floor = 2));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->trials = REHAB_MAX_TRIALS + 1, r->take = REHAB_TAKE_LAST,
            r->flags &= (uint8_t)~REHAB_PLAIN));
    CHANGE(REHAB_EXTRAS, rehab_extra_row, 0, (r->after_days = 2));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->expression = REHAB_CLEARED, r->flags &= (uint8_t)~REHAB_PLAIN,
            r->name = (uint16_t)rehab_count(&w->protocol, REHAB_CLEARANCES)));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->expression = REHAB_STATE, r->flags &= (uint8_t)~REHAB_PLAIN,
            r->name = (uint16_t)rehab_count(&w->protocol, REHAB_AUTOMATA)));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->expression = REHAB_PERCENTILE, r->flags &= (uint8_t)~REHAB_PLAIN,
            r->name = (uint16_t)rehab_count(&w->protocol, REHAB_NORMS)));
    CHANGE(REHAB_STRATA, rehab_stratum_row, 0, (r->ordered = 2));
    CHANGE(REHAB_PHASES, rehab_phase_row, 0, (r->track = rehab_count(&w->protocol, REHAB_TRACKS)));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->expression = REHAB_STRATUM, r->flags &= (uint8_t)~REHAB_PLAIN,
            r->name = (uint16_t)rehab_count(&w->protocol, REHAB_STRATA)));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, /* divided by what has sides */
           (r->over = (uint16_t)rehab_find_measure(&w->protocol, T("pain")), r->name = 0,
            r->flags &= (uint8_t)~REHAB_PLAIN));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, /* and by what has no unit */
           (r->over = (uint16_t)rehab_find_measure(&w->protocol, T("sudden")),
            r->name = (uint16_t)rehab_count(&w->protocol, REHAB_TEXTS),
            r->flags &= (uint8_t)~REHAB_PLAIN));
    CHANGE(REHAB_RULES, rehab_rule_row, 0, (r->nodes.count = r->criteria.count = 0));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->stance = REHAB_FOR_PROGRESS)); /* the flag's own rule says otherwise */
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->from = REHAB_PHASE));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->since = REHAB_SINCE_PHASE));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->by_stratum = 9));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->by.count = 1));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->measure = 99));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->flags |= REHAB_PLAIN));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->bound_nano = INT64_MAX));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->bound_nano = INT64_MIN));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->upper_nano = INT64_MIN));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->within_us = -1));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->negative = 1));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->expression = REHAB_RISE));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->expression = REHAB_CLEARED));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->expression = REHAB_STRATUM));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->expression = REHAB_REACHED));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0,
           (r->expression = REHAB_REACHED, r->flags &= (uint8_t)~REHAB_PLAIN, r->name = 3));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->expression = REHAB_CHANGE, r->over = 99));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, 0, (r->for_days = 2, r->for_observations = 2));
    CHANGE(REHAB_BOUNDS, rehab_bound_row, 0, (r->bound_nano = INT64_MAX));
    CHANGE(REHAB_MEASURES, rehab_measure_row, 0, (r->sided = 2));
    CHANGE(REHAB_MEASURES, rehab_measure_row, 0, (r->high_nano = INT64_MAX));
    CHANGE(REHAB_MEASURES, rehab_measure_row, 0, (r->labels.first = 99));
    CHANGE(REHAB_GATES, rehab_gate_row, 0, (r->move = REHAB_HOLD));
    CHANGE(REHAB_GATES, rehab_gate_row, 0, (r->from = 0));
    CHANGE(REHAB_GATES, rehab_gate_row, 1, (r->move = REHAB_COMPLETE));
    CHANGE(REHAB_GATES, rehab_gate_row, 0, (r->to = 3));
    CHANGE(REHAB_GATES, rehab_gate_row, 0, (r->deadline = 9));
    CHANGE(REHAB_GATES, rehab_gate_row, 1, (r->deadline = 0));
    CHANGE(REHAB_RED_FLAGS, rehab_red_flag_row, 0, (r->rule = 1));
    CHANGE(REHAB_RED_FLAGS, rehab_red_flag_row, 0, (r->level = 7));
    CHANGE(REHAB_ADVICE, rehab_advice_row, 0, (r->give = 0));
    CHANGE(REHAB_ADVICE, rehab_advice_row, 0, (r->withdraw = 0));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->gate = 0));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->progress = 0));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->progress_citation.source = 7));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->per_day = REHAB_MAX_OFTEN + 1));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->per_week = REHAB_MAX_OFTEN + 1));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->every_days = REHAB_MAX_OFTEN + 1));
    CHANGE(REHAB_PRESCRIPTIONS, rehab_prescription_row, 0, (r->activity = 2));
    struct world *sound = full();
    uint32_t limit = sound->protocol.limits[0].criterion;
    world_free(sound);
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, limit, (r->expression = REHAB_BEST));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, limit, (r->stance = REHAB_FOR_PROGRESS));
    CHANGE(REHAB_CRITERIA, rehab_criterion_row, limit, (r->op = REHAB_BETWEEN));
    CHANGE(REHAB_LIMITS, rehab_limit_row, 0, (r->cap = 2));
    CHANGE(REHAB_PHASES, rehab_phase_row, 1, (r->track = 1));
    CHANGE(REHAB_TRACKS, rehab_track_row, 0, (r->phases.count = 4));
    CHANGE(REHAB_TRACKS, rehab_track_row, 0, (r->phases.count = 0));
    CHANGE(REHAB_TRACKS, rehab_track_row, 0, (r->phases.first = UINT32_MAX));
    CHANGE(REHAB_WORDINGS, rehab_wording_row, 0, (r->text.size = UINT32_MAX));
}

/* Two of everything that is checked row by row. */
struct pairs {
    struct world *w;
    struct rehab_criterion leaves[12];
    struct rehab_phase ahead[2];
    struct rehab_track tracks[2];
    struct rehab_advice advice[2];
    struct rehab_prescription prescriptions[2];
    struct rehab_band band;
    struct rehab_zone zones[2];
    struct rehab_score scores[2];
    struct rehab_score_item item;
    struct rehab_score_band points;
    struct rehab_automaton automata[2];
    struct rehab_state_step steps[2];
};

static struct pairs *pairs(void)
{
    struct pairs *s = calloc(1, sizeof *s);
    assert_non_null(s);
    struct world *w = s->w = world();
    for (int i = 0; i < 12; i++)
        s->leaves[i] = leaf(i < 2 ? SUDDEN : PAIN, REHAB_EQ, 1);
    add_gate(w, REHAB_ADVANCE, &s->leaves[2]);
    add_gate(w, REHAB_HOLD, &s->leaves[3]);
    for (int i = 0; i < 2; i++) {
        w->flags[i] =
            (struct rehab_red_flag){.id = T(i ? "f" : "e"), .when = &s->leaves[i], .cleared_by = 1};
        s->ahead[i].id = T(i ? "fourth" : "fifth");
        s->advice[i] = (struct rehab_advice){.id = T(i ? "a" : "b"), .give = &s->leaves[4 + i]};
        s->prescriptions[i] = (struct rehab_prescription){
            .id = T(i ? "p" : "q"), .exercise = T("squat"), .gate = &s->leaves[6 + i]};
        s->zones[i].id = T(i ? "low" : "high");
        s->zones[i].comparison = (struct rehab_comparison){.is = i ? REHAB_LE : REHAB_GT};
        s->zones[i].comparison.value = number(3);
        s->scores[i] =
            (struct rehab_score){.id = T(i ? "s" : "t"), .items = &s->item, .item_count = 1};
        s->automata[i] = (struct rehab_automaton){.id = T(i ? "m" : "n"),
                                                  .of = T("pain"),
                                                  .start = T("on"),
                                                  .steps = s->steps,
                                                  .step_count = 2};
    }
    s->points.comparison = s->zones[0].comparison;
    s->points.points = number(1);
    for (int i = 0; i < 2; i++)
        s->steps[i] =
            (struct rehab_state_step){.comparison = s->zones[0].comparison, .to = T("off")};
    s->item = (struct rehab_score_item){.measure = T("pain"), .bands = &s->points, .band_count = 1};
    s->band = (struct rehab_band){.zones = s->zones, .zone_count = 2};
    s->band.reading = leaf(PAIN, REHAB_LT, 0);
    s->tracks[0] = w->track;
    s->tracks[1] = (struct rehab_track){.id = T("other"), .phases = s->ahead, .phase_count = 2};
    w->phases[1].advice = s->advice;
    w->phases[1].prescriptions = s->prescriptions;
    w->phases[1].bands = &s->band;
    w->phases[1].advice_count = w->phases[1].prescription_count = 2;
    w->phases[1].band_count = 1;
    w->document.tracks = s->tracks;
    w->document.scores = s->scores;
    w->document.automata = s->automata;
    w->document.track_count = w->document.score_count = w->document.automaton_count = 2;
    w->document.red_flag_count = 2;
    compile(w);
    return s;
}

#define CHANGE_LAST(table, type, statement)                                                        \
    do {                                                                                           \
        struct pairs *s = pairs();                                                                 \
        uint32_t last = rehab_count(&s->w->protocol, table) - 1;                                   \
        struct type *r = (void *)row_at(s->w, table, last, sizeof *r);                             \
        assert_in_range(last, 1, 100);                                                             \
        statement;                                                                                 \
        seal(s->w->block, s->w->size);                                                             \
        assert_int_equal(reopen(s->w), REHAB_BAD_BLOCK);                                           \
        world_free(s->w);                                                                          \
        free(s);                                                                                   \
    } while (0)

static void every_row_is_looked_at(void **state)
{
    (void)state;
    CHANGE_LAST(REHAB_CRITERIA, rehab_criterion_row, (r->by_stratum = 9));
    CHANGE_LAST(REHAB_ZONES, rehab_zone_row, (r->rule = 0));
    CHANGE_LAST(REHAB_SCORES, rehab_score_row, (r->items.count = 0));
    CHANGE_LAST(REHAB_AUTOMATA, rehab_automaton_row, (r->states.count = r->steps.count = 0));
    CHANGE_LAST(REHAB_AUTOMATA, rehab_automaton_row, (r->states.count = 1));
    CHANGE_LAST(REHAB_STATE_STEPS, rehab_state_step_row, (r->to = 2));
    CHANGE_LAST(REHAB_RULES, rehab_rule_row, (r->nodes.count = 0));
    CHANGE_LAST(REHAB_GATES, rehab_gate_row, (r->move = REHAB_ADVANCE));
    CHANGE_LAST(REHAB_RED_FLAGS, rehab_red_flag_row, (r->rule = 2));
    CHANGE_LAST(REHAB_ADVICE, rehab_advice_row, (r->give = 0));
    CHANGE_LAST(REHAB_PRESCRIPTIONS, rehab_prescription_row, (r->gate = 0));
    CHANGE_LAST(REHAB_TRACKS, rehab_track_row, (r->phases.first--));
    CHANGE_LAST(REHAB_PHASES, rehab_phase_row, (r->track = 0));
    struct pairs *s = pairs();
    assert_int_equal(rehab_find_phase(&s->w->protocol, 0, T("fifth")), REHAB_NONE);
    assert_int_equal(rehab_find_phase(&s->w->protocol, 1, T("third")), REHAB_NONE);
    assert_int_equal(rehab_find_phase(&s->w->protocol, 1, T("fourth")), 4);
    world_free(s->w);
    free(s);
}

/* The leaves of the gate over sessions: which row the n-th is. */
static struct rehab_criterion_row *session_row(struct world *w, uint32_t n)
{
    const struct rehab_gate_row *gate =
        (const void *)row_at(w, REHAB_GATES, n < 3 ? 2 : 3, sizeof *gate);
    const struct rehab_rule_row *rule =
        (const void *)row_at(w, REHAB_RULES, gate->rule, sizeof *rule);
    return (void *)row_at(w, REHAB_CRITERIA, rule->criteria.first + n % 3,
                          sizeof(struct rehab_criterion_row));
}

#define CHANGE_SESSION(n, statement)                                                               \
    do {                                                                                           \
        struct world *w = full();                                                                  \
        struct rehab_criterion_row *r = session_row(w, n);                                         \
        struct rehab_extra_row *x =                                                                \
            (void *)row_at(w, REHAB_EXTRAS, (n) < 3 ? (n)&1 : 2, sizeof *x);                       \
        (void)r;                                                                                   \
        statement;                                                                                 \
        seal(w->block, w->size);                                                                   \
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);                                              \
        world_free(w);                                                                             \
    } while (0)

static void sessions_that_are_none_are_refused(void **state)
{
    (void)state;
    CHANGE_SESSION(0, (r->activity = 2));
    CHANGE_SESSION(0, (r->activity = REHAB_NONE16));
    CHANGE_SESSION(0, (r->extra = 2));
    CHANGE_SESSION(0, (x->with_measure = 99));
    CHANGE_SESSION(0, (x->with_measure = (uint16_t)rehab_count(&w->protocol, REHAB_MEASURES)));
    CHANGE_SESSION(0, (x->with_op = REHAB_IN));
    CHANGE_SESSION(1, (x->failed = 0));
    CHANGE_SESSION(1, (r->expression = REHAB_ADHERENCE));
    CHANGE_SESSION(2, (r->activity = 2));
    CHANGE_SESSION(2, (r->trials = 2));
    CHANGE_SESSION(3, (r->activity = REHAB_NONE16));
    CHANGE_SESSION(3, (r->over = 0));
    CHANGE_SESSION(4, (r->activity = REHAB_NONE16));
    CHANGE_SESSION(4, (r->over = 99));
    CHANGE_SESSION(5, (r->extra = 0)); /* not a retest */
    CHANGE_SESSION(5, (x->until_us = 0));
    CHANGE_SESSION(5, (r->expression = REHAB_WORST));
}

/* What stood in which phase when a flag was raised is not known. */
static void flags_do_not_look_at_phases(void **state)
{
    (void)state;
    struct world *w = full();
    const struct rehab_red_flag_row *flag =
        (const void *)row_at(w, REHAB_RED_FLAGS, 0, sizeof *flag);
    const struct rehab_rule_row *rule =
        (const void *)row_at(w, REHAB_RULES, flag->rule, sizeof *rule);
    struct rehab_criterion_row *r =
        (void *)row_at(w, REHAB_CRITERIA, rule->criteria.first, sizeof *r);
    r->expression = REHAB_REACHED;
    r->name = 0;
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    world_free(w);
}

/* Two tracks, so that a phase can claim to be of the other. */
static void a_phase_belongs_to_one_track(void **state)
{
    (void)state;
    struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
    struct world *w = world();
    struct rehab_track tracks[2] = {w->track, w->track};
    tracks[1].id = T("other");
    tracks[1].phase_count = 1;
    w->document.tracks = tracks;
    w->document.track_count = 2;
    add_gate(w, REHAB_ADVANCE, &c);
    compile(w);
    struct rehab_phase_row *phase = (void *)row_at(w, REHAB_PHASES, 0, sizeof *phase);
    struct rehab_gate_row *gate = (void *)row_at(w, REHAB_GATES, 0, sizeof *gate);
    phase->track = 1;
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    phase->track = 0;
    gate->track = 1;
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    world_free(w);
}

/* The tree of the advance gate: 12 nodes, the root last; where it begins. */
static uint32_t gate_tree(struct world *w)
{
    const struct rehab_gate_row *gate = (const void *)row_at(w, REHAB_GATES, 0, sizeof *gate);
    const struct rehab_rule_row *rule =
        (const void *)row_at(w, REHAB_RULES, gate->rule, sizeof *rule);
    return rule->nodes.first;
}

#define CHANGE_NODE(i, statement)                                                                  \
    do {                                                                                           \
        struct world *w = full();                                                                  \
        struct rehab_node_row *r = (void *)row_at(w, REHAB_NODES, gate_tree(w) + (i), sizeof *r);  \
        statement;                                                                                 \
        seal(w->block, w->size);                                                                   \
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);                                              \
        world_free(w);                                                                             \
    } while (0)

/* 0 leaf, 1 leaf, 2 leaf, 3 not, 4 leaf, 5 leaf, 6 leaf, 7 leaf, 8 leaf, 9 same_occasion, 10 all */
enum { NEGATED = 2, NOT_NODE = 3, OCCASION = 9, ROOT = 10 };

static void negate(struct world *w, uint32_t criterion)
{
    struct rehab_criterion_row *row = (void *)row_at(w, REHAB_CRITERIA, criterion, sizeof *row);
    row->negative = 1;
}

static void nodes_that_make_no_tree_are_refused(void **state)
{
    (void)state;
    CHANGE_NODE(0, (r->parent = 0));
    CHANGE_NODE(4, (r->parent = 3));
    CHANGE_NODE(0, (r->parent = 99));
    CHANGE_NODE(0, (r->parent = 1));
    CHANGE_NODE(4, (r->parent = NOT_NODE, r->negative = 1, negate(w, r->criterion),
                    r[ROOT - 4].arity--, r[ROOT - 4].least--)); /* under what stands before it */
    CHANGE_NODE(OCCASION, (r->parent = OCCASION, r[1].arity--, r[1].least--));
    CHANGE_NODE(0, (r->parent = OCCASION));
    CHANGE_NODE(0, (r->first_leaf = 1));
    CHANGE_NODE(0, (r->criterion++));
    CHANGE_NODE(0, (r->criterion = REHAB_NONE));
    CHANGE_NODE(0, (r->negative = 1));
    CHANGE_NODE(NEGATED, (r->negative = 0));
    CHANGE_NODE(0, (r->kind = REHAB_ANY));
    CHANGE_NODE(ROOT, (r->kind = REHAB_LEAF));
    CHANGE_NODE(ROOT, (r->kind = REHAB_NOT));
    CHANGE_NODE(ROOT, (r->kind = REHAB_SAME_OCCASION));
    CHANGE_NODE(ROOT, (r->parent = 0));
    CHANGE_NODE(ROOT, (r->negative = 1));
    CHANGE_NODE(ROOT, (r->arity = 2));
    CHANGE_NODE(ROOT, (r->least = 0));
    CHANGE_NODE(ROOT, (r->least = 8));
    CHANGE_NODE(OCCASION, (r->first_leaf = 1));
    CHANGE_NODE(NOT_NODE, (r->kind = REHAB_SAME_OCCASION, r->first_leaf = 1));
    CHANGE_NODE(NOT_NODE, (r->kind = REHAB_ALL));
}

static struct world *judged_by(struct rehab_criterion *root, struct rehab_node_row **last)
{
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, root);
    compile(w);
    const struct rehab_head *head = (const void *)w->block;
    *last = (void *)row_at(w, REHAB_NODES, head->table[REHAB_NODES].count - 1, sizeof **last);
    return w;
}

/* A whole branch that says it stands under a `not`, leaves and all, where there is none. */
static void a_branch_is_under_not_only_where_one_stands(void **state)
{
    (void)state;
    struct rehab_criterion of[] = {leaf(PAIN, REHAB_LE, 3), leaf(BEND, REHAB_LE, 5)},
                           both[] = {group(REHAB_ANY, of, 2), leaf(FORCE, REHAB_GE, 9)},
                           all = group(REHAB_ALL, both, 2);
    struct rehab_node_row *last = NULL;
    struct world *w = judged_by(&all, &last);
    for (uint32_t i = 0; i < 2; i++) {
        struct rehab_criterion_row *r = (void *)row_at(w, REHAB_CRITERIA, i, sizeof *r);
        r->negative = 1;
    }
    for (int i = 2; i < 5; i++)
        last[-i].negative = 1;
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    world_free(w);
}

static void a_run_is_no_longer_than_it_may_be(void **state)
{
    (void)state;
    for (int days = 0; days < 2; days++) {
        struct rehab_criterion c = leaf(PAIN, REHAB_LE, 3);
        *(days ? &c.for_days : &c.for_observations) = REHAB_MAX_RUN;
        struct rehab_node_row *last = NULL;
        struct world *w = judged_by(&c, &last);
        struct rehab_criterion_row *r = (void *)row_at(w, REHAB_CRITERIA, 0, sizeof *r);
        assert_int_equal(reopen(w), REHAB_FINE);
        *(days ? &r->for_days : &r->for_observations) = REHAB_MAX_RUN + 1;
        seal(w->block, w->size);
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
        world_free(w);
    }
}

static void an_occasion_is_of_leaves(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct rehab_node_row *last = NULL;
        struct rehab_criterion a = leaf(PAIN, REHAB_LE, 3), no = group(REHAB_NOT, &a, 1);
        struct rehab_criterion of[3] = {no, leaf(FORCE, REHAB_GE, 3), leaf(BEND, REHAB_GE, 3)},
                               three[3] = {of[1], no, of[2]};
        struct rehab_criterion root = group(REHAB_ANY, i == 2 ? three : of, (uint32_t)i + 1);
        struct world *w = judged_by(&root, &last);
        last->kind = REHAB_SAME_OCCASION;
        seal(w->block, w->size);
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
        world_free(w);
    }
}

static void no_guard_is_of_one_occasion(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rehab_criterion of[2] = {leaf(FORCE, REHAB_GE, 3), leaf(BEND, REHAB_GE, 3)};
        struct rehab_criterion root = group(REHAB_ALL, of, 2);
        struct world *w = world();
        add_gate(w, i ? REHAB_HOLD : REHAB_ADVANCE, &root);
        compile(w);
        const struct rehab_head *head = (const void *)w->block;
        struct rehab_node_row *last =
            (void *)row_at(w, REHAB_NODES, head->table[REHAB_NODES].count - 1, sizeof *last);
        last->kind = REHAB_SAME_OCCASION;
        seal(w->block, w->size);
        assert_int_equal(reopen(w), i ? REHAB_BAD_BLOCK : REHAB_FINE);
        world_free(w);
    }
}

static void not_is_of_one(void **state)
{
    (void)state;
    struct rehab_node_row *last = NULL;
    struct rehab_criterion two[2] = {leaf(PAIN, REHAB_LE, 3), leaf(FORCE, REHAB_GE, 3)},
                           root = group(REHAB_ANY, two, 2);
    struct world *w = judged_by(&root, &last);
    last->kind = REHAB_NOT;
    for (uint32_t i = 0; i < 2; i++) {
        struct rehab_criterion_row *c = (void *)row_at(w, REHAB_CRITERIA, i, sizeof *c);
        c->negative = last[-1 - (int)i].negative = 1;
    }
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    world_free(w);
}

static void rules_have_a_limit(void **state)
{
    (void)state;
    struct rehab_criterion wide[80];
    for (int i = 0; i < 80; i++)
        wide[i] = leaf(PAIN, REHAB_LE, 3);
    struct rehab_criterion a = group(REHAB_ALL, wide, 40), b = group(REHAB_ALL, wide + 40, 40);
    struct world *w = world();
    add_gate(w, REHAB_ADVANCE, &a);
    add_gate(w, REHAB_COMPLETE, &b);
    compile(w);
    struct rehab_rule_row *rule = (void *)row_at(w, REHAB_RULES, 0, sizeof *rule);
    rule->nodes.count = 65;
    seal(w->block, w->size);
    assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
    world_free(w);
}

static void rules_have_nodes_and_leaves(void **state)
{
    (void)state;
    CHANGE(REHAB_RULES, rehab_rule_row, 0, (r->nodes.count = 0));
    CHANGE(REHAB_RULES, rehab_rule_row, 0, (r->criteria.count = 0));
    CHANGE(REHAB_RULES, rehab_rule_row, 0, (r->criteria.count = 2));
    CHANGE(REHAB_RULES, rehab_rule_row, 0, (r->nodes.count = 65));
}

static void heads_are_checked(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        struct world *w = full();
        struct rehab_head *head = (void *)w->block;
        if (i == 0) head->magic++;
        if (i == 1) head->format++;
        if (i == 2) head->table[3].at += 8;
        if (i == 3) head->table[REHAB_CHARACTERS].count = 1;
        if (i == 4) head->table[REHAB_CHARACTERS].count = UINT32_MAX;
        if (i == 5) head->title.first = 99;
        if (i == 6) head->id.size = UINT32_MAX;
        seal(w->block, w->size);
        assert_int_equal(reopen(w), REHAB_BAD_BLOCK);
        world_free(w);
    }
}

/* ---- looking into it ---- */

static void words_come_in_a_language(void **state)
{
    (void)state;
    struct world *w = full();
    uint32_t pain = rehab_find_measure(&w->protocol, T("pain"));
    struct rehab_range name = w->protocol.measures[pain].name;
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("es")), T("dolor")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("en")), T("pain")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("fr")), T("pain")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("es-MX")), T("dolor")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("EN-gb")), T("pain")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("e")), T("pain")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("est")), T("pain")));
    name.count = 1; /* Spanish only */
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("fr")), T("dolor")));
    name.count = 0;
    assert_int_equal(rehab_words_at(&w->protocol, name, T("fr")).size, 0);
    world_free(w);
    const struct rehab_wording three[] = {
        {T("fr"), T("douleur")}, {T("de"), T("Schmerz")}, {T("es"), T("dolor")}};
    struct rehab_measure own[SAMPLE_MEASURES];
    memcpy(own, sample_measures, sizeof own);
    const struct rehab_wording two[] = {{T("en"), T("strength")}, {T("es"), T("fuerza")}};
    own[PAIN].name = (struct rehab_words){three, 3};
    own[FORCE].name = (struct rehab_words){two, 2};
    w = world();
    w->document.measures = own;
    struct rehab_criterion c[] = {leaf(PAIN, REHAB_LE, 3), leaf(FORCE, REHAB_GE, 3)},
                           all = group(REHAB_ALL, c, 2);
    add_gate(w, REHAB_ADVANCE, &all);
    compile(w);
    name = w->protocol.measures[rehab_find_measure(&w->protocol, T("force"))].name;
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("es-MX")), T("fuerza")));
    name = w->protocol.measures[rehab_find_measure(&w->protocol, T("pain"))].name;
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("es")), T("dolor")));
    assert_true(rehab_text_equal(rehab_words_at(&w->protocol, name, T("it")), T("douleur")));
    world_free(w);
}

static void rows_are_found_by_name(void **state)
{
    (void)state;
    struct world *w = full();
    assert_int_equal(rehab_find_clearance(&w->protocol, T("run")), 0);
    assert_int_equal(rehab_find_clearance(&w->protocol, T("jump")), REHAB_NONE);
    assert_int_equal(rehab_find_stratum(&w->protocol, T("grade")), 0);
    assert_int_equal(rehab_find_stratum_value(&w->protocol, 0, T("3")), 2);
    assert_int_equal(rehab_find_stratum_value(&w->protocol, 0, T("4")), REHAB_NONE);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(every_size_but_its_own_is_refused),
        cmocka_unit_test(nothing_behind_is_touched),
        cmocka_unit_test(forged_blocks_do_no_harm),
        cmocka_unit_test(forged_words_do_no_harm),
        cmocka_unit_test(every_row_is_looked_at),
        cmocka_unit_test(all_that_is_told_is_written),
        cmocka_unit_test(members_that_contradict_are_refused),
        cmocka_unit_test(sessions_that_are_none_are_refused),
        cmocka_unit_test(flags_do_not_look_at_phases),
        cmocka_unit_test(a_phase_belongs_to_one_track),
        cmocka_unit_test(nodes_that_make_no_tree_are_refused),
        cmocka_unit_test(a_branch_is_under_not_only_where_one_stands),
        cmocka_unit_test(a_run_is_no_longer_than_it_may_be),
        cmocka_unit_test(an_occasion_is_of_leaves),
        cmocka_unit_test(no_guard_is_of_one_occasion),
        cmocka_unit_test(not_is_of_one),
        cmocka_unit_test(rules_have_a_limit),
        cmocka_unit_test(rules_have_nodes_and_leaves),
        cmocka_unit_test(heads_are_checked),
        cmocka_unit_test(words_come_in_a_language),
        cmocka_unit_test(rows_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
