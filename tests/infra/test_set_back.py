"""A record that was set back under whoever writes it takes no more (RECORD-3)."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from infra.main import new_id, now, open_record
from infra.settings import Settings
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, OutcomeUnknown, StorageBroken
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from tests.deployments import new_deployment
from tests.infra.losses import take_away, take_away_from


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
