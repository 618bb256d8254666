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
    assert days["Today, Tuesday 3 November"] == [
        "09:00, the fact behind this: Mia claimed K4 with version 1. “Risk assessment”"
    ]
    decided = days["Yesterday, Monday 2 November"][0]
    assert decided.startswith(
        "09:00, the fact behind this: Assessor decided pass for the first attempt at component C1"
    )
    assert "context" not in page.text
    assert days["Yesterday, Monday 2 November"][-1].startswith(
        "09:00, the fact behind this: Admin enrolled Mia on route Live event technician (LET)"
    )


def test_findings_in_a_row_are_told_together_and_each_of_them_below(tell: Tell) -> None:
    page = Visitor(tell("found"), "mia").reads(RECORD)
    (newest, *_) = told(page)["Today, Monday 2 November"]
    assert newest.startswith("09:00, the fact behind this: Assessor recorded 2 findings: 2 met.")
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
    assert whole[-1].startswith("09:00, the fact behind this: Admin enrolled Mia")
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


def test_the_record_is_narrowed_by_person_kind_record_and_day_and_saved_as_it_is_narrowed(tell: Tell) -> None:
    world = tell("decided")
    quality = Visitor(world, "quality")
    by_mia = quality.reads(f"{RECORD}?person={world['mia']}")
    assert {line.partition(": ")[2].split()[0] for lines in told(by_mia).values() for line in lines} == {"Mia"}
    chosen = by_mia.top.one("ul", **{"class": "moj-filter-tags"})
    assert chosen.text == "Remove this filter Mia"
    assert len(told(quality.reads(chosen.one("a").attributes["href"]))["Today, Monday 2 November"]) > 5
    decided = quality.reads(f"{RECORD}?kind=assessment.grade-decided&record={world['attempt']}&since=2026-11-02")
    (line,) = told(decided)["Today, Monday 2 November"]
    assert "Assessor decided pass" in line
    nothing = quality.reads(f"{RECORD}?kind=assessment.grade-decided&until=2026-11-01")
    assert "Nothing here is of this kind." in nothing.text
    (csv, _) = [a.attributes["href"] for a in decided.top.all("a") if "format=" in a.attributes["href"]]
    rows = quality.ask(csv).text.splitlines()
    assert len(rows) == 2
    assert "assessment.grade-decided" in rows[1]


def test_each_line_leads_to_the_fact_behind_it(tell: Tell) -> None:
    world = tell("decided")
    quality = Visitor(world, "quality")
    page = quality.reads(f"{RECORD}?kind=assessment.grade-decided")
    line = page.top.one("section").one("a").attributes["href"]
    fact = quality.reads(line)
    assert "Assessor decided pass for the first attempt at component C1" in fact.text
    assert "Stored as assessment.grade-decided" in fact.text
    assert "context" not in fact.top.one("blockquote").text
    position = int(line.rpartition("/")[2])
    for absent in (position + 100_000, 1, 0, 2**63, 2**70):
        assert quality.ask(f"{RECORD}/{absent}").status_code == 404
    assert Visitor(world, "stranger").ask(line).status_code == 404
    assert Visitor(world, "assessor").ask(line).status_code == 403


def test_nobody_learns_of_an_appeal_or_a_consent_by_its_kind(tell: Tell) -> None:
    world = tell("convened")
    kinds = {
        person: Visitor(world, person).reads(RECORD).top.one("select", id="record-kind").text
        for person in ("mia", "quality")
    }
    assert "Appeal: lodged" in kinds["mia"]
    assert "Appeal: lodged" not in kinds["quality"]
