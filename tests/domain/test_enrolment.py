"""Enrolments, routes and assignments (ENROLMENT-1 to ENROLMENT-4, PLAN-6, INTEREST-2, INTEREST-3)."""

from collections.abc import Callable
from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from portfolio.domain.components import Components, Place
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import AssignPerson, ForAssignment, ReleasePerson
from portfolio.domain.enrolment.enrolling import EnrolApprentice, ForEnrolment
from portfolio.domain.enrolment.facts import (
    ApprenticeEnrolled,
    PersonAssigned,
    PersonReleased,
    RouteChanged,
)
from portfolio.domain.enrolment.near import DayTooFarAhead
from portfolio.domain.enrolment.refusals import (
    EnrolledByAnother,
    EnrolmentExists,
    EnrolmentUnknown,
    FormNotForRoute,
    StandardAlreadyTaken,
    UkprnInvalid,
    UlnInvalid,
)
from portfolio.domain.enrolment.routes import ChangeRoute, ForRoute
from portfolio.domain.enrolment.state import Enrolment, route_codes
from portfolio.domain.form import CoverageProofMissing, Form, RouteUnknown
from portfolio.domain.kernel import NOBODY, Command, Known, changed
from portfolio.domain.person import Person, PersonUnknown, RoleNotHeld
from portfolio.domain.plan import PlanEdition, PlanNotApproved, PlanUnknown
from portfolio.domain.vocabulary import Assignment
from tests.domain.assessing import COMPONENTS
from tests.domain.given import THE_OFFICER_NOW, given
from tests.domain.world import (
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FORM_ID,
    NOW,
    OBSERVATION,
    OFFICER,
    OTHER_ASSESSOR,
    OTHER_FORM_ID,
    PLAN,
    PLAN_ID,
    PORTFOLIO,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
    form,
    person,
)

ULN = "9276308686"
ENROL = EnrolApprentice(
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    uln=ULN,
    plan_id=PLAN_ID,
    form_id=FORM_ID,
    route="LET",
    centre_ukprn="10001234",
    employer="Stage Ltd",
    starts_on=YESTERDAY,
)
EDITION = PlanEdition(plan=PLAN, approved=True)
LIVE, DEMO = Deployment(mode="live"), Deployment(mode="demo")
WHOLE = ForEnrolment(
    by=OFFICER,
    at=NOW,
    today=TODAY,
    person=person("apprentice"),
    enrolments=(),
    edition=EDITION,
    deployment=LIVE,
    form=form(),
)
ENROLLED = ApprenticeEnrolled(
    apprentice=APPRENTICE,
    uln=ULN,
    plan_id=PLAN_ID,
    plan_reference="ST9999",
    form_id=FORM_ID,
    route="LET",
    centre_ukprn="10001234",
    employer="Stage Ltd",
    starts_on=YESTERDAY,
)
CHANGE = ChangeRoute(
    enrolment_id=ENROLMENT_ID,
    route="CVT",
    form_id=OTHER_FORM_ID,
    effective_on=TOMORROW,
    reason="moved house",
)
SERVED = ForRoute(by=OFFICER, at=NOW, today=TODAY, edition=EDITION, form=form(routes=("CVT",)), result_issued=False)
ASSIGN = AssignPerson(
    enrolment_id=ENROLMENT_ID,
    person_id=ASSESSOR,
    assignment="assessor",
    starts_on=TODAY,
    components=frozenset({"C1"}),
)
AN_ASSESSOR = ForAssignment(
    by=OFFICER,
    at=NOW,
    today=TODAY,
    person=person("assessor"),
    other_enrolments=(),
    attempts=(),
    form_id=FORM_ID,
    components=COMPONENTS,
    cases=(),
)
ASSIGNED = PersonAssigned(
    person_id=ASSESSOR, assignment="assessor", starts_on=TODAY, components=frozenset({"C1"}), form_id=FORM_ID
)
RELEASE = ReleasePerson(
    enrolment_id=ENROLMENT_ID, person_id=ASSESSOR, assignment="assessor", ends_on=TOMORROW, reason="new post"
)
RELEASED = PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=TOMORROW, reason="new post")


MOVED = RouteChanged(route="LET", form_id=OTHER_FORM_ID, effective_on=TODAY, reason="a new form")
C1, C2 = Place(form_id=FORM_ID, component="C1"), Place(form_id=FORM_ID, component="C2")
ELSEWHERE_C1, ELSEWHERE_C2 = changed(C1, form_id=OTHER_FORM_ID), changed(C2, form_id=OTHER_FORM_ID)
SWAPPED = Components(
    forms={FORM_ID: form(), OTHER_FORM_ID: form(changed(PORTFOLIO, key="C1"), changed(OBSERVATION, key="C2"))},
    lines=COMPONENTS.lines,
)
"""Two forms of the same components, which call each by the other's key."""


def part(person_id: object, assignment: Assignment) -> PersonAssigned:
    return changed(ASSIGNED, person_id=person_id, assignment=assignment, components=frozenset(), form_id=NOBODY)


def test_nobody_enrols_themselves() -> None:
    given(ENROLMENT).when(ENROL, changed(WHOLE, by=APPRENTICE)).rejected(EnrolledByAnother, "grant")


def test_an_apprentice_is_enrolled_on_one_plan_form_and_route() -> None:
    given(ENROLMENT).when(ENROL, WHOLE).records(ENROLLED)


def test_an_enrolment_is_recorded_once() -> None:
    given(ENROLMENT, ENROLLED).when(ENROL, WHOLE).rejected(EnrolmentExists)


def test_one_person_is_enrolled_on_one_standard_once_at_a_time_whatever_the_learner_number() -> None:
    again = changed(ENROL, enrolment_id=an_id("another enrolment"), uln="1000000027")
    twice = changed(WHOLE, enrolments=(given(ENROLMENT, ENROLLED).state,))
    given(ENROLMENT).when(again, twice).rejected(StandardAlreadyTaken)
    elsewhere = given(ENROLMENT, changed(ENROLLED, plan_reference="ST0001")).state
    given(ENROLMENT).when(ENROL, changed(WHOLE, enrolments=(elsewhere,))).records(ENROLLED)


def test_a_learner_number_with_a_wrong_check_digit_is_refused() -> None:
    given(ENROLMENT).when(changed(ENROL, uln="9276308687"), WHOLE).rejected(UlnInvalid)


def test_an_apprentice_is_enrolled_at_a_centre_with_a_ukprn_and_at_most_two_years_ahead() -> None:
    given(ENROLMENT).when(changed(ENROL, centre_ukprn="20001234"), WHOLE).rejected(UkprnInvalid, "centre_ukprn")
    far = changed(ENROL, starts_on=date(2028, 12, 9))
    given(ENROLMENT).when(far, WHOLE).rejected(DayTooFarAhead, "starts_on")


def test_somebody_who_is_not_registered_cannot_be_enrolled() -> None:
    given(ENROLMENT).when(ENROL, changed(WHOLE, person=Person())).rejected(PersonUnknown)


def test_only_who_holds_the_role_apprentice_is_enrolled() -> None:
    given(ENROLMENT).when(ENROL, changed(WHOLE, person=person("coach"))).rejected(RoleNotHeld, "apprentice")


def test_an_enrolment_needs_a_plan_on_record() -> None:
    given(ENROLMENT).when(ENROL, changed(WHOLE, edition=PlanEdition())).rejected(PlanUnknown)


def test_nobody_is_enrolled_live_on_a_plan_that_is_not_approved() -> None:
    drafted = changed(WHOLE, edition=changed(EDITION, approved=False))
    given(ENROLMENT).when(ENROL, drafted).rejected(PlanNotApproved)
    given(ENROLMENT).when(ENROL, changed(drafted, deployment=DEMO)).records(ENROLLED)


def test_the_route_is_one_of_the_plans() -> None:
    refusal = given(ENROLMENT).when(changed(ENROL, route="SLT"), WHOLE).rejected(RouteUnknown, "'SLT'", "CVT, LET")
    assert refusal.members == {"routes": ["CVT", "LET"]}


def test_the_form_taken_serves_the_route() -> None:
    given(ENROLMENT).when(changed(ENROL, route="CVT"), WHOLE).rejected(FormNotForRoute)


def test_the_form_taken_is_one_of_this_plan_edition() -> None:
    others = changed(form(), plan_id=an_id("another edition"))
    given(ENROLMENT).when(ENROL, changed(WHOLE, form=others)).rejected(FormNotForRoute)
    given(ENROLMENT).when(ENROL, changed(WHOLE, form=Form())).rejected(FormNotForRoute)


def test_the_form_taken_is_approved() -> None:
    given(ENROLMENT).when(ENROL, changed(WHOLE, form=form(approved=False))).rejected(CoverageProofMissing)


@pytest.mark.parametrize(("command", "known"), [(CHANGE, SERVED), (ASSIGN, AN_ASSESSOR), (RELEASE, THE_OFFICER_NOW)])
def test_nothing_is_recorded_on_an_enrolment_that_is_not_there(command: Command, known: Known) -> None:
    given(ENROLMENT).when(command, known).rejected(EnrolmentUnknown)


def test_the_record_is_about_the_apprentice() -> None:
    enrolment = given(ENROLMENT, ENROLLED).state
    assert enrolment.subject() == APPRENTICE
    assert enrolment.relations(APPRENTICE, TODAY) == {"the apprentice"}


def test_the_codes_of_the_route_are_those_of_the_option_that_holds_on_the_day() -> None:
    moved = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="moved house")
    enrolment, edition = given(ENROLMENT, ENROLLED, moved).state, PlanEdition(plan=PLAN)
    assert route_codes(enrolment, edition, TODAY) == PLAN.codes_of("LET")
    assert route_codes(enrolment, edition, TOMORROW) == PLAN.codes_of("CVT")
    assert route_codes(enrolment, PlanEdition(), TODAY) == frozenset()
    assert route_codes(Enrolment(), edition, TODAY) == frozenset()


@pytest.mark.parametrize(
    ("assignment", "holds"),
    [
        ("coach", Enrolment.coached_by),
        ("assessor", Enrolment.assessed_by),
        ("internal quality assurer", Enrolment.assured_by),
    ],
)
def test_who_coaches_assesses_or_assures_does_so_from_the_first_day_and_does_nothing_else(
    assignment: Assignment, holds: Callable[[Enrolment, UUID, date], bool]
) -> None:
    enrolment = given(ENROLMENT, ENROLLED, part(OTHER_ASSESSOR, assignment)).state
    assert [holds(enrolment, OTHER_ASSESSOR, day) for day in (YESTERDAY, TODAY)] == [False, True]
    assert not holds(enrolment, COACH, TODAY)
    others = [each for each in get_args(Assignment) if each != assignment]
    elsewhere = given(ENROLMENT, ENROLLED, *(part(OTHER_ASSESSOR, each) for each in others)).state
    assert not holds(elsewhere, OTHER_ASSESSOR, TODAY)
