/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts in words. All words stand in one table by language; what is written around them is the
 * same for every kind:
 *
 *   <what is looked at> is <value>, needs <bound><conditions>: <verdict>.
 *
 * Arrays of characters, not of pointers, so that the code needs no relocation. */
#include "core.h"

enum phrase {
    P_WORST,
    P_BEST,
    P_SYMMETRY,
    P_DIFFERENCE,
    P_ASYMMETRY,
    P_CHANGE,
    P_IMPROVEMENT,
    P_SINCE_BASELINE,
    P_SINCE_PREVIOUS,
    P_SINCE_PHASE,
    P_SINCE_AGO,
    P_OF_BASELINE,
    P_OF_PREVIOUS,
    P_OF_PHASE,
    P_OF_AGO,
    P_COMMA,
    P_RISE,
    P_OVER,
    P_TIME_IN_PHASE,
    P_TIME_IN_EPISODE,
    P_TIME_SINCE_ONSET,
    P_TIME_SINCE_SURGERY,
    P_CLEARANCE,
    P_REACHED,
    P_OF,
    P_OTHER_SIDE,
    P_IS,
    P_NEEDS,
    P_MUST_BE,
    P_YES,
    P_NO,
    P_OR,
    P_LESS,
    P_AT_MOST,
    P_NOT,
    P_AT_LEAST,
    P_MORE,
    P_BETWEEN,
    P_AND,
    P_ON_DAYS,
    P_TIMES,
    P_DAYS_RUN,
    P_OBSERVATIONS_RUN,
    P_NOTHING,
    P_DEPENDS,
    P_DAYS,
    P_HOURS,
    P_DAY,
    P_HOUR,
    P_REASONS,
    P_VERDICTS = P_REASONS + REHAB_REASON_COUNT,
    P_COUNT = P_VERDICTS + REHAB_VERDICT_COUNT
};

enum { PHRASE_SIZE = 64, LANGUAGES = 1 };

static const char LANGUAGE[LANGUAGES][3] = {"en"};

static const char PHRASE[LANGUAGES][P_COUNT][PHRASE_SIZE] = {{
    [P_WORST] = "worst ",
    [P_BEST] = "best ",
    [P_SYMMETRY] = ", involved side against the other,",
    [P_DIFFERENCE] = ", difference between the sides,",
    [P_ASYMMETRY] = ", asymmetry of the sides,",
    [P_CHANGE] = ", change",
    [P_IMPROVEMENT] = ", improvement",
    [P_SINCE_BASELINE] = " since the first value,",
    [P_SINCE_PREVIOUS] = " since the value before,",
    [P_SINCE_PHASE] = " in this phase,",
    [P_SINCE_AGO] = " over at least ",
    [P_OF_BASELINE] = ", against the first value,",
    [P_OF_PREVIOUS] = ", against the value before,",
    [P_OF_PHASE] = ", against the first value of this phase,",
    [P_OF_AGO] = ", against the value before the last ",
    [P_COMMA] = ",",
    [P_RISE] = ", rise over ",
    [P_OVER] = " before,",
    [P_TIME_IN_PHASE] = "time in this phase",
    [P_TIME_IN_EPISODE] = "time since care began",
    [P_TIME_SINCE_ONSET] = "time since onset",
    [P_TIME_SINCE_SURGERY] = "time since surgery",
    [P_CLEARANCE] = "clearance ",
    [P_REACHED] = "having reached ",
    [P_OF] = " of ",
    [P_OTHER_SIDE] = " of the other side",
    [P_IS] = " is ",
    [P_NEEDS] = " needs ",
    [P_MUST_BE] = " must be ",
    [P_YES] = "yes",
    [P_NO] = "no",
    [P_OR] = " or ",
    [P_LESS] = "less than ",
    [P_AT_MOST] = "at most ",
    [P_NOT] = "other than ",
    [P_AT_LEAST] = "at least ",
    [P_MORE] = "more than ",
    [P_BETWEEN] = "between ",
    [P_AND] = " and ",
    [P_ON_DAYS] = " on ",
    [P_TIMES] = ", ",
    [P_DAYS_RUN] = " days in a row",
    [P_OBSERVATIONS_RUN] = " times in a row",
    [P_NOTHING] = "",
    [P_DEPENDS] = "a bound for this patient's group",
    [P_DAYS] = " days",
    [P_HOURS] = " hours",
    [P_DAY] = " day",
    [P_HOUR] = " hour",
    [P_REASONS + REHAB_REASON_NONE] = "",
    [P_REASONS + REHAB_REASON_MISSING] = "it has not been observed",
    [P_REASONS + REHAB_REASON_STALE] = "the last value is too old",
    [P_REASONS + REHAB_REASON_INVALID] = "what was observed cannot be used",
    [P_REASONS + REHAB_REASON_UNQUALIFIED] = "it was not observed under the conditions asked for",
    [P_REASONS + REHAB_REASON_SIDE_MISSING] = "the other side was not measured with it",
    [P_REASONS + REHAB_REASON_ZERO_REFERENCE] =
        "there is nothing to compare with: the value is zero",
    [P_REASONS + REHAB_REASON_TOO_FEW_DAYS] = "not observed often enough in a row",
    [P_REASONS + REHAB_REASON_NOT_YET] = "the time has not passed yet",
    [P_REASONS + REHAB_REASON_BASELINE_MISSING] = "there is no earlier value to compare with",
    [P_REASONS + REHAB_REASON_STRATUM_MISSING] = "the patient's group is not known",
    [P_REASONS + REHAB_REASON_NOT_CLEARED] = "nobody who may has cleared it",
    [P_REASONS + REHAB_REASON_EVENT_MISSING] = "the date is not known",
    [P_REASONS + REHAB_REASON_DIFFERENT_OCCASION] =
        "it is not from the same occasion as the others",
    [P_REASONS + REHAB_REASON_DIFFERENT_ASSESSOR] = "the two values were not taken by one person",
    [P_REASONS + REHAB_REASON_ABOVE] = "it is more than it may be, take care",
    [P_VERDICTS + REHAB_NOT_MET] = "not met",
    [P_VERDICTS + REHAB_UNKNOWN] = "not known",
    [P_VERDICTS + REHAB_MET] = "met",
}};

/* Where the words go. */
struct pen {
    const struct rehab_protocol *p;
    struct rehab_text language;
    uint32_t table; /* of PHRASE */
    char *at;
    uint32_t used, size;
};

static void put(struct pen *pen, struct rehab_text text)
{
    uint32_t room = pen->size - pen->used, size = text.size < room ? text.size : room;
    if (size == 0) return;
    memcpy(pen->at + pen->used, text.at, size);
    pen->used += size;
}

static void put_phrase(struct pen *pen, uint32_t phrase)
{
    const char *words = PHRASE[pen->table][phrase];
    uint32_t size = 0;
    while (words[size] != '\0')
        size++;
    put(pen, (struct rehab_text){words, size});
}

static void put_number(struct pen *pen, int64_t nano)
{
    char digits[REHAB_QUANTITY_TEXT];
    put(pen, (struct rehab_text){digits, rehab_write_quantity(nano, digits)});
}

/* A name at most as long as leaves room for the rest; cut where a character begins. */
static void put_name(struct pen *pen, struct rehab_text name)
{
    const uint32_t most = 96;
    if (name.size > most) {
        name.size = most;
        while (name.size > 0 && ((unsigned char)name.at[name.size] & 0xc0) == 0x80)
            name.size--;
    }
    put(pen, name);
}

static void put_measure(struct pen *pen, uint32_t measure)
{
    const struct rehab_measure_row *m = &pen->p->measures[measure];
    struct rehab_text name = rehab_words_at(pen->p, m->name, pen->language);
    put_name(pen, name.size > 0 ? name : rehab_text_at(pen->p, m->code));
}

/* Days or hours of a criterion, rounded down. */
static void put_time(struct pen *pen, int64_t us, bool days)
{
    int64_t count = us / (days ? REHAB_DAY : REHAB_HOUR);
    put_number(pen, count * REHAB_SCALE);
    if (days) {
        put_phrase(pen, count == 1 ? P_DAY : P_DAYS);
    } else {
        put_phrase(pen, count == 1 ? P_HOUR : P_HOURS);
    }
}

/* What the newest value is held against. */
static void put_since(struct pen *pen, const struct rehab_criterion_row *row)
{
    static const uint8_t SINCE[2][REHAB_ANCHOR_COUNT] = {{[REHAB_BASELINE] = P_SINCE_BASELINE,
                                                          [REHAB_PREVIOUS] = P_SINCE_PREVIOUS,
                                                          [REHAB_PHASE] = P_SINCE_PHASE,
                                                          [REHAB_AGO] = P_SINCE_AGO},
                                                         {[REHAB_BASELINE] = P_OF_BASELINE,
                                                          [REHAB_PREVIOUS] = P_OF_PREVIOUS,
                                                          [REHAB_PHASE] = P_OF_PHASE,
                                                          [REHAB_AGO] = P_OF_AGO}};
    put_phrase(pen, SINCE[row->expression == REHAB_PERCENT_OF][row->from]);
    if (row->from != REHAB_AGO) return;
    put_time(pen, row->apart_us, (row->flags & REHAB_APART_DAYS) != 0);
    put_phrase(pen, P_COMMA);
}

/* A phase by its title; of which track, where there are several. */
static void put_reached(struct pen *pen, const struct rehab_phase_row *phase)
{
    struct rehab_text title = rehab_words_at(pen->p, phase->title, pen->language);
    put_phrase(pen, P_REACHED);
    put_name(pen, title.size > 0 ? title : rehab_text_at(pen->p, phase->id));
    if (rehab_count(pen->p, REHAB_TRACKS) == 1) return;
    put_phrase(pen, P_OF);
    put_name(pen, rehab_text_at(pen->p, pen->p->tracks[phase->track].id));
}

/* What a criterion looks at. */
static void put_subject(struct pen *pen, const struct rehab_criterion_row *row)
{
    static const uint8_t AFTER[REHAB_EXPRESSION_COUNT] = {[REHAB_SYMMETRY] = P_SYMMETRY,
                                                          [REHAB_DIFFERENCE] = P_DIFFERENCE,
                                                          [REHAB_ASYMMETRY] = P_ASYMMETRY,
                                                          [REHAB_CHANGE] = P_CHANGE,
                                                          [REHAB_IMPROVEMENT] = P_IMPROVEMENT};
    static const uint8_t TIME[REHAB_ANCHOR_COUNT] = {[REHAB_PHASE] = P_TIME_IN_PHASE,
                                                     [REHAB_EPISODE] = P_TIME_IN_EPISODE,
                                                     [REHAB_ONSET] = P_TIME_SINCE_ONSET,
                                                     [REHAB_SURGERY] = P_TIME_SINCE_SURGERY};
    if (row->expression == REHAB_ELAPSED) {
        put_phrase(pen, TIME[row->from]);
    } else if (row->expression == REHAB_CLEARED) {
        put_phrase(pen, P_CLEARANCE);
        put_name(pen, rehab_text_at(pen->p, pen->p->clearances[row->name].text));
    } else if (row->expression == REHAB_STRATUM) {
        put_name(pen, rehab_text_at(pen->p, pen->p->strata[row->name].id));
    } else if (row->expression == REHAB_REACHED) {
        put_reached(pen, &pen->p->phases[row->name]);
    } else {
        if (row->expression == REHAB_WORST) put_phrase(pen, P_WORST);
        if (row->expression == REHAB_BEST) put_phrase(pen, P_BEST);
        put_measure(pen, row->measure);
        if (row->side == REHAB_OTHER) put_phrase(pen, P_OTHER_SIDE);
        if (AFTER[row->expression] > 0) put_phrase(pen, AFTER[row->expression]);
        if (rehab_is_since(row->expression)) put_since(pen, row);
        if (row->expression != REHAB_RISE) return;
        put_phrase(pen, P_RISE);
        put_measure(pen, row->over);
        put_phrase(pen, P_OVER);
    }
}

/* A unit as people write it: "{score}" and its like are not written. */
static void put_unit(struct pen *pen, uint32_t criterion, int64_t nano)
{
    enum rehab_scale scale = rehab_criterion_scale(pen->p, criterion);
    struct rehab_text unit = rehab_criterion_unit(pen->p, criterion);
    if (scale == REHAB_IN_DAYS) {
        put_phrase(pen, nano == REHAB_SCALE ? P_DAY : P_DAYS);
    } else if (scale == REHAB_IN_HOURS) {
        put_phrase(pen, nano == REHAB_SCALE ? P_HOUR : P_HOURS);
    } else if (unit.size > 0 && unit.at[0] != '{') {
        put(pen, REHAB_LITERAL(" "));
        put(pen, unit);
    }
}

/* A value or bound in the criterion's scale. */
static void put_amount(struct pen *pen, uint32_t criterion, int64_t nano)
{
    enum rehab_scale scale = rehab_criterion_scale(pen->p, criterion);
    if (scale == REHAB_IN_TRUTH) {
        put_phrase(pen, nano != 0 ? P_YES : P_NO);
    } else if (scale == REHAB_IN_LABELS) {
        put_name(pen, rehab_criterion_label(pen->p, criterion, nano));
    } else {
        put_number(pen, nano);
        put_unit(pen, criterion, nano);
    }
}

static void put_set(struct pen *pen, uint32_t criterion, uint64_t set)
{
    bool first = true;
    for (uint32_t i = 0; i < REHAB_MAX_LABELS; i++) {
        if ((set >> i & 1) == 0) continue;
        if (!first) put_phrase(pen, P_OR);
        put_amount(pen, criterion, i * REHAB_SCALE);
        first = false;
    }
}

static void put_run(struct pen *pen, const struct rehab_criterion_row *row)
{
    uint32_t n = row->for_days + row->for_observations;
    if (n == 0) return;
    put_phrase(pen, row->for_days > 0 ? P_ON_DAYS : P_TIMES);
    put_number(pen, n * REHAB_SCALE);
    put_phrase(pen, row->for_days > 0 ? P_DAYS_RUN : P_OBSERVATIONS_RUN);
}

/* What is asked for. */
static void put_bound(struct pen *pen, const struct rehab_finding *f)
{
    static const uint8_t BEFORE[REHAB_OP_COUNT] = {
        [REHAB_LT] = P_LESS,         [REHAB_LE] = P_AT_MOST,  [REHAB_EQ] = P_NOTHING,
        [REHAB_NE] = P_NOT,          [REHAB_GE] = P_AT_LEAST, [REHAB_GT] = P_MORE,
        [REHAB_BETWEEN] = P_BETWEEN, [REHAB_IN] = P_NOTHING};
    const struct rehab_criterion_row *row = &pen->p->criteria[f->criterion];
    int64_t bound = 0;
    if (!f->has_bound) {
        put_phrase(pen, P_DEPENDS);
        return;
    }
    put_phrase(pen, BEFORE[row->op]);
    if (rehab_finding_bound(pen->p, f, &bound)) {
        put_amount(pen, f->criterion, bound);
    } else {
        put_set(pen, f->criterion, (uint64_t)f->bound_nano);
    }
    if (row->op == REHAB_BETWEEN) {
        put_phrase(pen, P_AND);
        put_amount(pen, f->criterion, row->upper_nano);
    }
    put_run(pen, row);
}

/* The first letter of a sentence. */
static void begin(struct pen *pen)
{
    if (pen->used > 0 && pen->at[0] >= 'a' && pen->at[0] <= 'z')
        pen->at[0] = (char)(pen->at[0] - 'a' + 'A');
}

static struct pen take_pen(const struct rehab_protocol *p, struct rehab_text language, char *buffer,
                           uint32_t size)
{
    struct pen pen = {p,      language, 0,
                      buffer, 0,        size < REHAB_SENTENCE_MAX ? size : REHAB_SENTENCE_MAX};
    for (uint32_t i = 0; i < LANGUAGES; i++) {
        if (rehab_text_equal(language, (struct rehab_text){LANGUAGE[i], 2})) pen.table = i;
    }
    return pen;
}

uint32_t rehab_sentence(const struct rehab_protocol *p, const struct rehab_finding *finding,
                        struct rehab_text language, char *buffer, uint32_t size)
{
    struct pen pen = take_pen(p, language, buffer, size);
    int64_t value = 0;
    put_subject(&pen, &p->criteria[finding->criterion]);
    begin(&pen);
    if (rehab_finding_value(p, finding, &value)) {
        put_phrase(&pen, P_IS);
        put_amount(&pen, finding->criterion, value);
        put(&pen, REHAB_LITERAL(","));
    }
    put_phrase(&pen, P_NEEDS);
    put_bound(&pen, finding);
    put(&pen, REHAB_LITERAL(": "));
    put_phrase(&pen, P_VERDICTS + (uint32_t)finding->verdict);
    if (finding->reason != REHAB_REASON_NONE) put(&pen, REHAB_LITERAL(", "));
    put_phrase(&pen, P_REASONS + (uint32_t)finding->reason);
    put(&pen, REHAB_LITERAL("."));
    return pen.used;
}

uint32_t rehab_requirement(const struct rehab_protocol *p, uint32_t criterion,
                           struct rehab_text language, char *buffer, uint32_t size)
{
    struct pen pen = take_pen(p, language, buffer, size);
    struct rehab_finding bare = {
        .criterion = criterion, .has_bound = 1, .bound_nano = p->criteria[criterion].bound_nano};
    put_subject(&pen, &p->criteria[criterion]);
    begin(&pen);
    put_phrase(&pen, P_MUST_BE);
    put_bound(&pen, &bare);
    put(&pen, REHAB_LITERAL("."));
    return pen.used;
}
