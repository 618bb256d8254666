"""What rules know is what stands on record: each loader on a record with a history."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.application.loaders import load
from portfolio.domain.criteria import ApproveCriteria
from portfolio.domain.kernel import Command
from portfolio.domain.plan import ImportPlan, PlanEdition
from portfolio.plan_reader.text import PlanUnreadable
from tests.application.stage import ADMINISTRATOR, CRITERIA, PLAN_ID, TEXT, Stage
from tests.domain.world import an_id


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
