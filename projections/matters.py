"""Matters: what was not simply decided: declined, replaced, set aside, closed undecided, or let by a scrutiny route."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from portfolio.domain.assessment.facts import (
    AttemptClosed,
    DecisionDeclined,
    DecisionVoided,
    GradeDecisionSuperseded,
)
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.kernel import Entry, tag_of
from projections.machinery.database import Reads, Rows, View

KINDS = {
    tag_of(DecisionDeclined): "Declined by the second person",
    tag_of(GradeDecisionSuperseded): "Replaced by another decision",
    tag_of(DecisionVoided): "Set aside",
    tag_of(AttemptClosed): "Attempt closed undecided",
    tag_of(ScrutinyRouteRecorded): "Scrutiny route",
}
"""What people call each kind of matter."""


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:
    """Keep one row for each of these facts."""
    if owner is not None and entry.tag in KINDS:
        rows.add(entry.position, owner, entry.tag)


MATTERS = View(
    "matters",
    1,
    {"position": int},
    {"enrolment_id": UUID, "kind": str},
    fold,
    (DecisionDeclined, GradeDecisionSuperseded, DecisionVoided, AttemptClosed, ScrutinyRouteRecorded),
    only_added=True,
)

LATEST = """
SELECT position, enrolment_id FROM matters_v1
WHERE (:kind IS NULL OR kind = :kind) AND (:before IS NULL OR position < :before) ORDER BY position DESC LIMIT :limit
"""
COUNTED = "SELECT kind, count(*) FROM matters_v1 GROUP BY kind"


class Matter(NamedTuple):
    """Where the log has the fact, and the enrolment that it is about."""

    position: int
    enrolment_id: UUID


def matters(reads: Reads, *, kind: str | None = None, before: int | None = None, limit: int) -> Sequence[Matter]:
    """Return up to ``limit`` matters before a position, newest first; ``kind`` is the fact's stored name."""
    return [Matter(*row) for row in reads.query(LATEST, kind=kind, before=before, limit=limit)]


def counted(reads: Reads) -> dict[str, int]:
    """Return how many matters there are of each kind."""
    return {kind: int(number) for kind, number in reads.query(COUNTED)}
