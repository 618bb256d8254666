"""The log is held against what it was shown to: what is missing is lost, and nobody covers it up (RECORD-3)."""

import os
import sqlite3
from collections.abc import Callable, Sequence
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
from infra.health import set_aside
from infra.main import build, new_id, now, open_record
from infra.settings import Settings
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, OutcomeUnknown, StorageBroken
from portfolio.domain.deployment import DEPLOYMENT_ID, LossAccepted
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from projections.machinery.listing import CARD
from projections.people import PEOPLE
from tests.deployments import new_deployment
from tests.insider import in_database, in_file
from tests.patience import PATIENCE
from tests.postgres import programs

WHY = "The disk is gone, and the newest copy is from Monday"

CARDS = f"SELECT item FROM {PEOPLE.view.table} WHERE filed = '{CARD}'"  # noqa: S608 - our own table


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


def accept() -> int:
    return run(cli, ["accept-loss", "--reason", WHY])


def older_copy(settings: Settings) -> Callable[[], None]:
    """Copy the record as it is, and return what puts it back under everything that is newer."""
    with open_record(settings, read_only=True) as record:
        head = record.journal.head()
    if address := address_of(settings):
        return lambda: take_away(address, head, ("facts", "links", "idempotency", "chain"))
    file = settings.folder / "facts.db"
    copy = file.read_bytes()

    def put_back() -> None:
        for name in ("facts.db-wal", "facts.db-shm"):
            (settings.folder / name).unlink(missing_ok=True)
        file.write_bytes(copy)

    return put_back


def address_of(settings: Settings) -> str | None:
    return settings.store.variables().get("PORTFOLIO_DATABASE_URL")


def take_away(address: str, head: int, tables: Sequence[str]) -> None:
    """Leave of these tables what a dump from before these facts holds."""
    with psycopg.connect(address) as connection, in_database(connection):
        for table in tables:
            connection.execute(f"DELETE FROM record.{table} WHERE position > %s", (head,))  # noqa: S608 - our own tables


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


# --- the newest fact altered ------------------------------------------------------------------------------------------

CUT = "substr(state, 1, 60)"
ANOTHER_TIME = "CAST(substr(state, 1, 8) || x'00' || substr(state, 10) AS BLOB)"
ANOTHER_TIME_THERE = "substr(state, 1, 8) || decode('00', 'hex') || substr(state, 10)"


def alter_last(settings: Settings, in_a_file: str, in_a_database: str) -> int:
    """Store something else as the newest fact, and return its position."""
    with open_record(settings, read_only=True) as record:
        head = record.journal.head()
    if address := address_of(settings):
        with psycopg.connect(address) as connection, in_database(connection):
            connection.execute(f"UPDATE record.facts SET state = {in_a_database} WHERE position = %s", (head,))  # noqa: S608 - our own
    else:
        with in_file(settings.folder / "facts.db") as hand:
            hand.execute(f"UPDATE facts SET state = {in_a_file} WHERE position = ?", (head,))  # noqa: S608 - our own
    return head


def test_the_newest_fact_altered_so_that_nobody_can_read_it_is_no_loss_and_is_named(
    settings: Settings, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    register(settings, "Mia")
    show(settings)
    head = alter_last(settings, CUT, CUT)
    named = f"Fact {head} was altered after it was shown and cannot be read any more"
    running = build(settings)
    try:
        assert named in caplog.text
        with settings.store.open_views() as views:
            assert named in str(set_aside(running.record, running.projector, views))
    finally:
        running.close()
    assert run(cli, ["fsck"]) == 1
    out = capsys.readouterr().out
    assert f"the fact at position {head} (person.registered, 1 of stream" in out
    assert "was changed after it was recorded" in out
    assert "lost" not in out
    assert run(cli, ["doctor"]) == 1
    assert named in capsys.readouterr().out
    assert accept() == 1
    assert "there is no loss to accept" in capsys.readouterr().err
    assert register(settings, "Lou") == head + 1


def test_the_newest_fact_altered_into_another_is_called_altered_and_taken_as_it_is_with_a_reason(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    register(settings, "Mia")
    show(settings)
    head = alter_last(settings, ANOTHER_TIME, ANOTHER_TIME_THERE)
    with pytest.raises(FactsLost) as caught:
        build(settings)
    assert str(caught.value).startswith(
        f"Fact {head} of the record is not the one that was known to the reactions and the views: it was altered. "
        "`portfolio fsck` says what was changed. Put back"
    )
    assert run(cli, ["fsck"]) == 1
    assert f"the fact at position {head} (person.registered" in capsys.readouterr().out
    assert accept() == 0
    with open_record(settings, read_only=True) as record:
        accepted = record.journal.read(DEPLOYMENT_ID)[-1].fact
    assert isinstance(accepted, LossAccepted)
    assert accepted.in_words() == (
        f"after fact {head}, although another fact {head} was known to the reactions and the views"
    )
    show(settings)


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


def test_a_record_that_goes_back_under_whoever_writes_it_takes_no_more(settings: Settings) -> None:
    with open_record(settings) as record:

        def write() -> int:
            person = RegisterPerson(person_id=new_id(), name="Mia", works_for="centre")
            return record.handler.execute(person, SYSTEM).position

        last = [write() for _ in range(3)][-1]
        take_away_from(settings, last - 2)
        with pytest.raises(Busy):
            write()
        for _ in range(2):
            with pytest.raises(StorageBroken, match=f"ends with fact {last - 2} now, but this process has recorded"):
                write()
        assert "replaced under the running service" in (record.journal.store.fault() or "")


@pytest.mark.parametrize("went_on", [False, True])
def test_a_database_that_was_set_back_gets_nothing_from_whoever_reconnects(
    tmp_path: Path, request: pytest.FixtureRequest, database: str, went_on: bool
) -> None:
    request.param = "postgres"
    settings = new_deployment(request, tmp_path)
    with open_record(settings) as record:

        def write() -> int:
            person = RegisterPerson(person_id=new_id(), name="Mia", works_for="centre")
            return record.handler.execute(person, SYSTEM).position

        last = [write() for _ in range(3)][-1]
        with psycopg.connect(database, autocommit=True) as hand:
            hand.execute(BREAK)
        assert write() == last + 1  # the same record, over a new connection
        take_away(database, last - 1, ("facts", "links", "idempotency", "chain"))
        if went_on:
            with closing(settings.store.open_journal(b"")) as journal:
                handler = CommandHandler(journal, record.vault, now, new_id)
                for name in ("Lou", "Kim", "Ola"):
                    handler.execute(RegisterPerson(person_id=new_id(), name=name, works_for="centre"), SYSTEM)
        before = record.journal.head()
        with psycopg.connect(database, autocommit=True) as hand:
            hand.execute(BREAK)
        named = f"Another fact {last + 1} is in" if went_on else f"ends with fact {before} now, but this process has"
        for refusal in (OutcomeUnknown, StorageBroken):  # of the first, its connection broke when it was sent
            with pytest.raises(refusal, match=named):
                write()
        assert record.journal.head() == before
        assert named in (record.journal.store.fault() or "")


BREAK = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def take_away_from(
    settings: Settings, head: int, tables: Sequence[str] = ("facts", "links", "idempotency", "chain")
) -> None:
    """Delete what came after this fact, as somebody with the database at hand could."""
    if address := address_of(settings):
        take_away(address, head, tables)
        return
    with in_file(settings.folder / "facts.db") as hand:
        for table in tables:
            hand.execute(f"DELETE FROM {table} WHERE position > ?", (head,))  # noqa: S608 - our own tables
