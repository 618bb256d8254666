"""The marks on what is shown of a version: where they stand, what they lead to, and how many are shown at once."""

import json
from datetime import date
from typing import Any

import pytest

from api.pages.evidence.marks import LENGTH, drawn, in_short, numbered, part_of, sheet_of, text_with_marks
from portfolio.domain.evidence.item import Version
from portfolio.domain.evidence.selector import (
    Bounds,
    ImageRegion,
    PdfRectangle,
    Selector,
    TextQuote,
    TimeRange,
    WholeItem,
)
from tests.api.conftest import Tell
from tests.api.world import ITEMS, World, hand_in
from tests.infra.vault import files
from tests.pages.visitor import Visitor

LINE = PdfRectangle(page=2, x=44, y=100, width=300, height=20)


def version(bounds: Bounds) -> Version:
    return Version(
        number=1,
        kind="work product",
        title="Desk log",
        filename="log.pdf",
        media_type=bounds.media_type,
        sha256="",
        size=1,
        produced_on=date(2026, 11, 2),
        stage="submitted",
        bounds=bounds,
    )


PAGES = version(Bounds(media_type="application/pdf", pages=((595, 842), (842, 595))))
PICTURE = version(Bounds(media_type="image/png", width=4000, height=3000))
SOUND = version(Bounds(media_type="audio/wav", seconds=100.0))


def remark(place: Selector, text: str = "Look.") -> dict[str, Any]:
    return {"selector": place, "text": text, "name": "Joan", "where": "somewhere"}


def test_a_page_is_as_large_as_it_is_in_points_and_a_picture_in_pixels() -> None:
    assert [(each.width, each.height) for page in (1, 2) if (each := sheet_of(PAGES, page))] == [(595, 842), (842, 595)]
    assert (sheet_of(PICTURE, 1) or PICTURE)[:3] == ("image region", 4000, 3000)  # type: ignore[index]
    assert sheet_of(version(Bounds(media_type="text/plain", text="Rigged.")), 1) is None


@pytest.mark.parametrize(
    ("shown", "page", "place", "box"),
    [
        (PAGES, 2, LINE, (44, 100, 300, 20)),
        (PAGES, 1, LINE, None),
        (PICTURE, 1, ImageRegion(x=10, y=20, width=30, height=40), (10, 20, 30, 40)),
        (SOUND, 1, TimeRange(start=25, end=50), (LENGTH / 4, 0, LENGTH / 4, 120)),
        (PAGES, 1, WholeItem(), None),
    ],
)
def test_a_remark_is_drawn_where_it_stands_on_the_page_that_is_shown(
    shown: Version, page: int, place: Selector, box: tuple[float, ...] | None
) -> None:
    marks = drawn(shown, page, numbered([remark(WholeItem()), remark(place)]), [])
    assert [(mark.x, mark.y, mark.width, mark.height) for mark in marks] == ([box] if box else [])
    assert [(mark.label, mark.anchor, mark.number) for mark in marks] == ([("2", "remark-2", 2)] if box else [])


def test_claims_at_one_place_are_one_mark() -> None:
    claims = [{"code": code, "selector": LINE} for code in ("K1", "K13")] + [{"code": "K2", "selector": None}]
    (mark,) = drawn(PAGES, 2, [], claims)
    assert (mark.label, mark.anchor, mark.says, mark.number) == ("K1 +1", "claim-K1", "K1 +1, claimed here: K1, K13", 0)
    assert in_short(["K1"]) == "K1"


def test_a_page_lists_its_own_remarks_and_those_on_none_and_counts_the_others() -> None:
    part = part_of(numbered([remark(LINE), remark(WholeItem()), remark(LINE)]), 1, None)
    assert ([each["number"] for each in part.remarks], part.elsewhere) == ([2], [(2, 2)])
    part = part_of(numbered([remark(LINE), remark(WholeItem()), remark(LINE)]), 2, None)
    assert ([each["number"] for each in part.remarks], part.elsewhere) == ([1, 2, 3], [])


def test_many_remarks_come_in_parts_the_newest_first_and_none_is_left_out() -> None:
    remarks = numbered([remark(LINE, "a" * 500) for _ in range(60)])
    newest = part_of(remarks, 2, None)
    assert newest.of > 1
    assert newest.number == newest.of
    parts = [part_of(remarks, 2, number) for number in range(1, newest.of + 1)]
    assert [each["number"] for part in parts for each in part.remarks] == list(range(1, 61))
    assert part_of(remarks, 2, 99).number == newest.of


def test_quoted_words_are_marked_in_their_text_once_where_they_lie_over_one_another() -> None:
    quotes = [TextQuote(exact="lamp", prefix="the "), TextQuote(exact="the lamp"), TextQuote(exact="not there")]
    pieces = text_with_marks("A lamp, then the lamp.", numbered(map(remark, quotes)))
    assert pieces == [("A lamp, then the ", None), ("lamp", 1), (".", None)]


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("submitted")


def say(world: World, name: str, place: dict[str, Any], text: str = "Look here.") -> None:
    (version,) = world.as_("assessor").sees(f"/evidence/{{{name}}}")["versions"]
    body = {"version": 1, "sha256": version["sha256"], "selector": place, "kind": "pointer", "audience": "assessors"}
    world.as_("assessor").does(f"/evidence/{{{name}}}/annotations", {**body, "text": text})


def test_a_mark_leads_to_its_remark_and_the_strip_counts_the_marks_of_each_page(world: World) -> None:
    hand_in(world, "log", files.pdf(*[(595, 842)] * 3), title="Desk log")
    for number in (1, 3, 3):
        say(world, "log", {"type": "pdf rectangle", "page": number, "x": 40, "y": 90, "width": 100, "height": 20})
    assessor = Visitor(world, "assessor")
    assessor.reads("/evidence/{log}?page=3")
    world.previews.settle()
    page = assessor.reads("/evidence/{log}?page=3")
    marks = list(page.top.one("svg", id="sheet").all("a"))
    assert [mark.attributes["href"] for mark in marks] == ["#remark-2", "#remark-3"]
    assert marks[0].attributes["aria-label"] == "Remark 2, Assessor: page 3, the marked area"
    assert page.top.one("article", id="remark-2")
    assert page.top.one("ol", id="pages").text == "Page 1, 1 mark Page 2 Page 3, 2 marks"
    assert "On other pages: 1 on page 1" in page.section("remarks").text
    assert page.top.one("svg", id="sheet").attributes["viewbox"] == "0 0 595.0 842.0"


def test_a_time_is_marked_on_the_bar_and_its_remark_leads_there(world: World) -> None:
    hand_in(world, "sound", *ITEMS["sound"], filename="call.wav")
    say(world, "sound", {"type": "time range", "start": 0.5, "end": 1})
    page = Visitor(world, "assessor").reads("/evidence/{sound}")
    (mark,) = page.top.one("svg", id="bar").all("a")
    assert mark.attributes["data-at"] == "0.5"
    (link,) = page.top.one("article", id="remark-1").all("a")
    assert link.text == "0:00.5 to 0:01"
    assert link.attributes["href"].endswith("/content?version=1#t=0.5,1.0")


def test_words_of_a_record_are_marked_in_it(tell: Tell) -> None:
    world = tell("found")
    say(world, "observation", {"type": "text quote", "exact": "Main stage", "prefix": "", "suffix": ""})
    content = Visitor(world, "assessor").reads("/evidence/{observation}").section("content")
    assert content.one("mark").text == "Main stage1"
    assert content.one("mark").one("a").attributes["href"] == "#remark-1"


@pytest.mark.parametrize("others", [0, 300])
def test_a_page_with_many_marks_stays_small(world: World, others: int) -> None:
    for number in range(others):
        y = 10 + 2 * number
        say(world, "evidence", {"type": "pdf rectangle", "page": 1, "x": 40, "y": y, "width": 100, "height": 20})
    answer = Visitor(world, "assessor").ask("/evidence/{evidence}")
    assert len(answer.data) < 60_000
    assert json.dumps(answer.text).count("app-remark") >= min(others, 10)


def test_the_findings_that_rest_on_a_version_are_told_with_their_attempt(tell: Tell) -> None:
    world = tell("found")
    findings = Visitor(world, "assessor").reads("/evidence/{observation}").section("findings")
    assert [each.text for each in findings.all("h3")] == ["S11: met", "S12: met"]
    assert "Assessor, the first attempt at component C1" in findings.text
    untouched = Visitor(world, "assessor").reads("/evidence/{evidence}").section("findings")
    assert untouched.text == "Findings No finding in force rests on this version."
