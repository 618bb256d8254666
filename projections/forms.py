"""Forms: every form that was begun."""

from collections.abc import Iterator
from uuid import UUID

from portfolio.domain.form import ComponentAdded, FormApproved, FormDrafted
from portfolio.domain.kernel import Entry, Value, changed
from projections.machinery.listing import Card, Filing, Listed, Listing


class FormCard(Value):
    """A form with how many components it has; ``position`` is that of its draft."""

    plan_id: UUID
    title: str
    routes: tuple[str, ...]
    position: int
    components: int = 0
    approved: bool = False


def changes(entry: Entry, owner: UUID | None, card: Card[FormCard]) -> Iterator[tuple[UUID, FormCard]]:  # noqa: ARG001 - forms belong to no enrolment
    """Yield the card of a form that a fact changes."""
    before = card(entry.originator_id)
    match entry.fact:
        case FormDrafted(plan_id=plan_id, title=title, routes=routes):
            yield entry.originator_id, FormCard(plan_id=plan_id, title=title, routes=routes, position=entry.position)
        case ComponentAdded() if before:
            yield entry.originator_id, changed(before, components=before.components + 1)
        case FormApproved() if before:
            yield entry.originator_id, changed(before, approved=True)


def listed(form_id: UUID, card: FormCard) -> Listed:  # noqa: ARG001 - the card says all
    """Return how a form is listed."""
    return Listed(
        card.title,
        card.position,
        (
            Filing(f"plan_id={card.plan_id}"),
            Filing(f"approved={card.approved}"),
            *(Filing(f"route={route}") for route in card.routes),
        ),
    )


FORMS = Listing("forms", 2, FormCard, (FormDrafted, ComponentAdded, FormApproved), changes, listed)
