"""What the rules of assessment forms must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.deployment import DEPLOYMENT, DEPLOYMENT_ID
from portfolio.domain.form import FORM, AddComponent, ApproveForm, DraftForm, ForApproval, OnPlan
from portfolio.domain.plan import PLAN


def for_draft(session: ReadSession, command: DraftForm, by: UUID, at: datetime) -> OnPlan:
    """Return the plan edition named."""
    return OnPlan(by=by, at=at, today=london_day(at), edition=session.state(PLAN, command.plan_id))


def for_component(session: ReadSession, command: AddComponent, by: UUID, at: datetime) -> OnPlan:
    """Return the plan edition that the form is for."""
    form = session.state(FORM, command.form_id)
    return OnPlan(by=by, at=at, today=london_day(at), edition=session.state(PLAN, form.plan_id))


def for_approval(session: ReadSession, command: ApproveForm, by: UUID, at: datetime) -> ForApproval:
    """Return the plan edition, the deployment, the criteria of the form's components, and who drafted the form."""
    form = session.state(FORM, command.form_id)
    return ForApproval(
        by=by,
        at=at,
        today=london_day(at),
        edition=session.state(PLAN, form.plan_id),
        deployment=session.state(DEPLOYMENT, DEPLOYMENT_ID),
        criteria={criteria_id: session.state(CRITERIA, criteria_id) for criteria_id in form.criteria_ids()},
        drafters=frozenset(entry.by for entry in session.history(command.form_id)),
    )
