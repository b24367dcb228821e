#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands that prepare a database, each on one that is thrown away.
set -u

n=0
rehabd=${REHABD:-build/rehabd}

# check TITLE COMMAND...: ok when the command succeeds
check()
{
    n=$((n + 1))
    title=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        echo "ok $n - $title"
    else
        echo "not ok $n - $title"
        sed 's/^/# /' "$work/out"
    fi
}

# says PATTERN STATUS COMMAND...: the command ends with the status and says, in one line, what the pattern means
says()
{
    pattern=$1
    wanted=$2
    shift 2
    "$@" >"$work/said" 2>&1
    status=$?
    cat "$work/said"
    [ "$status" = "$wanted" ] && grep -q "$pattern" "$work/said" && [ "$(wc -l <"$work/said")" -le 2 ]
}

sandbox() { "$rehabd" sandbox "$@"; }
sql() { psql -X -At -v ON_ERROR_STOP=1 "$REHABD_DATABASE_URL" -c "$1"; }

# These run inside a sandbox: this script calls itself with the name of one.
inside_migrate()
{
    count=$(find sql/migrate -name '*.sql' | wc -l)
    [ "$("$rehabd" migrate | tail -n 1)" = "$count applied, the database is at $count" ] &&
        [ "$("$rehabd" migrate | tail -n 1)" = "0 applied, the database is at $count" ]
}

inside_race()
{
    for _ in 1 2 3 4; do "$rehabd" migrate & done >"$work/race"
    wait
    [ "$(grep -c '^[1-9].* applied, ' "$work/race")" = 1 ] && [ "$(grep -c '^0 applied, ' "$work/race")" = 3 ]
}

inside_drift()
{
    sql "update migration.applied set sha256 = sha256('x') where number = 2" >/dev/null
    says 'migration 002_.* was applied in another form' 1 "$rehabd" migrate
}

inside_stranger()
{
    sql "update migration.applied set number = 77 where number = 2" >/dev/null
    says 'another program.s database' 1 "$rehabd" migrate
}

inside_newer()
{
    sql "insert into migration.applied (number, name, sha256) values (999, '999_later.sql', '')" >/dev/null
    says '^0 applied, the database is at 999' 0 "$rehabd" migrate
}

inside_login()
{
    host=$(echo "$REHABD_DATABASE_URL" | sed 's/.*host=\([^&]*\).*/\1/')
    PGHOST=$host POSTGRES_USER=rehab POSTGRES_DB=rehab SERVICE_PASSWORD="it's" docker/login.sh &&
        "$rehabd" migrate || return 1
    said=$(sql "select left(rolpassword, 14), rolcanlogin, rolsuper or rolinherit or rolcreaterole or rolbypassrls,
                       (select string_agg(r.rolname, ' ' order by r.rolname) from pg_roles r where pg_has_role(a.oid, r.oid, 'MEMBER'))
                  from pg_authid a where rolname = 'rehab_login'")
    echo "$said"
    [ "$said" = 'SCRAM-SHA-256$|t|f|rehab_login rehab_sealer rehab_service' ]
}

inside_keys()
{
    says 'no clinic yet' 1 "$rehabd" key list || return 1
    says 'no time zone' 1 "$rehabd" clinic create --name A --zone Mars/Olympus || return 1
    "$rehabd" clinic create --name A --zone Europe/Berlin && "$rehabd" clinic create --name B || return 1
    says 'several clinics' 1 "$rehabd" key list || return 1
    says 'say what the key may do' 1 "$rehabd" key create --clinic A || return 1
    key=$("$rehabd" key create --clinic A --role clinician --scope care:override --label 'front desk' --days 30)
    echo "$key" | grep -Eq '^rhb_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}$' || return 1
    "$rehabd" key list --clinic A | grep -q 'clinician  until .* "front desk"  catalogue:read care:read care:write care:override' || return 1
    [ "$("$rehabd" key list --clinic B)" = '' ] || return 1
    # the secret is nowhere in the database
    [ "$(pg_dump "$REHABD_DATABASE_URL" | grep -c "${key##*_}")" = 0 ] || return 1
    says 'no such key' 1 "$rehabd" key revoke --clinic B "$key" || return 1
    "$rehabd" key revoke --clinic A "$key" && "$rehabd" key list --clinic A | grep -q revoked || return 1
    says 'revoked before' 1 "$rehabd" key revoke --clinic A "$key"
}

inside_seed()
{
    "$rehabd" seed | grep -q ' 0 of them new or changed' || return 1
    [ "$(sql 'select count(*) > 10 from catalogue.measure')" = t ] || return 1
    # the served bytes are those of the file
    sql "select document from catalogue.protocol_version where protocol = 'hamstring-strain-staged'" >"$work/document"
    { cat sql/seed/protocols/hamstring-strain-staged.json && echo; } | cmp - "$work/document" || return 1
    sql "update catalogue.protocol_version set document = document || ' '" >/dev/null
    says 'published with other content' 1 "$rehabd" seed
}

inside_audit()
{
    says 'the audit log is whole' 0 "$rehabd" audit verify
}

inside_older_server()
{
    says 'database_url.*is no address' 1 env REHABD_DATABASE_URL=nonsense "$rehabd" migrate &&
        says 'cannot be reached' 1 env REHABD_DATABASE_URL=postgres://127.0.0.1:1/x "$rehabd" migrate
}

if [ "${1:-}" = inside ]; then
    work=$2
    "inside_$3"
    exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
this=$0

status_of_command() { sandbox --bare sh -c 'exit 7'; [ $? = 7 ]; }
nothing_left()
{
    folder=$(sandbox --bare env | grep ^REHABD_DATABASE_URL= | sed 's/.*host=\(.*\)\/data\/run.*/\1/')
    case $folder in /tmp/rehabd-*) [ ! -e "$folder" ] ;; *) false ;; esac
}

check "sandbox hands on the command's status" status_of_command
check 'sandbox leaves nothing behind' nothing_left
check 'migrations are applied once' sandbox --bare "$this" inside "$work" migrate
check 'of several that migrate at once one does it' sandbox --bare "$this" inside "$work" race
check 'a changed migration is noticed' sandbox --no-seed "$this" inside "$work" drift
check "another program's database is noticed" sandbox --no-seed "$this" inside "$work" stranger
check 'a newer database is left alone' sandbox --no-seed "$this" inside "$work" newer
check 'the login that the containers make fits the migrations' sandbox --bare "$this" inside "$work" login
check 'a database that is not there is one line' sandbox --bare "$this" inside "$work" older_server
check 'clinics and keys' sandbox --no-seed "$this" inside "$work" keys
check 'the catalogue is loaded once, and a published version never changes' sandbox "$this" inside "$work" seed
check 'the audit log is whole' sandbox "$this" inside "$work" audit
echo "1..$n"
