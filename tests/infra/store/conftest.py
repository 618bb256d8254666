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


@pytest.fixture(params=["sqlite"])
def journal(facts_file: Path) -> Iterator[EventJournal]:
    """Give an empty journal on each store in turn."""
    with knowing_our_facts(EventJournal.in_file(facts_file, secret=SECRET)) as opened:
        yield opened
