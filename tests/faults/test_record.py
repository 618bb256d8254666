"""Faults of which the record knows alone: a clock that goes back, a second projector, migrations at once."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from infra.fsck.deployment import differences
from infra.main import Record, new_id, now, open_record
from infra.settings import Settings
from portfolio.application.handler import CommandHandler
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.deployments import new_deployment
from tests.faults.checker import gaps
from tests.faults.service import COMMAND
from tests.faults.writing import line_of, lines_of
from tests.patience import PATIENCE
from tests.programs import PLAIN, run

WRITERS = 8
EACH = 40


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Give those of a new deployment, on each store in turn."""
    return new_deployment(request, tmp_path)


@pytest.fixture
def record(settings: Settings) -> Iterator[Record]:
    with open_record(settings) as record:
        yield record


def register_people(handler: CommandHandler) -> None:
    """Let writers register people, at the same time."""

    def write() -> None:
        for number in range(EACH):
            handler.execute(RegisterPerson(person_id=new_id(), name=f"{number}", works_for="centre"), SYSTEM)

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write) for _ in range(WRITERS)]:
            done.result()


def test_no_fact_is_earlier_than_the_one_before_though_the_clock_goes_back(record: Record) -> None:
    chance = random.Random(20261124)  # noqa: S311 - a repeatable choice of times
    begun = now()

    def jumping() -> datetime:
        return begun + timedelta(seconds=chance.uniform(-7200, 0))

    register_people(replace(record.handler, now=jumping))
    log = record.journal.since(0)
    assert len(log) == WRITERS * EACH + 5  # with the deployment, its catalogue, its keys and its administrator
    times = [entry.at for entry in log]
    assert times == sorted(times)
    assert record.journal.position_at(times[-1]) == len(log)
    assert list(gaps([line_of(entry) for entry in log])) == []
    assert list(differences(record)) == []


@pytest.mark.slow
def test_two_projectors_at_once_count_nothing_twice(record: Record) -> None:
    stop = Event()
    with ExitStack() as opened:
        projectors = [
            Projector(record.journal, opened.enter_context(record.settings.store.open_views()), VIEWS) for _ in range(2)
        ]
        threads = [Thread(target=projector.run, args=(stop,)) for projector in projectors]
        for thread in threads:
            thread.start()
        try:
            register_people(record.handler)
            head = record.journal.head()
            for projector in projectors:
                assert projector.wait_for(head, PATIENCE)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    assert len(list(lines_of(record.journal))) == head
    assert list(differences(record)) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 8])
def test_of_migrations_at_once_one_makes_the_tables(empty_database: str, tmp_path: Path, number: int) -> None:
    environment = {**PLAIN, "PORTFOLIO_DATABASE_URL": empty_database, "PORTFOLIO_FOLDER": str(tmp_path / "data")}

    def migrate(_: int) -> str:
        return run([*COMMAND, "migrate"], env=environment).stdout

    with ThreadPoolExecutor(number) as pool:
        printed = sorted(pool.map(migrate, range(number)))
    assert [line.split()[0] for line in printed] == ["Made", *["The"] * (number - 1)]
