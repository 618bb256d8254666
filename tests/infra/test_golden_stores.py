"""Stores made by earlier releases are opened, replayed, rebuilt and checked by the code as it is now."""

import os
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import reduce
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import infra.main
from infra.cli import cli
from infra.cli.running import run
from infra.main import open_record
from infra.settings import Settings
from infra.store.codec import Tampered
from portfolio.domain.catalogue import AGGREGATES, NUMBER
from tests.golden_stores import STORES, SUMS, Contents, checksums, contents_of, copy_store, counted, seal_of
from tests.tools import write_golden_store

MADE = {
    "0.1.0": "eb91f0dcf5fb514cf3691ed0927431c0b2c348f85153e2832345be87552eba57",
}
"""Every release that left a store, with the checksum of its list of checksums: neither ever changes."""

LEFT = datetime(2026, 11, 28, 12, tzinfo=UTC)
"""The clock by which all of them are opened, soon after the last was made; 400 days later nothing would be recorded."""

PLAN = files("portfolio").joinpath("plans", "ST1297-V2.md").read_text(encoding="utf-8")


class Store:
    """A copy of a store, and the command line of today over it."""

    def __init__(
        self, settings: dict[str, str], contents: Contents, monkeypatch: pytest.MonkeyPatch, capsys: Any
    ) -> None:
        for name in [name for name in os.environ if name.startswith("PORTFOLIO_")]:
            monkeypatch.delenv(name)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(infra.main, "now", lambda: LEFT)
        self.settings = Settings.read(settings)
        self.contents = contents
        self._capsys = capsys

    def runs(self, *arguments: str) -> str:
        """Run a command, insist that it succeeds, and return what it prints."""
        status, out = self.run(*arguments)
        assert status == 0, out
        return out

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command and return its status and all that it prints."""
        status = run(cli, list(arguments))  # and not ``main``, which sets umask and environment of the whole process
        return status, "".join(self._capsys.readouterr())


Open = Callable[[str], Store]


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Open:
    """Open a copy of a release's folder."""
    return lambda release: Store(
        copy_store(release, "sqlite", tmp_path), contents_of(release, "sqlite"), monkeypatch, capsys
    )


@pytest.fixture
def in_database(
    tmp_path: Path, empty_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Open:
    """Open a copy of a release's database, upgraded as an operator does it."""

    def opened(release: str) -> Store:
        settings = copy_store(release, "postgres", tmp_path, empty_database)
        store = Store(settings, contents_of(release, "postgres"), monkeypatch, capsys)
        store.runs("migrate")
        return store

    return opened


# --- what every store must stand --------------------------------------------------------------------------------------


def check_opens(store: Store) -> None:
    """Insist that facts, index rows, views and files agree, as they are, made again, and after another fact."""
    assert str(store.contents.head) in store.runs("fsck")
    assert str(store.contents.head) in store.runs("rebuild")
    store.runs("fsck")
    assert store.runs("token", str(store.contents.administrator)).count(".") >= 2
    another = store.settings.folder / "another-plan.md"
    another.write_text(PLAN.replace("ST1297", "ST1298"), encoding="utf-8")
    store.runs("plan", "import", str(another))
    store.runs("rebuild")
    assert str(store.contents.head + (2 if store.contents.catalogue < NUMBER else 1)) in store.runs("fsck")


def check_replays(store: Store) -> None:
    """Insist that every fact is there and every stream folds into a state."""
    streams: dict[UUID, list[Any]] = defaultdict(list)
    with open_record(store.settings, read_only=True) as record:
        entries = record.journal.since(0, store.contents.head + 1)
        assert [entry.position for entry in entries] == list(range(1, record.journal.head() + 1))
        for entry in entries:
            streams[entry.originator_id].append(entry)
            assert entry.originator_version == len(streams[entry.originator_id])
        assert counted(store.contents.administrator, entries) == store.contents
        for stream in streams.values():
            (record_kind,) = {entry.tag.partition(".")[0] for entry in stream}
            aggregate = AGGREGATES[record_kind]
            assert reduce(aggregate.evolve, (entry.fact for entry in stream), aggregate.initial) != aggregate.initial


@pytest.mark.parametrize("release", MADE)
def test_a_folder_of_an_earlier_release_opens(release: str, in_folder: Open) -> None:
    check_opens(in_folder(release))


@pytest.mark.parametrize("release", MADE)
def test_a_folder_of_an_earlier_release_replays(release: str, in_folder: Open) -> None:
    check_replays(in_folder(release))


@pytest.mark.parametrize("release", MADE)
def test_a_database_of_an_earlier_release_opens_and_replays(release: str, in_database: Open) -> None:
    store = in_database(release)
    check_replays(store)
    check_opens(store)


SHAPE = """
SELECT 'column', relname, attname, format_type(atttypid, atttypmod), attnotnull::text,
       CASE relkind WHEN 'c' THEN attnum END  -- values of these types are written by place
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
 WHERE relnamespace = 'record'::regnamespace AND relkind IN ('r', 'c') AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', 0
  FROM pg_constraint WHERE connamespace = 'record'::regnamespace
UNION ALL SELECT 'index', indrelid::regclass::text, '', pg_get_indexdef(indexrelid), '', 0
  FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = 'record'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid), tgenabled::text, 0
  FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'record'::regnamespace AND NOT tgisinternal
UNION ALL SELECT 'function', '', proname, pg_get_functiondef(oid), proacl::text, 0
  FROM pg_proc WHERE pronamespace = 'record'::regnamespace
UNION ALL SELECT 'format', '', '', format::text, '', 0 FROM record.store
"""


def shape(address: str) -> set[tuple[Any, ...]]:
    """Return everything that schema ``record`` is made of."""
    with psycopg.connect(address) as connection:
        return set(connection.execute(SHAPE))


@pytest.mark.parametrize("release", MADE)
def test_an_upgraded_database_is_made_as_a_new_one(
    release: str, in_database: Open, empty_database: str, database: str
) -> None:
    in_database(release)
    assert shape(empty_database) == shape(database)


def test_the_first_stores_hold_every_kind_of_fact_that_was_known_then() -> None:
    tags = {file.stem for file in STORES.parent.glob("*.jsonl")}
    for kind in ("sqlite", "postgres"):
        assert len(contents_of("0.1.0", kind).facts) == 42
        assert set(contents_of("0.1.0", kind).facts) <= tags


# --- they are never made again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("release", MADE)
def test_no_file_of_a_store_is_ever_changed(release: str) -> None:
    assert checksums(STORES / release) == (STORES / release / SUMS).read_text()
    assert seal_of(STORES / release) == MADE[release]


def test_every_store_is_checked() -> None:
    assert {path.name for path in STORES.iterdir() if path.is_dir()} == set(MADE)


@pytest.mark.parametrize("release", MADE)
def test_a_store_is_never_written_over(release: str) -> None:
    with pytest.raises(SystemExit, match="never change"):
        write_golden_store.main([release])
    assert write_golden_store.main([release, "--missing"]) == 0
    assert checksums(STORES / release) == (STORES / release / SUMS).read_text()


# --- and damage would be seen -----------------------------------------------------------------------------------------


def objects(store: Store) -> list[Path]:
    return sorted(path for path in (store.settings.folder / "vault" / "objects").rglob("*") if path.is_file())


def flip(path: Path) -> None:
    """Change the last byte of a file."""
    path.chmod(0o600)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def names(store: Store, thing: str) -> bool:
    """Tell whether the check fails and names a thing."""
    status, out = store.run("fsck")
    return status == 1 and thing in out


@pytest.fixture
def folder(in_folder: Open) -> Store:
    return in_folder("0.1.0")


def test_one_changed_byte_of_a_file_is_noticed(folder: Store) -> None:
    spoilt = objects(folder)[0]
    flip(spoilt)
    assert names(folder, spoilt.name)


def test_a_file_that_is_gone_is_noticed(folder: Store) -> None:
    lost = objects(folder)[-1]
    lost.unlink()
    assert names(folder, lost.name)


def test_other_keys_are_noticed(folder: Store) -> None:
    flip(folder.settings.keys / "index-key")
    assert names(folder, "uln")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM facts WHERE position = 40",
        "UPDATE facts SET topic = 'plan.approved' WHERE position = 40",
        "UPDATE facts SET state = substr(state, 1, length(state) - 1) WHERE position = 40",
    ],
)
def test_one_changed_row_of_the_folder_is_noticed(folder: Store, change: str) -> None:
    with closing(sqlite3.connect(folder.settings.folder / "facts.db", isolation_level=None)) as connection:
        triggers = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        for statement in (*(f"DROP TRIGGER {name}" for name in triggers), change, *triggers.values()):
            connection.execute(statement)
    with pytest.raises((AssertionError, Tampered)):
        check_replays(folder)
    assert names(folder, "40" if "DELETE" in change else "is not what was recorded")


def test_one_changed_row_of_the_database_is_noticed(in_database: Open, empty_database: str) -> None:
    store = in_database("0.1.0")
    with psycopg.connect(empty_database) as connection:
        connection.execute("ALTER TABLE record.facts DISABLE TRIGGER facts_are_never_changed")
        connection.execute("UPDATE record.facts SET topic = 'plan.approved' WHERE position = 40")
        connection.execute("ALTER TABLE record.facts ENABLE ALWAYS TRIGGER facts_are_never_changed")
    assert names(store, "is not what was recorded")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return shutil.copytree(STORES / "0.1.0", tmp_path / "kept")


def test_a_file_changed_taken_away_or_added_is_seen_in_the_checksums(kept: Path) -> None:
    listed = (kept / SUMS).read_text()
    assert checksums(kept) == listed
    flip(kept / "postgres" / "record.sql")
    assert checksums(kept) != listed
    flip(kept / "postgres" / "record.sql")
    assert checksums(kept) == listed
    (kept / "added").touch()
    assert checksums(kept) != listed
    (kept / "added").unlink()
    (kept / "sqlite" / "views.db").unlink()
    assert checksums(kept) != listed
