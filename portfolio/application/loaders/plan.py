"""What the rules of plans must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.indexes import EDITIONS_OF_PLAN
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.plan import PLAN, ForImport, ImportPlan
from portfolio.plan_reader.text import read_plan


def for_import(session: ReadSession, command: ImportPlan, by: UUID, at: datetime) -> ForImport:
    """Return the plan as read from its text, with other editions; raise ``PlanUnreadable`` if nobody could read it."""
    plan = read_plan(command.text)
    editions = tuple(session.state(PLAN, each) for each in session.links(EDITIONS_OF_PLAN, plan.version_label))
    return ForImport(by=by, at=at, today=london_day(at), plan=plan, editions=editions)
