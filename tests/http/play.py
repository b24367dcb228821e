#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays transcripts against the running service: tests/http/play.py [FILE.http...]

A transcript is what an operator would type and see. A file is a story of steps that share what they captured:

    === a patient is registered
    POST /v1/patients as clinician
    Idempotency-Key: {{fresh}}

    {"label": "Sprinter left"}

    --- 201, keep first
    ETag: "v1"

    {"id": "{{patient}}", "label": "Sprinter left", ...}

Request   The target, and who asks (`as NAME`: one of the keys of helpers/service.py; without it nobody). Headers. A body:
          what it is sent as is `application/json` unless a header says otherwise. `RAW as NAME` instead of a
          request line sends the lines below it byte for byte, each ended by CR LF; \\xNN, \\r, \\n and \\t stand for bytes, a
          backslash at the end of a line leaves its CR LF away.
Answer    `---`, the status; for a problem its code. After commas: `keep NAME` remembers the answer, `same as NAME` wants the
          same one again but for the request's own id and address, `replays NAME` wants its body byte for byte and
          Idempotency-Replayed, `closed` wants the connection closed, `no body` an empty one, `in 500 ms` an answer by
          then, `without NAME` no such header. Headers that must be there. A body: JSON that must be equal, where `...` stands for anything, for any
          further members, or for any further items; other text must be equal as it stands.
{{name}}  In a request, the value of the name. In an answer it is captured where it is new, and must be equal where it is
          known. Known from the start: the keys, {{fresh}} (new each time), {{now}}, {{now-90s}}, {{now+1h}}, {{today-3d}}
          (a date), {{day-3d 08:00}} (an instant of that day in UTC), {{x*3000}} (repeated).

Every answer is also held against openapi/rehabd.yaml: a status, header or member it does not list is a failure."""

import datetime
import email.parser
import json
import pathlib
import re
import secrets
import socket
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "helpers"))
import contract  # noqa: E402
from service import KEYS, Service  # noqa: E402
from tap import Tap  # noqa: E402

NAME = re.compile(r"\{\{([^{}]+)\}\}")
VOLATILE = {"x-request-id", "date", "server-timing", "content-length", "traceparent"}
ANY = "\0any"


class Number(str):
    """A number as it was written: 72.40 is not 72.4."""


# ---- reading a transcript ----

class Step:
    def __init__(self, title, line):
        self.title, self.line = title, line
        self.request, self.answer = [], None

    def split(self):
        """(head lines, body lines) of the request and of the answer; a blank line stands between."""
        return cut(self.request) + cut(self.answer or [])


def cut(lines):
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    blank = next((i for i, line in enumerate(lines) if not line.strip()), len(lines))
    return lines[:blank], lines[blank + 1:]


def read_steps(path):
    steps = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("=== "):
            steps.append(Step(line[4:].strip(), number))
        elif line.startswith("# ") or line == "#" or not steps:
            continue
        elif line.startswith("--- ") and steps[-1].answer is None:
            steps[-1].answer = [line[4:].strip()]
        elif steps[-1].answer is None:
            steps[-1].request.append(line)
        else:
            steps[-1].answer.append(line)
    return steps


# ---- names ----

STARTED = datetime.datetime.now(datetime.timezone.utc)  # midnight may pass while a story is told


def moment(expression):
    """now, now-90s, now+1h, today-3d, day-3d 08:00; None when it is none of these."""
    found = re.match(r"^(now|today|day)(?:([+-])(\d+)([smhd]))?(?: (\d\d):(\d\d))?$", expression)
    if not found:
        return None
    base, sign, count, unit, hour, minute = found.groups()
    at = datetime.datetime.now(datetime.timezone.utc) if base == "now" else STARTED
    if count:
        seconds = int(count) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
        at += datetime.timedelta(seconds=seconds if sign == "+" else -seconds)
    if base == "today":
        return at.date().isoformat()
    if base == "day":
        at = at.replace(hour=int(hour or 0), minute=int(minute or 0), second=0, microsecond=0)
    return at.strftime("%Y-%m-%dT%H:%M:%S") + (f".{at.microsecond:06d}Z" if at.microsecond else "Z")


class Names:
    def __init__(self, start):
        self.known = dict(start)

    def value(self, name):
        if name == "fresh":
            return secrets.token_hex(8)
        if "*" in name:
            text, _, times = name.rpartition("*")
            return text * int(times)
        return moment(name) or self.known.get(name)

    def fill(self, text):
        """A request: every name must be known."""
        def replace(found):
            value = self.value(found.group(1))
            if value is None:
                raise KeyError(f"{found.group(1)} is not known yet")
            return value
        return NAME.sub(replace, text)

    def matches(self, wanted, got):
        """Text against text with names in it; new names are captured."""
        pattern, fresh = "", []
        at = 0
        for found in NAME.finditer(wanted):
            value = self.value(found.group(1))
            pattern += re.escape(wanted[at:found.start()])
            if value is None:
                fresh.append(found.group(1))
                pattern += f"(?P<n{len(fresh) - 1}>.+?)"
            else:
                pattern += re.escape(value)
            at = found.end()
        pattern += re.escape(wanted[at:])
        match = re.fullmatch(pattern.replace(re.escape("..."), ".*"), got, re.S)
        if match:
            self.known.update({name: match.group(f"n{i}") for i, name in enumerate(fresh)})
        return bool(match)


# ---- bodies ----

def read_pattern(text):
    """JSON with `...` and bare {{names}}, as ordinary values: `...` becomes ANY as value, item or member."""
    out, stack, before = [], [], ""
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|\.\.\.|\{\{[^{}]+\}\}|[{}\[\],:]|[^\s{}\[\],:"]+', text):
        word = token.group()
        if word == "..." and before != ":" and stack and stack[-1] == "{":
            out.append(f"{json.dumps(ANY)}: true")
        elif word == "...":
            out.append(json.dumps(ANY))
        elif word.startswith("{{"):
            out.append(json.dumps(word))
        else:
            out.append(word)
            if word in "{[":
                stack.append(word)
            elif word in "}]" and stack:
                stack.pop()
        before = word
    return read_json("".join(out))


def read_json(text):
    def unique(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a member stands twice")
        return dict(pairs)
    return json.loads(text, parse_float=Number, parse_int=Number, object_pairs_hook=unique)


def differences(names, wanted, got, place=""):
    """Where an answer is not what the pattern says."""
    if wanted == ANY:
        return []
    if isinstance(wanted, dict) and isinstance(got, dict):
        return object_differences(names, wanted, got, place)
    if isinstance(wanted, list) and isinstance(got, list):
        return list_differences(names, wanted, got, place)
    open_text = isinstance(wanted, str) and not isinstance(wanted, Number) and (NAME.search(wanted) or "..." in wanted)
    if open_text and not isinstance(got, (dict, list)):
        text = got if isinstance(got, str) else json.dumps(got)
        return [] if names.matches(wanted, text) else [f"{place or '/'}: wanted {names.known.get(wanted[2:-2], wanted)}, got {text}"]
    same = type(wanted) is type(got) and wanted == got
    return [] if same else [f"{place or '/'}: wanted {show(wanted)}, got {show(got)}"]


def object_differences(names, wanted, got, place):
    found = [f"{place}/{name}: missing" for name in wanted if name != ANY and name not in got]
    if ANY not in wanted:
        found += [f"{place}/{name}: not expected: {show(got[name])}" for name in got if name not in wanted]
    for name in wanted:
        if name in got:
            found += differences(names, wanted[name], got[name], f"{place}/{name}")
    return found


def list_differences(names, wanted, got, place):
    if ANY not in wanted:
        if len(wanted) != len(got):
            return [f"{place}: wanted {len(wanted)} items, got {len(got)}: {show(got)}"]
        return [d for i, (w, g) in enumerate(zip(wanted, got)) for d in differences(names, w, g, f"{place}/{i}")]
    # with `...`, the others must be found, in their order
    rest, found = list(enumerate(got)), []
    for w in (w for w in wanted if w != ANY):
        at = next((n for n, (i, g) in enumerate(rest) if not differences(Names(names.known), w, g)), None)
        if at is None:
            found.append(f"{place}: no item like {show(w)} among {show(got)}")
        else:
            differences(names, w, rest[at][1])
            rest = rest[at + 1:]
    return found


def show(value):
    def plain(v):
        if isinstance(v, dict):
            return {("..." if k == ANY else k): plain(x) for k, x in v.items()}
        if isinstance(v, list):
            return [plain(x) for x in v]
        return "..." if v == ANY else v
    text = json.dumps(plain(value), ensure_ascii=False)
    return text if len(text) < 400 else text[:400] + "…"


# ---- speaking HTTP ----

class Answer:
    def __init__(self, data, closed, took_s):
        self.closed, self.took_s = closed, took_s
        head, _, self.body = data.partition(b"\r\n\r\n")
        line, _, fields = head.decode("latin-1").partition("\r\n")
        parts = line.split(" ", 2)
        if len(parts) < 2 or not parts[0].startswith("HTTP/1."):
            raise ValueError(f"no answer: {data[:80]!r}")
        self.status = int(parts[1])
        self.fields = email.parser.HeaderParser().parsestr(fields)
        self.headers = {name.lower(): ", ".join(self.fields.get_all(name)) for name in self.fields}
        self.media_type = self.headers.get("content-type", "").partition(";")[0].strip()

    def text(self):
        return self.body.decode("utf-8", "replace")


def exchange(port, data, patient_s=15, head=False):
    """Sends bytes and reads one answer; then waits shortly whether more comes or the peer closes."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=patient_s) as peer:
        try:
            peer.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was read
        got, closed, took = b"", False, None
        while True:
            if took is None and complete(got, head):
                took = time.monotonic() - began
                if skip_continue(got)[9:10] < b"4":
                    break
                peer.settimeout(0.06)  # after a refusal more must not come
            try:
                part = peer.recv(65536)
            except ConnectionResetError:
                part = b""
            except socket.timeout:
                break
            if not part:
                closed = True
                break
            got += part
    return got, closed, took if took is not None else time.monotonic() - began


def complete(data, head):
    top, mark, body = data.partition(b"\r\n\r\n")
    if not mark:
        return False
    status = int(top[9:12])
    length = re.search(rb"\r\ncontent-length:\s*(\d+)", top, re.I)
    if status < 200:
        return complete(body, head)
    return head or status in (204, 304) or (length is not None and len(body) >= int(length.group(1)))


def unescape(line):
    codes = {"\\r": b"\r", "\\n": b"\n", "\\t": b"\t", "\\\\": b"\\"}
    out, at = b"", 0
    for found in re.finditer(r"\\x([0-9a-fA-F]{2})|\\[rnt\\]", line):
        out += line[at:found.start()].encode() + (bytes([int(found.group(1), 16)]) if found.group(1) else codes[found.group()])
        at = found.end()
    return out + line[at:].encode()


class Player:
    def __init__(self, port, keys):
        self.port, self.keys = port, keys

    def play(self, path, tap):
        names, kept = Names(self.keys), {}
        for step in read_steps(path):
            try:
                faults = self.step(step, names, kept)
            except (KeyError, ValueError, OSError) as error:
                faults = [f"{type(error).__name__}: {error}"]
            tap.test(f"{path.name}: {step.title}", [f"{path.name}:{step.line}", *faults] if faults else [])

    def step(self, step, names, kept):
        if step.answer is None:
            raise ValueError("the step has no answer (`--- STATUS`)")
        head, body, wanted_head, wanted_body = step.split()
        method, target, data = self.compose(head, body, names)
        got, closed, took_s = exchange(self.port, data, head=method == "HEAD")
        answer = Answer(skip_continue(got), closed, took_s)
        faults = self.judge(names, kept, method, target, answer, wanted_head, wanted_body)
        faults += contract_faults(method, target, answer)
        if faults:
            faults.append(f"answered {answer.status}: {answer.text()[:1500]}")
        return faults

    def compose(self, head, body, names):
        line = names.fill(head[0])
        request, _, who = line.partition(" as ")
        if request == "RAW":
            return self.compose_raw(head[1:], body, who, names)
        method, _, target = request.partition(" ")
        fields = [names.fill(field) for field in head[1:]]
        given = {field.partition(":")[0].lower() for field in fields}
        content = names.fill("\n".join(body)).encode()
        fields += [f"Host: 127.0.0.1:{self.port}"] if "host" not in given else []
        fields += [f"Authorization: Bearer {self.keys[who]}"] if who else []
        if content and "content-type" not in given:
            fields.append("Content-Type: application/json")
        if (content or method in ("POST", "PUT", "PATCH")) and not given & {"content-length", "transfer-encoding"}:
            fields.append(f"Content-Length: {len(content)}")
        top = "".join(f"{field}\r\n" for field in [f"{method} {target} HTTP/1.1", *fields])
        return method, target, top.encode("utf-8") + b"\r\n" + content

    def compose_raw(self, head, body, who, names):
        if who:
            head = [head[0], f"Authorization: Bearer {self.keys[who]}", *head[1:]]
        lines = head + [""] + body
        data = b""
        for line in lines:
            line = names.fill(line)
            data += unescape(line[:-1]) if line.endswith("\\") else unescape(line) + b"\r\n"
        words = names.fill(head[0]).split(" ")
        return words[0], words[1] if len(words) > 1 else "", data

    def judge(self, names, kept, method, target, answer, wanted_head, wanted_body):
        status, _, flags = wanted_head[0].partition(",")
        code, _, problem = status.strip().partition(" ")
        faults = [] if str(answer.status) == code else [f"status: wanted {code}, got {answer.status}"]
        if problem:
            faults += problem_faults(answer, problem)
        for field in wanted_head[1:]:
            name, _, wanted = field.partition(":")
            sent = answer.headers.get(name.strip().lower())
            if sent is None or not names.matches(wanted.strip(), sent):
                faults.append(f"{name}: wanted {wanted.strip()}, got {sent}")
        for flag in filter(None, (part.strip() for part in flags.split(","))):
            faults += self.judge_flag(flag, kept, method, target, answer)
        return faults + body_faults(names, answer, "\n".join(wanted_body))

    def judge_flag(self, flag, kept, method, target, answer):
        word, _, rest = flag.partition(" ")
        if flag == "closed":
            return [] if answer.closed else ["the connection stayed open"]
        if flag == "no body":
            return [] if not answer.body else ["there is a body"]
        if word == "without":
            return [f"{rest} is there"] if rest in answer.headers else []
        if word == "keep":
            kept[rest] = (target, answer)
            return []
        if word == "in":
            limit_s = float(rest.split()[0]) / 1000
            return [] if answer.took_s <= limit_s else [f"took {answer.took_s * 1000:.0f} ms"]
        if word == "replays":
            return replay_faults(kept[rest][1], answer)
        if flag.startswith("same as "):
            return same_faults(*kept[flag.removeprefix("same as ")], target, answer)
        raise ValueError(f"unknown flag: {flag}")


def skip_continue(data):
    while data.startswith(b"HTTP/1.1 1"):
        data = data.partition(b"\r\n\r\n")[2]
    return data


def problem_faults(answer, code):
    faults = []
    if answer.media_type != "application/problem+json":
        faults.append(f"Content-Type: wanted application/problem+json, got {answer.media_type}")
    if answer.headers.get("x-problem-code") != code:
        faults.append(f"X-Problem-Code: wanted {code}, got {answer.headers.get('x-problem-code')}")
    if answer.body and f'"code":"{code}"' not in answer.text().replace(": ", ":"):
        faults.append(f"code: wanted {code}")
    if answer.body.count(b"HTTP/1.") or answer.headers.get("content-length") not in (None, str(len(answer.body))):
        faults.append("more than one answer came back, or its length is wrong")
    return faults


def body_faults(names, answer, wanted):
    if not wanted.strip():
        return []
    if answer.media_type.endswith("json"):
        return differences(names, read_pattern(wanted), read_json(answer.text()))
    return [] if names.matches(wanted.strip(), answer.text().strip()) else [f"body: wanted {wanted.strip()!r}"]


def replay_faults(first, answer):
    faults = [] if answer.headers.get("idempotency-replayed") == "true" else ["Idempotency-Replayed is missing"]
    for name, a, b in (("status", first.status, answer.status), ("body", first.body, answer.body),
                       ("ETag", first.headers.get("etag"), answer.headers.get("etag")),
                       ("Location", first.headers.get("location"), answer.headers.get("location"))):
        faults += [] if a == b else [f"{name} is not that of the first answer"]
    return faults


def same_faults(first_target, first, target, answer):
    def plain(own_target, a):
        body = re.sub(r'"request_id":\s*"[^"]*"', '"request_id":""', a.text()).replace(own_target, "")
        headers = {k: v.replace(own_target, "") for k, v in a.headers.items() if k not in VOLATILE}
        return a.status, headers, body
    ours, theirs = plain(target, answer), plain(first_target, first)
    return [f"{what} differs: {a} and {b}" for what, a, b in zip(("status", "headers", "body"), theirs, ours) if a != b]


def contract_faults(method, target, answer):
    path = target.partition("?")[0]
    if not path.startswith("/"):
        return []
    body = answer.text()
    if answer.media_type.endswith("json") and answer.body:
        body = json.loads(body)
    return ["contract: " + fault for fault in contract.answer_faults(
        contract.load(), method, path, answer.status, answer.headers, answer.media_type, body)]


# ---- after all stories ----

def leaks(service):
    """Secrets and what was said of patients, as far as the log holds it."""
    said = ("Läufer", "urn:patients", "another patient", "another town", "clinical_judgement", "Sprinter")
    secrets_of = [key.rpartition("_")[2] for key in service.keys.values()]
    with open(service.log, encoding="utf-8", errors="replace") as log:
        text = log.read()
    return [f"{word} stands in the log" for word in [*said, *secrets_of] if word in text]


def audit_faults(service):
    """The sealer works within a second; then every row is in a block that fits."""
    time.sleep(1.2)
    try:
        service.tell("audit", "verify")
        return []
    except RuntimeError as error:
        return [str(error)]


def main(arguments):
    paths = [pathlib.Path(a) for a in arguments] or sorted(HERE.glob("*.http"))
    tap = Tap()
    with Service({"REHABD_CORS_ORIGINS": "https://portal.example"}, sorted(HERE.glob("*.json"))) as service:
        for path in paths:
            Player(service.port, service.keys).play(path, tap)
        tap.test("the service is still alive", [] if service.process.poll() is None else service.tail())
        tap.test("the audit log of all this is whole", audit_faults(service))
        tap.test("the service stops cleanly", [] if service.stop() == 0 else service.tail())
        tap.test("the log holds nothing of a patient and no secret", leaks(service))
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
