/* SPDX-License-Identifier: Apache-2.0 */
/* Clinics, keys, answers kept for retries, readiness. */
#include "entity.h"

#include <assert.h>

static uint32_t read_scopes(const struct rows *rows, uint32_t i, uint32_t column,
                            struct rehab_arena *arena)
{
    struct text *words;
    uint32_t n = row_texts(rows, i, column, arena, &words);
    uint32_t set = 0;
    for (uint32_t k = 0; k < n; k++)
        set |= scope_of_word(words[k]);
    return set;
}

static void bind_scopes(struct params *in, uint32_t set)
{
    struct text words[32];
    size_t n = 0;
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if ((set & bit) != 0) words[n++] = word_of_scope((enum scope)bit);
    }
    param_texts(in, words, n);
}

struct result store_find_key(struct call *c, struct uuid id, struct api_key *out)
{
    struct query q = store_query(c, STATEMENT_FIND_KEY);
    param_uuid(&q.in, id);
    TRY(store_read(c, &q, 1));
    if (q.out.count == 0) return (struct result){NOT_FOUND};
    const struct rows *rows = &q.out;
    struct text digest = row_bytes(rows, 0, FIND_KEY_DIGEST);
    struct text zone = row_text(rows, 0, FIND_KEY_ZONE);
    if (digest.size != sizeof out->digest || zone.size >= sizeof out->who.zone)
        return (struct result){INTERNAL};

    *out = (struct api_key){.id = id};
    memcpy(out->digest, digest.at, sizeof out->digest);
    memcpy(out->who.zone, zone.at, zone.size);
    out->who.clinic = row_uuid(rows, 0, FIND_KEY_CLINIC);
    out->who.key = id;
    out->who.role = role_of_word(row_text(rows, 0, FIND_KEY_ROLE));
    out->who.scopes = read_scopes(rows, 0, FIND_KEY_SCOPES, c->arena);
    out->created_us = NO_TIME;
    out->expires_us = row_time(rows, 0, FIND_KEY_EXPIRES_AT);
    out->revoked_us = row_time(rows, 0, FIND_KEY_REVOKED_AT);
    return DONE;
}

struct result store_list_clinics(struct call *c, struct clinic **out, uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_CLINICS);
    TRY(store_read(c, &q, 1));
    struct clinic *clinics;
    TRY(make_room(c, q.out.count, sizeof *clinics, &clinics));
    for (uint32_t i = 0; i < q.out.count; i++) {
        clinics[i].id = row_uuid(&q.out, i, LIST_CLINICS_CLINIC);
        clinics[i].name = row_text(&q.out, i, LIST_CLINICS_NAME);
        clinics[i].zone = row_text(&q.out, i, LIST_CLINICS_ZONE);
        clinics[i].created_us = row_time(&q.out, i, LIST_CLINICS_CREATED_AT);
    }
    *out = clinics;
    *count = q.out.count;
    return DONE;
}

/* The fence knows the clinic of the caller only: the operator acts for the clinic that is named. */
static struct result write_for(struct call *c, struct uuid clinic, struct query *q)
{
    struct uuid own = c->caller.clinic;
    c->caller.clinic = clinic;
    struct result r = write_guarded(c, q, clinic);
    c->caller.clinic = own;
    return r;
}

struct result store_create_clinic(struct call *c, const struct clinic *clinic)
{
    assert(clinic->zone.size < sizeof c->caller.zone);
    struct query q = store_query(c, STATEMENT_CREATE_CLINIC);
    param_uuid(&q.in, clinic->id);
    param_text(&q.in, clinic->name);
    param_text(&q.in, clinic->zone);
    bind_author(&q.in, c);
    return write_for(c, clinic->id, &q);
}

struct result store_create_key(struct call *c, const struct api_key *key)
{
    struct query q = store_query(c, STATEMENT_CREATE_KEY);
    param_uuid(&q.in, key->who.clinic);
    param_uuid(&q.in, key->id);
    param_bytes(&q.in, key->digest, sizeof key->digest);
    param_text(&q.in, word_of_role(key->who.role));
    bind_scopes(&q.in, key->who.scopes);
    bind_plain(&q.in, key->label);
    param_time(&q.in, c->now_us);
    param_time(&q.in, key->expires_us);
    param_uuid(&q.in, c->caller.key);
    param_text(&q.in, word_of_role(c->caller.role));
    param_uuid(&q.in, c->request_id);
    return write_for(c, key->who.clinic, &q);
}

static void read_key(const struct rows *rows, uint32_t i, const struct call *c, struct api_key *out)
{
    out->id = row_uuid(rows, i, LIST_KEYS_ID);
    out->who.clinic = c->caller.clinic;
    out->who.key = out->id;
    out->who.role = role_of_word(row_text(rows, i, LIST_KEYS_ROLE));
    out->who.scopes = read_scopes(rows, i, LIST_KEYS_SCOPES, c->arena);
    out->label = row_text(rows, i, LIST_KEYS_LABEL);
    out->created_us = row_time(rows, i, LIST_KEYS_CREATED_AT);
    out->expires_us = row_time(rows, i, LIST_KEYS_EXPIRES_AT);
    out->revoked_us = row_time(rows, i, LIST_KEYS_REVOKED_AT);
}

struct result store_list_keys(struct call *c, struct api_key **out, uint32_t *count)
{
    struct query q = store_query(c, STATEMENT_LIST_KEYS);
    param_uuid(&q.in, c->caller.clinic);
    TRY(store_read(c, &q, 1));
    struct api_key *keys;
    TRY(make_room(c, q.out.count, sizeof *keys, &keys));
    for (uint32_t i = 0; i < q.out.count; i++)
        read_key(&q.out, i, c, &keys[i]);
    *out = keys;
    *count = q.out.count;
    return DONE;
}

struct result store_revoke_key(struct call *c, struct uuid id)
{
    struct query q = store_query(c, STATEMENT_REVOKE_KEY);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, id);
    bind_author(&q.in, c);
    TRY(store_write(c, &q, id));
    if (q.out.count == 0) return (struct result){NOT_FOUND};
    return DONE;
}

struct result store_find_answer(struct call *c, struct text key, struct idempotency *out)
{
    struct query q = store_query(c, STATEMENT_FIND_ANSWER);
    param_uuid(&q.in, c->caller.clinic);
    param_uuid(&q.in, c->caller.key);
    bind_plain(&q.in, key);
    TRY(store_read(c, &q, 1));
    if (q.out.count == 0) return (struct result){NOT_FOUND};
    struct text fingerprint = row_bytes(&q.out, 0, FIND_ANSWER_FINGERPRINT);
    if (fingerprint.size != sizeof out->fingerprint) return (struct result){INTERNAL};

    *out =
        (struct idempotency){.key = key, .operation = row_text(&q.out, 0, FIND_ANSWER_OPERATION)};
    memcpy(out->fingerprint, fingerprint.at, sizeof out->fingerprint);
    out->answer.status = row_int4(&q.out, 0, FIND_ANSWER_STATUS);
    out->answer.etag = row_text(&q.out, 0, FIND_ANSWER_ETAG);
    out->answer.location = row_text(&q.out, 0, FIND_ANSWER_LOCATION);
    out->answer.body = row_bytes(&q.out, 0, FIND_ANSWER_BODY);
    return DONE;
}

struct result store_check_ready(struct call *c, struct store_state *out)
{
    struct query q = store_query(c, STATEMENT_CHECK_READY);
    TRY(store_read(c, &q, 1));
    if (q.out.count != 1) return (struct result){INTERNAL};
    out->migration = row_int4(&q.out, 0, CHECK_READY_MIGRATION);
    out->migrations = row_int4(&q.out, 0, CHECK_READY_MIGRATIONS);
    out->standby = row_bool(&q.out, 0, CHECK_READY_STANDBY);
    out->server = row_text(&q.out, 0, CHECK_READY_SERVER);
    return DONE;
}
