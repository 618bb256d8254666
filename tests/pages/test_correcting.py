"""Correcting a record on its page: filled in, asked once more, and told afterwards with what it said before."""

import pytest

from portfolio.domain.evidence.facts import EvidenceServed
from tests.api.conftest import Tell
from tests.api.test_record_corrections import TESTIMONY
from tests.api.world import BASE, World
from tests.pages.visitor import Visitor

RECORD = "/evidence/{observation}"
CORRECTION = f"{RECORD}/correction"
RIGHT = {"place": "Studio", "reason": "It was in the studio."}


@pytest.fixture
def base() -> str:
    """Return the base URL: what holds at the root holds below a path, which other tests of pages say."""
    return BASE


@pytest.fixture
def world(tell: Tell) -> World:
    return tell("found")


@pytest.fixture
def author(world: World) -> Visitor:
    return Visitor(world, "assessor")


def test_a_record_is_corrected_and_its_page_says_what_was_when_and_by_whom(world: World, author: Visitor) -> None:
    author.reads(RECORD).top.one("a", href=f"{world.root}{CORRECTION.format_map(world.ids)}")
    page = author.reads(CORRECTION)
    assert page.form("correction")[1]["place"] == "Main stage"
    question = author.asked(page, "correction", **RIGHT)
    assert "Before: Place: Main stage Now: Place: Studio Why" in question.text
    after = author.does(question, "correction")
    assert "Place: Studio" in after.section("content").text
    for reader in (author, Visitor(world, "mia"), Visitor(world, "quality")):
        told = reader.reads(RECORD).section("corrected").text
        assert told.startswith("Corrected by Assessor, ")
        assert "Before: Place: Main stage Now: Place: Studio What it said before" in told
        assert "Attempt:" not in told
    facts = world.journal.read(world["observation"])
    seen = [
        each.fact.version for each in facts if isinstance(each.fact, EvidenceServed) and each.by == world["quality"]
    ]
    assert sorted(seen) == [1, 2]


def test_nothing_typed_is_lost_on_the_way(author: Visitor) -> None:
    page = author.reads(CORRECTION)
    refused = author.refused(page, "correction", 422, place="Studio", title="", reason="")
    assert "Title: fill this in." in refused.refusal
    assert "Why you correct it: fill this in." in refused.refusal
    assert refused.form("correction")[1]["place"] == "Studio"
    question = author.asked(page, "correction", **RIGHT)
    back = author.asked(question, "correction", again="yes")
    assert back.form("correction")[1]["reason"] == RIGHT["reason"]
    assert back.form("correction")[1]["place"] == "Studio"


def test_a_correction_that_changes_nothing_or_rests_on_an_older_text_is_refused(author: Visitor) -> None:
    page = author.reads(CORRECTION)
    assert "Nothing differs" in author.refused(page, "correction", 422, reason="It was in the studio.").refusal
    question = author.asked(page, "correction", **RIGHT)
    assert [author.send(question, "correction").status_code for _ in range(2)] == [303, 303]
    author.refused(page, "correction", 412, **RIGHT)


def test_a_testimony_is_corrected_by_who_wrote_it(world: World) -> None:
    body = {"enrolment_id": world["enrolment"], "title": "Testimony", "record": TESTIMONY}
    world.as_("employer").does("/evidence/records", body, name="testimony")
    employer = Visitor(world, "employer")
    page = employer.reads("/evidence/{testimony}/correction")
    said = {"record.statement": "I saw the rig go up and come down.", "reason": "I forgot half of it."}
    after = employer.does(employer.asked(page, "correction", **said), "correction")
    assert "Now: I saw the rig go up and come down." in after.section("corrected").text


@pytest.mark.parametrize("person", ["mia", "coach", "quality"])
def test_nobody_else_is_led_to_it(world: World, person: str) -> None:
    visitor = Visitor(world, person)
    assert "Correct this record" not in visitor.reads(RECORD).text
    assert visitor.ask(CORRECTION).status_code in (403, 409)
