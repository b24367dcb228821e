#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the tests of the core see small changes in it? Plants one change after another into src/core and plays the tests:

    tests/core/_mutants.py [--count N] [--seed N] [--jobs N] [--only FILE] [--list FILE]

A change that no test sees is a survivor. One that compiles to the same code is none (it is not counted); of the others it
is told whether it changes a decision on generated cases (`judge`, tests/core/identity.c), and each is printed with its place.
Needs gcc, cmocka and what the tests need; the archives of wire and base in $B (default: build), as `make check-core` leaves them.
"""
import argparse, concurrent.futures, hashlib, os, pathlib, random, re, subprocess, sys, tempfile

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


# ---- building and playing ------------------------------------------------------------------------

def run(command, seconds=60, **kw):
    return subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, **kw)


def must(command):
    done = run(command, 300)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout.decode(errors='replace')}")


def prepare(work):
    """The unchanged core as objects, and every test linked to a shared core that stands beside it."""
    sources = sorted((ROOT / "src/core").glob("*.c"))
    for source in sources:
        must([CC, *CORE, "-O1", "-c", source, "-o", work / f"{source.stem}.o"])
    must([CC, "-shared", "-nostdlib", "-o", work / "librehab.so", *[work / f"{s.stem}.o" for s in sources]])
    tests = sorted((ROOT / "tests/core").glob("*_test.c"))
    helpers = [f for f in sorted((ROOT / "tests/core").glob("*.c")) if not f.name.endswith("_test.c") and f.name != "identity.c"]
    for test in tests:
        above = ["-Wl,--start-group", B / "lib/wire.a", B / "lib/base.a", "-Wl,--end-group"]
        must([CC, *HOSTED, "-O1", "-o", work / test.stem, test, *helpers, *above, f"-L{work}", "-lrehab", "-lcmocka",
              "-ljansson", "-lcrypto", "-linih", "-ldeflate", "-pthread"])
    order = ["logic", "criterion", "quantity", "sentence", "compile", "lint", "decision", "block", "case"]
    names = sorted((t.stem for t in tests), key=lambda n: order.index(n[:-5]) if n[:-5] in order else 5)
    if (ROOT / "tests/core/identity.c").exists():
        must([CC, *HOSTED, "-O1", "-o", work / "judge", ROOT / "tests/core/identity.c", f"-L{work}", "-lrehab"])
    return sources, names


def play(work, name, where):
    try:
        done = run([work / name], 20, cwd=ROOT, env=dict(os.environ, LD_LIBRARY_PATH=str(where)))
        return done.returncode == 0
    except subprocess.TimeoutExpired:
        return False


def code_of(path):
    """The machine code and constants of an object, without what only names them."""
    out = path.with_suffix(".text")
    run(["objcopy", "-O", "binary", "--only-section=.text*", "--only-section=.rodata*", path, out])
    relocations = run(["objdump", "-r", path]).stdout.split(b"\n", 3)[-1]
    return hashlib.sha256(out.read_bytes() + relocations).digest()


def judge_one(job):
    work, sources, names, original, source, (at, end, instead), number = job
    text = source.read_text()
    line = text.count("\n", 0, at) + 1
    told = f"{source.relative_to(ROOT)}:{line}: {text[at:end].strip()[:60]!r} -> {instead[:60]!r}"
    with tempfile.TemporaryDirectory(dir=work) as folder:
        here = pathlib.Path(folder)
        changed = here / source.name
        changed.write_text(text[:at] + instead + text[end:])
        mutant = here / f"{source.stem}.o"
        if run([CC, *CORE, "-O1", "-c", changed, "-o", mutant]).returncode != 0:
            return "refused", told
        if code_of(mutant) == original[source]:
            return "same", told
        objects = [mutant if s == source else work / f"{s.stem}.o" for s in sources]
        if run([CC, "-shared", "-nostdlib", "-o", here / "librehab.so", *objects]).returncode != 0:
            return "refused", told
        for name in names:
            if not play(work, name, here):
                return "killed", told + f"  [{name}]"
    return "survived", told


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--count", type=int, default=2000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--jobs", type=int, default=os.cpu_count())
    ask.add_argument("--only")
    ask.add_argument("--list", type=pathlib.Path, help="every change and what became of it")
    a = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        sources, names = prepare(work)
        for name in names:
            if not play(work, name, work):
                sys.exit(f"{name} fails before anything is changed")
        original = {s: code_of(work / f"{s.stem}.o") for s in sources}
        jobs = [(work, sources, names, original, s, c, i)
                for s in sources if not a.only or s.name == a.only for i, c in enumerate(changes(s.read_text()))]
        possible = len(jobs)
        random.Random(a.seed).shuffle(jobs)
        seen, tally = [], {"killed": 0, "survived": 0, "same": 0, "refused": 0}
        with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
            pending = iter(jobs)
            running = {pool.submit(judge_one, j) for _, j in zip(range(a.jobs * 2), pending)}
            while running:
                done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for one in done:
                    what, told = one.result()
                    tally[what] += 1
                    seen.append((what, told))
                    if what == "survived":
                        print(told, flush=True)
                    if tally["killed"] + tally["survived"] + len(running) < a.count:
                        job = next(pending, None)
                        if job:
                            running.add(pool.submit(judge_one, job))
        if a.list:
            a.list.write_text("".join(f"{what}\t{told}\n" for what, told in sorted(seen)))
        judged = tally["killed"] + tally["survived"]
        print(f"{judged} changes judged of {possible} possible: {tally['killed']} seen by the tests, {tally['survived']} not; "
              f"besides {tally['same']} that compile to the same code and {tally['refused']} that do not compile")
        sys.exit(tally["survived"] > 0)


if __name__ == "__main__":
    main()
