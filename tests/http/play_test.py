#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The player of transcripts can fail: canned answers, right and wrong, against a server that knows nothing else."""

import contextlib
import io
import pathlib
import socket
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import play  # noqa: E402
from tap import Tap  # noqa: E402

PATIENT = '{"id":"019cb2b6-0800-7a11-83f0-5c2d7e914b60","identifiers":[],"sex":"female","created_at":"2026-03-03T08:00:00Z"}'
BASE = {"X-Request-Id": "r-1", "Content-Type": "application/json", "ETag": '"v1"'}
ASK = "GET /v1/patients/019cb2b6-0800-7a11-83f0-5c2d7e914b60 as viewer\n\n"


def answer(status=200, body=PATIENT, **headers):
    fields = {**BASE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    top = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    data = body.encode()
    return f"HTTP/1.1 {status} X\r\n{top}Content-Length: {len(data)}\r\n\r\n".encode() + data


def problem(code, status, extra=""):
    body = f'{{"type":"/problems/{code}","title":"t","status":{status},"code":"{code}","detail":"d","request_id":"r-1"{extra}}}'
    return answer(status, body, Content_Type="application/problem+json", X_Problem_Code=code, ETag=None)


class Canned:
    """Gives its answers in turn, whatever is asked, and keeps what was."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        for data in self.answers:
            peer, _ = self.listener.accept()
            with peer:
                peer.settimeout(2)
                got = b""
                with contextlib.suppress(socket.timeout):
                    while b"\r\n\r\n" not in got:
                        got += peer.recv(65536)
                self.asked.append(got)
                peer.sendall(data)
                with contextlib.suppress(OSError):
                    while data and peer.recv(65536):  # the client closes when it has seen enough
                        pass


def played(transcript, *answers):
    """How many steps failed, and what was said."""
    server = Canned(answers)
    with tempfile.NamedTemporaryFile("w", suffix=".http", encoding="utf-8") as file:
        file.write(transcript)
        file.flush()
        tap, said = Tap(), io.StringIO()
        with contextlib.redirect_stdout(said):
            play.Player(server.port, {"viewer": "rhb_test"}).play(pathlib.Path(file.name), tap)
    return tap.bad, said.getvalue(), server.asked


CASES = [  # name, how many steps fail, transcript, answers
    ("an equal body passes", 0, f"=== s\n{ASK}--- 200\n\n{PATIENT}\n", [answer()]),
    ("a subset with ... passes", 0, f'=== s\n{ASK}--- 200\n\n{{"sex": "female", ...}}\n', [answer()]),
    ("a subset without ... fails", 1, f'=== s\n{ASK}--- 200\n\n{{"sex": "female"}}\n', [answer()]),
    ("another value fails", 1, f'=== s\n{ASK}--- 200\n\n{{"sex": "male", ...}}\n', [answer()]),
    ("a missing member fails", 1, f'=== s\n{ASK}--- 200\n\n{{"label": ..., ...}}\n', [answer()]),
    ("another status fails", 1, f"=== s\n{ASK}--- 404\n", [answer()]),
    ("a step without an answer fails", 1, f"=== s\n{ASK}", []),
    ("a header that is there passes", 0, f'=== s\n{ASK}--- 200\nETag: "v1"\n', [answer()]),
    ("another header fails", 1, f'=== s\n{ASK}--- 200\nETag: "v2"\n', [answer()]),
    ("a missing header fails", 1, f"=== s\n{ASK}--- 200\nLocation: /x\n", [answer()]),
    ("a captured name is used", 0, f'=== s\n{ASK}--- 200\n\n{{"id": "{{{{p}}}}", ...}}\n=== t\nGET /v1/patients/{{{{p}}}}\n\n'
     f'--- 200\n\n{{"id": "{{{{p}}}}", ...}}\n', [answer(), answer()]),
    ("a captured name must be equal", 1, f'=== s\n{ASK}--- 200\n\n{{"sex": "{{{{p}}}}", ...}}\n=== t\n{ASK}--- 200\n\n'
     f'{{"id": "{{{{p}}}}", ...}}\n', [answer(), answer()]),
    ("an unknown name in a request fails", 1, "=== s\nGET /v1/patients/{{nobody}}\n\n--- 200\n", []),
    ("a status the contract does not list fails", 1, f"=== s\n{ASK}--- 202\n", [answer(202)]),
    ("a member the contract does not name fails", 1, f"=== s\n{ASK}--- 200\n", [answer(body=PATIENT[:-1] + ',"ssn":"1"}')]),
    ("a body that breaks its schema fails", 1, f"=== s\n{ASK}--- 200\n", [answer(body=PATIENT.replace("female", "f"))]),
    ("a header the contract wants and nobody sent fails", 1, f"=== s\n{ASK}--- 200\n", [answer(X_Request_Id=None)]),
    ("a problem passes by its code", 0, f"=== s\n{ASK}--- 404 not_found\n", [problem("not_found", 404)]),
    ("another code fails", 1, f"=== s\n{ASK}--- 404 not_found\n", [problem("unauthenticated", 404)]),
    ("a problem without its type fails", 1, f"=== s\n{ASK}--- 404 not_found\n", [answer(404, X_Problem_Code="not_found")]),
    ("two answers for one question fail", 1, f"=== s\n{ASK}--- 404 not_found\n", [problem("not_found", 404) + problem("not_found", 404)]),
    ("the same again passes", 0, f"=== s\n{ASK}--- 404 not_found, keep a\n=== t\n{ASK}--- 404 not_found, same as a\n",
     [problem("not_found", 404), problem("not_found", 404).replace(b"r-1", b"r-2")]),
    ("not quite the same fails", 1, f"=== s\n{ASK}--- 404 not_found, keep a\n=== t\n{ASK}--- 404 not_found, same as a\n",
     [problem("not_found", 404), problem("not_found", 404, ',"instance":"of another clinic"')]),
    ("a replay passes", 0, f"=== s\n{ASK}--- 200, keep a\n=== t\n{ASK}--- 200, replays a\n",
     [answer(), answer(Idempotency_Replayed="true")]),
    ("a replay that does not say so fails", 1, f"=== s\n{ASK}--- 200, keep a\n=== t\n{ASK}--- 200, replays a\n", [answer(), answer()]),
    ("a replay with another body fails", 1, f"=== s\n{ASK}--- 200, keep a\n=== t\n{ASK}--- 200, replays a\n",
     [answer(), answer(body=PATIENT.replace("female", "male"), Idempotency_Replayed="true")]),
    ("an open connection is not closed", 1, f"=== s\n{ASK}--- 200, closed\n", [answer()]),
    ("no answer at all fails", 1, f"=== s\n{ASK}--- 200\n", [b""]),
    ("a flag nobody knows fails", 1, f"=== s\n{ASK}--- 200, hopefully\n", [answer()]),
    ("items with ... between pass", 0, '=== s\nGET /v1/patients\n\n--- 200\n\n{"items": [{"sex": "female", ...}, ...]}\n',
     [answer(body=f'{{"items":[{PATIENT},{PATIENT}]}}')]),
    ("an item that is not there fails", 1, '=== s\nGET /v1/patients\n\n--- 200\n\n{"items": [{"sex": "male", ...}, ...]}\n',
     [answer(body=f'{{"items":[{PATIENT}]}}')]),
    ("too many items fail", 1, '=== s\nGET /v1/patients\n\n--- 200\n\n{"items": [...]}\n=== t\nGET /v1/patients\n\n--- 200\n\n{"items": []}\n',
     [answer(body=f'{{"items":[{PATIENT}]}}')] * 2),
]


def main():
    tap = Tap()
    for name, wanted, transcript, answers in CASES:
        bad, said, _ = played(transcript, *answers)
        tap.test(name, [] if bad == wanted else f"{bad} steps failed, wanted {wanted}\n{said}")
    numbers = play.differences(play.Names({}), play.read_pattern('{"value": 72.4}'), play.read_json('{"value": 72.40}'))
    tap.test("72.40 is not 72.4", [] if numbers else "they were taken as equal")
    _, _, asked = played("=== s\nRAW\nGET /x%00 HTTP/1.1\nHost: a\\x01b\n\\\n\n--- 200\n", answer())
    tap.test("raw lines go out byte for byte", [] if asked and asked[0].startswith(b"GET /x%00 HTTP/1.1\r\nHost: a\x01b\r\n") else str(asked))
    _, _, asked = played("=== s\nPOST /v1/patients as viewer\n\n{}\n\n--- 200\n", answer())
    tap.test("a body brings its length, its type and the key",
             [h for h in (b"Content-Length: 2", b"Content-Type: application/json", b"Authorization: Bearer rhb_test") if h not in asked[0]])
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
