"""Approval of a plan: a page that asks first, or says what is in the way."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import run_as_seen, shown_again
from api.pages.plans.shown import plan_of
from portfolio.domain.plan import ApprovePlan


@pages.get("/plans/<uuid:plan_id>/approval")
def plan_approval(plan_id: UUID) -> str:
    """Ask before an edition is approved; say why where it cannot be."""
    fresh()
    shown = plan_of(plan_id)
    return render("plans/approval.html", shown=shown, why_not=refusal_of(ApprovePlan(plan_id=plan_id)), key=new_id())


@pages.post("/plans/<uuid:plan_id>/approval")
@shown_again(plan_approval)
def approve_plan(plan_id: UUID) -> Response:
    """Approve an edition."""
    return back_to(".plan", run_as_seen(ApprovePlan(plan_id=plan_id)).position, plan_id=plan_id)
