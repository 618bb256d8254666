"""My record: what happened, in sentences, by day, a page at a time."""

from datetime import timedelta

import pytest

from tests.api.conftest import Tell
from tests.api.test_unreadable import spoil
from tests.api.world import SELECTOR
from tests.pages.page import Element, Page
from tests.pages.visitor import Visitor

RECORD = "/enrolments/{enrolment}/record"


def told(page: Page) -> dict[str, list[str]]:
    """Return what is told, by day."""
    return {
        section.one("h2").text: [
            item.text for item in section.one("ul", **{"class": "app-record"}).inside if isinstance(item, Element)
        ]
        for section in page.top.all("section")
    }


def test_the_record_tells_everything_by_day_the_newest_first(tell: Tell) -> None:
    world = tell("decided")
    world.now += timedelta(days=1)
    world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K4"]})
    page = Visitor(world, "mia").reads(RECORD)
    days = told(page)
    assert [*days] == ["Today, Tuesday 3 November", "Yesterday, Monday 2 November"]
    assert days["Today, Tuesday 3 November"] == ["09:00 Mia claimed K4 with version 1. “Risk assessment”"]
    decided = days["Yesterday, Monday 2 November"][0]
    assert decided.startswith("09:00 Assessor decided pass for attempt 1 at component C1")
    assert "context" not in page.text
    assert days["Yesterday, Monday 2 November"][-1].startswith("09:00 Admin enrolled Mia on route LET")


def test_findings_in_a_row_are_told_together_and_each_of_them_below(tell: Tell) -> None:
    page = Visitor(tell("found"), "mia").reads(RECORD)
    (newest, *_) = told(page)["Today, Monday 2 November"]
    assert newest.startswith("09:00 Assessor recorded 2 findings: 2 met.")
    assert "judged S11 met on 1 evidence version: Seen." in newest


def test_a_long_record_is_read_page_by_page_and_nothing_is_left_out(tell: Tell) -> None:
    world = tell("submitted")
    mia, program = Visitor(world, "mia"), world.as_("mia")
    for _ in range(30):
        program.does("/evidence/{evidence}/claims/dropped", {"version": 1, "code": "K1"})
        program.does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K1"], "place": SELECTOR})
    for _ in range(30):
        program.does("/evidence/{evidence}/claims/dropped", {"version": 1, "code": "S11"})
        program.does("/evidence/{evidence}/claims", {"version": 1, "codes": ["S11"]})
    whole: list[str] = []
    page = mia.reads(RECORD)
    while True:
        whole += [each for of_day in told(page).values() for each in of_day]
        older = [link for link in page.top.all("a") if link.text.startswith("Older")]
        if not older:
            break
        page = mia.reads(older[0].attributes["href"])
    items = program.sees("/enrolments/{enrolment}/audit-trail?limit=200")["items"]
    assert len(items) > 120
    assert whole[-1].startswith("09:00 Admin enrolled Mia")
    assert len(whole) == len(items) - 1  # her first two claims are one entry


def test_the_record_is_for_those_who_may_read_the_trail(tell: Tell) -> None:
    world = tell("decided")
    assert Visitor(world, "quality").reads(RECORD).top.one("h1").text == "Record of Mia"
    for person in ("assessor", "coach", "employer"):
        assert Visitor(world, person).ask(RECORD).status_code == 403
        assert "day by day" not in Visitor(world, person).reads("/enrolments/{enrolment}").text
    assert Visitor(world, "stranger").ask(RECORD).status_code == 404
    assert Visitor(world, "mia").ask(f"{RECORD}?before=x").status_code == 422


@pytest.mark.parametrize(
    ("record", "version"), [("evidence", 2), ("evidence", 5), ("attempt", 2), ("attempt", 4), ("enrolment", 2)]
)
def test_pages_go_on_without_a_fact_that_cannot_be_read_and_say_so(tell: Tell, record: str, version: int) -> None:
    world = tell("decided")
    Visitor(world, "mia").reads("/")
    spoil(world, world[record], version)
    mia = Visitor(world, "mia")
    for path in ("/", "/enrolments/{enrolment}", RECORD, "/enrolments/{enrolment}/consents"):
        page = mia.reads(path)
        assert "cannot be read" in page.text or path == "/enrolments/{enrolment}/consents"
