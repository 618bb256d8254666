"""Shown: which position each view shows, who waits for one, and how long facts may gather because nobody does."""

import time
from collections.abc import Callable, Collection, Mapping
from threading import Condition, Event

from projections.machinery.following import GATHER_SECONDS


class Shown:
    """The position that each view shows, by table; ``clock`` counts seconds.

    Whoever asks for a position is shown it at once. Where nobody does, facts that come quickly are folded together.
    """

    def __init__(self, positions: Mapping[str, int], clock: Callable[[], float] = time.monotonic) -> None:
        self.positions = dict(positions)
        self._clock = clock
        self._moved = Condition()
        self._waiting = 0
        self._awaited = Event()
        self._moved_at = clock() - GATHER_SECONDS

    def move(self, positions: Mapping[str, int]) -> None:
        """Take it that views show these positions now."""
        with self._moved:
            if positions.items() <= self.positions.items():  # as whoever has looked and found nothing says
                return
            self.positions |= positions
            self._moved_at = self._clock()
            self._moved.notify_all()

    def wait_for(self, position: int, timeout: float, tables: Collection[str] = (), *, patient: bool = False) -> bool:
        """Wait for views to show a position, as ``Projector.wait_for`` says."""

        def there() -> bool:
            return all(self.positions[table] >= position for table in tables or self.positions)

        with self._moved:
            if timeout <= 0 or there():
                return there()
            if patient:
                return self._moved.wait_for(there, timeout)
            self._waiting += 1
            self._awaited.set()
            try:
                return self._moved.wait_for(there, timeout)
            finally:
                self._waiting -= 1
                if not self._waiting:
                    self._awaited.clear()

    def gather(self) -> None:
        """Wait until ``GATHER_SECONDS`` have passed since a view moved, or somebody waits for one."""
        left = self._moved_at + GATHER_SECONDS - self._clock()
        if left > 0:
            self._awaited.wait(left)
