"""Every kind of store is whole, can be chosen, and stands in the suites that all of them pass."""

from pathlib import Path

import pytest

from tests.architecture.source import ROOT

STORES = sorted(path.parent for path in (ROOT / "infra" / "store").glob("*/__init__.py"))

PARTS = {"README.md", "recorder.py", "snapshot.py", "store.py", "views.py"}

NAMING = {
    "infra/settings.py": "infra.store.{}.store",
    "infra/store/journal.py": "infra.store.{}.recorder",
    "pyproject.toml": '"infra.store.{}"',
    "tests/infra/store/given.py": "infra.store.{}.recorder",
    "tests/infra/store/test_stores.py": "infra.store.{}.store",
    "tests/projections/support.py": "infra.store.{}.views",
}
"""Files that know every kind of store, and what each of them names of it."""


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
def test_a_store_has_each_part_that_is_asked_of_one(store: Path) -> None:
    assert PARTS - {path.name for path in store.iterdir()} == set()


@pytest.mark.parametrize("file", NAMING)
def test_a_file_that_knows_every_store_knows_each(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert [store.name for store in STORES if NAMING[file].format(store.name) not in text] == []
