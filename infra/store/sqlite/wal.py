"""The log of writes beside an SQLite file, kept from growing for ever: a long reader keeps it from being used anew."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from infra.store.address import log_size

LIMIT = 64 << 20
"""Bytes that it may keep when nobody needs more."""
CHECKPOINT = 4_000
"""Pages after which it is brought into the file: a page that many commits have written is brought there once."""


class WriteLog:
    """Bounds the log of the file that a connection writes: call ``bound`` after its commits, with its size."""

    def __init__(self, connection: sqlite3.Connection, path: Path, limit: int = LIMIT) -> None:
        self._connection = connection
        self._path = path
        self._limit = limit
        self._tried_from = limit
        connection.execute(f"PRAGMA journal_size_limit = {limit}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")

    def bound(self, size: int) -> None:
        """Cut the log if it has grown beyond its limit and no reader needs it; else try again when it has grown on.

        It waits for nobody. What the disk refuses here it refuses the next commit, which says so.
        """
        if size <= self._tried_from:
            return
        ((timeout,),) = self._connection.execute("PRAGMA busy_timeout")
        try:
            self._connection.execute("PRAGMA busy_timeout = 0")
            with suppress(sqlite3.OperationalError):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {timeout}")
        left = log_size(self._path)
        self._tried_from = self._limit if left <= self._limit else left + self._limit // 16
