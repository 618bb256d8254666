"""The page of an item in a real browser: places drawn by mouse, touch and keys, notes, quotes, words found."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.vault.previews.maker import SandboxMaker
from tests.api.conftest import Tell
from tests.api.world import BASE, ITEMS, World, hand_in
from tests.infra.vault import files
from tests.infra.vault.previews.test_recipes import sheet as page_with_lines
from tests.pages.browsing import NARROW, Desk, barriers, desk_before
from tests.pages.test_beside import again, given_back
from tests.soak import SOAK

pytestmark = pytest.mark.slow

IN_A_ROW = 40 if SOAK > 1 else 10
"""So many items are accepted one after the other."""


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they draw."""
    return BASE


@pytest.fixture
def desk(browser: Browser, tell: Tell) -> Iterator[Desk]:
    world = tell("submitted")
    with desk_before(browser, world) as desk:
        yield desk


def opened(desk: Desk, path: str, person: str = "assessor", **options: Any) -> Page:
    """Open a page with all that it shows made."""
    page = desk.sits(person, **options)
    page.goto(desk.path(path))
    while desk.world.previews.asked:
        desk.world.previews.settle()
        page.goto(desk.path(path))
    return page


def remarks_tab(page: Page) -> None:
    if page.get_by_role("tab", name="Remarks").count():
        page.get_by_role("tab", name="Remarks").click()


def listening(page: Page) -> None:
    """Wait until the page has said that it listens to keys."""
    expect(page.locator("kbd[data-shortcut]").first).to_be_visible()


def keeps(page: Page, text: str) -> None:
    """Fill in the rest of a remark and keep it."""
    page.get_by_role("textbox", name="Remark").fill(text)
    page.get_by_label("Look here").check()
    page.get_by_label("Assessors only").check()
    page.get_by_role("button", name="Keep the remark").click()
    expect(page.get_by_role("alert")).to_contain_text("Done")


def kept(world: World, name: str = "evidence") -> list[dict[str, Any]]:
    """Return the places of the remarks on an item."""
    (version,) = world.as_("assessor").sees(f"/evidence/{{{name}}}")["versions"]
    return [each["selector"] for each in version["annotations"]]


def near(place: dict[str, Any], **wanted: float) -> None:
    """Insist that a place is within a point of what is wanted."""
    assert {name: place[name] for name in wanted} == {name: pytest.approx(each, abs=2) for name, each in wanted.items()}


def on_sheet(sheet: Locator, x: float, y: float) -> tuple[float, float]:
    """Return where on the screen a place of an A4 page lies, which is scrolled to."""
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    assert box
    return box["x"] + x / 595 * box["width"], box["y"] + y / 842 * box["height"]


def test_a_place_is_drawn_with_the_mouse_sized_by_a_handle_and_kept_with_its_remark(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}")
    remarks_tab(page)
    page.get_by_role("button", name="Mark a place").click()
    sheet = page.locator("#sheet")
    page.mouse.move(*on_sheet(sheet, 100, 60))
    page.mouse.down()
    page.mouse.move(*on_sheet(sheet, 150, 100), steps=3)
    page.mouse.move(*on_sheet(sheet, 300, 160), steps=3)
    page.mouse.up()
    page.mouse.move(*on_sheet(sheet, 300, 160))
    page.mouse.down()
    page.mouse.move(*on_sheet(sheet, 400, 200), steps=3)
    page.mouse.up()
    keeps(page, "The times agree.")
    (place,) = kept(desk.world)
    assert (place["type"], place["page"]) == ("pdf rectangle", 1)
    near(place, x=100, y=60, width=300, height=140)
    expect(page.locator("#sheet").get_by_role("link", name="Remark 1, Assessor")).to_be_visible()
    assert desk.complaints == []


def test_a_place_is_drawn_by_touch_on_a_phone(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}", width=NARROW, has_touch=True, is_mobile=True)
    # what is not drawn is clicked: a tap that lasts half a second, as on a busy machine, is a long press
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.get_by_role("button", name="Mark", exact=True)).to_have_attribute("aria-pressed", "true")
    sheet = page.locator("#sheet")
    sheet.scroll_into_view_if_needed()
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    start, half, end = (on_sheet(sheet, *at) for at in ((60, 60), (200, 120), (360, 200)))
    touch("touchStart", start)
    touch("touchMove", half)
    touch("touchMove", end)
    touch("touchEnd")
    page.get_by_role("button", name="Keep this place and go on").click()
    expect(page.get_by_role("textbox", name="Remark")).to_be_focused()
    keeps(page, "Here.")
    near(kept(desk.world)[0], x=60, y=60, width=300, height=140)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW


def test_a_place_is_drawn_by_keyboard_alone(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}")
    page.locator(".app-stage").evaluate("(stage) => stage.scrollIntoView()")
    page.keyboard.press("m")
    drawn = page.get_by_role("application", name="Place being marked")
    expect(drawn).to_be_focused()
    before = page.locator("[name='selector.x']").input_value()
    page.keyboard.press("ArrowRight")
    after = page.locator("[name='selector.x']").input_value()
    assert float(after) - float(before) == pytest.approx(5.95, abs=0.11)
    page.keyboard.press("Control+ArrowLeft")
    assert float(after) - float(page.locator("[name='selector.x']").input_value()) == pytest.approx(0.6, abs=0.11)
    width = page.locator("[name='selector.width']").input_value()
    page.keyboard.press("Shift+ArrowRight")
    assert float(page.locator("[name='selector.width']").input_value()) - float(width) == pytest.approx(5.95, abs=0.11)
    expect(page.locator("#place [role=status]")).to_contain_text("wide, ")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Remark")).to_be_focused()
    page.keyboard.type("The dimmer was labelled.")
    keeps(page, "The dimmer was labelled.")
    assert kept(desk.world)[0]["type"] == "pdf rectangle"


def test_escape_drops_the_place_and_gives_the_focus_back(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}")
    remarks_tab(page)
    page.get_by_role("button", name="Mark a place").press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Mark a place")).to_be_focused()
    expect(page.locator("[name='selector.x']")).to_have_value("")
    keeps(page, "All of it.")
    assert kept(desk.world)[0]["type"] == "whole item"


def test_a_turned_and_larger_page_is_drawn_on_where_it_is_pointed_at(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}")
    remarks_tab(page)
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Turn").click()
    expect(page.locator("[data-zoom]")).to_have_text("125 %")
    page.get_by_role("button", name="Mark a place").click()
    sheet = page.locator("#sheet")
    page.locator(".app-stage").evaluate("(stage) => { stage.scrollIntoView(); stage.scrollTo(0, 0); }")
    box = sheet.bounding_box()
    assert box
    scale = box["width"] / 842  # it lies on its side
    x, y = box["x"], box["y"]
    page.mouse.move(x + 100 * scale, y + 40 * scale)
    page.mouse.down()
    page.mouse.move(x + 300 * scale, y + 90 * scale, steps=4)
    page.mouse.up()
    keeps(page, "On its side.")
    near(kept(desk.world)[0], x=40, y=842 - 300, width=50, height=200)


def test_a_place_of_a_picture_is_in_whole_pixels(desk: Desk) -> None:
    hand_in(desk.world, "photo", files.picture("PNG", (400, 300)), "image/png", filename="a.png")
    page = opened(desk, "/evidence/{photo}")
    page.locator(".app-stage").evaluate("(stage) => stage.scrollIntoView()")
    page.keyboard.press("m")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    keeps(page, "This lamp.")
    (place,) = kept(desk.world, "photo")
    assert place == {"type": "image region", "x": 136, "y": 135, "width": 120, "height": 30}


def test_a_note_begins_and_ends_where_the_player_is(desk: Desk) -> None:
    hand_in(desk.world, "sound", files.wav(20), "audio/wav", filename="call.wav", title="Radio call")
    page = opened(desk, "/evidence/{sound}")

    def at(seconds: float) -> None:
        page.locator("audio").evaluate(
            "(player, at) => new Promise((sought) => { player.onseeked = sought; player.currentTime = at; })", seconds
        )

    page.locator("audio").evaluate(
        "(player) => player.readyState || new Promise((ready) => { player.onloadedmetadata = ready })"
    )
    at(2)
    page.locator(".app-content").get_by_role("button", name="Note here").click()
    expect(page.get_by_role("textbox", name="From")).to_have_value("0:02")
    at(4.5)
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="To")).to_have_value("0:04.5")
    expect(page.get_by_role("textbox", name="Remark")).to_be_focused()
    page.get_by_role("application", name="Note: from 0:02 to 0:04.5").focus()
    page.keyboard.press("]")
    expect(page.get_by_role("textbox", name="To")).to_have_value("0:05")
    keeps(page, "Repeats the message.")
    assert kept(desk.world, "sound") == [{"type": "time range", "start": 2.0, "end": 5.0}]
    remarks_tab(page)
    page.locator("#remark-1").get_by_role("link").click()
    expect(page.locator("audio")).to_have_js_property("currentTime", 2)
    assert barriers(page) == []
    assert desk.complaints == []


def test_words_of_a_text_are_chosen_and_quoted(desk: Desk) -> None:
    hand_in(desk.world, "notes", b"Rigged six lanterns. Then six lanterns more.\n", "text/plain", filename="a.txt")
    page = opened(desk, "/evidence/{notes}")
    text = page.get_by_label("Its text: choose words here to quote them")
    expect(text).to_have_value("Rigged six lanterns. Then six lanterns more.\n")
    remarks_tab(page)
    page.get_by_role("button", name="Quote the chosen words").click()
    expect(page.locator("#place [role=status]")).to_have_text("Choose words in the text first.")
    text.evaluate("(text) => { text.focus(); text.setSelectionRange(26, 38); }")
    page.get_by_role("button", name="Quote the chosen words").click()
    keeps(page, "The second time.")
    (place,) = kept(desk.world, "notes")
    assert (place["exact"], place["prefix"]) == ("six lanterns", "Rigged six lanterns. Then ")
    assert barriers(page) == []
    remarks_tab(page)
    page.get_by_role("button", name="Show it in the text").click()
    expect(text).to_be_focused()
    assert text.evaluate("(text) => [text.selectionStart, text.selectionEnd]") == [26, 38]


def test_words_are_found_on_a_page_and_lines_of_it_marked_without_seeing_them(desk: Desk) -> None:
    hand_in(desk.world, "log", page_with_lines(["Safety bonds first", "then the lamps"]), title="Desk log")
    page = opened(desk, "/evidence/{log}")
    page.keyboard.press("/")
    expect(page.get_by_label("Find in its text")).to_be_focused()
    page.keyboard.type("nowhere at all")
    page.keyboard.press("Enter")
    expect(page.locator("[data-find] output")).to_contain_text("does not stand in its text")
    page.get_by_text("Mark lines of this page").click()
    line = page.locator(".app-choose input").first
    line.check()
    words = page.locator(".app-choose label").first.inner_text().split()
    page.get_by_label("Find in its text").fill(words[0])
    page.keyboard.press("Enter")
    expect(page.locator("[data-find] output")).to_contain_text("on this page")
    assert page.locator(".app-found").count() >= 1
    remarks_tab(page)
    keeps(page, "This line.")
    assert kept(desk.world, "log")[0]["type"] == "pdf rectangle"
    assert desk.complaints == []


class Printed(SandboxMaker):
    """Makes the same pages of every document."""

    def lacks(self, recipe: str) -> str | None:
        return None

    def make(self, recipe: str, argument: str, source: Any, keep: Any, progress: Any) -> None:
        if recipe == "document":
            keep("document", io.BytesIO(page_with_lines(["Safety bonds first", "then the lamps"])))
        else:
            super().make(recipe, argument, source, keep, progress)


def test_the_pages_of_a_document_are_searched_turned_and_quoted_and_nothing_is_marked_on_them(desk: Desk) -> None:
    desk.world.previews.maker = Printed()
    hand_in(desk.world, "account", files.docx(), files.DOCX, filename="account.docx", title="Account")
    page = opened(desk, "/evidence/{account}")
    page.get_by_label("Find in its text").fill("bonds first")
    page.keyboard.press("Enter")
    expect(page.locator("[data-find] output")).to_contain_text("Once on this page")
    assert page.locator(".app-found").count() == 1
    page.get_by_role("button", name="Turn").click()
    expect(page.locator(".app-stage svg")).to_have_attribute("data-turn", "90")
    expect(page.get_by_role("button", name="Mark")).to_have_count(0)
    page.get_by_text("Quote lines of this page").click()
    assert barriers(page) == []
    remarks_tab(page)
    page.get_by_role("textbox", name="Remark").fill("Which bonds?")
    page.locator(".app-choose input").first.check()
    quoted = "Page 1, as shown: “Safety bonds first”\nWhich bonds?"
    expect(page.get_by_role("textbox", name="Remark")).to_have_value(quoted)
    keeps(page, quoted)
    assert kept(desk.world, "account") == [{"type": "whole item"}]
    assert desk.complaints == []


def test_one_item_after_the_other_is_accepted_with_two_keys_each(desk: Desk) -> None:
    others = [f"more{number}" for number in range(IN_A_ROW - 1)]
    for name in others:
        hand_in(desk.world, name, *ITEMS["image"], filename="a.png", title=f"Picture {name}")
    page = opened(desk, "/queue")
    page.get_by_role("link", name="Risk assessment").click()
    for following in [*(f"Picture {name}" for name in others), "Your queue"]:
        listening(page)
        page.keyboard.press("a")
        expect(page.get_by_role("button", name="Accept and go to the next")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(following)
    seen = (desk.world.as_("assessor").sees(f"/evidence/{{{name}}}") for name in ("evidence", *others))
    assert {each["versions"][0]["stage"] for each in seen} == {"accepted"}


def test_keys_are_turned_off_and_work_in_no_field(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}")
    listening(page)
    page.keyboard.press("?")
    expect(page.get_by_text("They work while the focus is outside a field.")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("r")
    expect(page.get_by_label("Why you return it")).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_label("Why you return it")).to_have_value("a")
    page.get_by_role("button", name="Turn all shortcuts off").click()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Accept it")).to_be_hidden()
    page.reload(wait_until="networkidle")
    page.keyboard.press("?")
    expect(page.get_by_text("They work while the focus is outside a field.")).to_be_hidden()


def test_the_figure_of_a_mark_leads_to_it_and_the_mark_to_its_remark(desk: Desk) -> None:
    page = opened(desk, "/evidence/{evidence}")
    page.locator(".app-stage").evaluate("(stage) => stage.scrollIntoView()")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    keeps(page, "Here.")
    page.get_by_role("tab", name="Claims").click()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("1")
    mark = page.locator("#sheet").get_by_role("link", name="Remark 1, Assessor")
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#remark-1")).to_be_visible()


def test_two_versions_are_looked_at_together(desk: Desk) -> None:
    given_back(desk.world, "evidence")
    again(desk.world, "evidence", page_with_lines(["The last page"]), "application/pdf")
    page = opened(desk, "/evidence/{evidence}?version=2&beside=1")
    page.goto(desk.path("/evidence/{evidence}"))
    listening(page)
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name="Version 1, replaced")).to_be_visible()
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Turn").click()
    for name in ("sheet", "beside-sheet"):
        assert page.locator(f"#{name}").evaluate("(sheet) => [sheet.style.width, sheet.dataset.turn]") == ["125%", "90"]
    page.locator(".app-stage").first.evaluate("(stage) => stage.scrollTo(40, 0)")
    expect(page.locator(".app-stage").last).to_have_js_property("scrollLeft", 40)
    assert barriers(page) == []
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.get_by_role("link", name="Go to version 1").click()
    expect(page.get_by_role("heading", name="Version 1, replaced")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name="The evidence")).to_be_visible()
    assert desk.complaints == []
