"""What rules know is what stands on record: each loader on a record with a history."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.application.loaders import load
from portfolio.domain.appeal import (
    Answer,
    AppealSubjectNotAllowed,
    ConvenePanel,
    DecideAppeal,
    DecisionSubject,
    Ground,
    LodgeAppeal,
    PanelConflicted,
    ResultSubject,
    lineage,
)
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.criteria import ApproveCriteria
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment import AssignPerson, ChangeRoute, EnrolApprentice, Enrolment
from portfolio.domain.form import AddComponent, ApproveForm, DraftForm
from portfolio.domain.kernel import Command, changed
from portfolio.domain.person import DeclareInterest, Person
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
    LOG,
    MEMBER,
    MIA,
    OBSERVED,
    PLAN_ID,
    PORTFOLIO,
    QUALITY,
    TEXT,
    Stage,
)
from tests.domain.world import an_id
from tests.tools.examples import example_of


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
    assert lineage(lodge.enrolment, lodge.attempts) == {MIA, COACH, ASSESSOR, CENTRE_ASSESSOR, QUALITY}


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
    assert {person for person in people if people[person].prepared_for_panels()} == {CHAIR, MEMBER}
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
    stage.convene()
    for person in (ASSESSOR, COACH, QUALITY, MIA):
        assert barred(stage, person)
    assert not barred(stage, CHAIR)
    stage.do(DeclareInterest(person_id=CHAIR, apprentice=MIA, interest="personal"), CHAIR)
    assert barred(stage, CHAIR)


def test_the_panel_is_looked_at_again_when_it_decides(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.convene()
    stage.assign_as_assessor(MEMBER)
    outcome = DecideAppeal(appeal_id=APPEAL, outcome="upheld", reasons="?", answers=(Answer(ground=0, answer="so"),))
    deciding = known(stage, outcome, CHAIR)
    assert set(deciding.people) == {CHAIR, MEMBER}
    with pytest.raises(PanelConflicted) as refusal:
        stage.do(outcome, CHAIR)
    assert refusal.value.members == {"members": [str(MEMBER)]}
