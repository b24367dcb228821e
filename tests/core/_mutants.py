#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the tests of the core see small changes in it? Plants one change after another into src/core and plays the tests:

    tests/core/_mutants.py [--count N] [--seed N] [--jobs N] [--only FILE,FILE] [--list FILE [--again]]

A change that compiles to the same code is none (it is not counted). One that no test sees is a survivor. Of each survivor
it is told whether decisions on generated cases (the harness of tests/core/identity) are other than before: verdicts, what
they rest on and what is to be measured, not which set of observations would turn a gate; those of which mutants.md says why
they are no fault are told apart (and asked for that alone). Fails when there are others, or one that
decides otherwise.
--list keeps what became of each change: a later run with the same list judges what is new, then what survived.
Needs gcc, cmocka and what the tests need; the archives of wire and base in $B (default: build), as `make check-core` leaves them.
"""
import argparse, collections, concurrent.futures, hashlib, os, pathlib, re, resource, subprocess, sys, tempfile, threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
B = pathlib.Path(os.environ.get("B", ROOT / "build")).resolve()
CC = os.environ.get("CC", "gcc")
CORE = ["-std=c2x", "-ffreestanding", "-fPIC", f"-I{ROOT}/include", f"-I{ROOT}/src/core", "-w"]
HOSTED = ["-std=gnu2x", "-D_GNU_SOURCE", f"-I{ROOT}/include", f"-I{ROOT}/src", f"-I{ROOT}/tests", f"-I{B}/gen", "-w"]

# ---- where a change can be made ------------------------------------------------------------------

SWAPS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"],
    "++": ["--"], "--": ["++"], "+=": ["-="], "-=": ["+="], "&": ["|"], "|": ["&"], "<<": [">>"], ">>": ["<<"],
    "true": ["false"], "false": ["true"], "break": ["continue"], "continue": ["break"],
    "REHAB_MET": ["REHAB_UNKNOWN", "REHAB_NOT_MET"], "REHAB_NOT_MET": ["REHAB_UNKNOWN", "REHAB_MET"],
    "REHAB_UNKNOWN": ["REHAB_MET", "REHAB_NOT_MET"], "INT64_MIN": ["INT64_MAX"], "INT64_MAX": ["INT64_MIN"],
    "REHAB_INVOLVED": ["REHAB_OTHER"], "REHAB_OTHER": ["REHAB_INVOLVED"],
}
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|^[ \t]*\#[^\n]*(?:\\\n[^\n]*)*'
    r"|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*|<<=|>>=|\+\+|--|->|<<|>>|<=|>=|==|!=|&&|\|\||\+=|-=|\*=|/=|\S",
    re.S | re.M)
STATEMENT = re.compile(r"^( +)(?!return\b|break\b|continue\b|case\b|default\b|goto\b|const\b|struct\b|enum\b|static\b|bool\b"
                       r"|u?int\d*_t\b|uint8_t\b|size_t\b|char\b|unsigned\b|else\b|\}|_Static_assert\b|for\b|while\b|do\b|switch\b)"
                       r"((?:if \(.*\) )?)([a-zA-Z_*(][^;{}]*;)$", re.M)
OPERAND = re.compile(r"[\w)\]]$")


def code_only(text):
    """The same text with comments blanked out, so that places stay."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)


def changes(text):
    """(from, to, instead) for every change that can be made."""
    plain = code_only(text)
    body = re.search(r"^(?:static |bool |void |enum |struct |uint|int|const )[^;]*\n\{", plain, re.M)
    start = body.start() if body else 0
    before = ""
    for m in TOKEN.finditer(plain):
        word, at, end = m.group(), m.start(), m.end()
        if word[0] in "\"'#/" and len(word) > 1 or at < start:
            before = word
            continue
        binary = OPERAND.search(before) and before not in ("return", "case", "sizeof")
        if word in ("+", "-", "*", "&") and (not binary or before in TYPES or plain[at - 1] != " " or plain[end] != " "):
            pass  # of one operand, or a pointer
        elif word in SWAPS:
            for instead in SWAPS[word]:
                yield at, end, instead
        elif re.fullmatch(r"\d+[uUlL]*", word) and before != "#":
            digits, tail = re.fullmatch(r"(\d+)(\w*)", word).groups()
            yield at, end, str(int(digits) + 1) + tail
            if digits == "1":
                yield at, end, "0" + tail
        elif word == "!" and plain[end] not in "=":
            yield at, end, ""
        elif word == "if" and plain[end:end + 2] == " (":
            close = matching(plain, end + 1)
            yield end + 1, close, "(!(" + text[end + 2:close - 1] + "))"
        before = word
    for m in STATEMENT.finditer(plain):
        if m.start() >= start and m.group(3).count("(") == m.group(3).count(")"):
            yield m.start(3), m.end(3), ";"


TYPES = {"char", "void", "int64_t", "uint32_t", "uint8_t", "uint64_t", "unsigned", "const"}


def matching(text, at):
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    return len(text)


FUNCTION = re.compile(r"^[a-z][^;={}]*?(\w+)\([^;{}]*\)\n\{", re.M)


class Change:
    """One change, known by what it says and not by where it stands."""

    def __init__(self, source, text, functions, at, end, instead):
        self.source, self.at, self.end, self.instead = source, at, end, instead
        first, last = text.rfind("\n", 0, at) + 1, text.find("\n", end)
        was, now = text[first:last], text[first:at] + instead + text[end:last]
        name = next((n for place, n in reversed(functions) if place <= at), "-")
        self.line = text.count("\n", 0, at) + 1
        self.said = f"{source.name} {name} `{' '.join(was.split())}` -> `{' '.join(now.split())}`"


def all_changes(sources):
    for source in sources:
        text, twins = source.read_text(), collections.Counter()
        functions = [(m.start(), m.group(1)) for m in FUNCTION.finditer(text)]
        for at, end, instead in changes(text):
            one = Change(source, text, functions, at, end, instead)
            twins[one.said] += 1
            one.key = f"{one.said} {twins[one.said]}"
            yield one


def explained():
    """What mutants.md says of survivors."""
    rows, kinds = {}, []
    for line in (ROOT / "tests/core/mutants.md").read_text().splitlines():
        row = re.fullmatch(r"- (\S+ \S+ `.*` -> `.*`): (.+)", line)
        if row:
            rows[row.group(1)] = row.group(2)
        row = re.fullmatch(r"- every `(.*)`: (.+)", line)
        if row:
            kinds.append(re.compile(row.group(1)))
    return lambda said: said in rows or any(kind.fullmatch(said) for kind in kinds)


# ---- building and playing ------------------------------------------------------------------------

CASES = 3000


def run(command, seconds=600, cpu=None, **kw):
    with subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kw) as child:
        if cpu: # time of its own, so that a busy machine kills nothing
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (cpu, cpu))
        said = child.communicate(timeout=seconds)[0]
    return subprocess.CompletedProcess(command, child.returncode, said)


def must(command, **kw):
    done = run(command, **kw)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout.decode(errors='replace')}")
    return done.stdout


class Bench:
    """The unchanged core as objects, and every test linked to a shared core that stands beside it."""

    def __init__(self, work):
        self.work, self.lock = work, threading.Lock()
        self.sources = sorted((ROOT / "src/core").glob("*.c"))
        for source in self.sources:
            must([CC, *CORE, "-O1", "-c", source, "-o", work / f"{source.stem}.o"])
        self.objects = {s: work / f"{s.stem}.o" for s in self.sources}
        must([CC, "-shared", "-nostdlib", "-o", work / "librehab.so", *self.objects.values()])
        helpers = [f for f in (ROOT / "tests/core").glob("*.c") if not f.name.endswith("_test.c")]
        above = ["-Wl,--start-group", B / "lib/wire.a", B / "lib/base.a", "-Wl,--end-group"]
        libraries = ["-Wl,--as-needed", f"-L{work}", "-lrehab", "-lcmocka", "-ljansson", "-lcrypto", "-linih", "-ldeflate", "-pthread"]
        for test in (ROOT / "tests/core").glob("*_test.c"):
            must([CC, *HOSTED, "-O1", "-o", work / test.stem, test, *helpers, *above, *libraries])
        self.original = {s: code_of(o) for s, o in self.objects.items()}
        self.costs = {}
        for test in sorted(t.stem for t in (ROOT / "tests/core").glob("*_test.c")):
            before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            if not self.play(test, work, 100):
                sys.exit(f"{test} fails before anything is changed")
            self.costs[test] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before + 0.02
        self.kills = collections.Counter()
        must([CC, *HOSTED, "-O1", "-DIDENTITY_DECISIONS", "-o", work / "judge", *(ROOT / "tests/core/identity").glob("*.c"), f"-L{work}", "-lrehab"])
        self.blocks = []
        for document in sorted([*(ROOT / "sql/seed/protocols").glob("*.json"), *(ROOT / "tests/core/protocols").glob("*.json")]):
            block = work / f"{document.stem}.block"
            block.write_bytes(must([work / "case_test", "--block", document.stem], cwd=ROOT, env=self.beside(work)))
            self.blocks.append(block)
        self.decided = self.decide(work)

    def beside(self, where):
        return dict(os.environ, LD_LIBRARY_PATH=str(where))

    def order(self, source):
        """The tests, first those that see most for what they take. Whole gates by chance say nothing of reading and telling."""
        short = re.match("build|compile|lint|phrase|sentence|name|layout", source.name)
        with self.lock:
            return sorted(self.costs.keys() - ({"flip_test", "verdict_test"} if short else set()), key=lambda t: -(self.kills[source, t] + 0.05) / self.costs[t])

    def play(self, test, where, cpu=None):
        cpu = cpu or int(3 + 5 * self.costs[test])
        return run([self.work / test], cpu=cpu, cwd=ROOT, env=self.beside(where)).returncode == 0

    def decide(self, where):
        done = run([self.work / "judge", CASES, *self.blocks], cpu=60, env=self.beside(where))
        return done.returncode, done.stdout


def code_of(path):
    """The machine code and constants of an object, without what only names them."""
    out = path.with_suffix(".text")
    run(["objcopy", "-O", "binary", "--only-section=.text*", "--only-section=.rodata*", path, out])
    relocations = run(["objdump", "-r", path]).stdout.split(b"\n", 3)[-1]
    return hashlib.sha256(out.read_bytes() + relocations).digest()


def judge_one(bench, one, is_explained):
    source, text = one.source, one.source.read_text()
    with tempfile.TemporaryDirectory(dir=bench.work) as folder:
        here = pathlib.Path(folder)
        (here / source.name).write_text(text[:one.at] + one.instead + text[one.end:])
        mutant = here / f"{source.stem}.o"
        if run([CC, *CORE, "-O1", "-c", here / source.name, "-o", mutant]).returncode != 0:
            return "refused"
        if code_of(mutant) == bench.original[source]:
            return "same"
        objects = [mutant if s == source else o for s, o in bench.objects.items()]
        if run([CC, "-shared", "-nostdlib", "-o", here / "librehab.so", *objects]).returncode != 0:
            return "refused"
        for test in [] if is_explained else bench.order(source):
            if not bench.play(test, here):
                with bench.lock:
                    bench.kills[source, test] += 1
                return "killed"
        return "survived" if bench.decide(here) == bench.decided else "decides"


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--count", type=int, default=2000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--jobs", type=int, default=os.cpu_count())
    ask.add_argument("--only", type=lambda names: names.split(","))
    ask.add_argument("--list", type=pathlib.Path, help="keeps what became of every change; what was seen is not judged again")
    ask.add_argument("--again", action="store_true", help="only what survived in the list")
    a = ask.parse_args()
    is_explained, tally = explained(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(pathlib.Path(folder))
        jobs = [c for c in all_changes(bench.sources) if not a.only or c.source.name in a.only]
        possible, before = len(jobs), {}
        if a.list and a.list.exists():
            before = {key: what for what, key in (line.split("\t") for line in a.list.read_text().splitlines())}
        keep = a.list.open("a") if a.list else None
        settled = {c.key for c in jobs if before.get(c.key) in ("killed", "same", "refused")}
        tally.update(before[key] for key in settled)
        jobs = [c for c in jobs if c.key not in settled and (not a.again or c.key in before)]
        count = possible if a.again else a.count
        # by what they say: a change elsewhere in the core leaves the sample as it is
        jobs.sort(key=lambda c: (c.key in before, hashlib.sha256(f"{a.seed} {c.key}".encode()).digest()))

        def settle(one, what):
            tally[what] += 1
            if keep:
                print(what, one.key, sep="\t", file=keep, flush=True)
            if what not in ("survived", "decides"):
                return
            tally["explained"] += what == "survived" and is_explained(one.said)
            if what == "decides" or not is_explained(one.said):
                print(f"{'DECIDES OTHERWISE ' if what == 'decides' else ''}line {one.line}\n- {one.said}: ", flush=True)

        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            pending = iter(jobs)
            running = {pool.submit(judge_one, bench, one, is_explained(one.said)): one for _, one in zip(range(a.jobs), pending)}
            while running:
                done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    settle(running.pop(future), future.result())
                    if tally["killed"] + tally["survived"] + tally["decides"] + len(running) < count:
                        one = next(pending, None)
                        if one:
                            running[pool.submit(judge_one, bench, one, is_explained(one.said))] = one
    judged = tally["killed"] + tally["survived"] + tally["decides"]
    print(f"{judged} changes judged of {possible} possible: {tally['killed']} seen by the tests, {tally['decides']} not seen that decide "
          f"otherwise, {tally['explained']} that mutants.md explains, {tally['survived'] - tally['explained']} that nothing explains; "
          f"besides {tally['same']} that compile to the same code and {tally['refused']} that do not compile")
    sys.exit(tally["decides"] > 0 or tally["survived"] > tally["explained"])


if __name__ == "__main__":
    main()
