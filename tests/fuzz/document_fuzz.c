/* SPDX-License-Identifier: Apache-2.0 */
/* Eats protocol documents. What the reader and the compiler take gives the same block twice, opens,
 * and can be criticised; what they do not take is refused with a place.
 *
 * Built and played by tests/fuzz/run.sh. */
#include "fuzz.h"

#include <stdlib.h>

static void must(bool holds)
{
    if (!holds) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text block[2];
    struct rehab_protocol p;
    if (!fuzz_compile((struct text){(const char *)data, size}, 0, &block[0])) return 0;
    must(fuzz_compile((struct text){(const char *)data, size}, 1, &block[1]));
    must(block[0].size == block[1].size && memcmp(block[0].at, block[1].at, block[0].size) == 0);
    must(rehab_open(block[0].at, block[0].size, &p) == REHAB_FINE);
    fuzz_criticise(&p);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    return fuzz_begin(*argc, *argv, false);
}
