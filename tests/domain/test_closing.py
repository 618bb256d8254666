"""Closing an attempt undecided: by whom, and what is left of it (DECISION-11)."""

from typing import Any

import pytest
from msgspec import UNSET

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import ForAssessor
from portfolio.domain.assessment.attempt import AttemptAlreadyClosed
from portfolio.domain.assessment.closing import CloseAttempt, ClosingNotYours
from portfolio.domain.assessment.context import ClosedAttempt
from portfolio.domain.assessment.decisions import DecisionFixed
from portfolio.domain.assessment.facts import AttemptClosed, DecisionDeclined
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.kernel import changed
from tests.domain.assessing import COMPONENTS, ENROLMENT, KNOWN, assigned, in_context, prepared
from tests.domain.given import given
from tests.domain.test_decision_context import found
from tests.domain.test_opening import DECIDED, OPENED, VOIDED
from tests.domain.world import ASSESSOR, ATTEMPT_ID, DECISION_ID, OFFICER, OTHER_ASSESSOR, an_id, form

CLOSE = CloseAttempt(assessment_id=ATTEMPT_ID, reason="Opened at the wrong component.")
CLOSED = AttemptClosed(reason=CLOSE.reason)
DECLINED = DecisionDeclined(decision_id=DECISION_ID, second_person=OFFICER, reason="Too little was seen.")


def by(person: Any, *roles: str, interest: Any = "none") -> ForAssessor:
    """Return what is known where this person asks, who declared this interest."""
    return ForAssessor(
        by=person,
        at=KNOWN.at,
        today=KNOWN.today,
        person=prepared(*roles, interest=interest),
        enrolment=ENROLMENT,
        other_enrolments=(),
        form=form(),
        earlier=(),
        components=COMPONENTS,
    )


def test_while_nothing_is_found_an_assigned_assessor_or_the_administrator_closes_it() -> None:
    for known in (by(ASSESSOR, "assessor"), by(OFFICER, "administrator")):
        given(ASSESSMENT, OPENED).when(CLOSE, known).records(CLOSED)


def test_a_code_that_was_only_noted_as_not_judged_is_none_that_was_judged() -> None:
    noted = found("S11", "not judged")
    given(ASSESSMENT, OPENED, noted).when(CLOSE, by(ASSESSOR, "assessor")).records(CLOSED)
    judged_first = (OPENED, found("S11"), noted)
    given(ASSESSMENT, *judged_first).when(CLOSE, by(ASSESSOR, "assessor")).rejected(ClosingNotYours)


@pytest.mark.parametrize(
    "known",
    [
        by(OTHER_ASSESSOR, "assessor"),
        by(ASSESSOR, "coach"),
        by(OFFICER, "responsible officer"),
        by(OFFICER, "lead assessor"),
    ],
)
def test_nobody_else_closes_it_while_nothing_is_found(known: ForAssessor) -> None:
    given(ASSESSMENT, OPENED).when(CLOSE, known).rejected(ClosingNotYours)


def test_an_assessor_with_an_interest_leaves_it_to_the_administrator() -> None:
    tied = by(ASSESSOR, "assessor", interest="personal")
    given(ASSESSMENT, OPENED).when(CLOSE, tied).rejected(AssessorConflicted)


@pytest.mark.parametrize("role", ["responsible officer", "lead assessor"])
def test_once_a_code_is_judged_an_officer_or_lead_who_judged_none_of_it_closes_it(role: str) -> None:
    given(ASSESSMENT, OPENED, found("K1")).when(CLOSE, by(OFFICER, role)).records(CLOSED)
    judged = (OPENED, found("K1", by=OFFICER), found("K1"))
    given(ASSESSMENT, *judged).when(CLOSE, by(OFFICER, role)).rejected(ClosingNotYours)
    confirmer = given(ASSESSMENT, OPENED, found("K1"), DECIDED, DECLINED)
    confirmer.when(CLOSE, by(OFFICER, role)).rejected(ClosingNotYours)
    tied = by(OFFICER, role, interest="personal")
    given(ASSESSMENT, OPENED, found("K1")).when(CLOSE, tied).rejected(AssessorConflicted)


def test_what_an_appeal_ordered_is_closed_only_by_an_officer_or_lead_without_a_part_in_what_was_set_aside() -> None:
    ordered = given(ASSESSMENT, changed(OPENED, after_appeal=an_id("case")))
    for known in (by(OFFICER, "administrator"), by(ASSESSOR, "assessor")):
        ordered.when(CLOSE, known).rejected(ClosingNotYours)
    ordered.when(CLOSE, by(OFFICER, "responsible officer")).records(CLOSED)
    became = Appeal(new_attempt=ATTEMPT_ID)
    open_already = changed(by(OFFICER, "administrator"), appeals=(became,))
    given(ASSESSMENT, OPENED).when(CLOSE, open_already).rejected(ClosingNotYours)
    given(ASSESSMENT, OPENED).when(CLOSE, changed(open_already, appeals=(Appeal(),))).records(CLOSED)
    judged = given(ASSESSMENT, OPENED, found("K1", by=OFFICER), DECIDED, VOIDED).state
    ordered.when(CLOSE, changed(by(OFFICER, "lead assessor"), earlier=(judged,))).rejected(ClosingNotYours)


@pytest.mark.parametrize("role", ["assessor", "administrator"])
def test_once_a_code_is_judged_neither_its_assessor_nor_the_administrator_closes_it(role: str) -> None:
    judged = given(ASSESSMENT, OPENED, found("K1", by=OTHER_ASSESSOR))
    judged.when(CLOSE, by(ASSESSOR, role)).rejected(ClosingNotYours)


def test_who_is_tied_to_the_apprentice_on_another_enrolment_closes_nothing_that_is_judged() -> None:
    coached = changed(ENROLMENT, assigned=(assigned(OFFICER, "coach"),))
    known = changed(by(OFFICER, "lead assessor"), other_enrolments=(coached,))
    given(ASSESSMENT, OPENED, found("K1")).when(CLOSE, known).rejected(AssessorConflicted)


def test_an_attempt_is_closed_once_and_never_after_its_decision() -> None:
    administrator = by(OFFICER, "administrator")
    given(ASSESSMENT, OPENED, CLOSED).when(CLOSE, administrator).rejected(AttemptAlreadyClosed)
    given(ASSESSMENT, OPENED, DECIDED).when(CLOSE, administrator).rejected(DecisionFixed)


def test_the_findings_of_closed_attempts_at_the_component_stand_in_the_context_of_the_next() -> None:
    first, elsewhere, going_on = an_id("first"), an_id("elsewhere"), an_id("going on")
    closed = ASSESSMENT.fold([OPENED, found("S1", "not met"), found("K1"), CLOSED])
    attempts = {
        first: closed,
        elsewhere: ASSESSMENT.fold([changed(OPENED, component="C2"), found("K1"), CLOSED]),
        going_on: ASSESSMENT.fold([OPENED, found("K1")]),
    }
    next_one = ASSESSMENT.fold([changed(OPENED, number=2)])
    stands = ClosedAttempt(
        assessment_id=first, number=1, reason=CLOSE.reason, findings=(found("K1"), found("S1", "not met"))
    )
    assert in_context(next_one, changed(KNOWN, attempts_here=attempts)).closed_attempts == (stands,)
    assert in_context(next_one, KNOWN).closed_attempts is UNSET
