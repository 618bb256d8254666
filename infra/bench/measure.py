"""Measuring: threads that work for a while, rounds in turn, medians, and the row that comes out."""

import statistics
import threading
import time
from collections.abc import Callable, Mapping

from portfolio.domain.kernel import Value

Operation = Callable[[], int]
"""Does one transaction and returns how many facts it wrote."""

Candidate = Callable[[], float]
"""Runs one round and returns its rate or its cost."""


class Row(Value):
    """One line of the report.

    ``figure`` is what ``unit`` says, mostly our rate divided by the first peer's. ``met`` is None where there is no
    goal. ``peers`` are the ratios of others to the same first peer.
    """

    row: str
    figure: float
    goal: float | None
    met: bool | None
    peers: dict[str, float]
    unit: str = "ratio"


def ratio_row(row: str, rates: Mapping[str, float], *, goal: float | None) -> Row:
    """Return the row of rates of which the first is ours and the second what it is divided by."""
    ours, base, *_ = rates
    figure = rates[ours] / rates[base]
    peers = {name: round(rate / rates[base], 3) for name, rate in rates.items() if name != ours}
    met = None if goal is None else figure >= goal
    return Row(row=row, figure=round(figure, 3), goal=goal, met=met, peers=peers)


def ceiling_row(row: str, figure: float, *, goal: float, unit: str) -> Row:
    """Return a row whose figure is to stay at or below its goal."""
    return Row(row=row, figure=round(figure, 3), goal=goal, met=figure <= goal, peers={}, unit=unit)


def rounds(candidates: Mapping[str, Candidate], number: int) -> dict[str, float]:
    """Return each candidate's median over rounds in which all of them take turns."""
    results: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(number):
        for name, candidate in candidates.items():
            results[name].append(candidate())
    return {name: statistics.median(figures) for name, figures in results.items()}


def rate(worker: Callable[[], Operation], threads: int, seconds: float) -> float:
    """Return facts a second of ``threads`` threads that each make a worker and repeat it for ``seconds``."""
    written = [0] * threads
    start = threading.Barrier(threads + 1)

    def run(number: int) -> None:
        operation = worker()
        operation()
        start.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            written[number] += operation()

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for thread in workers:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in workers:
        thread.join()
    return sum(written) / (time.perf_counter() - begun)


def elapsed(work: Callable[[], object]) -> float:
    """Return the seconds some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
