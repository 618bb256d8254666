"""The library's subscription for a store that cannot notify: woken by appends of this process, else it looks again."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import ListenNotifySubscription

LOOK_AGAIN = 0.02  # seconds, for appends of other processes


class Following(ListenNotifySubscription[Any]):
    """An iterator over the notifications of the log that waits for what comes."""

    def __init__(self, recorder: Any, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                head = self._recorder.head()
                self._pull()
                self._recorder.wait_past(head, LOOK_AGAIN)
        except Exception as error:  # noqa: BLE001 - raised again in the reading thread, as the library does
            self._thread_error = self._thread_error or error
            self.stop()
