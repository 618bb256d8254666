"""What ``/metrics`` tells: how long the journal, the views and the vault take, and who lags behind.

Labels are names of our own calls and refusals, so nothing in it is about a person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import Any, TypeVar, cast

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from portfolio.domain.kernel import Rejected

T = TypeVar("T")

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds, from an append on a fast disk to the sealing of a long recording."""

MEASURED = {
    "journal": ("append", "read"),
    "views": ("write", "query"),
    "vault": ("offer", "receive", "take", "seal", "discard"),
}
"""The calls that are timed, by the part they are made to."""


class Metrics:
    """Timings of one process's parts and what is asked of them at each look; none of it outlives the process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._seconds = {
            part: Histogram(
                f"portfolio_{part}_seconds",
                f"Seconds that calls to the {part} took, by how they ended.",
                ["call", "outcome"],
                registry=self._registry,
                buckets=BUCKETS,
            )
            for part in MEASURED
        }
        self._waiting = self._gauge("appends_waiting", "Appends that are not answered yet.")
        self._tasks = self._gauge(
            "refused_consequences", "Consequences of appeals that a rule refused: tasks of the responsible officer."
        )
        self._head = self._gauge("log_position", "Position of the last fact.")
        self._altered = self._gauge(
            "altered_file_answers", "Answers refused or cut off because a stored file is missing or altered."
        )
        self._log_bytes = self._gauge("log_bytes", "Bytes of the log of writes beside a file of SQLite's.", "file")
        self._behind = self._gauge("behind_facts", "Facts that a follower of the log has not taken yet.", "follower")

    def watch_logs(self, sizes: Callable[[], Mapping[str, int]]) -> None:
        """Say from now on how large the log of writes is beside each file that has one."""
        for name in sizes():
            self._log_bytes.labels(name).set_function(partial(number, partial(one_of, sizes, name)))

    def timed(self, part: str, whole: T) -> T:
        """Return the journal, the views or the vault with its calls timed; all else of it is as before."""
        return cast("T", Timed(whole, MEASURED[part], self._seconds[part]))

    def watch(
        self,
        head: Callable[[], int],
        pending: Callable[[], int],
        refused_consequences: Callable[[], int],
        followers: dict[str, Callable[[], int]],
    ) -> None:
        """Say from now on where the log ends, what waits for whom, and how far each follower is behind."""
        self._head.set_function(partial(number, head))
        self._waiting.set_function(partial(number, pending))
        self._tasks.set_function(partial(number, refused_consequences))
        for name, position in followers.items():
            self._behind.labels(name).set_function(partial(number, partial(behind, position, head)))

    def watch_files(self, refused: Callable[[], int]) -> None:
        """Say from now on how many answers were refused because a stored file is missing or altered."""
        self._altered.set_function(partial(number, refused))

    def watch_chain(self, end: Callable[[], tuple[int, bytes]]) -> None:
        """Say from now on where the chain over all facts ends, its value as a label."""
        self._registry.register(ChainEnd(end))

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"portfolio_{name}", meaning, labels, registry=self._registry)


class ChainEnd(Collector):
    """Tells where the chain ends: at one position at a time, so that a value of before is not told again."""

    def __init__(self, end: Callable[[], tuple[int, bytes]]) -> None:
        self._end = end

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the position and its value; nothing from a store that cannot be asked now."""
        gauge = GaugeMetricFamily("portfolio_chain_position", "Last fact that the chain covers.", labels=["value"])
        with suppress(Exception):  # whatever it is, `/readyz` names it
            position, value = self._end()
            gauge.add_metric([value.hex()], position)
        yield gauge


class Timed:
    """Stands before a part and passes on whatever it is asked."""

    def __init__(self, whole: Any, calls: Sequence[str], seconds: Histogram) -> None:
        self._whole = whole
        for call in calls:
            setattr(self, call, timed(getattr(whole, call), call, seconds))

    def __getattr__(self, name: str) -> Any:
        """Return what the part has under this name."""
        return getattr(self._whole, name)


def timed(function: Callable[..., Any], call: str, seconds: Histogram) -> Callable[..., Any]:
    """Return the function, each of its calls measured: done, the code of a refusal, or fault."""

    def measured(*values: Any, **named: Any) -> Any:
        outcome, began = "fault", perf_counter()
        try:
            answer = function(*values, **named)
            outcome = "done"
        except Rejected as refusal:
            outcome = refusal.code
            raise
        finally:
            seconds.labels(call, outcome).observe(perf_counter() - began)
        return answer

    return measured


def one_of(figures: Callable[[], Mapping[str, int]], name: str) -> int:
    """Return one of several figures that are asked for together."""
    return figures()[name]


def behind(position: Callable[[], int], head: Callable[[], int]) -> int:
    """Return how many facts a follower has not taken yet; its position is asked first, so this is never negative."""
    taken_up_to = position()
    return head() - taken_up_to


def number(ask: Callable[[], int]) -> float:
    """Return the answer, or not-a-number from a part that cannot be asked now: the rest is told all the same."""
    try:
        return float(ask())
    except Exception:  # noqa: BLE001 - whatever it is, `/readyz` names it
        return float("nan")
