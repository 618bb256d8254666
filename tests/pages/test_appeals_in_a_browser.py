"""An appeal in a real browser: from a phone to its panel, and what could not follow; each state without barriers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.api.conftest import Tell
from tests.api.test_panels import RECUSALS, divided
from tests.api.world import BASE, World
from tests.pages.browsing import NARROW, NARROWEST, WIDE, Desk, barriers, desk_before
from tests.pages.drivers import ByKeyboard, Driver
from tests.pages.test_hearing import with_follow_up

pytestmark = pytest.mark.slow

APPEAL = "/assessments/{attempt}/decisions/{decision}/appeal"


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


def recused(tell: Tell) -> World:
    """A member said that they cannot hear it."""
    world = tell("convened")
    world.as_("member").does(RECUSALS, {"reason": "I know the family."})
    return world


STATES: dict[str, tuple[Callable[[Tell], World], dict[str, str]]] = {
    "decided": (lambda tell: tell("decided"), {APPEAL: "mia"}),
    "lodged": (
        lambda tell: tell("lodged"),
        {"/appeals/{appeal}/admission": "officer", "/appeals/{appeal}/refusal": "officer"},
    ),
    "admitted": (lambda tell: tell("admitted"), {"/appeals/{appeal}/panel": "officer"}),
    "divided": (lambda tell: divided(tell("convened")), {"/appeals/{appeal}/further-members": "officer"}),
    "recused": (recused, {"/appeals/{appeal}/replacement": "officer"}),
    "upheld": (
        with_follow_up,
        {
            "/consequences": "responsible",
            "/appeals/{appeal}/consequences": "responsible",
            "/appeals/{appeal}/progress": "mia",
        },
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_no_state_of_an_appeal_has_a_barrier_or_scrolls_sideways(browser: Browser, tell: Tell, state: str) -> None:
    story, paths = STATES[state]
    with desk_before(browser, story(tell)) as desk:
        found = {}
        for path, person in paths.items():
            page = desk.sits(person, width=NARROW)
            page.goto(desk.path(path))
            found[path] = barriers(page)
            page.emulate_media(color_scheme="dark")
            found[f"{path} in the dark"] = barriers(page, rules=["color-contrast"])
            for width in (WIDE, NARROWEST):
                page.set_viewport_size({"width": width, "height": 900})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    found[f"{path} at {width}"] = ["scrolls sideways"]
            small = "[...document.querySelectorAll('main input:not([type=hidden]), main button')]"
            boxes = page.evaluate(f"{small}.map(each => each.getBoundingClientRect()).map(r => [r.width, r.height])")
            assert [box for box in boxes if min(box) < 24] == [], path
        assert {where: each for where, each in found.items() if each} == {}
        assert desk.complaints == []


def test_an_apprentice_appeals_from_a_phone_and_an_officer_admits_it_and_convenes_three(
    browser: Browser, tell: Tell
) -> None:
    world = tell("decided")
    with desk_before(browser, world) as desk:
        appeals(starting(desk, "mia", NARROW))
        world.reads.settle()
        convenes(starting(desk, "officer", WIDE))
        assert desk.complaints == []


def starting(desk: Desk, person: str, width: int) -> Driver:
    """Return somebody who goes by keyboard, at their home."""
    page = desk.sits(person, width=width)
    page.goto(desk.path("/"))
    return ByKeyboard(page)


def appeals(mia: Driver) -> None:
    """Let Mia appeal against her decision, on two grounds, from her home."""
    mia.follow("My outcomes")
    mia.follow("you yourself")
    mia.choose("Evidence that was available was not considered.")
    mia.tick("Risk assessment")
    mia.write("What happened, in your words", "My risk assessment was left out.")
    mia.press("Check the appeal")
    mia.press("Add another ground")
    mia.choose("Procedures were not applied consistently")
    mia.tick("How it was carried out or decided")
    mia.write("What happened, in your words", "It was stopped after forty minutes.")
    mia.press("Check the appeal")
    mia.reads("My risk assessment was left out.")
    mia.press("Lodge the appeal")
    mia.reads("It waits for an appeals officer, who admits it or says why not.")


def convenes(officer: Driver) -> None:
    """Let an officer find the appeal, admit it and convene a panel of three, from home."""
    officer.follow("Appeals")
    officer.follow("Mia")
    officer.press("Admit it")
    officer.reads("It was stopped after forty minutes.")
    officer.press("Admit the appeal")
    officer.press("Convene its panel")
    for name in ("Chair", "Member", "Third"):
        officer.tick(name)
    officer.press("Check the panel")
    officer.press("Convene the panel of 3")
    officer.reads("Its panel.")


def test_a_responsible_officer_handles_a_follow_up(browser: Browser, tell: Tell) -> None:
    with desk_before(browser, with_follow_up(tell)) as desk:
        responsible = starting(desk, "responsible", WIDE)
        responsible.follow("Follow-ups")
        responsible.follow("Mia")
        responsible.write("What was done instead", "She has passed it since.")
        responsible.press("Check before closing it")
        responsible.press("Close the follow-up")
        responsible.reads("She has passed it since")
        assert desk.complaints == []
