"""Moments: the records as they were known earlier, out of what a read session has read of them already."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import LONDON
from portfolio.domain.kernel import Recorded


class Earlier(ReadSession):
    """A look at the records as they were known at a position, which shows as much as the session it looks from.

    Each stream is read once, however many moments are looked at.
    """

    def __init__(self, session: ReadSession, until: int) -> None:
        super().__init__(session.journal, until, unread=session.unread)
        self._session = session
        self._position = until

    def _facts(self, stream: UUID, after: int) -> Sequence[Recorded]:  # noqa: ARG002 - no state of then is cached
        """Return a stream's facts up to the position."""
        return [entry for entry in self._session.history(stream) if entry.position <= self._position]

    def links(self, name: str, key: object) -> Sequence[UUID]:
        """Return the streams listed under a link that were begun by then."""
        return [stream for stream in self._session.links(name, key) if self.history(stream)]


def at_end_of(day: date, session: ReadSession) -> Earlier:
    """Return the records as they were known at the end of a day, in London."""
    position = session.journal.position_at(datetime.combine(day, time.max, LONDON))
    return Earlier(session, position if session.until is None else min(position, session.until))
