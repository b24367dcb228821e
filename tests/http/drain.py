#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: readiness says no, what is in flight is answered, nothing is cut off, and the process ends by itself."""

import contextlib
import pathlib
import signal
import socket
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
from service import Service  # noqa: E402
from tap import Tap  # noqa: E402

BODY = b'{"label": "sent in two halves"}'
CALLERS = 8


def connect(service):
    return socket.create_connection(("127.0.0.1", service.port), timeout=10)


def read_answer(peer):
    """(status, whole answer); (0, what came) when it was cut off."""
    got = b""
    with contextlib.suppress(OSError):
        while True:
            head, mark, body = got.partition(b"\r\n\r\n")
            if mark:
                length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
                if len(body) >= length:
                    return int(head[9:12]), got
            part = peer.recv(65536)
            if not part:
                break
            got += part
    return 0, got


def ask(peer, service, path):
    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {service.keys['viewer']}\r\n\r\n".encode())
    return read_answer(peer)


class Caller(threading.Thread):
    """Asks again and again, each time on a new connection; a refused connection is no fault, a cut answer is."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service, self.answered, self.cut, self.stopping = service, 0, [], threading.Event()

    def run(self):
        while not self.stopping.is_set():
            try:
                peer = connect(self.service)
            except OSError:
                return
            with peer:
                try:
                    status, got = ask(peer, self.service, "/v1/protocols")
                except OSError:
                    return  # the listener closed before the question was out
            if status in (200, 503):
                self.answered += 1
            elif got:
                self.cut.append(got[:80])


def in_halves(service):
    peer = connect(service)
    peer.sendall(f"POST /v1/patients HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {service.keys['clinician']}\r\n"
                 f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:10])
    return peer


def main():
    tap = Tap()
    with Service() as service:
        callers = [Caller(service) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        halves, idle = in_halves(service), connect(service)
        ask(idle, service, "/healthz")
        time.sleep(0.3)
        service.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        time.sleep(0.1)
        status, got = ask(idle, service, "/readyz")
        tap.test("readiness says no at once", [] if status == 503 else f"{status} {got[:200]}")
        tap.test("the process waits for what is in flight", [] if service.process.poll() is None else "it has ended")
        halves.sendall(BODY[10:])
        status, got = read_answer(halves)
        tap.test("a request that was half sent is answered", [] if status == 201 else f"{status} {got[:300]}")
        tap.test("and told that the connection ends", [] if b"connection: close" in got.lower() else str(got[:300]))
        with contextlib.suppress(Exception):
            service.process.wait(15)
        took_s = time.monotonic() - began
        tap.test("the process ends by itself, with 0", [] if service.process.poll() == 0 else f"{service.process.poll()} after {took_s:.1f} s: {service.tail()}")
        tap.test("and soon", [] if took_s < 10 else f"after {took_s:.1f} s")
        for caller in callers:
            caller.stopping.set()
            caller.join(10)
        tap.test("callers had answers", [] if sum(c.answered for c in callers) >= CALLERS else "hardly any")
        tap.test("no answer was cut off", [str(c.cut) for c in callers if c.cut])
        try:
            connect(service).close()
            tap.test("nobody listens any more", "somebody does")
        except OSError:
            tap.test("nobody listens any more")
        service.process = None
        service.start()
        status, got = service.get("/v1/patients", service.keys["viewer"])
        tap.test("what was answered is there after the next start", [] if "sent in two halves" in got else got)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
