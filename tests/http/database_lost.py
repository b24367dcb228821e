#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The database goes away without a word and comes back: 503 within a second, ready within two, and every write happened once
or not at all, as it was answered."""

import http.client
import json
import pathlib
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
from service import Service  # noqa: E402
from tap import Tap  # noqa: E402

WRITERS = 4


def call(service, method, path, who="clinician", body=None, key=None):
    """(status, headers, body, seconds); status 0 when the connection broke."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    headers = {"Authorization": "Bearer " + service.keys[who]}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if key:
        headers["Idempotency-Key"] = key
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text, time.monotonic() - began
    except (OSError, http.client.HTTPException) as error:
        return 0, {}, repr(error), time.monotonic() - began
    finally:
        connection.close()


class Writer(threading.Thread):
    """Registers patients one after the other, each with a key of its own, and keeps what it was told."""

    def __init__(self, service, number):
        super().__init__(daemon=True)
        self.service, self.number, self.told, self.stopping = service, number, {}, threading.Event()

    def run(self):
        count = 0
        while not self.stopping.is_set():
            count += 1
            name = f"w{self.number}-{count}"
            self.told[name] = self.write(name)
            if self.told[name][0] != 201:
                time.sleep(0.05)

    def write(self, name):
        body = {"identifiers": [{"system": "urn:lost", "value": name}]}
        return call(self.service, "POST", "/v1/patients", body=body, key="lost-" + name)


# The service promises one second and two. A machine busy with other things may need longer to look at its clock: the promise
# is broken for certain at twice the time, and what was measured is said in the name of the test.
AWAY_S, BACK_S = 2, 4


def until(condition, patience_s):
    """Seconds until it held; None when it did not."""
    began = time.monotonic()
    while time.monotonic() - began < patience_s:
        if condition():
            return time.monotonic() - began
        time.sleep(0.02)
    return None


def check_away(tap, service):
    began = time.monotonic()
    service.lose_database()
    lost_s = time.monotonic() - began
    status, headers, text, took_s = call(service, "GET", "/v1/patients")
    tap.test("a read is 503", [] if status == 503 else f"{status} {text[:300]}")
    tap.test(f"soon: promised within a second, here {took_s:.2f} s", [] if took_s <= AWAY_S else "too late")
    tap.test("and says why and when to come again", [] if headers.get("x-problem-code") == "database_away" and "retry-after" in headers else str(headers))
    status, headers, text, took_s = call(service, "POST", "/v1/patients", body={"label": "lost"})
    tap.test("a write is 503 as soon", [] if status == 503 and took_s <= AWAY_S else f"{status} after {took_s:.2f} s {text[:300]}")
    tap.test("the process is alive", [] if service.get("/healthz")[0] == 200 else "it is not")
    tap.test("and not ready", [] if service.get("/readyz")[0] == 503 else "it says it is")
    slow = [call(service, "GET", "/v1/patients") for _ in range(20)]
    tap.test("nothing piles up", [f"{s} after {t:.2f} s" for s, _, _, t in slow if s != 503 or t > AWAY_S])
    return lost_s


def check_back(tap, service):
    service.return_database()
    took_s = until(lambda: service.get("/readyz")[0] == 200, 10)
    tap.test(f"ready soon after its return: promised within two seconds, here {took_s or 10:.2f} s", [] if took_s is not None and took_s <= BACK_S else "too late")
    status, _, text, _ = call(service, "GET", "/v1/patients")
    tap.test("reads are answered again", [] if status == 200 else f"{status} {text[:300]}")


def check_once(tap, service, writers):
    told = {name: answer for writer in writers for name, answer in writer.told.items()}
    kinds = sorted({(status, json.loads(text).get("code") if status >= 400 else "") for status, _, text, _ in told.values() if status})
    tap.test("writes were answered 201 or 503, never otherwise", [f"{kind}" for kind in kinds if kind[0] not in (201, 503)])
    tap.test("some were made and some were not", [] if {201, 503} <= {status for status, _ in kinds} else str(kinds))
    lost, twice, other = [], [], []
    for writer in writers:
        for name, (status, _, text, _) in writer.told.items():
            again, headers, second, _ = writer.write(name)
            found = json.loads(call(service, "GET", f"/v1/patients?identifier=urn:lost%7C{name}")[2]).get("items", [])
            if len(found) != 1:
                (lost if not found else twice).append(name)
            if again != 201 or status == 201 and (second != text or headers.get("idempotency-replayed") != "true"):
                other.append(f"{name}: {status} then {again} {second[:200]}")
    tap.test("each was made once after it was repeated", [f"lost: {lost}"] * bool(lost) + [f"twice: {twice}"] * bool(twice))
    tap.test("and told as the first time", other[:5])


def check_log(tap, service):
    """The database went twice: that is what the log says, however many connections there were."""
    with open(service.log, encoding="utf-8") as log:
        told = [json.loads(line)["event"] for line in log if line.startswith("{")]
    count = {event: told.count(event) for event in ("DATABASE_LOST", "DATABASE_BACK")}
    tap.test("the log says so once each time", [] if set(count.values()) == {2} else str(count))


def main():
    tap = Tap()
    with Service() as service:
        check_away(tap, service)
        check_back(tap, service)
        writers = [Writer(service, n) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(0.5)
        service.lose_database()
        time.sleep(1.5)
        service.return_database()
        until(lambda: service.get("/readyz")[0] == 200, 10)
        for writer in writers:
            writer.stopping.set()
            writer.join(20)
        check_once(tap, service, writers)
        check_log(tap, service)
        tap.test("the service is still alive", [] if service.process.poll() is None else service.tail())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
