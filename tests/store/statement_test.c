/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of sql/query say what the statements are: every statement prepares on a migrated
 * database with the types of its `in`, and its columns have the names and types of its `out`. */
#include "fixture.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct named_column {
    const char *name;
    unsigned index;
};

/* LOAD_EPISODE_ID and so on, in the order of statements: the names of a statement begin with its
 * own. */
static const struct named_column columns[] = {
#define STATEMENT(name, label, in, out, many, text)
#define COLUMN(name, index) {#name, index},
#include "statement.def"
#undef STATEMENT
#undef COLUMN
    {NULL, 0},
};

static bool same_word(const char *upper, const char *lower)
{
    for (; *upper != '\0' && *lower != '\0'; upper++, lower++) {
        if (tolower((unsigned char)*upper) != *lower) return false;
    }
    return *upper == *lower;
}

/* Is NAME_INDEX in the header the column that the statement has there? */
static bool has_column(const char *label, const char *column, int index)
{
    char name[128];
    snprintf(name, sizeof name, "%s_%s", label, column);
    for (const struct named_column *c = columns; c->name != NULL; c++) {
        if (same_word(c->name, name)) return c->index == (unsigned)index;
    }
    return false;
}

static void check_types(const struct statement_text *s, const PGresult *is)
{
    assert_int_equal(strlen(s->in), PQnparams(is));
    for (int i = 0; i < PQnparams(is); i++) {
        if (PQparamtype(is, i) != statement_type_oid(s->in[i])) {
            fail_msg("%s: parameter %d is of type %u, not '%c'", s->label, i + 1,
                     PQparamtype(is, i), s->in[i]);
        }
    }
    if ((int)strlen(s->out) != PQnfields(is))
        fail_msg("%s: %d columns, not %zu", s->label, PQnfields(is), strlen(s->out));
    for (int i = 0; i < PQnfields(is); i++) {
        if (PQftype(is, i) != statement_type_oid(s->out[i])) {
            fail_msg("%s: column %s is of type %u, not '%c'", s->label, PQfname(is, i),
                     PQftype(is, i), s->out[i]);
        }
        if (!has_column(s->label, PQfname(is, i), i))
            fail_msg("%s: `out` has no %s in place %d", s->label, PQfname(is, i), i);
    }
}

static void statements_are_what_their_headers_say(void **state)
{
    struct fixture *f = *state;
    for (size_t n = 0; n < STATEMENT_COUNT; n++) {
        const struct statement_text *s = &statement_table[n];
        Oid types[64];
        size_t count = strlen(s->in);
        assert_true(count <= sizeof types / sizeof types[0]);
        for (size_t i = 0; i < count; i++)
            types[i] = statement_type_oid(s->in[i]);
        PGresult *made = PQprepare(f->root, s->label, s->text, (int)count, types);
        if (PQresultStatus(made) != PGRES_COMMAND_OK)
            fail_msg("%s: %s", s->label, PQerrorMessage(f->root));
        PQclear(made);
        PGresult *is = PQdescribePrepared(f->root, s->label);
        assert_int_equal(PGRES_COMMAND_OK, PQresultStatus(is));
        check_types(s, is);
        PQclear(is);
    }
}

static bool says(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static bool is_array(char letter)
{
    return isupper((unsigned char)letter) != 0;
}

/* The types of a statement for many, from those of the one. */
static void write_many(const char *in, char *out)
{
    *out++ = in[0];
    for (const char *at = in + 1; *at != '\0'; at++) {
        *out++ = (char)toupper((unsigned char)*at);
        if (is_array(at[0]) && !is_array(at[1])) *out++ = 'I';
    }
    *out = '\0';
}

static void a_statement_for_many_takes_what_the_one_takes(void **state)
{
    (void)state;
    int pairs = 0;
    for (size_t n = 0; n < STATEMENT_COUNT; n++) {
        const struct statement_text *one = &statement_table[n];
        const struct statement_text *many = &statement_table[one->many];
        char in[128];
        if (one->many == 0) continue;
        pairs++;
        assert_true(one->many > n && one->many < STATEMENT_COUNT && many->many == 0);
        assert_int_equal('u', one->in[0]);
        assert_null(strpbrk(one->in, "jn"));
        write_many(one->in, in);
        assert_string_equal(in, many->in);
        assert_int_equal('i', many->out[0]);
        assert_string_equal(one->out, many->out + 1);
        if (!says(many->text, "ORDER BY place")) fail_msg("%s is in no order", many->label);
    }
    assert_true(pairs >= 3);
}

/* How a statement is run, when it was planned before anything was in the tables. */
static const char *plan_of(struct fixture *f, const struct statement_text *s)
{
    static char plan[16384];
    char sql[1024];
    size_t count = strlen(s->in);
    int n = snprintf(sql, sizeof sql, "EXPLAIN EXECUTE %s(NULL", s->label);
    for (size_t i = 1; i < count; i++)
        n += snprintf(sql + n, sizeof sql - (size_t)n, ", NULL");
    snprintf(sql + n, sizeof sql - (size_t)n, ")");
    PGresult *lines = PQexec(f->root, sql);
    if (PQresultStatus(lines) != PGRES_TUPLES_OK) fail_msg("%s", PQerrorMessage(f->root));
    plan[0] = '\0';
    for (int i = 0, at = 0; i < PQntuples(lines); i++)
        at += snprintf(plan + at, sizeof plan - (size_t)at, "%s\n", PQgetvalue(lines, i, 0));
    PQclear(lines);
    return plan;
}

/* Such a plan stays for a while, and the tables grow: nothing may be looked for among all that a
 * clinic has. What is locked is besides locked in the order it was asked for. */
static void many_are_looked_up_one_by_one(void **state)
{
    struct fixture *f = *state;
    fixture_run(f, "SET enable_seqscan = off; SET random_page_cost = 1.1; "
                   "SET plan_cache_mode = force_generic_plan");
    for (size_t n = 0; n < STATEMENT_COUNT; n++) {
        const struct statement_text *s = &statement_table[statement_table[n].many];
        if (statement_table[n].many == 0) continue;
        const char *plan = plan_of(f, s);
        if (says(plan, "Index Cond: (clinic_id = $1)\n") || says(plan, "Seq Scan"))
            fail_msg("%s\n%s", s->label, plan);
        if (says(s->text, "UPDATE care.episode") && !says(plan, "Tid Scan on episode"))
            fail_msg("%s\n%s", s->label, plan);
    }
    fixture_run(f, "RESET ALL");
}

/* Whatever a statement writes, it writes its audit row; and in care the event and the answer too.
 */
static void no_statement_writes_without_a_trace(void **state)
{
    (void)state;
    int writes = 0;
    for (size_t n = 0; n < STATEMENT_COUNT; n++) {
        const struct statement_text *s = &statement_table[n];
        bool care = says(s->text, "INSERT INTO care.") || says(s->text, "UPDATE care.");
        bool other = says(s->text, "INSERT INTO catalogue.") ||
                     says(s->text, "UPDATE catalogue.") || says(s->text, "INTO trust.clinic") ||
                     says(s->text, "INTO trust.api_key") || says(s->text, "UPDATE trust.");
        if (!care && !other) continue;
        writes++;
        if (!says(s->text, "INSERT INTO trust.audit")) fail_msg("%s leaves no audit row", s->label);
        if (care && !says(s->text, "INSERT INTO trust.outbox"))
            fail_msg("%s tells nobody", s->label);
        if (care && !says(s->text, "INSERT INTO trust.idempotency"))
            fail_msg("%s keeps no answer", s->label);
    }
    assert_true(writes >= 11);
}

static void migrating_twice_changes_nothing(void **state)
{
    struct fixture *f = *state;
    struct migration list[64];
    size_t count = fixture_migrations(list, 64);
    struct migration_report report;
    char why[512] = "";
    assert_true(count >= 4);
    assert_int_equal((int64_t)count, fixture_count(f, "SELECT count(*) FROM migration.applied"));
    if (!store_migrate(f->url, list, count, NULL, &report, why, sizeof why)) fail_msg("%s", why);
    assert_int_equal(0, report.applied);
    assert_int_equal(list[count - 1].number, report.newest);
}

static void a_changed_migration_is_noticed(void **state)
{
    struct fixture *f = *state;
    struct migration list[64];
    size_t count = fixture_migrations(list, 64);
    struct migration_report report;
    char why[512] = "";
    list[1].sql = TEXT("SELECT 1;");
    assert_false(store_migrate(f->url, list, count, NULL, &report, why, sizeof why));
    assert_non_null(strstr(why, list[1].name));
}

static void a_failed_migration_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct migration list[64];
    size_t count = fixture_migrations(list, 63);
    struct migration_report report;
    char why[512] = "";
    list[count] = (struct migration){9999, "9999_broken.sql",
                                     TEXT("CREATE TABLE public.half (a int); SELECT 1 / 0;")};
    assert_false(store_migrate(f->url, list, count + 1, NULL, &report, why, sizeof why));
    assert_int_equal(1, fixture_count(f, "SELECT (to_regclass('public.half') IS NULL)::int"));
    assert_int_equal((int64_t)count, fixture_count(f, "SELECT count(*) FROM migration.applied"));
}

static void readiness_tells_the_schema(void **state)
{
    struct fixture *f = *state;
    struct migration list[64];
    size_t count = fixture_migrations(list, 64);
    struct store_state s;
    assert_code(OK, store_check_ready(fixture_call(f, f->clinic), &s));
    assert_int_equal(count, s.migrations);
    assert_int_equal(list[count - 1].number, s.migration);
    assert_false(s.standby);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_what_their_headers_say),
        cmocka_unit_test(a_statement_for_many_takes_what_the_one_takes),
        cmocka_unit_test(many_are_looked_up_one_by_one),
        cmocka_unit_test(no_statement_writes_without_a_trace),
        cmocka_unit_test(migrating_twice_changes_nothing),
        cmocka_unit_test(a_changed_migration_is_noticed),
        cmocka_unit_test(a_failed_migration_leaves_nothing),
        cmocka_unit_test(readiness_tells_the_schema),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
