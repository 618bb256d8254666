"""Corrections of an enrolment, and moves to another employer (ENROLMENT-2, ENROLMENT-8)."""

from datetime import timedelta

import pytest

from portfolio.application.indexes import index_rows
from portfolio.application.ports import IndexRow
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.corrections import (
    CorrectCentre,
    CorrectEmployer,
    CorrectStart,
    CorrectUln,
    MoveToEmployer,
)
from portfolio.domain.enrolment.facts import (
    CentreCorrected,
    EmployerChanged,
    EmployerCorrected,
    StartCorrected,
    UlnCorrected,
)
from portfolio.domain.enrolment.lasting import EmployerFrom, employer_on
from portfolio.domain.enrolment.refusals import (
    AttemptOutside,
    DaysNotInOrder,
    EmployerUnknown,
    EnrolmentUnknown,
    UkprnInvalid,
    UlnInvalid,
)
from portfolio.domain.kernel import Command, Known, changed
from tests.domain.given import THE_OFFICER_NOW, given
from tests.domain.test_ending import ENDED, PAUSED, TAKEN_BACK, days
from tests.domain.test_enrolment import ENROLLED, ULN
from tests.domain.test_opening import CLOSED, OPENED
from tests.domain.world import ENROLMENT_ID, TODAY, TOMORROW, YESTERDAY

EARLIER = YESTERDAY - timedelta(days=1)
RIGHT = "1000000027"
NUMBER = CorrectUln(enrolment_id=ENROLMENT_ID, uln=RIGHT, reason="swapped")
MOVE = MoveToEmployer(enrolment_id=ENROLMENT_ID, employer="Other Ltd", effective_on=TODAY, reason="closed")
EMPLOYER = CorrectEmployer(enrolment_id=ENROLMENT_ID, since=YESTERDAY, employer="Stages Ltd", reason="a slip")
CENTRE = CorrectCentre(enrolment_id=ENROLMENT_ID, centre_ukprn="10009999", reason="a slip")
START = CorrectStart(enrolment_id=ENROLMENT_ID, starts_on=EARLIER, reason="a slip")
CORRECTED = UlnCorrected(uln=RIGHT, was=ULN, plan_reference="ST9999", reason="swapped")
MOVED = EmployerChanged(employer="Other Ltd", was="Stage Ltd", effective_on=TODAY, reason="closed")
RENAMED = EmployerCorrected(since=YESTERDAY, employer="Stages Ltd", was="Stage Ltd", reason="a slip")
BEGUN = StartCorrected(starts_on=EARLIER, was=YESTERDAY, reason="a slip")


@pytest.mark.parametrize(
    ("command", "known"),
    [(START, days()), *((each, THE_OFFICER_NOW) for each in (NUMBER, MOVE, EMPLOYER, CENTRE))],
)
def test_only_an_enrolment_that_there_is_is_corrected(command: Command, known: Known) -> None:
    given(ENROLMENT).when(command, known).rejected(EnrolmentUnknown)


def test_a_learner_number_is_corrected_and_the_mistyped_one_is_free() -> None:
    given(ENROLMENT, ENROLLED).when(NUMBER).records(CORRECTED)
    given(ENROLMENT, ENROLLED).when(changed(NUMBER, uln=ULN)).records_nothing()
    given(ENROLMENT, ENROLLED).when(changed(NUMBER, uln="9276308687")).rejected(UlnInvalid)
    assert given(ENROLMENT, ENROLLED, CORRECTED).state.uln == RIGHT
    free = IndexRow(name="uln", key="", unique=True, release=True)
    assert index_rows(CORRECTED) == (free, IndexRow(name="uln", key=f"{RIGHT} ST9999", unique=True))


def test_an_enrolment_that_has_ended_holds_no_number() -> None:
    free = IndexRow(name="uln", key="", unique=True, release=True)
    assert index_rows(ENDED) == (free,)
    after = changed(CORRECTED, ended=True)
    given(ENROLMENT, ENROLLED, ENDED).when(NUMBER).records(after)
    assert index_rows(after) == ()
    assert index_rows(TAKEN_BACK) == (free, IndexRow(name="uln", key=f"{ULN} ST9999", unique=True))


def test_an_apprentice_moves_to_another_employer_from_a_day_on() -> None:
    given(ENROLMENT, ENROLLED).when(MOVE).records(MOVED)
    employers = given(ENROLMENT, ENROLLED, MOVED).state.employers
    assert [employer_on(employers, day) for day in (EARLIER, YESTERDAY, TODAY)] == ["Stage Ltd"] * 2 + ["Other Ltd"]
    assert employer_on((), TODAY) == ""


def test_a_move_that_was_to_come_after_the_end_never_came() -> None:
    moved = (ENROLLED, changed(MOVED, effective_on=TOMORROW))
    ended = given(ENROLMENT, *moved, ENDED).state
    assert ended.employer_on(TOMORROW) == "Stage Ltd"
    assert [each.employer for each in ended.held_by()] == ["Stage Ltd"]
    assert given(ENROLMENT, *moved, ENDED, TAKEN_BACK).state.employer_on(TOMORROW) == "Other Ltd"


def test_moves_hold_by_their_days_and_not_in_the_order_of_recording() -> None:
    later = changed(MOVED, employer="Last Ltd", effective_on=TOMORROW)
    employers = given(ENROLMENT, ENROLLED, later, MOVED).state.employers
    assert [each.employer for each in employers] == ["Stage Ltd", "Other Ltd", "Last Ltd"]
    given(ENROLMENT, ENROLLED, MOVED).when(changed(MOVE, effective_on=TOMORROW)).records(
        changed(MOVED, was="Other Ltd", effective_on=TOMORROW)
    )


def test_a_move_has_a_day_of_its_own_within_the_enrolment() -> None:
    given(ENROLMENT, ENROLLED).when(changed(MOVE, effective_on=YESTERDAY)).rejected(DaysNotInOrder)
    before = changed(MOVE, effective_on=YESTERDAY - timedelta(days=1))
    given(ENROLMENT, ENROLLED).when(before).rejected(DaysNotInOrder, "the first employer")
    given(ENROLMENT, ENROLLED, MOVED).when(MOVE).rejected(DaysNotInOrder)
    given(ENROLMENT, ENROLLED, ENDED).when(MOVE).rejected(DaysNotInOrder)
    tomorrow = changed(ENDED, ended_on=TOMORROW)
    given(ENROLMENT, ENROLLED, tomorrow).when(MOVE).records(MOVED)


def test_the_name_of_an_employer_is_corrected() -> None:
    given(ENROLMENT, ENROLLED).when(EMPLOYER).records(RENAMED)
    given(ENROLMENT, ENROLLED).when(changed(EMPLOYER, employer="Stage Ltd")).records_nothing()
    given(ENROLMENT, ENROLLED).when(changed(EMPLOYER, since=TODAY)).rejected(EmployerUnknown, "7 December")
    employers = given(ENROLMENT, ENROLLED, MOVED, RENAMED).state.employers
    assert [each.employer for each in employers] == ["Stages Ltd", "Other Ltd"]


def test_the_centre_is_corrected() -> None:
    corrected = CentreCorrected(centre_ukprn="10009999", was="10001234", reason="a slip")
    given(ENROLMENT, ENROLLED).when(CENTRE).records(corrected)
    given(ENROLMENT, ENROLLED, corrected).when(CENTRE).records_nothing()
    given(ENROLMENT, ENROLLED).when(changed(CENTRE, centre_ukprn="1000999")).rejected(UkprnInvalid, "centre_ukprn")


def test_the_first_day_is_corrected_with_route_and_employer() -> None:
    given(ENROLMENT, ENROLLED).when(START, days()).records(BEGUN)
    given(ENROLMENT, ENROLLED).when(changed(START, starts_on=YESTERDAY), days()).records_nothing()
    state = given(ENROLMENT, ENROLLED, MOVED, BEGUN).state
    assert (state.lasting.starts_on, [each.since for each in state.routes]) == (EARLIER, [EARLIER])
    assert state.employers == (
        EmployerFrom(since=EARLIER, employer="Stage Ltd"),
        EmployerFrom(since=TODAY, employer="Other Ltd"),
    )


@pytest.mark.parametrize("later", [MOVED, changed(PAUSED, pauses_on=YESTERDAY), changed(ENDED, ended_on=YESTERDAY)])
def test_the_first_day_comes_before_every_other(later: EmployerChanged) -> None:
    given(ENROLMENT, ENROLLED, later).when(changed(START, starts_on=TODAY), days()).rejected(DaysNotInOrder)
    given(ENROLMENT, ENROLLED, later).when(START, days()).records(BEGUN)


def test_the_first_day_comes_before_every_attempt_that_was_not_closed() -> None:
    late = changed(START, starts_on=TOMORROW)
    given(ENROLMENT, ENROLLED).when(late, days(OPENED)).rejected(AttemptOutside)
    given(ENROLMENT, ENROLLED).when(changed(late, starts_on=TODAY), days(OPENED)).records(
        changed(BEGUN, starts_on=TODAY)
    )
    given(ENROLMENT, ENROLLED).when(late, days(OPENED, CLOSED)).records(changed(BEGUN, starts_on=TOMORROW))
