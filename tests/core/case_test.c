/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the cases that clinicians write: tests/core/cases/ *.case (all of them, or those named on
 * the command line), one TAP line for every `expect`. The language of the cases is described in
 * tests/core/cases/README.md.
 *
 * case_test --block NAME writes the block of a protocol instead.
 * case_test --facts writes what was known at every as-of, as one line of JSON, and what is expected
 * then. */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/call.h"
#include "base/time.h"
#include "facts.h"
#include "rehab/rehab.h"
#include "wire/wire.h"

enum {
    WORDS_MAX = 32,
    OBSERVATIONS_MAX = 1024,
    CLEARANCES_MAX = 64,
    SESSIONS_MAX = 256,
    TRACKS_MAX = 8,
    STRATA_MAX = 16,
    LINE_SIZE = 1024
};

/* A case, as told so far. */
struct story {
    struct call call;
    char title[256];
    struct rehab_protocol protocol;
    struct rehab_evidence evidence;
    struct rehab_observation observations[OBSERVATIONS_MAX];
    struct rehab_session sessions[SESSIONS_MAX];
    struct rehab_clearance clearances[CLEARANCES_MAX];
    struct rehab_flag_clearance flag_clearances[CLEARANCES_MAX];
    struct rehab_track_state tracks[TRACKS_MAX];
    uint16_t strata[STRATA_MAX];
    char side[16];                       /* left, right, both, none */
    struct rehab_observation assessment; /* what its observations begin with */
    uint32_t assessments;
    bool placed; /* somebody said where the episode stands */
    struct rehab_instant as_of;
    struct rehab_decision decision;
    bool decided;
    uint32_t expected; /* how many expectations were told */
};

struct line {
    const char *file;
    int number;
    char text[LINE_SIZE];
    char storage[LINE_SIZE];
    char *word[WORDS_MAX];
    int count;
    bool indented;
};

static int passed, failed;
static bool tells_facts; /* --facts */

[[gnu::format(printf, 4, 5)]] static void say(bool ok, const struct story *s, const struct line *l,
                                              const char *format, ...)
{
    printf("%sok %d - %s: %s\n", ok ? "" : "not ", passed + failed + 1, s->title,
           l->text + strspn(l->text, " "));
    ok ? passed++ : failed++;
    if (ok) return;
    va_list list;
    va_start(list, format);
    printf("  # %s:%d: ", l->file, l->number);
    vprintf(format, list);
    printf("\n");
    va_end(list);
}

/* What is wrong with the case itself ends the run: a case that is not understood proves nothing. */
[[gnu::noreturn]] static void refuse(const struct line *l, const char *what)
{
    printf("not ok %d - %s:%d: %s: %s\n", passed + failed + 1, l->file, l->number, what, l->text);
    printf("1..%d\n", passed + failed + 1);
    exit(1);
}

static struct rehab_text text(const char *s)
{
    return (struct rehab_text){s, (uint32_t)strlen(s)};
}

static const char *word(const struct line *l, int i)
{
    return i < l->count ? l->word[i] : "";
}

static bool is(const struct line *l, int i, const char *w)
{
    return strcmp(word(l, i), w) == 0;
}

static uint32_t must(const struct line *l, uint32_t index, const char *what)
{
    if (index == REHAB_NONE) refuse(l, what);
    return index;
}

/* ---- times ---- */

/* 2026-03-01T10:00 or 2026-03-01T10:00+02:00: the wall clock as written, UTC without an offset. */
static struct rehab_instant read_time(const struct line *l, const char *w)
{
    char padded[48];
    struct rehab_instant at = {0, 0};
    int hours = 0, minutes = 0;
    const char *offset = strlen(w) > 16 ? w + 16 : "";
    snprintf(padded, sizeof padded, "%.16s:00Z", w);
    if (!time_read(text_of(padded), &at.local_us))
        refuse(l, "a time like 2026-03-01T10:00 is missing");
    if (*offset != '\0' && sscanf(offset + 1, "%2d:%2d", &hours, &minutes) != 2)
        refuse(l, "an offset is like +02:00");
    int64_t shift = (hours * INT64_C(60) + minutes) * INT64_C(60000000);
    at.utc_us = at.local_us - (*offset == '-' ? -shift : shift);
    return at;
}

static struct rehab_event read_date(const struct line *l, const char *w)
{
    struct rehab_event event = {.known = true};
    if (!time_read_date(text_of(w), &event.day)) refuse(l, "a date like 2026-03-01 is missing");
    return event;
}

static uint32_t read_role(const struct line *l, const char *w)
{
    if (strcmp(w, "physician") == 0) return REHAB_PHYSICIAN;
    if (strcmp(w, "clinician") == 0) return REHAB_CLINICIAN;
    refuse(l, "a role is clinician or physician");
}

/* ---- the protocol ---- */

static struct text read_file(struct rehab_arena *arena, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) return (struct text){NULL, 0};
    char *bytes = rehab_alloc(arena, 1 << 20);
    size_t size = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return (struct text){bytes, size};
}

static void show_faults(const struct story *s)
{
    for (uint32_t i = 0; i < s->call.problem.fault_count; i++) {
        const struct fault *f = &s->call.problem.faults[i];
        printf("# %.*s: %.*s\n", TEXT_FMT(f->pointer), TEXT_FMT(f->detail));
    }
}

enum { BLOCK_MAX = 1 << 18, CODES_MAX = 1024, CODE_SIZE = 65 };

/* The protocol of the cases before, compiled (most files tell of one), and the codes there are. */
static struct {
    _Alignas(16) unsigned char block[BLOCK_MAX];
    char name[256];
    size_t size;
    char codes[CODES_MAX][CODE_SIZE];
    uint32_t code_count;
} kept;

static void keep_codes(const struct rehab_measure *measures, uint32_t count)
{
    kept.code_count = count < CODES_MAX ? count : CODES_MAX;
    for (uint32_t i = 0; i < kept.code_count; i++)
        snprintf(kept.codes[i], CODE_SIZE, "%.*s", (int)measures[i].code.size, measures[i].code.at);
}

static uint32_t find_code(const char *code)
{
    uint32_t i = 0;
    while (i < kept.code_count && strcmp(kept.codes[i], code) != 0)
        i++;
    return i < kept.code_count ? i : REHAB_NONE;
}

/* A document of the library, of the tests, or one that lies beside the cases. */
static struct text read_document(struct story *s, const struct line *l, const char *name)
{
    const char *file = l->file == NULL ? "" : l->file, *slash = strrchr(file, '/');
    struct text json = {NULL, 0};
    char path[512], beside[512];
    snprintf(beside, sizeof beside, "%.*s", slash == NULL ? 1 : (int)(slash - file),
             slash == NULL ? "." : file);
    const char *const folders[] = {"sql/seed/protocols", "tests/core/protocols", beside};
    for (int i = 0; i < 3 && json.at == NULL; i++) {
        int size = snprintf(path, sizeof path, "%s/%s.json", folders[i], name);
        if (size < (int)sizeof path) json = read_file(s->call.arena, path);
    }
    return json;
}

static void compile_protocol(struct story *s, const struct line *l)
{
    struct rehab_measure *measures = NULL;
    struct rehab_document document;
    struct rehab_fault fault;
    uint32_t count = 0;
    snprintf(kept.name, sizeof kept.name, "%s", word(l, 1));
    struct text json = read_document(s, l, kept.name);
    if (json.at == NULL) refuse(l, "there is no such protocol");
    struct text catalogue = read_file(s->call.arena, "sql/seed/measures.json");
    if (catalogue.at == NULL) refuse(l, "this is played in the folder of the project");
    bool read = wire_read_rules_measures(&s->call, catalogue, &measures, &count).code == OK &&
                wire_read_protocol(&s->call, json, measures, count, &document).code == OK;
    if (read && rehab_compile(&document, s->call.arena, kept.block, BLOCK_MAX, &kept.size,
                              &fault) != REHAB_FINE)
        read = wire_note_fault(&s->call, &fault).code == OK;
    keep_codes(measures, count);
    show_faults(s);
    if (!read) refuse(l, "the protocol does not compile");
}

static void open_protocol(struct story *s, const struct line *l)
{
    if (!is(l, 1, kept.name)) compile_protocol(s, l);
    if (rehab_open(kept.block, kept.size, &s->protocol) != REHAB_FINE)
        refuse(l, "the protocol does not compile");
    for (uint32_t i = 0; i < rehab_count(&s->protocol, REHAB_TRACKS); i++)
        s->tracks[i].phase = s->protocol.tracks[i].phases.first;
    memset(s->strata, 0xff, sizeof s->strata);
    s->evidence.track_count = rehab_count(&s->protocol, REHAB_TRACKS);
    s->evidence.stratum_count = rehab_count(&s->protocol, REHAB_STRATA);
}

/* ---- facts ---- */

/* left and right, seen from the injury. */
static uint8_t relative(const struct story *s, const struct line *l, const char *side, bool sided)
{
    const bool both = s->evidence.bilateral;
    if (*side == '\0') return !sided ? REHAB_SIDE_NONE : both ? REHAB_BOTH : REHAB_INVOLVED;
    if (strcmp(side, "none") == 0) return REHAB_SIDE_NONE;
    if (strcmp(side, "both") == 0) return REHAB_BOTH;
    if (strcmp(side, "left") != 0 && strcmp(side, "right") != 0)
        refuse(l, "a side is left, right, both or none");
    return strcmp(side, both ? "left" : s->side) == 0 ? REHAB_INVOLVED : REHAB_OTHER;
}

static const struct {
    const char *word;
    uint8_t qualifier, held;
} QUALIFIERS[] = {
    {"unmedicated", REHAB_ANALGESIC_24H, 0},
    {"medicated", REHAB_ANALGESIC_24H, REHAB_ANALGESIC_24H},
    {"painful", REHAB_WAS_PAIN_FREE, 0},
    {"pain_free", REHAB_WAS_PAIN_FREE, REHAB_WAS_PAIN_FREE},
    {"not_warmed_up", REHAB_WARMED_UP, 0},
    {"warmed_up", REHAB_WARMED_UP, REHAB_WARMED_UP},
    {"good_quality", REHAB_POOR_QUALITY, 0},
    {"poor_quality", REHAB_POOR_QUALITY, REHAB_POOR_QUALITY},
};

static void qualify(const struct line *l, int first, struct rehab_observation *o)
{
    for (int i = first; i < l->count; i++) {
        size_t k = 0;
        while (k < sizeof QUALIFIERS / sizeof QUALIFIERS[0] && !is(l, i, QUALIFIERS[k].word))
            k++;
        if (k == sizeof QUALIFIERS / sizeof QUALIFIERS[0]) refuse(l, "this qualifier is not known");
        o->known |= QUALIFIERS[k].qualifier;
        o->held = (uint8_t)((o->held & ~QUALIFIERS[k].qualifier) | QUALIFIERS[k].held);
    }
}

/* 2026-03-06T18:00 by pt-1 unmedicated */
static void begin_assessment(struct story *s, const struct line *l)
{
    uint32_t person = 2166136261u;
    for (const char *c = word(l, 2); *c != '\0'; c++)
        person = (person ^ (unsigned char)*c) * 16777619u;
    s->assessment = (struct rehab_observation){.at = read_time(l, word(l, 0)),
                                               .assessment = s->assessments++,
                                               .assessor = is(l, 1, "by") ? person : REHAB_NONE};
    qualify(l, is(l, 1, "by") ? 3 : 1, &s->assessment);
}

static int64_t read_value(const struct story *s, const struct line *l, uint32_t measure,
                          const char *w)
{
    const struct rehab_measure_row *m = &s->protocol.measures[measure];
    int64_t nano = 0;
    if (m->kind == REHAB_BOOLEAN && strcmp(w, "true") == 0) return REHAB_SCALE;
    if (m->kind == REHAB_BOOLEAN && strcmp(w, "false") == 0) return 0;
    for (uint32_t i = 0; m->kind == REHAB_ORDINAL && i < m->labels.count; i++) {
        if (rehab_text_equal(
                rehab_text_at(&s->protocol, s->protocol.texts[m->labels.first + i].text), text(w)))
            return i * REHAB_SCALE;
    }
    if (m->kind != REHAB_NUMBER || !rehab_read_quantity(text(w), &nano))
        refuse(l, "the measure has no such value");
    return nano;
}

/* measure[/side] value [qualifiers] */
static void add_observation(struct story *s, const struct line *l)
{
    char code[64], side[16] = "";
    sscanf(word(l, 0), "%63[^/]/%15s", code, side);
    uint32_t measure = rehab_find_measure(&s->protocol, text(code));
    if (measure == REHAB_NONE) { /* of the catalogue, but this protocol does not look at it */
        must(l, find_code(code), "there is no such measure");
        return;
    }
    struct rehab_observation o = s->assessment;
    o.measure = (uint16_t)measure;
    o.side = relative(s, l, side, s->protocol.measures[measure].sided);
    o.value_nano = read_value(s, l, measure, word(l, 1));
    bool trial = is(l, 2, "trial");
    if (trial) o.trial = (uint8_t)atoi(word(l, 3));
    qualify(l, trial ? 4 : 2, &o);
    uint32_t place = s->evidence.observation_count++;
    if (place == OBSERVATIONS_MAX) refuse(l, "too many observations");
    for (; place > 0 && s->observations[place - 1].at.utc_us > o.at.utc_us; place--)
        s->observations[place] = s->observations[place - 1];
    s->observations[place] = o;
}

/* session ACTIVITY [until TIME] [stopped] [unprescribed]: what the assessment was. */
static void add_session(struct story *s, const struct line *l)
{
    uint32_t activity = must(l, rehab_find_activity(&s->protocol, text(word(l, 1))),
                             "the protocol has no such activity");
    struct rehab_session session = {.from = s->assessment.at,
                                    .to = s->assessment.at,
                                    .assessment = s->assessment.assessment,
                                    .activity = (uint16_t)activity,
                                    .completed = 1,
                                    .prescribed = 1};
    for (int i = 2; i < l->count; i++) {
        if (is(l, i, "until")) {
            session.to = read_time(l, word(l, ++i));
        } else if (is(l, i, "stopped")) {
            session.completed = 0;
        } else if (is(l, i, "unprescribed")) {
            session.prescribed = 0;
        } else {
            refuse(l, "a session is until a time, stopped or unprescribed");
        }
    }
    uint32_t place = s->evidence.session_count++;
    if (place == SESSIONS_MAX) refuse(l, "too many sessions");
    for (; place > 0 && s->sessions[place - 1].from.utc_us > session.from.utc_us; place--)
        s->sessions[place] = s->sessions[place - 1];
    s->sessions[place] = session;
}

/* phase NAME [of TRACK] since|at TIME; the track is the one that has such a phase. */
static void place_episode(struct story *s, const struct line *l)
{
    uint32_t track = 0, phase = REHAB_NONE, last = rehab_count(&s->protocol, REHAB_TRACKS);
    bool named = is(l, 2, "of");
    if (named)
        track = must(l, rehab_find_track(&s->protocol, text(word(l, 3))), "there is no such track");
    for (; phase == REHAB_NONE && track < last; track++) {
        phase = rehab_find_phase(&s->protocol, track, text(word(l, 1)));
        if (named) break;
    }
    struct rehab_track_state *state =
        &s->tracks[s->protocol.phases[must(l, phase, "there is no such phase")].track];
    *state = (struct rehab_track_state){phase, read_time(l, word(l, l->count - 1)),
                                        read_time(l, word(l, l->count - 1))};
    s->placed = true;
}

static void start(struct story *s, struct rehab_instant at)
{
    s->evidence.started = at;
    for (uint32_t i = 0; i < TRACKS_MAX && !s->placed; i++)
        s->tracks[i].entered = s->tracks[i].moved = at;
}

static void start_on(struct story *s, struct rehab_event day_zero)
{
    int64_t midnight = day_zero.day * REHAB_DAY;
    start(s, (struct rehab_instant){midnight, midnight});
}

static void add_clearance(struct story *s, const struct line *l)
{
    uint32_t n = s->evidence.clearance_count++;
    if (n == CLEARANCES_MAX) refuse(l, "too many clearances");
    s->clearances[n] = (struct rehab_clearance){
        must(l, rehab_find_clearance(&s->protocol, text(word(l, 1))),
             "no criterion asks for this clearance"),
        read_role(l, word(l, 4)), read_time(l, word(l, 5)), is(l, 2, "given")};
}

static void clear_flag(struct story *s, const struct line *l)
{
    uint32_t n = s->evidence.flag_clearance_count++;
    if (n == CLEARANCES_MAX) refuse(l, "too many clearances");
    s->flag_clearances[n] = (struct rehab_flag_clearance){
        must(l, rehab_find_red_flag(&s->protocol, text(word(l, 1))), "there is no such red flag"),
        read_role(l, word(l, 3)), read_time(l, word(l, 4))};
}

static bool add_stratum(struct story *s, const struct line *l)
{
    uint32_t stratum = rehab_find_stratum(&s->protocol, text(word(l, 0)));
    if (stratum == REHAB_NONE) return false;
    uint32_t value = rehab_find_stratum_value(&s->protocol, stratum, text(word(l, 1)));
    s->strata[stratum] = (uint16_t)must(l, value, "the stratum has no such value");
    return true;
}

static void add_birth(struct story *s, const struct line *l)
{
    s->evidence.birth = read_date(l, word(l, 1));
}

static void add_event(struct story *s, const struct line *l)
{
    bool surgery = is(l, 0, "surgery");
    struct rehab_event *event = surgery ? &s->evidence.surgery : &s->evidence.onset;
    *event = read_date(l, word(l, 1));
    if ((s->protocol.head->day_zero == REHAB_SURGERY) == surgery) start_on(s, *event);
}

/* ---- what is expected ---- */

static const struct rehab_finding *find_finding(const struct story *s, const char *id)
{
    for (uint32_t i = 0; i < s->decision.finding_count; i++) {
        const struct rehab_finding *f = &s->decision.findings[i];
        if (rehab_text_equal(rehab_text_at(&s->protocol, s->protocol.criteria[f->criterion].id),
                             text(id)))
            return f;
    }
    return NULL;
}

static void compare_text(const struct story *s, const struct line *l, struct rehab_text found,
                         const char *wanted)
{
    say(rehab_text_equal(found, text(wanted)), s, l, "it is %.*s", (int)found.size, found.at);
}

static void expect_criterion(const struct story *s, const struct line *l)
{
    const struct rehab_finding *f = find_finding(s, word(l, 2));
    char found[64];
    if (f == NULL) {
        say(false, s, l, "this criterion was not judged");
        return;
    }
    struct rehab_text verdict = rehab_verdict_name((enum rehab_verdict)f->verdict),
                      reason = rehab_reason_name((enum rehab_reason)f->reason);
    snprintf(found, sizeof found, "%.*s %.*s", (int)verdict.size, verdict.at, (int)reason.size,
             reason.at);
    bool ok = rehab_text_equal(verdict, text(word(l, 3))) &&
              (l->count < 5 || rehab_text_equal(reason, text(word(l, 4))));
    say(ok, s, l, "it is %s", found);
}

static void expect_value(const struct story *s, const struct line *l)
{
    const struct rehab_finding *f = find_finding(s, word(l, 2));
    char digits[REHAB_QUANTITY_TEXT];
    int64_t value = 0;
    if (f == NULL || !rehab_finding_value(&s->protocol, f, &value)) {
        say(false, s, l, "there is no value");
        return;
    }
    compare_text(s, l, (struct rehab_text){digits, rehab_write_quantity(value, digits)},
                 word(l, 3));
}

static void expect_sentence(const struct story *s, const struct line *l)
{
    const struct rehab_finding *f = find_finding(s, word(l, 2));
    const char *open = strchr(l->text, '"'), *close = open ? strrchr(l->text, '"') : NULL;
    char sentence[REHAB_SENTENCE_MAX], wanted[REHAB_SENTENCE_MAX];
    if (f == NULL || open == NULL || close == open) {
        say(false, s, l, "there is no such criterion, or no sentence in quotes");
        return;
    }
    snprintf(wanted, sizeof wanted, "%.*s", (int)(close - open - 1), open + 1);
    uint32_t size = rehab_sentence(&s->protocol, f, text("en"), sentence, sizeof sentence);
    compare_text(s, l, (struct rehab_text){sentence, size}, wanted);
}

static void expect_gate(const struct story *s, const struct line *l)
{
    for (uint32_t i = 0; i < s->decision.gate_count; i++) {
        const struct rehab_gate_result *g = &s->decision.gates[i];
        if (!rehab_text_equal(rehab_text_at(&s->protocol, s->protocol.gates[g->gate].id),
                              text(word(l, 2))))
            continue;
        compare_text(s, l, rehab_verdict_name(g->verdict), word(l, 3));
        return;
    }
    say(false, s, l, "the phase has no such gate");
}

static void expect_flag(const struct story *s, const struct line *l)
{
    uint32_t flag =
        must(l, rehab_find_red_flag(&s->protocol, text(word(l, 2))), "there is no such red flag");
    compare_text(s, l, text(s->decision.red_flags[flag].raised ? "raised" : "clear"), word(l, 3));
}

static void expect_advice(const struct story *s, const struct line *l)
{
    for (uint32_t i = 0; i < s->decision.advice_count; i++) {
        const struct rehab_advice_result *a = &s->decision.advice[i];
        if (!rehab_text_equal(rehab_text_at(&s->protocol, s->protocol.advice[a->advice].id),
                              text(word(l, 2))))
            continue;
        compare_text(s, l, text(a->given ? "given" : "withdrawn"), word(l, 3));
        return;
    }
    compare_text(s, l, text("absent"), word(l, 3));
}

static void compare_due(const struct story *s, const struct line *l,
                        const struct rehab_prescription_result *r)
{
    char date[DATE_TEXT_SIZE] = "absent";
    if (r->has_due) time_write_date(r->due_day, date);
    compare_text(s, l, text(date), word(l, 3));
}

/* By what it is about: the first limit or cap of that measure. */
static void compare_limit(const struct story *s, const struct line *l,
                          const struct rehab_prescription_result *r)
{
    const struct rehab_protocol *p = &s->protocol;
    for (uint32_t i = r->limits.first; i < r->limits.first + r->limits.count; i++) {
        const struct rehab_finding *f = &s->decision.findings[i];
        uint32_t measure = p->criteria[f->criterion].measure;
        if (!rehab_text_equal(rehab_text_at(p, p->measures[measure].code), text(word(l, 3))))
            continue;
        compare_text(s, l, rehab_verdict_name((enum rehab_verdict)f->verdict), word(l, 4));
        return;
    }
    compare_text(s, l, text("absent"), word(l, 4));
}

static void expect_exercise(const struct story *s, const struct line *l)
{
    for (uint32_t i = 0; i < s->decision.prescription_count; i++) {
        const struct rehab_prescription_result *r = &s->decision.prescriptions[i];
        struct rehab_ref id = s->protocol.prescriptions[r->prescription].id;
        if (!rehab_text_equal(rehab_text_at(&s->protocol, id), text(word(l, 2)))) continue;
        if (is(l, 1, "limit")) {
            compare_limit(s, l, r);
            return;
        }
        if (is(l, 1, "due")) {
            compare_due(s, l, r);
            return;
        }
        if (is(l, 1, "selected")) {
            compare_text(s, l, r->has_deficits ? rehab_verdict_name(r->selected) : text("absent"),
                         word(l, 3));
            return;
        }
        bool progress = is(l, 1, "progress");
        compare_text(s, l,
                     progress && !r->has_progress
                         ? text("absent")
                         : rehab_verdict_name(progress ? r->progress : r->verdict),
                     word(l, 3));
        return;
    }
    compare_text(s, l, text("absent"), word(l, 3));
}

static void expect_zone(const struct story *s, const struct line *l)
{
    for (uint32_t i = 0; i < s->decision.band_count; i++) {
        const struct rehab_band_result *r = &s->decision.bands[i];
        const struct rehab_protocol *p = &s->protocol;
        if (!rehab_text_equal(rehab_text_at(p, p->bands[r->band].id), text(word(l, 2)))) continue;
        compare_text(s, l,
                     r->zone == REHAB_NONE ? text("none") : rehab_text_at(p, p->zones[r->zone].id),
                     word(l, 3));
        return;
    }
    say(false, s, l, "the phase has no such band");
}

static void expect_need(const struct story *s, const struct line *l)
{
    bool none = is(l, 1, "no"), found = false;
    const char *code = word(l, none ? 3 : 2), *side = word(l, none ? 4 : 3);
    uint32_t measure = must(l, rehab_find_measure(&s->protocol, text(code)),
                            "the protocol does not use this measure");
    for (uint32_t i = 0; i < s->decision.need_count; i++) {
        const struct rehab_need *n = &s->decision.needs[i];
        uint8_t wanted = relative(s, l, side, s->protocol.measures[measure].sided);
        found = found || (n->measure == measure && (*side == '\0' || n->side == wanted));
    }
    say(found != none, s, l, found ? "it is asked for" : "it is not asked for");
}

static void expect_blocker(const struct story *s, const struct line *l)
{
    bool none = is(l, 1, "no"), found = false;
    const struct rehab_finding *f = find_finding(s, word(l, none ? 3 : 2));
    for (uint32_t i = 0; i < s->decision.blocker_count; i++)
        found = found || &s->decision.findings[s->decision.blockers[i]] == f;
    say(found != none, s, l, found ? "it is in the way" : "it is not in the way");
}

static void expect_pace(const struct story *s, const struct line *l)
{
    const struct rehab_track_result *t = &s->decision.tracks[0];
    bool phase = t->phase_expectation.pace != REHAB_PACE_NONE;
    compare_text(s, l,
                 rehab_pace_name(phase ? t->phase_expectation.pace : t->track_expectation.pace),
                 word(l, 2));
}

static void expect_earliest(const struct story *s, const struct line *l)
{
    const struct rehab_decision *d = &s->decision;
    if (is(l, 1, "no")) {
        say(!d->has_earliest, s, l, "there is one");
        return;
    }
    struct rehab_instant wanted = read_time(l, word(l, 2));
    bool same = d->earliest_is_local ? wanted.local_us == d->earliest.local_us
                                     : wanted.utc_us == d->earliest.utc_us;
    say(d->has_earliest && same, s, l, d->has_earliest ? "it is another instant" : "there is none");
}

static void expect_move(const struct story *s, const struct line *l)
{
    const struct rehab_recommendation *r = &s->decision.recommendation;
    struct rehab_text move = rehab_move_name(r->move), to = {"", 0};
    if (r->to != REHAB_NONE) to = rehab_text_at(&s->protocol, s->protocol.phases[r->to].id);
    bool ok = rehab_text_equal(move, text(word(l, 1))) &&
              (l->count < 4 || rehab_text_equal(to, text(word(l, 3))));
    say(ok, s, l, "it is %.*s %.*s", (int)move.size, move.at, (int)to.size, to.at);
}

static void expect_review(const struct story *s, const struct line *l)
{
    bool none = is(l, 1, "no");
    say(s->decision.review != none, s, l,
        none ? "a review is asked for" : "no review is asked for");
}

typedef void expectation(const struct story *s, const struct line *l);

static const struct {
    const char *word;
    expectation *judge;
} EXPECTATIONS[] = {
    {"criterion", expect_criterion}, {"value", expect_value},       {"sentence", expect_sentence},
    {"gate", expect_gate},           {"flag", expect_flag},         {"advice", expect_advice},
    {"exercise", expect_exercise},   {"progress", expect_exercise}, {"measure", expect_need},
    {"blocker", expect_blocker},     {"pace", expect_pace},         {"earliest", expect_earliest},
    {"review", expect_review},       {"stay", expect_move},         {"advance", expect_move},
    {"regress", expect_move},        {"hold", expect_move},         {"stop", expect_move},
    {"complete", expect_move},       {"restart", expect_move},      {"selected", expect_exercise},
    {"zone", expect_zone},           {"due", expect_exercise},      {"limit", expect_exercise},
};

static void expect(struct story *s, const struct line *l)
{
    const char *key = is(l, 1, "no") ? word(l, 2) : word(l, 1);
    if (!s->decided) refuse(l, "nothing was decided before: an as-of line is missing");
    if (tells_facts) {
        const char *line = l->text + strspn(l->text, " ");
        if (s->expected++ > 0) fputc(',', stdout);
        facts_write_text(stdout, text(line + strcspn(line, " ") + 1));
        return;
    }
    for (size_t i = 0; i < sizeof EXPECTATIONS / sizeof EXPECTATIONS[0]; i++) {
        if (strcmp(EXPECTATIONS[i].word, key) != 0) continue;
        EXPECTATIONS[i].judge(s, l);
        return;
    }
    refuse(l, "this expectation is not known");
}

/* Ends the list of what was expected before. */
static void end_facts(const struct story *s)
{
    if (tells_facts && s != NULL && s->decided) fputs("]}\n", stdout);
}

static void tell_facts(struct story *s)
{
    end_facts(s);
    fputs("{\"protocol\":", stdout);
    facts_write_text(stdout, rehab_text_at(&s->protocol, s->protocol.head->id));
    fputs(",\"story\":", stdout);
    facts_write_text(stdout, text(s->title));
    fputs(",\"facts\":", stdout);
    facts_write(stdout, &s->protocol, &s->evidence, s->side);
    fputs(",\"as_of\":", stdout);
    facts_write_time(stdout, s->as_of);
    fputs(",\"expect\":[", stdout);
    s->expected = 0;
}

static void decide(struct story *s, const struct line *l)
{
    s->as_of = read_time(l, word(l, 1));
    enum rehab_outcome outcome =
        rehab_decide(&s->protocol, &s->evidence, s->as_of, s->call.arena, &s->decision);
    if (outcome != REHAB_DECIDED) refuse(l, "the core does not decide on this");
    if (tells_facts) tell_facts(s);
    s->decided = true;
}

/* ---- lines ---- */

static void hold(struct story *s, const struct line *l)
{
    for (uint32_t i = 0; i < TRACKS_MAX; i++)
        s->tracks[i].moved = read_time(l, word(l, 2));
}

static void set_side(struct story *s, const struct line *l)
{
    snprintf(s->side, sizeof s->side, "%s", word(l, 1));
    s->evidence.bilateral = strcmp(s->side, "both") == 0;
}

static void start_line(struct story *s, const struct line *l)
{
    start(s, read_time(l, word(l, 1)));
}

typedef void teller(struct story *s, const struct line *l);

static const struct {
    const char *word;
    teller *tell;
} TELLERS[] = {
    {"protocol", open_protocol}, {"side", set_side},           {"onset", add_event},
    {"surgery", add_event},      {"born", add_birth},          {"started", start_line},
    {"phase", place_episode},    {"move", place_episode},      {"hold", hold},
    {"clears", clear_flag},      {"clearance", add_clearance}, {"as-of", decide},
};

static struct story *begin_story(struct arena_pool *pool, struct story *old, const struct line *l)
{
    if (old != NULL) {
        arena_drop(old->call.arena);
        free(old);
    }
    struct story *s = calloc(1, sizeof *s);
    if (s == NULL) refuse(l, "no memory");
    s->call.arena = arena_take(pool);
    snprintf(s->title, sizeof s->title, "%s",
             l->text + strlen("case:") + strspn(l->text + strlen("case:"), " "));
    s->evidence = (struct rehab_evidence){.observations = s->observations,
                                          .sessions = s->sessions,
                                          .clearances = s->clearances,
                                          .flag_clearances = s->flag_clearances,
                                          .tracks = s->tracks,
                                          .strata = s->strata};
    return s;
}

static void tell(struct story *s, const struct line *l)
{
    if (is(l, 0, "expect")) {
        expect(s, l);
        return;
    }
    for (size_t i = 0; i < sizeof TELLERS / sizeof TELLERS[0]; i++) {
        if (!is(l, 0, TELLERS[i].word)) continue;
        TELLERS[i].tell(s, l);
        return;
    }
    if (s->protocol.head == NULL) refuse(l, "a case begins with its protocol");
    if (isdigit((unsigned char)*word(l, 0))) {
        begin_assessment(s, l);
    } else if (l->indented && is(l, 0, "session")) {
        add_session(s, l);
    } else if (l->indented) {
        add_observation(s, l);
    } else if (!add_stratum(s, l)) {
        refuse(l, "this line is not understood");
    }
}

/* Words of a line without its comment; false when there are none. A # inside quotes is none. */
static bool split(struct line *l)
{
    bool quoted = false;
    l->text[strcspn(l->text, "\r\n")] = '\0';
    for (char *c = l->text; *c != '\0'; c++) {
        quoted ^= *c == '"';
        if (*c == '#' && !quoted) *c = '\0';
        if (*c == '\0') break;
    }
    for (size_t n = strlen(l->text); n > 0 && l->text[n - 1] == ' '; n--)
        l->text[n - 1] = '\0';
    l->indented = l->text[0] == ' ' || l->text[0] == '\t';
    l->count = 0;
    memcpy(l->storage, l->text, sizeof l->storage);
    for (char *at = l->storage, *next = NULL; l->count < WORDS_MAX; at = NULL) {
        char *w = strtok_r(at, " \t", &next);
        if (w == NULL) break;
        l->word[l->count++] = w;
    }
    return l->count > 0;
}

static void play(struct arena_pool *pool, const char *path)
{
    static struct line l;
    struct story *s = NULL;
    FILE *f = fopen(path, "r");
    l = (struct line){.file = path};
    if (f == NULL) refuse(&l, "this file cannot be read");
    while (fgets(l.text, sizeof l.text, f) != NULL) {
        l.number++;
        if (!split(&l)) continue;
        if (is(&l, 0, "case:")) {
            end_facts(s);
            s = begin_story(pool, s, &l);
        } else if (s == NULL) {
            refuse(&l, "a file begins with a case: line");
        } else {
            tell(s, &l);
        }
    }
    fclose(f);
    end_facts(s);
    if (s != NULL) arena_drop(s->call.arena);
    free(s);
}

/* Writes the block of a protocol, for whoever tests the library from outside. */
static int write_block(struct arena_pool *pool, char *name)
{
    static struct line l;
    l = (struct line){.file = name, .word = {name, name}, .count = 2};
    struct story *s = begin_story(pool, NULL, &l);
    open_protocol(s, &l);
    size_t size = s->protocol.head->size;
    bool written = fwrite(s->protocol.head, 1, size, stdout) == size;
    arena_drop(s->call.arena);
    free(s);
    return written ? 0 : 1;
}

static int is_case(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 5 && strcmp(entry->d_name + size - 5, ".case") == 0;
}

int main(int count, char **argument)
{
    static const char folder[] = "tests/core/cases";
    struct arena_pool *pool = arena_pool_open(4);
    struct dirent **entries = NULL;
    if (count == 3 && strcmp(argument[1], "--block") == 0) return write_block(pool, argument[2]);
    tells_facts = count > 1 && strcmp(argument[1], "--facts") == 0;
    if (tells_facts) {
        count--;
        argument++;
    }
    int n = count > 1 ? 0 : scandir(folder, &entries, is_case, alphasort);
    for (int i = 1; i < count; i++)
        play(pool, argument[i]);
    for (int i = 0; i < n; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        play(pool, path);
        free(entries[i]);
    }
    free(entries);
    arena_pool_close(pool);
    if (tells_facts) return 0;
    printf("1..%d\n", passed + failed);
    return failed > 0 || passed == 0;
}
