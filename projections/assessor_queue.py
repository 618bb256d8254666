"""Assessor queue: what waits for an assessor, or for the second person of a scrutiny route."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
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
from portfolio.domain.kernel import Entry, Value
from portfolio.domain.vocabulary import ASSIGNED_ASSESSOR, SECOND_PERSON
from projections.enrolment_list import ENROLMENT_LIST, EnrolmentCard, filed
from projections.evidence_items import VERSIONS
from projections.machinery.database import Reads, Rows, View, answers
from projections.machinery.listing import CARD, held

AGES = (7, 14, 28)
"""Days that work has waited, by which a queue is counted and narrowed."""


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each attempt that has no decision yet, or one that waits for a second person or was declined."""
    attempt = entry.originator_id
    match entry.fact:
        case AttemptOpened(component=component, number=number, form_id=form_id):
            rows.put(
                attempt,
                enrolment_id=owner,
                form_id=form_id,
                component=component,
                number=number,
                since=entry.at,
                position=entry.position,
                decider=None,
            )
        case GradeDecided(decider=decider) as decided if decided.needs_confirmation():
            rows.change(attempt, decider=decider, since=entry.at)
        case DecisionDeclined():
            rows.change(attempt, decider=None)
        case GradeDecided() | DecisionConfirmed() | DecisionVoided() | AttemptClosed():
            rows.delete(attempt)


ATTEMPTS = View(
    "open_attempts",
    4,
    {"assessment_id": UUID},
    {
        "enrolment_id": UUID,
        "form_id": UUID,
        "component": str,
        "number": int,
        "since": datetime,
        "position": int,
        "decider": UUID,
    },
    fold,
    (AttemptOpened, GradeDecided, DecisionConfirmed, DecisionDeclined, DecisionVoided, AttemptClosed),
    indexes=(("enrolment_id",),),
)

LIST = ENROLMENT_LIST.view.table
ASSESSED = f"SELECT p.item FROM {LIST} AS p WHERE p.filed = :assesses AND {held('p')}"  # noqa: S608 - names of views
CONCERNED = f"SELECT p.item FROM {LIST} AS p WHERE p.filed IN (:assesses, :confirms) AND {held('p')}"  # noqa: S608 - names of views

ENROLMENTS = (
    f"SELECT c.item, c.card FROM {LIST} AS c WHERE c.filed = '{CARD}' AND c.number = 0 AND c.item IN ({CONCERNED})"  # noqa: S608 - names of views
)
COUNTED = f"""
SELECT v.media_type, v.claims, count(*),
    {", ".join(f"sum(CASE WHEN v.submitted_at <= :before{days} THEN 1 ELSE 0 END)" for days in AGES)}
FROM {VERSIONS.table} AS v WHERE v.stage = 'submitted'
"""  # noqa: S608 - names of views
OF_EACH = f"SELECT v.enrolment_id, count(*) FROM {VERSIONS.table} AS v WHERE v.stage = 'submitted'"  # noqa: S608 - names of views
NUMBER = f"SELECT count(*) FROM {VERSIONS.table} AS v WHERE v.stage = 'submitted' AND v.enrolment_id IN ({ASSESSED})"  # noqa: S608 - names of views
EVIDENCE = f"""
SELECT v.submitted, v.submitted_at, v.enrolment_id, v.evidence_id, v.version, v.title, v.media_type, v.claims
FROM {VERSIONS.table} AS v WHERE v.stage = 'submitted'
"""  # noqa: S608 - names of views
BETWEEN = f"SELECT count(*) FROM {VERSIONS.table} AS v WHERE v.stage = 'submitted'"  # noqa: S608 - names of views
OPEN = f"""
SELECT a.position, a.since, a.enrolment_id, a.assessment_id, a.component, a.number, a.form_id, a.decider
FROM {ATTEMPTS.table} AS a WHERE a.enrolment_id IN ({CONCERNED}) ORDER BY a.position
"""  # noqa: S608 - names of views
OLDEST = f"SELECT assessment_id FROM {ATTEMPTS.table} ORDER BY since, position LIMIT :limit"  # noqa: S608 - the view's name
PLACE = f"SELECT submitted, enrolment_id FROM {VERSIONS.table} WHERE evidence_id = :item AND version = :version"  # noqa: S608 - names of views


class Counted(Value):
    """How many versions of one type and with the same claims wait, and how many of these so long (``AGES``)."""

    media_type: str
    claims: str
    number: int
    older: tuple[int, ...]


class WaitingEvidence(Value):
    """A version that was submitted and not answered yet, with the codes claimed for it."""

    position: int
    since: datetime
    enrolment_id: UUID
    evidence_id: UUID
    version: int
    title: str
    media_type: str
    claims: tuple[str, ...]


class OpenAttempt(Value):
    """An attempt without a decision that counts.

    ``decider``: who made the one that waits for the second person of its scrutiny route, which it does ``since`` then.
    """

    position: int
    since: datetime
    enrolment_id: UUID
    assessment_id: UUID
    component: str
    number: int
    form_id: UUID
    decider: UUID | None


class Wanted(Value):
    """Which versions are asked for: of these enrolments, types and claims, handed in until a moment, but some items."""

    enrolments: tuple[UUID, ...]
    media_types: tuple[str, ...] | None = None
    claims: tuple[str, ...] | None = None
    until: datetime | None = None
    but: tuple[UUID, ...] = ()


def concerned(reads: Reads, person_id: UUID, today: date) -> dict[UUID, EnrolmentCard]:
    """Return the enrolments in which a person assesses today, or is the second person of a scrutiny route."""
    rows = reads.query(ENROLMENTS, today=today, **_parts(person_id))
    return {item: msgspec.json.decode(card, type=EnrolmentCard) for item, card in rows}


def counted(reads: Reads, wanted: Wanted, now: datetime) -> list[Counted]:
    """Return how many such versions wait, those of one type and with the same claims together."""
    conditions, asked = _narrowed(wanted)
    before = {f"before{days}": now - timedelta(days=days) for days in AGES}
    sql = f"{COUNTED}{conditions} GROUP BY v.media_type, v.claims"
    rows = reads.query(sql, **asked, **before) if wanted.enrolments else ()
    return [
        Counted(media_type=media_type, claims=claims, number=number, older=tuple(older))
        for media_type, claims, number, *older in rows
    ]


def of_each(reads: Reads, wanted: Wanted) -> dict[UUID, int]:
    """Return how many such versions of each enrolment wait, of those that any do of."""
    conditions, asked = _narrowed(wanted)
    sql = f"{OF_EACH}{conditions} GROUP BY v.enrolment_id"
    return dict(reads.query(sql, **asked)) if wanted.enrolments else {}


def number_of_evidence(reads: Reads, person_id: UUID, today: date) -> int:
    """Return how many versions wait where a person is assigned as assessor today."""
    return int(reads.query(NUMBER, today=today, assesses=_parts(person_id)["assesses"])[0][0])


def evidence(reads: Reads, wanted: Wanted, *, after: int, backwards: bool, limit: int) -> list[WaitingEvidence]:
    """Return up to ``limit`` versions that wait, in the order in which they were handed in, beyond a position."""
    conditions, asked = _narrowed(wanted)
    way = "v.submitted < :after ORDER BY v.submitted DESC" if backwards else "v.submitted > :after ORDER BY v.submitted"
    sql = f"{EVIDENCE}{conditions} AND {way} LIMIT :limit"
    rows = reads.query(sql, **asked, after=after, limit=limit) if wanted.enrolments else ()
    return answers(WaitingEvidence, rows, claims=lambda codes: tuple(codes.split()))


def oldest_attempts(reads: Reads, limit: int) -> list[UUID]:
    """Return up to ``limit`` attempts without a decision that counts, of all there are, those that wait longest."""
    return [assessment_id for (assessment_id,) in reads.query(OLDEST, limit=limit)]


def number_between(reads: Reads, wanted: Wanted, after: int, before: int) -> int:
    """Return how many such versions were handed in after a position and before another."""
    conditions, asked = _narrowed(wanted)
    sql = f"{BETWEEN}{conditions} AND v.submitted > :after AND v.submitted < :before"
    return int(reads.query(sql, **asked, after=after, before=before)[0][0]) if wanted.enrolments else 0


def _narrowed(wanted: Wanted) -> tuple[str, dict[str, object]]:
    conditions, asked = list[str](), dict[str, object]()
    for column, name, values in (
        ("v.enrolment_id", "of", wanted.enrolments),
        ("v.media_type", "type", wanted.media_types),
        ("v.claims", "claims", wanted.claims),
        ("v.evidence_id NOT", "but", wanted.but or None),
    ):
        if values is not None:
            condition, named = _among(column, name, values)
            conditions.append(condition)
            asked |= named
    if wanted.until is not None:
        conditions.append(" AND v.submitted_at <= :until")
        asked["until"] = wanted.until
    return "".join(conditions), asked


def attempts(reads: Reads, person_id: UUID, today: date) -> list[OpenAttempt]:
    """Return the open attempts where a person assesses today or is a second person, oldest first.

    Which of them ask anything of that person, a rule says.
    """
    return answers(OpenAttempt, reads.query(OPEN, today=today, **_parts(person_id)))


def place_of(reads: Reads, evidence_id: UUID, version: int) -> tuple[int, UUID] | None:
    """Return where in the queue a version stands or stood, and in which enrolment; None if it was never handed in."""
    rows: Sequence[tuple[int | None, UUID]] = reads.query(PLACE, item=evidence_id, version=version)
    return next(((position, of) for position, of in rows if position is not None), None)


def _parts(person_id: UUID) -> dict[str, str]:
    return {"assesses": filed(ASSIGNED_ASSESSOR, person_id), "confirms": filed(SECOND_PERSON, person_id)}


def _among(column: str, name: str, values: Collection[object]) -> tuple[str, dict[str, object]]:
    """Return the condition that a column holds one of these values, and its parameters; none without values."""
    named = {f"{name}{number}": value for number, value in enumerate(values)}
    return (f" AND {column} IN ({', '.join(f':{each}' for each in named)})" if named else ""), named
