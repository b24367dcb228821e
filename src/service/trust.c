/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and what they may. A key names its row by an id that is no secret; the secret is
 * compared by digest, in a time that tells nothing. What was found is kept for a few seconds, in a
 * table that cannot grow: a set of four places for each digest, of which the oldest gives way. Only
 * keys that were right are kept, so that wrong ones cannot push them out. */
#include "service.h"

#include "../base/digest.h"
#include "../base/log.h"
#include "../base/uuid.h"
#include "../store/store.h"

#include <stdlib.h>

#define KEPT_US INT64_C(5000000)

enum { SETS = 256, WAYS = 4, ID_DIGITS = 22, SECRET_DIGITS = 43, SECRET_SIZE = 32 };

struct kept_key {
    struct digest secret;
    struct principal who;
    int64_t judged_us;  /* 0: the place is free */
    int64_t expires_us; /* NO_TIME: never */
};

struct key_cache {
    struct kept_key at[SETS][WAYS];
};

/* ---- the text of a key ---- */

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Big endian bytes as `n` digits of base 62, with zeros in front. */
static void write_digits(const uint8_t *bytes, size_t size, char *out, size_t n)
{
    uint8_t number[SECRET_SIZE];
    memcpy(number, bytes, size);
    while (n-- > 0) {
        uint32_t rest = 0;
        for (size_t i = 0; i < size; i++) {
            uint32_t part = rest << 8 | number[i];
            number[i] = (uint8_t)(part / 62);
            rest = part % 62;
        }
        out[n] = digits[rest];
    }
}

/* false: another character, or a number that does not fit. */
static bool read_digits(struct text word, uint8_t *bytes, size_t size)
{
    memset(bytes, 0, size);
    for (size_t i = 0; i < word.size; i++) {
        const char *digit = memchr(digits, word.at[i], 62);
        if (digit == NULL) return false;
        uint32_t carry = (uint32_t)(digit - digits);
        for (size_t k = size; k-- > 0;) {
            uint32_t part = bytes[k] * 62U + carry;
            bytes[k] = (uint8_t)part;
            carry = part >> 8;
        }
        if (carry != 0) return false;
    }
    return true;
}

struct text service_write_key(struct rehab_arena *arena, struct uuid id,
                              const uint8_t secret[static 32])
{
    char text[] = "rhb_0123456789012345678901_0123456789012345678901234567890123456789012";
    _Static_assert(sizeof text == 4 + ID_DIGITS + 1 + SECRET_DIGITS + 1, "the parts of a key");
    write_digits(id.byte, sizeof id.byte, text + 4, ID_DIGITS);
    write_digits(secret, SECRET_SIZE, text + 4 + ID_DIGITS + 1, SECRET_DIGITS);
    return text_copy(arena, (struct text){text, sizeof text - 1});
}

bool service_read_key(struct text key, struct uuid *id, struct text *secret)
{
    uint8_t number[SECRET_SIZE];
    if (key.size != 4 + ID_DIGITS + 1 + SECRET_DIGITS || memcmp(key.at, "rhb_", 4) != 0)
        return false;
    if (key.at[4 + ID_DIGITS] != '_') return false;
    *secret = (struct text){key.at + 4 + ID_DIGITS + 1, SECRET_DIGITS};
    return read_digits((struct text){key.at + 4, ID_DIGITS}, id->byte, sizeof id->byte) &&
           read_digits(*secret, number, SECRET_SIZE);
}

/* ---- what is kept ---- */

static struct kept_key *set_of(struct call *c, const struct digest *secret)
{
    if (c->worker->keys == NULL) c->worker->keys = calloc(1, sizeof *c->worker->keys);
    if (c->worker->keys == NULL) return NULL;
    return c->worker->keys->at[secret->byte[0]];
}

static const struct kept_key *find_kept(struct call *c, const struct digest *secret,
                                        struct uuid key)
{
    struct kept_key *set = set_of(c, secret);
    for (int i = 0; set != NULL && i < WAYS; i++) {
        bool fresh = set[i].judged_us != 0 && c->now_us - set[i].judged_us < KEPT_US &&
                     c->now_us >= set[i].judged_us;
        if (fresh && digest_equal(&set[i].secret, secret) &&
            memcmp(&set[i].who.key, &key, sizeof key) == 0) {
            return &set[i];
        }
    }
    return NULL;
}

static void keep(struct call *c, struct kept_key key)
{
    struct kept_key *set = set_of(c, &key.secret);
    if (set == NULL) return;
    struct kept_key *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        bool same = memcmp(&set[i].who.key, &key.who.key, sizeof key.who.key) == 0;
        if (same || set[i].judged_us < oldest->judged_us) oldest = &set[i];
        if (same) break;
    }
    *oldest = key;
}

/* ---- judging ---- */

/* What is wrong with it is not told: the answer is the same as to a request without a key. */
static struct result refuse(const struct call *c)
{
    LOG(INFO, KEY_REFUSED, .request_id = c->request_id);
    return (struct result){UNAUTHENTICATED};
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

/* The token of `Bearer TOKEN`; the scheme's case does not matter (RFC 9110, 11.1). */
static struct text bearer_of(struct text authorization)
{
    static const char scheme[] = "bearer";
    enum { SIZE = sizeof scheme - 1 };
    if (authorization.size <= SIZE || !is_blank(authorization.at[SIZE]))
        return (struct text){NULL, 0};
    for (int i = 0; i < SIZE; i++) {
        if ((authorization.at[i] | 0x20) != scheme[i]) return (struct text){NULL, 0};
    }
    const char *at = authorization.at + SIZE;
    const char *end = authorization.at + authorization.size;
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    return (struct text){at, (size_t)(end - at)};
}

static bool is_expired(const struct call *c, int64_t expires_us)
{
    return expires_us != NO_TIME && expires_us <= c->now_us;
}

struct result service_judge_key(struct call *c, struct text authorization)
{
    struct uuid id;
    struct text secret;
    if (!service_read_key(bearer_of(authorization), &id, &secret)) return refuse(c);
    struct digest digest = digest_of(secret);
    const struct kept_key *kept = find_kept(c, &digest, id);
    if (kept != NULL && !is_expired(c, kept->expires_us)) {
        c->caller = kept->who;
        return DONE;
    }
    struct api_key found;
    struct result r = store_find_key(c, id, &found);
    if (r.code == NOT_FOUND) return refuse(c);
    TRY(r);
    struct digest expected;
    memcpy(expected.byte, found.digest, sizeof expected.byte);
    bool same = digest_equal(&expected, &digest);
    if (!same || found.revoked_us != NO_TIME || is_expired(c, found.expires_us)) return refuse(c);
    c->caller = found.who;
    keep(c, (struct kept_key){digest, found.who, c->now_us, found.expires_us});
    return DONE;
}

struct text service_scope_name(enum scope scope)
{
    switch (scope) {
    case CATALOGUE_READ: return TEXT("catalogue:read");
    case CARE_READ: return TEXT("care:read");
    case CARE_WRITE: return TEXT("care:write");
    case CARE_OVERRIDE: return TEXT("care:override");
    case TRUST_ADMIN: return TEXT("trust:admin");
    case SCOPE_NONE: break;
    }
    return (struct text){NULL, 0};
}

struct result service_check_scope(struct call *c, enum scope needed)
{
    if (needed == SCOPE_NONE || (c->caller.scopes & (uint32_t)needed) != 0) return DONE;
    c->problem.detail = text_format(c->arena, "Use a key that carries the scope %s.",
                                    service_scope_name(needed).at);
    return (struct result){SCOPE_MISSING};
}
