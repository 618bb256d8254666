"""Criteria: every version that was written."""

from collections.abc import Iterator
from uuid import UUID

from portfolio.domain.criteria import CriteriaApproved, CriteriaDrafted
from portfolio.domain.kernel import Entry, Value, changed
from projections.machinery.listing import Card, Filing, Listed, Listing


class CriteriaCard(Value):
    """One version of criteria; ``position`` is that of its draft."""

    plan_id: UUID
    title: str
    version: str
    sha256: str
    position: int
    approved: bool = False


def changes(entry: Entry, owner: UUID | None, card: Card[CriteriaCard]) -> Iterator[tuple[UUID, CriteriaCard]]:  # noqa: ARG001 - criteria belong to no enrolment
    """Yield the card of a version that a fact changes."""
    before = card(entry.originator_id)
    match entry.fact:
        case CriteriaDrafted() as fact:
            drafted = CriteriaCard(
                plan_id=fact.plan_id,
                title=fact.title,
                version=fact.version,
                sha256=fact.sha256,
                position=entry.position,
            )
            yield entry.originator_id, drafted
        case CriteriaApproved() if before:
            yield entry.originator_id, changed(before, approved=True)


def listed(criteria_id: UUID, card: CriteriaCard) -> Listed:  # noqa: ARG001 - the card says all
    """Return how a version is listed."""
    return Listed(
        f"{card.title} {card.version}",
        card.position,
        (Filing(f"plan_id={card.plan_id}"), Filing(f"approved={card.approved}")),
    )


CRITERIA_LIST = Listing("criteria", 2, CriteriaCard, (CriteriaDrafted, CriteriaApproved), changes, listed)
