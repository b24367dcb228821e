/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDv7. 48 bits of milliseconds, 12 bits of the fraction of a millisecond (RFC 9562, 6.2, method
 * 3), 62 random bits. Of two ids of one thread in the same quarter of a microsecond, or when the
 * clock steps back, the later counts the first 60 bits up. */
#include "uuid.h"

#include <stdlib.h>
#include <sys/random.h>

enum { POOL_SIZE = 512 };

/* One system call fills the pool for 64 ids. */
static uint64_t random_bits(void)
{
    static _Thread_local uint64_t pool[POOL_SIZE / sizeof(uint64_t)];
    static _Thread_local size_t left;
    if (left == 0) {
        if (getrandom(pool, sizeof pool, 0) != (ssize_t)sizeof pool) abort();
        left = sizeof pool / sizeof pool[0];
    }
    uint64_t bits = pool[--left];
    pool[left] = 0;
    return bits;
}

static void put_bits(uint8_t *at, uint64_t bits, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) {
        at[i] = (uint8_t)bits;
        bits >>= 8;
    }
}

struct uuid uuid_make(int64_t now_us)
{
    static _Thread_local uint64_t last;
    uint64_t us = now_us < 0 ? 0 : (uint64_t)now_us;
    uint64_t stamp = us / 1000 << 12 | us % 1000 * 4096 / 1000;
    if (stamp <= last) stamp = last + 1;
    last = stamp;

    struct uuid id = {{0}};
    put_bits(id.byte, stamp >> 12, 6);
    put_bits(id.byte + 6, 0x7000 | (stamp & 0xfff), 2);
    put_bits(id.byte + 8, (random_bits() & 0x3fffffffffffffff) | 0x8000000000000000, 8);
    return id;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_dash_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool uuid_read(struct text t, struct uuid *out)
{
    if (t.size != UUID_TEXT_SIZE - 1) return false;
    struct uuid id;
    size_t n = 0;
    for (size_t i = 0; i < t.size; i++) {
        if (is_dash_place(i)) {
            if (t.at[i] != '-') return false;
            continue;
        }
        int high = hex_digit(t.at[i]);
        int low = hex_digit(t.at[++i]);
        if (high < 0 || low < 0) return false;
        id.byte[n++] = (uint8_t)(high << 4 | low);
    }
    *out = id;
    return true;
}

void uuid_write(struct uuid id, char out[static UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i < sizeof id.byte; i++) {
        if (is_dash_place(n)) out[n++] = '-';
        out[n++] = digits[id.byte[i] >> 4];
        out[n++] = digits[id.byte[i] & 15];
    }
    out[n] = '\0';
}
