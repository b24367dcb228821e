/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include "../base/digest.h"
#include "../store/store.h"

#include <stdio.h>
#include <stdlib.h>

static error_t take_verb(int key, char *arg, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG && strcmp(arg, "verify") != 0)
        argp_error(state, "there is no audit %s", arg);
    if (key == ARGP_KEY_NO_ARGS) argp_usage(state);
    return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

static const char *name_fault(enum audit_fault fault)
{
    switch (fault) {
    case AUDIT_WHOLE: return "nothing is wrong";
    case AUDIT_BLOCK_CHANGED: return "the block was changed";
    case AUDIT_BLOCK_MISSING: return "the block before it is missing or was replaced";
    case AUDIT_ROW_CHANGED: return "the row was changed";
    case AUDIT_ROW_MISSING: return "the row is missing";
    case AUDIT_ROW_INSERTED: return "the row was inserted after its time";
    }
    return "";
}

static int report(const struct audit_finding *f)
{
    char head[DIGEST_TEXT_SIZE];
    if (f->fault != AUDIT_WHOLE) {
        if (f->block != 0) printf("block %lld", (long long)f->block);
        if (f->seq != 0) printf("%srow %lld", f->block != 0 ? ", " : "", (long long)f->seq);
        printf(": %s\n%llu blocks and %llu rows before it fit\n", name_fault(f->fault),
               (unsigned long long)f->blocks, (unsigned long long)f->rows);
        return EXIT_FAULT;
    }
    digest_write_hex(f->head, sizeof f->head, head);
    printf("the audit log is whole: %llu rows in %llu blocks, %llu rows wait for the next "
           "block\nhead %s\n",
           (unsigned long long)f->rows, (unsigned long long)f->blocks,
           (unsigned long long)f->waiting, head);
    return EXIT_SUCCESS;
}

int cli_audit(int argc, char **argv)
{
    struct config config = {0};
    struct database d;
    struct audit_finding finding = {0};
    char why[WHY_SIZE] = "";
    cli_parse(argc, argv, NULL, take_verb, "verify",
              "Recompute every digest and every link of the audit log and name the first row or "
              "block that does not fit.",
              NULL);
    if (!cli_read_config(&config)) return EXIT_FAULT;
    if (!database_open(&d, &config, why)) return cli_fail("%s", why);
    struct audit_log *log = store_open_audit(d.url, why, sizeof why);
    bool done = log != NULL && store_verify_audit(log, &finding, why, sizeof why);
    if (log != NULL) store_close_audit(log);
    database_close(&d);
    return done ? report(&finding) : cli_fail("%s", why);
}
