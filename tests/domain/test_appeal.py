"""Appeals: standing, grounds, an independent panel, an outcome (APPEAL-1 to APPEAL-14, INTEREST-5)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.admitting import AdmitAppeal, RefuseAppeal
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.deciding import ProposeOutcome
from portfolio.domain.appeal.facts import (
    Answer,
    AppealAdmitted,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    DecisionSubject,
    Ground,
    OutcomeProposed,
    PanelConvened,
)
from portfolio.domain.appeal.lineage import ForPanel
from portfolio.domain.appeal.lodging import (
    ForLodging,
    LodgeAppeal,
)
from portfolio.domain.appeal.outcome import GroundUnanswered, OutcomeIncomplete
from portfolio.domain.appeal.panel import (
    ConvenePanel,
    OfficerMayNotDecide,
    PanelConflicted,
    PanelMemberNotCompetent,
    PanelMemberNotInOffice,
    PanelNotIndependent,
    PanelTooSmall,
)
from portfolio.domain.appeal.state import AppealNotWaiting, AppealUnknown
from portfolio.domain.appeal.withdrawing import AppealAlreadyDecided, AppealNotYours, WithdrawAppeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.facts import AttemptOpened, DecisionVoided, GradeDecided
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.enrolment.facts import AppealForMe
from portfolio.domain.enrolment.parts import Assigned
from portfolio.domain.enrolment.state import Consent, Enrolment
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Command, Fact, Recorded, changed
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import Assignment, Role, WorksFor
from tests.domain.given import given
from tests.domain.test_decision_context import CONTEXT
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CHAIR,
    COACH,
    CRITERIA_ID,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    MEMBER,
    NOW,
    OFFICER,
    PLAN_ID,
    TODAY,
    YESTERDAY,
    an_id,
    person,
)

SUBJECT = DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
GROUND = Ground(ground="procedure", statement="Rest breaks were not given.", items=(EVIDENCE_ID,))
SECOND_GROUND = Ground(ground="evidence", statement="The log was not read.", items=(EVIDENCE_ID,))
LODGE = LodgeAppeal(
    appeal_id=APPEAL_ID,
    subject=SUBJECT,
    grounds=(GROUND, SECOND_GROUND),
)
LODGED = AppealLodged(
    subject=SUBJECT,
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    appellant=APPRENTICE,
    grounds=(GROUND, SECOND_GROUND),
    consent="",
    took_part=frozenset({ASSESSOR, COACH, APPRENTICE}),
)
ADMITTED = AppealAdmitted(officer=OFFICER)
CONVENE = ConvenePanel(appeal_id=APPEAL_ID, members=frozenset({CHAIR, MEMBER}))
CONVENED = PanelConvened(members=frozenset({CHAIR, MEMBER}), independent=frozenset({CHAIR}), officer=OFFICER)
ANSWERS = (Answer(ground=0, answer="They were not."), Answer(ground=1, answer="It was."))
DECIDE = ProposeOutcome(
    appeal_id=APPEAL_ID,
    outcome="upheld",
    reasons="An agreed adjustment was not given.",
    answers=ANSWERS,
)
PROPOSED = OutcomeProposed(
    proposal=1,
    member=CHAIR,
    proposed_on=TODAY,
    outcome="upheld",
    reasons="An agreed adjustment was not given.",
    answers=ANSWERS,
    cites=(),
)
DECIDED = AppealDecided(outcome="upheld", reasons="An agreed adjustment was not given.", answers=ANSWERS)
DISMISSED = changed(DECIDED, outcome="dismissed")
ADMIT = AdmitAppeal(appeal_id=APPEAL_ID)
REFUSE = RefuseAppeal(appeal_id=APPEAL_ID, because="out of time", reason="It came in May.")
NOT_ADMITTED = AppealNotAdmitted(reason="It came in May.", because="out of time", officer=OFFICER)
WITHDRAW = WithdrawAppeal(appeal_id=APPEAL_ID)
WITHDRAWN = AppealWithdrawn()

WITH_PANEL = (LODGED, ADMITTED, CONVENED)

OPENED = AttemptOpened(
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    form_id=FORM_ID,
    component="C1",
    criteria_id=CRITERIA_ID,
    evidence_kinds=frozenset({"work product"}),
    codes=frozenset({"K1"}),
    route="LET",
    number=1,
    barred=frozenset(),
    after_appeal=None,
)
GRADE = GradeDecided(decision_id=DECISION_ID, grade="pass", reasons="All met.", decider=ASSESSOR, context=CONTEXT)
ATTEMPT = ASSESSMENT.fold([OPENED, GRADE])


def enrolment(*parts: tuple[UUID, Assignment]) -> Enrolment:
    """Return Mia's enrolment, with people who have had these parts since yesterday."""
    assigned = tuple(
        Assigned(person_id=person_id, assignment=part, starts_on=YESTERDAY, components=frozenset())
        for person_id, part in parts
    )
    return Enrolment(apprentice=APPRENTICE, plan_id=PLAN_ID, assigned=assigned)


OURS = enrolment((COACH, "coach"))
MIAS = ForLodging(
    by=APPRENTICE,
    at=NOW,
    today=TODAY,
    attempt=ATTEMPT,
    enrolment=OURS,
    attempts=(ATTEMPT,),
    person=person("apprentice"),
    cases={},
)
COACHS = changed(MIAS, by=COACH, person=person("coach"))
CONSENT = Consent(
    consent_id=an_id("consent"),
    person_id=COACH,
    purpose=AppealForMe(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID),
)
CONSENTED = changed(COACHS, enrolment=changed(OURS, consents=(CONSENT,)))


def panellist(works_for: WorksFor, *roles: Role) -> Person:
    """Return somebody who is prepared for appeals panels."""
    prepared = CompetenceRecorded(kind="appeals panel", criteria_id=None, occurred_on=YESTERDAY, detail="")
    return changed(person(*roles), works_for=works_for, competences=(prepared,))


FREE = panellist("none of these", "panel member")
TIED = panellist("assessment organisation", "panel member")
THE_OFFICER = person("appeals officer")
PANEL = ForPanel(
    by=CHAIR,
    at=NOW,
    today=TODAY,
    enrolment=OURS,
    attempts=(ATTEMPT,),
    people={CHAIR: FREE, MEMBER: TIED, OFFICER: THE_OFFICER},
    other_enrolments=(),
)
OFFICERS = changed(PANEL, by=OFFICER)


def knowing(**people: Person) -> ForPanel:
    """Return what is known of a panel in which the chair or the member is somebody else."""
    members = {CHAIR: people.get("chair", FREE), MEMBER: people.get("member", TIED)}
    return changed(PANEL, people={**members, OFFICER: THE_OFFICER})


def set_aside_by(person_id: UUID) -> Recorded:
    """Return that this person set the decision aside."""
    voided = DecisionVoided(decision_id=DECISION_ID, reason_code="malpractice", reason="copied", appeal_id=None)
    return Recorded(
        originator_id=ATTEMPT_ID, originator_version=3, fact=voided, by=person_id, at=NOW, causation=an_id("command")
    )


def asked(command: Command, known: ForPanel) -> ForPanel:
    """Return what is known when the officer convenes, and when the chair answers."""
    return changed(known, by=OFFICER) if isinstance(command, ConvenePanel) else known


@pytest.mark.parametrize("command", [ADMIT, REFUSE, CONVENE, DECIDE, WITHDRAW])
def test_there_is_nothing_to_do_on_an_appeal_that_was_not_lodged(command: Command) -> None:
    given(APPEAL).when(command, PANEL).rejected(AppealUnknown)


def test_an_appeal_is_admitted_or_refused_with_a_reason() -> None:
    given(APPEAL, LODGED).when(ADMIT, OFFICERS).records(ADMITTED)
    given(APPEAL, LODGED).when(REFUSE, OFFICERS).records(NOT_ADMITTED)


def test_an_appeal_is_not_refused_without_a_reason() -> None:
    given(APPEAL, LODGED).when(changed(REFUSE, reason=" "), OFFICERS).rejected(OutcomeIncomplete)


@pytest.mark.parametrize(
    ("command", "history"),
    [
        (ADMIT, (LODGED, ADMITTED)),
        (ADMIT, (LODGED, NOT_ADMITTED)),
        (REFUSE, (LODGED, ADMITTED)),
        (CONVENE, (LODGED,)),
        (CONVENE, WITH_PANEL),
        (CONVENE, (*WITH_PANEL, DECIDED)),
        (CONVENE, (LODGED, WITHDRAWN)),
        (DECIDE, (LODGED, ADMITTED)),
        (DECIDE, (*WITH_PANEL, DECIDED)),
        (DECIDE, (*WITH_PANEL, WITHDRAWN)),
    ],
)
def test_each_step_is_taken_only_when_the_appeal_waits_for_it(command: Command, history: tuple[Fact, ...]) -> None:
    given(APPEAL, *history).when(command, PANEL).rejected(AppealNotWaiting)


def test_a_panel_is_convened_and_its_independent_members_are_named() -> None:
    given(APPEAL, LODGED, ADMITTED).when(CONVENE, OFFICERS).records(CONVENED)


PANELS = [(CONVENE, (LODGED, ADMITTED)), (DECIDE, WITH_PANEL)]
"""The panel is checked when it is convened and again when it decides."""


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_nobody_who_took_part_or_has_an_interest_hears_the_appeal(command: Command, history: Any) -> None:
    declared = InterestDeclared(apprentice=APPRENTICE, interest="personal", detail="")
    interested = knowing(member=changed(TIED, interests=(declared,)))
    released = Assigned(
        person_id=MEMBER, assignment="coach", starts_on=YESTERDAY, ends_on=TODAY, components=frozenset()
    )
    coached = changed(PANEL, enrolment=changed(OURS, assigned=(released,)))
    decided = changed(PANEL, attempts=(ASSESSMENT.fold([OPENED, changed(GRADE, decider=MEMBER)]),))
    elsewhere = changed(PANEL, other_enrolments=(changed(OURS, assigned=(released,)),))
    for known in (interested, coached, elsewhere, decided):
        refusal = given(APPEAL, *history).when(command, asked(command, known)).rejected(PanelConflicted)
        assert refusal.members == {"members": [str(MEMBER)]}


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_who_had_taken_part_when_the_appeal_was_lodged_does_not_hear_it(command: Command, history: Any) -> None:
    lodged = changed(LODGED, took_part=frozenset({CHAIR}))
    given(APPEAL, lodged, *history[1:]).when(command, asked(command, PANEL)).rejected(PanelConflicted)


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_each_member_is_competent(command: Command, history: Any) -> None:
    unprepared = knowing(member=changed(TIED, competences=()))
    refusal = given(APPEAL, *history).when(command, asked(command, unprepared)).rejected(PanelMemberNotCompetent)
    assert refusal.members == {"members": [str(MEMBER)]}


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_one_member_is_independent_of_the_organisation(command: Command, history: Any) -> None:
    given(APPEAL, *history).when(command, asked(command, knowing(chair=TIED))).rejected(PanelNotIndependent)


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_no_appeals_officer_sits_on_the_panel(command: Command, history: Any) -> None:
    officer = knowing(member=changed(TIED, ever_roles=frozenset({"appeals officer", "panel member"})))
    refusal = given(APPEAL, *history).when(command, asked(command, officer)).rejected(OfficerMayNotDecide)
    assert refusal.members == {"members": [str(MEMBER)]}


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_who_was_officer_of_the_case_does_not_sit_on_its_panel(command: Command, history: Any) -> None:
    looked = changed(ADMITTED, officer=CHAIR)
    acted = tuple(looked if fact == ADMITTED else fact for fact in history)
    given(APPEAL, *acted).when(command, asked(command, PANEL)).rejected(OfficerMayNotDecide)


@pytest.mark.parametrize(("command", "history"), PANELS)
def test_a_member_of_whom_nothing_is_on_record_does_not_hear_the_appeal(command: Command, history: Any) -> None:
    given(APPEAL, *history).when(command, asked(command, knowing(member=Person()))).rejected(PanelMemberNotInOffice)


def test_a_panel_has_at_least_two_members() -> None:
    alone = changed(CONVENE, members=frozenset({CHAIR}))
    given(APPEAL, LODGED, ADMITTED).when(alone, PANEL).rejected(PanelTooSmall, "1 of at least 2")


def test_a_member_of_the_panel_proposes_its_outcome_with_an_answer_to_each_ground() -> None:
    given(APPEAL, *WITH_PANEL).when(DECIDE, PANEL).records(PROPOSED)
    dismissed, members = changed(DECIDE, outcome="dismissed"), changed(PANEL, by=MEMBER)
    given(APPEAL, *WITH_PANEL).when(dismissed, members).records(changed(PROPOSED, outcome="dismissed", member=MEMBER))


def test_the_appeals_officer_never_decides() -> None:
    given(APPEAL, *WITH_PANEL).when(DECIDE, changed(PANEL, by=OFFICER)).rejected(OfficerMayNotDecide)


def test_an_outcome_gives_its_reasons() -> None:
    given(APPEAL, *WITH_PANEL).when(changed(DECIDE, reasons=""), PANEL).rejected(OutcomeIncomplete)


@pytest.mark.parametrize(
    "answers", [ANSWERS[:1], (ANSWERS[0], Answer(ground=1, answer=" ")), (*ANSWERS[:1], ANSWERS[0])]
)
def test_every_ground_is_answered(answers: Any) -> None:
    refusal = (
        given(APPEAL, *WITH_PANEL).when(changed(DECIDE, answers=answers), PANEL).rejected(GroundUnanswered, "evidence")
    )
    assert refusal.members == {"grounds": ["evidence"]}


@pytest.mark.parametrize("history", [(LODGED,), (LODGED, ADMITTED), WITH_PANEL])
def test_the_appellant_withdraws_before_the_outcome(history: tuple[Fact, ...]) -> None:
    given(APPEAL, *history).when(WITHDRAW, MIAS).records(WITHDRAWN)


@pytest.mark.parametrize("end", [(*WITH_PANEL, DECIDED), (LODGED, NOT_ADMITTED), (LODGED, WITHDRAWN)])
def test_after_its_end_an_appeal_is_not_withdrawn(end: tuple[Fact, ...]) -> None:
    given(APPEAL, *end).when(WITHDRAW, MIAS).rejected(AppealAlreadyDecided)


def test_nobody_else_withdraws_the_appeal() -> None:
    given(APPEAL, LODGED).when(WITHDRAW, COACHS).rejected(AppealNotYours)


def test_the_appeal_knows_who_is_what_to_it() -> None:
    appeal = given(APPEAL, *WITH_PANEL).state
    assert appeal.subject() == APPRENTICE
    assert appeal.relations(APPRENTICE, TODAY) == {"appellant", "took part"}
    assert appeal.relations(CHAIR, TODAY) == {"member of the panel"}
    assert appeal.relations(ASSESSOR, TODAY) == {"took part"}
    assert appeal.relations(OFFICER, TODAY) == set()


def test_the_parties_of_a_case_are_all_who_take_part_in_it() -> None:
    parties = given(APPEAL, LODGED, ADMITTED, CONVENED).state.parties()
    assert parties == LODGED.took_part | {LODGED.apprentice, LODGED.appellant, OFFICER, CHAIR, MEMBER}
