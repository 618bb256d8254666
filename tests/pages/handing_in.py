"""An apprentice who hands files in from a phone, step by step, is given one back, and hands it in again."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.api.world import TODAY
from tests.infra.vault import files
from tests.pages.browsing import NARROW, Desk, barriers
from tests.patience import PATIENCE


def hands_in(page: Page, *chosen: Path, scripted: bool, again: bool = False, codes: tuple[str, ...]) -> None:
    """Go through the steps from the first one on, and sign; ``again``: a file that puts a version right."""
    page.get_by_label("The file that puts it right" if again else "Add files").set_input_files([*chosen])
    if not scripted:
        page.get_by_role("button", name=re.compile("^Send")).click()
    if not again:
        rows = page.locator("#files > [id]")
        expect(rows.get_by_text("Arrived", exact=True)).to_have_count(len(chosen), timeout=1000 * PATIENCE)
        no_barriers(page, scripted)
        page.get_by_role("button", name="Continue").click()
    for number, _ in enumerate(chosen, start=1):
        expect(page.get_by_role("heading", name="What does this PDF show?")).to_be_visible(timeout=1000 * PATIENCE)
        no_barriers(page, scripted)
        page.get_by_label("When was the work done?").fill(TODAY)
        for code in codes:
            page.get_by_label(re.compile(f"^{code} – ")).check()
        page.get_by_role("button", name=re.compile("^Save and")).click()
        expect(page.get_by_role("heading", name=re.compile("^Where in"))).to_be_visible()
        no_barriers(page, scripted)
        page.get_by_role("button", name="Continue" if number == len(chosen) else f"Go on to file {number + 1}").click()
        expect(page.get_by_role("heading", name=re.compile("^Where in"))).to_be_hidden()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Declaration: fill this in.")
    no_barriers(page, scripted)
    page.get_by_label("No", exact=True).check()
    page.get_by_label(re.compile("declare this")).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check before you hand in")).to_be_visible()
    no_barriers(page, scripted)
    page.get_by_role("button", name=re.compile("^Hand in")).click()
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    no_barriers(page, scripted)


def no_barriers(page: Page, scripted: bool) -> None:
    """Insist that a step has no barrier and does not scroll sideways; where there is no script nobody can ask."""
    if scripted:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def hands_in_twice(early: Desk, tmp_path: Path, *, scripted: bool) -> None:
    """Hand two files in from a phone; one is returned, and handed in again beside its reason."""
    plan, risks, whole = (tmp_path / f"{name}.pdf" for name in ("Rigging plan", "Risks", "Whole plan"))
    for number, file in enumerate((plan, risks, whole), start=1):
        file.write_bytes(files.pdf(*[(300, 300)] * number))
    mia = early.sits("mia", width=NARROW, java_script_enabled=scripted)
    mia.goto(early.path("/"))
    mia.get_by_role("link", name="Hand in", exact=True).click()
    hands_in(mia, plan, risks, scripted=scripted, codes=("K1",))
    expect(mia.get_by_role("heading", level=1)).to_have_text("2 files handed in")
    world = early.world
    world.reads.settle()
    items = {each["title"]: each["evidence_id"] for each in world.as_("assessor").sees("/queues/assessor")["items"]}
    item = items["Rigging plan"]
    world.as_("assessor").does(f"/evidence/{item}/return", {"version": 1, "reason": "Page 2 is missing."})
    mia.goto(early.path(f"/evidence/{item}/again"))
    expect(mia.get_by_text("Page 2 is missing.")).to_be_visible()
    hands_in(mia, whole, scripted=scripted, again=True, codes=())
    expect(mia.get_by_role("heading", level=1)).to_have_text("One file handed in")
    versions = world.as_("assessor").sees(f"/evidence/{item}")["versions"]
    assert [(each["stage"], [claim["code"] for claim in each["claims"]]) for each in versions] == [
        ("replaced", ["K1"]),
        ("submitted", ["K1"]),
    ]
