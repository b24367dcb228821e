/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts in words. All words are rows of phrase.def; what is made of them is the same for every
 * kind and in every language:
 *
 *   <what is looked at> is <value>, needs <bound><conditions>: <verdict>, <reason>.
 *   <what is looked at>: <value>; requisito: <bound><conditions>; <verdict>: <reason>. */
#include "core.h"

/* Where the words go. */
struct pen {
    const struct rehab_protocol *p;
    struct rehab_text language;
    uint32_t spoken; /* the language of the phrases */
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

static void put_phrase(struct pen *pen, enum rehab_phrase phrase)
{
    put(pen, rehab_phrase(phrase, pen->spoken));
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

/* As it is called; as its term calls it; else its key. */
static void put_called(struct pen *pen, struct rehab_range words, struct rehab_text key)
{
    uint32_t term = words.count > 0 ? REHAB_NONE : rehab_find_term(pen->p, key);
    if (term != REHAB_NONE) words = pen->p->terms[term].words;
    struct rehab_text name = rehab_words_at(pen->p, words, pen->language);
    put_name(pen, name.size > 0 ? name : key);
}

static void put_titled(struct pen *pen, struct rehab_range title, struct rehab_ref id)
{
    put_called(pen, title, rehab_text_at(pen->p, id));
}

static void put_key(struct pen *pen, struct rehab_text key)
{
    put_called(pen, (struct rehab_range){0, 0}, key);
}

static void put_measure(struct pen *pen, uint32_t measure)
{
    const struct rehab_measure_row *m = &pen->p->measures[measure];
    put_titled(pen, m->name, m->code);
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
    static const uint8_t SINCE[2][REHAB_ANCHOR_COUNT] = {
        {[REHAB_BASELINE] = P_SINCE_BASELINE,
         [REHAB_PREVIOUS] = P_SINCE_PREVIOUS,
         [REHAB_PHASE] = P_SINCE_PHASE,
         [REHAB_AGO] = P_SINCE_AGO,
         [REHAB_PRE_ONSET] = P_SINCE_PRE_ONSET,
         [REHAB_PRE_SURGERY] = P_SINCE_PRE_SURGERY},
        {[REHAB_BASELINE] = P_OF_BASELINE,
         [REHAB_PREVIOUS] = P_OF_PREVIOUS,
         [REHAB_PHASE] = P_OF_PHASE,
         [REHAB_AGO] = P_OF_AGO,
         [REHAB_PRE_ONSET] = P_OF_PRE_ONSET,
         [REHAB_PRE_SURGERY] = P_OF_PRE_SURGERY}};
    bool of = row->expression == REHAB_PERCENT_OF;
    put_phrase(pen, SINCE[of][row->from]);
    if (row->from != REHAB_AGO) return;
    put_time(pen, row->apart_us, (row->flags & REHAB_APART_DAYS) != 0);
    put_phrase(pen, of ? P_OF_AGO_END : P_SINCE_AGO_END);
}

static void put_activity(struct pen *pen, uint16_t activity)
{
    if (activity == REHAB_ANY_ACTIVITY) {
        put_phrase(pen, P_ANY_ACTIVITY);
    } else {
        const struct rehab_activity_row *a = &pen->p->activities[activity];
        put_titled(pen, a->title, a->id);
    }
    put_phrase(pen, P_ACTIVITY_END);
}

/* A phase by its title; of which track, where there are several. */
static void put_reached(struct pen *pen, const struct rehab_phase_row *phase)
{
    put_phrase(pen, P_REACHED);
    put_titled(pen, phase->title, phase->id);
    if (rehab_count(pen->p, REHAB_TRACKS) == 1) return;
    put_phrase(pen, P_OF);
    put_key(pen, rehab_text_at(pen->p, pen->p->tracks[phase->track].id));
}

/* What stands before a bound, by operator. */
static const uint8_t BEFORE[REHAB_OP_COUNT] = {
    [REHAB_LT] = P_LESS,         [REHAB_LE] = P_AT_MOST,  [REHAB_EQ] = P_NOTHING,
    [REHAB_NE] = P_NOT,          [REHAB_GE] = P_AT_LEAST, [REHAB_GT] = P_MORE,
    [REHAB_BETWEEN] = P_BETWEEN, [REHAB_IN] = P_NOTHING};

/* What a session must have shown: a value of any kind of measure. */
static void put_with(struct pen *pen, const struct rehab_extra_row *x)
{
    const struct rehab_measure_row *m = &pen->p->measures[x->with_measure];
    put_phrase(pen, P_WITH);
    put_measure(pen, x->with_measure);
    put_phrase(pen, P_WITH_BOUND);
    put_phrase(pen, BEFORE[x->with_op]);
    if (m->kind == REHAB_BOOLEAN) {
        put_phrase(pen, x->with_nano != 0 ? P_YES : P_NO);
    } else if (m->kind == REHAB_ORDINAL) {
        put_key(pen, rehab_label_at(pen->p, m->labels, x->with_nano));
    } else {
        put_number(pen, x->with_nano);
    }
}

/* On which occasion it was observed, and what of several trials counts. */
static void put_occasion(struct pen *pen, const struct rehab_criterion_row *row)
{
    static const uint8_t DURING[REHAB_EXPRESSION_COUNT] = {
        [REHAB_SETTLE] = P_SETTLE, [REHAB_NEXT_MORNING] = P_NEXT_MORNING};
    static const uint8_t TAKE[REHAB_TAKE_COUNT] = {[REHAB_TAKE_BEST] = P_TRIALS_BEST,
                                                   [REHAB_TAKE_MEAN] = P_TRIALS_MEAN,
                                                   [REHAB_TAKE_MEDIAN] = P_TRIALS_MEDIAN,
                                                   [REHAB_TAKE_LAST] = P_TRIALS_LAST};
    bool after = rehab_is_aftermath(row->expression);
    if (row->activity != REHAB_NONE16) {
        put_phrase(pen, after ? DURING[row->expression] : P_DURING);
        put_activity(pen, row->activity);
    }
    if (after && row->over == REHAB_NONE16) put_phrase(pen, P_AFTERMATH_END);
    if (row->trials == 0) return;
    put_phrase(pen, TAKE[row->take]);
    put_number(pen, row->trials * REHAB_SCALE);
    put_phrase(pen, row->trials == 1 ? P_TRIAL_END : P_TRIALS_END);
}

/* Sessions themselves. */
static void put_sessions(struct pen *pen, const struct rehab_criterion_row *row)
{
    if (row->expression == REHAB_SESSIONS) put_phrase(pen, P_SESSIONS);
    if (row->expression == REHAB_ADHERENCE) put_phrase(pen, P_ADHERENCE);
    if (row->expression == REHAB_SPACING)
        put_phrase(pen, row->extra == REHAB_NONE ? P_SPACING : P_FAILED_SPACING);
    put_activity(pen, row->activity);
    if (row->expression == REHAB_SESSIONS && row->extra != REHAB_NONE)
        put_with(pen, &pen->p->extras[row->extra]);
}

/* What a criterion looks at. */
static void put_subject(struct pen *pen, const struct rehab_criterion_row *row)
{
    static const uint8_t AFTER[REHAB_EXPRESSION_COUNT] = {
        [REHAB_SYMMETRY] = P_SYMMETRY,       [REHAB_DIFFERENCE] = P_DIFFERENCE,
        [REHAB_ASYMMETRY] = P_ASYMMETRY,     [REHAB_CHANGE] = P_CHANGE,
        [REHAB_IMPROVEMENT] = P_IMPROVEMENT, [REHAB_PERCENTILE] = P_PERCENTILE,
        [REHAB_RECORDED] = P_RECORDED};
    static const uint8_t TIME[REHAB_ANCHOR_COUNT] = {[REHAB_PHASE] = P_TIME_IN_PHASE,
                                                     [REHAB_EPISODE] = P_TIME_IN_EPISODE,
                                                     [REHAB_ONSET] = P_TIME_SINCE_ONSET,
                                                     [REHAB_SURGERY] = P_TIME_SINCE_SURGERY};
    if (row->expression == REHAB_AGE) {
        put_phrase(pen, P_AGE);
    } else if (row->expression == REHAB_SCORE) {
        put_titled(pen, pen->p->scores[row->name].title, pen->p->scores[row->name].id);
    } else if (row->expression == REHAB_STATE) {
        put_titled(pen, pen->p->automata[row->name].title, pen->p->automata[row->name].id);
    } else if (row->expression == REHAB_ELAPSED) {
        put_phrase(pen, TIME[row->from]);
    } else if (row->expression == REHAB_CLEARED) {
        put_phrase(pen, P_CLEARANCE);
        put_key(pen, rehab_text_at(pen->p, pen->p->clearances[row->name].text));
    } else if (row->expression == REHAB_STRATUM) {
        put_key(pen, rehab_text_at(pen->p, pen->p->strata[row->name].id));
    } else if (row->expression == REHAB_REACHED) {
        put_reached(pen, &pen->p->phases[row->name]);
    } else if (rehab_is_of_sessions(row->expression)) {
        put_sessions(pen, row);
    } else {
        if (row->expression == REHAB_WORST) put_phrase(pen, P_WORST);
        if (row->expression == REHAB_BEST) put_phrase(pen, P_BEST);
        put_measure(pen, row->measure);
        if (row->side == REHAB_OTHER) put_phrase(pen, P_OTHER_SIDE);
        if (rehab_is_quotient(row)) {
            put_phrase(pen, P_PER);
            put_measure(pen, row->over);
            put_phrase(pen, P_SINCE_AGO_END);
        }
        put_occasion(pen, row);
        if (AFTER[row->expression] > 0) put_phrase(pen, AFTER[row->expression]);
        if (rehab_is_since(row->expression)) put_since(pen, row);
        if (row->expression < REHAB_RISE || row->over == REHAB_NONE16) return;
        put_phrase(pen, P_RISE);
        put_measure(pen, row->over);
        put_phrase(pen, P_RISE_END);
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
    } else if (scale == REHAB_IN_YEARS) {
        put_phrase(pen, nano == REHAB_SCALE ? P_YEAR : P_YEARS);
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
        put_key(pen, rehab_criterion_label(pen->p, criterion, nano));
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
    bool days = row->for_days > 0;
    put_phrase(pen, days ? P_ON_DAYS : P_IN_OBSERVATIONS);
    put_number(pen, n * REHAB_SCALE);
    if (n == 1) put_phrase(pen, days ? P_DAY_RUN : P_OBSERVATION_RUN);
    if (n > 1) put_phrase(pen, days ? P_DAYS_RUN : P_OBSERVATIONS_RUN);
}

/* What is asked for. */
static void put_bound(struct pen *pen, const struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &pen->p->criteria[f->criterion];
    int64_t bound = 0;
    if (!f->has_bound) {
        put_phrase(pen, P_DEPENDS);
        put_key(pen, rehab_text_at(pen->p, pen->p->strata[row->by_stratum].id));
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

/* The first letter of a sentence, also one of Latin-1's letters with two bytes in UTF-8. */
static void begin(struct pen *pen)
{
    if (pen->used == 0) return;
    unsigned char first = (unsigned char)pen->at[0];
    if (first >= 'a' && first <= 'z') pen->at[0] = (char)(first - 'a' + 'A');
    if (first != 0xc3 || pen->used < 2) return;
    unsigned char second = (unsigned char)pen->at[1];
    if (second >= 0xa0 && second <= 0xbe && second != 0xb7) pen->at[1] = (char)(second - 0x20);
}

/* A sentence that did not fit ends with a whole letter. */
static uint32_t end(struct pen *pen)
{
    uint32_t last = pen->used;
    if (pen->used < pen->size) return pen->used;
    while (last > 0 && ((unsigned char)pen->at[last - 1] & 0xc0) == 0x80)
        last--;
    if (last == 0 || ((unsigned char)pen->at[last - 1] & 0x80) == 0) return pen->used;
    uint32_t lead = (unsigned char)pen->at[last - 1];
    uint32_t letter = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return pen->used - (last - 1) < letter ? last - 1 : pen->used;
}

static struct pen take_pen(const struct rehab_protocol *p, struct rehab_text language, char *buffer,
                           uint32_t size)
{
    return (struct pen){.p = p,
                        .language = language,
                        .spoken = rehab_find_language(language),
                        .at = buffer,
                        .size = size < REHAB_SENTENCE_MAX ? size : REHAB_SENTENCE_MAX};
}

static void put_verdict(struct pen *pen, const struct rehab_finding *f)
{
    put_phrase(pen, P_BEFORE_VERDICT);
    put(pen, rehab_verdict_phrase(f->verdict, pen->spoken));
    if (f->reason != REHAB_REASON_NONE) put_phrase(pen, P_BEFORE_REASON);
    put(pen, rehab_reason_phrase(f->reason, pen->spoken));
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
        put_phrase(&pen, P_IS_END);
    } else {
        put_phrase(&pen, finding->has_bound ? P_IS_NOTHING : P_IS_OPEN);
    }
    put_phrase(&pen, P_NEEDS);
    put_bound(&pen, finding);
    put_verdict(&pen, finding);
    put_phrase(&pen, P_END);
    return end(&pen);
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
    put_phrase(&pen, P_END);
    return end(&pen);
}
