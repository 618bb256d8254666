"""Becomes a program that may use one folder of its own and read what the system has for everybody, and nothing else.

It is run as `confined.py FOLDER PROGRAM ARGUMENT …`, in an empty environment; it imports nothing of ours but
``sandbox.py``, which lies one folder above. Landlock and seccomp hold for the program, too, and for whatever it starts.
"""

import os
import resource
import struct
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

LIMITS = {
    resource.RLIMIT_AS: 4 << 30,
    resource.RLIMIT_CPU: 60,
    resource.RLIMIT_FSIZE: 256 << 20,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 256,
}
READ = (
    *("/usr/lib", "/usr/lib64", "/usr/share", "/lib", "/lib64", "/var/cache/fontconfig"),
    *("/etc/fonts", "/etc/libreoffice", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    *("/var/lib/libreoffice", "/var/spool/libreoffice"),
    *("/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/sys/devices/system/cpu"),
)
"""Libraries, fonts and settings that the system has for everybody; beside them the program's own installation."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

ADD_RULE, PATH_BENEATH = 445, 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14

# Each call's number on x86_64 and on aarch64.
REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "bpf": (321, 280), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "init_module": (175, 105),
    "finit_module": (313, 273), "kexec_load": (246, 104), "open_by_handle_at": (304, 265), "reboot": (169, 142),
    "swapon": (167, 224), "acct": (163, 89), "personality": (135, 92), "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "kill": (62, 129), "rt_sigqueueinfo": (129, 138),
    "connect": (42, 203), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
}  # fmt: skip
SEEMING_DONE = {"bind": (49, 200), "listen": (50, 201)}
"""What LibreOffice insists on, to be found by a second one that there never is: it is told that it was done."""
SOCKET, AF_UNIX = (41, 198), 1


def sandbox() -> ModuleType:
    """Return the module that knows Landlock and seccomp."""
    loader = SourceFileLoader("sandbox", str(Path(__file__).parents[1] / "sandbox.py"))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return module


def call_filter(known: ModuleType) -> bytes:
    """Return a filter that refuses networks, other processes and the system's own settings; the rest is let through."""
    column, machine = known.MACHINES[os.uname().machine]
    no = known.FAIL_WITH | 1  # EPERM
    steps: bytes = known.step(known.LOAD, 4) + known.step(known.EQUAL, machine, 1, 0)
    steps += known.step(known.ANSWER, known.KILL) + known.step(known.LOAD, 0)
    for numbers in REFUSED.values():
        steps += known.step(known.EQUAL, numbers[column], 0, 1) + known.step(known.ANSWER, no)
    for numbers in SEEMING_DONE.values():
        steps += known.step(known.EQUAL, numbers[column], 0, 1) + known.step(known.ANSWER, known.FAIL_WITH)
    steps += known.argument(SOCKET[column], 0, known.EQUAL, AF_UNIX)
    return steps + bytes(known.step(known.ANSWER, known.ALLOW))


def close_all_but(known: ModuleType, folder: str, installed: str) -> bool:
    """Give up every right on files but to read the system's, and all in the folder; tell whether it could be done.

    What is ``installed`` is read as well.
    """
    version = known.LIBC.syscall(known.LANDLOCK_CREATE_RULESET, None, 0, known.LANDLOCK_VERSION)
    if version < 1:
        return False
    every = (1 << max(count for since, count in known.FILE_RIGHTS.items() if since <= version)) - 1
    words = [every, known.NETWORK_RIGHTS, known.SCOPES][: 1 + (version >= 4) + (version >= 6)]
    ruleset = known.LIBC.syscall(
        known.LANDLOCK_CREATE_RULESET, struct.pack(f"={len(words)}Q", *words), 8 * len(words), 0
    )
    if ruleset < 0:
        return False
    allowed = dict.fromkeys((*READ, installed), EXECUTE | READ_FILE | READ_DIR) | dict.fromkeys(
        DEVICES, READ_FILE | WRITE_FILE
    )
    for path, rights in {**allowed, folder: every}.items():
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        if not Path(path).is_dir():
            rights &= OF_A_FILE
        rule = struct.pack("=Qi", rights & every, handle)
        if known.LIBC.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0) < 0:
            return False
        os.close(handle)
    restricted: bool = known.LIBC.syscall(known.LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return restricted


def main() -> None:
    """Give up what the program need not have, then become it."""
    folder, program, *arguments = sys.argv[1:]
    known = sandbox()
    known.end_with_our_parent()
    os.nice(known.NICENESS)
    os.setsid()
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))
    os.chdir(folder)
    known.LIBC.prctl(known.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if not close_all_but(known, folder, str(Path(program).parents[1])) or not known.add_filter(call_filter(known)):
        sys.exit("this system cannot confine a program")
    os.execve(program, [program, *arguments], {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PATH": "/usr/bin"})  # noqa: S606 - the program that our parent names


if __name__ == "__main__":
    main()
