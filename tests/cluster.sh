#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A throw-away PostgreSQL cluster for tests: unix socket only, no fsync, gone when stopped.
#
#   tests/cluster.sh start DIR    makes DIR, starts a cluster in it, prints the URL of its database `rehab`
#   tests/cluster.sh stop DIR     stops it and removes DIR
#
# DIR should be short: a socket path may have 107 bytes. PostgreSQL refuses to run as root, so root drops to another user.
# The work is done in functions called at the end, so that an edit of this file cannot reach a running copy.
set -eu

postgres_bin()
{
    for bin in "${PG_BIN:-}" /usr/lib/postgresql/*/bin; do
        [ -x "$bin/initdb" ] && found=$bin
    done
    [ -n "${found:-}" ] || { echo "cluster.sh: no PostgreSQL server found; set PG_BIN" >&2; exit 1; }
    echo "$found"
}

# Runs a command as a user that PostgreSQL accepts.
as_user()
{
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif id postgres >/dev/null 2>&1; then
        runuser -u postgres -- "$@"
    else
        runuser -u nobody -- "$@"
    fi
}

start()
{
    dir=$1
    bin=$(postgres_bin)
    mkdir -p "$dir"
    chmod 755 "$dir"
    mkdir "$dir/data" "$dir/run"
    if [ "$(id -u)" -eq 0 ]; then
        chown "$(as_user id -un)" "$dir/data" "$dir/run"
    fi
    chmod 700 "$dir/data"
    # The log must not be this script's stdout: whoever reads the URL through a pipe would wait for the server to end.
    cd "$dir"
    as_user "$bin/initdb" -D "$dir/data" -U rehab --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/run.log" 2>&1 ||
        { cat "$dir/run.log" >&2; exit 1; }
    cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir/run'
fsync = off
full_page_writes = off
synchronous_commit = on
shared_buffers = ${SHARED_BUFFERS:-32MB}
max_connections = 120
jit = off
log_min_messages = warning
log_statement_stats = off
CONF
    as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -t 30 start >"$dir/run.log" 2>&1 </dev/null ||
        { cat "$dir/run.log" "$dir/data/log" >&2; exit 1; }
    as_user "$bin/createdb" -h "$dir/run" -U rehab rehab </dev/null
    echo "postgresql:///rehab?host=$dir/run&user=rehab"
}

stop()
{
    dir=$1
    bin=$(postgres_bin)
    cd /
    if [ -f "$dir/data/postmaster.pid" ]; then
        as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    if [ -d "$dir/data" ]; then
        rm -rf "$dir"
    fi
    rmdir "$dir" 2>/dev/null || true
}

main()
{
    case "${1:-}:${2:-}" in
    start:/*) start "$2" ;;
    stop:/*) stop "$2" ;;
    *) echo "usage: $0 start|stop /ABSOLUTE/DIR" >&2; exit 2 ;;
    esac
}

main "$@"
