"""What a refusal says of the case in which it is raised: whom it is about, and which way is open."""

import pytest

from portfolio.domain.appeal.state import Appeal, where_it_stands
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import AssessorNotAuthorised
from portfolio.domain.assessment.decisions import DecisionFixed
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.kernel import changed, ids_in
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import WorksFor
from tests.domain.assessing import ENROLMENT, KNOWN, assigned, prepared
from tests.domain.given import given
from tests.domain.test_assessment import CLOSED, DECIDE, FIND, K1, S1, VOIDED
from tests.domain.test_opening import OPENED
from tests.domain.world import ASSESSOR, FORM_ID, OBSERVATION, OFFICER, OTHER_ASSESSOR, YESTERDAY, an_id, form

AT_THE_CENTRE = form(changed(OBSERVATION, marker="centre"))
COACHED = changed(ENROLMENT, assigned=(assigned(), assigned(assignment="coach")))
ROUTE = ScrutinyRouteRecorded(
    assessor=ASSESSOR,
    second_person=OTHER_ASSESSOR,
    form_id=FORM_ID,
    component=OBSERVATION.key,
    reason="Nobody else is near.",
    officer=OFFICER,
)
ROUTED = changed(COACHED, scrutiny_routes=(ROUTE,))


def own(works_for: WorksFor = "centre") -> Person:
    return changed(prepared("centre assessor", interest="coached"), works_for=works_for)


COACHES = changed(KNOWN, form=AT_THE_CENTRE, person=own(), enrolment=COACHED)


def test_a_centres_own_assessor_who_coached_finds_by_a_scrutiny_route_and_is_told_of_it_without_one() -> None:
    given(ASSESSMENT, OPENED).when(FIND, changed(COACHES, enrolment=ROUTED)).records(K1, S1)
    given(ASSESSMENT, OPENED).when(FIND, COACHES).rejected(AssessorConflicted, "has recorded a scrutiny route")


@pytest.mark.parametrize("works_for", ["assessment organisation", "employer"])
def test_no_other_assessor_goes_by_a_scrutiny_route_or_is_told_of_one(works_for: WorksFor) -> None:
    for enrolment in (COACHED, ROUTED):
        known = changed(COACHES, person=own(works_for), enrolment=enrolment)
        refusal = given(ASSESSMENT, OPENED).when(FIND, known).rejected(AssessorConflicted)
        assert str(refusal).endswith("another assessor does it, whom an administrator assigns.")


def test_who_lacks_the_role_that_marks_is_told_so_and_not_that_they_are_not_assigned() -> None:
    known = changed(KNOWN, form=AT_THE_CENTRE)
    given(ASSESSMENT, OPENED).when(FIND, known).rejected(AssessorNotAuthorised, "the role centre assessor now")
    released = changed(KNOWN, enrolment=changed(ENROLMENT, assigned=(assigned(ends_on=YESTERDAY),)))
    given(ASSESSMENT, OPENED).when(FIND, released).rejected(AssessorNotAuthorised, "You are not assigned to this")


def test_an_attempt_that_is_decided_says_what_became_of_the_decision() -> None:
    given(ASSESSMENT, *CLOSED).when(DECIDE, KNOWN).rejected(DecisionFixed, "another assessor may supersede it")
    given(ASSESSMENT, *CLOSED, VOIDED).when(DECIDE, KNOWN).rejected(DecisionFixed, "Its decision was set aside")


def test_an_appeal_that_was_not_admitted_offers_a_second_look_only_while_none_was_asked() -> None:
    refused = Appeal(status="not admitted")
    assert where_it_stands(refused).endswith("the appellant can ask once for a second look.")
    assert where_it_stands(changed(refused, second_look_asked=True)) == "It was not admitted, at a second look either."


def test_the_ids_in_a_text_are_found_in_order() -> None:
    first, second = an_id("first"), an_id("second")
    assert ids_in(f"recorded by {first}: {second}, who coached") == [first, second]
    assert ids_in("none") == []
