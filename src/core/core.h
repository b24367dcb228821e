/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the core: what its files share and strangers do not see. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rehab/rehab.h"

/* The four functions that a compiler may call by itself; nothing else is asked of the world. */
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *at, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

#define REHAB_LITERAL(s) ((struct rehab_text){(s), (uint32_t)(sizeof(s) - 1)})

/* ---- quantity.c ---- */

/* 128 bits made of two halves, by hand: a compiler would call a helper of its run-time library for
 * that on some targets, and the core calls nothing. */
struct rehab_wide {
    uint64_t high, low;
};

static inline struct rehab_wide rehab_multiply(uint64_t a, uint64_t b)
{
    uint64_t al = a & UINT32_MAX, ah = a >> 32, bl = b & UINT32_MAX, bh = b >> 32;
    uint64_t low = al * bl, middle = ah * bl + (low >> 32), other = al * bh + (middle & UINT32_MAX);
    return (struct rehab_wide){ah * bh + (middle >> 32) + (other >> 32),
                               (other << 32) | (low & UINT32_MAX)};
}

/* The sign of a * b - c * d. */
static inline int rehab_compare_sizes(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    struct rehab_wide x = rehab_multiply(a, b), y = rehab_multiply(c, d);
    int high = (x.high > y.high) - (x.high < y.high), low = (x.low > y.low) - (x.low < y.low);
    return high + (high == 0) * low; /* no branch: which patient is better cannot be foretold */
}

/* ---- arena.c ---- */

/* Of `count` structs of `stride` bytes that begin with a struct rehab_text, the one spelled most
 * like `word`. */
uint32_t rehab_nearest_id(struct rehab_text word, const void *first, size_t stride, uint32_t count);

/* The one spelled just so. */
uint32_t rehab_find_id(struct rehab_text word, const void *first, size_t stride, uint32_t count);

/* ---- block.c: the shape of a block ---- */

/* Bytes of one row of a table. */
uint32_t rehab_row_size(enum rehab_table table);

/* The check sum over `size` bytes (a multiple of 8): no change within one word leaves it as it was.
 */
uint64_t rehab_check_sum(const unsigned char *bytes, size_t size);

/* The term for a key; REHAB_NONE. */
uint32_t rehab_find_term(const struct rehab_protocol *p, struct rehab_text key);

/* Children stand before their parent in a tree, so one pass over this many places is enough. */
struct rehab_tree_verdicts {
    uint8_t at[REHAB_MAX_NODES]; /* enum rehab_verdict of every node */
};

/* ---- phrase.c: every text of the core, rows of phrase.def ---- */

enum rehab_phrase {
#define PHRASE(key, en, es) key,
#include "phrase.def"
#undef PHRASE
    P_COUNT
};

/* English is the first. */
enum { REHAB_LANGUAGES = 2 };

/* The language of a BCP 47 tag, by its first part; else English. */
uint32_t rehab_find_language(struct rehab_text tag);

/* The same first part, whatever the case? */
bool rehab_same_language(struct rehab_text a, struct rehab_text b);

struct rehab_text rehab_phrase(enum rehab_phrase phrase, uint32_t language);
struct rehab_text rehab_verdict_phrase(uint32_t verdict, uint32_t language);
struct rehab_text rehab_reason_phrase(uint32_t reason, uint32_t language);

/* ---- series.c ---- */

/* One list: observations of a measure on a side, newest first. */
struct rehab_list {
    uint32_t newest; /* an observation, REHAB_NONE */
    uint32_t tied;   /* 0: there is one, and it is alone at its instant */
};

/* An observation of both sides stands in two lists, so the other side has links of its own. What
 * the short way reads stands first. */
struct rehab_series {
    struct rehab_newest *newest; /* by measure (plain.h) */
    struct rehab_instant as_of;
    const struct rehab_protocol *p;
    const struct rehab_evidence *e;
    const struct rehab_observation *at; /* e->observations */
    uint32_t count;                     /* observations not later than as_of */
    struct rehab_list *lists;           /* 3 * measure + side; they lie behind newest */
    uint32_t *older;        /* 2 * i: of the involved side or none; 2 * i + 1: of the other */
    uint8_t *invalid;       /* by measure; 1: something was observed that does not count */
    bool bilateral;         /* e->bilateral */
    uint8_t place[3];       /* by side: its list, of a measure that has sides */
    uint32_t session_count; /* sessions that have begun at as_of */
    uint32_t *made_in;      /* by observation: its session, REHAB_NONE; NULL: no sessions */
    uint32_t *same;         /* by observation: the one before it in its session, REHAB_NONE */
    uint32_t *last_in;      /* by session: the last that was made in it, REHAB_NONE */
};

/* Do counts, track states and strata fit the protocol, so that all of the evidence can be read? Of
 * observations, sessions and clearances nothing is an index that is not looked at first. */
bool rehab_is_fitting(const struct rehab_protocol *p, const struct rehab_evidence *e);

/* rehab_index_evidence of what fits. */
struct rehab_series *rehab_index_fitting(const struct rehab_protocol *p,
                                         const struct rehab_evidence *e, struct rehab_instant as_of,
                                         struct rehab_arena *arena);

static inline const struct rehab_list *rehab_list_of(const struct rehab_series *s, uint32_t measure,
                                                     uint32_t side)
{
    return &s->lists[3 * measure + s->place[side]];
}

static inline uint32_t rehab_older(const struct rehab_series *s, uint32_t side,
                                   uint32_t observation)
{
    return s->older[2 * observation + (s->place[side] == REHAB_OTHER)];
}

/* As one side sees an episode that concerns both: it is the involved one, and there is no other. */
static inline struct rehab_series rehab_side_of(const struct rehab_series *s, uint32_t side)
{
    struct rehab_series seen = *s;
    seen.place[REHAB_INVOLVED] = (uint8_t)side;
    seen.place[REHAB_OTHER] = REHAB_SIDE_NONE; /* of a measure that has sides: an empty list */
    return seen;
}

/* Was it made in a session of the activity? */
bool rehab_is_in_session(const struct rehab_series *s, uint16_t activity, uint32_t observation);

/* The same; REHAB_NONE16: wherever, as most leaves have it. */
static inline bool rehab_is_during(const struct rehab_series *s, uint16_t activity,
                                   uint32_t observation)
{
    return activity == REHAB_NONE16 || rehab_is_in_session(s, activity, observation);
}

/* The observation, or the newest before it, that was made in a session of the activity. */
static inline uint32_t rehab_seek(const struct rehab_series *s, uint32_t side, uint16_t activity,
                                  uint32_t observation)
{
    while (observation != REHAB_NONE && !rehab_is_during(s, activity, observation))
        observation = rehab_older(s, side, observation);
    return observation;
}

/* A second index over the same links, to step back with, in `room` of so many bytes. */
size_t rehab_copy_room(const struct rehab_protocol *p);
void rehab_copy_series(struct rehab_series *to, void *room, const struct rehab_series *from);

/* Does it stand in the list of its measure and this side? */
bool rehab_is_listed(const struct rehab_series *s, uint32_t side, uint32_t observation);

/* Goes back to an instant before as_of. */
void rehab_rewind(struct rehab_series *s, struct rehab_instant to);

/* Goes back to the last instant before as_of at which something was observed; false when there is
 * none. */
bool rehab_step_back(struct rehab_series *s);

/* ---- expression.c ---- */

static inline void rehab_settle(struct rehab_finding *f, enum rehab_verdict verdict,
                                enum rehab_reason reason)
{
    f->verdict = (uint8_t)verdict;
    f->reason = (uint8_t)reason;
}

/* Both sides of the body? */
static inline bool rehab_is_pair(uint32_t expression)
{
    return expression >= REHAB_SYMMETRY && expression <= REHAB_ASYMMETRY;
}

/* A value against an earlier one of the same measure? */
static inline bool rehab_is_since(uint32_t expression)
{
    return expression >= REHAB_CHANGE && expression < REHAB_RISE;
}

/* One value per another? */
static inline bool rehab_is_quotient(const struct rehab_criterion_row *row)
{
    return row->expression <= REHAB_BEST && row->over != REHAB_NONE16;
}

/* Sessions themselves, not what was observed in them? */
static inline bool rehab_is_of_sessions(uint32_t expression)
{
    return expression - (uint32_t)REHAB_SESSIONS <= (uint32_t)(REHAB_SPACING - REHAB_SESSIONS);
}

/* What a session left behind? */
static inline bool rehab_is_aftermath(uint32_t expression)
{
    return expression - (uint32_t)REHAB_SETTLE <= (uint32_t)(REHAB_NEXT_MORNING - REHAB_SETTLE);
}

/* How a leaf sees the episode. */
struct rehab_view {
    const struct rehab_series *s;
    const struct rehab_track_state *track; /* NULL: none (red flags) */
    int64_t from_us; /* guards and flags: what was observed before does not count */
};

/* How much a verdict counts against going on: the larger, the safer to take. Under `not`, and in
 * guards, being met does. */
static inline int rehab_caution(const struct rehab_criterion_row *row, uint8_t verdict)
{
    return (row->stance != REHAB_FOR_PROGRESS) != (row->negative != 0) ? verdict
                                                                       : REHAB_MET - verdict;
}

/* A guard or a red flag? */
static inline bool rehab_guards(uint32_t stance)
{
    return stance - (uint32_t)REHAB_FOR_GUARD <= (uint32_t)(REHAB_FOR_FLAG - REHAB_FOR_GUARD);
}

/* Does it look at everything since the last move, or since a flag was cleared? */
static inline bool rehab_is_wary(const struct rehab_criterion_row *row)
{
    return rehab_guards(row->stance);
}

/* May the leaf be judged the short way (plain.h)? */
static inline bool rehab_is_plain(const struct rehab_criterion_row *row)
{
    bool expression = row->expression == REHAB_LATEST || row->expression == REHAB_SYMMETRY ||
                      row->expression == REHAB_DIFFERENCE;
    bool newest = row->stance == REHAB_FOR_PROGRESS || row->stance == REHAB_FOR_ADVICE;
    bool bare = (row->by_stratum == REHAB_NONE16) & (row->activity == REHAB_NONE16) &
                (row->trials == 0) & (row->over == REHAB_NONE16) & (row->extra == REHAB_NONE);
    return expression && newest && row->op < REHAB_BETWEEN && row->since != REHAB_SINCE_PHASE &&
           row->for_days == 0 && row->for_observations == 0 && bare;
}

/* By operator: which signs of (value - bound) satisfy it; bit 0 less, bit 1 equal, bit 2 greater.
 */
static inline bool rehab_holds(uint32_t op, int sign)
{
    const uint32_t signs = 1u << 3 * REHAB_LT | 3u << 3 * REHAB_LE | 2u << 3 * REHAB_EQ |
                           5u << 3 * REHAB_NE | 6u << 3 * REHAB_GE | 4u << 3 * REHAB_GT;
    return signs >> (3 * op + (uint32_t)(sign + 1)) & 1;
}

/* The same for one value, whatever the operator. */
static inline bool rehab_fits(uint32_t op, int64_t value, int64_t bound, int64_t upper)
{
    if (op < REHAB_BETWEEN) return rehab_holds(op, (value > bound) - (value < bound));
    if (op == REHAB_IN) return (uint64_t)bound >> ((uint64_t)(value / REHAB_SCALE) & 63) & 1;
    return value >= bound && value <= upper;
}

/* Was it observed under the conditions that the leaf asks for? */
static inline bool rehab_is_qualified(const struct rehab_observation *o,
                                      const struct rehab_criterion_row *row)
{
    return ((uint32_t)(o->known | o->held << 8) & row->asked) == row->wanted;
}

/* From one instant to another: whole local days, or what went by. */
static inline int64_t rehab_time_between(struct rehab_instant from, struct rehab_instant to,
                                         bool calendar)
{
    if (!calendar) return to.utc_us - from.utc_us;
    return ((int64_t)rehab_local_day(to) - rehab_local_day(from)) * REHAB_DAY;
}

/* The local day of an event that is known. */
static inline int32_t rehab_event_day(const struct rehab_event *event)
{
    return event->timed ? rehab_local_day(event->at) : event->day;
}

/* Is `at` longer ago than `span_us` at `as_of`? */
static inline bool rehab_is_older(struct rehab_instant at, struct rehab_instant as_of,
                                  int64_t span_us, bool calendar)
{
    int64_t age = calendar ? as_of.local_us - at.local_us : as_of.utc_us - at.utc_us;
    return age > span_us;
}

/* The value of the leaf at one observation (a second one is found by itself) and its verdict,
 * whatever its age. */
void rehab_weigh_observation(const struct rehab_view *v, const struct rehab_criterion_row *row,
                             int64_t bound, uint32_t observation, struct rehab_finding *f);

/* The leaf's value from both observations; false when a ratio has no reference. */
bool rehab_read_two(const struct rehab_criterion_row *row, int64_t first, int64_t second,
                    struct rehab_finding *f);

/* On which side the second measure of a rise is looked at. */
uint32_t rehab_over_side(const struct rehab_protocol *p, const struct rehab_criterion_row *row);

/* value op bound? bottom 0: value is top; else 100 * top / bottom percent. */
bool rehab_compare(const struct rehab_criterion_row *row, int64_t top, int64_t bottom,
                   int64_t bound);

/* The verdict of f's value, and a warning when it is above an interval. */
void rehab_conclude(const struct rehab_criterion_row *row, int64_t bound, struct rehab_finding *f);

/* Is `a` the one to take of two findings of a leaf? The more cautious verdict; else, so that order
 * decides nothing, the first reason, and the worse value by the measure's direction. */
bool rehab_is_safer(const struct rehab_view *v, const struct rehab_criterion_row *row,
                    const struct rehab_finding *a, const struct rehab_finding *b);

/* ---- criterion.c ---- */

/* Judges one leaf, whatever it is. Where both sides are concerned each is judged, and the more
 * cautious finding is taken: to go on both have to be as asked, to be held back one is enough. */
void rehab_judge_criterion(const struct rehab_view *v, uint32_t criterion, struct rehab_finding *f);

/* The same of one side, in an episode that concerns both. */
void rehab_judge_side(const struct rehab_view *v, uint32_t criterion, uint32_t side,
                      struct rehab_finding *f);

/* The day on which whoever was born that day is so many years old. */
int32_t rehab_find_birthday(int32_t born, int32_t years);

/* Elapsed time of a leaf in microseconds; false: its event is not known. */
bool rehab_measure_elapsed(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t *us);

/* ---- session.c ---- */

/* Or was it only put down as missed? That it was begun is seen by its end, or by what was observed
 * in it. */
bool rehab_was_begun(const struct rehab_series *s, uint32_t session);

/* What the index needs to know about sessions, in `room` of rehab_session_room bytes; false: they
 * are out of order. */
size_t rehab_session_room(const struct rehab_evidence *e);
bool rehab_index_sessions(struct rehab_series *s, void *room);

/* Of the sessions themselves: how many, how well kept to, how long ago. */
void rehab_judge_sessions(const struct rehab_view *v, const struct rehab_criterion_row *row,
                          int64_t bound, struct rehab_finding *f);

/* One of the leaf's activity that has ended, begun in the leaf's window and not before from_us? */
bool rehab_is_session_of(const struct rehab_view *v, const struct rehab_criterion_row *row,
                         const struct rehab_session *session, int64_t from_us);

/* ---- schedule.c ---- */

/* When a prescription is due next, as seen from its track; it is open. */
void rehab_find_due(const struct rehab_series *s, const struct rehab_prescription_row *row,
                    struct rehab_prescription_result *r);

/* ---- aftermath.c ---- */

/* What a session left behind: until it had settled, the next morning. */
void rehab_judge_aftermath(const struct rehab_view *v, const struct rehab_criterion_row *row,
                           int64_t bound, struct rehab_finding *f);

/* ---- retest.c ---- */

/* A leaf of which a failed test is repeated; false: nothing in the window counts. */
bool rehab_judge_retest(const struct rehab_view *v, const struct rehab_criterion_row *row,
                        int64_t bound, struct rehab_finding *f);

/* ---- trial.c ---- */

/* What the trials of its assessment come to; a reason: nothing. */
enum rehab_reason rehab_take_trials(const struct rehab_series *s,
                                    const struct rehab_criterion_row *row, uint32_t side,
                                    uint32_t observation, int64_t *value);

/* The value of an observation that stands in the list of `side`: its own, as most leaves have it,
 * or that of its trials. */
static inline enum rehab_reason rehab_take_value(const struct rehab_series *s,
                                                 const struct rehab_criterion_row *row,
                                                 uint32_t side, uint32_t observation,
                                                 int64_t *value)
{
    *value = s->at[observation].value_nano;
    if (row->trials == 0) return REHAB_REASON_NONE;
    return rehab_take_trials(s, row, side, observation, value);
}

/* ---- criterion.c ---- */

/* From when on, in microseconds of UTC, observations and sessions count for the leaf. */
int64_t rehab_window_start(const struct rehab_view *v, const struct rehab_criterion_row *row);

/* Does every value of the window count, or only those of the newest instant? */
bool rehab_is_sweep(const struct rehab_criterion_row *row);

/* ---- finding.c ---- */

/* The label of place `nano / REHAB_SCALE`; empty when there is none. */
struct rehab_text rehab_label_at(const struct rehab_protocol *p, struct rehab_range labels,
                                 int64_t nano);

/* ---- derived.c ---- */

/* What a table says of a value, in billionths. */
int64_t rehab_find_percentile(const struct rehab_protocol *p, uint32_t norm, int64_t value);

void rehab_judge_score(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       struct rehab_finding *f);

/* The place of the state to which the first of the steps that fits leads. */
uint8_t rehab_step_from(const struct rehab_protocol *p, struct rehab_range steps, uint8_t state,
                        int64_t value);
void rehab_judge_state(const struct rehab_view *v, const struct rehab_criterion_row *row,
                       struct rehab_finding *f);

/* The observation that an item of a score counts, or REHAB_NONE, with *reason why there is none. */
uint32_t rehab_find_item(const struct rehab_series *s, const struct rehab_score_item_row *item,
                         int64_t from_us, enum rehab_reason *reason);

/* The points of a value: of the first of an item's bands that holds; none: 0. */
int64_t rehab_find_points(const struct rehab_protocol *p, struct rehab_range bands, int64_t value);

/* ---- latch.c ---- */

/* Is the rule of a red flag met, or was it at any instant from v->from_us on? When all its leaves
 * last, the findings are of now, each by what raised it first; else of the first such instant, and
 * of now when there is none. `room`: for the index that goes back. */
bool rehab_judge_latch(const struct rehab_view *v, const struct rehab_rule_row *rule, void *room,
                       struct rehab_finding *findings);

/* ---- decision.c ---- */

/* How a rule is seen: what was observed up to `moved` counts for guards and flags no more. */
struct rehab_view rehab_view_of(const struct rehab_series *s, const struct rehab_rule_row *rule,
                                const struct rehab_track_state *track, struct rehab_instant moved);

/* ---- gate.c ---- */

enum rehab_verdict rehab_judge_tree(const struct rehab_view *v, const struct rehab_rule_row *rule,
                                    struct rehab_finding *findings,
                                    struct rehab_tree_verdicts *out);

/* When the values were observed that a finding rests on, of pairs both, and where both sides are
 * concerned of each; first.utc_us INT64_MAX: on none. */
struct rehab_used {
    struct rehab_instant first, last;
};

struct rehab_used rehab_find_used(const struct rehab_view *v, const struct rehab_finding *f);

/* Marks the leaves that keep a tree from being met: blocks[i] for the i-th finding. */
void rehab_find_blockers(const struct rehab_protocol *p, const struct rehab_rule_row *rule,
                         const struct rehab_tree_verdicts *verdicts, bool blocks[REHAB_MAX_NODES]);

/* Marks the leaves that make a tree met that is: props[i] for the i-th of the rule's findings. */
void rehab_find_props(const struct rehab_protocol *p, const struct rehab_rule_row *rule,
                      const struct rehab_finding *findings, bool props[REHAB_MAX_NODES]);

/* How long until the time rules of a tree alone would let it be met. us 0: they do already;
 * INT64_MAX: never. */
struct rehab_wait {
    int64_t us;
    bool local; /* counted on the wall clock */
};
struct rehab_wait rehab_await_tree(const struct rehab_view *v, const struct rehab_rule_row *rule,
                                   const struct rehab_finding *findings);

/* ---- track.c ---- */

/* Days so far against what is usual. */
struct rehab_expectation_result rehab_judge_pace(const struct rehab_series *s, uint32_t expectation,
                                                 const struct rehab_track_state *track);
