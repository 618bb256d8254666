"""Append: our journal with its idempotency row, raw inserts, and the event library as shipped."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from uuid import uuid4

from infra.bench.facts import append_of, remark
from infra.bench.measure import Operation, Row, Worker, rate, ratio_row, rounds
from infra.bench.peers.append import raw, shipped
from infra.bench.stores import Bench, Store

ROWS = {
    "PostgreSQL": (
        ("one-fact appends, 1 process x 32 threads", 1, 32, 1, 1.4),
        ("one-fact appends, 2 processes x 32 threads", 2, 32, 1, 1.5),
        ("three-fact appends, 1 process x 32 threads", 1, 32, 3, 2.8),
        ("one-fact appends, one writer alone", 1, 1, 1, 0.55),
    ),
    "SQLite": (
        ("one-fact appends, 8 threads", 1, 8, 1, 1.2),
        ("one-fact appends, 32 threads", 1, 32, 1, 2.0),
        ("three-fact appends, 8 threads", 1, 8, 3, None),
        ("one-fact appends, one writer alone", 1, 1, 1, 0.6),
    ),
}
"""By kind of store: what is done, processes, threads, facts of an append, and the goal."""


Works = Callable[[Store], AbstractContextManager[Worker]]


@contextmanager
def ours(store: Store, facts: int) -> Iterator[Worker]:
    """Append through the journal, each request with a key of its own."""
    with store.journal() as journal:

        def worker() -> Operation:
            stream, version = uuid4(), 0

            def operation() -> int:
                nonlocal version
                request = append_of(stream, stream, [remark() for _ in range(facts)], version, keyed=True)
                version = journal.append(*request).version
                return facts

            return operation

        yield worker


def append(bench: Bench) -> list[Row]:
    """Return the rows of appending."""

    def measured(processes: int, threads: int, work: Works) -> float:
        with bench.scratch() as store:
            return rate(partial(work, store), processes=processes, threads=threads, seconds=bench.seconds)

    def row(name: str, processes: int, threads: int, facts: int, goal: float | None) -> Row:
        candidates: dict[str, Works] = {
            "portfolio": partial(ours, facts=facts),
            f"raw {bench.driver}": raw,
            "eventsourcing as shipped": partial(shipped, facts=facts, threads=threads),
        }
        turns = {name: partial(measured, processes, threads, work) for name, work in candidates.items()}
        return ratio_row(f"{bench.kind}, {name}", rounds(turns, bench.rounds), goal=goal)

    return [row(*each) for each in ROWS[bench.kind]]
