"""The event library as shipped, as its own documentation tells to use it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from infra.bench.peers.protocols import Peers


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
def library(peers: Peers, connections: int) -> Iterator[Application[UUID]]:
    """Give the library's application, whose tables are there."""
    with Application[UUID]({**peers.library(connections), "CREATE_TABLE": "n"}) as application:
        yield application


def make_tables(settings: Mapping[str, str]) -> None:
    """Let the library make its tables."""
    with Application[UUID]({**settings, "CREATE_TABLE": "y"}):
        pass
