"""What a store of facts holds, in figures that every true copy of it shares, on whichever kind of store."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from infra.store.recorder import FactsSnapshot

TABLES: Mapping[str, Mapping[str, type]] = {
    "facts": {"position": int, "originator_id": UUID, "originator_version": int, "topic": str, "state": bytes},
    "idempotency": {
        "person": UUID,
        "key": str,
        "fingerprint": bytes,
        "stream": UUID,
        "version": int,
        "position": int,
        "extra": bytes,
    },
    "links": {"name": str, "key": str, "stream": UUID, "position": int},
    "unique_keys": {"name": str, "key": str, "stream": UUID},
    "chain": {"position": int, "value": bytes, "receipt": bytes},
}
"""Every table that a copy must hold, with its columns; one from before this release may lack the last."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rows of one table: how many, and the sum of their SHA-256 (hex), whatever order they come in."""

    rows: int
    digest: str


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last position, and each table by its name."""

    head: int
    tables: dict[str, Table]

    def is_part_of(self, other: "Contents") -> bool:
        """Tell whether another store holds all of this; it may have tables of a newer release beside."""
        return self.head == other.head and self.tables.items() <= other.tables.items()


class Summing:
    """Sums up the rows of one table as they come; ids are their 16 bytes."""

    def __init__(self) -> None:
        self.last_position = 0
        self._rows = 0
        self._sum = 0
        self._encode = msgspec.msgpack.Encoder().encode

    def add(self, row: Sequence[Any]) -> None:
        """Take one row into account."""
        self._rows += 1
        self._sum += int.from_bytes(hashlib.sha256(self._encode(row)).digest(), "big")
        if isinstance(row[0], int):
            self.last_position = max(self.last_position, row[0])

    def table(self) -> Table:
        """Return what has been summed up."""
        return Table(self._rows, f"{self._sum % (1 << 256):064x}")


def contents_of(snapshot: FactsSnapshot) -> Contents:
    """Return what a store holds at one moment; raise what it raises where it is damaged (``FactsSnapshot.errors``)."""
    tables = snapshot.tables()
    return summed(
        (name, snapshot.select(f"SELECT {', '.join(columns)} FROM {name}"))  # noqa: S608 - names from the table above
        for name, columns in TABLES.items()
        if name in tables
    )


def summed(tables: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> Contents:
    """Return the contents of tables whose rows come one by one."""
    head, sums = 0, {}
    for name, rows in tables:
        summing = Summing()
        for row in rows:
            summing.add(row)
        sums[name] = summing.table()
        head = max(head, summing.last_position) if name == "facts" else head
    return Contents(head, sums)
