/* SPDX-License-Identifier: Apache-2.0 */
/* Several trials of one thing. Those of one assessment may lie anywhere among the observations of
 * their measure and side, so the whole list is looked through; whatever their order, the same comes
 * of them. */
#include "core.h"

/* The trials of one assessment that count. */
struct trials {
    int64_t value[REHAB_MAX_TRIALS]; /* least first */
    uint32_t count;
    uint32_t last; /* the observation; REHAB_NONE: none so far */
};

static void insert(struct trials *t, int64_t value)
{
    uint32_t i = t->count++;
    for (; i > 0 && t->value[i - 1] > value; i--)
        t->value[i] = t->value[i - 1];
    t->value[i] = value;
}

/* By time, then by number; of two alike the worse. */
static bool is_later(const struct rehab_series *s, uint32_t a, uint32_t b, bool higher)
{
    const struct rehab_observation *x = &s->at[a], *y = &s->at[b];
    if (x->at.utc_us != y->at.utc_us) return x->at.utc_us > y->at.utc_us;
    if (x->trial != y->trial) return x->trial > y->trial;
    return higher ? x->value_nano < y->value_nano : x->value_nano > y->value_nano;
}

/* False: there are more than can be. */
static bool collect(const struct rehab_series *s, const struct rehab_criterion_row *row,
                    uint32_t side, uint32_t observation, struct trials *t)
{
    bool higher = s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    t->count = 0;
    t->last = REHAB_NONE;
    for (uint32_t i = rehab_list_of(s, row->measure, side)->newest; i != REHAB_NONE;
         i = rehab_older(s, side, i)) {
        if (s->at[i].assessment != s->at[observation].assessment) continue;
        if (!rehab_is_qualified(&s->at[i], row)) continue;
        if (t->count == REHAB_MAX_TRIALS) return false;
        insert(t, s->at[i].value_nano);
        if (t->last == REHAB_NONE || is_later(s, i, t->last, higher)) t->last = i;
    }
    return true;
}

/* Rounded to the nearest, halves away from zero. */
static int64_t divide(int64_t sum, int64_t count)
{
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): nobody asks for the mean of none
    return sum < 0 ? -((count / 2 - sum) / count) : (count / 2 + sum) / count;
}

static int64_t mean_of(const struct trials *t, uint32_t first, uint32_t count)
{
    int64_t sum = 0;
    for (uint32_t i = first; i < first + count; i++)
        sum += t->value[i];
    return divide(sum, count);
}

/*= src:EVIDENCE#6.1-R38  best, mean, median or last of those that count; fewer than n is not known
 */
enum rehab_reason rehab_take_trials(const struct rehab_series *s,
                                    const struct rehab_criterion_row *row, uint32_t side,
                                    uint32_t observation, int64_t *value)
{
    struct trials t;
    if (s->at[observation].measure != row->measure) return REHAB_REASON_NONE;
    if (!collect(s, row, side, observation, &t)) return REHAB_REASON_INVALID;
    if (t.count < row->trials) return REHAB_REASON_TOO_FEW_TRIALS;
    bool higher = s->p->measures[row->measure].direction == REHAB_HIGHER_IS_BETTER;
    if (row->take == REHAB_TAKE_BEST) {
        *value = t.value[higher ? t.count - 1 : 0];
    } else if (row->take == REHAB_TAKE_MEAN) {
        *value = mean_of(&t, 0, t.count);
    } else if (row->take == REHAB_TAKE_MEDIAN) {
        *value = mean_of(&t, (t.count - 1) / 2, 2 - t.count % 2);
    } else {
        *value = s->at[t.last].value_nano;
    }
    return REHAB_REASON_NONE;
}
