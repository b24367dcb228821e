/* SPDX-License-Identifier: Apache-2.0 */
#include "base/test.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/uuid.h"

static size_t format(char *out, const struct log_fields *fields)
{
    size_t n = log_format(out, INT64_C(1772359200000000), LOG_INFO, LOG_REQUEST_SERVED, fields);
    assert_int_equal(out[n - 1], '\n');
    out[n - 1] = '\0';
    return n;
}

static void a_line_holds_what_is_set(void **state)
{
    (void)state;
    char line[LOG_LINE_SIZE];
    struct uuid id;
    assert_true(uuid_read(TEXT("01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5a"), &id));
    format(line, &(const struct log_fields){.request_id = id,
                                            .route = "/v1/episodes/{episode}",
                                            .status = 200,
                                            .duration_us = 912});
    assert_string_equal(
        line, "{\"time\":\"2026-03-01T10:00:00Z\",\"level\":\"info\",\"event\":\"REQUEST_SERVED\","
              "\"message\":\"a request was answered\","
              "\"request_id\":\"01920d2c-7b6e-7c1a-9f00-3c0f1e2d4b5a\","
              "\"route\":\"/v1/episodes/{episode}\",\"status\":200,\"duration_us\":912}");
}

static void words_cannot_leave_their_string(void **state)
{
    (void)state;
    char line[LOG_LINE_SIZE];
    format(line, &(const struct log_fields){.connection_error = "a \"b\" \\ \n\x01\xc3\xa4",
                                            .error = ENOENT});
    assert_non_null(
        strstr(line, "\"connection_error\":\"a \\\"b\\\" \\\\  ???\",\"error\":\"ENOENT\"}"));
}

/* However long the words, the line ends as JSON ends. */
static void a_long_line_stays_whole(void **state)
{
    (void)state;
    char line[LOG_LINE_SIZE];
    static char word[4000];
    memset(word, '"', sizeof word - 1);
    const struct log_fields fields = {.method = word,
                                      .route = word,
                                      .code = word,
                                      .statement = word,
                                      .sqlstate = word,
                                      .listen = word,
                                      .version = word,
                                      .file = word,
                                      .connection_error = word};
    size_t n = format(line, &fields);
    assert_true(n < LOG_LINE_SIZE);
    assert_string_equal(line + n - 3, "\"}");
    int quotes = 0;
    for (size_t i = 0; line[i] != '\0'; i++) {
        if (line[i] == '\\') {
            i++;
        } else {
            quotes += line[i] == '"';
        }
    }
    assert_int_equal(quotes % 2, 0);
}

/* What log_write writes, caught from stderr. */
static size_t catch_line(enum log_level level, char *out, size_t size)
{
    int ends[2];
    int kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    const struct log_fields none = {.none = 0};
    log_write(level, LOG_SERVICE_READY, &none);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    ssize_t n = read(ends[0], out, size);
    close(ends[0]);
    return n < 0 ? 0 : (size_t)n;
}

static void levels_below_are_silent(void **state)
{
    (void)state;
    char line[LOG_LINE_SIZE];
    enum log_level level = LOG_DEBUG;
    assert_true(log_read_level("warning", &level));
    assert_false(log_read_level("loud", &level));
    log_set_level(level);
    assert_int_equal(catch_line(LOG_INFO, line, sizeof line), 0);
    assert_true(catch_line(LOG_WARNING, line, sizeof line) > 0);
    log_set_level(LOG_INFO);
    assert_true(catch_line(LOG_INFO, line, sizeof line) > 0);
    assert_int_equal(catch_line(LOG_DEBUG, line, sizeof line), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_holds_what_is_set),
        cmocka_unit_test(words_cannot_leave_their_string),
        cmocka_unit_test(a_long_line_stays_whole),
        cmocka_unit_test(levels_below_are_silent),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
