"""Rehearsal: a journal that keeps what is appended in memory, so that commands are judged and none is recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from portfolio.application.moves import Moves
from portfolio.application.ports import AppendConditions, IndexRow, Journal, KeyTaken, Receipt
from portfolio.domain.kernel import Entry, Recorded


class Rehearsal:
    """The record as it would be after what was appended here (``Journal``): later commands rest on earlier ones."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._facts: dict[UUID, list[Recorded]] = {}
        self._links: dict[tuple[str, str], list[UUID]] = {}
        self._holders: dict[tuple[str, str], UUID] = {}

    @property
    def moves(self) -> Moves:
        """Return of which streams the last facts of the record are, which knows of none that was appended here."""
        return self._journal.moves

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Sequence[Recorded]:
        """Return a stream's facts after a version, those appended here last."""
        return [*self._journal.read(stream, until), *self._facts.get(stream, ())][after:]

    def read_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Recorded]]:
        """Return the facts of each of these streams after a version of it."""
        return {stream: self.read(stream, after=version) for stream, version in after.items()}

    def links(self, name: str, key: str) -> Sequence[UUID]:
        """Return the streams listed under a link, those listed here last."""
        return [*self._journal.links(name, key), *self._links.get((name, key), ())]

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        """Return the streams listed under each of these links of each of these keys."""
        return {(name, key): self.links(name, key) for name in names for key in keys}

    def holder(self, row: IndexRow) -> UUID | None:
        """Return the stream that holds a unique key."""
        return self._holders.get((row.name, row.key)) or self._journal.holder(row)

    def keyed(self, name: str, content: bytes) -> str:
        """Return the keyed hash that the record would keep."""
        return self._journal.keyed(name, content)

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        """Keep the facts in memory; raise ``KeyTaken`` as the record would."""
        stream = entries[0].originator_id
        for row in conditions.index:
            if row.unique and self.holder(row) not in (None, stream):
                raise KeyTaken(row.name)
        for row in conditions.index:
            if row.unique:
                self._holders[row.name, row.key] = stream
            else:
                self._links.setdefault((row.name, row.key), []).append(stream)
        self._facts.setdefault(stream, []).extend(entries)
        return Receipt(stream=stream, version=entries[-1].originator_version, position=self.head())

    def answered(self, by: UUID, key: str, fingerprint: bytes) -> Receipt | None:
        """Return what the record answered before."""
        return self._journal.answered(by, key, fingerprint)

    def head(self) -> int:
        """Return the last position of the record."""
        return self._journal.head()

    def since(self, position: int, limit: int = 1000) -> Sequence[Entry]:
        """Return facts of the record alone."""
        return self._journal.since(position, limit)

    def marks(self, positions: Sequence[int]) -> frozenset[str]:
        """Return marks of the record alone."""
        return self._journal.marks(positions)

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        """Return facts of the record alone."""
        return self._journal.at_positions(positions)

    def position_at(self, moment: datetime) -> int:
        """Return a position of the record."""
        return self._journal.position_at(moment)
