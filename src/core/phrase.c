/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of the core as tables, made of phrase.def. Arrays of characters, not of pointers, so
 * that the code needs no relocation. */
#include "core.h"

#define NOTHING ""

/* Too long a text loses its end, and so the end of its array; as many rows as the enumeration has
 * members, none of them twice (the compiler warns of that), are all of them. */
#define WORDS(key, en, es) [key] = {en, es},
#define FITS(key, en, es)                                                                          \
    _Static_assert(sizeof(en) <= REHAB_PHRASE_SIZE && sizeof(es) <= REHAB_PHRASE_SIZE, #key);
#define FITS_LONG(key, en, es)                                                                     \
    _Static_assert(sizeof(en) <= REHAB_LONG_SIZE && sizeof(es) <= REHAB_LONG_SIZE, #key);
#define ONE(key, en, es) +1

enum { REHAB_PHRASE_SIZE = 64, REHAB_LONG_SIZE = 96 };

static const char LANGUAGE[REHAB_LANGUAGES][3] = {"en", "es"};

static const char PHRASE_OF[P_COUNT][REHAB_LANGUAGES][REHAB_PHRASE_SIZE] = {
#define PHRASE WORDS
#include "phrase.def"
#undef PHRASE
};
#define PHRASE FITS
#include "phrase.def"
#undef PHRASE

static const char VERDICT_OF[REHAB_VERDICT_COUNT][REHAB_LANGUAGES][REHAB_PHRASE_SIZE] = {
#define VERDICT WORDS
#include "phrase.def"
#undef VERDICT
};
#define VERDICT FITS
#include "phrase.def"
#undef VERDICT
#define VERDICT ONE
_Static_assert(
#include "phrase.def"
    == REHAB_VERDICT_COUNT, "a verdict has no row in phrase.def");
#undef VERDICT

static const char REASON_OF[REHAB_REASON_COUNT][REHAB_LANGUAGES][REHAB_PHRASE_SIZE] = {
#define REASON WORDS
#include "phrase.def"
#undef REASON
};
#define REASON FITS
#include "phrase.def"
#undef REASON
#define REASON ONE
_Static_assert(
#include "phrase.def"
    == REHAB_REASON_COUNT, "a reason has no row in phrase.def");
#undef REASON

static const char FAULT_OF[REHAB_FAULT_COUNT][REHAB_LANGUAGES][REHAB_LONG_SIZE] = {
#define FAULT WORDS
#include "phrase.def"
#undef FAULT
};
#define FAULT FITS_LONG
#include "phrase.def"
#undef FAULT
#define FAULT ONE
_Static_assert(
#include "phrase.def"
    == REHAB_FAULT_COUNT, "a fault has no row in phrase.def");
#undef FAULT

static const char FINDING_OF[REHAB_LINT_CODE_COUNT][REHAB_LANGUAGES][REHAB_LONG_SIZE] = {
#define FINDING WORDS
#include "phrase.def"
#undef FINDING
};
#define FINDING FITS_LONG
#include "phrase.def"
#undef FINDING
#define FINDING ONE
_Static_assert(
#include "phrase.def"
    == REHAB_LINT_CODE_COUNT, "a finding of the critic has no row in phrase.def");
#undef FINDING

/* ---- languages ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool rehab_same_language(struct rehab_text a, struct rehab_text b)
{
    uint32_t i = 0;
    while (i < a.size && i < b.size && a.at[i] != '-' && lower(a.at[i]) == lower(b.at[i]))
        i++;
    return (i == a.size || a.at[i] == '-') && (i == b.size || b.at[i] == '-');
}

uint32_t rehab_find_language(struct rehab_text tag)
{
    for (uint32_t i = REHAB_LANGUAGES - 1; i > 0; i--) {
        if (rehab_same_language(tag, (struct rehab_text){LANGUAGE[i], 2})) return i;
    }
    return 0;
}

struct rehab_text rehab_language(struct rehab_text tag)
{
    return (struct rehab_text){LANGUAGE[rehab_find_language(tag)], 2};
}

/* ---- texts ---- */

static struct rehab_text text_of(const char *at)
{
    uint32_t size = 0;
    while (at[size] != '\0')
        size++;
    return (struct rehab_text){at, size};
}

struct rehab_text rehab_phrase(enum rehab_phrase phrase, uint32_t language)
{
    return text_of(PHRASE_OF[phrase][language]);
}

struct rehab_text rehab_verdict_phrase(uint32_t verdict, uint32_t language)
{
    return text_of(VERDICT_OF[verdict][language]);
}

struct rehab_text rehab_reason_phrase(uint32_t reason, uint32_t language)
{
    return text_of(REASON_OF[reason][language]);
}

struct rehab_text rehab_fault_sentence(enum rehab_fault_code code, struct rehab_text language)
{
    if ((uint32_t)code >= REHAB_FAULT_COUNT) return text_of("");
    return text_of(FAULT_OF[code][rehab_find_language(language)]);
}

struct rehab_text rehab_lint_sentence(enum rehab_lint_code code, struct rehab_text language)
{
    if ((uint32_t)code >= REHAB_LINT_CODE_COUNT) return text_of("");
    return text_of(FINDING_OF[code][rehab_find_language(language)]);
}
