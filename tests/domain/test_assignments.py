"""Parts in an enrolment: who may be given which, for which components, and until when."""

from datetime import datetime, timedelta
from typing import get_args

import pytest

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignments import ForRelease
from portfolio.domain.enrolment.facts import PersonReleased
from portfolio.domain.enrolment.refusals import (
    AlreadyAssigned,
    ApprenticeHasNoOtherPart,
    AssessorConflicted,
    AssessorIsQualityAssurer,
    NotAssigned,
    ReleaseTooEarly,
)
from portfolio.domain.evidence.facts import EvidenceAccepted
from portfolio.domain.form import ComponentUnknown
from portfolio.domain.interests import Interest, InterestDeclared
from portfolio.domain.kernel import NOBODY, Fact, Recorded, changed
from portfolio.domain.person import Person, PersonUnknown, RoleNotHeld
from portfolio.domain.standing import Case, HearsOpenCase, PartyToOpenCase
from portfolio.domain.vocabulary import ASSIGNED as WORD_OF
from portfolio.domain.vocabulary import NEEDS_ROLE, Assignment
from tests.domain.assessing import COMPONENTS
from tests.domain.given import given
from tests.domain.test_decision_context import found
from tests.domain.test_enrolment import (
    AN_ASSESSOR,
    ASSIGN,
    ASSIGNED,
    C1,
    C2,
    ELSEWHERE_C1,
    ELSEWHERE_C2,
    ENROLLED,
    MOVED,
    RELEASE,
    RELEASED,
    SWAPPED,
    part,
)
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    FREE,
    NOW,
    OBSERVATION,
    OFFICER,
    OTHER_ASSESSOR,
    OTHER_FORM_ID,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
    form,
    person,
)


def recorded(fact: Fact, at: datetime = NOW, position: int = 2) -> Recorded:
    """Return a fact as it stands on record by the assessor, after the part was given."""
    return Recorded(
        originator_id=ENROLMENT_ID,
        originator_version=1,
        fact=fact,
        by=ASSESSOR,
        at=at,
        causation=NOBODY,
        position=position,
    )


RELEASING = ForRelease(
    by=OFFICER,
    at=NOW,
    today=TODAY,
    actor=FREE.actor,
    cases=(),
    administrators=FREE.administrators,
    history=(recorded(ASSIGNED, position=1),),
)


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


@pytest.mark.parametrize("part_of_it", ["members", "officers"])
def test_who_hears_an_open_case_of_the_apprentice_gets_no_part_before_its_end(part_of_it: str) -> None:
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}), apprentice=APPRENTICE)
    hears = changed(case, **{part_of_it: frozenset({ASSESSOR})})
    given(ENROLMENT, ENROLLED).when(ASSIGN, changed(AN_ASSESSOR, cases=(hears,))).rejected(HearsOpenCase)
    given(ENROLMENT, ENROLLED).when(ASSIGN, changed(AN_ASSESSOR, cases=(case,))).records(ASSIGNED)


def test_a_part_for_components_names_them_on_the_form_of_its_day() -> None:
    whole = changed(ASSIGNED, components=frozenset())
    assert given(ENROLMENT, ENROLLED, whole).state.forms_of_parts() == frozenset()
    assert given(ENROLMENT, ENROLLED, ASSIGNED).state.forms_of_parts() == {ASSIGNED.form_id}


def test_the_same_part_is_not_given_twice() -> None:
    given(ENROLMENT, ENROLLED, ASSIGNED).when(ASSIGN, AN_ASSESSOR).rejected(AlreadyAssigned)


def test_after_a_release_the_part_may_be_given_again() -> None:
    again = changed(ASSIGN, starts_on=TOMORROW)
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(again, AN_ASSESSOR).records(
        changed(ASSIGNED, starts_on=TOMORROW)
    )


@pytest.mark.parametrize("tie", ["coach", "employer"])
def test_who_ever_coached_or_employed_the_apprentice_is_never_their_assessor(tie: Assignment) -> None:
    began = changed(part(ASSESSOR, tie), starts_on=YESTERDAY)
    ended = PersonReleased(person_id=ASSESSOR, assignment=tie, ends_on=TODAY, reason="over")
    given(ENROLMENT, ENROLLED, began, ended).when(ASSIGN, AN_ASSESSOR).rejected(AssessorConflicted)


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
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, RELEASING).records(RELEASED)


def test_a_part_in_which_nothing_was_done_is_taken_back_on_the_day_it_was_recorded_or_before_it_begins() -> None:
    at_once = changed(RELEASE, ends_on=TODAY)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(at_once, RELEASING).records(changed(RELEASED, ends_on=TODAY))
    back_dated = changed(ASSIGNED, starts_on=YESTERDAY)
    before = changed(RELEASE, ends_on=YESTERDAY)
    today = changed(RELEASING, history=(recorded(back_dated),))
    given(ENROLMENT, ENROLLED, back_dated).when(before, today).records(changed(RELEASED, ends_on=YESTERDAY))
    to_come = changed(ASSIGNED, starts_on=TOMORROW)
    long_ago = changed(RELEASING, history=(recorded(to_come, at=NOW - timedelta(days=9), position=1),))
    given(ENROLMENT, ENROLLED, to_come).when(RELEASE, long_ago).records(RELEASED)


def test_a_part_that_ran_is_not_taken_back_because_another_was_given_today() -> None:
    held = changed(ASSIGNED, starts_on=YESTERDAY)
    then = recorded(held, at=NOW - timedelta(days=1))
    before = changed(RELEASE, ends_on=YESTERDAY)
    for different in ({"person_id": COACH}, {"assignment": "coach"}, {"starts_on": TODAY}):
        another = changed(RELEASING, history=(then, recorded(changed(held, **different))))
        given(ENROLMENT, ENROLLED, held).when(before, another).rejected(ReleaseTooEarly)


def test_a_part_ends_on_no_day_before_it_began() -> None:
    refusal = (
        given(ENROLMENT, ENROLLED, ASSIGNED)
        .when(changed(RELEASE, ends_on=YESTERDAY), RELEASING)
        .rejected(ReleaseTooEarly, "8 December 2026")
    )
    assert refusal.members == {"days": [str(TODAY)]}
    ran = changed(RELEASING, today=TOMORROW)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(changed(RELEASE, ends_on=TODAY), ran).rejected(ReleaseTooEarly)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, ran).records(RELEASED)


def test_a_part_ends_on_no_day_before_what_the_person_did_in_it() -> None:
    today, began = (recorded(EvidenceAccepted(version=1)),), changed(ASSIGNED, starts_on=YESTERDAY)
    acted = changed(RELEASING, history=RELEASING.history + today)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(changed(RELEASE, ends_on=TODAY), acted).rejected(ReleaseTooEarly)
    acted_since = changed(RELEASING, history=(recorded(began, position=1), *today))
    given(ENROLMENT, ENROLLED, began).when(changed(RELEASE, ends_on=YESTERDAY), acted_since).rejected(ReleaseTooEarly)
    given(ENROLMENT, ENROLLED, began).when(changed(RELEASE, ends_on=TODAY), acted_since).records(
        changed(RELEASED, ends_on=TODAY)
    )
    anothers = changed(RELEASING, history=(*RELEASING.history, changed(today[0], by=COACH)))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(changed(RELEASE, ends_on=TODAY), anothers).records(
        changed(RELEASED, ends_on=TODAY)
    )


def test_what_an_assessor_found_is_not_done_in_another_part_nor_before_the_part_began() -> None:
    other: Assignment = "internal quality assurer"
    assured, release = part(ASSESSOR, other), changed(RELEASE, assignment=other, ends_on=TODAY)
    released = changed(RELEASED, assignment=other, ends_on=TODAY)
    given_today = recorded(assured, position=1)
    did = recorded(found("K1"))
    given(ENROLMENT, ENROLLED, assured).when(release, changed(RELEASING, history=(given_today, did))).records(released)
    earlier = recorded(EvidenceAccepted(version=1), position=0)
    before = changed(RELEASING, history=(given_today, earlier))
    given(ENROLMENT, ENROLLED, assured).when(release, before).records(released)
    as_assessor = changed(RELEASING, history=(*RELEASING.history, did))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(changed(RELEASE, ends_on=TODAY), as_assessor).rejected(ReleaseTooEarly)


def test_an_end_on_record_is_brought_forward_by_a_correction_alone_but_in_old_records() -> None:
    far = changed(RELEASED, ends_on=TODAY + timedelta(days=9_000))
    given(ENROLMENT, ENROLLED, ASSIGNED, far).when(RELEASE, RELEASING).rejected(NotAssigned, "correction")
    (first, again) = given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED, ASSIGNED, far, RELEASED).state.assigned
    assert (first.ends_on, again.ends_on) == (RELEASED.ends_on, RELEASED.ends_on)
    (put_off,) = given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED, far).state.assigned
    assert put_off.ends_on == RELEASED.ends_on


@pytest.mark.parametrize("tie", ["coach", "employer"])
def test_a_part_that_ties_ran_once_it_began_even_if_nothing_was_done(tie: Assignment) -> None:
    for begins, refused in ((TODAY, True), (TOMORROW, False)):
        held, ends = changed(part(COACH, tie), starts_on=begins), changed(RELEASE, person_id=COACH, assignment=tie)
        known = changed(RELEASING, history=(recorded(held),))
        outcome = given(ENROLMENT, ENROLLED, held).when(changed(ends, ends_on=begins), known)
        assert isinstance(outcome.refusal, ReleaseTooEarly) is refused


def test_who_is_part_of_an_open_case_is_released_by_a_responsible_officer_who_is_not() -> None:
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}))
    in_case = changed(RELEASING, cases=(case,))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, in_case).rejected(PartyToOpenCase)
    officer = changed(in_case, actor=person("responsible officer"))
    given(ENROLMENT, ENROLLED, ASSIGNED).when(RELEASE, officer).records(changed(RELEASED, cases=(APPEAL_ID,)))


def test_only_a_part_that_is_held_can_end() -> None:
    given(ENROLMENT, ENROLLED).when(RELEASE, RELEASING).rejected(NotAssigned)
    given(ENROLMENT, ENROLLED, ASSIGNED).when(changed(RELEASE, assignment="coach"), RELEASING).rejected(NotAssigned)
    given(ENROLMENT, ENROLLED, ASSIGNED, RELEASED).when(RELEASE, RELEASING).rejected(NotAssigned)


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
    assert enrolment.ever(ASSESSOR, TODAY) == {"coach", "assessor"}
    assert enrolment.ever(COACH, TODAY) == frozenset()


def test_a_part_that_ran_on_no_day_up_to_today_is_none() -> None:
    to_come = changed(part(ASSESSOR, "coach"), starts_on=TOMORROW)
    taken_back = PersonReleased(person_id=ASSESSOR, assignment="coach", ends_on=TODAY, reason="the wrong person")
    enrolment = given(ENROLMENT, ENROLLED, part(ASSESSOR, "coach"), taken_back, to_come).state
    assert [enrolment.ever(ASSESSOR, day) for day in (TODAY, TOMORROW)] == [set(), {"coach"}]
    given(ENROLMENT, ENROLLED, part(ASSESSOR, "coach"), taken_back).when(ASSIGN, AN_ASSESSOR).records(ASSIGNED)
