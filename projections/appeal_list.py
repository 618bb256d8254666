"""Appeal list: every appeal as it was lodged, found by where it stands and by who is part of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args
from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, AppealLodged
from portfolio.domain.appeal.fold import evolve
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.kernel import Entry, Value
from portfolio.domain.vocabulary import APPELLANT, MEMBER_OF_THE_PANEL, THE_APPRENTICE
from projections.enrolment_list import filed
from projections.machinery.listing import Card, Filing, Listed, Listing


class AppealCard(Value):
    """An appeal; ``position`` is where the log has its first fact."""

    position: int
    lodged_at: datetime
    appeal: Appeal


def changes(entry: Entry, owner: UUID | None, card: Card[AppealCard]) -> Iterator[tuple[UUID, AppealCard]]:  # noqa: ARG001 - the appeal says whose it is
    """Yield the card of an appeal that a fact changes."""
    if not isinstance(fact := entry.fact, AppealFact):
        return
    before = card(entry.originator_id)
    if before is None and isinstance(fact, AppealLodged):
        before = AppealCard(position=entry.position, lodged_at=entry.at, appeal=Appeal())
    if before is not None:
        appeal = evolve(before.appeal, fact)
        yield entry.originator_id, AppealCard(position=before.position, lodged_at=before.lodged_at, appeal=appeal)


def listed(appeal_id: UUID, card: AppealCard) -> Listed:  # noqa: ARG001 - the card says all
    """Return how an appeal is listed: it has no name."""
    appeal = card.appeal
    return Listed(
        "",
        card.position,
        (
            Filing(f"status={appeal.status}"),
            Filing(f"open={appeal.is_open()}"),
            Filing(f"enrolment_id={appeal.enrolment_id}"),
            Filing(filed(THE_APPRENTICE, appeal.apprentice)),
            Filing(filed(APPELLANT, appeal.appellant)),
            *(Filing(filed(MEMBER_OF_THE_PANEL, member)) for member in sorted(appeal.members - appeal.recused)),
        ),
        about=appeal.apprentice,
    )


APPEAL_LIST = Listing("appeal_list", 1, AppealCard, get_args(AppealFact), changes, listed)
