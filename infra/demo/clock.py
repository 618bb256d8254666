"""The clock by which a demo is recorded while its story is told: it stands back, and walks on up to the true time."""

from collections.abc import Callable
from datetime import datetime, timedelta

FURTHEST_BACK = timedelta(days=120)
"""So far behind the true time may a story begin."""

NOTHING = timedelta(0)


class StoryClock:
    """Goes as the ``true`` clock goes, behind it by what lies between it and ``start``, at most ``FURTHEST_BACK``.

    It can be walked on; nothing sets it back, or beyond the true time.
    """

    def __init__(self, start: datetime, true: Callable[[], datetime]) -> None:
        self._true = true
        self._behind = min(self._before(start), FURTHEST_BACK)

    def __call__(self) -> datetime:
        """Return the time of the story, in UTC."""
        return self._true() - self._behind

    def walk_to(self, moment: datetime) -> None:
        """Let it be this moment, unless that has passed; the true time at most."""
        self._behind = min(self._before(moment), self._behind)

    def _before(self, moment: datetime) -> timedelta:
        return max(self._true() - moment, NOTHING)
