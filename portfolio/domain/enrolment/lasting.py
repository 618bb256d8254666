"""How long an enrolment lasts: from its first day, with breaks, to its end; and its employers, each from a day on."""

from datetime import date
from typing import Literal

from portfolio.domain.enrolment.facts import (
    ApprenticeEnrolled,
    EmployerChanged,
    EmployerCorrected,
    Ending,
    EndTakenBack,
    EnrolmentEnded,
    EnrolmentPaused,
    EnrolmentResumed,
    StartCorrected,
)
from portfolio.domain.kernel import Fact, Value, changed

EnrolmentState = Literal["running", "paused", "completed", "withdrawn", "broken off"]


class EmployerFrom(Value):
    """The employer from a day on."""

    since: date
    employer: str


class Break(Value):
    """A time in which the enrolment is paused: from a day on, until the day on which it goes on, if that is known."""

    since: date
    until: date | None = None


class Ended(Value):
    """How the enrolment ended, and from which day on."""

    on: date
    how: Ending


class Lasting(Value):
    """First day, breaks in the order of their recording but those taken back, and the end, if it has one."""

    starts_on: date = date.min
    breaks: tuple[Break, ...] = ()
    ended: Ended | None = None

    def state_on(self, day: date) -> EnrolmentState:
        """Return what the enrolment is on a day: it has ended from the day of its end on."""
        if self.ended and self.ended.on <= day:
            return self.ended.how
        return "paused" if self.break_on(day) else "running"

    def break_on(self, day: date) -> Break | None:
        """Return the break in which a day lies, None if it lies in none."""
        held = (each for each in self.breaks if each.since <= day and (each.until is None or day < each.until))
        return next(held, None)

    def open_break(self) -> Break | None:
        """Return the break of which nobody has recorded yet when it ends."""
        return next((each for each in self.breaks if each.until is None), None)

    def last_day_of_a_break(self) -> date:
        """Return the last day that is recorded of any break, the first day of the enrolment if there was none."""
        return max((each.until or each.since for each in self.breaks), default=self.starts_on)


def lasting_after(lasting: Lasting, fact: Fact) -> Lasting:
    """Return first day, breaks and end after one more fact; another kind of fact changes nothing."""
    match fact:
        case ApprenticeEnrolled(starts_on=starts_on):
            return Lasting(starts_on=starts_on)
        case StartCorrected(starts_on=starts_on):
            return changed(lasting, starts_on=starts_on)
        case EnrolmentPaused(pauses_on=day):
            return changed(lasting, breaks=(*lasting.breaks, Break(since=day)))
        case EnrolmentResumed(resumes_on=day):
            *others, last = lasting.breaks
            over = [changed(last, until=day)] if day > last.since else []
            return changed(lasting, breaks=(*others, *over))
        case EnrolmentEnded(ended_on=day, how=how):
            return changed(lasting, ended=Ended(on=day, how=how))
        case EndTakenBack():
            return changed(lasting, ended=None)
        case _:
            return lasting


def employers_after(employers: tuple[EmployerFrom, ...], fact: Fact) -> tuple[EmployerFrom, ...]:
    """Return the employers in the order of their days after one more fact; the first is there from the first day."""
    match fact:
        case ApprenticeEnrolled(starts_on=since, employer=employer):
            return (EmployerFrom(since=since, employer=employer),)
        case StartCorrected(starts_on=since):
            return (*(changed(first, since=since) for first in employers[:1]), *employers[1:])
        case EmployerChanged(employer=employer, effective_on=since):
            later = sorted((*employers[1:], EmployerFrom(since=since, employer=employer)), key=lambda each: each.since)
            return (*employers[:1], *later)
        case EmployerCorrected(since=since, employer=employer):
            return tuple(changed(each, employer=employer) if each.since == since else each for each in employers)
        case _:
            return employers


def employer_on(employers: tuple[EmployerFrom, ...], day: date) -> str:
    """Return the employer on a day: before the first day, the first; empty where there is none."""
    held = [each.employer for each in employers[:1]] + [each.employer for each in employers[1:] if each.since <= day]
    return held[-1] if held else ""
