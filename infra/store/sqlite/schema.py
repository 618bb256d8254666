"""The tables of the facts file, and the connections to it."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from infra.store.refusals import InUse, NewerFormat, NotAStore, NothingThere, NotReachable
from infra.store.sqlite.types import text
from portfolio.application.ports import IndexRow

APPLICATION_ID = 0x50464F4C  # "PFOL"
FORMAT = 1
LOCK_TIMEOUT = 2  # seconds to wait for a lock another process holds
LARGEST = 2**63 - 1

FACTS = """
CREATE TABLE facts (
    position INTEGER PRIMARY KEY,
    originator_id BLOB NOT NULL,
    originator_version INTEGER NOT NULL,
    topic TEXT NOT NULL,
    state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version)
);
CREATE TABLE idempotency (
    person BLOB NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    stream BLOB NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    extra BLOB NOT NULL,
    PRIMARY KEY (person, key)
) WITHOUT ROWID;
CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts are not changed'); END;
CREATE TRIGGER facts_are_not_deleted BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts are not deleted'); END;
"""

ADDED = """
CREATE TABLE chain (position INTEGER PRIMARY KEY, value BLOB NOT NULL, receipt BLOB NOT NULL);
CREATE INDEX idempotency_by_position ON idempotency (position);
CREATE TRIGGER facts_are_not_replaced BEFORE INSERT ON facts
WHEN new.position <= (SELECT max(position) FROM facts) OR EXISTS (
    SELECT 1 FROM facts WHERE originator_id = new.originator_id AND originator_version = new.originator_version
) BEGIN SELECT RAISE(ABORT, 'facts are not replaced'); END;
CREATE TRIGGER receipts_are_not_changed BEFORE UPDATE ON idempotency
BEGIN SELECT RAISE(ABORT, 'receipts are not changed'); END;
CREATE TRIGGER receipts_are_not_deleted BEFORE DELETE ON idempotency
BEGIN SELECT RAISE(ABORT, 'receipts are not deleted'); END;
CREATE TRIGGER receipts_are_not_replaced BEFORE INSERT ON idempotency
WHEN EXISTS (SELECT 1 FROM idempotency WHERE person = new.person AND key = new.key)
BEGIN SELECT RAISE(ABORT, 'receipts are not replaced'); END;
CREATE TRIGGER links_are_not_changed BEFORE UPDATE ON links
BEGIN SELECT RAISE(ABORT, 'links are not changed'); END;
CREATE TRIGGER links_are_not_replaced BEFORE INSERT ON links
WHEN EXISTS (SELECT 1 FROM links WHERE name = new.name AND key = new.key AND stream = new.stream)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER links_follow_from_a_fact BEFORE INSERT ON links
WHEN NOT EXISTS (SELECT 1 FROM facts WHERE position = new.position AND originator_id = new.stream)
BEGIN SELECT RAISE(ABORT, 'links follow from a fact of their stream'); END;
CREATE TRIGGER links_are_released_by_a_fact BEFORE DELETE ON links
WHEN old.stream IS NOT (SELECT originator_id FROM facts ORDER BY position DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'links are released by a fact of their stream'); END;
CREATE TRIGGER unique_keys_are_not_changed BEFORE UPDATE ON unique_keys
BEGIN SELECT RAISE(ABORT, 'unique keys are not changed'); END;
CREATE TRIGGER unique_keys_are_not_replaced BEFORE INSERT ON unique_keys
WHEN EXISTS (SELECT 1 FROM unique_keys WHERE name = new.name AND key = new.key)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER unique_keys_follow_from_a_fact BEFORE INSERT ON unique_keys
WHEN new.stream IS NOT (SELECT originator_id FROM facts ORDER BY position DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'unique keys follow from a fact of their stream'); END;
CREATE TRIGGER unique_keys_are_released_by_a_fact BEFORE DELETE ON unique_keys
WHEN old.stream IS NOT (SELECT originator_id FROM facts ORDER BY position DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'unique keys are released by a fact of their stream'); END;
CREATE TRIGGER the_chain_is_not_changed BEFORE UPDATE ON chain
BEGIN SELECT RAISE(ABORT, 'the chain is not changed'); END;
CREATE TRIGGER the_chain_goes_on_at_its_end BEFORE INSERT ON chain
WHEN new.position <> (SELECT coalesce(max(position), 0) FROM chain) + 1
BEGIN SELECT RAISE(ABORT, 'the chain goes on at its end'); END;
CREATE TRIGGER the_chain_covers_every_fact BEFORE DELETE ON chain
WHEN old.position <= (SELECT coalesce(max(position), 0) FROM facts)
BEGIN SELECT RAISE(ABORT, 'the chain covers every fact'); END;
"""
"""What stores of the first releases lack; it is made when such a store is first opened to write."""

INDEX = """
CREATE TABLE {schema}.links (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    stream BLOB NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (name, key, stream)
) WITHOUT ROWID;
CREATE TABLE {schema}.unique_keys (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    stream BLOB NOT NULL,
    PRIMARY KEY (name, key)
) WITHOUT ROWID;
CREATE INDEX {schema}.unique_keys_of_stream ON unique_keys (stream, name);
"""


RELEASE_UNIQUE = "DELETE FROM unique_keys WHERE stream = ? AND name = ? AND ? IN ('', key)"
RELEASE_LINK = "DELETE FROM links WHERE stream = ? AND name = ? AND ? IN ('', key)"


def connect(name: str, path: Path, *, lock_timeout: int | None) -> sqlite3.Connection:
    """Open a connection that any one thread at a time may use; raise ``CannotOpen``."""
    try:
        connection = sqlite3.connect(
            name, timeout=lock_timeout or LOCK_TIMEOUT, isolation_level=None, check_same_thread=False, uri=True
        )
    except sqlite3.DatabaseError as error:
        raise unopened(error, path) from error
    connection.text_factory = text
    try:
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise unopened(error, path) from error
    return connection


def prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Check that the file is ours, and create the tables in an empty one; raise ``CannotOpen``."""
    try:
        if read_only and is_empty(connection):
            raise NothingThere(path)
        if not read_only and is_empty(connection):
            connection.execute("BEGIN IMMEDIATE")
            if is_empty(connection):
                create(connection)
                complete(connection)
            connection.execute("COMMIT")
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if owner != APPLICATION_ID:
            raise NotAStore(path, "it is another program's database")
        if version > FORMAT:
            raise NewerFormat(path, version, FORMAT)
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            if not has_additions(connection):
                connection.execute("BEGIN IMMEDIATE")
                complete(connection)
                connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise unopened(error, path) from error


def is_empty(connection: sqlite3.Connection) -> bool:
    """Tell whether nothing was ever made in the file."""
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def create(connection: sqlite3.Connection) -> None:
    """Create every table in the transaction that is open."""
    for statement in statements(FACTS + INDEX.format(schema="main")):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def complete(connection: sqlite3.Connection) -> None:
    """Create what the first releases did not make, in the transaction that is open."""
    if not has_additions(connection):
        for statement in statements(ADDED):
            connection.execute(statement)


def has_additions(connection: sqlite3.Connection) -> bool:
    """Tell whether the file has anything of what the first releases did not make: then it must have all of it."""
    names = [statement.split()[2] for statement in statements(ADDED)]
    among = ", ".join("?" * len(names))
    question = f"SELECT 1 FROM main.sqlite_master WHERE name IN ({among})"  # noqa: S608 - our own names
    return connection.execute(question, names).fetchone() is not None


def statements(script: str) -> Iterable[str]:
    """Yield the statements of a script one by one (``executescript`` would commit first)."""
    pending = ""
    for line in script.strip().splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def unopened(error: sqlite3.DatabaseError, path: Path) -> Exception:
    """Return the sentence for what SQLite found when the file was opened."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return NotAStore(path, str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return InUse(path)
        case _:
            return NotReachable(path, str(error))


def write_index(execute: Callable[..., Any], stream: bytes, position: int, rows: Iterable[IndexRow]) -> None:
    """Write the index rows of a stream; a release without a key releases every key the stream holds under the name."""
    for row in rows:
        if row.release:
            execute(RELEASE_UNIQUE if row.unique else RELEASE_LINK, (stream, row.name, row.key))
        elif row.unique:
            execute(
                "INSERT OR IGNORE INTO unique_keys (name, key, stream) VALUES (?, ?, ?)", (row.name, row.key, stream)
            )
        else:
            execute(
                "INSERT OR IGNORE INTO links (name, key, stream, position) VALUES (?, ?, ?, ?)",
                (row.name, row.key, stream, position),
            )
