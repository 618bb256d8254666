"""What a peer does on each kind of store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple, Protocol
from uuid import UUID

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


class Peers(Protocol):
    """The peers beside a scratch store. They can be sent to another process, which then works on the same one."""

    @property
    def address(self) -> str:
        """Return the address of a database beside the store, as SQLAlchemy takes it."""

    def prepare(self) -> None:
        """Make the tables of the raw peer and of the event library."""

    def writer(self) -> Writer:
        """Open a connection of the raw peer."""

    def loop(self) -> Loop:
        """Open what a loop by hand needs; the views' tables are there."""

    def library(self, connections: int) -> Mapping[str, str]:
        """Return the settings of the event library as shipped."""


@contextmanager
def writers(peers: Peers) -> Iterator[Callable[[], Writer]]:
    """Give what opens a connection of the raw peer for each thread that asks; all are closed at the end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(peers.writer()))
