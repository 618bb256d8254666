"""What the composition root asks of a store, whichever the settings name."""

from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from infra.fsck import views
from infra.lock import FolderInUse
from infra.store.postgres.store import PostgresStore
from infra.store.refusals import NothingToMigrate
from infra.store.sqlite.store import SqliteStore
from infra.store.store import Store
from portfolio.domain.person import PersonRegistered
from projections.machinery.database import ViewsDatabase
from projections.machinery.listing import EVERYTHING
from projections.machinery.runner import Projector
from projections.people import PEOPLE
from projections.views import VIEWS
from tests.infra.store.given import SECRET, request

ADA, BEN = UUID(int=20), UUID(int=21)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "sqlite":
        return SqliteStore(tmp_path)
    return PostgresStore(request.getfixturevalue("database"))


def registered(name: str) -> PersonRegistered:
    return PersonRegistered(name=name, works_for="centre")


def people_in(views: ViewsDatabase) -> list[UUID]:
    return [row[1] for row in views.rows(PEOPLE.view) if row[0] == EVERYTHING]


def test_a_snapshot_of_the_views_stays_as_it_was_when_it_was_taken(store: Store) -> None:
    with closing(store.open_journal(SECRET)) as journal, store.open_views() as kept_up:
        projector = Projector(journal, kept_up, VIEWS)
        journal.append(*request(ADA, 0, registered("Ada")))
        projector.step()
        with store.views_snapshot() as snapshot:
            assert snapshot is not None
            assert snapshot.position(PEOPLE.view.table) == 1
            journal.append(*request(BEN, 0, registered("Ben")))
            projector.step()
            assert people_in(snapshot) == [ADA]
        assert people_in(kept_up) == [ADA, BEN]
        assert list(views.differences(store, journal)) == []


def test_a_file_store_exists_once_it_was_opened_and_is_written_by_one_command_at_a_time(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    assert not store.may_exist()
    store.open_journal(SECRET).close()
    assert store.may_exist()
    with store.views_snapshot() as snapshot:
        assert snapshot is None
    with store.writing(), pytest.raises(FolderInUse), store.writing():
        pass


def test_a_database_is_written_by_any_number_of_commands(database: str) -> None:
    store = PostgresStore(database)
    with store.writing(), store.writing():
        assert store.may_exist()


def test_only_a_database_is_prepared_for_a_release(tmp_path: Path, empty_database: str) -> None:
    with pytest.raises(NothingToMigrate, match="facts lie in the folder, and nothing is prepared"):
        SqliteStore(tmp_path).migrate(None)
    assert [PostgresStore(empty_database).migrate(None) for _ in range(2)] == [True, False]


def test_a_store_shows_no_password() -> None:
    assert "secret" not in repr(PostgresStore("postgresql://portfolio:secret@db.example/portfolio"))
