"""Assignments: who has which part in an enrolment, from a day to a day."""

from datetime import date
from uuid import UUID

from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.facts import EnrolmentFact, PersonAssigned, PersonReleased
from portfolio.domain.enrolment.refusals import AlreadyAssigned, AssessorConflicted, NotAssigned
from portfolio.domain.enrolment.state import Enrolment, check_exists, is_open
from portfolio.domain.kernel import Command, Known
from portfolio.domain.person import Person, RoleNotHeld, check_registered
from portfolio.domain.vocabulary import (
    ASSESSOR,
    CENTRE_ASSESSOR,
    COACH,
    EMPLOYER,
    INTERNAL_QUALITY_ASSURER,
    Assignment,
    Role,
)

ROLE_FOR: dict[Assignment, frozenset[Role]] = {
    COACH: frozenset({COACH}),
    EMPLOYER: frozenset({EMPLOYER}),
    ASSESSOR: frozenset({ASSESSOR, CENTRE_ASSESSOR}),
    INTERNAL_QUALITY_ASSURER: frozenset({INTERNAL_QUALITY_ASSURER}),
}
"""Roles of which a person must hold one to be given an assignment."""


class AssignPerson(Command):
    """Give a person a part in this enrolment from a day on; an assessor may be limited to some components."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str] = frozenset()


class ReleasePerson(Command):
    """End a person's part in this enrolment."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    ends_on: date
    reason: str


class ForAssignment(Known):
    """The person named, and the apprentice's other enrolments."""

    person: Person
    other_enrolments: tuple[Enrolment, ...]


def assign_person(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> list[EnrolmentFact]:
    """Give a part to somebody who holds a role for it; an assessor is free of ties (INTEREST-2, INTEREST-3)."""
    check_exists(enrolment)
    check_registered(known.person)
    if not known.person.roles & ROLE_FOR[command.assignment]:
        raise RoleNotHeld(f"To be assigned as {command.assignment} the person must hold that role.")
    if any(is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise AlreadyAssigned
    if command.assignment == ASSESSOR and conflicted(
        (enrolment, *known.other_enrolments), known.person, command.person_id
    ):
        raise AssessorConflicted
    assigned = PersonAssigned(
        person_id=command.person_id,
        assignment=command.assignment,
        starts_on=command.starts_on,
        components=command.components,
    )
    return [assigned]


def release_person(enrolment: Enrolment, command: ReleasePerson, known: Known) -> list[EnrolmentFact]:
    """End a part that the person has."""
    check_exists(enrolment)
    if not any(is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise NotAssigned
    released = PersonReleased(
        person_id=command.person_id, assignment=command.assignment, ends_on=command.ends_on, reason=command.reason
    )
    return [released]
