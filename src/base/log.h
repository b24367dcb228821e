/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one JSON object a line to stderr. Events and fields are the rows of log.def and nothing
 * else, so that no text of a patient can get in, by the types alone:
 *
 *     LOG(INFO, REQUEST_SERVED, .request_id = c->request_id, .route = "/v1/episodes/{episode}",
 * .status = 200);
 *
 * A field that is 0, empty or nil is left out. Any thread may log; a line is one write. */
#pragma once

#include "model.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

enum log_event {
#define EVENT(name, sentence) LOG_##name,
#include "log.def"
#undef EVENT
    LOG_EVENT_COUNT
};

#define LOG_TYPE_UUID   struct uuid
#define LOG_TYPE_WORD   const char *
#define LOG_TYPE_NUMBER int64_t
#define LOG_TYPE_ERRNO  int

struct log_fields {
    int none; /* so that a line without fields has something to be 0 */
#define FIELD(type, name) LOG_TYPE_##type name;
#include "log.def"
#undef FIELD
};

#define LOG(level, ...) LOG_WITH(level, __VA_ARGS__, .none = 0)
#define LOG_WITH(level, event, ...)                                                                \
    log_write(LOG_##level, LOG_##event, &(const struct log_fields){__VA_ARGS__})

void log_write(enum log_level level, enum log_event event, const struct log_fields *fields);

/* Lines below this level are not written; INFO at first. */
void log_set_level(enum log_level level);
bool log_read_level(const char *word, enum log_level *out);

/* The line as it would be written, with its newline; returns its length. For log_write and its
 * test. */
enum { LOG_LINE_SIZE = 4096 };
size_t log_format(char out[static LOG_LINE_SIZE], int64_t now_us, enum log_level level,
                  enum log_event event, const struct log_fields *fields);
