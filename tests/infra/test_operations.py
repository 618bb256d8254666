"""What is told of a deployment at work: followers, room, copies and audits, the doctor's word, versions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from werkzeug.test import Client

from infra.audit.kept import keep
from infra.backup.noted import FILE, LastBackup, noted
from infra.backup.taking import back_up
from infra.deployment import tokens_of
from infra.main import build, open_record
from infra.operations import BACKUP_AGE, NOT_YET, Doctor, OfDeployment, size
from infra.settings import Settings
from infra.vault.sweeping import Sweeper
from portfolio.application.audits import Audit, Audits
from portfolio.application.operations import Line
from tests.deployments import administrator_of, new_deployment
from tests.infra.backup_world import quiet
from tests.infra.store.given import wait_until

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return new_deployment(request, tmp_path)


def test_a_deployment_at_work_tells_of_itself_and_of_its_last_backup(settings: Settings, tmp_path: Path) -> None:
    with open_record(settings, read_only=True) as record:
        back_up(record, tmp_path / "copy", quiet, lambda _: None)
    running = build(settings)
    try:
        token = tokens_of(running.record).issue(administrator_of(settings), timedelta(hours=1))
        headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}

        def page() -> str:
            return Client(running.wsgi).get("/operations", headers=headers).text

        wait_until(lambda: "It is being looked at" not in page() and "Uploads that nobody finished were" in page())
        told = page()
        for text in ("with the record.", "facts and 0 files", "Room left", "SQLite, format 1", "never all read again"):
            assert text in told
    finally:
        running.close()


@pytest.fixture
def told(settings: Settings) -> Iterator[OfDeployment]:
    """What is told of a deployment, of which no follower is asked."""
    with open_record(settings, read_only=True) as record:
        yield OfDeployment(record, None, None, Sweeper(None, None, lambda: NOW), tuple)  # type: ignore[arg-type]  # the same


def test_a_backup_that_is_old_or_lacks_files_is_to_be_looked_at(settings: Settings, told: OfDeployment) -> None:
    assert told.backup().standing == "look"
    for age, missing, standing in ((timedelta(), 0, "good"), (2 * BACKUP_AGE, 0, "look"), (timedelta(), 2, "do")):
        last = LastBackup(datetime.now(UTC) - age, 12, 3, missing)
        (settings.folder / FILE).write_bytes(msgspec.json.encode(last))
        assert noted(settings.folder) == last
        assert told.backup().standing == standing
    (settings.folder / FILE).write_text("{")
    assert "cannot be read" in told.backup().says


def test_an_audit_that_found_something_is_to_be_done_and_an_old_one_looked_at(
    settings: Settings, told: OfDeployment
) -> None:
    assert told.audit().standing == "look"
    ended = datetime.now(UTC)
    for audit, standing in (
        (Audit(begun_at=ended, ended_at=ended), "good"),
        (Audit(begun_at=NOW, ended_at=ended - timedelta(days=200)), "look"),
        (Audit(begun_at=ended, ended_at=ended, counts={"missing": 1}), "do"),
    ):
        keep(settings.folder, Audits(last=audit))
        assert told.audit().standing == standing


def test_a_sweep_that_did_not_come_to_its_end_is_told(told: OfDeployment) -> None:
    assert told.sweep().standing == "look"


def test_a_full_disk_is_to_be_done(settings: Settings, told: OfDeployment) -> None:
    assert next(told.room()).standing == "good"
    object.__setattr__(settings, "reserve_mb", 10**9)
    assert next(told.room()).standing == "do"


def test_the_doctor_looks_again_when_its_word_is_old_and_nobody_waits(settings: Settings) -> None:
    said = [[("Make room.", True), ("Documents are not shown.", False)], []]
    doctor = Doctor(settings, lambda: NOW, lambda _: iter(said.pop(0)))
    assert doctor.ask() == (NOT_YET,)
    wait_until(lambda: doctor.ask() != (NOT_YET,))
    assert [(line.standing, line.says) for line in doctor.ask()] == [
        ("do", "Make room."),
        ("look", "Documents are not shown."),
    ]
    doctor.look()
    assert doctor.ask() == (Line(what="Set-up", says="Nothing is wrong.", at=NOW),)
    doctor.look()  # there is nothing more to say, which raises
    assert doctor.ask()[0].standing == "do"


@pytest.mark.parametrize(("count", "words"), [(999, "0 kB"), (5_000_000, "5.0 MB"), (2_500_000_000, "2.5 GB")])
def test_sizes_are_said_as_people_say_them(count: int, words: str) -> None:
    assert size(count) == words
