"""Assessor queue: what waits for an assessor, or for the second person of a scrutiny route, oldest first."""

from datetime import date, datetime
from uuid import UUID

from portfolio.domain.assessment.facts import (
    AttemptClosed,
    AttemptOpened,
    DecisionConfirmed,
    DecisionVoided,
    GradeDecided,
)
from portfolio.domain.kernel import Entry, Value
from portfolio.domain.vocabulary import ASSIGNED_ASSESSOR, SECOND_PERSON
from projections.enrolment_list import ENROLMENT_LIST, filed
from projections.evidence_items import VERSIONS
from projections.machinery.database import Reads, Rows, View, answers
from projections.machinery.listing import CARD, held


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each attempt that has no decision yet, or one that waits for a second person or was declined."""
    attempt = entry.originator_id
    match entry.fact:
        case AttemptOpened(component=component, number=number):
            rows.put(
                attempt,
                enrolment_id=owner,
                component=component,
                number=number,
                opened_at=entry.at,
                position=entry.position,
            )
        case GradeDecided() as decided if decided.needs_confirmation():
            pass
        case GradeDecided() | DecisionConfirmed() | DecisionVoided() | AttemptClosed():
            rows.delete(attempt)


ATTEMPTS = View(
    "open_attempts",
    3,
    {"assessment_id": UUID},
    {"enrolment_id": UUID, "component": str, "number": int, "opened_at": datetime, "position": int},
    fold,
    (AttemptOpened, GradeDecided, DecisionConfirmed, DecisionVoided, AttemptClosed),
    indexes=(("enrolment_id",),),
)

CARD_OF = f"e.filed = '{CARD}' AND e.number = 0 AND e.item"
EVIDENCE = f"""
SELECT v.submitted, v.submitted_at, v.enrolment_id, e.about, v.evidence_id, v.version, v.title, v.claims
FROM {VERSIONS.table} AS v JOIN {ENROLMENT_LIST.view.table} AS e ON {CARD_OF} = v.enrolment_id
WHERE v.stage = 'submitted' AND v.submitted > :after AND EXISTS (
    SELECT 1 FROM {ENROLMENT_LIST.view.table} AS p
    WHERE p.filed = :assesses AND p.item = v.enrolment_id AND {held("p")}
)
ORDER BY v.submitted LIMIT :limit
"""  # noqa: S608 - names of views

OPEN = f"""
SELECT a.position, a.opened_at, a.enrolment_id, e.about, a.assessment_id, a.component, a.number
FROM {ATTEMPTS.table} AS a JOIN {ENROLMENT_LIST.view.table} AS e ON {CARD_OF} = a.enrolment_id
WHERE a.position > :after AND EXISTS (
    SELECT 1 FROM {ENROLMENT_LIST.view.table} AS p
    WHERE p.filed IN (:assesses, :confirms) AND p.item = a.enrolment_id AND {held("p")}
)
ORDER BY a.position LIMIT :limit
"""  # noqa: S608 - names of views


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
    """An attempt without a decision that counts, where the person assesses or confirms some component."""

    position: int
    since: datetime
    enrolment_id: UUID
    apprentice: UUID
    assessment_id: UUID
    component: str
    number: int


def assessor_queue(
    reads: Reads, person_id: UUID, today: date, *, after: int = 0, limit: int = 50
) -> list[WaitingEvidence | OpenAttempt]:
    """Return up to ``limit`` items that may wait for a person after a position, oldest first.

    They are of the enrolments in which the person is assigned as assessor today, or is the second person of a scrutiny
    route; what an attempt asks of them, if anything, the record of it says.
    """
    asked = {"assesses": filed(ASSIGNED_ASSESSOR, person_id), "today": today, "after": after, "limit": limit}
    confirms = filed(SECOND_PERSON, person_id)
    waiting: list[WaitingEvidence | OpenAttempt] = [
        *answers(WaitingEvidence, reads.query(EVIDENCE, **asked), claims=lambda codes: tuple(codes.split())),
        *answers(OpenAttempt, reads.query(OPEN, **asked, confirms=confirms)),
    ]
    return sorted(waiting, key=lambda row: row.position)[:limit]
