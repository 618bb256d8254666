"""A journal in memory, as plain as can be: what must hold for any history is asked of thousands of commands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from portfolio.application.ports import AppendConditions, IdempotencyKeyReused, KeyTaken, Receipt
from portfolio.application.repeated import AlreadyAnswered
from portfolio.domain.kernel import Recorded, StaleVersion, changed


class MemoryMoves:
    """Which streams moved, found by going through the whole log each time."""

    def __init__(self, log: list[Recorded]) -> None:
        self.log = log

    def look(self) -> int:
        return len(self.log)

    def unmoved(self, stream: UUID, since: int) -> bool:
        return all(entry.originator_id != stream for entry in self.log[since:])

    def hold(self) -> None: ...

    look_again = let_go = hold


class MemoryJournal:
    """The log as a list (``portfolio.application.ports.Journal``)."""

    def __init__(self) -> None:
        self.log: list[Recorded] = []
        self.links_of: dict[tuple[str, str], list[UUID]] = {}
        self.held: dict[tuple[str, str], UUID] = {}
        self.answers: dict[tuple[UUID, str], tuple[bytes, Receipt]] = {}

    def copy(self) -> "MemoryJournal":
        """Return a journal with the same history, to go another way from here."""
        other = MemoryJournal()
        other.log = list(self.log)
        other.links_of = {named: list(streams) for named, streams in self.links_of.items()}
        other.held = dict(self.held)
        other.answers = dict(self.answers)
        return other

    @property
    def moves(self) -> MemoryMoves:
        return MemoryMoves(self.log)

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Sequence[Recorded]:
        of_stream = (entry for entry in self.log if entry.originator_id == stream)
        return [entry for entry in of_stream if until is None or entry.position <= until][after:]

    def since(self, position: int, limit: int = 1000) -> Sequence[Recorded]:
        return self.log[position : position + limit]

    def marks(self, positions: Sequence[int]) -> frozenset[str]:
        return frozenset(str(position) for position in positions if position <= len(self.log))

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        return [self.log[position - 1] for position in positions]

    def head(self) -> int:
        return len(self.log)

    def position_at(self, moment: datetime) -> int:
        return sum(entry.at <= moment for entry in self.log)

    def read_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Recorded]]:
        return {stream: self.read(stream, after=version) for stream, version in after.items()}

    def links(self, name: str, key: str) -> Sequence[UUID]:
        return list(self.links_of.get((name, key), []))

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        return {(name, key): self.links(name, key) for name in names for key in keys}

    def answered(self, by: UUID, key: str, fingerprint: bytes) -> Receipt | None:
        known = self.answers.get((by, key))
        if known is not None and known[0] != fingerprint:
            raise IdempotencyKeyReused
        return known[1] if known else None

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        (stream, by), asked = (entries[0].originator_id, entries[0].by), conditions.idempotency
        if asked and (known := self.answered(by, asked.key, asked.fingerprint)):
            raise AlreadyAnswered(known)
        expected = {**conditions.read_set.streams, stream: entries[0].originator_version - 1}
        if any(len(self.read(stream)) != version for stream, version in expected.items()):
            raise StaleVersion
        if any(len(self.links(*named)) != number for named, number in conditions.read_set.links.items()):
            raise StaleVersion
        for row in conditions.index:
            if row.unique and not row.release and self.held.get((row.name, row.key), stream) != stream:
                raise KeyTaken(row.name)
        for row in conditions.index:
            if row.release:
                self.held = {
                    named: holder for named, holder in self.held.items() if named[0] != row.name or holder != stream
                }
            elif row.unique:
                self.held[row.name, row.key] = stream
            else:
                self.links_of.setdefault((row.name, row.key), []).append(stream)
        self.log += [changed(entry, position=place) for place, entry in enumerate(entries, start=len(self.log) + 1)]
        receipt = Receipt(
            stream=stream,
            version=entries[-1].originator_version,
            position=len(self.log),
            extra=asked.extra if asked else b"",
        )
        if asked:
            self.answers[by, asked.key] = (asked.fingerprint, receipt)
        return receipt
