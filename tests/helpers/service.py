# SPDX-License-Identifier: Apache-2.0
"""The real service on a throw-away cluster, for tests that speak HTTP to it.

    with Service() as service:
        service.port, service.keys["clinician"] ...

REHABD names the binary (build/rehabd). A test that is ended takes the cluster down with it: tests are sent SIGTERM."""

import contextlib
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("REHABD", str(ROOT / "build" / "rehabd"))
CLUSTER = str(ROOT / "tests" / "cluster.sh")

# who knocks: name -> (clinic, arguments of `rehabd key create`)
KEYS = {
    "viewer": ("North", ["--role", "viewer"]),
    "clinician": ("North", ["--role", "clinician"]),
    "physician": ("North", ["--role", "physician"]),
    "author": ("North", ["--role", "author"]),
    "admin": ("North", ["--role", "admin"]),
    "stranger": ("South", ["--role", "physician"]),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def leave_cleanly(number, _frame):
    sys.exit(128 + number)


class Service:
    def __init__(self, settings=None, protocols=()):
        signal.signal(signal.SIGTERM, leave_cleanly)
        self.dir = tempfile.mkdtemp(prefix="rhb-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.cluster = os.path.join(self.dir, "pg")
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = os.path.join(self.dir, "log")
        self.settings = settings or {}
        self.protocols = protocols
        self.process = None
        self.keys = {}

    def __enter__(self):
        try:
            self.url = subprocess.run([CLUSTER, "start", self.cluster], check=True, text=True, timeout=60,
                                      stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout.strip()
            self.login_url = self.url.replace("user=rehab", "user=rehab_login")
            self.tell("migrate")
            self.tell("seed")
            for path in self.protocols:
                self.tell("protocol", "import", str(path))
            for clinic in sorted({clinic for clinic, _ in KEYS.values()}):
                self.tell("clinic", "create", "--name", clinic, "--zone", "UTC")
            for name, (clinic, options) in KEYS.items():
                self.keys[name] = self.make_key(clinic, *options)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop(patience_s=5)
        subprocess.run([CLUSTER, "stop", self.cluster], timeout=60, check=False, stdin=subprocess.DEVNULL)
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- the commands ----

    def environment(self):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("REHABD_")}
        own = {"REHABD_DATABASE_URL": self.url, "REHABD_LISTEN": f"127.0.0.1:{self.port}",
               "REHABD_DATA_DIR": os.path.join(self.dir, "data"), "REHABD_WORKERS": "2"}
        return {**inherited, **own, **self.settings}

    def tell(self, *arguments):
        """Runs one command of rehabd and gives what it printed."""
        done = subprocess.run([BINARY, *arguments], env=self.environment(), text=True, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise RuntimeError(f"rehabd {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def make_key(self, clinic, *options):
        """The secret stands alone on its line, or after other words: it is the word that begins with rhb_."""
        said = self.tell("key", "create", "--clinic", clinic, *options)
        return next(word for word in said.split() if word.startswith("rhb_"))

    # ---- the process ----

    def start(self, patience_s=20):
        environment = {**self.environment(), "REHABD_DATABASE_URL": self.login_url}
        self.process = subprocess.Popen([BINARY, "serve"], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=open(self.log, "ab"), stderr=subprocess.STDOUT)
        self.wait_ready(patience_s)

    def wait_ready(self, patience_s):
        """Seconds until /readyz said 200."""
        began = time.monotonic()
        while time.monotonic() - began < patience_s:
            if self.process.poll() is not None:
                raise RuntimeError(f"rehabd serve ended with {self.process.returncode}: {self.tail()}")
            with contextlib.suppress(OSError):
                if self.get("/readyz")[0] == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        raise RuntimeError(f"not ready after {patience_s} s: {self.tail()}")

    def get(self, path, token=None, timeout_s=5):
        """(status, text) of a plain GET; OSError when nobody answers."""
        request = urllib.request.Request(self.base + path)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self, patience_s=30):
        """SIGTERM, and the exit status; SIGKILL when it does not come."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process = None
        return status

    def tail(self, lines=20):
        with contextlib.suppress(OSError), open(self.log, encoding="utf-8", errors="replace") as log:
            return " | ".join(log.read().splitlines()[-lines:])
        return ""

    # ---- the database beneath it ----

    def database(self, *arguments):
        """pg_ctl on the cluster, as the user who owns it."""
        data = os.path.join(self.cluster, "data")
        owner = pwd.getpwuid(os.stat(data).st_uid)
        binary = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
        command = [str(binary), "-D", data, "-w", "-l", os.path.join(data, "log"), *arguments]
        if os.getuid() == 0:
            command = ["runuser", "-u", owner.pw_name, "--", *command]
        subprocess.run(command, check=True, timeout=60, cwd="/", stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def lose_database(self):
        self.database("-m", "immediate", "stop")

    def return_database(self):
        self.database("start")


def fresh_key():
    return secrets.token_hex(8)
