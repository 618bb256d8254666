"""Attempts: those of an enrolment, component by component, and the form that opens the next one."""

from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from api.assessments import AttemptIn
from api.ids import new_id
from api.judging import refusal_of
from api.pages.attempt.shown import Attempt
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.reads import see, see_each
from api.services import today
from api.trail import name_of
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.form import FORM


@pages.get("/enrolments/<uuid:enrolment_id>/attempts")
def attempts(enrolment_id: UUID) -> str:
    """Show the attempts at each component of the form that the apprentice takes, and which may be opened now."""
    fresh()
    sight = see(ENROLMENT, enrolment_id)
    form_id = sight.state.form_on(today())
    known = [Attempt(each) for each in see_each(ASSESSMENT, sight.session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id))]
    current = [each for each in known if each.opened.form_id == form_id]
    return render(
        "attempt/attempts.html",
        enrolment_id=enrolment_id,
        apprentice=name_of(sight.session, sight.state.apprentice),
        components=[
            {
                "component": component,
                "attempts": [each for each in current if each.opened.component == component.key],
                "why_not": refusal_of(opening(enrolment_id, component.key)),
            }
            for component in sight.session.state(FORM, form_id).components
        ],
        earlier=[each for each in known if each.opened.form_id != form_id],
        key=new_id(),
    )


def opening(enrolment_id: UUID, component: str) -> OpenAttempt:
    """Return the command that opens an attempt at a component."""
    return OpenAttempt(assessment_id=new_id(), enrolment_id=enrolment_id, component=component)


@pages.post("/enrolments/<uuid:enrolment_id>/attempts")
@shown_again(attempts)
def open_attempt(enrolment_id: UUID) -> Response:
    """Open an attempt at a component, and show it."""
    body: dict[str, Any] = form(AttemptIn, also={"enrolment_id": str(enrolment_id)})
    done = run(OpenAttempt(assessment_id=new_id(), **body))
    return back_to(".attempt", done.position, assessment_id=done.stream)
