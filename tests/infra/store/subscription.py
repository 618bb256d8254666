"""The library's subscription for our stores, by which its own tests and its projection runner follow the log."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import ListenNotifySubscription

from infra.store.postgres.recorder import PostgresRecorder
from infra.store.sqlite.recorder import SqliteRecorder

POLL_INTERVAL = 0.02
"""Seconds until it looks for what another process has appended."""


class Following(ListenNotifySubscription[Any]):
    """An iterator over the notifications of the log that waits for what comes."""

    def __init__(self, recorder: Any, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                head = self._recorder.head()
                self._pull()
                self._recorder.wait_past(head, POLL_INTERVAL)
        except Exception as error:  # noqa: BLE001 - raised again in the reading thread, as the library does
            self._thread_error = self._thread_error or error
            self.stop()


class FollowedSqliteRecorder(SqliteRecorder):
    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Following:
        return Following(self, gt, topics)


class FollowedPostgresRecorder(PostgresRecorder):
    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Following:
        return Following(self, gt, topics)
