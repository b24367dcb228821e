-- SPDX-License-Identifier: Apache-2.0
--
-- Transitions: the recorded moves of an episode, each with the decision it rests on.

-- name: record_transition
-- in:   clinic uuid, episode uuid, version int8, evidence int8, state text, track_phases text[], track_entered timestamptz[],
--       track_states text[], ended_at timestamptz, id uuid, seq int4, kind text, track text, from_phase text, to_phase text, red_flags text[],
--       occurred_at timestamptz, reason text, override_code text, override_reason text, decision bytea,
--       now timestamptz, actor uuid, actor_role text, request uuid, operation text, event uuid,
--       key text, fingerprint bytea, status int4, etag text, location text, body bytea
-- out:  id uuid
-- why:  `state`, the columns of its tracks and `ended_at` are the episode after the move. The decision was made on the version
--       and evidence the caller read: when either has moved there is no row. `seq` is unique in the episode besides
WITH moved AS (
    UPDATE care.episode
       SET state = $5, track_phases = $6, track_entered = $7, track_states = $8, ended_at = $9, version = version + 1,
           evidence = evidence + CASE WHEN $12 IN ('clear_red_flag', 'restart') THEN 1 ELSE 0 END
     WHERE clinic_id = $1 AND id = $2 AND version = $3 AND evidence = $4 AND cardinality(track_ids) = cardinality($6)
    RETURNING id, protocol, protocol_version, track_ids
), placed AS (
    UPDATE care.track t
       SET phase = n.phase
      FROM moved, unnest(moved.track_ids, $6) AS n (track, phase)
     WHERE t.clinic_id = $1 AND t.episode_id = moved.id AND t.track = n.track AND t.phase <> n.phase
), made AS (
    INSERT INTO care.transition (clinic_id, episode_id, seq, id, kind, track, from_phase, to_phase, red_flags, occurred_at, recorded_at,
                                 actor, actor_role, reason, override_code, override_reason, protocol, protocol_version, decision)
    SELECT $1, id, $11, $10, $12, $13, $14, $15, $16, $17, $22, $23, $24, $18, $19, $20, protocol, protocol_version, $21
      FROM moved
    RETURNING id, episode_id
), audited AS (
    INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, entity_id, request_id, detail)
    SELECT $1, $22, $23, $24, $26, 'transition', id, $25, sha256($33)
      FROM made
), told AS (
    INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id, episode_id)
    SELECT $1, $27, $22, 'episode.transitioned', 'transition', id, episode_id
      FROM made
), answered AS (
    INSERT INTO trust.idempotency (clinic_id, actor, key, operation, fingerprint, status, etag, location, body, created_at)
    SELECT $1, $23, $28, $26, $29, $30, $31, $32, $33, $22
      FROM made
)
SELECT id FROM made;

-- name: load_transitions
-- in:   clinic uuid, episode uuid, as_of timestamptz, known_at timestamptz
-- out:  seq int4, id uuid, kind text, track text, from_phase text, to_phase text, red_flags text[], occurred_at timestamptz,
--       recorded_at timestamptz, actor uuid, actor_role text, reason text, override_code text, override_reason text
-- many: load_transitions_of_episodes
-- why:  where the episode stood at as_of, as far as it was known at known_at, and what was cleared; without the decisions
SELECT seq, id, kind, track, from_phase, to_phase, red_flags, occurred_at, recorded_at, actor, actor_role, reason, override_code,
       override_reason
  FROM care.transition
 WHERE clinic_id = $1 AND episode_id = $2 AND occurred_at <= $3 AND recorded_at <= coalesce($4, 'infinity'::timestamptz)
 ORDER BY clinic_id, episode_id, seq;

-- name: load_transitions_of_episodes
-- in:   clinic uuid, episode uuid[], as_of timestamptz[], known_at timestamptz[]
-- out:  place int4, seq int4, id uuid, kind text, track text, from_phase text, to_phase text, red_flags text[], occurred_at timestamptz,
--       recorded_at timestamptz, actor uuid, actor_role text, reason text, override_code text, override_reason text
-- why:  load_transitions for many at once; OFFSET 0 as in load_episodes
SELECT place, t.*
  FROM generate_subscripts($2, 1) AS place,
       LATERAL (SELECT seq, id, kind, track, from_phase, to_phase, red_flags, occurred_at, recorded_at, actor, actor_role, reason,
                       override_code, override_reason
                  FROM care.transition
                 WHERE clinic_id = $1 AND episode_id = $2[place] AND occurred_at <= $3[place]
                   AND recorded_at <= coalesce($4[place], 'infinity'::timestamptz)
                 ORDER BY clinic_id, episode_id, seq
                OFFSET 0) AS t
 ORDER BY place, seq;

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
