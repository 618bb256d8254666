"""A view that counts facts, a log of many of them, and a database that fails where it is told."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.store.sqlite.views import SqliteViews
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Entry, changed
from portfolio.domain.person import PersonRegistered
from projections.machinery.database import Batch, Rows, View, ViewsDatabase
from tests.domain.world import an_id
from tests.projections.support import ListLog, on, rows_of

ADA = an_id("Ada")


def count(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    row = rows.get(entry.originator_id)
    rows.put(entry.originator_id, facts=row["facts"] + 1 if row else 1, owner=owner)


COUNTS = View("counts", 1, {"stream": UUID}, {"facts": int, "owner": UUID}, count, FACTS)
"""Folding a fact twice, or not at all, shows in it for ever."""


def chatter(facts: int) -> ListLog:
    """Return a log of this many facts about Ada."""
    log = ListLog()
    log.tell(on(ADA, PersonRegistered(name="Ada", works_for="centre")))
    entry = log.entries[0]
    log.entries = [entry] * facts
    renumber(log)
    return log


def renumber(log: ListLog) -> None:
    log.entries = [changed(entry, position=position) for position, entry in enumerate(log.entries, start=1)]


class Breaking(SqliteViews):
    """Fails at the steps named in ``fails``, each once, before or after doing them."""

    def __init__(self, path: Path, *fails: str) -> None:
        super().__init__(path)
        self.fails = list(fails)

    @contextmanager
    def broken(self, step: str) -> Iterator[None]:
        if f"before {step}" in self.fails:
            self.fails.remove(f"before {step}")
            raise OSError("the power went")
        yield
        if f"after {step}" in self.fails:
            self.fails.remove(f"after {step}")
            raise OSError("the power went")

    def write(self, batches: Iterable[Batch], moves: Mapping[str, tuple[int, int]], mark: str = "") -> None:
        with self.broken("write"):
            super().write(batches, moves, mark)

    def index(self, views: Iterable[View]) -> None:
        with self.broken("index"):
            super().index(views)

    def switch(self, views: Iterable[View]) -> None:
        with self.broken("switch"):
            super().switch(views)

    def drop_replaced(self, views: Iterable[View]) -> None:
        with self.broken("drop"):
            super().drop_replaced(views)


def counted(database: ViewsDatabase) -> Any:
    return rows_of(database, COUNTS)[ADA]["facts"]
