"""Latency: from the return of a write until reads show it."""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from uuid import uuid4

from infra.bench.facts import append_of, enrolment
from infra.bench.measure import Row, ceiling_row
from infra.store.journal import EventJournal
from infra.store.views import LiteViews
from projections.runner import Projector
from projections.views import VIEWS

WRITES = 1_000


def latency(_: float, number: int) -> list[Row]:
    """Return the rows of the time until a write is visible, in milliseconds, writing one fact after the other."""
    with TemporaryDirectory() as name:
        journal = EventJournal.in_file(Path(name) / "facts.db", secret=b"bench")
        views, stop = LiteViews(Path(name) / "views.db"), Event()
        projector = Projector(journal, views, VIEWS)
        thread = Thread(target=projector.run, args=(stop,))
        thread.start()
        waited: list[float] = []
        try:
            while len(waited) < WRITES * number:
                for stream, apprentice, facts in enrolment(uuid4(), uuid4()):
                    receipt = journal.append(append_of(stream, apprentice, facts))
                    begun = time.perf_counter()
                    if not projector.wait_for(receipt.position, 10):
                        raise TimeoutError("the views do not follow the log")
                    waited.append((time.perf_counter() - begun) * 1000)
        finally:
            stop.set()
            thread.join()
            views.close()
            journal.close()
    cuts = statistics.quantiles(waited, n=100)
    return [
        ceiling_row("Write to visible, p50", cuts[49], goal=10.0, unit="milliseconds"),
        ceiling_row("Write to visible, p99", cuts[98], goal=50.0, unit="milliseconds"),
    ]
