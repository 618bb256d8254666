"""Plans: every recorded edition of a published plan."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from portfolio.domain.kernel import Entry, Value, changed
from portfolio.domain.plan import DefectRuled, PlanApproved, PlanImported
from projections.machinery.listing import Card, Filing, Listed, Listing, folded

NEWEST_FIRST = 10**19
"""From this is taken an edition's position, so that the newest of a version comes first."""


class PlanCard(Value):
    """One recorded text of a plan.

    ``draft``: printed as a draft. ``approved``: by us. ``warnings``: how many oddities were found; ``ruled``: those
    with a ruling. ``position``: of its import.
    """

    reference: str
    version_label: str
    title: str
    draft: bool
    warnings: int
    sha256: str
    importer: UUID
    imported_at: datetime
    position: int
    approved: bool = False
    ruled: frozenset[int] = frozenset()


def changes(entry: Entry, owner: UUID | None, card: Card[PlanCard]) -> Iterator[tuple[UUID, PlanCard]]:  # noqa: ARG001 - plans belong to no enrolment
    """Yield the card of an edition that a fact changes."""
    fact, plan_id = entry.fact, entry.originator_id
    if isinstance(fact, PlanImported):
        yield (
            plan_id,
            PlanCard(
                reference=fact.plan.reference,
                version_label=fact.plan.version_label,
                title=fact.plan.title,
                draft=fact.plan.draft,
                warnings=len(fact.plan.warnings),
                sha256=fact.sha256,
                importer=fact.importer,
                imported_at=entry.at,
                position=entry.position,
            ),
        )
        return
    before = card(plan_id)
    match fact:
        case DefectRuled(warning=warning) if before:
            yield plan_id, changed(before, ruled=before.ruled | {warning})
        case PlanApproved() if before:
            yield plan_id, changed(before, approved=True)


def listed(plan_id: UUID, card: PlanCard) -> Listed:  # noqa: ARG001 - the card says all
    """Return how an edition is listed: by reference and version, the newest of a version first."""
    return Listed(
        f"{card.version_label} {card.title}",
        card.position,
        (Filing(f"reference={card.reference}"), Filing(f"approved={card.approved}")),
        label=f"{folded(card.version_label)[:40]} {NEWEST_FIRST - card.position:019d}",
    )


PLANS = Listing("plans", 3, PlanCard, (PlanImported, DefectRuled, PlanApproved), changes, listed)
