"""Own decisions: nobody replaces or sets aside a decision of an attempt in which they took part (INTEREST-4)."""

from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.kernel import RuleBroken
from portfolio.domain.person import Person


class OwnDecision(RuleBroken, rule="INTEREST-4"):
    """Nobody replaces or sets aside a decision of an attempt in which they ever judged, confirmed or declined."""


def check_not_own(attempt: Assessment, by: UUID, free: dict[UUID, Person], otherwise: str) -> None:
    """Refuse whoever took part, naming who is ``free`` to do it, or saying what must be done ``otherwise``."""
    if by not in attempt.took_part():
        return
    names = ", ".join(person.name for person in free.values())
    way = f"Free to do it: {names}." if free else f"Nobody on record is free: {otherwise}"
    raise OwnDecision(f"You took part in this attempt. {way}", free=map(str, free))
