"""A person with nothing but the database, who changes what is stored past its triggers and leaves no other trace."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from infra.store.sqlite import schema


@contextmanager
def in_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to the file while its triggers are gone; they are put back as they were."""
    with closing(sqlite3.connect(path, isolation_level=None)) as hand:
        triggers = hand.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            hand.execute(f"DROP TRIGGER {name}")
        yield hand
        chained = hand.execute("SELECT 1 FROM sqlite_master WHERE name = 'chain'").fetchone()
        for _, sql in triggers:
            if chained or sql in schema.FACTS:  # else the file is made to look like one of the first releases
                hand.execute(sql)


@contextmanager
def in_database(hand: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Switch the triggers of the record off meanwhile."""
    triggers = hand.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
        "WHERE relnamespace = 'record'::regnamespace AND NOT tgisinternal"
    ).fetchall()
    for table, name in triggers:
        hand.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    yield hand
    for table, name in triggers:
        hand.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
