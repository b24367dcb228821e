#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`rehabd run` as a person meets it: first start, second start, Ctrl-C, a crash, a long path, a taken port, another run at the same
time, a database that dies, a login without power; as root and as an ordinary user (root tries both)."""

import json
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

WORK = tempfile.mkdtemp(prefix="rehabd-run-")
REHABD = os.path.join(WORK, "rehabd")  # a copy: an ordinary user may not reach the tree
START_S = 60
NUMBER = 0


def check(title, test):
    global NUMBER
    NUMBER += 1
    try:
        test()
        print(f"ok {NUMBER} - {title}", flush=True)
    except Exception:  # whatever it is, it is the answer
        print(f"not ok {NUMBER} - {title}")
        print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()), end="", flush=True)
        Run.end_all()  # or the next tests would find its data in use


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Run:
    """One `rehabd run`, read until its block is complete."""

    all = []

    def __init__(self, folder, user=None, port=None, **more):
        self.port = port or free_port()
        env = {k: v for k, v in os.environ.items() if not k.startswith("REHABD")}
        env |= {"REHABD_DATA_DIR": folder} if folder else {}
        env |= {"REHABD_LISTEN": f"127.0.0.1:{self.port}", "REHABD_LOG_LEVEL": "warning", **more}
        self.began = time.monotonic()
        self.process = subprocess.Popen([REHABD, "run"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, user=user,
                                        extra_groups=[] if user else None, group=pwd.getpwnam(user).pw_gid if user else None,
                                        cwd="/", start_new_session=True)
        self.block = ""
        Run.all.append(self.process)

    @classmethod
    def end_all(cls):
        for process in cls.all:
            if process.poll() is None:
                process.terminate()
                process.communicate()

    def ready(self):
        while not re.search(r"  stop .*\n", self.block):
            left = self.began + START_S - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise AssertionError(f"not ready after {START_S} s: {self.block}")
            some = os.read(self.process.stdout.fileno(), 4096).decode()
            if not some:
                raise AssertionError(f"ended {self.process.wait()}: {self.process.stderr.read()}")
            self.block += some
        self.took = time.monotonic() - self.began
        self.token = re.search(r"token +(rhb_\w+)", self.block).group(1)
        return self

    def get(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self, number=signal.SIGINT, group=True):
        """As Ctrl-C does: to the whole process group of the terminal."""
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=40)
        return self.process.returncode, out + err


def postmaster(folder):
    try:
        with open(f"{folder}/cluster/postmaster.pid", encoding="utf-8") as f:
            return int(f.readline())
    except FileNotFoundError:
        return 0


def sql(folder, text, role="rehab"):
    """What psql says, of its last statement; an error is an answer too."""
    told = subprocess.run(["psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-h", f"{folder}/run", "-p", "5432", "-U", role, "-d", "rehab",
                           "-c", text], capture_output=True, text=True, cwd="/", timeout=20, check=False)
    return told.stdout.strip() + told.stderr.strip()


def events(said):
    """The log lines in what a run has said, by their event."""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return {e: [line for line in lines if line["event"] == e] for e in {line["event"] for line in lines}}


def children(pid):
    """Processes that this one has started."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8") as f:
                if int(f.read().rpartition(")")[2].split()[1]) == pid:
                    yield int(entry)
        except FileNotFoundError:
            pass  # it has just ended


def alive(pid):
    return pid > 0 and os.path.exists(f"/proc/{pid}")


def until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def somebody(uid):
    """A process of this user that has nothing to do with us."""
    return subprocess.Popen(["sleep", "60"], user=uid if os.geteuid() == 0 else None)


def rename_holder(path, pid, other):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert text.startswith(f"{pid}\n"), text
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(str(pid), str(other), 1))


def one_line(run, pattern):
    out, err = run.process.communicate(timeout=START_S)
    assert run.process.returncode == 1, (run.process.returncode, out, err)
    assert out == "" and err.count("\n") == 1 and re.search(pattern, err), (out, err)


def life(folder, user):
    """First start, second start, and what is kept between them."""
    kept = {}

    def first():
        run = Run(folder, user).ready()
        assert run.block.count("\n") == 7, run.block
        assert re.search(r"own database: REHABD_DATABASE_URL=postgres://", run.block), run.block
        assert run.get("/readyz")[0] == 200
        assert "hamstring-strain-staged" in run.get("/v1/protocols")[1]
        kept["patients"] = run.get("/v1/patients")[1]
        kept["token"] = run.token
        assert '"id"' in kept["patients"]
        assert os.stat(f"{folder}/cluster").st_uid != 0, "PostgreSQL's files belong to root"
        kept["owner"] = os.stat(f"{folder}/cluster").st_uid
        kept["made"] = os.stat(f"{folder}/cluster/PG_VERSION").st_ino
        with open(f"/proc/{run.process.pid}/status", encoding="utf-8") as f:
            assert re.search(r"^Uid:\t(\d+)", f.read(), re.M).group(1) == str(kept["owner"]), "the service is still root"
        pid = postmaster(folder)
        status, said = run.stop()
        assert status == 0, (status, said)
        assert not alive(pid) and postmaster(folder) == 0

    def second():
        run = Run(folder, user).ready()
        print(f"# ready again in {run.took:.1f} s")
        assert os.stat(f"{folder}/cluster/PG_VERSION").st_ino == kept["made"], "the cluster was made anew"
        assert run.token == kept["token"]
        assert run.get("/v1/patients")[1] == kept["patients"]
        status, said = run.stop(signal.SIGTERM, group=False)
        assert status == 0, (status, said)

    def crash():
        run = Run(folder, user).ready()
        pid = postmaster(folder)
        for victim in [run.process.pid, pid, *children(pid)]:
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                pass
        run.process.communicate()
        until(lambda: not alive(pid))
        assert postmaster(folder) == pid, "there is no stale pid file to stumble over"
        with somebody(kept["owner"]) as other:  # as a process that nobody has buried yet
            rename_holder(f"{folder}/run/.s.PGSQL.5432.lock", pid, other.pid)
            run = Run(folder, user).ready()
            other.kill()
        assert run.get("/v1/patients")[1] == kept["patients"]
        assert run.stop()[0] == 0

    def lost_pid_file():
        """The files of a server that lives are not taken away, even when those that tell of it are gone."""
        run = Run(folder, user).ready()
        pid = postmaster(folder)
        os.rename(f"{folder}/cluster/postmaster.pid", f"{folder}/cluster/postmaster.kept")
        os.unlink(f"{folder}/lock")
        one_line(Run(folder, user), rf"process {pid}, a PostgreSQL, works on .*: stop it first")
        os.rename(f"{folder}/cluster/postmaster.kept", f"{folder}/cluster/postmaster.pid")
        assert run.get("/v1/patients")[1] == kept["patients"]
        assert run.stop()[0] == 0

    def database_dies():
        run = Run(folder, user).ready()
        for number in (signal.SIGKILL, signal.SIGQUIT):
            pid = postmaster(folder)
            os.kill(pid, number)
            answers = {200}
            until(lambda: answers.add(run.get("/v1/patients")[0]) or postmaster(folder) not in (0, pid))
            until(lambda: answers.add(run.get("/v1/patients")[0]) or run.get("/readyz")[0] == 200)
            until(lambda: run.get("/v1/patients") == (200, kept["patients"]))
            assert answers <= {200, 503}, answers
        pid = postmaster(folder)
        status, said = run.stop()
        assert status == 0 and not alive(pid), (status, said)
        told = events(said)
        assert len(told["CLUSTER_ENDED"]) == len(told["CLUSTER_RESTARTED"]) == 2, said

    def login():
        """Nobody who speaks through the service's sessions is more than the service."""
        run = Run(folder, user).ready()
        assert sql(folder, "select count(*) > 2 from pg_stat_activity where datname = 'rehab' and pid <> pg_backend_pid()") == "t"
        who = sql(folder, "select distinct usename, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolinherit"
                          " from pg_stat_activity join pg_roles on rolname = usename where datname = 'rehab' and pid <> pg_backend_pid()")
        assert who == "rehab_login|f|f|f|f|f|f", who
        may_be = sql(folder, "select string_agg(rolname, ' ' order by rolname) from pg_roles where pg_has_role('rehab_login', oid, 'MEMBER')")
        assert may_be == "rehab_login rehab_sealer rehab_service", may_be
        for text in ("update trust.audit set action = 'x'", "delete from care.transition", "select count(*) from care.patient",
                     "drop table trust.audit", "alter table care.patient disable row level security", "set role rehab_owner", "set role rehab"):
            said = sql(folder, "set role rehab_service; reset role; " + text, "rehab_login")
            assert re.search("permission denied|must be owner", said), f"{text}: {said}"
        assert sql(folder, "set role rehab_service; select count(*) from care.patient", "rehab_login") == "0", "rows without a clinic"
        assert run.stop()[0] == 0

    def orphan():
        """The service alone is killed: the kernel tells the database, and nothing is left."""
        run = Run(folder, user).ready()
        pid = postmaster(folder)
        run.process.kill()
        run.process.communicate()
        until(lambda: not alive(pid))
        assert Run(folder, user).ready().stop()[0] == 0

    def stranger():
        """The pid file names a process that has nothing to do with us."""
        with open(f"{folder}/cluster/postmaster.pid", "w", encoding="utf-8") as f:
            f.write(f"{os.getpid()}\n{folder}/cluster\n0\n5432\n/tmp\n\n\nready\n")
        assert Run(folder, user).ready().stop()[0] == 0

    def twice():
        run = Run(folder, user).ready()
        one_line(Run(folder, user), rf"already runs on .*process {run.process.pid}, 127.0.0.1:{run.port}.*stop it first")
        one_line(Run(folder + "2", user, port=run.port), r"in use by another program; choose another with REHABD_LISTEN")
        env = os.environ | {"REHABD_DATA_DIR": folder}
        listed = subprocess.run([REHABD, "key", "list"], env=env, user=user, capture_output=True, text=True, cwd="/")
        assert "physician" in listed.stdout, listed
        assert run.stop()[0] == 0

    def command_alone():
        env = os.environ | {"REHABD_DATA_DIR": folder}
        listed = subprocess.run([REHABD, "clinic", "list"], env=env, user=user, capture_output=True, text=True, cwd="/")
        assert "Demonstration clinic" in listed.stdout, listed
        assert postmaster(folder) == 0

    def version():
        stamp = f"{folder}/cluster/PG_VERSION"
        os.rename(stamp, stamp + ".kept")
        with open(stamp, "w", encoding="utf-8") as f:
            f.write("12\n")
        os.chmod(stamp, 0o644)
        one_line(Run(folder, user), r"was made by PostgreSQL 12, and here is only \d+: install postgresql-12")
        os.rename(stamp + ".kept", stamp)

    who = user or pwd.getpwuid(os.geteuid()).pw_name
    for title, test in (("first start, Ctrl-C", first), ("second start, with its data", second),
                        ("after everything was killed", crash), ("after the service alone was killed", orphan),
                        ("with a stranger in the pid file", stranger), ("without its pid file", lost_pid_file),
                        ("the database dies and is started again", database_dies), ("its sessions have no power of their own", login), ("another run, another on the port", twice),
                        ("a command without a run", command_alone), ("data of another PostgreSQL", version)):
        check(f"{who}: {title}", test)


def wrong_place():
    """It is said which setting named the place, and where that was read."""
    one_line(Run("/proc/x"), r'data_dir is "/proc/x" \(from REHABD_DATA_DIR in the environment\), and /proc/x cannot be made: .*: choose another')
    taken = os.path.join(WORK, "taken")
    with open(taken, "w", encoding="utf-8"):
        pass
    settings = os.path.join(WORK, "settings")
    with open(settings, "w", encoding="utf-8") as f:
        f.write(f"data_dir = {taken}\n")
    one_line(Run(None, REHABD_CONFIG=settings), rf'data_dir is "{taken}" \(in {settings}\), and {taken} is no folder of user')


def long_path(user):
    def test():
        folder = os.path.join(WORK, "long", *["a folder with a rather long name"] * 5)
        os.makedirs(folder)
        path = folder
        while path != WORK:
            os.chmod(path, 0o755)
            path = os.path.dirname(path)
        folder = os.path.join(folder, "data")
        os.makedirs(folder, 0o700)
        if user:
            shutil.chown(folder, user)
        run = Run(folder, user).ready()
        assert run.get("/readyz")[0] == 200
        assert run.stop()[0] == 0

    check("a path too long for a socket", test)


def main():
    os.chmod(WORK, 0o755)
    shutil.copy(os.environ.get("REHABD", "build/rehabd"), REHABD)
    ordinary = "nobody" if os.geteuid() == 0 else None
    life(os.path.join(WORK, "own"), None)
    if ordinary:
        folder = os.path.join(WORK, "ordinary")
        for path in (folder, folder + "2"):
            os.mkdir(path, 0o700)
            shutil.chown(path, ordinary)
        life(folder, ordinary)
    long_path(ordinary)
    check("a place that cannot be", wrong_place)
    print(f"1..{NUMBER}")


try:
    main()
finally:
    Run.end_all()
    shutil.rmtree(WORK, ignore_errors=True)
sys.exit(0)
