"""Admitting: an officer reads what is asked, and admits an appeal or says why it is not heard; each is asked first."""

from uuid import UUID

from werkzeug.wrappers import Response

from api.appeals import RefusalIn
from api.ids import new_id
from api.pages.appeals.case import asks, case_of, kept_from, refusals_to_hear
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from portfolio.domain.appeal.admitting import AdmitAppeal, AdmitOnSecondLook, RefuseAppeal, RefuseOnSecondLook
from portfolio.domain.appeal.facts import NotHeardFor
from portfolio.domain.kernel import Command

BECAUSE: dict[NotHeardFor, str] = {
    "out of time": "It came out of time",
    "no standing": "Whoever appeals has no standing",
    "no permitted ground": "It rests on no permitted ground",
}
"""Why an appeal is not heard, as an officer chooses it."""


@pages.get("/appeals/<uuid:appeal_id>/admission")
def admission(appeal_id: UUID) -> str:
    """Ask an officer before an appeal is admitted, at first or at the second look."""
    fresh()
    return render(
        "appeals/admit.html", case=case_of(appeal_id), why_not=kept_from(admission_of(appeal_id)), key=new_id()
    )


def admission_of(appeal_id: UUID) -> Command:
    """Return the admission of an appeal that is asked now: the first, or that of the second look."""
    return (AdmitOnSecondLook if at_second_look(appeal_id) else AdmitAppeal)(appeal_id=appeal_id)


@pages.post("/appeals/<uuid:appeal_id>/admission")
@shown_again(admission)
def admit(appeal_id: UUID) -> Response:
    """Admit an appeal."""
    done = run(admission_of(appeal_id))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)


def at_second_look(appeal_id: UUID) -> bool:
    """Tell whether what is answered is the second look."""
    return case_of(appeal_id).appeal.second_look_asked


@pages.get("/appeals/<uuid:appeal_id>/refusal")
def refusal_to_hear(appeal_id: UUID) -> str:
    """Show the form by which an officer says why an appeal is not heard."""
    fresh()
    first, second = refusals_to_hear(appeal_id)
    return render(
        "appeals/refuse.html",
        case=case_of(appeal_id),
        why_not=kept_from(second if at_second_look(appeal_id) else first),
        because=[*BECAUSE.items()],
        key=new_id(),
        schemas={"refusal": RefusalIn},
    )


def refusing(appeal_id: UUID) -> RefuseAppeal | RefuseOnSecondLook:
    """Return the refusal that was written."""
    body = form(RefusalIn)
    if at_second_look(appeal_id):
        return RefuseOnSecondLook(appeal_id=appeal_id, **body)
    return RefuseAppeal(appeal_id=appeal_id, **body)


@pages.post("/appeals/<uuid:appeal_id>/refusal")
@shown_again(refusal_to_hear)
def check_refusal_to_hear(appeal_id: UUID) -> Response:
    """Ask before an appeal is not admitted."""
    command = refusing(appeal_id)
    last = isinstance(command, RefuseOnSecondLook)
    once = "Whoever appealed can ask once that somebody else looks again."
    return asks(
        case_of(appeal_id),
        command,
        heading="Do not admit this appeal?",
        rows=[("Why it is not heard", BECAUSE[command.because]), ("Reason", command.reason)],
        warning="It ends here: no further look is asked for." if last else once,
        act="Do not admit the appeal",
        to="refuse_to_hear",
        back="refusal_to_hear",
    )


@pages.post("/appeals/<uuid:appeal_id>/refusals")
@shown_again(refusal_to_hear)
def refuse_to_hear(appeal_id: UUID) -> Response:
    """Do not admit an appeal, and say why."""
    done = run(refusing(appeal_id))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)
