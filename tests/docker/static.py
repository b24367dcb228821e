#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The container files, held against the tree without an engine: what they copy exists, what the program links is installed, the
service is not root, and nothing starts before the schema is there."""

import glob
import os
import re
import shutil
import subprocess

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.chdir(ROOT)
NUMBER = 0


def check(title, fault):
    """One TAP line; `fault` is empty or says what is wrong."""
    global NUMBER
    NUMBER += 1
    print(f"{'not ok' if fault else 'ok'} {NUMBER} - {title}")
    if fault:
        print(f"# {fault}")


def read_stages(path):
    """[[(instruction, rest), ...] for each FROM], continuation lines joined."""
    text = re.sub(r"^\s*#.*\n", "", open(path, encoding="utf-8").read(), flags=re.M)
    stages = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if not line.strip():
            continue
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest))
    return stages


def rest_of(stage, word):
    return [rest for name, rest in stage if name == word]


def ignored(path, rules):
    """Docker's ignore rules as far as ours use them: `*`, then what is let in."""
    return not any(path == rule or path.startswith(rule + "/") for rule in rules)


def copied_sources(stage):
    for rest in rest_of(stage, "COPY"):
        if not rest.startswith("--from"):
            yield from rest.split()[:-1]


def needed_packages(binary):
    """Debian packages of the libraries the program names, by their files on this machine."""
    output = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True, check=True).stdout
    packages = set()
    for library in re.findall(r"\(NEEDED\).*\[(.*)\]", output):
        for found in glob.glob(f"/usr/lib/*/{library}") + glob.glob(f"/lib/*/{library}"):
            for path in (found, os.path.realpath(found), found.removeprefix("/usr")):
                owner = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True).stdout
                if owner:
                    packages.add(owner.split(":")[0])
    return packages - {"libc6"}


stages = read_stages("docker/Dockerfile")
build, final = stages[0], stages[-1]

check("it is built in one stage and runs in another", "" if len(stages) == 2 else f"{len(stages)} stages")
check("both stand on Debian 12", "" if all(rest_of(s, "FROM")[0].startswith("debian:12-slim") for s in stages) else "they do not")

missing = [s for s in copied_sources(build) if not os.path.exists(s)]
check("what is copied exists", " ".join(missing))
rules = [line.strip()[1:] for line in open("docker/Dockerfile.dockerignore", encoding="utf-8") if line.startswith("!")]
check("and is let into the context", " ".join(s for s in copied_sources(build) if ignored(s.rstrip("/"), rules)))

user = rest_of(final, "USER")
check("it runs as another user than root", "" if user and user[-1].split(":")[0] not in ("root", "0") else f"USER {user}")
health = rest_of(final, "HEALTHCHECK")
check("it has a health check", "" if health and "/readyz" in health[0] else "it has none")
check("it starts the service", "" if rest_of(final, "ENTRYPOINT") == ['["rehabd"]'] and rest_of(final, "CMD") == ['["serve"]'] else "no")

installed = set(" ".join(rest_of(final, "RUN")).split())
binary = os.environ.get("REHABD", "build/rehabd")
lacking = needed_packages(binary) - installed if os.path.exists(binary) else {f"{binary} is not built"}
check("the libraries it links are installed", " ".join(sorted(lacking)))

compose = yaml.safe_load(open("docker/compose.yaml", encoding="utf-8"))
services = compose["services"]
check("compose names the four services", "" if set(services) == {"database", "migrate", "prepare", "rehabd"} else str(set(services)))

unknown = [f"{name}.{key}" for name, s in services.items() for key in s if key not in {
    "image", "build", "environment", "volumes", "shm_size", "stop_grace_period", "restart", "healthcheck", "command", "depends_on",
    "ports", "read_only", "cap_drop", "security_opt"}]
check("with words that compose knows", " ".join(unknown))

waits = {name: {d: c["condition"] for d, c in s.get("depends_on", {}).items()} for name, s in services.items()}
expected = {"database": {}, "migrate": {"database": "service_healthy"}, "prepare": {"migrate": "service_completed_successfully"},
            "rehabd": {"prepare": "service_completed_successfully"}}
check("the schema is there before the service starts", "" if waits == expected else str(waits))

context = services["rehabd"]["build"]
dockerfile = os.path.join("docker", context["context"], context["dockerfile"])
check("the image is built from the Dockerfile", "" if os.path.samefile(dockerfile, "docker/Dockerfile") else dockerfile)

commands = subprocess.run([binary, "--help"], capture_output=True, text=True).stdout if os.path.exists(binary) else ""
wrong = [s["command"][0] for s in services.values() if "command" in s and f"  {s['command'][0]} " not in commands]
check("every command is one of rehabd's", " ".join(wrong))

settings = {k for s in services.values() for k in s.get("environment", {}) if k.startswith("REHABD_")}
settings |= {line.split("=")[0] for line in rest_of(final, "ENV")}
known = {"REHABD_" + n.upper() for n in re.findall(r"^CONFIG\((\w+)", open("src/base/config.def", encoding="utf-8").read(), flags=re.M)}
check("every setting is one of config.def", " ".join(sorted(settings - known)))

owners = {name: re.search(r"//(\w+):", s["environment"]["REHABD_DATABASE_URL"]).group(1) for name, s in services.items() if name != "database"}
check("only migrations and their like own the database", "" if owners == {"migrate": "rehab", "prepare": "rehab", "rehabd": "rehab_login"} else str(owners))

volumes = {v.split(":")[0] for s in services.values() for v in s.get("volumes", [])}
files = {v for v in volumes if v.startswith("./")}
check("every volume is declared", " ".join(volumes - files - set(compose["volumes"])))
check("every file is there and can be run", " ".join(f for f in files if not os.access(os.path.join("docker", f), os.X_OK)))

if shutil.which("hadolint"):
    lint = subprocess.run(["hadolint", "docker/Dockerfile"], capture_output=True, text=True)
    check("hadolint finds nothing", lint.stdout.replace("\n", "; "))
else:
    print("# hadolint is not installed, so it was not asked")
print(f"1..{NUMBER}")
