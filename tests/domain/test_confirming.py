"""Confirming: a decision by a scrutiny route counts once its second person, free and standardised, says so."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import AssessorDeclined, AssessorNotAuthorised, may_judge
from portfolio.domain.assessment.confirming import (
    ConfirmDecision,
    DecisionDoesNotWait,
    DeclineDecision,
    ForConfirming,
    NotTheSecondPerson,
    asks_second_person,
)
from portfolio.domain.assessment.decisions import DecisionAlreadySuperseded, DecisionUnknown, DecisionWaits
from portfolio.domain.assessment.facts import AssessmentFact, DecisionConfirmed, DecisionDeclined
from portfolio.domain.assessment.limits import AttemptNotAllowed, RouteLeft
from portfolio.domain.assessment.work import work_of
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted, SecondPersonNotFree
from portfolio.domain.kernel import Command, changed
from portfolio.domain.vocabulary import ANSWERED_AS_SECOND
from tests.domain.assessing import ENROLMENT, KNOWN, ON_LET, OPENING, assigned, prepared
from tests.domain.given import given
from tests.domain.test_assessment import ANOTHER, DECIDE, DECIDED, FIND, FOUND, SUPERSEDE
from tests.domain.test_closing import CLOSE
from tests.domain.test_decision_context import found
from tests.domain.test_opening import OPEN, OPENED
from tests.domain.world import (
    ASSESSOR,
    ATTEMPT_ID,
    DECISION_ID,
    OBSERVATION,
    OFFICER,
    OTHER_ASSESSOR,
    SECOND_DECISION_ID,
    TODAY,
    an_id,
    form,
)

SECOND = an_id("second person")
ROUTE = ScrutinyRouteRecorded(
    assessor=ASSESSOR,
    second_person=SECOND,
    form_id=OPENED.form_id,
    component=OPENED.component,
    reason="Nobody else is near.",
    officer=OFFICER,
)
BY_A_ROUTE = changed(DECIDED.context, decider=changed(DECIDED.context.decider, scrutiny_route="by a route"))
WAITING = (*FOUND, changed(DECIDED, context=BY_A_ROUTE))
SECONDS = ForConfirming(
    by=SECOND,
    at=KNOWN.at,
    today=KNOWN.today,
    person=prepared("assessor"),
    enrolment=changed(ENROLMENT, scrutiny_routes=(ROUTE,)),
    other_enrolments=(),
    form=KNOWN.form,
    earlier=(),
    components=KNOWN.components,
    decider=prepared("centre assessor", interest="coached"),
)
"""What the second person answers on."""

CONFIRM = ConfirmDecision(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
DECLINE = DeclineDecision(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID, reason="Too little was seen.")
CONFIRMED = DecisionConfirmed(decision_id=DECISION_ID, second_person=SECOND)
DECLINED = DecisionDeclined(decision_id=DECISION_ID, second_person=SECOND, reason=DECLINE.reason)
ANSWERS = pytest.mark.parametrize("answer", [CONFIRM, DECLINE])


@pytest.mark.parametrize(("answer", "fact"), [(CONFIRM, CONFIRMED), (DECLINE, DECLINED)])
def test_the_second_person_confirms_or_declines(answer: Command, fact: AssessmentFact) -> None:
    given(ASSESSMENT, *WAITING).when(answer, SECONDS).records(fact)


@ANSWERS
def test_only_a_decision_of_the_attempt_is_answered(answer: Any) -> None:
    elsewhere = changed(answer, decision_id=SECOND_DECISION_ID)
    given(ASSESSMENT, *WAITING).when(elsewhere, SECONDS).rejected(DecisionUnknown)


@ANSWERS
@pytest.mark.parametrize("history", [(*FOUND, DECIDED), (*WAITING, CONFIRMED), (*WAITING, DECLINED)])
def test_a_decision_is_answered_once_and_only_one_by_a_route(answer: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(answer, SECONDS).rejected(DecisionDoesNotWait)


@ANSWERS
def test_nobody_but_the_second_person_answers(answer: Command) -> None:
    for by in (ASSESSOR, OTHER_ASSESSOR):
        given(ASSESSMENT, *WAITING).when(answer, changed(SECONDS, by=by)).rejected(NotTheSecondPerson)


@ANSWERS
def test_the_second_person_is_still_a_free_assessor_who_judged_nothing_of_it(answer: Command) -> None:
    for person in (prepared("assessor", interest="personal"), prepared("coach")):
        given(ASSESSMENT, *WAITING).when(answer, changed(SECONDS, person=person)).rejected(SecondPersonNotFree)
    judged = (OPENED, found("K1", by=SECOND), *WAITING[1:])
    given(ASSESSMENT, *judged).when(answer, SECONDS).rejected(SecondPersonNotFree, "judged codes of this attempt")


def test_by_a_route_somebody_judges_who_coached_at_the_centre_and_nobody_with_another_tie() -> None:
    centres = changed(prepared("centre assessor"), works_for="centre")
    tied = changed(ENROLMENT, assigned=(assigned(), assigned(assignment="coach")), scrutiny_routes=(ROUTE,))
    coached = changed(KNOWN, person=centres, form=form(changed(OBSERVATION, marker="centre")), enrolment=tied)
    assert given(ASSESSMENT, OPENED).when(FIND, coached).refusal is None
    kin = changed(coached, person=changed(centres, interests=prepared(interest="personal").interests))
    given(ASSESSMENT, OPENED).when(FIND, kin).rejected(AssessorConflicted)


def test_while_a_decision_waits_it_is_neither_closed_nor_superseded() -> None:
    given(ASSESSMENT, *WAITING).when(CLOSE, KNOWN).rejected(DecisionWaits)
    given(ASSESSMENT, *WAITING).when(SUPERSEDE, ANOTHER).rejected(DecisionWaits)


def test_while_a_decision_waits_no_other_attempt_is_opened() -> None:
    waits = changed(OPENING, attempts=(ASSESSMENT.fold(WAITING),))
    given(ASSESSMENT).when(OPEN, waits).rejected(AttemptNotAllowed, "second person")


def test_who_was_declined_leaves_the_attempt_to_another() -> None:
    declined = given(ASSESSMENT, *WAITING, DECLINED)
    for command in (FIND, DECIDE):
        declined.when(command, KNOWN).rejected(AssessorDeclined)
    assert declined.when(FIND, ANOTHER).refusal is None


def test_what_somebody_finds_counts_while_they_may_assess_and_were_not_declined() -> None:
    opened, declined = ASSESSMENT.fold(FOUND), ASSESSMENT.fold((*WAITING, DECLINED))
    assert may_judge(opened, KNOWN)
    assert not may_judge(opened, changed(KNOWN, enrolment=changed(KNOWN.enrolment, assigned=())))
    assert not may_judge(declined, KNOWN)
    assert may_judge(declined, ANOTHER)


def test_what_keeps_somebody_from_deciding_or_confirming_is_said_with_their_work() -> None:
    def why_not(history: Any, known: Any) -> str:
        work = work_of(ASSESSMENT.fold(history), known)
        assert work is not None
        return work.why_not

    assert why_not(FOUND, KNOWN) == ""
    assert why_not(WAITING, SECONDS) == ""
    tied = changed(SECONDS, person=prepared("assessor", interest="personal"))
    assert "interest" in why_not(WAITING, tied)
    fresh = changed(KNOWN, person=changed(KNOWN.person, competences=()))
    assert "standardised" in why_not(FOUND, fresh)
    assert why_not((*WAITING, DECLINED), KNOWN) == str(AssessorDeclined())
    moved = changed(ENROLMENT, routes=(ON_LET, changed(ON_LET, route="CVT")))
    assert why_not(FOUND, changed(KNOWN, enrolment=moved)) == str(RouteLeft())


def test_a_second_person_is_asked_while_a_decision_waits_for_them_or_may_come() -> None:
    def asked(*history: Any, by: UUID = SECOND) -> bool:
        return asks_second_person(by, SECONDS.enrolment, [ASSESSMENT.fold(history)])

    for history in (FOUND, WAITING):
        assert asked(*history)
        assert not asked(*history, by=OTHER_ASSESSOR)
    assert not asked(*FOUND, DECIDED)
    assert not asked(*WAITING, CONFIRMED)


def test_who_answered_as_second_person_did_for_ever() -> None:
    answered = ASSESSMENT.fold((*WAITING, CONFIRMED))
    assert answered.relations(SECOND, TODAY) == {ANSWERED_AS_SECOND}
    assert answered.relations(ASSESSOR, TODAY) == set()


def test_who_assures_the_quality_of_the_component_confirms_nothing_of_it() -> None:
    assures = assigned(SECOND, "internal quality assurer", form_id=OPENED.form_id)
    known = changed(SECONDS, enrolment=changed(SECONDS.enrolment, assigned=(assigned(), assures)))
    given(ASSESSMENT, *WAITING).when(CONFIRM, known).rejected(SecondPersonNotFree)


def test_a_decision_that_was_declined_is_not_superseded() -> None:
    given(ASSESSMENT, *WAITING, DECLINED).when(SUPERSEDE, ANOTHER).rejected(DecisionAlreadySuperseded, "declined")


def test_a_stranger_is_not_told_what_became_of_the_attempt() -> None:
    stranger = changed(KNOWN, by=an_id("stranger"))
    given(ASSESSMENT, *WAITING).when(SUPERSEDE, stranger).rejected(AssessorNotAuthorised)
