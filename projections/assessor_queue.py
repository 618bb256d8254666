"""Assessor queue: what waits for an assessor, oldest first."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from portfolio.domain.assessment.facts import (
    AttemptClosed,
    AttemptOpened,
    DecisionConfirmed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecided,
)
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Entry, Value
from projections.machinery.database import Reads, Rows, View, answers


class Finders(Value):
    """The codes of an attempt, each with who found on it last, and who may not assess it."""

    codes: dict[str, UUID | None]
    barred: frozenset[UUID]


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each attempt that has no decision yet, or one that waits for a second person."""
    attempt = entry.originator_id
    match entry.fact:
        case AttemptOpened(component=component, number=number, codes=codes, barred=barred):
            rows.put(
                attempt,
                enrolment_id=owner,
                component=component,
                number=number,
                finders=Finders(codes=dict.fromkeys(codes), barred=barred),
                waiting=False,
                opened_at=entry.at,
                position=entry.position,
            )
        case StatementFound(finding=finding, assessor=assessor):
            if row := rows.get(attempt):
                finders: Finders = row["finders"]
                latest = {**finders.codes, finding.code: assessor}
                rows.change(attempt, finders=Finders(codes=latest, barred=finders.barred))
        case GradeDecided() as decided if decided.needs_confirmation():
            rows.change(attempt, waiting=True)
        case DecisionDeclined():
            rows.change(attempt, waiting=False)
        case GradeDecided() | DecisionConfirmed() | DecisionVoided() | AttemptClosed():
            rows.delete(attempt)


ATTEMPTS = View(
    "open_attempts",
    2,
    {"assessment_id": UUID},
    {
        "enrolment_id": UUID,
        "component": str,
        "number": int,
        "finders": Finders,
        "waiting": bool,
        "opened_at": datetime,
        "position": int,
    },
    fold,
    (
        AttemptOpened,
        StatementFound,
        GradeDecided,
        DecisionConfirmed,
        DecisionDeclined,
        DecisionVoided,
        AttemptClosed,
    ),
    indexes=(("enrolment_id",),),
)

EVIDENCE = """
SELECT v.submitted, v.submitted_at, v.enrolment_id, e.apprentice, v.evidence_id, v.version, v.title, v.claims
FROM evidence_versions_v1 AS v JOIN enrolments_v2 AS e ON e.enrolment_id = v.enrolment_id
WHERE v.stage = 'submitted' AND v.submitted > :after AND EXISTS (
    SELECT 1 FROM parts_v2 AS p
    WHERE p.person_id = :person_id AND p.relation = 'assigned assessor' AND p.enrolment_id = v.enrolment_id
    AND p.starts_on <= :today AND (p.ends_on IS NULL OR p.ends_on > :today)
)
ORDER BY v.submitted LIMIT :limit
"""

OPEN = """
SELECT a.position, a.opened_at, a.enrolment_id, e.apprentice, a.assessment_id, a.component, a.number, a.finders
FROM open_attempts_v2 AS a JOIN enrolments_v2 AS e ON e.enrolment_id = a.enrolment_id
WHERE a.position > :after AND NOT a.waiting AND EXISTS (
    SELECT 1 FROM parts_v2 AS p
    WHERE p.person_id = :person_id AND p.relation = 'assigned assessor' AND p.enrolment_id = a.enrolment_id
    AND (p.component = '' OR p.component = a.component)
    AND p.starts_on <= :today AND (p.ends_on IS NULL OR p.ends_on > :today)
)
ORDER BY a.position LIMIT :limit
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


def assessor_queue(
    reads: Reads, person_id: UUID, today: date, *, after: int = 0, limit: int = 50
) -> list[WaitingEvidence | OpenAttempt]:
    """Return up to ``limit`` items that wait for an assessor after a position, oldest first.

    They are of the enrolments, and components, that the person is assigned to as assessor today.
    """
    parameters = {"person_id": person_id, "today": today, "after": after, "limit": limit}
    waiting: list[WaitingEvidence | OpenAttempt] = [
        *answers(WaitingEvidence, reads.query(EVIDENCE, **parameters), claims=lambda codes: tuple(codes.split())),
        *(_attempt(person_id, *row) for row in reads.query(OPEN, **parameters)),
    ]
    return sorted(waiting, key=lambda row: row.position)[:limit]


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
