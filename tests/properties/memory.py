"""A journal in memory, as plain as can be: what must hold for any history is asked of thousands of commands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portfolio.application.ports import Append, IdempotencyKeyReused, KeyTaken, Receipt
from portfolio.domain.kernel import Recorded, StaleVersion


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

    def read(self, stream: UUID, until: int | None = None) -> Sequence[Recorded]:
        return [
            entry for entry in self.log if entry.originator_id == stream and (until is None or entry.position <= until)
        ]

    def since(self, position: int, limit: int = 1000) -> Sequence[Recorded]:
        return self.log[position : position + limit]

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        return [self.log[position - 1] for position in positions]

    def head(self) -> int:
        return len(self.log)

    def position_at(self, moment: datetime) -> int:
        return sum(entry.at <= moment for entry in self.log)

    def links(self, name: str, key: str) -> Sequence[UUID]:
        return list(self.links_of.get((name, key), []))

    def holder(self, name: str, key: str) -> UUID | None:
        return self.held.get((name, key))

    def answered(self, by: UUID, key: str, fingerprint: bytes) -> Receipt | None:
        known = self.answers.get((by, key))
        if known is not None and known[0] != fingerprint:
            raise IdempotencyKeyReused
        return known[1] if known else None

    def append(self, request: Append) -> Receipt:
        asked = request.idempotency
        if asked and (known := self.answered(request.by, asked.key, asked.fingerprint)):
            return known
        seen = {**request.read_set.streams, request.stream: request.after}
        if any(len(self.read(stream)) != version for stream, version in seen.items()):
            raise StaleVersion
        if any(len(self.links(*named)) != number for named, number in request.read_set.links.items()):
            raise StaleVersion
        for row in request.index:
            if row.unique and not row.release and self.held.get((row.name, row.key), request.stream) != request.stream:
                raise KeyTaken(row.name)
        for row in request.index:
            if row.release:
                self.held = {
                    named: stream
                    for named, stream in self.held.items()
                    if named[0] != row.name or stream != request.stream
                }
            elif row.unique:
                self.held[row.name, row.key] = request.stream
            else:
                self.links_of.setdefault((row.name, row.key), []).append(request.stream)
        for version, fact in enumerate(request.facts, start=request.after + 1):
            entry = Recorded(
                originator_id=request.stream,
                originator_version=version,
                position=len(self.log) + 1,
                fact=fact,
                by=request.by,
                at=request.at,
                causation=request.causation,
                subject=request.subject,
            )
            self.log.append(entry)
        extra = asked.extra if asked else b""
        receipt = Receipt(
            stream=request.stream, version=request.after + len(request.facts), position=len(self.log), extra=extra
        )
        if asked:
            self.answers[request.by, asked.key] = (asked.fingerprint, receipt)
        return receipt
