"""An apprentice's pages in a real browser: each state without barriers, and a journey by keyboard or tree alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from tests.api.conftest import Tell
from tests.api.test_replacing_decisions import SUPERSESSIONS, supersession, voiding, with_second_assessor
from tests.api.world import BASE, ITEMS, TODAY, World, consent, decision, hand_in, upload
from tests.pages.browsing import NARROW, NARROWEST, WIDE, Desk, barriers, serving
from tests.pages.drivers import ByKeyboard, ByTree, Driver
from tests.pages.test_board import not_met
from tests.pages.test_home import returned

pytestmark = pytest.mark.slow

HOME, BOARD = "/", "/enrolments/{enrolment}"
RECORD, CONSENTS = f"{BOARD}/record", f"{BOARD}/consents"


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


def waits(tell: Tell) -> World:
    """Work came back with remarks, and a draft lies beside it."""
    world = tell("submitted")
    returned(world)
    upload(world, "draft", *ITEMS["text"], title="Clip of the cable run")
    return world


def failed(tell: Tell) -> World:
    """A code was not met, and work came back after that."""
    world = tell("found")
    assessor = world.as_("assessor")
    assessor.does("/assessments/{attempt}/findings", not_met(world))
    assessor.does("/assessments/{attempt}/decisions", decision(world, grade="fail", reasons="S12 was not shown."))
    hand_in(world, "log", *ITEMS["text"], title="Desk log")
    assessor.does("/evidence/{log}/return", {"version": 1, "reason": "Say which desk the times are from."})
    return world


def replaced(tell: Tell) -> World:
    """A decision was replaced, and the one in its place set aside."""
    world = with_second_assessor(tell("decided"))
    world.now += timedelta(days=3)
    receipt = world.as_("second").does(SUPERSESSIONS, supersession(world))
    world.as_("responsible").does("/assessments/{attempt}/voids", voiding(world, decision_id=receipt["decision_id"]))
    return world


def agreed(tell: Tell) -> World:
    """A coach may appeal, an officer move the apprentice to another route, taken back; and two questions were asked."""
    world = tell("decided")
    decided = {"assessment_id": world["attempt"], "decision_id": world["decision"]}
    consent(world, "coach", type="appeal", **decided)
    given = consent(world, "admin", type="route", route="CVT")
    world.as_("mia").does(f"/enrolments/{{enrolment}}/consents/{given}/withdrawal")
    asking = {"reason": "A new job, with more light to hang."}
    for no, route in ((True, "CVT"), (False, "SLT")):
        body = {**asking, "purpose": {"type": "route", "route": route}}
        asked = world.as_("admin").does("/enrolments/{enrolment}/consent-questions", body)["question_id"]
        if no:
            world.as_("mia").does(f"/enrolments/{{enrolment}}/consent-questions/{asked}/refusal", {})
    return world


STATES: tuple[tuple[Callable[[Tell], World], tuple[str, ...]], ...] = (
    (waits, (HOME, BOARD, RECORD)),
    (failed, (HOME, BOARD, CONSENTS)),
    (replaced, (BOARD, f"{BOARD}?as_of={TODAY}")),
    (agreed, (HOME, CONSENTS)),
)


@pytest.mark.parametrize(("story", "paths"), STATES, ids=[story.__name__ for story, _ in STATES])
def test_no_state_has_a_barrier_or_scrolls_sideways(
    browser: Browser, tell: Tell, story: Callable[[Tell], World], paths: tuple[str, ...]
) -> None:
    world = story(tell)
    with serving(world) as address:
        desk = Desk(browser, world, address)
        desk.sits("mia").goto(desk.path(HOME))  # from the second time on there is something new, or nothing
        page = desk.sits("mia", width=NARROW)
        found = {}
        for path in paths:
            page.goto(desk.path(path))
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            found[path] = barriers(page)
            page.emulate_media(color_scheme="dark")
            found[f"{path} in the dark"] = barriers(page, rules=["color-contrast"])
            page.emulate_media(color_scheme="light")
            for width in (WIDE, NARROWEST):
                page.set_viewport_size({"width": width, "height": 900})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found[f"{path} at {width}"] = ["scrolls sideways"]
        page.context.close()
        assert {where: each for where, each in found.items() if each} == {}
        assert desk.complaints == []


@pytest.mark.parametrize("how", [ByKeyboard, ByTree])
def test_an_apprentice_reads_what_came_back_and_the_grade_and_answers_for_themselves(
    browser: Browser, tell: Tell, how: type[Driver]
) -> None:
    world = failed(tell)
    with serving(world) as address:
        desk = Desk(browser, world, address)
        page = desk.sits("mia", width=NARROW)
        page.goto(desk.path(HOME))
        reads_and_answers(how(page), world)
        page.context.close()
        assert desk.complaints == []


def reads_and_answers(mia: Driver, world: World) -> None:
    """Let Mia read what came back and her grade, and answer for herself, from her home."""
    mia.reads("One thing waits for you")
    mia.reads("Say which desk the times are from.")
    mia.follow("My outcomes")
    mia.reads("S12 – “The run was stopped.”")
    mia.reads("Ask your coach about another attempt")
    mia.follow("let them")
    mia.press("Yes, Coach may do this")
    mia.reads("Holds: it has not been done yet.")
    mia.press("Take this back")
    mia.reads("Take your consent back?")
    mia.press("Take it back")
    mia.reads("Taken back.")
    world.reads.settle()
    mia.follow("My record")
    mia.reads("took a consent back.")
