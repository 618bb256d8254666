"""Assignments: who has which part in an enrolment, from a day to a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.calendar import Day, day_in_words, london_day
from portfolio.domain.components import Components, Place, Placed
from portfolio.domain.enrolment.conflict import coached_at_the_centre, conflicted
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    EndBroughtForward,
    EnrolmentFact,
    PersonAssigned,
    PersonReleased,
)
from portfolio.domain.enrolment.near import check_near
from portfolio.domain.enrolment.parts import Assigned, is_open
from portfolio.domain.enrolment.refusals import (
    AlreadyAssigned,
    ApprenticeHasNoOtherPart,
    AssessorConflicted,
    AssessorIsQualityAssurer,
    NotAssigned,
    PartsOverlap,
    ReleaseTooEarly,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceAnnotated, EvidenceRecorded, EvidenceReturned
from portfolio.domain.form import ComponentUnknown
from portfolio.domain.kernel import NOBODY, Command, Fact, Recorded
from portfolio.domain.person import ForStanding, Person, RoleNotHeld, check_registered
from portfolio.domain.standing import WithCases, cases_left, check_none_open
from portfolio.domain.vocabulary import ASSESSOR, ASSIGNED, INTERNAL_QUALITY_ASSURER, TIES, Assignment
from portfolio.domain.words import Key, Reason

CHECKED_BY: dict[Assignment, Assignment] = {
    ASSESSOR: INTERNAL_QUALITY_ASSURER,
    INTERNAL_QUALITY_ASSURER: ASSESSOR,
}
"""Assignments of which one checks the other: nobody has both for the same component."""


DONE_IN_A_PART: tuple[type[Fact], ...] = (EvidenceRecorded, EvidenceAccepted, EvidenceReturned, EvidenceAnnotated)
DONE_AS_ASSESSOR: tuple[type[Fact], ...] = (*DONE_IN_A_PART, StatementFound, GradeDecided)
"""What a person did in a part, which is then on record for the day it was done."""


class AssignPerson(Command):
    """Give a person a part in this enrolment from a day on; an assessor may be limited to some components."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    starts_on: Day
    components: frozenset[Key] = frozenset()


class ReleasePerson(Command):
    """End a person's part in this enrolment."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    ends_on: Day
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


class ForRelease(ForStanding):
    """And everything recorded of the enrolment, its attempts and its evidence."""

    history: tuple[Recorded, ...]


def assign_person(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> list[EnrolmentFact]:
    """Give a part to somebody who holds a role for it and is free for it (INTEREST-2, -3, -4, -8)."""
    check_exists(enrolment)
    check_near("starts_on", command.starts_on, known.today)
    check_registered(known.person)
    if not known.person.keeps({ASSIGNED[command.assignment]}):
        raise RoleNotHeld(
            f"To be assigned as {command.assignment} {known.person.name} must hold that role now: "
            "an administrator grants it first."
        )
    _check_components(command, known)
    if any(is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise AlreadyAssigned
    if overlapping := [part.ends_on for part in enrolment.assigned if _overlaps(part, command, known)]:
        raise PartsOverlap(f"It is held until {day_in_words(max(filter(None, overlapping)))}.")
    check_none_open(
        case
        for case in known.cases
        if case.apprentice == enrolment.apprentice and command.person_id in case.members | case.officers
    )
    if command.assignment == ASSESSOR and _barred(enrolment, command, known):
        raise AssessorConflicted(_why_conflicted(enrolment, known, command.person_id))
    if command.person_id == enrolment.apprentice:
        raise ApprenticeHasNoOtherPart
    if any(_checks(part, command, known) for part in enrolment.assigned) or _judged(enrolment, command, known):
        raise AssessorIsQualityAssurer
    assigned = PersonAssigned(
        person_id=command.person_id,
        assignment=command.assignment,
        starts_on=command.starts_on,
        components=command.components,
        form_id=known.form_id if command.components else NOBODY,
    )
    return [assigned]


def release_person(enrolment: Enrolment, command: ReleasePerson, known: ForRelease) -> list[EnrolmentFact]:
    """End a part that the person has, not before what they did in it (PERSON-5, PERSON-8)."""
    check_exists(enrolment)
    held = next((part for part in enrolment.assigned if is_open(part, command.person_id, command.assignment)), None)
    if held is None:
        raise NotAssigned
    check_near("ends_on", command.ends_on, known.today)
    check_end(held, command.ends_on, known)
    released = PersonReleased(
        person_id=command.person_id,
        assignment=command.assignment,
        ends_on=command.ends_on,
        reason=command.reason,
        cases=cases_left(command.person_id, command.reason, known),
    )
    return [released]


def check_end(part: Assigned, ends_on: date, known: ForRelease) -> None:
    """Refuse a day on which the part cannot end any more (PERSON-8)."""
    earliest = earliest_end(part, known)
    if ends_on < earliest:
        raise ReleaseTooEarly(
            f"The earliest day open is {day_in_words(earliest)}; a part that the person never had is taken back.",
            days=[str(earliest)],
        )


def earliest_end(part: Assigned, known: ForRelease) -> date:
    """Return the first day on which a part may end.

    One in which nothing was done may end unheld until it begins or, if it was recorded later and ties nobody, on that
    very day: then it never ran. Otherwise it ran on its first day.
    """
    kinds = DONE_AS_ASSESSOR if part.assignment == ASSESSOR else DONE_IN_A_PART
    given, ended = recording(part, known.history), _end_recorded(part, known.history)
    own = (entry for entry in known.history if entry.by == part.person_id and entry.position > given.position)
    did = [(london_day(entry.at), entry.position < ended) for entry in own if type(entry.fact) in kinds]
    done = [day for day, before in did if part.on(day) or (before and day == part.ends_on)]
    recorded = london_day(given.at)
    unheld = part.starts_on - timedelta(days=1) if part.assignment in TIES else max(part.starts_on, recorded)
    if not done and known.today <= unheld:
        return part.starts_on
    return max([part.starts_on + timedelta(days=1), *done])


def recording(part: Assigned, history: Iterable[Recorded]) -> Recorded:
    """Return the entry by which the part is on record with this first day: a correction, or that it was given."""
    entries = (entry for entry in history if _gives(entry.fact, part))
    return max(entries, key=lambda entry: entry.position)


def _gives(fact: Fact, part: Assigned) -> bool:
    named = (part.person_id, part.assignment, part.starts_on, part.components)
    return isinstance(fact, PersonAssigned | AssignmentCorrected) and (
        (fact.person_id, fact.assignment, fact.starts_on, fact.components) == named
    )


def _end_recorded(part: Assigned, history: Iterable[Recorded]) -> int:
    """Return the position at which the end of the part is on record, 0 if it has none."""
    named = (part.person_id, part.assignment, part.ends_on)
    return max(
        (
            entry.position
            for entry in history
            if isinstance(entry.fact, PersonReleased | EndBroughtForward)
            and (entry.fact.person_id, entry.fact.assignment, entry.fact.ends_on) == named
        ),
        default=0,
    )


def _barred(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether a tie bars the person from assessing, and no scrutiny route is open for each component named."""
    routes = (enrolment.scrutiny_route(command.person_id, known.form_id, component) for component in command.components)
    enrolments, person_id = (enrolment, *known.other_enrolments), command.person_id
    by_route = (
        coached_at_the_centre(enrolments, known.person, person_id, known.today) and command.components and all(routes)
    )
    return conflicted(enrolments, known.person, person_id, known.today) and not by_route


def _why_conflicted(enrolment: Enrolment, known: ForAssignment, person_id: UUID) -> str:
    name, enrolments = known.person.name, (enrolment, *known.other_enrolments)
    if not coached_at_the_centre(enrolments, known.person, person_id, known.today):
        return f"{name} has an interest in this apprentice, or ever taught, coached or employed them: assign another."
    return (
        f"{name} coached this apprentice: assign another; or, for components that the centre marks, name those for "
        "which a responsible officer has recorded a scrutiny route."
    )


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


def _judged(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether the person is to assure what they judged themselves, or confirm as a second person."""
    judged: list[Placed] = [each.opening() for each in known.attempts if command.person_id in each.took_part()]
    judged += [
        Place(form_id=route.form_id, component=route.component)
        for route in enrolment.scrutiny_routes
        if route.second_person == command.person_id
    ]
    return command.assignment == INTERNAL_QUALITY_ASSURER and any(_share((each,), command, known) for each in judged)


def _overlaps(part: Assigned, command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether the person has this very part, for one of its components, until after the day it is to begin."""
    same = (part.person_id, part.assignment) == (command.person_id, command.assignment)
    until = part.ends_on is not None and part.starts_on < part.ends_on and command.starts_on < part.ends_on
    return same and until and _share(part.places(), command, known)


def _share(places: tuple[Placed, ...], command: AssignPerson, known: ForAssignment) -> bool:
    """Return whether the part would be for one of these components, by whatever key; none named means all."""
    named = [Place(form_id=known.form_id, component=key) for key in command.components]
    pairs = ((place, other) for place in places for other in named)
    return not places or not named or any(known.components.may_be_same(*pair) for pair in pairs)
