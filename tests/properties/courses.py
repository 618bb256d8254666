"""Steps on the course of the enrolment, and that put right what is recorded of it."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from hypothesis import strategies as st

from portfolio.domain.corrections import CorrectName
from portfolio.domain.enrolment.aggregate import ENROLMENT as ENROLMENT_KIND
from portfolio.domain.enrolment.assignment_corrections import (
    BringEndForward,
    ConfirmTakingBack,
    CorrectAssignment,
    TakeAssignmentBack,
)
from portfolio.domain.enrolment.corrections import (
    CorrectCentre,
    CorrectEmployer,
    CorrectStart,
    CorrectUln,
    MoveToEmployer,
)
from portfolio.domain.enrolment.ending import EndEnrolment, PauseEnrolment, ResumeEnrolment, TakeEndBack
from portfolio.domain.enrolment.facts import Ending
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.kernel import Command
from tests.application.stage import ADMINISTRATOR, ENROLMENT, MIA, RESPONSIBLE, Stage
from tests.properties.record import Step

WHY: dict[str, Any] = {"enrolment_id": ENROLMENT, "reason": "?"}


@st.composite
def going_on(draw: st.DrawFn) -> Step:
    """Pause, resume or end the enrolment, or take its end back."""
    days, how = draw(st.integers(-2, 2)), draw(st.sampled_from(get_args(Ending)))
    what = draw(st.sampled_from(["pause", "pause", "resume", "resume", "end", "take back", "take back"]))

    def step(stage: Stage) -> None:
        day = stage.today + timedelta(days=days)
        commands: dict[str, Command] = {
            "pause": PauseEnrolment(**WHY, pauses_on=day),
            "resume": ResumeEnrolment(**WHY, resumes_on=day),
            "end": EndEnrolment(**WHY, how=how, ended_on=day),
            "take back": TakeEndBack(**WHY),
        }
        stage.do(commands[what], ADMINISTRATOR)

    return step


@st.composite
def putting_right(draw: st.DrawFn) -> Step:
    """Correct what is recorded of the enrolment or of a name, or move to another employer."""
    days, what = draw(st.integers(-3, 1)), draw(st.integers(0, 5))

    def step(stage: Stage) -> None:
        day = stage.today + timedelta(days=days)
        known = stage.session().state(ENROLMENT_KIND, ENROLMENT)
        commands: tuple[Command, ...] = (
            CorrectUln(**WHY, uln="9276308686" if known.uln != "9276308686" else "1000000019"),
            MoveToEmployer(**WHY, employer="Northern Stages", effective_on=day),
            CorrectEmployer(**WHY, since=known.employers[-1].since, employer="Northern Stages Ltd"),
            CorrectCentre(**WHY, centre_ukprn="10000009"),
            CorrectStart(**WHY, starts_on=day),
            CorrectName(person_id=MIA, name="Mia Brown", reason="?"),
        )
        stage.do(commands[what], ADMINISTRATOR)

    return step


def part_on_record(stage: Stage, place: int) -> Assigned:
    """Return one of the parts on record, the latest first."""
    assigned = stage.session().state(ENROLMENT_KIND, ENROLMENT).assigned
    return assigned[-1 - place % len(assigned)]


def named(part: Assigned) -> dict[str, Any]:
    """Return how a command names a part."""
    return {**WHY, "person_id": part.person_id, "assignment": part.assignment}


@st.composite
def mending_a_part(draw: st.DrawFn) -> Step:
    """Bring the end of somebody's part forward, or correct its first day."""
    place, days, forward = draw(st.integers(0, 9)), draw(st.integers(-3, 1)), draw(st.booleans())

    def step(stage: Stage) -> None:
        part, day = part_on_record(stage, place), stage.today + timedelta(days=days)
        if forward:
            stage.do(BringEndForward(**named(part), was=part.ends_on or day, ends_on=day), ADMINISTRATOR)
        else:
            right = CorrectAssignment(**named(part), began_on=part.starts_on, starts_on=day, components=part.components)
            stage.do(right, ADMINISTRATOR)

    return step


@st.composite
def taking_a_part_back(draw: st.DrawFn) -> Step:
    """Take somebody's part back, which somebody may confirm."""
    place, confirms = draw(st.integers(0, 9)), draw(st.sampled_from([RESPONSIBLE, RESPONSIBLE, ADMINISTRATOR]))
    by: UUID = draw(st.sampled_from([ADMINISTRATOR, RESPONSIBLE]))

    def step(stage: Stage) -> None:
        part = part_on_record(stage, place)
        if not part.taken_back:
            stage.do(TakeAssignmentBack(**named(part), began_on=part.starts_on), by)
        stage.do(ConfirmTakingBack(**named(part), began_on=part.starts_on), confirms)

    return step


COURSES = st.one_of(going_on(), going_on(), putting_right(), mending_a_part(), taking_a_part_back())
