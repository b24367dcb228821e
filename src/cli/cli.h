/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one function a command, each with its own --help. It opens every door and
 * decides nothing itself. */
#pragma once

#include "../base/app.h"
#include "../base/call.h"
#include "../base/config.h"

#include <argp.h>
#include <stdatomic.h>
#include <stddef.h>

enum { EXIT_FAULT = 1, EXIT_USAGE = 2, WHY_SIZE = 2560, HOST_SIZE = 256 };

/* command.c */

int cli_main(int argc, char **argv);

/* One line to stderr, "rehabd: ..."; returns EXIT_FAULT. */
[[gnu::format(printf, 1, 2)]] int cli_fail(const char *format, ...);

/* The settings, or one line that says what is wrong with them. */
bool cli_read_config(struct config *out);

/* Parses a command whose options are `options`, taken by `take` (argp's parser); `line` shows its
 * arguments in the help. */
void cli_parse(int argc, char **argv, const struct argp_option *options, argp_parser_t take,
               const char *line, const char *help, void *input);

/* The same for a command that takes nothing but --help. */
void cli_parse_nothing(int argc, char **argv, const char *help);

/* The commands. argv[0] is the command's name. */
int cli_run(int argc, char **argv);          /* run.c */
int cli_serve(int argc, char **argv);        /* serve.c */
int cli_migrate(int argc, char **argv);      /* migrate.c */
int cli_seed(int argc, char **argv);         /* seed.c */
int cli_key(int argc, char **argv);          /* key.c */
int cli_clinic(int argc, char **argv);       /* key.c */
int cli_audit(int argc, char **argv);        /* audit.c */
int cli_protocol(int argc, char **argv);     /* protocol.c */
int cli_sandbox(int argc, char **argv);      /* sandbox.c */
int cli_check_config(int argc, char **argv); /* command.c */
int cli_version(int argc, char **argv);      /* command.c */

/* cluster.c: the private PostgreSQL */

enum { CLUSTER_PATH_SIZE = 4096, CLUSTER_URL_SIZE = 512 };

struct cluster {
    char folder[CLUSTER_PATH_SIZE]; /* the data folder, in which the cluster is one folder of
                                       several */
    char sockets[108];
    char url[CLUSTER_URL_SIZE];       /* as its superuser: for migrations, and for people */
    char login_url[CLUSTER_URL_SIZE]; /* as the role of the service, once it is migrated */
    char user[64];                    /* who PostgreSQL runs as */
    uint32_t uid, gid;
    int postmaster;         /* its process; 0: none */
    bool child;             /* it is ours to wait for, not one found running */
    bool keeps;             /* false: a throw-away cluster, which need not survive anything */
    int lock;               /* descriptor of the lock file; -1: not held */
    _Atomic bool cancelled; /* set by another thread: cluster_start is to give up */
};

/* Chooses the user, makes the folder and, when we are root, gives it to that user. */
bool cluster_choose(struct cluster *c, const char *folder, bool keeps, char *why);

/* From root to the cluster's user, for the whole process. */
bool cluster_become_user(const struct cluster *c, char *why);

/* Takes the folder for this process: false, naming the one that has it, when another `run` uses it.
 * `note` is what is said of us to the next who asks. */
bool cluster_lock(struct cluster *c, const char *note, char *why);

/* Starts it, making it first when there is none; a server that still runs on this folder is taken
 * over. Fills url. */
bool cluster_start(struct cluster *c, char *why);

/* Is a server running on this folder? Then url is filled and nothing is started. */
bool cluster_find(struct cluster *c);

/* Has the server that was started or found ended since? */
bool cluster_has_ended(struct cluster *c);

/* Stops it and waits until it has stopped; gives the lock back. */
void cluster_stop(struct cluster *c);

/* keeper.c: a thread that starts the cluster again when its server dies. Between the two calls the
 * cluster is the thread's. */

struct keeper;
struct keeper *keeper_start(struct cluster *c); /* NULL: there is no memory or no thread */
void keeper_stop(struct keeper *k);

/* database.c: whichever database the settings mean */

struct database {
    char url[2048];
    struct cluster cluster; /* in use when `started` */
    bool started;
};

/* The user's own, else the private one: running already, or started for as long as the command
 * takes. */
bool database_open(struct database *d, const struct config *config, char *why);
void database_close(struct database *d);

/* session.c: a call that blocks, for commands that use what the service is made of */

struct session;
struct session *session_open(const char *url, const struct config *config, char *why);
struct call *
session_call(struct session *s); /* fresh: an empty arena, the time it is now, no caller */
void session_close(struct session *s);

/* problem_title, where no request is sent. */
const char *session_title(enum problem_code code);

/* What went wrong with a call, as one line. */
void session_explain(const struct call *c, struct result r, char *why);

/* key.c: false with `why`. The clinic becomes that of the call's caller. */
bool clinic_create(struct call *c, struct text name, struct text zone, struct uuid *id, char *why);
bool key_create(struct call *c, struct uuid clinic, enum role role, uint32_t more_scopes,
                struct text label, int64_t expires_us, struct text *token, char *why);

/* protocol.c: the block of a document, in the call's arena; false with the place and the reason in
 * `why` */
bool protocol_compile(struct call *c, struct text json, struct text *block, char *why);

/* lint.c: tells on standard output what is wrong with a document although it compiles to the block;
 * whether there was no error */
bool protocol_lint(struct call *c, struct text document, struct text block, char *why);

/* seed.c: publishes a document under its own number, unless it stands there already */
bool protocol_publish(struct session *s, struct text json, bool *changed, char *why);

/* migrate.c, seed.c, demo.c: the steps that `run` takes one after the other */

bool migrate_database(const char *url, bool tell, char *why);
bool seed_catalogue(struct session *s, bool tell, char *why);

enum { TOKEN_SIZE = 80 };

/* The demonstration clinic, made when there is none, and a working key for it, remembered in the
 * data folder. */
bool demo_prepare(struct session *s, const char *folder, char token[static TOKEN_SIZE], char *why);

/* serve.c: until the service is told to stop. `ready` is called once, when it answers. */
bool serve_until_stopped(const struct config *config, const char *url, void (*ready)(void *),
                         void *world, char *why);

/* Is the address free? */
bool serve_can_listen(const char *listen, char *why);
