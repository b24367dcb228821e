/* SPDX-License-Identifier: Apache-2.0 */
/* Showing what was judged. Only here are ratios divided and microseconds turned into days and
 * hours. */
#include "core.h"

static bool is_time(const struct rehab_criterion_row *row)
{
    return row->expression == REHAB_ELAPSED || row->expression == REHAB_SPACING ||
           row->expression == REHAB_SETTLE;
}

enum rehab_scale rehab_criterion_scale(const struct rehab_protocol *p, uint32_t criterion)
{
    static const uint8_t BY_KIND[REHAB_MEASURE_KIND_COUNT] = {[REHAB_NUMBER] = REHAB_IN_UNIT,
                                                              [REHAB_BOOLEAN] = REHAB_IN_TRUTH,
                                                              [REHAB_ORDINAL] = REHAB_IN_LABELS};
    const struct rehab_criterion_row *row = &p->criteria[criterion];
    if (row->expression == REHAB_PERCENTILE) return REHAB_IN_POINTS;
    if (row->expression == REHAB_RECORDED) return REHAB_IN_TRUTH;
    if (row->expression == REHAB_SYMMETRY || row->expression == REHAB_ASYMMETRY ||
        row->expression == REHAB_PERCENT_OF || row->expression == REHAB_ADHERENCE)
        return REHAB_IN_PERCENT;
    if (is_time(row)) return row->flags & REHAB_BOUND_DAYS ? REHAB_IN_DAYS : REHAB_IN_HOURS;
    if (row->expression < REHAB_ELAPSED)
        return (enum rehab_scale)BY_KIND[p->measures[row->measure].kind];
    if (row->expression == REHAB_AGE) return REHAB_IN_YEARS;
    if (row->expression == REHAB_SESSIONS) return REHAB_IN_SESSIONS;
    if (row->expression == REHAB_SCORE) return REHAB_IN_POINTS;
    bool labels = row->expression == REHAB_STRATUM || row->expression == REHAB_STATE;
    return labels ? REHAB_IN_LABELS : REHAB_IN_TRUTH;
}

struct rehab_text rehab_criterion_unit(const struct rehab_protocol *p, uint32_t criterion)
{
    static const char UNIT[REHAB_SCALE_COUNT][2] = {[REHAB_IN_PERCENT] = "%",
                                                    [REHAB_IN_DAYS] = "d",
                                                    [REHAB_IN_HOURS] = "h",
                                                    [REHAB_IN_YEARS] = "a"};
    const struct rehab_criterion_row *row = &p->criteria[criterion];
    enum rehab_scale scale = rehab_criterion_scale(p, criterion);
    if (rehab_is_quotient(row)) return rehab_text_at(p, p->texts[row->name].text);
    if (scale == REHAB_IN_UNIT) return rehab_text_at(p, p->measures[row->measure].unit);
    return (struct rehab_text){UNIT[scale], UNIT[scale][0] != '\0'};
}

/* Microseconds in billionths of a day or an hour, rounded down. Hours of a day of which only the
 * date is known count from its end: until then there are none. */
static int64_t show_time(int64_t us, bool calendar)
{
    if (calendar) return us / REHAB_DAY * REHAB_SCALE;
    if (us < 0) return 0;
    return us / REHAB_HOUR * REHAB_SCALE + us % REHAB_HOUR * 5 / 18;
}

/* Rounded towards minus infinity, as the percentage was. */
static int64_t divide_down(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool rehab_finding_value(const struct rehab_protocol *p, const struct rehab_finding *f,
                         int64_t *nano)
{
    const struct rehab_criterion_row *row = &p->criteria[f->criterion];
    if (!f->has_value) return false;
    *nano = f->top;
    if (f->bottom > 0) *nano = rehab_percent(f->top, f->bottom);
    if (rehab_is_quotient(row)) *nano = divide_down(*nano, 100);
    if (is_time(row)) *nano = show_time(f->top, row->flags & REHAB_BOUND_DAYS);
    return true;
}

bool rehab_finding_bound(const struct rehab_protocol *p, const struct rehab_finding *f,
                         int64_t *nano)
{
    const struct rehab_criterion_row *row = &p->criteria[f->criterion];
    if (!f->has_bound || row->op == REHAB_IN) return false;
    *nano = is_time(row) ? show_time(f->bound_nano, row->flags & REHAB_BOUND_DAYS) : f->bound_nano;
    return true;
}

static int64_t subtract(int64_t a, int64_t b)
{
    if (b < 0 && a > INT64_MAX + b) return INT64_MAX;
    if (b > 0 && a < INT64_MIN + b) return INT64_MIN;
    return a - b;
}

bool rehab_finding_margin(const struct rehab_protocol *p, const struct rehab_finding *f,
                          int64_t *nano)
{
    const struct rehab_criterion_row *row = &p->criteria[f->criterion];
    int64_t value = 0, bound = 0;
    if (!rehab_finding_value(p, f, &value) || !rehab_finding_bound(p, f, &bound)) return false;
    enum rehab_scale scale = rehab_criterion_scale(p, f->criterion);
    if (scale == REHAB_IN_TRUTH || scale == REHAB_IN_LABELS || row->op == REHAB_NE) return false;
    int64_t above = subtract(value, bound), below = subtract(bound, value);
    if (row->op == REHAB_BETWEEN) below = subtract(row->upper_nano, value);
    if (row->op == REHAB_LE || row->op == REHAB_LT) {
        *nano = below;
    } else if (row->op == REHAB_EQ || row->op == REHAB_BETWEEN) {
        *nano = above < below ? above : below;
    } else {
        *nano = above;
    }
    return true;
}

struct rehab_text rehab_label_at(const struct rehab_protocol *p, struct rehab_range labels,
                                 int64_t nano)
{
    uint64_t place = (uint64_t)(nano / REHAB_SCALE);
    if (place >= labels.count) return (struct rehab_text){NULL, 0};
    return rehab_text_at(p, p->texts[labels.first + (uint32_t)place].text);
}

struct rehab_text rehab_criterion_label(const struct rehab_protocol *p, uint32_t criterion,
                                        int64_t nano)
{
    const struct rehab_criterion_row *row = &p->criteria[criterion];
    struct rehab_range labels = {0, 0};
    if (row->expression == REHAB_STRATUM) labels = p->strata[row->name].values;
    if (row->expression == REHAB_STATE) labels = p->automata[row->name].states;
    if (row->expression < REHAB_ELAPSED) labels = p->measures[row->measure].labels;
    return rehab_label_at(p, labels, nano);
}
