#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The postgres image runs this once, when it makes the database: the role that the service logs in as, with its password. What that
# role may do is said by sql/migrate/005_login.sql.
set -eu

psql --no-psqlrc -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password SERVICE_PASSWORD
CREATE ROLE rehab_login LOGIN NOINHERIT PASSWORD :'password';
SQL
