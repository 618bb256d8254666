"""Enrolments, routes and assignments (ENROLMENT-1 to ENROLMENT-4, PLAN-6, INTEREST-2, INTEREST-3)."""

from collections.abc import Callable
from datetime import date
from typing import get_args
from uuid import UUID

import pytest

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.components import Components, Place
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import AssignPerson, ForAssignment, ReleasePerson
from portfolio.domain.enrolment.consent import ForConsent, GiveConsent, TakeConsentBack
from portfolio.domain.enrolment.enrolling import EnrolApprentice, ForEnrolment
from portfolio.domain.enrolment.facts import (
    ApprenticeEnrolled,
    ConsentGiven,
    ConsentTakenBack,
    PersonAssigned,
    PersonReleased,
    RouteChanged,
    RouteForMe,
)
from portfolio.domain.enrolment.refusals import (
    AlreadyAssigned,
    ApprenticeHasNoOtherPart,
    AssessorConflicted,
    AssessorIsQualityAssurer,
    ConsentMissing,
    ConsentUnknown,
    EnrolmentExists,
    EnrolmentUnknown,
    FormNotForRoute,
    NotAssigned,
    OptionChangeTooLate,
    PurposeUnknown,
    RouteChangeAgreed,
    StandardAlreadyTaken,
    UlnInvalid,
)
from portfolio.domain.enrolment.routes import ChangeRoute, ForRoute
from portfolio.domain.enrolment.state import Enrolment, RouteFrom, route_codes
from portfolio.domain.form import ComponentUnknown, CoverageProofMissing, Form, RouteUnknown
from portfolio.domain.interests import Interest, InterestDeclared
from portfolio.domain.kernel import NOBODY, Command, Known, changed
from portfolio.domain.person import Person, PersonUnknown, RoleNotHeld
from portfolio.domain.plan import PlanEdition, PlanNotApproved, PlanUnknown
from portfolio.domain.standing import Case, PartyToOpenCase
from portfolio.domain.vocabulary import ASSIGNED as WORD_OF
from portfolio.domain.vocabulary import NEEDS_ROLE, Assignment
from tests.domain.assessing import COMPONENTS
from tests.domain.given import THE_OFFICER_NOW, given
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FORM_ID,
    FREE,
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


def test_the_option_changes_from_a_day_on_with_reason_and_consent() -> None:
    moved = RouteChanged(
        route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="moved house", consent_id=CONSENT_ID
    )
    given(ENROLMENT, ENROLLED, CONSENT).when(CHANGE, SERVED).records(moved)


def test_a_change_of_option_does_not_count_before_its_day() -> None:
    moved = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="moved house")
    enrolment = given(ENROLMENT, ENROLLED, moved).state
    assert enrolment.route_on(TODAY) == RouteFrom(since=YESTERDAY, route="LET", form_id=FORM_ID)
    assert enrolment.route_on(TOMORROW) == RouteFrom(since=TOMORROW, route="CVT", form_id=OTHER_FORM_ID)


AGREED = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=date(2026, 12, 24), reason="agreed")


def test_route_changes_hold_by_their_day_and_not_in_the_order_of_recording() -> None:
    earlier = changed(AGREED, route="LET", effective_on=TOMORROW)
    state = given(ENROLMENT, ENROLLED, AGREED, earlier).state
    days = (TODAY, TOMORROW, date(2026, 12, 23), date(2026, 12, 24))
    assert [found.since for day in days if (found := state.route_on(day))] == [YESTERDAY, TOMORROW, TOMORROW, days[3]]


def test_a_change_from_before_the_enrolment_holds_from_its_first_day() -> None:
    state = given(ENROLMENT, ENROLLED, changed(AGREED, effective_on=date(2020, 1, 1))).state
    held = state.route_on(YESTERDAY)
    assert held is not None
    assert held.route == "CVT"


def test_a_change_with_an_earlier_day_than_an_agreed_one_is_refused_unless_it_names_it() -> None:
    refusal = (
        given(ENROLMENT, ENROLLED, CONSENT, AGREED).when(CHANGE, SERVED).rejected(RouteChangeAgreed, "24 December 2026")
    )
    assert refusal.members == {"days": ["2026-12-24"]}
    naming = changed(CHANGE, cancels=(date(2026, 12, 24),))
    moved = RouteChanged(
        route="CVT",
        form_id=OTHER_FORM_ID,
        effective_on=TOMORROW,
        reason="moved house",
        cancels=naming.cancels,
        consent_id=CONSENT.consent_id,
    )
    given(ENROLMENT, ENROLLED, CONSENT, AGREED).when(naming, SERVED).records(moved)
    assert [route.since for route in given(ENROLMENT, ENROLLED, CONSENT, AGREED, moved).state.routes] == [
        YESTERDAY,
        TOMORROW,
    ]
    given(ENROLMENT, ENROLLED, CONSENT).when(naming, SERVED).rejected(RouteChangeAgreed, "none")


def test_a_second_change_for_the_same_day_is_refused_unless_it_names_the_first() -> None:
    first = changed(AGREED, route="LET", form_id=FORM_ID, effective_on=TOMORROW)
    on_record = (ENROLLED, CONSENT, first)
    refusal = given(ENROLMENT, *on_record).when(CHANGE, SERVED).rejected(RouteChangeAgreed)
    assert refusal.members == {"days": [str(TOMORROW)]}
    after = given(ENROLMENT, *on_record).when(changed(CHANGE, cancels=(TOMORROW,)), SERVED)
    assert after.refusal is None
    given(ENROLMENT, *on_record, changed(first, route="CVT", form_id=OTHER_FORM_ID)).when(CHANGE, SERVED).records()


def test_the_same_route_again_is_no_change() -> None:
    held = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TODAY, reason="moved house")
    given(ENROLMENT, ENROLLED, CONSENT, held).when(CHANGE, SERVED).records()


def test_an_agreed_change_is_taken_back_by_staying_on_the_route() -> None:
    staying = changed(CHANGE, route="LET", form_id=FORM_ID, cancels=(AGREED.effective_on,))
    to_stay = changed(CONSENT, purpose=RouteForMe(route="LET"))
    after = given(ENROLMENT, ENROLLED, to_stay, AGREED).when(staying, changed(SERVED, form=form()))
    assert after.refusal is None


def test_before_the_first_day_the_first_route_holds() -> None:
    assert given(ENROLMENT, ENROLLED).state.route_on(date(2020, 1, 1)) == RouteFrom(
        since=YESTERDAY, route="LET", form_id=FORM_ID
    )
    assert given(ENROLMENT).state.route_on(TODAY) is None


CONSENT_ID = an_id("consent")
CONSENT = ConsentGiven(consent_id=CONSENT_ID, person_id=OFFICER, purpose=RouteForMe(route="CVT"))
GIVE = GiveConsent(enrolment_id=ENROLMENT_ID, consent_id=CONSENT_ID, person_id=OFFICER, purpose=RouteForMe(route="CVT"))
ASKED = ForConsent(by=APPRENTICE, at=NOW, today=TODAY, person=person("administrator"), edition=EDITION, attempts={})
TAKE_BACK = TakeConsentBack(enrolment_id=ENROLMENT_ID, consent_id=CONSENT_ID)


def test_the_option_changes_with_the_apprentices_consent_alone() -> None:
    given(ENROLMENT, ENROLLED).when(CHANGE, SERVED).rejected(ConsentMissing)
    for other in (changed(CONSENT, person_id=COACH), changed(CONSENT, purpose=RouteForMe(route="LET"))):
        given(ENROLMENT, ENROLLED, other).when(CHANGE, SERVED).rejected(ConsentMissing)


def test_consent_is_given_for_one_thing_that_there_is() -> None:
    given(ENROLMENT, ENROLLED).when(GIVE, ASKED).records(CONSENT)
    given(ENROLMENT).when(GIVE, ASKED).rejected(EnrolmentUnknown)
    given(ENROLMENT, ENROLLED).when(GIVE, changed(ASKED, person=Person())).rejected(PersonUnknown)
    nowhere = changed(GIVE, purpose=RouteForMe(route="SLT"))
    given(ENROLMENT, ENROLLED).when(nowhere, ASKED).rejected(PurposeUnknown)


def test_consent_is_used_once() -> None:
    (moved,) = given(ENROLMENT, ENROLLED, CONSENT).when(CHANGE, SERVED).facts
    assert isinstance(moved, RouteChanged)
    assert moved.consent_id == CONSENT_ID
    given(ENROLMENT, ENROLLED, CONSENT, moved).when(CHANGE, SERVED).rejected(ConsentMissing)


def test_consent_is_taken_back_once() -> None:
    given(ENROLMENT, ENROLLED, CONSENT).when(TAKE_BACK).records(ConsentTakenBack(consent_id=CONSENT_ID))
    gone = (ENROLLED, CONSENT, ConsentTakenBack(consent_id=CONSENT_ID))
    given(ENROLMENT, *gone).when(CHANGE, SERVED).rejected(ConsentMissing)
    given(ENROLMENT, *gone).when(TAKE_BACK).rejected(ConsentUnknown)
    given(ENROLMENT, ENROLLED, CONSENT).when(changed(TAKE_BACK, consent_id=an_id("?"))).rejected(ConsentUnknown)
    given(ENROLMENT).when(TAKE_BACK).rejected(EnrolmentUnknown)


def test_the_option_does_not_change_once_a_result_is_issued() -> None:
    given(ENROLMENT, ENROLLED).when(CHANGE, changed(SERVED, result_issued=True)).rejected(OptionChangeTooLate)


def test_a_change_of_option_needs_the_plan_on_record() -> None:
    given(ENROLMENT, ENROLLED).when(CHANGE, changed(SERVED, edition=PlanEdition())).rejected(PlanUnknown)


def test_the_new_option_is_one_of_the_plan_and_served_by_an_approved_form() -> None:
    given(ENROLMENT, ENROLLED).when(changed(CHANGE, route="SLT"), SERVED).rejected(RouteUnknown)
    given(ENROLMENT, ENROLLED).when(CHANGE, changed(SERVED, form=form())).rejected(FormNotForRoute)
    unproved = form(routes=("CVT",), approved=False)
    given(ENROLMENT, ENROLLED).when(CHANGE, changed(SERVED, form=unproved)).rejected(CoverageProofMissing)


def test_a_person_is_assigned_from_a_day_on() -> None:
    given(ENROLMENT, ENROLLED).when(ASSIGN, AN_ASSESSOR).records(ASSIGNED)


@pytest.mark.parametrize("assignment", get_args(Assignment))
def test_who_is_assigned_holds_the_role_for_it(assignment: Assignment) -> None:
    command, lead = changed(ASSIGN, assignment=assignment), changed(AN_ASSESSOR, person=person("lead assessor"))
    given(ENROLMENT, ENROLLED).when(command, lead).rejected(RoleNotHeld, assignment)
    for role in NEEDS_ROLE[WORD_OF[assignment]]:
        holder = changed(AN_ASSESSOR, person=person(role))
        assert given(ENROLMENT, ENROLLED).when(command, holder).refusal is None


def test_somebody_who_is_not_registered_cannot_be_assigned() -> None:
    given(ENROLMENT, ENROLLED).when(ASSIGN, changed(AN_ASSESSOR, person=Person())).rejected(PersonUnknown)


def test_the_same_part_is_not_given_twice() -> None:
    given(ENROLMENT, ENROLLED, ASSIGNED).when(ASSIGN, AN_ASSESSOR).rejected(AlreadyAssigned)


def test_after_a_release_the_part_may_be_given_again() -> None:
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(ASSIGN, AN_ASSESSOR).records(ASSIGNED)


@pytest.mark.parametrize("tie", ["coach", "employer"])
def test_who_ever_coached_or_employed_the_apprentice_is_never_their_assessor(tie: Assignment) -> None:
    ended = PersonReleased(person_id=ASSESSOR, assignment=tie, ends_on=TODAY, reason="over")
    given(ENROLMENT, ENROLLED, part(ASSESSOR, tie), ended).when(ASSIGN, AN_ASSESSOR).rejected(AssessorConflicted)


@pytest.mark.parametrize("interest", sorted(set(get_args(Interest)) - {"none"}))
def test_who_declared_an_interest_in_the_apprentice_is_not_their_assessor(interest: Interest) -> None:
    declared = InterestDeclared(apprentice=APPRENTICE, interest=interest, detail="")
    interested = changed(person("assessor"), interests=(declared,))
    given(ENROLMENT, ENROLLED).when(ASSIGN, changed(AN_ASSESSOR, person=interested)).rejected(AssessorConflicted)


@pytest.mark.parametrize("tie", ["coach", "employer"])
def test_who_coached_or_employed_the_apprentice_on_another_enrolment_is_not_their_assessor(tie: Assignment) -> None:
    elsewhere = given(ENROLMENT, ENROLLED, part(ASSESSOR, tie)).state
    known = changed(AN_ASSESSOR, other_enrolments=(elsewhere,))
    given(ENROLMENT, ENROLLED).when(ASSIGN, known).rejected(AssessorConflicted)
    assessed = changed(AN_ASSESSOR, other_enrolments=(given(ENROLMENT, ENROLLED, ASSIGNED).state,))
    given(ENROLMENT, ENROLLED).when(ASSIGN, assessed).records(ASSIGNED)


def test_an_interest_in_somebody_else_or_none_at_all_is_no_conflict() -> None:
    elsewhere = InterestDeclared(apprentice=an_id("another"), interest="personal", detail="")
    none = InterestDeclared(apprentice=APPRENTICE, interest="none", detail="")
    free = changed(person("assessor"), interests=(elsewhere, none))
    given(ENROLMENT, ENROLLED).when(ASSIGN, changed(AN_ASSESSOR, person=free)).records(ASSIGNED)


def test_nobody_assesses_themselves() -> None:
    both = changed(AN_ASSESSOR, person=person("assessor", "apprentice"))
    given(ENROLMENT, ENROLLED).when(changed(ASSIGN, person_id=APPRENTICE), both).rejected(AssessorConflicted)


@pytest.mark.parametrize("assignment", sorted(set(get_args(Assignment)) - {"assessor"}))
def test_an_apprentice_has_no_other_part_in_their_own_enrolment(assignment: Assignment) -> None:
    roles = changed(AN_ASSESSOR, person=person("apprentice", *NEEDS_ROLE[WORD_OF[assignment]]))
    command = changed(ASSIGN, person_id=APPRENTICE, assignment=assignment)
    given(ENROLMENT, ENROLLED).when(command, roles).rejected(ApprenticeHasNoOtherPart)


ASSURE = changed(ASSIGN, assignment="internal quality assurer")
BOTH = changed(AN_ASSESSOR, person=person("assessor", "internal quality assurer"))
CHECKING: list[tuple[Assignment, Assignment]] = [
    ("assessor", "internal quality assurer"),
    ("internal quality assurer", "assessor"),
]


@pytest.mark.parametrize(("had", "wanted"), CHECKING)
@pytest.mark.parametrize(("of", "and_of"), [("C1", "C1"), ("", "C1"), ("C1", ""), ("", "")])
def test_nobody_assesses_and_assures_the_same_component(
    had: Assignment, wanted: Assignment, of: str, and_of: str
) -> None:
    held = changed(ASSIGNED, assignment=had, components=frozenset(filter(None, (of,))))
    command = changed(ASSIGN, assignment=wanted, components=frozenset(filter(None, (and_of,))))
    given(ENROLMENT, ENROLLED, held).when(command, BOTH).rejected(AssessorIsQualityAssurer)


def test_an_assessor_may_assure_a_component_that_they_do_not_assess() -> None:
    other = changed(ASSURE, components=frozenset({"C2"}))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(other, BOTH).records(
        changed(ASSIGNED, assignment="internal quality assurer", components=frozenset({"C2"}))
    )


def test_an_assessor_whose_part_ended_before_they_judged_anything_may_assure() -> None:
    later = changed(ASSURE, starts_on=TOMORROW)
    assured = changed(ASSIGNED, assignment="internal quality assurer", starts_on=TOMORROW)
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(later, BOTH).records(assured)
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(ASSURE, BOTH).rejected(AssessorIsQualityAssurer)


def test_who_judged_a_component_never_assures_it_though_their_part_ended() -> None:
    judged = changed(BOTH, attempts=(Assessment(opened=OPENED, assessors=frozenset({ASSESSOR})),))
    later = changed(ASSURE, starts_on=TOMORROW)
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(later, judged).rejected(AssessorIsQualityAssurer)
    given(ENROLMENT, ENROLLED).when(changed(later, person_id=OTHER_ASSESSOR), judged).records(
        changed(ASSIGNED, person_id=OTHER_ASSESSOR, assignment="internal quality assurer", starts_on=TOMORROW)
    )
    elsewhere = changed(later, components=frozenset({"C2"}))
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(elsewhere, judged).records(
        changed(ASSIGNED, assignment="internal quality assurer", starts_on=TOMORROW, components=frozenset({"C2"}))
    )


def test_who_judged_a_component_by_its_key_on_another_form_never_assures_it() -> None:
    opened = changed(OPENED, form_id=OTHER_FORM_ID, component="C2")
    judged = changed(BOTH, attempts=(Assessment(opened=opened, assessors=frozenset({ASSESSOR})),), components=SWAPPED)
    given(ENROLMENT, ENROLLED).when(ASSURE, judged).rejected(AssessorIsQualityAssurer)
    other = changed(ASSIGNED, assignment="internal quality assurer", components=frozenset({"C2"}))
    given(ENROLMENT, ENROLLED).when(changed(ASSURE, components=frozenset({"C2"})), judged).records(other)


@pytest.mark.parametrize(("had", "wanted"), CHECKING)
def test_nobody_assesses_and_assures_the_same_component_of_two_forms(had: Assignment, wanted: Assignment) -> None:
    held = changed(ASSIGNED, assignment=had, components=frozenset({"C2"}), form_id=OTHER_FORM_ID)
    moved = changed(BOTH, components=SWAPPED)
    given(ENROLMENT, ENROLLED, held).when(changed(ASSIGN, assignment=wanted), moved).rejected(AssessorIsQualityAssurer)


def test_nobody_assures_what_two_forms_do_not_tell_apart_from_what_they_assess() -> None:
    both = form(changed(OBSERVATION, key="A"), changed(OBSERVATION, key="B"))
    twins = changed(BOTH, components=changed(SWAPPED, forms={**SWAPPED.forms, OTHER_FORM_ID: both}))
    held = changed(ASSIGNED, components=frozenset({"A"}), form_id=OTHER_FORM_ID)
    given(ENROLMENT, ENROLLED, held).when(ASSURE, twins).rejected(AssessorIsQualityAssurer)
    there = changed(twins, form_id=OTHER_FORM_ID)
    command = changed(ASSURE, components=frozenset({"A"}))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(command, there).rejected(AssessorIsQualityAssurer)


def test_a_part_is_limited_to_components_of_the_form_taken() -> None:
    with_another = changed(ASSIGN, components=frozenset({"C1", "C9"}))
    given(ENROLMENT, ENROLLED).when(with_another, AN_ASSESSOR).rejected(ComponentUnknown)


def test_a_person_is_released_on_a_day() -> None:
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, FREE).records(RELEASED)


def test_who_is_part_of_an_open_case_is_released_by_a_responsible_officer_who_is_not() -> None:
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}))
    in_case = changed(FREE, cases=(case,))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, in_case).rejected(PartyToOpenCase)
    officer = changed(in_case, actor=person("responsible officer"))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, officer).records(changed(RELEASED, cases=(APPEAL_ID,)))


def test_only_a_part_that_is_held_can_end() -> None:
    given(ENROLMENT, ENROLLED).when(RELEASE, FREE).rejected(NotAssigned)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(changed(RELEASE, assignment="coach"), FREE).rejected(NotAssigned)
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(RELEASE, FREE).rejected(NotAssigned)


def test_a_part_is_held_from_its_first_day_until_before_its_last() -> None:
    enrolment = given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).state
    days = (YESTERDAY, TODAY, TOMORROW)
    assert [enrolment.assesses(ASSESSOR, C1, COMPONENTS, day) for day in days] == [False, True, False]
    assert [enrolment.relations(ASSESSOR, day) for day in days] == [set(), {"assigned assessor"}, set()]


def test_an_assessor_of_some_components_does_not_assess_the_others() -> None:
    enrolment = given(ENROLMENT, ENROLLED, ASSIGNED).state
    assert not enrolment.assesses(ASSESSOR, C2, COMPONENTS, TODAY)
    assert given(ENROLMENT, ENROLLED, part(ASSESSOR, "assessor")).state.assesses(ASSESSOR, C2, COMPONENTS, TODAY)


def test_a_part_in_a_component_is_for_the_same_component_of_another_form_whatever_its_key() -> None:
    before_forms_were_said = changed(ASSIGNED, form_id=NOBODY, starts_on=YESTERDAY)
    for assigned in (ASSIGNED, before_forms_were_said):
        enrolment = given(ENROLMENT, ENROLLED, assigned, MOVED).state
        assert [enrolment.assesses(ASSESSOR, at, SWAPPED, TODAY) for at in (C1, ELSEWHERE_C2)] == [True, True]
        assert not any(enrolment.assesses(ASSESSOR, at, SWAPPED, TODAY) for at in (C2, ELSEWHERE_C1))


def test_a_part_that_another_form_does_not_tell_apart_is_for_none_of_its_components() -> None:
    both = form(changed(OBSERVATION, key="A"), changed(OBSERVATION, key="B"))
    twins = changed(SWAPPED, forms={**SWAPPED.forms, OTHER_FORM_ID: both})
    enrolment = given(ENROLMENT, ENROLLED, ASSIGNED, MOVED).state
    assert not enrolment.assesses(ASSESSOR, changed(ELSEWHERE_C1, component="A"), twins, TODAY)
    assert not enrolment.assesses(ASSESSOR, changed(C1, form_id=an_id("?")), twins, TODAY)


def test_a_coach_assesses_nothing() -> None:
    enrolment = given(ENROLMENT, ENROLLED, part(COACH, "coach")).state
    assert not enrolment.assesses(COACH, C1, COMPONENTS, TODAY)
    assert enrolment.relations(COACH, TODAY) == {"assigned coach"}


def test_every_part_ever_held_is_remembered() -> None:
    enrolment = given(ENROLMENT, ENROLLED, part(ASSESSOR, "coach"), ASSIGNED, RELEASED).state
    assert enrolment.ever(ASSESSOR) == {"coach", "assessor"}
    assert enrolment.ever(COACH) == frozenset()


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
