"""Pausing and ending: an enrolment rests for a while, and is completed, withdrawn or broken off.

Neither stops a case, nor takes reading or appealing from the apprentice. What is open goes on: attempts are found in,
decided, appealed and closed. A pause lets the apprentice upload, and lets nobody open an attempt. After the end nothing
new begins, but what an attempt that is still open needs; and an upheld appeal opens its attempt all the same.
"""

from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptClosed, AttemptOpened
from portfolio.domain.calendar import Day, day_in_words, london_day
from portfolio.domain.enrolment.facts import (
    Ending,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentFact,
    EnrolmentPaused,
    EnrolmentResumed,
)
from portfolio.domain.enrolment.near import check_near
from portfolio.domain.enrolment.refusals import (
    AttemptOutside,
    DaysNotInOrder,
    EnrolmentHasEnded,
    EnrolmentIsPaused,
    EnrolmentNotEnded,
    EnrolmentNotPaused,
    StandardAlreadyTaken,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.kernel import Command, Known, Recorded
from portfolio.domain.words import Reason


class PauseEnrolment(Command):
    """Let an enrolment rest from a day on, which may be one to come."""

    enrolment_id: UUID
    pauses_on: Day
    reason: Reason


class ResumeEnrolment(Command):
    """Let an enrolment that is paused go on from a day on, or on an earlier one than is on record of its last break.

    The day of the pause itself takes the pause back.
    """

    enrolment_id: UUID
    resumes_on: Day
    reason: Reason


class EndEnrolment(Command):
    """End an enrolment from a day on that has come."""

    enrolment_id: UUID
    how: Ending
    ended_on: Day
    reason: Reason


class TakeEndBack(Command):
    """Take back an end that was recorded in error."""

    enrolment_id: UUID
    reason: Reason


class ForDays(Known):
    """Everything recorded of the attempts of the enrolment."""

    history: tuple[Recorded, ...]


class ForTakingBack(Known):
    """The apprentice's other enrolments."""

    other_enrolments: tuple[Enrolment, ...]


def pause_enrolment(enrolment: Enrolment, command: PauseEnrolment, known: Known) -> list[EnrolmentFact]:
    """Pause an enrolment that goes on, after its breaks so far (ENROLMENT-7)."""
    check_exists(enrolment)
    lasting = enrolment.lasting
    check_not_ended(enrolment)
    if lasting.open_break():
        raise EnrolmentIsPaused("The enrolment is paused already: resume it first.")
    check_near("pauses_on", command.pauses_on, known.today)
    if command.pauses_on < lasting.last_day_of_a_break():
        raise DaysNotInOrder(f"A break begins on {day_in_words(lasting.last_day_of_a_break())} or later.")
    return [EnrolmentPaused(pauses_on=command.pauses_on, reason=command.reason)]


def resume_enrolment(enrolment: Enrolment, command: ResumeEnrolment, known: Known) -> list[EnrolmentFact]:
    """Resume an enrolment that is paused, or earlier than was recorded of its last break (ENROLMENT-7)."""
    check_exists(enrolment)
    check_not_ended(enrolment)
    paused = next(reversed(enrolment.lasting.breaks), None)
    if paused is None:
        raise EnrolmentNotPaused
    if paused.until and command.resumes_on >= paused.until:
        until = day_in_words(paused.until)
        raise EnrolmentNotPaused(f"The last break ends on {until}: only an earlier day puts that right.")
    check_near("resumes_on", command.resumes_on, known.today)
    if command.resumes_on < paused.since:
        raise DaysNotInOrder(f"The break begins on {day_in_words(paused.since)}.")
    return [EnrolmentResumed(resumes_on=command.resumes_on, reason=command.reason)]


def end_enrolment(enrolment: Enrolment, command: EndEnrolment, known: ForDays) -> list[EnrolmentFact]:
    """End an enrolment on a day that has come, after its breaks and the attempts that were opened in it (ENROLMENT-7).

    What is open goes on.
    """
    check_exists(enrolment)
    check_not_ended(enrolment)
    if command.ended_on > known.today:
        raise DaysNotInOrder("An end is recorded once its day has come.")
    if command.ended_on < enrolment.lasting.last_day_of_a_break():
        raise DaysNotInOrder(f"It ends on {day_in_words(enrolment.lasting.last_day_of_a_break())} or later.")
    if any(opened > command.ended_on for opened in days_of_attempts(known.history)):
        raise AttemptOutside
    return [EnrolmentEnded(how=command.how, ended_on=command.ended_on, reason=command.reason)]


def take_end_back(enrolment: Enrolment, command: TakeEndBack, known: ForTakingBack) -> list[EnrolmentFact]:
    """Let an enrolment go on whose end was an error, unless another took its standard (ENROLMENT-2, ENROLMENT-7)."""
    check_exists(enrolment)
    ended = enrolment.lasting.ended
    if ended is None:
        raise EnrolmentNotEnded
    if any(other.takes(enrolment.plan_reference) for other in known.other_enrolments):
        raise StandardAlreadyTaken
    taken_back = EndTakenBack(
        ended_on=ended.on, uln=enrolment.uln, plan_reference=enrolment.plan_reference, reason=command.reason
    )
    return [taken_back]


def days_of_attempts(history: tuple[Recorded, ...]) -> list[date]:
    """Return the days on which attempts were opened, but those closed undecided and those that an appeal ordered."""
    closed = {entry.originator_id for entry in history if isinstance(entry.fact, AttemptClosed)}
    return [
        london_day(entry.at)
        for entry in history
        if isinstance(entry.fact, AttemptOpened) and entry.fact.after_appeal is None
        if entry.originator_id not in closed
    ]


def check_not_ended(enrolment: Enrolment) -> None:
    """Refuse to go on with an enrolment of which an end is on record."""
    if enrolment.lasting.ended:
        raise EnrolmentHasEnded


def check_may_begin(enrolment: Enrolment, today: date) -> None:
    """Refuse to open an attempt in an enrolment that is paused today or has ended (ENROLMENT-7)."""
    match enrolment.lasting.state_on(today):
        case "running":
            return
        case "paused":
            raise EnrolmentIsPaused
        case "completed" | "withdrawn" | "broken off":
            raise EnrolmentHasEnded
        case state:
            assert_never(state)


def check_takes_work(enrolment: Enrolment, attempts: tuple[Assessment, ...]) -> None:
    """Refuse work that is new after the end, unless an attempt is still open that may need it (ENROLMENT-7)."""
    if not any(attempt.goes_on() for attempt in attempts):
        check_not_ended(enrolment)
