"""Reading connections: taken when needed, kept warm, safe to use from any number of threads."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from infra.store.refusals import CannotOpen, NotAStore
from portfolio.application.ports import Busy, StorageBroken

sqlite3.register_adapter(bytes, bytes)  # Python's module looks for one for every blob, and long where there is none


class Readers:
    """A pool as large as the number of threads that ever read at once."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], damaged: str, refusal: Callable[[str], Exception]
    ) -> None:
        """Read on connections that ``connect`` makes; a damaged file is a ``refusal`` with the sentence ``damaged``."""
        self._connect = connect
        self._damaged = damaged
        self._refusal = refusal
        self.damage: str | None = None
        """What is said of the file from when it was found damaged."""
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False

    def rows(self, question: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        """Return all rows of the answer; raise the refusal where the file is damaged, or its disk."""
        try:
            connection = self._take()
            try:
                return connection.execute(question, values).fetchall()
            finally:
                self._give_back(connection)
        except sqlite3.DatabaseError as error:
            raise self.refused(error) from error
        except CannotOpen as error:  # the file was ours when it was opened
            self.damage = self._damaged if isinstance(error, NotAStore) else self.damage
            raise self._refusal(self.damage or str(error)) from error

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one moment of the store, whatever is written meanwhile."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._give_back(connection)

    def refused(self, error: sqlite3.DatabaseError) -> Exception:
        """Return what is to be raised for what SQLite met in the file, and remember that it is damaged."""
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                self.damage = self._damaged
                return self._refusal(self._damaged)
            case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
                return StorageBroken()
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return Busy()
            case sqlite3.SQLITE_ERROR if str(error).startswith("no such table"):  # any more
                self.damage = self._damaged
                return self._refusal(self._damaged)
            case _:
                return error

    def close(self) -> None:
        """Close the connections; those in use close when they are given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
