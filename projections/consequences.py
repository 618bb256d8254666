"""Consequences: what should have followed from an upheld appeal and was refused, oldest first."""

from datetime import datetime
from uuid import UUID

from portfolio.domain.appeal.facts import Consequence, ConsequenceClosed, ConsequenceDrawn, ConsequenceRefused
from portfolio.domain.kernel import Entry, Value
from projections.enrolment_list import ENROLMENT_LIST
from projections.machinery.database import Reads, Rows, View, answers
from projections.machinery.listing import CARD


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each consequence that a rule refused, until it is drawn or closed."""
    match entry.fact:
        case ConsequenceRefused(consequence=consequence, refusal=refusal, why=why):
            rows.put(
                entry.originator_id,
                consequence,
                enrolment_id=owner,
                refusal=refusal,
                why=why,
                refused_at=entry.at,
                position=entry.position,
            )
        case ConsequenceDrawn(consequence=consequence) | ConsequenceClosed(consequence=consequence):
            rows.delete(entry.originator_id, consequence)


CONSEQUENCES = View(
    "refused_consequences",
    1,
    {"appeal_id": UUID, "consequence": str},
    {"enrolment_id": UUID, "refusal": str, "why": str, "refused_at": datetime, "position": int},
    fold,
    (ConsequenceRefused, ConsequenceDrawn, ConsequenceClosed),
    indexes=(("position",),),
)

REFUSED = f"""
SELECT c.position, c.refused_at, c.appeal_id, c.enrolment_id, e.about, c.consequence, c.refusal, c.why
FROM refused_consequences_v1 AS c
JOIN {ENROLMENT_LIST.view.table} AS e ON e.filed = '{CARD}' AND e.number = 0 AND e.item = c.enrolment_id
WHERE c.position > :after ORDER BY c.position LIMIT :limit
"""  # noqa: S608 - names of views

COUNT = "SELECT count(*) FROM refused_consequences_v1"


class OpenConsequence(Value):
    """What was to follow from an upheld appeal, and why a rule refused it last."""

    position: int
    since: datetime
    appeal_id: UUID
    enrolment_id: UUID
    apprentice: UUID
    consequence: Consequence
    refusal: str
    why: str


def open_consequences(reads: Reads, *, after: int = 0, limit: int = 50) -> list[OpenConsequence]:
    """Return up to ``limit`` consequences that were refused after a position and are neither drawn nor closed."""
    return answers(OpenConsequence, reads.query(REFUSED, after=after, limit=limit))


def how_many(reads: Reads) -> int:
    """Return how many consequences wait for the responsible officer."""
    return int(reads.query(COUNT)[0][0])
