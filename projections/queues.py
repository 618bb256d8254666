"""Queues: what waits for an assessor and for an appeals officer, oldest first."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from portfolio.domain.appeal import (
    AppealAdmitted,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    DecisionSubject,
    PanelConvened,
)
from portfolio.domain.assessment.facts import AttemptOpened, GradeDecided
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Entry, Value
from projections.database import Reads, Rows, View, answers


class Finders(Value):
    """The codes of an attempt, each with who found on it last, and who may not assess it."""

    codes: dict[str, UUID | None]
    barred: frozenset[UUID]


def fold_attempts(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each attempt that has no decision yet."""
    attempt = entry.originator_id
    match entry.fact:
        case AttemptOpened(component=component, number=number, codes=codes, barred=barred):
            rows.put(
                attempt,
                enrolment_id=owner,
                component=component,
                number=number,
                finders=Finders(codes=dict.fromkeys(codes), barred=barred),
                opened_at=entry.at,
                position=entry.position,
            )
        case StatementFound(finding=finding, assessor=assessor):
            if row := rows.get(attempt):
                finders: Finders = row["finders"]
                found = {**finders.codes, finding.code: assessor}
                rows.change(attempt, finders=Finders(codes=found, barred=finders.barred))
        case GradeDecided():
            rows.delete(attempt)


ATTEMPTS = View(
    "open_attempts",
    1,
    {"assessment_id": UUID},
    {
        "enrolment_id": UUID,
        "component": str,
        "number": int,
        "finders": Finders,
        "opened_at": datetime,
        "position": int,
    },
    fold_attempts,
    (AttemptOpened, StatementFound, GradeDecided),
    indexes=(("enrolment_id",),),
)

AppealStep = Literal["admission", "panel", "outcome"]


def fold_appeals(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each open appeal, with the step it waits for."""
    appeal = entry.originator_id
    match entry.fact:
        case AppealLodged(subject=subject, appellant=appellant, apprentice=apprentice):
            rows.put(
                appeal,
                enrolment_id=owner,
                apprentice=apprentice,
                appellant=appellant,
                decision_id=subject.decision_id if isinstance(subject, DecisionSubject) else None,
                waits_for="admission",
                lodged_at=entry.at,
                position=entry.position,
            )
        case AppealAdmitted():
            rows.change(appeal, waits_for="panel")
        case PanelConvened():
            rows.change(appeal, waits_for="outcome")
        case AppealNotAdmitted() | AppealDecided() | AppealWithdrawn():
            rows.delete(appeal)


APPEALS = View(
    "open_appeals",
    1,
    {"appeal_id": UUID},
    {
        "enrolment_id": UUID,
        "apprentice": UUID,
        "appellant": UUID,
        "decision_id": UUID,
        "waits_for": str,
        "lodged_at": datetime,
        "position": int,
    },
    fold_appeals,
    (AppealLodged, AppealAdmitted, PanelConvened, AppealNotAdmitted, AppealDecided, AppealWithdrawn),
    indexes=(("position",),),
)

EVIDENCE = """
SELECT v.submitted, v.submitted_at, v.enrolment_id, e.apprentice, v.evidence_id, v.version, v.title, v.claims
FROM evidence_versions_v1 AS v JOIN enrolments_v1 AS e ON e.enrolment_id = v.enrolment_id
WHERE v.stage = 'submitted' AND v.submitted > :behind AND EXISTS (
    SELECT 1 FROM parts_v2 AS p
    WHERE p.person_id = :person_id AND p.relation = 'assigned assessor' AND p.enrolment_id = v.enrolment_id
    AND p.starts_on <= :today AND (p.ends_on IS NULL OR p.ends_on > :today)
)
ORDER BY v.submitted LIMIT :limit
"""

OPEN = """
SELECT a.position, a.opened_at, a.enrolment_id, e.apprentice, a.assessment_id, a.component, a.number, a.finders
FROM open_attempts_v1 AS a JOIN enrolments_v1 AS e ON e.enrolment_id = a.enrolment_id
WHERE a.position > :behind AND EXISTS (
    SELECT 1 FROM parts_v2 AS p
    WHERE p.person_id = :person_id AND p.relation = 'assigned assessor' AND p.enrolment_id = a.enrolment_id
    AND (p.component = '' OR p.component = a.component)
    AND p.starts_on <= :today AND (p.ends_on IS NULL OR p.ends_on > :today)
)
ORDER BY a.position LIMIT :limit
"""

LODGED = """
SELECT position, lodged_at, appeal_id, enrolment_id, apprentice, appellant, decision_id, waits_for
FROM open_appeals_v1 WHERE position > :behind ORDER BY position LIMIT :limit
"""


class WaitingEvidence(Value):
    """A version that was submitted and not answered yet, with the codes claimed for it."""

    position: int
    since: datetime
    enrolment_id: UUID
    apprentice: UUID
    evidence_id: UUID
    version: int
    title: str
    claims: tuple[str, ...]


class OpenAttempt(Value):
    """An attempt without a decision.

    ``missing``: the codes on which the asking assessor's own finding is not the latest, of ``codes``; all are needed to
    decide. ``barred``: the asking assessor took part in the decision that was set aside and may not assess it.
    """

    position: int
    since: datetime
    enrolment_id: UUID
    apprentice: UUID
    assessment_id: UUID
    component: str
    number: int
    codes: tuple[str, ...]
    missing: tuple[str, ...]
    barred: bool


class OpenAppeal(Value):
    """An appeal that waits for a step: its admission, its panel, or the panel's outcome."""

    position: int
    since: datetime
    appeal_id: UUID
    enrolment_id: UUID
    apprentice: UUID
    appellant: UUID
    decision_id: UUID | None
    waits_for: AppealStep


def assessor_queue(
    reads: Reads, person_id: UUID, today: date, *, behind: int = 0, limit: int = 50
) -> list[WaitingEvidence | OpenAttempt]:
    """Return up to ``limit`` things that wait for an assessor behind a position, oldest first.

    They are of the enrolments, and components, that the person is assigned to as assessor today.
    """
    asked = {"person_id": person_id, "today": today, "behind": behind, "limit": limit}
    waiting: list[WaitingEvidence | OpenAttempt] = [
        *answers(WaitingEvidence, reads.query(EVIDENCE, **asked), claims=lambda codes: tuple(codes.split())),
        *(_attempt(person_id, *row) for row in reads.query(OPEN, **asked)),
    ]
    return sorted(waiting, key=lambda thing: thing.position)[:limit]


def _attempt(
    person_id: UUID,
    position: int,
    since: datetime,
    enrolment_id: UUID,
    apprentice: UUID,
    assessment_id: UUID,
    component: str,
    number: int,
    stored: bytes,
) -> OpenAttempt:
    finders = msgspec.json.decode(stored, type=Finders)
    codes = sorted(finders.codes, key=code_order)
    return OpenAttempt(
        position=position,
        since=since,
        enrolment_id=enrolment_id,
        apprentice=apprentice,
        assessment_id=assessment_id,
        component=component,
        number=number,
        codes=tuple(codes),
        missing=tuple(code for code in codes if finders.codes[code] != person_id),
        barred=person_id in finders.barred,
    )


def appeals_queue(reads: Reads, *, behind: int = 0, limit: int = 50) -> list[OpenAppeal]:
    """Return up to ``limit`` open appeals lodged behind a position, oldest first, with the step each waits for."""
    return answers(OpenAppeal, reads.query(LODGED, behind=behind, limit=limit))
