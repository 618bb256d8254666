"""As it was: an item of a case as it stood at a moment, with the claims, remarks and findings that there were then."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import url_for

from api.content import from_elsewhere
from api.evidence_shown import (
    annotations_shown,
    claims_shown,
    hidden_from_caller,
    history_shown,
    page_of,
    redaction_shown,
)
from api.judging import refusal_of
from api.pages.case.of import Case, case_of
from api.pages.common import fresh, pages, render
from api.pages.evidence.look import has_look, look_at
from api.pages.evidence.marks import drawn, numbered, page_of_place, sheet_of, text_with_marks
from api.pages.evidence.view import is_written, page_named, requested_version, require_page, serve
from api.previews import serving
from api.reads import Sight, see
from api.services import caller
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.form import code_order
from portfolio.domain.kernel import NotVisible


@pages.get("/appeals/<uuid:appeal_id>/as-it-was/<uuid:evidence_id>")
def as_it_was(appeal_id: UUID, evidence_id: UUID) -> str:
    """Show a version as it stood at the moment asked for, which is the decision's unless one is named."""
    fresh()
    case, sight = case_of(appeal_id), see(EVIDENCE, evidence_id)
    if sight.state.enrolment_id != case.replay.enrolment_id:
        raise NotVisible
    shown = requested_version(sight)
    then = case.then.state(EVIDENCE, evidence_id).version(shown.number)
    if then is None or not then.handed_in():
        raise NotVisible("This version had not been handed in at that moment.")
    redaction = hidden_from_caller(sight, shown)
    withheld = refusal_of(serving(evidence_id, shown, redaction))
    in_page = withheld is None and (is_written(shown) or has_look(shown))
    if in_page and sight.state.apprentice != caller():
        if from_elsewhere():
            return render("elsewhere.html", shown=shown, page=page_of(evidence_id, shown.number))
        serve(sight, shown)
    look = look_at(shown, redaction, page_named(shown, "page")) if withheld is None else None
    require_page(look)
    page = look.page if look else 1
    known = known_then(case, sight, then)
    here = [each for each in known["remarks"] if each["page"] in (None, page)]
    place: dict[str, Any] = {"version": shown.number, **case.moment.asks}
    text = shown.bounds.text if shown.bounds and shown.object_id is None else None
    return render(
        "case/as_it_was.html",
        case=case,
        evidence_id=evidence_id,
        shown=shown,
        then=then,
        withheld=withheld,
        look=look,
        redaction=redaction_shown(sight, shown, history_shown(sight)),
        sheet=sheet_of(shown, page),
        marks=drawn(shown, page, here, known["claims"]),
        text=[(named(case, piece), number) for piece, number in text_with_marks(text, here)] if text else [],
        findings=findings_then(case, evidence_id, shown.number),
        at=partial(url_for, ".as_it_was", appeal_id=appeal_id, evidence_id=evidence_id, **place),
        at_page=page if page > 1 else None,
        later=len(history_shown(sight)) - known["facts"],
        **known,
    )


def named(case: Case, piece: str) -> str:
    """Return a piece of a record's text, in which the attempt has its name."""
    return piece.replace(str(case.replay.assessment_id), case.tried)


def known_then(case: Case, sight: Sight[Evidence], then: Version) -> dict[str, Any]:
    """Return the claims and remarks on record at the moment, of those that the person at the page may read."""
    history = [entry for entry in history_shown(sight) if entry.position <= case.moment.position]
    claims = [
        {**each, "selector": each["place"], "page": each["place"] and page_of_place(each["place"])}
        for each in claims_shown(then, history)
    ]
    return {
        "claims": sorted(claims, key=lambda each: code_order(each["code"])),
        "remarks": numbered(annotations_shown(sight, then, history)),
        "facts": len(history),
    }


def findings_then(case: Case, evidence_id: UUID, number: int) -> list[dict[str, Any]]:
    """Return the findings that rested on a version at the moment, by code."""
    rows = [
        {
            "code": found.finding.code,
            "judgement": found.finding.judgement,
            "reason": found.finding.reason,
            "name": case.name(found.assessor),
            "attempt": case.plain(attempt.opening().in_words()),
        }
        for _, attempt in case.then.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, case.replay.enrolment_id)
        for found in attempt.findings_in_force()
        if any((cite.evidence_id, cite.version) == (evidence_id, number) for cite in found.finding.cites)
    ]
    return sorted(rows, key=lambda row: code_order(row["code"]))
