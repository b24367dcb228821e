#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does what README.md shows: every ```console block, in order, in one shell, against the service on a throw-away database.

In a block a line that begins with `$ ` is a command, `> ` goes on with it, and what follows is what it must print. `…` stands
for any run of characters within a line; alone on a line, for any lines. All else must be equal. Blocks of another kind (```sh)
are not run. The shell knows $API, the address of the service, and $T and $P, the keys of a clinician and a physician."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "helpers"))
from service import BINARY, Service  # noqa: E402
from tap import Tap  # noqa: E402

MARK = "--8<-- done"
PATIENCE_S = 60


class Command:
    def __init__(self, line, text):
        self.line, self.text, self.expected = line, text, []


def read_commands(text):
    """The commands of all console blocks, with what each must print."""
    commands, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = line.strip() == "```console"
            commands += [None] if inside else []  # a block begins: output before its first command is a mistake
        elif not inside:
            continue
        elif line.startswith("$ "):
            commands.append(Command(number, line[2:]))
        elif commands[-1] is None:
            raise ValueError(f"line {number}: a console block begins with a command")
        elif line.startswith("> ") and not commands[-1].expected:
            commands[-1].text += "\n" + line[2:]
        else:
            commands[-1].expected.append(line.rstrip())
    return [command for command in commands if command]


def pattern_of(expected):
    """One regular expression for what a command prints."""
    parts = []
    for line in expected:
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append("".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", line)) + r"\s*\n")
    return re.compile("".join(parts))


def matches(expected, printed):
    lines = [line.rstrip() for line in printed.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    wanted = list(expected)
    while wanted and not wanted[-1]:
        wanted.pop()
    return bool(pattern_of(wanted).fullmatch("".join(line + "\n" for line in lines)))


class Shell:
    """One bash in which all commands run, one after the other."""

    def __init__(self, environment, folder):
        self.process = subprocess.Popen(["bash", "--noprofile", "--norc"], cwd=folder, env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, command):
        timer = subprocess.Popen(["sh", "-c", f"sleep {PATIENCE_S} && kill -TERM {self.process.pid}"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write(f"{{ {command}\n}} < /dev/null\nprintf '\\n{MARK} %d\\n' $?\n")
            self.process.stdin.flush()
            printed = ""
            for line in self.process.stdout:
                if line.startswith(MARK):
                    return printed[:-1] if printed.endswith("\n") else printed
                printed += line
            return printed + "(the shell ended)"
        finally:
            timer.terminate()
            timer.wait()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def run_commands(commands, environment, folder, tap, where):
    shell = Shell(environment, folder)
    for command in commands:
        printed = shell.run(command.text)
        faults = []
        if not matches(command.expected, printed):
            faults = [f"{where}:{command.line}", "wanted:", *command.expected, "printed:", *printed.splitlines()]
        tap.test(f"{where}: {command.text.splitlines()[0][:100]}", faults)
    shell.end()


def test_itself(tap, folder):
    """The judgement can fail, and one shell runs all."""
    class Quiet(Tap):
        def test(self, name, faults=()):
            self.count += 1
            self.bad += bool(faults)
    text = "```console\n$ x=7; echo one\none\n$ echo $x\n7\n$ echo a 12 b\na … b\n```\n```sh\n$ exit 1\n```\n" \
           "```console\n$ printf 'a\\nb\\nc\\n'\na\n…\n$ echo two \\\n> words\ntwo words\n$ true\n```\n"
    wrong = "```console\n$ echo one\ntwo\n$ echo more\n$ printf 'a\\nb\\n'\na\n$ echo ab\na…c\n```\n"
    for name, script, bad in (("what is right passes", text, 0), ("what is wrong fails", wrong, 4)):
        quiet = Quiet()
        run_commands(read_commands(script), dict(os.environ), folder, quiet, "itself")
        tap.test(name, [] if quiet.bad == bad and quiet.count else f"{quiet.bad} of {quiet.count} failed, wanted {bad}")


def main():
    tap = Tap()
    folder = tempfile.mkdtemp(prefix="rhb-readme-", dir="/tmp")
    try:
        test_itself(tap, folder)
        text = (HERE.parent / "README.md").read_text(encoding="utf-8")
        commands = read_commands(text)
        tap.test("README.md has commands to run", [] if len(commands) >= 10 else f"only {len(commands)}")
        with Service() as service:
            environment = {**service.environment(), "API": service.base, "T": service.keys["clinician"],
                           "P": service.keys["physician"], "HOME": folder,
                           "PATH": os.path.dirname(os.path.abspath(BINARY)) + ":" + os.environ["PATH"]}
            run_commands(commands, environment, folder, tap, "README.md")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
