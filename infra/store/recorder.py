"""What the journal asks of a store of facts, beyond what the library asks of its recorders."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, NamedTuple, Protocol
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infra.store.codec import Row
from portfolio.application.ports import AppendConditions, IndexRow, Receipt
from portfolio.domain.kernel import Fact

Request = tuple[Sequence[StoredEvent], AppendConditions | None]
"""One append: events, and the conditions on which they are stored. None: the library's own, for bytes not ours.

On conditions there is at least one event, all events are of one stream, and its version is one of the conditions.
Unique keys are hashed already, and events get the time of the last one stored if theirs is earlier.
"""


SHORTER = (
    "The record ends with fact {} now, but this process has recorded fact {}: it was replaced under the running "
    "service, so nothing is recorded any more. Put back what was there, then start the service again."
)
"""What is said of a record that has gone back under whoever writes it."""
OTHER = (
    "Another fact {} is in the record than this process has recorded: it was replaced under the running service, so "
    "nothing is recorded any more. Put back what was there, then start the service again."
)
"""What is said of one that has gone on since."""

IndexRows = Callable[[Fact], Iterable[IndexRow]]
"""Derives the index rows of a fact."""


START = bytes(32)
"""The chain's value before the first fact."""


class Head(NamedTuple):
    """A position and the chain's value at it, which stands for all facts up to there."""

    position: int
    value: bytes


Link = tuple[bytes, bytes]
"""What the chain has for a position: its value, and what stands for the idempotency row that answers with it."""

ReceiptRow = tuple[int, bytes, str, bytes, bytes, int, bytes]
"""An idempotency row as stored: position, person, key, fingerprint, stream, version, extra."""


class ChainTable(Protocol):
    """The chain as it is stored (``infra.store.chain``)."""

    def end(self) -> Head:
        """Return the last position that has a value, and the value; position 0 for an empty chain."""

    def at(self, position: int) -> bytes | None:
        """Return the value stored for a position, None if there is none."""

    def receipts(self, after: int, until: int) -> Sequence[ReceiptRow]:
        """Return the idempotency rows of positions after one, up to another, in their order."""

    def extend(self, after: int, links: Sequence[Link]) -> None:
        """Store what follows the position ``after``; do nothing if the chain ends elsewhere by now."""

    def cut(self) -> None:
        """Take away what goes beyond the last fact."""


class IndexGroup(NamedTuple):
    """The rows of ``links`` or ``unique_keys`` under one name and key: stream (16 bytes), and position if a link."""

    table: str
    name: str
    key: str
    rows: Sequence[tuple[Any, ...]]


class FactRecorder(Protocol):
    """A store of facts. Rows are as stored; positions count from 1 in commit order."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, conditions: AppendConditions | None = None
    ) -> Sequence[int]:
        """Store the events and return their positions; on conditions, all or none of what they ask.

        Raises, on conditions, ``StaleVersion``, ``KeyTaken``, ``IdempotencyKeyReused`` or ``AlreadyAnswered``, without
        them the library's ``IntegrityError``; always ``StorageFull`` or ``Busy``. Then nothing was written, except that
        after ``OutcomeUnknown`` nobody knows (``Journal.append``).
        """

    @property
    def chain(self) -> ChainTable:
        """Return the chain over the facts."""

    @property
    def pending(self) -> int:
        """Return the number of appends not answered yet."""

    def fault(self) -> str | None:
        """Return why this process records nothing any more, None if it does."""

    def head(self) -> int:
        """Return the last position, 0 if there is none."""

    def rows_of(self, stream: UUID, until: int | None, after: int = 0) -> Sequence[Row]:
        """Return the rows of a stream by version, those after a version, of positions up to ``until``."""

    def rows_of_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Row]]:
        """Return the rows of each of these streams by version, those after a version of it."""

    def rows_since(self, position: int, limit: int) -> Sequence[Row]:
        """Return up to ``limit`` rows after a position."""

    def rows_at(self, positions: Sequence[int]) -> Sequence[Row]:
        """Return the rows at these positions, in the order of the log."""

    def at(self, position: int) -> int:
        """Return the microseconds since 1970 at which the fact at this position (or the last before) was recorded."""

    def links(self, name: str, key: str) -> Sequence[UUID]:
        """Return the streams listed under a link, in the order of their listing."""

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        """Return the streams listed under each of these links of each of these keys, as ``links`` does of one."""

    def holder(self, name: str, key: str) -> UUID | None:
        """Return the stream that holds a unique key, which is hashed already."""

    def answered(self, by: UUID, key: str) -> tuple[bytes, Receipt] | None:
        """Return the fingerprint of the request answered under this key, and its receipt."""

    def wait_past(self, position: int, timeout: float) -> bool:
        """Return whether there is a fact after the position, waiting up to ``timeout`` seconds for one."""

    def snapshot(self) -> AbstractContextManager["FactsSnapshot"]:
        """Give the store as it is at one moment."""


class FactsSnapshot(Protocol):
    """One moment of a store of facts, whatever is written meanwhile, for fsck."""

    place: ClassVar[str]
    """What the store lies in, for a sentence."""
    errors: ClassVar[type[Exception]]
    """What is raised where the store is damaged."""

    def damage(self) -> Iterator[str]:
        """Yield a sentence for what the store itself finds wrong, and for each part of it that is not as made."""

    def tables(self) -> Container[str]:
        """Return the names of the tables there are."""

    def select(self, question: str) -> Iterable[Any]:
        """Return the rows of a question, which may be more than fit into memory; ids are their 16 bytes."""
