"""Panels: who sits in them, at convening and at the outcome, who is added and who is replaced (APPEAL-8, -10)."""

from datetime import date
from typing import Any

import pytest

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.deciding import ProposalUnknown, ProposeOutcome
from portfolio.domain.appeal.facts import AppealDecided
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.panel import (
    BankHolidaysUnknown,
    PanelConflicted,
    PanelMemberAble,
    PanelMemberAlready,
    PanelMemberIsRecused,
    PanelMemberNotCompetent,
    PanelMemberNotInOffice,
    PanelNotDivided,
    PanelNotIndependent,
    eligible,
    last_day_to_answer,
    silent,
)
from portfolio.domain.appeal.state import AppealNotWaiting, AppealUnknown
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Command, Fact, changed
from portfolio.domain.person import Person
from tests.domain.given import given
from tests.domain.panels import (
    ADD,
    ADDED,
    CONFIRM,
    CONFIRMED,
    DISSENT,
    DISSENTED,
    DIVIDED,
    FOURTH,
    OF_THREE,
    RECUSE,
    RECUSED,
    REPLACE,
    REPLACED,
    THIRD,
    TOOK_EFFECT,
    TWO_WEEKS_LATER,
    as_,
)
from tests.domain.test_appeal import (
    ADMIT,
    ADMITTED,
    ANSWERS,
    CONVENE,
    CONVENED,
    DECIDE,
    FREE,
    LODGED,
    OFFICERS,
    PROPOSED,
    REFUSE,
    THE_OFFICER,
    TIED,
    WITH_PANEL,
    enrolment,
    set_aside_by,
)
from tests.domain.world import APPRENTICE, CHAIR, COACH, MEMBER, OFFICER, TODAY

# --- members at convening and at the outcome ---

ANSWERING: list[tuple[Command, tuple[Fact, ...]]] = [
    (DECIDE, WITH_PANEL),
    (CONFIRM, (*WITH_PANEL, changed(PROPOSED, member=MEMBER))),
    (DISSENT, (*WITH_PANEL, PROPOSED)),
]


@pytest.mark.parametrize(("command", "history"), ANSWERING)
def test_members_hold_the_role_at_the_outcome(command: Command, history: Any) -> None:
    ended = changed(TIED, roles=frozenset())
    refusal = given(APPEAL, *history).when(command, as_(CHAIR, member=ended)).rejected(PanelMemberNotInOffice)
    assert refusal.members == {"members": [str(MEMBER)]}


def test_members_hold_the_role_at_convening() -> None:
    ended = changed(TIED, roles=frozenset())
    given(APPEAL, LODGED, ADMITTED).when(CONVENE, as_(OFFICER, member=ended)).rejected(PanelMemberNotInOffice)


@pytest.mark.parametrize(("command", "history"), ANSWERING)
def test_the_panel_answers_nothing_while_a_member_is_recused(command: Command, history: Any) -> None:
    refusal = given(APPEAL, *history, RECUSED).when(command, as_(CHAIR)).rejected(PanelMemberIsRecused)
    assert refusal.members == {"members": [str(MEMBER)]}


def test_a_member_is_eligible_who_is_in_office_prepared_and_never_was_an_appeals_officer() -> None:
    assert eligible(TIED, TODAY)
    assert not eligible(changed(TIED, roles=frozenset()), TODAY)
    assert not eligible(changed(TIED, competences=()), TODAY)
    assert not eligible(changed(TIED, ever_roles=frozenset({"appeals officer", "panel member"})), TODAY)


# --- a divided panel ---


def test_the_officer_adds_one_further_free_member_to_a_divided_panel() -> None:
    given(APPEAL, *DIVIDED).when(ADD, as_(OFFICER)).records(ADDED)
    appeal = given(APPEAL, *DIVIDED, ADDED).state
    assert appeal.members == {CHAIR, MEMBER, FOURTH}
    assert appeal.independent == {CHAIR, FOURTH}
    assert appeal.proposals == (PROPOSED,)
    given(APPEAL, *DIVIDED, ADDED).when(ADD, as_(OFFICER)).rejected(PanelNotDivided)


def test_the_further_member_settles_what_divided_the_panel() -> None:
    fourth = changed(CONFIRMED, member=FOURTH)
    decided = changed(TOOK_EFFECT, behind=frozenset({CHAIR, FOURTH}))
    given(APPEAL, *DIVIDED, ADDED).when(CONFIRM, as_(FOURTH)).records(fourth, decided)


def test_a_panel_that_is_not_divided_gets_no_further_member() -> None:
    given(APPEAL, *WITH_PANEL, PROPOSED).when(ADD, as_(OFFICER)).rejected(PanelNotDivided)
    given(APPEAL, LODGED, ADMITTED).when(ADD, as_(OFFICER)).rejected(AppealNotWaiting)


def test_the_further_member_is_no_member_yet_and_may_hear_the_appeal() -> None:
    given(APPEAL, *DIVIDED).when(changed(ADD, member=CHAIR), as_(OFFICER)).rejected(PanelMemberAlready)
    unprepared = as_(OFFICER, fourth=changed(FREE, competences=()))
    meant = f"Meant: {FREE.name}. Somebody else hears it in their place."
    given(APPEAL, *DIVIDED).when(ADD, unprepared).rejected(PanelMemberNotCompetent, meant)


def test_a_further_member_who_is_tied_to_the_organisation_is_not_independent() -> None:
    given(APPEAL, *DIVIDED).when(ADD, as_(OFFICER, fourth=TIED)).records(changed(ADDED, independent=False))
    assert given(APPEAL, *DIVIDED, changed(ADDED, independent=False)).state.independent == {CHAIR}


# --- members who are unable ---


def test_a_member_says_that_they_cannot_hear_the_appeal_and_is_replaced() -> None:
    given(APPEAL, *WITH_PANEL).when(RECUSE, as_(MEMBER)).records(RECUSED)
    given(APPEAL, *WITH_PANEL).when(changed(RECUSE, reason=""), as_(MEMBER)).rejected(OutcomeIncomplete)
    given(APPEAL, LODGED, ADMITTED).when(RECUSE, as_(MEMBER)).rejected(AppealNotWaiting)
    appeal = given(APPEAL, *WITH_PANEL, RECUSED).state
    assert appeal.relations(MEMBER, TODAY) == set()
    given(APPEAL, *WITH_PANEL, RECUSED).when(REPLACE, as_(OFFICER)).records(REPLACED)


def test_a_member_who_is_able_stays() -> None:
    given(APPEAL, *WITH_PANEL, PROPOSED).when(REPLACE, as_(OFFICER)).rejected(PanelMemberAble)
    stranger = changed(REPLACE, member=THIRD)
    given(APPEAL, *WITH_PANEL, PROPOSED).when(stranger, as_(OFFICER)).rejected(PanelMemberAble, "not on the panel")
    given(APPEAL, LODGED, ADMITTED).when(REPLACE, as_(OFFICER)).rejected(AppealNotWaiting)


INTERESTED = InterestDeclared(apprentice=APPRENTICE, interest="personal", detail="")


@pytest.mark.parametrize(
    "member",
    [
        changed(TIED, roles=frozenset()),
        changed(TIED, competences=()),
        changed(TIED, interests=(INTERESTED,)),
        changed(TIED, ever_roles=frozenset({"appeals officer", "panel member"})),
    ],
)
def test_a_member_whose_role_ended_or_who_has_an_interest_is_replaced(member: Person) -> None:
    given(APPEAL, *WITH_PANEL).when(REPLACE, as_(OFFICER, member=member)).records(REPLACED)


def test_a_member_who_is_independent_no_more_is_replaced_by_one_who_is() -> None:
    joined = as_(OFFICER, chair=changed(FREE, works_for="assessment organisation"))
    chair = changed(REPLACE, member=CHAIR)
    given(APPEAL, *WITH_PANEL).when(chair, joined).records(changed(REPLACED, member=CHAIR))
    tied = changed(chair, replacement=THIRD)
    given(APPEAL, *WITH_PANEL).when(tied, joined).rejected(PanelNotIndependent)


def test_a_member_who_is_silent_for_ten_working_days_after_the_first_proposal_is_replaced() -> None:
    on_the_day = changed(as_(OFFICER), today=TWO_WEEKS_LATER)
    day_after = changed(as_(OFFICER), today=date(2026, 12, 23))
    given(APPEAL, *WITH_PANEL, PROPOSED).when(REPLACE, on_the_day).rejected(PanelMemberAble)
    given(APPEAL, *WITH_PANEL, PROPOSED).when(REPLACE, day_after).records(REPLACED)
    given(APPEAL, *WITH_PANEL).when(REPLACE, day_after).rejected(PanelMemberAble)
    given(APPEAL, *OF_THREE, PROPOSED, changed(DISSENTED, member=MEMBER)).when(REPLACE, day_after).rejected(
        PanelMemberAble
    )


def test_a_member_who_joined_later_has_ten_working_days_from_then() -> None:
    late = changed(ADDED, added_on=TWO_WEEKS_LATER)
    appeal = given(APPEAL, *DIVIDED, late).state
    assert not silent(appeal, FOURTH, date(2027, 1, 8))
    assert last_day_to_answer(appeal, FOURTH) == date(2027, 1, 8)
    assert silent(appeal, FOURTH, date(2027, 1, 9))  # two bank holidays and New Year's Day lie between


def test_working_days_are_not_guessed_in_a_year_whose_bank_holidays_are_not_known() -> None:
    proposed = changed(PROPOSED, proposed_on=date(2028, 12, 20))
    years_later = changed(as_(OFFICER), today=date(2029, 3, 1))
    given(APPEAL, *WITH_PANEL, proposed).when(REPLACE, years_later).rejected(BankHolidaysUnknown)
    in_time = changed(PROPOSED, proposed_on=date(2028, 12, 13))
    given(APPEAL, *WITH_PANEL, in_time).when(REPLACE, years_later).records(REPLACED)


def test_open_proposals_lapse_when_a_member_is_replaced() -> None:
    appeal = given(APPEAL, *OF_THREE, PROPOSED, RECUSED, REPLACED).state
    assert appeal.members == {CHAIR, FOURTH, THIRD}
    assert appeal.independent == {CHAIR, FOURTH}
    assert (appeal.proposals, appeal.answers, appeal.divided) == ((), (), False)
    given(APPEAL, *OF_THREE, PROPOSED, RECUSED, REPLACED).when(CONFIRM, as_(THIRD)).rejected(ProposalUnknown)
    given(APPEAL, *OF_THREE, PROPOSED, RECUSED, REPLACED).when(DECIDE, PANEL_NOW).records(changed(PROPOSED, proposal=2))


PANEL_NOW = as_(CHAIR)


def test_a_replaced_member_is_independent_no_more() -> None:
    chair = changed(REPLACED, member=CHAIR)
    assert given(APPEAL, *WITH_PANEL, chair).state.independent == {FOURTH}
    assert given(APPEAL, *WITH_PANEL, changed(chair, independent=False)).state.independent == frozenset()


def test_a_member_is_replaced_with_a_reason_by_somebody_who_may_hear_the_appeal() -> None:
    recused = (*WITH_PANEL, RECUSED)
    given(APPEAL, *recused).when(changed(REPLACE, reason=" "), as_(OFFICER)).rejected(OutcomeIncomplete)
    given(APPEAL, *recused).when(changed(REPLACE, replacement=CHAIR), as_(OFFICER)).rejected(PanelMemberAlready)
    declared = as_(OFFICER, fourth=changed(FREE, interests=(INTERESTED,)))
    given(APPEAL, *recused).when(REPLACE, declared).rejected(PanelConflicted)
    back = changed(REPLACE, member=FOURTH, replacement=MEMBER)
    fourth_ended = as_(OFFICER, fourth=changed(FREE, roles=frozenset()))
    given(APPEAL, *recused, REPLACED).when(back, fourth_ended).rejected(PanelMemberIsRecused)


# --- the officer ---

OFFICERS_STEPS: list[tuple[Command, tuple[Fact, ...]]] = [
    (ADMIT, (LODGED,)),
    (REFUSE, (LODGED,)),
    (CONVENE, (LODGED, ADMITTED)),
    (ADD, DIVIDED),
    (REPLACE, (*WITH_PANEL, RECUSED)),
]


@pytest.mark.parametrize(("command", "history"), OFFICERS_STEPS)
def test_an_officer_who_took_part_or_has_an_interest_arranges_nothing(command: Command, history: Any) -> None:
    interested = as_(OFFICER, officer=changed(THE_OFFICER, interests=(INTERESTED,)))
    checked = changed(as_(OFFICER), enrolment=enrolment((COACH, "coach"), (OFFICER, "internal quality assurer")))
    set_aside = changed(as_(OFFICER), history=(set_aside_by(OFFICER),))
    for known in (interested, checked, set_aside):
        given(APPEAL, *history).when(command, known).rejected(OfficerNotFree)
    took_part = changed(LODGED, took_part=frozenset({OFFICER}))
    given(APPEAL, took_part, *history[1:]).when(command, as_(OFFICER)).rejected(OfficerNotFree)


def test_an_officer_who_handled_an_earlier_case_is_free() -> None:
    assert given(APPEAL, LODGED, ADMITTED, CONVENED).state.officers == {OFFICER}
    given(APPEAL, LODGED).when(ADMIT, OFFICERS).records(ADMITTED)


@pytest.mark.parametrize("command", [CONFIRM, DISSENT, ADD, RECUSE, REPLACE])
def test_there_is_no_panel_of_an_appeal_that_was_not_lodged(command: Command) -> None:
    given(APPEAL).when(command, as_(OFFICER)).rejected(AppealUnknown)


@pytest.mark.parametrize("command", [CONFIRM, DISSENT, ADD, RECUSE, REPLACE, ProposeOutcome])
def test_after_the_outcome_the_panel_is_done(command: Any) -> None:
    asked = DECIDE if command is ProposeOutcome else command
    decided = AppealDecided(outcome="dismissed", reasons="All fair.", answers=ANSWERS)
    given(APPEAL, *WITH_PANEL, decided).when(asked, as_(CHAIR)).rejected(AppealNotWaiting)
