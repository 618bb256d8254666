"""What ``/metrics`` tells: how long the journal, the views and the vault take, and who lags behind.

Labels are names of our own calls and refusals, so nothing in it is about a person. Of several processes each adds to
files in a folder that all of them read, so that every one of them tells of all.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar, cast

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from portfolio.application.ports import Clock
from portfolio.domain.kernel import Rejected
from projections.files_waiting import how_many_wait, waiting_since
from projections.machinery.database import Reads

T = TypeVar("T")

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds, from an append on a fast disk to the sealing of a long recording."""

MEASURED = {
    "journal": ("append", "read"),
    "views": ("write", "query"),
    "vault": ("offer", "receive", "take", "complete", "seal", "discard"),
}
"""The calls that are timed, by the part they are made to."""

MEMORY = Path("/dev/shm")  # noqa: S108 - what lies in it is in a folder of ours, of no fixed name

PREFIX = "portfolio-figures-"
LOCK = "figures-in-use"
"""A file in such a folder that the server's processes hold locked: nobody does once all have ended.

No other folder has one of this name: a deployment's has a ``lock``, and may be called ``portfolio-…`` and lie beside.
"""


@contextmanager
def shared_figures(processes: int) -> Iterator[str | None]:
    """Give a folder in which the processes of one server add up what they count; a dead process's counts stay in it.

    One process needs none. The folder lies in memory where that can be: no disk, and none that is full, holds up who
    counts. What servers left there that were killed is taken away.
    """
    if processes == 1:
        yield None
        return
    owner = os.getpid()
    where = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    take_away_left(where)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
    try:
        with (folder / "lock.part").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            (folder / "lock.part").rename(folder / LOCK)  # locked from when it has its name
            yield str(folder)
    finally:
        if os.getpid() == owner:  # processes made in between come by here too when they end
            shutil.rmtree(folder, ignore_errors=True)


def take_away_left(where: Path) -> None:
    """Take away the folders of our own servers that have ended without doing so."""
    for lock in where.glob(f"{PREFIX}*/{LOCK}"):
        with suppress(OSError):  # another user's, or gone by now
            handle = os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)  # nobody may feed a pipe
            try:
                found = os.fstat(handle)
                if found.st_uid == os.getuid() and stat.S_ISREG(found.st_mode):
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(lock.parent, ignore_errors=True)
            finally:
                os.close(handle)


def forget(worker: int, shared: str | None) -> None:
    """Tell no more what a process that has ended was just at."""
    if shared is not None:
        mark_process_dead(worker, shared)  # type: ignore[no-untyped-call]


class Metrics:
    """Timings of the parts, and what is asked of them at each look.

    With ``shared`` they are added to those of the server's other processes; without, none outlives this process.
    """

    def __init__(self, shared: str | None = None) -> None:
        self._registry = CollectorRegistry()
        self._asked = CollectorRegistry()
        self._told = self._registry
        if shared is None:
            ProcessCollector(registry=self._asked)
        else:
            # The library wants to be told so before it is imported, in which the check before the fork was earlier.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
            values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
            self._told = CollectorRegistry()
            MultiProcessCollector(self._told, shared)  # type: ignore[no-untyped-call]
            self._asked.register(OfEachWorker(Path(shared)))
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
        self._waiting = Gauge(
            "portfolio_appends_waiting",
            "Appends that are not answered yet.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._altered = Gauge(
            "portfolio_altered_file_answers",
            "Answers refused or cut off because a stored file is missing or altered.",
            registry=self._registry,
            multiprocess_mode="sum",
        )

    def watch_logs(self, sizes: Callable[[], Mapping[str, int]]) -> None:
        """Say from now on how large the log of writes is beside each file that has one."""
        asked = {name: partial(one_of, sizes, name) for name in sizes()}
        self._ask("log_bytes", "Bytes of the log of writes beside a file of SQLite's.", asked, "file")

    def watch_previews(self, count: Callable[[str], int]) -> None:
        """Say from now on how many previews there are and how much room they take."""
        self._ask("previews", "Previews that are kept, as counted in the last minutes.", {"": partial(count, "number")})
        self._ask("preview_bytes", "Bytes of the previews that are kept.", {"": partial(count, "bytes")})

    def timed(self, part: str, whole: T) -> T:
        """Return the journal, the views or the vault with its calls timed; all else of it is as before."""
        waiting = {"append": self._waiting} if part == "journal" else {}
        return cast("T", Timed(whole, MEASURED[part], self._seconds[part], waiting))

    def watch(
        self,
        head: Callable[[], int],
        refused_consequences: Callable[[], int],
        set_aside: Callable[[], int],
        followers: dict[str, Callable[[], int]],
    ) -> None:
        """Say from now on where the log ends, what a rule refuses to follow, what is set aside, and who is behind."""
        self._ask("log_position", "Position of the last fact.", {"": head})
        tasks = "Consequences of appeals that a rule refused: tasks of the responsible officer."
        self._ask("refused_consequences", tasks, {"": refused_consequences})
        self._ask("facts_set_aside", "Facts that cannot be read and that the views lack.", {"": set_aside})
        lags = {name: partial(behind, position, head) for name, position in followers.items()}
        self._ask("behind_facts", "Facts that a follower of the log has not taken yet.", lags, "follower")

    def watch_audits(self, ended: Callable[[], int], figures: Mapping[str, Callable[[], int]]) -> None:
        """Say from now on when the last audit of the stored files ended, how many it read, and what it found."""
        self._ask("audit_ended_seconds", "When the last audit of the stored files ended, since 1970.", {"": ended})
        self._ask("audit_files", "Files of the last audit, by what was found.", figures, "found")

    def count_altered(self) -> None:
        """Count an answer that was refused because a stored file is missing or altered."""
        self._altered.inc()

    def watch_chain(self, end: Callable[[], tuple[int, bytes]]) -> None:
        """Say from now on where the chain over all facts ends, its value as a label."""
        self._asked.register(ChainEnd(end))

    def watch_checks(self, views: Reads, failing: Callable[[], int], now: Clock) -> None:
        """Say from now on how many files wait to be checked, for how long the first has, and how many cannot be."""

        def oldest() -> int:
            since = waiting_since(views)
            return int((now() - since).total_seconds()) if since else 0

        self._ask("files_waiting", "Files that wait to be checked.", {"": partial(how_many_wait, views)})
        self._ask("files_waiting_seconds", "Seconds that the first of them has waited.", {"": oldest})
        self._ask("files_failing", "Files that wait because they could not be checked.", {"": failing})

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._told) + generate_latest(self._asked)

    def _ask(self, name: str, meaning: str, asked: Mapping[str, Callable[[], int]], *label: str) -> None:
        self._asked.register(Answers(f"portfolio_{name}", meaning, label, asked))


class Answers(Collector):
    """Tells what is answered at each look, by the value of the label if there is one.

    It is asked of the store, so every process of a server is told the same.
    """

    def __init__(self, name: str, meaning: str, label: Sequence[str], asked: Mapping[str, Callable[[], int]]) -> None:
        self._name = name
        self._meaning = meaning
        self._label = label
        self._asked = asked

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the answers; not-a-number from who cannot be asked now."""
        gauge = GaugeMetricFamily(self._name, self._meaning, labels=self._label)
        for value, ask in self._asked.items():
            gauge.add_metric([value] if self._label else [], number(ask))
        yield gauge


class OfEachWorker(Collector):
    """Tells memory, time and open files of each process that adds to these files, its number as a label."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    def collect(self) -> Iterator[Metric]:
        """Yield each figure of all of them."""
        families: dict[str, Metric] = {}
        for file in self._shared.glob("gauge_livesum_*.db"):
            worker = file.stem.rpartition("_")[2]
            for family in ProcessCollector(pid=partial(int, worker), registry=None).collect():
                of_all = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    of_all.add_sample(sample.name, {"pid": worker}, sample.value)
        yield from families.values()


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

    def __init__(self, whole: Any, calls: Sequence[str], seconds: Histogram, waiting: Mapping[str, Gauge]) -> None:
        self._whole = whole
        for call in calls:
            setattr(self, call, timed(getattr(whole, call), call, seconds))
        for call, gauge in waiting.items():
            setattr(self, call, gauge.track_inprogress()(getattr(self, call)))

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
