"""What an upheld appeal sets aside, and what may be set aside for one, over HTTP (DECISION-7, APPEAL-10)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.assessment.decisions import VoidNeedsReason
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord
from tests.api.conftest import Tell
from tests.api.test_attempts import ready
from tests.api.test_gap_sentences import decided, opened
from tests.api.test_holds import REFUSAL, VOIDING, setting_aside
from tests.api.world import World, appeal, assign, decides, enrolment, observation, refused

ANEW = "a new attempt is opened"
SET_ASIDE = "the decision is set aside"


def heard(world: World, who: str = "mia", **fields: Any) -> None:
    """Let an apprentice appeal against the decision, and a panel be convened."""
    world.as_(who).does("/appeals", appeal(world, **fields), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/admission")
    world.as_("officer").does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})


def failed_then_passed(world: World) -> World:
    """The first attempt was failed, the second passed; ``first`` and ``last`` are the attempts."""
    decided(world, "fail", "not met")
    world.ids["first"], world.ids["failed"] = world["attempt"], world["decision"]
    opened(world)
    decided(world, "pass", "met")
    world.ids["last"], world.ids["passed"] = world["attempt"], world["decision"]
    world.ids["attempt"], world.ids["decision"] = world["first"], world["failed"]
    return world


def statuses(world: World, attempt: str) -> list[str]:
    return [each["status"] for each in world.as_("mia").sees(f"/assessments/{{{attempt}}}")["decisions"]]


def test_an_upheld_appeal_sets_aside_the_decision_appealed_against_and_a_later_pass_stays(tell: Tell) -> None:
    world = failed_then_passed(tell("found"))
    heard(world)
    decides(world)
    world.reads.settle()
    assert (statuses(world, "first"), statuses(world, "last")) == (["void"], ["effective"])
    assert ready(world)["codes_assessed"] == 2
    case = world.as_("mia").sees("/appeals/{appeal}")
    assert {each["consequence"]: each["became"] for each in case["consequences"]} == {
        SET_ASIDE: "drawn",
        ANEW: "refused",
    }
    (task,) = world.as_("responsible").sees("/queues/consequences")["items"]
    assert "Every code of the component is met" in task["why"]
    closing = {"consequence": ANEW, "reason": "She has passed it since."}
    world.as_("responsible").does("/appeals/{appeal}/consequences/closed", closing)
    assert world.as_("mia").sees("/appeals/{appeal}")["open"] is False
    assert (statuses(world, "first"), statuses(world, "last")) == (["void"], ["effective"])


def test_of_two_decisions_on_an_attempt_the_upheld_appeal_sets_aside_the_one_appealed_against(tell: Tell) -> None:
    world = failed_then_passed(tell("found"))
    world.ids["attempt"], world.ids["decision"] = world["last"], world["passed"]
    heard(world)
    decides(world)
    world.reads.settle()
    assert (statuses(world, "first"), statuses(world, "last")) == (["effective"], ["void"])
    assert "S11" in str(ready(world)["outcomes"])


@pytest.mark.parametrize("end", ["dismissed", "withdrawn", "not admitted"])
def test_a_case_that_was_not_upheld_is_no_reason_to_set_aside(tell: Tell, end: str) -> None:
    world = tell("lodged" if end == "not admitted" else "convened")
    if end == "dismissed":
        decides(world, outcome="dismissed")
    elif end == "withdrawn":
        world.as_("mia").does("/appeals/{appeal}/withdrawal")
    else:
        world.as_("officer").does("/appeals/{appeal}/refusal", REFUSAL)
    body = for_appeal(world, world["appeal"])
    refused(world.as_("responsible").post(VOIDING, body), ReasonNotOnRecord)
    assert statuses(world, "attempt") == ["effective"]


def for_appeal(world: World, case: UUID | None) -> dict[str, Any]:
    return setting_aside(world, reason_code="appeal", appeal_id=case, bars=None)


@pytest.mark.parametrize("stage", ["lodged", "admitted", "convened"])
def test_a_case_that_is_open_is_no_reason_to_set_aside(tell: Tell, stage: str) -> None:
    world = tell(stage)
    refused(world.as_("responsible").post(VOIDING, for_appeal(world, world["appeal"])), RecordOnHold)


def test_no_case_a_random_id_and_another_apprentices_upheld_appeal_are_no_reason_to_set_aside(tell: Tell) -> None:
    world = tell("decided")
    officer = world.as_("responsible")
    refused(officer.post(VOIDING, for_appeal(world, None)), VoidNeedsReason)
    mine = {name: world[name] for name in ("enrolment", "attempt", "decision", "observation")}
    upheld_for_noah(world)
    case = world["appeal"]
    assert (world.as_("noah").sees("/appeals/{appeal}")["outcome"], statuses_of_noah(world)) == ("upheld", ["void"])
    world.ids.update(mine)
    for other in (case, uuid4(), world["mia"], world["decision"]):
        refused(officer.post(VOIDING, for_appeal(world, other)), ReasonNotOnRecord)
    assert statuses(world, "attempt") == ["effective"]


def statuses_of_noah(world: World) -> list[str]:
    return [each["status"] for each in world.as_("noah").sees("/assessments/{attempt}")["decisions"]]


def upheld_for_noah(world: World) -> None:
    """Let Noah be enrolled, assessed and heard: his appeal is upheld."""
    admin = world.as_("admin")
    admin.does("/enrolments", enrolment(world, apprentice=world["noah"], uln="1402938488"), name="enrolment")
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "assessor", "assessor"))
    for name in ("assessor", "responsible", "officer", "chair", "member"):
        world.as_(name).does(f"/people/{{{name}}}/interests", {"apprentice": world["noah"], "interest": "none"})
    opened(world)
    world.as_("assessor").does("/evidence/records", observation(world), name="observation")
    decided(world, "fail", "not met")
    ground = {"ground": "procedure", "statement": "It was cut short.", "items": [world["observation"]]}
    heard(world, "noah", grounds=[ground])
    decides(world)
    world.reads.settle()


def test_an_upheld_appeal_against_another_decision_of_the_same_apprentice_is_no_reason(tell: Tell) -> None:
    world = failed_then_passed(tell("found"))
    heard(world)
    decides(world)
    world.reads.settle()
    world.as_("responsible").does("/appeals/{appeal}/consequences/closed", {"consequence": ANEW, "reason": "Passed."})
    body = {**for_appeal(world, world["appeal"]), "decision_id": world["passed"]}
    refused(world.as_("responsible").post("/assessments/{last}/voids", body), ReasonNotOnRecord)
    assert statuses(world, "last") == ["effective"]
