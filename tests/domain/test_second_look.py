"""Admission: a refusal names its reason, and somebody else looks once more if the appellant asks (APPEAL-5)."""

from typing import get_args

import pytest

from portfolio.domain.appeal.admitting import (
    AdmitOnSecondLook,
    AskSecondLook,
    ForSecondLook,
    RefuseOnSecondLook,
    SecondLookNotDifferent,
    SecondLookUsed,
)
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import AppealAdmitted, AppealNotAdmitted, NotHeardFor, SecondLookAsked
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.lodging import AppealAlreadyOpen, AppealSubjectNotAllowed
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import AppealNotWaiting, AppealUnknown
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import GradeDecisionSuperseded
from portfolio.domain.kernel import Command, changed
from tests.domain.given import given
from tests.domain.test_appeal import (
    ADMITTED,
    LODGED,
    NOT_ADMITTED,
    OFFICERS,
    PANEL,
    REFUSE,
    WITHDRAW,
    WITHDRAWN,
    set_aside_by,
)
from tests.domain.test_opening import DECIDED, OPENED, VOIDED
from tests.domain.world import APPEAL_ID, APPRENTICE, DECISION_ID, NOW, TODAY, an_id, person

OTHER = an_id("another officer")
ASK = AskSecondLook(appeal_id=APPEAL_ID, statement="It was posted in April.")
ASKED = SecondLookAsked(decision_id=DECISION_ID, statement="It was posted in April.")
ADMIT_AGAIN = AdmitOnSecondLook(appeal_id=APPEAL_ID)
REFUSE_AGAIN = RefuseOnSecondLook(appeal_id=APPEAL_ID, because="no standing", reason="He is no coach.")
REFUSED_AGAIN = AppealNotAdmitted(reason="He is no coach.", because="no standing", officer=OTHER)
MIAS = ForSecondLook(by=APPRENTICE, at=NOW, today=TODAY, cases={}, attempt=given(ASSESSMENT, OPENED, DECIDED).state)
OTHERS = changed(PANEL, by=OTHER, people={**PANEL.people, OTHER: person("responsible officer")})
REFUSED = (LODGED, NOT_ADMITTED)
ASKED_AGAIN = (*REFUSED, ASKED)


@pytest.mark.parametrize("because", get_args(NotHeardFor))
def test_a_refusal_to_admit_names_one_of_three_reasons(because: NotHeardFor) -> None:
    refused = changed(NOT_ADMITTED, because=because)
    given(APPEAL, LODGED).when(changed(REFUSE, because=because), OFFICERS).records(refused)


def test_the_appellant_asks_once_for_a_second_look_which_opens_the_case_again() -> None:
    assert not given(APPEAL, *REFUSED).state.is_open()
    given(APPEAL, *REFUSED).when(ASK, MIAS).records(ASKED)
    assert given(APPEAL, *ASKED_AGAIN).state.is_open()
    given(APPEAL, *ASKED_AGAIN, REFUSED_AGAIN).when(ASK, MIAS).rejected(SecondLookUsed)
    assert not given(APPEAL, *ASKED_AGAIN, REFUSED_AGAIN).state.is_open()


def test_a_second_look_is_asked_for_with_words_and_only_after_a_refusal() -> None:
    given(APPEAL, *REFUSED).when(changed(ASK, statement=" "), MIAS).rejected(OutcomeIncomplete)
    for history in ((LODGED,), (LODGED, ADMITTED), ASKED_AGAIN, (LODGED, WITHDRAWN)):
        given(APPEAL, *history).when(ASK, MIAS).rejected(AppealNotWaiting)


def test_no_second_look_while_another_case_on_the_attempt_is_open() -> None:
    known = changed(MIAS, cases={an_id("case"): given(APPEAL, LODGED).state})
    given(APPEAL, *REFUSED).when(ASK, known).rejected(AppealAlreadyOpen)


def test_no_second_look_at_a_decision_in_whose_place_another_stands() -> None:
    superseded = GradeDecisionSuperseded(
        decision_id=DECISION_ID,
        superseded_by=an_id("another decision"),
        reason_code="marking error",
        authority="a slip",
    )
    replaced = changed(MIAS, attempt=given(ASSESSMENT, OPENED, DECIDED, superseded).state)
    given(APPEAL, *REFUSED).when(ASK, replaced).rejected(AppealSubjectNotAllowed)
    set_aside = changed(MIAS, attempt=given(ASSESSMENT, OPENED, DECIDED, VOIDED).state)
    given(APPEAL, *REFUSED).when(ASK, set_aside).records(ASKED)


def test_another_officer_answers_and_both_answers_stay() -> None:
    given(APPEAL, *ASKED_AGAIN).when(ADMIT_AGAIN, OTHERS).records(AppealAdmitted(officer=OTHER))
    given(APPEAL, *ASKED_AGAIN).when(REFUSE_AGAIN, OTHERS).records(REFUSED_AGAIN)
    assert given(APPEAL, *ASKED_AGAIN, AppealAdmitted(officer=OTHER)).state.status == "admitted"


@pytest.mark.parametrize("command", [ADMIT_AGAIN, REFUSE_AGAIN])
def test_the_second_look_is_somebody_elses_who_is_free(command: Command) -> None:
    given(APPEAL, *ASKED_AGAIN).when(command, OFFICERS).rejected(SecondLookNotDifferent)
    set_aside = changed(OTHERS, history=(set_aside_by(OTHER),))
    given(APPEAL, *ASKED_AGAIN).when(command, set_aside).rejected(OfficerNotFree)


@pytest.mark.parametrize("command", [ADMIT_AGAIN, REFUSE_AGAIN])
def test_there_is_a_second_look_only_where_one_was_asked_for(command: Command) -> None:
    for history in ((LODGED,), REFUSED, (*ASKED_AGAIN, REFUSED_AGAIN)):
        given(APPEAL, *history).when(command, OTHERS).rejected(AppealNotWaiting)
    given(APPEAL).when(command, OTHERS).rejected(AppealUnknown)
    given(APPEAL).when(ASK, MIAS).rejected(AppealUnknown)


def test_a_second_refusal_gives_its_reason_too() -> None:
    given(APPEAL, *ASKED_AGAIN).when(changed(REFUSE_AGAIN, reason=""), OTHERS).rejected(OutcomeIncomplete)


def test_an_appeal_that_waits_for_a_second_look_can_be_withdrawn() -> None:
    given(APPEAL, *ASKED_AGAIN).when(WITHDRAW, MIAS).records(WITHDRAWN)
