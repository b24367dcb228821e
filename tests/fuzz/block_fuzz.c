/* SPDX-License-Identifier: Apache-2.0 */
/* Eats compiled blocks. As it comes a damaged block is refused; with the check sum made to fit, as
 * a forger would, it is refused too, or everything in it can be used: judged by every door,
 * criticised and put into words without touching a byte that is not its own.
 *
 * Built and played by tests/fuzz/run.sh. */
#include "fuzz.h"

#include <stdlib.h>

/* As the library sums up. */
static void seal(unsigned char *block, size_t size)
{
    const size_t from = offsetof(struct rehab_head, size);
    uint64_t sum = UINT64_C(0xcbf29ce484222325), word;
    for (size_t i = from; i + 8 <= size; i += 8) {
        memcpy(&word, block + i, 8);
        sum = (sum ^ word) * UINT64_C(0x100000001b3);
        sum ^= sum >> 29;
    }
    memcpy(block + offsetof(struct rehab_head, check), &sum, 8);
}

/* Somebody in the first phase of every track, each measure seen once on every side. */
static void judge(const struct rehab_protocol *p)
{
    struct fuzz_facts *f = fuzz_facts();
    uint32_t measures = rehab_count(p, REHAB_MEASURES);
    fuzz_stand(f, p);
    for (uint32_t i = 0; i < measures && i < FUZZ_OBSERVATIONS / 2; i++) {
        for (uint32_t k = 0; k < 2; k++)
            fuzz_observe(f, (struct rehab_observation){.value_nano = p->measures[i].low_nano,
                                                       .at = fuzz_hour(i + k),
                                                       .assessment = i,
                                                       .measure = (uint16_t)i,
                                                       .side = (uint8_t)((i + k) % 4)});
    }
    fuzz_knock(f, p, fuzz_hour(measures), fuzz_decide(f, p, fuzz_hour(measures)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rehab_protocol p;
    unsigned char *block = aligned_alloc(16, (size + 15) / 16 * 16 + 16);
    if (block == NULL) return 0;
    memcpy(block, data, size);
    for (int sealed = 0; sealed < 2; sealed++) {
        if (rehab_open(block, size, &p) == REHAB_FINE) {
            judge(&p);
            fuzz_criticise(&p);
        }
        if (size >= sizeof(struct rehab_head)) seal(block, size);
    }
    free(block);
    return 0;
}

/* Seeds: the blocks of the library. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return fuzz_begin(*argc, *argv, true);
}
