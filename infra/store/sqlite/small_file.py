"""A small file of its own beside the record, which several processes may write, open during a call only."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from portfolio.application.ports import Busy, StorageBroken, StorageFull

PATIENCE_SECONDS = 5


class SmallFile:
    """The file at a path, made for its owner alone if there is none. Every call waits ``patience_seconds``."""

    def __init__(self, path: Path, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._path = path
        self._patience_seconds = patience_seconds
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    def do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        """Carry a statement out in a transaction of its own, and return the rows of its answer.

        Raises ``StorageFull``, ``StorageBroken``, or ``Busy``: also for a second row where there may be one only.
        """
        bound = {name: value.bytes if isinstance(value, UUID) else value for name, value in values.items()}
        with self.connected() as connection:
            return connection.execute(statement, bound).fetchall()

    @contextmanager
    def connected(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose statements commit at once; raise as ``do`` does."""
        try:
            connection = sqlite3.connect(self._path, timeout=self._patience_seconds, isolation_level=None)
            with closing(connection):
                yield connection
        except sqlite3.IntegrityError as error:
            raise Busy from error
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise StorageFull from error
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
                raise StorageBroken from error
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Busy from error
            raise
