"""What the office does with the part of a person in an enrolment: it begins, ends, is put right or taken back."""

from collections.abc import Callable
from datetime import timedelta

from api.enrolment_changes import EarlierEndIn, PartCorrectionIn, PartIn
from api.enrolments import AssignmentIn, ReleaseIn
from api.judging import TYPED
from api.pages.asking import Act, Ask
from api.pages.common import as_day
from api.pages.enrolments.changing import apprentice_of
from api.pages.enrolments.history import components_called, part_called
from api.pages.people.acts import WHY
from api.reads import Sight
from api.services import today
from portfolio.domain.enrolment.assignment_corrections import (
    BringEndForward,
    ConfirmTakingBack,
    CorrectAssignment,
    TakeAssignmentBack,
)
from portfolio.domain.enrolment.assignments import AssignPerson, ReleasePerson
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import FORM
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import TIES

ONE_DAY = timedelta(days=1)
NO_LONGER = "The day it ends no longer counts."


def assigning(sight: Sight[Enrolment], command: AssignPerson, person: Person) -> Act:
    """Assign a person who was chosen."""
    named = {"person_id": str(command.person_id), "assignment": command.assignment}
    return Act(
        "assignment",
        "Assign",
        f"Assign {person.name} as {command.assignment} of {apprentice_of(sight)}",
        "Assign",
        AssignmentIn,
        lambda body: AssignPerson(enrolment_id=sight.stream, **body),
        [command],
        [Ask("starts_on", "From which day", "It may be a day to come.", value=today().isoformat()), components(sight)],
        [
            f"Whoever has been {command.assignment} of an apprentice does not assess their work later on."
            if command.assignment in TIES
            else "They see the apprentice's work once they have said what they are to the apprentice."
        ],
        named,
        {"part": command.assignment, "person": str(command.person_id)},
    )


def components(sight: Sight[Enrolment], ticked: frozenset[str] = frozenset()) -> Ask:
    """Return the question for which components of the form a part is."""
    form = sight.session.state(FORM, sight.state.form_on(today()))
    return Ask(
        "components",
        "For which components",
        "Tick none for all of them.",
        [(each.key, each.name) for each in form.components],
        sorted(ticked),
    )


def release(sight: Sight[Enrolment], number: int, part: Assigned) -> Act:
    """Release."""
    days = (max(today(), part.starts_on + ONE_DAY), part.starts_on)
    return of_part(
        Act(
            "release",
            "Release",
            f"When does this end: {called(sight, part)}?",
            "Release",
            ReleaseIn,
            lambda body: ReleasePerson(enrolment_id=sight.stream, **body),
            [
                ReleasePerson(
                    enrolment_id=sight.stream,
                    person_id=part.person_id,
                    assignment=part.assignment,
                    ends_on=each,
                    reason=TYPED,
                )
                for each in days
            ],
            [Ask("ends_on", "From which day do they no longer have it", NO_LONGER, value=today().isoformat()), WHY],
            [
                on_record(sight, part),
                "What they did in it stays as it is. Who never had the part is not released: take it back.",
            ],
        ),
        number,
        part,
    )


def release_correction(sight: Sight[Enrolment], number: int, part: Assigned) -> Act:
    """Bring the end forward."""
    was = part.ends_on or today()
    return of_part(
        Act(
            "release-correction",
            "End earlier",
            f"Did this end earlier: {called(sight, part)}?",
            "Record the earlier end",
            EarlierEndIn,
            lambda body: BringEndForward(enrolment_id=sight.stream, **body),
            [
                BringEndForward(
                    enrolment_id=sight.stream,
                    person_id=part.person_id,
                    assignment=part.assignment,
                    was=was,
                    ends_on=was - ONE_DAY,
                    reason=TYPED,
                )
            ],
            [Ask("ends_on", "From which day did they no longer have it", NO_LONGER), WHY],
            [on_record(sight, part)],
        ),
        number,
        part,
        {"was": was.isoformat()},
    )


def assignment_correction(sight: Sight[Enrolment], number: int, part: Assigned) -> Act:
    """Correct the day or the components."""
    return of_part(
        Act(
            "assignment-correction",
            "Correct",
            f"What is right of this: {called(sight, part)}?",
            "Record what is right",
            PartCorrectionIn,
            lambda body: CorrectAssignment(enrolment_id=sight.stream, **body),
            [
                CorrectAssignment(
                    enrolment_id=sight.stream,
                    person_id=part.person_id,
                    assignment=part.assignment,
                    began_on=part.starts_on,
                    starts_on=part.starts_on,
                    components=part.components,
                    reason=TYPED,
                )
            ],
            [
                Ask("starts_on", "From which day", value=part.starts_on.isoformat()),
                components(sight, part.components),
                WHY,
            ],
            [on_record(sight, part), "It stays on record what it was."],
        ),
        number,
        part,
        {"began_on": part.starts_on.isoformat()},
    )


def assignment_withdrawal(sight: Sight[Enrolment], number: int, part: Assigned) -> Act:
    """Take back."""
    return of_part(
        Act(
            "assignment-withdrawal",
            "Take back",
            f"Did they never have this part: {called(sight, part)}?",
            "Take it back",
            PartIn,
            lambda body: TakeAssignmentBack(enrolment_id=sight.stream, **body),
            [
                TakeAssignmentBack(
                    enrolment_id=sight.stream,
                    person_id=part.person_id,
                    assignment=part.assignment,
                    began_on=part.starts_on,
                    reason=TYPED,
                )
            ],
            [WHY],
            [
                on_record(sight, part),
                "If the part ties them to the apprentice and has begun, it still does until a responsible officer "
                "other than you has confirmed that they never had it.",
            ],
            warns=True,
        ),
        number,
        part,
        {"began_on": part.starts_on.isoformat()},
    )


def assignment_confirmation(sight: Sight[Enrolment], number: int, part: Assigned) -> Act:
    """Confirm that it was taken back."""
    return of_part(
        Act(
            "assignment-confirmation",
            "Confirm",
            f"Is it right that they never had this part: {called(sight, part)}?",
            "Confirm it",
            PartIn,
            lambda body: ConfirmTakingBack(enrolment_id=sight.stream, **body),
            [
                ConfirmTakingBack(
                    enrolment_id=sight.stream,
                    person_id=part.person_id,
                    assignment=part.assignment,
                    began_on=part.starts_on,
                    reason=TYPED,
                )
            ],
            [WHY],
            [on_record(sight, part), "They are then free of the conflict with the apprentice that the part made."],
        ),
        number,
        part,
        {"began_on": part.starts_on.isoformat()},
    )


def of_part(act: Act, number: int, part: Assigned, fixed: dict[str, str] | None = None) -> Act:
    """Return an act that is about one part, which its form names as it is on record."""
    named = {"person_id": str(part.person_id), "assignment": part.assignment}
    return act._replace(fixed={**named, **(fixed or {})}, item={"n": str(number)})


def called(sight: Sight[Enrolment], part: Assigned) -> str:
    """Return whose part it is, and of whom."""
    return f"{part_called(sight, part.person_id, part.assignment)} of {apprentice_of(sight)}"


def on_record(sight: Sight[Enrolment], part: Assigned) -> str:
    """Return what is on record of a part."""
    until = f" until {as_day(part.ends_on)}" if part.ends_on and not part.taken_back else ""
    return f"On record: from {as_day(part.starts_on)}{until}, for {components_called(sight, part.components)}."


OF_A_PART: tuple[Callable[[Sight[Enrolment], int, Assigned], Act], ...] = (
    release,
    release_correction,
    assignment_correction,
    assignment_withdrawal,
    assignment_confirmation,
)
"""Acts on one part."""
