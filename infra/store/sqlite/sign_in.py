"""What is kept of signing in, in a small file of its own beside the keys, which several processes may write."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.store.sign_in import KeptSignIn
from infra.store.sqlite.small_file import PATIENCE_SECONDS, SmallFile
from portfolio.application.ports import Clock

FILE = "sessions.db"

TABLE = """
CREATE TABLE IF NOT EXISTS secret (
    hash BLOB PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('link', 'session')),
    person BLOB NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID
"""
"""As the first release made it: one with files of later releases goes on with them."""
ADDED_LATER = (
    "seen INTEGER NOT NULL DEFAULT 0",
    "after INTEGER NOT NULL DEFAULT 0",
    "shown INTEGER",
    "opened INTEGER NOT NULL DEFAULT 0",
    "origin TEXT NOT NULL DEFAULT ''",
    "browser TEXT NOT NULL DEFAULT ''",
)
"""Columns that files of earlier releases lack."""
OTHER_TABLES = (
    "CREATE TABLE IF NOT EXISTS shown (person BLOB PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS address (person BLOB PRIMARY KEY, address TEXT NOT NULL, digest TEXT NOT NULL UNIQUE)
    STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS once (
        kind TEXT NOT NULL, value BLOB NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (kind, value)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS once_by_end ON once (expires)",
)
LASTED = 12 * 3600
"""Seconds that a session of an earlier release lasts, which says only when it will end."""
OF_EARLIER_RELEASES = (
    "DELETE FROM secret WHERE used = 1",  # now a link becomes its session, and what has ended goes
    f"UPDATE secret SET opened = expires - {LASTED}, seen = max(seen, expires - {LASTED}) WHERE opened = 0",  # noqa: S608
)


class SqliteSignIn(KeptSignIn):
    """The file in the folder of keys, which is made if there is none. Every call waits ``patience_seconds``."""

    def __init__(self, keys: Path, now: Clock, patience_seconds: float = PATIENCE_SECONDS) -> None:
        super().__init__(now)
        self._file = SmallFile(keys / FILE, patience_seconds)
        with self._file.connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                connection.execute(TABLE)
                there = {name for _, name, *_ in connection.execute("PRAGMA table_info(secret)")}
                for column in ADDED_LATER:
                    if column.partition(" ")[0] not in there:
                        connection.execute(f"ALTER TABLE secret ADD COLUMN {column}")
                for statement in (*OTHER_TABLES, *OF_EARLIER_RELEASES):
                    connection.execute(statement)

    def _forget(self, table: str, key: str, told: str = "1") -> Sequence[Sequence[Any]]:  # noqa: ARG002 - one writes at a time
        return self._ask(f"DELETE FROM {table} WHERE expires <= :now RETURNING {told}")  # noqa: S608 - our own table

    def _do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        return self._file.do(statement, values)

    def close(self) -> None:
        """Do nothing: the file is open during a call only."""
