#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Install the Debian packages that a task needs and this machine lacks:
#
#   docker/packages.sh core|product|identity|build|run|test|bench|lint [--list]
#
# Each task needs its own packages and those of the tasks before it. Nothing missing: nothing is
# done, and no network is needed. --list only prints the names. The Makefile and the Dockerfile
# both ask here, so that there is one list.
set -eu

# task, package, why
needs() {
    cat <<'LIST'
core  gcc                   compiles C
core  libc6-dev             headers and start files of the C library
core  binutils              archives and links
product clang-14            compiles the core for WebAssembly
product lld-14              links that
product binaryen            makes that smaller
identity gcc-aarch64-linux-gnu  compiles the core for another machine
identity libc6-dev-arm64-cross  what its program needs there
identity qemu-user              runs that program here
build libmicrohttpd-dev     speaks HTTP
build libjansson-dev        reads JSON
build libpq-dev             speaks to PostgreSQL
build libinih-dev           reads the settings file
build libssl-dev            SHA-256
build libdeflate-dev        compresses what is served often
build python3               turns the contract from YAML into JSON
build python3-yaml          reads the contract
run   postgresql-15         keeps the data, in a private cluster
run   tzdata                knows the clinics' time zones
run   curl                  asks the service whether it is ready
test  libcmocka-dev         runs unit tests in C
test  g++                   proves that the public headers are C++ too
test  nodejs                plays the WebAssembly build, and is the peer of the core in the benchmark
test  pkg-config            finds the library where it was installed
test  jq                    reads answers, as the README shows it
test  python3-jsonschema    holds answers against the contract
test  git                   lists the files of the tree
test  clang-19              shows that each condition of a rule decides (MC/DC), and fuzzes
test  libclang-rt-19-dev    counts for the one, watches during the other
test  llvm-19               reads what was counted
bench wrk                   puts load on the service and on nginx
bench nginx-light           the peer that serves a file
bench npm                   fetches json-logic-engine, that peer
lint  clang-14              the second compiler
lint  clang-format-14       layout of the C
lint  clang-tidy-14         questionable C
lint  cppcheck              questionable C, asked differently
lint  shellcheck            questionable shell
LIST
}

wanted() {
    case $1 in
    core) tasks='core' ;;
    product) tasks='core product' ;;
    identity) tasks='core product identity' ;;
    build) tasks='core build' ;;
    run) tasks='core build run' ;;
    test) tasks='core build run test' ;;
    bench) tasks='core build run test bench' ;;
    lint) tasks='core build run test lint' ;;
    *) echo "usage: docker/packages.sh core|product|identity|build|run|test|bench|lint [--list]" >&2 && exit 2 ;;
    esac
    needs | while read -r task package why; do
        case " $tasks " in *" $task "*) echo "$package $why" ;; esac
    done
}

# Some builds of nodejs bring npm along.
installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ||
        { [ "$1" = npm ] && command -v npm >/dev/null; }
}

missing() {
    wanted "$1" | while read -r package why; do
        installed "$package" || echo "$package $why"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "not root, and there is no sudo here; as root, type: apt-get install $names" >&2
        exit 1
    fi
}

# Debian starts a cluster on port 5432 when the server is installed. Ours is private: no such thing.
no_main_cluster() {
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
}

[ "${2:-}" = --list ] && wanted "$1" | cut -d' ' -f1 && exit
command -v dpkg-query >/dev/null || exit 0 # not Debian: the compiler will say what is missing

lacking=$(missing "$1")
[ -n "$lacking" ] || exit 0

names=$(echo "$lacking" | cut -d' ' -f1 | tr '\n' ' ')
echo 'These Debian packages are missing and will be installed:'
echo "$lacking" | sed 's/^\([^ ]*\) \(.*\)/  \1: \2/'
case $names in *postgresql-*) no_main_cluster ;; esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_all() {
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $names >"$log" 2>&1
}
install_all || { as_root apt-get update -qq && install_all; } || {
    cat "$log" >&2
    exit 1
}
