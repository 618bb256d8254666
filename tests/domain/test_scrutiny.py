"""A scrutiny route: a centre's assessor who coached decides, and a second person stands behind it."""

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.components import Components
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import PersonAssigned, PersonReleased, ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import (
    EnrolmentUnknown,
    FormNotForRoute,
    ScrutinyRouteNotAllowed,
    ScrutinyRouteNotOwn,
    SecondPersonNotFree,
)
from portfolio.domain.enrolment.scrutiny import ForScrutinyRoute, RecordScrutinyRoute
from portfolio.domain.interests import OfficerConflicted
from portfolio.domain.kernel import changed
from portfolio.domain.person import Person, PersonUnknown
from tests.domain.given import given
from tests.domain.test_closing import CLOSED
from tests.domain.test_confirming import WAITING
from tests.domain.test_decision_context import found
from tests.domain.test_enrolment import ENROLLED
from tests.domain.test_opening import DECIDED, OPENED
from tests.domain.world import (
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FORM_ID,
    NOW,
    OBSERVATION,
    OFFICER,
    TODAY,
    TOMORROW,
    an_id,
    form,
    person,
)

CENTRES = changed(OBSERVATION, marker="centre")
STANDARDISED = CompetenceRecorded(kind="standardised", criteria_id=CENTRES.criteria_id, occurred_on=TODAY, detail="")
COACHED = PersonAssigned(person_id=COACH, assignment="coach", starts_on=TODAY, components=frozenset())
ROUTE = RecordScrutinyRoute(
    enrolment_id=ENROLMENT_ID,
    assessor=COACH,
    second_person=ASSESSOR,
    form_id=FORM_ID,
    component=CENTRES.key,
    reason="Nobody else is near.",
)
SECOND = changed(person("assessor"), competences=(STANDARDISED,))
OWN = changed(person("centre assessor"), works_for="centre")
KNOWN = ForScrutinyRoute(
    by=OFFICER,
    at=NOW,
    today=TODAY,
    assessor=OWN,
    second_person=SECOND,
    officers={OFFICER: person("responsible officer")},
    other_enrolments=(),
    form=form(CENTRES),
    components=Components(forms={FORM_ID: form(CENTRES)}, lines={}),
    attempts=(),
)


def test_a_route_is_recorded_for_a_centres_assessor_who_coached() -> None:
    recorded = ScrutinyRouteRecorded(
        assessor=COACH,
        second_person=ASSESSOR,
        form_id=FORM_ID,
        component=CENTRES.key,
        reason="Nobody else is near.",
        officer=OFFICER,
    )
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, KNOWN).records(recorded)


def test_there_is_no_route_on_an_enrolment_or_for_a_person_that_is_not_there() -> None:
    given(ENROLMENT).when(ROUTE, KNOWN).rejected(EnrolmentUnknown)
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, changed(KNOWN, assessor=Person())).rejected(PersonUnknown)
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, changed(KNOWN, second_person=Person())).rejected(PersonUnknown)


def test_the_officer_is_neither_of_the_two() -> None:
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, changed(KNOWN, by=COACH)).rejected(ScrutinyRouteNotOwn)


def test_an_officer_who_coached_leaves_the_route_to_another() -> None:
    coached = changed(COACHED, person_id=OFFICER)
    known = changed(KNOWN, officers={**KNOWN.officers, ASSESSOR: person("responsible officer", name="Rita")})
    enrolment = given(ENROLMENT, ENROLLED, COACHED, coached)
    enrolment.when(ROUTE, known).rejected(OfficerConflicted, "Free to do it: Rita.")
    enrolment.when(ROUTE, KNOWN).rejected(OfficerConflicted, "an administrator makes another person")


def test_the_form_is_one_that_was_taken() -> None:
    elsewhere = changed(ROUTE, form_id=an_id("another form"))
    given(ENROLMENT, ENROLLED, COACHED).when(elsewhere, KNOWN).rejected(FormNotForRoute)


def test_only_what_the_centre_marks_goes_by_a_route() -> None:
    organisations = changed(KNOWN, form=form(changed(CENTRES, marker="assessment organisation")))
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, organisations).rejected(ScrutinyRouteNotAllowed)


def test_who_is_free_needs_no_route() -> None:
    given(ENROLMENT, ENROLLED).when(ROUTE, KNOWN).rejected(ScrutinyRouteNotAllowed)


@pytest.mark.parametrize(
    "other", [person("centre assessor"), changed(person("assessor", "centre assessor"), works_for="centre")]
)
def test_no_assessor_of_the_organisation_goes_by_a_route(other: Person) -> None:
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, changed(KNOWN, assessor=other)).rejected(ScrutinyRouteNotAllowed)


def test_who_also_employs_the_apprentice_goes_by_no_route() -> None:
    employs = changed(COACHED, assignment="employer")
    given(ENROLMENT, ENROLLED, COACHED, employs).when(ROUTE, KNOWN).rejected(ScrutinyRouteNotAllowed)


def test_the_second_person_is_another_free_and_standardised_assessor() -> None:
    record = given(ENROLMENT, ENROLLED, COACHED)
    trained = changed(KNOWN, second_person=changed(OWN, competences=(STANDARDISED,)))
    record.when(changed(ROUTE, second_person=COACH), trained).rejected(SecondPersonNotFree)
    for second in (person("assessor"), changed(SECOND, roles=frozenset())):
        record.when(ROUTE, changed(KNOWN, second_person=second)).rejected(SecondPersonNotFree)
    tied = given(ENROLMENT, ENROLLED, COACHED, changed(COACHED, person_id=ASSESSOR))
    tied.when(ROUTE, KNOWN).rejected(SecondPersonNotFree)


def test_once_the_assessor_has_left_another_second_person_is_named_for_what_waits() -> None:
    recorded = ScrutinyRouteRecorded(
        assessor=COACH,
        second_person=OFFICER,
        form_id=FORM_ID,
        component=CENTRES.key,
        reason="Nobody else is near.",
        officer=OFFICER,
    )
    left = changed(KNOWN, assessor=changed(OWN, roles=frozenset()))
    given(ENROLMENT, ENROLLED, COACHED, recorded).when(ROUTE, left).records(changed(recorded, second_person=ASSESSOR))
    given(ENROLMENT, ENROLLED, COACHED).when(ROUTE, left).rejected(ScrutinyRouteNotAllowed)


@pytest.mark.parametrize("components", [frozenset[str](), frozenset({CENTRES.key})])
def test_the_second_person_does_not_assure_that_component(components: frozenset[str]) -> None:
    assures = changed(COACHED, person_id=ASSESSOR, assignment="internal quality assurer", components=components)
    assures = changed(assures, form_id=FORM_ID)
    given(ENROLMENT, ENROLLED, COACHED, assures).when(ROUTE, KNOWN).rejected(SecondPersonNotFree, "assures")
    to_come = changed(assures, starts_on=TOMORROW)
    given(ENROLMENT, ENROLLED, COACHED, to_come).when(ROUTE, KNOWN).rejected(SecondPersonNotFree)
    ended = PersonReleased(
        person_id=ASSESSOR, assignment="internal quality assurer", ends_on=TODAY, reason="An end of it."
    )
    assert given(ENROLMENT, ENROLLED, COACHED, assures, ended).when(ROUTE, KNOWN).refusal is None


def test_who_assures_another_component_or_is_another_person_is_no_matter() -> None:
    elsewhere = changed(
        COACHED,
        person_id=ASSESSOR,
        assignment="internal quality assurer",
        components=frozenset({"C9"}),
        form_id=FORM_ID,
    )
    another = changed(elsewhere, person_id=OFFICER, components=frozenset())
    assert given(ENROLMENT, ENROLLED, COACHED, elsewhere, another).when(ROUTE, KNOWN).refusal is None


def test_the_second_person_judged_no_code_of_the_attempt_that_goes_on_at_the_component() -> None:
    opened = changed(OPENED, form_id=FORM_ID, component=CENTRES.key)
    judged = given(ASSESSMENT, opened, found("K1", by=ASSESSOR)).state
    record = given(ENROLMENT, ENROLLED, COACHED)
    record.when(ROUTE, changed(KNOWN, attempts=(judged,))).rejected(SecondPersonNotFree, "judged codes of this attempt")
    for free in (
        given(ASSESSMENT, opened, found("K1", by=COACH)).state,
        changed(judged, opened=changed(opened, component="C2")),
        changed(judged, opened=changed(opened, form_id=an_id("another form"))),
        given(ASSESSMENT, opened, found("K1", by=ASSESSOR), CLOSED).state,
        given(ASSESSMENT, opened, found("K1", by=ASSESSOR), DECIDED).state,
    ):
        assert record.when(ROUTE, changed(KNOWN, attempts=(free,))).refusal is None
    waits = given(ASSESSMENT, opened, found("K1", by=ASSESSOR), WAITING[-1]).state
    record.when(ROUTE, changed(KNOWN, attempts=(waits,))).rejected(SecondPersonNotFree)
