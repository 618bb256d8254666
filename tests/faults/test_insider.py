"""Whatever a person with only the database does to it, `portfolio fsck` finds, and says what it was."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from infra.demo.story import zofia
from infra.fsck.deployment import differences
from infra.main import open_record
from infra.settings import Settings
from infra.store.chain import Outside
from infra.store.recorder import Head
from tests import insider
from tests.faults.insider import GRADE, ROWS, Hand, Row, forged, grade, newest, says
from tests.journeys.service import serving
from tests.postgres import Databases


class Deployment:
    """A copy of a deployment whose story is told, and a way past the triggers of its record."""

    def __init__(self, settings: Settings, database: str | None) -> None:
        self.settings = settings
        self._database = database

    @contextmanager
    def hand(self) -> Iterator[Hand]:
        """Give the insider's connection."""
        if self._database is None:
            with insider.in_file(self.settings.folder / "facts.db") as connection:
                yield Hand(connection, "?", self.settings.folder)
            return
        with psycopg.connect(self._database, autocommit=True) as owner, insider.in_database(owner):
            owner.execute("SET search_path = record")
            yield Hand(owner, "%s", self.settings.folder)

    def drop_views(self) -> None:
        """Take the views away, which know better."""
        if self._database is None:
            (self.settings.folder / "views.db").unlink()
            return
        with psycopg.connect(self._database, autocommit=True) as connection:
            connection.execute("DROP SCHEMA views CASCADE")
            connection.execute("CREATE SCHEMA views")

    def start(self) -> None:
        """Let the service come up and go, as it does not know what was done."""
        with open_record(self.settings):
            pass

    def fsck(self) -> list[str]:
        """Return what the check finds."""
        with open_record(self.settings, read_only=True) as record:
            return list(differences(record))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a deployment that was stopped after a decision."""
    folder = tmp_path_factory.mktemp("told")
    with serving(folder) as stage:
        for chapter in (zofia.hands_in, zofia.hands_in_again, zofia.is_to_be_observed, zofia.is_observed):
            chapter(stage)
    return folder


@pytest.fixture(scope="module")
def told_in_database(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[tuple[Path, str]]:
    """The same on PostgreSQL."""
    folder = tmp_path_factory.mktemp("told")
    with databases.borrow() as address:
        with serving(folder, address) as stage:
            for chapter in (zofia.hands_in, zofia.hands_in_again, zofia.is_to_be_observed, zofia.is_observed):
                chapter(stage)
        yield folder, address


@pytest.fixture
def sqlite_copy(told: Path, tmp_path: Path) -> Deployment:
    shutil.copytree(told, tmp_path / "copy")
    return Deployment(Settings.read({"PORTFOLIO_FOLDER": str(tmp_path / "copy" / "data")}), None)


@pytest.fixture
def postgres_copy(told_in_database: tuple[Path, str], tmp_path: Path, databases: Databases) -> Iterator[Deployment]:
    folder, address = told_in_database
    shutil.copytree(folder, tmp_path / "copy")
    name, template = f"copy_{uuid4().hex}", urlsplit(address).path[1:]
    with psycopg.connect(databases.server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        copy = urlsplit(address)._replace(path=f"/{name}").geturl()
        variables = {"PORTFOLIO_FOLDER": str(tmp_path / "copy" / "data"), "PORTFOLIO_DATABASE_URL": copy}
        yield Deployment(Settings.read(variables | {"PORTFOLIO_SHARED_VAULT": "yes"}), copy)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


ON = [(row, store) for row in ROWS for store in ("sqlite", "postgres")[: 1 + row.both]]


@pytest.mark.parametrize("views", ["with views", "without views"])
@pytest.mark.parametrize(("row", "store"), [pytest.param(*each, id=f"{each[0].what}, {each[1]}") for each in ON])
def test_what_an_insider_does_is_found(row: Row, store: str, views: str, request: pytest.FixtureRequest) -> None:
    deployment: Deployment = request.getfixturevalue(f"{store}_copy")
    with deployment.hand() as hand:
        row.edit(hand)
    if views == "without views":
        deployment.drop_views()
    found = deployment.fsck()
    assert [line for line in found if re.search(row.found, line)], "\n".join(found)
    assert [line for line in found if line.startswith("view ")] == [], "a view is blamed for what the facts lack"


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_deployment_nobody_touched_agrees(store: str, request: pytest.FixtureRequest) -> None:
    deployment: Deployment = request.getfixturevalue(f"{store}_copy")
    assert deployment.fsck() == []
    deployment.drop_views()
    assert deployment.fsck() == []


def test_as_many_edits_are_tried_as_were_seen() -> None:
    assert len(ROWS) >= 36
    assert len([row for row in ROWS if row.both]) >= 19


# --- what only encrypted or sealed facts will show --------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def deployment(request: pytest.FixtureRequest) -> Deployment:
    copy: Deployment = request.getfixturevalue(f"{request.param}_copy")
    return copy


@pytest.mark.xfail(strict=True, reason="whoever may write to the database may write a fact in clear")
def test_a_forged_fact_is_found(deployment: Deployment) -> None:
    with deployment.hand() as hand:
        forged(hand)
    deployment.drop_views()
    deployment.start()
    assert deployment.fsck() != []


@pytest.mark.xfail(strict=True, reason="who holds the key makes the chain again")
def test_key_and_database_in_one_hand_are_found(deployment: Deployment) -> None:
    with deployment.hand() as hand:
        says(GRADE, grade)(hand)
        hand.run("DELETE FROM chain")
    (deployment.settings.keys / "chain-head").unlink()
    deployment.drop_views()
    deployment.start()
    assert deployment.fsck() != []


@pytest.mark.xfail(strict=True, reason="nothing outside the deployment knows better")
def test_an_older_copy_of_everything_is_found(deployment: Deployment) -> None:
    with deployment.hand() as hand:
        end = hand.last() - 10
        newest(10, and_the_chain=True)(hand)
        older = Head(end, bytes(hand.one("SELECT value FROM chain WHERE position = {}", end)))
    Outside(deployment.settings.keys).write(older)
    deployment.drop_views()
    deployment.start()
    assert deployment.fsck() != []
