"""Raw sqlite3, a script over our two files, and the event library on SQLite."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.bench.facts import TOPIC
from infra.bench.peers.library import make_tables
from infra.bench.peers.protocols import Folded, Logged
from projections.audit_trail import AUDIT_TRAIL
from projections.machinery.owner import OWNER
from projections.readiness import READINESS

TABLE = (
    "CREATE TABLE stored (position INTEGER PRIMARY KEY AUTOINCREMENT, stream BLOB NOT NULL, version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (stream, version))"
)
INSERT = "INSERT INTO stored (stream, version, topic, state) VALUES (?, ?, ?, ?)"
READ = "SELECT version, state FROM stored WHERE stream = ? ORDER BY version"
LOG = "SELECT position, originator_id, topic, state FROM facts WHERE position > ? ORDER BY position LIMIT ?"
PUT = "INSERT OR REPLACE INTO {} VALUES ({})"
MOVE = "UPDATE positions SET position = ? WHERE follower IN (?, ?, ?)"


@dataclass(frozen=True)
class SqlitePeers:
    """The peers in a folder (``infra.bench.peers.protocols.Peers``)."""

    folder: Path

    @property
    def address(self) -> str:
        """Return the address of a database of its own."""
        return f"sqlite:///{self.folder / 'conventional.db'}"

    def prepare(self) -> None:
        """Make the tables of the raw peer and of the event library."""
        with closing(self.connect("raw.db")) as connection:
            connection.execute(TABLE)
        make_tables(self.library(1))

    def writer(self) -> "Writer":
        """Open a connection that syncs at every commit, as ours does."""
        return Writer(self.connect("raw.db"))

    def loop(self) -> "Loop":
        """Open the log and the views."""
        return Loop(self.connect("facts.db"), self.connect("views.db", "NORMAL"))

    def library(self, connections: int) -> Mapping[str, str]:  # noqa: ARG002 - it opens one for each thread
        """Return the settings of the event library."""
        return {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(self.folder / "library.db"),
            "SQLITE_LOCK_TIMEOUT": "30",
        }

    def connect(self, name: str, synchronous: str = "FULL") -> sqlite3.Connection:
        """Open a file."""
        path = self.folder / name
        connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        return connection


class Writer:
    """Raw sqlite3 (``infra.bench.peers.protocols.Writer``)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.close = connection.close

    def insert(self, stream: UUID, version: int, state: bytes) -> None:
        """Store one row in a transaction of its own."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(INSERT, (stream.bytes, version, TOPIC, state))
        self._connection.execute("COMMIT")

    def fill(self, stream: UUID, states: Sequence[bytes]) -> None:
        """Store the first rows of a stream."""
        self._connection.execute("BEGIN IMMEDIATE")
        rows = ((stream.bytes, version, TOPIC, state) for version, state in enumerate(states, start=1))
        self._connection.executemany(INSERT, rows)
        self._connection.execute("COMMIT")

    def read(self, stream: UUID) -> Sequence[Any]:
        """Return versions and states of a stream."""
        return self._connection.execute(READ, (stream.bytes,)).fetchall()


class Loop:
    """A script over two files (``infra.bench.peers.protocols.Loop``)."""

    def __init__(self, log: sqlite3.Connection, views: sqlite3.Connection) -> None:
        self._log = log
        self._views = views

    def read(self, after: int, limit: int) -> Sequence[Logged]:
        """Return facts after a position."""
        return self._log.execute(LOG, (after, limit)).fetchall()

    def write(self, folded: Folded, position: int) -> None:
        """Put rows and positions."""
        tables = OWNER.table, READINESS.table, AUDIT_TRAIL.table
        self._views.execute("BEGIN IMMEDIATE")
        for table, rows, places in zip(tables, folded, ("?, ?", "?, ?", "?, ?, ?, ?, ?"), strict=True):
            self._views.executemany(PUT.format(table, places), rows)
        self._views.execute(MOVE, (position, *tables))
        self._views.execute("COMMIT")

    def close(self) -> None:
        """Close both."""
        self._log.close()
        self._views.close()
