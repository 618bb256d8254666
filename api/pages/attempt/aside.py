"""Aside: a decision is set aside, an attempt is closed undecided, a second person answers; each is asked first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from api.assessments import ClosingIn, DeclinationIn, SecondPersonIn, VoidIn
from api.errors import FieldsNotValid
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.attempt.decide import capitalised, carried
from api.pages.attempt.decided import acts_on, reasons_to_set_aside, setting_aside_for
from api.pages.attempt.judge import attempt_of
from api.pages.attempt.judging import refuse
from api.pages.attempt.shown import Attempt
from api.pages.common import back_to, fresh, pages, render
from api.pages.forms import form, run, shown_again
from portfolio.domain.assessment.closing import CloseAttempt
from portfolio.domain.assessment.confirming import ConfirmDecision, DeclineDecision
from portfolio.domain.assessment.decisions import DecisionUnknown, VoidDecision
from portfolio.domain.kernel import Command


def asks(shown: Attempt, command: Command, **page: Any) -> Response:
    """Return the page that asks before a command is given, or refuse with what keeps it from being given."""
    refuse({}, refusal_of(command))
    html = render("attempt/confirm.html", attempt=shown, recorded=None, hidden=carried(), key=new_id(), **page)
    return Response(html, content_type="text/html; charset=utf-8")


@pages.get("/assessments/<uuid:assessment_id>/closing")
def closing(assessment_id: UUID) -> str:
    """Show the form that closes an attempt undecided."""
    fresh()
    return render(
        "attempt/close.html",
        attempt=attempt_of(assessment_id),
        assessment_id=assessment_id,
        why_not=refusal_of(CloseAttempt(assessment_id=assessment_id, reason=TYPED)),
        key=new_id(),
        schemas={"closing": ClosingIn},
    )


@pages.post("/assessments/<uuid:assessment_id>/closing")
@shown_again(closing)
def check_closing(assessment_id: UUID) -> Response:
    """Ask before an attempt is closed."""
    body = form(ClosingIn)
    return asks(
        attempt_of(assessment_id),
        CloseAttempt(assessment_id=assessment_id, **body),
        assessment_id=assessment_id,
        heading="Close this attempt undecided?",
        rows=[("Why", body["reason"])],
        warning="Nothing can be found or decided in it afterwards. It uses up none of the attempts there are.",
        act="Close the attempt",
        to="close_undecided",
        back="closing",
        place={"assessment_id": assessment_id},
    )


@pages.post("/assessments/<uuid:assessment_id>/closings")
@shown_again(closing)
def close_undecided(assessment_id: UUID) -> Response:
    """Close an attempt undecided."""
    done = run(CloseAttempt(assessment_id=assessment_id, **form(ClosingIn)))
    return back_to(".attempt", done.position, assessment_id=assessment_id)


@pages.get("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/setting-aside")
def setting_aside(assessment_id: UUID, decision_id: UUID) -> str:
    """Show the form that sets a decision aside without another in its place."""
    fresh()
    shown = attempt_of(assessment_id, ask="decision context")
    decision = shown.sight.state.decision(decision_id)
    if decision is None:
        raise DecisionUnknown
    codes = reasons_to_set_aside(assessment_id, decision_id)
    return render(
        "attempt/set_aside.html",
        attempt=shown,
        assessment_id=assessment_id,
        decision=decision,
        codes=[(code, capitalised(code)) for code in codes],
        malpractice="malpractice" in codes,
        why_not=refusal_of(setting_aside_for("marking error", assessment_id, decision_id)),
        key=new_id(),
        schemas={"void": VoidIn},
    )


def void_posted(decision_id: UUID) -> dict[str, Any]:
    """Return what the form that sets a decision aside posted, in the schema of the API.

    An account is of malpractice only.
    """
    only = ("decision_id", "reason_code", "reason", "bars", "bars_because")
    accounts = request.form.get("reason_code") == "malpractice"
    return form(VoidIn, only=None if accounts else only, also={"decision_id": str(decision_id)})


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/setting-aside")
@shown_again(setting_aside)
def check_setting_aside(assessment_id: UUID, decision_id: UUID) -> Response:
    """Ask before a decision is set aside."""
    body = void_posted(decision_id)
    return asks(
        attempt_of(assessment_id),
        VoidDecision(assessment_id=assessment_id, **body),
        assessment_id=assessment_id,
        heading="Set this decision aside?",
        rows=[("For", body["reason_code"]), ("Reason", body["reason"]), *of_account(body), *of_barring(body)],
        warning="The decision stays on record without effect. What is to be judged is judged in another attempt.",
        act="Set the decision aside",
        to="set_aside",
        back="setting_aside",
        place={"assessment_id": assessment_id, "decision_id": decision_id},
    )


def of_account(body: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the rows that repeat the account of malpractice, if there is one."""
    account = body.get("account")
    return [("What was found", account.found), ("Who was heard", account.heard)] if account else []


def of_barring(body: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the row that says whether who took part is barred, if it was said."""
    bars = body["bars"]
    return [("Barred from judging it again", f"{'Yes' if bars else 'No'}: {body['bars_because']}")] * (bars is not None)


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/voids")
@shown_again(setting_aside)
def set_aside(assessment_id: UUID, decision_id: UUID) -> Response:
    """Set a decision aside."""
    body = void_posted(decision_id)
    done = run(VoidDecision(assessment_id=assessment_id, **body))
    return back_to(".decided", done.position, assessment_id=assessment_id, decision_id=decision_id)


@pages.get("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/answer")
def second_answer(assessment_id: UUID, decision_id: UUID) -> str:
    """Show the form by which the second person of a scrutiny route lets a decision count, or not."""
    fresh()
    shown = attempt_of(assessment_id)
    decision = shown.sight.state.decision(decision_id)
    if decision is None:
        raise DecisionUnknown
    return render(
        "attempt/answer.html",
        attempt=shown,
        assessment_id=assessment_id,
        decision=decision,
        may=acts_on(assessment_id, decision_id)["answer"],
        why_not=refusal_of(ConfirmDecision(assessment_id=assessment_id, decision_id=decision_id)),
        key=new_id(),
        schemas={"declination": DeclinationIn},
    )


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/answers")
@shown_again(second_answer)
def answer_as_second(assessment_id: UUID, decision_id: UUID) -> Response:
    """Let a decision by a scrutiny route count, or decline it with a reason."""
    if request.form.get("counts") not in ("yes", "no"):
        g.posted = request.form
        g.faults = {"counts": "choose one of them."}
        raise FieldsNotValid("Counts: choose one of them.")
    counts = request.form["counts"] == "yes"
    done = run((confirmation if counts else declination)(assessment_id, decision_id))
    return back_to(".decided", done.position, assessment_id=assessment_id, decision_id=decision_id)


def confirmation(assessment_id: UUID, decision_id: UUID) -> Command:
    """Return the command that lets a decision count."""
    return ConfirmDecision(assessment_id=assessment_id, **form(SecondPersonIn, also={"decision_id": str(decision_id)}))


def declination(assessment_id: UUID, decision_id: UUID) -> Command:
    """Return the command that declines a decision, with the reason that was posted."""
    return DeclineDecision(assessment_id=assessment_id, **form(DeclinationIn, also={"decision_id": str(decision_id)}))
