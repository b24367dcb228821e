/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody sees another clinic's rows, and what is written stays written. Tables are found in the
 * catalogue of the database, so a new one without a fence fails here before anybody thinks of it.
 */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#define TENANT_TABLES                                                                              \
    "SELECT c.oid, c.oid::regclass::text AS name, c.relrowsecurity, c.relforcerowsecurity FROM "   \
    "pg_class c "                                                                                  \
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('care'::regnamespace, "                  \
    "'trust'::regnamespace) "                                                                      \
    "AND c.oid <> 'trust.audit_block'::regclass"

/* Empty when all is well; else what is not. */
static void nothing_in(struct fixture *f, const char *sql)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "SELECT coalesce(string_agg(t::text, ', '), '') FROM (%s) t",
             sql);
    const char *found = fixture_text(f, whole);
    if (*found != '\0') fail_msg("%s", found);
}

static void every_table_has_a_fence(void **state)
{
    struct fixture *f = *state;
    assert_true(fixture_count(f, "SELECT count(*) FROM (" TENANT_TABLES ") t") >= 13);
    nothing_in(f, "SELECT name FROM (" TENANT_TABLES
                  ") t WHERE NOT (relrowsecurity AND relforcerowsecurity)");
    nothing_in(f, "SELECT name FROM (" TENANT_TABLES
                  ") t WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = t.oid "
                  "AND p.polname = 'tenant' AND p.polcmd = '*' AND p.polroles = '{0}' AND "
                  "pg_get_expr(p.polqual, p.polrelid) = "
                  "'(clinic_id = (NULLIF(current_setting(''rehab.clinic''::text, true), "
                  "''''::text))::uuid)')");
    /* any other policy would let more in: none is for the service or for everybody */
    nothing_in(
        f, "SELECT p.polrelid::regclass, p.polname FROM pg_policy p WHERE p.polname <> 'tenant' "
           "AND (p.polroles @> '{0}' OR p.polroles @> ARRAY['rehab_service'::regrole::oid])");
}

static void the_clinic_leads_every_key(void **state)
{
    struct fixture *f = *state;
    nothing_in(f, "SELECT t.name, k.conname FROM (" TENANT_TABLES
                  ") t JOIN pg_constraint k ON k.conrelid = t.oid "
                  "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] "
                  "WHERE k.contype IN ('p', 'u') AND a.attname <> 'clinic_id'");
    nothing_in(f, "SELECT t.name, i.indexrelid::regclass FROM (" TENANT_TABLES
                  ") t JOIN pg_index i ON i.indrelid = t.oid "
                  "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0] "
                  "WHERE i.indisunique AND a.attname <> 'clinic_id'");
    nothing_in(f, "SELECT t.name, k.conname FROM (" TENANT_TABLES
                  ") t JOIN pg_constraint k ON k.conrelid = t.oid "
                  "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] "
                  "WHERE k.contype = 'f' AND a.attname <> 'clinic_id' "
                  "AND k.confrelid NOT IN (SELECT oid FROM pg_class WHERE relnamespace = "
                  "'catalogue'::regnamespace)");
}

static struct uuid fill(struct fixture *f, struct uuid clinic, struct uuid episode)
{
    struct uuid a = fixture_add_assessment(f, clinic, episode, 1);
    struct call *c = fixture_call(f, clinic);
    struct episode seen;
    assert_code(OK, store_load_episode(c, episode, &seen));
    struct idempotency once = fixture_once(f);
    assert_code(OK, store_void_assessment(
                        c, &seen, seen.state,
                        &(struct assessment_void){.assessment = a, .reason = TEXT("typing error")},
                        &once));
    assert_code(OK, store_load_episode(c, episode, &seen));
    struct transition t = {.id = uuid_make(c->now_us),
                           .seq = 1,
                           .kind = MOVE_HOLD,
                           .occurred_us = c->now_us,
                           .decision = TEXT("{}")};
    struct episode then = seen;
    then.state = EPISODE_ON_HOLD;
    once = fixture_once(f);
    assert_code(OK, store_record_transition(c, &seen, &then, &t, &once));
    struct api_key key = {.id = uuid_make(c->now_us),
                          .who = {.clinic = clinic, .role = ROLE_VIEWER, .scopes = CARE_READ},
                          .expires_us = NO_TIME,
                          .revoked_us = NO_TIME};
    assert_code(OK, store_create_key(c, &key));
    return key.id;
}

static void as_service(struct fixture *f, struct uuid clinic)
{
    char id[UUID_TEXT_SIZE] = "";
    char sql[128];
    if (!uuid_is_nil(clinic)) uuid_write(clinic, id);
    snprintf(sql, sizeof sql, "SET ROLE rehab_service; SET rehab.clinic = '%s'", id);
    fixture_run(f, sql);
}

static void as_root(struct fixture *f)
{
    fixture_run(f, "RESET ROLE; RESET rehab.clinic");
}

/* Rows that are seen in a table; the fence alone decides. */
static int64_t seen_in(struct fixture *f, const char *table, const char *where)
{
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s", table, where);
    return fixture_count(f, sql);
}

static void other_clinics_are_not_there(void **state)
{
    struct fixture *f = *state;
    struct uuid other = fixture_add_clinic(f, "UTC");
    struct uuid patient =
        fixture_add_patient(f, other, "first"); /* the same identifier: another clinic's */
    struct uuid episode = fixture_add_episode(f, other, patient);
    fill(f, f->clinic, f->episode);
    fill(f, other, episode);

    char foreign[128];
    char id[UUID_TEXT_SIZE];
    uuid_write(f->clinic, id);
    snprintf(foreign, sizeof foreign, "clinic_id = '%s'", id);
    PGresult *tables = PQexec(f->root, TENANT_TABLES " ORDER BY 1");
    for (int i = 0; i < PQntuples(tables); i++) {
        const char *name = PQgetvalue(tables, i, 1);
        as_root(f);
        if (seen_in(f, name, foreign) == 0)
            fail_msg("%s has no row to hide: the test proves nothing", name);
        as_service(f, other);
        if (seen_in(f, name, foreign) != 0) fail_msg("%s shows rows of another clinic", name);
        if (seen_in(f, name, "true") == 0) fail_msg("%s hides rows of its own clinic", name);
        as_service(f, (struct uuid){0});
        if (seen_in(f, name, "true") != 0) fail_msg("%s shows rows to nobody's clinic", name);
    }
    PQclear(tables);
    as_root(f);
}

static void the_owner_is_fenced_too(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "SET ROLE rehab_owner");
    assert_int_equal(0, fixture_count(f, "SELECT count(*) FROM care.patient"));
    assert_int_equal(0, fixture_count(f, "SELECT count(*) FROM trust.audit"));
    as_root(f);
}

static void refused(struct fixture *f, const char *sql)
{
    PGresult *got = PQexec(f->root, sql);
    const char *code = PQresultErrorField(got, PG_DIAG_SQLSTATE);
    if (code == NULL || strcmp(code, "42501") != 0)
        fail_msg("%s: %s", sql, code == NULL ? "was allowed" : code);
    PQclear(got);
}

static void nobody_writes_into_another_clinic(void **state)
{
    struct fixture *f = *state;
    as_service(f, f->clinic);
    refused(f, "INSERT INTO care.patient (clinic_id, id, sex, created_at) VALUES "
               "(gen_random_uuid(), gen_random_uuid(), 'male', now())");
    refused(f, "INSERT INTO trust.outbox (clinic_id, id, at, kind, entity, entity_id) "
               "VALUES (gen_random_uuid(), gen_random_uuid(), now(), 'x', 'x', gen_random_uuid())");
    as_root(f);
}

static void what_is_written_stays_written(void **state)
{
    struct fixture *f = *state;
    /* the only columns the service may change at all */
    const char *changeable =
        "SELECT coalesce(string_agg(c, ' ' ORDER BY c), '') FROM (SELECT a.attrelid::regclass || "
        "'.' || a.attname AS c "
        "FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid WHERE t.relkind IN ('r', 'p') "
        "AND a.attnum > 0 AND NOT a.attisdropped "
        "AND t.relnamespace IN ('care'::regnamespace, 'trust'::regnamespace, "
        "'migration'::regnamespace) "
        "AND has_column_privilege('rehab_service', a.attrelid, a.attnum, 'UPDATE')) s";
    assert_string_equal("care.episode.ended_at care.episode.evidence care.episode.sessions "
                        "care.episode.state care.episode.track_entered "
                        "care.episode.track_phases care.episode.track_states care.episode.version "
                        "care.episode.voids care.track.phase "
                        "trust.api_key.revoked_at",
                        fixture_text(f, changeable));
    nothing_in(
        f,
        "SELECT t.oid::regclass FROM pg_class t WHERE t.relkind IN ('r', 'p') AND t.relnamespace "
        "IN ('care'::regnamespace, "
        "'trust'::regnamespace, 'catalogue'::regnamespace, 'migration'::regnamespace) "
        "AND has_table_privilege('rehab_service', t.oid, 'DELETE, TRUNCATE, REFERENCES, TRIGGER')");
    as_service(f, f->clinic);
    refused(f, "UPDATE trust.audit SET action = 'other'");
    refused(f, "DELETE FROM trust.audit");
    refused(f, "UPDATE care.observation SET value_nano = 0");
    refused(f, "DELETE FROM care.assessment");
    refused(f, "UPDATE care.transition SET reason = 'other'");
    refused(f, "UPDATE catalogue.protocol_version SET document = '{}'");
    refused(f, "SELECT * FROM trust.audit_block");
    refused(f, "TRUNCATE care.patient");
    as_root(f);
    fixture_run(f, "SET ROLE rehab_sealer");
    refused(f, "UPDATE trust.audit SET action = 'other'");
    refused(f, "DELETE FROM trust.audit_block");
    refused(f, "SELECT * FROM care.patient");
    as_root(f);
}

static void the_service_owns_nothing(void **state)
{
    struct fixture *f = *state;
    nothing_in(f, "SELECT rolname FROM pg_roles WHERE rolname IN ('rehab_service', 'rehab_sealer', "
                  "'rehab_owner') "
                  "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin)");
    nothing_in(f, "SELECT c.oid::regclass FROM pg_class c WHERE c.relowner IN "
                  "('rehab_service'::regrole, 'rehab_sealer'::regrole)");
    nothing_in(f, "SELECT p.oid::regprocedure FROM pg_proc p WHERE p.proowner IN "
                  "('rehab_service'::regrole, 'rehab_sealer'::regrole)");
    /* eyes that are lent are few, and each is known here */
    nothing_in(f, "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = "
                  "p.pronamespace WHERE p.prosecdef "
                  "AND n.nspname IN ('care', 'trust', 'catalogue', 'migration', 'public') "
                  "AND p.oid NOT IN ('trust.find_key(uuid)'::regprocedure, "
                  "'trust.list_clinics()'::regprocedure)");
    nothing_in(f, "SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace IN "
                  "('care'::regnamespace, 'trust'::regnamespace) "
                  "AND c.relkind IN ('v', 'm') AND NOT coalesce(c.reloptions @> "
                  "'{security_invoker=true}', false)");
    nothing_in(f, "SELECT nspname FROM pg_namespace WHERE nspname IN ('care', 'trust', "
                  "'catalogue', 'migration') "
                  "AND has_schema_privilege('rehab_service', oid, 'CREATE')");
}

/* A table that somebody adds and forgets to fence is found. */
static void a_table_without_a_fence_is_found(void **state)
{
    struct fixture *f = *state;
    fixture_run(
        f, "CREATE TABLE care.forgotten (clinic_id uuid, id uuid, PRIMARY KEY (id, clinic_id))");
    assert_string_equal("care.forgotten",
                        fixture_text(f, "SELECT string_agg(name, ' ') FROM (" TENANT_TABLES ") t "
                                        "WHERE NOT (relrowsecurity AND relforcerowsecurity)"));
    fixture_run(f, "DROP TABLE care.forgotten");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_has_a_fence),
        cmocka_unit_test(the_clinic_leads_every_key),
        cmocka_unit_test(other_clinics_are_not_there),
        cmocka_unit_test(the_owner_is_fenced_too),
        cmocka_unit_test(nobody_writes_into_another_clinic),
        cmocka_unit_test(what_is_written_stays_written),
        cmocka_unit_test(the_service_owns_nothing),
        cmocka_unit_test(a_table_without_a_fence_is_found),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
