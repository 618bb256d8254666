"""Again: a decision in the place of another one, each code adopted by name or judged anew, and asked before it is."""

from typing import Any
from uuid import UUID

from flask import g, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from api.assessments import FindingsIn, SupersessionIn
from api.errors import flat
from api.ids import new_id
from api.judging import TYPED, faults_of, refusal_of
from api.pages.attempt.decide import capitalised, carried, refuse_all, to_decision
from api.pages.attempt.decided import REASON_CODES, may_supersede, told_of, without_authority
from api.pages.attempt.deciding import now
from api.pages.attempt.judge import attempt_of, int_posted
from api.pages.attempt.judging import as_posted, refuse, row_fault, typed_rows
from api.pages.attempt.shown import Attempt, since
from api.pages.common import fresh, pages, posted, render
from api.pages.fields import shown as fields_shown
from api.pages.forms import form, run, shown_again
from api.services import services
from portfolio.domain.assessment.decisions import DecisionUnknown, SupersedeDecision
from portfolio.domain.assessment.facts import ReasonCode
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord

WHY = ("reason_code", "authority_cited")
"""The fields that say why it is decided again."""


@pages.get("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/supersession")
def supersession(assessment_id: UUID, decision_id: UUID) -> str:
    """Show the form that puts another decision in the place of one."""
    fresh()
    shown = attempt_of(assessment_id, ask="decision context")
    decision = shown.sight.state.decision(decision_id)
    if decision is None:
        raise DecisionUnknown
    recorded = now(shown)
    fields_shown().update((f"supersession-{code}", code) for code in shown.rows_by_code)
    return render(
        "attempt/supersede.html",
        attempt=shown,
        assessment_id=assessment_id,
        decision=decision,
        before=told_of(shown, decision_id),
        recorded=recorded,
        may=may_supersede(assessment_id, decision_id),
        why_not=refusal_of(without_authority(assessment_id, decision_id)),
        words=(("adopt", "As before"), ("met", "Met"), ("not met", "Not met")),
        codes=[(code, capitalised(code)) for code in codes_open(shown, decision_id, recorded.context.shown)],
        grades=[(grade, capitalised(grade)) for grade in shown.criteria.scale],
        rows={code: typed_in(code) for code in shown.rows_by_code},
        faults=g.get("faults", {}),
        told=since(shown, int_posted("position")) if int_posted("position") else [],
        position=services().journal.head(),
        key=new_id(),
        schemas={"supersession": SupersessionIn},
    )


def codes_open(shown: Attempt, decision_id: UUID, context_hash: str) -> list[ReasonCode]:
    """Return the reasons for which a decision may be superseded now, by what is on record."""
    session = services().deciding()

    def superseding(code: ReasonCode) -> SupersedeDecision:
        return SupersedeDecision(
            assessment_id=shown.sight.stream,
            supersedes=decision_id,
            decision_id=new_id(),
            grade=shown.criteria.scale[0],
            reasons=TYPED,
            reason_code=code,
            authority_cited=TYPED,
            context_hash=context_hash,
        )

    return [
        code
        for code in REASON_CODES
        if not any(isinstance(fault, ReasonNotOnRecord) for fault in faults_of(superseding(code), session))
    ]


def typed_in(code: str) -> dict[str, Any]:
    """Return what a row of the form says: at first, that the finding of the decision is adopted."""
    return {
        "judgement": posted().get(f"j-{code}", "adopt"),
        "reason": posted().get(f"r-{code}", ""),
        "nothing": f"n-{code}" in posted(),
        "kept": True,
    }


def read_supersession(shown: Attempt, decision_id: UUID) -> dict[str, Any]:
    """Return what the form posted in the schema of the API: the codes adopted, and the others judged anew."""
    also = {"supersedes": str(decision_id)}
    said = form(SupersessionIn, only=("supersedes", "grade", "reasons", "context_hash", *WHY), also=also)
    rows = [*typed_rows(shown, request.form)]
    chosen = [each for each in rows if each.judgement not in ("adopt", "")]
    try:
        anew = (
            FindingsIn().load({"findings": [as_posted(each, shown) for each in chosen]})["findings"] if chosen else ()
        )
    except ValidationError as error:
        refuse(dict(row_fault(name, sentence, chosen) for name, sentence in flat(error.messages)))
        raise
    return {**said, "adopts": tuple(each.row.code for each in rows if each.judgement == "adopt"), "findings": anew}


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/supersession")
@shown_again(supersession)
def check_supersession(assessment_id: UUID, decision_id: UUID) -> Response:
    """Ask before a decision takes another's place: show it once more, or all that keeps it from that."""
    shown = attempt_of(assessment_id, ask="decision context")
    body = read_supersession(shown, decision_id)
    refuse_all(faults_of(SupersedeDecision(assessment_id=assessment_id, decision_id=new_id(), **body)))
    page = render(
        "attempt/confirm.html",
        attempt=shown,
        assessment_id=assessment_id,
        recorded=None,
        heading="Put this decision in the place of the one before?",
        rows=[
            ("Grade", body["grade"]),
            ("Reasons", body["reasons"]),
            ("Why it is decided again", f"{body['reason_code']}: {body['authority_cited']}"),
            ("Taken over", ", ".join(body["adopts"]) or "no finding"),
            ("Judged anew", ", ".join(f"{each.code} {each.judgement}" for each in body["findings"]) or "no code"),
        ],
        warning="The decision before stays on record. This one cannot be changed afterwards either.",
        act=f"Record: {shown.name}, {body['grade']}",
        to="supersede",
        back="supersession",
        place={"assessment_id": assessment_id, "decision_id": decision_id},
        hidden=carried(),
        key=new_id(),
    )
    return Response(page, content_type="text/html; charset=utf-8")


@pages.post("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>/supersessions")
@shown_again(supersession)
def supersede(assessment_id: UUID, decision_id: UUID) -> Response:
    """Record a decision in the place of another one, and show it."""
    body = read_supersession(attempt_of(assessment_id), decision_id)
    return to_decision(assessment_id, run(SupersedeDecision(assessment_id=assessment_id, decision_id=new_id(), **body)))
