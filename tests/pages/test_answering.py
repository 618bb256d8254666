"""Answering an item: asked once more, a remark typed meanwhile goes with it, and on to the next one."""

from typing import Any

import pytest

from portfolio.domain.evidence.facts import EvidenceAnnotated
from tests.api.conftest import Tell
from tests.api.world import ITEMS, World, cite, finding, hand_in
from tests.pages.page import Page
from tests.pages.visitor import Visitor

ITEM = "/evidence/{evidence}"
TYPED = {"text": "The times agree.", "kind": "pointer", "audience": "assessors"}


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("submitted")


@pytest.fixture
def joan(world: World) -> Visitor:
    return Visitor(world, "assessor")


def stage(world: World, name: str = "evidence") -> str:
    return str(world.as_("assessor").sees(f"/evidence/{{{name}}}")["versions"][-1]["stage"])


def remarks(world: World, name: str = "evidence") -> list[str]:
    return [entry.fact.text for entry in world.journal.read(world[name]) if isinstance(entry.fact, EvidenceAnnotated)]


@pytest.mark.parametrize(
    ("who", "last", "filled", "question"),
    [
        ("assessor", "acceptance", {}, "Accept version 1 of Risk assessment?"),
        ("assessor", "return", {"reason": "Too dark."}, "Return version 1 of Risk assessment to Mia?"),
        ("mia", "withdrawal", {"reason": "The wrong one."}, "Withdraw version 1?"),
        ("mia", "dropped", {"code": "K1"}, "Take back the claim of K1?"),
    ],
)
def test_nothing_that_is_hard_to_undo_is_done_unasked(
    world: World, who: str, last: str, filled: dict[str, Any], question: str
) -> None:
    visitor = Visitor(world, who)
    asked = visitor.asked(visitor.reads(ITEM), last, **{**filled, "sure": ""})
    assert asked.top.one("h1").text == question
    before = world.journal.head()
    visitor.does(asked, last)
    assert world.journal.head() == before + 1


def test_a_draft_is_thrown_away_once_that_is_confirmed(tell: Tell) -> None:
    world = tell("sealed")
    mia = Visitor(world, "mia")
    asked = mia.asked(mia.reads(ITEM), "discard", sure="")
    assert "cannot be brought back" in asked.text
    mia.does(asked, "discard")
    assert mia.ask(ITEM).status_code == 404


def test_what_would_be_refused_is_refused_before_it_is_asked(world: World, joan: Visitor) -> None:
    page = joan.reads(ITEM)
    joan.does(page, "return", reason="Too dark.")
    assert "Only a version that waits" in joan.refused(page, "acceptance", 409, sure="").refusal


@pytest.mark.parametrize(
    ("who", "last", "reason"), [("assessor", "return", "Too dark."), ("mia", "withdrawal", "The wrong one.")]
)
def test_what_somebody_did_meanwhile_is_told_before_a_version_is_answered(
    world: World, joan: Visitor, who: str, last: str, reason: str
) -> None:
    visitor = Visitor(world, who)
    page = visitor.reads(ITEM)
    asked = visitor.asked(page, last, reason=reason, sure="")
    joan.does(joan.reads(ITEM), "acceptance", sure="stay")
    for stale in (page, asked):
        again = visitor.refused(stale, last, 412, reason=reason, sure="yes")
        assert "Since this page was shown, Assessor accepted" in again.refusal
        assert reason in again.text
    visitor.does(again, last, reason=reason, sure="yes")


@pytest.mark.parametrize(("chosen", "kept"), [("keep", ["The times agree."]), ("drop", [])])
def test_a_remark_that_was_typed_is_carried_along(world: World, joan: Visitor, chosen: str, kept: list[str]) -> None:
    asked = joan.asked(joan.reads(ITEM), "acceptance", **TYPED)
    assert asked.top.one("blockquote").text == "The times agree."
    assert [label.text for label in asked.top.one("main").all("label")] == ["Keep it too", "Drop it"]
    again = joan.asked(asked, "acceptance")  # nothing chosen
    joan.does(again, "acceptance", remark=chosen)
    assert (stage(world), remarks(world)) == ("accepted", kept)


def test_a_remark_that_is_refused_keeps_the_answer_from_being_given(world: World, joan: Visitor) -> None:
    asked = joan.asked(joan.reads(ITEM), "return", reason="Too dark.", text="Half a thought.")
    page = joan.refused(asked, "return", 422, remark="keep")
    assert "Kind: fill this in." in page.refusal
    assert page.top.one("textarea", name="text").text == "Half a thought."
    assert page.top.one("textarea", name="reason").text == "Too dark."
    assert (stage(world), remarks(world)) == ("submitted", [])


def from_queue(visitor: Visitor, title: str) -> Page:
    """Open what waits from the page of the queue."""
    (link,) = (each for each in visitor.reads("/queue").top.one("main").all("a") if title in each.text)
    return visitor.reads(link.attributes["href"])


def test_one_item_after_the_other_is_accepted_oldest_first(world: World, joan: Visitor) -> None:
    for name in ("second", "third"):
        hand_in(world, name, *ITEMS["image"], filename="a.png", title=name.capitalize())
    page = from_queue(joan, "Risk assessment")
    assert page.top.one("nav", **{"aria-label": "Your queue"}).text == "Item 1 of 3 in your queue Next"
    for before, title in (("Risk assessment", "Second"), ("Second", "Third")):
        page = joan.does(page, "acceptance", sure="next")
        assert page.top.one("h1").text == title
        assert f"{before}: You accepted version 1." in page.text
    page = joan.does(page, "acceptance", sure="next")
    assert [stage(world, name) for name in ("evidence", "second", "third")] == ["accepted"] * 3
    assert page.top.one("title").text.startswith("Your queue")


def test_who_stays_is_shown_what_they_accepted_and_may_return_it(world: World, joan: Visitor) -> None:
    page = joan.does(joan.reads(ITEM), "acceptance", sure="stay")
    assert page.top.one("h1").text == "Risk assessment"
    assert "acceptance" not in page.actions
    joan.does(page, "return", reason="I looked at the wrong page.")
    assert stage(world) == "returned"


def test_what_a_finding_rests_on_says_why_it_stays(tell: Tell) -> None:
    world = tell("found")
    joan = Visitor(world, "assessor")
    joan.ask(f"{ITEM}/content")
    judged = {"findings": [finding(world, "S11", cites=[cite(world, "evidence")])]}
    world.as_("assessor").does("/assessments/{attempt}/findings", judged)
    page = joan.reads(ITEM)
    assert "return" not in page.actions
    assert "It cannot be returned now. A finding rests on this version" in page.text
    assert "Findings that rest on it: S11." in page.text


def test_a_page_says_why_the_last_version_was_returned(world: World, joan: Visitor) -> None:
    page = joan.does(joan.reads(ITEM), "return", reason="Blank out the number.")
    assert "Version 1 was returned on 2 November 2026 by Assessor: Blank out the number." in page.text


@pytest.mark.parametrize(
    ("name", "fields", "place"),
    [
        (
            "pdf",
            {"selector.x": "10", "selector.y": "20", "selector.width": "30", "selector.height": "40"},
            "pdf rectangle",
        ),
        (
            "image",
            {"selector.x": "1", "selector.y": "2", "selector.width": "3", "selector.height": "4"},
            "image region",
        ),
        ("sound", {"selector.start": "0:00.5", "selector.end": "0:01"}, "time range"),
        ("sound", {"selector.start": "0.5", "selector.end": "1"}, "time range"),
        ("text", {"selector.exact": "six lanterns"}, "text quote"),
        ("text", {}, "whole item"),
        ("pdf", {}, "whole item"),
    ],
)
def test_what_is_filled_in_says_which_place_is_meant(
    world: World, joan: Visitor, name: str, fields: dict[str, str], place: str
) -> None:
    content, media_type = ITEMS[name]
    if name != "pdf":
        hand_in(world, name, content, media_type, filename=f"a.{media_type[-3:]}")
    path = ITEM if name == "pdf" else f"/evidence/{{{name}}}"
    joan.does(joan.reads(path), "annotations", **TYPED, **fields)
    (version,) = world.as_("assessor").sees(path)["versions"]
    (made,) = version["annotations"]
    assert made["selector"]["type"] == place
    if place == "time range":
        assert (made["selector"]["start"], made["selector"]["end"]) == (0.5, 1)


@pytest.mark.parametrize("typed", ["1:60", "1:5:00", "-1:00", "1:", "a"])
def test_what_is_no_time_is_refused_by_its_field(world: World, joan: Visitor, typed: str) -> None:
    hand_in(world, "sound", *ITEMS["sound"], filename="call.wav")
    fields = {"selector.start": typed, "selector.end": "0:01"}
    assert (
        "Start: Not a valid number."
        in joan.refused(joan.reads("/evidence/{sound}"), "annotations", 422, **TYPED, **fields).refusal
    )


def test_another_number_is_not_read_as_a_time(joan: Visitor) -> None:
    fields = {f"selector.{part}": "1:30" for part in ("x", "y", "width", "height")}
    assert "X: Not a valid number." in joan.refused(joan.reads(ITEM), "annotations", 422, **TYPED, **fields).refusal
