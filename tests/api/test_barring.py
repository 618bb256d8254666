"""Who is barred over HTTP: who took part in what was set aside never judges the component again (APPEAL-10)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.assessor import RemarkerNotDifferent
from portfolio.domain.assessment.decisions import BarringNotSaid
from tests.api.conftest import Tell
from tests.api.world import CODES, World, appeal, assign, decides, decision, finding, of_the_work, refused

VOIDS = "/assessments/{attempt}/voids"
ACCOUNT = {"found": "The log was signed in advance.", "heard": "The assessor and Mia."}


def failed_and_opened_again(world: World) -> World:
    """The assessor found neither code met and decided a fail; the next attempt, ``again``, is open already."""
    assessor = world.as_("assessor")
    findings = [finding(world, code, judgement="not met") for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})
    receipt = assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail"))
    world.ids["decision"] = UUID(receipt["decision_id"])
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="again")
    return world


def set_aside(world: World, **fields: Any) -> dict[str, Any]:
    return {"decision_id": world["decision"], "reason_code": "malpractice", "reason": "It was not seen.", **fields}


def test_who_took_part_is_barred_from_the_attempt_that_was_open_already(tell: Tell) -> None:
    world = failed_and_opened_again(tell("found"))
    findings = {"findings": [of_the_work(world, "S11")]}
    world.as_("assessor").does("/assessments/{again}/findings", findings)
    world.as_("responsible").does(VOIDS, set_aside(world, account=ACCOUNT))
    refused(world.as_("assessor").post("/assessments/{again}/findings", findings), RemarkerNotDifferent)
    shown = world.as_("assessor").sees("/assessments/{again}/context")["shown"]
    body = {"grade": "fail", "reasons": "Not met.", "context_hash": shown}
    refused(world.as_("assessor").post("/assessments/{again}/decisions", body), RemarkerNotDifferent)
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    world.as_("second").does("/assessments/{again}/findings", findings)


def test_the_queue_says_who_is_barred_by_now_and_not_who_was_at_opening(tell: Tell) -> None:
    world = failed_and_opened_again(tell("found"))
    assessor = world.as_("assessor")
    assessor.does("/assessments/{again}/findings", {"findings": [of_the_work(world, "S11")]})

    def waits() -> dict[str, Any]:
        (row,) = [each for each in assessor.sees("/queues/assessor")["items"] if each["waits"] == "attempt"]
        return {name: row[name] for name in ("barred", "missing", "why_not")}

    assert waits() == {"barred": False, "missing": ["S12"], "why_not": ""}
    world.as_("responsible").does(VOIDS, set_aside(world, account=ACCOUNT))
    why_not = (
        "You took part in a decision on this component that was set aside: another assessor does it, whom an "
        "administrator assigns."
    )
    assert waits() == {"barred": True, "missing": ["S11", "S12"], "why_not": why_not}


def test_who_sets_aside_says_whether_who_took_part_is_barred_and_why(tell: Tell) -> None:
    world = failed_and_opened_again(tell("found"))
    officer, error = world.as_("responsible"), {"reason_code": "marking error"}
    refused(officer.post(VOIDS, set_aside(world, **error)), BarringNotSaid)
    refused(officer.post(VOIDS, set_aside(world, **error, bars=True)), BarringNotSaid)
    why = "The form printed the wrong scale."
    officer.does(VOIDS, set_aside(world, **error, bars=False, bars_because=why))
    world.as_("assessor").does("/assessments/{again}/findings", {"findings": [of_the_work(world, "S11")]})
    told = [each["sentence"] for each in world.as_("mia").sees("/enrolments/{enrolment}/audit-trail")["items"]]
    assert any("who took part may judge the component again, because: The form printed" in each for each in told)


@pytest.mark.parametrize("contests", ["the setting aside", "the decision"])
def test_an_attempt_that_is_open_when_an_appeal_is_upheld_is_the_new_one_and_another_assessors(
    tell: Tell, contests: str
) -> None:
    world = failed_and_opened_again(tell("found"))
    assessor, findings = world.as_("assessor"), {"findings": [of_the_work(world, "S11")]}
    both = {"findings": [of_the_work(world, code) for code in CODES["C1"]]}
    assessor.does("/assessments/{again}/findings", both)
    if contests == "the setting aside":
        why = {"reason_code": "marking error", "bars": False, "bars_because": "The form printed the wrong scale."}
        world.as_("responsible").does(VOIDS, set_aside(world, **why))
        assessor.does("/assessments/{again}/findings", both)
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    world.as_("officer").does("/appeals/{appeal}/admission")
    world.as_("officer").does("/appeals/{appeal}/panel", {"members": [world["chair"], world["member"]]})
    decides(world)
    case = world.as_("mia").sees("/appeals/{appeal}")
    (anew,) = [each for each in case["consequences"] if each["consequence"] == "a new attempt is opened"]
    assert (anew["became"], anew["assessment_id"], case["open"]) == ("drawn", str(world["again"]), False)
    refused(assessor.post("/assessments/{again}/findings", findings), RemarkerNotDifferent)
    (row,) = [each for each in assessor.sees("/queues/assessor")["items"] if each["waits"] == "attempt"]
    assert (row["assessment_id"], row["barred"], row["missing"]) == (str(world["again"]), True, ["S11", "S12"])
    world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(world, "second", "assessor"))
    world.as_("second").does("/assessments/{again}/findings", findings)
    said = world.as_("mia").sees("/enrolments/{enrolment}/readiness")["outcomes"]
    gaps = [gap for each in said for gap in each["gaps"] if "at work" in gap]
    assert gaps
    assert all(gap.endswith("an assessor is at work on it: 1 of 2 codes judged.") for gap in gaps)


@pytest.mark.parametrize("code", ["marking error", "malpractice"])
def test_who_is_said_to_be_barred_is_barred(tell: Tell, code: str) -> None:
    world = failed_and_opened_again(tell("found"))
    account = {"account": ACCOUNT} if code == "malpractice" else {}
    said = {"bars": True, "bars_because": "They marked without looking."}
    world.as_("responsible").does(VOIDS, set_aside(world, reason_code=code, **account, **said))
    findings = {"findings": [of_the_work(world, "S11")]}
    refused(world.as_("assessor").post("/assessments/{again}/findings", findings), RemarkerNotDifferent)
