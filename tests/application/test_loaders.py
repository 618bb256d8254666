"""What rules know is what stands on record: each loader on a record with a history."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.application.loaders import load
from portfolio.domain.criteria import ApproveCriteria
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment import AssignPerson, ChangeRoute, EnrolApprentice
from portfolio.domain.form import AddComponent, ApproveForm, DraftForm
from portfolio.domain.kernel import Command, changed
from portfolio.domain.plan import ImportPlan, PlanEdition
from portfolio.plan_reader.text import PlanUnreadable
from tests.application.stage import (
    ADMINISTRATOR,
    ASSESSOR,
    CRITERIA,
    CVT_FORM,
    ENROLMENT,
    FORM,
    MIA,
    PLAN_ID,
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
