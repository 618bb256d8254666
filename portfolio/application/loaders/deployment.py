"""What the rules of the deployment must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.deployment import AcceptClock, AcceptLoss, OfLastFact, OfLog


def for_clock(session: ReadSession, command: AcceptClock, by: UUID, at: datetime) -> OfLastFact:  # noqa: ARG001 - as every loader
    """Return when the last fact was recorded."""
    return OfLastFact(by=by, at=at, today=london_day(at), last_recorded=session.last_recorded())


def for_loss(session: ReadSession, command: AcceptLoss, by: UUID, at: datetime) -> OfLog:
    """Return where the log ends, and what stands where it was seen."""
    end, marks = session.log_at([head.position for head in command.heads])
    return OfLog(by=by, at=at, today=london_day(at), end=end, marks=marks)
