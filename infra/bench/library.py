"""The event library as shipped, as its own documentation tells to use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from infra.bench.stores import Store


class Record(Aggregate):
    """A record with remarks: about as much in each event as in a fact of ours."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.last = ""

    @event("Remarked")
    def remark(self, text: str, place: list[int], actor: str) -> None:
        """Keep the last remark."""
        self.last = f"{text} {place} {actor}"


@contextmanager
def library(store: Store, connections: int) -> Iterator[Application[UUID]]:
    """Give the library's application on a store that has its tables."""
    with Application[UUID](store.library(connections)) as application:
        yield application
