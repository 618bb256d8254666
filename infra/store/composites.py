"""What ``record.append`` is asked, in the server's binary format; tables.sql declares the types.

The driver's own way to write composite values costs more than all the rest of an append.
"""

from collections.abc import Sequence
from struct import Struct
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infra.store.codec import AT
from infra.store.recorder import Terms
from portfolio.application.ports import IndexRow

Request = tuple[Sequence[StoredEvent], Terms | None]

BOOL, BYTEA, INT8, TEXT, ID = 16, 17, 20, 25, 2950
"""The server's numbers for the types of fields; they never change."""

length_of = Struct(">i").pack
field = Struct(">Ii").pack  # type and length of a field; -1 is NULL
array_of = Struct(">iiIii").pack
no_array_of = Struct(">iiI").pack
number_in = Struct(">Iiq").pack
fact_of = Struct(">iIi16sIiqIi").pack
seen_of = Struct(">iIi16sIiq").pack
flags_of = Struct(">Ii?Ii?").pack

NO_ID, NO_TIME, NO_KEY = field(ID, -1), field(INT8, -1), field(ID, -1) + field(TEXT, -1)
NO_ANSWER = NO_KEY + field(BYTEA, -1) + field(INT8, -1) + field(BYTEA, -1)
BEGIN_ID, BEGIN_TIME = field(ID, 16), field(INT8, 8)
REQUEST, COUNTED, ENTRY = length_of(10), length_of(3), length_of(4)


class Packer:
    """Packs requests for a server with these numbers for our types and their arrays."""

    def __init__(self, oids: dict[str, int]) -> None:
        self._oids = oids
        self._empty = {
            name: field(oid, 12) + no_array_of(0, 0, oids[name[1:]]) for name, oid in oids.items() if name[0] == "_"
        }

    def requests(self, requests: Sequence[Request]) -> bytes:
        """Return the argument of ``record.append``."""
        return self._array("request", [self._request(*request) for request in requests])

    def _request(self, events: Sequence[StoredEvent], terms: Terms | None) -> bytes:
        if terms is None:
            seen, counted, entries, owner, answer = [], [], [], NO_ID, NO_ANSWER
        else:
            begun = {event.originator_id: event.originator_version - 1 for event in reversed(events)}
            seen = [
                seen_of(2, ID, 16, stream.bytes, INT8, 8, version)
                for stream, version in terms.seen.streams.items()
                if begun.get(stream) != version  # or it follows from the facts
            ]
            counted = [
                COUNTED + text(name) + text(key) + number_in(INT8, 8, number)
                for (name, key), number in terms.seen.links.items()
            ]
            entries = [entry(row) for row in terms.index]
            owner = BEGIN_ID + terms.stream.bytes
            answer = answer_to(terms, events)
        facts = [fact(event, stamped=terms is not None) for event in events]
        return b"".join(
            (
                REQUEST,
                owner,
                self._member("fact", facts),
                self._member("seen", seen),
                self._member("counted", counted),
                self._member("entry", entries),
                answer,
            )
        )

    def _member(self, name: str, rows: Sequence[bytes]) -> bytes:
        """Return an array as a field."""
        kind = f"_{name}"
        if not rows:
            return self._empty[kind]
        packed = self._array(name, rows)
        return field(self._oids[kind], len(packed)) + packed

    def _array(self, name: str, rows: Sequence[bytes]) -> bytes:
        parts = [array_of(1, 0, self._oids[name], len(rows), 1)]
        for row in rows:
            parts += (length_of(len(row)), row)
        return b"".join(parts)


def fact(event: StoredEvent, *, stamped: bool) -> bytes:
    """Return a fact to store."""
    topic, state = event.topic.encode(), event.state
    time = BEGIN_TIME + state[AT] if stamped else NO_TIME
    begin = fact_of(5, ID, 16, id_of(event.originator_id), INT8, 8, event.originator_version, TEXT, len(topic))
    return b"".join((begin, topic, field(BYTEA, len(state)), state, time))


def entry(row: IndexRow) -> bytes:
    """Return an index row."""
    return ENTRY + text(row.name) + text(row.key) + flags_of(BOOL, 1, row.unique, BOOL, 1, row.release)


def answer_to(terms: Terms, events: Sequence[StoredEvent]) -> bytes:
    """Return the fields of the idempotency row."""
    asked = terms.idempotency
    if asked is None:
        return NO_ANSWER
    version = events[-1].originator_version if events else terms.seen.streams.get(terms.stream, 0)
    given, extra = asked.fingerprint, asked.extra
    return b"".join(
        (
            BEGIN_ID,
            terms.by.bytes,
            text(asked.key),
            field(BYTEA, len(given)),
            given,
            number_in(INT8, 8, version),
            field(BYTEA, len(extra)),
            extra,
        )
    )


def text(value: str) -> bytes:
    """Return a text field."""
    encoded = value.encode()
    return field(TEXT, len(encoded)) + encoded


def id_of(originator_id: UUID | str) -> bytes:
    """Return a stream's id as it travels."""
    return (originator_id if isinstance(originator_id, UUID) else UUID(originator_id)).bytes
