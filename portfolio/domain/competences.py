"""Competences: what somebody was trained for, standardised on or prepared for, from a day on."""

from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Command, Fact, RuleBroken
from portfolio.domain.words import OptionalReason

CompetenceKind = Literal["training", "standardised", "appeals panel"]


class RecordCompetence(Command):
    """Keep that a person was trained, standardised on a criteria version, or prepared for appeals panels."""

    person_id: UUID
    kind: CompetenceKind
    criteria_id: UUID | None = None
    occurred_on: date
    detail: OptionalReason = ""

    @property
    def criteria_named(self) -> UUID:
        """Return the criteria it is about, ``NOBODY`` for none."""
        return self.criteria_id or NOBODY


class CompetenceRecorded(Fact, tag="person.competence-recorded"):
    """The person was trained or standardised on the day given."""

    kind: CompetenceKind
    criteria_id: UUID | None
    occurred_on: date
    detail: str


class CompetenceNeedsCriteria(RuleBroken, rule="DECISION-1"):
    """Standardisation is always on one criteria version: name it."""
