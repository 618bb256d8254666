"""A panel of three in a real browser: they read a case as it was, propose, do not agree, confirm; it is printed."""

from collections.abc import Iterator
from contextlib import closing

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.conftest import Tell
from tests.api.world import BASE
from tests.pages.browsing import Desk, barriers, desk_before

pytestmark = pytest.mark.slow

CASE = "/appeals/{appeal}"
WHY = "It lay there and was not looked at."


@pytest.fixture(scope="module")
def desk(browser: Browser, stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk before a case with a panel of three."""
    with closing(stages("admitted").copy(tmp_path_factory.mktemp("panel") / "world", base_url=BASE)) as world:
        world.as_("third").does("/people/{third}/interests", {"apprentice": world["mia"], "interest": "none"})
        members = [str(world[each]) for each in ("chair", "member", "third")]
        world.as_("officer").does("/appeals/{appeal}/panel", {"members": members})
        with desk_before(browser, world) as desk:
            yield desk


def reads(desk: Desk, person: str) -> Page:
    """Let somebody open the case."""
    page = desk.sits(person)
    page.goto(desk.path(CASE))
    return page


def test_a_panel_of_three_reads_and_answers(desk: Desk) -> None:
    chair = reads(desk, "chair")
    chair.get_by_role("listitem").filter(has_text="claimed 2 codes").get_by_role("link", name="As at this line").click()
    expect(chair.locator("#moment")).to_contain_text("Not the moment of the decision")
    chair.locator("#moment").get_by_role("link", name="Back to the decision").click()
    chair.locator("#had").locator("..").get_by_role("link", name="Risk assessment").click()
    expect(chair.get_by_role("heading", level=1)).to_have_text("Risk assessment, as it was")
    chair.get_by_role("link", name="Back to the case").click()
    chair.get_by_role("link", name="Go to your answer").click()
    chair.get_by_role("button", name="Propose an outcome").click()
    chair.get_by_role("button", name="Check and propose").click()
    expect(chair.get_by_role("alert")).to_contain_text("What should happen? Fill this in.")
    assert barriers(chair) == []
    chair.get_by_label("Your answer to ground 1, and why").fill(WHY)
    chair.get_by_label("Uphold the appeal").check()
    chair.get_by_label("Reasons for the outcome").fill("Available evidence was left out.")
    chair.get_by_label("Risk assessment").check()
    chair.get_by_role("button", name="Check and propose").click()
    assert barriers(chair) == []
    chair.get_by_role("button", name="Go back and change it").click()
    expect(chair.get_by_label("Your answer to ground 1, and why")).to_have_value(WHY)
    chair.get_by_role("button", name="Check and propose").click()
    chair.get_by_role("button", name="Propose: uphold the appeal").click()
    expect(chair.get_by_role("alert", name="Done")).to_contain_text("You proposed to the panel")
    assert barriers(chair) == []
    third = reads(desk, "third")
    third.get_by_role("link", name="I do not agree, and say why").click()
    assert barriers(third) == []
    third.get_by_label("Why you do not agree").fill("It was looked at.")
    third.get_by_role("button", name="Record that I do not agree").click()
    expect(third.locator("#answer")).to_contain_text("Does not agree: “It was looked at.”")
    member = reads(desk, "member")
    member.get_by_role("button", name="Confirm this outcome").click()
    assert barriers(member) == []
    member.get_by_label("Why you stand behind it").fill("I read it, and so it is.")
    member.get_by_role("button", name="Confirm this outcome").click()
    expect(member.locator("#answer")).to_contain_text("The panel upheld the appeal.")
    assert barriers(member) == []
    assert [each for each in desk.complaints if "422" not in each and "Autofocus" not in each] == []


def test_paper_has_its_name_and_moment_on_every_sheet(desk: Desk) -> None:
    page = desk.sits("mia")
    page.goto(desk.path(f"{CASE}/print"))
    sheets = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    for number, sheet in enumerate(sheets, 1):
        text = sheet.get_textpage().get_text_range()
        assert "Appeal of Mia, Component C1, first attempt. As known on 2 November 2026 at 09:00" in text
        assert f"Page {number} of {len(sheets)}" in text
        assert "As at this line" not in text
