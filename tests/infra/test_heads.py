"""The log is held against what it was shown to: what is missing is lost, and nobody covers it up (RECORD-3)."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from infra.cli import cli
from infra.cli.running import run
from infra.fsck.deployment import differences
from infra.heads import FactsLost
from infra.main import build, new_id, now, open_record
from infra.settings import Settings
from portfolio.application.handler import CommandHandler
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.deployments import new_deployment
from tests.patience import PATIENCE


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Give those of a new deployment, on each store in turn."""
    for name in [name for name in os.environ if name.startswith("PORTFOLIO_")]:
        monkeypatch.delenv(name)
    settings = new_deployment(request, tmp_path)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return settings


def register(settings: Settings, *names: str) -> int:
    with open_record(settings) as record:
        return [
            record.handler.execute(RegisterPerson(person_id=new_id(), name=name, works_for="centre"), SYSTEM).position
            for name in names
        ][-1]


def show(settings: Settings) -> None:
    """Serve the deployment until everybody has seen its last fact."""
    running = build(settings)
    try:
        head = running.record.journal.head()
        assert running.projector.wait_for(head, PATIENCE)
        with running.record.settings.store.open_views() as views:
            while views.position("reactions") < head:
                pass
    finally:
        running.close()


def older_copy(settings: Settings) -> Callable[[], None]:
    """Copy the facts as they are, and return what puts them back under everything that is newer."""
    with open_record(settings, read_only=True) as record:
        head = record.journal.head()
    if address := settings.store.variables().get("PORTFOLIO_DATABASE_URL"):
        return lambda: forget_facts(address, head)
    file = settings.folder / "facts.db"
    copy = file.read_bytes()

    def put_back() -> None:
        for name in ("facts.db-wal", "facts.db-shm"):
            (settings.folder / name).unlink(missing_ok=True)
        file.write_bytes(copy)

    return put_back


def forget_facts(address: str, head: int) -> None:
    """Leave what a dump of the facts from before these would have left."""
    with psycopg.connect(address) as connection:
        for table in ("facts", "links", "idempotency"):
            connection.execute(f"ALTER TABLE record.{table} DISABLE TRIGGER ALL")
            connection.execute(f"DELETE FROM record.{table} WHERE position > %s", (head,))  # noqa: S608 - our own tables
            connection.execute(f"ALTER TABLE record.{table} ENABLE TRIGGER ALL")


def test_an_older_copy_under_newer_views_is_named_and_nothing_is_recorded_or_shown(settings: Settings) -> None:
    head = register(settings, "Mia")
    put_back = older_copy(settings)
    register(settings, "Lou", "Kim")
    show(settings)
    put_back()
    for opening in (lambda: build(settings), lambda: register(settings, "Ola")):
        with pytest.raises(FactsLost) as caught:
            opening()
        assert str(caught.value).startswith(
            f"The record ends with fact {head}, but the reactions were shown facts up to {head + 2} and the views were "
            f"shown facts up to {head + 2}: the newest facts are lost. "
        )
    for command in (["rebuild"], ["grant", str(new_id()), "lead assessor", "--reason", "none"]):
        assert run(cli, command) == 1
    with open_record(settings, read_only=True) as record:
        assert record.journal.head() == head
        assert [line for line in differences(record) if f"show more than the {head} facts" in line]
    with settings.store.open_views() as views:
        assert {standing.position for standing in views.standings().values()} == {head + 2}


def test_an_older_copy_that_went_on_is_another_log(settings: Settings) -> None:
    put_back = older_copy(settings)
    head = register(settings, "Mia")
    show(settings)
    put_back()
    with open_record(settings, read_only=True) as record:
        assert record.journal.head() == head - 1
    with closing(settings.store.open_journal(b"")) as journal:  # as a release that looks at no heads
        handler = CommandHandler(journal, record.vault, now, new_id)
        handler.execute(RegisterPerson(person_id=new_id(), name="Lou", works_for="centre"), SYSTEM)
    with pytest.raises(FactsLost, match=f"Fact {head} of the record is not the one that the (views|reactions) were"):
        build(settings)
    with open_record(settings, read_only=True) as record:
        assert [line for line in differences(record) if f"fact {head} of the log is not the one" in line]


def test_views_of_an_older_release_have_no_marks_and_get_them(settings: Settings) -> None:
    register(settings, "Mia")
    show(settings)
    if address := settings.store.variables().get("PORTFOLIO_DATABASE_URL"):
        with psycopg.connect(address) as connection:
            connection.execute("ALTER TABLE views.positions DROP COLUMN mark")
    else:
        with closing(sqlite3.connect(settings.folder / "views.db")) as connection:
            connection.execute("ALTER TABLE positions DROP COLUMN mark")
    with open_record(settings, read_only=True) as record:
        assert list(differences(record)) == []
    assert not any(standing.mark for standing in settings.store.standings().values())
    register(settings, "Lou")
    show(settings)
    assert all(standing.mark for standing in settings.store.standings().values())
