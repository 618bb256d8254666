"""The log is held against what it was shown to: what is missing is lost, and nobody covers it up (RECORD-3)."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from infra.cli import cli
from infra.cli.running import run
from infra.deployment import create
from infra.errors import OperatorError
from infra.fsck.deployment import differences
from infra.heads import FactsLost
from infra.main import build, new_id, now, open_record
from infra.settings import Settings
from portfolio.application.handler import CommandHandler
from portfolio.domain.deployment import DEPLOYMENT_ID, LossAccepted
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.infra.losses import CARDS, WHY, accept, address_of, older_copy, register, show, take_away_from
from tests.postgres import programs


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
            f"The record ends with fact {head}, but fact {head + 2} was known to the folder of the keys, the reactions "
            "and the views: the newest facts are lost. Put back the newest copy of the record"
        )
    for command in (["rebuild"], ["grant", str(new_id()), "lead assessor", "--reason", "none"]):
        assert run(cli, command) == 1
    with open_record(settings, read_only=True) as record:
        assert record.journal.head() == head
        assert list(differences(record)) != []
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
    with pytest.raises(FactsLost, match=f"Fact {head} of the record is not the one that was known to .*the views: it"):
        build(settings)
    with open_record(settings, read_only=True) as record:
        assert list(differences(record)) != []


def test_a_loss_is_accepted_with_a_reason_and_work_goes_on_from_what_there_is(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    head = register(settings, "Mia")
    put_back = older_copy(settings)
    register(settings, "Lou", "Kim")
    show(settings)
    before = settings.store.standings()
    put_back()
    assert accept() == 0
    assert "The loss is accepted" in capsys.readouterr().out
    with open_record(settings, read_only=True) as record:
        accepted = record.journal.read(DEPLOYMENT_ID)[-1]
        assert isinstance(accepted.fact, LossAccepted)
        assert (accepted.position, accepted.fact.end, accepted.fact.reason) == (head + 1, head, WHY)
        assert {standing.mark for standing in before.values()} < {known.known_as for known in accepted.fact.heads}
    last = register(settings, "Ola", "Una", "Ida")
    show(settings)
    with settings.store.open_views() as views:
        assert len(views.query(CARDS)) == 5  # Ann, Mia and those who came after the loss
        assert {standing.position for standing in views.standings().values()} == {last}
    with open_record(settings, read_only=True) as record:
        assert list(differences(record)) == []
    assert accept() == 1
    assert "there is no loss to accept" in capsys.readouterr().err


def test_where_nothing_is_lost_no_loss_is_accepted(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    head = register(settings, "Mia")
    show(settings)
    assert accept() == 1
    assert "there is no loss to accept" in capsys.readouterr().err
    assert register(settings, "Lou") == head + 1


def test_a_copy_of_a_record_that_lost_facts_is_taken_and_called_no_better(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", programs(), prepend=os.pathsep)
    head = register(settings, "Mia")
    put_back = older_copy(settings)
    register(settings, "Lou")
    put_back()
    assert run(cli, ["backup", str(tmp_path / "copy")]) == 1
    assert f"The copy is no better than the record. The record ends with fact {head}, but" in capsys.readouterr().out
    assert (tmp_path / "copy" / "manifest.json").exists()


def test_a_second_loss_is_another_one(settings: Settings) -> None:
    put_back = older_copy(settings)
    register(settings, "Mia")
    show(settings)
    put_back()
    assert accept() == 0
    put_back = older_copy(settings)
    register(settings, "Lou", "Kim")
    show(settings)
    put_back()
    with pytest.raises(FactsLost):
        build(settings)
    assert accept() == 0
    show(settings)


def test_views_of_an_older_release_have_no_marks_and_get_them(settings: Settings) -> None:
    register(settings, "Mia")
    show(settings)
    if address := address_of(settings):
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


def test_the_keys_alone_know_what_is_lost_where_the_views_are_gone_too(settings: Settings) -> None:
    head = register(settings, "Mia")
    put_back = older_copy(settings)
    register(settings, "Lou", "Kim")
    put_back()
    assert not any(standing.position for standing in settings.store.standings().values())
    with pytest.raises(
        FactsLost, match=f"ends with fact {head}, but fact {head + 2} was known to the folder of the keys: the"
    ):
        build(settings)
    assert accept() == 0
    last = register(settings, "Ola")
    with open_record(settings, read_only=True) as record:
        assert (record.chain.end().position, record.chain.outside.read()) == (last, record.chain.end())
        assert record.chain.contradiction() is None
        assert list(differences(record)) == []


def test_facts_that_are_deleted_and_the_keys_file_with_them_are_known_to_the_chain(settings: Settings) -> None:
    head = register(settings, "Mia")
    register(settings, "Lou")
    (settings.keys / "chain-head").unlink()
    take_away_from(settings, head, ("facts", "links", "idempotency"))
    with pytest.raises(FactsLost, match=f"ends with fact {head}, but fact {head + 1} was known to the chain: "):
        build(settings)
    assert accept() == 0
    register(settings, "Ola", "Una")
    with open_record(settings, read_only=True) as record:
        assert list(differences(record)) == []


def test_a_head_that_is_behind_the_log_or_not_there_is_no_loss(settings: Settings) -> None:
    register(settings, "Mia")
    older = (settings.keys / "chain-head").read_bytes()
    head = register(settings, "Lou")
    (settings.keys / "chain-head").write_bytes(older)
    assert register(settings, "Kim") == head + 1
    (settings.keys / "chain-head").unlink()
    assert register(settings, "Una") == head + 2
    with open_record(settings, read_only=True) as record:
        assert record.chain.outside.read() == record.chain.end()


@pytest.mark.parametrize("content", [b"\0" * 20, b"", b"5", b"5 abcd\n", b"0 " + b"00" * 32, "5 \u00e4".encode()])
def test_a_head_that_was_damaged_is_named_and_written_again_once_it_is_taken_away(
    settings: Settings, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    show(settings)
    head = settings.keys / "chain-head"
    before = head.read_bytes()
    head.write_bytes(content)
    named = f"{head} is damaged: it does not say where the chain of facts ends. Run `portfolio fsck`"
    with pytest.raises(OperatorError) as caught:
        build(settings)
    assert str(caught.value).startswith(named)
    assert run(cli, ["fsck"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(named)
    head.unlink()
    head.mkdir()
    assert run(cli, ["fsck"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{head} cannot be read (Is a directory): let this user read it, or move away what is no file."
    ]
    head.rmdir()
    show(settings)
    assert head.read_bytes() == before


@pytest.mark.parametrize("left", ["views", "keys", "vault"])
@pytest.mark.parametrize("emptied", [True, False])
def test_a_record_that_is_gone_is_no_beginning(tmp_path: Path, left: str, emptied: bool) -> None:
    settings = Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "data")})
    settings.folder.mkdir()
    create(settings, "demo", "Ann Lee")
    show(settings)
    (settings.folder / "vault").mkdir(exist_ok=True)
    (settings.folder / "vault" / "a file").write_bytes(b"evidence")
    for name in ("facts.db-wal", "facts.db-shm", "facts.db"):
        (settings.folder / name).unlink(missing_ok=True)
    if emptied:
        (settings.folder / "facts.db").touch()
    if left != "views":
        (settings.folder / "views.db").unlink()
    if left == "vault":
        (settings.keys / "chain-head").unlink()
    gone = r"There is no fact in the record, but (fact \d+ was known|1 files lie).*Put back"
    for opening in (look, begin, build, look, begin_with_new_keys):
        with pytest.raises(FactsLost, match=gone):
            opening(settings)


def look(settings: Settings) -> None:
    with open_record(settings, read_only=True):
        pass


def begin(settings: Settings) -> None:
    create(settings, "demo", "Ann Lee")


def begin_with_new_keys(settings: Settings) -> None:
    """Begin anew where the keys are gone as well."""
    for key in settings.keys.iterdir():
        if key.name != "chain-head":
            key.unlink()
    begin(settings)
