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
        ("mia", ["Home", "My outcomes", "Hand in", "My record"]),
        ("assessor", ["Home", "Queue 1 waiting", "Cohort"]),
        ("officer", ["Home", "Appeals", "People", "Cohort"]),
        ("responsible", ["Home", "Appeals", "Follow-ups", "Oversight", "People", "Cohort", "Plans", "Programs"]),
        ("lead", ["Home", "Queue", "Oversight", "Cohort", "Plans"]),
        ("admin", ["Home", "People", "Enrolments", "Cohort", "Plans", "Programs", "Operations"]),
        ("coach", ["Home", "Cohort"]),
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


def test_all_of_an_act_is_told_and_of_an_address_that_is_made_up_nothing_untrue(world: World) -> None:
    joan, mia = Visitor(world, "assessor"), Visitor(world, "mia")
    world.as_("assessor").does("/assessments", {"enrolment_id": world["enrolment"], "component": "C2"}, name="attempt")
    page = joan.reads("/assessments/{attempt}")
    none = {f"{part}-{code}": said for code in ("K4", "K5") for part, said in (("j", "not judged"), ("r", "Not yet."))}
    answer = joan.send(page, "findings", **none, act="keep")
    banner = joan.reads(answer.location).top.one(role="alert").text
    assert banner == "Done You left 2 codes not judged."
    last = int(answer.location.rpartition("=")[2])
    for asked in (f"after={last - 1}&also={last}", f"after={last}&also=x&also=-1&also={last + 9}"):
        told = [each.text for each in joan.reads(f"/assessments/{{attempt}}?{asked}").top.all(role="alert")]
        assert told == ["Done You left 2 codes not judged."]
    seen = mia.reads(f"/assessments/{{attempt}}?after={last}&also={last - 1}")
    assert not list(seen.top.all(role="alert"))


MARKUP = "\"><script>alert('x')</script><b a='"


def test_what_somebody_wrote_is_text_in_the_banner_and_in_a_form_that_is_shown_again(world: World) -> None:
    joan = Visitor(world, "assessor")
    page = joan.does(joan.reads("/evidence/{evidence}"), "return", reason=MARKUP)
    assert page.top.one(role="alert").text == f"Done You returned version 1: {MARKUP}."
    officer = Visitor(world, "responsible")
    page = officer.reads("/enrolments/{enrolment}/papers")
    again = officer.refused(page, "papers", 422, reason=MARKUP, **{"says.person_id": MARKUP})
    assert again.top.one("textarea", name="reason").text == MARKUP
    assert not list(again.top.one("main").all("script", "b"))


def test_every_fault_of_a_form_is_named_at_once_with_the_way_to_its_field(world: World) -> None:
    officer = Visitor(world, "responsible")
    page = officer.reads("/enrolments/{enrolment}/papers")
    again = officer.refused(page, "papers", 422, reason="x" * 10_001, **{"says.person_id": "nobody"})
    ways = list(again.top.one(role="alert").one("ul").all("a"))
    assert {link.text.partition(":")[0]: link.attributes["href"] for link in ways} == {
        "Person named, if it lets somebody do something": "#papers-says-person_id",
        "Why the apprentice cannot sign in": "#papers-reason",
    }
    for link in ways:
        faulty = again.top.one(id=link.attributes["href"][1:])
        told = again.top.one(id=faulty.attributes["aria-describedby"].split()[-1])
        assert told.text.startswith("Error:")
