/* SPDX-License-Identifier: Apache-2.0 */
/* Ids are UUIDv7 (RFC 9562): they begin with their time, so that rows written together lie
 * together. */
#pragma once

#include "model.h"

enum { UUID_TEXT_SIZE = 37 }; /* 36 characters and a terminator */

/* A new id. `now_us` is the caller's clock, microseconds since 1970; ids of one thread always rise,
 * also when the clock does not. Ends the process when the system has no random bytes to give. */
struct uuid uuid_make(int64_t now_us);

/* Reads the 36 character form, either case, any version. */
bool uuid_read(struct text t, struct uuid *out);

/* Writes the lower case form, terminated. */
void uuid_write(struct uuid id, char out[static UUID_TEXT_SIZE]);
