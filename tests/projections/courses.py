"""Moves on the course of an enrolment and on its parts, and moves that put right what is recorded."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol, get_args

from portfolio.domain.corrections import EmploymentCorrected, NameCorrected
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    AssignmentTakenBack,
    CentreCorrected,
    EmployerChanged,
    EmployerCorrected,
    EndBroughtForward,
    Ending,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    StartCorrected,
    TakingBackConfirmed,
    UlnCorrected,
)
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import Fact
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import WorksFor
from tests.domain.world import TODAY

DAYS = tuple(TODAY.replace(day=day) for day in (1, 8, 9, 20))
EMPLOYERS = ("Northern Stages", "Théâtre du Nord", "Öl & Söhne")
NUMBERS = ("9276308686", "1000000019")
ENDINGS: tuple[Ending, ...] = get_args(Ending)
LOYALTIES: tuple[WorksFor, ...] = get_args(WorksFor)


class Chosen(Protocol):
    """Of a move: which of the things there are to choose from."""

    @property
    def choice(self) -> int: ...
    @property
    def other(self) -> int: ...


def rename_or_employ(person: Person, move: Chosen) -> Iterator[Fact]:
    if move.other % 2:
        yield NameCorrected(name=("Sam", "Zoë", "Ümit")[move.choice % 3], was=person.name, reason="slip")
    else:
        yield EmploymentCorrected(works_for=LOYALTIES[move.choice % 4], was=person.works_for, reason="slip")


def go_on(enrolment: Enrolment, move: Chosen) -> Iterator[Fact]:
    lasting = enrolment.lasting
    day: date = max(lasting.last_day_of_a_break(), DAYS[move.choice % 4])
    if lasting.ended:
        yield EndTakenBack(
            ended_on=lasting.ended.on, uln=enrolment.uln, plan_reference=enrolment.plan_reference, reason="slip"
        )
    elif move.other % 4 == 0:
        yield EnrolmentEnded(how=ENDINGS[move.choice % 3], ended_on=day, reason="over")
    elif lasting.open_break():
        yield EnrolmentResumed(resumes_on=day, reason="well")
    else:
        yield EnrolmentPaused(pauses_on=day, reason="ill")


def put_right(enrolment: Enrolment, move: Chosen) -> Iterator[Fact]:
    employer, day = EMPLOYERS[move.choice % 3], DAYS[move.choice % 4]
    last = enrolment.employers[-1]
    match move.other % 5:
        case 0:
            yield UlnCorrected(
                uln=NUMBERS[move.choice % 2], was=enrolment.uln, plan_reference=enrolment.plan_reference, reason="slip"
            )
        case 1 if all(each.since < day for each in enrolment.employers):
            yield EmployerChanged(employer=employer, was=last.employer, effective_on=day, reason="moved")
        case 2:
            yield EmployerCorrected(since=last.since, employer=employer, was=last.employer, reason="slip")
        case 3:
            yield CentreCorrected(centre_ukprn=f"1000000{move.choice % 10}", was=enrolment.centre_ukprn, reason="slip")
        case 4 if len(enrolment.employers) == 1:
            yield StartCorrected(starts_on=day, was=enrolment.lasting.starts_on, reason="slip")


def put_part_right(enrolment: Enrolment, move: Chosen) -> Iterator[Fact]:
    if not enrolment.assigned:
        return
    part: Assigned = enrolment.assigned[move.other % len(enrolment.assigned)]
    who: dict[str, Any] = {"person_id": part.person_id, "assignment": part.assignment, "reason": "slip"}
    day = DAYS[move.choice % 4]
    if part.taken_back:
        yield TakingBackConfirmed(**who, began_on=part.starts_on)
    elif part.ends_on is not None and part.starts_on < day < part.ends_on:
        yield EndBroughtForward(**who, was=part.ends_on, ends_on=day)
    elif move.choice % 3 == 0:
        yield AssignmentTakenBack(**who, began_on=part.starts_on, waits=part.assignment in ("coach", "employer"))
    elif part.ends_on is None:
        yield AssignmentCorrected(
            **who,
            began_on=part.starts_on,
            was=part.components,
            starts_on=day,
            components=frozenset({"C1"}) if part.assignment == "assessor" else frozenset(),
            form_id=part.form_id,
        )
