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

SCRIPTS = ("tables.sql", "append.sql", "chain.sql")

MISSING = """
SELECT 'index ' || wanted FROM unnest(ARRAY['facts_pkey', 'facts_of_stream', 'idempotency_pkey', 'links_pkey',
                                            'unique_keys_pkey', 'chain_pkey']) AS wanted
WHERE NOT EXISTS (
    SELECT FROM pg_index WHERE indexrelid = to_regclass('record.' || wanted) AND indisunique AND indisvalid)
UNION ALL
SELECT 'trigger ' || wanted
FROM (VALUES ('facts', 'facts_are_never_changed', 58),
             ('idempotency', 'receipts_are_never_changed', 58),
             ('links', 'links_are_never_changed', 50),
             ('links', 'links_are_released_by_a_fact', 11),
             ('unique_keys', 'unique_keys_are_never_changed', 50),
             ('unique_keys', 'unique_keys_are_released_by_a_fact', 11),
             ('chain', 'the_chain_is_never_changed', 50),
             ('chain', 'the_chain_covers_every_fact', 11)) AS triggers (owner, wanted, kind)
WHERE NOT EXISTS (
    SELECT FROM pg_trigger
    WHERE tgrelid = to_regclass('record.' || owner) AND tgname = wanted AND tgenabled = 'A' AND tgtype = kind)
UNION ALL
SELECT 'function ' || wanted || ' of this release'
FROM unnest(ARRAY['append', 'append_one', 'extend_chain', 'cut_chain', 'refuse_change', 'refuse_any_change',
                  'refuse_release_without_fact', 'refuse_gap_in_chain']) AS wanted
WHERE NOT EXISTS (
    SELECT FROM pg_proc WHERE proname = wanted AND pronamespace = 'record'::regnamespace AND strpos(%s, prosrc) > 0
    AND prosecdef = (wanted IN ('append', 'append_one', 'extend_chain', 'cut_chain')))
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
        scripts = "".join(files("infra.store.postgres").joinpath(name).read_text() for name in SCRIPTS)
        for (part,) in self._connection.execute(MISSING, (scripts,)):
            yield f"the database lacks: {part}"

    def tables(self) -> set[str]:
        """See ``FactsSnapshot.tables``."""
        question = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'record'"
        return {name for (name,) in self._connection.execute(question)}

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
