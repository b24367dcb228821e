/* SPDX-License-Identifier: Apache-2.0 */
/* Words, parameters and rows that all entities share. The words are the ones of the check
 * constraints in sql/migrate. */
#include "entity.h"

#include <assert.h>

#include "../base/uuid.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const char *const roles[] = {
    [ROLE_NONE] = "operator",       [ROLE_VIEWER] = "viewer", [ROLE_CLINICIAN] = "clinician",
    [ROLE_PHYSICIAN] = "physician", [ROLE_AUTHOR] = "author", [ROLE_ADMIN] = "admin",
};
static const char *const sides[] = {
    [SIDE_NONE] = "none",
    [SIDE_LEFT] = "left",
    [SIDE_RIGHT] = "right",
    [SIDE_BOTH] = "both",
};
static const char *const sexes[] = {
    [SEX_UNKNOWN] = "unknown",
    [SEX_FEMALE] = "female",
    [SEX_MALE] = "male",
    [SEX_OTHER] = "other",
};
static const char *const states[] = {
    [EPISODE_ACTIVE] = "active",       [EPISODE_ON_HOLD] = "on_hold",
    [EPISODE_STOPPED] = "stopped",     [EPISODE_COMPLETED] = "completed",
    [EPISODE_WITHDRAWN] = "withdrawn",
};
static const char *const track_states[] = {
    [TRACK_ACTIVE] = "active",
    [TRACK_ON_HOLD] = "on_hold",
    [TRACK_COMPLETED] = "completed",
};
static const char *const moves[] = {
    [MOVE_ADVANCE] = "advance",
    [MOVE_REGRESS] = "regress",
    [MOVE_HOLD] = "hold",
    [MOVE_RESUME] = "resume",
    [MOVE_COMPLETE] = "complete",
    [MOVE_CLEAR_RED_FLAG] = "clear_red_flag",
    [MOVE_WITHDRAW] = "withdraw",
    [MOVE_RESTART] = "restart",
    [MOVE_ACKNOWLEDGE] = "acknowledge",
};
static const char *const overrides[] = {
    [OVERRIDE_NONE] = "",
    [OVERRIDE_CLINICAL_JUDGEMENT] = "clinical_judgement",
    [OVERRIDE_EQUIPMENT_UNAVAILABLE] = "equipment_unavailable",
    [OVERRIDE_EXTERNAL_ASSESSMENT] = "external_assessment",
    [OVERRIDE_PATIENT_CIRCUMSTANCES] = "patient_circumstances",
    [OVERRIDE_OTHER] = "other",
};
static const char *const kinds[] = {
    [MEASURE_NUMBER] = "number",
    [MEASURE_BOOLEAN] = "boolean",
    [MEASURE_ORDINAL] = "ordinal",
};
static const char *const version_states[] = {
    [VERSION_DRAFT] = "draft",
    [VERSION_PUBLISHED] = "published",
    [VERSION_RETIRED] = "retired",
};
/* by bit */
static const char *const scopes[] = {
    "catalogue:read", "care:read", "care:write", "care:override", "trust:admin",
};

static struct text word_at(const char *const *table, size_t count, size_t place)
{
    assert(place < count);
    return text_of(table[place < count ? place : 0]);
}

/* The constraints of the tables let no other word in. */
static size_t place_of(const char *const *table, size_t count, struct text word)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(word, table[i])) return i;
    }
    assert(false && "a word of the database that the store does not know");
    return 0;
}

struct text word_of_role(enum role role)
{
    return word_at(roles, COUNT(roles), role);
}

struct text word_of_side(enum side side)
{
    return word_at(sides, COUNT(sides), side);
}

struct text word_of_sex(enum sex sex)
{
    return word_at(sexes, COUNT(sexes), sex);
}

struct text word_of_state(enum episode_state state)
{
    return word_at(states, COUNT(states), state);
}

struct text word_of_track_state(enum track_state state)
{
    return word_at(track_states, COUNT(track_states), state);
}

struct text word_of_move(enum move move)
{
    return word_at(moves, COUNT(moves), move);
}

struct text word_of_override(enum override_code code)
{
    return word_at(overrides, COUNT(overrides), code);
}

struct text word_of_kind(enum measure_kind kind)
{
    return word_at(kinds, COUNT(kinds), kind);
}

struct text word_of_scope(enum scope scope)
{
    for (size_t i = 0; i < COUNT(scopes); i++) {
        if ((unsigned)scope == 1U << i) return text_of(scopes[i]);
    }
    assert(false && "not one scope");
    return TEXT("");
}

enum role role_of_word(struct text word)
{
    return (enum role)place_of(roles, COUNT(roles), word);
}

enum side side_of_word(struct text word)
{
    return (enum side)place_of(sides, COUNT(sides), word);
}

enum sex sex_of_word(struct text word)
{
    return (enum sex)place_of(sexes, COUNT(sexes), word);
}

enum episode_state state_of_word(struct text word)
{
    return (enum episode_state)place_of(states, COUNT(states), word);
}

enum override_code override_of_word(struct text word)
{
    return (enum override_code)place_of(overrides, COUNT(overrides), word);
}

enum track_state track_state_of_word(struct text word)
{
    return (enum track_state)place_of(track_states, COUNT(track_states), word);
}

enum move move_of_word(struct text word)
{
    return (enum move)place_of(moves, COUNT(moves), word);
}

enum measure_kind kind_of_word(struct text word)
{
    return (enum measure_kind)place_of(kinds, COUNT(kinds), word);
}

enum version_state version_state_of_word(struct text word)
{
    return (enum version_state)place_of(version_states, COUNT(version_states), word);
}

uint32_t scope_of_word(struct text word)
{
    for (size_t i = 0; i < COUNT(scopes); i++) {
        if (text_is(word, scopes[i])) return 1U << i;
    }
    return 0;
}

void bind_plain(struct params *in, struct text t)
{
    param_text(in, t.at == NULL ? TEXT("") : t);
}

void bind_author(struct params *in, const struct call *c)
{
    param_time(in, c->now_us);
    param_uuid(in, c->caller.key);
    param_text(in, word_of_role(c->caller.role));
    param_uuid(in, c->request_id);
}

void bind_witness(struct params *in, const struct call *c, const struct idempotency *once)
{
    bind_author(in, c);
    bind_plain(in, once->operation.size > 0 ? once->operation : c->operation);
    param_uuid(in, uuid_make(c->now_us));
    bind_plain(in, once->key);
    param_bytes(in, once->fingerprint, sizeof once->fingerprint);
    param_int4(in, once->answer.status);
    param_optional(in, once->answer.etag);
    param_optional(in, once->answer.location);
    param_bytes(in, once->answer.body.at == NULL ? "" : once->answer.body.at,
                once->answer.body.size);
}

void *column_of(const struct params *in, size_t n, size_t size)
{
    return rehab_alloc(in->arena, n * size);
}

struct result write_guarded(struct call *c, struct query *q, struct uuid order)
{
    TRY(store_write(c, q, order));
    if (q->out.count == 0) return (struct result){GUARD_MISSED};
    return DONE;
}

struct result make_room(struct call *c, uint32_t count, size_t size, void *out)
{
    void *room = rehab_alloc(c->arena, count * size);
    if (c->arena->full) return (struct result){NO_MEMORY};
    memset(room, 0, count * size);
    memcpy(out, &room, sizeof room);
    return DONE;
}

void bind_most(struct params *in, uint32_t most)
{
    param_int4(in, most > INT32_MAX ? INT32_MAX : (int32_t)most);
}
