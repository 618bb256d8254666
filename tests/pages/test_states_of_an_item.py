"""Every state of an item's page in a real browser, at each width and in each scheme, for barriers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.api.conftest import Tell
from tests.api.test_redactions import REDACT, REDACTIONS
from tests.api.world import BASE, ITEMS, hand_in
from tests.infra.vault import files
from tests.pages.browsing import LOOKS, Desk, Scheme, barriers, desk_before
from tests.pages.test_viewing import opened

pytestmark = pytest.mark.slow


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they draw."""
    return BASE


@pytest.fixture
def desk(browser: Browser, tell: Tell) -> Iterator[Desk]:
    with desk_before(browser, tell("submitted")) as desk:
        yield desk


def test_no_state_that_a_version_can_be_in_has_a_barrier(browser: Browser, tell: Tell) -> None:
    world = tell("found")
    world.as_("responsible").does(REDACTIONS, REDACT)
    hand_in(world, "gone", *ITEMS["image"], filename="a.png")
    world.as_("mia").does("/evidence/{gone}/withdrawal", {"version": 1, "reason": "The wrong one."})
    hand_in(world, "broken", files.undecodable(), "video/mp4", filename="clip.mp4")
    states = {"coach": "evidence", "assessor": "observation", "mia": "gone", "quality": "broken"}
    faults: dict[str, list[str]] = {}
    with desk_before(browser, world) as desk:
        for person, name in states.items():
            page = opened(desk, f"/evidence/{{{name}}}", person)
            page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
            faults[name] = barriers(page)
            expect(page.get_by_role("button", name="Note here")).to_have_count(0)
    assert {name: each for name, each in faults.items() if each} == {}


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_state_of_the_page_has_a_barrier(desk: Desk, width: int, scheme: Scheme) -> None:
    hand_in(desk.world, "sound", *ITEMS["sound"], filename="call.wav", title="Radio call")
    hand_in(desk.world, "notes", *ITEMS["text"], filename="a.txt", title="Notes")
    faults: dict[str, list[str]] = {}
    for name in ("evidence", "sound", "notes"):
        page = opened(desk, f"/evidence/{{{name}}}", width=width, color_scheme=scheme)
        for tab in page.get_by_role("tab").all():
            tab.click()
            faults[f"{name} {tab.inner_text()}"] = barriers(page)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        faults[name] = barriers(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults[name].append("scrolls sideways")
    assert {state: each for state, each in faults.items() if each} == {}
