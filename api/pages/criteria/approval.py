"""Approval of criteria: a page that asks first, or says what is in the way."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.ids import new_id
from api.judging import refusal_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.criteria.shown import criteria_of
from api.pages.forms import run_as_seen, shown_again
from portfolio.domain.criteria import ApproveCriteria


@pages.get("/criteria/<uuid:criteria_id>/approval")
def criteria_approval(criteria_id: UUID) -> str:
    """Ask before a version is approved; say why where it cannot be."""
    fresh()
    shown = criteria_of(criteria_id)
    return render(
        "criteria/approval.html",
        shown=shown,
        why_not=refusal_of(ApproveCriteria(criteria_id=criteria_id)),
        key=new_id(),
    )


@pages.post("/criteria/<uuid:criteria_id>/approval")
@shown_again(criteria_approval)
def approve_criteria(criteria_id: UUID) -> Response:
    """Approve a version."""
    done = run_as_seen(ApproveCriteria(criteria_id=criteria_id))
    return back_to(".criteria", done.position, criteria_id=criteria_id)
