/* SPDX-License-Identifier: Apache-2.0 */
/* The whole decision: red flags, the gates of every track's phase, exercise gates, advice; then
 * what to recommend, what is in the way and what to measure. All results are counted first and lie
 * in one piece of the arena. */
#include "core.h"

/* Everything a decision is made in and of. */
struct work {
    const struct rehab_protocol *p;
    const struct rehab_evidence *e;
    struct rehab_series *s;
    struct rehab_decision *out;
    struct rehab_finding *findings;
    struct rehab_gate_result *gates;
    struct rehab_red_flag_result *red_flags;
    struct rehab_advice_result *advice;
    struct rehab_prescription_result *prescriptions;
    struct rehab_band_result *bands;
    struct rehab_track_result *tracks;
    uint32_t *blockers;
    struct rehab_need *needs;
    void *past;          /* room for the index that steps back */
    int64_t shortest_us; /* of the waits of the gates ahead of one track */
    bool shortest_local;
    const struct rehab_track_result *soonest; /* that time alone would let on; NULL: none */
    uint32_t open;                            /* tracks that are not completed */
};

static const struct rehab_recommendation STAY = {REHAB_STAY, REHAB_NONE, REHAB_NONE, REHAB_NONE,
                                                 REHAB_NONE};

/* ---- judging one rule ---- */

struct rehab_view rehab_view_of(const struct rehab_series *s, const struct rehab_rule_row *rule,
                                const struct rehab_track_state *track, struct rehab_instant moved)
{
    bool all = rule->stance == REHAB_FOR_PROGRESS || rule->stance == REHAB_FOR_ADVICE;
    return (struct rehab_view){s, track, all ? INT64_MIN : moved.utc_us + 1};
}

enum rehab_verdict rehab_judge_rule(const struct rehab_series *s, uint32_t rule, uint32_t track,
                                    struct rehab_instant moved, struct rehab_finding *findings)
{
    const struct rehab_rule_row *row = &s->p->rules[rule];
    struct rehab_view v = rehab_view_of(s, row, &s->e->tracks[track], moved);
    struct rehab_tree_verdicts verdicts;
    return rehab_judge_tree(&v, row, findings, &verdicts);
}

enum rehab_verdict rehab_judge_gate(const struct rehab_series *s, uint32_t gate,
                                    struct rehab_finding *findings)
{
    const struct rehab_gate_row *row = &s->p->gates[gate];
    return rehab_judge_rule(s, row->rule, row->track, s->e->tracks[row->track].moved, findings);
}

/* Room for the findings of a rule, behind those that are there. */
static struct rehab_range reserve(struct work *w, uint32_t rule)
{
    struct rehab_range range = {w->out->finding_count, w->p->rules[rule].criteria.count};
    w->out->finding_count += range.count;
    return range;
}

/* ---- red flags: R46 ---- */

/* When the flag was last cleared by somebody who may. */
static struct rehab_instant last_cleared(const struct work *w, uint32_t flag)
{
    struct rehab_instant at = {INT64_MIN, INT64_MIN};
    for (uint32_t i = 0; i < w->e->flag_clearance_count; i++) {
        const struct rehab_flag_clearance *c = &w->e->flag_clearances[i];
        if (c->flag != flag || c->at.utc_us > w->s->as_of.utc_us) continue;
        if ((c->role & w->p->red_flags[flag].cleared_by) != 0 && c->at.utc_us > at.utc_us)
            at = c->at;
    }
    return at;
}

/* The first observation that a met leaf used. */
static uint32_t first_raised(const struct work *w, struct rehab_range range)
{
    uint32_t first = REHAB_NONE;
    for (uint32_t i = 0; i < range.count; i++) {
        const struct rehab_finding *f = &w->findings[range.first + i];
        if (f->verdict == REHAB_MET && f->observation < first) first = f->observation;
    }
    return first;
}

static void judge_red_flag(struct work *w, uint32_t flag)
{
    uint32_t rule = w->p->red_flags[flag].rule;
    struct rehab_red_flag_result *r = &w->red_flags[flag];
    struct rehab_view v = rehab_view_of(w->s, &w->p->rules[rule], NULL, last_cleared(w, flag));
    *r = (struct rehab_red_flag_result){
        .flag = flag, .observation = REHAB_NONE, .findings = reserve(w, rule)};
    r->raised = rehab_judge_latch(&v, &w->p->rules[rule], w->past, &w->findings[r->findings.first]);
    if (!r->raised) return;
    r->observation = first_raised(w, r->findings);
    w->out->recommendation =
        (struct rehab_recommendation){REHAB_STOP, REHAB_NONE, REHAB_NONE, REHAB_NONE, REHAB_NONE};
}

/* ---- what to measure next ---- */

static void add_need(struct work *w, uint32_t measure, uint32_t side, uint32_t finding)
{
    for (uint32_t i = 0; i < w->out->need_count; i++) {
        if (w->needs[i].measure != measure || w->needs[i].side != (enum rehab_side)side) continue;
        w->needs[i].criteria++;
        return;
    }
    enum rehab_reason reason = (enum rehab_reason)w->findings[finding].reason;
    if (w->findings[finding].verdict == REHAB_MET) reason = REHAB_REASON_DIFFERENT_OCCASION;
    w->needs[w->out->need_count++] =
        (struct rehab_need){measure, (enum rehab_side)side, reason, finding, 1};
}

/* Of any side, where both are concerned? */
static bool is_item_missing(const struct work *w, const struct rehab_score_item_row *item)
{
    enum rehab_reason reason;
    if (!w->e->bilateral) return rehab_find_item(w->s, item, INT64_MIN, &reason) == REHAB_NONE;
    const struct rehab_series one = rehab_side_of(w->s, REHAB_INVOLVED),
                              two = rehab_side_of(w->s, REHAB_OTHER);
    return item->side != REHAB_OTHER &&
           (rehab_find_item(&one, item, INT64_MIN, &reason) == REHAB_NONE ||
            rehab_find_item(&two, item, INT64_MIN, &reason) == REHAB_NONE);
}

/* The items of a score that are not known. */
static void add_score_needs(struct work *w, const struct rehab_criterion_row *row, uint32_t finding)
{
    const struct rehab_range items = w->p->scores[row->name].items;
    for (uint32_t i = items.first; i < items.first + items.count; i++) {
        const struct rehab_score_item_row *item = &w->p->score_items[i];
        if (is_item_missing(w, item)) add_need(w, item->measure, item->side, finding);
    }
}

/* What nothing that is observed now would settle. */
static bool is_vain(uint32_t reason)
{
    const uint64_t vain =
        UINT64_C(1) << REHAB_REASON_NOT_YET | UINT64_C(1) << REHAB_REASON_NO_SESSION |
        UINT64_C(1) << REHAB_REASON_MORNING_MISSED | UINT64_C(1) << REHAB_REASON_RETEST_NOT_YET |
        UINT64_C(1) << REHAB_REASON_EVENT_MISSING;
    return (vain >> reason & 1) != 0;
}

/* Is what it is held against from before a day that is over? */
static bool is_past(const struct rehab_criterion_row *row)
{
    return row->from == REHAB_PRE_ONSET || row->from == REHAB_PRE_SURGERY;
}

/* Is there anything to observe that would settle it? */
static bool is_asked(const struct work *w, const struct rehab_finding *f)
{
    const struct rehab_criterion_row *row = &w->p->criteria[f->criterion];
    bool again = f->reason == REHAB_REASON_RETEST_DUE || f->reason == REHAB_REASON_RETEST_OVERDUE;
    if ((f->verdict != REHAB_UNKNOWN && !again) || is_vain(f->reason)) return false;
    if (f->reason == REHAB_REASON_STRATUM_MISSING) return false;
    if (row->expression == REHAB_SCORE) return true;
    if (row->expression >= REHAB_ELAPSED && row->expression != REHAB_STATE) return false;
    bool other = rehab_is_pair(row->expression) || row->side == REHAB_OTHER;
    if (w->e->bilateral && other) return false;
    return f->reason != REHAB_REASON_BASELINE_MISSING || !is_past(row);
}

/* May it be held against what is observed now? */
static bool is_near(const struct rehab_series *s, const struct rehab_criterion_row *row,
                    uint32_t observation)
{
    return !rehab_is_older(s->at[observation].at, s->as_of, row->pair_us,
                           (row->flags & REHAB_PAIR_DAYS) != 0);
}

/* May the newest of the other side be paired with one of the own side that is observed now? */
static bool is_other_kept(const struct rehab_series *s, const struct rehab_criterion_row *row)
{
    const struct rehab_view v = {s, NULL, INT64_MIN};
    const uint32_t list = rehab_list_of(s, row->measure, REHAB_OTHER)->newest;
    const uint32_t newest = rehab_seek(s, REHAB_OTHER, row->activity, list);
    struct rehab_criterion_row one = *row;
    one.expression = REHAB_LATEST;
    one.side = REHAB_OTHER;
    if (newest == REHAB_NONE || !is_near(s, row, newest)) return false;
    if (row->within_us > 0 && rehab_is_older(s->at[newest].at, s->as_of, row->within_us,
                                             (row->flags & REHAB_WITHIN_DAYS) != 0))
        return false;
    struct rehab_finding f = {0};
    rehab_weigh_observation(&v, &one, 0, newest, &f);
    return f.verdict != REHAB_UNKNOWN;
}

/* Of a pair what can still be paired need not be observed again; of one assessment that is nothing,
 * and who will take the next value nobody knows. `whole`: it is too old whatever it is. */
static void add_pair_needs(struct work *w, const struct rehab_criterion_row *row, uint32_t finding,
                           bool whole)
{
    const struct rehab_finding *f = &w->findings[finding];
    bool own = true, other = true;
    if (f->reason == REHAB_REASON_SIDE_MISSING && !whole && row->pair_us > 0 &&
        (row->flags & REHAB_ONE_ASSESSOR) == 0) {
        own = !is_near(w->s, row, f->observation);
        other = !own || !is_other_kept(w->s, row);
    }
    if (own) add_need(w, row->measure, row->side, finding);
    if (other) add_need(w, row->measure, REHAB_OTHER, finding);
}

/* Is there a value of its second measure that one observed now is held against? */
static bool is_over_kept(const struct rehab_series *s, const struct rehab_criterion_row *row)
{
    uint32_t side = rehab_over_side(s->p, row), i = rehab_list_of(s, row->over, side)->newest;
    while (row->expression == REHAB_RISE && i != REHAB_NONE && !rehab_is_qualified(&s->at[i], row))
        i = rehab_older(s, side, i);
    return i != REHAB_NONE && (row->pair_us == 0 || is_near(s, row, i));
}

/* Of both sides, where both are concerned. */
static bool is_over_known(const struct work *w, const struct rehab_criterion_row *row)
{
    if (!w->e->bilateral) return is_over_kept(w->s, row);
    const struct rehab_series one = rehab_side_of(w->s, REHAB_INVOLVED),
                              two = rehab_side_of(w->s, REHAB_OTHER);
    return is_over_kept(&one, row) && is_over_kept(&two, row);
}

/* The observations that would settle a finding; what has to be there before comes first. `whole`:
 * nothing that was observed counts any more. */
/*= src:EVIDENCE#6.1-R21  a rise needs the value before, and then one that comes after it */
static void add_needs(struct work *w, uint32_t finding, bool whole)
{
    const struct rehab_finding *f = &w->findings[finding];
    const struct rehab_criterion_row *row = &w->p->criteria[f->criterion];
    bool rise = row->expression == REHAB_RISE, quotient = rehab_is_quotient(row);
    bool before = row->over != REHAB_NONE16 && f->reason == REHAB_REASON_BASELINE_MISSING;
    if (row->expression == REHAB_SCORE) {
        add_score_needs(w, row, finding);
    } else if (rehab_is_pair(row->expression)) {
        add_pair_needs(w, row, finding, whole);
    } else {
        bool apart = !rise || row->over != row->measure; /* else it is asked for as its own */
        bool over = rise || quotient ? apart && !is_over_known(w, row) : before;
        bool own = quotient ? f->reason != REHAB_REASON_REFERENCE_MISSING : rise || !before;
        if (over) add_need(w, row->over, rehab_over_side(w->p, row), finding);
        if (own || whole) add_need(w, row->measure, row->side, finding);
    }
}

/* Those that most criteria ask for first; among equals the order of the document. */
static void sort_needs(struct work *w)
{
    for (uint32_t i = 1; i < w->out->need_count; i++) {
        struct rehab_need need = w->needs[i];
        uint32_t j = i;
        for (; j > 0 && w->needs[j - 1].criteria < need.criteria; j--)
            w->needs[j] = w->needs[j - 1];
        w->needs[j] = need;
    }
}

/* ---- gates ---- */

/* The occasions of a rule, by leaf. */
struct occasions {
    const struct rehab_node_row *of[REHAB_MAX_NODES]; /* NULL: a leaf of none */
};

static void find_occasions(const struct rehab_protocol *p, const struct rehab_rule_row *rule,
                           struct occasions *o)
{
    const struct rehab_node_row *node = &p->nodes[rule->nodes.first];
    for (uint32_t i = 0; i < rule->nodes.count; i++) {
        if (node[i].kind == REHAB_LEAF) o->of[node[i].first_leaf] = NULL;
        if (node[i].kind != REHAB_SAME_OCCASION) continue;
        for (uint32_t k = 0; k < node[i].arity; k++)
            o->of[node[i].first_leaf + k] = &node[i];
    }
}

/* Is what the leaf looks at of another occasion than what is observed now? */
static bool is_of_another(const struct rehab_view *v, const struct rehab_node_row *one,
                          const struct rehab_finding *f)
{
    if (one == NULL || f->observation == REHAB_NONE) return false;
    return rehab_is_older(rehab_find_used(v, f).first, v->s->as_of, one->window_us,
                          one->calendar != 0);
}

/* Is another leaf of the occasion to be observed? Then it becomes an occasion of now. */
static bool is_renewed(const struct work *w, const struct rehab_node_row *one,
                       const struct rehab_finding *findings, const bool *blocks)
{
    uint32_t i = one->first_leaf, end = i + one->arity;
    while (i < end && (!blocks[i] || !is_asked(w, &findings[i])))
        i++;
    return i < end;
}

/*= src:EVIDENCE#6.1-R13  what was met on another occasion has to be observed on this one, too */
static void ask_for(struct work *w, const struct rehab_view *v, const struct rehab_gate_result *g,
                    const bool *blocks)
{
    const struct rehab_finding *f = &w->findings[g->findings.first];
    struct occasions o;
    find_occasions(w->p, &w->p->rules[w->p->gates[g->gate].rule], &o);
    for (uint32_t i = 0; i < g->findings.count; i++) {
        bool another = is_of_another(v, o.of[i], &f[i]);
        bool again = another && f[i].verdict == REHAB_MET && is_renewed(w, o.of[i], f, blocks);
        if (again || (blocks[i] && is_asked(w, &f[i])))
            add_needs(w, g->findings.first + i, another);
    }
}

/* What keeps a gate ahead shut, and until when time alone does. */
static void explain_gate(struct work *w, const struct rehab_view *v,
                         const struct rehab_gate_result *g,
                         const struct rehab_tree_verdicts *verdicts)
{
    const struct rehab_rule_row *rule = &w->p->rules[w->p->gates[g->gate].rule];
    bool blocks[REHAB_MAX_NODES];
    rehab_find_blockers(w->p, rule, verdicts, blocks);
    for (uint32_t i = 0; i < g->findings.count; i++) {
        if (w->findings[g->findings.first + i].reason == REHAB_REASON_RETEST_OVERDUE)
            w->out->review = true;
        if (blocks[i]) w->blockers[w->out->blocker_count++] = g->findings.first + i;
    }
    ask_for(w, v, g, blocks);
    struct rehab_wait wait = rehab_await_tree(v, rule, &w->findings[g->findings.first]);
    if (wait.us < w->shortest_us) {
        w->shortest_us = wait.us;
        w->shortest_local = wait.local;
    }
}

/*= src:EVIDENCE#6.2-2  the move of the highest rank; of two ways back the longer one */
static void offer_move(struct rehab_recommendation *best, const struct rehab_gate_result *g)
{
    bool further = g->move == REHAB_REGRESS && g->move == best->move && g->to < best->to;
    if (g->move > best->move || further)
        *best = (struct rehab_recommendation){g->move, g->track, g->from, g->to, g->gate};
}

static void recommend(struct work *w, const struct rehab_gate_result *g)
{
    if (g->move == REHAB_REVIEW) {
        w->out->review = true;
        return;
    }
    offer_move(&w->tracks[g->track].recommendation, g);
}

/* What of two tracks is done first: to end one while others are open comes after all that moves. */
static uint32_t rank_of(enum rehab_move move)
{
    return move == REHAB_COMPLETE ? 1 : 2 * (uint32_t)move;
}

/* Of a track, for the episode; of two alike the first. */
static void offer_track(struct work *w, const struct rehab_recommendation *r)
{
    if (rank_of(r->move) > rank_of(w->out->recommendation.move)) w->out->recommendation = *r;
}

/*= src:EVIDENCE#6.1-R15  a deadline that has passed asks for a review, and moves nobody */
static void judge_one_gate(struct work *w, uint32_t gate)
{
    const struct rehab_gate_row *row = &w->p->gates[gate];
    const struct rehab_track_state *track = &w->e->tracks[row->track];
    const struct rehab_rule_row *rule = &w->p->rules[row->rule];
    struct rehab_view v = rehab_view_of(w->s, rule, track, track->moved);
    struct rehab_tree_verdicts verdicts;
    struct rehab_gate_result *g = &w->gates[w->out->gate_count++];
    *g = (struct rehab_gate_result){
        gate,          (enum rehab_move)row->move, row->track, row->from, row->to,
        REHAB_UNKNOWN, reserve(w, row->rule),      false};
    g->verdict = rehab_judge_tree(&v, rule, &w->findings[g->findings.first], &verdicts);
    if (g->verdict == REHAB_MET) {
        recommend(w, g);
    } else if (rule->stance == REHAB_FOR_PROGRESS) {
        explain_gate(w, &v, g, &verdicts);
        g->overdue = rehab_judge_pace(w->s, row->deadline, track).pace == REHAB_EXCEEDED;
        if (g->overdue) w->out->review = true;
    }
}

/* ---- advice: R49 ---- */

/* Is the advice to be given, or withdrawn, as of the index? REHAB_UNKNOWN: the state before stands.
 */
static enum rehab_verdict judge_advice_at(const struct rehab_series *s,
                                          const struct rehab_advice_row *row, uint32_t track,
                                          struct rehab_finding *findings)
{
    struct rehab_finding scratch[REHAB_MAX_NODES];
    struct rehab_instant unused = {0, 0};
    enum rehab_verdict give = rehab_judge_rule(s, row->give, track, unused, findings);
    if (give == REHAB_MET || row->withdraw == REHAB_NONE) return give;
    enum rehab_verdict withdraw = rehab_judge_rule(s, row->withdraw, track, unused, scratch);
    return withdraw == REHAB_MET ? REHAB_NOT_MET : REHAB_UNKNOWN;
}

/* Where neither holds now, what held last: goes back from one observed instant to the one before.
 */
static bool was_given(struct work *w, const struct rehab_advice_row *row, uint32_t track)
{
    struct rehab_series past;
    struct rehab_finding scratch[REHAB_MAX_NODES];
    rehab_copy_series(&past, w->past, w->s);
    while (rehab_step_back(&past)) {
        enum rehab_verdict then = judge_advice_at(&past, row, track, scratch);
        if (then != REHAB_UNKNOWN) return then == REHAB_MET;
    }
    return false;
}

static void judge_advice(struct work *w, uint32_t advice, uint32_t track)
{
    const struct rehab_advice_row *row = &w->p->advice[advice];
    struct rehab_advice_result *r = &w->advice[w->out->advice_count++];
    *r = (struct rehab_advice_result){advice, false, reserve(w, row->give)};
    enum rehab_verdict now = judge_advice_at(w->s, row, track, &w->findings[r->findings.first]);
    r->given = now == REHAB_MET || (now == REHAB_UNKNOWN && was_given(w, row, track));
}

/* ---- exercises: R40 ---- */

/* The finding of a criterion of one of the gates so far, REHAB_NONE: there is none. */
static uint32_t find_of_gate(const struct work *w, uint32_t criterion)
{
    for (uint32_t i = 0; i < w->out->gate_count; i++) {
        const struct rehab_gate_result *g = &w->gates[i];
        uint32_t place = criterion - w->p->rules[w->p->gates[g->gate].rule].criteria.first;
        if (place < g->findings.count) return g->findings.first + place;
    }
    return REHAB_NONE;
}

/*= src:EVIDENCE#6.1-R53  selected while one of the criteria is not met; unknown ones may be */
static enum rehab_verdict judge_deficits(const struct work *w, struct rehab_range deficits)
{
    enum rehab_verdict selected = REHAB_NOT_MET;
    for (uint32_t i = deficits.first; i < deficits.first + deficits.count; i++) {
        uint32_t f = find_of_gate(w, w->p->deficits[i].criterion);
        uint8_t verdict = f == REHAB_NONE ? REHAB_UNKNOWN : w->findings[f].verdict;
        enum rehab_verdict there = (enum rehab_verdict)(REHAB_MET - verdict);
        if (there > selected) selected = there;
    }
    return selected;
}

/*= src:EVIDENCE#6.1-R25  what was felt and done in its sessions, against what may be: no gate */
static struct rehab_range judge_limits(struct work *w, struct rehab_range limits, uint32_t track)
{
    const struct rehab_view v = {w->s, &w->e->tracks[track], INT64_MIN};
    struct rehab_range range = {w->out->finding_count, limits.count};
    for (uint32_t i = 0; i < limits.count; i++)
        rehab_judge_criterion(&v, w->p->limits[limits.first + i].criterion,
                              &w->findings[w->out->finding_count++]);
    return range;
}

static void judge_prescription(struct work *w, uint32_t prescription, uint32_t track)
{
    const struct rehab_prescription_row *row = &w->p->prescriptions[prescription];
    struct rehab_instant unused = {0, 0};
    struct rehab_prescription_result *r = &w->prescriptions[w->out->prescription_count++];
    *r = (struct rehab_prescription_result){.prescription = prescription, .verdict = REHAB_MET};
    r->has_deficits = row->deficits.count > 0;
    r->selected = judge_deficits(w, row->deficits);
    if (row->gate != REHAB_NONE) {
        r->findings = reserve(w, row->gate);
        r->verdict =
            rehab_judge_rule(w->s, row->gate, track, unused, &w->findings[r->findings.first]);
    }
    r->limits = judge_limits(w, row->limits, track);
    bool selected = !r->has_deficits || r->selected == REHAB_MET;
    if (r->verdict == REHAB_MET && selected) rehab_find_due(w->s, row, r);
    if (row->progress != REHAB_NONE) {
        r->has_progress = true;
        r->progress_findings = reserve(w, row->progress);
        r->progress = rehab_judge_rule(w->s, row->progress, track, unused,
                                       &w->findings[r->progress_findings.first]);
    }
}

/* ---- bands ---- */

/* Of two sides that lie in two zones the worse decides. */
static bool is_worse_zone(const struct work *w, uint32_t finding, uint32_t before)
{
    const struct rehab_finding *f = &w->findings[finding];
    const struct rehab_criterion_row *row = &w->p->criteria[f->criterion];
    const struct rehab_view v = {w->s, NULL, INT64_MIN};
    return w->e->bilateral && rehab_is_safer(&v, row, f, &w->findings[before]);
}

/*= src:EVIDENCE#6.1-R45  the zone that the newest value lies in; what moves is a gate */
static void judge_band(struct work *w, uint32_t band, uint32_t track)
{
    const struct rehab_range zones = w->p->bands[band].zones;
    const struct rehab_instant unused = {0, 0};
    struct rehab_band_result *r = &w->bands[w->out->band_count++];
    uint32_t found = 0;
    *r = (struct rehab_band_result){band, REHAB_NONE, {w->out->finding_count, 0}};
    for (uint32_t i = zones.first; i < zones.first + zones.count; i++) {
        struct rehab_range range = reserve(w, w->p->zones[i].rule);
        enum rehab_verdict verdict =
            rehab_judge_rule(w->s, w->p->zones[i].rule, track, unused, &w->findings[range.first]);
        r->findings.count += range.count;
        if (verdict != REHAB_MET) continue;
        if (r->zone != REHAB_NONE && !is_worse_zone(w, range.first, found)) continue;
        r->zone = i;
        found = range.first;
    }
}

/* ---- tracks ---- */

/* When time alone would let this track on; the soonest of all tracks is the episode's. */
static void note_wait(struct work *w, struct rehab_track_result *r)
{
    const struct rehab_instant as_of = w->s->as_of;
    if (w->shortest_us == 0 || w->shortest_us == INT64_MAX) return;
    r->has_earliest = true;
    r->earliest_is_local = w->shortest_local;
    r->earliest.utc_us = as_of.utc_us + w->shortest_us;
    r->earliest.local_us = as_of.local_us + w->shortest_us;
    if (w->soonest != NULL && w->soonest->earliest.utc_us <= r->earliest.utc_us) return;
    w->soonest = r;
}

static void judge_track(struct work *w, uint32_t track)
{
    const struct rehab_track_state *state = &w->e->tracks[track];
    struct rehab_track_result *r = &w->tracks[track];
    *r = (struct rehab_track_result){.track = track, .phase = state->phase, .recommendation = STAY};
    w->shortest_us = INT64_MAX;
    r->phase_expectation = rehab_judge_pace(w->s, REHAB_NONE, state);
    r->track_expectation = rehab_judge_pace(w->s, w->p->tracks[track].expectation, state);
    if (state->phase == REHAB_NONE) return;
    const struct rehab_phase_row *phase = &w->p->phases[state->phase];
    r->days_in_phase = rehab_local_day(w->s->as_of) - rehab_local_day(state->entered);
    r->phase_expectation = rehab_judge_pace(w->s, phase->expectation, state);
    for (uint32_t i = 0; i < phase->gates.count; i++)
        judge_one_gate(w, phase->gates.first + i);
    offer_track(w, &r->recommendation);
    note_wait(w, r);
    r->completes = r->recommendation.move == REHAB_COMPLETE && w->open == 1;
    for (uint32_t i = 0; i < phase->prescriptions.count; i++)
        judge_prescription(w, phase->prescriptions.first + i, track);
    for (uint32_t i = 0; i < phase->bands.count; i++)
        judge_band(w, phase->bands.first + i, track);
    for (uint32_t i = 0; i < phase->advice.count; i++)
        judge_advice(w, phase->advice.first + i, track);
}

/* ---- room ---- */

static size_t count_findings(const struct rehab_protocol *p, uint32_t rule)
{
    return rule == REHAB_NONE ? 0 : p->rules[rule].criteria.count;
}

/* How many of everything. */
struct tally {
    size_t findings, gates, advice, prescriptions, bands;
};

static void count_zones(const struct rehab_protocol *p, struct rehab_range zones, struct tally *n)
{
    for (uint32_t i = zones.first; i < zones.first + zones.count; i++)
        n->findings += count_findings(p, p->zones[i].rule);
}

static void count_phase(const struct rehab_protocol *p, const struct rehab_phase_row *phase,
                        struct tally *n)
{
    n->gates += phase->gates.count;
    n->advice += phase->advice.count;
    n->bands += phase->bands.count;
    for (uint32_t i = 0; i < phase->bands.count; i++)
        count_zones(p, p->bands[phase->bands.first + i].zones, n);
    n->prescriptions += phase->prescriptions.count;
    for (uint32_t i = 0; i < phase->gates.count; i++)
        n->findings += count_findings(p, p->gates[phase->gates.first + i].rule);
    for (uint32_t i = 0; i < phase->advice.count; i++)
        n->findings += count_findings(p, p->advice[phase->advice.first + i].give);
    for (uint32_t i = 0; i < phase->prescriptions.count; i++) {
        const struct rehab_prescription_row *row =
            &p->prescriptions[phase->prescriptions.first + i];
        n->findings += count_findings(p, row->gate) + count_findings(p, row->progress);
        n->findings += row->limits.count;
    }
}

static struct tally count_all(const struct work *w)
{
    struct tally n = {0};
    for (uint32_t i = 0; i < rehab_count(w->p, REHAB_RED_FLAGS); i++)
        n.findings += count_findings(w->p, w->p->red_flags[i].rule);
    for (uint32_t i = 0; i < w->e->track_count; i++) {
        if (w->e->tracks[i].phase != REHAB_NONE)
            count_phase(w->p, &w->p->phases[w->e->tracks[i].phase], &n);
    }
    return n;
}

/* The next `count` pieces of `size` bytes (a multiple of 4; those of 8 first). */
static void *carve(unsigned char **at, size_t count, size_t size)
{
    void *piece = *at;
    *at += count * size;
    return piece;
}

/* One piece of the arena for all results; false when it is full. */
static bool make_room(struct work *w, struct rehab_arena *arena)
{
    struct tally n = count_all(w);
    size_t flags = rehab_count(w->p, REHAB_RED_FLAGS), tracks = w->e->track_count;
    size_t needs = 2 * n.findings + rehab_count(w->p, REHAB_SCORE_ITEMS); /* no two are the same */
    size_t size = n.findings * (sizeof *w->findings + sizeof *w->blockers) +
                  needs * sizeof *w->needs + n.gates * sizeof *w->gates +
                  flags * sizeof *w->red_flags + n.advice * sizeof *w->advice +
                  n.bands * sizeof *w->bands + n.prescriptions * sizeof *w->prescriptions +
                  tracks * sizeof *w->tracks + rehab_copy_room(w->p);
    unsigned char *at = rehab_alloc(arena, size);
    if (at == NULL) return false;
    w->findings = carve(&at, n.findings, sizeof *w->findings);
    w->past = carve(&at, 1, rehab_copy_room(w->p));
    w->tracks = carve(&at, tracks, sizeof *w->tracks);
    w->gates = carve(&at, n.gates, sizeof *w->gates);
    w->red_flags = carve(&at, flags, sizeof *w->red_flags);
    w->advice = carve(&at, n.advice, sizeof *w->advice);
    w->bands = carve(&at, n.bands, sizeof *w->bands);
    w->prescriptions = carve(&at, n.prescriptions, sizeof *w->prescriptions);
    w->needs = carve(&at, needs, sizeof *w->needs);
    w->blockers = carve(&at, n.findings, sizeof *w->blockers);
    return true;
}

static void publish(struct work *w)
{
    struct rehab_decision *out = w->out;
    out->findings = w->findings;
    out->gates = w->gates;
    out->red_flags = w->red_flags;
    out->red_flag_count = rehab_count(w->p, REHAB_RED_FLAGS);
    out->advice = w->advice;
    out->bands = w->bands;
    out->prescriptions = w->prescriptions;
    out->tracks = w->tracks;
    out->track_count = w->e->track_count;
    out->blockers = w->blockers;
    out->needs = w->needs;
    if (w->soonest == NULL) return;
    out->has_earliest = true;
    out->earliest_is_local = w->soonest->earliest_is_local;
    out->earliest = w->soonest->earliest;
}

enum rehab_outcome rehab_decide(const struct rehab_protocol *p, const struct rehab_evidence *e,
                                struct rehab_instant as_of, struct rehab_arena *arena,
                                struct rehab_decision *out)
{
    struct rehab_decision made = {0};
    struct work w = {.p = p, .e = e, .out = &made};
    made.recommendation = STAY;
    if (!rehab_is_fitting(p, e)) return REHAB_MISFIT;
    w.s = rehab_index_fitting(p, e, as_of, arena);
    if (w.s == NULL) return arena->full ? REHAB_FULL : REHAB_UNSORTED;
    if (!make_room(&w, arena)) return REHAB_FULL;
    for (uint32_t i = 0; i < rehab_count(p, REHAB_RED_FLAGS); i++)
        judge_red_flag(&w, i);
    for (uint32_t i = 0; i < e->track_count; i++)
        w.open += e->tracks[i].phase != REHAB_NONE;
    for (uint32_t i = 0; i < e->track_count; i++)
        judge_track(&w, i);
    sort_needs(&w);
    publish(&w);
    *out = made;
    return REHAB_DECIDED;
}
