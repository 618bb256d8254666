"""Stored bytes of a fact: a fixed header in clear, then the fact as JSON.

``00 | at 8 | by 16 | causation 16 | subject 16 | JSON``: ``at`` is signed microseconds since 1970 UTC, big-endian; a
subject of zeros is no subject. The header has fixed places, so the writer can stamp the time inside the write lock and
a reader can tell the time of a fact without decoding it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, reduce
from operator import or_
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, Notification, StoredEvent

from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import NEVER, NOBODY, Fact, Recorded, tag_of

FORMAT = b"\0"
AT = slice(1, 9)
BODY = 57
MICROSECOND = timedelta(microseconds=1)

Row = tuple[int, bytes, int, str, bytes]
"""A stored fact as read from its table: position, stream, version, tag, state."""


class Tampered(Exception):
    """What is stored is not what was recorded."""

    def __init__(self, stream: UUID, version: int, why: str) -> None:
        super().__init__(f"fact {version} of stream {stream} is not what was recorded: {why}")
        self.stream = stream
        self.version = version


def microseconds(moment: datetime) -> int:
    """Return the time as whole microseconds since 1970; a time without a zone is refused (``TypeError``)."""
    return (moment - NEVER) // MICROSECOND


def at_of(header: bytes) -> int:
    """Return the microseconds written in the eight bytes at ``AT``."""
    return int.from_bytes(header, "big", signed=True)


def stamped(state: bytes, at: int) -> bytes:
    """Return the stored bytes with another time of recording, in microseconds since 1970."""
    return state[: AT.start] + at.to_bytes(8, "big", signed=True) + state[AT.stop :]


@lru_cache(maxsize=1 << 16)
def uuid_of(data: bytes) -> UUID:
    """Return the id of these 16 bytes; people and streams recur, so it is kept."""
    return UUID(bytes=data)


class FactCodec:
    """Turn recorded facts of the given classes into stored bytes and back, every field checked against its type."""

    def __init__(self, facts: Sequence[type[Fact]]) -> None:
        self._encode = msgspec.json.Encoder(order="deterministic").encode  # a set has no order; stored bytes must
        union: Any = reduce(or_, facts)
        self._decode = msgspec.json.Decoder(union).decode

    def encode(self, entry: Recorded) -> bytes:
        """Return the bytes to store; raise ``msgspec.ValidationError`` rather than store what cannot be read back."""
        body = self._encode(entry.fact)
        self._decode(body)
        return b"".join((
            FORMAT,
            microseconds(entry.at).to_bytes(8, "big", signed=True),
            entry.by.bytes,
            entry.causation.bytes,
            (entry.subject or NOBODY).bytes,
            body,
        ))  # fmt: skip

    def decode(self, row: Row) -> Recorded:
        """Return the recorded fact; raise ``Tampered`` if the bytes or the tag are not what was recorded."""
        position, stream, version, tag, state = row
        if state[:1] != FORMAT:
            raise Tampered(uuid_of(stream), version, "its format is unknown")
        try:
            fact = self._decode(memoryview(state)[BODY:])
            at = NEVER + timedelta(microseconds=at_of(state[AT]))
        except (ValueError, OverflowError) as error:
            raise Tampered(uuid_of(stream), version, str(error)) from error
        if tag_of(fact) != tag:
            raise Tampered(uuid_of(stream), version, f"it is stored as {tag} but says {tag_of(fact)}")
        subject = state[41:57]
        return Recorded(
            originator_id=uuid_of(stream),
            originator_version=version,
            position=position,
            fact=fact,
            by=uuid_of(state[9:25]),
            at=at,
            causation=UUID(bytes=state[25:41]),
            subject=uuid_of(subject) if any(subject) else None,
        )


class FactMapper(Mapper[UUID]):
    """The library's mapper, over our codec: a fact is stored under its tag.

    ``codec`` knows every fact of the catalogue unless another one is set.
    """

    @cached_property
    def codec(self) -> FactCodec:
        """Return the codec of all facts the programme knows."""
        return FactCodec(FACTS)

    def to_stored_event(self, domain_event: Recorded) -> StoredEvent:  # type: ignore[override]  # our only event type
        """Return what to store; raise rather than store what cannot be read back."""
        return StoredEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            tag_of(domain_event.fact),
            self.codec.encode(domain_event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return the recorded fact, with its position if a notification is given; raise ``Tampered``."""
        position = stored_event.id if isinstance(stored_event, Notification) else 0
        stream = UUID(str(stored_event.originator_id)).bytes
        row = position, stream, stored_event.originator_version, stored_event.topic, stored_event.state
        return self.codec.decode(row)
