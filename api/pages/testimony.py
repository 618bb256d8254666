"""Testimony: the form in which somebody around an apprentice says what they know at first hand."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.evidence import RecordIn
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from api.reads import see
from api.services import today
from api.trail import name_of
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.commands import WriteRecord
from portfolio.domain.evidence.record import Testimony
from portfolio.domain.kernel import Rejected

KIND = "witness testimony"


@pages.get("/enrolments/<uuid:enrolment_id>/testimony")
def testimony(enrolment_id: UUID) -> str:
    """Show the form of a testimony to who may write one."""
    fresh()
    sight = see(ENROLMENT, enrolment_id)
    if refusal := refused_testimony(enrolment_id):
        raise refusal
    return render(
        "testimony.html",
        enrolment_id=enrolment_id,
        apprentice=name_of(sight.session, sight.state.apprentice),
        key=new_id(),
        today=today(),
        schema=RecordIn,
        kind=KIND,
    )


@pages.post("/enrolments/<uuid:enrolment_id>/testimony")
@shown_again(testimony)
def write_testimony(enrolment_id: UUID) -> Response:
    """Keep a testimony."""
    written = form(RecordIn, also={"enrolment_id": str(enrolment_id), "record.kind": KIND})
    done = run(WriteRecord(evidence_id=new_id(), **written))
    return back_to(".home", done.position)


def refused_testimony(enrolment_id: UUID) -> Rejected | None:
    """Return why the rules would not take a testimony of the person at the page now, None if they would."""
    record = typed_testimony()
    return refusal_of(WriteRecord(evidence_id=new_id(), enrolment_id=enrolment_id, title=TYPED, record=record))


def typed_testimony() -> Testimony:
    """Return a testimony as it would be once a form is filled in."""
    return Testimony(
        witness=TYPED,
        role=TYPED,
        competence=TYPED,
        relation=TYPED,
        first_hand=True,
        statement=TYPED,
        occurred_on=today(),
    )
