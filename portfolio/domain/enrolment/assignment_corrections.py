"""Corrections of assignments: an end is brought forward, a day or a component put right, and an error taken back.

Whoever did anything in a part had it. One in which nothing was done is taken back; where it tied the person to the
apprentice, they are freed only once a responsible officer, who neither is that person nor took it back, confirms it.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact
from portfolio.domain.assessment.facts import AssessmentFact
from portfolio.domain.calendar import Day
from portfolio.domain.enrolment.assignments import (
    AssignPerson,
    ForAssignment,
    ForRelease,
    assign_person,
    check_end,
    recording,
)
from portfolio.domain.enrolment.conflict import check_officer_free
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    AssignmentTakenBack,
    EndBroughtForward,
    EnrolmentFact,
    PersonAssigned,
    TakingBackConfirmed,
)
from portfolio.domain.enrolment.parts import Assigned, begun
from portfolio.domain.enrolment.refusals import (
    EndNotBroughtForward,
    NotAssigned,
    NothingTakenBack,
    PartWasUsed,
    TieTakenBackInstead,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.evidence.facts import EvidenceFact
from portfolio.domain.interests import CorrectionByAnother
from portfolio.domain.kernel import Command, Known, Recorded, changed
from portfolio.domain.person import Person
from portfolio.domain.standing import cases_left
from portfolio.domain.vocabulary import TIES, Assignment
from portfolio.domain.words import Key, Reason


class BringEndForward(Command):
    """Let a part end on an earlier day than ``was``, which is on record."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    was: date
    ends_on: Day
    reason: Reason


class CorrectAssignment(Command):
    """Put right from which day a person has a part that goes on, or for which components; ``began_on`` is on record."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    began_on: date
    starts_on: Day
    components: frozenset[Key] = frozenset()
    reason: Reason


class TakeAssignmentBack(Command):
    """Take back a part that the person never had; ``began_on`` is the day on record."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    began_on: date
    reason: Reason


class ConfirmTakingBack(Command):
    """Confirm that a person whose part was taken back never had it, which frees them of the conflict."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    began_on: date
    reason: Reason


class ForAssignmentCorrection(ForAssignment):
    """And everything recorded of the enrolment, its attempts, evidence and appeals."""

    history: tuple[Recorded, ...]


class ForConfirmation(Known):
    """All who hold or held the role of responsible officer, the apprentice's other enrolments, and what is recorded."""

    officers: dict[UUID, Person]
    other_enrolments: tuple[Enrolment, ...]
    history: Sequence[Recorded]


def bring_end_forward(enrolment: Enrolment, command: BringEndForward, known: ForRelease) -> list[EnrolmentFact]:
    """Bring the end of a part forward, not before what the person did in it (ENROLMENT-9, PERSON-5, PERSON-8)."""
    check_exists(enrolment)
    held = [part for part in parts_of(enrolment, command) if part.ends_on == command.was and not part.taken_back]
    if not held:
        raise NotAssigned("No part of this person ends on that day.")
    if command.ends_on >= command.was:
        raise EndNotBroughtForward
    for part in held:
        check_end(part, command.ends_on, known)
    forward = EndBroughtForward(
        person_id=command.person_id,
        assignment=command.assignment,
        was=command.was,
        ends_on=command.ends_on,
        reason=command.reason,
        cases=cases_left(command.person_id, command.reason, known),
    )
    return [forward]


def correct_assignment(
    enrolment: Enrolment, command: CorrectAssignment, known: ForAssignmentCorrection
) -> list[EnrolmentFact]:
    """Put a part that goes on right, as if it had been given so (ENROLMENT-9); nobody is freed by it."""
    check_exists(enrolment)
    part = begun(enrolment.assigned, command.person_id, command.assignment, command.began_on)
    if part is None or part.ends_on is not None:
        raise NotAssigned
    if was_used(part, known.history):
        raise PartWasUsed
    if part.assignment in TIES and part.ran(known.today) and command.starts_on > known.today:
        raise TieTakenBackInstead
    if (command.starts_on, command.components) == (part.starts_on, part.components):
        return []
    others = tuple(each for each in enrolment.assigned if each is not part)
    given = AssignPerson(
        enrolment_id=command.enrolment_id,
        person_id=command.person_id,
        assignment=command.assignment,
        starts_on=command.starts_on,
        components=command.components,
    )
    return [
        AssignmentCorrected(
            person_id=command.person_id,
            assignment=command.assignment,
            began_on=part.starts_on,
            was=part.components,
            starts_on=right.starts_on,
            components=right.components,
            form_id=right.form_id,
            reason=command.reason,
        )
        for right in assign_person(changed(enrolment, assigned=others), given, known)
        if isinstance(right, PersonAssigned)
    ]


def take_assignment_back(enrolment: Enrolment, command: TakeAssignmentBack, known: ForRelease) -> list[EnrolmentFact]:
    """Take back a part in which nothing was done (ENROLMENT-9, PERSON-5).

    One that ran and ties the person to the apprentice does so until a responsible officer has confirmed it.
    """
    check_exists(enrolment)
    part = begun(enrolment.assigned, command.person_id, command.assignment, command.began_on)
    if part is None:
        raise NotAssigned
    if was_used(part, known.history):
        raise PartWasUsed
    taken_back = AssignmentTakenBack(
        person_id=command.person_id,
        assignment=command.assignment,
        began_on=command.began_on,
        waits=command.assignment in TIES and part.ran(known.today),
        reason=command.reason,
        cases=cases_left(command.person_id, command.reason, known),
    )
    return [taken_back]


def confirm_taking_back(
    enrolment: Enrolment, command: ConfirmTakingBack, known: ForConfirmation
) -> list[EnrolmentFact]:
    """Confirm, as a free officer who neither is that person nor took it back, that a part never was (ENROLMENT-9)."""
    check_exists(enrolment)
    if known.by == command.person_id:
        raise CorrectionByAnother
    check_officer_free((enrolment, *known.other_enrolments), known.officers, known.by, known.today)
    waits = (part for part in parts_of(enrolment, command) if part.taken_back and part.starts_on == command.began_on)
    if next(waits, None) is None:
        raise NothingTakenBack
    if _took_back(command, known):
        raise CorrectionByAnother("Nobody confirms what they took back themselves: another responsible officer does.")
    confirmed = TakingBackConfirmed(
        person_id=command.person_id,
        assignment=command.assignment,
        began_on=command.began_on,
        reason=command.reason,
    )
    return [confirmed]


def parts_of(enrolment: Enrolment, command: BringEndForward | ConfirmTakingBack) -> list[Assigned]:
    """Return the parts of this kind that the person has, had or was to have."""
    return [
        part
        for part in enrolment.assigned
        if (part.person_id, part.assignment) == (command.person_id, command.assignment)
    ]


def _took_back(command: ConfirmTakingBack, known: ForConfirmation) -> bool:
    """Return whether who asks took the part back themselves."""
    named = (known.by, command.person_id, command.assignment, command.began_on)
    return any(
        (entry.by, entry.fact.person_id, entry.fact.assignment, entry.fact.began_on) == named
        for entry in known.history
        if isinstance(entry.fact, AssignmentTakenBack)
    )


def was_used(part: Assigned, history: tuple[Recorded, ...]) -> bool:
    """Return whether the person did or was shown anything here since the part was recorded."""
    since = recording(part, history).position
    return any(
        entry.by == part.person_id and entry.position > since
        for entry in history
        if isinstance(entry.fact, EvidenceFact | AssessmentFact | AppealFact)
    )
