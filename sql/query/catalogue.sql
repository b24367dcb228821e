-- SPDX-License-Identifier: Apache-2.0
--
-- The catalogue belongs to no clinic. It is read whole when a worker starts and when NOTIFY catalogue says that it changed.

-- name: list_measures
-- out:  code text, kind text, unit text, low_nano int8, high_nano int8, step_nano int8, sided bool, direction int2, from_vas bool,
--       labels text[], document text, etag text
-- why:  a worker keeps all of them, so that judging an observation needs no read
SELECT code, kind, unit, low_nano, high_nano, step_nano, sided, direction, from_vas, labels, document, etag
  FROM catalogue.measure
 ORDER BY code;

-- name: list_exercises
-- out:  id text, document text, etag text
-- why:  as list_measures
SELECT id, document, etag
  FROM catalogue.exercise
 ORDER BY id;

-- name: list_protocol_versions
-- out:  protocol text, version int4, state text, document text, compiled bytea, etag text, published_at timestamptz
-- why:  retired versions too: patients stay on the version they were enrolled on
SELECT protocol, version, state, document, compiled, etag, published_at
  FROM catalogue.protocol_version
 WHERE state <> 'draft'
 ORDER BY protocol, version;

-- name: save_measure
-- in:   code text, kind text, unit text, low_nano int8, high_nano int8, step_nano int8, sided bool, direction int2, from_vas bool,
--       labels text[], document text, etag text, now timestamptz, actor uuid, actor_role text, request uuid
-- out:  outcome text
-- why:  outcome is `same` or `saved`; the same bytes leave nothing behind, not even an audit row
WITH saved AS (
    INSERT INTO catalogue.measure AS m
           (code, kind, unit, low_nano, high_nano, step_nano, sided, direction, from_vas, labels, document, etag, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (code) DO UPDATE
       SET kind = excluded.kind, unit = excluded.unit, low_nano = excluded.low_nano, high_nano = excluded.high_nano,
           step_nano = excluded.step_nano, sided = excluded.sided, direction = excluded.direction, from_vas = excluded.from_vas,
           labels = excluded.labels, document = excluded.document, etag = excluded.etag, updated_at = excluded.updated_at
     WHERE (m.kind, m.unit, m.low_nano, m.high_nano, m.step_nano, m.sided, m.direction, m.from_vas, m.labels, m.document, m.etag)
           IS DISTINCT FROM
           (excluded.kind, excluded.unit, excluded.low_nano, excluded.high_nano, excluded.step_nano, excluded.sided,
            excluded.direction, excluded.from_vas, excluded.labels, excluded.document, excluded.etag)
    RETURNING code
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_name, request_id, detail)
    SELECT '00000000-0000-0000-0000-000000000000', $13, $14, $15, 'saveMeasure', 'measure', code, $16, sha256(convert_to($11, 'UTF8'))
      FROM saved
), told AS MATERIALIZED (
    SELECT pg_notify('catalogue', '') FROM saved
)
SELECT CASE WHEN EXISTS (SELECT FROM told) THEN 'saved' ELSE 'same' END AS outcome;

-- name: save_exercise
-- in:   id text, document text, etag text, now timestamptz, actor uuid, actor_role text, request uuid
-- out:  outcome text
-- why:  as save_measure
WITH saved AS (
    INSERT INTO catalogue.exercise AS e (id, document, etag, updated_at)
    VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
       SET document = excluded.document, etag = excluded.etag, updated_at = excluded.updated_at
     WHERE (e.document, e.etag) IS DISTINCT FROM (excluded.document, excluded.etag)
    RETURNING id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_name, request_id, detail)
    SELECT '00000000-0000-0000-0000-000000000000', $4, $5, $6, 'saveExercise', 'exercise', id, $7, sha256(convert_to($2, 'UTF8'))
      FROM saved
), told AS MATERIALIZED (
    SELECT pg_notify('catalogue', '') FROM saved
)
SELECT CASE WHEN EXISTS (SELECT FROM told) THEN 'saved' ELSE 'same' END AS outcome;

-- name: publish_protocol_version
-- in:   protocol text, version int4, document text, compiled bytea, etag text, now timestamptz,
--       actor uuid, actor_role text, request uuid
-- out:  outcome text
-- why:  a published version never changes. Outcome: `published` when it is new; `same` when it stands with these bytes; `compiled`
--       when only the form of its block is newer; `other` when it stands with other bytes, and then nothing is written
WITH standing AS (
    SELECT document, compiled FROM catalogue.protocol_version WHERE protocol = $1 AND version = $2
), named AS (
    INSERT INTO catalogue.protocol (id, created_at)
    SELECT $1, $6 WHERE NOT EXISTS (SELECT FROM standing)
        ON CONFLICT DO NOTHING
), published AS (
    INSERT INTO catalogue.protocol_version (protocol, version, state, document, compiled, etag, created_at, published_at)
    SELECT $1, $2, 'published', $3, $4, $5, $6, $6 WHERE NOT EXISTS (SELECT FROM standing)
    RETURNING protocol
), compiled AS (
    UPDATE catalogue.protocol_version v
       SET compiled = $4
      FROM standing s
     WHERE v.protocol = $1 AND v.version = $2 AND s.document = $3 AND s.compiled <> $4
    RETURNING v.protocol
), changed AS (
    SELECT 'publishProtocolVersion' AS action FROM published
     UNION ALL
    SELECT 'compileProtocolVersion' FROM compiled
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_name, request_id, detail)
    SELECT '00000000-0000-0000-0000-000000000000', $6, $7, $8, action, 'protocol_version', $1 || '/' || $2::text, $9,
           sha256(convert_to($3, 'UTF8'))
      FROM changed
), told AS MATERIALIZED (
    SELECT pg_notify('catalogue', '') FROM changed
)
SELECT CASE WHEN EXISTS (SELECT FROM published) AND EXISTS (SELECT FROM told) THEN 'published'
            WHEN EXISTS (SELECT FROM compiled) AND EXISTS (SELECT FROM told) THEN 'compiled'
            WHEN EXISTS (SELECT FROM standing WHERE document = $3) THEN 'same'
            ELSE 'other' END AS outcome;
