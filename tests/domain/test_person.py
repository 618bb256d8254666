"""People: roles, interests and competences are recorded facts (section 4; INTEREST-1, DECISION-1, APPEAL-7)."""

from datetime import date

import pytest

from portfolio.domain.kernel import Command
from portfolio.domain.person import (
    PERSON,
    CompetenceNeedsCriteria,
    CompetenceRecorded,
    DeclareInterest,
    EndRole,
    GrantRole,
    InterestDeclared,
    PersonAlreadyRegistered,
    PersonRegistered,
    PersonUnknown,
    RecordCompetence,
    RegisterPerson,
    RoleAlreadyHeld,
    RoleEnded,
    RoleGranted,
    RoleNotHeld,
)
from portfolio.domain.vocabulary import WorksFor
from tests.domain.given import given
from tests.domain.world import APPRENTICE, ASSESSOR, CRITERIA_ID, TODAY, an_id

REGISTERED = PersonRegistered(name="Ada", works_for="assessment organisation")
GRANT = GrantRole(person_id=ASSESSOR, role="assessor")
DECLARE = DeclareInterest(person_id=ASSESSOR, apprentice=APPRENTICE, interest="none")
STANDARDISED = RecordCompetence(person_id=ASSESSOR, kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY)


def test_a_person_is_registered() -> None:
    command = RegisterPerson(person_id=ASSESSOR, name="Ada", works_for="assessment organisation")
    given(PERSON).when(command).records(REGISTERED)


def test_a_person_is_registered_once() -> None:
    command = RegisterPerson(person_id=ASSESSOR, name="Ada Again", works_for="centre")
    given(PERSON, REGISTERED).when(command).rejected(PersonAlreadyRegistered)


@pytest.mark.parametrize("command", [GRANT, DECLARE, STANDARDISED, EndRole(person_id=ASSESSOR, role="assessor")])
def test_nothing_is_recorded_about_somebody_who_is_not_registered(command: Command) -> None:
    given(PERSON).when(command).rejected(PersonUnknown)


def test_a_role_is_granted() -> None:
    given(PERSON, REGISTERED).when(GRANT).records(RoleGranted(role="assessor"))


def test_a_role_that_is_held_is_not_granted_again() -> None:
    given(PERSON, REGISTERED, RoleGranted(role="assessor")).when(GRANT).rejected(RoleAlreadyHeld)


def test_a_role_that_is_held_can_be_ended() -> None:
    command = EndRole(person_id=ASSESSOR, role="assessor")
    given(PERSON, REGISTERED, RoleGranted(role="assessor")).when(command).records(RoleEnded(role="assessor"))


def test_a_role_that_is_not_held_cannot_be_ended() -> None:
    given(PERSON, REGISTERED).when(EndRole(person_id=ASSESSOR, role="assessor")).rejected(RoleNotHeld)


def test_a_role_that_ended_is_remembered_as_once_held() -> None:
    person = given(PERSON, REGISTERED, RoleGranted(role="coach"), RoleEnded(role="coach")).state
    assert not person.roles
    assert person.ever_roles == {"coach"}


def test_having_no_interest_is_declared_too() -> None:
    declared = InterestDeclared(apprentice=APPRENTICE, interest="none", detail="")
    given(PERSON, REGISTERED).when(DECLARE).records(declared)
    person = given(PERSON, REGISTERED, declared).state
    assert (person.declared(APPRENTICE), person.declared(an_id("another apprentice"))) == ((declared,), ())


def test_standardisation_is_on_one_criteria_version() -> None:
    recorded = CompetenceRecorded(kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY, detail="")
    given(PERSON, REGISTERED).when(STANDARDISED).records(recorded)
    person = given(PERSON, REGISTERED, recorded).state
    assert person.standardised_on(CRITERIA_ID)
    assert not person.standardised_on(an_id("another version"))


def test_standardisation_that_names_no_criteria_is_refused() -> None:
    command = RecordCompetence(person_id=ASSESSOR, kind="standardised", occurred_on=TODAY)
    given(PERSON, REGISTERED).when(command).rejected(CompetenceNeedsCriteria)


def test_training_alone_prepares_for_no_panel() -> None:
    trained = CompetenceRecorded(kind="training", criteria_id=None, occurred_on=date(2026, 1, 9), detail="")
    prepared = CompetenceRecorded(kind="appeals panel", criteria_id=None, occurred_on=TODAY, detail="")
    assert not given(PERSON, REGISTERED, trained).state.prepared_for_panels()
    assert given(PERSON, REGISTERED, trained, prepared).state.prepared_for_panels()


@pytest.mark.parametrize("works_for", ["assessment organisation", "centre", "employer"])
def test_whoever_is_tied_to_somebody_is_not_outside_the_organisation(works_for: WorksFor) -> None:
    assert not given(PERSON, PersonRegistered(name="Bo", works_for=works_for)).state.outside_the_organisation()


def test_an_outsider_stays_one_with_the_role_of_panel_member_alone() -> None:
    outsider = PersonRegistered(name="Bo", works_for="none of these")
    assert given(PERSON, outsider, RoleGranted(role="panel member")).state.outside_the_organisation()


def test_who_once_held_another_role_is_never_an_outsider_again() -> None:
    outsider = PersonRegistered(name="Bo", works_for="none of these")
    history = (outsider, RoleGranted(role="assessor"), RoleEnded(role="assessor"))
    assert not given(PERSON, *history).state.outside_the_organisation()
