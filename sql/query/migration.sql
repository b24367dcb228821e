-- SPDX-License-Identifier: Apache-2.0
--
-- What the migration runner says (src/store/migrate.c), on a connection of its own and as the owner of the database.

-- name: lock_migrations
-- out:  locked bool
-- why:  of several starting at once one migrates and the others wait; the session's end gives it back
SELECT true AS locked FROM pg_advisory_lock(hashtext('rehab.migrate'));

-- name: find_migrations
-- out:  there bool
-- why:  a server where nothing is to be done needs no right to make anything
SELECT to_regclass('migration.applied') IS NOT NULL AS there;

-- name: make_migration_schema
-- why:  the record has to be there before the first migration is
CREATE SCHEMA IF NOT EXISTS migration;

-- name: make_migration_table
-- why:  as above
CREATE TABLE IF NOT EXISTS migration.applied (
    number     int4 PRIMARY KEY,
    name       text NOT NULL,
    sha256     bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: list_migrations
-- out:  number int4, name text, sha256 text
-- why:  what was applied, and in which form
SELECT number, name, encode(sha256, 'hex') AS sha256
  FROM migration.applied
 ORDER BY number;

-- name: note_migration
-- in:   number int4, name text, sha256 text
-- why:  in the transaction of the migration itself
INSERT INTO migration.applied (number, name, sha256)
VALUES ($1, $2, decode($3, 'hex'));

-- name: begin_migration
-- why:  a migration happens whole or not at all
BEGIN;

-- name: commit_migration
-- why:  as above
COMMIT;
