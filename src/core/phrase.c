/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of the core as tables, made of phrase.def. A text is a member of a big struct, and a
 * table tells where each begins: neither pointers, which would need relocation, nor room between
 * the texts. What the compiler and the critic say is a struct of its own, so that who links neither
 * does not carry it. */
#include "core.h"

#define NOTHING ""

#define MEMBER(key, en, es) char key##_en[sizeof(en)], key##_es[sizeof(es)];
#define WORDS(key, en, es)  en, es,
#define AT(key, en, es)                                                                            \
    [key] = {offsetof(struct words, key##_en), offsetof(struct words, key##_es)},
#define NOTE_AT(key, en, es)                                                                       \
    [key] = {offsetof(struct notes, key##_en), offsetof(struct notes, key##_es)},
#define ONE(key, en, es) +1

struct words {
#define PHRASE  MEMBER
#define VERDICT MEMBER
#define REASON  MEMBER
#include "phrase.def"
#undef PHRASE
#undef VERDICT
#undef REASON
};

static const struct words WORD = {
#define PHRASE  WORDS
#define VERDICT WORDS
#define REASON  WORDS
#include "phrase.def"
#undef PHRASE
#undef VERDICT
#undef REASON
};

struct notes {
#define FAULT   MEMBER
#define FINDING MEMBER
#include "phrase.def"
#undef FAULT
#undef FINDING
};

static const struct notes NOTE = {
#define FAULT   WORDS
#define FINDING WORDS
#include "phrase.def"
#undef FAULT
#undef FINDING
};

_Static_assert(sizeof(struct words) <= UINT16_MAX && sizeof(struct notes) <= UINT16_MAX,
               "where a text begins is told in 16 bits");

static const char LANGUAGE[REHAB_LANGUAGES][3] = {"en", "es"};

/* As many rows as an enumeration has members, none of them twice (the compiler warns of that), are
 * all of them. */

static const uint16_t PHRASE_AT[P_COUNT][REHAB_LANGUAGES] = {
#define PHRASE AT
#include "phrase.def"
#undef PHRASE
};

static const uint16_t VERDICT_AT[REHAB_VERDICT_COUNT][REHAB_LANGUAGES] = {
#define VERDICT AT
#include "phrase.def"
#undef VERDICT
};
#define VERDICT ONE
_Static_assert(
#include "phrase.def"
    == REHAB_VERDICT_COUNT, "a verdict has no row in phrase.def");
#undef VERDICT

static const uint16_t REASON_AT[REHAB_REASON_COUNT][REHAB_LANGUAGES] = {
#define REASON AT
#include "phrase.def"
#undef REASON
};
#define REASON ONE
_Static_assert(
#include "phrase.def"
    == REHAB_REASON_COUNT, "a reason has no row in phrase.def");
#undef REASON

static const uint16_t FAULT_AT[REHAB_FAULT_COUNT][REHAB_LANGUAGES] = {
#define FAULT NOTE_AT
#include "phrase.def"
#undef FAULT
};
#define FAULT ONE
_Static_assert(
#include "phrase.def"
    == REHAB_FAULT_COUNT, "a fault has no row in phrase.def");
#undef FAULT

static const uint16_t FINDING_AT[REHAB_LINT_CODE_COUNT][REHAB_LANGUAGES] = {
#define FINDING NOTE_AT
#include "phrase.def"
#undef FINDING
};
#define FINDING ONE
_Static_assert(
#include "phrase.def"
    == REHAB_LINT_CODE_COUNT, "a finding of the critic has no row in phrase.def");
#undef FINDING

/* ---- languages ---- */

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
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

static struct rehab_text text_at(const void *texts, const uint16_t at[REHAB_LANGUAGES],
                                 uint32_t language)
{
    const char *text = (const char *)texts + at[language];
    uint32_t size = 0;
    while (text[size] != '\0')
        size++;
    return (struct rehab_text){text, size};
}

struct rehab_text rehab_phrase(enum rehab_phrase phrase, uint32_t language)
{
    return text_at(&WORD, PHRASE_AT[phrase], language);
}

struct rehab_text rehab_verdict_phrase(uint32_t verdict, uint32_t language)
{
    return text_at(&WORD, VERDICT_AT[verdict], language);
}

struct rehab_text rehab_reason_phrase(uint32_t reason, uint32_t language)
{
    return text_at(&WORD, REASON_AT[reason], language);
}

struct rehab_text rehab_fault_sentence(enum rehab_fault_code code, struct rehab_text language)
{
    if ((uint32_t)code >= REHAB_FAULT_COUNT) return REHAB_LITERAL("");
    return text_at(&NOTE, FAULT_AT[code], rehab_find_language(language));
}

struct rehab_text rehab_lint_sentence(enum rehab_lint_code code, struct rehab_text language)
{
    if ((uint32_t)code >= REHAB_LINT_CODE_COUNT) return REHAB_LITERAL("");
    return text_at(&NOTE, FINDING_AT[code], rehab_find_language(language));
}
