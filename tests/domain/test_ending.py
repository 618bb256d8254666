"""Pausing, resuming and ending an enrolment, and what begins in it (ENROLMENT-2, ENROLMENT-7)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.ending import (
    EndEnrolment,
    ForDays,
    ForTakingBack,
    PauseEnrolment,
    ResumeEnrolment,
    TakeEndBack,
    check_takes_work,
)
from portfolio.domain.enrolment.facts import EndTakenBack, EnrolmentEnded, EnrolmentPaused, EnrolmentResumed
from portfolio.domain.enrolment.refusals import (
    AttemptOutside,
    DaysNotInOrder,
    EnrolmentHasEnded,
    EnrolmentIsPaused,
    EnrolmentNotEnded,
    EnrolmentNotPaused,
    EnrolmentUnknown,
    StandardAlreadyTaken,
)
from portfolio.domain.kernel import Command, Fact, Known, Recorded, changed
from tests.domain.assessing import OPENING
from tests.domain.given import THE_OFFICER_NOW, given
from tests.domain.test_enrolment import CHANGE, ENROL, ENROLLED, SERVED, ULN, WHOLE
from tests.domain.test_opening import AFTER_APPEAL, CLOSED, DECIDED, OPEN, OPENED
from tests.domain.test_route_changes import CONSENT
from tests.domain.world import APPEAL_ID, ATTEMPT_ID, ENROLMENT_ID, NOW, OFFICER, TODAY, TOMORROW, YESTERDAY, an_id

PAUSE = PauseEnrolment(enrolment_id=ENROLMENT_ID, pauses_on=TODAY, reason="ill")
RESUME = ResumeEnrolment(enrolment_id=ENROLMENT_ID, resumes_on=TOMORROW, reason="well")
END = EndEnrolment(enrolment_id=ENROLMENT_ID, how="withdrawn", ended_on=TODAY, reason="left")
BACK = TakeEndBack(enrolment_id=ENROLMENT_ID, reason="another Mia")
PAUSED = EnrolmentPaused(pauses_on=TODAY, reason="ill")
RESUMED = EnrolmentResumed(resumes_on=TOMORROW, reason="well")
ENDED = EnrolmentEnded(how="withdrawn", ended_on=TODAY, reason="left")
TAKEN_BACK = EndTakenBack(ended_on=TODAY, uln=ULN, plan_reference="ST9999", reason="another Mia")
ALONE = ForTakingBack(by=OFFICER, at=NOW, today=TODAY, other_enrolments=())
EARLIER = YESTERDAY - timedelta(days=1)


def days(*facts: Fact, stream: UUID = ATTEMPT_ID) -> ForDays:
    """Return what was recorded today of the attempts."""
    entries = (
        Recorded(originator_id=stream, originator_version=number, fact=fact, by=OFFICER, at=NOW, causation=OFFICER)
        for number, fact in enumerate(facts, start=1)
    )
    return ForDays(by=OFFICER, at=NOW, today=TODAY, history=tuple(entries))


@pytest.mark.parametrize(
    ("command", "known"), [(PAUSE, THE_OFFICER_NOW), (RESUME, THE_OFFICER_NOW), (END, days()), (BACK, ALONE)]
)
def test_only_an_enrolment_that_there_is_pauses_and_ends(command: Command, known: Known) -> None:
    given(ENROLMENT).when(command, known).rejected(EnrolmentUnknown)


def test_an_enrolment_is_paused_and_resumed() -> None:
    given(ENROLMENT, ENROLLED).when(PAUSE).records(PAUSED)
    given(ENROLMENT, ENROLLED, PAUSED).when(RESUME).records(RESUMED)
    given(ENROLMENT, ENROLLED, PAUSED).when(PAUSE).rejected(EnrolmentIsPaused)
    given(ENROLMENT, ENROLLED).when(RESUME).rejected(EnrolmentNotPaused)
    given(ENROLMENT, ENROLLED, PAUSED, RESUMED).when(RESUME).rejected(EnrolmentNotPaused)


def test_a_break_holds_from_its_first_day_to_the_day_on_which_the_enrolment_goes_on() -> None:
    lasting = given(ENROLMENT, ENROLLED, PAUSED, RESUMED).state.lasting
    assert [lasting.state_on(day) for day in (YESTERDAY, TODAY, TOMORROW)] == ["running", "paused", "running"]
    assert given(ENROLMENT, ENROLLED, PAUSED).state.lasting.state_on(TOMORROW) == "paused"


def test_breaks_follow_one_another() -> None:
    given(ENROLMENT, ENROLLED).when(changed(PAUSE, pauses_on=EARLIER)).rejected(DaysNotInOrder)
    given(ENROLMENT, ENROLLED).when(changed(PAUSE, pauses_on=YESTERDAY)).records(changed(PAUSED, pauses_on=YESTERDAY))
    over = given(ENROLMENT, ENROLLED, PAUSED, RESUMED)
    over.when(PAUSE).rejected(DaysNotInOrder)
    over.when(changed(PAUSE, pauses_on=TOMORROW)).records(changed(PAUSED, pauses_on=TOMORROW))
    again = given(ENROLMENT, ENROLLED, PAUSED, RESUMED, changed(PAUSED, pauses_on=TOMORROW))
    again.when(RESUME).records(RESUMED)
    again.when(changed(RESUME, resumes_on=TODAY)).rejected(DaysNotInOrder)
    assert (
        given(ENROLMENT, ENROLLED, PAUSED, RESUMED, changed(PAUSED, pauses_on=TOMORROW)).state.lasting.breaks[0].until
    )


def test_a_pause_that_never_was_is_taken_back_by_resuming_on_its_day() -> None:
    never = changed(RESUMED, resumes_on=TODAY)
    given(ENROLMENT, ENROLLED, PAUSED).when(changed(RESUME, resumes_on=TODAY)).records(never)
    lasting = given(ENROLMENT, ENROLLED, PAUSED, never).state.lasting
    assert (lasting.state_on(TODAY), lasting.breaks) == ("running", ())
    given(ENROLMENT, ENROLLED, PAUSED, never).when(changed(RESUME, resumes_on=TODAY)).rejected(EnrolmentNotPaused)


def test_a_break_ends_earlier_than_was_recorded_and_never_later() -> None:
    over, two_days_on = given(ENROLMENT, ENROLLED, PAUSED, RESUMED), TOMORROW + timedelta(days=1)
    over.when(changed(RESUME, resumes_on=two_days_on)).rejected(EnrolmentNotPaused)
    over.when(changed(RESUME, resumes_on=YESTERDAY)).rejected(DaysNotInOrder)
    late = changed(RESUMED, resumes_on=two_days_on)
    given(ENROLMENT, ENROLLED, PAUSED, late).when(RESUME).records(RESUMED)
    assert given(ENROLMENT, ENROLLED, PAUSED, late, RESUMED).state.lasting.state_on(TOMORROW) == "running"


def test_an_enrolment_ends_once_its_day_has_come() -> None:
    given(ENROLMENT, ENROLLED).when(END, days()).records(ENDED)
    given(ENROLMENT, ENROLLED).when(changed(END, ended_on=TOMORROW), days()).rejected(DaysNotInOrder)
    given(ENROLMENT, ENROLLED).when(changed(END, ended_on=EARLIER), days()).rejected(DaysNotInOrder)
    given(ENROLMENT, ENROLLED, ENDED).when(END, days()).rejected(EnrolmentHasEnded)
    lasting = given(ENROLMENT, ENROLLED, ENDED).state.lasting
    assert [lasting.state_on(day) for day in (YESTERDAY, TODAY)] == ["running", "withdrawn"]


def test_an_enrolment_that_is_paused_ends_and_is_paused_no_more() -> None:
    yesterday = changed(PAUSED, pauses_on=YESTERDAY)
    given(ENROLMENT, ENROLLED, yesterday).when(END, days()).records(ENDED)
    given(ENROLMENT, ENROLLED, PAUSED).when(changed(END, ended_on=YESTERDAY), days()).rejected(DaysNotInOrder)
    assert given(ENROLMENT, ENROLLED, yesterday, ENDED).state.lasting.state_on(TODAY) == "withdrawn"


def test_an_attempt_lies_within_the_enrolment_unless_it_was_closed_or_ordered_on_appeal() -> None:
    early = changed(END, ended_on=YESTERDAY)
    given(ENROLMENT, ENROLLED).when(early, days(OPENED)).rejected(AttemptOutside)
    given(ENROLMENT, ENROLLED).when(END, days(OPENED)).records(ENDED)
    for harmless in (days(OPENED, CLOSED), days(changed(OPENED, after_appeal=APPEAL_ID)), days()):
        given(ENROLMENT, ENROLLED).when(early, harmless).records(changed(ENDED, ended_on=YESTERDAY))


def test_after_the_end_neither_break_nor_route_begins() -> None:
    given(ENROLMENT, ENROLLED, ENDED).when(PAUSE).rejected(EnrolmentHasEnded)
    given(ENROLMENT, ENROLLED, PAUSED, ENDED).when(RESUME).rejected(EnrolmentHasEnded)
    given(ENROLMENT, ENROLLED, CONSENT, ENDED).when(CHANGE, SERVED).rejected(EnrolmentHasEnded)


def test_an_end_is_taken_back_unless_another_enrolment_took_the_standard() -> None:
    ended = given(ENROLMENT, ENROLLED, ENDED)
    ended.when(BACK, ALONE).records(TAKEN_BACK)
    given(ENROLMENT, ENROLLED).when(BACK, ALONE).rejected(EnrolmentNotEnded)
    again = given(ENROLMENT, ENROLLED).state
    ended.when(BACK, changed(ALONE, other_enrolments=(again,))).rejected(StandardAlreadyTaken)
    ended.when(BACK, changed(ALONE, other_enrolments=(ended.state,))).records(TAKEN_BACK)
    elsewhere = changed(again, plan_reference="ST0001")
    ended.when(BACK, changed(ALONE, other_enrolments=(elsewhere,))).records(TAKEN_BACK)
    assert given(ENROLMENT, ENROLLED, ENDED, TAKEN_BACK).state == given(ENROLMENT, ENROLLED).state


def test_an_ended_enrolment_frees_the_standard_for_another() -> None:
    again = changed(ENROL, enrolment_id=an_id("another enrolment"))
    ended = given(ENROLMENT, ENROLLED, ENDED).state
    given(ENROLMENT).when(again, changed(WHOLE, enrolments=(ended,))).records(ENROLLED)
    back = given(ENROLMENT, ENROLLED, ENDED, TAKEN_BACK).state
    given(ENROLMENT).when(again, changed(WHOLE, enrolments=(back,))).rejected(StandardAlreadyTaken)


@pytest.mark.parametrize(("fact", "refusal"), [(PAUSED, EnrolmentIsPaused), (ENDED, EnrolmentHasEnded)])
def test_no_attempt_is_opened_while_paused_or_after_the_end_but_by_an_appeal(
    fact: Fact, refusal: type[EnrolmentHasEnded]
) -> None:
    day: date = TODAY
    lasting = given(ENROLMENT, ENROLLED, fact).state.lasting
    assert lasting.state_on(day) != "running"
    known = changed(OPENING, enrolment=changed(OPENING.enrolment, lasting=lasting))
    given(ASSESSMENT).when(OPEN, known).rejected(refusal)
    assert given(ASSESSMENT).when(AFTER_APPEAL, known).refusal is None


def test_after_the_end_work_is_taken_for_an_attempt_that_is_open_alone() -> None:
    ended = given(ENROLMENT, ENROLLED, ENDED).state
    check_takes_work(ended, (given(ASSESSMENT, OPENED).state,))
    check_takes_work(given(ENROLMENT, ENROLLED).state, ())
    for attempts in ((), (given(ASSESSMENT, OPENED, CLOSED).state,), (attempt(DECIDED),)):
        with pytest.raises(EnrolmentHasEnded):
            check_takes_work(ended, attempts)


def attempt(*facts: Fact) -> Assessment:
    return given(ASSESSMENT, OPENED, *facts).state
