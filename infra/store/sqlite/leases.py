"""Leases where one process serves: in memory, for whoever has a lease has ended when the next process begins."""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

from infra.store.leases import DOUBLED_AT_MOST, KEPT_SECONDS, LEASE_SECONDS, SHORTEST_REST_SECONDS, Lease

TABLES = """
CREATE TABLE leases (
    file BLOB PRIMARY KEY, sender BLOB NOT NULL, held INTEGER NOT NULL, ends REAL NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE UNIQUE INDEX one_of_a_sender ON leases (sender) WHERE held;
"""
END = "UPDATE leases SET held = 0 WHERE held AND ends <= :now"
FORGET = "DELETE FROM leases WHERE NOT held AND ends <= :now - :kept"
TAKE = """
INSERT INTO leases AS l (file, sender, held, ends) VALUES (:file, :sender, 1, :now + :seconds)
ON CONFLICT (file) DO UPDATE SET held = 1, ends = excluded.ends WHERE NOT l.held AND l.ends <= :now
"""
RENEW = "UPDATE leases SET ends = :now + :seconds WHERE held AND file = :file"
FREE = "DELETE FROM leases WHERE file = :file AND held"
REST = """
UPDATE leases SET held = 0, why = :why, failures = failures + 1, ends = :now + (:rest << min(failures, :doubled))
WHERE file = :file AND held
"""
STANDING = "SELECT file, sender, ends <= :now, why FROM leases"


class SqliteLeases:
    """Leases in a table of this process alone (``Leases``); ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic, seconds: float = LEASE_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._lock = Lock()
        self._table = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._table.executescript(TABLES)

    def take(self, file: UUID, sender: UUID) -> bool:
        """See ``Leases.take``."""
        with self._lock:
            self._do(END)
            self._do(FORGET, kept=KEPT_SECONDS)
            try:
                return self._do(TAKE, file=file.bytes, sender=sender.bytes).rowcount > 0
            except sqlite3.IntegrityError:  # another file of theirs is being checked
                return False

    def renew(self, files: Collection[UUID]) -> None:
        """See ``Leases.renew``."""
        with self._lock:
            for file in files:
                self._do(RENEW, file=file.bytes)

    def free(self, file: UUID) -> None:
        """See ``Leases.free``."""
        with self._lock:
            self._do(FREE, file=file.bytes)

    def rest(self, file: UUID, why: str) -> None:
        """See ``Leases.rest``."""
        with self._lock:
            self._do(REST, file=file.bytes, why=why, rest=SHORTEST_REST_SECONDS, doubled=DOUBLED_AT_MOST)

    def standing(self) -> Mapping[UUID, Lease]:
        """See ``Leases.standing``."""
        with self._lock:
            rows: Sequence[Any] = self._do(STANDING).fetchall()
        return {UUID(bytes=file): Lease(UUID(bytes=sender), bool(free), why) for file, sender, free, why in rows}

    def _do(self, statement: str, **values: Any) -> sqlite3.Cursor:
        return self._table.execute(statement, {"now": self._clock(), "seconds": self._seconds, **values})

    def close(self) -> None:
        """Give the table up."""
        self._table.close()
