"""Approval of a form: a page that asks first, or says what is in the way."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.ids import new_id
from api.judging import refusal_of
from api.pages.assessment_forms.shown import form_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import run_as_seen, shown_again
from portfolio.domain.form import ApproveForm


@pages.get("/forms/<uuid:form_id>/approval")
def form_approval(form_id: UUID) -> str:
    """Ask before a form is approved; say why where it cannot be."""
    fresh()
    return render(
        "assessment_forms/approval.html",
        shown=form_of(form_id),
        why_not=refusal_of(ApproveForm(form_id=form_id)),
        key=new_id(),
    )


@pages.post("/forms/<uuid:form_id>/approval")
@shown_again(form_approval)
def approve_form(form_id: UUID) -> Response:
    """Approve a form, with the proof of its coverage."""
    return back_to(".form_coverage", run_as_seen(ApproveForm(form_id=form_id)).position, form_id=form_id)
