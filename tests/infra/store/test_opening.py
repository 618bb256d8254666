import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import BaseInfrastructureFactory, InfrastructureFactory
from eventsourcing.sqlite import SQLiteFactory

from infra.store.journal import EventJournal, stray_variables
from infra.store.refusals import InUse, NewerFormat, NotAStore, NotReachable, StrayVariables, WrongParts
from tests.infra.store.given import SECRET


def open_journal(path: Path, *, read_only: bool = False) -> None:
    EventJournal.in_file(path, secret=SECRET, read_only=read_only).close()


def test_a_store_opens_again(facts_file: Path) -> None:
    open_journal(facts_file)
    open_journal(facts_file)
    open_journal(facts_file, read_only=True)


def test_a_path_may_have_any_characters(tmp_path: Path) -> None:
    folder = tmp_path / "Größe 50% ?#&"
    folder.mkdir()
    open_journal(folder / "facts.db")
    open_journal(folder / "facts.db", read_only=True)
    assert {path.name.partition("-")[0] for path in folder.iterdir()} == {"facts.db"}


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused_and_left_alone(facts_file: Path, read_only: bool) -> None:
    facts_file.write_bytes(b"no database at all\n" * 100)
    with pytest.raises(NotAStore, match=r"facts\.db is not a store of facts \(file is not a database\)"):
        open_journal(facts_file, read_only=read_only)
    assert facts_file.read_bytes() == b"no database at all\n" * 100


def test_another_programs_database_is_refused_and_left_alone(facts_file: Path) -> None:
    with closing(sqlite3.connect(facts_file)) as other:
        other.execute("CREATE TABLE theirs (id)")
    before = facts_file.read_bytes()
    with pytest.raises(NotAStore, match="another program's database"):
        open_journal(facts_file)
    assert facts_file.read_bytes() == before


def test_a_file_of_a_newer_release_is_refused(facts_file: Path) -> None:
    open_journal(facts_file)
    with closing(sqlite3.connect(facts_file)) as newer:
        newer.execute("PRAGMA user_version = 2")
    with pytest.raises(NewerFormat, match="has format 2, this release reads up to format 1"):
        open_journal(facts_file)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_that_is_missing_is_named(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(NotReachable, match=r"missing/facts\.db cannot be opened"):
        open_journal(tmp_path / "missing" / "facts.db", read_only=read_only)


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotReachable, match="cannot be opened"):
        open_journal(tmp_path)


def test_facts_are_not_kept_in_memory() -> None:
    with pytest.raises(NotReachable, match="not in memory"):
        EventJournal({"SQLITE_DBNAME": ":memory:"}, secret=SECRET)


def test_reading_does_not_create_a_file(facts_file: Path) -> None:
    with pytest.raises(NotReachable):
        open_journal(facts_file, read_only=True)
    assert not facts_file.exists()


@pytest.mark.slow
def test_an_empty_file_that_another_program_has_locked_is_named(facts_file: Path) -> None:
    with closing(sqlite3.connect(facts_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(InUse, match="locked by another program"):
            open_journal(facts_file)


def test_stray_variables_are_named_in_one_sentence(facts_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPPER_TOPIC", "eventsourcing.persistence:Mapper")
    monkeypatch.setenv("JOURNAL_SQLITE_DBNAME", "elsewhere.db")
    with pytest.raises(StrayVariables, match="sets JOURNAL_SQLITE_DBNAME, MAPPER_TOPIC, which"):
        open_journal(facts_file)
    assert not facts_file.exists()


def test_every_variable_the_library_reads_is_known_to_stray() -> None:
    names = {
        value
        for part in (BaseInfrastructureFactory, InfrastructureFactory, SQLiteFactory, Application)
        for name, value in vars(part).items()
        if name.isupper()
    } | {"CIPHER_KEY", "COMPRESSOR_TOPIC", "POSTGRES_DBNAME", "INFRASTRUCTURE_FACTORY", "FACTORY_TOPIC"}
    environ = dict.fromkeys({*names, *(f"JOURNAL_{name}" for name in names)}, "")
    assert stray_variables(environ) == sorted(environ)


def test_other_variables_are_nobodys_business() -> None:
    assert stray_variables({"PATH": "", "PORTFOLIO_FOLDER": "", "JOURNAL_STREAM": "8:12345", "SQLITEFILE": ""}) == []


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("mapper", "MAPPER_TOPIC", "eventsourcing.persistence:Mapper"),
        ("factory", "JOURNAL_PERSISTENCE_MODULE", "eventsourcing.sqlite"),
        ("recorder", "APPLICATION_RECORDER_TOPIC", "eventsourcing.sqlite:SQLiteApplicationRecorder"),
    ],
)
def test_parts_other_than_configured_are_refused(facts_file: Path, part: str, name: str, value: str) -> None:
    with pytest.raises(WrongParts, match=f"event store's {part} is"):
        EventJournal({"SQLITE_DBNAME": str(facts_file), name: value}, secret=SECRET)
