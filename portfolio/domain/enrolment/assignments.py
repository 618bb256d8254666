"""Assignments: who has which part in an enrolment, from a day to a day."""

from datetime import date
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.components import Components, Place, Placed
from portfolio.domain.enrolment.conflict import coached_at_the_centre, conflicted
from portfolio.domain.enrolment.facts import EnrolmentFact, PersonAssigned, PersonReleased
from portfolio.domain.enrolment.refusals import (
    AlreadyAssigned,
    ApprenticeHasNoOtherPart,
    AssessorConflicted,
    AssessorIsQualityAssurer,
    NotAssigned,
)
from portfolio.domain.enrolment.state import Assigned, Enrolment, check_exists, is_open
from portfolio.domain.form import ComponentUnknown
from portfolio.domain.kernel import NOBODY, Command
from portfolio.domain.person import ForStanding, Person, RoleNotHeld, cases_left, check_registered
from portfolio.domain.standing import WithCases, check_none_open
from portfolio.domain.vocabulary import ASSESSOR, ASSIGNED, INTERNAL_QUALITY_ASSURER, Assignment
from portfolio.domain.words import Reason

CHECKED_BY: dict[Assignment, Assignment] = {
    ASSESSOR: INTERNAL_QUALITY_ASSURER,
    INTERNAL_QUALITY_ASSURER: ASSESSOR,
}
"""Assignments of which one checks the other: nobody has both for the same component."""


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
    reason: Reason


class ForAssignment(WithCases):
    """And the person named, the apprentice's other enrolments, the attempts of this one, and the form taken.

    ``components`` knows that form, and those of the attempts and of the parts given before.
    """

    person: Person
    other_enrolments: tuple[Enrolment, ...]
    attempts: tuple[Assessment, ...]
    form_id: UUID
    components: Components


def assign_person(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> list[EnrolmentFact]:
    """Give a part to somebody who holds a role for it and is free for it (INTEREST-2, -3, -4, -8)."""
    check_exists(enrolment)
    check_registered(known.person)
    if not known.person.keeps({ASSIGNED[command.assignment]}):
        raise RoleNotHeld(f"To be assigned as {command.assignment} the person must hold that role now.")
    _check_components(command, known)
    if any(is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise AlreadyAssigned
    check_none_open(
        case
        for case in known.cases
        if case.apprentice == enrolment.apprentice and command.person_id in case.members | case.officers
    )
    if command.assignment == ASSESSOR and _barred(enrolment, command, known):
        raise AssessorConflicted
    if command.person_id == enrolment.apprentice:
        raise ApprenticeHasNoOtherPart
    if any(_checks(part, command, known) for part in enrolment.assigned) or _judged(command, known):
        raise AssessorIsQualityAssurer
    assigned = PersonAssigned(
        person_id=command.person_id,
        assignment=command.assignment,
        starts_on=command.starts_on,
        components=command.components,
        form_id=known.form_id if command.components else NOBODY,
    )
    return [assigned]


def release_person(enrolment: Enrolment, command: ReleasePerson, known: ForStanding) -> list[EnrolmentFact]:
    """End a part that the person has (PERSON-5)."""
    check_exists(enrolment)
    if not any(is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise NotAssigned
    released = PersonReleased(
        person_id=command.person_id,
        assignment=command.assignment,
        ends_on=command.ends_on,
        reason=command.reason,
        cases=cases_left(command.person_id, command.reason, known),
    )
    return [released]


def _barred(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether a tie bars the person from assessing, and no scrutiny route is open for each component named."""
    routes = (enrolment.scrutiny_route(command.person_id, known.form_id, component) for component in command.components)
    enrolments, person_id = (enrolment, *known.other_enrolments), command.person_id
    by_route = coached_at_the_centre(enrolments, known.person, person_id) and command.components and all(routes)
    return conflicted(enrolments, known.person, person_id) and not by_route


def _check_components(command: AssignPerson, known: ForAssignment) -> None:
    """Refuse keys that name no component on the form taken."""
    keys = {component.key for component in known.components.forms[known.form_id].components}
    if unknown := sorted(command.components - keys):
        raise ComponentUnknown(f"Not on the form: {', '.join(unknown)}.", components=unknown)


def _checks(part: Assigned, command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether the person has the part that checks this one, or is checked by it, for one of its components."""
    held = part.person_id == command.person_id and part.assignment == CHECKED_BY.get(command.assignment)
    goes_on = part.ends_on is None or command.starts_on < part.ends_on
    return held and goes_on and _share(part.places(), command, known)


def _judged(command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether the person is to assure what they judged themselves, whatever became of that part."""
    return command.assignment == INTERNAL_QUALITY_ASSURER and any(
        command.person_id in attempt.took_part() and _share((attempt.opening(),), command, known)
        for attempt in known.attempts
    )


def _share(places: tuple[Placed, ...], command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether the part would be for one of these components, by whatever key; none named means all."""
    named = [Place(form_id=known.form_id, component=key) for key in command.components]
    pairs = ((place, other) for place in places for other in named)
    return not places or not named or any(known.components.may_be_same(*pair) for pair in pairs)
