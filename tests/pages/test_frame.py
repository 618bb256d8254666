"""The frame of every page: whose it is, where they can go, and what they have just done, as the record says it."""

import pytest

from tests.api.conftest import Tell
from tests.api.world import World
from tests.pages.visitor import Visitor


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("submitted")


@pytest.mark.parametrize(
    ("person", "labels"),
    [
        ("mia", ["Home", "My outcomes"]),
        ("assessor", ["Home", "Queue"]),
        ("officer", ["Home", "Appeals"]),
        ("responsible", ["Home", "Appeals", "Follow-ups"]),
        ("coach", ["Home"]),
    ],
)
def test_everybody_is_led_where_they_have_something_to_do(world: World, person: str, labels: list[str]) -> None:
    top = Visitor(world, person).reads("/").top
    assert [link.text for link in top.one("nav", **{"aria-label": "Main"}).all("a")] == labels
    assert [link.text for link in top.all("a", **{"aria-current": "page"})] == ["Home"]


def test_the_header_says_who_is_signed_in_and_signs_them_out(world: World) -> None:
    top = Visitor(world, "mia").reads("/").top
    assert "Mia" in top.one("header").text
    assert top.one("header").one("form").attributes["action"] == f"{world.root}/sign-out"


def test_after_an_act_the_page_says_what_was_done(world: World) -> None:
    joan = Visitor(world, "assessor")
    page = joan.does(joan.reads("/evidence/{evidence}"), "return", reason="Say which desk.")
    banner = page.top.one(role="alert").text
    assert banner == "Done You returned version 1: Say which desk."


def test_nobody_is_told_that_they_did_what_another_has_done(world: World) -> None:
    joan = Visitor(world, "assessor")
    answer = joan.send(joan.reads("/evidence/{evidence}"), "return", reason="Say which desk.")
    seen = Visitor(world, "mia").reads(answer.location)
    assert not list(seen.top.all(role="alert"))


def test_a_page_that_cannot_be_shown_has_a_frame_that_asks_for_nothing(world: World) -> None:
    page = Visitor(world, "mia").reads("/evidence/{enrolment}", 404)
    assert not list(page.top.all("nav"))
    assert page.top.one("header").one("a", href=f"{world.root}/")
