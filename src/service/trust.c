/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and what they may. A key names its row by an id that is no secret; the database holds a
 * digest of the secret only, and secrets are compared in a time that tells nothing. A key that was
 * right is kept for a few seconds as it was sent, so that most requests compute no digest, in a
 * table that cannot grow: sets of four places, of which the oldest gives way. Wrong keys are not
 * kept, so that they cannot push out the right ones. */
#include "service.h"

#include "../base/digest.h"
#include "../base/log.h"
#include "../base/uuid.h"
#include "../store/store.h"

#include <stdlib.h>

#define KEPT_US INT64_C(5000000)

enum { SETS = 256, WAYS = 4, ID_DIGITS = 22, SECRET_DIGITS = 43, SECRET_SIZE = 32 };
enum { SECRET_AT = 4 + ID_DIGITS + 1, TOKEN_DIGITS = SECRET_AT + SECRET_DIGITS };

struct kept_key {
    char token[TOKEN_DIGITS];
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
        const char *digit = strchr(digits, word.at[i]);
        if (digit == NULL || *digit == '\0') return false;
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
    if (key.size != TOKEN_DIGITS || memcmp(key.at, "rhb_", 4) != 0) return false;
    if (key.at[SECRET_AT - 1] != '_') return false;
    *secret = (struct text){key.at + SECRET_AT, SECRET_DIGITS};
    return read_digits((struct text){key.at + 4, ID_DIGITS}, id->byte, sizeof id->byte) &&
           read_digits(*secret, number, SECRET_SIZE);
}

/* ---- what is kept ---- */

static bool is_expired(const struct call *c, int64_t expires_us)
{
    return expires_us != NO_TIME && expires_us <= c->now_us;
}

/* The set is chosen by the end of the id, which is random and no secret. */
static struct kept_key *set_of(struct call *c, const char *token)
{
    if (c->worker->keys == NULL) c->worker->keys = calloc(1, sizeof *c->worker->keys);
    if (c->worker->keys == NULL) return NULL;
    uint32_t end = (uint32_t)(unsigned char)token[SECRET_AT - 2] * 62 +
                   (uint32_t)(unsigned char)token[SECRET_AT - 3];
    return c->worker->keys->at[end % SETS];
}

/* In a time that does not tell how much of the secret is right. */
static bool same_secret(const char *a, const char *b)
{
    unsigned char differ = 0;
    for (size_t i = SECRET_AT; i < TOKEN_DIGITS; i++)
        differ |= (unsigned char)(a[i] ^ b[i]);
    return differ == 0;
}

static const struct kept_key *find_kept(struct call *c, struct text token)
{
    struct kept_key *set = token.size == TOKEN_DIGITS ? set_of(c, token.at) : NULL;
    for (int i = 0; set != NULL && i < WAYS; i++) {
        const struct kept_key *k = &set[i];
        bool fresh = k->judged_us != 0 && c->now_us >= k->judged_us &&
                     c->now_us - k->judged_us < KEPT_US && !is_expired(c, k->expires_us);
        if (fresh && memcmp(k->token, token.at, SECRET_AT) == 0 && same_secret(k->token, token.at))
            return k;
    }
    return NULL;
}

static void keep(struct call *c, struct text token, const struct api_key *found)
{
    struct kept_key *set = set_of(c, token.at);
    if (set == NULL) return;
    struct kept_key *oldest = set;
    for (int i = 0; i < WAYS; i++) {
        bool same = memcmp(set[i].token, token.at, SECRET_AT) == 0;
        if (same || set[i].judged_us < oldest->judged_us) oldest = &set[i];
        if (same) break;
    }
    memcpy(oldest->token, token.at, TOKEN_DIGITS);
    oldest->who = found->who;
    oldest->judged_us = c->now_us;
    oldest->expires_us = found->expires_us;
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

static bool has_secret(const struct api_key *key, struct text secret)
{
    struct digest kept;
    struct digest sent = digest_of(secret);
    memcpy(kept.byte, key->digest, sizeof kept.byte);
    return digest_equal(&kept, &sent);
}

struct result service_judge_key(struct call *c, struct text authorization)
{
    struct uuid id;
    struct text secret;
    struct api_key found;
    struct text token = bearer_of(authorization);
    const struct kept_key *kept = find_kept(c, token);
    if (kept != NULL) {
        c->caller = kept->who;
        return DONE;
    }
    if (!service_read_key(token, &id, &secret)) return refuse(c);
    struct result r = store_find_key(c, id, &found);
    if (r.code == NOT_FOUND) return refuse(c);
    TRY(r);
    bool right = has_secret(&found, secret) && found.revoked_us == NO_TIME;
    if (!right || is_expired(c, found.expires_us)) return refuse(c);
    c->caller = found.who;
    keep(c, token, &found);
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
