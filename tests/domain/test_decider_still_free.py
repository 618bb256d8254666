"""Confirming: the second person is free, and whoever decided still is, but for having coached (INTEREST-2)."""

from typing import Any

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import RemarkerNotDifferent
from portfolio.domain.assessment.confirming import ConfirmDecision, DeclineDecision, ForConfirming
from portfolio.domain.assessment.facts import DecisionConfirmed, DecisionDeclined
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.interests import Interest, InterestDeclared
from portfolio.domain.kernel import changed
from portfolio.domain.person import Person
from tests.domain.assessing import COMPONENTS, ENROLMENT, assigned, prepared
from tests.domain.given import given
from tests.domain.test_opening import DECIDED, OPENED, VOIDED
from tests.domain.world import (
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    DECISION_ID,
    NOW,
    OFFICER,
    OTHER_ASSESSOR,
    TODAY,
    form,
    person,
)

CONFIRM = ConfirmDecision(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
CONFIRMED = DecisionConfirmed(decision_id=DECISION_ID, second_person=ASSESSOR)
DECLINE = DeclineDecision(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID, reason="Too little was seen.")
DECLINED = DecisionDeclined(decision_id=DECISION_ID, second_person=ASSESSOR, reason=DECLINE.reason)
BY_ROUTE = changed(DECIDED.context, decider=changed(DECIDED.context.decider, scrutiny_route="by a route"))
WAITS = given(ASSESSMENT, OPENED, changed(DECIDED, decider=OTHER_ASSESSOR, context=BY_ROUTE))
ROUTE = ScrutinyRouteRecorded(
    assessor=OTHER_ASSESSOR,
    second_person=ASSESSOR,
    form_id=OPENED.form_id,
    component=OPENED.component,
    reason="Nobody else is near.",
    officer=OFFICER,
)


def known(decider: Person, **fields: Any) -> ForConfirming:
    """Return what is known where the second person asks, and the decider, who coached, is this person."""
    coach = assigned(OTHER_ASSESSOR, "coach")
    free = ForConfirming(
        by=ASSESSOR,
        at=NOW,
        today=TODAY,
        person=prepared("assessor"),
        enrolment=changed(ENROLMENT, scrutiny_routes=(ROUTE,), assigned=(*ENROLMENT.assigned, coach)),
        other_enrolments=(),
        form=form(),
        earlier=(),
        components=COMPONENTS,
        decider=decider,
    )
    return changed(free, **fields)


def declared(*interests: Interest, confirmed: int = 0) -> Person:
    said = tuple(InterestDeclared(apprentice=APPRENTICE, interest=each, detail="") for each in interests)
    return changed(person("centre assessor"), interests=said, confirmed={APPRENTICE: confirmed})


@pytest.mark.parametrize(
    "decider", [declared("coached"), declared("none"), declared("personal", "none", "coached", confirmed=2), Person()]
)
def test_a_decision_is_confirmed_whose_decider_has_no_tie_but_that_of_having_coached(decider: Person) -> None:
    WAITS.when(CONFIRM, known(decider)).records(CONFIRMED)


@pytest.mark.parametrize("interest", ["personal", "trained", "managed"])
def test_a_decision_whose_decider_has_another_tie_by_now_is_declined_and_not_confirmed(interest: Interest) -> None:
    tied = known(declared("coached", interest))
    WAITS.when(CONFIRM, tied).rejected(AssessorConflicted, "decline it")
    WAITS.when(DECLINE, tied).records(DECLINED)


def test_a_decision_whose_decider_employs_the_apprentice_by_now_is_not_confirmed() -> None:
    employer = changed(ENROLMENT, scrutiny_routes=(ROUTE,), assigned=(assigned(OTHER_ASSESSOR, "employer"),))
    WAITS.when(CONFIRM, known(declared("coached"), enrolment=employer)).rejected(AssessorConflicted)


def test_a_decision_whose_decider_is_barred_by_now_is_declined_and_not_confirmed() -> None:
    earlier = given(ASSESSMENT, OPENED, changed(DECIDED, decider=OTHER_ASSESSOR), VOIDED).state
    barred = known(declared("coached"), earlier=(earlier,))
    WAITS.when(CONFIRM, barred).rejected(RemarkerNotDifferent, "decline it")
    WAITS.when(DECLINE, barred).records(DECLINED)


def test_who_is_barred_answers_no_decision_as_a_second_person() -> None:
    barred = known(declared("coached"), earlier=(given(ASSESSMENT, OPENED, DECIDED, VOIDED).state,))
    for command in (CONFIRM, DECLINE):
        WAITS.when(command, barred).rejected(RemarkerNotDifferent)
