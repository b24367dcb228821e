#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile bytes on the bare socket. Each probe ends in one refusal and a closed connection, or in the right meaning; never in two
answers, never in an answer to the second request that hides in the first, never in silence."""

import pathlib
import re
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from helpers.service import Service  # noqa: E402
from helpers.tap import Tap  # noqa: E402

HOST = b"Host: here\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: here\r\n\r\n"
READ = b"GET /version HTTP/1.1\r\n" + HOST
POST = b"POST /v1/patients HTTP/1.1\r\nAuthorization: Bearer x\r\n" + HOST


def talk(port, sent, patience_s=3.0):
    """All that comes back until the server closes, and whether it did."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience_s) as s:
        came = b""
        try:
            s.sendall(sent)
            s.settimeout(patience_s)
            while piece := s.recv(65536):
                came += piece
        except (ConnectionResetError, BrokenPipeError):
            return came, True
        except TimeoutError:
            return came, False
    return came, True


def statuses(came):
    return [int(n) for n in re.findall(rb"HTTP/1\.[01] (\d{3}) ", came)]


# what it is, bytes, statuses that are right (the last one closes the connection unless `stays`)
REFUSED = [
    ("a length and chunks", POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN, 411),
    ("chunks", POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN, 411),
    ("an unknown coding", POST + b"Transfer-Encoding: xchunked\r\n\r\n" + HIDDEN, 411),
    ("a coding before chunks", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + HIDDEN, 411),
    ("chunks under HTTP/1.0", POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    ("two lengths", POST + b"Content-Length: 3\r\nContent-Length: %d\r\n\r\nabc" % (len(HIDDEN) + 3) + HIDDEN, 400),
    ("a blank before the colon", POST + b"Content-Length : 3\r\n\r\nabc" + HIDDEN, (400, 411)),
    ("a length of 2^64-1", POST + b"Content-Length: 18446744073709551615\r\n\r\n" + HIDDEN, (400, 413)),
    ("a length of words", POST + b"Content-Length: abc\r\n\r\n" + HIDDEN, 400),
    ("no length", POST + b"\r\n" + HIDDEN, 411),
    ("two hosts", b"GET /version HTTP/1.1\r\n" + HOST + HOST + b"\r\n" + HIDDEN, 400),
    ("no host", b"GET /version HTTP/1.1\r\n\r\n" + HIDDEN, 400),
    ("a control byte", READ + b"X-A: a\x01b\r\n\r\n" + HIDDEN, 400),
    ("a body on a read", READ + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, 400),
    ("a strange method", b'G=":<>(e),[T];?" /version HTTP/1.1\r\n' + HOST + b"\r\n" + HIDDEN, 400),
    ("an expectation", POST + b"Content-Length: 3\r\nExpect: tea\r\n\r\n", 417),
    ("a path that climbs", b"GET /v1/../version HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400),
    ("an escaped NUL", b"GET /version%00x HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400),
    ("an escaped slash", b"GET /v1%2Fmeasures HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400),
    ("a long target", b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 414),
    ("a very long target", b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", (414, 431)),
    ("very many headers", READ + b"X-A: b\r\n" * 1000 + b"\r\n", 431),
    ("65 headers", READ + b"X-A: b\r\n" * 64 + b"\r\n", 431),
    ("HTTP/2.0", b"GET /version HTTP/2.0\r\n" + HOST + b"\r\n", (400, 505)),
    ("HTTP/1.7", b"GET /version HTTP/1.7\r\n" + HOST + b"\r\n", (400, 505)),
    ("two keys", READ + b"Authorization: a\r\nAuthorization: b\r\n\r\n" + HIDDEN, 400),
    ("a bare line feed", b"GET /version HTTP/1.1\nHost: here\n\n" + HIDDEN, 400),
    ("a bare line feed hiding a length", POST + b"X-A: b\nContent-Length: 3\r\n\r\nabc" + HIDDEN, 400),
    ("a folded length", POST + b"Content-Length:\r\n 3\r\n\r\nabc" + HIDDEN, 400),
    ("a folded value", READ + b"X-A: a\r\n b\r\n\r\n" + HIDDEN, 400),
    ("a NUL in a value", READ + b"X-A: a\0b\r\n\r\n" + HIDDEN, 400),
    ("a NUL in the target", b"GET /version\0x HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400),
    ("an empty name", READ + b": b\r\n\r\n" + HIDDEN, 400),
    ("a line without a colon", READ + b"nothing\r\n\r\n" + HIDDEN, 400),
    ("a blank in the target", b"GET /ver sion HTTP/1.1\r\n" + HOST + b"\r\n" + HIDDEN, 400),
    ("a lone carriage return", READ + b"X-A: a\rb\r\n\r\n" + HIDDEN, 400),
]

# bytes, all statuses that come on one connection which the client then closes
SERVED = [
    ("two requests in one piece", READ + b"\r\n" + READ + b"Connection: close\r\n\r\n", [200, 200]),
    ("an absolute target", b"GET http://here/version HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", [200]),
    ("a query", b"GET /readyz?verbose HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", [200]),
    ("HEAD", READ.replace(b"GET", b"HEAD") + b"\r\n" + READ + b"Connection: close\r\n\r\n", [200, 200]),
    ("HTTP/1.0", READ.replace(b"1.1", b"1.0") + b"\r\n", [200]),
    ("another method", READ.replace(b"GET", b"DELETE") + b"\r\n" + READ + b"Connection: close\r\n\r\n", [405, 200]),
    ("an unknown method", READ.replace(b"GET", b"BREW") + b"\r\n" + READ + b"Connection: close\r\n\r\n", [405, 200]),
    ("an unknown address", b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n" + READ + b"Connection: close\r\n\r\n", [404, 200]),
    ("OPTIONS", READ.replace(b"GET", b"OPTIONS") + b"\r\n" + READ + b"Connection: close\r\n\r\n", [204, 200]),
    ("no key, and its body read", b"POST /v1/patients HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\n\r\nabc" + READ
     + b"Connection: close\r\n\r\n", [401, 200]),
    ("an empty line before", b"\r\n" + READ + b"Connection: close\r\n\r\n", [200]),
]


def refused(port, sent, right):
    came, closed = talk(port, sent)
    right = right if isinstance(right, tuple) else (right,)
    got = statuses(came)
    if len(got) != 1 or got[0] not in right:
        yield f"statuses {got}, not one of {right}: {came[:300]!r}"
    if not closed:
        yield "the connection stays open"


def served(port, sent, right):
    came, closed = talk(port, sent)
    if statuses(came) != right:
        yield f"statuses {statuses(came)}, not {right}: {came[:300]!r}"
    if not closed:
        yield "the connection stays open"


def large_body(port):
    """A body above the limit, sent whole by a client that does not ask first, is still told why."""
    size = 300 * 1024
    came, _ = talk(port, POST + b"Content-Length: %d\r\n\r\n" % size + b" " * size)
    if statuses(came) != [413]:
        yield f"statuses {statuses(came)}, not [413]"


def asked_first(port):
    """Who asks with Expect and is refused never gets to send the body."""
    came, closed = talk(port, b"POST /v1/patients HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    if statuses(came) != [401] or not closed:
        yield f"statuses {statuses(came)}, closed {closed}"


def drips(port, sent, most_s):
    """A byte every half second keeps nothing alive."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
        try:
            s.sendall(sent)
            while time.monotonic() - began < most_s + 3:
                s.sendall(b"a")
                time.sleep(0.5)
        except OSError:
            pass
    took = time.monotonic() - began
    if took > most_s + 1.5:
        yield f"cut after {took:.1f} s, not {most_s} s"


def main():
    tap = Tap()
    with Service() as service:
        port = service.port
        for name, sent, right in REFUSED:
            tap.test(f"refused: {name}", refused(port, sent, right))
        for name, sent, right in SERVED:
            tap.test(f"served: {name}", served(port, sent, right))
        tap.test("a large body is told why", large_body(port))
        tap.test("a refused upload is not read", asked_first(port))
        tap.test("headers that drip are cut after 5 s", drips(port, b"GET /version HTTP/1.1\r\nX: ", 5))
        tap.test("a body that drips is cut after 10 s", drips(port, POST + b"Content-Length: 1000\r\n\r\n", 10))
        tap.test("the service is well after all that", [] if service.get("/version")[0] == 200 else ["it is not"])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
