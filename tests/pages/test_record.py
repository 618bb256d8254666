"""My record: what happened, in sentences, by day, a page at a time."""

from datetime import timedelta

import pytest

from tests.api.conftest import Tell
from tests.pages.page import Page
from tests.pages.visitor import Visitor

RECORD = "/enrolments/{enrolment}/record"


def told(page: Page) -> dict[str, list[str]]:
    return {section.one("h2").text: [item.text for item in section.all("li")] for section in page.top.all("section")}


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


def test_a_long_record_is_read_page_by_page_and_nothing_is_left_out(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = tell("decided")
    mia = Visitor(world, "mia")
    for number in range(70):
        world.as_("mia").does("/evidence/{evidence}/claims", {"version": 1, "codes": ["K1"]})
        last = {"version": 1, "code": "K1"}
        world.as_("mia").does("/evidence/{evidence}/claims/dropped", last) if number % 2 else None
    whole: list[str] = []
    page = mia.reads(RECORD)
    while True:
        whole += [each for of_day in told(page).values() for each in of_day]
        older = [link for link in page.top.all("a") if link.text.startswith("Older")]
        if not older:
            break
        page = mia.reads(older[0].attributes["href"])
    items = mia.world.as_("mia").sees("/enrolments/{enrolment}/audit-trail?limit=200")["items"]
    assert len(whole) == len(items)
    assert whole[-1].startswith("09:00 Admin enrolled Mia")


def test_the_record_is_for_those_who_may_read_the_trail(tell: Tell) -> None:
    world = tell("decided")
    assert Visitor(world, "quality").reads(RECORD).top.one("h1").text == "Record of Mia"
    for person in ("assessor", "coach", "employer"):
        assert Visitor(world, person).ask(RECORD).status_code == 403
        assert "day by day" not in Visitor(world, person).reads("/enrolments/{enrolment}").text
    assert Visitor(world, "stranger").ask(RECORD).status_code == 404
    assert Visitor(world, "mia").ask(f"{RECORD}?before=x").status_code == 422
