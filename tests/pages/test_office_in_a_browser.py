"""An administrator brings in 200 people by a file of which two lines are mended, and corrects a learner number."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.conftest import Tell
from tests.api.world import BASE
from tests.pages.browsing import NARROW, WIDE, barriers, desk_before

pytestmark = pytest.mark.slow

BAD = {14: "Ben Hollis,nobody,apprentice", 131: ",employer,apprentice"}
LINES = [BAD.get(line, f"Person {line} Ames,employer,apprentice") for line in range(2, 202)]


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


def stands(page: Page, heading: str) -> None:
    """Insist that the page of this heading stands there, at a desk by day and on a phone by night."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 900})
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def chooses(page: Page, text: str) -> None:
    file = {"name": "january.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]  # a file as playwright takes it
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing has been brought in yet")


def test_an_administrator_brings_in_people_and_corrects_a_number(browser: Browser, tell: Tell) -> None:
    with desk_before(browser, tell("submitted")) as desk:
        page = desk.sits("admin")
        page.goto(desk.path("/people"))
        stands(page, "People")
        page.get_by_role("button", name="Bring in a file").click()
        stands(page, "Bring in a file")
        chooses(page, "\n".join(["name,works for,roles", *LINES]))
        stands(page, "Nothing has been brought in yet")
        assert "Of 200 lines, 198 are ready and 2 have to be put right." in page.inner_text("main")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the 2 lines to put right").click()
        left = download.value.path().read_text("utf-8-sig")
        page.get_by_role("button", name="Bring in the 198 that are ready").click()
        stands(page, "Brought in")
        page.get_by_role("link", name="Bring in a file").click()
        chooses(page, left.replace("nobody", "employer").replace("\n,", "\nAda Blake,"))
        page.get_by_role("button", name="Bring in all 2").click()
        stands(page, "Brought in")
        page.goto(desk.path("/people?role=apprentice"))
        expect(page.get_by_role("caption")).to_have_text("202 people, by name")

        page.get_by_role("link", name="Enrolments").click()
        stands(page, "Enrolments")
        page.get_by_role("link", name="Mia", exact=True).click()
        page.get_by_role("link", name="Correct the learner number").click()
        stands(page, "Which learner number has Mia?")
        page.get_by_label("Unique learner number").fill("1000000426")
        page.get_by_label("Why").fill("Two digits were turned round.")
        page.get_by_role("button", name="Record what is right").click()
        expect(page.get_by_role("main")).to_contain_text("1000000426")
        assert "1000000426" not in page.url
        assert desk.complaints == []
