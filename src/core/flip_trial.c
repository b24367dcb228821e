/* SPDX-License-Identifier: Apache-2.0 */
/* Trying observations that nobody has made. They are put into a copy of the index and judged by the
 * very functions that judge what was observed, so that nothing about verdicts is said here a second
 * time. What is said here is which values are worth trying: of one measure that leaves compare with
 * bounds, every bound and the values next to it; of one that is held against another value,
 * where the comparison turns, found by halving.
 *
 * Keys that one leaf looks at together hang together; so do, by that leaf, all leaves over them.
 * Between such groups nothing is shared, so their options can be chosen one by one. */
#include "flip.h"

#include "lint.h"

static const uint32_t NOBODY = REHAB_NONE - 1; /* assessor and assessment of what is put in */

bool flip_is_nobody(const struct flip_manner *manner)
{
    return manner->assessor == NOBODY;
}

/* ---- the copy ---- */

/* Is the newest value what a leaf of one occasion looks at, whatever else it is held against? No
 * guard is of one. */
static bool is_of_newest(const struct rehab_criterion_row *row)
{
    bool near = rehab_is_pair(row->expression) && row->pair_us > 0;
    bool single = row->for_days + row->for_observations == 0 && !rehab_is_quotient(row) && !near;
    return single && row->expression != REHAB_WORST && row->expression != REHAB_BEST &&
           row->expression != REHAB_SCORE;
}

/* Is the value of the key itself compared with bounds? */
static bool is_direct(const struct rehab_criterion_row *row)
{
    return (row->expression <= REHAB_BEST && !rehab_is_quotient(row)) ||
           row->expression == REHAB_PERCENTILE || row->expression == REHAB_STATE ||
           row->expression == REHAB_SCORE;
}

static bool is_one_way(uint8_t op)
{
    return op < REHAB_EQ || op == REHAB_GE || op == REHAB_GT;
}

/* What kinds of leaves there are. */
static void note_leaves(struct flip_trial *t)
{
    const struct rehab_node_row *node = &t->s.p->nodes[t->rule->nodes.first];
    for (uint32_t i = 0; i < t->rule->nodes.count; i++) {
        if (node[i].kind != REHAB_LEAF) continue;
        const struct rehab_node_row *up = &node[node[i].parent];
        uint32_t leaf = node[i].first_leaf;
        const struct rehab_criterion_row *row = &t->row[leaf];
        const uint64_t bit = UINT64_C(1) << leaf;
        bool one = up->kind == REHAB_SAME_OCCASION;
        t->occasion[leaf] = one ? up : NULL;
        if (one && !is_of_newest(row)) t->further |= bit;
        if (is_direct(row)) t->direct |= bit;
        if (is_one_way(row->op)) t->one_way |= bit;
    }
}

/* As many as any leaf takes, at least 1. */
static uint32_t most_trials(const struct flip_trial *t)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < t->rule->criteria.count; i++)
        most = t->row[i].trials > most ? t->row[i].trials : most;
    return most;
}

/* At most: two of a leaf, of a score its items; each list once. */
static uint32_t most_keys(const struct flip_trial *t, uint32_t lists)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < t->rule->criteria.count; i++) {
        const struct rehab_criterion_row *row = &t->row[i];
        most += row->expression == REHAB_SCORE ? t->s.p->scores[row->name].items.count : 2;
    }
    return most < lists ? most : lists;
}

/* A leaf that looks at every value takes the longer the more there are. */
static uint32_t price_of(const struct flip_trial *t)
{
    uint32_t i = 0, leaves = t->rule->criteria.count;
    while (i < leaves && !rehab_is_sweep(&t->row[i]))
        i++;
    return 1 + (i < leaves ? t->s.count / FLIP_SWEPT : 0);
}

bool flip_begin(struct flip_trial *t, const struct rehab_series *s, uint32_t gate,
                struct rehab_arena *arena)
{
    const struct rehab_gate_row *row = &s->p->gates[gate];
    const struct rehab_track_state *track = &s->e->tracks[row->track];
    uint32_t lists = 3 * rehab_count(s->p, REHAB_MEASURES), n = s->count;
    t->rule = &s->p->rules[row->rule];
    t->row = &s->p->criteria[t->rule->criteria.first];
    t->s = *s;
    uint32_t keys = most_keys(t, lists), puts = 2 * REHAB_MAX_RUN + FLIP_TOGETHER;
    uint32_t room = n + puts * most_trials(t);
    t->key_room = keys;
    t->option_room = FLIP_OPTIONS * (keys + 1);
    t->at = rehab_alloc(arena, room * sizeof *t->at);
    t->before = rehab_alloc(arena, puts * sizeof *t->before);
    t->key = rehab_alloc(arena, keys * sizeof *t->key);
    t->option = rehab_alloc(arena, (t->option_room + keys) * sizeof *t->option);
    t->group = rehab_alloc(arena, keys * sizeof *t->group);
    t->s.lists = rehab_alloc(arena, lists * sizeof *t->s.lists);
    t->s.older = rehab_alloc(arena, (size_t)2 * room * sizeof *t->s.older);
    if (s->made_in != NULL) t->s.made_in = rehab_alloc(arena, room * sizeof *t->s.made_in);
    if (arena->full) return false;
    if (s->made_in != NULL) memcpy(t->s.made_in, s->made_in, n * sizeof *t->s.made_in);
    memcpy(t->at, s->at, n * sizeof *t->at);
    memcpy(t->s.lists, s->lists, lists * sizeof *t->s.lists);
    memcpy(t->s.older, s->older, 2 * (size_t)n * sizeof *t->s.older);
    t->s.at = t->at;
    t->view = rehab_view_of(&t->s, t->rule, track, track->moved);
    t->exact = true;
    t->price = price_of(t);
    note_leaves(t);
    return true;
}

/* ---- putting in and taking out ---- */

static void link(struct flip_trial *t, struct rehab_list *list, uint32_t i, uint32_t side)
{
    t->s.older[2 * i + (side == REHAB_OTHER)] = list[side].newest;
    list[side] = (struct rehab_list){i, 1}; /* perhaps tied: the long way is taken */
}

/* Where both sides are concerned each is observed, and alike. */
static void put(struct flip_trial *t, const struct flip_choice *choice, struct rehab_instant at,
                uint32_t assessment)
{
    const struct flip_key *key = &t->key[choice->key];
    const struct flip_manner *manner = &key->manner[choice->manner];
    struct rehab_list *list = &t->s.lists[3u * key->measure];
    const bool both = t->s.bilateral && key->side == REHAB_INVOLVED;
    struct flip_mark *mark = &t->before[t->put++];
    mark->count = t->s.count;
    memcpy(mark->list, list, sizeof mark->list);
    for (uint32_t n = 0; n < key->trials; n++) {
        uint32_t i = t->s.count++;
        t->at[i] = (struct rehab_observation){.value_nano = choice->value,
                                              .at = at,
                                              .assessment = assessment,
                                              .assessor = manner->assessor,
                                              .measure = key->measure,
                                              .side = both ? REHAB_BOTH : key->side,
                                              .known = UINT8_MAX,
                                              .held = manner->held};
        if (t->s.made_in != NULL) t->s.made_in[i] = REHAB_NONE;
        link(t, list, i, key->side);
        if (both) link(t, list, i, REHAB_OTHER);
    }
    t->s.as_of = at;
}

static void take(struct flip_trial *t)
{
    const struct flip_mark *mark = &t->before[--t->put];
    t->s.count = mark->count;
    memcpy(&t->s.lists[3u * t->at[mark->count].measure], mark->list, sizeof mark->list);
}

/* ---- leaves ---- */

static uint8_t wanted_of(const struct flip_trial *t, uint32_t leaf)
{
    return t->row[leaf].negative ? REHAB_MET - t->wanted : t->wanted;
}

/* As it is wanted, and of the occasion whose latest observation is at `latest`? */
static bool is_wanted(const struct flip_trial *t, uint32_t leaf, const struct rehab_finding *f,
                      struct rehab_instant latest)
{
    const struct rehab_node_row *one = t->occasion[leaf];
    if (f->verdict != wanted_of(t, leaf)) return false;
    return f->verdict != REHAB_MET || one == NULL || f->observation == REHAB_NONE ||
           !rehab_is_older(rehab_find_used(&t->view, f).first, latest, one->window_us,
                           one->calendar != 0);
}

bool flip_is_good(const struct flip_trial *t, uint32_t leaf)
{
    struct rehab_finding f;
    rehab_judge_criterion(&t->view, t->rule->criteria.first + leaf, &f);
    return is_wanted(t, leaf, &f, t->s.as_of);
}

/*= src:EVIDENCE#6.1-R13  the latest observation of all that the leaves look at is the occasion */
static void note_latest(struct flip_trial *t)
{
    for (uint32_t i = 0; i < t->rule->criteria.count; i++) {
        if (t->occasion[i] != NULL) t->used[i] = rehab_find_used(&t->view, &t->now[i]);
    }
    for (uint32_t i = 0; i < t->rule->criteria.count; i++) {
        t->latest[i] = (struct rehab_instant){INT64_MIN, INT64_MIN};
        for (uint32_t k = 0; t->occasion[i] != NULL && k < t->rule->criteria.count; k++) {
            if (t->occasion[k] != t->occasion[i]) continue;
            if (t->used[k].last.utc_us > t->latest[i].utc_us) t->latest[i] = t->used[k].last;
        }
    }
}

/* Adds to an option what becomes of a leaf. One that turns to another of the older values belongs
 * to an occasion that is not looked for. */
static void add_leaf(struct flip_trial *t, struct flip_option *option, uint32_t leaf,
                     const struct rehab_finding *f)
{
    const uint64_t bit = UINT64_C(1) << leaf;
    if (is_wanted(t, leaf, f, t->s.as_of)) option->good |= bit;
    if (t->occasion[leaf] == NULL) return;
    struct rehab_used used = rehab_find_used(&t->view, f), *was = &t->used[leaf];
    if (used.first.utc_us == was->first.utc_us && used.last.utc_us == was->last.utc_us) {
        option->left |= bit;
        if (is_wanted(t, leaf, f, t->latest[leaf])) option->old |= bit;
    } else if (used.last.utc_us != t->s.as_of.utc_us) {
        t->exact = false;
    }
}

/* What becomes of leaves; of those that are not touched what they are now. */
static void add_leaves(struct flip_trial *t, struct flip_option *option, uint64_t leaves,
                       bool touched)
{
    for (uint64_t rest = leaves; rest != 0; rest &= rest - 1) {
        uint32_t i = flip_first(rest);
        struct rehab_finding f = t->now[i];
        if (touched) rehab_judge_criterion(&t->view, t->rule->criteria.first + i, &f);
        add_leaf(t, option, i, &f);
    }
}

/* Expressions whose value at one observation no later one changes; of pairs where the other side is
 * of the same assessment, for that stays the nearest. */
static const uint32_t LASTING = 1u << REHAB_LATEST | 1u << REHAB_WORST | 1u << REHAB_SYMMETRY |
                                1u << REHAB_DIFFERENCE | 1u << REHAB_ASYMMETRY |
                                1u << REHAB_CHANGE | 1u << REHAB_PERCENT_OF |
                                1u << REHAB_IMPROVEMENT | 1u << REHAB_RISE | 1u << REHAB_PERCENTILE;

/* Where every value of a stretch of time counts, one that was observed before and gives the most
 * cautious verdict cannot be taken back: nothing observed now makes the leaf good. */
static bool is_stuck(const struct flip_trial *t, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &t->row[leaf];
    const struct rehab_finding *f = &t->now[leaf];
    bool all = (row->stance == REHAB_FOR_GUARD) | (row->expression == REHAB_WORST);
    bool run = row->for_days + row->for_observations > 0;
    bool lasting = (LASTING >> row->expression & 1) & !rehab_is_quotient(row) & !run;
    bool most = rehab_caution(row, f->verdict) == REHAB_MET && f->verdict != wanted_of(t, leaf);
    if (!(all & lasting & most)) return false;
    return !rehab_is_pair(row->expression) ||
           t->at[f->observation].assessment == t->at[f->second].assessment;
}

static uint64_t open_of(const struct flip_trial *t, uint64_t leaves)
{
    uint64_t open = leaves;
    for (uint64_t rest = leaves; rest != 0; rest &= rest - 1) {
        if (is_stuck(t, flip_first(rest))) open &= ~(rest & -rest);
    }
    return open;
}

/* ---- keys ---- */

static uint32_t find_key(const struct flip_trial *t, uint32_t measure, uint32_t side)
{
    uint32_t i = 0;
    while (i < t->key_count && (t->key[i].measure != measure || t->key[i].side != side))
        i++;
    return i;
}

/* The place of a key; a new one where there was none. Where both sides are concerned there is no
 * other to be observed. */
static uint32_t add_key(struct flip_trial *t, uint32_t leaf, uint32_t measure, uint32_t of)
{
    const uint32_t side = t->s.bilateral && of == REHAB_OTHER ? REHAB_INVOLVED : of;
    const uint32_t i = find_key(t, measure, side);
    if (i == t->key_count) {
        struct flip_key *key = &t->key[t->key_count++];
        memset(key, 0, sizeof *key);
        key->measure = (uint16_t)measure;
        key->side = (uint8_t)side;
        key->group = i;
        const uint32_t newest = rehab_list_of(&t->s, measure, side)->newest;
        key->known = newest != REHAB_NONE;
        if (key->known) key->had = t->at[newest].value_nano;
        key->trials = 1;
    }
    t->key[i].leaves |= UINT64_C(1) << leaf;
    if (t->row[leaf].trials > t->key[i].trials) t->key[i].trials = t->row[leaf].trials;
    return i;
}

static void join(struct flip_trial *t, uint32_t a, uint32_t b)
{
    uint32_t from = t->key[a].group, to = t->key[b].group;
    for (uint32_t i = 0; i < t->key_count; i++) {
        if (t->key[i].group == from) t->key[i].group = to;
    }
}

static void add_story(struct flip_trial *t, uint32_t leaf, const struct rehab_automaton_row *a)
{
    (void)add_key(t, leaf, a->measure, a->side);
}

/* How far an item can move its score the way that it should go. */
static int64_t gain_of(const struct flip_trial *t, uint32_t leaf,
                       const struct rehab_score_item_row *item)
{
    uint8_t op = t->row[leaf].op;
    enum rehab_reason reason;
    uint32_t found = rehab_find_item(&t->s, item, t->view.from_us, &reason);
    int64_t low = item->least_nano, high = item->most_nano;
    bool met = wanted_of(t, leaf) == REHAB_MET, fewer = op < REHAB_EQ;
    bool more = (op == REHAB_GE) | (op == REHAB_GT);
    if (found != REHAB_NONE)
        low = high = rehab_find_points(t->s.p, item->bands, t->at[found].value_nano);
    int64_t up = (item->most_nano - low) * !(met ? fewer : more);
    return up + (high - item->least_nano) * !(met ? more : fewer);
}

/* All items of a score hang together. Those that it gains the most by come first, for where there
 * are too many the first are tried. */
static void add_items(struct flip_trial *t, uint32_t leaf)
{
    const struct rehab_range items = t->s.p->scores[t->row[leaf].name].items;
    uint64_t taken = 0;
    uint32_t first = 0;
    for (uint32_t n = 0; n < items.count; n++) {
        uint32_t best = 0;
        int64_t most = INT64_MIN;
        for (uint32_t i = 0; i < items.count; i++) {
            int64_t gain = gain_of(t, leaf, &t->s.p->score_items[items.first + i]);
            if ((taken >> i & 1) || gain <= most) continue;
            most = gain;
            best = i;
        }
        const struct rehab_score_item_row *item = &t->s.p->score_items[items.first + best];
        uint32_t key = add_key(t, leaf, item->measure, item->side);
        taken |= UINT64_C(1) << best;
        if (n == 0) first = key;
        join(t, key, first);
    }
}

/* What was observed before can no more be observed now: the second measure of a rise is no key. */
static void add_keys(struct flip_trial *t)
{
    for (uint32_t i = 0; i < t->rule->criteria.count; i++) {
        const struct rehab_criterion_row *row = &t->row[i];
        if (rehab_is_aftermath(row->expression)) t->exact = false;
        if (row->expression == REHAB_SCORE) add_items(t, i);
        if (row->expression == REHAB_STATE) add_story(t, i, &t->s.p->automata[row->name]);
        if (!lint_is_observed(row)) continue;
        uint32_t first = add_key(t, i, row->measure, row->side);
        if (rehab_is_pair(row->expression))
            join(t, add_key(t, i, row->measure, REHAB_OTHER), first);
        if (rehab_is_quotient(row)) join(t, add_key(t, i, row->over, REHAB_SIDE_NONE), first);
    }
}

/* All trials are proposed of one value. That is enough for a leaf alone that asks for more or for
 * less; a mean may lie where no value does, and two leaves may take two values of the same trials.
 */
static void note_trials(struct flip_trial *t)
{
    for (uint32_t i = 0; i < t->key_count; i++) {
        uint64_t leaves = t->key[i].leaves;
        bool alone = (leaves & (leaves - 1)) == 0 && (leaves & ~t->one_way) == 0;
        if (t->key[i].trials > 1 && !alone) t->exact = false;
    }
}

/* ---- in which manner ---- */

static void add_manner(struct flip_trial *t, struct flip_key *key, struct flip_manner manner)
{
    for (uint32_t i = 0; i < key->manner_count; i++) {
        if (key->manner[i].held == manner.held && key->manner[i].assessor == manner.assessor)
            return;
    }
    if (key->manner_count == FLIP_MANNERS) {
        t->exact = false;
        return;
    }
    key->manner[key->manner_count++] = manner;
}

/* Everybody who took something that the leaf may hold the value against. */
static void add_assessors(struct flip_trial *t, struct flip_key *key,
                          const struct rehab_criterion_row *row)
{
    for (uint32_t i = t->s.count; i-- > 0;) {
        const struct rehab_observation *o = &t->at[i];
        struct flip_manner manner = {key->manner[0].held, o->assessor};
        bool asked = (o->measure == row->measure) | (o->measure == row->over);
        if (o->assessor == REHAB_NONE || o->measure == REHAB_NONE16 || !asked) continue;
        add_manner(t, key, manner);
    }
}

/* As all leaves ask together, then as each asks by itself. */
static void fill_manners(struct flip_trial *t, struct flip_key *key)
{
    uint8_t all = 0;
    for (int own = 0; own < 2; own++) {
        for (uint64_t rest = key->leaves; rest != 0; rest &= rest - 1) {
            uint8_t held = (uint8_t)(t->row[flip_first(rest)].wanted >> 8);
            all |= held;
            if (own) add_manner(t, key, (struct flip_manner){held, NOBODY});
        }
        if (!own) add_manner(t, key, (struct flip_manner){all, NOBODY});
    }
    for (uint64_t rest = key->leaves; rest != 0; rest &= rest - 1) {
        const struct rehab_criterion_row *row = &t->row[flip_first(rest)];
        if (row->flags & REHAB_ONE_ASSESSOR) add_assessors(t, key, row);
    }
}

/* Who has to take the one may have to take the other. */
static void share_assessors(struct flip_trial *t, const uint32_t *keys, uint32_t count)
{
    for (uint32_t a = 0; a < count; a++) {
        const struct flip_key *from = &t->key[keys[a]];
        for (uint32_t i = 0; i < from->manner_count; i++) {
            for (uint32_t b = 0; b < count; b++) {
                struct flip_key *key = &t->key[keys[b]];
                struct flip_manner manner = {key->manner[0].held, from->manner[i].assessor};
                add_manner(t, key, manner);
            }
        }
    }
}

/* ---- which values ---- */

static int64_t step_of(const struct flip_trial *t, const struct flip_key *key)
{
    int64_t step = t->s.p->measures[key->measure].step_nano;
    return step > 0 ? step : 1;
}

static struct lint_span span_of(const struct flip_trial *t, const struct flip_key *key)
{
    const struct rehab_measure_row *m = &t->s.p->measures[key->measure];
    int64_t step = step_of(t, key);
    return (struct lint_span){-lint_floor(-m->low_nano, step), lint_floor(m->high_nano, step),
                              step};
}

static int64_t distance(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* What lies nearest to the value that was comes first, and so is proposed where that is enough. */
static void add_value(struct flip_trial *t, struct flip_key *key, int64_t value)
{
    struct lint_span span = span_of(t, key);
    if (value < span.low || value > span.high) return;
    for (uint32_t i = 0; i < key->value_count; i++) {
        if (key->value[i] == value) return;
    }
    if (key->value_count == FLIP_VALUES) {
        t->exact = false;
        return;
    }
    uint32_t n = key->value_count++;
    for (; n > 0 && key->known && distance(key->value[n - 1], key->had) > distance(value, key->had);
         n--)
        key->value[n] = key->value[n - 1];
    key->value[n] = value;
}

static void add_bound(struct flip_trial *t, struct flip_key *key, int64_t bound)
{
    int64_t step = step_of(t, key), on = lint_floor(bound, step);
    add_value(t, key, on);
    add_value(t, key, on + step);
    add_value(t, key, on - step);
}

static void add_labels(struct flip_trial *t, struct flip_key *key)
{
    for (int64_t i = 0; i < REHAB_MAX_LABELS; i++)
        add_value(t, key, i * REHAB_SCALE);
}

/* The value of each row of a table, and the next one below. */
static void add_rows(struct flip_trial *t, struct flip_key *key, struct rehab_range rows)
{
    int64_t step = step_of(t, key);
    for (uint32_t i = rows.first; i < rows.first + rows.count; i++) {
        int64_t on = -lint_floor(-t->s.p->norm_steps[i].value_nano, step);
        add_value(t, key, on);
        add_value(t, key, on - step);
    }
}

/* Where a step of an automaton or a band of a score begins and ends. */
static void add_edges(struct flip_trial *t, struct flip_key *key, uint32_t op, int64_t bound,
                      int64_t upper)
{
    if (op == REHAB_IN) {
        add_labels(t, key);
    } else {
        add_bound(t, key, bound);
        add_bound(t, key, upper);
    }
}

static void add_steps(struct flip_trial *t, struct flip_key *key, struct rehab_range steps)
{
    for (uint32_t i = steps.first; i < steps.first + steps.count; i++) {
        const struct rehab_state_step_row *step = &t->s.p->state_steps[i];
        add_edges(t, key, step->op, step->bound_nano, step->upper_nano);
    }
}

/* Of the items of a score that are the key. */
static void add_bands(struct flip_trial *t, struct flip_key *key, struct rehab_range items)
{
    for (uint32_t i = items.first; i < items.first + items.count; i++) {
        const struct rehab_score_item_row *item = &t->s.p->score_items[i];
        bool own = (item->measure == key->measure) & (item->side == key->side);
        for (uint32_t k = 0; own && k < item->bands.count; k++) {
            const struct rehab_score_band_row *band = &t->s.p->score_bands[item->bands.first + k];
            add_edges(t, key, band->op, band->bound_nano, band->upper_nano);
        }
    }
}

/* A leaf that compares the key's own value: each of its bounds and what lies next to it; of a set
 * every label. */
static void add_bounds(struct flip_trial *t, struct flip_key *key, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &t->row[leaf];
    if (row->expression == REHAB_PERCENTILE) {
        add_rows(t, key, t->s.p->norms[row->name].rows);
        return;
    }
    if (row->expression == REHAB_STATE) {
        add_steps(t, key, t->s.p->automata[row->name].steps);
        return;
    }
    if (row->expression == REHAB_SCORE) {
        add_bands(t, key, t->s.p->scores[row->name].items);
        return;
    }
    const int64_t bound = t->now[leaf].bound_nano;
    add_edges(t, key, row->op, row->op == REHAB_BETWEEN ? row->upper_nano : bound, bound);
}

/* ---- where a comparison with another value turns ---- */

struct seeker {
    struct flip_trial *t;
    struct flip_key *key;
    struct rehab_criterion_row row; /* the leaf's, its operator replaced */
    int64_t bound, other;           /* what the key's value is held against */
    bool second;                    /* it is the second of the two, and the other the first */
};

static bool passes(const struct seeker *s, int64_t value)
{
    int64_t first = s->second ? s->other : value, second = s->second ? value : s->other;
    struct rehab_finding f;
    f.top = first;
    f.bottom = 0;
    return rehab_read_two(&s->row, first, second, &f) &&
           rehab_compare(&s->row, f.top, f.bottom, s->bound);
}

/* Between a and b, on the grid: the last value as at a, and the next one. */
static void halve(const struct seeker *s, int64_t a, int64_t b)
{
    int64_t step = step_of(s->t, s->key);
    bool at_a = passes(s, a);
    if (passes(s, b) == at_a) return;
    while (b - a > step) {
        int64_t middle = a + (b - a) / step / 2 * step;
        if (passes(s, middle) == at_a) {
            a = middle;
        } else {
            b = middle;
        }
    }
    add_value(s->t, s->key, a);
    add_value(s->t, s->key, b);
}

/* A distance turns on both sides of the other value, and a ratio is none at zero. */
static void seek(struct seeker *s, int64_t bound)
{
    struct lint_span span = span_of(s->t, s->key);
    const int64_t at[] = {lint_floor(s->other, span.step), 0};
    bool zero_first = at[0] > 0;
    int64_t from = span.low;
    s->bound = bound;
    for (uint32_t i = 0; i < 2; i++) {
        int64_t to = at[zero_first ? 1 - i : i];
        to = to < span.low ? span.low : to > span.high ? span.high : to;
        halve(s, from, to);
        from = to == 0 ? span.step : to;
    }
    halve(s, from, span.high);
}

/* Of the same thing at the same instant? What is of both sides is of either. */
static bool is_beside(const struct flip_trial *t, uint32_t a, uint32_t b)
{
    const struct rehab_observation *x = &t->at[a], *y = &t->at[b];
    return x->at.utc_us == y->at.utc_us && x->measure == y->measure &&
           x->side * y->side != REHAB_INVOLVED * REHAB_OTHER;
}

/* Where the leaf turns against one other observation. */
static void seek_against(struct seeker *s, uint32_t leaf, uint32_t side, uint32_t other)
{
    const struct flip_trial *t = s->t;
    const struct rehab_criterion_row *row = &t->row[leaf];
    const bool one_way = is_one_way(row->op);
    const uint8_t last = one_way ? row->op : REHAB_GT;
    (void)rehab_take_value(&t->s, row, side, other, &s->other);
    for (s->row.op = one_way ? row->op : REHAB_GE; s->row.op <= last; s->row.op++) {
        seek(s, t->now[leaf].bound_nano);
        if (row->op == REHAB_BETWEEN) seek(s, row->upper_nano);
    }
}

/* Is what was put in last what an observation is held against? */
static bool is_held_against(const struct flip_trial *t, uint32_t leaf, uint32_t observation)
{
    struct rehab_finding f;
    rehab_weigh_observation(&t->view, &t->row[leaf], t->now[leaf].bound_nano, observation, &f);
    return f.second == t->s.count - 1;
}

/* The key's value comes second: it is held against the newest first one, or against each that the
 * leaf looks at. Of those the least and the most decide where more is asked for, or less. */
static void add_second(struct seeker *s, uint32_t leaf, uint32_t newest)
{
    const struct flip_trial *t = s->t;
    const struct rehab_criterion_row *row = &t->row[leaf];
    const bool all = rehab_is_sweep(row) || row->for_days + row->for_observations > 0;
    const int64_t from_us = all ? rehab_window_start(&t->view, row) : t->at[newest].at.utc_us;
    uint32_t of[3] = {newest, newest, newest}, n = 0; /* and the least, and the most */
    s->second = true;
    for (uint32_t i = newest; i != REHAB_NONE && t->at[i].at.utc_us >= from_us;
         i = rehab_older(&t->s, row->side, i)) {
        if (i != newest && !is_held_against(t, leaf, i)) continue;
        if (t->at[i].value_nano < t->at[of[1]].value_nano) of[1] = i;
        if (t->at[i].value_nano > t->at[of[2]].value_nano) of[2] = i;
        n++;
    }
    for (uint32_t i = 0; i < 3 && (i == 0 || n > 1); i++)
        seek_against(s, leaf, row->side, of[i]);
    if (n > 2 && !is_one_way(row->op)) s->t->exact = false;
}

/* With an observation of the key put in: its values at which the leaf turns, as one side sees it.
 * Of several others at one instant each may be the one that counts. */
static void add_turns_of(struct flip_trial *t, struct flip_key *key, uint32_t leaf)
{
    struct seeker s = {.t = t, .key = key, .row = t->row[leaf]};
    struct rehab_finding f = {.second = REHAB_NONE};
    uint32_t newest = rehab_list_of(&t->s, s.row.measure, s.row.side)->newest;
    if (newest == REHAB_NONE || !t->now[leaf].has_bound) return;
    if (key->measure != s.row.measure || key->side != s.row.side) {
        add_second(&s, leaf, newest);
        return;
    }
    rehab_weigh_observation(&t->view, &s.row, t->now[leaf].bound_nano, newest, &f);
    uint32_t side = rehab_is_pair(s.row.expression) ? REHAB_OTHER : s.row.side;
    for (uint32_t i = 0; f.second != REHAB_NONE && i < t->s.count; i++) {
        if (is_beside(t, i, f.second)) seek_against(&s, leaf, side, i);
    }
}

static void add_turns(struct flip_trial *t, struct flip_key *key, uint32_t leaf)
{
    const struct rehab_series both = t->s;
    add_turns_of(t, key, leaf);
    if (!both.bilateral) return;
    t->s = rehab_side_of(&both, REHAB_OTHER);
    add_turns_of(t, key, leaf);
    t->s = both;
}

/* ---- the values of a group ---- */

/* Of values that give a score the same points one is enough, where nothing else looks at them: the
 * first. What it was before does not change, so that it is looked at as progress is: now. */
static void thin(struct flip_trial *t, uint32_t k, uint32_t leaf)
{
    struct flip_key *key = &t->key[k];
    struct rehab_criterion_row row = t->row[leaf];
    const struct rehab_series both = t->s;
    int64_t top[FLIP_VALUES];
    uint32_t kept = 0;
    if (both.bilateral) t->s = rehab_side_of(&both, REHAB_INVOLVED);
    row.stance = REHAB_FOR_PROGRESS;
    for (uint32_t i = 0; i < key->value_count; i++) {
        struct rehab_finding f = t->now[leaf];
        uint32_t same = 0;
        put(t, &(struct flip_choice){k, 0, key->value[i]}, t->s.as_of, NOBODY);
        rehab_judge_score(&t->view, &row, &f);
        take(t);
        while (same < kept && top[same] != f.top)
            same++;
        if (same < kept) continue;
        top[kept] = f.top;
        key->value[kept++] = key->value[i];
    }
    t->s = both;
    key->value_count = kept;
}

/* The value it had, the bounds, and from all over the range. */
static void fill_values(struct flip_trial *t, uint32_t k)
{
    struct flip_key *key = &t->key[k];
    struct lint_span span = span_of(t, key);
    fill_manners(t, key);
    for (uint64_t rest = key->leaves & t->direct; rest != 0; rest &= rest - 1)
        add_bounds(t, key, flip_first(rest));
    if (key->known) add_value(t, key, key->had);
    if (span.low > span.high) return; /* no multiple of the step lies in the range */
    for (uint64_t rest = key->leaves & ~t->direct; rest != 0; rest &= rest - 1) {
        put(t, &(struct flip_choice){k, 0, span.high}, t->s.as_of, NOBODY);
        add_turns(t, key, flip_first(rest));
        take(t);
    }
    add_value(t, key, span.low + lint_floor((span.high - span.low) / 2, span.step));
    add_value(t, key, span.high);
    add_value(t, key, span.low);
    for (uint32_t i = 0; i < t->rule->criteria.count; i++) {
        if (key->leaves == UINT64_C(1) << i && t->row[i].expression == REHAB_SCORE) thin(t, k, i);
    }
}

/* The values of a key at which a leaf turns, the leaf's other key being observed too. */
static void fill_pair(struct flip_trial *t, uint32_t k, uint32_t other, uint32_t leaf,
                      uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put(t, &(struct flip_choice){other, 0, t->key[other].value[i]}, t->s.as_of, NOBODY);
        put(t, &(struct flip_choice){k, 0, t->key[k].value[0]}, t->s.as_of, NOBODY);
        add_turns(t, &t->key[k], leaf);
        take(t);
        take(t);
    }
}

/* All values of each with all of the others; or of each with the first of those behind it. */
static void fill_pairs(struct flip_trial *t, const uint32_t *keys, uint32_t count, bool all)
{
    uint32_t had[FLIP_TOGETHER];
    for (uint32_t i = 0; i < count; i++) {
        had[i] = t->key[keys[i]].value_count;
        if (!all && had[i] > 1) had[i] = 1;
    }
    for (uint32_t a = 0; a < count; a++) {
        for (uint32_t b = all ? 0 : a; b < count; b++) {
            uint64_t both = t->key[keys[a]].leaves & t->key[keys[b]].leaves & ~t->direct;
            for (uint64_t rest = a == b ? 0 : both; rest != 0; rest &= rest - 1)
                fill_pair(t, keys[a], keys[b], flip_first(rest), had[b]);
        }
    }
}

/* ---- options ---- */

/* An occasion may stay the one that it was although something is observed: of another criterion
 * that hangs together with one of its own, or of a value that does not count. */
static uint64_t apart_of(const struct flip_trial *t, uint64_t leaves)
{
    uint64_t apart = 0;
    bool stays = (leaves & t->further) != 0;
    for (uint64_t rest = leaves; rest != 0; rest &= rest - 1) {
        const struct rehab_node_row *one = t->occasion[flip_first(rest)];
        if (one != NULL) apart |= rest & -rest;
        stays = stays || one != t->occasion[flip_first(leaves)];
    }
    return stays ? apart : 0;
}

static bool has_all(uint64_t set, uint64_t of)
{
    return (set & of) == of;
}

/* Does one option as much as another? */
static bool does_cover(const struct flip_option *a, const struct flip_option *b)
{
    return has_all(a->good, b->good) && has_all(a->old, b->old) && has_all(a->left, b->left);
}

/* Keeps an option unless one with as few observations does as much; drops those of as many that do
 * less. */
static void offer(struct flip_trial *t, struct flip_group *g, const struct flip_option *option)
{
    uint32_t kept = g->first;
    for (uint32_t i = g->first; i < g->first + g->count; i++) {
        const struct flip_option *had = &t->option[i];
        if (does_cover(had, option)) return;
        if (had->count < option->count || !does_cover(option, had)) t->option[kept++] = *had;
    }
    g->count = kept - g->first;
    if (kept >= t->option_room && g->count > 0) { /* a group has a place for its first */
        t->exact = false;
        return;
    }
    t->option[kept] = *option;
    g->count++;
}

/* The next value of one of the keys of an option; false: all have been tried. */
static bool turn(const struct flip_trial *t, struct flip_option *option, uint32_t *place)
{
    for (uint32_t i = 0; i < option->count; i++) {
        const struct flip_key *key = &t->key[option->choice[i].key];
        bool more = ++place[i] < key->value_count * key->manner_count;
        if (!more) place[i] = 0;
        option->choice[i].value = key->value[place[i] % key->value_count];
        option->choice[i].manner = place[i] / key->value_count;
        if (more) return true;
    }
    return false;
}

/* All that an option can do that observes what these leaves look at. */
static struct flip_option most_of(const struct flip_trial *t, const struct flip_group *g,
                                  uint64_t touched)
{
    const uint64_t still = g->apart & (~touched | t->further);
    return (struct flip_option){.good = g->open, .old = still & t->further, .left = still};
}

static bool is_beaten(const struct flip_trial *t, const struct flip_group *g, uint64_t touched)
{
    const struct flip_option most = most_of(t, g, touched);
    uint32_t i = g->first, end = g->first + g->count;
    while (i < end && !does_cover(&t->option[i], &most))
        i++;
    return i < end;
}

/* The first value of each key of an option. Returns what leaves they touch; 0: one has no value. */
static uint64_t begin_option(const struct flip_trial *t, struct flip_option *option)
{
    uint64_t touched = 0;
    for (uint32_t i = 0; i < option->count; i++) {
        const struct flip_key *key = &t->key[option->choice[i].key];
        if (key->value_count == 0) return 0;
        option->choice[i].value = key->value[0];
        option->choice[i].manner = 0;
        touched |= key->leaves;
    }
    return touched;
}

/* Every value of just these keys; leaves that look at none of them stay as they are. */
static void try_keys(struct flip_trial *t, struct flip_group *g, struct flip_option *option)
{
    uint32_t place[FLIP_TOGETHER] = {0};
    const uint64_t touched = begin_option(t, option);
    const struct flip_option most = most_of(t, g, touched);
    struct flip_option stay = {0};
    if (touched == 0 || is_beaten(t, g, touched)) return;
    add_leaves(t, &stay, g->open & ~touched, false);
    do {
        option->good = stay.good;
        option->old = stay.old;
        option->left = stay.left;
        for (uint32_t i = 0; i < option->count; i++)
            put(t, &option->choice[i], t->s.as_of, NOBODY);
        add_leaves(t, option, g->open & touched, true);
        for (uint32_t i = 0; i < option->count; i++)
            take(t);
        option->old &= g->apart;
        option->left &= g->apart;
        offer(t, g, option);
        t->work += t->price;
        if (t->work > FLIP_WORK) {
            t->exact = false;
            return;
        }
    } while (!does_cover(option, &most) && turn(t, option, place));
}

/* All sets of so many keys. */
static void try_size(struct flip_trial *t, struct flip_group *g, const uint32_t *keys,
                     uint32_t count, uint32_t size)
{
    for (uint32_t set = 1; set < 1u << count; set++) {
        struct flip_option option = {0};
        for (uint32_t i = 0; i < count; i++) {
            if (set >> i & 1) option.choice[option.count++].key = keys[i];
        }
        if (option.count == size) try_keys(t, g, &option);
    }
}

static void fill_group(struct flip_trial *t, uint32_t number)
{
    uint32_t keys[FLIP_TOGETHER], count = 0;
    struct flip_group *g = &t->group[t->group_count++];
    struct flip_option nothing = {0};
    *g = (struct flip_group){.first = t->option_count};
    for (uint32_t i = 0; i < t->key_count; i++) {
        if (t->key[i].group != number) continue;
        g->leaves |= t->key[i].leaves;
        if (count == FLIP_TOGETHER) t->exact = false;
        if (count < FLIP_TOGETHER) keys[count++] = i;
    }
    g->open = open_of(t, g->leaves);
    g->apart = apart_of(t, g->leaves);
    add_leaves(t, &nothing, g->leaves, false);
    offer(t, g, &nothing);
    for (uint32_t i = 0; i < count && !is_beaten(t, g, 0); i++) {
        fill_values(t, keys[i]);
        try_keys(t, g, &(struct flip_option){.count = 1, .choice = {{.key = keys[i]}}});
    }
    for (int all = 0; all < 2 && !is_beaten(t, g, 0); all++) { /* mostly not all is needed */
        fill_pairs(t, keys, count, all);
        if (all) share_assessors(t, keys, count);
        try_size(t, g, keys, count, 2);
    }
    for (uint32_t size = 3; size <= count; size++)
        try_size(t, g, keys, count, size);
    t->option_count += g->count;
}

void flip_fill_groups(struct flip_trial *t)
{
    note_latest(t);
    add_keys(t);
    note_trials(t);
    for (uint32_t i = 0; i < t->key_count; i++) {
        bool first = true;
        for (uint32_t j = 0; j < i; j++)
            first = first && t->key[j].group != t->key[i].group;
        if (first) fill_group(t, t->key[i].group);
    }
}

/* ---- what none brings about ---- */

/* Without a window what was observed is looked at for good: of the best of all values the least
 * cautious verdict, else, where every value counts, the most cautious. */
static bool is_kept(const struct flip_trial *t, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &t->row[leaf];
    const int kept = row->expression == REHAB_BEST ? REHAB_NOT_MET : REHAB_MET;
    return row->within_us == 0 && rehab_is_sweep(row) &&
           rehab_caution(row, t->now[leaf].verdict) == kept;
}

/* What one value observed now makes of the leaf, for a guard whatever was observed before. */
static struct rehab_finding judge_new(struct flip_trial *t, uint32_t leaf)
{
    const uint32_t key = find_key(t, t->row[leaf].measure, t->row[leaf].side);
    struct rehab_view view = t->view;
    struct rehab_finding f;
    view.from_us = t->s.as_of.utc_us;
    put(t, &(struct flip_choice){key, 0, t->key[key].value[0]}, t->s.as_of, NOBODY);
    rehab_judge_criterion(&view, t->rule->criteria.first + leaf, &f);
    take(t);
    return f;
}

bool flip_is_settled(struct flip_trial *t, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &t->row[leaf];
    const bool anchored =
        rehab_is_since(row->expression) && row->from != REHAB_AGO && row->from != REHAB_PREVIOUS;
    const bool newest =
        row->stance == REHAB_FOR_PROGRESS || rehab_caution(row, wanted_of(t, leaf)) == REHAB_MET;
    if (is_kept(t, leaf)) return true; /* no time takes it away, either */
    if (!anchored || !newest || row->for_days + row->for_observations > 0) return false;
    return judge_new(t, leaf).second != REHAB_NONE;
}

bool flip_is_too_late(struct flip_trial *t, uint32_t leaf)
{
    const struct rehab_criterion_row *row = &t->row[leaf];
    const struct rehab_evidence *e = t->s.e;
    if (row->from != REHAB_PRE_ONSET && row->from != REHAB_PRE_SURGERY) return false;
    const struct rehab_event *event = row->from == REHAB_PRE_ONSET ? &e->onset : &e->surgery;
    if (rehab_event_day(event) > rehab_local_day(t->s.as_of)) return false;
    const bool seen = row->activity == REHAB_NONE16; /* now, and not in a session to come */
    const uint8_t reason = seen ? judge_new(t, leaf).reason : t->now[leaf].reason;
    return reason == REHAB_REASON_BASELINE_MISSING;
}

/* ---- runs ---- */

/* The same two values (or one) on one occasion after the other. */
static uint32_t repeat(struct flip_trial *t, uint32_t leaf, const struct flip_choice *choice,
                       uint32_t count)
{
    const struct rehab_criterion_row *row = &t->row[leaf];
    struct rehab_instant start = t->s.as_of, at = start;
    int64_t apart = row->for_days > 0 ? REHAB_DAY : row->apart_us > 0 ? row->apart_us : 1;
    uint32_t most = row->for_days + row->for_observations, n = 0, had = t->put;
    bool good = false;
    while (!good && n < most) {
        for (uint32_t i = 0; i < count; i++)
            put(t, &choice[i], at, NOBODY - n);
        good = flip_is_good(t, leaf);
        at = (struct rehab_instant){at.utc_us + apart, at.local_us + apart};
        n++;
    }
    while (t->put > had)
        take(t);
    t->s.as_of = start;
    return good ? n : 0;
}

uint32_t flip_count_occasions(struct flip_trial *t, uint32_t leaf)
{
    uint32_t place[2] = {0};
    struct flip_option option = {0};
    for (uint32_t i = 0; i < t->key_count; i++) {
        if (t->key[i].leaves >> leaf & 1) option.choice[option.count++].key = i;
    }
    if (begin_option(t, &option) == 0) return 0;
    do {
        uint32_t n = repeat(t, leaf, option.choice, option.count);
        if (n > 0) return n;
    } while (turn(t, &option, place));
    return 0;
}
