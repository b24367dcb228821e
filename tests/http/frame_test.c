/* SPDX-License-Identifier: Apache-2.0 */
/* The framing of requests: what is passed on and where it stops, however the bytes are cut. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "http/frame.h"

#define GET      "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST     "POST / HTTP/1.1\r\nHost: h\r\n"
#define BYTES(s) (s), sizeof(s) - 1

struct probe {
    const char *what;
    const char *bytes;
    size_t size;
    size_t good; /* bytes passed on when they come in one piece */
    uint64_t heads;
};

#define SOUND(what, s, heads)                                                                      \
    {                                                                                              \
        what, BYTES(s), sizeof(s) - 1, heads                                                       \
    }
#define BROKEN(what, s)                                                                            \
    {                                                                                              \
        what, BYTES(s), 0, 0                                                                       \
    }
#define BROKEN_AFTER(what, before, s)                                                              \
    {                                                                                              \
        what, BYTES(before s), sizeof(before) - 1, 1                                               \
    }

static const struct probe probes[] = {
    SOUND("a read", GET, 1),
    SOUND("two reads", GET GET, 2),
    SOUND("an empty line before", "\r\n" GET, 1),
    SOUND("a body", POST "Content-Length: 3\r\n\r\nabc" GET, 2),
    SOUND("a body that looks like a request", POST "content-LENGTH:\t27 \r\n\r\n" GET GET, 2),
    SOUND("an empty body", POST "Content-Length: 0\r\n\r\n" GET, 2),
    SOUND("a body of any bytes", POST "Content-Length: 4\r\n\r\n\n\0\r " GET, 2),
    SOUND("part of a head", "GET / HTTP/1.1\r\nHo", 0),
    SOUND("a coded body is left to the guard", POST "Transfer-Encoding: chunked\r\n\r\n\n\n\n", 1),
    SOUND("a long name", "GET / HTTP/1.1\r\nContent-Length-Of-The-Other-Thing: x\r\n\r\n", 1),
    SOUND("high bytes in a value", "GET / HTTP/1.1\r\nX: \xc3\xbc\r\n\r\n", 1),
    SOUND("high bytes in the target", "GET /\xc3\xbc/and-more HTTP/1.1\r\n\r\n", 1),
    SOUND("a long target", "GET /v1/protocols/hamstring-strain-staged?a=b HTTP/1.1\r\n\r\n", 1),
    SOUND("a tab and more in a value", "GET / HTTP/1.1\r\nX: 0123456\t789 and so on\r\n\r\n", 1),
    BROKEN("a blank in a long target", "GET /v1/protocols/hamstring strain HTTP/1.1\r\n\r\n"),
    BROKEN("a control byte in a long value", "GET / HTTP/1.1\r\nX: 0123456789\x1f...\r\n\r\n"),
    BROKEN("a DEL in a long target", "GET /v1/protocols\x7f/ HTTP/1.1\r\n\r\n"),
    BROKEN("a line feed alone", "GET / HTTP/1.1\nHost: h\r\n\r\n"),
    BROKEN("a line feed alone after a header", "GET / HTTP/1.1\r\nHost: h\n\r\n"),
    BROKEN("a line feed alone at the end", "GET / HTTP/1.1\r\nHost: h\r\n\n"),
    BROKEN("a line feed alone before", "\n" GET),
    BROKEN("a carriage return alone", "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n"),
    BROKEN("a folded header", POST "Content-Length:\r\n 3\r\n\r\nabc"),
    BROKEN("a folded value", "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n"),
    BROKEN("a blank before the first header", "GET / HTTP/1.1\r\n X: a\r\n\r\n"),
    BROKEN("a NUL in a value", "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n"),
    BROKEN("a NUL in the target", "GET /\0 HTTP/1.1\r\n\r\n"),
    BROKEN("a control byte in the target", "GET /\001 HTTP/1.1\r\n\r\n"),
    BROKEN("a blank in the target", "GET /a b HTTP/1.1\r\n\r\n"),
    BROKEN("no version", "GET /\r\n\r\n"),
    BROKEN("an empty name", "GET / HTTP/1.1\r\n: a\r\n\r\n"),
    BROKEN("no colon", "GET / HTTP/1.1\r\nnothing\r\n\r\n"),
    BROKEN("a blank before the colon", POST "Content-Length : 3\r\n\r\n"),
    BROKEN("two lengths", POST "Content-Length: 3\r\ncontent-length: 3\r\n\r\nabc"),
    BROKEN("a length of words", POST "Content-Length: abc\r\n\r\n"),
    BROKEN("a list of lengths", POST "Content-Length: 3, 3\r\n\r\n"),
    BROKEN("a length with a gap", POST "Content-Length: 3 3\r\n\r\n"),
    BROKEN("a signed length", POST "Content-Length: -3\r\n\r\n"),
    BROKEN("an empty length", POST "Content-Length:  \r\n\r\n"),
    BROKEN("an endless length", POST "Content-Length: 18446744073709551615\r\n\r\n"),
    BROKEN_AFTER("the second of two", GET, "GET / HTTP/1.1\nHost: h\r\n\r\n"),
    BROKEN_AFTER("after a body", POST "Content-Length: 3\r\n\r\nabc", ": b\r\n"),
};

enum { PROBES = sizeof probes / sizeof *probes };

static void in_one_piece(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROBES; i++) {
        const struct probe *p = &probes[i];
        struct frame f = {0};
        size_t good = frame_scan(&f, p->bytes, p->size);
        if (good != p->good || f.bad != (p->good < p->size))
            fail_msg("%s: %zu of %zu bytes", p->what, good, p->size);
        if (f.heads != p->heads) fail_msg("%s: %d heads", p->what, (int)f.heads);
    }
}

static void byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROBES; i++) {
        const struct probe *p = &probes[i];
        struct frame f = {0};
        for (size_t j = 0; j < p->size && !f.bad; j++) {
            size_t good = frame_scan(&f, p->bytes + j, 1);
            assert_int_equal(good, f.bad ? 0 : 1);
        }
        if (f.bad != (p->good < p->size)) fail_msg("%s: %s", p->what, f.bad ? "refused" : "passed");
        if (f.heads != p->heads) fail_msg("%s: %d heads", p->what, (int)f.heads);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_one_piece),
                                       cmocka_unit_test(byte_by_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
