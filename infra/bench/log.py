"""A long log to measure on: enrolments on the real plan, told side by side through the journal's own appends."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from uuid import UUID, uuid4

from infra.bench.facts import ACTOR, Append, append_of, enrolment
from infra.bench.stores import Store
from infra.store.journal import EventJournal
from portfolio.domain.form import FormDrafted
from portfolio.domain.kernel import Fact
from portfolio.domain.plan import PlanImported
from portfolio.plan_reader.text import read_plan

WRITERS = 32
BATCH_SIZE = 12
"""Facts of one append: a whole evidence item."""


class Teller:
    """Tells enrolments into a journal until it has so many facts. ``enrolments`` are those that were begun."""

    def __init__(self, journal: EventJournal) -> None:
        self._journal = journal
        self._plan_id, self._form_id = uuid4(), uuid4()
        self.enrolments: list[UUID] = []
        text = files("portfolio").joinpath("plans", "ST1297-V2.md").read_text(encoding="utf-8")
        plan = read_plan(text)
        self._tell(self._plan_id, ACTOR, [PlanImported(text=text, sha256="00" * 32, plan=plan, importer=ACTOR)])
        self._tell(self._form_id, ACTOR, [FormDrafted(plan_id=self._plan_id, title="A form", routes=plan.routes())])

    def reach(self, facts: int) -> None:
        """Go on until the log has this many facts and a few more."""

        def work(_: object) -> None:
            while self._journal.head() < facts:
                (enrolment_id, apprentice, enrolled), *items = enrolment(self._plan_id, self._form_id)
                self.enrolments.append(enrolment_id)
                self._tell(enrolment_id, apprentice, enrolled)
                for evidence_id, _, facts_of_item in items:
                    self._tell(evidence_id, apprentice, facts_of_item)

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(work, [None] * WRITERS))

    def _tell(self, stream: UUID, apprentice: UUID, facts: list[Fact]) -> None:
        for after in range(0, len(facts), BATCH_SIZE):
            self._journal.append(*append_of(stream, apprentice, facts[after : after + BATCH_SIZE], after, keyed=True))


@contextmanager
def long_log(store: Store, facts: int) -> Iterator[EventJournal]:
    """Give a journal of this many facts and a few more."""
    with store.journal() as journal:
        Teller(journal).reach(facts)
        yield journal


def tell(journal: EventJournal, streams: Iterable[tuple[UUID, Sequence[Fact]]]) -> None:
    """Record the first facts of many streams, without running a command."""
    append_all(journal, [append_of(stream, stream, facts) for stream, facts in streams])


def append_all(journal: EventJournal, appends: Iterable[Append]) -> None:
    """Append what ``append_of`` returned, side by side."""
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda each: journal.append(*each), appends))
