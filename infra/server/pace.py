"""Pace: whether the sender of a body is still quick enough to be waited for."""

from collections import deque
from itertools import groupby

LEAST_BYTES = 1_000
"""Bytes that a second brings, taken over any window; a building site's telephone brings more."""

WINDOW_SECONDS = 60
STALL_SECONDS = 30
"""Seconds in a row, in any window, that may bring nothing."""


class Pace:
    """What arrived in each of the last seconds that somebody waited. While nobody listens, no time passes here."""

    def __init__(self) -> None:
        self._seconds: deque[int] = deque(maxlen=WINDOW_SECONDS)
        self._time = 0.0
        self._bytes = 0

    def waited(self, seconds: float, arrived: int) -> None:
        """Note that so many bytes came after so long a wait."""
        self._time += seconds
        self._bytes += arrived
        while self._time >= 1:
            self._seconds.append(self._bytes)
            self._time -= 1
            self._bytes = 0

    def is_too_slow(self) -> bool:
        """Tell whether a whole window brought too little, its longest stall left out of account."""
        if len(self._seconds) < WINDOW_SECONDS:
            return False
        stalls = (len(list(run)) for silent, run in groupby(self._seconds, lambda count: count == 0) if silent)
        stall = min(STALL_SECONDS, max(stalls, default=0))
        return sum(self._seconds) < LEAST_BYTES * (WINDOW_SECONDS - stall)
