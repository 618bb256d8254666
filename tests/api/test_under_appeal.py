"""What readiness and attempts say while a decision, or its setting aside, is under appeal, and to whom they say it."""

import re
from typing import Any

import pytest

from tests.api.conftest import Tell
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.world import World, appeal, decides, decision, finding

READINESS = "/enrolments/{enrolment}/readiness"
ASKED = (READINESS, READINESS + "?as_of=2026-11-02", READINESS + "?known_at={head}")


def readiness(world: World, name: str, path: str = READINESS) -> dict[str, Any]:
    return world.as_(name).sees(path.replace("{head}", str(world.services.journal.head())))


def gaps(world: World, name: str, path: str = READINESS) -> list[str]:
    return [gap for outcome in readiness(world, name, path)["outcomes"] for gap in outcome["gaps"]]


def states(world: World, name: str, path: str = READINESS) -> set[str]:
    return {outcome["state"] for outcome in readiness(world, name, path)["outcomes"]}


def not_met(world: World) -> World:
    """Let the assessor find a code not met and decide."""
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11", judgement="not met")]})
    world.ids["decision"] = assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail"))[
        "decision_id"
    ]
    return world


@pytest.mark.parametrize("path", ASKED)
def test_an_employer_to_whom_the_appeal_is_not_there_reads_readiness_without_it(tell: Tell, path: str) -> None:
    world = tell("lodged")
    assert "under review" in states(world, "mia", path)
    assert world.as_("employer").get("/appeals/{appeal}").status_code == 404
    assert not [gap for gap in gaps(world, "employer", path) if "appeal" in gap]
    assert "under review" not in states(world, "employer", path)


@pytest.mark.parametrize("name", ["assessor", "quality", "coach", "lead"])
def test_whoever_works_with_the_decision_reads_that_it_is_under_appeal(tell: Tell, name: str) -> None:
    assert [gap for gap in gaps(tell("lodged"), name) if "is under appeal; it counts until it is replaced" in gap]


def test_what_the_apprentice_can_do_next_is_told_without_appeals_to_who_may_not_know_of_them(tell: Tell) -> None:
    world = not_met(tell("found"))
    assert [gap for gap in gaps(world, "mia") if gap.endswith("ask your coach about another attempt, or appeal.")]
    assert [gap for gap in gaps(world, "employer") if gap.endswith("ask your coach about another attempt.")]
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    assert [gap for gap in gaps(world, "mia") if gap.endswith("ask your coach about another attempt.")]
    assert not [gap for gap in gaps(world, "employer") if "appeal" in gap]


def test_an_employer_reads_of_an_upheld_appeal_only_that_the_decision_was_set_aside(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    assert [gap for gap in gaps(world, "mia") if "set aside because the appeal was upheld" in gap]
    told = gaps(world, "employer")
    assert [gap for gap in told if "the decision of 2 November 2026 was set aside; it must be assessed again" in gap]
    assert not [gap for gap in told if "appeal" in gap]
    (attempt,) = world.as_("employer").sees("/assessments/{attempt}")["decisions"]
    assert (attempt["status"], attempt["reason_code"], attempt["reason"], attempt["appeal_id"]) == (
        "void",
        None,
        "",
        None,
    )
    assert world.as_("mia").sees("/assessments/{attempt}")["decisions"][0]["appeal_id"] == str(world["appeal"])


def test_who_may_not_know_of_appeals_sees_no_new_attempt_named_after_one(tell: Tell) -> None:
    world = tell("convened")
    decides(world)
    drawn = world.as_("mia").sees("/appeals/{appeal}")["consequences"]
    (world.ids["anew"],) = {each["assessment_id"] for each in drawn} - {str(world["attempt"])}
    assert world.as_("mia").sees("/assessments/{anew}")["after_appeal"] == str(world["appeal"])
    assert world.as_("employer").sees("/assessments/{anew}")["after_appeal"] is None


def test_an_employer_is_told_no_number_of_appeals(tell: Tell) -> None:
    world = tell("lodged")
    told = {name: world.as_(name).sees("/enrolments/{enrolment}/outline")["appeals"] for name in ("mia", "employer")}
    assert told == {"mia": 1, "employer": None}


def test_the_employer_finds_no_word_of_the_appeal_at_any_door_that_is_open_to_them(tell: Tell) -> None:
    world = tell("lodged")
    doors = (
        "/enrolments",
        "/enrolments/{enrolment}",
        "/enrolments/{enrolment}/outline",
        READINESS,
        "/enrolments/{enrolment}/evidence",
        "/evidence/{evidence}",
        "/assessments/{attempt}",
        "/appeals",
    )
    for door in doors:
        answer = world.as_("employer").get(door)
        assert answer.status_code == 200, door
        assert str(world["appeal"]) not in answer.text, door
        assert not re.search(r"under (appeal|review)", answer.text), door


@pytest.mark.parametrize("path", ASKED)
def test_while_the_setting_aside_is_under_appeal_readiness_says_so(tell: Tell, path: str) -> None:
    world = tell("decided")
    world.as_("responsible").does(VOIDING, setting_aside(world))
    assert "void" in states(world, "mia", path)
    world.as_("mia").does("/appeals", appeal(world), name="appeal")
    contested = "S11: the setting aside of the decision of 2 November 2026 on Component C1 is under appeal; "
    for name in ("mia", "assessor"):
        assert f"{contested}meanwhile the decision does not count." in gaps(world, name, path)
        assert "under review" in states(world, name, path)
    assert not [gap for gap in gaps(world, "employer", path) if "appeal" in gap]
    assert "void" in states(world, "employer", path)
    world.as_("mia").does("/appeals/{appeal}/withdrawal")
    assert "void" in states(world, "mia", path)
