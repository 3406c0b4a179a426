/*
 * A disk that forgets in a power cut whatever was not synced. Loaded into the server (LD_PRELOAD) it stands before fsync and
 * fdatasync: what a file or folder below FORGETFUL_ROOT is at that moment is copied to FORGETFUL_DISK, and nothing else ever is.
 * From there Remains.cs makes the root anew.
 *
 *   files/<id>    a file as it was when it was last synced
 *   folders/<id>  a folder as it was when it was last synced: a line for each entry, "<kind> <id> <name>", kind f or d
 *   root          the root's id
 *   syncs         a line for each sync: "<call> <path>"
 *
 * An id is inode and time of birth, for inodes are used again; it is written as stat prints it (%i-%.9W).
 *
 * A test may put two files there:
 *
 *   kill          "<n> <pattern>": the process is killed when the n-th sync of such a path is asked for; nothing of it is done
 *   slow          "<ms> <pattern>": so long a sync of such a path takes
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ID_LENGTH 64

static char root[PATH_MAX];
static const char *disk;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* A test must not pass because the disk did not work. */
static void need(int worked, const char *what)
{
    if (worked)
        return;
    perror(what);
    abort();
}

/* Returns whether it is a folder ('d') or anything else ('f'); 0 if it is not there (any more). */
static char identify(int at, const char *path, char *id)
{
    struct statx s;
    if (statx(at, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_INO | STATX_BTIME, &s) != 0)
    {
        need(errno == ENOENT, path);
        return 0;
    }
    need((s.stx_mask & STATX_BTIME) != 0, "this file system knows no time of birth");
    snprintf(id, ID_LENGTH, "%llu-%lld.%09u", (unsigned long long)s.stx_ino, (long long)s.stx_btime.tv_sec, s.stx_btime.tv_nsec);
    return S_ISDIR(s.stx_mode) ? 'd' : 'f';
}

static void on_disk(char *path, const char *folder, const char *name)
{
    snprintf(path, PATH_MAX, "%s/%s%s", disk, folder, name);
}

/* What is kept replaces what was kept before as a whole, or not at all. */
static int begin(void)
{
    char draft[PATH_MAX];
    on_disk(draft, "", "draft");
    int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    need(file >= 0, draft);
    return file;
}

static void commit(int file, const char *folder, const char *name)
{
    char draft[PATH_MAX], path[PATH_MAX];
    on_disk(draft, "", "draft");
    on_disk(path, folder, name);
    close(file);
    need(rename(draft, path) == 0, path);
}

/* A descriptor that can be read. SQLite's can; opening its file once more would end its locks with the close. */
static int readable(int fd)
{
    char path[64];
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY)
        return fd;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDONLY | O_CLOEXEC);
    need(again >= 0, path);
    return again;
}

static void keep_file(int fd, const char *id)
{
    int from = readable(fd), to = begin();
    off_t offset = 0;
    ssize_t sent;
    while ((sent = sendfile(to, from, &offset, 1 << 30)) > 0)
        ;
    need(sent == 0, "sendfile");
    if (from != fd)
        close(from);
    commit(to, "files/", id);
}

static void keep_folder(const char *path, const char *id)
{
    char entry_id[ID_LENGTH];
    int to = begin();
    DIR *folder = opendir(path);
    need(folder != NULL, path);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char kind = identify(dirfd(folder), entry->d_name, entry_id);
        if (kind != 0)
            dprintf(to, "%c %s %s\n", kind, entry_id, entry->d_name);
    }
    closedir(folder);
    commit(to, "folders/", id);
}

static int adopt(const char *path, const struct stat *s, int type, struct FTW *ftw)
{
    char id[ID_LENGTH];
    (void)s, (void)type, (void)ftw;
    if (identify(AT_FDCWD, path, id) == 'd')
    {
        keep_folder(path, id);
        return 0;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    need(fd >= 0, path);
    keep_file(fd, id);
    close(fd);
    return 0;
}

/* What is there when the power comes on is on the disk. The root's id comes last: it says that this was done. */
__attribute__((constructor)) static void power_on(void)
{
    char path[PATH_MAX], id[ID_LENGTH];
    const char *watched = getenv("FORGETFUL_ROOT");
    disk = getenv("FORGETFUL_DISK");
    need(watched != NULL && disk != NULL && realpath(watched, root) != NULL, "FORGETFUL_ROOT, FORGETFUL_DISK");
    on_disk(path, "", "root");
    if (access(path, F_OK) == 0)
        return; /* an earlier process did */
    need(nftw(root, adopt, 16, FTW_PHYS) == 0, root);
    identify(AT_FDCWD, root, id);
    int to = begin();
    dprintf(to, "%s", id);
    commit(to, "", "root");
}

/* The path below the root, or null. */
static const char *watched_path(int fd, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    size_t root_length = strlen(root);
    if (length < (ssize_t)root_length || strncmp(path, root, root_length) != 0)
        return NULL;
    path[length] = 0;
    return path[root_length] == '/' ? path + root_length + 1 : path[root_length] == 0 ? "." : NULL;
}

static void note(const char *call, const char *path)
{
    char log[PATH_MAX];
    on_disk(log, "", "syncs");
    int to = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    need(to >= 0, log);
    dprintf(to, "%s %s\n", call, path);
    close(to);
}

/* The number that a wish has for a path; 0 if there is none. */
static long wished(const char *wish, const char *path)
{
    char file[PATH_MAX], pattern[256];
    long number;
    on_disk(file, "", wish);
    FILE *wishes = fopen(file, "re");
    if (wishes == NULL)
        return 0;
    need(fscanf(wishes, "%ld %255s", &number, pattern) == 2, wish);
    fclose(wishes);
    return fnmatch(pattern, path, 0) == 0 ? number : 0;
}

static void be_slow(const char *path)
{
    usleep((useconds_t)wished("slow", path) * 1000);
}

static void die_here(const char *path)
{
    static long times;
    long n = wished("kill", path);
    if (n == 0 || ++times != n)
        return;
    kill(getpid(), SIGKILL);
    pause();
}

static int sync_one(const char *call, int number, int fd)
{
    char full[PATH_MAX], id[ID_LENGTH];
    const char *path = watched_path(fd, full);
    if (path == NULL)
        return (int)syscall(number, fd);
    be_slow(path);
    pthread_mutex_lock(&one_at_a_time);
    die_here(path);
    if (identify(fd, "", id) == 'd')
        keep_folder(full, id);
    else
        keep_file(fd, id);
    note(call, path);
    pthread_mutex_unlock(&one_at_a_time);
    return 0;
}

int fsync(int fd) { return sync_one("fsync", SYS_fsync, fd); }

int fdatasync(int fd) { return sync_one("fdatasync", SYS_fdatasync, fd); }
