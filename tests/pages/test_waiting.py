"""What is being made or checked shows itself in a real browser as soon as it is there, and takes nothing typed away."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.vault.previews.maker import SandboxMaker
from portfolio.application.previews import FAILED
from tests.api.conftest import Tell
from tests.api.world import BASE, ITEMS, World, hand_in, offer, put
from tests.checking import Never
from tests.infra.vault import files
from tests.infra.vault.previews.recordings import film
from tests.pages.browsing import Desk, barriers, desk_before

pytestmark = pytest.mark.slow


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of how they wait."""
    return BASE


@pytest.fixture
def desk(browser: Browser, tell: Tell) -> Iterator[Desk]:
    world = tell("submitted")
    with desk_before(browser, world) as desk:
        yield desk


def opened(desk: Desk, path: str, person: str = "assessor") -> Page:
    page = desk.sits(person)
    page.goto(desk.path(path))
    return page


def remark(page: Page) -> Locator:
    """Return where a remark is typed, behind its tab."""
    page.get_by_role("tab", name="Remarks").click()
    return page.get_by_role("textbox", name="Remark")


def made_soon(world: World) -> None:
    """Make all that was asked for, also what the page asks for next."""
    while world.previews.asked:
        world.previews.settle()


def test_a_page_shows_itself_and_what_was_typed_meanwhile_stays(desk: Desk) -> None:
    hand_in(desk.world, "log", files.pdf(*[(595, 842)] * 3), title="Desk log")
    page = opened(desk, "/evidence/{log}")
    expect(page.get_by_text("This page is being prepared")).to_be_visible()
    remark(page).fill("The date is missing.")
    page.get_by_role("link", name="Look again in a moment").focus()
    made_soon(desk.world)
    expect(page.get_by_role("img", name="Page 1 of 3 of Desk log")).to_be_visible()
    expect(page.get_by_role("status").last).to_have_text("What was being prepared is shown now.")
    expect(page.locator("#look")).to_be_focused()
    expect(remark(page)).to_have_value("The date is missing.")
    assert barriers(page) == []
    assert desk.complaints == []


class Halfway(SandboxMaker):
    """Makes a recording playable as far as two fifths, and the rest when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = Event()

    def make(self, recipe: str, argument: str, source: Any, keep: Any, progress: Callable[[float], None]) -> None:
        if recipe == "playable":
            progress(0.4)
            self.go_on.wait()
        super().make(recipe, argument, source, keep, progress if recipe != "playable" else lambda _: None)


def test_a_film_says_how_far_it_is_until_it_plays(desk: Desk) -> None:
    maker = desk.world.previews.maker = Halfway()
    hand_in(desk.world, "film", film("libx265", "mov"), "video/quicktime", filename="film.mov", title="Fault")
    page = opened(desk, "/evidence/{film}")
    expect(page.get_by_text("The recording is being prepared")).to_be_visible()
    making = Thread(target=made_soon, args=(desk.world,))
    making.start()
    try:
        expect(page.get_by_role("progressbar", name="How much is done")).to_have_attribute("value", "0.4")
        expect(page.locator("#look").get_by_text("is being prepared (40% done")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("A version that every browser plays is being prepared.")
    finally:
        maker.go_on.set()
        making.join()
    expect(page.locator("video")).to_have_attribute("src", re.compile("part=playable"))
    assert desk.complaints == []


def test_what_somebody_listens_to_goes_on_where_it_is(desk: Desk) -> None:
    hand_in(desk.world, "sound", *ITEMS["sound"], filename="call.wav", title="Radio call")
    page = opened(desk, "/evidence/{sound}")
    expect(page.get_by_text("The recording is being prepared")).to_be_visible()
    page.locator("audio").evaluate("(player) => { player.wasHere = true; }")
    made_soon(desk.world)
    expect(page.get_by_role("img", name="How loud it is, from its beginning to its end")).to_be_visible()
    assert page.locator("audio").evaluate("(player) => player.wasHere")
    assert desk.complaints == []


class Breaks(SandboxMaker):
    """Fails, for a reason of the machine's."""

    def make(self, *_: object) -> None:
        raise RuntimeError


def asked_for(page: Page) -> list[str]:
    """Return the addresses that the browser asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_what_failed_is_not_asked_for_again_by_itself(desk: Desk) -> None:
    desk.world.previews.maker = Breaks()
    hand_in(desk.world, "log", files.pdf(), title="Desk log")
    page = opened(desk, "/evidence/{log}")
    made_soon(desk.world)
    expect(page.locator("#look").get_by_text(FAILED)).to_be_visible()
    expect(page.get_by_role("link", name="Look again in a moment")).to_be_visible()
    assert page.locator("[data-again]").count() == 0


def test_it_stops_asking_in_the_end(desk: Desk) -> None:
    hand_in(desk.world, "log", files.pdf(), title="Desk log")
    page = desk.sits("assessor")
    page.clock.install()
    page.goto(desk.path("/evidence/{log}"))
    with page.expect_response("**/evidence/*"):
        page.clock.fast_forward("31:00")
    asked = asked_for(page)
    page.clock.fast_forward("31:00")
    page.evaluate("fetch(location.href).then((answer) => answer.text())")
    assert len(asked) == 1
    expect(page.get_by_role("link", name="Look again in a moment")).to_be_visible()


def test_a_file_shows_that_it_is_checked_unless_that_would_take_something_typed_away(desk: Desk) -> None:
    world, mia = desk.world, desk.world.as_("mia")
    in_time, world.services = world.services, replace(world.services, checking=Never())
    receipt = mia.does("/evidence", offer(world, files.pdf(), title="Desk log"), name="log")
    assert put(world, receipt["parts"][0]["url"], files.pdf()).status_code == 204
    assert mia.post("/evidence/{log}/upload", {"version": 1}).status_code == 202
    page, typing = (opened(desk, "/evidence/{log}", "mia") for _ in range(2))
    typing.get_by_text("Claim codes").click()
    typing.get_by_label("K1", exact=True).check()
    for each in (page, typing):
        expect(each.get_by_text("waits to be checked")).to_be_visible()
    world.services = in_time
    mia.does("/evidence/{log}/upload", {"version": 1})
    expect(page.get_by_role("button", name="Hand in")).to_be_visible()
    expect(typing.get_by_text("It has been checked since: look again")).to_be_visible()
    expect(typing.get_by_label("K1", exact=True)).to_be_checked()
    assert desk.complaints == []
