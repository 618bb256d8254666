"""Judging: the findings that the rows of a form make, only where they say something new, and what keeps each back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from flask import g
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from api.assessments import FindingsIn
from api.errors import FieldsNotValid, flat
from api.judging import TYPED, refusal_of
from api.pages.attempt.shown import Attempt, Row
from api.pages.common import label
from api.services import services
from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import RecordFindings
from portfolio.domain.kernel import Rejected, changed

Form = MultiDict[str, str]

Faults = dict[str, str]
"""What keeps a form from being carried out, by the code or the field where it is put right; "" for the whole."""

NOTHING = ("", "not judged")


@dataclass(frozen=True)
class Typed:
    """What one row of the form says; ``shown``: which pieces stood in it."""

    row: Row
    judgement: str
    reason: str
    nothing: bool
    shown: frozenset[str]

    @property
    def says_nothing(self) -> bool:
        """Tell whether it was left as it was shown, or as a code stands that nobody judged."""
        if not self.row.own or self.row.found is None:
            return self.judgement in NOTHING and not self.reason
        finding = self.row.found.finding
        return (self.judgement or "not judged", self.reason) == (finding.judgement, unwrapped(finding.reason))


def unwrapped(text: str) -> str:
    """Return a text with line ends as they are stored, without blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def refuse(faults: Faults, refusal: Rejected | None = None) -> None:
    """Refuse a form where there are faults, which are all named, or a rule's ``refusal``."""
    g.faults = {name: fault for name, fault in faults.items() if name}
    if faults or refusal:
        raise refusal or FieldsNotValid(" ".join(faults.values()))


def typed_rows(attempt: Attempt, form: Form) -> Iterator[Typed]:
    """Yield what the form says of each code that stood in it."""
    for code, row in attempt.rows_by_code.items():
        if f"r-{code}" in form:
            yield Typed(
                row=row,
                judgement=form.get(f"j-{code}", ""),
                reason=unwrapped(form.get(f"r-{code}", "")),
                nothing=f"n-{code}" in form,
                shown=frozenset(form.get(f"e-{code}", "").split()),
            )


def set_rows(attempt: Attempt, form: Form) -> tuple[Form, Faults]:
    """Return the form with the chosen rows set to one judgement, and one reason if it gives any; nothing is recorded.

    A row that could not be so with any reason stays as it was, and is named.
    """
    chosen, judgement, reason = form.getlist("row"), form.get("act", ""), form.get("bulk", "")
    rows = MultiDict(form)
    for code in chosen:
        rows[f"j-{code}"] = judgement
        if reason.strip():
            rows[f"r-{code}"] = reason
    typed = {each.row.code: each for each in typed_rows(attempt, rows)}
    set_to = [changed_to(typed[code], attempt) for code in chosen if code in typed]
    faults = faults_in([each for each in set_to if each], attempt)
    for name in (f"{field}-{code}" for code in faults for field in "jr"):
        rows[name] = form.get(name, "")
    return rows, faults if chosen else {"": "Choose the codes to set first: nothing was changed."}


def changed_to(typed: Typed, attempt: Attempt) -> Finding | None:
    """Return the finding that a row would be, with whatever reason, None if its reason cannot be read."""
    try:
        (finding,) = FindingsIn().load({"findings": [as_posted(typed, attempt)]})["findings"]
    except ValidationError:
        return None
    return cast(Finding, changed(finding, reason=finding.reason or TYPED))


def findings_typed(attempt: Attempt, form: Form) -> tuple[tuple[Finding, ...], Faults]:
    """Return the findings that the form makes, and what cannot be read of it; rows that say nothing new make none."""
    rows = [typed for typed in typed_rows(attempt, form) if not typed.says_nothing]
    faults = {
        typed.row.code: "Choose met, not met or not judged beside the reason." for typed in rows if not typed.judgement
    }
    chosen = [typed for typed in rows if typed.judgement]
    if not chosen:
        return (), faults
    try:
        loaded = FindingsIn().load({"findings": [as_posted(typed, attempt) for typed in chosen]})
    except ValidationError as error:
        return (), faults | dict(row_fault(name, sentence, chosen) for name, sentence in flat(error.messages))
    return loaded["findings"], faults


def row_fault(name: str, sentence: str, chosen: list[Typed]) -> tuple[str, str]:
    """Return a fault of the shape with the code of the row that it is in."""
    parts = name.split(".")
    if len(parts) > 2 and parts[1].isdigit():
        return chosen[int(parts[1])].row.code, f"{label(parts[2])}: {sentence}"
    return "", sentence


def as_posted(typed: Typed, attempt: Attempt) -> dict[str, Any]:
    """Return a row as the JSON of a finding.

    It rests on what the finding before it rested on, as far as that is there, else on what stands beside the code and
    was opened. It says that nothing shows the code where the form says so and it rests on nothing.
    """
    before = typed.row.found.finding if typed.row.own and typed.row.found else None
    cites = basis(typed, attempt, before)
    posted: dict[str, Any] = {"code": typed.row.code, "judgement": typed.judgement, "reason": typed.reason}
    if before is not None:
        same = before.judgement == typed.judgement
        posted |= {"criterion": before.criterion, "sufficient": before.sufficient if same else True}
    if typed.judgement == "not met" and not cites and typed.nothing:
        posted["nothing_shows_it"] = True
    return {**posted, "cites": msgspec.to_builtins(cites)}


def basis(typed: Typed, attempt: Attempt, before: Finding | None) -> list[Citation]:
    """Return the citations that a finding from the row rests on; new ones only of what stood in the row as shown."""
    there = {(each.evidence_id, each.version) for each in attempt.pieces.values() if each.may_cite}
    kept = [cite for cite in before.cites if (cite.evidence_id, cite.version) in there] if before else []
    return kept or [each.cite for each in typed.row.opened() if each.key in typed.shown]


def faults_in(findings: Iterable[Finding], attempt: Attempt) -> Faults:
    """Return what the rules refuse of each finding by itself, by its code."""
    session = services().deciding()
    refusals = {
        finding.code: refusal_of(RecordFindings(assessment_id=attempt.sight.stream, findings=(finding,)), session)
        for finding in findings
    }
    return {code: of_row(code, refusal) for code, refusal in refusals.items() if refusal}


def of_row(code: str, refusal: Rejected) -> str:
    """Return a refusal as a sentence that stands in the row of its code."""
    sentence = str(refusal).removeprefix(f"For {code}: ")
    return refusal.title() if sentence in (f"For {code}.", f"{code} has none.") else sentence


def named(refusals: Iterable[Rejected], fields: dict[str, str]) -> Faults:
    """Return refusals of one form under the names of the fields that they are about, the others together."""
    faults: Faults = {}
    for refusal in refusals:
        name = fields.get(refusal.code, "decision")
        faults[name] = f"{faults[name]} {refusal}" if name in faults else str(refusal)
    return faults
