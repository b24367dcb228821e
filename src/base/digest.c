/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by libcrypto, the only file that knows it. A digest cannot fail for what it is given, so
 * that failure is a fault of the process (no memory, no provider) and ends it. */
#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

struct digest digest_of(struct text bytes)
{
    struct digest d;
    if (SHA256((const unsigned char *)bytes.at, bytes.size, d.byte) == NULL) abort();
    return d;
}

struct digest digest_of_parts(const struct text *parts, size_t count)
{
    struct digest d;
    EVP_MD_CTX *job = EVP_MD_CTX_new();
    if (job == NULL || EVP_DigestInit_ex(job, EVP_sha256(), NULL) != 1) abort();
    for (size_t i = 0; i < count; i++) {
        if (EVP_DigestUpdate(job, parts[i].at, parts[i].size) != 1) abort();
    }
    if (EVP_DigestFinal_ex(job, d.byte, NULL) != 1) abort();
    EVP_MD_CTX_free(job);
    return d;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return CRYPTO_memcmp(a->byte, b->byte, DIGEST_SIZE) == 0;
}

void digest_write_hex(const uint8_t *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * size] = '\0';
}

void digest_write(const struct digest *d, char out[static DIGEST_TEXT_SIZE])
{
    digest_write_hex(d->byte, DIGEST_SIZE, out);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_read(struct text hex, struct digest *out)
{
    if (hex.size != DIGEST_TEXT_SIZE - 1) return false;
    struct digest d;
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        int high = hex_digit(hex.at[2 * i]);
        int low = hex_digit(hex.at[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        d.byte[i] = (uint8_t)(high << 4 | low);
    }
    *out = d;
    return true;
}
