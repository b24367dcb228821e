/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is changed in the sealed log, verifying names it. Each change is made by a superuser and
 * undone by the next test's setup, which starts from a copy of the log. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static struct audit_log *seal;

static uint32_t seal_now(void)
{
    char why[256] = "";
    uint32_t sealed = 0;
    if (!store_seal_audit(seal, &sealed, why, sizeof why)) fail_msg("%s", why);
    return sealed;
}

static struct audit_finding verify(void)
{
    char why[256] = "";
    struct audit_finding found;
    if (!store_verify_audit(seal, &found, why, sizeof why)) fail_msg("%s", why);
    return found;
}

static void expect(enum audit_fault fault, int64_t block, int64_t seq)
{
    struct audit_finding found = verify();
    assert_int_equal(fault, found.fault);
    assert_int_equal(block, found.block);
    assert_int_equal(seq, found.seq);
}

/* Five blocks, the rows of two clinics mixed in them. */
static int open_log(void **state)
{
    if (fixture_open(state) != 0) return -1;
    struct fixture *f = *state;
    char why[256];
    seal = store_open_audit(f->url, why, sizeof why);
    if (seal == NULL) return -1;
    struct uuid other = fixture_add_clinic(f, "UTC");
    for (int i = 0; i < 5; i++) {
        char mrn[16];
        snprintf(mrn, sizeof mrn, "m%d", i);
        fixture_add_assessment(f, f->clinic, f->episode, 5 - i);
        fixture_add_patient(f, other, mrn);
        if (seal_now() == 0) return -1;
    }
    fixture_run(f, "CREATE SCHEMA kept; CREATE TABLE kept.audit AS TABLE trust.audit; CREATE TABLE "
                   "kept.block AS TABLE trust.audit_block");
    return 0;
}

static int close_log(void **state)
{
    store_close_audit(seal);
    return fixture_close(state);
}

/* The log as it was sealed. */
static int restore(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "TRUNCATE trust.audit, trust.audit_block;"
                   "INSERT INTO trust.audit OVERRIDING SYSTEM VALUE SELECT * FROM kept.audit;"
                   "INSERT INTO trust.audit_block SELECT * FROM kept.block");
    return 0;
}

static void a_whole_log_is_whole(void **state)
{
    struct fixture *f = *state;
    struct audit_finding found = verify();
    assert_int_equal(AUDIT_WHOLE, found.fault);
    assert_int_equal(5, found.blocks);
    assert_int_equal(fixture_count(f, "SELECT count(*) FROM trust.audit"), found.rows);
    assert_int_equal(0, found.waiting);
    char head[65];
    for (int i = 0; i < 32; i++)
        snprintf(head + 2 * i, 3, "%02x", found.head[i]);
    assert_string_equal(
        head,
        fixture_text(
            f, "SELECT encode(hash, 'hex') FROM trust.audit_block ORDER BY block DESC LIMIT 1"));
}

static void sealing_again_seals_nothing(void **state)
{
    (void)state;
    assert_int_equal(0, seal_now());
    expect(AUDIT_WHOLE, 0, 0);
}

static void an_unsettled_row_waits(void **state)
{
    struct fixture *f = *state;
    PGconn *writer = PQconnectdb(f->url);
    PQclear(PQexec(
        writer,
        "BEGIN; SELECT pg_current_xact_id()")); /* a write that began first and has not ended */
    fixture_add_assessment(f, f->clinic, f->episode, 0);
    assert_int_equal(0, seal_now());
    struct audit_finding found = verify();
    assert_int_equal(AUDIT_WHOLE, found.fault);
    assert_int_equal(1, found.waiting);
    PQclear(PQexec(writer, "ROLLBACK"));
    PQfinish(writer);
    assert_int_equal(1, seal_now());
    found = verify();
    assert_int_equal(AUDIT_WHOLE, found.fault);
    assert_int_equal(0, found.waiting);
    assert_int_equal(6, found.blocks);
}

/* A row that was changed in any of its columns. */
static void a_changed_row_is_named(void **state)
{
    struct fixture *f = *state;
    static const char *const changes[] = {
        "at = at + interval '1 microsecond'",
        "actor = gen_random_uuid()",
        "actor_role = 'admin'",
        "action = 'other'",
        "entity = 'other'",
        "entity_id = gen_random_uuid()",
        "entity_id = NULL",
        "entity_name = ''",
        "request_id = gen_random_uuid()",
        "detail = sha256('other')",
        "clinic_id = gen_random_uuid()",
        "actor_role = actor_role || action, action = ''",
    };
    int64_t seq = fixture_count(f, "SELECT seqs[2] FROM trust.audit_block WHERE block = 3");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "UPDATE trust.audit SET %s WHERE seq = %lld", changes[i],
                 (long long)seq);
        restore(state);
        expect(AUDIT_WHOLE, 0, 0);
        fixture_run(f, sql);
        expect(AUDIT_ROW_CHANGED, 3, seq);
    }
}

static void a_deleted_row_is_named(void **state)
{
    struct fixture *f = *state;
    int64_t seq = fixture_count(f, "SELECT seqs[1] FROM trust.audit_block WHERE block = 2");
    fixture_run(f, "DELETE FROM trust.audit WHERE seq = (SELECT seqs[1] FROM trust.audit_block "
                   "WHERE block = 2)");
    expect(AUDIT_ROW_MISSING, 2, seq);
}

static void the_first_of_several_is_named(void **state)
{
    struct fixture *f = *state;
    int64_t seq = fixture_count(f, "SELECT seqs[1] FROM trust.audit_block WHERE block = 2");
    fixture_run(f, "UPDATE trust.audit SET action = 'x' WHERE seq IN (SELECT unnest(seqs) FROM "
                   "trust.audit_block WHERE block IN (2, 4))");
    expect(AUDIT_ROW_CHANGED, 2, seq);
}

static void an_inserted_row_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "INSERT INTO trust.audit OVERRIDING SYSTEM VALUE SELECT clinic_id, 1000000, at, "
                   "actor, actor_role, action, entity, "
                   "entity_id, entity_name, request_id, detail, '3'::xid8 FROM trust.audit ORDER "
                   "BY seq LIMIT 1");
    expect(AUDIT_ROW_INSERTED, 0, 1000000);
    assert_int_equal(0, seal_now()); /* and is not sealed afterwards */
    expect(AUDIT_ROW_INSERTED, 0, 1000000);
}

static void a_changed_block_is_named(void **state)
{
    struct fixture *f = *state;
    static const char *const changes[] = {
        "sealed_at = sealed_at - interval '1 day'",
        "horizon = (horizon::text::int8 - 1)::text::xid8",
        "hash = sha256('other')",
        "previous = sha256('other')",
        "seqs = seqs[2:] , digests = digests[2:]",
        "digests[1] = sha256('other')",
        "seqs[1] = 999999",
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "UPDATE trust.audit_block SET %s WHERE block = 3", changes[i]);
        restore(state);
        fixture_run(f, sql);
        expect(AUDIT_BLOCK_CHANGED, 3, 0);
    }
}

/* A row and its block rewritten with the right hashes: the next block was linked to another one. */
static void a_forged_block_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_run(
        f, "UPDATE trust.audit_block SET sealed_at = sealed_at - interval '1 day' WHERE block = 3;"
           "UPDATE trust.audit_block b SET hash = (SELECT sha256('rehab-audit-block/1'::bytea || "
           "int8send(b.block) || b.previous "
           "|| timestamptz_send(b.sealed_at) || int8send(b.horizon::text::int8) || "
           "int4send(cardinality(b.seqs)) "
           "|| string_agg(int8send(s.seq), ''::bytea ORDER BY s.n) || string_agg(s.digest, "
           "''::bytea ORDER BY s.n)) "
           "FROM unnest(b.seqs, b.digests) WITH ORDINALITY s (seq, digest, n)) WHERE block = 3");
    expect(AUDIT_BLOCK_CHANGED, 3, 0);
}

static void a_removed_block_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "DELETE FROM trust.audit_block WHERE block = 3");
    expect(AUDIT_BLOCK_MISSING, 3, 0);
    restore(state);
    fixture_run(f, "DELETE FROM trust.audit_block WHERE block = 1");
    expect(AUDIT_BLOCK_MISSING, 1, 0);
    restore(state);
    fixture_run(f, "DELETE FROM trust.audit_block WHERE block = 3; UPDATE trust.audit_block SET "
                   "block = block - 1 WHERE block > 3");
    expect(AUDIT_BLOCK_CHANGED, 3, 0);
}

/* A tail that was cut leaves its rows behind. When they are gone too only the head, noted
 * elsewhere, tells. */
static void a_cut_tail_changes_the_head(void **state)
{
    struct fixture *f = *state;
    struct audit_finding before = verify();
    fixture_run(f, "DELETE FROM trust.audit WHERE seq IN (SELECT unnest(seqs) FROM "
                   "trust.audit_block WHERE block = 5);"
                   "DELETE FROM trust.audit_block WHERE block = 5");
    struct audit_finding after = verify();
    assert_memory_not_equal(before.head, after.head, sizeof before.head);
    assert_int_equal(before.blocks - 1, after.blocks);
}

static void two_sealers_make_one_chain(void **state)
{
    struct fixture *f = *state;
    char why[256];
    uint32_t sealed;
    PGconn *busy = PQconnectdb(f->url);
    PQclear(PQexec(busy, "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('rehab.seal', 0))"));
    fixture_add_assessment(f, f->clinic, f->episode, 0);
    assert_true(store_seal_audit(seal, &sealed, why, sizeof why));
    assert_int_equal(0, sealed);
    PQclear(PQexec(busy, "COMMIT"));
    PQfinish(busy);
    assert_int_equal(1, seal_now());
    expect(AUDIT_WHOLE, 0, 0);
}

/* A log longer than one block at most holds. */
static void a_backlog_is_sealed_in_pieces(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, "
                   "request_id, detail) "
                   "SELECT gen_random_uuid(), now(), gen_random_uuid(), 'admin', 'many', 'x', "
                   "gen_random_uuid(), sha256(n::text::bytea) "
                   "FROM generate_series(1, 9000) n");
    assert_int_equal(9000, seal_now()); /* one transaction is never torn, however long */
    for (int i = 0; i < 50; i++) {
        fixture_run(f, "INSERT INTO trust.audit (clinic_id, at, actor, actor_role, action, entity, "
                       "request_id, detail) "
                       "SELECT gen_random_uuid(), now(), gen_random_uuid(), 'admin', 'many', 'x', "
                       "gen_random_uuid(), sha256(n::text::bytea) "
                       "FROM generate_series(1, 200) n");
    }
    int64_t blocks = fixture_count(f, "SELECT count(*) FROM trust.audit_block");
    assert_int_equal(10000, seal_now());
    assert_int_equal(blocks + 3, fixture_count(f, "SELECT count(*) FROM trust.audit_block"));
    expect(AUDIT_WHOLE, 0, 0);
}

static void a_lost_connection_is_made_anew(void **state)
{
    struct fixture *f = *state;
    char why[256];
    uint32_t sealed;
    fixture_run(f, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
                   "'%seal_audit%' AND pid <> pg_backend_pid()");
    if (!store_seal_audit(seal, &sealed, why, sizeof why))
        assert_true(store_seal_audit(seal, &sealed, why, sizeof why));
    expect(AUDIT_WHOLE, 0, 0);
}

static void old_answers_are_cleared(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "UPDATE trust.idempotency SET created_at = now() - interval '25 hours' WHERE "
                   "key = 'key-0'");
    int64_t answers = fixture_count(f, "SELECT count(*) FROM trust.idempotency");
    seal_now();
    assert_int_equal(answers - 1, fixture_count(f, "SELECT count(*) FROM trust.idempotency"));
    assert_int_equal(
        0, fixture_count(f, "SELECT count(*) FROM trust.idempotency WHERE key = 'key-0'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_log_is_whole, restore),
        cmocka_unit_test_setup(sealing_again_seals_nothing, restore),
        cmocka_unit_test_setup(a_changed_row_is_named, restore),
        cmocka_unit_test_setup(a_deleted_row_is_named, restore),
        cmocka_unit_test_setup(the_first_of_several_is_named, restore),
        cmocka_unit_test_setup(an_inserted_row_is_named, restore),
        cmocka_unit_test_setup(a_changed_block_is_named, restore),
        cmocka_unit_test_setup(a_forged_block_is_named, restore),
        cmocka_unit_test_setup(a_removed_block_is_named, restore),
        cmocka_unit_test_setup(a_cut_tail_changes_the_head, restore),
        cmocka_unit_test_setup(an_unsettled_row_waits, restore),
        cmocka_unit_test(two_sealers_make_one_chain),
        cmocka_unit_test(a_backlog_is_sealed_in_pieces),
        cmocka_unit_test(a_lost_connection_is_made_anew),
        cmocka_unit_test(old_answers_are_cleared),
    };
    return cmocka_run_group_tests(tests, open_log, close_log);
}
