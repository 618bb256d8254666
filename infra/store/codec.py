"""Stored bytes of a fact: a fixed header in clear, then the fact as JSON.

``number 1 | at 8 | by 16 | causation 16 | subject 16 | JSON``: the number is that of the catalogue by which the fact
was written, ``at`` is signed microseconds since 1970 UTC, big-endian; a subject of zeros is no subject. The header has
fixed places, so the writer can stamp the time inside the write lock and a reader can tell the time of a fact, and
whether it knows its shape, without decoding it. What a program recorded says so between the two: ``1 | program 16``;
JSON of a fact never begins so, and what people recorded is not a byte longer.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, reduce
from operator import or_
from struct import Struct
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, Notification, StoredEvent

from infra.errors import OperatorError
from portfolio.application.ports import NewerRelease
from portfolio.domain.catalogue import FACTS, NUMBER
from portfolio.domain.kernel import EPOCH, NOBODY, Fact, Recorded, tag_of
from portfolio.domain.old_shapes import OLD_SHAPES, OldShape

HEADER = Struct(">B q 16s 16s 16s")
AT, BY = slice(1, 9), slice(9, 25)
MICROSECOND = timedelta(microseconds=1)
NO_SUBJECT = NOBODY.bytes
BY_PROGRAM = Struct(">B 16s")
A_PROGRAM = b"\x01"
PROGRAMS_SINCE = 2
"""The number of the catalogue under which the first fact of a program was written."""

Row = tuple[int, bytes, int, str, bytes]
"""A stored fact as read from its table: position, stream, version, tag, state."""


class Tampered(OperatorError):
    """What is stored is not what was recorded."""

    def __init__(self, stream: UUID, version: int, why: str) -> None:
        super().__init__(f"fact {version} of stream {stream} is not what was recorded: {why}")
        self.stream = stream
        self.version = version


def microseconds(moment: datetime) -> int:
    """Return the time as whole microseconds since 1970; a time without a zone is refused (``TypeError``)."""
    return (moment - EPOCH) // MICROSECOND


def at_of(eight: bytes) -> int:
    """Return the microseconds written in the eight bytes at ``AT``."""
    return int.from_bytes(eight, "big", signed=True)


def stamped(state: bytes, at: int) -> bytes:
    """Return the stored bytes with another time of recording, in microseconds since 1970."""
    return state[: AT.start] + at.to_bytes(8, "big", signed=True) + state[AT.stop :]


_decode_uuid = msgspec.msgpack.Decoder(UUID).decode  # several times as fast as UUID(bytes=…)


def uuid_of(sixteen: bytes) -> UUID:
    """Return the id of these 16 bytes."""
    return _decode_uuid(b"\xc4\x10" + sixteen)


known_uuid_of = lru_cache(maxsize=1 << 16)(uuid_of)
"""The same for people and streams, which recur."""


class FactCodec:
    """Turn recorded facts of the given classes into stored bytes and back, every field checked against its type.

    ``number`` is the catalogue's, under which facts are written. Those under a higher one, up to what ``begun`` says
    that a release began in the store, are of a newer release; ``outgrown`` is true once such a fact was met.
    """

    def __init__(
        self,
        facts: Sequence[type[Fact]],
        number: int = NUMBER,
        old_shapes: Mapping[str, OldShape] = OLD_SHAPES,
        begun: Callable[[], int] = lambda: 0,
    ) -> None:
        self.number = number
        self._newest = bytes([number])
        self.begun = begun
        self.outgrown = False
        self._old_shapes = old_shapes
        self._encode = msgspec.json.Encoder(order="deterministic").encode  # a set has no order; stored bytes must
        union: Any = reduce(or_, facts)
        self._decode = msgspec.json.Decoder(union).decode
        self._tags = {fact: tag_of(fact) for fact in facts}

    def encode(self, entry: Recorded) -> bytes:
        """Return the bytes to store; raise ``msgspec.ValidationError`` rather than store what cannot be read back."""
        body = self._encode(entry.fact)
        self._decode(body)
        subject = entry.subject.bytes if entry.subject else NO_SUBJECT
        at = microseconds(entry.at)
        acted = BY_PROGRAM.pack(A_PROGRAM[0], entry.program.bytes) if entry.program else b""
        return HEADER.pack(self.number, at, entry.by.bytes, entry.causation.bytes, subject) + acted + body

    def decode(self, row: Row) -> Recorded:
        """Return the recorded fact; raise ``Tampered`` if it is not what was recorded, ``NewerRelease``."""
        position, stream, version, _, state = row
        fact = self.fact(row)
        try:
            _, at, by, causation, subject = HEADER.unpack_from(state)
            moment = EPOCH + timedelta(0, 0, at)
            program, _ = parts_of(state)
        except OverflowError as problem:
            raise Tampered(uuid_of(stream), version, str(problem)) from problem
        return Recorded(
            originator_id=known_uuid_of(stream),
            originator_version=version,
            position=position,
            fact=fact,
            by=known_uuid_of(by),
            at=moment,
            causation=uuid_of(causation),
            subject=None if subject == NO_SUBJECT else known_uuid_of(subject),
            program=known_uuid_of(program) if program else None,
        )

    def fact(self, row: Row) -> Fact:
        """Return the fact alone; raise as ``decode`` does."""
        _, stream, version, tag, state = row
        if state is None:  # a damaged page is read as if it were one
            raise Tampered(uuid_of(stream), version, "nothing stands where its bytes should")
        if state[:1] > self._newest:
            self.require_of_this_release(row)
            raise Tampered(uuid_of(stream), version, f"no release began the catalogue {state[0]} that it names")
        _, body = parts_of(state)
        try:
            old = self._old_shapes.get(tag)
            if old and state[:1] <= bytes([old.until]):
                body = msgspec.json.encode(old.today(msgspec.json.decode(body), str(known_uuid_of(state[BY]))))
            fact: Fact = self._decode(body)
        except (ValueError, TypeError) as problem:
            raise Tampered(uuid_of(stream), version, str(problem)) from problem
        if self._tags[type(fact)] != tag:
            raise Tampered(uuid_of(stream), version, f"it says {tag_of(fact)!r}, its row {tag!r}")
        return fact

    def require_of_this_release(self, row: Row) -> None:
        """Raise ``NewerRelease`` for a fact under a higher number than ours that a release began."""
        state = row[4]
        if state[:1] > self._newest and state[0] <= self.begun():
            self.outgrown = True
            raise NewerRelease


def number_begun(row: Row) -> int:
    """Return the number that a ``CatalogueBegun`` names, 0 if it cannot be read; a newer one may say more."""
    try:
        return int(msgspec.json.decode(row[4][HEADER.size :])["number"])
    except (ValueError, TypeError, KeyError):
        return 0


def parts_of(state: bytes) -> tuple[bytes, bytes]:
    """Return the id of the program that recorded a stored fact, empty if a person did so themselves, and its JSON."""
    rest = state[HEADER.size :]
    if rest[:1] == A_PROGRAM and state[0] >= PROGRAMS_SINCE and len(rest) > BY_PROGRAM.size:
        return rest[1 : BY_PROGRAM.size], rest[BY_PROGRAM.size :]
    return b"", rest


class StoredFact:
    """An ``Entry`` of the log that is decoded when it is looked at: followers pass over most facts."""

    __slots__ = ("_codec", "_fact", "_row", "originator_id", "originator_version", "position", "tag")

    def __init__(self, row: Row, codec: FactCodec) -> None:
        self._row = row
        self._codec = codec
        self._fact: Fact | None = None
        self.position, stream, self.originator_version, self.tag, _ = row
        self.originator_id = known_uuid_of(stream)

    @property
    def fact(self) -> Fact:
        """Return the fact; raise as ``FactCodec.decode`` does."""
        fact = self._fact
        if fact is None:
            fact = self._fact = self._codec.fact(self._row)
        return fact

    @property
    def by(self) -> UUID:
        """Return who recorded it."""
        return known_uuid_of(self._row[4][BY])

    @property
    def stored(self) -> bytes:
        """Return its place, its tag and its bytes as they are stored, no two facts the same."""
        position, stream, version, tag, state = self._row
        return b"%d %b %d %b %b" % (position, stream, version, tag.encode(), state)

    @property
    def at(self) -> datetime:
        """Return when it was recorded."""
        return EPOCH + timedelta(0, 0, at_of(self._row[4][AT]))


class FactMapper(Mapper[UUID]):
    """The library's mapper, over our codec: a fact is stored under its tag.

    ``codec`` knows every fact of the catalogue unless another one is set.
    """

    @cached_property
    def codec(self) -> FactCodec:
        """Return the codec of all facts of the catalogue."""
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
