"""Findings beside the evidence: what was found on each code, with what it rests on and, of a record, its own words."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import request

from api.content import ANNOUNCES, from_elsewhere
from api.evidence_shown import hidden_from_caller
from api.judging import refusal_of
from api.pages.case.of import Case
from api.previews import serving
from api.reads import Sight
from api.services import caller, services, today
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.coverage import by_outcome
from portfolio.domain.assessment.finding import Citation, StatementFound
from portfolio.domain.calendar import day_in_words
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import ServeEvidence
from portfolio.domain.evidence.facts import StatementClaimed
from portfolio.domain.evidence.item import Version
from portfolio.domain.evidence.selector import place_in_words
from portfolio.domain.evidence.serving import served_before
from portfolio.domain.form import code_order

WRITTEN_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class OfOutcome(NamedTuple):
    """Findings on the codes that one outcome of the plan groups; what it is called and about says what they are about.

    Nothing is known of codes that no outcome of the route groups.
    """

    called: str
    about: str
    findings: Sequence[dict[str, Any]]


def under_outcomes(case: Case, findings: Sequence[dict[str, Any]]) -> list[OfOutcome]:
    """Return findings under the outcomes of the plan as it was when the attempt was decided."""
    by_code = {each["code"]: each for each in findings}
    plan = case.plan_then
    about = {each.key: each.description for each in plan.outcomes} if plan else {}
    return [
        OfOutcome(
            called=f"{each.key}: {each.title}" if each.key else "",
            about=about.get(each.key, ""),
            findings=[by_code[code] for code in each.codes],
        )
        for each in by_outcome(by_code, plan, case.judged_attempt.opened.route)
    ]


def findings_of(case: Case) -> Sequence[dict[str, Any]]:
    """Return the findings that the decision rests on, or those on record at an earlier moment; not met first."""
    if case.moment.before:
        found: Sequence[StatementFound] = case.then.state(ASSESSMENT, case.replay.assessment_id).findings
    else:
        found = case.context.findings
    order = {"not met": 0, "not judged": 1, "met": 2}
    ordered = sorted(found, key=lambda each: (order[each.finding.judgement], code_order(each.finding.code)))
    return [shown(case, each) for each in ordered]


def shown(case: Case, found: StatementFound) -> dict[str, Any]:
    """Return a finding with what it rests on."""
    finding = found.finding
    excerpts = finding.judgement != "met"
    return {
        "code": finding.code,
        "judgement": finding.judgement,
        "reason": finding.reason,
        "by": case.name(found.assessor),
        "at": found_at(case, found),
        "nothing": finding.nothing_shows_it is True,
        "insufficient": not finding.sufficient,
        "rests": [rests_on(case, finding.code, cite, excerpts=excerpts) for cite in finding.cites],
    }


def found_at(case: Case, found: StatementFound) -> datetime | None:
    """Return when a finding was recorded, the last time if it was more than once."""
    history = reversed(case.then.history(case.replay.assessment_id))
    return next((entry.at for entry in history if entry.fact == found), None)


def rests_on(case: Case, code: str, cite: Citation, *, excerpts: bool) -> dict[str, Any]:
    """Return what a finding rests on: the version, its place for the code, and what a record says of the code."""
    version = case.version(cite.evidence_id, cite.version)
    at = case.moment.position if case.moment.before else None
    denied = [word for word in ("valid", "authentic", "current") if not getattr(cite, word)]
    return {
        "title": case.title(cite.evidence_id, cite.version),
        "href": case.address_of(cite.evidence_id, cite.version, at),
        "place": place_of(case, code, cite) if version else "",
        "denied": f"not {', not '.join(denied)}{': ' + cite.reason if cite.reason else ''}" if denied else "",
        "words": words_of(case, code, cite.evidence_id, version) if version and excerpts else [],
    }


def place_of(case: Case, code: str, cite: Citation) -> str:
    """Return where the apprentice says that a version shows a code, in words."""
    for entry in case.session.history(cite.evidence_id):
        match entry.fact:
            case StatementClaimed(version=version, code=claimed, place=place) if (version, claimed) == (
                cite.version,
                code,
            ):
                return place_in_words(place) if place else ""
    return ""


def words_of(case: Case, code: str, evidence_id: UUID, version: Version) -> list[str]:
    """Return what a record says of a code, with where and when; nothing of what the person may not be shown.

    Whoever is shown a text of somebody else's was shown the item, which is recorded as on its own page.
    """
    text = version.bounds.text if version.bounds and version.object_id is None else None
    if not text or not is_shown(case, evidence_id, version):
        return []
    lines = text.splitlines()
    of_code = [line for line in lines if line.startswith(f"{code}: ")]
    where = [WRITTEN_DAY.sub(said_day, line) for line in lines if line.startswith(("Place: ", "Time: "))]
    return [*where, *of_code] if of_code else []


def said_day(written: re.Match[str]) -> str:
    """Return a day that a record has in figures as people say it."""
    return day_in_words(date.fromisoformat(written[0]))


def is_shown(case: Case, evidence_id: UUID, version: Version) -> bool:
    """Tell whether a text may be shown now, and record that it is; to nobody whose browser only looks ahead."""
    item = case.session.state(EVIDENCE, evidence_id)
    if item.apprentice == caller():
        return True
    held = case.session.held(caller(), evidence_id, item, item.enrolment_id, today())
    sight = Sight(stream=evidence_id, state=item, version=0, held=held, session=case.session)
    if hidden_from_caller(sight, version) or refusal_of(serving(evidence_id, version, None)):
        return False
    if served_before(version.number, caller(), case.session.history(evidence_id)):
        return True
    ahead = any("prefetch" in request.headers.get(name, "").lower() for name in ANNOUNCES)
    if request.method != "GET" or ahead or from_elsewhere():
        return False
    services().handler.execute(ServeEvidence(evidence_id=evidence_id, version=version.number), caller())
    return True
