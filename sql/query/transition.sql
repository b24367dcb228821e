-- SPDX-License-Identifier: Apache-2.0
--
-- Transitions: the recorded moves of an episode, each with the decision it rests on.

-- name: record_transition
-- in:   clinic uuid, episode uuid, version int8, evidence int8, state text, track_phases text[], track_entered timestamptz[],
--       ended_at timestamptz, id uuid, seq int4, kind text, track text, from_phase text, to_phase text, red_flags text[],
--       occurred_at timestamptz, reason text, override_code text, override_reason text, decision bytea,
--       now timestamptz, actor uuid, actor_role text, request uuid, operation text, event uuid,
--       key text, fingerprint bytea, status int4, etag text, location text, body bytea
-- out:  id uuid
-- why:  `state`, `track_phases`, `track_entered` and `ended_at` are the episode after the move. The decision was made on the version
--       and evidence the caller read: when either has moved there is no row. `seq` is unique in the episode besides
WITH moved AS (
    UPDATE care.episode
       SET state = $5, track_phases = $6, track_entered = $7, ended_at = $8, version = version + 1,
           evidence = evidence + CASE WHEN $11 = 'clear_red_flag' THEN 1 ELSE 0 END
     WHERE clinic_id = $1 AND id = $2 AND version = $3 AND evidence = $4 AND cardinality(track_ids) = cardinality($6)
    RETURNING id, protocol, protocol_version
), placed AS (
    UPDATE care.track t
       SET phase = $14
      FROM moved
     WHERE t.clinic_id = $1 AND t.episode_id = moved.id AND t.track = $12 AND $14 IS NOT NULL AND t.phase <> $14
), made AS (
    INSERT INTO care.transition (clinic_id, episode_id, seq, id, kind, track, from_phase, to_phase, red_flags, occurred_at, recorded_at,
                                 actor, actor_role, reason, override_code, override_reason, protocol, protocol_version, decision)
    SELECT $1, id, $10, $9, $11, $12, $13, $14, $15, $16, $21, $22, $23, $17, $18, $19, protocol, protocol_version, $20
      FROM moved
    RETURNING id, episode_id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $21, $22, $23, $25, 'transition', id, $24, sha256($32)
      FROM made
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $26, $21, 'episode.transitioned', 'transition', id, episode_id
      FROM made
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $22, $27, $25, $28, $29, $30, $31, $32, $21
      FROM made
)
SELECT id FROM made;

-- name: load_transitions
-- in:   clinic uuid, episode uuid, as_of timestamptz, known_at timestamptz
-- out:  seq int4, id uuid, kind text, track text, from_phase text, to_phase text, red_flags text[], occurred_at timestamptz,
--       recorded_at timestamptz, actor uuid, actor_role text, reason text, override_code text, override_reason text
-- why:  where the episode stood at as_of, as far as it was known at known_at, and what was cleared; without the decisions
SELECT seq, id, kind, track, from_phase, to_phase, red_flags, occurred_at, recorded_at, actor, actor_role, reason, override_code,
       override_reason
  FROM care.transition
 WHERE clinic_id = $1 AND episode_id = $2 AND occurred_at <= $3 AND recorded_at <= coalesce($4, 'infinity'::timestamptz)
 ORDER BY clinic_id, episode_id, seq;

-- name: list_transitions
-- in:   clinic uuid, episode uuid, after_seq int4, most int4, with_decision bool
-- out:  seq int4, id uuid, kind text, track text, from_phase text, to_phase text, red_flags text[], occurred_at timestamptz,
--       recorded_at timestamptz, actor uuid, actor_role text, reason text, override_code text, override_reason text, decision bytea
-- why:  in the order in which they were recorded. A decision is long, so it comes only when asked for
SELECT seq, id, kind, track, from_phase, to_phase, red_flags, occurred_at, recorded_at, actor, actor_role, reason, override_code,
       override_reason, CASE WHEN $5 THEN decision END AS decision
  FROM care.transition
 WHERE clinic_id = $1 AND episode_id = $2 AND seq > $3
 ORDER BY clinic_id, episode_id, seq
 LIMIT $4;
