/* A disk that does not confirm: loaded before the C library, it counts each sync and lets some of them fail.

   All fail while the file SYNCS_FAIL_WHILE is there. Of those that every process counts in the file SYNCS_COUNTED
   (how many there were, and the number of the one that fails) one fails. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct counts {
    _Atomic long made, fails;
};
static struct counts own, *counts = &own;

__attribute__((constructor)) static void share(void) {
    const char *name = getenv("SYNCS_COUNTED");
    int file = name != NULL ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof own, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        counts = shared;
    close(file);
}

static int passed_on(const char *name, int file) {
    const char *fault = getenv("SYNCS_FAIL_WHILE");
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    long number = ++counts->made;
    if (number == counts->fails || (fault != NULL && access(fault, F_OK) == 0)) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int fsync(int file) { return passed_on("fsync", file); }
int fdatasync(int file) { return passed_on("fdatasync", file); }
