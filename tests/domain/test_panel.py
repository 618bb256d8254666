"""Panels: who sits, who answers what, when an outcome takes effect, who is replaced (APPEAL-7, -8, -10)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.deciding import (
    ConfirmOutcome,
    DissentFromOutcome,
    OutcomeCitesElsewhere,
    ProposalUnknown,
    ProposeOutcome,
    takes_effect,
)
from portfolio.domain.appeal.facts import (
    AppealDecided,
    DissentRecorded,
    OutcomeConfirmed,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberRecused,
    PanelMemberReplaced,
)
from portfolio.domain.appeal.lineage import ForPanel, OfficerNotFree
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.panel import (
    AddMember,
    BankHolidaysUnknown,
    OfficerMayNotDecide,
    PanelConflicted,
    PanelMemberAble,
    PanelMemberAlready,
    PanelMemberIsRecused,
    PanelMemberNotCompetent,
    PanelMemberNotInOffice,
    PanelNotDivided,
    PanelNotIndependent,
    RecuseMember,
    ReplaceMember,
    eligible,
    silent,
)
from portfolio.domain.appeal.state import AppealNotWaiting, AppealUnknown, PanelAnswer
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Command, Fact, changed
from portfolio.domain.person import Person
from tests.domain.given import given
from tests.domain.test_appeal import (
    ADMIT,
    ADMITTED,
    ANSWERS,
    CONVENE,
    CONVENED,
    DECIDE,
    DECIDED,
    FREE,
    LODGED,
    OFFICERS,
    PANEL,
    PROPOSED,
    REFUSE,
    THE_OFFICER,
    TIED,
    WITH_PANEL,
    enrolment,
    set_aside_by,
)
from tests.domain.world import APPEAL_ID, APPRENTICE, CHAIR, COACH, EVIDENCE_ID, MEMBER, OFFICER, TODAY, an_id

THIRD, FOURTH = an_id("third"), an_id("fourth")
THREE = PanelConvened(members=frozenset({CHAIR, MEMBER, THIRD}), independent=frozenset({CHAIR}), officer=OFFICER)
OF_THREE = (LODGED, ADMITTED, THREE)
EVERYBODY = {CHAIR: FREE, MEMBER: TIED, THIRD: TIED, FOURTH: FREE, OFFICER: THE_OFFICER}
CONFIRM = ConfirmOutcome(appeal_id=APPEAL_ID, proposal=1, account="I read the log.")
CONFIRMED = OutcomeConfirmed(proposal=1, member=MEMBER, account="I read the log.")
DISSENT = DissentFromOutcome(appeal_id=APPEAL_ID, account="The breaks were given.")
DISSENTED = DissentRecorded(member=MEMBER, account="The breaks were given.")
TOOK_EFFECT = changed(DECIDED, proposal=1, behind=frozenset({CHAIR, MEMBER}))
ADD = AddMember(appeal_id=APPEAL_ID, member=FOURTH)
ADDED = PanelMemberAdded(member=FOURTH, independent=True, added_on=TODAY, officer=OFFICER)
RECUSE = RecuseMember(appeal_id=APPEAL_ID, reason="I know the family.")
RECUSED = PanelMemberRecused(member=MEMBER, reason="I know the family.")
REPLACE = ReplaceMember(appeal_id=APPEAL_ID, member=MEMBER, replacement=FOURTH, reason="She is ill.")
REPLACED = PanelMemberReplaced(
    member=MEMBER, replacement=FOURTH, independent=True, reason="She is ill.", officer=OFFICER
)
TWO_WEEKS_LATER = date(2026, 12, 22)
"""The tenth working day after the proposal of Tuesday 8 December."""


def as_(person_id: UUID, **people: Person) -> ForPanel:
    """Return what is known when this person acts; ``people`` by role in the story are somebody else."""
    named = {an_id(name): person for name, person in people.items()}
    return changed(PANEL, by=person_id, people={**EVERYBODY, **named})


# --- proposals and answers ---


def test_a_proposal_is_its_proposers_confirmation() -> None:
    appeal = given(APPEAL, *WITH_PANEL, PROPOSED).state
    assert appeal.answers == (PanelAnswer(member=CHAIR, proposal=1, account=PROPOSED.reasons),)
    assert appeal.status == "with panel"


def test_the_outcome_takes_effect_when_all_of_two_members_stand_behind_it() -> None:
    given(APPEAL, *WITH_PANEL, PROPOSED).when(CONFIRM, as_(MEMBER)).records(CONFIRMED, TOOK_EFFECT)


def test_of_three_members_two_are_enough_if_an_independent_one_has_answered() -> None:
    given(APPEAL, *OF_THREE, PROPOSED).when(CONFIRM, as_(MEMBER)).records(CONFIRMED, TOOK_EFFECT)
    by_member = changed(PROPOSED, member=MEMBER)
    third = changed(CONFIRMED, member=THIRD)
    given(APPEAL, *OF_THREE, by_member).when(CONFIRM, as_(THIRD)).records(third)
    dissent = changed(DISSENTED, member=CHAIR)
    decided = changed(TOOK_EFFECT, behind=frozenset({MEMBER, THIRD}))
    given(APPEAL, *OF_THREE, by_member, third).when(DISSENT, as_(CHAIR)).records(dissent, decided)


def test_what_takes_effect_is_the_proposal_that_more_than_half_stand_behind() -> None:
    second = changed(PROPOSED, proposal=2, member=MEMBER, outcome="dismissed")
    confirmed = changed(CONFIRMED, proposal=2, member=CHAIR)
    decided = changed(TOOK_EFFECT, outcome="dismissed", proposal=2)
    confirm = changed(CONFIRM, proposal=2)
    given(APPEAL, *WITH_PANEL, PROPOSED, second).when(confirm, as_(CHAIR)).records(confirmed, decided)


def test_a_member_who_proposes_again_stands_behind_the_new_proposal_alone() -> None:
    again = changed(PROPOSED, proposal=2, outcome="dismissed")
    appeal = given(APPEAL, *OF_THREE, PROPOSED, again).state
    assert appeal.answers == (PanelAnswer(member=CHAIR, proposal=2, account=PROPOSED.reasons),)
    given(APPEAL, *OF_THREE, PROPOSED, again).when(CONFIRM, as_(MEMBER)).records(CONFIRMED)


@pytest.mark.parametrize(
    ("members", "behind", "answered", "effect"),
    [
        ({CHAIR, MEMBER, THIRD, FOURTH}, {CHAIR, MEMBER}, {CHAIR, MEMBER}, False),
        ({CHAIR, MEMBER, THIRD, FOURTH}, {CHAIR, MEMBER, THIRD}, {CHAIR, MEMBER, THIRD}, True),
        ({CHAIR, MEMBER, THIRD}, {MEMBER, THIRD}, {MEMBER, THIRD}, False),
        ({CHAIR, MEMBER, THIRD}, {MEMBER, THIRD}, {CHAIR, MEMBER, THIRD}, True),
        ({CHAIR}, {CHAIR}, {CHAIR}, False),
    ],
)
def test_more_than_half_and_the_policys_minimum_stand_behind_it_and_an_independent_member_answered(
    members: set[UUID], behind: set[UUID], answered: set[UUID], *, effect: bool
) -> None:
    convened = changed(THREE, members=frozenset(members))
    answers = tuple(PanelAnswer(member=member, proposal=1, account="so") for member in sorted(answered))
    appeal = changed(given(APPEAL, LODGED, ADMITTED, convened).state, answers=answers)
    assert takes_effect(appeal, frozenset(behind)) is effect


def test_when_all_have_answered_and_none_has_more_than_half_the_panel_is_divided_once() -> None:
    given(APPEAL, *WITH_PANEL, PROPOSED).when(DISSENT, as_(MEMBER)).records(DISSENTED, PanelDivided())
    history = (*WITH_PANEL, PROPOSED, DISSENTED, PanelDivided())
    given(APPEAL, *history).when(DISSENT, as_(MEMBER)).records(DISSENTED)
    given(APPEAL, *history).when(CONFIRM, as_(MEMBER)).records(CONFIRMED, TOOK_EFFECT)


def test_each_member_answers_with_an_account_of_their_own() -> None:
    for command in (CONFIRM, DISSENT):
        blank = changed(command, account=" ")
        given(APPEAL, *WITH_PANEL, PROPOSED).when(blank, as_(MEMBER)).rejected(OutcomeIncomplete, "account")


def test_only_a_proposal_before_the_panel_is_answered() -> None:
    given(APPEAL, *WITH_PANEL).when(CONFIRM, as_(MEMBER)).rejected(ProposalUnknown)
    given(APPEAL, *WITH_PANEL).when(DISSENT, as_(MEMBER)).rejected(ProposalUnknown)
    given(APPEAL, *WITH_PANEL, PROPOSED).when(changed(CONFIRM, proposal=2), as_(MEMBER)).rejected(ProposalUnknown)


@pytest.mark.parametrize("command", [CONFIRM, DISSENT])
def test_who_is_no_member_answers_nothing(command: Command) -> None:
    given(APPEAL, *WITH_PANEL, PROPOSED).when(command, as_(OFFICER)).rejected(OfficerMayNotDecide)


def test_what_the_outcome_cites_stays_with_the_case() -> None:
    cites = (an_id("cited"),)
    decided = given(APPEAL, *WITH_PANEL, changed(PROPOSED, cites=cites), CONFIRMED, TOOK_EFFECT).state
    assert decided.cited == {an_id("cited"), EVIDENCE_ID}


def test_an_outcome_cites_items_of_the_decision_and_nothing_else() -> None:
    cites = (EVIDENCE_ID,)
    given(APPEAL, *WITH_PANEL).when(changed(DECIDE, cites=cites), PANEL).records(changed(PROPOSED, cites=cites))
    elsewhere = changed(DECIDE, cites=(EVIDENCE_ID, an_id("elsewhere")))
    given(APPEAL, *WITH_PANEL).when(elsewhere, PANEL).rejected(OutcomeCitesElsewhere)


def test_an_outcome_of_the_time_before_proposals_ended_the_case() -> None:
    appeal = given(APPEAL, *WITH_PANEL, DECIDED).state
    assert (appeal.status, appeal.upheld(), appeal.is_open()) == ("decided", True, False)


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

DIVIDED = (*WITH_PANEL, PROPOSED, DISSENTED, PanelDivided())


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
