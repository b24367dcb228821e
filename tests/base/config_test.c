/* SPDX-License-Identifier: Apache-2.0 */
/* Each refusal must name the setting, the place and what would be right. */
#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/config.h"

static char path[] = "/tmp/rehabd-config-XXXXXX";

static int clear(void **state)
{
    (void)state;
    char name[64];
    for (char **e = environ; *e != NULL;) {
        bool ours = strncmp(*e, "REHABD_", 7) == 0;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(*e, "="), *e);
        if (ours) unsetenv(name);
        e = ours ? environ : e + 1;
    }
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/home/somebody", 1);
    return 0;
}

static void write_settings(const char *text)
{
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    setenv("REHABD_CONFIG", path, 1);
}

static struct config accepted(void)
{
    struct config c;
    char error[CONFIG_ERROR_SIZE];
    if (!config_read(&c, error)) fail_msg("refused: %s", error);
    return c;
}

static void refused(const char *expected)
{
    struct config c;
    char error[CONFIG_ERROR_SIZE];
    if (config_read(&c, error)) fail_msg("accepted, though expected: %s", expected);
    assert_null(strchr(error, '\n'));
    if (strstr(error, expected) == NULL) fail_msg("said \"%s\", expected \"%s\"", error, expected);
}

static void nothing_is_required(void **state)
{
    (void)state;
    struct config c = accepted();
    assert_string_equal(c.listen, "127.0.0.1:8080");
    assert_string_equal(c.database_url, "");
    assert_int_equal(c.queue_limit, 1024);
    assert_string_equal(c.data_dir,
                        geteuid() == 0 ? "/var/lib/rehabd" : "/home/somebody/.local/share/rehabd");
}

static void environment_goes_before_file(void **state)
{
    (void)state;
    write_settings("; a comment\nlisten = 127.0.0.1:81\ndrain_s=7\n");
    setenv("REHABD_LISTEN", "[::1]:82", 1);
    struct config c = accepted();
    assert_string_equal(c.listen, "[::1]:82");
    assert_int_equal(c.drain_s, 7);
}

static void every_setting_says_where_it_was_read(void **state)
{
    (void)state;
    struct config_row row;
    write_settings("drain_s = 7\n");
    setenv("REHABD_DATABASE_URL", "postgres://u:secret@h/d", 1);
    (void)accepted();
    int seen = 0;
    for (size_t i = 0; config_show(i, &row); i++) {
        assert_null(strstr(row.value, "secret"));
        if (strcmp(row.name, "drain_s") == 0) seen += strstr(row.source, path) != NULL;
        if (strcmp(row.name, "database_url") == 0)
            seen += strcmp(row.source, "from REHABD_DATABASE_URL in the environment") == 0;
        if (strcmp(row.name, "workers") == 0) seen += strcmp(row.source, "default") == 0;
    }
    assert_int_equal(seen, 3);
}

static void wrong_values_are_explained(void **state)
{
    static const struct {
        const char *name, *value, *expected;
    } cases[] = {
        {"REHABD_WORKERS", "many",
         "workers is \"many\" (from REHABD_WORKERS in the environment), it must be a whole number "
         "from 0 to 256"},
        {"REHABD_WORKERS", "257", "from 0 to 256"},
        {"REHABD_WORKERS", "", "whole number"},
        {"REHABD_WORKERS", "99999999999999999999", "whole number"},
        {"REHABD_LISTEN", "8080", "like 127.0.0.1:8080"},
        {"REHABD_LISTEN", "127.0.0.1:65536", "like 127.0.0.1:8080"},
        {"REHABD_LISTEN", "::1:80", "like 127.0.0.1:8080"},
        {"REHABD_LISTEN", ":80", "like 127.0.0.1:8080"},
        {"REHABD_LOG_LEVEL", "loud", "debug, info, warning or error"},
        {"REHABD_DATA_DIR", "here", "a path from the root"},
        {"REHABD_DATABASE_URL", "mysql", "postgres://user@host/name"},
        {"REHABD_DATABASE_URL_FILE", "/nowhere",
         "REHABD_DATABASE_URL_FILE names /nowhere, which cannot be read"},
        {"REHABD_LITSEN", "x",
         "REHABD_LITSEN (in the environment) is no setting; the nearest is REHABD_LISTEN"},
        {"REHABD_FOO", "x",
         "REHABD_FOO (in the environment) is no setting; `rehabd check-config` shows them all"},
        {"REHABD_CORS_ORIGINS", "foo",
         "cors_origins has \"foo\" (from REHABD_CORS_ORIGINS in the environment), an origin must "
         "be "
         "like https://app.example"},
        {"REHABD_CORS_ORIGINS", "https://a.example, b.example", "has \"b.example\""},
        {"REHABD_CORS_ORIGINS", "https://a.example/", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "https://A.example", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "https://", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "://a.example", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "https://a.example:", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "https://a.example:8x", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "https://[::1", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "https://[x]:80", "an origin must be"},
        {"REHABD_CORS_ORIGINS", "*", "an origin must be"},
        {"REHABD_CONFIG", "/nowhere", "/nowhere (REHABD_CONFIG) cannot be read"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clear(state);
        setenv(cases[i].name, cases[i].value, 1);
        refused(cases[i].expected);
    }
}

static void origins_are_what_browsers_send(void **state)
{
    static const char *const cases[] = {
        "",
        " ",
        "https://portal.example",
        "http://localhost:3000, https://a-b.example\thttp://127.0.0.1:8081",
        "http://[::1]:8080 http://[::1]",
        "moz-extension://0f0e",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clear(state);
        setenv("REHABD_CORS_ORIGINS", cases[i], 1);
        assert_string_equal(accepted().cors_origins, cases[i]);
    }
}

static void wrong_files_are_explained(void **state)
{
    static const char *const cases[][2] = {
        {"workres = 2\n", "workres (in /tmp/rehabd-config-"},
        {"workres = 2\n", "the nearest is workers (line 1)"},
        {"foo = 2\n", "is no setting; `rehabd check-config` shows them all (line 1)"},
        {"listen = x\n", "listen is \"x\" (in /tmp/rehabd-config-"},
        {"drain_s = 1\n\nlisten = x\n", "(line 3)"},
        {"drain_s = 1\ndrain_s = 2\n", "drain_s stands twice"},
        {"[server]\nlisten = 127.0.0.1:1\n", "no sections"},
        {"listen\n", "line 1 of"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clear(state);
        write_settings(cases[i][0]);
        refused(cases[i][1]);
    }
}

static void a_secret_may_lie_in_a_file(void **state)
{
    (void)state;
    write_settings("postgres://u:p@h/d\n");
    unsetenv("REHABD_CONFIG");
    setenv("REHABD_DATABASE_URL_FILE", path, 1);
    assert_string_equal(accepted().database_url, "postgres://u:p@h/d");
}

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    struct config_address a;
    assert_true(config_read_address("[2001:db8::1]:443", &a));
    assert_string_equal(a.host, "2001:db8::1");
    assert_int_equal(a.port, 443);
    assert_true(config_read_address("localhost:0", &a));
    assert_int_equal(a.port, 0);
    assert_false(config_read_address("localhost", &a));
    assert_false(config_read_address("localhost:8x", &a));
    assert_false(config_read_address("[]:80", &a));
}

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0) return 1;
    close(fd);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_required, clear),
        cmocka_unit_test_setup(environment_goes_before_file, clear),
        cmocka_unit_test_setup(every_setting_says_where_it_was_read, clear),
        cmocka_unit_test_setup(wrong_values_are_explained, clear),
        cmocka_unit_test_setup(origins_are_what_browsers_send, clear),
        cmocka_unit_test_setup(wrong_files_are_explained, clear),
        cmocka_unit_test_setup(a_secret_may_lie_in_a_file, clear),
        cmocka_unit_test_setup(addresses_are_taken_apart, clear),
    };
    int failed = cmocka_run_group_tests_name("config", tests, NULL, NULL);
    unlink(path);
    return failed;
}
