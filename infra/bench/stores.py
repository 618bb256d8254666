"""Where the bench works: a scratch store with what stands beside it, the same to measure on every kind of store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from infra.store.journal import EventJournal
from projections.database import ViewsDatabase

Logged = tuple[int, bytes, str, bytes]
"""A stored fact as a script reads it: position, stream, tag, state."""


class Writer(Protocol):
    """What "raw" is: one connection, the driver and prepared statements, on a table with the columns of ours."""

    def insert(self, stream: UUID, version: int, state: bytes) -> None:
        """Store one row in a transaction of its own, which is on disk when this returns."""

    def fill(self, stream: UUID, states: Sequence[bytes]) -> None:
        """Store the first rows of a stream, all in one transaction."""

    def read(self, stream: UUID) -> Sequence[Any]:
        """Return versions and states of a stream."""

    def close(self) -> None:
        """Close the connection."""


class Folded(NamedTuple):
    """Rows that a loop by hand has for three tables, as its driver takes them."""

    owners: Sequence[tuple[bytes, bytes]]
    pictures: Sequence[tuple[bytes, bytes]]
    trail: Sequence[tuple[bytes, int, bytes, bytes, str]]
    """Enrolment, position, stream, actor, tag."""


class Loop(Protocol):
    """How a script follows our log and fills the tables of our views."""

    def read(self, after: int, limit: int) -> Sequence[Logged]:
        """Return facts after a position."""

    def write(self, folded: Folded, position: int) -> None:
        """Put rows and positions in one transaction, synced as our own views are."""

    def close(self) -> None:
        """Close the connection."""


class Views(ViewsDatabase, Protocol):
    """Views that can be closed."""

    def close(self) -> None:
        """Close every connection."""


class Store(Protocol):
    """A scratch store. It can be sent to another process, which then works on the same one."""

    def journal(self) -> EventJournal:
        """Open our journal."""

    def views(self) -> Views:
        """Open our views, of which there is one set in a store."""

    def writer(self) -> Writer:
        """Open a connection of the raw peer."""

    def loop(self) -> Loop:
        """Open what a loop by hand needs; the views' tables are there."""

    def library(self, connections: int) -> Mapping[str, str]:
        """Return the settings of the event library as shipped; its tables are there if ``CREATE_TABLE`` says no."""


@dataclass(frozen=True)
class Bench:
    """What to measure on, and how long: ``seconds`` of a round, ``rounds`` of each candidate, ``facts`` of a long log.

    ``scratch`` makes an empty store and takes it away; ``driver`` names what the raw peer is written in.
    """

    kind: str
    driver: str
    scratch: Callable[[], AbstractContextManager[Store]]
    seconds: float
    rounds: int
    facts: int


@contextmanager
def writers(store: Store) -> Iterator[Callable[[], Writer]]:
    """Give what opens a connection of the raw peer for each thread that asks; all are closed at the end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(store.writer()))
