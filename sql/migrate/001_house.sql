-- SPDX-License-Identifier: Apache-2.0
--
-- The house: three roles, three doors.
--
--   rehab_owner    owns every object; migrations take it on, nobody logs in as it
--   rehab_service  what the service does its work as (SET ROLE); owns nothing, is bound by row level security, has what is granted here
--   rehab_sealer   links audit rows into blocks and clears what has expired
--
-- Runs as a superuser on a private cluster, or as the owner of the database with CREATEROLE on a server of the user's own.
-- Roles belong to the whole cluster, so they may be there already. One file is one transaction; the runner begins and commits it.
-- A later migration that changes tenants' rows must lift FORCE ROW LEVEL SECURITY for its duration: it binds the owner too.

DO $$
DECLARE
    wanted name;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['rehab_owner', 'rehab_service', 'rehab_sealer']::name[] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this cluster made it in this moment
            END;
        END IF;
        IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', wanted, current_user);
        END IF;
    END LOOP;
    EXECUTE format('GRANT CREATE ON DATABASE %I TO rehab_owner', current_database());
END
$$;

-- What the runner keeps; here as well so that the grants have something to stand on.
CREATE SCHEMA IF NOT EXISTS migration;
CREATE TABLE IF NOT EXISTS migration.applied (
    number     int4 PRIMARY KEY,
    name       text NOT NULL,
    sha256     bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT USAGE ON SCHEMA migration TO rehab_service;
GRANT SELECT ON migration.applied TO rehab_service;

SET LOCAL ROLE rehab_owner;

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE SCHEMA catalogue;
CREATE SCHEMA care;
CREATE SCHEMA trust;
REVOKE ALL ON SCHEMA catalogue, care, trust FROM PUBLIC;
GRANT USAGE ON SCHEMA catalogue, care, trust TO rehab_service;
GRANT USAGE ON SCHEMA trust TO rehab_sealer;

COMMENT ON SCHEMA catalogue IS 'what protocols say: shared by every clinic';
COMMENT ON SCHEMA care IS 'what happens to a patient: every row belongs to one clinic';
COMMENT ON SCHEMA trust IS 'who may, who did, who must be told';

-- Puts the tenant's fence round a table: only rows of the clinic named by the setting exist, for its owner too.
-- After a transaction the setting is '' and not NULL, so the empty text must not reach the cast.
CREATE PROCEDURE trust.fence(fenced regclass)
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', fenced);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', fenced);
    EXECUTE format('CREATE POLICY tenant ON %s USING (clinic_id = nullif(current_setting(''rehab.clinic'', true), '''')::uuid)', fenced);
END
$$;

RESET ROLE;
