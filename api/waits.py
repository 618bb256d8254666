"""Waits: how many requests may wait for something to happen, each of which takes a thread of the server meanwhile."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from uuid import UUID

from api.errors import TooManyRequests
from portfolio.application.ports import Busy

MOST = 48
"""Requests that wait at the same time in one process."""
MOST_OF_ONE = 4
"""Of these, those of one person: nobody takes all the places."""


class Waits:
    """The places for those who wait. ``ended``: the service ends, and nobody waits any longer."""

    def __init__(self) -> None:
        self.ended = Event()
        self._lock = Lock()
        self._waiting: Counter[UUID] = Counter()

    @contextmanager
    def place(self, person: UUID) -> Iterator[None]:
        """Take a place; raise ``TooManyRequests`` if the person has theirs already, ``Busy`` if all are taken."""
        with self._lock:
            if self._waiting[person] >= MOST_OF_ONE:
                raise TooManyRequests(1)
            if self._waiting.total() >= MOST:
                raise Busy("As many wait here as this service lets: ask again in a moment.")
            self._waiting[person] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[person] -= 1
                self._waiting += Counter()  # forget who waits no longer
