/* SPDX-License-Identifier: Apache-2.0 */
/* From a document to a block. The document is walked twice by the same code: the first time rows go
 * nowhere and are only counted, the second time the tables' places are known and every row is
 * written where it belongs. The first fault is kept with the way to it; the walk goes on, for
 * nothing it does can harm, and so no function needs to leave early. */
#include "core.h"

enum { PATH_MAX_STEPS = 48, CLEARANCES_MAX = 32, ROW_MAX = 128 };

/* One step of the way into the document: a member, or (name NULL) an element. */
struct step {
    const char *name;
    uint32_t index;
};

struct builder {
    const struct rehab_document *d;
    struct rehab_arena *scratch;
    struct rehab_fault *fault;
    unsigned char *block;             /* NULL: counting */
    uint32_t at[REHAB_TABLE_COUNT];   /* where tables begin, once counted */
    uint32_t used[REHAB_TABLE_COUNT]; /* rows so far */
    uint16_t *measure;    /* by measure of the document: its row, REHAB_NONE16: not used so far */
    uint32_t *measure_of; /* and back */
    uint32_t measures;
    struct rehab_text clearance[CLEARANCES_MAX];
    uint32_t clearances;
    uint32_t track; /* whose gates are being written */
    struct step path[PATH_MAX_STEPS];
    uint32_t depth;
    uint64_t nowhere[ROW_MAX / 8]; /* where rows go while counting */
};

/* ---- the way, and what is wrong there ---- */

static void enter(struct builder *b, const char *name)
{
    b->path[b->depth++] = (struct step){name, 0};
}

static void enter_at(struct builder *b, const char *name, uint32_t index)
{
    enter(b, name);
    b->path[b->depth++] = (struct step){NULL, index};
}

static void leave(struct builder *b, uint32_t steps)
{
    b->depth -= steps;
}

static uint32_t write_number(uint32_t n, char *out)
{
    char reversed[10];
    uint32_t used = 0, size = 0;
    do {
        reversed[used++] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    while (used > 0)
        out[size++] = reversed[--used];
    return size;
}

/* The way as a JSON pointer. Names of members are short and known: 16 bytes a step are enough. */
static struct rehab_text write_path(struct builder *b)
{
    char *out = rehab_alloc(b->scratch, sizeof(char[PATH_MAX_STEPS][16]));
    uint32_t size = 0;
    if (out == NULL) return (struct rehab_text){NULL, 0};
    for (uint32_t i = 0; i < b->depth; i++) {
        out[size++] = '/';
        if (b->path[i].name == NULL) size += write_number(b->path[i].index, out + size);
        for (const char *c = b->path[i].name; c != NULL && *c != '\0'; c++)
            out[size++] = *c;
    }
    return (struct rehab_text){out, size};
}

static const struct rehab_text NOTHING = {NULL, 0};

static void blame(struct builder *b, enum rehab_fault_code code, struct rehab_text subject,
                  struct rehab_text nearest)
{
    if (b->fault->code != REHAB_FINE) return;
    *b->fault = (struct rehab_fault){code, NOTHING, subject, nearest};
    b->fault->pointer = write_path(b);
}

static void blame_member(struct builder *b, enum rehab_fault_code code, const char *name)
{
    enter(b, name);
    blame(b, code, NOTHING, NOTHING);
    leave(b, 1);
}

static void need(struct builder *b, bool holds, enum rehab_fault_code code, const char *name)
{
    if (!holds) blame_member(b, code, name);
}

/* The place of `word` among structs that begin with their id; blames the member when there is none.
 */
static uint32_t look_up(struct builder *b, struct rehab_text word, const void *first, size_t stride,
                        uint32_t count, enum rehab_fault_code code, const char *name)
{
    uint32_t found = rehab_find_id(word, first, stride, count);
    if (found != REHAB_NONE) return found;
    uint32_t near = rehab_nearest_id(word, first, stride, count);
    struct rehab_text nearest = NOTHING;
    if (near != REHAB_NONE)
        memcpy(&nearest, (const unsigned char *)first + near * stride, sizeof nearest);
    enter(b, name);
    blame(b, code, word, nearest);
    leave(b, 1);
    return REHAB_NONE;
}

/* Every id there, and none twice. `name` is the member that holds the list, steps stands before it.
 */
static void check_ids(struct builder *b, const void *first, size_t stride, uint32_t count,
                      uint32_t most, const char *name)
{
    if (count > most) blame_member(b, REHAB_TOO_MANY, name);
    for (uint32_t i = 0; i < count && i < most; i++) {
        struct rehab_text id;
        memcpy(&id, (const unsigned char *)first + i * stride, sizeof id);
        enter_at(b, name, i);
        if (id.size == 0) blame(b, REHAB_MISSING, NOTHING, NOTHING);
        if (rehab_find_id(id, first, stride, i) != REHAB_NONE)
            blame(b, REHAB_DUPLICATE_ID, id, NOTHING);
        leave(b, 2);
    }
}

/* ---- rows ---- */

/* `count` new rows of a table; they are filled through row(). */
static struct rehab_range take(struct builder *b, enum rehab_table table, uint32_t count)
{
    struct rehab_range range = {b->used[table], count};
    b->used[table] += count;
    return range;
}

static void *row(struct builder *b, enum rehab_table table, uint32_t index)
{
    if (b->block == NULL) return b->nowhere;
    return b->block + b->at[table] + index * (size_t)rehab_row_size(table);
}

static struct rehab_ref put_text(struct builder *b, struct rehab_text text)
{
    struct rehab_ref ref = {b->used[REHAB_CHARACTERS], text.size};
    b->used[REHAB_CHARACTERS] += text.size;
    if (b->block != NULL && text.size > 0)
        memcpy(b->block + b->at[REHAB_CHARACTERS] + ref.at, text.at, text.size);
    return ref;
}

static struct rehab_range put_texts(struct builder *b, struct rehab_texts texts)
{
    struct rehab_range range = take(b, REHAB_TEXTS, texts.count);
    for (uint32_t i = 0; i < texts.count; i++) {
        struct rehab_text_row *r = row(b, REHAB_TEXTS, range.first + i);
        r->text = put_text(b, texts.at[i]);
    }
    return range;
}

static struct rehab_range put_words(struct builder *b, struct rehab_words words)
{
    struct rehab_range range = take(b, REHAB_WORDINGS, words.count);
    for (uint32_t i = 0; i < words.count; i++) {
        struct rehab_wording_row *r = row(b, REHAB_WORDINGS, range.first + i);
        r->language = put_text(b, words.at[i].language);
        r->text = put_text(b, words.at[i].text);
    }
    return range;
}

static struct rehab_citation_row put_citation(struct builder *b, const struct rehab_citation *c)
{
    struct rehab_citation_row r = {REHAB_NONE, (uint32_t)c->certainty, put_text(b, c->note)};
    if (c->source.size > 0)
        r.source = look_up(b, c->source, b->d->sources, sizeof *b->d->sources, b->d->source_count,
                           REHAB_UNKNOWN_SOURCE, "source");
    return r;
}

/* The row of a measure, which is used from now on. */
static uint32_t use_measure(struct builder *b, struct rehab_text code, const char *name)
{
    uint32_t i = look_up(b, code, b->d->measures, sizeof *b->d->measures, b->d->measure_count,
                         REHAB_UNKNOWN_MEASURE, name);
    if (i == REHAB_NONE) return REHAB_NONE;
    if (b->measure[i] == REHAB_NONE16) {
        if (b->measures == REHAB_MAX_MEASURES) {
            blame_member(b, REHAB_TOO_MANY, name);
            return REHAB_NONE;
        }
        b->measure[i] = (uint16_t)b->measures;
        b->measure_of[b->measures++] = i;
    }
    return b->measure[i];
}

static const struct rehab_measure *measure_at(const struct builder *b, uint32_t used)
{
    return &b->d->measures[b->measure_of[used]];
}

static uint32_t find_stratum(struct builder *b, struct rehab_text id, const char *name)
{
    return look_up(b, id, b->d->strata, sizeof *b->d->strata, b->d->stratum_count,
                   REHAB_UNKNOWN_STRATUM, name);
}

static uint32_t find_label(struct builder *b, struct rehab_text label, struct rehab_texts labels,
                           const char *name)
{
    return look_up(b, label, labels.at, sizeof *labels.at, labels.count, REHAB_UNKNOWN_LABEL, name);
}

/* A clinician's act may always be a physician's. */
static uint32_t widen_roles(uint32_t roles)
{
    return roles & REHAB_CLINICIAN ? roles | REHAB_PHYSICIAN : roles;
}

/* ---- leaves ---- */

/* What a leaf is about, as far as it is known. */
struct leaf {
    const struct rehab_criterion *c;
    struct rehab_criterion_row *row;
    const struct rehab_measure *measure; /* NULL: none, or not known */
    struct rehab_texts labels;           /* what its labels are */
    bool ordered;
    bool apart; /* two values' difference, in the measure's unit */
    enum rehab_value_kind wants;
};

static bool is_pair(const struct rehab_criterion *c)
{
    return rehab_is_pair((uint32_t)c->expression);
}

/* Is more always better of what it looks at? */
static bool is_turned(const struct rehab_criterion *c)
{
    return c->expression == REHAB_SYMMETRY || c->expression == REHAB_IMPROVEMENT;
}

/* "mdc": the measure's own. */
static bool is_mdc(const struct leaf *l, const struct rehab_value *value)
{
    return l->apart && value->kind == REHAB_VALUE_LABEL &&
           rehab_text_equal(value->label, REHAB_LITERAL("mdc"));
}

/* A bound in the row's scale. `name` is the member it came from. */
static int64_t put_bound(struct builder *b, const struct leaf *l, const struct rehab_value *value,
                         const char *name)
{
    if (is_mdc(l, value)) {
        int64_t mdc = l->measure->mdc_nano;
        need(b, mdc > 0, REHAB_MISSING, name);
        need(b, mdc <= REHAB_VALUE_MAX, REHAB_WRONG_RANGE, name);
        return mdc;
    }
    if (value->kind != l->wants) {
        blame_member(b, REHAB_WRONG_VALUE, name);
        return 0;
    }
    if (value->kind == REHAB_VALUE_LABEL) {
        uint32_t place = find_label(b, value->label, l->labels, name);
        return place == REHAB_NONE ? 0 : place * REHAB_SCALE;
    }
    if (value->kind == REHAB_VALUE_DURATION) {
        bool same = value->duration.calendar == l->c->value.duration.calendar;
        need(b, same && value->duration.us >= 0 && value->duration.us <= 36500 * REHAB_DAY,
             REHAB_WRONG_RANGE, name);
        return same ? value->duration.us : 0;
    }
    bool fits = value->nano >= -REHAB_VALUE_MAX && value->nano <= REHAB_VALUE_MAX;
    need(b, fits, REHAB_WRONG_RANGE, name);
    return fits ? value->nano : 0;
}

static int64_t put_set(struct builder *b, const struct leaf *l)
{
    uint64_t set = 0;
    need(b, l->c->value_count > 0, REHAB_MISSING, "value");
    for (uint32_t i = 0; i < l->c->value_count; i++)
        set |=
            UINT64_C(1) << ((uint64_t)(put_bound(b, l, &l->c->values[i], "value") / REHAB_SCALE) &
                            63);
    return (int64_t)set;
}

static void put_value_by(struct builder *b, const struct leaf *l)
{
    const struct rehab_criterion *c = l->c;
    l->row->by = take(b, REHAB_BOUNDS, c->value_by_count);
    if (c->value_by_count == 0) return;
    need(b, c->is != REHAB_IN && c->is != REHAB_BETWEEN, REHAB_WRONG_CONDITION, "value_by");
    uint32_t stratum = find_stratum(b, c->value_by[0].stratum, "value_by");
    if (stratum == REHAB_NONE) return;
    l->row->by_stratum = (uint16_t)stratum;
    for (uint32_t i = 0; i < c->value_by_count; i++) {
        const struct rehab_value_by *by = &c->value_by[i];
        struct rehab_bound_row r = {0};
        need(b, rehab_text_equal(by->stratum, c->value_by[0].stratum), REHAB_TOO_MANY, "value_by");
        r.stratum_value =
            find_label(b, by->stratum_value, b->d->strata[stratum].values, "value_by");
        r.bound_nano = put_bound(b, l, &by->value, "value_by");
        struct rehab_bound_row *out = row(b, REHAB_BOUNDS, l->row->by.first + i);
        *out = r;
    }
}

/* Which operators a leaf may have: all of them for what has an order, but no sets of numbers and no
 * ranges of labels. */
static bool is_operator(const struct leaf *l)
{
    enum rehab_op op = l->c->is;
    if (op == REHAB_EQ || op == REHAB_NE) return l->wants != REHAB_VALUE_DURATION;
    if (op == REHAB_IN) return l->wants == REHAB_VALUE_LABEL;
    return l->ordered && (op != REHAB_BETWEEN || l->wants == REHAB_VALUE_NUMBER);
}

static void put_comparison(struct builder *b, const struct leaf *l)
{
    const struct rehab_criterion *c = l->c;
    l->row->op = (uint8_t)c->is;
    l->row->by_stratum = REHAB_NONE16;
    need(b, (uint32_t)c->is < REHAB_OP_COUNT && is_operator(l), REHAB_WRONG_OPERATOR, "is");
    l->row->bound_nano = c->is == REHAB_IN ? put_set(b, l) : put_bound(b, l, &c->value, "value");
    if (c->is == REHAB_BETWEEN) l->row->upper_nano = put_bound(b, l, &c->upper, "between");
    need(b, !c->warn_above || c->is == REHAB_BETWEEN, REHAB_WRONG_CONDITION, "above");
    if (c->warn_above) l->row->flags |= REHAB_WARN_ABOVE;
    if (c->value.duration.calendar) l->row->flags |= REHAB_BOUND_DAYS;
    put_value_by(b, l);
}

/* The window of a leaf: its own, else where freshness matters the document's, else the measure's.
 */
static struct rehab_duration find_window(const struct builder *b, const struct leaf *l,
                                         uint32_t stance)
{
    bool fresh = stance == REHAB_FOR_PROGRESS || stance == REHAB_FOR_ADVICE;
    if (l->c->within.given || !fresh) return l->c->within;
    const struct rehab_document *d = b->d;
    uint32_t i =
        rehab_find_id(l->measure->code, d->freshness, sizeof *d->freshness, d->freshness_count);
    if (i == REHAB_NONE && l->measure->freshness_class.size > 0)
        i = rehab_find_id(l->measure->freshness_class, d->freshness, sizeof *d->freshness,
                          d->freshness_count);
    return i == REHAB_NONE ? l->measure->window : d->freshness[i].window;
}

static void put_duration(struct builder *b, struct rehab_duration from, int64_t *us,
                         struct rehab_criterion_row *r, uint8_t flag, const char *name)
{
    if (!from.given) return;
    need(b, from.us > 0 && from.us <= 36500 * REHAB_DAY, REHAB_WRONG_RANGE, name);
    *us = from.us;
    if (from.calendar) r->flags |= flag;
}

/* A qualifier must be (or, when it need not be known, must not be the contrary of) `held`. */
static void ask(struct rehab_criterion_row *r, uint32_t asked, uint32_t qualifier, bool known,
                bool held)
{
    if (asked == 0) return;
    r->asked = (uint16_t)(r->asked | qualifier << 8 | (known ? qualifier : 0));
    r->wanted = (uint16_t)(r->wanted | (held ? qualifier << 8 : 0) | (known ? qualifier : 0));
}

static void put_qualifiers(struct builder *b, const struct leaf *l)
{
    uint32_t q = l->c->qualified;
    bool two = l->c->expression > REHAB_BEST;
    need(b, two || (q & REHAB_SAME_ASSESSOR) == 0, REHAB_WRONG_CONDITION, "qualified");
    if (q & REHAB_SAME_ASSESSOR) l->row->flags |= REHAB_ONE_ASSESSOR;
    ask(l->row, q & REHAB_UNMEDICATED, REHAB_ANALGESIC_24H, true, false);
    ask(l->row, q & REHAB_PAIN_FREE, REHAB_WAS_PAIN_FREE, true, true);
    ask(l->row, q & REHAB_NO_WARM_UP, REHAB_WARMED_UP, true, false);
    ask(l->row, q & REHAB_GOOD_QUALITY, REHAB_POOR_QUALITY, false, false);
}

/* Sustained conditions, and from when on observations count. */
static void put_run(struct builder *b, const struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    bool run = c->for_days > 0 || c->for_observations > 0;
    bool window = c->expression == REHAB_WORST || c->expression == REHAB_BEST;
    bool progress = stance == REHAB_FOR_PROGRESS || stance == REHAB_FOR_ADVICE;
    need(b, c->for_days <= REHAB_MAX_RUN && c->for_observations <= REHAB_MAX_RUN, REHAB_WRONG_RANGE,
         "for");
    need(b, c->for_days == 0 || c->for_observations == 0, REHAB_WRONG_CONDITION, "for");
    need(b, !run || c->expression != REHAB_BEST, REHAB_WRONG_CONDITION, "for");
    need(b, !run || !progress || c->expression != REHAB_WORST, REHAB_WRONG_CONDITION, "for");
    need(b, !c->apart.given || c->for_observations > 0, REHAB_WRONG_CONDITION, "for");
    need(b, c->since != REHAB_SINCE_PHASE || stance != REHAB_FOR_FLAG, REHAB_WRONG_CONDITION,
         "since");
    l->row->for_days = (uint8_t)c->for_days;
    l->row->for_observations = (uint8_t)c->for_observations;
    put_duration(b, c->apart, &l->row->apart_us, l->row, REHAB_APART_DAYS, "for");
    l->row->since = (uint8_t)c->since;
    if (c->since == REHAB_SINCE_DEFAULT && progress && (run || window))
        l->row->since = REHAB_SINCE_PHASE;
}

static void put_observed(struct builder *b, struct leaf *l, uint32_t stance, const char *name)
{
    const struct rehab_criterion *c = l->c;
    struct rehab_criterion_row *r = l->row;
    uint32_t used = use_measure(b, c->measure, name);
    r->measure = (uint16_t)used;
    if (used == REHAB_NONE) return;
    const struct rehab_measure *m = l->measure = measure_at(b, used);
    bool plain = c->expression <= REHAB_BEST;
    bool side = c->side == REHAB_SIDE_NONE || (m->sided && !is_pair(c) && c->side != REHAB_BOTH);
    need(b, side && (m->sided || !is_pair(c)), REHAB_WRONG_SIDE, side ? name : "side");
    r->side = (uint8_t)(!m->sided                    ? REHAB_SIDE_NONE
                        : c->side == REHAB_SIDE_NONE ? REHAB_INVOLVED
                                                     : c->side);
    need(b, plain || m->kind == REHAB_NUMBER, REHAB_WRONG_VALUE, name);
    need(b, !is_turned(c) || m->direction != REHAB_NEUTRAL, REHAB_WRONG_VALUE, name);
    l->wants = m->kind == REHAB_BOOLEAN   ? REHAB_VALUE_BOOLEAN
               : m->kind == REHAB_ORDINAL ? REHAB_VALUE_LABEL
                                          : REHAB_VALUE_NUMBER;
    if (is_turned(c) && m->direction == REHAB_LOWER_IS_BETTER) r->flags |= REHAB_TURNED;
    l->labels = m->labels;
    l->apart = c->expression == REHAB_DIFFERENCE || c->expression == REHAB_CHANGE ||
               c->expression == REHAB_IMPROVEMENT || c->expression == REHAB_RISE;
    l->ordered = m->kind != REHAB_BOOLEAN;
    put_duration(b, find_window(b, l, stance), &r->within_us, r, REHAB_WITHIN_DAYS, "within");
    bool paired = is_pair(c) || c->expression == REHAB_RISE || c->ago.given;
    need(b, paired || !c->within_pair.given, REHAB_WRONG_CONDITION, "within_pair");
    bool own = c->within_pair.given || !is_pair(c);
    put_duration(b, own ? c->within_pair : b->d->within_pair, &r->pair_us, r, REHAB_PAIR_DAYS,
                 "within_pair");
    put_qualifiers(b, l);
    put_run(b, l, stance);
}

/* The second measure of `rise`: in the same unit. */
static void put_over(struct builder *b, struct leaf *l)
{
    uint32_t used = use_measure(b, l->c->over, "over");
    l->row->over = (uint16_t)used;
    if (used == REHAB_NONE || l->measure == NULL) return;
    const struct rehab_measure *m = measure_at(b, used);
    need(b, m->kind == REHAB_NUMBER && rehab_text_equal(m->unit, l->measure->unit),
         REHAB_WRONG_VALUE, "over");
}

static bool is_anchor(const struct rehab_criterion *c, uint32_t stance)
{
    if (c->from == REHAB_PHASE) return stance != REHAB_FOR_FLAG;
    if (c->expression != REHAB_ELAPSED)
        return c->from == REHAB_BASELINE || c->from == REHAB_PREVIOUS || c->from == REHAB_AGO;
    return c->from >= REHAB_EPISODE && c->from < REHAB_ANCHOR_COUNT;
}

/* What the newest value is held against: with `ago`, `apart_us` is how long before. */
static void put_since(struct builder *b, struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    bool ago = c->from == REHAB_AGO;
    need(b, is_anchor(c, stance), REHAB_WRONG_CONDITION, "from");
    need(b, c->ago.given == ago, ago ? REHAB_MISSING : REHAB_WRONG_CONDITION, "ago");
    need(b, !ago || c->for_observations == 0, REHAB_WRONG_CONDITION, "for");
    if (ago) put_duration(b, c->ago, &l->row->apart_us, l->row, REHAB_APART_DAYS, "ago");
}

static uint32_t put_clearance(struct builder *b, struct rehab_text name)
{
    uint32_t i = rehab_find_id(name, b->clearance, sizeof *b->clearance, b->clearances);
    if (i != REHAB_NONE) return i;
    need(b, name.size > 0, REHAB_MISSING, "cleared");
    if (b->clearances == CLEARANCES_MAX) {
        blame_member(b, REHAB_TOO_MANY, "cleared");
        return 0;
    }
    b->clearance[b->clearances] = name;
    return b->clearances++;
}

/* A phase of another track, or of its own: the row it will have. */
static void put_reached(struct builder *b, const struct leaf *l, uint32_t stance)
{
    const struct rehab_document *d = b->d;
    uint32_t track = b->track, first = 0;
    need(b, stance != REHAB_FOR_FLAG, REHAB_WRONG_CONDITION, "reached");
    if (l->c->track.size > 0)
        track = look_up(b, l->c->track, d->tracks, sizeof *d->tracks, d->track_count,
                        REHAB_UNKNOWN_TRACK, "track");
    if (track == REHAB_NONE) return;
    for (uint32_t i = 0; i < track; i++)
        first += d->tracks[i].phase_count;
    const struct rehab_track *t = &d->tracks[track];
    uint32_t phase = look_up(b, l->c->name, t->phases, sizeof *t->phases, t->phase_count,
                             REHAB_UNKNOWN_PHASE, "reached");
    l->row->name = (uint16_t)(first + phase);
}

/* Expressions over facts: time, clearance, stratum, phase. */
static void put_fact(struct builder *b, struct leaf *l, uint32_t stance)
{
    const struct rehab_criterion *c = l->c;
    struct rehab_criterion_row *r = l->row;
    bool bare = !c->within_pair.given && c->for_days == 0 && c->for_observations == 0 &&
                !c->apart.given && c->qualified == 0 && c->since == REHAB_SINCE_DEFAULT &&
                c->side == REHAB_SIDE_NONE;
    need(b, bare && (!c->within.given || c->expression == REHAB_CLEARED), REHAB_WRONG_CONDITION,
         "id");
    if (c->expression == REHAB_ELAPSED) {
        need(b, is_anchor(c, stance), REHAB_WRONG_CONDITION, "elapsed");
        l->wants = REHAB_VALUE_DURATION;
        l->ordered = true;
    } else if (c->expression == REHAB_CLEARED) {
        l->wants = REHAB_VALUE_BOOLEAN;
        need(b, c->roles != 0, REHAB_MISSING, "by");
        r->name = (uint16_t)put_clearance(b, c->name);
        put_duration(b, c->within, &r->within_us, r, REHAB_WITHIN_DAYS, "within");
    } else if (c->expression == REHAB_REACHED) {
        l->wants = REHAB_VALUE_BOOLEAN;
        l->ordered = false;
        put_reached(b, l, stance);
    } else {
        l->wants = REHAB_VALUE_LABEL;
        uint32_t stratum = find_stratum(b, c->name, "stratum");
        r->name = (uint16_t)stratum;
        if (stratum == REHAB_NONE) return;
        l->labels = b->d->strata[stratum].values;
        l->ordered = b->d->strata[stratum].ordered;
    }
}

static const char *const_name(enum rehab_expression expression)
{
    static const char NAME[REHAB_EXPRESSION_COUNT][12] = {
        "latest",     "worst",       "best", "symmetry", "difference", "asymmetry", "change",
        "percent_of", "improvement", "rise", "elapsed",  "cleared",    "stratum",   "reached"};
    return NAME[expression];
}

static void check_leaf_id(struct builder *b, struct rehab_text id, uint32_t index)
{
    need(b, id.size > 0, REHAB_MISSING, "id");
    if (b->block == NULL) return;
    const struct rehab_criterion_row *before = row(b, REHAB_CRITERIA, 0);
    const char *characters = (const char *)b->block + b->at[REHAB_CHARACTERS];
    for (uint32_t i = 0; i < index; i++) {
        struct rehab_text other = {characters + before[i].id.at, before[i].id.size};
        if (!rehab_text_equal(id, other)) continue;
        enter(b, "id");
        blame(b, REHAB_DUPLICATE_ID, id, NOTHING);
        leave(b, 1);
    }
}

static void put_leaf(struct builder *b, const struct rehab_criterion *c, uint32_t index,
                     uint32_t stance, bool negative)
{
    struct rehab_criterion_row r = {.measure = REHAB_NONE16,
                                    .over = REHAB_NONE16,
                                    .name = REHAB_NONE16,
                                    .by_stratum = REHAB_NONE16};
    struct leaf l = {.c = c, .row = &r, .wants = REHAB_VALUE_NUMBER, .ordered = true};
    if ((uint32_t)c->expression >= REHAB_EXPRESSION_COUNT) {
        blame_member(b, REHAB_WRONG_VALUE, "id");
        return;
    }
    const char *name = const_name(c->expression);
    check_leaf_id(b, c->id, index);
    r.expression = (uint8_t)c->expression;
    r.stance = (uint8_t)stance;
    r.negative = negative;
    r.from = (uint8_t)c->from;
    r.floor = c->floor;
    r.roles = (uint8_t)widen_roles(c->roles);
    if (c->expression < REHAB_ELAPSED) {
        put_observed(b, &l, stance, name);
    } else {
        put_fact(b, &l, stance);
    }
    if (c->expression == REHAB_RISE) put_over(b, &l);
    if (rehab_is_since((uint32_t)c->expression)) {
        put_since(b, &l, stance);
    } else {
        need(b, !c->ago.given, REHAB_WRONG_CONDITION, "ago");
    }
    need(b, !c->floor || (c->expression == REHAB_ELAPSED && c->roles != 0), REHAB_WRONG_CONDITION,
         "floor");
    if (b->fault->code == REHAB_FINE) put_comparison(b, &l);
    if (rehab_is_plain(&r)) r.flags |= REHAB_PLAIN;
    r.id = put_text(b, c->id);
    r.citation = put_citation(b, &c->citation);
    struct rehab_criterion_row *out = row(b, REHAB_CRITERIA, index);
    *out = r;
}

/* ---- trees ---- */

/* A combinator whose children are being written. */
struct frame {
    const struct rehab_criterion *c;
    uint32_t next;       /* child to come */
    uint32_t first_leaf; /* leaves of the tree before */
    bool negative;
    uint8_t child[REHAB_MAX_NODES]; /* nodes of its children, so far */
};

struct tree {
    struct builder *b;
    struct rehab_rule_row rule;
    struct frame frame[REHAB_MAX_DEPTH];
    uint32_t depth;
};

static const char *kind_name(enum rehab_node_kind kind)
{
    static const char NAME[REHAB_NODE_KIND_COUNT][16] = {"",    "all", "any",
                                                         "not", "of",  "same_occasion"};
    return NAME[kind];
}

static uint32_t nodes_so_far(const struct tree *t)
{
    return t->b->used[REHAB_NODES] - t->rule.nodes.first;
}

/* A node is written; its parent remembers it, and only then can say where it stands itself. */
static void add_node(struct tree *t, struct rehab_node_row node)
{
    struct builder *b = t->b;
    uint32_t place = nodes_so_far(t);
    if (place == REHAB_MAX_NODES) {
        blame(b, REHAB_TOO_MANY, NOTHING, NOTHING);
        return;
    }
    node.parent = (uint8_t)place; /* until the parent comes */
    struct rehab_node_row *out = row(b, REHAB_NODES, take(b, REHAB_NODES, 1).first);
    *out = node;
    if (t->depth == 0) return;
    struct frame *up = &t->frame[t->depth - 1];
    up->child[up->next - 1] = (uint8_t)place;
}

static void add_leaf(struct tree *t, const struct rehab_criterion *c, bool negative)
{
    struct builder *b = t->b;
    struct rehab_range criterion = take(b, REHAB_CRITERIA, 1);
    uint32_t first = criterion.first - t->rule.criteria.first;
    put_leaf(b, c, criterion.first, t->rule.stance, negative);
    add_node(t, (struct rehab_node_row){.criterion = criterion.first,
                                        .kind = REHAB_LEAF,
                                        .negative = negative,
                                        .first_leaf = (uint8_t)first});
}

static void open_frame(struct tree *t, const struct rehab_criterion *c, bool negative)
{
    struct builder *b = t->b;
    if (t->depth == REHAB_MAX_DEPTH) {
        blame(b, REHAB_TOO_DEEP, NOTHING, NOTHING);
        return;
    }
    const char *name = kind_name(c->kind);
    need(b, c->of_count > 0, REHAB_MISSING, name);
    need(b, c->of_count < REHAB_MAX_NODES, REHAB_TOO_MANY, name);
    need(b, c->kind != REHAB_NOT || c->of_count == 1, REHAB_TOO_MANY, name);
    need(b, c->kind != REHAB_AT_LEAST || (c->least > 0 && c->least <= c->of_count),
         REHAB_WRONG_RANGE, "at_least");
    need(b, c->kind != REHAB_SAME_OCCASION || c->window.given, REHAB_MISSING, "within");
    struct frame *f = &t->frame[t->depth++];
    f->c = c;
    f->next = 0;
    f->first_leaf = b->used[REHAB_CRITERIA] - t->rule.criteria.first;
    f->negative = negative;
    if (t->depth > t->rule.depth) t->rule.depth = t->depth;
}

static void close_frame(struct tree *t)
{
    struct builder *b = t->b;
    struct frame *f = &t->frame[--t->depth];
    const struct rehab_criterion *c = f->c;
    uint32_t least = c->kind == REHAB_AT_LEAST ? c->least : c->kind == REHAB_ANY ? 1 : c->of_count;
    uint8_t self = (uint8_t)nodes_so_far(t);
    for (uint32_t i = 0; i < f->next && b->block != NULL; i++) {
        struct rehab_node_row *child = row(b, REHAB_NODES, t->rule.nodes.first + f->child[i]);
        child->parent = self;
    }
    add_node(t, (struct rehab_node_row){.window_us = c->window.us,
                                        .criterion = REHAB_NONE,
                                        .kind = (uint8_t)c->kind,
                                        .negative = f->negative,
                                        .arity = (uint8_t)c->of_count,
                                        .least = (uint8_t)least,
                                        .calendar = c->window.calendar,
                                        .first_leaf = (uint8_t)f->first_leaf});
}

static void add_criterion(struct tree *t, const struct rehab_criterion *c, bool negative)
{
    if (c->kind == REHAB_LEAF) {
        add_leaf(t, c, negative);
    } else if ((uint32_t)c->kind < REHAB_NODE_KIND_COUNT) {
        open_frame(t, c, negative);
    } else {
        blame(t->b, REHAB_WRONG_VALUE, NOTHING, NOTHING);
    }
}

/* The next child of the innermost open combinator. */
static void add_child(struct tree *t)
{
    struct builder *b = t->b;
    struct frame *f = &t->frame[t->depth - 1];
    const struct rehab_criterion *child = &f->c->of[f->next];
    uint32_t depth = t->depth;
    if (f->c->kind == REHAB_NOT) {
        enter(b, "not");
    } else {
        enter_at(b, kind_name(f->c->kind), f->next);
    }
    f->next++;
    if (f->c->kind == REHAB_SAME_OCCASION && child->kind != REHAB_LEAF)
        blame(b, REHAB_WRONG_CONDITION, NOTHING, NOTHING);
    add_criterion(t, child, f->negative != (f->c->kind == REHAB_NOT));
    if (t->depth == depth) leave(b, f->c->kind == REHAB_NOT ? 1 : 2);
}

/* A tree, without recursion. NULL: no rule. `name` is the member that holds it. */
static uint32_t put_rule(struct builder *b, const struct rehab_criterion *c,
                         enum rehab_stance stance, const char *name)
{
    if (c == NULL) return REHAB_NONE;
    struct tree t = {.b = b, .rule = {.stance = (uint32_t)stance}};
    uint32_t rule = take(b, REHAB_RULES, 1).first, depth = b->depth;
    t.rule.nodes.first = b->used[REHAB_NODES];
    t.rule.criteria.first = b->used[REHAB_CRITERIA];
    enter(b, name);
    add_criterion(&t, c, false);
    while (t.depth > 0 && b->fault->code == REHAB_FINE) {
        struct frame *f = &t.frame[t.depth - 1];
        if (f->next < f->c->of_count) {
            add_child(&t);
            continue;
        }
        close_frame(&t);
        if (t.depth > 0) leave(b, t.frame[t.depth - 1].c->kind == REHAB_NOT ? 1 : 2);
    }
    b->depth = depth;
    t.rule.nodes.count = nodes_so_far(&t);
    t.rule.criteria.count = b->used[REHAB_CRITERIA] - t.rule.criteria.first;
    struct rehab_rule_row *out = row(b, REHAB_RULES, rule);
    *out = t.rule;
    return rule;
}

static uint32_t put_required_rule(struct builder *b, const struct rehab_criterion *c,
                                  enum rehab_stance stance, const char *name)
{
    need(b, c != NULL, REHAB_MISSING, name);
    return put_rule(b, c, stance, name);
}

/* ---- phases and what they hold ---- */

static uint32_t whole_days(struct builder *b, struct rehab_duration d, const char *name)
{
    need(b, d.us >= 0 && d.us <= 36500 * REHAB_DAY && d.us % REHAB_DAY == 0, REHAB_WRONG_RANGE,
         name);
    return (uint32_t)((uint64_t)d.us / (uint64_t)REHAB_DAY);
}

static uint32_t whole_seconds(struct rehab_duration d)
{
    return (uint32_t)((uint64_t)d.us / UINT64_C(1000000));
}

static void put_expectation_by(struct builder *b, const struct rehab_expectation *e,
                               struct rehab_expectation_row *r)
{
    r->by = take(b, REHAB_EXPECTATION_BOUNDS, e->by_count);
    r->by_stratum = REHAB_NONE;
    if (e->by_count == 0) return;
    r->by_stratum = find_stratum(b, e->by[0].stratum, "by");
    if (r->by_stratum == REHAB_NONE) return;
    for (uint32_t i = 0; i < e->by_count; i++) {
        struct rehab_expectation_by_row by = {0};
        need(b, rehab_text_equal(e->by[i].stratum, e->by[0].stratum), REHAB_TOO_MANY, "by");
        by.stratum_value =
            find_label(b, e->by[i].stratum_value, b->d->strata[r->by_stratum].values, "by");
        by.low_days = whole_days(b, e->by[i].low, "by");
        by.high_days = whole_days(b, e->by[i].high, "by");
        struct rehab_expectation_by_row *out = row(b, REHAB_EXPECTATION_BOUNDS, r->by.first + i);
        *out = by;
    }
}

static uint32_t put_expectation(struct builder *b, const struct rehab_expectation *e,
                                const char *name)
{
    if (!e->given) return REHAB_NONE;
    uint32_t index = take(b, REHAB_EXPECTATIONS, 1).first;
    struct rehab_expectation_row r = {.from = (uint32_t)e->from};
    enter(b, name);
    need(b, e->from >= REHAB_PHASE && e->from < REHAB_ANCHOR_COUNT, REHAB_WRONG_RANGE, "from");
    need(b, e->low.us <= e->high.us, REHAB_WRONG_RANGE, "typical");
    r.low_days = whole_days(b, e->low, "typical");
    r.high_days = whole_days(b, e->high, "typical");
    put_expectation_by(b, e, &r);
    r.citation = put_citation(b, &e->citation);
    leave(b, 1);
    struct rehab_expectation_row *out = row(b, REHAB_EXPECTATIONS, index);
    *out = r;
    return index;
}

static struct rehab_range put_treatments(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = take(b, REHAB_TREATMENTS, phase->treatment_count);
    for (uint32_t i = 0; i < phase->treatment_count; i++) {
        const struct rehab_treatment *t = &phase->treatments[i];
        enter_at(b, "treatments", i);
        struct rehab_treatment_row r = {.minutes_low = t->minutes_low,
                                        .minutes_high = t->minutes_high,
                                        .per_day_low = t->per_day_low,
                                        .per_day_high = t->per_day_high};
        r.id = put_text(b, t->id);
        r.title = put_words(b, t->title);
        r.text = put_words(b, t->text);
        r.citation = put_citation(b, &t->citation);
        leave(b, 2);
        struct rehab_treatment_row *out = row(b, REHAB_TREATMENTS, range.first + i);
        *out = r;
    }
    return range;
}

static struct rehab_range put_advice(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = take(b, REHAB_ADVICE, phase->advice_count);
    for (uint32_t i = 0; i < phase->advice_count; i++) {
        const struct rehab_advice *a = &phase->advice[i];
        enter_at(b, "advice", i);
        struct rehab_advice_row r = {.id = put_text(b, a->id)};
        r.title = put_words(b, a->title);
        r.text = put_words(b, a->text);
        r.give = put_required_rule(b, a->give, REHAB_FOR_ADVICE, "give");
        r.withdraw = put_rule(b, a->withdraw, REHAB_FOR_PROGRESS, "withdraw");
        leave(b, 2);
        struct rehab_advice_row *out = row(b, REHAB_ADVICE, range.first + i);
        *out = r;
    }
    return range;
}

static struct rehab_limit_row put_limit(struct builder *b, const struct rehab_limit *limit)
{
    struct rehab_limit_row r = {.measure = REHAB_NONE};
    r.citation.source = REHAB_NONE;
    if (!limit->given) return r;
    enter(b, "limit");
    r.measure = use_measure(b, limit->during, "during");
    r.op = (uint32_t)limit->is;
    need(b, r.op < REHAB_BETWEEN, REHAB_WRONG_OPERATOR, "is");
    struct leaf l = {.wants = REHAB_VALUE_NUMBER};
    r.bound_nano = put_bound(b, &l, &limit->value, "value");
    r.otherwise = put_text(b, limit->otherwise);
    r.citation = put_citation(b, &limit->citation);
    leave(b, 1);
    return r;
}

static struct rehab_range put_prescriptions(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = take(b, REHAB_PRESCRIPTIONS, phase->prescription_count);
    for (uint32_t i = 0; i < phase->prescription_count; i++) {
        const struct rehab_prescription *p = &phase->prescriptions[i];
        enter_at(b, "prescriptions", i);
        need(b, p->exercise.size > 0, REHAB_MISSING, "exercise");
        struct rehab_prescription_row r = {.sets = p->sets,
                                           .repetitions = p->repetitions,
                                           .hold_s = whole_seconds(p->hold),
                                           .tempo_up_s = whole_seconds(p->tempo_up),
                                           .tempo_down_s = whole_seconds(p->tempo_down),
                                           .per_day = p->per_day,
                                           .per_week = p->per_week,
                                           .every_days = p->every_days,
                                           .load_percent_low = p->load_percent_low,
                                           .load_percent_high = p->load_percent_high};
        r.id = put_text(b, p->id);
        r.exercise = put_text(b, p->exercise);
        r.side = put_text(b, p->side);
        r.gate = put_rule(b, p->gate, REHAB_FOR_PROGRESS, "gate");
        enter(b, "progress");
        r.progress = put_rule(b, p->progress, REHAB_FOR_PROGRESS, "when");
        leave(b, 1);
        r.limit = put_limit(b, &p->limit);
        r.citation = put_citation(b, &p->citation);
        leave(b, 2);
        struct rehab_prescription_row *out = row(b, REHAB_PRESCRIPTIONS, range.first + i);
        *out = r;
    }
    return range;
}

static struct rehab_range put_goals(struct builder *b, const struct rehab_phase *phase)
{
    struct rehab_range range = take(b, REHAB_GOALS, phase->goal_count);
    for (uint32_t i = 0; i < phase->goal_count; i++) {
        struct rehab_range words = put_words(b, phase->goals[i]);
        struct rehab_goal_row *out = row(b, REHAB_GOALS, range.first + i);
        out->text = words;
    }
    return range;
}

/* Where the phases of a track stand, and which of them is looked at. */
struct place {
    const struct rehab_track *track;
    uint32_t track_index, first; /* row of its first phase */
    uint32_t phase;              /* place in the track */
};

/* The phase a gate leads to, REHAB_NONE for those that lead nowhere else. */
static uint32_t find_target(struct builder *b, const struct rehab_gate *g, const struct place *at)
{
    bool advance = g->move == REHAB_ADVANCE, regress = g->move == REHAB_REGRESS;
    uint32_t to = REHAB_NONE;
    need(b, g->to.size == 0 || advance || regress, REHAB_WRONG_CONDITION, "to");
    need(b, g->back == 0 || (regress && g->to.size == 0), REHAB_WRONG_CONDITION, "back");
    if (!advance && !regress) return REHAB_NONE;
    if (g->back > 0) {
        need(b, g->back <= at->phase, REHAB_WRONG_RANGE, "back");
        return at->first + at->phase - g->back;
    }
    to = look_up(b, g->to, at->track->phases, sizeof *at->track->phases, at->track->phase_count,
                 REHAB_UNKNOWN_PHASE, "to");
    need(b, to == REHAB_NONE || (advance ? to > at->phase : to < at->phase), REHAB_WRONG_RANGE,
         "to");
    return at->first + to;
}

/* Kept as an expectation of which only the end matters. */
static uint32_t put_deadline(struct builder *b, const struct rehab_gate *g, bool ahead)
{
    const struct rehab_deadline *d = &g->deadline;
    const struct rehab_expectation e = {
        .given = d->given, .from = d->from, .high = d->by, .citation = d->citation};
    need(b, ahead || !d->given, REHAB_WRONG_CONDITION, "deadline");
    enter(b, "deadline");
    (void)whole_days(b, d->by, "by");
    leave(b, 1);
    return put_expectation(b, &e, "deadline");
}

static struct rehab_range put_gates(struct builder *b, const struct rehab_phase *phase,
                                    const struct place *at)
{
    struct rehab_range range = take(b, REHAB_GATES, phase->gate_count);
    for (uint32_t i = 0; i < phase->gate_count; i++) {
        const struct rehab_gate *g = &phase->gates[i];
        bool ahead = g->move == REHAB_ADVANCE || g->move == REHAB_COMPLETE;
        bool known =
            ahead || g->move == REHAB_HOLD || g->move == REHAB_REGRESS || g->move == REHAB_REVIEW;
        enter_at(b, "gates", i);
        need(b, known, REHAB_WRONG_VALUE, "move");
        struct rehab_gate_row r = {.id = put_text(b, g->id),
                                   .move = (uint32_t)g->move,
                                   .track = at->track_index,
                                   .from = at->first + at->phase};
        r.to = find_target(b, g, at);
        r.rule =
            put_required_rule(b, g->when, ahead ? REHAB_FOR_PROGRESS : REHAB_FOR_GUARD, "when");
        r.deadline = put_deadline(b, g, ahead);
        leave(b, 2);
        struct rehab_gate_row *out = row(b, REHAB_GATES, range.first + i);
        *out = r;
    }
    return range;
}

static void check_phase_ids(struct builder *b, const struct rehab_phase *phase)
{
    check_ids(b, phase->treatments, sizeof *phase->treatments, phase->treatment_count,
              REHAB_MAX_ITEMS, "treatments");
    check_ids(b, phase->advice, sizeof *phase->advice, phase->advice_count, REHAB_MAX_ITEMS,
              "advice");
    check_ids(b, phase->gates, sizeof *phase->gates, phase->gate_count, REHAB_MAX_GATES, "gates");
    check_ids(b, phase->prescriptions, sizeof *phase->prescriptions, phase->prescription_count,
              REHAB_MAX_ITEMS, "prescriptions");
    check_ids(b, phase->restrictions.at, sizeof *phase->restrictions.at, phase->restrictions.count,
              REHAB_MAX_ITEMS, "restrictions");
}

static void put_phase(struct builder *b, const struct place *at)
{
    const struct rehab_phase *phase = &at->track->phases[at->phase];
    struct rehab_phase_row r = {.track = at->track_index};
    enter_at(b, "phases", at->phase);
    check_phase_ids(b, phase);
    r.id = put_text(b, phase->id);
    r.title = put_words(b, phase->title);
    r.goals = put_goals(b, phase);
    r.treatments = put_treatments(b, phase);
    r.prescriptions = put_prescriptions(b, phase);
    r.restrictions = put_texts(b, phase->restrictions);
    r.advice = put_advice(b, phase);
    r.gates = put_gates(b, phase, at);
    r.expectation = put_expectation(b, &phase->expect, "expect");
    leave(b, 2);
    struct rehab_phase_row *out = row(b, REHAB_PHASES, at->first + at->phase);
    *out = r;
}

static void put_track(struct builder *b, uint32_t i)
{
    const struct rehab_track *track = &b->d->tracks[i];
    b->track = i;
    enter_at(b, "tracks", i);
    check_ids(b, track->phases, sizeof *track->phases, track->phase_count, REHAB_MAX_PHASES,
              "phases");
    need(b, track->phase_count > 0, REHAB_MISSING, "phases");
    struct rehab_track_row r = {.id = put_text(b, track->id),
                                .phases = take(b, REHAB_PHASES, track->phase_count)};
    need(b, b->used[REHAB_PHASES] <= REHAB_MAX_PHASES, REHAB_TOO_MANY, "phases");
    r.expectation = put_expectation(b, &track->expect, "expect");
    struct place at = {track, i, r.phases.first, 0};
    for (; at.phase < track->phase_count && at.phase < REHAB_MAX_PHASES; at.phase++)
        put_phase(b, &at);
    leave(b, 2);
    struct rehab_track_row *out = row(b, REHAB_TRACKS, i);
    *out = r;
}

/* ---- the rest of the document ---- */

static void put_red_flag(struct builder *b, uint32_t i)
{
    const struct rehab_red_flag *f = &b->d->red_flags[i];
    enter_at(b, "red_flags", i);
    need(b, f->cleared_by != 0, REHAB_MISSING, "cleared_by");
    need(b, (uint32_t)f->level < REHAB_LEVEL_COUNT, REHAB_WRONG_VALUE, "level");
    struct rehab_red_flag_row r = {.id = put_text(b, f->id),
                                   .level = (uint32_t)f->level,
                                   .cleared_by = widen_roles(f->cleared_by)};
    r.title = put_words(b, f->title);
    r.message = put_words(b, f->message);
    r.rule = put_required_rule(b, f->when, REHAB_FOR_FLAG, "when");
    leave(b, 2);
    struct rehab_red_flag_row *out = row(b, REHAB_RED_FLAGS, i);
    *out = r;
}

static void put_stratum(struct builder *b, uint32_t i)
{
    const struct rehab_stratum *s = &b->d->strata[i];
    enter_at(b, "strata", i);
    check_ids(b, s->values.at, sizeof *s->values.at, s->values.count, REHAB_MAX_LABELS, "values");
    need(b, s->values.count > 0, REHAB_MISSING, "values");
    leave(b, 2);
    struct rehab_stratum_row r = {
        .id = put_text(b, s->id), .values = put_texts(b, s->values), .ordered = s->ordered};
    struct rehab_stratum_row *out = row(b, REHAB_STRATA, i);
    *out = r;
}

/* What a boolean or an ordinal can be is known; a number says it. */
static void put_range(struct builder *b, const struct rehab_measure *m, struct rehab_measure_row *r)
{
    r->low_nano = m->kind == REHAB_NUMBER ? m->low_nano : 0;
    r->high_nano = m->kind == REHAB_NUMBER ? m->high_nano : REHAB_SCALE;
    if (m->kind == REHAB_ORDINAL) r->high_nano = (m->labels.count - INT64_C(1)) * REHAB_SCALE;
    r->step_nano = m->kind == REHAB_NUMBER ? m->step_nano : REHAB_SCALE;
    bool fits = r->low_nano >= -REHAB_VALUE_MAX && r->high_nano <= REHAB_VALUE_MAX &&
                r->low_nano <= r->high_nano && r->step_nano >= 0 &&
                r->step_nano <= REHAB_VALUE_MAX && m->labels.count <= REHAB_MAX_LABELS;
    if (!fits) blame(b, REHAB_WRONG_RANGE, m->code, NOTHING);
}

static void put_measure(struct builder *b, uint32_t i)
{
    const struct rehab_measure *m = measure_at(b, i);
    struct rehab_measure_row r = {
        .kind = (uint8_t)m->kind, .direction = (uint8_t)m->direction, .sided = m->sided};
    enter_at(b, "measures", b->measure_of[i]);
    if ((uint32_t)m->kind >= REHAB_MEASURE_KIND_COUNT ||
        (uint32_t)m->direction >= REHAB_DIRECTION_COUNT)
        blame(b, REHAB_WRONG_VALUE, m->code, NOTHING);
    put_range(b, m, &r);
    leave(b, 2);
    r.code = put_text(b, m->code);
    r.unit = put_text(b, m->unit);
    r.name = put_words(b, m->name);
    r.labels = put_texts(b, m->labels);
    struct rehab_measure_row *out = row(b, REHAB_MEASURES, i);
    *out = r;
}

static void put_sources(struct builder *b)
{
    take(b, REHAB_SOURCES, b->d->source_count);
    for (uint32_t i = 0; i < b->d->source_count; i++) {
        struct rehab_source_row r = {put_text(b, b->d->sources[i].id),
                                     put_text(b, b->d->sources[i].citation)};
        struct rehab_source_row *out = row(b, REHAB_SOURCES, i);
        *out = r;
    }
}

static void put_clearances(struct builder *b)
{
    take(b, REHAB_CLEARANCES, b->clearances);
    for (uint32_t i = 0; i < b->clearances; i++) {
        struct rehab_ref text = put_text(b, b->clearance[i]);
        struct rehab_text_row *out = row(b, REHAB_CLEARANCES, i);
        out->text = text;
    }
}

static void check_document(struct builder *b)
{
    const struct rehab_document *d = b->d;
    need(b, d->id.size > 0, REHAB_MISSING, "id");
    need(b, d->version > 0, REHAB_MISSING, "version");
    need(b, d->track_count > 0, REHAB_MISSING, "tracks");
    need(b, d->day_zero == REHAB_ONSET || d->day_zero == REHAB_SURGERY, REHAB_WRONG_VALUE,
         "day_zero");
    check_ids(b, d->tracks, sizeof *d->tracks, d->track_count, REHAB_MAX_TRACKS, "tracks");
    check_ids(b, d->red_flags, sizeof *d->red_flags, d->red_flag_count, REHAB_MAX_ITEMS,
              "red_flags");
    check_ids(b, d->strata, sizeof *d->strata, d->stratum_count, REHAB_MAX_STRATA, "strata");
    check_ids(b, d->sources, sizeof *d->sources, d->source_count, REHAB_MAX_ITEMS, "sources");
}

/* The whole document, once. */
static void walk(struct builder *b, struct rehab_head *head)
{
    const struct rehab_document *d = b->d;
    head->id = put_text(b, d->id);
    head->title = put_words(b, d->title);
    put_sources(b);
    take(b, REHAB_STRATA, d->stratum_count);
    for (uint32_t i = 0; i < d->stratum_count; i++)
        put_stratum(b, i);
    take(b, REHAB_RED_FLAGS, d->red_flag_count);
    for (uint32_t i = 0; i < d->red_flag_count; i++)
        put_red_flag(b, i);
    take(b, REHAB_TRACKS, d->track_count);
    for (uint32_t i = 0; i < d->track_count; i++)
        put_track(b, i);
    take(b, REHAB_MEASURES, b->measures);
    for (uint32_t i = 0; i < b->measures; i++)
        put_measure(b, i);
    put_clearances(b);
}

/* ---- the block ---- */

/* Places of the tables, one behind the other; the size of the whole. */
static size_t lay_out(struct builder *b, struct rehab_head *head)
{
    size_t at = sizeof *head;
    for (uint32_t i = 0; i < REHAB_TABLE_COUNT; i++) {
        head->table[i] = (struct rehab_table_place){(uint32_t)at, b->used[i]};
        b->at[i] = (uint32_t)at;
        at += (b->used[i] * (size_t)rehab_row_size((enum rehab_table)i) + 7) & ~(size_t)7;
    }
    return at;
}

static bool prepare(struct builder *b, struct rehab_arena *scratch)
{
    uint32_t n = b->d->measure_count;
    b->measure = rehab_alloc(scratch, n * sizeof *b->measure + 1);
    b->measure_of = rehab_alloc(scratch, (n + 1) * sizeof *b->measure_of);
    if (b->measure == NULL || b->measure_of == NULL) return false;
    memset(b->measure, 0xff, n * sizeof *b->measure); /* REHAB_NONE16 */
    return true;
}

static void seal(struct rehab_head *head, unsigned char *block)
{
    const size_t checked = offsetof(struct rehab_head, size);
    memcpy(block, head, sizeof *head);
    head->check = rehab_check_sum(block + checked, head->size - checked);
    memcpy(block, head, sizeof *head);
}

enum rehab_fault_code rehab_compile(const struct rehab_document *document,
                                    struct rehab_arena *scratch, void *block, size_t size,
                                    size_t *used, struct rehab_fault *fault)
{
    struct builder b = {.d = document, .scratch = scratch, .fault = fault};
    struct rehab_head head = {.magic = REHAB_BLOCK_MAGIC,
                              .format = REHAB_BLOCK_FORMAT,
                              .version = document->version,
                              .day_zero = (uint32_t)document->day_zero,
                              .sided = document->sided};
    *fault = (struct rehab_fault){.code = REHAB_FINE};
    *used = 0;
    if (!prepare(&b, scratch)) return fault->code = REHAB_NO_ROOM;
    check_document(&b);
    if (fault->code == REHAB_FINE) walk(&b, &head);
    if (fault->code != REHAB_FINE) return fault->code;
    *used = lay_out(&b, &head);
    head.size = (uint32_t)*used;
    if (size == 0) return REHAB_FINE;
    if (size < *used) return fault->code = REHAB_NO_ROOM;
    b.block = block;
    memset(b.block, 0, *used);
    memset(b.used, 0, sizeof b.used);
    walk(&b, &head);
    seal(&head, b.block);
    return fault->code;
}
