"""Hears from the PostgreSQL server that there is something new; whoever waits looks for itself all the same."""

from collections.abc import Callable
from threading import Condition, Event, Lock, Thread
from time import monotonic

import psycopg

from infra.store.postgres.server import connect

POLL_INTERVAL = 0.05
"""Seconds after which somebody who waits looks without having heard anything."""
RECONNECT_DELAY = 1.0
"""Seconds until a listener whose connection broke tries again."""
STOP_CHECK_INTERVAL = 0.5
"""Seconds within which a listener notices that it shall end."""


class Listener:
    """Listens on a channel in a thread of its own, which begins with the first wait."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._woken = Condition()
        self._starting = Lock()
        self._stop = Event()
        self._thread: Thread | None = None

    def wait(self, met: Callable[[], bool], timeout: float) -> bool:
        """Return whether ``met`` is, asked again whenever something is heard and at least every 50 ms."""
        end = monotonic() + timeout
        while not met():
            remaining = end - monotonic()
            if remaining <= 0:
                return False
            self._start()
            with self._woken:
                self._woken.wait(min(remaining, POLL_INTERVAL))
        return True

    def wake(self) -> None:
        """Wake whoever waits."""
        with self._woken:
            self._woken.notify_all()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = Thread(target=self._run, name=f"listener: {self._channel}", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with connect(self._url) as connection:
                    connection.execute(f"LISTEN {self._channel}")
                    while not self._stop.is_set():
                        for _ in connection.notifies(timeout=STOP_CHECK_INTERVAL, stop_after=1):
                            self.wake()
            except psycopg.Error:
                self._stop.wait(RECONNECT_DELAY)
