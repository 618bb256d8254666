"""Attempts over HTTP: how often, on whichever form, and closed undecided (DECISION-9, DECISION-11)."""

from typing import Any
from uuid import UUID

from portfolio.domain.assessment.attempt import AttemptAlreadyClosed
from portfolio.domain.assessment.closing import ClosingNotYours
from portfolio.domain.assessment.decisions import DecisionFixed
from portfolio.domain.assessment.limits import AttemptNotAllowed, RouteLeft
from portfolio.domain.kernel import NotPermitted, NotVisible
from tests.api.conftest import Tell
from tests.api.world import (
    CODES,
    TODAY,
    World,
    component,
    consent,
    criteria,
    decides,
    decision,
    finding,
    observation,
    refused,
)

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
    routes = world.as_("admin").sees("/enrolments/{enrolment}")["routes"]
    body = {"route": route, "form_id": world[form], "effective_on": TODAY, "reason": "She asked."}
    body["cancels"] = [each["since"] for each in routes[1:] if each["since"] >= TODAY]
    consent(world, "admin", type="route", route=route)
    world.as_("admin").does("/enrolments/{enrolment}/route", body)


def on_cvt(world: World) -> None:
    """Move Mia to the route CVT, on a form whose C1 is the same component."""
    skills = {f"S{n}" for n in (*range(1, 11), *range(13, 16), *range(23, 30))}
    codes = sorted(skills | {f"K{n}" for n in (*range(1, 20), *range(26, 31))})
    another_form(world, "CVT", component(world, "C1"), component(world, "C2", codes=codes))


def not_met(world: World, attempt: str, component: str) -> None:
    """Open an attempt, observe Mia and find a code not met."""
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": component}, name=attempt)
    world.ids["attempt"] = world[attempt]
    assessor.does("/evidence/records", observation(world), name="observation")
    findings = [finding(world, "S11", judgement="not met"), finding(world, "S12")]
    assessor.does("/assessments/{attempt}/findings", {"findings": findings})


def failed(world: World, attempt: str, component: str = "C1") -> None:
    """Fail an attempt at the observation, by its key."""
    not_met(world, attempt, component)
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


def test_an_attempt_that_an_appeal_ordered_is_closed_only_by_an_officer_or_lead_without_a_part_in_it(
    tell: Tell,
) -> None:
    world = tell("convened")
    decides(world)
    world.reads.settle()
    drawn = world.as_("mia").sees("/appeals/{appeal}")["consequences"]
    world.ids["attempt"] = UUID(drawn[-1]["assessment_id"])
    for person in ("admin", "second"):
        assert world.as_(person).post(CLOSING, REASON).status_code in (404, 409), person
    refused(world.as_("admin").post(CLOSING, REASON), ClosingNotYours)
    world.as_("responsible").does(CLOSING, REASON)


def test_an_attempt_whose_codes_were_only_noted_as_not_judged_is_closed_by_its_assessor(tell: Tell) -> None:
    world = tell("enrolled")
    assessor = world.as_("assessor")
    assessor.does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    noted = {"code": "S11", "judgement": "not judged", "reason": "There was no time for it.", "cites": []}
    assessor.does("/assessments/{attempt}/findings", {"findings": [noted]})
    assessor.does(CLOSING, {"reason": "Broken off: the venue was closed."})


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
    (row,) = [each for each in world.as_("assessor").sees("/queues/assessor")["items"] if each["waits"] == "attempt"]
    assert row["why_not"] == RouteLeft.__doc__
    world.as_("lead").does(CLOSING, REASON)


# --- readiness over several attempts and forms ------------------------------------------------------------------------


def ready(world: World) -> dict[str, Any]:
    return world.as_("mia").sees("/enrolments/{enrolment}/readiness")


def gaps(world: World) -> list[str]:
    return [sentence for outcome in ready(world)["outcomes"] for sentence in outcome["gaps"]]


def test_between_finding_and_decision_readiness_says_that_an_assessor_is_at_work(tell: Tell) -> None:
    world = tell("found")
    assert "S11: an assessor is at work on it: 2 of 2 codes judged." in gaps(world)
    assert not any("S11" in sentence and "no assessor" in sentence for sentence in gaps(world))
    world.as_("lead").does(CLOSING, REASON)
    (said,) = {sentence for sentence in gaps(world) if sentence.startswith("S11:")}
    assert said.endswith("it was judged in an attempt that does not count; it will be observed (Component C1).")


def test_after_a_resit_the_sentences_are_those_of_the_latest_attempt(tell: Tell) -> None:
    world = tell("enrolled")
    failed(world, "first")
    assert any("S11: judged on 2 November 2026, not met." in sentence for sentence in gaps(world))
    not_met(world, "last", "C1")
    assert any(sentence.endswith("Another attempt is open: 2 of 2 codes judged.") for sentence in gaps(world))
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", {"findings": [finding(world, code) for code in CODES["C1"]]})
    assessor.does("/assessments/{attempt}/decisions", decision(world))
    assert not [sentence for sentence in gaps(world) if sentence.startswith(("S11", "S12"))]


def test_a_renamed_component_of_a_later_version_of_criteria_keeps_what_was_decided(tell: Tell) -> None:
    world = tell("decided")
    newer(world, follows=world["criteria"])
    observed, folder = (component(world, key, criteria_id=world["newer"]) for key in CODES)
    another_form(world, "LET", {**observed, "key": "Live"}, {**folder, "key": "C1"})
    assert (ready(world)["codes_assessed"], ready(world)["gaps"]) == (2, [])


def test_a_key_that_names_another_component_on_the_form_now_taken_brings_nothing_over(tell: Tell) -> None:
    world = tell("decided")
    newer(world)
    another_form(world, "LET", *(component(world, key, criteria_id=world["newer"]) for key in CODES))
    assert ready(world)["codes_assessed"] == 0
    assert ready(world)["gaps"] == ["No observation has been completed; the plan requires at least one."]
    follows = {"follows": world["criteria"], "reason": "The same criteria, set anew."}
    world.as_("responsible").does("/criteria/{newer}/predecessor", follows)
    assert (ready(world)["codes_assessed"], ready(world)["gaps"]) == (2, [])


def newer(world: World, **fields: Any) -> None:
    """Have further criteria approved."""
    world.as_("admin").does("/criteria", criteria(world, version="2", **fields), name="newer")
    world.as_("lead").does("/criteria/{newer}/approval")
