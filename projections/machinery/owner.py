"""Owner: which enrolment a stream belongs to, so that every view can be asked by enrolment."""

from typing import get_args
from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, AppealLodged
from portfolio.domain.assessment.facts import AssessmentFact, AttemptOpened
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, EnrolmentFact
from portfolio.domain.evidence.facts import EvidenceFact, EvidenceRecorded, UploadOffered
from portfolio.domain.kernel import Entry, Fact, tag_of
from projections.machinery.database import Rows, View

OWNED: tuple[type[Fact], ...] = tuple(
    fact for union in (EnrolmentFact, EvidenceFact, AssessmentFact, AppealFact) for fact in get_args(union)
)
"""The facts of streams that belong to an enrolment."""
OWNED_TAGS = frozenset(map(tag_of, OWNED))
"""Their stored names."""


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - this view is what tells the owner
    """Keep one row for each stream that belongs to an enrolment, from its first fact."""
    match entry.fact:
        case ApprenticeEnrolled():
            rows.put(entry.originator_id, enrolment_id=entry.originator_id)
        case (
            UploadOffered(version=1, enrolment_id=enrolment)
            | EvidenceRecorded(enrolment_id=enrolment)
            | AttemptOpened(enrolment_id=enrolment)
            | AppealLodged(enrolment_id=enrolment)
        ):
            rows.put(entry.originator_id, enrolment_id=enrolment)


OWNER = View(
    "owner",
    1,
    {"stream": UUID},
    {"enrolment_id": UUID},
    fold,
    (ApprenticeEnrolled, UploadOffered, EvidenceRecorded, AttemptOpened, AppealLodged),
)


def owner_of(rows: Rows, stream: UUID) -> UUID | None:
    """Return the enrolment a stream belongs to, None if it belongs to none."""
    row = rows.get(stream)
    return row["enrolment_id"] if row else None
