#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`rehabd serve` whose database is not there yet, or whose login may not do all of the work: what the log says, and how often."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
from service import BINARY, Service, free_port  # noqa: E402
from tap import Tap  # noqa: E402


def serve(url, seconds):
    """What the service logs in this time, as (lines, text)."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("REHABD")}
    env |= {"REHABD_DATABASE_URL": url, "REHABD_LISTEN": f"127.0.0.1:{free_port()}", "REHABD_DRAIN_S": "1"}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([BINARY, "serve"], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        status = process.wait(20)
        log.seek(0)
        text = log.read()
    return status, [json.loads(line) for line in text.splitlines() if line.startswith("{")], text


def of(lines, event):
    return [line for line in lines if line["event"] == event]


def check_unreachable(tap):
    with socket.socket() as held:  # a port at which nobody listens
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        status, lines, text = serve(f"postgres://somebody:swordfish@127.0.0.1:{port}/x", 2.5)
    lost = of(lines, "DATABASE_LOST")
    tap.test("a database that is not there is one warning", [] if len(lost) == 1 and lost[0]["level"] == "warning" else text)
    said = {k: lost[0].get(k) for k in ("setting", "source", "host")} if lost else {}
    wanted = {"setting": "database_url", "source": "from REHABD_DATABASE_URL in the environment", "host": f"127.0.0.1:{port}"}
    tap.test("that names the setting, its place and the host", [] if said == wanted else str(said))
    tap.test("without the password", text if "swordfish" in text else "")
    tap.test("and nothing else is wrong", [line for line in lines if line["level"] in ("warning", "error") and line not in lost])
    tap.test("it stops when told", [] if status == 0 else f"{status} {text}")


def check_nonsense(tap):
    status, _, text = serve("postgres://somebody:sword%zzfish@host/x", 0.5)
    wanted = "database_url (from REHABD_DATABASE_URL in the environment) is no address of a database"
    tap.test("what libpq cannot read is refused without the password",
             [] if status == 1 and wanted in text and "fish" not in text and text.count("\n") == 1 else f"{status} {text}")


def check_half_login(tap, service):
    """A login of the operator's own that has forgotten the sealer."""
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", service.url, "-c", "create role half login noinherit; grant rehab_service to half"],
                   check=True, stdin=subprocess.DEVNULL)
    _, lines, text = serve(service.url.replace("user=rehab", "user=half"), 2.5)
    refused = of(lines, "AUDIT_UNSEALED")
    tap.test("a log that cannot be sealed is one error", [] if len(refused) == 1 and refused[0]["level"] == "error" else text)
    tap.test("which says why", [] if refused and "rehab_sealer" in refused[0]["connection_error"] else text)
    tap.test("and no lost database", of(lines, "DATABASE_LOST"))


def main():
    tap = Tap()
    check_unreachable(tap)
    check_nonsense(tap)
    with Service() as service:
        check_half_login(tap, service)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
