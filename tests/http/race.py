#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many at once: of several callers who want the same thing one wins, the others are told, and nothing happens twice. And a key
that is revoked stops working."""

import concurrent.futures
import http.client
import json
import pathlib
import re
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
from service import Service  # noqa: E402
from tap import Tap  # noqa: E402

CALLERS = 12


class Clinic:
    def __init__(self, service):
        self.service = service

    def call(self, method, path, body=None, who="clinician", **headers):
        """(status, headers, body as read)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=20)
        fields = {"Authorization": "Bearer " + self.service.keys[who]}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            fields["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, fields)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(answer.read() or b"{}")
        finally:
            connection.close()

    def episode(self):
        patient = self.call("POST", "/v1/patients", {"label": "race"})[2]["id"]
        body = {"patient_id": patient, "protocol": "hamstring-strain-staged", "side": "left",
                "onset_date": "2026-03-02"}
        return self.call("POST", "/v1/episodes", body)[2]["id"]

    def at_once(self, request):
        """All callers at the same moment; `request` gets the number of the caller."""
        gate = threading.Barrier(CALLERS)

        def one(number):
            gate.wait()
            return request(number)

        with concurrent.futures.ThreadPoolExecutor(CALLERS) as pool:
            return list(pool.map(one, range(CALLERS)))


def codes(answers):
    return sorted(f"{status} {body.get('code', '')}".strip() for status, _, body in answers)


def race_for_a_move(tap, clinic):
    """Several hold the same episode, having seen the same version."""
    episode = clinic.episode()
    answers = clinic.at_once(lambda n: clinic.call(
        "POST", f"/v1/episodes/{episode}/transitions", {"kind": "hold", "reason": f"caller {n}"},
        If_Match='"v1"', Idempotency_Key=f"move-{n}"))
    won = [a for a in answers if a[0] == 201]
    tap.test("of several moves one wins", [] if len(won) == 1 else str(codes(answers)))
    others = {a[2].get("code") for a in answers if a[0] != 201}
    tap.test("the others are told that it has changed", [] if others <= {"stale_etag", "conflict", "state_forbids"} else str(codes(answers)))
    items = clinic.call("GET", f"/v1/episodes/{episode}/transitions")[2]["items"]
    tap.test("one stands in the record", [] if len(items) == 1 and won and items[0]["id"] == won[0][2]["id"] else str(items)[:500])


def race_with_one_key(tap, clinic):
    """A caller without patience sends the same request many times."""
    episode = clinic.episode()
    answers = clinic.at_once(lambda _: clinic.call(
        "POST", f"/v1/episodes/{episode}/assessments", {"observations": [{"measure": "gait", "value": "normal"}]},
        Idempotency_Key="impatient"))
    made = {a[2]["id"] for a in answers if a[0] == 201}
    tap.test("one request sent often is answered alike", [] if len(made) == 1 else str(codes(answers)))
    told = {a[2].get("code") for a in answers if a[0] != 201}
    tap.test("or told to wait", [] if told <= {"idempotency_key_in_use"} else str(codes(answers)))
    items = clinic.call("GET", f"/v1/episodes/{episode}/assessments")[2]["items"]
    tap.test("and happens once", [] if [i["id"] for i in items] == sorted(made) else str(items)[:500])


def race_for_an_identifier(tap, clinic):
    body = {"identifiers": [{"system": "urn:race", "value": "1"}]}
    answers = clinic.at_once(lambda _: clinic.call("POST", "/v1/patients", body))
    won = [a[2]["id"] for a in answers if a[0] == 201]
    tap.test("of several with one number one is registered", [] if len(won) == 1 else str(codes(answers)))
    named = {a[2].get("existing", {}).get("patient_id") for a in answers if a[0] == 409}
    tap.test("and the others are told which", [] if len(won) == 1 and named == set(won) else f"{won} {named} {codes(answers)}")


def race_of_evidence(tap, clinic):
    """Assessments of one episode, each raising the red flag that stops it: it is stopped once."""
    episode = clinic.episode()
    answers = clinic.at_once(lambda n: clinic.call(
        "POST", f"/v1/episodes/{episode}/assessments", {"observations": [{"measure": "new_sudden_pain", "value": True}]},
        Idempotency_Key=f"evidence-{n}"))
    tap.test("assessments do not refuse each other", [] if all(a[0] in (201, 409) for a in answers) else str(codes(answers)))
    made = sum(a[0] == 201 for a in answers)
    seen = clinic.call("GET", f"/v1/episodes/{episode}/assessments")[2]["items"]
    tap.test("each that was answered is there", [] if len(seen) == made and made else f"{made} answered, {len(seen)} there: {codes(answers)}")
    after = clinic.call("GET", f"/v1/episodes/{episode}")[2]
    tap.test("the episode is stopped, once", [] if (after["state"], after["version"]) == ("stopped", 2) else str(after))


def revoke(tap, clinic):
    service = clinic.service
    service.keys["leaver"] = service.make_key("North", "--role", "viewer", "--label", "leaver")
    tap.test("a new key works at once", [] if clinic.call("GET", "/v1/patients", who="leaver")[0] == 200 else "it does not")
    line = next(line for line in service.tell("key", "list", "--clinic", "North").splitlines() if "leaver" in line)
    service.tell("key", "revoke", "--clinic", "North", re.search(r"[0-9a-f-]{36}", line).group())
    began = time.monotonic()
    while time.monotonic() - began < 7 and clinic.call("GET", "/v1/patients", who="leaver")[0] != 401:
        time.sleep(0.1)
    took_s = time.monotonic() - began
    tap.test("a revoked key is refused within six seconds", [] if took_s < 6 else f"after {took_s:.1f} s")
    tap.test("the others still work", [] if clinic.call("GET", "/v1/patients", who="viewer")[0] == 200 else "they do not")


def main():
    tap = Tap()
    with Service() as service:
        clinic = Clinic(service)
        race_for_a_move(tap, clinic)
        race_with_one_key(tap, clinic)
        race_for_an_identifier(tap, clinic)
        race_of_evidence(tap, clinic)
        revoke(tap, clinic)
        tap.test("the service is still alive", [] if service.process.poll() is None else service.tail())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
