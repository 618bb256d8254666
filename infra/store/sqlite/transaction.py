"""The facts that one write transaction appends, each caller's judged apart, in the order they came."""

import sqlite3
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from infra.store.codec import AT, BY, at_of, known_uuid_of, stamped
from infra.store.sqlite import questions, schema
from portfolio.application.ports import AppendConditions, Idempotency, IdempotencyKeyReused, KeyTaken, Receipt
from portfolio.application.repeated import AlreadyAnswered
from portfolio.domain.kernel import Rejected, StaleVersion


class Transaction:
    """The facts being appended in one write transaction, after ``head``, recorded no earlier than ``at``.

    Every caller is judged before anything is written for it, so a refused one leaves nothing to take back.
    """

    def __init__(self, execute: Any, head: int, at: int) -> None:
        self._execute = execute
        self.head = head
        self.at = at

    def append(self, events: Sequence[StoredEvent], conditions: AppendConditions | None) -> list[int] | Exception:
        """Return the positions given to one caller's events, or why nothing was written for it."""
        try:
            if conditions is None:
                self._judge_versions_only(events)
                return self._write(events)
            self._judge(events, conditions)
            self._note_answer(events, conditions.idempotency)
        except (Rejected, IntegrityError) as verdict:
            return self._answer_before(events, conditions) or verdict
        states = []
        for event in events:
            self.at = max(self.at, at_of(event.state[AT]))
            states.append(stamped(event.state, self.at))
        positions = self._write(events, states)
        schema.write_index(self._execute, key_of(events[0].originator_id), self.head, conditions.index)
        return positions

    def _judge_versions_only(self, events: Sequence[StoredEvent]) -> None:
        keys = {(key_of(event.originator_id), event.originator_version) for event in events}
        if len(keys) < len(events) or any(self._execute(questions.STORED, key).fetchone() for key in keys):
            raise IntegrityError("a fact of this stream and version is stored already")

    def _judge(self, events: Sequence[StoredEvent], conditions: AppendConditions) -> None:
        stream, version = key_of(events[0].originator_id), events[0].originator_version - 1
        if events[-1].originator_version != version + len(events):
            raise IntegrityError("the facts of an append do not follow one another")
        if self._execute(questions.VERSION, (stream,)).fetchone()[0] != version:
            raise StaleVersion
        for other, other_version in conditions.read_set.streams.items():
            if self._execute(questions.VERSION, (other.bytes,)).fetchone()[0] != other_version:
                raise StaleVersion
        for link, number in conditions.read_set.links.items():
            if self._execute(questions.LISTED, link).fetchone()[0] != number:
                raise StaleVersion
        for row in conditions.index:
            if row.unique and not row.release:
                holder = self._execute(questions.HOLDER, (row.name, row.key)).fetchone()
                if holder is not None and holder[0] != stream:
                    raise KeyTaken(row.name)

    def _note_answer(self, events: Sequence[StoredEvent], idempotency: Idempotency | None) -> None:
        """Store what the same request is answered when it is sent again; what is there already is not replaced."""
        if idempotency is not None:
            last = events[-1]
            receipt = key_of(last.originator_id), last.originator_version, self.head + len(events), idempotency.extra
            try:
                self._execute(questions.ANSWER, (last.state[BY], idempotency.key, idempotency.fingerprint, *receipt))
            except sqlite3.IntegrityError as error:
                raise IdempotencyKeyReused from error  # or by the same request: who is refused is looked up

    def _answer_before(self, events: Sequence[StoredEvent], conditions: AppendConditions | None) -> Exception | None:
        """Return what a refused request is told if its key has been answered: that counts before anything else."""
        if conditions is None or conditions.idempotency is None:
            return None
        answer = self._execute(questions.ANSWERED, (events[0].state[BY], conditions.idempotency.key)).fetchone()
        if answer is None:
            return None
        fingerprint, receipt = receipt_of(answer)
        return AlreadyAnswered(receipt) if fingerprint == conditions.idempotency.fingerprint else IdempotencyKeyReused()

    def _write(self, events: Sequence[StoredEvent], states: Sequence[bytes] | None = None) -> list[int]:
        positions = []
        for place, event in enumerate(events):
            self.head += 1
            state = states[place] if states else event.state
            values = (self.head, key_of(event.originator_id), event.originator_version, event.topic, state)
            self._execute(questions.INSERT, values)
            positions.append(self.head)
        return positions


def key_of(originator_id: UUID | str) -> bytes:
    """Return a stream's key in the table."""
    return (originator_id if isinstance(originator_id, UUID) else UUID(originator_id)).bytes


def receipt_of(row: tuple[bytes, bytes, int, int, bytes]) -> tuple[bytes, Receipt]:
    """Return the fingerprint and the receipt of an idempotency row."""
    fingerprint, stream, version, position, extra = row
    return fingerprint, Receipt(stream=known_uuid_of(stream), version=version, position=position, extra=extra)
