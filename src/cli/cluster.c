/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL of our own: a folder, a unix socket and no port, so that no other server on the
 * machine can be in the way or be touched. What is difficult here: root          PostgreSQL refuses
 * to be root, so its processes become another user, who also owns the folder long paths    a
 * socket's path has 107 bytes; a longer folder gets its socket elsewhere, in a folder only this
 * user may enter crashes       a pid file may name a process that is gone, or one that has nothing
 * to do with us; a server may have survived us the terminal  Ctrl-C goes to a whole process group;
 * the server leaves it, or it would stop before the service has drained our own end   however we
 * end, the kernel tells the server to stop versions      a folder belongs to one major version of
 * PostgreSQL */
#include "cli.h"

#include "../base/digest.h"
#include "../base/time.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OLDEST_MAJOR = 15, LOG_LIMIT = 8 * 1024 * 1024 };
enum { START_LIMIT_S = 120, STOP_LIMIT_S = 30, PAUSE_US = 5000 };
enum { LAUNCH_TRIES = 100, LAUNCH_PAUSE_US = 100000 };

[[gnu::format(printf, 2, 3)]] static bool explain(char *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, WHY_SIZE, format, args);
    va_end(args);
    return false;
}

/* folder/name, or folder/name/more */
static const char *path_in(const struct cluster *c, const char *name,
                           char out[static CLUSTER_PATH_SIZE])
{
    size_t size = strlen(c->folder);
    snprintf(out, CLUSTER_PATH_SIZE, "%.*s/%s", (int)(size < CLUSTER_PATH_SIZE - 64 ? size : 0),
             c->folder, name);
    return out;
}

/* ---- who, and where ---- */

static bool use_account(struct cluster *c, const struct passwd *account)
{
    if (account == NULL || account->pw_uid == 0 || strlen(account->pw_name) >= sizeof c->user)
        return false;
    memcpy(c->user, account->pw_name, strlen(account->pw_name) + 1);
    c->uid = account->pw_uid;
    c->gid = account->pw_gid;
    return true;
}

/* Root gives the work to the owner of the folder, else to the user that Debian's package made, else
 * to nobody. */
static bool choose_user(struct cluster *c, char *why)
{
    struct stat s;
    if (geteuid() != 0) {
        if (use_account(c, getpwuid(geteuid()))) return true;
        return explain(why, "user %u has no name, and PostgreSQL needs one: add it to /etc/passwd",
                       geteuid());
    }
    if (stat(c->folder, &s) == 0 && s.st_uid != 0 && use_account(c, getpwuid(s.st_uid)))
        return true;
    if (use_account(c, getpwnam("postgres")) || use_account(c, getpwnam("nobody"))) return true;
    return explain(
        why, "PostgreSQL does not run as root, and there is neither a user postgres nor nobody");
}

/* mkdir -p; what is made on the way is for everybody to pass, the last is the user's own */
static bool make_folder(struct cluster *c, const char *path, char *why)
{
    char part[CLUSTER_PATH_SIZE];
    snprintf(part, sizeof part, "%s", path);
    for (char *at = part + 1; *at != '\0'; at++) {
        if (*at != '/') continue;
        *at = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return explain(why, "%.200s cannot be made: %s", part, strerror(errno));
        *at = '/';
    }
    bool made = mkdir(path, 0700) == 0;
    if (!made && errno != EEXIST)
        return explain(why, "%.200s cannot be made: %s", path, strerror(errno));
    if (made && geteuid() == 0 && chown(path, c->uid, c->gid) != 0) {
        return explain(why, "%.200s cannot be given to %s: %s", path, c->user, strerror(errno));
    }
    return true;
}

static bool own_folder(const struct cluster *c, const char *path, char *why)
{
    struct stat s;
    if (stat(path, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == c->uid) return true;
    return explain(why, "%.200s is no folder of user %s", path, c->user);
}

/* What is wrong with the place, and who has chosen it. */
static bool blame_setting(const struct cluster *c, char *why)
{
    char reason[WHY_SIZE];
    if (!c->keeps) return false; /* it was not chosen by a setting */
    snprintf(reason, sizeof reason, "%s", why);
    return explain(why,
                   "data_dir is \"%.200s\" (%s), and %.400s: choose another with REHABD_DATA_DIR",
                   c->folder, config_source("data_dir"), reason);
}

bool cluster_choose(struct cluster *c, const char *folder, bool keeps, char *why)
{
    *c = (struct cluster){.keeps = keeps, .lock = -1};
    if (strlen(folder) >= CLUSTER_PATH_SIZE - 256)
        return explain(why, "data_dir is longer than this system allows");
    snprintf(c->folder, sizeof c->folder, "%s", folder);
    if (!choose_user(c, why)) return false;
    return (make_folder(c, folder, why) && own_folder(c, folder, why)) || blame_setting(c, why);
}

bool cluster_become_user(const struct cluster *c, char *why)
{
    if (geteuid() != 0) return true;
    if (initgroups(c->user, c->gid) != 0 || setgid(c->gid) != 0 || setuid(c->uid) != 0) {
        return explain(why, "user %s cannot be taken on: %s", c->user, strerror(errno));
    }
    prctl(PR_SET_DUMPABLE, 1); /* or /proc/self would still be root's */
    if (chdir(c->folder) == 0) return true;
    return explain(
        why,
        "data_dir is \"%.200s\" (%s), and user %s cannot enter it, for a folder above it "
        "is closed to others: choose another with REHABD_DATA_DIR",
        c->folder, config_source("data_dir"), c->user);
}

/* ---- the lock ---- */

bool cluster_lock(struct cluster *c, const char *note, char *why)
{
    char path[CLUSTER_PATH_SIZE];
    char holder[128] = "";
    path_in(c, "lock", path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return explain(why, "%.200s cannot be opened: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
        holder[n > 0 ? n : 0] = '\0';
        close(fd);
        return explain(why,
                       "rehabd already runs on %.200s (%s): stop it first, or choose other data "
                       "with REHABD_DATA_DIR",
                       c->folder, *holder ? holder : "starting");
    }
    if (geteuid() == 0 && fchown(fd, c->uid, c->gid) != 0)
        return explain(why, "%.200s: %s", path, strerror(errno));
    int size = snprintf(holder, sizeof holder, "process %d%s%s", getpid(), *note ? ", " : "", note);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, (size_t)size, 0) != size) {
        return explain(why, "%.200s cannot be written: %s", path, strerror(errno));
    }
    c->lock = fd;
    return true;
}

/* ---- programs of PostgreSQL ---- */

/* bin folder of a major version, or of the newest when `major` is 0; 0 when there is none */
static int find_programs(int major, char *out, size_t size)
{
    glob_t found;
    int best = 0;
    int flags = 0;
    static const char *const places[] = {"/usr/lib/postgresql/*/bin/initdb",
                                         "/usr/pgsql-*/bin/initdb"};
    for (size_t i = 0; i < 2; i++) {
        if (glob(places[i], flags, NULL, &found) == 0 || flags == 0) flags = GLOB_APPEND;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        const char *digit = path;
        while (*digit != '\0' && !isdigit((unsigned char)*digit))
            digit++;
        int version = (int)strtol(digit, NULL, 10);
        if (version < OLDEST_MAJOR || (major != 0 ? version != major : version <= best)) continue;
        best = version;
        snprintf(out, size, "%.*s", (int)(strrchr(path, '/') - path), path);
    }
    globfree(&found);
    return best;
}

/* What may be in the environment of the server and its tools: nothing that changes whom libpq
 * speaks to. */
static void clear_environment(void)
{
    static const char *const names[] = {
        "PGHOST",    "PGHOSTADDR",       "PGPORT",    "PGUSER",       "PGPASSWORD", "PGPASSFILE",
        "PGSERVICE", "PGDATABASE",       "PGOPTIONS", "PGSYSCONFDIR", "PGSSLMODE",  "PGDATA",
        "PGAPPNAME", "PGCLIENTENCODING", "PGTZ",      "PGDATESTYLE"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}

static void redirect(int from, int to)
{
    if (from >= 0) dup2(from, to);
}

/* In the child: becomes the user, leaves the terminal's group, reads `in`, writes to the log. Never
 * returns. */
_Noreturn static void become_program(const struct cluster *c, const char *const argv[], int in,
                                     int log, int parent)
{
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(c->gid) != 0 || setuid(c->uid) != 0))
        _exit(126);
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGINT); /* to the server: stop at once, but in order */
    if (getppid() != parent) _exit(125);
    redirect(in, STDIN_FILENO);
    redirect(log, STDOUT_FILENO);
    redirect(log, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    clear_environment();
    setenv("LC_ALL", "C.UTF-8", 1);
    if (chdir(c->folder) != 0) _exit(124);
    char *const *arguments = NULL;
    memcpy(&arguments, &argv, sizeof arguments); /* execv changes nothing, whatever its type says */
    execv(argv[0], arguments);
    _exit(127);
}

static int open_log(const struct cluster *c)
{
    char path[CLUSTER_PATH_SIZE];
    char old[CLUSTER_PATH_SIZE];
    struct stat s;
    path_in(c, "postgres.log", path);
    if (stat(path, &s) == 0 && s.st_size > LOG_LIMIT)
        rename(path, path_in(c, "postgres.log.old", old));
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0 && geteuid() == 0 && fchown(fd, c->uid, c->gid) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static pid_t start_program(const struct cluster *c, const char *const argv[], int in)
{
    int log = open_log(c);
    int null = in >= 0 ? in : open("/dev/null", O_RDONLY | O_CLOEXEC);
    int parent = getpid();
    pid_t pid = fork();
    if (pid == 0) become_program(c, argv, null, log, parent);
    if (null != in) close(null);
    if (log >= 0) close(log);
    return pid;
}

/* The last lines of the log, as one. */
static void read_log_end(const struct cluster *c, char *out, size_t size)
{
    char path[CLUSTER_PATH_SIZE];
    int fd = open(path_in(c, "postgres.log", path), O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;
    *out = '\0';
    if (fd < 0) return;
    off_t end = lseek(fd, 0, SEEK_END);
    off_t from = end > (off_t)size - 1 ? end - (off_t)size + 1 : 0;
    n = pread(fd, out, size - 1, from);
    close(fd);
    out[n > 0 ? n : 0] = '\0';
    while (n > 0 && isspace((unsigned char)out[n - 1]))
        out[--n] = '\0';
    char *whole = from > 0 ? strchr(out, '\n') : NULL; /* the first line is cut in two */
    if (whole != NULL) memmove(out, whole + 1, strlen(whole + 1) + 1);
    for (char *at = out; *at != '\0'; at++) {
        if (*at == '\n') *at = ' ';
    }
}

/* Runs a program of PostgreSQL to its end, giving it `input` to read. */
static bool run_program(const struct cluster *c, const char *const argv[], const char *input,
                        char *why)
{
    int pipe_ends[2];
    int status = -1;
    char tail[300];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) return explain(why, "no pipe: %s", strerror(errno));
    bool fed = write(pipe_ends[1], input, strlen(input)) ==
               (ssize_t)strlen(input); /* far less than a pipe holds */
    close(pipe_ends[1]);
    pid_t pid = fed ? start_program(c, argv, pipe_ends[0]) : -1;
    close(pipe_ends[0]);
    if (pid > 0) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    read_log_end(c, tail, sizeof tail);
    return explain(why, "%s failed; %.200s/postgres.log ends: %s", argv[0], c->folder, tail);
}

/* ---- making a cluster ---- */

static bool write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we"); /* is there already, owned by the user */
    if (f == NULL) return false;
    bool done = fputs(text, f) >= 0;
    return fclose(f) == 0 && done;
}

/* Only the owner of the folder, and root, may come in: the kernel says who is at the socket, and
 * the map says who he is here. */
static bool write_access(const struct cluster *c, const char *data, char *why)
{
    char path[CLUSTER_PATH_SIZE + 16];
    char map[512];
    snprintf(path, sizeof path, "%s/pg_hba.conf", data);
    bool done = write_file(
        path,
        "# only through the socket, only those of pg_ident.conf\nlocal all all peer map=rehab\n");
    snprintf(path, sizeof path, "%s/pg_ident.conf", data);
    snprintf(map, sizeof map,
             "rehab  \"%s\"  rehab\nrehab  \"%s\"  rehab_login\n"
             "rehab  root  rehab\nrehab  root  rehab_login\n",
             c->user, c->user);
    if (done && write_file(path, map)) return true;
    return explain(why, "%.200s cannot be written: %s", path, strerror(errno));
}

/* All under another name first: a folder of the right name is always whole. */
static bool make_cluster(const struct cluster *c, const char *data, char *why)
{
    char bin[256];
    char initdb[300];
    char postgres[300];
    char fresh[CLUSTER_PATH_SIZE];
    path_in(c, "cluster.new", fresh);
    if (find_programs(0, bin, sizeof bin) == 0) {
        return explain(why, "PostgreSQL %d or newer is not installed: apt-get install postgresql",
                       OLDEST_MAJOR);
    }
    const char *const remove[] = {"/bin/rm", "-rf", fresh, NULL};
    snprintf(initdb, sizeof initdb, "%s/initdb", bin);
    snprintf(postgres, sizeof postgres, "%s/postgres", bin);
    const char *const init[] = {initdb,
                                "-D",
                                fresh,
                                "--username=rehab",
                                "--encoding=UTF8",
                                "--locale=C.UTF-8",
                                "--auth=peer",
                                "--no-instructions",
                                c->keeps ? NULL : "--no-sync",
                                NULL};
    const char *const single[] = {postgres, "--single", "-D", fresh, "-F", "postgres", NULL};
    if (!run_program(c, remove, "", why) || !run_program(c, init, "", why) ||
        !write_access(c, fresh, why))
        return false;
    if (!run_program(c, single, "CREATE DATABASE rehab\n", why)) return false;
    if (rename(fresh, data) == 0) return true;
    return explain(why, "%.200s cannot be made: %s", data, strerror(errno));
}

/* ---- a server that runs ---- */

struct pid_file {
    int pid;
    char sockets[108];
    bool ready;
};

/* Eight lines: pid, data folder, start, port, socket folder, address, shared memory, state. */
static bool read_lock_file(const char *path, struct pid_file *out)
{
    char line[CLUSTER_PATH_SIZE];
    FILE *f = fopen(path, "re");
    if (f == NULL) return false;
    *out = (struct pid_file){0};
    for (int i = 1; fgets(line, sizeof line, f) != NULL; i++) {
        line[strcspn(line, "\n")] = '\0';
        if (i == 1) out->pid = (int)strtol(line, NULL, 10);
        if (i == 5) snprintf(out->sockets, sizeof out->sockets, "%.107s", line);
        if (i == 8) out->ready = strncmp(line, "ready", 5) == 0;
    }
    fclose(f);
    return out->pid > 1;
}

static bool read_pid_file(const struct cluster *c, struct pid_file *out)
{
    char path[CLUSTER_PATH_SIZE];
    return read_lock_file(path_in(c, "cluster/postmaster.pid", path), out);
}

/* The value after -D in the command line of a process: that one is for everybody to read. */
static bool is_told_folder(int pid, const char *data)
{
    char path[64];
    char line[2 * CLUSTER_PATH_SIZE];
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    FILE *f = fopen(path, "re");
    if (f == NULL) return false;
    size_t size = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[size] = '\0';
    for (const char *at = line; at < line + size; at += strlen(at) + 1) {
        const char *next = at + strlen(at) + 1;
        if (strcmp(at, "-D") == 0 && next < line + size) return strcmp(next, data) == 0;
    }
    return false;
}

/* Does the process really serve this folder? A server's working folder is its data; only its user
 * may look there. */
static bool serves_us(const struct cluster *c, int pid)
{
    char link[64];
    char at[CLUSTER_PATH_SIZE];
    char data[CLUSTER_PATH_SIZE];
    char real[CLUSTER_PATH_SIZE];
    path_in(c, "cluster", data);
    snprintf(link, sizeof link, "/proc/%d/cwd", pid);
    ssize_t n = readlink(link, at, sizeof at - 1);
    if (n < 0) return errno == EACCES && is_told_folder(pid, data);
    at[n] = '\0';
    return realpath(data, real) != NULL && strcmp(at, real) == 0;
}

static void write_url(struct cluster *c)
{
    static const char form[] = "postgresql:///rehab?host=%s&port=5432&user=%s";
    snprintf(c->url, sizeof c->url, form, c->sockets, "rehab");
    snprintf(c->login_url, sizeof c->login_url, form, c->sockets, "rehab_login");
}

bool cluster_find(struct cluster *c)
{
    struct pid_file file;
    if (!read_pid_file(c, &file) || !serves_us(c, file.pid) || *file.sockets == '\0') return false;
    memcpy(c->sockets, file.sockets, sizeof c->sockets);
    c->postmaster = file.pid;
    c->child = false;
    write_url(c);
    return true;
}

/* ---- starting ---- */

static bool is_plain(const char *path)
{
    return path[strspn(
               path, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-")] == '\0';
}

/* In the data folder, unless its path is too long for a socket or has characters that a list of
 * folders could stumble over. */
static bool choose_sockets(struct cluster *c, char *why)
{
    char path[CLUSTER_PATH_SIZE];
    char hex[DIGEST_TEXT_SIZE];
    struct stat s;
    enum { ROOM = 107 - sizeof "/.s.PGSQL.5432.lock" };
    path_in(c, "run", path);
    if (strlen(path) > ROOM || !is_plain(path)) {
        struct digest d = digest_of(text_of(c->folder));
        digest_write(&d, hex);
        snprintf(path, sizeof path, "/run/user/%u", c->uid);
        bool mine = stat(path, &s) == 0 && s.st_uid == c->uid;
        snprintf(path, sizeof path, mine ? "/run/user/%u/rehabd-%.12s" : "/tmp/rehabd-%u-%.12s",
                 c->uid, hex);
    }
    if (mkdir(path, 0700) == 0 && geteuid() == 0 && chown(path, c->uid, c->gid) != 0) {
        return explain(why, "%.200s cannot be given to %s", path, c->user);
    }
    /* in /tmp anybody could have made it before us */
    if (lstat(path, &s) != 0 || !S_ISDIR(s.st_mode) || s.st_uid != c->uid ||
        (s.st_mode & 077) != 0) {
        return explain(
            why, "%.200s is needed for the socket and must be a folder that only %s may enter",
            path, c->user);
    }
    snprintf(c->sockets, sizeof c->sockets, "%.107s", path);
    write_url(c);
    return true;
}

static int read_major(const char *data)
{
    char path[CLUSTER_PATH_SIZE + 16];
    char text[16] = "";
    snprintf(path, sizeof path, "%s/PG_VERSION", data);
    FILE *f = fopen(path, "re");
    if (f == NULL) return 0;
    const char *got = fgets(text, sizeof text, f);
    fclose(f);
    return got == NULL ? 0 : (int)strtol(text, NULL, 10);
}

static bool choose_programs(const char *data, char *bin, size_t size, char *why)
{
    char other[256];
    int major = read_major(data);
    if (major == 0)
        return explain(why, "%.200s holds no PostgreSQL data (it has no PG_VERSION)", data);
    if (find_programs(major, bin, size) != 0) return true;
    int newest = find_programs(0, other, sizeof other);
    return explain(why,
                   "%.200s was made by PostgreSQL %d, and here is %s%d: install postgresql-%d, "
                   "move the data with pg_upgrade, or "
                   "remove the folder to begin anew",
                   data, major, newest ? "only " : "no PostgreSQL but ", newest, major);
}

static void pause_a_little(void)
{
    usleep(PAUSE_US);
}

static bool has_ended(const struct cluster *c)
{
    int status = 0;
    if (c->child) return waitpid(c->postmaster, &status, WNOHANG) != 0;
    return !serves_us(c, c->postmaster);
}

/* false with an empty `why`: try again. Processes of a server that was killed are still letting go
 * of its memory, or the server that was found running was about to stop. */
static bool wait_until_ready(struct cluster *c, char *why)
{
    char tail[300];
    struct pid_file file;
    int status = 0;
    *why = '\0';
    for (int64_t end = time_tick_us() + START_LIMIT_S * US_PER_SECOND; time_tick_us() < end;
         pause_a_little()) {
        if (c->child && waitpid(c->postmaster, &status, WNOHANG) == c->postmaster) {
            c->postmaster = 0;
            read_log_end(c, tail, sizeof tail);
            if (strstr(tail, "still in use") != NULL) return false;
            return explain(why, "PostgreSQL did not start; %.200s/postgres.log ends: %s", c->folder,
                           tail);
        }
        if (atomic_load(&c->cancelled)) return explain(why, "PostgreSQL is needed no more");
        if (!c->child && has_ended(c)) return false;
        if (read_pid_file(c, &file) && file.pid == c->postmaster && file.ready) return true;
    }
    return explain(why, "PostgreSQL was not ready within %d s; see %.200s/postgres.log",
                   START_LIMIT_S, c->folder);
}

static bool launch(struct cluster *c, const char *bin, const char *data, char *why)
{
    char postgres[300];
    char sockets[160];
    snprintf(postgres, sizeof postgres, "%s/postgres", bin);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", c->sockets);
    const char *const keep[] = {
        postgres, "-D", data, "-p", "5432", "-c", "listen_addresses=", "-c", sockets, "-c",
        "unix_socket_permissions=0700", "-c", "cluster_name=rehabd", "-c", "max_connections=300",
        "-c", "jit=off", "-c", "logging_collector=off", "-c", "log_destination=stderr", "-c",
        "log_min_messages=warning", "-c", "log_min_error_statement=panic", "-c",
        "log_error_verbosity=terse", "-c", "timezone=UTC",
        /* for a throw-away cluster only */
        c->keeps ? NULL : "-c", "fsync=off", "-c", "full_page_writes=off", NULL};
    for (int tries = 0; tries < LAUNCH_TRIES; tries++) {
        c->postmaster = start_program(c, keep, -1);
        c->child = true;
        if (c->postmaster < 0)
            return explain(why, "PostgreSQL cannot be started: %s", strerror(errno));
        if (wait_until_ready(c, why)) return true;
        if (*why != '\0') return false;
        usleep(LAUNCH_PAUSE_US);
    }
    return explain(why, "processes of an earlier server still hold %.200s: end them, or wait",
                   data);
}

/* What a killed server has left. PostgreSQL asks of such a file only whether a process of its
 * number lives, and that may be a stranger, or one that nobody has buried yet. */
static bool remove_stale(const struct cluster *c, char *why)
{
    static const char *const names[] = {"cluster/postmaster.pid", ".s.PGSQL.5432.lock",
                                        ".s.PGSQL.5432"};
    char path[CLUSTER_PATH_SIZE];
    struct pid_file file;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (i == 0)
            path_in(c, names[i], path);
        else
            snprintf(path, sizeof path, "%s/%s", c->sockets, names[i]);
        if (read_lock_file(path, &file) && serves_us(c, file.pid))
            return explain(why, "process %d, a PostgreSQL, works on %.200s: stop it first",
                           file.pid, c->folder);
        unlink(path);
    }
    return true;
}

bool cluster_start(struct cluster *c, char *why)
{
    char data[CLUSTER_PATH_SIZE];
    char bin[256];
    struct stat s;
    path_in(c, "cluster", data);
    while (cluster_find(c)) { /* it has survived whoever started it, or is about to follow him */
        if (wait_until_ready(c, why)) return true;
        if (*why != '\0') return false;
    }
    if (stat(data, &s) != 0 && !make_cluster(c, data, why)) return false;
    if (!choose_programs(data, bin, sizeof bin, why) || !choose_sockets(c, why)) return false;
    return remove_stale(c, why) && write_access(c, data, why) && launch(c, bin, data, why);
}

bool cluster_has_ended(struct cluster *c)
{
    if (c->postmaster > 0 && has_ended(c)) c->postmaster = 0;
    return c->postmaster <= 0;
}

void cluster_stop(struct cluster *c)
{
    if (c->postmaster > 0) {
        kill(c->postmaster, SIGINT); /* fast: sessions are ended, data is written */
        int64_t end = time_tick_us() + STOP_LIMIT_S * US_PER_SECOND;
        while (!has_ended(c) && time_tick_us() < end)
            pause_a_little();
        if (time_tick_us() >= end)
            kill(c->postmaster, SIGQUIT); /* at once: the next start recovers */
    }
    if (c->postmaster > 0)
        rmdir(c->sockets); /* it may lie in /tmp; the next start makes it again */
    c->postmaster = 0;
    if (c->lock >= 0) close(c->lock);
    c->lock = -1;
}
