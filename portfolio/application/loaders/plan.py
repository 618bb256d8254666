"""What the rules of plans must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.plan import ForImport, ImportPlan
from portfolio.plan_reader.text import read_plan


def for_import(_: ReadSession, command: ImportPlan, by: UUID, at: datetime) -> ForImport:
    """Return the plan as read from its text; raise ``PlanUnreadable`` if nobody could read it."""
    return ForImport(by=by, at=at, today=london_day(at), plan=read_plan(command.text))
