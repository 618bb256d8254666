"""What ``fsck`` finds inside a store of facts: each difference from what appends leave there is one sentence."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from infra.store.codec import FactCodec, Row, Tampered, microseconds
from infra.store.recorder import Hashed, IndexRows
from infra.store.sqlite.schema import FACTS, INDEX, statements, write_index
from portfolio.domain.kernel import NEVER

PLACES = """
SELECT position, previous FROM (
    SELECT position, lag(position, 1, 0) OVER (ORDER BY position) AS previous FROM facts
) AS f WHERE position <> previous + 1
"""
VERSIONS = """
SELECT originator_id, originator_version, previous, position FROM (
    SELECT *, lag(originator_version, 1, 0) OVER (PARTITION BY originator_id ORDER BY position) AS previous FROM facts
) AS f WHERE originator_version <> previous + 1 ORDER BY position
"""
RECEIPTS = """
SELECT i.position, i.stream, i.version FROM idempotency AS i
LEFT JOIN facts AS f ON f.originator_id = i.stream AND f.originator_version = i.version
WHERE i.position > (SELECT coalesce(max(position), 0) FROM facts)
    OR i.version > 0 AND coalesce(f.position, 0) <> i.position
"""
IN_ORDER = "SELECT position, originator_id, originator_version, topic, state FROM facts ORDER BY position"
LISTED = "SELECT name, key, row_number() OVER (PARTITION BY name, key ORDER BY position), stream FROM {0}.links"
HELD = "SELECT name, key, 1, stream FROM {0}.unique_keys"


def differences(
    connection: sqlite3.Connection, codec: FactCodec, index_rows: IndexRows, hashed: Hashed
) -> Iterator[str]:
    """Yield the differences, inside the transaction that is open: damage, gaps, unreadable facts, stray rows."""
    try:
        yield from damage(connection)
        yield from gaps(connection.execute)
        yield from strays(connection, connection.execute(IN_ORDER), codec, index_rows, hashed)
    except sqlite3.DatabaseError as error:
        yield f"the file is damaged: {error}; nothing more can be checked"


def gaps(execute: Callable[[str], Iterable[Any]]) -> Iterator[str]:
    """Yield where positions, versions of a stream or receipts do not run on."""
    for position, previous in execute(PLACES):
        yield f"positions {previous + 1} to {position - 1} of the log are missing"
    for stream, version, previous, position in execute(VERSIONS):
        yield f"at position {position}, fact {version} of stream {UUID(bytes=stream)} follows fact {previous}"
    for position, stream, version in execute(RECEIPTS):
        yield f"an idempotency row answers position {position}, fact {version} of {UUID(bytes=stream)}: it is not there"


def damage(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield what SQLite itself finds wrong, and tables or triggers that are not as created."""
    for (found,) in connection.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield f"the file is damaged: {found}"
    present = {text for (text,) in connection.execute("SELECT sql FROM main.sqlite_master")}
    for statement in statements(FACTS + INDEX.format(schema="main")):
        text = statement.strip().rstrip(";").replace(" main.", " ")
        if text not in present:
            yield f"the file lacks: {' '.join(text.split())}"


def strays(
    connection: sqlite3.Connection, rows: Iterable[Row], codec: FactCodec, index_rows: IndexRows, hashed: Hashed
) -> Iterator[str]:
    """Yield facts that cannot be read or go back in time, and index rows other than follow from the facts.

    ``rows`` are the facts in order; the index rows lie in the tables that the connection calls ``main``.
    """
    for statement in statements(INDEX.format(schema="temp")):  # the names in write_index now mean these tables
        connection.execute(statement)
    last = 0
    for row in rows:
        try:
            entry = codec.decode(row)
        except Tampered as error:
            yield str(error)
            continue
        at = microseconds(entry.at)
        if at < last:
            yield f"fact {row[0]} was recorded at {moment(at)}, before the one in front of it ({moment(last)})"
        last = max(at, last)
        write_index(connection.execute, row[1], row[0], map(hashed, index_rows(entry.fact)))
    for question, kind in ((LISTED, "link"), (HELD, "unique key")):
        stored, derived = question.format("main"), question.format("temp")
        for name, _, _, stream in connection.execute(f"{stored} EXCEPT {derived}"):
            yield f"the {kind} {name!r} of stream {UUID(bytes=stream)} does not follow from the facts"
        for name, _, _, stream in connection.execute(f"{derived} EXCEPT {stored}"):
            yield f"the {kind} {name!r} of stream {UUID(bytes=stream)} is missing"


def moment(at: int) -> str:
    """Return the time, given in microseconds since 1970, for people."""
    return (NEVER + timedelta(microseconds=at)).isoformat()
