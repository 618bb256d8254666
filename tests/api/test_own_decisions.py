"""Attacks on one's own decision, over HTTP: nobody replaces or sets aside what they took part in (INTEREST-4)."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest

from portfolio.domain.assessment.assessor import AssessorNotAuthorised
from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.assessment.facts import ReasonCode
from portfolio.domain.assessment.own_decision import OwnDecision
from portfolio.domain.kernel import NotPermitted
from tests.api import scrutiny
from tests.api.conftest import Tell
from tests.api.test_attempts import CLOSING, REASON
from tests.api.test_holds import VOIDING, setting_aside
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, with_second_assessor
from tests.api.test_who_took_part import third
from tests.api.world import CODES, TOMORROW, YESTERDAY, World, assign, decision, finding, observation, refused

OUTSIDE = (
    "Nobody on record is free: somebody from outside must be registered, standardised on these criteria and assigned."
)
ACCOUNT = {"found": "Two logs are the same.", "heard": "Mia."}


def instead(world: World, who: str, **fields: Any) -> dict[str, Any]:
    """Return a decision of somebody in the place of the one that stands, on the context they are shown."""
    shown = world.as_(who).get("/assessments/{attempt}/context").get_json()
    return supersession_of(world, shown.get("shown", "0" * 64), **fields)


def supersession_of(world: World, shown: str, **fields: Any) -> dict[str, Any]:
    why = {"reason_code": "marking error", "authority_cited": "The lead asked for it."}
    judged = {"grade": "distinction", "reasons": "Both codes are met.", "adopts": CODES["C1"]}
    return {"supersedes": world["decision"], **why, **judged, "context_hash": shown, **fields}


def granted(world: World, name: str, *roles: str) -> None:
    for role in roles:
        world.as_("admin").does(f"/people/{{{name}}}/roles", {"role": role})


def found_by_second(world: World) -> World:
    """The second assessor judged a code of the attempt, then the assessor judged both and decided."""
    with_second_assessor(world)
    world.as_("second").does("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]})
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", {"findings": [finding(world, code) for code in CODES["C1"]]})
    receipt = assessor.does("/assessments/{attempt}/decisions", decision(world))
    world.ids["decision"] = UUID(receipt["decision_id"])
    return world


@pytest.mark.parametrize("code", get_args(ReasonCode))
def test_who_found_or_decided_replaces_and_sets_aside_for_no_reason_code(tell: Tell, code: str) -> None:
    world = found_by_second(tell("found"))
    for name in ("assessor", "second"):
        refused(world.as_(name).post(SUPERSESSIONS, instead(world, name, reason_code=code)), OwnDecision)
        own = {**instead(world, name, reason_code=code), "adopts": [], "findings": both(world)}
        refused(world.as_(name).post(SUPERSESSIONS, own), OwnDecision)
        aside = setting_aside(world, reason_code=code, account=ACCOUNT if code == "malpractice" else None)
        refused(world.as_(name).post(VOIDING, aside), NotPermitted)
        granted(world, name, "responsible officer")
        problem = refused(world.as_(name).post(VOIDING, aside), OwnDecision)
        assert problem["free"] == [str(world["responsible"])]


def both(world: World) -> list[dict[str, Any]]:
    return [finding(world, code) for code in CODES["C1"]]


def test_no_further_role_makes_anybody_free_of_what_they_decided(tell: Tell) -> None:
    world = tell("decided")
    granted(world, "assessor", "lead assessor", "responsible officer", "centre assessor")
    refused(world.as_("assessor").post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)
    refused(world.as_("assessor").post(VOIDING, setting_aside(world)), OwnDecision)
    release = {"person_id": world["assessor"], "assignment": "assessor", "ends_on": TOMORROW, "reason": "Moved on."}
    world.as_("admin").does("/enrolments/{enrolment}/releases", release)
    world.now += timedelta(days=1)
    refused(world.as_("assessor").post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)
    world.as_("admin").does(
        "/enrolments/{enrolment}/assignments", assign(world, "assessor", "assessor", starts_on=TOMORROW)
    )
    refused(world.as_("assessor").post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)


def test_whose_findings_another_adopted_and_who_adopted_them_replace_nothing_of_it(tell: Tell) -> None:
    world = with_second_assessor(tell("decided"))
    receipt = world.as_("second").does(SUPERSESSIONS, supersession(world))
    world.ids["decision"] = receipt["decision_id"]
    for name in ("assessor", "second"):
        problem = refused(world.as_(name).post(SUPERSESSIONS, instead(world, name)), OwnDecision)
        assert (problem["free"], OUTSIDE in problem["detail"]) == ([], True)
    third(world)
    problem = refused(world.as_("assessor").post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)
    assert problem["free"] == [str(world["theo"])]
    world.as_("theo").does(SUPERSESSIONS, instead(world, "theo"))


def test_a_decision_is_not_replaced_through_an_attempt_that_was_closed(tell: Tell) -> None:
    world = with_second_assessor(tell("found"))
    world.as_("lead").does(CLOSING, REASON)
    closed = world["attempt"]
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    second = world.as_("second")
    second.does("/assessments", body, name="attempt")
    second.does("/evidence/records", observation(world), name="observation")
    second.does("/assessments/{attempt}/findings", {"findings": both(world)})
    shown = second.sees("/assessments/{attempt}/context")["shown"]
    receipt = second.does("/assessments/{attempt}/decisions", decision(world, context_hash=shown))
    world.ids["decision"] = receipt["decision_id"]
    refused(second.post(SUPERSESSIONS, instead(world, "second")), OwnDecision)
    granted(world, "second", "responsible officer")
    refused(second.post(VOIDING, setting_aside(world)), OwnDecision)
    world.ids["attempt"] = closed
    for name in ("assessor", "second"):
        refused(world.as_(name).post(SUPERSESSIONS, instead(world, name)), DecisionUnknown)
    refused(second.post(VOIDING, setting_aside(world)), DecisionUnknown)


def test_who_was_declined_or_declined_replaces_and_sets_aside_nothing_of_the_attempt(tell: Tell) -> None:
    world = scrutiny.waiting(tell("approved"))
    declined = {"decision_id": world["decision"], "reason": "S12 was not seen."}
    world.as_("second").does(scrutiny.DECLINATIONS, declined)
    part = assign(world, "ada", "assessor", components=["C1"])
    world.as_("admin").does(scrutiny.ASSIGNMENTS, part)
    scrutiny.judged(world, "ada")
    receipt = world.as_("ada").does(scrutiny.DECISIONS, scrutiny.decision(world, "ada"))
    world.ids["decision"] = receipt["decision_id"]
    for name in ("cora", "second", "ada"):
        without_a_part = name == "second"  # who is told no more of an attempt than that they have none in it
        refusal = AssessorNotAuthorised if without_a_part else OwnDecision
        refused(world.as_(name).post(SUPERSESSIONS, instead(world, name)), refusal)
        granted(world, name, "responsible officer")
        refused(world.as_(name).post(VOIDING, setting_aside(world)), OwnDecision)


def test_the_refusal_says_the_way_out_and_that_way_is_open(tell: Tell) -> None:
    world = tell("decided")
    assessor = world.as_("assessor")
    assert OUTSIDE in refused(assessor.post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)["detail"]
    third(world)
    problem = refused(assessor.post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)
    assert (problem["free"], "Free to do it: Theo." in problem["detail"]) == ([str(world["theo"])], True)
    world.as_("admin").does("/people/{theo}/suspension", {"reason": "Absent."})
    assert refused(assessor.post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)["free"] == []
    world.as_("admin").does("/people/{theo}/reinstatement", {"reason": "Back."})
    world.as_("theo").does(SUPERSESSIONS, instead(world, "theo"))


def test_a_lead_assessor_is_named_as_free_only_once_standardised(tell: Tell) -> None:
    world = tell("decided")
    assessor = world.as_("assessor")
    assert refused(assessor.post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)["free"] == []
    standardised = {"kind": "standardised", "criteria_id": world["criteria"], "occurred_on": YESTERDAY}
    world.as_("admin").does("/people/{lead}/competences", standardised)
    assert refused(assessor.post(SUPERSESSIONS, instead(world, "assessor")), OwnDecision)["free"] == [
        str(world["lead"])
    ]
    world.as_("lead").does(SUPERSESSIONS, instead(world, "lead"))


def test_the_only_responsible_officer_who_decided_is_told_how_another_comes(tell: Tell) -> None:
    world = tell("decided")
    granted(world, "assessor", "responsible officer")
    end = {"role": "responsible officer", "reason": "Retired."}
    world.as_("admin").does("/people/{responsible}/roles/end", end)
    problem = refused(world.as_("assessor").post(VOIDING, setting_aside(world)), OwnDecision)
    assert problem["free"] == []
    assert "responsible officer" in problem["detail"]
    granted(world, "stranger", "responsible officer")
    interest = {"apprentice": world["mia"], "interest": "none"}
    world.as_("stranger").does("/people/{stranger}/interests", interest)
    world.as_("stranger").does(VOIDING, setting_aside(world))
