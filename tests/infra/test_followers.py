"""A follower that cannot go on says so at /readyz and to fsck, and holds up nobody else, on both stores."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from werkzeug.test import Client

from infra.deployment import tokens_of
from infra.fsck.deployment import differences
from infra.main import Running, build, open_record
from infra.overall import DeploymentUnreadable
from infra.settings import Settings
from portfolio.domain.deployment import DEPLOYMENT_ID
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from projections.people import PEOPLE
from tests.deployments import administrator_of, new_deployment
from tests.infra.store.given import wait_until


@pytest.fixture(params=["sqlite", "postgres"])
def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return new_deployment(request, tmp_path)


@contextmanager
def hand_in(deployment: Settings, file: str, schema: str) -> Iterator[Any]:
    """Give a connection as its owner's, who may do anything to the tables."""
    url = deployment.store.variables().get("PORTFOLIO_DATABASE_URL")
    if url is None:
        with closing(sqlite3.connect(deployment.folder / file, isolation_level=None)) as hand:
            yield hand
        return
    with psycopg.connect(url, autocommit=True) as hand:
        hand.execute(f"SET search_path = {schema}")
        yield hand


def break_people(deployment: Settings) -> None:
    """Let no row be written to one view any more."""
    with hand_in(deployment, "views.db", "views") as hand:
        if isinstance(hand, sqlite3.Connection):
            refusal = "BEGIN SELECT RAISE(ABORT, 'broken'); END"
            hand.execute(f"CREATE TRIGGER broken BEFORE INSERT ON {PEOPLE.view.table} {refusal}")
        else:
            hand.execute(f"ALTER TABLE {PEOPLE.view.table} ADD CONSTRAINT broken CHECK (name = 'broken') NOT VALID")


def mend_people(deployment: Settings) -> None:
    with hand_in(deployment, "views.db", "views") as hand:
        if isinstance(hand, sqlite3.Connection):
            hand.execute("DROP TRIGGER broken")
        else:
            hand.execute(f"ALTER TABLE {PEOPLE.view.table} DROP CONSTRAINT broken")


def spoil(deployment: Settings, stream: Any, version: int) -> None:
    """Garble the stored bytes of a fact."""
    with hand_in(deployment, "facts.db", "record") as hand:
        if isinstance(hand, sqlite3.Connection):
            triggers = dict(hand.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
            where = "WHERE originator_id = ? AND originator_version = ?"
            change = f"UPDATE facts SET state = substr(state, 1, 70) {where}"  # noqa: S608 - ours
            for name in triggers:
                hand.execute(f"DROP TRIGGER {name}")
            hand.execute(change, (stream.bytes, version))
            for made in triggers.values():
                hand.execute(made)
        else:
            hand.execute("ALTER TABLE facts DISABLE TRIGGER USER")
            where = "WHERE originator_id = %s AND originator_version = %s"
            change = f"UPDATE facts SET state = substr(state, 1, 70) {where}"  # noqa: S608 - ours
            hand.execute(change, (stream, version))


def token(deployment: Settings) -> str:
    """Return one of the administrator's."""
    with open_record(deployment, read_only=True) as record:
        return tokens_of(record).issue(administrator_of(deployment), timedelta(hours=1))


@contextmanager
def running(deployment: Settings) -> Iterator[Running]:
    service = build(deployment)
    try:
        yield service
    finally:
        service.close()


def ready(service: Running) -> tuple[int, dict[str, Any]]:
    answer = Client(service.wsgi).get("/readyz")
    return answer.status_code, answer.get_json()


def register(service: Running, name: str) -> int:
    command = RegisterPerson(person_id=uuid4(), name=name, works_for="none of these")
    return service.record.handler.execute(command, SYSTEM).position


def test_a_view_that_cannot_go_on_is_named_and_the_others_go_on_until_it_does(deployment: Settings) -> None:
    with running(deployment) as service:
        assert service.projector.wait_for(service.record.journal.head(), 10)
        break_people(deployment)
        before = service.record.journal.head()
        position = register(service, "Ben Lee")
        wait_until(lambda: ready(service)[0] == 503)
        assert f"the view people cannot go on after fact {before} (" in ready(service)[1]["wrong"]["followers"]
        others = set(service.projector.tables_in("")) - {PEOPLE.view.table}
        assert service.projector.wait_for(position, 10, others)
        assert any("the view people cannot go on" in each for each in differences(service.record))
        mend_people(deployment)
        assert service.projector.wait_for(position, 20)
        wait_until(lambda: ready(service)[0] == 200)


def test_a_view_whose_table_is_gone_is_busy_until_the_service_starts_again(deployment: Settings) -> None:
    headers = {"Authorization": f"Bearer {token(deployment)}"}
    with running(deployment) as service:
        assert service.projector.wait_for(service.record.journal.head(), 10)
        with hand_in(deployment, "views.db", "views") as hand:
            hand.execute(f"DROP TABLE {PEOPLE.view.table}")
        answer = Client(service.wsgi).get("/v1/people", headers=headers)
        assert answer.status_code == 503
        assert "start the service again, which then makes" in answer.get_json()["detail"]
    with running(deployment) as service:
        assert service.projector.wait_for(service.record.journal.head(), 10)
        assert Client(service.wsgi).get("/v1/people", headers=headers).status_code == 200


def test_facts_that_are_set_aside_are_noted_and_nobody_stops(deployment: Settings) -> None:
    with running(deployment) as service:
        person = uuid4()
        command = RegisterPerson(person_id=person, name="Ben Lee", works_for="none of these")
        service.record.handler.execute(command, SYSTEM)
        register(service, "Cy Lee")
    spoil(deployment, person, 1)
    with deployment.store.open_views() as views:
        views.forget(list(views.standings()))
    with running(deployment) as service:
        assert service.projector.wait_for(service.record.journal.head(), 20)
        status, body = ready(service)
        assert status == 200
        assert f"(number 1 of the record {person})" in body["noted"]["facts"]
        assert "portfolio_facts_set_aside 1.0" in Client(service.wsgi).get("/metrics").text
        found = [*differences(service.record)]
    assert any(f"fact 1 of stream {person} is not what was recorded" in each for each in found)
    assert not any(each.startswith("view ") for each in found)


def test_a_deployment_whose_own_record_cannot_be_read_says_so_and_is_only_looked_at(deployment: Settings) -> None:
    spoil(deployment, DEPLOYMENT_ID, 2)
    with pytest.raises(DeploymentUnreadable, match="What this deployment is cannot be read"):
        build(deployment)
    with open_record(deployment, read_only=True) as record:
        assert any(str(DEPLOYMENT_ID) in each for each in differences(record))
