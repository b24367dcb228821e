-- SPDX-License-Identifier: Apache-2.0
--
-- The audit log is sealed and verified over a connection of its own (src/store/audit.c), the first two as rehab_sealer, the others by
-- the operator. 003_trust.sql says what the digests cover.

-- name: seal_audit
-- in:   most int4
-- out:  rows int4
-- why:  links what is settled into one block; 0 when nothing is, or another process is at it
SELECT trust.seal_audit($1) AS rows;

-- name: clear_answers
-- in:   before timestamptz, most int4
-- out:  rows int4
-- why:  answers are kept for retries of one day; a few at a time, so that the deletion is never felt
WITH old AS (
    SELECT clinic_id, actor, key FROM trust.idempotency WHERE created_at < $1 LIMIT $2
), cleared AS (
    DELETE FROM trust.idempotency i USING old o
     WHERE i.clinic_id = o.clinic_id AND i.actor = o.actor AND i.key = o.key
    RETURNING 1
)
SELECT count(*)::int4 AS rows FROM cleared;

-- name: list_audit_blocks
-- out:  block int8, previous bytea, sealed_at timestamptz, horizon text, seqs int8[], digests bytea, hash bytea
-- why:  the chain, as it was linked
SELECT block, previous, sealed_at, horizon::text, seqs, digests, hash
  FROM trust.audit_block
 ORDER BY block;

-- name: list_audit_rows
-- in:   horizon text
-- out:  block int8, sealed_seq int8, digest bytea, seq int8, settled bool, clinic uuid, at timestamptz, actor uuid, actor_role text,
--       action text, entity text, entity_id uuid, entity_name text, request uuid, detail bytea
-- why:  every digest of every block beside the row it names. A digest without a row is a deletion; a row without a digest is an
--       insertion when it is settled, and else waits for the next block
WITH sealed AS (
    SELECT b.block, s.seq, substr(b.digests, (s.place::int4 - 1) * 32 + 1, 32) AS digest
      FROM trust.audit_block b
     CROSS JOIN LATERAL unnest(b.seqs) WITH ORDINALITY AS s (seq, place)
)
SELECT s.block, s.seq AS sealed_seq, s.digest, a.seq, a.xid < ($1::text)::xid8 AS settled, a.clinic_id AS clinic, a.at, a.actor,
       a.actor_role, a.action, a.entity, a.entity_id, a.entity_name, a.request_id AS request, a.detail
  FROM sealed s
  FULL JOIN trust.audit a ON a.seq = s.seq
 ORDER BY coalesce(s.seq, a.seq), s.block;
