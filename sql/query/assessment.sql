-- SPDX-License-Identifier: Apache-2.0
--
-- Assessments and their observations. They are never changed: what was wrong is voided, with its reason, and recorded anew.

-- name: record_assessment
-- in:   clinic uuid, episode uuid, version int8, evidence int8, state text, id uuid, occurred_at timestamptz, assessor text,
--       red_flags text[], alarm uuid, measures text[], sides text[], values text[], units text[], values_nano int8[], known int4[], held int4[],
--       trials int4[], activity text, completed bool, prescribed bool, ended_at timestamptz,
--       now timestamptz, actor uuid, actor_role text, request uuid, operation text, event uuid,
--       key text, fingerprint bytea, status int4, etag text, location text, body bytea
-- out:  id uuid
-- many: record_assessments
-- why:  `state` is the episode's state after it, judged on the version and evidence the caller read: when either has moved meanwhile
--       there is no row, and the caller reads and judges again. `red_flags` are those it raises; `alarm` is the id of their event
WITH moved AS (
    UPDATE care.episode
       SET evidence = evidence + 1, state = $5, version = version + CASE WHEN state = $5 THEN 0 ELSE 1 END,
           sessions = sessions + CASE WHEN $19 IS NULL THEN 0 ELSE 1 END
     WHERE clinic_id = $1 AND id = $2 AND version = $3 AND evidence = $4
    RETURNING id
), made AS (
    INSERT INTO care.assessment (clinic_id, id, episode_id, occurred_at, recorded_at, assessor, actor, actor_role, red_flags,
                                 session_activity, session_completed, session_prescribed, session_ended_at)
    SELECT $1, $6, id, $7, $23, $8, $24, $25, $9, $19, $20, $21, $22
      FROM moved
    RETURNING id, episode_id
), observed AS (
    INSERT INTO care.observation (clinic_id, episode_id, occurred_at, assessment_id, place, measure, side, value, unit, value_nano,
                                  qualifiers_known, qualifiers_held, trial, recorded_at, assessor, actor_role)
    SELECT $1, made.episode_id, $7, made.id, o.place, o.measure, o.side, o.value, o.unit, o.value_nano, o.known, o.held, o.trial, $23, $8,
           $25
      FROM made,
           unnest($11, $12, $13, $14, $15, $16, $17, $18)
           WITH ORDINALITY AS o (measure, side, value, unit, value_nano, known, held, trial, place)
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $23, $24, $25, $27, 'assessment', id, $26, sha256($34)
      FROM made
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $28, $23, 'assessment.recorded', 'assessment', id, episode_id
      FROM made
), alarmed AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $10, $23, 'red_flag.raised', 'assessment', id, episode_id
      FROM made
     WHERE cardinality($9) > 0
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $24, $29, $27, $30, $31, $32, $33, $34, $23
      FROM made
)
SELECT id FROM made;

-- name: record_assessments
-- in:   clinic uuid, episode uuid[], version int8[], evidence int8[], state text[], id uuid[], occurred_at timestamptz[], assessor text[],
--       red_flags text[], red_flags_of int4[], alarm uuid[], measures text[], sides text[], values text[], units text[],
--       values_nano int8[], known int4[], held int4[], trials int4[], observations_of int4[], activity text[], completed bool[],
--       prescribed bool[], ended_at timestamptz[],
--       now timestamptz[], actor uuid[], actor_role text[], request uuid[], operation text[], event uuid[],
--       key text[], fingerprint bytea[], status int4[], etag text[], location text[], body bytea[]
-- out:  place int4, id uuid
-- why:  record_assessment for many at once, in the same words: what a statement costs before its first row (its plan made ready, the
--       constraints of its tables read) is then paid once. Episodes are found one by one and by their key, whatever the tables held when
--       the plan was made (OFFSET 0), and so locked in the order they are given. Of two for one episode the first is written: the other
--       has judged on what is no longer so, and finds no row. Observations are told off to their assessments in one pass: an element in
--       the middle of a long text[] is found only by walking there
WITH moved AS (
    UPDATE care.episode e
       SET evidence = evidence + 1, state = $5[place],
           version = version + CASE WHEN state = $5[place] THEN 0 ELSE 1 END,
           sessions = sessions + CASE WHEN $21[place] IS NULL THEN 0 ELSE 1 END
      FROM (SELECT place::int4 AS place, row
              FROM unnest($2) WITH ORDINALITY AS asked (episode, place),
                   LATERAL (SELECT ctid AS row FROM care.episode WHERE clinic_id = $1 AND id = episode OFFSET 0) AS found
             LIMIT cardinality($2)) AS wanted
     WHERE e.ctid = row AND version = $3[place] AND evidence = $4[place]
    RETURNING id, place
), made AS (
    INSERT INTO care.assessment (clinic_id, id, episode_id, occurred_at, recorded_at, assessor, actor, actor_role, red_flags,
                                 session_activity, session_completed, session_prescribed, session_ended_at)
    SELECT $1, $6[place], id, $7[place], $25[place], $8[place], $26[place], $27[place], $9[$10[place] + 1:$10[place + 1]],
           $21[place], $22[place], $23[place], $24[place]
      FROM moved
), observed AS (
    INSERT INTO care.observation (clinic_id, episode_id, occurred_at, assessment_id, place, measure, side, value, unit, value_nano,
                                  qualifiers_known, qualifiers_held, trial, recorded_at, assessor, actor_role)
    SELECT $1, $2[a], $7[a], $6[a], o - $20[a], measure, side, value, unit, value_nano, known, held, trial, $25[a], $8[a], $27[a]
      FROM (SELECT width_bucket(o - 1, $20) AS a, o, measure, side, value, unit, value_nano, known, held, trial
              FROM (SELECT generate_subscripts($12, 1) AS o, unnest($12) AS measure, unnest($13) AS side, unnest($14) AS value,
                           unnest($15) AS unit, unnest($16) AS value_nano, unnest($17) AS known, unnest($18) AS held,
                           unnest($19) AS trial) AS lines
            OFFSET 0) AS lines
     WHERE a = ANY (ARRAY(SELECT place FROM moved))
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $25[place], $26[place], $27[place], $29[place], 'assessment', $6[place], $28[place], sha256($36[place])
      FROM moved
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $30[place], $25[place], 'assessment.recorded', 'assessment', $6[place], id
      FROM moved
), alarmed AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $11[place], $25[place], 'red_flag.raised', 'assessment', $6[place], id
      FROM moved
     WHERE $10[place] < $10[place + 1]
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $26[place], $31[place], $29[place], $32[place], $33[place], $34[place], $35[place], $36[place], $25[place]
      FROM moved
)
SELECT place, $6[place] AS id
  FROM moved
 ORDER BY place;

-- name: void_assessment
-- in:   clinic uuid, episode uuid, version int8, evidence int8, state text, id uuid, reason text, red_flags text[],
--       now timestamptz, actor uuid, actor_role text, request uuid, operation text, event uuid,
--       key text, fingerprint bytea, status int4, etag text, location text, body bytea
-- out:  id uuid
-- why:  guarded as record_assessment. An assessment is voided once: of two that race the later misses the guard
WITH moved AS (
    UPDATE care.episode
       SET evidence = evidence + 1, state = $5, version = version + CASE WHEN state = $5 THEN 0 ELSE 1 END, voids = voids + 1
     WHERE clinic_id = $1 AND id = $2 AND version = $3 AND evidence = $4
       AND EXISTS (SELECT FROM care.assessment a WHERE a.clinic_id = $1 AND a.id = $6 AND a.episode_id = $2)
       AND NOT EXISTS (SELECT FROM care.assessment_void v WHERE v.clinic_id = $1 AND v.episode_id = $2 AND v.assessment_id = $6)
    RETURNING id
), made AS (
    INSERT INTO care.assessment_void (clinic_id, episode_id, assessment_id, recorded_at, reason, actor, actor_role, red_flags)
    SELECT $1, id, $6, $9, $7, $10, $11, $8
      FROM moved
    RETURNING assessment_id AS id, episode_id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $9, $10, $11, $13, 'assessment', id, $12, sha256($20)
      FROM made
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $14, $9, 'assessment.voided', 'assessment', id, episode_id
      FROM made
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $10, $15, $13, $16, $17, $18, $19, $20, $9
      FROM made
)
SELECT id FROM made;

-- name: load_assessment
-- in:   clinic uuid, id uuid
-- out:  id uuid, episode uuid, occurred_at timestamptz, recorded_at timestamptz, assessor text, actor uuid, actor_role text,
--       activity text, completed bool, prescribed bool, ended_at timestamptz, voided_at timestamptz, void_reason text,
--       measure text, side text, value text, unit text, value_nano int8, qualifiers_known int4, qualifiers_held int4, trial int4
-- why:  one row for each observation, in the order in which they were sent; one without a measure when there is none. Voided ones too
SELECT a.id, a.episode_id AS episode, a.occurred_at, a.recorded_at, a.assessor, a.actor, a.actor_role,
       a.session_activity AS activity, a.session_completed AS completed, a.session_prescribed AS prescribed,
       a.session_ended_at AS ended_at, v.recorded_at AS voided_at, v.reason AS void_reason,
       o.measure, o.side, o.value, o.unit, o.value_nano, o.qualifiers_known, o.qualifiers_held, o.trial
  FROM care.assessment a
  LEFT JOIN care.observation o ON o.clinic_id = a.clinic_id AND o.episode_id = a.episode_id AND o.occurred_at = a.occurred_at
       AND o.assessment_id = a.id
  LEFT JOIN care.assessment_void v ON v.clinic_id = a.clinic_id AND v.episode_id = a.episode_id AND v.assessment_id = a.id
 WHERE a.clinic_id = $1 AND a.id = $2
 ORDER BY o.place;

-- name: list_assessments
-- in:   clinic uuid, episode uuid, after_at timestamptz, after_id uuid, most int4
-- out:  id uuid, episode uuid, occurred_at timestamptz, recorded_at timestamptz, assessor text, actor uuid, actor_role text,
--       activity text, completed bool, prescribed bool, ended_at timestamptz, voided_at timestamptz, void_reason text,
--       measure text, side text, value text, unit text, value_nano int8, qualifiers_known int4, qualifiers_held int4, trial int4
-- why:  as load_assessment, for a page of assessments, oldest first. `after_at` is NULL on the first page
SELECT a.id, a.episode_id AS episode, a.occurred_at, a.recorded_at, a.assessor, a.actor, a.actor_role,
       a.session_activity AS activity, a.session_completed AS completed, a.session_prescribed AS prescribed,
       a.session_ended_at AS ended_at, v.recorded_at AS voided_at, v.reason AS void_reason,
       o.measure, o.side, o.value, o.unit, o.value_nano, o.qualifiers_known, o.qualifiers_held, o.trial
  FROM (SELECT *
          FROM care.assessment
         WHERE clinic_id = $1 AND episode_id = $2 AND (occurred_at, id) > (coalesce($3, '-infinity'::timestamptz), $4)
         ORDER BY clinic_id, episode_id, occurred_at, id
         LIMIT $5) a
  LEFT JOIN care.observation o ON o.clinic_id = a.clinic_id AND o.episode_id = a.episode_id AND o.occurred_at = a.occurred_at
       AND o.assessment_id = a.id
  LEFT JOIN care.assessment_void v ON v.clinic_id = a.clinic_id AND v.episode_id = a.episode_id AND v.assessment_id = a.id
 ORDER BY a.occurred_at, a.id, o.place;

-- name: load_observations
-- in:   clinic uuid, episode uuid, as_of timestamptz, known_at timestamptz
-- out:  measure text, side text, value text, unit text, value_nano int8, qualifiers_known int4, qualifiers_held int4, trial int4,
--       assessment uuid, assessor text, actor_role text, occurred_at timestamptz, recorded_at timestamptz
-- why:  the evidence of a decision, oldest first: what was true at as_of and, when known_at is given, was known and not yet voided then
SELECT o.measure, o.side, o.value, o.unit, o.value_nano, o.qualifiers_known, o.qualifiers_held, o.trial,
       o.assessment_id AS assessment, o.assessor, o.actor_role, o.occurred_at, o.recorded_at
  FROM care.observation o
 WHERE o.clinic_id = $1 AND o.episode_id = $2 AND o.occurred_at <= $3
   AND o.recorded_at <= coalesce($4, 'infinity'::timestamptz)
   AND NOT EXISTS (SELECT
                     FROM care.assessment_void v
                    WHERE v.clinic_id = $1 AND v.episode_id = $2 AND v.assessment_id = o.assessment_id
                      AND v.recorded_at <= coalesce($4, 'infinity'::timestamptz))
 ORDER BY o.clinic_id, o.episode_id, o.occurred_at, o.assessment_id, o.place;

-- name: load_sessions
-- in:   clinic uuid, episode uuid, as_of timestamptz, known_at timestamptz
-- out:  activity text, completed bool, prescribed bool, ended_at timestamptz, assessment uuid, occurred_at timestamptz,
--       recorded_at timestamptz
-- why:  what was done and what was missed, oldest first; as load_observations. Asked only where the episode has any
SELECT a.session_activity AS activity, a.session_completed AS completed, a.session_prescribed AS prescribed,
       a.session_ended_at AS ended_at, a.id AS assessment, a.occurred_at, a.recorded_at
  FROM care.assessment a
 WHERE a.clinic_id = $1 AND a.episode_id = $2 AND a.session_activity IS NOT NULL AND a.occurred_at <= $3
   AND a.recorded_at <= coalesce($4, 'infinity'::timestamptz)
   AND NOT EXISTS (SELECT
                     FROM care.assessment_void v
                    WHERE v.clinic_id = $1 AND v.episode_id = $2 AND v.assessment_id = a.id
                      AND v.recorded_at <= coalesce($4, 'infinity'::timestamptz))
 ORDER BY a.clinic_id, a.episode_id, a.occurred_at, a.id;

-- name: load_voids
-- in:   clinic uuid, episode uuid, known_at timestamptz
-- out:  occurred_at timestamptz, recorded_at timestamptz, voided_at timestamptz
-- why:  assessments that were taken back: a move that rested on one is looked at again. Asked only where the episode has any
SELECT a.occurred_at, a.recorded_at, v.recorded_at AS voided_at
  FROM care.assessment_void v
  JOIN care.assessment a ON a.clinic_id = v.clinic_id AND a.id = v.assessment_id
 WHERE v.clinic_id = $1 AND v.episode_id = $2 AND v.recorded_at <= coalesce($3, 'infinity'::timestamptz);
