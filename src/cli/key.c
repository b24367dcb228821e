/* SPDX-License-Identifier: Apache-2.0 */
/* Clinics and their keys, for the operator. A key is shown once, when it is made; the database
 * keeps the digest of its secret. */
#include "cli.h"

#include "../base/digest.h"
#include "../base/time.h"
#include "../base/uuid.h"
#include "../base/zone.h"
#include "../service/service.h"
#include "../store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static const struct role_row {
    const char *word;
    enum role role;
    uint32_t scopes; /* what the role may without more being said */
} roles[] = {
    {"viewer", ROLE_VIEWER, CATALOGUE_READ | CARE_READ},
    {"clinician", ROLE_CLINICIAN, CATALOGUE_READ | CARE_READ | CARE_WRITE},
    {"physician", ROLE_PHYSICIAN, CATALOGUE_READ | CARE_READ | CARE_WRITE | CARE_OVERRIDE},
    {"author", ROLE_AUTHOR, CATALOGUE_READ},
    {"admin", ROLE_ADMIN, CATALOGUE_READ | CARE_READ | CARE_WRITE | CARE_OVERRIDE | TRUST_ADMIN},
};

enum { ROLE_COUNT = sizeof roles / sizeof roles[0] };

static const enum scope all_scopes[] = {CATALOGUE_READ, CARE_READ, CARE_WRITE, CARE_OVERRIDE,
                                        TRUST_ADMIN};

enum { SCOPE_COUNT = sizeof all_scopes / sizeof all_scopes[0] };

/* ---- what the command line says ---- */

struct asked {
    const char *verb;
    const char *subject; /* the id of a key */
    const char *clinic, *name, *zone, *label;
    const struct role_row *role;
    uint32_t scopes;
    int64_t days;
};

static void take_role(struct asked *a, const char *word, struct argp_state *state)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(roles[i].word, word) == 0) a->role = &roles[i];
    }
    if (a->role == NULL)
        argp_error(state, "%s is no role: viewer, clinician, physician, author, admin", word);
}

/* "care:write", or several with blanks or commas between them */
static void take_scopes(struct asked *a, const char *words, struct argp_state *state)
{
    while (*words != '\0') {
        size_t size = strcspn(words, ", ");
        uint32_t found = 0;
        for (size_t i = 0; i < SCOPE_COUNT; i++) {
            if (text_equal(service_scope_name(all_scopes[i]), (struct text){words, size}))
                found = all_scopes[i];
        }
        if (found == 0) {
            argp_error(state,
                       "%.*s is no scope: catalogue:read, care:read, care:write, care:override, "
                       "trust:admin",
                       (int)size, words);
        }
        a->scopes |= found;
        words += size + strspn(words + size, ", ");
    }
}

static error_t take_option(int key, char *arg, struct argp_state *state)
{
    struct asked *a = state->input;
    char *end = NULL;
    switch (key) {
    case 'c': a->clinic = arg; break;
    case 'r': take_role(a, arg, state); break;
    case 's': take_scopes(a, arg, state); break;
    case 'l': a->label = arg; break;
    case 'n': a->name = arg; break;
    case 'z': a->zone = arg; break;
    case 'd':
        a->days = strtol(arg, &end, 10);
        if (*end != '\0' || a->days < 1 || a->days > 36500)
            argp_error(state, "--days is a whole number from 1 to 36500");
        break;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) a->verb = arg;
        if (state->arg_num == 1) a->subject = arg;
        if (state->arg_num > 1) return ARGP_ERR_UNKNOWN;
        break;
    case ARGP_KEY_NO_ARGS: argp_usage(state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp_option key_options[] = {
    {"clinic", 'c', "CLINIC", 0, "name or id of the clinic", 0},
    {"role", 'r', "ROLE", 0, "viewer, clinician, physician, author or admin", 0},
    {"scope", 's', "SCOPE", 0, "a scope beyond those of the role, as care:override", 0},
    {"label", 'l', "TEXT", 0, "what the key is for", 0},
    {"days", 'd', "N", 0, "the key expires after N days; else never", 0},
    {0},
};

static const struct argp_option clinic_options[] = {
    {"name", 'n', "NAME", 0, "name of the new clinic", 0},
    {"zone", 'z', "ZONE", 0, "its time zone, as Europe/Berlin; else UTC", 0},
    {0},
};

/* ---- clinics ---- */

static bool list_clinics(struct call *c, char *why)
{
    struct clinic *list = NULL;
    uint32_t count = 0;
    char id[UUID_TEXT_SIZE];
    struct result r = store_list_clinics(c, &list, &count);
    if (r.code != OK) session_explain(c, r, why);
    for (uint32_t i = 0; i < count; i++) {
        uuid_write(list[i].id, id);
        printf("%s  %-20.*s  %.*s\n", id, TEXT_FMT(list[i].zone), TEXT_FMT(list[i].name));
    }
    return r.code == OK;
}

/* By id or by name; a name that several clinics have is none. */
static bool find_clinic(struct call *c, const char *wanted, struct clinic *out, char *why)
{
    struct clinic *list = NULL;
    uint32_t count = 0;
    uint32_t found = 0;
    struct uuid id;
    bool is_id = wanted != NULL && uuid_read(text_of(wanted), &id);
    struct result r = store_list_clinics(c, &list, &count);
    if (r.code != OK) {
        session_explain(c, r, why);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool same = wanted == NULL ? count == 1
                    : is_id        ? memcmp(&list[i].id, &id, sizeof id) == 0
                                   : text_is(list[i].name, wanted);
        if (same) *out = list[i];
        found += same;
    }
    if (found == 1) return true;
    if (wanted == NULL) {
        snprintf(why, WHY_SIZE,
                 count == 0 ? "there is no clinic yet; make one with `rehabd clinic create --name "
                              "NAME --zone ZONE`"
                            : "there are several clinics; say which with --clinic (`rehabd clinic "
                              "list` shows them)");
    } else {
        snprintf(why, WHY_SIZE, "%s clinic is called \"%.80s\"; `rehabd clinic list` shows them",
                 found == 0 ? "no" : "more than one", wanted);
    }
    return false;
}

bool clinic_create(struct call *c, struct text name, struct text zone, struct uuid *id, char *why)
{
    struct clinic clinic = {
        .id = uuid_make(c->now_us), .name = name, .zone = zone, .created_us = c->now_us};
    if (name.size == 0 || name.size > 200 || !text_is_clean(name, false)) {
        snprintf(why, WHY_SIZE, "a clinic needs a name of 1 to 200 bytes (--name)");
        return false;
    }
    if (zone_find(zone) == NULL) {
        snprintf(why, WHY_SIZE,
                 "%.*s is no time zone of this machine (--zone); it must be like Europe/Berlin, "
                 "and the package tzdata be "
                 "installed",
                 (int)(zone.size & 0x7f), zone.at);
        return false;
    }
    c->caller.clinic = clinic.id;
    struct result r = store_create_clinic(c, &clinic);
    if (r.code != OK) session_explain(c, r, why);
    *id = clinic.id;
    return r.code == OK;
}

/* ---- keys ---- */

bool key_create(struct call *c, struct uuid clinic, enum role role, uint32_t more_scopes,
                struct text label, int64_t expires_us, struct text *token, char *why)
{
    uint8_t secret[32];
    struct text shown;
    struct api_key key = {.id = uuid_make(c->now_us),
                          .label = label,
                          .created_us = c->now_us,
                          .expires_us = expires_us};
    if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret) abort();
    *token = service_write_key(c->arena, key.id, secret);
    if (token->at == NULL || !service_read_key(*token, &(struct uuid){0}, &shown)) abort();
    struct digest digest = digest_of(shown);
    memcpy(key.digest, digest.byte, sizeof key.digest);
    key.who =
        (struct principal){.clinic = clinic, .key = key.id, .role = role, .scopes = more_scopes};
    for (size_t i = 0; i < ROLE_COUNT; i++)
        key.who.scopes |= roles[i].role == role ? roles[i].scopes : 0;
    c->caller.clinic = clinic;
    struct result r = store_create_key(c, &key);
    if (r.code != OK) session_explain(c, r, why);
    return r.code == OK;
}

static void print_scopes(uint32_t scopes)
{
    for (size_t i = 0; i < SCOPE_COUNT; i++) {
        if (scopes & (uint32_t)all_scopes[i]) printf(" %s", service_scope_name(all_scopes[i]).at);
    }
}

static bool list_keys(struct call *c, char *why)
{
    struct api_key *list = NULL;
    uint32_t count = 0;
    char id[UUID_TEXT_SIZE];
    char time[TIME_TEXT_SIZE];
    struct result r = store_list_keys(c, &list, &count);
    if (r.code != OK) session_explain(c, r, why);
    for (uint32_t i = 0; i < count; i++) {
        const struct api_key *k = &list[i];
        const char *word = "?";
        for (size_t n = 0; n < ROLE_COUNT; n++)
            word = roles[n].role == k->who.role ? roles[n].word : word;
        uuid_write(k->id, id);
        time_write(k->revoked_us != NO_TIME   ? k->revoked_us
                   : k->expires_us != NO_TIME ? k->expires_us
                                              : 0,
                   time);
        bool ends = k->revoked_us != NO_TIME || k->expires_us != NO_TIME;
        printf("%s  %-9s  %s%s  \"%.*s\" ", id, word,
               k->revoked_us != NO_TIME ? "revoked "
               : ends                   ? "until "
                                        : "stands",
               ends ? time : "", TEXT_FMT(k->label));
        print_scopes(k->who.scopes);
        putchar('\n');
    }
    return r.code == OK;
}

static bool create(struct call *c, const struct asked *a, struct uuid clinic, char *why)
{
    struct text token;
    int64_t expires = a->days == 0 ? NO_TIME : c->now_us + a->days * US_PER_DAY;
    if (a->role == NULL) {
        snprintf(why, WHY_SIZE,
                 "say what the key may do: --role viewer, clinician, physician, author or admin");
        return false;
    }
    struct text label = text_of(a->label == NULL ? a->role->word : a->label);
    if (label.size > 200 || !text_is_clean(label, false)) {
        snprintf(why, WHY_SIZE, "--label must be plain text of at most 200 bytes");
        return false;
    }
    if (!key_create(c, clinic, a->role->role, a->scopes, label, expires, &token, why)) return false;
    printf("%.*s\n", TEXT_FMT(token));
    return true;
}

static bool revoke(struct call *c, const struct asked *a, char *why)
{
    struct uuid id;
    struct text secret;
    struct text subject = text_of(a->subject == NULL ? "" : a->subject);
    if (!uuid_read(subject, &id) && !service_read_key(subject, &id, &secret)) {
        snprintf(why, WHY_SIZE,
                 "say which key: `rehabd key revoke ID` (`rehabd key list` shows them)");
        return false;
    }
    struct result r = store_revoke_key(c, id);
    if (r.code == NOT_FOUND)
        snprintf(why, WHY_SIZE, "the clinic has no such key, or it was revoked before");
    if (r.code != OK && r.code != NOT_FOUND) session_explain(c, r, why);
    return r.code == OK;
}

static bool do_key(struct session *s, const struct asked *a, char *why)
{
    struct clinic clinic;
    struct call *c = session_call(s);
    if (!find_clinic(c, a->clinic, &clinic, why)) return false;
    c->caller.clinic = clinic.id;
    if (strcmp(a->verb, "create") == 0) return create(c, a, clinic.id, why);
    if (strcmp(a->verb, "list") == 0) return list_keys(c, why);
    return revoke(c, a, why);
}

static bool do_clinic(struct session *s, const struct asked *a, char *why)
{
    struct uuid id;
    char text[UUID_TEXT_SIZE];
    struct call *c = session_call(s);
    if (strcmp(a->verb, "list") == 0) return list_clinics(c, why);
    struct text zone = text_of(a->zone == NULL ? "UTC" : a->zone);
    if (!clinic_create(c, text_of(a->name == NULL ? "" : a->name), zone, &id, why)) return false;
    uuid_write(id, text);
    printf("%s\n", text);
    return true;
}

/* ---- the commands ---- */

static int with_session(const struct asked *a,
                        bool (*work)(struct session *, const struct asked *, char *))
{
    struct config config = {0};
    struct database d;
    char why[WHY_SIZE] = "";
    if (!cli_read_config(&config)) return EXIT_FAULT;
    if (!database_open(&d, &config, why)) return cli_fail("%s", why);
    struct session *s = session_open(d.url, &config, why);
    bool done = s != NULL && work(s, a, why);
    if (s != NULL) session_close(s);
    database_close(&d);
    return done ? EXIT_SUCCESS : cli_fail("%s", why);
}

int cli_key(int argc, char **argv)
{
    struct asked a = {0};
    cli_parse(argc, argv, key_options, take_option, "create\nlist\nrevoke ID",
              "API keys of a clinic. `create` prints the key, once: it is not kept. A revoked key "
              "stops within 5 seconds.",
              &a);
    if (strcmp(a.verb, "create") != 0 && strcmp(a.verb, "list") != 0 &&
        strcmp(a.verb, "revoke") != 0) {
        return cli_fail("there is no key %s: create, list or revoke", a.verb);
    }
    return with_session(&a, do_key);
}

int cli_clinic(int argc, char **argv)
{
    struct asked a = {0};
    cli_parse(argc, argv, clinic_options, take_option, "create\nlist",
              "Clinics. `create` prints the id of the new one. A clinic's time zone decides where "
              "its days begin.",
              &a);
    if (strcmp(a.verb, "create") != 0 && strcmp(a.verb, "list") != 0)
        return cli_fail("there is no clinic %s: create or list", a.verb);
    return with_session(&a, do_clinic);
}
