"""Memory: by how much a process and those below it grow while something is done, as Linux tells it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from portfolio.domain.kernel import Value

POLL_SECONDS = 0.01
"""Seconds between two looks at the processes: one that ends is taken as it was then."""
PROCESSES = Path("/proc")
"""Where Linux tells what processes use."""


class Grown(Value):
    """By how many kilobytes processes grew at most: those that ran at the beginning, and those that began since.

    One that began meanwhile counts with all it has.
    """

    before: dict[int, int]
    since: dict[int, int]

    def most(self) -> float:
        """Return the most of those that ran before, in MB."""
        return max(self.before.values(), default=0) / 1_000

    def most_of_children(self) -> float:
        """Return the most of those that began since, in MB."""
        return max(self.since.values(), default=0) / 1_000


def tells() -> bool:
    """Tell whether this system tells what memory a process had at most."""
    return (PROCESSES / "self" / "clear_refs").exists()


@contextmanager
def watched(parent: int) -> Iterator[Grown]:
    """Watch a process and all below it until the end; what is given goes on growing until then."""
    idle, stop = {}, Event()
    for pid in family(parent):
        idle[pid] = memory(pid, "VmRSS")
        (PROCESSES / str(pid) / "clear_refs").write_text("5")  # the most it had begins again with what it has
    grown = Grown(before={}, since={})

    def watch() -> None:
        while not stop.wait(POLL_SECONDS):
            for pid in family(parent):
                if most := memory(pid, "VmHWM"):
                    (grown.before if pid in idle else grown.since)[pid] = most - idle.get(pid, 0)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield grown
    finally:
        stop.set()
        thread.join()


def family(parent: int) -> list[int]:
    """Return a process and all below it, leaving out those that are just ending."""
    children: dict[int, list[int]] = {}
    for status in PROCESSES.glob("[0-9]*/stat"):
        try:
            above = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(above, []).append(int(status.parent.name))
    family = [parent]
    for pid in family:
        family += children.get(pid, [])
    return family


def cpu_seconds(parent: int) -> float:
    """Return the seconds of processor time that a process and all below it have used, with those below that ended."""
    ticks = 0
    for pid in family(parent):
        with suppress(OSError):
            ticks += sum(map(int, (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int, name: str) -> int:
    """Return one of the kilobyte figures of a process, 0 if it has just ended."""
    try:
        status = (PROCESSES / str(pid) / "status").read_text()
    except OSError:
        return 0
    return int(status.partition(f"{name}:")[2].split()[0]) if name in status else 0
