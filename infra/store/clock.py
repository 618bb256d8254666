"""Whether the clock can be right: what is recorded under a wrong one keeps its time for ever."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from portfolio.application.ports import Busy, Clock
from portfolio.domain.deployment import ClockAccepted, LossAccepted, is_ahead, moment_in_words
from portfolio.domain.kernel import Recorded

RUNNING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts while the machine sleeps, too, where there is such a clock; nobody can set it."""

HOW_ON = "Set the clock right, or if it is right accept it: portfolio accept-clock --reason TEXT."
"""What an operator does about a clock in question."""


def since_start() -> float:
    """Return the seconds since the machine was started."""
    return time.clock_gettime(RUNNING)


class ClockGuard:
    """Refuses what would be recorded by a clock that cannot be right (RECORD-1).

    What the machine can know is what ``now`` said at the beginning and how long that is ago, by a clock that nobody can
    set. ``doubt`` says what speaks against the clock as the record stands; it is asked at the beginning, and, as long
    as it finds something, again before each append.
    """

    def __init__(self, now: Clock, doubt: Callable[[], str], running: Callable[[], float] = since_start) -> None:
        self._now = now
        self._running = running
        self._doubt = doubt
        self._begun = now() - timedelta(seconds=running())
        self._in_doubt = bool(doubt())

    def check(self, entries: Sequence[Recorded]) -> None:
        """Raise ``Busy`` rather than let facts be recorded by a clock that is ahead, or in question."""
        fault = self._ahead(entries[0].at)
        if not fault and not isinstance(entries[0].fact, ClockAccepted | LossAccepted):
            fault = self._in_question()
        if fault:
            raise Busy(f"Nothing is recorded at the moment. {fault}")

    def fault(self) -> str | None:
        """Return why nothing is recorded now, None if there is nothing against it."""
        return self._ahead(self._now()) or self._in_question() or None

    def _ahead(self, at: datetime) -> str:
        known = self._begun + timedelta(seconds=self._running())
        if not is_ahead(at, known):
            return ""
        return (
            f"The clock says {moment_in_words(at)}, but it was set forward: by the time since the start it is "
            f"{moment_in_words(known)}. Set the clock right, or if it is right start the service again."
        )

    def _in_question(self) -> str:
        if not self._in_doubt:
            return ""
        doubt = self._doubt()
        self._in_doubt = bool(doubt)
        return f"{doubt}. {HOW_ON}" if doubt else ""
