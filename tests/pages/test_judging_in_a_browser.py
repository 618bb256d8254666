"""Judging in a real browser: many codes at once, by keys, on a phone, without script, and a record without a line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.conftest import Tell
from tests.api.scrutiny import waiting
from tests.api.world import BASE, World, assign
from tests.pages.browsing import LOOKS, NARROW, WIDE, Desk, desk_before
from tests.pages.drivers import ByKeyboard, ByTree, Driver
from tests.pages.test_in_a_browser import faults_in, opened

pytestmark = pytest.mark.slow

ATTEMPT = "/assessments/{attempt}"


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


def at(browser: Browser, world: World) -> Iterator[Desk]:
    with desk_before(browser, world) as desk:
        yield desk


@pytest.fixture
def portfolio(browser: Browser, tell: Tell) -> Iterator[Desk]:
    """A desk before an attempt at the portfolio in which nothing is found, and the evidence was opened."""
    world = tell("submitted")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}, name="attempt")
    world.as_("assessor").get("/evidence/{evidence}/content").close()
    yield from at(browser, world)


@pytest.fixture
def found(browser: Browser, tell: Tell) -> Iterator[Desk]:
    yield from at(browser, tell("found"))


@pytest.fixture
def routed(browser: Browser, tell: Tell) -> Iterator[Desk]:
    yield from at(browser, waiting(tell("approved")))


def faults_of(page: Page) -> list[str]:
    """Return what is wrong with a page, wide and narrow, light and dark."""
    faults = [fault for width, scheme in LOOKS for fault in faults_in(opened(page), width, scheme)]
    page.set_viewport_size({"width": WIDE, "height": 900})
    return faults


def test_many_codes_are_judged_at_once(portfolio: Desk) -> None:
    page = portfolio.sits("assessor")
    page.goto(portfolio.path(ATTEMPT))
    assert faults_of(page) == []
    page.get_by_label("Choose all 5 codes of AO1").check()
    page.get_by_label("One reason for all the codes chosen").fill("Nothing of it was handed in.")
    page.get_by_role("button", name="Set to not met").click()
    expect(page.locator("#count")).to_contain_text("5 of 46 judged. 5 not kept yet.")
    page.get_by_role("group", name="K1", exact=True).get_by_label("Met", exact=True).check()
    page.get_by_role("button", name="Keep findings").click()
    expect(page.locator("#count")).to_contain_text("5 of 46 judged.")
    expect(page.get_by_role("group", name="K4", exact=True).get_by_label("Not met")).to_be_checked()
    assert portfolio.complaints == []


def test_a_refused_row_is_named_and_led_to(portfolio: Desk) -> None:
    page = portfolio.sits("assessor")
    page.goto(portfolio.path(ATTEMPT))
    page.get_by_role("group", name="K2", exact=True).get_by_label("Met", exact=True).check()
    page.get_by_label("Reason for K2", exact=True).fill("It is known.")
    page.get_by_role("button", name="Keep findings").click()
    page.get_by_role("alert").get_by_role("link", name="K2").click()
    expect(page.get_by_label("Reason for K2", exact=True)).to_have_value("It is known.")
    expect(page.locator("#count")).to_contain_text("1 not kept yet.")
    assert faults_of(page) == []


def test_rows_are_judged_by_keys(portfolio: Desk) -> None:
    page = portfolio.sits("assessor")
    page.goto(portfolio.path(ATTEMPT))
    for key in "jyxjnjokj":
        page.keyboard.press(key)
    expect(page.get_by_label("Choose K1", exact=True)).to_be_checked()
    expect(page.get_by_role("group", name="K1", exact=True).get_by_label("Met", exact=True)).to_be_checked()
    expect(page.get_by_role("group", name="K4", exact=True).get_by_label("Not met")).to_be_checked()
    expect(page.get_by_role("group", name="K5", exact=True).get_by_label("Not judged")).to_be_checked()
    expect(page.get_by_label("Choose K5", exact=True)).to_be_focused()
    page.get_by_label("Reason for K5", exact=True).press_sequentially("yes")
    expect(page.get_by_label("Reason for K5", exact=True)).to_have_value("yes")
    expect(page.get_by_role("group", name="K5", exact=True).get_by_label("Not judged")).to_be_checked()
    page.reload()  # nothing was sent: it is back, and said not to be kept
    expect(page.get_by_role("group", name="K4", exact=True).get_by_label("Not met")).to_be_checked()
    expect(page.locator("#count")).to_contain_text("3 not kept yet.")
    page.get_by_label("Choose K6", exact=True).focus()
    page.keyboard.press("?")
    expect(page.get_by_text("Turn all shortcuts off")).to_be_visible()
    page.get_by_role("button", name="Turn all shortcuts off").click()
    page.get_by_label("Choose K6", exact=True).focus()
    page.keyboard.press("y")
    expect(page.get_by_role("group", name="K6", exact=True).get_by_role("radio", checked=True)).to_have_count(0)


def test_many_codes_are_judged_on_a_phone_without_script(portfolio: Desk) -> None:
    page = portfolio.sits("assessor", width=NARROW, java_script_enabled=False)
    page.goto(portfolio.path(ATTEMPT))
    for code in ("K1", "K2"):
        page.get_by_label(f"Choose {code}", exact=True).check()
    page.get_by_label("One reason for all the codes chosen").fill("Shown in the risk assessment.")
    page.get_by_role("button", name="Set to met").click()
    expect(page.get_by_role("alert")).to_contain_text("K2: cite evidence that is handed in")
    expect(page.get_by_role("group", name="K1", exact=True).get_by_label("Met", exact=True)).to_be_checked()
    page.get_by_role("button", name="Keep findings").click()
    expect(page.locator("#count")).to_contain_text("1 of 46 judged.")


def test_no_page_of_an_attempt_has_a_barrier(portfolio: Desk) -> None:
    page = portfolio.sits("assessor")
    paths = [
        "",
        "/codes/K1",
        "/coverage",
        "/descriptors",
        "/decision",
        "/record",
        "/record?kind=discussion",
        "/closing",
    ]
    faults = {}
    for path in [*(f"{ATTEMPT}{each}" for each in paths), "/enrolments/{enrolment}/attempts"]:
        page.goto(portfolio.path(path))
        faults[path] = faults_of(page)
    assert {path: each for path, each in faults.items() if each} == {}


def test_an_observation_is_kept_while_the_line_is_gone_and_sent_when_it_is_back(portfolio: Desk) -> None:
    page = portfolio.sits("assessor", width=NARROW)
    page.goto(portfolio.path(f"{ATTEMPT}/record"))
    page.get_by_label("From").fill("08:00")
    page.get_by_label("To", exact=True).fill("08:45")
    page.get_by_label("Place").fill("Main stage")
    page.context.set_offline(True)
    page.get_by_label("S1", exact=True).fill("Checked the bonds first.")
    expect(page.locator("#line")).to_contain_text("No connection. 1 note is in this browser.")
    page.get_by_role("button", name="Keep this record").click()
    expect(page.locator("#line")).to_contain_text("The record waits in this browser")
    page.context.set_offline(False)
    expect(page.locator("#findings-S1")).to_contain_text("Observation of Component C2")


def test_a_decision_is_made_and_a_second_replaces_it(found: Desk) -> None:
    first = found.sits("assessor")
    first.goto(found.path(ATTEMPT))
    first.get_by_role("link", name="Grade and reasons").click()
    first.get_by_role("button", name="Check before recording").click()
    expect(first.get_by_role("alert")).to_contain_text("Grade for the Component C1: fill this in.")
    first.get_by_label("Pass", exact=True).check()
    first.get_by_label("Reasons, in words Mia will read").fill("Both codes are met.")
    first.get_by_role("button", name="Check before recording").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Record this decision?")
    assert faults_of(first) == []
    first.get_by_role("button", name="Record: Component C1, pass").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Component C1, first attempt: decision")
    assert faults_of(first) == []
    decision = first.url.partition("?")[0]
    found.world.as_("admin").does("/enrolments/{enrolment}/assignments", assign(found.world, "second", "assessor"))
    found.world.reads.settle()
    second = found.sits("second")
    second.goto(f"{decision}")
    second.get_by_role("link", name="Replace this decision").click()
    assert faults_of(second) == []
    second.get_by_label("Marking error").check()
    second.get_by_label("On whose authority, and what was wrong").fill("The lead assessor: S12 shows more.")
    second.get_by_label("Distinction").check()
    second.get_by_label("Reasons, in words Mia will read").fill("It was done without help.")
    second.get_by_role("button", name="Check before recording").click()
    assert faults_of(second) == []
    second.get_by_role("button", name="Record: Component C1, distinction").click()
    expect(second.locator(".app-grade")).to_have_text("Distinction")
    officer = found.sits("responsible")
    officer.goto(second.url.partition("?")[0])
    officer.get_by_role("link", name="Set this decision aside").click()
    assert faults_of(officer) == []


@pytest.fixture
def observing(browser: Browser, tell: Tell) -> Iterator[Desk]:
    """A desk before an attempt at the observation, of which nothing is written yet."""
    world = tell("submitted")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C1"}, name="attempt")
    yield from at(browser, world)


@pytest.mark.parametrize("driver", [ByKeyboard, ByTree])
def test_an_assessor_observes_judges_and_decides(observing: Desk, driver: type[Driver]) -> None:
    page = observing.sits("assessor", width=NARROW if driver is ByTree else WIDE)
    page.goto(observing.path(ATTEMPT))
    drive = driver(page)
    drive.follow("Write a record")
    page.get_by_label("From").fill("08:00")  # a browser's own picker of times, which each browser has its own keys for
    page.get_by_label("To", exact=True).fill("08:45")
    drive.write("Place", "Main stage")
    drive.write("S11", "Checked the bonds first.")
    drive.write("S12", "Radioed before the lift.")
    drive.press("Keep this record")
    page.wait_for_url("**/assessments/*?after=*")
    for code in ("S11", "S12"):
        choice = page.get_by_role("group", name=code, exact=True).get_by_role("radio", name="Met", exact=True)
        if isinstance(drive, ByKeyboard):
            drive.reach(choice)
            drive.key("Space")
        else:
            choice.check()
        drive.write(f"Reason for {code}", "Seen, and written down.")
    drive.press("Keep findings")
    drive.reads("2 of 2 codes judged, 0 to go.")
    drive.follow("Grade and reasons")
    drive.choose("Distinction")
    drive.write("Reasons, in words Mia will read", "Both codes are met, without help.")
    drive.press("Check before recording")
    drive.reads("Record this decision?")
    drive.press("Record: Component C1, distinction")
    drive.reads("Component C1, first attempt: decision")
    assert observing.complaints == []


def test_a_second_person_answers(routed: Desk) -> None:
    page = routed.sits("second")
    page.goto(routed.path("/assessments/{attempt}/decisions/{decision}"))
    page.get_by_role("link", name="Say whether it counts").click()
    assert faults_of(page) == []
    page.get_by_label("I confirm it: it counts").check()
    page.get_by_role("button", name="Record my answer").click()
    expect(page.get_by_role("link", name="Say whether it counts")).to_have_count(0)
