/* SPDX-License-Identifier: Apache-2.0 */
/* Reads compiled zone files (RFC 8536, version 2 and later): a table of the instants at which the
 * offset changed, and behind it a rule in POSIX notation for the time after the last of them. What
 * is difficult here is the way back: a wall clock reading may belong to two instants or to none.
 *
 * Zones once read stay in a list that only grows, so that every thread may look through it without
 * a lock. */
#include "zone.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "time.h"

enum { NAME_SIZE = 64, FILE_LIMIT = 256 * 1024, CHANGES_LIMIT = 4096, TYPES_LIMIT = 256 };
enum { HEADER_SIZE = 44 };

/* On which day of a year, and how long after its midnight on the wall, the offset changes. */
struct rule_day {
    enum { RULE_MONTH, RULE_JULIAN, RULE_COUNTED } kind;
    int32_t month, week, day;
    int32_t seconds;
};

struct rule {
    bool present, saves; /* saves: there is a summer time */
    int32_t standard, summer;
    struct rule_day start, end;
};

struct zone {
    const struct zone *next;
    char name[NAME_SIZE];
    int32_t before; /* offset before the first change, in seconds east */
    struct rule rule;
    uint32_t count;
    struct change {
        int64_t at; /* seconds since 1970 */
        int32_t offset;
    } change[];
};

static _Atomic(const struct zone *) known;

/* ---- the rule behind the table: EST5EDT,M3.2.0,M11.1.0 ---- */

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted) return false;
    c->at++;
    return true;
}

static bool take_number(struct cursor *c, int32_t limit, int32_t *out)
{
    int32_t value = 0;
    const char *start = c->at;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        value = value * 10 + (*c->at - '0');
        if (value > limit) return false;
    }
    *out = value;
    return c->at > start;
}

/* letters, or anything between angle brackets */
static bool take_abbreviation(struct cursor *c)
{
    const char *start = c->at;
    bool quoted = take(c, '<');
    while (c->at < c->end &&
           (quoted ? *c->at != '>' : (*c->at | 32) >= 'a' && (*c->at | 32) <= 'z'))
        c->at++;
    return (!quoted || take(c, '>')) && c->at - start >= 3;
}

/* hh[:mm[:ss]] with a sign, as seconds */
static bool take_clock(struct cursor *c, int32_t *seconds)
{
    int32_t part[3] = {0};
    bool minus = take(c, '-');
    if (!minus) (void)take(c, '+');
    if (!take_number(c, 167, &part[0])) return false;
    if (take(c, ':') && !take_number(c, 59, &part[1])) return false;
    if (take(c, ':') && !take_number(c, 59, &part[2])) return false;
    *seconds = (part[0] * 3600 + part[1] * 60 + part[2]) * (minus ? -1 : 1);
    return true;
}

static bool take_day(struct cursor *c, struct rule_day *d)
{
    d->seconds = 2 * 3600;
    if (!take(c, ',')) return false;
    if (take(c, 'M')) {
        d->kind = RULE_MONTH;
        if (!take_number(c, 12, &d->month) || !take(c, '.') || !take_number(c, 5, &d->week) ||
            !take(c, '.') || !take_number(c, 6, &d->day) || d->month < 1 || d->week < 1) {
            return false;
        }
    } else {
        d->kind = take(c, 'J') ? RULE_JULIAN : RULE_COUNTED;
        if (!take_number(c, 365, &d->day)) return false;
    }
    return !take(c, '/') || take_clock(c, &d->seconds);
}

/* POSIX counts offsets west of Greenwich; we count east. */
static bool read_rule(const char *at, size_t size, struct rule *r)
{
    struct cursor c = {at, at + size};
    *r = (struct rule){.present = size > 0};
    if (size == 0) return true;
    if (!take_abbreviation(&c) || !take_clock(&c, &r->standard)) return false;
    r->standard = -r->standard;
    if (c.at == c.end) return true;
    r->saves = true;
    if (!take_abbreviation(&c)) return false;
    r->summer = r->standard + 3600;
    if (c.at < c.end && *c.at != ',') {
        if (!take_clock(&c, &r->summer)) return false;
        r->summer = -r->summer;
    }
    return take_day(&c, &r->start) && take_day(&c, &r->end) && c.at == c.end;
}

static int64_t seconds_of_day(int32_t day)
{
    return (int64_t)day * 86400;
}

/* The day of the month rule: the `week`-th weekday of the month, 5 being the last. */
static int32_t day_in_month(const struct rule_day *d, int32_t year)
{
    int32_t first = time_day_from_civil(year, (uint32_t)d->month, 1);
    int32_t next = d->month == 12 ? time_day_from_civil(year + 1, 1, 1)
                                  : time_day_from_civil(year, (uint32_t)d->month + 1, 1);
    int32_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int32_t day = first + (d->day - weekday + 7) % 7 + (d->week - 1) * 7;
    return day >= next ? day - 7 : day;
}

/* The wall clock reading, in seconds, at which a rule day's change happens in a year. */
static int64_t rule_reading(const struct rule_day *d, int32_t year)
{
    int32_t first = time_day_from_civil(year, 1, 1);
    if (d->kind == RULE_MONTH) return seconds_of_day(day_in_month(d, year)) + d->seconds;
    if (d->kind == RULE_COUNTED) return seconds_of_day(first + d->day) + d->seconds;
    bool leap = time_day_from_civil(year, 3, 1) - first == 60;
    return seconds_of_day(first + d->day - 1 + (leap && d->day >= 60)) + d->seconds;
}

static int32_t rule_offset(const struct rule *r, int64_t utc)
{
    if (!r->saves) return r->standard;
    int32_t year = 0;
    uint32_t month = 0;
    uint32_t day = 0;
    time_civil_from_day(time_day_of((utc + r->standard) * US_PER_SECOND), &year, &month, &day);
    int64_t start = rule_reading(&r->start, year) - r->standard;
    int64_t end = rule_reading(&r->end, year) - r->summer;
    bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    return summer ? r->summer : r->standard;
}

/* ---- the file ---- */

static int64_t read_big(const unsigned char *at, int bytes)
{
    uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

struct header {
    size_t uts, standards, leaps, changes, types, letters;
};

static bool read_header(const unsigned char *at, size_t size, struct header *h)
{
    if (size < HEADER_SIZE || memcmp(at, "TZif", 4) != 0 || at[4] < '2') return false;
    size_t *const count[] = {&h->uts,     &h->standards, &h->leaps,
                             &h->changes, &h->types,     &h->letters};
    for (size_t i = 0; i < sizeof count / sizeof count[0]; i++) {
        int64_t n = read_big(at + 20 + 4 * i, 4);
        if (n < 0 || n > FILE_LIMIT) return false;
        *count[i] = (size_t)n;
    }
    return h->types > 0 && h->types <= TYPES_LIMIT && h->changes <= CHANGES_LIMIT;
}

/* bytes behind a header whose times are `width` wide */
static size_t body_size(const struct header *h, size_t width)
{
    return h->changes * (width + 1) + h->types * 6 + h->letters + h->leaps * (width + 4) +
           h->standards + h->uts;
}

static bool read_table(const unsigned char *at, const struct header *h, struct zone *z)
{
    const unsigned char *index = at + h->changes * 8;
    const unsigned char *type = index + h->changes;
    z->count = (uint32_t)h->changes;
    z->before = (int32_t)read_big(type, 4);
    for (size_t i = 0; i < h->changes; i++) {
        if (index[i] >= h->types) return false;
        z->change[i].at = read_big(at + 8 * i, 8);
        z->change[i].offset = (int32_t)read_big(type + (size_t)index[i] * 6, 4);
        if (i > 0 && z->change[i].at <= z->change[i - 1].at) return false;
    }
    return true;
}

/* The 32 bit block comes first and is skipped; then the 64 bit block, then the rule between two
 * newlines. */
static struct zone *read_file(const unsigned char *at, size_t size)
{
    struct header h;
    if (!read_header(at, size, &h)) return NULL;
    size_t skip = HEADER_SIZE + body_size(&h, 4);
    if (skip > size || !read_header(at + skip, size - skip, &h)) return NULL;
    at += skip + HEADER_SIZE;
    size -= skip + HEADER_SIZE;
    size_t body = body_size(&h, 8);
    if (body + 2 > size || at[body] != '\n') return NULL;
    const char *rule = (const char *)at + body + 1;
    const char *end = memchr(rule, '\n', size - body - 1);
    struct zone *z = calloc(1, sizeof *z + h.changes * sizeof z->change[0]);
    if (z == NULL) return NULL;
    if (end != NULL && read_table(at, &h, z) && read_rule(rule, (size_t)(end - rule), &z->rule))
        return z;
    free(z);
    return NULL;
}

static size_t load_file(const char *path, unsigned char *out, size_t limit)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t got = 0;
    if (fd < 0) return 0;
    while (size < limit && (got = read(fd, out + size, limit - size)) > 0)
        size += (size_t)got;
    close(fd);
    return got < 0 ? 0 : size;
}

/* Only what names a zone: no way out of the folder. */
static bool is_zone_name(struct text name)
{
    if (name.size == 0 || name.size >= NAME_SIZE || name.at[0] == '/') return false;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (!letter && !(c >= '0' && c <= '9') && (c == '\0' || strchr("_+-/", c) == NULL))
            return false;
    }
    return true;
}

static struct zone *load_zone(struct text name)
{
    char path[sizeof "/usr/share/zoneinfo/" + NAME_SIZE];
    unsigned char *file = malloc(FILE_LIMIT);
    if (file == NULL) return NULL;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", TEXT_FMT(name));
    struct zone *z = read_file(file, load_file(path, file, FILE_LIMIT));
    free(file);
    if (z == NULL && text_is(name, "UTC")) z = calloc(1, sizeof *z);
    if (z != NULL) memcpy(z->name, name.at, name.size);
    return z;
}

const struct zone *zone_find(struct text name)
{
    const struct zone *first = atomic_load_explicit(&known, memory_order_acquire);
    for (const struct zone *z = first; z != NULL; z = z->next) {
        if (text_is(name, z->name)) return z;
    }
    struct zone *z = is_zone_name(name) ? load_zone(name) : NULL;
    if (z == NULL) return NULL;
    z->next = first;
    /* another thread may have added the same zone meanwhile: twice in the list does no harm */
    while (!atomic_compare_exchange_weak_explicit(&known, &z->next, z, memory_order_release,
                                                  memory_order_acquire)) {
    }
    return z;
}

/* ---- there and back ---- */

static int32_t offset_at(const struct zone *z, int64_t utc)
{
    if (z->rule.present && (z->count == 0 || utc >= z->change[z->count - 1].at))
        return rule_offset(&z->rule, utc);
    if (z->count == 0 || utc < z->change[0].at) return z->before;
    uint32_t low = 0;
    uint32_t high = z->count;
    while (high - low > 1) { /* change[low].at <= utc < change[high].at */
        uint32_t middle = low + (high - low) / 2;
        if (z->change[middle].at <= utc) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return z->change[low].offset;
}

static int64_t floor_seconds(int64_t us)
{
    return us / US_PER_SECOND - (us % US_PER_SECOND < 0);
}

int64_t zone_local(const struct zone *z, int64_t utc_us)
{
    return utc_us + offset_at(z, floor_seconds(utc_us)) * US_PER_SECOND;
}

/* Whatever the offset, a day before the reading is before the instant and a day after it is after:
 * the two offsets there are the only ones that can hold, for the offset does not change twice
 * within two days. */
int64_t zone_utc(const struct zone *z, int64_t local_us)
{
    int64_t local = floor_seconds(local_us);
    int64_t early = local_us - offset_at(z, local - 86400) * US_PER_SECOND;
    int64_t late = local_us - offset_at(z, local + 86400) * US_PER_SECOND;
    if (zone_local(z, early) == local_us) return early;
    return zone_local(z, late) == local_us ? late : early;
}
