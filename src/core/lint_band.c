/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges side by side, of which one value should lie in one: the zones of a band, each with its
 * move, and the bands of a score's item, each with its points. A value in two zones is a fault. Of
 * bands the first that holds counts, and what lies in none gives no points: from 95 on two, from 80
 * on one is said in order. It is a fault if none is left for a band, or if two have values in
 * common and each has others: then nothing but their order says which points those give. */
#include "lint.h"

/*= src:EVIDENCE#6.1-R45  each zone one action: zones must tile the range */
uint8_t lint_tiling(const struct rehab_protocol *p, struct rehab_range zones)
{
    struct lint_leaf zone[REHAB_MAX_ZONES];
    struct lint_span span = {0, -1, 1}; /* of no zones */
    uint64_t inside;
    uint8_t found = 0;
    if (zones.count > REHAB_MAX_ZONES) return 0;
    for (uint32_t i = 0; i < zones.count; i++) {
        const uint32_t rule = p->zones[zones.first + i].rule;
        zone[i] = lint_leaf_of(p, &p->criteria[p->rules[rule].criteria.first]);
        span = zone[i].span;
    }
    for (int64_t v = span.low; lint_sweep(zone, zones.count, &span, &v, &inside);) {
        if (inside == 0) found |= LINT_HOLE;
        if (inside & (inside - 1)) found |= LINT_OVERLAP;
    }
    return found;
}

/* ---- scores ---- */

/* By band, bits of the others. */
struct look {
    uint64_t reached;                  /* those that give points for a value */
    uint64_t taken[REHAB_MAX_SCORED];  /* that hold where this one goes first */
    uint64_t beside[REHAB_MAX_SCORED]; /* that do not hold where this one does */
};

static void note(struct look *look, uint32_t count, uint64_t inside)
{
    look->reached |= inside & -inside;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t holds = inside >> i & 1, before = inside & ((UINT64_C(1) << i) - 1);
        if (holds) look->beside[i] |= ~inside;
        if (holds && before == 0) look->taken[i] |= inside;
    }
}

/*= src:EVIDENCE#6.1-R33  the bands of an item, each with its points */
struct lint_scored lint_look_at_item(const struct rehab_protocol *p,
                                     const struct rehab_score_item_row *item)
{
    const struct rehab_score_band_row *band = &p->score_bands[item->bands.first];
    struct rehab_criterion_row row[REHAB_MAX_SCORED];
    struct lint_leaf leaf[REHAB_MAX_SCORED];
    struct look look = {0};
    struct lint_scored found = {0, 0};
    struct lint_span span = {0, -1, 1}; /* of no bands */
    uint64_t inside;
    for (uint32_t i = 0; i < item->bands.count; i++) {
        row[i] = (struct rehab_criterion_row){.bound_nano = band[i].bound_nano,
                                              .upper_nano = band[i].upper_nano,
                                              .expression = REHAB_LATEST,
                                              .op = (uint8_t)band[i].op,
                                              .measure = (uint16_t)item->measure,
                                              .over = REHAB_NONE16};
        leaf[i] = lint_leaf_of(p, &row[i]);
        span = leaf[i].span;
    }
    for (int64_t v = span.low; lint_sweep(leaf, item->bands.count, &span, &v, &inside);)
        note(&look, item->bands.count, inside);
    for (uint32_t k = 0; k < item->bands.count; k++) {
        uint64_t never = ~look.reached >> k & 1, mixed = 0;
        for (uint32_t i = 0; i < k; i++)
            mixed |= (look.taken[i] & look.beside[i]) >> k &
                     (band[i].points_nano != band[k].points_nano);
        found.never |= never << k;
        found.mixed |= (mixed & ~never & 1) << k;
    }
    return found;
}
