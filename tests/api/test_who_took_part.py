"""Who took part in a decision that was set aside, and what each may do in the next attempt, over HTTP (APPEAL-10)."""

from typing import Any

import pytest

from portfolio.domain.assessment.assessor import RemarkerNotDifferent
from portfolio.domain.kernel import Rejected
from tests.api import scrutiny
from tests.api.conftest import Tell
from tests.api.test_after_an_upheld_appeal import heard
from tests.api.test_gap_sentences import decided
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, with_second_assessor
from tests.api.world import (
    CODES,
    YESTERDAY,
    World,
    assign,
    criteria,
    decides,
    decision,
    finding,
    observation,
    of_the_work,
    refused,
)

ACCOUNT = {"found": "The log was signed in advance.", "heard": "The assessor and Mia."}
WHY = "The form printed the wrong scale."
OURS = {"bars": True, "bars_because": "They marked without looking."}
NOT_OURS = {"bars": False, "bars_because": WHY}

REASONS: dict[str, tuple[dict[str, Any], bool]] = {
    "an appeal": ({}, True),
    "their own fault": ({"reason_code": "malpractice", "account": ACCOUNT, "bars": None}, True),
    "another's fault": ({"reason_code": "malpractice", "account": ACCOUNT, **NOT_OURS}, False),
    "a marking error that bars": ({"reason_code": "marking error", **OURS}, True),
    "a marking error that bars nobody": ({"reason_code": "marking error", **NOT_OURS}, False),
    "other criteria that bar": ({"reason_code": "criteria change", **OURS}, True),
    "other criteria that bar nobody": ({"reason_code": "criteria change", **NOT_OURS}, False),
}
"""Why a decision was set aside, and whether who took part in it is barred."""


def found_by_two(world: World) -> World:
    """The second assessor judged a code, then the assessor judged both and failed them."""
    with_second_assessor(world)
    world.as_("second").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    decided(world, "fail", "not met")
    return world


def set_aside(world: World, why: str) -> None:
    """Let the decision be set aside for this reason, by the case where it is an appeal."""
    if why == "an appeal":
        heard(world)
        decides(world)
        world.reads.settle()
        return
    if why.startswith("other criteria"):
        later = criteria(world, version="2", follows=world["criteria"])
        world.as_("admin").does("/criteria", later, name="later")
        world.as_("lead").does("/criteria/{later}/approval")
    world.as_("responsible").does(VOIDING, setting_aside(world, **REASONS[why][0]))


def next_attempt(world: World) -> None:
    """Open another attempt at C1, ``again``."""
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    world.as_("admin").does("/assessments", body, name="again")


def new_of_case(world: World) -> None:
    """Let ``again`` be the attempt that the case is about now."""
    drawn = world.as_("mia").sees("/appeals/{appeal}")["consequences"]
    world.ids["again"] = drawn[-1]["assessment_id"]


def acts(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Return what an assessor does in the next attempt."""
    shown = {"grade": "pass", "reasons": "Met.", "context_hash": "0" * 64}
    return [
        ("/evidence/records", observation(world, assessment_id=world["again"])),
        ("/assessments/{again}/findings", {"findings": [of_the_work(world, "S11")]}),
        ("/assessments/{again}/decisions", shown),
    ]


@pytest.mark.parametrize("is_open", [False, True], ids=["next", "open already"])
@pytest.mark.parametrize("why", REASONS)
def test_who_found_or_decided_judges_the_component_again_only_where_nothing_bars_them(
    tell: Tell, why: str, is_open: bool
) -> None:
    world = found_by_two(tell("found"))
    if is_open:
        next_attempt(world)
    set_aside(world, why)
    if why == "an appeal":
        new_of_case(world)
    elif not is_open:
        next_attempt(world)
    record, found, _ = acts(world)
    for name in ("assessor", "second"):
        if REASONS[why][1]:
            for path, body in acts(world):
                refused(world.as_(name).post(path, body), RemarkerNotDifferent)
        else:
            world.as_(name).does(*record)
            world.as_(name).does(*found)


@pytest.mark.parametrize("cited", [True, False])
def test_who_observed_for_it_is_barred_too_and_nobody_whose_record_it_does_not_rest_on(tell: Tell, cited: bool) -> None:
    world = tell("found")
    with_second_assessor(world)
    record = observation(world)
    world.as_("second").does("/evidence/records", record, name="observation" if cited else "other")
    assessor, failed = world.as_("assessor"), [finding(world, code, judgement="not met") for code in CODES["C1"]]
    assessor.does("/assessments/{attempt}/findings", {"findings": failed})
    receipt = assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail"))
    world.ids["decision"] = receipt["decision_id"]
    set_aside(world, "their own fault")
    third(world)
    opens = {"enrolment_id": world["enrolment"], "component": "C1"}
    world.as_("theo").does("/assessments", opens, name="again")
    found = {"findings": [{"code": "S11", "judgement": "not judged", "reason": "To be observed.", "cites": []}]}
    if cited:
        refused(world.as_("second").post("/assessments/{again}/findings", found), RemarkerNotDifferent)
    else:
        world.as_("second").does("/assessments/{again}/findings", found)


def test_who_was_barred_opens_no_attempt_either(tell: Tell) -> None:
    world = found_by_two(tell("found"))
    set_aside(world, "their own fault")
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    for name in ("assessor", "second"):
        refused(world.as_(name).post("/assessments", body), RemarkerNotDifferent)


def third(world: World) -> None:
    """A third assessor is registered, free, standardised and assigned."""
    admin = world.as_("admin")
    admin.does("/people", {"name": "Theo", "works_for": "none of these"}, name="theo")
    admin.does("/people/{theo}/roles", {"role": "assessor"})
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    admin.does("/people/{theo}/competences", standardised)
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "theo", "assessor"))
    world.as_("theo").does("/people/{theo}/interests", {"apprentice": world["mia"], "interest": "none"})


def test_whose_findings_were_adopted_and_who_adopted_them_are_barred_and_a_third_judges(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    receipt = world.as_("second").does(SUPERSESSIONS, supersession(world))
    world.ids["decision"] = receipt["decision_id"]
    set_aside(world, "an appeal")
    new_of_case(world)
    for name in ("assessor", "second"):
        for path, body in acts(world):
            refused(world.as_(name).post(path, body), RemarkerNotDifferent)
    third(world)
    record, found, _ = acts(world)
    world.as_("theo").does(*record)
    world.as_("theo").does(*found)


@pytest.mark.parametrize(("why", "refusal"), [("their own fault", RemarkerNotDifferent), ("another's fault", None)])
def test_who_confirmed_as_a_second_person_is_barred_as_who_decided_is(
    tell: Tell, why: str, refusal: type[Rejected] | None
) -> None:
    world = confirmed_by_ada(tell("approved"))
    set_aside(world, why)
    next_attempt(world)
    admin = world.as_("admin")
    admin.does("/enrolments/{enrolment}/assignments", assign(world, "ada", "assessor", components=["C1"]))
    for name in ("cora", "ada"):
        later = {"code": "S11", "judgement": "not judged", "reason": "To be observed.", "cites": []}
        answer = world.as_(name).post("/assessments/{again}/findings", {"findings": [later]})
        if refusal:
            refused(answer, refusal)
        else:
            assert answer.status_code == 201


def confirmed_by_ada(world: World) -> World:
    """Cora, who coached, failed Mia by a scrutiny route, and Ada of the same centre confirmed it."""
    scrutiny.at_the_centre(world)
    world.as_("responsible").does(scrutiny.ROUTES, scrutiny.route(world, second_person=world["ada"]))
    world.as_("admin").does(scrutiny.ASSIGNMENTS, assign(world, "cora", "assessor", components=["C1"]))
    scrutiny.judged(world, "cora")
    cora = world.as_("cora")
    findings = [finding(world, code, judgement="not met") for code in ("S11", "S12")]
    cora.does("/assessments/{attempt}/findings", {"findings": findings})
    body = {**scrutiny.decision(world, "cora"), "grade": "fail"}
    world.ids["decision"] = cora.does(scrutiny.DECISIONS, body)["decision_id"]
    world.as_("ada").does(scrutiny.CONFIRMATIONS, {"decision_id": world["decision"]})
    return world
