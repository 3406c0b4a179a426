/*
 * A disk that fails to write once, and then works again: a file with the name of a call, in the folder that the environment
 * variable FAILING_SYNC names, lets the next such call fail. The one after that succeeds, as it does on Linux, and proves nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *call)
{
    char sign[PATH_MAX];
    const char *folder = getenv("FAILING_SYNC");
    if (folder == NULL)
        return 0;
    snprintf(sign, sizeof sign, "%s/%s", folder, call);
    if (unlink(sign) != 0)
        return 0;
    errno = EIO;
    return 1;
}

int fdatasync(int file)
{
    return fails("fdatasync") ? -1 : (int)syscall(SYS_fdatasync, file);
}

int fsync(int file)
{
    return fails("fsync") ? -1 : (int)syscall(SYS_fsync, file);
}
