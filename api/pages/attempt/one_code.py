"""One code: the whole finding on it, what it rests on, and whether each piece is valid, authentic and current."""

from typing import Any
from uuid import UUID

import msgspec
from flask import g, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from api.assessments import FindingsIn
from api.errors import flat
from api.ids import new_id
from api.pages.attempt.judge import attempt_of, int_posted
from api.pages.attempt.judging import of_row, refuse, unwrapped
from api.pages.attempt.shown import Attempt, Piece, Row
from api.pages.common import back_to, fresh, pages, posted, render
from api.pages.forms import in_words, run, shown_again
from api.shapes import shape
from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.kernel import NotVisible, Rejected


@pages.get("/assessments/<uuid:assessment_id>/codes/<code>")
def one_code(assessment_id: UUID, code: str) -> str:
    """Show all that may be said of one code, with every piece of evidence that the finding may rest on."""
    fresh()
    shown = attempt_of(assessment_id)
    row = row_of(shown, code)
    return render(
        "attempt/one_code.html",
        attempt=shown,
        assessment_id=assessment_id,
        row=row,
        typed=typed_of(row),
        pieces=[(piece, cite_typed(row, piece)) for piece in shown.pieces.values() if piece.may_cite],
        criteria=criteria_named(shown),
        key=new_id(),
        schemas={"finding": shape(Finding), "cite": shape(Citation)},
    )


def criteria_named(shown: Attempt) -> list[tuple[str, str]]:
    """Return the criteria that a finding may name, and that it names none."""
    return [
        ("", "None named"),
        *((each.key, f"{each.key} {each.category}, {each.level}") for each in shown.criteria.criteria),
    ]


def row_of(shown: Attempt, code: str) -> Row:
    """Return the row of a code, or refuse one that the component does not cover."""
    row = shown.rows_by_code.get(code)
    if row is None:
        raise NotVisible("The component of this attempt does not cover this code.")
    return row


def typed_of(row: Row) -> dict[str, Any]:
    """Return what the form says of the code: as it was typed, else as it is on record."""
    if posted():
        names = ("judgement", "reason", "criterion")
        said = {"sufficient": "not_sufficient" not in posted(), "nothing": "nothing_shows_it" in posted()}
        return {**{name: posted().get(name, "") for name in names}, **said}
    finding = row.found.finding if row.own and row.found else None
    return {
        "judgement": finding.judgement if finding else "",
        "reason": finding.reason if finding else "",
        "criterion": finding.criterion if finding else "",
        "sufficient": finding.sufficient if finding else True,
        "nothing": finding.nothing_shows_it is True if finding else False,
    }


def cite_typed(row: Row, piece: Piece) -> dict[str, Any]:
    """Return what the form says of one piece: as it was typed, else as the finding on record cites it."""
    if posted():
        wrong = {name: f"{name}-{piece.key}" in posted() for name in ("valid", "authentic", "current")}
        reason = posted().get(f"why-{piece.key}", "")
        return {"cited": piece.key in posted().getlist("cites"), "reason": reason, "wrong": wrong}
    finding = row.found.finding if row.own and row.found else None
    cites = finding.cites if finding else tuple(each.cite for each in row.opened())
    cite = next(
        (each for each in cites if (each.evidence_id, each.version) == (piece.evidence_id, piece.version)), None
    )
    wrong = {name: cite is not None and not getattr(cite, name) for name in ("valid", "authentic", "current")}
    return {"cited": cite is not None, "reason": cite.reason if cite else "", "wrong": wrong}


@pages.post("/assessments/<uuid:assessment_id>/codes/<code>")
@shown_again(one_code)
def find_one(assessment_id: UUID, code: str) -> Response:
    """Record a finding on one code."""
    g.posted = request.form
    shown = attempt_of(assessment_id)
    row = row_of(shown, code)
    try:
        findings = FindingsIn().load({"findings": [as_typed(shown, row)]})["findings"]
    except ValidationError as error:
        refuse({name.rpartition(".")[2]: in_words(sentence) for name, sentence in flat(error.messages)})
        raise
    try:
        command = RecordFindings(assessment_id=assessment_id, findings=findings)
        done = run(command, if_match=frozenset({int_posted("version")}))
    except Rejected as refusal:
        refuse({"": of_row(code, refusal)}, refusal)
        raise
    return back_to(".attempt", done.position, assessment_id=assessment_id, _anchor=code)


def as_typed(shown: Attempt, row: Row) -> dict[str, Any]:
    """Return the form as the JSON of a finding."""
    typed = typed_of(row)
    said = {"nothing_shows_it": True} if typed["nothing"] else {}
    return {
        "code": row.code,
        "judgement": typed["judgement"],
        "reason": unwrapped(typed["reason"]),
        "criterion": typed["criterion"],
        "sufficient": typed["sufficient"],
        "cites": [cite_json(row, piece) for piece in shown.pieces.values() if piece.key in posted().getlist("cites")],
        **said,
    }


def cite_json(row: Row, piece: Piece) -> dict[str, Any]:
    """Return a piece that the form says the finding rests on as the JSON of a citation."""
    typed = cite_typed(row, piece)
    said = {name: not wrong for name, wrong in typed["wrong"].items()}
    return {**msgspec.to_builtins(piece.cite), **said, "reason": unwrapped(typed["reason"])}
