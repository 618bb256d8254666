"""Interests: what people say they are to an apprentice before they see the work, and how it is corrected (INTEREST-1).

A declaration that would free somebody of a conflict counts only once a responsible officer has confirmed it.
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.kernel import Command, Fact, Recorded, RuleBroken, State
from portfolio.domain.words import OptionalReason, Reason

Interest = Literal["none", "personal", "trained", "managed", "coached"]


class DeclareInterest(Command):
    """Say, before the first view of the work, what one is to an apprentice and ``also`` to others; "none" counts too.

    Said again, it is renewed or corrected: what was said before stays on record.
    """

    person_id: UUID
    apprentice: UUID
    interest: Interest
    detail: OptionalReason = ""
    also: frozenset[UUID] = frozenset()


class ConfirmCorrection(Command):
    """Confirm, with a reason, what a person said last of an apprentice, which frees them of a conflict."""

    person_id: UUID
    apprentice: UUID
    reason: Reason


class InterestDeclared(Fact, tag="person.interest-declared", omit_defaults=True):
    """The person said what they are to an apprentice; ``late`` if they had seen the work before they ever said so."""

    apprentice: UUID
    interest: Interest
    detail: str
    late: bool = False


class CorrectionConfirmed(Fact, tag="person.correction-confirmed"):
    """A responsible officer confirmed what the person said last: no conflict with this apprentice is declared now."""

    apprentice: UUID
    reason: str


InterestFact = InterestDeclared | CorrectionConfirmed


class InterestNotDeclared(RuleBroken, rule="INTEREST-1"):
    """Declare what you are to this apprentice first, also where you have no interest: it is asked before the rest."""


class CorrectionUnknown(RuleBroken, rule="INTEREST-1"):
    """No correction of this person waits: a declaration is confirmed where it takes back an earlier, other one."""


class CorrectionByAnother(RuleBroken, rule="INTEREST-1"):
    """Nobody confirms their own correction: another responsible officer does."""


class OfficerConflicted(RuleBroken, rule="INTEREST-2"):
    """A responsible officer with an interest in the apprentice, or who taught or employed them, leaves it to others."""


class Declaring(State):
    """What somebody declared; ``confirmed``: declarations about an apprentice when a correction was confirmed last."""

    interests: tuple[InterestDeclared, ...] = ()
    confirmed: dict[UUID, int] = {}

    def declared(self, apprentice: UUID) -> tuple[InterestDeclared, ...]:
        """Return what the person declared about this apprentice."""
        return tuple(declared for declared in self.interests if declared.apprentice == apprentice)

    def holding(self, apprentice: UUID) -> tuple[InterestDeclared, ...]:
        """Return what the person declared of this apprentice since a correction of theirs was confirmed last."""
        return self.declared(apprentice)[self.confirmed.get(apprentice, 0) :]

    def said_in_time(self, apprentice: UUID, interest: Interest) -> bool:
        """Return whether they said this of the apprentice before, not too late, and it was not taken back since."""
        confirmed = max(self.confirmed.get(apprentice, 0) - 1, 0)  # the place of the correction that was confirmed
        return any(
            declared.interest == interest and not declared.late for declared in self.declared(apprentice)[confirmed:]
        )

    def interested_in(self, apprentice: UUID) -> bool:
        """Return whether an interest that they declared holds: one taken back does until that is confirmed."""
        return any(each.interest != "none" for each in self.holding(apprentice))

    def corrected(self, apprentice: UUID) -> bool:
        """Return whether they took an interest in the apprentice back, and nobody has confirmed it yet."""
        return self.interested_in(apprentice) and self.declared(apprentice)[-1].interest == "none"


def check_may_confirm(command: ConfirmCorrection, by: UUID, *, tied: bool) -> None:
    """Refuse to confirm one's own correction, or as an officer with a tie to the apprentice (INTEREST-2)."""
    if by == command.person_id:
        raise CorrectionByAnother
    if tied or by == command.apprentice:
        raise OfficerConflicted


def viewed(by: UUID, evidence: Iterable[Recorded]) -> bool:
    """Return whether a person was shown any of this evidence, of which everything recorded is given."""
    return any(entry.by == by and isinstance(entry.fact, EvidenceServed) for entry in evidence)
