"""The library's own tests of recorders, run on ours, unchanged."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from eventsourcing.sqlite import SQLiteDatastore
from eventsourcing.tests import persistence as kit

from infra.store.postgres.server import Server
from tests.infra.store.subscription import FollowedPostgresRecorder, FollowedSqliteRecorder


class OnOurRecorder:
    """Gives each of the library's tests a recorder on a fresh file."""

    def create_recorder(self) -> FollowedSqliteRecorder:
        folder = TemporaryDirectory(ignore_cleanup_errors=True)  # a reader of the kit may still be at it
        recorder = FollowedSqliteRecorder(SQLiteDatastore(str(Path(folder.name) / "facts.db")))
        recorder.create_table()
        self.addCleanup(folder.cleanup)  # type: ignore[attr-defined]  # of the TestCase it is mixed into
        self.addCleanup(recorder.close)  # type: ignore[attr-defined]  # likewise
        return recorder


class OnPostgres:
    """Gives each of the library's tests a recorder on a fresh database."""

    @pytest.fixture(autouse=True)
    def _address(self, database: str) -> None:
        self.database = database

    def create_recorder(self) -> FollowedPostgresRecorder:
        recorder = FollowedPostgresRecorder(Server(self.database))
        recorder.create_table()
        self.addCleanup(recorder.close)  # type: ignore[attr-defined]  # of the TestCase it is mixed into
        return recorder


class TestRecorder(OnOurRecorder, kit.ApplicationRecorderTestCase[FollowedSqliteRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPositionsOfOneAppend(OnOurRecorder, kit.NonInterleavingNotificationIDsBaseCase):
    pass


class TestRecorderOnPostgres(OnPostgres, kit.ApplicationRecorderTestCase[FollowedPostgresRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPositionsOfOneAppendOnPostgres(OnPostgres, kit.NonInterleavingNotificationIDsBaseCase):
    pass
