"""The log as its followers read it: from the fact on at which they stand, which must still be there."""

from collections.abc import Sequence
from typing import Protocol

from portfolio.domain.kernel import Entry
from projections.machinery.database import Standing, ViewsDatabase
from projections.machinery.trouble import can_be_read


class Log(Protocol):
    """What a follower needs of the journal."""

    def since(self, position: int, limit: int = 1000) -> Sequence[Entry]:
        """Return up to ``limit`` facts after ``position``, in order."""

    def head(self) -> int:
        """Return the last position, 0 for an empty log."""

    def wait_past(self, position: int, timeout: float) -> bool:
        """Return whether there is a fact after ``position``, waiting up to ``timeout`` seconds for one."""

    def mark(self, entry: Entry) -> str:
        """Return by what this fact of the log is known again: its position, a colon and a keyed digest of it."""


class FactGone(Exception):
    """The fact that somebody stands at is not in the log, or is not the one that they were shown."""

    def __init__(self, position: int) -> None:
        super().__init__(f"fact {position} is not where it was")
        self.position = position


def since(log: Log, standing: Standing, limit: int) -> Sequence[Entry]:
    """Return up to ``limit`` facts after the one that a follower stands at; raise ``FactGone`` if that is not there.

    One that cannot be read any more is there all the same: its record says so, and nobody else stops for it.
    """
    if not standing.position:
        return log.since(0, limit)
    entries = log.since(standing.position - 1, limit + 1)
    if not entries or entries[0].position != standing.position:
        raise FactGone(standing.position)
    if standing.mark not in ("", log.mark(entries[0])) and can_be_read(entries[0]):
        raise FactGone(standing.position)
    return entries[1:]


def mark_at(log: Log, entry: Entry) -> str:
    """Return the mark of a fact that a follower comes to stand at: none if it cannot be read, for it may be mended."""
    return log.mark(entry) if can_be_read(entry) else ""


def check_standings(log: Log, database: ViewsDatabase) -> None:
    """Raise ``FactGone`` unless everybody who follows the log stands at a fact of it."""
    for standing in set(database.standings().values()):
        since(log, standing, 0)
