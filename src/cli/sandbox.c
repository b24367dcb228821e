/* SPDX-License-Identifier: Apache-2.0 */
/* A database for one command: for tests, for benches, for trying something out. */
#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct asked {
    bool bare, seedless;
    char **command;
};

static const struct argp_option options[] = {
    {"bare", 'b', NULL, 0, "an empty database: no migration, no seed", 0},
    {"no-seed", 'n', NULL, 0, "migrate, but load nothing", 0},
    {0},
};

static error_t take_option(int key, char *arg, struct argp_state *state)
{
    struct asked *a = state->input;
    (void)arg;
    switch (key) {
    case 'b': a->bare = true; break;
    case 'n': a->seedless = true; break;
    case ARGP_KEY_ARG: /* the rest is the command's own */
        a->command = &state->argv[state->next - 1];
        state->next = state->argc;
        break;
    case ARGP_KEY_NO_ARGS: argp_usage(state); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static bool prepare(const struct asked *a, const struct config *config, const char *url, char *why)
{
    if (a->bare) return true;
    if (!migrate_database(url, false, why)) return false;
    if (a->seedless) return true;
    struct session *s = session_open(url, config, why);
    bool done = s != NULL && seed_catalogue(s, false, why);
    if (s != NULL) session_close(s);
    return done;
}

static int run_command(char **command, const char *url)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        setenv("REHABD_DATABASE_URL", url, 1);
        execvp(command[0], command);
        cli_fail("%s cannot be run: %s", command[0], strerror(errno));
        _exit(127);
    }
    signal(SIGINT, SIG_IGN); /* the command is told, and when it ends we clear up */
    signal(SIGTERM, SIG_IGN);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (pid < 0) return EXIT_FAULT;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void remove_folder(const char *folder)
{
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

int cli_sandbox(int argc, char **argv)
{
    struct config config = {0};
    struct asked a = {0};
    struct cluster c;
    char top[] = "/tmp/rehabd-XXXXXX";
    char folder[sizeof top + sizeof "/data"];
    char why[WHY_SIZE] = "";
    cli_parse(argc, argv, options, take_option, "COMMAND [ARGUMENT...]",
              "Run COMMAND with REHABD_DATABASE_URL naming a database of its own, migrated and "
              "seeded, that is thrown away afterwards.",
              &a);
    if (!cli_read_config(&config)) return EXIT_FAULT;
    if (mkdtemp(top) == NULL)
        return cli_fail("a folder in /tmp cannot be made: %s", strerror(errno));
    chmod(top, 0755); /* the database's user passes through */
    snprintf(folder, sizeof folder, "%s/data", top);
    bool ready = cluster_choose(&c, folder, false, why) && cluster_start(&c, why) &&
                 prepare(&a, &config, c.url, why);
    int status = ready ? run_command(a.command, c.url) : cli_fail("%s", why);
    cluster_stop(&c);
    remove_folder(top);
    return status;
}
