"""A commit that the disk did not confirm is neither done nor undone, until the record is opened again."""

import sys
from pathlib import Path

import pytest

from infra.deployment import create
from infra.fsck.deployment import differences
from infra.main import Record, new_id, open_record
from infra.settings import Settings
from portfolio.application.ports import Idempotency
from portfolio.domain.person import PersonRegistered, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.faults.syncs import NoCompiler, failing_syncs
from tests.programs import PLAIN, run


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give those of a new deployment."""
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    return settings


def told(settings: Settings, what: str, folder: Path) -> list[str]:
    """Return what a program says that does this on a disk whose syncs fail now and then."""
    try:
        variables = failing_syncs(folder)
    except NoCompiler:
        pytest.skip("there is no C compiler")
    command, environment = [sys.executable, "-m", "tests.faults.syncs", what], {**PLAIN, **settings.environment()}
    return run(command, env={**environment, **variables}).stdout.splitlines()


def test_a_commit_whose_sync_fails_is_unknown_and_nothing_is_written_until_it_is_opened_again(
    settings: Settings, tmp_path: Path
) -> None:
    lines = told(settings, "record", tmp_path)
    assert [line.partition(":")[0] for line in lines[:4]] == [
        "recorded",
        "outcome-unknown",
        "storage-broken",
        "storage-broken",
    ]
    assert "The disk failed before it confirmed" in lines[1]
    assert "start the service again" in lines[2]
    assert lines[4] in lines[3]
    with open_record(settings) as record:
        assert people(record) == ["Ann Lee", "before", "meanwhile"]  # it was stored, as it happens
        again = RegisterPerson(person_id=new_id(), name="meanwhile", works_for="centre")
        record.handler.execute(again, SYSTEM, idempotency=Idempotency(key="meanwhile", fingerprint=b"one"))
        assert people(record) == ["Ann Lee", "before", "meanwhile"]
        assert list(differences(record)) == []


def people(record: Record) -> list[str]:
    facts = (entry.fact for entry in record.journal.since(0))
    return [fact.name for fact in facts if isinstance(fact, PersonRegistered)]


def test_a_file_is_sealed_once_it_is_synced_also_when_it_was_linked_before(settings: Settings, tmp_path: Path) -> None:
    refused, there, refused_again, sealed = told(settings, "seal", tmp_path)
    assert refused.startswith("storage-broken: The disk failed")
    assert there == "there: True"
    assert refused_again == refused
    assert sealed == "sealed"
