/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

uint64_t chance_next(struct chance *c)
{
    uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t chance_below(struct chance *c, uint32_t n)
{
    uint64_t drawn = chance_next(c);
    return n == 0 ? 0 : (uint32_t)(drawn % n);
}

bool chance_one_in(struct chance *c, uint32_t n)
{
    return chance_below(c, n) == 0;
}
