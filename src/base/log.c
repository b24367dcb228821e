/* SPDX-License-Identifier: Apache-2.0 */
/* One line is built on the stack and written with one call, so that lines of several threads do not
 * mix. What does not fit is cut at the value, never in the middle of the JSON. */
#include "log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "time.h"
#include "uuid.h"

static const char *const level_words[] = {"debug", "info", "warning", "error"};

static const char *const sentences[] = {
#define EVENT(name, sentence) sentence,
#include "log.def"
#undef EVENT
};

static const char *const event_words[] = {
#define EVENT(name, sentence) #name,
#include "log.def"
#undef EVENT
};

static _Atomic int least = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&least, level, memory_order_relaxed);
}

bool log_read_level(const char *word, enum log_level *out)
{
    for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
        if (strcmp(word, level_words[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

struct line {
    char *at;
    char *end; /* room for the closing brace and the newline is kept behind it */
};

static void put(struct line *l, const char *s, size_t size)
{
    if (size > (size_t)(l->end - l->at)) size = (size_t)(l->end - l->at);
    memcpy(l->at, s, size);
    l->at += size;
}

enum { ESCAPED_LIMIT = 512 };

/* Printable ASCII as it is, quotes and backslashes escaped, every other byte as a question mark:
 * words of ours have none. */
static void put_string(struct line *l, const char *s)
{
    char out[2 * ESCAPED_LIMIT + 2];
    size_t n = 0;
    out[n++] = '"';
    for (size_t i = 0; i < ESCAPED_LIMIT && s[i] != '\0'; i++) {
        if (s[i] == '"' || s[i] == '\\') out[n++] = '\\';
        out[n++] = (char)(s[i] >= ' ' && s[i] < 0x7f ? s[i] : s[i] == '\n' ? ' ' : '?');
    }
    out[n++] = '"';
    put(l, out, n);
}

/* `,"name":` when the value behind it still fits */
static bool put_name(struct line *l, const char *name, size_t value_size)
{
    size_t size = strlen(name) + 4;
    if ((size_t)(l->end - l->at) < size + value_size) return false;
    put(l, ",\"", 2);
    put(l, name, strlen(name));
    put(l, "\":", 2);
    return true;
}

static void put_UUID(struct line *l, const char *name, struct uuid id)
{
    char text[UUID_TEXT_SIZE];
    if (uuid_is_nil(id) || !put_name(l, name, UUID_TEXT_SIZE + 2)) return;
    uuid_write(id, text);
    put_string(l, text);
}

static void put_WORD(struct line *l, const char *name, const char *word)
{
    if (word == NULL || *word == '\0' || !put_name(l, name, 2 * ESCAPED_LIMIT + 2)) return;
    put_string(l, word);
}

static void put_NUMBER(struct line *l, const char *name, int64_t number)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%lld", (long long)number);
    if (number != 0 && put_name(l, name, sizeof text)) put(l, text, (size_t)size);
}

static void put_ERRNO(struct line *l, const char *name, int number)
{
    const char *word = number == 0 ? NULL : strerrorname_np(number);
    put_WORD(l, name, word);
}

size_t log_format(char out[static LOG_LINE_SIZE], int64_t now_us, enum log_level level,
                  enum log_event event, const struct log_fields *fields)
{
    char time[TIME_TEXT_SIZE];
    struct line l = {out, out + LOG_LINE_SIZE - 2};
    time_write(now_us, time);
    put(&l, "{\"time\":", 8);
    put_string(&l, time);
    put_WORD(&l, "level", level_words[level]);
    put_WORD(&l, "event", event_words[event]);
    put_WORD(&l, "message", sentences[event]);
#define FIELD(type, name) put_##type(&l, #name, fields->name);
#include "log.def"
#undef FIELD
    *l.at++ = '}';
    *l.at++ = '\n';
    return (size_t)(l.at - out);
}

void log_write(enum log_level level, enum log_event event, const struct log_fields *fields)
{
    char line[LOG_LINE_SIZE];
    if ((int)level < atomic_load_explicit(&least, memory_order_relaxed)) return;
    int kept = errno;
    size_t size = log_format(line, time_now_us(), level, event, fields);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(STDERR_FILENO, line + done, size - done);
        if (n < 0 && errno != EINTR) break;
        done += n > 0 ? (size_t)n : 0;
    }
    errno = kept;
}
