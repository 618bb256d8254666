"""Runs a parser, or a recipe, that can do nothing but read the one file on standard input and answer.

It is run as a child process, in an empty environment, as `sandbox.py LIBRARIES MODULE ARGUMENT`, by ``media.py`` with
what says what a file is and by ``previews`` with what makes a preview of it; it imports nothing of ours. The module's
libraries are imported first; before the first byte of the file is read, the process gives up for ever to open a file,
to reach a network, to start a process, and all but some fifty calls of the system: by Landlock and by seccomp, where
the system has them. Without arguments it gives up as much, tries to do what it should not, and answers what the system
lacks and what it could do.
"""

import ctypes
import errno
import json
import os
import resource
import signal
import struct
import sys
import warnings
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

NICENESS = 5  # whoever asks for a page goes first
LIMITS = {
    resource.RLIMIT_AS: 512 << 20,
    resource.RLIMIT_CPU: 20,  # seconds
    resource.RLIMIT_FSIZE: 0,  # a parser has nothing to write
    resource.RLIMIT_CORE: 0,
}
"""What a module has that says nothing else in ``LIMITS`` of its own."""
OPEN_FILES = 8

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_PDEATHSIG = 38, 22, 2, 1
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF, LANDLOCK_VERSION = 444, 446, 1
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights on files Landlock knows from this version of it on."""
NETWORK_RIGHTS, SCOPES = 0b11, 0b11
"""Binding and connecting over TCP (from version 4); abstract sockets and signals of other processes (from 6)."""

NUMBERS = {
    # name: (x86_64, aarch64), None where it is not
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67), "preadv": (295, 69),
    "lseek": (8, 62), "fstat": (5, 80), "close": (3, 57), "dup": (32, 23),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "madvise": (28, 233), "futex": (202, 98), "membarrier": (324, 283), "set_robust_list": (273, 99),
    "rseq": (334, 293), "set_tid_address": (218, 96), "arch_prctl": (158, None), "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123), "getcpu": (309, 168), "getpid": (39, 172), "gettid": (186, 178),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "restart_syscall": (219, 128), "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "clock_gettime": (228, 113),
    "clock_getres": (229, 114), "gettimeofday": (96, 169), "time": (201, None), "getrandom": (318, 278),
    "getrusage": (98, 165), "sysinfo": (99, 179), "uname": (63, 160), "poll": (7, None), "ppoll": (271, 73),
    "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
"""The calls of the system that are let through whatever they are given: none names a file, an address or a process."""
CLONE, CLONE_THREAD = (56, 220), 0x10000
NEWFSTATAT, AT_EMPTY_PATH = (262, 79), 0x1000
FCNTL, F_DUPFD_CLOEXEC = (72, 25), 1030
CLONE3 = 435
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""By machine: its column of the numbers, and its own number in a filter."""

LOAD, EQUAL, ANY_BIT, ANSWER = 0x20, 0x15, 0x45, 0x06
ALLOW, KILL, FAIL_WITH = 0x7FFF0000, 0x80000000, 0x00050000

ABSENT = {errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM}
"""What a system says that has no such thing, or whose own filter keeps it from us."""

LIBC = ctypes.CDLL(None, use_errno=True)


def step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """Return a step of a filter; ``if_so`` and ``if_not`` are the steps that it skips."""
    return struct.pack("=HBBI", code, if_so, if_not, value)


def argument(number: int, position: int, test: int, value: int) -> bytes:
    """Return the steps that let a call through only if this argument passes a test, ``EQUAL`` or ``ANY_BIT``."""
    return (
        step(EQUAL, number, 0, 4)
        + step(LOAD, 16 + 8 * position)
        + step(test, value, 0, 1)
        + step(ANSWER, ALLOW)
        + step(ANSWER, FAIL_WITH | errno.EPERM)
    )


def call_filter() -> bytes:
    """Return the filter for this machine's calls of the system, empty if their numbers are not known."""
    if os.uname().machine not in MACHINES or sys.maxsize < 1 << 32:
        return b""
    column, machine = MACHINES[os.uname().machine]
    numbers = [row[column] for row in NUMBERS.values()]
    return (
        step(LOAD, 4)
        + step(EQUAL, machine, 1, 0)
        + step(ANSWER, KILL)
        + step(LOAD, 0)
        + b"".join(step(EQUAL, number, 0, 1) + step(ANSWER, ALLOW) for number in numbers if number is not None)
        + step(EQUAL, CLONE3, 0, 1)
        + step(ANSWER, FAIL_WITH | errno.ENOSYS)  # its flags cannot be looked at: the library falls back on clone
        + argument(CLONE[column], 0, ANY_BIT, CLONE_THREAD)  # a thread, no process
        + argument(NEWFSTATAT[column], 3, ANY_BIT, AT_EMPTY_PATH)  # what is open, as fstat of many C libraries asks it
        + argument(FCNTL[column], 1, EQUAL, F_DUPFD_CLOEXEC)
        + step(ANSWER, FAIL_WITH | errno.EPERM)
    )


def add_filter(steps: bytes) -> bool:
    """Have every call of the system pass this filter from now on; tell whether the system can."""
    held = ctypes.create_string_buffer(steps)
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps) // 8, ctypes.addressof(held)))
    return done(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0))


def close_files() -> bool:
    """Give up every right that Landlock knows, on all files and addresses; tell whether the system has it."""
    version = LIBC.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION)
    if not done(version):
        return False
    rights = max(count for since, count in FILE_RIGHTS.items() if since <= version)
    words = [(1 << rights) - 1, NETWORK_RIGHTS, SCOPES][: 1 + (version >= 4) + (version >= 6)]
    ruleset = LIBC.syscall(LANDLOCK_CREATE_RULESET, struct.pack(f"={len(words)}Q", *words), 8 * len(words), 0)
    if not done(ruleset):
        return False
    restricted = done(LIBC.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return restricted


def done(answer: int) -> bool:
    """Tell whether a call was done, False if the system has no such thing; raise ``OSError`` for anything else."""
    if answer >= 0:
        return True
    if (number := ctypes.get_errno()) in ABSENT:
        return False
    raise OSError(number, os.strerror(number))


def give_up() -> list[str]:
    """Give up for ever what a parser does not need, in this process; return what the system has not to do it with."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    lacking = [] if close_files() else ["Landlock"]
    calls = call_filter()
    return lacking if calls and add_filter(calls) else [*lacking, "seccomp"]


def end_with_our_parent() -> None:
    """Have this process killed, and whatever it becomes, when who started it is gone, who else would have ended it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def attempted() -> dict[str, list[str]]:
    """Give up what a parser does not need, and return what the system lacks and what could be done all the same."""
    import socket  # while files can be opened

    attempts = {
        "open other files": lambda: os.close(os.open(__file__, os.O_RDONLY)),
        "reach the network": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        "start processes": start_another,
    }
    lacking = give_up()
    return {"lacking": lacking, "possible": [name for name, attempt in attempts.items() if not refused(attempt)]}


def start_another() -> None:
    """Start a process that ends at once."""
    process = os.fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)


def refused(attempt: Callable[[], object]) -> bool:
    """Tell whether the system does not let us do something."""
    try:
        attempt()
    except PermissionError:
        return True
    return False


class Output:
    """What a recipe gives back: parts of one file, on standard output; of each it tells on standard error.

    A line there is JSON: ``part`` with ``start`` and ``end`` once a part is whole, ``done`` for how far the recipe is,
    from 0 to 1, and ``cannot`` with a word for why there will be no more.
    """

    def __init__(self) -> None:
        self.file = open(1, "r+b", buffering=0, closefd=False)  # noqa: SIM115 - it is open, and stays so
        self._end = 0

    def keep(self, part: str, content: bytes) -> None:
        """Give back a whole part."""
        self.file.seek(self._end)
        view = memoryview(content)
        while view:
            view = view[self.file.write(view) :]
        self.written(part)

    def written(self, part: str) -> None:
        """Say that what was written to ``file`` since the last part is a whole one."""
        start, self._end = self._end, self.file.seek(0, os.SEEK_END)
        self._tell({"part": part, "start": start, "end": self._end})

    def progress(self, done: float) -> None:
        """Say how far the recipe is."""
        self._tell({"done": round(done, 3)})

    def cannot(self, why: str) -> None:
        """Say why there will be no more."""
        self._tell({"cannot": why})

    def _tell(self, said: dict[str, Any]) -> None:
        os.write(2, json.dumps(said).encode() + b"\n")


def judge(libraries: str, path: str, argument: str) -> Any:
    """Return a parser's answer for the file on standard input; None of a recipe, whose ``Output`` is elsewhere."""
    sys.path += libraries.split(os.pathsep)
    loader = SourceFileLoader("parser", path)
    module = ModuleType(loader.name)
    loader.exec_module(module)
    module.load(argument)
    warnings.simplefilter("ignore")  # to show one, source is read
    for limit, most in {**LIMITS, **getattr(module, "LIMITS", {})}.items():
        resource.setrlimit(limit, (most, most))
    give_up()
    if hasattr(module, "make"):
        return follow(module, Output())
    return module.answer(sys.stdin.buffer)


def follow(recipe: ModuleType, out: Output) -> None:
    """Follow a recipe; where it needs more memory or room than it has, say so."""
    try:
        recipe.make(sys.stdin.buffer, out)
    except MemoryError:
        out.cannot("too much")
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        out.cannot("too much")


def main() -> None:
    """Answer for the file, or without a module what the system lacks and what could be done that should not."""
    end_with_our_parent()
    os.nice(NICENESS)
    answer = judge(*sys.argv[1:]) if sys.argv[1:] else attempted()
    if answer is not None:
        sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
