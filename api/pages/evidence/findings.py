"""Findings: which judgements in force rest on a version, as far as the person at the page may see their attempts."""

from typing import Any
from uuid import UUID

from api.pages.plain import Plain
from api.reads import Sight, see_each
from api.trail import name_of
from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.finding import Citation
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.form import code_order


def findings_on(sight: Sight[Evidence], number: int) -> list[dict[str, Any]]:
    """Return the findings in force that cite a version, by code, each with its attempt and who judged."""
    attempts = sight.session.links(ATTEMPTS_OF_ENROLMENT, sight.state.enrolment_id)
    plain = Plain.of(sight.session, sight.state.enrolment_id)
    rows = [
        {
            "code": judged.finding.code,
            "judgement": judged.finding.judgement,
            "reason": judged.finding.reason,
            "attempt": plain(attempt.state.opening().in_words()),
            "name": name_of(sight.session, judged.assessor),
            "doubts": doubts(cite),
        }
        for attempt in see_each(ASSESSMENT, attempts)
        for judged in attempt.state.findings_in_force()
        for cite in judged.finding.cites
        if rests_on(cite, sight.stream, number)
    ]
    return sorted(rows, key=lambda row: code_order(row["code"]))


def rests_on(cite: Citation, evidence_id: UUID, number: int) -> bool:
    """Tell whether a citation is of this version."""
    return (cite.evidence_id, cite.version) == (evidence_id, number)


def doubts(cite: Citation) -> str:
    """Return what the assessor denied of the version for the code, empty if nothing."""
    denied = [word for word in ("valid", "authentic", "current") if not getattr(cite, word)]
    said = f": {cite.reason}" if cite.reason else ""
    return f"judged not {', not '.join(denied)} for it{said}" if denied else ""
