"""One moment of the record in a database, for fsck."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, ClassVar

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from infra.store.postgres.server import Connection, reach

FETCH_SIZE = 2_000
"""Rows fetched in one go."""

MISSING = """
SELECT 'index ' || wanted FROM unnest(ARRAY['facts_pkey', 'facts_of_stream', 'idempotency_pkey', 'links_pkey',
                                            'unique_keys_pkey']) AS wanted
WHERE NOT EXISTS (
    SELECT FROM pg_index WHERE indexrelid = to_regclass('record.' || wanted) AND indisunique AND indisvalid)
UNION ALL
SELECT 'trigger facts_are_never_changed' WHERE NOT EXISTS (
    SELECT FROM pg_trigger
    WHERE tgrelid = 'record.facts'::regclass AND tgname = 'facts_are_never_changed' AND tgenabled = 'A' AND tgtype = 58)
UNION ALL
SELECT 'function append of this release' WHERE NOT EXISTS (
    SELECT FROM pg_proc WHERE proname = 'append' AND pronamespace = 'record'::regnamespace
    AND prosecdef AND strpos(%s, prosrc) > 0)
"""


class IdAsBytes(Loader):
    """Reads an id as its 16 bytes."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        """Return the bytes."""
        return bytes(data)


class PostgresSnapshot:
    """The record in the transaction that a connection has open (``infra.store.recorder.FactsSnapshot``)."""

    place: ClassVar[str] = "the database"
    errors: ClassVar[type[Exception]] = psycopg.DatabaseError

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def damage(self) -> Iterator[str]:
        """Yield indexes, triggers and functions that are not as ``portfolio migrate`` makes them."""
        script = files("infra.store.postgres").joinpath("append.sql").read_text()
        for (part,) in self._connection.execute(MISSING, (script,)):
            yield f"the database lacks: {part}"

    def select(self, question: str) -> Iterator[Any]:
        """See ``FactsSnapshot.select``."""
        with self._connection.cursor(name="select") as cursor:
            cursor.itersize = FETCH_SIZE
            yield from cursor.execute(question, binary=True)


@contextmanager
def snapshot(url: str) -> Iterator[PostgresSnapshot]:
    """Give the database as it is at one moment; raise ``CannotOpen`` if it is not reached."""
    with reach(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.adapters.register_loader("uuid", IdAsBytes)
        with connection.transaction():
            connection.execute("SET LOCAL search_path = record")
            yield PostgresSnapshot(connection)
