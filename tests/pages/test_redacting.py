"""The page of a version of which parts are hidden: marked, without a way to the original; and the officer's forms."""

import pytest

from tests.api.conftest import Tell
from tests.api.test_redactions import FACE, REDACT, REDACTIONS, VISITOR
from tests.api.world import World, hand_in
from tests.infra.vault.previews.recordings import film
from tests.pages.page import Page
from tests.pages.visitor import Visitor

ITEM = "/evidence/{evidence}"
AREA = {f"selector.{name}": str(value) for name, value in FACE.items()}


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("convened")


@pytest.fixture
def officer(world: World) -> Visitor:
    return Visitor(world, "responsible")


def looked(world: World, who: str) -> Page:
    """Return the page as this person sees it once what it shows is made."""
    visitor = Visitor(world, who)
    visitor.reads(ITEM)
    world.previews.settle()
    return visitor.reads(ITEM)


@pytest.mark.parametrize("who", ["coach", "employer", "chair"])
def test_from_whom_parts_are_hidden_is_told_so_and_led_to_nothing_else(world: World, who: str) -> None:
    world.as_("responsible").does(REDACTIONS, REDACT)
    content = looked(world, who).section("content")
    assert "Parts of this file are hidden from you: what you see here was made without them." in content.text
    assert f"Hidden by Responsible, 2 November 2026, 09:00: {VISITOR}" in content.text
    assert "page 1, the marked area" in content.text
    assert content.one("details").text == "Details Redaction 1: page=1&viewrect=100,100,200,100"
    assert "Download the original" not in content.text
    assert "Read this page as text" not in content.text
    shown = content.all("a", "img", "image", "video")
    addresses = [each.attributes.get("href") or each.attributes["src"] for each in shown]
    assert not [address for address in addresses if "/content" in address]
    assert "part=words" not in str([each.attributes for each in content.all()])
    assert Visitor(world, who).ask(content.one("image").attributes["href"]).status_code == 200
    assert Visitor(world, who).ask(f"{ITEM}/content?version=1").status_code == 409


def test_a_film_is_shown_without_its_hidden_time_and_never_as_it_is(world: World) -> None:
    hand_in(world, "film", film(), "video/mp4", filename="film.mp4")
    hidden = {"version": 1, "places": [{"type": "time range", "start": 0, "end": 0.5}], "reason": VISITOR, "follows": 0}
    world.as_("responsible").does("/evidence/{film}/redactions", hidden)
    content = Visitor(world, "coach").reads("/evidence/{film}").section("content")
    assert "A version without the hidden parts is being prepared" in content.text
    assert [*content.all("video")] == []
    world.previews.settle()
    content = Visitor(world, "coach").reads("/evidence/{film}").section("content")
    assert "part=playable" in content.one("video").attributes["src"]
    assert "/content" not in " ".join(each.attributes["href"] for each in content.all("a"))


def test_who_sees_it_whole_is_told_from_whom_it_is_hidden(world: World) -> None:
    world.as_("responsible").does(REDACTIONS, REDACT)
    content = looked(world, "assessor").section("content")
    assert "You see the whole file. Parts of it are hidden from coach, employer, panel." in content.text
    assert "Download the original" in content.text


def test_an_officer_hides_places_one_by_one_and_shows_all_again(world: World, officer: Visitor) -> None:
    page = officer.does(officer.reads(ITEM), "redaction", **AREA, reason=VISITOR)
    below = {**AREA, "selector.y": "400"}
    page = officer.does(page, "redaction", **below, hidden_from=["assessors"], reason=VISITOR)
    told = world.as_("mia").sees("/evidence/{evidence}")["versions"][0]["redaction"]
    assert [each["place"]["y"] for each in told["places"]] == [100, 400]
    assert told["hidden_from"] == ["assessors", "coach", "employer", "panel"]
    assert "A visitor is seen" in page.section("history").text
    page = officer.does(page, "redaction/end", reason="She agreed.")
    assert world.as_("mia").sees("/evidence/{evidence}")["versions"][0]["redaction"] is None
    assert "end" not in page.actions


def test_a_place_that_is_not_there_is_refused_and_what_was_typed_stays(officer: Visitor) -> None:
    page = officer.refused(officer.reads(ITEM), "redaction", 409, **{**AREA, "selector.x": "500"}, reason=VISITOR)
    assert page.section("redact").one("textarea", id="redaction-reason").text == VISITOR


def test_an_officer_opens_the_original_to_a_panel(world: World, officer: Visitor) -> None:
    assert "original" not in officer.reads(ITEM).actions
    page = officer.does(officer.reads(ITEM), "redaction", **AREA, reason=VISITOR)
    assert "the appeal against the decision on" in page.section("redact").text
    page = officer.does(page, "original", reason="The face is what is contested.")
    assert "original" not in page.actions
    assert "Download the original" in looked(world, "chair").section("content").text
    assert "Download the original" not in looked(world, "coach").section("content").text


@pytest.mark.parametrize("who", ["mia", "coach", "assessor", "lead", "admin", "chair", "officer"])
def test_nobody_else_is_offered_either(world: World, who: str) -> None:
    assert not {"redaction", "original"} & {*Visitor(world, who).reads(ITEM).actions}


def test_a_remark_made_on_the_page_names_the_copy_that_it_shows(world: World) -> None:
    world.as_("responsible").does(REDACTIONS, REDACT)
    content = looked(world, "coach").section("content")
    Visitor(world, "coach").ask(content.one("image").attributes["href"])
    coach = Visitor(world, "coach")
    remark = {"selector.type": "whole item", "kind": "formative", "audience": "assessors", "text": "Look."}
    coach.does(coach.reads(ITEM), "annotations", **remark)
    (made,) = world.as_("assessor").sees("/evidence/{evidence}")["versions"][0]["annotations"]
    assert made["redaction"] == 1


def test_text_is_not_offered_to_be_hidden(world: World, officer: Visitor) -> None:
    hand_in(world, "notes", b"Rigged six lanterns.", "text/plain")
    assert "redaction" not in officer.reads("/evidence/{notes}").actions
