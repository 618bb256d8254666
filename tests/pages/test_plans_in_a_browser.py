"""Plan, criteria and form, from a text to approval, in a browser: nobody needs more than what the pages name."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.conftest import Tell
from tests.api.world import BASE
from tests.pages.browsing import NARROW, WIDE, Desk, barriers, desk_before
from tests.pages.drivers import ByKeyboard, ByTree, Driver

pytestmark = pytest.mark.slow

ODD = Path(__file__).parents[1] / "plan_reader" / "plans" / "pipe-tables.md"


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


def sits(desk: Desk, person: str, how: type[Driver] = ByTree, width: int = WIDE) -> Driver:
    """Let somebody sit down and go to the plans, as their navigation leads there."""
    page = desk.sits(person, width=width)
    page.goto(desk.path("/"))
    driver = how(page)
    driver.follow("Plans")
    return driver


def brings_in(admin: Driver) -> None:
    """Let an administrator bring in a plan; one without a file is refused at the field."""
    admin.use("button", "Bring in a plan")
    admin.press("Bring it in")
    admin.reads("Text of the plan: fill this in.")
    assert barriers(admin.page) == []
    admin.page.get_by_label("Text of the plan").set_input_files(ODD)
    admin.press("Bring it in")
    admin.reads("2 of 2 oddities have no ruling")


def rules(lead: Driver) -> None:
    """Let a lead assessor rule on each oddity, one page after the other."""
    lead.follow("ST9008/V1")
    lead.use("button", "Rule on what is odd: 2 to go")
    for number in (1, 2):
        lead.reads(f"oddity {number} of 2")
        lead.write("How it is to be read", "As printed.")
        lead.write("Why", "The table above is right.")
        lead.press("Rule so")
    lead.reads("Not approved yet")


def approves(officer: Driver, what: str, then: str) -> None:
    """Let an officer approve what is open, and be asked first."""
    officer.use("button", f"Approve {what}")
    assert barriers(officer.page) == []
    officer.press("Approve ")
    officer.reads(then)


def writes_criteria(admin: Driver) -> None:
    """Let an administrator write criteria for the plan that is open, and say what grades need."""
    admin.follow("Write criteria for it")
    admin.write("Title", "Criteria of the talk")
    admin.write("Version", "1")
    admin.write("Grades, from the lowest", "fail\npass")
    admin.write("Short name of line 1", "P1")
    admin.write("What it asks of line 1", "Says what was done.")
    admin.press("Write this version")
    admin.use("button", "Say what each grade needs")
    groups = admin.page.get_by_role("group")
    for number, answer in enumerate(("No", "Yes, every code")):
        groups.nth(number).get_by_label(answer).check()
    admin.press("Say so")
    admin.reads("every code must be met")


def composes(admin: Driver) -> None:
    """Let an administrator begin a form and add its only component."""
    admin.follow("Begin a form for it")
    admin.write("Title", "FW-F1")
    admin.tick("Fixed wing pilot")
    admin.press("Begin the form")
    admin.use("button", "Add a component")
    admin.write("Name", "Observation")
    admin.write("Short name", "C1")
    admin.choose("Observation")
    for box in admin.page.locator("[name='component.codes']").all():
        box.check()
    admin.page.get_by_label("Which criteria is it decided against?").select_option(
        label="Criteria of the talk, version 1"
    )
    admin.choose("Assessment organisation")
    admin.choose("Sampling")
    admin.page.get_by_label("How often may it be tried?").fill("2")
    admin.tick("Observation record")
    assert barriers(admin.page) == []
    admin.press("Add the component")
    admin.reads("Codes (")


def test_plan_criteria_and_form_go_from_text_to_approval(browser: Browser, tell: Tell) -> None:
    with desk_before(browser, tell("people")) as desk:
        admin = sits(desk, "admin")
        brings_in(admin)
        rules(sits(desk, "lead", ByKeyboard, NARROW))
        officer = sits(desk, "responsible")
        officer.follow("ST9008/V1")
        approves(officer, "this plan", "Approved since")
        admin.page.reload()
        writes_criteria(admin)
        officer.follow("Plans")
        officer.follow("Criteria")
        officer.follow("Criteria of the talk")
        approves(officer, "these criteria", "Approved since")
        admin.follow("Plans")
        admin.follow("ST9008/V1")
        composes(admin)
        officer.follow("Plans")
        officer.follow("Forms")
        officer.follow("FW-F1")
        approves(officer, "this form", "Nothing is left out")
        expect(officer.page.get_by_role("table")).to_contain_text("covered")
        assert barriers(officer.page) == []
        assert [each for each in desk.complaints if "422" not in each] == []  # a form without a file was refused
