"""Conflict: who has too close a tie to an apprentice to judge the apprentice's work."""

from uuid import UUID

from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import COACH, EMPLOYER, Assignment

TIES: frozenset[Assignment] = frozenset({COACH, EMPLOYER})
"""Assignments that make a person no independent assessor of this apprentice, for ever (INTEREST-3)."""


def conflicted(enrolment: Enrolment, person: Person, person_id: UUID) -> bool:
    """Return whether recorded facts bar this person from judging this apprentice's work (INTEREST-2, INTEREST-3)."""
    declared = any(interest.interest != "none" for interest in person.declared(enrolment.apprentice))
    return declared or bool(enrolment.ever(person_id) & TIES) or person_id == enrolment.apprentice
