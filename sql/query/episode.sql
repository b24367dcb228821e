-- SPDX-License-Identifier: Apache-2.0
--
-- Episodes. load_episode is the most frequent statement of all: one row by its primary key, and nothing else to look up.
-- Lists go forward by id, which is the order of enrolment: `after` is the last id of the page before, or nil.

-- name: create_episode
-- in:   clinic uuid, id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date,
--       surgery_date date, stratum_names text[], stratum_values text[], track_ids text[], track_phases text[],
--       track_entered timestamptz[], started_at timestamptz,
--       now timestamptz, actor uuid, actor_role text, request uuid, operation text, event uuid,
--       key text, fingerprint bytea, status int4, etag text, location text, body bytea
-- out:  id uuid
-- why:  no row when the clinic has no such patient
WITH made AS (
    INSERT INTO care.episode (clinic_id, id, patient_id, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
                              stratum_names, stratum_values, state, track_ids, track_phases, track_entered, started_at,
                              created_at, birth_date)
    SELECT $1, $2, p.id, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12, $13, $14, $15, $16, p.birth_date
      FROM care.patient p
     WHERE p.clinic_id = $1 AND p.id = $3
    RETURNING id
), placed AS (
    INSERT INTO care.track (clinic_id, episode_id, track, phase)
    SELECT $1, made.id, t.track, t.phase
      FROM made, unnest($12, $13) AS t (track, phase)
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $16, $17, $18, $20, 'episode', id, $19, sha256($27)
      FROM made
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $21, $16, 'episode.created', 'episode', id, id
      FROM made
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $17, $22, $20, $23, $24, $25, $26, $27, $16
      FROM made
)
SELECT id FROM made;

-- name: load_episode
-- in:   clinic uuid, id uuid
-- out:  id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date, surgery_date date,
--       stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[], track_entered timestamptz[],
--       track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz, ended_at timestamptz,
--       birth_date date, sessions int4, voids int4
-- many: load_episodes
-- why:  every operation on an episode begins here; a later write must still find this version and this evidence
SELECT id, patient_id AS patient, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
       stratum_names, stratum_values, state, track_ids, track_phases, track_entered,
       track_states, version, evidence, started_at, created_at, ended_at, birth_date, sessions, voids
  FROM care.episode
 WHERE clinic_id = $1 AND id = $2;

-- name: load_episodes
-- in:   clinic uuid, id uuid[]
-- out:  place int4, id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date,
--       surgery_date date, stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[],
--       track_entered timestamptz[], track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz,
--       ended_at timestamptz, birth_date date, sessions int4, voids int4
-- why:  load_episode for many at once. OFFSET 0 keeps each a question of its own, answered from the index, whatever the tables held when
--       the plan was made
SELECT place, e.*
  FROM generate_subscripts($2, 1) AS place,
       LATERAL (SELECT id, patient_id AS patient, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
                       stratum_names, stratum_values, state, track_ids, track_phases, track_entered,
                       track_states, version, evidence, started_at, created_at, ended_at, birth_date, sessions, voids
                  FROM care.episode
                 WHERE clinic_id = $1 AND id = $2[place]
                OFFSET 0) AS e
 ORDER BY place;

-- name: list_episodes
-- in:   clinic uuid, after uuid, most int4
-- out:  id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date, surgery_date date,
--       stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[], track_entered timestamptz[],
--       track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz, ended_at timestamptz
-- why:  all of a clinic's
SELECT id, patient_id AS patient, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
       stratum_names, stratum_values, state, track_ids, track_phases, track_entered,
       track_states, version, evidence, started_at, created_at, ended_at
  FROM care.episode
 WHERE clinic_id = $1 AND id > $2
 ORDER BY clinic_id, id
 LIMIT $3;

-- name: list_episodes_of_patient
-- in:   clinic uuid, after uuid, most int4, patient uuid, state text, protocol text, phase text
-- out:  id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date, surgery_date date,
--       stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[], track_entered timestamptz[],
--       track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz, ended_at timestamptz
-- why:  a patient has few: the other filters, when there, look at each
SELECT id, patient_id AS patient, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
       stratum_names, stratum_values, state, track_ids, track_phases, track_entered,
       track_states, version, evidence, started_at, created_at, ended_at
  FROM care.episode
 WHERE clinic_id = $1 AND id > $2 AND patient_id = $4
   AND ($5 IS NULL OR state = $5) AND ($6 IS NULL OR protocol = $6) AND ($7 IS NULL OR $7 = ANY (track_phases))
 ORDER BY clinic_id, patient_id, id
 LIMIT $3;

-- name: list_episodes_by_phase
-- in:   clinic uuid, after uuid, most int4, phase text, state text, protocol text
-- out:  id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date, surgery_date date,
--       stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[], track_entered timestamptz[],
--       track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz, ended_at timestamptz
-- why:  who stands in this phase; found through care.track, in order
SELECT e.id, e.patient_id AS patient, e.protocol, e.protocol_version, e.protocol_etag, e.side, e.onset_date, e.surgery_date,
       e.stratum_names, e.stratum_values, e.state, e.track_ids, e.track_phases, e.track_entered,
       e.track_states, e.version, e.evidence, e.started_at, e.created_at, e.ended_at
  FROM (SELECT DISTINCT t.clinic_id, t.episode_id
          FROM care.track t
         WHERE t.clinic_id = $1 AND t.phase = $4 AND t.episode_id > $2
         ORDER BY t.clinic_id, t.episode_id) t
  JOIN care.episode e ON e.clinic_id = t.clinic_id AND e.id = t.episode_id
 WHERE ($5 IS NULL OR e.state = $5) AND ($6 IS NULL OR e.protocol = $6)
 ORDER BY t.episode_id
 LIMIT $3;

-- name: list_episodes_by_state
-- in:   clinic uuid, after uuid, most int4, state text, protocol text
-- out:  id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date, surgery_date date,
--       stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[], track_entered timestamptz[],
--       track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz, ended_at timestamptz
-- why:  who is stopped, on hold, active
SELECT id, patient_id AS patient, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
       stratum_names, stratum_values, state, track_ids, track_phases, track_entered,
       track_states, version, evidence, started_at, created_at, ended_at
  FROM care.episode
 WHERE clinic_id = $1 AND state = $4 AND id > $2 AND ($5 IS NULL OR protocol = $5)
 ORDER BY clinic_id, state, id
 LIMIT $3;

-- name: list_episodes_by_protocol
-- in:   clinic uuid, after uuid, most int4, protocol text
-- out:  id uuid, patient uuid, protocol text, protocol_version int4, protocol_etag text, side text, onset_date date, surgery_date date,
--       stratum_names text[], stratum_values text[], state text, track_ids text[], track_phases text[], track_entered timestamptz[],
--       track_states text[], version int8, evidence int8, started_at timestamptz, created_at timestamptz, ended_at timestamptz
-- why:  everyone on one protocol, whatever the version
SELECT id, patient_id AS patient, protocol, protocol_version, protocol_etag, side, onset_date, surgery_date,
       stratum_names, stratum_values, state, track_ids, track_phases, track_entered,
       track_states, version, evidence, started_at, created_at, ended_at
  FROM care.episode
 WHERE clinic_id = $1 AND protocol = $4 AND id > $2
 ORDER BY clinic_id, protocol, id
 LIMIT $3;

-- name: list_timeline
-- in:   clinic uuid, episode uuid, after_at timestamptz, after_id uuid, most int4
-- out:  occurred_at timestamptz, id uuid, kind text, recorded_at timestamptz, move text, from_phase text, to_phase text,
--       observations int4, red_flags text[], overridden bool, activity text, completed bool
-- why:  an episode's story, oldest first. Each part is cut to the page before they are merged. `after_at` is NULL on the first page.
--       `red_flags` are those that an assessment raised, that fell when it was voided, that a transition cleared
WITH enrolment AS (
    SELECT started_at AS occurred_at, id, 'enrolment' AS kind, created_at AS recorded_at, NULL::text AS move,
           NULL::text AS from_phase, NULL::text AS to_phase, 0 AS observations, NULL::text[] AS red_flags, false AS overridden,
           NULL::text AS activity, NULL::bool AS completed
      FROM care.episode
     WHERE clinic_id = $1 AND id = $2 AND (started_at, id) > (coalesce($3, '-infinity'::timestamptz), $4)
), assessed AS (
    SELECT a.occurred_at, a.id, 'assessment', a.recorded_at, NULL, NULL, NULL, o.n, a.red_flags, false, a.session_activity,
           a.session_completed
      FROM (SELECT *
              FROM care.assessment
             WHERE clinic_id = $1 AND episode_id = $2 AND (occurred_at, id) > (coalesce($3, '-infinity'::timestamptz), $4)
             ORDER BY clinic_id, episode_id, occurred_at, id
             LIMIT $5) a
     CROSS JOIN LATERAL (SELECT count(*)::int4 AS n
                           FROM care.observation o
                          WHERE o.clinic_id = a.clinic_id AND o.episode_id = a.episode_id AND o.occurred_at = a.occurred_at
                            AND o.assessment_id = a.id) o
), voided AS (
    SELECT recorded_at, assessment_id, 'assessment_voided', recorded_at, NULL, NULL, NULL, 0, red_flags, false, NULL, NULL::bool
      FROM care.assessment_void
     WHERE clinic_id = $1 AND episode_id = $2 AND (recorded_at, assessment_id) > (coalesce($3, '-infinity'::timestamptz), $4)
     ORDER BY recorded_at, assessment_id
     LIMIT $5
), moved AS (
    SELECT occurred_at, id, 'transition', recorded_at, kind, from_phase, to_phase, 0, red_flags, override_code IS NOT NULL,
           NULL, NULL::bool
      FROM care.transition
     WHERE clinic_id = $1 AND episode_id = $2 AND (occurred_at, id) > (coalesce($3, '-infinity'::timestamptz), $4)
     ORDER BY occurred_at, id
     LIMIT $5
)
SELECT * FROM enrolment
 UNION ALL
SELECT * FROM assessed
 UNION ALL
SELECT * FROM voided
 UNION ALL
SELECT * FROM moved
 ORDER BY 1, 2
 LIMIT $5;
