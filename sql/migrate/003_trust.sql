-- SPDX-License-Identifier: Apache-2.0
--
-- Trust: clinics and their keys, the audit log and its seal, events on their way out, answers kept for retries.

SET LOCAL ROLE rehab_owner;

CREATE TABLE trust.clinic (
    clinic_id  uuid PRIMARY KEY,
    name       text NOT NULL,
    zone       text NOT NULL,           -- IANA name; calendar rules count days in it
    created_at timestamptz NOT NULL
);

CREATE TABLE trust.api_key (
    clinic_id  uuid NOT NULL REFERENCES trust.clinic,
    id         uuid NOT NULL,
    digest     bytea NOT NULL CHECK (length(digest) = 32), -- SHA-256 of the secret; the secret itself is shown once and kept nowhere
    role       text NOT NULL CHECK (role IN ('viewer', 'clinician', 'physician', 'author', 'admin')),
    scopes     text[] NOT NULL,
    label      text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (clinic_id, id)
);
CREATE INDEX api_key_by_id ON trust.api_key (id); -- a key is looked up before its clinic is known

-- One row for every write, made by the statement that makes the change. `seq` names the row and orders it; `xid` tells the sealer
-- when no earlier row of the log can still appear, and belongs to this cluster: a restore into another one sets it to 0 throughout.
CREATE TABLE trust.audit (
    clinic_id  uuid NOT NULL,           -- nil: the operator, who belongs to no clinic
    seq        int8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    at         timestamptz NOT NULL,
    actor      uuid NOT NULL,           -- the API key; nil: the command line
    actor_role text NOT NULL,
    action     text NOT NULL,           -- the operation, as in the contract
    entity     text NOT NULL,
    entity_id  uuid,                    -- absent: the entity has a name instead
    entity_name text,
    request_id uuid NOT NULL,
    detail     bytea NOT NULL CHECK (length(detail) = 32), -- SHA-256 of the answer, or of the document written
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (clinic_id, seq)
);
CREATE INDEX audit_by_xid ON trust.audit (xid);

-- The seal. A block names the rows it covers with the digest of each, and the block before it. It holds no data of a clinic.
-- Encodings, integers big-endian, times in microseconds since 2000-01-01T00:00Z, `text` and `bytea` led by their length as int4,
-- an absent value being the length -1 alone:
--   digest of a row = SHA-256( 'rehab-audit-row/1' clinic_id(16 bytes) int8(seq) int8(at) actor(16) text(actor_role) text(action)
--                              text(entity) bytea(entity_id) text(entity_name) request_id(16) bytea(detail) )
--   hash of a block = SHA-256( 'rehab-audit-block/1' int8(block) previous(32) int8(sealed_at) int8(horizon) int4(number of rows)
--                              int8(seq) of every row, then the digest(32) of every row, in the same order )
-- The first block is number 1 and its previous hash is 32 zero bytes. Every row whose xid lies below the newest horizon is in a block.
CREATE TABLE trust.audit_block (
    block     int8 PRIMARY KEY CHECK (block >= 1),
    previous  bytea NOT NULL CHECK (length(previous) = 32),
    sealed_at timestamptz NOT NULL,
    horizon   xid8 NOT NULL,
    seqs      int8[] NOT NULL,
    digests   bytea[] NOT NULL,         -- one for each of seqs, in its order
    hash      bytea NOT NULL CHECK (length(hash) = 32),
    CHECK (cardinality(digests) = cardinality(seqs))
);
ALTER TABLE trust.audit_block ALTER seqs SET STORAGE EXTERNAL, ALTER digests SET STORAGE EXTERNAL; -- digests do not compress

CREATE TABLE trust.outbox (
    clinic_id  uuid NOT NULL,
    id         uuid NOT NULL,           -- UUIDv7: the event's stable name
    at         timestamptz NOT NULL,
    kind       text NOT NULL,           -- 'episode.transitioned' and the like
    entity     text NOT NULL,
    entity_id  uuid NOT NULL,
    episode_id uuid,
    xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (clinic_id, id)
);

-- What a repeated request gets again. A row without a caller's key is written too, under 'request:<id>': it resolves a commit whose
-- outcome the service did not learn.
CREATE TABLE trust.idempotency (
    clinic_id   uuid NOT NULL,
    actor       uuid NOT NULL,
    key         text NOT NULL,
    operation   text NOT NULL,
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32), -- SHA-256 of method, path and body
    status      int4 NOT NULL,
    etag        text,
    location    text,
    body        bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (clinic_id, actor, key)
);
CREATE INDEX idempotency_by_age ON trust.idempotency (created_at); -- the oldest are cleared first, all day long

CALL trust.fence('trust.clinic');
CALL trust.fence('trust.api_key');
CALL trust.fence('trust.audit');
CALL trust.fence('trust.outbox');
CALL trust.fence('trust.idempotency');

REVOKE ALL ON ALL TABLES IN SCHEMA trust FROM PUBLIC;
GRANT SELECT, INSERT ON trust.clinic TO rehab_service;
GRANT SELECT, INSERT, UPDATE (revoked_at) ON trust.api_key TO rehab_service;
-- seq and xid are given by the database and by nobody else
GRANT SELECT, INSERT (clinic_id, at, actor, actor_role, action, entity, entity_id, entity_name, request_id, detail)
    ON trust.audit TO rehab_service;
GRANT SELECT, INSERT (clinic_id, id, at, kind, entity, entity_id, episode_id) ON trust.outbox TO rehab_service;
GRANT SELECT, INSERT ON trust.idempotency TO rehab_service;

-- The sealer reads the log of every clinic and adds blocks; it clears answers after their day.
GRANT SELECT ON trust.audit TO rehab_sealer;
GRANT SELECT, INSERT ON trust.audit_block TO rehab_sealer;
GRANT SELECT, DELETE ON trust.idempotency TO rehab_sealer;
CREATE POLICY sealing ON trust.audit FOR SELECT TO rehab_sealer USING (true);
CREATE POLICY clearing_see ON trust.idempotency FOR SELECT TO rehab_sealer USING (true);
CREATE POLICY clearing ON trust.idempotency FOR DELETE TO rehab_sealer USING (true);

-- Two questions have to be asked before a clinic is known: whose key is this, and which clinics are there. The owner may see those
-- two tables whole, and the functions below lend the service his eyes for just these questions.
CREATE POLICY before_clinic ON trust.clinic FOR SELECT TO rehab_owner USING (true);
CREATE POLICY before_clinic ON trust.api_key FOR SELECT TO rehab_owner USING (true);

CREATE FUNCTION trust.find_key(wanted uuid)
RETURNS TABLE (clinic uuid, zone text, digest bytea, role text, scopes text[], expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT k.clinic_id, c.zone, k.digest, k.role, k.scopes, k.expires_at, k.revoked_at
      FROM trust.api_key k JOIN trust.clinic c USING (clinic_id)
     WHERE k.id = wanted;
END;

CREATE FUNCTION trust.list_clinics()
RETURNS TABLE (clinic uuid, name text, zone text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.clinic_id, c.name, c.zone, c.created_at FROM trust.clinic c ORDER BY c.created_at, c.clinic_id;
END;

GRANT EXECUTE ON FUNCTION trust.find_key(uuid), trust.list_clinics() TO rehab_service;

-- The canonical bytes of a text or bytea: its length, then itself.
CREATE FUNCTION trust.framed(value bytea)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value IS NULL THEN int4send(-1) ELSE int4send(length(value)) || value END;

-- Links what is settled into one more block and says how many rows that were. A row is settled when every transaction that began to
-- write before it has ended: only then can nothing appear in front of it.
CREATE FUNCTION trust.seal_audit(most int4)
RETURNS int4
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off -- a plan made while the log was short is kept
AS $$
DECLARE
    last    trust.audit_block;
    next    trust.audit_block;
    settled int4;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('rehab.seal', 0)) THEN
        RETURN 0; -- another process is sealing
    END IF;
    SELECT * INTO last FROM trust.audit_block ORDER BY block DESC LIMIT 1;

    -- A full block ends with a whole transaction, so that its horizon can be told.
    WITH ready AS MATERIALIZED (
        SELECT a.*
          FROM trust.audit a
         WHERE a.xid >= coalesce(last.horizon, '0'::xid8)
           AND a.xid < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY a.xid
         FETCH FIRST most ROWS WITH TIES
    ), digested AS (
        SELECT r.seq,
               sha256('rehab-audit-row/1'::bytea || uuid_send(r.clinic_id) || int8send(r.seq) || timestamptz_send(r.at)
                      || uuid_send(r.actor) || trust.framed(convert_to(r.actor_role, 'UTF8'))
                      || trust.framed(convert_to(r.action, 'UTF8')) || trust.framed(convert_to(r.entity, 'UTF8'))
                      || trust.framed(uuid_send(r.entity_id)) || trust.framed(convert_to(r.entity_name, 'UTF8'))
                      || uuid_send(r.request_id) || trust.framed(r.detail)) AS digest,
               r.xid
          FROM ready r
    )
    SELECT array_agg(d.seq ORDER BY d.seq), array_agg(d.digest ORDER BY d.seq),
           CASE WHEN count(*) < most THEN pg_snapshot_xmin(pg_current_snapshot())
                ELSE ((max(d.xid)::text::int8 + 1)::text)::xid8 END,
           count(*)
      INTO next.seqs, next.digests, next.horizon, settled
      FROM digested d;
    IF settled = 0 THEN
        RETURN 0;
    END IF;

    next.block := coalesce(last.block, 0) + 1;
    next.previous := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    next.sealed_at := clock_timestamp();
    SELECT sha256('rehab-audit-block/1'::bytea || int8send(next.block) || next.previous || timestamptz_send(next.sealed_at)
                  || int8send(next.horizon::text::int8) || int4send(settled)
                  || string_agg(int8send(s.seq), ''::bytea ORDER BY s.place) || string_agg(s.digest, ''::bytea ORDER BY s.place))
      INTO next.hash
      FROM unnest(next.seqs, next.digests) WITH ORDINALITY AS s (seq, digest, place);
    INSERT INTO trust.audit_block SELECT next.*;
    RETURN settled;
END
$$;

GRANT EXECUTE ON FUNCTION trust.framed(bytea), trust.seal_audit(int4) TO rehab_sealer;

RESET ROLE;
