"""What the functions that append are asked, in the server's binary format; tables.sql declares the types.

The driver's own way to write composite values costs more than all the rest of an append.
"""

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infra.store.codec import AT, BY
from infra.store.recorder import Request
from portfolio.application.ports import AppendConditions, ReadSet

BOOL, BYTEA, INT8, INT4, TEXT, ID = 16, 17, 20, 23, 25, 2950
"""The server's numbers for the types of fields; they never change."""

length_of = Struct(">i").pack
whole_of = Struct(">q").pack
field = Struct(">Ii").pack  # type and length of a field; -1 is NULL
array_of = Struct(">iiIii").pack
no_array_of = Struct(">iiI").pack
fact_of = Struct(">iIiiIi16sIiqIiqIi").pack
seen_of = Struct(">iIiiIi16sIiq").pack
begin_of = Struct(">iIii").pack
owned_of = Struct(">iIiiIi16s").pack
answered_of = Struct(">Ii16sIiqIi").pack
number_of = Struct(">Iiq").pack
flags_of = Struct(">Ii?Ii?").pack

NO_TIME, TIME = field(INT8, -1), field(INT8, 8)
KINDS = ("fact", "seen", "counted", "entry", "reply")


class Packer:
    """Packs requests for a server with these numbers for our types."""

    def __init__(self, oids: dict[str, int]) -> None:
        self._oids = [oids[kind] for kind in KINDS]

    def __call__(self, requests: Sequence[Request]) -> list[bytes]:
        """Return the arguments of ``record.append``."""
        rows = Rows()
        for number, (events, conditions) in enumerate(requests, start=1):
            rows.add(number, events, conditions)
        kinds = (rows.facts, rows.seen, rows.counted, rows.entries, rows.replies)
        return [length_of(len(requests)), *map(array, self._oids, kinds), b"\1" if rows.apart() else b"\0"]

    def one(self, events: Sequence[StoredEvent], conditions: AppendConditions | None) -> list[bytes | None] | None:
        """Return the arguments of ``record.append_one`` for a request that it may take, None for any other."""
        if len(events) != 1 or conditions is None or conditions.index:
            return None
        (event,), reply = events, conditions.idempotency
        _, seen_oid, counted_oid, *_ = self._oids
        return [
            id_of(event.originator_id),
            whole_of(event.originator_version),
            event.topic.encode(),
            event.state,
            event.state[AT],
            array(seen_oid, list(seen(1, conditions.read_set))),
            array(counted_oid, list(counted(1, conditions.read_set))),
            event.state[BY],
            *((reply.key.encode(), reply.fingerprint, reply.extra) if reply else (None, None, None)),
        ]


class Rows:
    """What is asked, kind by kind, and who touches what."""

    def __init__(self) -> None:
        self.facts: list[bytes] = []
        self.seen: list[bytes] = []
        self.counted: list[bytes] = []
        self.entries: list[bytes] = []
        self.replies: list[bytes] = []
        self._touched: dict[Any, int] = {}
        self._shared: set[Any] = set()
        self._written: set[Any] = set()

    def apart(self) -> bool:
        """Tell whether no request writes what another one reads or writes."""
        return self._shared.isdisjoint(self._written)

    def touch(self, request: int, key: Any) -> None:
        """Take it that the request reads or writes this."""
        if self._touched.setdefault(key, request) != request:
            self._shared.add(key)

    def add(self, request: int, events: Sequence[StoredEvent], conditions: AppendConditions | None) -> None:
        """Add the rows of a request."""
        before: dict[bytes, int] = {}
        for event in events:
            stream, version = id_of(event.originator_id), event.originator_version
            if stream not in before:
                before[stream] = version - 1
                self.touch(request, stream)
                self._written.add(stream)
            self.facts.append(fact(request, stream, before[stream], event, stamped=conditions is not None))
        if conditions is None:
            return
        own, by, version = id_of(events[-1].originator_id), events[-1].state[BY], events[-1].originator_version
        self.seen += seen(request, conditions.read_set)
        self.counted += counted(request, conditions.read_set)
        for other in conditions.read_set.streams:
            self.touch(request, other.bytes)
        for link in conditions.read_set.links:
            self.touch(request, link)
        for row in conditions.index:
            self.touch(request, entry := (row.name, row.key))
            self._written.add(entry)
            if not row.key:  # releases keys that are named nowhere here
                self._shared.add(entry)
            begin = owned_of(6, INT4, 4, request, ID, 16, own)
            flags = flags_of(BOOL, 1, row.unique, BOOL, 1, row.release)
            self.entries.append(b"".join((begin, text(row.name), text(row.key), flags)))
        if idempotency := conditions.idempotency:
            self.touch(request, answer := (by, idempotency.key))
            self._written.add(answer)
            begin = owned_of(7, INT4, 4, request, ID, 16, by)
            fingerprint, extra = idempotency.fingerprint, idempotency.extra
            middle = answered_of(ID, 16, own, INT8, 8, version, BYTEA, len(extra))
            self.replies.append(
                b"".join((begin, text(idempotency.key), field(BYTEA, len(fingerprint)), fingerprint, middle, extra))
            )


def fact(request: int, stream: bytes, before: int, event: StoredEvent, *, stamped: bool) -> bytes:
    """Return a fact to store."""
    topic, state, version = event.topic.encode(), event.state, event.originator_version
    begin = fact_of(7, INT4, 4, request, ID, 16, stream, INT8, 8, before, INT8, 8, version, TEXT, len(topic))
    time = TIME + state[AT] if stamped else NO_TIME
    return b"".join((begin, topic, field(BYTEA, len(state)), state, time))


def seen(request: int, read: ReadSet) -> Iterator[bytes]:
    """Yield the streams that were read."""
    for stream, version in read.streams.items():
        yield seen_of(3, INT4, 4, request, ID, 16, stream.bytes, INT8, 8, version)


def counted(request: int, read: ReadSet) -> Iterator[bytes]:
    """Yield the links that were counted."""
    for (name, key), streams in read.links.items():
        yield b"".join((begin_of(4, INT4, 4, request), text(name), text(key), number_of(INT8, 8, streams)))


def text(value: str) -> bytes:
    """Return a text field."""
    encoded = value.encode()
    return field(TEXT, len(encoded)) + encoded


def array(oid: int, rows: Sequence[bytes]) -> bytes:
    """Return an array of composite values."""
    if not rows:
        return no_array_of(0, 0, oid)
    parts = [array_of(1, 0, oid, len(rows), 1)]
    for row in rows:
        parts += (length_of(len(row)), row)
    return b"".join(parts)


def id_of(originator_id: UUID | str) -> bytes:
    """Return a stream's id as it travels."""
    return (originator_id if isinstance(originator_id, UUID) else UUID(originator_id)).bytes
