"""Panels: what their members propose and answer, and when an outcome takes effect (APPEAL-7, -8)."""

from uuid import UUID

import pytest

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.deciding import OutcomeCitesElsewhere, ProposalUnknown, takes_effect
from portfolio.domain.appeal.facts import PanelDivided
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.panel import OfficerMayNotDecide
from portfolio.domain.appeal.state import PanelAnswer
from portfolio.domain.kernel import Command, changed
from tests.domain.given import given
from tests.domain.panels import CONFIRM, CONFIRMED, DISSENT, DISSENTED, FOURTH, OF_THREE, THIRD, THREE, TOOK_EFFECT, as_
from tests.domain.test_appeal import ADMITTED, DECIDE, DECIDED, LODGED, PANEL, PROPOSED, WITH_PANEL
from tests.domain.world import CHAIR, EVIDENCE_ID, MEMBER, OFFICER, an_id


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
