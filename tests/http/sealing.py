#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The seal of the audit log as /metrics tells of it: rows that were sealed, and how long the oldest one waits."""

import json
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
from service import Service  # noqa: E402
from tap import Tap  # noqa: E402

SEALED, AGE = "rehab_audit_rows_sealed_total", "rehab_audit_unsealed_age_seconds"


def metric(service, name):
    return int(re.search(rf"^{name} (\d+)$", service.get("/metrics")[1], re.M).group(1))


def write(service, name):
    request = urllib.request.Request(service.base + "/v1/patients", method="POST",
                                     data=json.dumps({"identifiers": [{"system": "urn:seal", "value": name}]}).encode(),
                                     headers={"Authorization": "Bearer " + service.keys["clinician"], "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 201, answer.status


def until(condition, patience_s=5):
    end = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def sql(service, text):
    return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", service.url, "-c", text], check=True, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout.strip()


def main():
    tap = Tap()
    with Service() as service:
        rows = int(sql(service, "select count(*) from trust.audit"))
        tap.test("what was there is sealed and counted", [] if until(lambda: metric(service, SEALED) == rows) else f"{metric(service, SEALED)} of {rows}")
        for n in range(3):
            write(service, f"s{n}")
        tap.test("and what is written", [] if until(lambda: metric(service, SEALED) == rows + 3) else f"{metric(service, SEALED)} of {rows + 3}")
        tap.test("nothing waits", [] if metric(service, AGE) == 0 else f"{metric(service, AGE)} s")
        # a transaction that began before the write and is not over: until then the row is not settled
        held = subprocess.Popen(["psql", "-XqAt", service.url], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        held.stdin.write("begin; select pg_current_xact_id();\n")
        held.stdin.flush()
        held.stdout.readline()
        write(service, "late")
        tap.test("a row that waits grows old", [] if until(lambda: metric(service, AGE) >= 2) else f"{metric(service, AGE)} s")
        held.communicate("commit;\n", timeout=10)
        tap.test("until it is sealed", [] if until(lambda: metric(service, AGE) == 0 and metric(service, SEALED) == rows + 4)
                 else f"{metric(service, AGE)} s, {metric(service, SEALED)} of {rows + 4}")
        sql(service, "revoke insert on trust.audit_block from rehab_sealer")
        write(service, "never")
        tap.test("a seal that fails shows too", [] if until(lambda: metric(service, AGE) >= 2) else f"{metric(service, AGE)} s")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
