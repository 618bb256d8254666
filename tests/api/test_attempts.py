"""Attempts over HTTP: how often, on whichever form, and closed undecided (DECISION-9, DECISION-11)."""

from typing import Any

from portfolio.domain.assessment.attempt import AttemptAlreadyClosed
from portfolio.domain.assessment.closing import ClosingNotYours
from portfolio.domain.assessment.decisions import DecisionFixed
from portfolio.domain.assessment.limits import AttemptNotAllowed, RouteLeft
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import CODES, TODAY, World, component, decision, finding, observation, refused

CLOSING = "/assessments/{attempt}/closing"
REASON = {"reason": "The venue was evacuated."}


def another_form(world: World, route: str = "LET", *components: dict[str, Any]) -> None:
    """Have another form of a route approved, and let Mia take it."""
    admin = world.as_("admin")
    admin.does("/forms", {"plan_id": world["plan"], "title": f"{route}-F2", "routes": [route]}, name="other form")
    for each in components:
        admin.does("/forms/{other form}/components", {"component": each})
    world.as_("lead").does("/forms/{other form}/approval")
    change_route(world, route, "other form")


def change_route(world: World, route: str, form: str) -> None:
    """Move Mia to this route and form."""
    body = {"route": route, "form_id": world[form], "effective_on": TODAY, "reason": "She asked.", "consent": True}
    world.as_("admin").does("/enrolments/{enrolment}/route", body)


def on_cvt(world: World) -> None:
    """Move Mia to the route CVT, on a form whose C1 is the same component."""
    skills = {f"S{n}" for n in (*range(1, 11), *range(13, 16), *range(23, 30))}
    codes = sorted(skills | {f"K{n}" for n in (*range(1, 20), *range(26, 31))})
    another_form(world, "CVT", component(world, "C1"), component(world, "C2", codes=codes))


def not_met(world: World, attempt: str) -> None:
    """Open an attempt at C1, observe Mia and find a code not met."""
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name=attempt)
    world.ids["attempt"] = world[attempt]
    assessor.does("/evidence/records", observation(world), name="observation")
    findings = [finding(world, "S11", judgement="not met"), finding(world, "S12")]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})


def failed(world: World, attempt: str) -> None:
    """Fail an attempt at C1."""
    not_met(world, attempt)
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world, grade="fail"))


def test_an_attempt_without_a_finding_is_closed_by_its_assessor_or_the_administrator_and_uses_up_none(
    tell: Tell,
) -> None:
    world = tell("enrolled")
    for person in ("assessor", "admin"):
        body = {"enrolment_id": world["enrolment"], "component": "C1"}
        world.as_(person).does("/assessments", body, name="attempt")
        for other in ("responsible", "lead"):
            refused(world.as_(other).post(CLOSING, REASON), ClosingNotYours)
        refused(world.as_("mia").post(CLOSING, REASON), NotPermitted)
        refused(world.as_("second").post(CLOSING, REASON), NotVisible)
        world.as_(person).does(CLOSING, REASON)
        closed = world.as_("mia").sees("/assessments/{attempt}")["closed"]
        assert (closed["name"], closed["reason"]) == (person.capitalize(), REASON["reason"])
        assert world.as_("assessor").sees("/queues/assessor")["items"] == []
    for attempt in ("first", "last"):
        failed(world, attempt)
    assert world.as_("mia").sees("/assessments/{last}")["number"] == 4


def test_a_judged_attempt_is_closed_only_by_an_officer_or_lead_who_judged_none_of_it(tell: Tell) -> None:
    world = tell("found")
    for person in ("assessor", "admin"):
        refused(world.as_(person).post(CLOSING, REASON), ClosingNotYours)
    world.as_("responsible").does(CLOSING, REASON)
    answer = world.as_("mia").sees("/assessments/{attempt}")
    assert (len(answer["findings"]), answer["decisions"]) == (2, [])
    assessor = world.as_("assessor")
    refused(
        assessor.post("/assessments/{attempt}/findings", {"findings": [finding(world, "S11")]}), AttemptAlreadyClosed
    )
    refused(world.as_("responsible").post(CLOSING, REASON), AttemptAlreadyClosed)


def test_what_was_found_in_a_closed_attempt_stands_in_the_context_of_the_next(tell: Tell) -> None:
    world = tell("found")
    world.as_("lead").does(CLOSING, REASON)
    world.ids["closed"] = world["attempt"]
    failed(world, "next")
    (closed,) = world.as_("assessor").sees("/assessments/{next}/context")["closed_attempts"]
    assert (closed["assessment_id"], closed["number"], closed["reason"]) == (str(world["closed"]), 1, REASON["reason"])
    assert [each["finding"]["code"] for each in closed["findings"]] == list(CODES["C1"])


def test_a_decided_attempt_is_not_closed(tell: Tell) -> None:
    world = tell("decided")
    refused(world.as_("responsible").post(CLOSING, REASON), DecisionFixed)


def test_no_further_attempt_is_opened_where_every_code_is_met(tell: Tell) -> None:
    world = tell("decided")
    body = {"enrolment_id": world["enrolment"], "component": "C1"}
    problem = refused(world.as_("assessor").post("/assessments", body), AttemptNotAllowed)
    assert "Every code" in problem["detail"]


def test_another_form_whose_key_is_another_resets_no_limit(tell: Tell) -> None:
    world = tell("enrolled")
    for attempt in ("first", "last"):
        failed(world, attempt)
    renamed = [{**component(world, key), "key": name} for key, name in (("C1", "Live"), ("C2", "Folder"))]
    another_form(world, "LET", *renamed)
    body = {"enrolment_id": world["enrolment"], "component": "Live"}
    problem = refused(world.as_("assessor").post("/assessments", body), AttemptNotAllowed)
    assert "2 of 2" in problem["detail"]


def test_the_limit_of_the_form_of_opening_is_asked_again_when_deciding(tell: Tell) -> None:
    world = tell("found")
    left_open = world["attempt"]
    on_cvt(world)
    for attempt in ("first", "last"):
        failed(world, attempt)
    change_route(world, "LET", "form")
    world.ids["attempt"] = left_open
    problem = refused(
        world.as_("assessor").post("/assessments/{attempt}/decisions", decision(world)), AttemptNotAllowed
    )
    assert "2 of 2" in problem["detail"]


def test_an_attempt_for_a_route_that_is_left_is_closed_and_not_decided(tell: Tell) -> None:
    world = tell("found")
    on_cvt(world)
    refused(world.as_("assessor").post("/assessments/{attempt}/decisions", decision(world)), RouteLeft)
    world.as_("lead").does(CLOSING, REASON)
