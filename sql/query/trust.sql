-- SPDX-License-Identifier: Apache-2.0
--
-- Clinics and keys, answers kept for retries, readiness.

-- name: find_key
-- in:   key uuid
-- out:  clinic uuid, zone text, digest bytea, role text, scopes text[], expires_at timestamptz, revoked_at timestamptz
-- why:  asked before a clinic is known; the caller compares the digest and judges the times
SELECT clinic, zone, digest, role, scopes, expires_at, revoked_at
  FROM trust.find_key($1);

-- name: list_clinics
-- out:  clinic uuid, name text, zone text, created_at timestamptz
-- why:  for the operator's command line, which names a clinic before it acts for it
SELECT clinic, name, zone, created_at
  FROM trust.list_clinics();

-- name: create_clinic
-- in:   clinic uuid, name text, zone text, now timestamptz, actor uuid, actor_role text, request uuid
-- out:  clinic uuid
-- why:  run for the new clinic itself, so that the fence lets the row in
WITH made AS (
    INSERT INTO trust.clinic (clinic_id, name, zone, created_at)
    VALUES ($1, $2, $3, $4)
    RETURNING clinic_id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $4, $5, $6, 'createClinic', 'clinic', clinic_id, $7, sha256(convert_to($2 || chr(10) || $3, 'UTF8'))
      FROM made
)
SELECT clinic_id AS clinic FROM made;

-- name: create_key
-- in:   clinic uuid, id uuid, digest bytea, role text, scopes text[], label text, now timestamptz, expires_at timestamptz,
--       actor uuid, actor_role text, request uuid
-- out:  id uuid
-- why:  only the digest of the secret is kept
WITH made AS (
    INSERT INTO trust.api_key (clinic_id, id, digest, role, scopes, label, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    RETURNING id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $7, $9, $10, 'createKey', 'api_key', id, $11,
           sha256(convert_to($4 || chr(10) || array_to_string($5, ' ') || chr(10) || $6, 'UTF8'))
      FROM made
)
SELECT id FROM made;

-- name: list_keys
-- in:   clinic uuid
-- out:  id uuid, role text, scopes text[], label text, created_at timestamptz, expires_at timestamptz, revoked_at timestamptz
-- why:  for the operator; nothing here helps to guess a secret
SELECT id, role, scopes, label, created_at, expires_at, revoked_at
  FROM trust.api_key
 WHERE clinic_id = $1
 ORDER BY created_at, id;

-- name: revoke_key
-- in:   clinic uuid, id uuid, now timestamptz, actor uuid, actor_role text, request uuid
-- out:  id uuid
-- why:  no row when there is no such key or it was revoked before
WITH revoked AS (
    UPDATE trust.api_key
       SET revoked_at = $3
     WHERE clinic_id = $1 AND id = $2 AND revoked_at IS NULL
    RETURNING id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $3, $4, $5, 'revokeKey', 'api_key', id, $6, sha256(''::bytea)
      FROM revoked
)
SELECT id FROM revoked;

-- name: find_answer
-- in:   clinic uuid, actor uuid, key text
-- out:  operation text, fingerprint bytea, status int4, etag text, location text, body bytea
-- why:  a repeated request gets its first answer; a commit whose outcome is unknown is known by this row
SELECT operation, fingerprint, status, etag, location, body
  FROM trust.idempotency
 WHERE clinic_id = $1 AND actor = $2 AND key = $3;

-- name: check_ready
-- out:  migration int4, migrations int4, standby bool, server text
-- why:  the database answers, and its schema is the one this binary was built with
SELECT coalesce(max(number), 0) AS migration, count(*)::int4 AS migrations, pg_is_in_recovery() AS standby,
       current_setting('server_version') AS server
  FROM migration.applied;
