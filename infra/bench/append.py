"""Append on SQLite: our journal with idempotency row and trigger, raw sqlite3, and the event library as shipped."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from infra.bench.facts import TOPIC, append_of, raw_state, remark
from infra.bench.measure import Operation, Row, rate, ratio_row, rounds
from infra.store.journal import EventJournal
from portfolio.application.ports import Idempotency
from portfolio.domain.kernel import changed

RAW_TABLE = (
    "CREATE TABLE stored (position INTEGER PRIMARY KEY AUTOINCREMENT, stream BLOB NOT NULL, version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (stream, version))"
)
RAW_INSERT = "INSERT INTO stored (stream, version, topic, state) VALUES (?, ?, ?, ?)"


def ours(threads: int, seconds: float, facts: int = 1) -> float:
    """Return facts a second through the journal, ``facts`` in each append."""
    with TemporaryDirectory() as folder:
        journal = EventJournal.in_file(Path(folder) / "facts.db", secret=b"bench")

        def worker() -> Operation:
            stream, version = uuid4(), 0

            def operation() -> int:
                nonlocal version
                request = append_of(stream, stream, [remark() for _ in range(facts)], version)
                key = Idempotency(key=str(request.causation), fingerprint=request.causation.bytes * 2)
                version = journal.append(changed(request, idempotency=key)).version
                return facts

            return operation

        try:
            return rate(worker, threads, seconds)
        finally:
            journal.close()


def raw(threads: int, seconds: float) -> float:
    """Return rows a second of sqlite3 with one row in each transaction, synced at commit."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "raw.db"
        connect_raw(path).execute(RAW_TABLE)

        def worker() -> Operation:
            connection, stream, version = connect_raw(path), uuid4().bytes, 0

            def operation() -> int:
                nonlocal version
                version += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(RAW_INSERT, (stream, version, TOPIC, raw_state()))
                connection.execute("COMMIT")
                return 1

            return operation

        return rate(worker, threads, seconds)


def connect_raw(path: Path) -> sqlite3.Connection:
    """Return a connection that syncs at every commit, as ours does."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def library(threads: int, seconds: float) -> float:
    """Return events a second of the event library's own SQLite recorder."""
    with TemporaryDirectory() as folder:
        recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(Path(folder) / "library.db"), lock_timeout=30))
        recorder.create_table()

        def worker() -> Operation:
            stream, version = uuid4(), 0

            def operation() -> int:
                nonlocal version
                version += 1
                recorder.insert_events([StoredEvent(stream, version, TOPIC, raw_state())])
                return 1

            return operation

        try:
            return rate(worker, threads, seconds)
        finally:
            recorder.datastore.close()


def append(seconds: float, number: int) -> list[Row]:
    """Return the rows of appending on SQLite."""

    def row(name: str, threads: int, goal: float | None, facts: int = 1) -> Row:
        candidates: dict[str, Callable[[], float]] = {
            "portfolio": lambda: ours(threads, seconds, facts),
            "raw sqlite3": lambda: raw(threads, seconds),
            "eventsourcing as shipped": lambda: library(threads, seconds),
        }
        return ratio_row(name, rounds(candidates, number), goal=goal)

    return [
        row("SQLite, one-fact appends, 8 threads", 8, 1.6),
        row("SQLite, three-fact appends, 8 threads", 8, None, facts=3),
        row("SQLite, one writer alone", 1, None),
    ]
