/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands, and what they share: one way to read arguments, one way to fail. */
#include "cli.h"

#include "../store/store.h"
#include "version.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *sentence;
} commands[] = {
    {"run", cli_run, "a private database, demonstration data and the service"},
    {"serve", cli_serve, "the service, on a database that is ready"},
    {"migrate", cli_migrate, "bring the database to the schema of this program"},
    {"seed", cli_seed, "load measures, exercises and protocols"},
    {"clinic", cli_clinic, "create and list clinics"},
    {"key", cli_key, "create, list and revoke API keys"},
    {"audit", cli_audit, "prove that the audit log is whole"},
    {"protocol", cli_protocol, "check and compile a protocol document"},
    {"check-config", cli_check_config, "show every setting and where it was read"},
    {"sandbox", cli_sandbox, "run a command with a database that is thrown away afterwards"},
    {"version", cli_version, "the version of this program"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to)
{
    fputs("Usage: rehabd COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-14s%s\n", commands[i].name, commands[i].sentence);
    fputs("\n`rehabd COMMAND --help` tells more. Settings come from REHABD_... in the environment "
          "and from the file that\n"
          "REHABD_CONFIG names; `rehabd check-config` shows them.\n",
          to);
}

int cli_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout);
    fputs("rehabd: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return EXIT_FAULT;
}

bool cli_read_config(struct config *out)
{
    char error[CONFIG_ERROR_SIZE];
    char host[HOST_SIZE];
    if (!config_read(out, error)) {
        cli_fail("%s", error);
        return false;
    }
    if (*out->database_url == '\0' || store_name_host(out->database_url, host, sizeof host))
        return true;
    cli_fail("database_url (%s) is no address of a database, it must be like "
             "postgres://user@host/name",
             config_source("database_url")); /* libpq's own words would show the password */
    return false;
}

void cli_parse(int argc, char **argv, const struct argp_option *options, argp_parser_t take,
               const char *line, const char *help, void *input)
{
    char name[64];
    char *first = argv[0];
    snprintf(name, sizeof name, "rehabd %s", first);
    argv[0] = name; /* argp shows it */
    argp_err_exit_status = EXIT_USAGE;
    const struct argp parser = {.options = options, .parser = take, .args_doc = line, .doc = help};
    argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, input);
    argv[0] = first;
}

/* For commands without arguments of their own. */
static error_t take_nothing(int key, char *arg, struct argp_state *state)
{
    if (key == ARGP_KEY_ARG) argp_error(state, "unexpected argument %s", arg);
    return key == ARGP_KEY_ARG ? 0 : ARGP_ERR_UNKNOWN;
}

void cli_parse_nothing(int argc, char **argv, const char *help)
{
    cli_parse(argc, argv, NULL, take_nothing, "", help, NULL);
}

int cli_check_config(int argc, char **argv)
{
    struct config config = {0};
    struct config_row row;
    cli_parse_nothing(argc, argv, "Show every setting, its value, and where it was read.");
    if (!cli_read_config(&config)) return EXIT_FAULT;
    for (size_t i = 0; config_show(i, &row); i++) {
        const char *value = *row.value == '\0' ? "(empty)" : row.value;
        printf("%-22s%s%s%s\n%22s%s; %s\n", row.name, value, *row.unit ? " " : "", row.unit, "",
               row.source, row.sentence);
    }
    return EXIT_SUCCESS;
}

int cli_version(int argc, char **argv)
{
    cli_parse_nothing(argc, argv, "Show the version of this program.");
    printf("rehabd %s (commit %s, %s)\n", REHABD_VERSION, REHABD_COMMIT, REHABD_BUILT);
    return EXIT_SUCCESS;
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[0], commands[i].name) == 0) return commands[i].run(argc, argv);
    }
    cli_fail("there is no command %s; `rehabd --help` lists them", argv[0]);
    return EXIT_USAGE;
}

int cli_main(int argc, char **argv)
{
    static char help[] = "--help";
    char *asked[] = {argc > 2 ? argv[2] : NULL, help, NULL};
    if (argc == 3 && strcmp(argv[1], "help") == 0) return run_command(2, asked);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_SUCCESS;
    }
    if (strcmp(argv[1], "--version") == 0) return cli_version(1, argv + 1);
    return run_command(argc - 1, argv + 1);
}
