"""Appeals: standing, grounds, an independent panel, an outcome (APPEAL-1 to APPEAL-14, INTEREST-5)."""

from typing import Any

import pytest

from portfolio.domain.appeal import (
    APPEAL,
    GROUNDS,
    AdjustmentSubject,
    AdmitAppeal,
    Answer,
    AppealAdmitted,
    AppealAlreadyDecided,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealNotWaiting,
    AppealNotYours,
    AppealSubjectNotAllowed,
    AppealUnknown,
    AppealWithdrawn,
    AppellantWithoutStanding,
    ConvenePanel,
    DecideAppeal,
    DecisionSubject,
    Ground,
    GroundNotInPolicy,
    GroundUnanswered,
    LodgeAppeal,
    MalpracticeSubject,
    Member,
    OfficerMayNotDecide,
    OutcomeIncomplete,
    PanelConflicted,
    PanelConvened,
    PanelMemberNotCompetent,
    PanelNotIndependent,
    PanelTooSmall,
    RefuseAppeal,
    ResultSubject,
    WithdrawAppeal,
)
from portfolio.domain.enrolment import ConsentMissing
from portfolio.domain.kernel import Command, Fact, changed
from tests.domain.given import given
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CHAIR,
    COACH,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    MEMBER,
    OFFICER,
    TODAY,
    an_id,
)

SUBJECT = DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
GROUND = Ground(ground="procedure", statement="Rest breaks were not given.", items=(EVIDENCE_ID,))
SECOND_GROUND = Ground(ground="evidence", statement="The log was not read.", items=(EVIDENCE_ID,))
LODGE = LodgeAppeal(
    appeal_id=APPEAL_ID,
    subject=SUBJECT,
    grounds=(GROUND, SECOND_GROUND),
    by=APPRENTICE,
    relations=frozenset({"the apprentice"}),
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    known=True,
    items=frozenset({EVIDENCE_ID}),
    took_part=frozenset({ASSESSOR, COACH}),
)
LODGED = AppealLodged(
    subject=SUBJECT,
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    appellant=APPRENTICE,
    grounds=(GROUND, SECOND_GROUND),
    consent="",
    took_part=frozenset({ASSESSOR, COACH}),
)
ADMITTED = AppealAdmitted()
FREE = Member(person_id=CHAIR, competent=True, conflicted=False, independent=True, ever_officer=False)
TIED = changed(FREE, person_id=MEMBER, independent=False)
CONVENE = ConvenePanel(appeal_id=APPEAL_ID, members=frozenset({CHAIR, MEMBER}), checked=(FREE, TIED))
CONVENED = PanelConvened(members=frozenset({CHAIR, MEMBER}), independent=frozenset({CHAIR}))
ANSWERS = (Answer(ground=0, answer="They were not."), Answer(ground=1, answer="It was."))
DECIDE = DecideAppeal(
    appeal_id=APPEAL_ID,
    outcome="upheld",
    reasons="An agreed adjustment was not given.",
    answers=ANSWERS,
    by=CHAIR,
    checked=(FREE, TIED),
)
DECIDED = AppealDecided(outcome="upheld", reasons="An agreed adjustment was not given.", answers=ANSWERS)
ADMIT = AdmitAppeal(appeal_id=APPEAL_ID)
REFUSE = RefuseAppeal(appeal_id=APPEAL_ID, reason="out of time")
NOT_ADMITTED = AppealNotAdmitted(reason="out of time")
WITHDRAW = WithdrawAppeal(appeal_id=APPEAL_ID, by=APPRENTICE)
WITHDRAWN = AppealWithdrawn()

WITH_PANEL = (LODGED, ADMITTED, CONVENED)


def test_the_apprentice_appeals_against_a_decision() -> None:
    given(APPEAL).when(LODGE).records(LODGED)


def test_a_coach_appeals_with_the_apprentices_consent() -> None:
    for_mia = changed(LODGE, by=COACH, relations=frozenset({"assigned coach"}), consent="Mia's letter of 9 December")
    given(APPEAL).when(for_mia).records(changed(LODGED, appellant=COACH, consent="Mia's letter of 9 December"))


def test_a_coach_does_not_appeal_without_consent() -> None:
    given(APPEAL).when(changed(LODGE, by=COACH, relations=frozenset({"assigned coach"}))).rejected(ConsentMissing)


@pytest.mark.parametrize("relation", ["assigned employer", "assigned assessor", "assigned internal quality assurer"])
def test_nobody_else_has_standing(relation: str) -> None:
    other = changed(LODGE, relations=frozenset({relation}), consent="given")
    given(APPEAL).when(other).rejected(AppellantWithoutStanding)


@pytest.mark.parametrize(
    "subject",
    [
        ResultSubject(result_id=an_id("result")),
        AdjustmentSubject(enrolment_id=ENROLMENT_ID, adjustment_id=an_id("adjustment")),
        MalpracticeSubject(case_id=an_id("case")),
    ],
)
def test_what_does_not_exist_yet_cannot_be_appealed_against(subject: Any) -> None:
    given(APPEAL).when(changed(LODGE, subject=subject)).rejected(AppealSubjectNotAllowed)


def test_a_decision_that_does_not_stand_cannot_be_appealed_against() -> None:
    given(APPEAL).when(changed(LODGE, known=False)).rejected(AppealSubjectNotAllowed)


def test_an_appeal_has_a_ground() -> None:
    given(APPEAL).when(changed(LODGE, grounds=())).rejected(GroundNotInPolicy, "No ground")


def test_a_ground_is_one_of_the_policys() -> None:
    unfair = changed(LODGE, grounds=(GROUND, changed(GROUND, ground="unfairness")))
    refusal = given(APPEAL).when(unfair).rejected(GroundNotInPolicy, "'unfairness'")
    assert refusal.members == {"grounds": list(GROUNDS)}


@pytest.mark.parametrize("items", [(), (an_id("elsewhere"),), (EVIDENCE_ID, an_id("elsewhere"))])
def test_each_ground_points_at_items_of_the_decision(items: Any) -> None:
    loose = changed(LODGE, grounds=(changed(GROUND, items=items),))
    given(APPEAL).when(loose).rejected(GroundNotInPolicy, "no item")


def test_an_appeal_is_lodged_once() -> None:
    given(APPEAL, LODGED).when(LODGE).rejected(AppealNotWaiting, "lodged")


@pytest.mark.parametrize("command", [ADMIT, REFUSE, CONVENE, DECIDE, WITHDRAW])
def test_there_is_nothing_to_do_on_an_appeal_that_was_not_lodged(command: Command) -> None:
    given(APPEAL).when(command).rejected(AppealUnknown)


def test_an_appeal_is_admitted_or_refused_with_a_reason() -> None:
    given(APPEAL, LODGED).when(ADMIT).records(ADMITTED)
    given(APPEAL, LODGED).when(REFUSE).records(NOT_ADMITTED)


def test_an_appeal_is_not_refused_without_a_reason() -> None:
    given(APPEAL, LODGED).when(changed(REFUSE, reason=" ")).rejected(OutcomeIncomplete)


@pytest.mark.parametrize(
    ("command", "history"),
    [
        (ADMIT, (LODGED, ADMITTED)),
        (ADMIT, (LODGED, NOT_ADMITTED)),
        (REFUSE, (LODGED, ADMITTED)),
        (CONVENE, (LODGED,)),
        (CONVENE, (*WITH_PANEL, DECIDED)),
        (CONVENE, (LODGED, WITHDRAWN)),
        (DECIDE, (LODGED, ADMITTED)),
        (DECIDE, (*WITH_PANEL, DECIDED)),
        (DECIDE, (*WITH_PANEL, WITHDRAWN)),
    ],
)
def test_each_step_is_taken_only_when_the_appeal_waits_for_it(command: Command, history: tuple[Fact, ...]) -> None:
    given(APPEAL, *history).when(command).rejected(AppealNotWaiting)


def test_a_panel_is_convened_and_its_independent_members_are_named() -> None:
    given(APPEAL, LODGED, ADMITTED).when(CONVENE).records(CONVENED)


def test_a_panel_that_lost_a_member_is_convened_anew_before_the_outcome() -> None:
    given(APPEAL, *WITH_PANEL).when(CONVENE).records(CONVENED)


PANELS = [(CONVENE, (LODGED, ADMITTED)), (DECIDE, WITH_PANEL)]
"""The panel is checked when it is convened and again when it decides."""


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_nobody_who_took_part_or_has_an_interest_hears_the_appeal(command: Command, history: Any) -> None:
    partial = changed(command, checked=(FREE, changed(TIED, conflicted=True)))
    refusal = given(APPEAL, *history).when(partial).rejected(PanelConflicted)
    assert refusal.members == {"members": [str(MEMBER)]}


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_each_member_is_competent(command: Command, history: Any) -> None:
    unprepared = changed(command, checked=(FREE, changed(TIED, competent=False)))
    refusal = given(APPEAL, *history).when(unprepared).rejected(PanelMemberNotCompetent)
    assert refusal.members == {"members": [str(MEMBER)]}


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_one_member_is_independent_of_the_organisation(command: Command, history: Any) -> None:
    dependent = changed(command, checked=(changed(FREE, independent=False), TIED))
    given(APPEAL, *history).when(dependent).rejected(PanelNotIndependent)


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_no_appeals_officer_sits_on_the_panel(command: Command, history: Any) -> None:
    officer = changed(command, checked=(FREE, changed(TIED, ever_officer=True)))
    refusal = given(APPEAL, *history).when(officer).rejected(OfficerMayNotDecide)
    assert refusal.members == {"members": [str(MEMBER)]}


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_a_member_of_whom_nothing_is_on_record_does_not_hear_the_appeal(command: Command, history: Any) -> None:
    given(APPEAL, *history).when(changed(command, checked=(FREE,))).rejected(PanelConflicted)


def test_a_panel_has_at_least_two_members() -> None:
    alone = changed(CONVENE, members=frozenset({CHAIR}))
    given(APPEAL, LODGED, ADMITTED).when(alone).rejected(PanelTooSmall, "1 of at least 2")


def test_a_member_of_the_panel_gives_its_outcome_with_an_answer_to_each_ground() -> None:
    given(APPEAL, *WITH_PANEL).when(DECIDE).records(DECIDED)
    dismissed = changed(DECIDE, outcome="dismissed", by=MEMBER)
    given(APPEAL, *WITH_PANEL).when(dismissed).records(changed(DECIDED, outcome="dismissed"))


def test_the_appeals_officer_never_decides() -> None:
    given(APPEAL, *WITH_PANEL).when(changed(DECIDE, by=OFFICER)).rejected(OfficerMayNotDecide)


def test_an_outcome_gives_its_reasons() -> None:
    given(APPEAL, *WITH_PANEL).when(changed(DECIDE, reasons="")).rejected(OutcomeIncomplete)


@pytest.mark.parametrize(
    "answers", [ANSWERS[:1], (ANSWERS[0], Answer(ground=1, answer=" ")), (*ANSWERS[:1], ANSWERS[0])]
)
def test_every_ground_is_answered(answers: Any) -> None:
    refusal = given(APPEAL, *WITH_PANEL).when(changed(DECIDE, answers=answers)).rejected(GroundUnanswered, "evidence")
    assert refusal.members == {"grounds": ["evidence"]}


@pytest.mark.parametrize("history", [(LODGED,), (LODGED, ADMITTED), WITH_PANEL])
def test_the_appellant_withdraws_before_the_outcome(history: tuple[Fact, ...]) -> None:
    given(APPEAL, *history).when(WITHDRAW).records(WITHDRAWN)


@pytest.mark.parametrize("end", [(*WITH_PANEL, DECIDED), (LODGED, NOT_ADMITTED), (LODGED, WITHDRAWN)])
def test_after_its_end_an_appeal_is_not_withdrawn(end: tuple[Fact, ...]) -> None:
    given(APPEAL, *end).when(WITHDRAW).rejected(AppealAlreadyDecided)


def test_nobody_else_withdraws_the_appeal() -> None:
    given(APPEAL, LODGED).when(changed(WITHDRAW, by=COACH)).rejected(AppealNotYours)


def test_the_appeal_knows_who_is_what_to_it() -> None:
    appeal = given(APPEAL, *WITH_PANEL).state
    assert appeal.subject() == APPRENTICE
    assert appeal.relations(APPRENTICE, TODAY) == {"appellant"}
    assert appeal.relations(CHAIR, TODAY) == {"member of the panel"}
    assert appeal.relations(ASSESSOR, TODAY) == {"took part"}
    assert appeal.relations(OFFICER, TODAY) == set()
