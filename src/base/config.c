/* SPDX-License-Identifier: Apache-2.0 */
/* Settings are few and read once, so their texts are copied and kept for good. Every fault is one
 * line that says which setting, where it was read, and what would be right: the line a person sees
 * when the service does not start. */
#include "config.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

enum kind { NUMBER, ADDRESS, LEVEL, ORIGINS, FOLDER, SECRET };

struct row {
    const char *name;
    enum kind kind;
    const char *fallback;
    int64_t min, max;
    const char *unit, *sentence;
    size_t place; /* in struct config */
};

/* a number's default is written as a number, a text's as a text */
#define FALLBACK_NUMBER(value)  #value
#define FALLBACK_ADDRESS(value) value
#define FALLBACK_LEVEL(value)   value
#define FALLBACK_ORIGINS(value) value
#define FALLBACK_FOLDER(value)  value
#define FALLBACK_SECRET(value)  value

static const struct row rows[] = {
#define CONFIG(name, type, fallback, min, max, unit, sentence)                                     \
    {#name, type,     FALLBACK_##type(fallback),    min, max,                                      \
     unit,  sentence, offsetof(struct config, name)},
#include "config.def"
#undef CONFIG
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
enum { SOURCE_SIZE = 320 };

/* What was read for each row, for config_show: written once at start, before there is a second
 * thread. */
static struct seen {
    char *value;
    char source[SOURCE_SIZE];
    bool in_file;
} seen[ROW_COUNT];

struct reading {
    struct config *out;
    char *error;
    const char *file; /* the settings file while it is read */
};

[[gnu::format(printf, 2, 3)]] static bool fault(struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->error, CONFIG_ERROR_SIZE, format, args);
    va_end(args);
    return false;
}

/* ---- one value ---- */

bool config_read_address(const char *text, struct config_address *out)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon[1] < '0' || colon[1] > '9') return false;
    char *end = NULL;
    long port = strtol(colon + 1, &end, 10);
    if (*end != '\0' || port > UINT16_MAX) return false;
    size_t size = (size_t)(colon - text);
    bool bracketed = size >= 2 && text[0] == '[' && text[size - 1] == ']';
    if (bracketed) {
        text++;
        size -= 2;
    }
    if (size == 0 || size >= sizeof out->host || (!bracketed && memchr(text, ':', size) != NULL))
        return false;
    memcpy(out->host, text, size);
    out->host[size] = '\0';
    out->port = (uint16_t)port;
    return true;
}

static const char lower_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789+.-_";

/* scheme://host or scheme://host:port, in lower case and without a path, as browsers write it: the
 * header must be equal to it. */
static bool is_origin(const char *text)
{
    size_t scheme = strspn(text, lower_digits);
    if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0) return false;
    const char *host = text + scheme + 3;
    bool bracketed = *host == '[';
    const char *port = bracketed ? strchr(host, ']') : host + strspn(host, lower_digits);
    if (port == NULL || port == host ||
        (bracketed && strspn(host + 1, "0123456789abcdef:.") != (size_t)(port - host - 1)))
        return false;
    port += bracketed;
    size_t digits = *port == ':' ? strspn(port + 1, "0123456789") : 0;
    return *port == '\0' || (digits > 0 && digits <= 5 && port[1 + digits] == '\0');
}

/* The first word that is no origin, in `wrong`; false: there is none. */
static bool find_wrong_origin(const char *list, char *wrong, size_t size)
{
    static const char between[] = " ,\t";
    for (list += strspn(list, between); *list != '\0'; list += strspn(list, between)) {
        size_t length = strcspn(list, between);
        snprintf(wrong, size, "%.*s", (int)(length & 0xffff), list);
        if (length >= size || !is_origin(wrong)) return true;
        list += length;
    }
    return false;
}

static bool store_number(struct reading *r, const struct row *row, const char *value,
                         const char *source)
{
    char *end = NULL;
    long long number = strtoll(value, &end, 10);
    if (*value == '\0' || *end != '\0' || number < row->min || number > row->max) {
        return fault(r, "%s is \"%.80s\" (%s), it must be a whole number from %lld to %lld%s%s",
                     row->name, value, source, (long long)row->min, (long long)row->max,
                     *row->unit ? " " : "", row->unit);
    }
    memcpy((char *)r->out + row->place, &(int64_t){number}, sizeof(int64_t));
    return true;
}

static bool check_text(struct reading *r, const struct row *row, const char *value,
                       const char *source)
{
    enum log_level level = LOG_INFO;
    struct config_address address;
    char wrong[300];
    if (row->kind == LEVEL && !log_read_level(value, &level)) {
        return fault(r, "%s is \"%.80s\" (%s), it must be debug, info, warning or error", row->name,
                     value, source);
    }
    if (row->kind == ADDRESS && !config_read_address(value, &address)) {
        return fault(r,
                     "%s is \"%.80s\" (%s), it must be an address and a port like 127.0.0.1:8080 "
                     "or [::1]:8080",
                     row->name, value, source);
    }
    if (row->kind == ORIGINS && find_wrong_origin(value, wrong, sizeof wrong)) {
        return fault(r,
                     "%s has \"%.80s\" (%s), an origin must be like https://app.example or "
                     "http://localhost:3000",
                     row->name, wrong, source);
    }
    if (row->kind == FOLDER && *value != '\0' && *value != '/') {
        return fault(r,
                     "%s is \"%.80s\" (%s), it must be a path from the root, like /var/lib/rehabd",
                     row->name, value, source);
    }
    bool postgres =
        strncmp(value, "postgres://", 11) == 0 || strncmp(value, "postgresql://", 13) == 0;
    if (strcmp(row->name, "database_url") == 0 && *value != '\0' && !postgres &&
        strchr(value, '=') == NULL) {
        return fault(
            r, "%s (%s) is no address of a database, it must be like postgres://user@host/name",
            row->name, source);
    }
    return true;
}

static bool store(struct reading *r, const struct row *row, const char *value, const char *source)
{
    struct seen *s = &seen[row - rows];
    if (row->kind == NUMBER ? !store_number(r, row, value, source)
                            : !check_text(r, row, value, source))
        return false;
    char *copy = strdup(value);
    if (copy == NULL) return fault(r, "there is no memory for the settings");
    if (row->kind != NUMBER) memcpy((char *)r->out + row->place, &copy, sizeof copy);
    free(s->value); /* what this one goes before */
    s->value = copy;
    snprintf(s->source, sizeof s->source, "%s", source);
    return true;
}

/* ---- names ---- */

/* Edits between two words, for guessing what was meant. */
static size_t distance(const char *a, const char *b)
{
    enum { LIMIT = 48 };
    size_t row[LIMIT];
    size_t size = strlen(b);
    if (size >= LIMIT) return SIZE_MAX;
    for (size_t j = 0; j <= size; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < size; j++) {
            size_t best = diagonal + (a[i] != b[j]);
            if (row[j] + 1 < best) best = row[j] + 1;
            diagonal = row[j + 1];
            if (diagonal + 1 < best) best = diagonal + 1;
            row[j + 1] = best;
        }
    }
    return row[size];
}

static const struct row *find_row(const char *name)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    }
    return NULL;
}

/* NULL: nothing is near. Of three letters one may be wrong. */
static const char *nearest_name(const char *name)
{
    size_t best = 0;
    for (size_t i = 1; i < ROW_COUNT; i++) {
        if (distance(name, rows[i].name) < distance(name, rows[best].name)) best = i;
    }
    return 3 * distance(name, rows[best].name) <= strlen(name) ? rows[best].name : NULL;
}

static bool fault_name(struct reading *r, const char *name, const char *source, const char *nearest)
{
    if (nearest == NULL)
        return fault(r, "%.80s (%s) is no setting; `rehabd check-config` shows them all", name,
                     source);
    return fault(r, "%.80s (%s) is no setting; the nearest is %s", name, source, nearest);
}

/* ---- the settings file ---- */

static int take_line(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    char source[SOURCE_SIZE];
    if (*r->error != '\0') return 0;
    snprintf(source, sizeof source, "in %s", r->file);
    const struct row *row = find_row(name);
    if (*section != '\0')
        return fault(r, "[%.80s] (%s): the settings file has no sections", section, source);
    if (row == NULL) return fault_name(r, name, source, nearest_name(name));
    if (seen[row - rows].in_file) return fault(r, "%s stands twice %s", name, source);
    seen[row - rows].in_file = true;
    return store(r, row, value, source);
}

static bool read_file(struct reading *r)
{
    if (r->file == NULL || *r->file == '\0') return true;
    int line = ini_parse(r->file, take_line, r);
    if (line < 0)
        return fault(r,
                     "the settings file %.200s (REHABD_CONFIG) cannot be read: it must exist and "
                     "be readable",
                     r->file);
    size_t used = strlen(r->error);
    if (line > 0 && used == 0)
        return fault(r, "line %d of %.200s is no setting, it must be like `name = value`", line,
                     r->file);
    if (line > 0) snprintf(r->error + used, CONFIG_ERROR_SIZE - used, " (line %d)", line);
    return line == 0;
}

/* ---- the environment ---- */

static void upper(const char *prefix, const char *name, const char *suffix, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s", prefix, name, suffix);
    for (char *c = out; *c != '\0'; c++) {
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    }
}

/* A secret may lie in a file of its own, as containers hand it over. */
static bool read_secret_file(struct reading *r, const struct row *row)
{
    char variable[64];
    char source[SOURCE_SIZE];
    char value[2048] = "";
    upper("REHABD_", row->name, "_FILE", variable, sizeof variable);
    const char *path = getenv(variable);
    if (path == NULL || *path == '\0') return true;
    FILE *f = fopen(path, "re");
    if (f == NULL) return fault(r, "%s names %.200s, which cannot be read", variable, path);
    size_t size = fread(value, 1, sizeof value - 1, f);
    fclose(f);
    while (size > 0 && (value[size - 1] == '\n' || value[size - 1] == '\r'))
        size--;
    value[size] = '\0';
    snprintf(source, sizeof source, "from %.200s (%s)", path, variable);
    return store(r, row, value, source);
}

static bool read_variable(struct reading *r, const struct row *row)
{
    char variable[64];
    char source[SOURCE_SIZE];
    if (row->kind == SECRET && !read_secret_file(r, row)) return false;
    upper("REHABD_", row->name, "", variable, sizeof variable);
    const char *value = getenv(variable);
    snprintf(source, sizeof source, "from %s in the environment", variable);
    return value == NULL || store(r, row, value, source);
}

static bool is_known_variable(const char *name, size_t size)
{
    char variable[64];
    if (size == sizeof "REHABD_CONFIG" - 1 && strncmp(name, "REHABD_CONFIG", size) == 0)
        return true;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        upper("REHABD_", rows[i].name, "", variable, sizeof variable);
        if (strlen(variable) == size && strncmp(name, variable, size) == 0) return true;
        upper("REHABD_", rows[i].name, "_FILE", variable, sizeof variable);
        if (rows[i].kind == SECRET && strlen(variable) == size &&
            strncmp(name, variable, size) == 0)
            return true;
    }
    return false;
}

/* A variable that begins like ours and is none is a slip of the pen, and silence would hide it. */
static bool check_variables(struct reading *r)
{
    char name[64];
    char whole[81];
    char meant[64];
    for (char **e = environ; *e != NULL; e++) {
        size_t size = strcspn(*e, "=");
        if (strncmp(*e, "REHABD_", 7) != 0 || is_known_variable(*e, size)) continue;
        snprintf(name, sizeof name, "%.*s", (int)size - 7, *e + 7);
        for (char *c = name; *c != '\0'; c++) {
            if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
        }
        const char *nearest = nearest_name(name);
        if (nearest != NULL) upper("REHABD_", nearest, "", meant, sizeof meant);
        snprintf(whole, sizeof whole, "%.*s", (int)(size < 80 ? size : 80), *e);
        return fault_name(r, whole, "in the environment", nearest == NULL ? NULL : meant);
    }
    return true;
}

static bool read_defaults(struct reading *r)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!store(r, &rows[i], rows[i].fallback, "default")) return false;
        seen[i].in_file = false;
    }
    return true;
}

/* Where this user's programs keep their data; the system's place for root. */
static bool choose_folder(struct reading *r)
{
    char path[4096];
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (*r->out->data_dir != '\0') return true;
    if (geteuid() == 0) {
        snprintf(path, sizeof path, "/var/lib/rehabd");
    } else if (data != NULL && *data == '/') {
        snprintf(path, sizeof path, "%s/rehabd", data);
    } else if (home != NULL && *home == '/') {
        snprintf(path, sizeof path, "%s/.local/share/rehabd", home);
    } else {
        return fault(r, "data_dir is not set and HOME names no folder; set REHABD_DATA_DIR to a "
                        "path from the root");
    }
    return store(r, find_row("data_dir"), path, "default");
}

bool config_read(struct config *out, char error[static CONFIG_ERROR_SIZE])
{
    struct reading r = {out, error, getenv("REHABD_CONFIG")};
    *error = '\0';
    if (!read_defaults(&r) || !read_file(&r)) return false;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!read_variable(&r, &rows[i])) return false;
    }
    return check_variables(&r) && choose_folder(&r);
}

bool config_show(size_t i, struct config_row *out)
{
    if (i >= ROW_COUNT) return false;
    const char *value = seen[i].value == NULL ? "" : seen[i].value;
    if (rows[i].kind == SECRET) value = *value == '\0' ? "(not set)" : "(set)";
    *out = (struct config_row){rows[i].name, value, seen[i].source, rows[i].unit, rows[i].sentence};
    return true;
}

const char *config_source(const char *name)
{
    const struct row *row = find_row(name);
    return row == NULL ? "" : seen[row - rows].source;
}

const char *config_environment(const char *name)
{
    return getenv(name);
}
