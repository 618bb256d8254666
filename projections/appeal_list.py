"""Appeal list: every appeal as it was lodged, found by where it stands and by who is part of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args
from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, AppealLodged
from portfolio.domain.appeal.fold import evolve
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Entry, Value, changed
from portfolio.domain.vocabulary import APPELLANT, MEMBER_OF_THE_PANEL, THE_APPRENTICE
from projections.enrolment_list import DECLARED, filed
from projections.machinery.listing import Card, Filing, Listed, Listing


class AppealCard(Value):
    """An appeal; ``position`` is where the log has its first fact.

    The card of a person, which is not listed, has the appeals that are about them. Both have who ``declared`` what they
    are to that apprentice.
    """

    position: int = 0
    lodged_at: datetime | None = None
    appeal: Appeal = Appeal()
    appeals: tuple[UUID, ...] = ()
    declared: frozenset[UUID] = frozenset()


def changes(entry: Entry, owner: UUID | None, card: Card[AppealCard]) -> Iterator[tuple[UUID, AppealCard]]:  # noqa: ARG001 - the appeal says whose it is
    """Yield the cards that a fact changes: that of an appeal, or of a person and the appeals about them."""
    fact, stream = entry.fact, entry.originator_id
    if isinstance(fact, InterestDeclared):
        person = card(fact.apprentice) or AppealCard()
        for each in (fact.apprentice, *person.appeals):
            known = card(each) or person
            yield each, changed(known, declared=known.declared | {stream})
    elif isinstance(fact, AppealLodged):
        person = card(fact.apprentice) or AppealCard()
        yield fact.apprentice, changed(person, appeals=(*person.appeals, stream))
        appeal = evolve(Appeal(), fact)
        yield (
            stream,
            AppealCard(position=entry.position, lodged_at=entry.at, appeal=appeal, declared=person.declared),
        )
    elif isinstance(fact, AppealFact) and (before := card(stream)):
        yield stream, changed(before, appeal=evolve(before.appeal, fact))


def listed(appeal_id: UUID, card: AppealCard) -> Listed | None:  # noqa: ARG001 - the card says all
    """Return how an appeal is listed, which has no name; None for the card of a person."""
    appeal = card.appeal
    if appeal.status == "none":
        return None
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
            *(Filing(filed(DECLARED, person)) for person in sorted(card.declared)),
        ),
    )


APPEAL_LIST = Listing("appeal_list", 2, AppealCard, (InterestDeclared, *get_args(AppealFact)), changes, listed)
