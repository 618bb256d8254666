"""Latency: from the return of a write until reads show it."""

import statistics
import time
from contextlib import closing
from threading import Event, Thread
from uuid import uuid4

from infra.bench.facts import append_of, enrolment
from infra.bench.measure import Row, ceiling_row
from infra.bench.stores import Bench
from projections.machinery.runner import Projector
from projections.views import VIEWS

WRITES = 500


def latency(bench: Bench) -> list[Row]:
    """Return the rows of the time until a write is visible, writing one evidence item after the other."""
    waited: list[float] = []
    with bench.scratch() as store, store.journal() as journal, closing(store.views()) as views:
        projector, stop = Projector(journal, views, VIEWS), Event()
        thread = Thread(target=projector.run, args=(stop,))
        thread.start()
        try:
            while len(waited) < WRITES * bench.rounds:
                for stream, apprentice, facts in enrolment(uuid4(), uuid4()):
                    receipt = journal.append(*append_of(stream, apprentice, facts))
                    begun = time.perf_counter()
                    if not projector.wait_for(receipt.position, 10):
                        raise TimeoutError("the views do not follow the log")
                    waited.append((time.perf_counter() - begun) * 1000)
        finally:
            stop.set()
            thread.join()
    cuts = statistics.quantiles(waited, n=100)
    return [
        ceiling_row(f"{bench.kind}, write to visible, p50 in milliseconds", cuts[49], goal=10.0),
        ceiling_row(f"{bench.kind}, write to visible, p99 in milliseconds", cuts[98], goal=50.0),
    ]
