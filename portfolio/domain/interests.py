"""Interests: what people say they are to an apprentice before they see the work, and how it is corrected (INTEREST-1).

A declaration that would free somebody of a conflict counts only once a responsible officer has confirmed it.
"""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.kernel import Command, Fact, Recorded, RuleBroken
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


class InterestNotDeclared(RuleBroken, rule="INTEREST-1"):
    """Declare what you are to this apprentice first, also where you have no interest: it is asked before the rest."""


class CorrectionUnknown(RuleBroken, rule="INTEREST-1"):
    """No correction of this person waits: a declaration is confirmed where it takes back an earlier, other one."""


class CorrectionByAnother(RuleBroken, rule="INTEREST-1"):
    """Nobody confirms their own correction: another responsible officer does."""


class OfficerConflicted(RuleBroken, rule="INTEREST-2"):
    """A responsible officer with an interest in the apprentice, or who taught or employed them, leaves it to others."""


def check_may_confirm(command: ConfirmCorrection, by: UUID, *, tied: bool) -> None:
    """Refuse to confirm one's own correction, or as an officer with a tie to the apprentice (INTEREST-2)."""
    if by == command.person_id:
        raise CorrectionByAnother
    if tied or by == command.apprentice:
        raise OfficerConflicted


def viewed(by: UUID, evidence: Iterable[Recorded]) -> bool:
    """Return whether a person was shown any of this evidence, of which everything recorded is given."""
    return any(entry.by == by and isinstance(entry.fact, EvidenceServed) for entry in evidence)
