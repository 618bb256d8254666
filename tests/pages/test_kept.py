"""What somebody types is kept in their browser until it is sent, for them alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

pytestmark = pytest.mark.slow

HERE = "http://portfolio.test"
MIA, NOAH, NOBODY = "mia", "noah", ""
TEXT = "The date is missing on page 2."
FORM = """<!doctype html><html lang="en"><title>A page</title><body data-person="{person}">
<form method="post" action="/evidence/1/return" data-keep>
  <label>Reason <textarea name="reason">{reason}</textarea></label>
  <label>Day <input type="date" name="day"></label>
  <label>Password <input type="password" name="password"></label>
  <label><input type="checkbox" name="declared" value="yes"> I declare this</label>
  <input type="hidden" name="key" value="1"><button>Return</button></form>
<form method="post" action="/evidence/1/return" data-keep="other">
  <label>Other <textarea name="reason"></textarea></label></form>
<form method="post" action="/evidence/1/chosen" data-keep data-keep-choices>
  <label><input type="radio" name="found" value="met"> Met</label>
  <label><input type="radio" name="found" value="not met" checked> Not met</label>
  <label><input type="checkbox" name="rests" value="1"> It rests on it</label>
  <label>Criterion <select name="criterion"><option value="">None</option><option>A1</option></select></label>
  <button>Keep</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>
<script type="module" src="/static/kept.js"></script>"""
SCRIPT = '<script type="module" src="/static/kept.js"></script>'
AWAY = f'<!doctype html><html lang="en"><title>Sign in</title><body>{SCRIPT}'
GO_ON = '<!doctype html><script>location.replace("/page?after=8")</script>'


class Site:
    """A page with a form that is sent to an address, and whoever is signed in there."""

    def __init__(self, context: BrowserContext) -> None:
        self.person, self.reason, self.recorded = MIA, "", True
        context.route(f"{HERE}/**", self.answer)

    def answer(self, route: Route) -> None:
        if route.request.url.endswith("kept.js"):
            route.fulfill(path="api/pages/static/kept.js", content_type="text/javascript")
        elif route.request.method == "POST" and self.person and self.recorded:
            leaves = route.request.url.endswith("/sign-out")
            route.fulfill(body=AWAY if leaves else GO_ON, content_type="text/html")
        else:
            page = FORM.format(person=self.person, reason=self.reason) if self.person else AWAY
            route.fulfill(body=page, content_type="text/html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=HERE)
    yield context.new_page()
    context.close()


@pytest.fixture
def site(page: Page) -> Site:
    return Site(page.context)


def opened(page: Page, site: Site, person: str = MIA, address: str = "/page?after=7") -> Page:
    site.person = person
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page


def kept(page: Page) -> list[str]:
    return page.evaluate("Object.values(localStorage)")  # type: ignore[no-any-return]  # what a script returns


def test_what_was_typed_is_back_after_the_session_ended(page: Page, site: Site) -> None:
    opened(page, site).get_by_label("Reason").fill(TEXT)
    page.get_by_label("Day").fill("2026-11-02")
    site.person = NOBODY
    page.get_by_role("button", name="Return").click()
    expect(page).to_have_title("Sign in")
    opened(page, site)
    expect(page.get_by_label("Reason")).to_have_value(TEXT)
    expect(page.get_by_label("Day")).to_have_value("2026-11-02")
    expect(page.get_by_label("Other")).to_have_value("")
    expect(page.get_by_role("status")).to_have_text("What you wrote here before is back. It was not sent.")
    opened(page, site, address="/page?after=9")  # she did something else meanwhile
    expect(page.get_by_label("Reason")).to_have_value(TEXT)


def test_it_is_gone_once_it_was_recorded(page: Page, site: Site) -> None:
    opened(page, site).get_by_label("Reason").fill(TEXT)
    page.get_by_role("button", name="Return").click()
    page.wait_for_url("**/page?after=8")
    expect(page.get_by_label("Reason")).to_have_value("")
    assert kept(page) == []


def test_it_is_there_as_long_as_nothing_was_recorded(page: Page, site: Site) -> None:
    site.recorded = False
    opened(page, site).get_by_label("Reason").fill(TEXT)
    page.get_by_role("button", name="Return").click()
    opened(page, site)
    expect(page.get_by_label("Reason")).to_have_value(TEXT)


def test_what_was_refused_is_there_after_something_else_was_recorded(page: Page, site: Site) -> None:
    site.recorded = False
    opened(page, site).get_by_label("Reason").fill(TEXT)
    site.reason = TEXT  # the form is shown again, filled in
    page.get_by_role("button", name="Return").click()
    page.get_by_label("Day").fill("2026-11-02")
    site.reason = ""
    opened(page, site, address="/page?after=9")
    expect(page.get_by_label("Reason")).to_have_value(TEXT)
    expect(page.get_by_label("Day")).to_have_value("2026-11-02")


def test_what_the_page_itself_shows_again_is_not_written_over(page: Page, site: Site) -> None:
    opened(page, site).get_by_label("Reason").fill(TEXT)
    site.reason = TEXT
    opened(page, site)
    expect(page.get_by_label("Reason")).to_have_value(TEXT)
    expect(page.get_by_role("status")).to_have_count(0)


def test_nobody_else_is_shown_it_and_it_goes_when_its_person_signs_out(page: Page, site: Site) -> None:
    opened(page, site).get_by_label("Reason").fill(TEXT)
    opened(page, site, NOAH)
    expect(page.get_by_label("Reason")).to_have_value("")
    page.get_by_label("Reason").fill("Noah's own")
    page.get_by_role("button", name="Sign out").click()
    opened(page, site, NOAH)
    expect(page.get_by_label("Reason")).to_have_value("")
    opened(page, site)
    expect(page.get_by_label("Reason")).to_have_value(TEXT)
    page.get_by_role("button", name="Sign out").click()
    opened(page, site, NOBODY)
    assert kept(page) == []


def test_what_was_chosen_is_back_where_a_form_asks_for_it_until_it_is_recorded(page: Page, site: Site) -> None:
    opened(page, site).get_by_label("Met", exact=True).check()
    page.get_by_label("It rests on it").check()
    page.get_by_label("Criterion").select_option("A1")
    opened(page, site, NOAH)
    expect(page.get_by_label("Not met")).to_be_checked()
    opened(page, site)
    expect(page.get_by_label("Met", exact=True)).to_be_checked()
    expect(page.get_by_label("Not met")).not_to_be_checked()
    expect(page.get_by_label("It rests on it")).to_be_checked()
    expect(page.get_by_label("Criterion")).to_have_value("A1")
    expect(page.get_by_role("status")).to_have_text("What you wrote and chose here before is back. It was not sent.")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_url("**/page?after=8")
    expect(page.get_by_label("Not met")).to_be_checked()
    assert kept(page) == []


def test_elsewhere_only_text_is_kept_and_only_for_two_weeks(page: Page, site: Site) -> None:
    page.clock.install()
    opened(page, site).get_by_label("Password").fill("secret")
    page.get_by_label("I declare this").check()
    assert kept(page) == []
    page.get_by_label("Reason").fill(TEXT)
    assert len(kept(page)) == 1
    page.clock.fast_forward(15 * 24 * 3_600_000)
    opened(page, site)
    expect(page.get_by_label("Reason")).to_have_value("")
    assert kept(page) == []
