"""Where a claim points, marked by its apprentice: drawn on a page by keyboard, or noted at the time of a recording."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.conftest import Tell
from tests.api.world import BASE, World
from tests.infra.vault import files
from tests.pages.browsing import NARROW, Desk, barriers, desk_before
from tests.pages.test_hand_in import described, go_on, sent, versions
from tests.pages.visitor import Visitor, a_file

pytestmark = pytest.mark.slow


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they draw."""
    return BASE


@pytest.fixture
def desk(browser: Browser, tell: Tell) -> Iterator[Desk]:
    world = tell("enrolled")
    with desk_before(browser, world) as desk:
        yield desk


def places(desk: Desk, *chosen: tuple[bytes, str, str]) -> Page:
    """Open the page on which the apprentice of a draft says where its claim points, with all that it shows made."""
    mia = Visitor(desk.world, "mia")
    page = described(mia, go_on(mia, sent(mia, *chosen)), codes=["K1"])
    address = page.form("places")[0]
    shown = desk.sits("mia", width=NARROW)
    shown.goto(f"{desk.address}{address}")
    while desk.world.previews.asked:
        desk.world.previews.settle()
        shown.goto(f"{desk.address}{address}")
    return shown


def kept(world: World) -> dict[str, object]:
    """Return the place at which the one claim points."""
    ((claim,),) = ([each["place"] for each in version["claims"]] for version in versions(world))
    return claim  # type: ignore[no-any-return]


def test_a_place_of_a_page_is_marked_on_a_phone_by_keyboard(desk: Desk) -> None:
    page = places(desk, a_file())
    page.get_by_role("button", name="Mark a place").press("Enter")
    drawn = page.get_by_role("application", name="Place being marked")
    expect(drawn).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert barriers(page) == []
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("K1: page 1, the marked area")
    assert kept(desk.world)["type"] == "pdf rectangle"
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    assert desk.complaints == []


def test_a_time_of_a_recording_is_noted_where_the_player_is(desk: Desk) -> None:
    page = places(desk, (files.wav(20), "call.wav", "audio/wav"))
    page.locator("audio").evaluate(
        "(player) => player.readyState || new Promise((ready) => { player.onloadedmetadata = ready })"
    )
    page.locator("audio").evaluate(
        "(player) => new Promise((sought) => { player.onseeked = sought; player.currentTime = 2; })"
    )
    page.get_by_role("button", name="Note here").click()
    page.get_by_role("textbox", name="To").fill("0:06")
    assert barriers(page) == []
    page.get_by_role("button", name="Keep this place").click()
    expect(page.get_by_role("main")).to_contain_text("K1: 0:02 to 0:06")
    assert kept(desk.world) == {"type": "time range", "start": 2, "end": 6}
