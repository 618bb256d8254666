"""What the rules of grading criteria must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.criteria import CRITERIA, ApproveCriteria, ForApproval
from portfolio.domain.plan import PLAN


def for_approval(session: ReadSession, command: ApproveCriteria, by: UUID, at: datetime) -> ForApproval:
    """Return the plan edition that the criteria were written for."""
    criteria = session.state(CRITERIA, command.criteria_id)
    return ForApproval(by=by, at=at, today=london_day(at), edition=session.state(PLAN, criteria.plan_id))
