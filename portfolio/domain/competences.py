"""Competences: what somebody was trained for, standardised on or prepared for, from a day on, and how it is put right.

A decision goes on saying what its decider was standardised on then.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from portfolio.domain.calendar import Day
from portfolio.domain.criteria import Criteria, CriteriaUnknown
from portfolio.domain.kernel import A_DAY_THAT_HAS_COME, NOBODY, Command, Fact, Known, RuleBroken, changed
from portfolio.domain.vocabulary import ADMINISTRATOR, Role
from portfolio.domain.words import OptionalReason, Reason

CompetenceKind = Literal["training", "standardised", "appeals panel"]


class RecordCompetence(Command):
    """Keep that a person was trained, standardised on a criteria version, or prepared for appeals panels."""

    person_id: UUID
    kind: CompetenceKind
    criteria_id: UUID | None = None
    occurred_on: Day
    detail: OptionalReason = ""

    @property
    def criteria_named(self) -> UUID:
        """Return the criteria it is about, ``NOBODY`` for none."""
        return self.criteria_id or NOBODY


class CorrectCompetence(Command):
    """Put right on which criteria or day somebody got a competence; kind, criteria and day name it as it is on record.

    ``right_criteria_id`` and ``right_day`` are as it was.
    """

    person_id: UUID
    kind: CompetenceKind
    criteria_id: UUID | None = None
    occurred_on: date
    right_criteria_id: UUID | None = None
    right_day: Day
    reason: Reason

    @property
    def criteria_named(self) -> UUID:
        """Return the criteria it is about, ``NOBODY`` for none."""
        return self.right_criteria_id or NOBODY


class TakeCompetenceBack(Command):
    """Take back a competence that the person never got; kind, criteria and day name it as it is on record."""

    person_id: UUID
    kind: CompetenceKind
    criteria_id: UUID | None = None
    occurred_on: date
    reason: Reason


class CompetenceRecorded(Fact, tag="person.competence-recorded"):
    """The person was trained or standardised on the day given."""

    kind: CompetenceKind
    criteria_id: UUID | None
    occurred_on: date
    detail: str


class CompetenceCorrected(Fact, tag="person.competence-corrected"):
    """The competence that was recorded of a day, on some criteria, is of another day or on others."""

    kind: CompetenceKind
    was_criteria_id: UUID | None
    was_on: date
    criteria_id: UUID | None
    occurred_on: date
    reason: str


class CompetenceTakenBack(Fact, tag="person.competence-taken-back"):
    """The person never got the competence that was recorded."""

    kind: CompetenceKind
    criteria_id: UUID | None
    occurred_on: date
    reason: str


class CompetenceNeedsCriteria(RuleBroken, rule="DECISION-1"):
    """Standardisation is always on one criteria version: name it."""


class CompetenceUnknown(RuleBroken, rule="PERSON-10"):
    """No such competence of the person is on record: name its kind, criteria and day as they stand there."""


class CompetenceAhead(RuleBroken, rule="WORDS-5"):
    """A competence is recorded once its day has come."""


class NotForLeadAssessor(RuleBroken, rule="PERSON-12"):
    """A lead assessor records who was standardised; every other competence is for an administrator to record."""


class ForCompetence(Known):
    """The criteria named, empty if there are none, and the roles of who asks."""

    criteria: Criteria
    roles: frozenset[Role]


CompetenceFact = CompetenceRecorded | CompetenceCorrected | CompetenceTakenBack


def recorded(command: RecordCompetence, known: ForCompetence) -> CompetenceRecorded:
    """Return the fact of a competence, on criteria that exist (DECISION-1, PERSON-6, PERSON-12)."""
    if command.kind != "standardised" and ADMINISTRATOR not in known.roles:
        raise NotForLeadAssessor
    check_criteria(command.kind, command.criteria_id, known)
    if command.occurred_on > known.today:
        raise CompetenceAhead(f"occurred_on: {A_DAY_THAT_HAS_COME}", days=["occurred_on"])
    return CompetenceRecorded(
        kind=command.kind, criteria_id=command.criteria_id, occurred_on=command.occurred_on, detail=command.detail
    )


def corrected(
    competences: tuple[CompetenceRecorded, ...], command: CorrectCompetence, known: ForCompetence
) -> list[CompetenceCorrected]:
    """Return the fact that puts a competence on record right, none if it is right (PERSON-10)."""
    check_criteria(command.kind, command.right_criteria_id, known)
    check_on_record(competences, command)
    if (command.right_criteria_id, command.right_day) == (command.criteria_id, command.occurred_on):
        return []
    if command.right_day > known.today:
        raise CompetenceAhead(f"right_day: {A_DAY_THAT_HAS_COME}", days=["right_day"])
    right = CompetenceCorrected(
        kind=command.kind,
        was_criteria_id=command.criteria_id,
        was_on=command.occurred_on,
        criteria_id=command.right_criteria_id,
        occurred_on=command.right_day,
        reason=command.reason,
    )
    return [right]


def taken_back(competences: tuple[CompetenceRecorded, ...], command: TakeCompetenceBack) -> CompetenceTakenBack:
    """Return the fact that a competence on record never was (PERSON-10)."""
    check_on_record(competences, command)
    return CompetenceTakenBack(
        kind=command.kind, criteria_id=command.criteria_id, occurred_on=command.occurred_on, reason=command.reason
    )


def check_criteria(kind: CompetenceKind, criteria_id: UUID | None, known: ForCompetence) -> None:
    """Refuse a standardisation on nothing, and criteria that are not there (DECISION-1, PERSON-6)."""
    if kind == "standardised" and criteria_id is None:
        raise CompetenceNeedsCriteria
    if criteria_id is not None and not known.criteria.written():
        raise CriteriaUnknown


def check_on_record(
    competences: tuple[CompetenceRecorded, ...], command: CorrectCompetence | TakeCompetenceBack
) -> None:
    """Refuse to put a competence right that is not on record (PERSON-10)."""
    if (command.kind, command.criteria_id, command.occurred_on) not in map(_named, competences):
        raise CompetenceUnknown


def competences_after(
    competences: tuple[CompetenceRecorded, ...], fact: CompetenceFact
) -> tuple[CompetenceRecorded, ...]:
    """Return the competences after another one, or after one was put right or taken back, wherever it is as named."""
    if isinstance(fact, CompetenceRecorded):
        return (*competences, fact)
    if isinstance(fact, CompetenceTakenBack):
        gone = (fact.kind, fact.criteria_id, fact.occurred_on)
        return tuple(each for each in competences if _named(each) != gone)
    was = (fact.kind, fact.was_criteria_id, fact.was_on)
    return tuple(
        changed(each, criteria_id=fact.criteria_id, occurred_on=fact.occurred_on) if _named(each) == was else each
        for each in competences
    )


def _named(competence: CompetenceRecorded) -> tuple[CompetenceKind, UUID | None, date]:
    return competence.kind, competence.criteria_id, competence.occurred_on
