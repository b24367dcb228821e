/* SPDX-License-Identifier: Apache-2.0 */
/* What a build of the core makes of documents and evidence made by chance, as one number for each
 * hundredth of the work. Compiled for this machine it is a program:
 *
 *   identity CASES BLOCK...
 *
 * for WebAssembly identity.mjs calls the same two functions and prints the same lines. */
#include "identity.h"

enum { MEMORY = 1 << 21, BLOCK = 1 << 18, EACH = 8, SAID = 8 };

static _Alignas(16) unsigned char memory[MEMORY]; /* of the decision, whose gates are asked after */
static _Alignas(16) unsigned char room[MEMORY];
static _Alignas(16) unsigned char block[BLOCK];
static uint64_t decided, compiled;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name)
#endif
EXPORT(identity_of_documents) uint64_t identity_of_documents(uint32_t seed, uint32_t count);
EXPORT(identity_of_block)
uint64_t identity_of_block(const void *bytes, uint32_t size, uint32_t seed, uint32_t count);
EXPORT(identity_decided) uint32_t identity_decided(void);
EXPORT(identity_compiled) uint32_t identity_compiled(void);

static struct rehab_arena arena(void)
{
    return (struct rehab_arena){.at = memory, .end = memory + MEMORY};
}

static void add_sentences(struct digest *d, const struct rehab_protocol *p,
                          const struct rehab_decision *made)
{
    static const struct rehab_text languages[] = {{"en", 2}, {"es", 2}};
    char words[REHAB_SENTENCE_MAX];
    for (uint32_t i = 0; i < made->finding_count; i++) {
        int64_t nano = 0;
        uint32_t size =
            rehab_sentence(p, &made->findings[i], languages[i % 2], words, sizeof words);
        digest_bytes(d, words, size);
        if (rehab_finding_value(p, &made->findings[i], &nano)) digest_add(d, (uint64_t)nano);
        if (rehab_finding_margin(p, &made->findings[i], &nano)) digest_add(d, (uint64_t)nano);
    }
}

/* What would turn each gate. */
[[maybe_unused]] static void add_flips(struct digest *d, const struct rehab_protocol *p,
                                       const struct rehab_evidence *e, struct rehab_instant as_of,
                                       const struct rehab_decision *made)
{
    struct rehab_arena a = {.at = room, .end = room + MEMORY};
    struct rehab_series *s = rehab_index_evidence(p, e, as_of, &a);
    digest_add(d, s != NULL);
    for (uint32_t i = 0; s != NULL && i < made->gate_count; i++) {
        struct rehab_arena work = a;
        struct rehab_flip flip;
        bool found = rehab_find_flip(s, made->gates[i].gate, &work, &flip);
        digest_add(d, found);
        if (found) digest_struct(d, "flip", &flip);
    }
}

static void add_decision(struct digest *d, struct chance *c, const struct rehab_protocol *p)
{
    struct rehab_instant as_of;
    struct rehab_decision made;
    struct rehab_arena a = arena();
    const struct rehab_evidence *e = make_evidence(c, p, &as_of);
    digest_struct(d, "evidence", e);
    enum rehab_outcome outcome = rehab_decide(p, e, as_of, &a, &made);
    digest_add(d, outcome);
    if (outcome != REHAB_DECIDED) return;
    decided++;
    digest_struct(d, "decision", &made);
    if (chance_one_in(c, SAID)) add_sentences(d, p, &made);
#ifndef IDENTITY_DECISIONS /* what was decided, not what would turn it */
    add_flips(d, p, e, as_of, &made);
#endif
}

/* Decisions under a block that lies somewhere. */
uint64_t identity_of_block(const void *bytes, uint32_t size, uint32_t seed, uint32_t count)
{
    struct digest d = {0};
    struct chance c = {seed};
    struct rehab_protocol p;
    digest_bytes(&d, bytes, size);
    if (rehab_open(bytes, size, &p) != REHAB_FINE) return 0;
    for (uint32_t i = 0; i < count; i++)
        add_decision(&d, &c, &p);
    return d.at;
}

/* Documents, what they compile to, and some decisions under each. */
uint64_t identity_of_documents(uint32_t seed, uint32_t count)
{
    struct digest d = {0};
    struct chance c = {seed};
    for (uint32_t i = 0; i < count; i++) {
        struct rehab_fault fault = {0};
        struct rehab_protocol p;
        struct rehab_arena a = arena();
        size_t size = 0;
        digest_add(&d, rehab_compile(make_document(&c), &a, block, BLOCK, &size, &fault));
        digest_bytes(&d, fault.pointer.at, fault.pointer.size);
        digest_bytes(&d, fault.subject.at, fault.subject.size);
        if (fault.code != REHAB_FINE) continue;
        compiled++;
        digest_bytes(&d, block, size);
        if (rehab_open(block, size, &p) != REHAB_FINE) return 0;
        for (uint32_t k = 0; k < EACH; k++)
            add_decision(&d, &c, &p);
    }
    return d.at;
}

uint32_t identity_decided(void)
{
    return (uint32_t)decided;
}

uint32_t identity_compiled(void)
{
    return (uint32_t)compiled;
}

#ifndef __wasm__
#include <stdio.h>
#include <stdlib.h>

static uint32_t read_block(const char *path)
{
    static FILE *f;
    f = fopen(path, "rb");
    if (f == NULL) exit(2);
    size_t size = fread(block, 1, BLOCK, f);
    fclose(f);
    return (uint32_t)size;
}

int main(int count, char **argument)
{
    uint32_t cases = count > 1 ? (uint32_t)strtoul(argument[1], NULL, 10) : 0;
    uint32_t blocks = (uint32_t)(count - 2), each = cases / 2 / (blocks + (blocks == 0));
    for (uint32_t i = 0; i < 8; i++)
        printf("made %u %016llx\n", i,
               (unsigned long long)identity_of_documents(i + 1, cases / 2 / 8 / 6));
    for (uint32_t i = 0; i < blocks; i++)
        printf(
            "block %u %016llx\n", i,
            (unsigned long long)identity_of_block(block, read_block(argument[i + 2]), i + 1, each));
    printf("decided %u compiled %u\n", identity_decided(), identity_compiled());
    return 0;
}
#endif
