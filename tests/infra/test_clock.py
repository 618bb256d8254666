"""A clock that is wrong: what would be recorded under it is refused, on both stores (RECORD-1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from infra.cli import cli
from infra.cli.running import run
from infra.deployment import create
from infra.fsck.deployment import differences
from infra.main import Record, build, new_id, now, open_record
from infra.settings import Settings
from infra.store.clock import ClockGuard, since_start
from portfolio.application.ports import Busy
from portfolio.domain.deployment import DEPLOYMENT_ID, ClockAccepted
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.infra.wall_clock import WallClock

YEARS = timedelta(days=3653)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, bare: pytest.MonkeyPatch) -> Settings:
    """Give those of a deployment to be made, on each store in turn."""
    variables = {"PORTFOLIO_FOLDER": str(tmp_path / "data")}
    if request.param == "postgres":
        variables |= {"PORTFOLIO_DATABASE_URL": request.getfixturevalue("database"), "PORTFOLIO_SHARED_VAULT": "yes"}
    for name, value in variables.items():
        bare.setenv(name, value)
    (tmp_path / "data").mkdir()
    return Settings.read(variables)


def register(record: Record) -> int:
    return record.handler.execute(RegisterPerson(person_id=new_id(), name="Mia", works_for="centre"), SYSTEM).position


def refused(record: Record) -> str:
    """Return why nothing is recorded, having looked that nothing was."""
    head = record.journal.head()
    with pytest.raises(Busy) as caught:
        register(record)
    assert record.journal.head() == head
    return str(caught.value)


@contextmanager
def reopened(settings: Settings) -> Iterator[Record]:
    with open_record(settings) as record:
        yield record


def ready(settings: Settings) -> Any:
    """Return what /readyz says after a start."""
    running = build(settings)
    try:
        return Client(running.wsgi).get("/readyz").get_json()
    finally:
        running.close()


def accept() -> int:
    return run(cli, ["accept-clock", "--reason", "The machine stood still"])


def test_nothing_is_recorded_by_a_clock_that_went_ten_years_ahead(settings: Settings, clock: WallClock) -> None:
    create(settings, "demo", "Ann Lee")
    with reopened(settings) as record:
        register(record)
        clock.wrong_by = YEARS
        assert "it was set forward" in refused(record)
        clock.wrong_by = timedelta(0)
        last = register(record)
        assert record.journal.since(last - 1)[0].at < now() + HOUR
        assert list(differences(record)) == []


def test_a_clock_that_is_some_minutes_ahead_is_one_of_two_right_ones(settings: Settings, clock: WallClock) -> None:
    create(settings, "demo", "Ann Lee")
    with reopened(settings) as record:
        clock.wrong_by = timedelta(minutes=9)
        register(record)
        clock.wrong_by = timedelta(minutes=11)
        assert "set forward" in refused(record)


def test_a_clock_that_went_back_records_no_fact_before_another(settings: Settings, clock: WallClock) -> None:
    create(settings, "demo", "Ann Lee")
    with reopened(settings) as record:
        for wrong_by in (0, -1, -2, 0):
            clock.wrong_by = wrong_by * HOUR
            register(record)
        times = [entry.at for entry in record.journal.since(0)]
    assert times == sorted(times)


def test_after_a_long_silence_somebody_accepts_the_clock(settings: Settings, clock: WallClock, capsys: Any) -> None:
    clock.wrong_by = timedelta(days=-401)
    create(settings, "demo", "Ann Lee")
    clock.wrong_by = timedelta(0)
    with reopened(settings) as record:
        assert "more than 400 days later. Set the clock right, or if it is right accept it" in refused(record)
    assert "more than 400 days" in ready(settings)["wrong"]["clock"]
    assert accept() == 0
    assert "The clock is accepted" in capsys.readouterr().out
    with reopened(settings) as record:
        register(record)
        accepted = record.journal.read(DEPLOYMENT_ID)[-1].fact
        assert isinstance(accepted, ClockAccepted)
        assert accepted.reason == "The machine stood still"
    assert ready(settings) == {"status": "ready", "wrong": {}, "noted": {}}
    assert accept() == 1
    assert "there is nothing to accept" in capsys.readouterr().err


def test_facts_from_the_future_are_named_until_somebody_accepts_the_clock(settings: Settings, clock: WallClock) -> None:
    create(settings, "demo", "Ann Lee")
    clock.wrong_by = -300 * 24 * HOUR
    with reopened(settings) as record:
        assert "which is earlier. Set the clock right" in refused(record)
        (line,) = differences(record)
        assert line.startswith("facts 1 to 5 were recorded in the future, by this machine's clock")
    assert "which is earlier" in ready(settings)["wrong"]["clock"]
    assert accept() == 0
    with reopened(settings) as record:
        last = register(record)
        assert record.journal.since(last - 1)[0].at == record.journal.since(0)[4].at
        assert list(differences(record)) == []
    told = ready(settings)
    assert told["status"] == "ready"
    assert f"facts 1 to {last} were recorded in the future" in told["noted"]["clock"]


def test_whoever_waits_for_a_clock_to_be_accepted_goes_on_without_a_restart(
    settings: Settings, clock: WallClock
) -> None:
    clock.wrong_by = timedelta(days=-401)
    create(settings, "demo", "Ann Lee")
    clock.wrong_by = timedelta(0)
    with reopened(settings) as record:
        refused(record)
        clock.wrong_by = timedelta(days=-300)  # somebody sets it right
        register(record)
        clock.wrong_by = timedelta(days=-300) + HOUR
        assert record.journal.clock is not None
        assert record.journal.clock.fault() is None


def test_the_time_since_the_start_is_what_the_clock_is_held_against() -> None:
    running, wall = [1000.0], [now()]
    guard = ClockGuard(lambda: wall[0], lambda: "", lambda: running[0])
    assert guard.fault() is None
    wall[0] += timedelta(days=3)
    assert "set forward" in (guard.fault() or "")
    running[0] += 3 * 86400.0
    assert guard.fault() is None
    assert since_start() <= since_start()
