"""The context stored with a decision, by its id: who may read it."""

from uuid import UUID, uuid4

import pytest

from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.story import decided, found
from tests.api.world import ITEMS, SELECTOR, World, appeal, consent, decision, refused, sha

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


def decided_again(world: World) -> None:
    """Let the decision be set aside and another be made of a new attempt."""
    void = {"decision_id": world["decision"], "reason_code": "marking error", "reason": "The wrong form."}
    world.as_("responsible").does("/assessments/{attempt}/voids", {**void, "bars": False, "bars_because": "A slip."})
    world.ids |= {"first attempt": world["attempt"], "first decision": world["decision"]}
    found(world)
    decided(world)


def test_consent_to_one_appeal_opens_the_context_of_that_decision_and_of_no_other(tell: Tell) -> None:
    world = tell("decided")
    coach, first = world.as_("coach"), "/assessments/{first attempt}/decisions/{first decision}/context"
    decided_again(world)
    consent(world, "coach", type="appeal", assessment_id=world["first attempt"], decision_id=world["first decision"])
    assert coach.sees(first)["findings"]
    refused(coach.get(STORED), NotPermitted)
    contested = {"type": "decision", "assessment_id": world["first attempt"], "decision_id": world["first decision"]}
    coach.does("/appeals", appeal(world, subject=contested), name="appeal")
    assert coach.sees(first)["findings"]
    refused(coach.get(STORED), NotPermitted)
    later = consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    assert coach.sees(STORED)["findings"]
    world.as_("mia").does(f"/enrolments/{{enrolment}}/consents/{later}/withdrawal")
    refused(coach.get(STORED), NotPermitted)


def test_consent_opens_nothing_to_somebody_who_could_not_appeal(tell: Tell) -> None:
    world = tell("decided")
    consent(world, "employer", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    refused(world.as_("employer").get(STORED), NotPermitted)
    consent(world, "coach", type="route", route="LET")
    refused(world.as_("coach").get(STORED), NotPermitted)
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    world.as_("admin").does("/people/{coach}/roles/end", {"role": "coach"})
    refused(world.as_("coach").get(STORED), NotVisible)


def test_consent_opens_what_that_decision_rested_on_also_if_it_was_withdrawn(tell: Tell) -> None:
    world = tell("decided")
    coach, mia = world.as_("coach"), world.as_("mia")
    mia.does("/evidence/{evidence}/withdrawal", {"version": 1, "reason": "It is out of date."})
    refused(coach.get("/evidence/{evidence}"), NotVisible)
    decided_again(world)
    consent(world, "coach", type="appeal", assessment_id=world["attempt"], decision_id=world["decision"])
    refused(coach.get("/evidence/{evidence}"), NotVisible)
    given = consent(
        world, "coach", type="appeal", assessment_id=world["first attempt"], decision_id=world["first decision"]
    )
    (version,) = coach.sees("/evidence/{evidence}")["versions"]
    assert version["stage"] == "withdrawn"
    assert coach.get("/evidence/{evidence}/content").status_code == 200
    mia.does(f"/enrolments/{{enrolment}}/consents/{given}/withdrawal")
    refused(coach.get("/evidence/{evidence}"), NotVisible)


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
