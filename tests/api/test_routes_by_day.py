"""Route changes hold by their day; what was begun for a route that is left is closed, over HTTP (ENROLMENT-3)."""

from typing import Any

import pytest

from portfolio.domain.assessment.closing import ClosingNotYours
from portfolio.domain.assessment.limits import RouteLeft
from portfolio.domain.enrolment.refusals import ConsentMissing, RouteChangeAgreed
from portfolio.domain.kernel import NotVisible
from tests.api import scrutiny
from tests.api.conftest import Tell
from tests.api.test_attempts import CLOSING, REASON, change_route, gaps, on_cvt
from tests.api.world import CODES, TODAY, TOMORROW, World, assign, consent, decision, finding, observation, refused

ROUTE = "/enrolments/{enrolment}/route"


def routes(world: World) -> list[tuple[str, str]]:
    return [(each["since"], each["route"]) for each in world.as_("mia").sees("/enrolments/{enrolment}")["routes"]]


def to(world: World, route: str, day: str, **fields: Any) -> dict[str, Any]:
    form = world["form"] if route == "LET" else world["other form"]
    return {"route": route, "form_id": form, "effective_on": day, "reason": "She asked.", **fields}


@pytest.mark.parametrize("day", ["2026-09-01", TODAY, TOMORROW])
def test_the_same_route_again_is_no_change_and_uses_up_no_consent(tell: Tell, day: str) -> None:
    world = tell("enrolled")
    admin = world.as_("admin")
    refused(admin.post(ROUTE, to(world, "LET", day)), ConsentMissing)
    consent(world, "admin", type="route", route="LET")
    head = world.journal.head()
    for _ in range(2):
        admin.does(ROUTE, to(world, "LET", day))
    assert (routes(world), world.journal.head()) == ([("2026-09-01", "LET")], head)


def test_a_change_recorded_later_with_an_earlier_day_cancels_none_in_force_unless_it_names_it(tell: Tell) -> None:
    world = tell("enrolled")
    on_cvt(world)
    assert routes(world) == [("2026-09-01", "LET"), (TODAY, "CVT")]
    consent(world, "admin", type="route", route="CVT")
    earlier = to(world, "CVT", "2026-10-01")
    assert refused(world.as_("admin").post(ROUTE, earlier), RouteChangeAgreed)["days"] == [TODAY]
    wrong = {**earlier, "cancels": ["2026-09-01", TODAY]}
    refused(world.as_("admin").post(ROUTE, wrong), RouteChangeAgreed)
    world.as_("admin").does(ROUTE, {**earlier, "cancels": [TODAY]})
    assert routes(world) == [("2026-09-01", "LET"), ("2026-10-01", "CVT")]
    asked = "/enrolments/{enrolment}/readiness?as_of="
    shown = {day: world.as_("mia").sees(asked + day)["route"] for day in ("2026-09-30", "2026-10-01", TODAY)}
    assert shown == {"2026-09-30": "LET", "2026-10-01": "CVT", TODAY: "CVT"}


def test_an_agreed_change_stands_when_an_earlier_one_is_refused_and_holds_from_its_day(tell: Tell) -> None:
    world = tell("enrolled")
    on_cvt(world)
    consent(world, "admin", type="route", route="LET")
    world.as_("admin").does(ROUTE, to(world, "LET", "2026-12-01"))
    consent(world, "admin", type="route", route="LET")
    refused(world.as_("admin").post(ROUTE, to(world, "LET", "2026-11-15")), RouteChangeAgreed)
    assert routes(world) == [("2026-09-01", "LET"), (TODAY, "CVT"), ("2026-12-01", "LET")]
    asked = "/enrolments/{enrolment}/readiness?as_of="
    assert [world.as_("mia").sees(asked + day)["route"] for day in ("2026-11-30", "2026-12-01")] == ["CVT", "LET"]


def test_an_attempt_of_a_left_route_is_closed_not_decided_and_goes_on_if_the_route_is_taken_again(tell: Tell) -> None:
    world = tell("found")
    on_cvt(world)
    assessor = world.as_("assessor")
    refused(assessor.post("/assessments/{attempt}/decisions", decision(world)), RouteLeft)
    assert not [gap for gap in gaps(world) if "at work" in gap]
    change_route(world, "LET", "form")
    assessor.does("/assessments/{attempt}/decisions", decision(world))


def test_an_attempt_of_a_left_route_is_closed_by_who_closes_any(tell: Tell) -> None:
    world = tell("enrolled")
    for closes, judged in (("assessor", False), ("admin", False), ("lead", True), ("responsible", True)):
        body = {"enrolment_id": world["enrolment"], "component": "C1"}
        world.as_("assessor").does("/assessments", body, name="attempt")
        if judged:
            world.as_("assessor").does("/evidence/records", observation(world), name="observation")
            found = {"findings": [finding(world, code) for code in CODES["C1"]]}
            world.as_("assessor").does("/assessments/{attempt}/findings", found)
        if "other form" in world.ids:
            change_route(world, "CVT", "other form")
        else:
            on_cvt(world)
        others = ("assessor", "admin") if judged else ("lead", "responsible")
        for other in others:
            refused(world.as_(other).post(CLOSING, REASON), ClosingNotYours)
        world.as_(closes).does(CLOSING, REASON)
        change_route(world, "LET", "form")


def test_what_was_decided_before_its_route_was_left_may_be_confirmed_or_declined_and_is_not_decided_again(
    tell: Tell,
) -> None:
    for answer in ("confirmed", "declined"):
        world = scrutiny.waiting(tell("approved"))
        on_cvt(world)
        second, named = world.as_("second"), {"decision_id": world["decision"]}
        if answer == "confirmed":
            second.does(scrutiny.CONFIRMATIONS, named)
            assert world.as_("mia").sees("/assessments/{attempt}")["decisions"][-1]["status"] == "effective"
        else:
            second.does(scrutiny.DECLINATIONS, {**named, "reason": "S12 was not seen."})
            part = assign(world, "ada", "assessor", components=["C1"])
            world.as_("admin").does(scrutiny.ASSIGNMENTS, part)
            scrutiny.judged(world, "ada")
            refused(world.as_("ada").post(scrutiny.DECISIONS, scrutiny.decision(world, "ada")), RouteLeft)
            world.as_("lead").does(CLOSING, REASON)


def test_the_first_and_the_last_day_that_there_are_answer_like_any_other(tell: Tell) -> None:
    mia, asked = tell("found").as_("mia"), "/enrolments/{enrolment}/readiness?as_of="
    refused(mia.get(f"{asked}0001-01-01"), NotVisible)
    assert mia.sees(f"{asked}9999-12-31")["as_of"] == "9999-12-31"
