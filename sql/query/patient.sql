-- SPDX-License-Identifier: Apache-2.0
--
-- Patients and the identifiers a clinic knows them by.
--
-- A write is one statement, here and in the other files of care: the effect, its audit row, its event and the answer kept for retries
-- stand or fall together. Its last twelve parameters are always the same: who asks, when, for what, and the answer as it will leave.
-- It returns one row when it took effect and none when its guard found the world changed.

-- name: create_patient
-- in:   clinic uuid, id uuid, birth_date date, sex text, label text, systems text[], values text[],
--       now timestamptz, actor uuid, actor_role text, request uuid, operation text, event uuid,
--       key text, fingerprint bytea, status int4, etag text, location text, body bytea
-- out:  id uuid
-- why:  no row when one of the identifiers is taken; find_patient then tells by whom. Two that race meet in the primary key
WITH made AS (
    INSERT INTO care.patient (clinic_id, id, birth_date, sex, label, created_at)
    SELECT $1, $2, $3, $4, $5, $8
     WHERE NOT EXISTS (SELECT
                         FROM unnest($6, $7) AS i (system, value)
                        WHERE (SELECT true
                                 FROM care.patient_identifier p
                                WHERE p.clinic_id = $1 AND p.system = i.system AND p.value = i.value))
    RETURNING id
), identified AS (
    INSERT INTO care.patient_identifier (clinic_id, system, value, patient_id, place)
    SELECT $1, i.system, i.value, made.id, i.place
      FROM made, unnest($6, $7) WITH ORDINALITY AS i (system, value, place)
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $8, $9, $10, $12, 'patient', id, $11, sha256($19)
      FROM made
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $13, $8, 'patient.created', 'patient', id, NULL::uuid
      FROM made
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $9, $14, $12, $15, $16, $17, $18, $19, $8
      FROM made
)
SELECT id FROM made;

-- name: load_patient
-- in:   clinic uuid, id uuid
-- out:  id uuid, birth_date date, sex text, label text, version int8, created_at timestamptz, systems text[], values text[]
-- why:  identifiers in the order in which they were sent
SELECT p.id, p.birth_date, p.sex, p.label, p.version, p.created_at, i.systems, i.values
  FROM care.patient p
 CROSS JOIN LATERAL (SELECT array_agg(system ORDER BY place) AS systems, array_agg(value ORDER BY place) AS values
                       FROM care.patient_identifier i
                      WHERE i.clinic_id = p.clinic_id AND i.patient_id = p.id) i
 WHERE p.clinic_id = $1 AND p.id = $2;

-- name: list_patients
-- in:   clinic uuid, after uuid, most int4
-- out:  id uuid, birth_date date, sex text, label text, version int8, created_at timestamptz, systems text[], values text[]
-- why:  all of a clinic's, in the order in which they were recorded; `after` is the last id of the page before, or nil
SELECT p.id, p.birth_date, p.sex, p.label, p.version, p.created_at, i.systems, i.values
  FROM care.patient p
 CROSS JOIN LATERAL (SELECT array_agg(system ORDER BY place) AS systems, array_agg(value ORDER BY place) AS values
                       FROM care.patient_identifier i
                      WHERE i.clinic_id = p.clinic_id AND i.patient_id = p.id) i
 WHERE p.clinic_id = $1 AND p.id > $2
 ORDER BY p.clinic_id, p.id
 LIMIT $3;

-- name: find_patient
-- in:   clinic uuid, systems text[], values text[]
-- out:  id uuid
-- why:  whom one of these identifiers belongs to; the first of them that is taken answers. One look-up in the primary key for each,
--       whatever the planner thinks of the size of the table (a subquery in the list of columns is never made a join)
SELECT t.id
  FROM (SELECT i.place, (SELECT p.patient_id
                           FROM care.patient_identifier p
                          WHERE p.clinic_id = $1 AND p.system = i.system AND p.value = i.value) AS id
          FROM unnest($2, $3) WITH ORDINALITY AS i (system, value, place)) t
 WHERE t.id IS NOT NULL
 ORDER BY t.place
 LIMIT 1;
