/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256: digests of keys, of bodies, of migrations and of the sealed audit log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum { DIGEST_SIZE = 32, DIGEST_TEXT_SIZE = 65 };

struct digest {
    uint8_t byte[DIGEST_SIZE];
};

struct digest digest_of(struct text bytes);

/* The digest of several pieces one after the other, as if they were one. */
struct digest digest_of_parts(const struct text *parts, size_t count);

/* Takes the same time wherever the two differ. */
bool digest_equal(const struct digest *a, const struct digest *b);

/* Lower case hexadecimal, terminated. */
void digest_write(const struct digest *d, char out[static DIGEST_TEXT_SIZE]);
bool digest_read(struct text hex, struct digest *out);

/* The same for any bytes: writes 2 * size characters and a terminator. */
void digest_write_hex(const uint8_t *bytes, size_t size, char *out);
