"""Changes of route, by their day, and the consent that one needs."""

from datetime import date

from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.consent import ForConsent, GiveConsent, TakeConsentBack
from portfolio.domain.enrolment.facts import (
    ConsentGiven,
    ConsentTakenBack,
    RouteChanged,
    RouteForMe,
)
from portfolio.domain.enrolment.refusals import (
    ConsentMissing,
    ConsentUnknown,
    EnrolmentUnknown,
    FormNotForRoute,
    OptionChangeTooLate,
    PurposeUnknown,
    RouteChangeAgreed,
)
from portfolio.domain.enrolment.state import RouteFrom
from portfolio.domain.form import CoverageProofMissing, RouteUnknown
from portfolio.domain.kernel import changed
from portfolio.domain.person import Person, PersonUnknown
from portfolio.domain.plan import PlanEdition, PlanUnknown
from tests.domain.given import given
from tests.domain.test_enrolment import CHANGE, EDITION, ENROLLED, SERVED
from tests.domain.world import (
    APPRENTICE,
    COACH,
    ENROLMENT_ID,
    FORM_ID,
    NOW,
    OFFICER,
    OTHER_FORM_ID,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
    form,
    person,
)


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
        given(ENROLMENT, ENROLLED, AGREED, CONSENT).when(CHANGE, SERVED).rejected(RouteChangeAgreed, "24 December 2026")
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
    given(ENROLMENT, ENROLLED, AGREED, CONSENT).when(naming, SERVED).records(moved)
    assert [route.since for route in given(ENROLMENT, ENROLLED, AGREED, CONSENT, moved).state.routes] == [
        YESTERDAY,
        TOMORROW,
    ]
    given(ENROLMENT, ENROLLED, CONSENT).when(naming, SERVED).rejected(RouteChangeAgreed, "none")


def test_a_second_change_for_the_same_day_is_refused_unless_it_names_the_first() -> None:
    first = changed(AGREED, route="LET", form_id=FORM_ID, effective_on=TOMORROW)
    on_record = (ENROLLED, first, CONSENT)
    refusal = given(ENROLMENT, *on_record).when(CHANGE, SERVED).rejected(RouteChangeAgreed)
    assert refusal.members == {"days": [str(TOMORROW)]}
    after = given(ENROLMENT, *on_record).when(changed(CHANGE, cancels=(TOMORROW,)), SERVED)
    assert after.refusal is None
    given(ENROLMENT, ENROLLED, first, changed(first, route="CVT", form_id=OTHER_FORM_ID), CONSENT).when(
        CHANGE, SERVED
    ).records()


def test_the_same_route_again_is_no_change() -> None:
    held = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TODAY, reason="moved house")
    given(ENROLMENT, ENROLLED, held, CONSENT).when(CHANGE, SERVED).records()


def test_an_agreed_change_is_taken_back_by_staying_on_the_route() -> None:
    staying = changed(CHANGE, route="LET", form_id=FORM_ID, cancels=(AGREED.effective_on,))
    to_stay = changed(CONSENT, purpose=RouteForMe(route="LET"))
    after = given(ENROLMENT, ENROLLED, AGREED, to_stay).when(staying, changed(SERVED, form=form()))
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


def test_a_change_of_route_ends_every_consent_to_one_that_was_given_before() -> None:
    unused = changed(CONSENT, consent_id=an_id("unused"), purpose=RouteForMe(route="LET"))
    (moved,) = given(ENROLMENT, ENROLLED, unused, CONSENT).when(CHANGE, SERVED).facts
    after = given(ENROLMENT, ENROLLED, unused, CONSENT, moved)
    assert [consent.used for consent in after.state.consents] == [True, True]
    again = changed(unused, consent_id=an_id("again"))
    assert [consent.used for consent in given(ENROLMENT, ENROLLED, moved, again).state.consents] == [False]
