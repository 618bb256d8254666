"""The context stored with a decision, by its id: who may read it."""

from uuid import UUID, uuid4

import pytest

from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import ITEMS, SELECTOR, appeal, consent, decision, refused, sha

STORED = "/assessments/{attempt}/decisions/{decision}/context"


@pytest.mark.parametrize("reader", ["mia", "assessor", "quality", "lead", "responsible", "officer"])
def test_a_stored_context_is_read_by_those_whom_the_decision_concerns(tell: Tell, reader: str) -> None:
    world = tell("decided")
    shown = world.as_(reader).sees(STORED)
    (decided,) = world.as_("assessor").sees("/assessments/{attempt}")["decisions"]
    assert (shown["sha256"], len(shown["findings"])) == (decided["context_sha256"], 2)


def test_the_panel_reads_the_context_of_the_decision_it_hears(tell: Tell) -> None:
    assert tell("convened").as_("chair").sees(STORED)["findings"]


def test_nobody_else_reads_a_stored_context(tell: Tell) -> None:
    world = tell("decided")
    refused(world.as_("coach").get(STORED), NotPermitted)
    refused(world.as_("employer").get(STORED), NotPermitted)
    refused(world.as_("noah").get(STORED), NotVisible)
    refused(world.as_("chair").get(STORED), NotVisible)


def test_a_coach_who_appeals_with_consent_for_the_apprentice_reads_it(tell: Tell) -> None:
    world = tell("decided")
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    assert world.as_("coach").sees(STORED)["findings"], "to name what the grounds are about"
    world.as_("coach").does("/appeals", appeal(world), name="appeal")
    assert world.as_("coach").sees(STORED)["findings"]


def test_a_decision_that_is_not_there_has_no_context(tell: Tell) -> None:
    world = tell("decided")
    refused(world.as_("lead").get(f"/assessments/{{attempt}}/decisions/{uuid4()}/context"), DecisionUnknown)
    refused(world.as_("lead").get(f"/assessments/{uuid4()}/decisions/{{decision}}/context"), NotVisible)


def test_a_stored_context_shows_the_apprentice_no_remark_for_assessors(tell: Tell) -> None:
    world = tell("found")
    remark = {
        "version": 1,
        "sha256": sha(ITEMS["pdf"][0]),
        "selector": SELECTOR,
        "kind": "pointer",
        "audience": "assessors",
        "text": "Odd.",
    }
    world.as_("assessor").does("/evidence/{evidence}/annotations", remark)
    receipt = world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world))
    world.ids["decision"] = UUID(receipt["decision_id"])
    assert "Odd." in str(world.as_("lead").sees(STORED))
    assert "Odd." not in str(world.as_("mia").sees(STORED))
