"""What rules know is what stands on record: each loader on a record with a history."""

import hashlib
from typing import Any
from uuid import UUID

import pytest

from portfolio.application.loaders import load
from portfolio.application.loaders.criteria import later_versions
from portfolio.domain.appeal.admitting import AdmitAppeal
from portfolio.domain.appeal.deciding import ProposeOutcome
from portfolio.domain.appeal.facts import Answer, DecisionSubject, Ground, ResultSubject
from portfolio.domain.appeal.lineage import lineage
from portfolio.domain.appeal.lodging import AppealSubjectNotAllowed, LodgeAppeal
from portfolio.domain.appeal.panel import ConvenePanel, PanelConflicted
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.criteria import ApproveCriteria, RecordPredecessor
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.assignments import AssignPerson
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.routes import ChangeRoute
from portfolio.domain.enrolment.state import Enrolment, route_codes
from portfolio.domain.evidence.claims import ClaimAlreadyAnswered
from portfolio.domain.evidence.commands import (
    AnnotateEvidence,
    ClaimStatements,
    DropClaim,
    OfferEvidence,
    ServeEvidence,
    WithdrawEvidence,
    WriteRecord,
)
from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.evidence.handing_in import EvidenceAlreadyCited
from portfolio.domain.evidence.selector import SelectorNotForMedia, TextQuote, WholeItem
from portfolio.domain.form import AddComponent, ApproveForm, DraftForm
from portfolio.domain.interests import DeclareInterest, InterestNotDeclared
from portfolio.domain.kernel import Command, NotVisible, changed
from portfolio.domain.person import Person
from portfolio.domain.plan import ImportPlan, PlanEdition
from portfolio.plan_reader.text import PlanUnreadable
from tests.application.stage import (
    ADMINISTRATOR,
    APPEAL,
    APPEALS,
    ASSESSOR,
    CENTRE_ASSESSOR,
    CHAIR,
    COACH,
    CRITERIA,
    CVT_FORM,
    DECISION,
    ENROLMENT,
    FORM,
    KNOWLEDGE,
    LOG,
    MEMBER,
    MIA,
    OBSERVED,
    PLAN_ID,
    PORTFOLIO,
    QUALITY,
    RESPONSIBLE,
    SKILLS,
    TEXT,
    Stage,
)
from tests.domain.world import SHA, an_id
from tests.tools.examples import example_of

A_QUOTE = changed(
    example_of(AnnotateEvidence),
    evidence_id=LOG,
    version=1,
    sha256=SHA,
    revises=None,
    redaction=0,
    selector=TextQuote(exact="rig"),
)


def known(stage: Stage, command: Command, by: UUID = ADMINISTRATOR) -> Any:
    """Return what the rule of the command knows when this person gives it now."""
    return load(stage.session(), command, by, stage.at)


def test_who_acts_and_what_day_it_is_in_london_is_known_to_every_rule(stage: Stage) -> None:
    stage.at = stage.at.replace(hour=23, month=7, day=1)
    for command in (ImportPlan(plan_id=PLAN_ID, text=TEXT), ApproveCriteria(criteria_id=CRITERIA)):
        loaded = known(stage, command)
        assert (loaded.by, loaded.at, loaded.today.isoformat()) == (ADMINISTRATOR, stage.at, "2026-07-02")


# --- plans and criteria ---


def test_a_plan_is_read_from_its_text(stage: Stage) -> None:
    assert len(known(stage, ImportPlan(plan_id=PLAN_ID, text=TEXT)).plan.outcomes) == 10


def test_a_text_that_nobody_could_read_is_not_imported(stage: Stage) -> None:
    with pytest.raises(PlanUnreadable):
        stage.do(ImportPlan(plan_id=an_id("shopping list"), text="Eggs, flour, milk."), ADMINISTRATOR)


def test_criteria_know_their_plan(stage: Stage) -> None:
    assert known(stage, ApproveCriteria(criteria_id=CRITERIA)).edition.plan.reference == "ST1297"
    assert known(stage, ApproveCriteria(criteria_id=an_id("?"))).edition == PlanEdition()


# --- forms ---


def test_the_line_of_criteria_is_known_in_both_directions(stage: Stage) -> None:
    second, third = an_id("second version"), an_id("third version")
    stage.write_criteria(second, "2", follows=CRITERIA)
    stage.write_criteria(third, "3")
    stage.do(RecordPredecessor(criteria_id=third, follows=second, reason="It came after."), RESPONSIBLE)
    back = RecordPredecessor(criteria_id=CRITERIA, follows=third, reason="?")
    assert known(stage, back).line == (third, second, CRITERIA)
    assert [later.version for later in later_versions(stage.session(), CRITERIA)] == ["2", "3"]
    assert later_versions(stage.session(), third) == ()


def test_forms_know_their_plan(stage: Stage) -> None:
    for command in (
        DraftForm(form_id=an_id("new"), plan_id=PLAN_ID, title="?", routes=()),
        changed(example_of(AddComponent), form_id=FORM),
        ApproveForm(form_id=FORM),
    ):
        assert known(stage, command).edition.plan.reference == "ST1297"


def test_the_approval_of_a_form_knows_the_deployment_and_the_criteria_that_components_name(stage: Stage) -> None:
    approval = known(stage, ApproveForm(form_id=FORM))
    assert approval.deployment == Deployment(mode="demo")
    assert {key: criteria.approved for key, criteria in approval.criteria.items()} == {CRITERIA: True}
    assert len(approval.edition.sha256) == 64


# --- enrolments ---


def test_the_person_the_plan_and_the_form_of_an_enrolment_are_those_on_record(stage: Stage) -> None:
    stage.enrol()
    naming = changed(example_of(EnrolApprentice), apprentice=MIA, plan_id=PLAN_ID, form_id=FORM)
    enrol = known(stage, naming)
    assert (enrol.person.roles, enrol.edition.plan.reference, enrol.form.routes) == ({"apprentice"}, "ST1297", ("LET",))
    assert enrol.deployment == Deployment(mode="demo")
    move = known(stage, changed(example_of(ChangeRoute), enrolment_id=ENROLMENT, form_id=CVT_FORM))
    assert (move.edition.plan.reference, move.form.routes) == ("ST1297", ("CVT",))
    assert known(stage, changed(example_of(AssignPerson), person_id=ASSESSOR)).person.roles == {"assessor"}


# --- appeals ---


def lodging(decision_id: UUID = DECISION) -> LodgeAppeal:
    subject = DecisionSubject(assessment_id=OBSERVED, decision_id=decision_id)
    ground = Ground(ground="procedure", statement="Rest breaks were not given.", items=(LOG,))
    return LodgeAppeal(appeal_id=APPEAL, subject=subject, grounds=(ground,))


def convening(*members: UUID) -> ConvenePanel:
    return ConvenePanel(appeal_id=APPEAL, members=frozenset(members))


def test_an_appeal_knows_the_decision_the_enrolment_and_every_attempt_under_it(stage: Stage) -> None:
    stage.decided()
    stage.open(PORTFOLIO, "C2")
    lodge = known(stage, lodging(), MIA)
    assert lodge.attempt.effective().decision_id == DECISION
    assert lodge.attempt.effective().context.items() == {LOG}
    assert (lodge.enrolment.apprentice, len(lodge.attempts)) == (MIA, 2)
    assert lineage(lodge.enrolment, lodge.attempts, lodge.today) == {MIA, COACH, ASSESSOR, CENTRE_ASSESSOR, QUALITY}


def test_a_decision_that_is_unknown_cannot_be_appealed_against(stage: Stage) -> None:
    stage.decided()
    with pytest.raises(AppealSubjectNotAllowed):
        stage.do(lodging(an_id("?")), MIA)


def test_an_appeal_against_something_else_than_a_decision_rests_on_no_record(stage: Stage) -> None:
    other = changed(lodging(), subject=ResultSubject(result_id=an_id("result")))
    lodge = known(stage, other, MIA)
    assert (lodge.attempt, lodge.enrolment, lodge.attempts) == (Assessment(), Enrolment(), ())


def test_a_panel_member_is_what_the_record_says(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.convene()
    people = known(stage, convening(CHAIR, MEMBER, APPEALS, an_id("?"))).people
    assert {person for person in people if people[person].prepared_for_panels(stage.today)} == {CHAIR, MEMBER}
    assert {person for person in people if people[person].outside_the_organisation()} == {CHAIR}
    assert {person for person in people if people[person].ever_appeals_officer()} == {APPEALS}
    assert people[an_id("?")] == Person()


def barred(stage: Stage, person: UUID) -> bool:
    """Return whether a panel with the chair and this person is refused because of a conflict."""
    try:
        stage.do(convening(MEMBER, person), APPEALS)
    except PanelConflicted as refusal:
        return refusal.members == {"members": [str(person)]}
    return False


def test_who_took_part_was_tied_or_is_interested_is_conflicted(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.do(AdmitAppeal(appeal_id=APPEAL), APPEALS)
    for person in (ASSESSOR, COACH, QUALITY, MIA):
        assert barred(stage, person)
    stage.do(DeclareInterest(person_id=CHAIR, apprentice=MIA, interest="personal"), CHAIR)
    assert barred(stage, CHAIR)


def test_the_panel_is_looked_at_again_when_it_decides(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.convene()
    stage.do(DeclareInterest(person_id=MEMBER, apprentice=MIA, interest="personal"), MEMBER)
    outcome = ProposeOutcome(appeal_id=APPEAL, outcome="upheld", reasons="?", answers=(Answer(ground=0, answer="so"),))
    deciding = known(stage, outcome, CHAIR)
    assert set(deciding.people) == {CHAIR, MEMBER}
    with pytest.raises(PanelConflicted) as refusal:
        stage.do(outcome, CHAIR)
    assert refusal.value.members == {"members": [str(MEMBER)]}


# --- evidence ---


def test_an_offer_knows_whose_enrolment_it_is_for(stage: Stage) -> None:
    stage.enrol()
    assert known(stage, changed(example_of(OfferEvidence), enrolment_id=ENROLMENT)).enrolment.apprentice == MIA


def test_a_record_and_a_claim_know_the_route_of_the_apprentice_and_its_plan(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    record = known(stage, changed(example_of(WriteRecord), enrolment_id=ENROLMENT))
    assert set(record.attempts) == {OBSERVED}
    for loaded in (record, known(stage, changed(example_of(ClaimStatements), evidence_id=LOG))):
        assert route_codes(loaded.enrolment, loaded.edition, stage.today) == SKILLS | KNOWLEDGE


def test_taking_a_claim_or_a_version_back_knows_all_attempts_of_the_enrolment(stage: Stage) -> None:
    stage.decided()
    stage.open(PORTFOLIO, "C2")
    for command in (
        DropClaim(evidence_id=LOG, version=1, code="S1"),
        WithdrawEvidence(evidence_id=LOG, version=1, reason="?"),
    ):
        attempts = known(stage, command).attempts
        assert [(len(attempt.findings), len(attempt.decisions)) for attempt in attempts] == [(len(SKILLS), 1), (0, 0)]


def test_a_claim_stays_once_a_finding_on_the_code_cites_its_version(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in(codes=frozenset({"S1", "S2"}))
    stage.open()
    stage.find(codes=frozenset({"S1"}))
    with pytest.raises(ClaimAlreadyAnswered):
        stage.do(DropClaim(evidence_id=LOG, version=1, code="S1"), MIA)
    stage.do(DropClaim(evidence_id=LOG, version=1, code="S2"), MIA)


def test_a_version_stays_once_a_decision_rests_on_it(stage: Stage) -> None:
    stage.decided()
    with pytest.raises(EvidenceAlreadyCited):
        stage.do(WithdrawEvidence(evidence_id=LOG, version=1, reason="?"), MIA)


def test_a_view_knows_what_was_shown_to_whom(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    serve = ServeEvidence(evidence_id=LOG, version=1)
    stage.do(serve, ASSESSOR)
    view = known(stage, serve, ASSESSOR)
    assert [entry.by for entry in view.history if isinstance(entry.fact, EvidenceServed)] == [ASSESSOR]


def test_only_who_assesses_or_assures_must_declare_before_the_first_view(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    serve = ServeEvidence(evidence_id=LOG, version=1)
    with pytest.raises(InterestNotDeclared):
        stage.do(serve, QUALITY)
    stage.do(serve, COACH)
    assert [entry.by for entry in stage.facts(EvidenceServed)] == [COACH]


def test_a_quote_is_looked_for_in_the_bytes_of_a_text_file(stage: Stage) -> None:
    stage.enrol()
    content = "I checked the rig – twice.".encode()
    stage.hand_in(media_type="text/plain", content=content)
    quote = changed(A_QUOTE, sha256=hashlib.sha256(content).hexdigest(), selector=TextQuote(exact="the rig – twice"))
    assert known(stage, quote).texts == ("I checked the rig – twice.",)
    assert known(stage, changed(quote, version=2)).texts == ()
    assert known(stage, changed(quote, selector=WholeItem())).texts == ()
    stage.do(quote, ASSESSOR)


def test_a_draft_is_not_read_for_a_quote_and_a_pdf_never(stage: Stage) -> None:
    stage.enrol()
    stage.draft(an_id("draft"), "text/plain")
    stage.hand_in()
    for item, refusal in ((an_id("draft"), NotVisible), (LOG, SelectorNotForMedia)):
        quote = changed(A_QUOTE, evidence_id=item)
        assert known(stage, quote).texts == ()
        with pytest.raises(refusal):
            stage.do(quote, ASSESSOR)
