import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from infra.store.journal import EventJournal
from tests.infra.store.given import SECRET, knowing_our_facts

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


@pytest.fixture(params=["in_file", "in_database"])
def journal(request: pytest.FixtureRequest) -> EventJournal:
    """Give an empty journal on each store in turn."""
    journal: EventJournal = request.getfixturevalue(request.param)
    return journal
