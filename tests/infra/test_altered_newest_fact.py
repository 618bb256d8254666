"""The newest fact altered is called altered, and never lost (RECORD-3)."""

import psycopg
import pytest

from infra.cli import cli
from infra.cli.running import run
from infra.heads import FactsLost
from infra.health import set_aside
from infra.main import build, open_record
from infra.settings import Settings
from portfolio.domain.deployment import DEPLOYMENT_ID, LossAccepted
from tests.infra.losses import accept, address_of, register, show
from tests.insider import in_database, in_file

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
