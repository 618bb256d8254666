"""Appeals: standing, grounds, an independent panel, an outcome (APPEAL-1 to APPEAL-14, INTEREST-5)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal.acting import appellant_now
from portfolio.domain.appeal.admitting import AdmitAppeal, RefuseAppeal
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.deciding import ProposeOutcome
from portfolio.domain.appeal.facts import (
    AdjustmentSubject,
    Answer,
    AppealAdmitted,
    AppealDecided,
    AppealLodged,
    AppealNotAdmitted,
    AppealWithdrawn,
    DecisionSubject,
    Ground,
    MalpracticeSubject,
    OutcomeProposed,
    PanelConvened,
    ResultSubject,
)
from portfolio.domain.appeal.lineage import ForPanel, lineage
from portfolio.domain.appeal.lodging import (
    GROUNDS,
    AppealAlreadyOpen,
    AppealSubjectNotAllowed,
    AppellantWithoutStanding,
    ForLodging,
    GroundNotInPolicy,
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
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptOpened, DecisionVoided, GradeDecided, GradeDecisionSuperseded
from portfolio.domain.enrolment.facts import AppealForMe
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.enrolment.state import Assigned, Consent, Enrolment
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import NOBODY, Command, Fact, Recorded, changed
from portfolio.domain.person import CompetenceRecorded, Person
from portfolio.domain.vocabulary import Assignment, Role, WorksFor
from tests.domain.given import given
from tests.domain.test_decision_context import CONTEXT, found
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CHAIR,
    COACH,
    CRITERIA_ID,
    DECISION_ID,
    EMPLOYER,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    MEMBER,
    NOW,
    OFFICER,
    OTHER_ASSESSOR,
    PLAN_ID,
    QUALITY,
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


def test_the_apprentice_appeals_against_a_decision() -> None:
    given(APPEAL).when(LODGE, MIAS).records(LODGED)


def test_a_coach_appeals_with_the_apprentices_consent() -> None:
    wrote = changed(LODGE, consent="She asked me.")
    lodged = changed(LODGED, appellant=COACH, consent="She asked me.", consent_id=CONSENT.consent_id)
    given(APPEAL).when(wrote, CONSENTED).records(lodged)


def test_a_coach_does_not_appeal_without_consent() -> None:
    given(APPEAL).when(LODGE, COACHS).rejected(ConsentMissing)
    given(APPEAL).when(changed(LODGE, consent="Mia's letter of 9 December"), COACHS).rejected(ConsentMissing)
    for consent in (
        changed(CONSENT, taken_back=True),
        changed(CONSENT, person_id=EMPLOYER),
        changed(CONSENT, purpose=AppealForMe(assessment_id=ATTEMPT_ID, decision_id=an_id("another decision"))),
    ):
        known = changed(COACHS, enrolment=changed(OURS, consents=(consent,)))
        given(APPEAL).when(LODGE, known).rejected(ConsentMissing)
    earlier = APPEAL.fold([changed(LODGED, consent_id=CONSENT.consent_id), WITHDRAWN])
    used = changed(CONSENTED, cases={an_id("earlier appeal"): earlier})
    given(APPEAL).when(LODGE, used).rejected(ConsentMissing)


def test_a_coach_without_the_role_has_no_standing() -> None:
    given(APPEAL).when(LODGE, changed(CONSENTED, person=person("employer"))).rejected(AppellantWithoutStanding)


def test_a_coach_is_the_appellant_while_they_coach_and_the_consent_stands() -> None:
    lodged = APPEAL.fold([changed(LODGED, appellant=COACH, consent_id=CONSENT.consent_id)])
    ours = changed(OURS, consents=(CONSENT,))
    assert appellant_now(lodged, ours, person("coach"), TODAY) == COACH
    taken_back = changed(ours, consents=(changed(CONSENT, taken_back=True),))
    assert appellant_now(lodged, taken_back, person("coach"), TODAY) == APPRENTICE
    assert appellant_now(lodged, ours, person("employer"), TODAY) == APPRENTICE
    assert appellant_now(lodged, enrolment(), person("coach"), TODAY) == APPRENTICE


@pytest.mark.parametrize("part", ["employer", "assessor", "internal quality assurer"])
def test_nobody_else_has_standing(part: Assignment) -> None:
    others = changed(MIAS, by=EMPLOYER, enrolment=enrolment((COACH, "coach"), (EMPLOYER, part)))
    given(APPEAL).when(changed(LODGE, consent="given"), others).rejected(AppellantWithoutStanding)


def test_a_coach_who_was_released_has_no_standing_any_more() -> None:
    (part,) = OURS.assigned
    released = changed(COACHS, enrolment=changed(OURS, assigned=(changed(part, ends_on=TODAY),)))
    given(APPEAL).when(changed(LODGE, consent="given"), released).rejected(AppellantWithoutStanding)


@pytest.mark.parametrize(
    "subject",
    [
        ResultSubject(result_id=an_id("result")),
        AdjustmentSubject(enrolment_id=ENROLMENT_ID, adjustment_id=an_id("adjustment")),
        MalpracticeSubject(case_id=an_id("case")),
    ],
)
def test_what_does_not_exist_yet_cannot_be_appealed_against(subject: Any) -> None:
    given(APPEAL).when(changed(LODGE, subject=subject), MIAS).rejected(AppealSubjectNotAllowed)


def test_a_decision_that_is_not_there_or_was_superseded_cannot_be_appealed_against() -> None:
    superseded = GradeDecisionSuperseded(
        decision_id=DECISION_ID, superseded_by=an_id("another"), reason_code="marking error", authority="lead"
    )
    for attempt in (ASSESSMENT.fold([OPENED, GRADE, superseded]), ASSESSMENT.fold([OPENED]), Assessment()):
        given(APPEAL).when(LODGE, changed(MIAS, attempt=attempt)).rejected(AppealSubjectNotAllowed)
    other = changed(LODGE, subject=changed(SUBJECT, decision_id=an_id("another")))
    given(APPEAL).when(other, MIAS).rejected(AppealSubjectNotAllowed)


def test_that_a_decision_was_set_aside_otherwise_than_by_a_case_may_be_contested() -> None:
    voided = DecisionVoided(decision_id=DECISION_ID, reason_code="malpractice", reason="copied", appeal_id=None)
    known = changed(MIAS, attempt=ASSESSMENT.fold([OPENED, GRADE, voided]))
    given(APPEAL).when(LODGE, known).records(changed(LODGED, set_aside=True))
    by_case = changed(known, cases={an_id("case"): given(APPEAL, *WITH_PANEL, DECIDED).state})
    given(APPEAL).when(LODGE, by_case).rejected(AppealSubjectNotAllowed)
    dismissed = changed(known, cases={an_id("case"): given(APPEAL, *WITH_PANEL, DISMISSED).state})
    given(APPEAL).when(LODGE, dismissed).records(changed(LODGED, set_aside=True))


def test_one_case_is_open_on_all_decisions_of_an_attempt() -> None:
    elsewhere = changed(LODGED, subject=changed(SUBJECT, assessment_id=an_id("another attempt")))
    open_elsewhere = changed(MIAS, cases={an_id("case"): given(APPEAL, elsewhere).state})
    given(APPEAL).when(LODGE, open_elsewhere).records(LODGED)
    other_decision = changed(LODGED, subject=changed(SUBJECT, decision_id=an_id("an earlier decision")))
    known = changed(MIAS, cases={an_id("case"): given(APPEAL, other_decision).state})
    refusal = given(APPEAL).when(LODGE, known).rejected(AppealAlreadyOpen)
    assert refusal.members == {"appeals": [str(an_id("case"))]}


def test_only_an_appeal_against_a_decision_names_an_attempt() -> None:
    assert LODGE.attempt_id == ATTEMPT_ID
    assert changed(LODGE, subject=ResultSubject(result_id=an_id("result"))).attempt_id == NOBODY


def test_who_took_part_is_everybody_who_found_decided_or_had_a_part_and_the_apprentice() -> None:
    other = ASSESSMENT.fold([OPENED, found("K1", by=OTHER_ASSESSOR)])
    around = enrolment((COACH, "coach"), (EMPLOYER, "employer"), (QUALITY, "internal quality assurer"))
    everybody = {ASSESSOR, OTHER_ASSESSOR, COACH, EMPLOYER, QUALITY, APPRENTICE}
    assert lineage(around, (ATTEMPT, other)) == everybody


def test_an_appeal_has_a_ground() -> None:
    given(APPEAL).when(changed(LODGE, grounds=()), MIAS).rejected(GroundNotInPolicy, "No ground")


def test_a_ground_is_one_of_the_policys() -> None:
    unfair = changed(LODGE, grounds=(GROUND, changed(GROUND, ground="unfairness")))
    refusal = given(APPEAL).when(unfair, MIAS).rejected(GroundNotInPolicy, "'unfairness'")
    assert refusal.members == {"grounds": list(GROUNDS)}


def test_a_ground_may_point_at_the_attempt_itself() -> None:
    nobody_came = changed(LODGE, grounds=(changed(GROUND, items=(ATTEMPT_ID,)),))
    given(APPEAL).when(nobody_came, MIAS).records(changed(LODGED, grounds=nobody_came.grounds))


@pytest.mark.parametrize("items", [(), (an_id("elsewhere"),), (EVIDENCE_ID, an_id("elsewhere"))])
def test_each_ground_points_at_items_of_the_decision(items: Any) -> None:
    loose = changed(LODGE, grounds=(changed(GROUND, items=items),))
    given(APPEAL).when(loose, MIAS).rejected(GroundNotInPolicy, "must point at")


def test_an_appeal_is_lodged_once() -> None:
    given(APPEAL, LODGED).when(LODGE, MIAS).rejected(AppealNotWaiting, "lodged")


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
