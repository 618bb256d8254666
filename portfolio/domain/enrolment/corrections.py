"""Corrections of an enrolment: what was written wrongly is put right, and a move to another employer is recorded.

What was written before stays on record, and a decision goes on saying what it rested on.
"""

from datetime import date, timedelta
from uuid import UUID

from portfolio.domain.calendar import Day, day_in_words
from portfolio.domain.enrolment.ending import ForDays, days_of_attempts
from portfolio.domain.enrolment.facts import (
    CentreCorrected,
    EmployerChanged,
    EmployerCorrected,
    EnrolmentFact,
    StartCorrected,
    UlnCorrected,
)
from portfolio.domain.enrolment.lasting import employer_on
from portfolio.domain.enrolment.near import check_near
from portfolio.domain.enrolment.refusals import (
    AttemptOutside,
    DaysNotInOrder,
    EmployerUnknown,
    UkprnInvalid,
    UlnInvalid,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.kernel import Command, Known
from portfolio.domain.ukprn import ukprn_is_valid
from portfolio.domain.uln import uln_is_valid
from portfolio.domain.words import Key, Name, Reason

ONE_DAY = timedelta(days=1)


class CorrectUln(Command):
    """Put a learner number right that was mistyped, which is free then; give the reason without either number."""

    enrolment_id: UUID
    uln: str
    reason: Reason


class MoveToEmployer(Command):
    """Record that the apprentice moves to another employer on a day, which may be one to come."""

    enrolment_id: UUID
    employer: Name
    effective_on: Day
    reason: Reason


class CorrectEmployer(Command):
    """Put the name of an employer right; ``since`` is the day from which that one is on record."""

    enrolment_id: UUID
    since: date
    employer: Name
    reason: Reason


class CorrectCentre(Command):
    """Put the number of the centre right."""

    enrolment_id: UUID
    centre_ukprn: Key
    reason: Reason


class CorrectStart(Command):
    """Put the first day of an enrolment right."""

    enrolment_id: UUID
    starts_on: Day
    reason: Reason


def correct_uln(enrolment: Enrolment, command: CorrectUln, known: Known) -> list[EnrolmentFact]:
    """Put a learner number right; the one that was mistyped is free for its owner (ENROLMENT-2, ENROLMENT-8)."""
    check_exists(enrolment)
    if not uln_is_valid(command.uln):
        raise UlnInvalid
    if command.uln == enrolment.uln:
        return []
    corrected = UlnCorrected(
        uln=command.uln,
        was=enrolment.uln,
        plan_reference=enrolment.plan_reference,
        reason=command.reason,
        ended=enrolment.lasting.ended is not None,
    )
    return [corrected]


def move_to_employer(enrolment: Enrolment, command: MoveToEmployer, known: Known) -> list[EnrolmentFact]:
    """Move to another employer on a day of its own, after the first and before the end (ENROLMENT-8)."""
    check_exists(enrolment)
    check_near("effective_on", command.effective_on, known.today)
    day, ended = command.effective_on, enrolment.lasting.ended
    if day <= enrolment.lasting.starts_on:
        raise DaysNotInOrder("From the first day on it is the first employer: correct that one.")
    if ended and day >= ended.on:
        raise DaysNotInOrder(f"The enrolment ended on {day_in_words(ended.on)}.")
    if any(each.since == day for each in enrolment.employers):
        raise DaysNotInOrder(f"A move on {day_in_words(day)} is on record: correct its employer.")
    was = employer_on(enrolment.employers, day)
    return [EmployerChanged(employer=command.employer, was=was, effective_on=day, reason=command.reason)]


def correct_employer(enrolment: Enrolment, command: CorrectEmployer, known: Known) -> list[EnrolmentFact]:
    """Put the name of an employer right that is on record from a day on (ENROLMENT-8)."""
    check_exists(enrolment)
    was = next((each.employer for each in enrolment.employers if each.since == command.since), None)
    if was is None:
        days = ", ".join(day_in_words(each.since) for each in enrolment.employers)
        raise EmployerUnknown(f"Employers are on record from: {days}.")
    if was == command.employer:
        return []
    return [EmployerCorrected(since=command.since, employer=command.employer, was=was, reason=command.reason)]


def correct_centre(enrolment: Enrolment, command: CorrectCentre, known: Known) -> list[EnrolmentFact]:
    """Put the number of the centre right (ENROLMENT-8)."""
    check_exists(enrolment)
    if command.centre_ukprn == enrolment.centre_ukprn:
        return []
    if not ukprn_is_valid(command.centre_ukprn):
        raise UkprnInvalid("centre_ukprn: eight digits that begin with 1, such as 10012345.")
    return [CentreCorrected(centre_ukprn=command.centre_ukprn, was=enrolment.centre_ukprn, reason=command.reason)]


def correct_start(enrolment: Enrolment, command: CorrectStart, known: ForDays) -> list[EnrolmentFact]:
    """Put the first day right, before moves, breaks, the end and every attempt that was opened (ENROLMENT-8)."""
    check_exists(enrolment)
    lasting, day = enrolment.lasting, command.starts_on
    if day == lasting.starts_on:
        return []
    check_near("starts_on", day, known.today)
    last = [each.since for each in lasting.breaks] + [each.since - ONE_DAY for each in enrolment.employers[1:]]
    if lasting.ended:
        last.append(lasting.ended.on)
    if last and day > min(last):
        raise DaysNotInOrder(f"It begins on {day_in_words(min(last))} or before.")
    if any(opened < day for opened in days_of_attempts(known.history)):
        raise AttemptOutside
    return [StartCorrected(starts_on=day, was=lasting.starts_on, reason=command.reason)]
