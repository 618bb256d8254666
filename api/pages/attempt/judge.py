"""Judge: the codes of an attempt under their outcomes, with the evidence beside each, and many findings at once."""

from typing import Any
from uuid import UUID

from flask import g, request
from werkzeug.wrappers import Response

from api.assessments import closed_shown, decisions_shown
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.attempt.judging import faults_in, findings_typed, refuse, set_rows
from api.pages.attempt.shown import Attempt, Row, since
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.fields import shown as fields_shown
from api.pages.forms import run, shown_again
from api.reads import see
from api.services import caller, services
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.closing import CloseAttempt
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.kernel import Rejected
from portfolio.domain.person import PERSON


def attempt_of(assessment_id: UUID, ask: str | None = None) -> Attempt:
    """Return an attempt that the person at the page may see, or of which they may ask this."""
    return Attempt(see(ASSESSMENT, assessment_id, ask=ask))


@pages.get("/assessments/<uuid:assessment_id>")
def attempt(assessment_id: UUID) -> str:
    """Show the codes of an attempt with what is claimed and found for each, and the form that judges them."""
    fresh()
    shown = attempt_of(assessment_id)
    rows = {code: row_typed(row) for code, row in shown.rows_by_code.items()}
    fields_shown().update((f"findings-{code}", code) for code in rows)
    why_not = shown.why_not
    return render(
        "attempt/judge.html",
        attempt=shown,
        assessment_id=assessment_id,
        judges=why_not is None,
        why_not=why_not if shown.assesses and shown.sight.state.goes_on() else None,
        faults=g.get("faults", {}),
        rows=rows,
        words=(("met", "Met"), ("not met", "Not met"), ("not judged", "Not judged")),
        unkept=sum(not row["kept"] for row in rows.values()),
        chosen=posted().getlist("row"),
        bulk=posted().get("bulk", ""),
        told=since(shown, int_posted("position")) if int_posted("position") else [],
        position=services().journal.head(),
        standardised=standardised_on(shown),
        decisions=[*decisions_shown(shown.sight)],
        closed=closed_shown(shown.sight),
        closes=refusal_of(CloseAttempt(assessment_id=assessment_id, reason=TYPED)) is None,
        key=new_id(),
    )


def row_typed(row: Row) -> dict[str, Any]:
    """Return what a row of the form says: as it was typed, else as it is on record; ``kept`` if it is on record."""
    finding = row.found.finding if row.own and row.found else None
    on_record = (finding.judgement, finding.reason) if finding else ("", "")
    nothing = row.nothing and (finding is None or finding.nothing_shows_it is True)
    if f"r-{row.code}" not in posted():
        return {"judgement": on_record[0], "reason": on_record[1], "nothing": nothing, "kept": True}
    typed = (posted().get(f"j-{row.code}", ""), posted()[f"r-{row.code}"])
    return {
        "judgement": typed[0],
        "reason": typed[1],
        "nothing": f"n-{row.code}" in posted(),
        "kept": (typed[0], typed[1].replace("\r\n", "\n")) == on_record,
    }


def int_posted(name: str) -> int:
    """Return a number that the page put into its own form, 0 if it is none."""
    text = posted().get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def standardised_on(shown: Attempt) -> Any:
    """Return the day on which the person at the page was standardised on the criteria, None if they were not."""
    person = shown.sight.session.state(PERSON, caller())
    days = [each.occurred_on for each in person.competences if each.criteria_id == shown.opened.criteria_id]
    return max(days, default=None)


@pages.post("/assessments/<uuid:assessment_id>/findings")
@shown_again(attempt)
def find(assessment_id: UUID) -> Response:
    """Record the findings of all rows that say something new, at once or not at all; or set the chosen rows only."""
    g.posted = request.form
    shown = attempt_of(assessment_id)
    if request.form.get("act") in ("met", "not met"):
        g.posted, g.faults = set_rows(shown, request.form)
        return Response(attempt(assessment_id), 200, content_type="text/html; charset=utf-8")
    findings, faults = findings_typed(shown, request.form)
    refuse(faults if findings or faults else {"": "No finding in the form is new."})
    command = RecordFindings(assessment_id=assessment_id, findings=findings)
    try:
        done = run(command, if_match=frozenset({int_posted("version")}))
    except Rejected:
        g.faults = faults_in(findings, shown)
        raise
    return back_to(".attempt", done.position, assessment_id=assessment_id)
