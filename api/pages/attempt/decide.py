"""Decide: what will be recorded with the decision, the grade and its reasons, and a page that asks before it is."""

from collections.abc import Sequence
from uuid import UUID

from werkzeug.wrappers import Response

from api.assessments import DecisionIn
from api.ids import new_id
from api.judging import faults_of
from api.pages.attempt.deciding import Grades, grades_now, now
from api.pages.attempt.judge import attempt_of, int_posted
from api.pages.attempt.judging import named, refuse
from api.pages.attempt.shown import since
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.forms import form, run, shown_again
from api.reads import Sight
from api.services import services
from portfolio.application.ports import Receipt
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.decisions import DecideGrade
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.kernel import Rejected


@pages.get("/assessments/<uuid:assessment_id>/decision")
def decision(assessment_id: UUID) -> str:
    """Show what will be recorded with a decision now, what keeps it from being made, and the form that makes it."""
    fresh()
    shown = attempt_of(assessment_id, ask="decision context")
    recorded = now(shown)
    grades = grades_now(shown, recorded.context.shown)
    return render(
        "attempt/decide.html",
        attempt=shown,
        assessment_id=assessment_id,
        recorded=recorded,
        grades=grades,
        options=options_of(grades),
        told=since(shown, int_posted("position")) if int_posted("position") else [],
        position=services().journal.head(),
        key=new_id(),
        schemas={"decision": DecisionIn},
    )


def options_of(grades: Grades) -> list[tuple[str, str, str]]:
    """Return each grade of the scale as a form offers it, with what keeps only some grades from being given."""
    return [(grade, capitalised(grade), " ".join(str(each) for each in grades.of(grade))) for grade in grades.faults]


@pages.app_template_filter("begun")
def capitalised(word: str) -> str:
    """Return words as they stand at the beginning of a line: the names in them stay as they are."""
    return word[:1].upper() + word[1:]


@pages.post("/assessments/<uuid:assessment_id>/decision")
@shown_again(decision)
def check_decision(assessment_id: UUID) -> Response:
    """Ask before a decision is recorded: show it once more, or all that keeps it from being recorded."""
    shown = attempt_of(assessment_id, ask="decision context")
    body = form(DecisionIn)
    refuse_all(faults_of(DecideGrade(assessment_id=assessment_id, decision_id=new_id(), **body)))
    page = render(
        "attempt/confirm.html",
        attempt=shown,
        assessment_id=assessment_id,
        recorded=now(shown),
        heading="Record this decision?",
        rows=[("Grade", body["grade"]), ("Reasons", body["reasons"])],
        warning="It cannot be changed afterwards; only a later decision can take its place.",
        act=f"Record: {shown.name}, {body['grade']}",
        to="decide",
        back="decision",
        place={"assessment_id": assessment_id},
        hidden=carried(),
        key=new_id(),
    )
    return Response(page, content_type="text/html; charset=utf-8")


@pages.post("/assessments/<uuid:assessment_id>/decisions")
@shown_again(decision)
def decide(assessment_id: UUID) -> Response:
    """Record a decision, and show it."""
    done = run(DecideGrade(assessment_id=assessment_id, decision_id=new_id(), **form(DecisionIn)))
    return to_decision(assessment_id, done)


def to_decision(assessment_id: UUID, done: Receipt) -> Response:
    """Send the browser to the decision that a receipt is of: of a request that was sent again, the first one."""
    sight: Sight[Assessment] = attempt_of(assessment_id).sight
    decided = [
        entry.fact.decision_id
        for entry in sight.session.history(assessment_id)[: done.version]
        if isinstance(entry.fact, GradeDecided)
    ]
    return back_to(".decided", done.position, assessment_id=assessment_id, decision_id=decided[-1])


FIELD_OF = {
    "grade-not-on-scale": "grade",
    "grade-needs-every-code": "grade",
    "reasons-missing": "reasons",
    "findings-incomplete": "findings",
    "finding-needs-evidence": "findings",
    "record-of-another-attempt": "findings",
}
"""What of a decision some refusals are about; the others are about the decision as a whole."""


def refuse_all(refusals: Sequence[Rejected]) -> None:
    """Refuse with the first of these, and name them all."""
    refuse(named(refusals, FIELD_OF), *refusals[:1])


def carried() -> list[tuple[str, str]]:
    """Return what a form posted, to be posted again by the page that asks; that page has a key of its own."""
    return [(name, value) for name, value in posted().items(multi=True) if name not in ("key", "form", "again")]
