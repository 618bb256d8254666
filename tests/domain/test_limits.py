"""How often a component is decided, and on which route, asked again when deciding (DECISION-9, DECISION-11)."""

from typing import Any

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import AttemptAlreadyClosed
from portfolio.domain.assessment.limits import AttemptNotAllowed, RouteLeft
from portfolio.domain.components import Components
from portfolio.domain.enrolment.state import Enrolment, RouteFrom
from portfolio.domain.kernel import changed
from tests.domain.assessing import COMPONENTS, ENROLMENT, KNOWN
from tests.domain.given import given
from tests.domain.test_assessment import CLOSED as DECIDED_ATTEMPT
from tests.domain.test_assessment import DECIDE, DECIDED, FIND, FOUND, VOIDED
from tests.domain.test_closing import CLOSED
from tests.domain.test_opening import OPENED
from tests.domain.world import FORM_ID, OBSERVATION, OTHER_FORM_ID, YESTERDAY, an_id, form


def beside(*histories: Any, **fields: Any) -> Any:
    """Return what is known where these attempts stand beside the one that is decided."""
    attempts = {an_id(f"attempt {number}"): ASSESSMENT.fold(facts) for number, facts in enumerate(histories)}
    return changed(KNOWN, attempts_here=attempts, **fields)


def test_a_closed_attempt_is_neither_judged_nor_decided() -> None:
    for command in (FIND, DECIDE):
        given(ASSESSMENT, *FOUND, CLOSED).when(command, KNOWN).rejected(AttemptAlreadyClosed)


def test_an_attempt_for_a_route_that_is_left_is_not_decided() -> None:
    on_cvt = changed(ENROLMENT, routes=(RouteFrom(since=YESTERDAY, route="CVT", form_id=OTHER_FORM_ID),))
    for enrolment in (on_cvt, changed(ENROLMENT, routes=())):
        given(ASSESSMENT, *FOUND).when(DECIDE, changed(KNOWN, enrolment=enrolment)).rejected(RouteLeft)
    another_form = changed(ENROLMENT, routes=(RouteFrom(since=YESTERDAY, route="LET", form_id=OTHER_FORM_ID),))
    context = given(ASSESSMENT, *FOUND).when(DECIDE, changed(KNOWN, enrolment=another_form))
    context.records(DECIDED)
    assert Enrolment().route_on(YESTERDAY) is None


def test_the_limit_of_the_form_of_opening_holds_when_deciding_too() -> None:
    attempt = given(ASSESSMENT, *FOUND)
    attempt.when(DECIDE, beside(DECIDED_ATTEMPT)).records(DECIDED)
    attempt.when(DECIDE, beside(DECIDED_ATTEMPT, DECIDED_ATTEMPT)).rejected(AttemptNotAllowed, "2 of 2")
    attempt.when(DECIDE, beside(DECIDED_ATTEMPT, (*DECIDED_ATTEMPT, VOIDED))).records(DECIDED)
    decider = changed(DECIDED.context.decider, scrutiny_route="a second person confirms")
    waiting = (*FOUND, changed(DECIDED, context=changed(DECIDED.context, decider=decider)))
    attempt.when(DECIDE, beside(DECIDED_ATTEMPT, waiting)).rejected(AttemptNotAllowed, "2 of 2")
    ordered = given(ASSESSMENT, changed(FOUND[0], after_appeal=an_id("case")), *FOUND[1:])
    ordered.when(DECIDE, beside(DECIDED_ATTEMPT, DECIDED_ATTEMPT)).records(DECIDED)
    elsewhere = (changed(OPENED, component="C2"), *DECIDED_ATTEMPT[1:])
    attempt.when(DECIDE, beside(elsewhere, elsewhere)).records(DECIDED)


@pytest.mark.parametrize(("allowed", "refused"), [(1, True), (2, False)])
def test_a_decision_on_another_form_counts_against_the_limit_of_the_one_of_opening(allowed: int, refused: bool) -> None:
    own, others = changed(OBSERVATION, maximum_attempts=allowed), changed(OBSERVATION, key="C7", maximum_attempts=9)
    components = Components(forms={FORM_ID: form(own), OTHER_FORM_ID: form(others)}, lines=COMPONENTS.lines)
    there = (changed(OPENED, component="C7", form_id=OTHER_FORM_ID), *DECIDED_ATTEMPT[1:])
    known = beside(there, form=form(own), components=components)
    outcome = given(ASSESSMENT, *FOUND).when(DECIDE, known)
    assert (type(outcome.refusal) is AttemptNotAllowed) == refused
