-- SPDX-License-Identifier: Apache-2.0
--
-- Who the service logs in as. RESET ROLE leads back to the role of the login: were that the owner or a superuser, it would undo grants
-- and row level security in two words. This one has no right of its own (NOINHERIT), and nothing but the two roles to take on.
-- It has no password, so only a server that knows its users otherwise lets it in, until the operator gives it one:
--   ALTER ROLE rehab_login PASSWORD '...'
-- Any other role that is a member of the same two will do as well.

DO $$
DECLARE
    wanted name;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rehab_login') THEN
        BEGIN
            CREATE ROLE rehab_login LOGIN NOINHERIT;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this cluster made it in this moment
        END;
    END IF;
    FOREACH wanted IN ARRAY ARRAY['rehab_service', 'rehab_sealer']::name[] LOOP
        IF NOT pg_has_role('rehab_login', wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO rehab_login', wanted);
        END IF;
    END LOOP;
END
$$;
