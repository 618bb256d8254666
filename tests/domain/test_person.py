"""People: roles, interests and competences are recorded facts (section 4; INTEREST-1, DECISION-1, APPEAL-7)."""

from datetime import date, timedelta

import pytest

from portfolio.domain.competences import (
    CompetenceAhead,
    CompetenceCorrected,
    CompetenceNeedsCriteria,
    CompetenceRecorded,
    CompetenceTakenBack,
    CompetenceUnknown,
    CorrectCompetence,
    ForCompetence,
    NotForLeadAssessor,
    RecordCompetence,
    TakeCompetenceBack,
)
from portfolio.domain.corrections import CorrectEmployment, CorrectName, EmploymentCorrected, NameCorrected
from portfolio.domain.criteria import Criteria, CriteriaUnknown
from portfolio.domain.kernel import Command, changed
from portfolio.domain.notices import ChooseNotices, NoticesChosen
from portfolio.domain.person import (
    PERSON,
    EndRole,
    GrantRole,
    PersonAlreadyRegistered,
    PersonRegistered,
    PersonUnknown,
    RegisterPerson,
    RoleAlreadyHeld,
    RoleEnded,
    RoleGranted,
    RoleNotHeld,
)
from portfolio.domain.standing import (
    AlreadySuspended,
    Case,
    HearsOpenCase,
    LastAdministrator,
    NotSuspended,
    OwnStanding,
    PartyToOpenCase,
    PersonReinstated,
    PersonSignedOut,
    PersonSuspended,
    ReinstatePerson,
    SignOut,
    SuspendPerson,
    WithCases,
)
from portfolio.domain.vocabulary import SYSTEM, WorksFor
from tests.domain.given import given
from tests.domain.world import (
    APPEAL_ID,
    ASSESSOR,
    COACH,
    CRITERIA,
    CRITERIA_ID,
    FREE,
    NOW,
    OFFICER,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
    person,
)

REGISTERED = PersonRegistered(name="Ada", works_for="assessment organisation")
NO_CASES = WithCases(by=OFFICER, at=NOW, today=TODAY, cases=())
GRANT = GrantRole(person_id=ASSESSOR, role="assessor")
STANDARDISED = RecordCompetence(person_id=ASSESSOR, kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY)

SUSPEND = SuspendPerson(person_id=ASSESSOR, reason="Under inquiry.")
SUSPENDED = PersonSuspended(reason="Under inquiry.", cases=())
REINSTATE = ReinstatePerson(person_id=ASSESSOR, reason="Cleared.")
SIGN_OUT = SignOut(person_id=ASSESSOR)
REINSTATED = PersonReinstated(reason="Cleared.")
WRITTEN = ForCompetence(by=OFFICER, at=NOW, today=TODAY, criteria=CRITERIA, roles=frozenset({"administrator"}))


def test_a_person_is_registered() -> None:
    command = RegisterPerson(person_id=ASSESSOR, name="Ada", works_for="assessment organisation")
    given(PERSON).when(command).records(REGISTERED)


def test_a_person_is_registered_once() -> None:
    command = RegisterPerson(person_id=ASSESSOR, name="Ada Again", works_for="centre")
    given(PERSON, REGISTERED).when(command).rejected(PersonAlreadyRegistered)


@pytest.mark.parametrize(
    "command", [GRANT, STANDARDISED, EndRole(person_id=ASSESSOR, role="assessor"), SUSPEND, REINSTATE, SIGN_OUT]
)
def test_nothing_is_recorded_about_somebody_who_is_not_registered(command: Command) -> None:
    given(PERSON).when(command).rejected(PersonUnknown)


def test_each_time_somebody_is_signed_out_is_later_than_the_last_whatever_the_clock_says() -> None:
    once, again = PersonSignedOut(before=NOW), PersonSignedOut(before=NOW + timedelta(microseconds=1))
    given(PERSON, REGISTERED).when(SIGN_OUT).records(once)
    given(PERSON, REGISTERED, once).when(SIGN_OUT).records(again)
    assert given(PERSON, REGISTERED, once, again).state.signed_out == again.before


def test_how_often_somebody_is_told_by_mail_is_their_choice_and_recorded_where_it_changes() -> None:
    never = ChooseNotices(person_id=ASSESSOR, mails="none")
    given(PERSON).when(never).rejected(PersonUnknown)
    assert given(PERSON, REGISTERED).state.mails == "daily"
    given(PERSON, REGISTERED).when(never).records(NoticesChosen(mails="none"))
    chosen = given(PERSON, REGISTERED, NoticesChosen(mails="none"))
    assert chosen.state.mails == "none"
    chosen.when(never).records()


def test_a_role_is_granted() -> None:
    given(PERSON, REGISTERED).when(GRANT, NO_CASES).records(RoleGranted(role="assessor"))
    why = changed(GRANT, reason="She was trained.")
    given(PERSON, REGISTERED).when(why, NO_CASES).records(RoleGranted(role="assessor", reason="She was trained."))


def test_a_member_of_a_panel_is_given_no_other_role_while_the_case_is_open() -> None:
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}), members=frozenset({ASSESSOR}))
    ada = given(PERSON, REGISTERED)
    ada.when(GRANT, changed(NO_CASES, cases=(case,))).rejected(HearsOpenCase)
    again = changed(GRANT, role="panel member")
    ada.when(again, changed(NO_CASES, cases=(case,))).records(RoleGranted(role="panel member"))
    for over in (changed(case, is_open=False), changed(case, decided=True)):
        ada.when(GRANT, changed(NO_CASES, cases=(over,))).records(RoleGranted(role="assessor"))
    officer = changed(case, members=frozenset(), officers=frozenset({ASSESSOR}))
    ada.when(GRANT, changed(NO_CASES, cases=(officer,))).records(RoleGranted(role="assessor"))


def test_a_role_granted_on_the_server_says_so() -> None:
    granted = RoleGranted(role="assessor", on_server=True)
    given(PERSON, REGISTERED).when(GRANT, changed(NO_CASES, by=SYSTEM)).records(granted)


def test_a_role_that_is_held_is_not_granted_again() -> None:
    given(PERSON, REGISTERED, RoleGranted(role="assessor")).when(GRANT, NO_CASES).rejected(RoleAlreadyHeld)


def test_a_role_that_is_held_can_be_ended() -> None:
    command = EndRole(person_id=ASSESSOR, role="assessor")
    given(PERSON, REGISTERED, RoleGranted(role="assessor")).when(command, FREE).records(RoleEnded(role="assessor"))


def test_a_role_that_is_not_held_cannot_be_ended() -> None:
    given(PERSON, REGISTERED).when(EndRole(person_id=ASSESSOR, role="assessor"), FREE).rejected(RoleNotHeld)


def test_a_role_that_ended_is_remembered_as_once_held() -> None:
    person = given(PERSON, REGISTERED, RoleGranted(role="coach"), RoleEnded(role="coach")).state
    assert not person.roles
    assert person.ever_roles == {"coach"}


def test_standardisation_is_on_one_criteria_version() -> None:
    recorded = CompetenceRecorded(kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY, detail="")
    given(PERSON, REGISTERED).when(STANDARDISED, WRITTEN).records(recorded)
    person = given(PERSON, REGISTERED, recorded).state
    assert [person.standardised_on(CRITERIA_ID, day) for day in (YESTERDAY, TODAY, TOMORROW)] == [False, True, True]
    assert not person.standardised_on(an_id("another version"), TODAY)


def test_standardisation_that_names_no_criteria_is_refused() -> None:
    command = RecordCompetence(person_id=ASSESSOR, kind="standardised", occurred_on=TODAY)
    given(PERSON, REGISTERED).when(command, WRITTEN).rejected(CompetenceNeedsCriteria)


def test_a_lead_assessor_records_who_was_standardised_and_nothing_else() -> None:
    lead = changed(WRITTEN, roles=frozenset({"lead assessor"}))
    recorded = CompetenceRecorded(kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY, detail="")
    given(PERSON, REGISTERED).when(STANDARDISED, lead).records(recorded)
    prepared = changed(STANDARDISED, kind="appeals panel", criteria_id=None)
    given(PERSON, REGISTERED).when(prepared, lead).rejected(NotForLeadAssessor)
    given(PERSON, REGISTERED).when(STANDARDISED, changed(lead, by=ASSESSOR)).rejected(OwnStanding)


def test_a_competence_is_recorded_once_its_day_has_come() -> None:
    ahead = changed(STANDARDISED, occurred_on=TOMORROW)
    given(PERSON, REGISTERED).when(ahead, WRITTEN).rejected(CompetenceAhead, "occurred_on")


def test_a_competence_is_on_criteria_that_exist() -> None:
    given(PERSON, REGISTERED).when(STANDARDISED, changed(WRITTEN, criteria=Criteria())).rejected(CriteriaUnknown)


def test_nobody_grants_themselves_a_role_or_records_their_own_competence() -> None:
    given(PERSON, REGISTERED).when(GRANT, changed(NO_CASES, by=ASSESSOR)).rejected(OwnStanding, "portfolio grant")
    given(PERSON, REGISTERED).when(STANDARDISED, changed(WRITTEN, by=ASSESSOR)).rejected(OwnStanding, "Another")


# --- suspension ---


def test_a_suspended_person_holds_no_role_and_no_part_until_reinstated() -> None:
    history = (REGISTERED, RoleGranted(role="assessor"))
    given(PERSON, *history).when(SUSPEND, FREE).records(SUSPENDED)
    person = given(PERSON, *history, SUSPENDED).state
    assert person.suspended
    assert not person.roles
    assert person.granted() == {"assessor"}
    assert person.keeps({"assigned assessor", "administrator", "registered person", "the apprentice"}) == {
        "registered person",
        "the apprentice",
    }
    given(PERSON, *history, SUSPENDED).when(REINSTATE).records(REINSTATED)
    back = given(PERSON, *history, SUSPENDED, REINSTATED).state
    assert not back.suspended
    assert back.roles == back.granted() == {"assessor"}
    assert back.keeps({"assigned assessor", "assigned coach"}) == {"assigned assessor"}


def test_roles_change_while_somebody_is_suspended_and_count_afterwards() -> None:
    history = (REGISTERED, RoleGranted(role="assessor"), SUSPENDED)
    given(PERSON, *history).when(GRANT, NO_CASES).rejected(RoleAlreadyHeld)
    moved = (RoleGranted(role="coach"), RoleEnded(role="assessor"))
    meanwhile = given(PERSON, *history, *moved).state
    assert not meanwhile.roles
    assert meanwhile.granted() == {"coach"}
    assert meanwhile.ever_roles == {"coach", "assessor"}
    assert given(PERSON, *history, *moved, REINSTATED).state.roles == {"coach"}


def test_who_is_suspended_is_not_suspended_again_and_who_is_not_is_not_reinstated() -> None:
    given(PERSON, REGISTERED, SUSPENDED).when(SUSPEND, FREE).rejected(AlreadySuspended)
    given(PERSON, REGISTERED).when(REINSTATE).rejected(NotSuspended)


def test_nobody_suspends_themselves() -> None:
    given(PERSON, REGISTERED).when(SUSPEND, changed(FREE, by=ASSESSOR)).rejected(OwnStanding, "responsible officer")


def test_the_last_administrator_is_neither_suspended_nor_ended() -> None:
    history = (REGISTERED, RoleGranted(role="administrator"))
    end = EndRole(person_id=ASSESSOR, role="administrator")
    for command in (SUSPEND, end):
        for others in (
            {ASSESSOR: person("administrator")},
            {ASSESSOR: person("administrator"), COACH: person("coach")},
        ):
            given(PERSON, *history).when(command, changed(FREE, administrators=others)).rejected(LastAdministrator)
        assert given(PERSON, *history).when(command, FREE).refusal is None


@pytest.mark.parametrize("command", ["suspend", "end"])
def test_who_is_part_of_an_open_case_goes_by_a_responsible_officer_who_is_not_and_for_a_reason(command: str) -> None:
    history = (REGISTERED, RoleGranted(role="assessor"))
    order = {"suspend": SUSPEND, "end": EndRole(person_id=ASSESSOR, role="assessor", reason="Left.")}[command]
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR, COACH}))
    known = changed(FREE, cases=(case,), actor=person("responsible officer"))
    (fact,) = given(PERSON, *history).when(order, known).facts
    assert fact.cases == (APPEAL_ID,)  # type: ignore[attr-defined]  # both facts have them
    for wrong in (
        changed(known, actor=person("administrator")),
        changed(known, by=COACH),
    ):
        refusal = given(PERSON, *history).when(order, wrong).rejected(PartyToOpenCase, "responsible officer")
        assert refusal.members == {"appeals": [str(APPEAL_ID)]}
    for free in (changed(case, is_open=False), changed(case, parties=frozenset({COACH}))):
        (fact,) = given(PERSON, *history).when(order, changed(FREE, cases=(free,))).facts
        assert fact.cases == ()  # type: ignore[attr-defined]  # both facts have them


def test_training_alone_prepares_for_no_panel() -> None:
    trained = CompetenceRecorded(kind="training", criteria_id=None, occurred_on=date(2026, 1, 9), detail="")
    prepared = CompetenceRecorded(kind="appeals panel", criteria_id=None, occurred_on=TODAY, detail="")
    assert not given(PERSON, REGISTERED, trained).state.prepared_for_panels(TODAY)
    assert given(PERSON, REGISTERED, trained, prepared).state.prepared_for_panels(TODAY)
    assert not given(PERSON, REGISTERED, trained, prepared).state.prepared_for_panels(YESTERDAY)


def test_ending_a_role_of_a_party_to_an_open_case_needs_a_reason() -> None:
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}))
    known = changed(FREE, cases=(case,), actor=person("responsible officer"))
    command = EndRole(person_id=ASSESSOR, role="assessor")
    given(PERSON, REGISTERED, RoleGranted(role="assessor")).when(command, known).rejected(PartyToOpenCase)


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


def test_a_name_is_corrected() -> None:
    rename = CorrectName(person_id=ASSESSOR, name="Mia Brown", reason="She married.")
    corrected = NameCorrected(name="Mia Brown", was=REGISTERED.name, reason="She married.")
    given(PERSON, REGISTERED).when(rename).records(corrected)
    given(PERSON, REGISTERED, corrected).when(rename).records_nothing()
    given(PERSON).when(rename).rejected(PersonUnknown)
    assert given(PERSON, REGISTERED, corrected).state.name == "Mia Brown"


def test_whom_a_person_works_for_is_put_right_by_somebody_else_and_not_while_they_hear_a_case() -> None:
    employ = CorrectEmployment(person_id=ASSESSOR, works_for="none of these", reason="He retired.")
    corrected = EmploymentCorrected(works_for="none of these", was=REGISTERED.works_for, reason="He retired.")
    given(PERSON, REGISTERED).when(employ, FREE).records(corrected)
    given(PERSON, REGISTERED, corrected).when(employ, FREE).records_nothing()
    given(PERSON).when(employ, FREE).rejected(PersonUnknown)
    given(PERSON, REGISTERED).when(employ, changed(FREE, by=ASSESSOR)).rejected(OwnStanding, "officer")
    case = Case(appeal_id=APPEAL_ID, is_open=True, parties=frozenset({ASSESSOR}), members=frozenset({ASSESSOR}))
    given(PERSON, REGISTERED).when(employ, changed(FREE, cases=(case,))).rejected(HearsOpenCase)
    others = changed(case, members=frozenset({COACH}))
    given(PERSON, REGISTERED).when(employ, changed(FREE, cases=(others,))).records(corrected)
    assert given(PERSON, REGISTERED, corrected).state.outside_the_organisation()


RIGHT_DAY = CorrectCompetence(
    person_id=ASSESSOR,
    kind="standardised",
    criteria_id=CRITERIA_ID,
    occurred_on=TODAY,
    right_criteria_id=CRITERIA_ID,
    right_day=YESTERDAY,
    reason="slip",
)
NEVER = TakeCompetenceBack(
    person_id=ASSESSOR, kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY, reason="slip"
)


def test_a_competence_on_record_is_put_right_or_taken_back() -> None:
    got = CompetenceRecorded(kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY, detail="")
    prepared = CompetenceRecorded(kind="appeals panel", criteria_id=None, occurred_on=TODAY, detail="")
    known = WRITTEN
    right = CompetenceCorrected(
        kind="standardised",
        was_criteria_id=CRITERIA_ID,
        was_on=TODAY,
        criteria_id=CRITERIA_ID,
        occurred_on=YESTERDAY,
        reason="slip",
    )
    never = CompetenceTakenBack(kind="standardised", criteria_id=CRITERIA_ID, occurred_on=TODAY, reason="slip")
    trained = given(PERSON, REGISTERED, got, prepared)
    trained.when(RIGHT_DAY, known).records(right)
    trained.when(changed(RIGHT_DAY, right_day=TODAY), known).records_nothing()
    trained.when(changed(RIGHT_DAY, occurred_on=TOMORROW), known).rejected(CompetenceUnknown)
    trained.when(changed(RIGHT_DAY, right_day=TOMORROW), known).rejected(CompetenceAhead, "right_day")
    trained.when(changed(RIGHT_DAY, right_criteria_id=None), known).rejected(CompetenceNeedsCriteria)
    trained.when(RIGHT_DAY, changed(known, criteria=Criteria())).rejected(CriteriaUnknown)
    trained.when(RIGHT_DAY, changed(known, by=ASSESSOR)).rejected(OwnStanding)
    trained.when(NEVER).records(never)
    trained.when(changed(NEVER, kind="training")).rejected(CompetenceUnknown)
    trained.when(NEVER, changed(known, by=ASSESSOR)).rejected(OwnStanding)
    for command in (RIGHT_DAY, NEVER):
        given(PERSON).when(command, known).rejected(PersonUnknown)
    after = given(PERSON, REGISTERED, got, prepared, right).state
    days = (YESTERDAY - timedelta(days=1), YESTERDAY, TODAY)
    assert [after.standardised_on(CRITERIA_ID, day) for day in days] == [False, True, True]
    assert after.prepared_for_panels(TODAY)
    assert given(PERSON, REGISTERED, got, prepared, never).state.competences == (prepared,)
