"""What ``fsck`` finds inside a PostgreSQL database, in the same sentences as inside a facts file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from infra.fsck.sqlite import IN_ORDER, gaps, strays
from infra.store.codec import FactCodec
from infra.store.postgres.server import Connection, reach
from infra.store.recorder import Hashed, IndexRows
from infra.store.sqlite.schema import INDEX, statements

AT_ONCE = 2_000
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


class Sixteen(Loader):
    """Reads an id as its 16 bytes."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        """Return the bytes."""
        return bytes(data)


def differences(url: str, codec: FactCodec, index_rows: IndexRows, hashed: Hashed) -> Iterator[str]:
    """Yield the differences at one moment of the database; raise ``CannotOpen`` if it is not reached."""
    with reach(url) as connection, closing(sqlite3.connect("")) as scratch:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.adapters.register_loader("uuid", Sixteen)
        with connection.transaction():
            try:
                connection.execute("SET LOCAL search_path = record")
                script = files("infra.store.postgres").joinpath("append.sql").read_text()
                for (lacking,) in connection.execute(MISSING, (script,)):
                    yield f"the database lacks: {lacking}"
                yield from gaps(lambda question: connection.execute(question, binary=True))
                copy_index(connection, scratch)
                yield from strays(scratch, in_pieces(connection, IN_ORDER), codec, index_rows, hashed)
            except psycopg.DatabaseError as error:
                yield f"the database is damaged: {error}; nothing more can be checked"


def copy_index(connection: Connection, scratch: sqlite3.Connection) -> None:
    """Copy the index rows to where they can be compared."""
    for statement in statements(INDEX.format(schema="main")):
        scratch.execute(statement)
    for table in ("links (name, key, stream, position)", "unique_keys (name, key, stream)"):
        columns = table[table.index("(") + 1 : -1]
        rows = in_pieces(connection, f"SELECT {columns} FROM {table.split()[0]}")  # noqa: S608 - names from above
        scratch.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns.split()))})", rows)  # noqa: S608 - names from above


def in_pieces(connection: Connection, question: str) -> Iterator[Any]:
    """Yield the rows of an answer that may not fit into memory."""
    with connection.cursor(name="pieces") as cursor:
        cursor.itersize = AT_ONCE
        yield from cursor.execute(question, binary=True)
