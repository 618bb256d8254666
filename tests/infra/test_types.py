"""SQLite keeps values of any type in any column: whatever is written past us is named, and ends nothing."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from infra.errors import OperatorError
from infra.fsck.deployment import differences
from infra.main import build, open_record
from infra.repair.deployment import repair
from infra.settings import Settings
from infra.store.contents import TABLES, contents_of
from portfolio.application.ports import FactUnreadable, StorageBroken
from tests.infra.backup_world import quiet, spoilable
from tests.infra.test_fsck import change

NO_TEXT = "CAST(x'ff00fe' AS TEXT)"
OTHERS = {int: ["'none'"], str: [NO_TEXT, "x'0102'"], bytes: [NO_TEXT], UUID: ["'none'", "x'0102'"]}
INDEX = ("links", "unique_keys")


def wrong_values() -> Iterator[tuple[str, str, str]]:
    for table, columns in TABLES.items():
        for column, kind in columns.items():
            if (table, column) != ("facts", "position") and (table, column) != ("chain", "position"):
                for value in OTHERS[kind]:
                    yield table, column, value


@pytest.fixture
def settings(stopped: Settings, tmp_path: Path) -> Settings:
    """A deployment to spoil."""
    return spoilable(stopped, tmp_path)


def spoil(settings: Settings, table: str, column: str, value: str) -> None:
    """Write a value into one row of a table."""
    keys = ", ".join(TABLES[table])
    one = f"({keys}) = (SELECT {keys} FROM {table} ORDER BY 1 DESC LIMIT 1 OFFSET 2)"  # noqa: S608 - our own names
    change(settings, "facts.db", f"UPDATE {table} SET {column} = {value} WHERE {one}")  # noqa: S608 - our own names


@pytest.mark.parametrize(("table", "column", "value"), list(wrong_values()))
def test_a_value_of_another_type_is_named_and_index_rows_are_mended(
    settings: Settings, table: str, column: str, value: str
) -> None:
    spoil(settings, table, column, value)
    with open_record(settings, read_only=True) as record:
        assert list(differences(record)), "it is not found"
        with record.journal.store.snapshot() as snapshot:
            contents_of(snapshot)
        for entry in record.journal.since(0, 10_000):
            record.journal.mark(entry)
            with suppress(FactUnreadable):
                record.journal.read(entry.originator_id)
    if table in INDEX:
        with open_record(settings) as record:
            assert [line for line in repair(record, quiet) if line.startswith("Wrote ")]
        with open_record(settings, read_only=True) as record:
            assert list(differences(record)) == []


@pytest.mark.parametrize(("table", "column", "value"), [each for each in wrong_values() if each[2] != "x'0102'"])
def test_the_service_starts_or_says_why_not(settings: Settings, table: str, column: str, value: str) -> None:
    spoil(settings, table, column, value)
    try:
        running = build(settings)
    except OperatorError:
        return
    except StorageBroken as refusal:
        assert "`portfolio repair` mends it" in str(refusal)  # noqa: PT017 - it may start as well
        return
    try:
        assert running.projector.wait_for(running.record.journal.head(), 60)
        assert running.record.chain.standing() is None
    finally:
        running.close()


def test_an_index_row_of_nobody_is_refused_by_name(settings: Settings) -> None:
    with open_record(settings, read_only=True) as record, record.journal.store.snapshot() as snapshot:
        name, key = next(iter(snapshot.select("SELECT name, key FROM main.links LIMIT 1")))
    first = "(SELECT name, key, stream FROM links LIMIT 1)"
    change(settings, "facts.db", f"UPDATE links SET stream = 'none' WHERE (name, key, stream) = {first}")  # noqa: S608
    with open_record(settings) as record, pytest.raises(StorageBroken, match="names no record: `portfolio repair`"):
        record.journal.links(name, key)
