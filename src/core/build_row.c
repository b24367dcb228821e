/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and what most of them hold: texts, wordings, citations, and what is referred to by spelling.
 */
#include "build.h"

struct rehab_range build_take(struct builder *b, enum rehab_table table, uint32_t count)
{
    struct rehab_range range = {b->used[table], count};
    b->used[table] += count;
    return range;
}

void *build_row(struct builder *b, enum rehab_table table, uint32_t index)
{
    if (b->block == NULL) return b->nowhere;
    return b->block + b->at[table] + index * (size_t)rehab_row_size(table);
}

struct rehab_ref build_text(struct builder *b, struct rehab_text text)
{
    struct rehab_ref ref = {b->used[REHAB_CHARACTERS], text.size};
    b->used[REHAB_CHARACTERS] += text.size;
    if (b->block != NULL && text.size > 0)
        memcpy(b->block + b->at[REHAB_CHARACTERS] + ref.at, text.at, text.size);
    return ref;
}

struct rehab_range build_texts(struct builder *b, struct rehab_texts texts)
{
    struct rehab_range range = build_take(b, REHAB_TEXTS, texts.count);
    for (uint32_t i = 0; i < texts.count; i++) {
        struct rehab_text_row *r = build_row(b, REHAB_TEXTS, range.first + i);
        r->text = build_text(b, texts.at[i]);
    }
    return range;
}

struct rehab_range build_words(struct builder *b, struct rehab_words words)
{
    struct rehab_range range = build_take(b, REHAB_WORDINGS, words.count);
    for (uint32_t i = 0; i < words.count; i++) {
        struct rehab_wording_row *r = build_row(b, REHAB_WORDINGS, range.first + i);
        r->language = build_text(b, words.at[i].language);
        r->text = build_text(b, words.at[i].text);
    }
    return range;
}

struct rehab_citation_row build_citation(struct builder *b, const struct rehab_citation *c)
{
    struct rehab_citation_row r = {.source = REHAB_NONE,
                                   .certainty = (uint8_t)c->certainty,
                                   .sign_off = c->sign_off,
                                   .note = build_text(b, c->note)};
    build_need(b, !c->sign_off || c->certainty != REHAB_CERTAINTY_NONE, REHAB_WRONG_CONDITION,
               "sign_off");
    if (c->source.size > 0)
        r.source = build_look_up(b, c->source, b->d->sources, sizeof *b->d->sources,
                                 b->d->source_count, REHAB_UNKNOWN_SOURCE, "source");
    return r;
}

uint32_t build_use_measure(struct builder *b, struct rehab_text code, const char *name)
{
    uint32_t i = build_look_up(b, code, b->d->measures, sizeof *b->d->measures, b->d->measure_count,
                               REHAB_UNKNOWN_MEASURE, name);
    if (i == REHAB_NONE) return REHAB_NONE;
    if (b->measure[i] == REHAB_NONE16) {
        if (b->measures == REHAB_MAX_MEASURES) {
            build_blame_member(b, REHAB_TOO_MANY, name);
            return REHAB_NONE;
        }
        b->measure[i] = (uint16_t)b->measures;
        b->measure_of[b->measures++] = i;
    }
    return b->measure[i];
}

const struct rehab_measure *build_measure_at(const struct builder *b, uint32_t used)
{
    return &b->d->measures[b->measure_of[used]];
}

uint32_t build_find_stratum(struct builder *b, struct rehab_text id, const char *name)
{
    return build_look_up(b, id, b->d->strata, sizeof *b->d->strata, b->d->stratum_count,
                         REHAB_UNKNOWN_STRATUM, name);
}

uint16_t build_find_activity(struct builder *b, struct rehab_text id, const char *name)
{
    if (rehab_text_equal(id, REHAB_LITERAL("any"))) return REHAB_ANY_ACTIVITY;
    return (uint16_t)build_look_up(b, id, b->d->activities, sizeof *b->d->activities,
                                   b->d->activity_count, REHAB_UNKNOWN_ACTIVITY, name);
}

uint32_t build_find_label(struct builder *b, struct rehab_text label, struct rehab_texts labels,
                          const char *name)
{
    return build_look_up(b, label, labels.at, sizeof *labels.at, labels.count, REHAB_UNKNOWN_LABEL,
                         name);
}

uint32_t build_widen_roles(uint32_t roles)
{
    return roles & REHAB_CLINICIAN ? roles | REHAB_PHYSICIAN : roles;
}
