"""Held while it is appealed, and what follows from an upheld appeal (RETENTION-2, APPEAL-16)."""

from typing import Any

import pytest

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.consequences import (
    CloseConsequence,
    ConsequenceNotOpen,
    NoteConsequence,
    NoteRefusedConsequence,
    attempt_that_goes_on,
    key_now,
)
from portfolio.domain.appeal.facts import Consequence, ConsequenceClosed, ConsequenceDrawn, ConsequenceRefused
from portfolio.domain.appeal.hold import (
    RecordOnHold,
    check_bytes_not_held,
    check_not_held,
    holds_in_words,
    open_case_on,
)
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import AppealUnknown
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.components import Components
from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.kernel import changed
from tests.domain.evidence.test_evidence import DISCARD, DISCARDING, DRAFT
from tests.domain.given import given
from tests.domain.panels import CONFIRMED, TOOK_EFFECT
from tests.domain.test_appeal import (
    ADMITTED,
    ATTEMPT,
    DISMISSED,
    LODGED,
    NOT_ADMITTED,
    OFFICERS,
    OPENED,
    PROPOSED,
    WITH_PANEL,
    WITHDRAWN,
    set_aside_by,
)
from tests.domain.test_decision_context import CONTEXT
from tests.domain.world import (
    APPEAL_ID,
    ATTEMPT_ID,
    CRITERIA_ID,
    FORM_ID,
    OBSERVATION,
    OFFICER,
    OTHER_FORM_ID,
    PORTFOLIO,
    YESTERDAY,
    an_id,
    form,
)

NEW = an_id("new attempt")
UPHELD = (*WITH_PANEL, PROPOSED, CONFIRMED, TOOK_EFFECT)
SET_ASIDE: Consequence = "the decision is set aside"
ANEW: Consequence = "a new attempt is opened"
DRAWN = ConsequenceDrawn(consequence=SET_ASIDE, assessment_id=ATTEMPT_ID)
OPENED_ANEW = ConsequenceDrawn(consequence=ANEW, assessment_id=NEW)
NOTE = NoteConsequence(appeal_id=APPEAL_ID, consequence=ANEW, assessment_id=NEW)
NOTE_REFUSED = NoteRefusedConsequence(
    appeal_id=APPEAL_ID, consequence=ANEW, refusal="attempt-not-allowed", why="No further attempt."
)
REFUSED = ConsequenceRefused(consequence=ANEW, refusal="attempt-not-allowed", why="No further attempt.")
CLOSE = CloseConsequence(appeal_id=APPEAL_ID, consequence=ANEW, reason="The apprentice left.")
CLOSED = ConsequenceClosed(consequence=ANEW, reason="The apprentice left.")


def cases(*history: Any) -> Any:
    return {APPEAL_ID: given(APPEAL, *history).state}


@pytest.mark.parametrize("history", [(LODGED,), (LODGED, ADMITTED), WITH_PANEL, UPHELD, (*UPHELD, DRAWN)])
def test_from_lodging_to_the_end_of_a_case_a_decision_of_the_attempt_is_held(history: Any) -> None:
    with pytest.raises(RecordOnHold) as refusal:
        check_not_held(ATTEMPT_ID, cases(*history))
    assert refusal.value.members == {"appeals": [str(APPEAL_ID)]}
    check_not_held(an_id("another attempt"), cases(*history))
    held = "an appeal against the decision on attempt 1 at component C1"
    assert list(holds_in_words(cases(*history), {ATTEMPT_ID: ATTEMPT})) == [held]


@pytest.mark.parametrize(
    "history",
    [
        (LODGED, WITHDRAWN),
        (LODGED, NOT_ADMITTED),
        (*WITH_PANEL, DISMISSED),
        (*UPHELD, DRAWN, OPENED_ANEW),
        (*UPHELD, DRAWN, REFUSED, CLOSED),
    ],
)
def test_after_the_end_of_the_case_nothing_is_held(history: Any) -> None:
    check_not_held(ATTEMPT_ID, cases(*history))
    assert open_case_on(ATTEMPT_ID, cases(*history)) is None
    assert list(holds_in_words(cases(*history), {ATTEMPT_ID: ATTEMPT})) == []


def test_bytes_that_the_contested_decision_names_are_not_discarded_until_the_case_ends() -> None:
    (named, *_) = CONTEXT.available
    attempts = {ATTEMPT_ID: ATTEMPT}
    with pytest.raises(RecordOnHold) as refusal:
        check_bytes_not_held(named.evidence_id, named.version, cases(*WITH_PANEL), attempts)
    assert refusal.value.members == {"appeals": [str(APPEAL_ID)]}
    check_bytes_not_held(named.evidence_id, named.version + 1, cases(*WITH_PANEL), attempts)
    check_bytes_not_held(an_id("another item"), named.version, cases(*WITH_PANEL), attempts)
    check_bytes_not_held(named.evidence_id, named.version, cases(LODGED, WITHDRAWN), attempts)
    check_bytes_not_held(named.evidence_id, named.version, {}, attempts)


def test_no_draft_is_discarded_whose_bytes_the_contested_decision_names() -> None:
    (named, *_) = CONTEXT.available
    held = changed(DISCARDING, cases=cases(*WITH_PANEL), attempts={ATTEMPT_ID: ATTEMPT})
    discard = changed(DISCARD, evidence_id=named.evidence_id, version=named.version)
    given(EVIDENCE, *DRAFT).when(discard, held).rejected(RecordOnHold)


def test_the_upheld_case_itself_sets_aside_what_it_holds() -> None:
    check_not_held(ATTEMPT_ID, cases(*UPHELD), by_case=APPEAL_ID)
    for history, by_case in ((WITH_PANEL, APPEAL_ID), (UPHELD, an_id("another case"))):
        with pytest.raises(RecordOnHold):
            check_not_held(ATTEMPT_ID, cases(*history), by_case=by_case)


def test_an_upheld_appeal_goes_on_until_both_consequences_are_drawn() -> None:
    assert given(APPEAL, *UPHELD).state.pending == {SET_ASIDE, ANEW}
    assert given(APPEAL, *UPHELD, DRAWN).state.pending == {ANEW}
    done = given(APPEAL, *UPHELD, DRAWN, OPENED_ANEW).state
    assert (done.is_open(), done.new_attempt) == (False, NEW)


def test_a_setting_aside_that_was_contested_needs_no_second_one() -> None:
    contested = (changed(LODGED, set_aside=True), *UPHELD[1:])
    assert given(APPEAL, *contested).state.pending == {ANEW}


def test_a_consequence_is_noted_once() -> None:
    given(APPEAL, *UPHELD).when(NOTE).records(OPENED_ANEW)
    given(APPEAL, *UPHELD, OPENED_ANEW).when(NOTE).records_nothing()
    given(APPEAL).when(NOTE).rejected(AppealUnknown)


def test_a_consequence_that_a_rule_refuses_is_recorded_once_for_each_reason() -> None:
    given(APPEAL, *UPHELD).when(NOTE_REFUSED).records(REFUSED)
    given(APPEAL, *UPHELD, REFUSED).when(NOTE_REFUSED).records_nothing()
    other = changed(NOTE_REFUSED, refusal="plan-not-approved")
    given(APPEAL, *UPHELD, REFUSED).when(other).records(changed(REFUSED, refusal="plan-not-approved"))
    given(APPEAL).when(NOTE_REFUSED).rejected(AppealUnknown)


def test_what_was_drawn_or_given_up_is_not_refused_again() -> None:
    for end in (OPENED_ANEW, CLOSED):
        given(APPEAL, *UPHELD, end).when(NOTE_REFUSED).records_nothing()


def test_a_refused_consequence_is_closed_with_a_reason() -> None:
    given(APPEAL, *UPHELD, REFUSED).when(CLOSE, OFFICERS).records(CLOSED)
    given(APPEAL, *UPHELD, REFUSED).when(changed(CLOSE, reason=""), OFFICERS).rejected(OutcomeIncomplete)
    for history in (UPHELD, (*UPHELD, REFUSED, CLOSED), (*UPHELD, REFUSED, OPENED_ANEW)):
        given(APPEAL, *history).when(CLOSE, OFFICERS).rejected(ConsequenceNotOpen)
    given(APPEAL).when(CLOSE, OFFICERS).rejected(AppealUnknown)


def test_an_officer_who_set_the_decision_aside_does_not_close_what_follows() -> None:
    not_free = changed(OFFICERS, history=(set_aside_by(OFFICER),))
    given(APPEAL, *UPHELD, REFUSED).when(CLOSE, not_free).rejected(OfficerNotFree)


def test_another_refusal_stands_in_the_place_of_the_one_before_and_the_other_task_stays() -> None:
    other = changed(REFUSED, consequence=SET_ASIDE)
    again = changed(REFUSED, refusal="plan-not-approved")
    assert given(APPEAL, *UPHELD, REFUSED, other, again).state.refused == (other, again)
    assert given(APPEAL, *UPHELD, REFUSED, other, OPENED_ANEW).state.refused == (other,)


ROUTE = RouteFrom(since=YESTERDAY, route="LET", form_id=FORM_ID)
COMPONENTS = Components(forms={FORM_ID: form()}, lines={CRITERIA_ID: CRITERIA_ID})


def test_an_attempt_at_the_component_that_waits_for_its_decision_is_the_new_one() -> None:
    waiting = ASSESSMENT.fold([OPENED])
    elsewhere = ASSESSMENT.fold([changed(OPENED, component="C2")])
    left = ASSESSMENT.fold([changed(OPENED, route="CVT")])
    others = {ATTEMPT_ID: ATTEMPT, an_id("C2"): elsewhere, an_id("CVT"): left, an_id("nothing"): Assessment()}
    assert attempt_that_goes_on(OPENED, {**others, NEW: waiting}, ROUTE, COMPONENTS) == NEW
    assert attempt_that_goes_on(OPENED, others, ROUTE, COMPONENTS) is None
    assert attempt_that_goes_on(OPENED, {NEW: waiting}, None, COMPONENTS) is None


def test_the_component_of_the_new_attempt_is_the_one_alike_on_the_form_taken_now() -> None:
    renamed = form(changed(OBSERVATION, key="A1"), PORTFOLIO)
    forms = {FORM_ID: form(), OTHER_FORM_ID: renamed}
    components = changed(COMPONENTS, forms=forms)
    assert key_now(OPENED, ROUTE, components) == "C1"
    assert key_now(OPENED, changed(ROUTE, form_id=OTHER_FORM_ID), components) == "A1"
    assert key_now(OPENED, changed(ROUTE, form_id=an_id("?")), components) == "C1"
    assert key_now(changed(OPENED, form_id=an_id("?")), ROUTE, components) == "former C1"
    assert key_now(OPENED, None, components) == "C1"


def test_a_key_that_names_another_component_on_the_form_now_taken_is_not_where_the_new_attempt_opens() -> None:
    swapped = form(changed(PORTFOLIO, key="C1"))
    components = Components(forms={FORM_ID: form(), OTHER_FORM_ID: swapped}, lines={CRITERIA_ID: CRITERIA_ID})
    assert key_now(OPENED, changed(ROUTE, form_id=OTHER_FORM_ID), components) == "former C1"
