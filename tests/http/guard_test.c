/* SPDX-License-Identifier: Apache-2.0 */
/* The header guard and the target: what a proxy and this service could read differently is refused.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "http/guard.h"

#define NAMED(n, v)                                                                                \
    {                                                                                              \
        {(n), sizeof(n) - 1},                                                                      \
        {                                                                                          \
            (v), sizeof(v) - 1                                                                     \
        }                                                                                          \
    }
#define HOST NAMED("Host", "here")

struct probe {
    const char *what;
    const char *method, *version;
    struct header header[6];
    enum problem_code expected;
};

static const struct probe probes[] = {
    {"a plain read", "GET", "HTTP/1.1", {HOST}, OK},
    {"no host in 1.0", "GET", "HTTP/1.0", {NAMED("Accept", "*/*")}, OK},
    {"a body", "POST", "HTTP/1.1", {HOST, NAMED("Content-Length", "12")}, OK},
    {"an empty body", "POST", "HTTP/1.1", {HOST, NAMED("content-length", "0")}, OK},
    {"the largest body", "POST", "HTTP/1.1", {HOST, NAMED("Content-Length", "262144")}, OK},
    {"a body that waits",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "1"), NAMED("Expect", "100-Continue")},
     OK},
    {"a tab in a value", "GET", "HTTP/1.1", {HOST, NAMED("X", "a\tb")}, OK},
    {"two Accept", "GET", "HTTP/1.1", {HOST, NAMED("Accept", "a/b"), NAMED("Accept", "c/d")}, OK},
    {"a method of nobody", "BREW", "HTTP/1.1", {HOST}, OK},
    {"no host", "GET", "HTTP/1.1", {NAMED("Accept", "*/*")}, BAD_REQUEST},
    {"two hosts", "GET", "HTTP/1.1", {HOST, HOST}, BAD_REQUEST},
    {"two lengths",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "3"), NAMED("Content-Length", "4")},
     BAD_REQUEST},
    {"the same length twice",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "3"), NAMED("content-length", "3")},
     BAD_REQUEST},
    {"a list of lengths", "POST", "HTTP/1.1", {HOST, NAMED("Content-Length", "3, 3")}, BAD_REQUEST},
    {"a signed length", "POST", "HTTP/1.1", {HOST, NAMED("Content-Length", "+3")}, BAD_REQUEST},
    {"a hexadecimal length",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "0x3")},
     BAD_REQUEST},
    {"an empty length", "POST", "HTTP/1.1", {HOST, NAMED("Content-Length", "")}, BAD_REQUEST},
    {"a length past 64 bits",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "18446744073709551615")},
     BAD_REQUEST},
    {"a body too large",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "262145")},
     BODY_TOO_LARGE},
    {"no length", "POST", "HTTP/1.1", {HOST}, LENGTH_REQUIRED},
    {"chunks", "POST", "HTTP/1.1", {HOST, NAMED("Transfer-Encoding", "chunked")}, LENGTH_REQUIRED},
    {"chunks and a length",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "3"), NAMED("Transfer-Encoding", "chunked")},
     LENGTH_REQUIRED},
    {"an unknown coding",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("transfer-encoding", "xchunked")},
     LENGTH_REQUIRED},
    {"chunks on a read",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("Transfer-Encoding", "identity")},
     LENGTH_REQUIRED},
    {"a body on a read", "GET", "HTTP/1.1", {HOST, NAMED("Content-Length", "3")}, BAD_REQUEST},
    {"a body on HEAD", "HEAD", "HTTP/1.1", {HOST, NAMED("Content-Length", "3")}, BAD_REQUEST},
    {"a body on DELETE", "DELETE", "HTTP/1.1", {HOST, NAMED("Content-Length", "3")}, BAD_REQUEST},
    {"a blank before the colon",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length ", "3")},
     BAD_REQUEST},
    {"a folded name", "POST", "HTTP/1.1", {HOST, NAMED("Content-Length: 3", "")}, BAD_REQUEST},
    {"an empty name", "GET", "HTTP/1.1", {HOST, NAMED("", "x")}, BAD_REQUEST},
    {"a control byte", "GET", "HTTP/1.1", {HOST, NAMED("X", "a\001b")}, BAD_REQUEST},
    {"a carriage return", "GET", "HTTP/1.1", {HOST, NAMED("X", "a\rb")}, BAD_REQUEST},
    {"DEL", "GET", "HTTP/1.1", {HOST, NAMED("X", "a\177b")}, BAD_REQUEST},
    {"a NUL", "GET", "HTTP/1.1", {HOST, NAMED("X", "a\0b")}, BAD_REQUEST},
    {"a method that is no token", "G=\":<>(e),[T];?\"", "HTTP/1.1", {HOST}, BAD_REQUEST},
    {"an empty method", "", "HTTP/1.1", {HOST}, BAD_REQUEST},
    {"another version", "GET", "HTTP/1.2", {HOST}, BAD_REQUEST},
    {"version 2", "GET", "HTTP/2.0", {HOST}, BAD_REQUEST},
    {"an expectation",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "1"), NAMED("Expect", "tea")},
     EXPECTATION_FAILED},
    {"an empty expectation",
     "POST",
     "HTTP/1.1",
     {HOST, NAMED("Content-Length", "1"), NAMED("Expect", "")},
     EXPECTATION_FAILED},
    {"two authorizations",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("Authorization", "a"), NAMED("authorization", "b")},
     BAD_REQUEST},
    {"two content types",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("Content-Type", "a"), NAMED("Content-Type", "b")},
     BAD_REQUEST},
    {"two keys",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("Idempotency-Key", "a"), NAMED("Idempotency-Key", "b")},
     BAD_REQUEST},
    {"two If-Match",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("If-Match", "a"), NAMED("If-Match", "b")},
     BAD_REQUEST},
    {"two Forwarded",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("Forwarded", "a"), NAMED("Forwarded", "b")},
     BAD_REQUEST},
    {"two traceparent",
     "GET",
     "HTTP/1.1",
     {HOST, NAMED("traceparent", "a"), NAMED("traceparent", "b")},
     BAD_REQUEST},
};

static size_t count_of(const struct probe *p)
{
    size_t n = 0;
    while (n < 6 && p->header[n].name.at != NULL)
        n++;
    return n;
}

static void headers_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        const struct probe *p = &probes[i];
        struct guarded in = {text_of(p->method), text_of(p->version), p->header, count_of(p)};
        struct envelope out;
        enum problem_code got = guard_check(&in, &out);
        if (got != p->expected)
            fail_msg("%s: %s, not %s", p->what, problem_slug(got), problem_slug(p->expected));
    }
}

static void the_envelope_is_read(void **state)
{
    (void)state;
    const struct header header[] = {HOST, NAMED("Content-Length", "00012")};
    struct guarded in = {TEXT("PATCH"), TEXT("HTTP/1.1"), header, 2};
    struct envelope out;
    assert_int_equal(guard_check(&in, &out), OK);
    assert_int_equal(out.method, PATCH);
    assert_true(out.known_method && out.has_body && out.has_length);
    assert_int_equal(out.length, 12);
    in.method = TEXT("patch"); /* methods are told apart by case */
    assert_int_equal(guard_check(&in, &out), OK);
    assert_false(out.known_method);
}

static void headers_are_counted(void **state)
{
    (void)state;
    struct header header[HEADERS_MAX + 1];
    for (size_t i = 0; i <= HEADERS_MAX; i++)
        header[i] = (struct header)NAMED("X-Y", "z");
    header[0] = (struct header)HOST;
    struct guarded in = {TEXT("GET"), TEXT("HTTP/1.1"), header, HEADERS_MAX};
    struct envelope out;
    assert_int_equal(guard_check(&in, &out), OK);
    in.count++;
    assert_int_equal(guard_check(&in, &out), HEADERS_TOO_LARGE);
}

/* ---- targets ---- */

static enum problem_code read_target(const char *raw, struct request *out)
{
    static _Alignas(16) unsigned char room[64 * 1024];
    struct rehab_arena arena = {.at = room, .end = room + sizeof room};
    memset(out, 0, sizeof *out);
    return guard_read_target(text_of(raw), &arena, out);
}

static void targets_are_decoded(void **state)
{
    (void)state;
    struct request r;
    assert_int_equal(read_target("/v1/patients?identifier=urn%3Amrn%7CM+1&limit=&flag&x=a%2Fb", &r),
                     OK);
    assert_true(text_is(r.path, "/v1/patients"));
    assert_int_equal(r.query_count, 4);
    assert_true(text_is(r.query[0].name, "identifier") && text_is(r.query[0].value, "urn:mrn|M 1"));
    assert_true(text_is(r.query[1].name, "limit") && r.query[1].value.size == 0);
    assert_true(text_is(r.query[2].name, "flag") && r.query[2].value.size == 0);
    assert_true(text_is(r.query[3].value, "a/b"));
    assert_int_equal(read_target("/a%20b/gr%C3%BC%c3%9F", &r), OK);
    assert_true(text_is(r.path, "/a b/gr\xc3\xbc\xc3\x9f"));
    assert_int_equal(read_target("http://example.org:80/v1/measures?limit=1", &r), OK);
    assert_true(text_is(r.path, "/v1/measures"));
    assert_int_equal(r.query_count, 1);
    assert_int_equal(read_target("http://example.org", &r), OK);
    assert_true(text_is(r.path, "/"));
    assert_int_equal(read_target("/v1/measures/", &r), OK);
    assert_int_equal(read_target("/?", &r), OK);
    assert_int_equal(r.query_count, 0);
}

static void hostile_targets_are_refused(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "",
        "v1",
        "?x=1",
        "/a%00b",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a\\b",
        "/a%",
        "/a%4",
        "/a%zz",
        "/a%c0%af",
        "/%ff",
        "/a%0ab",
        "/a%7f",
        "/../etc",
        "/a/../b",
        "/a/..",
        "/./a",
        "/a/.",
        "/%2e%2e/a",
        "/a/%2e",
        "/a//b",
        "//a",
        "/a?x=%00",
        "/a?x=%ff",
        "/a?x=%0d%0a",
        "/a?%zz=1",
        "/a%ed%a0%80",
        "/a%e2%80%ae",
        "*x",
        "/a?1&2&3&4&5&6&7&8&9&10&11&12&13&14&15&16&17",
    };
    struct request r;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        enum problem_code got = read_target(hostile[i], &r);
        if (got != BAD_REQUEST)
            fail_msg("%s: %s", hostile[i], got == OK ? "accepted" : problem_slug(got));
    }
}

static void targets_have_an_end(void **state)
{
    (void)state;
    char raw[TARGET_MAX + 2];
    struct request r;
    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    raw[TARGET_MAX] = '\0';
    assert_int_equal(read_target(raw, &r), OK);
    raw[TARGET_MAX] = 'a';
    raw[TARGET_MAX + 1] = '\0';
    assert_int_equal(read_target(raw, &r), TARGET_TOO_LONG);
}

static void traces_are_read(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736x00f067aa0ba902b7-01",
    };
    char id[33], flags[3];
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (guard_read_trace(text_of(none[i]), id, flags)) fail_msg("%s is taken", none[i]);
    assert_true(guard_read_trace(TEXT("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
                                 id, flags));
    assert_string_equal(id, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_string_equal(flags, "00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_judged),
        cmocka_unit_test(the_envelope_is_read),
        cmocka_unit_test(headers_are_counted),
        cmocka_unit_test(targets_are_decoded),
        cmocka_unit_test(hostile_targets_are_refused),
        cmocka_unit_test(targets_have_an_end),
        cmocka_unit_test(traces_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
