"""Values that commands take: days of a record, how far ahead they lie, and the number of a centre."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from portfolio.domain.calendar import FIRST_DAY, london_moments, years_after
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import ReleasePerson
from portfolio.domain.enrolment.near import DayTooFarAhead, check_near
from portfolio.domain.evidence.commands import WriteRecord
from portfolio.domain.kernel import DayNotTaken, changed
from portfolio.domain.ukprn import ukprn_is_valid
from tests.domain.evidence.test_record import OBSERVATION
from tests.domain.given import given
from tests.domain.test_ending import PAUSE, PAUSED, RESUME
from tests.domain.test_enrolment import ASSIGN, ASSIGNED, CHANGE, ENROLLED, RELEASE, SERVED
from tests.domain.test_enrolment_corrections import MOVE, START
from tests.domain.world import ASSESSOR, ENROLMENT_ID, EVIDENCE_ID, TODAY

EVE = date(1999, 12, 31)


def test_no_command_holds_a_day_before_2000_and_the_refusal_names_its_field() -> None:
    with pytest.raises(DayNotTaken, match="ends_on: Write a day from 1 January 2000 on") as refusal:
        release(EVE)
    assert refusal.value.members == {"days": ["ends_on"]}
    release(FIRST_DAY)


@pytest.mark.parametrize("name", ["occurred_on", "ends_on"])
def test_nor_does_a_record_within_one(name: str) -> None:
    early = changed(OBSERVATION, **{name: EVE})
    with pytest.raises(DayNotTaken, match=f"record.{name}"):
        WriteRecord(evidence_id=EVIDENCE_ID, enrolment_id=ENROLMENT_ID, title="Observation", record=early)


def release(day: date) -> ReleasePerson:
    return ReleasePerson(
        enrolment_id=ENROLMENT_ID, person_id=ASSESSOR, assignment="assessor", ends_on=day, reason="left"
    )


def test_a_day_lies_at_most_two_years_ahead_and_the_refusal_names_its_field() -> None:
    check_near("starts_on", date(2028, 12, 8), TODAY)
    with pytest.raises(DayTooFarAhead, match="starts_on: write a day until 8 December 2028") as refusal:
        check_near("starts_on", date(2028, 12, 9), TODAY)
    assert refusal.value.members == {"days": ["starts_on"]}


FAR = date(2028, 12, 9)


@pytest.mark.parametrize(
    ("history", "command"),
    [
        ((), changed(ASSIGN, starts_on=FAR)),
        ((ASSIGNED,), changed(RELEASE, ends_on=FAR)),
        ((), changed(MOVE, effective_on=FAR)),
        ((), changed(START, starts_on=FAR)),
        ((), changed(PAUSE, pauses_on=FAR)),
        ((PAUSED,), changed(RESUME, resumes_on=FAR)),
        ((), changed(CHANGE, effective_on=FAR)),
    ],
    ids=["part", "release", "move", "first day", "pause", "resumption", "route"],
)
def test_days_of_an_enrolment_and_its_parts_lie_at_most_two_years_ahead(history: Any, command: Any) -> None:
    given(ENROLMENT, ENROLLED, *history).when(command, SERVED).rejected(DayTooFarAhead, "until 8 December 2028")


def test_where_there_is_no_29_february_the_years_end_on_the_28th() -> None:
    assert years_after(date(2028, 2, 29), 2) == date(2030, 2, 28)
    assert years_after(date(2026, 2, 28), 2) == date(2028, 2, 28)


def test_a_clock_in_london_shows_a_time_once_twice_or_never() -> None:
    noon = datetime(2026, 7, 1, 11, 0, tzinfo=UTC)
    assert london_moments(date(2026, 7, 1), time(12, 0)) == (noon,)
    assert [each.hour for each in london_moments(date(2026, 10, 25), time(1, 30))] == [0, 1]
    assert london_moments(date(2026, 3, 29), time(1, 30)) == ()


@pytest.mark.parametrize("number", ["10000000", "19999999"])
def test_a_ukprn_is_eight_digits_the_first_a_1(number: str) -> None:
    assert ukprn_is_valid(number)


@pytest.mark.parametrize("number", ["", "1000000", "100000000", "20000000", "1000000x", "10000000\n", "１0000000"])
def test_nothing_else_is_a_ukprn(number: str) -> None:
    assert not ukprn_is_valid(number)


def test_what_an_older_release_let_in_still_folds() -> None:
    old = changed(ENROLLED, starts_on=EVE, centre_ukprn="none")
    assert given(ENROLMENT, old).state.lasting.starts_on == EVE
