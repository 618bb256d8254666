"""Facts never seen: what a reader that follows the log, and rebuilds one after the other, miss while others write."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from threading import Event
from uuid import uuid4

from infra.bench.facts import append_of, enrolment
from infra.bench.measure import Operation, Row, Worker, ceiling_row, rate
from infra.bench.stores import Bench, Store
from portfolio.domain.kernel import StaleVersion
from projections.audit_trail import AUDIT_TRAIL
from projections.machinery.log import Log
from projections.machinery.runner import Projector

PROCESSES = {"PostgreSQL": 2, "SQLite": 1}
"""By kind of store: in how many processes the writers are."""
WRITERS = 8
MISSED = f"SELECT max(position) - count(*) FROM {AUDIT_TRAIL.table}"  # noqa: S608 - our own table; it has a row a fact


@contextmanager
def telling(store: Store) -> Iterator[Worker]:
    """Tell enrolments, fact by fact; after each one an append is refused, which must not leave a gap."""
    with store.journal() as journal:

        def appends() -> Iterator[int]:
            while True:
                for stream, apprentice, facts in enrolment(uuid4(), uuid4()):
                    for version, fact in enumerate(facts):
                        request = append_of(stream, apprentice, [fact], version)
                        journal.append(*request)
                        with suppress(StaleVersion):
                            journal.append(*request)
                        yield 1

        def worker() -> Operation:
            return partial(next, appends())

        yield worker


def seen(bench: Bench) -> list[Row]:
    """Return the rows of facts that a reader and a rebuild never saw, all rounds long."""
    processes, stop = PROCESSES[bench.kind], Event()
    with bench.scratch() as store, store.journal() as journal, closing(store.views()) as views:
        projector = Projector(journal, views, (AUDIT_TRAIL,))
        with ThreadPoolExecutor(2) as pool:
            reader, rebuilds = pool.submit(followed, journal, stop), pool.submit(rebuilt, projector, stop)
            try:
                rate(
                    partial(telling, store),
                    threads=WRITERS // processes,
                    processes=processes,
                    seconds=bench.seconds * bench.rounds,
                )
            finally:
                stop.set()
        while projector.step():
            pass
        never = {
            "a reader that follows the log": journal.head() - len(reader.result()),
            "a rebuild": rebuilds.result() + journal.head() - len(list(views.rows(AUDIT_TRAIL))),
        }
    return [
        ceiling_row(f"{bench.kind}, {WRITERS} writers, facts never seen by {who}", missed, goal=0.0)
        for who, missed in never.items()
    ]


def followed(log: Log, stop: Event) -> set[int]:
    """Follow the log to its end and return the positions seen: each time after the last one there was."""
    positions, last = set[int](), 0
    while True:
        ended = stop.is_set()  # before the look: what was written until then must be seen
        entries = log.since(last)
        if ended and not entries:
            return positions
        positions.update(entry.position for entry in entries)
        last = entries[-1].position if entries else last
        log.wait_past(last, 0.01)


def rebuilt(projector: Projector, stop: Event) -> int:
    """Rebuild again and again, and return how many facts were missed in all."""
    missed = 0
    while not stop.is_set():
        projector.rebuild()
        [(gap,)] = projector.query(MISSED)
        missed += gap or 0
    return missed
