"""The pages in a real browser: no barriers, no sideways scrolling, no script needed, no complaint."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.pages.said import TAG_OF
from portfolio.application.providers import NoProviders
from tests.api.conftest import Tell
from tests.api.world import BASE, decision
from tests.pages.browsing import LOOKS, Desk, Scheme, barriers, desk_before
from tests.pages.handing_in import hands_in_twice
from tests.pages.test_consents import CONSENTS, asks
from tests.pages.test_every_page import CASES, LONG, PAGES
from tests.pages.visitor import Visitor
from tests.soak import SOAK

pytestmark = pytest.mark.slow

LOOKED_AT = CASES if SOAK > 1 else [(path, people[0]) for path, people in PAGES.items()]
"""Who looks at which page: one of those who see it, and in `make soak` everybody."""

WAITING = [
    ("coach", CONSENTS, "What waits for an answer"),
    ("admin", CONSENTS, "Coach asked today"),
    ("mia", CONSENTS, "What you are asked"),
    ("mia", "/", "2 things wait for you"),
    ("coach", "/", "New since you were last here"),
]
"""Who sees where what is only there while it waits, or is new, and by which words it is known."""


@pytest.fixture
def base() -> str:
    """Return the base URL: a path changes where browsers go, and nothing of what they show."""
    return BASE


on_both = pytest.mark.parametrize("base", [BASE, f"{BASE}/portfolio"], ids=["at the root", "below a path"])


@pytest.fixture
def desk(browser: Browser, tell: Tell) -> Iterator[Desk]:
    world = tell("convened")
    with desk_before(browser, world) as desk:
        yield desk


@pytest.fixture(scope="module")
def readers(browser: Browser, stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Page]]:
    """Give each person's page before one world, in which they only read."""
    with (
        closing(stages("convened").copy(tmp_path_factory.mktemp("readers") / "world")) as world,
        desk_before(browser, world) as desk,
    ):
        page_of = cache(desk.sits)

        def at(person: str, path: str) -> Page:
            page = page_of(person)
            page.goto(desk.path(path))
            return page

        yield at


@pytest.fixture
def early(browser: Browser, tell: Tell) -> Iterator[Desk]:
    world = tell("enrolled")
    with desk_before(browser, world) as desk:
        yield desk


def opened(page: Page) -> Page:
    """Open everything on the page that opens."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    return page


@pytest.mark.parametrize(("path", "person"), LOOKED_AT)
def test_no_page_has_a_barrier_or_scrolls_sideways(readers: Callable[..., Page], path: str, person: str) -> None:
    page = opened(readers(person, path))
    looks = LOOKS if SOAK > 1 or path not in LONG else LOOKS[1:2]
    assert [fault for width, scheme in looks for fault in faults_in(page, width, scheme)] == []


def test_no_question_that_waits_and_nothing_that_is_new_has_a_barrier(browser: Browser, tell: Tell) -> None:
    world = tell("found")
    Visitor(world, "coach").reads("/")  # whoever was here before is told what is new
    world.as_("assessor").does("/assessments/{attempt}/decisions", decision(world), name="decision")
    asks(world, "coach", "appeal for the apprentice", "The rig was not looked at.")
    asks(world, "admin", "move the apprentice to the route", "A new job.")
    with desk_before(browser, world) as desk:
        for person, path, words in WAITING:
            page = desk.sits(person)
            page.goto(desk.path(path))
            expect(page.get_by_role("main")).to_contain_text(words)
            opened(page)
            assert [fault for width, scheme in LOOKS for fault in faults_in(page, width, scheme)] == [], (person, path)


def faults_in(page: Page, width: int, scheme: Scheme) -> list[str]:
    """Return what keeps somebody from using a page of this width in the light or in the dark."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found = barriers(page, rules=None if scheme == "light" or SOAK > 1 else ["color-contrast"])
    sideways = page.evaluate("document.documentElement.scrollWidth") > width
    return [f"{width} {scheme}: {each}" for each in [*found, *(["scrolls sideways"] if sideways else [])]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_can_be_read(desk: Desk, scheme: str) -> None:
    page = desk.sits("mia", color_scheme=scheme)
    page.goto(desk.path("/enrolments/{enrolment}"))
    for state, (_, name) in TAG_OF.items():
        tags = "document.querySelectorAll('.app-outcome .govuk-tag')"
        page.evaluate(f"name => {tags}.forEach(e => e.className = `govuk-tag ${{name}}`)", name)
        assert barriers(page, ".app-outcome", ["color-contrast"]) == [], state


@on_both
def test_the_browser_finds_all_it_asks_for(desk: Desk) -> None:
    for person in ("mia", "assessor", "chair"):
        page = desk.sits(person)
        for path in ("/", "/enrolments/{enrolment}", "/evidence/{evidence}", "/evidence/{observation}"):
            page.goto(desk.path(path), wait_until="networkidle")
    page.goto(desk.path("/appeals/{appeal}"), wait_until="networkidle")
    page.goto(desk.path("/v1/docs"), wait_until="networkidle")
    assert desk.complaints == []


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(desk: Desk) -> None:
    page = desk.sits("mia")
    page.goto(desk.path("/evidence/{evidence}"))
    wanted = page.evaluate(
        """() => {
            const stops = 'a[href], button, input:not([type=hidden]), textarea, summary, [tabindex="0"]'
            const all = [...document.querySelectorAll(stops)]
            const reached = all.filter(each => each.checkVisibility() && each.tabIndex >= 0)
            reached.forEach((each, n) => { each.stop = n })  // no attribute: what waits would be put there anew
            return reached.length
        }"""
    )
    assert wanted >= 10
    numbers = []
    for _ in range(4 * wanted):  # a day has several stops
        page.keyboard.press("Tab")
        number, outline = page.evaluate(
            "() => [document.activeElement.stop, getComputedStyle(document.activeElement).outlineStyle]"
        )
        if number is None:
            break
        assert outline != "none", page.evaluate("() => document.activeElement.outerHTML")
        numbers.append(int(number))
    assert list(dict.fromkeys(numbers)) == list(range(wanted))
    assert numbers == sorted(numbers)


def test_a_refusal_is_where_the_reader_is(desk: Desk) -> None:
    page = desk.sits("mia")
    page.goto(desk.path("/evidence/{evidence}"))
    page.get_by_text("Claim codes").first.click()
    page.get_by_role("button", name="Claim", exact=True).click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Not possible: ")
    assert barriers(opened(page)) == []


@on_both
def test_files_are_handed_in_from_a_phone_returned_and_handed_in_again(early: Desk, tmp_path: Path) -> None:
    hands_in_twice(early, tmp_path, scripted=False)


class ByAProvider(NoProviders):
    """A provider that the page on which people sign in offers."""

    offered = (("college", "College"),)


@on_both
def test_a_link_signs_in_and_the_button_signs_out(desk: Desk, browser: Browser) -> None:
    desk.world.app.extensions["portfolio"] = replace(desk.world.services, providers=ByAProvider())
    context = browser.new_context(base_url=desk.address)
    page = context.new_page()
    page.goto(desk.path("/sign-in"))
    expect(page.get_by_role("button", name="Sign in with College")).to_be_visible()
    sent: list[tuple[str, dict[str, str]]] = []
    page.on("request", lambda request: sent.append((request.url, request.headers)))
    link = desk.world.app.extensions["portfolio"].sessions.issue_link(desk.world["chair"])
    code = link.partition("#code=")[2]
    page.goto(desk.path(f"/sign-in#code={code}"))
    expect(page.get_by_label("Code of your sign-in link")).to_have_value(code)
    assert page.url == f"{desk.address}{desk.world.root}/sign-in"
    expect(page.get_by_role("button", name="Sign in with College")).to_be_hidden()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Chair")
    assert sent
    assert code not in str([(url.partition("#")[0], headers) for url, headers in sent])
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
