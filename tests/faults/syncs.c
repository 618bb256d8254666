/* A disk that does not confirm: loaded before the C library, it lets each sync fail while a file is there. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int passed_on(const char *name, int file) {
    const char *fault = getenv("SYNCS_FAIL_WHILE");
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (fault != NULL && access(fault, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int fsync(int file) { return passed_on("fsync", file); }
int fdatasync(int file) { return passed_on("fdatasync", file); }
