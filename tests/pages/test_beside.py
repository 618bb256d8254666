"""Two versions of an item beside each other: page for page, each with its own remarks, each view on record."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from portfolio.domain.evidence.facts import EvidenceServed
from tests.api.conftest import Tell
from tests.api.test_quotas import next_of
from tests.api.test_redactions import VISITOR
from tests.api.world import BASE, DECLARED, ITEMS, World, hand_in, observation, offer, put
from tests.infra.vault import files
from tests.pages.page import Page
from tests.pages.test_marks import say
from tests.pages.visitor import Visitor

BESIDE = "/evidence/{log}?version=2&beside=1"
PLACE = {"type": "pdf rectangle", "page": 1, "x": 40, "y": 90, "width": 100, "height": 20}


def again(world: World, name: str, content: bytes, media_type: str, **fields: Any) -> None:
    """Hand the next version of an item in."""
    mia, path = world.as_("mia"), f"/evidence/{{{name}}}"
    receipt = mia.does(f"{path}/versions", next_of(offer(world, content, media_type, **fields)))
    assert put(world, receipt["parts"][0]["url"], content).status_code == 204
    mia.does(f"{path}/upload", {"version": 2})
    mia.does(f"{path}/submission", {"version": 2, "declaration": DECLARED})


def given_back(world: World, name: str) -> None:
    world.as_("assessor").does(f"/evidence/{{{name}}}/return", {"version": 1, "reason": "The last page is missing."})


@pytest.fixture(scope="module")
def world(stages: Tell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a world in which a log of two pages was remarked on, returned, and handed in again with three."""
    folder = tmp_path_factory.mktemp("beside") / "world"
    with closing(stages("convened").copy(folder, base_url=BASE)) as world:
        hand_in(world, "log", files.pdf(*[(595, 842)] * 2), title="Desk log")
        say(world, "log", PLACE, "Name the desk.")
        given_back(world, "log")
        again(world, "log", files.pdf(*[(595, 842)] * 3), "application/pdf", title="Desk log")
        yield world


def made(world: World, path: str, who: str = "assessor") -> Page:
    """Read a page with all that it shows made."""
    while True:
        page = Visitor(world, who).reads(path)
        if not world.previews.asked:
            return page
        world.previews.settle()


def views(world: World, name: str) -> list[tuple[str, int]]:
    people = {person: each for each, person in world.ids.items()}
    entries = world.journal.read(world[name])
    return [(people[each.by], each.fact.version) for each in entries if isinstance(each.fact, EvidenceServed)]


def address(element: Page, section: str) -> str:
    return element.section(section).one("image").attributes["href"]


def test_one_act_shows_the_version_before_beside_page_for_page_with_its_remarks(world: World) -> None:
    alone = made(world, "/evidence/{log}?page=2&queue=sort%3Drecorded")
    (link,) = [each for each in alone.top.all("a") if each.text == "Version 1 beside this one"]
    page = made(world, link.attributes["href"])
    assert page.section("content").one("h2").text == "Version 2, handed in"
    assert page.section("beside-content").one("h2").text == "Version 1, replaced"
    assert "Version 1 was returned on 2 November 2026 by Assessor: The last page is missing." in page.text
    assert all("page=2" in address(page, section) for section in ("content", "beside-content"))
    assert "1 on page 1" in page.section("beside-remarks").text
    (back,) = [each for each in page.top.all("a") if each.attributes.get("aria-label") == "Page before"]
    first = made(world, back.attributes["href"])
    assert all("page=1" in address(first, section) for section in ("content", "beside-content"))
    assert "Name the desk." in first.section("beside-remarks").text
    assert "Name the desk." not in first.section("remarks").text
    (mark,) = first.top.one("svg", id="beside-sheet").all("a")
    (back,) = first.top.one("article", id=mark.attributes["href"][1:]).all("a")
    assert back.attributes["href"] == f"#{mark.attributes['id']}"
    assert first.top.one("nav", **{"aria-label": "Your queue"})


def test_a_page_that_one_of_them_has_not_is_said_to_be_missing_and_one_that_none_has_is_refused(world: World) -> None:
    page = made(world, f"{BESIDE}&page=3")
    assert "page=3" in address(page, "content")
    assert "It has no page 3: the last one is 2." in page.section("beside-content").text
    assert made(world, "/evidence/{log}?version=1&beside=2&page=3").section("beside-content").one("image")
    for asked, status in (("&page=4", 422), ("&beside=2", 200), ("&page=x", 422)):
        assert Visitor(world, "assessor").ask(f"{BESIDE}{asked}").status_code == status
    for asked, status in (("2", 422), ("3", 404), ("x", 422)):
        assert Visitor(world, "assessor").ask(f"/evidence/{{log}}?version=2&beside={asked}").status_code == status


def test_what_is_shown_of_both_is_recorded_as_viewed_and_nothing_by_the_page_alone(world: World) -> None:
    page = made(world, BESIDE, "coach")
    assert [each for each in views(world, "log") if each[0] == "coach"] == []
    for section in ("beside-content", "content"):
        assert Visitor(world, "coach").ask(address(page, section)).status_code == 200
    assert [each for each in views(world, "log") if each[0] == "coach"] == [("coach", 1), ("coach", 2)]


def test_two_versions_of_a_record_are_both_read_and_both_on_record(world: World) -> None:
    body = {"title": "Observation", "record": observation(world, place="Studio")["record"], "reason": "In the studio."}
    world.as_("assessor").does("/evidence/{observation}/correction", body)
    page = Visitor(world, "quality").reads("/evidence/{observation}?version=1&beside=2")
    assert "Main stage" in page.top.one("pre", id="words").text
    assert "Studio" in page.top.one("pre", id="beside-words").text
    assert [each for each in views(world, "observation") if each[0] == "quality"] == [("quality", 1), ("quality", 2)]


def test_a_part_that_is_hidden_of_the_version_beside_is_shown_to_nobody_there(world: World) -> None:
    hidden = {"version": 1, "places": [PLACE], "reason": VISITOR, "follows": 0}
    world.as_("responsible").does("/evidence/{log}/redactions", hidden)
    content = made(world, BESIDE, "employer").section("beside-content")
    assert "Parts of this file are hidden from you" in content.text
    assert "Download the original" not in content.text
    assert "Download the original" in made(world, BESIDE, "employer").section("content").text
    assert Visitor(world, "employer").ask("/evidence/{log}/content?version=1").status_code == 409


def test_recordings_and_pictures_stand_beside_each_other_as_well(world: World) -> None:
    for name, kind, tag in (("sound", "sound", "audio"), ("photo", "image", "image")):
        content, media_type = ITEMS[kind]
        filename = {"sound": "a.wav", "photo": "a.png"}[name]
        hand_in(world, name, content, media_type, filename=filename, title=name)
        given_back(world, name)
        again(world, name, content, media_type, filename=filename, title=name)
        page = made(world, f"/evidence/{{{name}}}?version=2&beside=1")
        assert page.section("content").one(tag)
        assert page.section("beside-content").one(tag)


def test_a_refused_remark_and_a_kept_one_come_back_to_the_page_and_the_version_beside(world: World) -> None:
    assessor = Visitor(world, "assessor")
    page = made(world, f"{BESIDE}&page=2")
    place = {f"selector.{name}": str(value) for name, value in {**PLACE, "page": 2}.items() if name != "type"}
    again = assessor.refused(page, "annotations", 422, **place, text="")
    assert "page=2" in address(again, "beside-content")
    kept = assessor.does(again, "annotations", text="Named.", kind="pointer", audience="assessors")
    assert "page=2" in address(kept, "beside-content")
    assert "Named." in kept.section("remarks").text
