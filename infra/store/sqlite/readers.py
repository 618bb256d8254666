"""Reading connections: taken when needed, kept warm, safe to use from any number of threads."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

sqlite3.register_adapter(bytes, bytes)  # Python's module looks for one for every blob, and long where there is none


class Readers:
    """A pool as large as the number of threads that ever read at once."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False

    def rows(self, question: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows of the answer."""
        connection = self._take()
        try:
            return connection.execute(question, values).fetchall()
        finally:
            self._give_back(connection)

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
