import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import psycopg
import pytest

from infra.store.journal import EventJournal
from infra.store.postgres.composites import Packer
from infra.store.postgres.recorder import PostgresRecorder
from tests.infra.store.given import SECRET, Hold, knowing_our_facts

# The library's tests import its AES cipher, which needs a package we do not ship; no test of recorders uses it.
cipher = ModuleType("eventsourcing.cipher")
vars(cipher)["AESCipher"] = None
sys.modules.setdefault("eventsourcing.cipher", cipher)


@pytest.fixture
def facts_file(tmp_path: Path) -> Path:
    return tmp_path / "facts.db"


@pytest.fixture
def in_file(facts_file: Path) -> Iterator[EventJournal]:
    """Give an empty journal on SQLite."""
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as journal:
        yield journal


@pytest.fixture
def in_database(database: str) -> Iterator[EventJournal]:
    """Give an empty journal on PostgreSQL."""
    with knowing_our_facts(EventJournal.in_database(database, secret=SECRET)) as journal:
        yield journal


@pytest.fixture
def in_lists(in_database: EventJournal) -> Iterator[EventJournal]:
    """Give the same where a lone request of one fact, too, goes to ``record.append``, which takes lists of them."""
    with patch.object(Packer, "one", return_value=None):
        yield in_database


@pytest.fixture(params=["in_file", "in_database"])
def journal(request: pytest.FixtureRequest) -> EventJournal:
    """Give an empty journal on each store in turn."""
    journal: EventJournal = request.getfixturevalue(request.param)
    return journal


@pytest.fixture
def hand(database: str) -> Iterator[psycopg.Connection]:
    """Give a connection of the owner's to the database, past the journal."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def hold(journal: EventJournal, request: pytest.FixtureRequest) -> Hold:
    """Give what holds the write lock of the journal's store, as another program would."""
    if isinstance(journal.recorder, PostgresRecorder):
        return partial(hold_database, request.getfixturevalue("database"))
    return partial(hold_file, request.getfixturevalue("facts_file"))


@contextmanager
def hold_file(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def hold_database(address: str) -> Iterator[None]:
    with psycopg.connect(address) as other:
        other.execute("SELECT pg_advisory_xact_lock(7020101100)")
        yield
