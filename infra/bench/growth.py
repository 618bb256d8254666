"""Growth: what the same work costs in a log of 100 thousand, a million and ten million facts."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from uuid import UUID

from infra.bench.append import ours
from infra.bench.facts import DAY
from infra.bench.log import Teller
from infra.bench.measure import Row, ceiling_row, elapsed, rate
from infra.bench.project import MEASURED_VIEWS
from infra.bench.stores import Bench, Store
from infra.store.journal import EventJournal
from portfolio.application.indexes import EVIDENCE_OF_ENROLMENT
from portfolio.application.read_session import ReadSession
from portfolio.application.replay import readiness_of
from portfolio.application.state_cache import StateCache
from portfolio.domain.evidence.aggregate import EVIDENCE
from projections.machinery.runner import Projector
from projections.readiness import picture_of

SIZES = (100_000, 1_000_000, 10_000_000)
THREADS = {"PostgreSQL": 32, "SQLite": 8}
READS = 2_000


def growth(bench: Bench) -> list[Row]:
    """Return the rows of every size up to the length asked for, or of that length alone if it is shorter."""
    sizes = [size for size in SIZES if size <= bench.facts] or [bench.facts]
    with bench.scratch() as store, store.journal() as journal:
        teller = Teller(journal)
        return [row for size in sizes for row in rows_at(bench, store, journal, teller, size)]


def rows_at(bench: Bench, store: Store, journal: EventJournal, teller: Teller, size: int) -> Iterator[Row]:
    """Yield the rows of a log that is told on to this size."""
    teller.reach(size)

    def row(name: str, figure: float) -> Row:
        return ceiling_row(f"{bench.kind}, {size:,} facts: {name}", figure, goal=None)

    with closing(store.views()) as views:
        rebuilt = elapsed(Projector(journal, views, MEASURED_VIEWS).rebuild)
        chance = random.Random(size)  # noqa: S311 - which records to read, the same ones in every run
        enrolments = chance.choices(teller.enrolments, k=READS)
        cache = StateCache()
        items = [journal.links(EVIDENCE_OF_ENROLMENT, str(enrolment_id))[-1] for enrolment_id in enrolments]

        def replay(evidence_id: UUID) -> object:
            return EVIDENCE.fold(entry.fact for entry in journal.read(evidence_id))

        def readiness(enrolment_id: UUID) -> object:
            picture = picture_of(views, enrolment_id)
            return picture and readiness_of(ReadSession(journal, cache=cache), picture, DAY)

        yield row("replay of one stream of twelve facts, in microseconds", each(replay, items))
        yield row("readiness of one enrolment, in microseconds", each(readiness, enrolments))
    threads = THREADS[bench.kind]
    appended = rate(partial(ours, store, 1), threads=threads, seconds=bench.seconds)
    yield row(f"one-fact append by {threads} threads, in microseconds", 1_000_000 / appended)
    yield row("rebuild of readiness and audit trail, in seconds", rebuilt)


def each(read: Callable[[UUID], object], ids: list[UUID]) -> float:
    """Return the microseconds that one read takes on average."""
    return elapsed(lambda: [read(one) for one in ids]) * 1_000_000 / len(ids)
