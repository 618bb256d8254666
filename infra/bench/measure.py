"""Measuring: threads and processes that work for a while, rounds in turn, medians, and the row that comes out."""

import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from portfolio.domain.kernel import Value

Operation = Callable[[], int]
"""Does one transaction and returns how many facts it wrote."""

Worker = Callable[[], Operation]
"""Makes what one thread repeats, with all that comes before it and is not measured."""

Work = Callable[[], AbstractContextManager[Worker]]
"""Opens what the threads of one process share. It travels to other processes, so nothing in it may be a closure."""

Candidate = Callable[[], float]
"""Runs one round and returns its rate or its cost."""

WARM_UP = 3
"""Operations of each thread that are not measured: statements are prepared in them."""


class Row(Value):
    """One line of the report.

    ``figure`` is our rate divided by the first peer's, unless ``row`` names a unit. ``met`` is None where there is no
    goal. ``peers`` are the ratios of others to the same first peer.
    """

    row: str
    figure: float
    goal: float | None
    met: bool | None
    peers: dict[str, float]


def ratio_row(row: str, rates: Mapping[str, float], *, goal: float | None) -> Row:
    """Return the row of rates of which the first is ours and the second what it is divided by."""
    ours, base, *_ = rates
    figure = rates[ours] / rates[base]
    peers = {name: round(rate / rates[base], 3) for name, rate in rates.items() if name != ours}
    met = None if goal is None else figure >= goal
    return Row(row=row, figure=round(figure, 3), goal=goal, met=met, peers=peers)


def ceiling_row(row: str, figure: float, *, goal: float | None) -> Row:
    """Return a row whose figure is to stay at or below its goal."""
    met = None if goal is None else figure <= goal
    return Row(row=row, figure=round(figure, 3), goal=goal, met=met, peers={})


def rounds(candidates: Mapping[str, Candidate], number: int) -> dict[str, float]:
    """Return each candidate's median over rounds in which all of them take turns."""
    results: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(number):
        for name, candidate in candidates.items():
            results[name].append(candidate())
    return {name: statistics.median(figures) for name, figures in results.items()}


def rate(work: Work, *, threads: int, seconds: float, processes: int = 1) -> float:
    """Return facts a second of so many processes with so many threads each, all of which repeat the work.

    One process is this one. Raises what a thread raises, and ``ChildFailed`` for another process.
    """
    if processes == 1:
        return _measured(work, threads, seconds, lambda: None)
    with ExitStack() as stack:
        children = [stack.enter_context(_child(work, threads, seconds)) for _ in range(processes)]
        for _ in range(2):  # each says that it is ready, then its rate; all begin at the same time
            figures = [_received(child) for child in children]
            for child in children:
                child.send(None)
        return sum(figures)


class ChildFailed(Exception):
    """A process that was to work ended before it had told its rate; it has said why on stderr."""


def _measured(work: Work, threads: int, seconds: float, ready: Callable[[], None]) -> float:
    with work() as worker, ThreadPoolExecutor(threads) as pool:
        operations = list(pool.map(lambda _: _warmed_up(worker()), range(threads)))
        ready()
        begun = time.perf_counter()
        written = sum(pool.map(lambda operation: _repeated(operation, begun + seconds), operations))
        return written / (time.perf_counter() - begun)


def _warmed_up(operation: Operation) -> Operation:
    for _ in range(WARM_UP):
        operation()
    return operation


def _repeated(operation: Operation, end: float) -> int:
    written = operation()  # once at least, however late its turn comes
    while time.perf_counter() < end:
        written += operation()
    return written


@contextmanager
def _child(work: Work, threads: int, seconds: float) -> Iterator[Connection]:
    context = get_context("spawn")  # nothing of ours is ready to be forked
    here, there = context.Pipe()
    process = context.Process(target=_work_for, args=(there, work, threads, seconds), daemon=True)
    process.start()
    there.close()
    try:
        yield here
        process.join()
    finally:
        here.close()
        process.terminate()
        process.join()


def _work_for(pipe: Connection, work: Work, threads: int, seconds: float) -> None:
    def ready() -> None:
        pipe.send(0.0)
        pipe.recv()

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the process that started this one ends it
    pipe.send(_measured(work, threads, seconds, ready))
    pipe.recv()


def _received(child: Connection) -> float:
    try:
        return float(child.recv())
    except EOFError as error:
        raise ChildFailed from error


def elapsed(work: Callable[[], object]) -> float:
    """Return the seconds some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
