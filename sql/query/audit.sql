-- SPDX-License-Identifier: Apache-2.0
--
-- The audit log is sealed and verified over a connection of its own (src/store/audit.c), as rehab_sealer.
-- 003_trust.sql says what the digests cover.

-- name: seal_audit
-- in:   most int4
-- out:  rows int4
-- why:  links what is settled into one block; 0 when nothing is, or another process is at it
SELECT trust.seal_audit($1) AS rows;

-- name: measure_unsealed
-- out:  age_s int8
-- why:  how long the oldest row waits for its block; 0: none does
SELECT greatest(coalesce(extract(epoch FROM now() - min(a.at)), 0), 0)::int8 AS age_s
  FROM trust.audit a
 WHERE a.xid >= coalesce((SELECT b.horizon FROM trust.audit_block b ORDER BY b.block DESC LIMIT 1), '0'::xid8);

-- name: clear_answers
-- in:   age_s int4, most int4
-- out:  rows int4
-- why:  answers are kept for retries of one day; a few at a time, so that the deletion is never felt
WITH old AS (
    SELECT clinic_id, actor, key FROM trust.idempotency WHERE created_at < now() - make_interval(secs => $1) ORDER BY created_at LIMIT $2
), cleared AS (
    DELETE FROM trust.idempotency i USING old o
     WHERE i.clinic_id = o.clinic_id AND i.actor = o.actor AND i.key = o.key
    RETURNING 1
)
SELECT count(*)::int4 AS rows FROM cleared;

-- name: become_sealer
-- out:  role text
-- why:  the role that may see the log of every clinic, and change nothing in it
SELECT set_config('role', 'rehab_sealer', false) AS role;

-- name: begin_verification
-- why:  rows and blocks are compared as of one instant, while sealing goes on
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: end_verification
-- why:  as above
ROLLBACK;

-- name: list_audit_blocks
-- out:  block int8, previous bytea, sealed_at timestamptz, horizon int8, rows int4, seqs bytea, digests bytea, hash bytea
-- why:  the chain, as it was linked, in the form that was hashed
SELECT b.block, b.previous, b.sealed_at, b.horizon::text::int8 AS horizon, cardinality(b.seqs) AS rows, s.seqs, s.digests, b.hash
  FROM trust.audit_block b
 CROSS JOIN LATERAL (SELECT string_agg(int8send(s.seq), ''::bytea ORDER BY s.place) AS seqs,
                            string_agg(s.digest, ''::bytea ORDER BY s.place) AS digests
                       FROM unnest(b.seqs, b.digests) WITH ORDINALITY AS s (seq, digest, place)) s
 ORDER BY b.block;

-- name: list_audit_rows
-- in:   horizon int8
-- out:  block int8, sealed_seq int8, digest bytea, seq int8, settled bool, clinic uuid, at timestamptz, actor uuid, actor_role text,
--       action text, entity text, entity_id uuid, entity_name text, request uuid, detail bytea
-- why:  every digest of every block beside the row it names. A digest without a row is a deletion; a row without a digest is an
--       insertion when it is settled, and else waits for the next block
SELECT s.block, s.seq AS sealed_seq, s.digest, a.seq, a.xid < $1::text::xid8 AS settled, a.clinic_id AS clinic, a.at, a.actor,
       a.actor_role, a.action, a.entity, a.entity_id, a.entity_name, a.request_id AS request, a.detail
  FROM (SELECT b.block, u.seq, u.digest
          FROM trust.audit_block b
         CROSS JOIN LATERAL unnest(b.seqs, b.digests) AS u (seq, digest)) s
  FULL JOIN trust.audit a ON a.seq = s.seq
 ORDER BY coalesce(s.seq, a.seq), s.block;
